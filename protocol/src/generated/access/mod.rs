// Made from protocol/x by `cargo run -p virtwire-idl`: change what is there, not this.

//! Which object a call is about, and with which flags.

mod admin;
mod keepalive;
mod lxc;
mod qemu;
mod remote;

use crate::access::Asked;
use crate::program::{ProcedureNumber, Program};

/// What a call asks for; `None` where its number says it all, or is no call's.
pub(crate) fn asked(
    program: Program,
    number: ProcedureNumber,
    payload: &[u8],
) -> Option<Result<Asked<'static>, virtwire_xdr::Error>> {
    match program {
        Program::KEEPALIVE => keepalive::asked(number, payload),
        Program::REMOTE => remote::asked(number, payload),
        Program::QEMU => qemu::asked(number, payload),
        Program::LXC => lxc::asked(number, payload),
        Program::ADMIN => admin::asked(number, payload),
        _ => None,
    }
}
