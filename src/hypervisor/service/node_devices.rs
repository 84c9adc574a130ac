//! The host's devices. A name is all that says which one is meant.

use virtwire_protocol::access::ObjectKind;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::flags::{DefineFlags, ListNodeDevicesFlags, XmlFlags};
use virtwire_protocol::remote::*;
use virtwire_xdr::Text;

use super::super::{Hypervisor, NodeDeviceInfo, NodeDevices, Place, Result, Standing, errors};
use super::HypervisorService;
use super::changes::said;
use super::clients::internal;
use super::kept::{in_reply, may_see_named};
use super::list::{count_up_to, passes};
use super::wire::{saturated, xml};
use crate::server::CallContext;

/// Of what is, or of what was defined.
pub(super) const XML_INACTIVE: u32 = XmlFlags::INACTIVE.bits();
/// Compared with a schema first: there is none here, and what is known of the document is checked in any case.
pub(super) const VALIDATE: u32 = DefineFlags::VALIDATE.bits();
const INACTIVE: u32 = ListNodeDevicesFlags::INACTIVE.bits();
const ACTIVE: u32 = ListNodeDevicesFlags::ACTIVE.bits();
/// Lifecycle, and that it is another.
const EVENT_KINDS: i32 = 2;

/// What devices can do, as their documents call it, and the bits by which lists can be of those alone.
const CAPABILITIES: [(&str, ListNodeDevicesFlags); 22] = [
    ("system", ListNodeDevicesFlags::CAP_SYSTEM),
    ("pci", ListNodeDevicesFlags::CAP_PCI_DEV),
    ("usb_device", ListNodeDevicesFlags::CAP_USB_DEV),
    ("usb", ListNodeDevicesFlags::CAP_USB_INTERFACE),
    ("net", ListNodeDevicesFlags::CAP_NET),
    ("scsi_host", ListNodeDevicesFlags::CAP_SCSI_HOST),
    ("scsi_target", ListNodeDevicesFlags::CAP_SCSI_TARGET),
    ("scsi", ListNodeDevicesFlags::CAP_SCSI),
    ("storage", ListNodeDevicesFlags::CAP_STORAGE),
    ("fc_host", ListNodeDevicesFlags::CAP_FC_HOST),
    ("vports", ListNodeDevicesFlags::CAP_VPORTS),
    ("scsi_generic", ListNodeDevicesFlags::CAP_SCSI_GENERIC),
    ("drm", ListNodeDevicesFlags::CAP_DRM),
    ("mdev_types", ListNodeDevicesFlags::CAP_MDEV_TYPES),
    ("mdev", ListNodeDevicesFlags::CAP_MDEV),
    ("ccw", ListNodeDevicesFlags::CAP_CCW_DEV),
    ("css", ListNodeDevicesFlags::CAP_CSS_DEV),
    ("vdpa", ListNodeDevicesFlags::CAP_VDPA),
    ("ap_card", ListNodeDevicesFlags::CAP_AP_CARD),
    ("ap_queue", ListNodeDevicesFlags::CAP_AP_QUEUE),
    ("ap_matrix", ListNodeDevicesFlags::CAP_AP_MATRIX),
    ("vpd", ListNodeDevicesFlags::CAP_VPD),
];

impl<H: Hypervisor> HypervisorService<H> {
    fn node_devices(&self, api: &str) -> Result<&impl NodeDevices> {
        self.hypervisor.node_devices().ok_or_else(|| RemoteError::no_support(api))
    }

    async fn visible_node_devices(&self, cx: &CallContext, api: &str) -> Result<Vec<NodeDeviceInfo>> {
        let mut all = self.node_devices(api)?.node_devices().await?;
        all.retain(|device| may_see_named(cx, ObjectKind::NodeDevice, &device.name));
        Ok(all)
    }

    /// The device that a call is about, by its name.
    async fn node_device(&self, name: &Text, api: &str) -> Result<NodeDeviceInfo> {
        let all = self.node_devices(api)?.node_devices().await?;
        let found = all.into_iter().find(|device| *name == device.name.as_str());
        found.ok_or_else(|| {
            no_device(format!("no node device with matching name '{}'", name.to_string_lossy()))
        })
    }

    /// Those that a client may know of and that can do this, or all of them.
    async fn node_devices_with(
        &self,
        cx: &CallContext,
        capability: Option<&Text>,
        api: &str,
    ) -> Result<Vec<NodeDeviceInfo>> {
        let mut all = self.visible_node_devices(cx, api).await?;
        let can = |device: &NodeDeviceInfo, what: &Text| {
            device.capabilities.iter().any(|one| *what == one.as_str())
        };
        all.retain(|device| capability.is_none_or(|capability| can(device, capability)));
        Ok(all)
    }

