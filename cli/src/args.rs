//! What can be typed: the commands, their options, and what `--help` says of them.

pub(crate) mod help;

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use virtwire::hypervisor::mem::Faults;
use virtwire::protocol::program::Release;
use virtwire::server::ListenAddress;

use self::help::{EVENTS, MIGRATE, PROBE, RECOVER, SERVE, STATUS, URIS, WATCH};
use crate::call::CallArgs;
use crate::conform::ConformArgs;
use crate::console::ConsoleArgs;
use crate::dissect::DissectArgs;
use crate::net::NetCommand;
use crate::pages::{CompletionsArgs, ManArgs};
use crate::passwd::PasswdArgs;
use crate::pool::PoolCommand;
use crate::screenshot::ScreenshotArgs;
use crate::serve::{AdmissionArgs, Destinations};
use crate::stats::StatsArgs;
use crate::vol::VolCommand;

/// Speak libvirt's protocol: run a host, look at hosts, move guests between them.
#[derive(Debug, Parser)]
#[command(name = "virtwire", version, max_term_width = 100, arg_required_else_help = true, after_help = URIS)]
pub(crate) struct Cli {
    /// Open daemons only to look: they refuse whatever would change something
    #[arg(short, long, global = true)]
    pub(crate) readonly: bool,
    /// Give up a daemon that is not open after so many seconds; 60 by default, and no end for a program that leads there, such as ssh,
    /// where somebody sits at a terminal
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) connect_timeout: Option<u64>,
    /// Take the common name of a daemon's TLS certificate for its host name where the certificate has no subject alternative names
    #[arg(long, global = true)]
    pub(crate) accept_common_name: bool,
    /// Prove a password by SCRAM, or go on in clear after Kerberos, also where others may read along and take the connection over
    #[arg(long, global = true)]
    pub(crate) accept_unprotected: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The whole command, where the help of each command tells its exit status.
pub(crate) fn command() -> clap::Command {
    with_status(Cli::command())
}

fn with_status(command: clap::Command) -> clap::Command {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let command = if help.contains("Exit status") {
        command
    } else {
        let gap = if help.is_empty() { "" } else { "\n\n" };
        command.after_help(format!("{help}{gap}{STATUS}"))
    };
    command.mut_subcommands(with_status)
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show migrations between daemons of its own: two good ones, two downgrades, a refusal, two failures
    Demo,
    /// Run a host in memory that libvirt's tools can drive
    Serve(ServeArgs),
    /// Be a guest of `serve --guests processes`
    #[command(hide = true)]
    Guest(GuestArgs),
    /// Set or remove a user's password in a file for `serve --passwords`
    Passwd(PasswdArgs),
    /// List a host's guests
    List(HostArgs),
    /// Describe a host, or one guest of it
    Info(InfoArgs),
    /// Print a guest's configuration
    Dumpxml(DomainArgs),
    /// Keep a configuration, without starting it
    Define(XmlArgs),
    /// Start a guest from a configuration that is not kept
    Create(XmlArgs),
    /// Start a guest whose configuration was defined
    Start(DomainArgs),
    /// Ask a guest's system to shut down
    Shutdown(DomainArgs),
    /// Ask a guest's system to start again
    Reboot(DomainArgs),
    /// Let a guest stand still
    Suspend(DomainArgs),
    /// Let a guest that stands still run on
    Resume(DomainArgs),
    /// End a guest at once, as pulling the plug
    Destroy(DomainArgs),
    /// Forget a guest's configuration
    Undefine(UndefineArgs),
    /// Talk to a guest's serial console
    Console(ConsoleArgs),
    /// Save what a guest shows as an image
    Screenshot(ScreenshotArgs),
    /// Tell what guests use
    Stats(StatsArgs),
    /// Manage a host's networks
    #[command(subcommand)]
    Net(NetCommand),
    /// Manage a host's storage pools
    #[command(subcommand)]
    Pool(PoolCommand),
    /// Manage the volumes of a storage pool, and move what is in them
    #[command(subcommand)]
    Vol(VolCommand),
    /// Watch what happens on a host, one line an event
    Events(EventsArgs),
    /// Show hosts, their guests and the migrations between them, on a screen that keeps up
    Watch(WatchArgs),
    /// Call any procedure of the protocol, with JSON in and out
    Call(CallArgs),
    /// Tell what was said on the wire: recordings, captures, or live between a client and a daemon
    Dissect(DissectArgs),
    /// Hold a server to the protocol, row by row, and print where it differs
    Conform(ConformArgs),
    /// Tell a daemon's age, its features, and which migrations it can take part in
    Probe(ProbeArgs),
    /// Move a guest to another host
    Migrate(MigrateArgs),
    /// Find out where the guest is whose migration was cut off, and end that where it is safe
    Recover(RecoverArgs),
    /// Print a shell's completions for this command
    Completions(CompletionsArgs),
    /// Print a manual page, or write all of them
    Man(ManArgs),
}

