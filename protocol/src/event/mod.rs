//! Events: which kinds there are, how each is asked for, and what each says.
//!
//! The payloads are the generated structs, such as [`DomainEventLifecycle`](crate::remote::DomainEventLifecycle). What is
//! written by hand is which number of the wire is which kind ([`KINDS`]), sums of all kinds of a family
//! ([`DomainEvent`]), and the words for the numbers inside ([`detail`]). [`Subscriptions`](crate::session::subscriptions)
//! asks for them.
//!
//! Domains have three generations of the same events. A kind of theirs is one payload, whichever generation it came in:
//! the third wraps the older struct together with a callback id.

pub mod detail;
mod kind;
mod topic;

use std::fmt;

use bytes::Bytes;
use virtwire_xdr::Text;

use crate::flags::MonitorEventFlags;
use crate::program::{ProcedureNumber, Program};
use crate::remote::Domain;

pub(crate) use kind::of_number;
pub use kind::{
    AnyEvent, DomainEvent, KINDS, KindInfo, NetworkEvent, NodeDeviceEvent, SecretEvent, StoragePoolEvent,
};
pub use topic::{Family, Topic};

/// An event as it came, not yet decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct RawNotice {
    /// The program that sent it.
    pub program: Program,
    /// Which event of it.
    pub number: ProcedureNumber,
    /// Its body. Of every event but those of the older two generations and the close callback, the first four bytes are
    /// the callback id.
    pub payload: Bytes,
}

impl RawNotice {
    /// The contract's name of the event; `None` where the contract has none of its number.
    pub fn name(&self) -> Option<&'static str> {
        self.program.procedure(self.number).map(|info| info.name)
    }
}

impl fmt::Debug for RawNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Payloads carry what guests are called and more: they do not belong into logs.
        write!(f, "RawNotice({} of {}, {} bytes)", self.number, self.program, self.payload.len())
    }
}

/// What a subscription may be of: one kind of event, all kinds of a family, or everything that comes.
pub trait Event: Sized + Send + 'static {
    /// What one may ask for the events of alone, such as a [`Domain`].
    type Object;

    /// What has to be asked for, of one object or of all. Nothing means everything that comes, which asks for nothing.
    fn topics(object: Option<&Self::Object>) -> Vec<Topic>;

    /// Makes sense of what came.
    ///
    /// # Errors
    /// [`Undecodable`], with the event as it came.
    fn decode(notice: RawNotice) -> Result<Self, Undecodable>;
}

/// For events that are of no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoObject {}

/// Everything that comes, whoever asked for it, as number and bytes.
impl Event for RawNotice {
    type Object = NoObject;

    fn topics(_: Option<&NoObject>) -> Vec<Topic> {
        Vec::new()
    }

    fn decode(notice: RawNotice) -> Result<RawNotice, Undecodable> {
        Ok(notice)
    }
}

/// The words for the numbers in an event.
pub trait Words {
    /// The wire's name of each field that is a number with a meaning, and that meaning's name, or the number again where
    /// it has none.
    fn words(&self) -> Vec<(&'static str, String)>;
}

/// Which events of QEMU's monitor to ask for (qemu program, procedure 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonitorFilter {
    /// Of one domain; `None` means all.
    pub domain: Option<Domain>,
    /// The event's name in QMP, such as `RESUME`; `None` means all.
    pub event: Option<Text>,
    /// How the name is meant.
    pub flags: MonitorEventFlags,
}

/// An event that came and makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// As it came.
    pub notice: RawNotice,
    /// What is wrong with its bytes; `None` if it is another event than was asked for.
    pub error: Option<String>,
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RawNotice { program, number, payload } = &self.notice;
        match &self.error {
            Some(error) => {
                write!(f, "event {number} of {program}, {} bytes, does not decode: {error}", payload.len())
            }
            None => write!(f, "event {number} of {program} came where another was asked for"),
        }
    }
}

impl std::error::Error for Undecodable {}
