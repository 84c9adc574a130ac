//! The generated files in the repository are what the specifications say.

use std::path::Path;

use virtwire_idl::{generate, parse, project};

#[test]
fn generated_files_are_current() {
    let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let sources = project::sources(workspace).unwrap();
    let contract = parse(&sources).unwrap_or_else(|error| panic!("{error}"));
    let outputs = generate(&contract).unwrap_or_else(|error| panic!("{error}"));
    let differences = project::differences(workspace, &outputs).unwrap();
    assert!(
        differences.is_empty(),
        "generated files are not what protocol/x says; run `{}` and commit:\n  {}",
        project::COMMAND,
        differences.join("\n  ")
    );
}
