//! Who makes, uses or removes a domain's own image has the domain alone.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use tokio::sync::{Semaphore, watch};
use virtwire_protocol::migrate::MigrateFlags;
use virtwire_protocol::params::TypedParams;

use super::*;
use crate::hypervisor::{Confirm, Lookup, Revert, Save, Saving, SnapshotInfo, Snapshots, StartOptions};

const WITH_IMAGE: u32 = 1;
const AUTODESTROY: u32 = 2;
const FORCE_BOOT: u32 = 8;
/// To a snapshot, to run then; and though something is lost by it.
const RUNNING: u32 = 1;
const FORCE: u32 = 4;

/// A host of one domain that is saved and restored when it may.
#[derive(Clone)]
struct Slow(Arc<Shared>);

struct Shared {
    domain: Mutex<Option<DomainInfo>>,
    folder: PathBuf,
    /// How many saves and restores have begun, and how many may end.
    begun: watch::Sender<u32>,
    may_end: Semaphore,
    /// Somebody else makes an image as soon as the domain is looked at.
    appears: Mutex<bool>,
    /// Whom images are about, as this reads them; a document of its own is about whom it says.
    image_of: Mutex<(Option<Uuid>, &'static str)>,
    restored: Mutex<u32>,
    /// What images were told to say.
    set: Mutex<Vec<String>>,
    snapshots: Mutex<Vec<SnapshotInfo>>,
    reverted: Mutex<u32>,
}

impl Slow {
    fn new(id: Option<u32>) -> (Slow, Arc<HypervisorService<Slow>>, CallContext) {
        let folder = std::env::temp_dir().join(format!("virtwire-alone-{}", Uuid::random()));
        std::fs::create_dir_all(&folder).unwrap();
        let uuid = Uuid([7; 16]);
        let slow = Slow(Arc::new(Shared {
            domain: Mutex::new(Some(DomainInfo { id, persistent: true, ..DomainInfo::new("a", uuid) })),
            folder,
            begun: watch::Sender::new(0),
            may_end: Semaphore::new(0),
            appears: Mutex::new(false),
            image_of: Mutex::new((Some(uuid), "a")),
            restored: Mutex::new(0),
            set: Mutex::default(),
            snapshots: Mutex::default(),
            reverted: Mutex::new(0),
        }));
        (slow.clone(), Arc::new(HypervisorService::new(slow)), cx(Release::NEWEST))
    }

    fn image(&self) -> PathBuf {
        self.0.folder.join("image")
    }

    fn set_id(&self, id: Option<u32>) -> Result<DomainInfo> {
        let mut domain = self.0.domain.lock().unwrap();
        let domain = domain.as_mut().filter(|domain| domain.id.is_some() != id.is_some());
        let domain = domain.ok_or_else(|| crate::hypervisor::errors::invalid("it is so already"))?;
        domain.id = id;
        Ok(domain.clone())
    }

    /// At work, until it may end.
    async fn works(&self) {
        self.0.begun.send_modify(|begun| *begun += 1);
        self.0.may_end.acquire().await.unwrap().forget();
    }

    async fn until_begun(&self, count: u32) {
        self.0.begun.subscribe().wait_for(|begun| *begun == count).await.unwrap();
    }

