//! Scripts of what happens when Perform or Finish has no success.

use virtwire_protocol::migrate::{Feature, Plan, Request, Wish};

use super::source::guest;
use super::talk::check;

fn v2() -> Plan {
    plan(Feature::MigrationV2)
}

fn v1() -> Plan {
    plan(Feature::MigrationV1)
}

fn plan(version: Feature) -> Plan {
    let features = [version, Feature::XmlMigratable].into_iter().collect();
    let request = Request { uri: Some("tcp:d".into()), ..Request::live(guest(7)) };
    Plan::choose(request, Wish::Auto, features, features).expect("both report the same version")
}

/// Up to Perform.
const V2: &str = "
    source 14 domain_get_xml_desc(dom=guest, flags=8) => xml
    source 16 domain_get_info(dom=guest) => running
    destination 108 domain_migrate_prepare2(uri_in=tcp:d, flags=LIVE, dname=null, resource=0, dom_xml=35 bytes) => prepared null
    source 62 domain_migrate_perform(dom=guest, cookie=9 bytes, uri=tcp:d, flags=LIVE, dname=null, resource=0)";
const V1: &str = "
    source 16 domain_get_info(dom=guest) => running
    destination 61 domain_migrate_prepare(uri_in=tcp:d, flags=LIVE, dname=null, resource=0) => prepared null
    source 62 domain_migrate_perform(dom=guest, cookie=9 bytes, uri=tcp:d, flags=LIVE, dname=null, resource=0)";
const LOOKUP: &str = "24 domain_lookup_by_uuid(uuid=2a2a2a2a-2a2a-2a2a-2a2a-2a2a2a2a2a2a)";
const JOB: &str = "source 163 domain_get_job_info(dom=guest)";
const STATE: &str = "212 domain_get_state(dom=guest)";
const FINISHED: &str =
    "destination 109 domain_migrate_finish2(dname=guest, cookie=9 bytes, uri=tcp:d, flags=LIVE, retcode=0)";
const FINISHED1: &str =
    "destination 63 domain_migrate_finish(dname=guest, cookie=9 bytes, uri=tcp:d, flags=LIVE)";
const CANCELLED: &str =
    "destination 109 domain_migrate_finish2(dname=guest, cookie=9 bytes, uri=tcp:d, flags=LIVE, retcode=1)";

/// An error of Perform may have been made up on the way, so the source is asked before the destination is
/// told.
#[test]
fn an_error_of_perform_and_a_guest_that_stayed() {
    check(
        v2(),
        &format!(
            "{V2} => error 38/7
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 6
             {CANCELLED} => error 93/10
             end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_perform on the source: error 38/7: said so"
        ),
    );
    // Version 1 has nothing to tell it by.
    check(
        v1(),
        &format!(
            "{V1} => error 38/7
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 6
             destination {LOOKUP} => error 42/10
             end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_perform on the source: error 38/7: said so"
        ),
    );
}

