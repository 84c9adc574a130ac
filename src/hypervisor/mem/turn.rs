//! Whose turn it is with a guest, where that is a process: it is asked while the table is free, on a thread that may wait.
//!
//! ```text
//! turn  ── one change of a guest after the other ──────────────────────────────────▶
//! table    what is to be   (free: its process is asked)   what is now, and is told
//! ```
//!
//! A process may stand still for reasons of its own. Then whoever wants something of that guest waits, and nobody else does. What the table
//! says of a guest its process has done already: it is asked first. Two do not wait for their turn, somebody who destroys the guest and
//! whoever notices its end; so after each question one looks whether the guest is still the same. A process that does not say goodbye to the
//! former within 3 s is killed, and of two reasons to be off the first is told. A start is shown meanwhile as libvirt shows it: paused (starting up).
//!
//! Guests that are memory in this process have no turns, and nothing of them waits.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, MutexGuard};
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;
use tracing::warn;

use super::super::{
    IncomingId, Lifecycle, PausedReason, Result, ShutoffReason, StartedDetail, StoppedDetail, Uuid, errors,
};
use super::Inner;
use super::guest::{Activity, Live, LiveState, Run};
use super::long_documents::told;
use super::machine::{Machine, silent};
use super::memory::Memory;
use super::process::Process;
use super::table::Table;
use super::xml::Definition;
use crate::server::heavy;

/// So many guests' processes are asked at a time. One that is silent keeps a place until it is taken for dead.
pub(super) const AT_GUESTS: usize = 32;
/// And so many are ended by somebody, whoever is silent meanwhile.
pub(super) const AT_ENDS: usize = 8;

/// The table, for who changes one guest of it.
pub(super) struct Turn<'a> {
    pub(super) inner: &'a Inner,
    /// `None` only while a process is asked.
    table: Option<MutexGuard<'a, Table>>,
    _mine: Option<Mine>,
}

/// A turn with a process.
type Mine = (Arc<Process>, OwnedMutexGuard<()>);

impl Deref for Turn<'_> {
    type Target = Table;

    fn deref(&self) -> &Table {
        self.table.as_deref().expect("it is let go in `unlocked` alone, which takes it again")
    }
}

impl DerefMut for Turn<'_> {
    fn deref_mut(&mut self) -> &mut Table {
        self.table.as_deref_mut().expect("it is let go in `unlocked` alone, which takes it again")
    }
}

