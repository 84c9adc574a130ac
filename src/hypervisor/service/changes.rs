//! What is changed of a domain that is there: where, and whether there is anything to change.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::flags::{AffectFlags, DeviceFlags, VcpuFlags};
use virtwire_protocol::remote::{
    Domain, DomainAttachDevice, DomainAttachDeviceFlags, DomainDetachDevice, DomainDetachDeviceAlias,
    DomainDetachDeviceFlags, DomainGetMetadata, DomainGetMetadataReply, DomainRename, DomainRenameReply,
    DomainSetMaxMemory, DomainSetMemory, DomainSetMemoryFlags, DomainSetMetadata, DomainSetVcpus,
    DomainSetVcpusFlags, DomainUpdateDeviceFlags,
};
use virtwire_xdr::Text;

use super::super::{
    Change, Changes, DomainInfo, Happening, Hypervisor, Metadata, Place, Result, Uuid, errors,
};
use super::HypervisorService;
use super::wire::{new_name, xml};
use crate::server::CallContext;

pub(super) const LIVE: u32 = AffectFlags::LIVE.bits();
pub(super) const CONFIG: u32 = AffectFlags::CONFIG.bits();
/// What it may have, in place of what it has.
pub(super) const MAXIMUM: u32 = VcpuFlags::MAXIMUM.bits();
/// Also where the guest has not let go of a device's medium.
pub(super) const FORCE: u32 = DeviceFlags::FORCE.bits();

impl<H: Hypervisor> HypervisorService<H> {
    fn changes(&self, api: &str) -> Result<&impl Changes> {
        self.hypervisor.changes().ok_or_else(|| RemoteError::no_support(api))
    }

    /// Changes what runs, the configuration, both, or whichever is current.
    async fn changed(&self, dom: &Domain, change: Change, flags: u32, api: &str) -> Result<()> {
        let changes = self.changes(api)?;
        let domain = self.known(dom).await?;
        let told = metadata_of(&change);
        let place = place(&domain, flags)?;
        let _change = if place.live { self.change(domain.uuid).await? } else { None };
        changes.change(domain.uuid, change, place).await?;
        if let Some(what) = told {
            self.tell_happening(&domain, &Happening::MetadataChange(what));
        }
        Ok(())
    }

    pub(super) async fn domain_set_memory(&self, _: &CallContext, arguments: DomainSetMemory) -> Result<()> {
        let change = Change::Memory(arguments.memory);
        self.changed(&arguments.dom, change, LIVE, "virDomainSetMemory").await
    }

    pub(super) async fn domain_set_max_memory(
        &self,
        _: &CallContext,
        arguments: DomainSetMaxMemory,
    ) -> Result<()> {
        let change = Change::MemoryMax(arguments.memory);
        self.changed(&arguments.dom, change, 0, "virDomainSetMaxMemory").await
    }

    pub(super) async fn domain_set_memory_flags(
        &self,
        _: &CallContext,
        arguments: DomainSetMemoryFlags,
    ) -> Result<()> {
        let DomainSetMemoryFlags { dom, memory, flags } = arguments;
        let change = if flags & MAXIMUM != 0 { Change::MemoryMax(memory) } else { Change::Memory(memory) };
        self.changed(&dom, change, flags, "virDomainSetMemoryFlags").await
    }

    pub(super) async fn domain_set_vcpus(&self, _: &CallContext, arguments: DomainSetVcpus) -> Result<()> {
        let change = Change::Vcpus(arguments.nvcpus);
        self.changed(&arguments.dom, change, LIVE, "virDomainSetVcpus").await
    }

    pub(super) async fn domain_set_vcpus_flags(
        &self,
        _: &CallContext,
        arguments: DomainSetVcpusFlags,
    ) -> Result<()> {
        let DomainSetVcpusFlags { dom, nvcpus, flags } = arguments;
        let change = if flags & MAXIMUM != 0 { Change::VcpusMax(nvcpus) } else { Change::Vcpus(nvcpus) };
        self.changed(&dom, change, flags, "virDomainSetVcpusFlags").await
    }

