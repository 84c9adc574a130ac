//! What a client and a server tell `tracing`: a story of sessions and calls.

use std::fmt::{self, Display, Formatter};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_core::span::Current;
use virtwire::client::{CallPhase, Connection, Meter, OpenOptions};
use virtwire::protocol::error::{ErrorCode, ErrorDomain, Fate, RemoteError};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::program::Program;
use virtwire::protocol::remote::{
    AuthType, ConnectGetHostname, ConnectGetHostnameReply, ConnectGetUri, ConnectGetUriReply,
};
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, CallContext, Handler, Listener, Server};

use crate::opening::peer::{Peer, Place};
use crate::raw::{Raw, serve_at};

#[tokio::test]
async fn a_call_is_told_within_its_session() {
    let story = Story::of("virtwire::client");
    let _listening = story.listens();
    let place = Place::new().await;
    let opening = place.open("", OpenOptions { keepalive: None, ..OpenOptions::default() });
    let mut peer = place.accept().await;
    let [list, open] = peer.flight(["auth_list", "connect_open"]).await;
    peer.list(&list, &[AuthType::None]).await;
    peer.reply(&open, &()).await;
    let connection = opening.await.unwrap().unwrap();
    let calling = tokio::spawn(connection.call(ConnectGetHostname {}));
    let [call] = peer.flight(["connect_get_hostname"]).await;
    peer.reply(&call, &ConnectGetHostnameReply { hostname: "here".into() }).await;
    calling.await.unwrap().unwrap();
    let told = story.told();
    let within = format!(
        "session{{peer={}}} > call{{procedure=connect_get_hostname, serial={}}}: ",
        connection.uri(),
        call.header.serial.0
    );
    for what in ["call started", "call answered"] {
        let mut lines = told.iter().filter(|line| line.starts_with(&within));
        assert!(lines.any(|line| line.contains(what)), "{within}{what} in {told:#?}");
    }
}

/// The time that a call spent in waiting for its place, and the time that its reply took, for who measures and for who traces.
#[tokio::test(start_paused = true)]
async fn how_long_a_call_waited_is_told_in_both_ways() {
    const SECOND: Duration = Duration::from_secs(1);
    let story = Story::of("virtwire::client");
    let _listening = story.listens();
    let (connection, mut peer, phases) = measured().await;

    let first = tokio::spawn(connection.call(ConnectGetUri {}));
    let [firsts] = peer.flight(["connect_get_uri"]).await;
    let second = tokio::spawn(connection.call(ConnectGetHostname {}));
    tokio::time::sleep(3 * SECOND).await;
    peer.reply(&firsts, &ConnectGetUriReply { uri: "test:///default".into() }).await;
    first.await.unwrap().unwrap();
    let [seconds] = peer.flight(["connect_get_hostname"]).await;
    tokio::time::sleep(2 * SECOND).await;
    peer.reply(&seconds, &ConnectGetHostnameReply { hostname: "here".into() }).await;
    second.await.unwrap().unwrap();

    let phases = phases.lock().unwrap();
    let [started, answered] = phases.split_at(phases.len() - 2).1 else { panic!("{phases:?}") };
    let CallPhase::Started { procedure: "connect_get_hostname", waited, in_flight: 1, .. } = started else {
        panic!("{started:?}")
    };
    let CallPhase::Answered { procedure: "connect_get_hostname", took, failed: false, .. } = answered else {
        panic!("{answered:?}")
    };
    assert!(*waited >= 3 * SECOND && *took >= 2 * SECOND, "{phases:?}");
    let told = story.told();
    for what in
        [format!("call started, waited={waited:?}, in_flight=1"), format!("call answered, took={took:?}")]
    {
        assert!(told.iter().any(|line| line.contains(&what)), "{what} in {told:#?}");
    }
}

