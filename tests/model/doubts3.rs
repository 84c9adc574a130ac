//! Scripts of version 3 in which it is not known where the guest is, and what is not done then.

use virtwire_protocol::migrate::{Feature, MigrateFlags, Plan, Request, Wish};

use super::ends3::{
    BACK, BEGIN, CANCEL, CONFIRM, CONFIRM_WITHOUT, FINISH, JOB, LOOKUP, PREPARE, STATE, check_performed,
    fixed, performed,
};
use super::source::guest;
use super::talk::check;

/// After a deadline, or after a question without an answer, "no such guest" is no proof that the guest did not run there.
#[test]
fn a_finish_that_met_its_deadline() {
    check_performed(
        "performed",
        &format!(
            "{FINISH} => silent
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             wait: WhetherItRanThere
             stop"
        ),
    );
}

/// A guest that is off and shows how it ended has run; one that was destroyed may have. Only of that one the caller may say that it
/// has not.
#[test]
fn a_guest_that_shows_how_it_ended_on_the_destination() {
    let ended = "HowItEndedThere\n refused";
    let perhaps = "WhetherItRanThere\n stop";
    for (reason, doubt) in [(1, ended), (2, perhaps), (3, ended), (4, ended), (5, ended), (8, perhaps)] {
        check_performed(
            "performed",
            &format!(
                "{FINISH} => lost
                 destination {LOOKUP} => found
                 destination {STATE} => shutoff {reason}
                 source {LOOKUP} => found
                 {JOB} => job 2
                 source {STATE} => paused 2
                 wait: {doubt}"
            ),
        );
    }
    // Killed because it could not be started.
    check_performed(
        "performed",
        &format!(
            "{FINISH} => error 9/10
             destination {LOOKUP} => found
             destination {STATE} => shutoff 6
             {BACK} => done
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 6
             end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_finish3 on the destination: error 9/10: operation failed: said so"
        ),
    );
}

/// Given up is given up: the destination is told so again, and never to start the guest; and the caller's word does not reach beyond
/// what the destination says afterwards.
#[test]
fn a_guest_that_is_given_up_while_the_destination_is_silent() {
    check_performed(
        "performed",
        &format!(
            "{FINISH} => lost
             destination {LOOKUP} => unsent
             wait: WhetherItTookOver
             retry
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             wait: WhetherItRanThere
             cancel
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             {CANCEL} => lost
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             {CANCEL} => lost
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             wait: WhetherItRanThere
             retry
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => error 42/10
             end: neither host has the guest: it is lost, unless somebody else moved it; the source says: no such guest; the destination says: no such guest; reason: domain_migrate_finish3 on the destination: no reply: connection closed"
        ),
    );
    // Not asked whether it ran there, the caller has said nothing about it.
    check_performed(
        "performed",
        &format!(
            "{FINISH} => lost
             destination {LOOKUP} => unsent
             wait: WhetherItTookOver
             cancel
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             {CANCEL} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             wait: WhetherItRanThere
             cancel
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             {CANCEL} => error 42/10
             {BACK} => done
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 6
             end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_finish3 on the destination: no reply: connection closed"
        ),
    );
}

/// What the destination has may be the only copy by the time that the caller gives the guest up: the source is asked first.
#[test]
fn a_guest_that_is_given_up_when_the_source_has_lost_it() {
    let silent = format!(
        "{FINISH} => lost
         destination {LOOKUP} => unsent
         wait: WhetherItTookOver
         cancel"
    );
    check_performed(
        "performed",
        &format!(
            "{silent}
             source {LOOKUP} => error 42/10
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             {FINISH} => finished3 guest
             {CONFIRM} => error 42/10
             source {LOOKUP} => error 42/10
             end: guest is on the destination (on the way: domain_migrate_finish3 on the destination: no reply: connection closed)"
        ),
    );
    // Nor is it given up while the source does not tell.
    check_performed(
        "performed",
        &format!(
            "{silent}
             source {LOOKUP} => unsent
             wait: WhetherTheSourceHasIt
             retry
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             source {LOOKUP} => unsent
             wait: WhetherTheSourceHasIt
             retry
             destination {LOOKUP} => found
             destination {STATE} => running 2
             {CONFIRM_WITHOUT} => lost
             source {LOOKUP} => unsent
             wait: the source's copy
             retry
             source {LOOKUP} => error 42/10
             end: guest is on the destination, running (migrated) (on the way: domain_migrate_finish3 on the destination: no reply: connection closed)"
        ),
    );
}

/// What the destination holds of it may not be whole, or of a time that is past: it is a person's to say whether it shall run.
#[test]
fn a_guest_that_ended_on_the_source() {
    let ended = format!(
        "source {LOOKUP} => error 42/10
         destination {LOOKUP} => found
         destination {STATE} => paused 2
         wait: WhetherTheCopyIsGood"
    );
    check_performed("lost", &format!("{ended}\n refused"));
    check_performed(
        "lost",
        &format!(
            "{ended}
             retry
             destination {LOOKUP} => found
             destination {STATE} => running 5
             end: guest is on the destination, running (unpaused) (on the way: domain_migrate_perform3 on the source: no reply: connection closed)"
        ),
    );
    check_performed(
        "lost",
        &format!(
            "{ended}
             retry
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => error 42/10
             end: neither host has the guest: it is lost, unless somebody else moved it; the source says: no such guest; the destination says: no such guest; reason: domain_migrate_perform3 on the source: no reply: connection closed"
        ),
    );
}

