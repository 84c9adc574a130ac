//! What many domains use.

use std::sync::Mutex;

use virtwire_protocol::flags::DomainStatsKinds;
use virtwire_protocol::params::TypedParams;

use super::*;
use crate::hypervisor::Stats;

/// A host that cannot tell what its domain uses, and remembers what it was asked for.
struct Blind {
    kinds: DomainStatsKinds,
    asked: Mutex<Vec<DomainStatsKinds>>,
}

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
        self.kinds
    }

    async fn stats(&self, _: Uuid, kinds: DomainStatsKinds) -> Result<TypedParams> {
        self.asked.lock().unwrap().push(kinds);
        Err(crate::hypervisor::errors::failed("its monitor does not answer"))
    }
}

#[tokio::test]
async fn state_is_told_also_where_figures_cannot_be() {
    let (state, cpu) = (DomainStatsKinds::STATE, DomainStatsKinds::CPU_TOTAL);
    for kinds in [cpu, cpu | state] {
        let service = HypervisorService::new(Blind { kinds, asked: Mutex::default() });
        let ask =
            |asked: DomainStatsKinds| ConnectGetAllDomainStats { stats: asked.bits(), ..Default::default() };
        let told = service.connect_get_all_domain_stats(&cx(Release::NEWEST), ask(state)).await.unwrap();
        let fields: Vec<_> = told.ret_stats[0].params.iter().map(|param| param.field.to_string()).collect();
        assert_eq!(fields, ["state.state", "state.reason"]);
        assert_eq!(*service.hypervisor.asked.lock().unwrap(), []);
        assert_eq!(
            code(service.connect_get_all_domain_stats(&cx(Release::NEWEST), ask(cpu | state)).await),
            (9, 10)
        );
        assert_eq!(*service.hypervisor.asked.lock().unwrap(), [cpu]);
    }
}
