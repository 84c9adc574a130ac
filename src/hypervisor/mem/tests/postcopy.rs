//! Post-copy: the guest goes on at the destination before all of it is there, and a broken one is resumed.

use std::time::Duration;

use super::super::guest::Activity;
use super::moves::{LIVE, Pair};
use super::version3::{confirm, finish, perform};
use super::*;
use crate::hypervisor::MigrationVersion;

const POSTCOPY: MigrateFlags =
    MigrateFlags(LIVE.0 | MigrateFlags::POSTCOPY.0 | MigrateFlags::CHANGE_PROTECTION.0);
const RESUME: MigrateFlags = MigrateFlags(POSTCOPY.0 | MigrateFlags::POSTCOPY_RESUME.0);

impl Pair {
    /// A guest that takes a minute, unless it is told to hurry.
    async fn slow() -> Pair {
        Pair::slow_with(config()).await
    }

    async fn slow_with(config: Config) -> Pair {
        let config = Config { memory_bytes_max: 64 << 20, max_speed_mib_s: 1, ..config };
        let (mut source, destination) = (World::with(config.clone()), World::with(config));
        let xml = xml("a").replace("'KiB'>1024<", "'KiB'>65536<");
        let options = StartOptions::default();
        let guest = source.mem.create(xml.clone(), options).await.unwrap().uuid;
        assert_eq!(source.event().await, (2, 0));
        Pair { source, destination, guest, xml }
    }

    async fn prepared_for(&self, flags: MigrateFlags) -> Result<Prepared> {
        let begun = self.source.mem.begin(super::moves::begin(self.guest, flags)).await?;
        let request = Prepare {
            version: MigrationVersion::V3,
            cookie: begun.cookie,
            uri_in: None,
            flags: flags.without(MigrateFlags::CHANGE_PROTECTION),
            dname: None,
            dom_xml: Some(begun.xml),
            bandwidth_mib_s: 0,
            params: TypedParams::new(),
        };
        self.destination.mem.prepare(request).await
    }

    fn performing(
        &self,
        prepared: &Prepared,
        flags: MigrateFlags,
    ) -> tokio::task::JoinHandle<Result<Performed>> {
        let (mem, request) = (self.source.mem.clone(), Perform { flags, ..perform(self, prepared) });
        tokio::spawn(async move { mem.perform(request).await })
    }

    fn finishing(&self, cookie: Vec<u8>, flags: MigrateFlags) -> tokio::task::JoinHandle<Result<Finished>> {
        let flags = flags.without(MigrateFlags::CHANGE_PROTECTION);
        let (mem, request) = (self.destination.mem.clone(), Finish { flags, ..finish(cookie) });
        tokio::spawn(async move { mem.finish(request).await })
    }

