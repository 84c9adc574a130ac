//! What can be typed: the commands, their options, and what `--help` says of them.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use virtwire::hypervisor::mem::Faults;
use virtwire::protocol::program::Release;
use virtwire::server::ListenAddress;

use crate::call::CallArgs;
use crate::console::ConsoleArgs;
use crate::dissect::DissectArgs;
use crate::net::NetCommand;
use crate::pages::{CompletionsArgs, ManArgs};
use crate::pool::PoolCommand;
use crate::screenshot::ScreenshotArgs;
use crate::stats::StatsArgs;
use crate::vol::VolCommand;

/// Speak libvirt's protocol: run a host, look at hosts, move guests between them.
#[derive(Debug, Parser)]
#[command(name = "virtwire", version, max_term_width = 100, arg_required_else_help = true, after_help = URIS)]
pub(crate) struct Cli {
    /// Open daemons only to look: they refuse whatever would change something
    #[arg(short, long, global = true)]
    pub(crate) readonly: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show migrations between daemons of its own: two good ones, two downgrades, a refusal, two failures
    Demo,
    /// Run a host in memory that libvirt's tools can drive
    Serve(ServeArgs),
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
    Undefine(DomainArgs),
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
    /// Call any procedure of the protocol, with JSON in and out
    Call(CallArgs),
    /// Tell what was said on the wire: recordings, captures, or live between a client and a daemon
    Dissect(DissectArgs),
    /// Tell a daemon's age, its features, and which migrations it can take part in
    Probe(ProbeArgs),
    /// Move a guest to another host
    Migrate(MigrateArgs),
    /// Print a shell's completions for this command
    Completions(CompletionsArgs),
    /// Print a manual page, or write all of them
    Man(ManArgs),
}

#[derive(Debug, Args)]
#[command(after_help = SERVE)]
pub(crate) struct ServeArgs {
    /// Where to listen: tcp://HOST:PORT (port 0: any that is free) or unix:PATH; may be given several times
    #[arg(long, value_name = "ADDRESS", required = true)]
    pub(crate) listen: Vec<ListenAddress>,
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
    /// Fail on purpose: refuse-prepare, break-perform=BYTES, stall-perform=BYTES, corrupt-stream, stall-incoming=BYTES,
    /// lose-receipt; several, separated by commas
    #[arg(long, value_name = "FAULT,…", default_value_t = Faults::default(), hide_default_value = true)]
    pub(crate) fault: Faults,
    /// Listen where strangers could come, although nothing asks them who they are
    #[arg(long)]
    pub(crate) allow_unauthenticated: bool,
    /// End when standard input does: whoever started this process is gone then
    #[arg(long, hide = true)]
    pub(crate) exit_with_stdin: bool,
}

fn number(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| "expected a number, such as 108; several, separated by commas".to_owned())
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
#[command(after_help = MIGRATE)]
pub(crate) struct MigrateArgs {
    /// The guest's name, UUID or number on the source
    pub(crate) domain: String,
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
    /// Let the guest run while its memory moves
    #[arg(long)]
    pub(crate) live: bool,
    /// Define the guest on the destination
    #[arg(long)]
    pub(crate) persistent: bool,
    /// Remove the guest's definition from the source
    #[arg(long)]
    pub(crate) undefine_source: bool,
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
    #[arg(long, value_name = "FILE")]
    pub(crate) persistent_xml: Option<PathBuf>,
    /// Show every call: who asks whom, procedure, serial, bytes
    #[arg(long)]
    pub(crate) ladder: bool,
    /// Print a JSON object at the end; what happens meanwhile goes to standard error
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

const URIS: &str = "\
URI is libvirt's: driver[+transport]://[user@][host][:port]/path, for example
  mem+tcp://127.0.0.1:16509/default              a `virtwire serve` on TCP
  mem+unix:///default?socket=/tmp/virtwire.sock  the same on a unix socket
  qemu:///system                                 the libvirtd of this machine
  qemu+ssh://root@host/system                    another's, by your own ssh
  qemu://host/system                             another's, by TLS with libvirt's certificates

It may also be an alias from your libvirt.conf. Left out or empty (''), it is LIBVIRT_DEFAULT_URI, else that file's uri_default, \
else the daemon of this machine.

DOMAIN is the guest's name, its UUID, or the number that it has while it is active.

`virtwire demo` shows migrations within seconds, and touches nothing but itself.

Exit status: 0 when what was asked for is done, 1 when it is not, with one line on standard error that says why and what to do; \
`migrate` has more, see its help.";

const SERVE: &str = "\
Prints `listening on ADDRESS` for each listener once it accepts, and ends on SIGTERM and SIGINT.

Example:
  virtwire serve --listen tcp://127.0.0.1:16509 --listen unix:/tmp/virtwire.sock
  virsh -c mem+tcp://127.0.0.1/default list --all

Several listeners share one host. Guests are <domain type='mem'> or <domain type='test'>, and live as long as the \
process. Each has at most 4 MiB of real memory, whatever its XML says. Connections are not authenticated.";

const EVENTS: &str = "\
NAME is a kind of domain event as `virsh event --list` has it, such as lifecycle or block-job-2; one of network-lifecycle, \
network-metadata-change, pool-lifecycle, pool-refresh, nodedev-lifecycle, nodedev-update, secret-lifecycle, \
secret-value-changed; monitor, for all that a guest's QEMU reports; closed, for the daemon's own upstream connection; a \
family: domain, network, pool, nodedev, secret; or the number of a kind of domain event that virtwire has no name for.

`watching URI` on standard error says that events are heard from now on. Kinds that the daemon does not have are named \
there if they were asked for by name.

Example:
  virtwire events qemu:///system --event lifecycle,network --count 1 --timeout 60";

const PROBE: &str = "\
What a daemon can do is asked of it, not guessed from its release. Features are its claims: whether it has the procedures \
behind them shows when they are called.";

const MIGRATE: &str = "\
Example:
  virtwire migrate --live --from mem+tcp://127.0.0.1:16509/default \\
      --to mem+tcp://127.0.0.1:16510/default web1

`auto` takes version 3 with parameters where both hosts report it, else version 3, else version 2 (Preparev2; not with a \
host that reports version 3 too), else version 1 (Prepare). A destination that reports version 2 and turns out not to have it gets \
version 1, if both report it. Nothing older is tried after anything could have happened.

Ctrl-C asks the source to stop the migration, and waits for the truth. While the end is not known the hosts are asked \
again and again; a second Ctrl-C stops that.

Exit status, and the words of `outcome` in JSON:
  0  on destination               the guest is there, as asked
  1                               nothing was tried: wrong arguments, no such host or guest, no common version
  2  on source                    it failed, and the guest is where it was
  3  unknown                      it is not known where the guest is; what to check was printed
  4  nowhere                      both hosts say that they do not have the guest
  5  on destination, not running  the guest is there, and the host does not let it run";
