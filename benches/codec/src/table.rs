//! The table of `benches/README.md`: every codec on every shape, and beside ours each goal and whether it is met.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use crate::case::{Codec, Direction, Name, SHAPES};
use crate::count::{Count, Scratch, count, this_program};
use crate::values;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
const RPCGEN: &str = env!("RPCGEN_BENCH");

/// How often each program is timed. Where the system puts its memory makes some cases twice as slow, ours and theirs;
/// the shortest of these medians counts.
const PROCESSES: usize = 15;

#[derive(Clone, Copy)]
struct Figures {
    count: Count,
    nanoseconds: f64,
}

/// Puts the table between the marks of `benches/README.md`.
pub fn write() -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(README)?;
    let (begin, end) = ("<!-- table -->\n", "<!-- end of table -->");
    let (before, rest) = text.split_once(begin).ok_or("benches/README.md has no mark for the table")?;
    let (_, after) = rest.split_once(end).ok_or("benches/README.md has no mark for the table's end")?;
    Ok(fs::write(README, format!("{before}{begin}{}{end}{after}", make()?))?)
}

/// Counts, then takes times, then judges.
pub fn make() -> Result<String, Box<dyn Error>> {
    let figures = measure()?;
    let mut table = String::from(
        "| shape (bytes) | codec | encode instr. | × | allocs | ns | decode instr. | × | allocs | ns | goals: result |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for shape in SHAPES {
        let bytes = values::wire(shape).len();
        for codec in Codec::ALL {
            let at = |codec, direction| figures.get(&Name { shape, codec, direction });
            let (Some(encode), Some(decode)) = (at(codec, Direction::Encode), at(codec, Direction::Decode))
            else {
                continue;
            };
            let like =
                at(hand_like(codec), Direction::Decode).ok_or("no hand-written code to compare with")?;
            let hand =
                at(hand_like(codec), Direction::Encode).ok_or("no hand-written code to compare with")?;
            write!(table, "| {shape} ({bytes}) | {} ", codec.name())?;
            for (ours, hand) in [(encode, hand), (decode, like)] {
                let ratio = ours.count.instructions as f64 / hand.count.instructions as f64;
                write!(
                    table,
                    "| {} | {ratio:.2} | {} | {} ",
                    ours.count.instructions,
                    ours.count.allocations,
                    nanoseconds(ours.nanoseconds)
                )?;
            }
            writeln!(table, "| {} |", goals(&figures, shape, codec).join("; "))?;
        }
    }
    Ok(table)
}

fn nanoseconds(nanoseconds: f64) -> String {
    if nanoseconds < 100.0 { format!("{nanoseconds:.1}") } else { format!("{nanoseconds:.0}") }
}

/// The hand-written code that does the same: strings owned, borrowed, or borrowed and checked.
fn hand_like(codec: Codec) -> Codec {
    match codec {
        Codec::OursBytes | Codec::HandBytes => Codec::HandBytes,
        Codec::OursStr | Codec::HandStr => Codec::HandStr,
        _ => Codec::HandOwned,
    }
}

/// Each goal of ours in words, with what came of it.
fn goals(figures: &HashMap<Name, Figures>, shape: &'static str, codec: Codec) -> Vec<String> {
    if !codec.is_ours() {
        return Vec::new();
    }
    let at = |codec, direction| figures[&Name { shape, codec, direction }];
    let mut goals = Vec::new();
    let mut goal = |text: String, met: bool| {
        goals.push(format!("{text}: {}", if met { "met" } else { "**missed**" }));
    };
    let most = if shape == "header" { 1.0 } else { 1.2 };
    for direction in Direction::BOTH {
        let ours = at(codec, direction).count.instructions as f64;
        let ratio = ours / at(hand_like(codec), direction).count.instructions as f64;
        goal(format!("{} ≤ {most:.1} × hand", direction.name()), ratio <= most);
    }
    goal("no allocation to encode".into(), at(codec, Direction::Encode).count.allocations == 0);
    if codec != Codec::OursOwned {
        let (allowed, decode) =
            (u64::from(["list1000", "params100"].contains(&shape)), at(codec, Direction::Decode));
        goal(format!("{allowed} to decode"), decode.count.allocations == allowed);
        if shape == "opaque256k" {
            goal("in place in < 50 ns".into(), decode.nanoseconds < 50.0);
        }
    }
    if ["list1000", "params100"].contains(&shape) {
        let times = |direction| at(Codec::Rpcgen, direction).nanoseconds / at(codec, direction).nanoseconds;
        let owned = codec == Codec::OursOwned;
        for (direction, least) in
            [(Direction::Encode, 3.5), (Direction::Decode, if owned { 1.35 } else { 3.5 })]
        {
            let ratio = times(direction);
            goal(format!("{} {ratio:.2} ≥ {least} × faster than rpcgen", direction.name()), ratio >= least);
        }
    }
    goals
}

fn measure() -> Result<HashMap<Name, Figures>, Box<dyn Error>> {
    let wires = Scratch::new("wires")?;
    for shape in SHAPES {
        fs::write(wires.0.join(shape), values::wire(shape))?;
    }
    let mut counts: HashMap<Name, Count> = this_program()?.into_iter().collect();
    counts.extend(count(RPCGEN.as_ref(), &[&wires.0, "count".as_ref()])?);

    let mut times = HashMap::new();
    for _ in 0..PROCESSES {
        time(&env::current_exe()?, &["time".as_ref()], &mut times)?;
        time(RPCGEN.as_ref(), &[&wires.0, "time".as_ref()], &mut times)?;
    }
    counts
        .into_iter()
        .map(|(name, count)| {
            let nanoseconds = *times.get(&name).ok_or_else(|| format!("{name}: no time"))?;
            Ok((name, Figures { count, nanoseconds }))
        })
        .collect()
}

/// Runs a program that prints its cases with their times, and keeps the shortest of each.
fn time(program: &Path, arguments: &[&Path], times: &mut HashMap<Name, f64>) -> Result<(), Box<dyn Error>> {
    let output = Command::new(program).args(arguments).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    for line in String::from_utf8(output.stdout)?.lines() {
        let time: f64 = line.rsplit('|').next().ok_or("no time")?.parse()?;
        let name = Name::parse(line).ok_or_else(|| format!("no name of a case: {line}"))?;
        times.entry(name).and_modify(|shortest| *shortest = shortest.min(time)).or_insert(time);
    }
    Ok(())
}
