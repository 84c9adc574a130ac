//! Steps that come twice, too early, too late or from another client; and who else may touch a guest meanwhile.

use virtwire::protocol::remote::*;

use super::*;
use crate::raw::code;

#[tokio::test]
async fn steps_come_in_order_and_from_their_client() {
    let world = World::new(How::Well);
    let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
    let memory = source.create().await.memory;
    let (mut owner, mut other, mut to) = (source.open().await, source.open().await, destination.open().await);
    // Nothing has begun.
    assert_eq!(code(&owner.ask(&confirm3(0)).await), (55, 10));
    assert_eq!(code(&to.ask(&finish3(vec![], 0)).await), (42, 10));

    let begun: DomainMigrateBegin3Reply = from_slice(&owner.ask(&begin()).await.unwrap()).unwrap();
    for raw in [&mut owner, &mut other] {
        assert_eq!(code(&raw.ask(&begin()).await), (55, 10), "a second Begin");
    }
    assert_eq!(code(&owner.ask(&confirm3(0)).await), (1, 10), "nothing was sent");
    // Its own cookie comes back to it.
    let own = DomainMigratePrepare3 {
        cookie_in: begun.cookie_out.clone(),
        dom_xml: xml(GUEST).into(),
        ..DomainMigratePrepare3::default()
    };
    assert_eq!(code(&owner.ask(&own).await), (1, 10));
    let prepared = prepare3(&mut to, begun.cookie_out).await;
    assert_eq!(destination.state(), Some(WAITS));
    assert_eq!(code(&other.ask(&perform3(&prepared)).await), (55, 10), "another client's Perform");
    assert_eq!(code(&other.ask(&confirm3(1)).await), (55, 10), "another client's Confirm");
    assert_eq!(source.state(), Some(RUNS));

    let performed = owner.ask(&perform3(&prepared)).await;
    let cookie = cookie(&performed);
    assert_eq!(code(&owner.ask(&perform3(&prepared)).await), (1, 10), "a second Perform");
    assert_eq!(source.state(), Some(WAITS));
    assert_eq!(code(&other.ask(&confirm3(0)).await), (55, 10));
    assert_eq!(code(&other.ask(&DomainResume { dom: dom() }).await), (55, 10));
    assert_eq!(code(&owner.ask(&DomainAbortJob { dom: dom() }).await), (55, 10));

    let foreign = [&cookie[..40], &[0; 16]].concat();
    assert_eq!(code(&to.ask(&finish3(foreign.clone(), 1)).await), (42, 10), "another migration's cookie");
    assert_eq!(code(&to.ask(&finish3(foreign, 0)).await), (8, 10));
    assert_eq!(destination.state(), Some(WAITS));
    to.ask(&finish3(cookie.clone(), 0)).await.unwrap();
    assert_eq!(code(&to.ask(&finish3(cookie.clone(), 0)).await), (55, 10), "a second Finish");
    assert_eq!(code(&to.ask(&finish3(cookie, 1)).await), (55, 10), "a late cancellation");
    assert_eq!((source.state(), destination.state()), (Some(WAITS), Some(MOVED)));
    owner.ask(&confirm3(0)).await.unwrap();
    assert_eq!(code(&owner.ask(&confirm3(0)).await).0, 42, "a second Confirm");
    assert_eq!((source.state(), destination.guest().unwrap().memory), (None, memory));
    world.check();
}

