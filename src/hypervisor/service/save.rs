//! Saving domains to files, and restoring them.

use std::path::{Path, PathBuf};

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::flags::{self, SaveImageXmlFlags};
use virtwire_protocol::program::Procedure;
use virtwire_protocol::remote::{
    Domain, DomainHasManagedSaveImage, DomainHasManagedSaveImageReply, DomainManagedSave,
    DomainManagedSaveDefineXml, DomainManagedSaveGetXmlDesc, DomainManagedSaveGetXmlDescReply,
    DomainManagedSaveRemove, DomainRestore, DomainRestoreFlags, DomainRestoreParams, DomainSave,
    DomainSaveFlags, DomainSaveImageDefineXml, DomainSaveImageGetXmlDesc, DomainSaveImageGetXmlDescReply,
    DomainSaveParams, TypedParam, TypedParamValue,
};
use virtwire_xdr::Text;

use super::super::saving::{Save, Saving};
use super::super::{Hypervisor, Result, Uuid, errors};
use super::HypervisorService;
use super::images::Alone;
use super::secrecy::shown;
use super::wire::xml;
use crate::server::CallContext;

const BYPASS_CACHE: u32 = flags::DomainSaveFlags::BYPASS_CACHE.bits();
const RUNNING: u32 = flags::DomainSaveFlags::RUNNING.bits();
const PAUSED: u32 = flags::DomainSaveFlags::PAUSED.bits();
const SAVE_FLAGS: u32 = BYPASS_CACHE | RUNNING | PAUSED;
/// With passwords.
pub(super) const XML_SECURE: u32 = SaveImageXmlFlags::SECURE.bits();

impl<H: Hypervisor> HypervisorService<H> {
    fn saving(&self, function: &str) -> Result<&impl Saving> {
        self.hypervisor.saving().ok_or_else(|| RemoteError::no_support(function))
    }

    async fn save(&self, function: &'static str, dom: &Domain, to: PathBuf, how: Save) -> Result<()> {
        self.saving(function)?;
        let alone = self.images.alone(Uuid(dom.uuid)).await?;
        self.save_alone(alone, function, Uuid(dom.uuid), to, how).await
    }

    async fn save_alone(
        &self,
        alone: Alone,
        function: &'static str,
        domain: Uuid,
        to: PathBuf,
        how: Save,
    ) -> Result<()> {
        let (hypervisor, change) = (self.hypervisor.clone(), self.change(domain).await?);
        let saved = async move {
            let _change = change;
            let saving = hypervisor.saving().ok_or_else(|| RemoteError::no_support(function))?;
            saving.save(domain, &to, how).await
        };
        alone.through(saved).await
    }

    pub(super) async fn domain_save(&self, _: &CallContext, arguments: DomainSave) -> Result<()> {
        let DomainSave { dom, to } = arguments;
        self.save("virDomainSave", &dom, path(&to)?, Save::default()).await
    }

    pub(super) async fn domain_save_flags(&self, _: &CallContext, arguments: DomainSaveFlags) -> Result<()> {
        let DomainSaveFlags { dom, to, dxml, flags } = arguments;
        let how = how(dxml, flags, "domain_save_flags")?;
        self.save("virDomainSaveFlags", &dom, path(&to)?, how).await
    }

    pub(super) async fn domain_save_params(
        &self,
        _: &CallContext,
        arguments: DomainSaveParams,
    ) -> Result<()> {
        let DomainSaveParams { dom, params, flags } = arguments;
        let (file, dxml) = named(params)?;
        let how = how(dxml, flags, "domain_save_params")?;
        self.save("virDomainSaveParams", &dom, path(&file)?, how).await
    }

    /// Whether the client may do this with the guest that a file has. What is decided on is what is done, also if somebody has put another
    /// guest's file there by then.
    async fn admitted<P: Procedure>(
        &self,
        cx: &CallContext,
        saving: &impl Saving,
        file: &Path,
        flags: u32,
        mut how: Save,
    ) -> Result<Save> {
        if cx.is_decided() {
            let own = saving.saved_xml(file).await?;
            for xml in [Some(&own), how.xml.as_ref()].into_iter().flatten() {
                cx.admits::<P>(&self.described(xml).await?, flags)?;
            }
            how.xml.get_or_insert(own);
        }
        Ok(how)
    }

