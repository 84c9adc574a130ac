//! What is marked to start does so: domains with their host, networks and pools with the daemon.

use virtwire::client::Connection;
use virtwire::protocol::flags::{DefineFlags, DomainSaveFlags};

use crate::kept::{Directory, Host};

const NAMES: [&str; 3] = ["marked", "other", "unmarked"];

/// Defines the three, and marks two of them.
async fn define(connection: &Connection) {
    for (number, name) in NAMES.into_iter().enumerate() {
        let uuid = format!("5f2a8c1e-0000-4000-8000-00000000000{number}");
        let xml = format!(
            "<domain type='mem'><name>{name}</name><uuid>{uuid}</uuid><memory unit='KiB'>64</memory></domain>"
        );
        connection.define_domain(&xml).await.unwrap().set_autostart(name != "unmarked").await.unwrap();
    }
}

async fn states(host: &Host) -> [String; 3] {
    let connection = host.open().await;
    let mut states = NAMES.map(str::to_owned);
    for state in &mut states {
        *state = connection.domain(state.as_str()).await.unwrap().state().await.unwrap().to_string();
    }
    states
}

/// Guests in memory end with the daemon, which is all the host that they have.
#[tokio::test]
async fn with_guests_in_memory_each_start_of_the_daemon_is_their_hosts() {
    let state = Directory::new("autostart-memory");
    let mut host = Host::start(state.0.clone(), Vec::new());
    define(&host.open().await).await;
    assert_eq!(states(&host).await, ["shutoff (unknown)"; 3], "a mark starts nothing by itself");
    for ends in [Host::kill, Host::terminate] {
        ends(&mut host);
        host.restart();
        assert_eq!(states(&host).await[..2], ["running (booted)"; 2]);
        assert_eq!(states(&host).await[2], "shutoff (unknown)");
    }
    // One that was saved goes on where it was.
    let connection = host.open().await;
    connection.domain("marked").await.unwrap().managed_save(DomainSaveFlags::NONE).await.unwrap();
    let other = connection.domain("other").await.unwrap();
    other.destroy().await.unwrap();
    other.set_autostart(false).await.unwrap();
    host.restart();
    assert_eq!(states(&host).await, ["running (restored)", "shutoff (unknown)", "shutoff (unknown)"]);

    // One that cannot be started is told, and keeps no other from it.
    let connection = host.open().await;
    connection.domain("other").await.unwrap().set_autostart(true).await.unwrap();
    connection.domain("marked").await.unwrap().managed_save(DomainSaveFlags::NONE).await.unwrap();
    let saved = std::fs::read_dir(state.0.join("saved")).unwrap().next().unwrap().unwrap().path();
    let mut image = std::fs::read(&saved).unwrap();
    *image.last_mut().unwrap() ^= 1;
    std::fs::write(saved, image).unwrap();
    host.restart();
    assert_eq!(states(&host).await, ["shutoff (unknown)", "running (booted)", "shutoff (unknown)"]);
    let said = host.kill();
    assert!(said.contains("domain marked is marked for autostart and cannot be started"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

/// Guests that are processes outlive the daemon: what was shut down on purpose stays so until the machine has started again.
#[tokio::test]
async fn guests_that_are_processes_start_once_for_each_boot_of_the_machine() {
    let state = Directory::new("autostart-processes");
    let options = ["--guests", "processes"].map(str::to_owned);
    let mut host = Host::start(state.0.clone(), options.to_vec());
    define(&host.open().await).await;
    host.restart();
    assert_eq!(states(&host).await, ["shutoff (unknown)"; 3], "the machine has not started since");

    let boot = state.0.join("boot");
    let this = std::fs::read(&boot).unwrap();
    host.kill();
    std::fs::write(&boot, "another boot").unwrap();
    host.restart();
    assert_eq!(std::fs::read(&boot).unwrap(), this);
    let started = ["running (booted)", "running (booted)", "shutoff (unknown)"];
    assert_eq!(states(&host).await, started);

    host.open().await.domain("other").await.unwrap().destroy().await.unwrap();
    host.restart();
    let left = ["running (booted)", "shutoff (unknown)", "shutoff (unknown)"];
    assert_eq!(states(&host).await, left, "it was destroyed on purpose");

    // As a daemon leaves it that dies while it starts them: the next one starts the rest, and lets run what runs.
    let id = host.open().await.domain("marked").await.unwrap().id();
    host.kill();
    std::fs::remove_file(&boot).unwrap();
    host.restart();
    assert_eq!(states(&host).await, started);
    assert_eq!(host.open().await.domain("marked").await.unwrap().id(), id);
    let connection = host.open().await;
    for name in ["marked", "other"] {
        connection.domain(name).await.unwrap().destroy().await.unwrap();
    }
    let said = host.kill();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("a guest that an earlier daemon has left, domain=marked"), "{said}");
}

#[tokio::test]
async fn networks_and_pools_start_with_each_daemon() {
    let state = Directory::new("autostart-networks");
    let mut host = Host::start(state.0.clone(), Vec::new());
    let connection = host.open().await;
    let network = connection.define_network("<network><name>lan</name></network>").await.unwrap();
    network.set_autostart(true).await.unwrap();
    let pool = "<pool type='dir'><name>images</name><target><path>/images</path></target></pool>";
    connection.define_storage_pool(pool, DefineFlags::NONE).await.unwrap().set_autostart(true).await.unwrap();
    for _ in 0..2 {
        host.restart();
        let connection = host.open().await;
        let network = connection.network("lan").await.unwrap();
        let pool = connection.storage_pool("images").await.unwrap();
        assert!(network.is_active().await.unwrap() && pool.is_active().await.unwrap());
        network.destroy().await.unwrap();
        pool.destroy().await.unwrap();
    }
}
