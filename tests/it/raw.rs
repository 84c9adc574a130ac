//! A client that sends what it is told to, sense or not.

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{Procedure, ProcedureNumber, Program};
use virtwire::protocol::remote::ConnectOpen;
use virtwire::server::{Exposure, Listener, Server};

/// One connection.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
    received: BytesMut,
    serial: u32,
}

/// What a daemon answered: the payload of a good reply, or its error.
pub(crate) type Answer = Result<Vec<u8>, RemoteError>;

impl Raw {
    /// Connects to `HOST:PORT`.
    pub(crate) async fn connect(address: &str) -> Raw {
        Raw::over(TcpStream::connect(address).await.unwrap())
    }

    pub(crate) fn over(stream: TcpStream) -> Raw {
        Raw { stream, received: BytesMut::new(), serial: 0 }
    }

    /// Connects, and opens the hypervisor with these flags.
    pub(crate) async fn open(address: &str, flags: u32) -> Raw {
        let mut raw = Raw::connect(address).await;
        raw.ask(&ConnectOpen { name: Some("".into()), flags }).await.unwrap();
        raw
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next frame; `None` once the daemon has closed.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = frame::split(&mut self.received).unwrap() {
                return Some(frame);
            }
            if self.stream.read_buf(&mut self.received).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// Calls, and waits for the answer; what comes before it is dropped.
    pub(crate) async fn call(&mut self, program: Program, number: i32, payload: &[u8]) -> Answer {
        self.serial += 1;
        let serial = Serial(self.serial);
        self.send(&call(program, number, serial, payload)).await;
        loop {
            let frame = self.next().await.expect("the daemon goes on");
            if frame.header.serial == serial && frame.header.kind() != Ok(MessageKind::Notice) {
                return answer(&frame);
            }
        }
    }

    /// Calls a procedure of the remote program.
    pub(crate) async fn ask<P: Procedure>(&mut self, arguments: &P) -> Answer {
        let payload = virtwire::xdr::to_vec(arguments).unwrap();
        self.call(P::PROGRAM, P::NUMBER.0, &payload).await
    }
}

/// A call as bytes.
pub(crate) fn call(program: Program, number: i32, serial: Serial, payload: &[u8]) -> Vec<u8> {
    let header = Header::new(MessageKind::Call, program, ProcedureNumber(number), serial);
    Draft::raw(payload).unwrap().seal(&header).to_vec()
}

/// A call whose reply nobody waits for.
pub(crate) fn call_of<P: Procedure>(arguments: &P) -> Vec<u8> {
    let payload = virtwire::xdr::to_vec(arguments).unwrap();
    call(P::PROGRAM, P::NUMBER.0, Serial(900), &payload)
}

/// What a frame answers. Whatever a daemon is sent, no handler of ours panics: that would be answered, too.
#[track_caller]
pub(crate) fn answer(frame: &Frame) -> Answer {
    match frame.header.kind() {
        Ok(MessageKind::ReplyError) => {
            let error = RemoteError::decode(&frame.payload).unwrap();
            let text = error.message.to_string_lossy();
            assert!(!text.contains("the handler of this call has failed"), "{:?}", frame.header);
            Err(error)
        }
        _ => Ok(frame.payload.to_vec()),
    }
}

/// Code and domain of an answer; 0 and 0 of a good one.
pub(crate) fn code(answer: &Answer) -> (i32, i32) {
    answer.as_ref().err().map_or((0, 0), |error| (error.code.0, error.domain.0))
}

/// Serves on TCP until the test ends. The address.
pub(crate) async fn serve(server: Server) -> String {
    serve_at(server, |listener| listener).await
}

/// The same, with a listener that has been made something of.
pub(crate) async fn serve_at(server: Server, make: impl FnOnce(Listener) -> Listener) -> String {
    let listener = Listener::bind(&"tcp://127.0.0.1:0".parse().unwrap(), Exposure::LocalOnly).await.unwrap();
    let listener = make(listener);
    let address = listener.address().to_string().replace("tcp://", "");
    tokio::spawn(async move { server.serve(&listener).await });
    address
}
