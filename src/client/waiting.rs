//! The calls that wait for their replies, and how long calls wait for what.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::oneshot;
use virtwire_protocol::header::Serial;
use virtwire_protocol::session::SerialMap;

use super::error::{CallError, CloseReason};

/// What becomes of a call, for whoever measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallPhase {
    /// It got its place in the window, and is on its way.
    Started {
        /// Which procedure.
        procedure: &'static str,
        /// How long it waited for the place.
        waited: Duration,
        /// Calls that wait for their replies now, this one included.
        in_flight: usize,
    },
    /// Its reply has come.
    Answered {
        /// Which procedure.
        procedure: &'static str,
        /// How long the reply took, counted from when the call got its place.
        took: Duration,
        /// Whether the reply is a failure.
        failed: bool,
    },
}

/// Measures the calls of a connection. Called from the connection's task: be quick.
pub type Meter = Arc<dyn Fn(CallPhase) + Send + Sync>;

/// Who waits for a reply.
pub(super) type ReplyTo = oneshot::Sender<Result<Bytes, CallError>>;

/// The calls of a connection's handles.
pub(super) struct Waiting {
    calls: SerialMap<Call>,
    /// How many of them are not urgent.
    patient: usize,
    /// How many may be: one less than the window, or 1.
    patient_max: usize,
    meter: Option<Meter>,
}

struct Call {
    name: &'static str,
    reply: ReplyTo,
    urgent: bool,
    /// When it got its place, where somebody measures.
    started: Option<Instant>,
}

impl Waiting {
    pub(super) fn new(window: usize, meter: Option<Meter>) -> Waiting {
        let patient_max = window.saturating_sub(1).max(1);
        Waiting { calls: SerialMap::default(), patient: 0, patient_max, meter }
    }

    /// Whether a call that is not urgent may be made, if any may.
    pub(super) fn has_place_for_patient(&self) -> bool {
        self.patient < self.patient_max
    }

    /// A call is on its way.
    pub(super) fn insert(
        &mut self,
        serial: Serial,
        name: &'static str,
        reply: ReplyTo,
        urgent: bool,
        asked: Option<Instant>,
    ) {
        let started = asked.map(|_| Instant::now());
        self.patient = self.patient.saturating_add(usize::from(!urgent));
        self.calls.insert(serial, Call { name, reply, urgent, started });
        if let (Some(started), Some(asked)) = (started, asked) {
            let (waited, in_flight) = (started.duration_since(asked), self.calls.len());
            tracing::trace!(procedure = name, serial = serial.0, ?waited, in_flight, "call started");
            self.tell(CallPhase::Started { procedure: name, waited, in_flight });
        }
    }

    /// A reply has come; who waits for it, unless it is none of these calls.
    pub(super) fn remove(&mut self, serial: Serial, failed: bool) -> Option<(&'static str, ReplyTo)> {
        let Call { name, reply, urgent, started } = self.calls.remove(&serial)?;
        self.patient = self.patient.saturating_sub(usize::from(!urgent));
        if let Some(took) = started.map(|started| started.elapsed()) {
            tracing::trace!(procedure = name, serial = serial.0, ?took, failed, "call answered");
            self.tell(CallPhase::Answered { procedure: name, took, failed });
        }
        Some((name, reply))
    }

    /// The connection has ended.
    pub(super) fn end(self, reason: &CloseReason) {
        for Call { name: procedure, reply, .. } in self.calls.into_values() {
            // Whoever has stopped waiting does not mind.
            let _ = reply.send(Err(CallError::Closed { procedure, reason: reason.clone(), sent: true }));
        }
    }

    fn tell(&self, phase: CallPhase) {
        if let Some(meter) = &self.meter {
            meter(phase);
        }
    }
}
