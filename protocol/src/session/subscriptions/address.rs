//! Whose an event is, as far as its bytes tell.

use virtwire_xdr::Options;

use super::Registered;
use crate::event::{Family, RawNotice, Topic, of_number};
use crate::program::Program;
use crate::remote::Domain;

/// What an event says of whom it is for.
#[derive(Debug)]
pub(super) enum Address {
    /// A kind, and the callback id that the daemon gave.
    Callback { family: Family, event_id: i32, callback: i32 },
    /// The same of a kind that is newer than this crate.
    Unknown { program: Program, callback: i32 },
    /// A kind of domain event, in the first two generations. The domain's UUID, if that decodes.
    Older { event_id: i32, domain: Option<[u8; 16]> },
    /// The daemon's own connection.
    Close,
}

impl Address {
    /// `None` for bytes that are nobody's.
    pub(super) fn of(notice: &RawNotice) -> Option<Address> {
        let callback = || notice.payload.first_chunk().map(|word| i32::from_be_bytes(*word));
        let Some(kind) = of_number(notice.program, notice.number) else {
            return Some(Address::Unknown { program: notice.program, callback: callback()? });
        };
        let (family, event_id) = (kind.family, kind.event_id);
        if family == Family::Close {
            return Some(Address::Close);
        }
        if kind.older == Some(notice.number) {
            // The domain comes first, and the rest does not matter here.
            let domain = Options::lenient().from_slice(&notice.payload);
            return Some(Address::Older { event_id, domain: domain.ok().map(|domain: Domain| domain.uuid) });
        }
        Some(Address::Callback { family, event_id, callback: callback()? })
    }

    pub(super) fn callback(&self) -> Option<i32> {
        match self {
            Address::Callback { callback, .. } | Address::Unknown { callback, .. } => Some(*callback),
            Address::Older { .. } | Address::Close => None,
        }
    }

    /// Whether it could be of this topic, whose registration is under way.
    pub(super) fn may_be_of(&self, topic: &Topic, older: bool) -> bool {
        match self {
            Address::Callback { family, event_id, .. } => {
                !older && topic.family() == *family && topic.event_id() == *event_id
            }
            Address::Unknown { program, .. } => {
                let of = if topic.family() == Family::Monitor { Program::QEMU } else { Program::REMOTE };
                *program == of && topic.kind().is_none()
            }
            Address::Older { event_id, .. } => {
                older && topic.family() == Family::Domain && topic.event_id() == *event_id
            }
            Address::Close => topic.family() == Family::Close,
        }
    }

    /// Whether it is of this registered topic.
    pub(super) fn is_of(&self, topic: &Topic, registered: Registered) -> bool {
        match (registered, self.callback()) {
            (Registered::Callback(id), Some(callback)) => id == callback && self.may_be_of(topic, false),
            (Registered::Kind | Registered::Only, None) => self.may_be_of(topic, true),
            _ => false,
        }
    }

    /// Whether it is of the topic's object, which the daemon did not look at. What cannot be told is.
    pub(super) fn is_of_object(&self, topic: &Topic) -> bool {
        match (self, topic) {
            (Address::Older { domain: Some(uuid), .. }, Topic::Domain { object: Some(object), .. }) => {
                object.uuid == *uuid
            }
            _ => true,
        }
    }
}
