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