    async fn restore<P: Procedure>(
        &self,
        cx: &CallContext,
        saving: &impl Saving,
        from: &Path,
        flags: u32,
        how: Save,
    ) -> Result<()> {
        let how = self.admitted::<P>(cx, saving, from, flags, how).await?;
        saving.restore(from, how).await
    }

    pub(super) async fn domain_restore(&self, cx: &CallContext, arguments: DomainRestore) -> Result<()> {
        let (saving, from) = (self.saving("virDomainRestore")?, path(&arguments.from)?);
        self.restore::<DomainRestore>(cx, saving, &from, 0, Save::default()).await
    }

    pub(super) async fn domain_restore_flags(
        &self,
        cx: &CallContext,
        arguments: DomainRestoreFlags,
    ) -> Result<()> {
        let DomainRestoreFlags { from, dxml, flags } = arguments;
        let how = how(dxml, flags, "domain_restore_flags")?;
        let (saving, from) = (self.saving("virDomainRestoreFlags")?, path(&from)?);
        self.restore::<DomainRestoreFlags>(cx, saving, &from, flags, how).await
    }

    pub(super) async fn domain_restore_params(
        &self,
        cx: &CallContext,
        arguments: DomainRestoreParams,
    ) -> Result<()> {
        let DomainRestoreParams { params, flags } = arguments;
        let (file, dxml) = named(params)?;
        let how = how(dxml, flags, "domain_restore_params")?;
        let (saving, from) = (self.saving("virDomainRestoreParams")?, path(&file)?);
        self.restore::<DomainRestoreParams>(cx, saving, &from, flags, how).await
    }

    pub(super) async fn domain_save_image_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: DomainSaveImageGetXmlDesc,
    ) -> Result<DomainSaveImageGetXmlDescReply> {
        let flags = arguments.flags;
        let saving = self.saving("virDomainSaveImageGetXMLDesc")?;
        let path = path(&arguments.file)?;
        let xml = saving.saved_xml(&path).await?;
        if cx.is_decided() {
            cx.admits::<DomainSaveImageGetXmlDesc>(&self.described(&xml).await?, flags)?;
        }
        let xml = shown(xml, flags & XML_SECURE != 0, || saving.saved_xml(&path)).await?;
        Ok(DomainSaveImageGetXmlDescReply { xml })
    }

    pub(super) async fn domain_save_image_define_xml(
        &self,
        cx: &CallContext,
        arguments: DomainSaveImageDefineXml,
    ) -> Result<()> {
        let DomainSaveImageDefineXml { file, dxml, flags } = arguments;
        let how = how(Some(dxml), flags, "domain_save_image_define_xml")?;
        let (saving, file) = (self.saving("virDomainSaveImageDefineXML")?, path(&file)?);
        let how = self.admitted::<DomainSaveImageDefineXml>(cx, saving, &file, flags, how).await?;
        saving.set_saved(&file, how).await
    }

    pub(super) async fn domain_managed_save(
        &self,
        _: &CallContext,
        arguments: DomainManagedSave,
    ) -> Result<()> {
        let DomainManagedSave { dom, flags } = arguments;
        let how = how(None, flags, "domain_managed_save")?;
        let place = self.managed(&dom, "virDomainManagedSave")?;
        let alone = self.images.alone(Uuid(dom.uuid)).await?;
        if !self.known(&dom).await?.persistent {
            return Err(errors::invalid("cannot do managed save for transient domain"));
        }
        self.save_alone(alone, "virDomainManagedSave", Uuid(dom.uuid), place, how).await
    }

    pub(super) async fn domain_has_managed_save_image(
        &self,
        _: &CallContext,
        arguments: DomainHasManagedSaveImage,
    ) -> Result<DomainHasManagedSaveImageReply> {
        self.known(&arguments.dom).await?;
        let there = self.images.find(Uuid(arguments.dom.uuid)).await?.is_some();
        Ok(DomainHasManagedSaveImageReply { result: there.into() })
    }

    pub(super) async fn domain_managed_save_remove(
        &self,
        _: &CallContext,
        arguments: DomainManagedSaveRemove,
    ) -> Result<()> {
        self.known(&arguments.dom).await?;
        self.managed(&arguments.dom, "virDomainManagedSaveRemove")?;
        let domain = Uuid(arguments.dom.uuid);
        let (alone, images) = (self.images.alone(domain).await?, self.images.clone());
        alone.through(async move { images.remove(domain).await }).await
    }

    pub(super) async fn domain_managed_save_get_xml_desc(
        &self,
        _: &CallContext,
        arguments: DomainManagedSaveGetXmlDesc,
    ) -> Result<DomainManagedSaveGetXmlDescReply> {
        let DomainManagedSaveGetXmlDesc { dom, flags } = arguments;
        self.known(&dom).await?;
        let image = self.images.find(Uuid(dom.uuid)).await?.ok_or_else(no_image)?;
        let saving = self.saving("virDomainManagedSaveGetXMLDesc")?;
        let read = || saving.saved_xml(&image);
        let xml = read().await?;
        self.images.check_is_of(Uuid(dom.uuid), &xml).await?;
        let xml = shown(xml, flags & XML_SECURE != 0, read).await?;
        Ok(DomainManagedSaveGetXmlDescReply { xml })
    }

    pub(super) async fn domain_managed_save_define_xml(
        &self,
        _: &CallContext,
        arguments: DomainManagedSaveDefineXml,
    ) -> Result<()> {
        let DomainManagedSaveDefineXml { dom, dxml, flags } = arguments;
        let how = how(dxml, flags, "domain_managed_save_define_xml")?;
        self.known(&dom).await?;
        let domain = Uuid(dom.uuid);
        let (alone, images) = (self.images.alone(domain).await?, self.images.clone());
        let image = images.find(domain).await?.ok_or_else(no_image)?;
        let xml = self.saving("virDomainManagedSaveDefineXML")?.saved_xml(&image).await?;
        for xml in [Some(&xml), how.xml.as_ref()].into_iter().flatten() {
            images.check_is_of(domain, xml).await?;
        }
        let hypervisor = self.hypervisor.clone();
        let set = async move {
            let saving = hypervisor.saving().ok_or_else(no_image)?;
            saving.set_saved(&image, how).await
        };
        alone.through(set).await
    }

    fn managed(&self, dom: &Domain, function: &str) -> Result<PathBuf> {
        let place = self.saving(function)?.managed(Uuid(dom.uuid));
        place.ok_or_else(|| RemoteError::no_support(function))
    }
}

