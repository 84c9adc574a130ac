//! A daemon that asks polkit, which has nobody to ask its user: the command has an agent do that, at a terminal.

use std::fs;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    AuthPolkit, AuthPolkitReply, AuthType, ConnectGetHostname, ConnectGetHostnameReply,
};

use crate::peer::Peer;
use crate::process::{command, run, script_at, temporary};
use crate::terminal::Terminal;

/// A directory with the daemon's socket, and first on the path an agent that says what it was started with, and who it is.
struct Place(PathBuf);

impl Place {
    fn new() -> Place {
        let place = Place(temporary("polkit"));
        fs::create_dir(&place.0).unwrap();
        // It ends by itself where nobody ends it.
        let body = "cd \"${0%/*}\"\necho $$ >pid\necho \"$@\" >told\nexec >&-\nexec sleep 60";
        script_at(&place.0.join("pkttyagent"), body);
        let listener = UnixListener::bind(place.0.join("sock")).unwrap();
        let told = place.0.join("told");
        // It ends with the test.
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let told = told.clone();
                std::thread::spawn(move || asks_polkit(client.unwrap(), &told));
            }
        });
        place
    }

    fn uri(&self) -> String {
        format!("test+unix:///default?socket={}", self.0.join("sock").display())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let path = std::env::var("PATH").unwrap();
        let mut command = command(arguments);
        command.env("PATH", format!("{}:{path}", self.0.display()));
        command
    }

    fn told(&self) -> Option<String> {
        fs::read_to_string(self.0.join("told")).ok()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A daemon whose polkit lets everybody in once an agent has told that it is there.
fn asks_polkit(client: UnixStream, told: &Path) {
    let mut peer = Peer::new(client);
    while let Some(call) = peer.next() {
        match call.header.procedure {
            AuthPolkit::NUMBER if told.exists() => peer.reply(&call, &AuthPolkitReply { complete: 1 }),
            AuthPolkit::NUMBER => {
                let text = "authentication unavailable: no polkit agent available";
                peer.fail(&call, &RemoteError::new(ErrorCode::AUTH_UNAVAILABLE, ErrorDomain::POLKIT, text));
            }
            ConnectGetHostname::NUMBER => {
                peer.reply(&call, &ConnectGetHostnameReply { hostname: "let-in".into() });
            }
            _ => peer.agree(&call, AuthType::Polkit),
        }
    }
}

#[test]
fn an_agent_asks_at_a_terminal_and_is_gone_after_that() {
    let place = Place::new();
    let command = place.command(&["call", &place.uri(), "connect_get_hostname"]);
    let mut terminal = Terminal::with(12, 120, command);
    let virtwire = terminal.id();
    terminal.wait_for(&["let-in"]);
    let (status, shown) = terminal.end();
    assert_eq!(status, Some(0), "{shown}");
    let told = place.told().unwrap();
    assert_eq!(told, format!("--process {virtwire} --notify-fd 1 --fallback\n"));
    let agent = fs::read_to_string(place.0.join("pid")).unwrap();
    assert!(!Path::new("/proc").join(agent.trim()).exists(), "process {agent} is still there");
}

/// Where there is no terminal, or another thing is on it.
#[test]
fn nobody_is_asked_who_cannot_answer() {
    let place = Place::new();
    let told = run(&["call", &place.uri(), "connect_get_hostname"]).failed(1);
    assert!(told.contains("has no agent") && told.contains("pkttyagent asks you"), "{told}");
    let mut watch = Terminal::with(12, 120, place.command(&["watch", &place.uri()]));
    watch.wait_for(&["not reached"]);
    watch.press("q");
    assert_eq!(watch.end().0, Some(0));
    assert_eq!(place.told(), None);
}
