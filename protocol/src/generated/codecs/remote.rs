// Made from protocol/x/remote.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{
    Array, Chars, FixedChars, FixedOpaque, Opaque, Optional, Plain, Str, enumeration, record, union,
};

use super::super::message::UUID_LEN;
use super::super::remote::*;

enumeration! {
    "typed_param_type" => TypedParamType {
        1 => Int,
        2 => UInt,
        3 => LLong,
        4 => ULLong,
        5 => Double,
        6 => Boolean,
        7 => String,
    }
    "auth_type" => AuthType { 0 => None, 1 => Sasl, 2 => Polkit }
}

union! {
    "typed_param_value" => TypedParamValue: i32 {
        1 => Int(Plain) "i",
        2 => UInt(Plain) "ui",
        3 => LLong(Plain) "l",
        4 => ULLong(Plain) "ul",
        5 => Double(Plain) "d",
        6 => Boolean(Plain) "b",
        7 => String(Str<STRING_MAX>) "s",
    }
}

record! {
    "nonnull_domain" => Domain { name: Str<STRING_MAX>, uuid: FixedOpaque<UUID_LEN>, id: Plain }
    "nonnull_network" => Network { name: Str<STRING_MAX>, uuid: FixedOpaque<UUID_LEN> }
    "nonnull_network_port" => NetworkPort { net: Plain, uuid: FixedOpaque<UUID_LEN> }
    "nonnull_nwfilter" => Nwfilter { name: Str<STRING_MAX>, uuid: FixedOpaque<UUID_LEN> }
    "nonnull_nwfilter_binding" => NwfilterBinding { portdev: Str<STRING_MAX>, filtername: Str<STRING_MAX> }
    "nonnull_interface" => Interface { name: Str<STRING_MAX>, mac: Str<STRING_MAX> }
    "nonnull_storage_pool" => StoragePool { name: Str<STRING_MAX>, uuid: FixedOpaque<UUID_LEN> }
    "nonnull_storage_vol" => StorageVol { pool: Str<STRING_MAX>, name: Str<STRING_MAX>, key: Str<STRING_MAX> }
    "nonnull_node_device" => NodeDevice { name: Str<STRING_MAX> }
    "nonnull_secret" => Secret {
        uuid: FixedOpaque<UUID_LEN>,
        usage_type "usageType": Plain,
        usage_id "usageID": Str<STRING_MAX>,
    }
    "nonnull_domain_checkpoint" => DomainCheckpoint { name: Str<STRING_MAX>, dom: Plain }
    "nonnull_domain_snapshot" => DomainSnapshot { name: Str<STRING_MAX>, dom: Plain }
    "error" => Error {
        code: Plain,
        domain: Plain,
        message: Optional<Str<STRING_MAX>>,
        level: Plain,
        dom: Optional,
        str1: Optional<Str<STRING_MAX>>,
        str2: Optional<Str<STRING_MAX>>,
        str3: Optional<Str<STRING_MAX>>,
        int1: Plain,
        int2: Plain,
        net: Optional,
    }
    "typed_param" => TypedParam { field: Str<STRING_MAX>, value: Plain }
    "node_cpu_stat" => NodeCpuStat { field: Str<STRING_MAX>, value: Plain }
    "node_memory_stat" => NodeMemoryStat { field: Str<STRING_MAX>, value: Plain }
    "domain_memory_stat" => DomainMemoryStat { tag: Plain, val: Plain }
    "vcpu_info" => VcpuInfo { number: Plain, state: Plain, cpu_time: Plain, cpu: Plain }
    "domain_iothread_info" => DomainIothreadInfo { iothread_id: Plain, cpumap: Opaque<CPUMAP_MAX> }
    "domain_disk_error" => DomainDiskError { disk: Str<STRING_MAX>, error: Plain }
    "domain_ip_addr" => DomainIpAddr { r#type: Plain, addr: Str<STRING_MAX>, prefix: Plain }
    "domain_interface" => DomainInterface {
        name: Str<STRING_MAX>,
        hwaddr: Optional<Str<STRING_MAX>>,
        addrs: Array<DOMAIN_IP_ADDR_MAX>,
    }
    "domain_stats_record" => DomainStatsRecord { dom: Plain, params: Array<CONNECT_GET_ALL_DOMAIN_STATS_MAX> }
    "domain_fsinfo" => DomainFsinfo {
        mountpoint: Str<STRING_MAX>,
        name: Str<STRING_MAX>,
        fstype: Str<STRING_MAX>,
        dev_aliases: Array<DOMAIN_FSINFO_DISKS_MAX, Str<STRING_MAX>>,
    }
    "domain_event_graphics_address" => DomainEventGraphicsAddress {
        family: Plain,
        node: Str<STRING_MAX>,
        service: Str<STRING_MAX>,
    }
    "domain_event_graphics_identity" => DomainEventGraphicsIdentity {
        r#type: Str<STRING_MAX>,
        name: Str<STRING_MAX>,
    }
    "network_dhcp_lease" => NetworkDhcpLease {
        iface: Str<STRING_MAX>,
        expirytime: Plain,
        r#type: Plain,
        mac: Optional<Str<STRING_MAX>>,
        iaid: Optional<Str<STRING_MAX>>,
        ipaddr: Str<STRING_MAX>,
        prefix: Plain,
        hostname: Optional<Str<STRING_MAX>>,
        clientid: Optional<Str<STRING_MAX>>,
    }
    "connect_open_args" => ConnectOpen { name: Optional<Str<STRING_MAX>>, flags: Plain }
    "connect_close" => ConnectClose {}
    "connect_get_type" => ConnectGetType {}
    "connect_get_type_ret" => ConnectGetTypeReply { r#type: Str<STRING_MAX> }
    "connect_get_version" => ConnectGetVersion {}
    "connect_get_version_ret" => ConnectGetVersionReply { hv_ver: Plain }
    "connect_get_max_vcpus_args" => ConnectGetMaxVcpus { r#type: Optional<Str<STRING_MAX>> }
    "connect_get_max_vcpus_ret" => ConnectGetMaxVcpusReply { max_vcpus: Plain }
    "node_get_info" => NodeGetInfo {}
    "node_get_info_ret" => NodeGetInfoReply {
        model: FixedChars<NODE_MODEL_LEN>,
        memory: Plain,
        cpus: Plain,
        mhz: Plain,
        nodes: Plain,
        sockets: Plain,
        cores: Plain,
        threads: Plain,
    }
    "connect_get_capabilities" => ConnectGetCapabilities {}
    "connect_get_capabilities_ret" => ConnectGetCapabilitiesReply { capabilities: Str<STRING_MAX> }
    "domain_attach_device_args" => DomainAttachDevice { dom: Plain, xml: Str<STRING_MAX> }
    "domain_create_args" => DomainCreate { dom: Plain }
    "domain_create_xml_args" => DomainCreateXml { xml_desc: Str<STRING_MAX>, flags: Plain }
    "domain_create_xml_ret" => DomainCreateXmlReply { dom: Plain }
    "domain_define_xml_args" => DomainDefineXml { xml: Str<STRING_MAX> }
    "domain_define_xml_ret" => DomainDefineXmlReply { dom: Plain }
    "domain_destroy_args" => DomainDestroy { dom: Plain }
    "domain_detach_device_args" => DomainDetachDevice { dom: Plain, xml: Str<STRING_MAX> }
    "domain_get_xml_desc_args" => DomainGetXmlDesc { dom: Plain, flags: Plain }
    "domain_get_xml_desc_ret" => DomainGetXmlDescReply { xml: Str<STRING_MAX> }
    "domain_get_autostart_args" => DomainGetAutostart { dom: Plain }
    "domain_get_autostart_ret" => DomainGetAutostartReply { autostart: Plain }
    "domain_get_info_args" => DomainGetInfo { dom: Plain }
    "domain_get_info_ret" => DomainGetInfoReply {
        state: Plain,
        max_mem "maxMem": Plain,
        memory: Plain,
        nr_virt_cpu "nrVirtCpu": Plain,
        cpu_time "cpuTime": Plain,
    }
    "domain_get_max_memory_args" => DomainGetMaxMemory { dom: Plain }
    "domain_get_max_memory_ret" => DomainGetMaxMemoryReply { memory: Plain }
    "domain_get_max_vcpus_args" => DomainGetMaxVcpus { dom: Plain }
    "domain_get_max_vcpus_ret" => DomainGetMaxVcpusReply { num: Plain }
    "domain_get_os_type_args" => DomainGetOsType { dom: Plain }
    "domain_get_os_type_ret" => DomainGetOsTypeReply { r#type: Str<STRING_MAX> }
    "domain_get_vcpus_args" => DomainGetVcpus { dom: Plain, maxinfo: Plain, maplen: Plain }
    "domain_get_vcpus_ret" => DomainGetVcpusReply { info: Array<VCPUINFO_MAX>, cpumaps: Opaque<CPUMAPS_MAX> }
    "connect_list_defined_domains_args" => ConnectListDefinedDomains { maxnames: Plain }
    "connect_list_defined_domains_ret" => ConnectListDefinedDomainsReply {
        names: Array<DOMAIN_LIST_MAX, Str<STRING_MAX>>,
    }
    "domain_lookup_by_id_args" => DomainLookupById { id: Plain }
    "domain_lookup_by_id_ret" => DomainLookupByIdReply { dom: Plain }
    "domain_lookup_by_name_args" => DomainLookupByName { name: Str<STRING_MAX> }
    "domain_lookup_by_name_ret" => DomainLookupByNameReply { dom: Plain }
    "domain_lookup_by_uuid_args" => DomainLookupByUuid { uuid: FixedOpaque<UUID_LEN> }
    "domain_lookup_by_uuid_ret" => DomainLookupByUuidReply { dom: Plain }
    "connect_num_of_defined_domains" => ConnectNumOfDefinedDomains {}
    "connect_num_of_defined_domains_ret" => ConnectNumOfDefinedDomainsReply { num: Plain }
    "domain_pin_vcpu_args" => DomainPinVcpu { dom: Plain, vcpu: Plain, cpumap: Opaque<CPUMAP_MAX> }
    "domain_reboot_args" => DomainReboot { dom: Plain, flags: Plain }
    "domain_resume_args" => DomainResume { dom: Plain }
    "domain_set_autostart_args" => DomainSetAutostart { dom: Plain, autostart: Plain }
    "domain_set_max_memory_args" => DomainSetMaxMemory { dom: Plain, memory: Plain }
    "domain_set_memory_args" => DomainSetMemory { dom: Plain, memory: Plain }
    "domain_set_vcpus_args" => DomainSetVcpus { dom: Plain, nvcpus: Plain }
    "domain_shutdown_args" => DomainShutdown { dom: Plain }
    "domain_suspend_args" => DomainSuspend { dom: Plain }
    "domain_undefine_args" => DomainUndefine { dom: Plain }
    "connect_list_defined_networks_args" => ConnectListDefinedNetworks { maxnames: Plain }
    "connect_list_defined_networks_ret" => ConnectListDefinedNetworksReply {
        names: Array<NETWORK_LIST_MAX, Str<STRING_MAX>>,
    }
    "connect_list_domains_args" => ConnectListDomains { maxids: Plain }
    "connect_list_domains_ret" => ConnectListDomainsReply { ids: Array<DOMAIN_LIST_MAX> }
    "connect_list_networks_args" => ConnectListNetworks { maxnames: Plain }
    "connect_list_networks_ret" => ConnectListNetworksReply {
        names: Array<NETWORK_LIST_MAX, Str<STRING_MAX>>,
    }
    "network_create_args" => NetworkCreate { net: Plain }
    "network_create_xml_args" => NetworkCreateXml { xml: Str<STRING_MAX> }
    "network_create_xml_ret" => NetworkCreateXmlReply { net: Plain }
    "network_define_xml_args" => NetworkDefineXml { xml: Str<STRING_MAX> }
    "network_define_xml_ret" => NetworkDefineXmlReply { net: Plain }
    "network_destroy_args" => NetworkDestroy { net: Plain }
    "network_get_xml_desc_args" => NetworkGetXmlDesc { net: Plain, flags: Plain }
    "network_get_xml_desc_ret" => NetworkGetXmlDescReply { xml: Str<STRING_MAX> }
    "network_get_autostart_args" => NetworkGetAutostart { net: Plain }
    "network_get_autostart_ret" => NetworkGetAutostartReply { autostart: Plain }
    "network_get_bridge_name_args" => NetworkGetBridgeName { net: Plain }
    "network_get_bridge_name_ret" => NetworkGetBridgeNameReply { name: Str<STRING_MAX> }
    "network_lookup_by_name_args" => NetworkLookupByName { name: Str<STRING_MAX> }
    "network_lookup_by_name_ret" => NetworkLookupByNameReply { net: Plain }
    "network_lookup_by_uuid_args" => NetworkLookupByUuid { uuid: FixedOpaque<UUID_LEN> }
    "network_lookup_by_uuid_ret" => NetworkLookupByUuidReply { net: Plain }
    "network_set_autostart_args" => NetworkSetAutostart { net: Plain, autostart: Plain }
    "network_undefine_args" => NetworkUndefine { net: Plain }
    "connect_num_of_defined_networks" => ConnectNumOfDefinedNetworks {}
    "connect_num_of_defined_networks_ret" => ConnectNumOfDefinedNetworksReply { num: Plain }
    "connect_num_of_domains" => ConnectNumOfDomains {}
    "connect_num_of_domains_ret" => ConnectNumOfDomainsReply { num: Plain }
    "connect_num_of_networks" => ConnectNumOfNetworks {}
    "connect_num_of_networks_ret" => ConnectNumOfNetworksReply { num: Plain }
    "domain_core_dump_args" => DomainCoreDump { dom: Plain, to: Str<STRING_MAX>, flags: Plain }
    "domain_restore_args" => DomainRestore { from: Str<STRING_MAX> }
    "domain_save_args" => DomainSave { dom: Plain, to: Str<STRING_MAX> }
    "domain_get_scheduler_type_args" => DomainGetSchedulerType { dom: Plain }
    "domain_get_scheduler_type_ret" => DomainGetSchedulerTypeReply { r#type: Str<STRING_MAX>, nparams: Plain }
    "domain_get_scheduler_parameters_args" => DomainGetSchedulerParameters { dom: Plain, nparams: Plain }
    "domain_get_scheduler_parameters_ret" => DomainGetSchedulerParametersReply {
        params: Array<DOMAIN_SCHEDULER_PARAMETERS_MAX>,
    }
    "domain_set_scheduler_parameters_args" => DomainSetSchedulerParameters {
        dom: Plain,
        params: Array<DOMAIN_SCHEDULER_PARAMETERS_MAX>,
    }
    "connect_get_hostname" => ConnectGetHostname {}
    "connect_get_hostname_ret" => ConnectGetHostnameReply { hostname: Str<STRING_MAX> }
    "connect_supports_feature_args" => ConnectSupportsFeature { feature: Plain }
    "connect_supports_feature_ret" => ConnectSupportsFeatureReply { supported: Plain }
    "domain_migrate_prepare_args" => DomainMigratePrepare {
        uri_in: Optional<Str<STRING_MAX>>,
        flags: Plain,
        dname: Optional<Str<STRING_MAX>>,
        resource: Plain,
    }
    "domain_migrate_prepare_ret" => DomainMigratePrepareReply {
        cookie: Opaque<MIGRATE_COOKIE_MAX>,
        uri_out: Optional<Str<STRING_MAX>>,
    }
    "domain_migrate_perform_args" => DomainMigratePerform {
        dom: Plain,
        cookie: Opaque<MIGRATE_COOKIE_MAX>,
        uri: Str<STRING_MAX>,
        flags: Plain,
        dname: Optional<Str<STRING_MAX>>,
        resource: Plain,
    }
    "domain_migrate_finish_args" => DomainMigrateFinish {
        dname: Str<STRING_MAX>,
        cookie: Opaque<MIGRATE_COOKIE_MAX>,
        uri: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_migrate_finish_ret" => DomainMigrateFinishReply { ddom: Plain }
    "domain_block_stats_args" => DomainBlockStats { dom: Plain, path: Str<STRING_MAX> }
    "domain_block_stats_ret" => DomainBlockStatsReply {
        rd_req: Plain,
        rd_bytes: Plain,
        wr_req: Plain,
        wr_bytes: Plain,
        errs: Plain,
    }
    "domain_interface_stats_args" => DomainInterfaceStats { dom: Plain, device: Str<STRING_MAX> }
    "domain_interface_stats_ret" => DomainInterfaceStatsReply {
        rx_bytes: Plain,
        rx_packets: Plain,
        rx_errs: Plain,
        rx_drop: Plain,
        tx_bytes: Plain,
        tx_packets: Plain,
        tx_errs: Plain,
        tx_drop: Plain,
    }
    "auth_list" => AuthList {}
    "auth_list_ret" => AuthListReply { types: Array<AUTH_TYPE_LIST_MAX> }
    "auth_sasl_init" => AuthSaslInit {}
    "auth_sasl_init_ret" => AuthSaslInitReply { mechlist: Str<STRING_MAX> }
    "auth_sasl_start_args" => AuthSaslStart {
        mech: Str<STRING_MAX>,
        nil: Plain,
        data: Chars<AUTH_SASL_DATA_MAX>,
    }
    "auth_sasl_start_ret" => AuthSaslStartReply {
        complete: Plain,
        nil: Plain,
        data: Chars<AUTH_SASL_DATA_MAX>,
    }
    "auth_sasl_step_args" => AuthSaslStep { nil: Plain, data: Chars<AUTH_SASL_DATA_MAX> }
    "auth_sasl_step_ret" => AuthSaslStepReply { complete: Plain, nil: Plain, data: Chars<AUTH_SASL_DATA_MAX> }
    "auth_polkit" => AuthPolkit {}
    "auth_polkit_ret" => AuthPolkitReply { complete: Plain }
    "connect_num_of_storage_pools" => ConnectNumOfStoragePools {}
    "connect_num_of_storage_pools_ret" => ConnectNumOfStoragePoolsReply { num: Plain }
    "connect_list_storage_pools_args" => ConnectListStoragePools { maxnames: Plain }
    "connect_list_storage_pools_ret" => ConnectListStoragePoolsReply {
        names: Array<STORAGE_POOL_LIST_MAX, Str<STRING_MAX>>,
    }
    "connect_num_of_defined_storage_pools" => ConnectNumOfDefinedStoragePools {}
    "connect_num_of_defined_storage_pools_ret" => ConnectNumOfDefinedStoragePoolsReply { num: Plain }
    "connect_list_defined_storage_pools_args" => ConnectListDefinedStoragePools { maxnames: Plain }
    "connect_list_defined_storage_pools_ret" => ConnectListDefinedStoragePoolsReply {
        names: Array<STORAGE_POOL_LIST_MAX, Str<STRING_MAX>>,
    }
    "connect_find_storage_pool_sources_args" => ConnectFindStoragePoolSources {
        r#type: Str<STRING_MAX>,
        src_spec "srcSpec": Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "connect_find_storage_pool_sources_ret" => ConnectFindStoragePoolSourcesReply { xml: Str<STRING_MAX> }
    "storage_pool_create_xml_args" => StoragePoolCreateXml { xml: Str<STRING_MAX>, flags: Plain }
    "storage_pool_create_xml_ret" => StoragePoolCreateXmlReply { pool: Plain }
    "storage_pool_define_xml_args" => StoragePoolDefineXml { xml: Str<STRING_MAX>, flags: Plain }
    "storage_pool_define_xml_ret" => StoragePoolDefineXmlReply { pool: Plain }
    "storage_pool_create_args" => StoragePoolCreate { pool: Plain, flags: Plain }
    "storage_pool_build_args" => StoragePoolBuild { pool: Plain, flags: Plain }
    "storage_pool_destroy_args" => StoragePoolDestroy { pool: Plain }
    "storage_pool_delete_args" => StoragePoolDelete { pool: Plain, flags: Plain }
    "storage_pool_undefine_args" => StoragePoolUndefine { pool: Plain }
    "storage_pool_refresh_args" => StoragePoolRefresh { pool: Plain, flags: Plain }
    "storage_pool_lookup_by_name_args" => StoragePoolLookupByName { name: Str<STRING_MAX> }
    "storage_pool_lookup_by_name_ret" => StoragePoolLookupByNameReply { pool: Plain }
    "storage_pool_lookup_by_uuid_args" => StoragePoolLookupByUuid { uuid: FixedOpaque<UUID_LEN> }
    "storage_pool_lookup_by_uuid_ret" => StoragePoolLookupByUuidReply { pool: Plain }
    "storage_pool_lookup_by_volume_args" => StoragePoolLookupByVolume { vol: Plain }
    "storage_pool_lookup_by_volume_ret" => StoragePoolLookupByVolumeReply { pool: Plain }
    "storage_pool_get_info_args" => StoragePoolGetInfo { pool: Plain }
    "storage_pool_get_info_ret" => StoragePoolGetInfoReply {
        state: Plain,
        capacity: Plain,
        allocation: Plain,
        available: Plain,
    }
    "storage_pool_get_xml_desc_args" => StoragePoolGetXmlDesc { pool: Plain, flags: Plain }
    "storage_pool_get_xml_desc_ret" => StoragePoolGetXmlDescReply { xml: Str<STRING_MAX> }
    "storage_pool_get_autostart_args" => StoragePoolGetAutostart { pool: Plain }
    "storage_pool_get_autostart_ret" => StoragePoolGetAutostartReply { autostart: Plain }
    "storage_pool_set_autostart_args" => StoragePoolSetAutostart { pool: Plain, autostart: Plain }
    "storage_pool_num_of_volumes_args" => StoragePoolNumOfVolumes { pool: Plain }
    "storage_pool_num_of_volumes_ret" => StoragePoolNumOfVolumesReply { num: Plain }
    "storage_pool_list_volumes_args" => StoragePoolListVolumes { pool: Plain, maxnames: Plain }
    "storage_pool_list_volumes_ret" => StoragePoolListVolumesReply {
        names: Array<STORAGE_VOL_LIST_MAX, Str<STRING_MAX>>,
    }
    "storage_vol_create_xml_args" => StorageVolCreateXml { pool: Plain, xml: Str<STRING_MAX>, flags: Plain }
    "storage_vol_create_xml_ret" => StorageVolCreateXmlReply { vol: Plain }
    "storage_vol_delete_args" => StorageVolDelete { vol: Plain, flags: Plain }
    "storage_vol_lookup_by_name_args" => StorageVolLookupByName { pool: Plain, name: Str<STRING_MAX> }
    "storage_vol_lookup_by_name_ret" => StorageVolLookupByNameReply { vol: Plain }
    "storage_vol_lookup_by_key_args" => StorageVolLookupByKey { key: Str<STRING_MAX> }
    "storage_vol_lookup_by_key_ret" => StorageVolLookupByKeyReply { vol: Plain }
    "storage_vol_lookup_by_path_args" => StorageVolLookupByPath { path: Str<STRING_MAX> }
    "storage_vol_lookup_by_path_ret" => StorageVolLookupByPathReply { vol: Plain }
    "storage_vol_get_info_args" => StorageVolGetInfo { vol: Plain }
    "storage_vol_get_info_ret" => StorageVolGetInfoReply { r#type: Plain, capacity: Plain, allocation: Plain }
    "storage_vol_get_xml_desc_args" => StorageVolGetXmlDesc { vol: Plain, flags: Plain }
    "storage_vol_get_xml_desc_ret" => StorageVolGetXmlDescReply { xml: Str<STRING_MAX> }
    "storage_vol_get_path_args" => StorageVolGetPath { vol: Plain }
    "storage_vol_get_path_ret" => StorageVolGetPathReply { name: Str<STRING_MAX> }
    "node_get_cells_free_memory_args" => NodeGetCellsFreeMemory {
        start_cell "startCell": Plain,
        maxcells: Plain,
    }
    "node_get_cells_free_memory_ret" => NodeGetCellsFreeMemoryReply { cells: Array<NODE_MAX_CELLS> }
    "node_get_free_memory" => NodeGetFreeMemory {}
    "node_get_free_memory_ret" => NodeGetFreeMemoryReply { free_mem "freeMem": Plain }
    "domain_block_peek_args" => DomainBlockPeek {
        dom: Plain,
        path: Str<STRING_MAX>,
        offset: Plain,
        size: Plain,
        flags: Plain,
    }
    "domain_block_peek_ret" => DomainBlockPeekReply { buffer: Opaque<DOMAIN_BLOCK_PEEK_BUFFER_MAX> }
    "domain_memory_peek_args" => DomainMemoryPeek { dom: Plain, offset: Plain, size: Plain, flags: Plain }
    "domain_memory_peek_ret" => DomainMemoryPeekReply { buffer: Opaque<DOMAIN_MEMORY_PEEK_BUFFER_MAX> }
    "connect_domain_event_register" => ConnectDomainEventRegister {}
    "connect_domain_event_register_ret" => ConnectDomainEventRegisterReply { cb_registered: Plain }
    "connect_domain_event_deregister" => ConnectDomainEventDeregister {}
    "connect_domain_event_deregister_ret" => ConnectDomainEventDeregisterReply { cb_registered: Plain }
    "domain_event_lifecycle_msg" => DomainEventLifecycle { dom: Plain, event: Plain, detail: Plain }
    "domain_migrate_prepare2_args" => DomainMigratePrepare2 {
        uri_in: Optional<Str<STRING_MAX>>,
        flags: Plain,
        dname: Optional<Str<STRING_MAX>>,
        resource: Plain,
        dom_xml: Str<STRING_MAX>,
    }
    "domain_migrate_prepare2_ret" => DomainMigratePrepare2Reply {
        cookie: Opaque<MIGRATE_COOKIE_MAX>,
        uri_out: Optional<Str<STRING_MAX>>,
    }
    "domain_migrate_finish2_args" => DomainMigrateFinish2 {
        dname: Str<STRING_MAX>,
        cookie: Opaque<MIGRATE_COOKIE_MAX>,
        uri: Str<STRING_MAX>,
        flags: Plain,
        retcode: Plain,
    }
    "domain_migrate_finish2_ret" => DomainMigrateFinish2Reply { ddom: Plain }
    "connect_get_uri" => ConnectGetUri {}
    "connect_get_uri_ret" => ConnectGetUriReply { uri: Str<STRING_MAX> }
    "node_num_of_devices_args" => NodeNumOfDevices { cap: Optional<Str<STRING_MAX>>, flags: Plain }
    "node_num_of_devices_ret" => NodeNumOfDevicesReply { num: Plain }
    "node_list_devices_args" => NodeListDevices {
        cap: Optional<Str<STRING_MAX>>,
        maxnames: Plain,
        flags: Plain,
    }
    "node_list_devices_ret" => NodeListDevicesReply { names: Array<NODE_DEVICE_LIST_MAX, Str<STRING_MAX>> }
    "node_device_lookup_by_name_args" => NodeDeviceLookupByName { name: Str<STRING_MAX> }
    "node_device_lookup_by_name_ret" => NodeDeviceLookupByNameReply { dev: Plain }
    "node_device_get_xml_desc_args" => NodeDeviceGetXmlDesc { name: Str<STRING_MAX>, flags: Plain }
    "node_device_get_xml_desc_ret" => NodeDeviceGetXmlDescReply { xml: Str<STRING_MAX> }
    "node_device_get_parent_args" => NodeDeviceGetParent { name: Str<STRING_MAX> }
    "node_device_get_parent_ret" => NodeDeviceGetParentReply {
        parent_name "parentName": Optional<Str<STRING_MAX>>,
    }
    "node_device_num_of_caps_args" => NodeDeviceNumOfCaps { name: Str<STRING_MAX> }
    "node_device_num_of_caps_ret" => NodeDeviceNumOfCapsReply { num: Plain }
    "node_device_list_caps_args" => NodeDeviceListCaps { name: Str<STRING_MAX>, maxnames: Plain }
    "node_device_list_caps_ret" => NodeDeviceListCapsReply {
        names: Array<NODE_DEVICE_CAPS_LIST_MAX, Str<STRING_MAX>>,
    }
    "node_device_dettach_args" => NodeDeviceDettach { name: Str<STRING_MAX> }
    "node_device_re_attach_args" => NodeDeviceReAttach { name: Str<STRING_MAX> }
    "node_device_reset_args" => NodeDeviceReset { name: Str<STRING_MAX> }
    "domain_get_security_label_args" => DomainGetSecurityLabel { dom: Plain }
    "domain_get_security_label_ret" => DomainGetSecurityLabelReply {
        label: Chars<SECURITY_LABEL_MAX>,
        enforcing: Plain,
    }
    "node_get_security_model" => NodeGetSecurityModel {}
    "node_get_security_model_ret" => NodeGetSecurityModelReply {
        model: Chars<SECURITY_MODEL_MAX>,
        doi: Chars<SECURITY_DOI_MAX>,
    }
    "node_device_create_xml_args" => NodeDeviceCreateXml { xml_desc: Str<STRING_MAX>, flags: Plain }
    "node_device_create_xml_ret" => NodeDeviceCreateXmlReply { dev: Plain }
    "node_device_destroy_args" => NodeDeviceDestroy { name: Str<STRING_MAX> }
    "storage_vol_create_xml_from_args" => StorageVolCreateXmlFrom {
        pool: Plain,
        xml: Str<STRING_MAX>,
        clonevol: Plain,
        flags: Plain,
    }
    "storage_vol_create_xml_from_ret" => StorageVolCreateXmlFromReply { vol: Plain }
    "connect_num_of_interfaces" => ConnectNumOfInterfaces {}
    "connect_num_of_interfaces_ret" => ConnectNumOfInterfacesReply { num: Plain }
    "connect_list_interfaces_args" => ConnectListInterfaces { maxnames: Plain }
    "connect_list_interfaces_ret" => ConnectListInterfacesReply {
        names: Array<INTERFACE_LIST_MAX, Str<STRING_MAX>>,
    }
    "interface_lookup_by_name_args" => InterfaceLookupByName { name: Str<STRING_MAX> }
    "interface_lookup_by_name_ret" => InterfaceLookupByNameReply { iface: Plain }
    "interface_lookup_by_mac_string_args" => InterfaceLookupByMacString { mac: Str<STRING_MAX> }
    "interface_lookup_by_mac_string_ret" => InterfaceLookupByMacStringReply { iface: Plain }
    "interface_get_xml_desc_args" => InterfaceGetXmlDesc { iface: Plain, flags: Plain }
    "interface_get_xml_desc_ret" => InterfaceGetXmlDescReply { xml: Str<STRING_MAX> }
    "interface_define_xml_args" => InterfaceDefineXml { xml: Str<STRING_MAX>, flags: Plain }
    "interface_define_xml_ret" => InterfaceDefineXmlReply { iface: Plain }
    "interface_undefine_args" => InterfaceUndefine { iface: Plain }
    "interface_create_args" => InterfaceCreate { iface: Plain, flags: Plain }
    "interface_destroy_args" => InterfaceDestroy { iface: Plain, flags: Plain }
    "connect_domain_xml_from_native_args" => ConnectDomainXmlFromNative {
        native_format "nativeFormat": Str<STRING_MAX>,
        native_config "nativeConfig": Str<STRING_MAX>,
        flags: Plain,
    }
    "connect_domain_xml_from_native_ret" => ConnectDomainXmlFromNativeReply {
        domain_xml "domainXml": Str<STRING_MAX>,
    }
    "connect_domain_xml_to_native_args" => ConnectDomainXmlToNative {
        native_format "nativeFormat": Str<STRING_MAX>,
        domain_xml "domainXml": Str<STRING_MAX>,
        flags: Plain,
    }
    "connect_domain_xml_to_native_ret" => ConnectDomainXmlToNativeReply {
        native_config "nativeConfig": Str<STRING_MAX>,
    }
    "connect_num_of_defined_interfaces" => ConnectNumOfDefinedInterfaces {}
    "connect_num_of_defined_interfaces_ret" => ConnectNumOfDefinedInterfacesReply { num: Plain }
    "connect_list_defined_interfaces_args" => ConnectListDefinedInterfaces { maxnames: Plain }
    "connect_list_defined_interfaces_ret" => ConnectListDefinedInterfacesReply {
        names: Array<INTERFACE_LIST_MAX, Str<STRING_MAX>>,
    }
    "connect_num_of_secrets" => ConnectNumOfSecrets {}
    "connect_num_of_secrets_ret" => ConnectNumOfSecretsReply { num: Plain }
    "connect_list_secrets_args" => ConnectListSecrets { maxuuids: Plain }
    "connect_list_secrets_ret" => ConnectListSecretsReply { uuids: Array<SECRET_LIST_MAX, Str<STRING_MAX>> }
    "secret_lookup_by_uuid_args" => SecretLookupByUuid { uuid: FixedOpaque<UUID_LEN> }
    "secret_lookup_by_uuid_ret" => SecretLookupByUuidReply { secret: Plain }
    "secret_define_xml_args" => SecretDefineXml { xml: Str<STRING_MAX>, flags: Plain }
    "secret_define_xml_ret" => SecretDefineXmlReply { secret: Plain }
    "secret_get_xml_desc_args" => SecretGetXmlDesc { secret: Plain, flags: Plain }
    "secret_get_xml_desc_ret" => SecretGetXmlDescReply { xml: Str<STRING_MAX> }
    "secret_set_value_args" => SecretSetValue { secret: Plain, value: Opaque<SECRET_VALUE_MAX>, flags: Plain }
    "secret_get_value_args" => SecretGetValue { secret: Plain, flags: Plain }
    "secret_get_value_ret" => SecretGetValueReply { value: Opaque<SECRET_VALUE_MAX> }
    "secret_undefine_args" => SecretUndefine { secret: Plain }
    "secret_lookup_by_usage_args" => SecretLookupByUsage {
        usage_type "usageType": Plain,
        usage_id "usageID": Str<STRING_MAX>,
    }
    "secret_lookup_by_usage_ret" => SecretLookupByUsageReply { secret: Plain }
    "domain_migrate_prepare_tunnel_args" => DomainMigratePrepareTunnel {
        flags: Plain,
        dname: Optional<Str<STRING_MAX>>,
        resource: Plain,
        dom_xml: Str<STRING_MAX>,
    }
    "connect_is_secure" => ConnectIsSecure {}
    "connect_is_secure_ret" => ConnectIsSecureReply { secure: Plain }
    "domain_is_active_args" => DomainIsActive { dom: Plain }
    "domain_is_active_ret" => DomainIsActiveReply { active: Plain }
    "domain_is_persistent_args" => DomainIsPersistent { dom: Plain }
    "domain_is_persistent_ret" => DomainIsPersistentReply { persistent: Plain }
    "network_is_active_args" => NetworkIsActive { net: Plain }
    "network_is_active_ret" => NetworkIsActiveReply { active: Plain }
    "network_is_persistent_args" => NetworkIsPersistent { net: Plain }
    "network_is_persistent_ret" => NetworkIsPersistentReply { persistent: Plain }
    "storage_pool_is_active_args" => StoragePoolIsActive { pool: Plain }
    "storage_pool_is_active_ret" => StoragePoolIsActiveReply { active: Plain }
    "storage_pool_is_persistent_args" => StoragePoolIsPersistent { pool: Plain }
    "storage_pool_is_persistent_ret" => StoragePoolIsPersistentReply { persistent: Plain }
    "interface_is_active_args" => InterfaceIsActive { iface: Plain }
    "interface_is_active_ret" => InterfaceIsActiveReply { active: Plain }
    "connect_get_lib_version" => ConnectGetLibVersion {}
    "connect_get_lib_version_ret" => ConnectGetLibVersionReply { lib_ver: Plain }
    "connect_compare_cpu_args" => ConnectCompareCpu { xml: Str<STRING_MAX>, flags: Plain }
    "connect_compare_cpu_ret" => ConnectCompareCpuReply { result: Plain }
    "domain_memory_stats_args" => DomainMemoryStats { dom: Plain, max_stats "maxStats": Plain, flags: Plain }
    "domain_memory_stats_ret" => DomainMemoryStatsReply { stats: Array<DOMAIN_MEMORY_STATS_MAX> }
    "domain_attach_device_flags_args" => DomainAttachDeviceFlags {
        dom: Plain,
        xml: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_detach_device_flags_args" => DomainDetachDeviceFlags {
        dom: Plain,
        xml: Str<STRING_MAX>,
        flags: Plain,
    }
    "connect_baseline_cpu_args" => ConnectBaselineCpu {
        xml_cpus "xmlCPUs": Array<CPU_BASELINE_MAX, Str<STRING_MAX>>,
        flags: Plain,
    }
    "connect_baseline_cpu_ret" => ConnectBaselineCpuReply { cpu: Str<STRING_MAX> }
    "domain_get_job_info_args" => DomainGetJobInfo { dom: Plain }
    "domain_get_job_info_ret" => DomainGetJobInfoReply {
        r#type: Plain,
        time_elapsed "timeElapsed": Plain,
        time_remaining "timeRemaining": Plain,
        data_total "dataTotal": Plain,
        data_processed "dataProcessed": Plain,
        data_remaining "dataRemaining": Plain,
        mem_total "memTotal": Plain,
        mem_processed "memProcessed": Plain,
        mem_remaining "memRemaining": Plain,
        file_total "fileTotal": Plain,
        file_processed "fileProcessed": Plain,
        file_remaining "fileRemaining": Plain,
    }
    "domain_abort_job_args" => DomainAbortJob { dom: Plain }
    "storage_vol_wipe_args" => StorageVolWipe { vol: Plain, flags: Plain }
    "domain_migrate_set_max_downtime_args" => DomainMigrateSetMaxDowntime {
        dom: Plain,
        downtime: Plain,
        flags: Plain,
    }
    "connect_domain_event_register_any_args" => ConnectDomainEventRegisterAny { event_id "eventID": Plain }
    "connect_domain_event_deregister_any_args" => ConnectDomainEventDeregisterAny {
        event_id "eventID": Plain,
    }
    "domain_event_reboot_msg" => DomainEventReboot { dom: Plain }
    "domain_event_rtc_change_msg" => DomainEventRtcChange { dom: Plain, offset: Plain }
    "domain_event_watchdog_msg" => DomainEventWatchdog { dom: Plain, action: Plain }
    "domain_event_io_error_msg" => DomainEventIoError {
        dom: Plain,
        src_path "srcPath": Str<STRING_MAX>,
        dev_alias "devAlias": Str<STRING_MAX>,
        action: Plain,
    }
    "domain_event_graphics_msg" => DomainEventGraphics {
        dom: Plain,
        phase: Plain,
        local: Plain,
        remote: Plain,
        auth_scheme "authScheme": Str<STRING_MAX>,
        subject: Array<DOMAIN_EVENT_GRAPHICS_IDENTITY_MAX>,
    }
    "domain_update_device_flags_args" => DomainUpdateDeviceFlags {
        dom: Plain,
        xml: Str<STRING_MAX>,
        flags: Plain,
    }
    "nwfilter_lookup_by_name_args" => NwfilterLookupByName { name: Str<STRING_MAX> }
    "nwfilter_lookup_by_name_ret" => NwfilterLookupByNameReply { nwfilter: Plain }
    "nwfilter_lookup_by_uuid_args" => NwfilterLookupByUuid { uuid: FixedOpaque<UUID_LEN> }
    "nwfilter_lookup_by_uuid_ret" => NwfilterLookupByUuidReply { nwfilter: Plain }
    "nwfilter_get_xml_desc_args" => NwfilterGetXmlDesc { nwfilter: Plain, flags: Plain }
    "nwfilter_get_xml_desc_ret" => NwfilterGetXmlDescReply { xml: Str<STRING_MAX> }
    "connect_num_of_nwfilters" => ConnectNumOfNwfilters {}
    "connect_num_of_nwfilters_ret" => ConnectNumOfNwfiltersReply { num: Plain }
    "connect_list_nwfilters_args" => ConnectListNwfilters { maxnames: Plain }
    "connect_list_nwfilters_ret" => ConnectListNwfiltersReply {
        names: Array<NWFILTER_LIST_MAX, Str<STRING_MAX>>,
    }
    "nwfilter_define_xml_args" => NwfilterDefineXml { xml: Str<STRING_MAX> }
    "nwfilter_define_xml_ret" => NwfilterDefineXmlReply { nwfilter: Plain }
    "nwfilter_undefine_args" => NwfilterUndefine { nwfilter: Plain }
    "domain_managed_save_args" => DomainManagedSave { dom: Plain, flags: Plain }
    "domain_has_managed_save_image_args" => DomainHasManagedSaveImage { dom: Plain, flags: Plain }
    "domain_has_managed_save_image_ret" => DomainHasManagedSaveImageReply { result: Plain }
    "domain_managed_save_remove_args" => DomainManagedSaveRemove { dom: Plain, flags: Plain }
    "domain_snapshot_create_xml_args" => DomainSnapshotCreateXml {
        dom: Plain,
        xml_desc: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_snapshot_create_xml_ret" => DomainSnapshotCreateXmlReply { snap: Plain }
    "domain_snapshot_get_xml_desc_args" => DomainSnapshotGetXmlDesc { snap: Plain, flags: Plain }
    "domain_snapshot_get_xml_desc_ret" => DomainSnapshotGetXmlDescReply { xml: Str<STRING_MAX> }
    "domain_snapshot_num_args" => DomainSnapshotNum { dom: Plain, flags: Plain }
    "domain_snapshot_num_ret" => DomainSnapshotNumReply { num: Plain }
    "domain_snapshot_list_names_args" => DomainSnapshotListNames { dom: Plain, maxnames: Plain, flags: Plain }
    "domain_snapshot_list_names_ret" => DomainSnapshotListNamesReply {
        names: Array<DOMAIN_SNAPSHOT_LIST_MAX, Str<STRING_MAX>>,
    }
    "domain_snapshot_lookup_by_name_args" => DomainSnapshotLookupByName {
        dom: Plain,
        name: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_snapshot_lookup_by_name_ret" => DomainSnapshotLookupByNameReply { snap: Plain }
    "domain_has_current_snapshot_args" => DomainHasCurrentSnapshot { dom: Plain, flags: Plain }
    "domain_has_current_snapshot_ret" => DomainHasCurrentSnapshotReply { result: Plain }
    "domain_snapshot_current_args" => DomainSnapshotCurrent { dom: Plain, flags: Plain }
    "domain_snapshot_current_ret" => DomainSnapshotCurrentReply { snap: Plain }
    "domain_revert_to_snapshot_args" => DomainRevertToSnapshot { snap: Plain, flags: Plain }
    "domain_snapshot_delete_args" => DomainSnapshotDelete { snap: Plain, flags: Plain }
    "domain_get_block_info_args" => DomainGetBlockInfo { dom: Plain, path: Str<STRING_MAX>, flags: Plain }
    "domain_get_block_info_ret" => DomainGetBlockInfoReply {
        allocation: Plain,
        capacity: Plain,
        physical: Plain,
    }
    "domain_event_io_error_reason_msg" => DomainEventIoErrorReason {
        dom: Plain,
        src_path "srcPath": Str<STRING_MAX>,
        dev_alias "devAlias": Str<STRING_MAX>,
        action: Plain,
        reason: Str<STRING_MAX>,
    }
    "domain_create_with_flags_args" => DomainCreateWithFlags { dom: Plain, flags: Plain }
    "domain_create_with_flags_ret" => DomainCreateWithFlagsReply { dom: Plain }
    "domain_set_memory_parameters_args" => DomainSetMemoryParameters {
        dom: Plain,
        params: Array<DOMAIN_MEMORY_PARAMETERS_MAX>,
        flags: Plain,
    }
    "domain_get_memory_parameters_args" => DomainGetMemoryParameters {
        dom: Plain,
        nparams: Plain,
        flags: Plain,
    }
    "domain_get_memory_parameters_ret" => DomainGetMemoryParametersReply {
        params: Array<DOMAIN_MEMORY_PARAMETERS_MAX>,
        nparams: Plain,
    }
    "domain_set_vcpus_flags_args" => DomainSetVcpusFlags { dom: Plain, nvcpus: Plain, flags: Plain }
    "domain_get_vcpus_flags_args" => DomainGetVcpusFlags { dom: Plain, flags: Plain }
    "domain_get_vcpus_flags_ret" => DomainGetVcpusFlagsReply { num: Plain }
    "domain_open_console_args" => DomainOpenConsole {
        dom: Plain,
        dev_name: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_is_updated_args" => DomainIsUpdated { dom: Plain }
    "domain_is_updated_ret" => DomainIsUpdatedReply { updated: Plain }
    "connect_get_sysinfo_args" => ConnectGetSysinfo { flags: Plain }
    "connect_get_sysinfo_ret" => ConnectGetSysinfoReply { sysinfo: Str<STRING_MAX> }
    "domain_set_memory_flags_args" => DomainSetMemoryFlags { dom: Plain, memory: Plain, flags: Plain }
    "domain_set_blkio_parameters_args" => DomainSetBlkioParameters {
        dom: Plain,
        params: Array<DOMAIN_BLKIO_PARAMETERS_MAX>,
        flags: Plain,
    }
    "domain_get_blkio_parameters_args" => DomainGetBlkioParameters {
        dom: Plain,
        nparams: Plain,
        flags: Plain,
    }
    "domain_get_blkio_parameters_ret" => DomainGetBlkioParametersReply {
        params: Array<DOMAIN_BLKIO_PARAMETERS_MAX>,
        nparams: Plain,
    }
    "domain_migrate_set_max_speed_args" => DomainMigrateSetMaxSpeed {
        dom: Plain,
        bandwidth: Plain,
        flags: Plain,
    }
    "storage_vol_upload_args" => StorageVolUpload { vol: Plain, offset: Plain, length: Plain, flags: Plain }
    "storage_vol_download_args" => StorageVolDownload {
        vol: Plain,
        offset: Plain,
        length: Plain,
        flags: Plain,
    }
    "domain_inject_nmi_args" => DomainInjectNmi { dom: Plain, flags: Plain }
    "domain_screenshot_args" => DomainScreenshot { dom: Plain, screen: Plain, flags: Plain }
    "domain_screenshot_ret" => DomainScreenshotReply { mime: Optional<Str<STRING_MAX>> }
    "domain_get_state_args" => DomainGetState { dom: Plain, flags: Plain }
    "domain_get_state_ret" => DomainGetStateReply { state: Plain, reason: Plain }
    "domain_migrate_begin3_args" => DomainMigrateBegin3 {
        dom: Plain,
        xmlin: Optional<Str<STRING_MAX>>,
        flags: Plain,
        dname: Optional<Str<STRING_MAX>>,
        resource: Plain,
    }
    "domain_migrate_begin3_ret" => DomainMigrateBegin3Reply {
        cookie_out: Opaque<MIGRATE_COOKIE_MAX>,
        xml: Str<STRING_MAX>,
    }
    "domain_migrate_prepare3_args" => DomainMigratePrepare3 {
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        uri_in: Optional<Str<STRING_MAX>>,
        flags: Plain,
        dname: Optional<Str<STRING_MAX>>,
        resource: Plain,
        dom_xml: Str<STRING_MAX>,
    }
    "domain_migrate_prepare3_ret" => DomainMigratePrepare3Reply {
        cookie_out: Opaque<MIGRATE_COOKIE_MAX>,
        uri_out: Optional<Str<STRING_MAX>>,
    }
    "domain_migrate_prepare_tunnel3_args" => DomainMigratePrepareTunnel3 {
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        flags: Plain,
        dname: Optional<Str<STRING_MAX>>,
        resource: Plain,
        dom_xml: Str<STRING_MAX>,
    }
    "domain_migrate_prepare_tunnel3_ret" => DomainMigratePrepareTunnel3Reply {
        cookie_out: Opaque<MIGRATE_COOKIE_MAX>,
    }
    "domain_migrate_perform3_args" => DomainMigratePerform3 {
        dom: Plain,
        xmlin: Optional<Str<STRING_MAX>>,
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        dconnuri: Optional<Str<STRING_MAX>>,
        uri: Optional<Str<STRING_MAX>>,
        flags: Plain,
        dname: Optional<Str<STRING_MAX>>,
        resource: Plain,
    }
    "domain_migrate_perform3_ret" => DomainMigratePerform3Reply { cookie_out: Opaque<MIGRATE_COOKIE_MAX> }
    "domain_migrate_finish3_args" => DomainMigrateFinish3 {
        dname: Str<STRING_MAX>,
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        dconnuri: Optional<Str<STRING_MAX>>,
        uri: Optional<Str<STRING_MAX>>,
        flags: Plain,
        cancelled: Plain,
    }
    "domain_migrate_finish3_ret" => DomainMigrateFinish3Reply {
        dom: Plain,
        cookie_out: Opaque<MIGRATE_COOKIE_MAX>,
    }
    "domain_migrate_confirm3_args" => DomainMigrateConfirm3 {
        dom: Plain,
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        flags: Plain,
        cancelled: Plain,
    }
    "domain_set_scheduler_parameters_flags_args" => DomainSetSchedulerParametersFlags {
        dom: Plain,
        params: Array<DOMAIN_SCHEDULER_PARAMETERS_MAX>,
        flags: Plain,
    }
    "interface_change_begin_args" => InterfaceChangeBegin { flags: Plain }
    "interface_change_commit_args" => InterfaceChangeCommit { flags: Plain }
    "interface_change_rollback_args" => InterfaceChangeRollback { flags: Plain }
    "domain_get_scheduler_parameters_flags_args" => DomainGetSchedulerParametersFlags {
        dom: Plain,
        nparams: Plain,
        flags: Plain,
    }
    "domain_get_scheduler_parameters_flags_ret" => DomainGetSchedulerParametersFlagsReply {
        params: Array<DOMAIN_SCHEDULER_PARAMETERS_MAX>,
    }
    "domain_event_control_error_msg" => DomainEventControlError { dom: Plain }
    "domain_pin_vcpu_flags_args" => DomainPinVcpuFlags {
        dom: Plain,
        vcpu: Plain,
        cpumap: Opaque<CPUMAP_MAX>,
        flags: Plain,
    }
    "domain_send_key_args" => DomainSendKey {
        dom: Plain,
        codeset: Plain,
        holdtime: Plain,
        keycodes: Array<DOMAIN_SEND_KEY_MAX>,
        flags: Plain,
    }
    "node_get_cpu_stats_args" => NodeGetCpuStats { cpu_num "cpuNum": Plain, nparams: Plain, flags: Plain }
    "node_get_cpu_stats_ret" => NodeGetCpuStatsReply { params: Array<NODE_CPU_STATS_MAX>, nparams: Plain }
    "node_get_memory_stats_args" => NodeGetMemoryStats {
        nparams: Plain,
        cell_num "cellNum": Plain,
        flags: Plain,
    }
    "node_get_memory_stats_ret" => NodeGetMemoryStatsReply {
        params: Array<NODE_MEMORY_STATS_MAX>,
        nparams: Plain,
    }
    "domain_get_control_info_args" => DomainGetControlInfo { dom: Plain, flags: Plain }
    "domain_get_control_info_ret" => DomainGetControlInfoReply {
        state: Plain,
        details: Plain,
        state_time "stateTime": Plain,
    }
    "domain_get_vcpu_pin_info_args" => DomainGetVcpuPinInfo {
        dom: Plain,
        ncpumaps: Plain,
        maplen: Plain,
        flags: Plain,
    }
    "domain_get_vcpu_pin_info_ret" => DomainGetVcpuPinInfoReply { cpumaps: Opaque<CPUMAPS_MAX>, num: Plain }
    "domain_undefine_flags_args" => DomainUndefineFlags { dom: Plain, flags: Plain }
    "domain_save_flags_args" => DomainSaveFlags {
        dom: Plain,
        to: Str<STRING_MAX>,
        dxml: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_restore_flags_args" => DomainRestoreFlags {
        from: Str<STRING_MAX>,
        dxml: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_destroy_flags_args" => DomainDestroyFlags { dom: Plain, flags: Plain }
    "domain_save_image_get_xml_desc_args" => DomainSaveImageGetXmlDesc { file: Str<STRING_MAX>, flags: Plain }
    "domain_save_image_get_xml_desc_ret" => DomainSaveImageGetXmlDescReply { xml: Str<STRING_MAX> }
    "domain_save_image_define_xml_args" => DomainSaveImageDefineXml {
        file: Str<STRING_MAX>,
        dxml: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_block_job_abort_args" => DomainBlockJobAbort { dom: Plain, path: Str<STRING_MAX>, flags: Plain }
    "domain_get_block_job_info_args" => DomainGetBlockJobInfo {
        dom: Plain,
        path: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_get_block_job_info_ret" => DomainGetBlockJobInfoReply {
        found: Plain,
        r#type: Plain,
        bandwidth: Plain,
        cur: Plain,
        end: Plain,
    }
    "domain_block_job_set_speed_args" => DomainBlockJobSetSpeed {
        dom: Plain,
        path: Str<STRING_MAX>,
        bandwidth: Plain,
        flags: Plain,
    }
    "domain_block_pull_args" => DomainBlockPull {
        dom: Plain,
        path: Str<STRING_MAX>,
        bandwidth: Plain,
        flags: Plain,
    }
    "domain_event_block_job_msg" => DomainEventBlockJob {
        dom: Plain,
        path: Str<STRING_MAX>,
        r#type: Plain,
        status: Plain,
    }
    "domain_migrate_get_max_speed_args" => DomainMigrateGetMaxSpeed { dom: Plain, flags: Plain }
    "domain_migrate_get_max_speed_ret" => DomainMigrateGetMaxSpeedReply { bandwidth: Plain }
    "domain_block_stats_flags_args" => DomainBlockStatsFlags {
        dom: Plain,
        path: Str<STRING_MAX>,
        nparams: Plain,
        flags: Plain,
    }
    "domain_block_stats_flags_ret" => DomainBlockStatsFlagsReply {
        params: Array<DOMAIN_BLOCK_STATS_PARAMETERS_MAX>,
        nparams: Plain,
    }
    "domain_snapshot_get_parent_args" => DomainSnapshotGetParent { snap: Plain, flags: Plain }
    "domain_snapshot_get_parent_ret" => DomainSnapshotGetParentReply { snap: Plain }
    "domain_reset_args" => DomainReset { dom: Plain, flags: Plain }
    "domain_snapshot_num_children_args" => DomainSnapshotNumChildren { snap: Plain, flags: Plain }
    "domain_snapshot_num_children_ret" => DomainSnapshotNumChildrenReply { num: Plain }
    "domain_snapshot_list_children_names_args" => DomainSnapshotListChildrenNames {
        snap: Plain,
        maxnames: Plain,
        flags: Plain,
    }
    "domain_snapshot_list_children_names_ret" => DomainSnapshotListChildrenNamesReply {
        names: Array<DOMAIN_SNAPSHOT_LIST_MAX, Str<STRING_MAX>>,
    }
    "domain_event_disk_change_msg" => DomainEventDiskChange {
        dom: Plain,
        old_src_path "oldSrcPath": Optional<Str<STRING_MAX>>,
        new_src_path "newSrcPath": Optional<Str<STRING_MAX>>,
        dev_alias "devAlias": Str<STRING_MAX>,
        reason: Plain,
    }
    "domain_open_graphics_args" => DomainOpenGraphics { dom: Plain, idx: Plain, flags: Plain }
    "node_suspend_for_duration_args" => NodeSuspendForDuration {
        target: Plain,
        duration: Plain,
        flags: Plain,
    }
    "domain_block_resize_args" => DomainBlockResize {
        dom: Plain,
        disk: Str<STRING_MAX>,
        size: Plain,
        flags: Plain,
    }
    "domain_set_block_io_tune_args" => DomainSetBlockIoTune {
        dom: Plain,
        disk: Str<STRING_MAX>,
        params: Array<DOMAIN_BLOCK_IO_TUNE_PARAMETERS_MAX>,
        flags: Plain,
    }
    "domain_get_block_io_tune_args" => DomainGetBlockIoTune {
        dom: Plain,
        disk: Optional<Str<STRING_MAX>>,
        nparams: Plain,
        flags: Plain,
    }
    "domain_get_block_io_tune_ret" => DomainGetBlockIoTuneReply {
        params: Array<DOMAIN_BLOCK_IO_TUNE_PARAMETERS_MAX>,
        nparams: Plain,
    }
    "domain_set_numa_parameters_args" => DomainSetNumaParameters {
        dom: Plain,
        params: Array<DOMAIN_NUMA_PARAMETERS_MAX>,
        flags: Plain,
    }
    "domain_get_numa_parameters_args" => DomainGetNumaParameters { dom: Plain, nparams: Plain, flags: Plain }
    "domain_get_numa_parameters_ret" => DomainGetNumaParametersReply {
        params: Array<DOMAIN_NUMA_PARAMETERS_MAX>,
        nparams: Plain,
    }
    "domain_set_interface_parameters_args" => DomainSetInterfaceParameters {
        dom: Plain,
        device: Str<STRING_MAX>,
        params: Array<DOMAIN_INTERFACE_PARAMETERS_MAX>,
        flags: Plain,
    }
    "domain_get_interface_parameters_args" => DomainGetInterfaceParameters {
        dom: Plain,
        device: Str<STRING_MAX>,
        nparams: Plain,
        flags: Plain,
    }
    "domain_get_interface_parameters_ret" => DomainGetInterfaceParametersReply {
        params: Array<DOMAIN_INTERFACE_PARAMETERS_MAX>,
        nparams: Plain,
    }
    "domain_shutdown_flags_args" => DomainShutdownFlags { dom: Plain, flags: Plain }
    "storage_vol_wipe_pattern_args" => StorageVolWipePattern { vol: Plain, algorithm: Plain, flags: Plain }
    "storage_vol_resize_args" => StorageVolResize { vol: Plain, capacity: Plain, flags: Plain }
    "domain_pm_suspend_for_duration_args" => DomainPmSuspendForDuration {
        dom: Plain,
        target: Plain,
        duration: Plain,
        flags: Plain,
    }
    "domain_get_cpu_stats_args" => DomainGetCpuStats {
        dom: Plain,
        nparams: Plain,
        start_cpu: Plain,
        ncpus: Plain,
        flags: Plain,
    }
    "domain_get_cpu_stats_ret" => DomainGetCpuStatsReply {
        params: Array<DOMAIN_GET_CPU_STATS_MAX>,
        nparams: Plain,
    }
    "domain_get_disk_errors_args" => DomainGetDiskErrors { dom: Plain, maxerrors: Plain, flags: Plain }
    "domain_get_disk_errors_ret" => DomainGetDiskErrorsReply {
        errors: Array<DOMAIN_DISK_ERRORS_MAX>,
        nerrors: Plain,
    }
    "domain_set_metadata_args" => DomainSetMetadata {
        dom: Plain,
        r#type: Plain,
        metadata: Optional<Str<STRING_MAX>>,
        key: Optional<Str<STRING_MAX>>,
        uri: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_get_metadata_args" => DomainGetMetadata {
        dom: Plain,
        r#type: Plain,
        uri: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_get_metadata_ret" => DomainGetMetadataReply { metadata: Str<STRING_MAX> }
    "domain_block_rebase_args" => DomainBlockRebase {
        dom: Plain,
        path: Str<STRING_MAX>,
        base: Optional<Str<STRING_MAX>>,
        bandwidth: Plain,
        flags: Plain,
    }
    "domain_pm_wakeup_args" => DomainPmWakeup { dom: Plain, flags: Plain }
    "domain_event_tray_change_msg" => DomainEventTrayChange {
        dom: Plain,
        dev_alias "devAlias": Str<STRING_MAX>,
        reason: Plain,
    }
    "domain_event_pmwakeup_msg" => DomainEventPmwakeup { dom: Plain }
    "domain_event_pmsuspend_msg" => DomainEventPmsuspend { dom: Plain }
    "domain_snapshot_is_current_args" => DomainSnapshotIsCurrent { snap: Plain, flags: Plain }
    "domain_snapshot_is_current_ret" => DomainSnapshotIsCurrentReply { current: Plain }
    "domain_snapshot_has_metadata_args" => DomainSnapshotHasMetadata { snap: Plain, flags: Plain }
    "domain_snapshot_has_metadata_ret" => DomainSnapshotHasMetadataReply { metadata: Plain }
    "connect_list_all_domains_args" => ConnectListAllDomains { need_results: Plain, flags: Plain }
    "connect_list_all_domains_ret" => ConnectListAllDomainsReply {
        domains: Array<DOMAIN_LIST_MAX>,
        ret: Plain,
    }
    "domain_list_all_snapshots_args" => DomainListAllSnapshots {
        dom: Plain,
        need_results: Plain,
        flags: Plain,
    }
    "domain_list_all_snapshots_ret" => DomainListAllSnapshotsReply {
        snapshots: Array<DOMAIN_SNAPSHOT_LIST_MAX>,
        ret: Plain,
    }
    "domain_snapshot_list_all_children_args" => DomainSnapshotListAllChildren {
        snapshot: Plain,
        need_results: Plain,
        flags: Plain,
    }
    "domain_snapshot_list_all_children_ret" => DomainSnapshotListAllChildrenReply {
        snapshots: Array<DOMAIN_SNAPSHOT_LIST_MAX>,
        ret: Plain,
    }
    "domain_event_balloon_change_msg" => DomainEventBalloonChange { dom: Plain, actual: Plain }
    "domain_get_hostname_args" => DomainGetHostname { dom: Plain, flags: Plain }
    "domain_get_hostname_ret" => DomainGetHostnameReply { hostname: Str<STRING_MAX> }
    "domain_get_security_label_list_args" => DomainGetSecurityLabelList { dom: Plain }
    "domain_get_security_label_list_ret" => DomainGetSecurityLabelListReply {
        labels: Array<SECURITY_LABEL_LIST_MAX>,
        ret: Plain,
    }
    "domain_pin_emulator_args" => DomainPinEmulator { dom: Plain, cpumap: Opaque<CPUMAP_MAX>, flags: Plain }
    "domain_get_emulator_pin_info_args" => DomainGetEmulatorPinInfo {
        dom: Plain,
        maplen: Plain,
        flags: Plain,
    }
    "domain_get_emulator_pin_info_ret" => DomainGetEmulatorPinInfoReply {
        cpumaps: Opaque<CPUMAPS_MAX>,
        ret: Plain,
    }
    "connect_list_all_storage_pools_args" => ConnectListAllStoragePools { need_results: Plain, flags: Plain }
    "connect_list_all_storage_pools_ret" => ConnectListAllStoragePoolsReply {
        pools: Array<STORAGE_POOL_LIST_MAX>,
        ret: Plain,
    }
    "storage_pool_list_all_volumes_args" => StoragePoolListAllVolumes {
        pool: Plain,
        need_results: Plain,
        flags: Plain,
    }
    "storage_pool_list_all_volumes_ret" => StoragePoolListAllVolumesReply {
        vols: Array<STORAGE_VOL_LIST_MAX>,
        ret: Plain,
    }
    "connect_list_all_networks_args" => ConnectListAllNetworks { need_results: Plain, flags: Plain }
    "connect_list_all_networks_ret" => ConnectListAllNetworksReply {
        nets: Array<NETWORK_LIST_MAX>,
        ret: Plain,
    }
    "connect_list_all_interfaces_args" => ConnectListAllInterfaces { need_results: Plain, flags: Plain }
    "connect_list_all_interfaces_ret" => ConnectListAllInterfacesReply {
        ifaces: Array<INTERFACE_LIST_MAX>,
        ret: Plain,
    }
    "connect_list_all_node_devices_args" => ConnectListAllNodeDevices { need_results: Plain, flags: Plain }
    "connect_list_all_node_devices_ret" => ConnectListAllNodeDevicesReply {
        devices: Array<NODE_DEVICE_LIST_MAX>,
        ret: Plain,
    }
    "connect_list_all_nwfilters_args" => ConnectListAllNwfilters { need_results: Plain, flags: Plain }
    "connect_list_all_nwfilters_ret" => ConnectListAllNwfiltersReply {
        filters: Array<NWFILTER_LIST_MAX>,
        ret: Plain,
    }
    "connect_list_all_secrets_args" => ConnectListAllSecrets { need_results: Plain, flags: Plain }
    "connect_list_all_secrets_ret" => ConnectListAllSecretsReply {
        secrets: Array<SECRET_LIST_MAX>,
        ret: Plain,
    }
    "node_set_memory_parameters_args" => NodeSetMemoryParameters {
        params: Array<NODE_MEMORY_PARAMETERS_MAX>,
        flags: Plain,
    }
    "node_get_memory_parameters_args" => NodeGetMemoryParameters { nparams: Plain, flags: Plain }
    "node_get_memory_parameters_ret" => NodeGetMemoryParametersReply {
        params: Array<NODE_MEMORY_PARAMETERS_MAX>,
        nparams: Plain,
    }
    "domain_block_commit_args" => DomainBlockCommit {
        dom: Plain,
        disk: Str<STRING_MAX>,
        base: Optional<Str<STRING_MAX>>,
        top: Optional<Str<STRING_MAX>>,
        bandwidth: Plain,
        flags: Plain,
    }
    "network_update_args" => NetworkUpdate {
        net: Plain,
        command: Plain,
        section: Plain,
        parent_index "parentIndex": Plain,
        xml: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_event_pmsuspend_disk_msg" => DomainEventPmsuspendDisk { dom: Plain }
    "node_get_cpu_map_args" => NodeGetCpuMap { need_map: Plain, need_online: Plain, flags: Plain }
    "node_get_cpu_map_ret" => NodeGetCpuMapReply { cpumap: Opaque<CPUMAP_MAX>, online: Plain, ret: Plain }
    "domain_fstrim_args" => DomainFstrim {
        dom: Plain,
        mount_point "mountPoint": Optional<Str<STRING_MAX>>,
        minimum: Plain,
        flags: Plain,
    }
    "domain_send_process_signal_args" => DomainSendProcessSignal {
        dom: Plain,
        pid_value: Plain,
        signum: Plain,
        flags: Plain,
    }
    "domain_open_channel_args" => DomainOpenChannel {
        dom: Plain,
        name: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "node_device_lookup_scsi_host_by_wwn_args" => NodeDeviceLookupScsiHostByWwn {
        wwnn: Str<STRING_MAX>,
        wwpn: Str<STRING_MAX>,
        flags: Plain,
    }
    "node_device_lookup_scsi_host_by_wwn_ret" => NodeDeviceLookupScsiHostByWwnReply { dev: Plain }
    "domain_get_job_stats_args" => DomainGetJobStats { dom: Plain, flags: Plain }
    "domain_get_job_stats_ret" => DomainGetJobStatsReply {
        r#type: Plain,
        params: Array<DOMAIN_JOB_STATS_MAX>,
    }
    "domain_migrate_get_compression_cache_args" => DomainMigrateGetCompressionCache {
        dom: Plain,
        flags: Plain,
    }
    "domain_migrate_get_compression_cache_ret" => DomainMigrateGetCompressionCacheReply {
        cache_size "cacheSize": Plain,
    }
    "domain_migrate_set_compression_cache_args" => DomainMigrateSetCompressionCache {
        dom: Plain,
        cache_size "cacheSize": Plain,
        flags: Plain,
    }
    "node_device_detach_flags_args" => NodeDeviceDetachFlags {
        name: Str<STRING_MAX>,
        driver_name "driverName": Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_migrate_begin3_params_args" => DomainMigrateBegin3Params {
        dom: Plain,
        params: Array<DOMAIN_MIGRATE_PARAM_LIST_MAX>,
        flags: Plain,
    }
    "domain_migrate_begin3_params_ret" => DomainMigrateBegin3ParamsReply {
        cookie_out: Opaque<MIGRATE_COOKIE_MAX>,
        xml: Str<STRING_MAX>,
    }
    "domain_migrate_prepare3_params_args" => DomainMigratePrepare3Params {
        params: Array<DOMAIN_MIGRATE_PARAM_LIST_MAX>,
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        flags: Plain,
    }
    "domain_migrate_prepare3_params_ret" => DomainMigratePrepare3ParamsReply {
        cookie_out: Opaque<MIGRATE_COOKIE_MAX>,
        uri_out: Optional<Str<STRING_MAX>>,
    }
    "domain_migrate_prepare_tunnel3_params_args" => DomainMigratePrepareTunnel3Params {
        params: Array<DOMAIN_MIGRATE_PARAM_LIST_MAX>,
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        flags: Plain,
    }
    "domain_migrate_prepare_tunnel3_params_ret" => DomainMigratePrepareTunnel3ParamsReply {
        cookie_out: Opaque<MIGRATE_COOKIE_MAX>,
    }
    "domain_migrate_perform3_params_args" => DomainMigratePerform3Params {
        dom: Plain,
        dconnuri: Optional<Str<STRING_MAX>>,
        params: Array<DOMAIN_MIGRATE_PARAM_LIST_MAX>,
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        flags: Plain,
    }
    "domain_migrate_perform3_params_ret" => DomainMigratePerform3ParamsReply {
        cookie_out: Opaque<MIGRATE_COOKIE_MAX>,
    }
    "domain_migrate_finish3_params_args" => DomainMigrateFinish3Params {
        params: Array<DOMAIN_MIGRATE_PARAM_LIST_MAX>,
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        flags: Plain,
        cancelled: Plain,
    }
    "domain_migrate_finish3_params_ret" => DomainMigrateFinish3ParamsReply {
        dom: Plain,
        cookie_out: Opaque<MIGRATE_COOKIE_MAX>,
    }
    "domain_migrate_confirm3_params_args" => DomainMigrateConfirm3Params {
        dom: Plain,
        params: Array<DOMAIN_MIGRATE_PARAM_LIST_MAX>,
        cookie_in: Opaque<MIGRATE_COOKIE_MAX>,
        flags: Plain,
        cancelled: Plain,
    }
    "domain_set_memory_stats_period_args" => DomainSetMemoryStatsPeriod {
        dom: Plain,
        period: Plain,
        flags: Plain,
    }
    "domain_create_xml_with_files_args" => DomainCreateXmlWithFiles {
        xml_desc: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_create_xml_with_files_ret" => DomainCreateXmlWithFilesReply { dom: Plain }
    "domain_create_with_files_args" => DomainCreateWithFiles { dom: Plain, flags: Plain }
    "domain_create_with_files_ret" => DomainCreateWithFilesReply { dom: Plain }
    "domain_event_device_removed_msg" => DomainEventDeviceRemoved {
        dom: Plain,
        dev_alias "devAlias": Str<STRING_MAX>,
    }
    "connect_get_cpu_model_names_args" => ConnectGetCpuModelNames {
        arch: Str<STRING_MAX>,
        need_results: Plain,
        flags: Plain,
    }
    "connect_get_cpu_model_names_ret" => ConnectGetCpuModelNamesReply {
        models: Array<CONNECT_CPU_MODELS_MAX, Str<STRING_MAX>>,
        ret: Plain,
    }
    "connect_network_event_register_any_args" => ConnectNetworkEventRegisterAny {
        event_id "eventID": Plain,
        net: Optional,
    }
    "connect_network_event_register_any_ret" => ConnectNetworkEventRegisterAnyReply {
        callback_id "callbackID": Plain,
    }
    "connect_network_event_deregister_any_args" => ConnectNetworkEventDeregisterAny {
        callback_id "callbackID": Plain,
    }
    "network_event_lifecycle_msg" => NetworkEventLifecycle {
        callback_id "callbackID": Plain,
        net: Plain,
        event: Plain,
        detail: Plain,
    }
    "connect_domain_event_callback_register_any_args" => ConnectDomainEventCallbackRegisterAny {
        event_id "eventID": Plain,
        dom: Optional,
    }
    "connect_domain_event_callback_register_any_ret" => ConnectDomainEventCallbackRegisterAnyReply {
        callback_id "callbackID": Plain,
    }
    "connect_domain_event_callback_deregister_any_args" => ConnectDomainEventCallbackDeregisterAny {
        callback_id "callbackID": Plain,
    }
    "domain_event_callback_lifecycle_msg" => DomainEventCallbackLifecycle {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_reboot_msg" => DomainEventCallbackReboot {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_rtc_change_msg" => DomainEventCallbackRtcChange {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_watchdog_msg" => DomainEventCallbackWatchdog {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_io_error_msg" => DomainEventCallbackIoError {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_graphics_msg" => DomainEventCallbackGraphics {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_io_error_reason_msg" => DomainEventCallbackIoErrorReason {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_control_error_msg" => DomainEventCallbackControlError {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_block_job_msg" => DomainEventCallbackBlockJob {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_disk_change_msg" => DomainEventCallbackDiskChange {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_tray_change_msg" => DomainEventCallbackTrayChange {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_pmwakeup_msg" => DomainEventCallbackPmwakeup {
        callback_id "callbackID": Plain,
        reason: Plain,
        msg: Plain,
    }
    "domain_event_callback_pmsuspend_msg" => DomainEventCallbackPmsuspend {
        callback_id "callbackID": Plain,
        reason: Plain,
        msg: Plain,
    }
    "domain_event_callback_balloon_change_msg" => DomainEventCallbackBalloonChange {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_event_callback_pmsuspend_disk_msg" => DomainEventCallbackPmsuspendDisk {
        callback_id "callbackID": Plain,
        reason: Plain,
        msg: Plain,
    }
    "domain_event_callback_device_removed_msg" => DomainEventCallbackDeviceRemoved {
        callback_id "callbackID": Plain,
        msg: Plain,
    }
    "domain_core_dump_with_format_args" => DomainCoreDumpWithFormat {
        dom: Plain,
        to: Str<STRING_MAX>,
        dumpformat: Plain,
        flags: Plain,
    }
    "domain_fsfreeze_args" => DomainFsfreeze {
        dom: Plain,
        mountpoints: Array<DOMAIN_FSFREEZE_MOUNTPOINTS_MAX, Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_fsfreeze_ret" => DomainFsfreezeReply { filesystems: Plain }
    "domain_fsthaw_args" => DomainFsthaw {
        dom: Plain,
        mountpoints: Array<DOMAIN_FSFREEZE_MOUNTPOINTS_MAX, Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_fsthaw_ret" => DomainFsthawReply { filesystems: Plain }
    "domain_get_time_args" => DomainGetTime { dom: Plain, flags: Plain }
    "domain_get_time_ret" => DomainGetTimeReply { seconds: Plain, nseconds: Plain }
    "domain_set_time_args" => DomainSetTime { dom: Plain, seconds: Plain, nseconds: Plain, flags: Plain }
    "domain_event_block_job_2_msg" => DomainEventBlockJob2 {
        callback_id "callbackID": Plain,
        dom: Plain,
        dst: Str<STRING_MAX>,
        r#type: Plain,
        status: Plain,
    }
    "node_get_free_pages_args" => NodeGetFreePages {
        pages: Array<NODE_MAX_CELLS>,
        start_cell "startCell": Plain,
        cell_count "cellCount": Plain,
        flags: Plain,
    }
    "node_get_free_pages_ret" => NodeGetFreePagesReply { counts: Array<NODE_MAX_CELLS> }
    "network_get_dhcp_leases_args" => NetworkGetDhcpLeases {
        net: Plain,
        mac: Optional<Str<STRING_MAX>>,
        need_results: Plain,
        flags: Plain,
    }
    "network_get_dhcp_leases_ret" => NetworkGetDhcpLeasesReply {
        leases: Array<NETWORK_DHCP_LEASES_MAX>,
        ret: Plain,
    }
    "connect_get_domain_capabilities_args" => ConnectGetDomainCapabilities {
        emulatorbin: Optional<Str<STRING_MAX>>,
        arch: Optional<Str<STRING_MAX>>,
        machine: Optional<Str<STRING_MAX>>,
        virttype: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "connect_get_domain_capabilities_ret" => ConnectGetDomainCapabilitiesReply {
        capabilities: Str<STRING_MAX>,
    }
    "domain_open_graphics_fd_args" => DomainOpenGraphicsFd { dom: Plain, idx: Plain, flags: Plain }
    "connect_get_all_domain_stats_args" => ConnectGetAllDomainStats {
        doms: Array<DOMAIN_LIST_MAX>,
        stats: Plain,
        flags: Plain,
    }
    "connect_get_all_domain_stats_ret" => ConnectGetAllDomainStatsReply {
        ret_stats "retStats": Array<DOMAIN_LIST_MAX>,
    }
    "domain_block_copy_args" => DomainBlockCopy {
        dom: Plain,
        path: Str<STRING_MAX>,
        destxml: Str<STRING_MAX>,
        params: Array<DOMAIN_BLOCK_COPY_PARAMETERS_MAX>,
        flags: Plain,
    }
    "domain_event_callback_tunable_msg" => DomainEventCallbackTunable {
        callback_id "callbackID": Plain,
        dom: Plain,
        params: Array<DOMAIN_EVENT_TUNABLE_MAX>,
    }
    "node_alloc_pages_args" => NodeAllocPages {
        page_sizes "pageSizes": Array<NODE_MAX_CELLS>,
        page_counts "pageCounts": Array<NODE_MAX_CELLS>,
        start_cell "startCell": Plain,
        cell_count "cellCount": Plain,
        flags: Plain,
    }
    "node_alloc_pages_ret" => NodeAllocPagesReply { ret: Plain }
    "domain_event_callback_agent_lifecycle_msg" => DomainEventCallbackAgentLifecycle {
        callback_id "callbackID": Plain,
        dom: Plain,
        state: Plain,
        reason: Plain,
    }
    "domain_get_fsinfo_args" => DomainGetFsinfo { dom: Plain, flags: Plain }
    "domain_get_fsinfo_ret" => DomainGetFsinfoReply { info: Array<DOMAIN_FSINFO_MAX>, ret: Plain }
    "domain_define_xml_flags_args" => DomainDefineXmlFlags { xml: Str<STRING_MAX>, flags: Plain }
    "domain_define_xml_flags_ret" => DomainDefineXmlFlagsReply { dom: Plain }
    "domain_get_iothread_info_args" => DomainGetIothreadInfo { dom: Plain, flags: Plain }
    "domain_get_iothread_info_ret" => DomainGetIothreadInfoReply {
        info: Array<IOTHREAD_INFO_MAX>,
        ret: Plain,
    }
    "domain_pin_iothread_args" => DomainPinIothread {
        dom: Plain,
        iothreads_id: Plain,
        cpumap: Opaque<CPUMAP_MAX>,
        flags: Plain,
    }
    "domain_interface_addresses_args" => DomainInterfaceAddresses { dom: Plain, source: Plain, flags: Plain }
    "domain_interface_addresses_ret" => DomainInterfaceAddressesReply { ifaces: Array<DOMAIN_INTERFACE_MAX> }
    "domain_event_callback_device_added_msg" => DomainEventCallbackDeviceAdded {
        callback_id "callbackID": Plain,
        dom: Plain,
        dev_alias "devAlias": Str<STRING_MAX>,
    }
    "domain_add_iothread_args" => DomainAddIothread { dom: Plain, iothread_id: Plain, flags: Plain }
    "domain_del_iothread_args" => DomainDelIothread { dom: Plain, iothread_id: Plain, flags: Plain }
    "domain_set_user_password_args" => DomainSetUserPassword {
        dom: Plain,
        user: Optional<Str<STRING_MAX>>,
        password: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_rename_args" => DomainRename { dom: Plain, new_name: Optional<Str<STRING_MAX>>, flags: Plain }
    "domain_rename_ret" => DomainRenameReply { retcode: Plain }
    "domain_event_callback_migration_iteration_msg" => DomainEventCallbackMigrationIteration {
        callback_id "callbackID": Plain,
        dom: Plain,
        iteration: Plain,
    }
    "connect_register_close_callback" => ConnectRegisterCloseCallback {}
    "connect_unregister_close_callback" => ConnectUnregisterCloseCallback {}
    "connect_event_connection_closed_msg" => ConnectEventConnectionClosed { reason: Plain }
    "domain_event_callback_job_completed_msg" => DomainEventCallbackJobCompleted {
        callback_id "callbackID": Plain,
        dom: Plain,
        params: Array<DOMAIN_JOB_STATS_MAX>,
    }
    "domain_migrate_start_post_copy_args" => DomainMigrateStartPostCopy { dom: Plain, flags: Plain }
    "domain_get_perf_events_args" => DomainGetPerfEvents { dom: Plain, flags: Plain }
    "domain_get_perf_events_ret" => DomainGetPerfEventsReply { params: Array<DOMAIN_PERF_EVENTS_MAX> }
    "domain_set_perf_events_args" => DomainSetPerfEvents {
        dom: Plain,
        params: Array<DOMAIN_PERF_EVENTS_MAX>,
        flags: Plain,
    }
    "domain_event_callback_device_removal_failed_msg" => DomainEventCallbackDeviceRemovalFailed {
        callback_id "callbackID": Plain,
        dom: Plain,
        dev_alias "devAlias": Str<STRING_MAX>,
    }
    "connect_storage_pool_event_register_any_args" => ConnectStoragePoolEventRegisterAny {
        event_id "eventID": Plain,
        pool: Optional,
    }
    "connect_storage_pool_event_register_any_ret" => ConnectStoragePoolEventRegisterAnyReply {
        callback_id "callbackID": Plain,
    }
    "connect_storage_pool_event_deregister_any_args" => ConnectStoragePoolEventDeregisterAny {
        callback_id "callbackID": Plain,
    }
    "storage_pool_event_lifecycle_msg" => StoragePoolEventLifecycle {
        callback_id "callbackID": Plain,
        pool: Plain,
        event: Plain,
        detail: Plain,
    }
    "domain_get_guest_vcpus_args" => DomainGetGuestVcpus { dom: Plain, flags: Plain }
    "domain_get_guest_vcpus_ret" => DomainGetGuestVcpusReply { params: Array<DOMAIN_GUEST_VCPU_PARAMS_MAX> }
    "domain_set_guest_vcpus_args" => DomainSetGuestVcpus {
        dom: Plain,
        cpumap: Str<STRING_MAX>,
        state: Plain,
        flags: Plain,
    }
    "storage_pool_event_refresh_msg" => StoragePoolEventRefresh {
        callback_id "callbackID": Plain,
        pool: Plain,
    }
    "connect_node_device_event_register_any_args" => ConnectNodeDeviceEventRegisterAny {
        event_id "eventID": Plain,
        dev: Optional,
    }
    "connect_node_device_event_register_any_ret" => ConnectNodeDeviceEventRegisterAnyReply {
        callback_id "callbackID": Plain,
    }
    "connect_node_device_event_deregister_any_args" => ConnectNodeDeviceEventDeregisterAny {
        callback_id "callbackID": Plain,
    }
    "node_device_event_lifecycle_msg" => NodeDeviceEventLifecycle {
        callback_id "callbackID": Plain,
        dev: Plain,
        event: Plain,
        detail: Plain,
    }
    "node_device_event_update_msg" => NodeDeviceEventUpdate { callback_id "callbackID": Plain, dev: Plain }
    "storage_vol_get_info_flags_args" => StorageVolGetInfoFlags { vol: Plain, flags: Plain }
    "storage_vol_get_info_flags_ret" => StorageVolGetInfoFlagsReply {
        r#type: Plain,
        capacity: Plain,
        allocation: Plain,
    }
    "domain_event_callback_metadata_change_msg" => DomainEventCallbackMetadataChange {
        callback_id "callbackID": Plain,
        dom: Plain,
        r#type: Plain,
        nsuri: Optional<Str<STRING_MAX>>,
    }
    "connect_secret_event_register_any_args" => ConnectSecretEventRegisterAny {
        event_id "eventID": Plain,
        secret: Optional,
    }
    "connect_secret_event_register_any_ret" => ConnectSecretEventRegisterAnyReply {
        callback_id "callbackID": Plain,
    }
    "connect_secret_event_deregister_any_args" => ConnectSecretEventDeregisterAny {
        callback_id "callbackID": Plain,
    }
    "secret_event_lifecycle_msg" => SecretEventLifecycle {
        callback_id "callbackID": Plain,
        secret: Plain,
        event: Plain,
        detail: Plain,
    }
    "secret_event_value_changed_msg" => SecretEventValueChanged {
        callback_id "callbackID": Plain,
        secret: Plain,
    }
    "domain_set_vcpu_args" => DomainSetVcpu {
        dom: Plain,
        cpumap: Str<STRING_MAX>,
        state: Plain,
        flags: Plain,
    }
    "domain_event_block_threshold_msg" => DomainEventBlockThreshold {
        callback_id "callbackID": Plain,
        dom: Plain,
        dev: Str<STRING_MAX>,
        path: Optional<Str<STRING_MAX>>,
        threshold: Plain,
        excess: Plain,
    }
    "domain_set_block_threshold_args" => DomainSetBlockThreshold {
        dom: Plain,
        dev: Str<STRING_MAX>,
        threshold: Plain,
        flags: Plain,
    }
    "domain_migrate_get_max_downtime_args" => DomainMigrateGetMaxDowntime { dom: Plain, flags: Plain }
    "domain_migrate_get_max_downtime_ret" => DomainMigrateGetMaxDowntimeReply { downtime: Plain }
    "domain_managed_save_get_xml_desc_args" => DomainManagedSaveGetXmlDesc { dom: Plain, flags: Plain }
    "domain_managed_save_get_xml_desc_ret" => DomainManagedSaveGetXmlDescReply { xml: Str<STRING_MAX> }
    "domain_managed_save_define_xml_args" => DomainManagedSaveDefineXml {
        dom: Plain,
        dxml: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_set_lifecycle_action_args" => DomainSetLifecycleAction {
        dom: Plain,
        r#type: Plain,
        action: Plain,
        flags: Plain,
    }
    "storage_pool_lookup_by_target_path_args" => StoragePoolLookupByTargetPath { path: Str<STRING_MAX> }
    "storage_pool_lookup_by_target_path_ret" => StoragePoolLookupByTargetPathReply { pool: Plain }
    "domain_detach_device_alias_args" => DomainDetachDeviceAlias {
        dom: Plain,
        alias: Str<STRING_MAX>,
        flags: Plain,
    }
    "connect_compare_hypervisor_cpu_args" => ConnectCompareHypervisorCpu {
        emulator: Optional<Str<STRING_MAX>>,
        arch: Optional<Str<STRING_MAX>>,
        machine: Optional<Str<STRING_MAX>>,
        virttype: Optional<Str<STRING_MAX>>,
        xml_cpu "xmlCPU": Str<STRING_MAX>,
        flags: Plain,
    }
    "connect_compare_hypervisor_cpu_ret" => ConnectCompareHypervisorCpuReply { result: Plain }
    "connect_baseline_hypervisor_cpu_args" => ConnectBaselineHypervisorCpu {
        emulator: Optional<Str<STRING_MAX>>,
        arch: Optional<Str<STRING_MAX>>,
        machine: Optional<Str<STRING_MAX>>,
        virttype: Optional<Str<STRING_MAX>>,
        xml_cpus "xmlCPUs": Array<CPU_BASELINE_MAX, Str<STRING_MAX>>,
        flags: Plain,
    }
    "connect_baseline_hypervisor_cpu_ret" => ConnectBaselineHypervisorCpuReply { cpu: Str<STRING_MAX> }
    "node_get_sev_info_args" => NodeGetSevInfo { nparams: Plain, flags: Plain }
    "node_get_sev_info_ret" => NodeGetSevInfoReply { params: Array<NODE_SEV_INFO_MAX>, nparams: Plain }
    "domain_get_launch_security_info_args" => DomainGetLaunchSecurityInfo { dom: Plain, flags: Plain }
    "domain_get_launch_security_info_ret" => DomainGetLaunchSecurityInfoReply {
        params: Array<DOMAIN_LAUNCH_SECURITY_INFO_PARAMS_MAX>,
    }
    "nwfilter_binding_lookup_by_port_dev_args" => NwfilterBindingLookupByPortDev { name: Str<STRING_MAX> }
    "nwfilter_binding_lookup_by_port_dev_ret" => NwfilterBindingLookupByPortDevReply { nwfilter: Plain }
    "nwfilter_binding_get_xml_desc_args" => NwfilterBindingGetXmlDesc { nwfilter: Plain, flags: Plain }
    "nwfilter_binding_get_xml_desc_ret" => NwfilterBindingGetXmlDescReply { xml: Str<STRING_MAX> }
    "nwfilter_binding_create_xml_args" => NwfilterBindingCreateXml { xml: Str<STRING_MAX>, flags: Plain }
    "nwfilter_binding_create_xml_ret" => NwfilterBindingCreateXmlReply { nwfilter: Plain }
    "nwfilter_binding_delete_args" => NwfilterBindingDelete { nwfilter: Plain }
    "connect_list_all_nwfilter_bindings_args" => ConnectListAllNwfilterBindings {
        need_results: Plain,
        flags: Plain,
    }
    "connect_list_all_nwfilter_bindings_ret" => ConnectListAllNwfilterBindingsReply {
        bindings: Array<NWFILTER_BINDING_LIST_MAX>,
        ret: Plain,
    }
    "domain_set_iothread_params_args" => DomainSetIothreadParams {
        dom: Plain,
        iothread_id: Plain,
        params: Array<DOMAIN_IOTHREAD_PARAMS_MAX>,
        flags: Plain,
    }
    "connect_get_storage_pool_capabilities_args" => ConnectGetStoragePoolCapabilities { flags: Plain }
    "connect_get_storage_pool_capabilities_ret" => ConnectGetStoragePoolCapabilitiesReply {
        capabilities: Str<STRING_MAX>,
    }
    "network_list_all_ports_args" => NetworkListAllPorts { network: Plain, need_results: Plain, flags: Plain }
    "network_list_all_ports_ret" => NetworkListAllPortsReply {
        ports: Array<NETWORK_PORT_LIST_MAX>,
        ret: Plain,
    }
    "network_port_lookup_by_uuid_args" => NetworkPortLookupByUuid {
        network: Plain,
        uuid: FixedOpaque<UUID_LEN>,
    }
    "network_port_lookup_by_uuid_ret" => NetworkPortLookupByUuidReply { port: Plain }
    "network_port_create_xml_args" => NetworkPortCreateXml {
        network: Plain,
        xml: Str<STRING_MAX>,
        flags: Plain,
    }
    "network_port_create_xml_ret" => NetworkPortCreateXmlReply { port: Plain }
    "network_port_get_parameters_args" => NetworkPortGetParameters {
        port: Plain,
        nparams: Plain,
        flags: Plain,
    }
    "network_port_get_parameters_ret" => NetworkPortGetParametersReply {
        params: Array<NETWORK_PORT_PARAMETERS_MAX>,
        nparams: Plain,
    }
    "network_port_set_parameters_args" => NetworkPortSetParameters {
        port: Plain,
        params: Array<NETWORK_PORT_PARAMETERS_MAX>,
        flags: Plain,
    }
    "network_port_get_xml_desc_args" => NetworkPortGetXmlDesc { port: Plain, flags: Plain }
    "network_port_get_xml_desc_ret" => NetworkPortGetXmlDescReply { xml: Str<STRING_MAX> }
    "network_port_delete_args" => NetworkPortDelete { port: Plain, flags: Plain }
    "domain_checkpoint_create_xml_args" => DomainCheckpointCreateXml {
        dom: Plain,
        xml_desc: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_checkpoint_create_xml_ret" => DomainCheckpointCreateXmlReply { checkpoint: Plain }
    "domain_checkpoint_get_xml_desc_args" => DomainCheckpointGetXmlDesc { checkpoint: Plain, flags: Plain }
    "domain_checkpoint_get_xml_desc_ret" => DomainCheckpointGetXmlDescReply { xml: Str<STRING_MAX> }
    "domain_list_all_checkpoints_args" => DomainListAllCheckpoints {
        dom: Plain,
        need_results: Plain,
        flags: Plain,
    }
    "domain_list_all_checkpoints_ret" => DomainListAllCheckpointsReply {
        checkpoints: Array<DOMAIN_CHECKPOINT_LIST_MAX>,
        ret: Plain,
    }
    "domain_checkpoint_list_all_children_args" => DomainCheckpointListAllChildren {
        checkpoint: Plain,
        need_results: Plain,
        flags: Plain,
    }
    "domain_checkpoint_list_all_children_ret" => DomainCheckpointListAllChildrenReply {
        checkpoints: Array<DOMAIN_CHECKPOINT_LIST_MAX>,
        ret: Plain,
    }
    "domain_checkpoint_lookup_by_name_args" => DomainCheckpointLookupByName {
        dom: Plain,
        name: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_checkpoint_lookup_by_name_ret" => DomainCheckpointLookupByNameReply { checkpoint: Plain }
    "domain_checkpoint_get_parent_args" => DomainCheckpointGetParent { checkpoint: Plain, flags: Plain }
    "domain_checkpoint_get_parent_ret" => DomainCheckpointGetParentReply { parent: Plain }
    "domain_checkpoint_delete_args" => DomainCheckpointDelete { checkpoint: Plain, flags: Plain }
    "domain_get_guest_info_args" => DomainGetGuestInfo { dom: Plain, types: Plain, flags: Plain }
    "domain_get_guest_info_ret" => DomainGetGuestInfoReply { params: Array<DOMAIN_GUEST_INFO_PARAMS_MAX> }
    "connect_set_identity_args" => ConnectSetIdentity {
        params: Array<CONNECT_IDENTITY_PARAMS_MAX>,
        flags: Plain,
    }
    "domain_agent_set_response_timeout_args" => DomainAgentSetResponseTimeout {
        dom: Plain,
        timeout: Plain,
        flags: Plain,
    }
    "domain_agent_set_response_timeout_ret" => DomainAgentSetResponseTimeoutReply { result: Plain }
    "domain_backup_begin_args" => DomainBackupBegin {
        dom: Plain,
        backup_xml: Str<STRING_MAX>,
        checkpoint_xml: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_backup_get_xml_desc_args" => DomainBackupGetXmlDesc { dom: Plain, flags: Plain }
    "domain_backup_get_xml_desc_ret" => DomainBackupGetXmlDescReply { xml: Str<STRING_MAX> }
    "domain_event_memory_failure_msg" => DomainEventMemoryFailure {
        callback_id "callbackID": Plain,
        dom: Plain,
        recipient: Plain,
        action: Plain,
        flags: Plain,
    }
    "domain_authorized_ssh_keys_get_args" => DomainAuthorizedSshKeysGet {
        dom: Plain,
        user: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_authorized_ssh_keys_get_ret" => DomainAuthorizedSshKeysGetReply {
        keys: Array<DOMAIN_AUTHORIZED_SSH_KEYS_MAX, Str<STRING_MAX>>,
    }
    "domain_authorized_ssh_keys_set_args" => DomainAuthorizedSshKeysSet {
        dom: Plain,
        user: Str<STRING_MAX>,
        keys: Array<DOMAIN_AUTHORIZED_SSH_KEYS_MAX, Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_get_messages_args" => DomainGetMessages { dom: Plain, flags: Plain }
    "domain_get_messages_ret" => DomainGetMessagesReply { msgs: Array<DOMAIN_MESSAGES_MAX, Str<STRING_MAX>> }
    "domain_start_dirty_rate_calc_args" => DomainStartDirtyRateCalc {
        dom: Plain,
        seconds: Plain,
        flags: Plain,
    }
    "node_device_define_xml_args" => NodeDeviceDefineXml { xml_desc: Str<STRING_MAX>, flags: Plain }
    "node_device_define_xml_ret" => NodeDeviceDefineXmlReply { dev: Plain }
    "node_device_undefine_args" => NodeDeviceUndefine { name: Str<STRING_MAX>, flags: Plain }
    "node_device_create_args" => NodeDeviceCreate { name: Str<STRING_MAX>, flags: Plain }
    "nwfilter_define_xml_flags_args" => NwfilterDefineXmlFlags { xml: Str<STRING_MAX>, flags: Plain }
    "nwfilter_define_xml_flags_ret" => NwfilterDefineXmlFlagsReply { nwfilter: Plain }
    "network_define_xml_flags_args" => NetworkDefineXmlFlags { xml: Str<STRING_MAX>, flags: Plain }
    "network_define_xml_flags_ret" => NetworkDefineXmlFlagsReply { net: Plain }
    "node_device_get_autostart_args" => NodeDeviceGetAutostart { name: Str<STRING_MAX> }
    "node_device_get_autostart_ret" => NodeDeviceGetAutostartReply { autostart: Plain }
    "node_device_set_autostart_args" => NodeDeviceSetAutostart { name: Str<STRING_MAX>, autostart: Plain }
    "node_device_is_persistent_args" => NodeDeviceIsPersistent { name: Str<STRING_MAX> }
    "node_device_is_persistent_ret" => NodeDeviceIsPersistentReply { persistent: Plain }
    "node_device_is_active_args" => NodeDeviceIsActive { name: Str<STRING_MAX> }
    "node_device_is_active_ret" => NodeDeviceIsActiveReply { active: Plain }
    "network_create_xml_flags_args" => NetworkCreateXmlFlags { xml: Str<STRING_MAX>, flags: Plain }
    "network_create_xml_flags_ret" => NetworkCreateXmlFlagsReply { net: Plain }
    "domain_event_memory_device_size_change_msg" => DomainEventMemoryDeviceSizeChange {
        callback_id "callbackID": Plain,
        dom: Plain,
        alias: Str<STRING_MAX>,
        size: Plain,
    }
    "domain_set_launch_security_state_args" => DomainSetLaunchSecurityState {
        dom: Plain,
        params: Array<DOMAIN_LAUNCH_SECURITY_STATE_PARAMS_MAX>,
        flags: Plain,
    }
    "domain_save_params_args" => DomainSaveParams {
        dom: Plain,
        params: Array<DOMAIN_SAVE_PARAMS_MAX>,
        flags: Plain,
    }
    "domain_restore_params_args" => DomainRestoreParams {
        params: Array<DOMAIN_SAVE_PARAMS_MAX>,
        flags: Plain,
    }
    "domain_abort_job_flags_args" => DomainAbortJobFlags { dom: Plain, flags: Plain }
    "domain_fd_associate_args" => DomainFdAssociate { dom: Plain, name: Str<STRING_MAX>, flags: Plain }
    "network_set_metadata_args" => NetworkSetMetadata {
        network: Plain,
        r#type: Plain,
        metadata: Optional<Str<STRING_MAX>>,
        key: Optional<Str<STRING_MAX>>,
        uri: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "network_get_metadata_args" => NetworkGetMetadata {
        network: Plain,
        r#type: Plain,
        uri: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "network_get_metadata_ret" => NetworkGetMetadataReply { metadata: Str<STRING_MAX> }
    "network_event_callback_metadata_change_msg" => NetworkEventCallbackMetadataChange {
        callback_id "callbackID": Plain,
        net: Plain,
        r#type: Plain,
        nsuri: Optional<Str<STRING_MAX>>,
    }
    "node_device_update_args" => NodeDeviceUpdate {
        name: Str<STRING_MAX>,
        xml_desc: Str<STRING_MAX>,
        flags: Plain,
    }
    "domain_graphics_reload_args" => DomainGraphicsReload { dom: Plain, r#type: Plain, flags: Plain }
    "domain_get_autostart_once_args" => DomainGetAutostartOnce { dom: Plain }
    "domain_get_autostart_once_ret" => DomainGetAutostartOnceReply { autostart: Plain }
    "domain_set_autostart_once_args" => DomainSetAutostartOnce { dom: Plain, autostart: Plain }
    "domain_set_throttle_group_args" => DomainSetThrottleGroup {
        dom: Plain,
        group: Str<STRING_MAX>,
        params: Array<DOMAIN_BLOCK_IO_TUNE_PARAMETERS_MAX>,
        flags: Plain,
    }
    "domain_del_throttle_group_args" => DomainDelThrottleGroup {
        dom: Plain,
        group: Optional<Str<STRING_MAX>>,
        flags: Plain,
    }
    "domain_event_nic_mac_change_msg" => DomainEventNicMacChange {
        callback_id "callbackID": Plain,
        dom: Plain,
        alias: Str<STRING_MAX>,
        old_mac "oldMAC": Str<STRING_MAX>,
        new_mac "newMAC": Str<STRING_MAX>,
    }
    "domain_event_vcpu_removed_msg" => DomainEventVcpuRemoved {
        callback_id "callbackID": Plain,
        dom: Plain,
        vcpu: Plain,
    }
    "domain_event_callback_channel_lifecycle_msg" => DomainEventCallbackChannelLifecycle {
        callback_id "callbackID": Plain,
        dom: Plain,
        channel_name "channelName": Str<STRING_MAX>,
        state: Plain,
        reason: Plain,
    }
    "domain_announce_interface_args" => DomainAnnounceInterface {
        dom: Plain,
        device: Optional<Str<STRING_MAX>>,
        params: Array<DOMAIN_ANNOUNCE_INTERFACE_PARAMETERS_MAX>,
        flags: Plain,
    }
}
