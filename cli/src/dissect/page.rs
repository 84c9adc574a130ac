//! Standard output, as paper for lines: in colours where there are some, at once where somebody waits.

use std::io::{self, BufWriter, Stdout, Write};

use super::showing::lines::{Paper, Tone};
use crate::screen::{Output, Screen, Style};

/// Standard output that is flushed after each line of what is under way; a file's lines go out many at a time.
pub(super) struct Flushed {
    out: BufWriter<Stdout>,
    at_once: bool,
}

impl Flushed {
    pub(super) fn new(at_once: bool) -> Flushed {
        Flushed { out: BufWriter::new(io::stdout()), at_once }
    }
}

impl Write for Flushed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        if self.at_once && bytes.ends_with(b"\n") {
            self.out.flush()?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The same in colours.
pub(super) struct Page {
    screen: Screen,
    out: Flushed,
}

impl Page {
    pub(super) fn new(at_once: bool) -> Page {
        Page { screen: Screen::new(Output::Stdout), out: Flushed::new(at_once) }
    }

    pub(super) fn ladder_line(&mut self, text: &str, bad: bool) -> io::Result<()> {
        self.line(if bad { Tone::Bad } else { Tone::Plain }, text)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Paper for Page {
    fn line(&mut self, tone: Tone, text: &str) -> io::Result<()> {
        let style = match tone {
            Tone::Plain => Style::Plain,
            Tone::Dim => Style::Dim,
            Tone::Bad => Style::Bad,
        };
        writeln!(self.out, "{}", self.screen.paint(style, text))
    }
}
