//! What a saved guest's file says: all that the guest is restored from.
//!
//! ```text
//! virtwire save 1 CHECKSUM          FNV-1a of 64 bits, 16 hexadecimal digits, over all that follows this line
//! state running                     or paused: how it is to be restored
//! xml LENGTH
//! memory LENGTH
//!                                   an empty line; the XML and the memory, so many bytes each
//! ```
//!
//! A file is written beside its place, synced, and renamed into it: what was there before is there until all of the new one is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tracing::warn;
use virtwire_protocol::error::{ErrorDomain, RemoteError};

use super::super::moves::stream::Checksum;
use super::super::store::{UNFINISHED, open_regular};
use super::super::{Result, Uuid, errors};

const FIRST_WORDS: &str = "virtwire save 1 ";
/// What is read of a file before its lengths are known, and the longest XML: the wire's own bound on a string.
const HEAD_BYTES_MAX: u64 = 256;
const XML_BYTES_MAX: usize = 4_194_304;

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) runs: bool,
    pub(super) xml: String,
    pub(super) memory: Vec<u8>,
}

impl Image {
    fn to_bytes(&self) -> Vec<u8> {
        let state = if self.runs { "running" } else { "paused" };
        let (xml, memory) = (self.xml.len(), self.memory.len());
        let head = format!("state {state}\nxml {xml}\nmemory {memory}\n\n");
        let mut sum = Checksum::new();
        for part in [head.as_bytes(), self.xml.as_bytes(), &self.memory] {
            sum.update(part);
        }
        let first = format!("{FIRST_WORDS}{:016x}\n", sum.value());
        [first.as_bytes(), head.as_bytes(), self.xml.as_bytes(), &self.memory].concat()
    }

    pub(super) fn read(path: &Path, memory_bytes_max: usize) -> Result<Image> {
        let mut memory = Vec::new();
        let Outside { runs, xml } = read(path, memory_bytes_max, &mut memory)?;
        memory.shrink_to_fit();
        Ok(Image { runs, xml, memory })
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        write(path, &self.to_bytes())
    }

    pub(super) fn write_beside(&self, path: &Path) -> Result<Beside> {
        write_beside(path, &self.to_bytes())
    }
}

/// What a file says beside the memory.
#[derive(Debug, PartialEq, Eq)]
struct Outside {
    runs: bool,
    xml: String,
}

/// The configuration of a file, all of which is read and none of its memory kept.
pub(super) fn xml(path: &Path, memory_bytes_max: usize) -> Result<String> {
    Ok(read(path, memory_bytes_max, &mut io::sink())?.xml)
}

fn read(path: &Path, memory_bytes_max: usize, memory: &mut impl Write) -> Result<Outside> {
    let read = open_regular(path, OFlags::empty())
        .map_err(Unread::Io)
        .and_then(|file| parse(file, memory_bytes_max, memory));
    read.map_err(|why| match why {
        Unread::Io(error) => {
            RemoteError::system(ErrorDomain::QEMU, format!("cannot read {}", path.display()), &error)
        }
        Unread::Bad(why) => errors::failed(format!("cannot restore from {}: {why}", path.display())),
    })
}

/// Why nothing comes of a file.
#[derive(Debug)]
enum Unread {
    Io(io::Error),
    Bad(String),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Unread {
        Unread::Io(error)
    }
}

/// Reads a file to its end, and writes its memory as it comes: only once this returns well is it what was saved.
fn parse(
    mut from: impl Read,
    memory_bytes_max: usize,
    memory: &mut impl Write,
) -> std::result::Result<Outside, Unread> {
    let bad = |why| Err(Unread::Bad(why));
    let mut start = Vec::new();
    from.by_ref().take(HEAD_BYTES_MAX).read_to_end(&mut start)?;
    let Some((sum, rest)) = first_line(&start) else { return bad(foreign()) };
    let Some(head) = Head::of(rest) else { return bad(foreign()) };
    if head.xml > XML_BYTES_MAX || head.memory > memory_bytes_max {
        return bad(format!(
            "it has {} bytes of XML and {} of memory; at most {XML_BYTES_MAX} and {memory_bytes_max} are read",
            head.xml, head.memory
        ));
    }
    let mut rest = Summed { from: rest.chain(from), sum: Checksum::new() };
    io::copy(&mut rest.by_ref().take(head.bytes as u64), &mut io::sink())?;
    let mut xml = Vec::new();
    rest.by_ref().take(head.xml as u64).read_to_end(&mut xml)?;
    // One byte more shows that there is more.
    let most = (head.memory as u64).saturating_add(1);
    let copied = io::copy(&mut rest.by_ref().take(most), memory)?;
    let found = rest.sum.value();
    if u64::from_str_radix(sum, 16) != Ok(found) {
        return bad(format!("it is torn: its checksum is {found:016x}, and {sum} was written"));
    }
    match String::from_utf8(xml) {
        Ok(xml) if xml.len() == head.xml && copied == head.memory as u64 => {
            Ok(Outside { runs: head.runs, xml })
        }
        _ => bad(foreign()),
    }
}

