//! go-libvirt, which shares no code with the C library, drives daemons of ours: a guest's life, events, pools and volumes, an object that
//! connects again, twenty connections with fifty calls at once, a migration by version 3, and the loss of the connection.

use std::process::{Command, Stdio};

use crate::lab::{Directory, next_number};
use crate::need::{GO_PATH, need};
use crate::process::Process;
use crate::serve::Serve;

#[test]
fn go_libvirt_drives_two_daemons() {
    need!(Go);
    let directory = Directory::new(next_number());
    let program = directory.path().join("client");
    let source = directory.write("client.go", include_str!("go/client.go"));
    // Its standard library is built anew, which takes longer than other programs of these tests may.
    let built = Command::new("go")
        .arg("build")
        .arg("-o")
        .arg(&program)
        .arg(source)
        .env("GO111MODULE", "off")
        .env("GOPATH", GO_PATH)
        .env("GOCACHE", directory.path().join("cache"))
        .output()
        .expect("the test said that it needs go");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let (first, second) = (Serve::start(&[]), Serve::start(&[]));

    let client = Process::start(
        Command::new(&program)
            .arg(first.socket())
            .arg("mem:///default")
            .arg(second.socket())
            .stdin(Stdio::null()),
    );
    client.line_after("ready to be lost");
    drop(first);

    client.line_after("done");
}
