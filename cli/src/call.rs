//! `virtwire call`: any procedure of any program, with JSON in and out.

mod arguments;
mod descriptors;
mod json;
mod name;
mod once;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};
use virtwire::client::{Admin, CallError, Connection};
use virtwire::protocol::contract::{Message, Visitor, visit_reply};
use virtwire::protocol::program::{ProcedureInfo, Program, StreamDirection};
use virtwire::xdr;

pub(crate) use self::name::procedures;
use crate::connect::Opener;
use crate::console;
use crate::domains::goodbye;
use crate::fail::{Fail, plain};
use crate::screen::{say_json, say_json_by};
use crate::signals::Signals;
use crate::transfer::{Sink, Source, receive, send};
use descriptors::{Passed, join, returns_only, to_join};

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct CallArgs {
    /// The host; '' is the one that libvirt's own tools would take
    uri: String,
    /// The procedure's name in the contract, such as domain_get_info, or its number
    procedure: String,
    /// Its arguments, an object of its fields; - reads standard input; without it, none
    arguments: Option<String>,
    /// Of which program; without it, the one that has the name, and at a daemon's own URI, such as libvirtd:///system, first admin
    #[arg(long, value_name = "PROGRAM", value_parser = name::program)]
    program: Option<Program>,
    /// For a procedure that opens a stream: the file to send, or to write what comes; - is standard input or output, and all
    /// that one which runs both ways can have
    #[arg(long, value_name = "FILE")]
    stream: Option<PathBuf>,
    /// For a procedure that passes file descriptors, over a unix socket: a file to pass, as often as there are some; - is a socket
    /// that standard input and output are the other end of
    #[arg(long, value_name = "FILE")]
    fd: Vec<PathBuf>,
}

const HELP: &str = "\
PROGRAM is remote, qemu, lxc or admin. The admin program has sockets of its own: libvirtd:///system. libvirt keeps it private.

JSON has the contract's own field names, such as eventID; event_id is read too. Text is a string; an enumeration is a name or a number; \
a union is an object of its arm, such as {\"i\": 5}; what may be absent is null; a UUID is written as usual; other opaque data is \
{\"hex\": \"00ff\"}. In replies models and labels are text, where they are. Wrong arguments are told by the name of the field, and nothing is sent.

A procedure whose stream runs both ways, such as domain_open_console, sends standard input and prints what comes until the stream \
ends; on a terminal ^] leaves it, as in `virtwire console`. So does one whose reply is a socket, such as domain_open_graphics_fd, which \
takes no --fd; and with --fd - so does one that is passed a socket, such as domain_open_graphics. Other file descriptors that come with a \
reply are counted in it, {\"fds\": 2}, and closed.

Examples:
  virtwire call qemu:///system connect_get_hostname
  virtwire call qemu:///system domain_lookup_by_name '{\"name\": \"web1\"}'
  virtwire call lxc:///system domain_create_with_files '{\"dom\": …, \"flags\": 0}' --fd console.log
  virtwire call qemu:///system qemu_domain_monitor_command \\
      '{\"dom\": {\"name\": \"web1\", \"uuid\": \"5f2a8c1e-…\", \"id\": 1}, \"cmd\": \"info status\", \"flags\": 1}'";

pub(crate) async fn run(args: CallArgs, opener: Opener) -> Result<(), Fail> {
    let (program, info) = name::find(&args.procedure, args.program, name::leads_to_admin(&args.uri))?;
    let beside = beside(info, &args)?;
    let arguments = arguments::encode(program, info, &read(args.arguments.as_deref())?)?;
    let connection = open(program, &args.uri, opener).await?;
    let thing = format!("procedure {} on {}", info.name, connection.uri());
    let failed = |error| Fail::call(&thing, &error);
    let opening =
        async || connection.open_stream_encoded(program, info.number, &arguments).await.map_err(failed);
    let mut returned = Vec::new();
    let reply = match beside {
        Beside::Nothing => connection.call_encoded(program, info.number, &arguments).await.map_err(failed)?,
        Beside::Stream(StreamDirection::Write, file) => {
            let mut source = Source::open(file)?;
            let (reply, stream) = opening().await?;
            send(stream, &mut source, u64::MAX, None, u64::MAX).await?;
            reply
        }
        Beside::Stream(StreamDirection::Both, _) => {
            let (_, stream) = opening().await?;
            let mut signals = Signals::listen_to_all()?;
            console::talk(&format!("stream of {}", info.name), stream, console::ESCAPE, &mut signals).await?;
            return goodbye(connection).await;
        }
        Beside::Stream(_, file) => {
            let (reply, stream) = opening().await?;
            let mut sink = Sink::create(file)?;
            receive(stream, &mut sink, None, u64::MAX).await?;
            if sink.is_stdout() {
                return goodbye(connection).await;
            }
            reply
        }
        Beside::Descriptors(Passed { descriptors, ours }) => {
            let call = connection.call_with_fds_encoded(program, info.number, &arguments, descriptors);
            let (reply, came) = call.await.map_err(|error| match error {
                CallError::Arguments { .. } => failed(error).next("nothing was sent"),
                error => failed(error),
            })?;
            returned = came;
            if let Some(socket) = to_join(ours, &mut returned, reply.is_empty()) {
                join(&thing, socket).await?;
                return goodbye(connection).await;
            }
            reply
        }
    };
    let show = Show { reply: &reply, descriptors: returned.len() };
    let shown = visit_reply(program, info.number, show).unwrap_or_else(|| Ok(say_json(&"{}")));
    shown.map_err(|error| {
        Fail::new(
            format!("the reply to {}", info.name),
            format!("cannot be understood: {error}"),
            "the call was made; `virtwire probe URI` shows which release answered",
        )
    })??;
    goodbye(connection).await
}

/// What goes beside the arguments and the reply.
enum Beside<'a> {
    Nothing,
    Stream(StreamDirection, &'a Path),
    Descriptors(Passed),
}

/// What the procedure has, of what the user gave for it.
fn beside<'a>(info: &ProcedureInfo, args: &'a CallArgs) -> Result<Beside<'a>, Fail> {
    let refused = |what: &str, next: &str| Err(Fail::new(format!("procedure {}", info.name), what, next));
    if !info.passes_fds && !args.fd.is_empty() {
        return refused("passes no file descriptors", "leave --fd out");
    }
    if returns_only(info) && !args.fd.is_empty() {
        return refused(
            "takes no file descriptors: they come with its reply",
            "leave --fd out; standard input and output are a socket's other end that comes alone",
        );
    }
    if args.arguments.as_deref() == Some("-") && reads_input(info, args) {
        return Err(Fail::new(
            "standard input",
            "cannot be both the arguments and the data",
            "give the arguments on the command line",
        ));
    }
    match (info.stream, &args.stream) {
        (None, Some(_)) => refused("opens no stream", "leave --stream out"),
        (None, None) if info.passes_fds => Ok(Beside::Descriptors(Passed::open(&args.fd)?)),
        (None, None) => Ok(Beside::Nothing),
        (Some(StreamDirection::Both), Some(file)) if file != Path::new("-") => refused(
            "opens a stream that runs both ways",
            "leave --stream out: it goes over standard input and output",
        ),
        (Some(StreamDirection::Both), _) => Ok(Beside::Stream(StreamDirection::Both, Path::new("-"))),
        (Some(direction), Some(file)) => Ok(Beside::Stream(direction, file)),
        (Some(direction), None) => {
            let what = match direction {
                StreamDirection::Write => "opens a stream, and waits for what is to be sent",
                _ => "opens a stream, on which data comes",
            };
            refused(what, "--stream FILE names the file; - is standard input or output")
        }
    }
}

