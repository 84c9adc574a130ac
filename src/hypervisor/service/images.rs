//! Managed save images: a domain's own file, from which it starts.
//!
//! There is one only of a domain that is defined and off. So whoever makes one, uses it or removes it has the domain alone meanwhile
//! ([`Alone`]), and so has whoever undefines the domain, starts it or gives it another name because there is none: what they have seen is
//! still so when they act. A domain's definition could go while it is saved, otherwise, and with it all that is left of the domain.
//!
//! An image from which a domain has started is used up: its disks go on without it. Where it cannot be removed then, that fails nothing, for the
//! domain runs; this daemon remembers it, and takes it for none.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument;
use virtwire_protocol::access::ObjectKind;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::saving::{Save, Saving};
use super::super::{DomainInfo, Hypervisor, Lookup, Result, Uuid, errors};
use crate::server::heavy;

/// How many look for images of saved domains at a time: they wait for a disk, and take no processor's place.
const AT_IMAGES: usize = 4;
/// How long somebody waits for who has a domain alone, as with libvirt's daemons.
const ALONE_WITHIN: Duration = Duration::from_secs(30);

/// The images of a hypervisor's domains.
#[derive(Debug)]
pub(super) struct Images<H> {
    hypervisor: Arc<H>,
    /// Those who look for them.
    at_images: Arc<Semaphore>,
    turns: Turns,
    used_up: UsedUp,
}

/// Those that are used up and still there, by domain.
type UsedUp = Arc<Mutex<HashMap<Uuid, Stamp>>>;

impl<H> Clone for Images<H> {
    fn clone(&self) -> Images<H> {
        let Images { hypervisor, at_images, turns, used_up } = self;
        let (hypervisor, at_images) = (hypervisor.clone(), at_images.clone());
        Images { hypervisor, at_images, turns: turns.clone(), used_up: used_up.clone() }
    }
}

impl<H: Hypervisor> Images<H> {
    pub(super) fn new(hypervisor: Arc<H>) -> Images<H> {
        let at_images = Arc::new(Semaphore::new(AT_IMAGES));
        Images { hypervisor, at_images, turns: Turns::default(), used_up: UsedUp::default() }
    }

    /// Nobody else makes, uses or removes the image of this domain until what this returns is dropped.
    ///
    /// # Errors
    /// Code 68 where somebody does for long.
    pub(super) async fn alone(&self, domain: Uuid) -> Result<Alone> {
        let mut alone = self.turns.waiting_for(domain);
        if let Some(turn) = alone.turn.clone() {
            let taken = tokio::time::timeout(ALONE_WITHIN, turn.acquire_owned()).await;
            // It is never closed.
            alone.permit = taken.map_err(|_| locked())?.ok();
        }
        Ok(alone)
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.turns.lock().len()
    }

    /// Where a domain's image is, or would be.
    pub(super) fn place(&self, domain: Uuid) -> Option<PathBuf> {
        self.hypervisor.saving()?.managed(domain)
    }

    /// The image of a domain, if it is there.
    pub(super) async fn find(&self, domain: Uuid) -> Result<Option<PathBuf>> {
        let Some(place) = self.place(domain) else { return Ok(None) };
        let used_up = self.used_up().get(&domain).copied();
        let is_one = move |there: &Stamp| used_up != Some(*there);
        let found: io::Result<_> =
            self.look(move || Ok(Stamp::of(&place)?.filter(is_one).map(|_| place))).await?;
        found.map_err(|error| errors::failed(format!("it is not known whether there is an image: {error}")))
    }

    fn used_up(&self) -> MutexGuard<'_, HashMap<Uuid, Stamp>> {
        self.used_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an image from which the domain has started is still there, as far as this daemon knows.
    pub(super) fn is_used_up(&self, domain: Uuid) -> bool {
        self.used_up().contains_key(&domain)
    }

    /// Which of these domains have one. There may be thousands.
    pub(super) async fn have(&self, domains: &[DomainInfo]) -> Result<Vec<bool>> {
        let places: Vec<_> = domains.iter().map(|domain| self.place(domain.uuid)).collect();
        if places.iter().all(Option::is_none) {
            return Ok(vec![false; places.len()]);
        }
        let mut have = self.look(move || are_there(&places)).await?;
        for (has, domain) in have.iter_mut().zip(domains) {
            if *has && self.is_used_up(domain.uuid) {
                *has = self.find(domain.uuid).await?.is_some();
            }
        }
        Ok(have)
    }

