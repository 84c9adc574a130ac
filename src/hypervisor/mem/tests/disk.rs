//! A disk that refuses: what it does not do is not done.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::hypervisor::Interfaces;
use crate::hypervisor::store::Store;

/// A host with a directory that goes with it, and how often it has told of its objects.
struct Keeping {
    mem: Mem,
    directory: PathBuf,
    told: Arc<AtomicUsize>,
    _subscription: Subscription,
}

impl Keeping {
    fn new() -> Keeping {
        let directory = std::env::temp_dir().join(format!("virtwire-disk-{}", Uuid::random()));
        let (mem, _) = Mem::kept(config(), Store::open(&directory).unwrap()).unwrap();
        let told = Arc::new(AtomicUsize::new(0));
        let counted = told.clone();
        let subscription = mem.inner.events.listen(move |event| {
            if !matches!(event, Event::Happening(..) | Event::Job(..)) {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Keeping { mem, directory, told, _subscription: subscription }
    }

    /// How many events there were since this was asked last.
    fn told(&self) -> usize {
        self.told.swap(0, Ordering::Relaxed)
    }

    /// The disk neither replaces nor removes the file of this name, be it there or not, until that is undone.
    fn refuses(&self, file: String) -> Refuses {
        let file = self.directory.join(file);
        let bytes = fs::read(&file).ok();
        if bytes.is_some() {
            fs::remove_file(&file).unwrap();
        }
        fs::create_dir(&file).unwrap();
        Refuses { file, bytes }
    }

    /// The files of a folder.
    fn files(&self, folder: &str) -> usize {
        fs::read_dir(self.directory.join(folder)).unwrap().count()
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A file in the place of which there is a directory.
struct Refuses {
    file: PathBuf,
    bytes: Option<Vec<u8>>,
}

impl Drop for Refuses {
    fn drop(&mut self) {
        fs::remove_dir(&self.file).unwrap();
        if let Some(bytes) = &self.bytes {
            fs::write(&self.file, bytes).unwrap();
        }
    }
}

#[track_caller]
fn assert_says<T: std::fmt::Debug>(result: Result<T>, text: &str) {
    let error = result.unwrap_err();
    assert!(error.message.to_string_lossy().contains(text), "{error}");
}

const REMOVED: &str = "the definition cannot be removed: ";

/// Else it would be gone for everybody, and there again with the next daemon.
#[tokio::test]
async fn what_cannot_be_removed_is_not_undefined() {
    let host = Keeping::new();
    let mem = &host.mem;
    let domain = mem.define(xml("a")).await.unwrap().uuid;
    let network = mem.define_network("<network><name>a</name></network>".to_owned()).await.unwrap().uuid;
    let pool = "<pool type='dir'><name>a</name><target><path>/a</path></target></pool>";
    let pool = mem.define_pool(pool.to_owned()).await.unwrap().uuid;
    let secret = mem.define_secret("<secret/>".to_owned()).await.unwrap().uuid;
    mem.set_secret_value(secret, vec![7]).await.unwrap();
    host.told();
    let refusing = [
        host.refuses(format!("domains/{domain}.domain")),
        host.refuses(format!("networks/{network}.network")),
        host.refuses(format!("pools/{pool}.pool")),
        host.refuses(format!("secrets/{secret}.secret")),
    ];
    assert_says(mem.undefine(domain).await, REMOVED);
    assert_says(mem.undefine_network(network).await, REMOVED);
    assert_says(mem.undefine_pool(pool).await, REMOVED);
    assert_says(mem.undefine_secret(secret).await, REMOVED);
    let now_ephemeral = format!("<secret ephemeral='yes'><uuid>{secret}</uuid></secret>");
    assert_says(mem.define_secret(now_ephemeral).await, REMOVED);
    let lengths = || async {
        [
            mem.domains().await.unwrap().len(),
            Networks::networks(mem).await.unwrap().len(),
            mem.pools().await.unwrap().len(),
            Secrets::secrets(mem).await.unwrap().len(),
        ]
    };
    assert_eq!((lengths().await, host.told()), ([1; 4], 0));
    assert!(!Secrets::secrets(mem).await.unwrap()[0].ephemeral);
    // The value went before its secret, and is back.
    assert_eq!((mem.secret_value(secret).await.unwrap(), host.files("secret-values")), (Some(vec![7]), 1));
    drop(refusing);
    mem.undefine(domain).await.unwrap();
    mem.undefine_network(network).await.unwrap();
    mem.undefine_pool(pool).await.unwrap();
    mem.undefine_secret(secret).await.unwrap();
    assert_eq!((lengths().await, host.told()), ([0; 4], 4));
    for folder in ["domains", "networks", "pools", "secrets", "secret-values"] {
        assert_eq!(host.files(folder), 0, "{folder}");
    }
}

#[tokio::test]
async fn an_interface_that_cannot_be_removed_is_not_undefined() {
    let host = Keeping::new();
    let mem = &host.mem;
    mem.define_interface("<interface type='ethernet' name='a'/>".to_owned()).await.unwrap();
    let kept = fs::read_dir(host.directory.join("interfaces")).unwrap().next().unwrap().unwrap();
    let refusing = host.refuses(format!("interfaces/{}", kept.file_name().to_string_lossy()));
    assert_says(mem.undefine_interface("a").await, REMOVED);
    assert_eq!(Interfaces::interfaces(mem).await.unwrap().len(), 1);
    drop(refusing);
    mem.undefine_interface("a").await.unwrap();
    assert_eq!((Interfaces::interfaces(mem).await.unwrap().len(), host.files("interfaces")), (0, 0));
}

/// What may not be undefined is on the disk all the time.
#[tokio::test]
async fn what_may_not_be_undefined_is_not_removed_for_that() {
    let host = Keeping::new();
    let pool = "<pool type='dir'><name>a</name><target><path>/a</path></target></pool>";
    let pool = host.mem.define_pool(pool.to_owned()).await.unwrap().uuid;
    host.mem.start_pool(pool).await.unwrap();
    // The disk is not even asked.
    let refusing = host.refuses(format!("pools/{pool}.pool"));
    assert_says(host.mem.undefine_pool(pool).await, "is still active");
    drop(refusing);
    let domain = host.mem.create(xml("a"), StartOptions::default()).await.unwrap().uuid;
    let _refusing = host.refuses(format!("domains/{domain}.domain"));
    assert_says(host.mem.undefine(domain).await, "cannot undefine transient domain");
}

/// Also not by what puts things back.
#[tokio::test]
async fn a_secret_that_is_ephemeral_is_never_on_the_disk() {
    let host = Keeping::new();
    let secret = host.mem.define_secret("<secret ephemeral='yes'/>".to_owned()).await.unwrap().uuid;
    host.mem.set_secret_value(secret, vec![7]).await.unwrap();
    let refusing = host.refuses(format!("secrets/{secret}.secret"));
    assert_says(host.mem.undefine_secret(secret).await, REMOVED);
    let kept = format!("<secret><uuid>{secret}</uuid></secret>");
    assert_says(host.mem.define_secret(kept.clone()).await, "the definition cannot be kept: ");
    assert_eq!(host.files("secret-values"), 0);
    drop(refusing);
    assert_eq!(host.files("secrets"), 0);
    // Once it is kept its value is, too.
    host.mem.define_secret(kept).await.unwrap();
    assert_eq!((host.files("secrets"), host.files("secret-values")), (1, 1));
}