/// The same when it ends after it was told to run on, and the destination has not said that its copy is gone.
#[test]
fn a_guest_that_ended_on_the_source_after_it_went_back() {
    check_performed(
        "lost",
        &format!(
            "source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => paused 2
             {CANCEL} => lost
             source 2 connect_close() => done
             source {LOOKUP} => error 42/10
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             wait: WhetherTheCopyIsGood
             stop"
        ),
    );
}

/// Somebody has resumed the source's copy: both hosts are asked until one of them does not have it.
#[test]
fn a_source_that_runs_what_the_destination_took_over() {
    let twice = format!(
        "{FINISH} => finished3 guest
         {CONFIRM} => error 55/10
         source {LOOKUP} => found
         {JOB} => job 0
         source {STATE} => running 5
         wait: WhetherTheSourceRunsToo
         retry"
    );
    check_performed(
        "performed",
        &format!(
            "{twice}
             destination {LOOKUP} => found
             destination {STATE} => running 2
             source {LOOKUP} => error 42/10
             end: guest is on the destination, running (migrated) (on the way: domain_migrate_confirm3 on the source: error 55/10: Requested operation is not valid: said so)"
        ),
    );
    check_performed(
        "performed",
        &format!(
            "{twice}
             destination {LOOKUP} => unsent
             wait: WhetherTheSourceRunsToo
             retry
             destination {LOOKUP} => error 42/10
             end: the guest did not move; the source says: running (unpaused); reason: the destination took the guest over and no longer has it"
        ),
    );
}

/// It may be elsewhere; here is what an earlier migration left of it.
#[test]
fn a_guest_that_an_earlier_migration_left() {
    check(
        fixed(),
        &format!(
            "{}
             source {STATE} => paused 2
             {BACK} => done
             end: the guest did not move; the source says: paused (migrating); reason: an earlier migration left the guest paused (migrating), or another one is under way: once none is, find out whether it runs elsewhere, then destroy it here, or else resume it and migrate again",
            BEGIN.replace("=> running", "=> paused")
        ),
    );
    // Paused for another reason it moves, and arrives paused.
    let flags = PREPARE.replace("flags=LIVE", "flags=LIVE|PAUSED");
    check(
        fixed(),
        &format!(
            "{}
             source {STATE} => paused 1
             {flags} => error 9/20
             {} => done
             end: the guest stayed on the source, untouched; reason: domain_migrate_prepare3 on the destination: error 9/20: operation failed: said so",
            BEGIN.replace("=> running", "=> paused"),
            BACK.replace("flags=LIVE", "flags=LIVE|PAUSED"),
        ),
    );
}

/// After the switch to post-copy nothing is rolled back: the destination is told to go on, and neither copy is touched.
#[test]
fn a_post_copy_that_has_switched_over() {
    let request = Request { flags: MigrateFlags::LIVE | MigrateFlags::POSTCOPY, ..Request::live(guest(7)) };
    let features = [Feature::MigrationV3, Feature::MigrateChangeProtection].into_iter().collect();
    let plan = || Plan::choose(request.clone(), Wish::Auto, features, features).expect("version 3");
    let with = |script: &str| {
        script
            .replace("flags=LIVE", "flags=LIVE|POSTCOPY")
            .replace("LIVE|POSTCOPY|CHANGE_PROTECTION", "LIVE|CHANGE_PROTECTION|POSTCOPY")
    };
    // Perform's reply was lost: the source shows that it had succeeded.
    check(
        plan(),
        &with(&format!(
            "{}
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 12
             {} => finished3 guest
             {CONFIRM} => done
             end: guest is on the destination (on the way: domain_migrate_perform3 on the source: no reply: connection closed)",
            performed("lost"),
            FINISH.replace("cookie_in=9", "cookie_in=0"),
        )),
    );
    // The destination has lost it: no Confirm, no resume.
    check(
        plan(),
        &with(&format!(
            "{}
             {FINISH} => lost
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => paused 13
             wait: WhetherThePostCopyBroke
             refused",
            performed("performed")
        )),
    );
    // Nor is it given up.
    check(
        plan(),
        &with(&format!(
            "{}
             {FINISH} => lost
             destination {LOOKUP} => unsent
             wait: WhetherThePostCopyBroke
             cancel
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 12
             destination {LOOKUP} => found
             destination {STATE} => running 10
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 12
             wait: WhetherThePostCopyBroke
             retry
             destination {LOOKUP} => found
             destination {STATE} => running 2
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 12
             {CONFIRM_WITHOUT} => done
             end: guest is on the destination, running (migrated) (on the way: domain_migrate_finish3 on the destination: no reply: connection closed)",
            performed("performed")
        )),
    );
}
