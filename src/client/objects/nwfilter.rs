//! Filters of guests' network traffic, and what they are bound to.

use virtwire_protocol::flags::DefineFlags;
use virtwire_protocol::remote;
use virtwire_xdr::Text;

use super::handle;
use crate::client::{CallError, Connection};
use crate::uuid::Uuid;

handle! {
    /// A set of rules for the traffic of guests' interfaces.
    NwFilter(remote::Nwfilter)
}

handle! {
    /// A filter at work on a guest's interface (libvirt 4.5).
    NwFilterBinding(remote::NwfilterBinding)
}

impl Connection {
    /// The filter of this name.
    pub async fn nwfilter(&self, name: &str) -> Result<NwFilter, CallError> {
        Ok(NwFilter::new(self, self.nwfilter_lookup_by_name(name).await?.nwfilter))
    }

    /// The filter of this UUID.
    pub async fn nwfilter_by_uuid(&self, uuid: Uuid) -> Result<NwFilter, CallError> {
        Ok(NwFilter::new(self, self.nwfilter_lookup_by_uuid(uuid.0).await?.nwfilter))
    }

    /// All filters (libvirt 0.10.2).
    pub async fn nwfilters(&self) -> Result<Vec<NwFilter>, CallError> {
        let listed = self.connect_list_all_nwfilters(1, 0).await?.filters;
        Ok(listed.into_iter().map(|wire| NwFilter::new(self, wire)).collect())
    }

    /// Makes a filter, or changes one; what it is bound to follows.
    pub async fn define_nwfilter(&self, xml: &str) -> Result<NwFilter, CallError> {
        Ok(NwFilter::new(self, self.nwfilter_define_xml(xml).await?.nwfilter))
    }

    /// The same with flags (libvirt 7.3).
    pub async fn define_nwfilter_with(&self, xml: &str, flags: DefineFlags) -> Result<NwFilter, CallError> {
        Ok(NwFilter::new(self, self.nwfilter_define_xml_flags(xml, flags.bits()).await?.nwfilter))
    }

    /// The binding of a device of the host, such as `vnet0` (libvirt 4.5).
    pub async fn nwfilter_binding(&self, device: &str) -> Result<NwFilterBinding, CallError> {
        let found = self.nwfilter_binding_lookup_by_port_dev(device).await?.nwfilter;
        Ok(NwFilterBinding::new(self, found))
    }

    /// All bindings (libvirt 4.5).
    pub async fn nwfilter_bindings(&self) -> Result<Vec<NwFilterBinding>, CallError> {
        let listed = self.connect_list_all_nwfilter_bindings(1, 0).await?.bindings;
        Ok(listed.into_iter().map(|wire| NwFilterBinding::new(self, wire)).collect())
    }

    /// Binds a filter to a device of the host as the XML says (libvirt 4.5).
    pub async fn create_nwfilter_binding(
        &self,
        xml: &str,
        flags: DefineFlags,
    ) -> Result<NwFilterBinding, CallError> {
        let made = self.nwfilter_binding_create_xml(xml, flags.bits()).await?.nwfilter;
        Ok(NwFilterBinding::new(self, made))
    }
}

impl NwFilter {
    /// Its name, unique on its host.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// Its UUID.
    pub fn uuid(&self) -> Uuid {
        Uuid(self.wire.uuid)
    }

    /// Its rules.
    pub async fn xml(&self) -> Result<Text, CallError> {
        Ok(self.connection.nwfilter_get_xml_desc(&self.wire, 0).await?.xml)
    }

    /// Forgets it. Fails while it is bound.
    pub async fn undefine(&self) -> Result<(), CallError> {
        self.connection.nwfilter_undefine(&self.wire).await
    }
}

impl NwFilterBinding {
    /// The device of the host.
    pub fn device(&self) -> &Text {
        &self.wire.portdev
    }

    /// The name of the filter.
    pub fn filter_name(&self) -> &Text {
        &self.wire.filtername
    }

    /// Its configuration.
    pub async fn xml(&self) -> Result<Text, CallError> {
        Ok(self.connection.nwfilter_binding_get_xml_desc(&self.wire, 0).await?.xml)
    }

    /// Frees the device from the filter.
    pub async fn delete(&self) -> Result<(), CallError> {
        self.connection.nwfilter_binding_delete(&self.wire).await
    }
}
