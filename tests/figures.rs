//! What a test is to tell people although it passes: it is printed, and kept in the file that `VIRTWIRE_FIGURES` names, which CI shows.

use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::thread;

/// Tells it, in one line with the test's name.
pub(crate) fn figure(line: impl Display) {
    let thread = thread::current();
    let line = format!("{}: {line}", thread.name().unwrap_or("a test"));
    println!("{line}");
    let Some(file) = std::env::var_os("VIRTWIRE_FIGURES") else { return };
    let opened = File::options().create(true).append(true).open(file);
    // In one write, as other tests tell at the same time.
    let kept = opened.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
    kept.unwrap_or_else(|error| println!("that line is not kept: {error}"));
}
