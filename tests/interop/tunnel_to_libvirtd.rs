//! A migration's tunnel with our client at its sending end, as a source's daemon is: a real libvirtd takes the guest from our stream, runs
//! it when that is finished, and lets go of it when the stream is given up.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use virtwire::client::{self, CallError, Connection, StreamError};
use virtwire::protocol::error::{ErrorCode, RemoteError};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::migrate::{MigrateFlags, Wish};
use virtwire::protocol::params::TypedParams;
use virtwire::protocol::remote::{DomainMigrateFinish3Params, DomainMigratePrepareTunnel3Params};
use virtwire::protocol::session::server::Called;
use virtwire::server::{self, Answering, CallContext, Chunk, Exposure, Handler, Listener, Server};
use virtwire::xdr;

use crate::guest::Count;
use crate::lab::{Libvirtd, runtime};
use crate::need::need;
use crate::p2p_between_libvirtds::moved;
use crate::v3_between_libvirtds::{arrived, has, host, uri};
use crate::window_of_libvirtd::GUEST;

const SOON: Duration = Duration::from_secs(60);

/// The source's daemon takes our relay for its destination: the guest comes by its stream to ours, and goes on by our client's to the real
/// one.
#[test]
fn a_guest_goes_through_a_tunnel_of_ours_and_counts_on() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);
    let runtime = runtime();
    let (there, mut ended) = runtime.block_on(Relay::serve(&uri(&b)));
    let (outcome, _) = moved(&uri(&a), Some(&uri(&b)), &there, Wish::Auto, |request| {
        request.flags = request.flags | MigrateFlags::TUNNELLED;
    });
    arrived(&outcome, "guest");
    has(&a, &[]);
    has(&b, &["guest running"]);
    count.read(&a);
    count.goes_on(&b);
    let tunnelled = runtime.block_on(async { timeout(SOON, ended.recv()).await }).expect("an end").unwrap();
    // Its memory, but for the pages that are empty.
    assert!(tunnelled.as_ref().is_ok_and(|bytes| *bytes > 4 << 20), "{tunnelled:?}");
}

/// Hands every call on, and the tunnel's data with it.
struct Relay {
    to: Connection,
    /// What has become of a tunnel, and how many bytes went through it.
    ended: mpsc::UnboundedSender<Result<u64, StreamError>>,
}

impl Relay {
    /// Where it listens, and what becomes of its tunnels.
    async fn serve(to: &str) -> (String, mpsc::UnboundedReceiver<Result<u64, StreamError>>) {
        let (ended, told) = mpsc::unbounded_channel();
        let to = Connection::open(to).await.unwrap();
        let address = "tcp://127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
        let there = listener.address().to_string().replace("tcp://", "qemu+tcp://") + "/system";
        tokio::spawn(async move { Server::new(Relay { to, ended }).serve(&listener).await });
        (there, told)
    }

    async fn tunnel(&self, cx: &CallContext, arguments: &[u8]) -> Result<Draft, CallError> {
        let arguments: DomainMigratePrepareTunnel3Params = xdr::from_slice(arguments).unwrap();
        let DomainMigratePrepareTunnel3Params { params, cookie_in, flags } = arguments;
        let opened = self.to.domain_migrate_prepare_tunnel3_params(params, &cookie_in, flags).await;
        let (reply, tunnel) = opened?;
        let (source, ended) = (cx.take_stream().expect("the call opens one"), self.ended.clone());
        tokio::spawn(async move { ended.send(pump(source, tunnel).await) });
        Ok(Draft::encode(&reply).unwrap())
    }
}

/// The source is told that it is over when the destination has said so.
async fn pump(mut from: server::Stream, mut to: client::Stream) -> Result<u64, StreamError> {
    let mut bytes = 0;
    while let Some(chunk) = from.read_chunk().await? {
        let Chunk::Data(data) = chunk else { panic!("a hole in a guest") };
        bytes += data.len() as u64;
        to.write_chunk(data).await?;
    }
    to.finish().await?;
    from.finish().await?;
    Ok(bytes)
}

impl Handler for Relay {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            let (program, number) = (called.header.program, called.header.procedure);
            let answer = match called.info.name {
                // It is open already.
                "connect_open" => return Ok(Draft::empty()),
                "domain_migrate_prepare_tunnel3_params" => self.tunnel(&cx, &called.payload).await,
                _ => {
                    let reply = self.to.call_encoded(program, number, &called.payload).await;
                    reply.map(|reply| Draft::raw(&reply).unwrap())
                }
            };
            answer.map_err(|error| match error {
                CallError::Remote(error) => error,
                other => RemoteError::rpc(other.to_string()),
            })
        })
    }
}

#[test]
fn a_guest_that_is_given_up_half_way_is_gone_from_its_destination_and_runs_on_at_its_source() {
    need!(Libvirtd, Namespaces, Qemu);
    let (source, destination) = (Libvirtd::start(), Libvirtd::start());
    runtime().block_on(async {
        let from = Connection::open(&source.uri("qemu", "/system")).await.unwrap();
        let to = Connection::open(&destination.uri("qemu", "/system")).await.unwrap();
        let dom = from.domain_create_xml(GUEST, 0).await.unwrap().dom;
        let flags = MigrateFlags::LIVE | MigrateFlags::PEER2PEER | MigrateFlags::TUNNELLED;
        let flags = u32::try_from(flags.0).unwrap();
        // The cookie is the source's, as a destination takes none that is empty.
        let begun = from.domain_migrate_begin3_params(&dom, Vec::new(), flags).await.unwrap();
        let params = TypedParams::new().with("destination_xml", begun.xml).unwrap();
        let prepared =
            to.domain_migrate_prepare_tunnel3_params(params.into(), &begun.cookie_out, flags).await;
        let (prepared, mut tunnel) = prepared.unwrap();
        assert!(!prepared.cookie_out.is_empty());
        let there = to.domain_lookup_by_name(&dom.name.to_string()).await.unwrap().dom;
        assert_eq!(there.uuid, dom.uuid);

        // What begins as QEMU's own data does, and never comes to its end.
        tunnel.write_chunk(b"QEVM\0\0\0\x03".to_vec().into()).await.unwrap();
        timeout(SOON, tunnel.abort()).await.expect("an answer").unwrap();
        // What is half there waits for the word that it is over, which is answered by an error, as no guest has come.
        let params = TypedParams::new().with("destination_name", dom.name.clone()).unwrap().into();
        let over = DomainMigrateFinish3Params { params, cookie_in: Vec::new(), flags, cancelled: 1 };
        let finished = timeout(SOON, to.domain_migrate_finish3_params(over)).await.expect("an answer");
        assert!(matches!(&finished, Err(CallError::Remote(_))), "{finished:?}");
        let gone = async {
            loop {
                match to.domain_lookup_by_name(&dom.name.to_string()).await {
                    Ok(_) => sleep(Duration::from_millis(20)).await,
                    Err(error) => break error,
                }
            }
        };
        let error = timeout(SOON, gone).await.expect("the incoming guest goes");
        assert_eq!(error.remote().unwrap().code, ErrorCode::NO_DOMAIN);
        assert_eq!(from.domain_get_state(&dom, 0).await.unwrap().state, 1, "it runs at its source");
        from.domain_destroy(&dom).await.unwrap();
    });
}
