//! Saved guests: a file carries all that a guest is restored from.
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
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::OFlags;
use virtwire_protocol::error::{ErrorDomain, RemoteError};

use super::super::saving::{Save, Saving};
use super::super::store::UNFINISHED;
use super::super::{
    Lifecycle, PausedReason, Result, ResumedDetail, RunningReason, ShutoffReason, StartedDetail,
    StoppedDetail, SuspendedDetail, Uuid, errors,
};
use super::guest::{Activity, Live, LiveState};
use super::held::check_same_guest;
use super::long::told;
use super::machine::Machine;
use super::memory::{Memory, checksum};
use super::table::Table;
use super::xml::Definition;
use super::{Inner, Mem};

const FIRST_WORDS: &str = "virtwire save 1 ";
/// What is read of a file before its lengths are known, and the longest XML: the wire's own bound on a string.
const HEAD_BYTES_MAX: u64 = 256;
const XML_BYTES_MAX: u64 = 4_194_304;

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Image {
    runs: bool,
    xml: String,
    memory: Vec<u8>,
}

impl Image {
    fn to_bytes(&self) -> Vec<u8> {
        let state = if self.runs { "running" } else { "paused" };
        let (xml, memory) = (self.xml.len(), self.memory.len());
        let head = format!("state {state}\nxml {xml}\nmemory {memory}\n\n");
        let rest = [head.as_bytes(), self.xml.as_bytes(), &self.memory].concat();
        [format!("{FIRST_WORDS}{:016x}\n", checksum(&rest)).as_bytes(), &rest].concat()
    }

    fn from_bytes(bytes: &[u8]) -> std::result::Result<Image, String> {
        let (sum, rest) = first_line(bytes).ok_or_else(foreign)?;
        let found = checksum(rest);
        if u64::from_str_radix(sum, 16) != Ok(found) {
            return Err(format!("it is torn: its checksum is {found:016x}, and {sum} was written"));
        }
        let Head { runs, xml, memory, bytes } = Head::of(rest).ok_or_else(foreign)?;
        let body = rest.get(bytes..).unwrap_or_default();
        if xml.checked_add(memory) != Some(body.len()) {
            return Err(foreign());
        }
        let (xml, memory) = body.split_at(xml);
        let xml = String::from_utf8(xml.to_vec()).map_err(|_| foreign())?;
        Ok(Image { runs, xml, memory: memory.to_vec() })
    }

    fn read(path: &Path, memory_bytes_max: usize) -> Result<Image> {
        let failed = |error: io::Error| {
            RemoteError::system(ErrorDomain::QEMU, format!("cannot read {}", path.display()), &error)
        };
        let most = HEAD_BYTES_MAX + XML_BYTES_MAX + memory_bytes_max as u64;
        let mut bytes = Vec::new();
        opened(path).map_err(failed)?.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
        let read = match bytes.len() as u64 > most {
            true => Err(format!("it has more than {most} bytes")),
            false => Image::from_bytes(&bytes),
        };
        read.map_err(|why| errors::failed(format!("cannot restore from {}: {why}", path.display())))
    }

    fn write(&self, path: &Path) -> Result<()> {
        write(path, &self.to_bytes())
    }
}

/// Writes a file at a client's path: what was there before is there until all of the new one is.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    check_place(path)?;
    let failed = |error: io::Error| cannot_write(path, &error);
    // A name that nobody can have put there before, also where others may write: the path is a client's.
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}{UNFINISHED}", Uuid::random()));
    let beside = PathBuf::from(name);
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(failed)?;
    let written = (|| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
    })();
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        failed(error)
    })
}

fn cannot_write(path: &Path, error: &io::Error) -> RemoteError {
    RemoteError::system(ErrorDomain::QEMU, format!("cannot write {}", path.display()), error)
}

