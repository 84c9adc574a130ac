//! Hypervisors that panic in the middle of a migration, or do not tell of a guest for a moment: it runs once all the same.

use virtwire::hypervisor::{Hypervisor, ShutoffReason};

use super::small::At;
use super::*;
use crate::raw::code;

const LEFT: DomainState = DomainState::Shutoff(ShutoffReason::Migrated);

impl Host {
    fn panics(&self, at: At) {
        *self.small.panics.lock().unwrap() = Some(at);
    }

    /// Whether that has happened.
    fn has_panicked(&self) -> bool {
        self.small.panics.lock().unwrap().is_none()
    }
}

/// Its source goes on by what Finish answers: so that has to be what is so at the destination.
#[tokio::test]
async fn a_guest_whose_last_step_panics_runs_on_one_side() {
    for (at, moved) in [(At::Turning(MOVED), false), (At::Turned(MOVED), true), (At::Looking(MOVED), true)] {
        let world = World::new(How::Well);
        let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
        source.create().await;
        let (mut from, mut to) = (source.open().await, destination.open().await);
        let begun: DomainMigrateBegin3Reply = from_slice(&from.ask(&begin()).await.unwrap()).unwrap();
        let prepared = prepare3(&mut to, begun.cookie_out).await;
        let performed = from.ask(&perform3(&prepared)).await;
        destination.panics(at);
        let finished = to.ask(&finish3(cookie(&performed), 0)).await;
        assert_eq!(code(&finished), if moved { (0, 0) } else { (9, 10) }, "{at:?}");
        assert!(destination.has_panicked());
        from.ask(&confirm3(i32::from(!moved))).await.unwrap();
        let states = (source.state(), destination.state());
        assert_eq!(states, if moved { (None, Some(MOVED)) } else { (Some(RAN_ON), None) }, "{at:?}");
        world.check();
        // It is a guest like any other.
        let owner = if moved { &mut to } else { &mut from };
        owner.ask(&DomainResume { dom: dom() }).await.unwrap();
    }
}

/// In version 2 nobody asks it again whether it has let the guest go.
#[tokio::test]
async fn a_source_that_panics_as_its_guest_leaves_tells_what_is_so() {
    for (at, moved) in [(At::Turning(LEFT), false), (At::Turned(LEFT), true)] {
        let world = World::new(How::Well);
        let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
        let memory = source.create().await.memory;
        let (mut from, mut to) = (source.open().await, destination.open().await);
        // Defined, so that it is still to be told of when it has left.
        source.small.define(xml(GUEST)).await.unwrap();
        let prepared = prepare2(&mut to, GUEST).await;
        source.panics(at);
        let performed = from.ask(&perform2(&prepared)).await;
        assert_eq!(code(&performed), if moved { (0, 0) } else { (9, 10) }, "{at:?}");
        assert!(source.has_panicked());
        let finished = to.ask(&finish2(&prepared, i32::from(!moved))).await;
        assert_eq!(code(&finished), if moved { (0, 0) } else { (93, 10) }, "{at:?}");
        let states = (source.state(), destination.state());
        assert_eq!(states, if moved { (Some(LEFT), Some(MOVED)) } else { (Some(RAN_ON), None) }, "{at:?}");
        let running = if moved { &destination } else { &source };
        assert_eq!(running.guest().unwrap().memory, memory);
        world.check();
    }
}

/// It runs at its destination already, and nobody may resume it where it was.
#[tokio::test]
async fn a_source_that_panics_at_confirm_still_holds_its_guest() {
    let world = World::new(How::Well);
    let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
    source.create().await;
    let (mut from, mut to) = (source.open().await, destination.open().await);
    let begun: DomainMigrateBegin3Reply = from_slice(&from.ask(&begin()).await.unwrap()).unwrap();
    let prepared = prepare3(&mut to, begun.cookie_out).await;
    let performed = from.ask(&perform3(&prepared)).await;
    to.ask(&finish3(cookie(&performed), 0)).await.unwrap();
    source.panics(At::Turning(LEFT));
    assert_eq!(code(&from.ask(&confirm3(0)).await), (9, 10));
    assert!(source.has_panicked());
    assert_eq!(code(&from.ask(&DomainResume { dom: dom() }).await), (55, 10));
    from.ask(&confirm3(0)).await.unwrap();
    assert_eq!((source.state(), destination.state()), (None, Some(MOVED)));
    world.check();
}

#[tokio::test]
async fn guests_that_panics_kept_from_coming_take_no_room() {
    let world = World::new(How::Well);
    let destination = Host::start(&world).await;
    let mut to = destination.open().await;
    let prepare = DomainMigratePrepare3 { dom_xml: xml(GUEST).into(), flags: LIVE, ..Default::default() };
    // One more than there may be on their way.
    for at in [At::Expecting, At::Looking(WAITS)].into_iter().cycle().take(65) {
        destination.panics(at);
        assert_eq!(code(&to.ask(&prepare).await), (9, 10), "{at:?}");
        assert!(destination.has_panicked());
        assert_eq!(destination.state(), None, "{at:?}");
    }
    to.ask(&prepare).await.unwrap();
    assert_eq!(destination.state(), Some(WAITS));
}

/// It has its word for that, and nothing of it stays.
#[tokio::test]
async fn a_guest_whose_reception_panics_did_not_arrive() {
    let world = World::new(How::Well);
    let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
    source.create().await;
    let (mut from, mut to) = (source.open().await, destination.open().await);
    let begun: DomainMigrateBegin3Reply = from_slice(&from.ask(&begin()).await.unwrap()).unwrap();
    let prepared = prepare3(&mut to, begun.cookie_out).await;
    destination.panics(At::Receiving);
    assert_eq!(code(&from.ask(&perform3(&prepared)).await), (9, 10));
    assert_eq!(source.state(), Some(RAN_ON));
    until("what came is gone", || destination.state().is_none()).await;
    let why = to.ask(&finish3(vec![], 0)).await.unwrap_err();
    let text = why.message.to_string_lossy();
    assert!(text.contains("did not arrive") && text.contains("panicked at receiving a guest"), "{why}");
}

/// Its source may run on: half of it is nobody's to resume.
#[tokio::test]
async fn a_guest_of_which_nothing_can_be_told_now_is_guarded() {
    let world = World::new(How::Well);
    let destination = Host::start(&world).await;
    let (mut to, mut other) = (destination.open().await, destination.open().await);
    prepare3(&mut to, vec![]).await;
    *destination.small.silence.lock().unwrap() = Some(0);
    drop(to);
    until("it is to end", || destination.small.silence.lock().unwrap().is_some_and(|asked| asked > 0)).await;
    *destination.small.silence.lock().unwrap() = None;
    // Whatever came of that by now, it is not for this to be resumed.
    for _ in 0..100 {
        let resumed = other.ask(&DomainResume { dom: dom() }).await;
        assert_eq!((code(&resumed), destination.state()), ((55, 10), Some(WAITS)));
    }
    other.ask(&DomainDestroy { dom: dom() }).await.unwrap();
    prepare3(&mut other, vec![]).await;
}
