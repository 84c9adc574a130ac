//! Where lines go: a terminal, whose last line may be a progress bar, or a pipe, which gets plain lines.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use crate::fail::{Fail, plain};
use crate::harmless;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use terminal_size::{Height, Width, terminal_size_of};
use tokio::sync::oneshot;
use unicode_width::UnicodeWidthChar;
use virtwire::xdr::Text;

/// A terminal or a pipe. Shared by everything that prints, so that nothing prints into a progress bar.
#[derive(Debug)]
pub(crate) struct Screen {
    output: Output,
    width: usize,
    is_terminal: bool,
    colored: bool,
    /// The whole text of the progress bar that is on the terminal's last line, which may have no room for all of it; empty without one.
    bar: Mutex<String>,
}

/// Which of the process's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// What the user asked for.
    Stdout,
    /// What happens meanwhile, where standard output is for a program.
    Stderr,
}

/// How a piece of text is to stand out, where there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Remarkable,
}

/// Columns to use where nobody says how many there are.
const WIDTH_IN_A_PIPE: usize = 100;
const WIDTH_MIN: usize = 40;
const WIDTH_MAX: usize = 120;

/// Takes the cursor to the line's start and clears it.
const CLEAR_LINE: &str = "\r\x1b[2K";

impl Screen {
    /// Looks at what the output is. Colours are for terminals, unless `NO_COLOR` is set or the terminal is dumb.
    pub(crate) fn new(output: Output) -> Screen {
        let (is_terminal, size) = match output {
            Output::Stdout => (io::stdout().is_terminal(), output.size()),
            Output::Stderr => (io::stderr().is_terminal(), output.size()),
        };
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_some_and(|term| term == "dumb");
        let columns = || set("COLUMNS")?.to_str()?.parse().ok();
        let width = size.map(|(Width(width), _)| width.into()).or_else(columns).unwrap_or(WIDTH_IN_A_PIPE);
        Screen {
            output,
            width: width.clamp(WIDTH_MIN, WIDTH_MAX),
            is_terminal: is_terminal && !dumb,
            colored: is_terminal && !dumb && set("NO_COLOR").is_none(),
            bar: Mutex::default(),
        }
    }

    /// Columns of a line.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Whether the last line can be rewritten.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// The text in a style, where there are colours, and harmless in any case.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        let text = harmless::document(text);
        let code = match style {
            Style::Plain => return text,
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Good => "32",
            Style::Bad => "31",
            Style::Remarkable => "33",
        };
        if self.colored { format!("\x1b[{code}m{text}\x1b[0m") } else { text }
    }

    /// Prints a line, above the progress bar if there is one.
    pub(crate) fn line(&self, style: Style, text: &str) {
        let text = self.paint(style, text);
        let bar = self.bar();
        if bar.is_empty() {
            self.write(&format!("{text}\n"));
        } else {
            self.write(&format!("{CLEAR_LINE}{text}\n{}", cut(&bar, self.room())));
        }
    }

    /// Prints a text that may be longer than a line, broken between words and indented.
    pub(crate) fn paragraph(&self, indent: &str, style: Style, text: &str) {
        // Programs read lines, whatever their length.
        let room =
            if self.is_terminal { self.width.saturating_sub(indent.chars().count()) } else { usize::MAX };
        for line in wrapped(text, room) {
            self.line(style, &format!("{indent}{line}"));
        }
    }

    /// Columns that a bar has room for at the moment: a window may be made smaller. The last one stays empty, or some terminals break the line.
    pub(crate) fn room(&self) -> usize {
        let width = self.output.size().map_or(self.width, |(Width(width), _)| width.into());
        width.saturating_sub(1)
    }

    /// Puts the progress bar on the last line, as much of it as there is room for, or takes it away with an empty text. Only on terminals.
    pub(crate) fn set_bar(&self, text: &str) {
        let mut bar = self.bar();
        if !self.is_terminal || *bar == text {
            return;
        }
        *bar = text.to_owned();
        self.write(&format!("{CLEAR_LINE}{}", cut(&bar, self.room())));
    }

    fn bar(&self) -> MutexGuard<'_, String> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever has closed the pipe does not want to read it: that is no failure of what goes on.
    fn write(&self, text: &str) {
        let _ = match self.output {
            Output::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(text.as_bytes()).and_then(|()| out.flush())
            }
            Output::Stderr => io::stderr().lock().write_all(text.as_bytes()),
        };
    }
}

impl Output {
    /// The terminal's, where it is one.
    fn size(self) -> Option<(Width, Height)> {
        match self {
            Output::Stdout => terminal_size_of(io::stdout()),
            Output::Stderr => terminal_size_of(io::stderr()),
        }
    }
}

/// The beginning of a line, as far as it has room in so many columns. A longer one would scroll.
fn cut(line: &str, columns: usize) -> &str {
    let mut taken: usize = 0;
    let end = line.char_indices().find(|(_, char)| {
        // Some characters take two columns, some none.
        taken = taken.saturating_add(char.width().unwrap_or_default());
        taken > columns
    });
    end.map_or(line, |(end, _)| &line[..end])
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.set_bar("");
    }
}

