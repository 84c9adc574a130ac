// Made from protocol/x/remote.x by `cargo run -p virtwire-idl`: change that, not this.

//! The calls of the remote program, as methods.
//!
//! Calls with up to three arguments take them in the wire's order, longer ones take their struct; calls that open a
//! stream take up to four. Those that pass file descriptors have methods elsewhere, with the feature `fds`.

use virtwire_protocol::remote::*;
use virtwire_xdr::Text;

use crate::client::{CallError, Connection, Stream};

impl Connection {
    /// Opens the hypervisor connection. Every call but the AUTH ones, `connect_close` and
    /// `connect_supports_feature` (for feature 10) needs it. A second one is an error; a failed one may be
    /// repeated.
    ///
    /// Procedure 1, `virConnectOpen`, since libvirt 0.3.0.
    pub async fn connect_open(&self, name: Option<&str>, flags: u32) -> Result<(), CallError> {
        self.call(ConnectOpen { name: name.map(Text::from), flags }).await
    }

    /// Ends the session. The server sends this reply and closes the socket once all that was queued is
    /// written.
    ///
    /// Procedure 2, `virConnectClose`, since libvirt 0.3.0.
    pub async fn connect_close(&self) -> Result<(), CallError> {
        self.call(ConnectClose).await
    }

    /// Tells which hypervisor driver serves this connection.
    ///
    /// Procedure 3, `virConnectGetType`, since libvirt 0.3.0.
    pub async fn connect_get_type(&self) -> Result<ConnectGetTypeReply, CallError> {
        self.call(ConnectGetType).await
    }

    /// Tells the version of the hypervisor that is running.
    ///
    /// Procedure 4, `virConnectGetVersion`, since libvirt 0.3.0.
    pub async fn connect_get_version(&self) -> Result<ConnectGetVersionReply, CallError> {
        self.call(ConnectGetVersion).await
    }

