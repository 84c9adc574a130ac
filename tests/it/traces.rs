//! What a client and a server tell `tracing`: a story of sessions and calls.

use std::fmt::{self, Display, Formatter};
use std::sync::{Arc, Mutex, MutexGuard};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_core::span::Current;
use virtwire::client::OpenOptions;
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::program::Program;
use virtwire::protocol::remote::{AuthType, ConnectGetHostname, ConnectGetHostnameReply};
use virtwire::protocol::session::server::Called;
use virtwire::server::{BoxFuture, CallContext, Handler, Listener, Server};

use crate::opening::peer::Place;
use crate::raw::{Raw, serve_at};

#[tokio::test]
async fn a_call_is_told_within_its_session() {
    let story = Story::of("virtwire::client");
    let _listening = tracing::subscriber::set_default(story.clone());
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

/// Answers its name after a while, and nothing else; its URI not after a while either.
struct Curt;

impl Handler for Curt {
    fn call(
        self: Arc<Self>,
        _: CallContext,
        called: Called,
    ) -> BoxFuture<'static, Result<Draft, RemoteError>> {
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

    fn closed(self: Arc<Self>, _: CallContext) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn each_call_of_a_server_has_one_span() {
    let story = Story::of("virtwire::server");
    let _listening = tracing::subscriber::set_default(story.clone());
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

/// Takes down all that is told by one part of the library, with the spans around it.
#[derive(Clone)]
struct Story(&'static str, Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    spans: Vec<Span>,
    entered: Vec<usize>,
    lines: Vec<String>,
}

struct Span {
    metadata: &'static Metadata<'static>,
    fields: Fields,
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
        book.spans.push(Span { metadata: span.metadata(), fields });
        Id::from_u64(book.spans.len() as u64)
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

    fn record_follows_from(&self, _: &Id, _: &Id) {}
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
