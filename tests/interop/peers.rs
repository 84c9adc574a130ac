//! The strangers: virsh and python-libvirt, told what to do and asked what came of it.

use std::process::Command;

use crate::need;
use crate::process::{Finished, run};

/// Runs one virsh command against a daemon and returns what it printed. It must succeed.
#[track_caller]
pub(crate) fn virsh(uri: &str, arguments: &[&str]) -> String {
    let finished = try_virsh(uri, arguments);
    assert!(finished.status.success(), "virsh -c {uri} {arguments:?}: {finished:?}");
    finished.stdout
}

/// Runs one virsh command that may fail.
#[track_caller]
pub(crate) fn try_virsh(uri: &str, arguments: &[&str]) -> Finished {
    run(clean(Command::new("virsh").args(["--quiet", "--connect", uri]).args(arguments)))
}

/// Runs a python program with `libvirt` imported and its arguments in `sys.argv[1:]`. It must succeed.
#[track_caller]
pub(crate) fn python(program: &str, arguments: &[&str]) -> String {
    let interpreter = need::python().expect("the test said that it needs python");
    let program = format!("import libvirt, sys\n{program}");
    let finished = run(clean(Command::new(interpreter).args(["-c", &program]).args(arguments)));
    assert!(finished.status.success(), "python {program} {arguments:?}: {finished:?}");
    finished.stdout
}

/// The words of every line of a table.
pub(crate) fn table(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .map(|line| line.split_whitespace().collect())
        .filter(|words: &Vec<_>| !words.is_empty())
        .collect()
}

/// Nothing of the user's settings, and messages in the language that the tests read.
fn clean(command: &mut Command) -> &mut Command {
    command
        .env("LC_ALL", "C")
        .env_remove("LIBVIRT_DEFAULT_URI")
        .env_remove("VIRSH_DEFAULT_CONNECT_URI")
        .env_remove("LIBVIRT_DEBUG")
}
