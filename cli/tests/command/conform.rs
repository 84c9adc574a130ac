//! What `virtwire conform` says of a daemon of ours.

use std::fs;

use crate::kept::Directory;
use crate::process::{Serve, run};

/// What may not be asked for there says nothing about it.
#[test]
fn a_read_only_socket_differs_in_no_row() {
    let directory = Directory::new("conform");
    fs::create_dir(&directory.0).unwrap();
    let socket = directory.0.join("ro").display().to_string();
    let _serve = Serve::start(&["--listen-ro", &format!("unix:{socket}")]);
    let uri = format!("mem+unix:///default?socket={socket}");
    let told = run(&["conform", "--json", "--hostile", "--max-clients", "5", "--patience", "60", &uri]);
    let rows: Vec<serde_json::Value> =
        serde_json::Deserializer::from_str(&told.succeeded()).into_iter().map(Result::unwrap).collect();
    let of = |result: &str, seen: Option<&str>| -> Vec<String> {
        let rows = rows.iter().filter(|row| row["result"] == result && row["seen"].as_str() == seen);
        rows.map(|row| row["row"].as_str().unwrap().to_owned()).collect()
    };
    let writing = ["17 parameters where 16 may be", "a guest of nobody", "as many clients as may be"];
    assert_eq!(of("not-tried", Some("this socket is read-only")), writing);
    assert!(of("conforms", None).len() > 80, "{rows:#?}");
}

#[test]
fn a_server_that_holds_nobody_is_none() {
    let told = run(&["conform", "--max-clients", "0", "mem+tcp://127.0.0.1:1/default"]);
    assert_eq!(told.status, Some(1));
    assert!(told.stderr.contains("--max-clients"), "{told:?}");
}
