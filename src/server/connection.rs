//! One client's connection: the task that owns its session.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::{DESCRIPTORS_MAX, Draft, FRAME_BYTES_MAX, sealed_header};
use virtwire_protocol::header::{Header, MessageKind};
use virtwire_protocol::session::server::{Called, ServerEvent, ServerSession};
use virtwire_protocol::session::stream::{StreamId, is_sparse};

use super::auth::{ANONYMOUS_FRAME_BYTES_MAX, Asking, Verdict};
use super::context::{CallContext, CallSlots};
use super::door::{Entrance, Standing};
use super::ended::{Ended, unwritten};
use super::handler::{BoxFuture, Handler};
use super::heavy;
use super::identity::PeerTransport;
use super::memory::{Held, Share};
use super::post::{Item, Order, OutgoingNotice};
use super::stream::Stream;
use super::turn::Turn;
use super::unread::{PollGone, Unread};
use super::working::{Answer, Calls};
use crate::panics;
use crate::shell::alarm::Alarm;
use crate::shell::line::{Line, PASSES_DESCRIPTORS};
use crate::shell::reader::{Diversion, FrameReader, READ_BYTES, Received};
use crate::shell::writer::FrameWriter;
use crate::shell::{OUT_BYTES_MAX, ROUNDS_MAX, WRITES_MAX, now, step_back};
use crate::stream::{Pipes, StreamTable};

/// Frames of one read whose answers go out before more of them are taken: the client is to work on these meanwhile. With 64 calls under way and two
/// processors that makes a fifth to three quarters more of them than one write for all would, for some hundredths more of one processor.
const FRAMES_MAX: usize = 16;

/// How long the end of a connection may take to be written.
const GOODBYE_WITHIN: Duration = Duration::from_secs(5);

/// Serves one client until it goes, then lets the handler clean up after it.
///
/// No `async fn`: that would keep room for what it is given beside what it makes of it, for as long as it runs.
pub(super) fn run<R, W>(
    (reader, writer): (R, W),
    poll_gone: PollGone<R>,
    handler: Arc<dyn Handler>,
    cx: CallContext,
    entrance: Entrance,
    line: Option<Line>,
) -> impl Future<Output = Ended> + Send + use<R, W>
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send,
{
    let mut session = ServerSession::new(cx.profile().clone(), cx.limits().clone());
    session.serve_programs(handler.programs());
    session.ask_who(entrance.way);
    if entrance.shut {
        session.keep_out(RemoteError::auth_failed());
    }
    let passes = line.clone().filter(|_| PASSES_DESCRIPTORS);
    if passes.is_some() {
        session.carry_descriptors();
    }
    let mut talk = Talk {
        frames: FrameReader::new(reader, passes),
        // As towards libvirtd, which loses what shares a record; libvirt's clients are not trusted to do better.
        writer: FrameWriter::new(writer, line.clone()).apart(cx.identity().transport == PeerTransport::Tls),
        alarm: Alarm::default(),
        unread: Unread::default(),
        poll_gone,
    };
    let way_in = if session.is_authenticated() {
        cx.set_known(None);
        None
    } else {
        talk.frames.set_frame_bytes_max(ANONYMOUS_FRAME_BYTES_MAX);
        let Entrance { asking, until, place, shut, .. } = entrance;
        let patience = Alarm::default();
        Some(Box::new(WayIn { asking, deciding: None, until, patience, shut, _place: place }))
    };
    let (streams, pipes, calls, passing, share, is_to_go) = Default::default();
    let mut client =
        Client { session, streams, pipes, handler, cx, calls, line, passing, way_in, share, is_to_go };
    async move {
        let ended = match poll_fn(|task| client.poll(&mut talk, task)).await {
            Ok(()) => match goodbye(&mut talk.writer).await {
                Ended::Closed if client.session.is_winding_up() => Ended::Finished,
                ended => ended,
            },
            Err(ended) => ended,
        };
        // The last of the socket: it is closed, also while calls run on.
        drop(talk);
        client.end(ended).await
    }
}

/// Tells the client that there will be no more. One that takes nothing more is not waited for: it has said goodbye.
fn goodbye<W: AsyncWrite + Unpin + Send>(writer: &mut FrameWriter<W>) -> BoxFuture<'_, Ended> {
    Box::pin(async {
        match timeout(GOODBYE_WITHIN, writer.shutdown()).await {
            Ok(shut) => shut.map_or_else(Ended::from, |()| Ended::Closed),
            Err(_) => Ended::Gone,
        }
    })
}

