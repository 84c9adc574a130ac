//! The task that owns a client's session: the one place where its socket is read and written.

use std::future::poll_fn;
use std::os::fd::OwnedFd;
#[cfg(feature = "gssapi")]
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite};
use virtwire_protocol::event::RawNotice;
use virtwire_protocol::frame::{Draft, Frame, Head, sealed_header};
use virtwire_protocol::header::{Header, MessageKind, Serial};
use virtwire_protocol::program::{ProcedureNumber, Program};
use virtwire_protocol::session::SerialMap;
use virtwire_protocol::session::client::{ClientEvent, ClientSession, WindowFull};

#[cfg(feature = "gssapi")]
use super::ask::SealAsk;
use super::ask::{Ask, CallAsk, Passing, PassingAsk, StreamAsk};
use super::asks::{Places, Taker};
use super::error::{CallError, CloseReason};
use super::events::Desk;
use super::waiting::Waiting;
use crate::codec::CodecError;
use crate::panics::caught;
use crate::shell::alarm::Alarm;
#[cfg(feature = "gssapi")]
use crate::shell::layer::Layered;
use crate::shell::line::{Line, PASSES_DESCRIPTORS};
use crate::shell::reader::{Diversion, FrameReader, READ_BYTES, Received};
use crate::shell::writer::FrameWriter;
use crate::shell::{OUT_BYTES_MAX, ROUNDS_MAX, WRITES_MAX, now, step_back};
use crate::stream::{Ending, StreamSession, StreamTable};

/// A frame that has passed, for whoever watches a connection.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    /// Whether this end sent it.
    pub sent: bool,
    /// Its header.
    pub header: Header,
    /// Its bytes on the wire, length word included.
    pub wire_bytes: usize,
}

/// Frames of one read behind which what follows from them goes out, before more of them have their turns: the daemon is to work on that meanwhile.
/// With 64 callers and two processors that makes twice as many calls as one write for all would, for a tenth more of one processor.
const FRAMES_MAX: usize = 32;

/// Watches every frame of a connection. Called from the connection's task: be quick. One that panics is passed over.
pub type Observer = Arc<dyn Fn(Passed) + Send + Sync>;

/// The task. Where it goes without a word, as it does with its runtime, its parts tell each of those who wait, in this order: that the
/// connection has ended is known before anything that waited on it ends.
pub(super) struct Task {
    pub(super) session: ClientSession,
    pub(super) asks: Taker,
    pub(super) waiting: Waiting,
    pub(super) desk: Desk,
    pub(super) streams: StreamTable<Serial>,
    /// The socket, where it is a unix socket.
    pub(super) line: Option<Line>,
    /// The calls that pass them.
    pub(super) passing: SerialMap<Passing>,
    pub(super) observer: Option<Observer>,
    /// Whether no two frames may be in one write.
    pub(super) frames_apart: bool,
    /// Whether the goodbye of [`Connection::close`](super::Connection::close) is on its way or beyond.
    pub(super) has_said_goodbye: bool,
    /// What has been agreed on by authenticating, until it is done.
    #[cfg(feature = "gssapi")]
    pub(super) seal: Option<SealAsk>,
}

/// A socket, as the task has it.
struct Talk<R, W> {
    frames: FrameReader<R>,
    writer: FrameWriter<W>,
    alarm: Alarm,
}

/// How a conversation ended that no fault ended.
enum Over {
    /// Its last handle is gone.
    Done,
    /// It is to go on, sealed.
    #[cfg(feature = "gssapi")]
    Sealing(SealAsk),
}

