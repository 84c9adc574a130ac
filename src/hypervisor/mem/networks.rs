//! Networks that carry nothing: they are defined, started and ended as a host's are.

use std::sync::{Mutex, MutexGuard, PoisonError};

use virtwire_protocol::error::{ErrorCode, ErrorDomain};

use super::super::{NetworkEvent, NetworkInfo, NetworkLifecycle, Networks, Result, Uuid};
use super::Mem;
use super::shelf::{GONE, Kind, Read, Shelf};

const NETWORK: Kind =
    Kind { what: "network", root: "network", domain: ErrorDomain::NETWORK, absent: ErrorCode::NO_NETWORK };

/// One lock guards them; events are told under it, so that they are heard in order.
#[derive(Debug)]
pub(super) struct Table(Mutex<Shelf<()>>);

impl Default for Table {
    fn default() -> Table {
        Table(Mutex::new(Shelf::new(NETWORK)))
    }
}

impl Mem {
    fn nets(&self) -> MutexGuard<'_, Shelf<()>> {
        self.inner.networks.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A network comes or is changed by a document.
    fn network_from(
        &self,
        what: NetworkLifecycle,
        xml: String,
        change: impl FnOnce(&mut Shelf<()>, Read) -> Result<Uuid>,
    ) -> Result<NetworkInfo> {
        let read = NETWORK.read(xml)?;
        let mut shelf = self.nets();
        let uuid = change(&mut shelf, read)?;
        let info = info(&shelf, uuid)?;
        self.inner.events.tell_network(&NetworkEvent::new(info.clone(), what));
        Ok(info)
    }

    /// A network that is there takes a step, which may be its last.
    fn network_step(
        &self,
        uuid: Uuid,
        what: NetworkLifecycle,
        step: impl FnOnce(&mut Shelf<()>, Uuid) -> Result<()>,
    ) -> Result<()> {
        let mut shelf = self.nets();
        let before = info(&shelf, uuid)?;
        step(&mut shelf, uuid)?;
        let after = info(&shelf, uuid).unwrap_or(NetworkInfo { standing: GONE, ..before });
        self.inner.events.tell_network(&NetworkEvent::new(after, what));
        Ok(())
    }
}

fn info(shelf: &Shelf<()>, uuid: Uuid) -> Result<NetworkInfo> {
    let thing = shelf.get(uuid)?;
    let bridge = thing.document(false).and_then(|document| document.field("bridge@name"));
    let bridge = bridge.map(str::to_owned);
    Ok(NetworkInfo { name: thing.name.clone(), uuid, standing: thing.standing(), bridge })
}

impl Networks for Mem {
    async fn networks(&self) -> Result<Vec<NetworkInfo>> {
        let shelf = self.nets();
        shelf.iter().map(|(uuid, _)| info(&shelf, *uuid)).collect()
    }

    async fn network_xml(&self, network: Uuid, inactive: bool) -> Result<String> {
        self.nets().xml(network, inactive)
    }

    async fn define_network(&self, xml: String) -> Result<NetworkInfo> {
        self.network_from(NetworkLifecycle::Defined, xml, Shelf::define)
    }

    async fn undefine_network(&self, network: Uuid) -> Result<()> {
        self.network_step(network, NetworkLifecycle::Undefined, Shelf::undefine)
    }

    async fn create_network(&self, xml: String) -> Result<NetworkInfo> {
        self.network_from(NetworkLifecycle::Started, xml, Shelf::create)
    }

    async fn start_network(&self, network: Uuid) -> Result<()> {
        self.network_step(network, NetworkLifecycle::Started, Shelf::start)
    }

    async fn destroy_network(&self, network: Uuid) -> Result<()> {
        self.network_step(network, NetworkLifecycle::Stopped, Shelf::destroy)
    }

    async fn set_network_autostart(&self, network: Uuid, autostart: bool) -> Result<()> {
        self.nets().set_autostart(network, autostart)
    }
}
