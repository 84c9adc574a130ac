//! Files and streams: a stream into a file, a file into a stream, with progress and with holes.
//!
//! Files are written where the command waits, not in threads of their own: nothing else waits there, and the
//! connection has its own task.

use std::fs::{self, File};
use std::future::pending;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use virtwire::client::{CallError, Chunk, FileError, Stream, StreamError};

use crate::fail::{Fail, plain};
use crate::progress::Progress;
use crate::screen::{Output, Screen};
use crate::signals::Signals;

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// How far a transfer is, told on standard error, as standard output may be the file.
pub(crate) struct Told {
    screen: Screen,
    progress: Progress,
    total: u64,
}

impl Told {
    /// Of a transfer of so many bytes; 0 where nobody knows.
    pub(crate) fn new(total: u64) -> Told {
        Told { screen: Screen::new(Output::Stderr), progress: Progress::begin(), total }
    }

    fn show(&mut self, done: u64) {
        self.progress.show(&self.screen, done, self.total);
    }
}

/// A file that is written, or standard output.
#[derive(Debug)]
pub(crate) struct Sink {
    name: String,
    /// `None` is standard output.
    file: Option<File>,
    /// What is left out of a new regular file reads as zeros; of a block device it is what was there before.
    can_have_holes: bool,
    at: u64,
    /// Where it was made, if it was not there before.
    made: Option<PathBuf>,
    /// What is heard then, from before it is there until all of it is.
    signals: Option<Signals>,
}

impl Sink {
    /// Makes the file, or empties it; `-` is standard output.
    pub(crate) fn create(path: &Path) -> Result<Sink, Fail> {
        if path.as_os_str() == "-" {
            let name = "standard output".to_owned();
            return Ok(Sink { name, file: None, can_have_holes: false, at: 0, made: None, signals: None });
        }
        // What is there is no new file, such as a pipe, which may take nothing: signals end the process by themselves then.
        match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => Sink::create_new(path),
            _ => Sink::of(path, File::create(path)),
        }
    }

    /// Makes the file, of which the user has not said that it may take another's place.
    pub(crate) fn create_new(path: &Path) -> Result<Sink, Fail> {
        let signals = Some(Signals::listen_unless_ignored()?);
        let sink = Sink::of(path, File::create_new(path))?;
        Ok(Sink { made: Some(path.to_owned()), signals, ..sink })
    }

    fn of(path: &Path, opened: io::Result<File>) -> Result<Sink, Fail> {
        let name = format!("file {}", path.display());
        match opened.and_then(|file| Ok((file.metadata()?.is_file(), file))) {
            Ok((can_have_holes, file)) => {
                Ok(Sink { name, file: Some(file), can_have_holes, at: 0, made: None, signals: None })
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Fail::new(
                name,
                "is there already",
                "--output names the file to write, that one or another",
            )),
            Err(error) => Err(Fail::new(
                name,
                format!("cannot be written: {}", plain(&error)),
                "give the name of a file that may be written, or - for standard output",
            )),
        }
    }

    pub(crate) fn is_stdout(&self) -> bool {
        self.file.is_none()
    }

    fn write(&mut self, data: &[u8]) -> Result<(), Fail> {
        let written = match &mut self.file {
            Some(file) => file.write_all(data),
            None => io::stdout().lock().write_all(data),
        };
        written.map_err(|error| self.unwritten(&error))?;
        self.at = self.at.saturating_add(data.len() as u64);
        Ok(())
    }

    /// Leaves so many bytes out, or writes zeros where that cannot be.
    fn hole(&mut self, length: u64) -> Result<(), Fail> {
        if let Some(file) = self.file.as_mut().filter(|_| self.can_have_holes) {
            // Where a hole does not fit, so many zeros do not either: they would fill the disk first.
            let sought = match i64::try_from(length) {
                Ok(offset) => file.seek(SeekFrom::Current(offset)),
                Err(_) => Err(ErrorKind::FileTooLarge.into()),
            };
            sought.map_err(|error| self.unwritten(&error))?;
            self.at = self.at.saturating_add(length);
            return Ok(());
        }
        let zeros = vec![0; PIECE_BYTES];
        let mut left = length;
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE_BYTES);
            self.write(zeros.get(..count).unwrap_or_default())?;
            left = left.saturating_sub(count as u64);
        }
        Ok(())
    }

    /// Everything has been written; a hole at the end becomes part of the file. Some file systems say only now that there was no room.
    fn end(&mut self) -> Result<(), Fail> {
        let ended = match &mut self.file {
            // What is no regular file, such as a pipe, has no length.
            Some(file) if self.can_have_holes => file.set_len(self.at).and_then(|()| file.sync_all()),
            // Nor does it have anything to sync, if it is no block device.
            Some(file) => file.sync_all().or_else(|error| match error.kind() {
                ErrorKind::InvalidInput => Ok(()),
                _ => Err(error),
            }),
            None => io::stdout().lock().flush(),
        };
        ended.map_err(|error| self.unwritten(&error))
    }

    /// What has come is not all: what was made for it goes, and what was there before stays, as it is now.
    fn give_up(&mut self, fail: Fail) -> Fail {
        let Some(file) = &self.file else { return fail };
        // Whoever has put another one there meanwhile keeps it.
        let is_at = |path: &Path| {
            let (ours, there) = (file.metadata()?, path.symlink_metadata()?);
            io::Result::Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino()))
        };
        let made = self.made.take().filter(|made| is_at(made).unwrap_or(false));
        match made.map(fs::remove_file) {
            Some(Ok(())) => fail.also(format_args!("{} is removed, as it is not whole", self.name)),
            _ => fail.also(format_args!("{} is not whole", self.name)),
        }
    }

    fn unwritten(&self, error: &io::Error) -> Fail {
        if self.file.is_none() && error.kind() == ErrorKind::BrokenPipe {
            return Fail::new(
                &self.name,
                "nobody reads on",
                "what was read is not whole; read it to its end, or name a file",
            );
        }
        Fail::new(
            &self.name,
            format!("cannot be written: {}", plain(error)),
            "make room there, or send its output elsewhere",
        )
    }
}

