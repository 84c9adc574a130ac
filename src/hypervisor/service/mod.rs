//! A hypervisor as the remote program: what is asked in many procedures, answered by fewer verbs.
//!
//! The families are one file each; this one has the table of what is served, and the connections.

mod addresses;
mod autostart;
mod beside;
mod callbacks;
mod changes;
mod clients;
mod console;
mod descent;
#[cfg_attr(not(feature = "migrate"), expect(dead_code, reason = "without the engine nobody drives"))]
mod driven;
mod event;
mod happening;
mod host;
mod identify;
mod images;
mod info;
mod interfaces;
mod job;
mod kept;
mod life;
mod list;
mod migrate;
mod migrate3;
mod migrate_params;
mod networks;
mod node;
mod node_devices;
mod open;
#[cfg(feature = "migrate")]
mod p2p;
mod pins;
mod pools;
mod reach;
mod save;
mod secrecy;
mod secrets;
mod snapshots;
mod stats;
mod steps;
#[cfg(test)]
mod tests;
mod tuning;
mod usage;
mod vcpus;
mod volumes;
mod wire;

use std::sync::Arc;

use virtwire_protocol::access::{Named, ObjectKind};
use virtwire_protocol::contract::{self, Message, Visitor};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::frame::Draft;
use virtwire_protocol::program::{Procedure, Program};
use virtwire_protocol::remote::*;
use virtwire_protocol::session::server::Called;

use super::moves::Moves;
use super::{Hypervisor, MigrationSettings, Result, Subscription};
use crate::generated::{LxcService, QemuService, RemoteService, dispatch_remote};
use crate::panics;
use crate::server::{BoxFuture, CallContext, Handler, Stream};
use beside::{Beside, Lxc, Qemu};
use clients::{Clients, Left};
use images::Images;

/// Serves a [`Hypervisor`] as the remote program.
///
/// Give it to a [`Server`](crate::server::Server). What it does not serve it answers as libvirt does for a driver without
/// it, and so the programs of QEMU and LXC, unless [`with_qemu`](Self::with_qemu) and [`with_lxc`](Self::with_lxc) say otherwise.
///
/// To add to it or to change it, put a [`Handler`] around it that answers what is its own, and passes on all else:
///
/// ```
/// use std::sync::Arc;
///
/// use virtwire::generated::{RemoteService, dispatch_remote};
/// use virtwire::hypervisor::{Hypervisor, HypervisorService, Result};
/// use virtwire::protocol::access::{Named, ObjectKind};
/// use virtwire::protocol::frame::Draft;
/// use virtwire::protocol::program::{Procedure, Program};
/// use virtwire::protocol::remote::{ConnectGetSysinfo, ConnectGetSysinfoReply};
/// use virtwire::protocol::session::server::Called;
/// use virtwire::server::{BoxFuture, CallContext, Handler};
///
/// struct WithSysinfo<H>(Arc<HypervisorService<H>>);
///
/// impl<H: Hypervisor> RemoteService for WithSysinfo<H> {
///     async fn connect_get_sysinfo(&self, _: &CallContext, _: ConnectGetSysinfo) -> Result<ConnectGetSysinfoReply> {
///         Ok(ConnectGetSysinfoReply { sysinfo: "<sysinfo type='smbios'/>".into() })
///     }
/// }
///
/// impl<H: Hypervisor> Handler for WithSysinfo<H> {
///     fn programs(&self) -> &'static [Program] {
///         self.0.programs()
///     }
///
///     fn call(self: Arc<Self>, cx: CallContext, call: Called) -> BoxFuture<'static, Result<Draft>> {
///         let (program, number) = (call.header.program, call.header.procedure);
///         match program == Program::REMOTE && number == ConnectGetSysinfo::NUMBER {
///             true => Box::pin(async move { dispatch_remote(&*self, &cx, number, &call.payload).await }),
///             false => self.0.clone().call(cx, call),
///         }
///     }
///
///     fn identify(self: Arc<Self>, kind: ObjectKind, object: Named<'static>) -> BoxFuture<'static, Result<Named<'static>>> {
///         self.0.clone().identify(kind, object)
///     }
///
///     fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
///         self.0.clone().closed(cx)
///     }
/// }
/// ```
///
/// Access is decided before a handler is asked. What it answers by itself it answers also on connections that have not opened the hypervisor.
#[derive(Debug)]
pub struct HypervisorService<H> {
    hypervisor: Arc<H>,
    clients: Arc<Clients>,
    /// The files from which its domains start.
    images: Images<H>,
    /// Where the hypervisor has the few verbs for it, its migrations.
    moves: Option<Arc<Moves>>,
    /// Which destinations it opens for its clients.
    #[cfg(feature = "migrate")]
    dialling: Option<p2p::Dialling>,
    /// The guests that it moves by itself.
    driving: driven::Driving,
    beside: Beside,
    _subscriptions: Option<[Subscription; 7]>,
}

