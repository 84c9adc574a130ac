//! A wire tap: sits between a client and a server, passes every byte on, and keeps what it saw.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::wire::{CALL, Frame, REMOTE};

/// Which end of a connection sent something: the one that connected is the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Client,
    Server,
}

/// What went over one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conversation {
    /// Every byte of the client.
    pub(crate) client_bytes: Vec<u8>,
    /// The whole frames of both ends, in the order in which they passed. Empty for a tap of plain bytes.
    pub(crate) frames: Vec<(From, Frame)>,
}

impl Conversation {
    /// The numbers of the remote program's procedures that the client called, in order.
    pub(crate) fn calls(&self) -> Vec<u32> {
        let calls = self
            .frames
            .iter()
            .filter(|(from, frame)| *from == From::Client && frame.kind == CALL && frame.program == REMOTE);
        calls.map(|(_, frame)| frame.procedure).collect()
    }

    /// The only call of a procedure, and the reply to it.
    #[track_caller]
    pub(crate) fn exchange(&self, procedure: u32) -> (&Frame, &Frame) {
        let calls = self.frames.iter().filter(|(from, frame)| {
            *from == From::Client && frame.kind == CALL && frame.procedure == procedure
        });
        let [(_, call)] = calls.collect::<Vec<_>>()[..] else {
            panic!("procedure {procedure} was not called once in {:?}", self.calls())
        };
        let reply = self.frames.iter().find(|(from, frame)| {
            *from == From::Server && frame.procedure == procedure && frame.serial == call.serial
        });
        (call, &reply.expect("a call has its reply").1)
    }
}

/// Listens in place of a server.
#[derive(Debug)]
pub(crate) struct Recorder {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Conversation>>>,
}

/// Whether a tap understands what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carries {
    Bytes,
    Frames,
}

impl Recorder {
    /// A tap on packets, at a port of its own, in front of `server`.
    pub(crate) fn of_frames(server: SocketAddr) -> Recorder {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Recorder::start(listener, server, Carries::Frames)
    }

    /// A tap on plain bytes, at an address the caller chose, in front of a server that need not listen yet.
    pub(crate) fn of_bytes(listener: TcpListener, server: SocketAddr) -> Recorder {
        Recorder::start(listener, server, Carries::Bytes)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connections so far, in the order in which they were made. What an end has received is in here.
    pub(crate) fn conversations(&self) -> Vec<Conversation> {
        lock(&self.seen).clone()
    }

    fn start(listener: TcpListener, server: SocketAddr, carries: Carries) -> Recorder {
        let address = listener.local_addr().expect("a listener has an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let tap = Arc::clone(&seen);
        // Blocked in accept when the test ends; the process ends it.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // A client that finds nobody behind the tap sees its connection closed.
                if let Ok(server) = TcpStream::connect(server) {
                    splice(client, server, carries, &tap);
                }
            }
        });
        Recorder { address, seen }
    }
}

fn splice(client: TcpStream, server: TcpStream, carries: Carries, seen: &Arc<Mutex<Vec<Conversation>>>) {
    let index = {
        let mut seen = lock(seen);
        seen.push(Conversation::default());
        seen.len() - 1
    };
    let duplicate = |stream: &TcpStream| stream.try_clone().expect("a socket can be duplicated");
    let directions = [(From::Client, duplicate(&client), duplicate(&server)), (From::Server, server, client)];
    for (from, source, sink) in directions {
        let seen = Arc::clone(seen);
        thread::spawn(move || pump(from, source, sink, carries, &seen, index));
    }
}

/// Keeps, then passes on: whoever has received a frame finds it in the record.
fn pump(
    from: From,
    mut source: TcpStream,
    mut sink: TcpStream,
    carries: Carries,
    seen: &Mutex<Vec<Conversation>>,
    index: usize,
) {
    let mut chunk = vec![0; 65_536];
    let mut partial = Vec::new();
    while let Ok(read @ 1..) = source.read(&mut chunk) {
        {
            let conversation = &mut lock(seen)[index];
            if from == From::Client {
                conversation.client_bytes.extend_from_slice(&chunk[..read]);
            }
            if carries == Carries::Frames {
                partial.extend_from_slice(&chunk[..read]);
                while let Some(frame) = Frame::take(&mut partial) {
                    conversation.frames.push((from, frame));
                }
            }
        }
        if sink.write_all(&chunk[..read]).is_err() {
            break;
        }
    }
    // The other direction may still have something to say.
    let _ = sink.shutdown(Shutdown::Write);
    let _ = source.shutdown(Shutdown::Read);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
