//! A domain's CPUs, their threads and their share of the host's.

use std::time::Duration;

use virtwire_protocol::enums::VcpuState;
use virtwire_protocol::flags::{AffectFlags, VcpuFlags};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    DomainGetCpuStats, DomainGetVcpuPinInfo, DomainPinIothread, DomainPinVcpuFlags, DomainSetGuestVcpus,
    DomainSetIothreadParams, DomainSetVcpu,
};

use super::Domain;
use crate::client::CallError;
use crate::client::objects::CpuMap;

/// A virtual CPU of a domain that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vcpu {
    /// Its number in the guest.
    pub number: u32,
    /// What it does.
    pub state: VcpuState,
    /// How long it has run.
    pub cpu_time: Duration,
    /// The host's CPU that it runs on, if one.
    pub cpu: Option<u32>,
    /// The host's CPUs that it may run on.
    pub affinity: CpuMap,
}

impl Domain {
    /// Its virtual CPUs, while it runs.
    pub async fn vcpus(&self) -> Result<Vec<Vcpu>, CallError> {
        let most = self.connection.domain_get_max_vcpus(&self.wire).await?.num;
        let length = self.connection.cpu_map_bytes().await?;
        let reply = self.connection.domain_get_vcpus(&self.wire, most, length).await?;
        let length = usize::try_from(length).unwrap_or(0).max(1);
        let mut maps = reply.cpumaps.chunks(length);
        let mut vcpu = |info: virtwire_protocol::remote::VcpuInfo| Vcpu {
            number: info.number,
            state: info.state.into(),
            cpu_time: Duration::from_nanos(info.cpu_time),
            cpu: info.cpu.try_into().ok(),
            affinity: CpuMap::from_bytes(maps.next().unwrap_or_default()),
        };
        Ok(reply.info.into_iter().map(&mut vcpu).collect())
    }

    /// How many virtual CPUs it has, or may have (libvirt 0.8.5).
    pub async fn vcpu_count(&self, which: VcpuFlags) -> Result<u32, CallError> {
        let count = self.connection.domain_get_vcpus_flags(&self.wire, which.bits()).await?.num;
        Ok(count.try_into().unwrap_or(0))
    }

    /// Says how many virtual CPUs it has, while it runs.
    pub async fn set_vcpu_count(&self, count: u32) -> Result<(), CallError> {
        self.connection.domain_set_vcpus(&self.wire, count).await
    }

    /// Says how many virtual CPUs it has or may have, where the flags say (libvirt 0.8.5).
    pub async fn set_vcpu_count_with(&self, count: u32, which: VcpuFlags) -> Result<(), CallError> {
        self.connection.domain_set_vcpus_flags(&self.wire, count, which.bits()).await
    }

    /// Plugs virtual CPUs in or out, named as in `0,2-3` (libvirt 3.1).
    pub async fn set_vcpus_online(
        &self,
        vcpus: &str,
        online: bool,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let (dom, cpumap, state) = (self.wire.clone(), vcpus.into(), online.into());
        self.connection.domain_set_vcpu(DomainSetVcpu { dom, cpumap, state, flags: affect.bits() }).await
    }

    /// The guest's own view of its CPUs, by its agent: `vcpus`, `online`, `offlinable` (libvirt 2.0).
    pub async fn guest_vcpus(&self) -> Result<TypedParams, CallError> {
        Ok(self.connection.domain_get_guest_vcpus(&self.wire, 0).await?.params.into())
    }

    /// Has the guest use CPUs or not, named as in `0,2-3`, by its agent (libvirt 2.0).
    pub async fn set_guest_vcpus_online(&self, vcpus: &str, online: bool) -> Result<(), CallError> {
        let (dom, cpumap, state) = (self.wire.clone(), vcpus.into(), online.into());
        self.connection.domain_set_guest_vcpus(DomainSetGuestVcpus { dom, cpumap, state, flags: 0 }).await
    }

    /// Says which of the host's CPUs a virtual one may run on, while it runs.
    pub async fn pin_vcpu(&self, vcpu: u32, cpus: &CpuMap) -> Result<(), CallError> {
        self.connection.domain_pin_vcpu(&self.wire, vcpu, cpus.as_bytes()).await
    }

    /// The same where the flags say (libvirt 0.9.3).
    pub async fn pin_vcpu_with(
        &self,
        vcpu: u32,
        cpus: &CpuMap,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let (dom, cpumap) = (self.wire.clone(), cpus.as_bytes().to_vec());
        let arguments = DomainPinVcpuFlags { dom, vcpu, cpumap, flags: affect.bits() };
        self.connection.domain_pin_vcpu_flags(arguments).await
    }

    /// Which of the host's CPUs each virtual one may run on (libvirt 0.9.3).
    pub async fn vcpu_pins(&self, affect: AffectFlags) -> Result<Vec<CpuMap>, CallError> {
        let flags = VcpuFlags::from_bits(affect.bits()) | VcpuFlags::MAXIMUM;
        let count = self.vcpu_count(flags.without(VcpuFlags::LIVE)).await?;
        let length = self.connection.cpu_map_bytes().await?;
        let arguments = DomainGetVcpuPinInfo {
            dom: self.wire.clone(),
            ncpumaps: count.try_into().unwrap_or(i32::MAX),
            maplen: length,
            flags: affect.bits(),
        };
        let reply = self.connection.domain_get_vcpu_pin_info(arguments).await?;
        let length = usize::try_from(length).unwrap_or(0).max(1);
        Ok(reply.cpumaps.chunks(length).map(CpuMap::from_bytes).collect())
    }

