//! The host's own network interfaces. A name is all that says which one is meant.

use virtwire_protocol::access::ObjectKind;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::flags::{DefineFlags, XmlFlags};
use virtwire_protocol::remote::*;
use virtwire_xdr::Text;

use super::super::{Hypervisor, InterfaceInfo, Interfaces, Result, errors};
use super::HypervisorService;
use super::kept::{in_reply, may_see_named};
use super::list::{count_up_to, passes, yes_or_no};
use super::wire::xml;
use crate::server::CallContext;

/// Inactive, active.
const FILTERS: u32 = 0x3;
/// Of what is, or of what was defined.
pub(super) const XML_INACTIVE: u32 = XmlFlags::INACTIVE.bits();
/// Compared with a schema first: there is none here, and what is known of the document is checked in any case.
pub(super) const VALIDATE: u32 = DefineFlags::VALIDATE.bits();

impl<H: Hypervisor> HypervisorService<H> {
    fn interfaces(&self, api: &str) -> Result<&impl Interfaces> {
        self.hypervisor.interfaces().ok_or_else(|| RemoteError::no_support(api))
    }

    async fn visible_interfaces(&self, cx: &CallContext, api: &str) -> Result<Vec<InterfaceInfo>> {
        let mut all = self.interfaces(api)?.interfaces().await?;
        all.retain(|interface| may_see_named(cx, ObjectKind::Interface, &interface.name));
        Ok(all)
    }

    /// The interface that a call is about, by its name.
    async fn interface(&self, name: &Text, api: &str) -> Result<InterfaceInfo> {
        let all = self.interfaces(api)?.interfaces().await?;
        let found = all.into_iter().find(|interface| *name == interface.name.as_str());
        found.ok_or_else(|| {
            let detail = format!("no interface with matching name '{}'", name.to_string_lossy());
            wrong(ErrorCode::NO_INTERFACE, detail)
        })
    }

