//! One client's connection: the task that owns its session.

use std::collections::HashMap;
use std::future::poll_fn;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tracing::Instrument as _;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::frame::{DESCRIPTORS_MAX, Draft, FRAME_BYTES_MAX, sealed_header};
use virtwire_protocol::header::{Header, MessageKind};
use virtwire_protocol::session::server::{Called, Limits, QueueFull, ServerEvent, ServerSession};
use virtwire_protocol::session::stream::{StreamId, is_sparse};
use virtwire_protocol::session::{CountedHasher, ProtocolError};

use super::auth::{ANONYMOUS_FRAME_BYTES_MAX, Asking, Verdict};
use super::clients::Order;
use super::context::{CallContext, CallSlots, OutgoingNotice};
use super::door::Entrance;
use super::handler::{BoxFuture, Handler};
use super::identity::PeerTransport;
use super::places::Place;
use super::stream::Stream;
use crate::codec::CodecError;
use crate::shell::alarm::Alarm;
use crate::shell::line::Line;
use crate::shell::mailbox::Mailbox;
use crate::shell::reader::{FrameReader, Received};
use crate::shell::writer::FrameWriter;
use crate::shell::{OUT_BYTES_MAX, WRITES_IN_A_ROW, now};
use crate::stream::{Pipes, StreamTable};

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Ended {
    /// The client said goodbye and had all its replies.
    #[error("the client closed the connection")]
    Closed,
    /// The client went without a goodbye.
    #[error("the client is gone")]
    Gone,
    /// Reading or writing failed, or what came was no stream of frames.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The client broke the protocol, or went silent.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// The client does not read its events.
    #[error("the client does not read its events")]
    Slow,
    /// This server has sent the client away: it shuts down, or was told to disconnect this one.
    #[error("the client was sent away")]
    SentAway,
    /// The client has not proved who it is in time.
    #[error("the client has not proved who it is in time")]
    Unknown,
}

impl From<std::io::Error> for Ended {
    fn from(error: std::io::Error) -> Ended {
        Ended::Codec(error.into())
    }
}

impl From<QueueFull> for Ended {
    fn from(_: QueueFull) -> Ended {
        Ended::Slow
    }
}

/// How long the end of a connection may take to be written.
const GOODBYE_WITHIN: Duration = Duration::from_secs(5);

/// Why nothing more can be written.
fn unwritten(error: std::io::Error) -> Ended {
    match error.kind() {
        std::io::ErrorKind::WriteZero => Ended::Gone,
        _ => error.into(),
    }
}

/// What a handler answers, and the descriptors that go with it.
type Answer = (Result<Draft, RemoteError>, Vec<OwnedFd>);

/// The handlers that wait for something, and which call each answers.
#[derive(Default)]
struct Calls {
    tasks: JoinSet<Answer>,
    headers: HashMap<Id, Header, CountedHasher>,
}

impl Calls {
    /// Works on a call until its handler waits for something, as most never do: then it goes on in a task of its own. The answer, if
    /// there is one already.
    fn start(
        &mut self,
        task: &mut Context<'_>,
        header: &Header,
        handler: impl Future<Output = Answer> + Send + 'static,
    ) -> Option<Answer> {
        let mut handler = Box::pin(handler);
        match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(task))) {
            Ok(Poll::Ready(answer)) => Some(answer),
            Ok(Poll::Pending) => {
                let id = self.tasks.spawn(handler).id();
                self.headers.insert(id, *header);
                None
            }
            Err(_) => Some(failed()),
        }
    }

    /// The next call to be answered; `None` while none is being worked on. Safe to cancel.
    async fn ended(&mut self) -> Option<(Header, Answer)> {
        let (id, answer) = match self.tasks.join_next_with_id().await? {
            Ok((id, answer)) => (id, answer),
            Err(panicked) => (panicked.id(), failed()),
        };
        self.headers.remove(&id).map(|header| (header, answer))
    }
}

/// A handler that panicked has no answer, and its client must not wait for one for ever.
fn failed() -> Answer {
    let text = "the handler of this call has failed";
    (Err(RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, text)), Vec::new())
}

