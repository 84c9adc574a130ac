// Made from protocol/x/remote.x by `cargo run -p virtwire-idl`: change that, not this.

//! What is known of each procedure, by number.

use crate::access::ObjectKind::{
    Connect, Domain, Interface, Network, NetworkPort, NodeDevice, Nwfilter, NwfilterBinding, Secret,
    StoragePool, StorageVol,
};
use crate::access::right;
use crate::contract::{between, procedures, since};
use crate::program::Priority::High;
use crate::program::ReadOnlyRule::{Allowed, Conditional, Refused};
use crate::program::StreamDirection::{Both, Read, Write};

use super::super::remote::*;

procedures! {
    REMOTE = 0x20008086, 1;
    Call 1 "connect_open" ConnectOpen -> () {
        read_only: Allowed, acl: &[right(Connect, "getattr")], function: "virConnectOpen",
        since: since(0, 3, 0), priority: High,
    }
    Call 2 "connect_close" ConnectClose -> () {
        read_only: Allowed, acl: &[], function: "virConnectClose", since: since(0, 3, 0), priority: High,
    }
    Call 3 "connect_get_type" ConnectGetType -> ConnectGetTypeReply {
        read_only: Allowed, acl: &[right(Connect, "getattr")], function: "virConnectGetType",
        since: since(0, 3, 0), priority: High,
    }
    Call 4 "connect_get_version" ConnectGetVersion -> ConnectGetVersionReply {
        read_only: Allowed, acl: &[right(Connect, "getattr")], function: "virConnectGetVersion",
        since: since(0, 3, 0), priority: High,
    }
    Call 5 "connect_get_max_vcpus" ConnectGetMaxVcpus -> ConnectGetMaxVcpusReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectGetMaxVcpus",
        since: since(0, 3, 0), priority: High,
    }
    Call 6 "node_get_info" NodeGetInfo -> NodeGetInfoReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virNodeGetInfo", since: since(0, 3, 0),
        priority: High,
    }
    Call 7 "connect_get_capabilities" ConnectGetCapabilities -> ConnectGetCapabilitiesReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectGetCapabilities",
        since: since(0, 3, 0),
    }
    Call 8 "domain_attach_device" DomainAttachDevice -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainAttachDevice",
        since: since(0, 3, 0),
    }
    Call 9 "domain_create" DomainCreate -> () {
        read_only: Refused, acl: &[right(Domain, "start")], function: "virDomainCreate",
        since: since(0, 3, 0),
    }
    Call 10 "domain_create_xml" DomainCreateXml -> DomainCreateXmlReply {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "start")],
        function: "virDomainCreateXML", since: since(0, 3, 0),
    }
    Call 11 "domain_define_xml" DomainDefineXml -> DomainDefineXmlReply {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save")],
        function: "virDomainDefineXML", since: since(0, 3, 0), priority: High,
    }
    Call 12 "domain_destroy" DomainDestroy -> () {
        read_only: Refused, acl: &[right(Domain, "stop")], function: "virDomainDestroy",
        since: since(0, 3, 0), priority: High,
    }
    Call 13 "domain_detach_device" DomainDetachDevice -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainDetachDevice",
        since: since(0, 3, 0),
    }
    Call 14 "domain_get_xml_desc" DomainGetXmlDesc -> DomainGetXmlDescReply {
        read_only: Conditional, acl: &[right(Domain, "read"), right(Domain, "read_secure").with(1),
        right(Domain, "read_secure").with(8)], function: "virDomainGetXMLDesc", since: since(0, 3, 0),
    }
    Call 15 "domain_get_autostart" DomainGetAutostart -> DomainGetAutostartReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetAutostart",
        since: since(0, 3, 0), priority: High,
    }
    Call 16 "domain_get_info" DomainGetInfo -> DomainGetInfoReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetInfo",
        since: since(0, 3, 0),
    }
    Call 17 "domain_get_max_memory" DomainGetMaxMemory -> DomainGetMaxMemoryReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetMaxMemory",
        since: since(0, 3, 0), priority: High,
    }
    Call 18 "domain_get_max_vcpus" DomainGetMaxVcpus -> DomainGetMaxVcpusReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetMaxVcpus",
        since: since(0, 3, 0), priority: High,
    }
    Call 19 "domain_get_os_type" DomainGetOsType -> DomainGetOsTypeReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetOSType",
        since: since(0, 3, 0), priority: High,
    }
    Call 20 "domain_get_vcpus" DomainGetVcpus -> DomainGetVcpusReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetVcpus",
        since: since(0, 3, 0), priority: High,
    }
    Call 21 "connect_list_defined_domains" ConnectListDefinedDomains -> ConnectListDefinedDomainsReply {
        read_only: Allowed, acl: &[right(Connect, "search_domains")],
        function: "virConnectListDefinedDomains", since: since(0, 3, 0), priority: High,
        acl_filter: &[right(Domain, "getattr")],
    }
    Call 22 "domain_lookup_by_id" DomainLookupById -> DomainLookupByIdReply {
        read_only: Allowed, acl: &[right(Domain, "getattr")], function: "virDomainLookupByID",
        since: since(0, 3, 0), priority: High,
    }
    Call 23 "domain_lookup_by_name" DomainLookupByName -> DomainLookupByNameReply {
        read_only: Allowed, acl: &[right(Domain, "getattr")], function: "virDomainLookupByName",
        since: since(0, 3, 0), priority: High,
    }
    Call 24 "domain_lookup_by_uuid" DomainLookupByUuid -> DomainLookupByUuidReply {
        read_only: Allowed, acl: &[right(Domain, "getattr")], function: "virDomainLookupByUUID",
        since: since(0, 3, 0), priority: High,
    }
    Call 25 "connect_num_of_defined_domains" ConnectNumOfDefinedDomains -> ConnectNumOfDefinedDomainsReply {
        read_only: Allowed, acl: &[right(Connect, "search_domains")],
        function: "virConnectNumOfDefinedDomains", since: since(0, 3, 0), priority: High,
        acl_filter: &[right(Domain, "getattr")],
    }
    Call 26 "domain_pin_vcpu" DomainPinVcpu -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainPinVcpu",
        since: since(0, 3, 0),
    }
    Call 27 "domain_reboot" DomainReboot -> () {
        read_only: Refused, acl: &[right(Domain, "init_control"), right(Domain, "write").with(2)],
        function: "virDomainReboot", since: since(0, 3, 0),
    }
    Call 28 "domain_resume" DomainResume -> () {
        read_only: Refused, acl: &[right(Domain, "suspend")], function: "virDomainResume",
        since: since(0, 3, 0),
    }
    Call 29 "domain_set_autostart" DomainSetAutostart -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetAutostart",
        since: since(0, 3, 0), priority: High,
    }
    Call 30 "domain_set_max_memory" DomainSetMaxMemory -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetMaxMemory",
        since: since(0, 3, 0), priority: High,
    }
    Call 31 "domain_set_memory" DomainSetMemory -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetMemory",
        since: since(0, 3, 0),
    }
    Call 32 "domain_set_vcpus" DomainSetVcpus -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetVcpus",
        since: since(0, 3, 0),
    }
    Call 33 "domain_shutdown" DomainShutdown -> () {
        read_only: Refused, acl: &[right(Domain, "init_control")], function: "virDomainShutdown",
        since: since(0, 3, 0),
    }
    Call 34 "domain_suspend" DomainSuspend -> () {
        read_only: Refused, acl: &[right(Domain, "suspend")], function: "virDomainSuspend",
        since: since(0, 3, 0),
    }
    Call 35 "domain_undefine" DomainUndefine -> () {
        read_only: Refused, acl: &[right(Domain, "delete")], function: "virDomainUndefine",
        since: since(0, 3, 0), priority: High,
    }
    Call 36 "connect_list_defined_networks" ConnectListDefinedNetworks -> ConnectListDefinedNetworksReply {
        read_only: Allowed, acl: &[right(Connect, "search_networks")],
        function: "virConnectListDefinedNetworks", since: since(0, 3, 0), priority: High,
        acl_filter: &[right(Network, "getattr")],
    }
    Call 37 "connect_list_domains" ConnectListDomains -> ConnectListDomainsReply {
        read_only: Allowed, acl: &[right(Connect, "search_domains")], function: "virConnectListDomains",
        since: since(0, 3, 0), priority: High, acl_filter: &[right(Domain, "getattr")],
    }
    Call 38 "connect_list_networks" ConnectListNetworks -> ConnectListNetworksReply {
        read_only: Allowed, acl: &[right(Connect, "search_networks")], function: "virConnectListNetworks",
        since: since(0, 3, 0), priority: High, acl_filter: &[right(Network, "getattr")],
    }
    Call 39 "network_create" NetworkCreate -> () {
        read_only: Refused, acl: &[right(Network, "start")], function: "virNetworkCreate",
        since: since(0, 3, 0),
    }
    Call 40 "network_create_xml" NetworkCreateXml -> NetworkCreateXmlReply {
        read_only: Refused, acl: &[right(Network, "write"), right(Network, "start")],
        function: "virNetworkCreateXML", since: since(0, 3, 0),
    }
    Call 41 "network_define_xml" NetworkDefineXml -> NetworkDefineXmlReply {
        read_only: Refused, acl: &[right(Network, "write"), right(Network, "save")],
        function: "virNetworkDefineXML", since: since(0, 3, 0), priority: High,
    }
    Call 42 "network_destroy" NetworkDestroy -> () {
        read_only: Refused, acl: &[right(Network, "stop")], function: "virNetworkDestroy",
        since: since(0, 3, 0), priority: High,
    }
    Call 43 "network_get_xml_desc" NetworkGetXmlDesc -> NetworkGetXmlDescReply {
        read_only: Allowed, acl: &[right(Network, "read")], function: "virNetworkGetXMLDesc",
        since: since(0, 3, 0), priority: High,
    }
    Call 44 "network_get_autostart" NetworkGetAutostart -> NetworkGetAutostartReply {
        read_only: Allowed, acl: &[right(Network, "read")], function: "virNetworkGetAutostart",
        since: since(0, 3, 0), priority: High,
    }
    Call 45 "network_get_bridge_name" NetworkGetBridgeName -> NetworkGetBridgeNameReply {
        read_only: Allowed, acl: &[right(Network, "read")], function: "virNetworkGetBridgeName",
        since: since(0, 3, 0), priority: High,
    }
    Call 46 "network_lookup_by_name" NetworkLookupByName -> NetworkLookupByNameReply {
        read_only: Allowed, acl: &[right(Network, "getattr")], function: "virNetworkLookupByName",
        since: since(0, 3, 0), priority: High,
    }
    Call 47 "network_lookup_by_uuid" NetworkLookupByUuid -> NetworkLookupByUuidReply {
        read_only: Allowed, acl: &[right(Network, "getattr")], function: "virNetworkLookupByUUID",
        since: since(0, 3, 0), priority: High,
    }
    Call 48 "network_set_autostart" NetworkSetAutostart -> () {
        read_only: Refused, acl: &[right(Network, "write")], function: "virNetworkSetAutostart",
        since: since(0, 3, 0), priority: High,
    }
    Call 49 "network_undefine" NetworkUndefine -> () {
        read_only: Refused, acl: &[right(Network, "delete")], function: "virNetworkUndefine",
        since: since(0, 3, 0), priority: High,
    }
    Call 50 "connect_num_of_defined_networks" ConnectNumOfDefinedNetworks -> ConnectNumOfDefinedNetworksReply {
        read_only: Allowed, acl: &[right(Connect, "search_networks")],
        function: "virConnectNumOfDefinedNetworks", since: since(0, 3, 0), priority: High,
        acl_filter: &[right(Network, "getattr")],
    }
    Call 51 "connect_num_of_domains" ConnectNumOfDomains -> ConnectNumOfDomainsReply {
        read_only: Allowed, acl: &[right(Connect, "search_domains")], function: "virConnectNumOfDomains",
        since: since(0, 3, 0), priority: High, acl_filter: &[right(Domain, "getattr")],
    }
    Call 52 "connect_num_of_networks" ConnectNumOfNetworks -> ConnectNumOfNetworksReply {
        read_only: Allowed, acl: &[right(Connect, "search_networks")], function: "virConnectNumOfNetworks",
        since: since(0, 3, 0), priority: High, acl_filter: &[right(Network, "getattr")],
    }
    Call 53 "domain_core_dump" DomainCoreDump -> () {
        read_only: Refused, acl: &[right(Domain, "core_dump")], function: "virDomainCoreDump",
        since: since(0, 3, 0),
    }
    Call 54 "domain_restore" DomainRestore -> () {
        read_only: Refused, acl: &[right(Domain, "start"), right(Domain, "write")],
        function: "virDomainRestore", since: since(0, 3, 0),
    }
    Call 55 "domain_save" DomainSave -> () {
        read_only: Refused, acl: &[right(Domain, "hibernate")], function: "virDomainSave",
        since: since(0, 3, 0),
    }
    Call 56 "domain_get_scheduler_type" DomainGetSchedulerType -> DomainGetSchedulerTypeReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetSchedulerType",
        since: since(0, 3, 0),
    }
    Call 57 "domain_get_scheduler_parameters" DomainGetSchedulerParameters -> DomainGetSchedulerParametersReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetSchedulerParameters",
        since: since(0, 3, 0),
    }
    Call 58 "domain_set_scheduler_parameters" DomainSetSchedulerParameters -> () {
        read_only: Refused, acl: &[right(Domain, "read")], function: "virDomainSetSchedulerParameters",
        since: since(0, 3, 0),
    }
    Call 59 "connect_get_hostname" ConnectGetHostname -> ConnectGetHostnameReply {
        read_only: Allowed, acl: &[right(Connect, "getattr")], function: "virConnectGetHostname",
        since: since(0, 3, 0), priority: High,
    }
    Call 60 "connect_supports_feature" ConnectSupportsFeature -> ConnectSupportsFeatureReply {
        read_only: Allowed, acl: &[right(Connect, "getattr")], function: "virConnectSupportsFeature",
        since: since(0, 3, 0), priority: High,
    }
    Call 61 "domain_migrate_prepare" DomainMigratePrepare -> DomainMigratePrepareReply {
        read_only: Refused, acl: &[right(Domain, "migrate"), right(Domain, "start"), right(Domain, "write")],
        function: "virDomainMigratePrepare", since: since(0, 3, 2),
    }
    Call 62 "domain_migrate_perform" DomainMigratePerform -> () {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigratePerform",
        since: since(0, 3, 2),
    }
    Call 63 "domain_migrate_finish" DomainMigrateFinish -> DomainMigrateFinishReply {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateFinish",
        since: since(0, 3, 2),
    }
    Call 64 "domain_block_stats" DomainBlockStats -> DomainBlockStatsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainBlockStats",
        since: since(0, 3, 2),
    }
    Call 65 "domain_interface_stats" DomainInterfaceStats -> DomainInterfaceStatsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainInterfaceStats",
        since: since(0, 3, 2), priority: High,
    }
    Call 66 "auth_list" AuthList -> AuthListReply {
        read_only: Allowed, acl: &[], function: "virAuthList", since: between((0, 3, 2), (0, 3, 3)),
        priority: High,
    }
    Call 67 "auth_sasl_init" AuthSaslInit -> AuthSaslInitReply {
        read_only: Allowed, acl: &[], function: "virAuthSaslInit", since: between((0, 3, 2), (0, 3, 3)),
        priority: High,
    }
    Call 68 "auth_sasl_start" AuthSaslStart -> AuthSaslStartReply {
        read_only: Allowed, acl: &[], function: "virAuthSaslStart", since: between((0, 3, 2), (0, 3, 3)),
        priority: High,
    }
    Call 69 "auth_sasl_step" AuthSaslStep -> AuthSaslStepReply {
        read_only: Allowed, acl: &[], function: "virAuthSaslStep", since: between((0, 3, 2), (0, 3, 3)),
        priority: High,
    }
    Call 70 "auth_polkit" AuthPolkit -> AuthPolkitReply {
        read_only: Allowed, acl: &[], function: "virAuthPolkit", since: between((0, 3, 2), (0, 3, 3)),
        priority: High,
    }
    Call 71 "connect_num_of_storage_pools" ConnectNumOfStoragePools -> ConnectNumOfStoragePoolsReply {
        read_only: Allowed, acl: &[right(Connect, "search_storage_pools")],
        function: "virConnectNumOfStoragePools", since: since(0, 4, 1), priority: High,
        acl_filter: &[right(StoragePool, "getattr")],
    }
    Call 72 "connect_list_storage_pools" ConnectListStoragePools -> ConnectListStoragePoolsReply {
        read_only: Allowed, acl: &[right(Connect, "search_storage_pools")],
        function: "virConnectListStoragePools", since: since(0, 4, 1), priority: High,
        acl_filter: &[right(StoragePool, "getattr")],
    }
    Call 73 "connect_num_of_defined_storage_pools" ConnectNumOfDefinedStoragePools -> ConnectNumOfDefinedStoragePoolsReply {
        read_only: Allowed, acl: &[right(Connect, "search_storage_pools")],
        function: "virConnectNumOfDefinedStoragePools", since: since(0, 4, 1), priority: High,
        acl_filter: &[right(StoragePool, "getattr")],
    }
    Call 74 "connect_list_defined_storage_pools" ConnectListDefinedStoragePools -> ConnectListDefinedStoragePoolsReply {
        read_only: Allowed, acl: &[right(Connect, "search_storage_pools")],
        function: "virConnectListDefinedStoragePools", since: since(0, 4, 1), priority: High,
        acl_filter: &[right(StoragePool, "getattr")],
    }
    Call 75 "connect_find_storage_pool_sources" ConnectFindStoragePoolSources -> ConnectFindStoragePoolSourcesReply {
        read_only: Refused, acl: &[right(Connect, "detect_storage_pools")],
        function: "virConnectFindStoragePoolSources", since: since(0, 4, 5),
    }
    Call 76 "storage_pool_create_xml" StoragePoolCreateXml -> StoragePoolCreateXmlReply {
        read_only: Refused, acl: &[right(StoragePool, "start"), right(StoragePool, "write")],
        function: "virStoragePoolCreateXML", since: since(0, 4, 1),
    }
    Call 77 "storage_pool_define_xml" StoragePoolDefineXml -> StoragePoolDefineXmlReply {
        read_only: Refused, acl: &[right(StoragePool, "write"), right(StoragePool, "save")],
        function: "virStoragePoolDefineXML", since: since(0, 4, 1), priority: High,
    }
    Call 78 "storage_pool_create" StoragePoolCreate -> () {
        read_only: Refused, acl: &[right(StoragePool, "start")], function: "virStoragePoolCreate",
        since: since(0, 4, 1),
    }
    Call 79 "storage_pool_build" StoragePoolBuild -> () {
        read_only: Refused, acl: &[right(StoragePool, "format")], function: "virStoragePoolBuild",
        since: since(0, 4, 1),
    }
    Call 80 "storage_pool_destroy" StoragePoolDestroy -> () {
        read_only: Refused, acl: &[right(StoragePool, "stop")], function: "virStoragePoolDestroy",
        since: since(0, 4, 1), priority: High,
    }
    Call 81 "storage_pool_delete" StoragePoolDelete -> () {
        read_only: Refused, acl: &[right(StoragePool, "format")], function: "virStoragePoolDelete",
        since: since(0, 4, 1),
    }
    Call 82 "storage_pool_undefine" StoragePoolUndefine -> () {
        read_only: Refused, acl: &[right(StoragePool, "delete")], function: "virStoragePoolUndefine",
        since: since(0, 4, 1), priority: High,
    }
    Call 83 "storage_pool_refresh" StoragePoolRefresh -> () {
        read_only: Refused, acl: &[right(StoragePool, "refresh")], function: "virStoragePoolRefresh",
        since: since(0, 4, 1),
    }
    Call 84 "storage_pool_lookup_by_name" StoragePoolLookupByName -> StoragePoolLookupByNameReply {
        read_only: Allowed, acl: &[right(StoragePool, "getattr")], function: "virStoragePoolLookupByName",
        since: since(0, 4, 1), priority: High,
    }
    Call 85 "storage_pool_lookup_by_uuid" StoragePoolLookupByUuid -> StoragePoolLookupByUuidReply {
        read_only: Allowed, acl: &[right(StoragePool, "getattr")], function: "virStoragePoolLookupByUUID",
        since: since(0, 4, 1), priority: High,
    }
    Call 86 "storage_pool_lookup_by_volume" StoragePoolLookupByVolume -> StoragePoolLookupByVolumeReply {
        read_only: Allowed, acl: &[right(StoragePool, "getattr")], function: "virStoragePoolLookupByVolume",
        since: since(0, 4, 1), priority: High,
    }
    Call 87 "storage_pool_get_info" StoragePoolGetInfo -> StoragePoolGetInfoReply {
        read_only: Allowed, acl: &[right(StoragePool, "read")], function: "virStoragePoolGetInfo",
        since: since(0, 4, 1), priority: High,
    }
    Call 88 "storage_pool_get_xml_desc" StoragePoolGetXmlDesc -> StoragePoolGetXmlDescReply {
        read_only: Allowed, acl: &[right(StoragePool, "read")], function: "virStoragePoolGetXMLDesc",
        since: since(0, 4, 1), priority: High,
    }
    Call 89 "storage_pool_get_autostart" StoragePoolGetAutostart -> StoragePoolGetAutostartReply {
        read_only: Allowed, acl: &[right(StoragePool, "read")], function: "virStoragePoolGetAutostart",
        since: since(0, 4, 1), priority: High,
    }
    Call 90 "storage_pool_set_autostart" StoragePoolSetAutostart -> () {
        read_only: Refused, acl: &[right(StoragePool, "write")], function: "virStoragePoolSetAutostart",
        since: since(0, 4, 1), priority: High,
    }
    Call 91 "storage_pool_num_of_volumes" StoragePoolNumOfVolumes -> StoragePoolNumOfVolumesReply {
        read_only: Allowed, acl: &[right(StoragePool, "search_storage_vols")],
        function: "virStoragePoolNumOfVolumes", since: since(0, 4, 1), priority: High,
        acl_filter: &[right(StorageVol, "getattr")],
    }
    Call 92 "storage_pool_list_volumes" StoragePoolListVolumes -> StoragePoolListVolumesReply {
        read_only: Allowed, acl: &[right(StoragePool, "search_storage_vols")],
        function: "virStoragePoolListVolumes", since: since(0, 4, 1), priority: High,
        acl_filter: &[right(StorageVol, "getattr")],
    }
    Call 93 "storage_vol_create_xml" StorageVolCreateXml -> StorageVolCreateXmlReply {
        read_only: Refused, acl: &[right(StorageVol, "create")], function: "virStorageVolCreateXML",
        since: since(0, 4, 1),
    }
    Call 94 "storage_vol_delete" StorageVolDelete -> () {
        read_only: Refused, acl: &[right(StorageVol, "delete")], function: "virStorageVolDelete",
        since: since(0, 4, 1),
    }
    Call 95 "storage_vol_lookup_by_name" StorageVolLookupByName -> StorageVolLookupByNameReply {
        read_only: Allowed, acl: &[right(StorageVol, "getattr")], function: "virStorageVolLookupByName",
        since: since(0, 4, 1), priority: High,
    }
    Call 96 "storage_vol_lookup_by_key" StorageVolLookupByKey -> StorageVolLookupByKeyReply {
        read_only: Allowed, acl: &[right(StorageVol, "getattr")], function: "virStorageVolLookupByKey",
        since: since(0, 4, 1), priority: High,
    }
    Call 97 "storage_vol_lookup_by_path" StorageVolLookupByPath -> StorageVolLookupByPathReply {
        read_only: Allowed, acl: &[right(StorageVol, "getattr")], function: "virStorageVolLookupByPath",
        since: since(0, 4, 1), priority: High,
    }
    Call 98 "storage_vol_get_info" StorageVolGetInfo -> StorageVolGetInfoReply {
        read_only: Allowed, acl: &[right(StorageVol, "read")], function: "virStorageVolGetInfo",
        since: since(0, 4, 1), priority: High,
    }
    Call 99 "storage_vol_get_xml_desc" StorageVolGetXmlDesc -> StorageVolGetXmlDescReply {
        read_only: Allowed, acl: &[right(StorageVol, "read")], function: "virStorageVolGetXMLDesc",
        since: since(0, 4, 1), priority: High,
    }
    Call 100 "storage_vol_get_path" StorageVolGetPath -> StorageVolGetPathReply {
        read_only: Allowed, acl: &[right(StorageVol, "read")], function: "virStorageVolGetPath",
        since: since(0, 4, 1), priority: High,
    }
    Call 101 "node_get_cells_free_memory" NodeGetCellsFreeMemory -> NodeGetCellsFreeMemoryReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virNodeGetCellsFreeMemory",
        since: since(0, 3, 3), priority: High,
    }
    Call 102 "node_get_free_memory" NodeGetFreeMemory -> NodeGetFreeMemoryReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virNodeGetFreeMemory",
        since: since(0, 3, 3), priority: High,
    }
    Call 103 "domain_block_peek" DomainBlockPeek -> DomainBlockPeekReply {
        read_only: Refused, acl: &[right(Domain, "block_read")], function: "virDomainBlockPeek",
        since: since(0, 4, 2),
    }
    Call 104 "domain_memory_peek" DomainMemoryPeek -> DomainMemoryPeekReply {
        read_only: Refused, acl: &[right(Domain, "mem_read")], function: "virDomainMemoryPeek",
        since: since(0, 4, 2),
    }
    Call 105 "connect_domain_event_register" ConnectDomainEventRegister -> ConnectDomainEventRegisterReply {
        read_only: Allowed, acl: &[right(Connect, "search_domains")],
        function: "virConnectDomainEventRegister", since: since(0, 5, 0), priority: High,
        acl_filter: &[right(Domain, "getattr")],
    }
    Call 106 "connect_domain_event_deregister" ConnectDomainEventDeregister -> ConnectDomainEventDeregisterReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectDomainEventDeregister",
        since: since(0, 5, 0), priority: High,
    }
    Event 107 "domain_event_lifecycle" DomainEventLifecycle -> () { since: since(0, 5, 0) }
    Call 108 "domain_migrate_prepare2" DomainMigratePrepare2 -> DomainMigratePrepare2Reply {
        read_only: Refused, acl: &[right(Domain, "migrate"), right(Domain, "start"), right(Domain, "write")],
        function: "virDomainMigratePrepare2", since: since(0, 5, 0),
    }
    Call 109 "domain_migrate_finish2" DomainMigrateFinish2 -> DomainMigrateFinish2Reply {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateFinish2",
        since: since(0, 5, 0),
    }
    Call 110 "connect_get_uri" ConnectGetUri -> ConnectGetUriReply {
        read_only: Allowed, acl: &[right(Connect, "getattr")], function: "virConnectGetURI",
        since: since(0, 5, 0), priority: High,
    }
    Call 111 "node_num_of_devices" NodeNumOfDevices -> NodeNumOfDevicesReply {
        read_only: Allowed, acl: &[right(Connect, "search_node_devices")], function: "virNodeNumOfDevices",
        since: since(0, 5, 0), priority: High, acl_filter: &[right(NodeDevice, "getattr")],
    }
    Call 112 "node_list_devices" NodeListDevices -> NodeListDevicesReply {
        read_only: Allowed, acl: &[right(Connect, "search_node_devices")], function: "virNodeListDevices",
        since: since(0, 5, 0), priority: High, acl_filter: &[right(NodeDevice, "getattr")],
    }
    Call 113 "node_device_lookup_by_name" NodeDeviceLookupByName -> NodeDeviceLookupByNameReply {
        read_only: Allowed, acl: &[right(NodeDevice, "getattr")], function: "virNodeDeviceLookupByName",
        since: since(0, 5, 0), priority: High,
    }
    Call 114 "node_device_get_xml_desc" NodeDeviceGetXmlDesc -> NodeDeviceGetXmlDescReply {
        read_only: Allowed, acl: &[right(NodeDevice, "read")], function: "virNodeDeviceGetXMLDesc",
        since: since(0, 5, 0),
    }
    Call 115 "node_device_get_parent" NodeDeviceGetParent -> NodeDeviceGetParentReply {
        read_only: Allowed, acl: &[right(NodeDevice, "read")], function: "virNodeDeviceGetParent",
        since: since(0, 5, 0), priority: High,
    }
    Call 116 "node_device_num_of_caps" NodeDeviceNumOfCaps -> NodeDeviceNumOfCapsReply {
        read_only: Allowed, acl: &[right(NodeDevice, "read")], function: "virNodeDeviceNumOfCaps",
        since: since(0, 5, 0), priority: High,
    }
    Call 117 "node_device_list_caps" NodeDeviceListCaps -> NodeDeviceListCapsReply {
        read_only: Allowed, acl: &[right(NodeDevice, "read")], function: "virNodeDeviceListCaps",
        since: since(0, 5, 0), priority: High,
    }
    Call 118 "node_device_dettach" NodeDeviceDettach -> () {
        read_only: Refused, acl: &[right(NodeDevice, "detach")], function: "virNodeDeviceDettach",
        since: since(0, 6, 1),
    }
    Call 119 "node_device_re_attach" NodeDeviceReAttach -> () {
        read_only: Refused, acl: &[right(NodeDevice, "detach")], function: "virNodeDeviceReAttach",
        since: since(0, 6, 1),
    }
    Call 120 "node_device_reset" NodeDeviceReset -> () {
        read_only: Refused, acl: &[right(NodeDevice, "detach")], function: "virNodeDeviceReset",
        since: since(0, 6, 1),
    }
    Call 121 "domain_get_security_label" DomainGetSecurityLabel -> DomainGetSecurityLabelReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetSecurityLabel",
        since: since(0, 6, 1), priority: High,
    }
    Call 122 "node_get_security_model" NodeGetSecurityModel -> NodeGetSecurityModelReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virNodeGetSecurityModel",
        since: since(0, 6, 1), priority: High,
    }
    Call 123 "node_device_create_xml" NodeDeviceCreateXml -> NodeDeviceCreateXmlReply {
        read_only: Refused, acl: &[right(NodeDevice, "write"), right(NodeDevice, "start")],
        function: "virNodeDeviceCreateXML", since: since(0, 6, 3),
    }
    Call 124 "node_device_destroy" NodeDeviceDestroy -> () {
        read_only: Refused, acl: &[right(NodeDevice, "stop")], function: "virNodeDeviceDestroy",
        since: since(0, 6, 3), priority: High,
    }
    Call 125 "storage_vol_create_xml_from" StorageVolCreateXmlFrom -> StorageVolCreateXmlFromReply {
        read_only: Refused, acl: &[right(StorageVol, "create")], function: "virStorageVolCreateXMLFrom",
        since: since(0, 6, 4),
    }
    Call 126 "connect_num_of_interfaces" ConnectNumOfInterfaces -> ConnectNumOfInterfacesReply {
        read_only: Allowed, acl: &[right(Connect, "search_interfaces")],
        function: "virConnectNumOfInterfaces", since: since(0, 7, 2), priority: High,
        acl_filter: &[right(Interface, "getattr")],
    }
    Call 127 "connect_list_interfaces" ConnectListInterfaces -> ConnectListInterfacesReply {
        read_only: Allowed, acl: &[right(Connect, "search_interfaces")], function: "virConnectListInterfaces",
        since: since(0, 7, 2), priority: High, acl_filter: &[right(Interface, "getattr")],
    }
    Call 128 "interface_lookup_by_name" InterfaceLookupByName -> InterfaceLookupByNameReply {
        read_only: Allowed, acl: &[right(Interface, "getattr")], function: "virInterfaceLookupByName",
        since: since(0, 7, 2), priority: High,
    }
    Call 129 "interface_lookup_by_mac_string" InterfaceLookupByMacString -> InterfaceLookupByMacStringReply {
        read_only: Allowed, acl: &[right(Interface, "getattr")], function: "virInterfaceLookupByMACString",
        since: since(0, 7, 2), priority: High,
    }
    Call 130 "interface_get_xml_desc" InterfaceGetXmlDesc -> InterfaceGetXmlDescReply {
        read_only: Allowed, acl: &[right(Interface, "read")], function: "virInterfaceGetXMLDesc",
        since: since(0, 7, 2),
    }
    Call 131 "interface_define_xml" InterfaceDefineXml -> InterfaceDefineXmlReply {
        read_only: Refused, acl: &[right(Interface, "write"), right(Interface, "save")],
        function: "virInterfaceDefineXML", since: since(0, 7, 2), priority: High,
    }
    Call 132 "interface_undefine" InterfaceUndefine -> () {
        read_only: Refused, acl: &[right(Interface, "delete")], function: "virInterfaceUndefine",
        since: since(0, 7, 2), priority: High,
    }
    Call 133 "interface_create" InterfaceCreate -> () {
        read_only: Refused, acl: &[right(Interface, "start")], function: "virInterfaceCreate",
        since: since(0, 7, 2),
    }
    Call 134 "interface_destroy" InterfaceDestroy -> () {
        read_only: Refused, acl: &[right(Interface, "stop")], function: "virInterfaceDestroy",
        since: since(0, 7, 2), priority: High,
    }
    Call 135 "connect_domain_xml_from_native" ConnectDomainXmlFromNative -> ConnectDomainXmlFromNativeReply {
        read_only: Refused, acl: &[right(Connect, "write")], function: "virConnectDomainXMLFromNative",
        since: since(0, 6, 4),
    }
    Call 136 "connect_domain_xml_to_native" ConnectDomainXmlToNative -> ConnectDomainXmlToNativeReply {
        read_only: Refused, acl: &[right(Connect, "write")], function: "virConnectDomainXMLToNative",
        since: since(0, 6, 4),
    }
    Call 137 "connect_num_of_defined_interfaces" ConnectNumOfDefinedInterfaces -> ConnectNumOfDefinedInterfacesReply {
        read_only: Allowed, acl: &[right(Connect, "search_interfaces")],
        function: "virConnectNumOfDefinedInterfaces", since: since(0, 7, 2), priority: High,
        acl_filter: &[right(Interface, "getattr")],
    }
    Call 138 "connect_list_defined_interfaces" ConnectListDefinedInterfaces -> ConnectListDefinedInterfacesReply {
        read_only: Allowed, acl: &[right(Connect, "search_interfaces")],
        function: "virConnectListDefinedInterfaces", since: since(0, 7, 2), priority: High,
        acl_filter: &[right(Interface, "getattr")],
    }
    Call 139 "connect_num_of_secrets" ConnectNumOfSecrets -> ConnectNumOfSecretsReply {
        read_only: Allowed, acl: &[right(Connect, "search_secrets")], function: "virConnectNumOfSecrets",
        since: since(0, 7, 1), priority: High, acl_filter: &[right(Secret, "getattr")],
    }
    Call 140 "connect_list_secrets" ConnectListSecrets -> ConnectListSecretsReply {
        read_only: Allowed, acl: &[right(Connect, "search_secrets")], function: "virConnectListSecrets",
        since: since(0, 7, 1), priority: High, acl_filter: &[right(Secret, "getattr")],
    }
    Call 141 "secret_lookup_by_uuid" SecretLookupByUuid -> SecretLookupByUuidReply {
        read_only: Allowed, acl: &[right(Secret, "getattr")], function: "virSecretLookupByUUID",
        since: since(0, 7, 1), priority: High,
    }
    Call 142 "secret_define_xml" SecretDefineXml -> SecretDefineXmlReply {
        read_only: Refused, acl: &[right(Secret, "write"), right(Secret, "save")],
        function: "virSecretDefineXML", since: since(0, 7, 1), priority: High,
    }
    Call 143 "secret_get_xml_desc" SecretGetXmlDesc -> SecretGetXmlDescReply {
        read_only: Allowed, acl: &[right(Secret, "read")], function: "virSecretGetXMLDesc",
        since: since(0, 7, 1), priority: High,
    }
    Call 144 "secret_set_value" SecretSetValue -> () {
        read_only: Refused, acl: &[right(Secret, "write")], function: "virSecretSetValue",
        since: since(0, 7, 1), priority: High,
    }
    Call 145 "secret_get_value" SecretGetValue -> SecretGetValueReply {
        read_only: Refused, acl: &[right(Secret, "read_secure")], function: "virSecretGetValue",
        since: since(0, 7, 1), priority: High,
    }
    Call 146 "secret_undefine" SecretUndefine -> () {
        read_only: Refused, acl: &[right(Secret, "delete")], function: "virSecretUndefine",
        since: since(0, 7, 1), priority: High,
    }
    Call 147 "secret_lookup_by_usage" SecretLookupByUsage -> SecretLookupByUsageReply {
        read_only: Allowed, acl: &[right(Secret, "getattr")], function: "virSecretLookupByUsage",
        since: since(0, 7, 1), priority: High,
    }
    Call 148 "domain_migrate_prepare_tunnel" DomainMigratePrepareTunnel -> () {
        read_only: Refused, acl: &[right(Domain, "migrate"), right(Domain, "start"), right(Domain, "write")],
        function: "virDomainMigratePrepareTunnel", since: since(0, 7, 2), stream: Some(Write),
    }
    Call 149 "connect_is_secure" ConnectIsSecure -> ConnectIsSecureReply {
        read_only: Allowed, acl: &[], function: "virConnectIsSecure", since: since(0, 7, 3), priority: High,
    }
    Call 150 "domain_is_active" DomainIsActive -> DomainIsActiveReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainIsActive",
        since: since(0, 7, 3), priority: High,
    }
    Call 151 "domain_is_persistent" DomainIsPersistent -> DomainIsPersistentReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainIsPersistent",
        since: since(0, 7, 3), priority: High,
    }
    Call 152 "network_is_active" NetworkIsActive -> NetworkIsActiveReply {
        read_only: Allowed, acl: &[right(Network, "read")], function: "virNetworkIsActive",
        since: since(0, 7, 3), priority: High,
    }
    Call 153 "network_is_persistent" NetworkIsPersistent -> NetworkIsPersistentReply {
        read_only: Allowed, acl: &[right(Network, "read")], function: "virNetworkIsPersistent",
        since: since(0, 7, 3), priority: High,
    }
    Call 154 "storage_pool_is_active" StoragePoolIsActive -> StoragePoolIsActiveReply {
        read_only: Allowed, acl: &[right(StoragePool, "read")], function: "virStoragePoolIsActive",
        since: since(0, 7, 3), priority: High,
    }
    Call 155 "storage_pool_is_persistent" StoragePoolIsPersistent -> StoragePoolIsPersistentReply {
        read_only: Allowed, acl: &[right(StoragePool, "read")], function: "virStoragePoolIsPersistent",
        since: since(0, 7, 3), priority: High,
    }
    Call 156 "interface_is_active" InterfaceIsActive -> InterfaceIsActiveReply {
        read_only: Allowed, acl: &[right(Interface, "read")], function: "virInterfaceIsActive",
        since: since(0, 7, 3), priority: High,
    }
    Call 157 "connect_get_lib_version" ConnectGetLibVersion -> ConnectGetLibVersionReply {
        read_only: Allowed, acl: &[right(Connect, "getattr")], function: "virConnectGetLibVersion",
        since: since(0, 7, 3), priority: High,
    }
    Call 158 "connect_compare_cpu" ConnectCompareCpu -> ConnectCompareCpuReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectCompareCPU",
        since: since(0, 7, 5), priority: High,
    }
    Call 159 "domain_memory_stats" DomainMemoryStats -> DomainMemoryStatsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainMemoryStats",
        since: since(0, 7, 5),
    }
    Call 160 "domain_attach_device_flags" DomainAttachDeviceFlags -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainAttachDeviceFlags", since: since(0, 7, 7),
    }
    Call 161 "domain_detach_device_flags" DomainDetachDeviceFlags -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainDetachDeviceFlags", since: since(0, 7, 7),
    }
    Call 162 "connect_baseline_cpu" ConnectBaselineCpu -> ConnectBaselineCpuReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectBaselineCPU",
        since: since(0, 7, 7),
    }
    Call 163 "domain_get_job_info" DomainGetJobInfo -> DomainGetJobInfoReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetJobInfo",
        since: since(0, 7, 7),
    }
    Call 164 "domain_abort_job" DomainAbortJob -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainAbortJob",
        since: since(0, 7, 7),
    }
    Call 165 "storage_vol_wipe" StorageVolWipe -> () {
        read_only: Refused, acl: &[right(StorageVol, "format")], function: "virStorageVolWipe",
        since: since(0, 8, 0),
    }
    Call 166 "domain_migrate_set_max_downtime" DomainMigrateSetMaxDowntime -> () {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateSetMaxDowntime",
        since: since(0, 8, 0),
    }
    Call 167 "connect_domain_event_register_any" ConnectDomainEventRegisterAny -> () {
        read_only: Allowed, acl: &[right(Connect, "search_domains")],
        function: "virConnectDomainEventRegisterAny", since: since(0, 8, 0), priority: High,
        acl_filter: &[right(Domain, "getattr")],
    }
    Call 168 "connect_domain_event_deregister_any" ConnectDomainEventDeregisterAny -> () {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectDomainEventDeregisterAny",
        since: since(0, 8, 0), priority: High,
    }
    Event 169 "domain_event_reboot" DomainEventReboot -> () { since: since(0, 8, 0) }
    Event 170 "domain_event_rtc_change" DomainEventRtcChange -> () { since: since(0, 8, 0) }
    Event 171 "domain_event_watchdog" DomainEventWatchdog -> () { since: since(0, 8, 0) }
    Event 172 "domain_event_io_error" DomainEventIoError -> () { since: since(0, 8, 0) }
    Event 173 "domain_event_graphics" DomainEventGraphics -> () { since: since(0, 8, 0) }
    Call 174 "domain_update_device_flags" DomainUpdateDeviceFlags -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainUpdateDeviceFlags", since: since(0, 8, 0),
    }
    Call 175 "nwfilter_lookup_by_name" NwfilterLookupByName -> NwfilterLookupByNameReply {
        read_only: Allowed, acl: &[right(Nwfilter, "getattr")], function: "virNWFilterLookupByName",
        since: since(0, 8, 0), priority: High,
    }
    Call 176 "nwfilter_lookup_by_uuid" NwfilterLookupByUuid -> NwfilterLookupByUuidReply {
        read_only: Allowed, acl: &[right(Nwfilter, "getattr")], function: "virNWFilterLookupByUUID",
        since: since(0, 8, 0), priority: High,
    }
    Call 177 "nwfilter_get_xml_desc" NwfilterGetXmlDesc -> NwfilterGetXmlDescReply {
        read_only: Allowed, acl: &[right(Nwfilter, "read")], function: "virNWFilterGetXMLDesc",
        since: since(0, 8, 0), priority: High,
    }
    Call 178 "connect_num_of_nwfilters" ConnectNumOfNwfilters -> ConnectNumOfNwfiltersReply {
        read_only: Allowed, acl: &[right(Connect, "search_nwfilters")], function: "virConnectNumOfNWFilters",
        since: since(0, 8, 0), priority: High, acl_filter: &[right(Nwfilter, "getattr")],
    }
    Call 179 "connect_list_nwfilters" ConnectListNwfilters -> ConnectListNwfiltersReply {
        read_only: Allowed, acl: &[right(Connect, "search_nwfilters")], function: "virConnectListNWFilters",
        since: since(0, 8, 0), priority: High, acl_filter: &[right(Nwfilter, "getattr")],
    }
    Call 180 "nwfilter_define_xml" NwfilterDefineXml -> NwfilterDefineXmlReply {
        read_only: Refused, acl: &[right(Nwfilter, "write"), right(Nwfilter, "save")],
        function: "virNWFilterDefineXML", since: since(0, 8, 0), priority: High,
    }
    Call 181 "nwfilter_undefine" NwfilterUndefine -> () {
        read_only: Refused, acl: &[right(Nwfilter, "delete")], function: "virNWFilterUndefine",
        since: since(0, 8, 0), priority: High,
    }
    Call 182 "domain_managed_save" DomainManagedSave -> () {
        read_only: Refused, acl: &[right(Domain, "hibernate")], function: "virDomainManagedSave",
        since: since(0, 8, 0),
    }
    Call 183 "domain_has_managed_save_image" DomainHasManagedSaveImage -> DomainHasManagedSaveImageReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainHasManagedSaveImage",
        since: since(0, 8, 0),
    }
    Call 184 "domain_managed_save_remove" DomainManagedSaveRemove -> () {
        read_only: Refused, acl: &[right(Domain, "hibernate")], function: "virDomainManagedSaveRemove",
        since: since(0, 8, 0),
    }
    Call 185 "domain_snapshot_create_xml" DomainSnapshotCreateXml -> DomainSnapshotCreateXmlReply {
        read_only: Refused, acl: &[right(Domain, "snapshot"), right(Domain, "fs_freeze").with(64)],
        function: "virDomainSnapshotCreateXML", since: since(0, 8, 0),
    }
    Call 186 "domain_snapshot_get_xml_desc" DomainSnapshotGetXmlDesc -> DomainSnapshotGetXmlDescReply {
        read_only: Conditional, acl: &[right(Domain, "read"), right(Domain, "read_secure").with(1)],
        function: "virDomainSnapshotGetXMLDesc", since: since(0, 8, 0), priority: High,
    }
    Call 187 "domain_snapshot_num" DomainSnapshotNum -> DomainSnapshotNumReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotNum",
        since: since(0, 8, 0), priority: High,
    }
    Call 188 "domain_snapshot_list_names" DomainSnapshotListNames -> DomainSnapshotListNamesReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotListNames",
        since: since(0, 8, 0), priority: High,
    }
    Call 189 "domain_snapshot_lookup_by_name" DomainSnapshotLookupByName -> DomainSnapshotLookupByNameReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotLookupByName",
        since: since(0, 8, 0), priority: High,
    }
    Call 190 "domain_has_current_snapshot" DomainHasCurrentSnapshot -> DomainHasCurrentSnapshotReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainHasCurrentSnapshot",
        since: since(0, 8, 0),
    }
    Call 191 "domain_snapshot_current" DomainSnapshotCurrent -> DomainSnapshotCurrentReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotCurrent",
        since: since(0, 8, 0),
    }
    Call 192 "domain_revert_to_snapshot" DomainRevertToSnapshot -> () {
        read_only: Refused, acl: &[right(Domain, "snapshot")], function: "virDomainRevertToSnapshot",
        since: since(0, 8, 0),
    }
    Call 193 "domain_snapshot_delete" DomainSnapshotDelete -> () {
        read_only: Refused, acl: &[right(Domain, "snapshot")], function: "virDomainSnapshotDelete",
        since: since(0, 8, 0),
    }
    Call 194 "domain_get_block_info" DomainGetBlockInfo -> DomainGetBlockInfoReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetBlockInfo",
        since: since(0, 8, 1),
    }
    Event 195 "domain_event_io_error_reason" DomainEventIoErrorReason -> () {
        since: between((0, 8, 1), (0, 8, 2)),
    }
    Call 196 "domain_create_with_flags" DomainCreateWithFlags -> DomainCreateWithFlagsReply {
        read_only: Refused, acl: &[right(Domain, "start")], function: "virDomainCreateWithFlags",
        since: since(0, 8, 2),
    }
    Call 197 "domain_set_memory_parameters" DomainSetMemoryParameters -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetMemoryParameters", since: since(0, 8, 5),
    }
    Call 198 "domain_get_memory_parameters" DomainGetMemoryParameters -> DomainGetMemoryParametersReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetMemoryParameters",
        since: since(0, 8, 5),
    }
    Call 199 "domain_set_vcpus_flags" DomainSetVcpusFlags -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2), right(Domain, "write").with(8)], function: "virDomainSetVcpusFlags",
        since: since(0, 8, 5),
    }
    Call 200 "domain_get_vcpus_flags" DomainGetVcpusFlags -> DomainGetVcpusFlagsReply {
        read_only: Conditional, acl: &[right(Domain, "read"), right(Domain, "write").with(8)],
        function: "virDomainGetVcpusFlags", since: since(0, 8, 5),
    }
    Call 201 "domain_open_console" DomainOpenConsole -> () {
        read_only: Refused, acl: &[right(Domain, "open_device")], function: "virDomainOpenConsole",
        since: since(0, 8, 6), stream: Some(Both),
    }
    Call 202 "domain_is_updated" DomainIsUpdated -> DomainIsUpdatedReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainIsUpdated",
        since: since(0, 8, 6), priority: High,
    }
    Call 203 "connect_get_sysinfo" ConnectGetSysinfo -> ConnectGetSysinfoReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectGetSysinfo",
        since: since(0, 8, 8), priority: High,
    }
    Call 204 "domain_set_memory_flags" DomainSetMemoryFlags -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetMemoryFlags", since: since(0, 9, 0),
    }
    Call 205 "domain_set_blkio_parameters" DomainSetBlkioParameters -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetBlkioParameters", since: since(0, 9, 0),
    }
    Call 206 "domain_get_blkio_parameters" DomainGetBlkioParameters -> DomainGetBlkioParametersReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetBlkioParameters",
        since: since(0, 9, 0),
    }
    Call 207 "domain_migrate_set_max_speed" DomainMigrateSetMaxSpeed -> () {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateSetMaxSpeed",
        since: since(0, 9, 0),
    }
    Call 208 "storage_vol_upload" StorageVolUpload -> () {
        read_only: Refused, acl: &[right(StorageVol, "data_write")], function: "virStorageVolUpload",
        since: since(0, 9, 0), stream: Some(Write),
    }
    Call 209 "storage_vol_download" StorageVolDownload -> () {
        read_only: Refused, acl: &[right(StorageVol, "data_read")], function: "virStorageVolDownload",
        since: since(0, 9, 0), stream: Some(Read),
    }
    Call 210 "domain_inject_nmi" DomainInjectNmi -> () {
        read_only: Refused, acl: &[right(Domain, "inject_nmi")], function: "virDomainInjectNMI",
        since: since(0, 9, 2),
    }
    Call 211 "domain_screenshot" DomainScreenshot -> DomainScreenshotReply {
        read_only: Refused, acl: &[right(Domain, "screenshot")], function: "virDomainScreenshot",
        since: since(0, 9, 2), stream: Some(Read),
    }
    Call 212 "domain_get_state" DomainGetState -> DomainGetStateReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetState",
        since: since(0, 9, 2), priority: High,
    }
    Call 213 "domain_migrate_begin3" DomainMigrateBegin3 -> DomainMigrateBegin3Reply {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateBegin3",
        since: since(0, 9, 2),
    }
    Call 214 "domain_migrate_prepare3" DomainMigratePrepare3 -> DomainMigratePrepare3Reply {
        read_only: Refused, acl: &[right(Domain, "migrate"), right(Domain, "start"), right(Domain, "write")],
        function: "virDomainMigratePrepare3", since: since(0, 9, 2),
    }
    Call 215 "domain_migrate_prepare_tunnel3" DomainMigratePrepareTunnel3 -> DomainMigratePrepareTunnel3Reply {
        read_only: Refused, acl: &[right(Domain, "migrate"), right(Domain, "start"), right(Domain, "write")],
        function: "virDomainMigratePrepareTunnel3", since: since(0, 9, 2), stream: Some(Write),
    }
    Call 216 "domain_migrate_perform3" DomainMigratePerform3 -> DomainMigratePerform3Reply {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigratePerform3",
        since: since(0, 9, 2),
    }
    Call 217 "domain_migrate_finish3" DomainMigrateFinish3 -> DomainMigrateFinish3Reply {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateFinish3",
        since: since(0, 9, 2),
    }
    Call 218 "domain_migrate_confirm3" DomainMigrateConfirm3 -> () {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateConfirm3",
        since: since(0, 9, 2),
    }
    Call 219 "domain_set_scheduler_parameters_flags" DomainSetSchedulerParametersFlags -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetSchedulerParametersFlags",
        since: since(0, 9, 2),
    }
    Call 220 "interface_change_begin" InterfaceChangeBegin -> () {
        read_only: Refused, acl: &[right(Connect, "interface_transaction")],
        function: "virInterfaceChangeBegin", since: since(0, 9, 2),
    }
    Call 221 "interface_change_commit" InterfaceChangeCommit -> () {
        read_only: Refused, acl: &[right(Connect, "interface_transaction")],
        function: "virInterfaceChangeCommit", since: since(0, 9, 2),
    }
    Call 222 "interface_change_rollback" InterfaceChangeRollback -> () {
        read_only: Refused, acl: &[right(Connect, "interface_transaction")],
        function: "virInterfaceChangeRollback", since: since(0, 9, 2),
    }
    Call 223 "domain_get_scheduler_parameters_flags" DomainGetSchedulerParametersFlags -> DomainGetSchedulerParametersFlagsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetSchedulerParametersFlags",
        since: since(0, 9, 2),
    }
    Event 224 "domain_event_control_error" DomainEventControlError -> () {
        since: between((0, 9, 2), (0, 9, 3)),
    }
    Call 225 "domain_pin_vcpu_flags" DomainPinVcpuFlags -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainPinVcpuFlags", since: since(0, 9, 3),
    }
    Call 226 "domain_send_key" DomainSendKey -> () {
        read_only: Refused, acl: &[right(Domain, "send_input")], function: "virDomainSendKey",
        since: since(0, 9, 3),
    }
    Call 227 "node_get_cpu_stats" NodeGetCpuStats -> NodeGetCpuStatsReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virNodeGetCPUStats",
        since: since(0, 9, 3), priority: High,
    }
    Call 228 "node_get_memory_stats" NodeGetMemoryStats -> NodeGetMemoryStatsReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virNodeGetMemoryStats",
        since: since(0, 9, 3), priority: High,
    }
    Call 229 "domain_get_control_info" DomainGetControlInfo -> DomainGetControlInfoReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetControlInfo",
        since: since(0, 9, 3), priority: High,
    }
    Call 230 "domain_get_vcpu_pin_info" DomainGetVcpuPinInfo -> DomainGetVcpuPinInfoReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetVcpuPinInfo",
        since: since(0, 9, 3),
    }
    Call 231 "domain_undefine_flags" DomainUndefineFlags -> () {
        read_only: Refused, acl: &[right(Domain, "delete")], function: "virDomainUndefineFlags",
        since: since(0, 9, 4), priority: High,
    }
    Call 232 "domain_save_flags" DomainSaveFlags -> () {
        read_only: Refused, acl: &[right(Domain, "hibernate")], function: "virDomainSaveFlags",
        since: since(0, 9, 4),
    }
    Call 233 "domain_restore_flags" DomainRestoreFlags -> () {
        read_only: Refused, acl: &[right(Domain, "start"), right(Domain, "write")],
        function: "virDomainRestoreFlags", since: since(0, 9, 4),
    }
    Call 234 "domain_destroy_flags" DomainDestroyFlags -> () {
        read_only: Refused, acl: &[right(Domain, "stop")], function: "virDomainDestroyFlags",
        since: since(0, 9, 4), priority: High,
    }
    Call 235 "domain_save_image_get_xml_desc" DomainSaveImageGetXmlDesc -> DomainSaveImageGetXmlDescReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSaveImageGetXMLDesc",
        since: since(0, 9, 4), priority: High,
    }
    Call 236 "domain_save_image_define_xml" DomainSaveImageDefineXml -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "hibernate")],
        function: "virDomainSaveImageDefineXML", since: since(0, 9, 4), priority: High,
    }
    Call 237 "domain_block_job_abort" DomainBlockJobAbort -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainBlockJobAbort",
        since: since(0, 9, 4),
    }
    Call 238 "domain_get_block_job_info" DomainGetBlockJobInfo -> DomainGetBlockJobInfoReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetBlockJobInfo",
        since: since(0, 9, 4),
    }
    Call 239 "domain_block_job_set_speed" DomainBlockJobSetSpeed -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainBlockJobSetSpeed",
        since: since(0, 9, 4),
    }
    Call 240 "domain_block_pull" DomainBlockPull -> () {
        read_only: Refused, acl: &[right(Domain, "block_write")], function: "virDomainBlockPull",
        since: since(0, 9, 4),
    }
    Event 241 "domain_event_block_job" DomainEventBlockJob -> () { since: between((0, 9, 4), (0, 9, 5)) }
    Call 242 "domain_migrate_get_max_speed" DomainMigrateGetMaxSpeed -> DomainMigrateGetMaxSpeedReply {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateGetMaxSpeed",
        since: since(0, 9, 5),
    }
    Call 243 "domain_block_stats_flags" DomainBlockStatsFlags -> DomainBlockStatsFlagsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainBlockStatsFlags",
        since: since(0, 9, 5),
    }
    Call 244 "domain_snapshot_get_parent" DomainSnapshotGetParent -> DomainSnapshotGetParentReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotGetParent",
        since: since(0, 9, 7), priority: High,
    }
    Call 245 "domain_reset" DomainReset -> () {
        read_only: Refused, acl: &[right(Domain, "reset")], function: "virDomainReset", since: since(0, 9, 7),
    }
    Call 246 "domain_snapshot_num_children" DomainSnapshotNumChildren -> DomainSnapshotNumChildrenReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotNumChildren",
        since: since(0, 9, 7), priority: High,
    }
    Call 247 "domain_snapshot_list_children_names" DomainSnapshotListChildrenNames -> DomainSnapshotListChildrenNamesReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotListChildrenNames",
        since: since(0, 9, 7), priority: High,
    }
    Event 248 "domain_event_disk_change" DomainEventDiskChange -> () { since: since(0, 9, 7) }
    Call 249 "domain_open_graphics" DomainOpenGraphics -> () {
        read_only: Refused, acl: &[right(Domain, "open_graphics")], function: "virDomainOpenGraphics",
        since: since(0, 9, 7), passes_fds: true,
    }
    Call 250 "node_suspend_for_duration" NodeSuspendForDuration -> () {
        read_only: Refused, acl: &[right(Connect, "pm_control")], function: "virNodeSuspendForDuration",
        since: since(0, 9, 8),
    }
    Call 251 "domain_block_resize" DomainBlockResize -> () {
        read_only: Refused, acl: &[right(Domain, "block_write")], function: "virDomainBlockResize",
        since: since(0, 9, 8),
    }
    Call 252 "domain_set_block_io_tune" DomainSetBlockIoTune -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetBlockIoTune", since: since(0, 9, 8),
    }
    Call 253 "domain_get_block_io_tune" DomainGetBlockIoTune -> DomainGetBlockIoTuneReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetBlockIoTune",
        since: since(0, 9, 8),
    }
    Call 254 "domain_set_numa_parameters" DomainSetNumaParameters -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetNumaParameters", since: since(0, 9, 9),
    }
    Call 255 "domain_get_numa_parameters" DomainGetNumaParameters -> DomainGetNumaParametersReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetNumaParameters",
        since: since(0, 9, 9),
    }
    Call 256 "domain_set_interface_parameters" DomainSetInterfaceParameters -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetInterfaceParameters", since: since(0, 9, 9),
    }
    Call 257 "domain_get_interface_parameters" DomainGetInterfaceParameters -> DomainGetInterfaceParametersReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetInterfaceParameters",
        since: since(0, 9, 9),
    }
    Call 258 "domain_shutdown_flags" DomainShutdownFlags -> () {
        read_only: Refused, acl: &[right(Domain, "init_control"), right(Domain, "write").with(2)],
        function: "virDomainShutdownFlags", since: since(0, 9, 10),
    }
    Call 259 "storage_vol_wipe_pattern" StorageVolWipePattern -> () {
        read_only: Refused, acl: &[right(StorageVol, "format")], function: "virStorageVolWipePattern",
        since: since(0, 9, 10),
    }
    Call 260 "storage_vol_resize" StorageVolResize -> () {
        read_only: Refused, acl: &[right(StorageVol, "resize")], function: "virStorageVolResize",
        since: since(0, 9, 10),
    }
    Call 261 "domain_pm_suspend_for_duration" DomainPmSuspendForDuration -> () {
        read_only: Refused, acl: &[right(Domain, "pm_control")], function: "virDomainPMSuspendForDuration",
        since: since(0, 9, 10),
    }
    Call 262 "domain_get_cpu_stats" DomainGetCpuStats -> DomainGetCpuStatsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetCPUStats",
        since: since(0, 9, 10),
    }
    Call 263 "domain_get_disk_errors" DomainGetDiskErrors -> DomainGetDiskErrorsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetDiskErrors",
        since: since(0, 9, 10),
    }
    Call 264 "domain_set_metadata" DomainSetMetadata -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetMetadata", since: since(0, 9, 10),
    }
    Call 265 "domain_get_metadata" DomainGetMetadata -> DomainGetMetadataReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetMetadata",
        since: since(0, 9, 10),
    }
    Call 266 "domain_block_rebase" DomainBlockRebase -> () {
        read_only: Refused, acl: &[right(Domain, "block_write")], function: "virDomainBlockRebase",
        since: since(0, 9, 10),
    }
    Call 267 "domain_pm_wakeup" DomainPmWakeup -> () {
        read_only: Refused, acl: &[right(Domain, "pm_control")], function: "virDomainPMWakeup",
        since: since(0, 9, 11),
    }
    Event 268 "domain_event_tray_change" DomainEventTrayChange -> () {
        since: between((0, 9, 11), (0, 9, 13)),
    }
    Event 269 "domain_event_pmwakeup" DomainEventPmwakeup -> () { since: between((0, 9, 11), (0, 9, 13)) }
    Event 270 "domain_event_pmsuspend" DomainEventPmsuspend -> () { since: between((0, 9, 11), (0, 9, 13)) }
    Call 271 "domain_snapshot_is_current" DomainSnapshotIsCurrent -> DomainSnapshotIsCurrentReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotIsCurrent",
        since: since(0, 9, 13),
    }
    Call 272 "domain_snapshot_has_metadata" DomainSnapshotHasMetadata -> DomainSnapshotHasMetadataReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotHasMetadata",
        since: since(0, 9, 13),
    }
    Call 273 "connect_list_all_domains" ConnectListAllDomains -> ConnectListAllDomainsReply {
        read_only: Allowed, acl: &[right(Connect, "search_domains")], function: "virConnectListAllDomains",
        since: since(0, 9, 13), priority: High, acl_filter: &[right(Domain, "getattr")],
    }
    Call 274 "domain_list_all_snapshots" DomainListAllSnapshots -> DomainListAllSnapshotsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainListAllSnapshots",
        since: since(0, 9, 13), priority: High,
    }
    Call 275 "domain_snapshot_list_all_children" DomainSnapshotListAllChildren -> DomainSnapshotListAllChildrenReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainSnapshotListAllChildren",
        since: since(0, 9, 13), priority: High,
    }
    Event 276 "domain_event_balloon_change" DomainEventBalloonChange -> () {
        since: between((0, 9, 13), (0, 10, 0)),
    }
    Call 277 "domain_get_hostname" DomainGetHostname -> DomainGetHostnameReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainGetHostname",
        since: since(0, 10, 0),
    }
    Call 278 "domain_get_security_label_list" DomainGetSecurityLabelList -> DomainGetSecurityLabelListReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetSecurityLabelList",
        since: since(0, 10, 0), priority: High,
    }
    Call 279 "domain_pin_emulator" DomainPinEmulator -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainPinEmulator", since: since(0, 10, 0),
    }
    Call 280 "domain_get_emulator_pin_info" DomainGetEmulatorPinInfo -> DomainGetEmulatorPinInfoReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetEmulatorPinInfo",
        since: since(0, 10, 0),
    }
    Call 281 "connect_list_all_storage_pools" ConnectListAllStoragePools -> ConnectListAllStoragePoolsReply {
        read_only: Allowed, acl: &[right(Connect, "search_storage_pools")],
        function: "virConnectListAllStoragePools", since: since(0, 10, 2), priority: High,
        acl_filter: &[right(StoragePool, "getattr")],
    }
    Call 282 "storage_pool_list_all_volumes" StoragePoolListAllVolumes -> StoragePoolListAllVolumesReply {
        read_only: Allowed, acl: &[right(StoragePool, "search_storage_vols")],
        function: "virStoragePoolListAllVolumes", since: since(0, 10, 0), priority: High,
        acl_filter: &[right(StorageVol, "getattr")],
    }
    Call 283 "connect_list_all_networks" ConnectListAllNetworks -> ConnectListAllNetworksReply {
        read_only: Allowed, acl: &[right(Connect, "search_networks")], function: "virConnectListAllNetworks",
        since: since(0, 10, 2), priority: High, acl_filter: &[right(Network, "getattr")],
    }
    Call 284 "connect_list_all_interfaces" ConnectListAllInterfaces -> ConnectListAllInterfacesReply {
        read_only: Allowed, acl: &[right(Connect, "search_interfaces")],
        function: "virConnectListAllInterfaces", since: since(0, 10, 2), priority: High,
        acl_filter: &[right(Interface, "getattr")],
    }
    Call 285 "connect_list_all_node_devices" ConnectListAllNodeDevices -> ConnectListAllNodeDevicesReply {
        read_only: Allowed, acl: &[right(Connect, "search_node_devices")],
        function: "virConnectListAllNodeDevices", since: since(0, 10, 2), priority: High,
        acl_filter: &[right(NodeDevice, "getattr")],
    }
    Call 286 "connect_list_all_nwfilters" ConnectListAllNwfilters -> ConnectListAllNwfiltersReply {
        read_only: Allowed, acl: &[right(Connect, "search_nwfilters")],
        function: "virConnectListAllNWFilters", since: since(0, 10, 2), priority: High,
        acl_filter: &[right(Nwfilter, "getattr")],
    }
    Call 287 "connect_list_all_secrets" ConnectListAllSecrets -> ConnectListAllSecretsReply {
        read_only: Allowed, acl: &[right(Connect, "search_secrets")], function: "virConnectListAllSecrets",
        since: since(0, 10, 2), priority: High, acl_filter: &[right(Secret, "getattr")],
    }
    Call 288 "node_set_memory_parameters" NodeSetMemoryParameters -> () {
        read_only: Refused, acl: &[right(Connect, "write")], function: "virNodeSetMemoryParameters",
        since: since(0, 10, 2),
    }
    Call 289 "node_get_memory_parameters" NodeGetMemoryParameters -> NodeGetMemoryParametersReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virNodeGetMemoryParameters",
        since: since(0, 10, 2),
    }
    Call 290 "domain_block_commit" DomainBlockCommit -> () {
        read_only: Refused, acl: &[right(Domain, "block_write")], function: "virDomainBlockCommit",
        since: since(0, 10, 2),
    }
    Call 291 "network_update" NetworkUpdate -> () {
        read_only: Refused, acl: &[right(Network, "write"), right(Network, "save").without(3),
        right(Network, "save").with(2)], function: "virNetworkUpdate", since: since(0, 10, 2), priority: High,
    }
    Event 292 "domain_event_pmsuspend_disk" DomainEventPmsuspendDisk -> () {
        since: between((0, 10, 2), (1, 0, 0)),
    }
    Call 293 "node_get_cpu_map" NodeGetCpuMap -> NodeGetCpuMapReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virNodeGetCPUMap",
        since: since(1, 0, 0),
    }
    Call 294 "domain_fstrim" DomainFstrim -> () {
        read_only: Refused, acl: &[right(Domain, "fs_trim")], function: "virDomainFSTrim",
        since: since(1, 0, 1),
    }
    Call 295 "domain_send_process_signal" DomainSendProcessSignal -> () {
        read_only: Refused, acl: &[right(Domain, "send_signal")], function: "virDomainSendProcessSignal",
        since: since(1, 0, 1),
    }
    Call 296 "domain_open_channel" DomainOpenChannel -> () {
        read_only: Refused, acl: &[right(Domain, "open_device")], function: "virDomainOpenChannel",
        since: since(1, 0, 2), stream: Some(Both),
    }
    Call 297 "node_device_lookup_scsi_host_by_wwn" NodeDeviceLookupScsiHostByWwn -> NodeDeviceLookupScsiHostByWwnReply {
        read_only: Allowed, acl: &[right(NodeDevice, "getattr")],
        function: "virNodeDeviceLookupSCSIHostByWWN", since: since(1, 0, 2), priority: High,
    }
    Call 298 "domain_get_job_stats" DomainGetJobStats -> DomainGetJobStatsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetJobStats",
        since: since(1, 0, 3),
    }
    Call 299 "domain_migrate_get_compression_cache" DomainMigrateGetCompressionCache -> DomainMigrateGetCompressionCacheReply {
        read_only: Allowed, acl: &[right(Domain, "migrate")], function: "virDomainMigrateGetCompressionCache",
        since: since(1, 0, 3),
    }
    Call 300 "domain_migrate_set_compression_cache" DomainMigrateSetCompressionCache -> () {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateSetCompressionCache",
        since: since(1, 0, 3),
    }
    Call 301 "node_device_detach_flags" NodeDeviceDetachFlags -> () {
        read_only: Refused, acl: &[right(NodeDevice, "detach")], function: "virNodeDeviceDetachFlags",
        since: since(1, 0, 5),
    }
    Call 302 "domain_migrate_begin3_params" DomainMigrateBegin3Params -> DomainMigrateBegin3ParamsReply {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateBegin3Params",
        since: since(1, 1, 0),
    }
    Call 303 "domain_migrate_prepare3_params" DomainMigratePrepare3Params -> DomainMigratePrepare3ParamsReply {
        read_only: Refused, acl: &[right(Domain, "migrate"), right(Domain, "start"), right(Domain, "write")],
        function: "virDomainMigratePrepare3Params", since: since(1, 1, 0),
    }
    Call 304 "domain_migrate_prepare_tunnel3_params" DomainMigratePrepareTunnel3Params -> DomainMigratePrepareTunnel3ParamsReply {
        read_only: Refused, acl: &[right(Domain, "migrate"), right(Domain, "start"), right(Domain, "write")],
        function: "virDomainMigratePrepareTunnel3Params", since: since(1, 1, 0), stream: Some(Write),
    }
    Call 305 "domain_migrate_perform3_params" DomainMigratePerform3Params -> DomainMigratePerform3ParamsReply {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigratePerform3Params",
        since: since(1, 1, 0),
    }
    Call 306 "domain_migrate_finish3_params" DomainMigrateFinish3Params -> DomainMigrateFinish3ParamsReply {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateFinish3Params",
        since: since(1, 1, 0),
    }
    Call 307 "domain_migrate_confirm3_params" DomainMigrateConfirm3Params -> () {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateConfirm3Params",
        since: since(1, 1, 0),
    }
    Call 308 "domain_set_memory_stats_period" DomainSetMemoryStatsPeriod -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetMemoryStatsPeriod", since: since(1, 1, 1),
    }
    Call 309 "domain_create_xml_with_files" DomainCreateXmlWithFiles -> DomainCreateXmlWithFilesReply {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "start")],
        function: "virDomainCreateXMLWithFiles", since: since(1, 1, 1), passes_fds: true,
    }
    Call 310 "domain_create_with_files" DomainCreateWithFiles -> DomainCreateWithFilesReply {
        read_only: Refused, acl: &[right(Domain, "start")], function: "virDomainCreateWithFiles",
        since: since(1, 1, 1), passes_fds: true,
    }
    Event 311 "domain_event_device_removed" DomainEventDeviceRemoved -> () {
        since: between((1, 1, 1), (1, 1, 3)),
    }
    Call 312 "connect_get_cpu_model_names" ConnectGetCpuModelNames -> ConnectGetCpuModelNamesReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectGetCPUModelNames",
        since: since(1, 1, 3),
    }
    Call 313 "connect_network_event_register_any" ConnectNetworkEventRegisterAny -> ConnectNetworkEventRegisterAnyReply {
        read_only: Allowed, acl: &[right(Connect, "search_networks")],
        function: "virConnectNetworkEventRegisterAny", since: since(1, 2, 1), priority: High,
        acl_filter: &[right(Network, "getattr")],
    }
    Call 314 "connect_network_event_deregister_any" ConnectNetworkEventDeregisterAny -> () {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectNetworkEventDeregisterAny",
        since: since(1, 2, 1), priority: High,
    }
    Event 315 "network_event_lifecycle" NetworkEventLifecycle -> () { since: between((1, 2, 1), (1, 2, 3)) }
    Call 316 "connect_domain_event_callback_register_any" ConnectDomainEventCallbackRegisterAny -> ConnectDomainEventCallbackRegisterAnyReply {
        read_only: Allowed, acl: &[right(Connect, "search_domains")],
        function: "virConnectDomainEventRegisterAny", since: between((1, 2, 1), (1, 2, 3)), priority: High,
        acl_filter: &[right(Domain, "getattr")],
    }
    Call 317 "connect_domain_event_callback_deregister_any" ConnectDomainEventCallbackDeregisterAny -> () {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectDomainEventDeregisterAny",
        since: between((1, 2, 1), (1, 2, 3)), priority: High,
    }
    Event 318 "domain_event_callback_lifecycle" DomainEventCallbackLifecycle -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 319 "domain_event_callback_reboot" DomainEventCallbackReboot -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 320 "domain_event_callback_rtc_change" DomainEventCallbackRtcChange -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 321 "domain_event_callback_watchdog" DomainEventCallbackWatchdog -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 322 "domain_event_callback_io_error" DomainEventCallbackIoError -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 323 "domain_event_callback_graphics" DomainEventCallbackGraphics -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 324 "domain_event_callback_io_error_reason" DomainEventCallbackIoErrorReason -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 325 "domain_event_callback_control_error" DomainEventCallbackControlError -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 326 "domain_event_callback_block_job" DomainEventCallbackBlockJob -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 327 "domain_event_callback_disk_change" DomainEventCallbackDiskChange -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 328 "domain_event_callback_tray_change" DomainEventCallbackTrayChange -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 329 "domain_event_callback_pmwakeup" DomainEventCallbackPmwakeup -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 330 "domain_event_callback_pmsuspend" DomainEventCallbackPmsuspend -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 331 "domain_event_callback_balloon_change" DomainEventCallbackBalloonChange -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 332 "domain_event_callback_pmsuspend_disk" DomainEventCallbackPmsuspendDisk -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Event 333 "domain_event_callback_device_removed" DomainEventCallbackDeviceRemoved -> () {
        since: between((1, 2, 1), (1, 2, 3)),
    }
    Call 334 "domain_core_dump_with_format" DomainCoreDumpWithFormat -> () {
        read_only: Refused, acl: &[right(Domain, "core_dump")], function: "virDomainCoreDumpWithFormat",
        since: since(1, 2, 3),
    }
    Call 335 "domain_fsfreeze" DomainFsfreeze -> DomainFsfreezeReply {
        read_only: Refused, acl: &[right(Domain, "fs_freeze")], function: "virDomainFSFreeze",
        since: since(1, 2, 5),
    }
    Call 336 "domain_fsthaw" DomainFsthaw -> DomainFsthawReply {
        read_only: Refused, acl: &[right(Domain, "fs_freeze")], function: "virDomainFSThaw",
        since: since(1, 2, 5),
    }
    Call 337 "domain_get_time" DomainGetTime -> DomainGetTimeReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainGetTime",
        since: since(1, 2, 5),
    }
    Call 338 "domain_set_time" DomainSetTime -> () {
        read_only: Refused, acl: &[right(Domain, "set_time")], function: "virDomainSetTime",
        since: since(1, 2, 5),
    }
    Event 339 "domain_event_block_job_2" DomainEventBlockJob2 -> () { since: between((1, 2, 5), (1, 2, 6)) }
    Call 340 "node_get_free_pages" NodeGetFreePages -> NodeGetFreePagesReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virNodeGetFreePages",
        since: since(1, 2, 6), priority: High,
    }
    Call 341 "network_get_dhcp_leases" NetworkGetDhcpLeases -> NetworkGetDhcpLeasesReply {
        read_only: Allowed, acl: &[right(Network, "read")], function: "virNetworkGetDHCPLeases",
        since: since(1, 2, 6),
    }
    Call 342 "connect_get_domain_capabilities" ConnectGetDomainCapabilities -> ConnectGetDomainCapabilitiesReply {
        read_only: Refused, acl: &[right(Connect, "write")], function: "virConnectGetDomainCapabilities",
        since: since(1, 2, 7),
    }
    Call 343 "domain_open_graphics_fd" DomainOpenGraphicsFd -> () {
        read_only: Refused, acl: &[right(Domain, "open_graphics")], function: "virDomainOpenGraphicsFD",
        since: since(1, 2, 8), passes_fds: true,
    }
    Call 344 "connect_get_all_domain_stats" ConnectGetAllDomainStats -> ConnectGetAllDomainStatsReply {
        read_only: Allowed, acl: &[right(Connect, "search_domains")], function: "virConnectGetAllDomainStats",
        since: since(1, 2, 8), acl_filter: &[right(Domain, "read")],
    }
    Call 345 "domain_block_copy" DomainBlockCopy -> () {
        read_only: Refused, acl: &[right(Domain, "block_write")], function: "virDomainBlockCopy",
        since: since(1, 2, 9),
    }
    Event 346 "domain_event_callback_tunable" DomainEventCallbackTunable -> () { since: since(1, 2, 9) }
    Call 347 "node_alloc_pages" NodeAllocPages -> NodeAllocPagesReply {
        read_only: Refused, acl: &[right(Connect, "write")], function: "virNodeAllocPages",
        since: since(1, 2, 9),
    }
    Event 348 "domain_event_callback_agent_lifecycle" DomainEventCallbackAgentLifecycle -> () {
        since: between((1, 2, 9), (1, 2, 11)),
    }
    Call 349 "domain_get_fsinfo" DomainGetFsinfo -> DomainGetFsinfoReply {
        read_only: Refused, acl: &[right(Domain, "fs_freeze")], function: "virDomainGetFSInfo",
        since: since(1, 2, 11),
    }
    Call 350 "domain_define_xml_flags" DomainDefineXmlFlags -> DomainDefineXmlFlagsReply {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save")],
        function: "virDomainDefineXMLFlags", since: since(1, 2, 12), priority: High,
    }
    Call 351 "domain_get_iothread_info" DomainGetIothreadInfo -> DomainGetIothreadInfoReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetIOThreadInfo",
        since: since(1, 2, 14),
    }
    Call 352 "domain_pin_iothread" DomainPinIothread -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainPinIOThread", since: since(1, 2, 14),
    }
    Call 353 "domain_interface_addresses" DomainInterfaceAddresses -> DomainInterfaceAddressesReply {
        read_only: Conditional, acl: &[right(Domain, "read"), right(Domain, "write").with(1)],
        function: "virDomainInterfaceAddresses", since: since(1, 2, 14),
    }
    Event 354 "domain_event_callback_device_added" DomainEventCallbackDeviceAdded -> () {
        since: between((1, 2, 14), (1, 2, 15)),
    }
    Call 355 "domain_add_iothread" DomainAddIothread -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainAddIOThread", since: since(1, 2, 15),
    }
    Call 356 "domain_del_iothread" DomainDelIothread -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainDelIOThread", since: since(1, 2, 15),
    }
    Call 357 "domain_set_user_password" DomainSetUserPassword -> () {
        read_only: Refused, acl: &[right(Domain, "set_password")], function: "virDomainSetUserPassword",
        since: since(1, 2, 16),
    }
    Call 358 "domain_rename" DomainRename -> DomainRenameReply {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save")],
        function: "virDomainRename", since: since(1, 2, 19),
    }
    Event 359 "domain_event_callback_migration_iteration" DomainEventCallbackMigrationIteration -> () {
        since: between((1, 2, 19), (1, 3, 2)),
    }
    Call 360 "connect_register_close_callback" ConnectRegisterCloseCallback -> () {
        read_only: Allowed, acl: &[right(Connect, "getattr")], function: "virConnectRegisterCloseCallback",
        since: since(1, 3, 2), priority: High,
    }
    Call 361 "connect_unregister_close_callback" ConnectUnregisterCloseCallback -> () {
        read_only: Allowed, acl: &[right(Connect, "getattr")], function: "virConnectUnregisterCloseCallback",
        since: since(1, 3, 2), priority: High,
    }
    Event 362 "connect_event_connection_closed" ConnectEventConnectionClosed -> () {
        since: between((1, 3, 2), (1, 3, 3)),
    }
    Event 363 "domain_event_callback_job_completed" DomainEventCallbackJobCompleted -> () {
        since: between((1, 3, 2), (1, 3, 3)),
    }
    Call 364 "domain_migrate_start_post_copy" DomainMigrateStartPostCopy -> () {
        read_only: Refused, acl: &[right(Domain, "migrate")], function: "virDomainMigrateStartPostCopy",
        since: since(1, 3, 3),
    }
    Call 365 "domain_get_perf_events" DomainGetPerfEvents -> DomainGetPerfEventsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetPerfEvents",
        since: since(1, 3, 3),
    }
    Call 366 "domain_set_perf_events" DomainSetPerfEvents -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetPerfEvents",
        since: since(1, 3, 3),
    }
    Event 367 "domain_event_callback_device_removal_failed" DomainEventCallbackDeviceRemovalFailed -> () {
        since: between((1, 3, 3), (2, 0, 0)),
    }
    Call 368 "connect_storage_pool_event_register_any" ConnectStoragePoolEventRegisterAny -> ConnectStoragePoolEventRegisterAnyReply {
        read_only: Allowed, acl: &[right(Connect, "search_storage_pools")],
        function: "virConnectStoragePoolEventRegisterAny", since: since(2, 0, 0), priority: High,
        acl_filter: &[right(StoragePool, "getattr")],
    }
    Call 369 "connect_storage_pool_event_deregister_any" ConnectStoragePoolEventDeregisterAny -> () {
        read_only: Allowed, acl: &[right(Connect, "read")],
        function: "virConnectStoragePoolEventDeregisterAny", since: since(2, 0, 0), priority: High,
    }
    Event 370 "storage_pool_event_lifecycle" StoragePoolEventLifecycle -> () { since: since(2, 0, 0) }
    Call 371 "domain_get_guest_vcpus" DomainGetGuestVcpus -> DomainGetGuestVcpusReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainGetGuestVcpus",
        since: since(2, 0, 0),
    }
    Call 372 "domain_set_guest_vcpus" DomainSetGuestVcpus -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetGuestVcpus",
        since: since(2, 0, 0),
    }
    Event 373 "storage_pool_event_refresh" StoragePoolEventRefresh -> () {
        since: between((2, 0, 0), (2, 2, 0)),
    }
    Call 374 "connect_node_device_event_register_any" ConnectNodeDeviceEventRegisterAny -> ConnectNodeDeviceEventRegisterAnyReply {
        read_only: Allowed, acl: &[right(Connect, "search_node_devices")],
        function: "virConnectNodeDeviceEventRegisterAny", since: since(2, 2, 0), priority: High,
        acl_filter: &[right(NodeDevice, "getattr")],
    }
    Call 375 "connect_node_device_event_deregister_any" ConnectNodeDeviceEventDeregisterAny -> () {
        read_only: Allowed, acl: &[right(Connect, "read")],
        function: "virConnectNodeDeviceEventDeregisterAny", since: since(2, 2, 0), priority: High,
    }
    Event 376 "node_device_event_lifecycle" NodeDeviceEventLifecycle -> () {
        since: between((2, 2, 0), (3, 0, 0)),
    }
    Event 377 "node_device_event_update" NodeDeviceEventUpdate -> () { since: between((2, 2, 0), (3, 0, 0)) }
    Call 378 "storage_vol_get_info_flags" StorageVolGetInfoFlags -> StorageVolGetInfoFlagsReply {
        read_only: Allowed, acl: &[right(StorageVol, "read")], function: "virStorageVolGetInfoFlags",
        since: since(3, 0, 0), priority: High,
    }
    Event 379 "domain_event_callback_metadata_change" DomainEventCallbackMetadataChange -> () {
        since: since(3, 0, 0),
    }
    Call 380 "connect_secret_event_register_any" ConnectSecretEventRegisterAny -> ConnectSecretEventRegisterAnyReply {
        read_only: Allowed, acl: &[right(Connect, "search_secrets")],
        function: "virConnectSecretEventRegisterAny", since: since(3, 0, 0), priority: High,
        acl_filter: &[right(Secret, "getattr")],
    }
    Call 381 "connect_secret_event_deregister_any" ConnectSecretEventDeregisterAny -> () {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectSecretEventDeregisterAny",
        since: since(3, 0, 0), priority: High,
    }
    Event 382 "secret_event_lifecycle" SecretEventLifecycle -> () { since: between((3, 0, 0), (3, 1, 0)) }
    Event 383 "secret_event_value_changed" SecretEventValueChanged -> () {
        since: between((3, 0, 0), (3, 1, 0)),
    }
    Call 384 "domain_set_vcpu" DomainSetVcpu -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetVcpu", since: since(3, 1, 0),
    }
    Event 385 "domain_event_block_threshold" DomainEventBlockThreshold -> () {
        since: between((3, 1, 0), (3, 2, 0)),
    }
    Call 386 "domain_set_block_threshold" DomainSetBlockThreshold -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetBlockThreshold",
        since: since(3, 2, 0),
    }
    Call 387 "domain_migrate_get_max_downtime" DomainMigrateGetMaxDowntime -> DomainMigrateGetMaxDowntimeReply {
        read_only: Allowed, acl: &[right(Domain, "migrate")], function: "virDomainMigrateGetMaxDowntime",
        since: since(3, 7, 0),
    }
    Call 388 "domain_managed_save_get_xml_desc" DomainManagedSaveGetXmlDesc -> DomainManagedSaveGetXmlDescReply {
        read_only: Conditional, acl: &[right(Domain, "read"), right(Domain, "read_secure").with(1)],
        function: "virDomainManagedSaveGetXMLDesc", since: since(3, 7, 0),
    }
    Call 389 "domain_managed_save_define_xml" DomainManagedSaveDefineXml -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "hibernate")],
        function: "virDomainManagedSaveDefineXML", since: since(3, 7, 0),
    }
    Call 390 "domain_set_lifecycle_action" DomainSetLifecycleAction -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetLifecycleAction",
        since: since(3, 9, 0),
    }
    Call 391 "storage_pool_lookup_by_target_path" StoragePoolLookupByTargetPath -> StoragePoolLookupByTargetPathReply {
        read_only: Allowed, acl: &[right(StoragePool, "getattr")],
        function: "virStoragePoolLookupByTargetPath", since: since(4, 1, 0), priority: High,
    }
    Call 392 "domain_detach_device_alias" DomainDetachDeviceAlias -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainDetachDeviceAlias", since: since(4, 4, 0),
    }
    Call 393 "connect_compare_hypervisor_cpu" ConnectCompareHypervisorCpu -> ConnectCompareHypervisorCpuReply {
        read_only: Refused, acl: &[right(Connect, "write")], function: "virConnectCompareHypervisorCPU",
        since: since(4, 4, 0),
    }
    Call 394 "connect_baseline_hypervisor_cpu" ConnectBaselineHypervisorCpu -> ConnectBaselineHypervisorCpuReply {
        read_only: Refused, acl: &[right(Connect, "write")], function: "virConnectBaselineHypervisorCPU",
        since: since(4, 4, 0),
    }
    Call 395 "node_get_sev_info" NodeGetSevInfo -> NodeGetSevInfoReply {
        read_only: Refused, acl: &[right(Connect, "read")], function: "virNodeGetSEVInfo",
        since: since(4, 5, 0),
    }
    Call 396 "domain_get_launch_security_info" DomainGetLaunchSecurityInfo -> DomainGetLaunchSecurityInfoReply {
        read_only: Refused, acl: &[right(Domain, "read")], function: "virDomainGetLaunchSecurityInfo",
        since: since(4, 5, 0),
    }
    Call 397 "nwfilter_binding_lookup_by_port_dev" NwfilterBindingLookupByPortDev -> NwfilterBindingLookupByPortDevReply {
        read_only: Allowed, acl: &[right(NwfilterBinding, "getattr")],
        function: "virNWFilterBindingLookupByPortDev", since: since(4, 5, 0), priority: High,
    }
    Call 398 "nwfilter_binding_get_xml_desc" NwfilterBindingGetXmlDesc -> NwfilterBindingGetXmlDescReply {
        read_only: Allowed, acl: &[right(NwfilterBinding, "read")], function: "virNWFilterBindingGetXMLDesc",
        since: since(4, 5, 0), priority: High,
    }
    Call 399 "nwfilter_binding_create_xml" NwfilterBindingCreateXml -> NwfilterBindingCreateXmlReply {
        read_only: Refused, acl: &[right(NwfilterBinding, "create")], function: "virNWFilterBindingCreateXML",
        since: since(4, 5, 0), priority: High,
    }
    Call 400 "nwfilter_binding_delete" NwfilterBindingDelete -> () {
        read_only: Refused, acl: &[right(NwfilterBinding, "delete")], function: "virNWFilterBindingDelete",
        since: since(4, 5, 0), priority: High,
    }
    Call 401 "connect_list_all_nwfilter_bindings" ConnectListAllNwfilterBindings -> ConnectListAllNwfilterBindingsReply {
        read_only: Allowed, acl: &[right(Connect, "search_nwfilter_bindings")],
        function: "virConnectListAllNWFilterBindings", since: since(4, 5, 0), priority: High,
        acl_filter: &[right(NwfilterBinding, "getattr")],
    }
    Call 402 "domain_set_iothread_params" DomainSetIothreadParams -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetIOThreadParams", since: since(4, 10, 0),
    }
    Call 403 "connect_get_storage_pool_capabilities" ConnectGetStoragePoolCapabilities -> ConnectGetStoragePoolCapabilitiesReply {
        read_only: Allowed, acl: &[right(Connect, "read")], function: "virConnectGetStoragePoolCapabilities",
        since: since(5, 2, 0),
    }
    Call 404 "network_list_all_ports" NetworkListAllPorts -> NetworkListAllPortsReply {
        read_only: Allowed, acl: &[right(Network, "search_ports")], function: "virNetworkListAllPorts",
        since: since(5, 5, 0), priority: High, acl_filter: &[right(NetworkPort, "getattr")],
    }
    Call 405 "network_port_lookup_by_uuid" NetworkPortLookupByUuid -> NetworkPortLookupByUuidReply {
        read_only: Allowed, acl: &[right(NetworkPort, "getattr")], function: "virNetworkPortLookupByUUID",
        since: since(5, 5, 0), priority: High,
    }
    Call 406 "network_port_create_xml" NetworkPortCreateXml -> NetworkPortCreateXmlReply {
        read_only: Refused, acl: &[right(NetworkPort, "create")], function: "virNetworkPortCreateXML",
        since: since(5, 5, 0),
    }
    Call 407 "network_port_get_parameters" NetworkPortGetParameters -> NetworkPortGetParametersReply {
        read_only: Allowed, acl: &[right(NetworkPort, "read")], function: "virNetworkPortGetParameters",
        since: since(5, 5, 0),
    }
    Call 408 "network_port_set_parameters" NetworkPortSetParameters -> () {
        read_only: Refused, acl: &[right(NetworkPort, "write")], function: "virNetworkPortSetParameters",
        since: since(5, 5, 0),
    }
    Call 409 "network_port_get_xml_desc" NetworkPortGetXmlDesc -> NetworkPortGetXmlDescReply {
        read_only: Allowed, acl: &[right(NetworkPort, "read")], function: "virNetworkPortGetXMLDesc",
        since: since(5, 5, 0),
    }
    Call 410 "network_port_delete" NetworkPortDelete -> () {
        read_only: Refused, acl: &[right(NetworkPort, "delete")], function: "virNetworkPortDelete",
        since: since(5, 5, 0),
    }
    Call 411 "domain_checkpoint_create_xml" DomainCheckpointCreateXml -> DomainCheckpointCreateXmlReply {
        read_only: Refused, acl: &[right(Domain, "checkpoint"), right(Domain, "fs_freeze").with(2)],
        function: "virDomainCheckpointCreateXML", since: since(5, 6, 0),
    }
    Call 412 "domain_checkpoint_get_xml_desc" DomainCheckpointGetXmlDesc -> DomainCheckpointGetXmlDescReply {
        read_only: Conditional, acl: &[right(Domain, "read"), right(Domain, "read_secure").with(1)],
        function: "virDomainCheckpointGetXMLDesc", since: since(5, 6, 0),
    }
    Call 413 "domain_list_all_checkpoints" DomainListAllCheckpoints -> DomainListAllCheckpointsReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainListAllCheckpoints",
        since: since(5, 6, 0), priority: High,
    }
    Call 414 "domain_checkpoint_list_all_children" DomainCheckpointListAllChildren -> DomainCheckpointListAllChildrenReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainCheckpointListAllChildren",
        since: since(5, 6, 0), priority: High,
    }
    Call 415 "domain_checkpoint_lookup_by_name" DomainCheckpointLookupByName -> DomainCheckpointLookupByNameReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainCheckpointLookupByName",
        since: since(5, 6, 0), priority: High,
    }
    Call 416 "domain_checkpoint_get_parent" DomainCheckpointGetParent -> DomainCheckpointGetParentReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainCheckpointGetParent",
        since: since(5, 6, 0), priority: High,
    }
    Call 417 "domain_checkpoint_delete" DomainCheckpointDelete -> () {
        read_only: Refused, acl: &[right(Domain, "checkpoint")], function: "virDomainCheckpointDelete",
        since: since(5, 6, 0),
    }
    Call 418 "domain_get_guest_info" DomainGetGuestInfo -> DomainGetGuestInfoReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainGetGuestInfo",
        since: since(5, 7, 0),
    }
    Call 419 "connect_set_identity" ConnectSetIdentity -> () {
        read_only: Allowed, acl: &[right(Connect, "write")], function: "virConnectSetIdentity",
        since: since(5, 8, 0),
    }
    Call 420 "domain_agent_set_response_timeout" DomainAgentSetResponseTimeout -> DomainAgentSetResponseTimeoutReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainAgentSetResponseTimeout",
        since: since(5, 10, 0),
    }
    Call 421 "domain_backup_begin" DomainBackupBegin -> () {
        read_only: Refused, acl: &[right(Domain, "checkpoint"), right(Domain, "block_write")],
        function: "virDomainBackupBegin", since: since(6, 0, 0),
    }
    Call 422 "domain_backup_get_xml_desc" DomainBackupGetXmlDesc -> DomainBackupGetXmlDescReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainBackupGetXMLDesc",
        since: since(6, 0, 0), priority: High,
    }
    Event 423 "domain_event_memory_failure" DomainEventMemoryFailure -> () {
        since: between((6, 0, 0), (6, 10, 0)),
    }
    Call 424 "domain_authorized_ssh_keys_get" DomainAuthorizedSshKeysGet -> DomainAuthorizedSshKeysGetReply {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainAuthorizedSSHKeysGet",
        since: since(6, 10, 0),
    }
    Call 425 "domain_authorized_ssh_keys_set" DomainAuthorizedSshKeysSet -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainAuthorizedSSHKeysSet",
        since: since(6, 10, 0),
    }
    Call 426 "domain_get_messages" DomainGetMessages -> DomainGetMessagesReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetMessages",
        since: since(7, 1, 0),
    }
    Call 427 "domain_start_dirty_rate_calc" DomainStartDirtyRateCalc -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainStartDirtyRateCalc",
        since: since(7, 2, 0),
    }
    Call 428 "node_device_define_xml" NodeDeviceDefineXml -> NodeDeviceDefineXmlReply {
        read_only: Refused, acl: &[right(NodeDevice, "write"), right(NodeDevice, "save")],
        function: "virNodeDeviceDefineXML", since: since(7, 3, 0),
    }
    Call 429 "node_device_undefine" NodeDeviceUndefine -> () {
        read_only: Refused, acl: &[right(NodeDevice, "delete")], function: "virNodeDeviceUndefine",
        since: since(7, 3, 0), priority: High,
    }
    Call 430 "node_device_create" NodeDeviceCreate -> () {
        read_only: Refused, acl: &[right(NodeDevice, "start")], function: "virNodeDeviceCreate",
        since: since(7, 3, 0), priority: High,
    }
    Call 431 "nwfilter_define_xml_flags" NwfilterDefineXmlFlags -> NwfilterDefineXmlFlagsReply {
        read_only: Refused, acl: &[right(Nwfilter, "write"), right(Nwfilter, "save")],
        function: "virNWFilterDefineXMLFlags", since: between((7, 3, 0), (7, 7, 0)), priority: High,
    }
    Call 432 "network_define_xml_flags" NetworkDefineXmlFlags -> NetworkDefineXmlFlagsReply {
        read_only: Refused, acl: &[right(Network, "write"), right(Network, "save")],
        function: "virNetworkDefineXMLFlags", since: since(7, 7, 0), priority: High,
    }
    Call 433 "node_device_get_autostart" NodeDeviceGetAutostart -> NodeDeviceGetAutostartReply {
        read_only: Allowed, acl: &[right(NodeDevice, "read")], function: "virNodeDeviceGetAutostart",
        since: since(7, 8, 0), priority: High,
    }
    Call 434 "node_device_set_autostart" NodeDeviceSetAutostart -> () {
        read_only: Refused, acl: &[right(NodeDevice, "write")], function: "virNodeDeviceSetAutostart",
        since: since(7, 8, 0), priority: High,
    }
    Call 435 "node_device_is_persistent" NodeDeviceIsPersistent -> NodeDeviceIsPersistentReply {
        read_only: Allowed, acl: &[right(NodeDevice, "read")], function: "virNodeDeviceIsPersistent",
        since: since(7, 8, 0), priority: High,
    }
    Call 436 "node_device_is_active" NodeDeviceIsActive -> NodeDeviceIsActiveReply {
        read_only: Allowed, acl: &[right(NodeDevice, "read")], function: "virNodeDeviceIsActive",
        since: since(7, 8, 0), priority: High,
    }
    Call 437 "network_create_xml_flags" NetworkCreateXmlFlags -> NetworkCreateXmlFlagsReply {
        read_only: Refused, acl: &[right(Network, "write"), right(Network, "start")],
        function: "virNetworkCreateXMLFlags", since: since(7, 8, 0), priority: High,
    }
    Event 438 "domain_event_memory_device_size_change" DomainEventMemoryDeviceSizeChange -> () {
        since: between((7, 8, 0), (8, 0, 0)),
    }
    Call 439 "domain_set_launch_security_state" DomainSetLaunchSecurityState -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetLaunchSecurityState",
        since: since(8, 0, 0),
    }
    Call 440 "domain_save_params" DomainSaveParams -> () {
        read_only: Refused, acl: &[right(Domain, "hibernate")], function: "virDomainSaveParams",
        since: since(8, 4, 0),
    }
    Call 441 "domain_restore_params" DomainRestoreParams -> () {
        read_only: Refused, acl: &[right(Domain, "start"), right(Domain, "write")],
        function: "virDomainRestoreParams", since: since(8, 4, 0),
    }
    Call 442 "domain_abort_job_flags" DomainAbortJobFlags -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainAbortJobFlags",
        since: since(8, 5, 0),
    }
    Call 443 "domain_fd_associate" DomainFdAssociate -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainFDAssociate",
        since: since(9, 0, 0), passes_fds: true,
    }
    Call 444 "network_set_metadata" NetworkSetMetadata -> () {
        read_only: Refused, acl: &[right(Network, "write"), right(Network, "save").without(3),
        right(Network, "save").with(2)], function: "virNetworkSetMetadata", since: since(9, 7, 0),
    }
    Call 445 "network_get_metadata" NetworkGetMetadata -> NetworkGetMetadataReply {
        read_only: Allowed, acl: &[right(Network, "read")], function: "virNetworkGetMetadata",
        since: since(9, 7, 0),
    }
    Event 446 "network_event_callback_metadata_change" NetworkEventCallbackMetadataChange -> () {
        since: between((9, 7, 0), (10, 1, 0)),
    }
    Call 447 "node_device_update" NodeDeviceUpdate -> () {
        read_only: Refused, acl: &[right(NodeDevice, "write"), right(NodeDevice, "save").without(3),
        right(NodeDevice, "save").with(2)], function: "virNodeDeviceUpdate", since: since(10, 1, 0),
        priority: High,
    }
    Call 448 "domain_graphics_reload" DomainGraphicsReload -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainGraphicsReload",
        since: since(10, 2, 0),
    }
    Call 449 "domain_get_autostart_once" DomainGetAutostartOnce -> DomainGetAutostartOnceReply {
        read_only: Allowed, acl: &[right(Domain, "read")], function: "virDomainGetAutostartOnce",
        since: since(11, 2, 0), priority: High,
    }
    Call 450 "domain_set_autostart_once" DomainSetAutostartOnce -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainSetAutostartOnce",
        since: since(11, 2, 0), priority: High,
    }
    Call 451 "domain_set_throttle_group" DomainSetThrottleGroup -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainSetThrottleGroup", since: since(11, 2, 0),
    }
    Call 452 "domain_del_throttle_group" DomainDelThrottleGroup -> () {
        read_only: Refused, acl: &[right(Domain, "write"), right(Domain, "save").without(3),
        right(Domain, "save").with(2)], function: "virDomainDelThrottleGroup", since: since(11, 2, 0),
    }
    Event 453 "domain_event_nic_mac_change" DomainEventNicMacChange -> () {
        since: between((11, 2, 0), (11, 3, 0)),
    }
    Event 454 "domain_event_vcpu_removed" DomainEventVcpuRemoved -> () { since: since(12, 4, 0) }
    Event 455 "domain_event_callback_channel_lifecycle" DomainEventCallbackChannelLifecycle -> () {
        since: since(12, 4, 0),
    }
    Call 456 "domain_announce_interface" DomainAnnounceInterface -> () {
        read_only: Refused, acl: &[right(Domain, "write")], function: "virDomainAnnounceInterface",
        since: since(12, 5, 0),
    }
}
