//! From frames to rungs: which reply belongs to which call, and which of them share a rung.
//!
//! A call and its reply share a rung, unless something happens between them. Calls that only repeat the one before, as
//! the polls during a Perform do, are counted on one rung. So what was seen last is held back until it is clear what
//! follows.

use std::collections::HashMap;

use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{ProcedureNumber, Program};

/// The calls of some connections, as they pass. Each frame has a note of whoever draws.
#[derive(Debug)]
pub(crate) struct Calls<N> {
    /// On their way, by connection and serial.
    waiting: HashMap<(u32, Serial), Sent<N>>,
    /// Answered and not drawn yet, as it may repeat.
    run: Option<Run<N>>,
    /// Asked after that and not drawn yet, as the answer may come before anything else.
    asked: Option<Sent<N>>,
    of_migration: Vec<i32>,
}

impl<N> Default for Calls<N> {
    fn default() -> Self {
        Calls { waiting: HashMap::new(), run: None, asked: None, of_migration: Vec::new() }
    }
}

/// One line of the ladder.
#[derive(Clone, Debug)]
pub(crate) enum Rung<N> {
    /// A call, whose reply comes later.
    There(Sent<N>),
    /// A reply, to a call that was drawn before.
    Back(Run<N>),
    /// A call and its reply, perhaps several times over.
    Both(Run<N>),
}

/// A call on its way.
#[derive(Clone, Debug)]
pub(crate) struct Sent<N> {
    pub(crate) connection: u32,
    program: Program,
    pub(crate) procedure: ProcedureNumber,
    pub(crate) serial: Serial,
    pub(crate) bytes: usize,
    pub(crate) note: N,
}

/// A call and its reply; or the first and the last of several, and the bytes and the note of the last.
#[derive(Clone, Debug)]
pub(crate) struct Run<N> {
    pub(crate) first: Sent<N>,
    pub(crate) last: Serial,
    pub(crate) back_bytes: usize,
    pub(crate) times: u32,
    pub(crate) failed: bool,
    pub(crate) note: N,
}

impl<N> Sent<N> {
    /// The procedure's name in the contract.
    pub(crate) fn name(&self) -> &'static str {
        self.program.procedure(self.procedure).map_or("(no such procedure)", |info| info.name)
    }
}

impl<N: Clone + PartialEq> Run<N> {
    /// Takes in one more, if it repeats this one: the same question, whatever the answer.
    fn absorb(&mut self, other: &Run<N>) -> bool {
        let key = |run: &Run<N>| (run.first.connection, run.first.program, run.first.procedure, run.failed);
        let repeats = !self.failed && key(self) == key(other) && self.first.note == other.first.note;
        if repeats {
            self.last = other.last;
            self.back_bytes = other.back_bytes;
            self.note = other.note.clone();
            self.times += 1;
        }
        repeats
    }
}

impl<N> Rung<N> {
    /// Whether it shows an error reply.
    pub(crate) fn failed(&self) -> bool {
        match self {
            Rung::There(_) => false,
            Rung::Back(run) | Rung::Both(run) => run.failed,
        }
    }
}

impl<N: Clone + PartialEq> Calls<N> {
    /// A frame has passed. Returns what is clear now, in order.
    pub(crate) fn saw(
        &mut self,
        connection: u32,
        sent: bool,
        header: &Header,
        bytes: usize,
        note: N,
    ) -> Vec<Rung<N>> {
        let serial = header.serial;
        match (sent, header.kind()) {
            (true, Ok(MessageKind::Call | MessageKind::CallWithFds)) => {
                let (program, procedure) = (header.program, header.procedure);
                self.called(Sent { connection, program, procedure, serial, bytes, note })
            }
            (
                false,
                Ok(kind @ (MessageKind::Reply | MessageKind::ReplyWithFds | MessageKind::ReplyError)),
            ) => {
                let Some(first) = self.waiting.remove(&(connection, serial)) else { return Vec::new() };
                let failed = kind == MessageKind::ReplyError;
                self.answered(Run { first, last: serial, back_bytes: bytes, times: 1, failed, note })
            }
            // Pings, events and streams belong to no call.
            _ => Vec::new(),
        }
    }