/// Serves one client until it goes, then lets the handler clean up after it.
pub(super) async fn run<R, W, H>(
    (reader, writer): (R, W),
    handler: Arc<H>,
    cx: CallContext,
    notices: Mailbox<OutgoingNotice>,
    (entrance, orders): (Entrance, Mailbox<Order>),
    limits: Limits,
    line: Option<Line>,
) -> Ended
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    H: Handler + ?Sized,
{
    let (streams, pipes) = StreamTable::new();
    let mut session = ServerSession::new((**cx.profile()).clone(), limits);
    session.serve_programs(handler.programs());
    session.ask_who(entrance.way);
    if entrance.shut {
        session.keep_out(RemoteError::auth_failed());
    }
    let way_in =
        WayIn { asking: entrance.asking, deciding: None, until: entrance.until, place: entrance.place };
    let calls = Calls::default();
    let passing = HashMap::new();
    let mut client = Client {
        session,
        streams,
        pipes,
        limits,
        handler,
        cx,
        calls,
        notices,
        line,
        passing,
        way_in,
        orders,
    };
    let ended = match client.converse(reader, writer).await {
        Ok(ended) | Err(ended) => ended,
    };
    // The last of the socket: it is closed, also while calls run on.
    client.line = None;
    client.passing.clear();
    tracing::debug!(peer = client.cx.peer(), %ended, "connection ended");
    client.cx.set_closed();
    client.streams.end_all(&ended);
    if !client.session.is_authenticated() {
        // The handler has never heard of it.
        return ended;
    }
    client.handler.clone().closed(client.cx.clone()).await;
    if !client.calls.tasks.is_empty() {
        // They run to their end, as in libvirt's daemons; what they create meanwhile is cleaned up after them.
        while client.calls.tasks.join_next().await.is_some() {}
        client.handler.clone().closed(client.cx.clone()).await;
    }
    ended
}

/// One client, as its task has it.
struct Client<H: ?Sized> {
    session: ServerSession,
    streams: StreamTable<StreamId>,
    pipes: Pipes,
    limits: Limits,
    handler: Arc<H>,
    cx: CallContext,
    calls: Calls,
    /// What handlers have the client told.
    notices: Mailbox<OutgoingNotice>,
    /// The socket, where it carries descriptors.
    line: Option<Line>,
    /// Those that go behind replies which have not been handed to the writer.
    passing: HashMap<StreamId, Vec<OwnedFd>>,
    way_in: WayIn,
    /// What this server wants of the connection.
    orders: Mailbox<Order>,
}

/// What a client goes through before it is known.
struct WayIn {
    /// Who decides; `None` while it does, and where nobody asks.
    asking: Option<Asking>,
    /// The call that is being decided about.
    deciding: Option<BoxFuture<'static, (Header, Asking, Verdict)>>,
    until: Instant,
    /// Its place before the door.
    place: Option<Place>,
}

impl WayIn {
    /// The decision about a call, and what it came to; never, while there is none to make. Safe to cancel.
    async fn decided(&mut self) -> (Header, Verdict) {
        let Some(deciding) = &mut self.deciding else { return std::future::pending().await };
        let (header, asking, verdict) = deciding.await;
        self.deciding = None;
        self.asking = Some(asking);
        (header, verdict)
    }
}

