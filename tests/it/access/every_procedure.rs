//! Every procedure of every program, asked by a client that is not known yet, by one that may only look, and by one that may do
//! everything.
//!
//! What is expected is what was measured of libvirt's library, from the facts in `tests/fixtures`, and not this repository's own tables.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::Mem;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::program::{ProcedureKind, Program};
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, CallContext, Handler, Server};

use crate::raw::{Raw, code, serve, serve_at};

/// The programs of a daemon's main sockets, as the facts call them.
const PROGRAMS: [(&str, Program); 3] =
    [("remote", Program::REMOTE), ("qemu", Program::QEMU), ("lxc", Program::LXC)];

/// Zeros: a value of every procedure's arguments, without a flag.
const ZEROS: [u8; 1_024] = [0; 1_024];

/// Answers everything well, and counts. With a client whose open says so, as the hypervisor's service does, it only looks on.
#[derive(Default)]
struct Counts(AtomicUsize);

/// The same for the admin program.
#[derive(Default)]
struct CountsAdmin(Arc<Counts>);

impl Handler for CountsAdmin {
    fn programs(&self) -> &'static [Program] {
        &[Program::ADMIN]
    }

    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        self.0.clone().call(cx, called)
    }
}

impl Handler for Counts {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        self.0.fetch_add(1, Ordering::Relaxed);
        if called.info.name == "connect_open" && called.payload.ends_with(&[1]) {
            cx.set_read_only();
        }
        Box::pin(std::future::ready(Ok(Draft::empty())))
    }
}

/// What libvirt's library lets a read-only connection do, by program and number.
fn measured() -> BTreeMap<(&'static str, i32), String> {
    let facts = include_str!("../../fixtures/facts/access.json");
    let facts: Value = serde_json::from_str(facts).unwrap();
    let mut rules = BTreeMap::new();
    for (name, _) in PROGRAMS {
        for entry in facts["releases"]["11.3.0"][name].as_object().unwrap().values() {
            let number = i32::try_from(entry["number"].as_i64().unwrap()).unwrap();
            rules.insert((name, number), entry["readonly"].as_str().unwrap().to_owned());
        }
    }
    // Newer than the facts, or without a public call to measure; see the tests of the contract.
    for number in [66, 67, 68, 69, 70, 316, 317] {
        rules.insert(("remote", number), "allowed".to_owned());
    }
    rules.insert(("remote", 452), "refused".to_owned());
    rules
}

/// What becomes of every procedure's call: whether the handler has had it, and the error's code and domain.
async fn ask_all(raw: &mut Raw, handler: &Counts) -> BTreeMap<(&'static str, i32), (bool, (i32, i32))> {
    let mut became = BTreeMap::new();
    for (name, program) in PROGRAMS {
        for info in program.procedures() {
            // Closing would end the test; the way in is the session's own affair.
            let own = name == "remote" && [2, 66, 67, 68, 69, 70].contains(&info.number.0);
            if own {
                continue;
            }
            let before = handler.0.load(Ordering::Relaxed);
            let answer = raw.call(program, info.number.0, &ZEROS).await;
            let handled = handler.0.load(Ordering::Relaxed) > before;
            assert_eq!(handled, answer.is_ok(), "{}", info.name);
            became.insert((name, info.number.0), (handled, code(&answer)));
        }
    }
    became
}

