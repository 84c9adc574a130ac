//! Passwords that are asked for at a terminal, which shows none of them and is as it was before, however that ends.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};

use rustix::termios::{LocalModes, SpecialCodes, Termios, tcgetattr};

use crate::process::{Serve, run_with, send, temporary};
use crate::terminal::terminal;

/// A command in a session of its own, whose terminal this is: its keys are signals there.
struct Session {
    child: Child,
    slave: OwnedFd,
    master: File,
    shown: String,
    before: Termios,
}

impl Session {
    #[track_caller]
    fn start(arguments: &[&str]) -> Session {
        let (slave, master) = terminal(24, 200);
        let before = tcgetattr(&slave).unwrap();
        assert!(before.local_modes.contains(LocalModes::ECHO));
        let end = || slave.try_clone().unwrap();
        let mut setsid = Command::new("setsid");
        setsid.args(["--ctty", env!("CARGO_BIN_EXE_virtwire")]).args(arguments);
        let child = setsid.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        Session { child, slave, master, shown: String::new(), before }
    }

    /// Waits until this is shown.
    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        let mut buffer = [0; 4_096];
        while !self.shown.contains(text) {
            let count = self.master.read(&mut buffer).unwrap();
            self.shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    }

    /// Waits for a question whose answer is not shown.
    #[track_caller]
    fn wait_for_hidden(&mut self, question: &str) {
        self.wait_for(question);
        assert!(!tcgetattr(&self.slave).unwrap().local_modes.contains(LocalModes::ECHO), "{}", self.shown);
    }

    fn press(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// How it ended, and all that was shown. The terminal is as it was.
    #[track_caller]
    fn end(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        let after = tcgetattr(&self.slave).unwrap();
        let told = |of: &Termios| (of.input_modes, of.output_modes, of.control_modes, of.local_modes);
        assert_eq!(told(&after), told(&self.before));
        let keys = |of: &SpecialCodes| format!("{of:?}");
        assert_eq!(keys(&after.special_codes), keys(&self.before.special_codes));
        // What is shown behind this is shown by nobody else.
        let end = "\u{1}the end\u{1}";
        rustix::io::write(&self.slave, end.as_bytes()).unwrap();
        self.wait_for(end);
        (status, self.shown.replace(end, ""))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn whatever_ends_a_question_leaves_the_terminal_as_it_was() {
    let file = temporary("none");
    let file = file.to_str().unwrap();
    for (keys, signal, number) in
        [("x\u{3}", None, 2), ("\u{1c}", None, 3), ("x", Some("TERM"), 15), ("x", Some("HUP"), 1)]
    {
        let mut session = Session::start(&["passwd", file, "joe"]);
        session.wait_for_hidden("New password of joe: ");
        session.press(keys);
        if let Some(signal) = signal {
            send(signal, &session.child);
        }
        let (status, shown) = session.end();
        assert_eq!(status.signal(), Some(number), "{keys:?} {signal:?}: {shown}");
        assert_eq!(shown, "New password of joe: \r\n");
    }
    let mut session = Session::start(&["passwd", file, "joe"]);
    session.wait_for_hidden("New password of joe: ");
    session.press("\u{4}");
    let (status, shown) = session.end();
    assert_eq!(status.code(), Some(1), "{shown}");
    assert!(shown.starts_with("New password of joe: \r\nvirtwire: password: nothing was typed"), "{shown}");
    assert!(!Path::new(file).exists());
}

#[test]
fn a_password_is_read_as_it_is_typed_and_not_shown() {
    let (file, socket) = (temporary("passwords"), temporary("socket"));
    let (file, place) = (file.to_str().unwrap(), format!("unix:{}", socket.display()));
    let mut session = Session::start(&["passwd", file, "joe"]);
    session.wait_for_hidden("New password of joe: ");
    // One letter is taken back.
    session.press("sécret wordx\u{7f}\n");
    session.wait_for_hidden("Again: ");
    session.press("sécret word\n");
    let (status, shown) = session.end();
    assert_eq!((status.code(), &*shown), (Some(0), "New password of joe: \r\nAgain: \r\nuser joe: set\r\n"));

    let serve = Serve::start(&["--listen", &place, "--passwords", file]);
    let uri = format!("mem+unix:///default?socket={}", socket.display());
    let mut session = Session::start(&["list", &uri]);
    session.wait_for("User for ");
    session.press("joe\n");
    session.wait_for_hidden("Password of joe for ");
    session.press("sécret word\n");
    let (status, shown) = session.end();
    assert_eq!(status.code(), Some(0), "{shown}");
    assert!(shown.contains("joe\r\n") && !shown.contains("word\r\n"), "{shown}");

    // Whom nobody names nobody asks for a password.
    for (keys, told) in
        [("\n", "the terminal: no user was named"), ("\u{4}", "the terminal: nothing was typed")]
    {
        let mut session = Session::start(&["list", &uri]);
        session.wait_for("User for ");
        session.press(keys);
        let (status, shown) = session.end();
        assert_eq!(status.code(), Some(1), "{shown}");
        assert!(shown.contains(&format!(": \r\nvirtwire: {told}")), "{shown}");
    }

    // Who has been asked can end what goes on, as everywhere.
    let mut session = Session::start(&["events", &uri]);
    session.wait_for("User for ");
    session.press("joe\n");
    session.wait_for_hidden("Password of joe for ");
    session.press("sécret word\n");
    session.wait_for("watching ");
    session.press("\u{3}");
    assert_eq!(session.end().0.signal(), Some(2));
    drop(serve);

    // From elsewhere it is read as ever.
    run_with(&["passwd", file, "joe"], "another\n").succeeded();
    fs::remove_file(file).unwrap();
}