    fn may_end(&self, count: usize) {
        self.0.may_end.add_permits(count);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Saving for Slow {
    async fn save(&self, _: Uuid, to: &Path, _: Save) -> Result<()> {
        self.works().await;
        std::fs::write(to, "saved").unwrap();
        self.set_id(None).map(drop)
    }

    async fn restore(&self, _: &Path, _: Save) -> Result<()> {
        self.works().await;
        *self.0.restored.lock().unwrap() += 1;
        self.set_id(Some(2)).map(drop)
    }

    async fn saved_xml(&self, _: &Path) -> Result<String> {
        Ok("<domain/>".to_owned())
    }

    async fn set_saved(&self, _: &Path, how: Save) -> Result<()> {
        self.0.set.lock().unwrap().extend(how.xml);
        Ok(())
    }

    fn managed(&self, _: Uuid) -> Option<PathBuf> {
        Some(self.image())
    }
}

impl Snapshots for Slow {
    async fn snapshots(&self, _: Uuid) -> Result<Vec<SnapshotInfo>> {
        Ok(self.0.snapshots.lock().unwrap().clone())
    }

    async fn snapshot_xml(&self, _: Uuid, _: &str) -> Result<String> {
        Ok("<domainsnapshot/>".to_owned())
    }

    async fn create_snapshot(&self, _: Uuid, _: String) -> Result<SnapshotInfo> {
        Ok(SnapshotInfo::new("s"))
    }

    async fn revert(&self, _: Uuid, _: &str, _: Revert) -> Result<()> {
        *self.0.reverted.lock().unwrap() += 1;
        Ok(())
    }

    async fn delete_snapshot(&self, _: Uuid, _: &str) -> Result<()> {
        Ok(())
    }
}

impl Hypervisor for Slow {
    fn host(&self) -> Host {
        Bare.host()
    }

    fn snapshots(&self) -> Option<&impl Snapshots> {
        Some(self)
    }

    fn saving(&self) -> Option<&impl Saving> {
        Some(self)
    }

    fn described(&self, _: ObjectKind, xml: &str) -> Option<(Option<Uuid>, String)> {
        match xml.strip_prefix("of ") {
            Some(name) => Some((None, name.to_owned())),
            None => {
                let (uuid, name) = *self.0.image_of.lock().unwrap();
                Some((uuid, name.to_owned()))
            }
        }
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        if *self.0.appears.lock().unwrap() {
            std::fs::write(self.image(), "another's").unwrap();
        }
        Ok(self.0.domain.lock().unwrap().iter().cloned().collect())
    }

    async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> {
        Ok("<domain/>".to_owned())
    }

    async fn start(&self, _: Uuid, _: StartOptions) -> Result<DomainInfo> {
        self.set_id(Some(3))
    }

    async fn destroy(&self, _: Uuid) -> Result<()> {
        self.set_id(None).map(drop)
    }

    async fn undefine(&self, domain: Uuid) -> Result<()> {
        let mut found = self.0.domain.lock().unwrap();
        match found.take() {
            Some(mut one) if one.id.is_some() => {
                one.persistent = false;
                *found = Some(one);
                Ok(())
            }
            Some(_) => Ok(()),
            None => Err(crate::hypervisor::errors::no_domain(Lookup::Uuid(domain))),
        }
    }
}

fn dom() -> Domain {
    Domain { name: "a".into(), uuid: [7; 16], id: -1 }
}

fn undefine(flags: u32) -> DomainUndefineFlags {
    DomainUndefineFlags { dom: dom(), flags }
}

fn save() -> DomainManagedSave {
    DomainManagedSave { dom: dom(), flags: 0 }
}

fn revert(flags: u32) -> DomainRevertToSnapshot {
    DomainRevertToSnapshot { snap: DomainSnapshot { name: "s".into(), dom: dom() }, flags }
}

/// What there is of a future by now, which gets as far as it can without anybody else.
fn now<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The domain would be nowhere: in no list, for it is undefined, and in an image that belongs to nobody.
#[tokio::test]
async fn a_domain_that_is_being_saved_is_not_undefined() {
    for client_goes in [false, true] {
        let (slow, service, cx) = Slow::new(Some(1));
        let saving = tokio::spawn({
            let (service, cx) = (service.clone(), cx.clone());
            async move { service.domain_managed_save(&cx, save()).await }
        });
        slow.until_begun(1).await;
        if client_goes {
            saving.abort();
            assert!(saving.await.unwrap_err().is_cancelled());
            let mut gone = pin!(service.domain_undefine_flags(&cx, undefine(0)));
            assert!(now(gone.as_mut()).is_pending());
            slow.may_end(1);
            assert_eq!(code(gone.await), (55, 10));
        } else {
            let mut undefined = pin!(service.domain_undefine(&cx, DomainUndefine { dom: dom() }));
            let mut again = pin!(service.domain_managed_save(&cx, save()));
            let mut removed = pin!(
                service.domain_managed_save_remove(&cx, DomainManagedSaveRemove { dom: dom(), flags: 0 })
            );
            let all = (now(undefined.as_mut()), now(again.as_mut()), now(removed.as_mut()));
            assert!(matches!(all, (Poll::Pending, Poll::Pending, Poll::Pending)));
            slow.may_end(2);
            assert_eq!(code(saving.await.unwrap()), (0, 0));
            assert_eq!(code(undefined.await), (55, 10));
            assert!(slow.image().exists());
            // In their turn: it is off by now.
            assert_eq!(code(again.await), (55, 10));
            assert_eq!(code(removed.await), (0, 0));
            assert!(!slow.image().exists());
            std::fs::write(slow.image(), "saved").unwrap();
        }
        assert!(slow.image().exists() && slow.0.domain.lock().unwrap().is_some());
        assert_eq!(code(service.domain_undefine_flags(&cx, undefine(WITH_IMAGE)).await), (0, 0));
        assert!(!slow.image().exists() && slow.0.domain.lock().unwrap().is_none());
    }
}

/// A transient one by then, whose image would be nobody's.
#[tokio::test]
async fn a_domain_that_is_undefined_first_is_not_saved_to_its_own_image() {
    let (slow, service, cx) = Slow::new(Some(1));
    slow.may_end(1);
    let alone = service.images.alone(Uuid([7; 16])).await.unwrap();
    let mut saved = pin!(service.domain_managed_save(&cx, save()));
    assert!(now(saved.as_mut()).is_pending());
    slow.undefine(Uuid([7; 16])).await.unwrap();
    drop(alone);
    assert_eq!(code(saved.await), (55, 10));
    assert!(!slow.image().exists());
}

/// Somebody else's, whose client was told that it is there.
#[tokio::test]
async fn an_image_that_nobody_gave_up_is_not_removed() {
    let (slow, service, cx) = Slow::new(None);
    *slow.0.appears.lock().unwrap() = true;
    assert_eq!(code(service.domain_undefine_flags(&cx, undefine(0)).await), (0, 0));
    assert_eq!(std::fs::read_to_string(slow.image()).unwrap(), "another's");
}

/// What is saved just behind a restore is not what was restored.
#[tokio::test]
async fn a_start_removes_the_image_that_it_was_from() {
    let (slow, service, cx) = Slow::new(None);
    std::fs::write(slow.image(), "before").unwrap();
    let starting = tokio::spawn({
        let (service, cx) = (service.clone(), cx.clone());
        async move { service.domain_create(&cx, DomainCreate { dom: dom() }).await }
    });
    slow.until_begun(1).await;
    let mut saved = pin!(service.domain_managed_save(&cx, save()));
    assert!(now(saved.as_mut()).is_pending());
    slow.may_end(2);
    assert_eq!(code(starting.await.unwrap()), (0, 0));
    assert_eq!(code(saved.await), (0, 0));
    assert_eq!(std::fs::read_to_string(slow.image()).unwrap(), "saved");
    // One that starts behind a save starts from that, and not anew.
    let flags = DomainCreateWithFlags { dom: dom(), flags: 0 };
    slow.may_end(1);
    assert_eq!(code(service.domain_create_with_flags(&cx, flags).await), (0, 0));
    assert_eq!((*slow.0.restored.lock().unwrap(), slow.image().exists()), (2, false));
}

/// Another domain would run where this one was asked for, and be gone from its file.
#[tokio::test]
async fn an_image_of_another_domain_starts_nobody() {
    let (slow, service, cx) = Slow::new(None);
    *slow.0.image_of.lock().unwrap() = (Some(Uuid([8; 16])), "b");
    std::fs::write(slow.image(), "another's").unwrap();
    slow.may_end(9);
    let error = service.domain_create(&cx, DomainCreate { dom: dom() }).await.unwrap_err();
    assert_eq!((error.code.0, error.domain.0), (9, 10));
    let (own, other) = (Uuid([7; 16]), Uuid([8; 16]));
    let text =
        format!("cannot restore domain 'a' uuid {own} from a file which belongs to domain 'b' uuid {other}");
    assert!(error.message.to_string_lossy().contains(&text), "{error}");
    let create = DomainCreateWithFlags { dom: dom(), flags: 0 };
    assert_eq!(code(service.domain_create_with_flags(&cx, create).await), (9, 10));
    let shown = DomainManagedSaveGetXmlDesc { dom: dom(), flags: 0 };
    assert_eq!(code(service.domain_managed_save_get_xml_desc(&cx, shown).await), (9, 10));
    let set = DomainManagedSaveDefineXml { dom: dom(), dxml: None, flags: 0 };
    assert_eq!(code(service.domain_managed_save_define_xml(&cx, set).await), (9, 10));
    assert_eq!((*slow.0.restored.lock().unwrap(), slow.image().exists()), (0, true));
    // Whoever wants it to boot says so.
    let boots = DomainCreateWithFlags { dom: dom(), flags: FORCE_BOOT };
    assert_eq!(code(service.domain_create_with_flags(&cx, boots).await), (0, 0));
    assert!(!slow.image().exists());
}

/// The domain runs, and says so: no image that stays makes another run of it, or keeps it from one.
#[tokio::test]
async fn an_image_that_cannot_be_removed_is_used_up_all_the_same() {
    let (slow, service, cx) = Slow::new(None);
    service.connect_open(&cx, open(None)).await.unwrap();
    slow.may_end(9);
    // Of what is no file.
    std::fs::create_dir(slow.image()).unwrap();
    let create = || DomainCreateWithFlags { dom: dom(), flags: AUTODESTROY };
    let has_image = || async {
        let one = DomainHasManagedSaveImage { dom: dom(), flags: 0 };
        let one = service.domain_has_managed_save_image(&cx, one).await.unwrap().result == 1;
        let all = service.images.have(&slow.domains().await.unwrap()).await.unwrap();
        assert_eq!(all, [one]);
        one
    };
    assert!(has_image().await);
    assert_eq!(code(service.domain_create_with_flags(&cx, create()).await), (0, 0));
    assert_eq!((*slow.0.restored.lock().unwrap(), slow.image().exists()), (1, true));
    assert!(!has_image().await);
    // It ends with its client as any other.
    service.connection_closed(&cx).await;
    assert_eq!(slow.0.domain.lock().unwrap().as_ref().unwrap().id, None);
    // Its disks have gone on.
    service.connect_open(&cx, open(None)).await.unwrap();
    assert_eq!(code(service.domain_create(&cx, DomainCreate { dom: dom() }).await), (0, 0));
    assert_eq!(*slow.0.restored.lock().unwrap(), 1);
    slow.set_id(None).unwrap();
    // The next daemon would have whoever is defined next start from it.
    assert_eq!(code(service.domain_undefine_flags(&cx, undefine(0)).await), (9, 10));
    assert!(slow.0.domain.lock().unwrap().is_some());
    // Another one in its place is one.
    std::fs::remove_dir(slow.image()).unwrap();
    std::fs::write(slow.image(), "saved").unwrap();
    assert!(has_image().await);
    assert_eq!(code(service.domain_create(&cx, DomainCreate { dom: dom() }).await), (0, 0));
    assert_eq!((*slow.0.restored.lock().unwrap(), slow.image().exists()), (2, false));
    assert!(!service.images.is_used_up(Uuid([7; 16])));
}

/// It is of a past to which the domain has not gone back.
#[tokio::test]
async fn a_snapshot_that_is_gone_back_to_uses_an_image_up() {
    let (slow, service, cx) = Slow::new(None);
    slow.may_end(9);
    *slow.0.snapshots.lock().unwrap() = vec![SnapshotInfo::new("s")];
    std::fs::create_dir(slow.image()).unwrap();
    assert_eq!(code(service.domain_revert_to_snapshot(&cx, revert(0)).await), (77, 10));
    assert_eq!(code(service.domain_revert_to_snapshot(&cx, revert(FORCE)).await), (0, 0));
    assert_eq!(*slow.0.reverted.lock().unwrap(), 1);
    assert_eq!(code(service.domain_create(&cx, DomainCreate { dom: dom() }).await), (0, 0));
    assert_eq!(*slow.0.restored.lock().unwrap(), 0);
}

/// As it was then it would be off, and a transient one that is off is gone, with its snapshots.
#[tokio::test]
async fn a_transient_domain_goes_back_to_nothing_that_is_off() {
    for force in [0, FORCE] {
        let (slow, service, cx) = Slow::new(Some(1));
        slow.0.domain.lock().unwrap().as_mut().unwrap().persistent = false;
        *slow.0.snapshots.lock().unwrap() = vec![SnapshotInfo::new("s")];
        let error = service.domain_revert_to_snapshot(&cx, revert(force)).await.unwrap_err();
        assert_eq!((error.code.0, error.domain.0), (55, 10));
        let text = "transient domain needs to request run or pause to revert to inactive snapshot";
        assert!(error.message.to_string_lossy().ends_with(text), "{error}");
        assert_eq!(*slow.0.reverted.lock().unwrap(), 0);
        // Where it runs afterwards, or is back to when it ran, it is still there.
        assert_eq!(code(service.domain_revert_to_snapshot(&cx, revert(force | RUNNING)).await), (0, 0));
        *slow.0.snapshots.lock().unwrap() = vec![SnapshotInfo { active: true, ..SnapshotInfo::new("s") }];
        assert_eq!(code(service.domain_revert_to_snapshot(&cx, revert(force)).await), (0, 0));
        assert_eq!(*slow.0.reverted.lock().unwrap(), 2);
    }
}

/// A name is all that such a document has, and it is not this domain's.
#[tokio::test]
async fn an_image_without_a_uuid_is_of_who_has_its_name() {
    let (slow, service, cx) = Slow::new(None);
    std::fs::write(slow.image(), "saved").unwrap();
    slow.may_end(9);
    let set = |dxml: &str| {
        let set = DomainManagedSaveDefineXml { dom: dom(), dxml: Some(dxml.into()), flags: 0 };
        service.domain_managed_save_define_xml(&cx, set)
    };
    assert_eq!(code(set("of b").await), (9, 10));
    assert_eq!(code(set("of a").await), (0, 0));
    assert_eq!(*slow.0.set.lock().unwrap(), ["of a"]);
    *slow.0.image_of.lock().unwrap() = (None, "b");
    let error = service.domain_create(&cx, DomainCreate { dom: dom() }).await.unwrap_err();
    assert_eq!(error.code.0, 9);
    let text = format!("'a' uuid {} from a file which belongs to domain 'b'", Uuid([7; 16]));
    assert!(error.message.to_string_lossy().ends_with(&text), "{error}");
    assert_eq!((*slow.0.restored.lock().unwrap(), slow.image().exists()), (0, true));
    *slow.0.image_of.lock().unwrap() = (None, "a");
    assert_eq!(code(service.domain_create(&cx, DomainCreate { dom: dom() }).await), (0, 0));
    assert_eq!((*slow.0.restored.lock().unwrap(), slow.image().exists()), (1, false));
}

/// An offline migration takes the definition away at its end, when the image is not there yet.
#[tokio::test]
async fn an_offline_confirm_waits_for_a_save_and_one_of_a_guest_that_ran_for_nothing() {
    let (slow, service, cx) = Slow::new(Some(1));
    let saving = tokio::spawn({
        let (service, cx) = (service.clone(), cx.clone());
        async move { service.domain_managed_save(&cx, save()).await }
    });
    slow.until_begun(1).await;
    let confirm = |flags, cancelled| {
        let (domain, cookie, holds) = (Uuid([7; 16]), Vec::new(), Vec::new());
        service.step_confirm(Confirm { domain, cookie, flags, cancelled, holds, params: TypedParams::new() })
    };
    let (offline, undefines) = (MigrateFlags::OFFLINE, MigrateFlags::UNDEFINE_SOURCE);
    let mut confirmed = pin!(confirm(offline | undefines, false));
    assert!(now(confirmed.as_mut()).is_pending());
    // The host has no migration: it was asked.
    for (flags, cancelled) in [(undefines, false), (offline | undefines, true), (offline, false)] {
        assert_eq!(code(confirm(flags, cancelled).await).0, 3);
    }
    slow.may_end(1);
    saving.await.unwrap().unwrap();
    assert_eq!(code(confirmed.await).0, 3);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever_and_nothing_is_left_of_who_waited() {
    let (_slow, service, cx) = Slow::new(None);
    let alone = service.images.alone(Uuid([7; 16])).await.unwrap();
    assert_eq!(code(service.domain_undefine(&cx, DomainUndefine { dom: dom() }).await), (68, 10));
    // Others are nobody's concern.
    drop(service.images.alone(Uuid([8; 16])).await.unwrap());
    drop(alone);
    assert_eq!(service.images.waiting(), 0);
    assert_eq!(code(service.domain_undefine(&cx, DomainUndefine { dom: dom() }).await), (0, 0));
    assert_eq!(service.images.waiting(), 0);
}