    pub(super) async fn node_num_of_devices(
        &self,
        cx: &CallContext,
        arguments: NodeNumOfDevices,
    ) -> Result<NodeNumOfDevicesReply> {
        let NodeNumOfDevices { cap, .. } = arguments;
        let all = self.node_devices_with(cx, cap.as_ref(), "virNodeNumOfDevices").await?;
        Ok(NodeNumOfDevicesReply { num: number(&all) })
    }

    pub(super) async fn node_list_devices(
        &self,
        cx: &CallContext,
        arguments: NodeListDevices,
    ) -> Result<NodeListDevicesReply> {
        let NodeListDevices { cap, maxnames, .. } = arguments;
        let all = self.node_devices_with(cx, cap.as_ref(), "virNodeListDevices").await?;
        let most = count_up_to("maxnames", maxnames, NODE_DEVICE_LIST_MAX, "REMOTE_NODE_DEVICE_LIST_MAX")?;
        Ok(NodeListDevicesReply { names: all.into_iter().map(|one| one.name.into()).take(most).collect() })
    }

    pub(super) async fn connect_list_all_node_devices(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllNodeDevices,
    ) -> Result<ConnectListAllNodeDevicesReply> {
        let ConnectListAllNodeDevices { need_results, flags } = arguments;
        let mut all = self.visible_node_devices(cx, "virConnectListAllNodeDevices").await?;
        let known = CAPABILITIES.iter().fold(INACTIVE | ACTIVE, |known, (_, bit)| known | bit.bits());
        errors::check_flags(flags, known.into(), "connect_list_all_node_devices")?;
        all.retain(|device| admits(flags, device));
        let (devices, ret) = in_reply(&all, need_results, NODE_DEVICE_LIST_MAX, wire)?;
        Ok(ConnectListAllNodeDevicesReply { devices, ret })
    }

    pub(super) async fn node_device_lookup_by_name(
        &self,
        _: &CallContext,
        arguments: NodeDeviceLookupByName,
    ) -> Result<NodeDeviceLookupByNameReply> {
        let found = self.node_device(&arguments.name, "virNodeDeviceLookupByName").await?;
        Ok(NodeDeviceLookupByNameReply { dev: wire(&found) })
    }

    pub(super) async fn node_device_lookup_scsi_host_by_wwn(
        &self,
        cx: &CallContext,
        arguments: NodeDeviceLookupScsiHostByWwn,
    ) -> Result<NodeDeviceLookupScsiHostByWwnReply> {
        let NodeDeviceLookupScsiHostByWwn { wwnn, wwpn, .. } = arguments;
        let (wwnn, wwpn) = (wwnn.to_string_lossy(), wwpn.to_string_lossy());
        let api = "virNodeDeviceLookupSCSIHostByWWN";
        let found = self.node_devices(api)?.scsi_host(&wwnn, &wwpn).await?;
        // The two alone have not told which one it is.
        let found = found.filter(|name| may_see_named(cx, ObjectKind::NodeDevice, name));
        let name = found.ok_or_else(|| {
            no_device(format!("no node device with matching wwnn '{wwnn}' and wwpn '{wwpn}'"))
        })?;
        Ok(NodeDeviceLookupScsiHostByWwnReply { dev: NodeDevice { name: name.into() } })
    }

    pub(super) async fn node_device_get_xml_desc(
        &self,
        _: &CallContext,
        arguments: NodeDeviceGetXmlDesc,
    ) -> Result<NodeDeviceGetXmlDescReply> {
        let api = "virNodeDeviceGetXMLDesc";
        let device = self.node_device(&arguments.name, api).await?;
        let inactive = arguments.flags & XML_INACTIVE != 0;
        let text = self.node_devices(api)?.node_device_xml(&device.name, inactive).await?;
        Ok(NodeDeviceGetXmlDescReply { xml: text.into() })
    }

    pub(super) async fn node_device_get_parent(
        &self,
        _: &CallContext,
        arguments: NodeDeviceGetParent,
    ) -> Result<NodeDeviceGetParentReply> {
        let device = self.node_device(&arguments.name, "virNodeDeviceGetParent").await?;
        Ok(NodeDeviceGetParentReply { parent_name: device.parent.map(Into::into) })
    }

