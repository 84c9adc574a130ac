//! Rewrites the Rust that is generated from `protocol/x`, from wherever in the workspace it is run.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use virtwire_idl::{generate, parse, project};

fn main() -> ExitCode {
    match run() {
        Ok(files) => {
            println!("wrote {files} files");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<usize, Box<dyn Error>> {
    let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let contract = parse(&project::sources(workspace)?)?;
    let outputs = generate(&contract)?;
    project::write(workspace, &outputs)?;
    Ok(outputs.len())
}
