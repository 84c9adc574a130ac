//! Migrations that fail: no guest is lost, none runs twice, nothing is left behind.

use virtwire_protocol::error::ErrorCode;

use super::moves::{LIVE, Pair, finish, perform, prepare};
use super::*;
use crate::hypervisor::MigrationVersion;

fn faults(text: &str) -> Faults {
    text.parse().unwrap()
}

/// Waits until the guest has sent so much of its memory.
async fn sent(mem: &Mem, guest: Uuid, bytes: u64) {
    while mem.job(guest).await.unwrap().is_none_or(|job| job.memory_processed < bytes) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_perform_that_fails_leaves_the_guest_where_it_was() {
    // A live guest was not paused yet; one that is not live was, and runs again.
    for (flags, fault, state, events) in [
        (LIVE, "break-perform=65536", (1, 1), vec![]),
        (MigrateFlags(0), "break-perform=65536", (1, 6), vec![(3, 1), (4, 1)]),
        (LIVE, "break-perform=1048576", (1, 6), vec![(3, 1), (4, 1)]),
        (LIVE, "corrupt-stream", (1, 6), vec![(3, 1), (4, 1)]),
    ] {
        let mut pair = Pair::with(Config { max_speed_mib_s: 1 << 20, ..config() }).await;
        pair.source.mem.set_max_downtime_ms(pair.guest, 0).await.unwrap();
        let checksum = pair.source.mem.checksum("a");
        pair.source.mem.set_faults(faults(fault));
        let prepared = pair.prepared().await;
        let request = Perform { flags, ..perform(pair.guest, &prepared) };
        assert_error(pair.source.mem.perform(request).await, 9, 10);
        assert_eq!(pair.source.state("a").await, Some(state), "{fault}");
        assert_eq!(pair.source.events(), events, "{fault}");
        assert_eq!(pair.source.mem.checksum("a"), checksum);
        let job = pair.source.mem.completed_job(pair.guest, false).await.unwrap().unwrap();
        assert_eq!(job.kind, JobKind::Failed);
        // The destination's guest ends with its stream.
        assert_eq!(pair.destination.event().await, (5, 5));
        assert_eq!(pair.destination.find("a").await, None);
        assert_error(pair.destination.mem.cancel(finish(MigrationVersion::V2, "a", &prepared)).await, 42, 10);
    }
}

#[tokio::test]
async fn a_paused_guest_stays_paused_when_its_migration_fails() {
    let mut pair = Pair::new().await;
    pair.source.mem.suspend(pair.guest).await.unwrap();
    pair.source.mem.set_faults(faults("break-perform=0"));
    let prepared = pair.prepared().await;
    assert_error(pair.perform(&prepared).await, 9, 10);
    assert_eq!(pair.source.state("a").await, Some((3, 1)));
}

#[tokio::test]
async fn nobody_listens() {
    let mut pair = Pair::new().await;
    let prepared = pair.prepared().await;
    pair.destination.mem.abandon(prepared.incoming);
    assert_eq!(pair.destination.events(), [(5, 1)]);
    let error = loop {
        // The port is closed by a task that has to get its turn.
        let error = pair.perform(&prepared).await.unwrap_err();
        if error.code == ErrorCode::SYSTEM_ERROR {
            break error;
        }
    };
    assert_eq!(error.domain.0, 7, "{error}");
    assert!(error.int1 > 0, "{error} has errno {}", error.int1);
    assert_eq!(pair.source.state("a").await, Some((1, 1)));
}

#[tokio::test]
async fn a_lost_receipt_keeps_the_guest_at_its_source() {
    let mut pair = Pair::new().await;
    pair.destination.mem.set_faults(faults("lose-receipt"));
    let prepared = pair.prepared().await;
    assert_error(pair.perform(&prepared).await, 9, 10);
    assert_eq!(pair.source.state("a").await, Some((1, 6)));
    // The copy is all there, and waits, whatever the time, until it is told that it is not wanted.
    assert_eq!(pair.destination.state("a").await, Some((3, 2)));
    pair.destination.mem.cancel(finish(MigrationVersion::V2, "a", &prepared)).await.unwrap();
    assert_eq!(pair.destination.events(), [(5, 5)]);
    assert_eq!(pair.destination.find("a").await, None);
}

#[tokio::test]
async fn an_early_finish_is_not_taken_for_the_sources_word() {
    let mut pair = Pair::new().await;
    pair.destination.mem.set_faults(faults("lose-receipt"));
    let prepared = pair.prepared().await;
    let early = pair.destination.mem.finish(finish(MigrationVersion::V2, "a", &prepared));
    let (early, performed) = tokio::join!(early, pair.perform(&prepared));
    assert_error(performed, 9, 10);
    assert_error(early, 9, 10);
    assert_eq!(
        (pair.source.state("a").await, pair.destination.state("a").await),
        (Some((1, 6)), Some((3, 2)))
    );
    // A client that says success afterwards is believed: it is the only one who can know.
    pair.destination.mem.finish(finish(MigrationVersion::V2, "a", &prepared)).await.unwrap();
    assert_eq!(pair.destination.state("a").await, Some((1, 2)));
}

#[tokio::test]
async fn an_early_finish_waits_for_a_guest_that_is_on_its_way() {
    let mut pair = Pair::new().await;
    let prepared = pair.prepared().await;
    let early = pair.destination.mem.finish(finish(MigrationVersion::V2, "a", &prepared));
    let (early, performed) = tokio::join!(early, pair.perform(&prepared));
    performed.unwrap();
    assert_eq!(early.unwrap().domain.state.to_wire(), (1, 2));
    assert_eq!(pair.source.find("a").await, None);
}

#[tokio::test]
async fn a_job_is_seen_and_aborted() {
    let mut pair = Pair::new().await;
    pair.source.mem.set_faults(faults("stall-perform=131072"));
    let prepared = pair.prepared().await;
    let mem = pair.source.mem.clone();
    let aborts = async {
        sent(&mem, pair.guest, 131_072).await;
        let job = mem.job(pair.guest).await.unwrap().unwrap();
        assert_eq!(
            (job.kind, job.memory_total, job.memory_processed),
            (JobKind::Unbounded, 1 << 20, 131_072)
        );
        assert_error(pair.destination.mem.job(pair.guest).await, 84, 10);
        assert_error(pair.destination.mem.abort_job(pair.guest).await, 55, 10);
        // Meanwhile nobody else may do anything with it, here or there.
        assert_error(mem.perform(perform(pair.guest, &prepared)).await, 55, 10);
        assert_error(mem.resume(pair.guest).await, 55, 10);
        assert_error(mem.shutdown(pair.guest).await, 55, 10);
        assert_error(pair.destination.mem.resume(pair.guest).await, 55, 10);
        assert_error(pair.destination.mem.suspend(pair.guest).await, 55, 10);
        assert_error(pair.destination.mem.memory_peek(pair.guest, 0, 1).await, 55, 10);
        mem.abort_job(pair.guest).await.unwrap();
    };
    let ((), performed) = tokio::join!(aborts, pair.perform(&prepared));
    assert_error(performed, 78, 10);
    assert_eq!(mem.job(pair.guest).await.unwrap(), None);
    let job = mem.completed_job(pair.guest, false).await.unwrap().unwrap();
    assert_eq!(job.kind, JobKind::Cancelled);
    assert_eq!(pair.source.find("a").await.unwrap().state.to_wire().0, 1);
    assert_eq!(pair.destination.event().await, (5, 5));
}

#[tokio::test]
async fn a_client_that_goes_away_changes_nothing() {
    let mut pair = Pair::new().await;
    pair.source.mem.set_max_speed_mib_s(pair.guest, 1).await.unwrap();
    let prepared = pair.prepared().await;
    tokio::select! {
        () = sent(&pair.source.mem, pair.guest, 1) => {}
        done = pair.perform(&prepared) => panic!("too early: {done:?}"),
    }
    pair.source.mem.set_max_speed_mib_s(pair.guest, u64::MAX).await.unwrap();
    assert_eq!((pair.source.event().await, pair.source.event().await), ((3, 1), (5, 3)));
    assert_eq!(pair.source.find("a").await, None);
}

#[tokio::test]
async fn a_guest_destroyed_on_its_way_is_nowhere() {
    let mut pair = Pair::new().await;
    pair.source.mem.set_faults(faults("stall-perform=65536"));
    let prepared = pair.prepared().await;
    let destroys = async {
        sent(&pair.source.mem, pair.guest, 65_536).await;
        pair.source.mem.destroy(pair.guest).await.unwrap();
    };
    let ((), performed) = tokio::join!(destroys, pair.perform(&prepared));
    assert_error(performed, 55, 10);
    assert_eq!(pair.source.find("a").await, None);
    assert_eq!(pair.destination.event().await, (5, 5));
    assert_eq!(pair.destination.find("a").await, None);
}

#[tokio::test]
async fn a_guest_destroyed_where_it_arrives_stays_at_its_source() {
    let mut pair = Pair::new().await;
    pair.source.mem.set_faults(faults("stall-perform=65536"));
    let prepared = pair.prepared().await;
    let destroys = async {
        sent(&pair.source.mem, pair.guest, 65_536).await;
        pair.destination.mem.destroy(pair.guest).await.unwrap();
        pair.source.mem.abort_job(pair.guest).await.unwrap();
    };
    let ((), performed) = tokio::join!(destroys, pair.perform(&prepared));
    assert_error(performed, 78, 10);
    assert_eq!((pair.destination.find("a").await, pair.destination.events()), (None, vec![(5, 1)]));
    assert!(pair.source.find("a").await.is_some());
}

#[tokio::test]
async fn a_guest_with_its_name_or_uuid_is_there_already() {
    for xml in [xml("a"), xml_with("b", Uuid::random())] {
        let pair = Pair::new().await;
        let xml = if xml.contains("<name>b") { xml_with("b", pair.guest) } else { xml };
        pair.destination.mem.define(xml).await.unwrap();
        assert_error(pair.destination.mem.prepare(prepare(Some(&pair.xml))).await, 9, 20);
        // Version 1 learns it from the stream; the source is told why.
        let prepared = pair.destination.mem.prepare(prepare(None)).await.unwrap();
        let error = pair.perform(&prepared).await.unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
        assert_eq!(pair.source.state("a").await, Some((1, 1)));
    }
}

#[tokio::test]
async fn what_cannot_be_prepared_is_refused() {
    let mut pair = Pair::new().await;
    let mem = pair.destination.mem.clone();
    let with = |flags| Prepare { flags: MigrateFlags(flags), ..prepare(Some(&pair.xml)) };
    // Who drives is none of its business; a tunnel is another verb.
    assert_error(mem.prepare(with(2 | 0x4000_0000)).await, 8, 10);
    assert_error(mem.prepare(with(4)).await, 1, 10);
    assert_error(mem.prepare(with(0x4000_0000)).await, 8, 10);
    assert_error(mem.prepare(with(1 << 40)).await, 8, 10);
    assert_error(mem.prepare(prepare(Some(""))).await, 35, 20);
    assert_error(mem.prepare(prepare(Some("not xml"))).await, 35, 20);
    mem.set_faults(faults("refuse-prepare"));
    assert_error(mem.prepare(prepare(Some(&pair.xml))).await, 9, 10);
    assert_eq!((pair.destination.find("a").await, pair.destination.events()), (None, vec![]));
    // Nor performed: off, no cookie, no such place.
    let prepared =
        Prepared { cookie: vec![0; 16], uri_out: Some("tcp:h".to_owned()), incoming: IncomingId(0) };
    assert_error(pair.perform(&prepared).await, 8, 10);
    let request = Perform { cookie: Vec::new(), ..perform(pair.guest, &prepared) };
    assert_error(pair.source.mem.perform(request).await, 8, 10);
    let off = pair.source.mem.define(xml("off")).await.unwrap().uuid;
    assert_error(pair.source.mem.perform(perform(off, &prepared)).await, 55, 10);
    assert_eq!(pair.source.state("a").await, Some((1, 1)));
}

#[tokio::test(start_paused = true)]
async fn deadlines_end_what_nobody_continues() {
    // Nobody sends: the guest is given up.
    let mut pair = Pair::new().await;
    pair.prepared().await;
    assert_eq!(pair.destination.event().await, (5, 5));
    // Nobody sends, and Finish does not wait for ever; the guest can still be cancelled.
    let prepared = pair.prepared().await;
    let early = pair.destination.mem.finish(finish(MigrationVersion::V2, "a", &prepared)).await;
    assert_error(early, 68, 10);
    pair.destination.mem.cancel(finish(MigrationVersion::V2, "a", &prepared)).await.unwrap();
    assert_error(pair.destination.mem.cancel(finish(MigrationVersion::V2, "a", &prepared)).await, 42, 10);
    assert_eq!(pair.destination.events(), [(5, 5)]);
    // Version 1: an empty slot goes without a word, and its Finish finds nothing.
    let prepared = pair.destination.mem.prepare(prepare(None)).await.unwrap();
    pair.destination.mem.abandon(prepared.incoming);
    let late = pair.destination.mem.finish(finish(MigrationVersion::V1, "a", &prepared)).await;
    assert_error(late, 42, 10);
}

#[tokio::test]
async fn a_destination_that_stops_reading_is_left_in_time() {
    let mut pair = Pair::new().await;
    pair.destination.mem.set_faults(faults("stall-incoming=0"));
    let prepared = pair.prepared().await;
    let waits = async {
        sent(&pair.source.mem, pair.guest, 65_536).await;
        // From here on, time passes as soon as there is nothing else to do.
        tokio::time::pause();
    };
    let ((), performed) = tokio::join!(waits, pair.perform(&prepared));
    assert_error(performed, 9, 10);
    assert_eq!(pair.source.find("a").await.unwrap().state.to_wire().0, 1);
}
