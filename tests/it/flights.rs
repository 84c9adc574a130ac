//! How often a migration waits for the distance between its hosts and whoever drives it.
//!
//! Nothing is timed. Calls go in flights, and no call of a flight is answered before all of it have been sent: one that needed an answer
//! from its own flight would never come, and one that comes too early is as wrong. So the number of flights is the number of round trips that
//! follow each other, however far the hosts are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use virtwire::client::OpenOptions;
use virtwire::migrate::{Ended, Errand, Fleet, Limits, check_errand};
use virtwire::protocol::migrate::Outcome;

use crate::migration::{Host, NEW, address, age};

/// The calls of a flight to the source, and to the destination.
type Flight = [&'static [i32]; 2];

/// The list of authentications, whether it answers pings, and the open itself.
const OPENING: &[i32] = &[66, 60, 1];
/// The guest by its name, and what decides the version.
const GUEST: &[i32] = &[23, 60, 60, 60];
const FEATURES: &[i32] = &[60, 60, 60];

/// Begin, the guest's state, Prepare, Perform, Finish, Confirm: each needs what the one before has brought. The state is not asked beside
/// Begin, where it could be of a moment before the guest was held; that is one more than the least possible.
const STEPS: [Flight; 6] =
    [[&[302], &[]], [&[212], &[]], [&[], &[303]], [&[305], &[]], [&[], &[306]], [&[307], &[]]];

/// Hosts that report as today's QEMU daemons do: all but version 1.
#[tokio::test]
async fn from_nothing_a_guest_moves_in_eight_flights_of_calls() {
    moves_in([[OPENING, OPENING], [GUEST, FEATURES]].into_iter().chain(STEPS), Some(MIGRATION_V1)).await;
}

/// Version 1 is what such hosts could fall back to: whether the source has it too is one question more.
#[tokio::test]
async fn it_is_nine_between_hosts_that_have_version_1_as_well() {
    let before: [Flight; 3] = [[OPENING, OPENING], [GUEST, FEATURES], [&[60], &[]]];
    moves_in(before.into_iter().chain(STEPS), None).await;
}

/// A look before it: both hosts are opened at once, and the guest is asked for beside what they can do.
#[tokio::test]
async fn a_preflight_has_asked_what_decides_after_two_flights() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let flights = [[OPENING, OPENING], [GUEST, FEATURES]];
    let gate = Arc::new(Gate { rest_goes: true, ..Gate::new(flights.into_iter(), Some(MIGRATION_V1)) });
    let (from, to) = (gate.link(0, &source.uri).await, gate.link(1, &destination.uri).await);
    let looking = check_errand(Errand::new(from, to, "guest"), OpenOptions::default());
    let found = tokio::time::timeout(Duration::from_secs(60), looking).await;
    let gate = gate.state.lock().unwrap();
    assert_eq!((&gate.wrong, gate.flight), (&None, 2), "{:?} are missing", gate.missing);
    let found = found.unwrap_or_else(|_| panic!("a call is not answered"));
    assert!(!found.would_fail() && found.plan.is_some(), "{found:#?}");
}

const MIGRATION_V1: u32 = 1;

/// A guest moves so, between hosts that do not report a feature.
async fn moves_in(flights: impl Iterator<Item = Flight>, hides: Option<u32>) {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let gate = Arc::new(Gate::new(flights, hides));
    let (from, to) = (gate.link(0, &source.uri).await, gate.link(1, &destination.uri).await);
    let fleet = Fleet::new(Limits::default());
    let moving = fleet.run(vec![Errand::new(from, to, "guest")], |_, _| (), |_| ());
    let ends = tokio::time::timeout(Duration::from_secs(60), moving).await;
    let gate = gate.state.lock().unwrap();
    assert_eq!(gate.wrong, None, "in flight {}", gate.flight + 1);
    let ends = ends.unwrap_or_else(|_| {
        panic!("flight {} never comes whole: {:?} are missing", gate.flight + 1, gate.missing)
    });
    assert!(matches!(&ends[0].ended, Ended::Known(Outcome::OnDestination { warning: None, .. })), "{ends:?}");
    assert_eq!(gate.flight, gate.flights.len(), "all have flown");
}

/// Where flights wait until they are whole.
struct Gate {
    state: Mutex<State>,
    /// How many may be answered.
    gone: watch::Sender<usize>,
    /// The feature that is answered with no.
    hides: Option<u32>,
    /// What comes after all of them is nobody's matter.
    rest_goes: bool,
}

struct State {
    flights: Vec<Flight>,
    /// Which one is being made up, from 0.
    flight: usize,
    missing: [Vec<i32>; 2],
    wrong: Option<String>,
}

