//! Scripts of version 3: what each form sends, and what happens when a step has no success.

use virtwire_protocol::migrate::{DomainXml, Feature, MigrateFlags, Param, ParamValue, Plan, Request, Wish};

use super::source::guest;
use super::talk::check;
use Feature::{MigrateChangeProtection, MigrationOffline, MigrationParams, MigrationV3};

fn plan(request: Request, features: &[Feature]) -> Plan {
    let features = features.iter().copied().collect();
    Plan::choose(request, Wish::Auto, features, features).expect("both report the same version")
}

pub(super) fn fixed() -> Plan {
    plan(Request::live(guest(7)), &[MigrationV3, MigrateChangeProtection])
}

pub(super) const BEGIN: &str = "
    source 213 domain_migrate_begin3(dom=guest, xml=null, uri=null, dname=null, resource=0, flags=LIVE|CHANGE_PROTECTION) => begun
    source 16 domain_get_info(dom=guest) => running";
pub(super) const PREPARE: &str = "destination 214 domain_migrate_prepare3(cookie_in=5 bytes, xml=35 bytes, uri=null, dname=null, resource=0, flags=LIVE)";
pub(super) const PERFORM: &str = "source 216 domain_migrate_perform3(dom=guest, cookie_in=9 bytes, xml=35 bytes, uri=tcp:dst:49152, dname=null, resource=0, flags=LIVE|CHANGE_PROTECTION)";
pub(super) const FINISH: &str = "destination 217 domain_migrate_finish3(cookie_in=9 bytes, xml=35 bytes, uri=tcp:dst:49152, dname=guest, resource=0, flags=LIVE, cancelled=0)";
pub(super) const CANCEL: &str = "destination 217 domain_migrate_finish3(cookie_in=0 bytes, xml=35 bytes, uri=tcp:dst:49152, dname=guest, resource=0, flags=LIVE, cancelled=1)";
pub(super) const CONFIRM: &str = "source 218 domain_migrate_confirm3(dom=guest, cookie_in=8 bytes, flags=LIVE|CHANGE_PROTECTION, cancelled=0)";
pub(super) const CONFIRM_WITHOUT: &str = "source 218 domain_migrate_confirm3(dom=guest, cookie_in=0 bytes, flags=LIVE|CHANGE_PROTECTION, cancelled=0)";
pub(super) const BACK: &str = "source 218 domain_migrate_confirm3(dom=guest, cookie_in=0 bytes, flags=LIVE|CHANGE_PROTECTION, cancelled=1)";
pub(super) const LOOKUP: &str = "24 domain_lookup_by_uuid(uuid=2a2a2a2a-2a2a-2a2a-2a2a-2a2a2a2a2a2a)";
pub(super) const JOB: &str = "source 163 domain_get_job_info(dom=guest)";
pub(super) const STATE: &str = "212 domain_get_state(dom=guest)";

/// Up to Perform's answer.
pub(super) fn performed(answer: &str) -> String {
    format!("{BEGIN}\n {PREPARE} => prepared tcp:dst:49152\n {PERFORM} => {answer}")
}

/// A script of the fixed form that begins so, and goes on by these lines.
#[track_caller]
pub(super) fn check_performed(answer: &str, rest: &str) {
    check(fixed(), &format!("{}\n{rest}", performed(answer)));
}

#[test]
fn six_calls_in_this_order() {
    check_performed(
        "performed",
        &format!(
            "{FINISH} => finished3 guest
             {CONFIRM} => done
             end: guest is on the destination"
        ),
    );
}

