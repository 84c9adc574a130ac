//! One connection that asks for very much.

use std::collections::BTreeSet;
use std::sync::Mutex;

use virtwire_protocol::migrate::MigrateFlags;

use super::*;
use crate::hypervisor::{Finish, IncomingId, Prepare, Prepared};

/// A host that expects every guest that it is told of, until it is finished or abandoned.
#[derive(Default)]
struct Expecting {
    expected: Mutex<(u64, BTreeSet<u64>)>,
}

impl Hypervisor for Arc<Expecting> {
    fn host(&self) -> Host {
        Host::new("Expecting", "expecting:///system", "expecting")
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(Vec::new())
    }

    async fn xml(&self, domain: Uuid, _: WhichXml) -> Result<String> {
        Err(crate::hypervisor::errors::no_domain(crate::hypervisor::Lookup::Uuid(domain)))
    }

    fn handshakes(&self) -> &impl Handshakes {
        self
    }
}

impl Handshakes for Arc<Expecting> {
    async fn prepare(&self, _: Prepare) -> Result<Prepared> {
        let (last, expected) = &mut *self.expected.lock().unwrap();
        *last += 1;
        expected.insert(*last);
        Ok(Prepared { cookie: Vec::new(), uri_out: None, incoming: IncomingId(*last) })
    }

    async fn cancel(&self, request: Finish) -> Result<()> {
        assert_eq!(request.flags, MigrateFlags(1));
        self.abandon(IncomingId(request.dname.parse().unwrap()));
        Ok(())
    }

    fn expects(&self, incoming: IncomingId) -> bool {
        self.expected.lock().unwrap().1.contains(&incoming.0)
    }

    fn abandon(&self, incoming: IncomingId) {
        self.expected.lock().unwrap().1.remove(&incoming.0);
    }
}

impl Expecting {
    fn expected(&self) -> BTreeSet<u64> {
        self.expected.lock().unwrap().1.clone()
    }
}

#[tokio::test]
async fn no_guest_is_abandoned_for_a_new_one() {
    let host = Arc::new(Expecting::default());
    let (service, cx) = (HypervisorService::new(host.clone()), cx(Release::NEWEST));
    service.connect_open(&cx, open(None)).await.unwrap();
    let prepare =
        || DomainMigratePrepare2 { uri_in: None, flags: 1, dname: None, resource: 0, dom_xml: "x".into() };
    for _ in 0..1_024 {
        service.domain_migrate_prepare2(&cx, prepare()).await.unwrap();
    }
    // Full: the new one is refused, and gone; the old ones are expected.
    assert_eq!(code(service.domain_migrate_prepare2(&cx, prepare()).await), (9, 10));
    assert_eq!(host.expected(), (1..=1_024).collect());
    // One that is cancelled makes room for another, and for one only.
    let (dname, uri) = ("3".into(), "tcp:h:1".into());
    let cancel = DomainMigrateFinish2 { dname, cookie: Vec::new(), uri, flags: 1, retcode: 1 };
    assert_eq!(code(service.domain_migrate_finish2(&cx, cancel).await), (93, 10));
    service.domain_migrate_prepare2(&cx, prepare()).await.unwrap();
    assert_eq!(code(service.domain_migrate_prepare2(&cx, prepare()).await), (9, 10));
    let expected: BTreeSet<u64> = (1..=1_026).filter(|id| ![3, 1_025].contains(id)).collect();
    assert_eq!(host.expected(), expected);
    service.connection_closed(&cx).await;
    assert_eq!(host.expected(), BTreeSet::new());
    // Prepared for while its connection went: nobody answers for it.
    assert_eq!(code(service.domain_migrate_prepare2(&cx, prepare()).await), (1, 7));
    assert_eq!(host.expected(), BTreeSet::new());
}

#[tokio::test]
async fn one_event_is_not_told_to_one_connection_without_end() {
    let (clients, cx) = (Clients::default(), cx(Release::NEWEST));
    clients.open(&cx).unwrap();
    let register = |kind, domain| {
        code(clients.with(&cx, |client| client.wishes().domains.register(kind, domain)).unwrap())
    };
    let guest = Some(Uuid::random());
    for _ in 0..64 {
        assert_eq!((register(0, None), register(0, guest)), ((0, 0), (0, 0)));
    }
    assert_eq!((register(0, None), register(0, guest)), ((1, 7), (1, 7)));
    // Another kind, another guest, and the place of one that is gone.
    assert_eq!((register(1, None), register(0, Some(Uuid::random()))), ((0, 0), (0, 0)));
    clients.with(&cx, |client| client.wishes().domains.deregister(0, "domain")).unwrap().unwrap();
    assert_eq!((register(0, None), register(0, None)), ((0, 0), (1, 7)));
    // Many guests, one registration each, as far as a connection may.
    let more = (0..1_024).filter(|_| register(0, Some(Uuid::random())) == (0, 0)).count();
    assert_eq!(more, 1_024 - 130);
}
