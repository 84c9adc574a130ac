//! `virtwire dissect`: what was said on the wire, from recordings, captures, or between a client and a daemon.
//!
//! Sources (`reading`, `proxy`) tell what happens; a desk (`showing`) joins calls and replies, decodes, and leaves out what
//! is not wanted; lines, JSON or a ladder come out.

mod args;
mod files;
#[cfg(test)]
mod hostile;
mod ladder;
mod page;
mod proxy;
mod reading;
mod showing;

use std::io;
use std::path::Path;

use crate::fail::{Fail, plain};
use crate::screen::{say, say_bytes, unwritten};
pub(crate) use args::DissectArgs;
use ladder::Ladder;
use page::{Flushed, Page};
use proxy::Place;
use showing::body::Wants;
use showing::json::Json;
use showing::lines::Lines;
use showing::{Counts, Desk, Output};

/// Shows everything.
pub(crate) async fn run(args: DissectArgs) -> Result<(), Fail> {
    let is_live = args.listen.is_some() || args.files.iter().any(|file| file.as_os_str() == "-");
    if args.ladder || args.svg.is_some() {
        let svg = args.svg.clone();
        return show(&args, Ladder::default(), move |ladder| draw(ladder, svg.as_deref())).await;
    }
    if args.json {
        return show(&args, Json::new(Flushed::new(is_live)), |_| Ok(())).await;
    }
    show(&args, Lines::new(Page::new(is_live), args.args), |_| Ok(())).await
}

/// Passes everything that happens to an output, and then does what there is to do with that.
async fn show<O: Output + Send + 'static>(
    args: &DissectArgs,
    output: O,
    end: impl FnOnce(O) -> Result<(), Fail> + Send + 'static,
) -> Result<(), Fail> {
    let wants = Wants { secrets: args.secrets };
    let mut desk = Desk::new(output, args.filter(), wants, args.data);
    if let (Some(listen), Some(connect)) = (&args.listen, &args.connect) {
        let (once, allow_unauthenticated) = (args.once, args.allow_unauthenticated);
        let place = Place { listen, connect, once, allow_unauthenticated };
        return proxy::run(place, move |mut happenings| {
            let taken =
                std::iter::from_fn(|| happenings.blocking_recv()).try_for_each(|told| desk.take(told));
            match taken.and_then(|()| desk.finish()) {
                Ok((output, _)) => end(output),
                Err(error) => heard(Err(error)),
            }
        })
        .await;
    }
    files::read(&args.files, |happening| desk.take(happening))?;
    match desk.finish() {
        Ok((_, Counts { frames: 0, foreign: 0, .. })) => {
            let names: Vec<_> = args.files.iter().map(|file| file.display().to_string()).collect();
            Err(Fail::new(
                format!("file {}", names.join(", ")),
                "nothing in it is libvirt's protocol",
                "was the right port captured? over TLS, capture a unix socket by --listen and --connect instead",
            ))
        }
        Ok((output, _)) => end(output),
        Err(error) => heard(Err(error)),
    }
}

/// Draws a ladder as text, or as a picture into a file.
fn draw(ladder: Ladder, svg: Option<&Path>) -> Result<(), Fail> {
    let cast = ladder.cast();
    if let Some(path) = svg {
        return save(path, &ladder::svg::draw(&cast));
    }
    let lines = ladder::text::draw(&cast);
    let mut page = Page::new(false);
    let written = lines.iter().try_for_each(|(line, bad)| page.ladder_line(line, *bad));
    heard(written.and_then(|()| page.flush()))
}

fn save(path: &Path, picture: &str) -> Result<(), Fail> {
    if path.as_os_str() == "-" {
        return say_bytes(picture.as_bytes());
    }
    std::fs::write(path, picture).map_err(|error| {
        Fail::new(
            format!("file {}", path.display()),
            format!("cannot be written: {}", plain(&error)),
            "give a path in a directory that exists; - prints the picture",
        )
    })?;
    say(&format!("wrote {}", path.display()))
}

/// Whoever has closed the pipe does not want the rest.
fn heard(written: io::Result<()>) -> Result<(), Fail> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritten(&error)),
        _ => Ok(()),
    }
}
