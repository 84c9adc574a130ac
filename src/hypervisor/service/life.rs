//! What changes a domain.

use std::collections::BTreeMap;

use virtwire_protocol::flags::{self, DefineFlags, DomainStartFlags};
use virtwire_protocol::remote::{
    Domain, DomainCreate, DomainCreateWithFlags, DomainCreateWithFlagsReply, DomainCreateXml,
    DomainCreateXmlReply, DomainDefineXml, DomainDefineXmlFlags, DomainDefineXmlFlagsReply,
    DomainDefineXmlReply, DomainDestroy, DomainDestroyFlags, DomainReboot, DomainReset, DomainResume,
    DomainSetAutostart, DomainShutdown, DomainShutdownFlags, DomainSuspend, DomainUndefine,
    DomainUndefineFlags,
};

use super::super::{DomainInfo, Hypervisor, Lookup, Result, StartOptions, Undefine, Uuid, errors};
use super::HypervisorService;
use super::wire::{domain, xml};
use crate::hypervisor::moves::is_over;
use crate::panics;
use crate::server::CallContext;

const START_PAUSED: u32 = DomainStartFlags::PAUSED.bits();
const START_AUTODESTROY: u32 = DomainStartFlags::AUTODESTROY.bits();
const START_BYPASS_CACHE: u32 = DomainStartFlags::BYPASS_CACHE.bits();
const START_FORCE_BOOT: u32 = DomainStartFlags::FORCE_BOOT.bits();
/// Remove what a domain leaves behind, or keep it. Of checkpoints there are none.
pub(super) const UNDEFINE_FLAGS: u32 = 0x7f;
const UNDEFINE_NVRAM: u32 = flags::DomainUndefineFlags::NVRAM.bits();
const UNDEFINE_KEEP_NVRAM: u32 = flags::DomainUndefineFlags::KEEP_NVRAM.bits();
const UNDEFINE_TPM: u32 = flags::DomainUndefineFlags::TPM.bits();
const UNDEFINE_KEEP_TPM: u32 = flags::DomainUndefineFlags::KEEP_TPM.bits();
const UNDEFINE_MANAGED_SAVE: u32 = flags::DomainUndefineFlags::MANAGED_SAVE.bits();
const UNDEFINE_SNAPSHOTS: u32 = flags::DomainUndefineFlags::SNAPSHOTS_METADATA.bits();
/// Without losing anything. Nobody is asked to remove logs.
pub(super) const DESTROY_GRACEFUL: u32 = flags::DomainDestroyFlags::GRACEFUL.bits();
/// By the power button: the one way to ask a guest that every hypervisor has.
pub(super) const ACPI_POWER_BUTTON: u32 = flags::DomainShutdownFlags::ACPI_POWER_BTN.bits();
/// Compared with a schema first: there is none here, and what is known of the document is checked in any case.
pub(super) const DEFINE_VALIDATE: u32 = DefineFlags::VALIDATE.bits();
const START_VALIDATE: u32 = DomainStartFlags::VALIDATE.bits();
pub(super) const CREATE_FLAGS: u32 = START_PAUSED | START_AUTODESTROY | START_VALIDATE;
/// The last two are about a managed save image.
pub(super) const START_FLAGS: u32 = START_PAUSED | START_AUTODESTROY | START_BYPASS_CACHE | START_FORCE_BOOT;

