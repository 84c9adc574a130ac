//! A daemon that a test plays by hand: it takes one client's calls, and answers them as the test likes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use bytes::BytesMut;
use serde::Serialize;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    AuthList, AuthListReply, AuthType, ConnectSupportsFeature, ConnectSupportsFeatureReply,
};

/// One client's connection, from the daemon's side.
pub(crate) struct Peer<S> {
    pub(crate) socket: S,
    received: BytesMut,
}

/// A daemon that is played to its one client. Where it is.
pub(crate) fn played(play: impl FnOnce(Peer<TcpStream>) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("test+tcp://{}/default", listener.local_addr().unwrap());
    thread::spawn(move || play(Peer::new(listener.accept().unwrap().0)));
    uri
}

impl<S: Read + Write> Peer<S> {
    pub(crate) fn new(socket: S) -> Peer<S> {
        Peer { socket, received: BytesMut::new() }
    }

    /// The next call; `None` once the client has gone.
    pub(crate) fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = frame::split(&mut self.received).unwrap() {
                return Some(frame);
            }
            let mut piece = [0; 4096];
            match self.socket.read(&mut piece) {
                Ok(count @ 1..) => self.received.extend_from_slice(&piece[..count]),
                _ => return None,
            }
        }
    }

    /// Lets everybody in, or whom it knows by `auth`, has no features, and does whatever else it is told.
    pub(crate) fn agree(&mut self, call: &Frame, auth: AuthType) {
        match call.header.procedure {
            AuthList::NUMBER => self.reply(call, &AuthListReply { types: vec![auth] }),
            ConnectSupportsFeature::NUMBER => self.reply(call, &ConnectSupportsFeatureReply::default()),
            _ => self.reply(call, &()),
        }
    }

    pub(crate) fn reply(&mut self, call: &Frame, reply: &impl Serialize) {
        self.send(call, MessageKind::Reply, Draft::encode(reply).unwrap());
    }

    pub(crate) fn fail(&mut self, call: &Frame, error: &RemoteError) {
        self.send(call, MessageKind::ReplyError, error.encode().unwrap());
    }

    /// Whatever else belongs to a call. The client may have left.
    pub(crate) fn send(&mut self, call: &Frame, kind: MessageKind, body: Draft) {
        let _ = self.socket.write_all(&body.seal(&call.header.answer(kind)));
    }
}
