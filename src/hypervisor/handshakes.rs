//! Migrations whose handshakes a hypervisor carries out itself.

use std::future::{Future, ready};

use virtwire_protocol::error::RemoteError;

use super::{
    Begin, Begun, Confirm, Finish, Finished, IncomingId, MigrationVersion, OutgoingId, Perform, Performed,
    Prepare, Prepared, Result, Tunnel, errors,
};
use crate::server::Stream;

/// The handshake of a migration as a whole, a verb for each step, for every version of it.
///
/// For a hypervisor that passes it on to another daemon, or that has post-copy, definitions that move alone or guests that come direct. Then
/// it is the hypervisor that knows which step may follow which, answers out of order with code 1 and a second migration with code 55,
/// resumes a guest whose Perform has failed, and refuses changes of a guest in the meantime. Where it is
/// [`Migrating`](super::Migrating), all of that is done already, and none of these is called.
pub trait Handshakes: Send + Sync {
    /// Whether this host understands a typed parameter of version 3 by this name, such as `compression` or `migrate_disks`. Those that it
    /// does are handed on as they came, whatever their types and however often, in the requests' `params`; others are refused (code 74).
    ///
    /// Not asked about those that requests have a field for: `migrate_uri`, `destination_name`, `destination_xml` and `bandwidth`. Must not
    /// wait.
    fn takes(&self, _name: &str) -> bool {
        false
    }

    /// Version 3: what the destination is to start. Changes nothing, but for holding the guest where that is asked.
    ///
    /// The adapter remembers which connection asked, and calls [`release`](Self::release) when that
    /// connection ends before the migration does.
    fn begin(&self, _request: Begin) -> impl Future<Output = Result<Begun>> + Send {
        ready(Err(RemoteError::no_support("virDomainMigrateBegin3")))
    }

    /// Makes ready to receive a guest: it is there, paused, or will be once the data stream has brought its name.
    ///
    /// The adapter remembers which connection asked, and calls [`abandon`](Self::abandon) when that
    /// connection ends before the migration does.
    fn prepare(&self, request: Prepare) -> impl Future<Output = Result<Prepared>> + Send {
        ready(Err(RemoteError::no_support(match request.version {
            MigrationVersion::V1 => "virDomainMigratePrepare",
            MigrationVersion::V2 => "virDomainMigratePrepare2",
            MigrationVersion::V3 => "virDomainMigratePrepare3",
        })))
    }

    /// Sends the guest. Success means that it has left this host, or, in version 3, that it is all there and paused
    /// here; or that it has switched to post-copy, and the rest is sent meanwhile. After a failure it is here as it was.
    fn perform(&self, request: Perform) -> impl Future<Output = Result<Performed>> + Send {
        ready(Err(RemoteError::no_support(match request.keeps {
            false => "virDomainMigratePerform",
            true => "virDomainMigratePerform3",
        })))
    }

    /// The same for a guest that comes through a tunnel: the stream brings its data. Success takes the stream over: it is finished
    /// once all of the guest is here, and failed where it is not. Versions 2 and 3.
    fn prepare_tunnel(
        &self,
        request: Prepare,
        _stream: Stream,
    ) -> impl Future<Output = Result<Prepared>> + Send {
        ready(Err(RemoteError::no_support(match request.version {
            MigrationVersion::V3 => "virDomainMigratePrepareTunnel3",
            _ => "virDomainMigratePrepareTunnel",
        })))
    }

    /// Sends the guest through a tunnel, to which the request's cookie and URI do not apply in version 2: else the same as
    /// [`perform`](Self::perform). Finishing the tunnel is the destination's receipt.
    fn perform_tunnel(
        &self,
        _request: Perform,
        _tunnel: Tunnel,
    ) -> impl Future<Output = Result<Performed>> + Send {
        ready(Err(errors::unsupported_argument("this host does not tunnel migrations")))
    }

    /// Lets the guest that came run, once all of it is here; after a switch to post-copy at once, and success means that the rest is here.
    /// In version 3 a failure removes it, for its source has it; but not after a switch.
    fn finish(&self, request: Finish) -> impl Future<Output = Result<Finished>> + Send {
        ready(Err(RemoteError::no_support(match request.version {
            MigrationVersion::V1 => "virDomainMigrateFinish",
            MigrationVersion::V2 => "virDomainMigrateFinish2",
            MigrationVersion::V3 => "virDomainMigrateFinish3",
        })))
    }

    /// Version 3: ends the hold on a guest. It leaves, or goes on here as it was before.
    fn confirm(&self, _request: Confirm) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainMigrateConfirm3")))
    }

    /// Removes the incoming guest that the request names: its source keeps it.
    ///
    /// A request with the cookie of another migration must be refused. So should one for a guest that its source has
    /// dropped: it is the only copy.
    fn cancel(&self, request: Finish) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support(match request.version {
            MigrationVersion::V3 => "virDomainMigrateFinish3",
            _ => "virDomainMigrateFinish2",
        })))
    }

    /// Whether an incoming guest is still to be finished, cancelled or abandoned.
    ///
    /// The adapter remembers no more than 1,024 of them for a connection: what is not expected any more it forgets. A
    /// hypervisor that always answers `true`, as this default does, prepares for no more than so many on one
    /// connection. Must not wait.
    fn expects(&self, _incoming: IncomingId) -> bool {
        true
    }

    /// Removes an incoming guest whose migration lost the connection that prepared it. One that has finished, or is
    /// gone already, is left alone. So should be one that its source has dropped: it is the only copy.
    fn abandon(&self, _incoming: IncomingId) {}

    /// Whether a guest is still held for its migration: the same question about the source's side. Must not wait.
    fn holds(&self, _outgoing: OutgoingId) -> bool {
        true
    }

    /// Ends the hold on a guest whose migration lost its connection, and nothing else: one that has been sent stays
    /// paused, for it may run at its destination. One that is no longer held is left alone.
    fn release(&self, _outgoing: OutgoingId) {}
}
