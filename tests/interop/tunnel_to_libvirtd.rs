//! A migration's tunnel with our client at its sending end, as a source's daemon is: a real libvirtd takes the guest from our stream, and
//! lets go of it when the stream is given up.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use virtwire::client::{CallError, Connection};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::migrate::MigrateFlags;
use virtwire::protocol::params::TypedParams;
use virtwire::protocol::remote::DomainMigrateFinish3Params;

use crate::lab::{Libvirtd, runtime};
use crate::need::need;
use crate::window_of_libvirtd::GUEST;

const SOON: Duration = Duration::from_secs(60);

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
