//! Programs and their procedures: what may be asked, since when, of whom, and by whom.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::access::Right;

/// A program in one of its versions: the first two words after a frame's length.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Program {
    /// The program's number, such as 0x20008086.
    pub number: u32,
    /// Its version; every program of libvirt has only ever had version 1.
    pub version: u32,
}

impl Program {
    /// Everything that `virsh` does: domains, networks, storage, migration.
    pub const REMOTE: Program = Program { number: 0x2000_8086, version: 1 };
    /// QEMU's own: monitor commands and events, the guest agent.
    pub const QEMU: Program = Program { number: 0x2000_8087, version: 1 };
    /// LXC's own: the namespaces of a container.
    pub const LXC: Program = Program { number: 0x0006_8000, version: 1 };
    /// The daemon's administration, on a socket of its own. libvirt calls it private: best effort.
    pub const ADMIN: Program = Program { number: 0x0690_0690, version: 1 };
    /// Pings and pongs, beneath every other program ("keep" in ASCII).
    pub const KEEPALIVE: Program = Program { number: 0x6b65_6570, version: 1 };

    /// The short name that this crate's tables and tools use; `None` for a program that is not libvirt's.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Program::REMOTE => Some("remote"),
            Program::QEMU => Some("qemu"),
            Program::LXC => Some("lxc"),
            Program::ADMIN => Some("admin"),
            Program::KEEPALIVE => Some("keepalive"),
            _ => None,
        }
    }

    /// Its procedures, ordered by number; empty for a program that is not libvirt's.
    pub fn procedures(self) -> &'static [ProcedureInfo] {
        crate::generated::tables::procedures(self)
    }

    /// What is known of one procedure.
    pub fn procedure(self, number: ProcedureNumber) -> Option<&'static ProcedureInfo> {
        let all = self.procedures();
        // They are numbered from 1 on, mostly without a gap.
        let place = usize::try_from(number.0).ok().and_then(|number| all.get(number.checked_sub(1)?));
        if place.is_some_and(|info| info.number == number) {
            return place;
        }
        all.binary_search_by_key(&number, |info| info.number).ok().and_then(|at| all.get(at))
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "program {:#x} version {}", self.number, self.version),
        }
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A procedure's number within its program. Signed on the wire; negative ones name nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcedureNumber(pub i32);

impl ProcedureNumber {
    /// A number that no release has given to a procedure, to learn how a daemon words "unknown procedure".
    pub const ABSENT: ProcedureNumber = ProcedureNumber(9_999);
}

impl fmt::Display for ProcedureNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for ProcedureNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A call that a client may make: its arguments, joined to its number and to what it returns.
///
/// Implemented by the generated argument structs. Sealed in spirit: the contract decides what is a procedure.
pub trait Procedure: Serialize + DeserializeOwned + Send + 'static {
    /// The program that has it.
    const PROGRAM: Program;
    /// Its number there.
    const NUMBER: ProcedureNumber;
    /// Its name in the contract, such as `domain_migrate_prepare2`.
    const NAME: &'static str;
    /// What a successful call returns; `()` where it returns nothing.
    type Reply: Serialize + DeserializeOwned + Send + 'static;

    /// The arguments in a call's payload, as daemons read them: bytes behind them, and what padding holds, do not matter.
    ///
    /// # Errors
    /// They are not what the call takes.
    fn from_payload(payload: &[u8]) -> Result<Self, virtwire_xdr::Error> {
        virtwire_xdr::Options::lenient().from_slice(payload)
    }
}

/// A message that a daemon sends unasked: an event.
///
/// The wire's type word calls it MESSAGE; that word was taken here.
pub trait Notice: Serialize + DeserializeOwned + Send + 'static {
    /// The program that sends it.
    const PROGRAM: Program;
    /// Its number there, in the same numbering as procedures.
    const NUMBER: ProcedureNumber;
    /// Its name in the contract, such as `domain_event_callback_lifecycle`.
    const NAME: &'static str;
}