/// Writes what comes to the end, and waits for the daemon's word that it was all. Returns how many bytes came, holes included. Of a file that
/// was made for them nothing is left otherwise, nor where more than `most` come.
pub(crate) async fn receive(
    stream: Stream,
    sink: &mut Sink,
    told: Option<Told>,
    most: u64,
) -> Result<u64, Fail> {
    let mut signals = sink.signals.take();
    let left = async {
        match &mut signals {
            Some(signals) => signals.next().await,
            None => pending().await,
        }
    };
    let received = tokio::select! {
        received = write(stream, sink, told, most) => received,
        name = left => Err(Fail::new("the transfer", format!("left because of {name}"), "begin it anew")),
    };
    received.map_err(|fail| sink.give_up(fail))
}

async fn write(mut stream: Stream, sink: &mut Sink, mut told: Option<Told>, most: u64) -> Result<u64, Fail> {
    loop {
        // Signals are heard also where there is always more to write.
        tokio::task::consume_budget().await;
        let chunk = stream.read_chunk().await.map_err(|error| unreceived(&error))?;
        let length = match &chunk {
            Some(Chunk::Data(data)) => data.len() as u64,
            Some(Chunk::Hole(length)) => *length,
            None => 0,
        };
        if length > most.saturating_sub(sink.at) {
            return Err(Fail::new(
                "the daemon",
                format!("sends more than the {most} bytes that were asked for"),
                "it does not do as --length says: leave that out, and take from the whole",
            ));
        }
        match chunk {
            Some(Chunk::Data(data)) => sink.write(&data)?,
            Some(Chunk::Hole(length)) => sink.hole(length)?,
            None => break,
        }
        if let Some(told) = &mut told {
            told.show(sink.at);
        }
    }
    sink.end()?;
    stream.finish().await.map_err(|error| unreceived(&error))?;
    Ok(sink.at)
}

/// A file that is read, or standard input.
#[derive(Debug)]
pub(crate) struct Source {
    name: String,
    /// `None` is standard input.
    file: Option<File>,
    /// Whether any part of it can be read at any time.
    has_places: bool,
    /// Its length; 0 where that cannot be known.
    pub(crate) length: u64,
}

impl Source {
    pub(crate) fn open(path: &Path) -> Result<Source, Fail> {
        let name = path.display().to_string();
        if name == "-" {
            let name = "standard input".to_owned();
            return Ok(Source { name, file: None, has_places: false, length: 0 });
        }
        let opened = File::open(path).and_then(|file| {
            let found = file.metadata()?;
            match found.is_dir() {
                true => Err(ErrorKind::IsADirectory.into()),
                false => Ok((file, found)),
            }
        });
        match opened {
            Ok((file, found)) => Ok(Source {
                name: format!("file {name}"),
                file: Some(file),
                has_places: found.is_file() || found.file_type().is_block_device(),
                length: found.len(),
            }),
            Err(error) => Err(Fail::new(
                format!("file {name}"),
                format!("cannot be read: {}", plain(&error)),
                "give a file to send, or - for standard input",
            )),
        }
    }

