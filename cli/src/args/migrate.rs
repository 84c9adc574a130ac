//! What can be typed of `virtwire migrate`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use virtwire::protocol::migrate::Param;

use super::help::MIGRATE;
use crate::migrate::param;

// An option that requires another does so no longer where something is there that conflicts with that one: so whatever may be there
// conflicts with the option, too.
#[derive(Debug, Args)]
#[command(after_help = MIGRATE)]
#[command(group(ArgGroup::new("peer_to_peer").args(["p2p", "tunnelled"]).multiple(true)))]
pub(crate) struct MigrateArgs {
    /// The guest's name, UUID or number on the source
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) domain: Option<String>,
    /// Move every guest that is active on the source, --at-once of them at a time
    #[arg(long, conflicts_with_all = ["dname", "xml", "persistent_xml", "ladder", "check", "migrate_uri", "offline"])]
    pub(crate) all: bool,
    /// Leave these guests where they are (with --all)
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', requires = "all", conflicts_with = "domain")]
    pub(crate) except: Vec<String>,
    /// How many guests move at a time (with --all)
    #[arg(long, value_name = "N", default_value_t = 2, requires = "all", conflicts_with = "domain", value_parser = at_once)]
    pub(crate) at_once: usize,
    /// Only look whether anything is in the way, and change nothing
    #[arg(long, conflicts_with_all = ["journal"])]
    pub(crate) check: bool,
    /// The host that has the guest
    #[arg(long, value_name = "URI")]
    pub(crate) from: String,
    /// The host that is to have it
    #[arg(long, value_name = "URI")]
    pub(crate) to: String,
    /// Which version of the protocol; `auto` takes the best that both hosts report
    #[arg(long, value_enum, default_value_t = WantedVersion::Auto)]
    pub(crate) migration: WantedVersion,
    /// Send version 2 even to hosts that also have version 3; today's QEMU hosts cannot serve it
    #[arg(long)]
    pub(crate) force_v2: bool,
    /// Have the source's daemon carry the migration out, over a connection of its own to the destination's
    #[arg(long)]
    pub(crate) p2p: bool,
    /// The same, and the data goes over that connection too
    #[arg(long)]
    pub(crate) tunnelled: bool,
    /// Have the source's hypervisor send the guest to --migrate-uri, without a daemon there
    #[arg(long, requires = "migrate_uri", conflicts_with_all = ["all", "p2p", "tunnelled", "peer_uri"])]
    pub(crate) direct: bool,
    /// The destination as the source's daemon reaches it (with --p2p or --tunnelled), where that is not what --to says
    #[arg(long, value_name = "URI", requires = "peer_to_peer")]
    pub(crate) peer_uri: Option<String>,
    /// Let the guest run while its memory moves
    #[arg(long)]
    pub(crate) live: bool,
    /// Define the guest on the destination
    #[arg(long)]
    pub(crate) persistent: bool,
    /// Remove the guest's definition from the source
    #[arg(long)]
    pub(crate) undefine_source: bool,
    /// Allow a switch to post-copy: the guest goes on at the destination before all of its memory is there. It happens when one of the
    /// next two says so, at the signal USR1, or at another client's word (`virsh migrate-postcopy`)
    #[arg(long, requires = "live", conflicts_with_all = ["all", "paused", "offline", "tunnelled"])]
    pub(crate) postcopy: bool,
    /// Switch when all of the memory has been sent once
    #[arg(long, requires = "postcopy", conflicts_with = "all")]
    pub(crate) postcopy_after_precopy: bool,
    /// Switch after so many seconds of sending
    #[arg(long, value_name = "SECONDS", requires = "postcopy", conflicts_with_all = ["all", "postcopy_after_precopy"])]
    pub(crate) postcopy_after: Option<u64>,
    /// Resume a post-copy that broke: bring over what the destination has not got yet
    #[arg(long, conflicts_with_all = ["all", "check", "paused", "offline", "tunnelled", "postcopy", "direct", "persistent", "undefine_source", "dname", "xml", "persistent_xml"])]
    pub(crate) postcopy_resume: bool,
    /// Leave the guest paused on the destination
    #[arg(long)]
    pub(crate) paused: bool,
    /// Move the definition of a guest that does not run (with --persistent)
    #[arg(long)]
    pub(crate) offline: bool,
    /// Copy the guest's disks too, whole
    #[arg(long)]
    pub(crate) copy_storage_all: bool,
    /// Copy what the guest's disks have beyond their backing files
    #[arg(long)]
    pub(crate) copy_storage_inc: bool,
    /// Of the guest's disks copy only these, by their targets such as vda (with --copy-storage-all or -inc)
    #[arg(long, value_name = "DISK,…", value_delimiter = ',')]
    pub(crate) migrate_disks: Vec<String>,
    /// Let a write to a disk that is copied wait until the destination has it too (with --copy-storage-all or -inc)
    #[arg(long)]
    pub(crate) copy_storage_synchronous_writes: bool,
    /// Slow the guest down until its memory has moved
    #[arg(long)]
    pub(crate) auto_converge: bool,
    /// Compress the memory on its way; --param compression=METHOD says how
    #[arg(long)]
    pub(crate) compressed: bool,
    /// Send the memory over several connections at once; --param parallel.connections=N says how many
    #[arg(long, conflicts_with = "tunnelled")]
    pub(crate) parallel: bool,
    /// Send the memory without copying it on the source
    #[arg(long)]
    pub(crate) zerocopy: bool,
    /// Encrypt what the hypervisors send each other, by TLS
    #[arg(long)]
    pub(crate) tls: bool,
    /// Keep all of the guest's memory from being swapped out meanwhile (with rdma: in --migrate-uri)
    #[arg(long)]
    pub(crate) rdma_pin_all: bool,
    /// Forbid changes of the guest's configuration meanwhile; version 3 does so by itself where this command drives it
    #[arg(long)]
    pub(crate) change_protection: bool,
    /// Give up if the guest meets an I/O error meanwhile
    #[arg(long)]
    pub(crate) abort_on_error: bool,
    /// Skip the source's check for storage that is not coherent
    #[arg(long)]
    pub(crate) r#unsafe: bool,
    /// Limit the transfer, MiB/s
    #[arg(long, value_name = "MIB", default_value_t = 0, hide_default_value = true)]
    pub(crate) bandwidth: u64,
    /// How long the guest may stand still at the end, milliseconds; a longer time lets a busy guest arrive sooner
    #[arg(long, value_name = "MS", conflicts_with_all = ["all", "check", "offline"])]
    pub(crate) max_downtime: Option<u64>,
    /// Say more to the hosts, by libvirt's names of typed parameters, such as parallel.connections=4; several times for several.
    /// A host refuses what it does not know
    #[arg(long, value_name = "NAME=VALUE", value_parser = param::read)]
    pub(crate) param: Vec<Param>,
    /// How long a host may take for a step before the guest is sent, such as starting QEMU and making disks for it; then the guest stays where it is
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) step_within: u64,
    /// Give the guest this name on the destination
    #[arg(long, value_name = "NAME")]
    pub(crate) dname: Option<String>,
    /// Where the source is to send the guest, such as tcp:HOST:PORT; the destination chooses otherwise
    #[arg(long, value_name = "URI")]
    pub(crate) migrate_uri: Option<String>,
    /// The file with the configuration that the destination is to use; the source refuses one that is not compatible
    #[arg(long, value_name = "FILE")]
    pub(crate) xml: Option<PathBuf>,
    /// The file with the definition that the destination is to keep (with --persistent)
    #[arg(long, value_name = "FILE", requires = "persistent")]
    pub(crate) persistent_xml: Option<PathBuf>,
    /// Keep a journal in this new file, for who finds out where the guest is if this process dies; with --all one for each guest, in
    /// this directory
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
    /// Show every call: who asks whom, procedure, serial, bytes
    #[arg(long)]
    pub(crate) ladder: bool,
    /// Print a JSON object for each event, on one line, the outcome last; what people read goes to standard error
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which version of the protocol the caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WantedVersion {
    /// The best that both hosts report
    Auto,
    /// Version 3 with typed parameters
    #[value(name = "v3+params")]
    V3Params,
    /// Version 3, with fixed arguments: the source keeps the guest until the destination runs it
    V3,
    /// Preparev2, with the guest's configuration
    V2,
    /// Prepare, as hosts before libvirt 0.5 had it
    V1,
}

fn at_once(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| (1..=64).contains(count)).ok_or_else(|| "expected 1 to 64".to_owned())
}
