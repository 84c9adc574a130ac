//! Streams of a real libvirtd: volumes up and down, with holes and without, a console, a screenshot; and what goes wrong.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use virtwire::client::{Chunk, Connection, Stream, StreamError};
use virtwire::protocol::flags::StorageVolStreamFlags;
use virtwire::protocol::remote::{StoragePool, StorageVol};

use crate::lab::{Libvirtd, runtime};
use crate::need::need;

pub(crate) const MIB: usize = 1 << 20;
const SOON: Duration = Duration::from_secs(60);

#[test]
fn a_volume_of_256_mib_goes_up_and_comes_down_unchanged_beside_calls() {
    need!(Libvirtd, Namespaces);
    with_pool(async |daemon, connection, pool| {
        let volume = pool.volume("big", 256 * MIB).await;

        let mut upload = connection.storage_vol_upload(&volume, 0, 0, 0).await.unwrap();
        let mut calls = 0;
        for number in 0..256 {
            upload.write_chunk(mebibyte(number).into()).await.unwrap();
            if number % 16 == 0 {
                assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
                calls += 1;
            }
        }
        upload.finish().await.unwrap();
        assert_eq!(calls, 16);
        let mut file = File::open(pool.path("big")).unwrap();
        let mut found = vec![0; MIB];
        for number in 0..256 {
            file.read_exact(&mut found).unwrap();
            assert!(found == mebibyte(number), "MiB {number} of the file");
        }
        assert_eq!(file.read(&mut found).unwrap(), 0);

        let mut download = connection.storage_vol_download(&volume, 0, 0, 0).await.unwrap();
        let reading = async {
            for number in 0..256 {
                download.read_exact(&mut found).await.unwrap();
                assert!(found == mebibyte(number), "MiB {number} of the download");
            }
            assert_eq!(download.read_chunk().await.unwrap(), None);
            download.finish().await.unwrap();
        };
        // Beside it, not between: replies come behind data that has to be read first.
        let calling = async {
            for _ in 0..16 {
                connection.connect_get_hostname().await.unwrap();
            }
        };
        tokio::join!(reading, calling);

        // From the middle, and only so much.
        let (offset, length) = (3 * MIB as u64 + 5, 1_000);
        let mut part = connection.storage_vol_download(&volume, offset, length, 0).await.unwrap();
        let mut read = Vec::new();
        part.read_to_end(&mut read).await.unwrap();
        part.finish().await.unwrap();
        assert_eq!(read, mebibyte(3)[5..1_005]);
    });
}

/// 16 MiB go up and come down unchanged over whatever leads to the daemon, and calls beside them have their answers.
#[track_caller]
pub(crate) fn a_volume_passes(daemon: &Libvirtd, uri: &str) {
    const ALL: u64 = 16;
    runtime().block_on(async {
        let connection = Connection::open(uri).await.unwrap();
        let pool = Pool::new(daemon, &connection).await;
        let volume = pool.volume("passing", 16 * MIB).await;
        let calling = async || {
            for _ in 0..64 {
                assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
            }
        };
        let mut upload = connection.storage_vol_upload(&volume, 0, 0, 0).await.unwrap();
        let writing = async {
            for number in 0..ALL {
                upload.write_chunk(mebibyte(number).into()).await.unwrap();
            }
            upload.finish().await.unwrap();
        };
        timeout(SOON, async { tokio::join!(writing, calling()) }).await.expect("it goes up");
        let expected: Vec<u8> = (0..ALL).flat_map(mebibyte).collect();
        assert!(fs::read(pool.path("passing")).unwrap() == expected);

        let mut download = connection.storage_vol_download(&volume, 0, 0, 0).await.unwrap();
        let mut found = Vec::new();
        let reading = async {
            download.read_to_end(&mut found).await.unwrap();
            download.finish().await.unwrap();
        };
        timeout(SOON, async { tokio::join!(reading, calling()) }).await.expect("it comes down");
        assert!(found == expected);
        connection.close().await.unwrap();
    });
}