/// What is read, and its checksum.
struct Summed<R> {
    from: R,
    sum: Checksum,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(buffer)?;
        self.sum.update(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

/// Writes a file at a client's path: what was there before is there until all of the new one is.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    write_beside(path, bytes)?.put().map(drop)
}

/// Writes a file beside a client's path.
fn write_beside(path: &Path, bytes: &[u8]) -> Result<Beside> {
    check_place(path)?;
    let failed = |error: io::Error| cannot_write(path, &error);
    // A name that nobody can have put there before, also where others may write: the path is a client's.
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}{UNFINISHED}", Uuid::random()));
    let whole = PathBuf::from(name);
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&whole).map_err(failed)?;
    let beside = Beside { whole, path: path.to_owned() };
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(beside)
}

/// All of a file, which is removed again unless it is put where it belongs.
#[derive(Debug)]
pub(super) struct Beside {
    whole: PathBuf,
    path: PathBuf,
}

impl Beside {
    pub(super) fn put(self) -> Result<Put> {
        let put = Put { path: self.path.clone() };
        fs::rename(&self.whole, &put.path).map_err(|error| cannot_write(&put.path, &error))?;
        match put.path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all()) {
            Ok(()) => Ok(put),
            Err(error) => {
                let error = cannot_write(&put.path, &error);
                put.take_back();
                Err(error)
            }
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Fails where it has been put.
        let _ = fs::remove_file(&self.whole);
    }
}

/// A file that was put where it belongs.
#[derive(Debug)]
pub(super) struct Put {
    path: PathBuf,
}

