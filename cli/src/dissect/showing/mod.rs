//! From happenings to what is shown: calls are joined to their replies, payloads decoded, and what was not asked for is
//! left out.

pub(crate) mod body;
pub(crate) mod filter;
pub(crate) mod json;
pub(crate) mod lines;
mod secrets;
pub(crate) mod text;
pub(crate) mod tree;

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use virtwire::protocol::dissect::{Call, Conversation, Heard, Part, Piece, Side};
use virtwire::protocol::frame::Frame;
use virtwire::protocol::header::{Header, MessageKind, StreamPart};

use super::reading::{Happening, Opened};
use body::{Body, Grow, Wants};
use filter::{Filter, has_failed, is_amiss};

/// Someone who shows what passes: as lines, as JSON, as a ladder.
pub(crate) trait Output {
    fn tell(&mut self, told: &Told<'_>) -> io::Result<()>;
}

/// What there is to show, in the order in which it passed.
pub(crate) enum Told<'a> {
    Opened(&'a Opened),
    Frame(&'a Seen<'a>),
    /// Data of a stream, collapsed.
    Data(&'a DataRun),
    /// What is no frame.
    Foreign {
        connection: u32,
        at: Option<Duration>,
        from: Side,
        piece: &'a Piece,
    },
    Closed {
        connection: u32,
        at: Option<Duration>,
        how: &'static str,
        unanswered: Vec<&'a Call<String>>,
    },
    Remark(&'a str),
    End(&'a Counts),
}

/// A frame, and all that is known of it.
pub(crate) struct Seen<'a> {
    pub(crate) connection: u32,
    pub(crate) at: Option<Duration>,
    pub(crate) from: Side,
    pub(crate) offset: u64,
    pub(crate) frame: &'a Frame,
    /// Calls have their arguments in a line as a note.
    pub(crate) heard: &'a Heard<String>,
    pub(crate) body: &'a Body,
}

/// Data of one stream in one direction, with nothing of its connection shown in between.
pub(crate) struct DataRun {
    pub(crate) connection: u32,
    pub(crate) at: Option<Duration>,
    pub(crate) from: Side,
    pub(crate) offset: u64,
    pub(crate) header: Header,
    pub(crate) frames: u64,
    pub(crate) wire_bytes: u64,
    pub(crate) data_bytes: u64,
}

/// How much there was, shown or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) connections: u64,
    pub(crate) frames: u64,
    /// Error replies and streams that failed.
    pub(crate) errors: u64,
    pub(crate) undecoded: u64,
    /// Stretches of bytes that are no frames.
    pub(crate) foreign: u64,
}

/// Where happenings arrive.
pub(crate) struct Desk<O> {
    output: O,
    filter: Filter,
    wants: Wants,
    /// Data of streams frame by frame.
    every_data: bool,
    talks: BTreeMap<u32, Talk>,
    under_way: usize,
    counts: Counts,
}

#[derive(Default)]
struct Talk {
    conversation: Conversation<String>,
    run: Option<DataRun>,
    one_sided: bool,
}

/// Characters of a call's arguments that are kept for its reply.
const NOTE_CHARS: usize = 160;
/// Calls without a reply and streams that are kept in mind, of all connections together: with their notes, at most 64 MiB.
/// Beyond that the connection with the most forgets its oldest.
const UNDER_WAY_MAX: usize = 65_536;

impl<O: Output> Desk<O> {
    pub(crate) fn new(output: O, filter: Filter, wants: Wants, every_data: bool) -> Desk<O> {
        let (talks, counts) = (BTreeMap::new(), Counts::default());
        Desk { output, filter, wants, every_data, talks, under_way: 0, counts }
    }

    /// Shows what happened, if it is wanted.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(crate) fn take(&mut self, happening: Happening) -> io::Result<()> {
        match happening {
            Happening::Opened(opened) => {
                self.counts.connections += 1;
                let talk = Talk { one_sided: opened.one_sided, ..Talk::default() };
                self.talks.insert(opened.connection, talk);
                if self.filter.shows_connection(opened.connection) {
                    self.output.tell(&Told::Opened(&opened))?;
                }
                Ok(())
            }
            Happening::Piece { connection, at, from, piece: Piece::Frame { offset, frame } } => {
                self.frame(connection, at, from, offset, &frame)
            }
            Happening::Piece { connection, at, from, piece } => {
                self.counts.foreign += u64::from(matches!(piece, Piece::Foreign { .. }));
                if !self.filter.shows_connection(connection) {
                    return Ok(());
                }
                self.flush(connection)?;
                self.output.tell(&Told::Foreign { connection, at, from, piece: &piece })
            }
            Happening::Closed { connection, at, how } => self.close(connection, at, how),
            Happening::Remark(text) => self.output.tell(&Told::Remark(&text)),
        }
    }

    /// Nothing more comes.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(crate) fn finish(mut self) -> io::Result<(O, Counts)> {
        while let Some((&connection, _)) = self.talks.first_key_value() {
            self.close(connection, None, "still open at the end")?;
        }
        self.output.tell(&Told::End(&self.counts))?;
        Ok((self.output, self.counts))
    }