#[derive(Debug, Args)]
#[command(after_help = SERVE)]
pub(crate) struct ServeArgs {
    /// Where to listen: tcp://HOST:PORT (port 0: any that is free), tls://HOST:PORT or unix:PATH; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Vec<ListenAddress>,
    /// The same for clients that may only look
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen_ro: Vec<ListenAddress>,
    /// The same for administrators, who look after the daemon itself with virt-admin: unix:PATH, open to root and this daemon's user
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen_admin: Vec<ListenAddress>,
    /// Tell Prometheus what clients ask and how long answers take, by plain HTTP: tcp://HOST:PORT, at /metrics
    #[cfg(feature = "prometheus")]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen_metrics: Option<ListenAddress>,
    /// Read more from this file: TOML, with libvirtd.conf's keys where they mean the same
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Understand what a daemon of this libvirt release understood, such as 0.4.4, and nothing newer
    #[arg(long = "as", value_name = "RELEASE", default_value_t = Release::NEWEST)]
    pub(crate) release: Release,
    /// Answer these procedures "unknown procedure", and go on reporting their features
    #[arg(long, value_name = "NUMBER,…", value_delimiter = ',', value_parser = number)]
    pub(crate) without: Vec<i32>,
    /// Report these features as missing, and go on serving their procedures
    #[arg(long, value_name = "NUMBER,…", value_delimiter = ',', value_parser = number)]
    pub(crate) without_feature: Vec<i32>,
    /// The address of this host where guests arrive, and that sources are told
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::from(Ipv4Addr::LOCALHOST))]
    pub(crate) migration_host: IpAddr,
    /// The ports where guests arrive; 0-0 takes any that is free
    #[arg(long, value_name = "FIRST-LAST", default_value = "49152-49215", value_parser = ports)]
    pub(crate) migration_ports: RangeInclusive<u16>,
    /// Keep the domains that are defined in this directory, which is made where there is none, through any end of this process
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// What guests are: memory of this process, or processes of their own that outlive it (with --state)
    #[arg(long, value_name = "KIND", value_enum, default_value_t = GuestKind::Memory)]
    pub(crate) guests: GuestKind,
    /// Have guests that are processes append to this file when they run and when they stand still; hosts may share it
    #[arg(long, value_name = "FILE")]
    pub(crate) run_log: Option<PathBuf>,
    /// Open this destination for clients that have this daemon migrate peer to peer: a URI, of which all counts but its path: transport,
    /// user, host, port, parameters; or `any`; several times for several
    #[arg(long, value_name = "URI")]
    pub(crate) allow_p2p: Vec<Destinations>,
    /// Take guests that come direct, without a daemon's part in it (`virsh migrate --direct`), at tcp://HOST:PORT (port 0: any that is free).
    /// Whoever reaches it can have this host run a guest: nothing there asks who sends it
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) take_direct: Option<ListenAddress>,
    /// Fail on purpose: refuse-prepare, break-perform=BYTES, stall-perform=BYTES, corrupt-stream, stall-incoming=BYTES,
    /// lose-receipt; several, separated by commas
    #[arg(long, value_name = "FAULT,…", default_value_t = Faults::default(), hide_default_value = true)]
    pub(crate) fault: Faults,
    #[command(flatten)]
    pub(crate) admission: AdmissionArgs,
    /// Listen where strangers could come, although nothing asks them who they are
    #[arg(long)]
    pub(crate) allow_unauthenticated: bool,
    /// End when standard input does: whoever started this process is gone then
    #[arg(long, hide = true)]
    pub(crate) exit_with_stdin: bool,
}

