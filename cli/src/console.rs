//! `virtwire console`: a guest's serial console on this terminal.

pub(crate) mod terminal;

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::pin::pin;
use std::time::Duration;

use clap::Args;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use virtwire::client::{CallError, Chunk, Stream, StreamError, StreamReader, StreamWriter};

use virtwire::protocol::flags::ConsoleFlags;

use crate::args::DomainArgs;
use crate::connect::Opener;
use crate::domains::{goodbye, guest, refused};
use crate::fail::{Fail, plain};
use crate::harmless;
use crate::screen::{remark_briefly, unwritten};
use crate::signals::Signals;
use terminal::RawTerminal;

#[derive(Debug, Args)]
#[command(after_help = HELP, allow_missing_positional = true)]
pub(crate) struct ConsoleArgs {
    #[command(flatten)]
    domain: DomainArgs,
    /// Which of the guest's devices, by its alias such as serial1; without it, the first console
    #[arg(long, value_name = "ALIAS")]
    device: Option<String>,
    /// Take the console from whoever has it
    #[arg(long)]
    force: bool,
    /// The key that ends this, alone or with Ctrl as ^X
    #[arg(long, value_name = "KEY", default_value = "^]", value_parser = key)]
    escape: u8,
}

const HELP: &str = "\
On a terminal every key goes to the guest, Ctrl-C too; the escape key comes back to the shell, and the guest runs on. Where \
standard input is no terminal, all of it is sent, and what the guest writes is printed until its console closes.

Example:
  virtwire console qemu:///system web1";

fn key(text: &str) -> Result<u8, String> {
    match *text.as_bytes() {
        [b'^', letter @ b'@'..=b'_'] => Ok(letter & 0x1f),
        [b'^', letter @ b'a'..=b'z'] => Ok(letter & 0x1f),
        [key] if key.is_ascii() => Ok(key),
        _ => Err("expected one key, or ^ and a letter, such as ^]".to_owned()),
    }
}

/// How a key is written.
fn named(key: u8) -> String {
    match key {
        0..0x20 => format!("^{}", char::from(key | 0x40)),
        _ => char::from(key).to_string(),
    }
}

