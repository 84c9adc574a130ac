//! Every call as a rung between the orchestrator and a host: procedure, serial, bytes there and back.

pub(crate) mod calls;
pub(crate) mod row;
mod shape;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use virtwire::client::{Observer, Passed};

use crate::screen::{Screen, Style};
use calls::{Calls, Rung};
use shape::Shape;

/// Draws the calls of a migration's connections as they are made.
#[derive(Debug)]
pub(crate) struct Ladder {
    screen: Arc<Screen>,
    shape: Shape,
    connections: AtomicU32,
    calls: Mutex<Calls<Lane>>,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Source,
    Destination,
}

impl Ladder {
    /// A ladder on this screen.
    pub(crate) fn new(screen: Arc<Screen>) -> Arc<Ladder> {
        let shape = Shape::of_width(screen.width());
        Arc::new(Ladder { screen, shape, connections: AtomicU32::new(0), calls: Mutex::default() })
    }

    /// Names the three that stand side by side.
    pub(crate) fn head(&self, source: &str, destination: &str) {
        for row in self.shape.head(source, destination) {
            self.screen.line(Style::Dim, &row);
        }
    }

    /// Watches one connection, which is new.
    pub(crate) fn observer(self: &Arc<Ladder>, lane: Lane) -> Observer {
        let connection = self.connections.fetch_add(1, Ordering::Relaxed);
        let ladder = self.clone();
        Arc::new(move |passed: Passed| {
            let mut calls = ladder.calls();
            let rungs = calls.saw(connection, passed.sent, &passed.header, passed.wire_bytes, lane);
            // Drawn before the next frame is seen, so that rungs stand in the order of the wire.
            ladder.draw(&rungs);
        })
    }

    /// Draws what was held back: nothing more comes for now, or something else is to be printed.
    pub(crate) fn settle(&self) {
        let rungs = self.calls().settle();
        self.draw(&rungs);
    }

    /// The calls of the migration itself that were sent, by number: Prepare, Perform, Finish.
    pub(crate) fn migration_calls(&self) -> Vec<i32> {
        self.calls().of_migration().to_vec()
    }

    fn draw(&self, rungs: &[Rung<Lane>]) {
        for rung in rungs {
            let row = self.shape.rung(rung);
            self.screen.line(if rung.failed() { Style::Bad } else { Style::Plain }, &row);
        }
    }

    fn calls(&self) -> MutexGuard<'_, Calls<Lane>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
