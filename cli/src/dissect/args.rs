//! What can be typed after `virtwire dissect`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use virtwire::server::ListenAddress;

use super::showing::filter::{Filter, Pattern};

#[derive(Debug, Args)]
#[command(after_help = DISSECT)]
#[command(group(ArgGroup::new("shape").args(["json", "ladder", "svg"])))]
pub(crate) struct DissectArgs {
    /// Captures (pcap, pcapng), recorded bytes (NAME.c2s, NAME.s2c, or NAME for both), or - for standard input
    #[arg(value_name = "FILE", required_unless_present = "listen")]
    pub(super) files: Vec<PathBuf>,
    /// Stand between a client and a daemon: listen here, tcp://HOST:PORT or unix:PATH
    #[arg(long, value_name = "ADDRESS", requires = "connect", conflicts_with = "files")]
    pub(super) listen: Option<ListenAddress>,
    /// and pass everything on to the daemon there
    #[arg(long, value_name = "ADDRESS", requires = "listen", conflicts_with = "files")]
    pub(super) connect: Option<ListenAddress>,
    /// End when the first connection does
    #[arg(long, requires = "listen")]
    pub(super) once: bool,
    /// Listen where strangers could come, although whoever reaches this reaches the daemon
    #[arg(long, requires = "listen")]
    pub(super) allow_unauthenticated: bool,
    /// Only these procedures, by number or by name, in which * stands for anything
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    procedure: Vec<Pattern>,
    /// Only these serials
    #[arg(long, value_name = "NUMBER,…", value_delimiter = ',')]
    serial: Vec<u32>,
    /// Only these connections, by the number that each line begins with
    #[arg(long, value_name = "NUMBER,…", value_delimiter = ',')]
    connection: Vec<u32>,
    /// Only what failed: error replies, streams that broke, replies to nothing, what does not decode
    #[arg(long)]
    errors: bool,
    /// Every argument, under each line
    #[arg(long, visible_alias = "verbose", short = 'v', conflicts_with = "shape")]
    pub(super) args: bool,
    /// Every frame of a stream's data, instead of their sum
    #[arg(long)]
    pub(super) data: bool,
    /// Also what holds passwords and secrets
    #[arg(long)]
    pub(super) secrets: bool,
    /// Print a JSON object for each frame, on one line
    #[arg(long)]
    pub(super) json: bool,
    /// Draw who called whom, as text
    #[arg(long)]
    pub(super) ladder: bool,
    /// Draw it as a picture, into this file; - prints it
    #[arg(long, value_name = "FILE")]
    pub(super) svg: Option<PathBuf>,
}

impl DissectArgs {
    pub(super) fn filter(&self) -> Filter {
        Filter {
            procedures: self.procedure.clone(),
            serials: self.serial.clone(),
            connections: self.connection.clone(),
            errors: self.errors,
        }
    }
}

const DISSECT: &str = "\
A line has the time since the first, the connection's number, the direction (→ to the daemon), program, procedure, kind, \
serial, bytes of the frame, for replies how long they took, and the main arguments or the error. What is no frame is said \
with its offset, and passed over until the next header that can be one.

Examples:
  virtwire dissect capture.pcapng --errors
  dumpcap -q -i lo -f 'tcp port 16509' -w - | virtwire dissect -
  virtwire dissect --listen unix:/tmp/tap --connect unix:/run/libvirt/libvirt-sock
  virsh -c 'qemu+unix:///system?socket=/tmp/tap' list
  virtwire dissect source.c2s source.s2c destination.c2s destination.s2c --svg migration.svg

Captures may have TCP on any port over Ethernet, loopback or Linux's cooked interfaces. Recorded bytes have no times: \
the order of each direction is true, replies follow their calls, and two connections of a migration are joined by its \
steps. A ladder is drawn at the end: client and daemon, or source, client and destination.

Between a client and a daemon whatever passes is told first: traffic waits for whoever reads the output, so send it into a file where \
that may be slow. Ctrl-C ends the passing on, and a second one the telling; so does SIGTERM within 5 s.

File descriptors are passed on where --listen and --connect are both unix sockets. TCP carries none: what sends one there is told, \
and fails.";
