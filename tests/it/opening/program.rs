//! A program that leads to a daemon, and goes before it has.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use virtwire::client::{Connection, OpenError, OpenOptions};

/// `ssh` may lose its host at any time: what it had to say is why the opening failed, also while the daemon gets to know its client.
#[tokio::test]
async fn one_that_dies_while_its_client_authenticates_is_heard() {
    let script = std::env::temp_dir().join(format!("virtwire-dies-{}", std::process::id()));
    // Answers the list of authentications by polkit, takes the next call, and is gone.
    fs::write(
        &script,
        r"#!/bin/sh
head -c 28 >/dev/null
printf '\000\000\000\044\040\000\200\206\000\000\000\001\000\000\000\102\000\000\000\001\000\000\000\000'
printf '\000\000\000\000\000\000\000\001\000\000\000\002'
head -c 28 >/dev/null
echo 'client_loop: send disconnect: Broken pipe' >&2
exit 255
",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let uri = format!("test+ext:///default?auth=polkit&command={}", script.display());
    let error = Connection::open_with(&uri, OpenOptions::default()).await.unwrap_err();
    fs::remove_file(&script).unwrap();
    let OpenError::Program { stderr, ended, .. } = &error else { panic!("{error:?}") };
    assert_eq!(stderr, "client_loop: send disconnect: Broken pipe");
    assert!(ended.as_ref().is_some_and(|ended| ended.contains("255")), "{ended:?}");
}
