//! Domains in files: saved images and core dumps.

use virtwire_protocol::enums::DumpFormat;
use virtwire_protocol::flags::{DomainSaveFlags, DumpFlags, SaveImageXmlFlags};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{DomainCoreDumpWithFormat, DomainSaveFlags as SaveWithFlags};
use virtwire_xdr::Text;

use super::Domain;
use crate::client::{CallError, Connection};

/// Files are the daemon's, by absolute path. Saving and restoring take as long as the guest's memory is large.
impl Connection {
    /// Restores a domain from a saved image.
    pub async fn restore_domain(&self, file: &str) -> Result<(), CallError> {
        self.domain_restore(file).await
    }

    /// The same, with another configuration as far as the guest cannot tell, and flags (libvirt 0.9.4).
    pub async fn restore_domain_with(
        &self,
        file: &str,
        xml: Option<&str>,
        flags: DomainSaveFlags,
    ) -> Result<(), CallError> {
        self.domain_restore_flags(file, xml, flags.bits()).await
    }

    /// The same, with parameters such as `file` and `xml` (libvirt 8.4).
    pub async fn restore_domain_params(
        &self,
        params: TypedParams,
        flags: DomainSaveFlags,
    ) -> Result<(), CallError> {
        self.domain_restore_params(params.into(), flags.bits()).await
    }

    /// The configuration in a saved image (libvirt 0.9.4).
    pub async fn saved_image_xml(&self, file: &str, flags: SaveImageXmlFlags) -> Result<Text, CallError> {
        Ok(self.domain_save_image_get_xml_desc(file, flags.bits()).await?.xml)
    }

    /// Changes the configuration in a saved image, as far as the guest cannot tell (libvirt 0.9.4).
    pub async fn define_saved_image(
        &self,
        file: &str,
        xml: &str,
        flags: DomainSaveFlags,
    ) -> Result<(), CallError> {
        self.domain_save_image_define_xml(file, xml, flags.bits()).await
    }
}

impl Domain {
    /// Saves its memory to a file of the daemon's, and ends it.
    pub async fn save(&self, file: &str) -> Result<(), CallError> {
        self.connection.domain_save(&self.wire, file).await
    }

    /// The same, with another configuration as far as the guest cannot tell, and flags (libvirt 0.9.4).
    pub async fn save_with(
        &self,
        file: &str,
        xml: Option<&str>,
        flags: DomainSaveFlags,
    ) -> Result<(), CallError> {
        let (dom, to, dxml) = (self.wire.clone(), file.into(), xml.map(Text::from));
        self.connection.domain_save_flags(SaveWithFlags { dom, to, dxml, flags: flags.bits() }).await
    }

    /// The same, with parameters such as `file` and `image_format` (libvirt 8.4).
    pub async fn save_params(&self, params: TypedParams, flags: DomainSaveFlags) -> Result<(), CallError> {
        self.connection.domain_save_params(&self.wire, params.into(), flags.bits()).await
    }

    /// Saves its memory where the daemon keeps it, and ends it; the next start restores it.
    pub async fn managed_save(&self, flags: DomainSaveFlags) -> Result<(), CallError> {
        self.connection.domain_managed_save(&self.wire, flags.bits()).await
    }

    /// Whether there is an image to restore at the next start.
    pub async fn has_managed_save(&self) -> Result<bool, CallError> {
        Ok(self.connection.domain_has_managed_save_image(&self.wire, 0).await?.result != 0)
    }

    /// Removes that image.
    pub async fn remove_managed_save(&self) -> Result<(), CallError> {
        self.connection.domain_managed_save_remove(&self.wire, 0).await
    }

    /// The configuration in that image (libvirt 3.7).
    pub async fn managed_save_xml(&self, flags: SaveImageXmlFlags) -> Result<Text, CallError> {
        Ok(self.connection.domain_managed_save_get_xml_desc(&self.wire, flags.bits()).await?.xml)
    }

    /// Changes the configuration in that image, as far as the guest cannot tell (libvirt 3.7).
    pub async fn define_managed_save(&self, xml: &str, flags: DomainSaveFlags) -> Result<(), CallError> {
        self.connection.domain_managed_save_define_xml(&self.wire, Some(xml), flags.bits()).await
    }

    /// Writes the guest's memory to a file of the daemon's, to look at.
    pub async fn core_dump(&self, file: &str, flags: DumpFlags) -> Result<(), CallError> {
        self.connection.domain_core_dump(&self.wire, file, flags.bits()).await
    }

    /// The same in a format of the caller's choice (libvirt 1.2.3).
    pub async fn core_dump_as(
        &self,
        file: &str,
        format: DumpFormat,
        flags: DumpFlags,
    ) -> Result<(), CallError> {
        let arguments = DomainCoreDumpWithFormat {
            dom: self.wire.clone(),
            to: file.into(),
            dumpformat: i32::from(format).cast_unsigned(),
            flags: flags.bits(),
        };
        self.connection.domain_core_dump_with_format(arguments).await
    }
}
