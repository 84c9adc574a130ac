//! A connection to a daemon: typed calls, made by many tasks at once.

use std::fmt;
use std::future::{Future, ready};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tracing::{Instrument, Span};
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::pace;
use virtwire_protocol::program::{Procedure, ProcedureNumber, Program};
use virtwire_protocol::remote::{ConnectClose, ConnectSupportsFeature};
use virtwire_protocol::session::SerialMap;
use virtwire_protocol::session::client::ClientSession;
use virtwire_protocol::session::subscriptions::SubscriberId;

#[cfg(feature = "gssapi")]
use super::ask::SealAsk;
use super::ask::{Ask, CallAsk};
use super::asks::{Asks, Taker};
use super::error::{CallError, CloseReason, OpenError};
use super::events::{Desk, Held};
use super::opening;
use super::options::OpenOptions;
use super::task::Task;
use super::transport::{self, Socket};
use super::waiting::{Answer, Claim, ReplyTo, Waiting, in_time, is_measured, tell_not_sent, unanswered};
use super::way::Way;
#[cfg(feature = "gssapi")]
use crate::shell::layer::Layer;
use crate::shell::line::PASSES_DESCRIPTORS;
use crate::shell::now;
use crate::stream::{Pipe, Pipes};
use crate::uri::Uri;

/// An open connection. Cheap to clone; the socket closes by [`close`](Self::close), or when the last clone is dropped, with the objects,
/// subscriptions and streams that were got from it, which hold one each.
///
/// A task of the runtime on which it was opened reads and writes for it, so with that runtime it ends.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<Shared>,
    /// How long the calls of this handle may take, where it is not the usual.
    within: Option<Option<Duration>>,
}

struct Shared {
    uri: Uri,
    options: OpenOptions,
    asks: Arc<Asks>,
    subscribers: AtomicU64,
    held: Held,
    pipes: Pipes,
    /// Whether its socket carries descriptors.
    carries_fds: AtomicBool,
    /// Few are ever asked for.
    features: Mutex<Vec<(i32, bool)>>,
}

/// The last handle tells the task.
impl Drop for Shared {
    fn drop(&mut self) {
        self.asks.abandon();
    }
}

impl Connection {
    /// Connects to a daemon and opens its hypervisor. The text is a [URI](crate::uri), or one of the `uri_aliases` in `libvirt.conf`.
    ///
    /// # Errors
    /// [`OpenError`], with every place that was tried.
    ///
    /// # Panics
    /// Outside of a tokio runtime that has I/O and time.
    pub async fn open(uri: &str) -> Result<Connection, OpenError> {
        Connection::open_with(uri, OpenOptions::default()).await
    }

