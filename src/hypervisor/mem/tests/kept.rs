//! A guest that only its destination has is never cleaned up.

use tokio::net::TcpStream;

use super::moves::{Pair, finish, prepare};
use super::*;
use crate::hypervisor::MigrationVersion;
use crate::hypervisor::mem::incoming::Arrival;
use crate::hypervisor::mem::stream::{self, Opening};
use crate::hypervisor::moves::stream::{Checksum, send_chunk, send_end};

/// Waits until the guest that comes by this Prepare is here so far, or gone.
async fn arrived(mem: &Mem, prepared: &Prepared, arrival: Arrival) {
    while mem.inner.table().arrival(prepared.incoming).is_some_and(|now| now != arrival) {
        tokio::task::yield_now().await;
    }
}

/// A pair of which the guest has left its source, and what Prepare answered.
async fn moved() -> (Pair, Prepared) {
    let mut pair = Pair::new().await;
    let prepared = pair.prepared().await;
    pair.perform(&prepared).await.unwrap();
    arrived(&pair.destination.mem, &prepared, Arrival::Confirmed).await;
    assert_eq!(pair.source.find("a").await, None);
    (pair, prepared)
}

#[tokio::test]
async fn the_only_copy_outlives_its_connection() {
    // Finished, by another connection.
    let (mut pair, prepared) = moved().await;
    pair.destination.mem.abandon(prepared.incoming);
    assert_eq!((pair.destination.state("a").await, pair.destination.events()), (Some((3, 2)), vec![]));
    pair.destination.mem.finish(finish(MigrationVersion::V2, "a", &prepared)).await.unwrap();
    assert_eq!(pair.destination.state("a").await, Some((1, 2)));
    // Resumed: it is a guest like any other. Not while its connection may finish it.
    let (mut pair, prepared) = moved().await;
    assert_error(pair.destination.mem.resume(pair.guest).await, 55, 10);
    pair.destination.mem.abandon(prepared.incoming);
    pair.destination.mem.resume(pair.guest).await.unwrap();
    assert_eq!((pair.destination.state("a").await, pair.destination.events()), (Some((1, 5)), vec![(4, 0)]));
    assert!(pair.destination.mem.inner.table().incoming.is_empty());
    let late = pair.destination.mem.finish(finish(MigrationVersion::V2, "a", &prepared)).await;
    assert_error(late, 55, 10);
    // Destroyed.
    let (pair, prepared) = moved().await;
    pair.destination.mem.abandon(prepared.incoming);
    pair.destination.mem.destroy(pair.guest).await.unwrap();
    assert_eq!(pair.destination.find("a").await, None);
    assert!(pair.destination.mem.inner.table().incoming.is_empty());
}

/// Sends all of a guest, and returns the stream: the receipt is read, the last word not said.
async fn send_all(prepared: &Prepared) -> TcpStream {
    let at = prepared.uri_out.as_deref().unwrap().strip_prefix("tcp:").unwrap();
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream::read_greeting(&mut stream).await.unwrap();
    let cookie = prepared.cookie.as_slice().try_into().unwrap();
    let opening = Opening { xml: None, memory_bytes: 1_024 };
    stream::send_opening(&mut stream, &cookie, &opening).await.unwrap();
    stream::read_answer(&mut stream).await.unwrap();
    let mut checksum = Checksum::new();
    checksum.update(&[7; 1_024]);
    send_chunk(&mut stream, &[7; 1_024]).await.unwrap();
    send_end(&mut stream, checksum).await.unwrap();
    stream::read_answer(&mut stream).await.unwrap();
    stream
}