/// What a guest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GuestKind {
    /// Memory of the daemon's.
    Memory,
    /// A process.
    Processes,
}

#[derive(Debug, Args)]
pub(crate) struct GuestArgs {
    /// Where its files go
    pub(crate) directory: PathBuf,
    /// Its UUID
    pub(crate) uuid: virtwire::hypervisor::Uuid,
    /// Where it writes down when it runs
    #[arg(long)]
    pub(crate) run_log: Option<PathBuf>,
}

fn number(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| "expected a number, such as 108; several, separated by commas".to_owned())
}

fn at_once(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| (1..=64).contains(count)).ok_or_else(|| "expected 1 to 64".to_owned())
}

fn pause(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.1..=3_600.0).contains(seconds));
    seconds.ok_or_else(|| "expected 0.1 to 3600 seconds".to_owned())
}

fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let parsed =
        text.split_once('-').and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    match parsed {
        Some((0, 0)) => Ok(0..=0),
        Some((first, last)) if 0 < first && first <= last => Ok(first..=last),
        _ => {
            Err("expected two port numbers from 1 to 65535, the lower first, such as 49152-49215".to_owned())
        }
    }
}

/// A host whose objects of a kind are listed.
#[derive(Debug, Args)]
pub(crate) struct HostArgs {
    /// The host; without it, the one that libvirt's own tools would take
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) uri: String,
    /// Also what is defined and does not run
    #[arg(long)]
    pub(crate) all: bool,
    /// Print a JSON array instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a command can tell programs as well.
#[derive(Debug, Args)]
pub(crate) struct AsJson<T: Args> {
    #[command(flatten)]
    pub(crate) of: T,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct DomainArgs {
    /// The host; without it, the one that libvirt's own tools would take
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) uri: String,
    /// The guest's name, UUID or number
    pub(crate) domain: String,
}

#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct UndefineArgs {
    #[command(flatten)]
    pub(crate) domain: DomainArgs,
    /// With its managed save image
    #[arg(long)]
    pub(crate) managed_save: bool,
    /// With what is known of its snapshots; what they hold stays
    #[arg(long)]
    pub(crate) snapshots_metadata: bool,
    /// With what is known of its checkpoints
    #[arg(long)]
    pub(crate) checkpoints_metadata: bool,
    /// With what its firmware has stored
    #[arg(long, conflicts_with = "keep_nvram")]
    pub(crate) nvram: bool,
    /// Without what its firmware has stored, which stays
    #[arg(long)]
    pub(crate) keep_nvram: bool,
    /// With what its TPM has stored
    #[arg(long, conflicts_with = "keep_tpm")]
    pub(crate) tpm: bool,
    /// Without what its TPM has stored, which stays
    #[arg(long)]
    pub(crate) keep_tpm: bool,
}

#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct XmlArgs {
    /// The host; without it, the one that libvirt's own tools would take
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) uri: String,
    /// The file with the configuration; - reads standard input
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// The host; without it, the one that libvirt's own tools would take
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) uri: String,
    /// A guest of it, by name, UUID or number
    pub(crate) domain: Option<String>,
    /// Print a JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = EVENTS)]
