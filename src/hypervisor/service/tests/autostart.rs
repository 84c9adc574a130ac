//! Domains that start with their host.

use std::sync::Mutex;

use super::*;
use crate::hypervisor::StartOptions;

/// A host of three marked domains, of which the second one's start panics.
#[derive(Default)]
struct Panics(Mutex<Vec<Uuid>>);

impl Hypervisor for Panics {
    fn host(&self) -> Host {
        Bare.host()
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        let marked = |number| {
            let info = DomainInfo::new(format!("g{number}"), Uuid([number; 16]));
            DomainInfo { autostart: true, persistent: true, ..info }
        };
        Ok([1, 2, 3].map(marked).into())
    }

    async fn xml(&self, domain: Uuid, which: WhichXml) -> Result<String> {
        Bare.xml(domain, which).await
    }

    async fn start(&self, domain: Uuid, _: StartOptions) -> Result<DomainInfo> {
        assert_ne!(domain, Uuid([2; 16]), "as was asked for");
        self.0.lock().unwrap().push(domain);
        Ok(DomainInfo { id: Some(1), ..DomainInfo::new("g", domain) })
    }
}

#[tokio::test]
async fn one_whose_start_panics_keeps_no_other_from_its_own() {
    let service = HypervisorService::new(Panics::default());
    let failed = service.autostart().await.unwrap();
    let failed: Vec<_> = failed.iter().map(|(domain, why)| (domain.name.as_str(), why.code.0)).collect();
    assert_eq!(failed, [("g2", 9)]);
    assert_eq!(*service.hypervisor.0.lock().unwrap(), [Uuid([1; 16]), Uuid([3; 16])]);
    assert_eq!(service.images.waiting(), 0);
}
