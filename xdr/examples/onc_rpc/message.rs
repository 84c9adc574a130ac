//! The messages of ONC RPC (RFC 5531, section 9), borrowed from their bytes.

use virtwire_xdr::{Array, Opaque, Plain, Str, enumeration, record, union};

/// An authentication, of which RPC itself knows only the flavor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OpaqueAuth<'a> {
    pub(crate) flavor: Flavor,
    /// At most 400 bytes, by the flavor's own rules.
    pub(crate) body: &'a [u8],
}

/// Numbers are given out as time goes by, and have holes: an unknown one is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Flavor {
    None,
    Sys,
    Short,
    Dh,
    RpcsecGss,
    Unknown(i32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Message<'a> {
    pub(crate) xid: u32,
    pub(crate) body: Body<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Body<'a> {
    Call(Call<'a>),
    Reply(Reply<'a>),
}

/// A call; the procedure's arguments follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Call<'a> {
    /// Always 2.
    pub(crate) rpc_version: u32,
    pub(crate) program: u32,
    pub(crate) version: u32,
    pub(crate) procedure: u32,
    pub(crate) credentials: OpaqueAuth<'a>,
    pub(crate) verifier: OpaqueAuth<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reply<'a> {
    Accepted(Accepted<'a>),
    Denied(Denied),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Accepted<'a> {
    pub(crate) verifier: OpaqueAuth<'a>,
    pub(crate) outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The procedure's result follows.
    Success,
    ProgramMismatch(Versions),
    /// 1 no such program, 3 no such procedure, 4 arguments not understood, 5 the server is at fault.
    Failure(i32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Denied {
    RpcMismatch(Versions),
    Authentication(AuthError),
}

/// Why the authentication was refused; of a dozen reasons, those of any flavor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AuthError {
    BadCredentials,
    RejectedCredentials,
    BadVerifier,
    RejectedVerifier,
    TooWeak,
    Unknown(i32),
}

/// What is supported, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Versions {
    pub(crate) low: u32,
    pub(crate) high: u32,
}

/// What the body of an authentication of flavor SYS holds (RFC 5531, appendix A).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sys<'a> {
    pub(crate) stamp: u32,
    pub(crate) machine: &'a str,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) gids: Vec<u32>,
}

enumeration! {
    "auth_flavor" => Flavor { 0 => None, 1 => Sys, 2 => Short, 3 => Dh, 6 => RpcsecGss }
    "auth_stat" => AuthError {
        1 => BadCredentials,
        2 => RejectedCredentials,
        3 => BadVerifier,
        4 => RejectedVerifier,
        5 => TooWeak,
    }
}

union! {
    "rpc_body" => Body<'de>: i32 { 0 => Call(Plain), 1 => Reply(Plain) }
    "reply_body" => Reply<'de>: i32 { 0 => Accepted(Plain), 1 => Denied(Plain) }
    "reply_data" => Outcome: i32 { 0 => Success, 2 => ProgramMismatch(Plain), default => Failure }
    "rejected_reply" => Denied: i32 { 0 => RpcMismatch(Plain), 1 => Authentication(Plain) }
}

record! {
    "opaque_auth" => OpaqueAuth<'de> { flavor: Plain, body: Opaque<400> }
    "rpc_msg" => Message<'de> { xid: Plain, body: Plain }
    "call_body" => Call<'de> {
        rpc_version: Plain,
        program: Plain,
        version: Plain,
        procedure: Plain,
        credentials: Plain,
        verifier: Plain,
    }
    "accepted_reply" => Accepted<'de> { verifier: Plain, outcome: Plain }
    "mismatch_info" => Versions { low: Plain, high: Plain }
    "authsys_parms" => Sys<'de> { stamp: Plain, machine: Str<255>, uid: Plain, gid: Plain, gids: Array<16> }
}
