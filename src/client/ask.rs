//! What the handles of a connection ask of its task.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::sync::oneshot;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::pace::Urgency;
use virtwire_protocol::program::{ProcedureNumber, Program};
use virtwire_protocol::session::keepalive::Pacing;
use virtwire_protocol::session::subscriptions::SubscriberId;

use super::error::{CallError, CloseReason};
use super::events::{Desk, SubscribeAsk};
#[cfg(test)]
use super::waiting::Answer;
use super::waiting::{Claim, Meter, ReplyTo, tell_not_sent};
#[cfg(feature = "gssapi")]
use crate::shell::layer::Layer;
use crate::stream::Pipe;

/// One of it.
#[derive(Debug)]
pub(super) enum Ask {
    Call(CallAsk),
    Stream(StreamAsk),
    #[cfg_attr(not(feature = "fds"), allow(dead_code, reason = "only that feature asks so"))]
    Passing(PassingAsk),
    Keepalive(Pacing),
    Subscribe(SubscribeAsk),
    Leave(SubscriberId),
    /// Which calls nobody waits for any more, though they are out.
    GivenUp(oneshot::Sender<Vec<&'static str>>),
    #[cfg(feature = "gssapi")]
    Seal(SealAsk),
}

/// Everything from here on is to be sealed.
#[cfg(feature = "gssapi")]
#[derive(Debug)]
pub(super) struct SealAsk {
    pub(super) layer: Layer,
    /// Told once it is.
    pub(super) done: oneshot::Sender<()>,
}

#[derive(Debug)]
pub(super) struct CallAsk {
    pub(super) program: Program,
    pub(super) number: ProcedureNumber,
    pub(super) name: &'static str,
    pub(super) body: Draft,
    pub(super) reply: ReplyTo,
    /// Which places in the window it may take.
    pub(super) urgency: Urgency,
    /// When it was asked, where somebody measures how long it waits.
    pub(super) asked: Option<Instant>,
    /// Taken when it is sent, where it has a deadline.
    pub(super) claim: Option<Claim>,
    /// Whether the connection is over once it is sent: that the daemon closes then is what was asked of it.
    pub(super) is_goodbye: bool,
}

#[cfg(test)]
impl CallAsk {
    /// One without arguments, for tests.
    pub(super) fn of(program: Program, number: ProcedureNumber, urgency: Urgency) -> (CallAsk, Answer) {
        let (reply, answer) = oneshot::channel();
        let (name, body) = ("call", Draft::empty());
        let (asked, claim, is_goodbye) = Default::default();
        (CallAsk { program, number, name, body, reply, urgency, asked, claim, is_goodbye }, answer)
    }
}

impl Ask {
    /// The call that it is or comes with.
    pub(super) fn call_mut(&mut self) -> Option<&mut CallAsk> {
        match self {
            Ask::Call(call) | Ask::Stream(StreamAsk { call, .. }) | Ask::Passing(PassingAsk { call, .. }) => {
                Some(call)
            }
            Ask::Keepalive(_) | Ask::Subscribe(_) | Ask::Leave(_) | Ask::GivenUp(_) => None,
            #[cfg(feature = "gssapi")]
            Ask::Seal(_) => None,
        }
    }

    /// Answers that the connection has ended.
    pub(super) fn refuse(self, reason: &CloseReason, meter: Option<&Meter>) {
        match self {
            Ask::Call(CallAsk { name, reply, asked, .. })
            | Ask::Passing(PassingAsk { call: CallAsk { name, reply, asked, .. }, .. })
            | Ask::Stream(StreamAsk { call: CallAsk { name, reply, asked, .. }, .. }) => {
                tell_not_sent(meter, name, asked);
                let reason = reason.clone();
                let _ = reply.send(Err(CallError::Closed { procedure: name, reason, sent: false }));
            }
            Ask::Subscribe(ask) => Desk::too_late(ask, reason),
            Ask::Keepalive(_) | Ask::Leave(_) | Ask::GivenUp(_) => {}
            #[cfg(feature = "gssapi")]
            Ask::Seal(_) => {}
        }
    }
}

/// A call that opens a stream.
#[derive(Debug)]
pub(super) struct StreamAsk {
    pub(super) call: CallAsk,
    pub(super) pipe: Arc<Pipe>,
}

/// A call that passes descriptors, and may get some.
#[derive(Debug)]
pub(super) struct PassingAsk {
    pub(super) call: CallAsk,
    /// In a box: few calls have any, and all have the room for it.
    pub(super) passing: Box<Passing>,
}

/// The descriptors of a call.
#[derive(Debug)]
pub(super) struct Passing {
    /// To be sent behind it.
    pub(super) fds: Vec<OwnedFd>,
    /// Where those go that come with its reply.
    pub(super) returned: Arc<Mutex<Vec<OwnedFd>>>,
}