    /// Tells how many virtual CPUs a domain of a type may have.
    ///
    /// Procedure 5, `virConnectGetMaxVcpus`, since libvirt 0.3.0.
    pub async fn connect_get_max_vcpus(
        &self,
        r#type: Option<&str>,
    ) -> Result<ConnectGetMaxVcpusReply, CallError> {
        self.call(ConnectGetMaxVcpus { r#type: r#type.map(Text::from) }).await
    }

    /// Sums up the host's hardware.
    ///
    /// Procedure 6, `virNodeGetInfo`, since libvirt 0.3.0.
    pub async fn node_get_info(&self) -> Result<NodeGetInfoReply, CallError> {
        self.call(NodeGetInfo).await
    }

    /// Describes host and hypervisor, as XML.
    ///
    /// Procedure 7, `virConnectGetCapabilities`, since libvirt 0.3.0.
    pub async fn connect_get_capabilities(&self) -> Result<ConnectGetCapabilitiesReply, CallError> {
        self.call(ConnectGetCapabilities).await
    }

    /// Plugs a device into a running domain. `domain_attach_device_flags` can speak of the definition too.
    ///
    /// Procedure 8, `virDomainAttachDevice`, since libvirt 0.3.0.
    pub async fn domain_attach_device(&self, dom: &Domain, xml: &str) -> Result<(), CallError> {
        self.call(DomainAttachDevice { dom: dom.clone(), xml: xml.into() }).await
    }

    /// Starts a defined, inactive domain, from its managed save image if there is one.
    ///
    /// Procedure 9, `virDomainCreate`, since libvirt 0.3.0.
    pub async fn domain_create(&self, dom: &Domain) -> Result<(), CallError> {
        self.call(DomainCreate { dom: dom.clone() }).await
    }

    /// Creates and starts a domain from XML. It is transient unless a persistent one of this name and
    /// UUID is defined.
    ///
    /// Procedure 10, `virDomainCreateXML`, since libvirt 0.3.0.
    pub async fn domain_create_xml(
        &self,
        xml_desc: &str,
        flags: u32,
    ) -> Result<DomainCreateXmlReply, CallError> {
        self.call(DomainCreateXml { xml_desc: xml_desc.into(), flags }).await
    }

    /// Defines a persistent domain, or changes the definition of one; does not start it.
    ///
    /// Procedure 11, `virDomainDefineXML`, since libvirt 0.3.0.
    pub async fn domain_define_xml(&self, xml: &str) -> Result<DomainDefineXmlReply, CallError> {
        self.call(DomainDefineXml { xml: xml.into() }).await
    }

    /// Stops a domain at once, as pulling the plug would. A transient one is gone.
    ///
    /// Procedure 12, `virDomainDestroy`, since libvirt 0.3.0.
    pub async fn domain_destroy(&self, dom: &Domain) -> Result<(), CallError> {
        self.call(DomainDestroy { dom: dom.clone() }).await
    }

    /// Asks the guest to let go of a device of a running domain. The reply may come before it has: the
    /// event DEVICE_REMOVED tells.
    ///
    /// Procedure 13, `virDomainDetachDevice`, since libvirt 0.3.0.
    pub async fn domain_detach_device(&self, dom: &Domain, xml: &str) -> Result<(), CallError> {
        self.call(DomainDetachDevice { dom: dom.clone(), xml: xml.into() }).await
    }

    /// Describes a domain's configuration, as XML. A Preparev2 migration starts with it.
    ///
    /// Procedure 14, `virDomainGetXMLDesc`, since libvirt 0.3.0.
    pub async fn domain_get_xml_desc(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetXmlDescReply, CallError> {
        self.call(DomainGetXmlDesc { dom: dom.clone(), flags }).await
    }

    /// Tells whether a domain starts together with its host.
    ///
    /// Procedure 15, `virDomainGetAutostart`, since libvirt 0.3.0.
    pub async fn domain_get_autostart(&self, dom: &Domain) -> Result<DomainGetAutostartReply, CallError> {
        self.call(DomainGetAutostart { dom: dom.clone() }).await
    }

    /// Sums up a domain: state, memory, CPUs. `domain_get_state` tells the reason of the state as well.
    ///
    /// Procedure 16, `virDomainGetInfo`, since libvirt 0.3.0.
    pub async fn domain_get_info(&self, dom: &Domain) -> Result<DomainGetInfoReply, CallError> {
        self.call(DomainGetInfo { dom: dom.clone() }).await
    }

    /// Tells how much memory a domain may have.
    ///
    /// Procedure 17, `virDomainGetMaxMemory`, since libvirt 0.3.0.
    pub async fn domain_get_max_memory(&self, dom: &Domain) -> Result<DomainGetMaxMemoryReply, CallError> {
        self.call(DomainGetMaxMemory { dom: dom.clone() }).await
    }

    /// Tells how many virtual CPUs a domain may have.
    ///
    /// Procedure 18, `virDomainGetMaxVcpus`, since libvirt 0.3.0.
    pub async fn domain_get_max_vcpus(&self, dom: &Domain) -> Result<DomainGetMaxVcpusReply, CallError> {
        self.call(DomainGetMaxVcpus { dom: dom.clone() }).await
    }

    /// Tells what kind of operating system a domain is made for.
    ///
    /// Procedure 19, `virDomainGetOSType`, since libvirt 0.3.0.
    pub async fn domain_get_os_type(&self, dom: &Domain) -> Result<DomainGetOsTypeReply, CallError> {
        self.call(DomainGetOsType { dom: dom.clone() }).await
    }

    /// Tells what a running domain's virtual CPUs do and which host CPUs they may use.
    ///
    /// Procedure 20, `virDomainGetVcpus`, since libvirt 0.3.0.
    pub async fn domain_get_vcpus(
        &self,
        dom: &Domain,
        maxinfo: i32,
        maplen: i32,
    ) -> Result<DomainGetVcpusReply, CallError> {
        self.call(DomainGetVcpus { dom: dom.clone(), maxinfo, maplen }).await
    }

    /// Lists the names of the domains that are defined and inactive.
    ///
    /// Procedure 21, `virConnectListDefinedDomains`, since libvirt 0.3.0.
    pub async fn connect_list_defined_domains(
        &self,
        maxnames: i32,
    ) -> Result<ConnectListDefinedDomainsReply, CallError> {
        self.call(ConnectListDefinedDomains { maxnames }).await
    }

    /// Finds an active domain by its id.
    ///
    /// Procedure 22, `virDomainLookupByID`, since libvirt 0.3.0.
    pub async fn domain_lookup_by_id(&self, id: i32) -> Result<DomainLookupByIdReply, CallError> {
        self.call(DomainLookupById { id }).await
    }

    /// Finds a domain by its name.
    ///
    /// Procedure 23, `virDomainLookupByName`, since libvirt 0.3.0.
    pub async fn domain_lookup_by_name(&self, name: &str) -> Result<DomainLookupByNameReply, CallError> {
        self.call(DomainLookupByName { name: name.into() }).await
    }

    /// Finds a domain by its UUID.
    ///
    /// Procedure 24, `virDomainLookupByUUID`, since libvirt 0.3.0.
    pub async fn domain_lookup_by_uuid(&self, uuid: [u8; 16]) -> Result<DomainLookupByUuidReply, CallError> {
        self.call(DomainLookupByUuid { uuid }).await
    }

    /// Counts the domains that are defined and inactive.
    ///
    /// Procedure 25, `virConnectNumOfDefinedDomains`, since libvirt 0.3.0.
    pub async fn connect_num_of_defined_domains(&self) -> Result<ConnectNumOfDefinedDomainsReply, CallError> {
        self.call(ConnectNumOfDefinedDomains).await
    }

    /// Says which host CPUs a virtual CPU of a running domain may use.
    ///
    /// Procedure 26, `virDomainPinVcpu`, since libvirt 0.3.0.
    pub async fn domain_pin_vcpu(&self, dom: &Domain, vcpu: u32, cpumap: &[u8]) -> Result<(), CallError> {
        self.call(DomainPinVcpu { dom: dom.clone(), vcpu, cpumap: cpumap.to_vec() }).await
    }

    /// Asks the guest to reboot, which it may ignore.
    ///
    /// Procedure 27, `virDomainReboot`, since libvirt 0.3.0.
    pub async fn domain_reboot(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainReboot { dom: dom.clone(), flags }).await
    }

    /// Lets a paused domain run on.
    ///
    /// Procedure 28, `virDomainResume`, since libvirt 0.3.0.
    pub async fn domain_resume(&self, dom: &Domain) -> Result<(), CallError> {
        self.call(DomainResume { dom: dom.clone() }).await
    }

    /// Says whether a domain starts together with its host.
    ///
    /// Procedure 29, `virDomainSetAutostart`, since libvirt 0.3.0.
    pub async fn domain_set_autostart(&self, dom: &Domain, autostart: i32) -> Result<(), CallError> {
        self.call(DomainSetAutostart { dom: dom.clone(), autostart }).await
    }

    /// Sets how much memory a domain may have; usually of an inactive one.
    ///
    /// Procedure 30, `virDomainSetMaxMemory`, since libvirt 0.3.0.
    pub async fn domain_set_max_memory(&self, dom: &Domain, memory: u64) -> Result<(), CallError> {
        self.call(DomainSetMaxMemory { dom: dom.clone(), memory }).await
    }

    /// Sets how much memory a running domain has. `domain_set_memory_flags` can speak of the definition
    /// too.
    ///
    /// Procedure 31, `virDomainSetMemory`, since libvirt 0.3.0.
    pub async fn domain_set_memory(&self, dom: &Domain, memory: u64) -> Result<(), CallError> {
        self.call(DomainSetMemory { dom: dom.clone(), memory }).await
    }

    /// Sets how many virtual CPUs a running domain has. `domain_set_vcpus_flags` can speak of the
    /// definition too.
    ///
    /// Procedure 32, `virDomainSetVcpus`, since libvirt 0.3.0.
    pub async fn domain_set_vcpus(&self, dom: &Domain, nvcpus: u32) -> Result<(), CallError> {
        self.call(DomainSetVcpus { dom: dom.clone(), nvcpus }).await
    }

    /// Asks the guest to shut down, which it may ignore.
    ///
    /// Procedure 33, `virDomainShutdown`, since libvirt 0.3.0.
    pub async fn domain_shutdown(&self, dom: &Domain) -> Result<(), CallError> {
        self.call(DomainShutdown { dom: dom.clone() }).await
    }

    /// Pauses a domain's CPUs. It keeps its memory.
    ///
    /// Procedure 34, `virDomainSuspend`, since libvirt 0.3.0.
    pub async fn domain_suspend(&self, dom: &Domain) -> Result<(), CallError> {
        self.call(DomainSuspend { dom: dom.clone() }).await
    }

    /// Forgets a persistent domain. A running one becomes transient. Refused when a managed save image
    /// or metadata of snapshots would be left behind.
    ///
    /// Procedure 35, `virDomainUndefine`, since libvirt 0.3.0.
    pub async fn domain_undefine(&self, dom: &Domain) -> Result<(), CallError> {
        self.call(DomainUndefine { dom: dom.clone() }).await
    }

    /// Lists the names of the networks that are defined and inactive.
    ///
    /// Procedure 36, `virConnectListDefinedNetworks`, since libvirt 0.3.0.
    pub async fn connect_list_defined_networks(
        &self,
        maxnames: i32,
    ) -> Result<ConnectListDefinedNetworksReply, CallError> {
        self.call(ConnectListDefinedNetworks { maxnames }).await
    }

    /// Lists the ids of the active domains.
    ///
    /// Procedure 37, `virConnectListDomains`, since libvirt 0.3.0.
    pub async fn connect_list_domains(&self, maxids: i32) -> Result<ConnectListDomainsReply, CallError> {
        self.call(ConnectListDomains { maxids }).await
    }

    /// Lists the names of the active networks.
    ///
    /// Procedure 38, `virConnectListNetworks`, since libvirt 0.3.0.
    pub async fn connect_list_networks(&self, maxnames: i32) -> Result<ConnectListNetworksReply, CallError> {
        self.call(ConnectListNetworks { maxnames }).await
    }

    /// Starts a defined, inactive network.
    ///
    /// Procedure 39, `virNetworkCreate`, since libvirt 0.3.0.
    pub async fn network_create(&self, net: &Network) -> Result<(), CallError> {
        self.call(NetworkCreate { net: net.clone() }).await
    }

    /// Creates and starts a transient network from XML.
    ///
    /// Procedure 40, `virNetworkCreateXML`, since libvirt 0.3.0.
    pub async fn network_create_xml(&self, xml: &str) -> Result<NetworkCreateXmlReply, CallError> {
        self.call(NetworkCreateXml { xml: xml.into() }).await
    }

    /// Defines a persistent network, or changes the definition of one.
    ///
    /// Procedure 41, `virNetworkDefineXML`, since libvirt 0.3.0.
    pub async fn network_define_xml(&self, xml: &str) -> Result<NetworkDefineXmlReply, CallError> {
        self.call(NetworkDefineXml { xml: xml.into() }).await
    }

    /// Stops a network. A transient one is gone.
    ///
    /// Procedure 42, `virNetworkDestroy`, since libvirt 0.3.0.
    pub async fn network_destroy(&self, net: &Network) -> Result<(), CallError> {
        self.call(NetworkDestroy { net: net.clone() }).await
    }

    /// Describes a network, as XML.
    ///
    /// Procedure 43, `virNetworkGetXMLDesc`, since libvirt 0.3.0.
    pub async fn network_get_xml_desc(
        &self,
        net: &Network,
        flags: u32,
    ) -> Result<NetworkGetXmlDescReply, CallError> {
        self.call(NetworkGetXmlDesc { net: net.clone(), flags }).await
    }

    /// Tells whether a network starts together with its host.
    ///
    /// Procedure 44, `virNetworkGetAutostart`, since libvirt 0.3.0.
    pub async fn network_get_autostart(&self, net: &Network) -> Result<NetworkGetAutostartReply, CallError> {
        self.call(NetworkGetAutostart { net: net.clone() }).await
    }

    /// Tells the name of a network's bridge on the host.
    ///
    /// Procedure 45, `virNetworkGetBridgeName`, since libvirt 0.3.0.
    pub async fn network_get_bridge_name(
        &self,
        net: &Network,
    ) -> Result<NetworkGetBridgeNameReply, CallError> {
        self.call(NetworkGetBridgeName { net: net.clone() }).await
    }

    /// Finds a network by its name.
    ///
    /// Procedure 46, `virNetworkLookupByName`, since libvirt 0.3.0.
    pub async fn network_lookup_by_name(&self, name: &str) -> Result<NetworkLookupByNameReply, CallError> {
        self.call(NetworkLookupByName { name: name.into() }).await
    }

    /// Finds a network by its UUID.
    ///
    /// Procedure 47, `virNetworkLookupByUUID`, since libvirt 0.3.0.
    pub async fn network_lookup_by_uuid(
        &self,
        uuid: [u8; 16],
    ) -> Result<NetworkLookupByUuidReply, CallError> {
        self.call(NetworkLookupByUuid { uuid }).await
    }

    /// Says whether a network starts together with its host.
    ///
    /// Procedure 48, `virNetworkSetAutostart`, since libvirt 0.3.0.
    pub async fn network_set_autostart(&self, net: &Network, autostart: i32) -> Result<(), CallError> {
        self.call(NetworkSetAutostart { net: net.clone(), autostart }).await
    }

    /// Forgets a persistent network.
    ///
    /// Procedure 49, `virNetworkUndefine`, since libvirt 0.3.0.
    pub async fn network_undefine(&self, net: &Network) -> Result<(), CallError> {
        self.call(NetworkUndefine { net: net.clone() }).await
    }

    /// Counts the networks that are defined and inactive.
    ///
    /// Procedure 50, `virConnectNumOfDefinedNetworks`, since libvirt 0.3.0.
    pub async fn connect_num_of_defined_networks(
        &self,
    ) -> Result<ConnectNumOfDefinedNetworksReply, CallError> {
        self.call(ConnectNumOfDefinedNetworks).await
    }

    /// Counts the active domains.
    ///
    /// Procedure 51, `virConnectNumOfDomains`, since libvirt 0.3.0.
    pub async fn connect_num_of_domains(&self) -> Result<ConnectNumOfDomainsReply, CallError> {
        self.call(ConnectNumOfDomains).await
    }

    /// Counts the active networks.
    ///
    /// Procedure 52, `virConnectNumOfNetworks`, since libvirt 0.3.0.
    pub async fn connect_num_of_networks(&self) -> Result<ConnectNumOfNetworksReply, CallError> {
        self.call(ConnectNumOfNetworks).await
    }

    /// Writes a domain's memory to a file on its host.
    ///
    /// Procedure 53, `virDomainCoreDump`, since libvirt 0.3.0.
    pub async fn domain_core_dump(&self, dom: &Domain, to: &str, flags: u32) -> Result<(), CallError> {
        self.call(DomainCoreDump { dom: dom.clone(), to: to.into(), flags }).await
    }

    /// Starts a domain from a file that `domain_save` has written.
    ///
    /// Procedure 54, `virDomainRestore`, since libvirt 0.3.0.
    pub async fn domain_restore(&self, from: &str) -> Result<(), CallError> {
        self.call(DomainRestore { from: from.into() }).await
    }

    /// Stops a domain and saves its memory and configuration to a file on its host.
    ///
    /// Procedure 55, `virDomainSave`, since libvirt 0.3.0.
    pub async fn domain_save(&self, dom: &Domain, to: &str) -> Result<(), CallError> {
        self.call(DomainSave { dom: dom.clone(), to: to.into() }).await
    }

    /// Tells which CPU scheduler a domain is under.
    ///
    /// Procedure 56, `virDomainGetSchedulerType`, since libvirt 0.3.0.
    pub async fn domain_get_scheduler_type(
        &self,
        dom: &Domain,
    ) -> Result<DomainGetSchedulerTypeReply, CallError> {
        self.call(DomainGetSchedulerType { dom: dom.clone() }).await
    }

    /// Reads a running domain's share of the CPUs.
    ///
    /// Procedure 57, `virDomainGetSchedulerParameters`, since libvirt 0.3.0.
    pub async fn domain_get_scheduler_parameters(
        &self,
        dom: &Domain,
        nparams: i32,
    ) -> Result<DomainGetSchedulerParametersReply, CallError> {
        self.call(DomainGetSchedulerParameters { dom: dom.clone(), nparams }).await
    }

    /// Sets a running domain's share of the CPUs.
    ///
    /// Procedure 58, `virDomainSetSchedulerParameters`, since libvirt 0.3.0.
    pub async fn domain_set_scheduler_parameters(
        &self,
        dom: &Domain,
        params: Vec<TypedParam>,
    ) -> Result<(), CallError> {
        self.call(DomainSetSchedulerParameters { dom: dom.clone(), params }).await
    }

    /// Tells the host's name, as others may reach it by.
    ///
    /// Procedure 59, `virConnectGetHostname`, since libvirt 0.3.0.
    pub async fn connect_get_hostname(&self) -> Result<ConnectGetHostnameReply, CallError> {
        self.call(ConnectGetHostname).await
    }

    /// Asks whether the peer has a feature, by number. How peers of different ages find common ground.
    ///
    /// Procedure 60, `virConnectSupportsFeature`, since libvirt 0.3.0.
    pub async fn connect_supports_feature(
        &self,
        feature: i32,
    ) -> Result<ConnectSupportsFeatureReply, CallError> {
        self.call(ConnectSupportsFeature { feature }).await
    }

    /// Version 1, destination: gets ready to receive a guest of which it is told nothing.
    ///
    /// Procedure 61, `virDomainMigratePrepare`, since libvirt 0.3.2.
    pub async fn domain_migrate_prepare(
        &self,
        arguments: DomainMigratePrepare,
    ) -> Result<DomainMigratePrepareReply, CallError> {
        self.call(arguments).await
    }

    /// Versions 1 and 2, source: sends the guest. After success it runs there no longer. Also the one
    /// call of a peer-to-peer migration by a peer without version 3.
    ///
    /// Procedure 62, `virDomainMigratePerform`, since libvirt 0.3.2.
    pub async fn domain_migrate_perform(&self, arguments: DomainMigratePerform) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Version 1, destination: takes the guest over. Called only when Perform has succeeded.
    ///
    /// Procedure 63, `virDomainMigrateFinish`, since libvirt 0.3.2.
    pub async fn domain_migrate_finish(
        &self,
        arguments: DomainMigrateFinish,
    ) -> Result<DomainMigrateFinishReply, CallError> {
        self.call(arguments).await
    }

    /// Counts a disk's requests and bytes. -1 means that the hypervisor does not count that.
    ///
    /// Procedure 64, `virDomainBlockStats`, since libvirt 0.3.2.
    pub async fn domain_block_stats(
        &self,
        dom: &Domain,
        path: &str,
    ) -> Result<DomainBlockStatsReply, CallError> {
        self.call(DomainBlockStats { dom: dom.clone(), path: path.into() }).await
    }

    /// Counts what has passed through an interface. -1 means that the host does not count that.
    ///
    /// Procedure 65, `virDomainInterfaceStats`, since libvirt 0.3.2.
    pub async fn domain_interface_stats(
        &self,
        dom: &Domain,
        device: &str,
    ) -> Result<DomainInterfaceStatsReply, CallError> {
        self.call(DomainInterfaceStats { dom: dom.clone(), device: device.into() }).await
    }

    /// Lists the ways to authenticate that the server accepts from this client. A polkit socket answers
    /// "none" to root, who is thereby authenticated.
    ///
    /// Procedure 66, `virAuthList`, since libvirt 0.3.2 to 0.3.3.
    pub async fn auth_list(&self) -> Result<AuthListReply, CallError> {
        self.call(AuthList).await
    }

    /// Starts a SASL negotiation and lists the server's mechanisms.
    ///
    /// Procedure 67, `virAuthSaslInit`, since libvirt 0.3.2 to 0.3.3.
    pub async fn auth_sasl_init(&self) -> Result<AuthSaslInitReply, CallError> {
        self.call(AuthSaslInit).await
    }

    /// Chooses a SASL mechanism and sends the client's first token.
    ///
    /// Procedure 68, `virAuthSaslStart`, since libvirt 0.3.2 to 0.3.3.
    pub async fn auth_sasl_start(
        &self,
        mech: &str,
        nil: i32,
        data: &[u8],
    ) -> Result<AuthSaslStartReply, CallError> {
        self.call(AuthSaslStart { mech: mech.into(), nil, data: data.to_vec() }).await
    }

    /// Sends the client's next SASL token.
    ///
    /// Procedure 69, `virAuthSaslStep`, since libvirt 0.3.2 to 0.3.3.
    pub async fn auth_sasl_step(&self, nil: i32, data: &[u8]) -> Result<AuthSaslStepReply, CallError> {
        self.call(AuthSaslStep { nil, data: data.to_vec() }).await
    }

    /// Asks the server to authenticate the client by polkit, from what the unix socket tells of its
    /// process.
    ///
    /// Procedure 70, `virAuthPolkit`, since libvirt 0.3.2 to 0.3.3.
    pub async fn auth_polkit(&self) -> Result<AuthPolkitReply, CallError> {
        self.call(AuthPolkit).await
    }

    /// Counts the active pools.
    ///
    /// Procedure 71, `virConnectNumOfStoragePools`, since libvirt 0.4.1.
    pub async fn connect_num_of_storage_pools(&self) -> Result<ConnectNumOfStoragePoolsReply, CallError> {
        self.call(ConnectNumOfStoragePools).await
    }

    /// Lists the names of the active pools.
    ///
    /// Procedure 72, `virConnectListStoragePools`, since libvirt 0.4.1.
    pub async fn connect_list_storage_pools(
        &self,
        maxnames: i32,
    ) -> Result<ConnectListStoragePoolsReply, CallError> {
        self.call(ConnectListStoragePools { maxnames }).await
    }

    /// Counts the pools that are defined and inactive.
    ///
    /// Procedure 73, `virConnectNumOfDefinedStoragePools`, since libvirt 0.4.1.
    pub async fn connect_num_of_defined_storage_pools(
        &self,
    ) -> Result<ConnectNumOfDefinedStoragePoolsReply, CallError> {
        self.call(ConnectNumOfDefinedStoragePools).await
    }

    /// Lists the names of the pools that are defined and inactive.
    ///
    /// Procedure 74, `virConnectListDefinedStoragePools`, since libvirt 0.4.1.
    pub async fn connect_list_defined_storage_pools(
        &self,
        maxnames: i32,
    ) -> Result<ConnectListDefinedStoragePoolsReply, CallError> {
        self.call(ConnectListDefinedStoragePools { maxnames }).await
    }

    /// Looks for what pools of a type could be made from.
    ///
    /// Procedure 75, `virConnectFindStoragePoolSources`, since libvirt 0.4.5.
    pub async fn connect_find_storage_pool_sources(
        &self,
        r#type: &str,
        src_spec: Option<&str>,
        flags: u32,
    ) -> Result<ConnectFindStoragePoolSourcesReply, CallError> {
        let arguments = ConnectFindStoragePoolSources {
            r#type: r#type.into(),
            src_spec: src_spec.map(Text::from),
            flags,
        };
        self.call(arguments).await
    }

    /// Creates and starts a transient pool from XML.
    ///
    /// Procedure 76, `virStoragePoolCreateXML`, since libvirt 0.4.1.
    pub async fn storage_pool_create_xml(
        &self,
        xml: &str,
        flags: u32,
    ) -> Result<StoragePoolCreateXmlReply, CallError> {
        self.call(StoragePoolCreateXml { xml: xml.into(), flags }).await
    }

    /// Defines a persistent pool, or changes the definition of one.
    ///
    /// Procedure 77, `virStoragePoolDefineXML`, since libvirt 0.4.1.
    pub async fn storage_pool_define_xml(
        &self,
        xml: &str,
        flags: u32,
    ) -> Result<StoragePoolDefineXmlReply, CallError> {
        self.call(StoragePoolDefineXml { xml: xml.into(), flags }).await
    }

    /// Starts a defined, inactive pool.
    ///
    /// Procedure 78, `virStoragePoolCreate`, since libvirt 0.4.1.
    pub async fn storage_pool_create(&self, pool: &StoragePool, flags: u32) -> Result<(), CallError> {
        self.call(StoragePoolCreate { pool: pool.clone(), flags }).await
    }

    /// Makes what a pool needs: a directory, a file system, a volume group.
    ///
    /// Procedure 79, `virStoragePoolBuild`, since libvirt 0.4.1.
    pub async fn storage_pool_build(&self, pool: &StoragePool, flags: u32) -> Result<(), CallError> {
        self.call(StoragePoolBuild { pool: pool.clone(), flags }).await
    }

    /// Stops a pool. Its volumes stay.
    ///
    /// Procedure 80, `virStoragePoolDestroy`, since libvirt 0.4.1.
    pub async fn storage_pool_destroy(&self, pool: &StoragePool) -> Result<(), CallError> {
        self.call(StoragePoolDestroy { pool: pool.clone() }).await
    }

    /// Deletes what `storage_pool_build` has made. Its volumes are lost.
    ///
    /// Procedure 81, `virStoragePoolDelete`, since libvirt 0.4.1.
    pub async fn storage_pool_delete(&self, pool: &StoragePool, flags: u32) -> Result<(), CallError> {
        self.call(StoragePoolDelete { pool: pool.clone(), flags }).await
    }

    /// Forgets an inactive pool. Its volumes stay.
    ///
    /// Procedure 82, `virStoragePoolUndefine`, since libvirt 0.4.1.
    pub async fn storage_pool_undefine(&self, pool: &StoragePool) -> Result<(), CallError> {
        self.call(StoragePoolUndefine { pool: pool.clone() }).await
    }

    /// Has a pool look at its storage again.
    ///
    /// Procedure 83, `virStoragePoolRefresh`, since libvirt 0.4.1.
    pub async fn storage_pool_refresh(&self, pool: &StoragePool, flags: u32) -> Result<(), CallError> {
        self.call(StoragePoolRefresh { pool: pool.clone(), flags }).await
    }

    /// Finds a pool by its name.
    ///
    /// Procedure 84, `virStoragePoolLookupByName`, since libvirt 0.4.1.
    pub async fn storage_pool_lookup_by_name(
        &self,
        name: &str,
    ) -> Result<StoragePoolLookupByNameReply, CallError> {
        self.call(StoragePoolLookupByName { name: name.into() }).await
    }

    /// Finds a pool by its UUID.
    ///
    /// Procedure 85, `virStoragePoolLookupByUUID`, since libvirt 0.4.1.
    pub async fn storage_pool_lookup_by_uuid(
        &self,
        uuid: [u8; 16],
    ) -> Result<StoragePoolLookupByUuidReply, CallError> {
        self.call(StoragePoolLookupByUuid { uuid }).await
    }

    /// Finds the pool that a volume lies in.
    ///
    /// Procedure 86, `virStoragePoolLookupByVolume`, since libvirt 0.4.1.
    pub async fn storage_pool_lookup_by_volume(
        &self,
        vol: &StorageVol,
    ) -> Result<StoragePoolLookupByVolumeReply, CallError> {
        self.call(StoragePoolLookupByVolume { vol: vol.clone() }).await
    }

    /// Tells a pool's state and size.
    ///
    /// Procedure 87, `virStoragePoolGetInfo`, since libvirt 0.4.1.
    pub async fn storage_pool_get_info(
        &self,
        pool: &StoragePool,
    ) -> Result<StoragePoolGetInfoReply, CallError> {
        self.call(StoragePoolGetInfo { pool: pool.clone() }).await
    }

    /// Describes a pool, as XML.
    ///
    /// Procedure 88, `virStoragePoolGetXMLDesc`, since libvirt 0.4.1.
    pub async fn storage_pool_get_xml_desc(
        &self,
        pool: &StoragePool,
        flags: u32,
    ) -> Result<StoragePoolGetXmlDescReply, CallError> {
        self.call(StoragePoolGetXmlDesc { pool: pool.clone(), flags }).await
    }

    /// Tells whether a pool starts together with its host.
    ///
    /// Procedure 89, `virStoragePoolGetAutostart`, since libvirt 0.4.1.
    pub async fn storage_pool_get_autostart(
        &self,
        pool: &StoragePool,
    ) -> Result<StoragePoolGetAutostartReply, CallError> {
        self.call(StoragePoolGetAutostart { pool: pool.clone() }).await
    }

    /// Says whether a pool starts together with its host.
    ///
    /// Procedure 90, `virStoragePoolSetAutostart`, since libvirt 0.4.1.
    pub async fn storage_pool_set_autostart(
        &self,
        pool: &StoragePool,
        autostart: i32,
    ) -> Result<(), CallError> {
        self.call(StoragePoolSetAutostart { pool: pool.clone(), autostart }).await
    }

    /// Counts the volumes of a pool.
    ///
    /// Procedure 91, `virStoragePoolNumOfVolumes`, since libvirt 0.4.1.
    pub async fn storage_pool_num_of_volumes(
        &self,
        pool: &StoragePool,
    ) -> Result<StoragePoolNumOfVolumesReply, CallError> {
        self.call(StoragePoolNumOfVolumes { pool: pool.clone() }).await
    }

    /// Lists the names of the volumes of a pool.
    ///
    /// Procedure 92, `virStoragePoolListVolumes`, since libvirt 0.4.1.
    pub async fn storage_pool_list_volumes(
        &self,
        pool: &StoragePool,
        maxnames: i32,
    ) -> Result<StoragePoolListVolumesReply, CallError> {
        self.call(StoragePoolListVolumes { pool: pool.clone(), maxnames }).await
    }

    /// Makes a volume in a pool as XML describes.
    ///
    /// Procedure 93, `virStorageVolCreateXML`, since libvirt 0.4.1.
    pub async fn storage_vol_create_xml(
        &self,
        pool: &StoragePool,
        xml: &str,
        flags: u32,
    ) -> Result<StorageVolCreateXmlReply, CallError> {
        self.call(StorageVolCreateXml { pool: pool.clone(), xml: xml.into(), flags }).await
    }

    /// Deletes a volume.
    ///
    /// Procedure 94, `virStorageVolDelete`, since libvirt 0.4.1.
    pub async fn storage_vol_delete(&self, vol: &StorageVol, flags: u32) -> Result<(), CallError> {
        self.call(StorageVolDelete { vol: vol.clone(), flags }).await
    }

    /// Finds a volume by its name in a pool.
    ///
    /// Procedure 95, `virStorageVolLookupByName`, since libvirt 0.4.1.
    pub async fn storage_vol_lookup_by_name(
        &self,
        pool: &StoragePool,
        name: &str,
    ) -> Result<StorageVolLookupByNameReply, CallError> {
        self.call(StorageVolLookupByName { pool: pool.clone(), name: name.into() }).await
    }

    /// Finds a volume by its key, whatever pool it lies in.
    ///
    /// Procedure 96, `virStorageVolLookupByKey`, since libvirt 0.4.1.
    pub async fn storage_vol_lookup_by_key(
        &self,
        key: &str,
    ) -> Result<StorageVolLookupByKeyReply, CallError> {
        self.call(StorageVolLookupByKey { key: key.into() }).await
    }

    /// Finds a volume by its path on the host.
    ///
    /// Procedure 97, `virStorageVolLookupByPath`, since libvirt 0.4.1.
    pub async fn storage_vol_lookup_by_path(
        &self,
        path: &str,
    ) -> Result<StorageVolLookupByPathReply, CallError> {
        self.call(StorageVolLookupByPath { path: path.into() }).await
    }

    /// Tells a volume's type and size.
    ///
    /// Procedure 98, `virStorageVolGetInfo`, since libvirt 0.4.1.
    pub async fn storage_vol_get_info(&self, vol: &StorageVol) -> Result<StorageVolGetInfoReply, CallError> {
        self.call(StorageVolGetInfo { vol: vol.clone() }).await
    }

    /// Describes a volume, as XML.
    ///
    /// Procedure 99, `virStorageVolGetXMLDesc`, since libvirt 0.4.1.
    pub async fn storage_vol_get_xml_desc(
        &self,
        vol: &StorageVol,
        flags: u32,
    ) -> Result<StorageVolGetXmlDescReply, CallError> {
        self.call(StorageVolGetXmlDesc { vol: vol.clone(), flags }).await
    }

    /// Tells a volume's path on the host.
    ///
    /// Procedure 100, `virStorageVolGetPath`, since libvirt 0.4.1.
    pub async fn storage_vol_get_path(&self, vol: &StorageVol) -> Result<StorageVolGetPathReply, CallError> {
        self.call(StorageVolGetPath { vol: vol.clone() }).await
    }

    /// Tells how much memory is free in each of a range of NUMA cells.
    ///
    /// Procedure 101, `virNodeGetCellsFreeMemory`, since libvirt 0.3.3.
    pub async fn node_get_cells_free_memory(
        &self,
        start_cell: i32,
        maxcells: i32,
    ) -> Result<NodeGetCellsFreeMemoryReply, CallError> {
        self.call(NodeGetCellsFreeMemory { start_cell, maxcells }).await
    }

    /// Tells how much memory of the host is free.
    ///
    /// Procedure 102, `virNodeGetFreeMemory`, since libvirt 0.3.3.
    pub async fn node_get_free_memory(&self) -> Result<NodeGetFreeMemoryReply, CallError> {
        self.call(NodeGetFreeMemory).await
    }

    /// Reads a piece of a disk.
    ///
    /// Procedure 103, `virDomainBlockPeek`, since libvirt 0.4.2.
    pub async fn domain_block_peek(
        &self,
        arguments: DomainBlockPeek,
    ) -> Result<DomainBlockPeekReply, CallError> {
        self.call(arguments).await
    }

    /// Reads a piece of a running domain's memory.
    ///
    /// Procedure 104, `virDomainMemoryPeek`, since libvirt 0.4.2.
    pub async fn domain_memory_peek(
        &self,
        arguments: DomainMemoryPeek,
    ) -> Result<DomainMemoryPeekReply, CallError> {
        self.call(arguments).await
    }

    /// First generation: asks for lifecycle events of all domains.
    ///
    /// Procedure 105, `virConnectDomainEventRegister`, since libvirt 0.5.0.
    pub async fn connect_domain_event_register(&self) -> Result<ConnectDomainEventRegisterReply, CallError> {
        self.call(ConnectDomainEventRegister).await
    }

    /// Takes back `connect_domain_event_register`.
    ///
    /// Procedure 106, `virConnectDomainEventDeregister`, since libvirt 0.5.0.
    pub async fn connect_domain_event_deregister(
        &self,
    ) -> Result<ConnectDomainEventDeregisterReply, CallError> {
        self.call(ConnectDomainEventDeregister).await
    }

    /// Version 2, destination: gets ready to receive the guest that dom_xml describes.
    /// `domain_migrate_prepare` is what older peers have.
    ///
    /// Procedure 108, `virDomainMigratePrepare2`, since libvirt 0.5.0.
    pub async fn domain_migrate_prepare2(
        &self,
        arguments: DomainMigratePrepare2,
    ) -> Result<DomainMigratePrepare2Reply, CallError> {
        self.call(arguments).await
    }

    /// Version 2, destination: takes the guest over, or after a failed Perform gives it up. Giving up is
    /// answered with an error, usually code 93, which then means that all is cleaned up.
    ///
    /// Procedure 109, `virDomainMigrateFinish2`, since libvirt 0.5.0.
    pub async fn domain_migrate_finish2(
        &self,
        arguments: DomainMigrateFinish2,
    ) -> Result<DomainMigrateFinish2Reply, CallError> {
        self.call(arguments).await
    }

    /// Tells the canonical URI of the connection that the server has open.
    ///
    /// Procedure 110, `virConnectGetURI`, since libvirt 0.5.0.
    pub async fn connect_get_uri(&self) -> Result<ConnectGetUriReply, CallError> {
        self.call(ConnectGetUri).await
    }

    /// Counts the host's devices.
    ///
    /// Procedure 111, `virNodeNumOfDevices`, since libvirt 0.5.0.
    pub async fn node_num_of_devices(
        &self,
        cap: Option<&str>,
        flags: u32,
    ) -> Result<NodeNumOfDevicesReply, CallError> {
        self.call(NodeNumOfDevices { cap: cap.map(Text::from), flags }).await
    }

    /// Lists the names of the host's devices.
    ///
    /// Procedure 112, `virNodeListDevices`, since libvirt 0.5.0.
    pub async fn node_list_devices(
        &self,
        cap: Option<&str>,
        maxnames: i32,
        flags: u32,
    ) -> Result<NodeListDevicesReply, CallError> {
        self.call(NodeListDevices { cap: cap.map(Text::from), maxnames, flags }).await
    }

    /// Finds a device by its name.
    ///
    /// Procedure 113, `virNodeDeviceLookupByName`, since libvirt 0.5.0.
    pub async fn node_device_lookup_by_name(
        &self,
        name: &str,
    ) -> Result<NodeDeviceLookupByNameReply, CallError> {
        self.call(NodeDeviceLookupByName { name: name.into() }).await
    }

    /// Describes a device, as XML.
    ///
    /// Procedure 114, `virNodeDeviceGetXMLDesc`, since libvirt 0.5.0.
    pub async fn node_device_get_xml_desc(
        &self,
        name: &str,
        flags: u32,
    ) -> Result<NodeDeviceGetXmlDescReply, CallError> {
        self.call(NodeDeviceGetXmlDesc { name: name.into(), flags }).await
    }

    /// Tells the name of a device's parent.
    ///
    /// Procedure 115, `virNodeDeviceGetParent`, since libvirt 0.5.0.
    pub async fn node_device_get_parent(&self, name: &str) -> Result<NodeDeviceGetParentReply, CallError> {
        self.call(NodeDeviceGetParent { name: name.into() }).await
    }

    /// Counts a device's capabilities.
    ///
    /// Procedure 116, `virNodeDeviceNumOfCaps`, since libvirt 0.5.0.
    pub async fn node_device_num_of_caps(&self, name: &str) -> Result<NodeDeviceNumOfCapsReply, CallError> {
        self.call(NodeDeviceNumOfCaps { name: name.into() }).await
    }

    /// Lists a device's capabilities.
    ///
    /// Procedure 117, `virNodeDeviceListCaps`, since libvirt 0.5.0.
    pub async fn node_device_list_caps(
        &self,
        name: &str,
        maxnames: i32,
    ) -> Result<NodeDeviceListCapsReply, CallError> {
        self.call(NodeDeviceListCaps { name: name.into(), maxnames }).await
    }

    /// Takes a device away from the host, so that a domain can have it.
    ///
    /// Procedure 118, `virNodeDeviceDettach`, since libvirt 0.6.1.
    pub async fn node_device_dettach(&self, name: &str) -> Result<(), CallError> {
        self.call(NodeDeviceDettach { name: name.into() }).await
    }

    /// Gives a device back to the host.
    ///
    /// Procedure 119, `virNodeDeviceReAttach`, since libvirt 0.6.1.
    pub async fn node_device_re_attach(&self, name: &str) -> Result<(), CallError> {
        self.call(NodeDeviceReAttach { name: name.into() }).await
    }

    /// Resets a device that no domain uses.
    ///
    /// Procedure 120, `virNodeDeviceReset`, since libvirt 0.6.1.
    pub async fn node_device_reset(&self, name: &str) -> Result<(), CallError> {
        self.call(NodeDeviceReset { name: name.into() }).await
    }

    /// Tells which security label a running domain has.
    ///
    /// Procedure 121, `virDomainGetSecurityLabel`, since libvirt 0.6.1.
    pub async fn domain_get_security_label(
        &self,
        dom: &Domain,
    ) -> Result<DomainGetSecurityLabelReply, CallError> {
        self.call(DomainGetSecurityLabel { dom: dom.clone() }).await
    }

    /// Tells which security model confines the domains of this host.
    ///
    /// Procedure 122, `virNodeGetSecurityModel`, since libvirt 0.6.1.
    pub async fn node_get_security_model(&self) -> Result<NodeGetSecurityModelReply, CallError> {
        self.call(NodeGetSecurityModel).await
    }

    /// Makes a virtual device on the host, such as a mediated device or a virtual HBA.
    ///
    /// Procedure 123, `virNodeDeviceCreateXML`, since libvirt 0.6.3.
    pub async fn node_device_create_xml(
        &self,
        xml_desc: &str,
        flags: u32,
    ) -> Result<NodeDeviceCreateXmlReply, CallError> {
        self.call(NodeDeviceCreateXml { xml_desc: xml_desc.into(), flags }).await
    }

    /// Removes a virtual device from the host.
    ///
    /// Procedure 124, `virNodeDeviceDestroy`, since libvirt 0.6.3.
    pub async fn node_device_destroy(&self, name: &str) -> Result<(), CallError> {
        self.call(NodeDeviceDestroy { name: name.into() }).await
    }

    /// Makes a volume as XML describes, with the contents of another.
    ///
    /// Procedure 125, `virStorageVolCreateXMLFrom`, since libvirt 0.6.4.
    pub async fn storage_vol_create_xml_from(
        &self,
        arguments: StorageVolCreateXmlFrom,
    ) -> Result<StorageVolCreateXmlFromReply, CallError> {
        self.call(arguments).await
    }

    /// Counts the active interfaces.
    ///
    /// Procedure 126, `virConnectNumOfInterfaces`, since libvirt 0.7.2.
    pub async fn connect_num_of_interfaces(&self) -> Result<ConnectNumOfInterfacesReply, CallError> {
        self.call(ConnectNumOfInterfaces).await
    }

    /// Lists the names of the active interfaces.
    ///
    /// Procedure 127, `virConnectListInterfaces`, since libvirt 0.7.2.
    pub async fn connect_list_interfaces(
        &self,
        maxnames: i32,
    ) -> Result<ConnectListInterfacesReply, CallError> {
        self.call(ConnectListInterfaces { maxnames }).await
    }

    /// Finds an interface by its name.
    ///
    /// Procedure 128, `virInterfaceLookupByName`, since libvirt 0.7.2.
    pub async fn interface_lookup_by_name(
        &self,
        name: &str,
    ) -> Result<InterfaceLookupByNameReply, CallError> {
        self.call(InterfaceLookupByName { name: name.into() }).await
    }

    /// Finds an interface by its MAC address.
    ///
    /// Procedure 129, `virInterfaceLookupByMACString`, since libvirt 0.7.2.
    pub async fn interface_lookup_by_mac_string(
        &self,
        mac: &str,
    ) -> Result<InterfaceLookupByMacStringReply, CallError> {
        self.call(InterfaceLookupByMacString { mac: mac.into() }).await
    }

    /// Describes an interface, as XML.
    ///
    /// Procedure 130, `virInterfaceGetXMLDesc`, since libvirt 0.7.2.
    pub async fn interface_get_xml_desc(
        &self,
        iface: &Interface,
        flags: u32,
    ) -> Result<InterfaceGetXmlDescReply, CallError> {
        self.call(InterfaceGetXmlDesc { iface: iface.clone(), flags }).await
    }

    /// Defines an interface, or changes the definition of one.
    ///
    /// Procedure 131, `virInterfaceDefineXML`, since libvirt 0.7.2.
    pub async fn interface_define_xml(
        &self,
        xml: &str,
        flags: u32,
    ) -> Result<InterfaceDefineXmlReply, CallError> {
        self.call(InterfaceDefineXml { xml: xml.into(), flags }).await
    }

    /// Forgets an interface.
    ///
    /// Procedure 132, `virInterfaceUndefine`, since libvirt 0.7.2.
    pub async fn interface_undefine(&self, iface: &Interface) -> Result<(), CallError> {
        self.call(InterfaceUndefine { iface: iface.clone() }).await
    }

    /// Takes an interface up.
    ///
    /// Procedure 133, `virInterfaceCreate`, since libvirt 0.7.2.
    pub async fn interface_create(&self, iface: &Interface, flags: u32) -> Result<(), CallError> {
        self.call(InterfaceCreate { iface: iface.clone(), flags }).await
    }

    /// Takes an interface down.
    ///
    /// Procedure 134, `virInterfaceDestroy`, since libvirt 0.7.2.
    pub async fn interface_destroy(&self, iface: &Interface, flags: u32) -> Result<(), CallError> {
        self.call(InterfaceDestroy { iface: iface.clone(), flags }).await
    }

    /// Translates a hypervisor's own configuration into domain XML.
    ///
    /// Procedure 135, `virConnectDomainXMLFromNative`, since libvirt 0.6.4.
    pub async fn connect_domain_xml_from_native(
        &self,
        native_format: &str,
        native_config: &str,
        flags: u32,
    ) -> Result<ConnectDomainXmlFromNativeReply, CallError> {
        let arguments = ConnectDomainXmlFromNative {
            native_format: native_format.into(),
            native_config: native_config.into(),
            flags,
        };
        self.call(arguments).await
    }

    /// Translates domain XML into a hypervisor's own configuration.
    ///
    /// Procedure 136, `virConnectDomainXMLToNative`, since libvirt 0.6.4.
    pub async fn connect_domain_xml_to_native(
        &self,
        native_format: &str,
        domain_xml: &str,
        flags: u32,
    ) -> Result<ConnectDomainXmlToNativeReply, CallError> {
        let arguments = ConnectDomainXmlToNative {
            native_format: native_format.into(),
            domain_xml: domain_xml.into(),
            flags,
        };
        self.call(arguments).await
    }

    /// Counts the interfaces that are defined and inactive.
    ///
    /// Procedure 137, `virConnectNumOfDefinedInterfaces`, since libvirt 0.7.2.
    pub async fn connect_num_of_defined_interfaces(
        &self,
    ) -> Result<ConnectNumOfDefinedInterfacesReply, CallError> {
        self.call(ConnectNumOfDefinedInterfaces).await
    }

    /// Lists the names of the interfaces that are defined and inactive.
    ///
    /// Procedure 138, `virConnectListDefinedInterfaces`, since libvirt 0.7.2.
    pub async fn connect_list_defined_interfaces(
        &self,
        maxnames: i32,
    ) -> Result<ConnectListDefinedInterfacesReply, CallError> {
        self.call(ConnectListDefinedInterfaces { maxnames }).await
    }

    /// Counts the secrets.
    ///
    /// Procedure 139, `virConnectNumOfSecrets`, since libvirt 0.7.1.
    pub async fn connect_num_of_secrets(&self) -> Result<ConnectNumOfSecretsReply, CallError> {
        self.call(ConnectNumOfSecrets).await
    }

    /// Lists the UUIDs of the secrets.
    ///
    /// Procedure 140, `virConnectListSecrets`, since libvirt 0.7.1.
    pub async fn connect_list_secrets(&self, maxuuids: i32) -> Result<ConnectListSecretsReply, CallError> {
        self.call(ConnectListSecrets { maxuuids }).await
    }

    /// Finds a secret by its UUID.
    ///
    /// Procedure 141, `virSecretLookupByUUID`, since libvirt 0.7.1.
    pub async fn secret_lookup_by_uuid(&self, uuid: [u8; 16]) -> Result<SecretLookupByUuidReply, CallError> {
        self.call(SecretLookupByUuid { uuid }).await
    }

    /// Defines a secret, or changes the definition of one. Its value is set apart.
    ///
    /// Procedure 142, `virSecretDefineXML`, since libvirt 0.7.1.
    pub async fn secret_define_xml(&self, xml: &str, flags: u32) -> Result<SecretDefineXmlReply, CallError> {
        self.call(SecretDefineXml { xml: xml.into(), flags }).await
    }

    /// Describes a secret, as XML. Its value is not in it.
    ///
    /// Procedure 143, `virSecretGetXMLDesc`, since libvirt 0.7.1.
    pub async fn secret_get_xml_desc(
        &self,
        secret: &Secret,
        flags: u32,
    ) -> Result<SecretGetXmlDescReply, CallError> {
        self.call(SecretGetXmlDesc { secret: secret.clone(), flags }).await
    }

    /// Sets a secret's value.
    ///
    /// Procedure 144, `virSecretSetValue`, since libvirt 0.7.1.
    pub async fn secret_set_value(&self, secret: &Secret, value: &[u8], flags: u32) -> Result<(), CallError> {
        self.call(SecretSetValue { secret: secret.clone(), value: value.to_vec(), flags }).await
    }

    /// Reads a secret's value, unless it is private.
    ///
    /// Procedure 145, `virSecretGetValue`, since libvirt 0.7.1.
    pub async fn secret_get_value(
        &self,
        secret: &Secret,
        flags: u32,
    ) -> Result<SecretGetValueReply, CallError> {
        self.call(SecretGetValue { secret: secret.clone(), flags }).await
    }

    /// Forgets a secret and its value.
    ///
    /// Procedure 146, `virSecretUndefine`, since libvirt 0.7.1.
    pub async fn secret_undefine(&self, secret: &Secret) -> Result<(), CallError> {
        self.call(SecretUndefine { secret: secret.clone() }).await
    }

    /// Finds a secret by what it is for.
    ///
    /// Procedure 147, `virSecretLookupByUsage`, since libvirt 0.7.1.
    pub async fn secret_lookup_by_usage(
        &self,
        usage_type: i32,
        usage_id: &str,
    ) -> Result<SecretLookupByUsageReply, CallError> {
        self.call(SecretLookupByUsage { usage_type, usage_id: usage_id.into() }).await
    }

    /// Version 2, destination: as `domain_migrate_prepare2`, for a guest whose data comes as a stream on
    /// this call. The source's daemon makes this call.
    ///
    /// Procedure 148, `virDomainMigratePrepareTunnel`, since libvirt 0.7.2.
    /// Opens a stream that the client sends on.
    pub async fn domain_migrate_prepare_tunnel(
        &self,
        flags: u64,
        dname: Option<&str>,
        resource: u64,
        dom_xml: &str,
    ) -> Result<Stream, CallError> {
        let arguments = DomainMigratePrepareTunnel {
            flags,
            dname: dname.map(Text::from),
            resource,
            dom_xml: dom_xml.into(),
        };
        self.open_stream(arguments).await
    }

    /// Tells whether the server's own connection to its hypervisor is encrypted, or local and so cannot
    /// be listened to.
    ///
    /// Procedure 149, `virConnectIsSecure`, since libvirt 0.7.3.
    pub async fn connect_is_secure(&self) -> Result<ConnectIsSecureReply, CallError> {
        self.call(ConnectIsSecure).await
    }

    /// Tells whether a domain runs.
    ///
    /// Procedure 150, `virDomainIsActive`, since libvirt 0.7.3.
    pub async fn domain_is_active(&self, dom: &Domain) -> Result<DomainIsActiveReply, CallError> {
        self.call(DomainIsActive { dom: dom.clone() }).await
    }

    /// Tells whether a domain has a definition that outlives it.
    ///
    /// Procedure 151, `virDomainIsPersistent`, since libvirt 0.7.3.
    pub async fn domain_is_persistent(&self, dom: &Domain) -> Result<DomainIsPersistentReply, CallError> {
        self.call(DomainIsPersistent { dom: dom.clone() }).await
    }

    /// Tells whether a network runs.
    ///
    /// Procedure 152, `virNetworkIsActive`, since libvirt 0.7.3.
    pub async fn network_is_active(&self, net: &Network) -> Result<NetworkIsActiveReply, CallError> {
        self.call(NetworkIsActive { net: net.clone() }).await
    }

    /// Tells whether a network has a definition that outlives it.
    ///
    /// Procedure 153, `virNetworkIsPersistent`, since libvirt 0.7.3.
    pub async fn network_is_persistent(&self, net: &Network) -> Result<NetworkIsPersistentReply, CallError> {
        self.call(NetworkIsPersistent { net: net.clone() }).await
    }

    /// Tells whether a pool runs.
    ///
    /// Procedure 154, `virStoragePoolIsActive`, since libvirt 0.7.3.
    pub async fn storage_pool_is_active(
        &self,
        pool: &StoragePool,
    ) -> Result<StoragePoolIsActiveReply, CallError> {
        self.call(StoragePoolIsActive { pool: pool.clone() }).await
    }

    /// Tells whether a pool has a definition that outlives it.
    ///
    /// Procedure 155, `virStoragePoolIsPersistent`, since libvirt 0.7.3.
    pub async fn storage_pool_is_persistent(
        &self,
        pool: &StoragePool,
    ) -> Result<StoragePoolIsPersistentReply, CallError> {
        self.call(StoragePoolIsPersistent { pool: pool.clone() }).await
    }

    /// Tells whether an interface is up.
    ///
    /// Procedure 156, `virInterfaceIsActive`, since libvirt 0.7.3.
    pub async fn interface_is_active(&self, iface: &Interface) -> Result<InterfaceIsActiveReply, CallError> {
        self.call(InterfaceIsActive { iface: iface.clone() }).await
    }

    /// Tells the release of libvirt that the daemon is, or claims to be.
    ///
    /// Procedure 157, `virConnectGetLibVersion`, since libvirt 0.7.3.
    pub async fn connect_get_lib_version(&self) -> Result<ConnectGetLibVersionReply, CallError> {
        self.call(ConnectGetLibVersion).await
    }

    /// Compares a CPU description with the host's CPU.
    ///
    /// Procedure 158, `virConnectCompareCPU`, since libvirt 0.7.5.
    pub async fn connect_compare_cpu(
        &self,
        xml: &str,
        flags: u32,
    ) -> Result<ConnectCompareCpuReply, CallError> {
        self.call(ConnectCompareCpu { xml: xml.into(), flags }).await
    }

    /// Reads statistics of a domain's memory, most of them gathered by the guest's balloon driver.
    ///
    /// Procedure 159, `virDomainMemoryStats`, since libvirt 0.7.5.
    pub async fn domain_memory_stats(
        &self,
        dom: &Domain,
        max_stats: u32,
        flags: u32,
    ) -> Result<DomainMemoryStatsReply, CallError> {
        self.call(DomainMemoryStats { dom: dom.clone(), max_stats, flags }).await
    }

    /// Adds a device to a domain. Supersedes `domain_attach_device`.
    ///
    /// Procedure 160, `virDomainAttachDeviceFlags`, since libvirt 0.7.7.
    pub async fn domain_attach_device_flags(
        &self,
        dom: &Domain,
        xml: &str,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainAttachDeviceFlags { dom: dom.clone(), xml: xml.into(), flags }).await
    }

    /// Removes a device from a domain. Supersedes `domain_detach_device`.
    ///
    /// Procedure 161, `virDomainDetachDeviceFlags`, since libvirt 0.7.7.
    pub async fn domain_detach_device_flags(
        &self,
        dom: &Domain,
        xml: &str,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainDetachDeviceFlags { dom: dom.clone(), xml: xml.into(), flags }).await
    }

