// Made from protocol/x/remote.x by `cargo run -p virtwire-idl`: change that, not this.

//! The remote program as a daemon serves it.

use std::future::Future;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::remote::*;

use crate::server::service::{dispatch, unsupported};
use crate::server::{CallContext, Stream};

/// The calls of the remote program, typed.
///
/// A call that is not implemented answers what libvirt answers for a driver without it: code 3, "this function
/// is not supported by the connection driver", and the function's name.
#[allow(unused_variables, reason = "parameters have the names that implementations want")]
pub trait RemoteService: Send + Sync + 'static {
    /// Opens the hypervisor connection. Every call but the AUTH ones, `connect_close` and
    /// `connect_supports_feature` (for feature 10) needs it. A second one is an error; a failed one may be
    /// repeated.
    ///
    /// Procedure 1, `virConnectOpen`, since libvirt 0.3.0.
    fn connect_open(
        &self,
        cx: &CallContext,
        arguments: ConnectOpen,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectOpen")
    }

    /// Ends the session. The server sends this reply and closes the socket once all that was queued is
    /// written.
    ///
    /// Procedure 2, `virConnectClose`, since libvirt 0.3.0.
    fn connect_close(&self, cx: &CallContext) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectClose")
    }

    /// Tells which hypervisor driver serves this connection.
    ///
    /// Procedure 3, `virConnectGetType`, since libvirt 0.3.0.
    fn connect_get_type(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectGetTypeReply, RemoteError>> + Send {
        unsupported("virConnectGetType")
    }

    /// Tells the version of the hypervisor that is running.
    ///
    /// Procedure 4, `virConnectGetVersion`, since libvirt 0.3.0.
    fn connect_get_version(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectGetVersionReply, RemoteError>> + Send {
        unsupported("virConnectGetVersion")
    }

    /// Tells how many virtual CPUs a domain of a type may have.
    ///
    /// Procedure 5, `virConnectGetMaxVcpus`, since libvirt 0.3.0.
    fn connect_get_max_vcpus(
        &self,
        cx: &CallContext,
        arguments: ConnectGetMaxVcpus,
    ) -> impl Future<Output = Result<ConnectGetMaxVcpusReply, RemoteError>> + Send {
        unsupported("virConnectGetMaxVcpus")
    }

    /// Sums up the host's hardware.
    ///
    /// Procedure 6, `virNodeGetInfo`, since libvirt 0.3.0.
    fn node_get_info(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<NodeGetInfoReply, RemoteError>> + Send {
        unsupported("virNodeGetInfo")
    }

    /// Describes host and hypervisor, as XML.
    ///
    /// Procedure 7, `virConnectGetCapabilities`, since libvirt 0.3.0.
    fn connect_get_capabilities(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectGetCapabilitiesReply, RemoteError>> + Send {
        unsupported("virConnectGetCapabilities")
    }

    /// Plugs a device into a running domain. `domain_attach_device_flags` can speak of the definition too.
    ///
    /// Procedure 8, `virDomainAttachDevice`, since libvirt 0.3.0.
    fn domain_attach_device(
        &self,
        cx: &CallContext,
        arguments: DomainAttachDevice,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainAttachDevice")
    }

    /// Starts a defined, inactive domain, from its managed save image if there is one.
    ///
    /// Procedure 9, `virDomainCreate`, since libvirt 0.3.0.
    fn domain_create(
        &self,
        cx: &CallContext,
        arguments: DomainCreate,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainCreate")
    }

    /// Creates and starts a domain from XML. It is transient unless a persistent one of this name and
    /// UUID is defined.
    ///
    /// Procedure 10, `virDomainCreateXML`, since libvirt 0.3.0.
    fn domain_create_xml(
        &self,
        cx: &CallContext,
        arguments: DomainCreateXml,
    ) -> impl Future<Output = Result<DomainCreateXmlReply, RemoteError>> + Send {
        unsupported("virDomainCreateXML")
    }

    /// Defines a persistent domain, or changes the definition of one; does not start it.
    ///
    /// Procedure 11, `virDomainDefineXML`, since libvirt 0.3.0.
    fn domain_define_xml(
        &self,
        cx: &CallContext,
        arguments: DomainDefineXml,
    ) -> impl Future<Output = Result<DomainDefineXmlReply, RemoteError>> + Send {
        unsupported("virDomainDefineXML")
    }

    /// Stops a domain at once, as pulling the plug would. A transient one is gone.
    ///
    /// Procedure 12, `virDomainDestroy`, since libvirt 0.3.0.
    fn domain_destroy(
        &self,
        cx: &CallContext,
        arguments: DomainDestroy,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainDestroy")
    }

    /// Asks the guest to let go of a device of a running domain. The reply may come before it has: the
    /// event DEVICE_REMOVED tells.
    ///
    /// Procedure 13, `virDomainDetachDevice`, since libvirt 0.3.0.
    fn domain_detach_device(
        &self,
        cx: &CallContext,
        arguments: DomainDetachDevice,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainDetachDevice")
    }

    /// Describes a domain's configuration, as XML. A Preparev2 migration starts with it.
    ///
    /// Procedure 14, `virDomainGetXMLDesc`, since libvirt 0.3.0.
    fn domain_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: DomainGetXmlDesc,
    ) -> impl Future<Output = Result<DomainGetXmlDescReply, RemoteError>> + Send {
        unsupported("virDomainGetXMLDesc")
    }

    /// Tells whether a domain starts together with its host.
    ///
    /// Procedure 15, `virDomainGetAutostart`, since libvirt 0.3.0.
    fn domain_get_autostart(
        &self,
        cx: &CallContext,
        arguments: DomainGetAutostart,
    ) -> impl Future<Output = Result<DomainGetAutostartReply, RemoteError>> + Send {
        unsupported("virDomainGetAutostart")
    }

    /// Sums up a domain: state, memory, CPUs. `domain_get_state` tells the reason of the state as well.
    ///
    /// Procedure 16, `virDomainGetInfo`, since libvirt 0.3.0.
    fn domain_get_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetInfo,
    ) -> impl Future<Output = Result<DomainGetInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetInfo")
    }

    /// Tells how much memory a domain may have.
    ///
    /// Procedure 17, `virDomainGetMaxMemory`, since libvirt 0.3.0.
    fn domain_get_max_memory(
        &self,
        cx: &CallContext,
        arguments: DomainGetMaxMemory,
    ) -> impl Future<Output = Result<DomainGetMaxMemoryReply, RemoteError>> + Send {
        unsupported("virDomainGetMaxMemory")
    }

    /// Tells how many virtual CPUs a domain may have.
    ///
    /// Procedure 18, `virDomainGetMaxVcpus`, since libvirt 0.3.0.
    fn domain_get_max_vcpus(
        &self,
        cx: &CallContext,
        arguments: DomainGetMaxVcpus,
    ) -> impl Future<Output = Result<DomainGetMaxVcpusReply, RemoteError>> + Send {
        unsupported("virDomainGetMaxVcpus")
    }

    /// Tells what kind of operating system a domain is made for.
    ///
    /// Procedure 19, `virDomainGetOSType`, since libvirt 0.3.0.
    fn domain_get_os_type(
        &self,
        cx: &CallContext,
        arguments: DomainGetOsType,
    ) -> impl Future<Output = Result<DomainGetOsTypeReply, RemoteError>> + Send {
        unsupported("virDomainGetOSType")
    }

    /// Tells what a running domain's virtual CPUs do and which host CPUs they may use.
    ///
    /// Procedure 20, `virDomainGetVcpus`, since libvirt 0.3.0.
    fn domain_get_vcpus(
        &self,
        cx: &CallContext,
        arguments: DomainGetVcpus,
    ) -> impl Future<Output = Result<DomainGetVcpusReply, RemoteError>> + Send {
        unsupported("virDomainGetVcpus")
    }

    /// Lists the names of the domains that are defined and inactive.
    ///
    /// Procedure 21, `virConnectListDefinedDomains`, since libvirt 0.3.0.
    fn connect_list_defined_domains(
        &self,
        cx: &CallContext,
        arguments: ConnectListDefinedDomains,
    ) -> impl Future<Output = Result<ConnectListDefinedDomainsReply, RemoteError>> + Send {
        unsupported("virConnectListDefinedDomains")
    }

    /// Finds an active domain by its id.
    ///
    /// Procedure 22, `virDomainLookupByID`, since libvirt 0.3.0.
    fn domain_lookup_by_id(
        &self,
        cx: &CallContext,
        arguments: DomainLookupById,
    ) -> impl Future<Output = Result<DomainLookupByIdReply, RemoteError>> + Send {
        unsupported("virDomainLookupByID")
    }

    /// Finds a domain by its name.
    ///
    /// Procedure 23, `virDomainLookupByName`, since libvirt 0.3.0.
    fn domain_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: DomainLookupByName,
    ) -> impl Future<Output = Result<DomainLookupByNameReply, RemoteError>> + Send {
        unsupported("virDomainLookupByName")
    }

    /// Finds a domain by its UUID.
    ///
    /// Procedure 24, `virDomainLookupByUUID`, since libvirt 0.3.0.
    fn domain_lookup_by_uuid(
        &self,
        cx: &CallContext,
        arguments: DomainLookupByUuid,
    ) -> impl Future<Output = Result<DomainLookupByUuidReply, RemoteError>> + Send {
        unsupported("virDomainLookupByUUID")
    }

    /// Counts the domains that are defined and inactive.
    ///
    /// Procedure 25, `virConnectNumOfDefinedDomains`, since libvirt 0.3.0.
    fn connect_num_of_defined_domains(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfDefinedDomainsReply, RemoteError>> + Send {
        unsupported("virConnectNumOfDefinedDomains")
    }

    /// Says which host CPUs a virtual CPU of a running domain may use.
    ///
    /// Procedure 26, `virDomainPinVcpu`, since libvirt 0.3.0.
    fn domain_pin_vcpu(
        &self,
        cx: &CallContext,
        arguments: DomainPinVcpu,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainPinVcpu")
    }

    /// Asks the guest to reboot, which it may ignore.
    ///
    /// Procedure 27, `virDomainReboot`, since libvirt 0.3.0.
    fn domain_reboot(
        &self,
        cx: &CallContext,
        arguments: DomainReboot,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainReboot")
    }

    /// Lets a paused domain run on.
    ///
    /// Procedure 28, `virDomainResume`, since libvirt 0.3.0.
    fn domain_resume(
        &self,
        cx: &CallContext,
        arguments: DomainResume,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainResume")
    }

    /// Says whether a domain starts together with its host.
    ///
    /// Procedure 29, `virDomainSetAutostart`, since libvirt 0.3.0.
    fn domain_set_autostart(
        &self,
        cx: &CallContext,
        arguments: DomainSetAutostart,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetAutostart")
    }

    /// Sets how much memory a domain may have; usually of an inactive one.
    ///
    /// Procedure 30, `virDomainSetMaxMemory`, since libvirt 0.3.0.
    fn domain_set_max_memory(
        &self,
        cx: &CallContext,
        arguments: DomainSetMaxMemory,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetMaxMemory")
    }

    /// Sets how much memory a running domain has. `domain_set_memory_flags` can speak of the definition
    /// too.
    ///
    /// Procedure 31, `virDomainSetMemory`, since libvirt 0.3.0.
    fn domain_set_memory(
        &self,
        cx: &CallContext,
        arguments: DomainSetMemory,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetMemory")
    }

    /// Sets how many virtual CPUs a running domain has. `domain_set_vcpus_flags` can speak of the
    /// definition too.
    ///
    /// Procedure 32, `virDomainSetVcpus`, since libvirt 0.3.0.
    fn domain_set_vcpus(
        &self,
        cx: &CallContext,
        arguments: DomainSetVcpus,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetVcpus")
    }

    /// Asks the guest to shut down, which it may ignore.
    ///
    /// Procedure 33, `virDomainShutdown`, since libvirt 0.3.0.
    fn domain_shutdown(
        &self,
        cx: &CallContext,
        arguments: DomainShutdown,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainShutdown")
    }

    /// Pauses a domain's CPUs. It keeps its memory.
    ///
    /// Procedure 34, `virDomainSuspend`, since libvirt 0.3.0.
    fn domain_suspend(
        &self,
        cx: &CallContext,
        arguments: DomainSuspend,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSuspend")
    }

    /// Forgets a persistent domain. A running one becomes transient. Refused when a managed save image
    /// or metadata of snapshots would be left behind.
    ///
    /// Procedure 35, `virDomainUndefine`, since libvirt 0.3.0.
    fn domain_undefine(
        &self,
        cx: &CallContext,
        arguments: DomainUndefine,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainUndefine")
    }

    /// Lists the names of the networks that are defined and inactive.
    ///
    /// Procedure 36, `virConnectListDefinedNetworks`, since libvirt 0.3.0.
    fn connect_list_defined_networks(
        &self,
        cx: &CallContext,
        arguments: ConnectListDefinedNetworks,
    ) -> impl Future<Output = Result<ConnectListDefinedNetworksReply, RemoteError>> + Send {
        unsupported("virConnectListDefinedNetworks")
    }

    /// Lists the ids of the active domains.
    ///
    /// Procedure 37, `virConnectListDomains`, since libvirt 0.3.0.
    fn connect_list_domains(
        &self,
        cx: &CallContext,
        arguments: ConnectListDomains,
    ) -> impl Future<Output = Result<ConnectListDomainsReply, RemoteError>> + Send {
        unsupported("virConnectListDomains")
    }

    /// Lists the names of the active networks.
    ///
    /// Procedure 38, `virConnectListNetworks`, since libvirt 0.3.0.
    fn connect_list_networks(
        &self,
        cx: &CallContext,
        arguments: ConnectListNetworks,
    ) -> impl Future<Output = Result<ConnectListNetworksReply, RemoteError>> + Send {
        unsupported("virConnectListNetworks")
    }

    /// Starts a defined, inactive network.
    ///
    /// Procedure 39, `virNetworkCreate`, since libvirt 0.3.0.
    fn network_create(
        &self,
        cx: &CallContext,
        arguments: NetworkCreate,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNetworkCreate")
    }

    /// Creates and starts a transient network from XML.
    ///
    /// Procedure 40, `virNetworkCreateXML`, since libvirt 0.3.0.
    fn network_create_xml(
        &self,
        cx: &CallContext,
        arguments: NetworkCreateXml,
    ) -> impl Future<Output = Result<NetworkCreateXmlReply, RemoteError>> + Send {
        unsupported("virNetworkCreateXML")
    }

    /// Defines a persistent network, or changes the definition of one.
    ///
    /// Procedure 41, `virNetworkDefineXML`, since libvirt 0.3.0.
    fn network_define_xml(
        &self,
        cx: &CallContext,
        arguments: NetworkDefineXml,
    ) -> impl Future<Output = Result<NetworkDefineXmlReply, RemoteError>> + Send {
        unsupported("virNetworkDefineXML")
    }

    /// Stops a network. A transient one is gone.
    ///
    /// Procedure 42, `virNetworkDestroy`, since libvirt 0.3.0.
    fn network_destroy(
        &self,
        cx: &CallContext,
        arguments: NetworkDestroy,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNetworkDestroy")
    }

    /// Describes a network, as XML.
    ///
    /// Procedure 43, `virNetworkGetXMLDesc`, since libvirt 0.3.0.
    fn network_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: NetworkGetXmlDesc,
    ) -> impl Future<Output = Result<NetworkGetXmlDescReply, RemoteError>> + Send {
        unsupported("virNetworkGetXMLDesc")
    }

    /// Tells whether a network starts together with its host.
    ///
    /// Procedure 44, `virNetworkGetAutostart`, since libvirt 0.3.0.
    fn network_get_autostart(
        &self,
        cx: &CallContext,
        arguments: NetworkGetAutostart,
    ) -> impl Future<Output = Result<NetworkGetAutostartReply, RemoteError>> + Send {
        unsupported("virNetworkGetAutostart")
    }

    /// Tells the name of a network's bridge on the host.
    ///
    /// Procedure 45, `virNetworkGetBridgeName`, since libvirt 0.3.0.
    fn network_get_bridge_name(
        &self,
        cx: &CallContext,
        arguments: NetworkGetBridgeName,
    ) -> impl Future<Output = Result<NetworkGetBridgeNameReply, RemoteError>> + Send {
        unsupported("virNetworkGetBridgeName")
    }

    /// Finds a network by its name.
    ///
    /// Procedure 46, `virNetworkLookupByName`, since libvirt 0.3.0.
    fn network_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: NetworkLookupByName,
    ) -> impl Future<Output = Result<NetworkLookupByNameReply, RemoteError>> + Send {
        unsupported("virNetworkLookupByName")
    }

    /// Finds a network by its UUID.
    ///
    /// Procedure 47, `virNetworkLookupByUUID`, since libvirt 0.3.0.
    fn network_lookup_by_uuid(
        &self,
        cx: &CallContext,
        arguments: NetworkLookupByUuid,
    ) -> impl Future<Output = Result<NetworkLookupByUuidReply, RemoteError>> + Send {
        unsupported("virNetworkLookupByUUID")
    }

    /// Says whether a network starts together with its host.
    ///
    /// Procedure 48, `virNetworkSetAutostart`, since libvirt 0.3.0.
    fn network_set_autostart(
        &self,
        cx: &CallContext,
        arguments: NetworkSetAutostart,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNetworkSetAutostart")
    }

    /// Forgets a persistent network.
    ///
    /// Procedure 49, `virNetworkUndefine`, since libvirt 0.3.0.
    fn network_undefine(
        &self,
        cx: &CallContext,
        arguments: NetworkUndefine,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNetworkUndefine")
    }

    /// Counts the networks that are defined and inactive.
    ///
    /// Procedure 50, `virConnectNumOfDefinedNetworks`, since libvirt 0.3.0.
    fn connect_num_of_defined_networks(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfDefinedNetworksReply, RemoteError>> + Send {
        unsupported("virConnectNumOfDefinedNetworks")
    }

    /// Counts the active domains.
    ///
    /// Procedure 51, `virConnectNumOfDomains`, since libvirt 0.3.0.
    fn connect_num_of_domains(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfDomainsReply, RemoteError>> + Send {
        unsupported("virConnectNumOfDomains")
    }

    /// Counts the active networks.
    ///
    /// Procedure 52, `virConnectNumOfNetworks`, since libvirt 0.3.0.
    fn connect_num_of_networks(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfNetworksReply, RemoteError>> + Send {
        unsupported("virConnectNumOfNetworks")
    }

    /// Writes a domain's memory to a file on its host.
    ///
    /// Procedure 53, `virDomainCoreDump`, since libvirt 0.3.0.
    fn domain_core_dump(
        &self,
        cx: &CallContext,
        arguments: DomainCoreDump,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainCoreDump")
    }

    /// Starts a domain from a file that `domain_save` has written.
    ///
    /// Procedure 54, `virDomainRestore`, since libvirt 0.3.0.
    fn domain_restore(
        &self,
        cx: &CallContext,
        arguments: DomainRestore,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainRestore")
    }

    /// Stops a domain and saves its memory and configuration to a file on its host.
    ///
    /// Procedure 55, `virDomainSave`, since libvirt 0.3.0.
    fn domain_save(
        &self,
        cx: &CallContext,
        arguments: DomainSave,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSave")
    }

    /// Tells which CPU scheduler a domain is under.
    ///
    /// Procedure 56, `virDomainGetSchedulerType`, since libvirt 0.3.0.
    fn domain_get_scheduler_type(
        &self,
        cx: &CallContext,
        arguments: DomainGetSchedulerType,
    ) -> impl Future<Output = Result<DomainGetSchedulerTypeReply, RemoteError>> + Send {
        unsupported("virDomainGetSchedulerType")
    }

    /// Reads a running domain's share of the CPUs.
    ///
    /// Procedure 57, `virDomainGetSchedulerParameters`, since libvirt 0.3.0.
    fn domain_get_scheduler_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainGetSchedulerParameters,
    ) -> impl Future<Output = Result<DomainGetSchedulerParametersReply, RemoteError>> + Send {
        unsupported("virDomainGetSchedulerParameters")
    }

    /// Sets a running domain's share of the CPUs.
    ///
    /// Procedure 58, `virDomainSetSchedulerParameters`, since libvirt 0.3.0.
    fn domain_set_scheduler_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainSetSchedulerParameters,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetSchedulerParameters")
    }

    /// Tells the host's name, as others may reach it by.
    ///
    /// Procedure 59, `virConnectGetHostname`, since libvirt 0.3.0.
    fn connect_get_hostname(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectGetHostnameReply, RemoteError>> + Send {
        unsupported("virConnectGetHostname")
    }

    /// Asks whether the peer has a feature, by number. How peers of different ages find common ground.
    ///
    /// Procedure 60, `virConnectSupportsFeature`, since libvirt 0.3.0.
    fn connect_supports_feature(
        &self,
        cx: &CallContext,
        arguments: ConnectSupportsFeature,
    ) -> impl Future<Output = Result<ConnectSupportsFeatureReply, RemoteError>> + Send {
        unsupported("virConnectSupportsFeature")
    }

    /// Version 1, destination: gets ready to receive a guest of which it is told nothing.
    ///
    /// Procedure 61, `virDomainMigratePrepare`, since libvirt 0.3.2.
    fn domain_migrate_prepare(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare,
    ) -> impl Future<Output = Result<DomainMigratePrepareReply, RemoteError>> + Send {
        unsupported("virDomainMigratePrepare")
    }

    /// Versions 1 and 2, source: sends the guest. After success it runs there no longer. Also the one
    /// call of a peer-to-peer migration by a peer without version 3.
    ///
    /// Procedure 62, `virDomainMigratePerform`, since libvirt 0.3.2.
    fn domain_migrate_perform(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePerform,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainMigratePerform")
    }

    /// Version 1, destination: takes the guest over. Called only when Perform has succeeded.
    ///
    /// Procedure 63, `virDomainMigrateFinish`, since libvirt 0.3.2.
    fn domain_migrate_finish(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateFinish,
    ) -> impl Future<Output = Result<DomainMigrateFinishReply, RemoteError>> + Send {
        unsupported("virDomainMigrateFinish")
    }

    /// Counts a disk's requests and bytes. -1 means that the hypervisor does not count that.
    ///
    /// Procedure 64, `virDomainBlockStats`, since libvirt 0.3.2.
    fn domain_block_stats(
        &self,
        cx: &CallContext,
        arguments: DomainBlockStats,
    ) -> impl Future<Output = Result<DomainBlockStatsReply, RemoteError>> + Send {
        unsupported("virDomainBlockStats")
    }

    /// Counts what has passed through an interface. -1 means that the host does not count that.
    ///
    /// Procedure 65, `virDomainInterfaceStats`, since libvirt 0.3.2.
    fn domain_interface_stats(
        &self,
        cx: &CallContext,
        arguments: DomainInterfaceStats,
    ) -> impl Future<Output = Result<DomainInterfaceStatsReply, RemoteError>> + Send {
        unsupported("virDomainInterfaceStats")
    }

    /// Lists the ways to authenticate that the server accepts from this client. A polkit socket answers
    /// "none" to root, who is thereby authenticated.
    ///
    /// Procedure 66, `virAuthList`, since libvirt 0.3.2 to 0.3.3.
    fn auth_list(&self, cx: &CallContext) -> impl Future<Output = Result<AuthListReply, RemoteError>> + Send {
        unsupported("virAuthList")
    }

    /// Starts a SASL negotiation and lists the server's mechanisms.
    ///
    /// Procedure 67, `virAuthSaslInit`, since libvirt 0.3.2 to 0.3.3.
    fn auth_sasl_init(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<AuthSaslInitReply, RemoteError>> + Send {
        unsupported("virAuthSaslInit")
    }

    /// Chooses a SASL mechanism and sends the client's first token.
    ///
    /// Procedure 68, `virAuthSaslStart`, since libvirt 0.3.2 to 0.3.3.
    fn auth_sasl_start(
        &self,
        cx: &CallContext,
        arguments: AuthSaslStart,
    ) -> impl Future<Output = Result<AuthSaslStartReply, RemoteError>> + Send {
        unsupported("virAuthSaslStart")
    }

    /// Sends the client's next SASL token.
    ///
    /// Procedure 69, `virAuthSaslStep`, since libvirt 0.3.2 to 0.3.3.
    fn auth_sasl_step(
        &self,
        cx: &CallContext,
        arguments: AuthSaslStep,
    ) -> impl Future<Output = Result<AuthSaslStepReply, RemoteError>> + Send {
        unsupported("virAuthSaslStep")
    }

    /// Asks the server to authenticate the client by polkit, from what the unix socket tells of its
    /// process.
    ///
    /// Procedure 70, `virAuthPolkit`, since libvirt 0.3.2 to 0.3.3.
    fn auth_polkit(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<AuthPolkitReply, RemoteError>> + Send {
        unsupported("virAuthPolkit")
    }

    /// Counts the active pools.
    ///
    /// Procedure 71, `virConnectNumOfStoragePools`, since libvirt 0.4.1.
    fn connect_num_of_storage_pools(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfStoragePoolsReply, RemoteError>> + Send {
        unsupported("virConnectNumOfStoragePools")
    }

    /// Lists the names of the active pools.
    ///
    /// Procedure 72, `virConnectListStoragePools`, since libvirt 0.4.1.
    fn connect_list_storage_pools(
        &self,
        cx: &CallContext,
        arguments: ConnectListStoragePools,
    ) -> impl Future<Output = Result<ConnectListStoragePoolsReply, RemoteError>> + Send {
        unsupported("virConnectListStoragePools")
    }

    /// Counts the pools that are defined and inactive.
    ///
    /// Procedure 73, `virConnectNumOfDefinedStoragePools`, since libvirt 0.4.1.
    fn connect_num_of_defined_storage_pools(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfDefinedStoragePoolsReply, RemoteError>> + Send {
        unsupported("virConnectNumOfDefinedStoragePools")
    }

    /// Lists the names of the pools that are defined and inactive.
    ///
    /// Procedure 74, `virConnectListDefinedStoragePools`, since libvirt 0.4.1.
    fn connect_list_defined_storage_pools(
        &self,
        cx: &CallContext,
        arguments: ConnectListDefinedStoragePools,
    ) -> impl Future<Output = Result<ConnectListDefinedStoragePoolsReply, RemoteError>> + Send {
        unsupported("virConnectListDefinedStoragePools")
    }

    /// Looks for what pools of a type could be made from.
    ///
    /// Procedure 75, `virConnectFindStoragePoolSources`, since libvirt 0.4.5.
    fn connect_find_storage_pool_sources(
        &self,
        cx: &CallContext,
        arguments: ConnectFindStoragePoolSources,
    ) -> impl Future<Output = Result<ConnectFindStoragePoolSourcesReply, RemoteError>> + Send {
        unsupported("virConnectFindStoragePoolSources")
    }

    /// Creates and starts a transient pool from XML.
    ///
    /// Procedure 76, `virStoragePoolCreateXML`, since libvirt 0.4.1.
    fn storage_pool_create_xml(
        &self,
        cx: &CallContext,
        arguments: StoragePoolCreateXml,
    ) -> impl Future<Output = Result<StoragePoolCreateXmlReply, RemoteError>> + Send {
        unsupported("virStoragePoolCreateXML")
    }

    /// Defines a persistent pool, or changes the definition of one.
    ///
    /// Procedure 77, `virStoragePoolDefineXML`, since libvirt 0.4.1.
    fn storage_pool_define_xml(
        &self,
        cx: &CallContext,
        arguments: StoragePoolDefineXml,
    ) -> impl Future<Output = Result<StoragePoolDefineXmlReply, RemoteError>> + Send {
        unsupported("virStoragePoolDefineXML")
    }

    /// Starts a defined, inactive pool.
    ///
    /// Procedure 78, `virStoragePoolCreate`, since libvirt 0.4.1.
    fn storage_pool_create(
        &self,
        cx: &CallContext,
        arguments: StoragePoolCreate,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStoragePoolCreate")
    }

    /// Makes what a pool needs: a directory, a file system, a volume group.
    ///
    /// Procedure 79, `virStoragePoolBuild`, since libvirt 0.4.1.
    fn storage_pool_build(
        &self,
        cx: &CallContext,
        arguments: StoragePoolBuild,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStoragePoolBuild")
    }

    /// Stops a pool. Its volumes stay.
    ///
    /// Procedure 80, `virStoragePoolDestroy`, since libvirt 0.4.1.
    fn storage_pool_destroy(
        &self,
        cx: &CallContext,
        arguments: StoragePoolDestroy,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStoragePoolDestroy")
    }

    /// Deletes what `storage_pool_build` has made. Its volumes are lost.
    ///
    /// Procedure 81, `virStoragePoolDelete`, since libvirt 0.4.1.
    fn storage_pool_delete(
        &self,
        cx: &CallContext,
        arguments: StoragePoolDelete,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStoragePoolDelete")
    }

    /// Forgets an inactive pool. Its volumes stay.
    ///
    /// Procedure 82, `virStoragePoolUndefine`, since libvirt 0.4.1.
    fn storage_pool_undefine(
        &self,
        cx: &CallContext,
        arguments: StoragePoolUndefine,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStoragePoolUndefine")
    }

    /// Has a pool look at its storage again.
    ///
    /// Procedure 83, `virStoragePoolRefresh`, since libvirt 0.4.1.
    fn storage_pool_refresh(
        &self,
        cx: &CallContext,
        arguments: StoragePoolRefresh,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStoragePoolRefresh")
    }

    /// Finds a pool by its name.
    ///
    /// Procedure 84, `virStoragePoolLookupByName`, since libvirt 0.4.1.
    fn storage_pool_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: StoragePoolLookupByName,
    ) -> impl Future<Output = Result<StoragePoolLookupByNameReply, RemoteError>> + Send {
        unsupported("virStoragePoolLookupByName")
    }

    /// Finds a pool by its UUID.
    ///
    /// Procedure 85, `virStoragePoolLookupByUUID`, since libvirt 0.4.1.
    fn storage_pool_lookup_by_uuid(
        &self,
        cx: &CallContext,
        arguments: StoragePoolLookupByUuid,
    ) -> impl Future<Output = Result<StoragePoolLookupByUuidReply, RemoteError>> + Send {
        unsupported("virStoragePoolLookupByUUID")
    }

    /// Finds the pool that a volume lies in.
    ///
    /// Procedure 86, `virStoragePoolLookupByVolume`, since libvirt 0.4.1.
    fn storage_pool_lookup_by_volume(
        &self,
        cx: &CallContext,
        arguments: StoragePoolLookupByVolume,
    ) -> impl Future<Output = Result<StoragePoolLookupByVolumeReply, RemoteError>> + Send {
        unsupported("virStoragePoolLookupByVolume")
    }

    /// Tells a pool's state and size.
    ///
    /// Procedure 87, `virStoragePoolGetInfo`, since libvirt 0.4.1.
    fn storage_pool_get_info(
        &self,
        cx: &CallContext,
        arguments: StoragePoolGetInfo,
    ) -> impl Future<Output = Result<StoragePoolGetInfoReply, RemoteError>> + Send {
        unsupported("virStoragePoolGetInfo")
    }

    /// Describes a pool, as XML.
    ///
    /// Procedure 88, `virStoragePoolGetXMLDesc`, since libvirt 0.4.1.
    fn storage_pool_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: StoragePoolGetXmlDesc,
    ) -> impl Future<Output = Result<StoragePoolGetXmlDescReply, RemoteError>> + Send {
        unsupported("virStoragePoolGetXMLDesc")
    }

    /// Tells whether a pool starts together with its host.
    ///
    /// Procedure 89, `virStoragePoolGetAutostart`, since libvirt 0.4.1.
    fn storage_pool_get_autostart(
        &self,
        cx: &CallContext,
        arguments: StoragePoolGetAutostart,
    ) -> impl Future<Output = Result<StoragePoolGetAutostartReply, RemoteError>> + Send {
        unsupported("virStoragePoolGetAutostart")
    }

    /// Says whether a pool starts together with its host.
    ///
    /// Procedure 90, `virStoragePoolSetAutostart`, since libvirt 0.4.1.
    fn storage_pool_set_autostart(
        &self,
        cx: &CallContext,
        arguments: StoragePoolSetAutostart,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStoragePoolSetAutostart")
    }

    /// Counts the volumes of a pool.
    ///
    /// Procedure 91, `virStoragePoolNumOfVolumes`, since libvirt 0.4.1.
    fn storage_pool_num_of_volumes(
        &self,
        cx: &CallContext,
        arguments: StoragePoolNumOfVolumes,
    ) -> impl Future<Output = Result<StoragePoolNumOfVolumesReply, RemoteError>> + Send {
        unsupported("virStoragePoolNumOfVolumes")
    }

    /// Lists the names of the volumes of a pool.
    ///
    /// Procedure 92, `virStoragePoolListVolumes`, since libvirt 0.4.1.
    fn storage_pool_list_volumes(
        &self,
        cx: &CallContext,
        arguments: StoragePoolListVolumes,
    ) -> impl Future<Output = Result<StoragePoolListVolumesReply, RemoteError>> + Send {
        unsupported("virStoragePoolListVolumes")
    }

    /// Makes a volume in a pool as XML describes.
    ///
    /// Procedure 93, `virStorageVolCreateXML`, since libvirt 0.4.1.
    fn storage_vol_create_xml(
        &self,
        cx: &CallContext,
        arguments: StorageVolCreateXml,
    ) -> impl Future<Output = Result<StorageVolCreateXmlReply, RemoteError>> + Send {
        unsupported("virStorageVolCreateXML")
    }

    /// Deletes a volume.
    ///
    /// Procedure 94, `virStorageVolDelete`, since libvirt 0.4.1.
    fn storage_vol_delete(
        &self,
        cx: &CallContext,
        arguments: StorageVolDelete,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStorageVolDelete")
    }

    /// Finds a volume by its name in a pool.
    ///
    /// Procedure 95, `virStorageVolLookupByName`, since libvirt 0.4.1.
    fn storage_vol_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: StorageVolLookupByName,
    ) -> impl Future<Output = Result<StorageVolLookupByNameReply, RemoteError>> + Send {
        unsupported("virStorageVolLookupByName")
    }

    /// Finds a volume by its key, whatever pool it lies in.
    ///
    /// Procedure 96, `virStorageVolLookupByKey`, since libvirt 0.4.1.
    fn storage_vol_lookup_by_key(
        &self,
        cx: &CallContext,
        arguments: StorageVolLookupByKey,
    ) -> impl Future<Output = Result<StorageVolLookupByKeyReply, RemoteError>> + Send {
        unsupported("virStorageVolLookupByKey")
    }

    /// Finds a volume by its path on the host.
    ///
    /// Procedure 97, `virStorageVolLookupByPath`, since libvirt 0.4.1.
    fn storage_vol_lookup_by_path(
        &self,
        cx: &CallContext,
        arguments: StorageVolLookupByPath,
    ) -> impl Future<Output = Result<StorageVolLookupByPathReply, RemoteError>> + Send {
        unsupported("virStorageVolLookupByPath")
    }

    /// Tells a volume's type and size.
    ///
    /// Procedure 98, `virStorageVolGetInfo`, since libvirt 0.4.1.
    fn storage_vol_get_info(
        &self,
        cx: &CallContext,
        arguments: StorageVolGetInfo,
    ) -> impl Future<Output = Result<StorageVolGetInfoReply, RemoteError>> + Send {
        unsupported("virStorageVolGetInfo")
    }

    /// Describes a volume, as XML.
    ///
    /// Procedure 99, `virStorageVolGetXMLDesc`, since libvirt 0.4.1.
    fn storage_vol_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: StorageVolGetXmlDesc,
    ) -> impl Future<Output = Result<StorageVolGetXmlDescReply, RemoteError>> + Send {
        unsupported("virStorageVolGetXMLDesc")
    }

    /// Tells a volume's path on the host.
    ///
    /// Procedure 100, `virStorageVolGetPath`, since libvirt 0.4.1.
    fn storage_vol_get_path(
        &self,
        cx: &CallContext,
        arguments: StorageVolGetPath,
    ) -> impl Future<Output = Result<StorageVolGetPathReply, RemoteError>> + Send {
        unsupported("virStorageVolGetPath")
    }

    /// Tells how much memory is free in each of a range of NUMA cells.
    ///
    /// Procedure 101, `virNodeGetCellsFreeMemory`, since libvirt 0.3.3.
    fn node_get_cells_free_memory(
        &self,
        cx: &CallContext,
        arguments: NodeGetCellsFreeMemory,
    ) -> impl Future<Output = Result<NodeGetCellsFreeMemoryReply, RemoteError>> + Send {
        unsupported("virNodeGetCellsFreeMemory")
    }

    /// Tells how much memory of the host is free.
    ///
    /// Procedure 102, `virNodeGetFreeMemory`, since libvirt 0.3.3.
    fn node_get_free_memory(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<NodeGetFreeMemoryReply, RemoteError>> + Send {
        unsupported("virNodeGetFreeMemory")
    }

    /// Reads a piece of a disk.
    ///
    /// Procedure 103, `virDomainBlockPeek`, since libvirt 0.4.2.
    fn domain_block_peek(
        &self,
        cx: &CallContext,
        arguments: DomainBlockPeek,
    ) -> impl Future<Output = Result<DomainBlockPeekReply, RemoteError>> + Send {
        unsupported("virDomainBlockPeek")
    }

    /// Reads a piece of a running domain's memory.
    ///
    /// Procedure 104, `virDomainMemoryPeek`, since libvirt 0.4.2.
    fn domain_memory_peek(
        &self,
        cx: &CallContext,
        arguments: DomainMemoryPeek,
    ) -> impl Future<Output = Result<DomainMemoryPeekReply, RemoteError>> + Send {
        unsupported("virDomainMemoryPeek")
    }

    /// First generation: asks for lifecycle events of all domains.
    ///
    /// Procedure 105, `virConnectDomainEventRegister`, since libvirt 0.5.0.
    fn connect_domain_event_register(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectDomainEventRegisterReply, RemoteError>> + Send {
        unsupported("virConnectDomainEventRegister")
    }

    /// Takes back `connect_domain_event_register`.
    ///
    /// Procedure 106, `virConnectDomainEventDeregister`, since libvirt 0.5.0.
    fn connect_domain_event_deregister(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectDomainEventDeregisterReply, RemoteError>> + Send {
        unsupported("virConnectDomainEventDeregister")
    }

    /// Version 2, destination: gets ready to receive the guest that dom_xml describes.
    /// `domain_migrate_prepare` is what older peers have.
    ///
    /// Procedure 108, `virDomainMigratePrepare2`, since libvirt 0.5.0.
    fn domain_migrate_prepare2(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare2,
    ) -> impl Future<Output = Result<DomainMigratePrepare2Reply, RemoteError>> + Send {
        unsupported("virDomainMigratePrepare2")
    }

    /// Version 2, destination: takes the guest over, or after a failed Perform gives it up. Giving up is
    /// answered with an error, usually code 93, which then means that all is cleaned up.
    ///
    /// Procedure 109, `virDomainMigrateFinish2`, since libvirt 0.5.0.
    fn domain_migrate_finish2(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateFinish2,
    ) -> impl Future<Output = Result<DomainMigrateFinish2Reply, RemoteError>> + Send {
        unsupported("virDomainMigrateFinish2")
    }

    /// Tells the canonical URI of the connection that the server has open.
    ///
    /// Procedure 110, `virConnectGetURI`, since libvirt 0.5.0.
    fn connect_get_uri(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectGetUriReply, RemoteError>> + Send {
        unsupported("virConnectGetURI")
    }

    /// Counts the host's devices.
    ///
    /// Procedure 111, `virNodeNumOfDevices`, since libvirt 0.5.0.
    fn node_num_of_devices(
        &self,
        cx: &CallContext,
        arguments: NodeNumOfDevices,
    ) -> impl Future<Output = Result<NodeNumOfDevicesReply, RemoteError>> + Send {
        unsupported("virNodeNumOfDevices")
    }

    /// Lists the names of the host's devices.
    ///
    /// Procedure 112, `virNodeListDevices`, since libvirt 0.5.0.
    fn node_list_devices(
        &self,
        cx: &CallContext,
        arguments: NodeListDevices,
    ) -> impl Future<Output = Result<NodeListDevicesReply, RemoteError>> + Send {
        unsupported("virNodeListDevices")
    }

    /// Finds a device by its name.
    ///
    /// Procedure 113, `virNodeDeviceLookupByName`, since libvirt 0.5.0.
    fn node_device_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceLookupByName,
    ) -> impl Future<Output = Result<NodeDeviceLookupByNameReply, RemoteError>> + Send {
        unsupported("virNodeDeviceLookupByName")
    }

    /// Describes a device, as XML.
    ///
    /// Procedure 114, `virNodeDeviceGetXMLDesc`, since libvirt 0.5.0.
    fn node_device_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceGetXmlDesc,
    ) -> impl Future<Output = Result<NodeDeviceGetXmlDescReply, RemoteError>> + Send {
        unsupported("virNodeDeviceGetXMLDesc")
    }

    /// Tells the name of a device's parent.
    ///
    /// Procedure 115, `virNodeDeviceGetParent`, since libvirt 0.5.0.
    fn node_device_get_parent(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceGetParent,
    ) -> impl Future<Output = Result<NodeDeviceGetParentReply, RemoteError>> + Send {
        unsupported("virNodeDeviceGetParent")
    }

    /// Counts a device's capabilities.
    ///
    /// Procedure 116, `virNodeDeviceNumOfCaps`, since libvirt 0.5.0.
    fn node_device_num_of_caps(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceNumOfCaps,
    ) -> impl Future<Output = Result<NodeDeviceNumOfCapsReply, RemoteError>> + Send {
        unsupported("virNodeDeviceNumOfCaps")
    }

    /// Lists a device's capabilities.
    ///
    /// Procedure 117, `virNodeDeviceListCaps`, since libvirt 0.5.0.
    fn node_device_list_caps(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceListCaps,
    ) -> impl Future<Output = Result<NodeDeviceListCapsReply, RemoteError>> + Send {
        unsupported("virNodeDeviceListCaps")
    }

    /// Takes a device away from the host, so that a domain can have it.
    ///
    /// Procedure 118, `virNodeDeviceDettach`, since libvirt 0.6.1.
    fn node_device_dettach(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceDettach,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeDeviceDettach")
    }

    /// Gives a device back to the host.
    ///
    /// Procedure 119, `virNodeDeviceReAttach`, since libvirt 0.6.1.
    fn node_device_re_attach(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceReAttach,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeDeviceReAttach")
    }

    /// Resets a device that no domain uses.
    ///
    /// Procedure 120, `virNodeDeviceReset`, since libvirt 0.6.1.
    fn node_device_reset(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceReset,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeDeviceReset")
    }

    /// Tells which security label a running domain has.
    ///
    /// Procedure 121, `virDomainGetSecurityLabel`, since libvirt 0.6.1.
    fn domain_get_security_label(
        &self,
        cx: &CallContext,
        arguments: DomainGetSecurityLabel,
    ) -> impl Future<Output = Result<DomainGetSecurityLabelReply, RemoteError>> + Send {
        unsupported("virDomainGetSecurityLabel")
    }

    /// Tells which security model confines the domains of this host.
    ///
    /// Procedure 122, `virNodeGetSecurityModel`, since libvirt 0.6.1.
    fn node_get_security_model(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<NodeGetSecurityModelReply, RemoteError>> + Send {
        unsupported("virNodeGetSecurityModel")
    }

    /// Makes a virtual device on the host, such as a mediated device or a virtual HBA.
    ///
    /// Procedure 123, `virNodeDeviceCreateXML`, since libvirt 0.6.3.
    fn node_device_create_xml(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceCreateXml,
    ) -> impl Future<Output = Result<NodeDeviceCreateXmlReply, RemoteError>> + Send {
        unsupported("virNodeDeviceCreateXML")
    }

    /// Removes a virtual device from the host.
    ///
    /// Procedure 124, `virNodeDeviceDestroy`, since libvirt 0.6.3.
    fn node_device_destroy(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceDestroy,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeDeviceDestroy")
    }

    /// Makes a volume as XML describes, with the contents of another.
    ///
    /// Procedure 125, `virStorageVolCreateXMLFrom`, since libvirt 0.6.4.
    fn storage_vol_create_xml_from(
        &self,
        cx: &CallContext,
        arguments: StorageVolCreateXmlFrom,
    ) -> impl Future<Output = Result<StorageVolCreateXmlFromReply, RemoteError>> + Send {
        unsupported("virStorageVolCreateXMLFrom")
    }

    /// Counts the active interfaces.
    ///
    /// Procedure 126, `virConnectNumOfInterfaces`, since libvirt 0.7.2.
    fn connect_num_of_interfaces(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfInterfacesReply, RemoteError>> + Send {
        unsupported("virConnectNumOfInterfaces")
    }

    /// Lists the names of the active interfaces.
    ///
    /// Procedure 127, `virConnectListInterfaces`, since libvirt 0.7.2.
    fn connect_list_interfaces(
        &self,
        cx: &CallContext,
        arguments: ConnectListInterfaces,
    ) -> impl Future<Output = Result<ConnectListInterfacesReply, RemoteError>> + Send {
        unsupported("virConnectListInterfaces")
    }

    /// Finds an interface by its name.
    ///
    /// Procedure 128, `virInterfaceLookupByName`, since libvirt 0.7.2.
    fn interface_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: InterfaceLookupByName,
    ) -> impl Future<Output = Result<InterfaceLookupByNameReply, RemoteError>> + Send {
        unsupported("virInterfaceLookupByName")
    }

    /// Finds an interface by its MAC address.
    ///
    /// Procedure 129, `virInterfaceLookupByMACString`, since libvirt 0.7.2.
    fn interface_lookup_by_mac_string(
        &self,
        cx: &CallContext,
        arguments: InterfaceLookupByMacString,
    ) -> impl Future<Output = Result<InterfaceLookupByMacStringReply, RemoteError>> + Send {
        unsupported("virInterfaceLookupByMACString")
    }

    /// Describes an interface, as XML.
    ///
    /// Procedure 130, `virInterfaceGetXMLDesc`, since libvirt 0.7.2.
    fn interface_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: InterfaceGetXmlDesc,
    ) -> impl Future<Output = Result<InterfaceGetXmlDescReply, RemoteError>> + Send {
        unsupported("virInterfaceGetXMLDesc")
    }

    /// Defines an interface, or changes the definition of one.
    ///
    /// Procedure 131, `virInterfaceDefineXML`, since libvirt 0.7.2.
    fn interface_define_xml(
        &self,
        cx: &CallContext,
        arguments: InterfaceDefineXml,
    ) -> impl Future<Output = Result<InterfaceDefineXmlReply, RemoteError>> + Send {
        unsupported("virInterfaceDefineXML")
    }

    /// Forgets an interface.
    ///
    /// Procedure 132, `virInterfaceUndefine`, since libvirt 0.7.2.
    fn interface_undefine(
        &self,
        cx: &CallContext,
        arguments: InterfaceUndefine,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virInterfaceUndefine")
    }

    /// Takes an interface up.
    ///
    /// Procedure 133, `virInterfaceCreate`, since libvirt 0.7.2.
    fn interface_create(
        &self,
        cx: &CallContext,
        arguments: InterfaceCreate,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virInterfaceCreate")
    }

    /// Takes an interface down.
    ///
    /// Procedure 134, `virInterfaceDestroy`, since libvirt 0.7.2.
    fn interface_destroy(
        &self,
        cx: &CallContext,
        arguments: InterfaceDestroy,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virInterfaceDestroy")
    }

    /// Translates a hypervisor's own configuration into domain XML.
    ///
    /// Procedure 135, `virConnectDomainXMLFromNative`, since libvirt 0.6.4.
    fn connect_domain_xml_from_native(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainXmlFromNative,
    ) -> impl Future<Output = Result<ConnectDomainXmlFromNativeReply, RemoteError>> + Send {
        unsupported("virConnectDomainXMLFromNative")
    }

    /// Translates domain XML into a hypervisor's own configuration.
    ///
    /// Procedure 136, `virConnectDomainXMLToNative`, since libvirt 0.6.4.
    fn connect_domain_xml_to_native(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainXmlToNative,
    ) -> impl Future<Output = Result<ConnectDomainXmlToNativeReply, RemoteError>> + Send {
        unsupported("virConnectDomainXMLToNative")
    }

    /// Counts the interfaces that are defined and inactive.
    ///
    /// Procedure 137, `virConnectNumOfDefinedInterfaces`, since libvirt 0.7.2.
    fn connect_num_of_defined_interfaces(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfDefinedInterfacesReply, RemoteError>> + Send {
        unsupported("virConnectNumOfDefinedInterfaces")
    }

    /// Lists the names of the interfaces that are defined and inactive.
    ///
    /// Procedure 138, `virConnectListDefinedInterfaces`, since libvirt 0.7.2.
    fn connect_list_defined_interfaces(
        &self,
        cx: &CallContext,
        arguments: ConnectListDefinedInterfaces,
    ) -> impl Future<Output = Result<ConnectListDefinedInterfacesReply, RemoteError>> + Send {
        unsupported("virConnectListDefinedInterfaces")
    }

    /// Counts the secrets.
    ///
    /// Procedure 139, `virConnectNumOfSecrets`, since libvirt 0.7.1.
    fn connect_num_of_secrets(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfSecretsReply, RemoteError>> + Send {
        unsupported("virConnectNumOfSecrets")
    }

    /// Lists the UUIDs of the secrets.
    ///
    /// Procedure 140, `virConnectListSecrets`, since libvirt 0.7.1.
    fn connect_list_secrets(
        &self,
        cx: &CallContext,
        arguments: ConnectListSecrets,
    ) -> impl Future<Output = Result<ConnectListSecretsReply, RemoteError>> + Send {
        unsupported("virConnectListSecrets")
    }

    /// Finds a secret by its UUID.
    ///
    /// Procedure 141, `virSecretLookupByUUID`, since libvirt 0.7.1.
    fn secret_lookup_by_uuid(
        &self,
        cx: &CallContext,
        arguments: SecretLookupByUuid,
    ) -> impl Future<Output = Result<SecretLookupByUuidReply, RemoteError>> + Send {
        unsupported("virSecretLookupByUUID")
    }

    /// Defines a secret, or changes the definition of one. Its value is set apart.
    ///
    /// Procedure 142, `virSecretDefineXML`, since libvirt 0.7.1.
    fn secret_define_xml(
        &self,
        cx: &CallContext,
        arguments: SecretDefineXml,
    ) -> impl Future<Output = Result<SecretDefineXmlReply, RemoteError>> + Send {
        unsupported("virSecretDefineXML")
    }

    /// Describes a secret, as XML. Its value is not in it.
    ///
    /// Procedure 143, `virSecretGetXMLDesc`, since libvirt 0.7.1.
    fn secret_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: SecretGetXmlDesc,
    ) -> impl Future<Output = Result<SecretGetXmlDescReply, RemoteError>> + Send {
        unsupported("virSecretGetXMLDesc")
    }

    /// Sets a secret's value.
    ///
    /// Procedure 144, `virSecretSetValue`, since libvirt 0.7.1.
    fn secret_set_value(
        &self,
        cx: &CallContext,
        arguments: SecretSetValue,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virSecretSetValue")
    }

    /// Reads a secret's value, unless it is private.
    ///
    /// Procedure 145, `virSecretGetValue`, since libvirt 0.7.1.
    fn secret_get_value(
        &self,
        cx: &CallContext,
        arguments: SecretGetValue,
    ) -> impl Future<Output = Result<SecretGetValueReply, RemoteError>> + Send {
        unsupported("virSecretGetValue")
    }

    /// Forgets a secret and its value.
    ///
    /// Procedure 146, `virSecretUndefine`, since libvirt 0.7.1.
    fn secret_undefine(
        &self,
        cx: &CallContext,
        arguments: SecretUndefine,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virSecretUndefine")
    }

    /// Finds a secret by what it is for.
    ///
    /// Procedure 147, `virSecretLookupByUsage`, since libvirt 0.7.1.
    fn secret_lookup_by_usage(
        &self,
        cx: &CallContext,
        arguments: SecretLookupByUsage,
    ) -> impl Future<Output = Result<SecretLookupByUsageReply, RemoteError>> + Send {
        unsupported("virSecretLookupByUsage")
    }

    /// Version 2, destination: as `domain_migrate_prepare2`, for a guest whose data comes as a stream on
    /// this call. The source's daemon makes this call.
    ///
    /// Procedure 148, `virDomainMigratePrepareTunnel`, since libvirt 0.7.2.
    /// Opens a stream that the client sends on.
    fn domain_migrate_prepare_tunnel(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepareTunnel,
        stream: Stream,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainMigratePrepareTunnel")
    }

    /// Tells whether the server's own connection to its hypervisor is encrypted, or local and so cannot
    /// be listened to.
    ///
    /// Procedure 149, `virConnectIsSecure`, since libvirt 0.7.3.
    fn connect_is_secure(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectIsSecureReply, RemoteError>> + Send {
        unsupported("virConnectIsSecure")
    }

    /// Tells whether a domain runs.
    ///
    /// Procedure 150, `virDomainIsActive`, since libvirt 0.7.3.
    fn domain_is_active(
        &self,
        cx: &CallContext,
        arguments: DomainIsActive,
    ) -> impl Future<Output = Result<DomainIsActiveReply, RemoteError>> + Send {
        unsupported("virDomainIsActive")
    }

    /// Tells whether a domain has a definition that outlives it.
    ///
    /// Procedure 151, `virDomainIsPersistent`, since libvirt 0.7.3.
    fn domain_is_persistent(
        &self,
        cx: &CallContext,
        arguments: DomainIsPersistent,
    ) -> impl Future<Output = Result<DomainIsPersistentReply, RemoteError>> + Send {
        unsupported("virDomainIsPersistent")
    }

    /// Tells whether a network runs.
    ///
    /// Procedure 152, `virNetworkIsActive`, since libvirt 0.7.3.
    fn network_is_active(
        &self,
        cx: &CallContext,
        arguments: NetworkIsActive,
    ) -> impl Future<Output = Result<NetworkIsActiveReply, RemoteError>> + Send {
        unsupported("virNetworkIsActive")
    }

    /// Tells whether a network has a definition that outlives it.
    ///
    /// Procedure 153, `virNetworkIsPersistent`, since libvirt 0.7.3.
    fn network_is_persistent(
        &self,
        cx: &CallContext,
        arguments: NetworkIsPersistent,
    ) -> impl Future<Output = Result<NetworkIsPersistentReply, RemoteError>> + Send {
        unsupported("virNetworkIsPersistent")
    }

    /// Tells whether a pool runs.
    ///
    /// Procedure 154, `virStoragePoolIsActive`, since libvirt 0.7.3.
    fn storage_pool_is_active(
        &self,
        cx: &CallContext,
        arguments: StoragePoolIsActive,
    ) -> impl Future<Output = Result<StoragePoolIsActiveReply, RemoteError>> + Send {
        unsupported("virStoragePoolIsActive")
    }

    /// Tells whether a pool has a definition that outlives it.
    ///
    /// Procedure 155, `virStoragePoolIsPersistent`, since libvirt 0.7.3.
    fn storage_pool_is_persistent(
        &self,
        cx: &CallContext,
        arguments: StoragePoolIsPersistent,
    ) -> impl Future<Output = Result<StoragePoolIsPersistentReply, RemoteError>> + Send {
        unsupported("virStoragePoolIsPersistent")
    }

    /// Tells whether an interface is up.
    ///
    /// Procedure 156, `virInterfaceIsActive`, since libvirt 0.7.3.
    fn interface_is_active(
        &self,
        cx: &CallContext,
        arguments: InterfaceIsActive,
    ) -> impl Future<Output = Result<InterfaceIsActiveReply, RemoteError>> + Send {
        unsupported("virInterfaceIsActive")
    }

    /// Tells the release of libvirt that the daemon is, or claims to be.
    ///
    /// Procedure 157, `virConnectGetLibVersion`, since libvirt 0.7.3.
    fn connect_get_lib_version(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectGetLibVersionReply, RemoteError>> + Send {
        unsupported("virConnectGetLibVersion")
    }

    /// Compares a CPU description with the host's CPU.
    ///
    /// Procedure 158, `virConnectCompareCPU`, since libvirt 0.7.5.
    fn connect_compare_cpu(
        &self,
        cx: &CallContext,
        arguments: ConnectCompareCpu,
    ) -> impl Future<Output = Result<ConnectCompareCpuReply, RemoteError>> + Send {
        unsupported("virConnectCompareCPU")
    }

    /// Reads statistics of a domain's memory, most of them gathered by the guest's balloon driver.
    ///
    /// Procedure 159, `virDomainMemoryStats`, since libvirt 0.7.5.
    fn domain_memory_stats(
        &self,
        cx: &CallContext,
        arguments: DomainMemoryStats,
    ) -> impl Future<Output = Result<DomainMemoryStatsReply, RemoteError>> + Send {
        unsupported("virDomainMemoryStats")
    }

    /// Adds a device to a domain. Supersedes `domain_attach_device`.
    ///
    /// Procedure 160, `virDomainAttachDeviceFlags`, since libvirt 0.7.7.
    fn domain_attach_device_flags(
        &self,
        cx: &CallContext,
        arguments: DomainAttachDeviceFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainAttachDeviceFlags")
    }

    /// Removes a device from a domain. Supersedes `domain_detach_device`.
    ///
    /// Procedure 161, `virDomainDetachDeviceFlags`, since libvirt 0.7.7.
    fn domain_detach_device_flags(
        &self,
        cx: &CallContext,
        arguments: DomainDetachDeviceFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainDetachDeviceFlags")
    }

    /// Computes the richest CPU that all the described ones can run.
    ///
    /// Procedure 162, `virConnectBaselineCPU`, since libvirt 0.7.7.
    fn connect_baseline_cpu(
        &self,
        cx: &CallContext,
        arguments: ConnectBaselineCpu,
    ) -> impl Future<Output = Result<ConnectBaselineCpuReply, RemoteError>> + Send {
        unsupported("virConnectBaselineCPU")
    }

    /// Tells how far a domain's job has come. `domain_get_job_stats` tells more.
    ///
    /// Procedure 163, `virDomainGetJobInfo`, since libvirt 0.7.7.
    fn domain_get_job_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetJobInfo,
    ) -> impl Future<Output = Result<DomainGetJobInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetJobInfo")
    }

    /// Asks for a domain's job to end. The job's own call then fails with code 78.
    ///
    /// Procedure 164, `virDomainAbortJob`, since libvirt 0.7.7.
    fn domain_abort_job(
        &self,
        cx: &CallContext,
        arguments: DomainAbortJob,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainAbortJob")
    }

    /// Overwrites a volume with zeros.
    ///
    /// Procedure 165, `virStorageVolWipe`, since libvirt 0.8.0.
    fn storage_vol_wipe(
        &self,
        cx: &CallContext,
        arguments: StorageVolWipe,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStorageVolWipe")
    }

    /// Sets how long a migrating domain may stand still at the end.
    ///
    /// Procedure 166, `virDomainMigrateSetMaxDowntime`, since libvirt 0.8.0.
    fn domain_migrate_set_max_downtime(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateSetMaxDowntime,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainMigrateSetMaxDowntime")
    }

    /// Second generation: asks for one kind of event of all domains.
    ///
    /// Procedure 167, `virConnectDomainEventRegisterAny`, since libvirt 0.8.0.
    fn connect_domain_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainEventRegisterAny,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectDomainEventRegisterAny")
    }

    /// Takes back `connect_domain_event_register_any`.
    ///
    /// Procedure 168, `virConnectDomainEventDeregisterAny`, since libvirt 0.8.0.
    fn connect_domain_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainEventDeregisterAny,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectDomainEventDeregisterAny")
    }

    /// Changes a device of a domain in place: the medium of a drive, the link of an interface.
    ///
    /// Procedure 174, `virDomainUpdateDeviceFlags`, since libvirt 0.8.0.
    fn domain_update_device_flags(
        &self,
        cx: &CallContext,
        arguments: DomainUpdateDeviceFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainUpdateDeviceFlags")
    }

    /// Finds a filter by its name.
    ///
    /// Procedure 175, `virNWFilterLookupByName`, since libvirt 0.8.0.
    fn nwfilter_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: NwfilterLookupByName,
    ) -> impl Future<Output = Result<NwfilterLookupByNameReply, RemoteError>> + Send {
        unsupported("virNWFilterLookupByName")
    }

    /// Finds a filter by its UUID.
    ///
    /// Procedure 176, `virNWFilterLookupByUUID`, since libvirt 0.8.0.
    fn nwfilter_lookup_by_uuid(
        &self,
        cx: &CallContext,
        arguments: NwfilterLookupByUuid,
    ) -> impl Future<Output = Result<NwfilterLookupByUuidReply, RemoteError>> + Send {
        unsupported("virNWFilterLookupByUUID")
    }

    /// Describes a filter, as XML.
    ///
    /// Procedure 177, `virNWFilterGetXMLDesc`, since libvirt 0.8.0.
    fn nwfilter_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: NwfilterGetXmlDesc,
    ) -> impl Future<Output = Result<NwfilterGetXmlDescReply, RemoteError>> + Send {
        unsupported("virNWFilterGetXMLDesc")
    }

    /// Counts the filters.
    ///
    /// Procedure 178, `virConnectNumOfNWFilters`, since libvirt 0.8.0.
    fn connect_num_of_nwfilters(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectNumOfNwfiltersReply, RemoteError>> + Send {
        unsupported("virConnectNumOfNWFilters")
    }

    /// Lists the names of the filters.
    ///
    /// Procedure 179, `virConnectListNWFilters`, since libvirt 0.8.0.
    fn connect_list_nwfilters(
        &self,
        cx: &CallContext,
        arguments: ConnectListNwfilters,
    ) -> impl Future<Output = Result<ConnectListNwfiltersReply, RemoteError>> + Send {
        unsupported("virConnectListNWFilters")
    }

    /// Defines a filter, or changes the definition of one, also where it is in use.
    ///
    /// Procedure 180, `virNWFilterDefineXML`, since libvirt 0.8.0.
    fn nwfilter_define_xml(
        &self,
        cx: &CallContext,
        arguments: NwfilterDefineXml,
    ) -> impl Future<Output = Result<NwfilterDefineXmlReply, RemoteError>> + Send {
        unsupported("virNWFilterDefineXML")
    }

    /// Forgets a filter that is not in use.
    ///
    /// Procedure 181, `virNWFilterUndefine`, since libvirt 0.8.0.
    fn nwfilter_undefine(
        &self,
        cx: &CallContext,
        arguments: NwfilterUndefine,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNWFilterUndefine")
    }

    /// Stops a domain and saves it to a file of the daemon's choice, from which its next start restores
    /// it.
    ///
    /// Procedure 182, `virDomainManagedSave`, since libvirt 0.8.0.
    fn domain_managed_save(
        &self,
        cx: &CallContext,
        arguments: DomainManagedSave,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainManagedSave")
    }

    /// Tells whether a domain has a managed save image.
    ///
    /// Procedure 183, `virDomainHasManagedSaveImage`, since libvirt 0.8.0.
    fn domain_has_managed_save_image(
        &self,
        cx: &CallContext,
        arguments: DomainHasManagedSaveImage,
    ) -> impl Future<Output = Result<DomainHasManagedSaveImageReply, RemoteError>> + Send {
        unsupported("virDomainHasManagedSaveImage")
    }

    /// Deletes a domain's managed save image, so that its next start boots afresh.
    ///
    /// Procedure 184, `virDomainManagedSaveRemove`, since libvirt 0.8.0.
    fn domain_managed_save_remove(
        &self,
        cx: &CallContext,
        arguments: DomainManagedSaveRemove,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainManagedSaveRemove")
    }

    /// Takes a snapshot of a domain as XML describes.
    ///
    /// Procedure 185, `virDomainSnapshotCreateXML`, since libvirt 0.8.0.
    fn domain_snapshot_create_xml(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotCreateXml,
    ) -> impl Future<Output = Result<DomainSnapshotCreateXmlReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotCreateXML")
    }

    /// Describes a snapshot, as XML.
    ///
    /// Procedure 186, `virDomainSnapshotGetXMLDesc`, since libvirt 0.8.0.
    fn domain_snapshot_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotGetXmlDesc,
    ) -> impl Future<Output = Result<DomainSnapshotGetXmlDescReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotGetXMLDesc")
    }

    /// Counts a domain's snapshots.
    ///
    /// Procedure 187, `virDomainSnapshotNum`, since libvirt 0.8.0.
    fn domain_snapshot_num(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotNum,
    ) -> impl Future<Output = Result<DomainSnapshotNumReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotNum")
    }

    /// Lists the names of a domain's snapshots.
    ///
    /// Procedure 188, `virDomainSnapshotListNames`, since libvirt 0.8.0.
    fn domain_snapshot_list_names(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotListNames,
    ) -> impl Future<Output = Result<DomainSnapshotListNamesReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotListNames")
    }

    /// Finds a snapshot by its name.
    ///
    /// Procedure 189, `virDomainSnapshotLookupByName`, since libvirt 0.8.0.
    fn domain_snapshot_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotLookupByName,
    ) -> impl Future<Output = Result<DomainSnapshotLookupByNameReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotLookupByName")
    }

    /// Tells whether a domain has a current snapshot.
    ///
    /// Procedure 190, `virDomainHasCurrentSnapshot`, since libvirt 0.8.0.
    fn domain_has_current_snapshot(
        &self,
        cx: &CallContext,
        arguments: DomainHasCurrentSnapshot,
    ) -> impl Future<Output = Result<DomainHasCurrentSnapshotReply, RemoteError>> + Send {
        unsupported("virDomainHasCurrentSnapshot")
    }

    /// Finds a domain's current snapshot.
    ///
    /// Procedure 191, `virDomainSnapshotCurrent`, since libvirt 0.8.0.
    fn domain_snapshot_current(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotCurrent,
    ) -> impl Future<Output = Result<DomainSnapshotCurrentReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotCurrent")
    }

    /// Takes a domain back to a snapshot. What it was since is lost.
    ///
    /// Procedure 192, `virDomainRevertToSnapshot`, since libvirt 0.8.0.
    fn domain_revert_to_snapshot(
        &self,
        cx: &CallContext,
        arguments: DomainRevertToSnapshot,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainRevertToSnapshot")
    }

    /// Deletes a snapshot.
    ///
    /// Procedure 193, `virDomainSnapshotDelete`, since libvirt 0.8.0.
    fn domain_snapshot_delete(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotDelete,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSnapshotDelete")
    }

    /// Tells how large a disk is, and how much of the host's storage it takes.
    ///
    /// Procedure 194, `virDomainGetBlockInfo`, since libvirt 0.8.1.
    fn domain_get_block_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetBlockInfo,
    ) -> impl Future<Output = Result<DomainGetBlockInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetBlockInfo")
    }

    /// Starts a defined, inactive domain. Supersedes `domain_create`.
    ///
    /// Procedure 196, `virDomainCreateWithFlags`, since libvirt 0.8.2.
    fn domain_create_with_flags(
        &self,
        cx: &CallContext,
        arguments: DomainCreateWithFlags,
    ) -> impl Future<Output = Result<DomainCreateWithFlagsReply, RemoteError>> + Send {
        unsupported("virDomainCreateWithFlags")
    }

    /// Sets the limits that the host sets to a domain's memory.
    ///
    /// Procedure 197, `virDomainSetMemoryParameters`, since libvirt 0.8.5.
    fn domain_set_memory_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainSetMemoryParameters,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetMemoryParameters")
    }

    /// Reads the limits that the host sets to a domain's memory.
    ///
    /// Procedure 198, `virDomainGetMemoryParameters`, since libvirt 0.8.5.
    fn domain_get_memory_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainGetMemoryParameters,
    ) -> impl Future<Output = Result<DomainGetMemoryParametersReply, RemoteError>> + Send {
        unsupported("virDomainGetMemoryParameters")
    }

    /// Sets how many virtual CPUs a domain has, or may have. Supersedes `domain_set_vcpus`.
    ///
    /// Procedure 199, `virDomainSetVcpusFlags`, since libvirt 0.8.5.
    fn domain_set_vcpus_flags(
        &self,
        cx: &CallContext,
        arguments: DomainSetVcpusFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetVcpusFlags")
    }

    /// Tells how many virtual CPUs a domain has, or may have. Supersedes `domain_get_max_vcpus`.
    ///
    /// Procedure 200, `virDomainGetVcpusFlags`, since libvirt 0.8.5.
    fn domain_get_vcpus_flags(
        &self,
        cx: &CallContext,
        arguments: DomainGetVcpusFlags,
    ) -> impl Future<Output = Result<DomainGetVcpusFlagsReply, RemoteError>> + Send {
        unsupported("virDomainGetVcpusFlags")
    }

    /// Connects the call's stream to a domain's serial or paravirtual console. Both ends send.
    ///
    /// Procedure 201, `virDomainOpenConsole`, since libvirt 0.8.6. Opens a stream that both send on.
    fn domain_open_console(
        &self,
        cx: &CallContext,
        arguments: DomainOpenConsole,
        stream: Stream,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainOpenConsole")
    }

    /// Tells whether a persistent domain's running configuration differs from its definition.
    ///
    /// Procedure 202, `virDomainIsUpdated`, since libvirt 0.8.6.
    fn domain_is_updated(
        &self,
        cx: &CallContext,
        arguments: DomainIsUpdated,
    ) -> impl Future<Output = Result<DomainIsUpdatedReply, RemoteError>> + Send {
        unsupported("virDomainIsUpdated")
    }

    /// Describes the host's firmware, board and memory, as XML.
    ///
    /// Procedure 203, `virConnectGetSysinfo`, since libvirt 0.8.8.
    fn connect_get_sysinfo(
        &self,
        cx: &CallContext,
        arguments: ConnectGetSysinfo,
    ) -> impl Future<Output = Result<ConnectGetSysinfoReply, RemoteError>> + Send {
        unsupported("virConnectGetSysinfo")
    }

    /// Sets how much memory a domain has, or may have. Supersedes `domain_set_memory` and
    /// `domain_set_max_memory`.
    ///
    /// Procedure 204, `virDomainSetMemoryFlags`, since libvirt 0.9.0.
    fn domain_set_memory_flags(
        &self,
        cx: &CallContext,
        arguments: DomainSetMemoryFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetMemoryFlags")
    }

    /// Sets a domain's share of block I/O.
    ///
    /// Procedure 205, `virDomainSetBlkioParameters`, since libvirt 0.9.0.
    fn domain_set_blkio_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainSetBlkioParameters,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetBlkioParameters")
    }

    /// Reads a domain's share of block I/O.
    ///
    /// Procedure 206, `virDomainGetBlkioParameters`, since libvirt 0.9.0.
    fn domain_get_blkio_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainGetBlkioParameters,
    ) -> impl Future<Output = Result<DomainGetBlkioParametersReply, RemoteError>> + Send {
        unsupported("virDomainGetBlkioParameters")
    }

    /// Sets how fast a domain may migrate.
    ///
    /// Procedure 207, `virDomainMigrateSetMaxSpeed`, since libvirt 0.9.0.
    fn domain_migrate_set_max_speed(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateSetMaxSpeed,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainMigrateSetMaxSpeed")
    }

    /// Writes the call's stream into a volume.
    ///
    /// Procedure 208, `virStorageVolUpload`, since libvirt 0.9.0. Opens a stream that the client sends on.
    fn storage_vol_upload(
        &self,
        cx: &CallContext,
        arguments: StorageVolUpload,
        stream: Stream,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStorageVolUpload")
    }

    /// Sends a volume down the call's stream.
    ///
    /// Procedure 209, `virStorageVolDownload`, since libvirt 0.9.0. Opens a stream that the daemon sends on.
    fn storage_vol_download(
        &self,
        cx: &CallContext,
        arguments: StorageVolDownload,
        stream: Stream,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStorageVolDownload")
    }

    /// Sends a non-maskable interrupt to a domain.
    ///
    /// Procedure 210, `virDomainInjectNMI`, since libvirt 0.9.2.
    fn domain_inject_nmi(
        &self,
        cx: &CallContext,
        arguments: DomainInjectNmi,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainInjectNMI")
    }

    /// Sends a picture of a domain's screen down the call's stream.
    ///
    /// Procedure 211, `virDomainScreenshot`, since libvirt 0.9.2. Opens a stream that the daemon sends on.
    fn domain_screenshot(
        &self,
        cx: &CallContext,
        arguments: DomainScreenshot,
        stream: Stream,
    ) -> impl Future<Output = Result<DomainScreenshotReply, RemoteError>> + Send {
        unsupported("virDomainScreenshot")
    }

    /// Tells a domain's state and why it is so.
    ///
    /// Procedure 212, `virDomainGetState`, since libvirt 0.9.2.
    fn domain_get_state(
        &self,
        cx: &CallContext,
        arguments: DomainGetState,
    ) -> impl Future<Output = Result<DomainGetStateReply, RemoteError>> + Send {
        unsupported("virDomainGetState")
    }

    /// Version 3, source: starts the migration and describes the guest.
    ///
    /// Procedure 213, `virDomainMigrateBegin3`, since libvirt 0.9.2.
    fn domain_migrate_begin3(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateBegin3,
    ) -> impl Future<Output = Result<DomainMigrateBegin3Reply, RemoteError>> + Send {
        unsupported("virDomainMigrateBegin3")
    }

    /// Version 3, destination: gets ready to receive the guest.
    ///
    /// Procedure 214, `virDomainMigratePrepare3`, since libvirt 0.9.2.
    fn domain_migrate_prepare3(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare3,
    ) -> impl Future<Output = Result<DomainMigratePrepare3Reply, RemoteError>> + Send {
        unsupported("virDomainMigratePrepare3")
    }

    /// Version 3, destination: as `domain_migrate_prepare3`, for a guest whose data comes as a stream on
    /// this call. The source's daemon makes this call.
    ///
    /// Procedure 215, `virDomainMigratePrepareTunnel3`, since libvirt 0.9.2.
    /// Opens a stream that the client sends on.
    fn domain_migrate_prepare_tunnel3(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepareTunnel3,
        stream: Stream,
    ) -> impl Future<Output = Result<DomainMigratePrepareTunnel3Reply, RemoteError>> + Send {
        unsupported("virDomainMigratePrepareTunnel3")
    }

    /// Version 3, source: sends the guest and leaves it paused; a failure lets it run on. Also the one
    /// call of a peer-to-peer migration.
    ///
    /// Procedure 216, `virDomainMigratePerform3`, since libvirt 0.9.2.
    fn domain_migrate_perform3(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePerform3,
    ) -> impl Future<Output = Result<DomainMigratePerform3Reply, RemoteError>> + Send {
        unsupported("virDomainMigratePerform3")
    }

    /// Version 3, destination: takes the guest over, or gives it up when cancelled. Giving up is
    /// answered with an error, usually code 93, which then means that all is cleaned up.
    ///
    /// Procedure 217, `virDomainMigrateFinish3`, since libvirt 0.9.2.
    fn domain_migrate_finish3(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateFinish3,
    ) -> impl Future<Output = Result<DomainMigrateFinish3Reply, RemoteError>> + Send {
        unsupported("virDomainMigrateFinish3")
    }

    /// Version 3, source: ends the guest there; or when cancelled lets it run on.
    ///
    /// Procedure 218, `virDomainMigrateConfirm3`, since libvirt 0.9.2.
    fn domain_migrate_confirm3(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateConfirm3,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainMigrateConfirm3")
    }

    /// Sets a domain's share of the CPUs. Supersedes `domain_set_scheduler_parameters`.
    ///
    /// Procedure 219, `virDomainSetSchedulerParametersFlags`, since libvirt 0.9.2.
    fn domain_set_scheduler_parameters_flags(
        &self,
        cx: &CallContext,
        arguments: DomainSetSchedulerParametersFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetSchedulerParametersFlags")
    }

    /// Starts a transaction: remembers the configuration of the host's interfaces.
    ///
    /// Procedure 220, `virInterfaceChangeBegin`, since libvirt 0.9.2.
    fn interface_change_begin(
        &self,
        cx: &CallContext,
        arguments: InterfaceChangeBegin,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virInterfaceChangeBegin")
    }

    /// Ends the transaction and keeps its changes.
    ///
    /// Procedure 221, `virInterfaceChangeCommit`, since libvirt 0.9.2.
    fn interface_change_commit(
        &self,
        cx: &CallContext,
        arguments: InterfaceChangeCommit,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virInterfaceChangeCommit")
    }

    /// Ends the transaction and undoes its changes.
    ///
    /// Procedure 222, `virInterfaceChangeRollback`, since libvirt 0.9.2.
    fn interface_change_rollback(
        &self,
        cx: &CallContext,
        arguments: InterfaceChangeRollback,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virInterfaceChangeRollback")
    }

    /// Reads a domain's share of the CPUs. Supersedes `domain_get_scheduler_parameters`.
    ///
    /// Procedure 223, `virDomainGetSchedulerParametersFlags`, since libvirt 0.9.2.
    fn domain_get_scheduler_parameters_flags(
        &self,
        cx: &CallContext,
        arguments: DomainGetSchedulerParametersFlags,
    ) -> impl Future<Output = Result<DomainGetSchedulerParametersFlagsReply, RemoteError>> + Send {
        unsupported("virDomainGetSchedulerParametersFlags")
    }

    /// Says which host CPUs a virtual CPU may use. Supersedes `domain_pin_vcpu`.
    ///
    /// Procedure 225, `virDomainPinVcpuFlags`, since libvirt 0.9.3.
    fn domain_pin_vcpu_flags(
        &self,
        cx: &CallContext,
        arguments: DomainPinVcpuFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainPinVcpuFlags")
    }

    /// Presses keys of a domain's keyboard, all together.
    ///
    /// Procedure 226, `virDomainSendKey`, since libvirt 0.9.3.
    fn domain_send_key(
        &self,
        cx: &CallContext,
        arguments: DomainSendKey,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSendKey")
    }

    /// Tells what the host's CPUs have spent their time on.
    ///
    /// Procedure 227, `virNodeGetCPUStats`, since libvirt 0.9.3.
    fn node_get_cpu_stats(
        &self,
        cx: &CallContext,
        arguments: NodeGetCpuStats,
    ) -> impl Future<Output = Result<NodeGetCpuStatsReply, RemoteError>> + Send {
        unsupported("virNodeGetCPUStats")
    }

    /// Tells how the host's memory, or that of one NUMA cell, is used.
    ///
    /// Procedure 228, `virNodeGetMemoryStats`, since libvirt 0.9.3.
    fn node_get_memory_stats(
        &self,
        cx: &CallContext,
        arguments: NodeGetMemoryStats,
    ) -> impl Future<Output = Result<NodeGetMemoryStatsReply, RemoteError>> + Send {
        unsupported("virNodeGetMemoryStats")
    }

    /// Tells whether the daemon can reach the hypervisor process of a domain.
    ///
    /// Procedure 229, `virDomainGetControlInfo`, since libvirt 0.9.3.
    fn domain_get_control_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetControlInfo,
    ) -> impl Future<Output = Result<DomainGetControlInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetControlInfo")
    }

    /// Tells which host CPUs the virtual CPUs of a domain may use, also of one that does not run.
    ///
    /// Procedure 230, `virDomainGetVcpuPinInfo`, since libvirt 0.9.3.
    fn domain_get_vcpu_pin_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetVcpuPinInfo,
    ) -> impl Future<Output = Result<DomainGetVcpuPinInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetVcpuPinInfo")
    }

    /// Forgets a persistent domain and, as the flags say, what belongs to it. Supersedes
    /// `domain_undefine`.
    ///
    /// Procedure 231, `virDomainUndefineFlags`, since libvirt 0.9.4.
    fn domain_undefine_flags(
        &self,
        cx: &CallContext,
        arguments: DomainUndefineFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainUndefineFlags")
    }

    /// Saves a domain to a file, with changes to its configuration. Supersedes `domain_save`.
    ///
    /// Procedure 232, `virDomainSaveFlags`, since libvirt 0.9.4.
    fn domain_save_flags(
        &self,
        cx: &CallContext,
        arguments: DomainSaveFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSaveFlags")
    }

    /// Starts a domain from a saved file, with changes to its configuration. Supersedes `domain_restore`.
    ///
    /// Procedure 233, `virDomainRestoreFlags`, since libvirt 0.9.4.
    fn domain_restore_flags(
        &self,
        cx: &CallContext,
        arguments: DomainRestoreFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainRestoreFlags")
    }

    /// Stops a domain at once. Supersedes `domain_destroy`.
    ///
    /// Procedure 234, `virDomainDestroyFlags`, since libvirt 0.9.4.
    fn domain_destroy_flags(
        &self,
        cx: &CallContext,
        arguments: DomainDestroyFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainDestroyFlags")
    }

    /// Reads the configuration out of a saved file.
    ///
    /// Procedure 235, `virDomainSaveImageGetXMLDesc`, since libvirt 0.9.4.
    fn domain_save_image_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: DomainSaveImageGetXmlDesc,
    ) -> impl Future<Output = Result<DomainSaveImageGetXmlDescReply, RemoteError>> + Send {
        unsupported("virDomainSaveImageGetXMLDesc")
    }

    /// Replaces the configuration in a saved file.
    ///
    /// Procedure 236, `virDomainSaveImageDefineXML`, since libvirt 0.9.4.
    fn domain_save_image_define_xml(
        &self,
        cx: &CallContext,
        arguments: DomainSaveImageDefineXml,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSaveImageDefineXML")
    }

    /// Cancels the job of a disk, or has a mirror that is ready take over.
    ///
    /// Procedure 237, `virDomainBlockJobAbort`, since libvirt 0.9.4.
    fn domain_block_job_abort(
        &self,
        cx: &CallContext,
        arguments: DomainBlockJobAbort,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainBlockJobAbort")
    }

    /// Tells how far the job of a disk has come.
    ///
    /// Procedure 238, `virDomainGetBlockJobInfo`, since libvirt 0.9.4.
    fn domain_get_block_job_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetBlockJobInfo,
    ) -> impl Future<Output = Result<DomainGetBlockJobInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetBlockJobInfo")
    }

    /// Limits the speed of the job of a disk.
    ///
    /// Procedure 239, `virDomainBlockJobSetSpeed`, since libvirt 0.9.4.
    fn domain_block_job_set_speed(
        &self,
        cx: &CallContext,
        arguments: DomainBlockJobSetSpeed,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainBlockJobSetSpeed")
    }

    /// Starts to copy what a disk takes from its backing files into the disk itself.
    ///
    /// Procedure 240, `virDomainBlockPull`, since libvirt 0.9.4.
    fn domain_block_pull(
        &self,
        cx: &CallContext,
        arguments: DomainBlockPull,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainBlockPull")
    }

    /// Tells how fast a domain may migrate.
    ///
    /// Procedure 242, `virDomainMigrateGetMaxSpeed`, since libvirt 0.9.5.
    fn domain_migrate_get_max_speed(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateGetMaxSpeed,
    ) -> impl Future<Output = Result<DomainMigrateGetMaxSpeedReply, RemoteError>> + Send {
        unsupported("virDomainMigrateGetMaxSpeed")
    }

    /// Counts a disk's requests, bytes and time. Supersedes `domain_block_stats`.
    ///
    /// Procedure 243, `virDomainBlockStatsFlags`, since libvirt 0.9.5.
    fn domain_block_stats_flags(
        &self,
        cx: &CallContext,
        arguments: DomainBlockStatsFlags,
    ) -> impl Future<Output = Result<DomainBlockStatsFlagsReply, RemoteError>> + Send {
        unsupported("virDomainBlockStatsFlags")
    }

    /// Finds a snapshot's parent.
    ///
    /// Procedure 244, `virDomainSnapshotGetParent`, since libvirt 0.9.7.
    fn domain_snapshot_get_parent(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotGetParent,
    ) -> impl Future<Output = Result<DomainSnapshotGetParentReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotGetParent")
    }

    /// Resets a domain at once, as the button would, without asking the guest.
    ///
    /// Procedure 245, `virDomainReset`, since libvirt 0.9.7.
    fn domain_reset(
        &self,
        cx: &CallContext,
        arguments: DomainReset,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainReset")
    }

    /// Counts a snapshot's children.
    ///
    /// Procedure 246, `virDomainSnapshotNumChildren`, since libvirt 0.9.7.
    fn domain_snapshot_num_children(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotNumChildren,
    ) -> impl Future<Output = Result<DomainSnapshotNumChildrenReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotNumChildren")
    }

    /// Lists the names of a snapshot's children.
    ///
    /// Procedure 247, `virDomainSnapshotListChildrenNames`, since libvirt 0.9.7.
    fn domain_snapshot_list_children_names(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotListChildrenNames,
    ) -> impl Future<Output = Result<DomainSnapshotListChildrenNamesReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotListChildrenNames")
    }

    /// Connects a socket of the client's to a domain's graphics server. The packet is of type
    /// CALL_WITH_FDS and brings it.
    ///
    /// Procedure 249, `virDomainOpenGraphics`, since libvirt 0.9.7.
    fn domain_open_graphics(
        &self,
        cx: &CallContext,
        arguments: DomainOpenGraphics,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainOpenGraphics")
    }

    /// Puts the host to sleep and has it wake up by itself.
    ///
    /// Procedure 250, `virNodeSuspendForDuration`, since libvirt 0.9.8.
    fn node_suspend_for_duration(
        &self,
        cx: &CallContext,
        arguments: NodeSuspendForDuration,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeSuspendForDuration")
    }

    /// Changes the size of a running domain's disk.
    ///
    /// Procedure 251, `virDomainBlockResize`, since libvirt 0.9.8.
    fn domain_block_resize(
        &self,
        cx: &CallContext,
        arguments: DomainBlockResize,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainBlockResize")
    }

    /// Sets the limits of a disk's I/O.
    ///
    /// Procedure 252, `virDomainSetBlockIoTune`, since libvirt 0.9.8.
    fn domain_set_block_io_tune(
        &self,
        cx: &CallContext,
        arguments: DomainSetBlockIoTune,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetBlockIoTune")
    }

    /// Reads the limits of a disk's I/O.
    ///
    /// Procedure 253, `virDomainGetBlockIoTune`, since libvirt 0.9.8.
    fn domain_get_block_io_tune(
        &self,
        cx: &CallContext,
        arguments: DomainGetBlockIoTune,
    ) -> impl Future<Output = Result<DomainGetBlockIoTuneReply, RemoteError>> + Send {
        unsupported("virDomainGetBlockIoTune")
    }

    /// Sets which NUMA cells a domain's memory comes from.
    ///
    /// Procedure 254, `virDomainSetNumaParameters`, since libvirt 0.9.9.
    fn domain_set_numa_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainSetNumaParameters,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetNumaParameters")
    }

    /// Reads which NUMA cells a domain's memory comes from.
    ///
    /// Procedure 255, `virDomainGetNumaParameters`, since libvirt 0.9.9.
    fn domain_get_numa_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainGetNumaParameters,
    ) -> impl Future<Output = Result<DomainGetNumaParametersReply, RemoteError>> + Send {
        unsupported("virDomainGetNumaParameters")
    }

    /// Sets the bandwidth that an interface may use.
    ///
    /// Procedure 256, `virDomainSetInterfaceParameters`, since libvirt 0.9.9.
    fn domain_set_interface_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainSetInterfaceParameters,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetInterfaceParameters")
    }

    /// Reads the bandwidth that an interface may use.
    ///
    /// Procedure 257, `virDomainGetInterfaceParameters`, since libvirt 0.9.9.
    fn domain_get_interface_parameters(
        &self,
        cx: &CallContext,
        arguments: DomainGetInterfaceParameters,
    ) -> impl Future<Output = Result<DomainGetInterfaceParametersReply, RemoteError>> + Send {
        unsupported("virDomainGetInterfaceParameters")
    }

    /// Asks the guest to shut down, in a way of the caller's choice. Supersedes `domain_shutdown`.
    ///
    /// Procedure 258, `virDomainShutdownFlags`, since libvirt 0.9.10.
    fn domain_shutdown_flags(
        &self,
        cx: &CallContext,
        arguments: DomainShutdownFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainShutdownFlags")
    }

    /// Overwrites a volume by an algorithm of the caller's choice. Supersedes `storage_vol_wipe`.
    ///
    /// Procedure 259, `virStorageVolWipePattern`, since libvirt 0.9.10.
    fn storage_vol_wipe_pattern(
        &self,
        cx: &CallContext,
        arguments: StorageVolWipePattern,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStorageVolWipePattern")
    }

    /// Changes the size of a volume.
    ///
    /// Procedure 260, `virStorageVolResize`, since libvirt 0.9.10.
    fn storage_vol_resize(
        &self,
        cx: &CallContext,
        arguments: StorageVolResize,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virStorageVolResize")
    }

    /// Asks the guest's own power management to put it to sleep.
    ///
    /// Procedure 261, `virDomainPMSuspendForDuration`, since libvirt 0.9.10.
    fn domain_pm_suspend_for_duration(
        &self,
        cx: &CallContext,
        arguments: DomainPmSuspendForDuration,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainPMSuspendForDuration")
    }

    /// Tells how much time a domain has used, in total or on each host CPU.
    ///
    /// Procedure 262, `virDomainGetCPUStats`, since libvirt 0.9.10.
    fn domain_get_cpu_stats(
        &self,
        cx: &CallContext,
        arguments: DomainGetCpuStats,
    ) -> impl Future<Output = Result<DomainGetCpuStatsReply, RemoteError>> + Send {
        unsupported("virDomainGetCPUStats")
    }

    /// Lists a domain's disks that have had an I/O error.
    ///
    /// Procedure 263, `virDomainGetDiskErrors`, since libvirt 0.9.10.
    fn domain_get_disk_errors(
        &self,
        cx: &CallContext,
        arguments: DomainGetDiskErrors,
    ) -> impl Future<Output = Result<DomainGetDiskErrorsReply, RemoteError>> + Send {
        unsupported("virDomainGetDiskErrors")
    }

    /// Sets a domain's title or description, or an element of somebody else's in its XML.
    ///
    /// Procedure 264, `virDomainSetMetadata`, since libvirt 0.9.10.
    fn domain_set_metadata(
        &self,
        cx: &CallContext,
        arguments: DomainSetMetadata,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetMetadata")
    }

    /// Reads a domain's title or description, or an element of somebody else's from its XML.
    ///
    /// Procedure 265, `virDomainGetMetadata`, since libvirt 0.9.10.
    fn domain_get_metadata(
        &self,
        cx: &CallContext,
        arguments: DomainGetMetadata,
    ) -> impl Future<Output = Result<DomainGetMetadataReply, RemoteError>> + Send {
        unsupported("virDomainGetMetadata")
    }

    /// Starts to pull a disk down to a chosen backing file, or to copy it elsewhere.
    ///
    /// Procedure 266, `virDomainBlockRebase`, since libvirt 0.9.10.
    fn domain_block_rebase(
        &self,
        cx: &CallContext,
        arguments: DomainBlockRebase,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainBlockRebase")
    }

    /// Wakes a domain that its own power management has put to sleep.
    ///
    /// Procedure 267, `virDomainPMWakeup`, since libvirt 0.9.11.
    fn domain_pm_wakeup(
        &self,
        cx: &CallContext,
        arguments: DomainPmWakeup,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainPMWakeup")
    }

    /// Tells whether a snapshot is its domain's current one.
    ///
    /// Procedure 271, `virDomainSnapshotIsCurrent`, since libvirt 0.9.13.
    fn domain_snapshot_is_current(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotIsCurrent,
    ) -> impl Future<Output = Result<DomainSnapshotIsCurrentReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotIsCurrent")
    }

    /// Tells whether the daemon keeps metadata of a snapshot, which would be lost with the domain.
    ///
    /// Procedure 272, `virDomainSnapshotHasMetadata`, since libvirt 0.9.13.
    fn domain_snapshot_has_metadata(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotHasMetadata,
    ) -> impl Future<Output = Result<DomainSnapshotHasMetadataReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotHasMetadata")
    }

    /// Lists domains, active and inactive, filtered by flags. Supersedes the four calls after it.
    ///
    /// Procedure 273, `virConnectListAllDomains`, since libvirt 0.9.13.
    fn connect_list_all_domains(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllDomains,
    ) -> impl Future<Output = Result<ConnectListAllDomainsReply, RemoteError>> + Send {
        unsupported("virConnectListAllDomains")
    }

    /// Lists a domain's snapshots. Supersedes the two calls after it.
    ///
    /// Procedure 274, `virDomainListAllSnapshots`, since libvirt 0.9.13.
    fn domain_list_all_snapshots(
        &self,
        cx: &CallContext,
        arguments: DomainListAllSnapshots,
    ) -> impl Future<Output = Result<DomainListAllSnapshotsReply, RemoteError>> + Send {
        unsupported("virDomainListAllSnapshots")
    }

    /// Lists a snapshot's children. Supersedes the two calls after it.
    ///
    /// Procedure 275, `virDomainSnapshotListAllChildren`, since libvirt 0.9.13.
    fn domain_snapshot_list_all_children(
        &self,
        cx: &CallContext,
        arguments: DomainSnapshotListAllChildren,
    ) -> impl Future<Output = Result<DomainSnapshotListAllChildrenReply, RemoteError>> + Send {
        unsupported("virDomainSnapshotListAllChildren")
    }

    /// Asks for the host name that the guest has given itself.
    ///
    /// Procedure 277, `virDomainGetHostname`, since libvirt 0.10.0.
    fn domain_get_hostname(
        &self,
        cx: &CallContext,
        arguments: DomainGetHostname,
    ) -> impl Future<Output = Result<DomainGetHostnameReply, RemoteError>> + Send {
        unsupported("virDomainGetHostname")
    }

    /// Tells which security labels a running domain has, one for each security model.
    ///
    /// Procedure 278, `virDomainGetSecurityLabelList`, since libvirt 0.10.0.
    fn domain_get_security_label_list(
        &self,
        cx: &CallContext,
        arguments: DomainGetSecurityLabelList,
    ) -> impl Future<Output = Result<DomainGetSecurityLabelListReply, RemoteError>> + Send {
        unsupported("virDomainGetSecurityLabelList")
    }

    /// Says which host CPUs the emulator's own threads may use.
    ///
    /// Procedure 279, `virDomainPinEmulator`, since libvirt 0.10.0.
    fn domain_pin_emulator(
        &self,
        cx: &CallContext,
        arguments: DomainPinEmulator,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainPinEmulator")
    }

    /// Tells which host CPUs the emulator's own threads may use.
    ///
    /// Procedure 280, `virDomainGetEmulatorPinInfo`, since libvirt 0.10.0.
    fn domain_get_emulator_pin_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetEmulatorPinInfo,
    ) -> impl Future<Output = Result<DomainGetEmulatorPinInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetEmulatorPinInfo")
    }

    /// Lists pools, active and inactive, filtered by flags. Supersedes the four calls after it.
    ///
    /// Procedure 281, `virConnectListAllStoragePools`, since libvirt 0.10.2.
    fn connect_list_all_storage_pools(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllStoragePools,
    ) -> impl Future<Output = Result<ConnectListAllStoragePoolsReply, RemoteError>> + Send {
        unsupported("virConnectListAllStoragePools")
    }

    /// Lists the volumes of a pool. Supersedes the two calls after it.
    ///
    /// Procedure 282, `virStoragePoolListAllVolumes`, since libvirt 0.10.0.
    fn storage_pool_list_all_volumes(
        &self,
        cx: &CallContext,
        arguments: StoragePoolListAllVolumes,
    ) -> impl Future<Output = Result<StoragePoolListAllVolumesReply, RemoteError>> + Send {
        unsupported("virStoragePoolListAllVolumes")
    }

    /// Lists networks, active and inactive, filtered by flags. Supersedes the four calls after it.
    ///
    /// Procedure 283, `virConnectListAllNetworks`, since libvirt 0.10.2.
    fn connect_list_all_networks(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllNetworks,
    ) -> impl Future<Output = Result<ConnectListAllNetworksReply, RemoteError>> + Send {
        unsupported("virConnectListAllNetworks")
    }

    /// Lists interfaces, active and inactive, filtered by flags. Supersedes the four calls after it.
    ///
    /// Procedure 284, `virConnectListAllInterfaces`, since libvirt 0.10.2.
    fn connect_list_all_interfaces(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllInterfaces,
    ) -> impl Future<Output = Result<ConnectListAllInterfacesReply, RemoteError>> + Send {
        unsupported("virConnectListAllInterfaces")
    }

    /// Lists the host's devices, filtered by flags. Supersedes the two calls after it.
    ///
    /// Procedure 285, `virConnectListAllNodeDevices`, since libvirt 0.10.2.
    fn connect_list_all_node_devices(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllNodeDevices,
    ) -> impl Future<Output = Result<ConnectListAllNodeDevicesReply, RemoteError>> + Send {
        unsupported("virConnectListAllNodeDevices")
    }

    /// Lists the filters. Supersedes the two calls after it.
    ///
    /// Procedure 286, `virConnectListAllNWFilters`, since libvirt 0.10.2.
    fn connect_list_all_nwfilters(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllNwfilters,
    ) -> impl Future<Output = Result<ConnectListAllNwfiltersReply, RemoteError>> + Send {
        unsupported("virConnectListAllNWFilters")
    }

    /// Lists secrets, filtered by flags. Supersedes the two calls after it.
    ///
    /// Procedure 287, `virConnectListAllSecrets`, since libvirt 0.10.2.
    fn connect_list_all_secrets(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllSecrets,
    ) -> impl Future<Output = Result<ConnectListAllSecretsReply, RemoteError>> + Send {
        unsupported("virConnectListAllSecrets")
    }

    /// Changes tunables of the host's memory.
    ///
    /// Procedure 288, `virNodeSetMemoryParameters`, since libvirt 0.10.2.
    fn node_set_memory_parameters(
        &self,
        cx: &CallContext,
        arguments: NodeSetMemoryParameters,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeSetMemoryParameters")
    }

    /// Reads tunables of the host's memory, such as those of same-page merging.
    ///
    /// Procedure 289, `virNodeGetMemoryParameters`, since libvirt 0.10.2.
    fn node_get_memory_parameters(
        &self,
        cx: &CallContext,
        arguments: NodeGetMemoryParameters,
    ) -> impl Future<Output = Result<NodeGetMemoryParametersReply, RemoteError>> + Send {
        unsupported("virNodeGetMemoryParameters")
    }

    /// Starts to write a disk's changes back into a backing file.
    ///
    /// Procedure 290, `virDomainBlockCommit`, since libvirt 0.10.2.
    fn domain_block_commit(
        &self,
        cx: &CallContext,
        arguments: DomainBlockCommit,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainBlockCommit")
    }

    /// Changes one part of a network.
    ///
    /// Procedure 291, `virNetworkUpdate`, since libvirt 0.10.2.
    fn network_update(
        &self,
        cx: &CallContext,
        arguments: NetworkUpdate,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNetworkUpdate")
    }

    /// Tells which CPUs the host has and which of them are online.
    ///
    /// Procedure 293, `virNodeGetCPUMap`, since libvirt 1.0.0.
    fn node_get_cpu_map(
        &self,
        cx: &CallContext,
        arguments: NodeGetCpuMap,
    ) -> impl Future<Output = Result<NodeGetCpuMapReply, RemoteError>> + Send {
        unsupported("virNodeGetCPUMap")
    }

    /// Has the guest tell its disks which blocks are unused.
    ///
    /// Procedure 294, `virDomainFSTrim`, since libvirt 1.0.1.
    fn domain_fstrim(
        &self,
        cx: &CallContext,
        arguments: DomainFstrim,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainFSTrim")
    }

    /// Sends a signal to a process of a container.
    ///
    /// Procedure 295, `virDomainSendProcessSignal`, since libvirt 1.0.1.
    fn domain_send_process_signal(
        &self,
        cx: &CallContext,
        arguments: DomainSendProcessSignal,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSendProcessSignal")
    }

    /// Connects the call's stream to one of a domain's channels. Both ends send.
    ///
    /// Procedure 296, `virDomainOpenChannel`, since libvirt 1.0.2. Opens a stream that both send on.
    fn domain_open_channel(
        &self,
        cx: &CallContext,
        arguments: DomainOpenChannel,
        stream: Stream,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainOpenChannel")
    }

    /// Finds a SCSI host by its world-wide names.
    ///
    /// Procedure 297, `virNodeDeviceLookupSCSIHostByWWN`, since libvirt 1.0.2.
    fn node_device_lookup_scsi_host_by_wwn(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceLookupScsiHostByWwn,
    ) -> impl Future<Output = Result<NodeDeviceLookupScsiHostByWwnReply, RemoteError>> + Send {
        unsupported("virNodeDeviceLookupSCSIHostByWWN")
    }

    /// Reads everything known about a domain's job, or about its last one. Supersedes
    /// `domain_get_job_info`.
    ///
    /// Procedure 298, `virDomainGetJobStats`, since libvirt 1.0.3.
    fn domain_get_job_stats(
        &self,
        cx: &CallContext,
        arguments: DomainGetJobStats,
    ) -> impl Future<Output = Result<DomainGetJobStatsReply, RemoteError>> + Send {
        unsupported("virDomainGetJobStats")
    }

    /// Tells how much memory the compression of a migration may use.
    ///
    /// Procedure 299, `virDomainMigrateGetCompressionCache`, since libvirt 1.0.3.
    fn domain_migrate_get_compression_cache(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateGetCompressionCache,
    ) -> impl Future<Output = Result<DomainMigrateGetCompressionCacheReply, RemoteError>> + Send {
        unsupported("virDomainMigrateGetCompressionCache")
    }

    /// Sets how much memory the compression of a migration may use.
    ///
    /// Procedure 300, `virDomainMigrateSetCompressionCache`, since libvirt 1.0.3.
    fn domain_migrate_set_compression_cache(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateSetCompressionCache,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainMigrateSetCompressionCache")
    }

    /// Takes a device away from the host, for a driver of the caller's choice. Supersedes
    /// `node_device_dettach`.
    ///
    /// Procedure 301, `virNodeDeviceDetachFlags`, since libvirt 1.0.5.
    fn node_device_detach_flags(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceDetachFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeDeviceDetachFlags")
    }

    /// Version 3 with parameters, source: starts the migration and describes the guest.
    ///
    /// Procedure 302, `virDomainMigrateBegin3Params`, since libvirt 1.1.0.
    fn domain_migrate_begin3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateBegin3Params,
    ) -> impl Future<Output = Result<DomainMigrateBegin3ParamsReply, RemoteError>> + Send {
        unsupported("virDomainMigrateBegin3Params")
    }

    /// Version 3 with parameters, destination: gets ready to receive the guest.
    ///
    /// Procedure 303, `virDomainMigratePrepare3Params`, since libvirt 1.1.0.
    fn domain_migrate_prepare3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepare3Params,
    ) -> impl Future<Output = Result<DomainMigratePrepare3ParamsReply, RemoteError>> + Send {
        unsupported("virDomainMigratePrepare3Params")
    }

    /// Version 3 with parameters, destination: gets ready to receive a guest whose data comes as a
    /// stream on this call. The source's daemon makes this call.
    ///
    /// Procedure 304, `virDomainMigratePrepareTunnel3Params`, since libvirt 1.1.0.
    /// Opens a stream that the client sends on.
    fn domain_migrate_prepare_tunnel3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePrepareTunnel3Params,
        stream: Stream,
    ) -> impl Future<Output = Result<DomainMigratePrepareTunnel3ParamsReply, RemoteError>> + Send {
        unsupported("virDomainMigratePrepareTunnel3Params")
    }

    /// Version 3 with parameters, source: sends the guest and leaves it paused; a failure lets it run
    /// on. Also the one call of a peer-to-peer migration.
    ///
    /// Procedure 305, `virDomainMigratePerform3Params`, since libvirt 1.1.0.
    fn domain_migrate_perform3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigratePerform3Params,
    ) -> impl Future<Output = Result<DomainMigratePerform3ParamsReply, RemoteError>> + Send {
        unsupported("virDomainMigratePerform3Params")
    }

    /// Version 3 with parameters, destination: takes the guest over, or gives it up when cancelled,
    /// which is answered with an error, usually code 93.
    ///
    /// Procedure 306, `virDomainMigrateFinish3Params`, since libvirt 1.1.0.
    fn domain_migrate_finish3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateFinish3Params,
    ) -> impl Future<Output = Result<DomainMigrateFinish3ParamsReply, RemoteError>> + Send {
        unsupported("virDomainMigrateFinish3Params")
    }

    /// Version 3 with parameters, source: ends the guest there; or when cancelled lets it run on.
    ///
    /// Procedure 307, `virDomainMigrateConfirm3Params`, since libvirt 1.1.0.
    fn domain_migrate_confirm3_params(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateConfirm3Params,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainMigrateConfirm3Params")
    }

    /// Sets how often the balloon driver gathers memory statistics.
    ///
    /// Procedure 308, `virDomainSetMemoryStatsPeriod`, since libvirt 1.1.1.
    fn domain_set_memory_stats_period(
        &self,
        cx: &CallContext,
        arguments: DomainSetMemoryStatsPeriod,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetMemoryStatsPeriod")
    }

    /// As `domain_create_xml`, with file descriptors that the first process of a container inherits. The
    /// packet is of type CALL_WITH_FDS.
    ///
    /// Procedure 309, `virDomainCreateXMLWithFiles`, since libvirt 1.1.1.
    fn domain_create_xml_with_files(
        &self,
        cx: &CallContext,
        arguments: DomainCreateXmlWithFiles,
    ) -> impl Future<Output = Result<DomainCreateXmlWithFilesReply, RemoteError>> + Send {
        unsupported("virDomainCreateXMLWithFiles")
    }

    /// As `domain_create_with_flags`, with file descriptors that the first process of a container
    /// inherits. The packet is of type CALL_WITH_FDS.
    ///
    /// Procedure 310, `virDomainCreateWithFiles`, since libvirt 1.1.1.
    fn domain_create_with_files(
        &self,
        cx: &CallContext,
        arguments: DomainCreateWithFiles,
    ) -> impl Future<Output = Result<DomainCreateWithFilesReply, RemoteError>> + Send {
        unsupported("virDomainCreateWithFiles")
    }

    /// Lists the CPU models that the driver knows of an architecture.
    ///
    /// Procedure 312, `virConnectGetCPUModelNames`, since libvirt 1.1.3.
    fn connect_get_cpu_model_names(
        &self,
        cx: &CallContext,
        arguments: ConnectGetCpuModelNames,
    ) -> impl Future<Output = Result<ConnectGetCpuModelNamesReply, RemoteError>> + Send {
        unsupported("virConnectGetCPUModelNames")
    }

    /// Asks for one kind of event, of one network or of all.
    ///
    /// Procedure 313, `virConnectNetworkEventRegisterAny`, since libvirt 1.2.1.
    fn connect_network_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectNetworkEventRegisterAny,
    ) -> impl Future<Output = Result<ConnectNetworkEventRegisterAnyReply, RemoteError>> + Send {
        unsupported("virConnectNetworkEventRegisterAny")
    }

    /// Takes back `connect_network_event_register_any`.
    ///
    /// Procedure 314, `virConnectNetworkEventDeregisterAny`, since libvirt 1.2.1.
    fn connect_network_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectNetworkEventDeregisterAny,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectNetworkEventDeregisterAny")
    }

    /// Third generation: asks for one kind of event, of one domain or of all.
    ///
    /// Procedure 316, `virConnectDomainEventRegisterAny`, since libvirt 1.2.1 to 1.2.3.
    fn connect_domain_event_callback_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainEventCallbackRegisterAny,
    ) -> impl Future<Output = Result<ConnectDomainEventCallbackRegisterAnyReply, RemoteError>> + Send {
        unsupported("virConnectDomainEventRegisterAny")
    }

    /// Takes back `connect_domain_event_callback_register_any`.
    ///
    /// Procedure 317, `virConnectDomainEventDeregisterAny`, since libvirt 1.2.1 to 1.2.3.
    fn connect_domain_event_callback_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainEventCallbackDeregisterAny,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectDomainEventDeregisterAny")
    }

    /// Writes a domain's memory to a file, in a format of the caller's choice. Supersedes
    /// `domain_core_dump`.
    ///
    /// Procedure 334, `virDomainCoreDumpWithFormat`, since libvirt 1.2.3.
    fn domain_core_dump_with_format(
        &self,
        cx: &CallContext,
        arguments: DomainCoreDumpWithFormat,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainCoreDumpWithFormat")
    }

    /// Freezes file systems of the guest, so that their disks can be copied.
    ///
    /// Procedure 335, `virDomainFSFreeze`, since libvirt 1.2.5.
    fn domain_fsfreeze(
        &self,
        cx: &CallContext,
        arguments: DomainFsfreeze,
    ) -> impl Future<Output = Result<DomainFsfreezeReply, RemoteError>> + Send {
        unsupported("virDomainFSFreeze")
    }

    /// Thaws what `domain_fsfreeze` has frozen.
    ///
    /// Procedure 336, `virDomainFSThaw`, since libvirt 1.2.5.
    fn domain_fsthaw(
        &self,
        cx: &CallContext,
        arguments: DomainFsthaw,
    ) -> impl Future<Output = Result<DomainFsthawReply, RemoteError>> + Send {
        unsupported("virDomainFSThaw")
    }

    /// Asks what time the guest believes it is.
    ///
    /// Procedure 337, `virDomainGetTime`, since libvirt 1.2.5.
    fn domain_get_time(
        &self,
        cx: &CallContext,
        arguments: DomainGetTime,
    ) -> impl Future<Output = Result<DomainGetTimeReply, RemoteError>> + Send {
        unsupported("virDomainGetTime")
    }

    /// Sets the guest's clock.
    ///
    /// Procedure 338, `virDomainSetTime`, since libvirt 1.2.5.
    fn domain_set_time(
        &self,
        cx: &CallContext,
        arguments: DomainSetTime,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetTime")
    }

    /// Counts the free memory pages of given sizes in a range of NUMA cells.
    ///
    /// Procedure 340, `virNodeGetFreePages`, since libvirt 1.2.6.
    fn node_get_free_pages(
        &self,
        cx: &CallContext,
        arguments: NodeGetFreePages,
    ) -> impl Future<Output = Result<NodeGetFreePagesReply, RemoteError>> + Send {
        unsupported("virNodeGetFreePages")
    }

    /// Lists the addresses that a network has leased.
    ///
    /// Procedure 341, `virNetworkGetDHCPLeases`, since libvirt 1.2.6.
    fn network_get_dhcp_leases(
        &self,
        cx: &CallContext,
        arguments: NetworkGetDhcpLeases,
    ) -> impl Future<Output = Result<NetworkGetDhcpLeasesReply, RemoteError>> + Send {
        unsupported("virNetworkGetDHCPLeases")
    }

    /// Describes what domains of one emulator, architecture, machine type and virtualisation type can
    /// have, as XML.
    ///
    /// Procedure 342, `virConnectGetDomainCapabilities`, since libvirt 1.2.7.
    fn connect_get_domain_capabilities(
        &self,
        cx: &CallContext,
        arguments: ConnectGetDomainCapabilities,
    ) -> impl Future<Output = Result<ConnectGetDomainCapabilitiesReply, RemoteError>> + Send {
        unsupported("virConnectGetDomainCapabilities")
    }

    /// Connects a socket of the daemon's making to a domain's graphics server. The reply is of type
    /// REPLY_WITH_FDS and brings the other end.
    ///
    /// Procedure 343, `virDomainOpenGraphicsFD`, since libvirt 1.2.8.
    fn domain_open_graphics_fd(
        &self,
        cx: &CallContext,
        arguments: DomainOpenGraphicsFd,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainOpenGraphicsFD")
    }

    /// Reads statistics of many domains at once: what a monitoring system should call.
    ///
    /// Procedure 344, `virConnectGetAllDomainStats`, since libvirt 1.2.8.
    fn connect_get_all_domain_stats(
        &self,
        cx: &CallContext,
        arguments: ConnectGetAllDomainStats,
    ) -> impl Future<Output = Result<ConnectGetAllDomainStatsReply, RemoteError>> + Send {
        unsupported("virConnectGetAllDomainStats")
    }

    /// Starts to mirror a disk to a destination described by XML. Supersedes the copying of
    /// `domain_block_rebase`.
    ///
    /// Procedure 345, `virDomainBlockCopy`, since libvirt 1.2.9.
    fn domain_block_copy(
        &self,
        cx: &CallContext,
        arguments: DomainBlockCopy,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainBlockCopy")
    }

    /// Adds memory pages to the host's pools of huge pages, or sets their number.
    ///
    /// Procedure 347, `virNodeAllocPages`, since libvirt 1.2.9.
    fn node_alloc_pages(
        &self,
        cx: &CallContext,
        arguments: NodeAllocPages,
    ) -> impl Future<Output = Result<NodeAllocPagesReply, RemoteError>> + Send {
        unsupported("virNodeAllocPages")
    }

    /// Lists the mounted file systems of a guest.
    ///
    /// Procedure 349, `virDomainGetFSInfo`, since libvirt 1.2.11.
    fn domain_get_fsinfo(
        &self,
        cx: &CallContext,
        arguments: DomainGetFsinfo,
    ) -> impl Future<Output = Result<DomainGetFsinfoReply, RemoteError>> + Send {
        unsupported("virDomainGetFSInfo")
    }

    /// Defines a persistent domain. Supersedes `domain_define_xml`.
    ///
    /// Procedure 350, `virDomainDefineXMLFlags`, since libvirt 1.2.12.
    fn domain_define_xml_flags(
        &self,
        cx: &CallContext,
        arguments: DomainDefineXmlFlags,
    ) -> impl Future<Output = Result<DomainDefineXmlFlagsReply, RemoteError>> + Send {
        unsupported("virDomainDefineXMLFlags")
    }

    /// Lists the I/O threads of a domain.
    ///
    /// Procedure 351, `virDomainGetIOThreadInfo`, since libvirt 1.2.14.
    fn domain_get_iothread_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetIothreadInfo,
    ) -> impl Future<Output = Result<DomainGetIothreadInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetIOThreadInfo")
    }

    /// Says which host CPUs an I/O thread may use.
    ///
    /// Procedure 352, `virDomainPinIOThread`, since libvirt 1.2.14.
    fn domain_pin_iothread(
        &self,
        cx: &CallContext,
        arguments: DomainPinIothread,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainPinIOThread")
    }

    /// Lists the IP addresses of a domain's interfaces.
    ///
    /// Procedure 353, `virDomainInterfaceAddresses`, since libvirt 1.2.14.
    fn domain_interface_addresses(
        &self,
        cx: &CallContext,
        arguments: DomainInterfaceAddresses,
    ) -> impl Future<Output = Result<DomainInterfaceAddressesReply, RemoteError>> + Send {
        unsupported("virDomainInterfaceAddresses")
    }

    /// Adds an I/O thread to a domain.
    ///
    /// Procedure 355, `virDomainAddIOThread`, since libvirt 1.2.15.
    fn domain_add_iothread(
        &self,
        cx: &CallContext,
        arguments: DomainAddIothread,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainAddIOThread")
    }

    /// Removes an I/O thread that no disk uses.
    ///
    /// Procedure 356, `virDomainDelIOThread`, since libvirt 1.2.15.
    fn domain_del_iothread(
        &self,
        cx: &CallContext,
        arguments: DomainDelIothread,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainDelIOThread")
    }

    /// Sets the password of one of the guest's users.
    ///
    /// Procedure 357, `virDomainSetUserPassword`, since libvirt 1.2.16.
    fn domain_set_user_password(
        &self,
        cx: &CallContext,
        arguments: DomainSetUserPassword,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetUserPassword")
    }

    /// Gives an inactive domain another name.
    ///
    /// Procedure 358, `virDomainRename`, since libvirt 1.2.19.
    fn domain_rename(
        &self,
        cx: &CallContext,
        arguments: DomainRename,
    ) -> impl Future<Output = Result<DomainRenameReply, RemoteError>> + Send {
        unsupported("virDomainRename")
    }

    /// Asks to be told when the daemon loses the connection that it has upstream, as a proxy does.
    /// Feature 15 must be there.
    ///
    /// Procedure 360, `virConnectRegisterCloseCallback`, since libvirt 1.3.2.
    fn connect_register_close_callback(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectRegisterCloseCallback")
    }

    /// Takes back `connect_register_close_callback`.
    ///
    /// Procedure 361, `virConnectUnregisterCloseCallback`, since libvirt 1.3.2.
    fn connect_unregister_close_callback(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectUnregisterCloseCallback")
    }

    /// Switches a running migration to post-copy: the domain goes on at the destination and fetches what
    /// it misses. Only if the migration was started with flag 32768; there is no way back.
    ///
    /// Procedure 364, `virDomainMigrateStartPostCopy`, since libvirt 1.3.3.
    fn domain_migrate_start_post_copy(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateStartPostCopy,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainMigrateStartPostCopy")
    }

    /// Tells which performance events of a domain are counted.
    ///
    /// Procedure 365, `virDomainGetPerfEvents`, since libvirt 1.3.3.
    fn domain_get_perf_events(
        &self,
        cx: &CallContext,
        arguments: DomainGetPerfEvents,
    ) -> impl Future<Output = Result<DomainGetPerfEventsReply, RemoteError>> + Send {
        unsupported("virDomainGetPerfEvents")
    }

    /// Says which performance events of a domain are counted.
    ///
    /// Procedure 366, `virDomainSetPerfEvents`, since libvirt 1.3.3.
    fn domain_set_perf_events(
        &self,
        cx: &CallContext,
        arguments: DomainSetPerfEvents,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetPerfEvents")
    }

    /// Asks for one kind of event, of one pool or of all.
    ///
    /// Procedure 368, `virConnectStoragePoolEventRegisterAny`, since libvirt 2.0.0.
    fn connect_storage_pool_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectStoragePoolEventRegisterAny,
    ) -> impl Future<Output = Result<ConnectStoragePoolEventRegisterAnyReply, RemoteError>> + Send {
        unsupported("virConnectStoragePoolEventRegisterAny")
    }

    /// Takes back `connect_storage_pool_event_register_any`.
    ///
    /// Procedure 369, `virConnectStoragePoolEventDeregisterAny`, since libvirt 2.0.0.
    fn connect_storage_pool_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectStoragePoolEventDeregisterAny,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectStoragePoolEventDeregisterAny")
    }

    /// Asks the guest agent which CPUs the guest sees and uses.
    ///
    /// Procedure 371, `virDomainGetGuestVcpus`, since libvirt 2.0.0.
    fn domain_get_guest_vcpus(
        &self,
        cx: &CallContext,
        arguments: DomainGetGuestVcpus,
    ) -> impl Future<Output = Result<DomainGetGuestVcpusReply, RemoteError>> + Send {
        unsupported("virDomainGetGuestVcpus")
    }

    /// Has the guest agent take CPUs into or out of use.
    ///
    /// Procedure 372, `virDomainSetGuestVcpus`, since libvirt 2.0.0.
    fn domain_set_guest_vcpus(
        &self,
        cx: &CallContext,
        arguments: DomainSetGuestVcpus,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetGuestVcpus")
    }

    /// Asks for one kind of event, of one device or of all.
    ///
    /// Procedure 374, `virConnectNodeDeviceEventRegisterAny`, since libvirt 2.2.0.
    fn connect_node_device_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectNodeDeviceEventRegisterAny,
    ) -> impl Future<Output = Result<ConnectNodeDeviceEventRegisterAnyReply, RemoteError>> + Send {
        unsupported("virConnectNodeDeviceEventRegisterAny")
    }

    /// Takes back `connect_node_device_event_register_any`.
    ///
    /// Procedure 375, `virConnectNodeDeviceEventDeregisterAny`, since libvirt 2.2.0.
    fn connect_node_device_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectNodeDeviceEventDeregisterAny,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectNodeDeviceEventDeregisterAny")
    }

    /// Tells a volume's type and size. Supersedes `storage_vol_get_info`.
    ///
    /// Procedure 378, `virStorageVolGetInfoFlags`, since libvirt 3.0.0.
    fn storage_vol_get_info_flags(
        &self,
        cx: &CallContext,
        arguments: StorageVolGetInfoFlags,
    ) -> impl Future<Output = Result<StorageVolGetInfoFlagsReply, RemoteError>> + Send {
        unsupported("virStorageVolGetInfoFlags")
    }

    /// Asks for one kind of event, of one secret or of all.
    ///
    /// Procedure 380, `virConnectSecretEventRegisterAny`, since libvirt 3.0.0.
    fn connect_secret_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectSecretEventRegisterAny,
    ) -> impl Future<Output = Result<ConnectSecretEventRegisterAnyReply, RemoteError>> + Send {
        unsupported("virConnectSecretEventRegisterAny")
    }

    /// Takes back `connect_secret_event_register_any`.
    ///
    /// Procedure 381, `virConnectSecretEventDeregisterAny`, since libvirt 3.0.0.
    fn connect_secret_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectSecretEventDeregisterAny,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectSecretEventDeregisterAny")
    }

    /// Plugs or unplugs particular virtual CPUs.
    ///
    /// Procedure 384, `virDomainSetVcpu`, since libvirt 3.1.0.
    fn domain_set_vcpu(
        &self,
        cx: &CallContext,
        arguments: DomainSetVcpu,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetVcpu")
    }

    /// Asks for the event BLOCK_THRESHOLD once a disk's writing passes an offset.
    ///
    /// Procedure 386, `virDomainSetBlockThreshold`, since libvirt 3.2.0.
    fn domain_set_block_threshold(
        &self,
        cx: &CallContext,
        arguments: DomainSetBlockThreshold,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetBlockThreshold")
    }

    /// Tells how long a migrating domain may stand still at the end.
    ///
    /// Procedure 387, `virDomainMigrateGetMaxDowntime`, since libvirt 3.7.0.
    fn domain_migrate_get_max_downtime(
        &self,
        cx: &CallContext,
        arguments: DomainMigrateGetMaxDowntime,
    ) -> impl Future<Output = Result<DomainMigrateGetMaxDowntimeReply, RemoteError>> + Send {
        unsupported("virDomainMigrateGetMaxDowntime")
    }

    /// Reads the configuration out of a managed save image.
    ///
    /// Procedure 388, `virDomainManagedSaveGetXMLDesc`, since libvirt 3.7.0.
    fn domain_managed_save_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: DomainManagedSaveGetXmlDesc,
    ) -> impl Future<Output = Result<DomainManagedSaveGetXmlDescReply, RemoteError>> + Send {
        unsupported("virDomainManagedSaveGetXMLDesc")
    }

    /// Replaces the configuration in a managed save image.
    ///
    /// Procedure 389, `virDomainManagedSaveDefineXML`, since libvirt 3.7.0.
    fn domain_managed_save_define_xml(
        &self,
        cx: &CallContext,
        arguments: DomainManagedSaveDefineXml,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainManagedSaveDefineXML")
    }

    /// Says what becomes of a domain that ends.
    ///
    /// Procedure 390, `virDomainSetLifecycleAction`, since libvirt 3.9.0.
    fn domain_set_lifecycle_action(
        &self,
        cx: &CallContext,
        arguments: DomainSetLifecycleAction,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetLifecycleAction")
    }

    /// Finds the pool whose target is a path.
    ///
    /// Procedure 391, `virStoragePoolLookupByTargetPath`, since libvirt 4.1.0.
    fn storage_pool_lookup_by_target_path(
        &self,
        cx: &CallContext,
        arguments: StoragePoolLookupByTargetPath,
    ) -> impl Future<Output = Result<StoragePoolLookupByTargetPathReply, RemoteError>> + Send {
        unsupported("virStoragePoolLookupByTargetPath")
    }

    /// Starts the removal of the device with an alias. Its end is told by the events DEVICE_REMOVED or
    /// DEVICE_REMOVAL_FAILED.
    ///
    /// Procedure 392, `virDomainDetachDeviceAlias`, since libvirt 4.4.0.
    fn domain_detach_device_alias(
        &self,
        cx: &CallContext,
        arguments: DomainDetachDeviceAlias,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainDetachDeviceAlias")
    }

    /// Compares a CPU description with the CPU that a hypervisor can offer on this host, which is what a
    /// domain would get.
    ///
    /// Procedure 393, `virConnectCompareHypervisorCPU`, since libvirt 4.4.0.
    fn connect_compare_hypervisor_cpu(
        &self,
        cx: &CallContext,
        arguments: ConnectCompareHypervisorCpu,
    ) -> impl Future<Output = Result<ConnectCompareHypervisorCpuReply, RemoteError>> + Send {
        unsupported("virConnectCompareHypervisorCPU")
    }

    /// Computes the richest CPU that a hypervisor can offer on all of the described hosts.
    ///
    /// Procedure 394, `virConnectBaselineHypervisorCPU`, since libvirt 4.4.0.
    fn connect_baseline_hypervisor_cpu(
        &self,
        cx: &CallContext,
        arguments: ConnectBaselineHypervisorCpu,
    ) -> impl Future<Output = Result<ConnectBaselineHypervisorCpuReply, RemoteError>> + Send {
        unsupported("virConnectBaselineHypervisorCPU")
    }

    /// Tells what the host's memory encryption (AMD SEV) has to offer: certificates, and limits.
    ///
    /// Procedure 395, `virNodeGetSEVInfo`, since libvirt 4.5.0.
    fn node_get_sev_info(
        &self,
        cx: &CallContext,
        arguments: NodeGetSevInfo,
    ) -> impl Future<Output = Result<NodeGetSevInfoReply, RemoteError>> + Send {
        unsupported("virNodeGetSEVInfo")
    }

    /// Reads what a guest owner needs to attest a domain with encrypted memory.
    ///
    /// Procedure 396, `virDomainGetLaunchSecurityInfo`, since libvirt 4.5.0.
    fn domain_get_launch_security_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetLaunchSecurityInfo,
    ) -> impl Future<Output = Result<DomainGetLaunchSecurityInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetLaunchSecurityInfo")
    }

    /// Finds the binding of a device.
    ///
    /// Procedure 397, `virNWFilterBindingLookupByPortDev`, since libvirt 4.5.0.
    fn nwfilter_binding_lookup_by_port_dev(
        &self,
        cx: &CallContext,
        arguments: NwfilterBindingLookupByPortDev,
    ) -> impl Future<Output = Result<NwfilterBindingLookupByPortDevReply, RemoteError>> + Send {
        unsupported("virNWFilterBindingLookupByPortDev")
    }

    /// Describes a binding, as XML.
    ///
    /// Procedure 398, `virNWFilterBindingGetXMLDesc`, since libvirt 4.5.0.
    fn nwfilter_binding_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: NwfilterBindingGetXmlDesc,
    ) -> impl Future<Output = Result<NwfilterBindingGetXmlDescReply, RemoteError>> + Send {
        unsupported("virNWFilterBindingGetXMLDesc")
    }

    /// Applies a filter to a device as XML describes.
    ///
    /// Procedure 399, `virNWFilterBindingCreateXML`, since libvirt 4.5.0.
    fn nwfilter_binding_create_xml(
        &self,
        cx: &CallContext,
        arguments: NwfilterBindingCreateXml,
    ) -> impl Future<Output = Result<NwfilterBindingCreateXmlReply, RemoteError>> + Send {
        unsupported("virNWFilterBindingCreateXML")
    }

    /// Removes a binding, and with it the rules from its device.
    ///
    /// Procedure 400, `virNWFilterBindingDelete`, since libvirt 4.5.0.
    fn nwfilter_binding_delete(
        &self,
        cx: &CallContext,
        arguments: NwfilterBindingDelete,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNWFilterBindingDelete")
    }

    /// Lists the bindings.
    ///
    /// Procedure 401, `virConnectListAllNWFilterBindings`, since libvirt 4.5.0.
    fn connect_list_all_nwfilter_bindings(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllNwfilterBindings,
    ) -> impl Future<Output = Result<ConnectListAllNwfilterBindingsReply, RemoteError>> + Send {
        unsupported("virConnectListAllNWFilterBindings")
    }

    /// Tunes an I/O thread's polling and pool of workers.
    ///
    /// Procedure 402, `virDomainSetIOThreadParams`, since libvirt 4.10.0.
    fn domain_set_iothread_params(
        &self,
        cx: &CallContext,
        arguments: DomainSetIothreadParams,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetIOThreadParams")
    }

    /// Describes which types of pool the daemon can have, as XML.
    ///
    /// Procedure 403, `virConnectGetStoragePoolCapabilities`, since libvirt 5.2.0.
    fn connect_get_storage_pool_capabilities(
        &self,
        cx: &CallContext,
        arguments: ConnectGetStoragePoolCapabilities,
    ) -> impl Future<Output = Result<ConnectGetStoragePoolCapabilitiesReply, RemoteError>> + Send {
        unsupported("virConnectGetStoragePoolCapabilities")
    }

    /// Lists the ports of a network.
    ///
    /// Procedure 404, `virNetworkListAllPorts`, since libvirt 5.5.0.
    fn network_list_all_ports(
        &self,
        cx: &CallContext,
        arguments: NetworkListAllPorts,
    ) -> impl Future<Output = Result<NetworkListAllPortsReply, RemoteError>> + Send {
        unsupported("virNetworkListAllPorts")
    }

    /// Finds a port by its UUID.
    ///
    /// Procedure 405, `virNetworkPortLookupByUUID`, since libvirt 5.5.0.
    fn network_port_lookup_by_uuid(
        &self,
        cx: &CallContext,
        arguments: NetworkPortLookupByUuid,
    ) -> impl Future<Output = Result<NetworkPortLookupByUuidReply, RemoteError>> + Send {
        unsupported("virNetworkPortLookupByUUID")
    }

    /// Makes a port on a network as XML describes.
    ///
    /// Procedure 406, `virNetworkPortCreateXML`, since libvirt 5.5.0.
    fn network_port_create_xml(
        &self,
        cx: &CallContext,
        arguments: NetworkPortCreateXml,
    ) -> impl Future<Output = Result<NetworkPortCreateXmlReply, RemoteError>> + Send {
        unsupported("virNetworkPortCreateXML")
    }

    /// Reads the bandwidth that a port may use.
    ///
    /// Procedure 407, `virNetworkPortGetParameters`, since libvirt 5.5.0.
    fn network_port_get_parameters(
        &self,
        cx: &CallContext,
        arguments: NetworkPortGetParameters,
    ) -> impl Future<Output = Result<NetworkPortGetParametersReply, RemoteError>> + Send {
        unsupported("virNetworkPortGetParameters")
    }

    /// Sets the bandwidth that a port may use.
    ///
    /// Procedure 408, `virNetworkPortSetParameters`, since libvirt 5.5.0.
    fn network_port_set_parameters(
        &self,
        cx: &CallContext,
        arguments: NetworkPortSetParameters,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNetworkPortSetParameters")
    }

    /// Describes a port, as XML.
    ///
    /// Procedure 409, `virNetworkPortGetXMLDesc`, since libvirt 5.5.0.
    fn network_port_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: NetworkPortGetXmlDesc,
    ) -> impl Future<Output = Result<NetworkPortGetXmlDescReply, RemoteError>> + Send {
        unsupported("virNetworkPortGetXMLDesc")
    }

    /// Removes a port.
    ///
    /// Procedure 410, `virNetworkPortDelete`, since libvirt 5.5.0.
    fn network_port_delete(
        &self,
        cx: &CallContext,
        arguments: NetworkPortDelete,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNetworkPortDelete")
    }

    /// Makes a checkpoint of a domain as XML describes.
    ///
    /// Procedure 411, `virDomainCheckpointCreateXML`, since libvirt 5.6.0.
    fn domain_checkpoint_create_xml(
        &self,
        cx: &CallContext,
        arguments: DomainCheckpointCreateXml,
    ) -> impl Future<Output = Result<DomainCheckpointCreateXmlReply, RemoteError>> + Send {
        unsupported("virDomainCheckpointCreateXML")
    }

    /// Describes a checkpoint, as XML.
    ///
    /// Procedure 412, `virDomainCheckpointGetXMLDesc`, since libvirt 5.6.0.
    fn domain_checkpoint_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: DomainCheckpointGetXmlDesc,
    ) -> impl Future<Output = Result<DomainCheckpointGetXmlDescReply, RemoteError>> + Send {
        unsupported("virDomainCheckpointGetXMLDesc")
    }

    /// Lists a domain's checkpoints.
    ///
    /// Procedure 413, `virDomainListAllCheckpoints`, since libvirt 5.6.0.
    fn domain_list_all_checkpoints(
        &self,
        cx: &CallContext,
        arguments: DomainListAllCheckpoints,
    ) -> impl Future<Output = Result<DomainListAllCheckpointsReply, RemoteError>> + Send {
        unsupported("virDomainListAllCheckpoints")
    }

    /// Lists a checkpoint's children.
    ///
    /// Procedure 414, `virDomainCheckpointListAllChildren`, since libvirt 5.6.0.
    fn domain_checkpoint_list_all_children(
        &self,
        cx: &CallContext,
        arguments: DomainCheckpointListAllChildren,
    ) -> impl Future<Output = Result<DomainCheckpointListAllChildrenReply, RemoteError>> + Send {
        unsupported("virDomainCheckpointListAllChildren")
    }

    /// Finds a checkpoint by its name.
    ///
    /// Procedure 415, `virDomainCheckpointLookupByName`, since libvirt 5.6.0.
    fn domain_checkpoint_lookup_by_name(
        &self,
        cx: &CallContext,
        arguments: DomainCheckpointLookupByName,
    ) -> impl Future<Output = Result<DomainCheckpointLookupByNameReply, RemoteError>> + Send {
        unsupported("virDomainCheckpointLookupByName")
    }

    /// Finds a checkpoint's parent.
    ///
    /// Procedure 416, `virDomainCheckpointGetParent`, since libvirt 5.6.0.
    fn domain_checkpoint_get_parent(
        &self,
        cx: &CallContext,
        arguments: DomainCheckpointGetParent,
    ) -> impl Future<Output = Result<DomainCheckpointGetParentReply, RemoteError>> + Send {
        unsupported("virDomainCheckpointGetParent")
    }

    /// Deletes a checkpoint; what it tracked goes to its parent.
    ///
    /// Procedure 417, `virDomainCheckpointDelete`, since libvirt 5.6.0.
    fn domain_checkpoint_delete(
        &self,
        cx: &CallContext,
        arguments: DomainCheckpointDelete,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainCheckpointDelete")
    }

    /// Asks the guest agent for everything it can tell.
    ///
    /// Procedure 418, `virDomainGetGuestInfo`, since libvirt 5.7.0.
    fn domain_get_guest_info(
        &self,
        cx: &CallContext,
        arguments: DomainGetGuestInfo,
    ) -> impl Future<Output = Result<DomainGetGuestInfoReply, RemoteError>> + Send {
        unsupported("virDomainGetGuestInfo")
    }

    /// Tells a daemon on whose behalf another daemon speaks, so that access is checked for that user and
    /// not for the one between them. To be called right after `connect_open`.
    ///
    /// Procedure 419, `virConnectSetIdentity`, since libvirt 5.8.0.
    fn connect_set_identity(
        &self,
        cx: &CallContext,
        arguments: ConnectSetIdentity,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virConnectSetIdentity")
    }

    /// Sets how long to wait for the guest agent to answer.
    ///
    /// Procedure 420, `virDomainAgentSetResponseTimeout`, since libvirt 5.10.0.
    fn domain_agent_set_response_timeout(
        &self,
        cx: &CallContext,
        arguments: DomainAgentSetResponseTimeout,
    ) -> impl Future<Output = Result<DomainAgentSetResponseTimeoutReply, RemoteError>> + Send {
        unsupported("virDomainAgentSetResponseTimeout")
    }

    /// Starts a backup of a domain's disks: pushed to files, or offered for others to pull.
    ///
    /// Procedure 421, `virDomainBackupBegin`, since libvirt 6.0.0.
    fn domain_backup_begin(
        &self,
        cx: &CallContext,
        arguments: DomainBackupBegin,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainBackupBegin")
    }

    /// Describes the backup that is running, as XML.
    ///
    /// Procedure 422, `virDomainBackupGetXMLDesc`, since libvirt 6.0.0.
    fn domain_backup_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: DomainBackupGetXmlDesc,
    ) -> impl Future<Output = Result<DomainBackupGetXmlDescReply, RemoteError>> + Send {
        unsupported("virDomainBackupGetXMLDesc")
    }

    /// Lists the SSH keys that let somebody in as one of the guest's users.
    ///
    /// Procedure 424, `virDomainAuthorizedSSHKeysGet`, since libvirt 6.10.0.
    fn domain_authorized_ssh_keys_get(
        &self,
        cx: &CallContext,
        arguments: DomainAuthorizedSshKeysGet,
    ) -> impl Future<Output = Result<DomainAuthorizedSshKeysGetReply, RemoteError>> + Send {
        unsupported("virDomainAuthorizedSSHKeysGet")
    }

    /// Changes the SSH keys that let somebody in as one of the guest's users.
    ///
    /// Procedure 425, `virDomainAuthorizedSSHKeysSet`, since libvirt 6.10.0.
    fn domain_authorized_ssh_keys_set(
        &self,
        cx: &CallContext,
        arguments: DomainAuthorizedSshKeysSet,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainAuthorizedSSHKeysSet")
    }

    /// Lists what the daemon has to say against a domain: that it is tainted, or uses what is
    /// deprecated.
    ///
    /// Procedure 426, `virDomainGetMessages`, since libvirt 7.1.0.
    fn domain_get_messages(
        &self,
        cx: &CallContext,
        arguments: DomainGetMessages,
    ) -> impl Future<Output = Result<DomainGetMessagesReply, RemoteError>> + Send {
        unsupported("virDomainGetMessages")
    }

    /// Starts to measure how fast a domain changes its memory. The result comes with
    /// `connect_get_all_domain_stats`.
    ///
    /// Procedure 427, `virDomainStartDirtyRateCalc`, since libvirt 7.2.0.
    fn domain_start_dirty_rate_calc(
        &self,
        cx: &CallContext,
        arguments: DomainStartDirtyRateCalc,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainStartDirtyRateCalc")
    }

    /// Defines a persistent virtual device.
    ///
    /// Procedure 428, `virNodeDeviceDefineXML`, since libvirt 7.3.0.
    fn node_device_define_xml(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceDefineXml,
    ) -> impl Future<Output = Result<NodeDeviceDefineXmlReply, RemoteError>> + Send {
        unsupported("virNodeDeviceDefineXML")
    }

    /// Forgets a persistent virtual device.
    ///
    /// Procedure 429, `virNodeDeviceUndefine`, since libvirt 7.3.0.
    fn node_device_undefine(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceUndefine,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeDeviceUndefine")
    }

    /// Starts a defined, inactive device.
    ///
    /// Procedure 430, `virNodeDeviceCreate`, since libvirt 7.3.0.
    fn node_device_create(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceCreate,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeDeviceCreate")
    }

    /// Defines a filter. Supersedes `nwfilter_define_xml`.
    ///
    /// Procedure 431, `virNWFilterDefineXMLFlags`, since libvirt 7.3.0 to 7.7.0.
    fn nwfilter_define_xml_flags(
        &self,
        cx: &CallContext,
        arguments: NwfilterDefineXmlFlags,
    ) -> impl Future<Output = Result<NwfilterDefineXmlFlagsReply, RemoteError>> + Send {
        unsupported("virNWFilterDefineXMLFlags")
    }

    /// Defines a persistent network. Supersedes `network_define_xml`.
    ///
    /// Procedure 432, `virNetworkDefineXMLFlags`, since libvirt 7.7.0.
    fn network_define_xml_flags(
        &self,
        cx: &CallContext,
        arguments: NetworkDefineXmlFlags,
    ) -> impl Future<Output = Result<NetworkDefineXmlFlagsReply, RemoteError>> + Send {
        unsupported("virNetworkDefineXMLFlags")
    }

    /// Tells whether a device starts together with its host.
    ///
    /// Procedure 433, `virNodeDeviceGetAutostart`, since libvirt 7.8.0.
    fn node_device_get_autostart(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceGetAutostart,
    ) -> impl Future<Output = Result<NodeDeviceGetAutostartReply, RemoteError>> + Send {
        unsupported("virNodeDeviceGetAutostart")
    }

    /// Says whether a device starts together with its host.
    ///
    /// Procedure 434, `virNodeDeviceSetAutostart`, since libvirt 7.8.0.
    fn node_device_set_autostart(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceSetAutostart,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeDeviceSetAutostart")
    }

    /// Tells whether a device has a definition that outlives it.
    ///
    /// Procedure 435, `virNodeDeviceIsPersistent`, since libvirt 7.8.0.
    fn node_device_is_persistent(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceIsPersistent,
    ) -> impl Future<Output = Result<NodeDeviceIsPersistentReply, RemoteError>> + Send {
        unsupported("virNodeDeviceIsPersistent")
    }

    /// Tells whether a device is there.
    ///
    /// Procedure 436, `virNodeDeviceIsActive`, since libvirt 7.8.0.
    fn node_device_is_active(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceIsActive,
    ) -> impl Future<Output = Result<NodeDeviceIsActiveReply, RemoteError>> + Send {
        unsupported("virNodeDeviceIsActive")
    }

    /// Creates and starts a transient network. Supersedes `network_create_xml`.
    ///
    /// Procedure 437, `virNetworkCreateXMLFlags`, since libvirt 7.8.0.
    fn network_create_xml_flags(
        &self,
        cx: &CallContext,
        arguments: NetworkCreateXmlFlags,
    ) -> impl Future<Output = Result<NetworkCreateXmlFlagsReply, RemoteError>> + Send {
        unsupported("virNetworkCreateXMLFlags")
    }

    /// Injects a secret into the encrypted memory of a domain that is paused at its start.
    ///
    /// Procedure 439, `virDomainSetLaunchSecurityState`, since libvirt 8.0.0.
    fn domain_set_launch_security_state(
        &self,
        cx: &CallContext,
        arguments: DomainSetLaunchSecurityState,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetLaunchSecurityState")
    }

    /// Saves a domain as typed parameters say. Supersedes `domain_save_flags`.
    ///
    /// Procedure 440, `virDomainSaveParams`, since libvirt 8.4.0.
    fn domain_save_params(
        &self,
        cx: &CallContext,
        arguments: DomainSaveParams,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSaveParams")
    }

    /// Starts a domain from a saved file as typed parameters say. Supersedes `domain_restore_flags`.
    ///
    /// Procedure 441, `virDomainRestoreParams`, since libvirt 8.4.0.
    fn domain_restore_params(
        &self,
        cx: &CallContext,
        arguments: DomainRestoreParams,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainRestoreParams")
    }

    /// Asks for a domain's job to end. Supersedes `domain_abort_job`.
    ///
    /// Procedure 442, `virDomainAbortJobFlags`, since libvirt 8.5.0.
    fn domain_abort_job_flags(
        &self,
        cx: &CallContext,
        arguments: DomainAbortJobFlags,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainAbortJobFlags")
    }

    /// Gives the daemon file descriptors under a name, for disks of that domain to be opened through.
    /// The packet is of type CALL_WITH_FDS.
    ///
    /// Procedure 443, `virDomainFDAssociate`, since libvirt 9.0.0.
    fn domain_fd_associate(
        &self,
        cx: &CallContext,
        arguments: DomainFdAssociate,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainFDAssociate")
    }

    /// Sets a network's title or description, or an element of somebody else's in its XML.
    ///
    /// Procedure 444, `virNetworkSetMetadata`, since libvirt 9.7.0.
    fn network_set_metadata(
        &self,
        cx: &CallContext,
        arguments: NetworkSetMetadata,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNetworkSetMetadata")
    }

    /// Reads a network's title or description, or an element of somebody else's from its XML.
    ///
    /// Procedure 445, `virNetworkGetMetadata`, since libvirt 9.7.0.
    fn network_get_metadata(
        &self,
        cx: &CallContext,
        arguments: NetworkGetMetadata,
    ) -> impl Future<Output = Result<NetworkGetMetadataReply, RemoteError>> + Send {
        unsupported("virNetworkGetMetadata")
    }

    /// Changes a device's configuration.
    ///
    /// Procedure 447, `virNodeDeviceUpdate`, since libvirt 10.1.0.
    fn node_device_update(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceUpdate,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virNodeDeviceUpdate")
    }

    /// Has a domain's graphics server read its TLS certificates again.
    ///
    /// Procedure 448, `virDomainGraphicsReload`, since libvirt 10.2.0.
    fn domain_graphics_reload(
        &self,
        cx: &CallContext,
        arguments: DomainGraphicsReload,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainGraphicsReload")
    }

    /// Tells whether a domain starts at the next start of its host, and only then.
    ///
    /// Procedure 449, `virDomainGetAutostartOnce`, since libvirt 11.2.0.
    fn domain_get_autostart_once(
        &self,
        cx: &CallContext,
        arguments: DomainGetAutostartOnce,
    ) -> impl Future<Output = Result<DomainGetAutostartOnceReply, RemoteError>> + Send {
        unsupported("virDomainGetAutostartOnce")
    }

    /// Says whether a domain starts at the next start of its host, and only then.
    ///
    /// Procedure 450, `virDomainSetAutostartOnce`, since libvirt 11.2.0.
    fn domain_set_autostart_once(
        &self,
        cx: &CallContext,
        arguments: DomainSetAutostartOnce,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetAutostartOnce")
    }

    /// Defines or changes a throttle group: limits that several disks share.
    ///
    /// Procedure 451, `virDomainSetThrottleGroup`, since libvirt 11.2.0.
    fn domain_set_throttle_group(
        &self,
        cx: &CallContext,
        arguments: DomainSetThrottleGroup,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainSetThrottleGroup")
    }

    /// Removes a throttle group that no disk uses.
    ///
    /// Procedure 452, `virDomainDelThrottleGroup`, since libvirt 11.2.0.
    fn domain_del_throttle_group(
        &self,
        cx: &CallContext,
        arguments: DomainDelThrottleGroup,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainDelThrottleGroup")
    }

    /// Has a running domain announce its interfaces to the network again, so that switches learn where
    /// they are.
    ///
    /// Procedure 456, `virDomainAnnounceInterface`, since libvirt 12.5.0.
    fn domain_announce_interface(
        &self,
        cx: &CallContext,
        arguments: DomainAnnounceInterface,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virDomainAnnounceInterface")
    }
}

