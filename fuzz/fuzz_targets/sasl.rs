//! A client that authenticates to a hostile daemon: whatever is said in the places of mechanisms and tokens, it neither panics, nor goes on
//! for ever, nor lets in a daemon that proved nothing.
#![no_main]

mod lab;

use std::sync::Arc;

use arbitrary::Arbitrary;
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use virtwire::client::{Connection, Credentials, OpenOptions};
use virtwire::protocol::frame::{self, Draft};
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::remote::{
    AuthListReply, AuthSaslInitReply, AuthSaslStart, AuthSaslStartReply, AuthSaslStepReply, AuthType,
};

use lab::Lab;

#[derive(Arbitrary, Clone, Debug)]
struct Said {
    complete: bool,
    nil: bool,
    /// Begins as a SCRAM message would, with the client's own nonce.
    with_nonce: bool,
    data: Vec<u8>,
}

#[derive(Arbitrary, Debug)]
struct Script {
    /// None: SCRAM-SHA-1, so that the tokens are looked at.
    mechanisms: Option<Vec<u8>>,
    says: Vec<Said>,
}

fuzz_target!(|script: Script| {
    Lab::of("sasl", |lab| {
        let scram = script.mechanisms.is_none();
        let options = OpenOptions {
            credentials: Some(Arc::new(Credentials::new("fred", "s3cret"))),
            keepalive: None,
            ..OpenOptions::default()
        };
        let client = Connection::open_with(&lab.uri, options);
        let opened = lab.runtime.block_on(lab.play(client, async |stream| play(stream, script).await));
        assert!(!(scram && opened.is_ok()), "a daemon was let in that does not know the password");
    });
});

async fn play(mut stream: UnixStream, script: Script) {
    let (mut received, mut says) = (BytesMut::new(), script.says.into_iter());
    let mut nonce = Vec::new();
    loop {
        let call = match frame::split(&mut received).expect("the client sends frames") {
            Some(call) => call,
            None if stream.read_buf(&mut received).await.unwrap_or(0) == 0 => return,
            None => continue,
        };
        let mut token = |nonce: &[u8]| {
            let said = says.next()?;
            let mut data = if said.with_nonce { [b"r=", nonce].concat() } else { Vec::new() };
            data.extend(said.data.into_iter().take(60_000));
            Some((i32::from(said.complete), i32::from(said.nil), data))
        };
        let reply = match call.header.procedure.0 {
            66 => Draft::encode(&AuthListReply { types: vec![AuthType::Sasl] }),
            67 => {
                let mechanisms = script.mechanisms.clone().unwrap_or_else(|| b"SCRAM-SHA-1".to_vec());
                Draft::encode(&AuthSaslInitReply { mechlist: mechanisms.into() })
            }
            68 => {
                let start: AuthSaslStart =
                    virtwire::xdr::from_slice(&call.payload).expect("arguments of ours");
                let at = start.data.windows(3).position(|bytes| bytes == b",r=").map_or(0, |at| at + 3);
                nonce = start.data[at..].to_vec();
                let Some((complete, nil, data)) = token(&nonce) else { return };
                Draft::encode(&AuthSaslStartReply { complete, nil, data })
            }
            69 => {
                let Some((complete, nil, data)) = token(&nonce) else { return };
                Draft::encode(&AuthSaslStepReply { complete, nil, data })
            }
            1 => Ok(Draft::empty()),
            other => panic!("procedure {other} was not expected"),
        };
        let sealed = reply.expect("within bounds").seal(&call.header.answer(MessageKind::Reply));
        if stream.write_all(&sealed).await.is_err() {
            return;
        }
    }
}