/// While a guest is sent nobody changes it; it is asked about, and its job is ended.
#[tokio::test]
async fn a_guest_that_is_sent_is_nobody_elses() {
    for keeps in [true, false] {
        let world = World::new(How::Stalling);
        let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
        source.create().await;
        let (mut owner, mut other, mut to) =
            (source.open().await, source.open().await, destination.open().await);
        assert_eq!(code(&other.ask(&DomainAbortJob { dom: dom() }).await), (55, 10), "no job");
        let (performing, finish) = if keeps {
            let begun: DomainMigrateBegin3Reply = from_slice(&owner.ask(&begin()).await.unwrap()).unwrap();
            let perform = perform3(&prepare3(&mut to, begun.cookie_out).await);
            (tokio::spawn(async move { owner.ask(&perform).await }), None)
        } else {
            let prepared = prepare2(&mut to, GUEST).await;
            let perform = perform2(&prepared);
            (tokio::spawn(async move { owner.ask(&perform).await }), Some(finish2(&prepared, 1)))
        };
        world.until_half_sent().await;
        assert_eq!((source.state(), destination.state()), (Some(WAITS), Some(WAITS)));
        for host in [&mut other, &mut to] {
            assert_eq!(code(&host.ask(&DomainResume { dom: dom() }).await), (55, 10));
            assert_eq!(code(&host.ask(&DomainReset { dom: dom(), flags: 0 }).await), (55, 10));
            assert_eq!(code(&host.ask(&DomainShutdown { dom: dom() }).await), (55, 10));
            assert_eq!(code(&host.ask(&begin()).await), (55, 10), "a second migration");
        }
        assert_eq!(code(&to.ask(&DomainSuspend { dom: dom() }).await), (55, 10));
        assert_eq!(code(&to.ask(&DomainAbortJob { dom: dom() }).await), (55, 10));
        assert_eq!(code(&to.ask(&DomainGetJobInfo { dom: dom() }).await), (84, 10));
        let job: DomainGetJobInfoReply =
            from_slice(&other.ask(&DomainGetJobInfo { dom: dom() }).await.unwrap()).unwrap();
        assert_eq!((job.r#type, job.mem_total), (2, 100 << 10));
        assert_eq!((source.state(), destination.state()), (Some(WAITS), Some(WAITS)));

        other.ask(&DomainAbortJob { dom: dom() }).await.unwrap();
        assert_eq!(code(&performing.await.unwrap()), (78, 10));
        assert_eq!(source.state(), Some(RAN_ON));
        let cancelled = match finish {
            None => to.ask(&finish3(vec![], 1)).await,
            Some(finish) => to.ask(&finish).await,
        };
        // It may have ended by itself before, of which version 2 knows no more.
        assert!([(93, 10), (42, 10)].contains(&code(&cancelled)), "{cancelled:?}");
        until("the half of a guest is gone", || destination.state().is_none()).await;
        let stats = DomainGetJobStats { dom: dom(), flags: 1 };
        let ended: DomainGetJobStatsReply = from_slice(&other.ask(&stats).await.unwrap()).unwrap();
        assert_eq!(ended.r#type, 5);
        world.check();
        // And it can be begun anew.
        other.ask(&begin()).await.unwrap();
    }
}

/// Somebody destroys it: that ends its migration, on either side.
#[tokio::test]
async fn a_guest_that_is_destroyed_is_in_no_migration() {
    for there in [false, true] {
        let world = World::new(How::Stalling);
        let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
        source.create().await;
        let (mut owner, mut other, mut to) =
            (source.open().await, source.open().await, destination.open().await);
        let prepared = prepare2(&mut to, GUEST).await;
        let perform = perform2(&prepared);
        let performing = tokio::spawn(async move { owner.ask(&perform).await });
        world.until_half_sent().await;
        let one = if there { &mut to } else { &mut other };
        one.ask(&DomainDestroy { dom: dom() }).await.unwrap();
        world.0.how.send_replace(How::Well);
        let performed = performing.await.unwrap();
        if there {
            assert_eq!(code(&performed), (9, 10));
            assert_eq!((source.state(), destination.state()), (Some(RAN_ON), None));
            assert_eq!(code(&to.ask(&finish2(&prepared, 1)).await), (42, 10));
        } else {
            assert_eq!(code(&performed), (55, 10));
            assert_eq!(source.state(), None);
        }
        until("what came is gone", || destination.state().is_none()).await;
        world.check();
    }
}
