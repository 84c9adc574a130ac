//! What each version sends, call by call and argument by argument, and what happens instead when a step has
//! no success.

use virtwire_protocol::migrate::{Feature, MigrateFlags, Plan, Request, Wish};

use super::source::guest;
use super::talk::check;
use Feature::{
    MigrateChangeProtection, MigrationParams, MigrationV1, MigrationV2, MigrationV3, XmlMigratable,
};

/// LIVE and nothing else.
fn plain(features: &[Feature]) -> Plan {
    plan(Request::live(guest(7)), features)
}

/// With a URI, a new name, a bandwidth, and flags that only the source may see.
fn with_everything(features: &[Feature]) -> Plan {
    let flags = MigrateFlags::LIVE
        | MigrateFlags::PERSIST_DEST
        | MigrateFlags::ABORT_ON_ERROR
        | MigrateFlags::AUTO_CONVERGE;
    let (uri, dname) = (Some("tcp:dst:50000".into()), Some("moved".into()));
    plan(Request { uri, dname, flags, bandwidth_mib_s: 32, ..Request::live(guest(7)) }, features)
}

fn plan(request: Request, features: &[Feature]) -> Plan {
    let features = features.iter().copied().collect();
    Plan::choose(request, Wish::Auto, features, features).expect("both report the same version")
}

#[test]
fn version_2() {
    check(
        plain(&[MigrationV2, XmlMigratable]),
        "source 14 domain_get_xml_desc(dom=guest, flags=8) => xml
         source 16 domain_get_info(dom=guest) => running
         destination 108 domain_migrate_prepare2(uri_in=null, flags=LIVE, dname=null, resource=0, dom_xml=35 bytes) => prepared tcp:dst:49152
         source 62 domain_migrate_perform(dom=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE, dname=null, resource=0) => done
         destination 109 domain_migrate_finish2(dname=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE, retcode=0) => finished guest
         destination 16 domain_get_info(dom=guest) => running
         end: guest is on the destination, running",
    );
}

#[test]
fn version_2_with_everything_asked_for() {
    check(
        with_everything(&[MigrationV2, XmlMigratable]),
        "source 14 domain_get_xml_desc(dom=guest, flags=8) => xml
         source 16 domain_get_info(dom=guest) => running
         destination 108 domain_migrate_prepare2(uri_in=tcp:dst:50000, flags=LIVE|PERSIST_DEST, dname=moved, resource=32, dom_xml=35 bytes) => prepared null
         source 62 domain_migrate_perform(dom=guest, cookie=9 bytes, uri=tcp:dst:50000, flags=LIVE|PERSIST_DEST|ABORT_ON_ERROR|AUTO_CONVERGE, dname=moved, resource=32) => done
         destination 109 domain_migrate_finish2(dname=moved, cookie=9 bytes, uri=tcp:dst:50000, flags=LIVE|PERSIST_DEST, retcode=0) => finished moved
         destination 16 domain_get_info(dom=moved) => running
         end: moved is on the destination, running",
    );
}

#[test]
fn version_2_of_a_paused_guest_from_a_source_without_migratable_xml() {
    check(
        plain(&[MigrationV2]),
        "source 14 domain_get_xml_desc(dom=guest, flags=5) => xml
         source 16 domain_get_info(dom=guest) => paused
         source 212 domain_get_state(dom=guest) => paused 1
         destination 108 domain_migrate_prepare2(uri_in=null, flags=LIVE|PAUSED, dname=null, resource=0, dom_xml=35 bytes) => prepared tcp:dst:49152
         source 62 domain_migrate_perform(dom=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE|PAUSED, dname=null, resource=0) => done
         destination 109 domain_migrate_finish2(dname=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE|PAUSED, retcode=0) => finished guest
         destination 16 domain_get_info(dom=guest) => paused
         end: guest is on the destination, paused",
    );
}