/// Whether they were sent or waited for their places, and whether the daemon goes or the runtime does.
#[test]
fn what_becomes_of_calls_that_end_with_their_connection_is_told_in_both_ways() {
    let story = Story::of("virtwire::client");
    let _listening = story.listens();
    for daemon_goes in [true, false] {
        let runtime = runtime_of_one();
        let (told, connection, peer, phases) = runtime.block_on(async {
            let (connection, mut peer, phases) = measured().await;
            phases.lock().unwrap().clear();
            let told = story.told().len();
            let first = tokio::spawn(connection.call(ConnectGetUri {}));
            let [_] = peer.flight(["connect_get_uri"]).await;
            let second = tokio::spawn(connection.call(ConnectGetHostname {}));
            // Now it is asked.
            tokio::task::yield_now().await;
            if daemon_goes {
                drop(peer);
                assert_eq!(first.await.unwrap().unwrap_err().fate(), Fate::Unknown);
                assert_eq!(second.await.unwrap().unwrap_err().fate(), Fate::DidNotRun);
                return (told, connection, None, phases);
            }
            (told, connection, Some(peer), phases)
        });
        drop((runtime, peer));
        let ended = std::mem::take(&mut *phases.lock().unwrap());
        let [
            CallPhase::Started { procedure: "connect_get_uri", .. },
            CallPhase::NotSent { procedure: "connect_get_hostname", .. },
            CallPhase::Lost { procedure: "connect_get_uri", took, .. },
        ] = &ended[..]
        else {
            panic!("{daemon_goes}: {ended:?}")
        };
        let lines = story.told().split_off(told);
        let lost = format!("call lost, took={took:?}");
        for what in ["call not sent, procedure=connect_get_hostname", &lost] {
            assert!(lines.iter().any(|line| line.contains(what)), "{daemon_goes}: {what} in {lines:#?}");
        }
        // What is asked from now on is not sent either.
        let late = runtime_of_one().block_on(connection.call(ConnectGetHostname {})).unwrap_err();
        assert_eq!(late.fate(), Fate::DidNotRun);
        let late = std::mem::take(&mut *phases.lock().unwrap());
        assert!(
            matches!(late[..], [CallPhase::NotSent { procedure: "connect_get_hostname", .. }]),
            "{late:?}"
        );
    }
}

fn runtime_of_one() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A connection with one place for calls, and what its meter is told.
async fn measured() -> (Connection, Peer, Arc<Mutex<Vec<CallPhase>>>) {
    let phases = Arc::new(Mutex::new(Vec::new()));
    let meter: Meter = Arc::new({
        let phases = phases.clone();
        move |phase| phases.lock().unwrap().push(phase)
    });
    let place = Place::new().await;
    let options = OpenOptions { keepalive: None, window: 1, meter: Some(meter), ..OpenOptions::default() };
    let opening = place.open("", options);
    let mut peer = place.accept().await;
    let list = peer.next().await.unwrap();
    peer.list(&list, &[AuthType::None]).await;
    let open = peer.next().await.unwrap();
    peer.reply(&open, &()).await;
    (opening.await.unwrap().unwrap(), peer, phases)
}

/// Answers its name after a while, and nothing else; its URI not after a while either.
struct Curt;

impl Handler for Curt {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            match called.info.name {
                "connect_get_hostname" => tokio::task::yield_now().await,
                "connect_get_uri" => {
                    tokio::task::yield_now().await;
                    return Err(RemoteError::new(ErrorCode::NO_SUPPORT, ErrorDomain::RPC, "no"));
                }
                _ => return Err(RemoteError::rpc("no")),
            }
            Ok(Draft::empty())
        })
    }
}

