//! A daemon ends when it is told to, whatever it is at.

use std::fs::{self, OpenOptions};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use virtwire::client::Connection;
use virtwire::protocol::flags::{StoragePoolCreateFlags, StorageVolCreateFlags, StorageVolStreamFlags};

use crate::PATIENCE;
use crate::kept::Directory;
use crate::process::{Serve, command, ended_within, send, temporary};

/// The exit status; of one that goes on, which is killed, none.
fn end(mut child: Child) -> Option<i32> {
    let status = ended_within(&mut child, PATIENCE);
    // Both fail only for a child that has been waited for.
    let _ = child.kill();
    let _ = child.wait();
    status
}

#[test]
fn a_start_that_waits_for_somebody_is_over_by_a_signal() {
    for signal in ["TERM", "INT"] {
        let fifo = temporary("fifo");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let path = fifo.to_str().unwrap();
        let child =
            command(&["serve", "--listen", "tcp://127.0.0.1:0", "--passwords", path]).spawn().unwrap();
        // Once the daemon reads it, and from then on waits for what is written.
        let _writes = OpenOptions::new().write(true).open(&fifo).unwrap();
        send(signal, &child);
        assert_eq!(end(child), Some(0), "{signal}");
        fs::remove_file(&fifo).unwrap();
    }
}

/// Who has an upload open may be waited for for as long as the operator says, unless he has had enough.
#[test]
fn a_second_signal_ends_it_without_its_clients() {
    let directory = Directory::new("ends");
    fs::create_dir(&directory.0).unwrap();
    let config = directory.0.join("virtwire.toml");
    fs::write(&config, "shutdown_within = 6000").unwrap();
    let serve = Serve::start(&["--config", config.to_str().unwrap()]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _upload = runtime.block_on(async {
        let connection = Connection::open(&serve.uri()).await.unwrap();
        let pool = "<pool type='dir'><name>images</name><target><path>/images</path></target></pool>";
        let pool = connection.create_storage_pool(pool, StoragePoolCreateFlags::NONE).await.unwrap();
        let volume = "<volume><name>disk.raw</name><capacity>1000000</capacity></volume>";
        let volume = pool.create_volume(volume, StorageVolCreateFlags::NONE).await.unwrap();
        let upload = volume.upload(0, 0, StorageVolStreamFlags::NONE).await.unwrap();
        (connection, upload)
    });
    let mut child = serve.into_child();
    let deadline = Instant::now() + PATIENCE;
    // What comes at once with the first is the same one.
    while child.try_wait().unwrap().is_none() && Instant::now() < deadline {
        send("TERM", &child);
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(end(child), Some(0));
}
