//! The host: which domains there are, and the verbs for them.

use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::Signal;
use virtwire::hypervisor::*;
use virtwire::protocol::flags::DomainStatsKinds;
use virtwire::protocol::params::TypedParams;
use virtwire::server::Stream;

use crate::config::Config;
use crate::guest::Guest;
use crate::usage::Usage;

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
    /// Its plug was pulled.
    destroyed: bool,
}

impl Machine {
    fn info(&self) -> DomainInfo {
        let usage = self.guest.as_ref().map(|guest| Usage::of(guest.pid)).unwrap_or_default();
        DomainInfo {
            id: self.guest.as_ref().map(|guest| guest.pid.as_raw_nonzero().get().unsigned_abs()),
            state: self.state,
            os_type: OS_TYPE.to_owned(),
            memory_kib: usage.rss_kib,
            memory_max_kib: usage.rss_kib,
            cpu_time_ns: usage.user_ns.saturating_add(usage.system_ns),
            ..DomainInfo::new(&*self.config.name, self.uuid)
        }
    }
}

impl Processes {
    fn lock(&self) -> MutexGuard<'_, Vec<Machine>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, domain: Uuid, act: impl FnOnce(&mut Machine) -> Result<T>) -> Result<T> {
        let mut machines = self.lock();
        let found = machines.iter_mut().find(|machine| machine.uuid == domain);
        act(found.ok_or_else(|| errors::no_domain(Lookup::Uuid(domain)))?)
    }

    fn guest(&self, domain: Uuid) -> Result<Guest> {
        self.with(domain, |machine| machine.guest.clone().ok_or_else(errors::not_running))
    }

    /// Its state is another now, which is told.
    fn turn(&self, domain: Uuid, state: DomainState, what: Lifecycle) -> Result<DomainInfo> {
        let info = self.with(domain, |machine| {
            machine.state = state;
            Ok(machine.info())
        })?;
        self.events.tell(&DomainEvent::new(info.clone(), what));
        Ok(info)
    }

    fn ended(&self, domain: Uuid, status: Option<ExitStatus>) {
        let destroyed = self.with(domain, |machine| {
            machine.guest = None;
            Ok(std::mem::take(&mut machine.destroyed))
        });
        let (reason, detail) = match (destroyed, status.and_then(|status| status.code())) {
            (Ok(true), _) => (ShutoffReason::Destroyed, StoppedDetail::Destroyed),
            (_, Some(0)) => (ShutoffReason::Shutdown, StoppedDetail::Shutdown),
            _ => (ShutoffReason::Crashed, StoppedDetail::Crashed),
        };
        // Nobody is told of one that was undefined meanwhile.
        let _ = self.turn(domain, DomainState::Shutoff(reason), Lifecycle::Stopped(detail));
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
        let xml = xml.trim_start_matches('\u{feff}').to_owned();
        let config = Config::parse(&xml)?;
        let mut machines = self.lock();
        // Whoever has one of its name and its UUID has the other one as well, or is another domain.
        if let Some(uuid) = config.uuid {
            let has_one = |other: &&Machine| (other.config.name == config.name) != (other.uuid == uuid);
            if let Some(other) = machines.iter().find(has_one) {
                return Err(match other.uuid == uuid {
                    true => errors::uuid_taken(&other.config.name, uuid),
                    false => errors::name_taken(&config.name, other.uuid),
                });
            }
        }
        let same = machines.iter_mut().find(|machine| machine.config.name == config.name);
        let (machine, detail) = match same {
            Some(machine) => (machine, DefinedDetail::Updated),
            None => {
                let uuid = config.uuid.unwrap_or_else(Uuid::random);
                let state = DomainState::Shutoff(ShutoffReason::Unknown);
                let (config, xml) = (config.clone(), String::new());
                machines.push(Machine { config, uuid, xml, guest: None, state, destroyed: false });
                (machines.last_mut().ok_or_else(errors::not_running)?, DefinedDetail::Added)
            }
        };
        machine.xml = config.with_uuid(xml, machine.uuid);
        machine.config = config;
        let info = machine.info();
        drop(machines);
        self.events.tell(&DomainEvent::new(info.clone(), Lifecycle::Defined(detail)));
        Ok(info)
    }

    async fn undefine(&self, domain: Uuid) -> Result<()> {
        if self.guest(domain).is_ok() {
            return Err(errors::invalid("a process that runs keeps its definition"));
        }
        let info = self.with(domain, |machine| Ok(machine.info()))?;
        self.lock().retain(|machine| machine.uuid != domain);
        self.events.tell(&DomainEvent::new(info, Lifecycle::Undefined(UndefinedDetail::Removed)));
        Ok(())
    }

    async fn start(&self, domain: Uuid, _: StartOptions) -> Result<DomainInfo> {
        let host = self.clone();
        self.with(domain, |machine| {
            if machine.guest.is_some() {
                return Err(errors::already_active(&machine.config.name));
            }
            let started = Guest::start(&machine.config.command, move |status| host.ended(domain, status));
            machine.guest = Some(started.map_err(|error| errors::failed(error.to_string()))?);
            Ok(())
        })?;
        let booted = Lifecycle::Started(StartedDetail::Booted);
        self.turn(domain, DomainState::Running(RunningReason::Booted), booted)
    }

    async fn destroy(&self, domain: Uuid) -> Result<()> {
        let guest = self.guest(domain)?;
        self.with(domain, |machine| {
            machine.destroyed = true;
            Ok(())
        })?;
        guest.signal(Signal::KILL)?;
        guest.ended().await;
        Ok(())
    }

    async fn shutdown(&self, domain: Uuid) -> Result<()> {
        self.guest(domain)?.signal(Signal::TERM)
    }

    async fn suspend(&self, domain: Uuid) -> Result<()> {
        self.guest(domain)?.signal(Signal::STOP)?;
        let paused = Lifecycle::Suspended(SuspendedDetail::Paused);
        self.turn(domain, DomainState::Paused(PausedReason::User), paused).map(drop)
    }

    async fn resume(&self, domain: Uuid) -> Result<()> {
        self.guest(domain)?.signal(Signal::CONT)?;
        let resumed = Lifecycle::Resumed(ResumedDetail::Unpaused);
        self.turn(domain, DomainState::Running(RunningReason::Unpaused), resumed).map(drop)
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
