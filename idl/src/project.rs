//! virtwire's own contract: which files there are, and whether the Rust beside them is what they say.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::rust::Output;
use crate::source::Source;

/// The specifications in `protocol/x`, in the order in which they build on each other.
const FILES: [&str; 6] = ["message.x", "keepalive.x", "remote.x", "qemu.x", "lxc.x", "admin.x"];

/// The folders that hold nothing but generated files.
const FOLDERS: [&str; 2] = ["protocol/src/generated", "src/generated"];

/// The command that makes the generated files current.
pub const COMMAND: &str = "cargo run -p virtwire-idl";

/// Reads virtwire's specifications.
///
/// # Errors
/// Where one cannot be read; the error names it.
pub fn sources(workspace: &Path) -> io::Result<Vec<Source>> {
    let read = |name: &&str| {
        let path = workspace.join("protocol/x").join(name);
        let text = fs::read_to_string(&path);
        let text =
            text.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        Ok(Source::new(*name, text))
    };
    FILES.iter().map(read).collect()
}

/// What is not as it was generated: a line for each file.
///
/// # Errors
/// Where a generated folder cannot be listed.
pub fn differences(workspace: &Path, outputs: &[Output]) -> io::Result<Vec<String>> {
    let mut differences = Vec::new();
    for Output { path, text } in outputs {
        // A checkout may have turned line ends around.
        let found = fs::read_to_string(workspace.join(path)).map(|found| found.replace("\r\n", "\n"));
        match found {
            Ok(found) if found == *text => {}
            Ok(found) => {
                let same = found.lines().zip(text.lines()).take_while(|(found, text)| found == text).count();
                differences.push(format!("{path}:{}: differs", same + 1));
            }
            Err(error) => differences.push(format!("{path}: {error}")),
        }
    }
    for path in leftovers(workspace, outputs)? {
        differences.push(format!("{}: is no longer generated", path.display()));
    }
    Ok(differences)
}

/// Writes the generated files and removes those that are no longer generated.
///
/// # Errors
/// Where a file cannot be written or removed; the error names it.
pub fn write(workspace: &Path, outputs: &[Output]) -> io::Result<()> {
    let named =
        |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    for Output { path, text } in outputs {
        let path = workspace.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| named(folder, error))?;
        }
        fs::write(&path, text).map_err(|error| named(&path, error))?;
    }
    for path in leftovers(workspace, outputs)? {
        let path = workspace.join(path);
        fs::remove_file(&path).map_err(|error| named(&path, error))?;
    }
    Ok(())
}

/// Files in generated folders that are not among the outputs, relative to the workspace.
fn leftovers(workspace: &Path, outputs: &[Output]) -> io::Result<Vec<PathBuf>> {
    let expected = outputs.iter().map(|output| PathBuf::from(&output.path)).collect::<HashSet<_>>();
    let mut folders = FOLDERS.map(PathBuf::from).to_vec();
    let mut leftovers = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(workspace.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if !expected.contains(&path) {
                leftovers.push(path);
            }
        }
    }
    Ok(leftovers)
}