    pub(super) async fn node_device_num_of_caps(
        &self,
        _: &CallContext,
        arguments: NodeDeviceNumOfCaps,
    ) -> Result<NodeDeviceNumOfCapsReply> {
        let device = self.node_device(&arguments.name, "virNodeDeviceNumOfCaps").await?;
        Ok(NodeDeviceNumOfCapsReply { num: number(&device.capabilities) })
    }

    pub(super) async fn node_device_list_caps(
        &self,
        _: &CallContext,
        arguments: NodeDeviceListCaps,
    ) -> Result<NodeDeviceListCapsReply> {
        let NodeDeviceListCaps { name, maxnames } = arguments;
        let constant = "REMOTE_NODE_DEVICE_CAPS_LIST_MAX";
        let most = count_up_to("maxnames", maxnames, NODE_DEVICE_CAPS_LIST_MAX, constant)?;
        let device = self.node_device(&name, "virNodeDeviceListCaps").await?;
        let names = device.capabilities.into_iter().map(Into::into).take(most).collect();
        Ok(NodeDeviceListCapsReply { names })
    }

    pub(super) async fn node_device_is_active(
        &self,
        _: &CallContext,
        arguments: NodeDeviceIsActive,
    ) -> Result<NodeDeviceIsActiveReply> {
        let device = self.node_device(&arguments.name, "virNodeDeviceIsActive").await?;
        Ok(NodeDeviceIsActiveReply { active: device.standing.active.into() })
    }

    pub(super) async fn node_device_is_persistent(
        &self,
        _: &CallContext,
        arguments: NodeDeviceIsPersistent,
    ) -> Result<NodeDeviceIsPersistentReply> {
        let device = self.node_device(&arguments.name, "virNodeDeviceIsPersistent").await?;
        Ok(NodeDeviceIsPersistentReply { persistent: device.standing.persistent.into() })
    }

    pub(super) async fn node_device_get_autostart(
        &self,
        _: &CallContext,
        arguments: NodeDeviceGetAutostart,
    ) -> Result<NodeDeviceGetAutostartReply> {
        let device = self.node_device(&arguments.name, "virNodeDeviceGetAutostart").await?;
        Ok(NodeDeviceGetAutostartReply { autostart: device.standing.autostart.into() })
    }

    pub(super) async fn node_device_set_autostart(
        &self,
        _: &CallContext,
        arguments: NodeDeviceSetAutostart,
    ) -> Result<()> {
        let api = "virNodeDeviceSetAutostart";
        let device = self.node_device(&arguments.name, api).await?;
        self.node_devices(api)?.set_node_device_autostart(&device.name, arguments.autostart != 0).await
    }

    pub(super) async fn node_device_create_xml(
        &self,
        _: &CallContext,
        arguments: NodeDeviceCreateXml,
    ) -> Result<NodeDeviceCreateXmlReply> {
        let devices = self.node_devices("virNodeDeviceCreateXML")?;
        let created = devices.create_node_device(xml(arguments.xml_desc)?).await?;
        Ok(NodeDeviceCreateXmlReply { dev: wire(&created) })
    }

    pub(super) async fn node_device_define_xml(
        &self,
        _: &CallContext,
        arguments: NodeDeviceDefineXml,
    ) -> Result<NodeDeviceDefineXmlReply> {
        let devices = self.node_devices("virNodeDeviceDefineXML")?;
        let defined = devices.define_node_device(xml(arguments.xml_desc)?).await?;
        Ok(NodeDeviceDefineXmlReply { dev: wire(&defined) })
    }

    pub(super) async fn node_device_undefine(
        &self,
        _: &CallContext,
        arguments: NodeDeviceUndefine,
    ) -> Result<()> {
        let api = "virNodeDeviceUndefine";
        let device = self.node_device(&arguments.name, api).await?;
        self.node_devices(api)?.undefine_node_device(&device.name).await
    }

    pub(super) async fn node_device_create(
        &self,
        _: &CallContext,
        arguments: NodeDeviceCreate,
    ) -> Result<()> {
        let api = "virNodeDeviceCreate";
        let device = self.node_device(&arguments.name, api).await?;
        self.node_devices(api)?.start_node_device(&device.name).await
    }

    pub(super) async fn node_device_destroy(
        &self,
        _: &CallContext,
        arguments: NodeDeviceDestroy,
    ) -> Result<()> {
        let api = "virNodeDeviceDestroy";
        let device = self.node_device(&arguments.name, api).await?;
        self.node_devices(api)?.destroy_node_device(&device.name).await
    }

