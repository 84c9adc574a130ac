//! Files of this host that say how to connect: read at once, or not at all. A pipe that nobody writes to would keep its reader, a thread
//! that nothing ends, for ever.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::FileTypeExt;
#[cfg(feature = "sasl")]
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// All of a file.
///
/// # Errors
/// Also where it is a pipe, or has more than `bytes_max`.
pub(super) fn read(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.file_type().is_fifo() {
        return Err(a_pipe());
    }
    let mut how = OpenOptions::new();
    how.read(true);
    // It may have become a pipe since. Only with this feature is a crate linked that knows the flag.
    #[cfg(feature = "sasl")]
    how.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let file = how.open(path)?;
    if file.metadata()?.file_type().is_fifo() {
        return Err(a_pipe());
    }
    let mut content = Vec::new();
    file.take(bytes_max.saturating_add(1)).read_to_end(&mut content)?;
    if u64::try_from(content.len()).is_ok_and(|bytes| bytes <= bytes_max) {
        return Ok(content);
    }
    Err(io::Error::new(ErrorKind::InvalidData, format!("it has more than {bytes_max} bytes")))
}

fn a_pipe() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "it is a pipe, and not a file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_pipe_is_refused_at_once_and_what_is_too_long_after_its_bound() {
        let folder = std::env::temp_dir().join(format!("virtwire-at-once-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (pipe, file) = (folder.join("pipe"), folder.join("file"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        fs::write(&file, "12345").unwrap();
        assert_eq!(read(&pipe, 5).unwrap_err().to_string(), "it is a pipe, and not a file");
        assert_eq!(read(&file, 5).unwrap(), b"12345");
        assert_eq!(read(&file, 4).unwrap_err().to_string(), "it has more than 4 bytes");
        assert_eq!(read(Path::new("/dev/zero"), 4).unwrap_err().kind(), ErrorKind::InvalidData);
        assert_eq!(read(Path::new("/dev/null"), 4).unwrap(), b"");
        assert_eq!(read(&folder.join("absent"), 4).unwrap_err().kind(), ErrorKind::NotFound);
        fs::remove_dir_all(&folder).unwrap();
    }
}
