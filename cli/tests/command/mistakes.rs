//! What a user is told when something goes wrong: one line, with the next step at its end.

use std::fs::File;

use crate::XML;
use crate::process::{Serve, run, run_into, run_with};

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    run_with(&["create", uri, "-"], XML).succeeded();
    for command in [
        &["dumpxml", uri, "web1"][..],
        &["list", "--json", uri],
        &["info", uri],
        &["probe", uri],
        &["--help"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let told = run_into(command, full).failed(1);
        assert!(told.starts_with("virtwire: standard output: cannot be written: no space left"), "{told}");
        assert!(told.ends_with("elsewhere)\n"), "{told}");
    }
}

#[test]
fn serve_says_how_much_memory_a_guest_really_has() {
    assert!(run(&["serve", "--help"]).succeeded().contains("at most 4 MiB"));
}