dispatch! {
    /// Decodes a call's arguments, has the service answer, and encodes the reply.
    ///
    /// Arguments that do not decode, and numbers that are no call's, are answered as libvirt answers them: code 39.
    pub fn dispatch_remote for RemoteService;
    1 ConnectOpen => connect_open(arguments);
    2 ConnectClose => connect_close();
    3 ConnectGetType => connect_get_type();
    4 ConnectGetVersion => connect_get_version();
    5 ConnectGetMaxVcpus => connect_get_max_vcpus(arguments);
    6 NodeGetInfo => node_get_info();
    7 ConnectGetCapabilities => connect_get_capabilities();
    8 DomainAttachDevice => domain_attach_device(arguments);
    9 DomainCreate => domain_create(arguments);
    10 DomainCreateXml => domain_create_xml(arguments);
    11 DomainDefineXml => domain_define_xml(arguments);
    12 DomainDestroy => domain_destroy(arguments);
    13 DomainDetachDevice => domain_detach_device(arguments);
    14 DomainGetXmlDesc => domain_get_xml_desc(arguments);
    15 DomainGetAutostart => domain_get_autostart(arguments);
    16 DomainGetInfo => domain_get_info(arguments);
    17 DomainGetMaxMemory => domain_get_max_memory(arguments);
    18 DomainGetMaxVcpus => domain_get_max_vcpus(arguments);
    19 DomainGetOsType => domain_get_os_type(arguments);
    20 DomainGetVcpus => domain_get_vcpus(arguments);
    21 ConnectListDefinedDomains => connect_list_defined_domains(arguments);
    22 DomainLookupById => domain_lookup_by_id(arguments);
    23 DomainLookupByName => domain_lookup_by_name(arguments);
    24 DomainLookupByUuid => domain_lookup_by_uuid(arguments);
    25 ConnectNumOfDefinedDomains => connect_num_of_defined_domains();
    26 DomainPinVcpu => domain_pin_vcpu(arguments);
    27 DomainReboot => domain_reboot(arguments);
    28 DomainResume => domain_resume(arguments);
    29 DomainSetAutostart => domain_set_autostart(arguments);
    30 DomainSetMaxMemory => domain_set_max_memory(arguments);
    31 DomainSetMemory => domain_set_memory(arguments);
    32 DomainSetVcpus => domain_set_vcpus(arguments);
    33 DomainShutdown => domain_shutdown(arguments);
    34 DomainSuspend => domain_suspend(arguments);
    35 DomainUndefine => domain_undefine(arguments);
    36 ConnectListDefinedNetworks => connect_list_defined_networks(arguments);
    37 ConnectListDomains => connect_list_domains(arguments);
    38 ConnectListNetworks => connect_list_networks(arguments);
    39 NetworkCreate => network_create(arguments);
    40 NetworkCreateXml => network_create_xml(arguments);
    41 NetworkDefineXml => network_define_xml(arguments);
    42 NetworkDestroy => network_destroy(arguments);
    43 NetworkGetXmlDesc => network_get_xml_desc(arguments);
    44 NetworkGetAutostart => network_get_autostart(arguments);
    45 NetworkGetBridgeName => network_get_bridge_name(arguments);
    46 NetworkLookupByName => network_lookup_by_name(arguments);
    47 NetworkLookupByUuid => network_lookup_by_uuid(arguments);
    48 NetworkSetAutostart => network_set_autostart(arguments);
    49 NetworkUndefine => network_undefine(arguments);
    50 ConnectNumOfDefinedNetworks => connect_num_of_defined_networks();
    51 ConnectNumOfDomains => connect_num_of_domains();
    52 ConnectNumOfNetworks => connect_num_of_networks();
    53 DomainCoreDump => domain_core_dump(arguments);
    54 DomainRestore => domain_restore(arguments);
    55 DomainSave => domain_save(arguments);
    56 DomainGetSchedulerType => domain_get_scheduler_type(arguments);
    57 DomainGetSchedulerParameters => domain_get_scheduler_parameters(arguments);
    58 DomainSetSchedulerParameters => domain_set_scheduler_parameters(arguments);
    59 ConnectGetHostname => connect_get_hostname();
    60 ConnectSupportsFeature => connect_supports_feature(arguments);
    61 DomainMigratePrepare => domain_migrate_prepare(arguments);
    62 DomainMigratePerform => domain_migrate_perform(arguments);
    63 DomainMigrateFinish => domain_migrate_finish(arguments);
    64 DomainBlockStats => domain_block_stats(arguments);
    65 DomainInterfaceStats => domain_interface_stats(arguments);
    66 AuthList => auth_list();
    67 AuthSaslInit => auth_sasl_init();
    68 AuthSaslStart => auth_sasl_start(arguments);
    69 AuthSaslStep => auth_sasl_step(arguments);
    70 AuthPolkit => auth_polkit();
    71 ConnectNumOfStoragePools => connect_num_of_storage_pools();
    72 ConnectListStoragePools => connect_list_storage_pools(arguments);
    73 ConnectNumOfDefinedStoragePools => connect_num_of_defined_storage_pools();
    74 ConnectListDefinedStoragePools => connect_list_defined_storage_pools(arguments);
    75 ConnectFindStoragePoolSources => connect_find_storage_pool_sources(arguments);
    76 StoragePoolCreateXml => storage_pool_create_xml(arguments);
    77 StoragePoolDefineXml => storage_pool_define_xml(arguments);
    78 StoragePoolCreate => storage_pool_create(arguments);
    79 StoragePoolBuild => storage_pool_build(arguments);
    80 StoragePoolDestroy => storage_pool_destroy(arguments);
    81 StoragePoolDelete => storage_pool_delete(arguments);
    82 StoragePoolUndefine => storage_pool_undefine(arguments);
    83 StoragePoolRefresh => storage_pool_refresh(arguments);
    84 StoragePoolLookupByName => storage_pool_lookup_by_name(arguments);
    85 StoragePoolLookupByUuid => storage_pool_lookup_by_uuid(arguments);
    86 StoragePoolLookupByVolume => storage_pool_lookup_by_volume(arguments);
    87 StoragePoolGetInfo => storage_pool_get_info(arguments);
    88 StoragePoolGetXmlDesc => storage_pool_get_xml_desc(arguments);
    89 StoragePoolGetAutostart => storage_pool_get_autostart(arguments);
    90 StoragePoolSetAutostart => storage_pool_set_autostart(arguments);
    91 StoragePoolNumOfVolumes => storage_pool_num_of_volumes(arguments);
    92 StoragePoolListVolumes => storage_pool_list_volumes(arguments);
    93 StorageVolCreateXml => storage_vol_create_xml(arguments);
    94 StorageVolDelete => storage_vol_delete(arguments);
    95 StorageVolLookupByName => storage_vol_lookup_by_name(arguments);
    96 StorageVolLookupByKey => storage_vol_lookup_by_key(arguments);
    97 StorageVolLookupByPath => storage_vol_lookup_by_path(arguments);
    98 StorageVolGetInfo => storage_vol_get_info(arguments);
    99 StorageVolGetXmlDesc => storage_vol_get_xml_desc(arguments);
    100 StorageVolGetPath => storage_vol_get_path(arguments);
    101 NodeGetCellsFreeMemory => node_get_cells_free_memory(arguments);
    102 NodeGetFreeMemory => node_get_free_memory();
    103 DomainBlockPeek => domain_block_peek(arguments);
    104 DomainMemoryPeek => domain_memory_peek(arguments);
    105 ConnectDomainEventRegister => connect_domain_event_register();
    106 ConnectDomainEventDeregister => connect_domain_event_deregister();
    108 DomainMigratePrepare2 => domain_migrate_prepare2(arguments);
    109 DomainMigrateFinish2 => domain_migrate_finish2(arguments);
    110 ConnectGetUri => connect_get_uri();
    111 NodeNumOfDevices => node_num_of_devices(arguments);
    112 NodeListDevices => node_list_devices(arguments);
    113 NodeDeviceLookupByName => node_device_lookup_by_name(arguments);
    114 NodeDeviceGetXmlDesc => node_device_get_xml_desc(arguments);
    115 NodeDeviceGetParent => node_device_get_parent(arguments);
    116 NodeDeviceNumOfCaps => node_device_num_of_caps(arguments);
    117 NodeDeviceListCaps => node_device_list_caps(arguments);
    118 NodeDeviceDettach => node_device_dettach(arguments);
    119 NodeDeviceReAttach => node_device_re_attach(arguments);
    120 NodeDeviceReset => node_device_reset(arguments);
    121 DomainGetSecurityLabel => domain_get_security_label(arguments);
    122 NodeGetSecurityModel => node_get_security_model();
    123 NodeDeviceCreateXml => node_device_create_xml(arguments);
    124 NodeDeviceDestroy => node_device_destroy(arguments);
    125 StorageVolCreateXmlFrom => storage_vol_create_xml_from(arguments);
    126 ConnectNumOfInterfaces => connect_num_of_interfaces();
    127 ConnectListInterfaces => connect_list_interfaces(arguments);
    128 InterfaceLookupByName => interface_lookup_by_name(arguments);
    129 InterfaceLookupByMacString => interface_lookup_by_mac_string(arguments);
    130 InterfaceGetXmlDesc => interface_get_xml_desc(arguments);
    131 InterfaceDefineXml => interface_define_xml(arguments);
    132 InterfaceUndefine => interface_undefine(arguments);
    133 InterfaceCreate => interface_create(arguments);
    134 InterfaceDestroy => interface_destroy(arguments);
    135 ConnectDomainXmlFromNative => connect_domain_xml_from_native(arguments);
    136 ConnectDomainXmlToNative => connect_domain_xml_to_native(arguments);
    137 ConnectNumOfDefinedInterfaces => connect_num_of_defined_interfaces();
    138 ConnectListDefinedInterfaces => connect_list_defined_interfaces(arguments);
    139 ConnectNumOfSecrets => connect_num_of_secrets();
    140 ConnectListSecrets => connect_list_secrets(arguments);
    141 SecretLookupByUuid => secret_lookup_by_uuid(arguments);
    142 SecretDefineXml => secret_define_xml(arguments);
    143 SecretGetXmlDesc => secret_get_xml_desc(arguments);
    144 SecretSetValue => secret_set_value(arguments);
    145 SecretGetValue => secret_get_value(arguments);
    146 SecretUndefine => secret_undefine(arguments);
    147 SecretLookupByUsage => secret_lookup_by_usage(arguments);
    148 DomainMigratePrepareTunnel => domain_migrate_prepare_tunnel(arguments, stream);
    149 ConnectIsSecure => connect_is_secure();
    150 DomainIsActive => domain_is_active(arguments);
    151 DomainIsPersistent => domain_is_persistent(arguments);
    152 NetworkIsActive => network_is_active(arguments);
    153 NetworkIsPersistent => network_is_persistent(arguments);
    154 StoragePoolIsActive => storage_pool_is_active(arguments);
    155 StoragePoolIsPersistent => storage_pool_is_persistent(arguments);
    156 InterfaceIsActive => interface_is_active(arguments);
    157 ConnectGetLibVersion => connect_get_lib_version();
    158 ConnectCompareCpu => connect_compare_cpu(arguments);
    159 DomainMemoryStats => domain_memory_stats(arguments);
    160 DomainAttachDeviceFlags => domain_attach_device_flags(arguments);
    161 DomainDetachDeviceFlags => domain_detach_device_flags(arguments);
    162 ConnectBaselineCpu => connect_baseline_cpu(arguments);
    163 DomainGetJobInfo => domain_get_job_info(arguments);
    164 DomainAbortJob => domain_abort_job(arguments);
    165 StorageVolWipe => storage_vol_wipe(arguments);
    166 DomainMigrateSetMaxDowntime => domain_migrate_set_max_downtime(arguments);
    167 ConnectDomainEventRegisterAny => connect_domain_event_register_any(arguments);
    168 ConnectDomainEventDeregisterAny => connect_domain_event_deregister_any(arguments);
    174 DomainUpdateDeviceFlags => domain_update_device_flags(arguments);
    175 NwfilterLookupByName => nwfilter_lookup_by_name(arguments);
    176 NwfilterLookupByUuid => nwfilter_lookup_by_uuid(arguments);
    177 NwfilterGetXmlDesc => nwfilter_get_xml_desc(arguments);
    178 ConnectNumOfNwfilters => connect_num_of_nwfilters();
    179 ConnectListNwfilters => connect_list_nwfilters(arguments);
    180 NwfilterDefineXml => nwfilter_define_xml(arguments);
    181 NwfilterUndefine => nwfilter_undefine(arguments);
    182 DomainManagedSave => domain_managed_save(arguments);
    183 DomainHasManagedSaveImage => domain_has_managed_save_image(arguments);
    184 DomainManagedSaveRemove => domain_managed_save_remove(arguments);
    185 DomainSnapshotCreateXml => domain_snapshot_create_xml(arguments);
    186 DomainSnapshotGetXmlDesc => domain_snapshot_get_xml_desc(arguments);
    187 DomainSnapshotNum => domain_snapshot_num(arguments);
    188 DomainSnapshotListNames => domain_snapshot_list_names(arguments);
    189 DomainSnapshotLookupByName => domain_snapshot_lookup_by_name(arguments);
    190 DomainHasCurrentSnapshot => domain_has_current_snapshot(arguments);
    191 DomainSnapshotCurrent => domain_snapshot_current(arguments);
    192 DomainRevertToSnapshot => domain_revert_to_snapshot(arguments);
    193 DomainSnapshotDelete => domain_snapshot_delete(arguments);
    194 DomainGetBlockInfo => domain_get_block_info(arguments);
    196 DomainCreateWithFlags => domain_create_with_flags(arguments);
    197 DomainSetMemoryParameters => domain_set_memory_parameters(arguments);
    198 DomainGetMemoryParameters => domain_get_memory_parameters(arguments);
    199 DomainSetVcpusFlags => domain_set_vcpus_flags(arguments);
    200 DomainGetVcpusFlags => domain_get_vcpus_flags(arguments);
    201 DomainOpenConsole => domain_open_console(arguments, stream);
    202 DomainIsUpdated => domain_is_updated(arguments);
    203 ConnectGetSysinfo => connect_get_sysinfo(arguments);
    204 DomainSetMemoryFlags => domain_set_memory_flags(arguments);
    205 DomainSetBlkioParameters => domain_set_blkio_parameters(arguments);
    206 DomainGetBlkioParameters => domain_get_blkio_parameters(arguments);
    207 DomainMigrateSetMaxSpeed => domain_migrate_set_max_speed(arguments);
    208 StorageVolUpload => storage_vol_upload(arguments, stream);
    209 StorageVolDownload => storage_vol_download(arguments, stream);
    210 DomainInjectNmi => domain_inject_nmi(arguments);
    211 DomainScreenshot => domain_screenshot(arguments, stream);
    212 DomainGetState => domain_get_state(arguments);
    213 DomainMigrateBegin3 => domain_migrate_begin3(arguments);
    214 DomainMigratePrepare3 => domain_migrate_prepare3(arguments);
    215 DomainMigratePrepareTunnel3 => domain_migrate_prepare_tunnel3(arguments, stream);
    216 DomainMigratePerform3 => domain_migrate_perform3(arguments);
    217 DomainMigrateFinish3 => domain_migrate_finish3(arguments);
    218 DomainMigrateConfirm3 => domain_migrate_confirm3(arguments);
    219 DomainSetSchedulerParametersFlags => domain_set_scheduler_parameters_flags(arguments);
    220 InterfaceChangeBegin => interface_change_begin(arguments);
    221 InterfaceChangeCommit => interface_change_commit(arguments);
    222 InterfaceChangeRollback => interface_change_rollback(arguments);
    223 DomainGetSchedulerParametersFlags => domain_get_scheduler_parameters_flags(arguments);
    225 DomainPinVcpuFlags => domain_pin_vcpu_flags(arguments);
    226 DomainSendKey => domain_send_key(arguments);
    227 NodeGetCpuStats => node_get_cpu_stats(arguments);
    228 NodeGetMemoryStats => node_get_memory_stats(arguments);
    229 DomainGetControlInfo => domain_get_control_info(arguments);
    230 DomainGetVcpuPinInfo => domain_get_vcpu_pin_info(arguments);
    231 DomainUndefineFlags => domain_undefine_flags(arguments);
    232 DomainSaveFlags => domain_save_flags(arguments);
    233 DomainRestoreFlags => domain_restore_flags(arguments);
    234 DomainDestroyFlags => domain_destroy_flags(arguments);
    235 DomainSaveImageGetXmlDesc => domain_save_image_get_xml_desc(arguments);
    236 DomainSaveImageDefineXml => domain_save_image_define_xml(arguments);
    237 DomainBlockJobAbort => domain_block_job_abort(arguments);
    238 DomainGetBlockJobInfo => domain_get_block_job_info(arguments);
    239 DomainBlockJobSetSpeed => domain_block_job_set_speed(arguments);
    240 DomainBlockPull => domain_block_pull(arguments);
    242 DomainMigrateGetMaxSpeed => domain_migrate_get_max_speed(arguments);
    243 DomainBlockStatsFlags => domain_block_stats_flags(arguments);
    244 DomainSnapshotGetParent => domain_snapshot_get_parent(arguments);
    245 DomainReset => domain_reset(arguments);
    246 DomainSnapshotNumChildren => domain_snapshot_num_children(arguments);
    247 DomainSnapshotListChildrenNames => domain_snapshot_list_children_names(arguments);
    249 DomainOpenGraphics => domain_open_graphics(arguments);
    250 NodeSuspendForDuration => node_suspend_for_duration(arguments);
    251 DomainBlockResize => domain_block_resize(arguments);
    252 DomainSetBlockIoTune => domain_set_block_io_tune(arguments);
    253 DomainGetBlockIoTune => domain_get_block_io_tune(arguments);
    254 DomainSetNumaParameters => domain_set_numa_parameters(arguments);
    255 DomainGetNumaParameters => domain_get_numa_parameters(arguments);
    256 DomainSetInterfaceParameters => domain_set_interface_parameters(arguments);
    257 DomainGetInterfaceParameters => domain_get_interface_parameters(arguments);
    258 DomainShutdownFlags => domain_shutdown_flags(arguments);
    259 StorageVolWipePattern => storage_vol_wipe_pattern(arguments);
    260 StorageVolResize => storage_vol_resize(arguments);
    261 DomainPmSuspendForDuration => domain_pm_suspend_for_duration(arguments);
    262 DomainGetCpuStats => domain_get_cpu_stats(arguments);
    263 DomainGetDiskErrors => domain_get_disk_errors(arguments);
    264 DomainSetMetadata => domain_set_metadata(arguments);
    265 DomainGetMetadata => domain_get_metadata(arguments);
    266 DomainBlockRebase => domain_block_rebase(arguments);
    267 DomainPmWakeup => domain_pm_wakeup(arguments);
    271 DomainSnapshotIsCurrent => domain_snapshot_is_current(arguments);
    272 DomainSnapshotHasMetadata => domain_snapshot_has_metadata(arguments);
    273 ConnectListAllDomains => connect_list_all_domains(arguments);
    274 DomainListAllSnapshots => domain_list_all_snapshots(arguments);
    275 DomainSnapshotListAllChildren => domain_snapshot_list_all_children(arguments);
    277 DomainGetHostname => domain_get_hostname(arguments);
    278 DomainGetSecurityLabelList => domain_get_security_label_list(arguments);
    279 DomainPinEmulator => domain_pin_emulator(arguments);
    280 DomainGetEmulatorPinInfo => domain_get_emulator_pin_info(arguments);
    281 ConnectListAllStoragePools => connect_list_all_storage_pools(arguments);
    282 StoragePoolListAllVolumes => storage_pool_list_all_volumes(arguments);
    283 ConnectListAllNetworks => connect_list_all_networks(arguments);
    284 ConnectListAllInterfaces => connect_list_all_interfaces(arguments);
    285 ConnectListAllNodeDevices => connect_list_all_node_devices(arguments);
    286 ConnectListAllNwfilters => connect_list_all_nwfilters(arguments);
    287 ConnectListAllSecrets => connect_list_all_secrets(arguments);
    288 NodeSetMemoryParameters => node_set_memory_parameters(arguments);
    289 NodeGetMemoryParameters => node_get_memory_parameters(arguments);
    290 DomainBlockCommit => domain_block_commit(arguments);
    291 NetworkUpdate => network_update(arguments);
    293 NodeGetCpuMap => node_get_cpu_map(arguments);
    294 DomainFstrim => domain_fstrim(arguments);
    295 DomainSendProcessSignal => domain_send_process_signal(arguments);
    296 DomainOpenChannel => domain_open_channel(arguments, stream);
    297 NodeDeviceLookupScsiHostByWwn => node_device_lookup_scsi_host_by_wwn(arguments);
    298 DomainGetJobStats => domain_get_job_stats(arguments);
    299 DomainMigrateGetCompressionCache => domain_migrate_get_compression_cache(arguments);
    300 DomainMigrateSetCompressionCache => domain_migrate_set_compression_cache(arguments);
    301 NodeDeviceDetachFlags => node_device_detach_flags(arguments);
    302 DomainMigrateBegin3Params => domain_migrate_begin3_params(arguments);
    303 DomainMigratePrepare3Params => domain_migrate_prepare3_params(arguments);
    304 DomainMigratePrepareTunnel3Params => domain_migrate_prepare_tunnel3_params(arguments, stream);
    305 DomainMigratePerform3Params => domain_migrate_perform3_params(arguments);
    306 DomainMigrateFinish3Params => domain_migrate_finish3_params(arguments);
    307 DomainMigrateConfirm3Params => domain_migrate_confirm3_params(arguments);
    308 DomainSetMemoryStatsPeriod => domain_set_memory_stats_period(arguments);
    309 DomainCreateXmlWithFiles => domain_create_xml_with_files(arguments);
    310 DomainCreateWithFiles => domain_create_with_files(arguments);
    312 ConnectGetCpuModelNames => connect_get_cpu_model_names(arguments);
    313 ConnectNetworkEventRegisterAny => connect_network_event_register_any(arguments);
    314 ConnectNetworkEventDeregisterAny => connect_network_event_deregister_any(arguments);
    316 ConnectDomainEventCallbackRegisterAny => connect_domain_event_callback_register_any(arguments);
    317 ConnectDomainEventCallbackDeregisterAny => connect_domain_event_callback_deregister_any(arguments);
    334 DomainCoreDumpWithFormat => domain_core_dump_with_format(arguments);
    335 DomainFsfreeze => domain_fsfreeze(arguments);
    336 DomainFsthaw => domain_fsthaw(arguments);
    337 DomainGetTime => domain_get_time(arguments);
    338 DomainSetTime => domain_set_time(arguments);
    340 NodeGetFreePages => node_get_free_pages(arguments);
    341 NetworkGetDhcpLeases => network_get_dhcp_leases(arguments);
    342 ConnectGetDomainCapabilities => connect_get_domain_capabilities(arguments);
    343 DomainOpenGraphicsFd => domain_open_graphics_fd(arguments);
    344 ConnectGetAllDomainStats => connect_get_all_domain_stats(arguments);
    345 DomainBlockCopy => domain_block_copy(arguments);
    347 NodeAllocPages => node_alloc_pages(arguments);
    349 DomainGetFsinfo => domain_get_fsinfo(arguments);
    350 DomainDefineXmlFlags => domain_define_xml_flags(arguments);
    351 DomainGetIothreadInfo => domain_get_iothread_info(arguments);
    352 DomainPinIothread => domain_pin_iothread(arguments);
    353 DomainInterfaceAddresses => domain_interface_addresses(arguments);
    355 DomainAddIothread => domain_add_iothread(arguments);
    356 DomainDelIothread => domain_del_iothread(arguments);
    357 DomainSetUserPassword => domain_set_user_password(arguments);
    358 DomainRename => domain_rename(arguments);
    360 ConnectRegisterCloseCallback => connect_register_close_callback();
    361 ConnectUnregisterCloseCallback => connect_unregister_close_callback();
    364 DomainMigrateStartPostCopy => domain_migrate_start_post_copy(arguments);
    365 DomainGetPerfEvents => domain_get_perf_events(arguments);
    366 DomainSetPerfEvents => domain_set_perf_events(arguments);
    368 ConnectStoragePoolEventRegisterAny => connect_storage_pool_event_register_any(arguments);
    369 ConnectStoragePoolEventDeregisterAny => connect_storage_pool_event_deregister_any(arguments);
    371 DomainGetGuestVcpus => domain_get_guest_vcpus(arguments);
    372 DomainSetGuestVcpus => domain_set_guest_vcpus(arguments);
    374 ConnectNodeDeviceEventRegisterAny => connect_node_device_event_register_any(arguments);
    375 ConnectNodeDeviceEventDeregisterAny => connect_node_device_event_deregister_any(arguments);
    378 StorageVolGetInfoFlags => storage_vol_get_info_flags(arguments);
    380 ConnectSecretEventRegisterAny => connect_secret_event_register_any(arguments);
    381 ConnectSecretEventDeregisterAny => connect_secret_event_deregister_any(arguments);
    384 DomainSetVcpu => domain_set_vcpu(arguments);
    386 DomainSetBlockThreshold => domain_set_block_threshold(arguments);
    387 DomainMigrateGetMaxDowntime => domain_migrate_get_max_downtime(arguments);
    388 DomainManagedSaveGetXmlDesc => domain_managed_save_get_xml_desc(arguments);
    389 DomainManagedSaveDefineXml => domain_managed_save_define_xml(arguments);
    390 DomainSetLifecycleAction => domain_set_lifecycle_action(arguments);
    391 StoragePoolLookupByTargetPath => storage_pool_lookup_by_target_path(arguments);
    392 DomainDetachDeviceAlias => domain_detach_device_alias(arguments);
    393 ConnectCompareHypervisorCpu => connect_compare_hypervisor_cpu(arguments);
    394 ConnectBaselineHypervisorCpu => connect_baseline_hypervisor_cpu(arguments);
    395 NodeGetSevInfo => node_get_sev_info(arguments);
    396 DomainGetLaunchSecurityInfo => domain_get_launch_security_info(arguments);
    397 NwfilterBindingLookupByPortDev => nwfilter_binding_lookup_by_port_dev(arguments);
    398 NwfilterBindingGetXmlDesc => nwfilter_binding_get_xml_desc(arguments);
    399 NwfilterBindingCreateXml => nwfilter_binding_create_xml(arguments);
    400 NwfilterBindingDelete => nwfilter_binding_delete(arguments);
    401 ConnectListAllNwfilterBindings => connect_list_all_nwfilter_bindings(arguments);
    402 DomainSetIothreadParams => domain_set_iothread_params(arguments);
    403 ConnectGetStoragePoolCapabilities => connect_get_storage_pool_capabilities(arguments);
    404 NetworkListAllPorts => network_list_all_ports(arguments);
    405 NetworkPortLookupByUuid => network_port_lookup_by_uuid(arguments);
    406 NetworkPortCreateXml => network_port_create_xml(arguments);
    407 NetworkPortGetParameters => network_port_get_parameters(arguments);
    408 NetworkPortSetParameters => network_port_set_parameters(arguments);
    409 NetworkPortGetXmlDesc => network_port_get_xml_desc(arguments);
    410 NetworkPortDelete => network_port_delete(arguments);
    411 DomainCheckpointCreateXml => domain_checkpoint_create_xml(arguments);
    412 DomainCheckpointGetXmlDesc => domain_checkpoint_get_xml_desc(arguments);
    413 DomainListAllCheckpoints => domain_list_all_checkpoints(arguments);
    414 DomainCheckpointListAllChildren => domain_checkpoint_list_all_children(arguments);
    415 DomainCheckpointLookupByName => domain_checkpoint_lookup_by_name(arguments);
    416 DomainCheckpointGetParent => domain_checkpoint_get_parent(arguments);
    417 DomainCheckpointDelete => domain_checkpoint_delete(arguments);
    418 DomainGetGuestInfo => domain_get_guest_info(arguments);
    419 ConnectSetIdentity => connect_set_identity(arguments);
    420 DomainAgentSetResponseTimeout => domain_agent_set_response_timeout(arguments);
    421 DomainBackupBegin => domain_backup_begin(arguments);
    422 DomainBackupGetXmlDesc => domain_backup_get_xml_desc(arguments);
    424 DomainAuthorizedSshKeysGet => domain_authorized_ssh_keys_get(arguments);
    425 DomainAuthorizedSshKeysSet => domain_authorized_ssh_keys_set(arguments);
    426 DomainGetMessages => domain_get_messages(arguments);
    427 DomainStartDirtyRateCalc => domain_start_dirty_rate_calc(arguments);
    428 NodeDeviceDefineXml => node_device_define_xml(arguments);
    429 NodeDeviceUndefine => node_device_undefine(arguments);
    430 NodeDeviceCreate => node_device_create(arguments);
    431 NwfilterDefineXmlFlags => nwfilter_define_xml_flags(arguments);
    432 NetworkDefineXmlFlags => network_define_xml_flags(arguments);
    433 NodeDeviceGetAutostart => node_device_get_autostart(arguments);
    434 NodeDeviceSetAutostart => node_device_set_autostart(arguments);
    435 NodeDeviceIsPersistent => node_device_is_persistent(arguments);
    436 NodeDeviceIsActive => node_device_is_active(arguments);
    437 NetworkCreateXmlFlags => network_create_xml_flags(arguments);
    439 DomainSetLaunchSecurityState => domain_set_launch_security_state(arguments);
    440 DomainSaveParams => domain_save_params(arguments);
    441 DomainRestoreParams => domain_restore_params(arguments);
    442 DomainAbortJobFlags => domain_abort_job_flags(arguments);
    443 DomainFdAssociate => domain_fd_associate(arguments);
    444 NetworkSetMetadata => network_set_metadata(arguments);
    445 NetworkGetMetadata => network_get_metadata(arguments);
    447 NodeDeviceUpdate => node_device_update(arguments);
    448 DomainGraphicsReload => domain_graphics_reload(arguments);
    449 DomainGetAutostartOnce => domain_get_autostart_once(arguments);
    450 DomainSetAutostartOnce => domain_set_autostart_once(arguments);
    451 DomainSetThrottleGroup => domain_set_throttle_group(arguments);
    452 DomainDelThrottleGroup => domain_del_throttle_group(arguments);
    456 DomainAnnounceInterface => domain_announce_interface(arguments);
}