impl Task {
    /// Runs until the connection ends or its last handle is dropped; then every pending call ends with an error.
    ///
    /// `last_words` is asked why, once the socket is closed: it holds whatever else there is to the transport, which goes with the
    /// connection, and not with its last handle.
    ///
    /// No `async fn`: that would keep room for what it is given beside what it makes of it, for as long as it runs.
    pub(super) fn run<R, W, F>(
        mut self,
        socket: (R, W),
        last_words: impl FnOnce(CloseReason) -> F + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
        F: Future<Output = CloseReason> + Send,
    {
        let mut talk = self.talk(socket);
        async move {
            let over = match poll_fn(|cx| self.poll(&mut talk, cx)).await {
                #[cfg(feature = "gssapi")]
                Ok(Over::Sealing(ask)) => self.converse_sealed(talk, ask).await,
                over => {
                    drop(talk);
                    over.map(drop)
                }
            };
            let reason = match over {
                // A daemon that closes with something unread has the socket say that it was reset.
                Err(CloseReason::Eof | CloseReason::Io(_)) if self.has_said_goodbye => CloseReason::Local,
                over => over.err().unwrap_or(CloseReason::Local),
            };
            // The last of the socket: it is closed, whoever still holds a handle.
            self.line = None;
            self.passing.clear();
            // In a box, as all that live have no use for the room that it takes.
            let reason = Box::pin(last_words(reason)).await;
            tracing::debug!(%reason, "connection ended");
            self.asks.end(&reason);
            self.desk.end(&reason);
            self.streams.end_all(&reason);
            self.waiting.end(&reason);
        }
    }

    /// In a box, as few connections come to it.
    #[cfg(feature = "gssapi")]
    fn converse_sealed<R, W>(
        &mut self,
        talk: Talk<R, W>,
        SealAsk { layer, done }: SealAsk,
    ) -> Pin<Box<dyn Future<Output = Result<(), CloseReason>> + Send + '_>>
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        Box::pin(async move {
            let Talk { frames, writer, .. } = talk;
            let sealed = Layered::new(frames.into_inner()?, writer.into_inner(), layer);
            // As with TLS's records, so that nothing is left within a piece that the daemon has opened.
            self.frames_apart = true;
            // Nothing passes it by.
            self.line = None;
            let mut talk = self.talk(tokio::io::split(sealed));
            let _ = done.send(());
            poll_fn(|cx| self.poll(&mut talk, cx)).await.map(drop)
        })
    }

