//! What is long to work on is nobody's to wait for but whose call it is.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{MessageKind, Serial};
use virtwire::protocol::program::Program;
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, CallContext, Handler, Server};

use crate::raw::{Raw, call, code, serve};

/// Whoever has waited for so long has waited in vain.
const PATIENCE: Duration = Duration::from_secs(60);

const DEFINE: i32 = 11;
const HOSTNAME: i32 = 59;
static LARGE: [u8; 100_000] = [0; 100_000];

/// Works on a definition, without a pause, until somebody has been told the host's name, twice.
struct Busy {
    say: Sender<()>,
    said: Mutex<Receiver<()>>,
}

impl Busy {
    fn new() -> Arc<Busy> {
        let (say, said) = channel();
        Arc::new(Busy { say, said: Mutex::new(said) })
    }

    fn compute(&self) -> Result<(), RecvTimeoutError> {
        self.said.lock().unwrap().recv_timeout(PATIENCE)
    }
}

impl Handler for Busy {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        match called.header.procedure.0 {
            HOSTNAME => {
                self.say.send(()).unwrap();
                Box::pin(std::future::ready(Ok(Draft::empty())))
            }
            DEFINE => Box::pin(async move {
                let failed = |_| RemoteError::rpc("nobody else was answered meanwhile");
                self.compute().map_err(failed)?;
                tokio::task::yield_now().await;
                self.compute().map_err(failed)?;
                Ok(Draft::empty())
            }),
            _ => panic!("as it should"),
        }
    }
}

/// On a runtime of a single thread: whatever takes that has everybody stand still.
#[tokio::test]
async fn others_are_answered_while_a_large_call_is_worked_on_and_so_is_its_own_client() {
    let address = serve(Server::shared(Busy::new())).await;
    let (mut busy, mut other) = (Raw::connect(&address).await, Raw::connect(&address).await);
    busy.send(&call(Program::REMOTE, DEFINE, Serial(70), &LARGE)).await;
    other.call(Program::REMOTE, HOSTNAME, &[]).await.unwrap();
    busy.send(&call(Program::REMOTE, HOSTNAME, Serial(71), &[])).await;
    let [first, second] = [busy.next().await.unwrap(), busy.next().await.unwrap()];
    assert_eq!([first.header.serial, second.header.serial], [Serial(71), Serial(70)]);
    assert_eq!(second.header.kind(), Ok(MessageKind::Reply), "{:?}", crate::raw::answer(&second));
}

/// It has an answer, as one of a small call has, and its connection goes on.
#[tokio::test]
async fn a_large_call_whose_handler_panics_fails_alone() {
    let address = serve(Server::shared(Busy::new())).await;
    let mut raw = Raw::connect(&address).await;
    raw.send(&call(Program::REMOTE, 10, Serial(70), &LARGE)).await;
    let failed = RemoteError::decode(&raw.next().await.unwrap().payload).unwrap();
    assert_eq!(failed.message.to_str().unwrap(), "internal error: the handler of this call has failed");
    assert_eq!(code(&raw.call(Program::REMOTE, HOSTNAME, &[]).await), (0, 0));
}
