// Made from protocol/x by `cargo run -p virtwire-idl`: change what is there, not this.

//! From a program and a procedure's number to what is known of it and to its types.

mod admin;
mod keepalive;
mod lxc;
mod qemu;
mod remote;

use crate::contract::Visitor;
use crate::program::{ProcedureInfo, ProcedureNumber, Program};

/// The procedures of a program, ordered by number; none for a program that is not of the contract.
pub(crate) fn procedures(program: Program) -> &'static [ProcedureInfo] {
    match program {
        Program::KEEPALIVE => keepalive::PROCEDURES,
        Program::REMOTE => remote::PROCEDURES,
        Program::QEMU => qemu::PROCEDURES,
        Program::LXC => lxc::PROCEDURES,
        Program::ADMIN => admin::PROCEDURES,
        _ => &[],
    }
}

/// Shows a visitor the arguments of a call. `None` where there is none of that number.
pub(crate) fn visit_call<V: Visitor>(
    program: Program,
    number: ProcedureNumber,
    visitor: V,
) -> Option<V::Output> {
    match program {
        Program::KEEPALIVE => keepalive::visit_call(number, visitor),
        Program::REMOTE => remote::visit_call(number, visitor),
        Program::QEMU => qemu::visit_call(number, visitor),
        Program::LXC => lxc::visit_call(number, visitor),
        Program::ADMIN => admin::visit_call(number, visitor),
        _ => None,
    }
}

/// Shows a visitor the reply to a call. `None` where there is none of that number.
pub(crate) fn visit_reply<V: Visitor>(
    program: Program,
    number: ProcedureNumber,
    visitor: V,
) -> Option<V::Output> {
    match program {
        Program::KEEPALIVE => keepalive::visit_reply(number, visitor),
        Program::REMOTE => remote::visit_reply(number, visitor),
        Program::QEMU => qemu::visit_reply(number, visitor),
        Program::LXC => lxc::visit_reply(number, visitor),
        Program::ADMIN => admin::visit_reply(number, visitor),
        _ => None,
    }
}

/// Shows a visitor an event. `None` where there is none of that number.
pub(crate) fn visit_notice<V: Visitor>(
    program: Program,
    number: ProcedureNumber,
    visitor: V,
) -> Option<V::Output> {
    match program {
        Program::KEEPALIVE => keepalive::visit_notice(number, visitor),
        Program::REMOTE => remote::visit_notice(number, visitor),
        Program::QEMU => qemu::visit_notice(number, visitor),
        Program::LXC => lxc::visit_notice(number, visitor),
        Program::ADMIN => admin::visit_notice(number, visitor),
        _ => None,
    }
}

/// Whether a payload is what a call takes. `None` where there is none of that number.
pub(crate) fn check_call(
    program: Program,
    number: ProcedureNumber,
    payload: &[u8],
) -> Option<Result<(), virtwire_xdr::Error>> {
    match program {
        Program::KEEPALIVE => keepalive::check_call(number, payload),
        Program::REMOTE => remote::check_call(number, payload),
        Program::QEMU => qemu::check_call(number, payload),
        Program::LXC => lxc::check_call(number, payload),
        Program::ADMIN => admin::check_call(number, payload),
        _ => None,
    }
}
