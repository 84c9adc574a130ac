//! A managed save image belongs to a definition, and outlives a daemon with it.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use virtwire_protocol::profile::Profile;
use virtwire_protocol::remote::{
    ConnectListAllDomains, Domain, DomainCreate, DomainManagedSave, DomainManagedSaveGetXmlDesc,
    DomainUndefineFlags,
};

use super::*;
use crate::generated::RemoteService;
use crate::hypervisor::saving::Save;
use crate::hypervisor::store::{SetAside, Store};
use crate::hypervisor::{HypervisorService, Lifecycle, UndefinedDetail};
use crate::server::{CallContext, ConnectionId};

/// A directory that goes with the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        Directory(std::env::temp_dir().join(format!("virtwire-images-{}", Uuid::random())))
    }

    /// The next daemon of it, and what that has set aside.
    fn daemon(&self) -> (Mem, Vec<SetAside>) {
        Mem::kept(config(), Store::open(&self.0).unwrap()).unwrap()
    }

    fn saved(&self, name: &str) -> PathBuf {
        self.0.join("saved").join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Has a guest defined, run and saved; returns its image.
async fn saved(mem: &Mem, name: &str) -> (Uuid, PathBuf) {
    let guest = mem.define(xml(name)).await.unwrap().uuid;
    mem.start(guest, StartOptions::default()).await.unwrap();
    let image = mem.managed(guest).unwrap();
    mem.save(guest, &image, Save::default()).await.unwrap();
    (guest, image)
}

#[tokio::test]
async fn a_daemon_starts_with_the_images_of_its_domains_and_no_others() {
    let directory = Directory::new();
    let (mem, _) = directory.daemon();
    let [(_, whole), (_, torn), (undefined, orphan)] =
        [saved(&mem, "a").await, saved(&mem, "b").await, saved(&mem, "c").await];
    drop(mem);
    let cut = std::fs::read(&torn).unwrap();
    std::fs::write(&torn, &cut[..cut.len() - 9]).unwrap();
    // As daemons leave it that are killed while they undefine one, and while they save one.
    std::fs::remove_file(directory.0.join(format!("domains/{undefined}.domain"))).unwrap();
    let unfinished = directory.saved(&format!("{undefined}.save.{}.new", Uuid::random()));
    std::fs::write(&unfinished, "virtwire").unwrap();
    let notes = directory.saved("notes.new");
    std::fs::write(&notes, "mine").unwrap();

    let (mem, aside) = directory.daemon();
    let of = |path: &Path, why: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(".set-aside");
        aside.iter().any(|aside| aside.path == name && aside.why.contains(why))
    };
    assert!(of(&torn, "torn") && of(&orphan, "not defined") && of(&notes, "no domain's"), "{aside:?}");
    assert_eq!(aside.len(), 3, "{aside:?}");
    assert!(whole.exists() && !torn.exists() && !orphan.exists() && !unfinished.exists());
    drop(mem);
    assert_eq!(directory.daemon().1, []);
}

#[tokio::test]
async fn whoever_is_defined_inherits_nothing() {
    let directory = Directory::new();
    let (mem, _) = directory.daemon();
    let (guest, image) = saved(&mem, "a").await;
    // It is defined anew: the same.
    mem.define(xml_with("a", guest)).await.unwrap();
    assert!(image.exists());
    mem.undefine(guest).await.unwrap();
    assert!(image.exists(), "whose image it was has not removed it");
    mem.define(xml_with("b", guest)).await.unwrap();
    assert!(!image.exists() && directory.saved(&format!("{guest}.save.set-aside")).exists());
}

