//! Every call as a rung between the orchestrator and a host: procedure, serial, bytes there and back.

mod shape;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use virtwire::client::{Observer, Passed};
use virtwire::protocol::header::{MessageKind, Serial};
use virtwire::protocol::program::{ProcedureNumber, Program};

use crate::screen::{Screen, Style};
use shape::{Detail, Shape, Way};

/// Draws the calls of a migration's connections as they are made.
///
/// A call and its reply share a rung, unless something happens between them. Calls that only repeat the one before,
/// as the polls during a Perform do, are counted on one rung.
#[derive(Debug)]
pub(crate) struct Ladder {
    screen: Arc<Screen>,
    shape: Shape,
    connections: AtomicU32,
    state: Mutex<State>,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Source,
    Destination,
}

#[derive(Debug, Default)]
struct State {
    /// Calls on their way, by connection and serial.
    waiting: HashMap<(u32, Serial), Sent>,
    /// Answered and not drawn yet, as it may repeat.
    run: Option<Run>,
    /// Asked after that and not drawn yet, as the answer may come before anything else.
    asked: Option<Sent>,
    /// The calls of the migration itself.
    migration_calls: Vec<i32>,
}

/// A call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sent {
    connection: u32,
    lane: Lane,
    program: Program,
    procedure: ProcedureNumber,
    serial: Serial,
    bytes: usize,
}

impl Sent {
    fn name(&self) -> &'static str {
        self.program.procedure(self.procedure).map_or("(no such procedure)", |info| info.name)
    }
}

/// A call and its answer, perhaps several times over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: Sent,
    last: Serial,
    back_bytes: usize,
    times: u32,
    failed: bool,
}

impl Run {
    /// Takes in one more, if it repeats this one.
    fn absorb(&mut self, other: &Run) -> bool {
        let key = |run: &Run| (run.first.connection, run.first.program, run.first.procedure, run.failed);
        let repeats = !self.failed && key(self) == key(other);
        if repeats {
            self.last = other.last;
            self.back_bytes = other.back_bytes;
            self.times += 1;
        }
        repeats
    }
}

impl Ladder {
    /// A ladder on this screen.
    pub(crate) fn new(screen: Arc<Screen>) -> Arc<Ladder> {
        let shape = Shape::of_width(screen.width());
        Arc::new(Ladder { screen, shape, connections: AtomicU32::new(0), state: Mutex::default() })
    }

    /// Names the three that stand side by side.
    pub(crate) fn head(&self, source: &str, destination: &str) {
        for row in self.shape.head(source, destination) {
            self.screen.line(&self.screen.paint(Style::Dim, &row));
        }
    }

    /// Watches one connection, which is new.
    pub(crate) fn observer(self: &Arc<Ladder>, lane: Lane) -> Observer {
        let connection = self.connections.fetch_add(1, Ordering::Relaxed);
        let ladder = self.clone();
        Arc::new(move |passed| ladder.saw(connection, lane, passed))
    }

    /// Draws what was held back: nothing more comes for now, or something else is to be printed.
    pub(crate) fn settle(&self) {
        self.draw_all(&mut self.state());
    }

    /// The calls of the migration itself that were sent, by number: Prepare, Perform, Finish.
    pub(crate) fn migration_calls(&self) -> Vec<i32> {
        self.state().migration_calls.clone()
    }

    fn saw(&self, connection: u32, lane: Lane, passed: Passed) {
        let header = passed.header;
        let serial = header.serial;
        let mut state = self.state();
        match (passed.sent, header.kind()) {
            (true, Ok(MessageKind::Call | MessageKind::CallWithFds)) => {
                let (program, procedure, bytes) = (header.program, header.procedure, passed.wire_bytes);
                let sent = Sent { connection, lane, program, procedure, serial, bytes };
                state.waiting.insert((connection, serial), sent);
                if sent.name().starts_with("domain_migrate_") {
                    state.migration_calls.push(procedure.0);
                }
                if state.asked.is_some() {
                    self.draw_all(&mut state);
                }
                state.asked = Some(sent);
            }
            (
                false,
                Ok(kind @ (MessageKind::Reply | MessageKind::ReplyWithFds | MessageKind::ReplyError)),
            ) => {
                let Some(sent) = state.waiting.remove(&(connection, serial)) else { return };
                let failed = kind == MessageKind::ReplyError;
                let run = Run { first: sent, last: serial, back_bytes: passed.wire_bytes, times: 1, failed };
                self.answered(&mut state, run);
            }
            // Pings, events and streams belong to no call.
            _ => {}
        }
    }

    fn answered(&self, state: &mut State, run: Run) {
        if state.asked != Some(run.first) {
            self.draw_all(state);
            self.draw(&run.first, Way::Back, 1, &Detail::back(&run));
            return;
        }
        state.asked = None;
        if !state.run.as_mut().is_some_and(|before| before.absorb(&run)) {
            self.draw_all(state);
            state.run = Some(run);
        }
    }

    fn draw_all(&self, state: &mut State) {
        if let Some(run) = state.run.take() {
            self.draw(&run.first, Way::Both, run.times, &Detail::both(&run));
        }
        if let Some(sent) = state.asked.take() {
            self.draw(&sent, Way::There, 1, &Detail::there(&sent));
        }
    }

    fn draw(&self, sent: &Sent, way: Way, times: u32, detail: &Detail) {
        let times = if times > 1 { format!(" ×{times}") } else { String::new() };
        let label = format!("{} {}{times}", sent.procedure, sent.name());
        let rung = self.shape.rung(sent.lane, way, &label, detail);
        self.screen.line(&if detail.failed { self.screen.paint(Style::Bad, &rung) } else { rung });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
