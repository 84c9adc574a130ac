//! What bash types for whoever presses TAB.

use std::fs;
use std::process::Command;

use crate::process::{Done, run, temporary};
use crate::terminal::Terminal;

/// What the function of bash's script answers to the words so far, as bash gives them; the last is being typed.
#[track_caller]
fn offered(script: &str, words: &[&str]) -> Vec<String> {
    let ask = "source \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=(stale); \
               _virtwire_words virtwire \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; \
               printf '%s\\n' \"${COMPREPLY[@]}\"";
    let asked = Command::new("bash").args(["--norc", "-c", ask, script, "virtwire"]).args(words).output();
    Done::of(asked.unwrap()).succeeded().lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn options_are_offered_where_one_is_begun_and_else_what_is_wanted_there() {
    let script = temporary("completions.bash");
    fs::write(&script, run(&["completions", "bash"]).succeeded()).unwrap();
    let script = script.to_str().unwrap();
    // Files are left to bash, which offers them where there is nothing else.
    for nothing in [
        &["define", ""][..],
        &["define", "-r", ""],
        &["--connect-timeout", "5", "define", "qemu", ":", "///system", ""],
        &["define", "--", ""],
        &["recover", ""],
        &["dissect", "one", ""],
        &["vol", "upload", "qemu", ":", "///system", "images", "disk", ""],
        &["migrate", "--xml", "=", "o"],
        &["list", ""],
        &["call", "qemu", ":", "///s"],
        &["man", "vol", "upload", ""],
    ] {
        assert_eq!(offered(script, nothing), [""; 0], "{nothing:?}");
    }
    for (words, first) in [
        (&["define", "-"][..], "-r"),
        (&["define", "--r"], "--readonly"),
        (&["list", "mem+tcp", ":", "//h/", ""], "-r"),
        (&["list", "--a"], "--all"),
        (&["-r", "de"], "define"),
        (&["vol", "u"], "upload"),
        (&["man", ""], "list"),
        (&["man", "vol", "u"], "upload"),
        (&["call", "qemu", ":", "///system", "domain_get_i"], "domain_get_info"),
        (&["call", "--fd", "x", "", "qemu_domain_monitor_c"], "qemu_domain_monitor_command"),
        (&["completions", "z"], "zsh"),
        (&["migrate", "--migration", ""], "auto"),
    ] {
        assert_eq!(offered(script, words).first().map(String::as_str), Some(first), "{words:?}");
    }
    for words in [&[""][..], &["vol", ""], &["man", ""], &["help", "vol", ""]] {
        let offered = offered(script, words);
        assert!(
            offered.len() > 5 && !offered.iter().any(|word| word.starts_with('-')),
            "{words:?}: {offered:?}"
        );
    }
    assert!(!offered(script, &["man", "h"]).contains(&"help".to_owned()), "it has no page");
    fs::remove_file(script).unwrap();
}

#[test]
fn a_tab_types_the_only_file_there_is() {
    let directory = temporary("files");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("the only.xml"), "").unwrap();
    let script = temporary("completions.bash");
    fs::write(&script, run(&["completions", "bash"]).succeeded()).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile", "-i"])
        .current_dir(&directory)
        .env("INPUTRC", "/dev/null")
        .env("PS1", "$ ");
    let mut terminal = Terminal::with(24, 120, bash);
    terminal.press(&format!("source {}; echo rea''dy\r", script.display()));
    // Behind the prompt keys are bash's, and before it the terminal shows them.
    terminal.wait_for(&["\nready\n$"]);
    terminal.press("virtwire define mem+tcp://h/ \t");
    terminal.wait_for(&["$ virtwire define mem+tcp://h/ the\\ only.xml"]);
    terminal.press("\u{15}virtwire migrate --xml=\t");
    terminal.wait_for(&["$ virtwire migrate --xml=the\\ only.xml"]);
    terminal.press("\u{15}virtwire call qemu:///system domain_get_inf\t");
    terminal.wait_for(&["$ virtwire call qemu:///system domain_get_info"]);
    // No file stands for a host.
    terminal.press("\u{15}virtwire list \t\t'typed'");
    terminal.wait_for(&["$ virtwire list 'typed'"]);
    terminal.press("\u{15}exit\r");
    terminal.end();
    fs::remove_file(script).unwrap();
    fs::remove_dir_all(directory).unwrap();
}
