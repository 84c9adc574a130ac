//! A real polkitd decides about clients of ours.

use std::fs;
use std::process::Stdio;

use crate::authentication::with_polkit;
use crate::need::need;
use crate::process::{Process, run};

#[test]
fn it_decides_about_whoever_is_not_root() {
    need!(Namespaces, Libvirtd, Polkit);
    // A place with polkitd and its rules; the libvirtd there has nothing to do.
    let place = with_polkit();
    let folder = place.directory().path();
    let (program, socket) = (folder.join("virtwire"), folder.join("sock-of-ours"));
    fs::copy(env!("CARGO_BIN_EXE_virtwire"), &program).unwrap();
    let daemon = Process::start(
        place
            .beside(program.to_str().unwrap())
            .args(["serve", "--polkit", "--migration-ports", "0-0", "--exit-with-stdin", "--listen"])
            .arg(format!("unix:{}", socket.display()))
            .arg("--listen-ro")
            .arg(format!("unix:{}-ro", socket.display()))
            .stdin(Stdio::piped()),
    );
    daemon.line_after("listening on ");
    daemon.line_after("listening on ");
    let list_at = |user: &str, more: &str| {
        run(place
            .beside("setpriv")
            .args([&format!("--reuid={user}"), "--clear-groups"])
            .arg(&program)
            .arg("list")
            .arg(format!("mem+unix:///default?socket={}{more}", socket.display())))
    };
    let list = |user: &str| list_at(user, "");
    for user in ["root", "nobody"] {
        let allowed = list(user);
        assert!(allowed.status.success(), "{user}: {allowed:?}");
    }
    let refused = list("daemon");
    assert!(refused.stderr.contains("polkit refused this process"), "{refused:?}");
    let unasked = list("games");
    assert!(unasked.stderr.contains("has no agent"), "{unasked:?}");
    // Whoever only looks is asked about as that, by libvirt's other action, which its policy allows to all.
    let looking = list_at("games", "-ro");
    assert!(looking.status.success(), "{looking:?}");
}