    pub(super) async fn node_device_update(
        &self,
        _: &CallContext,
        arguments: NodeDeviceUpdate,
    ) -> Result<()> {
        let NodeDeviceUpdate { name, xml_desc, flags } = arguments;
        let api = "virNodeDeviceUpdate";
        let device = self.node_device(&name, api).await?;
        let devices = self.node_devices(api)?;
        devices.update_node_device(&device.name, xml(xml_desc)?, place(&device, flags)?).await
    }

    pub(super) async fn node_device_dettach(
        &self,
        _: &CallContext,
        arguments: NodeDeviceDettach,
    ) -> Result<()> {
        let api = "virNodeDeviceDettach";
        let device = self.node_device(&arguments.name, api).await?;
        self.node_devices(api)?.detach_node_device(&device.name, None).await
    }

    pub(super) async fn node_device_detach_flags(
        &self,
        _: &CallContext,
        arguments: NodeDeviceDetachFlags,
    ) -> Result<()> {
        let NodeDeviceDetachFlags { name, driver_name, .. } = arguments;
        let api = "virNodeDeviceDetachFlags";
        let device = self.node_device(&name, api).await?;
        let driver = driver_name.as_ref().map(Text::to_string_lossy);
        self.node_devices(api)?.detach_node_device(&device.name, driver.as_deref()).await
    }

    pub(super) async fn node_device_re_attach(
        &self,
        _: &CallContext,
        arguments: NodeDeviceReAttach,
    ) -> Result<()> {
        let api = "virNodeDeviceReAttach";
        let device = self.node_device(&arguments.name, api).await?;
        self.node_devices(api)?.reattach_node_device(&device.name).await
    }

    pub(super) async fn node_device_reset(&self, _: &CallContext, arguments: NodeDeviceReset) -> Result<()> {
        let api = "virNodeDeviceReset";
        let device = self.node_device(&arguments.name, api).await?;
        self.node_devices(api)?.reset_node_device(&device.name).await
    }

    pub(super) async fn connect_node_device_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectNodeDeviceEventRegisterAny,
    ) -> Result<ConnectNodeDeviceEventRegisterAnyReply> {
        let ConnectNodeDeviceEventRegisterAny { event_id: kind, dev } = arguments;
        let api = "virConnectNodeDeviceEventRegisterAny";
        self.node_devices(api)?;
        self.listening(api)?;
        if !(0..EVENT_KINDS).contains(&kind) {
            return Err(internal(format!("unsupported node device event ID {kind}")));
        }
        // What is kept of it is a name that a device has, and not whatever a client calls one.
        let device = match dev {
            Some(dev) => Some(self.node_device(&dev.name, api).await?.name),
            None => None,
        };
        let callback_id =
            self.clients.with(cx, |client| client.wishes().node_devices.register(kind, device))??;
        Ok(ConnectNodeDeviceEventRegisterAnyReply { callback_id })
    }

    pub(super) async fn connect_node_device_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectNodeDeviceEventDeregisterAny,
    ) -> Result<()> {
        let id = arguments.callback_id;
        self.clients.with(cx, |client| client.wishes().node_devices.deregister(id, "node device"))?
    }
}

/// Whether one passes both groups of filters: what it can do, and whether it is there.
fn admits(flags: u32, device: &NodeDeviceInfo) -> bool {
    let can = CAPABILITIES.map(|(name, bit)| (bit.bits(), device.capabilities.iter().any(|one| one == name)));
    let active = device.standing.active;
    passes(flags, &[&can, &[(INACTIVE, !active), (ACTIVE, active)]])
}

/// Where the flags have a change made.
fn place(device: &NodeDeviceInfo, flags: u32) -> Result<Place> {
    let Standing { active, persistent, .. } = device.standing;
    let place = said(active, flags);
    let invalid = |text| Err(RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::NODEDEV, text));
    if place.live && !active {
        return invalid("node device is not active");
    }
    if place.config && !persistent {
        return invalid("transient node devices do not have any persistent config");
    }
    Ok(place)
}

fn number<T>(all: &[T]) -> i32 {
    saturated(u32::try_from(all.len()).unwrap_or(u32::MAX))
}

pub(super) fn wire(device: &NodeDeviceInfo) -> NodeDevice {
    NodeDevice { name: device.name.as_str().into() }
}

fn no_device(detail: String) -> RemoteError {
    RemoteError::new(ErrorCode::NO_NODE_DEVICE, ErrorDomain::NODEDEV, detail)
}