#[test]
fn version_1() {
    check(
        plain(&[MigrationV1]),
        "source 16 domain_get_info(dom=guest) => running
         destination 61 domain_migrate_prepare(uri_in=null, flags=LIVE, dname=null, resource=0) => prepared tcp:dst:49152
         source 62 domain_migrate_perform(dom=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE, dname=null, resource=0) => done
         destination 63 domain_migrate_finish(dname=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE) => finished guest
         destination 16 domain_get_info(dom=guest) => running
         end: guest is on the destination, running",
    );
}

#[test]
fn version_1_with_everything_asked_for() {
    check(
        with_everything(&[MigrationV1]),
        "source 16 domain_get_info(dom=guest) => running
         destination 61 domain_migrate_prepare(uri_in=tcp:dst:50000, flags=LIVE|PERSIST_DEST, dname=moved, resource=32) => prepared null
         source 62 domain_migrate_perform(dom=guest, cookie=9 bytes, uri=tcp:dst:50000, flags=LIVE|PERSIST_DEST|ABORT_ON_ERROR|AUTO_CONVERGE, dname=moved, resource=32) => done
         destination 63 domain_migrate_finish(dname=moved, cookie=9 bytes, uri=tcp:dst:50000, flags=LIVE|PERSIST_DEST) => finished moved
         destination 16 domain_get_info(dom=moved) => running
         end: moved is on the destination, running",
    );
}

#[test]
fn a_downgrade_by_fact() {
    check(
        plain(&[MigrationV1, MigrationV2]),
        "source 14 domain_get_xml_desc(dom=guest, flags=5) => xml
         source 16 domain_get_info(dom=guest) => running
         destination 108 domain_migrate_prepare2(uri_in=null, flags=LIVE, dname=null, resource=0, dom_xml=35 bytes) => unknown 108
         source 16 domain_get_info(dom=guest) => running
         destination 61 domain_migrate_prepare(uri_in=null, flags=LIVE, dname=null, resource=0) => prepared tcp:dst:49152
         source 62 domain_migrate_perform(dom=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE, dname=null, resource=0) => done
         destination 63 domain_migrate_finish(dname=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE) => finished guest
         destination 16 domain_get_info(dom=guest) => running
         end: guest is on the destination, running",
    );
}

/// Version 3 is begun anew in its other form, and version 1 at last, each time after the source has let the guest go.
#[test]
fn a_downgrade_by_fact_from_version_3() {
    check(
        plain(&[MigrationV1, MigrationV2, MigrationV3, MigrationParams, MigrateChangeProtection]),
        "source 302 domain_migrate_begin3_params(dom=guest, params=[], flags=LIVE|CHANGE_PROTECTION) => begun
         source 212 domain_get_state(dom=guest) => running 1
         destination 303 domain_migrate_prepare3_params(cookie_in=5 bytes, params=[destination_xml=35 bytes], flags=LIVE) => unknown 303
         source 307 domain_migrate_confirm3_params(dom=guest, cookie_in=0 bytes, flags=LIVE|CHANGE_PROTECTION, cancelled=1) => done
         source 213 domain_migrate_begin3(dom=guest, xml=null, uri=null, dname=null, resource=0, flags=LIVE|CHANGE_PROTECTION) => begun
         source 16 domain_get_info(dom=guest) => running
         destination 214 domain_migrate_prepare3(cookie_in=5 bytes, xml=35 bytes, uri=null, dname=null, resource=0, flags=LIVE) => unknown 214
         source 218 domain_migrate_confirm3(dom=guest, cookie_in=0 bytes, flags=LIVE|CHANGE_PROTECTION, cancelled=1) => done
         source 16 domain_get_info(dom=guest) => running
         destination 61 domain_migrate_prepare(uri_in=null, flags=LIVE, dname=null, resource=0) => error 9/20
         end: the guest stayed on the source, untouched; reason: domain_migrate_prepare on the destination: error 9/20: operation failed: said so",
    );
}