/// Parameters are edited: Begin's XML, the destination's URI, and a name for Finish.
#[test]
fn with_parameters_everything_asked_for_and_a_paused_guest() {
    let flags = MigrateFlags::LIVE
        | MigrateFlags::PERSIST_DEST
        | MigrateFlags::ABORT_ON_ERROR
        | MigrateFlags::AUTO_CONVERGE;
    let request = Request {
        flags,
        bandwidth_mib_s: 32,
        persistent_xml: Some(DomainXml("<domain/>".into())),
        params: vec![
            Param::string("migrate_disks", "vda"),
            Param { field: "disks_port".into(), value: ParamValue::Int(49200) },
        ],
        ..Request::live(guest(7))
    };
    check(
        plan(request, &[MigrationParams, MigrateChangeProtection]),
        "source 302 domain_migrate_begin3_params(dom=guest, params=[persistent_xml=9 bytes, bandwidth=32, migrate_disks=vda, disks_port=49200], flags=LIVE|PERSIST_DEST|CHANGE_PROTECTION|ABORT_ON_ERROR|AUTO_CONVERGE) => begun
         source 212 domain_get_state(dom=guest) => paused 1
         destination 303 domain_migrate_prepare3_params(cookie_in=5 bytes, params=[persistent_xml=9 bytes, bandwidth=32, migrate_disks=vda, disks_port=49200, destination_xml=35 bytes], flags=LIVE|PERSIST_DEST|PAUSED) => prepared tcp:dst:49152
         source 305 domain_migrate_perform3_params(dom=guest, cookie_in=9 bytes, params=[persistent_xml=9 bytes, bandwidth=32, migrate_disks=vda, disks_port=49200, destination_xml=35 bytes, migrate_uri=tcp:dst:49152], flags=LIVE|PERSIST_DEST|PAUSED|CHANGE_PROTECTION|ABORT_ON_ERROR|AUTO_CONVERGE) => performed
         destination 306 domain_migrate_finish3_params(cookie_in=9 bytes, params=[persistent_xml=9 bytes, bandwidth=32, migrate_disks=vda, disks_port=49200, destination_xml=35 bytes, migrate_uri=tcp:dst:49152, destination_name=guest], flags=LIVE|PERSIST_DEST|PAUSED, cancelled=0) => finished3 guest
         source 307 domain_migrate_confirm3_params(dom=guest, cookie_in=8 bytes, flags=LIVE|PERSIST_DEST|PAUSED|CHANGE_PROTECTION|ABORT_ON_ERROR|AUTO_CONVERGE, cancelled=0) => done
         end: guest is on the destination",
    );
}

/// Only a definition moves: nothing is performed, cookies may be empty.
#[test]
fn a_guest_that_does_not_run() {
    let flags = MigrateFlags::OFFLINE | MigrateFlags::PERSIST_DEST;
    check(
        plan(Request { flags, ..Request::live(guest(-1)) }, &[MigrationV3, MigrationOffline]),
        "source 213 domain_migrate_begin3(dom=guest, xml=null, uri=null, dname=null, resource=0, flags=PERSIST_DEST|OFFLINE) => begun nothing
         source 16 domain_get_info(dom=guest) => shutoff
         destination 24 domain_lookup_by_uuid(uuid=2a2a2a2a-2a2a-2a2a-2a2a-2a2a2a2a2a2a) => error 42
         destination 214 domain_migrate_prepare3(cookie_in=0 bytes, xml=35 bytes, uri=null, dname=null, resource=0, flags=PERSIST_DEST|OFFLINE) => prepared null
         destination 217 domain_migrate_finish3(cookie_in=0 bytes, xml=35 bytes, uri=null, dname=guest, resource=0, flags=PERSIST_DEST|OFFLINE, cancelled=0) => finished3 guest
         source 218 domain_migrate_confirm3(dom=guest, cookie_in=8 bytes, flags=PERSIST_DEST|OFFLINE, cancelled=0) => done
         end: guest is on the destination",
    );
}

const FINISH_DEFINITION: &str = "destination 217 domain_migrate_finish3(cookie_in=0 bytes, xml=35 bytes, uri=null, dname=guest, resource=0, flags=PERSIST_DEST|UNDEFINE_SOURCE|OFFLINE, cancelled=0)";

/// Up to Finish, of a definition whose older version the destination may have.
fn sent_definition(before: &str, answer: &str) -> String {
    format!(
        "source 213 domain_migrate_begin3(dom=guest, xml=null, uri=null, dname=null, resource=0, flags=PERSIST_DEST|UNDEFINE_SOURCE|OFFLINE) => begun nothing
         source 16 domain_get_info(dom=guest) => shutoff
         destination {LOOKUP} => {before}
         destination 214 domain_migrate_prepare3(cookie_in=0 bytes, xml=35 bytes, uri=null, dname=null, resource=0, flags=PERSIST_DEST|UNDEFINE_SOURCE|OFFLINE) => prepared null
         destination 217 domain_migrate_finish3(cookie_in=0 bytes, xml=35 bytes, uri=null, dname=guest, resource=0, flags=PERSIST_DEST|UNDEFINE_SOURCE|OFFLINE, cancelled=0) => {answer}"
    )
}

fn definition() -> Plan {
    let flags = MigrateFlags::OFFLINE | MigrateFlags::PERSIST_DEST | MigrateFlags::UNDEFINE_SOURCE;
    plan(Request { flags, ..Request::live(guest(-1)) }, &[MigrationV3, MigrationOffline])
}

