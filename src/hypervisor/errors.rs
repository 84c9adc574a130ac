//! The errors that libvirt's hypervisor drivers answer most, in their codes and words.
//!
//! Clients decide by code, and some of them by domain: these speak as the driver that clients know best, domain 10.

use std::fmt;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::{Lookup, Result, Uuid};

/// There is no such domain: code 42.
pub fn no_domain(key: Lookup<'_>) -> RemoteError {
    let detail = match key {
        Lookup::Id(id) => format!("no domain with matching id {id}"),
        Lookup::Name(name) => format!("no domain with matching name '{name}'"),
        Lookup::Uuid(uuid) => format!("no domain with matching uuid '{uuid}'"),
    };
    RemoteError::new(ErrorCode::NO_DOMAIN, ErrorDomain::QEMU, detail)
}

/// This daemon opens no connection there for a client: code 29.
pub fn not_dialled(uri: &str) -> RemoteError {
    let detail =
        format!("this daemon opens no peer-to-peer migration to {uri}: its configuration does not allow it");
    RemoteError::new(ErrorCode::OPERATION_DENIED, ErrorDomain::QEMU, detail)
}

/// The domain is off: code 55.
pub fn not_running() -> RemoteError {
    invalid("domain is not running")
}

/// The domain is in no state for this: code 55.
pub fn invalid(detail: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::QEMU, detail)
}

/// It was tried and did not work: code 9.
pub fn failed(detail: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::OPERATION_FAILED, ErrorDomain::QEMU, detail)
}

/// The argument makes no sense: code 8.
pub fn invalid_argument(detail: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::INVALID_ARG, ErrorDomain::QEMU, detail)
}

/// The domain has no such disk: code 8.
pub fn no_disk(disk: &str) -> RemoteError {
    invalid_argument(format!("disk '{disk}' was not found in the domain config"))
}

/// The domain has no such interface: code 8.
pub fn no_interface(device: &str) -> RemoteError {
    invalid_argument(format!("'{device}' is not a known interface"))
}

/// A call has flags that it does not know: code 8, if it has any.
///
/// # Errors
/// Names the unknown bits, and the function.
pub fn check_flags(flags: impl Into<u64>, known: u64, function: &str) -> Result<()> {
    match flags.into() & !known {
        0 => Ok(()),
        unknown => Err(unsupported_flags(unknown, function)),
    }
}

/// It is more than a length can be, 9,223,372,036,854,775,807 bytes: code 82, domain 0.
pub fn too_large(value: impl fmt::Display) -> RemoteError {
    RemoteError::new(ErrorCode::OVERFLOW, ErrorDomain::NONE, format!("value too large: {value}"))
}

/// These flags of a call are not done as they ask: code 8.
pub fn unsupported_flags(flags: impl Into<u64>, function: &str) -> RemoteError {
    invalid_argument(format!("unsupported flags ({:#x}) in function {function}", flags.into()))
}

/// What flags of a call ask for is a verb of its own: where the host has none, they are what is not supported (code 8).
pub(super) fn by_flags<T>(done: Result<T>, flags: impl Into<u64>, function: &str) -> Result<T> {
    done.map_err(|error| match error.is_unsupported() {
        true => unsupported_flags(flags, function),
        false => error,
    })
}

/// Two flags of a call exclude each other: code 8.
pub fn exclusive_flags(one: &str, other: &str, function: &str) -> RemoteError {
    invalid_argument(format!("flags '{one}' and '{other}' in function {function} exclude each other"))
}

/// The argument makes sense, but not here: code 74.
pub fn unsupported_argument(detail: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::ARGUMENT_UNSUPPORTED, ErrorDomain::QEMU, detail)
}

/// Something else has the name: code 9, domain 20.
pub fn name_taken(name: &str, uuid: Uuid) -> RemoteError {
    conflict(format!("domain '{name}' already exists with uuid {uuid}"))
}

/// Something else has the UUID: code 9, domain 20.
pub fn uuid_taken(name: &str, uuid: Uuid) -> RemoteError {
    conflict(format!("domain '{name}' is already defined with uuid {uuid}"))
}

/// The domain runs already: code 55, domain 20.
pub fn already_active(name: &str) -> RemoteError {
    let detail = format!("domain '{name}' is already active");
    RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::DOMAIN, detail)
}

/// The text is not XML: code 35, domain 20.
pub fn not_xml(detail: impl fmt::Display) -> RemoteError {
    RemoteError::new(ErrorCode::XML_DETAIL, ErrorDomain::DOMAIN, detail.to_string())
}

/// The XML describes no domain that can be: code 27, domain 20.
pub fn bad_domain_xml(detail: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::XML_ERROR, ErrorDomain::DOMAIN, detail)
}

/// The XML describes a domain that this host does not run: code 67, domain 20.
pub fn unsupported_domain(detail: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::CONFIG_UNSUPPORTED, ErrorDomain::DOMAIN, detail)
}

fn conflict(detail: String) -> RemoteError {
    RemoteError::new(ErrorCode::OPERATION_FAILED, ErrorDomain::DOMAIN, detail)
}