impl<H: Hypervisor> HypervisorService<H> {
    /// Serves this hypervisor to any number of connections.
    pub fn new(hypervisor: H) -> HypervisorService<H> {
        let clients = Arc::new(Clients::default());
        let subscriptions = hypervisor.events().map(|events| {
            let [of_domains, of_happenings, of_jobs, of_networks, of_pools, of_secrets, of_node_devices] =
                std::array::from_fn(|_| clients.clone());
            [
                events.listen(move |event| of_domains.each(|client| client.tell(event))),
                events.listen_to_happenings(move |event| {
                    of_happenings.each(|client| client.tell_happening(event))
                }),
                events.listen_to_jobs(move |event| of_jobs.each(|client| client.tell_job(event))),
                events.listen_to_networks(move |event| of_networks.each(|client| client.tell_network(event))),
                events.listen_to_pools(move |event| of_pools.each(|client| client.tell_pool(event))),
                events.listen_to_secrets(move |event| of_secrets.each(|client| client.tell_secret(event))),
                events.listen_to_node_devices(move |event| {
                    of_node_devices.each(|client| client.tell_node_device(event))
                }),
            ]
        });
        let moves = moves_of(&hypervisor, MigrationSettings::default());
        let hypervisor = Arc::new(hypervisor);
        HypervisorService {
            images: Images::new(hypervisor.clone()),
            hypervisor,
            clients,
            moves,
            #[cfg(feature = "migrate")]
            dialling: None,
            driving: driven::Driving::default(),
            beside: Beside::default(),
            _subscriptions: subscriptions,
        }
    }

    /// Moves guests with other settings than the default ones, where the hypervisor is [`Migrating`](super::Migrating). To be said before
    /// it serves anybody.
    #[must_use]
    pub fn moving(mut self, settings: MigrationSettings) -> HypervisorService<H> {
        self.moves = moves_of(&*self.hypervisor, settings);
        self
    }

    /// Has this answer the calls of QEMU's program, such as `virsh qemu-monitor-command`; without one, none is supported. As all calls they
    /// come once the client has opened the hypervisor, and may do what it asks for.
    #[must_use]
    pub fn with_qemu(mut self, service: impl QemuService) -> HypervisorService<H> {
        self.beside.qemu = Box::new(Qemu(service));
        self
    }

    /// The same for LXC's program, such as `virsh lxc-enter-namespace`.
    #[must_use]
    pub fn with_lxc(mut self, service: impl LxcService) -> HypervisorService<H> {
        self.beside.lxc = Box::new(Lxc(service));
        self
    }

    /// Forgets a connection, gives up the migrations that it had begun or prepared for and not ended, and ends the guests that were
    /// started to end with it. May come more than once: also for a connection whose calls went on after its end.
    pub async fn connection_closed(&self, cx: &CallContext) {
        let Left { half_done, auto_destroy } = self.clients.remove(cx.connection());
        for migration in half_done {
            panics::survive("giving a migration up", async { self.give_up(migration) }).await;
        }
        self.end_guests(auto_destroy).await;
    }
}

fn moves_of<H: Hypervisor>(hypervisor: &H, settings: MigrationSettings) -> Option<Arc<Moves>> {
    hypervisor.migrating().is_some().then(|| Arc::new(Moves::new(settings, hypervisor.host())))
}

/// What is served, by family: the call, its arguments if it has any, its reply.
///
/// Each is answered by the method of the same name in the family's file.
macro_rules! serve {
    ($($call:ident $(: $arguments:ty $(, $stream:ident)?)? => $reply:ty;)*) => {
        impl<H: Hypervisor> RemoteService for HypervisorService<H> {
            $(serve!(@ $call, $($arguments, $($stream,)?)? => $reply);)*
        }
    };
    (@ $call:ident, => $reply:ty) => {
        async fn $call(&self, cx: &CallContext) -> Result<$reply> {
            HypervisorService::$call(self, cx).await
        }
    };
    (@ $call:ident, $arguments:ty, stream, => $reply:ty) => {
        async fn $call(&self, cx: &CallContext, arguments: $arguments, stream: Stream) -> Result<$reply> {
            HypervisorService::$call(self, cx, arguments, stream).await
        }
    };
    (@ $call:ident, $arguments:ty, => $reply:ty) => {
        async fn $call(&self, cx: &CallContext, arguments: $arguments) -> Result<$reply> {
            HypervisorService::$call(self, cx, arguments).await
        }
    };
}

