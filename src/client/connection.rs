//! A connection to a daemon: typed calls, made by many tasks at once.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::pace;
use virtwire_protocol::program::{Procedure, ProcedureNumber, Program};
use virtwire_protocol::remote::{ConnectClose, ConnectSupportsFeature};
use virtwire_protocol::session::client::ClientSession;
use virtwire_protocol::session::keepalive::Pacing;
use virtwire_protocol::session::subscriptions::SubscriberId;

use super::auth::CredentialSource;
use super::error::{CallError, CloseReason, OpenError};
use super::events::Desk;
use super::opening;
use super::task::{Ask, CallAsk, Observer, PassingAsk, StreamAsk, Task};
use super::transport::{self, Socket};
use super::waiting::{Meter, ReplyTo, Waiting};
#[cfg(feature = "fds")]
use crate::shell::line::Line;
use crate::stream::{Pipe, Pipes, StreamTable};
use crate::uri::Uri;

/// How to open a connection, and what its calls may do.
#[derive(Clone)]
pub struct OpenOptions {
    /// Only look: the daemon refuses whatever would change something.
    pub read_only: bool,
    /// Take the common name of a daemon's TLS certificate for its host name where the certificate has no subject alternative names, as
    /// old sites made them. Off by default: a name of that kind was never meant to be a host's alone.
    pub accept_common_name: bool,
    /// Authenticate by SCRAM also where somebody may read along and interfere: over TCP without TLS, through a program (`+ext`), or with
    /// `no_verify`. The password itself stays secret, but whoever reads along can try guesses at it at leisure, and take the
    /// connection over once the daemon knows this client. Off by default, and no parameter of a URI's, which comes from elsewhere.
    pub accept_unprotected: bool,
    /// How long connecting, authenticating and opening may take, all in all. 10 s by default.
    pub open_within: Duration,
    /// Where a user name and a password come from, if the daemon asks for them: [`Credentials`](super::Credentials), or a
    /// function of yours. By default, and where it has none, `auth.conf`; see [`CredentialSource`].
    pub credentials: Option<Arc<dyn CredentialSource>>,
    /// How long a call may take that sets no deadline of its own; `None`, the default, waits for ever. It does not count for calls
    /// that rightly take as long as a guest is big or a disk is slow, such as a Perform, a save or a wipe
    /// ([`pace::is_long`]): those wait for ever unless [`Connection::call_within`] says otherwise.
    pub call_within: Option<Duration>,
    /// Calls that wait for their replies at a time; further ones wait for a place. 4 by default, as libvirt's daemons stop
    /// reading at 5, pings included. From 2 on, the last place is for urgent calls alone ([`pace::is_urgent`]), so that an abort never
    /// waits behind what it is to abort, nor a question behind calls that wait for guests.
    pub window: usize,
    /// Pings, if the daemon reports that it answers them. By default 5 s and 5 pings, so that a dead peer is noticed
    /// in half a minute.
    pub keepalive: Option<Pacing>,
    /// Events that wait for the reader of a subscription; further ones push out the oldest, which are counted and told as
    /// [`Missed::Lagged`](super::Missed::Lagged). 1,024 by default. They are bounded by 8 MiB all the same.
    pub events_max: usize,
    /// Bytes of a stream that wait for its reader; when there are as many, and at most one packet more, the connection reads
    /// nothing until some are read. 1 MiB by default.
    pub stream_bytes_max: usize,
    /// Watches every frame.
    pub observer: Option<Observer>,
    /// Measures every call: how long it waited for a place in the window, and how long its reply took. The same is told to
    /// `tracing`, at level trace.
    pub meter: Option<Meter>,
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions {
            read_only: false,
            accept_common_name: false,
            accept_unprotected: false,
            open_within: Duration::from_secs(10),
            credentials: None,
            call_within: None,
            window: 4,
            keepalive: Some(Pacing::default()),
            events_max: 1_024,
            stream_bytes_max: 1 << 20,
            observer: None,
            meter: None,
        }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("read_only", &self.read_only)
            .field("accept_common_name", &self.accept_common_name)
            .field("accept_unprotected", &self.accept_unprotected)
            .field("open_within", &self.open_within)
            .field("credentials", &self.credentials.is_some())
            .field("call_within", &self.call_within)
            .field("window", &self.window)
            .field("keepalive", &self.keepalive)
            .field("events_max", &self.events_max)
            .field("stream_bytes_max", &self.stream_bytes_max)
            .finish_non_exhaustive()
    }
}

