//! The bytes of one connection, each direction in a file of its own: no times, and no order between the two.
//!
//! The order within a direction is true. Between them, what the daemon sends follows what it answers, as soon as it can.

use std::collections::HashSet;
use std::io::{self, Read};

use virtwire::protocol::dissect::{Conversation, Cutter, Piece, Side};
use virtwire::protocol::frame::Frame;
use virtwire::protocol::header::{MessageKind, Serial, StreamPart};
use virtwire::protocol::program::Program;

use super::Happening;

/// Bytes read at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// Streams that are kept in mind; beyond that, order is guessed anew.
const STREAMS_MAX: usize = 4_096;

/// One recorded connection.
pub(crate) struct Recording {
    number: u32,
    client: Lane,
    daemon: Lane,
    talk: Conversation,
    /// Streams that the daemon has opened, and those that the client has ended.
    opened: HashSet<Serial>,
    ended: HashSet<Serial>,
    pings: u32,
}

struct Lane {
    source: Option<Box<dyn Read + Send>>,
    cutter: Cutter,
    next: Option<Piece>,
}

impl Recording {
    /// Either direction may be missing.
    pub(crate) fn new(
        number: u32,
        client: Option<Box<dyn Read + Send>>,
        daemon: Option<Box<dyn Read + Send>>,
    ) -> Recording {
        let lane = |source| Lane { source, cutter: Cutter::default(), next: None };
        Recording {
            number,
            client: lane(client),
            daemon: lane(daemon),
            talk: Conversation::default(),
            opened: HashSet::new(),
            ended: HashSet::new(),
            pings: 0,
        }
    }

    /// What comes next; `None` at the end.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub(crate) fn next(&mut self) -> io::Result<Option<Happening>> {
        self.client.fill()?;
        self.daemon.fill()?;
        let from = match (&self.client.next, &self.daemon.next) {
            (None, None) => return Ok(None),
            (Some(_), None) => Side::Client,
            (None, Some(_)) => Side::Daemon,
            (Some(_), Some(piece)) if self.may_come(piece) => Side::Daemon,
            (Some(_), Some(_)) => Side::Client,
        };
        let lane = if from == Side::Client { &mut self.client } else { &mut self.daemon };
        let Some(piece) = lane.next.take() else { return Ok(None) };
        if let Piece::Frame { frame, .. } = &piece {
            self.passed(from, frame);
        }
        Ok(Some(Happening::Piece { connection: self.number, at: None, from, piece }))
    }

    /// Whether the daemon can have sent this now, while the client still has something to say.
    fn may_come(&self, piece: &Piece) -> bool {
        let Piece::Frame { frame, .. } = piece else { return true };
        let serial = frame.header.serial;
        match frame.header.kind() {
            Ok(MessageKind::Reply | MessageKind::ReplyWithFds | MessageKind::ReplyError) => {
                self.talk.is_waiting(Side::Client, serial)
            }
            // It confirms what the client has ended.
            Ok(MessageKind::Stream(StreamPart::Finish)) => self.ended.contains(&serial),
            // Also before the reply that opens it.
            Ok(MessageKind::Stream(_) | MessageKind::Hole) => {
                self.opened.contains(&serial) || self.talk.is_waiting(Side::Client, serial)
            }
            Ok(MessageKind::Notice) if frame.header.program == Program::KEEPALIVE => {
                frame.header.procedure.0 == 1 || self.pings > 0
            }
            // Most events come of a call.
            Ok(MessageKind::Notice) => self.talk.outstanding().next().is_some(),
            _ => true,
        }
    }

    fn passed(&mut self, from: Side, frame: &Frame) {
        let header = frame.header;
        self.talk.heard(std::time::Duration::ZERO, from, frame, ());
        let kind = header.kind();
        if self.opened.len() > STREAMS_MAX || self.ended.len() > STREAMS_MAX {
            self.opened.clear();
            self.ended.clear();
        }
        match (from, kind) {
            (Side::Daemon, Ok(MessageKind::Reply | MessageKind::ReplyWithFds)) => {
                let info = header.program.procedure(header.procedure);
                if info.is_some_and(|info| info.stream.is_some()) {
                    self.opened.insert(header.serial);
                    self.ended.remove(&header.serial);
                }
            }
            (
                Side::Client,
                Ok(MessageKind::Stream(StreamPart::Finish) | MessageKind::Stream(StreamPart::Abort)),
            ) => {
                self.ended.insert(header.serial);
            }
            (_, Ok(MessageKind::Notice)) if header.program == Program::KEEPALIVE => {
                self.pings = match (from, header.procedure.0) {
                    (Side::Client, 1) => self.pings.saturating_add(1),
                    (Side::Daemon, 2) => self.pings.saturating_sub(1),
                    _ => self.pings,
                };
            }
            _ => {}
        }
    }
}

