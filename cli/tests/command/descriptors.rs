//! A daemon has as many descriptors as the system lets it have, and its clients leave it some.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use virtwire::client::{Admin, Connection};
use virtwire::protocol::params::TypedParams;

use crate::XML;
use crate::kept::Directory;

/// What the system lets the daemon have, softly and at most.
const SOFT: u32 = 100;
const HARD: u32 = 300;
/// Half of them where there are so few, two for each.
const CLIENTS: u32 = 75;
/// Half of what these leave.
const ADMINS: u32 = 75;

/// Ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // Both fail only for a child that has been waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn as_many_clients_as_come_leave_room_for_definitions_and_administrators() {
    let state = Directory::new("descriptors");
    let [socket, admin] = ["sock", "admin-sock"].map(|name| state.0.join(name));
    let limited = format!("ulimit -Sn {SOFT} && ulimit -Hn {HARD} && exec \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &limited, "sh", env!("CARGO_BIN_EXE_virtwire"), "serve", "--state", state.path()])
        .args(["--listen", &format!("unix:{}", socket.display())])
        .args(["--listen-admin", &format!("unix:{}", admin.display())])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let daemon = Ends(child);
    assert_eq!(lines.take(2).map(Result::unwrap).count(), 2);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", daemon.0.id())).unwrap();
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert_eq!(files.split_whitespace().nth(3), Some(HARD.to_string().as_str()), "{files}");

    let client = Connection::open(&format!("mem+unix:///default?socket={}", socket.display())).await.unwrap();
    let _crowd: Vec<_> = (0..HARD).map(|_| UnixStream::connect(&socket).unwrap()).collect();
    let admin = Admin::open(&format!("libvirtd:///system?socket={}", admin.display())).await.unwrap();
    let server = admin.server("virtwire").await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let told = server.client_limits().await.unwrap();
        assert_eq!(told.u32("nclients_max"), Some(CLIENTS));
        if told.u32("nclients") == Some(CLIENTS) {
            break;
        }
        assert!(Instant::now() < deadline, "they do not come in: {told:?}");
    }
    // Nor does an administrator give them away, by mistake or not.
    let admins = admin.server("admin").await.unwrap();
    for (server, wished) in
        [(&server, CLIENTS + 1), (&server, 100_000), (&server, 0), (&admins, ADMINS + 1), (&admins, 0)]
    {
        let limits = TypedParams::new().with("nclients_max", wished).unwrap();
        let limits = limits.with("nclients_unauth_max", 0_u32).unwrap();
        server.set_client_limits(limits).await.unwrap_err();
    }
    for (server, most) in [(&server, CLIENTS), (&admins, ADMINS)] {
        assert_eq!(server.client_limits().await.unwrap().u32("nclients_max"), Some(most));
        for allowed in [most - 1, most] {
            let limits = TypedParams::new().with("nclients_max", allowed).unwrap();
            server.set_client_limits(limits).await.unwrap();
        }
    }
    client.domain_define_xml(XML).await.unwrap();
    admin.close().await.unwrap();
}
