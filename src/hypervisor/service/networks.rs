//! Virtual networks.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::flags::{DefineFlags, XmlFlags};
use virtwire_protocol::profile::Feature;
use virtwire_protocol::remote::*;

use super::super::{
    Hypervisor, NetworkChange, NetworkInfo, NetworkPart, NetworkStep, Networks, Place, Result, Standing, Uuid,
};
use super::HypervisorService;
use super::changes::said;
use super::clients::internal;
use super::kept::{listed, may_see, names, number};
use super::wire::xml;
use crate::server::CallContext;

/// Of what runs, or of what will.
pub(super) const XML_INACTIVE: u32 = XmlFlags::INACTIVE.bits();
/// Compared with a schema first: there is none here, and what is known of the document is checked in any case.
pub(super) const VALIDATE: u32 = DefineFlags::VALIDATE.bits();
/// Lifecycle, and metadata, of which none is told.
const EVENT_KINDS: i32 = 2;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) fn networks(&self, api: &str) -> Result<&impl Networks> {
        self.hypervisor.networks().ok_or_else(|| RemoteError::no_support(api))
    }

    async fn visible_networks(&self, cx: &CallContext, api: &str) -> Result<Vec<NetworkInfo>> {
        let mut all = self.networks(api)?.networks().await?;
        all.retain(|network| may_see(cx, network));
        Ok(all)
    }

    /// The network that a call is about, by its UUID.
    pub(super) async fn network(&self, net: &Network, api: &str) -> Result<NetworkInfo> {
        let uuid = Uuid(net.uuid);
        let found = self.networks(api)?.networks().await?.into_iter().find(|network| network.uuid == uuid);
        found.ok_or_else(|| no_network(&format!("uuid '{uuid}'")))
    }

    pub(super) async fn connect_num_of_networks(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectNumOfNetworksReply> {
        let all = self.visible_networks(cx, "virConnectNumOfNetworks").await?;
        Ok(ConnectNumOfNetworksReply { num: number(&all, true) })
    }

    pub(super) async fn connect_num_of_defined_networks(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectNumOfDefinedNetworksReply> {
        let all = self.visible_networks(cx, "virConnectNumOfDefinedNetworks").await?;
        Ok(ConnectNumOfDefinedNetworksReply { num: number(&all, false) })
    }

    pub(super) async fn connect_list_networks(
        &self,
        cx: &CallContext,
        arguments: ConnectListNetworks,
    ) -> Result<ConnectListNetworksReply> {
        let all = self.visible_networks(cx, "virConnectListNetworks").await?;
        Ok(ConnectListNetworksReply { names: names(&all, true, arguments.maxnames)? })
    }

    pub(super) async fn connect_list_defined_networks(
        &self,
        cx: &CallContext,
        arguments: ConnectListDefinedNetworks,
    ) -> Result<ConnectListDefinedNetworksReply> {
        let all = self.visible_networks(cx, "virConnectListDefinedNetworks").await?;
        Ok(ConnectListDefinedNetworksReply { names: names(&all, false, arguments.maxnames)? })
    }

    pub(super) async fn connect_list_all_networks(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllNetworks,
    ) -> Result<ConnectListAllNetworksReply> {
        let all = self.visible_networks(cx, "virConnectListAllNetworks").await?;
        let ConnectListAllNetworks { need_results, flags } = arguments;
        let (nets, ret) =
            listed(all, need_results, flags, "connect_list_all_networks", NETWORK_LIST_MAX, wire)?;
        Ok(ConnectListAllNetworksReply { nets, ret })
    }

    pub(super) async fn network_lookup_by_name(
        &self,
        _: &CallContext,
        arguments: NetworkLookupByName,
    ) -> Result<NetworkLookupByNameReply> {
        let all = self.networks("virNetworkLookupByName")?.networks().await?;
        let found = all.iter().find(|network| arguments.name == network.name.as_str());
        let found =
            found.ok_or_else(|| no_network(&format!("name '{}'", arguments.name.to_string_lossy())))?;
        Ok(NetworkLookupByNameReply { net: wire(found) })
    }

    pub(super) async fn network_lookup_by_uuid(
        &self,
        _: &CallContext,
        arguments: NetworkLookupByUuid,
    ) -> Result<NetworkLookupByUuidReply> {
        let named = Network { uuid: arguments.uuid, ..Network::default() };
        Ok(NetworkLookupByUuidReply { net: wire(&self.network(&named, "virNetworkLookupByUUID").await?) })
    }

    pub(super) async fn network_get_xml_desc(
        &self,
        _: &CallContext,
        arguments: NetworkGetXmlDesc,
    ) -> Result<NetworkGetXmlDescReply> {
        let network = self.network(&arguments.net, "virNetworkGetXMLDesc").await?;
        let inactive = arguments.flags & XML_INACTIVE != 0;
        let text = self.networks("virNetworkGetXMLDesc")?.network_xml(network.uuid, inactive).await?;
        Ok(NetworkGetXmlDescReply { xml: text.into() })
    }

    pub(super) async fn network_get_bridge_name(
        &self,
        _: &CallContext,
        arguments: NetworkGetBridgeName,
    ) -> Result<NetworkGetBridgeNameReply> {
        let network = self.network(&arguments.net, "virNetworkGetBridgeName").await?;
        match network.bridge {
            Some(bridge) => Ok(NetworkGetBridgeNameReply { name: bridge.into() }),
            None => Err(internal(format!("network '{}' does not have a bridge name.", network.name))),
        }
    }

    pub(super) async fn network_get_autostart(
        &self,
        _: &CallContext,
        arguments: NetworkGetAutostart,
    ) -> Result<NetworkGetAutostartReply> {
        let network = self.network(&arguments.net, "virNetworkGetAutostart").await?;
        Ok(NetworkGetAutostartReply { autostart: network.standing.autostart.into() })
    }

    pub(super) async fn network_is_active(
        &self,
        _: &CallContext,
        arguments: NetworkIsActive,
    ) -> Result<NetworkIsActiveReply> {
        let network = self.network(&arguments.net, "virNetworkIsActive").await?;
        Ok(NetworkIsActiveReply { active: network.standing.active.into() })
    }

    pub(super) async fn network_is_persistent(
        &self,
        _: &CallContext,
        arguments: NetworkIsPersistent,
    ) -> Result<NetworkIsPersistentReply> {
        let network = self.network(&arguments.net, "virNetworkIsPersistent").await?;
        Ok(NetworkIsPersistentReply { persistent: network.standing.persistent.into() })
    }

    pub(super) async fn network_define_xml(
        &self,
        _: &CallContext,
        arguments: NetworkDefineXml,
    ) -> Result<NetworkDefineXmlReply> {
        Ok(NetworkDefineXmlReply { net: self.network_defined(arguments.xml).await? })
    }

    pub(super) async fn network_define_xml_flags(
        &self,
        _: &CallContext,
        arguments: NetworkDefineXmlFlags,
    ) -> Result<NetworkDefineXmlFlagsReply> {
        Ok(NetworkDefineXmlFlagsReply { net: self.network_defined(arguments.xml).await? })
    }

    async fn network_defined(&self, text: virtwire_xdr::Text) -> Result<Network> {
        let defined = self.networks("virNetworkDefineXML")?.define_network(xml(text)?).await?;
        Ok(wire(&defined))
    }

    pub(super) async fn network_create_xml(
        &self,
        _: &CallContext,
        arguments: NetworkCreateXml,
    ) -> Result<NetworkCreateXmlReply> {
        Ok(NetworkCreateXmlReply { net: self.network_created(arguments.xml).await? })
    }

    pub(super) async fn network_create_xml_flags(
        &self,
        _: &CallContext,
        arguments: NetworkCreateXmlFlags,
    ) -> Result<NetworkCreateXmlFlagsReply> {
        Ok(NetworkCreateXmlFlagsReply { net: self.network_created(arguments.xml).await? })
    }

    async fn network_created(&self, text: virtwire_xdr::Text) -> Result<Network> {
        let created = self.networks("virNetworkCreateXML")?.create_network(xml(text)?).await?;
        Ok(wire(&created))
    }

    pub(super) async fn network_undefine(&self, _: &CallContext, arguments: NetworkUndefine) -> Result<()> {
        let network = self.network(&arguments.net, "virNetworkUndefine").await?;
        self.networks("virNetworkUndefine")?.undefine_network(network.uuid).await
    }

    pub(super) async fn network_create(&self, _: &CallContext, arguments: NetworkCreate) -> Result<()> {
        let network = self.network(&arguments.net, "virNetworkCreate").await?;
        self.networks("virNetworkCreate")?.start_network(network.uuid).await
    }

    pub(super) async fn network_destroy(&self, _: &CallContext, arguments: NetworkDestroy) -> Result<()> {
        let network = self.network(&arguments.net, "virNetworkDestroy").await?;
        self.networks("virNetworkDestroy")?.destroy_network(network.uuid).await
    }

    pub(super) async fn network_set_autostart(
        &self,
        _: &CallContext,
        arguments: NetworkSetAutostart,
    ) -> Result<()> {
        let network = self.network(&arguments.net, "virNetworkSetAutostart").await?;
        let networks = self.networks("virNetworkSetAutostart")?;
        networks.set_network_autostart(network.uuid, arguments.autostart != 0).await
    }

    pub(super) async fn network_update(&self, cx: &CallContext, arguments: NetworkUpdate) -> Result<()> {
        let NetworkUpdate { net, command, section, parent_index, xml: element, flags } = arguments;
        let networks = self.networks("virNetworkUpdate")?;
        // Whom a peer without the feature has told of it sends the two the wrong way round.
        let (command, section) = match cx.profile().has_feature(Feature::NETWORK_UPDATE_HAS_CORRECT_ORDER) {
            true => (command, section),
            false => (section, command),
        };
        let step = match command {
            1 => NetworkStep::Modify,
            2 => NetworkStep::Delete,
            3 => NetworkStep::AddLast,
            4 => NetworkStep::AddFirst,
            other => return Err(wrong(format!("unrecognized network update command code {other}"))),
        };
        let part = usize::try_from(section).ok().and_then(|section| PARTS.get(section.checked_sub(1)?));
        let part = *part.ok_or_else(|| wrong(format!("unrecognized network section code {section}")))?;
        let change =
            NetworkChange { step, part, parent: u32::try_from(parent_index).ok(), xml: xml(element)? };
        let network = self.network(&net, "virNetworkUpdate").await?;
        networks.update_network(network.uuid, change, place(&network, flags)?).await
    }

    pub(super) async fn connect_network_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectNetworkEventRegisterAny,
    ) -> Result<ConnectNetworkEventRegisterAnyReply> {
        self.networks("virConnectNetworkEventRegisterAny")?;
        self.listening("virConnectNetworkEventRegisterAny")?;
        if !(0..EVENT_KINDS).contains(&arguments.event_id) {
            return Err(internal(format!("unsupported network event ID {}", arguments.event_id)));
        }
        let network = arguments.net.map(|net| Uuid(net.uuid));
        let callback_id = self
            .clients
            .with(cx, |client| client.wishes().networks.register(arguments.event_id, network))??;
        Ok(ConnectNetworkEventRegisterAnyReply { callback_id })
    }

    pub(super) async fn connect_network_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectNetworkEventDeregisterAny,
    ) -> Result<()> {
        self.clients
            .with(cx, |client| client.wishes().networks.deregister(arguments.callback_id, "network"))?
    }
}

