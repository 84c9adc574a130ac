// Made from protocol/x/message.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{FixedOpaque, Optional, Plain, Str, enumeration, record};

use super::super::message::*;

enumeration! {
    "message_type" => MessageType {
        0 => Call,
        1 => Reply,
        2 => Message,
        3 => Stream,
        4 => CallWithFds,
        5 => ReplyWithFds,
        6 => StreamHole,
    }
    "message_status" => MessageStatus { 0 => Ok, 1 => Error, 2 => Continue }
}

record! {
    "message_header" => MessageHeader {
        prog: Plain,
        vers: Plain,
        proc: Plain,
        r#type: Plain,
        serial: Plain,
        status: Plain,
    }
    "message_nonnull_domain" => MessageDomain {
        name: Str<MESSAGE_STRING_MAX>,
        uuid: FixedOpaque<UUID_LEN>,
        id: Plain,
    }
    "message_nonnull_network" => MessageNetwork { name: Str<MESSAGE_STRING_MAX>, uuid: FixedOpaque<UUID_LEN> }
    "message_error" => MessageError {
        code: Plain,
        domain: Plain,
        message: Optional<Str<MESSAGE_STRING_MAX>>,
        level: Plain,
        dom: Optional,
        str1: Optional<Str<MESSAGE_STRING_MAX>>,
        str2: Optional<Str<MESSAGE_STRING_MAX>>,
        str3: Optional<Str<MESSAGE_STRING_MAX>>,
        int1: Plain,
        int2: Plain,
        net: Optional,
    }
    "stream_hole" => StreamHole { length: Plain, flags: Plain }
}