pub(crate) struct EventsArgs {
    /// The host; without it, the one that libvirt's own tools would take
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) uri: String,
    /// Only these kinds or families; without it, all of domains, networks, pools, node devices and secrets
    #[arg(long = "event", value_name = "NAME,…", value_delimiter = ',')]
    pub(crate) events: Vec<String>,
    /// Only what happens to this guest, by name, UUID or number
    #[arg(long)]
    pub(crate) domain: Option<String>,
    /// Print a JSON object for each event, on one line
    #[arg(long)]
    pub(crate) json: bool,
    /// End after so many events
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
    /// End after so many seconds; with --count, that is a failure
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<f64>,
}

#[derive(Debug, Args)]
#[command(after_help = WATCH)]
pub(crate) struct WatchArgs {
    /// The hosts
    #[arg(required = true, value_name = "URI")]
    pub(crate) hosts: Vec<String>,
    /// Ask the hosts again after so many seconds, 0.1 to 3600
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = pause)]
    pub(crate) every: f64,
    /// Print what there is now, and end
    #[arg(long)]
    pub(crate) once: bool,
    /// Print a JSON object for each round, on one line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = PROBE)]
pub(crate) struct ProbeArgs {
    /// The daemon; without it, the one that libvirt's own tools would take
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) uri: String,
    /// Print a JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = RECOVER)]
pub(crate) struct RecoverArgs {
    /// The journal that `migrate --journal` kept, or the directory of those of `migrate --all --journal`
    pub(crate) file: PathBuf,
    /// Your word that this host is dead: it runs nothing, and will not come back with the guest
    #[arg(long, value_enum, value_name = "HOST")]
    pub(crate) fenced: Vec<FencedHost>,
    /// Where the source is reached now, if not where the journal says
    #[arg(long, value_name = "URI")]
    pub(crate) from: Option<String>,
    /// Where the destination is reached now, if not where the journal says
    #[arg(long, value_name = "URI")]
    pub(crate) to: Option<String>,
    /// How long to go on asking while the end is not known, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    pub(crate) wait: f64,
    /// Print a JSON object at the end; what happens meanwhile goes to standard error
    #[arg(long)]
    pub(crate) json: bool,
}

/// A host that a person says is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FencedHost {
    Source,
    Destination,
}

#[derive(Debug, Args)]
#[command(after_help = MIGRATE)]
pub(crate) struct MigrateArgs {
    /// The guest's name, UUID or number on the source
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) domain: Option<String>,
    /// Move every guest that is active on the source, --at-once of them at a time
    #[arg(long, conflicts_with_all = ["dname", "xml", "persistent_xml", "ladder", "check", "migrate_uri", "offline"])]
    pub(crate) all: bool,
    /// Leave these guests where they are (with --all)
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', requires = "all")]
    pub(crate) except: Vec<String>,
    /// How many guests move at a time (with --all)
    #[arg(long, value_name = "N", default_value_t = 2, requires = "all", value_parser = at_once)]
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
    #[arg(long, requires = "migrate_uri", conflicts_with_all = ["p2p", "tunnelled", "peer_uri"])]
    pub(crate) direct: bool,
    /// The destination as the source's daemon reaches it (with --p2p), where that is not what --to says
    #[arg(long, value_name = "URI")]
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
    #[arg(long, requires = "postcopy")]
    pub(crate) postcopy_after_precopy: bool,
    /// Switch after so many seconds of sending
    #[arg(long, value_name = "SECONDS", requires = "postcopy", conflicts_with_all = ["postcopy_after_precopy"])]
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
    /// Slow the guest down until its memory has moved
    #[arg(long)]
    pub(crate) auto_converge: bool,
    /// Give up if the guest meets an I/O error meanwhile
    #[arg(long)]
    pub(crate) abort_on_error: bool,
    /// Skip the source's check for storage that is not coherent
    #[arg(long)]
    pub(crate) r#unsafe: bool,
    /// Limit the transfer, MiB/s
    #[arg(long, value_name = "MIB", default_value_t = 0, hide_default_value = true)]
    pub(crate) bandwidth: u64,
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
