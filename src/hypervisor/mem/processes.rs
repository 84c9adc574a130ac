//! Guests that are processes: how they are started, kept in step with the table, and found again by the next daemon.
//!
//! What the next daemon does with a guest is said by its note:
//!
//! | its migration was | then |
//! |---|---|
//! | none, or a hold of version 3 | it is as it was: what a hold has sent stays paused, for it may run elsewhere |
//! | a Perform that had paused it and was not over | it runs again: nobody was told that it had left |
//! | none, and it was being saved, or a snapshot was taken | it runs on: nobody was told of either |
//! | coming, not all here, or by version 3 | it is gone with the daemon that received it: its source has it |
//! | all here, by version 1 or 2 | it stays, paused, for any Finish; if its source has dropped it, for resume too |

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use rustix::process::Pid;
use tokio::sync::watch;
use tracing::{info, warn};

use super::super::store::Opened;
use super::super::{PausedReason, Result, RunningReason, ShutoffReason, StoppedDetail, Uuid, errors};
use super::guest::{Activity, Live, LiveState, Run};
use super::incoming::Incoming;
use super::machine::Machine;
use super::memory::Memory;
use super::note::{Note, Noted};
use super::process::{Found, Guests, Process, find};
use super::table::Table;
use super::turn::Turn;
use super::xml::Definition;
use super::{Config, Inner, Mem};

/// How guests are started, and where their files are.
#[derive(Debug)]
pub(super) struct Home {
    guests: Guests,
    directory: PathBuf,
}

impl Mem {
    /// A host that keeps its definitions as [`Mem::kept`] does, and whose guests are processes that outlive it: those
    /// that run already are its guests from now on.
    ///
    /// Returns what somebody should know as well, one line each: what was set aside, and guests that ended while no daemon watched.
    ///
    /// # Errors
    /// The system's; and where a guest's process is there and does not answer, so that nobody knows what it does.
    pub fn with_guests(config: Config, opened: Opened, guests: Guests) -> io::Result<(Mem, Vec<String>)> {
        use std::os::unix::fs::DirBuilderExt;
        let directory = opened.store.directory().join("guests");
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
        // So that it means the same to a guest, wherever this process goes.
        let directory = directory.canonicalize()?;
        let found = find(&directory)?;
        let (mut mem, set_aside) = Mem::kept(config, opened)?;
        let mut remarks: Vec<_> = set_aside.iter().map(ToString::to_string).collect();
        if let Some(inner) = Arc::get_mut(&mut mem.inner) {
            inner.home = Some(Home { guests, directory });
        }
        for found in found {
            match found {
                Found::Gone(uuid) => {
                    remarks.push(format!("the guest {uuid} ended while no daemon watched"));
                    if let Ok(guest) = mem.inner.table().guest_mut(uuid) {
                        guest.run = Run::Off(ShutoffReason::Crashed);
                    }
                }
                Found::Alive { process, note } => {
                    let uuid = process.uuid();
                    mem.inner
                        .adopt(process, &note)
                        .map_err(|why| io::Error::other(format!("guest {uuid}: {why}")))?;
                    // Its daemon ended while it saved it or started it.
                    let aside = mem.inner.set_image_aside(uuid, "its domain runs")?;
                    remarks.extend(aside.iter().map(ToString::to_string));
                }
            }
        }
        Ok((mem, remarks))
    }
}

impl Inner {
    /// What a guest is to run on that will be given its memory.
    pub(super) async fn empty_machine(self: &Arc<Self>, uuid: Uuid) -> Result<Machine> {
        self.loaded_machine(uuid, Memory::received(Vec::new())).await
    }

    /// What a guest runs on that boots now. Made before the table is locked for the boot: it takes its time.
    pub(super) async fn booted_machine(self: &Arc<Self>, definition: &Definition) -> Result<Machine> {
        self.loaded_machine(definition.uuid, self.boot_memory(definition)).await
    }

    /// What a guest runs on that has this memory.
    pub(super) async fn loaded_machine(self: &Arc<Self>, uuid: Uuid, memory: Memory) -> Result<Machine> {
        if self.home.is_none() {
            return Ok(Machine::Here(Arc::new(memory)));
        }
        let inner = self.clone();
        let started = tokio::task::spawn_blocking(move || {
            let home = inner.home.as_ref().ok_or_else(|| errors::failed("no home for guests"))?;
            let process = Process::start(&home.guests, &home.directory, uuid)
                .map_err(|error| errors::failed(format!("the guest's process cannot be started: {error}")))?;
            let machine = inner.watched(process).map_err(|error| errors::failed(error.to_string()));
            machine.and_then(|mut machine| {
                // It has none from the beginning.
                let is_empty = memory.as_bytes().is_empty();
                if is_empty { Ok(machine) } else { machine.load(memory).map(|()| machine) }
            })
        });
        started
            .await
            .unwrap_or_else(|error| Err(errors::failed(format!("the starting thread ended: {error}"))))
    }

    /// A process whose end is noticed.
    fn watched(self: &Arc<Self>, process: Process) -> io::Result<Machine> {
        let process = Arc::new(process);
        let (inner, uuid, pid) = (Arc::downgrade(self), process.uuid(), process.pid());
        process.watch(move || {
            if let Some(inner) = Weak::upgrade(&inner) {
                inner.at_once().process_ended(uuid, pid);
            }
        })?;
        Ok(Machine::Apart(process))
    }

