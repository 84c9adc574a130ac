//! What a peer sends never commands the terminal of who asks, and files get it as it is.

use std::process::{Command, Stdio};

use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{AuthType, ConnectOpen};

use crate::peer::played;
use crate::process::{Serve, json, run, run_with};

/// A guest whose name makes text red, and turns it around.
const NAME: &str = "web\u{9b}31m\u{202e}1";

fn is_unsafe(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t') || ('\u{202a}'..='\u{202e}').contains(&c)
}

/// What a command shows on a terminal.
fn on_a_terminal(arguments: &[&str]) -> String {
    let quoted: Vec<_> = arguments.iter().map(|argument| format!("'{argument}'")).collect();
    let command = format!("'{}' {}", env!("CARGO_BIN_EXE_virtwire"), quoted.join(" "));
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn names_and_documents_and_errors_are_harmless() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    let xml = format!("<domain type='mem'><name>{NAME}</name><memory>1024</memory></domain>");
    for (said, command) in [
        (run_with(&["define", uri, "-"], &xml), "define"),
        (run(&["start", uri, NAME]), "start"),
        (run(&["list", uri]), "list"),
        (run(&["info", uri, NAME]), "info"),
        (run(&["suspend", uri, NAME]), "suspend"),
        (run(&["list", uri, "--json"]), "list --json"),
        (run(&["call", uri, "connect_list_all_domains", r#"{"need_results": 1, "flags": 0}"#]), "call"),
    ] {
        let said = said.succeeded();
        assert!(!said.contains(is_unsafe), "{command}: {said:?}");
        let shown = if said.starts_with(['{', '[']) { "\\u009b31m\\u202e1" } else { "\\u{9b}31m\\u{202e}1" };
        assert!(said.contains(shown) || command == "info" && said.contains("\\u{9b}"), "{command}: {said}");
    }
    let listed = json(&run(&["list", uri, "--json"]).succeeded());
    assert_eq!(listed[0]["name"], NAME);
    let refused = run(&["start", uri, NAME]).failed(1);
    assert!(refused.contains("\\u{9b}") && !refused.contains(is_unsafe), "{refused:?}");

    assert!(run(&["dumpxml", uri, NAME]).succeeded().contains(NAME));
    for command in [&["dumpxml", uri, NAME][..], &["list", uri], &["start", uri, NAME]] {
        let shown = on_a_terminal(command);
        assert!(
            shown.contains("\\u{9b}31m\\u{202e}1") && !shown.contains(is_unsafe),
            "{command:?}: {shown:?}"
        );
    }
}

/// What to do stands behind it.
#[test]
fn an_error_of_any_length_is_a_line_that_ends_with_what_to_do() {
    let uri = played(|mut peer| {
        while let Some(call) = peer.next() {
            match call.header.procedure {
                ConnectOpen::NUMBER => {
                    let text = "\x1b[2J".repeat(1 << 20);
                    let error = RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, text);
                    peer.fail(&call, &error);
                }
                _ => peer.agree(&call, AuthType::None),
            }
        }
    });
    let refused = run(&["list", &uri]).failed(1);
    assert!(refused.len() < 8_000 && !refused.contains(is_unsafe), "{} bytes", refused.len());
    assert!(refused.contains("… (these are the daemon's words"), "{refused}");
}
