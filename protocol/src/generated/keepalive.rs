// Made from protocol/x/keepalive.x by `cargo run -p virtwire-idl`: change that, not this.

//! How either end finds out that the other is gone.

/// Asks for a sign of life; to be answered with PONG at once.
///
/// Keepalive program, event 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ping;

/// The sign of life. It names no PING and need not be matched with one.
///
/// Keepalive program, event 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pong;