/// What is to become of a domain's own saved file when it starts.
#[derive(Clone, Copy, Default)]
struct ImageUse {
    is_removed: bool,
    bypass_cache: bool,
}

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_define_xml(
        &self,
        _: &CallContext,
        arguments: DomainDefineXml,
    ) -> Result<DomainDefineXmlReply> {
        let defined = self.hypervisor.define(xml(arguments.xml)?).await?;
        Ok(DomainDefineXmlReply { dom: domain(&defined) })
    }

    pub(super) async fn domain_define_xml_flags(
        &self,
        _: &CallContext,
        arguments: DomainDefineXmlFlags,
    ) -> Result<DomainDefineXmlFlagsReply> {
        let defined = self.hypervisor.define(xml(arguments.xml)?).await?;
        Ok(DomainDefineXmlFlagsReply { dom: domain(&defined) })
    }

    pub(super) async fn domain_undefine(&self, _: &CallContext, arguments: DomainUndefine) -> Result<()> {
        self.undefine(uuid(&arguments.dom), 0).await
    }

    pub(super) async fn domain_undefine_flags(
        &self,
        _: &CallContext,
        arguments: DomainUndefineFlags,
    ) -> Result<()> {
        let kept = arguments.flags & (UNDEFINE_KEEP_NVRAM | UNDEFINE_KEEP_TPM);
        if kept != 0 && !self.hypervisor.undefine_keeps() {
            return Err(errors::unsupported_flags(kept, "domain_undefine_flags"));
        }
        self.undefine(uuid(&arguments.dom), arguments.flags).await
    }

    async fn undefine(&self, domain: Uuid, flags: u32) -> Result<()> {
        let stored = stored(flags)?;
        let (alone, images) = (self.images.alone(domain).await?, self.images.clone());
        if flags & UNDEFINE_MANAGED_SAVE == 0 && images.find(domain).await?.is_some() {
            return Err(errors::invalid("Refusing to undefine while domain managed save image exists"));
        }
        let found = self.found(Lookup::Uuid(domain)).await?;
        // One that is active goes on, with its snapshots; a transient one is refused as what it is.
        if found.persistent && found.id.is_none() {
            match self.snapshots_of(domain).await?.len() {
                0 => {}
                _ if flags & UNDEFINE_SNAPSHOTS != 0 => {
                    let forgotten = self.forget_snapshots(domain).await;
                    errors::by_flags(forgotten, UNDEFINE_SNAPSHOTS, "domain_undefine_flags")?;
                }
                count => {
                    let detail = format!("cannot delete inactive domain with {count} snapshots");
                    return Err(errors::invalid(detail));
                }
            }
        }
        // Before the definition: whoever is defined next under this UUID does not start from it, whenever this daemon ends; also where it
        // is used up already. One that is transient is refused as what it is.
        let image_goes = flags & UNDEFINE_MANAGED_SAVE != 0 || images.is_used_up(domain);
        let image_goes = found.persistent && image_goes;
        let hypervisor = self.hypervisor.clone();
        let undefined = async move {
            if image_goes {
                images.remove(domain).await?;
            }
            match stored == Undefine::default() {
                true => hypervisor.undefine(domain).await,
                false => hypervisor.undefine_with(domain, stored).await,
            }
        };
        alone.through(undefined).await
    }

    pub(super) async fn domain_create_xml(
        &self,
        cx: &CallContext,
        arguments: DomainCreateXml,
    ) -> Result<DomainCreateXmlReply> {
        let options = StartOptions { paused: arguments.flags & START_PAUSED != 0 };
        let created = self.hypervisor.create(xml(arguments.xml_desc)?, options).await?;
        self.ends_with(cx, &created, arguments.flags).await?;
        Ok(DomainCreateXmlReply { dom: domain(&created) })
    }

    pub(super) async fn domain_create(&self, _: &CallContext, arguments: DomainCreate) -> Result<()> {
        self.start(uuid(&arguments.dom)).await
    }

    pub(super) async fn start(&self, domain: Uuid) -> Result<()> {
        self.started(domain, StartOptions::default(), ImageUse::default()).await.map(drop)
    }

    /// From its own saved file, where it has one, unless it is to boot in any case: then that is removed, and what has started is told.
    async fn started(
        &self,
        domain: Uuid,
        options: StartOptions,
        image: ImageUse,
    ) -> Result<Option<DomainInfo>> {
        let (alone, images) = (self.images.alone(domain).await?, self.images.clone());
        let hypervisor = self.hypervisor.clone();
        let started = async move {
            if image.is_removed {
                images.remove(domain).await?;
            }
            match images.start(domain, options.paused, image.bypass_cache).await? {
                true => Ok(None),
                false => hypervisor.start(domain, options).await.map(Some),
            }
        };
        alone.through(started).await
    }

    pub(super) async fn domain_create_with_flags(
        &self,
        cx: &CallContext,
        arguments: DomainCreateWithFlags,
    ) -> Result<DomainCreateWithFlagsReply> {
        let options = StartOptions { paused: arguments.flags & START_PAUSED != 0 };
        let uuid = uuid(&arguments.dom);
        let image = ImageUse {
            is_removed: arguments.flags & START_FORCE_BOOT != 0,
            bypass_cache: arguments.flags & START_BYPASS_CACHE != 0,
        };
        let started = match self.started(uuid, options, image).await? {
            Some(started) => started,
            // From its image: it runs from here on, whatever can be told of it.
            None => match self.known(&arguments.dom).await {
                Ok(known) => known,
                Err(error) if arguments.flags & START_AUTODESTROY != 0 => {
                    // Nobody knows which run is to end with the client.
                    self.destroy(uuid).await?;
                    return Err(error);
                }
                Err(error) => {
                    tracing::warn!(domain = %uuid, %error, "a domain runs from its image, and cannot be told of");
                    return Ok(DomainCreateWithFlagsReply { dom: arguments.dom });
                }
            },
        };
        self.ends_with(cx, &started, arguments.flags).await?;
        Ok(DomainCreateWithFlagsReply { dom: domain(&started) })
    }

    /// Has a guest that was started so end with its client's connection; at once where that is gone, or it cannot be noted.
    async fn ends_with(&self, cx: &CallContext, guest: &DomainInfo, flags: u32) -> Result<()> {
        let Some(run) = guest.id.filter(|_| flags & START_AUTODESTROY != 0) else { return Ok(()) };
        let noted = panics::answered("noting a guest that is to end with its client", async {
            if self.clients.with(cx, |client| client.is_crowded())? {
                self.clients.forget_ended(cx, &self.hypervisor.domains().await?);
            }
            self.clients.destroys_at_end(cx, guest.uuid, run)
        });
        let noted = noted
            .await
            .unwrap_or_else(|| Err(errors::failed("the hypervisor has failed to tell its domains")));
        // It has started a moment ago: where nothing can be told of it now, it is still that run.
        if noted.is_err() && is_over(&*self.hypervisor, guest.uuid, run).await != Ok(true) {
            self.destroy(guest.uuid).await?;
        }
        noted
    }

    /// Ends the guests that were to end with a connection, if they are still the same.
    pub(super) async fn end_guests(&self, guests: BTreeMap<Uuid, u32>) {
        for (uuid, run) in guests {
            panics::survive("ending a guest with its client's connection", self.end_guest(uuid, run)).await;
        }
    }

    async fn end_guest(&self, uuid: Uuid, run: u32) {
        let ended = match is_over(&*self.hypervisor, uuid, run).await {
            Ok(true) => Ok(()),
            Ok(false) => self.destroy(uuid).await,
            // By now another run may have its UUID.
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            tracing::warn!(%uuid, %error, "a guest that was to end with its client's connection");
        }
    }

    /// Whether a guest may leave this host.
    ///
    /// # Errors
    /// Code 55 for one that ends with its client's connection.
    pub(super) async fn may_leave(&self, dom: &Domain) -> Result<()> {
        let found = self.hypervisor.domain(Lookup::Uuid(uuid(dom))).await?;
        match found.and_then(|found| found.id) {
            Some(run) if self.clients.is_auto_destroyed(uuid(dom), run) => {
                Err(errors::invalid("domain is marked for auto destroy"))
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn domain_destroy(&self, _: &CallContext, arguments: DomainDestroy) -> Result<()> {
        self.destroy(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_destroy_flags(
        &self,
        _: &CallContext,
        arguments: DomainDestroyFlags,
    ) -> Result<()> {
        match arguments.flags & DESTROY_GRACEFUL {
            0 => self.destroy(uuid(&arguments.dom)).await,
            graceful => {
                let ended = self.destroy_gracefully(uuid(&arguments.dom)).await;
                errors::by_flags(ended, graceful, "domain_destroy_flags")
            }
        }
    }

    pub(super) async fn domain_shutdown(&self, _: &CallContext, arguments: DomainShutdown) -> Result<()> {
        self.shutdown(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_shutdown_flags(
        &self,
        _: &CallContext,
        arguments: DomainShutdownFlags,
    ) -> Result<()> {
        self.shutdown(uuid(&arguments.dom)).await
    }

    async fn shutdown(&self, domain: Uuid) -> Result<()> {
        let _change = self.change(domain).await?;
        self.hypervisor.shutdown(domain).await
    }

    pub(super) async fn domain_reboot(&self, _: &CallContext, arguments: DomainReboot) -> Result<()> {
        let _change = self.change(uuid(&arguments.dom)).await?;
        self.hypervisor.reboot(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_reset(&self, _: &CallContext, arguments: DomainReset) -> Result<()> {
        let _change = self.change(uuid(&arguments.dom)).await?;
        self.hypervisor.reset(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_suspend(&self, _: &CallContext, arguments: DomainSuspend) -> Result<()> {
        self.suspend(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_resume(&self, _: &CallContext, arguments: DomainResume) -> Result<()> {
        self.resume(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_set_autostart(
        &self,
        _: &CallContext,
        arguments: DomainSetAutostart,
    ) -> Result<()> {
        self.hypervisor.set_autostart(uuid(&arguments.dom), arguments.autostart != 0).await
    }
}

/// What the flags say of what a domain has stored.
fn stored(flags: u32) -> Result<Undefine> {
    let kept = |keep: u32, remove: u32, what: &str| match (flags & keep != 0, flags & remove != 0) {
        (true, true) => Err(errors::invalid(format!("cannot both keep and delete {what}"))),
        (false, false) => Ok(None),
        (keep, _) => Ok(Some(keep)),
    };
    Ok(Undefine {
        keeps_nvram: kept(UNDEFINE_KEEP_NVRAM, UNDEFINE_NVRAM, "nvram")?,
        keeps_tpm: kept(UNDEFINE_KEEP_TPM, UNDEFINE_TPM, "TPM")?,
    })
}

fn uuid(dom: &Domain) -> Uuid {
    Uuid(dom.uuid)
}
