//! What is made of small specifications, construct by construct, next to them in `cases/` and `errors/`.
//!
//! With `BLESS=1` in the environment the files are rewritten; what changes is for a reader of the diff to judge.

use std::fs;
use std::path::{Path, PathBuf};

use virtwire_idl::{Source, generate, parse};

#[test]
fn every_case_generates_its_rust() {
    for path in specifications("cases") {
        let name = stem(&path);
        let contract = parse(&[source(&path)]).unwrap_or_else(|error| panic!("{error}"));
        let outputs = generate(&contract).unwrap_or_else(|error| panic!("{name}: {error}"));
        let own = format!("/{name}.rs");
        for output in outputs.iter().filter(|output| output.path.ends_with(&own)) {
            let folder = output.path.rsplit('/').nth(1).unwrap_or_default();
            let golden = match folder {
                "generated" => path.with_extension("rs"),
                folder => path.with_extension(format!("{folder}.rs")),
            };
            check(&golden, &output.text);
        }
    }
}

#[test]
fn every_error_is_told_as_its_reader_wants_it() {
    for path in specifications("errors") {
        let told = match parse(&[source(&path)]) {
            Err(error) => error.to_string(),
            Ok(contract) => match generate(&contract) {
                Err(error) => error.to_string(),
                Ok(_) => panic!("{}: nothing is wrong with it", path.display()),
            },
        };
        check(&path.with_extension("txt"), &format!("{told}\n"));
    }
}

#[track_caller]
fn check(golden: &Path, found: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(golden, found).unwrap();
        return;
    }
    let expected = fs::read_to_string(golden).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(found, expected, "{}: run with BLESS=1 if this is meant", golden.display());
}

fn specifications(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "x"));
    let paths = paths.collect::<Vec<_>>();
    assert!(!paths.is_empty());
    paths
}

fn source(path: &Path) -> Source {
    Source::new(format!("{}.x", stem(path)), fs::read_to_string(path).unwrap())
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}
