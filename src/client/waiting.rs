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
use crate::panics::caught;
use crate::shell::now;

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
    /// The connection ended before its reply came. Whether it ran, nobody knows.
    Lost {
        /// Which procedure.
        procedure: &'static str,
        /// How long the reply was waited for, counted from when the call got its place.
        took: Duration,
    },
    /// It has not been sent, and will not be: its deadline passed while it waited for its place, its future was dropped, or the connection
    /// ended.
    NotSent {
        /// Which procedure.
        procedure: &'static str,
        /// How long it has waited for the place.
        waited: Duration,
    },
}

/// Measures the calls of a connection. Called from the connection's task, or from a task that calls: be quick. One that panics is passed over.
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

/// An answer, if it comes in time. The claim settles whether what is answered was sent, or given up by then.
///
/// # Errors
/// [`CallError::TimedOut`], and what is [`unanswered`].
pub(super) async fn in_time<T>(
    procedure: &'static str,
    answer: oneshot::Receiver<T>,
    within: Option<Duration>,
    claim: Claim,
) -> Result<T, CallError> {
    // Taken here, it is not sent any more.
    let was_sent = || !claim.take();
    let answered = match within {
        None => answer.await,
        Some(within) => match tokio::time::timeout(within, answer).await {
            Ok(answered) => answered,
            Err(_) => {
                let (sent, given_up) = (was_sent(), Vec::new());
                return Err(CallError::TimedOut { procedure, within, sent, given_up });
            }
        },
    };
    answered.map_err(|_| unanswered(procedure, was_sent()))
}

/// Nobody answers any more: the task answers all that it has taken, unless its runtime ends.
pub(super) fn unanswered(procedure: &'static str, sent: bool) -> CallError {
    CallError::Closed { procedure, reason: CloseReason::Local, sent }
}

/// Who waits for a reply.
pub(super) type ReplyTo = oneshot::Sender<Result<Bytes, CallError>>;
/// Where it waits.
pub(super) type Answer = oneshot::Receiver<Result<Bytes, CallError>>;

/// The calls of a connection, those of its handles and its own.
pub(super) struct Waiting {
    calls: SerialMap<Call>,
    /// How many of them are patient, and how many urgent.
    patient: usize,
    urgent: usize,
    window: usize,
    meter: Option<Meter>,
}

struct Call {
    name: &'static str,
    /// `None` of the connection's own, whose answers its desk takes.
    reply: Option<ReplyTo>,
    urgency: Urgency,
    /// When it got its place, and what is traced of it, where somebody measures.
    measured: Option<Box<(Instant, Span)>>,
}

impl Waiting {
    pub(super) fn new(window: usize, meter: Option<Meter>) -> Waiting {
        Waiting { calls: SerialMap::default(), patient: 0, urgent: 0, window, meter }
    }

    /// Whether a patient call may be made, if an urgent one may: they leave two places, or what of them there is.
    pub(super) fn has_place_for_patient(&self) -> bool {
        self.patient < self.window.saturating_sub(2).max(1)
    }

    /// Whether an urgent call may be made, if any may. With the patient ones, as all of them may wait for guests or for the host, they
    /// leave the last place to those that end such waiting, and to those that never wait so.
    pub(super) fn has_place_for_urgent(&self) -> bool {
        self.patient.saturating_add(self.urgent) < self.window.saturating_sub(1).max(1)
    }

    /// How many there are of that kind, where they are counted.
    fn count_of(&mut self, urgency: Urgency) -> Option<&mut usize> {
        match urgency {
            Urgency::Patient => Some(&mut self.patient),
            Urgency::Urgent => Some(&mut self.urgent),
            Urgency::Prompt | Urgency::Ending => None,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Those that nobody waits for any more.
    pub(super) fn given_up(&self) -> Vec<&'static str> {
        let is_given_up = |call: &&Call| call.reply.as_ref().is_some_and(ReplyTo::is_closed);
        self.calls.values().filter(is_given_up).map(|call| call.name).collect()
    }

    /// Whether somebody measures.
    pub(super) fn is_measured(&self) -> bool {
        is_measured(self.meter.as_ref())
    }

    /// A call is on its way.
    pub(super) fn insert(
        &mut self,
        serial: Serial,
        name: &'static str,
        reply: Option<ReplyTo>,
        urgency: Urgency,
        asked: Option<Instant>,
    ) {
        let started =
            asked.map(|_| (now(), tracing::trace_span!("call", procedure = name, serial = serial.0)));
        let measured = started.clone().map(Box::new);
        if let Some(count) = self.count_of(urgency) {
            *count = count.saturating_add(1);
        }
        self.calls.insert(serial, Call { name, reply, urgency, measured });
        if let (Some((started, span)), Some(asked)) = (started, asked) {
            let (waited, in_flight) = (started.saturating_duration_since(asked), self.calls.len());
            span.in_scope(|| tracing::trace!(?waited, in_flight, "call started"));
            self.tell(CallPhase::Started { procedure: name, waited, in_flight });
        }
    }

    /// A reply has come; which handle's call it is to, and who waits for it.
    pub(super) fn remove(&mut self, serial: Serial, failed: bool) -> Option<(&'static str, ReplyTo)> {
        let Call { name, reply, urgency, measured } = self.calls.remove(&serial)?;
        if let Some(count) = self.count_of(urgency) {
            *count = count.saturating_sub(1);
        }
        if let Some((started, span)) = measured.map(|measured| *measured) {
            let took = now().saturating_duration_since(started);
            span.in_scope(|| tracing::trace!(?took, failed, "call answered"));
            self.tell(CallPhase::Answered { procedure: name, took, failed });
        }
        Some((name, reply?))
    }

    /// A call is not made, as nobody waits for it any more.
    pub(super) fn not_sent(&self, procedure: &'static str, asked: Option<Instant>) {
        tell_not_sent(self.meter.as_ref(), procedure, asked);
    }

    /// The connection has ended.
    pub(super) fn end(&mut self, reason: &CloseReason) {
        for Call { name: procedure, reply, measured, .. } in std::mem::take(&mut self.calls).into_values() {
            if let Some((started, span)) = measured.map(|measured| *measured) {
                let took = now().saturating_duration_since(started);
                span.in_scope(|| tracing::trace!(?took, "call lost"));
                self.tell(CallPhase::Lost { procedure, took });
            }
            let error = CallError::Closed { procedure, reason: reason.clone(), sent: true };
            // Whoever has stopped waiting does not mind.
            let _ = reply.map(|reply| reply.send(Err(error)));
        }
    }

    fn tell(&self, phase: CallPhase) {
        tell(self.meter.as_ref(), phase);
    }
}

/// A task that goes without a word has ended, too.
impl Drop for Waiting {
    fn drop(&mut self) {
        self.end(&CloseReason::Local);
    }
}

/// Whether somebody measures calls, by a meter or by what is traced.
pub(super) fn is_measured(meter: Option<&Meter>) -> bool {
    meter.is_some() || tracing::enabled!(tracing::Level::TRACE)
}

/// A call is not made, as nobody waits for it any more or the connection has ended.
pub(super) fn tell_not_sent(meter: Option<&Meter>, procedure: &'static str, asked: Option<Instant>) {
    if let Some(waited) = asked.map(|asked| now().saturating_duration_since(asked)) {
        tracing::trace!(procedure, ?waited, "call not sent");
        tell(meter, CallPhase::NotSent { procedure, waited });
    }
}

fn tell(meter: Option<&Meter>, phase: CallPhase) {
    if let Some(meter) = meter {
        caught("what measures a connection's calls", || meter(phase));
    }
}
