//! What is kept, what is set aside, and what a disk refuses.

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::*;

/// A directory that goes with the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        Directory(std::env::temp_dir().join(format!("virtwire-store-{}", Uuid::random())))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn kept(last: u8, xml: &str) -> Kept {
    Kept { uuid: Uuid([last; 16]), autostart: last % 2 == 1, xml: xml.to_owned() }
}

#[test]
fn what_is_kept_is_found_again_and_what_is_forgotten_is_not() {
    let directory = Directory::new();
    let Opened { store, .. } = Store::open(&directory.0).unwrap();
    let all = [kept(1, "<domain/>"), kept(2, "two\n\nlines\n"), kept(3, "")];
    for definition in &all {
        store.domains().keep(definition).unwrap();
    }
    let newer = kept(2, "<newer/>");
    store.domains().keep(&newer).unwrap();
    store.domains().forget(all[2].uuid).unwrap();
    store.domains().forget(all[2].uuid).unwrap();
    drop(store);
    // As a daemon leaves it that is killed while it writes.
    fs::write(directory.0.join("domains").join(format!(".{}.domain.new", newer.uuid)), "virtwi").unwrap();
    let opened = Store::open(&directory.0).unwrap();
    assert_eq!((&opened.kept, &opened.set_aside), (&vec![all[0].clone(), newer], &vec![]));
    assert_eq!(fs::read_dir(directory.0.join("domains")).unwrap().count(), 2);
    // Each kind has a folder of its own, and a word of its own in its files.
    let Opened { store, .. } = {
        drop(opened.store);
        Store::open(&directory.0).unwrap()
    };
    store.networks().keep(&kept(7, "<network/>")).unwrap();
    store.pools().keep(&kept(7, "<pool/>")).unwrap();
    let file = |folder: &str, kind| directory.0.join(folder).join(format!("{}.{kind}", Uuid([7; 16])));
    fs::copy(file("networks", "network"), file("domains", "domain")).unwrap();
    drop(store);
    let opened = Store::open(&directory.0).unwrap();
    assert_eq!((opened.networks, opened.pools), (vec![kept(7, "<network/>")], vec![kept(7, "<pool/>")]));
    assert_eq!((opened.kept.len(), opened.set_aside.len()), (2, 1));
}

#[test]
fn a_name_that_is_merely_alike_is_a_foreign_files() {
    let check = |name: &str, unfinished: bool, aside: bool| {
        let folder = Folder { path: PathBuf::new(), kind: "domain" };
        assert_eq!((folder.is_unfinished(name), is_set_aside(name)), (unfinished, aside), "{name}");
    };
    let uuid = "5f2a8c1e-0000-4000-8000-000000000001";
    check(&format!(".{uuid}.domain.new"), true, false);
    check(&format!("{uuid}.domain.new"), false, false);
    check(&format!(".{uuid}.network.new"), false, false);
    check(&format!(".{uuid}.old.domain.new"), false, false);
    check(".backup.domain.new", false, false);
    check(".domain.new", false, false);
    check("a.set-aside", false, true);
    check("a.set-aside.17", false, true);
    check("a.set-aside.set-aside", false, true);
    check("a.set-aside.", false, false);
    check("a.set-aside.+1", false, false);
    check("a.set-aside.1.txt", false, false);
    check("a.set-aside-todo", false, false);
}

#[test]
fn a_host_stays_who_it_is() {
    let directory = Directory::new();
    let open = || Store::open(&directory.0).unwrap().store;
    let uuid = open().host_uuid().unwrap();
    assert_eq!(open().host_uuid().unwrap(), uuid);
    fs::write(directory.0.join("host-uuid"), "torn").unwrap();
    assert_eq!(open().host_uuid().unwrap_err().kind(), io::ErrorKind::InvalidData);
}

/// Else a daemon would not start as long as it is there, nor end.
#[test]
fn nothing_that_is_no_file_of_ours_is_waited_for_or_read_whole() {
    let directory = Directory::new();
    let Opened { store, .. } = Store::open(&directory.0).unwrap();
    let good = kept(1, "<domain/>");
    store.domains().keep(&good).unwrap();
    drop(store);
    let fifo = |path: &Path| {
        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    };
    let domains = directory.0.join("domains");
    fifo(&domains.join("ff"));
    std::os::unix::fs::symlink("/dev/zero", domains.join("link")).unwrap();
    let sparse = domains.join(format!("{}.domain", Uuid([2; 16])));
    File::create(&sparse).unwrap().set_len(1 << 40).unwrap();
    let Opened { store, kept, set_aside, .. } = Store::open(&directory.0).unwrap();
    assert_eq!(kept, [good]);
    let mut said: Vec<_> = set_aside.iter().map(ToString::to_string).collect();
    said.sort();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("more than 4198400 bytes"), "{said:?}");
    assert!(said[1].contains("ff.set-aside: it cannot be read: it is no regular file"), "{said:?}");
    assert!(said[2].contains("link.set-aside: it cannot be read: "), "{said:?}");
    // Which host this is nobody makes up: it is asked for.
    for name in ["host-uuid", ".host-uuid.new"] {
        let path = directory.0.join(name);
        fifo(&path);
        store.host_uuid().unwrap_err();
        fs::remove_file(&path).unwrap();
    }
    store.host_uuid().unwrap();
    drop(store);
    fs::remove_file(directory.0.join("lock")).unwrap();
    fifo(&directory.0.join("lock"));
    assert!(matches!(Store::open(&directory.0), Err(StoreError::Io { .. })));
}