/// A source that does not say that it let the guest go may hold it still.
#[test]
fn a_source_that_may_hold_the_guest_is_not_asked_by_an_older_version() {
    check(
        plain(&[MigrationV1, MigrationV3, MigrationParams, MigrateChangeProtection]),
        "source 302 domain_migrate_begin3_params(dom=guest, params=[], flags=LIVE|CHANGE_PROTECTION) => begun
         source 212 domain_get_state(dom=guest) => running 1
         destination 303 domain_migrate_prepare3_params(cookie_in=5 bytes, params=[destination_xml=35 bytes], flags=LIVE) => unknown 303
         source 307 domain_migrate_confirm3_params(dom=guest, cookie_in=0 bytes, flags=LIVE|CHANGE_PROTECTION, cancelled=1) => lost
         end: the guest stayed on the source, untouched; reason: domain_migrate_prepare3_params on the destination: error 39/7: unknown procedure: 303",
    );
}

/// Version 2 tells the destination, with an empty URI in place of the null that libvirt's client fails to
/// send.
#[test]
fn without_a_uri_version_2_cancels_and_version_1_stops() {
    check(
        plain(&[MigrationV2]),
        "source 14 domain_get_xml_desc(dom=guest, flags=5) => xml
         source 16 domain_get_info(dom=guest) => running
         destination 108 domain_migrate_prepare2(uri_in=null, flags=LIVE, dname=null, resource=0, dom_xml=35 bytes) => prepared null
         destination 109 domain_migrate_finish2(dname=guest, cookie=9 bytes, uri=, flags=LIVE, retcode=1) => error 93/10
         end: the guest stayed on the source, untouched; reason: neither the caller nor the destination named a URI for the data",
    );
    check(
        plain(&[MigrationV1]),
        "source 16 domain_get_info(dom=guest) => running
         destination 61 domain_migrate_prepare(uri_in=null, flags=LIVE, dname=null, resource=0) => prepared null
         end: the guest stayed on the source, untouched; reason: neither the caller nor the destination named a URI for the data",
    );
}

#[test]
fn a_source_that_does_not_tell_the_state_is_no_reason_to_stop() {
    check(
        plain(&[MigrationV1]),
        "source 16 domain_get_info(dom=guest) => error 1/10
         destination 61 domain_migrate_prepare(uri_in=null, flags=LIVE, dname=null, resource=0) => error 9/20
         end: the guest stayed on the source, untouched; reason: domain_migrate_prepare on the destination: error 9/20: operation failed: said so",
    );
}

#[test]
fn a_guest_that_does_not_run_is_not_moved() {
    check(
        plain(&[MigrationV1]),
        "source 16 domain_get_info(dom=guest) => shutoff
         end: the guest did not move; the source says: shut off; reason: the guest is not running: shut off",
    );
    check(
        plain(&[MigrationV2]),
        "source 14 domain_get_xml_desc(dom=guest, flags=5) => error 42/10
         end: the guest did not move; the source says: no such guest; reason: domain_get_xml_desc on the source: error 42/10: Domain not found: said so",
    );
}

/// The destination's URI counts where it names one, and a name that is no new one is not told to a version 1 destination.
#[test]
fn the_destinations_uri_and_the_old_name() {
    let (uri, dname) = (Some("tcp:dst".into()), Some("guest".into()));
    let request = Request { uri, dname, ..Request::live(guest(7)) };
    check(
        plan(request.clone(), &[MigrationV1]),
        "source 16 domain_get_info(dom=guest) => running
         destination 61 domain_migrate_prepare(uri_in=tcp:dst, flags=LIVE, dname=null, resource=0) => prepared tcp:dst:49152
         source 62 domain_migrate_perform(dom=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE, dname=guest, resource=0) => done
         destination 63 domain_migrate_finish(dname=guest, cookie=9 bytes, uri=tcp:dst:49152, flags=LIVE) => finished guest
         destination 16 domain_get_info(dom=guest) => running
         end: guest is on the destination, running",
    );
    check(
        plan(request, &[MigrationV2]),
        "source 14 domain_get_xml_desc(dom=guest, flags=5) => xml
         source 16 domain_get_info(dom=guest) => running
         destination 108 domain_migrate_prepare2(uri_in=tcp:dst, flags=LIVE, dname=guest, resource=0, dom_xml=35 bytes) => error 9/20
         end: the guest stayed on the source, untouched; reason: domain_migrate_prepare2 on the destination: error 9/20: operation failed: said so",
    );
}
