//! The host: which domains there are, and the verbs for them.

use std::mem::take;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::timeout;
use virtwire::hypervisor::*;
use virtwire::protocol::flags::DomainStatsKinds;
use virtwire::protocol::params::TypedParams;
use virtwire::server::Stream;

use crate::config::{Config, DOMAIN_TYPE};
use crate::guest::Guest;
use crate::usage::Usage;

/// How long a process may take to end by itself.
const GRACE: Duration = Duration::from_secs(10);
/// A domain is its first process, and no machine.
const OS_TYPE: &str = "exe";
/// The one console that each has.
const CONSOLE: &str = "console0";

#[derive(Clone, Default)]
pub(crate) struct Processes {
    machines: Arc<Mutex<Vec<Machine>>>,
    events: Events,
}

struct Machine {
    name: String,
    uuid: Uuid,
    state: DomainState,
    /// What it starts from next. A transient one has none, and is gone once its process has ended.
    defined: Option<Config>,
    /// Its process, and what that was started from: that stays, whatever is defined meanwhile.
    running: Option<(Guest, Config)>,
    /// Its plug was pulled.
    destroyed: bool,
    /// It was asked to end by who destroys it.
    asked: bool,
}

impl Machine {
    /// One that is off, and not defined.
    fn new(config: &Config) -> Machine {
        Machine {
            name: config.name.clone(),
            uuid: config.uuid,
            state: DomainState::Shutoff(ShutoffReason::Unknown),
            defined: None,
            running: None,
            destroyed: false,
            asked: false,
        }
    }

    fn info(&self) -> DomainInfo {
        let pid = self.running.as_ref().map(|(guest, _)| guest.pid);
        let usage = pid.map(Usage::of).unwrap_or_default();
        DomainInfo {
            id: pid.map(|pid| pid.as_raw_nonzero().get().unsigned_abs()),
            state: self.state,
            persistent: self.defined.is_some(),
            updated: matches!((&self.defined, &self.running), (Some(next), Some((_, now))) if next != now),
            os_type: OS_TYPE.to_owned(),
            memory_kib: usage.rss_kib,
            memory_max_kib: usage.rss_kib,
            cpu_time_ns: usage.user_ns.saturating_add(usage.system_ns),
            ..DomainInfo::new(&*self.name, self.uuid)
        }
    }

    fn config(&self, which: WhichXml) -> Result<&Config> {
        let (next, now) = (self.defined.as_ref(), self.running.as_ref().map(|(_, config)| config));
        let config = match which {
            WhichXml::Inactive => next.or(now),
            _ => now.or(next),
        };
        config.ok_or_else(|| errors::no_domain(Lookup::Uuid(self.uuid)))
    }

    fn guest(&self) -> Result<&Guest> {
        self.running.as_ref().map(|(guest, _)| guest).ok_or_else(errors::not_running)
    }

    fn start(&mut self, host: &Processes, config: Config, options: StartOptions) -> Result<DomainInfo> {
        if options.paused {
            return Err(errors::unsupported_argument("a process begins at once"));
        }
        if self.running.is_some() {
            return Err(errors::already_active(&self.name));
        }
        let (watching, uuid) = (host.clone(), self.uuid);
        let (program, ended) = (&config.program, move |status| watching.ended(uuid, status));
        let guest = Guest::start(program, &config.arguments, ended)
            .map_err(|error| errors::failed(format!("{program}: {error}")))?;
        self.running = Some((guest, config));
        let booted = Lifecycle::Started(StartedDetail::Booted);
        Ok(self.turn(&host.events, DomainState::Running(RunningReason::Booted), booted))
    }

    fn kill(&mut self) -> Result<Guest> {
        let guest = self.guest()?.clone();
        guest.signal(Signal::KILL)?;
        self.destroyed = true;
        Ok(guest)
    }

    /// Its state is another now, which is told before anything else can happen to it.
    fn turn(&mut self, events: &Events, state: DomainState, what: Lifecycle) -> DomainInfo {
        self.state = state;
        let info = self.info();
        events.tell(&Event::Domain(info.clone(), what));
        info
    }
}

