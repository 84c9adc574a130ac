//! The generated files in the repository are what the specifications say.

use std::fs;
use std::path::Path;

use virtwire_idl::{Source, generate, parse, project};

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

#[test]
fn a_difference_is_named_and_writing_mends_it() {
    let workspace = std::env::temp_dir().join(format!("virtwire-idl-{}", std::process::id()));
    let contract = parse(&[Source::new(
        "a.x",
        "struct a { int b; };\nprogram P { version V { void C(void) = 1; } = 1; } = 1;",
    )]);
    let outputs = generate(&contract.unwrap()).unwrap();
    project::write(&workspace, &outputs).unwrap();
    assert_eq!(project::differences(&workspace, &outputs).unwrap(), [""; 0]);

    let folder = workspace.join("protocol/src/generated");
    let types = fs::read_to_string(folder.join("a.rs")).unwrap();
    fs::write(folder.join("a.rs"), types.replacen("i32", "u32", 1)).unwrap();
    fs::write(folder.join("codecs/old.rs"), "").unwrap();
    fs::remove_file(folder.join("index.rs")).unwrap();
    let mut found = project::differences(&workspace, &outputs).unwrap();
    found.sort_unstable();
    let line = types.lines().position(|line| line.contains("i32")).unwrap() + 1;
    assert_eq!(found[0], format!("protocol/src/generated/a.rs:{line}: differs"));
    assert_eq!(found[1], "protocol/src/generated/codecs/old.rs: is no longer generated");
    assert!(found[2].starts_with("protocol/src/generated/index.rs: "), "{}", found[2]);

    project::write(&workspace, &outputs).unwrap();
    assert_eq!(project::differences(&workspace, &outputs).unwrap(), [""; 0]);
    fs::remove_dir_all(&workspace).unwrap();
}
