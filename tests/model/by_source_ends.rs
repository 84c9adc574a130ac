//! Scripts of migrations that the source carries out: what it is asked, and what is made of what both hosts say afterwards.

use virtwire_protocol::migrate::{Feature, Features, MigrateFlags, Plan, Request, Way, Wish};

use super::ends3::{JOB, LOOKUP, STATE};
use super::source::guest;
use super::talk::check;
use Feature::{MigrationDirect, MigrationP2p, MigrationParams, MigrationV2, MigrationV3};

fn plan(features: &[Feature], flags: MigrateFlags) -> Plan {
    let way = Way::PeerToPeer { to: "qemu+tcp://dst/system".into() };
    let request = Request { way, flags, ..Request::live(guest(7)) };
    Plan::choose(request, Wish::Auto, features.iter().copied().collect(), Features::NONE)
        .expect("it is reported")
}

const SENT: &str = "
    source 212 domain_get_state(dom=guest) => running 1
    source 305 domain_migrate_perform3_params(dom=guest, dconnuri=qemu+tcp://dst/system, params=[], flags=LIVE|PEER2PEER)";

/// What it is sent is what virsh sends (capture migrate-virsh-p2p-src-0); the state before it and the questions after it are ours.
#[track_caller]
fn after(answer: &str, script: &str) {
    check(
        plan(&[MigrationP2p, MigrationParams], MigrateFlags::LIVE),
        &format!("{SENT} => {answer}\n{script}"),
    );
}

#[test]
fn a_migration_that_the_source_carries_out() {
    after(
        "performed",
        &format!(
            "source {LOOKUP} => error 42/10
             destination {LOOKUP} => found
             destination {STATE} => running 2
             end: guest is on the destination, running (migrated)"
        ),
    );
    after(
        "performed",
        &format!(
            "source {LOOKUP} => error 42/10
             destination {LOOKUP} => unsent
             end: guest is on the destination"
        ),
    );
}

/// What is seen of it is told, and where nobody is heard it is not said that nothing happened.
#[test]
fn what_may_be_left_on_the_destination_is_told() {
    after(
        "error 9/10",
        &format!(
            "source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             end: the guest did not move; the source says: running (booted); reason: domain_migrate_perform3_params on the source: error 9/10: operation failed: said so; the destination did not confirm that it keeps nothing (it says: paused (migrating)): if a paused copy that came by this migration is still there, and no other one of the guest is under way, destroy it and never resume it"
        ),
    );
    // The source says that nothing moved, and the destination may have had it before: none of the two is said to be of the past.
    for state in ["running 1", "paused 1"] {
        after(
            "error 55/20",
            &format!(
                "source {LOOKUP} => found
                 {JOB} => job 0
                 source {STATE} => {state}
                 destination {LOOKUP} => found
                 destination {STATE} => running 1
                 wait: WhichOneIsTheGuest
                 stop"
            ),
        );
    }
    for (state, check) in [("running 1", "WhetherTheSourceRunsToo"), ("paused 1", "WhetherItTookOver")] {
        after(
            "performed",
            &format!(
                "source {LOOKUP} => found
                 {JOB} => job 0
                 source {STATE} => {state}
                 destination {LOOKUP} => unsent
                 wait: {check}
                 stop"
            ),
        );
    }
}

#[test]
fn older_sources_are_asked_by_older_calls() {
    let tunnelled = MigrateFlags::LIVE | MigrateFlags::TUNNELLED;
    check(
        plan(&[MigrationP2p, MigrationV3], tunnelled),
        &format!(
            "source 212 domain_get_state(dom=guest) => running 1
             source 216 domain_migrate_perform3(dom=guest, dconnuri=qemu+tcp://dst/system, xml=null, uri=null, dname=null, resource=0, flags=LIVE|PEER2PEER|TUNNELLED) => error 9/10
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 6
             destination {LOOKUP} => error 42/10
             end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_perform3 on the source: error 9/10: operation failed: said so"
        ),
    );
    check(
        plan(&[MigrationP2p, MigrationV2], MigrateFlags::LIVE),
        &format!(
            "source 16 domain_get_info(dom=guest) => running
             source 62 domain_migrate_perform(dom=guest, cookie=0 bytes, uri=qemu+tcp://dst/system, flags=LIVE|PEER2PEER, dname=null, resource=0) => done
             source {LOOKUP} => error 42/10
             destination {LOOKUP} => found
             destination {STATE} => running 2
             end: guest is on the destination, running (migrated)"
        ),
    );
    let request = Request { way: Way::Direct, uri: Some("tcp:dst:1".into()), ..Request::live(guest(7)) };
    let reports = [MigrationDirect, MigrationV3, MigrationParams].into_iter().collect();
    check(
        Plan::choose(request, Wish::Auto, reports, Features::NONE).expect("it is reported"),
        "source 212 domain_get_state(dom=guest) => running 1
             source 216 domain_migrate_perform3(dom=guest, dconnuri=null, xml=null, uri=tcp:dst:1, dname=null, resource=0, flags=LIVE) => unsent
             end: the guest stayed on the source, untouched; reason: domain_migrate_perform3 on the source: not sent: connection refused",
    );
}

/// The source may yet begin what it was asked for; and by itself it comes to an end.
#[test]
fn a_reply_that_was_lost() {
    after(
        "lost",
        &format!(
            "source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => running 1
             wait: a job runs
             retry
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             destination {LOOKUP} => error 42/10
             wait: WhetherTheSourceStillMovesIt
             retry
             source {LOOKUP} => error 42/10
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             wait: WhetherItArrived
             retry
             source {LOOKUP} => error 42/10
             destination {LOOKUP} => found
             destination {STATE} => running 2
             end: guest is on the destination, running (migrated) (on the way: domain_migrate_perform3_params on the source: no reply: connection closed)"
        ),
    );
}

/// A job that is seen and over proves nothing, as it may be another one's. That the daemon has ended since is the caller's word: then a guest that
/// runs there while the destination has none is on the source, and one that is paused may have been handed over, paused as it was.
#[test]
fn a_source_whose_daemon_has_ended_by_the_callers_word() {
    let doubt = |state: &str| {
        format!(
            "source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => {state}
             destination {LOOKUP} => error 42/10"
        )
    };
    let runs = doubt("running 1");
    after(
        "lost",
        &format!(
            "source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => running 1
             wait: a job runs
             retry
             {runs}
             wait: WhetherTheSourceStillMovesIt
             ended
             {runs}
             end: the guest did not move; the source says: running (booted); reason: domain_migrate_perform3_params on the source: no reply: connection closed"
        ),
    );
    let is_paused = doubt("paused 1");
    after(
        "lost",
        &format!(
            "{is_paused}
             wait: WhetherTheSourceStillMovesIt
             ended
             {is_paused}
             wait: WhetherTheSourceStillMovesIt
             stop"
        ),
    );
    // Nobody is heard who has it.
    after(
        "lost",
        &format!(
            "{runs}
             wait: WhetherTheSourceStillMovesIt
             ended
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             destination {LOOKUP} => unsent
             wait: WhetherTheSourceStillMovesIt
             stop"
        ),
    );
}

/// The destination is seen to run it, so the copy goes; a success leaves one too when the source's Confirm has failed.
#[test]
fn a_paused_copy_that_the_source_leaves() {
    let copy = format!("source {LOOKUP} => found\n {JOB} => job 0\n source {STATE} => paused 2");
    after(
        "performed",
        &format!(
            "{copy}
             destination {LOOKUP} => found
             destination {STATE} => running 2
             {copy}
             source 12 domain_destroy(dom=guest) => done
             source {LOOKUP} => error 42/10
             end: guest is on the destination, running (migrated)"
        ),
    );
    // Where it does not, the guest may have run there: only the caller may say that it has not.
    after(
        "error 9/10",
        &format!(
            "{copy}
             destination {LOOKUP} => unsent
             wait: WhetherItTookOver
             retry
             {copy}
             destination {LOOKUP} => error 42/10
             wait: WhetherItRanThere
             cancel
             source 28 domain_resume(dom=guest) => done
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 5
             end: the guest did not move; the source says: running (unpaused); reason: domain_migrate_perform3_params on the source: error 9/10: operation failed: said so"
        ),
    );
    after(
        "error 9/10",
        &format!(
            "{copy}
             destination {LOOKUP} => found
             destination {STATE} => shutoff 1
             wait: HowItEndedThere
             refused"
        ),
    );
}

/// A source that lost its connection to the destination after Finish resumes its guest, whatever the destination does.
#[test]
fn a_source_that_runs_the_guest_on_though_the_destination_has_it() {
    after(
        "error 38/7",
        &format!(
            "source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 6
             destination {LOOKUP} => found
             destination {STATE} => running 2
             wait: WhetherTheSourceRunsToo
             stop"
        ),
    );
}

#[test]
fn what_the_source_cannot_carry_out_is_refused() {
    let refused = |way: Way, flags: MigrateFlags, features: &[Feature]| {
        let request = Request { way, flags, ..Request::live(guest(7)) };
        let source = features.iter().copied().collect();
        match Plan::choose(request, Wish::Auto, source, Features::NONE) {
            Ok(plan) => plan.why().to_owned(),
            Err(refusal) => format!("{}: {refusal}", refusal.code().0),
        }
    };
    let to = |uri: &str| Way::PeerToPeer { to: uri.into() };
    let (live, all) = (MigrateFlags::LIVE, [MigrationP2p, MigrationParams, MigrationV3]);
    assert_eq!(
        refused(to("qemu://dst/system"), live, &all),
        "peer-to-peer, asked for by v3 with parameters: the source reports features MIGRATION_P2P (4) and MIGRATION_PARAMS (13); \
         the daemons agree on the version between them"
    );
    assert_eq!(
        refused(to("qemu://dst/system"), live, &[MigrationParams]),
        "74: the source would have to report feature MIGRATION_P2P (4); it reports MIGRATION_PARAMS (13)"
    );
    assert!(refused(Way::Direct, live, &all).starts_with("74: "));
    for uri in [
        "qemu:///system",
        "qemu+tcp://localhost/system",
        "qemu+ssh://root@localhost.localdomain/system",
        "dst",
    ] {
        assert!(refused(to(uri), live, &all).starts_with("8: "), "{uri}");
    }
    let own_socket = "qemu+unix:///system?socket=/run/other";
    assert!(refused(to(own_socket), live, &all).starts_with("peer-to-peer"));
    assert!(refused(Way::Managed, live | MigrateFlags::TUNNELLED, &all).starts_with("8: "));
    assert!(
        refused(to("qemu://dst/system"), MigrateFlags::TUNNELLED | MigrateFlags::OFFLINE, &all)
            .contains("55: ")
    );
    assert!(
        refused(to("qemu://dst/system"), MigrateFlags::TUNNELLED | MigrateFlags::POSTCOPY, &all)
            .contains("74: ")
    );
}