/// Prints a line on standard output. Whoever has closed the pipe does not want it; any other failure loses what was asked
/// for.
pub(crate) fn say(line: &str) -> Result<(), Fail> {
    put(line).map(drop)
}

/// The same for JSON, over several lines or on one.
pub(crate) fn say_json(json: &impl fmt::Display) -> Result<(), Fail> {
    say_bytes(format!("{}\n", harmless::json(&format!("{json:#}"))).as_bytes())
}

/// The same, as it is written: whole it would take a multiple of what it says.
pub(crate) fn say_json_by(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fail> {
    let mut out = BufWriter::with_capacity(64 * 1024, HarmlessJson(io::stdout().lock()));
    match write(&mut out).and_then(|()| writeln!(out)).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritten(&error)),
        _ => Ok(()),
    }
}

/// Takes JSON in pieces, of which none ends within a character.
struct HarmlessJson<W>(W);

impl<W: Write> Write for HarmlessJson<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0.write_all(harmless::json(&String::from_utf8_lossy(piece)).as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The same on one line, as events are.
pub(crate) fn say_json_line(json: &impl fmt::Display) -> Result<(), Fail> {
    put_json_line(json).map(drop)
}

/// The same as [`say`] for what goes on: whether somebody reads on.
pub(crate) fn put(line: &str) -> Result<bool, Fail> {
    put_bytes(format!("{}\n", harmless::line(line)).as_bytes())
}

/// The same as [`say_json_line`] for what goes on: whether somebody reads on.
pub(crate) fn put_json_line(json: &impl fmt::Display) -> Result<bool, Fail> {
    put_bytes(format!("{}\n", harmless::json(&json.to_string())).as_bytes())
}

/// Says an end, in a line. Where it cannot be said, the exit status tells all the same.
pub(crate) fn say_end(event: &impl fmt::Display) {
    if let Err(fail) = say_json_line(event) {
        let _ = fail.report();
    }
}

/// The same for a peer's document: byte for byte into files and pipes, and harmless on a terminal.
pub(crate) fn say_document(document: &Text) -> Result<(), Fail> {
    let end: &[u8] = if document.as_bytes().ends_with(b"\n") { b"" } else { b"\n" };
    match io::stdout().is_terminal() {
        true => say_bytes(&[harmless::document(&document.to_string_lossy()).as_bytes(), end].concat()),
        false => say_bytes(&[document.as_bytes(), end].concat()),
    }
}

/// Tells on standard error what the user should know besides. Whoever has closed it does not want to read it.
pub(crate) fn remark(text: &str) {
    let _ = io::stderr().lock().write_all(format!("{}\n", harmless::line(text)).as_bytes());
}

/// The same for whoever leaves, and is not kept by a terminal that shows nothing, or a reader that does not read.
pub(crate) fn remark_briefly(text: &str) {
    let text = text.to_owned();
    let (said, is_said) = mpsc::channel();
    std::thread::spawn(move || {
        remark(&text);
        // Nobody waits any more, if it took longer.
        let _ = said.send(());
    });
    let _ = is_said.recv_timeout(BRIEFLY);
}

const BRIEFLY: Duration = Duration::from_secs(2);

/// The same as [`say`] for bytes as they are.
pub(crate) fn say_bytes(bytes: &[u8]) -> Result<(), Fail> {
    put_bytes(bytes).map(drop)
}

fn put_bytes(bytes: &[u8]) -> Result<bool, Fail> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(unwritten(&error)),
    }
}

/// Waits until whoever reads standard output has closed it, as `head -1` does. For ever where nobody can: a file stays. Cancel-safe.
pub(crate) async fn nobody_reads() {
    let (closed, is_closed) = oneshot::channel();
    // A thread of its own: it stays in its wait when the command ends.
    std::thread::spawn(move || {
        let output = io::stdout();
        // Nothing is asked for: the end is told unasked.
        let mut output = [PollFd::new(&output, PollFlags::empty())];
        while poll(&mut output, None) == Err(Errno::INTR) {}
        if output[0].revents().intersects(PollFlags::ERR | PollFlags::HUP) {
            let _ = closed.send(());
        }
    });
    if is_closed.await.is_err() {
        std::future::pending().await
    }
}

/// Says what has been done: it stays done, also when nobody can be told.
pub(crate) fn say_done(text: &str) -> Result<(), Fail> {
    say(text).map_err(|fail| {
        fail.next(format!(
            "it was carried out all the same: {text}; make room there, or send its output elsewhere"
        ))
    })
}

/// The words for output that is lost.
pub(crate) fn unwritten(error: &io::Error) -> Fail {
    Fail::new(
        "standard output",
        format!("cannot be written: {}", plain(error)),
        "make room there, or send its output elsewhere",
    )
}

/// Breaks a text between words into lines of at most `width` characters; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_by_the_columns_that_it_takes() {
        for (columns, expected) in
            [(0, ""), (3, "a░"), (4, "a░漢"), (5, "a░漢e\u{301}"), (80, "a░漢e\u{301}z")]
        {
            assert_eq!(cut("a░漢e\u{301}z", columns), expected, "{columns}");
        }
    }

    #[test]
    fn text_breaks_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable of it", 4), ["unbreakable", "of", "it"]);
        assert_eq!(wrapped("a\nb", 80), ["a", "b"]);
    }
}