/// Confirm of a definition, which either removes the source's or keeps it.
const UNDEFINE: &str = "source 218 domain_migrate_confirm3(dom=guest, cookie_in=0 bytes, flags=PERSIST_DEST|UNDEFINE_SOURCE|OFFLINE, cancelled=0) => done";
const KEEP: &str = "source 218 domain_migrate_confirm3(dom=guest, cookie_in=0 bytes, flags=PERSIST_DEST|UNDEFINE_SOURCE|OFFLINE, cancelled=1) => done";

/// What the source says of a definition that it has kept.
fn kept() -> String {
    format!("source {LOOKUP} => found\n {JOB} => error 55\n source {STATE} => shutoff 0")
}

/// Whether the destination has kept the definition, only it can tell.
#[test]
fn a_definition_whose_finish_is_lost() {
    let began = sent_definition("error 42", "lost");
    let lost = "domain_migrate_finish3 on the destination: no reply: connection closed";
    check(
        definition(),
        &format!(
            "{began}
             destination {LOOKUP} => unsent
             wait: WhetherItWasDefined
             retry
             destination {LOOKUP} => found
             destination {STATE} => shutoff 0
             {FINISH_DEFINITION} => error 55/10
             destination {LOOKUP} => found
             destination {STATE} => shutoff 0
             {UNDEFINE}
             end: guest is on the destination (on the way: {lost})"
        ),
    );
    check(
        definition(),
        &format!(
            "{began}
             destination {LOOKUP} => error 42
             {FINISH_DEFINITION} => error 42
             destination {LOOKUP} => error 42
             {KEEP}
             {}
             end: the guest did not move; the source says: shut off; reason: {lost}",
            kept()
        ),
    );
    // What it shows may be what it has prepared, and no more: it is told again.
    check(
        definition(),
        &format!(
            "{began}
             destination {LOOKUP} => found
             destination {STATE} => shutoff 0
             {FINISH_DEFINITION} => lost
             destination {LOOKUP} => found
             destination {STATE} => shutoff 0
             wait: WhetherItWasDefined
             retry
             destination {LOOKUP} => found
             destination {STATE} => shutoff 0
             {FINISH_DEFINITION} => finished3 guest
             {}
             end: guest is on the destination (on the way: {lost})",
            UNDEFINE.replace("cookie_in=0", "cookie_in=8")
        ),
    );
    check(
        definition(),
        &format!(
            "{began}
             destination {LOOKUP} => unsent
             wait: WhetherItWasDefined
             refused"
        ),
    );
}

/// With its definition elsewhere somebody might start a guest twice that runs.
#[test]
fn a_guest_that_runs_is_not_moved_by_its_definition() {
    check(
        definition(),
        "source 213 domain_migrate_begin3(dom=guest, xml=null, uri=null, dname=null, resource=0, flags=PERSIST_DEST|UNDEFINE_SOURCE|OFFLINE) => begun nothing
         source 16 domain_get_info(dom=guest) => running
         end: the guest did not move; the source says: running; reason: the guest is running, and OFFLINE moves what does not run: with its definition elsewhere somebody might start it twice",
    );
}

/// What a destination shows that had a definition before may be that one, and then the source's is the only one that was to move.
#[test]
fn a_definition_that_the_destination_had_before() {
    let lost = "domain_migrate_finish3 on the destination: no reply: connection closed";
    for before in [format!("found\n destination {STATE} => shutoff 0"), "unsent".to_owned()] {
        check(
            definition(),
            &format!(
                "{}
                 destination {LOOKUP} => found
                 destination {STATE} => shutoff 0
                 {FINISH_DEFINITION} => error 55/10
                 destination {LOOKUP} => found
                 destination {STATE} => shutoff 0
                 wait: WhetherItWasDefined
                 retry
                 destination {LOOKUP} => found
                 destination {STATE} => shutoff 0
                 wait: WhetherItWasDefined
                 cancel
                 {KEEP}
                 {}
                 end: the guest did not move; the source says: shut off; reason: {lost}; the destination has a definition of it, from before or by this migration (it says: shut off): start the guest on one of them only, or undefine it there",
                sent_definition(&before, "lost"),
                kept()
            ),
        );
    }
    check(
        definition(),
        &format!(
            "{}
             {KEEP}
             {}
             end: the guest did not move; the source says: shut off; reason: domain_migrate_finish3 on the destination: error 38/10: said so",
            sent_definition(&format!("found\n destination {STATE} => shutoff 0"), "error 38/10"),
            kept()
        ),
    );
}

