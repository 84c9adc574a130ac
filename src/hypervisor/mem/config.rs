//! How the hypervisor in memory is set up.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::super::{MigrationSupport, Uuid};

/// How a [`Mem`](super::Mem) is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// The host's own UUID. By default that of the store where there is one, else a new one.
    pub host_uuid: Option<Uuid>,
    /// The most memory that a guest really has, bytes. 4 MiB by default; never more than all may have together.
    pub memory_bytes_max: usize,
    /// The most memory that all active guests really have together, bytes; one that is on its way here is taken for as large as may be.
    /// 1 GiB by default.
    pub guests_bytes_max: usize,
    /// The most that all volumes of all pools really hold, bytes. 64 MiB by default.
    pub storage_bytes_max: usize,
    /// The most that all snapshots of all guests hold, their memory and their documents, bytes. 256 MiB by default.
    pub snapshot_bytes_max: usize,
    /// The limit on migrations of guests that have none of their own, MiB/s. 4 by default: a guest takes a second.
    pub max_speed_mib_s: u64,
    /// The versions of migration that it takes part in. All by default.
    pub migration: MigrationSupport,
    /// The address at which guests are received, whatever host a client wishes for. 127.0.0.1 by default.
    pub migration_listen: IpAddr,
    /// The host that sources are told to connect to. `None`, the default, is the address itself, or this machine's
    /// name where that is every address.
    pub migration_host: Option<String>,
    /// The ports at which guests are received, if the client names none. 49152 to 49215 by default, as libvirt's;
    /// 0 to 0 lets the system choose.
    pub migration_ports: RangeInclusive<u16>,
    /// The time that a prepared guest has to arrive, in all. Two minutes by default.
    pub incoming_deadline: Duration,
    /// The time that Finish waits for a guest to arrive. 30 s by default.
    pub finish_deadline: Duration,
    /// The time that Perform waits for any sign of the destination. 30 s by default.
    pub peer_deadline: Duration,
}

impl Config {
    /// The same, with no guest larger than all may be together. One that is on its way counts as the largest that there can be, so none
    /// would ever be let in.
    pub(super) fn consistent(self) -> Config {
        Config { memory_bytes_max: self.memory_bytes_max.min(self.guests_bytes_max), ..self }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            host_uuid: None,
            memory_bytes_max: 4 << 20,
            guests_bytes_max: 1 << 30,
            storage_bytes_max: 64 << 20,
            snapshot_bytes_max: 256 << 20,
            max_speed_mib_s: 4,
            migration: MigrationSupport::ALL,
            migration_listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            migration_host: None,
            migration_ports: 49_152..=49_215,
            incoming_deadline: Duration::from_secs(120),
            finish_deadline: Duration::from_secs(30),
            peer_deadline: Duration::from_secs(30),
        }
    }
}