    /// Looks for images. Their folder may be at a file server that takes its time: that is no worker's of the runtime to wait for.
    async fn look<T: Send + 'static>(&self, look: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let looked = heavy::work_at(self.at_images.clone(), look).await;
        looked.map_err(|error| errors::failed(format!("the images cannot be looked for: {error}")))
    }

    /// That what an image says, or is to say, is of the domain whose own it is: somebody may have put another one's there.
    ///
    /// # Errors
    /// Code 9 where it is another one's, as far as the hypervisor can read whose it is.
    pub(super) async fn check_is_of(&self, domain: Uuid, xml: &str) -> Result<()> {
        let said = match xml.len() > heavy::LONG_BYTES {
            true => {
                let (hypervisor, xml) = (self.hypervisor.clone(), xml.to_owned());
                let read = heavy::work(move || hypervisor.described(ObjectKind::Domain, &xml)).await;
                read.map_err(|error| errors::failed(format!("the image cannot be read: {error}")))?
            }
            false => self.hypervisor.described(ObjectKind::Domain, xml),
        };
        let (uuid, name) = match said {
            None => return Ok(()),
            Some((Some(uuid), _)) if uuid == domain => return Ok(()),
            Some(another) => another,
        };
        let own = self.hypervisor.domain(Lookup::Uuid(domain)).await?;
        let own = own.map(|own| own.name).unwrap_or_default();
        let belongs = match uuid {
            // Without a UUID it is about whoever has the name.
            None if name == own => return Ok(()),
            None => format!("domain '{name}'"),
            Some(uuid) => format!("domain '{name}' uuid {uuid}"),
        };
        Err(errors::failed(format!(
            "cannot restore domain '{own}' uuid {domain} from a file which belongs to {belongs}"
        )))
    }

    /// Starts a domain from its image, which is used up by that. Whether there was one.
    pub(super) async fn start(&self, domain: Uuid, paused: bool, bypass_cache: bool) -> Result<bool> {
        let (Some(image), Some(saving)) = (self.find(domain).await?, self.hypervisor.saving()) else {
            if self.is_used_up(domain) {
                // It may go by now. The next daemon would take it for one.
                self.use_up(domain).await;
            }
            return Ok(false);
        };
        self.check_is_of(domain, &saving.saved_xml(&image).await?).await?;
        let how = Save { runs: paused.then_some(false), bypass_cache, ..Save::default() };
        saving.restore(&image, how).await?;
        self.use_up(domain).await;
        Ok(true)
    }

    /// Removes an image that must not be started from again, or remembers that.
    pub(super) async fn use_up(&self, domain: Uuid) {
        let Err(error) = self.remove(domain).await else { return };
        tracing::warn!(%domain, %error, "a domain is past its image, which stays");
        let Some(place) = self.place(domain) else { return };
        if let Ok(Ok(Some(there))) = self.look(move || Stamp::of(&place)).await {
            self.used_up().insert(domain, there);
        }
    }

    /// When this returns it is gone for good, also where the machine ends next.
    pub(super) async fn remove(&self, domain: Uuid) -> Result<()> {
        let Some(image) = self.place(domain) else { return Ok(()) };
        let removed = self.look(move || {
            match std::fs::remove_file(&image) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                removed => removed?,
            }
            image.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
        });
        let removed: io::Result<()> = removed.await?;
        removed.map_err(|error| errors::failed(format!("the image cannot be removed: {error}")))?;
        self.used_up().remove(&domain);
        Ok(())
    }
}

/// What tells an image from another one in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    written: Option<SystemTime>,
}

