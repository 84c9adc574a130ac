//! Which domains there are, and which one has a name.

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::remote::{
    ConnectListAllDomains, ConnectListAllDomainsReply, ConnectListDefinedDomains,
    ConnectListDefinedDomainsReply, ConnectListDomains, ConnectListDomainsReply,
    ConnectNumOfDefinedDomainsReply, ConnectNumOfDomainsReply, DOMAIN_LIST_MAX, DomainLookupById,
    DomainLookupByIdReply, DomainLookupByName, DomainLookupByNameReply, DomainLookupByUuid,
    DomainLookupByUuidReply,
};

use super::super::{DomainInfo, DomainState, Hypervisor, Lookup, Result, Uuid, errors};
use super::HypervisorService;
use super::clients::internal;
use super::wire::{domain, known_name, saturated};
use crate::server::CallContext;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn connect_list_all_domains(
        &self,
        _: &CallContext,
        arguments: ConnectListAllDomains,
    ) -> Result<ConnectListAllDomainsReply> {
        errors::check_flags(arguments.flags, FILTERS, "connect_list_all_domains")?;
        let mut domains = self.hypervisor.domains().await?;
        domains.retain(|domain| admits(arguments.flags, domain));
        let ret = u32::try_from(domains.len()).ok().filter(|count| *count <= DOMAIN_LIST_MAX);
        let ret = ret.ok_or_else(|| {
            internal(format!("Too many domains '{}' for limit '{DOMAIN_LIST_MAX}'", domains.len()))
        })?;
        let domains =
            if arguments.need_results != 0 { domains.iter().map(domain).collect() } else { Vec::new() };
        Ok(ConnectListAllDomainsReply { domains, ret })
    }

    pub(super) async fn connect_list_domains(
        &self,
        _: &CallContext,
        arguments: ConnectListDomains,
    ) -> Result<ConnectListDomainsReply> {
        let max = count("maxids", arguments.maxids)?;
        let domains = self.hypervisor.domains().await?;
        let ids = domains.iter().filter_map(|domain| domain.id).map(saturated).take(max).collect();
        Ok(ConnectListDomainsReply { ids })
    }

    pub(super) async fn connect_num_of_domains(&self, _: &CallContext) -> Result<ConnectNumOfDomainsReply> {
        let domains = self.hypervisor.domains().await?;
        let num = domains.iter().filter(|domain| domain.id.is_some()).count();
        Ok(ConnectNumOfDomainsReply { num: i32::try_from(num).unwrap_or(i32::MAX) })
    }

    pub(super) async fn connect_list_defined_domains(
        &self,
        _: &CallContext,
        arguments: ConnectListDefinedDomains,
    ) -> Result<ConnectListDefinedDomainsReply> {
        let max = count("maxnames", arguments.maxnames)?;
        let domains = self.hypervisor.domains().await?;
        let inactive = domains.into_iter().filter(|domain| domain.id.is_none());
        Ok(ConnectListDefinedDomainsReply {
            names: inactive.map(|domain| domain.name.into()).take(max).collect(),
        })
    }

    pub(super) async fn connect_num_of_defined_domains(
        &self,
        _: &CallContext,
    ) -> Result<ConnectNumOfDefinedDomainsReply> {
        let domains = self.hypervisor.domains().await?;
        let num = domains.iter().filter(|domain| domain.id.is_none()).count();
        Ok(ConnectNumOfDefinedDomainsReply { num: i32::try_from(num).unwrap_or(i32::MAX) })
    }

    pub(super) async fn domain_lookup_by_id(
        &self,
        _: &CallContext,
        arguments: DomainLookupById,
    ) -> Result<DomainLookupByIdReply> {
        // No domain has a negative id, nor 0.
        let id = u32::try_from(arguments.id).unwrap_or(0);
        let found = self.found(Lookup::Id(id)).await?;
        Ok(DomainLookupByIdReply { dom: domain(&found) })
    }

    pub(super) async fn domain_lookup_by_name(
        &self,
        _: &CallContext,
        arguments: DomainLookupByName,
    ) -> Result<DomainLookupByNameReply> {
        let name = known_name(&arguments.name)?;
        let found = self.found(Lookup::Name(&name)).await?;
        Ok(DomainLookupByNameReply { dom: domain(&found) })
    }

    pub(super) async fn domain_lookup_by_uuid(
        &self,
        _: &CallContext,
        arguments: DomainLookupByUuid,
    ) -> Result<DomainLookupByUuidReply> {
        let found = self.found(Lookup::Uuid(Uuid(arguments.uuid))).await?;
        Ok(DomainLookupByUuidReply { dom: domain(&found) })
    }
}

/// The most entries that a caller wants.
fn count(name: &str, count: i32) -> Result<usize> {
    match usize::try_from(count) {
        Err(_) => Err(RemoteError::rpc(format!("{name} must be non-negative"))),
        Ok(count) if count > DOMAIN_LIST_MAX as usize => {
            Err(internal(format!("{name} of {count} is more than {DOMAIN_LIST_MAX}")))
        }
        Ok(count) => Ok(count),
    }
}

/// All bits of all groups (`virConnectListAllDomainsFlags`).
const FILTERS: u64 = 0xffff;

/// Whether a domain passes every group of filters. A group without a bit lets all pass.
pub(super) fn admits(flags: u32, domain: &DomainInfo) -> bool {
    let (running, paused, off) = match domain.state {
        DomainState::Running(_) => (true, false, false),
        DomainState::Paused(_) => (false, true, false),
        DomainState::Shutoff(_) => (false, false, true),
        _ => (false, false, false),
    };
    let yes_or_no = |first: u32, is: bool| [(first, is), (first << 1, !is)];
    let groups: [&[(u32, bool)]; 7] = [
        &yes_or_no(1, domain.id.is_some()),
        &yes_or_no(4, domain.persistent),
        &[(16, running), (32, paused), (64, off), (128, !running && !paused && !off)],
        // There are no managed save images, snapshots or checkpoints.
        &yes_or_no(256, false),
        &yes_or_no(1_024, domain.autostart),
        &yes_or_no(4_096, false),
        &yes_or_no(16_384, false),
    ];
    groups.iter().all(|group| {
        let asked = group.iter().filter(|(bit, _)| flags & bit != 0);
        asked.clone().next().is_none() || asked.clone().any(|(_, is)| *is)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hypervisor::RunningReason;

    #[test]
    fn a_domain_passes_every_group_that_asks() {
        let off = DomainInfo::new("a", Uuid([0; 16]));
        let state = DomainState::Running(RunningReason::Booted);
        let runs = DomainInfo { id: Some(1), state, persistent: false, autostart: true, ..off.clone() };
        let crashed = DomainInfo { id: Some(2), state: DomainState::PmSuspended, ..runs.clone() };
        for (flags, expected) in [
            (0, [true, true, true]),
            (1, [false, true, true]),
            (2, [true, false, false]),
            (1 | 2, [true, true, true]),
            (4, [true, false, false]),
            (8, [false, true, true]),
            (16, [false, true, false]),
            (64, [true, false, false]),
            (128, [false, false, true]),
            (32, [false, false, false]),
            (16 | 64, [true, true, false]),
            (1 | 4, [false, false, false]),
            (256, [false, false, false]),
            (512, [true, true, true]),
            (1_024, [false, true, true]),
            (2_048 | 2, [true, false, false]),
            (4_096 | 8_192, [true, true, true]),
            (16_384, [false, false, false]),
        ] {
            let passes = [&off, &runs, &crashed].map(|domain| admits(flags, domain));
            assert_eq!(passes, expected, "{flags}");
        }
    }
}
