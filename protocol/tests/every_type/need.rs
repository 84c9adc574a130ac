//! What the comparison with C needs of the machine.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

/// Whether rpcgen, gcc and libtirpc are here. Says loudly what is missing; panics when `CI` is `true`.
pub(crate) fn c_compiler_or_skip() -> bool {
    let preprocess = ["-E", "-I/usr/include/tirpc", "-include", "rpc/rpc.h", "-x", "c", "/dev/null"];
    let missing = if !runs("rpcgen", &["--version"]) {
        "rpcgen"
    } else if !runs("gcc", &["--version"]) {
        "gcc"
    } else if !runs("gcc", &preprocess) {
        "libtirpc's headers"
    } else {
        return true;
    };
    let test = thread::current().name().unwrap_or("a test").to_owned();
    let line = format!("SKIPPED {test}: {missing} is missing\n");
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{line}");
    // Not `eprintln!`: the harness would swallow the line of a test that passes.
    std::io::stderr().write_all(line.as_bytes()).expect("standard error takes a line");
    false
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