#[tokio::test]
async fn the_sources_last_word_decides_about_an_abandoned_guest() {
    for (says_gone, finished) in [(true, false), (false, true), (false, false)] {
        let mut world = World::new();
        let prepared = world.mem.prepare(prepare(Some(&xml("a")))).await.unwrap();
        let mut stream = send_all(&prepared).await;
        world.mem.abandon(prepared.incoming);
        assert_eq!((world.state("a").await, world.events()), (Some((3, 2)), vec![(2, 1)]));
        if says_gone {
            stream::send_yes(&mut stream).await.unwrap();
            arrived(&world.mem, &prepared, Arrival::Confirmed).await;
            assert_eq!((world.state("a").await, world.events()), (Some((3, 2)), vec![]));
        } else {
            // Nobody knows: it may be the only copy. Any Finish runs it, or whoever says that it is by resuming it.
            let uuid = world.find("a").await.unwrap().uuid;
            assert_error(world.mem.resume(uuid).await, 55, 10);
            drop(stream);
            arrived(&world.mem, &prepared, Arrival::Unconfirmed).await;
            assert_eq!((world.state("a").await, world.events()), (Some((3, 2)), vec![]));
            if finished {
                world.mem.finish(finish(MigrationVersion::V2, "a", &prepared)).await.unwrap();
                assert_eq!(world.state("a").await, Some((1, 2)));
            } else {
                world.mem.resume(uuid).await.unwrap();
                assert_eq!(world.state("a").await, Some((1, 5)));
            }
        }
    }
}

#[tokio::test]
async fn a_port_that_served_a_kept_guest_serves_another() {
    let mut pair = Pair::new().await;
    let mem = pair.destination.mem.clone();
    let kept = mem.prepare(prepare(None)).await.unwrap();
    pair.perform(&kept).await.unwrap();
    arrived(&mem, &kept, Arrival::Confirmed).await;
    mem.abandon(kept.incoming);
    // Another guest comes to the same place.
    pair.guest = pair.source.mem.create(xml("b"), StartOptions::default()).await.unwrap().uuid;
    let wished = Prepare { uri_in: kept.uri_out.clone(), ..prepare(None) };
    let prepared = mem.prepare(wished).await.unwrap();
    let prepared = Prepared { uri_out: kept.uri_out.clone(), ..prepared };
    pair.perform(&prepared).await.unwrap();
    for (name, prepared) in [("b", &prepared), ("a", &kept)] {
        mem.finish(finish(MigrationVersion::V1, name, prepared)).await.unwrap();
        assert_eq!(pair.destination.state(name).await, Some((1, 2)));
    }
}

#[tokio::test]
async fn a_cancel_ends_no_guest_but_its_own() {
    let mut pair = Pair::new().await;
    let mem = pair.destination.mem.clone();
    let stale = pair.prepared().await;
    mem.abandon(stale.incoming);
    assert_eq!(pair.destination.events(), [(5, 1)]);
    let prepared = pair.prepared().await;
    // Another migration's cookie; and no cookie, of a guest that is still at its source.
    assert_error(mem.cancel(finish(MigrationVersion::V2, "a", &stale)).await, 42, 10);
    assert_eq!((pair.destination.state("a").await, pair.destination.events()), (Some((3, 2)), vec![]));
    let own = finish(MigrationVersion::V2, "a", &prepared);
    let without = Finish { cookie: Vec::new(), ..own };
    mem.cancel(without.clone()).await.unwrap();
    assert_eq!(pair.destination.events(), [(5, 5)]);
    // One that has left its source is not to be cancelled.
    let (pair, prepared) = moved().await;
    let mem = pair.destination.mem.clone();
    let own = finish(MigrationVersion::V2, "a", &prepared);
    for cancel in [without, own.clone()] {
        assert_error(mem.cancel(cancel).await, 55, 10);
    }
    assert_error(mem.cancel(finish(MigrationVersion::V2, "a", &stale)).await, 42, 10);
    mem.finish(own).await.unwrap();
    assert_eq!(pair.destination.state("a").await, Some((1, 2)));
}

#[tokio::test]
async fn a_cancel_waits_for_the_sources_last_word() {
    for says_gone in [true, false] {
        let world = World::new();
        let prepared = world.mem.prepare(prepare(Some(&xml("a")))).await.unwrap();
        let mut stream = send_all(&prepared).await;
        let cancel = world.mem.cancel(finish(MigrationVersion::V2, "a", &prepared));
        let says = async {
            if says_gone {
                stream::send_yes(&mut stream).await.unwrap();
            }
            drop(stream);
        };
        let (cancelled, ()) = tokio::join!(cancel, says);
        match says_gone {
            true => assert_error(cancelled, 55, 10),
            false => cancelled.unwrap(),
        }
        assert_eq!(world.state("a").await, says_gone.then_some((3, 2)));
    }
}