/// The one that a definition is about. Whoever has its name or its UUID, and not both, is another domain.
fn known<'a>(machines: &'a mut [Machine], config: &Config) -> Result<Option<&'a mut Machine>> {
    for other in machines {
        match (other.name == config.name, other.uuid == config.uuid) {
            (true, true) => return Ok(Some(other)),
            (true, false) => return Err(errors::name_taken(&other.name, other.uuid)),
            (false, true) => return Err(errors::uuid_taken(&other.name, other.uuid)),
            (false, false) => {}
        }
    }
    Ok(None)
}

impl Processes {
    fn lock(&self) -> MutexGuard<'_, Vec<Machine>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every guest, and returns once they have ended.
    pub(crate) async fn end(&self) {
        let killed: Vec<Guest> = self.lock().iter_mut().filter_map(|machine| machine.kill().ok()).collect();
        for guest in killed {
            guest.ended().await;
        }
    }

    /// Does something with a domain. One that then neither is defined nor runs is gone.
    fn with<T>(&self, domain: Uuid, act: impl FnOnce(&mut Machine) -> Result<T>) -> Result<T> {
        let mut machines = self.lock();
        let found = machines.iter_mut().find(|machine| machine.uuid == domain);
        let done = act(found.ok_or_else(|| errors::no_domain(Lookup::Uuid(domain)))?);
        machines.retain(|machine| machine.defined.is_some() || machine.running.is_some());
        done
    }

    fn guest(&self, domain: Uuid) -> Result<Guest> {
        self.with(domain, |machine| machine.guest().cloned())
    }

    fn ended(&self, domain: Uuid, status: Option<ExitStatus>) {
        // It is there for as long as it runs.
        let _ = self.with(domain, |machine| {
            machine.running = None;
            let destroyed = take(&mut machine.destroyed) | take(&mut machine.asked);
            let well =
                |status: ExitStatus| status.success() || status.signal() == Some(Signal::TERM.as_raw());
            let (reason, detail) = match status {
                _ if destroyed => (ShutoffReason::Destroyed, StoppedDetail::Destroyed),
                Some(status) if well(status) => (ShutoffReason::Shutdown, StoppedDetail::Shutdown),
                _ => (ShutoffReason::Crashed, StoppedDetail::Crashed),
            };
            Ok(machine.turn(&self.events, DomainState::Shutoff(reason), Lifecycle::Stopped(detail)))
        });
    }
}

impl Hypervisor for Processes {
    fn host(&self) -> Host {
        let mut host = Host::new("Process", "process:///", DOMAIN_TYPE);
        host.os_type = OS_TYPE.to_owned();
        host
    }

    fn events(&self) -> Option<&Events> {
        Some(&self.events)
    }

    fn consoles(&self) -> Option<&impl Consoles> {
        Some(self)
    }