impl Inner {
    /// The table at once, for who waits for nobody's turn.
    pub(super) fn at_once(&self) -> Turn<'_> {
        Turn { inner: self, table: Some(self.table()), _mine: None }
    }

    /// The table in a guest's turn. Where guests are processes this waits, so it is for threads that may.
    pub(super) fn turn(&self, uuid: impl Into<Option<Uuid>>) -> Turn<'_> {
        self.turn_of(uuid.into(), None)
    }

    fn turn_of(&self, uuid: Option<Uuid>, mut mine: Option<Mine>) -> Turn<'_> {
        loop {
            let table = self.table();
            let process = uuid.and_then(|uuid| table.process(uuid));
            let is_mine = match (&process, &mine) {
                (Some(process), Some((mine, _))) => Arc::ptr_eq(process, mine),
                (process, _) => process.is_none(),
            };
            let Some(process) = process.filter(|_| !is_mine) else {
                return Turn { inner: self, table: Some(table), _mine: mine };
            };
            // It runs anew since, or had not run.
            drop((table, mine.take()));
            let turn = process.turn().blocking_lock_owned();
            mine = Some((process, turn));
        }
    }

    /// Does something with a guest in its turn; to its end, also where nobody waits for it any more.
    pub(super) async fn at_guest<T: Send + 'static>(
        self: &Arc<Self>,
        uuid: impl Into<Option<Uuid>>,
        work: impl FnOnce(&mut Turn<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let uuid = uuid.into();
        if self.home.is_none() {
            return work(&mut self.turn(uuid));
        }
        let inner = self.clone();
        // In a task: whoever has its turn and is not polled meanwhile would keep it from others.
        let done = tokio::spawn(async move {
            let process = uuid.and_then(|uuid| inner.table().process(uuid));
            let mine = match process {
                Some(process) => {
                    // Without a thread or a place meanwhile.
                    let turn = process.turn().lock_owned().await;
                    Some((process, turn))
                }
                None => None,
            };
            let places = inner.at_guests.clone();
            told(heavy::work_at(places, move || work(&mut inner.turn_of(uuid, mine))).await)
        });
        told(done.await)
    }

    /// The same with one that is on its way here.
    pub(super) async fn at_incoming<T: Send + 'static>(
        self: &Arc<Self>,
        id: IncomingId,
        work: impl FnOnce(&mut Turn<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let guest = self.table().incoming.get(&id).and_then(|incoming| incoming.guest);
        self.at_guest(guest, work).await
    }

    /// The same for who cannot wait: where guests are processes it is done behind their back.
    pub(super) fn later(
        self: &Arc<Self>,
        uuid: Option<Uuid>,
        work: impl FnOnce(&mut Turn<'_>) + Send + 'static,
    ) {
        if self.home.is_none() {
            return work(&mut self.turn(uuid));
        }
        let inner = self.clone();
        match Handle::try_current() {
            Ok(runtime) => {
                let work = move |turn: &mut Turn<'_>| {
                    work(turn);
                    Ok(())
                };
                runtime.spawn(async move { inner.at_guest(uuid, work).await });
            }
            Err(_) => drop(thread::spawn(move || work(&mut inner.turn(uuid)))),
        }
    }

    /// Ends a guest, whose turn it may be: a process that is asked something and is silent is not waited for.
    pub(super) async fn destroy(self: &Arc<Self>, uuid: Uuid) -> Result<()> {
        let destroy = move |inner: &Inner| {
            inner.at_once().turn_off(uuid, ShutoffReason::Destroyed, StoppedDetail::Destroyed)
        };
        if self.home.is_none() {
            return destroy(self);
        }
        let inner = self.clone();
        told(heavy::work_at(self.at_ends.clone(), move || destroy(&inner)).await)
    }

    /// All of a guest's memory, as it is at one moment.
    pub(super) async fn memory_of(self: &Arc<Self>, uuid: Uuid, machine: &Machine) -> Result<Arc<Memory>> {
        if let Machine::Here(memory) = machine {
            return Ok(memory.clone());
        }
        let machine = machine.clone();
        self.at_guest(uuid, move |turn| turn.unlocked(|| machine.memory())).await
    }
}