/// That there is nothing at a path, or an image or another file: it is replaced. Whatever else is there stays, such as a device or a FIFO.
/// So does a link: whoever may write beside it could have it lead to any file of the host's.
fn check_place(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(errors::failed(format!("cannot save to {}: it is no regular file", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot_write(path, &error)),
    }
}

/// A file to be read: the path is a client's, and nothing at it is waited for, such as whoever writes to a FIFO.
fn opened(path: &Path) -> io::Result<File> {
    let no_wait = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(no_wait).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")),
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

/// Whether a file is one of these, and all of it is there. Its checksum is looked at once it is restored: memory is long.
pub(super) fn check(path: &Path) -> std::result::Result<(), String> {
    let unreadable = |error: io::Error| format!("it cannot be read: {error}");
    let file = opened(path).map_err(unreadable)?;
    let mut start = Vec::new();
    (&file).take(HEAD_BYTES_MAX).read_to_end(&mut start).map_err(unreadable)?;
    let (_, rest) = first_line(&start).ok_or_else(foreign)?;
    let Head { xml, memory, bytes, .. } = Head::of(rest).ok_or_else(foreign)?;
    let whole = (start.len() - rest.len() + bytes) as u64;
    let whole = whole.saturating_add(xml as u64).saturating_add(memory as u64);
    match file.metadata().map_err(unreadable)?.len() {
        found if found == whole => Ok(()),
        found => Err(format!("it is torn: it has {found} bytes, and {whole} were written")),
    }
}

impl Saving for Mem {
    async fn save(&self, domain: Uuid, to: &Path, how: Save) -> Result<()> {
        let to = to.to_owned();
        on_a_thread(&self.inner, move |inner| save(inner, domain, &to, how)).await
    }

    async fn restore(&self, from: &Path, how: Save) -> Result<()> {
        let (from, bytes_max) = (from.to_owned(), self.inner.config.memory_bytes_max);
        let (image, definition) = on_a_thread(&self.inner, move |_| {
            let image = Image::read(&from, bytes_max)?;
            let definition = definition(&image, how.xml.as_deref())?;
            Ok((image, Arc::new(definition)))
        })
        .await?;
        self.inner.table().check_startable(&definition)?;
        let machine = self.inner.loaded_machine(definition.uuid, Memory::received(image.memory)).await?;
        self.inner.table().restore_saved(definition, machine, how.runs.unwrap_or(image.runs))
    }

    async fn saved_xml(&self, file: &Path) -> Result<String> {
        let (file, bytes_max) = (file.to_owned(), self.inner.config.memory_bytes_max);
        on_a_thread(&self.inner, move |_| Ok(Image::read(&file, bytes_max)?.xml)).await
    }

    async fn set_saved(&self, file: &Path, how: Save) -> Result<()> {
        let (file, bytes_max) = (file.to_owned(), self.inner.config.memory_bytes_max);
        on_a_thread(&self.inner, move |_| {
            let image = Image::read(&file, bytes_max)?;
            let xml = definition(&image, how.xml.as_deref())?.xml;
            Image { xml, runs: how.runs.unwrap_or(image.runs), ..image }.write(&file)
        })
        .await
    }

    fn managed(&self, domain: Uuid) -> Option<PathBuf> {
        self.inner.managed(domain)
    }
}

/// Does what may wait for a guest or a disk.
pub(super) async fn on_a_thread<T: Send + 'static>(
    inner: &Arc<Inner>,
    work: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
) -> Result<T> {
    let inner = inner.clone();
    told(tokio::task::spawn_blocking(move || work(&inner)).await)
}

/// The configuration of a file, or the one that is wished for in its place.
fn definition(image: &Image, wished: Option<&str>) -> Result<Definition> {
    let own = Definition::parse(&image.xml, None)?;
    let Some(wished) = wished else { return Ok(own) };
    let wished = Definition::parse(wished, None)?;
    check_same_guest(&wished, &own)?;
    Ok(wished)
}

fn save(inner: &Inner, uuid: Uuid, to: &Path, how: Save) -> Result<()> {
    // Before the guest stands still for it.
    check_place(to)?;
    let pause = inner.table().pause_to_save(uuid, PausedReason::Save)?;
    let (own, ran) = (&pause.definition, pause.ran);
    let written = (|| {
        let machine = inner.table().machine(uuid)?;
        let mut image =
            Image { runs: ran, xml: own.xml.clone(), memory: machine.memory()?.as_bytes().to_vec() };
        image.xml = definition(&image, how.xml.as_deref())?.xml;
        image.runs = how.runs.unwrap_or(ran);
        image.write(to)
    })();
    let mut table = inner.table();
    match written {
        Ok(()) => {
            table.paused_by(&pause)?;
            table.turn_off(uuid, ShutoffReason::Saved, StoppedDetail::Saved)
        }
        Err(error) => {
            // Where it is not the same guest any more, there is none to let run.
            let _ = table.run_on(&pause, RunningReason::SaveCanceled);
            Err(error)
        }
    }
}

/// What a guest was before it was paused to be saved, and which run of it.
pub(super) struct Pause {
    uuid: Uuid,
    id: u32,
    pub(super) definition: Arc<Definition>,
    pub(super) ran: bool,
    why: PausedReason,
}

impl Table {
    /// A guest stands still, and is in nobody's hands but this.
    pub(super) fn pause_to_save(&mut self, uuid: Uuid, why: PausedReason) -> Result<Pause> {
        let live = self.guest_mut(uuid)?.idle_mut()?;
        let ran = matches!(live.state(), LiveState::Running(_));
        let pause = Pause { uuid, id: live.id, definition: live.definition.clone(), ran, why };
        live.activity = Activity::Held { sent: None };
        if ran {
            live.set_state(LiveState::Paused(why));
            self.settle(uuid)?;
            self.tell(uuid, Lifecycle::Suspended(SuspendedDetail::Paused));
        }
        Ok(pause)
    }

    /// The guest, if it is still the same that was paused so, in the same hands. It may have been ended meanwhile, and another of
    /// its UUID may be here, or on its way here.
    fn paused_by(&mut self, pause: &Pause) -> Result<&mut Live> {
        let is_held = self.held(pause.uuid).is_some();
        let live = self.guest_mut(pause.uuid)?.live_mut()?;
        match live.activity {
            Activity::Held { sent: None } if live.id == pause.id && !is_held => Ok(live),
            _ => Err(errors::invalid("the domain was ended meanwhile")),
        }
    }

    /// It is as it was before; paused if somebody has paused it meanwhile.
    pub(super) fn run_on(&mut self, pause: &Pause, why: RunningReason) -> Result<()> {
        let live = self.paused_by(pause)?;
        live.activity = Activity::Idle;
        if pause.ran && live.state() == LiveState::Paused(pause.why) {
            live.set_state(LiveState::Running(why));
            if self.settle(pause.uuid).is_ok() {
                self.tell(pause.uuid, Lifecycle::Resumed(ResumedDetail::Unpaused));
            }
        }
        Ok(())
    }

    fn restore_saved(&mut self, definition: Arc<Definition>, machine: Machine, runs: bool) -> Result<()> {
        self.check_startable(&definition)?;
        let uuid = self.guest_for(&definition)?.uuid;
        let state = match runs {
            true => LiveState::Running(RunningReason::Restored),
            false => LiveState::Paused(PausedReason::User),
        };
        self.turn_on(uuid, definition, machine, state, StartedDetail::Restored)?;
        let told = match runs {
            true => Lifecycle::Resumed(ResumedDetail::Unpaused),
            false => Lifecycle::Suspended(SuspendedDetail::Restored),
        };
        self.tell(uuid, told);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::super::super::{Hypervisor, StartOptions};
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

    /// A guest was once saved to `/dev/full`, and then that was a file.
    #[tokio::test]
    async fn a_device_a_fifo_and_a_link_are_no_place_for_a_guest_and_stay() {
        let folder = std::env::temp_dir().join(format!("virtwire-places-{}", Uuid::random()));
        fs::create_dir_all(folder.join("folder")).unwrap();
        mknodat(CWD, folder.join("fifo"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        fs::write(folder.join("others"), "precious").unwrap();
        symlink("others", folder.join("link")).unwrap();
        symlink("nothing", folder.join("broken")).unwrap();
        let kind = |name: &str| fs::symlink_metadata(folder.join(name)).unwrap().file_type();
        let mem = Mem::default();
        let xml = "<domain type='mem'><name>a</name><memory>1024</memory></domain>";
        let uuid = mem.create(xml.to_owned(), StartOptions::default()).await.unwrap().uuid;
        for name in ["fifo", "link", "broken", "folder"] {
            let before = kind(name);
            let error = mem.save(uuid, &folder.join(name), Save::default()).await.unwrap_err();
            assert!(error.message.to_string_lossy().contains("no regular file"), "{name}: {error}");
            assert_eq!(kind(name), before, "{name}");
            assert!(mem.inner.table().guest(uuid).unwrap().is_active(), "{name}");
        }
        assert_eq!(fs::read_to_string(folder.join("others")).unwrap(), "precious");
        // An image is read through a link, and not written.
        mem.save(uuid, &folder.join("image"), Save::default()).await.unwrap();
        symlink("image", folder.join("to-image")).unwrap();
        mem.set_saved(&folder.join("to-image"), Save::default()).await.unwrap_err();
        assert!(kind("to-image").is_symlink());
        mem.restore(&folder.join("to-image"), Save::default()).await.unwrap();
        fs::remove_dir_all(folder).unwrap();
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

    #[test]
    fn a_file_says_what_was_saved_and_every_cut_and_change_is_noticed() {
        let image = Image { runs: true, xml: "<domain>\n\n</domain>".to_owned(), memory: vec![7, 10, 10, 0] };
        let bytes = image.to_bytes();
        assert_eq!(Image::from_bytes(&bytes), Ok(image.clone()));
        let path = std::env::temp_dir().join(format!("virtwire-torn-{}", Uuid::random()));
        for at in 0..=bytes.len() {
            fs::write(&path, &bytes[..at]).unwrap();
            assert_eq!(check(&path).is_ok(), at == bytes.len(), "cut at {at}");
        }
        fs::write(&path, [&bytes[..], b"x"].concat()).unwrap();
        check(&path).unwrap_err();
        fs::remove_file(&path).unwrap();
        let paused = Image { runs: false, ..image };
        assert_eq!(Image::from_bytes(&paused.to_bytes()), Ok(paused));
        for at in 0..bytes.len() {
            assert!(Image::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(Image::from_bytes(&changed).is_err(), "changed at {at}");
        }
    }
}
