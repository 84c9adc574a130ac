//! The calls that wait for their replies, and how long calls wait for what.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::oneshot;
use tracing::Span;
use virtwire_protocol::header::Serial;
use virtwire_protocol::pace::Urgency;
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
    /// Nobody waits for it any more, and it has not been sent: its deadline passed while it waited for its place, or its future was
    /// dropped.
    NotSent {
        /// Which procedure.
        procedure: &'static str,
        /// How long it has waited for the place.
        waited: Duration,
    },
}

/// Measures the calls of a connection. Called from the connection's task: be quick.
pub type Meter = Arc<dyn Fn(CallPhase) + Send + Sync>;

/// Settles whether a call is sent or its deadline passes: whoever takes it first.
#[derive(Clone, Debug, Default)]
pub(super) struct Claim(Arc<AtomicBool>);

impl Claim {
    /// Whether nobody had taken it.
    pub(super) fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// Who waits for a reply.
pub(super) type ReplyTo = oneshot::Sender<Result<Bytes, CallError>>;

/// The calls of a connection's handles.
pub(super) struct Waiting {
    calls: SerialMap<Call>,
    /// How many of them are patient.
    patient: usize,
    /// How many may be: one less than the window, or 1.
    patient_max: usize,
    meter: Option<Meter>,
}

struct Call {
    name: &'static str,
    reply: ReplyTo,
    urgency: Urgency,
    /// When it got its place, and what is traced of it, where somebody measures.
    measured: Option<(Instant, Span)>,
}

impl Waiting {
    pub(super) fn new(window: usize, meter: Option<Meter>) -> Waiting {
        let patient_max = window.saturating_sub(1).max(1);
        Waiting { calls: SerialMap::default(), patient: 0, patient_max, meter }
    }

    /// Whether a patient call may be made, if any may.
    pub(super) fn has_place_for_patient(&self) -> bool {
        self.patient < self.patient_max
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// A call is on its way.
    pub(super) fn insert(
        &mut self,
        serial: Serial,
        name: &'static str,
        reply: ReplyTo,
        urgency: Urgency,
        asked: Option<Instant>,
    ) {
        let measured = asked
            .map(|_| (Instant::now(), tracing::trace_span!("call", procedure = name, serial = serial.0)));
        let started = measured.clone();
        self.patient = self.patient.saturating_add(usize::from(urgency == Urgency::Patient));
        self.calls.insert(serial, Call { name, reply, urgency, measured });
        if let (Some((started, span)), Some(asked)) = (started, asked) {
            let (waited, in_flight) = (started.duration_since(asked), self.calls.len());
            span.in_scope(|| tracing::trace!(?waited, in_flight, "call started"));
            self.tell(CallPhase::Started { procedure: name, waited, in_flight });
        }
    }

    /// A reply has come; who waits for it, unless it is none of these calls.
    pub(super) fn remove(&mut self, serial: Serial, failed: bool) -> Option<(&'static str, ReplyTo)> {
        let Call { name, reply, urgency, measured } = self.calls.remove(&serial)?;
        self.patient = self.patient.saturating_sub(usize::from(urgency == Urgency::Patient));
        if let Some((started, span)) = measured {
            let took = started.elapsed();
            span.in_scope(|| tracing::trace!(?took, failed, "call answered"));
            self.tell(CallPhase::Answered { procedure: name, took, failed });
        }
        Some((name, reply))
    }

    /// A call is not made, as nobody waits for it any more.
    pub(super) fn not_sent(&self, procedure: &'static str, asked: Option<Instant>) {
        if let Some(waited) = asked.map(|asked| asked.elapsed()) {
            tracing::trace!(procedure, ?waited, "call not sent");
            self.tell(CallPhase::NotSent { procedure, waited });
        }
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