impl Stamp {
    /// Of the image that is there, if one is.
    fn of(image: &Path) -> io::Result<Option<Stamp>> {
        match std::fs::metadata(image) {
            Ok(there) => {
                Ok(Some(Stamp { inode: there.ino(), bytes: there.len(), written: there.modified().ok() }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whose turn it is with which domain; those of which nobody wants anything are not among them.
#[derive(Clone, Debug, Default)]
struct Turns(Arc<Mutex<HashMap<Uuid, Arc<Semaphore>>>>);

impl Turns {
    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Semaphore>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting_for(&self, domain: Uuid) -> Alone {
        let turn = self.lock().entry(domain).or_insert_with(|| Arc::new(Semaphore::new(1))).clone();
        Alone { turns: self.clone(), domain, turn: Some(turn), permit: None }
    }
}

/// Somebody has a domain alone until this is dropped, or waits for that.
#[derive(Debug)]
pub(super) struct Alone {
    turns: Turns,
    domain: Uuid,
    /// Both are there until it is dropped, the second from when it need not wait any more.
    turn: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Alone {
    /// Does this, to its end, also where nobody waits for it any more: until then nobody else has the domain.
    pub(super) async fn through<T: Send + 'static>(
        self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let work = async move {
            let _alone = self;
            work.await
        };
        let done = tokio::spawn(work.in_current_span());
        done.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => Err(errors::failed("this daemon is ending")),
        })
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let mut turns = self.turns.lock();
        // Under the lock, so that the last of them sees that it is.
        drop((self.permit.take(), self.turn.take()));
        if turns.get(&self.domain).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            turns.remove(&self.domain);
        }
    }
}

fn locked() -> RemoteError {
    let detail = "cannot acquire state change lock: the domain is being saved, started or undefined";
    RemoteError::new(ErrorCode::OPERATION_TIMEOUT, ErrorDomain::QEMU, detail)
}

/// Which of these files are there. Most are not, so each folder is read, once.
fn are_there(files: &[Option<PathBuf>]) -> Vec<bool> {
    let mut folders: HashMap<&Path, Option<HashSet<OsString>>> = HashMap::new();
    let is_there = files.iter().map(|file| {
        let Some(file) = file else { return false };
        let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else { return false };
        let names = folders.entry(folder).or_insert_with(|| names_in(folder).ok());
        names.as_ref().is_none_or(|names| names.contains(name)) && file.exists()
    });
    is_there.collect()
}

fn names_in(folder: &Path) -> io::Result<HashSet<OsString>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
}

#[cfg(all(test, feature = "mem"))]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::hypervisor::StartOptions;
    use crate::hypervisor::mem::{Config, Mem};
    use crate::hypervisor::store::Store;

    /// A disk is no processor: whatever these have to do, an image is found.
    #[tokio::test]
    async fn images_are_found_while_all_processors_are_busy() {
        let directory = std::env::temp_dir().join(format!("virtwire-looked-for-{}", Uuid::random()));
        let (mem, _) = Mem::kept(Config::default(), Store::open(&directory).unwrap()).unwrap();
        let xml = "<domain type='mem'><name>a</name><memory>1024</memory></domain>";
        let domain = mem.create(xml.to_owned(), StartOptions::default()).await.unwrap();
        let images = Images::new(Arc::new(mem));
        assert_eq!(images.find(domain.uuid).await, Ok(None));
        let image = images.place(domain.uuid).unwrap();
        std::fs::write(&image, "").unwrap();

        let (begin, begun) = mpsc::channel();
        let places = std::thread::available_parallelism().map_or(1, usize::from);
        let (ends, busy): (Vec<_>, Vec<_>) = (0..places)
            .map(|_| {
                let (begin, (end, ended)) = (begin.clone(), mpsc::channel::<()>());
                let work = heavy::work(move || {
                    let _ = begin.send(());
                    let _ = ended.recv();
                });
                (end, tokio::spawn(work))
            })
            .unzip();
        let all_begun = tokio::task::spawn_blocking(move || begun.iter().take(places).count());
        assert_eq!(all_begun.await.unwrap(), places);
        let found = async {
            assert_eq!(images.find(domain.uuid).await, Ok(Some(image.clone())));
            assert_eq!(images.have(std::slice::from_ref(&domain)).await, Ok(vec![true]));
            images.remove(domain.uuid).await.unwrap();
            assert!(!image.exists());
        };
        tokio::time::timeout(Duration::from_secs(60), found).await.expect("it waits for no processor");
        drop(ends);
        for one in busy {
            one.await.unwrap().unwrap();
        }
        std::fs::remove_dir_all(directory).unwrap();
    }
}