#[test]
fn holes_are_made_and_found() {
    need!(Libvirtd, Namespaces);
    with_pool(async |_, connection, pool| {
        let volume = pool.volume("sparse", 64 * MIB).await;

        let mut upload = connection.storage_vol_upload(&volume, 0, 0, 1).await.unwrap();
        upload.write_hole(8 * MIB as u64).await.unwrap();
        upload.write_chunk(mebibyte(1).into()).await.unwrap();
        upload.write_hole(40 * MIB as u64).await.unwrap();
        upload.write_chunk(mebibyte(2).into()).await.unwrap();
        upload.write_hole(14 * MIB as u64).await.unwrap();
        upload.finish().await.unwrap();
        let expected =
            [vec![0; 8 * MIB], mebibyte(1), vec![0; 40 * MIB], mebibyte(2), vec![0; 14 * MIB]].concat();
        assert!(fs::read(pool.path("sparse")).unwrap() == expected);
        assert!(fs::metadata(pool.path("sparse")).unwrap().blocks() * 512 < 8 * MIB as u64);

        let mut download = connection.storage_vol_download(&volume, 0, 0, 1).await.unwrap();
        let (mut found, mut holes) = (Vec::new(), Vec::new());
        while let Some(chunk) = download.read_chunk().await.unwrap() {
            match chunk {
                Chunk::Data(data) => found.extend_from_slice(&data),
                Chunk::Hole(length) => {
                    holes.push(length as usize / MIB);
                    found.resize(found.len() + length as usize, 0);
                }
            }
        }
        download.finish().await.unwrap();
        assert!(found == expected);
        assert_eq!(holes, [8, 40, 14]);

        // Read as bytes, holes are zeros.
        let mut download = connection.storage_vol_download(&volume, 0, 0, 1).await.unwrap();
        found.clear();
        download.read_to_end(&mut found).await.unwrap();
        download.finish().await.unwrap();
        assert!(found == expected);
    });
}

/// It seeks over it and cuts the file behind it.
/// As `virsh vol-upload --sparse` has it, and to a volume with something in it as much is sent as the daemon would lose otherwise.
#[test]
fn a_files_holes_go_up_as_holes() {
    need!(Libvirtd, Namespaces);
    with_pool(async |_, connection, pool| {
        let whole = 64 * MIB as u64;
        pool.volume("up", 64 * MIB).await;
        let volume = connection.storage_pool("pool").await.unwrap().volume("up").await.unwrap();
        let path = pool.path("from");
        let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        file.set_len(whole).unwrap();
        file.write_all_at(&mebibyte(1), 0).unwrap();
        file.write_all_at(&mebibyte(2), 40 * MIB as u64).unwrap();
        for expected in [0, whole] {
            let dense = volume.dense_bytes(0, whole).await.unwrap();
            assert_eq!(dense, expected);
            let mut upload = volume.upload(0, 0, StorageVolStreamFlags::SPARSE_STREAM).await.unwrap();
            assert_eq!(upload.send_file_sparse(&file, 0, u64::MAX, dense, |_| ()).await.unwrap(), whole);
            upload.finish().await.unwrap();
            assert!(fs::read(pool.path("up")).unwrap() == fs::read(&path).unwrap());
            let takes = fs::metadata(pool.path("up")).unwrap().blocks() * 512;
            assert_eq!(takes < 8 * MIB as u64, dense == 0, "{takes}");
        }
    });
}

#[test]
fn a_hole_leaves_what_was_there_and_nothing_behind() {
    need!(Libvirtd, Namespaces);
    with_pool(async |_, connection, pool| {
        let volume = pool.volume("full", 4 * MIB).await;
        fs::write(pool.path("full"), [mebibyte(0), mebibyte(1), mebibyte(2), mebibyte(3)].concat()).unwrap();

        let mut upload = connection.storage_vol_upload(&volume, MIB as u64, 0, 1).await.unwrap();
        upload.write_hole(MIB as u64).await.unwrap();
        upload.finish().await.unwrap();
        assert!(fs::read(pool.path("full")).unwrap() == [mebibyte(0), mebibyte(1)].concat());
    });
}

