//! The older generations of domain events with a real libvirtd, which serves them to this day: what is between it and our client says that
//! it does not know the newer ones.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use virtwire::client::{Connection, Subscription};
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::{self, Draft, Frame};
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::*;

use crate::lab::{Libvirtd, runtime};
use crate::need::need;

const SOON: Duration = Duration::from_secs(60);

#[test]
fn a_guests_life_is_heard_in_the_first_two_generations() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    // What the daemon is not asked for, and what it is asked for then.
    for (unknown, asked) in [
        (&[][..], [ConnectDomainEventRegisterAny::NUMBER, ConnectDomainEventDeregisterAny::NUMBER]),
        (
            &[ConnectDomainEventRegisterAny::NUMBER][..],
            [ConnectDomainEventRegister::NUMBER, ConnectDomainEventDeregister::NUMBER],
        ),
    ] {
        let unknown: HashSet<i32> = unknown.iter().map(|number| number.0).collect();
        runtime().block_on(async {
            let (address, mut calls) = between(daemon.address(), unknown).await;
            let connection = Connection::open(&format!("test+tcp://{address}/default")).await.unwrap();
            let domain = connection.domain("test").await.unwrap();
            let mut all: Subscription<DomainEventLifecycle> = connection.subscribe(None).await.unwrap();
            let mut one: Subscription<DomainEventLifecycle> =
                connection.subscribe(Some(domain.wire())).await.unwrap();
            domain.suspend().await.unwrap();
            domain.resume().await.unwrap();
            for events in [&mut all, &mut one] {
                for expected in ["suspended paused", "resumed unpaused"] {
                    let event = timeout(SOON, events.next()).await.expect("an event in time");
                    let event = event.unwrap().unwrap();
                    assert_eq!(
                        (event.what().to_string().as_str(), &event.dom.name),
                        (expected, domain.name())
                    );
                }
            }
            drop((all, one));
            // Behind the word that nobody wants more.
            loop {
                let number = timeout(SOON, calls.recv()).await.expect("it is taken back").unwrap();
                if number == asked[1].0 {
                    break;
                }
                let newer = ConnectDomainEventCallbackRegisterAny::NUMBER.0;
                assert_ne!(number, newer, "the generations are mixed");
            }
            connection.close().await.unwrap();
        });
    }
}

/// Passes everything between a client and a daemon but: the daemon's word that it has the third generation is no, and these calls are
/// answered here as unknown. Tells the numbers of the calls that get to the daemon.
async fn between(daemon: SocketAddr, unknown: HashSet<i32>) -> (SocketAddr, mpsc::UnboundedReceiver<i32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (told, calls) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut server = TcpStream::connect(daemon).await.unwrap();
        let (mut asked, mut answered) = (BytesMut::new(), BytesMut::new());
        let mut features = HashSet::new();
        loop {
            tokio::select! {
                read = client.read_buf(&mut asked) => if read.unwrap_or(0) == 0 { return },
                read = server.read_buf(&mut answered) => if read.unwrap_or(0) == 0 { return },
            }
            while let Some(Frame { header, payload }) = frame::split(&mut asked).unwrap() {
                let number = header.procedure.0;
                if unknown.contains(&number) {
                    let error = RemoteError::unknown_procedure(number).encode().unwrap();
                    let refusal = error.seal(&header.answer(MessageKind::ReplyError));
                    client.write_all(&refusal).await.unwrap();
                    continue;
                }
                if header.procedure == ConnectSupportsFeature::NUMBER && payload[..] == [0, 0, 0, 14] {
                    features.insert(header.serial);
                }
                let _ = told.send(number);
                server.write_all(&Draft::raw(&payload).unwrap().seal(&header)).await.unwrap();
            }
            while let Some(Frame { header, mut payload }) = frame::split(&mut answered).unwrap() {
                if features.remove(&header.serial) {
                    payload = vec![0; 4].into();
                }
                let frame = Draft::raw(&payload).unwrap().seal(&header);
                if client.write_all(&frame).await.is_err() {
                    return;
                }
            }
        }
    });
    (address, calls)
}