/// A disk that is full would stay so by what is left of them.
#[test]
fn nothing_is_left_of_what_cannot_be_kept() {
    let directory = Directory::new();
    let Opened { store, .. } = Store::open(&directory.0).unwrap();
    let domains = directory.0.join("domains");
    let files = || fs::read_dir(&domains).unwrap().count();
    let definition = kept(2, "<domain/>");
    // No file takes its place.
    let place = domains.join(format!("{}.domain", definition.uuid));
    fs::create_dir(&place).unwrap();
    assert!(!store.domains().put(&definition).unwrap_err().is_made);
    assert_eq!(files(), 1);
    assert!(!store.domains().remove(definition.uuid).unwrap_err().is_made);
    fs::remove_dir(&place).unwrap();
    // What is longer than what is read again would be lost with its daemon.
    let most = FILE_BYTES_MAX as usize - store.domains().to_bytes(&kept(2, "")).len();
    let longest = kept(2, &"x".repeat(most));
    assert!(!store.domains().put(&kept(2, &"x".repeat(most + 1))).unwrap_err().is_made);
    assert_eq!(files(), 0);
    store.domains().put(&longest).unwrap();
    drop(store);
    let opened = Store::open(&directory.0).unwrap();
    assert_eq!((opened.kept, opened.set_aside), (vec![longest], vec![]));
}

#[test]
fn each_directory_that_is_made_lasts() {
    let check = |directory: &str, there: &[&str], expected: &[&str]| {
        let found = lasting(Path::new(directory), |path| there.iter().any(|one| Path::new(one) == path));
        assert_eq!(found, expected.iter().map(Path::new).collect::<Vec<_>>());
    };
    check("/a/b/c", &["/a/b/c", "/a/b"], &["/a/b/c"]);
    check("/a/b/c", &["/a", "/"], &["/a/b/c", "/a/b", "/a"]);
    check("b/c", &["."], &["b/c", "b", "."]);
    let directory = Directory::new();
    let deep = directory.0.join("some/where");
    drop(Store::open(&deep).unwrap());
    Store::open(&deep).unwrap();
}

#[test]
fn a_directory_is_one_daemons() {
    let directory = Directory::new();
    let opened = Store::open(&directory.0).unwrap();
    assert!(matches!(Store::open(&directory.0), Err(StoreError::InUse(path)) if path == directory.0));
    drop(opened);
    Store::open(&directory.0).unwrap();
}

#[test]
fn a_torn_or_foreign_file_is_set_aside_as_it_was() {
    let directory = Directory::new();
    let Opened { store, .. } = Store::open(&directory.0).unwrap();
    let good = kept(1, "<domain/>");
    let whole = store.domains().to_bytes(&good);
    store.domains().keep(&good).unwrap();
    drop(store);
    let domains = directory.0.join("domains");
    let other = domains.join(format!("{}.domain", Uuid([2; 16])));
    // Cut at every byte, and changed at every byte.
    let cuts = (0..whole.len()).map(|cut| whole[..cut].to_vec());
    let changes = (0..whole.len()).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    });
    for bytes in cuts.chain(changes).chain([whole.clone(), vec![0xff]]) {
        fs::write(&other, &bytes).unwrap();
        let Opened { kept, set_aside, .. } = Store::open(&directory.0).unwrap();
        assert_eq!(kept, std::slice::from_ref(&good), "{bytes:02x?}");
        let [aside] = &set_aside[..] else { panic!("{set_aside:?} of {bytes:02x?}") };
        assert!(!other.exists());
        assert_eq!(fs::read(&aside.path).unwrap(), bytes, "{aside}");
    }
    // Each has a name of its own, and none is looked at again.
    let asides = fs::read_dir(&domains).unwrap().count() - 1;
    assert_eq!(asides, 2 * whole.len() + 2);
    assert_eq!(Store::open(&directory.0).unwrap().set_aside, []);
}