fn no_image() -> RemoteError {
    errors::invalid("domain does not have managed save image")
}

/// A place on this host from a client.
pub(super) fn path(file: &Text) -> Result<PathBuf> {
    let path = file.to_str().map(Path::new).ok().filter(|path| path.is_absolute());
    path.map(Path::to_owned).ok_or_else(|| errors::invalid_argument(format!("'{file}' is no absolute path")))
}

fn how(dxml: Option<Text>, flags: u32, function: &str) -> Result<Save> {
    errors::check_flags(flags, SAVE_FLAGS.into(), function)?;
    let runs = match flags & !BYPASS_CACHE {
        RUNNING => Some(true),
        PAUSED => Some(false),
        0 => None,
        _ => return Err(errors::invalid_argument("running and paused flags are mutually exclusive")),
    };
    Ok(Save { xml: dxml.map(xml).transpose()?, runs, bypass_cache: flags & BYPASS_CACHE != 0 })
}

/// The parameters of a saved domain: where it is, and its configuration.
fn named(params: Vec<TypedParam>) -> Result<(Text, Option<Text>)> {
    let (mut file, mut dxml) = (None, None);
    for TypedParam { field, value } in params {
        let slot = match field.as_bytes() {
            b"file" => &mut file,
            b"dxml" => &mut dxml,
            _ => return Err(errors::unsupported_argument(format!("parameter '{field}' not supported"))),
        };
        match value {
            TypedParamValue::String(text) if slot.is_none() => *slot = Some(text),
            _ => return Err(errors::invalid_argument(format!("parameter '{field}' is one string, once"))),
        }
    }
    let file = file.ok_or_else(|| errors::invalid_argument("no file passed"))?;
    Ok((file, dxml))
}