serve! {
    // open
    connect_open: ConnectOpen => ();
    connect_supports_feature: ConnectSupportsFeature => ConnectSupportsFeatureReply;
    connect_register_close_callback => ();
    connect_unregister_close_callback => ();
    // host
    connect_get_type => ConnectGetTypeReply;
    connect_get_version => ConnectGetVersionReply;
    connect_get_lib_version => ConnectGetLibVersionReply;
    connect_get_hostname => ConnectGetHostnameReply;
    connect_get_uri => ConnectGetUriReply;
    connect_get_capabilities => ConnectGetCapabilitiesReply;
    connect_get_domain_capabilities: ConnectGetDomainCapabilities => ConnectGetDomainCapabilitiesReply;
    connect_get_max_vcpus: ConnectGetMaxVcpus => ConnectGetMaxVcpusReply;
    connect_is_secure => ConnectIsSecureReply;
    node_get_info => NodeGetInfoReply;
    node_get_cpu_map: NodeGetCpuMap => NodeGetCpuMapReply;
    node_get_security_model => NodeGetSecurityModelReply;
    // node
    node_get_cpu_stats: NodeGetCpuStats => NodeGetCpuStatsReply;
    node_get_memory_stats: NodeGetMemoryStats => NodeGetMemoryStatsReply;
    node_get_free_memory => NodeGetFreeMemoryReply;
    node_get_cells_free_memory: NodeGetCellsFreeMemory => NodeGetCellsFreeMemoryReply;
    // list
    connect_list_all_domains: ConnectListAllDomains => ConnectListAllDomainsReply;
    connect_list_domains: ConnectListDomains => ConnectListDomainsReply;
    connect_num_of_domains => ConnectNumOfDomainsReply;
    connect_list_defined_domains: ConnectListDefinedDomains => ConnectListDefinedDomainsReply;
    connect_num_of_defined_domains => ConnectNumOfDefinedDomainsReply;
    domain_lookup_by_id: DomainLookupById => DomainLookupByIdReply;
    domain_lookup_by_name: DomainLookupByName => DomainLookupByNameReply;
    domain_lookup_by_uuid: DomainLookupByUuid => DomainLookupByUuidReply;
    // info
    domain_get_info: DomainGetInfo => DomainGetInfoReply;
    domain_get_state: DomainGetState => DomainGetStateReply;
    domain_get_xml_desc: DomainGetXmlDesc => DomainGetXmlDescReply;
    domain_get_os_type: DomainGetOsType => DomainGetOsTypeReply;
    domain_get_max_memory: DomainGetMaxMemory => DomainGetMaxMemoryReply;
    domain_get_max_vcpus: DomainGetMaxVcpus => DomainGetMaxVcpusReply;
    domain_get_vcpus_flags: DomainGetVcpusFlags => DomainGetVcpusFlagsReply;
    domain_get_vcpus: DomainGetVcpus => DomainGetVcpusReply;
    domain_get_vcpu_pin_info: DomainGetVcpuPinInfo => DomainGetVcpuPinInfoReply;
    domain_get_autostart: DomainGetAutostart => DomainGetAutostartReply;
    domain_is_active: DomainIsActive => DomainIsActiveReply;
    domain_is_persistent: DomainIsPersistent => DomainIsPersistentReply;
    domain_is_updated: DomainIsUpdated => DomainIsUpdatedReply;
    domain_get_control_info: DomainGetControlInfo => DomainGetControlInfoReply;
    domain_memory_peek: DomainMemoryPeek => DomainMemoryPeekReply;
    domain_has_managed_save_image: DomainHasManagedSaveImage => DomainHasManagedSaveImageReply;
    domain_list_all_checkpoints: DomainListAllCheckpoints => DomainListAllCheckpointsReply;
    domain_get_security_label: DomainGetSecurityLabel => DomainGetSecurityLabelReply;
    domain_get_security_label_list: DomainGetSecurityLabelList => DomainGetSecurityLabelListReply;
    domain_get_messages: DomainGetMessages => DomainGetMessagesReply;
    // addresses
    domain_interface_addresses: DomainInterfaceAddresses => DomainInterfaceAddressesReply;
    network_get_dhcp_leases: NetworkGetDhcpLeases => NetworkGetDhcpLeasesReply;
    // usage
    domain_block_stats: DomainBlockStats => DomainBlockStatsReply;
    domain_block_stats_flags: DomainBlockStatsFlags => DomainBlockStatsFlagsReply;
    domain_get_block_info: DomainGetBlockInfo => DomainGetBlockInfoReply;
    domain_interface_stats: DomainInterfaceStats => DomainInterfaceStatsReply;
    domain_memory_stats: DomainMemoryStats => DomainMemoryStatsReply;
    domain_get_cpu_stats: DomainGetCpuStats => DomainGetCpuStatsReply;
    // reach
    domain_send_key: DomainSendKey => ();
    domain_inject_nmi: DomainInjectNmi => ();
    domain_core_dump: DomainCoreDump => ();
    domain_core_dump_with_format: DomainCoreDumpWithFormat => ();
    // changes
    domain_set_memory: DomainSetMemory => ();
    domain_set_max_memory: DomainSetMaxMemory => ();
    domain_set_memory_flags: DomainSetMemoryFlags => ();
    domain_set_vcpus: DomainSetVcpus => ();
    domain_set_vcpus_flags: DomainSetVcpusFlags => ();
    domain_set_metadata: DomainSetMetadata => ();
    domain_get_metadata: DomainGetMetadata => DomainGetMetadataReply;
    domain_rename: DomainRename => DomainRenameReply;
    domain_attach_device: DomainAttachDevice => ();
    domain_attach_device_flags: DomainAttachDeviceFlags => ();
    domain_detach_device: DomainDetachDevice => ();
    domain_detach_device_flags: DomainDetachDeviceFlags => ();
    domain_detach_device_alias: DomainDetachDeviceAlias => ();
    domain_update_device_flags: DomainUpdateDeviceFlags => ();
    // tuning
    domain_get_memory_parameters: DomainGetMemoryParameters => DomainGetMemoryParametersReply;
    domain_set_memory_parameters: DomainSetMemoryParameters => ();
    domain_get_scheduler_type: DomainGetSchedulerType => DomainGetSchedulerTypeReply;
    domain_get_scheduler_parameters: DomainGetSchedulerParameters => DomainGetSchedulerParametersReply;
    domain_get_scheduler_parameters_flags: DomainGetSchedulerParametersFlags => DomainGetSchedulerParametersFlagsReply;
    domain_set_scheduler_parameters: DomainSetSchedulerParameters => ();
    domain_set_scheduler_parameters_flags: DomainSetSchedulerParametersFlags => ();
    domain_get_blkio_parameters: DomainGetBlkioParameters => DomainGetBlkioParametersReply;
    domain_set_blkio_parameters: DomainSetBlkioParameters => ();
    domain_get_numa_parameters: DomainGetNumaParameters => DomainGetNumaParametersReply;
    domain_set_numa_parameters: DomainSetNumaParameters => ();
    domain_get_block_io_tune: DomainGetBlockIoTune => DomainGetBlockIoTuneReply;
    domain_set_block_io_tune: DomainSetBlockIoTune => ();
    domain_get_interface_parameters: DomainGetInterfaceParameters => DomainGetInterfaceParametersReply;
    domain_set_interface_parameters: DomainSetInterfaceParameters => ();
    // pins
    domain_pin_vcpu: DomainPinVcpu => ();
    domain_pin_vcpu_flags: DomainPinVcpuFlags => ();
    domain_pin_emulator: DomainPinEmulator => ();
    domain_get_emulator_pin_info: DomainGetEmulatorPinInfo => DomainGetEmulatorPinInfoReply;
    // console, stats
    domain_open_console: DomainOpenConsole, stream => ();
    connect_get_all_domain_stats: ConnectGetAllDomainStats => ConnectGetAllDomainStatsReply;
    // networks
    connect_num_of_networks => ConnectNumOfNetworksReply;
    connect_num_of_defined_networks => ConnectNumOfDefinedNetworksReply;
    connect_list_networks: ConnectListNetworks => ConnectListNetworksReply;
    connect_list_defined_networks: ConnectListDefinedNetworks => ConnectListDefinedNetworksReply;
    connect_list_all_networks: ConnectListAllNetworks => ConnectListAllNetworksReply;
    network_lookup_by_name: NetworkLookupByName => NetworkLookupByNameReply;
    network_lookup_by_uuid: NetworkLookupByUuid => NetworkLookupByUuidReply;
    network_get_xml_desc: NetworkGetXmlDesc => NetworkGetXmlDescReply;
    network_get_bridge_name: NetworkGetBridgeName => NetworkGetBridgeNameReply;
    network_get_autostart: NetworkGetAutostart => NetworkGetAutostartReply;
    network_set_autostart: NetworkSetAutostart => ();
    network_is_active: NetworkIsActive => NetworkIsActiveReply;
    network_is_persistent: NetworkIsPersistent => NetworkIsPersistentReply;
    network_define_xml: NetworkDefineXml => NetworkDefineXmlReply;
    network_define_xml_flags: NetworkDefineXmlFlags => NetworkDefineXmlFlagsReply;
    network_create_xml: NetworkCreateXml => NetworkCreateXmlReply;
    network_create_xml_flags: NetworkCreateXmlFlags => NetworkCreateXmlFlagsReply;
    network_undefine: NetworkUndefine => ();
    network_create: NetworkCreate => ();
    network_destroy: NetworkDestroy => ();
    network_update: NetworkUpdate => ();
    connect_network_event_register_any: ConnectNetworkEventRegisterAny => ConnectNetworkEventRegisterAnyReply;
    connect_network_event_deregister_any: ConnectNetworkEventDeregisterAny => ();
    // interfaces
    connect_num_of_interfaces => ConnectNumOfInterfacesReply;
    connect_num_of_defined_interfaces => ConnectNumOfDefinedInterfacesReply;
    connect_list_interfaces: ConnectListInterfaces => ConnectListInterfacesReply;
    connect_list_defined_interfaces: ConnectListDefinedInterfaces => ConnectListDefinedInterfacesReply;
    connect_list_all_interfaces: ConnectListAllInterfaces => ConnectListAllInterfacesReply;
    interface_lookup_by_name: InterfaceLookupByName => InterfaceLookupByNameReply;
    interface_lookup_by_mac_string: InterfaceLookupByMacString => InterfaceLookupByMacStringReply;
    interface_get_xml_desc: InterfaceGetXmlDesc => InterfaceGetXmlDescReply;
    interface_is_active: InterfaceIsActive => InterfaceIsActiveReply;
    interface_define_xml: InterfaceDefineXml => InterfaceDefineXmlReply;
    interface_undefine: InterfaceUndefine => ();
    interface_create: InterfaceCreate => ();
    interface_destroy: InterfaceDestroy => ();
    interface_change_begin: InterfaceChangeBegin => ();
    interface_change_commit: InterfaceChangeCommit => ();
    interface_change_rollback: InterfaceChangeRollback => ();
    // pools
    connect_num_of_storage_pools => ConnectNumOfStoragePoolsReply;
    connect_num_of_defined_storage_pools => ConnectNumOfDefinedStoragePoolsReply;
    connect_list_storage_pools: ConnectListStoragePools => ConnectListStoragePoolsReply;
    connect_list_defined_storage_pools: ConnectListDefinedStoragePools => ConnectListDefinedStoragePoolsReply;
    connect_list_all_storage_pools: ConnectListAllStoragePools => ConnectListAllStoragePoolsReply;
    storage_pool_lookup_by_name: StoragePoolLookupByName => StoragePoolLookupByNameReply;
    storage_pool_lookup_by_uuid: StoragePoolLookupByUuid => StoragePoolLookupByUuidReply;
    storage_pool_lookup_by_volume: StoragePoolLookupByVolume => StoragePoolLookupByVolumeReply;
    storage_pool_get_info: StoragePoolGetInfo => StoragePoolGetInfoReply;
    storage_pool_get_xml_desc: StoragePoolGetXmlDesc => StoragePoolGetXmlDescReply;
    storage_pool_get_autostart: StoragePoolGetAutostart => StoragePoolGetAutostartReply;
    storage_pool_set_autostart: StoragePoolSetAutostart => ();
    storage_pool_is_active: StoragePoolIsActive => StoragePoolIsActiveReply;
    storage_pool_is_persistent: StoragePoolIsPersistent => StoragePoolIsPersistentReply;
    storage_pool_define_xml: StoragePoolDefineXml => StoragePoolDefineXmlReply;
    storage_pool_create_xml: StoragePoolCreateXml => StoragePoolCreateXmlReply;
    storage_pool_build: StoragePoolBuild => ();
    storage_pool_create: StoragePoolCreate => ();
    storage_pool_destroy: StoragePoolDestroy => ();
    storage_pool_undefine: StoragePoolUndefine => ();
    storage_pool_delete: StoragePoolDelete => ();
    storage_pool_refresh: StoragePoolRefresh => ();
    connect_storage_pool_event_register_any: ConnectStoragePoolEventRegisterAny =>
        ConnectStoragePoolEventRegisterAnyReply;
    connect_storage_pool_event_deregister_any: ConnectStoragePoolEventDeregisterAny => ();
    // volumes
    storage_pool_num_of_volumes: StoragePoolNumOfVolumes => StoragePoolNumOfVolumesReply;
    storage_pool_list_volumes: StoragePoolListVolumes => StoragePoolListVolumesReply;
    storage_pool_list_all_volumes: StoragePoolListAllVolumes => StoragePoolListAllVolumesReply;
    storage_vol_lookup_by_name: StorageVolLookupByName => StorageVolLookupByNameReply;
    storage_vol_lookup_by_key: StorageVolLookupByKey => StorageVolLookupByKeyReply;
    storage_vol_lookup_by_path: StorageVolLookupByPath => StorageVolLookupByPathReply;
    storage_vol_get_info: StorageVolGetInfo => StorageVolGetInfoReply;
    storage_vol_get_info_flags: StorageVolGetInfoFlags => StorageVolGetInfoFlagsReply;
    storage_vol_get_path: StorageVolGetPath => StorageVolGetPathReply;
    storage_vol_get_xml_desc: StorageVolGetXmlDesc => StorageVolGetXmlDescReply;
    storage_vol_create_xml: StorageVolCreateXml => StorageVolCreateXmlReply;
    storage_vol_create_xml_from: StorageVolCreateXmlFrom => StorageVolCreateXmlFromReply;
    storage_vol_wipe: StorageVolWipe => ();
    storage_vol_wipe_pattern: StorageVolWipePattern => ();
    storage_vol_delete: StorageVolDelete => ();
    storage_vol_resize: StorageVolResize => ();
    storage_vol_upload: StorageVolUpload, stream => ();
    storage_vol_download: StorageVolDownload, stream => ();
    // secrets
    connect_num_of_secrets => ConnectNumOfSecretsReply;
    connect_list_secrets: ConnectListSecrets => ConnectListSecretsReply;
    connect_list_all_secrets: ConnectListAllSecrets => ConnectListAllSecretsReply;
    secret_lookup_by_uuid: SecretLookupByUuid => SecretLookupByUuidReply;
    secret_lookup_by_usage: SecretLookupByUsage => SecretLookupByUsageReply;
    secret_define_xml: SecretDefineXml => SecretDefineXmlReply;
    secret_get_xml_desc: SecretGetXmlDesc => SecretGetXmlDescReply;
    secret_set_value: SecretSetValue => ();
    secret_get_value: SecretGetValue => SecretGetValueReply;
    secret_undefine: SecretUndefine => ();
    connect_secret_event_register_any: ConnectSecretEventRegisterAny => ConnectSecretEventRegisterAnyReply;
    connect_secret_event_deregister_any: ConnectSecretEventDeregisterAny => ();
    // node devices
    node_num_of_devices: NodeNumOfDevices => NodeNumOfDevicesReply;
    node_list_devices: NodeListDevices => NodeListDevicesReply;
    connect_list_all_node_devices: ConnectListAllNodeDevices => ConnectListAllNodeDevicesReply;
    node_device_lookup_by_name: NodeDeviceLookupByName => NodeDeviceLookupByNameReply;
    node_device_lookup_scsi_host_by_wwn: NodeDeviceLookupScsiHostByWwn => NodeDeviceLookupScsiHostByWwnReply;
    node_device_get_xml_desc: NodeDeviceGetXmlDesc => NodeDeviceGetXmlDescReply;
    node_device_get_parent: NodeDeviceGetParent => NodeDeviceGetParentReply;
    node_device_num_of_caps: NodeDeviceNumOfCaps => NodeDeviceNumOfCapsReply;
    node_device_list_caps: NodeDeviceListCaps => NodeDeviceListCapsReply;
    node_device_is_active: NodeDeviceIsActive => NodeDeviceIsActiveReply;
    node_device_is_persistent: NodeDeviceIsPersistent => NodeDeviceIsPersistentReply;
    node_device_get_autostart: NodeDeviceGetAutostart => NodeDeviceGetAutostartReply;
    node_device_set_autostart: NodeDeviceSetAutostart => ();
    node_device_create_xml: NodeDeviceCreateXml => NodeDeviceCreateXmlReply;
    node_device_define_xml: NodeDeviceDefineXml => NodeDeviceDefineXmlReply;
    node_device_undefine: NodeDeviceUndefine => ();
    node_device_create: NodeDeviceCreate => ();
    node_device_destroy: NodeDeviceDestroy => ();
    node_device_update: NodeDeviceUpdate => ();
    node_device_dettach: NodeDeviceDettach => ();
    node_device_detach_flags: NodeDeviceDetachFlags => ();
    node_device_re_attach: NodeDeviceReAttach => ();
    node_device_reset: NodeDeviceReset => ();
    connect_node_device_event_register_any: ConnectNodeDeviceEventRegisterAny =>
        ConnectNodeDeviceEventRegisterAnyReply;
    connect_node_device_event_deregister_any: ConnectNodeDeviceEventDeregisterAny => ();
    // snapshots
    domain_has_current_snapshot: DomainHasCurrentSnapshot => DomainHasCurrentSnapshotReply;
    domain_snapshot_num: DomainSnapshotNum => DomainSnapshotNumReply;
    domain_snapshot_list_names: DomainSnapshotListNames => DomainSnapshotListNamesReply;
    domain_list_all_snapshots: DomainListAllSnapshots => DomainListAllSnapshotsReply;
    domain_snapshot_num_children: DomainSnapshotNumChildren => DomainSnapshotNumChildrenReply;
    domain_snapshot_list_children_names: DomainSnapshotListChildrenNames => DomainSnapshotListChildrenNamesReply;
    domain_snapshot_list_all_children: DomainSnapshotListAllChildren => DomainSnapshotListAllChildrenReply;
    domain_snapshot_lookup_by_name: DomainSnapshotLookupByName => DomainSnapshotLookupByNameReply;
    domain_snapshot_current: DomainSnapshotCurrent => DomainSnapshotCurrentReply;
    domain_snapshot_is_current: DomainSnapshotIsCurrent => DomainSnapshotIsCurrentReply;
    domain_snapshot_has_metadata: DomainSnapshotHasMetadata => DomainSnapshotHasMetadataReply;
    domain_snapshot_get_parent: DomainSnapshotGetParent => DomainSnapshotGetParentReply;
    domain_snapshot_get_xml_desc: DomainSnapshotGetXmlDesc => DomainSnapshotGetXmlDescReply;
    domain_snapshot_create_xml: DomainSnapshotCreateXml => DomainSnapshotCreateXmlReply;
    domain_revert_to_snapshot: DomainRevertToSnapshot => ();
    domain_snapshot_delete: DomainSnapshotDelete => ();
    // life
    domain_define_xml: DomainDefineXml => DomainDefineXmlReply;
    domain_define_xml_flags: DomainDefineXmlFlags => DomainDefineXmlFlagsReply;
    domain_undefine: DomainUndefine => ();
    domain_undefine_flags: DomainUndefineFlags => ();
    domain_create_xml: DomainCreateXml => DomainCreateXmlReply;
    domain_create: DomainCreate => ();
    domain_create_with_flags: DomainCreateWithFlags => DomainCreateWithFlagsReply;
    domain_destroy: DomainDestroy => ();
    domain_destroy_flags: DomainDestroyFlags => ();
    domain_shutdown: DomainShutdown => ();
    domain_shutdown_flags: DomainShutdownFlags => ();
    domain_reboot: DomainReboot => ();
    domain_reset: DomainReset => ();
    domain_suspend: DomainSuspend => ();
    domain_resume: DomainResume => ();
    domain_set_autostart: DomainSetAutostart => ();
    // save
    domain_save: DomainSave => ();
    domain_save_flags: DomainSaveFlags => ();
    domain_save_params: DomainSaveParams => ();
    domain_restore: DomainRestore => ();
    domain_restore_flags: DomainRestoreFlags => ();
    domain_restore_params: DomainRestoreParams => ();
    domain_save_image_get_xml_desc: DomainSaveImageGetXmlDesc => DomainSaveImageGetXmlDescReply;
    domain_save_image_define_xml: DomainSaveImageDefineXml => ();
    domain_managed_save: DomainManagedSave => ();
    domain_managed_save_remove: DomainManagedSaveRemove => ();
    domain_managed_save_get_xml_desc: DomainManagedSaveGetXmlDesc => DomainManagedSaveGetXmlDescReply;
    domain_managed_save_define_xml: DomainManagedSaveDefineXml => ();
    // event
    connect_domain_event_register => ConnectDomainEventRegisterReply;
    connect_domain_event_deregister => ConnectDomainEventDeregisterReply;
    connect_domain_event_register_any: ConnectDomainEventRegisterAny => ();
    connect_domain_event_deregister_any: ConnectDomainEventDeregisterAny => ();
    connect_domain_event_callback_register_any: ConnectDomainEventCallbackRegisterAny =>
        ConnectDomainEventCallbackRegisterAnyReply;
    connect_domain_event_callback_deregister_any: ConnectDomainEventCallbackDeregisterAny => ();
    // migrate
    domain_migrate_prepare: DomainMigratePrepare => DomainMigratePrepareReply;
    domain_migrate_prepare2: DomainMigratePrepare2 => DomainMigratePrepare2Reply;
    domain_migrate_prepare_tunnel: DomainMigratePrepareTunnel, stream => ();
    domain_migrate_perform: DomainMigratePerform => ();
    domain_migrate_finish: DomainMigrateFinish => DomainMigrateFinishReply;
    domain_migrate_finish2: DomainMigrateFinish2 => DomainMigrateFinish2Reply;
    domain_migrate_begin3: DomainMigrateBegin3 => DomainMigrateBegin3Reply;
    domain_migrate_prepare3: DomainMigratePrepare3 => DomainMigratePrepare3Reply;
    domain_migrate_prepare_tunnel3: DomainMigratePrepareTunnel3, stream => DomainMigratePrepareTunnel3Reply;
    domain_migrate_perform3: DomainMigratePerform3 => DomainMigratePerform3Reply;
    domain_migrate_finish3: DomainMigrateFinish3 => DomainMigrateFinish3Reply;
    domain_migrate_confirm3: DomainMigrateConfirm3 => ();
    domain_migrate_begin3_params: DomainMigrateBegin3Params => DomainMigrateBegin3ParamsReply;
    domain_migrate_prepare3_params: DomainMigratePrepare3Params => DomainMigratePrepare3ParamsReply;
    domain_migrate_prepare_tunnel3_params: DomainMigratePrepareTunnel3Params, stream =>
        DomainMigratePrepareTunnel3ParamsReply;
    domain_migrate_perform3_params: DomainMigratePerform3Params => DomainMigratePerform3ParamsReply;
    domain_migrate_finish3_params: DomainMigrateFinish3Params => DomainMigrateFinish3ParamsReply;
    domain_migrate_confirm3_params: DomainMigrateConfirm3Params => ();
    // job
    domain_migrate_get_max_speed: DomainMigrateGetMaxSpeed => DomainMigrateGetMaxSpeedReply;
    domain_migrate_set_max_speed: DomainMigrateSetMaxSpeed => ();
    domain_migrate_get_max_downtime: DomainMigrateGetMaxDowntime => DomainMigrateGetMaxDowntimeReply;
    domain_migrate_set_max_downtime: DomainMigrateSetMaxDowntime => ();
    domain_get_job_info: DomainGetJobInfo => DomainGetJobInfoReply;
    domain_get_job_stats: DomainGetJobStats => DomainGetJobStatsReply;
    domain_abort_job: DomainAbortJob => ();
    domain_abort_job_flags: DomainAbortJobFlags => ();
    domain_migrate_start_post_copy: DomainMigrateStartPostCopy => ();
}

