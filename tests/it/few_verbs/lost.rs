//! Clients that go between two steps, and guests that do not arrive.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use virtwire::migrate::{Migration, Watch};
use virtwire::protocol::migrate::{Do, Request, Wish};
use virtwire::protocol::profile::Profile;
use virtwire::protocol::remote::*;

use super::*;
use crate::raw::code;

/// What was prepared goes with the client that prepared it, and the source has its guest.
#[tokio::test]
async fn what_was_prepared_goes_with_its_client() {
    let world = World::new(How::Well);
    let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
    source.create().await;
    let (mut owner, mut to) = (source.open().await, destination.open().await);
    let begun: DomainMigrateBegin3Reply = from_slice(&owner.ask(&begin()).await.unwrap()).unwrap();
    let prepared = prepare3(&mut to, begun.cookie_out).await;
    drop(to);
    until("what was prepared is gone", || destination.state().is_none()).await;
    assert_ne!(code(&owner.ask(&perform3(&prepared)).await), (0, 0));
    assert_eq!(source.state(), Some(RUNS));
    // Perform has ended it.
    assert_eq!(code(&owner.ask(&confirm3(1)).await), (55, 10));
    owner.ask(&begin()).await.unwrap();
}

/// In version 3 the source has it until Confirm: what has all arrived goes, too, and what was sent stays paused.
#[tokio::test]
async fn what_was_sent_by_version_3_is_its_sources() {
    let world = World::new(How::Well);
    let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
    source.create().await;
    let (mut owner, mut other, mut to) = (source.open().await, source.open().await, destination.open().await);
    let begun: DomainMigrateBegin3Reply = from_slice(&owner.ask(&begin()).await.unwrap()).unwrap();
    let prepared = prepare3(&mut to, begun.cookie_out).await;
    owner.ask(&perform3(&prepared)).await.unwrap();
    assert_eq!((source.state(), destination.state()), (Some(WAITS), Some(WAITS)));
    drop(to);
    until("what arrived is gone", || destination.state().is_none()).await;
    assert_eq!(code(&other.ask(&DomainResume { dom: dom() }).await), (55, 10));
    drop(owner);
    // Nobody knows whether it runs at its destination: a person says so.
    let mut resumed = Err(virtwire::hypervisor::errors::not_running());
    for _ in 0..100_000 {
        resumed = other.ask(&DomainResume { dom: dom() }).await;
        if resumed.is_ok() {
            break;
        }
        assert_eq!((code(&resumed), source.state()), ((55, 10), Some(WAITS)));
    }
    resumed.unwrap();
    assert!(matches!(source.state(), Some(DomainState::Running(_))));
    world.check();
}

/// In version 2 it may be the only copy: half of it goes, and all of it stays for any Finish, or for whoever resumes it.
#[tokio::test]
async fn what_was_sent_by_version_2_is_kept() {
    for resumed in [false, true] {
        let world = World::new(How::Well);
        let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
        let memory = source.create().await.memory;
        let (mut from, mut to, mut other) =
            (source.open().await, destination.open().await, destination.open().await);
        let prepared = prepare2(&mut to, GUEST).await;
        // Another one that nobody sends: when that is gone, the connection's end has been noticed.
        let unsent = Uuid([8; 16]);
        prepare2(&mut to, unsent).await;
        from.ask(&perform2(&prepared)).await.unwrap();
        assert_eq!((source.state(), destination.state()), (None, Some(WAITS)));
        drop(to);
        until("what was not sent is gone", || destination.small.guest(unsent).is_none()).await;
        assert_eq!(destination.state(), Some(WAITS), "the only copy");
        match resumed {
            true => {
                // The source's last word may be on its way.
                let said = async {
                    while other.ask(&DomainResume { dom: dom() }).await.is_err() {
                        assert_eq!(destination.state(), Some(WAITS));
                    }
                };
                tokio::time::timeout(Duration::from_secs(60), said).await.expect("the source's last word");
                assert_eq!(code(&other.ask(&finish2(&prepared, 0)).await), (55, 10));
            }
            false => {
                // Nor does a client end it that knows no better.
                assert_eq!(code(&other.ask(&finish2(&prepared, 1)).await), (55, 10));
                other.ask(&finish2(&prepared, 0)).await.unwrap();
            }
        }
        let there = destination.guest().unwrap();
        assert!(matches!(there.info.state, DomainState::Running(_)), "{:?}", there.info.state);
        assert_eq!(there.memory, memory);
        world.check();
    }
}