impl<H: Handler + ?Sized> Client<H> {
    /// The conversation: the session decides, this loop reads, writes, waits and starts handlers.
    async fn converse<R, W>(&mut self, reader: R, writer: W) -> Result<Ended, Ended>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut frames = FrameReader::new(reader, self.line.clone());
        let mut writer = FrameWriter::new(writer, self.line.clone())
            // As towards libvirtd, which loses what shares a record; libvirt's clients are not trusted to do better.
            .apart(self.cx.identity().transport == PeerTransport::Tls);
        let (mut alarm, mut patience) = (Alarm::default(), Alarm::default());
        let mut is_known = self.session.is_authenticated();
        if is_known {
            self.cx.set_known(None);
            self.way_in.place = None;
        } else {
            frames.set_frame_bytes_max(ANONYMOUS_FRAME_BYTES_MAX);
        }
        let mut in_a_row = 0;
        if self.line.is_some() {
            self.session.carry_descriptors();
        }
        loop {
            loop {
                while writer.len() < OUT_BYTES_MAX {
                    let Some(frame) = self.session.poll_transmit() else { break };
                    let fds = self.behind(&frame);
                    writer.push(frame);
                    writer.push_descriptors(fds);
                }
                if !self.streams.send(&mut self.session, &mut writer, |_, _| {}) {
                    break;
                }
            }
            if writer.is_empty() && self.session.is_finished() {
                // A client that takes nothing more is not waited for: it has said goodbye.
                return match tokio::time::timeout(GOODBYE_WITHIN, writer.shutdown()).await {
                    Ok(shut) => shut.map(|()| Ended::Closed).map_err(Ended::from),
                    Err(_) => Err(Ended::Gone),
                };
            }
            // What there is goes out at once. Where the socket does not take it, and for streams after some packets, writing has its turn
            // among the others.
            if !writer.is_empty()
                && in_a_row < WRITES_IN_A_ROW
                && writer.try_write().await.map_err(unwritten)?
            {
                in_a_row += 1;
                continue;
            }
            in_a_row = 0;
            let reads = self.may_read();
            if !reads {
                self.session.not_reading(now());
            }
            let until = self.way_in.until.into_std();
            // Every branch is safe to cancel, and reading never waits for writing.
            tokio::select! {
                wrote = writer.write_some(), if !writer.is_empty() => wrote.map_err(unwritten)?,
                frame = frames.next(), if reads => {
                    // With it all that came in the same read.
                    let (now, mut next) = (now(), Some(frame?.ok_or(Ended::Gone)?));
                    while let Some(Received { frame, mut fds }) = next {
                        self.session.handle_frame(now, frame)?;
                        poll_fn(|task| Poll::Ready(self.take_events(task, std::mem::take(&mut fds)))).await?;
                        next = if self.may_read() { frames.at_once().await? } else { None };
                    }
                }
                (header, verdict) = self.way_in.decided(), if !is_known => {
                    self.let_in(&header, verdict);
                    is_known = self.session.is_authenticated();
                    if is_known {
                        frames.set_frame_bytes_max(FRAME_BYTES_MAX);
                    }
                }
                () = patience.at(Some(until)), if !is_known => return Err(Ended::Unknown),
                order = self.orders.next() => match order {
                    Order::Finish => self.session.wind_up(),
                    Order::Leave => return Err(Ended::SentAway),
                },
                Some((header, answer)) = self.calls.ended() => {
                    self.answer(&header, answer)?;
                    // The turn of a call that waited may have come.
                    poll_fn(|task| Poll::Ready(self.take_events(task, Vec::new()))).await?;
                }
                key = self.streams.word() => self.streams.attend(key, &mut self.session),
                notice = self.notices.next() => self.tell(notice)?,
                () = self.cx.overrun() => return Err(Ended::Slow),
                () = alarm.at(self.session.poll_timeout()) => {
                    let now = now();
                    if writer.take_progress() {
                        self.session.progressed(now);
                    }
                    self.session.handle_timeout(now)?;
                }
            }
        }
    }

    /// Has a call of the way in decided about. The session hands out one at a time.
    fn decide(&mut self, called: Called) {
        let header = called.header;
        let Some(asking) = self.way_in.asking.take() else {
            return self.session.reply(&header, Err(RemoteError::auth_failed()));
        };
        if let Some(within) = asking.person_within() {
            self.way_in.until = self.way_in.until.max(Instant::now() + within);
        }
        let peer = self.cx.peer().to_owned();
        self.way_in.deciding = Some(Box::pin(async move {
            let (asking, verdict) = asking.answer(called, peer).await;
            (header, asking, verdict)
        }));
    }

    fn let_in(&mut self, header: &Header, verdict: Verdict) {
        match verdict {
            Verdict::Goes(answer) => self.session.reply(header, answer),
            Verdict::Known(answer, user) => {
                self.session.reply(header, answer);
                self.session.authenticated();
                self.cx.set_known(user);
                self.way_in.place = None;
            }
            Verdict::Enough(answer) => {
                self.session.reply(header, answer);
                self.session.hang_up();
            }
        }
    }

    fn may_read(&self) -> bool {
        self.session.can_receive() && self.streams.has_room()
    }

    /// Does what a frame or an answer has led to. A frame may have come with these descriptors: those that nobody takes are closed.
    fn take_events(&mut self, task: &mut Context<'_>, mut fds: Vec<OwnedFd>) -> Result<(), QueueFull> {
        while let Some(event) = self.session.poll_event() {
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
        Ok(())
    }

    /// The descriptors that go behind a frame.
    fn behind(&mut self, frame: &[u8]) -> Vec<OwnedFd> {
        if self.passing.is_empty() {
            return Vec::new();
        }
        let header = sealed_header(frame).filter(|header| header.kind() == Ok(MessageKind::ReplyWithFds));
        header.and_then(|header| self.passing.remove(&StreamId::of(&header))).unwrap_or_default()
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
            let pipe = self.pipes.pipe(self.limits.stream_bytes);
            self.streams.insert(StreamId::of(&header), pipe.clone());
            Stream::new(pipe, direction, is_sparse(header.program, header.procedure, &called.payload))
        });
        let cx = self.cx.of_call(CallSlots {
            stream: stream.into(),
            fds: fds.into(),
            reply_fds: Mutex::default(),
        });
        let handler = self.handler.clone();
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
        self.calls.start(task, &header, answering.instrument(span))
    }

    /// Answers a call, after what its handler had the client told before.
    fn answer(&mut self, header: &Header, (answer, fds): Answer) -> Result<(), QueueFull> {
        while let Some(notice) = self.notices.take() {
            self.tell(notice)?;
        }
        let is_good = answer.is_ok();
        match (answer, u32::try_from(fds.len())) {
            (Ok(body), Ok(count @ 1..=DESCRIPTORS_MAX)) if self.line.is_some() => {
                self.session.reply_with_descriptors(header, body, count);
                self.passing.insert(StreamId::of(header), fds);
            }
            (answer, _) => self.session.reply(header, answer),
        }
        match is_good {
            true => self.streams.opened(StreamId::of(header), &mut self.session),
            false => self.streams.not_opened(StreamId::of(header)),
        }
        Ok(())
    }

    fn tell(&mut self, notice: OutgoingNotice) -> Result<(), QueueFull> {
        self.session.notify(notice.program, notice.number, notice.body)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::pin::Pin;

    use tokio::io::AsyncWriteExt;
    use virtwire_protocol::header::Serial;
    use virtwire_protocol::program::{ProcedureNumber, Program};

    use super::super::ConnectionId;
    use super::super::clients::Clients;
    use super::super::door::Door;
    use super::super::identity::Identity;
    use super::super::metrics::Metrics;
    use super::*;

    struct Nothing;

    impl Handler for Nothing {
        fn call(
            self: Arc<Self>,
            _: CallContext,
            _: Called,
        ) -> BoxFuture<'static, Result<Draft, RemoteError>> {
            Box::pin(async { Err(RemoteError::rpc("no")) })
        }

        fn closed(self: Arc<Self>, _: CallContext) -> BoxFuture<'static, ()> {
            Box::pin(async {})
        }
    }

    /// Takes what is written, and never the end: as TLS does whose peer reads nothing.
    struct Endless;

    impl AsyncWrite for Endless {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    /// How a conversation ends in which a client makes one call, at a door, and stays. Times out after an hour.
    async fn ended(procedure: i32, door: &Door) -> Ended {
        let (reader, mut client) = tokio::io::duplex(1_024);
        let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(procedure), Serial(1));
        client.write_all(&Draft::empty().seal(&header)).await.unwrap();
        let identity = Identity::of(PeerTransport::Inside);
        let entrance = door.meet(&identity, None, false);
        let (id, profile, metrics) = (ConnectionId::next(), Arc::default(), Metrics::default());
        let (cx, notices) =
            CallContext::new(id, "a test".to_owned(), identity, profile, false, None, metrics);
        let (_present, orders) = Arc::new(Clients::default()).enter(&cx);
        let came = (entrance, orders);
        let running = run((reader, Endless), Arc::new(Nothing), cx, notices, came, Limits::default(), None);
        tokio::time::timeout(Duration::from_secs(3_600), running).await.expect("it ends")
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_take_its_goodbye_is_not_waited_for() {
        let ended = ended(2, &Door::default()).await;
        assert!(matches!(ended, Ended::Gone), "{ended:?}");
    }

    /// Half a minute is for programs.
    #[cfg(feature = "polkit")]
    #[tokio::test(start_paused = true)]
    async fn a_client_that_polkit_may_ask_a_person_about_has_longer() {
        let door = Door::default();
        door.set(super::super::Authentication::polkit());
        for (procedure, seconds) in [(66, 30), (70, 300)] {
            let start = Instant::now();
            let ended = ended(procedure, &door).await;
            assert!(matches!(ended, Ended::Unknown), "{ended:?}");
            assert_eq!(start.elapsed().as_secs(), seconds);
        }
    }
}
