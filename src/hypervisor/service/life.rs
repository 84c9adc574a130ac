//! What changes a domain.

use virtwire_protocol::remote::{
    Domain, DomainCreate, DomainCreateWithFlags, DomainCreateWithFlagsReply, DomainCreateXml,
    DomainCreateXmlReply, DomainDefineXml, DomainDefineXmlFlags, DomainDefineXmlFlagsReply,
    DomainDefineXmlReply, DomainDestroy, DomainDestroyFlags, DomainReboot, DomainReset, DomainResume,
    DomainSetAutostart, DomainShutdown, DomainShutdownFlags, DomainSuspend, DomainUndefine,
    DomainUndefineFlags,
};

use super::super::{Hypervisor, Result, StartOptions, Uuid, errors};
use super::HypervisorService;
use super::wire::{domain, xml};
use crate::server::CallContext;

const START_PAUSED: u32 = 1;
const START_BYPASS_CACHE: u32 = 4;
const START_FORCE_BOOT: u32 = 8;
/// Remove what a domain leaves behind: managed save image, snapshots, NVRAM, checkpoints, TPM. There is none of it.
const UNDEFINE_FLAGS: u64 = 0x7f;
/// Gently, and with its logs.
const DESTROY_FLAGS: u64 = 3;
/// By the power button: the one way to ask a guest that every hypervisor has.
const ACPI_POWER_BUTTON: u64 = 1;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_define_xml(
        &self,
        _: &CallContext,
        arguments: DomainDefineXml,
    ) -> Result<DomainDefineXmlReply> {
        let defined = self.hypervisor.define(xml(arguments.xml)?).await?;
        Ok(DomainDefineXmlReply { dom: domain(&defined) })
    }

    /// Without validation: there is no schema here.
    pub(super) async fn domain_define_xml_flags(
        &self,
        _: &CallContext,
        arguments: DomainDefineXmlFlags,
    ) -> Result<DomainDefineXmlFlagsReply> {
        errors::check_flags(arguments.flags, 0, "domain_define_xml_flags")?;
        let defined = self.hypervisor.define(xml(arguments.xml)?).await?;
        Ok(DomainDefineXmlFlagsReply { dom: domain(&defined) })
    }

    pub(super) async fn domain_undefine(&self, _: &CallContext, arguments: DomainUndefine) -> Result<()> {
        self.hypervisor.undefine(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_undefine_flags(
        &self,
        _: &CallContext,
        arguments: DomainUndefineFlags,
    ) -> Result<()> {
        errors::check_flags(arguments.flags, UNDEFINE_FLAGS, "domain_undefine_flags")?;
        self.hypervisor.undefine(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_create_xml(
        &self,
        _: &CallContext,
        arguments: DomainCreateXml,
    ) -> Result<DomainCreateXmlReply> {
        errors::check_flags(arguments.flags, START_PAUSED.into(), "domain_create_xml")?;
        let options = StartOptions { paused: arguments.flags & START_PAUSED != 0 };
        let created = self.hypervisor.create(xml(arguments.xml_desc)?, options).await?;
        Ok(DomainCreateXmlReply { dom: domain(&created) })
    }

    pub(super) async fn domain_create(&self, _: &CallContext, arguments: DomainCreate) -> Result<()> {
        self.hypervisor.start(uuid(&arguments.dom), StartOptions::default()).await?;
        Ok(())
    }

    pub(super) async fn domain_create_with_flags(
        &self,
        _: &CallContext,
        arguments: DomainCreateWithFlags,
    ) -> Result<DomainCreateWithFlagsReply> {
        // The last two are about a managed save image, and there is none.
        let known = START_PAUSED | START_BYPASS_CACHE | START_FORCE_BOOT;
        errors::check_flags(arguments.flags, known.into(), "domain_create_with_flags")?;
        let options = StartOptions { paused: arguments.flags & START_PAUSED != 0 };
        let started = self.hypervisor.start(uuid(&arguments.dom), options).await?;
        Ok(DomainCreateWithFlagsReply { dom: domain(&started) })
    }

    pub(super) async fn domain_destroy(&self, _: &CallContext, arguments: DomainDestroy) -> Result<()> {
        self.hypervisor.destroy(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_destroy_flags(
        &self,
        _: &CallContext,
        arguments: DomainDestroyFlags,
    ) -> Result<()> {
        errors::check_flags(arguments.flags, DESTROY_FLAGS, "domain_destroy_flags")?;
        self.hypervisor.destroy(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_shutdown(&self, _: &CallContext, arguments: DomainShutdown) -> Result<()> {
        self.hypervisor.shutdown(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_shutdown_flags(
        &self,
        _: &CallContext,
        arguments: DomainShutdownFlags,
    ) -> Result<()> {
        errors::check_flags(arguments.flags, ACPI_POWER_BUTTON, "domain_shutdown_flags")?;
        self.hypervisor.shutdown(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_reboot(&self, _: &CallContext, arguments: DomainReboot) -> Result<()> {
        errors::check_flags(arguments.flags, ACPI_POWER_BUTTON, "domain_reboot")?;
        self.hypervisor.reboot(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_reset(&self, _: &CallContext, arguments: DomainReset) -> Result<()> {
        errors::check_flags(arguments.flags, 0, "domain_reset")?;
        self.hypervisor.reset(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_suspend(&self, _: &CallContext, arguments: DomainSuspend) -> Result<()> {
        self.hypervisor.suspend(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_resume(&self, _: &CallContext, arguments: DomainResume) -> Result<()> {
        self.hypervisor.resume(uuid(&arguments.dom)).await
    }

    pub(super) async fn domain_set_autostart(
        &self,
        _: &CallContext,
        arguments: DomainSetAutostart,
    ) -> Result<()> {
        self.hypervisor.set_autostart(uuid(&arguments.dom), arguments.autostart != 0).await
    }
}

fn uuid(dom: &Domain) -> Uuid {
    Uuid(dom.uuid)
}