#[tokio::test]
async fn each_call_of_a_server_has_one_span() {
    let story = Story::of("virtwire::server");
    let _listening = story.listens();
    let mut raw = Raw::connect(&serve_at(Server::new(Curt), Listener::read_only).await).await;
    let peer = raw.stream.local_addr().unwrap();
    let mut expected = Vec::new();
    for (at, (number, name, error)) in [
        (59, "connect_get_hostname", None),
        // Refused by its number: no handler hears of it.
        (12, "domain_destroy", Some(ErrorCode::OPERATION_DENIED)),
        (4, "connect_get_version", Some(ErrorCode::RPC)),
        (110, "connect_get_uri", Some(ErrorCode::NO_SUPPORT)),
        (59, "connect_get_hostname", None),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = raw.call(Program::REMOTE, number, &[0; 24]).await;
        assert_eq!(answer.err().map(|error| error.code), error, "{name}");
        let error = error.map(|code| format!(", error={}", code.0)).unwrap_or_default();
        expected.push(format!("call{{peer={peer}, procedure={name}, serial={}{error}}}", at + 1));
    }
    assert_eq!(story.spans(), expected);
}

/// A proxy's call may be the first that needs its connection, and is over long before that.
#[tokio::test]
async fn a_connection_that_is_opened_in_a_call_outlives_its_span() {
    struct Opens {
        beyond: String,
        kept: Mutex<Option<Connection>>,
    }

    impl Handler for Opens {
        fn call(self: Arc<Self>, _: CallContext, _: Called) -> Answering {
            Box::pin(async move {
                let options = OpenOptions { keepalive: None, ..OpenOptions::default() };
                let opened = Connection::open_with(&self.beyond, options).await.unwrap();
                *self.kept.lock().unwrap() = Some(opened);
                Ok(Draft::empty())
            })
        }
    }

    let story = Story::of("virtwire::");
    let _listening = story.listens();
    let place = Place::new().await;
    let opens = Arc::new(Opens { beyond: place.uri(), kept: Mutex::default() });
    let mut raw = Raw::connect(&serve_at(Server::shared(opens.clone()), |listener| listener).await).await;
    let calling = tokio::spawn(async move { raw.call(Program::REMOTE, 1, &[0; 8]).await });
    let mut peer = place.accept().await;
    let [list, open] = peer.flight(["auth_list", "connect_open"]).await;
    peer.list(&list, &[AuthType::None]).await;
    peer.reply(&open, &()).await;
    calling.await.unwrap().unwrap();

    let is_closed = |name: &str, target: &str| {
        let book = story.book();
        let mut of_it = book
            .spans
            .iter()
            .filter(|span| span.metadata.name() == name && span.metadata.target().starts_with(target));
        let span = of_it.next().unwrap_or_else(|| panic!("no {name} of {target}"));
        assert!(of_it.next().is_none(), "more than one {name} of {target}");
        span.handles == 0
    };
    // It has been answered, and what is left of it goes.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(is_closed("call", "virtwire::server"), "the connection keeps the call's span");
    assert!(!is_closed("session", "virtwire::client"));
    assert_eq!(story.book().follows, [("session", "call")]);
    assert!(opens.kept.lock().unwrap().is_some());
}

/// Whoever embeds the server would else look in vain for why nobody comes in.
#[cfg(feature = "sasl")]
#[tokio::test]
async fn a_server_says_where_passwords_are_asked_for_in_vain() {
    use virtwire::server::{Authentication, Exposure, PasswordFile, Sasl};

    let story = Story::of("virtwire::server");
    let _listening = story.listens();
    let path = std::env::temp_dir().join(format!("virtwire-in-vain-{}.sock", std::process::id()));
    for (address, is_said) in
        [("tcp://127.0.0.1:0".to_owned(), true), (format!("unix:{}", path.display()), false)]
    {
        let listener = Listener::bind(&address.parse().unwrap(), Exposure::LocalOnly).await.unwrap();
        for (authentication, is_said) in [
            (Authentication::none(), false),
            (Authentication::sasl(Sasl::new(PasswordFile::default())), is_said),
        ] {
            listener.set_authentication(authentication);
            let before = story.told().len();
            // It is the first that it does; then it waits for clients.
            let server = Server::new(Curt);
            tokio::select! {
                biased;
                served = server.serve(&listener) => served.unwrap(),
                () = std::future::ready(()) => {}
            }
            let told = story.told().split_off(before).concat();
            assert_eq!(told.contains("over plain TCP"), is_said, "{address}: {told}");
        }
    }
}

