// Made from protocol/x/message.x by `cargo run -p virtwire-idl`: change that, not this.

//! What every packet looks like, whatever program it belongs to.

use virtwire_xdr::Text;

/// Bytes of the buffer that an encoder starts with. It is doubled until the packet fits or `MESSAGE_MAX`
/// is reached. Not a limit on anything.
pub const MESSAGE_INITIAL: u32 = 65_536;

/// Payload bytes that peers before the 32 MiB limit could take: 256 KiB less the header. Today it is the
/// largest piece that stream data is cut into, so that such a peer can follow.
pub const MESSAGE_LEGACY_PAYLOAD_MAX: u32 = 262_120;

/// Bytes of header and payload together, without the length word. A longer packet ends the connection.
pub const MESSAGE_MAX: u32 = 33_554_432;

/// Bytes of the header: six words.
pub const MESSAGE_HEADER_MAX: u32 = 24;

/// Payload bytes that fit: `MESSAGE_MAX` less `MESSAGE_HEADER_MAX`.
pub const MESSAGE_PAYLOAD_MAX: u32 = 33_554_408;

/// Bytes of the length word in front of the header.
pub const MESSAGE_LEN_MAX: u32 = 4;

/// Bytes of any string inside a message.
pub const MESSAGE_STRING_MAX: u32 = 4_194_304;

/// File descriptors that may accompany one packet. A count above it ends the connection.
pub const MESSAGE_NUM_FDS_MAX: u32 = 32;

/// Bytes of one XDR word, as the length word is one. Equal to `MESSAGE_LEN_MAX`.
pub const MESSAGE_HEADER_XDR_LEN: u32 = 4;

/// Bytes of a UUID, here and in every program.
pub const UUID_LEN: usize = 16;

/// What a packet is for, and with `message_status` what its payload holds.
///
/// ```text
/// type             from              status      payload
/// CALL             client            OK          the procedure's arguments
/// REPLY            server            OK          the procedure's result
/// REPLY            server            ERROR       message_error
/// MESSAGE          server; either    OK          an event; nothing in the keepalive program
/// STREAM           either            CONTINUE    raw bytes, not padded; none: end of data
/// STREAM           either            OK          nothing: finish, or its confirmation
/// STREAM           client            ERROR       nothing: abort
/// STREAM           server            ERROR       message_error: the stream has failed
/// CALL_WITH_FDS    client            OK          one word, how many descriptors; then as CALL
/// REPLY_WITH_FDS   server            OK          one word, how many descriptors; then as REPLY
/// STREAM_HOLE      either            CONTINUE    stream_hole
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// A client asks for a procedure to be run. `MESSAGE_CALL`, 0.
    Call,
    /// A server answers a call; program, version, procedure and serial are those of the call.
    /// `MESSAGE_REPLY`, 1.
    Reply,
    /// Nobody asked and nobody answers: events, and the two procedures of the keepalive program.
    /// `MESSAGE_MESSAGE`, 2.
    Message,
    /// A piece of the stream that a call has opened, or its end; has that call's procedure and serial.
    /// `MESSAGE_STREAM`, 3.
    Stream,
    /// A call with file descriptors behind it. Unix sockets only. `MESSAGE_CALL_WITH_FDS`, 4.
    CallWithFds,
    /// A reply with file descriptors behind it. Unix sockets only; an error is always a plain reply.
    /// `MESSAGE_REPLY_WITH_FDS`, 5.
    ReplyWithFds,
    /// A run of zeros in a stream that was opened as sparse. `MESSAGE_STREAM_HOLE`, 6.
    StreamHole,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// Whether what the packet speaks of went well, failed or goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageStatus {
    /// A call, a successful reply, an event, or the orderly end of a stream. `MESSAGE_OK`, 0.
    Ok,
    /// A failed call, or a stream that has failed or is being aborted. `MESSAGE_ERROR`, 1.
    Error,
    /// More of the stream may follow. `MESSAGE_CONTINUE`, 2.
    Continue,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// The 24 bytes between the length word and the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageHeader {
    /// The program's number.
    pub prog: u32,
    /// The program's version; a server looks for the pair, so that a wrong version is an unknown program.
    pub vers: u32,
    /// The procedure's number. Signed on the wire, although none is negative.
    pub proc: i32,
    /// What the packet is for. Any word decodes; whether it makes sense is for the receiver to say.
    pub r#type: MessageType,
    /// Chosen by the client for a call, counted up from 0, echoed by the reply and worn by every packet
    /// of a stream that the call opens. To be ignored in a packet of type MESSAGE.
    pub serial: u32,
    /// How it went.
    pub status: MessageStatus,
}

/// A domain, as an error once named the one that it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageDomain {
    /// Its name on that host. At most 4,194,304 bytes.
    pub name: Text,
    /// Its UUID.
    pub uuid: [u8; 16],
    /// Its id while it runs, -1 while it does not.
    pub id: i32,
}

/// A network, as an error once named the one that it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageNetwork {
    /// Its name on that host. At most 4,194,304 bytes.
    pub name: Text,
    /// Its UUID.
    pub uuid: [u8; 16],
}

/// Why a call or a stream failed: the payload of a REPLY and of a server's STREAM whose status is ERROR.
///
/// Compare code and domain, never the text: daemons translate it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageError {
    /// What went wrong; 0 is no error, 1 an internal one, 39 a failure of the RPC layer itself.
    pub code: i32,
    /// Which part of the peer says so; 7 is its RPC layer.
    pub domain: i32,
    /// The whole text for people. At most 4,194,304 bytes.
    pub message: Option<Text>,
    /// 1 for a warning, 2 for an error.
    pub level: i32,
    /// Nothing puts anything here any more, and it is to be ignored; but it must decode.
    pub dom: Option<MessageDomain>,
    /// The template of `message` before its details were filled in. At most 4,194,304 bytes.
    pub str1: Option<Text>,
    /// The details alone. At most 4,194,304 bytes.
    pub str2: Option<Text>,
    /// One more text; which depends on the code, and usually there is none. At most 4,194,304 bytes.
    pub str3: Option<Text>,
    /// A number that goes with the code (errno for code 38), or -1.
    pub int1: i32,
    /// One more number, or -1.
    pub int2: i32,
    /// As `dom`: ignored, but must decode.
    pub net: Option<MessageNetwork>,
}

/// The payload of a packet of type STREAM_HOLE: how far a sparse stream jumps ahead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamHole {
    /// Zero bytes that are not sent, more than 0.
    pub length: i64,
    /// None is defined; 0.
    pub flags: u32,
}