    pub(super) async fn connect_num_of_interfaces(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectNumOfInterfacesReply> {
        let all = self.visible_interfaces(cx, "virConnectNumOfInterfaces").await?;
        Ok(ConnectNumOfInterfacesReply { num: number(&all, true) })
    }

    pub(super) async fn connect_num_of_defined_interfaces(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectNumOfDefinedInterfacesReply> {
        let all = self.visible_interfaces(cx, "virConnectNumOfDefinedInterfaces").await?;
        Ok(ConnectNumOfDefinedInterfacesReply { num: number(&all, false) })
    }

    pub(super) async fn connect_list_interfaces(
        &self,
        cx: &CallContext,
        arguments: ConnectListInterfaces,
    ) -> Result<ConnectListInterfacesReply> {
        let all = self.visible_interfaces(cx, "virConnectListInterfaces").await?;
        Ok(ConnectListInterfacesReply { names: names(&all, true, arguments.maxnames)? })
    }

    pub(super) async fn connect_list_defined_interfaces(
        &self,
        cx: &CallContext,
        arguments: ConnectListDefinedInterfaces,
    ) -> Result<ConnectListDefinedInterfacesReply> {
        let all = self.visible_interfaces(cx, "virConnectListDefinedInterfaces").await?;
        Ok(ConnectListDefinedInterfacesReply { names: names(&all, false, arguments.maxnames)? })
    }

    pub(super) async fn connect_list_all_interfaces(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllInterfaces,
    ) -> Result<ConnectListAllInterfacesReply> {
        let ConnectListAllInterfaces { need_results, flags } = arguments;
        let mut all = self.visible_interfaces(cx, "virConnectListAllInterfaces").await?;
        errors::check_flags(flags, FILTERS.into(), "connect_list_all_interfaces")?;
        all.retain(|one| passes(flags, &[&yes_or_no(1, !one.active)]));
        let (ifaces, ret) = in_reply(&all, need_results, INTERFACE_LIST_MAX, wire)?;
        Ok(ConnectListAllInterfacesReply { ifaces, ret })
    }

    pub(super) async fn interface_lookup_by_name(
        &self,
        _: &CallContext,
        arguments: InterfaceLookupByName,
    ) -> Result<InterfaceLookupByNameReply> {
        let found = self.interface(&arguments.name, "virInterfaceLookupByName").await?;
        Ok(InterfaceLookupByNameReply { iface: wire(&found) })
    }

    pub(super) async fn interface_lookup_by_mac_string(
        &self,
        cx: &CallContext,
        arguments: InterfaceLookupByMacString,
    ) -> Result<InterfaceLookupByMacStringReply> {
        let mac = arguments.mac;
        let has_it = |one: &&InterfaceInfo| {
            one.mac.as_ref().is_some_and(|known| known.as_bytes().eq_ignore_ascii_case(mac.as_ref()))
        };
        // The address alone has not told whose it is.
        let all = self.visible_interfaces(cx, "virInterfaceLookupByMACString").await?;
        let mut those = all.iter().filter(has_it);
        match (those.next(), those.next()) {
            (Some(one), None) => Ok(InterfaceLookupByMacStringReply { iface: wire(one) }),
            (Some(_), Some(_)) => Err(wrong(ErrorCode::MULTIPLE_INTERFACES, String::new())),
            (None, _) => {
                let detail = format!("no interface with matching mac '{}'", mac.to_string_lossy());
                Err(wrong(ErrorCode::NO_INTERFACE, detail))
            }
        }
    }

    pub(super) async fn interface_get_xml_desc(
        &self,
        _: &CallContext,
        arguments: InterfaceGetXmlDesc,
    ) -> Result<InterfaceGetXmlDescReply> {
        let api = "virInterfaceGetXMLDesc";
        let interface = self.interface(&arguments.iface.name, api).await?;
        let inactive = arguments.flags & XML_INACTIVE != 0;
        let text = self.interfaces(api)?.interface_xml(&interface.name, inactive).await?;
        Ok(InterfaceGetXmlDescReply { xml: text.into() })
    }

    pub(super) async fn interface_is_active(
        &self,
        _: &CallContext,
        arguments: InterfaceIsActive,
    ) -> Result<InterfaceIsActiveReply> {
        let interface = self.interface(&arguments.iface.name, "virInterfaceIsActive").await?;
        Ok(InterfaceIsActiveReply { active: interface.active.into() })
    }

    pub(super) async fn interface_define_xml(
        &self,
        _: &CallContext,
        arguments: InterfaceDefineXml,
    ) -> Result<InterfaceDefineXmlReply> {
        let interfaces = self.interfaces("virInterfaceDefineXML")?;
        let defined = interfaces.define_interface(xml(arguments.xml)?).await?;
        Ok(InterfaceDefineXmlReply { iface: wire(&defined) })
    }

    pub(super) async fn interface_undefine(
        &self,
        _: &CallContext,
        arguments: InterfaceUndefine,
    ) -> Result<()> {
        let api = "virInterfaceUndefine";
        let interface = self.interface(&arguments.iface.name, api).await?;
        self.interfaces(api)?.undefine_interface(&interface.name).await
    }

    pub(super) async fn interface_create(&self, _: &CallContext, arguments: InterfaceCreate) -> Result<()> {
        let api = "virInterfaceCreate";
        let interface = self.interface(&arguments.iface.name, api).await?;
        self.interfaces(api)?.start_interface(&interface.name).await
    }

    pub(super) async fn interface_destroy(&self, _: &CallContext, arguments: InterfaceDestroy) -> Result<()> {
        let api = "virInterfaceDestroy";
        let interface = self.interface(&arguments.iface.name, api).await?;
        self.interfaces(api)?.destroy_interface(&interface.name).await
    }

    pub(super) async fn interface_change_begin(
        &self,
        _: &CallContext,
        _: InterfaceChangeBegin,
    ) -> Result<()> {
        self.interfaces("virInterfaceChangeBegin")?.begin_interface_changes().await
    }

    pub(super) async fn interface_change_commit(
        &self,
        _: &CallContext,
        _: InterfaceChangeCommit,
    ) -> Result<()> {
        self.interfaces("virInterfaceChangeCommit")?.commit_interface_changes().await
    }

    pub(super) async fn interface_change_rollback(
        &self,
        _: &CallContext,
        _: InterfaceChangeRollback,
    ) -> Result<()> {
        self.interfaces("virInterfaceChangeRollback")?.roll_back_interface_changes().await
    }
}

fn names(all: &[InterfaceInfo], active: bool, maxnames: i32) -> Result<Vec<Text>> {
    let most = count_up_to("maxnames", maxnames, INTERFACE_LIST_MAX, "REMOTE_INTERFACE_LIST_MAX")?;
    let those = all.iter().filter(|one| one.active == active);
    Ok(those.map(|one| one.name.as_str().into()).take(most).collect())
}

fn number(all: &[InterfaceInfo], active: bool) -> i32 {
    i32::try_from(all.iter().filter(|one| one.active == active).count()).unwrap_or(i32::MAX)
}

/// One without an address has an empty one there.
fn wire(interface: &InterfaceInfo) -> Interface {
    let mac = interface.mac.as_deref().unwrap_or_default();
    Interface { name: interface.name.as_str().into(), mac: mac.into() }
}

fn wrong(code: ErrorCode, detail: String) -> RemoteError {
    RemoteError::new(code, ErrorDomain::INTERFACE, detail)
}
