//! What is served, by family: the calls, what each takes, and the flags that it knows.

use virtwire_protocol::program::Procedure;
use virtwire_protocol::remote::*;

use super::super::{Hypervisor, Result, errors};
use super::changes::{CONFIG, LIVE, MAXIMUM};
use super::tuning::STRINGS;
use super::{
    HypervisorService, changes, info, interfaces, job, life, list, networks, node_devices, pools, save,
    secrets, snapshots, volumes,
};
use crate::generated::RemoteService;
use crate::server::{CallContext, Stream};

/// Each call is answered by the method of the same name in its family's file.
///
/// A call's arguments have its reply's type and its name. Flags are in brackets: a call with others is refused before anything else is
/// looked at (code 8). Where there are none, the call has no flags, or its method looks at something else first.
macro_rules! serve {
    ($($call:ident $(: $arguments:ident $(, $stream:ident)? $([$known:expr])?)? $(=> $reply:ty)?;)*) => {
        impl<H: Hypervisor> RemoteService for HypervisorService<H> {
            $(serve!(@ $call, $($arguments, $($stream,)? $([$known])?)? $(=> $reply)?);)*
        }
    };
    (@ $call:ident, => $reply:ty) => {
        async fn $call(&self, cx: &CallContext) -> Result<$reply> {
            HypervisorService::$call(self, cx).await
        }
    };
    (@ $call:ident, $arguments:ident, stream, $([$known:expr])?) => {
        async fn $call(&self, cx: &CallContext, arguments: $arguments, stream: Stream) -> Result<Reply<$arguments>> {
            $(check::<$arguments>(arguments.flags, $known)?;)?
            HypervisorService::$call(self, cx, arguments, stream).await
        }
    };
    (@ $call:ident, $arguments:ident, $([$known:expr])?) => {
        async fn $call(&self, cx: &CallContext, arguments: $arguments) -> Result<Reply<$arguments>> {
            $(check::<$arguments>(arguments.flags, $known)?;)?
            HypervisorService::$call(self, cx, arguments).await
        }
    };
}

type Reply<P> = <P as Procedure>::Reply;

fn check<P: Procedure>(flags: u32, known: u32) -> Result<()> {
    errors::check_flags(flags, known.into(), P::NAME)
}

