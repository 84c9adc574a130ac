//! One call to the source's daemon, which then moves the guest by itself: with data of its own, or through a tunnel.

use std::time::{Duration, Instant};

use virtwire::client::{CallError, Connection};
use virtwire::protocol::remote::{
    Domain, DomainDestroy, DomainGetJobStats, DomainMigratePerform, DomainMigratePerform3,
    DomainMigratePerform3Params, TypedParam, TypedParamValue,
};

use crate::outlive::{Lab, UUID, created, memory, state};

const LIVE: u64 = 1;
const PEER2PEER: u64 = 2;
const TUNNELLED: u64 = 4;
const PERSIST_DEST: u64 = 8;

/// The forms of Perform by which a client may ask.
#[derive(Clone, Copy, Debug)]
enum Form {
    Params,
    Fixed,
    Old,
}

async fn ask(form: Form, source: &Connection, dom: &Domain, to: &str, flags: u64) -> Result<(), CallError> {
    let (dom, to) = (dom.clone(), Some(to.into()));
    match form {
        Form::Params => {
            let value = TypedParamValue::String("moved".into());
            let params = vec![TypedParam { field: "destination_name".into(), value }];
            let flags = u32::try_from(flags).unwrap();
            let call =
                DomainMigratePerform3Params { dom, dconnuri: to, params, cookie_in: Vec::new(), flags };
            let cookie = source.call(call).await?.cookie_out;
            assert!(cookie.is_empty());
        }
        Form::Fixed => {
            let call = DomainMigratePerform3 {
                dom,
                dconnuri: to,
                flags,
                dname: Some("moved".into()),
                ..Default::default()
            };
            assert!(source.call(call).await?.cookie_out.is_empty());
        }
        Form::Old => {
            let (uri, dname) = (to.unwrap_or_default(), Some("moved".into()));
            let call = DomainMigratePerform { dom, cookie: Vec::new(), uri, flags, dname, resource: 0 };
            source.call(call).await?;
        }
    }
    Ok(())
}

async fn code_of(asked: impl Future<Output = Result<(), CallError>>) -> i32 {
    asked.await.unwrap_err().remote().expect("an answer").code.0
}

