// Made from protocol/x/remote.x by `cargo run -p virtwire-idl`: change that, not this.

//! What is known of each procedure, by number.

use crate::contract::{between, procedures, since};
use crate::program::Priority::High;
use crate::program::ReadOnlyRule::{Allowed, Conditional, Refused};
use crate::program::StreamDirection::{Both, Read, Write};

use super::super::remote::*;

procedures! {
    REMOTE = 0x20008086, 1;
    Call 1 "connect_open" ConnectOpen -> () {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:getattr"],
    }
    Call 2 "connect_close" ConnectClose -> () { since: since(0, 3, 0), priority: High, read_only: Allowed }
    Call 3 "connect_get_type" ConnectGetType -> ConnectGetTypeReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:getattr"],
    }
    Call 4 "connect_get_version" ConnectGetVersion -> ConnectGetVersionReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:getattr"],
    }
    Call 5 "connect_get_max_vcpus" ConnectGetMaxVcpus -> ConnectGetMaxVcpusReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 6 "node_get_info" NodeGetInfo -> NodeGetInfoReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 7 "connect_get_capabilities" ConnectGetCapabilities -> ConnectGetCapabilitiesReply {
        since: since(0, 3, 0), read_only: Allowed, acl: &["connect:read"],
    }
    Call 8 "domain_attach_device" DomainAttachDevice -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 9 "domain_create" DomainCreate -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:start"],
    }
    Call 10 "domain_create_xml" DomainCreateXml -> DomainCreateXmlReply {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:write", "domain:start"],
    }
    Call 11 "domain_define_xml" DomainDefineXml -> DomainDefineXmlReply {
        since: since(0, 3, 0), priority: High, read_only: Refused, acl: &["domain:write", "domain:save"],
    }
    Call 12 "domain_destroy" DomainDestroy -> () {
        since: since(0, 3, 0), priority: High, read_only: Refused, acl: &["domain:stop"],
    }
    Call 13 "domain_detach_device" DomainDetachDevice -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 14 "domain_get_xml_desc" DomainGetXmlDesc -> DomainGetXmlDescReply {
        since: since(0, 3, 0), read_only: Conditional, acl: &["domain:read",
        "domain:read_secure:VIR_DOMAIN_XML_SECURE", "domain:read_secure:VIR_DOMAIN_XML_MIGRATABLE"],
    }
    Call 15 "domain_get_autostart" DomainGetAutostart -> DomainGetAutostartReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 16 "domain_get_info" DomainGetInfo -> DomainGetInfoReply {
        since: since(0, 3, 0), read_only: Allowed, acl: &["domain:read"],
    }
    Call 17 "domain_get_max_memory" DomainGetMaxMemory -> DomainGetMaxMemoryReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 18 "domain_get_max_vcpus" DomainGetMaxVcpus -> DomainGetMaxVcpusReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 19 "domain_get_os_type" DomainGetOsType -> DomainGetOsTypeReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 20 "domain_get_vcpus" DomainGetVcpus -> DomainGetVcpusReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 21 "connect_list_defined_domains" ConnectListDefinedDomains -> ConnectListDefinedDomainsReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:search_domains"],
        acl_filter: &["domain:getattr"],
    }
    Call 22 "domain_lookup_by_id" DomainLookupById -> DomainLookupByIdReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["domain:getattr"],
    }
    Call 23 "domain_lookup_by_name" DomainLookupByName -> DomainLookupByNameReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["domain:getattr"],
    }
    Call 24 "domain_lookup_by_uuid" DomainLookupByUuid -> DomainLookupByUuidReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["domain:getattr"],
    }
    Call 25 "connect_num_of_defined_domains" ConnectNumOfDefinedDomains -> ConnectNumOfDefinedDomainsReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:search_domains"],
        acl_filter: &["domain:getattr"],
    }
    Call 26 "domain_pin_vcpu" DomainPinVcpu -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 27 "domain_reboot" DomainReboot -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:init_control",
        "domain:write:VIR_DOMAIN_REBOOT_GUEST_AGENT"],
    }
    Call 28 "domain_resume" DomainResume -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:suspend"],
    }
    Call 29 "domain_set_autostart" DomainSetAutostart -> () {
        since: since(0, 3, 0), priority: High, read_only: Refused, acl: &["domain:write"],
    }
    Call 30 "domain_set_max_memory" DomainSetMaxMemory -> () {
        since: since(0, 3, 0), priority: High, read_only: Refused, acl: &["domain:write"],
    }
    Call 31 "domain_set_memory" DomainSetMemory -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 32 "domain_set_vcpus" DomainSetVcpus -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 33 "domain_shutdown" DomainShutdown -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:init_control"],
    }
    Call 34 "domain_suspend" DomainSuspend -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:suspend"],
    }
    Call 35 "domain_undefine" DomainUndefine -> () {
        since: since(0, 3, 0), priority: High, read_only: Refused, acl: &["domain:delete"],
    }
    Call 36 "connect_list_defined_networks" ConnectListDefinedNetworks -> ConnectListDefinedNetworksReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:search_networks"],
        acl_filter: &["network:getattr"],
    }
    Call 37 "connect_list_domains" ConnectListDomains -> ConnectListDomainsReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:search_domains"],
        acl_filter: &["domain:getattr"],
    }
    Call 38 "connect_list_networks" ConnectListNetworks -> ConnectListNetworksReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:search_networks"],
        acl_filter: &["network:getattr"],
    }
    Call 39 "network_create" NetworkCreate -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["network:start"],
    }
    Call 40 "network_create_xml" NetworkCreateXml -> NetworkCreateXmlReply {
        since: since(0, 3, 0), read_only: Refused, acl: &["network:write", "network:start"],
    }
    Call 41 "network_define_xml" NetworkDefineXml -> NetworkDefineXmlReply {
        since: since(0, 3, 0), priority: High, read_only: Refused, acl: &["network:write", "network:save"],
    }
    Call 42 "network_destroy" NetworkDestroy -> () {
        since: since(0, 3, 0), priority: High, read_only: Refused, acl: &["network:stop"],
    }
    Call 43 "network_get_xml_desc" NetworkGetXmlDesc -> NetworkGetXmlDescReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["network:read"],
    }
    Call 44 "network_get_autostart" NetworkGetAutostart -> NetworkGetAutostartReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["network:read"],
    }
    Call 45 "network_get_bridge_name" NetworkGetBridgeName -> NetworkGetBridgeNameReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["network:read"],
    }
    Call 46 "network_lookup_by_name" NetworkLookupByName -> NetworkLookupByNameReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["network:getattr"],
    }
    Call 47 "network_lookup_by_uuid" NetworkLookupByUuid -> NetworkLookupByUuidReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["network:getattr"],
    }
    Call 48 "network_set_autostart" NetworkSetAutostart -> () {
        since: since(0, 3, 0), priority: High, read_only: Refused, acl: &["network:write"],
    }
    Call 49 "network_undefine" NetworkUndefine -> () {
        since: since(0, 3, 0), priority: High, read_only: Refused, acl: &["network:delete"],
    }
    Call 50 "connect_num_of_defined_networks" ConnectNumOfDefinedNetworks -> ConnectNumOfDefinedNetworksReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:search_networks"],
        acl_filter: &["network:getattr"],
    }
    Call 51 "connect_num_of_domains" ConnectNumOfDomains -> ConnectNumOfDomainsReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:search_domains"],
        acl_filter: &["domain:getattr"],
    }
    Call 52 "connect_num_of_networks" ConnectNumOfNetworks -> ConnectNumOfNetworksReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:search_networks"],
        acl_filter: &["network:getattr"],
    }
    Call 53 "domain_core_dump" DomainCoreDump -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:core_dump"],
    }
    Call 54 "domain_restore" DomainRestore -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:start", "domain:write"],
    }
    Call 55 "domain_save" DomainSave -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:hibernate"],
    }
    Call 56 "domain_get_scheduler_type" DomainGetSchedulerType -> DomainGetSchedulerTypeReply {
        since: since(0, 3, 0), read_only: Allowed, acl: &["domain:read"],
    }
    Call 57 "domain_get_scheduler_parameters" DomainGetSchedulerParameters -> DomainGetSchedulerParametersReply {
        since: since(0, 3, 0), read_only: Allowed, acl: &["domain:read"],
    }
    Call 58 "domain_set_scheduler_parameters" DomainSetSchedulerParameters -> () {
        since: since(0, 3, 0), read_only: Refused, acl: &["domain:read"],
    }
    Call 59 "connect_get_hostname" ConnectGetHostname -> ConnectGetHostnameReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:getattr"],
    }
    Call 60 "connect_supports_feature" ConnectSupportsFeature -> ConnectSupportsFeatureReply {
        since: since(0, 3, 0), priority: High, read_only: Allowed, acl: &["connect:getattr"],
    }
    Call 61 "domain_migrate_prepare" DomainMigratePrepare -> DomainMigratePrepareReply {
        since: since(0, 3, 2), read_only: Refused, acl: &["domain:migrate", "domain:start", "domain:write"],
    }
    Call 62 "domain_migrate_perform" DomainMigratePerform -> () {
        since: since(0, 3, 2), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 63 "domain_migrate_finish" DomainMigrateFinish -> DomainMigrateFinishReply {
        since: since(0, 3, 2), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 64 "domain_block_stats" DomainBlockStats -> DomainBlockStatsReply {
        since: since(0, 3, 2), read_only: Allowed, acl: &["domain:read"],
    }
    Call 65 "domain_interface_stats" DomainInterfaceStats -> DomainInterfaceStatsReply {
        since: since(0, 3, 2), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 66 "auth_list" AuthList -> AuthListReply {
        since: between((0, 3, 2), (0, 3, 3)), priority: High, read_only: Allowed,
    }
    Call 67 "auth_sasl_init" AuthSaslInit -> AuthSaslInitReply {
        since: between((0, 3, 2), (0, 3, 3)), priority: High, read_only: Allowed,
    }
    Call 68 "auth_sasl_start" AuthSaslStart -> AuthSaslStartReply {
        since: between((0, 3, 2), (0, 3, 3)), priority: High, read_only: Allowed,
    }
    Call 69 "auth_sasl_step" AuthSaslStep -> AuthSaslStepReply {
        since: between((0, 3, 2), (0, 3, 3)), priority: High, read_only: Allowed,
    }
    Call 70 "auth_polkit" AuthPolkit -> AuthPolkitReply {
        since: between((0, 3, 2), (0, 3, 3)), priority: High, read_only: Allowed,
    }
    Call 71 "connect_num_of_storage_pools" ConnectNumOfStoragePools -> ConnectNumOfStoragePoolsReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["connect:search_storage_pools"],
        acl_filter: &["storage_pool:getattr"],
    }
    Call 72 "connect_list_storage_pools" ConnectListStoragePools -> ConnectListStoragePoolsReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["connect:search_storage_pools"],
        acl_filter: &["storage_pool:getattr"],
    }
    Call 73 "connect_num_of_defined_storage_pools" ConnectNumOfDefinedStoragePools -> ConnectNumOfDefinedStoragePoolsReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["connect:search_storage_pools"],
        acl_filter: &["storage_pool:getattr"],
    }
    Call 74 "connect_list_defined_storage_pools" ConnectListDefinedStoragePools -> ConnectListDefinedStoragePoolsReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["connect:search_storage_pools"],
        acl_filter: &["storage_pool:getattr"],
    }
    Call 75 "connect_find_storage_pool_sources" ConnectFindStoragePoolSources -> ConnectFindStoragePoolSourcesReply {
        since: since(0, 4, 5), read_only: Refused, acl: &["connect:detect_storage_pools"],
    }
    Call 76 "storage_pool_create_xml" StoragePoolCreateXml -> StoragePoolCreateXmlReply {
        since: since(0, 4, 1), read_only: Refused, acl: &["storage_pool:start", "storage_pool:write"],
    }
    Call 77 "storage_pool_define_xml" StoragePoolDefineXml -> StoragePoolDefineXmlReply {
        since: since(0, 4, 1), priority: High, read_only: Refused, acl: &["storage_pool:write",
        "storage_pool:save"],
    }
    Call 78 "storage_pool_create" StoragePoolCreate -> () {
        since: since(0, 4, 1), read_only: Refused, acl: &["storage_pool:start"],
    }
    Call 79 "storage_pool_build" StoragePoolBuild -> () {
        since: since(0, 4, 1), read_only: Refused, acl: &["storage_pool:format"],
    }
    Call 80 "storage_pool_destroy" StoragePoolDestroy -> () {
        since: since(0, 4, 1), priority: High, read_only: Refused, acl: &["storage_pool:stop"],
    }
    Call 81 "storage_pool_delete" StoragePoolDelete -> () {
        since: since(0, 4, 1), read_only: Refused, acl: &["storage_pool:format"],
    }
    Call 82 "storage_pool_undefine" StoragePoolUndefine -> () {
        since: since(0, 4, 1), priority: High, read_only: Refused, acl: &["storage_pool:delete"],
    }
    Call 83 "storage_pool_refresh" StoragePoolRefresh -> () {
        since: since(0, 4, 1), read_only: Refused, acl: &["storage_pool:refresh"],
    }
    Call 84 "storage_pool_lookup_by_name" StoragePoolLookupByName -> StoragePoolLookupByNameReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_pool:getattr"],
    }
    Call 85 "storage_pool_lookup_by_uuid" StoragePoolLookupByUuid -> StoragePoolLookupByUuidReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_pool:getattr"],
    }
    Call 86 "storage_pool_lookup_by_volume" StoragePoolLookupByVolume -> StoragePoolLookupByVolumeReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_pool:getattr"],
    }
    Call 87 "storage_pool_get_info" StoragePoolGetInfo -> StoragePoolGetInfoReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_pool:read"],
    }
    Call 88 "storage_pool_get_xml_desc" StoragePoolGetXmlDesc -> StoragePoolGetXmlDescReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_pool:read"],
    }
    Call 89 "storage_pool_get_autostart" StoragePoolGetAutostart -> StoragePoolGetAutostartReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_pool:read"],
    }
    Call 90 "storage_pool_set_autostart" StoragePoolSetAutostart -> () {
        since: since(0, 4, 1), priority: High, read_only: Refused, acl: &["storage_pool:write"],
    }
    Call 91 "storage_pool_num_of_volumes" StoragePoolNumOfVolumes -> StoragePoolNumOfVolumesReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_pool:search_storage_vols"],
        acl_filter: &["storage_vol:getattr"],
    }
    Call 92 "storage_pool_list_volumes" StoragePoolListVolumes -> StoragePoolListVolumesReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_pool:search_storage_vols"],
        acl_filter: &["storage_vol:getattr"],
    }
    Call 93 "storage_vol_create_xml" StorageVolCreateXml -> StorageVolCreateXmlReply {
        since: since(0, 4, 1), read_only: Refused, acl: &["storage_vol:create"],
    }
    Call 94 "storage_vol_delete" StorageVolDelete -> () {
        since: since(0, 4, 1), read_only: Refused, acl: &["storage_vol:delete"],
    }
    Call 95 "storage_vol_lookup_by_name" StorageVolLookupByName -> StorageVolLookupByNameReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_vol:getattr"],
    }
    Call 96 "storage_vol_lookup_by_key" StorageVolLookupByKey -> StorageVolLookupByKeyReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_vol:getattr"],
    }
    Call 97 "storage_vol_lookup_by_path" StorageVolLookupByPath -> StorageVolLookupByPathReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_vol:getattr"],
    }
    Call 98 "storage_vol_get_info" StorageVolGetInfo -> StorageVolGetInfoReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_vol:read"],
    }
    Call 99 "storage_vol_get_xml_desc" StorageVolGetXmlDesc -> StorageVolGetXmlDescReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_vol:read"],
    }
    Call 100 "storage_vol_get_path" StorageVolGetPath -> StorageVolGetPathReply {
        since: since(0, 4, 1), priority: High, read_only: Allowed, acl: &["storage_vol:read"],
    }
    Call 101 "node_get_cells_free_memory" NodeGetCellsFreeMemory -> NodeGetCellsFreeMemoryReply {
        since: since(0, 3, 3), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 102 "node_get_free_memory" NodeGetFreeMemory -> NodeGetFreeMemoryReply {
        since: since(0, 3, 3), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 103 "domain_block_peek" DomainBlockPeek -> DomainBlockPeekReply {
        since: since(0, 4, 2), read_only: Refused, acl: &["domain:block_read"],
    }
    Call 104 "domain_memory_peek" DomainMemoryPeek -> DomainMemoryPeekReply {
        since: since(0, 4, 2), read_only: Refused, acl: &["domain:mem_read"],
    }
    Call 105 "connect_domain_event_register" ConnectDomainEventRegister -> ConnectDomainEventRegisterReply {
        since: since(0, 5, 0), priority: High, read_only: Allowed, acl: &["connect:search_domains"],
        acl_filter: &["domain:getattr"],
    }
    Call 106 "connect_domain_event_deregister" ConnectDomainEventDeregister -> ConnectDomainEventDeregisterReply {
        since: since(0, 5, 0), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Event 107 "domain_event_lifecycle" DomainEventLifecycle -> () {
        since: since(0, 5, 0), read_only: Allowed,
    }
    Call 108 "domain_migrate_prepare2" DomainMigratePrepare2 -> DomainMigratePrepare2Reply {
        since: since(0, 5, 0), read_only: Refused, acl: &["domain:migrate", "domain:start", "domain:write"],
    }
    Call 109 "domain_migrate_finish2" DomainMigrateFinish2 -> DomainMigrateFinish2Reply {
        since: since(0, 5, 0), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 110 "connect_get_uri" ConnectGetUri -> ConnectGetUriReply {
        since: since(0, 5, 0), priority: High, read_only: Allowed, acl: &["connect:getattr"],
    }
    Call 111 "node_num_of_devices" NodeNumOfDevices -> NodeNumOfDevicesReply {
        since: since(0, 5, 0), priority: High, read_only: Allowed, acl: &["connect:search_node_devices"],
        acl_filter: &["node_device:getattr"],
    }
    Call 112 "node_list_devices" NodeListDevices -> NodeListDevicesReply {
        since: since(0, 5, 0), priority: High, read_only: Allowed, acl: &["connect:search_node_devices"],
        acl_filter: &["node_device:getattr"],
    }
    Call 113 "node_device_lookup_by_name" NodeDeviceLookupByName -> NodeDeviceLookupByNameReply {
        since: since(0, 5, 0), priority: High, read_only: Allowed, acl: &["node_device:getattr"],
    }
    Call 114 "node_device_get_xml_desc" NodeDeviceGetXmlDesc -> NodeDeviceGetXmlDescReply {
        since: since(0, 5, 0), read_only: Allowed, acl: &["node_device:read"],
    }
    Call 115 "node_device_get_parent" NodeDeviceGetParent -> NodeDeviceGetParentReply {
        since: since(0, 5, 0), priority: High, read_only: Allowed, acl: &["node_device:read"],
    }
    Call 116 "node_device_num_of_caps" NodeDeviceNumOfCaps -> NodeDeviceNumOfCapsReply {
        since: since(0, 5, 0), priority: High, read_only: Allowed, acl: &["node_device:read"],
    }
    Call 117 "node_device_list_caps" NodeDeviceListCaps -> NodeDeviceListCapsReply {
        since: since(0, 5, 0), priority: High, read_only: Allowed, acl: &["node_device:read"],
    }
    Call 118 "node_device_dettach" NodeDeviceDettach -> () {
        since: since(0, 6, 1), read_only: Refused, acl: &["node_device:detach"],
    }
    Call 119 "node_device_re_attach" NodeDeviceReAttach -> () {
        since: since(0, 6, 1), read_only: Refused, acl: &["node_device:detach"],
    }
    Call 120 "node_device_reset" NodeDeviceReset -> () {
        since: since(0, 6, 1), read_only: Refused, acl: &["node_device:detach"],
    }
    Call 121 "domain_get_security_label" DomainGetSecurityLabel -> DomainGetSecurityLabelReply {
        since: since(0, 6, 1), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 122 "node_get_security_model" NodeGetSecurityModel -> NodeGetSecurityModelReply {
        since: since(0, 6, 1), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 123 "node_device_create_xml" NodeDeviceCreateXml -> NodeDeviceCreateXmlReply {
        since: since(0, 6, 3), read_only: Refused, acl: &["node_device:write", "node_device:start"],
    }
    Call 124 "node_device_destroy" NodeDeviceDestroy -> () {
        since: since(0, 6, 3), priority: High, read_only: Refused, acl: &["node_device:stop"],
    }
    Call 125 "storage_vol_create_xml_from" StorageVolCreateXmlFrom -> StorageVolCreateXmlFromReply {
        since: since(0, 6, 4), read_only: Refused, acl: &["storage_vol:create"],
    }
    Call 126 "connect_num_of_interfaces" ConnectNumOfInterfaces -> ConnectNumOfInterfacesReply {
        since: since(0, 7, 2), priority: High, read_only: Allowed, acl: &["connect:search_interfaces"],
        acl_filter: &["interface:getattr"],
    }
    Call 127 "connect_list_interfaces" ConnectListInterfaces -> ConnectListInterfacesReply {
        since: since(0, 7, 2), priority: High, read_only: Allowed, acl: &["connect:search_interfaces"],
        acl_filter: &["interface:getattr"],
    }
    Call 128 "interface_lookup_by_name" InterfaceLookupByName -> InterfaceLookupByNameReply {
        since: since(0, 7, 2), priority: High, read_only: Allowed, acl: &["interface:getattr"],
    }
    Call 129 "interface_lookup_by_mac_string" InterfaceLookupByMacString -> InterfaceLookupByMacStringReply {
        since: since(0, 7, 2), priority: High, read_only: Allowed, acl: &["interface:getattr"],
    }
    Call 130 "interface_get_xml_desc" InterfaceGetXmlDesc -> InterfaceGetXmlDescReply {
        since: since(0, 7, 2), read_only: Allowed, acl: &["interface:read"],
    }
    Call 131 "interface_define_xml" InterfaceDefineXml -> InterfaceDefineXmlReply {
        since: since(0, 7, 2), priority: High, read_only: Refused, acl: &["interface:write",
        "interface:save"],
    }
    Call 132 "interface_undefine" InterfaceUndefine -> () {
        since: since(0, 7, 2), priority: High, read_only: Refused, acl: &["interface:delete"],
    }
    Call 133 "interface_create" InterfaceCreate -> () {
        since: since(0, 7, 2), read_only: Refused, acl: &["interface:start"],
    }
    Call 134 "interface_destroy" InterfaceDestroy -> () {
        since: since(0, 7, 2), priority: High, read_only: Refused, acl: &["interface:stop"],
    }
    Call 135 "connect_domain_xml_from_native" ConnectDomainXmlFromNative -> ConnectDomainXmlFromNativeReply {
        since: since(0, 6, 4), read_only: Refused, acl: &["connect:write"],
    }
    Call 136 "connect_domain_xml_to_native" ConnectDomainXmlToNative -> ConnectDomainXmlToNativeReply {
        since: since(0, 6, 4), read_only: Refused, acl: &["connect:write"],
    }
    Call 137 "connect_num_of_defined_interfaces" ConnectNumOfDefinedInterfaces -> ConnectNumOfDefinedInterfacesReply {
        since: since(0, 7, 2), priority: High, read_only: Allowed, acl: &["connect:search_interfaces"],
        acl_filter: &["interface:getattr"],
    }
    Call 138 "connect_list_defined_interfaces" ConnectListDefinedInterfaces -> ConnectListDefinedInterfacesReply {
        since: since(0, 7, 2), priority: High, read_only: Allowed, acl: &["connect:search_interfaces"],
        acl_filter: &["interface:getattr"],
    }
    Call 139 "connect_num_of_secrets" ConnectNumOfSecrets -> ConnectNumOfSecretsReply {
        since: since(0, 7, 1), priority: High, read_only: Allowed, acl: &["connect:search_secrets"],
        acl_filter: &["secret:getattr"],
    }
    Call 140 "connect_list_secrets" ConnectListSecrets -> ConnectListSecretsReply {
        since: since(0, 7, 1), priority: High, read_only: Allowed, acl: &["connect:search_secrets"],
        acl_filter: &["secret:getattr"],
    }
    Call 141 "secret_lookup_by_uuid" SecretLookupByUuid -> SecretLookupByUuidReply {
        since: since(0, 7, 1), priority: High, read_only: Allowed, acl: &["secret:getattr"],
    }
    Call 142 "secret_define_xml" SecretDefineXml -> SecretDefineXmlReply {
        since: since(0, 7, 1), priority: High, read_only: Refused, acl: &["secret:write", "secret:save"],
    }
    Call 143 "secret_get_xml_desc" SecretGetXmlDesc -> SecretGetXmlDescReply {
        since: since(0, 7, 1), priority: High, read_only: Allowed, acl: &["secret:read"],
    }
    Call 144 "secret_set_value" SecretSetValue -> () {
        since: since(0, 7, 1), priority: High, read_only: Refused, acl: &["secret:write"],
    }
    Call 145 "secret_get_value" SecretGetValue -> SecretGetValueReply {
        since: since(0, 7, 1), priority: High, read_only: Refused, acl: &["secret:read_secure"],
    }
    Call 146 "secret_undefine" SecretUndefine -> () {
        since: since(0, 7, 1), priority: High, read_only: Refused, acl: &["secret:delete"],
    }
    Call 147 "secret_lookup_by_usage" SecretLookupByUsage -> SecretLookupByUsageReply {
        since: since(0, 7, 1), priority: High, read_only: Allowed, acl: &["secret:getattr"],
    }
    Call 148 "domain_migrate_prepare_tunnel" DomainMigratePrepareTunnel -> () {
        since: since(0, 7, 2), stream: Some(Write), read_only: Refused, acl: &["domain:migrate",
        "domain:start", "domain:write"],
    }
    Call 149 "connect_is_secure" ConnectIsSecure -> ConnectIsSecureReply {
        since: since(0, 7, 3), priority: High, read_only: Allowed,
    }
    Call 150 "domain_is_active" DomainIsActive -> DomainIsActiveReply {
        since: since(0, 7, 3), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 151 "domain_is_persistent" DomainIsPersistent -> DomainIsPersistentReply {
        since: since(0, 7, 3), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 152 "network_is_active" NetworkIsActive -> NetworkIsActiveReply {
        since: since(0, 7, 3), priority: High, read_only: Allowed, acl: &["network:read"],
    }
    Call 153 "network_is_persistent" NetworkIsPersistent -> NetworkIsPersistentReply {
        since: since(0, 7, 3), priority: High, read_only: Allowed, acl: &["network:read"],
    }
    Call 154 "storage_pool_is_active" StoragePoolIsActive -> StoragePoolIsActiveReply {
        since: since(0, 7, 3), priority: High, read_only: Allowed, acl: &["storage_pool:read"],
    }
    Call 155 "storage_pool_is_persistent" StoragePoolIsPersistent -> StoragePoolIsPersistentReply {
        since: since(0, 7, 3), priority: High, read_only: Allowed, acl: &["storage_pool:read"],
    }
    Call 156 "interface_is_active" InterfaceIsActive -> InterfaceIsActiveReply {
        since: since(0, 7, 3), priority: High, read_only: Allowed, acl: &["interface:read"],
    }
    Call 157 "connect_get_lib_version" ConnectGetLibVersion -> ConnectGetLibVersionReply {
        since: since(0, 7, 3), priority: High, read_only: Allowed, acl: &["connect:getattr"],
    }
    Call 158 "connect_compare_cpu" ConnectCompareCpu -> ConnectCompareCpuReply {
        since: since(0, 7, 5), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 159 "domain_memory_stats" DomainMemoryStats -> DomainMemoryStatsReply {
        since: since(0, 7, 5), read_only: Allowed, acl: &["domain:read"],
    }
    Call 160 "domain_attach_device_flags" DomainAttachDeviceFlags -> () {
        since: since(0, 7, 7), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 161 "domain_detach_device_flags" DomainDetachDeviceFlags -> () {
        since: since(0, 7, 7), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 162 "connect_baseline_cpu" ConnectBaselineCpu -> ConnectBaselineCpuReply {
        since: since(0, 7, 7), read_only: Allowed, acl: &["connect:read"],
    }
    Call 163 "domain_get_job_info" DomainGetJobInfo -> DomainGetJobInfoReply {
        since: since(0, 7, 7), read_only: Allowed, acl: &["domain:read"],
    }
    Call 164 "domain_abort_job" DomainAbortJob -> () {
        since: since(0, 7, 7), read_only: Refused, acl: &["domain:write"],
    }
    Call 165 "storage_vol_wipe" StorageVolWipe -> () {
        since: since(0, 8, 0), read_only: Refused, acl: &["storage_vol:format"],
    }
    Call 166 "domain_migrate_set_max_downtime" DomainMigrateSetMaxDowntime -> () {
        since: since(0, 8, 0), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 167 "connect_domain_event_register_any" ConnectDomainEventRegisterAny -> () {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["connect:search_domains"],
        acl_filter: &["domain:getattr"],
    }
    Call 168 "connect_domain_event_deregister_any" ConnectDomainEventDeregisterAny -> () {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Event 169 "domain_event_reboot" DomainEventReboot -> () { since: since(0, 8, 0), read_only: Allowed }
    Event 170 "domain_event_rtc_change" DomainEventRtcChange -> () {
        since: since(0, 8, 0), read_only: Allowed,
    }
    Event 171 "domain_event_watchdog" DomainEventWatchdog -> () { since: since(0, 8, 0), read_only: Allowed }
    Event 172 "domain_event_io_error" DomainEventIoError -> () { since: since(0, 8, 0), read_only: Allowed }
    Event 173 "domain_event_graphics" DomainEventGraphics -> () { since: since(0, 8, 0), read_only: Allowed }
    Call 174 "domain_update_device_flags" DomainUpdateDeviceFlags -> () {
        since: since(0, 8, 0), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 175 "nwfilter_lookup_by_name" NwfilterLookupByName -> NwfilterLookupByNameReply {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["nwfilter:getattr"],
    }
    Call 176 "nwfilter_lookup_by_uuid" NwfilterLookupByUuid -> NwfilterLookupByUuidReply {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["nwfilter:getattr"],
    }
    Call 177 "nwfilter_get_xml_desc" NwfilterGetXmlDesc -> NwfilterGetXmlDescReply {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["nwfilter:read"],
    }
    Call 178 "connect_num_of_nwfilters" ConnectNumOfNwfilters -> ConnectNumOfNwfiltersReply {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["connect:search_nwfilters"],
        acl_filter: &["nwfilter:getattr"],
    }
    Call 179 "connect_list_nwfilters" ConnectListNwfilters -> ConnectListNwfiltersReply {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["connect:search_nwfilters"],
        acl_filter: &["nwfilter:getattr"],
    }
    Call 180 "nwfilter_define_xml" NwfilterDefineXml -> NwfilterDefineXmlReply {
        since: since(0, 8, 0), priority: High, read_only: Refused, acl: &["nwfilter:write", "nwfilter:save"],
    }
    Call 181 "nwfilter_undefine" NwfilterUndefine -> () {
        since: since(0, 8, 0), priority: High, read_only: Refused, acl: &["nwfilter:delete"],
    }
    Call 182 "domain_managed_save" DomainManagedSave -> () {
        since: since(0, 8, 0), read_only: Refused, acl: &["domain:hibernate"],
    }
    Call 183 "domain_has_managed_save_image" DomainHasManagedSaveImage -> DomainHasManagedSaveImageReply {
        since: since(0, 8, 0), read_only: Allowed, acl: &["domain:read"],
    }
    Call 184 "domain_managed_save_remove" DomainManagedSaveRemove -> () {
        since: since(0, 8, 0), read_only: Refused, acl: &["domain:hibernate"],
    }
    Call 185 "domain_snapshot_create_xml" DomainSnapshotCreateXml -> DomainSnapshotCreateXmlReply {
        since: since(0, 8, 0), read_only: Refused, acl: &["domain:snapshot",
        "domain:fs_freeze:VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE"],
    }
    Call 186 "domain_snapshot_get_xml_desc" DomainSnapshotGetXmlDesc -> DomainSnapshotGetXmlDescReply {
        since: since(0, 8, 0), priority: High, read_only: Conditional, acl: &["domain:read",
        "domain:read_secure:VIR_DOMAIN_SNAPSHOT_XML_SECURE"],
    }
    Call 187 "domain_snapshot_num" DomainSnapshotNum -> DomainSnapshotNumReply {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 188 "domain_snapshot_list_names" DomainSnapshotListNames -> DomainSnapshotListNamesReply {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 189 "domain_snapshot_lookup_by_name" DomainSnapshotLookupByName -> DomainSnapshotLookupByNameReply {
        since: since(0, 8, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 190 "domain_has_current_snapshot" DomainHasCurrentSnapshot -> DomainHasCurrentSnapshotReply {
        since: since(0, 8, 0), read_only: Allowed, acl: &["domain:read"],
    }
    Call 191 "domain_snapshot_current" DomainSnapshotCurrent -> DomainSnapshotCurrentReply {
        since: since(0, 8, 0), read_only: Allowed, acl: &["domain:read"],
    }
    Call 192 "domain_revert_to_snapshot" DomainRevertToSnapshot -> () {
        since: since(0, 8, 0), read_only: Refused, acl: &["domain:snapshot"],
    }
    Call 193 "domain_snapshot_delete" DomainSnapshotDelete -> () {
        since: since(0, 8, 0), read_only: Refused, acl: &["domain:snapshot"],
    }
    Call 194 "domain_get_block_info" DomainGetBlockInfo -> DomainGetBlockInfoReply {
        since: since(0, 8, 1), read_only: Allowed, acl: &["domain:read"],
    }
    Event 195 "domain_event_io_error_reason" DomainEventIoErrorReason -> () {
        since: between((0, 8, 1), (0, 8, 2)), read_only: Allowed,
    }
    Call 196 "domain_create_with_flags" DomainCreateWithFlags -> DomainCreateWithFlagsReply {
        since: since(0, 8, 2), read_only: Refused, acl: &["domain:start"],
    }
    Call 197 "domain_set_memory_parameters" DomainSetMemoryParameters -> () {
        since: since(0, 8, 5), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 198 "domain_get_memory_parameters" DomainGetMemoryParameters -> DomainGetMemoryParametersReply {
        since: since(0, 8, 5), read_only: Allowed, acl: &["domain:read"],
    }
    Call 199 "domain_set_vcpus_flags" DomainSetVcpusFlags -> () {
        since: since(0, 8, 5), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG", "domain:write:VIR_DOMAIN_VCPU_GUEST"],
    }
    Call 200 "domain_get_vcpus_flags" DomainGetVcpusFlags -> DomainGetVcpusFlagsReply {
        since: since(0, 8, 5), read_only: Conditional, acl: &["domain:read",
        "domain:write:VIR_DOMAIN_VCPU_GUEST"],
    }
    Call 201 "domain_open_console" DomainOpenConsole -> () {
        since: since(0, 8, 6), stream: Some(Both), read_only: Refused, acl: &["domain:open_device"],
    }
    Call 202 "domain_is_updated" DomainIsUpdated -> DomainIsUpdatedReply {
        since: since(0, 8, 6), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 203 "connect_get_sysinfo" ConnectGetSysinfo -> ConnectGetSysinfoReply {
        since: since(0, 8, 8), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 204 "domain_set_memory_flags" DomainSetMemoryFlags -> () {
        since: since(0, 9, 0), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 205 "domain_set_blkio_parameters" DomainSetBlkioParameters -> () {
        since: since(0, 9, 0), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 206 "domain_get_blkio_parameters" DomainGetBlkioParameters -> DomainGetBlkioParametersReply {
        since: since(0, 9, 0), read_only: Allowed, acl: &["domain:read"],
    }
    Call 207 "domain_migrate_set_max_speed" DomainMigrateSetMaxSpeed -> () {
        since: since(0, 9, 0), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 208 "storage_vol_upload" StorageVolUpload -> () {
        since: since(0, 9, 0), stream: Some(Write), read_only: Refused, acl: &["storage_vol:data_write"],
    }
    Call 209 "storage_vol_download" StorageVolDownload -> () {
        since: since(0, 9, 0), stream: Some(Read), read_only: Refused, acl: &["storage_vol:data_read"],
    }
    Call 210 "domain_inject_nmi" DomainInjectNmi -> () {
        since: since(0, 9, 2), read_only: Refused, acl: &["domain:inject_nmi"],
    }
    Call 211 "domain_screenshot" DomainScreenshot -> DomainScreenshotReply {
        since: since(0, 9, 2), stream: Some(Read), read_only: Refused, acl: &["domain:screenshot"],
    }
    Call 212 "domain_get_state" DomainGetState -> DomainGetStateReply {
        since: since(0, 9, 2), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 213 "domain_migrate_begin3" DomainMigrateBegin3 -> DomainMigrateBegin3Reply {
        since: since(0, 9, 2), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 214 "domain_migrate_prepare3" DomainMigratePrepare3 -> DomainMigratePrepare3Reply {
        since: since(0, 9, 2), read_only: Refused, acl: &["domain:migrate", "domain:start", "domain:write"],
    }
    Call 215 "domain_migrate_prepare_tunnel3" DomainMigratePrepareTunnel3 -> DomainMigratePrepareTunnel3Reply {
        since: since(0, 9, 2), stream: Some(Write), read_only: Refused, acl: &["domain:migrate",
        "domain:start", "domain:write"],
    }
    Call 216 "domain_migrate_perform3" DomainMigratePerform3 -> DomainMigratePerform3Reply {
        since: since(0, 9, 2), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 217 "domain_migrate_finish3" DomainMigrateFinish3 -> DomainMigrateFinish3Reply {
        since: since(0, 9, 2), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 218 "domain_migrate_confirm3" DomainMigrateConfirm3 -> () {
        since: since(0, 9, 2), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 219 "domain_set_scheduler_parameters_flags" DomainSetSchedulerParametersFlags -> () {
        since: since(0, 9, 2), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 220 "interface_change_begin" InterfaceChangeBegin -> () {
        since: since(0, 9, 2), read_only: Refused, acl: &["connect:interface_transaction"],
    }
    Call 221 "interface_change_commit" InterfaceChangeCommit -> () {
        since: since(0, 9, 2), read_only: Refused, acl: &["connect:interface_transaction"],
    }
    Call 222 "interface_change_rollback" InterfaceChangeRollback -> () {
        since: since(0, 9, 2), read_only: Refused, acl: &["connect:interface_transaction"],
    }
    Call 223 "domain_get_scheduler_parameters_flags" DomainGetSchedulerParametersFlags -> DomainGetSchedulerParametersFlagsReply {
        since: since(0, 9, 2), read_only: Allowed, acl: &["domain:read"],
    }
    Event 224 "domain_event_control_error" DomainEventControlError -> () {
        since: between((0, 9, 2), (0, 9, 3)), read_only: Allowed,
    }
    Call 225 "domain_pin_vcpu_flags" DomainPinVcpuFlags -> () {
        since: since(0, 9, 3), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 226 "domain_send_key" DomainSendKey -> () {
        since: since(0, 9, 3), read_only: Refused, acl: &["domain:send_input"],
    }
    Call 227 "node_get_cpu_stats" NodeGetCpuStats -> NodeGetCpuStatsReply {
        since: since(0, 9, 3), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 228 "node_get_memory_stats" NodeGetMemoryStats -> NodeGetMemoryStatsReply {
        since: since(0, 9, 3), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 229 "domain_get_control_info" DomainGetControlInfo -> DomainGetControlInfoReply {
        since: since(0, 9, 3), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 230 "domain_get_vcpu_pin_info" DomainGetVcpuPinInfo -> DomainGetVcpuPinInfoReply {
        since: since(0, 9, 3), read_only: Allowed, acl: &["domain:read"],
    }
    Call 231 "domain_undefine_flags" DomainUndefineFlags -> () {
        since: since(0, 9, 4), priority: High, read_only: Refused, acl: &["domain:delete"],
    }
    Call 232 "domain_save_flags" DomainSaveFlags -> () {
        since: since(0, 9, 4), read_only: Refused, acl: &["domain:hibernate"],
    }
    Call 233 "domain_restore_flags" DomainRestoreFlags -> () {
        since: since(0, 9, 4), read_only: Refused, acl: &["domain:start", "domain:write"],
    }
    Call 234 "domain_destroy_flags" DomainDestroyFlags -> () {
        since: since(0, 9, 4), priority: High, read_only: Refused, acl: &["domain:stop"],
    }
    Call 235 "domain_save_image_get_xml_desc" DomainSaveImageGetXmlDesc -> DomainSaveImageGetXmlDescReply {
        since: since(0, 9, 4), priority: High, read_only: Refused, acl: &["domain:write"],
    }
    Call 236 "domain_save_image_define_xml" DomainSaveImageDefineXml -> () {
        since: since(0, 9, 4), priority: High, read_only: Refused, acl: &["domain:write", "domain:hibernate"],
    }
    Call 237 "domain_block_job_abort" DomainBlockJobAbort -> () {
        since: since(0, 9, 4), read_only: Refused, acl: &["domain:write"],
    }
    Call 238 "domain_get_block_job_info" DomainGetBlockJobInfo -> DomainGetBlockJobInfoReply {
        since: since(0, 9, 4), read_only: Allowed, acl: &["domain:read"],
    }
    Call 239 "domain_block_job_set_speed" DomainBlockJobSetSpeed -> () {
        since: since(0, 9, 4), read_only: Refused, acl: &["domain:write"],
    }
    Call 240 "domain_block_pull" DomainBlockPull -> () {
        since: since(0, 9, 4), read_only: Refused, acl: &["domain:block_write"],
    }
    Event 241 "domain_event_block_job" DomainEventBlockJob -> () {
        since: between((0, 9, 4), (0, 9, 5)), read_only: Allowed,
    }
    Call 242 "domain_migrate_get_max_speed" DomainMigrateGetMaxSpeed -> DomainMigrateGetMaxSpeedReply {
        since: since(0, 9, 5), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 243 "domain_block_stats_flags" DomainBlockStatsFlags -> DomainBlockStatsFlagsReply {
        since: since(0, 9, 5), read_only: Allowed, acl: &["domain:read"],
    }
    Call 244 "domain_snapshot_get_parent" DomainSnapshotGetParent -> DomainSnapshotGetParentReply {
        since: since(0, 9, 7), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 245 "domain_reset" DomainReset -> () {
        since: since(0, 9, 7), read_only: Refused, acl: &["domain:reset"],
    }
    Call 246 "domain_snapshot_num_children" DomainSnapshotNumChildren -> DomainSnapshotNumChildrenReply {
        since: since(0, 9, 7), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 247 "domain_snapshot_list_children_names" DomainSnapshotListChildrenNames -> DomainSnapshotListChildrenNamesReply {
        since: since(0, 9, 7), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Event 248 "domain_event_disk_change" DomainEventDiskChange -> () {
        since: since(0, 9, 7), read_only: Allowed,
    }
    Call 249 "domain_open_graphics" DomainOpenGraphics -> () {
        since: since(0, 9, 7), read_only: Refused, acl: &["domain:open_graphics"],
    }
    Call 250 "node_suspend_for_duration" NodeSuspendForDuration -> () {
        since: since(0, 9, 8), read_only: Refused, acl: &["connect:pm_control"],
    }
    Call 251 "domain_block_resize" DomainBlockResize -> () {
        since: since(0, 9, 8), read_only: Refused, acl: &["domain:block_write"],
    }
    Call 252 "domain_set_block_io_tune" DomainSetBlockIoTune -> () {
        since: since(0, 9, 8), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 253 "domain_get_block_io_tune" DomainGetBlockIoTune -> DomainGetBlockIoTuneReply {
        since: since(0, 9, 8), read_only: Allowed, acl: &["domain:read"],
    }
    Call 254 "domain_set_numa_parameters" DomainSetNumaParameters -> () {
        since: since(0, 9, 9), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 255 "domain_get_numa_parameters" DomainGetNumaParameters -> DomainGetNumaParametersReply {
        since: since(0, 9, 9), read_only: Allowed, acl: &["domain:read"],
    }
    Call 256 "domain_set_interface_parameters" DomainSetInterfaceParameters -> () {
        since: since(0, 9, 9), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 257 "domain_get_interface_parameters" DomainGetInterfaceParameters -> DomainGetInterfaceParametersReply {
        since: since(0, 9, 9), read_only: Allowed, acl: &["domain:read"],
    }
    Call 258 "domain_shutdown_flags" DomainShutdownFlags -> () {
        since: since(0, 9, 10), read_only: Refused, acl: &["domain:init_control",
        "domain:write:VIR_DOMAIN_SHUTDOWN_GUEST_AGENT"],
    }
    Call 259 "storage_vol_wipe_pattern" StorageVolWipePattern -> () {
        since: since(0, 9, 10), read_only: Refused, acl: &["storage_vol:format"],
    }
    Call 260 "storage_vol_resize" StorageVolResize -> () {
        since: since(0, 9, 10), read_only: Refused, acl: &["storage_vol:resize"],
    }
    Call 261 "domain_pm_suspend_for_duration" DomainPmSuspendForDuration -> () {
        since: since(0, 9, 10), read_only: Refused, acl: &["domain:pm_control"],
    }
    Call 262 "domain_get_cpu_stats" DomainGetCpuStats -> DomainGetCpuStatsReply {
        since: since(0, 9, 10), read_only: Allowed, acl: &["domain:read"],
    }
    Call 263 "domain_get_disk_errors" DomainGetDiskErrors -> DomainGetDiskErrorsReply {
        since: since(0, 9, 10), read_only: Allowed, acl: &["domain:read"],
    }
    Call 264 "domain_set_metadata" DomainSetMetadata -> () {
        since: since(0, 9, 10), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 265 "domain_get_metadata" DomainGetMetadata -> DomainGetMetadataReply {
        since: since(0, 9, 10), read_only: Allowed, acl: &["domain:read"],
    }
    Call 266 "domain_block_rebase" DomainBlockRebase -> () {
        since: since(0, 9, 10), read_only: Refused, acl: &["domain:block_write"],
    }
    Call 267 "domain_pm_wakeup" DomainPmWakeup -> () {
        since: since(0, 9, 11), read_only: Refused, acl: &["domain:pm_control"],
    }
    Event 268 "domain_event_tray_change" DomainEventTrayChange -> () {
        since: between((0, 9, 11), (0, 9, 13)), read_only: Allowed,
    }
    Event 269 "domain_event_pmwakeup" DomainEventPmwakeup -> () {
        since: between((0, 9, 11), (0, 9, 13)), read_only: Allowed,
    }
    Event 270 "domain_event_pmsuspend" DomainEventPmsuspend -> () {
        since: between((0, 9, 11), (0, 9, 13)), read_only: Allowed,
    }
    Call 271 "domain_snapshot_is_current" DomainSnapshotIsCurrent -> DomainSnapshotIsCurrentReply {
        since: since(0, 9, 13), read_only: Allowed, acl: &["domain:read"],
    }
    Call 272 "domain_snapshot_has_metadata" DomainSnapshotHasMetadata -> DomainSnapshotHasMetadataReply {
        since: since(0, 9, 13), read_only: Allowed, acl: &["domain:read"],
    }
    Call 273 "connect_list_all_domains" ConnectListAllDomains -> ConnectListAllDomainsReply {
        since: since(0, 9, 13), priority: High, read_only: Allowed, acl: &["connect:search_domains"],
        acl_filter: &["domain:getattr"],
    }
    Call 274 "domain_list_all_snapshots" DomainListAllSnapshots -> DomainListAllSnapshotsReply {
        since: since(0, 9, 13), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 275 "domain_snapshot_list_all_children" DomainSnapshotListAllChildren -> DomainSnapshotListAllChildrenReply {
        since: since(0, 9, 13), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Event 276 "domain_event_balloon_change" DomainEventBalloonChange -> () {
        since: between((0, 9, 13), (0, 10, 0)), read_only: Allowed,
    }
    Call 277 "domain_get_hostname" DomainGetHostname -> DomainGetHostnameReply {
        since: since(0, 10, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 278 "domain_get_security_label_list" DomainGetSecurityLabelList -> DomainGetSecurityLabelListReply {
        since: since(0, 10, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 279 "domain_pin_emulator" DomainPinEmulator -> () {
        since: since(0, 10, 0), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 280 "domain_get_emulator_pin_info" DomainGetEmulatorPinInfo -> DomainGetEmulatorPinInfoReply {
        since: since(0, 10, 0), read_only: Allowed, acl: &["domain:read"],
    }
    Call 281 "connect_list_all_storage_pools" ConnectListAllStoragePools -> ConnectListAllStoragePoolsReply {
        since: since(0, 10, 2), priority: High, read_only: Allowed, acl: &["connect:search_storage_pools"],
        acl_filter: &["storage_pool:getattr"],
    }
    Call 282 "storage_pool_list_all_volumes" StoragePoolListAllVolumes -> StoragePoolListAllVolumesReply {
        since: since(0, 10, 0), priority: High, read_only: Allowed,
        acl: &["storage_pool:search_storage_vols"], acl_filter: &["storage_vol:getattr"],
    }
    Call 283 "connect_list_all_networks" ConnectListAllNetworks -> ConnectListAllNetworksReply {
        since: since(0, 10, 2), priority: High, read_only: Allowed, acl: &["connect:search_networks"],
        acl_filter: &["network:getattr"],
    }
    Call 284 "connect_list_all_interfaces" ConnectListAllInterfaces -> ConnectListAllInterfacesReply {
        since: since(0, 10, 2), priority: High, read_only: Allowed, acl: &["connect:search_interfaces"],
        acl_filter: &["interface:getattr"],
    }
    Call 285 "connect_list_all_node_devices" ConnectListAllNodeDevices -> ConnectListAllNodeDevicesReply {
        since: since(0, 10, 2), priority: High, read_only: Allowed, acl: &["connect:search_node_devices"],
        acl_filter: &["node_device:getattr"],
    }
    Call 286 "connect_list_all_nwfilters" ConnectListAllNwfilters -> ConnectListAllNwfiltersReply {
        since: since(0, 10, 2), priority: High, read_only: Allowed, acl: &["connect:search_nwfilters"],
        acl_filter: &["nwfilter:getattr"],
    }
    Call 287 "connect_list_all_secrets" ConnectListAllSecrets -> ConnectListAllSecretsReply {
        since: since(0, 10, 2), priority: High, read_only: Allowed, acl: &["connect:search_secrets"],
        acl_filter: &["secret:getattr"],
    }
    Call 288 "node_set_memory_parameters" NodeSetMemoryParameters -> () {
        since: since(0, 10, 2), read_only: Refused, acl: &["connect:write"],
    }
    Call 289 "node_get_memory_parameters" NodeGetMemoryParameters -> NodeGetMemoryParametersReply {
        since: since(0, 10, 2), read_only: Allowed, acl: &["connect:read"],
    }
    Call 290 "domain_block_commit" DomainBlockCommit -> () {
        since: since(0, 10, 2), read_only: Refused, acl: &["domain:block_write"],
    }
    Call 291 "network_update" NetworkUpdate -> () {
        since: since(0, 10, 2), priority: High, read_only: Refused, acl: &["network:write",
        "network:save:!VIR_NETWORK_UPDATE_AFFECT_CONFIG|VIR_NETWORK_UPDATE_AFFECT_LIVE",
        "network:save:VIR_NETWORK_UPDATE_AFFECT_CONFIG"],
    }
    Event 292 "domain_event_pmsuspend_disk" DomainEventPmsuspendDisk -> () {
        since: between((0, 10, 2), (1, 0, 0)), read_only: Allowed,
    }
    Call 293 "node_get_cpu_map" NodeGetCpuMap -> NodeGetCpuMapReply {
        since: since(1, 0, 0), read_only: Allowed, acl: &["connect:read"],
    }
    Call 294 "domain_fstrim" DomainFstrim -> () {
        since: since(1, 0, 1), read_only: Refused, acl: &["domain:fs_trim"],
    }
    Call 295 "domain_send_process_signal" DomainSendProcessSignal -> () {
        since: since(1, 0, 1), read_only: Refused, acl: &["domain:send_signal"],
    }
    Call 296 "domain_open_channel" DomainOpenChannel -> () {
        since: since(1, 0, 2), stream: Some(Both), read_only: Refused, acl: &["domain:open_device"],
    }
    Call 297 "node_device_lookup_scsi_host_by_wwn" NodeDeviceLookupScsiHostByWwn -> NodeDeviceLookupScsiHostByWwnReply {
        since: since(1, 0, 2), priority: High, read_only: Allowed, acl: &["node_device:getattr"],
    }
    Call 298 "domain_get_job_stats" DomainGetJobStats -> DomainGetJobStatsReply {
        since: since(1, 0, 3), read_only: Allowed, acl: &["domain:read"],
    }
    Call 299 "domain_migrate_get_compression_cache" DomainMigrateGetCompressionCache -> DomainMigrateGetCompressionCacheReply {
        since: since(1, 0, 3), read_only: Allowed, acl: &["domain:migrate"],
    }
    Call 300 "domain_migrate_set_compression_cache" DomainMigrateSetCompressionCache -> () {
        since: since(1, 0, 3), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 301 "node_device_detach_flags" NodeDeviceDetachFlags -> () {
        since: since(1, 0, 5), read_only: Refused, acl: &["node_device:detach"],
    }
    Call 302 "domain_migrate_begin3_params" DomainMigrateBegin3Params -> DomainMigrateBegin3ParamsReply {
        since: since(1, 1, 0), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 303 "domain_migrate_prepare3_params" DomainMigratePrepare3Params -> DomainMigratePrepare3ParamsReply {
        since: since(1, 1, 0), read_only: Refused, acl: &["domain:migrate", "domain:start", "domain:write"],
    }
    Call 304 "domain_migrate_prepare_tunnel3_params" DomainMigratePrepareTunnel3Params -> DomainMigratePrepareTunnel3ParamsReply {
        since: since(1, 1, 0), stream: Some(Write), read_only: Refused, acl: &["domain:migrate",
        "domain:start", "domain:write"],
    }
    Call 305 "domain_migrate_perform3_params" DomainMigratePerform3Params -> DomainMigratePerform3ParamsReply {
        since: since(1, 1, 0), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 306 "domain_migrate_finish3_params" DomainMigrateFinish3Params -> DomainMigrateFinish3ParamsReply {
        since: since(1, 1, 0), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 307 "domain_migrate_confirm3_params" DomainMigrateConfirm3Params -> () {
        since: since(1, 1, 0), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 308 "domain_set_memory_stats_period" DomainSetMemoryStatsPeriod -> () {
        since: since(1, 1, 1), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 309 "domain_create_xml_with_files" DomainCreateXmlWithFiles -> DomainCreateXmlWithFilesReply {
        since: since(1, 1, 1), read_only: Refused, acl: &["domain:write", "domain:start"],
    }
    Call 310 "domain_create_with_files" DomainCreateWithFiles -> DomainCreateWithFilesReply {
        since: since(1, 1, 1), read_only: Refused, acl: &["domain:start"],
    }
    Event 311 "domain_event_device_removed" DomainEventDeviceRemoved -> () {
        since: between((1, 1, 1), (1, 1, 3)), read_only: Allowed,
    }
    Call 312 "connect_get_cpu_model_names" ConnectGetCpuModelNames -> ConnectGetCpuModelNamesReply {
        since: since(1, 1, 3), read_only: Allowed, acl: &["connect:read"],
    }
    Call 313 "connect_network_event_register_any" ConnectNetworkEventRegisterAny -> ConnectNetworkEventRegisterAnyReply {
        since: since(1, 2, 1), priority: High, read_only: Allowed, acl: &["connect:search_networks"],
        acl_filter: &["network:getattr"],
    }
    Call 314 "connect_network_event_deregister_any" ConnectNetworkEventDeregisterAny -> () {
        since: since(1, 2, 1), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Event 315 "network_event_lifecycle" NetworkEventLifecycle -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Call 316 "connect_domain_event_callback_register_any" ConnectDomainEventCallbackRegisterAny -> ConnectDomainEventCallbackRegisterAnyReply {
        since: between((1, 2, 1), (1, 2, 3)), priority: High, read_only: Allowed,
        acl: &["connect:search_domains"], acl_filter: &["domain:getattr"],
    }
    Call 317 "connect_domain_event_callback_deregister_any" ConnectDomainEventCallbackDeregisterAny -> () {
        since: between((1, 2, 1), (1, 2, 3)), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Event 318 "domain_event_callback_lifecycle" DomainEventCallbackLifecycle -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 319 "domain_event_callback_reboot" DomainEventCallbackReboot -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 320 "domain_event_callback_rtc_change" DomainEventCallbackRtcChange -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 321 "domain_event_callback_watchdog" DomainEventCallbackWatchdog -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 322 "domain_event_callback_io_error" DomainEventCallbackIoError -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 323 "domain_event_callback_graphics" DomainEventCallbackGraphics -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 324 "domain_event_callback_io_error_reason" DomainEventCallbackIoErrorReason -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 325 "domain_event_callback_control_error" DomainEventCallbackControlError -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 326 "domain_event_callback_block_job" DomainEventCallbackBlockJob -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 327 "domain_event_callback_disk_change" DomainEventCallbackDiskChange -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 328 "domain_event_callback_tray_change" DomainEventCallbackTrayChange -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 329 "domain_event_callback_pmwakeup" DomainEventCallbackPmwakeup -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 330 "domain_event_callback_pmsuspend" DomainEventCallbackPmsuspend -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 331 "domain_event_callback_balloon_change" DomainEventCallbackBalloonChange -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 332 "domain_event_callback_pmsuspend_disk" DomainEventCallbackPmsuspendDisk -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Event 333 "domain_event_callback_device_removed" DomainEventCallbackDeviceRemoved -> () {
        since: between((1, 2, 1), (1, 2, 3)), read_only: Allowed,
    }
    Call 334 "domain_core_dump_with_format" DomainCoreDumpWithFormat -> () {
        since: since(1, 2, 3), read_only: Refused, acl: &["domain:core_dump"],
    }
    Call 335 "domain_fsfreeze" DomainFsfreeze -> DomainFsfreezeReply {
        since: since(1, 2, 5), read_only: Refused, acl: &["domain:fs_freeze"],
    }
    Call 336 "domain_fsthaw" DomainFsthaw -> DomainFsthawReply {
        since: since(1, 2, 5), read_only: Refused, acl: &["domain:fs_freeze"],
    }
    Call 337 "domain_get_time" DomainGetTime -> DomainGetTimeReply {
        since: since(1, 2, 5), read_only: Refused, acl: &["domain:write"],
    }
    Call 338 "domain_set_time" DomainSetTime -> () {
        since: since(1, 2, 5), read_only: Refused, acl: &["domain:set_time"],
    }
    Event 339 "domain_event_block_job_2" DomainEventBlockJob2 -> () {
        since: between((1, 2, 5), (1, 2, 6)), read_only: Allowed,
    }
    Call 340 "node_get_free_pages" NodeGetFreePages -> NodeGetFreePagesReply {
        since: since(1, 2, 6), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Call 341 "network_get_dhcp_leases" NetworkGetDhcpLeases -> NetworkGetDhcpLeasesReply {
        since: since(1, 2, 6), read_only: Allowed, acl: &["network:read"],
    }
    Call 342 "connect_get_domain_capabilities" ConnectGetDomainCapabilities -> ConnectGetDomainCapabilitiesReply {
        since: since(1, 2, 7), read_only: Refused, acl: &["connect:write"],
    }
    Call 343 "domain_open_graphics_fd" DomainOpenGraphicsFd -> () {
        since: since(1, 2, 8), read_only: Refused, acl: &["domain:open_graphics"],
    }
    Call 344 "connect_get_all_domain_stats" ConnectGetAllDomainStats -> ConnectGetAllDomainStatsReply {
        since: since(1, 2, 8), read_only: Allowed, acl: &["connect:search_domains"],
        acl_filter: &["domain:read"],
    }
    Call 345 "domain_block_copy" DomainBlockCopy -> () {
        since: since(1, 2, 9), read_only: Refused, acl: &["domain:block_write"],
    }
    Event 346 "domain_event_callback_tunable" DomainEventCallbackTunable -> () {
        since: since(1, 2, 9), read_only: Allowed,
    }
    Call 347 "node_alloc_pages" NodeAllocPages -> NodeAllocPagesReply {
        since: since(1, 2, 9), read_only: Refused, acl: &["connect:write"],
    }
    Event 348 "domain_event_callback_agent_lifecycle" DomainEventCallbackAgentLifecycle -> () {
        since: between((1, 2, 9), (1, 2, 11)), read_only: Allowed,
    }
    Call 349 "domain_get_fsinfo" DomainGetFsinfo -> DomainGetFsinfoReply {
        since: since(1, 2, 11), read_only: Refused, acl: &["domain:fs_freeze"],
    }
    Call 350 "domain_define_xml_flags" DomainDefineXmlFlags -> DomainDefineXmlFlagsReply {
        since: since(1, 2, 12), priority: High, read_only: Refused, acl: &["domain:write", "domain:save"],
    }
    Call 351 "domain_get_iothread_info" DomainGetIothreadInfo -> DomainGetIothreadInfoReply {
        since: since(1, 2, 14), read_only: Allowed, acl: &["domain:read"],
    }
    Call 352 "domain_pin_iothread" DomainPinIothread -> () {
        since: since(1, 2, 14), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 353 "domain_interface_addresses" DomainInterfaceAddresses -> DomainInterfaceAddressesReply {
        since: since(1, 2, 14), read_only: Conditional, acl: &["domain:read",
        "domain:write::source:VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT"],
    }
    Event 354 "domain_event_callback_device_added" DomainEventCallbackDeviceAdded -> () {
        since: between((1, 2, 14), (1, 2, 15)), read_only: Allowed,
    }
    Call 355 "domain_add_iothread" DomainAddIothread -> () {
        since: since(1, 2, 15), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 356 "domain_del_iothread" DomainDelIothread -> () {
        since: since(1, 2, 15), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 357 "domain_set_user_password" DomainSetUserPassword -> () {
        since: since(1, 2, 16), read_only: Refused, acl: &["domain:set_password"],
    }
    Call 358 "domain_rename" DomainRename -> DomainRenameReply {
        since: since(1, 2, 19), read_only: Refused, acl: &["domain:write", "domain:save"],
    }
    Event 359 "domain_event_callback_migration_iteration" DomainEventCallbackMigrationIteration -> () {
        since: between((1, 2, 19), (1, 3, 2)), read_only: Allowed,
    }
    Call 360 "connect_register_close_callback" ConnectRegisterCloseCallback -> () {
        since: since(1, 3, 2), priority: High, read_only: Allowed, acl: &["connect:getattr"],
    }
    Call 361 "connect_unregister_close_callback" ConnectUnregisterCloseCallback -> () {
        since: since(1, 3, 2), priority: High, read_only: Allowed, acl: &["connect:getattr"],
    }
    Event 362 "connect_event_connection_closed" ConnectEventConnectionClosed -> () {
        since: between((1, 3, 2), (1, 3, 3)), read_only: Allowed,
    }
    Event 363 "domain_event_callback_job_completed" DomainEventCallbackJobCompleted -> () {
        since: between((1, 3, 2), (1, 3, 3)), read_only: Allowed,
    }
    Call 364 "domain_migrate_start_post_copy" DomainMigrateStartPostCopy -> () {
        since: since(1, 3, 3), read_only: Refused, acl: &["domain:migrate"],
    }
    Call 365 "domain_get_perf_events" DomainGetPerfEvents -> DomainGetPerfEventsReply {
        since: since(1, 3, 3), read_only: Allowed, acl: &["domain:read"],
    }
    Call 366 "domain_set_perf_events" DomainSetPerfEvents -> () {
        since: since(1, 3, 3), read_only: Refused, acl: &["domain:write"],
    }
    Event 367 "domain_event_callback_device_removal_failed" DomainEventCallbackDeviceRemovalFailed -> () {
        since: between((1, 3, 3), (2, 0, 0)), read_only: Allowed,
    }
    Call 368 "connect_storage_pool_event_register_any" ConnectStoragePoolEventRegisterAny -> ConnectStoragePoolEventRegisterAnyReply {
        since: since(2, 0, 0), priority: High, read_only: Allowed, acl: &["connect:search_storage_pools"],
        acl_filter: &["storage_pool:getattr"],
    }
    Call 369 "connect_storage_pool_event_deregister_any" ConnectStoragePoolEventDeregisterAny -> () {
        since: since(2, 0, 0), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Event 370 "storage_pool_event_lifecycle" StoragePoolEventLifecycle -> () {
        since: since(2, 0, 0), read_only: Allowed,
    }
    Call 371 "domain_get_guest_vcpus" DomainGetGuestVcpus -> DomainGetGuestVcpusReply {
        since: since(2, 0, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 372 "domain_set_guest_vcpus" DomainSetGuestVcpus -> () {
        since: since(2, 0, 0), read_only: Refused, acl: &["domain:write"],
    }
    Event 373 "storage_pool_event_refresh" StoragePoolEventRefresh -> () {
        since: between((2, 0, 0), (2, 2, 0)), read_only: Allowed,
    }
    Call 374 "connect_node_device_event_register_any" ConnectNodeDeviceEventRegisterAny -> ConnectNodeDeviceEventRegisterAnyReply {
        since: since(2, 2, 0), priority: High, read_only: Allowed, acl: &["connect:search_node_devices"],
        acl_filter: &["node_device:getattr"],
    }
    Call 375 "connect_node_device_event_deregister_any" ConnectNodeDeviceEventDeregisterAny -> () {
        since: since(2, 2, 0), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Event 376 "node_device_event_lifecycle" NodeDeviceEventLifecycle -> () {
        since: between((2, 2, 0), (3, 0, 0)), read_only: Allowed,
    }
    Event 377 "node_device_event_update" NodeDeviceEventUpdate -> () {
        since: between((2, 2, 0), (3, 0, 0)), read_only: Allowed,
    }
    Call 378 "storage_vol_get_info_flags" StorageVolGetInfoFlags -> StorageVolGetInfoFlagsReply {
        since: since(3, 0, 0), priority: High, read_only: Allowed, acl: &["storage_vol:read"],
    }
    Event 379 "domain_event_callback_metadata_change" DomainEventCallbackMetadataChange -> () {
        since: since(3, 0, 0), read_only: Allowed,
    }
    Call 380 "connect_secret_event_register_any" ConnectSecretEventRegisterAny -> ConnectSecretEventRegisterAnyReply {
        since: since(3, 0, 0), priority: High, read_only: Allowed, acl: &["connect:search_secrets"],
        acl_filter: &["secret:getattr"],
    }
    Call 381 "connect_secret_event_deregister_any" ConnectSecretEventDeregisterAny -> () {
        since: since(3, 0, 0), priority: High, read_only: Allowed, acl: &["connect:read"],
    }
    Event 382 "secret_event_lifecycle" SecretEventLifecycle -> () {
        since: between((3, 0, 0), (3, 1, 0)), read_only: Allowed,
    }
    Event 383 "secret_event_value_changed" SecretEventValueChanged -> () {
        since: between((3, 0, 0), (3, 1, 0)), read_only: Allowed,
    }
    Call 384 "domain_set_vcpu" DomainSetVcpu -> () {
        since: since(3, 1, 0), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Event 385 "domain_event_block_threshold" DomainEventBlockThreshold -> () {
        since: between((3, 1, 0), (3, 2, 0)), read_only: Allowed,
    }
    Call 386 "domain_set_block_threshold" DomainSetBlockThreshold -> () {
        since: since(3, 2, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 387 "domain_migrate_get_max_downtime" DomainMigrateGetMaxDowntime -> DomainMigrateGetMaxDowntimeReply {
        since: since(3, 7, 0), read_only: Allowed, acl: &["domain:migrate"],
    }
    Call 388 "domain_managed_save_get_xml_desc" DomainManagedSaveGetXmlDesc -> DomainManagedSaveGetXmlDescReply {
        since: since(3, 7, 0), read_only: Conditional, acl: &["domain:read",
        "domain:read_secure:VIR_DOMAIN_SAVE_IMAGE_XML_SECURE"],
    }
    Call 389 "domain_managed_save_define_xml" DomainManagedSaveDefineXml -> () {
        since: since(3, 7, 0), read_only: Refused, acl: &["domain:write", "domain:hibernate"],
    }
    Call 390 "domain_set_lifecycle_action" DomainSetLifecycleAction -> () {
        since: since(3, 9, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 391 "storage_pool_lookup_by_target_path" StoragePoolLookupByTargetPath -> StoragePoolLookupByTargetPathReply {
        since: since(4, 1, 0), priority: High, read_only: Allowed, acl: &["storage_pool:getattr"],
    }
    Call 392 "domain_detach_device_alias" DomainDetachDeviceAlias -> () {
        since: since(4, 4, 0), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 393 "connect_compare_hypervisor_cpu" ConnectCompareHypervisorCpu -> ConnectCompareHypervisorCpuReply {
        since: since(4, 4, 0), read_only: Refused, acl: &["connect:write"],
    }
    Call 394 "connect_baseline_hypervisor_cpu" ConnectBaselineHypervisorCpu -> ConnectBaselineHypervisorCpuReply {
        since: since(4, 4, 0), read_only: Refused, acl: &["connect:write"],
    }
    Call 395 "node_get_sev_info" NodeGetSevInfo -> NodeGetSevInfoReply {
        since: since(4, 5, 0), read_only: Refused, acl: &["connect:read"],
    }
    Call 396 "domain_get_launch_security_info" DomainGetLaunchSecurityInfo -> DomainGetLaunchSecurityInfoReply {
        since: since(4, 5, 0), read_only: Refused, acl: &["domain:read"],
    }
    Call 397 "nwfilter_binding_lookup_by_port_dev" NwfilterBindingLookupByPortDev -> NwfilterBindingLookupByPortDevReply {
        since: since(4, 5, 0), priority: High, read_only: Allowed, acl: &["nwfilter_binding:getattr"],
    }
    Call 398 "nwfilter_binding_get_xml_desc" NwfilterBindingGetXmlDesc -> NwfilterBindingGetXmlDescReply {
        since: since(4, 5, 0), priority: High, read_only: Allowed, acl: &["nwfilter_binding:read"],
    }
    Call 399 "nwfilter_binding_create_xml" NwfilterBindingCreateXml -> NwfilterBindingCreateXmlReply {
        since: since(4, 5, 0), priority: High, read_only: Refused, acl: &["nwfilter_binding:create"],
    }
    Call 400 "nwfilter_binding_delete" NwfilterBindingDelete -> () {
        since: since(4, 5, 0), priority: High, read_only: Refused, acl: &["nwfilter_binding:delete"],
    }
    Call 401 "connect_list_all_nwfilter_bindings" ConnectListAllNwfilterBindings -> ConnectListAllNwfilterBindingsReply {
        since: since(4, 5, 0), priority: High, read_only: Allowed, acl: &["connect:search_nwfilter_bindings"],
        acl_filter: &["nwfilter_binding:getattr"],
    }
    Call 402 "domain_set_iothread_params" DomainSetIothreadParams -> () {
        since: since(4, 10, 0), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 403 "connect_get_storage_pool_capabilities" ConnectGetStoragePoolCapabilities -> ConnectGetStoragePoolCapabilitiesReply {
        since: since(5, 2, 0), read_only: Allowed, acl: &["connect:read"],
    }
    Call 404 "network_list_all_ports" NetworkListAllPorts -> NetworkListAllPortsReply {
        since: since(5, 5, 0), priority: High, read_only: Allowed, acl: &["network:search_ports"],
        acl_filter: &["network_port:getattr"],
    }
    Call 405 "network_port_lookup_by_uuid" NetworkPortLookupByUuid -> NetworkPortLookupByUuidReply {
        since: since(5, 5, 0), priority: High, read_only: Allowed, acl: &["network_port:getattr"],
    }
    Call 406 "network_port_create_xml" NetworkPortCreateXml -> NetworkPortCreateXmlReply {
        since: since(5, 5, 0), read_only: Refused, acl: &["network_port:create"],
    }
    Call 407 "network_port_get_parameters" NetworkPortGetParameters -> NetworkPortGetParametersReply {
        since: since(5, 5, 0), read_only: Allowed, acl: &["network_port:read"],
    }
    Call 408 "network_port_set_parameters" NetworkPortSetParameters -> () {
        since: since(5, 5, 0), read_only: Refused, acl: &["network_port:write"],
    }
    Call 409 "network_port_get_xml_desc" NetworkPortGetXmlDesc -> NetworkPortGetXmlDescReply {
        since: since(5, 5, 0), read_only: Allowed, acl: &["network_port:read"],
    }
    Call 410 "network_port_delete" NetworkPortDelete -> () {
        since: since(5, 5, 0), read_only: Refused, acl: &["network_port:delete"],
    }
    Call 411 "domain_checkpoint_create_xml" DomainCheckpointCreateXml -> DomainCheckpointCreateXmlReply {
        since: since(5, 6, 0), read_only: Refused, acl: &["domain:checkpoint",
        "domain:fs_freeze:VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE"],
    }
    Call 412 "domain_checkpoint_get_xml_desc" DomainCheckpointGetXmlDesc -> DomainCheckpointGetXmlDescReply {
        since: since(5, 6, 0), read_only: Conditional, acl: &["domain:read",
        "domain:read_secure:VIR_DOMAIN_CHECKPOINT_XML_SECURE"],
    }
    Call 413 "domain_list_all_checkpoints" DomainListAllCheckpoints -> DomainListAllCheckpointsReply {
        since: since(5, 6, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 414 "domain_checkpoint_list_all_children" DomainCheckpointListAllChildren -> DomainCheckpointListAllChildrenReply {
        since: since(5, 6, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 415 "domain_checkpoint_lookup_by_name" DomainCheckpointLookupByName -> DomainCheckpointLookupByNameReply {
        since: since(5, 6, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 416 "domain_checkpoint_get_parent" DomainCheckpointGetParent -> DomainCheckpointGetParentReply {
        since: since(5, 6, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 417 "domain_checkpoint_delete" DomainCheckpointDelete -> () {
        since: since(5, 6, 0), read_only: Refused, acl: &["domain:checkpoint"],
    }
    Call 418 "domain_get_guest_info" DomainGetGuestInfo -> DomainGetGuestInfoReply {
        since: since(5, 7, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 419 "connect_set_identity" ConnectSetIdentity -> () {
        since: since(5, 8, 0), read_only: Allowed, acl: &["connect:write"],
    }
    Call 420 "domain_agent_set_response_timeout" DomainAgentSetResponseTimeout -> DomainAgentSetResponseTimeoutReply {
        since: since(5, 10, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 421 "domain_backup_begin" DomainBackupBegin -> () {
        since: since(6, 0, 0), read_only: Refused, acl: &["domain:checkpoint", "domain:block_write"],
    }
    Call 422 "domain_backup_get_xml_desc" DomainBackupGetXmlDesc -> DomainBackupGetXmlDescReply {
        since: since(6, 0, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Event 423 "domain_event_memory_failure" DomainEventMemoryFailure -> () {
        since: between((6, 0, 0), (6, 10, 0)), read_only: Allowed,
    }
    Call 424 "domain_authorized_ssh_keys_get" DomainAuthorizedSshKeysGet -> DomainAuthorizedSshKeysGetReply {
        since: since(6, 10, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 425 "domain_authorized_ssh_keys_set" DomainAuthorizedSshKeysSet -> () {
        since: since(6, 10, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 426 "domain_get_messages" DomainGetMessages -> DomainGetMessagesReply {
        since: since(7, 1, 0), read_only: Allowed, acl: &["domain:read"],
    }
    Call 427 "domain_start_dirty_rate_calc" DomainStartDirtyRateCalc -> () {
        since: since(7, 2, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 428 "node_device_define_xml" NodeDeviceDefineXml -> NodeDeviceDefineXmlReply {
        since: since(7, 3, 0), read_only: Refused, acl: &["node_device:write", "node_device:save"],
    }
    Call 429 "node_device_undefine" NodeDeviceUndefine -> () {
        since: since(7, 3, 0), priority: High, read_only: Refused, acl: &["node_device:delete"],
    }
    Call 430 "node_device_create" NodeDeviceCreate -> () {
        since: since(7, 3, 0), priority: High, read_only: Refused, acl: &["node_device:start"],
    }
    Call 431 "nwfilter_define_xml_flags" NwfilterDefineXmlFlags -> NwfilterDefineXmlFlagsReply {
        since: between((7, 3, 0), (7, 7, 0)), priority: High, read_only: Refused, acl: &["nwfilter:write",
        "nwfilter:save"],
    }
    Call 432 "network_define_xml_flags" NetworkDefineXmlFlags -> NetworkDefineXmlFlagsReply {
        since: since(7, 7, 0), priority: High, read_only: Refused, acl: &["network:write", "network:save"],
    }
    Call 433 "node_device_get_autostart" NodeDeviceGetAutostart -> NodeDeviceGetAutostartReply {
        since: since(7, 8, 0), priority: High, read_only: Allowed, acl: &["node_device:read"],
    }
    Call 434 "node_device_set_autostart" NodeDeviceSetAutostart -> () {
        since: since(7, 8, 0), priority: High, read_only: Refused, acl: &["node_device:write"],
    }
    Call 435 "node_device_is_persistent" NodeDeviceIsPersistent -> NodeDeviceIsPersistentReply {
        since: since(7, 8, 0), priority: High, read_only: Allowed, acl: &["node_device:read"],
    }
    Call 436 "node_device_is_active" NodeDeviceIsActive -> NodeDeviceIsActiveReply {
        since: since(7, 8, 0), priority: High, read_only: Allowed, acl: &["node_device:read"],
    }
    Call 437 "network_create_xml_flags" NetworkCreateXmlFlags -> NetworkCreateXmlFlagsReply {
        since: since(7, 8, 0), priority: High, read_only: Refused, acl: &["network:write", "network:start"],
    }
    Event 438 "domain_event_memory_device_size_change" DomainEventMemoryDeviceSizeChange -> () {
        since: between((7, 8, 0), (8, 0, 0)), read_only: Allowed,
    }
    Call 439 "domain_set_launch_security_state" DomainSetLaunchSecurityState -> () {
        since: since(8, 0, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 440 "domain_save_params" DomainSaveParams -> () {
        since: since(8, 4, 0), read_only: Refused, acl: &["domain:hibernate"],
    }
    Call 441 "domain_restore_params" DomainRestoreParams -> () {
        since: since(8, 4, 0), read_only: Refused, acl: &["domain:start", "domain:write"],
    }
    Call 442 "domain_abort_job_flags" DomainAbortJobFlags -> () {
        since: since(8, 5, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 443 "domain_fd_associate" DomainFdAssociate -> () {
        since: since(9, 0, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 444 "network_set_metadata" NetworkSetMetadata -> () {
        since: since(9, 7, 0), read_only: Refused, acl: &["network:write",
        "network:save:!VIR_NETWORK_UPDATE_AFFECT_CONFIG|VIR_NETWORK_UPDATE_AFFECT_LIVE",
        "network:save:VIR_NETWORK_UPDATE_AFFECT_CONFIG"],
    }
    Call 445 "network_get_metadata" NetworkGetMetadata -> NetworkGetMetadataReply {
        since: since(9, 7, 0), read_only: Allowed, acl: &["network:read"],
    }
    Event 446 "network_event_callback_metadata_change" NetworkEventCallbackMetadataChange -> () {
        since: between((9, 7, 0), (10, 1, 0)), read_only: Allowed,
    }
    Call 447 "node_device_update" NodeDeviceUpdate -> () {
        since: since(10, 1, 0), priority: High, read_only: Refused, acl: &["node_device:write",
        "node_device:save:!VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG|VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE",
        "node_device:save:VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG"],
    }
    Call 448 "domain_graphics_reload" DomainGraphicsReload -> () {
        since: since(10, 2, 0), read_only: Refused, acl: &["domain:write"],
    }
    Call 449 "domain_get_autostart_once" DomainGetAutostartOnce -> DomainGetAutostartOnceReply {
        since: since(11, 2, 0), priority: High, read_only: Allowed, acl: &["domain:read"],
    }
    Call 450 "domain_set_autostart_once" DomainSetAutostartOnce -> () {
        since: since(11, 2, 0), priority: High, read_only: Refused, acl: &["domain:write"],
    }
    Call 451 "domain_set_throttle_group" DomainSetThrottleGroup -> () {
        since: since(11, 2, 0), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Call 452 "domain_del_throttle_group" DomainDelThrottleGroup -> () {
        since: since(11, 2, 0), read_only: Refused, acl: &["domain:write",
        "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE",
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"],
    }
    Event 453 "domain_event_nic_mac_change" DomainEventNicMacChange -> () {
        since: between((11, 2, 0), (11, 3, 0)), read_only: Allowed,
    }
    Event 454 "domain_event_vcpu_removed" DomainEventVcpuRemoved -> () {
        since: since(12, 4, 0), read_only: Allowed,
    }
    Event 455 "domain_event_callback_channel_lifecycle" DomainEventCallbackChannelLifecycle -> () {
        since: since(12, 4, 0), read_only: Allowed,
    }
    Call 456 "domain_announce_interface" DomainAnnounceInterface -> () {
        since: since(12, 5, 0), read_only: Refused, acl: &["domain:write"],
    }
}