#[tokio::test]
async fn a_client_that_may_only_look_reaches_what_libvirt_lets_it_reach() {
    let measured = measured();
    let handler = Arc::new(Counts::default());
    let server = || Server::shared(handler.clone());
    let socket = serve_at(server(), |listener| listener.read_only()).await;
    let (main, open) = (serve(server()).await, 1);
    let (mut at_socket, mut by_flag) = (Raw::open(&socket, 0).await, Raw::open(&main, open).await);
    let became = ask_all(&mut at_socket, &handler).await;
    assert_eq!(became, ask_all(&mut by_flag, &handler).await, "the socket and the open make no difference");
    let (mut refused, mut allowed) = (0, 0);
    for ((name, number), (handled, code)) in became {
        let program = PROGRAMS.iter().find(|(known, _)| *known == name).unwrap().1;
        let info = program.procedures().iter().find(|info| info.number.0 == number).unwrap();
        let expected = match (info.kind, measured.get(&(name, number)).map(String::as_str)) {
            // An event's number is no call's.
            (ProcedureKind::Event, _) => "unknown",
            (_, Some("allowed" | "conditional")) => "allowed",
            // What nobody has measured may not be called.
            (_, Some("refused") | None) => "refused",
            other => panic!("{name} {number}: {other:?}"),
        };
        let found = match (handled, code) {
            (true, (0, 0)) => "allowed",
            (false, (29, _)) => "refused",
            (false, (39, 7)) => "unknown",
            other => panic!("{name} {number}: {other:?}"),
        };
        assert_eq!(found, expected, "{name} {number} {}", info.name);
        refused += usize::from(found == "refused");
        allowed += usize::from(found == "allowed");
    }
    assert!(refused > 190 && allowed > 180, "{refused} refused, {allowed} allowed");
}

#[tokio::test]
async fn a_client_that_may_do_everything_reaches_every_call() {
    let handler = Arc::new(Counts::default());
    let address = serve(Server::shared(handler.clone())).await;
    let mut raw = Raw::open(&address, 0).await;
    for ((name, number), (handled, code)) in ask_all(&mut raw, &handler).await {
        let program = PROGRAMS.iter().find(|(known, _)| *known == name).unwrap().1;
        let info = program.procedures().iter().find(|info| info.number.0 == number).unwrap();
        assert_eq!(handled, info.kind == ProcedureKind::Call, "{}", info.name);
        assert_eq!(code, if handled { (0, 0) } else { (39, 7) }, "{}", info.name);
    }
}

#[cfg(feature = "sasl")]
#[tokio::test]
async fn a_client_that_is_not_known_reaches_nothing() {
    let handler = Arc::new(Counts::default());
    let address = serve_at(Server::shared(handler.clone()), asks).await;
    let mut raw = Raw::connect(&address).await;
    for (name, program) in PROGRAMS {
        for info in program.procedures() {
            let is_way_in = name == "remote" && (66..=70).contains(&info.number.0);
            if is_way_in {
                continue;
            }
            let error = raw.call(program, info.number.0, &ZEROS).await.unwrap_err();
            let expected = match info.kind {
                ProcedureKind::Event => format!("unknown procedure: {}", info.number.0),
                _ => "authentication required".to_owned(),
            };
            let found = (error.code, error.message.to_string_lossy().into_owned());
            assert_eq!(found, (ErrorCode::RPC, expected), "{}", info.name);
        }
    }
    // The ways in, of which this listener has one.
    for (number, expected) in [(66, (0, 0)), (67, (0, 0)), (69, (45, 7)), (70, (1, 7))] {
        assert_eq!(code(&raw.call(Program::REMOTE, number, &ZEROS).await), expected, "{number}");
    }
    assert_eq!(handler.0.load(Ordering::Relaxed), 0);
}

/// Has a listener ask for a password that nobody has.
#[cfg(feature = "sasl")]
fn asks(listener: virtwire::server::Listener) -> virtwire::server::Listener {
    use virtwire::server::{Authentication, PasswordFile, Sasl};
    listener.set_authentication(Authentication::sasl(Sasl::new(PasswordFile::default())));
    listener
}