#[test]
fn what_is_given_up_half_way_leaves_the_connection_alone() {
    need!(Libvirtd, Namespaces);
    with_pool(async |daemon, connection, pool| {
        let volume = pool.volume("big", 64 * MIB).await;
        let mut found = vec![0; MIB];
        for by_word in [true, false] {
            let mut download = connection.storage_vol_download(&volume, 0, 0, 0).await.unwrap();
            download.read_exact(&mut found).await.unwrap();
            match by_word {
                true => timeout(SOON, download.abort()).await.unwrap().unwrap(),
                false => drop(download),
            }
            assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
        }
        let mut upload = connection.storage_vol_upload(&volume, 0, 0, 0).await.unwrap();
        upload.write_chunk(mebibyte(1).into()).await.unwrap();
        timeout(SOON, upload.abort()).await.unwrap().unwrap();
        assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
    });
}

#[test]
fn its_errors_are_told_as_they_are() {
    need!(Libvirtd, Namespaces);
    with_pool(async |_, connection, pool| {
        let volume = pool.volume("small", MIB).await;
        let absent = StorageVol { key: "/absent".into(), name: "absent".into(), ..volume.clone() };
        let error = connection.storage_vol_download(&absent, 0, 0, 0).await.unwrap_err();
        // VIR_ERR_NO_STORAGE_VOL of the storage driver.
        let remote = error.remote().unwrap();
        assert_eq!((remote.code.0, remote.domain.0), (50, 18), "{error}");
    });
}

/// The stream fails, at the latest when it is to finish.
#[test]
fn an_upload_of_more_than_was_announced_fails() {
    need!(Libvirtd, Namespaces);
    with_pool(async |daemon, connection, pool| {
        let volume = pool.volume("small", MIB).await;
        let mut upload = connection.storage_vol_upload(&volume, 0, 1_000, 0).await.unwrap();
        let written = upload.write_chunk(mebibyte(1).into()).await;
        let failed = match written {
            Ok(()) => timeout(SOON, upload.finish()).await.unwrap().unwrap_err(),
            Err(error) => error,
        };
        assert!(matches!(&failed, StreamError::Remote(error) if !error.to_string().is_empty()), "{failed:?}");
        assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
    });
}

/// Firmware that talks on the serial port, and takes keys from it.
const TALKING_GUEST: &str = "<domain type='qemu'>
  <name>talker</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000021</uuid>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc-i440fx-5.2'>hvm</type>
    <bios useserial='yes'/>
    <bootmenu enable='yes' timeout='60000'/>
  </os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <serial type='pty'/>
    <graphics type='vnc' autoport='yes' listen='127.0.0.1'/>
    <video><model type='vga'/></video>
  </devices>
</domain>";

/// How a console is refused that somebody has.
pub(crate) const ACTIVE_CONSOLE: &str = "Active console session exists for this domain";

