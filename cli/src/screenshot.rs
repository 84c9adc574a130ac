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
    /// The file to write, or - for standard output; without it, the guest's name with the ending of what the daemon sends
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
    let file = args.output.unwrap_or_else(|| {
        PathBuf::from(format!("{}.{}", domain.name().to_string_lossy().replace('/', "_"), ending(&mime)))
    });
    let mut sink = Sink::create(&file)?;
    let received = receive(stream, &mut sink, None).await?;
    if !sink.is_stdout() {
        say_done(&format!("wrote {} ({mime}, {})", file.display(), size(received)))?;
    }
    goodbye(connection).await
}

/// The usual ending of a file of this type.
fn ending(mime: &str) -> String {
    match mime {
        "image/x-portable-pixmap" => "ppm".to_owned(),
        "image/jpeg" => "jpg".to_owned(),
        "image/svg+xml" => "svg".to_owned(),
        other => {
            let kind = other.strip_prefix("image/").unwrap_or_default();
            let kind = kind.strip_prefix("x-").unwrap_or(kind);
            let plain = !kind.is_empty() && kind.chars().all(|letter| letter.is_ascii_alphanumeric());
            if plain { kind.to_owned() } else { "image".to_owned() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_is_of_the_type_and_no_path() {
        for (mime, expected) in [
            ("image/png", "png"),
            ("image/x-portable-pixmap", "ppm"),
            ("image/x-bmp", "bmp"),
            ("image/../../etc", "image"),
            ("", "image"),
        ] {
            assert_eq!(ending(mime), expected, "{mime}");
        }
    }
}
