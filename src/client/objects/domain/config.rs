//! A domain's configuration, and what people write on it.

use virtwire_protocol::event::detail::MetadataType;
use virtwire_protocol::flags::{AffectFlags, DomainXmlFlags};
use virtwire_protocol::remote::{DomainGetMetadata, DomainSetMetadata};
use virtwire_xdr::Text;

use super::Domain;
use crate::client::objects::Metadata;
use crate::client::{CallError, Connection};

impl Connection {
    /// Writes a configuration of a hypervisor's own, such as a QEMU command line (`qemu-argv`), as a domain's XML.
    pub async fn domain_from_native(&self, format: &str, config: &str) -> Result<Text, CallError> {
        Ok(self.connect_domain_xml_from_native(format, config, 0).await?.domain_xml)
    }

    /// Writes a domain's XML as a configuration of a hypervisor's own.
    pub async fn domain_to_native(&self, format: &str, xml: &str) -> Result<Text, CallError> {
        Ok(self.connect_domain_xml_to_native(format, xml, 0).await?.native_config)
    }
}

impl Domain {
    /// Its configuration: what runs, where it does and no flag says otherwise.
    pub async fn xml(&self, flags: DomainXmlFlags) -> Result<Text, CallError> {
        Ok(self.connection.domain_get_xml_desc(&self.wire, flags.bits()).await?.xml)
    }

    /// A part of its metadata. Error code 80 (`NO_DOMAIN_METADATA`) where there is none (libvirt 0.9.10).
    pub async fn metadata(&self, what: Metadata<'_>, affect: AffectFlags) -> Result<Text, CallError> {
        let arguments = DomainGetMetadata {
            dom: self.wire.clone(),
            r#type: what.number(),
            uri: what.uri(),
            flags: affect.bits(),
        };
        Ok(self.connection.domain_get_metadata(arguments).await?.metadata)
    }

    /// Changes a part of its metadata; `None` removes it (libvirt 0.9.10).
    pub async fn set_metadata(
        &self,
        what: Metadata<'_>,
        text: Option<&str>,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let arguments = DomainSetMetadata {
            dom: self.wire.clone(),
            r#type: what.number(),
            metadata: text.map(Text::from),
            key: what.key(),
            uri: what.uri(),
            flags: affect.bits(),
        };
        self.connection.domain_set_metadata(arguments).await
    }
}

impl Metadata<'_> {
    pub(in crate::client::objects) fn number(self) -> i32 {
        match self {
            Metadata::Description => MetadataType::Description,
            Metadata::Title => MetadataType::Title,
            Metadata::Element { .. } => MetadataType::Element,
        }
        .into()
    }

    pub(in crate::client::objects) fn uri(self) -> Option<Text> {
        match self {
            Metadata::Element { uri, .. } => Some(uri.into()),
            _ => None,
        }
    }

    pub(in crate::client::objects) fn key(self) -> Option<Text> {
        match self {
            Metadata::Element { prefix, .. } => Some(prefix.into()),
            _ => None,
        }
    }
}