    fn adopt(self: &Arc<Self>, process: Process, note: &str) -> std::result::Result<(), String> {
        let note = Note::from_text(note).ok_or("its note is none that this daemon understands")?;
        let definition = Definition::parse(&note.xml, None).map_err(|error| error.to_string())?;
        let machine = self.watched(process).map_err(|error| error.to_string())?;
        // Nobody is served yet.
        self.at_once().adopt(note, Arc::new(definition), machine).map_err(|error| error.to_string())
    }
}

impl Table {
    /// What the next daemon is to know of a guest that stands so, in these hands.
    pub(super) fn noted(&self, live: &Live, state: LiveState, hands: &Activity) -> Note {
        let activity = match hands {
            Activity::Leaving(departure) if departure.paused_it() => Noted::Leaving,
            Activity::Arriving(id) => match self.incoming.get(id) {
                Some(Incoming { version, ticket, uri, arrival, .. }) => Noted::Arriving {
                    version: *version,
                    ticket: *ticket,
                    arrival: *arrival.borrow(),
                    uri: uri.clone(),
                },
                None => Noted::Idle,
            },
            Activity::Idle | Activity::Leaving(_) | Activity::Held { .. } => Noted::Idle,
        };
        Note { id: live.id, state, activity, xml: live.definition.xml.clone() }
    }
}

impl Turn<'_> {
    /// A guest's process is not there any more. Whoever has ended it says so.
    fn process_ended(&mut self, uuid: Uuid, pid: Pid) {
        let is_it = |live: &Live| matches!(&live.machine, Machine::Apart(process) if process.pid() == pid);
        let ended = |live: &Live| is_it(live) && live.ends.is_none();
        if self.guest(uuid).and_then(|guest| guest.live()).is_ok_and(ended) {
            warn!(domain = %uuid, "a guest's process has ended");
            let _ = self.turn_off(uuid, ShutoffReason::Crashed, StoppedDetail::Crashed);
        }
    }

    /// A guest that an earlier daemon has left.
    fn adopt(&mut self, note: Note, definition: Arc<Definition>, machine: Machine) -> Result<()> {
        let Note { id, state, activity, .. } = note;
        let uuid = self.known_guest(&definition)?.uuid;
        self.use_id(id);
        info!(domain = definition.name, ?activity, "a guest that an earlier daemon has left");
        // The link went with the daemon.
        let state = match state {
            LiveState::Paused(PausedReason::Postcopy) => LiveState::Paused(PausedReason::PostcopyFailed),
            LiveState::Running(RunningReason::Postcopy) => LiveState::Running(RunningReason::PostcopyFailed),
            state => state,
        };
        let mut live = Live::new(id, definition, machine, state);
        let runs_again = (activity == Noted::Leaving && state == LiveState::Paused(PausedReason::Migration))
            || state == LiveState::Paused(PausedReason::Save)
            || state == LiveState::Paused(PausedReason::Snapshot);
        if let Noted::Arriving { version, ticket, arrival, uri } = activity {
            let incoming = self.new_incoming();
            live.activity = Activity::Arriving(incoming);
            let arrival = watch::Sender::new(arrival);
            let entry = Incoming {
                version,
                uri,
                ticket,
                guest: Some(uuid),
                arrival,
                came: Vec::new(),
                abandoned: true,
                _task: None,
            };
            self.incoming.insert(incoming, entry);
        }
        self.guest_mut(uuid)?.run = Run::On(Box::new(live));
        match runs_again {
            true => self.stand(uuid, LiveState::Running(RunningReason::MigrationCanceled), None),
            false => Ok(()),
        }
    }
}

/// A daemon that is killed where nothing is a process: in the simulation.
#[cfg(virtwire_sim)]
impl Mem {
    /// This host as its next daemon finds it, if this one is killed now: by the notes that it has left, as with guests that are processes.
    ///
    /// # Errors
    /// Code 1 where a note cannot be read back.
    pub fn after_a_kill(&self) -> Result<Mem> {
        let mut next = Mem::new(self.inner.config.clone());
        if let Some(inner) = Arc::get_mut(&mut next.inner) {
            inner.host = self.inner.host.clone();
        }
        let table = self.inner.table();
        for info in table.infos() {
            let guest = table.guest(info.uuid)?;
            if let Some(config) = &guest.config {
                next.inner.table().known_guest(config)?.config = Some(config.clone());
            }
            let Run::On(live) = &guest.run else { continue };
            if !table.outlives(live) {
                continue;
            }
            let note = Note::from_text(&table.noted(live, live.state(), &live.activity).to_text());
            let note = note.ok_or_else(|| errors::failed("a note that no daemon understands"))?;
            next.inner.at_once().adopt(note, live.definition.clone(), live.machine.clone())?;
        }
        drop(table);
        Ok(next)
    }
}

#[cfg(virtwire_sim)]
impl Table {
    /// Whether a guest has been noted, and so outlives its daemon: not one that comes and is not all here, or comes by version 3.
    fn outlives(&self, live: &Live) -> bool {
        use super::super::MigrationVersion;
        use super::incoming::Arrival;
        let Activity::Arriving(id) = &live.activity else { return true };
        let all_here = |incoming: &Incoming| {
            incoming.version != MigrationVersion::V3 && *incoming.arrival.borrow() >= Arrival::Received
        };
        matches!(live.state(), LiveState::Running(_)) || self.incoming.get(id).is_some_and(all_here)
    }
}
