//! Questions about the host.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::remote::{
    CPUMAP_MAX, ConnectGetCapabilitiesReply, ConnectGetDomainCapabilities, ConnectGetDomainCapabilitiesReply,
    ConnectGetHostnameReply, ConnectGetLibVersionReply, ConnectGetMaxVcpus, ConnectGetMaxVcpusReply,
    ConnectGetTypeReply, ConnectGetUriReply, ConnectGetVersionReply, ConnectIsSecureReply, NodeGetCpuMap,
    NodeGetCpuMapReply, NodeGetInfoReply, NodeGetSecurityModelReply,
};
use virtwire_xdr::Text;

use super::super::{Hypervisor, Result};
use super::vcpus::every_cpu;
use super::{HypervisorService, wire::saturated};
use crate::server::CallContext;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn connect_get_type(&self, _: &CallContext) -> Result<ConnectGetTypeReply> {
        Ok(ConnectGetTypeReply { r#type: self.hypervisor.host().kind.into() })
    }

    pub(super) async fn connect_get_version(&self, _: &CallContext) -> Result<ConnectGetVersionReply> {
        Ok(ConnectGetVersionReply { hv_ver: self.hypervisor.host().version })
    }

    /// The libvirt release whose peer this plays.
    pub(super) async fn connect_get_lib_version(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectGetLibVersionReply> {
        Ok(ConnectGetLibVersionReply { lib_ver: cx.profile().release().packed() })
    }

    pub(super) async fn connect_get_hostname(&self, _: &CallContext) -> Result<ConnectGetHostnameReply> {
        Ok(ConnectGetHostnameReply { hostname: self.hypervisor.host().hostname.into() })
    }

    pub(super) async fn connect_get_uri(&self, _: &CallContext) -> Result<ConnectGetUriReply> {
        Ok(ConnectGetUriReply { uri: self.hypervisor.host().uri.into() })
    }

    pub(super) async fn connect_get_capabilities(
        &self,
        _: &CallContext,
    ) -> Result<ConnectGetCapabilitiesReply> {
        Ok(ConnectGetCapabilitiesReply { capabilities: self.hypervisor.host().capabilities().into() })
    }

    /// There is no emulator to choose here, and no kind of machine.
    pub(super) async fn connect_get_domain_capabilities(
        &self,
        _: &CallContext,
        arguments: ConnectGetDomainCapabilities,
    ) -> Result<ConnectGetDomainCapabilitiesReply> {
        let ConnectGetDomainCapabilities { arch, virttype, .. } = arguments;
        let host = self.hypervisor.host();
        let unsupported = |what: &str, which: &Text| {
            let detail = format!("{what} '{}' is not supported by this host", which.to_string_lossy());
            Err(RemoteError::new(ErrorCode::CONFIG_UNSUPPORTED, ErrorDomain::DOMAIN, detail))
        };
        let architectures = host.architectures();
        let known = match &arch {
            None => architectures.first(),
            Some(wanted) => architectures.iter().find(|known| *wanted == known.name.as_str()),
        };
        let Some(architecture) = known else { return unsupported("architecture", &arch.unwrap_or_default()) };
        let known = match &virttype {
            None => host.domain_types.first(),
            Some(wanted) => host.domain_types.iter().find(|known| *wanted == known.as_str()),
        };
        match known {
            Some(known) => {
                let capabilities = host.domain_capabilities(known, &architecture.name).into();
                Ok(ConnectGetDomainCapabilitiesReply { capabilities })
            }
            None => unsupported("domain type", &virttype.unwrap_or_default()),
        }
    }

    pub(super) async fn connect_get_max_vcpus(
        &self,
        _: &CallContext,
        _: ConnectGetMaxVcpus,
    ) -> Result<ConnectGetMaxVcpusReply> {
        Ok(ConnectGetMaxVcpusReply { max_vcpus: saturated(self.hypervisor.host().vcpus_max) })
    }

    /// Asks about the way from the daemon to its hypervisor, which has no wire.
    pub(super) async fn connect_is_secure(&self, _: &CallContext) -> Result<ConnectIsSecureReply> {
        Ok(ConnectIsSecureReply { secure: 1 })
    }

    pub(super) async fn node_get_info(&self, _: &CallContext) -> Result<NodeGetInfoReply> {
        let node = self.hypervisor.host().node;
        let mut model = [0; 32];
        // The last byte stays 0: C clients read a string.
        for (to, from) in model.iter_mut().take(31).zip(node.model.bytes()) {
            *to = from;
        }
        Ok(NodeGetInfoReply {
            model,
            memory: node.memory_kib,
            cpus: saturated(node.cpus),
            mhz: saturated(node.mhz),
            nodes: saturated(node.nodes),
            sockets: saturated(node.sockets),
            cores: saturated(node.cores),
            threads: saturated(node.threads),
        })
    }

    /// Those that are counted are there and online.
    pub(super) async fn node_get_cpu_map(
        &self,
        _: &CallContext,
        arguments: NodeGetCpuMap,
    ) -> Result<NodeGetCpuMapReply> {
        let NodeGetCpuMap { need_map, need_online, .. } = arguments;
        let cpus = self.hypervisor.host().node.cpus;
        let bytes = if need_map != 0 { cpus.div_ceil(8).min(CPUMAP_MAX) } else { 0 };
        let online = if need_online != 0 { cpus } else { 0 };
        Ok(NodeGetCpuMapReply { cpumap: every_cpu(cpus, bytes as usize), online, ret: saturated(cpus) })
    }

    /// None: clients know an empty name as that.
    pub(super) async fn node_get_security_model(&self, _: &CallContext) -> Result<NodeGetSecurityModelReply> {
        Ok(NodeGetSecurityModelReply { model: Vec::new(), doi: Vec::new() })
    }
}