impl Gate {
    fn new(flights: impl Iterator<Item = Flight>, hides: Option<u32>) -> Gate {
        let flights: Vec<_> = flights.collect();
        let missing = flights[0].map(<[i32]>::to_vec);
        let state = State { flights, flight: 0, missing, wrong: None };
        Gate { state: Mutex::new(state), gone: watch::Sender::new(0), hides, rest_goes: false }
    }

    /// A way to a host through this gate.
    async fn link(self: &Arc<Gate>, host: usize, uri: &str) -> String {
        let server = address(uri).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let gate = self.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                let ((calls, replies), (answers, asked)) = (client.into_split(), server.into_split());
                let flown = Flown::default();
                tokio::spawn(out(gate.clone(), host, flown.clone(), calls, asked));
                tokio::spawn(back(gate.clone(), flown, answers, replies));
            }
        });
        format!("mem+tcp://{address}/default")
    }

    /// A call comes. The flight that it belongs to; `None` where it may go and be answered at any time.
    fn comes(&self, host: usize, procedure: i32) -> Option<usize> {
        let mut state = self.state.lock().unwrap();
        let flight = state.flight;
        if let Some(at) = state.missing[host].iter().position(|missing| *missing == procedure) {
            state.missing[host].swap_remove(at);
            if state.missing.iter().all(Vec::is_empty) {
                state.flight += 1;
                let next = state.flights.get(state.flight).copied().unwrap_or_default();
                state.missing = next.map(<[i32]>::to_vec);
                self.gone.send_replace(state.flight);
            }
            return Some(flight);
        }
        // How far Perform is, is asked while it is waited for, and who a host is beside the steps; and nobody waits for a goodbye.
        let is_rest = self.rest_goes && flight == state.flights.len();
        if !is_rest && !matches!(procedure, 163 | 298 | 59 | 7 | 2) {
            let told = format!("call {procedure} to host {host}; {:?} are missing", state.missing);
            state.wrong.get_or_insert(told);
        }
        None
    }
}

/// The calls of a connection that are not answered yet, by their serials: the flight of each, and whether it asks for what is hidden.
type Flown = Arc<Mutex<HashMap<u32, (usize, bool)>>>;

/// Calls go at once.
async fn out(gate: Arc<Gate>, host: usize, flown: Flown, mut calls: OwnedReadHalf, mut to: OwnedWriteHalf) {
    while let Some(frame) = Frame::read(&mut calls).await {
        if frame.is_remote(CALL)
            && let Some(flight) = gate.comes(host, frame.word(PROCEDURE).cast_signed())
        {
            let hidden = frame.word(PROCEDURE) == 60 && gate.hides == Some(frame.word(PAYLOAD));
            flown.lock().unwrap().insert(frame.word(SERIAL), (flight, hidden));
        }
        if to.write_all(&frame.0).await.is_err() {
            return;
        }
    }
}

/// Their answers come when all of the flight have gone.
async fn back(gate: Arc<Gate>, flown: Flown, mut answers: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let mut gone = gate.gone.subscribe();
    while let Some(mut frame) = Frame::read(&mut answers).await {
        let call = match frame.is_remote(REPLY) {
            true => flown.lock().unwrap().remove(&frame.word(SERIAL)),
            false => None,
        };
        if let Some((flight, hidden)) = call {
            if hidden {
                frame.0[PAYLOAD * 4..].fill(0);
            }
            gone.wait_for(|gone| *gone > flight).await.unwrap();
        }
        if to.write_all(&frame.0).await.is_err() {
            return;
        }
    }
}

struct Frame(Vec<u8>);

const PROGRAM: usize = 1;
const PROCEDURE: usize = 3;
const TYPE: usize = 4;
const SERIAL: usize = 5;
const PAYLOAD: usize = 7;
const CALL: u32 = 0;
const REPLY: u32 = 1;

impl Frame {
    /// `None` at the end.
    async fn read(from: &mut OwnedReadHalf) -> Option<Frame> {
        let len = from.read_u32().await.ok()?;
        let mut frame = vec![0; len as usize];
        frame[..4].copy_from_slice(&len.to_be_bytes());
        from.read_exact(&mut frame[4..]).await.ok()?;
        Some(Frame(frame))
    }

    fn word(&self, at: usize) -> u32 {
        u32::from_be_bytes(self.0[at * 4..][..4].try_into().unwrap())
    }

    fn is_remote(&self, kind: u32) -> bool {
        self.word(PROGRAM) == 0x2000_8086 && self.word(TYPE) == kind
    }
}