    /// Computes the richest CPU that all the described ones can run.
    ///
    /// Procedure 162, `virConnectBaselineCPU`, since libvirt 0.7.7.
    pub async fn connect_baseline_cpu(
        &self,
        xml_cpus: Vec<Text>,
        flags: u32,
    ) -> Result<ConnectBaselineCpuReply, CallError> {
        self.call(ConnectBaselineCpu { xml_cpus, flags }).await
    }

    /// Tells how far a domain's job has come. `domain_get_job_stats` tells more.
    ///
    /// Procedure 163, `virDomainGetJobInfo`, since libvirt 0.7.7.
    pub async fn domain_get_job_info(&self, dom: &Domain) -> Result<DomainGetJobInfoReply, CallError> {
        self.call(DomainGetJobInfo { dom: dom.clone() }).await
    }

    /// Asks for a domain's job to end. The job's own call then fails with code 78.
    ///
    /// Procedure 164, `virDomainAbortJob`, since libvirt 0.7.7.
    pub async fn domain_abort_job(&self, dom: &Domain) -> Result<(), CallError> {
        self.call(DomainAbortJob { dom: dom.clone() }).await
    }

    /// Overwrites a volume with zeros.
    ///
    /// Procedure 165, `virStorageVolWipe`, since libvirt 0.8.0.
    pub async fn storage_vol_wipe(&self, vol: &StorageVol, flags: u32) -> Result<(), CallError> {
        self.call(StorageVolWipe { vol: vol.clone(), flags }).await
    }

