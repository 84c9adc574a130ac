//! The codec against others: nanoseconds, instructions and allocations, and the gate that keeps ours from growing.
//!
//! `--features rivals` and no argument: the table of `benches/README.md`; `readme` writes it there. `gate` compares
//! our instructions and allocations with `baseline.txt`, which `baseline` rewrites, and those of the sessions; neither needs the feature.

mod case;
mod count;
mod gate;
mod hand;
mod model;
mod ours;
#[cfg(feature = "rivals")]
mod rust_xdr;
#[cfg(feature = "rivals")]
mod serde_xdr;
mod sessions;
#[cfg(feature = "rivals")]
mod table;
mod values;

use std::error::Error;
use std::process::ExitCode;

use case::Case;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let argument = std::env::args().nth(1);
    match argument.as_deref() {
        Some("gate") => gate::check(),
        Some("baseline") => gate::refresh(),
        // Run by `count` under callgrind: each case twice, the second time warm. A case can be named, for a profile.
        Some("count") => {
            let wanted = std::env::args().nth(2);
            for mut case in cases().into_iter().chain(sessions::cases()) {
                if wanted.as_ref().is_some_and(|wanted| *wanted != case.name.to_string()) {
                    continue;
                }
                println!("{}", case.name);
                case.work.once();
                case.work.once();
            }
            Ok(())
        }
        // Run by `table`: what case takes how many nanoseconds.
        Some("time") => {
            for mut case in cases() {
                println!("{}|{}", case.name, case.work.nanoseconds());
            }
            Ok(())
        }
        #[cfg(feature = "rivals")]
        None => {
            print!("{}", table::make()?);
            Ok(())
        }
        #[cfg(feature = "rivals")]
        Some("readme") => table::write(),
        _ => Err("arguments: gate | baseline, and with --features rivals: none | readme".into()),
    }
}

/// Every case in Rust. C's are in a program of its own.
fn cases() -> Vec<Case> {
    let mut cases = ours::cases();
    cases.extend(hand::cases());
    #[cfg(feature = "rivals")]
    {
        cases.extend(serde_xdr::cases());
        cases.extend(rust_xdr::cases());
    }
    cases
}