    fn frame(
        &mut self,
        connection: u32,
        at: Option<Duration>,
        from: Side,
        offset: u64,
        frame: &Frame,
    ) -> io::Result<()> {
        self.counts.frames += 1;
        let talk = self.talks.entry(connection).or_default();
        let is_data = frame.header.kind() == Ok(MessageKind::Stream(StreamPart::Data));
        // Also of a call that is not shown: its connection's end tells what had no reply.
        let is_told = frame.header.is_call_type() && self.filter.shows_connection(connection);
        let call = is_told.then(|| Body::of(frame, self.wants, Grow::Always));
        let note = call.as_ref().map(|call| call.summary().chars().take(NOTE_CHARS).collect());
        let before = talk.conversation.kept();
        let mut heard =
            talk.conversation.heard(at.unwrap_or_default(), from, frame, note.unwrap_or_default());
        self.under_way = (self.under_way + talk.conversation.kept()).saturating_sub(before);
        if talk.one_sided && heard.part == Part::Stray {
            heard.part = Part::Alone;
        }
        self.forget();
        let grows = self.filter.grows(connection, from, &frame.header, is_amiss(&heard.part));
        let body = call.unwrap_or_else(|| Body::of(frame, self.wants, grows));
        let seen = Seen { connection, at, from, offset, frame, heard: &heard, body: &body };
        self.counts.errors +=
            u64::from(has_failed(&seen) && body.objection().is_none() && !is_amiss(&heard.part));
        self.counts.undecoded += u64::from(matches!(body, Body::Unreadable { .. }));
        if !self.filter.shows(&seen) {
            return Ok(());
        }
        if is_data && !self.every_data {
            return self.data(seen.connection, at, from, offset, frame);
        }
        self.flush(connection)?;
        self.output.tell(&Told::Frame(&seen))
    }

    fn forget(&mut self) {
        while self.under_way > UNDER_WAY_MAX {
            let most = self.talks.values_mut().max_by_key(|talk| talk.conversation.kept());
            if !most.is_some_and(|talk| talk.conversation.forget_oldest()) {
                return;
            }
            self.under_way -= 1;
        }
    }

    fn data(
        &mut self,
        connection: u32,
        at: Option<Duration>,
        from: Side,
        offset: u64,
        frame: &Frame,
    ) -> io::Result<()> {
        let goes_on = self.talks.get(&connection).and_then(|talk| talk.run.as_ref()).is_some_and(|run| {
            run.from == from && run.header.serial == frame.header.serial && run.frames < u64::MAX
        });
        if !goes_on {
            self.flush(connection)?;
        }
        let talk = self.talks.entry(connection).or_default();
        let run = talk.run.get_or_insert(DataRun {
            connection,
            at,
            from,
            offset,
            header: frame.header,
            frames: 0,
            wire_bytes: 0,
            data_bytes: 0,
        });
        run.frames += 1;
        run.wire_bytes = run.wire_bytes.saturating_add(frame.wire_bytes() as u64);
        run.data_bytes = run.data_bytes.saturating_add(frame.payload.len() as u64);
        Ok(())
    }

    fn flush(&mut self, connection: u32) -> io::Result<()> {
        let run = self.talks.get_mut(&connection).and_then(|talk| talk.run.take());
        run.map_or(Ok(()), |run| self.output.tell(&Told::Data(&run)))
    }

    fn close(&mut self, connection: u32, at: Option<Duration>, how: &'static str) -> io::Result<()> {
        self.flush(connection)?;
        let Some(talk) = self.talks.remove(&connection) else { return Ok(()) };
        self.under_way = self.under_way.saturating_sub(talk.conversation.kept());
        if !self.filter.shows_connection(connection) {
            return Ok(());
        }
        let unanswered = talk.conversation.outstanding().filter(|_| !talk.one_sided).collect();
        self.output.tell(&Told::Closed { connection, at, how, unanswered })
    }
}

/// The number of a procedure, and its name in the contract.
pub(crate) fn procedure(header: &Header) -> (i32, &'static str) {
    let name = header.program.procedure(header.procedure).map_or("(not in the contract)", |info| info.name);
    (header.procedure.0, name)
}

/// What a frame is, in a word or two.
pub(crate) fn kind(header: &Header) -> &'static str {
    match header.kind() {
        Ok(MessageKind::Call) => "call",
        Ok(MessageKind::CallWithFds) => "call+fds",
        Ok(MessageKind::Reply) => "reply ok",
        Ok(MessageKind::ReplyWithFds) => "reply+fds ok",
        Ok(MessageKind::ReplyError) => "reply error",
        Ok(MessageKind::Notice) => "event",
        Ok(MessageKind::Stream(StreamPart::Data)) => "stream data",
        Ok(MessageKind::Stream(StreamPart::Finish)) => "stream end",
        Ok(MessageKind::Stream(StreamPart::Abort)) => "stream abort",
        Ok(MessageKind::Hole) => "stream hole",
        Err(_) => "nonsense",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virtwire::protocol::header::Serial;
    use virtwire::protocol::program::{ProcedureNumber, Program};

    struct Nobody;

    impl Output for Nobody {
        fn tell(&mut self, _: &Told<'_>) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_under_way_on_all_connections_together_is_bounded() {
        let mut desk = Desk::new(Nobody, Filter::default(), Wants::default(), false);
        for serial in 0..2_000 {
            for connection in 0..50 {
                let header =
                    Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(1), Serial(serial));
                let piece = Piece::Frame { offset: 0, frame: Frame { header, payload: Default::default() } };
                desk.take(Happening::Piece { connection, at: None, from: Side::Client, piece }).unwrap();
            }
        }
        let kept: usize = desk.talks.values().map(|talk| talk.conversation.kept()).sum();
        assert_eq!((kept, desk.under_way), (UNDER_WAY_MAX, UNDER_WAY_MAX));
        // Nobody is left without.
        assert!(desk.talks.values().all(|talk| talk.conversation.kept() >= UNDER_WAY_MAX / 50));
        desk.close(7, None, "closed").unwrap();
        let kept: usize = desk.talks.values().map(|talk| talk.conversation.kept()).sum();
        assert_eq!(kept, desk.under_way);
    }
}