    /// Sets how long a migrating domain may stand still at the end.
    ///
    /// Procedure 166, `virDomainMigrateSetMaxDowntime`, since libvirt 0.8.0.
    pub async fn domain_migrate_set_max_downtime(
        &self,
        dom: &Domain,
        downtime: u64,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainMigrateSetMaxDowntime { dom: dom.clone(), downtime, flags }).await
    }

    /// Second generation: asks for one kind of event of all domains.
    ///
    /// Procedure 167, `virConnectDomainEventRegisterAny`, since libvirt 0.8.0.
    pub async fn connect_domain_event_register_any(&self, event_id: i32) -> Result<(), CallError> {
        self.call(ConnectDomainEventRegisterAny { event_id }).await
    }

    /// Takes back `connect_domain_event_register_any`.
    ///
    /// Procedure 168, `virConnectDomainEventDeregisterAny`, since libvirt 0.8.0.
    pub async fn connect_domain_event_deregister_any(&self, event_id: i32) -> Result<(), CallError> {
        self.call(ConnectDomainEventDeregisterAny { event_id }).await
    }

    /// Changes a device of a domain in place: the medium of a drive, the link of an interface.
    ///
    /// Procedure 174, `virDomainUpdateDeviceFlags`, since libvirt 0.8.0.
    pub async fn domain_update_device_flags(
        &self,
        dom: &Domain,
        xml: &str,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainUpdateDeviceFlags { dom: dom.clone(), xml: xml.into(), flags }).await
    }

    /// Finds a filter by its name.
    ///
    /// Procedure 175, `virNWFilterLookupByName`, since libvirt 0.8.0.
    pub async fn nwfilter_lookup_by_name(&self, name: &str) -> Result<NwfilterLookupByNameReply, CallError> {
        self.call(NwfilterLookupByName { name: name.into() }).await
    }

    /// Finds a filter by its UUID.
    ///
    /// Procedure 176, `virNWFilterLookupByUUID`, since libvirt 0.8.0.
    pub async fn nwfilter_lookup_by_uuid(
        &self,
        uuid: [u8; 16],
    ) -> Result<NwfilterLookupByUuidReply, CallError> {
        self.call(NwfilterLookupByUuid { uuid }).await
    }

    /// Describes a filter, as XML.
    ///
    /// Procedure 177, `virNWFilterGetXMLDesc`, since libvirt 0.8.0.
    pub async fn nwfilter_get_xml_desc(
        &self,
        nwfilter: &Nwfilter,
        flags: u32,
    ) -> Result<NwfilterGetXmlDescReply, CallError> {
        self.call(NwfilterGetXmlDesc { nwfilter: nwfilter.clone(), flags }).await
    }

    /// Counts the filters.
    ///
    /// Procedure 178, `virConnectNumOfNWFilters`, since libvirt 0.8.0.
    pub async fn connect_num_of_nwfilters(&self) -> Result<ConnectNumOfNwfiltersReply, CallError> {
        self.call(ConnectNumOfNwfilters).await
    }

    /// Lists the names of the filters.
    ///
    /// Procedure 179, `virConnectListNWFilters`, since libvirt 0.8.0.
    pub async fn connect_list_nwfilters(
        &self,
        maxnames: i32,
    ) -> Result<ConnectListNwfiltersReply, CallError> {
        self.call(ConnectListNwfilters { maxnames }).await
    }

    /// Defines a filter, or changes the definition of one, also where it is in use.
    ///
    /// Procedure 180, `virNWFilterDefineXML`, since libvirt 0.8.0.
    pub async fn nwfilter_define_xml(&self, xml: &str) -> Result<NwfilterDefineXmlReply, CallError> {
        self.call(NwfilterDefineXml { xml: xml.into() }).await
    }

    /// Forgets a filter that is not in use.
    ///
    /// Procedure 181, `virNWFilterUndefine`, since libvirt 0.8.0.
    pub async fn nwfilter_undefine(&self, nwfilter: &Nwfilter) -> Result<(), CallError> {
        self.call(NwfilterUndefine { nwfilter: nwfilter.clone() }).await
    }

    /// Stops a domain and saves it to a file of the daemon's choice, from which its next start restores
    /// it.
    ///
    /// Procedure 182, `virDomainManagedSave`, since libvirt 0.8.0.
    pub async fn domain_managed_save(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainManagedSave { dom: dom.clone(), flags }).await
    }

    /// Tells whether a domain has a managed save image.
    ///
    /// Procedure 183, `virDomainHasManagedSaveImage`, since libvirt 0.8.0.
    pub async fn domain_has_managed_save_image(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainHasManagedSaveImageReply, CallError> {
        self.call(DomainHasManagedSaveImage { dom: dom.clone(), flags }).await
    }

    /// Deletes a domain's managed save image, so that its next start boots afresh.
    ///
    /// Procedure 184, `virDomainManagedSaveRemove`, since libvirt 0.8.0.
    pub async fn domain_managed_save_remove(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainManagedSaveRemove { dom: dom.clone(), flags }).await
    }

    /// Takes a snapshot of a domain as XML describes.
    ///
    /// Procedure 185, `virDomainSnapshotCreateXML`, since libvirt 0.8.0.
    pub async fn domain_snapshot_create_xml(
        &self,
        dom: &Domain,
        xml_desc: &str,
        flags: u32,
    ) -> Result<DomainSnapshotCreateXmlReply, CallError> {
        self.call(DomainSnapshotCreateXml { dom: dom.clone(), xml_desc: xml_desc.into(), flags }).await
    }

    /// Describes a snapshot, as XML.
    ///
    /// Procedure 186, `virDomainSnapshotGetXMLDesc`, since libvirt 0.8.0.
    pub async fn domain_snapshot_get_xml_desc(
        &self,
        snap: &DomainSnapshot,
        flags: u32,
    ) -> Result<DomainSnapshotGetXmlDescReply, CallError> {
        self.call(DomainSnapshotGetXmlDesc { snap: snap.clone(), flags }).await
    }

    /// Counts a domain's snapshots.
    ///
    /// Procedure 187, `virDomainSnapshotNum`, since libvirt 0.8.0.
    pub async fn domain_snapshot_num(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainSnapshotNumReply, CallError> {
        self.call(DomainSnapshotNum { dom: dom.clone(), flags }).await
    }

    /// Lists the names of a domain's snapshots.
    ///
    /// Procedure 188, `virDomainSnapshotListNames`, since libvirt 0.8.0.
    pub async fn domain_snapshot_list_names(
        &self,
        dom: &Domain,
        maxnames: i32,
        flags: u32,
    ) -> Result<DomainSnapshotListNamesReply, CallError> {
        self.call(DomainSnapshotListNames { dom: dom.clone(), maxnames, flags }).await
    }

    /// Finds a snapshot by its name.
    ///
    /// Procedure 189, `virDomainSnapshotLookupByName`, since libvirt 0.8.0.
    pub async fn domain_snapshot_lookup_by_name(
        &self,
        dom: &Domain,
        name: &str,
        flags: u32,
    ) -> Result<DomainSnapshotLookupByNameReply, CallError> {
        self.call(DomainSnapshotLookupByName { dom: dom.clone(), name: name.into(), flags }).await
    }

    /// Tells whether a domain has a current snapshot.
    ///
    /// Procedure 190, `virDomainHasCurrentSnapshot`, since libvirt 0.8.0.
    pub async fn domain_has_current_snapshot(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainHasCurrentSnapshotReply, CallError> {
        self.call(DomainHasCurrentSnapshot { dom: dom.clone(), flags }).await
    }

    /// Finds a domain's current snapshot.
    ///
    /// Procedure 191, `virDomainSnapshotCurrent`, since libvirt 0.8.0.
    pub async fn domain_snapshot_current(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainSnapshotCurrentReply, CallError> {
        self.call(DomainSnapshotCurrent { dom: dom.clone(), flags }).await
    }

    /// Takes a domain back to a snapshot. What it was since is lost.
    ///
    /// Procedure 192, `virDomainRevertToSnapshot`, since libvirt 0.8.0.
    pub async fn domain_revert_to_snapshot(
        &self,
        snap: &DomainSnapshot,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainRevertToSnapshot { snap: snap.clone(), flags }).await
    }

    /// Deletes a snapshot.
    ///
    /// Procedure 193, `virDomainSnapshotDelete`, since libvirt 0.8.0.
    pub async fn domain_snapshot_delete(&self, snap: &DomainSnapshot, flags: u32) -> Result<(), CallError> {
        self.call(DomainSnapshotDelete { snap: snap.clone(), flags }).await
    }

    /// Tells how large a disk is, and how much of the host's storage it takes.
    ///
    /// Procedure 194, `virDomainGetBlockInfo`, since libvirt 0.8.1.
    pub async fn domain_get_block_info(
        &self,
        dom: &Domain,
        path: &str,
        flags: u32,
    ) -> Result<DomainGetBlockInfoReply, CallError> {
        self.call(DomainGetBlockInfo { dom: dom.clone(), path: path.into(), flags }).await
    }

    /// Starts a defined, inactive domain. Supersedes `domain_create`.
    ///
    /// Procedure 196, `virDomainCreateWithFlags`, since libvirt 0.8.2.
    pub async fn domain_create_with_flags(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainCreateWithFlagsReply, CallError> {
        self.call(DomainCreateWithFlags { dom: dom.clone(), flags }).await
    }

    /// Sets the limits that the host sets to a domain's memory.
    ///
    /// Procedure 197, `virDomainSetMemoryParameters`, since libvirt 0.8.5.
    pub async fn domain_set_memory_parameters(
        &self,
        dom: &Domain,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSetMemoryParameters { dom: dom.clone(), params, flags }).await
    }

    /// Reads the limits that the host sets to a domain's memory.
    ///
    /// Procedure 198, `virDomainGetMemoryParameters`, since libvirt 0.8.5.
    pub async fn domain_get_memory_parameters(
        &self,
        dom: &Domain,
        nparams: i32,
        flags: u32,
    ) -> Result<DomainGetMemoryParametersReply, CallError> {
        self.call(DomainGetMemoryParameters { dom: dom.clone(), nparams, flags }).await
    }

    /// Sets how many virtual CPUs a domain has, or may have. Supersedes `domain_set_vcpus`.
    ///
    /// Procedure 199, `virDomainSetVcpusFlags`, since libvirt 0.8.5.
    pub async fn domain_set_vcpus_flags(
        &self,
        dom: &Domain,
        nvcpus: u32,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSetVcpusFlags { dom: dom.clone(), nvcpus, flags }).await
    }

    /// Tells how many virtual CPUs a domain has, or may have. Supersedes `domain_get_max_vcpus`.
    ///
    /// Procedure 200, `virDomainGetVcpusFlags`, since libvirt 0.8.5.
    pub async fn domain_get_vcpus_flags(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetVcpusFlagsReply, CallError> {
        self.call(DomainGetVcpusFlags { dom: dom.clone(), flags }).await
    }

    /// Connects the call's stream to a domain's serial or paravirtual console. Both ends send.
    ///
    /// Procedure 201, `virDomainOpenConsole`, since libvirt 0.8.6. Opens a stream that both send on.
    pub async fn domain_open_console(
        &self,
        dom: &Domain,
        dev_name: Option<&str>,
        flags: u32,
    ) -> Result<Stream, CallError> {
        let arguments = DomainOpenConsole { dom: dom.clone(), dev_name: dev_name.map(Text::from), flags };
        self.open_stream(arguments).await
    }

    /// Tells whether a persistent domain's running configuration differs from its definition.
    ///
    /// Procedure 202, `virDomainIsUpdated`, since libvirt 0.8.6.
    pub async fn domain_is_updated(&self, dom: &Domain) -> Result<DomainIsUpdatedReply, CallError> {
        self.call(DomainIsUpdated { dom: dom.clone() }).await
    }

    /// Describes the host's firmware, board and memory, as XML.
    ///
    /// Procedure 203, `virConnectGetSysinfo`, since libvirt 0.8.8.
    pub async fn connect_get_sysinfo(&self, flags: u32) -> Result<ConnectGetSysinfoReply, CallError> {
        self.call(ConnectGetSysinfo { flags }).await
    }

    /// Sets how much memory a domain has, or may have. Supersedes `domain_set_memory` and
    /// `domain_set_max_memory`.
    ///
    /// Procedure 204, `virDomainSetMemoryFlags`, since libvirt 0.9.0.
    pub async fn domain_set_memory_flags(
        &self,
        dom: &Domain,
        memory: u64,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSetMemoryFlags { dom: dom.clone(), memory, flags }).await
    }

    /// Sets a domain's share of block I/O.
    ///
    /// Procedure 205, `virDomainSetBlkioParameters`, since libvirt 0.9.0.
    pub async fn domain_set_blkio_parameters(
        &self,
        dom: &Domain,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSetBlkioParameters { dom: dom.clone(), params, flags }).await
    }

    /// Reads a domain's share of block I/O.
    ///
    /// Procedure 206, `virDomainGetBlkioParameters`, since libvirt 0.9.0.
    pub async fn domain_get_blkio_parameters(
        &self,
        dom: &Domain,
        nparams: i32,
        flags: u32,
    ) -> Result<DomainGetBlkioParametersReply, CallError> {
        self.call(DomainGetBlkioParameters { dom: dom.clone(), nparams, flags }).await
    }

    /// Sets how fast a domain may migrate.
    ///
    /// Procedure 207, `virDomainMigrateSetMaxSpeed`, since libvirt 0.9.0.
    pub async fn domain_migrate_set_max_speed(
        &self,
        dom: &Domain,
        bandwidth: u64,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainMigrateSetMaxSpeed { dom: dom.clone(), bandwidth, flags }).await
    }

    /// Writes the call's stream into a volume.
    ///
    /// Procedure 208, `virStorageVolUpload`, since libvirt 0.9.0. Opens a stream that the client sends on.
    pub async fn storage_vol_upload(
        &self,
        vol: &StorageVol,
        offset: u64,
        length: u64,
        flags: u32,
    ) -> Result<Stream, CallError> {
        self.open_stream(StorageVolUpload { vol: vol.clone(), offset, length, flags }).await
    }

    /// Sends a volume down the call's stream.
    ///
    /// Procedure 209, `virStorageVolDownload`, since libvirt 0.9.0. Opens a stream that the daemon sends on.
    pub async fn storage_vol_download(
        &self,
        vol: &StorageVol,
        offset: u64,
        length: u64,
        flags: u32,
    ) -> Result<Stream, CallError> {
        self.open_stream(StorageVolDownload { vol: vol.clone(), offset, length, flags }).await
    }

    /// Sends a non-maskable interrupt to a domain.
    ///
    /// Procedure 210, `virDomainInjectNMI`, since libvirt 0.9.2.
    pub async fn domain_inject_nmi(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainInjectNmi { dom: dom.clone(), flags }).await
    }

    /// Sends a picture of a domain's screen down the call's stream.
    ///
    /// Procedure 211, `virDomainScreenshot`, since libvirt 0.9.2. Opens a stream that the daemon sends on.
    pub async fn domain_screenshot(
        &self,
        dom: &Domain,
        screen: u32,
        flags: u32,
    ) -> Result<(DomainScreenshotReply, Stream), CallError> {
        self.open_stream_and_reply(DomainScreenshot { dom: dom.clone(), screen, flags }).await
    }

    /// Tells a domain's state and why it is so.
    ///
    /// Procedure 212, `virDomainGetState`, since libvirt 0.9.2.
    pub async fn domain_get_state(&self, dom: &Domain, flags: u32) -> Result<DomainGetStateReply, CallError> {
        self.call(DomainGetState { dom: dom.clone(), flags }).await
    }

    /// Version 3, source: starts the migration and describes the guest.
    ///
    /// Procedure 213, `virDomainMigrateBegin3`, since libvirt 0.9.2.
    pub async fn domain_migrate_begin3(
        &self,
        arguments: DomainMigrateBegin3,
    ) -> Result<DomainMigrateBegin3Reply, CallError> {
        self.call(arguments).await
    }

    /// Version 3, destination: gets ready to receive the guest.
    ///
    /// Procedure 214, `virDomainMigratePrepare3`, since libvirt 0.9.2.
    pub async fn domain_migrate_prepare3(
        &self,
        arguments: DomainMigratePrepare3,
    ) -> Result<DomainMigratePrepare3Reply, CallError> {
        self.call(arguments).await
    }

    /// Version 3, destination: as `domain_migrate_prepare3`, for a guest whose data comes as a stream on
    /// this call. The source's daemon makes this call.
    ///
    /// Procedure 215, `virDomainMigratePrepareTunnel3`, since libvirt 0.9.2.
    /// Opens a stream that the client sends on.
    pub async fn domain_migrate_prepare_tunnel3(
        &self,
        arguments: DomainMigratePrepareTunnel3,
    ) -> Result<(DomainMigratePrepareTunnel3Reply, Stream), CallError> {
        self.open_stream_and_reply(arguments).await
    }

    /// Version 3, source: sends the guest and leaves it paused; a failure lets it run on. Also the one
    /// call of a peer-to-peer migration.
    ///
    /// Procedure 216, `virDomainMigratePerform3`, since libvirt 0.9.2.
    pub async fn domain_migrate_perform3(
        &self,
        arguments: DomainMigratePerform3,
    ) -> Result<DomainMigratePerform3Reply, CallError> {
        self.call(arguments).await
    }

    /// Version 3, destination: takes the guest over, or gives it up when cancelled. Giving up is
    /// answered with an error, usually code 93, which then means that all is cleaned up.
    ///
    /// Procedure 217, `virDomainMigrateFinish3`, since libvirt 0.9.2.
    pub async fn domain_migrate_finish3(
        &self,
        arguments: DomainMigrateFinish3,
    ) -> Result<DomainMigrateFinish3Reply, CallError> {
        self.call(arguments).await
    }

    /// Version 3, source: ends the guest there; or when cancelled lets it run on.
    ///
    /// Procedure 218, `virDomainMigrateConfirm3`, since libvirt 0.9.2.
    pub async fn domain_migrate_confirm3(&self, arguments: DomainMigrateConfirm3) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Sets a domain's share of the CPUs. Supersedes `domain_set_scheduler_parameters`.
    ///
    /// Procedure 219, `virDomainSetSchedulerParametersFlags`, since libvirt 0.9.2.
    pub async fn domain_set_scheduler_parameters_flags(
        &self,
        dom: &Domain,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSetSchedulerParametersFlags { dom: dom.clone(), params, flags }).await
    }

    /// Starts a transaction: remembers the configuration of the host's interfaces.
    ///
    /// Procedure 220, `virInterfaceChangeBegin`, since libvirt 0.9.2.
    pub async fn interface_change_begin(&self, flags: u32) -> Result<(), CallError> {
        self.call(InterfaceChangeBegin { flags }).await
    }

    /// Ends the transaction and keeps its changes.
    ///
    /// Procedure 221, `virInterfaceChangeCommit`, since libvirt 0.9.2.
    pub async fn interface_change_commit(&self, flags: u32) -> Result<(), CallError> {
        self.call(InterfaceChangeCommit { flags }).await
    }

    /// Ends the transaction and undoes its changes.
    ///
    /// Procedure 222, `virInterfaceChangeRollback`, since libvirt 0.9.2.
    pub async fn interface_change_rollback(&self, flags: u32) -> Result<(), CallError> {
        self.call(InterfaceChangeRollback { flags }).await
    }

    /// Reads a domain's share of the CPUs. Supersedes `domain_get_scheduler_parameters`.
    ///
    /// Procedure 223, `virDomainGetSchedulerParametersFlags`, since libvirt 0.9.2.
    pub async fn domain_get_scheduler_parameters_flags(
        &self,
        dom: &Domain,
        nparams: i32,
        flags: u32,
    ) -> Result<DomainGetSchedulerParametersFlagsReply, CallError> {
        self.call(DomainGetSchedulerParametersFlags { dom: dom.clone(), nparams, flags }).await
    }

    /// Says which host CPUs a virtual CPU may use. Supersedes `domain_pin_vcpu`.
    ///
    /// Procedure 225, `virDomainPinVcpuFlags`, since libvirt 0.9.3.
    pub async fn domain_pin_vcpu_flags(&self, arguments: DomainPinVcpuFlags) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Presses keys of a domain's keyboard, all together.
    ///
    /// Procedure 226, `virDomainSendKey`, since libvirt 0.9.3.
    pub async fn domain_send_key(&self, arguments: DomainSendKey) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Tells what the host's CPUs have spent their time on.
    ///
    /// Procedure 227, `virNodeGetCPUStats`, since libvirt 0.9.3.
    pub async fn node_get_cpu_stats(
        &self,
        cpu_num: i32,
        nparams: i32,
        flags: u32,
    ) -> Result<NodeGetCpuStatsReply, CallError> {
        self.call(NodeGetCpuStats { cpu_num, nparams, flags }).await
    }

    /// Tells how the host's memory, or that of one NUMA cell, is used.
    ///
    /// Procedure 228, `virNodeGetMemoryStats`, since libvirt 0.9.3.
    pub async fn node_get_memory_stats(
        &self,
        nparams: i32,
        cell_num: i32,
        flags: u32,
    ) -> Result<NodeGetMemoryStatsReply, CallError> {
        self.call(NodeGetMemoryStats { nparams, cell_num, flags }).await
    }

    /// Tells whether the daemon can reach the hypervisor process of a domain.
    ///
    /// Procedure 229, `virDomainGetControlInfo`, since libvirt 0.9.3.
    pub async fn domain_get_control_info(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetControlInfoReply, CallError> {
        self.call(DomainGetControlInfo { dom: dom.clone(), flags }).await
    }

    /// Tells which host CPUs the virtual CPUs of a domain may use, also of one that does not run.
    ///
    /// Procedure 230, `virDomainGetVcpuPinInfo`, since libvirt 0.9.3.
    pub async fn domain_get_vcpu_pin_info(
        &self,
        arguments: DomainGetVcpuPinInfo,
    ) -> Result<DomainGetVcpuPinInfoReply, CallError> {
        self.call(arguments).await
    }

    /// Forgets a persistent domain and, as the flags say, what belongs to it. Supersedes
    /// `domain_undefine`.
    ///
    /// Procedure 231, `virDomainUndefineFlags`, since libvirt 0.9.4.
    pub async fn domain_undefine_flags(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainUndefineFlags { dom: dom.clone(), flags }).await
    }

    /// Saves a domain to a file, with changes to its configuration. Supersedes `domain_save`.
    ///
    /// Procedure 232, `virDomainSaveFlags`, since libvirt 0.9.4.
    pub async fn domain_save_flags(&self, arguments: DomainSaveFlags) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Starts a domain from a saved file, with changes to its configuration. Supersedes `domain_restore`.
    ///
    /// Procedure 233, `virDomainRestoreFlags`, since libvirt 0.9.4.
    pub async fn domain_restore_flags(
        &self,
        from: &str,
        dxml: Option<&str>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainRestoreFlags { from: from.into(), dxml: dxml.map(Text::from), flags }).await
    }

    /// Stops a domain at once. Supersedes `domain_destroy`.
    ///
    /// Procedure 234, `virDomainDestroyFlags`, since libvirt 0.9.4.
    pub async fn domain_destroy_flags(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainDestroyFlags { dom: dom.clone(), flags }).await
    }

    /// Reads the configuration out of a saved file.
    ///
    /// Procedure 235, `virDomainSaveImageGetXMLDesc`, since libvirt 0.9.4.
    pub async fn domain_save_image_get_xml_desc(
        &self,
        file: &str,
        flags: u32,
    ) -> Result<DomainSaveImageGetXmlDescReply, CallError> {
        self.call(DomainSaveImageGetXmlDesc { file: file.into(), flags }).await
    }

    /// Replaces the configuration in a saved file.
    ///
    /// Procedure 236, `virDomainSaveImageDefineXML`, since libvirt 0.9.4.
    pub async fn domain_save_image_define_xml(
        &self,
        file: &str,
        dxml: &str,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSaveImageDefineXml { file: file.into(), dxml: dxml.into(), flags }).await
    }

    /// Cancels the job of a disk, or has a mirror that is ready take over.
    ///
    /// Procedure 237, `virDomainBlockJobAbort`, since libvirt 0.9.4.
    pub async fn domain_block_job_abort(
        &self,
        dom: &Domain,
        path: &str,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainBlockJobAbort { dom: dom.clone(), path: path.into(), flags }).await
    }

    /// Tells how far the job of a disk has come.
    ///
    /// Procedure 238, `virDomainGetBlockJobInfo`, since libvirt 0.9.4.
    pub async fn domain_get_block_job_info(
        &self,
        dom: &Domain,
        path: &str,
        flags: u32,
    ) -> Result<DomainGetBlockJobInfoReply, CallError> {
        self.call(DomainGetBlockJobInfo { dom: dom.clone(), path: path.into(), flags }).await
    }

    /// Limits the speed of the job of a disk.
    ///
    /// Procedure 239, `virDomainBlockJobSetSpeed`, since libvirt 0.9.4.
    pub async fn domain_block_job_set_speed(
        &self,
        arguments: DomainBlockJobSetSpeed,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Starts to copy what a disk takes from its backing files into the disk itself.
    ///
    /// Procedure 240, `virDomainBlockPull`, since libvirt 0.9.4.
    pub async fn domain_block_pull(&self, arguments: DomainBlockPull) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Tells how fast a domain may migrate.
    ///
    /// Procedure 242, `virDomainMigrateGetMaxSpeed`, since libvirt 0.9.5.
    pub async fn domain_migrate_get_max_speed(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainMigrateGetMaxSpeedReply, CallError> {
        self.call(DomainMigrateGetMaxSpeed { dom: dom.clone(), flags }).await
    }

    /// Counts a disk's requests, bytes and time. Supersedes `domain_block_stats`.
    ///
    /// Procedure 243, `virDomainBlockStatsFlags`, since libvirt 0.9.5.
    pub async fn domain_block_stats_flags(
        &self,
        arguments: DomainBlockStatsFlags,
    ) -> Result<DomainBlockStatsFlagsReply, CallError> {
        self.call(arguments).await
    }

    /// Finds a snapshot's parent.
    ///
    /// Procedure 244, `virDomainSnapshotGetParent`, since libvirt 0.9.7.
    pub async fn domain_snapshot_get_parent(
        &self,
        snap: &DomainSnapshot,
        flags: u32,
    ) -> Result<DomainSnapshotGetParentReply, CallError> {
        self.call(DomainSnapshotGetParent { snap: snap.clone(), flags }).await
    }

    /// Resets a domain at once, as the button would, without asking the guest.
    ///
    /// Procedure 245, `virDomainReset`, since libvirt 0.9.7.
    pub async fn domain_reset(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainReset { dom: dom.clone(), flags }).await
    }

    /// Counts a snapshot's children.
    ///
    /// Procedure 246, `virDomainSnapshotNumChildren`, since libvirt 0.9.7.
    pub async fn domain_snapshot_num_children(
        &self,
        snap: &DomainSnapshot,
        flags: u32,
    ) -> Result<DomainSnapshotNumChildrenReply, CallError> {
        self.call(DomainSnapshotNumChildren { snap: snap.clone(), flags }).await
    }

    /// Lists the names of a snapshot's children.
    ///
    /// Procedure 247, `virDomainSnapshotListChildrenNames`, since libvirt 0.9.7.
    pub async fn domain_snapshot_list_children_names(
        &self,
        snap: &DomainSnapshot,
        maxnames: i32,
        flags: u32,
    ) -> Result<DomainSnapshotListChildrenNamesReply, CallError> {
        self.call(DomainSnapshotListChildrenNames { snap: snap.clone(), maxnames, flags }).await
    }

    /// Puts the host to sleep and has it wake up by itself.
    ///
    /// Procedure 250, `virNodeSuspendForDuration`, since libvirt 0.9.8.
    pub async fn node_suspend_for_duration(
        &self,
        target: u32,
        duration: u64,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(NodeSuspendForDuration { target, duration, flags }).await
    }

    /// Changes the size of a running domain's disk.
    ///
    /// Procedure 251, `virDomainBlockResize`, since libvirt 0.9.8.
    pub async fn domain_block_resize(&self, arguments: DomainBlockResize) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Sets the limits of a disk's I/O.
    ///
    /// Procedure 252, `virDomainSetBlockIoTune`, since libvirt 0.9.8.
    pub async fn domain_set_block_io_tune(&self, arguments: DomainSetBlockIoTune) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Reads the limits of a disk's I/O.
    ///
    /// Procedure 253, `virDomainGetBlockIoTune`, since libvirt 0.9.8.
    pub async fn domain_get_block_io_tune(
        &self,
        arguments: DomainGetBlockIoTune,
    ) -> Result<DomainGetBlockIoTuneReply, CallError> {
        self.call(arguments).await
    }

    /// Sets which NUMA cells a domain's memory comes from.
    ///
    /// Procedure 254, `virDomainSetNumaParameters`, since libvirt 0.9.9.
    pub async fn domain_set_numa_parameters(
        &self,
        dom: &Domain,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSetNumaParameters { dom: dom.clone(), params, flags }).await
    }

    /// Reads which NUMA cells a domain's memory comes from.
    ///
    /// Procedure 255, `virDomainGetNumaParameters`, since libvirt 0.9.9.
    pub async fn domain_get_numa_parameters(
        &self,
        dom: &Domain,
        nparams: i32,
        flags: u32,
    ) -> Result<DomainGetNumaParametersReply, CallError> {
        self.call(DomainGetNumaParameters { dom: dom.clone(), nparams, flags }).await
    }

    /// Sets the bandwidth that an interface may use.
    ///
    /// Procedure 256, `virDomainSetInterfaceParameters`, since libvirt 0.9.9.
    pub async fn domain_set_interface_parameters(
        &self,
        arguments: DomainSetInterfaceParameters,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Reads the bandwidth that an interface may use.
    ///
    /// Procedure 257, `virDomainGetInterfaceParameters`, since libvirt 0.9.9.
    pub async fn domain_get_interface_parameters(
        &self,
        arguments: DomainGetInterfaceParameters,
    ) -> Result<DomainGetInterfaceParametersReply, CallError> {
        self.call(arguments).await
    }

    /// Asks the guest to shut down, in a way of the caller's choice. Supersedes `domain_shutdown`.
    ///
    /// Procedure 258, `virDomainShutdownFlags`, since libvirt 0.9.10.
    pub async fn domain_shutdown_flags(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainShutdownFlags { dom: dom.clone(), flags }).await
    }

    /// Overwrites a volume by an algorithm of the caller's choice. Supersedes `storage_vol_wipe`.
    ///
    /// Procedure 259, `virStorageVolWipePattern`, since libvirt 0.9.10.
    pub async fn storage_vol_wipe_pattern(
        &self,
        vol: &StorageVol,
        algorithm: u32,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(StorageVolWipePattern { vol: vol.clone(), algorithm, flags }).await
    }

    /// Changes the size of a volume.
    ///
    /// Procedure 260, `virStorageVolResize`, since libvirt 0.9.10.
    pub async fn storage_vol_resize(
        &self,
        vol: &StorageVol,
        capacity: u64,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(StorageVolResize { vol: vol.clone(), capacity, flags }).await
    }

    /// Asks the guest's own power management to put it to sleep.
    ///
    /// Procedure 261, `virDomainPMSuspendForDuration`, since libvirt 0.9.10.
    pub async fn domain_pm_suspend_for_duration(
        &self,
        arguments: DomainPmSuspendForDuration,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Tells how much time a domain has used, in total or on each host CPU.
    ///
    /// Procedure 262, `virDomainGetCPUStats`, since libvirt 0.9.10.
    pub async fn domain_get_cpu_stats(
        &self,
        arguments: DomainGetCpuStats,
    ) -> Result<DomainGetCpuStatsReply, CallError> {
        self.call(arguments).await
    }

    /// Lists a domain's disks that have had an I/O error.
    ///
    /// Procedure 263, `virDomainGetDiskErrors`, since libvirt 0.9.10.
    pub async fn domain_get_disk_errors(
        &self,
        dom: &Domain,
        maxerrors: u32,
        flags: u32,
    ) -> Result<DomainGetDiskErrorsReply, CallError> {
        self.call(DomainGetDiskErrors { dom: dom.clone(), maxerrors, flags }).await
    }

    /// Sets a domain's title or description, or an element of somebody else's in its XML.
    ///
    /// Procedure 264, `virDomainSetMetadata`, since libvirt 0.9.10.
    pub async fn domain_set_metadata(&self, arguments: DomainSetMetadata) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Reads a domain's title or description, or an element of somebody else's from its XML.
    ///
    /// Procedure 265, `virDomainGetMetadata`, since libvirt 0.9.10.
    pub async fn domain_get_metadata(
        &self,
        arguments: DomainGetMetadata,
    ) -> Result<DomainGetMetadataReply, CallError> {
        self.call(arguments).await
    }

    /// Starts to pull a disk down to a chosen backing file, or to copy it elsewhere.
    ///
    /// Procedure 266, `virDomainBlockRebase`, since libvirt 0.9.10.
    pub async fn domain_block_rebase(&self, arguments: DomainBlockRebase) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Wakes a domain that its own power management has put to sleep.
    ///
    /// Procedure 267, `virDomainPMWakeup`, since libvirt 0.9.11.
    pub async fn domain_pm_wakeup(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainPmWakeup { dom: dom.clone(), flags }).await
    }

    /// Tells whether a snapshot is its domain's current one.
    ///
    /// Procedure 271, `virDomainSnapshotIsCurrent`, since libvirt 0.9.13.
    pub async fn domain_snapshot_is_current(
        &self,
        snap: &DomainSnapshot,
        flags: u32,
    ) -> Result<DomainSnapshotIsCurrentReply, CallError> {
        self.call(DomainSnapshotIsCurrent { snap: snap.clone(), flags }).await
    }

    /// Tells whether the daemon keeps metadata of a snapshot, which would be lost with the domain.
    ///
    /// Procedure 272, `virDomainSnapshotHasMetadata`, since libvirt 0.9.13.
    pub async fn domain_snapshot_has_metadata(
        &self,
        snap: &DomainSnapshot,
        flags: u32,
    ) -> Result<DomainSnapshotHasMetadataReply, CallError> {
        self.call(DomainSnapshotHasMetadata { snap: snap.clone(), flags }).await
    }

    /// Lists domains, active and inactive, filtered by flags. Supersedes the four calls after it.
    ///
    /// Procedure 273, `virConnectListAllDomains`, since libvirt 0.9.13.
    pub async fn connect_list_all_domains(
        &self,
        need_results: i32,
        flags: u32,
    ) -> Result<ConnectListAllDomainsReply, CallError> {
        self.call(ConnectListAllDomains { need_results, flags }).await
    }

    /// Lists a domain's snapshots. Supersedes the two calls after it.
    ///
    /// Procedure 274, `virDomainListAllSnapshots`, since libvirt 0.9.13.
    pub async fn domain_list_all_snapshots(
        &self,
        dom: &Domain,
        need_results: i32,
        flags: u32,
    ) -> Result<DomainListAllSnapshotsReply, CallError> {
        self.call(DomainListAllSnapshots { dom: dom.clone(), need_results, flags }).await
    }

    /// Lists a snapshot's children. Supersedes the two calls after it.
    ///
    /// Procedure 275, `virDomainSnapshotListAllChildren`, since libvirt 0.9.13.
    pub async fn domain_snapshot_list_all_children(
        &self,
        snapshot: &DomainSnapshot,
        need_results: i32,
        flags: u32,
    ) -> Result<DomainSnapshotListAllChildrenReply, CallError> {
        self.call(DomainSnapshotListAllChildren { snapshot: snapshot.clone(), need_results, flags }).await
    }

    /// Asks for the host name that the guest has given itself.
    ///
    /// Procedure 277, `virDomainGetHostname`, since libvirt 0.10.0.
    pub async fn domain_get_hostname(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetHostnameReply, CallError> {
        self.call(DomainGetHostname { dom: dom.clone(), flags }).await
    }

    /// Tells which security labels a running domain has, one for each security model.
    ///
    /// Procedure 278, `virDomainGetSecurityLabelList`, since libvirt 0.10.0.
    pub async fn domain_get_security_label_list(
        &self,
        dom: &Domain,
    ) -> Result<DomainGetSecurityLabelListReply, CallError> {
        self.call(DomainGetSecurityLabelList { dom: dom.clone() }).await
    }

    /// Says which host CPUs the emulator's own threads may use.
    ///
    /// Procedure 279, `virDomainPinEmulator`, since libvirt 0.10.0.
    pub async fn domain_pin_emulator(
        &self,
        dom: &Domain,
        cpumap: &[u8],
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainPinEmulator { dom: dom.clone(), cpumap: cpumap.to_vec(), flags }).await
    }

    /// Tells which host CPUs the emulator's own threads may use.
    ///
    /// Procedure 280, `virDomainGetEmulatorPinInfo`, since libvirt 0.10.0.
    pub async fn domain_get_emulator_pin_info(
        &self,
        dom: &Domain,
        maplen: i32,
        flags: u32,
    ) -> Result<DomainGetEmulatorPinInfoReply, CallError> {
        self.call(DomainGetEmulatorPinInfo { dom: dom.clone(), maplen, flags }).await
    }

    /// Lists pools, active and inactive, filtered by flags. Supersedes the four calls after it.
    ///
    /// Procedure 281, `virConnectListAllStoragePools`, since libvirt 0.10.2.
    pub async fn connect_list_all_storage_pools(
        &self,
        need_results: i32,
        flags: u32,
    ) -> Result<ConnectListAllStoragePoolsReply, CallError> {
        self.call(ConnectListAllStoragePools { need_results, flags }).await
    }

    /// Lists the volumes of a pool. Supersedes the two calls after it.
    ///
    /// Procedure 282, `virStoragePoolListAllVolumes`, since libvirt 0.10.0.
    pub async fn storage_pool_list_all_volumes(
        &self,
        pool: &StoragePool,
        need_results: i32,
        flags: u32,
    ) -> Result<StoragePoolListAllVolumesReply, CallError> {
        self.call(StoragePoolListAllVolumes { pool: pool.clone(), need_results, flags }).await
    }

    /// Lists networks, active and inactive, filtered by flags. Supersedes the four calls after it.
    ///
    /// Procedure 283, `virConnectListAllNetworks`, since libvirt 0.10.2.
    pub async fn connect_list_all_networks(
        &self,
        need_results: i32,
        flags: u32,
    ) -> Result<ConnectListAllNetworksReply, CallError> {
        self.call(ConnectListAllNetworks { need_results, flags }).await
    }

    /// Lists interfaces, active and inactive, filtered by flags. Supersedes the four calls after it.
    ///
    /// Procedure 284, `virConnectListAllInterfaces`, since libvirt 0.10.2.
    pub async fn connect_list_all_interfaces(
        &self,
        need_results: i32,
        flags: u32,
    ) -> Result<ConnectListAllInterfacesReply, CallError> {
        self.call(ConnectListAllInterfaces { need_results, flags }).await
    }

    /// Lists the host's devices, filtered by flags. Supersedes the two calls after it.
    ///
    /// Procedure 285, `virConnectListAllNodeDevices`, since libvirt 0.10.2.
    pub async fn connect_list_all_node_devices(
        &self,
        need_results: i32,
        flags: u32,
    ) -> Result<ConnectListAllNodeDevicesReply, CallError> {
        self.call(ConnectListAllNodeDevices { need_results, flags }).await
    }

    /// Lists the filters. Supersedes the two calls after it.
    ///
    /// Procedure 286, `virConnectListAllNWFilters`, since libvirt 0.10.2.
    pub async fn connect_list_all_nwfilters(
        &self,
        need_results: i32,
        flags: u32,
    ) -> Result<ConnectListAllNwfiltersReply, CallError> {
        self.call(ConnectListAllNwfilters { need_results, flags }).await
    }

    /// Lists secrets, filtered by flags. Supersedes the two calls after it.
    ///
    /// Procedure 287, `virConnectListAllSecrets`, since libvirt 0.10.2.
    pub async fn connect_list_all_secrets(
        &self,
        need_results: i32,
        flags: u32,
    ) -> Result<ConnectListAllSecretsReply, CallError> {
        self.call(ConnectListAllSecrets { need_results, flags }).await
    }

    /// Changes tunables of the host's memory.
    ///
    /// Procedure 288, `virNodeSetMemoryParameters`, since libvirt 0.10.2.
    pub async fn node_set_memory_parameters(
        &self,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(NodeSetMemoryParameters { params, flags }).await
    }

    /// Reads tunables of the host's memory, such as those of same-page merging.
    ///
    /// Procedure 289, `virNodeGetMemoryParameters`, since libvirt 0.10.2.
    pub async fn node_get_memory_parameters(
        &self,
        nparams: i32,
        flags: u32,
    ) -> Result<NodeGetMemoryParametersReply, CallError> {
        self.call(NodeGetMemoryParameters { nparams, flags }).await
    }

    /// Starts to write a disk's changes back into a backing file.
    ///
    /// Procedure 290, `virDomainBlockCommit`, since libvirt 0.10.2.
    pub async fn domain_block_commit(&self, arguments: DomainBlockCommit) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Changes one part of a network.
    ///
    /// Procedure 291, `virNetworkUpdate`, since libvirt 0.10.2.
    pub async fn network_update(&self, arguments: NetworkUpdate) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Tells which CPUs the host has and which of them are online.
    ///
    /// Procedure 293, `virNodeGetCPUMap`, since libvirt 1.0.0.
    pub async fn node_get_cpu_map(
        &self,
        need_map: i32,
        need_online: i32,
        flags: u32,
    ) -> Result<NodeGetCpuMapReply, CallError> {
        self.call(NodeGetCpuMap { need_map, need_online, flags }).await
    }

    /// Has the guest tell its disks which blocks are unused.
    ///
    /// Procedure 294, `virDomainFSTrim`, since libvirt 1.0.1.
    pub async fn domain_fstrim(&self, arguments: DomainFstrim) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Sends a signal to a process of a container.
    ///
    /// Procedure 295, `virDomainSendProcessSignal`, since libvirt 1.0.1.
    pub async fn domain_send_process_signal(
        &self,
        arguments: DomainSendProcessSignal,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Connects the call's stream to one of a domain's channels. Both ends send.
    ///
    /// Procedure 296, `virDomainOpenChannel`, since libvirt 1.0.2. Opens a stream that both send on.
    pub async fn domain_open_channel(
        &self,
        dom: &Domain,
        name: Option<&str>,
        flags: u32,
    ) -> Result<Stream, CallError> {
        self.open_stream(DomainOpenChannel { dom: dom.clone(), name: name.map(Text::from), flags }).await
    }

    /// Finds a SCSI host by its world-wide names.
    ///
    /// Procedure 297, `virNodeDeviceLookupSCSIHostByWWN`, since libvirt 1.0.2.
    pub async fn node_device_lookup_scsi_host_by_wwn(
        &self,
        wwnn: &str,
        wwpn: &str,
        flags: u32,
    ) -> Result<NodeDeviceLookupScsiHostByWwnReply, CallError> {
        self.call(NodeDeviceLookupScsiHostByWwn { wwnn: wwnn.into(), wwpn: wwpn.into(), flags }).await
    }

    /// Reads everything known about a domain's job, or about its last one. Supersedes
    /// `domain_get_job_info`.
    ///
    /// Procedure 298, `virDomainGetJobStats`, since libvirt 1.0.3.
    pub async fn domain_get_job_stats(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetJobStatsReply, CallError> {
        self.call(DomainGetJobStats { dom: dom.clone(), flags }).await
    }

    /// Tells how much memory the compression of a migration may use.
    ///
    /// Procedure 299, `virDomainMigrateGetCompressionCache`, since libvirt 1.0.3.
    pub async fn domain_migrate_get_compression_cache(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainMigrateGetCompressionCacheReply, CallError> {
        self.call(DomainMigrateGetCompressionCache { dom: dom.clone(), flags }).await
    }

    /// Sets how much memory the compression of a migration may use.
    ///
    /// Procedure 300, `virDomainMigrateSetCompressionCache`, since libvirt 1.0.3.
    pub async fn domain_migrate_set_compression_cache(
        &self,
        dom: &Domain,
        cache_size: u64,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainMigrateSetCompressionCache { dom: dom.clone(), cache_size, flags }).await
    }

    /// Takes a device away from the host, for a driver of the caller's choice. Supersedes
    /// `node_device_dettach`.
    ///
    /// Procedure 301, `virNodeDeviceDetachFlags`, since libvirt 1.0.5.
    pub async fn node_device_detach_flags(
        &self,
        name: &str,
        driver_name: Option<&str>,
        flags: u32,
    ) -> Result<(), CallError> {
        let arguments =
            NodeDeviceDetachFlags { name: name.into(), driver_name: driver_name.map(Text::from), flags };
        self.call(arguments).await
    }

    /// Version 3 with parameters, source: starts the migration and describes the guest.
    ///
    /// Procedure 302, `virDomainMigrateBegin3Params`, since libvirt 1.1.0.
    pub async fn domain_migrate_begin3_params(
        &self,
        dom: &Domain,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<DomainMigrateBegin3ParamsReply, CallError> {
        self.call(DomainMigrateBegin3Params { dom: dom.clone(), params, flags }).await
    }

    /// Version 3 with parameters, destination: gets ready to receive the guest.
    ///
    /// Procedure 303, `virDomainMigratePrepare3Params`, since libvirt 1.1.0.
    pub async fn domain_migrate_prepare3_params(
        &self,
        params: Vec<TypedParam>,
        cookie_in: &[u8],
        flags: u32,
    ) -> Result<DomainMigratePrepare3ParamsReply, CallError> {
        self.call(DomainMigratePrepare3Params { params, cookie_in: cookie_in.to_vec(), flags }).await
    }

    /// Version 3 with parameters, destination: gets ready to receive a guest whose data comes as a
    /// stream on this call. The source's daemon makes this call.
    ///
    /// Procedure 304, `virDomainMigratePrepareTunnel3Params`, since libvirt 1.1.0.
    /// Opens a stream that the client sends on.
    pub async fn domain_migrate_prepare_tunnel3_params(
        &self,
        params: Vec<TypedParam>,
        cookie_in: &[u8],
        flags: u32,
    ) -> Result<(DomainMigratePrepareTunnel3ParamsReply, Stream), CallError> {
        let arguments = DomainMigratePrepareTunnel3Params { params, cookie_in: cookie_in.to_vec(), flags };
        self.open_stream_and_reply(arguments).await
    }

    /// Version 3 with parameters, source: sends the guest and leaves it paused; a failure lets it run
    /// on. Also the one call of a peer-to-peer migration.
    ///
    /// Procedure 305, `virDomainMigratePerform3Params`, since libvirt 1.1.0.
    pub async fn domain_migrate_perform3_params(
        &self,
        arguments: DomainMigratePerform3Params,
    ) -> Result<DomainMigratePerform3ParamsReply, CallError> {
        self.call(arguments).await
    }

    /// Version 3 with parameters, destination: takes the guest over, or gives it up when cancelled,
    /// which is answered with an error, usually code 93.
    ///
    /// Procedure 306, `virDomainMigrateFinish3Params`, since libvirt 1.1.0.
    pub async fn domain_migrate_finish3_params(
        &self,
        arguments: DomainMigrateFinish3Params,
    ) -> Result<DomainMigrateFinish3ParamsReply, CallError> {
        self.call(arguments).await
    }

    /// Version 3 with parameters, source: ends the guest there; or when cancelled lets it run on.
    ///
    /// Procedure 307, `virDomainMigrateConfirm3Params`, since libvirt 1.1.0.
    pub async fn domain_migrate_confirm3_params(
        &self,
        arguments: DomainMigrateConfirm3Params,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Sets how often the balloon driver gathers memory statistics.
    ///
    /// Procedure 308, `virDomainSetMemoryStatsPeriod`, since libvirt 1.1.1.
    pub async fn domain_set_memory_stats_period(
        &self,
        dom: &Domain,
        period: i32,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSetMemoryStatsPeriod { dom: dom.clone(), period, flags }).await
    }

    /// Lists the CPU models that the driver knows of an architecture.
    ///
    /// Procedure 312, `virConnectGetCPUModelNames`, since libvirt 1.1.3.
    pub async fn connect_get_cpu_model_names(
        &self,
        arch: &str,
        need_results: i32,
        flags: u32,
    ) -> Result<ConnectGetCpuModelNamesReply, CallError> {
        self.call(ConnectGetCpuModelNames { arch: arch.into(), need_results, flags }).await
    }

    /// Asks for one kind of event, of one network or of all.
    ///
    /// Procedure 313, `virConnectNetworkEventRegisterAny`, since libvirt 1.2.1.
    pub async fn connect_network_event_register_any(
        &self,
        event_id: i32,
        net: Option<Network>,
    ) -> Result<ConnectNetworkEventRegisterAnyReply, CallError> {
        self.call(ConnectNetworkEventRegisterAny { event_id, net }).await
    }

    /// Takes back `connect_network_event_register_any`.
    ///
    /// Procedure 314, `virConnectNetworkEventDeregisterAny`, since libvirt 1.2.1.
    pub async fn connect_network_event_deregister_any(&self, callback_id: i32) -> Result<(), CallError> {
        self.call(ConnectNetworkEventDeregisterAny { callback_id }).await
    }

    /// Third generation: asks for one kind of event, of one domain or of all.
    ///
    /// Procedure 316, `virConnectDomainEventRegisterAny`, since libvirt 1.2.1 to 1.2.3.
    pub async fn connect_domain_event_callback_register_any(
        &self,
        event_id: i32,
        dom: Option<Domain>,
    ) -> Result<ConnectDomainEventCallbackRegisterAnyReply, CallError> {
        self.call(ConnectDomainEventCallbackRegisterAny { event_id, dom }).await
    }

    /// Takes back `connect_domain_event_callback_register_any`.
    ///
    /// Procedure 317, `virConnectDomainEventDeregisterAny`, since libvirt 1.2.1 to 1.2.3.
    pub async fn connect_domain_event_callback_deregister_any(
        &self,
        callback_id: i32,
    ) -> Result<(), CallError> {
        self.call(ConnectDomainEventCallbackDeregisterAny { callback_id }).await
    }

    /// Writes a domain's memory to a file, in a format of the caller's choice. Supersedes
    /// `domain_core_dump`.
    ///
    /// Procedure 334, `virDomainCoreDumpWithFormat`, since libvirt 1.2.3.
    pub async fn domain_core_dump_with_format(
        &self,
        arguments: DomainCoreDumpWithFormat,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Freezes file systems of the guest, so that their disks can be copied.
    ///
    /// Procedure 335, `virDomainFSFreeze`, since libvirt 1.2.5.
    pub async fn domain_fsfreeze(
        &self,
        dom: &Domain,
        mountpoints: Vec<Text>,
        flags: u32,
    ) -> Result<DomainFsfreezeReply, CallError> {
        self.call(DomainFsfreeze { dom: dom.clone(), mountpoints, flags }).await
    }

    /// Thaws what `domain_fsfreeze` has frozen.
    ///
    /// Procedure 336, `virDomainFSThaw`, since libvirt 1.2.5.
    pub async fn domain_fsthaw(
        &self,
        dom: &Domain,
        mountpoints: Vec<Text>,
        flags: u32,
    ) -> Result<DomainFsthawReply, CallError> {
        self.call(DomainFsthaw { dom: dom.clone(), mountpoints, flags }).await
    }

    /// Asks what time the guest believes it is.
    ///
    /// Procedure 337, `virDomainGetTime`, since libvirt 1.2.5.
    pub async fn domain_get_time(&self, dom: &Domain, flags: u32) -> Result<DomainGetTimeReply, CallError> {
        self.call(DomainGetTime { dom: dom.clone(), flags }).await
    }

    /// Sets the guest's clock.
    ///
    /// Procedure 338, `virDomainSetTime`, since libvirt 1.2.5.
    pub async fn domain_set_time(&self, arguments: DomainSetTime) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Counts the free memory pages of given sizes in a range of NUMA cells.
    ///
    /// Procedure 340, `virNodeGetFreePages`, since libvirt 1.2.6.
    pub async fn node_get_free_pages(
        &self,
        arguments: NodeGetFreePages,
    ) -> Result<NodeGetFreePagesReply, CallError> {
        self.call(arguments).await
    }

    /// Lists the addresses that a network has leased.
    ///
    /// Procedure 341, `virNetworkGetDHCPLeases`, since libvirt 1.2.6.
    pub async fn network_get_dhcp_leases(
        &self,
        arguments: NetworkGetDhcpLeases,
    ) -> Result<NetworkGetDhcpLeasesReply, CallError> {
        self.call(arguments).await
    }

    /// Describes what domains of one emulator, architecture, machine type and virtualisation type can
    /// have, as XML.
    ///
    /// Procedure 342, `virConnectGetDomainCapabilities`, since libvirt 1.2.7.
    pub async fn connect_get_domain_capabilities(
        &self,
        arguments: ConnectGetDomainCapabilities,
    ) -> Result<ConnectGetDomainCapabilitiesReply, CallError> {
        self.call(arguments).await
    }

    /// Reads statistics of many domains at once: what a monitoring system should call.
    ///
    /// Procedure 344, `virConnectGetAllDomainStats`, since libvirt 1.2.8.
    pub async fn connect_get_all_domain_stats(
        &self,
        doms: Vec<Domain>,
        stats: u32,
        flags: u32,
    ) -> Result<ConnectGetAllDomainStatsReply, CallError> {
        self.call(ConnectGetAllDomainStats { doms, stats, flags }).await
    }

    /// Starts to mirror a disk to a destination described by XML. Supersedes the copying of
    /// `domain_block_rebase`.
    ///
    /// Procedure 345, `virDomainBlockCopy`, since libvirt 1.2.9.
    pub async fn domain_block_copy(&self, arguments: DomainBlockCopy) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Adds memory pages to the host's pools of huge pages, or sets their number.
    ///
    /// Procedure 347, `virNodeAllocPages`, since libvirt 1.2.9.
    pub async fn node_alloc_pages(
        &self,
        arguments: NodeAllocPages,
    ) -> Result<NodeAllocPagesReply, CallError> {
        self.call(arguments).await
    }

    /// Lists the mounted file systems of a guest.
    ///
    /// Procedure 349, `virDomainGetFSInfo`, since libvirt 1.2.11.
    pub async fn domain_get_fsinfo(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetFsinfoReply, CallError> {
        self.call(DomainGetFsinfo { dom: dom.clone(), flags }).await
    }

    /// Defines a persistent domain. Supersedes `domain_define_xml`.
    ///
    /// Procedure 350, `virDomainDefineXMLFlags`, since libvirt 1.2.12.
    pub async fn domain_define_xml_flags(
        &self,
        xml: &str,
        flags: u32,
    ) -> Result<DomainDefineXmlFlagsReply, CallError> {
        self.call(DomainDefineXmlFlags { xml: xml.into(), flags }).await
    }

    /// Lists the I/O threads of a domain.
    ///
    /// Procedure 351, `virDomainGetIOThreadInfo`, since libvirt 1.2.14.
    pub async fn domain_get_iothread_info(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetIothreadInfoReply, CallError> {
        self.call(DomainGetIothreadInfo { dom: dom.clone(), flags }).await
    }

    /// Says which host CPUs an I/O thread may use.
    ///
    /// Procedure 352, `virDomainPinIOThread`, since libvirt 1.2.14.
    pub async fn domain_pin_iothread(&self, arguments: DomainPinIothread) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Lists the IP addresses of a domain's interfaces.
    ///
    /// Procedure 353, `virDomainInterfaceAddresses`, since libvirt 1.2.14.
    pub async fn domain_interface_addresses(
        &self,
        dom: &Domain,
        source: u32,
        flags: u32,
    ) -> Result<DomainInterfaceAddressesReply, CallError> {
        self.call(DomainInterfaceAddresses { dom: dom.clone(), source, flags }).await
    }

    /// Adds an I/O thread to a domain.
    ///
    /// Procedure 355, `virDomainAddIOThread`, since libvirt 1.2.15.
    pub async fn domain_add_iothread(
        &self,
        dom: &Domain,
        iothread_id: u32,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainAddIothread { dom: dom.clone(), iothread_id, flags }).await
    }

    /// Removes an I/O thread that no disk uses.
    ///
    /// Procedure 356, `virDomainDelIOThread`, since libvirt 1.2.15.
    pub async fn domain_del_iothread(
        &self,
        dom: &Domain,
        iothread_id: u32,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainDelIothread { dom: dom.clone(), iothread_id, flags }).await
    }

    /// Sets the password of one of the guest's users.
    ///
    /// Procedure 357, `virDomainSetUserPassword`, since libvirt 1.2.16.
    pub async fn domain_set_user_password(&self, arguments: DomainSetUserPassword) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Gives an inactive domain another name.
    ///
    /// Procedure 358, `virDomainRename`, since libvirt 1.2.19.
    pub async fn domain_rename(
        &self,
        dom: &Domain,
        new_name: Option<&str>,
        flags: u32,
    ) -> Result<DomainRenameReply, CallError> {
        self.call(DomainRename { dom: dom.clone(), new_name: new_name.map(Text::from), flags }).await
    }

    /// Asks to be told when the daemon loses the connection that it has upstream, as a proxy does.
    /// Feature 15 must be there.
    ///
    /// Procedure 360, `virConnectRegisterCloseCallback`, since libvirt 1.3.2.
    pub async fn connect_register_close_callback(&self) -> Result<(), CallError> {
        self.call(ConnectRegisterCloseCallback).await
    }

    /// Takes back `connect_register_close_callback`.
    ///
    /// Procedure 361, `virConnectUnregisterCloseCallback`, since libvirt 1.3.2.
    pub async fn connect_unregister_close_callback(&self) -> Result<(), CallError> {
        self.call(ConnectUnregisterCloseCallback).await
    }

    /// Switches a running migration to post-copy: the domain goes on at the destination and fetches what
    /// it misses. Only if the migration was started with flag 32768; there is no way back.
    ///
    /// Procedure 364, `virDomainMigrateStartPostCopy`, since libvirt 1.3.3.
    pub async fn domain_migrate_start_post_copy(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainMigrateStartPostCopy { dom: dom.clone(), flags }).await
    }

    /// Tells which performance events of a domain are counted.
    ///
    /// Procedure 365, `virDomainGetPerfEvents`, since libvirt 1.3.3.
    pub async fn domain_get_perf_events(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetPerfEventsReply, CallError> {
        self.call(DomainGetPerfEvents { dom: dom.clone(), flags }).await
    }

    /// Says which performance events of a domain are counted.
    ///
    /// Procedure 366, `virDomainSetPerfEvents`, since libvirt 1.3.3.
    pub async fn domain_set_perf_events(
        &self,
        dom: &Domain,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSetPerfEvents { dom: dom.clone(), params, flags }).await
    }

    /// Asks for one kind of event, of one pool or of all.
    ///
    /// Procedure 368, `virConnectStoragePoolEventRegisterAny`, since libvirt 2.0.0.
    pub async fn connect_storage_pool_event_register_any(
        &self,
        event_id: i32,
        pool: Option<StoragePool>,
    ) -> Result<ConnectStoragePoolEventRegisterAnyReply, CallError> {
        self.call(ConnectStoragePoolEventRegisterAny { event_id, pool }).await
    }

    /// Takes back `connect_storage_pool_event_register_any`.
    ///
    /// Procedure 369, `virConnectStoragePoolEventDeregisterAny`, since libvirt 2.0.0.
    pub async fn connect_storage_pool_event_deregister_any(&self, callback_id: i32) -> Result<(), CallError> {
        self.call(ConnectStoragePoolEventDeregisterAny { callback_id }).await
    }

    /// Asks the guest agent which CPUs the guest sees and uses.
    ///
    /// Procedure 371, `virDomainGetGuestVcpus`, since libvirt 2.0.0.
    pub async fn domain_get_guest_vcpus(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetGuestVcpusReply, CallError> {
        self.call(DomainGetGuestVcpus { dom: dom.clone(), flags }).await
    }

    /// Has the guest agent take CPUs into or out of use.
    ///
    /// Procedure 372, `virDomainSetGuestVcpus`, since libvirt 2.0.0.
    pub async fn domain_set_guest_vcpus(&self, arguments: DomainSetGuestVcpus) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Asks for one kind of event, of one device or of all.
    ///
    /// Procedure 374, `virConnectNodeDeviceEventRegisterAny`, since libvirt 2.2.0.
    pub async fn connect_node_device_event_register_any(
        &self,
        event_id: i32,
        dev: Option<NodeDevice>,
    ) -> Result<ConnectNodeDeviceEventRegisterAnyReply, CallError> {
        self.call(ConnectNodeDeviceEventRegisterAny { event_id, dev }).await
    }

    /// Takes back `connect_node_device_event_register_any`.
    ///
    /// Procedure 375, `virConnectNodeDeviceEventDeregisterAny`, since libvirt 2.2.0.
    pub async fn connect_node_device_event_deregister_any(&self, callback_id: i32) -> Result<(), CallError> {
        self.call(ConnectNodeDeviceEventDeregisterAny { callback_id }).await
    }

    /// Tells a volume's type and size. Supersedes `storage_vol_get_info`.
    ///
    /// Procedure 378, `virStorageVolGetInfoFlags`, since libvirt 3.0.0.
    pub async fn storage_vol_get_info_flags(
        &self,
        vol: &StorageVol,
        flags: u32,
    ) -> Result<StorageVolGetInfoFlagsReply, CallError> {
        self.call(StorageVolGetInfoFlags { vol: vol.clone(), flags }).await
    }

    /// Asks for one kind of event, of one secret or of all.
    ///
    /// Procedure 380, `virConnectSecretEventRegisterAny`, since libvirt 3.0.0.
    pub async fn connect_secret_event_register_any(
        &self,
        event_id: i32,
        secret: Option<Secret>,
    ) -> Result<ConnectSecretEventRegisterAnyReply, CallError> {
        self.call(ConnectSecretEventRegisterAny { event_id, secret }).await
    }

    /// Takes back `connect_secret_event_register_any`.
    ///
    /// Procedure 381, `virConnectSecretEventDeregisterAny`, since libvirt 3.0.0.
    pub async fn connect_secret_event_deregister_any(&self, callback_id: i32) -> Result<(), CallError> {
        self.call(ConnectSecretEventDeregisterAny { callback_id }).await
    }

    /// Plugs or unplugs particular virtual CPUs.
    ///
    /// Procedure 384, `virDomainSetVcpu`, since libvirt 3.1.0.
    pub async fn domain_set_vcpu(&self, arguments: DomainSetVcpu) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Asks for the event BLOCK_THRESHOLD once a disk's writing passes an offset.
    ///
    /// Procedure 386, `virDomainSetBlockThreshold`, since libvirt 3.2.0.
    pub async fn domain_set_block_threshold(
        &self,
        arguments: DomainSetBlockThreshold,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Tells how long a migrating domain may stand still at the end.
    ///
    /// Procedure 387, `virDomainMigrateGetMaxDowntime`, since libvirt 3.7.0.
    pub async fn domain_migrate_get_max_downtime(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainMigrateGetMaxDowntimeReply, CallError> {
        self.call(DomainMigrateGetMaxDowntime { dom: dom.clone(), flags }).await
    }

    /// Reads the configuration out of a managed save image.
    ///
    /// Procedure 388, `virDomainManagedSaveGetXMLDesc`, since libvirt 3.7.0.
    pub async fn domain_managed_save_get_xml_desc(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainManagedSaveGetXmlDescReply, CallError> {
        self.call(DomainManagedSaveGetXmlDesc { dom: dom.clone(), flags }).await
    }

    /// Replaces the configuration in a managed save image.
    ///
    /// Procedure 389, `virDomainManagedSaveDefineXML`, since libvirt 3.7.0.
    pub async fn domain_managed_save_define_xml(
        &self,
        dom: &Domain,
        dxml: Option<&str>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainManagedSaveDefineXml { dom: dom.clone(), dxml: dxml.map(Text::from), flags }).await
    }

    /// Says what becomes of a domain that ends.
    ///
    /// Procedure 390, `virDomainSetLifecycleAction`, since libvirt 3.9.0.
    pub async fn domain_set_lifecycle_action(
        &self,
        arguments: DomainSetLifecycleAction,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Finds the pool whose target is a path.
    ///
    /// Procedure 391, `virStoragePoolLookupByTargetPath`, since libvirt 4.1.0.
    pub async fn storage_pool_lookup_by_target_path(
        &self,
        path: &str,
    ) -> Result<StoragePoolLookupByTargetPathReply, CallError> {
        self.call(StoragePoolLookupByTargetPath { path: path.into() }).await
    }

    /// Starts the removal of the device with an alias. Its end is told by the events DEVICE_REMOVED or
    /// DEVICE_REMOVAL_FAILED.
    ///
    /// Procedure 392, `virDomainDetachDeviceAlias`, since libvirt 4.4.0.
    pub async fn domain_detach_device_alias(
        &self,
        dom: &Domain,
        alias: &str,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainDetachDeviceAlias { dom: dom.clone(), alias: alias.into(), flags }).await
    }

    /// Compares a CPU description with the CPU that a hypervisor can offer on this host, which is what a
    /// domain would get.
    ///
    /// Procedure 393, `virConnectCompareHypervisorCPU`, since libvirt 4.4.0.
    pub async fn connect_compare_hypervisor_cpu(
        &self,
        arguments: ConnectCompareHypervisorCpu,
    ) -> Result<ConnectCompareHypervisorCpuReply, CallError> {
        self.call(arguments).await
    }

    /// Computes the richest CPU that a hypervisor can offer on all of the described hosts.
    ///
    /// Procedure 394, `virConnectBaselineHypervisorCPU`, since libvirt 4.4.0.
    pub async fn connect_baseline_hypervisor_cpu(
        &self,
        arguments: ConnectBaselineHypervisorCpu,
    ) -> Result<ConnectBaselineHypervisorCpuReply, CallError> {
        self.call(arguments).await
    }

    /// Tells what the host's memory encryption (AMD SEV) has to offer: certificates, and limits.
    ///
    /// Procedure 395, `virNodeGetSEVInfo`, since libvirt 4.5.0.
    pub async fn node_get_sev_info(
        &self,
        nparams: i32,
        flags: u32,
    ) -> Result<NodeGetSevInfoReply, CallError> {
        self.call(NodeGetSevInfo { nparams, flags }).await
    }

    /// Reads what a guest owner needs to attest a domain with encrypted memory.
    ///
    /// Procedure 396, `virDomainGetLaunchSecurityInfo`, since libvirt 4.5.0.
    pub async fn domain_get_launch_security_info(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetLaunchSecurityInfoReply, CallError> {
        self.call(DomainGetLaunchSecurityInfo { dom: dom.clone(), flags }).await
    }

    /// Finds the binding of a device.
    ///
    /// Procedure 397, `virNWFilterBindingLookupByPortDev`, since libvirt 4.5.0.
    pub async fn nwfilter_binding_lookup_by_port_dev(
        &self,
        name: &str,
    ) -> Result<NwfilterBindingLookupByPortDevReply, CallError> {
        self.call(NwfilterBindingLookupByPortDev { name: name.into() }).await
    }

    /// Describes a binding, as XML.
    ///
    /// Procedure 398, `virNWFilterBindingGetXMLDesc`, since libvirt 4.5.0.
    pub async fn nwfilter_binding_get_xml_desc(
        &self,
        nwfilter: &NwfilterBinding,
        flags: u32,
    ) -> Result<NwfilterBindingGetXmlDescReply, CallError> {
        self.call(NwfilterBindingGetXmlDesc { nwfilter: nwfilter.clone(), flags }).await
    }

    /// Applies a filter to a device as XML describes.
    ///
    /// Procedure 399, `virNWFilterBindingCreateXML`, since libvirt 4.5.0.
    pub async fn nwfilter_binding_create_xml(
        &self,
        xml: &str,
        flags: u32,
    ) -> Result<NwfilterBindingCreateXmlReply, CallError> {
        self.call(NwfilterBindingCreateXml { xml: xml.into(), flags }).await
    }

    /// Removes a binding, and with it the rules from its device.
    ///
    /// Procedure 400, `virNWFilterBindingDelete`, since libvirt 4.5.0.
    pub async fn nwfilter_binding_delete(&self, nwfilter: &NwfilterBinding) -> Result<(), CallError> {
        self.call(NwfilterBindingDelete { nwfilter: nwfilter.clone() }).await
    }

    /// Lists the bindings.
    ///
    /// Procedure 401, `virConnectListAllNWFilterBindings`, since libvirt 4.5.0.
    pub async fn connect_list_all_nwfilter_bindings(
        &self,
        need_results: i32,
        flags: u32,
    ) -> Result<ConnectListAllNwfilterBindingsReply, CallError> {
        self.call(ConnectListAllNwfilterBindings { need_results, flags }).await
    }

    /// Tunes an I/O thread's polling and pool of workers.
    ///
    /// Procedure 402, `virDomainSetIOThreadParams`, since libvirt 4.10.0.
    pub async fn domain_set_iothread_params(
        &self,
        arguments: DomainSetIothreadParams,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Describes which types of pool the daemon can have, as XML.
    ///
    /// Procedure 403, `virConnectGetStoragePoolCapabilities`, since libvirt 5.2.0.
    pub async fn connect_get_storage_pool_capabilities(
        &self,
        flags: u32,
    ) -> Result<ConnectGetStoragePoolCapabilitiesReply, CallError> {
        self.call(ConnectGetStoragePoolCapabilities { flags }).await
    }

    /// Lists the ports of a network.
    ///
    /// Procedure 404, `virNetworkListAllPorts`, since libvirt 5.5.0.
    pub async fn network_list_all_ports(
        &self,
        network: &Network,
        need_results: i32,
        flags: u32,
    ) -> Result<NetworkListAllPortsReply, CallError> {
        self.call(NetworkListAllPorts { network: network.clone(), need_results, flags }).await
    }

    /// Finds a port by its UUID.
    ///
    /// Procedure 405, `virNetworkPortLookupByUUID`, since libvirt 5.5.0.
    pub async fn network_port_lookup_by_uuid(
        &self,
        network: &Network,
        uuid: [u8; 16],
    ) -> Result<NetworkPortLookupByUuidReply, CallError> {
        self.call(NetworkPortLookupByUuid { network: network.clone(), uuid }).await
    }

    /// Makes a port on a network as XML describes.
    ///
    /// Procedure 406, `virNetworkPortCreateXML`, since libvirt 5.5.0.
    pub async fn network_port_create_xml(
        &self,
        network: &Network,
        xml: &str,
        flags: u32,
    ) -> Result<NetworkPortCreateXmlReply, CallError> {
        self.call(NetworkPortCreateXml { network: network.clone(), xml: xml.into(), flags }).await
    }

    /// Reads the bandwidth that a port may use.
    ///
    /// Procedure 407, `virNetworkPortGetParameters`, since libvirt 5.5.0.
    pub async fn network_port_get_parameters(
        &self,
        port: &NetworkPort,
        nparams: i32,
        flags: u32,
    ) -> Result<NetworkPortGetParametersReply, CallError> {
        self.call(NetworkPortGetParameters { port: port.clone(), nparams, flags }).await
    }

    /// Sets the bandwidth that a port may use.
    ///
    /// Procedure 408, `virNetworkPortSetParameters`, since libvirt 5.5.0.
    pub async fn network_port_set_parameters(
        &self,
        port: &NetworkPort,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(NetworkPortSetParameters { port: port.clone(), params, flags }).await
    }

    /// Describes a port, as XML.
    ///
    /// Procedure 409, `virNetworkPortGetXMLDesc`, since libvirt 5.5.0.
    pub async fn network_port_get_xml_desc(
        &self,
        port: &NetworkPort,
        flags: u32,
    ) -> Result<NetworkPortGetXmlDescReply, CallError> {
        self.call(NetworkPortGetXmlDesc { port: port.clone(), flags }).await
    }

    /// Removes a port.
    ///
    /// Procedure 410, `virNetworkPortDelete`, since libvirt 5.5.0.
    pub async fn network_port_delete(&self, port: &NetworkPort, flags: u32) -> Result<(), CallError> {
        self.call(NetworkPortDelete { port: port.clone(), flags }).await
    }

    /// Makes a checkpoint of a domain as XML describes.
    ///
    /// Procedure 411, `virDomainCheckpointCreateXML`, since libvirt 5.6.0.
    pub async fn domain_checkpoint_create_xml(
        &self,
        dom: &Domain,
        xml_desc: &str,
        flags: u32,
    ) -> Result<DomainCheckpointCreateXmlReply, CallError> {
        self.call(DomainCheckpointCreateXml { dom: dom.clone(), xml_desc: xml_desc.into(), flags }).await
    }

    /// Describes a checkpoint, as XML.
    ///
    /// Procedure 412, `virDomainCheckpointGetXMLDesc`, since libvirt 5.6.0.
    pub async fn domain_checkpoint_get_xml_desc(
        &self,
        checkpoint: &DomainCheckpoint,
        flags: u32,
    ) -> Result<DomainCheckpointGetXmlDescReply, CallError> {
        self.call(DomainCheckpointGetXmlDesc { checkpoint: checkpoint.clone(), flags }).await
    }

    /// Lists a domain's checkpoints.
    ///
    /// Procedure 413, `virDomainListAllCheckpoints`, since libvirt 5.6.0.
    pub async fn domain_list_all_checkpoints(
        &self,
        dom: &Domain,
        need_results: i32,
        flags: u32,
    ) -> Result<DomainListAllCheckpointsReply, CallError> {
        self.call(DomainListAllCheckpoints { dom: dom.clone(), need_results, flags }).await
    }

    /// Lists a checkpoint's children.
    ///
    /// Procedure 414, `virDomainCheckpointListAllChildren`, since libvirt 5.6.0.
    pub async fn domain_checkpoint_list_all_children(
        &self,
        checkpoint: &DomainCheckpoint,
        need_results: i32,
        flags: u32,
    ) -> Result<DomainCheckpointListAllChildrenReply, CallError> {
        let arguments =
            DomainCheckpointListAllChildren { checkpoint: checkpoint.clone(), need_results, flags };
        self.call(arguments).await
    }

    /// Finds a checkpoint by its name.
    ///
    /// Procedure 415, `virDomainCheckpointLookupByName`, since libvirt 5.6.0.
    pub async fn domain_checkpoint_lookup_by_name(
        &self,
        dom: &Domain,
        name: &str,
        flags: u32,
    ) -> Result<DomainCheckpointLookupByNameReply, CallError> {
        self.call(DomainCheckpointLookupByName { dom: dom.clone(), name: name.into(), flags }).await
    }

    /// Finds a checkpoint's parent.
    ///
    /// Procedure 416, `virDomainCheckpointGetParent`, since libvirt 5.6.0.
    pub async fn domain_checkpoint_get_parent(
        &self,
        checkpoint: &DomainCheckpoint,
        flags: u32,
    ) -> Result<DomainCheckpointGetParentReply, CallError> {
        self.call(DomainCheckpointGetParent { checkpoint: checkpoint.clone(), flags }).await
    }

    /// Deletes a checkpoint; what it tracked goes to its parent.
    ///
    /// Procedure 417, `virDomainCheckpointDelete`, since libvirt 5.6.0.
    pub async fn domain_checkpoint_delete(
        &self,
        checkpoint: &DomainCheckpoint,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainCheckpointDelete { checkpoint: checkpoint.clone(), flags }).await
    }

    /// Asks the guest agent for everything it can tell.
    ///
    /// Procedure 418, `virDomainGetGuestInfo`, since libvirt 5.7.0.
    pub async fn domain_get_guest_info(
        &self,
        dom: &Domain,
        types: u32,
        flags: u32,
    ) -> Result<DomainGetGuestInfoReply, CallError> {
        self.call(DomainGetGuestInfo { dom: dom.clone(), types, flags }).await
    }

    /// Tells a daemon on whose behalf another daemon speaks, so that access is checked for that user and
    /// not for the one between them. To be called right after `connect_open`.
    ///
    /// Procedure 419, `virConnectSetIdentity`, since libvirt 5.8.0.
    pub async fn connect_set_identity(&self, params: Vec<TypedParam>, flags: u32) -> Result<(), CallError> {
        self.call(ConnectSetIdentity { params, flags }).await
    }

    /// Sets how long to wait for the guest agent to answer.
    ///
    /// Procedure 420, `virDomainAgentSetResponseTimeout`, since libvirt 5.10.0.
    pub async fn domain_agent_set_response_timeout(
        &self,
        dom: &Domain,
        timeout: i32,
        flags: u32,
    ) -> Result<DomainAgentSetResponseTimeoutReply, CallError> {
        self.call(DomainAgentSetResponseTimeout { dom: dom.clone(), timeout, flags }).await
    }

    /// Starts a backup of a domain's disks: pushed to files, or offered for others to pull.
    ///
    /// Procedure 421, `virDomainBackupBegin`, since libvirt 6.0.0.
    pub async fn domain_backup_begin(&self, arguments: DomainBackupBegin) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Describes the backup that is running, as XML.
    ///
    /// Procedure 422, `virDomainBackupGetXMLDesc`, since libvirt 6.0.0.
    pub async fn domain_backup_get_xml_desc(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainBackupGetXmlDescReply, CallError> {
        self.call(DomainBackupGetXmlDesc { dom: dom.clone(), flags }).await
    }

    /// Lists the SSH keys that let somebody in as one of the guest's users.
    ///
    /// Procedure 424, `virDomainAuthorizedSSHKeysGet`, since libvirt 6.10.0.
    pub async fn domain_authorized_ssh_keys_get(
        &self,
        dom: &Domain,
        user: &str,
        flags: u32,
    ) -> Result<DomainAuthorizedSshKeysGetReply, CallError> {
        self.call(DomainAuthorizedSshKeysGet { dom: dom.clone(), user: user.into(), flags }).await
    }

    /// Changes the SSH keys that let somebody in as one of the guest's users.
    ///
    /// Procedure 425, `virDomainAuthorizedSSHKeysSet`, since libvirt 6.10.0.
    pub async fn domain_authorized_ssh_keys_set(
        &self,
        arguments: DomainAuthorizedSshKeysSet,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Lists what the daemon has to say against a domain: that it is tainted, or uses what is
    /// deprecated.
    ///
    /// Procedure 426, `virDomainGetMessages`, since libvirt 7.1.0.
    pub async fn domain_get_messages(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<DomainGetMessagesReply, CallError> {
        self.call(DomainGetMessages { dom: dom.clone(), flags }).await
    }

    /// Starts to measure how fast a domain changes its memory. The result comes with
    /// `connect_get_all_domain_stats`.
    ///
    /// Procedure 427, `virDomainStartDirtyRateCalc`, since libvirt 7.2.0.
    pub async fn domain_start_dirty_rate_calc(
        &self,
        dom: &Domain,
        seconds: i32,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainStartDirtyRateCalc { dom: dom.clone(), seconds, flags }).await
    }

    /// Defines a persistent virtual device.
    ///
    /// Procedure 428, `virNodeDeviceDefineXML`, since libvirt 7.3.0.
    pub async fn node_device_define_xml(
        &self,
        xml_desc: &str,
        flags: u32,
    ) -> Result<NodeDeviceDefineXmlReply, CallError> {
        self.call(NodeDeviceDefineXml { xml_desc: xml_desc.into(), flags }).await
    }

    /// Forgets a persistent virtual device.
    ///
    /// Procedure 429, `virNodeDeviceUndefine`, since libvirt 7.3.0.
    pub async fn node_device_undefine(&self, name: &str, flags: u32) -> Result<(), CallError> {
        self.call(NodeDeviceUndefine { name: name.into(), flags }).await
    }

    /// Starts a defined, inactive device.
    ///
    /// Procedure 430, `virNodeDeviceCreate`, since libvirt 7.3.0.
    pub async fn node_device_create(&self, name: &str, flags: u32) -> Result<(), CallError> {
        self.call(NodeDeviceCreate { name: name.into(), flags }).await
    }

    /// Defines a filter. Supersedes `nwfilter_define_xml`.
    ///
    /// Procedure 431, `virNWFilterDefineXMLFlags`, since libvirt 7.3.0 to 7.7.0.
    pub async fn nwfilter_define_xml_flags(
        &self,
        xml: &str,
        flags: u32,
    ) -> Result<NwfilterDefineXmlFlagsReply, CallError> {
        self.call(NwfilterDefineXmlFlags { xml: xml.into(), flags }).await
    }

    /// Defines a persistent network. Supersedes `network_define_xml`.
    ///
    /// Procedure 432, `virNetworkDefineXMLFlags`, since libvirt 7.7.0.
    pub async fn network_define_xml_flags(
        &self,
        xml: &str,
        flags: u32,
    ) -> Result<NetworkDefineXmlFlagsReply, CallError> {
        self.call(NetworkDefineXmlFlags { xml: xml.into(), flags }).await
    }

    /// Tells whether a device starts together with its host.
    ///
    /// Procedure 433, `virNodeDeviceGetAutostart`, since libvirt 7.8.0.
    pub async fn node_device_get_autostart(
        &self,
        name: &str,
    ) -> Result<NodeDeviceGetAutostartReply, CallError> {
        self.call(NodeDeviceGetAutostart { name: name.into() }).await
    }

    /// Says whether a device starts together with its host.
    ///
    /// Procedure 434, `virNodeDeviceSetAutostart`, since libvirt 7.8.0.
    pub async fn node_device_set_autostart(&self, name: &str, autostart: i32) -> Result<(), CallError> {
        self.call(NodeDeviceSetAutostart { name: name.into(), autostart }).await
    }

    /// Tells whether a device has a definition that outlives it.
    ///
    /// Procedure 435, `virNodeDeviceIsPersistent`, since libvirt 7.8.0.
    pub async fn node_device_is_persistent(
        &self,
        name: &str,
    ) -> Result<NodeDeviceIsPersistentReply, CallError> {
        self.call(NodeDeviceIsPersistent { name: name.into() }).await
    }

    /// Tells whether a device is there.
    ///
    /// Procedure 436, `virNodeDeviceIsActive`, since libvirt 7.8.0.
    pub async fn node_device_is_active(&self, name: &str) -> Result<NodeDeviceIsActiveReply, CallError> {
        self.call(NodeDeviceIsActive { name: name.into() }).await
    }

    /// Creates and starts a transient network. Supersedes `network_create_xml`.
    ///
    /// Procedure 437, `virNetworkCreateXMLFlags`, since libvirt 7.8.0.
    pub async fn network_create_xml_flags(
        &self,
        xml: &str,
        flags: u32,
    ) -> Result<NetworkCreateXmlFlagsReply, CallError> {
        self.call(NetworkCreateXmlFlags { xml: xml.into(), flags }).await
    }

    /// Injects a secret into the encrypted memory of a domain that is paused at its start.
    ///
    /// Procedure 439, `virDomainSetLaunchSecurityState`, since libvirt 8.0.0.
    pub async fn domain_set_launch_security_state(
        &self,
        dom: &Domain,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSetLaunchSecurityState { dom: dom.clone(), params, flags }).await
    }

    /// Saves a domain as typed parameters say. Supersedes `domain_save_flags`.
    ///
    /// Procedure 440, `virDomainSaveParams`, since libvirt 8.4.0.
    pub async fn domain_save_params(
        &self,
        dom: &Domain,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainSaveParams { dom: dom.clone(), params, flags }).await
    }

    /// Starts a domain from a saved file as typed parameters say. Supersedes `domain_restore_flags`.
    ///
    /// Procedure 441, `virDomainRestoreParams`, since libvirt 8.4.0.
    pub async fn domain_restore_params(&self, params: Vec<TypedParam>, flags: u32) -> Result<(), CallError> {
        self.call(DomainRestoreParams { params, flags }).await
    }

    /// Asks for a domain's job to end. Supersedes `domain_abort_job`.
    ///
    /// Procedure 442, `virDomainAbortJobFlags`, since libvirt 8.5.0.
    pub async fn domain_abort_job_flags(&self, dom: &Domain, flags: u32) -> Result<(), CallError> {
        self.call(DomainAbortJobFlags { dom: dom.clone(), flags }).await
    }

    /// Sets a network's title or description, or an element of somebody else's in its XML.
    ///
    /// Procedure 444, `virNetworkSetMetadata`, since libvirt 9.7.0.
    pub async fn network_set_metadata(&self, arguments: NetworkSetMetadata) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Reads a network's title or description, or an element of somebody else's from its XML.
    ///
    /// Procedure 445, `virNetworkGetMetadata`, since libvirt 9.7.0.
    pub async fn network_get_metadata(
        &self,
        arguments: NetworkGetMetadata,
    ) -> Result<NetworkGetMetadataReply, CallError> {
        self.call(arguments).await
    }

    /// Changes a device's configuration.
    ///
    /// Procedure 447, `virNodeDeviceUpdate`, since libvirt 10.1.0.
    pub async fn node_device_update(&self, name: &str, xml_desc: &str, flags: u32) -> Result<(), CallError> {
        self.call(NodeDeviceUpdate { name: name.into(), xml_desc: xml_desc.into(), flags }).await
    }

    /// Has a domain's graphics server read its TLS certificates again.
    ///
    /// Procedure 448, `virDomainGraphicsReload`, since libvirt 10.2.0.
    pub async fn domain_graphics_reload(
        &self,
        dom: &Domain,
        r#type: u32,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainGraphicsReload { dom: dom.clone(), r#type, flags }).await
    }

    /// Tells whether a domain starts at the next start of its host, and only then.
    ///
    /// Procedure 449, `virDomainGetAutostartOnce`, since libvirt 11.2.0.
    pub async fn domain_get_autostart_once(
        &self,
        dom: &Domain,
    ) -> Result<DomainGetAutostartOnceReply, CallError> {
        self.call(DomainGetAutostartOnce { dom: dom.clone() }).await
    }

    /// Says whether a domain starts at the next start of its host, and only then.
    ///
    /// Procedure 450, `virDomainSetAutostartOnce`, since libvirt 11.2.0.
    pub async fn domain_set_autostart_once(&self, dom: &Domain, autostart: i32) -> Result<(), CallError> {
        self.call(DomainSetAutostartOnce { dom: dom.clone(), autostart }).await
    }

    /// Defines or changes a throttle group: limits that several disks share.
    ///
    /// Procedure 451, `virDomainSetThrottleGroup`, since libvirt 11.2.0.
    pub async fn domain_set_throttle_group(
        &self,
        arguments: DomainSetThrottleGroup,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }

    /// Removes a throttle group that no disk uses.
    ///
    /// Procedure 452, `virDomainDelThrottleGroup`, since libvirt 11.2.0.
    pub async fn domain_del_throttle_group(
        &self,
        dom: &Domain,
        group: Option<&str>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(DomainDelThrottleGroup { dom: dom.clone(), group: group.map(Text::from), flags }).await
    }

    /// Has a running domain announce its interfaces to the network again, so that switches learn where
    /// they are.
    ///
    /// Procedure 456, `virDomainAnnounceInterface`, since libvirt 12.5.0.
    pub async fn domain_announce_interface(
        &self,
        arguments: DomainAnnounceInterface,
    ) -> Result<(), CallError> {
        self.call(arguments).await
    }
}
