//! Which start of the host this is, as told from the others.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// One start of the host: of its kernel, or of the container that this process sees as its host.
///
/// What is marked to start with its host is started once for each, by whoever finds its own boot not noted:
///
/// ```
/// # async fn start<H: virtwire::hypervisor::Hypervisor>(
/// #     service: virtwire::hypervisor::HypervisorService<H>,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use std::path::Path;
/// use virtwire::hypervisor::Boot;
///
/// let (boot, note) = (Boot::current()?, Path::new("/var/lib/mydaemon/boot"));
/// if !boot.is_noted(note)? {
///     for (domain, error) in service.autostart().await? {
///         eprintln!("{}: {error}", domain.name);
///     }
///     boot.note(note)?; // afterwards: a daemon that dies before starts the rest when it comes back
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boot(String);

impl Boot {
    /// The one that this process is of: the kernel's own id of it, and when the first process began, which is a container's own.
    ///
    /// # Errors
    /// The system's, where `/proc` does not tell.
    pub fn current() -> io::Result<Boot> {
        let kernel = fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
        let first = start_time(1).unwrap_or(0);
        Ok(Boot(format!("{} {first}\n", kernel.trim())))
    }

    /// Whether this is the boot that was [noted](Self::note) last. A file that is not there notes none.
    ///
    /// # Errors
    /// The system's, and of what is no regular file: a FIFO would be waited for.
    pub fn is_noted(&self, file: &Path) -> io::Result<bool> {
        match fs::metadata(file) {
            Ok(found) if found.is_file() => Ok(fs::read(file)? == self.0.as_bytes()),
            Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Notes this boot in a file of its own. When this returns the note lasts; one that was torn is none.
    ///
    /// # Errors
    /// The system's.
    pub fn note(&self, file: &Path) -> io::Result<()> {
        let mut file = File::create(file)?;
        file.write_all(self.0.as_bytes())?;
        file.sync_all()
    }
}

/// When a process started, in the kernel's ticks; `None` where there is none, or only what is left of a dead one.
pub(super) fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name stands in parentheses and may contain anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X" | "x") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boot_is_noted_until_another_one_is_or_the_note_is_torn() {
        let file = std::env::temp_dir().join(format!("virtwire-boot-{}", super::super::Uuid::random()));
        let boot = Boot::current().unwrap();
        assert_eq!(boot, Boot::current().unwrap());
        assert!(!boot.is_noted(&file).unwrap());
        boot.note(&file).unwrap();
        assert!(boot.is_noted(&file).unwrap());
        boot.is_noted(Path::new("/dev/null")).unwrap_err();
        fs::write(&file, &boot.0[..boot.0.len() - 1]).unwrap();
        assert!(!boot.is_noted(&file).unwrap());
        Boot("another 1\n".to_owned()).note(&file).unwrap();
        assert!(!boot.is_noted(&file).unwrap());
        fs::remove_file(file).unwrap();
    }
}
