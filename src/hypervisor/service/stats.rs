//! Statistics of many domains at once.

use std::collections::BTreeMap;

use virtwire_protocol::access::{ObjectKind, Right};
use virtwire_protocol::error::{ErrorCode, RemoteError};
use virtwire_protocol::flags::{DomainStatsFlags, DomainStatsKinds};
use virtwire_protocol::frame::PAYLOAD_BYTES_MAX;
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    ConnectGetAllDomainStats, ConnectGetAllDomainStatsReply, DOMAIN_LIST_MAX, DomainStatsRecord, TypedParam,
    TypedParamValue,
};
use virtwire_xdr::encoded_len;

use super::super::{DomainInfo, Hypervisor, Lookup, Result, Stats, Uuid, errors};
use super::HypervisorService;
use super::list::admits;
use super::wire::domain;
use crate::server::CallContext;
use crate::server::turn::Steps;

/// Of the flags, those that choose domains.
const FILTERS: u32 = 0xff;
/// Nothing here waits for a busy domain, and no disk has images below it.
const NOWAIT: u32 = DomainStatsFlags::NOWAIT.bits();
const BACKING: u32 = DomainStatsFlags::BACKING.bits();
const ENFORCE: u32 = DomainStatsFlags::ENFORCE_STATS.bits();

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn connect_get_all_domain_stats(
        &self,
        cx: &CallContext,
        arguments: ConnectGetAllDomainStats,
    ) -> Result<ConnectGetAllDomainStatsReply> {
        let ConnectGetAllDomainStats { doms, stats: asked, flags } = arguments;
        let Some(stats) = self.hypervisor.stats() else {
            return Err(RemoteError::no_support("virConnectGetAllDomainStats"));
        };
        let known = FILTERS | NOWAIT | BACKING | ENFORCE;
        errors::check_flags(flags, known.into(), "connect_get_all_domain_stats")?;
        let had = (stats.kinds() | DomainStatsKinds::STATE).bits();
        if flags & ENFORCE != 0 && asked & !had != 0 {
            let unknown = asked & !had;
            let detail = format!("Stats types bits {unknown:#x} are not supported by this daemon");
            return Err(errors::unsupported_argument(detail));
        }
        let wanted = if asked == 0 { had } else { asked & had };
        let kinds = DomainStatsKinds::from_bits(wanted & stats.kinds().bits());
        let wished = doms.iter().map(|dom| Uuid(dom.uuid)).collect::<Vec<_>>();
        let mut ret_stats: Vec<DomainStatsRecord> = Vec::new();
        let (mut known, mut bytes_left, mut steps) = (BTreeMap::new(), PAYLOAD_BYTES_MAX, Steps::begin());
        for info in self.chosen(cx, &wished, flags).await? {
            // Whoever is named twice is asked once.
            let again = known.get(&info.uuid).and_then(|at| ret_stats.get::<usize>(*at)).cloned();
            let record = match again {
                Some(record) => record,
                None => match self.record(&info, wanted, kinds).await {
                    Ok(record) => record,
                    Err(error) if error.code == ErrorCode::NO_DOMAIN => continue,
                    Err(error) => return Err(error),
                },
            };
            // A reply that would not fit is given up before all of it is there.
            let bytes = encoded_len(&record).ok();
            bytes_left =
                bytes.and_then(|bytes| bytes_left.checked_sub(bytes)).ok_or_else(RemoteError::unencodable)?;
            known.insert(info.uuid, ret_stats.len());
            ret_stats.push(record);
            steps.did_one().await;
        }
        Ok(ConnectGetAllDomainStatsReply { ret_stats })
    }

    /// What is told of a domain: its state, if that is wanted, and the hypervisor's figures of these kinds.
    async fn record(
        &self,
        info: &DomainInfo,
        wanted: u32,
        kinds: DomainStatsKinds,
    ) -> Result<DomainStatsRecord> {
        let figures = match self.hypervisor.stats() {
            // Else its state is all that is wanted, and known already: that is nothing to fail at.
            Some(stats) if !kinds.is_empty() => stats.stats(info.uuid, kinds).await?,
            _ => TypedParams::default(),
        };
        let state = if wanted & DomainStatsKinds::STATE.bits() != 0 { state(info) } else { Vec::new() };
        let params = state.into_iter().chain(Vec::from(figures)).collect();
        Ok(DomainStatsRecord { dom: domain(info), params })
    }

    /// The domains that are named, or all; of those that are there and the client may read, the ones that the flags admit.
    async fn chosen(&self, cx: &CallContext, wished: &[Uuid], flags: u32) -> Result<Vec<DomainInfo>> {
        let mut domains = match wished {
            [] => self.hypervisor.domains().await?,
            wished => {
                let (mut found, mut steps) = (Vec::new(), Steps::begin());
                for uuid in wished {
                    found.extend(self.hypervisor.domain(Lookup::Uuid(*uuid)).await?);
                    steps.did_one().await;
                }
                found
            }
        };
        let read = Right::of(ObjectKind::Domain, "read");
        domains.retain(|domain| {
            admits(flags & FILTERS, domain) && cx.allows(read, domain.uuid.0, &domain.name).is_ok()
        });
        domains.truncate(DOMAIN_LIST_MAX as usize);
        Ok(domains)
    }
}

fn state(info: &DomainInfo) -> Vec<TypedParam> {
    let (state, reason) = info.state.to_wire();
    [("state.state", state), ("state.reason", reason)]
        .map(|(field, value)| TypedParam { field: field.into(), value: TypedParamValue::Int(value) })
        .into()
}
