//! No text makes the parser panic or recurse without end.

use std::fs;
use std::path::Path;

use virtwire_idl::{Kind, Source, generate, parse};

fn read(text: &str) -> Option<Kind> {
    match parse(&[Source::new("a.x", text)]) {
        Ok(contract) => {
            // What was taken can be written, or is refused by name.
            let _ = generate(&contract);
            None
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            Some(error.kind().clone())
        }
    }
}

/// Every specification of the golden cases.
fn cases() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let specifications = paths.filter(|path| path.extension().is_some_and(|extension| extension == "x"));
    specifications.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn a_text_that_ends_anywhere_is_read() {
    for text in cases() {
        for (cut, _) in text.char_indices() {
            read(&text[..cut]);
        }
    }
}

#[test]
fn a_text_with_any_piece_missing_or_twice_is_read() {
    for text in cases() {
        let pieces = text.split_inclusive([' ', ';', '\n']).collect::<Vec<_>>();
        for at in 0..pieces.len() {
            let (before, after) = pieces.split_at(at);
            read(&[before, &after[1..]].concat().concat());
            read(&[before, &after[..1], after].concat().concat());
        }
    }
}

#[test]
fn a_text_with_any_character_replaced_is_read() {
    let others = ["\0", "é", "}", "{", "*", "/", "\"", "0", ">", "%", "\n"];
    for text in cases() {
        for ((at, character), other) in text.char_indices().zip(others.iter().cycle()) {
            read(&[&text[..at], other, &text[at + character.len_utf8()..]].concat());
        }
    }
}

#[test]
fn depth_has_an_end() {
    let many = 10_000;
    for open in [
        "struct s {",
        "struct s { struct {",
        "union u switch (int n) { case 1: struct {",
        "/*",
        "(",
        "<",
        "*",
    ] {
        read(&open.repeat(many));
    }
    let chain = (1..many).map(|n| format!("typedef t{} t{n};", n - 1)).collect::<String>();
    assert!(matches!(read(&format!("typedef int t0;{chain}")), Some(Kind::TypeTooDeep { .. })));
    let ring = format!("typedef t{} t0;{chain}", many - 1);
    assert!(matches!(read(&ring), Some(Kind::Recursion { .. })));
    let bush =
        (1..many).map(|n| format!("struct s{n} {{ s{} a; s{} b; }};", n - 1, n - 1)).collect::<String>();
    assert!(matches!(read(&format!("typedef int s0;{bush}")), Some(Kind::TypeTooDeep { .. })));
}