    async fn sending(&self) {
        while self.source.mem.job(self.guest).await.unwrap().is_none_or(|job| job.memory_processed == 0) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// What goes on, before the switch or after it, goes on faster.
    async fn hurry(&self) {
        self.source.mem.set_max_speed_mib_s(self.guest, u64::MAX >> 20).await.unwrap();
        let table = self.source.mem.inner.table();
        let activity = &table.guest(self.guest).unwrap().live().unwrap().activity;
        let (Activity::Leaving(departure) | Activity::Held { sent: Some(departure) }) = activity else {
            panic!("{activity:?}");
        };
        assert_eq!(departure.bytes_s(), u64::MAX >> 20 << 20);
    }

    /// Up to where the guest runs at the destination, with most of its memory at the source.
    async fn switched(&mut self) -> (Performed, tokio::task::JoinHandle<Result<Finished>>) {
        let prepared = self.prepared_for(POSTCOPY).await.unwrap();
        let performing = self.performing(&prepared, POSTCOPY);
        self.sending().await;
        self.source.mem.start_post_copy(self.guest).await.unwrap();
        let performed = performing.await.unwrap().unwrap();
        assert_eq!(self.states().await, [Some((3, 12)), Some((3, 2))]);
        assert_eq!(self.source.events(), [(3, 1), (3, 7)]);
        assert_eq!(self.destination.event().await, (2, 1));
        let finishing = self.finishing(performed.cookie.clone(), POSTCOPY);
        assert_eq!(self.destination.event().await, (4, 3));
        assert_eq!(self.states().await, [Some((3, 12)), Some((1, 10))]);
        (performed, finishing)
    }
}

#[tokio::test]
async fn a_guest_goes_on_at_the_destination_before_its_memory_is_there() {
    let mut pair = Pair::slow().await;
    let checksum = pair.source.mem.checksum("a");
    let (_, finishing) = pair.switched().await;

    let job = pair.source.mem.job(pair.guest).await.unwrap().unwrap();
    assert_eq!((job.memory_iteration, job.postcopy_requests), (2, 1));
    assert_error(pair.source.mem.abort_job(pair.guest).await, 55, 10);
    assert_error(pair.source.mem.resume(pair.guest).await, 55, 10);
    assert_error(pair.source.mem.confirm(confirm(&pair, Vec::new(), false)).await, 55, 10);
    assert_error(pair.destination.mem.cancel(finish(Vec::new())).await, 55, 10);

    pair.hurry().await;
    let finished = finishing.await.unwrap().unwrap();
    assert_eq!(pair.states().await, [Some((3, 12)), Some((1, 2))]);
    assert_eq!(pair.destination.events(), [(4, 1)]);
    pair.source.mem.confirm(confirm(&pair, finished.cookie, false)).await.unwrap();
    assert_eq!(pair.states().await, [None, Some((1, 2))]);
    assert_eq!(pair.source.events(), [(5, 3)]);
    assert_eq!(pair.destination.mem.checksum("a"), checksum);
}

/// A word into a link that is dead already: the guest runs on where it is.
#[tokio::test]
async fn a_switch_that_the_destination_does_not_take_moves_no_guest() {
    let pair = Pair::slow().await;
    let faults = Faults { stall_incoming: Some(0), ..Faults::default() };
    pair.destination.mem.set_faults(faults);
    let prepared = pair.prepared_for(POSTCOPY).await.unwrap();
    let performing = pair.performing(&prepared, POSTCOPY);
    pair.sending().await;
    pair.source.mem.start_post_copy(pair.guest).await.unwrap();
    while pair.states().await[0] != Some((3, 2)) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::pause();
    tokio::time::advance(config().peer_deadline * 2).await;
    tokio::time::resume();
    assert_error(performing.await.unwrap(), 9, 10);
    assert_eq!(pair.states().await, [Some((1, 6)), Some((3, 2))]);
    pair.destination.mem.cancel(finish(Vec::new())).await.unwrap();
    assert_eq!(pair.states().await, [Some((1, 6)), None]);
}

/// How long the rest takes is the guest's matter: what was to be there in time is.
#[tokio::test]
async fn one_that_takes_longer_than_a_guest_may_take_to_come_goes_on() {
    let hour = Duration::from_secs(3_600);
    let mut pair = Pair::slow_with(Config { peer_deadline: hour, ..config() }).await;
    let checksum = pair.source.mem.checksum("a");
    let (_, finishing) = pair.switched().await;
    tokio::time::pause();
    tokio::time::advance(config().incoming_deadline * 2).await;
    tokio::time::resume();
    pair.hurry().await;
    let finished =
        tokio::time::timeout(Duration::from_secs(60), finishing).await.expect("it comes to its end");
    finished.unwrap().unwrap();
    assert_eq!(pair.states().await, [Some((3, 12)), Some((1, 2))]);
    assert_eq!(pair.destination.mem.checksum("a"), checksum);
}

#[tokio::test]
async fn a_broken_one_is_resumed_and_nothing_else_is_done_to_it() {
    let mut pair = Pair::slow().await;
    let checksum = pair.source.mem.checksum("a");
    let (performed, finishing) = pair.switched().await;
    pair.source.mem.pause_post_copy(pair.guest).await.unwrap();
    assert_error(finishing.await.unwrap(), 9, 10);
    assert_eq!(pair.states().await, [Some((3, 13)), Some((1, 11))]);
    assert_eq!((pair.source.events(), pair.destination.events()), (vec![(3, 8)], vec![(4, 4)]));

    // Also not by who ends the migration, or whose connections end.
    pair.source.mem.confirm(confirm(&pair, Vec::new(), true)).await.unwrap();
    pair.source.mem.release(performed.outgoing.unwrap());
    let incoming: Vec<_> = pair.destination.mem.inner.table().incoming.keys().copied().collect();
    pair.destination.mem.abandon(incoming[0]);
    assert_eq!(pair.states().await, [Some((3, 13)), Some((1, 11))]);
    assert_error(pair.source.mem.resume(pair.guest).await, 55, 10);
    assert_error(pair.prepared_for(POSTCOPY).await, 55, 10);
    assert_error(pair.prepared_for(RESUME.without(MigrateFlags::CHANGE_PROTECTION)).await, 74, 10);

    // A run that resumes it may break in turn.
    for breaks in [true, false] {
        let prepared = pair.prepared_for(RESUME).await.unwrap();
        let performed = pair.performing(&prepared, RESUME).await.unwrap().unwrap();
        assert_eq!(pair.source.event().await, (3, 7));
        assert_eq!(pair.destination.event().await, (4, 3));
        assert_eq!(pair.states().await, [Some((3, 12)), Some((1, 10))]);
        let finishing = pair.finishing(performed.cookie, RESUME);
        if breaks {
            pair.source.mem.pause_post_copy(pair.guest).await.unwrap();
            assert_error(finishing.await.unwrap(), 9, 10);
            assert_eq!(pair.states().await, [Some((3, 13)), Some((1, 11))]);
            assert_eq!((pair.source.events(), pair.destination.events()), (vec![(3, 8)], vec![(4, 4)]));
            pair.source.mem.release(performed.outgoing.unwrap());
            continue;
        }
        pair.hurry().await;
        let finished = finishing.await.unwrap().unwrap();
        pair.source.mem.confirm(confirm(&pair, finished.cookie, false)).await.unwrap();
    }
    assert_eq!(pair.states().await, [None, Some((1, 2))]);
    assert_eq!(pair.destination.mem.checksum("a"), checksum);
}

#[tokio::test]
async fn it_is_started_only_where_it_was_asked_for_and_resumed_only_where_it_broke() {
    let pair = Pair::slow().await;
    assert_error(pair.source.mem.start_post_copy(pair.guest).await, 55, 10);
    assert_error(pair.source.mem.pause_post_copy(pair.guest).await, 55, 10);
    assert_error(pair.prepared_for(RESUME).await, 55, 10);
    assert_error(pair.prepared_for(MigrateFlags(POSTCOPY.0 | MigrateFlags::PAUSED.0)).await, 74, 10);
    assert_error(pair.prepared_for(MigrateFlags(LIVE.0 | MigrateFlags::POSTCOPY_RESUME.0)).await, 74, 10);

    let prepared = pair.prepared_for(MigrateFlags(LIVE.0 | MigrateFlags::CHANGE_PROTECTION.0)).await.unwrap();
    let performing = pair.performing(&prepared, LIVE);
    pair.sending().await;
    assert_error(pair.source.mem.start_post_copy(pair.guest).await, 55, 10);
    pair.hurry().await;
    performing.await.unwrap().unwrap();
    assert_eq!(pair.states().await, [Some((3, 2)), Some((3, 2))]);
}
