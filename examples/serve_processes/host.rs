//! The host: which domains there are, and the verbs for them.

use std::mem::{replace, take};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::timeout;
use virtwire::hypervisor::*;
use virtwire::protocol::flags::DomainStatsKinds;
use virtwire::protocol::params::TypedParams;
use virtwire::server::Stream;

use crate::config::Config;
use crate::guest::Guest;
use crate::usage::Usage;

/// How long a process may take to end by itself.
const GRACE: Duration = Duration::from_secs(10);
/// A domain is its first process, and no machine.
const OS_TYPE: &str = "exe";

#[derive(Clone, Default)]
pub(crate) struct Processes {
    machines: Arc<Mutex<Vec<Machine>>>,
    events: Events,
}

struct Machine {
    config: Config,
    uuid: Uuid,
    xml: String,
    guest: Option<Guest>,
    state: DomainState,
    /// It is defined, and still there once its process has ended.
    persistent: bool,
    /// Its plug was pulled.
    destroyed: bool,
}

impl Machine {
    /// One that is off, and not defined.
    fn new(config: Config, xml: String) -> Machine {
        let uuid = config.uuid.unwrap_or_else(Uuid::random);
        let xml = config.with_uuid(xml, uuid);
        let state = DomainState::Shutoff(ShutoffReason::Unknown);
        Machine { config, uuid, xml, guest: None, state, persistent: false, destroyed: false }
    }

    fn info(&self) -> DomainInfo {
        let usage = self.guest.as_ref().map(|guest| Usage::of(guest.pid)).unwrap_or_default();
        DomainInfo {
            id: self.guest.as_ref().map(|guest| guest.pid.as_raw_nonzero().get().unsigned_abs()),
            state: self.state,
            persistent: self.persistent,
            os_type: OS_TYPE.to_owned(),
            memory_kib: usage.rss_kib,
            memory_max_kib: usage.rss_kib,
            cpu_time_ns: usage.user_ns.saturating_add(usage.system_ns),
            ..DomainInfo::new(&*self.config.name, self.uuid)
        }
    }

    fn guest(&self) -> Result<&Guest> {
        self.guest.as_ref().ok_or_else(errors::not_running)
    }

    fn start(&mut self, host: &Processes, options: StartOptions) -> Result<DomainInfo> {
        if options.paused {
            return Err(errors::unsupported_argument("a process begins at once"));
        }
        if self.guest.is_some() {
            return Err(errors::already_active(&self.config.name));
        }
        let (watching, uuid) = (host.clone(), self.uuid);
        let started = Guest::start(&self.config.command, move |status| watching.ended(uuid, status));
        self.guest = Some(started.map_err(|error| errors::failed(error.to_string()))?);
        let booted = Lifecycle::Started(StartedDetail::Booted);
        Ok(self.turn(&host.events, DomainState::Running(RunningReason::Booted), booted))
    }

    /// Its state is another now, which is told before anything else can happen to it.
    fn turn(&mut self, events: &Events, state: DomainState, what: Lifecycle) -> DomainInfo {
        self.state = state;
        let info = self.info();
        events.tell(&DomainEvent::new(info.clone(), what));
        info
    }
}

/// The one that a definition is about: whoever has one of its name and its UUID has the other one as well, or is another domain.
fn known<'a>(machines: &'a mut [Machine], config: &Config) -> Result<Option<&'a mut Machine>> {
    if let Some(uuid) = config.uuid {
        let has_one = |other: &&Machine| (other.config.name == config.name) != (other.uuid == uuid);
        if let Some(other) = machines.iter().find(has_one) {
            return Err(match other.uuid == uuid {
                true => errors::uuid_taken(&other.config.name, uuid),
                false => errors::name_taken(&config.name, other.uuid),
            });
        }
    }
    Ok(machines.iter_mut().find(|machine| machine.config.name == config.name))
}

fn read(xml: &str) -> Result<(Config, String)> {
    let xml = xml.trim_start_matches('\u{feff}');
    Ok((Config::parse(xml)?, xml.to_owned()))
}

impl Processes {
    fn lock(&self) -> MutexGuard<'_, Vec<Machine>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with a domain. One that then neither is defined nor runs is gone.
    fn with<T>(&self, domain: Uuid, act: impl FnOnce(&mut Machine) -> Result<T>) -> Result<T> {
        let mut machines = self.lock();
        let found = machines.iter_mut().find(|machine| machine.uuid == domain);
        let done = act(found.ok_or_else(|| errors::no_domain(Lookup::Uuid(domain)))?);
        machines.retain(|machine| machine.persistent || machine.guest.is_some());
        done
    }

    fn guest(&self, domain: Uuid) -> Result<Guest> {
        self.with(domain, |machine| machine.guest().cloned())
    }