impl Lane {
    /// Reads until a piece is whole, or the file ends.
    fn fill(&mut self) -> io::Result<()> {
        let mut chunk = Vec::new();
        while self.next.is_none() {
            self.next = self.cutter.next_piece();
            let (None, Some(source)) = (&self.next, &mut self.source) else { return Ok(()) };
            chunk.resize(CHUNK_BYTES, 0);
            match source.read(&mut chunk) {
                Ok(0) => {
                    self.source = None;
                    self.next = self.cutter.finish();
                    // After a cut frame comes where frames ended.
                    return Ok(());
                }
                Ok(read) => self.cutter.push(&chunk[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use virtwire::protocol::frame::join;
    use virtwire::protocol::header::Header;
    use virtwire::protocol::program::ProcedureNumber;

    const DATA: MessageKind = MessageKind::Stream(StreamPart::Data);
    const FINISH: MessageKind = MessageKind::Stream(StreamPart::Finish);
    const CALL: MessageKind = MessageKind::Call;
    const REPLY: MessageKind = MessageKind::Reply;

    fn file(frames: &[(MessageKind, i32, u32)]) -> Option<Box<dyn Read + Send>> {
        let mut bytes = Default::default();
        for &(kind, procedure, serial) in frames {
            let header = Header::new(kind, Program::REMOTE, ProcedureNumber(procedure), Serial(serial));
            join(&Frame { header, payload: Default::default() }, &mut bytes).unwrap();
        }
        Some(Box::new(Cursor::new(bytes.to_vec())))
    }

    #[track_caller]
    fn check(client: &[(MessageKind, i32, u32)], daemon: &[(MessageKind, i32, u32)], expected: &str) {
        let mut recording = Recording::new(1, file(client), file(daemon));
        let mut said = Vec::new();
        while let Some(happening) = recording.next().unwrap() {
            let Happening::Piece { from, piece: Piece::Frame { frame, .. }, .. } = happening else {
                panic!()
            };
            said.push(format!("{}{}", if from == Side::Client { 'c' } else { 'd' }, frame.header.serial));
        }
        assert_eq!(said.join(" "), expected);
    }

    #[test]
    fn what_answers_follows_what_it_answers() {
        check(
            &[(CALL, 1, 1), (CALL, 2, 2), (CALL, 3, 3)],
            &[(REPLY, 1, 1), (MessageKind::Notice, 107, 90), (REPLY, 3, 3), (REPLY, 2, 2)],
            "c1 d1 c2 d90 c3 d3 d2",
        );
        check(&[(CALL, 1, 1), (CALL, 2, 2)], &[(REPLY, 7, 7)], "c1 c2 d7");
    }

    #[test]
    fn a_stream_is_open_before_it_carries_and_ended_before_that_is_confirmed() {
        check(
            &[(CALL, 209, 5), (FINISH, 209, 5), (CALL, 1, 6)],
            &[(REPLY, 209, 5), (DATA, 209, 5), (DATA, 209, 5), (FINISH, 209, 5), (REPLY, 1, 6)],
            "c5 d5 d5 d5 c5 d5 c6 d6",
        );
        // A daemon may send before it has said that it does.
        check(
            &[(CALL, 209, 5), (FINISH, 209, 5), (CALL, 1, 6)],
            &[(DATA, 209, 5), (REPLY, 209, 5), (DATA, 209, 5), (FINISH, 209, 5), (REPLY, 1, 6)],
            "c5 d5 d5 d5 c5 d5 c6 d6",
        );
    }

    #[test]
    fn one_direction_is_enough() {
        let mut alone = Recording::new(1, None, file(&[(REPLY, 1, 1)]));
        assert!(alone.next().unwrap().is_some());
        assert_eq!(alone.next().unwrap(), None);
    }
}
