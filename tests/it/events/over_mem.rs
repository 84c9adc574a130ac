//! Our own client and daemon: a guest's whole life, in every generation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use virtwire::client::{Connection, OpenOptions, SubscribeError, Subscription};
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::protocol::event::DomainEvent;
use virtwire::protocol::profile::Profile;
use virtwire::protocol::program::Release;
use virtwire::protocol::remote::*;
use virtwire::server::Server;

use super::next;
use crate::raw;

const LIFE: [&str; 7] = [
    "defined added",
    "started booted",
    "suspended paused",
    "resumed unpaused",
    "stopped destroyed",
    "undefined removed",
    "defined added",
];

#[tokio::test]
async fn a_guests_life_is_heard_in_every_generation() {
    for (release, asked) in [
        (Release::NEWEST, [(316, 2), (317, 2)]),
        (Release::new(1, 2, 0), [(167, 1), (168, 1)]),
        (Release::new(0, 5, 0), [(105, 1), (106, 1)]),
    ] {
        let host = Host::start(release).await;
        let (connection, calls) = host.watched().await;
        let other = connection.domain_define_xml(&xml("b")).await.unwrap().dom;
        let mut all = connection.subscribe::<DomainEventLifecycle>(None).await.unwrap();
        let mut same = connection.subscribe::<DomainEventLifecycle>(None).await.unwrap();
        let mut one = connection.subscribe::<DomainEventLifecycle>(Some(&other)).await.unwrap();

        let dom = connection.domain_define_xml(&xml("a")).await.unwrap().dom;
        connection.domain_create(&dom).await.unwrap();
        connection.domain_suspend(&dom).await.unwrap();
        connection.domain_resume(&dom).await.unwrap();
        connection.domain_destroy(&dom).await.unwrap();
        connection.domain_undefine(&dom).await.unwrap();
        connection.domain_create(&other).await.unwrap();

        for expected in &LIFE[..6] {
            for events in [&mut all, &mut same] {
                let event = next(events).await;
                assert_eq!((event.what().to_string().as_str(), &event.dom.name), (*expected, &dom.name));
                // The daemon may be called from within.
                connection.connect_get_hostname().await.unwrap();
            }
        }
        let event = next(&mut one).await;
        assert_eq!((event.what().to_string().as_str(), &event.dom.name), ("started booted", &other.name));

        drop((all, same, one));
        connection.close().await.unwrap();
        let calls = calls.lock().unwrap();
        for (number, times) in asked {
            assert_eq!(calls.get(&number), Some(&times), "{release}: {number}");
        }
    }
}

#[tokio::test]
async fn what_a_daemon_is_too_old_for_is_told() {
    let host = Host::start(Release::new(1, 2, 0)).await;
    let connection = host.open().await;
    let error = connection.subscribe::<DomainEventCallbackTunable>(None).await.unwrap_err();
    assert!(matches!(error, SubscribeError::TooOld { feature: 14 }), "{error:?}");
    let error = connection.subscribe::<ConnectEventConnectionClosed>(None).await.unwrap_err();
    assert!(matches!(error, SubscribeError::TooOld { feature: 15 }), "{error:?}");
    // All that it has is had.
    let mut events: Subscription<DomainEvent> = connection.subscribe(None).await.unwrap();
    assert_eq!(events.missing().len(), 14);
    connection.domain_define_xml(&xml("a")).await.unwrap();
    let DomainEvent::Lifecycle(event) = next(&mut events).await else { panic!("another event") };
    assert_eq!(event.what().to_string(), "defined added");

    for (release, missing) in [
        (Release::new(7, 0, 0), 4),
        (Release::new(9, 0, 0), 3),
        (Release::new(11, 3, 0), 2),
        (Release::NEWEST, 0),
    ] {
        let connection = Host::start(release).await.open().await;
        assert_eq!(
            connection.subscribe::<DomainEvent>(None).await.unwrap().missing().len(),
            missing,
            "{release}"
        );
    }
}

#[tokio::test]
async fn a_subscription_keeps_its_connection_open() {
    let host = Host::start(Release::NEWEST).await;
    let mut events = host.open().await.subscribe::<DomainEventLifecycle>(None).await.unwrap();
    host.open().await.domain_define_xml(&xml("a")).await.unwrap();
    assert_eq!(next(&mut events).await.dom.name, "a");
    // It can move to another task, and is a stream for all that take one.
    let heard = tokio::spawn(async move { next(&mut events).await.dom.name });
    host.open().await.domain_define_xml(&xml("b")).await.unwrap();
    assert_eq!(heard.await.unwrap(), "b");
}

#[tokio::test]
async fn many_come_and_go_and_each_hears_what_it_came_for() {
    let host = Host::start(Release::NEWEST).await;
    let connection = host.open().await;
    let tasks = (0..50).map(|number| {
        let connection = connection.clone();
        tokio::spawn(async move {
            let name = format!("guest-{number}");
            let dom = connection.domain_define_xml(&xml(&name)).await.unwrap().dom;
            let mut events = connection.subscribe::<DomainEventLifecycle>(Some(&dom)).await.unwrap();
            let mut all = connection.subscribe::<DomainEventLifecycle>(None).await.unwrap();
            connection.domain_create(&dom).await.unwrap();
            assert_eq!(next(&mut events).await.what().to_string(), "started booted");
            while next(&mut all).await.dom.name != dom.name {}
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

/// A host in memory of some age.
struct Host(String);

impl Host {
    async fn start(release: Release) -> Host {
        let service = HypervisorService::new(Mem::new(Config::default()));
        let server = Server::new(service).profile(Profile::of(release));
        Host(format!("mem+tcp://{}/default", raw::serve(server).await))
    }

    async fn open(&self) -> Connection {
        Connection::open(&self.0).await.unwrap()
    }

    /// A connection, and how often each procedure was called on it.
    async fn watched(&self) -> (Connection, Arc<Mutex<BTreeMap<i32, u32>>>) {
        let calls = Arc::new(Mutex::new(BTreeMap::new()));
        let counted = calls.clone();
        let observer = move |passed: virtwire::client::Passed| {
            if passed.sent {
                *counted.lock().unwrap().entry(passed.header.procedure.0).or_default() += 1;
            }
        };
        let options = OpenOptions { observer: Some(Arc::new(observer)), ..OpenOptions::default() };
        (Connection::open_with(&self.0, options).await.unwrap(), calls)
    }
}

fn xml(name: &str) -> String {
    format!("<domain type='mem'>\n  <name>{name}</name>\n  <memory unit='MiB'>1</memory>\n</domain>\n")
}
