//! Networks that carry nothing: they are defined, started and ended as a host's are.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::store::{Kept, Store};
use super::super::{
    Event, Lease, NetworkChange, NetworkInfo, NetworkLifecycle, Networks, Place, Result, Uuid,
};
use super::lasting::{self, Keeps};
use super::long_documents::reading;
use super::shelf::{GONE, Kind, Read, Shelf};
use super::{Inner, Mem, network_check, network_edit};

const NETWORK: Kind =
    Kind { what: "network", root: "network", domain: ErrorDomain::NETWORK, absent: ErrorCode::NO_NETWORK };
const KEEPS: Keeps = Keeps {
    folder: Store::networks,
    kept: |inner, uuid| inner.nets().kept(uuid),
    check_free: |inner, (document, uuid)| inner.nets().check_free(document, *uuid),
    check_undefinable: |inner, uuid| inner.nets().check_undefinable(uuid),
};

/// One lock guards them; events are told under it, so that they are heard in order.
#[derive(Debug)]
pub(super) struct Table(Mutex<Shelf>);

impl Default for Table {
    fn default() -> Table {
        Table(Mutex::new(Shelf::new(NETWORK)))
    }
}

impl Inner {
    fn nets(&self) -> MutexGuard<'_, Shelf> {
        self.networks.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn load_network(&self, kept: Kept) -> Result<()> {
        self.nets().load(kept)
    }

    /// A network comes or is changed by a document.
    fn network_from(
        &self,
        what: NetworkLifecycle,
        change: impl FnOnce(&mut Shelf) -> Result<Uuid>,
    ) -> Result<NetworkInfo> {
        let mut shelf = self.nets();
        let uuid = change(&mut shelf)?;
        let info = info(&shelf, uuid)?;
        self.events.tell(&Event::Network(info.clone(), what));
        Ok(info)
    }

    /// A network that is there takes a step, which may be its last.
    fn network_step(
        &self,
        uuid: Uuid,
        what: NetworkLifecycle,
        step: impl FnOnce(&mut Shelf, Uuid) -> Result<()>,
    ) -> Result<()> {
        let mut shelf = self.nets();
        let before = info(&shelf, uuid)?;
        step(&mut shelf, uuid)?;
        let after = info(&shelf, uuid).unwrap_or(NetworkInfo { standing: GONE, ..before });
        self.events.tell(&Event::Network(after, what));
        Ok(())
    }

    /// A network's document with a change, and without it.
    async fn edited_network(
        &self,
        network: Uuid,
        change: &Arc<NetworkChange>,
        inactive: bool,
    ) -> Result<(Read, String)> {
        let (name, before) = {
            let shelf = self.nets();
            (shelf.get(network)?.name.clone(), shelf.xml(network, inactive)?)
        };
        let change = change.clone();
        reading(before.len(), move || {
            let after = network_edit::changed(&name, &before, &change);
            let after = after.map_err(|error| RemoteError { domain: ErrorDomain::NETWORK, ..error })?;
            // One from before there was this rule is still changed.
            if network_check::check(&name, &before).is_ok() {
                network_check::check(&name, &after)?;
            }
            Ok((NETWORK.read(after)?, before))
        })
        .await
    }
}

/// A network that somebody wishes for.
fn asked(xml: String) -> Result<Read> {
    let read = NETWORK.asked(xml)?;
    network_check::check(&read.0.name, &read.0.xml)?;
    Ok(read)
}

fn info(shelf: &Shelf, uuid: Uuid) -> Result<NetworkInfo> {
    let thing = shelf.get(uuid)?;
    let bridge = thing.document(false).and_then(|document| document.field("bridge@name"));
    let bridge = bridge.map(str::to_owned);
    Ok(NetworkInfo { name: thing.name.clone(), uuid, standing: thing.standing(), bridge })
}

impl Networks for Mem {
    async fn networks(&self) -> Result<Vec<NetworkInfo>> {
        let shelf = self.inner.nets();
        shelf.iter().map(|(uuid, _)| info(&shelf, *uuid)).collect()
    }

    async fn network_xml(&self, network: Uuid, inactive: bool) -> Result<String> {
        self.inner.nets().xml(network, inactive)
    }

    async fn define_network(&self, xml: String) -> Result<NetworkInfo> {
        let define = |inner: &Inner, read: Read| {
            inner.network_from(NetworkLifecycle::Defined, |shelf| shelf.define(read))
        };
        lasting::keep(&self.inner, KEEPS, asked(xml)?, define).await
    }

    async fn undefine_network(&self, network: Uuid) -> Result<()> {
        let undefine =
            move |inner: &Inner| inner.network_step(network, NetworkLifecycle::Undefined, Shelf::undefine);
        lasting::forget(&self.inner, KEEPS, network, undefine).await
    }

    async fn create_network(&self, xml: String) -> Result<NetworkInfo> {
        let read = asked(xml)?;
        self.inner.network_from(NetworkLifecycle::Started, |shelf| shelf.create(read))
    }

    async fn start_network(&self, network: Uuid) -> Result<()> {
        self.inner.network_step(network, NetworkLifecycle::Started, Shelf::start)
    }

    async fn destroy_network(&self, network: Uuid) -> Result<()> {
        self.inner.network_step(network, NetworkLifecycle::Stopped, Shelf::destroy)
    }

    async fn set_network_autostart(&self, network: Uuid, autostart: bool) -> Result<()> {
        let set = move |inner: &Inner| inner.nets().set_autostart(network, autostart);
        lasting::mark(&self.inner, KEEPS, network, autostart, set).await
    }

    async fn update_network(&self, network: Uuid, change: NetworkChange, place: Place) -> Result<()> {
        let change = Arc::new(change);
        let live = match place.live {
            true => Some(self.inner.edited_network(network, &change, false).await?),
            false => None,
        };
        if place.config {
            let (after, before) = self.inner.edited_network(network, &change, true).await?;
            let define = move |inner: &Inner, read: Read| {
                let mut shelf = inner.nets();
                check_unchanged(&shelf.xml(network, true)?, &before)?;
                shelf.define(read)
            };
            lasting::keep(&self.inner, KEEPS, after, define).await?;
        }
        match live {
            None => Ok(()),
            Some(((document, _), before)) => {
                let mut shelf = self.inner.nets();
                check_unchanged(&shelf.xml(network, false)?, &before)?;
                shelf.set_live(network, document)
            }
        }
    }

    /// They are documents, and give nothing away.
    async fn leases(&self, network: Uuid) -> Result<Vec<Lease>> {
        self.inner.nets().get(network).map(|_| Vec::new())
    }
}

fn check_unchanged(now: &str, before: &str) -> Result<()> {
    match now == before {
        true => Ok(()),
        false => {
            let text = "the network was changed by somebody else meanwhile";
            Err(RemoteError::new(ErrorCode::OPERATION_FAILED, ErrorDomain::NETWORK, text))
        }
    }
}
