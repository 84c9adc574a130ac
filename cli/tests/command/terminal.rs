//! What people see: the command on a pseudo-terminal, and what a terminal makes of its bytes.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::download::slow_volume;
use crate::process::{Serve, command, ended_within, run, run_with, send};
use crate::{PATIENCE, XML};

/// A command on a terminal of its own.
pub(crate) struct Terminal {
    child: Child,
    keys: File,
    bytes: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

impl Terminal {
    #[track_caller]
    pub(crate) fn start(rows: u16, columns: u16, arguments: &[&str]) -> Terminal {
        Terminal::with(rows, columns, command(arguments))
    }

    #[track_caller]
    pub(crate) fn with(rows: u16, columns: u16, command: Command) -> Terminal {
        let (child, keys) = on_a_terminal(rows, columns, command);
        let mut shown = keys.try_clone().unwrap();
        let (said, bytes) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // It fails when the last process on the terminal has ended.
            while let Ok(count @ 1..) = shown.read(&mut buffer) {
                if said.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal {
            child,
            keys,
            bytes,
            screen: vt100::Parser::new(rows.try_into().unwrap(), columns.try_into().unwrap(), 1_000),
        }
    }

    /// Waits until the screen shows all of this at once.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, parts: &[&str]) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.shown();
            if parts.iter().all(|part| shown.contains(part)) {
                return;
            }
            match self.bytes.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => panic!("{parts:?} was not shown at once:\n{shown}"),
            }
        }
    }

    /// What stands on the screen.
    pub(crate) fn shown(&self) -> String {
        self.screen.screen().contents()
    }

    #[track_caller]
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// The command's number as a process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn interrupt(&self) {
        send("INT", &self.child);
    }

    /// The exit status, and the screen at the end.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.bytes.recv() {
            self.screen.process(&bytes);
        }
        (status.code(), self.shown())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command on a terminal of which nobody reads yet what it shows, and whoever sits there.
#[track_caller]
pub(crate) fn on_a_terminal(rows: u16, columns: u16, mut command: Command) -> (Child, File) {
    let (slave, master) = terminal(rows, columns);
    let (input, output) = (slave.try_clone().unwrap(), slave.try_clone().unwrap());
    let child = command
        .env("TERM", "xterm-256color")
        .env_remove("NO_COLOR")
        .stdin(input)
        .stdout(output)
        .stderr(slave)
        .spawn()
        .unwrap();
    (child, master)
}

/// A terminal for a command, and whoever sits there.
#[track_caller]
pub(crate) fn terminal(rows: u16, columns: u16) -> (OwnedFd, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).and_then(|()| unlockpt(&master)).unwrap();
    let path = ptsname(&master, Vec::new()).unwrap();
    let slave = rustix::fs::open(path.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&slave, size).unwrap();
    (slave, File::from(master))
}

#[test]
fn a_migration_shows_a_bar_and_figures_and_ends_with_where_the_guest_is() {
    let (source, destination) = (Serve::start(&["--fault", "stall-perform=524288"]), Serve::start(&[]));
    run_with(&["create", &source.uri(), "-"], XML).succeeded();
    let (from, to) = (source.uri(), destination.uri());
    let mut terminal = Terminal::start(12, 120, &["migrate", "--live", "--from", &from, "--to", &to, "web1"]);
    terminal.wait_for(&[
        "v3 with parameters: both report feature MIGRATION_PARAMS (13)",
        "█████░░░",
        "50 %  memory",
        "left",
    ]);
    terminal.interrupt();
    let (status, shown) = terminal.end();
    assert_eq!(status, Some(2), "{shown}");
    // The bar is gone, and the last line says where the guest is.
    assert!(
        !shown.contains('█') && shown.contains("the guest did not move; the source says: running"),
        "{shown}"
    );
    assert!(run(&["list", &from]).succeeded().contains("running"));
}

#[test]
fn a_narrow_terminal_gets_a_bar_that_fits_and_never_scrolls() {
    let (source, destination) = (Serve::start(&["--fault", "stall-perform=524288"]), Serve::start(&[]));
    run_with(&["create", &source.uri(), "-"], XML).succeeded();
    let (from, to) = (source.uri(), destination.uri());
    let mut terminal = Terminal::start(12, 44, &["migrate", "--live", "--from", &from, "--to", &to, "web1"]);
    terminal.wait_for(&["████████████░░░░░░░░░░░░   50 %"]);
    let bars = terminal.shown().lines().filter(|line| line.contains('░')).count();
    assert_eq!(bars, 1, "{}", terminal.shown());
    terminal.interrupt();
    assert_eq!(terminal.end().0, Some(2));
}

