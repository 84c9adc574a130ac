//! The flags of a migration, and which of them mean something where.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::super::{Result, errors};

/// What a destination understands of a guest that is not torn between hosts; or what means nothing to it and does no harm.
pub(crate) const DESTINATION: u64 = MigrateFlags::LIVE.0
    | MigrateFlags::PERSIST_DEST.0
    | MigrateFlags::UNDEFINE_SOURCE.0
    | MigrateFlags::PAUSED.0
    | MigrateFlags::UNSAFE.0
    | MigrateFlags::ABORT_ON_ERROR.0
    | MigrateFlags::AUTO_CONVERGE.0;
/// A source holds guests as well.
pub(crate) const SOURCE: u64 = DESTINATION | MigrateFlags::CHANGE_PROTECTION.0;

/// The flags without those of who drives, and of which way the data goes: to a destination both are settled before.
pub(crate) fn settled(flags: MigrateFlags) -> MigrateFlags {
    flags.without(MigrateFlags::PEER2PEER).without(MigrateFlags::TUNNELLED)
}

/// # Errors
/// Code 8 for flags that are not `known`; code 1 or 74 for those of who drives, and of which way the data goes, which are settled before.
pub(crate) fn check(flags: MigrateFlags, known: u64, function: &str) -> Result<()> {
    if flags.has(MigrateFlags::TUNNELLED) {
        let detail = "Tunnelled migration requested but invalid RPC method called";
        return Err(RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::QEMU, detail));
    }
    if flags.has(MigrateFlags::PEER2PEER) {
        return Err(errors::unsupported_argument("this host does not migrate peer to peer"));
    }
    errors::check_flags(flags.0, known, function)
}
