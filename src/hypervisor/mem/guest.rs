//! One guest: what is defined of it, and what runs of it.
//!
//! ```text
//!            define                 start                       suspend
//!   (none) ─────────▶ Off ◀──────────────────────▶ On: Running ◀───────▶ Paused
//!      ▲                 ▲   destroy, shutdown,      │  ▲
//!      └── undefine ─────┘   Perform succeeded       │  │ Activity: Idle, or Leaving (Perform), Held, or
//!      a transient guest has no Off: it is gone      ▼  │ Arriving (prepared, not finished: always Paused)
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::{
    DomainInfo, DomainState, IncomingId, Job, PausedReason, Result, RunningReason, ShutoffReason,
    StoppedDetail, Uuid, errors,
};
use super::departure::Departure;
use super::machine::Machine;
use super::postcopy;
use super::snapshots::Album;
use super::xml::Definition;
use virtwire_protocol::migrate::MigrateFlags;

/// A guest, which is defined, or active, or both.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) name: String,
    pub(super) uuid: Uuid,
    /// The persistent configuration; a transient guest has none.
    pub(super) config: Option<Arc<Definition>>,
    pub(super) run: Run,
    pub(super) autostart: bool,
    pub(super) max_speed_mib_s: u64,
    pub(super) max_downtime_ms: u64,
    pub(super) completed_job: Option<Job>,
    pub(super) snapshots: Album,
}

/// Whether it is active.
#[derive(Debug)]
pub(super) enum Run {
    Off(ShutoffReason),
    On(Box<Live>),
}

/// What is there of a guest only while it is active.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) id: u32,
    pub(super) definition: Arc<Definition>,
    pub(super) machine: Machine,
    pub(super) activity: Activity,
    /// Why it ends, where somebody ends its process at this moment.
    pub(super) ends: Option<(ShutoffReason, StoppedDetail)>,
    state: LiveState,
    /// Time that its CPUs ran before it was last paused.
    ran: Duration,
    /// Since when they run.
    running_since: Option<Instant>,
}

/// Running or paused, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LiveState {
    Running(RunningReason),
    Paused(PausedReason),
}

/// What a migration does with it.
#[derive(Clone, Debug)]
pub(super) enum Activity {
    Idle,
    /// Perform runs.
    Leaving(Arc<Departure>),
    /// Version 3: between Begin and Perform, or, if it is sent, between Perform and Confirm.
    Held {
        sent: Option<Arc<Departure>>,
    },
    /// Prepared, not finished.
    Arriving(IncomingId),
}

impl Live {
    pub(super) fn new(id: u32, definition: Arc<Definition>, machine: Machine, state: LiveState) -> Live {
        let mut live = Live {
            id,
            definition,
            machine,
            activity: Activity::Idle,
            ends: None,
            state,
            ran: Duration::ZERO,
            running_since: None,
        };
        live.set_state(state);
        live
    }

    pub(super) fn state(&self) -> LiveState {
        self.state
    }

    pub(super) fn set_state(&mut self, state: LiveState) {
        self.ran = self.cpu_time();
        self.running_since = matches!(state, LiveState::Running(_)).then(Instant::now);
        self.state = state;
    }

    fn cpu_time(&self) -> Duration {
        self.ran + self.running_since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Guest {
    /// What is active, or the error that nothing is.
    pub(super) fn live(&self) -> Result<&Live> {
        match &self.run {
            Run::On(live) => Ok(live),
            Run::Off(_) => Err(errors::not_running()),
        }
    }

    /// The same, to be changed.
    pub(super) fn live_mut(&mut self) -> Result<&mut Live> {
        match &mut self.run {
            Run::On(live) => Ok(live),
            Run::Off(_) => Err(errors::not_running()),
        }
    }

    /// The same, and all of it is here: one in post-copy is on two hosts.
    pub(super) fn idle_mut(&mut self) -> Result<&mut Live> {
        let live = self.free_mut()?;
        postcopy::check_state(live.state(), MigrateFlags(0))?;
        Ok(live)
    }

    /// What is active and in nobody's hands: a guest that comes or goes is not to be started, ended or let run by
    /// anyone but its migration.
    pub(super) fn free_mut(&mut self) -> Result<&mut Live> {
        let name = &self.name;
        match &mut self.run {
            Run::Off(_) => Err(errors::not_running()),
            Run::On(live) if live.ends.is_some() => Err(errors::not_running()),
            Run::On(live) => match live.activity {
                Activity::Idle => Ok(live),
                Activity::Leaving(_) | Activity::Held { .. } => {
                    Err(errors::invalid(format!("domain '{name}' is being migrated to another host")))
                }
                Activity::Arriving(_) => {
                    Err(errors::invalid(format!("domain '{name}' is being migrated from another host")))
                }
            },
        }
    }

    /// # Errors
    /// Code 55 for one with snapshots, which would be lost.
    pub(super) fn check_has_no_snapshots(&self, to_do: &str) -> Result<()> {
        match self.snapshots.len() {
            0 => Ok(()),
            count => Err(errors::invalid(format!("cannot {to_do} domain with {count} snapshots"))),
        }
    }

    pub(super) fn is_active(&self) -> bool {
        matches!(self.run, Run::On(_))
    }

    /// The configuration of what runs, else of what would.
    pub(super) fn current(&self) -> Option<&Arc<Definition>> {
        match &self.run {
            Run::On(live) => Some(&live.definition),
            Run::Off(_) => self.config.as_ref(),
        }
    }

    /// The configuration of its next start.
    pub(super) fn inactive(&self) -> Option<&Arc<Definition>> {
        self.config.as_ref().or_else(|| self.current())
    }

    /// The bytes of its documents: of what is defined, and of what runs where that is another.
    pub(super) fn document_bytes(&self) -> usize {
        let config = self.config.as_ref();
        let live = self.current().filter(|live| !config.is_some_and(|config| Arc::ptr_eq(config, live)));
        [config, live].into_iter().flatten().map(|definition| definition.xml.len()).sum()
    }

    pub(super) fn info(&self) -> DomainInfo {
        let (id, state, cpu_time) = match &self.run {
            Run::Off(reason) => (None, DomainState::Shutoff(*reason), Duration::ZERO),
            Run::On(live) => {
                let state = match live.state {
                    LiveState::Running(reason) => DomainState::Running(reason),
                    LiveState::Paused(reason) => DomainState::Paused(reason),
                };
                (Some(live.id), state, live.cpu_time())
            }
        };
        let current = self.current().map(Arc::as_ref);
        let differs = |config: &Arc<Definition>| current.is_some_and(|current| current.xml != config.xml);
        DomainInfo {
            name: self.name.clone(),
            uuid: self.uuid,
            id,
            state,
            persistent: self.config.is_some(),
            autostart: self.autostart,
            updated: self.config.as_ref().is_some_and(differs),
            os_type: current.map(|current| current.os_type.clone()).unwrap_or_default(),
            memory_max_kib: current.map_or(0, |current| current.memory_max_kib),
            memory_kib: current.map_or(0, |current| current.memory_kib),
            vcpus_max: current.map_or(0, |current| current.vcpus_max),
            vcpus: current.map_or(0, |current| current.vcpus),
            cpu_time_ns: u64::try_from(cpu_time.as_nanos()).unwrap_or(u64::MAX),
        }
    }
}
