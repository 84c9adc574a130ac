//! A daemon that a test plays by hand: it takes the calls of one flight, and answers them as the test likes.

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use virtwire::client::{Connection, OpenError, OpenOptions};
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::remote::{
    AuthListReply, AuthType, ConnectDomainEventCallbackRegisterAnyReply, ConnectSupportsFeatureReply,
};

/// The calls that travel together when a connection opens.
pub(crate) const OPENING: [&str; 3] = ["auth_list", "connect_supports_feature", "connect_open"];

/// Where the daemon's clients come from.
pub(crate) struct Place {
    listener: TcpListener,
}

/// One client's connection, from the daemon's side.
pub(crate) struct Peer {
    stream: TcpStream,
    received: BytesMut,
    /// How often the client had to wait for an answer.
    pub(crate) flights: u32,
}

impl Place {
    pub(crate) async fn new() -> Place {
        Place { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    pub(crate) fn uri(&self) -> String {
        format!("test+tcp://{}/default", self.listener.local_addr().unwrap())
    }

    /// A client opens a connection to here.
    pub(crate) fn open(
        &self,
        query: &str,
        options: OpenOptions,
    ) -> JoinHandle<Result<Connection, OpenError>> {
        let uri = self.uri() + query;
        tokio::spawn(async move { Connection::open_with(&uri, options).await })
    }

    pub(crate) async fn accept(&self) -> Peer {
        let (stream, _) = self.listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        Peer { stream, received: BytesMut::new(), flights: 0 }
    }
}

impl Peer {
    /// Waits for these calls, in this order, before any of them is answered. Whoever sends fewer waits for ever.
    pub(crate) async fn flight<const N: usize>(&mut self, names: [&str; N]) -> [Frame; N] {
        let mut frames = Vec::new();
        for name in names {
            let frame = self.next().await.unwrap_or_else(|| panic!("the client left before {name}"));
            let Frame { header, .. } = &frame;
            let called = header.program.procedure(header.procedure).map(|info| info.name);
            assert_eq!(called, Some(name));
            frames.push(frame);
        }
        self.flights += 1;
        frames.try_into().unwrap()
    }

    /// The next call, or `None` once the client has closed.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = frame::split(&mut self.received).unwrap() {
                return Some(frame);
            }
            if self.stream.read_buf(&mut self.received).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    pub(crate) async fn reply<R: serde::Serialize>(&mut self, call: &Frame, reply: &R) {
        let sealed = Draft::encode(reply).unwrap().seal(&call.header.answer(MessageKind::Reply));
        self.stream.write_all(&sealed).await.unwrap();
    }

    pub(crate) async fn fail(&mut self, call: &Frame, error: RemoteError) {
        let sealed = error.encode().unwrap().seal(&call.header.answer(MessageKind::ReplyError));
        self.stream.write_all(&sealed).await.unwrap();
    }

    /// Sends a frame that answers nothing.
    pub(crate) async fn send(&mut self, frame: &[u8]) {
        self.stream.write_all(frame).await.unwrap();
    }

    pub(crate) async fn list(&mut self, call: &Frame, types: &[AuthType]) {
        self.reply(call, &AuthListReply { types: types.to_vec() }).await;
    }

    /// Answers the question for feature 10.
    pub(crate) async fn pings(&mut self, call: &Frame, supported: bool) {
        self.reply(call, &ConnectSupportsFeatureReply { supported: i32::from(supported) }).await;
    }

    /// Lets a client in that need not say who it is.
    pub(crate) async fn let_in(&mut self) {
        let [list, pings, open] = self.flight(OPENING).await;
        self.list(&list, &[AuthType::None]).await;
        self.pings(&pings, false).await;
        self.reply(&open, &()).await;
    }

    /// Answers an opening by the question who the client is, and how it is to say so.
    pub(crate) async fn ask_who(&mut self, how: AuthType) {
        let [list, pings, open] = self.flight(OPENING).await;
        self.list(&list, &[how]).await;
        self.refuse(&pings).await;
        self.refuse(&open).await;
    }

    /// Takes a client's registration for one kind of events.
    pub(crate) async fn register(&mut self, callback_id: i32) {
        let [feature] = self.flight(["connect_supports_feature"]).await;
        self.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
        let [register] = self.flight(["connect_domain_event_callback_register_any"]).await;
        self.reply(&register, &ConnectDomainEventCallbackRegisterAnyReply { callback_id }).await;
    }

    /// As a daemon answers whom it does not know.
    pub(crate) async fn refuse(&mut self, call: &Frame) {
        self.fail(call, RemoteError::rpc("authentication required")).await;
    }

    /// As a daemon answers whom it knows and does not let in.
    pub(crate) async fn deny(&mut self, call: &Frame) {
        let detail = "authentication failed";
        self.fail(call, RemoteError::new(ErrorCode::AUTH_FAILED, ErrorDomain::RPC, detail)).await;
    }
}
