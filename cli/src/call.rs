//! `virtwire call`: any procedure of any program, with JSON in and out.

mod arguments;
mod json;
mod name;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use virtwire::client::{Admin, Connection};
use virtwire::protocol::contract::{Message, Visitor, visit_reply};
use virtwire::protocol::program::{Program, StreamDirection};
use virtwire::xdr;

use crate::connect::Opener;
use crate::console;
use crate::domains::goodbye;
use crate::fail::{Fail, plain};
use crate::screen::say_json;
use crate::transfer::{Sink, Source, receive, send};

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct CallArgs {
    /// The host; '' is the one that libvirt's own tools would take
    uri: String,
    /// The procedure's name in the contract, such as domain_get_info, or its number
    procedure: String,
    /// Its arguments, an object of its fields; - reads standard input; without it, none
    arguments: Option<String>,
    /// Of which program; without it, the one that has the name
    #[arg(long, value_name = "PROGRAM", value_parser = name::program)]
    program: Option<Program>,
    /// For a procedure that opens a stream: the file to send, or to write what comes; - is standard input or output, and all
    /// that one which runs both ways can have
    #[arg(long, value_name = "FILE")]
    stream: Option<PathBuf>,
}

const HELP: &str = "\
PROGRAM is remote, qemu, lxc or admin. The admin program has sockets of its own: libvirtd:///system. libvirt keeps it private.

JSON has the contract's own field names. Text is a string; an enumeration is a name or a number; a union is an object of its arm, such as \
{\"i\": 5}; what may be absent is null; a UUID is written as usual; other opaque data is {\"hex\": \"00ff\"}. Wrong arguments are \
told by the name of the field, and nothing is sent. Procedures that pass file descriptors, such as domain_open_graphics_fd, are refused.

A procedure whose stream runs both ways, such as domain_open_console, sends standard input and prints what comes until the stream \
ends; on a terminal ^] leaves it, as in `virtwire console`.

Examples:
  virtwire call qemu:///system connect_get_hostname
  virtwire call qemu:///system domain_lookup_by_name '{\"name\": \"web1\"}'
  virtwire call qemu:///system qemu_domain_monitor_command \\
      '{\"dom\": {\"name\": \"web1\", \"uuid\": \"5f2a8c1e-…\", \"id\": 1}, \"cmd\": \"info status\", \"flags\": 1}'";

pub(crate) async fn run(args: CallArgs, opener: Opener) -> Result<(), Fail> {
    let (program, info) = name::find(&args.procedure, args.program)?;
    if info.passes_fds {
        return Err(Fail::new(
            format!("procedure {}", info.name),
            "passes file descriptors, for which JSON has nothing",
            "a program can call it, by virtwire's Connection::call_with_fds",
        ));
    }
    let opening = match (info.stream, &args.stream) {
        (None, None) => None,
        (Some(StreamDirection::Both), Some(file)) if file != Path::new("-") => {
            return Err(Fail::new(
                format!("procedure {}", info.name),
                "opens a stream that runs both ways",
                "leave --stream out: it goes over standard input and output",
            ));
        }
        (Some(StreamDirection::Both), _) => Some((StreamDirection::Both, Path::new("-"))),
        (Some(direction), Some(file)) => Some((direction, file.as_path())),
        (Some(direction), None) => {
            let what = match direction {
                StreamDirection::Write => "opens a stream, and waits for what is to be sent",
                _ => "opens a stream, on which data comes",
            };
            let next = "--stream FILE names the file; - is standard input or output";
            return Err(Fail::new(format!("procedure {}", info.name), what, next));
        }
        (None, Some(_)) => {
            return Err(Fail::new(
                format!("procedure {}", info.name),
                "opens no stream",
                "leave --stream out",
            ));
        }
    };
    let arguments = arguments::encode(program, info, &read(args.arguments)?)?;
    let connection = open(program, &args.uri, opener).await?;
    let failed = |error| Fail::call(format!("procedure {} on {}", info.name, connection.uri()), &error);
    let reply = match opening {
        None => connection.call_encoded(program, info.number, &arguments).await.map_err(failed)?,
        Some((StreamDirection::Write, file)) => {
            let mut source = Source::open(file)?;
            let opened = connection.open_stream_encoded(program, info.number, &arguments).await;
            let (reply, stream) = opened.map_err(failed)?;
            send(stream, &mut source, false, None, u64::MAX).await?;
            reply
        }
        Some((StreamDirection::Both, _)) => {
            let opened = connection.open_stream_encoded(program, info.number, &arguments).await;
            let (_, stream) = opened.map_err(failed)?;
            console::talk(&format!("stream of {}", info.name), stream, console::ESCAPE).await?;
            return goodbye(connection).await;
        }
        Some((_, file)) => {
            let opened = connection.open_stream_encoded(program, info.number, &arguments).await;
            let (reply, stream) = opened.map_err(failed)?;
            let mut sink = Sink::create(file)?;
            receive(stream, &mut sink, None).await?;
            if sink.is_stdout() {
                return goodbye(connection).await;
            }
            reply
        }
    };
    let shown = visit_reply(program, info.number, Show(&reply)).unwrap_or_else(|| Ok("{}".to_owned()));
    let shown = shown.map_err(|error| {
        Fail::new(
            format!("the reply to {}", info.name),
            format!("cannot be understood: {error}"),
            "the call was made; `virtwire probe URI` shows which release answered",
        )
    })?;
    say_json(&shown)?;
    goodbye(connection).await
}

/// A connection that the program's calls go over.
async fn open(program: Program, uri: &str, opener: Opener) -> Result<Connection, Fail> {
    if program != Program::ADMIN {
        return opener.open(uri).await;
    }
    if opener.read_only {
        return Err(Fail::new(
            format!("daemon {uri}"),
            "has no socket where its administration could only be looked at",
            "leave --readonly out; procedures whose names have get, list or lookup change nothing",
        ));
    }
    match Admin::open_with(uri, opener.options(uri)).await {
        Ok(admin) => Ok(admin.connection().clone()),
        Err(error) => Err(Fail::open(uri, error).next(
            "the admin program is at libvirtd:///system, virtqemud:///system or ?socket=PATH, for root alone",
        )),
    }
}

fn read(arguments: Option<String>) -> Result<String, Fail> {
    match arguments.as_deref() {
        None => Ok("{}".to_owned()),
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().lock().read_to_string(&mut text).map_err(|error| {
                Fail::new(
                    "standard input",
                    format!("cannot be read: {}", plain(&error)),
                    "JSON in UTF-8 is expected",
                )
            })?;
            Ok(text)
        }
        Some(_) => Ok(arguments.unwrap_or_default()),
    }
}

/// A reply as JSON.
struct Show<'a>(&'a [u8]);

impl Visitor for Show<'_> {
    type Output = Result<String, String>;

    fn visit<T: Message>(self, _name: &'static str) -> Result<String, String> {
        let reply: T = xdr::Options::lenient().from_slice(self.0).map_err(|error| error.to_string())?;
        json::text(&reply).map_err(|error| error.to_string())
    }
}