    /// Says which of the host's CPUs the hypervisor's other threads may run on (libvirt 0.10.0).
    pub async fn pin_emulator(&self, cpus: &CpuMap, affect: AffectFlags) -> Result<(), CallError> {
        self.connection.domain_pin_emulator(&self.wire, cpus.as_bytes(), affect.bits()).await
    }

    /// Which of the host's CPUs the hypervisor's other threads may run on (libvirt 0.10.0).
    pub async fn emulator_pin(&self, affect: AffectFlags) -> Result<CpuMap, CallError> {
        let length = self.connection.cpu_map_bytes().await?;
        let reply = self.connection.domain_get_emulator_pin_info(&self.wire, length, affect.bits()).await?;
        Ok(CpuMap::from_bytes(reply.cpumaps))
    }

    /// Its threads of I/O, by number, and the host's CPUs that each may run on (libvirt 1.2.14).
    pub async fn iothreads(&self, affect: AffectFlags) -> Result<Vec<(u32, CpuMap)>, CallError> {
        let threads = self.connection.domain_get_iothread_info(&self.wire, affect.bits()).await?.info;
        Ok(threads.into_iter().map(|info| (info.iothread_id, CpuMap::from_bytes(info.cpumap))).collect())
    }

    /// Says which of the host's CPUs a thread of I/O may run on (libvirt 1.2.14).
    pub async fn pin_iothread(
        &self,
        thread: u32,
        cpus: &CpuMap,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let (dom, cpumap) = (self.wire.clone(), cpus.as_bytes().to_vec());
        let arguments = DomainPinIothread { dom, iothreads_id: thread, cpumap, flags: affect.bits() };
        self.connection.domain_pin_iothread(arguments).await
    }

    /// Adds a thread of I/O (libvirt 1.2.15).
    pub async fn add_iothread(&self, thread: u32, affect: AffectFlags) -> Result<(), CallError> {
        self.connection.domain_add_iothread(&self.wire, thread, affect.bits()).await
    }

    /// Removes a thread of I/O (libvirt 1.2.15).
    pub async fn remove_iothread(&self, thread: u32, affect: AffectFlags) -> Result<(), CallError> {
        self.connection.domain_del_iothread(&self.wire, thread, affect.bits()).await
    }

    /// Tunes a thread of I/O: `poll_max_ns`, `poll_grow`, `poll_shrink` (libvirt 4.10).
    pub async fn set_iothread(
        &self,
        thread: u32,
        params: TypedParams,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let (dom, params) = (self.wire.clone(), params.into());
        let arguments = DomainSetIothreadParams { dom, iothread_id: thread, params, flags: affect.bits() };
        self.connection.domain_set_iothread_params(arguments).await
    }

    /// Its share of the host's CPUs: `cpu_shares`, `vcpu_period` and so on (libvirt 0.9.2).
    pub async fn scheduler_parameters(&self, affect: AffectFlags) -> Result<TypedParams, CallError> {
        let count = self.connection.domain_get_scheduler_type(&self.wire).await?.nparams;
        let flags = self.connection.with_strings(affect.bits()).await?;
        let reply = self.connection.domain_get_scheduler_parameters_flags(&self.wire, count, flags).await?;
        Ok(reply.params.into())
    }

    /// Sets its share of the host's CPUs (libvirt 0.9.2).
    pub async fn set_scheduler_parameters(
        &self,
        params: TypedParams,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        self.connection.domain_set_scheduler_parameters_flags(&self.wire, params.into(), affect.bits()).await
    }

    /// What it has used of the host's CPUs, all together: `cpu_time`, `user_time`, `system_time`, ns (libvirt 0.9.10).
    pub async fn cpu_stats(&self) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(0).await?;
        let ask = |count| {
            let dom = self.wire.clone();
            // CPU -1 is all of them together.
            let arguments = DomainGetCpuStats { dom, nparams: count, start_cpu: -1, ncpus: 1, flags };
            self.connection.domain_get_cpu_stats(arguments)
        };
        let count = ask(0).await?.nparams.try_into().unwrap_or(0);
        Ok(ask(count).await?.params.into())
    }

    /// Which counters of events are on, by name (libvirt 1.3.3).
    pub async fn perf_events(&self, affect: AffectFlags) -> Result<TypedParams, CallError> {
        let flags = self.connection.with_strings(affect.bits()).await?;
        Ok(self.connection.domain_get_perf_events(&self.wire, flags).await?.params.into())
    }

    /// Turns counters of events on or off (libvirt 1.3.3).
    pub async fn set_perf_events(&self, params: TypedParams, affect: AffectFlags) -> Result<(), CallError> {
        self.connection.domain_set_perf_events(&self.wire, params.into(), affect.bits()).await
    }
}
