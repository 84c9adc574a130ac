//! The gates: what lets a version be chosen, and what lets an older one be tried.

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::migrate::{
    Action, Call, Cookie, Do, DomainState, Engine, Failure, Feature, Features, MigrateFlags, Outcome, Param,
    Plan, Reply, Request, Settings, Version, Way, Wish,
};

use super::source::{guest, xml};
use super::talk::check;
use Feature::{
    MigrateChangeProtection, MigrationP2p, MigrationParams, MigrationV1, MigrationV2, MigrationV3,
};

/// The calls that follow when 108 gets this answer, and the outcome, if the migration is over by then.
fn after_prepare2(common: &[Feature], answer: Result<Reply, Failure>) -> (Vec<i32>, Option<Outcome>) {
    let features: Features = common.iter().copied().collect();
    let plan = Plan::choose(Request::live(guest(7)), Wish::Auto, features, features).expect("version 2");
    assert_eq!(plan.version(), Version::V2);
    let mut engine = Engine::new(plan, Settings::default());
    let (mut calls, mut outcome) = (Vec::new(), None);
    while let Some(action) = engine.poll() {
        match action {
            Action::Do(Do { call, .. }) => {
                calls.push(call.number());
                match call {
                    Call::GetXmlDesc { .. } => engine.done(Ok(Reply::Xml(xml()))),
                    Call::GetInfo { .. } => engine.done(Ok(Reply::State(DomainState::Running.into()))),
                    Call::Prepare2 { .. } => engine.done(answer.clone()),
                    _ => break,
                }
            }
            Action::End(end) => outcome = Some(end),
            Action::Note(_) | Action::Journal(_) | Action::Wait(_) => {}
        }
    }
    (calls.split_off(3), outcome)
}

fn stays(outcome: Option<Outcome>) -> bool {
    matches!(outcome, Some(Outcome::OnSource { .. }))
}

#[test]
fn both_report_only_v2_and_prepare2_is_unknown_so_prepare_is_never_sent() {
    let unknown = Err(Failure::Unsupported(RemoteError::unknown_procedure(108).into()));
    let (calls, outcome) = after_prepare2(&[MigrationV2], unknown);
    assert!(calls.is_empty(), "{calls:?}");
    assert!(stays(outcome));
}

#[test]
fn a_connection_that_closes_in_prepare2_says_nothing_about_its_age() {
    let closed = Err(Failure::Lost { message: "connection closed".to_owned() });
    let (calls, outcome) = after_prepare2(&[MigrationV1, MigrationV2], closed);
    assert!(calls.is_empty(), "{calls:?}");
    assert!(stays(outcome));
}

#[test]
fn a_prepare2_that_was_never_sent_says_nothing_about_its_age() {
    let not_sent = Err(Failure::NotSent { message: "connection refused".to_owned() });
    let (calls, outcome) = after_prepare2(&[MigrationV1, MigrationV2], not_sent);
    assert!(calls.is_empty(), "{calls:?}");
    assert!(stays(outcome));
}

#[test]
fn another_error_of_prepare2_is_no_downgrade() {
    let error = Err(Failure::Answered(RemoteError::undecodable().into()));
    let (calls, outcome) = after_prepare2(&[MigrationV1, MigrationV2], error);
    assert!(calls.is_empty(), "{calls:?}");
    assert!(stays(outcome));
}

#[test]
fn an_unsupported_prepare2_is_a_downgrade_where_both_report_v1() {
    for error in [RemoteError::unknown_procedure(108), RemoteError::no_support("virDomainMigratePrepare2")] {
        assert!(error.is_unsupported());
        let (calls, outcome) =
            after_prepare2(&[MigrationV1, MigrationV2], Err(Failure::Unsupported(error.into())));
        assert_eq!(calls, [16, 61]);
        assert_eq!(outcome, None);
    }
}

/// A daemon in another language translates the refusal; asked for a number that no release has, it answers in
/// the same words.
#[test]
fn a_prepare2_unknown_in_german_is_a_downgrade() {
    let german = RemoteError::rpc("unbekannte Prozedur: 108");
    let absent = RemoteError::rpc("unbekannte Prozedur: 9999");
    assert!(!german.is_unsupported() && german.may_be_unknown_procedure());
    assert!(german.same_refusal(108, &absent, 9999));
    let (calls, _) = after_prepare2(&[MigrationV1, MigrationV2], Err(Failure::Unsupported(german.into())));
    assert_eq!(calls, [16, 61]);
}