/// Daemons of QEMU's driver do not survive an empty cookie in Prepare and Perform, so none is sent.
#[test]
fn an_empty_cookie_goes_nowhere() {
    check(
        fixed(),
        &format!(
            "source 213 domain_migrate_begin3(dom=guest, xml=null, uri=null, dname=null, resource=0, flags=LIVE|CHANGE_PROTECTION) => begun nothing
             {BACK} => done
             end: the guest stayed on the source, untouched; reason: the source returned no migration cookie, and the other host is not sent an empty one"
        ),
    );
    check(
        fixed(),
        &format!(
            "{BEGIN}
             {PREPARE} => prepared-without tcp:dst:49152
             {CANCEL} => error 93/10
             {BACK} => done
             end: the guest stayed on the source, untouched; reason: the destination returned no migration cookie, and the other host is not sent an empty one"
        ),
    );
}

/// The source is let go of; the destination, which has nothing, is not told.
#[test]
fn a_prepare_that_fails() {
    check(
        fixed(),
        &format!(
            "{BEGIN}
             {PREPARE} => error 9/20
             {BACK} => done
             end: the guest stayed on the source, untouched; reason: domain_migrate_prepare3 on the destination: error 9/20: operation failed: said so"
        ),
    );
    check(
        plan(Request::live(guest(7)), &[MigrationV3]),
        "source 213 domain_migrate_begin3(dom=guest, xml=null, uri=null, dname=null, resource=0, flags=LIVE) => begun
         source 16 domain_get_info(dom=guest) => running
         destination 214 domain_migrate_prepare3(cookie_in=5 bytes, xml=35 bytes, uri=null, dname=null, resource=0, flags=LIVE) => error 9/20
         end: the guest stayed on the source, untouched; reason: domain_migrate_prepare3 on the destination: error 9/20: operation failed: said so",
    );
}

/// Where Perform failed because the destination had, the destination's word is told with it: it has ended its copy. Any other word of
/// its does not say so.
#[test]
fn a_perform_that_fails_for_a_reason_of_the_destinations() {
    let stayed = "end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_perform3 on the source: error 9/10: operation failed: said so";
    for (answer, there) in [
        ("error 1/10", "; the destination's own reason: error 1/10: internal error: said so"),
        ("error 93/10", ""),
        ("error 42/10", ""),
        (&format!("error 38/7\n destination {LOOKUP} => error 42/10"), ""),
    ] {
        check_performed(
            "error 9/10",
            &format!(
                "source {LOOKUP} => found
                 {JOB} => error 55
                 source {STATE} => running 6
                 {CANCEL} => {answer}
                 {stayed}{there}"
            ),
        );
    }
}

/// As with libvirt's client, except that the source is asked first, and that the destination gets no cookie of its own.
#[test]
fn a_perform_that_fails() {
    check_performed(
        "error 38/7",
        &format!(
            "source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 6
             {CANCEL} => error 93/10
             end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_perform3 on the source: error 38/7: said so"
        ),
    );
}

/// The source cannot lose the guest by it, so it goes back at once. No Confirm: the source may have ended the migration by itself, and
/// somebody else begun one.
#[test]
fn a_lost_perform() {
    check_performed(
        "lost",
        &format!(
            "source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => paused 2
             {CANCEL} => error 93/10
             source 2 connect_close() => done
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => paused 2
             source 28 domain_resume(dom=guest) => done
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 5
             end: the guest did not move; the source says: running (unpaused); reason: domain_migrate_perform3 on the source: no reply: connection closed"
        ),
    );
}

/// It ended and was started again, and another migration has paused that one: it is not for this one to resume.
#[test]
fn a_lost_perform_and_another_run_of_the_guest() {
    check_performed(
        "lost",
        &format!(
            "source {LOOKUP} => found 9
             {JOB} => job 0
             source {STATE} => paused 2
             {CANCEL} => error 93/10
             source 2 connect_close() => done
             source {LOOKUP} => found 9
             {JOB} => job 0
             source {STATE} => paused 2
             wait: WhetherItWasMovedSince
             stop"
        ),
    );
}

/// Unlike libvirt's client: whether the destination runs it is found out before the source is told anything.
#[test]
fn a_lost_finish() {
    check_performed(
        "performed",
        &format!(
            "{FINISH} => lost
             destination {LOOKUP} => found
             destination {STATE} => running 2
             {CONFIRM_WITHOUT} => done
             end: guest is on the destination, running (migrated) (on the way: domain_migrate_finish3 on the destination: no reply: connection closed)"
        ),
    );
    check_performed(
        "performed",
        &format!(
            "{FINISH} => lost
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             wait: WhetherItRanThere
             stop"
        ),
    );
}

