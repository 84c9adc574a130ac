//! The door of `virtwire serve` for guests that come direct.

use virtwire::hypervisor::mem::{DirectDoor, Mem};
use virtwire::server::{BindError, Exposure, ListenAddress};

use super::cannot_listen;
use crate::fail::Fail;

/// Opens it. It asks nobody who they are.
pub(super) async fn open(
    host: &Mem,
    address: &ListenAddress,
    exposure: Exposure,
) -> Result<DirectDoor, Fail> {
    let ListenAddress::Tcp(place) = address else {
        let what = "is no place where a guest could come";
        return Err(Fail::new(format!("address {address}"), what, "give tcp://HOST:PORT"));
    };
    let failed = |error| cannot_listen(address, BindError::Io { address: address.clone(), error });
    let mut found = tokio::net::lookup_host(place).await.map_err(failed)?;
    let Some(at) = found.next() else {
        return Err(Fail::new(format!("address {address}"), "is no address", "give tcp://HOST:PORT"));
    };
    if exposure == Exposure::LocalOnly && !at.ip().is_loopback() {
        return Err(Fail::new(
            format!("address {address}"),
            "is not a loopback address, and whoever reaches it could have this host run guests",
            "take them on 127.0.0.1, or say --allow-unauthenticated",
        ));
    }
    host.take_direct(at).await.map_err(failed)
}