/// Or else these tests depend on which of those beside them is first where.
#[test]
fn a_story_has_what_another_thread_was_first_to_tell() {
    let tells = || tracing::trace!(target: "virtwire::client", "here");
    let story = Story::of("virtwire::client");
    let _listening = story.listens();
    std::thread::spawn(tells).join().unwrap();
    tells();
    assert_eq!(story.told(), [": message=here"]);
}

/// Takes down all that is told by one part of the library, with the spans around it.
#[derive(Clone)]
struct Story(&'static str, Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    spans: Vec<Span>,
    entered: Vec<usize>,
    lines: Vec<String>,
    /// Which came of which without being a part of it.
    follows: Vec<(&'static str, &'static str)>,
}

struct Span {
    metadata: &'static Metadata<'static>,
    fields: Fields,
    parent: Option<usize>,
    /// A span is open for as long as somebody has one, or one of a part of it.
    handles: usize,
}

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{{{}}}", self.metadata.name(), self.fields.0.join(", "))
    }
}

impl Story {
    fn of(target: &'static str) -> Story {
        Story(target, Arc::default())
    }

    /// Hears what this thread tells, until the guard goes.
    ///
    /// While there is one subscriber alone, tracing asks the thread that is first at a place in the code whether anybody listens to that, and
    /// believes it for all: of tests beside each other that may be one which has none. Of two subscribers it asks both.
    fn listens(&self) -> DefaultGuard {
        static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));
        LazyLock::force(&ANOTHER);
        tracing::subscriber::set_default(self.clone())
    }

    fn told(&self) -> Vec<String> {
        self.book().lines.clone()
    }

    fn spans(&self) -> Vec<String> {
        self.book().spans.iter().map(Span::to_string).collect()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.1.lock().unwrap()
    }
}

fn at(id: &Id) -> usize {
    id.into_u64() as usize - 1
}

impl Subscriber for Story {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with(self.0)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        let mut book = self.book();
        let contextual = book.entered.last().copied().filter(|_| span.is_contextual());
        let parent = span.parent().map(at).or(contextual);
        if let Some(parent) = parent {
            book.spans[parent].handles += 1;
        }
        book.spans.push(Span { metadata: span.metadata(), fields, parent, handles: 1 });
        Id::from_u64(book.spans.len() as u64)
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.book().spans[at(span)].handles += 1;
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        let mut book = self.book();
        let mut next = Some(at(&span));
        while let Some(closing) = next {
            let Span { handles, parent, .. } = &mut book.spans[closing];
            *handles -= 1;
            next = parent.filter(|_| *handles == 0);
        }
        book.spans[at(&span)].handles == 0
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        values.record(&mut self.book().spans[at(span)].fields);
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut book = self.book();
        let around: Vec<_> = book.entered.iter().map(|at| book.spans[*at].to_string()).collect();
        let line = format!("{}: {}", around.join(" > "), fields.0.join(", "));
        book.lines.push(line);
    }

    fn enter(&self, span: &Id) {
        self.book().entered.push(at(span));
    }

    fn exit(&self, _: &Id) {
        self.book().entered.pop();
    }

    fn current_span(&self) -> Current {
        let book = self.book();
        let Some(at) = book.entered.last() else { return Current::none() };
        Current::new(Id::from_u64(*at as u64 + 1), book.spans[*at].metadata)
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        let mut book = self.book();
        let names = [span, follows].map(|id| book.spans[at(id)].metadata.name());
        book.follows.push(names.into());
    }
}

#[derive(Default)]
struct Fields(Vec<String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push(format!("{}={value:?}", field.name()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push(format!("{}={value}", field.name()));
    }
}
