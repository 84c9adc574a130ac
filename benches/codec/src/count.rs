//! Instructions and allocations, by callgrind: of a Rust program and of a C program in the same way.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, process};

use crate::case::Name;

/// The plain SSE2 copy, whatever else there is.
const TUNABLES: &str = "glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-ERMS,-FSRM,-AVX_Fast_Unaligned_Load:\
                        glibc.cpu.x86_non_temporal_threshold=0x1000000";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Executed, in libc too. Freeing the result is not part of it.
    pub instructions: u64,
    /// Calls to `malloc` and its kin, growing included.
    pub allocations: u64,
}

/// Counts every case of this program.
pub fn this_program() -> Result<Vec<(Name, Count)>, Box<dyn Error>> {
    count(&env::current_exe()?, &["count".as_ref()])
}

/// Counts every case of a program that prints a case's name and then calls a function `measured` for it twice: the
/// first time it warms up, the second time counts.
pub fn count(program: &Path, arguments: &[&Path]) -> Result<Vec<(Name, Count)>, Box<dyn Error>> {
    let directory = Scratch::new("dumps")?;
    let dump = directory.0.join("dump");
    let output = Command::new("valgrind")
        // Two patterns for one function: with the same one, callgrind heeds one option only.
        .args(["-q", "--tool=callgrind", "--toggle-collect=*measured*", "--dump-after=*easured*"])
        .args(["--compress-strings=no", "--compress-pos=no"])
        .arg(format!("--callgrind-out-file={}", dump.display()))
        .arg(program)
        .args(arguments)
        .env("LD_BIND_NOW", "1")
        // libc copies by what the processor is best at, and has to do the same on every machine.
        .env("GLIBC_TUNABLES", TUNABLES)
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    if !output.status.success() {
        return Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr)).into());
    }
    let names = String::from_utf8(output.stdout)?;
    names
        .lines()
        .enumerate()
        .map(|(index, line)| {
            let name = Name::parse(line).ok_or_else(|| format!("no name of a case: {line}"))?;
            let warm = fs::read_to_string(format!("{}.{}", dump.display(), 2 * index + 2))?;
            Ok((name, read(&warm).ok_or_else(|| format!("{name}: no totals in callgrind's dump"))?))
        })
        .collect()
}

/// One dump, in callgrind's format: the total, and how often `malloc` and its kin were called.
fn read(dump: &str) -> Option<Count> {
    let (mut instructions, mut allocations, mut allocates) = (None, 0, false);
    for line in dump.lines() {
        if let Some(callee) = line.strip_prefix("cfn=") {
            allocates = matches!(
                callee,
                "malloc" | "calloc" | "realloc" | "memalign" | "posix_memalign" | "aligned_alloc"
            );
        } else if let Some(calls) = line.strip_prefix("calls=") {
            if allocates {
                allocations += calls.split(' ').next()?.parse::<u64>().ok()?;
            }
        } else if let Some(total) = line.strip_prefix("totals: ") {
            instructions = total.trim().parse().ok();
        }
    }
    Some(Count { instructions: instructions?, allocations })
}

/// A directory that goes away.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(what: &str) -> std::io::Result<Scratch> {
        let path = env::temp_dir().join(format!("virtwire-codec-bench-{}-{what}", process::id()));
        fs::create_dir_all(&path)?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
