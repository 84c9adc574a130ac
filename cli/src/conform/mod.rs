//! `virtwire conform`: holds a server to the protocol, row by row, and prints what it did.

mod keepalive;
mod objects;
mod packets;
mod row;
mod sessions;
mod streams;
mod way_in;
mod wire;

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use virtwire::uri::{TCP_PORT, Transport, Uri};

use crate::fail::Fail;
use crate::harmless;
use crate::screen::{Output, Screen, Style, say, say_json};
use row::{Price, Row, Seen, Target};
use wire::{Packet, Place, Trouble};

/// What `--help` says after the options.
const CONFORM: &str = "\
Each row is tried on a connection of its own, by bytes that this command makes without virtwire's own client. Nothing on the host
is changed. At a server that asks who clients are, the rows are those of the way in, and nobody is let in.
At a socket that is read-only the rows about what changes something are not tried. Exit status: 0 where every row that was tried conforms, 1 where one differs or nothing could be tried.
`docs/conformance.md` explains the rows in which libvirt's own daemons differ.";

#[derive(Debug, Args)]
#[command(after_help = CONFORM)]
pub(crate) struct ConformArgs {
    /// The server, by TCP or by a unix socket that is named, and the driver to open there, such as
    /// `test+tcp://127.0.0.1/default`
    pub(crate) uri: String,
    /// Only rows in whose group or name this is
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// Also the rows that take tens of seconds
    #[arg(long)]
    pub(crate) slow: bool,
    /// Also the rows that have crashed releases of libvirt: not for a host that anybody needs
    #[arg(long)]
    pub(crate) hostile: bool,
    /// Also the row that fills the server, which is set to hold this many clients (`max_clients`) and has no others
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_clients: Option<u32>,
    /// How long an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) patience: u64,
    /// Print a JSON object for each row
    #[arg(long)]
    pub(crate) json: bool,
}

/// Runs the rows, one after the other.
pub(crate) async fn run(args: ConformArgs) -> Result<ExitCode, Fail> {
    // Each row blocks on its own connection, which is what makes it say exactly what it does.
    tokio::task::spawn_blocking(move || try_all(&args))
        .await
        .unwrap_or_else(|error| Err(Fail::new("conform", error, "this is a fault of virtwire's; report it")))
}

fn try_all(args: &ConformArgs) -> Result<ExitCode, Fail> {
    let mut target = target(args)?;
    let failed = |Trouble(what)| {
        Fail::new(format!("daemon {} ({})", args.uri, target.place), what, "does a daemon run there?")
    };
    let asks = asks(&target).map_err(failed)?;
    target.is_read_only = !asks && objects::is_read_only(&target).map_err(failed)?;
    let screen = Screen::new(Output::Stdout);
    let mut counts = Counts::default();
    let mut rows = rows(&target, asks);
    rows.extend(args.max_clients.filter(|_| !asks).map(sessions::crowd));
    for row in rows.iter().filter(|row| wanted(row, args)) {
        let seen = row.tried(&target);
        counts.add(&seen);
        if args.json {
            print_json(row, &seen)?;
        } else {
            print(&screen, row, &seen);
        }
    }
    let Counts { conform, differ, not_tried } = counts;
    if !args.json {
        say("")?;
        say(&format!("{conform} rows conform, {differ} differ, {not_tried} could not be tried"))?;
    }
    Ok(if differ == 0 && conform > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[derive(Debug, Default)]
struct Counts {
    conform: u32,
    differ: u32,
    not_tried: u32,
}

impl Counts {
    fn add(&mut self, seen: &Seen) {
        *match seen {
            Seen::Conforms => &mut self.conform,
            Seen::Differs(_) => &mut self.differ,
            Seen::NotTried(_) => &mut self.not_tried,
        } += 1;
    }
}

fn target(args: &ConformArgs) -> Result<Target, Fail> {
    let uri: Uri =
        args.uri.parse().map_err(|error| Fail::open(&args.uri, virtwire::client::OpenError::Uri(error)))?;
    let place = match (uri.transport, uri.socket()) {
        (Transport::Tcp, _) => Place::Tcp(uri.host_or_local().to_owned(), uri.port.unwrap_or(TCP_PORT)),
        (Transport::Unix, Some(path)) => Place::Unix(path.clone()),
        (Transport::Unix, None) => {
            let next = "name it, such as qemu+unix:///system?socket=/run/libvirt/libvirt-sock";
            return Err(Fail::new(format!("URI {uri}"), "it names no socket", next));
        }
        (transport, _) => {
            let next = "a unix socket or TCP carries the same; use +unix or +tcp";
            let what = format!("bytes are made by hand here, and transport {transport} would change them");
            return Err(Fail::new(format!("URI {uri}"), what, next));
        }
    };
    Ok(Target {
        place,
        name: uri.name,
        patience: Duration::from_secs(args.patience.max(1)),
        is_read_only: false,
    })
}

/// Whether the server asks who its clients are. If it does not, it is to open its hypervisor.
fn asks(target: &Target) -> Result<bool, Trouble> {
    let ways = target.connect()?.served(&Packet::fence(0))?;
    // None is way 0, and so is no list.
    let asks = wire::word(&ways.payload, 0) != Some(0) && wire::word(&ways.payload, 1) != Some(0);
    if !asks {
        target.open()?;
    }
    Ok(asks)
}

fn rows(target: &Target, asks: bool) -> Vec<Row> {
    if asks {
        return way_in::rows();
    }
    [packets::rows(&target.place), sessions::rows(), objects::rows(), streams::rows(), keepalive::rows()]
        .into_iter()
        .flatten()
        .collect()
}

fn wanted(row: &Row, args: &ConformArgs) -> bool {
    let paid = match row.price {
        Price::None => true,
        Price::Slow => args.slow,
        Price::Hostile => args.hostile,
    };
    let named = args.only.as_ref().is_none_or(|text| row.group.contains(text) || row.name.contains(text));
    paid && named
}

fn print(screen: &Screen, row: &Row, seen: &Seen) {
    let (word, style) = match seen {
        Seen::Conforms => ("ok", Style::Good),
        Seen::Differs(_) => ("DIFFERS", Style::Bad),
        Seen::NotTried(_) => ("not tried", Style::Dim),
    };
    screen.line(style, &format!("{word:<9}  {:<9}  {:<44}  {}", row.group, row.name, row.expected));
    if let Seen::Differs(what) | Seen::NotTried(what) = seen {
        screen.paragraph("           ", Style::Plain, &harmless::line(what));
    }
}

fn print_json(row: &Row, seen: &Seen) -> Result<(), Fail> {
    let (result, what) = match seen {
        Seen::Conforms => ("conforms", None),
        Seen::Differs(what) => ("differs", Some(what)),
        Seen::NotTried(what) => ("not-tried", Some(what)),
    };
    say_json(&json!({
        "group": row.group,
        "row": row.name,
        "expected": row.expected,
        "result": result,
        "seen": what,
    }))
}
