//! Saving domains to files, and restoring them.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
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
use super::super::{DomainInfo, Hypervisor, Result, Uuid, errors};
use super::HypervisorService;
use super::secrecy::shown;
use super::wire::xml;
use crate::server::{CallContext, heavy};

const BYPASS_CACHE: u32 = flags::DomainSaveFlags::BYPASS_CACHE.bits();
const RUNNING: u32 = flags::DomainSaveFlags::RUNNING.bits();
const PAUSED: u32 = flags::DomainSaveFlags::PAUSED.bits();
const SAVE_FLAGS: u32 = BYPASS_CACHE | RUNNING | PAUSED;
/// With passwords.
const XML_SECURE: u32 = SaveImageXmlFlags::SECURE.bits();

/// How many look for images of saved domains at a time: they wait for a disk, and take no processor's place.
pub(super) const AT_IMAGES: usize = 4;

impl<H: Hypervisor> HypervisorService<H> {
    fn saving(&self, function: &str) -> Result<&impl Saving> {
        self.hypervisor.saving().ok_or_else(|| RemoteError::no_support(function))
    }

    async fn save(&self, saving: &impl Saving, dom: &Domain, to: &Path, how: Save) -> Result<()> {
        let _change = self.change(Uuid(dom.uuid)).await?;
        saving.save(Uuid(dom.uuid), to, how).await
    }

    pub(super) async fn domain_save(&self, _: &CallContext, arguments: DomainSave) -> Result<()> {
        let DomainSave { dom, to } = arguments;
        self.save(self.saving("virDomainSave")?, &dom, &path(&to)?, Save::default()).await
    }

    pub(super) async fn domain_save_flags(&self, _: &CallContext, arguments: DomainSaveFlags) -> Result<()> {
        let DomainSaveFlags { dom, to, dxml, flags } = arguments;
        let how = how(dxml, flags, "domain_save_flags")?;
        self.save(self.saving("virDomainSaveFlags")?, &dom, &path(&to)?, how).await
    }

    pub(super) async fn domain_save_params(
        &self,
        _: &CallContext,
        arguments: DomainSaveParams,
    ) -> Result<()> {
        let DomainSaveParams { dom, params, flags } = arguments;
        let (file, dxml) = named(params)?;
        let how = how(dxml, flags, "domain_save_params")?;
        self.save(self.saving("virDomainSaveParams")?, &dom, &path(&file)?, how).await
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
                cx.admits::<P>(&self.described(xml).await, flags)?;
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
        errors::check_flags(flags, XML_SECURE.into(), "domain_save_image_get_xml_desc")?;
        let saving = self.saving("virDomainSaveImageGetXMLDesc")?;
        let path = path(&arguments.file)?;
        let xml = saving.saved_xml(&path).await?;
        if cx.is_decided() {
            cx.admits::<DomainSaveImageGetXmlDesc>(&self.described(&xml).await, flags)?;
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
        if !self.known(&dom).await?.persistent {
            return Err(errors::invalid("cannot do managed save for transient domain"));
        }
        self.save(self.saving("virDomainManagedSave")?, &dom, &place, how).await
    }

    pub(super) async fn domain_has_managed_save_image(
        &self,
        _: &CallContext,
        arguments: DomainHasManagedSaveImage,
    ) -> Result<DomainHasManagedSaveImageReply> {
        self.known(&arguments.dom).await?;
        let there = self.managed_image(Uuid(arguments.dom.uuid)).await?.is_some();
        Ok(DomainHasManagedSaveImageReply { result: there.into() })
    }

    pub(super) async fn domain_managed_save_remove(
        &self,
        _: &CallContext,
        arguments: DomainManagedSaveRemove,
    ) -> Result<()> {
        errors::check_flags(arguments.flags, 0, "domain_managed_save_remove")?;
        self.known(&arguments.dom).await?;
        self.managed(&arguments.dom, "virDomainManagedSaveRemove")?;
        self.remove_managed(Uuid(arguments.dom.uuid)).await
    }

    pub(super) async fn domain_managed_save_get_xml_desc(
        &self,
        _: &CallContext,
        arguments: DomainManagedSaveGetXmlDesc,
    ) -> Result<DomainManagedSaveGetXmlDescReply> {
        let DomainManagedSaveGetXmlDesc { dom, flags } = arguments;
        errors::check_flags(flags, XML_SECURE.into(), "domain_managed_save_get_xml_desc")?;
        self.known(&dom).await?;
        let image = self.managed_image(Uuid(dom.uuid)).await?.ok_or_else(no_image)?;
        let saving = self.saving("virDomainManagedSaveGetXMLDesc")?;
        let read = || saving.saved_xml(&image);
        let xml = shown(read().await?, flags & XML_SECURE != 0, read).await?;
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
        let image = self.managed_image(Uuid(dom.uuid)).await?.ok_or_else(no_image)?;
        self.saving("virDomainManagedSaveDefineXML")?.set_saved(&image, how).await
    }

    /// The file that is a domain's own, if it is there.
    pub(super) async fn managed_image(&self, domain: Uuid) -> Result<Option<PathBuf>> {
        let Some(place) = self.managed_place(domain) else { return Ok(None) };
        self.at_images(move || place.exists().then_some(place)).await
    }

    fn managed_place(&self, domain: Uuid) -> Option<PathBuf> {
        self.hypervisor.saving()?.managed(domain)
    }

    /// Which of these domains have a file of their own. There may be thousands.
    pub(super) async fn have_managed_images(&self, domains: &[DomainInfo]) -> Result<Vec<bool>> {
        let places: Vec<_> = domains.iter().map(|domain| self.managed_place(domain.uuid)).collect();
        if places.iter().all(Option::is_none) {
            return Ok(vec![false; places.len()]);
        }
        self.at_images(move || are_there(&places)).await
    }

    /// Looks for images. Their folder may be at a file server that takes its time: that is no worker's of the runtime to wait for.
    async fn at_images<T: Send + 'static>(&self, look: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let looked = heavy::work_at(self.at_images.clone(), look).await;
        looked.map_err(|error| errors::failed(format!("the images cannot be looked for: {error}")))
    }

