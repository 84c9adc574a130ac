//! An address that moves to another host while a migration is under way. Who answers there then knows nothing of the guest, and that proves
//! nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use virtwire::client::Connection;
use virtwire::migrate::{Migration, Watch};
use virtwire::protocol::migrate::{Do, Outcome, Request, Wish};

use crate::migration::{Host, NEW, address, age};

/// Finish has the destination run the guest, its answer never comes, and the next connection leads to a host that has none. The source's copy
/// stays paused until the right one is there again.
#[tokio::test]
async fn a_guest_is_not_sent_back_because_another_host_knows_nothing_of_it() {
    let [source, destination, stranger] =
        [Host::start(age(NEW)).await, Host::start(age(NEW)).await, Host::start(age(NEW)).await];
    source.create().await;
    let address = Address::of(&destination).await;
    let (from, to) = (source.connect().await, Connection::open(&address.uri).await.unwrap());
    let guest = Migration::find(&from, "guest").await.unwrap();
    let mut migration = Migration::plan(from, to, Request::live(guest), Wish::Auto).await.unwrap();
    let mut watched = Moves(address.state.clone());
    let moves = async {
        let there = destination.connect().await;
        while !runs(&there).await {
            tokio::task::yield_now().await;
        }
        address.leads_to(&stranger);
        std::future::pending::<()>().await;
    };
    let outcome = tokio::select! {
        outcome = tokio::time::timeout(Duration::from_secs(60), migration.run(&mut watched)) => outcome.unwrap(),
        () = moves => unreachable!("it waits for ever"),
    };
    let Outcome::Unknown(unknown) = &outcome else { panic!("{outcome}") };
    assert!(unknown.to_string().contains("leads to another host now"), "{unknown}");
    assert!(!runs(&source.connect().await).await, "it would run twice");

    address.leads_to(&destination);
    let outcome = migration.run(&mut watched).await;
    assert!(matches!(outcome, Outcome::OnDestination { .. }), "{outcome}");
    assert_eq!((source.guest().await, destination.guest().await.is_some()), (None, true));
}

/// Whether a host has the guest running.
async fn runs(connection: &Connection) -> bool {
    let Ok(found) = connection.domain_lookup_by_name("guest").await else { return false };
    connection.domain_get_info(&found.dom).await.is_ok_and(|info| info.state == 1)
}

/// From Finish on nothing comes back.
struct Moves(Arc<watch::Sender<State>>);

impl Watch for Moves {
    fn calling(&mut self, order: &Do) {
        if order.call.finishes() {
            self.0.send_modify(|state| state.is_mute = true);
        }
    }
}

/// An address that leads to one host or another.
struct Address {
    uri: String,
    state: Arc<watch::Sender<State>>,
}

#[derive(Clone, Copy)]
struct State {
    leads_to: SocketAddr,
    /// What the host says gets lost.
    is_mute: bool,
}

impl Address {
    async fn of(host: &Host) -> Address {
        let state = Arc::new(watch::Sender::new(State { leads_to: place(host), is_mute: false }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("mem+tcp://{}/default", listener.local_addr().unwrap());
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let leads_to = shared.borrow().leads_to;
                let server = TcpStream::connect(leads_to).await.unwrap();
                let ((calls, replies), (answers, asked)) = (client.into_split(), server.into_split());
                tokio::spawn(carry(shared.subscribe(), leads_to, calls, asked, false));
                tokio::spawn(carry(shared.subscribe(), leads_to, answers, replies, true));
            }
        });
        Address { uri, state }
    }

    /// Whatever is open is cut.
    fn leads_to(&self, host: &Host) {
        self.state.send_replace(State { leads_to: place(host), is_mute: false });
    }
}

fn place(host: &Host) -> SocketAddr {
    address(&host.uri).parse().unwrap()
}

/// Until the address leads elsewhere.
async fn carry(
    mut state: watch::Receiver<State>,
    leads_to: SocketAddr,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    is_answers: bool,
) {
    let mut piece = vec![0; 16_384];
    let mut elsewhere = state.clone();
    let moved = async move {
        let _ = elsewhere.wait_for(|state| state.leads_to != leads_to).await;
    };
    let carried = async {
        while let Ok(count @ 1..) = from.read(&mut piece).await {
            let is_lost = is_answers && state.borrow_and_update().is_mute;
            if !is_lost && to.write_all(&piece[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = moved => {}
        () = carried => {}
    }
}