/// The parts of a network by their numbers, from 1.
const PARTS: [NetworkPart; 12] = [
    NetworkPart::Bridge,
    NetworkPart::Domain,
    NetworkPart::Ip,
    NetworkPart::DhcpHost,
    NetworkPart::DhcpRange,
    NetworkPart::Forward,
    NetworkPart::ForwardInterface,
    NetworkPart::ForwardPf,
    NetworkPart::PortGroup,
    NetworkPart::DnsHost,
    NetworkPart::DnsTxt,
    NetworkPart::DnsSrv,
];

/// Where the flags have a change made.
fn place(network: &NetworkInfo, flags: u32) -> Result<Place> {
    let Standing { active, persistent, .. } = network.standing;
    let place = said(active, flags);
    let invalid = |text| Err(RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::NETWORK, text));
    if place.live && !active {
        return invalid("network is not running");
    }
    if place.config && !persistent {
        return invalid("cannot change persistent config of a transient network");
    }
    Ok(place)
}

fn wrong(text: String) -> RemoteError {
    RemoteError::new(ErrorCode::INVALID_ARG, ErrorDomain::NETWORK, text)
}

pub(super) fn wire(network: &NetworkInfo) -> Network {
    Network { name: network.name.as_str().into(), uuid: network.uuid.0 }
}

fn no_network(by: &str) -> RemoteError {
    let detail = format!("no network with matching {by}");
    RemoteError::new(ErrorCode::NO_NETWORK, ErrorDomain::NETWORK, detail)
}