/// All of it had come, and the source had not heard so. A destination that cannot know keeps it, until it is told.
#[test]
fn a_whole_copy_that_the_destination_keeps_of_a_guest_that_stayed() {
    let stayed =
        format!("error 38/7\n source {LOOKUP} => found\n {JOB} => job 0\n source {STATE} => running 6");
    let copy = format!("destination {LOOKUP} => found\n destination {STATE} => paused 2");
    let end = "end: the guest did not move; the source says: running (migration canceled); \
               reason: domain_migrate_perform on the source: error 38/7: said so";
    let left = "; the destination did not confirm that it keeps nothing";
    let kept = "if a paused copy that came by this migration is still there, and no other one of the guest is under way, destroy it and never resume it";
    check(
        v2(),
        &format!("{V2} => {stayed}\n {CANCELLED} => lost\n {copy}\n {CANCELLED} => error 93/10\n {end}"),
    );
    check(
        v2(),
        &format!(
            "{V2} => {stayed}\n {CANCELLED} => lost\n destination {LOOKUP} => unsent\n \
             {end}{left} (it says: no answer (not sent: connection refused)): {kept}"
        ),
    );
    // Somebody's own, which was there before.
    check(
        v1(),
        &format!(
            "{V1} => {stayed}\n destination {LOOKUP} => found\n destination {STATE} => paused 1\n {end}"
        ),
    );
    // Nobody says that it is somebody's own.
    for (said, words) in [("paused", "paused"), ("paused 0", "paused"), ("paused 11", "paused (starting up)")]
    {
        check(
            v1(),
            &format!(
                "{V1} => {stayed}\n destination {LOOKUP} => found\n destination {STATE} => {said}\n \
                 {end}{left} (it says: {words}): {kept}"
            ),
        );
    }
    let removed = format!("{copy}\n destination 12 domain_destroy(dom=guest) =>");
    check(v1(), &format!("{V1} => {stayed}\n {removed} done\n destination {LOOKUP} => error 42/10\n {end}"));
    check(
        v1(),
        &format!(
            "{V1} => {stayed}\n {removed} lost\n {copy}\n \
             {end}{left} (it says: paused (migrating)): {kept}"
        ),
    );
    // By version 1 nothing was told to run there; it may even be the source, by another name. Then a copy is not told from the guest.
    check(
        v1(),
        &format!(
            "{V1} => {stayed}\n destination {LOOKUP} => found\n destination {STATE} => running 1\n \
             {end}{left} (it says: running (booted)): {kept}"
        ),
    );
    let paused = stayed.replace("running 6", "paused 2");
    let end = end.replace("running (migration canceled)", "paused (migrating)");
    check(v1(), &format!("{V1} => {paused}\n {copy}\n {end}{left} (it says: paused (migrating)): {kept}"));
}

#[test]
fn an_error_of_perform_and_a_guest_that_has_left() {
    let arrives = format!(
        "{FINISHED} => finished guest
         destination 16 domain_get_info(dom=guest) => running
         end: guest is on the destination, running (on the way: domain_migrate_perform on the source: error 38/7: said so)"
    );
    // Transient: it is absent.
    check(v2(), &format!("{V2} => error 38/7\n source {LOOKUP} => error 42/10\n {arrives}"));
    // Persistent: it is shut off.
    check(
        v2(),
        &format!(
            "{V2} => error 38/7
             source {LOOKUP} => found
             {JOB} => error 55/10
             source {STATE} => shutoff 4
             {arrives}"
        ),
    );
}

/// A job may be Perform's, so it is waited for; the last word is the state after it.
#[test]
fn a_lost_perform_that_still_runs() {
    check(
        v2(),
        &format!(
            "{V2} => lost
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => running 1
             wait: a job runs
             retry
             source {LOOKUP} => unsent
             wait: WhetherItLeft
             retry
             source {LOOKUP} => error 42/10
             {FINISHED} => finished guest
             destination 16 domain_get_info(dom=guest) => running
             end: guest is on the destination, running (on the way: domain_migrate_perform on the source: no reply: connection closed)"
        ),
    );
}

/// Nothing forbids a source to start a Perform whose caller has gone, so an idle guest is held; the
/// destination's copy going away by itself is proof that it cannot leave any more.
#[test]
fn a_lost_perform_that_may_be_queued() {
    check(
        v2(),
        &format!(
            "{V2} => lost
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             wait: WhetherPerformStillRuns
             retry
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             end: the guest did not move; the source says: running (booted); reason: domain_migrate_perform on the source: no reply: connection closed"
        ),
    );
}

/// At the caller's word the source is asked once more before, and once more after.
#[test]
fn a_lost_perform_that_is_cancelled() {
    let hold = format!(
        "{V2} => lost
         source {LOOKUP} => found
         {JOB} => job 0
         source {STATE} => running 1
         destination {LOOKUP} => found
         destination {STATE} => paused 2
         wait: WhetherPerformStillRuns
         cancel
         source {LOOKUP} => found
         {JOB} => job 0
         source {STATE} => running 1
         {CANCELLED} => error 93/10"
    );
    check(
        v2(),
        &format!(
            "{hold}
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             end: the guest did not move; the source says: running (booted); reason: domain_migrate_perform on the source: no reply: connection closed"
        ),
    );
    // The source started it in that very moment.
    check(
        v2(),
        &format!(
            "{hold}
             source {LOOKUP} => error 42/10
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => error 42/10
             end: neither host has the guest: it is lost, unless somebody else moved it; the source says: no such guest; the destination says: no such guest; reason: domain_migrate_perform on the source: no reply: connection closed"
        ),
    );
}