    /// Nothing more comes for now. Returns what was held back.
    pub(crate) fn settle(&mut self) -> Vec<Rung<N>> {
        self.run.take().map(Rung::Both).into_iter().chain(self.asked.take().map(Rung::There)).collect()
    }

    /// The numbers of the migration's own calls that were sent.
    pub(super) fn of_migration(&self) -> &[i32] {
        &self.of_migration
    }

    fn called(&mut self, sent: Sent<N>) -> Vec<Rung<N>> {
        self.waiting.insert((sent.connection, sent.serial), sent.clone());
        if sent.name().starts_with("domain_migrate_") {
            self.of_migration.push(sent.procedure.0);
        }
        let clear = if self.asked.is_some() { self.settle() } else { Vec::new() };
        self.asked = Some(sent);
        clear
    }

    fn answered(&mut self, run: Run<N>) -> Vec<Rung<N>> {
        let key = |sent: &Sent<N>| (sent.connection, sent.serial);
        if self.asked.as_ref().map(key) != Some(key(&run.first)) {
            let mut clear = self.settle();
            clear.push(Rung::Back(run));
            return clear;
        }
        self.asked = None;
        if self.run.as_mut().is_some_and(|before| before.absorb(&run)) {
            return Vec::new();
        }
        let clear = self.settle();
        self.run = Some(run);
        clear
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lane;
    use super::*;

    const S: Lane = Lane::Source;
    const D: Lane = Lane::Destination;

    #[test]
    fn a_call_and_its_reply_share_a_rung() {
        check(
            &[
                (S, 14, 0, MessageKind::Call),
                (S, 14, 0, MessageKind::Reply),
                (D, 108, 0, MessageKind::Call),
                (D, 108, 0, MessageKind::ReplyError),
            ],
            &["S 14 there and back 0-0 ×1", "D 108 there and back 0-0 ×1 error"],
        );
    }

    #[test]
    fn a_reply_that_comes_late_has_its_own_and_polls_are_counted() {
        let poll = |serial| [(S, 163, serial, MessageKind::Call), (S, 163, serial, MessageKind::Reply)];
        let frames = [
            &[(S, 62, 0, MessageKind::Call)][..],
            &poll(1),
            &poll(2),
            &poll(3),
            &[(S, 62, 0, MessageKind::Reply)],
        ];
        check(&frames.concat(), &["S 62 there 0", "S 163 there and back 1-3 ×3", "S 62 back 0"]);
    }

    #[test]
    fn the_same_question_to_another_host_is_another_and_strangers_replies_are_none() {
        check(
            &[
                (S, 60, 0, MessageKind::Call),
                (S, 60, 0, MessageKind::Reply),
                (D, 60, 0, MessageKind::Call),
                (D, 60, 0, MessageKind::Reply),
                (D, 60, 7, MessageKind::Reply),
                (D, 1, 0, MessageKind::Notice),
                (S, 62, 1, MessageKind::Call),
            ],
            &["S 60 there and back 0-0 ×1", "D 60 there and back 0-0 ×1", "S 62 there 1"],
        );
    }

    #[track_caller]
    fn check(frames: &[(Lane, i32, u32, MessageKind)], expected: &[&str]) {
        let mut calls = Calls::default();
        let mut rungs = Vec::new();
        for &(lane, procedure, serial, kind) in frames {
            let header = Header::new(kind, Program::REMOTE, ProcedureNumber(procedure), Serial(serial));
            rungs.extend(calls.saw(u32::from(lane == D), kind == MessageKind::Call, &header, 28, lane));
        }
        rungs.extend(calls.settle());
        assert_eq!(rungs.iter().map(describe).collect::<Vec<_>>(), expected);
    }

    fn describe(rung: &Rung<Lane>) -> String {
        let who =
            |sent: &Sent<Lane>| format!("{} {}", if sent.note == S { "S" } else { "D" }, sent.procedure);
        let error = if rung.failed() { " error" } else { "" };
        match rung {
            Rung::There(sent) => format!("{} there {}", who(sent), sent.serial),
            Rung::Back(run) => format!("{} back {}{error}", who(&run.first), run.last),
            Rung::Both(run) => {
                format!(
                    "{} there and back {}-{} ×{}{error}",
                    who(&run.first),
                    run.first.serial,
                    run.last,
                    run.times
                )
            }
        }
    }
}