/// What only a newer version can say is not left out for an older one's sake.
#[test]
fn a_version_that_cannot_say_what_is_asked_for_is_none_to_fall_back_to() {
    let features: Features = [MigrationV1, MigrationV3, MigrationParams].into_iter().collect();
    let params = vec![Param::string("compression", "mt")];
    let xml = Some(xml());
    for (request, expected) in [
        (Request { params, ..Request::live(guest(7)) }, &[][..]),
        (Request { xml, ..Request::live(guest(7)) }, &[Version::V3]),
    ] {
        let plan = Plan::choose(request, Wish::Auto, features, features).expect("version 3");
        assert_eq!(plan.downgrades().collect::<Vec<_>>(), expected);
    }
}

/// A source that carries the migration out hands the destination's errors on. Only what names the call that it was asked is its own.
#[test]
fn a_source_that_hands_on_what_the_destination_lacks_is_not_asked_again() {
    let features: Features = [MigrationP2p, MigrationV2, MigrationV3, MigrationParams].into_iter().collect();
    let request = || Request {
        way: Way::PeerToPeer { to: "qemu://destination/system".into() },
        ..Request::live(guest(7))
    };
    let plan = || Plan::choose(request(), Wish::Auto, features, Features::NONE).expect("by the source");
    assert_eq!(plan().downgrades().collect::<Vec<_>>(), [Version::V3, Version::V2]);
    check(
        plan(),
        "source 212 domain_get_state(dom=guest) => running 1
         source 305 domain_migrate_perform3_params(dom=guest, dconnuri=qemu://destination/system, params=[], flags=LIVE|PEER2PEER) => unknown 305
         source 212 domain_get_state(dom=guest) => running 1
         source 216 domain_migrate_perform3(dom=guest, dconnuri=qemu://destination/system, xml=null, uri=null, dname=null, resource=0, flags=LIVE|PEER2PEER) => unknown 216
         source 16 domain_get_info(dom=guest) => running
         source 62 domain_migrate_perform(dom=guest, cookie=0 bytes, uri=qemu://destination/system, flags=LIVE|PEER2PEER, dname=null, resource=0) => lost
         source 24 domain_lookup_by_uuid(uuid=2a2a2a2a-2a2a-2a2a-2a2a-2a2a2a2a2a2a) => error 42/10
         destination 24 domain_lookup_by_uuid(uuid=2a2a2a2a-2a2a-2a2a-2a2a-2a2a2a2a2a2a) => lost
         wait: WhetherItArrived
         stop",
    );
    check(
        plan(),
        "source 212 domain_get_state(dom=guest) => running 1
         source 305 domain_migrate_perform3_params(dom=guest, dconnuri=qemu://destination/system, params=[], flags=LIVE|PEER2PEER) => unknown 303
         source 24 domain_lookup_by_uuid(uuid=2a2a2a2a-2a2a-2a2a-2a2a-2a2a2a2a2a2a) => lost
         destination 24 domain_lookup_by_uuid(uuid=2a2a2a2a-2a2a-2a2a-2a2a-2a2a2a2a2a2a) => lost
         wait: WhetherItLeft
         stop",
    );
}

/// The driver's answer to another call than the one that is out is no answer.
#[test]
fn a_reply_of_another_call_proves_nothing() {
    let (calls, outcome) = after_prepare2(&[MigrationV1, MigrationV2], Ok(Reply::Done));
    assert!(calls.is_empty(), "{calls:?}");
    assert!(stays(outcome));
}

/// What does not fit is ignored: an answer before the call was handed out, a retry while nothing waits, a
/// second answer.
#[test]
fn any_input_is_legal_at_any_time() {
    let features: Features = [MigrationV1].into_iter().collect();
    let plan = Plan::choose(Request::live(guest(7)), Wish::Auto, features, features).expect("version 1");
    let mut engine = Engine::new(plan, Settings::default());
    engine.done(Ok(Reply::Done));
    engine.retry();
    let mut order = None;
    while let Some(action) = engine.poll() {
        if let Action::Do(call) = action {
            assert_eq!(order.replace(call), None);
        }
    }
    assert_eq!(order.map(|order| order.call), Some(Call::GetInfo { domain: guest(7) }));
    engine.retry();
    assert_eq!(engine.poll(), None);
    engine.done(Ok(Reply::State(DomainState::Running.into())));
    engine.done(Ok(Reply::Prepared { cookie: Cookie::default(), uri_out: None }));
    let prepares =
        std::iter::from_fn(|| engine.poll()).filter(|action| matches!(action, Action::Do(_))).count();
    assert_eq!(prepares, 1);
    // Given up before Perform, the guest is where it was.
    assert!(stays(Some(engine.now())));
}

#[test]
fn the_version_is_chosen_by_what_both_report() {
    let v3 = "v2 is all that the hosts have in common, and the destination reports feature MIGRATION_V3 (6): such \
              hosts claim v2 and cannot serve it, so it is sent only where it is forced";
    choose("1", "1", Wish::Auto, "v1");
    choose("3", "3", Wish::Auto, "v2");
    choose("1 3", "1 3", Wish::Auto, "v2, then v1");
    choose("1 3", "3", Wish::Auto, "v2");
    choose("1 3", "1", Wish::Auto, "v1");
    choose("1 3", "1 3", Wish::V2, "v2");
    choose("1 3", "1 3", Wish::V1, "v1");
    choose("3", "3 6", Wish::Auto, v3);
    choose("3 6", "3 6", Wish::V2, "v2");
    choose("1 3", "1 3 6", Wish::Auto, "v1");
    choose("3 6", "1 3 6 13", Wish::Auto, "v3");
    choose("1 3 6", "1 3 6 13", Wish::Auto, "v3, then v1");
    choose("3 6 13", "3 6 13", Wish::Auto, "v3 with parameters, then v3");
    choose("1 3 6 13", "1 3 6 13", Wish::Auto, "v3 with parameters, then v3, then v1");
    choose("1 3 6 13", "1 3 6 13", Wish::V3Params, "v3 with parameters");
    choose("13", "13", Wish::Auto, "v3 with parameters");
    choose("3 6 13", "3 6 13", Wish::V3, "v3");
    choose("1 3 6 13", "1 3 6 13", Wish::V1, "v1");
    choose(
        "3 6",
        "3 6",
        Wish::V3Params,
        "v3 with parameters needs feature MIGRATION_PARAMS (13) on both hosts; the source reports MIGRATION_V3 (6), \
        MIGRATION_V2 (3)",
    );
    choose(
        "3",
        "3",
        Wish::V1,
        "v1 needs feature MIGRATION_V1 (1) on both hosts; the source reports MIGRATION_V2 (3)",
    );
    choose(
        "1 3",
        "3",
        Wish::V1,
        "v1 needs feature MIGRATION_V1 (1) on both hosts; the destination reports MIGRATION_V2 (3)",
    );
    choose(
        "",
        "",
        Wish::V2,
        "v2 needs feature MIGRATION_V2 (3) on both hosts; the source reports no migration features",
    );
    choose(
        "1",
        "3",
        Wish::Auto,
        "the hosts have no migration version in common: the source reports MIGRATION_V1 (1), \
        the destination MIGRATION_V2 (3)",
    );
}

#[track_caller]
fn choose(source: &str, destination: &str, wish: Wish, expected: &str) {
    let features = |text: &str| -> Features {
        let numbers: Vec<i32> =
            text.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        Feature::ALL.into_iter().filter(|feature| numbers.contains(&feature.number())).collect()
    };
    let plan = Plan::choose(Request::live(guest(7)), wish, features(source), features(destination));
    let chosen = match plan {
        Ok(plan) => {
            let then: String = plan.downgrades().map(|version| format!(", then {version}")).collect();
            format!("{}{then}", plan.version())
        }
        Err(refusal) => refusal.to_string(),
    };
    assert_eq!(chosen, expected);
}

/// The checks and codes of libvirt's client.
#[test]
fn flags_that_cannot_go_together_are_refused() {
    type Flags = MigrateFlags;
    refused(Flags::NON_SHARED_DISK | Flags::NON_SHARED_INC, 8);
    refused(Flags::TUNNELLED | Flags::PARALLEL, 8);
    refused(Flags::NON_SHARED_SYNCHRONOUS_WRITES, 8);
    refused(Flags::PEER2PEER, 8);
    refused(Flags::TUNNELLED, 8);
    refused(Flags::OFFLINE, 74);
    refused(Flags::CHANGE_PROTECTION, 74);
}

#[track_caller]
fn refused(flags: MigrateFlags, code: i32) {
    let features: Features = [MigrationV2].into_iter().collect();
    let request = Request { flags, ..Request::live(guest(7)) };
    let refusal = Plan::choose(request, Wish::Auto, features, features).expect_err("refused");
    assert_eq!(refusal.code().0, code, "{refusal}");
}

#[test]
fn an_empty_name_is_refused_and_change_protection_is_the_engines_own() {
    let features: Features = [MigrationV2, MigrateChangeProtection].into_iter().collect();
    let unnamed = Request { dname: Some("".into()), ..Request::live(guest(7)) };
    assert_eq!(
        Plan::choose(unnamed, Wish::Auto, features, features).map_err(|refusal| refusal.code().0),
        Err(8)
    );
    let flags = MigrateFlags::LIVE | MigrateFlags::CHANGE_PROTECTION;
    let protected = Request { flags, ..Request::live(guest(7)) };
    let plan = Plan::choose(protected, Wish::Auto, features, features).expect("the source can protect");
    assert_eq!(plan.request().flags, MigrateFlags::LIVE);
}

#[test]
fn a_peers_versions_are_named_newest_first() {
    let features: Features = [MigrationV1, MigrationV2, MigrationV3, MigrationParams].into_iter().collect();
    assert_eq!(features.versions(), [Version::V3Params, Version::V3, Version::V2, Version::V1]);
}
