//! Moved well: by each version, live or not, with a definition and without, and by a daemon that drives.

use virtwire::hypervisor::{DomainState, PausedReason};
use virtwire::migrate::Migration;
use virtwire::protocol::migrate::{MigrateFlags, Outcome, Request, Wish};
use virtwire::protocol::profile::Profile;
use virtwire::protocol::remote::*;

use super::*;

#[tokio::test]
async fn a_guest_moves_by_every_version() {
    let kept = MigrateFlags::PERSIST_DEST | MigrateFlags::PAUSED;
    for wish in [Wish::V1, Wish::V2, Wish::V3, Wish::V3Params] {
        for (flags, arrives) in [
            (MigrateFlags::LIVE, MOVED),
            (MigrateFlags(0), MOVED),
            (kept, DomainState::Paused(PausedReason::User)),
        ] {
            let world = World::new(How::Well);
            let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
            let memory = source.create().await.memory;
            let (from, to) = (source.connect().await, destination.connect().await);
            let guest = Migration::find(&from, "guest7").await.unwrap();
            let request = Request { flags, dname: Some("moved".into()), ..Request::live(guest) };
            let outcome = Migration::plan(from, to, request, wish).await.unwrap().run(&mut ()).await;
            let well = matches!(outcome, Outcome::OnDestination { warning: None, left_on_source: None, .. });
            assert!(well, "{wish:?}: {outcome}");
            assert_eq!(source.state(), None, "{wish:?}");
            let there = destination.guest().unwrap();
            assert_eq!((there.info.name.as_str(), there.info.state), ("moved", arrives), "{wish:?}");
            assert_eq!(there.info.persistent, flags.has(MigrateFlags::PERSIST_DEST), "{wish:?}");
            assert_eq!(there.memory, memory, "{wish:?}");
            world.check();
        }
    }
}

#[tokio::test]
async fn a_definition_goes_with_its_guest_or_stays() {
    for (undefines, left) in [(MigrateFlags(0), true), (MigrateFlags::UNDEFINE_SOURCE, false)] {
        let world = World::new(How::Well);
        let (source, destination) = (Host::start(&world).await, Host::start(&world).await);
        source.create().await;
        let (from, to) = (source.connect().await, destination.connect().await);
        from.domain_define_xml(&xml(GUEST)).await.unwrap();
        let guest = Migration::find(&from, "guest7").await.unwrap();
        let flags = MigrateFlags::LIVE | undefines;
        let request = Request { flags, ..Request::live(guest) };
        let outcome =
            Migration::plan(from.clone(), to, request, Wish::Auto).await.unwrap().run(&mut ()).await;
        assert!(matches!(outcome, Outcome::OnDestination { left_on_source: None, .. }), "{outcome}");
        assert_eq!(source.guest().map(|guest| guest.info.id), left.then_some(None));
        if left {
            // How it went is known for as long as the guest is.
            let completed = DomainGetJobStats { dom: dom(), flags: 1 };
            let mut raw = source.open().await;
            let stats: DomainGetJobStatsReply = from_slice(&raw.ask(&completed).await.unwrap()).unwrap();
            assert_eq!(stats.r#type, 3);
        }
    }
}

/// The source's daemon drives, by a link of its own or through the daemons' connection; also to destinations of other ages.
#[tokio::test]
async fn a_guest_moves_from_peer_to_peer_and_through_a_tunnel() {
    const TUNNELLED: u32 = 4;
    for age in ["0.9.1", "1.0.6", "12.8.0"] {
        for flags in [1 | 2, 1 | 2 | TUNNELLED] {
            let world = World::new(How::Well);
            let profile = Profile::of(age.parse().unwrap());
            let (source, destination) = (Host::start(&world).await, Host::of_age(&world, profile).await);
            let memory = source.create().await.memory;
            let dconnuri = Some(destination.uri().into());
            let perform = DomainMigratePerform3Params {
                dom: dom(),
                dconnuri,
                params: vec![],
                cookie_in: vec![],
                flags,
            };
            source.open().await.ask(&perform).await.unwrap();
            assert_eq!((source.state(), destination.state()), (None, Some(MOVED)), "{age} {flags}");
            assert_eq!(destination.guest().unwrap().memory, memory, "{age} {flags}");
            world.check();
        }
    }
}