/// Also where the window was made smaller meanwhile.
#[test]
fn a_bar_never_has_more_than_the_columns_that_there_are() {
    let (uri, go_on) = slow_volume(6);
    let download = command(&["vol", "download", &uri, "images", "disk", "/dev/null"]);
    let mut terminal = Terminal::with(12, 30, download);
    let mut shown = Vec::new();
    // What is drawn just as the window changes may be of either width.
    for (piece, (columns, most)) in (1..=6).zip([(30, 30), (30, 30), (20, 30), (20, 20), (20, 20), (20, 20)])
    {
        tcsetwinsize(&terminal.keys, Winsize { ws_row: 12, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 })
            .unwrap();
        go_on.send(()).unwrap();
        let bars = drawn(&shown).count();
        // Drawn ten times a second at most; behind the last piece it is done.
        while piece < 6 && drawn(&shown).count() == bars {
            shown.extend(terminal.bytes.recv_timeout(PATIENCE).expect("a bar"));
        }
        for bar in drawn(&shown).skip(bars) {
            let bar = bar.trim_end();
            assert!(bar.chars().count() < most, "{piece}: {bar:?} is longer than {most} columns allow");
        }
        thread::sleep(Duration::from_millis(110));
    }
    assert!(drawn(&shown).any(|bar| bar.contains('█')), "{:?}", String::from_utf8_lossy(&shown));
    assert_eq!(ended_within(&mut terminal.child, PATIENCE), Some(0));
}

/// The bars that were drawn, as far as they have come.
fn drawn(shown: &[u8]) -> impl Iterator<Item = String> {
    let text = String::from_utf8_lossy(shown).into_owned();
    let bars: Vec<_> = text.split("\r\u{1b}[2K").skip(1).map(str::to_owned).collect();
    bars.into_iter()
}

#[test]
fn watch_shows_hosts_guests_and_a_migration_in_flight_and_leaves_the_terminal_as_it_was() {
    let (source, destination) = (Serve::start(&["--fault", "stall-perform=524288"]), Serve::start(&[]));
    let (from, to) = (source.uri(), destination.uri());
    run_with(&["create", &from, "-"], XML).succeeded();
    let gone = format!("mem+tcp://127.0.0.1:{}/default", crate::free_port());
    let mut terminal = Terminal::start(24, 110, &["watch", "--every", "0.1", &from, &to, &gone]);
    terminal.wait_for(&["3 hosts, 1 guest, 0 migrations in flight", "web1  running (booted)", "not reached"]);
    let mut migrate = Terminal::start(12, 100, &["migrate", "--live", "--from", &from, "--to", &to, "web1"]);
    terminal.wait_for(&[
        "3 hosts, 2 guests, 1 migration in flight",
        &format!("web1: {from} → {to}"),
        "████████████░░░░░░░░░░░░  50 %  memory",
        "web1  paused (migration)",
    ]);
    assert!(terminal.shown().lines().all(|line| line.chars().count() <= 110));
    migrate.wait_for(&["50 %"]);
    migrate.interrupt();
    assert_eq!(migrate.end().0, Some(2));
    terminal.wait_for(&["3 hosts, 1 guest, 0 migrations in flight"]);
    terminal.press("q");
    let (status, shown) = terminal.end();
    assert_eq!(status, Some(0), "{shown}");
    assert!(!shown.contains("in flight"), "what was there before is back: {shown}");

    let seen = run(&["watch", "--once", "--json", &from, &to]).succeeded();
    let seen = crate::json(&seen);
    assert_eq!(
        (&seen["hosts"][0]["guests"][0]["name"], &seen["migrations"]),
        (&"web1".into(), &serde_json::json!([])),
        "{seen}"
    );
    let plain = run(&["watch", &from, &gone]);
    assert_eq!(plain.status, Some(1), "a host is not reached");
    assert!(
        plain.stdout.contains("web1  running (migration-canceled)") && !plain.stdout.contains('\u{1b}'),
        "{plain:?}"
    );
}