/// A socket, as a client's task has it.
struct Talk<R, W> {
    frames: FrameReader<R>,
    writer: FrameWriter<W>,
    alarm: Alarm,
    unread: Unread,
    poll_gone: PollGone<R>,
}

impl<R: AsyncRead + Unpin, W> Talk<R, W> {
    /// Nothing is read now. Ready once the client has gone.
    fn poll_unread(&mut self, now: std::time::Instant, cx: &mut Context<'_>) -> Poll<()> {
        self.frames.not_reading(now);
        self.unread.poll_gone(now, self.frames.get_ref(), self.poll_gone, cx)
    }
}

/// One client, as its task has it.
struct Client {
    session: ServerSession,
    streams: StreamTable<StreamId>,
    pipes: Pipes,
    handler: Arc<dyn Handler>,
    cx: CallContext,
    calls: Calls,
    /// The socket, where it is a unix socket.
    line: Option<Line>,
    /// Those that go behind replies which have not been handed to the writer, in the order of these: two calls may have one serial.
    /// `None` while there are none, as mostly.
    #[expect(clippy::box_collection, reason = "every idle client has the room for it")]
    passing: Option<Box<VecDeque<Vec<OwnedFd>>>>,
    /// `None` once it is known.
    way_in: Option<Box<WayIn>>,
    /// Of what all clients hold.
    share: Share,
    /// It is to go, once it has done what it is in the middle of.
    is_to_go: bool,
}

/// What a client goes through before it is known.
struct WayIn {
    /// Who decides; `None` while it does, and where nobody asks.
    asking: Option<Asking>,
    /// The call that is being decided about.
    deciding: Option<BoxFuture<'static, (Header, Asking, Verdict)>>,
    until: Instant,
    patience: Alarm,
    /// It is not let in, whatever it does.
    shut: bool,
    /// Its place before the door.
    _place: Option<Standing>,
}

impl WayIn {
    /// The decision about a call, and what it came to; never, while there is none to make.
    fn poll_decided(&mut self, cx: &mut Context<'_>) -> Poll<(Header, Verdict)> {
        let Some(deciding) = &mut self.deciding else { return Poll::Pending };
        let (header, asking, verdict) = ready!(deciding.as_mut().poll(cx));
        self.deciding = None;
        self.asking = Some(asking);
        Poll::Ready((header, verdict))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Also where the task goes without a word, and whoever has the context would tell nobody for ever.
        self.cx.set_closed();
        self.share.leave(self.cx.memory());
    }
}

impl Client {
    /// The conversation, until the client has said goodbye and has all its replies: the session decides, this reads, writes, waits and
    /// starts handlers. In each round everything that may be ready has one turn, so that nothing waits for long, and reading never for
    /// writing. Other clients have theirs after some rounds, or when these have taken long.
    fn poll<R, W>(&mut self, talk: &mut Talk<R, W>, cx: &mut Context<'_>) -> Poll<Result<(), Ended>>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut turn = Turn::default();
        for _ in 0..ROUNDS_MAX {
            let (mut is_busy, mut steps_back) = (false, false);
            if self.share.is_full() && !talk.writer.is_empty() {
                // What it has taken since counts before it is told more.
                let _ = talk.writer.poll_write(cx).map_err(unwritten)?;
                let held = self.held(talk);
                self.share.weigh(self.cx.memory(), held);
            }
            if let Poll::Ready(item) = self.cx.poll_post(cx) {
                match item {
                    Item::Order(Order::Finish) => self.is_to_go = true,
                    Item::Order(Order::Leave) => return Poll::Ready(Err(Ended::SentAway)),
                    Item::Overrun => return Poll::Ready(Err(Ended::Slow)),
                    Item::Notices(notices) => self.tell(notices)?,
                }
                is_busy = true;
            }
            if let Poll::Ready((header, answer)) = self.calls.poll_ended(cx) {
                self.answer(&header, answer)?;
                is_busy = true;
            }
            if self.is_to_go && !self.has_begun_something() {
                self.is_to_go = false;
                self.session.wind_up();
            }
            is_busy |= self.streams.poll_words(&mut self.session, cx).is_ready();
            if self.way_in.is_some() {
                is_busy |= self.poll_way_in(&mut talk.frames, cx)?;
            }
            // A client that is not known is heard again when it has taken its answer: nothing of it piles up.
            if !self.may_read() || (self.way_in.is_some() && !talk.writer.is_empty()) {
                let now = now();
                self.session.not_reading(now);
                if talk.poll_unread(now, cx).is_ready() {
                    return Poll::Ready(Err(Ended::Gone));
                }
            } else {
                talk.unread.end();
                // No call that passes descriptors is for who is not known or only looks.
                talk.frames.keep_descriptors(self.way_in.is_none() && !self.cx.is_read_only());
                let Client { line, streams, .. } = &*self;
                let divert =
                    |header: &Header| Diversion::of(line.as_ref(), streams.conduit(StreamId::of(header)));
                if let Poll::Ready(received) = talk.frames.poll_next(cx, divert)? {
                    steps_back = self.receive(received.ok_or(Ended::Gone)?, talk, &mut turn, cx)?;
                    is_busy = true;
                }
            }
            let timeouts =
                [self.session.poll_timeout(), talk.frames.poll_timeout(), talk.unread.poll_timeout(now)];
            if talk.alarm.poll_at(cx, timeouts.into_iter().flatten().min()).is_ready() {
                let now = now();
                talk.frames.handle_timeout(now)?;
                if talk.writer.take_progress() {
                    self.session.progressed(now);
                }
                self.session.handle_timeout(now)?;
                is_busy = true;
            }
            let (may_read, mut writes) = (self.may_read(), 0);
            while writes < WRITES_MAX {
                self.gather(&mut talk.writer);
                // The turn of a call that waited has come, where another is answered or its client has read.
                is_busy |= self.take_events(cx, Vec::new(), &mut turn)?;
                // The socket tells once it has room.
                if talk.writer.is_empty() || talk.writer.poll_write(cx).map_err(unwritten)?.is_pending() {
                    break;
                }
                writes += 1;
                is_busy |= talk.writer.is_empty() || writes == WRITES_MAX;
                if talk.writer.is_empty() && !self.streams.has_more() {
                    break;
                }
            }
            // What has left the session makes room for more of the client's calls.
            is_busy |= !may_read && self.may_read();
            if talk.writer.is_empty() && self.session.is_finished() {
                return Poll::Ready(Ok(()));
            }
            let held = self.held(talk);
            is_busy |= self.share.poll_weigh(self.cx.memory(), held, cx)?;
            if turn.is_over() {
                return turn.end(cx);
            }
            if steps_back {
                // Whoever takes what was large has a turn, so that what it was read into is free again.
                break;
            }
            if !is_busy {
                return talk.writer.rest();
            }
        }
        step_back(cx)
    }