/// A destination that has refused to start the guest has not run it; one of which nothing was heard for a while after that may have.
#[test]
fn a_finish_that_the_destination_refused() {
    check_performed(
        "performed",
        &format!(
            "{FINISH} => error 9/10
             destination {LOOKUP} => error 42/10
             {BACK} => done
             source {LOOKUP} => found
             {JOB} => error 55/10
             source {STATE} => running 6
             end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_finish3 on the destination: error 9/10: operation failed: said so"
        ),
    );
    // Refused because it was started before.
    check_performed(
        "performed",
        &format!(
            "{FINISH} => error 55/10
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             wait: WhetherItRanThere
             stop"
        ),
    );
    check_performed(
        "performed",
        &format!(
            "{FINISH} => error 9/10
             destination {LOOKUP} => unsent
             wait: WhetherItTookOver
             retry
             destination {LOOKUP} => error 42/10
             source {LOOKUP} => found
             {JOB} => job 2
             source {STATE} => paused 2
             wait: WhetherItRanThere
             stop"
        ),
    );
}

/// A destination that was silent may have run the guest until it ended; that it did not is the caller's word.
#[test]
fn a_destination_that_was_silent_after_finish() {
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
             {CANCEL} => error 42/10
             {BACK} => done
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 6
             end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_finish3 on the destination: no reply: connection closed"
        ),
    );
}

/// Never sent, it can have started nothing.
#[test]
fn a_finish_that_never_left() {
    check_performed(
        "performed",
        &format!(
            "{FINISH} => unsent
             {BACK} => done
             source {LOOKUP} => found
             {JOB} => job 0
             source {STATE} => running 6
             end: the guest did not move; the source says: running (migration canceled); reason: domain_migrate_finish3 on the destination: not sent: connection refused"
        ),
    );
}

/// The destination runs it, and a paused copy that the source has forgotten is removed.
#[test]
fn a_confirm_that_fails() {
    let again = format!("source {LOOKUP} => found\n {JOB} => job 0\n source {STATE} => paused 2");
    check_performed(
        "performed",
        &format!(
            "{FINISH} => finished3 guest
             {CONFIRM} => lost
             {again}
             {CONFIRM} => error 55/10
             {again}
             source 12 domain_destroy(dom=guest) => done
             source {LOOKUP} => error 42/10
             end: guest is on the destination (on the way: domain_migrate_confirm3 on the source: no reply: connection closed)"
        ),
    );
    check_performed(
        "performed",
        &format!(
            "{FINISH} => finished3 guest
             {CONFIRM} => lost
             {}
             source {LOOKUP} => unsent
             end: guest is on the destination (on the way: domain_migrate_confirm3 on the source: no reply: connection closed); the source did not confirm that its paused copy is gone (it says: no answer (not sent: connection refused)): if it is still there, destroy it and never resume it",
            format!("source {LOOKUP} => unsent\n wait: the source's copy\n retry\n ").repeat(20),
        ),
    );
    // A silent one is not asked for longer than twenty seconds.
    check_performed(
        "performed",
        &format!(
            "{FINISH} => finished3 guest
             {CONFIRM} => lost
             {}
             source {LOOKUP} => silent
             end: guest is on the destination (on the way: domain_migrate_confirm3 on the source: no reply: connection closed); the source did not confirm that its paused copy is gone (it says: no answer (no reply: deadline passed)): if it is still there, destroy it and never resume it",
            format!("source {LOOKUP} => silent\n wait: the source's copy\n retry\n ").repeat(2),
        ),
    );
}