serve! {
    // open
    connect_open: ConnectOpen;
    connect_supports_feature: ConnectSupportsFeature;
    connect_register_close_callback => ();
    connect_unregister_close_callback => ();
    // host
    connect_get_type => ConnectGetTypeReply;
    connect_get_version => ConnectGetVersionReply;
    connect_get_lib_version => ConnectGetLibVersionReply;
    connect_get_hostname => ConnectGetHostnameReply;
    connect_get_uri => ConnectGetUriReply;
    connect_get_capabilities => ConnectGetCapabilitiesReply;
    connect_get_domain_capabilities: ConnectGetDomainCapabilities [0];
    connect_get_max_vcpus: ConnectGetMaxVcpus;
    connect_is_secure => ConnectIsSecureReply;
    node_get_info => NodeGetInfoReply;
    node_get_cpu_map: NodeGetCpuMap [0];
    node_get_security_model => NodeGetSecurityModelReply;
    // node
    node_get_cpu_stats: NodeGetCpuStats [0];
    node_get_memory_stats: NodeGetMemoryStats [0];
    node_get_free_memory => NodeGetFreeMemoryReply;
    node_get_cells_free_memory: NodeGetCellsFreeMemory;
    // list
    connect_list_all_domains: ConnectListAllDomains [list::FILTERS];
    connect_list_domains: ConnectListDomains;
    connect_num_of_domains => ConnectNumOfDomainsReply;
    connect_list_defined_domains: ConnectListDefinedDomains;
    connect_num_of_defined_domains => ConnectNumOfDefinedDomainsReply;
    domain_lookup_by_id: DomainLookupById;
    domain_lookup_by_name: DomainLookupByName;
    domain_lookup_by_uuid: DomainLookupByUuid;
    // info
    domain_get_info: DomainGetInfo;
    domain_get_state: DomainGetState [0];
    domain_get_xml_desc: DomainGetXmlDesc;
    domain_get_os_type: DomainGetOsType;
    domain_get_max_memory: DomainGetMaxMemory;
    domain_get_max_vcpus: DomainGetMaxVcpus;
    domain_get_vcpus_flags: DomainGetVcpusFlags [LIVE | CONFIG | MAXIMUM];
    domain_get_vcpus: DomainGetVcpus;
    domain_get_vcpu_pin_info: DomainGetVcpuPinInfo [LIVE | CONFIG];
    domain_get_autostart: DomainGetAutostart;
    domain_is_active: DomainIsActive;
    domain_is_persistent: DomainIsPersistent;
    domain_is_updated: DomainIsUpdated;
    domain_get_control_info: DomainGetControlInfo [0];
    domain_memory_peek: DomainMemoryPeek [info::MEMORY_PHYSICAL];
    domain_has_managed_save_image: DomainHasManagedSaveImage;
    domain_list_all_checkpoints: DomainListAllCheckpoints;
    domain_get_security_label: DomainGetSecurityLabel;
    domain_get_security_label_list: DomainGetSecurityLabelList;
    domain_get_messages: DomainGetMessages;
    // addresses
    domain_interface_addresses: DomainInterfaceAddresses [0];
    network_get_dhcp_leases: NetworkGetDhcpLeases [0];
    // usage
    domain_block_stats: DomainBlockStats;
    domain_block_stats_flags: DomainBlockStatsFlags [STRINGS];
    domain_get_block_info: DomainGetBlockInfo [0];
    domain_interface_stats: DomainInterfaceStats;
    domain_memory_stats: DomainMemoryStats [0];
    domain_get_cpu_stats: DomainGetCpuStats [STRINGS];
    // reach
    domain_send_key: DomainSendKey [0];
    domain_inject_nmi: DomainInjectNmi [0];
    domain_core_dump: DomainCoreDump;
    domain_core_dump_with_format: DomainCoreDumpWithFormat;
    // changes
    domain_set_memory: DomainSetMemory;
    domain_set_max_memory: DomainSetMaxMemory;
    domain_set_memory_flags: DomainSetMemoryFlags [LIVE | CONFIG | MAXIMUM];
    domain_set_vcpus: DomainSetVcpus;
    domain_set_vcpus_flags: DomainSetVcpusFlags [LIVE | CONFIG | MAXIMUM];
    domain_set_metadata: DomainSetMetadata [LIVE | CONFIG];
    domain_get_metadata: DomainGetMetadata [LIVE | CONFIG];
    domain_rename: DomainRename [0];
    domain_attach_device: DomainAttachDevice;
    domain_attach_device_flags: DomainAttachDeviceFlags [LIVE | CONFIG];
    domain_detach_device: DomainDetachDevice;
    domain_detach_device_flags: DomainDetachDeviceFlags [LIVE | CONFIG];
    domain_detach_device_alias: DomainDetachDeviceAlias [LIVE | CONFIG];
    domain_update_device_flags: DomainUpdateDeviceFlags [LIVE | CONFIG | changes::FORCE];
    // tuning
    domain_get_memory_parameters: DomainGetMemoryParameters [LIVE | CONFIG | STRINGS];
    domain_set_memory_parameters: DomainSetMemoryParameters [LIVE | CONFIG];
    domain_get_scheduler_type: DomainGetSchedulerType;
    domain_get_scheduler_parameters: DomainGetSchedulerParameters;
    domain_get_scheduler_parameters_flags: DomainGetSchedulerParametersFlags [LIVE | CONFIG | STRINGS];
    domain_set_scheduler_parameters: DomainSetSchedulerParameters;
    domain_set_scheduler_parameters_flags: DomainSetSchedulerParametersFlags [LIVE | CONFIG];
    domain_get_blkio_parameters: DomainGetBlkioParameters [LIVE | CONFIG | STRINGS];
    domain_set_blkio_parameters: DomainSetBlkioParameters [LIVE | CONFIG];
    domain_get_numa_parameters: DomainGetNumaParameters [LIVE | CONFIG | STRINGS];
    domain_set_numa_parameters: DomainSetNumaParameters [LIVE | CONFIG];
    domain_get_block_io_tune: DomainGetBlockIoTune [LIVE | CONFIG | STRINGS];
    domain_set_block_io_tune: DomainSetBlockIoTune [LIVE | CONFIG];
    domain_get_interface_parameters: DomainGetInterfaceParameters [LIVE | CONFIG | STRINGS];
    domain_set_interface_parameters: DomainSetInterfaceParameters [LIVE | CONFIG];
    // pins
    domain_pin_vcpu: DomainPinVcpu;
    domain_pin_vcpu_flags: DomainPinVcpuFlags [LIVE | CONFIG];
    domain_pin_emulator: DomainPinEmulator [LIVE | CONFIG];
    domain_get_emulator_pin_info: DomainGetEmulatorPinInfo [LIVE | CONFIG];
    // console, stats
    domain_open_console: DomainOpenConsole, stream;
    connect_get_all_domain_stats: ConnectGetAllDomainStats;
    // networks
    connect_num_of_networks => ConnectNumOfNetworksReply;
    connect_num_of_defined_networks => ConnectNumOfDefinedNetworksReply;
    connect_list_networks: ConnectListNetworks;
    connect_list_defined_networks: ConnectListDefinedNetworks;
    connect_list_all_networks: ConnectListAllNetworks;
    network_lookup_by_name: NetworkLookupByName;
    network_lookup_by_uuid: NetworkLookupByUuid;
    network_get_xml_desc: NetworkGetXmlDesc [networks::XML_INACTIVE];
    network_get_bridge_name: NetworkGetBridgeName;
    network_get_autostart: NetworkGetAutostart;
    network_set_autostart: NetworkSetAutostart;
    network_is_active: NetworkIsActive;
    network_is_persistent: NetworkIsPersistent;
    network_define_xml: NetworkDefineXml;
    network_define_xml_flags: NetworkDefineXmlFlags [networks::VALIDATE];
    network_create_xml: NetworkCreateXml;
    network_create_xml_flags: NetworkCreateXmlFlags [networks::VALIDATE];
    network_undefine: NetworkUndefine;
    network_create: NetworkCreate;
    network_destroy: NetworkDestroy;
    network_update: NetworkUpdate [LIVE | CONFIG];
    connect_network_event_register_any: ConnectNetworkEventRegisterAny;
    connect_network_event_deregister_any: ConnectNetworkEventDeregisterAny;
    // interfaces
    connect_num_of_interfaces => ConnectNumOfInterfacesReply;
    connect_num_of_defined_interfaces => ConnectNumOfDefinedInterfacesReply;
    connect_list_interfaces: ConnectListInterfaces;
    connect_list_defined_interfaces: ConnectListDefinedInterfaces;
    connect_list_all_interfaces: ConnectListAllInterfaces;
    interface_lookup_by_name: InterfaceLookupByName;
    interface_lookup_by_mac_string: InterfaceLookupByMacString;
    interface_get_xml_desc: InterfaceGetXmlDesc [interfaces::XML_INACTIVE];
    interface_is_active: InterfaceIsActive;
    interface_define_xml: InterfaceDefineXml [interfaces::VALIDATE];
    interface_undefine: InterfaceUndefine;
    interface_create: InterfaceCreate [0];
    interface_destroy: InterfaceDestroy [0];
    interface_change_begin: InterfaceChangeBegin [0];
    interface_change_commit: InterfaceChangeCommit [0];
    interface_change_rollback: InterfaceChangeRollback [0];
    // pools
    connect_num_of_storage_pools => ConnectNumOfStoragePoolsReply;
    connect_num_of_defined_storage_pools => ConnectNumOfDefinedStoragePoolsReply;
    connect_list_storage_pools: ConnectListStoragePools;
    connect_list_defined_storage_pools: ConnectListDefinedStoragePools;
    connect_list_all_storage_pools: ConnectListAllStoragePools;
    storage_pool_lookup_by_name: StoragePoolLookupByName;
    storage_pool_lookup_by_uuid: StoragePoolLookupByUuid;
    storage_pool_lookup_by_volume: StoragePoolLookupByVolume;
    storage_pool_get_info: StoragePoolGetInfo;
    storage_pool_get_xml_desc: StoragePoolGetXmlDesc [pools::XML_INACTIVE];
    storage_pool_get_autostart: StoragePoolGetAutostart;
    storage_pool_set_autostart: StoragePoolSetAutostart;
    storage_pool_is_active: StoragePoolIsActive;
    storage_pool_is_persistent: StoragePoolIsPersistent;
    storage_pool_define_xml: StoragePoolDefineXml [pools::VALIDATE];
    storage_pool_create_xml: StoragePoolCreateXml;
    storage_pool_build: StoragePoolBuild [pools::BUILD_FLAGS];
    storage_pool_create: StoragePoolCreate;
    storage_pool_destroy: StoragePoolDestroy;
    storage_pool_undefine: StoragePoolUndefine;
    storage_pool_delete: StoragePoolDelete [0];
    storage_pool_refresh: StoragePoolRefresh [0];
    connect_storage_pool_event_register_any: ConnectStoragePoolEventRegisterAny;
    connect_storage_pool_event_deregister_any: ConnectStoragePoolEventDeregisterAny;
    // volumes
    storage_pool_num_of_volumes: StoragePoolNumOfVolumes;
    storage_pool_list_volumes: StoragePoolListVolumes;
    storage_pool_list_all_volumes: StoragePoolListAllVolumes [0];
    storage_vol_lookup_by_name: StorageVolLookupByName;
    storage_vol_lookup_by_key: StorageVolLookupByKey;
    storage_vol_lookup_by_path: StorageVolLookupByPath;
    storage_vol_get_info: StorageVolGetInfo;
    storage_vol_get_info_flags: StorageVolGetInfoFlags [volumes::GET_PHYSICAL];
    storage_vol_get_path: StorageVolGetPath;
    storage_vol_get_xml_desc: StorageVolGetXmlDesc [0];
    storage_vol_create_xml: StorageVolCreateXml [volumes::CREATE_FLAGS];
    storage_vol_create_xml_from: StorageVolCreateXmlFrom [volumes::CLONE_FLAGS];
    storage_vol_wipe: StorageVolWipe [0];
    storage_vol_wipe_pattern: StorageVolWipePattern [0];
    storage_vol_delete: StorageVolDelete [volumes::DELETE_ZEROED];
    storage_vol_resize: StorageVolResize [volumes::DELTA | volumes::SHRINK];
    storage_vol_upload: StorageVolUpload, stream [volumes::SPARSE];
    storage_vol_download: StorageVolDownload, stream [volumes::SPARSE];
    // secrets
    connect_num_of_secrets => ConnectNumOfSecretsReply;
    connect_list_secrets: ConnectListSecrets;
    connect_list_all_secrets: ConnectListAllSecrets;
    secret_lookup_by_uuid: SecretLookupByUuid;
    secret_lookup_by_usage: SecretLookupByUsage;
    secret_define_xml: SecretDefineXml [secrets::VALIDATE];
    secret_get_xml_desc: SecretGetXmlDesc [0];
    secret_set_value: SecretSetValue [0];
    secret_get_value: SecretGetValue [0];
    secret_undefine: SecretUndefine;
    connect_secret_event_register_any: ConnectSecretEventRegisterAny;
    connect_secret_event_deregister_any: ConnectSecretEventDeregisterAny;
    // node devices
    node_num_of_devices: NodeNumOfDevices [0];
    node_list_devices: NodeListDevices [0];
    connect_list_all_node_devices: ConnectListAllNodeDevices;
    node_device_lookup_by_name: NodeDeviceLookupByName;
    node_device_lookup_scsi_host_by_wwn: NodeDeviceLookupScsiHostByWwn [0];
    node_device_get_xml_desc: NodeDeviceGetXmlDesc [node_devices::XML_INACTIVE];
    node_device_get_parent: NodeDeviceGetParent;
    node_device_num_of_caps: NodeDeviceNumOfCaps;
    node_device_list_caps: NodeDeviceListCaps;
    node_device_is_active: NodeDeviceIsActive;
    node_device_is_persistent: NodeDeviceIsPersistent;
    node_device_get_autostart: NodeDeviceGetAutostart;
    node_device_set_autostart: NodeDeviceSetAutostart;
    node_device_create_xml: NodeDeviceCreateXml [node_devices::VALIDATE];
    node_device_define_xml: NodeDeviceDefineXml [node_devices::VALIDATE];
    node_device_undefine: NodeDeviceUndefine [0];
    node_device_create: NodeDeviceCreate [0];
    node_device_destroy: NodeDeviceDestroy;
    node_device_update: NodeDeviceUpdate [LIVE | CONFIG];
    node_device_dettach: NodeDeviceDettach;
    node_device_detach_flags: NodeDeviceDetachFlags [0];
    node_device_re_attach: NodeDeviceReAttach;
    node_device_reset: NodeDeviceReset;
    connect_node_device_event_register_any: ConnectNodeDeviceEventRegisterAny;
    connect_node_device_event_deregister_any: ConnectNodeDeviceEventDeregisterAny;
    // snapshots
    domain_has_current_snapshot: DomainHasCurrentSnapshot [0];
    domain_snapshot_num: DomainSnapshotNum;
    domain_snapshot_list_names: DomainSnapshotListNames;
    domain_list_all_snapshots: DomainListAllSnapshots;
    domain_snapshot_num_children: DomainSnapshotNumChildren;
    domain_snapshot_list_children_names: DomainSnapshotListChildrenNames;
    domain_snapshot_list_all_children: DomainSnapshotListAllChildren;
    domain_snapshot_lookup_by_name: DomainSnapshotLookupByName;
    domain_snapshot_current: DomainSnapshotCurrent;
    domain_snapshot_is_current: DomainSnapshotIsCurrent [0];
    domain_snapshot_has_metadata: DomainSnapshotHasMetadata [0];
    domain_snapshot_get_parent: DomainSnapshotGetParent [0];
    domain_snapshot_get_xml_desc: DomainSnapshotGetXmlDesc [snapshots::XML_SECURE];
    domain_snapshot_create_xml: DomainSnapshotCreateXml;
    domain_revert_to_snapshot: DomainRevertToSnapshot;
    domain_snapshot_delete: DomainSnapshotDelete;
    // life
    domain_define_xml: DomainDefineXml;
    domain_define_xml_flags: DomainDefineXmlFlags [life::DEFINE_VALIDATE];
    domain_undefine: DomainUndefine;
    domain_undefine_flags: DomainUndefineFlags [life::UNDEFINE_FLAGS];
    domain_create_xml: DomainCreateXml [life::CREATE_FLAGS];
    domain_create: DomainCreate;
    domain_create_with_flags: DomainCreateWithFlags [life::START_FLAGS];
    domain_destroy: DomainDestroy;
    domain_destroy_flags: DomainDestroyFlags [life::DESTROY_GRACEFUL];
    domain_shutdown: DomainShutdown;
    domain_shutdown_flags: DomainShutdownFlags [life::ACPI_POWER_BUTTON];
    domain_reboot: DomainReboot [life::ACPI_POWER_BUTTON];
    domain_reset: DomainReset [0];
    domain_suspend: DomainSuspend;
    domain_resume: DomainResume;
    domain_set_autostart: DomainSetAutostart;
    // save
    domain_save: DomainSave;
    domain_save_flags: DomainSaveFlags;
    domain_save_params: DomainSaveParams;
    domain_restore: DomainRestore;
    domain_restore_flags: DomainRestoreFlags;
    domain_restore_params: DomainRestoreParams;
    domain_save_image_get_xml_desc: DomainSaveImageGetXmlDesc [save::XML_SECURE];
    domain_save_image_define_xml: DomainSaveImageDefineXml;
    domain_managed_save: DomainManagedSave;
    domain_managed_save_remove: DomainManagedSaveRemove [0];
    domain_managed_save_get_xml_desc: DomainManagedSaveGetXmlDesc [save::XML_SECURE];
    domain_managed_save_define_xml: DomainManagedSaveDefineXml;
    // event
    connect_domain_event_register => ConnectDomainEventRegisterReply;
    connect_domain_event_deregister => ConnectDomainEventDeregisterReply;
    connect_domain_event_register_any: ConnectDomainEventRegisterAny;
    connect_domain_event_deregister_any: ConnectDomainEventDeregisterAny;
    connect_domain_event_callback_register_any: ConnectDomainEventCallbackRegisterAny;
    connect_domain_event_callback_deregister_any: ConnectDomainEventCallbackDeregisterAny;
    // migrate
    domain_migrate_prepare: DomainMigratePrepare;
    domain_migrate_prepare2: DomainMigratePrepare2;
    domain_migrate_prepare_tunnel: DomainMigratePrepareTunnel, stream;
    domain_migrate_perform: DomainMigratePerform;
    domain_migrate_finish: DomainMigrateFinish;
    domain_migrate_finish2: DomainMigrateFinish2;
    domain_migrate_begin3: DomainMigrateBegin3;
    domain_migrate_prepare3: DomainMigratePrepare3;
    domain_migrate_prepare_tunnel3: DomainMigratePrepareTunnel3, stream;
    domain_migrate_perform3: DomainMigratePerform3;
    domain_migrate_finish3: DomainMigrateFinish3;
    domain_migrate_confirm3: DomainMigrateConfirm3;
    domain_migrate_begin3_params: DomainMigrateBegin3Params;
    domain_migrate_prepare3_params: DomainMigratePrepare3Params;
    domain_migrate_prepare_tunnel3_params: DomainMigratePrepareTunnel3Params, stream;
    domain_migrate_perform3_params: DomainMigratePerform3Params;
    domain_migrate_finish3_params: DomainMigrateFinish3Params;
    domain_migrate_confirm3_params: DomainMigrateConfirm3Params;
    // job
    domain_migrate_get_max_speed: DomainMigrateGetMaxSpeed [0];
    domain_migrate_set_max_speed: DomainMigrateSetMaxSpeed [0];
    domain_migrate_get_max_downtime: DomainMigrateGetMaxDowntime [0];
    domain_migrate_set_max_downtime: DomainMigrateSetMaxDowntime [0];
    domain_get_job_info: DomainGetJobInfo;
    domain_get_job_stats: DomainGetJobStats [job::STATS_COMPLETED | job::STATS_KEEP];
    domain_abort_job: DomainAbortJob;
    domain_abort_job_flags: DomainAbortJobFlags [job::ABORT_POST_COPY];
    domain_migrate_start_post_copy: DomainMigrateStartPostCopy [0];
}