    /// Starts a domain from its own file, which is used up by that; `None` where there is none.
    pub(super) async fn start_managed(
        &self,
        domain: Uuid,
        paused: bool,
        bypass_cache: bool,
    ) -> Option<Result<()>> {
        let image = match self.managed_image(domain).await {
            Ok(image) => image?,
            Err(error) => return Some(Err(error)),
        };
        let how = Save { runs: paused.then_some(false), bypass_cache, ..Save::default() };
        match self.hypervisor.saving()?.restore(&image, how).await {
            Ok(()) => Some(self.remove_managed(domain).await),
            Err(error) => Some(Err(error)),
        }
    }

    /// When this returns it is gone for good, also where the machine ends next.
    pub(super) async fn remove_managed(&self, domain: Uuid) -> Result<()> {
        let Some(image) = self.managed_place(domain) else { return Ok(()) };
        let removed = self.at_images(move || {
            if !image.exists() {
                return Ok(());
            }
            std::fs::remove_file(&image)?;
            image.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
        });
        let removed: io::Result<()> = removed.await?;
        removed.map_err(|error| errors::failed(format!("the image cannot be removed: {error}")))
    }

    fn managed(&self, dom: &Domain, function: &str) -> Result<PathBuf> {
        let place = self.saving(function)?.managed(Uuid(dom.uuid));
        place.ok_or_else(|| RemoteError::no_support(function))
    }
}

/// Which of these files are there. Most are not, so each folder is read, once.
fn are_there(files: &[Option<PathBuf>]) -> Vec<bool> {
    let mut folders: HashMap<&Path, Option<HashSet<OsString>>> = HashMap::new();
    let is_there = files.iter().map(|file| {
        let Some(file) = file else { return false };
        let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else { return false };
        let names = folders.entry(folder).or_insert_with(|| names_in(folder).ok());
        names.as_ref().is_none_or(|names| names.contains(name)) && file.exists()
    });
    is_there.collect()
}

fn names_in(folder: &Path) -> io::Result<HashSet<OsString>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
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

#[cfg(all(test, feature = "mem"))]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::hypervisor::StartOptions;
    use crate::hypervisor::mem::{Config, Mem};
    use crate::hypervisor::store::Store;

    /// A disk is no processor: whatever these have to do, an image is found.
    #[tokio::test]
    async fn images_are_found_while_all_processors_are_busy() {
        let directory = std::env::temp_dir().join(format!("virtwire-looked-for-{}", Uuid::random()));
        let (mem, _) = Mem::kept(Config::default(), Store::open(&directory).unwrap()).unwrap();
        let xml = "<domain type='mem'><name>a</name><memory>1024</memory></domain>";
        let domain = mem.create(xml.to_owned(), StartOptions::default()).await.unwrap();
        let service = HypervisorService::new(mem);
        assert_eq!(service.managed_image(domain.uuid).await, Ok(None));
        let image = service.managed_place(domain.uuid).unwrap();
        std::fs::write(&image, "").unwrap();

        let (begin, begun) = mpsc::channel();
        let places = std::thread::available_parallelism().map_or(1, usize::from);
        let (ends, busy): (Vec<_>, Vec<_>) = (0..places)
            .map(|_| {
                let (begin, (end, ended)) = (begin.clone(), mpsc::channel::<()>());
                let work = heavy::work(move || {
                    let _ = begin.send(());
                    let _ = ended.recv();
                });
                (end, tokio::spawn(work))
            })
            .unzip();
        let all_begun = tokio::task::spawn_blocking(move || begun.iter().take(places).count());
        assert_eq!(all_begun.await.unwrap(), places);
        let found = async {
            assert_eq!(service.managed_image(domain.uuid).await, Ok(Some(image.clone())));
            assert_eq!(service.have_managed_images(std::slice::from_ref(&domain)).await, Ok(vec![true]));
            service.remove_managed(domain.uuid).await.unwrap();
            assert!(!image.exists());
        };
        tokio::time::timeout(Duration::from_secs(60), found).await.expect("it waits for no processor");
        drop(ends);
        for one in busy {
            one.await.unwrap().unwrap();
        }
        std::fs::remove_dir_all(directory).unwrap();
    }
}