    /// Whether the handler waits for more calls of this client.
    fn has_begun_something(&self) -> bool {
        panics::caught("whether a client has begun something", || self.handler.is_busy(&self.cx))
            .unwrap_or(false)
    }

    /// A client that is not known yet. Whether something has been decided.
    fn poll_way_in<R: AsyncRead + Unpin>(
        &mut self,
        frames: &mut FrameReader<R>,
        cx: &mut Context<'_>,
    ) -> Result<bool, Ended> {
        let Some(way_in) = &mut self.way_in else { return Ok(false) };
        if let Poll::Ready((header, verdict)) = way_in.poll_decided(cx) {
            self.let_in(&header, verdict);
            if self.session.is_authenticated() {
                self.way_in = None;
                frames.set_frame_bytes_max(FRAME_BYTES_MAX);
            }
            return Ok(true);
        }
        match way_in.patience.poll_at(cx, Some(way_in.until.into_std())) {
            Poll::Ready(()) => Err(Ended::Unknown),
            Poll::Pending => Ok(false),
        }
    }

    /// A frame has come, and with it what came in the same read; what is left of much, or when the turn is over, is next. Whether one of them was
    /// large.
    fn receive<R, W>(
        &mut self,
        first: Received,
        talk: &mut Talk<R, W>,
        turn: &mut Turn,
        cx: &mut Context<'_>,
    ) -> Result<bool, Ended>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let (now, mut next, mut has_large) = (now(), Some(first), false);
        let mut left = FRAMES_MAX;
        while let Some(Received { frame, fds, pages }) = next {
            has_large |= frame.wire_bytes() > READ_BYTES || pages.is_some();
            match pages {
                Some(pages) => self.streams.deliver_pages(now, &frame.header, pages, &mut self.session),
                None => self.session.handle_frame(now, frame)?,
            }
            self.take_events(cx, fds, turn)?;
            let held = self.held(talk);
            self.share.weigh(self.cx.memory(), held);
            turn.did_one();
            left -= 1;
            next =
                if self.may_read() && !turn.is_over() && left > 0 { talk.frames.buffered()? } else { None };
        }
        Ok(has_large)
    }

    /// Has the writer take what there is to send, as far as there is room.
    fn gather<W: AsyncWrite + Unpin>(&mut self, writer: &mut FrameWriter<W>) {
        loop {
            while writer.len() < OUT_BYTES_MAX {
                let Some(frame) = self.session.poll_transmit() else { break };
                let fds = self.behind(&frame);
                writer.push(frame);
                writer.push_descriptors(fds);
            }
            if !self.streams.send(&mut self.session, writer, |_, _| {}) {
                return;
            }
        }
    }

    /// Has a call of the way in decided about. The session hands out one at a time.
    fn decide(&mut self, called: Called) {
        let header = called.header;
        let asking = self.way_in.as_mut().and_then(|way_in| Some((way_in.asking.take()?, way_in)));
        let Some((asking, way_in)) = asking else {
            return self.session.reply(&header, Err(RemoteError::auth_failed()));
        };
        if let Some(within) = asking.person_within() {
            way_in.until = way_in.until.max(Instant::now() + within);
        }
        let peer = self.cx.peer().to_owned();
        way_in.deciding = Some(Box::pin(async move {
            let (asking, verdict) = asking.answer(called, peer).await;
            (header, asking, verdict)
        }));
    }

    fn let_in(&mut self, header: &Header, verdict: Verdict) {
        if let Verdict::Goes(Err(_)) | Verdict::Enough(_) = verdict {
            self.cx.metrics().login_failed();
        }
        match verdict {
            Verdict::Goes(answer) => self.session.reply(header, answer),
            Verdict::Known(answer, user) => {
                self.session.reply(header, answer);
                self.session.authenticated();
                self.cx.set_known(user);
            }
            Verdict::Enough(answer) => {
                self.session.reply(header, answer);
                self.session.hang_up();
            }
        }
    }

    fn may_read(&self) -> bool {
        self.session.can_receive() && self.streams.has_room() && self.share.may_read()
    }

    /// What it has this server hold now.
    fn held<R, W>(&self, talk: &Talk<R, W>) -> Held
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        // What came of a stream waits for its handler, as calls do; what goes, for the client.
        let [came, goes] = self.streams.waiting();
        Held {
            calls: self.session.call_bytes() + came,
            coming: talk.frames.held_bytes(),
            going: self.session.queued_bytes() + talk.writer.len() + goes,
            gone: talk.writer.gone(),
            is_blocked: talk.writer.is_blocked(),
        }
    }

    /// Does what has happened by a frame, an answer or the client's reading, and says whether anything has. A frame may have come with
    /// these descriptors: those that nobody takes are closed. When the turn is over, calls may be left that have waited; what the frame is
    /// comes before them.
    fn take_events(
        &mut self,
        task: &mut Context<'_>,
        mut fds: Vec<OwnedFd>,
        turn: &mut Turn,
    ) -> Result<bool, Ended> {
        let mut is_busy = false;
        while !turn.is_over()
            && let Some(event) = self.session.poll_event()
        {
            is_busy = true;
            turn.did_one();
            match event {
                ServerEvent::Called(called) => {
                    let header = called.header;
                    if let Some(answer) = self.start(task, called, std::mem::take(&mut fds)) {
                        self.answer(&header, answer)?;
                    }
                }
                ServerEvent::Authenticate(called) => self.decide(called),
                ServerEvent::Streamed { id, event } => {
                    self.streams.deliver(id, event, &mut self.session);
                }
            }
        }
        Ok(is_busy)
    }

    /// The descriptors that go behind a frame.
    fn behind(&mut self, frame: &[u8]) -> Vec<OwnedFd> {
        let Some(passing) = &mut self.passing else { return Vec::new() };
        let brings = |header: Header| header.kind() == Ok(MessageKind::ReplyWithFds);
        if !sealed_header(frame).is_some_and(brings) {
            return Vec::new();
        }
        let fds = passing.pop_front().unwrap_or_default();
        self.passing.take_if(|passing| passing.is_empty());
        fds
    }

    /// Starts the handler of a call, unless the connection may not make it. Returns the answer, if there is one already.
    fn start(&mut self, task: &mut Context<'_>, called: Called, fds: Vec<OwnedFd>) -> Option<Answer> {
        let header = called.header;
        let figures = self.cx.metrics().started(header.program, called.info);
        let span = tracing::debug_span!(
            "call",
            peer = self.cx.peer(),
            procedure = called.info.name,
            serial = header.serial.0,
            error = tracing::field::Empty,
        );
        if let Err(refusal) = self.cx.admits_number(called.info) {
            span.record("error", refusal.code.0);
            return Some((Err(refusal), Vec::new()));
        }
        let stream = called.info.stream.map(|direction| {
            let pipe = self.pipes.pipe(self.cx.limits().stream_bytes);
            self.streams.insert(StreamId::of(&header), pipe.clone());
            Stream::new(pipe, direction, is_sparse(header.program, header.procedure, &called.payload))
        });
        let cx = self.cx.of_call(CallSlots {
            stream: stream.into(),
            // A call that has no use for them keeps none for as long as it runs.
            fds: if called.info.passes_fds { fds } else { Vec::new() }.into(),
            reply_fds: Mutex::default(),
        });
        let handler = self.handler.clone();
        let is_heavy = called.payload.len() > heavy::LONG_BYTES;
        // Also a handler that panics before it returns a future fails its own call alone.
        let answering = async move {
            let refused = match cx.asks_about_arguments(called.info) {
                true => cx.admits_object(&handler, &called).await.err(),
                false => None,
            };
            let answer = match refused {
                Some(refusal) => Err(refusal),
                None => handler.call(cx.clone(), called).await,
            };
            // What nobody has taken goes, also if the context is kept.
            drop((cx.take_stream(), cx.take_fds()));
            figures.ended(answer.is_err());
            if let Err(error) = &answer {
                tracing::Span::current().record("error", error.code.0);
            }
            (answer, cx.take_reply_fds())
        };
        let answering = answering.instrument(span);
        if is_heavy {
            self.calls.start_heavy(&header, answering);
            return None;
        }
        self.calls.start(task, &header, answering)
    }

    /// Answers a call, after what its handler had the client told before.
    fn answer(&mut self, header: &Header, (answer, fds): Answer) -> Result<(), Ended> {
        self.tell(self.cx.take_notices())?;
        let is_good = answer.is_ok();
        match (answer, u32::try_from(fds.len())) {
            (Ok(body), Ok(count @ 1..=DESCRIPTORS_MAX)) if PASSES_DESCRIPTORS && self.line.is_some() => {
                if self.session.reply_with_descriptors(header, body, count) {
                    self.passing.get_or_insert_default().push_back(fds);
                }
            }
            (answer, _) => self.session.reply(header, answer),
        }
        match is_good {
            true => self.streams.opened(StreamId::of(header), &mut self.session),
            false => self.streams.not_opened(StreamId::of(header)),
        }
        Ok(())
    }

    /// All at once: one call of another client's may have made thousands.
    fn tell(&mut self, notices: VecDeque<OutgoingNotice>) -> Result<(), Ended> {
        if !notices.is_empty() && !self.share.tell(notices.iter().map(OutgoingNotice::cost).sum()) {
            return Err(Ended::Hoarding);
        }
        let mut notices = notices.into_iter();
        notices.try_for_each(|notice| self.session.notify(notice.program, notice.number, notice.body))?;
        Ok(())
    }

    /// The connection has ended, and its socket is gone. In a box, as all that live have no use for the room that it takes.
    fn end(&mut self, ended: Ended) -> BoxFuture<'_, Ended> {
        Box::pin(async move {
            self.line = None;
            self.passing = None;
            let peer = self.cx.peer();
            match ended.is_its_fault() {
                true => tracing::info!(peer, reason = %ended, "a client is dropped"),
                false => tracing::debug!(peer, reason = %ended, "connection ended"),
            }
            self.cx.set_closed();
            self.streams.end_all(&ended);
            self.session.discard();
            self.weigh_calls();
            if !self.session.is_authenticated() {
                // The handler has never heard of it.
                let is_this_end = matches!(ended, Ended::SentAway | Ended::Finished);
                if !is_this_end && self.way_in.as_ref().is_some_and(|way_in| !way_in.shut) {
                    self.cx.metrics().unknown();
                }
                return ended;
            }
            self.clean_up().await;
            if let Some(mut tasks) = self.calls.take() {
                // They run to their end, as in libvirt's daemons; what they create meanwhile is cleaned up after them.
                while let Some(answered) = tasks.join_next().await {
                    if let Ok((header, _)) = answered {
                        self.session.reply(&header, Ok(Draft::empty()));
                        self.weigh_calls();
                    }
                }
                self.clean_up().await;
            }
            ended
        })
    }

    /// Has the handler clean up. One that panics keeps no call from its end, and is told again behind the last of them.
    fn clean_up(&self) -> impl Future<Output = ()> + Send + use<> {
        let (handler, cx) = (self.handler.clone(), self.cx.clone());
        panics::survive("what cleans up after a connection", async move { handler.closed(cx).await })
    }

    /// It is gone, and holds no more than what its calls do that run on.
    fn weigh_calls(&mut self) {
        let calls = self.session.call_bytes();
        let held = Held { calls, coming: 0, going: 0, gone: 0, is_blocked: false };
        self.share.weigh(self.cx.memory(), held);
    }
}

#[cfg(test)]
mod tests;
