//! A connection whose task goes without a word, as it does with its runtime: whoever waits elsewhere learns of it.

use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use virtwire::client::{
    Backoff, CloseReason, GaveUp, OpenOptions, Reconnecting, ReconnectingSubscription, Stream, StreamError,
    Subscription, Told,
};
use virtwire::protocol::remote::{DomainEventLifecycle, StorageVol};

use crate::opening::peer::Place;

/// Long enough that nothing else is the reason.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn whoever_reads_and_writes_elsewhere_learns_of_its_runtimes_end() {
    let (theirs, ours) = (runtime(), runtime());
    let (connection, mut events, streams, _peer) = theirs.block_on(async {
        let place = Place::new().await;
        let opening = place.open("", OpenOptions::default());
        let mut peer = place.accept().await;
        peer.let_in().await;
        let connection = opening.await.unwrap().unwrap();
        let (subscribed, ()) =
            tokio::join!(connection.subscribe::<DomainEventLifecycle>(None), peer.register(3));
        let mut streams = Vec::new();
        let volume = StorageVol::default();
        for _ in 0..5 {
            let (stream, ()) = tokio::join!(connection.storage_vol_upload(&volume, 0, 0, 0), async {
                let [opens] = peer.flight(["storage_vol_upload"]).await;
                peer.reply(&opens, &()).await;
            });
            streams.push(stream.unwrap());
        }
        (connection, subscribed.unwrap(), streams, peer)
    });
    let [mut read, finished, aborted, mut full, mut late] = <[Stream; 5]>::try_from(streams).unwrap();
    let waiting = ours.block_on(async {
        let next = tokio::spawn(async move { (events.next().await.is_none(), events) });
        let streams = [
            tokio::spawn(async move { read.read_chunk().await.map(drop) }),
            tokio::spawn(async move { finished.finish().await }),
            tokio::spawn(async move { aborted.abort().await }),
            tokio::spawn(async move { full.write_chunk(Bytes::from(vec![7; 16 << 20])).await }),
        ];
        // All of them wait from here on.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!next.is_finished() && streams.iter().all(|stream| !stream.is_finished()));
        (next, streams)
    });
    drop(theirs);
    ours.block_on(async {
        let (next, streams) = waiting;
        let (is_over, mut events): (bool, Subscription<DomainEventLifecycle>) = come(next).await;
        assert!(is_over && timeout(PATIENCE, events.next()).await.unwrap().is_none());
        assert_eq!(events.ended(), Some(CloseReason::Local));
        for stream in streams {
            is_closed(come(stream).await);
        }
        // Whoever comes later learns of it as well.
        is_closed(timeout(PATIENCE, late.read_chunk()).await.unwrap().map(drop));
        is_closed(timeout(PATIENCE, late.finish()).await.unwrap());
    });
    assert_eq!(connection.ended(), Some(CloseReason::Local));
}

#[test]
fn a_subscription_that_comes_back_gives_up_with_its_runtime() {
    let (theirs, ours) = (runtime(), runtime());
    let (mut events, _peer) = theirs.block_on(async {
        let place = Place::new().await;
        let (uri, options) = (place.uri(), OpenOptions::default());
        let opening =
            tokio::spawn(async move { Reconnecting::open(&uri, options, Backoff::default()).await });
        let mut peer = place.accept().await;
        peer.let_in().await;
        let daemon = opening.await.unwrap().unwrap();
        let (subscribed, ()) = tokio::join!(daemon.subscribe::<DomainEventLifecycle>(None), peer.register(3));
        (subscribed.unwrap(), peer)
    });
    let waiting = ours.spawn(async move { (events.next().await, events) });
    ours.block_on(async {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished());
    });
    drop(theirs);
    ours.block_on(async {
        let (told, mut events): (_, ReconnectingSubscription<DomainEventLifecycle>) = come(waiting).await;
        assert!(matches!(told, Some(Told::GaveUp(GaveUp::Closed))), "{told:?}");
        assert!(events.next().await.is_none());
    });
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn come<T>(waiting: JoinHandle<T>) -> T {
    timeout(PATIENCE, waiting).await.expect("it comes").unwrap()
}

fn is_closed(outcome: Result<(), StreamError>) {
    let error = outcome.unwrap_err();
    let expected = "the connection ended before the stream did: it was closed here";
    assert!(matches!(error, StreamError::Closed { .. }), "{error}");
    assert_eq!(error.to_string(), expected);
}
