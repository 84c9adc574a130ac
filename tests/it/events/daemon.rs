//! A daemon that opens by itself and leaves the rest to the test: each call is taken, and whatever frames are to be sent
//! are sent, in any order.

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use virtwire::client::{Connection, OpenOptions};
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{Notice, Procedure, ProcedureNumber, Program};
use virtwire::protocol::remote::*;

pub(crate) struct Daemon {
    uri: String,
    calls: mpsc::UnboundedReceiver<Frame>,
    out: mpsc::UnboundedSender<Bytes>,
}

impl Daemon {
    /// One that reports every feature but pings.
    pub(crate) async fn start() -> Daemon {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("test+tcp://{}/default", listener.local_addr().unwrap());
        let (asked, calls) = mpsc::unbounded_channel();
        let (out, mut outgoing) = mpsc::unbounded_channel::<Bytes>();
        tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut received = BytesMut::new();
            loop {
                while let Some(frame) = frame::split(&mut received).unwrap() {
                    match opening(&frame) {
                        Some(reply) => client.write_all(&reply).await.unwrap(),
                        None => drop(asked.send(frame)),
                    }
                }
                tokio::select! {
                    read = client.read_buf(&mut received) => match read {
                        Ok(0) | Err(_) => return,
                        Ok(_) => {}
                    },
                    frame = outgoing.recv() => match frame {
                        Some(frame) => client.write_all(&frame).await.unwrap(),
                        None => return,
                    },
                }
            }
        });
        Daemon { uri, calls, out }
    }

    pub(crate) async fn open(&self) -> Connection {
        self.open_with(OpenOptions::default()).await
    }

    pub(crate) async fn open_with(&self, options: OpenOptions) -> Connection {
        Connection::open_with(&self.uri, options).await.unwrap()
    }

    /// The next call, which must be of this procedure.
    pub(crate) async fn call<P: Procedure>(&mut self) -> (Header, P) {
        let Frame { header, payload } = self.calls.recv().await.unwrap();
        assert_eq!((header.program, header.procedure), (P::PROGRAM, P::NUMBER), "{}", P::NAME);
        (header, virtwire::xdr::from_slice(&payload).unwrap())
    }

    /// Takes a registration and answers it, between other frames.
    pub(crate) async fn register<const B: usize, const A: usize>(
        &mut self,
        before: [Bytes; B],
        callback: i32,
        after: [Bytes; A],
    ) {
        let (header, _) = self.call::<ConnectDomainEventCallbackRegisterAny>().await;
        self.send(before);
        self.send([reply(&header, callback)]);
        self.send(after);
    }

    pub(crate) fn send(&self, frames: impl IntoIterator<Item = Bytes>) {
        frames.into_iter().for_each(|frame| self.out.send(frame).unwrap());
    }

    /// Answers every further call by a rule; a call that it does not know is an unknown procedure.
    pub(crate) fn answer_all(mut self, rule: impl Fn(&Frame) -> Option<Vec<Bytes>> + Send + 'static) {
        tokio::spawn(async move {
            while let Some(call) = self.calls.recv().await {
                let unknown = || {
                    let error = RemoteError::unknown_procedure(call.header.procedure.0).encode().unwrap();
                    vec![error.seal(&call.header.answer(MessageKind::ReplyError)).freeze()]
                };
                self.send(rule(&call).unwrap_or_else(unknown));
            }
        });
    }
}

fn opening(call: &Frame) -> Option<Bytes> {
    let header = &call.header;
    match header.procedure {
        AuthList::NUMBER => Some(sealed(&header.answer(MessageKind::Reply), &[0, 0, 0, 1, 0, 0, 0, 0])),
        ConnectSupportsFeature::NUMBER => Some(reply(header, i32::from(call.payload[3] != 10))),
        ConnectOpen::NUMBER => Some(empty(header)),
        _ => None,
    }
}

pub(crate) fn domain(name: &str) -> Domain {
    Domain { name: name.into(), uuid: [1; 16], id: 1 }
}

pub(crate) fn started(callback_id: i32, name: &str) -> Bytes {
    let msg = DomainEventLifecycle { dom: domain(name), event: 2, detail: 0 };
    event(&DomainEventCallbackLifecycle { callback_id, msg })
}

pub(crate) fn event<N: Notice>(of: &N) -> Bytes {
    notice(N::PROGRAM, N::NUMBER.0, Draft::encode(of).unwrap().payload())
}

pub(crate) fn notice(program: Program, number: i32, payload: &[u8]) -> Bytes {
    sealed(&Header::new(MessageKind::Notice, program, ProcedureNumber(number), Serial(1)), payload)
}

pub(crate) fn reply(header: &Header, word: i32) -> Bytes {
    sealed(&header.answer(MessageKind::Reply), &word.to_be_bytes())
}

pub(crate) fn empty(header: &Header) -> Bytes {
    sealed(&header.answer(MessageKind::Reply), &[])
}

pub(crate) fn sealed(header: &Header, payload: &[u8]) -> Bytes {
    Draft::raw(payload).unwrap().seal(header).freeze()
}
