//! What clients are answered: calls in, replies, errors and events out.

use virtwire_protocol::header::{Header, MessageKind, Serial};
use virtwire_protocol::profile::Profile;
use virtwire_protocol::program::Release;

use super::*;
use crate::hypervisor::{DomainInfo, Handshakes, Host, Result, Uuid, WhichXml};
use crate::server::ConnectionId;

mod addresses;
mod autostart;
mod happenings;
mod images;
mod many;
mod stats;
mod told;

/// A host without domains that implements what it must and nothing else.
struct Bare;

impl Hypervisor for Bare {
    fn host(&self) -> Host {
        Host::new("Bare", "bare:///system", "bare")
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(Vec::new())
    }

    async fn xml(&self, domain: Uuid, _: WhichXml) -> Result<String> {
        Err(crate::hypervisor::errors::no_domain(crate::hypervisor::Lookup::Uuid(domain)))
    }
}

fn cx(release: Release) -> CallContext {
    CallContext::detached(ConnectionId(1), Arc::new(Profile::of(release)))
}

fn open(name: Option<&str>) -> ConnectOpen {
    ConnectOpen { name: name.map(Into::into), flags: 0 }
}

/// Code and domain of what an attempt came to, or 0 and 0.
fn code<T>(result: Result<T>) -> (i32, i32) {
    result.err().map_or((0, 0), |error| (error.code.0, error.domain.0))
}

/// A call as the server hands it on.
async fn ask<P: Procedure>(
    service: &Arc<HypervisorService<Bare>>,
    cx: &CallContext,
    payload: &[u8],
) -> (i32, i32) {
    let header = Header::new(MessageKind::Call, P::PROGRAM, P::NUMBER, Serial::default());
    let info = P::PROGRAM.procedure(P::NUMBER).unwrap();
    let call = Called { header, info, payload: payload.to_vec().into() };
    code(Arc::clone(service).call(cx.clone(), call).await)
}

#[tokio::test]
async fn a_daemon_opens_itself_and_nothing_else() {
    for (name, expected) in [
        (None, (0, 0)),
        (Some(""), (0, 0)),
        (Some("bare:///system"), (0, 0)),
        (Some("bare:///system?no_verify=1#x"), (0, 0)),
        (Some("bare:///session"), (5, 0)),
        (Some("test:///default"), (5, 0)),
        (Some("bare"), (5, 0)),
        (Some("bare+tcp://host/system"), (29, 7)),
        (Some("bare+unix:///system"), (29, 7)),
        (Some("bare://host/system"), (29, 7)),
        (Some("esx://host"), (29, 7)),
    ] {
        let (service, cx) = (HypervisorService::new(Bare), cx(Release::NEWEST));
        assert_eq!(code(service.connect_open(&cx, open(name)).await), expected, "{name:?}");
        // A failed open may be tried again; a second one may not.
        let again = if expected == (0, 0) { (1, 7) } else { (0, 0) };
        assert_eq!(code(service.connect_open(&cx, open(None)).await), again, "{name:?}");
    }
}

#[tokio::test]
async fn nothing_is_answered_before_the_hypervisor_is_open() {
    let (service, cx) = (Arc::new(HypervisorService::new(Bare)), cx(Release::NEWEST));
    assert_eq!(ask::<ConnectGetType>(&service, &cx, &[]).await, (1, 7));
    assert_eq!(ask::<ConnectSupportsFeature>(&service, &cx, &[0, 0, 0, 14]).await, (1, 7));
    assert_eq!(ask::<NodeDeviceReset>(&service, &cx, &[0, 0, 0, 0]).await, (1, 7));
    // What does not decode is told of first.
    assert_eq!(ask::<DomainMigratePrepare2>(&service, &cx, &[0; 24]).await, (39, 7));
    assert_eq!(ask::<ConnectOpen>(&service, &cx, &[0; 8]).await, (0, 0));
    assert_eq!(ask::<ConnectGetType>(&service, &cx, &[]).await, (0, 0));
    assert_eq!(ask::<NodeDeviceReset>(&service, &cx, &[0, 0, 0, 0]).await, (3, 22));
    assert_eq!(
        ask::<virtwire_protocol::qemu::DomainAttach>(&service, &cx, &[0; 8]).await,
        (3, 0),
        "of another program, which libvirt's library calls no domain's"
    );
    service.connection_closed(&cx).await;
    assert_eq!(ask::<ConnectGetType>(&service, &cx, &[]).await, (1, 7));
}

/// A host whose guests go direct.
struct Direct;

