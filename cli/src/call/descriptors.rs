//! The file descriptors of a call: files that go with it, and what comes with its reply.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, fstat};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use virtwire::protocol::program::ProcedureInfo;

use crate::console;
use crate::fail::{Fail, plain};
use crate::screen::unwritten;

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// Whether a procedure is passed nothing: its descriptors come with the reply. The contract does not tell which way they go.
pub(super) fn returns_only(info: &ProcedureInfo) -> bool {
    matches!(info.function, "virDomainOpenGraphicsFD" | "virDomainLxcOpenNamespace")
}

/// What is passed.
#[derive(Debug, Default)]
pub(super) struct Passed {
    pub(super) descriptors: Vec<OwnedFd>,
    /// The other end of the socket among them, for standard input and output.
    pub(super) ours: Option<UnixStream>,
}

impl Passed {
    /// Opens files, to read and to write where that is allowed. - is a socket.
    pub(super) fn open(files: &[PathBuf]) -> Result<Passed, Fail> {
        let mut passed = Passed::default();
        for file in files {
            if file != Path::new("-") {
                passed.descriptors.push(opened(file)?);
                continue;
            }
            if passed.ours.is_some() {
                let what = "is one socket, and cannot be passed twice";
                return Err(Fail::new("--fd -", what, "leave one of them out"));
            }
            let (ours, theirs) = UnixStream::pair()
                .map_err(|error| Fail::new("--fd -", plain(&error), "close some files, and try again"))?;
            passed.descriptors.push(theirs.into());
            passed.ours = Some(ours);
        }
        Ok(passed)
    }
}

fn opened(path: &Path) -> Result<OwnedFd, Fail> {
    let both = File::options().read(true).write(true).open(path);
    let file = both.or_else(|_| File::open(path)).map_err(|error| {
        let what = format!("cannot be opened: {}", plain(&error));
        Fail::new(format!("file {}", path.display()), what, "give files that there are, or - for a socket")
    })?;
    Ok(file.into())
}

/// The socket that standard input and output are the other end of: that of a pair whose other end was passed, or one that came alone with
/// nothing else in the reply, where what comes is counted. Beside ours nothing that came stays open: if it were the end that was passed,
/// come back, ours would never come to its end.
pub(super) fn to_join(
    ours: Option<UnixStream>,
    returned: &mut Vec<OwnedFd>,
    is_reply_empty: bool,
) -> Option<UnixStream> {
    if ours.is_some() {
        returned.clear();
        return ours;
    }
    if is_reply_empty { only_socket(returned) } else { None }
}

/// A socket that came alone.
fn only_socket(returned: &mut Vec<OwnedFd>) -> Option<UnixStream> {
    let is_socket =
        |fd: &OwnedFd| fstat(fd).is_ok_and(|found| FileType::from_raw_mode(found.st_mode).is_socket());
    let [only] = returned.as_slice() else { return None };
    if is_socket(only) { returned.pop().map(UnixStream::from) } else { None }
}

/// Joins standard input and output with a socket, until its other end closes it or nobody reads. The end of the input is told it.
pub(super) async fn join(thing: &str, socket: UnixStream) -> Result<(), Fail> {
    let broken =
        |error: io::Error| Fail::new(thing, format!("its socket broke: {}", plain(&error)), "try again");
    let socket = socket.set_nonblocking(true).and_then(|()| tokio::net::UnixStream::from_std(socket));
    let (mut reader, mut writer) = socket.map_err(broken)?.into_split();
    let typing = async {
        let mut typed = console::stdin();
        while let Some(bytes) = typed.recv().await {
            if writer.write_all(&bytes).await.is_err() {
                break;
            }
        }
        // What there is to read tells how it ended.
        let _ = writer.shutdown().await;
        std::future::pending().await
    };
    let printing = async {
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let count = reader.read(&mut piece).await.map_err(broken)?;
            if count == 0 {
                return Ok(());
            }
            let mut out = io::stdout().lock();
            match out.write_all(piece.get(..count).unwrap_or_default()).and_then(|()| out.flush()) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                Err(error) => return Err(unwritten(&error)),
            }
        }
    };
    tokio::select! {
        ended = printing => ended,
        () = typing => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn files_are_passed_in_their_order_and_one_socket_among_them() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let passed = Passed::open(&paths(&["/dev/null", "-", "/dev/zero"])).unwrap();
        assert_eq!(passed.descriptors.len(), 3);
        let mut theirs = passed.descriptors.into_iter().skip(1);
        let mut socket = vec![theirs.next().unwrap()];
        let mut socket = only_socket(&mut socket).expect("a socket");
        drop((theirs, passed.ours));
        assert_eq!(socket.read(&mut [0]).unwrap(), 0, "its other end is ours");
        let told = |names: &[&str]| Passed::open(&paths(names)).unwrap_err().to_string();
        assert!(told(&["-", "-"]).contains("cannot be passed twice"));
        assert!(told(&["/nonexistent"]).starts_with("file /nonexistent: cannot be opened: "));
    }

    #[test]
    fn what_comes_back_of_a_pair_does_not_hold_it_open() {
        let Passed { descriptors, ours } = Passed::open(&["-".into()]).unwrap();
        let mut returned = descriptors;
        let mut joined = to_join(ours, &mut returned, true).unwrap();
        assert_eq!(joined.read(&mut [0]).unwrap(), 0);
        let mut came = vec![UnixStream::pair().unwrap().0.into()];
        assert!(to_join(None, &mut came, false).is_none() && came.len() == 1);
        assert!(to_join(None, &mut came, true).is_some() && came.is_empty());
    }

    #[test]
    fn only_a_socket_that_is_alone_is_one_to_be_joined() {
        let mut file = Passed::open(&["/dev/null".into()]).unwrap().descriptors;
        assert!(only_socket(&mut file).is_none() && file.len() == 1);
        let pair = UnixStream::pair().unwrap();
        let mut two: Vec<OwnedFd> = vec![pair.0.into(), pair.1.into()];
        assert!(only_socket(&mut two).is_none() && two.len() == 2);
    }
}