    fn stats(&self) -> Option<&impl Stats> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(self.lock().iter().map(Machine::info).collect())
    }

    async fn xml(&self, domain: Uuid, which: WhichXml) -> Result<String> {
        self.with(domain, |machine| Ok(machine.config(which)?.xml.clone()))
    }

    async fn define(&self, xml: String) -> Result<DomainInfo> {
        let config = Config::parse(&xml)?;
        let mut machines = self.lock();
        let machine = match known(&mut machines, &config)? {
            Some(machine) => machine,
            None => {
                machines.push(Machine::new(&config));
                machines.last_mut().ok_or_else(errors::not_running)?
            }
        };
        let detail = match machine.defined.replace(config) {
            Some(_) => DefinedDetail::Updated,
            None => DefinedDetail::Added,
        };
        Ok(machine.turn(&self.events, machine.state, Lifecycle::Defined(detail)))
    }

    async fn create(&self, xml: String, options: StartOptions) -> Result<DomainInfo> {
        let config = Config::parse(&xml)?;
        let mut machines = self.lock();
        if let Some(machine) = known(&mut machines, &config)? {
            return machine.start(self, config, options);
        }
        let mut machine = Machine::new(&config);
        let info = machine.start(self, config, options)?;
        machines.push(machine);
        Ok(info)
    }

    async fn undefine(&self, domain: Uuid) -> Result<()> {
        self.with(domain, |machine| {
            if machine.defined.take().is_none() {
                return Err(errors::invalid("cannot undefine transient domain"));
            }
            machine.turn(&self.events, machine.state, Lifecycle::Undefined(UndefinedDetail::Removed));
            Ok(())
        })
    }

    async fn start(&self, domain: Uuid, options: StartOptions) -> Result<DomainInfo> {
        self.with(domain, |machine| {
            let config = machine.config(WhichXml::Inactive)?.clone();
            machine.start(self, config, options)
        })
    }

    async fn destroy(&self, domain: Uuid) -> Result<()> {
        let guest = self.with(domain, Machine::kill)?;
        guest.ended().await;
        Ok(())
    }

    /// The process may write down what it has. One that stands still does not hear of it.
    async fn destroy_gracefully(&self, domain: Uuid) -> Result<()> {
        let guest = self.with(domain, |machine| {
            let guest = machine.guest()?.clone();
            if let DomainState::Paused(_) = machine.state {
                return Err(errors::invalid("a process that is paused does not end by itself"));
            }
            guest.ask()?;
            machine.asked = true;
            Ok(guest)
        })?;
        if timeout(GRACE, guest.ended()).await.is_ok() {
            return Ok(());
        }
        self.with(domain, |machine| match &machine.running {
            Some((running, _)) if running.pid == guest.pid => {
                machine.asked = false;
                Err(errors::failed("the process has not ended, and was not killed"))
            }
            _ => Ok(()),
        })
    }

    async fn shutdown(&self, domain: Uuid) -> Result<()> {
        self.guest(domain)?.ask()
    }

    async fn suspend(&self, domain: Uuid) -> Result<()> {
        self.with(domain, |machine| {
            // One that is paused stays so, and nothing has happened.
            if let DomainState::Running(_) = machine.state {
                machine.guest()?.signal(Signal::STOP)?;
                let paused = Lifecycle::Suspended(SuspendedDetail::Paused);
                machine.turn(&self.events, DomainState::Paused(PausedReason::User), paused);
            }
            machine.guest().map(drop)
        })
    }

    async fn resume(&self, domain: Uuid) -> Result<()> {
        self.with(domain, |machine| {
            let guest = machine.guest()?;
            if let DomainState::Running(_) = machine.state {
                return Err(errors::invalid("domain is already running"));
            }
            guest.signal(Signal::CONT)?;
            let resumed = Lifecycle::Resumed(ResumedDetail::Unpaused);
            machine.turn(&self.events, DomainState::Running(RunningReason::Unpaused), resumed);
            Ok(())
        })
    }
}

impl Consoles for Processes {
    async fn open_console(&self, domain: Uuid, request: OpenConsole, stream: Stream) -> Result<()> {
        if let Some(device) = request.device.filter(|device| device != CONSOLE) {
            return Err(errors::invalid_argument(format!("cannot find character device {device}")));
        }
        self.guest(domain)?.connect(stream, request.force).await
    }
}

impl Stats for Processes {
    fn kinds(&self) -> DomainStatsKinds {
        DomainStatsKinds::CPU_TOTAL | DomainStatsKinds::BALLOON
    }

    async fn stats(&self, domain: Uuid, kinds: DomainStatsKinds) -> Result<TypedParams> {
        let mut stats = TypedParams::new();
        let running = self.with(domain, |machine| Ok(machine.guest().map(|guest| guest.pid)))?;
        // One that is off uses nothing.
        let Ok(pid) = running else { return Ok(stats) };
        let usage = Usage::of(pid);
        let put = |stats: &mut TypedParams, name, value: u64| {
            stats.push(name, value).map_err(|error| errors::failed(error.to_string()))
        };
        if kinds.contains(DomainStatsKinds::CPU_TOTAL) {
            put(&mut stats, "cpu.time", usage.user_ns.saturating_add(usage.system_ns))?;
            put(&mut stats, "cpu.user", usage.user_ns)?;
            put(&mut stats, "cpu.system", usage.system_ns)?;
        }
        if kinds.contains(DomainStatsKinds::BALLOON) {
            put(&mut stats, "balloon.current", usage.rss_kib)?;
            put(&mut stats, "balloon.rss", usage.rss_kib)?;
        }
        Ok(stats)
    }
}
