//! Streams: what each end's session makes of every packet, and both ends over a real socket.

mod at_the_client;
mod at_the_server;
mod between_us;
mod early;
mod files;
mod patience;
mod received;
mod recorded;

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Serial, StreamPart};
use virtwire::protocol::message::StreamHole;
use virtwire::protocol::program::{ProcedureNumber, Program};
use virtwire::protocol::remote::{StorageVol, StorageVolDownload, StorageVolUpload};

const UPLOAD: i32 = 208;
const DOWNLOAD: i32 = 209;
const DATA: MessageKind = MessageKind::Stream(StreamPart::Data);
const FINISH: MessageKind = MessageKind::Stream(StreamPart::Finish);
const ABORT: MessageKind = MessageKind::Stream(StreamPart::Abort);

fn header(kind: MessageKind, procedure: i32, serial: u32) -> Header {
    Header::new(kind, Program::REMOTE, ProcedureNumber(procedure), Serial(serial))
}

fn hole(length: i64, flags: u32) -> Vec<u8> {
    virtwire::xdr::to_vec(&StreamHole { length, flags }).unwrap()
}

fn error(text: &str) -> RemoteError {
    RemoteError::new(ErrorCode::RPC, ErrorDomain::STREAMS, text)
}

fn error_payload(text: &str) -> Vec<u8> {
    error(text).encode().unwrap().payload().to_vec()
}

/// The arguments of an upload or a download.
fn arguments(procedure: i32, flags: u32) -> Draft {
    let vol = StorageVol::default();
    match procedure {
        UPLOAD => Draft::encode(&StorageVolUpload { vol, offset: 0, length: 0, flags }),
        DOWNLOAD => Draft::encode(&StorageVolDownload { vol, offset: 0, length: 0, flags }),
        other => panic!("{other}"),
    }
    .unwrap()
}

fn whole(sealed: &[u8]) -> Frame {
    let mut bytes = BytesMut::from(sealed);
    let frame = frame::split(&mut bytes).unwrap().expect("a whole frame");
    assert!(bytes.is_empty());
    frame
}

fn now() -> Instant {
    Instant::now()
}

fn frame_of(header: Header, payload: &[u8]) -> Frame {
    Frame { header, payload: Bytes::copy_from_slice(payload) }
}
