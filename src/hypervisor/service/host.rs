//! Questions about the host.

use virtwire_protocol::remote::{
    ConnectGetCapabilitiesReply, ConnectGetHostnameReply, ConnectGetLibVersionReply, ConnectGetMaxVcpus,
    ConnectGetMaxVcpusReply, ConnectGetTypeReply, ConnectGetUriReply, ConnectGetVersionReply,
    ConnectIsSecureReply, NodeGetInfoReply, NodeGetSecurityModelReply,
};

use super::super::{Hypervisor, Result};
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

    /// None: clients know an empty name as that.
    pub(super) async fn node_get_security_model(&self, _: &CallContext) -> Result<NodeGetSecurityModelReply> {
        Ok(NodeGetSecurityModelReply { model: Vec::new(), doi: Vec::new() })
    }
}
