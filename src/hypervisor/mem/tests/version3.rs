//! Version 3: the source keeps its copy until it is told what has become of the other one.

use super::moves::{LIVE, Pair};
use super::*;
use crate::hypervisor::{Confirm, MigrationVersion};

const PROTECTED: MigrateFlags = MigrateFlags(LIVE.0 | MigrateFlags::CHANGE_PROTECTION.0);

fn begin(pair: &Pair, flags: MigrateFlags) -> Begin {
    super::moves::begin(pair.guest, flags)
}

/// By the one client that there is: it holds all that is held.
pub(super) fn perform(pair: &Pair, prepared: &Prepared) -> Perform {
    Perform { keeps: true, holds: pair.holds(), ..super::moves::perform(pair.guest, prepared) }
}

pub(super) fn finish(cookie: Vec<u8>) -> Finish {
    let version = MigrationVersion::V3;
    let params = TypedParams::new();
    Finish { version, dname: "a".to_owned(), cookie, uri: String::new(), flags: LIVE, params }
}

pub(super) fn confirm(pair: &Pair, cookie: Vec<u8>, cancelled: bool) -> Confirm {
    let params = TypedParams::new();
    Confirm { domain: pair.guest, cookie, flags: LIVE, cancelled, holds: pair.holds(), params }
}

impl Pair {
    fn holds(&self) -> Vec<OutgoingId> {
        self.source.mem.inner.table().outgoing.keys().copied().collect()
    }

    /// Up to the end of Prepare.
    async fn prepared3(&mut self, flags: MigrateFlags) -> (Begun, Prepared) {
        let begun = self.source.mem.begin(begin(self, flags)).await.unwrap();
        let request = Prepare {
            version: MigrationVersion::V3,
            cookie: begun.cookie.clone(),
            uri_in: None,
            flags: LIVE,
            dname: None,
            dom_xml: Some(begun.xml.clone()),
            bandwidth_mib_s: 0,
            params: TypedParams::new(),
        };
        let prepared = self.destination.mem.prepare(request).await.unwrap();
        (begun, prepared)
    }

    async fn performed3(&mut self, flags: MigrateFlags) -> (Prepared, Performed) {
        let (_, prepared) = self.prepared3(flags).await;
        let performed = self.source.mem.perform(perform(self, &prepared)).await.unwrap();
        (prepared, performed)
    }

    pub(super) async fn states(&self) -> [Option<(i32, i32)>; 2] {
        [self.source.state("a").await, self.destination.state("a").await]
    }
}

#[tokio::test]
async fn a_guest_is_paused_on_both_hosts_until_finish_and_confirm() {
    let mut pair = Pair::new().await;
    let checksum = pair.source.mem.checksum("a");
    let (prepared, performed) = pair.performed3(PROTECTED).await;
    assert_eq!(pair.states().await, [Some((3, 2)), Some((3, 2))]);
    assert_eq!(pair.source.events(), [(3, 1)]);

    // A host's own cookie is not for it.
    let own = pair.destination.mem.finish(finish(prepared.cookie)).await;
    assert_error(own, 1, 10);
    assert_eq!(pair.states().await, [Some((3, 2)), Some((3, 2))]);

    let finished = pair.destination.mem.finish(finish(performed.cookie.clone())).await.unwrap();
    assert_eq!(pair.states().await, [Some((3, 2)), Some((1, 2))]);
    assert_error(pair.source.mem.confirm(confirm(&pair, performed.cookie, false)).await, 1, 10);
    assert_eq!(pair.states().await, [Some((3, 2)), Some((1, 2))]);
    pair.source.mem.confirm(confirm(&pair, finished.cookie, false)).await.unwrap();
    assert_eq!(pair.states().await, [None, Some((1, 2))]);
    assert_eq!(pair.source.events(), [(5, 3)]);
    assert_eq!(pair.destination.mem.checksum("a"), checksum);
    assert!(!pair.source.mem.holds(performed.outgoing.unwrap()));
}

#[tokio::test]
async fn a_cancelled_one_runs_on_at_its_source() {
    let mut pair = Pair::new().await;
    let (_, performed) = pair.performed3(LIVE).await;
    pair.destination.mem.cancel(finish(Vec::new())).await.unwrap();
    assert_eq!(pair.states().await, [Some((3, 2)), None]);
    pair.source.mem.confirm(confirm(&pair, Vec::new(), true)).await.unwrap();
    assert_eq!(pair.states().await, [Some((1, 6)), None]);
    assert!(!pair.source.mem.holds(performed.outgoing.unwrap()));
    // There is nothing left to confirm.
    assert_error(pair.source.mem.confirm(confirm(&pair, Vec::new(), false)).await, 55, 10);
    assert_eq!(pair.states().await, [Some((1, 6)), None]);
}

#[tokio::test]
async fn a_perform_that_fails_restores_the_guest_and_leaves_nothing_to_confirm() {
    let mut pair = Pair::new().await;
    let (begun, prepared) = pair.prepared3(PROTECTED).await;
    let faults = Faults { break_perform: Some(65_536), ..Faults::default() };
    pair.source.mem.set_faults(faults);
    assert_error(pair.source.mem.perform(perform(&pair, &prepared)).await, 9, 10);
    assert_eq!(pair.source.state("a").await.map(|state| state.0), Some(1));
    assert!(!pair.source.mem.holds(begun.outgoing.unwrap()));
    assert_error(pair.source.mem.confirm(confirm(&pair, Vec::new(), true)).await, 55, 10);
    // The broken stream or the client's cancel ends the other side, whichever comes first; the client hears the same.
    pair.destination.mem.cancel(finish(Vec::new())).await.unwrap();
    assert_eq!(pair.destination.find("a").await, None);
    assert_error(pair.destination.mem.cancel(finish(Vec::new())).await, 42, 10);
}

