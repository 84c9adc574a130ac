//! What several kinds of handles have under one name: what is called where cannot be read off a test, so each is asked here. Objects that
//! the test driver does not have are named all the same; it says that there are none, or that it has no such kind.

use virtwire::client::{
    Checkpoint, Interface, Metadata, Network, NetworkPort, NetworkUpdate, NodeDevice, NwFilter,
    NwFilterBinding, Secret, Snapshot, StoragePool, StorageVol,
};
use virtwire::protocol::enums::{NetworkSection, NetworkUpdateCommand};
use virtwire::protocol::remote;

use super::{Lab, XML, no};

pub(super) async fn of_domains(lab: &mut Lab) {
    let domain = lab.connection.domain("test").await.unwrap();
    lab.asks("domain_get_xml_desc", domain.xml(no())).await;
    lab.asks("domain_get_info", domain.info()).await;
    lab.asks("domain_get_control_info", domain.control()).await;
    lab.asks("domain_get_hostname", domain.hostname()).await;
    lab.asks("domain_get_metadata", domain.metadata(Metadata::Title, no())).await;
    lab.asks("domain_set_metadata", domain.set_metadata(Metadata::Title, Some("title"), no())).await;
    lab.asks("domain_get_autostart", domain.autostart()).await;
    lab.asks("domain_set_autostart", domain.set_autostart(true)).await;
    lab.asks("domain_is_active", domain.is_active()).await;
    lab.asks("domain_is_persistent", domain.is_persistent()).await;
    lab.asks("domain_fstrim", domain.trim(Some("/"), 0)).await;
    lab.asks("domain_open_console", domain.open_console(None, no())).await;
    lab.asks("domain_screenshot", domain.screenshot(0)).await;

    lab.asks("domain_snapshot_lookup_by_name", domain.snapshot("none")).await;
    let (name, dom) = ("none", domain.wire().clone());
    let snapshot =
        Snapshot::new(&lab.connection, remote::DomainSnapshot { name: name.into(), dom: dom.clone() });
    lab.asks("domain_snapshot_get_xml_desc", snapshot.xml(no())).await;
    lab.asks("domain_snapshot_get_parent", snapshot.parent()).await;
    lab.asks("domain_snapshot_list_all_children", snapshot.children(no())).await;
    lab.asks("domain_snapshot_delete", snapshot.delete(no())).await;
    let checkpoint = Checkpoint::new(&lab.connection, remote::DomainCheckpoint { name: name.into(), dom });
    lab.asks("domain_checkpoint_get_xml_desc", checkpoint.xml(no())).await;
    lab.asks("domain_checkpoint_get_parent", checkpoint.parent()).await;
    lab.asks("domain_checkpoint_list_all_children", checkpoint.children(no())).await;
    lab.asks("domain_checkpoint_delete", checkpoint.delete(no())).await;

    let connection = lab.connection.clone();
    lab.asks("domain_create_xml", connection.create_domain(XML, no())).await;
    lab.asks("domain_reboot", domain.reboot(no())).await;
    lab.asks("domain_shutdown", domain.shutdown()).await;
    lab.asks("domain_create", domain.start()).await;
    lab.asks("domain_destroy", domain.destroy()).await;
    lab.asks("domain_undefine", domain.undefine()).await;
}

pub(super) async fn of_networks(lab: &mut Lab) {
    let connection = lab.connection.clone();
    let network: Network = connection.network("default").await.unwrap();
    lab.asks("network_get_xml_desc", network.xml(no())).await;
    lab.asks("network_get_metadata", network.metadata(Metadata::Title, no())).await;
    lab.asks("network_set_metadata", network.set_metadata(Metadata::Title, Some("title"), no())).await;
    lab.asks("network_get_autostart", network.autostart()).await;
    lab.asks("network_set_autostart", network.set_autostart(true)).await;
    lab.asks("network_is_active", network.is_active()).await;
    lab.asks("network_is_persistent", network.is_persistent()).await;
    let change = NetworkUpdate {
        command: NetworkUpdateCommand::AddLast,
        section: NetworkSection::DnsHost,
        parent: -1,
        xml: XML,
        affect: no(),
    };
    lab.asks("network_update", network.update(change)).await;

    lab.asks(
        "network_port_lookup_by_uuid",
        network.port("5f2a8c1e-0000-4000-8000-000000000001".parse().unwrap()),
    )
    .await;
    let wire = remote::NetworkPort { net: network.wire().clone(), uuid: [1; 16] };
    let port = NetworkPort::new(&connection, wire);
    lab.asks("network_port_get_xml_desc", port.xml()).await;
    lab.asks("network_port_delete", port.delete()).await;

    lab.asks("network_create_xml", connection.create_network(XML)).await;
    lab.asks("network_create", network.start()).await;
    lab.asks("network_destroy", network.destroy()).await;
    lab.asks("network_undefine", network.undefine()).await;
}