    /// Its process gets a signal, by which its state is another.
    fn signal(&self, domain: Uuid, signal: Signal, state: DomainState, what: Lifecycle) -> Result<()> {
        self.with(domain, |machine| {
            machine.guest()?.signal(signal)?;
            machine.turn(&self.events, state, what);
            Ok(())
        })
    }

    fn ended(&self, domain: Uuid, status: Option<ExitStatus>) {
        // It is there for as long as it runs.
        let _ = self.with(domain, |machine| {
            machine.guest = None;
            let destroyed = take(&mut machine.destroyed);
            let (reason, detail) = match status.and_then(|status| status.code()) {
                _ if destroyed => (ShutoffReason::Destroyed, StoppedDetail::Destroyed),
                Some(0) => (ShutoffReason::Shutdown, StoppedDetail::Shutdown),
                _ => (ShutoffReason::Crashed, StoppedDetail::Crashed),
            };
            Ok(machine.turn(&self.events, DomainState::Shutoff(reason), Lifecycle::Stopped(detail)))
        });
    }
}

impl Hypervisor for Processes {
    fn host(&self) -> Host {
        let mut host = Host::new("Process", "process:///", "process");
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

    async fn xml(&self, domain: Uuid, _: WhichXml) -> Result<String> {
        self.with(domain, |machine| Ok(machine.xml.clone()))
    }

    async fn define(&self, xml: String) -> Result<DomainInfo> {
        let (config, xml) = read(&xml)?;
        let mut machines = self.lock();
        let machine = match known(&mut machines, &config)? {
            Some(machine) => {
                machine.xml = config.with_uuid(xml, machine.uuid);
                machine.config = config;
                machine
            }
            None => {
                machines.push(Machine::new(config, xml));
                machines.last_mut().ok_or_else(errors::not_running)?
            }
        };
        let detail = match replace(&mut machine.persistent, true) {
            true => DefinedDetail::Updated,
            false => DefinedDetail::Added,
        };
        Ok(machine.turn(&self.events, machine.state, Lifecycle::Defined(detail)))
    }

    async fn create(&self, xml: String, options: StartOptions) -> Result<DomainInfo> {
        let (config, xml) = read(&xml)?;
        let mut machines = self.lock();
        if let Some(other) = known(&mut machines, &config)? {
            return Err(errors::name_taken(&config.name, other.uuid));
        }
        let mut machine = Machine::new(config, xml);
        let info = machine.start(self, options)?;
        machines.push(machine);
        Ok(info)
    }

    async fn undefine(&self, domain: Uuid) -> Result<()> {
        self.with(domain, |machine| {
            if !take(&mut machine.persistent) {
                return Err(errors::invalid("cannot undefine transient domain"));
            }
            machine.turn(&self.events, machine.state, Lifecycle::Undefined(UndefinedDetail::Removed));
            Ok(())
        })
    }

    async fn start(&self, domain: Uuid, options: StartOptions) -> Result<DomainInfo> {
        self.with(domain, |machine| machine.start(self, options))
    }

    async fn destroy(&self, domain: Uuid) -> Result<()> {
        let guest = self.with(domain, |machine| {
            let guest = machine.guest()?.clone();
            guest.signal(Signal::KILL)?;
            machine.destroyed = true;
            Ok(guest)
        })?;
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
            guest.signal(Signal::TERM)?;
            machine.destroyed = true;
            Ok(guest)
        })?;
        if timeout(GRACE, guest.ended()).await.is_ok() {
            return Ok(());
        }
        self.with(domain, |machine| {
            machine.destroyed = false;
            Err(errors::failed("the process has not ended, and was not killed"))
        })
    }

    async fn shutdown(&self, domain: Uuid) -> Result<()> {
        self.guest(domain)?.signal(Signal::TERM)
    }

    async fn suspend(&self, domain: Uuid) -> Result<()> {
        let paused = Lifecycle::Suspended(SuspendedDetail::Paused);
        self.signal(domain, Signal::STOP, DomainState::Paused(PausedReason::User), paused)
    }

    async fn resume(&self, domain: Uuid) -> Result<()> {
        let resumed = Lifecycle::Resumed(ResumedDetail::Unpaused);
        self.signal(domain, Signal::CONT, DomainState::Running(RunningReason::Unpaused), resumed)
    }
}

impl Consoles for Processes {
    async fn open_console(&self, domain: Uuid, request: OpenConsole, stream: Stream) -> Result<()> {
        self.guest(domain)?.connect(stream, request.force).await
    }
}

impl Stats for Processes {
    fn kinds(&self) -> DomainStatsKinds {
        DomainStatsKinds::CPU_TOTAL | DomainStatsKinds::BALLOON
    }

    async fn stats(&self, domain: Uuid, kinds: DomainStatsKinds) -> Result<TypedParams> {
        let mut stats = TypedParams::new();
        // One that is off uses nothing.
        let Ok(guest) = self.guest(domain) else { return Ok(stats) };
        let usage = Usage::of(guest.pid);
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