#[tokio::test]
async fn protection_holds_a_guest_until_its_client_goes() {
    let pair = Pair::new().await;
    let begun = pair.source.mem.begin(begin(&pair, PROTECTED)).await.unwrap();
    let id = begun.outgoing.unwrap();
    assert_error(pair.source.mem.begin(begin(&pair, LIVE)).await, 55, 10);
    assert_error(pair.source.mem.reset(pair.guest).await, 55, 10);
    assert_error(pair.source.mem.confirm(confirm(&pair, Vec::new(), false)).await, 1, 10);
    assert!(pair.source.mem.holds(id));
    pair.source.mem.release(id);
    assert!(!pair.source.mem.holds(id));
    pair.source.mem.reset(pair.guest).await.unwrap();
    // Without protection nothing is held.
    assert_eq!(pair.source.mem.begin(begin(&pair, LIVE)).await.unwrap().outgoing, None);
    pair.source.mem.reset(pair.guest).await.unwrap();
}

#[tokio::test]
async fn a_client_that_goes_after_perform_leaves_the_source_paused_and_takes_the_other_copy_with_it() {
    let mut pair = Pair::new().await;
    let (prepared, performed) = pair.performed3(PROTECTED).await;
    pair.destination.mem.abandon(prepared.incoming);
    pair.source.mem.release(performed.outgoing.unwrap());
    assert_eq!(pair.states().await, [Some((3, 2)), None]);
    assert_error(pair.source.mem.confirm(confirm(&pair, Vec::new(), true)).await, 55, 10);
    // Somebody who knows that it runs nowhere else lets it run on.
    pair.source.mem.resume(pair.guest).await.unwrap();
    assert_eq!(pair.source.state("a").await, Some((1, 5)));
}

/// It may run at its destination: no later migration that fails lets it run here.
#[tokio::test]
async fn a_later_migration_does_not_resume_what_an_earlier_one_left_paused() {
    let mut pair = Pair::new().await;
    let (_, performed) = pair.performed3(PROTECTED).await;
    pair.destination.mem.finish(finish(performed.cookie)).await.unwrap();
    pair.source.mem.release(performed.outgoing.unwrap());
    assert_eq!(pair.states().await, [Some((3, 2)), Some((1, 2))]);
    pair.source.mem.begin(begin(&pair, PROTECTED)).await.unwrap();
    pair.source.mem.confirm(confirm(&pair, Vec::new(), true)).await.unwrap();
    assert_eq!(pair.states().await, [Some((3, 2)), Some((1, 2))]);
    // Nor does a Perform that fails, to a third host.
    let third = World::new();
    let prepared = third.mem.prepare(super::moves::prepare(Some(&pair.xml))).await.unwrap();
    pair.source.mem.set_faults(Faults { break_perform: Some(65_536), ..Faults::default() });
    assert_error(pair.source.mem.perform(super::moves::perform(pair.guest, &prepared)).await, 9, 10);
    assert_eq!(pair.states().await, [Some((3, 2)), Some((1, 2))]);
}

#[tokio::test]
async fn only_the_client_that_holds_a_guest_ends_the_hold() {
    let mut pair = Pair::new().await;
    let (_, prepared) = pair.prepared3(PROTECTED).await;
    let stranger = Perform { holds: Vec::new(), ..perform(&pair, &prepared) };
    assert_error(pair.source.mem.perform(stranger).await, 55, 10);
    pair.source.mem.perform(perform(&pair, &prepared)).await.unwrap();
    // Nor does it go back to a step that it has left.
    assert_error(pair.source.mem.perform(perform(&pair, &prepared)).await, 1, 10);
    for cancelled in [true, false] {
        let stranger = Confirm { holds: Vec::new(), ..confirm(&pair, Vec::new(), cancelled) };
        assert_error(pair.source.mem.confirm(stranger).await, 55, 10);
        assert_eq!(pair.states().await, [Some((3, 2)), Some((3, 2))]);
    }
    pair.source.mem.confirm(confirm(&pair, Vec::new(), true)).await.unwrap();
    assert_eq!(pair.source.state("a").await, Some((1, 6)));
}

#[tokio::test]
async fn a_source_that_keeps_its_guest_sends_it_to_no_other_version() {
    let mut pair = Pair::new().await;
    let prepared = pair.prepared().await;
    let ticket: [u8; 16] = prepared.cookie.clone().try_into().unwrap();
    let cookie = cookie::Cookie { host: Uuid::random(), guest: pair.guest, ticket };
    let prepared = Prepared { cookie: cookie.to_bytes(), ..prepared };
    assert_error(pair.source.mem.perform(perform(&pair, &prepared)).await, 9, 10);
    assert_eq!(pair.source.state("a").await.map(|state| state.0), Some(1));
}

#[tokio::test]
async fn the_guest_that_is_begun_is_the_one_that_runs() {
    let pair = Pair::new().await;
    let wish = |xml: &str| Begin { xml: Some(xml.to_owned()), ..begin(&pair, LIVE) };
    let other = pair.xml.replace("own", "other");
    assert_eq!(pair.source.mem.begin(wish(&other)).await.unwrap().xml, other);
    let larger = pair.xml.replace(">1024</memory>", ">2048</memory>");
    assert_error(pair.source.mem.begin(wish(&larger)).await, 67, 20);
    assert_error(pair.source.mem.begin(wish(&xml("a"))).await, 67, 20);
}