/// Version 1 has no call to cancel with: the connection that prepared is closed.
#[test]
fn a_lost_perform_of_version_1_that_is_cancelled() {
    check(
        v1(),
        &format!(
            "{V1} => lost
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             destination {LOOKUP} => error 42/10
             wait: WhetherPerformStillRuns
             cancel
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             destination 2 connect_close() => done
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             destination {LOOKUP} => error 42/10
             end: the guest did not move; the source says: running (booted); reason: domain_migrate_perform on the source: no reply: connection closed"
        ),
    );
}

/// Where nobody knows whether that has reached it, no other word would tell it any more than the first: it is not asked for again.
#[test]
fn a_destination_of_version_1_that_is_not_known_to_be_told() {
    let there = format!("source {LOOKUP} => found\n {JOB} => job 0\n source {STATE} => running 1");
    check(
        v1(),
        &format!(
            "{V1} => lost
             {there}
             destination {LOOKUP} => error 42/10
             wait: WhetherPerformStillRuns
             cancel
             {there}
             destination 2 connect_close() => lost
             destination {LOOKUP} => error 42/10
             wait: WhetherItIsAwaited
             retry
             {there}
             destination 2 connect_close() => lost
             destination {LOOKUP} => error 42/10
             wait: WhetherItIsAwaited
             refused"
        ),
    );
}

/// All of it has come, and a source that cannot tell of jobs may be about to drop its own: whoever has seen that it does not says so.
#[test]
fn a_whole_copy_of_version_1_whose_source_cannot_tell_of_jobs() {
    let there = format!("source {LOOKUP} => found\n {JOB} => unknown 163\n source {STATE} => running 1");
    let whole = format!("destination {LOOKUP} => found\n destination {STATE} => paused 2");
    let doubt = format!(
        "{V1} => lost
         {there}
         destination {LOOKUP} => error 42/10
         wait: WhetherPerformStillRuns
         cancel
         {there}
         destination 2 connect_close() => done
         {there}
         {whole}
         wait: WhetherItIsAboutToLeave"
    );
    check(
        v1(),
        &format!(
            "{doubt}
             cancel
             {there}
             {whole}
             end: the guest did not move; the source says: running (booted), it cannot tell of jobs; reason: domain_migrate_perform on the source: no reply: connection closed; the destination did not confirm that it keeps nothing (it says: paused (migrating)): if a paused copy that came by this migration is still there, and no other one of the guest is under way, destroy it and never resume it"
        ),
    );
    check(
        v1(),
        &format!(
            "{doubt}
             retry
             source {LOOKUP} => error 42/10
             {FINISHED1} => finished guest
             destination 16 domain_get_info(dom=guest) => running
             end: guest is on the destination, running (on the way: domain_migrate_perform on the source: no reply: connection closed)"
        ),
    );
}

#[test]
fn a_perform_that_was_never_sent_needs_no_question() {
    check(
        v2(),
        &format!(
            "{V2} => unsent
             {CANCELLED} => error 93/10
             end: the guest stayed on the source, untouched; reason: domain_migrate_perform on the source: not sent: connection refused"
        ),
    );
}