/// A source that is back in a moment has its copy removed, and one that keeps the guest's definition says so.
#[test]
fn a_source_that_is_started_again_before_confirm() {
    let flags = MigrateFlags::LIVE | MigrateFlags::PERSIST_DEST | MigrateFlags::UNDEFINE_SOURCE;
    let request = Request { flags, ..Request::live(guest(7)) };
    let shown = "flags=LIVE|PERSIST_DEST|UNDEFINE_SOURCE|CHANGE_PROTECTION";
    let performed = performed("performed").replace("flags=LIVE|CHANGE_PROTECTION", shown);
    let performed = performed.replace("flags=LIVE)", "flags=LIVE|PERSIST_DEST|UNDEFINE_SOURCE)");
    let finish = FINISH.replace("flags=LIVE,", "flags=LIVE|PERSIST_DEST|UNDEFINE_SOURCE,");
    let confirm = CONFIRM.replace("flags=LIVE|CHANGE_PROTECTION", shown);
    let again = format!("source {LOOKUP} => found\n {JOB} => job 0\n source {STATE} => paused 2");
    check(
        plan(request, &[MigrationV3, MigrateChangeProtection]),
        &format!(
            "{performed}
             {finish} => finished3 guest
             {confirm} => unsent
             source {LOOKUP} => unsent
             wait: the source's copy
             retry
             {again}
             {confirm} => error 55/10
             {again}
             source 12 domain_destroy(dom=guest) => done
             source {LOOKUP} => found
             {JOB} => error 55
             source {STATE} => shutoff 2
             end: guest is on the destination (on the way: domain_migrate_confirm3 on the source: not sent: connection refused); its definition is left on the source, where it was to go: undefine it there, or that host may start the guest a second time"
        ),
    );
}

#[test]
fn what_only_parameters_can_say_is_refused_without_them() {
    let features = [MigrationV3].into_iter().collect();
    let refused = |request| match Plan::choose(request, Wish::Auto, features, features) {
        Ok(plan) => plan.why().to_owned(),
        Err(refusal) => format!("{}: {refusal}", refusal.code().0),
    };
    let params = vec![Param::string("migrate_disks", "vda")];
    let needs =
        "74: a definition to keep (persistent_xml) and further parameters need version 3 with parameters";
    assert_eq!(refused(Request { params, ..Request::live(guest(7)) }), needs);
    let repeated = vec![Param::string("migrate_uri", "tcp:d")];
    assert_eq!(
        refused(Request { params: repeated, ..Request::live(guest(7)) }),
        "8: a parameter repeats what the request says by itself"
    );
    let many = vec![Param::string("migrate_disks", "vda"); 62];
    assert_eq!(refused(Request { params: many, ..Request::live(guest(7)) }), "39: more than 64 parameters");
    let xml = Some(DomainXml("<domain/>".into()));
    assert!(refused(Request { xml, ..Request::live(guest(7)) }).starts_with("v3: both report"));
}

/// A destination whose QEMU hangs keeps what it was told to give up, longer than the migration is remembered: it is asked, and what it says
/// is told.
#[test]
fn a_copy_whose_end_the_destination_does_not_confirm() {
    let given_up = format!(
        "source {LOOKUP} => found
         {JOB} => job 0
         source {STATE} => running 1
         {CANCEL} => silent"
    );
    let outcome = "the guest did not move; the source says: running (booted); reason: domain_migrate_perform3 on the source: error 78/10: operation aborted: said so";
    let left = "if a paused copy that came by this migration is still there, and no other one of the guest is under way, destroy it and never resume it";
    for (says, end) in [
        ("error 42/10", String::new()),
        (
            "silent",
            format!(
                "; the destination did not confirm that it keeps nothing (it says: no answer (no reply: deadline passed)): {left}"
            ),
        ),
    ] {
        check_performed(
            "error 78/10",
            &format!("{given_up}\n destination {LOOKUP} => {says}\n end: {outcome}{end}"),
        );
    }
    let paused = format!(
        "; the destination did not confirm that it keeps nothing (it says: paused (migrating)): {left}"
    );
    check_performed(
        "error 78/10",
        &format!(
            "{given_up}
             destination {LOOKUP} => found
             destination {STATE} => paused 2
             end: {outcome}{paused}"
        ),
    );
    // Nobody of this migration has told it to run.
    check_performed(
        "error 78/10",
        &format!(
            "{given_up}
             destination {LOOKUP} => found
             destination {STATE} => running 1
             wait: WhetherItRunsTwice
             retry
             destination {LOOKUP} => error 42/10
             end: {outcome}"
        ),
    );
}

/// Also one that was only prepared, and when the source has answered.
#[test]
fn a_copy_of_nothing_whose_end_the_destination_does_not_confirm() {
    check_performed(
        "unsent",
        &format!(
            "{CANCEL} => lost
             {BACK} => done
             destination {LOOKUP} => unsent
             end: the guest stayed on the source, untouched; reason: domain_migrate_perform3 on the source: not sent: connection refused; the destination did not confirm that it keeps nothing (it says: no answer (not sent: connection refused)): if a paused copy that came by this migration is still there, and no other one of the guest is under way, destroy it and never resume it"
        ),
    );
}
