//! Which domains there are, and which one has a name.

use virtwire_protocol::access::{ObjectKind, Right};
use virtwire_protocol::error::{ErrorCode, RemoteError};
use virtwire_protocol::flags::ListDomainsFlags;
use virtwire_protocol::remote::{
    ConnectListAllDomains, ConnectListAllDomainsReply, ConnectListDefinedDomains,
    ConnectListDefinedDomainsReply, ConnectListDomains, ConnectListDomainsReply,
    ConnectNumOfDefinedDomainsReply, ConnectNumOfDomainsReply, DOMAIN_LIST_MAX, DomainLookupById,
    DomainLookupByIdReply, DomainLookupByName, DomainLookupByNameReply, DomainLookupByUuid,
    DomainLookupByUuidReply,
};

use super::super::{DomainInfo, DomainState, Hypervisor, Lookup, Result, Uuid};
use super::HypervisorService;
use super::clients::internal;
use super::wire::{domain, known_name, saturated};
use crate::server::CallContext;
use crate::server::turn::Steps;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn connect_list_all_domains(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllDomains,
    ) -> Result<ConnectListAllDomainsReply> {
        let mut domains = self.visible(cx).await?;
        domains.retain(|domain| admits(arguments.flags, domain));
        let domains = self.by_managed_save(domains, arguments.flags).await?;
        let domains = self.by_snapshots(domains, arguments.flags).await?;
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
        cx: &CallContext,
        arguments: ConnectListDomains,
    ) -> Result<ConnectListDomainsReply> {
        let max = count("maxids", arguments.maxids)?;
        let domains = self.visible(cx).await?;
        let ids = domains.iter().filter_map(|domain| domain.id).map(saturated).take(max).collect();
        Ok(ConnectListDomainsReply { ids })
    }

    pub(super) async fn connect_num_of_domains(&self, cx: &CallContext) -> Result<ConnectNumOfDomainsReply> {
        let domains = self.visible(cx).await?;
        let num = domains.iter().filter(|domain| domain.id.is_some()).count();
        Ok(ConnectNumOfDomainsReply { num: i32::try_from(num).unwrap_or(i32::MAX) })
    }

    pub(super) async fn connect_list_defined_domains(
        &self,
        cx: &CallContext,
        arguments: ConnectListDefinedDomains,
    ) -> Result<ConnectListDefinedDomainsReply> {
        let max = count("maxnames", arguments.maxnames)?;
        let domains = self.visible(cx).await?;
        let inactive = domains.into_iter().filter(|domain| domain.id.is_none());
        Ok(ConnectListDefinedDomainsReply {
            names: inactive.map(|domain| domain.name.into()).take(max).collect(),
        })
    }

    pub(super) async fn connect_num_of_defined_domains(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectNumOfDefinedDomainsReply> {
        let domains = self.visible(cx).await?;
        let num = domains.iter().filter(|domain| domain.id.is_none()).count();
        Ok(ConnectNumOfDefinedDomainsReply { num: i32::try_from(num).unwrap_or(i32::MAX) })
    }

    pub(super) async fn domain_lookup_by_id(
        &self,
        cx: &CallContext,
        arguments: DomainLookupById,
    ) -> Result<DomainLookupByIdReply> {
        // No domain has a negative id, nor 0.
        let id = u32::try_from(arguments.id).unwrap_or(0);
        let found = self.found(Lookup::Id(id)).await?;
        // The number alone has not told whose it is.
        cx.allows(Right::of(ObjectKind::Domain, "getattr"), found.uuid.0, &found.name)?;
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

impl<H: Hypervisor> HypervisorService<H> {
    /// The domains that a client may know of.
    pub(super) async fn visible(&self, cx: &CallContext) -> Result<Vec<DomainInfo>> {
        let mut domains = self.hypervisor.domains().await?;
        domains.retain(|domain| cx.may_see(domain.uuid.0, &domain.name));
        Ok(domains)
    }

    /// Of these domains those with snapshots, or those without, where one of the two is asked for.
    async fn by_snapshots(&self, domains: Vec<DomainInfo>, flags: u32) -> Result<Vec<DomainInfo>> {
        let Some(with) = one_of(flags, HAS_SNAPSHOT, NO_SNAPSHOT) else { return Ok(domains) };
        let (mut chosen, mut steps) = (Vec::new(), Steps::begin());
        for domain in domains {
            steps.did_one().await;
            match self.snapshots_of(domain.uuid).await {
                Ok(snapshots) if snapshots.is_empty() == with => {}
                Ok(_) => chosen.push(domain),
                // It has gone meanwhile.
                Err(error) if error.code == ErrorCode::NO_DOMAIN => {}
                Err(error) => return Err(error),
            }
        }
        Ok(chosen)
    }

    /// The same, by their managed save images.
    async fn by_managed_save(&self, domains: Vec<DomainInfo>, flags: u32) -> Result<Vec<DomainInfo>> {
        let Some(with) = one_of(flags, MANAGED_SAVE, NO_MANAGED_SAVE) else { return Ok(domains) };
        let have = self.images.have(&domains).await?;
        Ok(domains.into_iter().zip(have).filter(|(_, has)| *has == with).map(|(domain, _)| domain).collect())
    }
}

/// Whether the first of two filters is asked for, or the second; both let all pass, as none does.
fn one_of(flags: u32, first: u32, second: u32) -> Option<bool> {
    match (flags & first != 0, flags & second != 0) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (true, true) | (false, false) => None,
    }
}

/// The most entries that a caller wants.
pub(super) fn count(name: &str, count: i32) -> Result<usize> {
    count_up_to(name, count, DOMAIN_LIST_MAX, "REMOTE_DOMAIN_LIST_MAX")
}

/// The same of a list that has another bound. libvirt's daemons name the constant, not the number.
pub(super) fn count_up_to(name: &str, count: i32, most: u32, constant: &str) -> Result<usize> {
    match usize::try_from(count) {
        Err(_) => Err(RemoteError::rpc(format!("{name} must be non-negative"))),
        Ok(count) if count > most as usize => Err(RemoteError::rpc(format!("{name} > {constant}"))),
        Ok(count) => Ok(count),
    }
}

/// All bits of all groups (`virConnectListAllDomainsFlags`).
pub(super) const FILTERS: u32 = 0xffff;
const MANAGED_SAVE: u32 = ListDomainsFlags::MANAGEDSAVE.bits();
const NO_MANAGED_SAVE: u32 = ListDomainsFlags::NO_MANAGEDSAVE.bits();
const HAS_SNAPSHOT: u32 = ListDomainsFlags::HAS_SNAPSHOT.bits();
const NO_SNAPSHOT: u32 = ListDomainsFlags::NO_SNAPSHOT.bits();

/// Whether a domain passes every group of filters but those of managed save images and of snapshots. A group without a bit lets all pass.
pub(super) fn admits(flags: u32, domain: &DomainInfo) -> bool {
    let (running, paused, off) = match domain.state {
        DomainState::Running(_) => (true, false, false),
        DomainState::Paused(_) => (false, true, false),
        DomainState::Shutoff(_) => (false, false, true),
        _ => (false, false, false),
    };
    let groups: [&[(u32, bool)]; 5] = [
        &yes_or_no(1, domain.id.is_some()),
        &yes_or_no(4, domain.persistent),
        &[(16, running), (32, paused), (64, off), (128, !running && !paused && !off)],
        &yes_or_no(1_024, domain.autostart),
        // There are no checkpoints.
        &yes_or_no(16_384, false),
    ];
    passes(flags, &groups)
}

/// Whether one that is so passes every group of filters. A group without a bit lets all pass.
pub(super) fn passes(flags: u32, groups: &[&[(u32, bool)]]) -> bool {
    groups.iter().all(|group| {
        let mut asked = group.iter().filter(|(bit, _)| flags & bit != 0).peekable();
        asked.peek().is_none() || asked.any(|(_, is)| *is)
    })
}

/// The group of a bit for what is so, and the next one for what is not.
pub(super) fn yes_or_no(first: u32, is: bool) -> [(u32, bool); 2] {
    [(first, is), (first << 1, !is)]
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