impl Hypervisor for Direct {
    fn host(&self) -> Host {
        let mut host = Host::new("Direct", "direct:///system", "direct");
        host.migration.direct = true;
        host
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

impl Handshakes for Direct {
    async fn perform(&self, request: crate::hypervisor::Perform) -> Result<crate::hypervisor::Performed> {
        match request.keeps {
            true => Err(crate::hypervisor::errors::invalid_argument("a cookie is needed")),
            false => Err(crate::hypervisor::errors::failed("it goes direct")),
        }
    }
}

/// A client whose guest is held will confirm that it is there: the guest is not to be gone before.
#[tokio::test]
async fn a_guest_goes_direct_only_for_a_client_that_drives_no_migration() {
    let (service, cx) = (HypervisorService::new(Direct), cx(Release::NEWEST));
    for (flags, cookie_in, expected) in [(1, vec![], 9), (1 | 256, vec![], 8), (1, vec![1], 8)] {
        let uri = Some("tcp:localhost:1".into());
        let arguments = DomainMigratePerform3 { flags, cookie_in, uri, ..DomainMigratePerform3::default() };
        assert_eq!(code(service.domain_migrate_perform3(&cx, arguments).await), (expected, 10), "{flags}");
    }
}

#[tokio::test]
async fn a_hypervisor_that_does_little_says_so() {
    let (service, cx) = (HypervisorService::new(Bare), cx(Release::NEWEST));
    service.connect_open(&cx, open(None)).await.unwrap();
    let dom = || Domain::default();
    assert_eq!(code(service.domain_define_xml(&cx, DomainDefineXml::default()).await), (3, 20));
    assert_eq!(code(service.domain_create(&cx, DomainCreate { dom: dom() }).await), (3, 20));
    assert_eq!(code(service.domain_get_info(&cx, DomainGetInfo { dom: dom() }).await), (42, 10));
    assert_eq!(code(service.domain_migrate_prepare(&cx, DomainMigratePrepare::default()).await), (3, 20));
    assert_eq!(code(service.domain_migrate_prepare2(&cx, DomainMigratePrepare2::default()).await), (3, 20));
    assert_eq!(code(service.domain_migrate_finish2(&cx, DomainMigrateFinish2::default()).await), (3, 20));
    assert_eq!(code(service.connect_domain_event_register(&cx).await), (3, 20));
    for feature in 0..24 {
        let asked = ConnectSupportsFeature { feature };
        let supported = service.connect_supports_feature(&cx, asked).await.unwrap().supported;
        assert_eq!(supported, i32::from([11, 15].contains(&feature)), "{feature}");
    }
}

#[cfg(feature = "mem")]
#[tokio::test]
async fn features_come_with_their_release() {
    for (release, expected) in [
        (Release::new(0, 3, 0), vec![]),
        (Release::new(0, 4, 4), vec![1]),
        (Release::new(0, 5, 0), vec![1, 3]),
        (Release::new(0, 9, 1), vec![1, 3, 4, 5]),
        (Release::new(0, 9, 2), vec![1, 3, 4, 5, 6]),
        (Release::new(0, 9, 4), vec![1, 3, 4, 5, 6, 7]),
        (Release::new(1, 0, 0), vec![1, 3, 4, 5, 6, 7, 9, 11]),
        (Release::new(1, 1, 0), vec![1, 3, 4, 5, 6, 7, 9, 11, 12, 13]),
        (Release::new(1, 2, 1), vec![1, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14]),
        (Release::NEWEST, vec![1, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 15, 16]),
    ] {
        let service = HypervisorService::new(crate::hypervisor::mem::Mem::default());
        let mut supported = Vec::new();
        for feature in -1..24 {
            let asked = ConnectSupportsFeature { feature };
            if service.connect_supports_feature(&cx(release), asked).await.unwrap().supported == 1 {
                supported.push(feature);
            }
        }
        assert_eq!(supported, expected, "{release}");
    }
}

#[tokio::test]
async fn events_are_registered_for_by_kind_and_age() {
    // Only whoever has events can be asked for them; what is asked does not depend on what is told.
    let events = crate::hypervisor::Events::new();
    struct Told(crate::hypervisor::Events);
    impl Hypervisor for Told {
        fn host(&self) -> Host {
            Bare.host()
        }
        fn events(&self) -> Option<&crate::hypervisor::Events> {
            Some(&self.0)
        }
        async fn domains(&self) -> Result<Vec<DomainInfo>> {
            Ok(Vec::new())
        }
        async fn xml(&self, domain: Uuid, which: WhichXml) -> Result<String> {
            Bare.xml(domain, which).await
        }
    }
    let service = HypervisorService::new(Told(events));
    for (release, older, newer) in [
        (Release::new(0, 8, 0), 5, 5),
        (Release::new(0, 9, 2), 7, 7),
        (Release::new(7, 0, 0), 15, 25),
        (Release::new(9, 0, 0), 15, 26),
        (Release::new(11, 3, 0), 15, 27),
        (Release::NEWEST, 15, 29),
    ] {
        let cx = CallContext::detached(ConnectionId(release.packed()), Arc::new(Profile::of(release)));
        service.connect_open(&cx, open(None)).await.unwrap();
        for kind in -1..40 {
            let any = ConnectDomainEventRegisterAny { event_id: kind };
            let expected = if (0..=older).contains(&kind) { (0, 0) } else { (1, 7) };
            assert_eq!(
                code(service.connect_domain_event_register_any(&cx, any).await),
                expected,
                "{release} {kind}"
            );
            let callback = ConnectDomainEventCallbackRegisterAny { event_id: kind, dom: None };
            let expected = if (0..=newer).contains(&kind) { (0, 0) } else { (1, 7) };
            let answer = service.connect_domain_event_callback_register_any(&cx, callback).await;
            assert_eq!(code(answer), expected, "{release} {kind}");
        }
        // Once each, and taken back once each.
        let kind = ConnectDomainEventRegisterAny { event_id: 0 };
        assert_eq!(code(service.connect_domain_event_register_any(&cx, kind).await), (1, 7));
        for expected in [(0, 0), (1, 7)] {
            let kind = ConnectDomainEventDeregisterAny { event_id: 0 };
            assert_eq!(code(service.connect_domain_event_deregister_any(&cx, kind).await), expected);
            let callback = ConnectDomainEventCallbackDeregisterAny { callback_id: 0 };
            assert_eq!(
                code(service.connect_domain_event_callback_deregister_any(&cx, callback).await),
                expected
            );
        }
    }
}