/// What the contract says of one procedure or event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcedureInfo {
    /// Its number.
    pub number: ProcedureNumber,
    /// Its name in the contract.
    pub name: &'static str,
    /// The C function that calls it, such as `virDomainMigratePrepare2`; empty for an event.
    pub function: &'static str,
    /// The release that brought it; `None` where that is not known.
    pub since: Option<Since>,
    /// Which workers of a daemon take it.
    pub priority: Priority,
    /// Called by clients, or sent by daemons.
    pub kind: ProcedureKind,
    /// Which way the stream runs that a successful call opens.
    pub stream: Option<StreamDirection>,
    /// Whether file descriptors come with the call or with its reply, so that it can only be made over a unix socket.
    pub passes_fds: bool,
    /// The rights that the caller needs. See [`crate::access`].
    pub acl: &'static [Right],
    /// The rights that the caller needs on each object that is returned or told of, else it is left out.
    pub acl_filter: &'static [Right],
    /// Whether a read-only connection may call it.
    pub read_only: ReadOnlyRule,
}

/// Called by clients, or sent by daemons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcedureKind {
    /// A client calls it and waits for the reply.
    Call,
    /// A daemon sends it unasked. Calling its number is calling an unknown procedure.
    Event,
}

/// Which workers of a daemon take a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// May wait for a guest or a monitor.
    Low,
    /// Never waits for a guest, so it must not be stuck behind calls that do.
    High,
}

/// Which way the data of a stream runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamDirection {
    /// From the daemon to the client.
    Read,
    /// From the client to the daemon.
    Write,
    /// Both ways, as a console.
    Both,
}

/// Whether a read-only connection may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnlyRule {
    /// It only looks.
    Allowed,
    /// Refused with code 29.
    Refused,
    /// Refused for some flags or arguments: what they would reveal or do needs more.
    Conditional,
}

/// When a procedure came: one release, or the bounds between which it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// No release before this one has it.
    pub earliest: Release,
    /// This one certainly has it.
    pub latest: Release,
}

/// A libvirt release, such as 9.0.0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    /// The first number.
    pub major: u16,
    /// The second number, below 1,000.
    pub minor: u16,
    /// The third number, below 1,000.
    pub micro: u16,
}

impl Release {
    /// The newest release whose contract this crate knows.
    pub const NEWEST: Release = Release::new(12, 8, 0);

    /// A release by its three numbers.
    pub const fn new(major: u16, minor: u16, micro: u16) -> Release {
        Release { major, minor, micro }
    }

    /// As procedures 4 and 157 give it: major × 1,000,000 + minor × 1,000 + micro.
    pub const fn packed(self) -> u64 {
        self.major as u64 * 1_000_000 + self.minor as u64 * 1_000 + self.micro as u64
    }

    /// The reverse of [`packed`](Self::packed); `None` where the major number is beyond 65,535.
    pub fn from_packed(packed: u64) -> Option<Release> {
        let part = |number: u64| u16::try_from(number).ok();
        Some(Release {
            major: part(packed / 1_000_000)?,
            minor: part(packed / 1_000 % 1_000)?,
            micro: part(packed % 1_000)?,
        })
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text was not of the form `9.0.0`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a libvirt release: expected three numbers below 1000, such as 9.0.0")]
pub struct ReleaseError(String);

impl FromStr for Release {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Release, ReleaseError> {
        let wrong = || ReleaseError(text.to_owned());
        let mut parts = text.split('.').map(|part| match part.parse::<u16>() {
            Ok(number) if number < 1_000 => Ok(number),
            _ => Err(wrong()),
        });
        let mut next = || parts.next().unwrap_or_else(|| Err(wrong()));
        let release = Release { major: next()?, minor: next()?, micro: next()? };
        if parts.next().is_some() { Err(wrong()) } else { Ok(release) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_three_numbers_below_a_thousand() {
        assert_eq!("9.0.0".parse(), Ok(Release::new(9, 0, 0)));
        for wrong in ["", "9", "9.0", "9.0.0.1", "9.0.x", "9.0.1000", "-1.0.0", "9..0"] {
            assert!(wrong.parse::<Release>().is_err(), "{wrong:?}");
        }
        assert_eq!(Release::new(11, 3, 0).packed(), 11_003_000);
        assert_eq!(Release::from_packed(11_003_000), Some(Release::new(11, 3, 0)));
        assert_eq!(Release::from_packed(u64::MAX), None);
    }
}