impl Turn<'_> {
    /// Does what may wait while the table is free: anything may be different after it but what only this turn may change.
    pub(super) fn unlocked<T>(&mut self, wait: impl FnOnce() -> T) -> T {
        self.table = None;
        let done = wait();
        self.table = Some(self.inner.table());
        done
    }

    /// Has a guest stand so from now on, and be in these hands where they are others: first its process does and knows it, then the table
    /// says it. One that does not answer is off from then on.
    pub(super) fn stand(&mut self, uuid: Uuid, state: LiveState, hands: Option<Activity>) -> Result<()> {
        let live = self.guest(uuid)?.live()?;
        let id = live.id;
        if let Machine::Apart(process) = &live.machine {
            let process = process.clone();
            let note = self.noted(live, state, hands.as_ref().unwrap_or(&live.activity)).to_text();
            let runs = matches!(state, LiveState::Running(_));
            if let Err(error) = self.unlocked(|| process.set(runs, &note)) {
                warn!(domain = %uuid, %error, "a guest's process is gone");
                if self.is_run(uuid, id) {
                    let _ = self.turn_off(uuid, ShutoffReason::Crashed, StoppedDetail::Crashed);
                }
                return Err(silent(&error));
            }
        }
        let live = self.same_run(uuid, id)?;
        if live.state() != state {
            live.set_state(state);
        }
        if let Some(hands) = hands {
            live.activity = hands;
        }
        Ok(())
    }

    /// A guest has other memory from now on: what is done with its machine says how.
    pub(super) fn load(
        &mut self,
        uuid: Uuid,
        memory: Memory,
        load: fn(&mut Machine, Memory) -> Result<()>,
    ) -> Result<()> {
        let live = self.guest_mut(uuid)?.live_mut()?;
        let (id, mut machine) = (live.id, live.machine.clone());
        if let Machine::Here(_) = machine {
            return load(&mut live.machine, memory);
        }
        self.unlocked(|| load(&mut machine, memory))?;
        self.same_run(uuid, id).map(drop)
    }

    /// The guest is off from now on: its job ends, and it is forgotten unless it is defined. It runs no more before anybody is told so.
    pub(super) fn turn_off(
        &mut self,
        uuid: Uuid,
        reason: ShutoffReason,
        detail: StoppedDetail,
    ) -> Result<()> {
        match self.end(uuid, reason, detail)? {
            Some((reason, detail)) => self.turned_off(uuid, reason, detail),
            None => Ok(()),
        }
    }

    /// Ends what a guest runs on. Of those who do so at one time the first has the reason, and any of them says it; `None` where another
    /// one has.
    ///
    /// # Errors
    /// Code 55 for who was not the first.
    pub(super) fn end(
        &mut self,
        uuid: Uuid,
        reason: ShutoffReason,
        detail: StoppedDetail,
    ) -> Result<Option<(ShutoffReason, StoppedDetail)>> {
        let live = self.guest_mut(uuid)?.live_mut()?;
        let Machine::Apart(process) = &live.machine else { return Ok(Some((reason, detail))) };
        let (id, process, is_first) = (live.id, process.clone(), live.ends.is_none());
        let why = *live.ends.get_or_insert((reason, detail));
        self.unlocked(|| process.end());
        match self.guest(uuid).and_then(|guest| guest.live()) {
            Ok(live) if live.id == id => Ok(Some(why)),
            _ if is_first => Ok(None),
            _ => Err(errors::not_running()),
        }
    }

    /// A guest that is off has this machine from now on. Where there is no room for it, or it cannot be noted, the machine ends.
    pub(super) fn turn_on(
        &mut self,
        uuid: Uuid,
        definition: Arc<Definition>,
        machine: Machine,
        state: LiveState,
        detail: StartedDetail,
    ) -> Result<()> {
        let id = self.new_id();
        if let Err(error) = self.check_memory(machine.memory_bytes()) {
            self.unlocked(|| machine.end());
            self.forget_unless_defined(uuid);
            return Err(error);
        }
        let Machine::Apart(process) = &machine else {
            self.guest_mut(uuid)?.run = Run::On(Box::new(Live::new(id, definition, machine, state)));
            self.tell(uuid, Lifecycle::Started(detail));
            return Ok(());
        };
        // Nobody else knows of it yet. Whoever finds it in the table waits.
        let _mine = process.turn().try_lock_owned();
        let starting = LiveState::Paused(PausedReason::StartingUp);
        let live = Live::new(id, definition, machine.clone(), starting);
        let note = self.noted(&live, state, &live.activity).to_text();
        let before = std::mem::replace(&mut self.guest_mut(uuid)?.run, Run::On(Box::new(live)));
        let noted = self.unlocked(|| process.set(matches!(state, LiveState::Running(_)), &note));
        let live = self.same_run(uuid, id)?;
        if let Err(error) = noted {
            live.ends = Some((ShutoffReason::Failed, StoppedDetail::Failed));
            self.unlocked(|| process.end());
            if let Ok(guest) = self.guest_mut(uuid)
                && guest.live().is_ok_and(|live| live.id == id)
            {
                guest.run = before;
            }
            self.forget_unless_defined(uuid);
            return Err(silent(&error));
        }
        live.set_state(state);
        self.tell(uuid, Lifecycle::Started(detail));
        Ok(())
    }

    /// Whether a guest is still that run of it, and nobody ends it.
    fn is_run(&self, uuid: Uuid, id: u32) -> bool {
        self.guest(uuid).and_then(|guest| guest.live()).is_ok_and(|live| live.id == id && live.ends.is_none())
    }

    fn same_run(&mut self, uuid: Uuid, id: u32) -> Result<&mut Live> {
        match self.is_run(uuid, id) {
            true => self.guest_mut(uuid)?.live_mut(),
            false => Err(errors::not_running()),
        }
    }
}