/// Why it ended.
enum End {
    /// The guest's console closed.
    Closed,
    /// The escape key.
    Escaped,
    /// Nobody reads standard output.
    NobodyReads,
    Signal(&'static str),
}

pub(crate) async fn run(args: ConsoleArgs, opener: Opener) -> Result<(), Fail> {
    let (connection, domain) = guest(&args.domain, opener).await?;
    let flags = if args.force { ConsoleFlags::FORCE } else { ConsoleFlags::NONE };
    let opened = domain.open_console(args.device.as_deref(), flags).await;
    let stream = opened.map_err(|error| {
        let fail = refused(&connection, &args.domain.domain, &error);
        match error.remote() {
            Some(error) if !error.is_unsupported() => fail
                .next("the guest must run and have a serial console that nobody uses; --force takes it over"),
            _ => fail,
        }
    })?;
    let mut signals = Signals::listen_to_all()?;
    talk(&format!("console of {}", domain.name()), stream, args.escape, &mut signals).await?;
    tokio::select! {
        left = goodbye(connection) => left,
        // A daemon that does not hear the goodbye keeps nobody who wants to go.
        _ = signals.next() => Ok(()),
    }
}

/// Leaves the shell's own keys alone.
pub(crate) const ESCAPE: u8 = 0x1d;

/// Joins standard input and output with a stream until it ends, or somebody at a terminal leaves.
pub(crate) async fn talk(thing: &str, stream: Stream, escape: u8, signals: &mut Signals) -> Result<(), Fail> {
    let (reader, writer) = stream.split();
    let end = {
        let terminal = RawTerminal::enter().map_err(|error| {
            Fail::new(
                "the terminal",
                plain(&error),
                "it must allow raw mode; redirect standard input otherwise",
            )
        })?;
        let escape = terminal.is_some().then_some(escape);
        if let Some(escape) = escape {
            let name = harmless::line(thing);
            let told = format!("connected to the {name}; the escape key is {}\r\n", named(escape));
            // Whoever cannot be told is not kept from the console.
            let _ = io::stderr().lock().write_all(told.as_bytes());
        }
        // The terminal is itself again at the end of this block, whatever happens in it.
        relay(thing, reader, writer, escape, signals).await
    };
    match end? {
        End::Closed => {
            remark_briefly("");
            remark_briefly(&format!("the {thing} has closed"));
        }
        End::Escaped => remark_briefly(""),
        End::NobodyReads => {}
        End::Signal(name) => {
            return Err(Fail::new(thing, format!("left because of {name}"), "the guest runs on").briefly());
        }
    }
    Ok(())
}

/// Moves bytes both ways until there is a reason to end.
async fn relay(
    thing: &str,
    reader: StreamReader,
    writer: StreamWriter,
    escape: Option<u8>,
    signals: &mut Signals,
) -> Result<End, Fail> {
    let broken = |error: StreamError| match error {
        StreamError::Remote(error) => Fail::call(thing, &CallError::Remote(error)),
        other => Fail::new(thing, other, "the guest may run on: `virtwire list URI` shows it"),
    };
    let escaped = Cell::new(false);
    let mut output = pin!(print(reader));
    let mut input = pin!(type_in(writer, escape, &escaped));
    let mut typing = true;
    loop {
        // Whoever wants to leave is heard before a guest that never stops.
        tokio::select! {
            biased;
            name = signals.next() => return Ok(End::Signal(name)),
            end = &mut input, if typing => match end {
                Ok(()) => return Ok(End::Escaped),
                // What there is to read tells why.
                Err(StreamError::Ended) => typing = false,
                Err(error) => return Err(broken(error)),
            },
            end = &mut output => return match end {
                // It is the user's end, whichever of both is heard of first.
                Ok(End::Closed) if escaped.get() => Ok(End::Escaped),
                end => end.map_err(|fault| match fault {
                    Fault::Stream(error) => broken(error),
                    Fault::Output(error) => unwritten(&error),
                }),
            },
        }
    }
}

enum Fault {
    Stream(StreamError),
    Output(io::Error),
}

/// Bytes that a terminal gets at a time. Until it has shown them it shows nothing else, such as the words at the end.
const SHOWN_BYTES: usize = 1_024;

/// Prints what the guest writes, to its end. A terminal or a reader that takes nothing holds up this, and neither keys nor signals.
async fn print(mut reader: StreamReader) -> Result<End, Fault> {
    let mut out = tokio::io::stdout();
    while let Some(chunk) = reader.read_chunk().await.map_err(Fault::Stream)? {
        // A console has no holes.
        let Chunk::Data(data) = chunk else { continue };
        for piece in data.chunks(SHOWN_BYTES) {
            let written = async {
                out.write_all(piece).await?;
                out.flush().await
            };
            match written.await {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(End::NobodyReads),
                Err(error) => return Err(Fault::Output(error)),
            }
        }
    }
    Ok(End::Closed)
}

/// How long the keys before the escape key may take to get to the guest.
const LAST_KEYS_WITHIN: Duration = Duration::from_secs(5);

/// Sends what is typed, until the escape key. The end of the input ends nothing: the guest may have more to say.
async fn type_in(
    mut writer: StreamWriter,
    escape: Option<u8>,
    has_escaped: &Cell<bool>,
) -> Result<(), StreamError> {
    let mut typed = stdin();
    while let Some(mut keys) = typed.recv().await {
        let escaped = escape.and_then(|escape| keys.iter().position(|key| *key == escape));
        keys.truncate(escaped.unwrap_or(keys.len()));
        writer.write_chunk(keys.into()).await?;
        if escaped.is_some() {
            has_escaped.set(true);
            // Dropping it would drop the keys that came with the escape key. A guest that takes none keeps nobody here.
            return match tokio::time::timeout(LAST_KEYS_WITHIN, writer.finish()).await {
                Ok(Err(StreamError::Remote(error))) => Err(StreamError::Remote(error)),
                _ => Ok(()),
            };
        }
    }
    std::future::pending().await
}

/// What comes on standard input, read by a thread of its own: it stays in its read when the command ends.
pub(crate) fn stdin() -> mpsc::Receiver<Vec<u8>> {
    let (send, typed) = mpsc::channel(16);
    std::thread::spawn(move || {
        let mut buffer = [0; 4_096];
        let mut stdin = io::stdin().lock();
        while let Ok(count @ 1..) = stdin.read(&mut buffer) {
            let keys = buffer.get(..count).unwrap_or_default().to_vec();
            if send.blocking_send(keys).is_err() {
                break;
            }
        }
    });
    typed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_as_it_is_read() {
        for (text, expected) in [("^]", 0x1d), ("^A", 1), ("^a", 1), ("~", b'~'), ("^@", 0)] {
            assert_eq!(key(text), Ok(expected), "{text}");
            assert_eq!(named(expected).to_uppercase(), text.to_uppercase());
        }
        for wrong in ["", "^", "^]x", "é", "^1"] {
            assert_eq!(key(wrong).is_err(), wrong != "^", "{wrong}");
        }
    }
}