impl<H: Hypervisor> Handler for HypervisorService<H> {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> BoxFuture<'static, Result<Draft>> {
        Box::pin(async move {
            let Called { header, payload, .. } = call;
            let (program, number) = (header.program, header.procedure);
            let opens = program == Program::REMOTE && number == ConnectOpen::NUMBER;
            if !opens && !self.clients.is_open(cx.connection()) {
                // Arguments that do not decode are told of first, as libvirt's daemons do.
                let decodes = contract::visit_call(program, number, Decodes(&payload)).unwrap_or(true);
                return Err(if decodes { not_open() } else { RemoteError::undecodable() });
            }
            let answer = match program {
                Program::QEMU => self.beside.qemu.answer(&cx, number, &payload),
                Program::LXC => self.beside.lxc.answer(&cx, number, &payload),
                _ => dispatch_remote(&*self, &cx, number, &payload),
            };
            // The arguments are decoded: a slow call must not hold the frame as well.
            drop(payload);
            answer.await
        })
    }

    fn identify(
        self: Arc<Self>,
        kind: ObjectKind,
        object: Named<'static>,
    ) -> BoxFuture<'static, Result<Named<'static>>> {
        Box::pin(async move { self.identified(kind, object).await })
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.connection_closed(&cx).await })
    }
}

fn not_open() -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, "hypervisor connection not open")
}

/// Whether a payload is what its procedure takes. Bytes beyond it do not matter.
struct Decodes<'a>(&'a [u8]);

impl Visitor for Decodes<'_> {
    type Output = bool;

    fn visit<T: Message>(self, _: &'static str) -> bool {
        virtwire_xdr::Options::lenient().from_slice::<T>(self.0).is_ok()
    }
}