/// A hypervisor that fails, or even panics, loses no guest by it, and the destination ends what has come.
#[tokio::test]
async fn a_guest_that_cannot_be_sent_runs_on() {
    for how in [How::Failing, How::Panicking] {
        let world = World::new(how);
        let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
        source.create().await;
        let (mut owner, mut to) = (source.open().await, destination.open().await);
        let begun: DomainMigrateBegin3Reply = from_slice(&owner.ask(&begin()).await.unwrap()).unwrap();
        let prepared = prepare3(&mut to, begun.cookie_out).await;
        assert_eq!(code(&owner.ask(&perform3(&prepared)).await), (9, 10), "{how:?}");
        assert_eq!(source.state(), Some(RAN_ON), "{how:?}");
        until("what came is gone", || destination.state().is_none()).await;
        // Why it did not come is told once.
        let why = to.ask(&finish3(vec![], 0)).await.unwrap_err();
        assert!(why.message.to_string_lossy().contains("did not arrive"), "{why}");
        assert_eq!(code(&to.ask(&finish3(vec![], 0)).await), (42, 10));
        owner.ask(&DomainDestroy { dom: dom() }).await.unwrap();
        world.check();
    }
}

#[tokio::test]
async fn what_is_prepared_and_never_sent_has_its_time() {
    let world = World::new(How::Well);
    let settings =
        MigrationSettings { incoming_deadline: Duration::from_millis(1), ..MigrationSettings::default() };
    let destination = Host::with(&world, Profile::default(), settings).await;
    let mut to = destination.open().await;
    prepare3(&mut to, vec![]).await;
    until("its time is over", || destination.state().is_none()).await;
    let why = to.ask(&finish3(vec![], 0)).await.unwrap_err();
    assert!(why.message.to_string_lossy().contains("did not arrive"), "{why}");
}

/// Goes away when this call is about to be made.
struct Mortal {
    calls_left: u32,
    dies: Arc<Notify>,
}

impl Watch for Mortal {
    fn calling(&mut self, _: &Do) {
        self.calls_left -= 1;
        if self.calls_left == 0 {
            self.dies.notify_one();
        }
    }
}

/// At every step of every version: the guest is somewhere, whole, and runs at most once; and nobody has it in hand for ever.
#[tokio::test]
async fn an_orchestrator_that_goes_at_any_step_loses_no_guest() {
    for wish in [Wish::V1, Wish::V2, Wish::V3, Wish::V3Params] {
        for step in 1..=7 {
            let world = World::new(How::Well);
            let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
            let memory = source.create().await.memory;
            let (from, to) = (source.connect().await, destination.connect().await);
            let guest = Migration::find(&from, "guest7").await.unwrap();
            let mut migration = Migration::plan(from, to, Request::live(guest), wish).await.unwrap();
            let dies = Arc::new(Notify::new());
            let mut mortal = Mortal { calls_left: step, dies: dies.clone() };
            tokio::select! {
                outcome = migration.run(&mut mortal) => drop(outcome),
                () = dies.notified() => {}
            }
            drop(migration);
            // When a new connection may begin with it, the old one has nothing in hand.
            let whole = |host: &Host| host.guest().is_some_and(|guest| guest.memory == memory);
            for host in [&source, &destination] {
                let mut raw = host.open().await;
                let free = async {
                    loop {
                        assert!(whole(&source) || whole(&destination), "{wish:?} {step}: the guest is lost");
                        match code(&raw.ask(&begin()).await) {
                            (0, 0) | (42, _) => return,
                            // All of it, and perhaps the only copy: any Finish will do, or its destruction.
                            (55, 10) if host.state() == Some(WAITS) && whole(host) && !whole(&source) => {
                                return;
                            }
                            (55, 10) => tokio::task::yield_now().await,
                            other => panic!("{wish:?} {step}: {other:?}"),
                        }
                    }
                };
                tokio::time::timeout(Duration::from_secs(60), free)
                    .await
                    .expect("what nobody holds any more");
            }
            world.check();
        }
    }
}
