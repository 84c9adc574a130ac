//! A terminal in raw mode, and as it was afterwards.

use std::io;

use rustix::termios::{OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcsetattr};

/// Standard input in raw mode: keys come as they are pressed, and mean nothing here. Dropping it puts everything back, also when the
/// program unwinds.
pub(crate) struct RawTerminal(Termios);

impl RawTerminal {
    /// Enters raw mode; `None` where standard input is no terminal.
    pub(crate) fn enter() -> io::Result<Option<RawTerminal>> {
        let stdin = rustix::stdio::stdin();
        if !isatty(stdin) {
            return Ok(None);
        }
        let before = tcgetattr(stdin)?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(stdin, OptionalActions::Now, &raw)?;
        Ok(Some(RawTerminal(before)))
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        let stdin = rustix::stdio::stdin();
        // At once, not when all that was printed has been shown: that may be never.
        let _ = tcsetattr(stdin, OptionalActions::Now, &self.0);
        // What was typed and nobody read is not for the shell.
        let _ = tcflush(stdin, QueueSelector::IFlush);
    }
}