    fn talk<R, W>(&mut self, (reader, writer): (R, W)) -> Talk<R, W>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let passing = self.line.clone().filter(|_| PASSES_DESCRIPTORS);
        if passing.is_some() {
            self.session.carry_descriptors();
        }
        Talk {
            frames: FrameReader::new(reader, passing),
            writer: FrameWriter::new(writer, self.line.clone()).apart(self.frames_apart),
            alarm: Alarm::default(),
        }
    }

    /// The conversation: the session decides, this reads, writes and waits. In each round everything that may be ready has one turn, so
    /// that nothing waits for long, and reading never for writing.
    fn poll<R, W>(&mut self, talk: &mut Talk<R, W>, cx: &mut Context<'_>) -> Poll<Result<Over, CloseReason>>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        // Whether all but what is read has been looked at, and would be found as it was.
        let mut only_reads = false;
        for _ in 0..ROUNDS_MAX {
            let mut is_busy = self.streams.poll_words(&mut self.session, cx).is_ready();
            let (may_read, mut has_come, mut steps_back) = (self.streams.has_room(), false, false);
            if !may_read {
                self.session.not_reading(now());
            } else if let Poll::Ready(received) = self.poll_received(&mut talk.frames, cx)? {
                steps_back = self.receive(received.ok_or(CloseReason::Eof)?, &mut talk.frames)?;
                has_come = true;
            } else if only_reads && !is_busy {
                return talk.writer.rest();
            }
            // What does not go out keeps more from being asked, but for what is no call. What has come has made room for others.
            let has_room = talk.writer.len() < OUT_BYTES_MAX;
            loop {
                let places = if has_room { self.places() } else { Places::default() };
                match self.asks.poll_next(cx, places) {
                    // Whoever waits for a call holds a handle, so nobody waits.
                    Poll::Ready(None) => return Poll::Ready(Ok(Over::Done)),
                    Poll::Ready(Some(ask)) => self.start(ask),
                    Poll::Pending => break,
                }
            }
            if talk.alarm.poll_at(cx, self.session.poll_timeout()).is_ready() {
                let now = now();
                if talk.writer.take_progress() {
                    self.session.progressed(now);
                }
                self.session.handle_timeout(now)?;
                is_busy = true;
            }
            let mut writes = 0;
            while writes < WRITES_MAX {
                self.gather(&mut talk.writer);
                let took_all = talk.writer.len() < OUT_BYTES_MAX;
                // The socket tells once it has room.
                if talk.writer.is_empty() || talk.writer.poll_write(cx)?.is_pending() {
                    break;
                }
                writes += 1;
                is_busy |= writes == WRITES_MAX;
                if talk.writer.is_empty() && took_all && !self.streams.has_more() {
                    break;
                }
            }
            // More may be asked or read than before.
            is_busy |=
                (!has_room && talk.writer.len() < OUT_BYTES_MAX) || (!may_read && self.streams.has_room());
            #[cfg(feature = "gssapi")]
            if talk.writer.is_empty()
                && let Some(ask) = self.seal.take()
            {
                return Poll::Ready(Ok(Over::Sealing(ask)));
            }
            if steps_back {
                // Those who have got something have their turns: what they ask next goes out in one write, and what they have read into
                // is free again.
                break;
            }
            if !is_busy && !has_come {
                return talk.writer.rest();
            }
            only_reads = !is_busy;
        }
        step_back(cx)
    }

    fn poll_received<R>(
        &self,
        frames: &mut FrameReader<R>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Received>, CodecError>>
    where
        R: AsyncRead + Unpin,
    {
        frames.poll_next(cx, |header| {
            // Whoever watches the frames is to see them whole.
            let line = self.line.as_ref().filter(|_| self.observer.is_none());
            Diversion::of(line, self.streams.conduit(header.serial))
        })
    }

    /// A frame has come, and with it what came in the same read, so that what follows from them goes out in one write; of much, a part. Whether
    /// somebody has got something whose turn it is now: it is not where calls wait that can be made in its place.
    fn receive<R>(&mut self, first: Received, frames: &mut FrameReader<R>) -> Result<bool, CloseReason>
    where
        R: AsyncRead + Unpin,
    {
        let (now, before, mut next, mut has_large) = (now(), self.waiting.len(), Some(first), false);
        let mut left = FRAMES_MAX;
        while let Some(Received { frame, fds: mut arrived, pages }) = next {
            has_large |= frame.wire_bytes() > READ_BYTES || pages.is_some();
            match pages {
                Some(pages) => self.streams.deliver_pages(now, &frame.header, pages, &mut self.session),
                None => {
                    self.observe_received(&frame);
                    self.session.handle_frame(now, frame)?;
                }
            }
            while let Some(event) = self.session.poll_event() {
                // What nobody takes is closed.
                self.deliver(event, &mut arrived);
            }
            left -= 1;
            next = if self.streams.has_room() && left > 0 { frames.buffered()? } else { None };
        }
        Ok(has_large || (self.waiting.len() < before && !self.asks.is_waiting()))
    }

    /// Has the writer take what there is to send, as far as there is room.
    fn gather<W: AsyncWrite + Unpin>(&mut self, writer: &mut FrameWriter<W>) {
        while let Some(event) = self.session.poll_event() {
            self.deliver(event, &mut Vec::new());
        }
        self.desk.call(&mut self.session, &mut self.waiting);
        loop {
            while writer.len() < OUT_BYTES_MAX {
                let Some(frame) = self.session.poll_transmit() else { break };
                observe_sent(&self.observer, &frame, frame.len());
                let fds = self.behind(&frame);
                writer.push(frame);
                writer.push_descriptors(fds);
            }
            let observe = |head: &Head, wire_bytes| observe_sent(&self.observer, head, wire_bytes);
            if !self.streams.send(&mut self.session, writer, observe) {
                return;
            }
        }
    }

    /// Which calls can be made now.
    fn places(&self) -> Places {
        let prompt = self.session.can_call();
        let urgent = prompt && self.waiting.has_place_for_urgent();
        let patient = urgent && self.waiting.has_place_for_patient();
        Places { patient, urgent, prompt, ending: self.session.can_end() }
    }

    fn start(&mut self, ask: Ask) {
        match ask {
            Ask::Keepalive(pacing) => self.session.start_keepalive(now(), pacing),
            Ask::Subscribe(ask) => self.desk.subscribe(ask),
            Ask::Leave(id) => self.desk.leave(id),
            Ask::GivenUp(told) => drop(told.send(self.waiting.given_up())),
            #[cfg(feature = "gssapi")]
            Ask::Seal(ask) => self.seal = Some(ask),
            Ask::Call(call) => drop(self.call(call, ClientSession::call)),
            Ask::Passing(PassingAsk { call, passing }) => {
                if let Some(serial) = self.call(call, ClientSession::call_with_descriptors) {
                    self.passing.insert(serial, *passing);
                }
            }
            Ask::Stream(StreamAsk { call, pipe }) => {
                if let Some(serial) = self.call(call, ClientSession::open_stream) {
                    self.streams.insert(serial, pipe);
                }
            }
        }
    }

    fn call(
        &mut self,
        CallAsk { program, number, name, body, reply, urgency, asked, claim, is_goodbye }: CallAsk,
        make: impl FnOnce(&mut ClientSession, Program, ProcedureNumber, Draft) -> Result<Serial, WindowFull>,
    ) -> Option<Serial> {
        // Nobody waits any more, and nothing was sent: then nothing need be.
        if reply.is_closed() || claim.is_some_and(|claim| !claim.take()) {
            self.waiting.not_sent(name, asked);
            return None;
        }
        match make(&mut self.session, program, number, body) {
            Ok(serial) => {
                self.has_said_goodbye |= is_goodbye;
                self.waiting.insert(serial, name, Some(reply), urgency, asked);
                Some(serial)
            }
            // Asks are taken only while the window is open.
            Err(full) => {
                let error = CallError::Arguments { procedure: name, error: full.to_string() };
                let _ = reply.send(Err(error));
                None
            }
        }
    }

    /// The descriptors that go behind a frame.
    fn behind(&mut self, frame: &[u8]) -> Vec<OwnedFd> {
        if self.passing.is_empty() {
            return Vec::new();
        }
        let header = sealed_header(frame).filter(|header| header.kind() == Ok(MessageKind::CallWithFds));
        let passing = header.and_then(|header| self.passing.get_mut(&header.serial));
        passing.map(|passing| std::mem::take(&mut passing.fds)).unwrap_or_default()
    }

    fn deliver(&mut self, event: ClientEvent, arrived: &mut Vec<OwnedFd>) {
        match event {
            ClientEvent::Replied { serial, answer } => {
                if let Some(passing) = self.passing.remove(&serial) {
                    let mut returned = passing.returned.lock().unwrap_or_else(PoisonError::into_inner);
                    returned.append(arrived);
                }
                match &answer {
                    Ok(_) => self.streams.opened(serial, &mut self.session),
                    Err(_) => self.streams.not_opened(serial),
                }
                match self.waiting.remove(serial, answer.is_err()) {
                    // A dropped call's reply is discarded here.
                    Some((name, reply)) => {
                        let _ = reply.send(answer.map_err(|fault| CallError::reply(name, fault)));
                    }
                    None => self.desk.answer(serial, answer),
                }
            }
            ClientEvent::Streamed { serial, event } => {
                self.streams.deliver(serial, event, &mut self.session);
            }
            ClientEvent::Noticed { program, procedure, payload } => {
                self.desk.notice(RawNotice { program, number: procedure, payload });
            }
        }
    }

    fn observe_received(&self, frame: &Frame) {
        if let Some(observer) = &self.observer {
            let passed = Passed { sent: false, header: frame.header, wire_bytes: frame.wire_bytes() };
            caught(OBSERVER, || observer(passed));
        }
    }
}

