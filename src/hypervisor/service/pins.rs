//! On which of the host's CPUs a domain may run.

use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    CPUMAP_MAX, Domain, DomainGetEmulatorPinInfo, DomainGetEmulatorPinInfoReply, DomainPinEmulator,
    DomainPinVcpu, DomainPinVcpuFlags,
};

use super::super::{Changes, CpuSet, Happening, Hypervisor, Pinned, Pins, Result, Tuning, Uuid, errors};
use super::HypervisorService;
use super::changes::{LIVE, check_one_place, place};
use super::vcpus::every_cpu;
use crate::server::CallContext;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_pin_vcpu(&self, _: &CallContext, arguments: DomainPinVcpu) -> Result<()> {
        let DomainPinVcpu { dom, vcpu, cpumap } = arguments;
        self.pin(&dom, Pinned::Vcpu(vcpu), &cpumap, LIVE, "virDomainPinVcpu").await
    }

    pub(super) async fn domain_pin_vcpu_flags(
        &self,
        _: &CallContext,
        arguments: DomainPinVcpuFlags,
    ) -> Result<()> {
        let DomainPinVcpuFlags { dom, vcpu, cpumap, flags } = arguments;
        self.pin(&dom, Pinned::Vcpu(vcpu), &cpumap, flags, "virDomainPinVcpuFlags").await
    }

    pub(super) async fn domain_pin_emulator(
        &self,
        _: &CallContext,
        arguments: DomainPinEmulator,
    ) -> Result<()> {
        let DomainPinEmulator { dom, cpumap, flags } = arguments;
        self.pin(&dom, Pinned::Emulator, &cpumap, flags, "virDomainPinEmulator").await
    }

    /// A virtual CPU must be there wherever it is pinned: plugged in where the domain runs, and where it will run, one that it may have.
    /// And one of the CPUs must be on this host.
    async fn pin(&self, dom: &Domain, what: Pinned, map: &[u8], flags: u32, api: &str) -> Result<()> {
        let tuning = self.tuning(api)?;
        let domain = self.known(dom).await?;
        let place = place(&domain, flags)?;
        if let Pinned::Vcpu(number) = what {
            let configured = match self.hypervisor.changes() {
                Some(changes) if place.config => changes.configured(domain.uuid).await?.vcpus_max,
                _ => domain.vcpus_max,
            };
            if (place.live && number >= domain.vcpus) || (place.config && number >= configured) {
                let detail = format!("requested vcpu '{number}' is not present in the domain");
                return Err(errors::invalid_argument(detail));
            }
        }
        let cpus = CpuSet::of_map(map, self.hypervisor.host().node.cpus);
        if cpus.is_empty() {
            return Err(errors::invalid_argument("none of these CPUs is one of this host's"));
        }
        let _change = if place.live { self.change(domain.uuid).await? } else { None };
        let told = pinned(what, &cpus)?;
        tuning.pin(domain.uuid, what, cpus, place).await?;
        if place.live {
            self.tell_happening(&domain, &Happening::Tunable(told));
        }
        Ok(())
    }

    pub(super) async fn domain_get_emulator_pin_info(
        &self,
        _: &CallContext,
        arguments: DomainGetEmulatorPinInfo,
    ) -> Result<DomainGetEmulatorPinInfoReply> {
        let DomainGetEmulatorPinInfo { dom, maplen, flags } = arguments;
        let tuning = self.tuning("virDomainGetEmulatorPinInfo")?;
        check_one_place(flags)?;
        let bytes = usize::try_from(maplen).ok().filter(|bytes| (1..=CPUMAP_MAX as usize).contains(bytes));
        let bytes = bytes.ok_or_else(|| errors::invalid_argument(format!("maplen is {maplen}")))?;
        let domain = self.known(&dom).await?;
        let place = place(&domain, flags)?;
        let pins = tuning.pins(domain.uuid, place.config).await?;
        let cpus = self.hypervisor.host().node.cpus;
        Ok(DomainGetEmulatorPinInfoReply { cpumaps: map(pins.emulator.as_ref(), cpus, bytes), ret: 1 })
    }

    /// The maps of a domain's first virtual CPUs, of so many bytes each.
    pub(super) async fn vcpu_maps(
        &self,
        domain: Uuid,
        inactive: bool,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<u8>> {
        let pins = match self.hypervisor.tuning() {
            Some(tuning) => tuning.pins(domain, inactive).await?,
            None => Pins::default(),
        };
        let cpus = self.hypervisor.host().node.cpus;
        Ok((0..).take(count).flat_map(|number| map(pins.vcpus.get(&number), cpus, bytes)).collect())
    }
}

/// What is told of something that runs on these CPUs alone now.
fn pinned(what: Pinned, cpus: &CpuSet) -> Result<TypedParams> {
    let name = match what {
        Pinned::Vcpu(number) => format!("cputune.vcpupin{number}"),
        Pinned::Emulator => "cputune.emulatorpin".to_owned(),
    };
    TypedParams::new().with(&name, cpus.to_string()).map_err(|error| errors::failed(error.to_string()))
}

/// What is not pinned may run on every CPU.
fn map(pinned: Option<&CpuSet>, cpus: u32, bytes: usize) -> Vec<u8> {
    pinned.map_or_else(|| every_cpu(cpus, bytes), |pinned| pinned.to_map(bytes))
}
