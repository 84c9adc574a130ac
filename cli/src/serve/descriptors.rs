//! How many files and sockets the daemon may have open, and how many clients that is enough for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use virtwire::server::ClientLimits;

/// What is not for clients: listeners, the store, what a migration opens, and administrators, who come when nothing else is left.
const KEPT: usize = 256;

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
/// to keep a definition. At least a quarter of all is theirs.
pub(super) fn bounded(wished: ClientLimits, descriptors: usize) -> ClientLimits {
    let most = descriptors.saturating_sub(KEPT).max(descriptors / 4).max(1);
    if wished.clients > most {
        tracing::info!(wished = wished.clients, most, descriptors, "fewer clients, for want of descriptors");
    }
    ClientLimits { clients: wished.clients.min(most), ..wished }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_leave_descriptors_for_the_daemon() {
        for (descriptors, most) in
            [(0, 1), (20, 5), (256, 64), (1_024, 768), (5_255, 4_999), (5_256, 5_000), (usize::MAX, 5_000)]
        {
            let bounded = bounded(ClientLimits { clients: 5_000, anonymous: None }, descriptors);
            assert_eq!(bounded, ClientLimits { clients: most, anonymous: None }, "{descriptors}");
        }
    }
}
