//! What a client tells `tracing`: a story of sessions and calls.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use virtwire::client::OpenOptions;
use virtwire::protocol::remote::{AuthType, ConnectGetHostname, ConnectGetHostnameReply};

use crate::opening::peer::Place;

#[tokio::test]
async fn a_call_is_told_within_its_session() {
    let story = Story::default();
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

/// Takes down all that is told of clients, with the spans around it.
#[derive(Clone, Default)]
struct Story(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    spans: Vec<String>,
    entered: Vec<usize>,
    lines: Vec<String>,
}

impl Story {
    fn told(&self) -> Vec<String> {
        self.0.lock().unwrap().lines.clone()
    }
}

impl Subscriber for Story {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("virtwire::client")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        let mut book = self.0.lock().unwrap();
        book.spans.push(format!("{}{{{}}}", span.metadata().name(), fields.0.join(", ")));
        Id::from_u64(book.spans.len() as u64)
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut book = self.0.lock().unwrap();
        let around = book.entered.iter().map(|at| book.spans[*at].as_str()).collect::<Vec<_>>().join(" > ");
        let line = format!("{around}: {}", fields.0.join(", "));
        book.lines.push(line);
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().entered.push(span.into_u64() as usize - 1);
    }

    fn exit(&self, _: &Id) {
        self.0.lock().unwrap().entered.pop();
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}
}

#[derive(Default)]
struct Fields(Vec<String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let mut text = String::new();
        write!(text, "{}={value:?}", field.name()).unwrap();
        self.0.push(text);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push(format!("{}={value}", field.name()));
    }
}
