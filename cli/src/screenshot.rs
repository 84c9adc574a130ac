//! `virtwire screenshot`: what a guest shows, as an image file.

use std::path::PathBuf;

use clap::Args;
use virtwire::protocol::error::ErrorCode;

use crate::args::DomainArgs;
use crate::connect::Opener;
use crate::domains::{goodbye, guest, refused};
use crate::fail::Fail;
use crate::progress::size;
use crate::screen::say_done;
use crate::transfer::{Sink, receive};

#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct ScreenshotArgs {
    #[command(flatten)]
    domain: DomainArgs,
    /// The file to write, or - for standard output; without it, a new one that is called as the guest is here, with the ending of what the
    /// daemon sends
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Which of the guest's screens
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    screen: u32,
}

pub(crate) async fn run(args: ScreenshotArgs, opener: Opener) -> Result<(), Fail> {
    let (connection, domain) = guest(&args.domain, opener).await?;
    let opened = domain.screenshot(args.screen).await;
    let (mime, stream) = opened.map_err(|error| {
        let fail = refused(&connection, &args.domain.domain, &error);
        match error.remote() {
            Some(error) if error.code == ErrorCode::OPERATION_INVALID => {
                fail.next("the guest must run and have that screen; --screen counts them from 0")
            }
            _ => fail,
        }
    })?;
    let mime = mime.map(|mime| mime.to_string()).unwrap_or_default();
    let (file, is_named) = match args.output {
        Some(file) => (file, true),
        // Nothing of the daemon's chooses it but the kind of picture, and it takes no other's place.
        None => (format!("{}.{}", args.domain.domain.replace('/', "_"), ending(&mime)).into(), false),
    };
    let mut sink = if is_named { Sink::create(&file)? } else { Sink::create_new(&file)? };
    let received = receive(stream, &mut sink, None, u64::MAX).await?;
    if !sink.is_stdout() {
        say_done(&format!("wrote {} ({mime}, {})", file.display(), size(received)))?;
    }
    goodbye(connection).await
}

/// The usual ending of a picture of this type.
fn ending(mime: &str) -> &'static str {
    match mime {
        "image/png" => "png",
        "image/x-portable-pixmap" => "ppm",
        "image/jpeg" => "jpg",
        "image/svg+xml" => "svg",
        "image/bmp" | "image/x-bmp" | "image/x-ms-bmp" => "bmp",
        "image/gif" => "gif",
        "image/webp" => "webp",
        _ => "image",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_is_of_a_picture() {
        for (mime, expected) in [
            ("image/png", "png"),
            ("image/x-portable-pixmap", "ppm"),
            ("image/x-bmp", "bmp"),
            ("image/../../etc", "image"),
            ("image/py", "image"),
            ("", "image"),
        ] {
            assert_eq!(ending(mime), expected, "{mime}");
        }
    }
}
