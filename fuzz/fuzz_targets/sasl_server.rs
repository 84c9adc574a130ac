//! A hostile client that authenticates to a daemon: whatever it says in the places of mechanisms and tokens, and in whichever order, the
//! daemon neither panics nor lets it in, and answers whoever comes after it.
#![no_main]

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use arbitrary::Arbitrary;
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{ProcedureNumber, Program};
use virtwire::protocol::remote::{AuthSaslStart, AuthSaslStartReply, AuthSaslStep};
use virtwire::protocol::session::server::Called;
use virtwire::server::{
    Answering, Authentication, CallContext, Exposure, Handler, Listener, PasswordFile, Sasl, SaslMechanism,
    Server,
};

#[derive(Arbitrary, Debug)]
enum Step {
    /// Asks which mechanisms there are.
    List,
    /// Begins an exchange: by a first message that makes sense but for this, or by these bytes.
    Start { mechanism: u8, whole: bool, said: Vec<u8> },
    /// Goes on: with the daemon's own nonce or without, and something for a proof; or with these bytes.
    Step { whole: bool, nil: bool, said: Vec<u8> },
    /// Any call of the way in, with any arguments.
    Call { procedure: u8, payload: Vec<u8> },
}

struct Lab {
    runtime: Runtime,
    path: PathBuf,
}

thread_local! {
    static LAB: RefCell<Option<Lab>> = const { RefCell::new(None) };
}

fuzz_target!(|steps: Vec<Step>| {
    LAB.with_borrow_mut(|lab| {
        let lab = lab.get_or_insert_with(Lab::new);
        lab.runtime.block_on(async {
            let mut stream = UnixStream::connect(&lab.path).await.expect("the daemon listens");
            let mut nonce = Vec::new();
            for step in steps {
                let (procedure, payload) = step.call(&nonce);
                let Some(reply) = call(&mut stream, procedure, &payload).await else { return };
                if let Some(sent) = nonce_in(&reply) {
                    nonce = sent;
                }
            }
            if let Some(reply) = call(&mut stream, 1, &[0; 8]).await {
                assert_eq!(
                    reply.header.kind(),
                    Ok(MessageKind::ReplyError),
                    "it is let in without the password"
                );
            }
        });
    });
});

impl Step {
    fn call(self, nonce: &[u8]) -> (i32, Vec<u8>) {
        let encode = |data: Vec<u8>| data.into_iter().take(1_000).collect::<Vec<_>>();
        match self {
            Step::List => (67, Vec::new()),
            Step::Start { mechanism, whole, said } => {
                let mechs = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", ""];
                let mech = mechs[usize::from(mechanism) % mechs.len()].into();
                let begin = if whole { &b"n,,n=fred,r=abc"[..] } else { &[] };
                let data = [begin, &encode(said)].concat();
                let start = AuthSaslStart { mech, nil: 0, data };
                (68, virtwire::xdr::to_vec(&start).expect("within bounds"))
            }
            Step::Step { whole, nil, said } => {
                let begin = if whole { [b"c=biws,r=", nonce, b",p="].concat() } else { Vec::new() };
                let step = AuthSaslStep { nil: nil.into(), data: [begin, encode(said)].concat() };
                (69, virtwire::xdr::to_vec(&step).expect("within bounds"))
            }
            Step::Call { procedure, payload } => {
                (66 + i32::from(procedure % 5), payload.into_iter().take(8_000).collect())
            }
        }
    }
}

/// The nonce of a first answer: `r=…,s=…,i=…`.
fn nonce_in(reply: &Frame) -> Option<Vec<u8>> {
    let reply: AuthSaslStartReply = virtwire::xdr::from_slice(&reply.payload).ok()?;
    let rest = reply.data.strip_prefix(b"r=")?;
    Some(rest.split(|byte| *byte == b',').next()?.to_vec())
}

/// The daemon's answer; `None` where it hangs up.
async fn call(stream: &mut UnixStream, procedure: i32, payload: &[u8]) -> Option<Frame> {
    let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(procedure), Serial(1));
    let sealed = Draft::raw(payload).expect("short").seal(&header);
    stream.write_all(&sealed).await.ok()?;
    let mut received = BytesMut::new();
    loop {
        if let Some(frame) = frame::split(&mut received).expect("the daemon sends frames") {
            return Some(frame);
        }
        if stream.read_buf(&mut received).await.ok()? == 0 {
            return None;
        }
    }
}

impl Lab {
    fn new() -> Lab {
        let path = std::env::temp_dir().join(format!("virtwire-fuzz-sasl-server-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut file = PasswordFile::default();
        file.set("fred", "s3cret", &SaslMechanism::ALL).expect("a password");
        let address = format!("unix:{}", path.display()).parse().expect("an address");
        runtime.block_on(async {
            let listener = Listener::bind(&address, Exposure::LocalOnly).await.expect("a socket");
            listener.set_authentication(Authentication::sasl(Sasl::new(file)));
            tokio::spawn(async move { Server::new(Opens).serve(&listener).await });
        });
        Lab { runtime, path }
    }
}

/// Answers whoever has come in.
struct Opens;

impl Handler for Opens {
    fn call(self: Arc<Self>, _: CallContext, _: Called) -> Answering {
        Box::pin(async { Ok(Draft::empty()) })
    }
}
