//! How many files and sockets the daemon may have open, and how many clients that is enough for.

use std::num::NonZero;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use virtwire::server::ClientLimits;

/// What is not for clients: listeners, the store, what a migration opens, and administrators, who come when nothing else is left.
const KEPT: usize = 256;

/// What one client takes: a unix socket that has once been full has a second.
const OF_CLIENT: usize = 2;

/// Has the process have as many as the system lets it, and says how many. The usual soft limit is for programs that wait by `select`.
pub(super) fn raised() -> usize {
    let allowed = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: allowed.maximum, ..allowed }) {
        tracing::warn!(%error, "the limit on descriptors stays as it is");
    }
    let current = getrlimit(Resource::Nofile).current;
    current.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX))
}

/// No more clients than there are descriptors for, whatever the operator wishes: one of them would leave none to accept another, nor
/// to keep a definition. The host's, then the administrators'.
pub(super) fn bounded(host: ClientLimits, admin: ClientLimits, descriptors: usize) -> [ClientLimits; 2] {
    let host = at_most(host, clients_max(descriptors), descriptors);
    [host, at_most(admin, admins_max(host, descriptors), descriptors)]
}

/// The most of the host's clients. At least half of all descriptors is theirs.
pub(super) fn clients_max(descriptors: usize) -> usize {
    (descriptors.saturating_sub(KEPT).max(descriptors / 2) / OF_CLIENT).max(1)
}

/// The most administrators beside so many clients of the host's: the daemon itself has half of what these leave, and their second ones.
pub(super) fn admins_max(host: ClientLimits, descriptors: usize) -> usize {
    (descriptors.saturating_sub(OF_CLIENT.saturating_mul(host.clients)) / 2).max(1)
}

fn at_most(wished: ClientLimits, most: usize, descriptors: usize) -> ClientLimits {
    if wished.clients > most {
        tracing::info!(wished = wished.clients, most, descriptors, "fewer clients, for want of descriptors");
    }
    consistent(ClientLimits { clients: wished.clients.min(most), ..wished })
}

/// No more may be unknown than may be there.
pub(super) fn consistent(limits: ClientLimits) -> ClientLimits {
    let clients = NonZero::new(limits.clients).unwrap_or(NonZero::<usize>::MIN);
    ClientLimits { anonymous: limits.anonymous.map(|anonymous| anonymous.min(clients)), ..limits }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(clients: usize) -> ClientLimits {
        ClientLimits { clients, anonymous: None }
    }

    #[test]
    fn clients_leave_descriptors_for_the_daemon() {
        for (descriptors, most, admins) in [
            (0, 1, 1),
            (20, 5, 5),
            (256, 64, 64),
            (1_024, 384, 128),
            (10_254, 4_999, 128),
            (10_256, 5_000, 128),
            (20_000, 5_000, 5_000),
            (usize::MAX, 5_000, 5_000),
        ] {
            let wished = bounded(limits(5_000), limits(5_000), descriptors);
            assert_eq!(wished, [limits(most), limits(admins)], "{descriptors}");
            // Of those that are unknown there may be no more.
            let with =
                |clients: usize, anonymous| ClientLimits { clients, anonymous: NonZero::new(anonymous) };
            let bounded = bounded(with(5_000, 100), with(5_000, 5_000), descriptors);
            assert_eq!(bounded, [with(most, most.min(100)), with(admins, admins)], "{descriptors}");
        }
    }
}