/// Who has panicked, in words.
const OBSERVER: &str = "what observes a connection's frames";

/// Shows a frame that is sent, by its first bytes.
fn observe_sent(observer: &Option<Observer>, frame: &[u8], wire_bytes: usize) {
    if let Some(observer) = observer
        && let Some(header) = sealed_header(frame)
    {
        caught(OBSERVER, || observer(Passed { sent: true, header, wire_bytes }));
    }
}

impl StreamSession for ClientSession {
    type Id = Serial;
    const CONFIRMS: bool = false;
    const READS_REPLIES: bool = true;

    fn came_apart(&mut self, now: Instant, header: &Header) -> Option<Serial> {
        self.handle_data_apart(now, header).then_some(header.serial)
    }

    fn data(&mut self, serial: Serial, bytes: usize) -> Option<Head> {
        self.stream_data(serial, bytes)
    }

    fn hole(&mut self, serial: Serial, length: u64) -> bool {
        self.stream_hole(serial, length)
    }

    fn end_of_data(&mut self, _: Serial) {}

    /// The daemon has the last word.
    fn end(&mut self, serial: Serial, ending: &Ending) -> bool {
        match ending {
            Ending::Finish => drop(self.finish_stream(serial)),
            Ending::Abort(_) => self.abort_stream(serial),
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use tokio::io::{AsyncReadExt, ReadBuf};
    use virtwire_protocol::header::StreamPart;
    use virtwire_protocol::pace::Urgency;

    use super::super::asks::Asks;
    use super::super::events::Held;
    use super::*;

    /// The same packet for ever, of a stream that is no more.
    struct Flood(Vec<u8>, usize);

    impl AsyncRead for Flood {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<std::io::Result<()>> {
            let count = buffer.remaining().min(self.0.len() - self.1);
            buffer.put_slice(&self.0[self.1..self.1 + count]);
            self.1 = (self.1 + count) % self.0.len();
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn a_call_goes_out_beside_a_stream_that_always_has_more() {
        let asks = Arc::<Asks>::default();
        let mut task = Task {
            session: ClientSession::new(4),
            asks: Taker(asks.clone(), None),
            waiting: Waiting::new(4, None),
            desk: Desk::new(Held::default(), 1_000),
            streams: StreamTable::default(),
            line: None,
            passing: SerialMap::default(),
            observer: None,
            frames_apart: false,
            has_said_goodbye: false,
            #[cfg(feature = "gssapi")]
            seal: None,
        };
        let (program, number) = (Program::REMOTE, ProcedureNumber(157));
        let data = MessageKind::Stream(StreamPart::Data);
        let packet = Draft::raw(&[7; 100_000]).unwrap().seal(&Header::new(data, program, number, Serial(9)));
        let (near, mut far) = tokio::io::duplex(1_000);
        let mut talk = task.talk((Flood(packet.to_vec(), 0), near));
        let (call, _answer) = CallAsk::of(program, number, Urgency::Urgent);
        asks.push(Ask::Call(call)).unwrap();
        for _ in 0..3 {
            assert!(poll_fn(|cx| Poll::Ready(task.poll(&mut talk, cx).is_pending())).await);
        }
        let mut sent = [0; 28];
        tokio::select! {
            biased;
            read = far.read_exact(&mut sent) => assert_eq!(read.unwrap(), 28),
            () = std::future::ready(()) => panic!("it waits for the stream to pause"),
        }
        assert_eq!(sealed_header(&sent).map(|header| header.procedure), Some(number));
    }
}
