//! What many domains use.

use std::sync::Mutex;

use virtwire_protocol::flags::DomainStatsKinds;
use virtwire_protocol::params::TypedParams;

use super::*;
use crate::hypervisor::Stats;

/// A host that cannot tell what its domain uses, and remembers what it was asked for.
#[derive(Default)]
struct Blind(Mutex<Vec<DomainStatsKinds>>);

impl Hypervisor for Blind {
    fn host(&self) -> Host {
        Bare.host()
    }

    fn stats(&self) -> Option<&impl Stats> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(vec![DomainInfo::new("a", Uuid([7; 16]))])
    }

    async fn xml(&self, domain: Uuid, which: WhichXml) -> Result<String> {
        Bare.xml(domain, which).await
    }
}

impl Stats for Blind {
    fn kinds(&self) -> DomainStatsKinds {
        DomainStatsKinds::CPU_TOTAL
    }

    async fn stats(&self, _: Uuid, kinds: DomainStatsKinds) -> Result<TypedParams> {
        self.0.lock().unwrap().push(kinds);
        Err(crate::hypervisor::errors::failed("its monitor does not answer"))
    }
}

#[tokio::test]
async fn state_is_told_also_where_figures_cannot_be() {
    let service = HypervisorService::new(Blind::default());
    let ask = |kinds: DomainStatsKinds| {
        let asked = ConnectGetAllDomainStats { stats: kinds.bits(), ..Default::default() };
        async { service.connect_get_all_domain_stats(&cx(Release::NEWEST), asked).await }
    };
    let told = ask(DomainStatsKinds::STATE).await.unwrap();
    let fields: Vec<_> = told.ret_stats[0].params.iter().map(|param| param.field.to_string()).collect();
    assert_eq!(fields, ["state.state", "state.reason"]);
    assert_eq!(*service.hypervisor.0.lock().unwrap(), []);
    let both = DomainStatsKinds::STATE | DomainStatsKinds::CPU_TOTAL;
    assert_eq!(code(ask(both).await), (9, 10));
    assert_eq!(*service.hypervisor.0.lock().unwrap(), [DomainStatsKinds::CPU_TOTAL]);
}

/// A host of many domains whose figures are long, and take their time without waiting for anything.
#[derive(Default)]
struct Long {
    domains: u8,
    asked: Mutex<Vec<Uuid>>,
}

impl Hypervisor for Long {
    fn host(&self) -> Host {
        Bare.host()
    }

    fn stats(&self) -> Option<&impl Stats> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok((0..self.domains).map(|at| DomainInfo::new(format!("d{at}"), Uuid([at; 16]))).collect())
    }

    async fn xml(&self, domain: Uuid, which: WhichXml) -> Result<String> {
        Bare.xml(domain, which).await
    }
}

impl Stats for Long {
    fn kinds(&self) -> DomainStatsKinds {
        DomainStatsKinds::BLOCK
    }

    async fn stats(&self, domain: Uuid, _: DomainStatsKinds) -> Result<TypedParams> {
        std::thread::sleep(std::time::Duration::from_millis(1));
        self.asked.lock().unwrap().push(domain);
        Ok(TypedParams::new().with("block.0.path", "p".repeat(1 << 20)).unwrap())
    }
}

#[tokio::test]
async fn others_have_a_turn_between_the_figures_of_two_domains() {
    let (service, cx) = (HypervisorService::new(Long { domains: 3, ..Long::default() }), cx(Release::NEWEST));
    let mut call = Box::pin(service.connect_get_all_domain_stats(&cx, ConnectGetAllDomainStats::default()));
    let waits = std::future::poll_fn(|cx| std::task::Poll::Ready(call.as_mut().poll(cx).is_pending())).await;
    assert!(waits && service.hypervisor.asked.lock().unwrap().len() == 1);
    assert_eq!(call.await.unwrap().ret_stats.len(), 3);
}

/// Of what is asked for a thousand times there is one answer, and of what fits no reply no more than would have fitted.
#[tokio::test]
async fn figures_that_fit_no_reply_are_not_gathered() {
    let (service, cx) =
        (HypervisorService::new(Long { domains: 200, ..Long::default() }), cx(Release::NEWEST));
    let all = ConnectGetAllDomainStats::default();
    assert_eq!(code(service.connect_get_all_domain_stats(&cx, all).await), (39, 7));
    assert_eq!(std::mem::take(&mut *service.hypervisor.asked.lock().unwrap()).len(), 32);
    let dom = |times| vec![Domain { name: "d5".into(), uuid: [5; 16], id: -1 }; times];
    for (times, expected) in [(31, Some(31)), (1_000, None)] {
        let again = ConnectGetAllDomainStats { doms: dom(times), ..Default::default() };
        let told = service.connect_get_all_domain_stats(&cx, again).await;
        assert_eq!(told.ok().map(|told| told.ret_stats.len()), expected);
        assert_eq!(std::mem::take(&mut *service.hypervisor.asked.lock().unwrap()), [Uuid([5; 16])]);
    }
}
