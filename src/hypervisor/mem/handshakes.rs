//! The steps of a migration, each where it is done.

use virtwire_protocol::migrate::MigrateFlags;

use super::super::moves::flags::settled;
use super::super::{
    Begin, Begun, Confirm, Finish, Finished, Handshakes, IncomingId, OutgoingId, Perform, Performed, Prepare,
    Prepared, Result, Tunnel,
};
use super::{Mem, finish, held, incoming, outgoing};
use crate::server::Stream;

impl Handshakes for Mem {
    async fn begin(&self, request: Begin) -> Result<Begun> {
        held::begin(&self.inner, &request)
    }

    async fn prepare(&self, request: Prepare) -> Result<Prepared> {
        // None of its business who drives.
        let flags = request.flags.without(MigrateFlags::PEER2PEER);
        incoming::prepare(&self.inner, Prepare { flags, ..request }).await
    }

    async fn perform(&self, request: Perform) -> Result<Performed> {
        outgoing::perform(&self.inner, request).await
    }

    async fn prepare_tunnel(&self, request: Prepare, stream: Stream) -> Result<Prepared> {
        let request = Prepare { flags: settled(request.flags), ..request };
        incoming::prepare_tunnel(&self.inner, request, stream).await
    }

    async fn perform_tunnel(&self, request: Perform, tunnel: Tunnel) -> Result<Performed> {
        outgoing::perform_tunnel(&self.inner, request, tunnel).await
    }

    async fn finish(&self, request: Finish) -> Result<Finished> {
        finish::finish(&self.inner, Finish { flags: settled(request.flags), ..request }).await
    }

    async fn cancel(&self, request: Finish) -> Result<()> {
        finish::cancel(&self.inner, Finish { flags: settled(request.flags), ..request }).await
    }

    async fn confirm(&self, request: Confirm) -> Result<()> {
        held::confirm(&self.inner, request).await
    }

    fn expects(&self, incoming: IncomingId) -> bool {
        let table = self.inner.table();
        table.incoming.contains_key(&incoming) || table.offline.contains_key(&incoming)
    }

    fn abandon(&self, incoming: IncomingId) {
        self.inner.abandon(incoming);
    }

    fn holds(&self, outgoing: OutgoingId) -> bool {
        self.inner.table().outgoing.contains_key(&outgoing)
    }

    fn release(&self, outgoing: OutgoingId) {
        self.inner.table().release(outgoing);
    }
}