    /// Whether its holes can be found.
    pub(crate) fn can_be_sparse(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.metadata().is_ok_and(|found| found.is_file()))
    }

    /// The next bytes, at most `max`; empty at the end.
    fn read(&mut self, max: u64) -> Result<Bytes, Fail> {
        let max = usize::try_from(max).unwrap_or(usize::MAX).min(PIECE_BYTES);
        let mut piece = vec![0; max];
        let mut filled = 0;
        while let Some(room) = piece.get_mut(filled..).filter(|room| !room.is_empty()) {
            let read = match &mut self.file {
                Some(file) => file.read(room),
                None => io::stdin().lock().read(room),
            };
            match read {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.unread(&error)),
            }
        }
        piece.truncate(filled);
        Ok(piece.into())
    }

    fn unread(&self, error: &io::Error) -> Fail {
        Fail::new(
            &self.name,
            format!("cannot be read: {}", plain(error)),
            "the transfer was stopped; try again",
        )
    }
}

/// Sends a file to its end or `most` bytes of it, and waits for the daemon's word that it has them all. Returns how many bytes that
/// was, holes included. Within the first `dense` bytes a hole is sent as zeros, after them as a hole.
pub(crate) async fn send(
    mut stream: Stream,
    source: &mut Source,
    dense: u64,
    mut told: Option<Told>,
    most: u64,
) -> Result<u64, Fail> {
    let mut show = |at| told.iter_mut().for_each(|told| told.show(at));
    let sent = if let Some(file) = source.file.as_ref().filter(|_| source.has_places) {
        match stream.send_file_sparse(file, 0, most, dense, show).await {
            Ok(sent) => sent,
            Err(FileError::File(error)) => return Err(source.unread(&error)),
            Err(FileError::Stream(error)) => return Err(broken(&error)),
        }
    } else {
        let mut at: u64 = 0;
        loop {
            let data = source.read(most.saturating_sub(at))?;
            if data.is_empty() {
                break at;
            }
            at = at.saturating_add(data.len() as u64);
            stream.write_chunk(data).await.map_err(|error| broken(&error))?;
            show(at);
        }
    };
    stream.finish().await.map_err(|error| broken(&error))?;
    Ok(sent)
}

/// A stream of which all was to be written.
fn unreceived(error: &StreamError) -> Fail {
    match error {
        StreamError::Remote(_) => broken(error),
        other => Fail::new("the transfer", other, "what has come is not whole; try again"),
    }
}

/// A stream that did not come to its end.
pub(crate) fn broken(error: &StreamError) -> Fail {
    match error {
        StreamError::Remote(error) => Fail::call("the transfer", &CallError::Remote(error.clone())),
        other => Fail::new("the transfer", other, "it is not whole; look at what is there, and try again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block device can be sought like a file, and has other content than zeros. It is not everywhere that a test can have one.
    #[tokio::test]
    async fn a_hole_is_written_where_something_else_may_be() {
        let path = std::env::temp_dir().join(format!("virtwire-sink-{}", std::process::id()));
        for (opened, before, after) in [
            (path.as_path(), &b""[..], &b"\0\0\0new\0\0"[..]),
            (Path::new("/dev/null"), b"what was there", b"\0\0\0new\0\0 there"),
        ] {
            let mut sink = Sink::create(opened).unwrap();
            std::fs::write(&path, before).unwrap();
            sink.file = Some(File::options().write(true).open(&path).unwrap());
            assert!(sink.hole(3).is_ok() && sink.write(b"new").is_ok() && sink.hole(2).is_ok());
            assert!(sink.end().is_ok());
            assert_eq!((std::fs::read(&path).unwrap().as_slice(), sink.at), (after, 8));
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[tokio::test]
    async fn a_hole_that_no_file_can_have_is_a_failure_and_not_zeros() {
        let path = std::env::temp_dir().join(format!("virtwire-hole-{}", std::process::id()));
        let most = i64::MAX.unsigned_abs();
        for holes in [[most, most], [0, u64::MAX]] {
            let mut sink = Sink::create(&path).unwrap();
            let made = sink.hole(holes[0]).and_then(|()| sink.hole(holes[1]));
            assert!(made.is_err(), "{holes:?}");
            assert_eq!(std::fs::metadata(&path).unwrap().len(), 0, "{holes:?}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