    pub(super) async fn domain_set_metadata(
        &self,
        _: &CallContext,
        arguments: DomainSetMetadata,
    ) -> Result<()> {
        let DomainSetMetadata { dom, r#type, metadata, key, uri, flags } = arguments;
        // An empty text is none.
        let value = metadata.map(|text| utf8(text, "metadata")).transpose()?.filter(|text| !text.is_empty());
        let change = match what(r#type, uri)? {
            Metadata::Description => Change::Description(value),
            Metadata::Title if value.as_ref().is_some_and(|title| title.contains('\n')) => {
                return Err(errors::invalid_argument("metadata title can't contain newlines"));
            }
            Metadata::Title => Change::Title(value),
            Metadata::Element(uri) => {
                let key = key.map(|key| utf8(key, "key")).transpose()?;
                let element = match (value, key) {
                    (None, _) => None,
                    (Some(value), Some(key)) if is_prefix(&key) => Some((key, value)),
                    (Some(_), _) => {
                        return Err(errors::invalid_argument("key in virDomainSetMetadata must be a prefix"));
                    }
                };
                Change::Element { uri, element }
            }
        };
        self.changed(&dom, change, flags, "virDomainSetMetadata").await
    }

    pub(super) async fn domain_attach_device(
        &self,
        _: &CallContext,
        arguments: DomainAttachDevice,
    ) -> Result<()> {
        let change = Change::Attach(xml(arguments.xml)?);
        self.changed(&arguments.dom, change, LIVE, "virDomainAttachDevice").await
    }

    pub(super) async fn domain_attach_device_flags(
        &self,
        _: &CallContext,
        arguments: DomainAttachDeviceFlags,
    ) -> Result<()> {
        let DomainAttachDeviceFlags { dom, xml: device, flags } = arguments;
        self.changed(&dom, Change::Attach(xml(device)?), flags, "virDomainAttachDeviceFlags").await
    }

    pub(super) async fn domain_detach_device(
        &self,
        _: &CallContext,
        arguments: DomainDetachDevice,
    ) -> Result<()> {
        let change = Change::Detach(xml(arguments.xml)?);
        self.changed(&arguments.dom, change, LIVE, "virDomainDetachDevice").await
    }

    pub(super) async fn domain_detach_device_flags(
        &self,
        _: &CallContext,
        arguments: DomainDetachDeviceFlags,
    ) -> Result<()> {
        let DomainDetachDeviceFlags { dom, xml: device, flags } = arguments;
        self.changed(&dom, Change::Detach(xml(device)?), flags, "virDomainDetachDeviceFlags").await
    }

    pub(super) async fn domain_detach_device_alias(
        &self,
        _: &CallContext,
        arguments: DomainDetachDeviceAlias,
    ) -> Result<()> {
        let DomainDetachDeviceAlias { dom, alias, flags } = arguments;
        let change = Change::DetachAlias(utf8(alias, "alias")?);
        self.changed(&dom, change, flags, "virDomainDetachDeviceAlias").await
    }

    pub(super) async fn domain_update_device_flags(
        &self,
        _: &CallContext,
        arguments: DomainUpdateDeviceFlags,
    ) -> Result<()> {
        let DomainUpdateDeviceFlags { dom, xml: device, flags } = arguments;
        let change = Change::Update { device: xml(device)?, force: flags & FORCE != 0 };
        self.changed(&dom, change, flags, "virDomainUpdateDeviceFlags").await
    }

    pub(super) async fn domain_get_metadata(
        &self,
        _: &CallContext,
        arguments: DomainGetMetadata,
    ) -> Result<DomainGetMetadataReply> {
        let DomainGetMetadata { dom, r#type, uri, flags } = arguments;
        check_one_place(flags)?;
        let changes = self.changes("virDomainGetMetadata")?;
        let what = what(r#type, uri)?;
        let domain = self.known(&dom).await?;
        let inactive = place(&domain, flags)?.config;
        let found = changes.metadata(domain.uuid, &what, inactive).await?;
        let metadata = found.ok_or_else(|| {
            let name = match what {
                Metadata::Description => "description",
                Metadata::Title => "title",
                Metadata::Element(_) => "metadata",
            };
            let detail = format!("Requested {name} element is not present");
            RemoteError::new(ErrorCode::NO_DOMAIN_METADATA, ErrorDomain::DOMAIN, detail)
        })?;
        Ok(DomainGetMetadataReply { metadata: metadata.into() })
    }

    pub(super) async fn domain_rename(
        &self,
        _: &CallContext,
        arguments: DomainRename,
    ) -> Result<DomainRenameReply> {
        self.changes("virDomainRename")?;
        let name = new_name(arguments.new_name.unwrap_or_default())?;
        let alone = self.images.alone(Uuid(arguments.dom.uuid)).await?;
        let domain = self.known(&arguments.dom).await?;
        if domain.id.is_some() {
            return Err(errors::invalid("cannot rename active domain"));
        }
        if domain.name == name {
            return Err(errors::invalid("Can't rename domain to itself"));
        }
        if self.images.find(domain.uuid).await?.is_some() {
            return Err(errors::invalid("domain with a managed saved state can't be renamed"));
        }
        match self.snapshots_of(domain.uuid).await?.len() {
            0 => {}
            count => return Err(errors::invalid(format!("cannot rename domain with {count} snapshots"))),
        }
        let hypervisor = self.hypervisor.clone();
        let renamed = async move {
            let changes = hypervisor.changes().ok_or_else(|| RemoteError::no_support("virDomainRename"))?;
            changes.rename(domain.uuid, name).await
        };
        alone.through(renamed).await?;
        Ok(DomainRenameReply { retcode: 0 })
    }
}

/// What of its metadata a change is about, if it is.
fn metadata_of(change: &Change) -> Option<Metadata> {
    match change {
        Change::Description(_) => Some(Metadata::Description),
        Change::Title(_) => Some(Metadata::Title),
        Change::Element { uri, .. } => Some(Metadata::Element(uri.clone())),
        _ => None,
    }
}

/// There is one answer.
pub(super) fn check_one_place(flags: u32) -> Result<()> {
    match flags & (LIVE | CONFIG) == LIVE | CONFIG {
        true => Err(errors::invalid_argument("what runs and the configuration cannot be asked for at once")),
        false => Ok(()),
    }
}

/// Which of the two the flags say; without them the one that counts now.
pub(super) fn said(active: bool, flags: u32) -> Place {
    match flags & (LIVE | CONFIG) {
        0 => Place { live: active, config: !active },
        flags => Place { live: flags & LIVE != 0, config: flags & CONFIG != 0 },
    }
}

/// Which of the two the flags mean.
pub(super) fn place(domain: &DomainInfo, flags: u32) -> Result<Place> {
    let active = domain.id.is_some();
    let place = said(active, flags);
    if place.live && !active {
        return Err(errors::not_running());
    }
    if place.config && !domain.persistent {
        return Err(errors::invalid("transient domains do not have any persistent config"));
    }
    Ok(place)
}

fn what(kind: i32, uri: Option<Text>) -> Result<Metadata> {
    match (kind, uri) {
        (0, _) => Ok(Metadata::Description),
        (1, _) => Ok(Metadata::Title),
        (2, Some(uri)) => match utf8(uri, "uri")? {
            uri if !uri.is_empty() => Ok(Metadata::Element(uri)),
            _ => Err(errors::invalid_argument("uri of an element of metadata must not be empty")),
        },
        (2, None) => Err(errors::invalid_argument("uri of an element of metadata must not be NULL")),
        (kind, _) => Err(errors::unsupported_argument(format!("unknown metadata type {kind}"))),
    }
}

fn utf8(text: Text, what: &str) -> Result<String> {
    String::from_utf8(text.into_bytes()).map_err(|_| errors::invalid_argument(format!("{what} is not UTF-8")))
}

/// Whether an element's name may begin with it and a colon.
fn is_prefix(key: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphabetic() || letter == '_';
    let rest = |letter: char| is_letter(letter) || letter.is_ascii_digit() || letter == '-' || letter == '.';
    key.starts_with(is_letter) && key.chars().all(rest) && !key.starts_with("xml")
}