pub(super) async fn of_storage(lab: &mut Lab) {
    let connection = lab.connection.clone();
    lab.asks("storage_pool_lookup_by_name", connection.storage_pool("default-pool")).await;
    let pool: StoragePool = connection.storage_pool("default-pool").await.unwrap();
    lab.asks("storage_pool_lookup_by_uuid", connection.storage_pool_by_uuid(pool.uuid())).await;
    lab.asks("storage_pool_get_xml_desc", pool.xml(no())).await;
    lab.asks("storage_pool_get_info", pool.info()).await;
    lab.asks("storage_pool_get_autostart", pool.autostart()).await;
    lab.asks("storage_pool_set_autostart", pool.set_autostart(false)).await;
    lab.asks("storage_pool_is_active", pool.is_active()).await;
    lab.asks("storage_pool_is_persistent", pool.is_persistent()).await;
    lab.asks("storage_pool_refresh", pool.refresh()).await;

    let wire = remote::StorageVol { pool: "none".into(), name: "none".into(), key: "/none".into() };
    let volume = StorageVol::new(&connection, wire);
    lab.asks("storage_vol_get_xml_desc", volume.xml()).await;
    lab.asks("storage_vol_get_info", volume.info()).await;
    lab.asks("storage_vol_get_info_flags", volume.info_with(no())).await;
    lab.asks("storage_vol_resize", volume.resize(1, no())).await;
    lab.asks("storage_vol_delete", volume.delete(no())).await;

    lab.asks("storage_pool_destroy", pool.destroy()).await;
    lab.asks("storage_pool_build", pool.build(no())).await;
    lab.asks("storage_pool_create", pool.start(no())).await;
    lab.asks("storage_pool_delete", pool.delete(no())).await;
    lab.asks("storage_pool_undefine", pool.undefine()).await;
}

pub(super) async fn of_the_host(lab: &mut Lab) {
    let connection = lab.connection.clone();
    lab.asks("connect_get_capabilities", connection.capabilities()).await;
    lab.asks("connect_get_hostname", connection.hostname()).await;
    lab.asks("connect_get_version", connection.hypervisor_version()).await;

    let device: NodeDevice = connection.node_device("computer").await.unwrap();
    lab.asks("node_device_get_xml_desc", device.xml(no())).await;
    lab.asks("node_device_get_parent", device.parent()).await;
    lab.asks("node_device_list_caps", device.capabilities()).await;
    lab.asks("node_device_get_autostart", device.autostart()).await;
    lab.asks("node_device_set_autostart", device.set_autostart(true)).await;
    lab.asks("node_device_is_active", device.is_active()).await;
    lab.asks("node_device_is_persistent", device.is_persistent()).await;
    lab.asks("node_device_update", device.update(XML, no())).await;
    lab.asks("node_device_create", device.start()).await;
    lab.asks("node_device_destroy", device.destroy()).await;
    lab.asks("node_device_undefine", device.undefine()).await;

    let wire = remote::Interface { name: "eth1".into(), mac: "aa:bb:cc:dd:ee:ff".into() };
    let interface = Interface::new(&connection, wire);
    lab.asks("interface_get_xml_desc", interface.xml(no())).await;
    lab.asks("interface_is_active", interface.is_active()).await;
    lab.asks("interface_create", interface.start()).await;
    lab.asks("interface_destroy", interface.destroy()).await;
    lab.asks("interface_undefine", interface.undefine()).await;

    let filter = NwFilter::new(&connection, remote::Nwfilter { name: "none".into(), uuid: [1; 16] });
    lab.asks("nwfilter_get_xml_desc", filter.xml()).await;
    lab.asks("nwfilter_undefine", filter.undefine()).await;
    let wire = remote::NwfilterBinding { portdev: "vnet0".into(), filtername: "none".into() };
    let binding = NwFilterBinding::new(&connection, wire);
    lab.asks("nwfilter_binding_get_xml_desc", binding.xml()).await;
    lab.asks("nwfilter_binding_delete", binding.delete()).await;

    let wire = remote::Secret { uuid: [1; 16], usage_type: 0, usage_id: "".into() };
    let secret = Secret::new(&connection, wire);
    lab.asks("secret_get_xml_desc", secret.xml()).await;
    lab.asks("secret_undefine", secret.undefine()).await;
}