/// The admin program has sockets of its own, where whoever is let in may do all; and at others it is unknown, as theirs are there.
#[tokio::test]
async fn the_admin_program_is_where_it_is_served_and_nowhere_else() {
    let counts = Arc::new(Counts::default());
    let admin = || Server::new(CountsAdmin(counts.clone()));
    let read_write = serve(admin()).await;
    let read_only = serve_at(admin(), |listener| listener.read_only()).await;
    for address in [read_write, read_only] {
        let mut raw = Raw::connect(&address).await;
        for info in Program::ADMIN.procedures().iter().filter(|info| info.number.0 != 2) {
            let before = counts.0.load(Ordering::Relaxed);
            assert_eq!(code(&raw.call(Program::ADMIN, info.number.0, &ZEROS).await), (0, 0), "{}", info.name);
            assert_eq!(counts.0.load(Ordering::Relaxed), before + 1, "{}", info.name);
        }
        let unknown = raw.call(Program::ADMIN, 21, &[]).await.unwrap_err();
        assert_eq!(unknown.message.to_string_lossy(), "unknown procedure: 21");
        for (_, program) in PROGRAMS {
            let unknown = raw.call(program, 1, &ZEROS).await.unwrap_err();
            let text = format!("Cannot find program {} version 1", program.number);
            assert_eq!(unknown.message.to_string_lossy(), text);
        }
        // A goodbye, as in the remote program.
        raw.call(Program::ADMIN, 2, &[]).await.unwrap();
        assert!(raw.next().await.is_none());
    }
    #[cfg(feature = "sasl")]
    {
        let mut raw = Raw::connect(&serve_at(admin(), asks).await).await;
        for info in Program::ADMIN.procedures() {
            let error = raw.call(Program::ADMIN, info.number.0, &ZEROS).await.unwrap_err();
            assert_eq!(error.message.to_string_lossy(), "authentication required", "{}", info.name);
        }
    }
    let main = serve(Server::new(Counts::default())).await;
    let mut raw = Raw::connect(&main).await;
    for info in Program::ADMIN.procedures() {
        let error = raw.call(Program::ADMIN, info.number.0, &ZEROS).await.unwrap_err();
        assert_eq!(error.message.to_string_lossy(), "Cannot find program 110102160 version 1");
    }
}

/// What is refused by its number is refused before anything else is looked at: whether a hypervisor is open, and the arguments.
#[tokio::test]
async fn a_refusal_comes_before_the_handler_misses_an_open_hypervisor() {
    let service = || Server::new(HypervisorService::new(Mem::default()));
    let address = serve_at(service(), |listener| listener.read_only()).await;
    let mut raw = Raw::connect(&address).await;
    for payload in [&ZEROS[..], &[]] {
        // domain_create, and connect_get_hostname.
        assert_eq!(code(&raw.call(Program::REMOTE, 9, payload).await), (29, 20));
        assert_eq!(code(&raw.call(Program::REMOTE, 59, payload).await), (1, 7));
    }
    let mut raw = Raw::connect(&serve(service()).await).await;
    assert_eq!(code(&raw.call(Program::REMOTE, 9, &ZEROS).await), (1, 7));
}

/// A flag that reveals or does more than looking is refused before the handler, where arguments decide.
#[tokio::test]
async fn a_client_that_may_only_look_is_refused_by_its_flags() {
    let handler = Arc::new(Counts::default());
    let address = serve_at(Server::shared(handler.clone()), |listener| listener.read_only()).await;
    let mut raw = Raw::open(&address, 0).await;
    // An empty name, a UUID, an id; then the flags.
    let with = |flags: u8| [&[0; 4 + 16 + 4 + 3][..], &[flags], &[0; 8]].concat();
    for (number, flags, expected) in [
        (14, 0, 0),
        (14, 1, 29),
        (14, 8, 29),
        (14, 2, 0),
        (200, 8, 29),
        (200, 2, 0),
        (353, 1, 29),
        (353, 2, 0),
    ] {
        let answer = raw.call(Program::REMOTE, number, &with(flags)).await;
        assert_eq!(code(&answer).0, expected, "{number} with {flags}");
    }
    // What does not decode is told so, where it has to be decoded to know.
    let answer = raw.call(Program::REMOTE, 14, &[0; 8]).await;
    assert_eq!(answer.unwrap_err().code, ErrorCode::RPC);
}
