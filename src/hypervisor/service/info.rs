//! Questions about one domain, and the answers that stand for "there is none".

use virtwire_protocol::flags::{DomainXmlFlags, MemoryPeekFlags};
use virtwire_protocol::profile::Feature;
use virtwire_protocol::remote::{
    DOMAIN_MEMORY_PEEK_BUFFER_MAX, DomainGetAutostart, DomainGetAutostartReply, DomainGetControlInfo,
    DomainGetControlInfoReply, DomainGetInfo, DomainGetInfoReply, DomainGetMaxMemory,
    DomainGetMaxMemoryReply, DomainGetMessages, DomainGetMessagesReply, DomainGetOsType,
    DomainGetOsTypeReply, DomainGetSecurityLabel, DomainGetSecurityLabelList,
    DomainGetSecurityLabelListReply, DomainGetSecurityLabelReply, DomainGetState, DomainGetStateReply,
    DomainGetXmlDesc, DomainGetXmlDescReply, DomainIsActive, DomainIsActiveReply, DomainIsPersistent,
    DomainIsPersistentReply, DomainIsUpdated, DomainIsUpdatedReply, DomainListAllCheckpoints,
    DomainListAllCheckpointsReply, DomainMemoryPeek, DomainMemoryPeekReply,
};

use super::super::{Hypervisor, Result, Uuid, WhichXml, errors};
use super::HypervisorService;
use super::clients::internal;
use super::secrecy::shown;
use crate::server::CallContext;