/// A list of them waits for the disk, and nobody else does meanwhile.
#[tokio::test]
async fn a_list_looks_for_images_aside() {
    let directory = Directory::new();
    let (mem, _) = directory.daemon();
    saved(&mem, "a").await;
    mem.define(xml("b")).await.unwrap();
    let (gone, image) = saved(&mem, "c").await;
    std::fs::remove_file(&image).unwrap();
    std::os::unix::fs::symlink(directory.saved("nowhere"), mem.managed(gone).unwrap()).unwrap();
    let service = HypervisorService::new(mem);
    let cx = CallContext::detached(ConnectionId(1), Profile::default().into());
    for (flags, expected) in [(256, "a"), (512, "b c"), (256 | 512, "a b c")] {
        let mut list =
            pin!(service.connect_list_all_domains(&cx, ConnectListAllDomains { need_results: 1, flags }));
        let at_once = list.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(at_once.is_pending(), flags != 256 | 512, "{flags}");
        let reply = match at_once {
            std::task::Poll::Ready(reply) => reply,
            std::task::Poll::Pending => list.await,
        };
        let domains = reply.unwrap().domains;
        let mut names: Vec<_> = domains.iter().map(|domain| domain.name.to_string_lossy()).collect();
        names.sort_unstable();
        assert_eq!(names.join(" "), expected, "{flags}");
    }
}

/// Whenever the daemon is killed: there is no image without its definition.
#[tokio::test]
async fn an_image_goes_before_its_definition() {
    let directory = Directory::new();
    let (mem, _) = directory.daemon();
    let (guest, image) = saved(&mem, "a").await;
    let was_there = Arc::new(Mutex::new(Vec::new()));
    let (heard, path) = (was_there.clone(), image.clone());
    let _subscription = mem.inner.events.listen(move |event| {
        if matches!(event, Event::Domain(_, Lifecycle::Undefined(UndefinedDetail::Removed))) {
            heard.lock().unwrap().push(path.exists());
        }
    });
    let service = HypervisorService::new(mem.clone());
    let cx = CallContext::detached(ConnectionId(1), Profile::default().into());
    let dom = Domain { name: "a".into(), uuid: guest.0, id: -1 };
    let undefine = |flags| DomainUndefineFlags { dom: dom.clone(), flags };
    assert_error(service.domain_undefine_flags(&cx, undefine(0)).await, 55, 10);
    service.domain_undefine_flags(&cx, undefine(1)).await.unwrap();
    assert_eq!(*was_there.lock().unwrap(), [false]);

    // One that is transient by now is refused, and keeps what there is.
    let created = mem.create(xml_with("a", guest), StartOptions::default()).await.unwrap();
    std::fs::write(&image, "precious").unwrap();
    assert_error(service.domain_undefine_flags(&cx, undefine(1)).await, 55, 10);
    assert!(image.exists());
    let saved = service.domain_managed_save(&cx, DomainManagedSave { dom, flags: 0 }).await;
    assert_error(saved, 55, 10);
    mem.destroy(created.uuid).await.unwrap();
}

/// Whose it is says what is in it, not what it is called.
#[tokio::test]
async fn an_image_of_another_domain_is_set_aside() {
    let directory = Directory::new();
    let (mem, _) = directory.daemon();
    let [(one, image), (other, others)] = [saved(&mem, "a").await, saved(&mem, "b").await];
    std::fs::copy(&others, &image).unwrap();
    // While the daemon runs nobody starts from it either, and nothing is lost.
    let service = HypervisorService::new(mem.clone());
    let cx = CallContext::detached(ConnectionId(1), Profile::default().into());
    let dom = Domain { name: "a".into(), uuid: one.0, id: -1 };
    assert_error(service.domain_create(&cx, DomainCreate { dom: dom.clone() }).await, 9, 10);
    let shown = DomainManagedSaveGetXmlDesc { dom, flags: 0 };
    assert_error(service.domain_managed_save_get_xml_desc(&cx, shown).await, 9, 10);
    let active = |all: Vec<DomainInfo>| all.iter().filter(|domain| domain.id.is_some()).count();
    assert_eq!((active(mem.domains().await.unwrap()), image.exists(), others.exists()), (0, true, true));
    drop((service, mem));

    let (mem, aside) = directory.daemon();
    let [aside] = &aside[..] else { panic!("{aside:?}") };
    assert_eq!(aside.path, directory.saved(&format!("{one}.save.set-aside")));
    assert_eq!(aside.why, format!("it is another domain's, {other}"));
    assert!(!image.exists() && others.exists());
    mem.start(one, StartOptions::default()).await.unwrap();
}