/// Whether standard input is what is sent on its stream or to its socket.
fn reads_input(info: &ProcedureInfo, args: &CallArgs) -> bool {
    let is_input = |file: &Path| file == Path::new("-");
    match info.stream {
        Some(StreamDirection::Both) => true,
        Some(StreamDirection::Write) => args.stream.as_deref().is_some_and(is_input),
        _ => args.fd.iter().any(|file| is_input(file)),
    }
}

/// A reply, with the number of descriptors that came with it, which are closed when the command ends.
fn with_count(reply: String, descriptors: usize) -> Result<String, String> {
    if descriptors == 0 {
        return Ok(reply);
    }
    let mut fields: Map<String, Value> = serde_json::from_str(&reply).map_err(|error| error.to_string())?;
    fields.insert("fds".to_owned(), descriptors.into());
    Ok(format!("{:#}", Value::Object(fields)))
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

fn read(arguments: Option<&str>) -> Result<String, Fail> {
    match arguments {
        None => Ok("{}".to_owned()),
        Some("-") => {
            let mut text = String::new();
            io::stdin().lock().read_to_string(&mut text).map_err(|error| {
                Fail::new(
                    "standard input",
                    format!("cannot be read: {}", plain(&error)),
                    "JSON in UTF-8 is expected",
                )
            })?;
            Ok(text)
        }
        Some(arguments) => Ok(arguments.to_owned()),
    }
}

/// A reply as JSON.
struct Show<'a> {
    reply: &'a [u8],
    descriptors: usize,
}

impl Visitor for Show<'_> {
    /// Whether it could be said, if it could be understood.
    type Output = Result<Result<(), Fail>, String>;

    fn visit<T: Message>(self, _name: &'static str) -> Self::Output {
        let reply: T = xdr::Options::lenient().from_slice(self.reply).map_err(|error| error.to_string())?;
        if self.descriptors == 0 && size_of::<T>() > 0 {
            return Ok(say_json_by(|to| json::write(&reply, to).map_err(io::Error::from)));
        }
        let shown = json::text(&reply).map_err(|error| error.to_string())?;
        Ok(say_json(&with_count(shown, self.descriptors)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_with_a_reply_is_counted_in_it() {
        assert_eq!(with_count("{}".to_owned(), 0).unwrap(), "{}");
        assert_eq!(with_count("{}".to_owned(), 3).unwrap(), "{\n  \"fds\": 3\n}");
        let told = with_count(r#"{"result": "ok"}"#.to_owned(), 1).unwrap();
        assert_eq!(told, "{\n  \"fds\": 1,\n  \"result\": \"ok\"\n}");
    }
}
