// Made from protocol/x/qemu.x by `cargo run -p virtwire-idl`: change that, not this.

//! What only a QEMU daemon can be asked, on the same connection as the remote program and in between
//! its calls.

use virtwire_xdr::Text;

use super::remote;

/// Runs a command on the monitor of a domain's QEMU.
///
/// Qemu program, procedure 1; reply [`DomainMonitorCommandReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMonitorCommand {
    /// The domain.
    pub dom: remote::Domain,
    /// A JSON object; or with bit 0 of flags a line for people. At most 4,194,304 bytes.
    pub cmd: Text,
    /// Bit 0 says that the command is for people, and wants such an answer.
    pub flags: u32,
}

/// What [`DomainMonitorCommand`] returns (qemu program, procedure 1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMonitorCommandReply {
    /// QEMU's answer, whether it is an error or not. At most 4,194,304 bytes.
    pub result: Text,
}

/// Takes a QEMU that somebody else has started under the daemon's care. Today's daemons refuse.
///
/// Qemu program, procedure 2; reply [`DomainAttachReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAttach {
    /// Its process on the host.
    pub pid_value: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainAttach`] returns (qemu program, procedure 2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAttachReply {
    /// The domain.
    pub dom: remote::Domain,
}

/// Gives a command to the guest's agent.
///
/// Qemu program, procedure 3; reply [`DomainAgentCommandReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAgentCommand {
    /// The domain.
    pub dom: remote::Domain,
    /// A JSON object. At most 4,194,304 bytes.
    pub cmd: Text,
    /// Seconds to wait; -2 for ever, -1 the default, 0 not at all.
    pub timeout: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainAgentCommand`] returns (qemu program, procedure 3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAgentCommandReply {
    /// The agent's answer, written by the guest. Absent when nobody waited. At most 4,194,304 bytes.
    pub result: Option<Text>,
}

/// Asks for events of QEMU's monitor, of one domain or of all.
///
/// Qemu program, procedure 4; reply [`ConnectDomainMonitorEventRegisterReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainMonitorEventRegister {
    /// The domain; absent means all.
    pub dom: Option<remote::Domain>,
    /// The event's name; absent means all. At most 4,194,304 bytes.
    pub event: Option<Text>,
    /// 1 the name is a regular expression, 2 upper and lower case are the same.
    pub flags: u32,
}

/// What [`ConnectDomainMonitorEventRegister`] returns (qemu program, procedure 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainMonitorEventRegisterReply {
    /// What its events will carry.
    pub callback_id: i32,
}

/// Takes back [`ConnectDomainMonitorEventRegister`].
///
/// Qemu program, procedure 5; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainMonitorEventDeregister {
    /// What it was given.
    pub callback_id: i32,
}

/// The monitor of a domain's QEMU has reported an event.
///
/// Qemu program, event 6.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMonitorEvent {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: remote::Domain,
    /// The event's name. At most 4,194,304 bytes.
    pub event: Text,
    /// When: seconds since 1970.
    pub seconds: i64,
    /// And microseconds.
    pub micros: u32,
    /// A JSON object, for an event that has more to say. At most 4,194,304 bytes.
    pub details: Option<Text>,
}

/// Runs a command on the monitor of a domain's QEMU, with file descriptors both ways. The packets
/// are of types CALL_WITH_FDS and REPLY_WITH_FDS. Otherwise as [`DomainMonitorCommand`].
///
/// Qemu program, procedure 7; reply [`DomainMonitorCommandWithFilesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMonitorCommandWithFiles {
    /// The domain.
    pub dom: remote::Domain,
    /// A JSON object; or with bit 0 of flags a line for people. At most 4,194,304 bytes.
    pub cmd: Text,
    /// Bit 0 says that the command is for people, and wants such an answer.
    pub flags: u32,
}

/// What [`DomainMonitorCommandWithFiles`] returns (qemu program, procedure 7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMonitorCommandWithFilesReply {
    /// QEMU's answer, whether it is an error or not. At most 4,194,304 bytes.
    pub result: Text,
}