const XML_SECURE: u32 = DomainXmlFlags::SECURE.bits();
const XML_INACTIVE: u32 = DomainXmlFlags::INACTIVE.bits();
const XML_UPDATE_CPU: u32 = DomainXmlFlags::UPDATE_CPU.bits();
const XML_MIGRATABLE: u32 = DomainXmlFlags::MIGRATABLE.bits();
pub(super) const MEMORY_PHYSICAL: u32 = MemoryPeekFlags::PHYSICAL.bits();

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_get_info(
        &self,
        _: &CallContext,
        arguments: DomainGetInfo,
    ) -> Result<DomainGetInfoReply> {
        let domain = self.known(&arguments.dom).await?;
        Ok(DomainGetInfoReply {
            state: u8::try_from(domain.state.to_wire().0).unwrap_or(0),
            max_mem: domain.memory_max_kib,
            memory: domain.memory_kib,
            nr_virt_cpu: u16::try_from(domain.vcpus).unwrap_or(u16::MAX),
            cpu_time: domain.cpu_time_ns,
        })
    }

    pub(super) async fn domain_get_state(
        &self,
        _: &CallContext,
        arguments: DomainGetState,
    ) -> Result<DomainGetStateReply> {
        let (state, reason) = self.known(&arguments.dom).await?.state.to_wire();
        Ok(DomainGetStateReply { state, reason })
    }

    pub(super) async fn domain_get_xml_desc(
        &self,
        cx: &CallContext,
        arguments: DomainGetXmlDesc,
    ) -> Result<DomainGetXmlDescReply> {
        let flags = arguments.flags;
        let migratable = if cx.profile().has_feature(Feature::XML_MIGRATABLE) { XML_MIGRATABLE } else { 0 };
        let known = XML_SECURE | XML_INACTIVE | XML_UPDATE_CPU | migratable;
        errors::check_flags(flags, known.into(), "domain_get_xml_desc")?;
        let which = match (flags & XML_INACTIVE != 0, flags & XML_MIGRATABLE != 0) {
            (true, _) => WhichXml::Inactive,
            (false, true) => WhichXml::Migratable,
            (false, false) => WhichXml::Current,
        };
        let read = || self.hypervisor.xml(Uuid(arguments.dom.uuid), which);
        // What a destination needs is asked for with the one flag or the other, by the releases.
        let with_secrets = flags & (XML_SECURE | XML_MIGRATABLE) != 0;
        Ok(DomainGetXmlDescReply { xml: shown(read().await?, with_secrets, read).await? })
    }

    pub(super) async fn domain_get_os_type(
        &self,
        _: &CallContext,
        arguments: DomainGetOsType,
    ) -> Result<DomainGetOsTypeReply> {
        Ok(DomainGetOsTypeReply { r#type: self.known(&arguments.dom).await?.os_type.into() })
    }

    pub(super) async fn domain_get_max_memory(
        &self,
        _: &CallContext,
        arguments: DomainGetMaxMemory,
    ) -> Result<DomainGetMaxMemoryReply> {
        Ok(DomainGetMaxMemoryReply { memory: self.known(&arguments.dom).await?.memory_max_kib })
    }

    pub(super) async fn domain_get_autostart(
        &self,
        _: &CallContext,
        arguments: DomainGetAutostart,
    ) -> Result<DomainGetAutostartReply> {
        Ok(DomainGetAutostartReply { autostart: self.known(&arguments.dom).await?.autostart.into() })
    }

    pub(super) async fn domain_is_active(
        &self,
        _: &CallContext,
        arguments: DomainIsActive,
    ) -> Result<DomainIsActiveReply> {
        Ok(DomainIsActiveReply { active: self.known(&arguments.dom).await?.id.is_some().into() })
    }

    pub(super) async fn domain_is_persistent(
        &self,
        _: &CallContext,
        arguments: DomainIsPersistent,
    ) -> Result<DomainIsPersistentReply> {
        Ok(DomainIsPersistentReply { persistent: self.known(&arguments.dom).await?.persistent.into() })
    }

    pub(super) async fn domain_is_updated(
        &self,
        _: &CallContext,
        arguments: DomainIsUpdated,
    ) -> Result<DomainIsUpdatedReply> {
        Ok(DomainIsUpdatedReply { updated: self.known(&arguments.dom).await?.updated.into() })
    }

    /// Whether the hypervisor can be talked to about it: it can.
    pub(super) async fn domain_get_control_info(
        &self,
        _: &CallContext,
        arguments: DomainGetControlInfo,
    ) -> Result<DomainGetControlInfoReply> {
        self.known(&arguments.dom).await?.id.ok_or_else(errors::not_running)?;
        Ok(DomainGetControlInfoReply { state: 0, details: 0, state_time: 0 })
    }

    /// Physical memory only: virtual addresses mean something to the guest alone.
    pub(super) async fn domain_memory_peek(
        &self,
        _: &CallContext,
        arguments: DomainMemoryPeek,
    ) -> Result<DomainMemoryPeekReply> {
        if arguments.flags != MEMORY_PHYSICAL {
            return Err(errors::invalid_argument("flags must say that the memory is physical"));
        }
        if arguments.size > DOMAIN_MEMORY_PEEK_BUFFER_MAX {
            return Err(internal(format!(
                "size of {} is more than {DOMAIN_MEMORY_PEEK_BUFFER_MAX}",
                arguments.size
            )));
        }
        let domain = Uuid(arguments.dom.uuid);
        self.check_is_here(domain).await?;
        let buffer = self.hypervisor.memory_peek(domain, arguments.offset, arguments.size).await?;
        Ok(DomainMemoryPeekReply { buffer })
    }

    pub(super) async fn domain_list_all_checkpoints(
        &self,
        _: &CallContext,
        arguments: DomainListAllCheckpoints,
    ) -> Result<DomainListAllCheckpointsReply> {
        self.known(&arguments.dom).await?;
        Ok(DomainListAllCheckpointsReply { checkpoints: Vec::new(), ret: 0 })
    }

    pub(super) async fn domain_get_security_label(
        &self,
        _: &CallContext,
        arguments: DomainGetSecurityLabel,
    ) -> Result<DomainGetSecurityLabelReply> {
        self.known(&arguments.dom).await?;
        Ok(DomainGetSecurityLabelReply { label: Vec::new(), enforcing: 0 })
    }

    pub(super) async fn domain_get_security_label_list(
        &self,
        _: &CallContext,
        arguments: DomainGetSecurityLabelList,
    ) -> Result<DomainGetSecurityLabelListReply> {
        self.known(&arguments.dom).await?;
        Ok(DomainGetSecurityLabelListReply { labels: Vec::new(), ret: 0 })
    }

    pub(super) async fn domain_get_messages(
        &self,
        _: &CallContext,
        arguments: DomainGetMessages,
    ) -> Result<DomainGetMessagesReply> {
        self.known(&arguments.dom).await?;
        Ok(DomainGetMessagesReply { msgs: Vec::new() })
    }
}
