//! A question at the terminal whose answer it does not show. However the command ends meanwhile, the terminal is as it was before.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::stdio::stdin;
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr, tcsetattr,
};

use crate::harmless;
use crate::screen::remark_briefly;
use crate::signals::before_the_end;

/// The terminal as it was, while it shows nothing.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// Asks, and reads a line of standard input, which has to be a terminal. Called within the runtime, which hears signals meanwhile.
///
/// # Errors
/// The terminal's, and where it has come to its end, as by Ctrl-D.
pub(crate) fn hidden(question: &str) -> io::Result<String> {
    before_the_end(put_back_for_good)?;
    let _hidden = Hidden::begin()?;
    shown(question)
}

/// The same where the answer may be seen.
pub(crate) fn shown(question: &str) -> io::Result<String> {
    tell(&harmless::line(question))?;
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    if !line.ends_with('\n') {
        // The terminal shows the end of a line, and there was none.
        let _ = tell("\n");
    }
    match read? {
        0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "nothing was typed")),
        _ => Ok(line.trim_end_matches(['\n', '\r']).to_owned()),
    }
}

/// Says it where whoever types sees it, also where standard error goes elsewhere.
fn tell(text: &str) -> io::Result<()> {
    let terminal = if io::stderr().is_terminal() { None } else { File::create("/dev/tty").ok() };
    match terminal {
        Some(mut terminal) => terminal.write_all(text.as_bytes()),
        None => io::stderr().lock().write_all(text.as_bytes()),
    }
}

/// The terminal shows of what is typed only where a line ends. Dropping it puts everything back.
struct Hidden;

impl Hidden {
    fn begin() -> io::Result<Hidden> {
        let mut kept = kept();
        let before = tcgetattr(stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ICANON | LocalModes::ISIG | LocalModes::ECHONL);
        // Ctrl-Z would leave it to the shell like this.
        hidden.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
        tcsetattr(stdin(), OptionalActions::Now, &hidden)?;
        *kept = Some(before);
        Ok(Hidden)
    }
}

/// What Linux has instead of a key.
const DISABLED: u8 = 0;

impl Drop for Hidden {
    fn drop(&mut self) {
        put_back(&mut kept());
    }
}

fn put_back(before: &mut Option<Termios>) -> bool {
    let Some(before) = before.take() else { return false };
    // Of a terminal that is gone there is nothing to put back.
    let _ = tcsetattr(stdin(), OptionalActions::Now, &before);
    true
}

/// Before the process ends by a signal: nothing is hidden again from here on.
fn put_back_for_good() {
    let mut kept = kept();
    if put_back(&mut kept) {
        // What was typed of a password is not for the shell.
        let _ = tcflush(stdin(), QueueSelector::IFlush);
        remark_briefly("");
    }
    std::mem::forget(kept);
}

fn kept() -> MutexGuard<'static, Option<Termios>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}