#[tokio::test]
async fn a_daemon_moves_its_guest_by_every_version_and_way() {
    // Version 3 with parameters, 3, 2: by what the destination reports.
    for hidden in [None, Some("13"), Some("13,6")] {
        let mut lab = Lab::new("p2p");
        if let Some(hidden) = hidden {
            // A source that reports 6 would not send version 2 unasked.
            lab.destination.restart_with(&["--without-feature", hidden]);
            lab.source.restart_with(&[
                "--allow-p2p",
                &lab.destination.uri(),
                "--as",
                if hidden == "13" { "1.0.6" } else { "0.9.1" },
            ]);
        } else {
            lab.source.restart_with(&["--allow-p2p", &lab.destination.uri()]);
        }
        let forms = match hidden {
            None => &[Form::Params, Form::Fixed, Form::Old][..],
            Some("13") => &[Form::Fixed, Form::Old],
            _ => &[Form::Old],
        };
        for form in forms {
            for way in [0, TUNNELLED] {
                let case = format!("{form:?}, without {hidden:?}, way {way}");
                let dom = created(&lab.source).await;
                let source = lab.source.open().await;
                let before = memory(&source, &dom).await;
                lab.counts_on();
                ask(*form, &source, &dom, &lab.destination.uri(), LIVE | PEER2PEER | way).await.expect(&case);
                assert_eq!(state(&lab.source, "web1").await, None, "{case}");
                assert_eq!(state(&lab.destination, "moved").await, Some((1, 2)), "{case}");
                let destination = lab.destination.open().await;
                assert_eq!(memory(&destination, &dom).await, before, "{case}");
                lab.counts_on();
                let runs = &lab.runs()[UUID];
                assert_eq!((runs.doubled.as_ref(), runs.gap.as_ref()), (None, None), "{case}: {runs:?}");
                destination.call(DomainDestroy { dom }).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn no_client_has_a_daemon_dial_where_its_user_has_not_said_so() {
    let lab = Lab::new("denied");
    let dom = created(&lab.source).await;
    let source = lab.source.open().await;
    for to in [
        lab.destination.uri(),
        "mem+ext:///?command=/bin/false".to_owned(),
        "mem+tcp://192.0.2.1/".to_owned(),
    ] {
        for form in [Form::Params, Form::Fixed, Form::Old] {
            assert_eq!(code_of(ask(form, &source, &dom, &to, LIVE | PEER2PEER)).await, 29, "{to}");
        }
    }
    assert_eq!(state(&lab.source, "web1").await, Some((1, 1)));
    // Without PEER2PEER there is nobody to dial for, nor a tunnel.
    let to = lab.destination.uri();
    assert_eq!(code_of(ask(Form::Params, &source, &dom, &to, LIVE)).await, 74);
    assert_eq!(code_of(ask(Form::Params, &source, &dom, &to, LIVE | TUNNELLED)).await, 55);
    source.call(DomainDestroy { dom }).await.unwrap();
}

#[tokio::test]
async fn what_fails_leaves_the_guest_running_at_its_source_alone() {
    for (side, fault) in [
        ("source", "break-perform=65536"),
        ("destination", "refuse-prepare"),
        ("destination", "corrupt-stream"),
    ] {
        for way in [0, TUNNELLED] {
            let mut lab = Lab::new("fails");
            let to = lab.destination.uri();
            let on_source = if side == "source" || fault == "corrupt-stream" { fault } else { "" };
            lab.source.restart_with(&["--allow-p2p", &to, "--fault", on_source]);
            if side == "destination" && fault != "corrupt-stream" {
                lab.destination.restart_with(&["--fault", fault]);
            }
            let dom = created(&lab.source).await;
            let source = lab.source.open().await;
            let failed = ask(Form::Params, &source, &dom, &to, LIVE | PEER2PEER | PERSIST_DEST | way).await;
            let error = failed.unwrap_err();
            assert_eq!(error.remote().expect("an answer").code.0, 9, "{fault}: {error}");
            let state_there = state(&lab.destination, "moved").await;
            assert_eq!(state_there, None, "{fault}, way {way}: {error}");
            let at_source = state(&lab.source, "web1").await.unwrap();
            assert_eq!(at_source.0, 1, "{fault}: {at_source:?}");
            lab.counts_on();
            let runs = &lab.runs()[UUID];
            assert_eq!((runs.doubled.as_ref(), runs.running), (None, 1), "{fault}: {runs:?}");
            // And nothing holds it: it can be asked for its job, and ended.
            let job = source.call(DomainGetJobStats { dom: dom.clone(), flags: 0 }).await.unwrap();
            assert_eq!(job.r#type, 0);
            source.call(DomainDestroy { dom }).await.unwrap();
        }
    }
}

/// The destination's daemon is killed while the guest's data is under way: the source's guest runs on.
#[tokio::test]
async fn a_guest_runs_on_whose_destination_dies_meanwhile() {
    for way in [0, TUNNELLED] {
        let mut lab = Lab::new("dies");
        let to = lab.destination.uri();
        lab.source.restart_with(&["--allow-p2p", &to, "--fault", "stall-perform=65536"]);
        let dom = created(&lab.source).await;
        let source = lab.source.open().await;
        let asked = {
            let (source, dom, to) = (source.clone(), dom.clone(), to.clone());
            tokio::spawn(async move { ask(Form::Params, &source, &dom, &to, LIVE | PEER2PEER | way).await })
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        while source.call(DomainGetJobStats { dom: dom.clone(), flags: 0 }).await.unwrap().r#type != 2 {
            assert!(Instant::now() < deadline, "no job");
        }
        lab.destination.kill();
        lab.destination.restart();
        asked.await.unwrap().unwrap_err();
        assert_eq!(state(&lab.source, "web1").await.map(|state| state.0), Some(1), "way {way}");
        assert_eq!(state(&lab.destination, "moved").await, None);
        let runs = &lab.runs()[UUID];
        assert_eq!((runs.doubled.as_ref(), runs.running), (None, 1), "{runs:?}");
        source.call(DomainDestroy { dom }).await.unwrap();
    }
}
