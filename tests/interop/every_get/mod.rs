//! Everything of the contract that only looks is asked of a real libvirtd, and its answer decodes to the last byte.
//!
//! The tables say for each procedure whom it is asked with what, and what comes. What a daemon is too old to know, by the
//! contract's own dates, has to be unknown to it.

mod admin;
mod domain;
mod host;
mod network;
mod storage;
mod world;

use std::collections::BTreeSet;

use virtwire::protocol::contract::{self, Message, Visitor};
use virtwire::protocol::message::MessageError;
use virtwire::protocol::program::{
    Procedure, ProcedureInfo, ProcedureKind, ProcedureNumber, Program, ReadOnlyRule, Release,
};
use virtwire::xdr;

use crate::need::need;
use crate::wire::{Frame, OK};
use world::World;

/// Whom to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Driver {
    Qemu,
    Test,
    Admin,
}

/// What comes.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// A reply.
    Answers,
    /// An error of this code and domain, with this in its message.
    Fails(i32, i32, &'static str),
    /// The second from a daemon of this release or a later one, the first from an older one.
    Until(Release, &'static Expected, &'static Expected),
}

/// Makes a question's encoded arguments.
type Arguments = Box<dyn Fn(&World) -> Vec<u8>>;

/// One question.
struct Row {
    program: Program,
    number: ProcedureNumber,
    name: &'static str,
    driver: Driver,
    arguments: Arguments,
    expected: Expected,
}

fn row<P: Procedure>(driver: Driver, arguments: fn(&World) -> P, expected: Expected) -> Row {
    Row {
        program: P::PROGRAM,
        number: P::NUMBER,
        name: P::NAME,
        driver,
        arguments: Box::new(move |world| xdr::to_vec(&arguments(world)).expect("arguments within bounds")),
        expected,
    }
}

/// A reply's payload, decoded strictly: no byte is left over, padding is zero, and the value encodes to the same bytes.
struct Whole<'a>(&'a [u8]);

impl Visitor for Whole<'_> {
    type Output = Result<(), String>;

    fn visit<T: Message>(self, _: &'static str) -> Result<(), String> {
        let value: T = xdr::from_slice(self.0).map_err(|error| error.to_string())?;
        let again = xdr::to_vec(&value).map_err(|error| error.to_string())?;
        if again == self.0 { Ok(()) } else { Err(format!("{:02x?} becomes {again:02x?}", self.0)) }
    }
}

fn rows() -> Vec<Row> {
    let tables = [admin::rows(), domain::rows(), host::rows(), network::rows(), storage::rows()];
    tables.into_iter().flatten().collect()
}

#[test]
fn a_real_libvirtd_answers_every_question() {
    need!(Libvirtd, Namespaces, Qemu, Firewall);
    let mut world = World::new();
    let mut wrong = Vec::new();
    for row in rows() {
        if let Err(error) = ask(&mut world, &row) {
            wrong.push(format!("{} {} of {:?}: {error}", row.program, row.name, row.driver));
        }
    }
    assert!(wrong.is_empty(), "libvirt {}:\n{}", world.release(), wrong.join("\n"));
}

fn ask(world: &mut World, row: &Row) -> Result<(), String> {
    let arguments = (row.arguments)(world);
    let call = Frame::call(row.number.0.cast_unsigned(), 7, &arguments);
    let reply = world.client(row.driver).ask(&Frame { program: row.program.number, ..call });
    let error: Option<MessageError> = match reply.status {
        OK => {
            contract::visit_reply(row.program, row.number, Whole(&reply.payload))
                .expect("a call of the contract")?;
            None
        }
        _ => Some(
            xdr::from_slice(&reply.payload).map_err(|error| format!("its error does not decode: {error}"))?,
        ),
    };
    let is_expected = match (expectation(row, world.release()), &error) {
        (Expected::Answers, None) => true,
        (Expected::Fails(code, domain, text), Some(error)) => {
            let message = error.message.as_ref().map(|message| message.to_string_lossy().into_owned());
            (error.code, error.domain) == (code, domain)
                && message.is_some_and(|message| message.contains(text))
        }
        _ => false,
    };
    if is_expected {
        Ok(())
    } else {
        Err(match error {
            Some(error) => format!("fails with {} of {}, {:?}", error.code, error.domain, error.message),
            None => "answers".to_owned(),
        })
    }
}

/// What the contract's dates and the row lead to.
fn expectation(row: &Row, release: Release) -> Expected {
    let info = row.program.procedure(row.number).expect("a row of the contract");
    if info.since.is_some_and(|since| release < since.earliest) {
        return Expected::Fails(39, 7, "unknown procedure");
    }
    let mut expected = row.expected;
    while let Expected::Until(other, before, from) = expected {
        expected = if release < other { *before } else { *from };
    }
    expected
}

#[test]
fn no_question_is_missing() {
    let asked: BTreeSet<_> = rows().iter().map(|row| (row.program, row.number)).collect();
    let mut missing = Vec::new();
    for program in [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN] {
        for info in program.procedures().iter().filter(|info| looks(program, info)) {
            if !asked.contains(&(program, info.number)) {
                missing.push(format!("{program} {}", info.name));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// Whether a procedure only looks: it is named so, or may be called where only looking is allowed, if perhaps not with all arguments.
fn looks(program: Program, info: &ProcedureInfo) -> bool {
    /// What may be called there and does something all the same: it opens, closes, authenticates or registers, or is the
    /// administration's, which knows no read-only connections.
    const ACTS: [&str; 8] = [
        "connect_open",
        "connect_close",
        "auth_sasl",
        "auth_polkit",
        "register",
        "connect_set",
        "server_set",
        "server_update",
    ];
    const ADMIN_ACTS: [&str; 3] = ["client_close", "connect_daemon_shutdown", "connect_set"];
    let acts = |acts: &[&str]| acts.iter().any(|act| info.name.contains(act));
    let is_named_so = info.name.split('_').any(|word| ["get", "list", "num", "lookup"].contains(&word));
    info.kind == ProcedureKind::Call
        && (is_named_so || info.read_only != ReadOnlyRule::Refused)
        && !acts(&ACTS)
        && !(program == Program::ADMIN && acts(&ADMIN_ACTS))
}
