// Made from protocol/x/keepalive.x by `cargo run -p virtwire-idl`: change that, not this.

//! What is known of each procedure, by number.

use crate::contract::procedures;

use super::super::keepalive::*;

procedures! {
    KEEPALIVE = 0x6b656570, 1;
    Event 1 "ping" Ping -> () {  }
    Event 2 "pong" Pong -> () {  }
}
