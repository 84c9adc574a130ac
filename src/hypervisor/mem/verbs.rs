//! The verbs of a single host: define, start, pause, end.

use std::sync::Arc;

use super::super::{
    DefinedDetail, DomainInfo, Happening, Lifecycle, PausedReason, Result, ResumedDetail, RunningReason,
    ShutdownDetail, ShutoffReason, StartOptions, StartedDetail, StoppedDetail, SuspendedDetail,
    UndefinedDetail, Uuid, WhichXml, errors,
};
use super::guest::{Activity, Live, LiveState};
use super::machine::Machine;
use super::memory::Memory;
use super::table::Table;
use super::turn::Turn;
use super::xml::Definition;

impl Table {
    pub(super) fn definition(&self, uuid: Uuid, which: WhichXml) -> Result<Arc<Definition>> {
        let guest = self.guest(uuid)?;
        let definition = match which {
            WhichXml::Inactive => guest.inactive(),
            WhichXml::Current | WhichXml::Migratable => guest.current(),
        };
        definition.cloned().ok_or_else(errors::not_running)
    }

    pub(super) fn define(&mut self, definition: Definition) -> Result<DomainInfo> {
        let uuid = self.guest_for(&definition)?.uuid;
        self.persist(uuid, Arc::new(definition))?;
        Ok(self.guest(uuid)?.info())
    }

    /// One that was defined when an earlier daemon ended.
    pub(super) fn load(&mut self, definition: Definition) -> Result<()> {
        let guest = self.known_guest(&definition)?;
        guest.config = Some(Arc::new(definition));
        Ok(())
    }

    pub(super) fn undefine(&mut self, uuid: Uuid) -> Result<()> {
        let guest = self.guest_mut(uuid)?;
        // One that is active goes on, with its snapshots.
        if guest.config.is_some() && !guest.is_active() {
            guest.check_has_no_snapshots("delete inactive")?;
        }
        if guest.config.take().is_none() {
            return Err(errors::invalid("cannot undefine transient domain"));
        }
        guest.autostart = false;
        self.tell(uuid, Lifecycle::Undefined(UndefinedDetail::Removed));
        self.forget_unless_defined(uuid);
        Ok(())
    }

    /// What a start would run.
    pub(super) fn startable(&self, uuid: Uuid) -> Result<Arc<Definition>> {
        let guest = self.guest(uuid)?;
        match &guest.config {
            Some(definition) if !guest.is_active() => Ok(definition.clone()),
            _ => Err(errors::invalid("domain is already running")),
        }
    }

    pub(super) fn set_autostart(&mut self, uuid: Uuid, autostart: bool) -> Result<()> {
        let guest = self.guest_mut(uuid)?;
        if guest.config.is_none() {
            return Err(errors::invalid("cannot set autostart for transient domain"));
        }
        guest.autostart = autostart;
        Ok(())
    }

    /// What an active guest runs on, once it is all here.
    pub(super) fn machine(&self, uuid: Uuid) -> Result<Machine> {
        let live = self.guest(uuid)?.live()?;
        match live.activity {
            Activity::Arriving(_) => Err(errors::invalid("the domain's memory has not arrived")),
            Activity::Idle | Activity::Leaving(_) | Activity::Held { .. } => Ok(live.machine.clone()),
        }
    }
}

impl Turn<'_> {
    pub(super) fn create(
        &mut self,
        definition: Definition,
        options: StartOptions,
        machine: Machine,
    ) -> Result<DomainInfo> {
        self.check_startable(&definition)?;
        let uuid = self.guest_for(&definition)?.uuid;
        self.boot(uuid, Arc::new(definition), options, machine)
    }

    pub(super) fn start(
        &mut self,
        uuid: Uuid,
        options: StartOptions,
        machine: Machine,
    ) -> Result<DomainInfo> {
        let definition = self.startable(uuid)?;
        self.boot(uuid, definition, options, machine)
    }

    fn boot(
        &mut self,
        uuid: Uuid,
        definition: Arc<Definition>,
        options: StartOptions,
        machine: Machine,
    ) -> Result<DomainInfo> {
        let state = match options.paused {
            true => LiveState::Paused(PausedReason::User),
            false => LiveState::Running(RunningReason::Booted),
        };
        self.turn_on(uuid, definition, machine, state, StartedDetail::Booted)?;
        if options.paused {
            self.tell(uuid, Lifecycle::Suspended(SuspendedDetail::Paused));
        }
        Ok(self.guest(uuid)?.info())
    }

    pub(super) fn shutdown(&mut self, uuid: Uuid) -> Result<()> {
        self.running(uuid)?;
        self.tell(uuid, Lifecycle::Shutdown(ShutdownDetail::Guest));
        self.turn_off(uuid, ShutoffReason::Shutdown, StoppedDetail::Shutdown)
    }

    /// A guest that boots anew finds other memory.
    pub(super) fn reboot(&mut self, uuid: Uuid, memory: Memory) -> Result<()> {
        self.running(uuid)?;
        self.load_anew(uuid, memory)
    }

    pub(super) fn reset(&mut self, uuid: Uuid, memory: Memory) -> Result<()> {
        self.load_anew(uuid, memory)
    }

    /// It may have more than before.
    fn load_anew(&mut self, uuid: Uuid, memory: Memory) -> Result<()> {
        self.check_memory_instead(uuid, memory.as_bytes().len() as u64)?;
        self.guest_mut(uuid)?.idle_mut()?;
        self.load(uuid, memory, Machine::load)?;
        self.tell_happening(uuid, Happening::Reboot);
        Ok(())
    }

    /// Allowed while it leaves: then it arrives paused only if the client says so.
    pub(super) fn suspend(&mut self, uuid: Uuid) -> Result<()> {
        let guest = self.guest_mut(uuid)?;
        if matches!(guest.live()?.activity, Activity::Arriving(_)) {
            guest.idle_mut()?;
        }
        let live = guest.live_mut()?;
        match live.state() {
            LiveState::Running(_) => {
                self.stand(uuid, LiveState::Paused(PausedReason::User), None)?;
                self.tell(uuid, Lifecycle::Suspended(SuspendedDetail::Paused));
            }
            // It stays so when its memory is copied.
            LiveState::Paused(PausedReason::Snapshot | PausedReason::Save) => {
                self.stand(uuid, LiveState::Paused(PausedReason::User), None)?;
            }
            LiveState::Paused(_) => {}
        }
        Ok(())
    }

    /// Allowed, too, for a guest that came and whose migration nobody finishes.
    pub(super) fn resume(&mut self, uuid: Uuid) -> Result<()> {
        self.adopt_if_kept(uuid)?;
        let live = self.guest_mut(uuid)?.idle_mut()?;
        if let LiveState::Running(_) = live.state() {
            return Err(errors::invalid("domain is already running"));
        }
        self.stand(uuid, LiveState::Running(RunningReason::Unpaused), None)?;
        self.tell(uuid, Lifecycle::Resumed(ResumedDetail::Unpaused));
        Ok(())
    }

    /// A guest that can be asked something: it runs, and nobody migrates it.
    fn running(&mut self, uuid: Uuid) -> Result<&mut Live> {
        let live = self.guest_mut(uuid)?.idle_mut()?;
        match live.state() {
            LiveState::Running(_) => Ok(live),
            LiveState::Paused(_) => Err(errors::invalid("domain is paused and cannot answer")),
        }
    }
}

pub(super) fn defined(known: bool) -> DefinedDetail {
    if known { DefinedDetail::Updated } else { DefinedDetail::Added }
}
