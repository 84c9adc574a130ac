//! What can be typed: the commands, their options, and what `--help` says of them.

pub(crate) mod help;
mod migrate;
mod order;

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use virtwire::hypervisor::mem::Faults;
use virtwire::protocol::program::Release;
use virtwire::server::ListenAddress;

use self::help::{EVENTS, PROBE, RECOVER, SERVE, STATUS, URIS, WATCH};
pub(crate) use self::migrate::{MigrateArgs, WantedVersion};
use crate::call::CallArgs;
use crate::completions::CompletionsArgs;
use crate::conform::ConformArgs;
use crate::console::ConsoleArgs;
use crate::dissect::DissectArgs;
use crate::job::JobArgs;
use crate::net::NetCommand;
use crate::pages::ManArgs;
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
    #[arg(short, long, global = true, help_heading = OPENING)]
    pub(crate) readonly: bool,
    /// Give up a daemon that is not open after so many seconds; 60 by default, and no end for a program that leads there, such as ssh,
    /// where somebody sits at a terminal
    #[arg(long, global = true, help_heading = OPENING, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) connect_timeout: Option<u64>,
    /// Take the common name of a daemon's TLS certificate for its host name where the certificate has no subject alternative names
    #[arg(long, global = true, help_heading = OPENING)]
    pub(crate) accept_common_name: bool,
    /// Prove a password by SCRAM, or go on in clear after Kerberos, also where others may read along and take the connection over
    #[arg(long, global = true, help_heading = OPENING)]
    pub(crate) accept_unprotected: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What was typed, and by whom.
#[derive(Debug)]
pub(crate) enum Typed {
    ByUser(Box<Cli>),
    /// By `serve --guests processes`, for one of its guests.
    ByServe(GuestArgs),
}

/// What was typed.
pub(crate) fn parse(
    words: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<Typed, clap::Error> {
    let command = command();
    let words = order::options_first(&command, words.into_iter().map(Into::into).collect());
    let found = command.subcommand(guest()).try_get_matches_from(words)?;
    match found.subcommand_matches(GUEST) {
        Some(found) => GuestArgs::from_arg_matches(found).map(Typed::ByServe),
        None => Cli::from_arg_matches(&found).map(|cli| Typed::ByUser(Box::new(cli))),
    }
}

const GUEST: &str = "guest";

/// Nobody's to type, so it is not among what [`command`] has for completions and manual pages.
fn guest() -> clap::Command {
    let about = "Be a guest of `serve --guests processes`";
    GuestArgs::augment_args(clap::Command::new(GUEST).about(about).hide(true))
}

/// What the options of all commands are about.
const OPENING: &str = "Opening daemons";

/// Commands that open no daemon whose name is given: those options mean nothing to them.
const OPENS_NONE: [&str; 7] = ["completions", "conform", "demo", "dissect", "man", "passwd", "serve"];

/// The whole command, where the help of each command tells its exit status, and how daemons are opened only where one is.
pub(crate) fn command() -> clap::Command {
    let command = with_status(Cli::command());
    let unseen: Vec<_> = command
        .get_arguments()
        .filter(|option| option.is_global_set())
        .map(|option| option.clone().hide(true))
        .collect();
    OPENS_NONE
        .into_iter()
        .fold(command, |command, name| command.mut_subcommand(name, |opens_none| opens_none.args(&unseen)))
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
    /// Set or remove a user's password in a file for `serve --passwords`
    Passwd(PasswdArgs),
    /// List a host's guests
    List(HostArgs),
    /// Describe a host, or one guest of it
    Info(InfoArgs),
    /// Print a guest's configuration
    Dumpxml(DumpxmlArgs),
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
    /// Show the job on a guest, such as its migration, or steer it
    Job(JobArgs),
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
    /// user, host, port, parameters; several times for several. `any` is every place that a client names, with the credentials of this
    /// daemon's user, but no URI with parameters other than name and no_tty: they name files and sockets of this host
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
pub(crate) struct DumpxmlArgs {
    #[command(flatten)]
    pub(crate) domain: DomainArgs,
    /// What the next start begins with, of a guest that runs
    #[arg(long)]
    pub(crate) inactive: bool,
    /// With passwords
    #[arg(long)]
    pub(crate) security_info: bool,
    /// With the CPU as this host would have it
    #[arg(long)]
    pub(crate) update_cpu: bool,
    /// For a destination to read
    #[arg(long)]
    pub(crate) migratable: bool,
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
    /// Begin each line with the moment at which its event came; JSON always has it, as `time`
    #[arg(long)]
    pub(crate) timestamp: bool,
    /// End after so many events
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
    /// End after so many seconds, counted from `watching`; with --count, that is a failure
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
    /// The agent that knows: run as `PROGRAM source|destination URI` for each host at whose address nobody answers, and asked to fence it. That it
    /// ends with status 0 is its word that the host is dead, as with --fenced. A host that refuses, is another one now, or lies behind a program
    /// that does not tell why it leads nowhere is not fenced
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) fence: Option<PathBuf>,
    /// Your word that the source's daemon has been started again since, or has ended its call: of a peer-to-peer or direct migration, which it
    /// carries out by itself, nothing comes any more
    #[arg(long)]
    pub(crate) source_restarted: bool,
    /// Your word that nobody has begun another migration of the guest since: what its source keeps paused is this one's
    #[arg(long)]
    pub(crate) no_later_migration: bool,
    /// Your word that the URIs lead to the right hosts, whoever they say they are now
    #[arg(long)]
    pub(crate) hosts_are_right: bool,
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
