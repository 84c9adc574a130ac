//! `virtwire watch`: a screen over several hosts: their guests, their jobs, and the migrations between them.

mod gather;
mod page;

use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use terminal_size::{Height, Width, terminal_size_of};
use tokio::sync::mpsc;

use crate::args::WatchArgs;
use crate::connect::Opener;
use crate::console::terminal::RawTerminal;
use crate::fail::{Fail, plain};
use crate::job::Job;
use crate::list::add;
use crate::migrate::figures;
use crate::screen::{Output, Screen, put_json_line, say, say_json_line};
use crate::signals::Signals;
use gather::{Guest, Host, Hosts, Phase};
use page::{How, Moving, Page};

/// Shows the hosts until the user has seen enough; once, where that is asked for or nobody watches.
pub(crate) async fn run(args: WatchArgs, opener: Opener) -> Result<ExitCode, Fail> {
    // The screen belongs to the hosts: nobody is asked for anything there, and who does not answer is shown as that.
    let opener = opener.briefly();
    let every = Duration::from_secs_f64(args.every);
    if args.json && !args.once {
        return feed(&args, opener, every).await;
    }
    if args.once || args.json || !io::stdout().is_terminal() {
        return once(&args, opener).await;
    }
    let mut signals = Signals::listen_to_all()?;
    let hosts = Hosts::watch(&args.hosts, opener, every);
    let screen = Screen::new(Output::Stdout);
    let mut keys = keys()?;
    let _whole = WholeScreen::enter()?;
    let mut changed = hosts.changes();
    loop {
        draw(&screen, &hosts.seen())?;
        tokio::select! {
            _ = signals.next() => return Ok(ExitCode::SUCCESS),
            key = keys.recv() => match key {
                Some(b'q' | b'Q' | CTRL_C | CTRL_D) => return Ok(ExitCode::SUCCESS),
                Some(_) => {}
                // Standard input is no terminal or has ended: signals remain.
                None => keys = mpsc::channel(1).1,
            },
            _ = changed.changed() => {}
            // The terminal may have got another size.
            () = tokio::time::sleep(REDRAWN_EVERY) => {}
        }
    }
}

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const REDRAWN_EVERY: Duration = Duration::from_secs(1);

async fn once(args: &WatchArgs, opener: Opener) -> Result<ExitCode, Fail> {
    let seen = Hosts::once(&args.hosts, opener).await;
    if args.json {
        say_json_line(&document(&seen))?;
    } else {
        for (_, line) in Page::of(&seen, usize::MAX).lines(usize::MAX) {
            say(&line)?;
        }
    }
    let all = seen.iter().all(|host| matches!(host.phase, Phase::Seen));
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A line of JSON for every round, as long as somebody reads them.
async fn feed(args: &WatchArgs, opener: Opener, every: Duration) -> Result<ExitCode, Fail> {
    let mut signals = Signals::listen()?;
    let hosts = Hosts::watch(&args.hosts, opener, every);
    let mut rounds = tokio::time::interval(every);
    rounds.tick().await;
    loop {
        tokio::select! {
            _ = signals.next() => return Ok(ExitCode::SUCCESS),
            _ = rounds.tick() => {
                if !put_json_line(&document(&hosts.seen()))? {
                    return Ok(ExitCode::SUCCESS);
                }
            }
        }
    }
}

fn document(hosts: &[Host]) -> Value {
    let migrations: Vec<_> = page::migrations(hosts)
        .into_iter()
        .map(|Moving { name, from, to, how }| {
            let (progress, broken) = match how {
                How::Job(progress) => (Some(figures(&progress)), false),
                How::Silent => (None, false),
                How::Broken => (None, true),
            };
            json!({ "domain": name, "from": from, "to": to, "progress": progress, "post_copy_broke": broken })
        })
        .collect();
    let guest = |guest: &Guest| {
        let job = guest.job.as_ref().map(Job::document);
        let mut told = json!({ "name": guest.name, "uuid": guest.uuid, "job": job });
        add(&mut told, guest.does);
        told
    };
    let hosts: Vec<_> = hosts
        .iter()
        .map(|host| {
            let guests: Vec<_> = host.guests.iter().map(guest).collect();
            let error = match &host.phase {
                Phase::Failed(why) => Some(why.clone()),
                Phase::Asked | Phase::Seen => None,
            };
            json!({ "uri": host.uri, "error": error, "guests": guests })
        })
        .collect();
    json!({ "hosts": hosts, "migrations": migrations })
}

fn draw(screen: &Screen, hosts: &[Host]) -> Result<(), Fail> {
    let (columns, rows) = match terminal_size_of(io::stdout()) {
        Some((Width(columns), Height(rows))) => (columns.into(), rows.into()),
        None => (80, 24),
    };
    let mut text = String::from(HOME);
    for (style, line) in Page::of(hosts, columns).lines(rows) {
        text.push_str(&screen.paint(style, &line));
        text.push_str(REST_OF_LINE);
        text.push_str("\r\n");
    }
    // Without the last line break the terminal does not scroll.
    text.truncate(text.len() - 2);
    text.push_str(REST_OF_SCREEN);
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| crate::screen::unwritten(&error))
}

const HOME: &str = "\x1b[H";
const REST_OF_LINE: &str = "\x1b[K";
const REST_OF_SCREEN: &str = "\x1b[J";

/// The terminal's other screen, without a cursor. Dropping it brings back what was there.
struct WholeScreen(Option<RawTerminal>);

impl WholeScreen {
    fn enter() -> Result<WholeScreen, Fail> {
        let raw = RawTerminal::enter()
            .map_err(|error| Fail::new("the terminal", plain(&error), "--once prints without one"))?;
        let whole = WholeScreen(raw);
        io::stdout()
            .lock()
            .write_all(b"\x1b[?1049h\x1b[?25l")
            .map_err(|error| crate::screen::unwritten(&error))?;
        Ok(whole)
    }
}

impl Drop for WholeScreen {
    fn drop(&mut self) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(b"\x1b[?25h\x1b[?1049l").and_then(|()| out.flush());
        drop(self.0.take());
    }
}

/// Keys as they are pressed. The thread that reads them ends with the process.
fn keys() -> Result<mpsc::Receiver<u8>, Fail> {
    let (pressed, keys) = mpsc::channel(16);
    let read = move || {
        let mut key = [0];
        while let Ok(1) = io::stdin().read(&mut key) {
            if pressed.blocking_send(key[0]).is_err() {
                return;
            }
        }
    };
    let started = std::thread::Builder::new().name("keys".to_owned()).spawn(read);
    started.map_err(|error| Fail::new("the keyboard", plain(&error), "try again"))?;
    Ok(keys)
}
