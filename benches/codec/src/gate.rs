//! The gate: our instructions and allocations may not grow beyond the baseline. Times are never asked for.

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::{fmt::Write as _, fs};

use crate::case::Name;
use crate::count::{Count, this_program};

/// Instructions may grow by this much, in thousandths; allocations not at all.
const SLACK: u64 = 30;

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/baseline.txt");

/// Compares with the baseline. Also compares with a baseline that is lower than what was counted by a little more than
/// the slack, which every case has to fail: a gate that cannot fail is none.
pub fn check() -> Result<(), Box<dyn Error>> {
    let counted = ours()?;
    let text = fs::read_to_string(BASELINE)?;
    let baseline = parse(&text)?;
    let lowered: Vec<_> = counted.iter().map(|(name, count)| (*name, lower(*count))).collect();
    let caught = compare(&counted, &lowered).len();
    if caught != counted.len() {
        return Err(
            format!("the gate is broken: of {} worse cases it catches {caught}", counted.len()).into()
        );
    }
    for (name, count) in &counted {
        println!("{name}: {} instructions, {} allocations", count.instructions, count.allocations);
    }
    let worse = compare(&counted, &baseline);
    if worse.is_empty() {
        println!("codec gate: {} cases within 3 % of the baseline, none allocates more", counted.len());
        return Ok(());
    }
    let compiler = rustc()?;
    if !text.contains(&compiler) {
        eprintln!(
            "note: the baseline is not of this compiler ({compiler}); if that is the reason, refresh it"
        );
    }
    Err(format!("{}\nif this is meant: .ci/codec-gate refresh", worse.join("\n")).into())
}

/// Rewrites the baseline with what is counted now.
pub fn refresh() -> Result<(), Box<dyn Error>> {
    let mut text = format!(
        "# case: instructions, allocations; by {}, on {}. Made by .ci/codec-gate refresh.\n",
        rustc()?,
        std::env::consts::ARCH
    );
    for (name, count) in ours()? {
        writeln!(text, "{name}: {}, {}", count.instructions, count.allocations)?;
    }
    Ok(fs::write(Path::new(BASELINE), text)?)
}

fn ours() -> Result<Vec<(Name, Count)>, Box<dyn Error>> {
    let mut counted = this_program()?;
    counted.retain(|(name, _)| name.codec.is_ours());
    Ok(counted)
}

/// What has grown beyond the slack, and what only one side has, in words.
fn compare(counted: &[(Name, Count)], baseline: &[(Name, Count)]) -> Vec<String> {
    let mut worse = Vec::new();
    for (name, now) in counted {
        let Some((_, then)) = baseline.iter().find(|(known, _)| known == name) else {
            worse.push(format!("{name}: not in the baseline"));
            continue;
        };
        if now.instructions * 1000 > then.instructions * (1000 + SLACK) {
            let percent = now.instructions as f64 / then.instructions as f64 * 100.0 - 100.0;
            worse.push(format!(
                "{name}: {} instructions, {percent:.1} % more than {}",
                now.instructions, then.instructions
            ));
        }
        if now.allocations > then.allocations {
            worse.push(format!("{name}: {} allocations, more than {}", now.allocations, then.allocations));
        }
    }
    for (name, _) in baseline {
        if !counted.iter().any(|(known, _)| known == name) {
            worse.push(format!("{name}: in the baseline, and counted no more"));
        }
    }
    worse
}

/// Lower by 4 %, and by at least one instruction.
fn lower(count: Count) -> Count {
    Count { instructions: count.instructions * 96 / 100, ..count }
}

fn parse(text: &str) -> Result<Vec<(Name, Count)>, Box<dyn Error>> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let read = || {
                let (name, numbers) = line.split_once(": ")?;
                let (instructions, allocations) = numbers.split_once(", ")?;
                let count = Count {
                    instructions: instructions.parse().ok()?,
                    allocations: allocations.parse().ok()?,
                };
                Some((Name::parse(name)?, count))
            };
            read().ok_or_else(|| format!("baseline.txt: {line}").into())
        })
        .collect()
}

fn rustc() -> Result<String, Box<dyn Error>> {
    let output = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