/// An open connection. Cheap to clone; the socket closes when the last clone is dropped, or by [`close`](Self::close).
#[derive(Clone)]
pub struct Connection(Arc<Shared>);

struct Shared {
    uri: Uri,
    options: OpenOptions,
    asks: mpsc::Sender<Ask>,
    urgent: mpsc::Sender<Ask>,
    leaving: mpsc::UnboundedSender<SubscriberId>,
    subscribers: AtomicU64,
    pipes: Pipes,
    /// Whether its socket carries descriptors.
    carries_fds: bool,
    closed: watch::Receiver<Option<CloseReason>>,
    features: Mutex<HashMap<i32, bool>>,
    /// Dropped with the last handle, which tells the task.
    _handle: oneshot::Sender<Infallible>,
}

/// Calls that may wait for a place in the window before their callers have to.
const ASKS_WAITING_MAX: usize = 64;

impl Connection {
    /// Connects to a daemon and opens its hypervisor. The text is a URI, or one of the `uri_aliases` in `libvirt.conf`.
    ///
    /// # Errors
    /// [`OpenError`], with every place that was tried.
    pub async fn open(uri: &str) -> Result<Connection, OpenError> {
        Connection::open_with(uri, OpenOptions::default()).await
    }

    /// The same, with options.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_with(uri: &str, options: OpenOptions) -> Result<Connection, OpenError> {
        Connection::open_uri(transport::resolve(uri)?, options).await
    }

    /// Opens whichever daemon the user means who names none: `LIBVIRT_DEFAULT_URI`, else `uri_default` of `libvirt.conf`, else this
    /// host's daemon and its default driver, whose URI [`uri`](Self::uri) then tells. An empty text in the place of a URI means the
    /// same.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_default() -> Result<Connection, OpenError> {
        Connection::open("").await
    }

    async fn open_uri(uri: Uri, options: OpenOptions) -> Result<Connection, OpenError> {
        opening::open(uri, options).await
    }

    /// The same handle, the only one yet, with another URI if there is one.
    pub(super) fn with_uri(mut self, uri: Option<Uri>) -> Connection {
        if let (Some(uri), Some(shared)) = (uri, Arc::get_mut(&mut self.0)) {
            shared.uri = uri;
        }
        self
    }

    /// Starts the task that owns the socket; nothing is said yet.
    pub(super) fn start(socket: Socket, uri: Uri, options: &OpenOptions) -> Connection {
        let (asks, patient_asks) = mpsc::channel(ASKS_WAITING_MAX);
        let (urgent, urgent_asks) = mpsc::channel(ASKS_WAITING_MAX);
        // Unbounded, as dropping cannot wait; each subscription says one word.
        let (leaving, left) = mpsc::unbounded_channel();
        let (closing, closed) = watch::channel(None);
        let (handle, handles) = oneshot::channel();
        let (streams, pipes) = StreamTable::new();
        let task = Task {
            session: ClientSession::new(options.window),
            asks: patient_asks,
            urgent: urgent_asks,
            waiting: Waiting::new(options.window, options.meter.clone()),
            desk: Desk::default(),
            left,
            streams,
            line: None,
            passing: HashMap::new(),
            handles,
            closed: closing,
            observer: options.observer.clone(),
            frames_apart: socket.frames_apart(),
        };
        let carries_fds = cfg!(feature = "fds") && matches!(socket, Socket::Unix(_));
        match socket {
            Socket::Tcp(stream) => drop(tokio::spawn(task.run(stream.into_split(), ()))),
            #[cfg(feature = "fds")]
            Socket::Unix(stream) => {
                let line = Line::new(stream);
                let mut task = task;
                task.line = Some(line.clone());
                drop(tokio::spawn(task.run((line.clone(), line), ())));
            }
            #[cfg(not(feature = "fds"))]
            Socket::Unix(stream) => drop(tokio::spawn(task.run(stream.into_split(), ()))),
            #[cfg(feature = "tls")]
            Socket::Tls(stream) => drop(tokio::spawn(task.run(tokio::io::split(*stream), ()))),
            #[cfg(feature = "ssh")]
            Socket::Program(transport::ProgramSocket { stream, guard }) => {
                drop(tokio::spawn(task.run(stream.into_split(), guard)));
            }
        }
        let (options, features) = (options.clone(), Mutex::default());
        let subscribers = AtomicU64::new(0);
        let shared = Shared {
            uri,
            options,
            asks,
            urgent,
            leaving,
            subscribers,
            pipes,
            carries_fds,
            closed,
            features,
            _handle: handle,
        };
        Connection(Arc::new(shared))
    }

    /// Where it leads.
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// How it was opened.
    pub fn options(&self) -> &OpenOptions {
        &self.0.options
    }

    /// Calls a procedure and waits for its result, at most as long as [`OpenOptions::call_within`] says, if it is not one that
    /// rightly takes long.
    ///
    /// Cancel-safe: if the future is dropped, no other call is harmed; this one is not sent, or may still run on the peer
    /// and has its reply discarded.
    ///
    /// # Errors
    /// [`CallError`], whose `fate` says whether the call may have run.
    pub fn call<P: Procedure>(
        &self,
        arguments: P,
    ) -> impl Future<Output = Result<P::Reply, CallError>> + Send + use<P> {
        self.call_within(arguments, self.usual_deadline(P::PROGRAM, P::NUMBER))
    }

    /// The deadline of a call that sets none of its own.
    fn usual_deadline(&self, program: Program, number: ProcedureNumber) -> Option<Duration> {
        self.0.options.call_within.filter(|_| !pace::is_long(program, number))
    }

    /// The same with a deadline of its own, whatever the procedure; `None` waits for ever.
    ///
    /// # Errors
    /// [`CallError`], whose `fate` says whether the call may have run.
    pub fn call_within<P: Procedure>(
        &self,
        arguments: P,
        within: Option<Duration>,
    ) -> impl Future<Output = Result<P::Reply, CallError>> + Send + use<P> {
        let connection = self.clone();
        // Encoded here, in the caller's task: the connection's own has enough to do, and the arguments can go.
        let body = Draft::encode(&arguments).map_err(|error| CallError::arguments(P::NAME, &error));
        async move {
            let payload = connection.raw_call(P::PROGRAM, P::NUMBER, P::NAME, body?, within).await?;
            decode_reply::<P>(&payload)
        }
    }

    /// Calls a procedure and returns its result as it came, for who decodes it in place: `virtwire_xdr::from_slice` into a type that
    /// borrows from it. Deadline and cancellation are those of [`call`](Self::call).
    ///
    /// # Errors
    /// [`CallError`], whose `fate` says whether the call may have run.
    pub async fn call_for_payload<P: Procedure>(&self, arguments: P) -> Result<Bytes, CallError> {
        let body = Draft::encode(&arguments).map_err(|error| CallError::arguments(P::NAME, &error))?;
        drop(arguments);
        let within = self.usual_deadline(P::PROGRAM, P::NUMBER);
        self.raw_call(P::PROGRAM, P::NUMBER, P::NAME, body, within).await
    }

    /// Calls a procedure by number with encoded arguments. `name` is for errors.
    pub(super) async fn raw_call(
        &self,
        program: Program,
        number: ProcedureNumber,
        name: &'static str,
        body: Draft,
        within: Option<Duration>,
    ) -> Result<Bytes, CallError> {
        let (reply, answer) = oneshot::channel();
        let ask = Ask::Call(self.call_ask(program, number, name, body, reply));
        self.exchange(name, ask, answer, within).await
    }

    pub(super) fn call_ask(
        &self,
        program: Program,
        number: ProcedureNumber,
        name: &'static str,
        body: Draft,
        reply: ReplyTo,
    ) -> CallAsk {
        let measured = self.0.options.meter.is_some() || tracing::enabled!(tracing::Level::TRACE);
        let (urgent, asked) = (pace::is_urgent(program, number), measured.then(Instant::now));
        CallAsk { program, number, name, body, reply, urgent, asked }
    }

    /// Has the task make a call, and waits for its answer.
    pub(super) async fn exchange(
        &self,
        name: &'static str,
        ask: Ask,
        answer: oneshot::Receiver<Result<Bytes, CallError>>,
        within: Option<Duration>,
    ) -> Result<Bytes, CallError> {
        let patient = matches!(
            &ask,
            Ask::Call(CallAsk { urgent: false, .. })
                | Ask::Stream(StreamAsk { call: CallAsk { urgent: false, .. }, .. })
                | Ask::Passing(PassingAsk { call: CallAsk { urgent: false, .. }, .. })
        );
        let asks = if patient { &self.0.asks } else { &self.0.urgent };
        let exchange = async {
            // The task outlives its handles, and answers every ask that it has taken.
            let gone = |sent| CallError::Closed { procedure: name, reason: CloseReason::Local, sent };
            asks.send(ask).await.map_err(|_| gone(false))?;
            answer.await.map_err(|_| gone(true))?
        };
        match within {
            None => exchange.await,
            Some(within) => match tokio::time::timeout(within, exchange).await {
                Ok(answer) => answer,
                Err(_) => Err(CallError::TimedOut { procedure: name, within }),
            },
        }
    }

    /// Whether the daemon reports a feature (see [`Feature`](virtwire_protocol::profile::Feature)). Asked once: features do not change within a connection.
    ///
    /// # Errors
    /// [`CallError`] of procedure 60. Before the hypervisor is open only feature 10 is answered.
    pub async fn supports(&self, feature: i32) -> Result<bool, CallError> {
        let known = |shared: &Shared| {
            shared.features.lock().unwrap_or_else(PoisonError::into_inner).get(&feature).copied()
        };
        if let Some(supported) = known(&self.0) {
            return Ok(supported);
        }
        let supported = self.call(ConnectSupportsFeature { feature }).await?.supported != 0;
        self.learn(feature, supported);
        Ok(supported)
    }

    /// The daemon has said whether it has a feature.
    pub(super) fn learn(&self, feature: i32, supported: bool) {
        self.0.features.lock().unwrap_or_else(PoisonError::into_inner).insert(feature, supported);
    }

    /// Whether this answer to a procedure of the remote program proves that the daemon has no such procedure and did nothing.
    ///
    /// Daemons of other languages translate "unknown procedure"; then a number that no release has is called once, and
    /// the two answers are compared.
    ///
    /// # Errors
    /// [`CallError`] where that second call got no answer.
    pub async fn is_unsupported(
        &self,
        number: ProcedureNumber,
        error: &RemoteError,
    ) -> Result<bool, CallError> {
        if error.is_unsupported() {
            return Ok(true);
        }
        if !error.may_be_unknown_procedure() {
            return Ok(false);
        }
        match self
            .raw_call(
                Program::REMOTE,
                ProcedureNumber::ABSENT,
                "a procedure that no release has",
                Draft::empty(),
                self.0.options.call_within,
            )
            .await
        {
            Err(CallError::Remote(absent)) => {
                Ok(error.same_refusal(number.0, &absent, ProcedureNumber::ABSENT.0))
            }
            Ok(_) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Hands the task what it is asked; `Err` where it is gone.
    pub(super) async fn ask(&self, ask: Ask) -> Result<(), ()> {
        self.0.urgent.send(ask).await.map_err(drop)
    }

    /// A number for a subscriber, never given twice.
    pub(super) fn next_subscriber(&self) -> SubscriberId {
        SubscriberId(self.0.subscribers.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether file descriptors can be passed: the daemon is at a unix socket, and the feature `fds` is there.
    pub fn carries_fds(&self) -> bool {
        self.0.carries_fds
    }

    /// The pipe of a new stream.
    pub(super) fn pipe(&self) -> Arc<Pipe> {
        self.0.pipes.pipe(self.0.options.stream_bytes_max)
    }

    /// A subscriber has gone.
    pub(super) fn leave(&self, id: SubscriberId) {
        // With the task every subscription is gone.
        let _ = self.0.leaving.send(id);
    }

    /// Why the connection has ended; `None` while it lives.
    pub fn ended(&self) -> Option<CloseReason> {
        self.0.closed.borrow().clone()
    }

    /// Waits until the connection has ended. Cancel-safe.
    pub async fn closed(&self) -> CloseReason {
        let mut closed = self.0.closed.clone();
        let ended = closed.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
        // The task tells before it goes, so one that is gone without a word was ended with its runtime.
        ended.unwrap_or(CloseReason::Local)
    }

    /// Says goodbye: the daemon answers that, sends what it had queued, and closes. Calls that it still works on end unanswered.
    ///
    /// # Errors
    /// [`CallError`] where the goodbye got no answer. The connection is of no use then either.
    pub async fn close(&self) -> Result<(), CallError> {
        match self.call(ConnectClose {}).await {
            // libvirt's helper for SSH ends with the daemon's end of its socket, and may lose the last bytes: closed it is.
            Err(CallError::Closed { reason: CloseReason::Eof, sent: true, .. }) => Ok(()),
            answer => answer,
        }
    }
}

/// The result in a reply. Daemons ignore trailing bytes and the content of padding, so clients of theirs do too.
pub(super) fn decode_reply<P: Procedure>(payload: &[u8]) -> Result<P::Reply, CallError> {
    virtwire_xdr::Options::lenient()
        .from_slice(payload)
        .map_err(|error| CallError::Reply { procedure: P::NAME, error: error.to_string() })
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("uri", &self.0.uri.as_str()).finish_non_exhaustive()
    }
}
