//! What a client tells `tracing`: a story of sessions and calls.

use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use virtwire::client::{CallPhase, Meter, OpenOptions};
use virtwire::protocol::remote::{
    AuthType, ConnectGetHostname, ConnectGetHostnameReply, ConnectGetUri, ConnectGetUriReply,
};

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

/// The time that a call spent in waiting for its place, and the time that its reply took, for who measures and for who traces.
#[tokio::test(start_paused = true)]
async fn how_long_a_call_waited_is_told_in_both_ways() {
    const SECOND: Duration = Duration::from_secs(1);
    let story = Story::default();
    let _listening = tracing::subscriber::set_default(story.clone());
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
    let connection = opening.await.unwrap().unwrap();

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