    /// The same, with options.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_with(uri: &str, options: OpenOptions) -> Result<Connection, OpenError> {
        Connection::open_uri(transport::resolve(uri).await?, options).await
    }

    /// The URI that a text leads to: its own, an alias's of `libvirt.conf`, or what [`open_default`](Self::open_default) would take. Reads
    /// that file here and now, unless the text is a whole URI.
    ///
    /// # Errors
    /// [`OpenError`] where it leads nowhere.
    ///
    /// # Panics
    /// Outside of a tokio runtime, where the text is no whole URI.
    pub fn resolve(uri: &str) -> Result<Uri, OpenError> {
        transport::resolve_now(uri)
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
        if let (Some(uri), Some(shared)) = (uri, Arc::get_mut(&mut self.shared)) {
            shared.uri = uri;
        }
        self
    }

    /// Starts the task that owns the socket; nothing is said yet.
    pub(super) fn start(socket: Socket, uri: Uri, options: &OpenOptions) -> Connection {
        let asks = Arc::<Asks>::default();
        let (streams, pipes) = Default::default();
        let held = Held::default();
        let task = Task {
            session: ClientSession::new(options.window),
            asks: Taker(asks.clone(), options.meter.clone()),
            waiting: Waiting::new(options.window, options.meter.clone()),
            desk: Desk::new(held.clone(), options.event_bytes_max),
            streams,
            line: None,
            passing: SerialMap::default(),
            observer: options.observer.clone(),
            frames_apart: socket.frames_apart(),
            has_said_goodbye: false,
            #[cfg(feature = "gssapi")]
            seal: None,
        };
        // Whoever opens it may be in the middle of something that is over long before the connection is.
        let session = tracing::debug_span!(parent: None, "session", peer = %uri);
        session.follows_from(Span::current());
        let carries_fds = AtomicBool::new(PASSES_DESCRIPTORS && matches!(socket, Socket::Unix(_)));
        match socket {
            Socket::Tcp(stream) => conduct(session, task.run(stream.into_split(), ready)),
            Socket::Unix(line) => {
                let mut task = task;
                task.line = Some(line.clone());
                conduct(session, task.run((line.clone(), line), ready));
            }
            #[cfg(feature = "tls")]
            Socket::Tls(stream) => conduct(session, task.run(tokio::io::split(*stream), ready)),
            #[cfg(feature = "ssh")]
            Socket::Program(transport::ProgramSocket { stream, guard }) => {
                conduct(session, task.run(stream.into_split(), |reason| guard.last_words(reason)));
            }
        }
        let (options, features) = (options.clone(), Mutex::default());
        let subscribers = AtomicU64::new(0);
        let shared = Shared { uri, options, asks, subscribers, held, pipes, carries_fds, features };
        Connection { shared: Arc::new(shared), within: None }
    }

    /// The same connection through a handle whose calls have this deadline, all of them: also those that rightly take long, and
    /// those of the objects and subscriptions that are got from it. `None` waits for ever. Other handles keep theirs.
    ///
    /// ```no_run
    /// # async fn stop(connection: virtwire::client::Connection) -> Result<(), virtwire::client::CallError> {
    /// use std::time::Duration;
    ///
    /// connection.within(Duration::from_secs(5)).domain("vm1").await?.shutdown().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "it is the handle with the deadline; this one keeps its own"]
    pub fn within(&self, within: impl Into<Option<Duration>>) -> Connection {
        Connection { shared: Arc::clone(&self.shared), within: Some(within.into()) }
    }

    /// Where it leads.
    pub fn uri(&self) -> &Uri {
        &self.shared.uri
    }

    /// How it was opened.
    pub fn options(&self) -> &OpenOptions {
        &self.shared.options
    }

    /// Calls a procedure and waits for its result, at most as long as [`within`](Self::within) says, or else
    /// [`OpenOptions::call_within`], if it is not one that rightly takes long. Two kinds are not made in this way, and refused before
    /// anything is sent: what opens a stream, which the method of its name returns, and what passes file descriptors, for which there
    /// is `call_with_fds`, with the feature `fds`.
    ///
    /// Cancel-safe: if the future is dropped, no other call is harmed; this one is not sent, or may still run on the peer
    /// and has its reply discarded.
    ///
    /// # Errors
    /// [`CallError`], whose `fate` says whether the call may have run.
    ///
    /// # Panics
    /// Outside a tokio runtime, where it has a deadline; nothing is sent then.
    pub fn call<P: Procedure>(
        &self,
        arguments: P,
    ) -> impl Future<Output = Result<P::Reply, CallError>> + Send + use<P> {
        self.call_within(arguments, self.usual_deadline(P::PROGRAM, P::NUMBER))
    }

    /// The deadline of what is more than one call, or none.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.within.unwrap_or(self.shared.options.call_within)
    }

    /// The deadline of a call that sets none of its own.
    pub(super) fn usual_deadline(&self, program: Program, number: ProcedureNumber) -> Option<Duration> {
        self.within.unwrap_or(self.shared.options.call_within.filter(|_| !pace::is_long(program, number)))
    }

    /// The same with a deadline of its own, whatever the procedure; `None` waits for ever. Once sent, a call has its [place](super#the-window) until the
    /// daemon answers, whoever still waits for that.
    ///
    /// # Errors
    /// [`CallError`], whose `fate` says whether the call may have run.
    ///
    /// # Panics
    /// Outside a tokio runtime, where it has a deadline; nothing is sent then.
    pub fn call_within<P: Procedure>(
        &self,
        arguments: P,
        within: Option<Duration>,
    ) -> impl Future<Output = Result<P::Reply, CallError>> + Send + use<P> {
        let connection = self.clone();
        // Encoded here, in the caller's task: the connection's own has enough to do, and the arguments can go.
        let body = Draft::encode_call(&arguments);
        async move {
            let body = body.map_err(|error| CallError::arguments(P::NAME, &error))?;
            let payload = connection.raw_call(P::PROGRAM, P::NUMBER, P::NAME, body, within).await?;
            decode_reply::<P>(&payload)
        }
    }

    /// Calls a procedure and returns its result as it came, for who decodes it in place: `virtwire_xdr::from_slice` into a type that
    /// borrows from it. Deadline and cancellation are those of [`call`](Self::call).
    ///
    /// # Errors
    /// [`CallError`], whose `fate` says whether the call may have run.
    pub async fn call_for_payload<P: Procedure>(&self, arguments: P) -> Result<Bytes, CallError> {
        let body = Draft::encode_call(&arguments).map_err(|error| CallError::arguments(P::NAME, &error))?;
        drop(arguments);
        let within = self.usual_deadline(P::PROGRAM, P::NUMBER);
        self.raw_call(P::PROGRAM, P::NUMBER, P::NAME, body, within).await
    }

    /// Calls a procedure by number with encoded arguments. `name` is for errors.
    pub(super) fn raw_call(
        &self,
        program: Program,
        number: ProcedureNumber,
        name: &'static str,
        body: Draft,
        within: Option<Duration>,
    ) -> impl Future<Output = Result<Bytes, CallError>> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        let timed = match Way::Nothing.leads_to(program, number, name) {
            Ok(()) => self.hand_over(Ask::Call(self.call_ask(program, number, name, body, reply)), within),
            Err(refusal) => {
                let _ = reply.send(Err(refusal));
                None
            }
        };
        wait(name, answer, timed)
    }

    pub(super) fn call_ask(
        &self,
        program: Program,
        number: ProcedureNumber,
        name: &'static str,
        body: Draft,
        reply: ReplyTo,
    ) -> CallAsk {
        let measured = is_measured(self.shared.options.meter.as_ref());
        let (urgency, asked) = (pace::urgency(program, number), measured.then(now));
        CallAsk { program, number, name, body, reply, urgency, asked, claim: None, is_goodbye: false }
    }

    /// Has the task make a call. Its answer is waited for in what this returns, which has no room for the call itself.
    pub(super) fn exchange(
        &self,
        name: &'static str,
        ask: Ask,
        answer: Answer,
        within: Option<Duration>,
    ) -> impl Future<Output = Result<Bytes, CallError>> + Send + use<> {
        let timed = self.hand_over(ask, within);
        wait(name, answer, timed)
    }

    fn hand_over(&self, mut ask: Ask, within: Option<Duration>) -> Option<Timed> {
        let timed = within.map(|within| {
            // A deadline needs the runtime: who calls from outside learns that before anything is asked.
            let _ = Handle::current();
            let claim = Claim::default();
            if let Some(call) = ask.call_mut() {
                call.claim = Some(claim.clone());
            }
            Timed { connection: self.clone(), within, claim }
        });
        self.ask(ask);
        timed
    }

    /// The calls that are out and that nobody waits for any more. The task tells, and waits for nobody.
    async fn given_up(&self) -> Vec<&'static str> {
        let (told, answer) = oneshot::channel();
        self.ask(Ask::GivenUp(told));
        // Of a connection that has ended nothing is told.
        answer.await.unwrap_or_default()
    }

    /// Whether the daemon reports a feature (see [`Feature`](virtwire_protocol::profile::Feature)). Asked once: features do not change within a connection.
    ///
    /// # Errors
    /// [`CallError`] of procedure 60. Before the hypervisor is open only feature 10 is answered.
    pub async fn supports(&self, feature: i32) -> Result<bool, CallError> {
        let known = |shared: &Shared| {
            let features = shared.features.lock().unwrap_or_else(PoisonError::into_inner);
            features.iter().find(|(known, _)| *known == feature).map(|(_, supported)| *supported)
        };
        if let Some(supported) = known(&self.shared) {
            return Ok(supported);
        }
        let supported = self.call(ConnectSupportsFeature { feature }).await?.supported != 0;
        self.learn(feature, supported);
        Ok(supported)
    }

    /// The daemon has said whether it has a feature.
    pub(super) fn learn(&self, feature: i32, supported: bool) {
        let mut features = self.shared.features.lock().unwrap_or_else(PoisonError::into_inner);
        // Another may have asked at the same time.
        if !features.iter().any(|(known, _)| *known == feature) {
            features.push((feature, supported));
        }
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
                self.usual_deadline(Program::REMOTE, ProcedureNumber::ABSENT),
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

    /// Hands the task what it is asked. Whoever waits for that learns why the connection has ended, if it has.
    pub(super) fn ask(&self, ask: Ask) {
        let meter = self.shared.options.meter.as_ref();
        match self.shared.asks.push(ask) {
            Ok(given_up) => {
                for mut ask in given_up {
                    if let Some(call) = ask.call_mut() {
                        tell_not_sent(meter, call.name, call.asked);
                    }
                }
            }
            Err(refused) => {
                let (ask, reason) = *refused;
                ask.refuse(&reason, meter);
            }
        }
    }

    /// Has everything from here on sealed, as the daemon does. Nothing else may be under way.
    #[cfg(feature = "gssapi")]
    pub(super) async fn seal(&self, layer: Layer) -> Result<(), String> {
        let (done, sealed) = oneshot::channel();
        // One that is not taken drops the sender.
        self.ask(Ask::Seal(SealAsk { layer, done }));
        sealed.await.map_err(|_| match self.ended() {
            Some(reason) => format!("nothing more can be said: {reason}"),
            None => "the connection cannot be sealed".to_owned(),
        })
    }

    /// A number for a subscriber, never given twice.
    pub(super) fn next_subscriber(&self) -> SubscriberId {
        SubscriberId(self.shared.subscribers.fetch_add(1, Ordering::Relaxed))
    }

    /// What waits for all subscribers.
    pub(super) fn held(&self) -> Held {
        self.shared.held.clone()
    }

    /// Whether file descriptors can be passed: the daemon is at a unix socket, has not authenticated this client by SASL, and the feature
    /// `fds` is there.
    pub fn carries_fds(&self) -> bool {
        self.shared.carries_fds.load(Ordering::Relaxed)
    }

    /// From here on libvirt's daemons read what comes as SASL does, which loses descriptors and then waits for them.
    pub(super) fn forgo_fds(&self) {
        self.shared.carries_fds.store(false, Ordering::Relaxed);
    }

    /// The pipe of a new stream.
    pub(super) fn pipe(&self) -> Arc<Pipe> {
        self.shared.pipes.pipe(self.shared.options.stream_bytes_max)
    }

    /// A subscriber has gone.
    pub(super) fn leave(&self, id: SubscriberId) {
        // With the connection every subscription is gone.
        self.ask(Ask::Leave(id));
    }

    /// Why the connection has ended; `None` while it lives.
    pub fn ended(&self) -> Option<CloseReason> {
        self.shared.asks.over()
    }

    /// Waits until the connection has ended. Cancel-safe.
    pub async fn closed(&self) -> CloseReason {
        self.shared.asks.ended().await
    }

    /// Says goodbye and closes, whoever else holds a handle: the daemon answers with all that it had queued, and when this returns the
    /// socket is closed. Calls that the daemon still works on end unanswered, and the [reason](Self::ended) is [`Local`](CloseReason::Local),
    /// whichever end closes first.
    ///
    /// An answer is waited for as long as [`within`](Self::within) or [`OpenOptions::call_within`] says, and for 5 s where neither is set;
    /// then the socket is closed all the same. If the future is dropped, the connection lives on, unless the daemon has heard the goodbye.
    ///
    /// # Errors
    /// [`CallError`] where the goodbye got no answer, [`TimedOut`](CallError::TimedOut) if not in time. The socket is closed then, too.
    pub async fn close(&self) -> Result<(), CallError> {
        self.goodbye(ConnectClose {}).await
    }

    /// The same by this program's goodbye.
    pub(super) async fn goodbye<P: Procedure<Reply = ()>>(&self, goodbye: P) -> Result<(), CallError> {
        let usual = || Some(self.shared.options.call_within.unwrap_or(GOODBYE_WITHIN));
        let answer = self.say(&goodbye, self.within.unwrap_or_else(usual)).await;
        self.shared.asks.abandon();
        self.closed().await;
        match answer {
            // Some lose the answer with the socket, as libvirt's helper for SSH, which ends with the daemon's end of its own: closed it is.
            Err(CallError::Closed {
                reason: CloseReason::Local | CloseReason::Program { .. },
                sent: true,
                ..
            }) => Ok(()),
            answer => answer,
        }
    }

    async fn say<P: Procedure<Reply = ()>>(
        &self,
        goodbye: &P,
        within: Option<Duration>,
    ) -> Result<(), CallError> {
        let body = Draft::encode_call(goodbye).map_err(|error| CallError::arguments(P::NAME, &error))?;
        let (reply, answer) = oneshot::channel();
        let call = self.call_ask(P::PROGRAM, P::NUMBER, P::NAME, body, reply);
        let ask = Ask::Call(CallAsk { is_goodbye: true, ..call });
        decode_reply::<P>(&self.exchange(P::NAME, ask, answer, within).await?)
    }
}