#[test]
fn a_guest_is_talked_to_on_its_console_and_seen_on_its_screen() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        let paused = 1;
        let guest = connection.domain_create_xml(TALKING_GUEST, paused).await.unwrap().dom;
        let mut console = connection.domain_open_console(&guest, None, 0).await.unwrap();
        connection.domain_resume(&guest).await.unwrap();
        let menu = async {
            let mut heard = Vec::new();
            while !letters(&heard).contains("Select boot device") {
                // What is said and typed before QEMU has noticed the console, and the firmware listens, is lost.
                console.write_all(b"\x1b").await.unwrap();
                hear(&mut console, &mut heard).await;
            }
        };
        timeout(SOON, menu).await.expect("the guest has a key and answers");

        let (reply, mut screen) = connection.domain_screenshot(&guest, 0, 0).await.unwrap();
        let mut picture = Vec::new();
        timeout(SOON, screen.read_to_end(&mut picture)).await.unwrap().unwrap();
        screen.finish().await.unwrap();
        let magic: &[u8] = match reply.mime.as_ref().and_then(|mime| mime.to_str().ok()) {
            Some("image/png") => b"\x89PNG",
            Some("image/x-portable-pixmap") => b"P6",
            other => panic!("{other:?}"),
        };
        assert!(picture.starts_with(magic) && picture.len() > 1_000, "{} bytes", picture.len());

        // A second console without force is refused, and the first goes on.
        let error = connection.domain_open_console(&guest, None, 2).await.unwrap_err();
        let error = error.remote().expect("the daemon answers");
        assert_eq!((error.code.0, error.domain.0), (9, 10), "{error}");
        assert!(error.message.to_string_lossy().contains(ACTIVE_CONSOLE), "{error}");
        // The guest ends, and with it what it says.
        connection.domain_destroy(&guest).await.unwrap();
        while let Ok(Some(_)) = timeout(SOON, console.read_chunk()).await.unwrap() {}
        console.abort().await.unwrap();
    });
}

/// What the guest says until it pauses.
async fn hear(console: &mut Stream, heard: &mut Vec<u8>) {
    while let Ok(chunk) = timeout(Duration::from_secs(1), console.read_chunk()).await {
        match chunk.unwrap() {
            Some(Chunk::Data(data)) => heard.extend_from_slice(&data),
            other => panic!("{other:?} after {:?}", letters(heard)),
        }
    }
}

/// What a console shows, without what is for a terminal: QEMU's older firmware tells it the place of each letter.
pub(crate) fn letters(heard: &[u8]) -> String {
    let mut letters = Vec::new();
    let mut heard = heard.iter().copied();
    while let Some(byte) = heard.next() {
        match byte {
            // Up to the letter that says what to do.
            b'\x1b' => while heard.next().is_some_and(|byte| !byte.is_ascii_alphabetic()) {},
            letter => letters.push(letter),
        }
    }
    String::from_utf8_lossy(&letters).into_owned()
}

/// Runs a test with a daemon of its own, a connection to that, and a pool there.
fn with_pool(test: impl AsyncFnOnce(&Libvirtd, &Connection, &Pool<'_>)) {
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        test(&daemon, &connection, &Pool::new(&daemon, &connection).await).await;
    });
}

/// A pool of files in the daemon's directory.
pub(crate) struct Pool<'c> {
    connection: &'c Connection,
    pool: StoragePool,
    directory: PathBuf,
}

impl<'c> Pool<'c> {
    async fn new(daemon: &Libvirtd, connection: &'c Connection) -> Pool<'c> {
        Pool::at(daemon.directory().path().join("pool"), connection).await
    }

    /// One in this folder, which is made.
    pub(crate) async fn at(directory: PathBuf, connection: &'c Connection) -> Pool<'c> {
        fs::create_dir(&directory).unwrap();
        let path = directory.display();
        let xml = format!("<pool type='dir'><name>pool</name><target><path>{path}</path></target></pool>");
        let pool = connection.storage_pool_create_xml(&xml, 0).await.unwrap().pool;
        Pool { connection, pool, directory }
    }

    pub(crate) async fn volume(&self, name: &str, bytes: usize) -> StorageVol {
        let xml = format!(
            "<volume><name>{name}</name><capacity>{bytes}</capacity><allocation>0</allocation>\
             <target><format type='raw'/></target></volume>"
        );
        self.connection.storage_vol_create_xml(&self.pool, &xml, 0).await.unwrap().vol
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// A mebibyte like no other: each eight bytes are a number of a sequence that starts elsewhere.
pub(crate) fn mebibyte(number: u64) -> Vec<u8> {
    let mut state = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut bytes = Vec::with_capacity(MIB);
    while bytes.len() < MIB {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}