impl Put {
    /// It should not have been. What was there before is gone in any case: nobody is to take this for it.
    pub(super) fn take_back(self) {
        if let Err(error) = fs::remove_file(&self.path) {
            warn!(path = %self.path.display(), %error, "an image that should not be there cannot be removed");
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> RemoteError {
    RemoteError::system(ErrorDomain::QEMU, format!("cannot write {}", path.display()), error)
}

/// That there is nothing at a path, or an image or another file: it is replaced. Whatever else is there stays, such as a device or a FIFO.
/// So does a link: whoever may write beside it could have it lead to any file of the host's.
pub(super) fn check_place(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(errors::failed(format!("cannot save to {}: it is no regular file", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot_write(path, &error)),
    }
}

fn foreign() -> String {
    "it is no saved guest of this format".to_owned()
}

/// A file's checksum as it is written, and what follows its line.
fn first_line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (first, rest) = bytes.split_at(end + 1);
    Some((std::str::from_utf8(first).ok()?.trim_end().strip_prefix(FIRST_WORDS)?, rest))
}

/// What stands between that line and the XML.
struct Head {
    runs: bool,
    /// Bytes of the XML, of the memory, and of this itself.
    xml: usize,
    memory: usize,
    bytes: usize,
}

impl Head {
    fn of(rest: &[u8]) -> Option<Head> {
        let bytes = rest.windows(2).position(|pair| pair == b"\n\n")? + 2;
        let mut lines = std::str::from_utf8(rest.get(..bytes)?).ok()?.lines();
        let mut value = |name| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let runs = match value("state")? {
            "running" => true,
            "paused" => false,
            _ => return None,
        };
        let mut length = |name| value(name)?.parse().ok();
        Some(Head { runs, xml: length("xml")?, memory: length("memory")?, bytes })
    }
}

/// The configuration of a file, if that is one of these, and all of it is there. Its checksum is looked at once it is restored: memory is long.
pub(super) fn check(path: &Path) -> std::result::Result<String, String> {
    let unreadable = |error: io::Error| format!("it cannot be read: {error}");
    let file = open_regular(path, OFlags::empty()).map_err(unreadable)?;
    let mut start = Vec::new();
    (&file).take(HEAD_BYTES_MAX).read_to_end(&mut start).map_err(unreadable)?;
    let (_, rest) = first_line(&start).ok_or_else(foreign)?;
    let Head { xml: xml_bytes, memory, bytes, .. } = Head::of(rest).ok_or_else(foreign)?;
    let before = (start.len() - rest.len() + bytes) as u64;
    let whole = before.saturating_add(xml_bytes as u64).saturating_add(memory as u64);
    match file.metadata().map_err(unreadable)?.len() {
        found if found == whole => {}
        found => return Err(format!("it is torn: it has {found} bytes, and {whole} were written")),
    }
    if xml_bytes > XML_BYTES_MAX {
        return Err(format!("it has {xml_bytes} bytes of XML; at most {XML_BYTES_MAX} are read"));
    }
    let mut xml = String::new();
    (&file).seek(SeekFrom::Start(before)).map_err(unreadable)?;
    (&file).take(xml_bytes as u64).read_to_string(&mut xml).map_err(unreadable)?;
    Ok(xml)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    /// A client names the path, perhaps in a folder in which others may write, too.
    #[test]
    fn a_file_is_written_through_nothing_that_somebody_has_put_there() {
        let folder = std::env::temp_dir().join(format!("virtwire-saved-{}", Uuid::random()));
        fs::create_dir_all(&folder).unwrap();
        let (path, others) = (folder.join("guest"), folder.join("others"));
        fs::write(&others, "precious").unwrap();
        symlink(&others, folder.join("guest.new")).unwrap();
        let image = Image { runs: true, xml: "<domain/>".to_owned(), memory: vec![7] };
        image.write(&path).unwrap();
        assert_eq!(fs::read_to_string(&others).unwrap(), "precious");
        let found = fs::symlink_metadata(&path).unwrap();
        assert!(found.is_file() && found.mode() & 0o777 == 0o600, "{found:?}");
        // Two at once do not write into each other's.
        std::thread::scope(|scope| {
            for last in 0..4 {
                let (path, image) = (&path, &image);
                scope.spawn(move || {
                    Image { memory: vec![last; 1 << 20], ..image.clone() }.write(path).unwrap()
                });
            }
        });
        assert_eq!(Image::read(&path, 1 << 20).unwrap().memory.len(), 1 << 20);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3, "nothing is left beside it");
        fs::remove_dir_all(&folder).unwrap();
    }

    /// Else each such call would have a thread for as long as its client likes.
    #[test]
    fn nobody_is_waited_for_who_writes_to_a_fifo() {
        let path = std::env::temp_dir().join(format!("virtwire-fifo-{}", Uuid::random()));
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let image = Image { runs: true, xml: "<domain/>".to_owned(), memory: vec![7] };
        let (read, _both_ends) = std::thread::scope(|scope| {
            // Whoever waited would have an image in the end.
            scope.spawn(|| fs::write(&path, image.to_bytes()));
            let read = Image::read(&path, 1);
            // To open both ends waits for nobody, and lets the other thread come to its end.
            (read, OpenOptions::new().read(true).write(true).open(&path))
        });
        fs::remove_file(&path).unwrap();
        let error = read.unwrap_err();
        assert!(error.message.to_string_lossy().contains("no regular file"), "{error}");
    }

    fn from_bytes(bytes: &[u8]) -> std::result::Result<Image, Unread> {
        let mut memory = Vec::new();
        let Outside { runs, xml } = parse(bytes, 4, &mut memory)?;
        Ok(Image { runs, xml, memory })
    }

    /// However much memory a guest has, whoever asks for its configuration makes nobody hold that.
    #[test]
    fn memory_that_is_not_kept_is_read_in_small_pieces() {
        /// Says how much was asked for at once.
        struct Pieces<'a> {
            bytes: &'a [u8],
            largest: usize,
        }
        impl Read for Pieces<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.largest = self.largest.max(buffer.len());
                self.bytes.read(buffer)
            }
        }
        let image = Image { runs: true, xml: "<domain/>".to_owned(), memory: vec![7; 4 << 20] };
        let bytes = image.to_bytes();
        let mut pieces = Pieces { bytes: &bytes, largest: 0 };
        let read = parse(&mut pieces, 4 << 20, &mut io::sink()).unwrap();
        assert_eq!((read, pieces.bytes), (Outside { runs: true, xml: image.xml }, &[][..]));
        assert!(pieces.largest <= 64 << 10, "{} bytes at once", pieces.largest);
    }

    /// A length is a claim.
    #[test]
    fn a_file_that_says_more_than_there_may_be_is_not_read_on() {
        let says = |xml: &str, memory: &str| {
            let file = format!("{FIRST_WORDS}0\nstate running\nxml {xml}\nmemory {memory}\n\n");
            let mut read = file.as_bytes().chain(io::repeat(0));
            let Err(Unread::Bad(why)) = parse(&mut read, 4, &mut io::sink()) else {
                panic!("{xml}, {memory}")
            };
            why
        };
        let huge = usize::MAX.to_string();
        for (xml, memory) in [("0", "5"), ("4194305", "0"), ("0", &*huge), (&*huge, &*huge)] {
            assert!(says(xml, memory).contains("are read"), "{xml}, {memory}");
        }
        // Nor is what never ends.
        assert!(says("4194304", "4").contains("torn"));
    }

    #[test]
    fn a_file_says_what_was_saved_and_every_cut_and_change_is_noticed() {
        let image = Image { runs: true, xml: "<domain>\n\n</domain>".to_owned(), memory: vec![7, 10, 10, 0] };
        let bytes = image.to_bytes();
        assert_eq!(from_bytes(&bytes).unwrap(), image);
        let path = std::env::temp_dir().join(format!("virtwire-torn-{}", Uuid::random()));
        for at in 0..=bytes.len() {
            fs::write(&path, &bytes[..at]).unwrap();
            assert_eq!(check(&path).is_ok(), at == bytes.len(), "cut at {at}");
        }
        fs::write(&path, [&bytes[..], b"x"].concat()).unwrap();
        check(&path).unwrap_err();
        fs::remove_file(&path).unwrap();
        let paused = Image { runs: false, ..image };
        assert_eq!(from_bytes(&paused.to_bytes()).unwrap(), paused);
        assert!(from_bytes(&[&bytes[..], b"x"].concat()).is_err());
        for at in 0..bytes.len() {
            assert!(from_bytes(&bytes[..at]).is_err(), "cut at {at}");
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(from_bytes(&changed).is_err(), "changed at {at}");
        }
    }
}