/// A deadline, and what tells why it has passed.
struct Timed {
    connection: Connection,
    within: Duration,
    claim: Claim,
}

impl Timed {
    async fn wait(self, name: &'static str, answer: Answer) -> Result<Bytes, CallError> {
        match in_time(name, answer, Some(self.within), self.claim).await {
            Err(CallError::TimedOut { procedure, within, sent: false, .. }) => {
                let given_up = self.connection.given_up().await;
                Err(CallError::TimedOut { procedure, within, sent: false, given_up })
            }
            answered => answered?,
        }
    }
}

/// What becomes of a call.
async fn wait(name: &'static str, answer: Answer, timed: Option<Timed>) -> Result<Bytes, CallError> {
    match timed {
        None => answer.await.unwrap_or_else(|_| Err(unanswered(name, true))),
        // In a box: most calls have no deadline, and all would have the room for it.
        Some(timed) => Box::pin(timed.wait(name, answer)).await,
    }
}

/// How long a goodbye may take for which nothing else is said: it waits for a place behind other calls, and for who reads streams.
const GOODBYE_WITHIN: Duration = Duration::from_secs(5);

/// Has a connection's task run, and all that it traces be of its session.
fn conduct(session: Span, task: impl Future<Output = ()> + Send + 'static) {
    drop(tokio::spawn(task.instrument(session)));
}

/// The result in a reply. Daemons ignore trailing bytes and the content of padding, so clients of theirs do too.
pub(super) fn decode_reply<P: Procedure>(payload: &[u8]) -> Result<P::Reply, CallError> {
    virtwire_xdr::Options::lenient()
        .from_slice(payload)
        .map_err(|error| CallError::Reply { procedure: P::NAME, error: error.to_string() })
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("uri", &self.shared.uri.as_str()).finish_non_exhaustive()
    }
}