/// The destination has the only copy, so it is told again until it has answered.
#[test]
fn a_finish_that_was_lost() {
    check(
        v2(),
        &format!(
            "{V2} => done
             {FINISHED} => lost
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             {FINISHED} => finished guest
             destination 16 domain_get_info(dom=guest) => running
             end: guest is on the destination, running (on the way: domain_migrate_finish2 on the destination: no reply: connection closed)"
        ),
    );
    check(
        v2(),
        &format!(
            "{V2} => done
             {FINISHED} => lost
             destination {LOOKUP} => unsent
             wait: WhetherItArrived
             retry
             destination {LOOKUP} => found
             destination {STATE} => running 2
             end: guest is on the destination, running (migrated) (on the way: domain_migrate_finish2 on the destination: no reply: connection closed)"
        ),
    );
}

/// Version 2 leaves a guest that it cannot resume paused. A second Finish tells that from one that still
/// waits.
#[test]
fn a_finish_that_could_not_resume_the_guest() {
    check(
        v2(),
        &format!(
            "{V2} => done
             {FINISHED} => error 1/10
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             {FINISHED} => error 55/10
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             end: guest is on the destination, paused (migrating) (on the way: domain_migrate_finish2 on the destination: error 1/10: internal error: said so)"
        ),
    );
}

/// Lost only when both hosts have said so.
#[test]
fn a_guest_that_the_destination_has_destroyed() {
    check(
        v2(),
        &format!(
            "{V2} => done
             {FINISHED} => error 42/10
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => lost
             wait: WhetherItArrived
             retry
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => error 55/10
             source {STATE} => shutoff 4
             end: neither host has the guest: it is lost, unless somebody else moved it; the source says: shut off (migrated); the destination says: no such guest; reason: domain_migrate_finish2 on the destination: error 42/10: Domain not found: said so"
        ),
    );
}

/// Finish may succeed and the guest end before it is asked for.
#[test]
fn a_guest_that_arrived_and_vanished() {
    check(
        v2(),
        &format!(
            "{V2} => done
             {FINISHED} => finished guest
             destination 16 domain_get_info(dom=guest) => error 42/10
             source {LOOKUP} => error 42/10
             end: neither host has the guest: it is lost, unless somebody else moved it; the source says: no such guest; the destination says: no such guest; reason: the destination took the guest over and no longer has it"
        ),
    );
}

/// Whatever Perform and Finish have answered, the hosts' last words count.
#[test]
fn a_guest_that_the_source_has_after_all() {
    check(
        v2(),
        &format!(
            "{V2} => done
             {FINISHED} => error 42/10
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 1
             end: the guest did not move; the source says: running (booted); reason: domain_migrate_finish2 on the destination: error 42/10: Domain not found: said so"
        ),
    );
}

/// A source that cannot tell of jobs (no procedure 163, or error 84) may still run the Perform that it has answered with an
/// error, so the destination's copy goes first and the source has the last word.
#[test]
fn an_error_of_perform_from_a_source_that_cannot_tell_of_jobs() {
    for untold in ["unknown 163", "error 84/10"] {
        check(
            v2(),
            &format!(
                "{V2} => error 38/10
                 source {LOOKUP} => found
                 {JOB} => {untold}
                 source {STATE} => unknown 212
                 source 16 domain_get_info(dom=guest) => running
                 {CANCELLED} => error 93/10
                 source {LOOKUP} => found
                 {JOB} => {untold}
                 source {STATE} => unknown 212
                 source 16 domain_get_info(dom=guest) => running
                 end: the guest did not move; the source says: running, it cannot tell of jobs; reason: domain_migrate_perform on the source: error 38/10: said so"
            ),
        );
        // One that somebody on the way may have made up: all may have come, and the source be about to drop its own.
        check(
            v2(),
            &format!(
                "{V2} => error 38/7
                 source {LOOKUP} => found
                 {JOB} => {untold}
                 source {STATE} => unknown 212
                 source 16 domain_get_info(dom=guest) => running
                 destination {LOOKUP} => found
                 destination {STATE} => paused 2
                 wait: WhetherPerformStillRuns
                 retry
                 source {LOOKUP} => error 42/10
                 {FINISHED} => finished guest
                 destination 16 domain_get_info(dom=guest) => running
                 end: guest is on the destination, running (on the way: domain_migrate_perform on the source: error 38/7: said so)"
            ),
        );
    }
}
