//! Questions about one domain, and the answers that stand for "there is none".

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::profile::Feature;
use virtwire_protocol::remote::{
    DOMAIN_MEMORY_PEEK_BUFFER_MAX, DomainGetAutostart, DomainGetAutostartReply, DomainGetControlInfo,
    DomainGetControlInfoReply, DomainGetInfo, DomainGetInfoReply, DomainGetMaxMemory,
    DomainGetMaxMemoryReply, DomainGetMaxVcpus, DomainGetMaxVcpusReply, DomainGetMessages,
    DomainGetMessagesReply, DomainGetOsType, DomainGetOsTypeReply, DomainGetSecurityLabel,
    DomainGetSecurityLabelList, DomainGetSecurityLabelListReply, DomainGetSecurityLabelReply, DomainGetState,
    DomainGetStateReply, DomainGetVcpusFlags, DomainGetVcpusFlagsReply, DomainGetXmlDesc,
    DomainGetXmlDescReply, DomainHasCurrentSnapshot, DomainHasCurrentSnapshotReply,
    DomainHasManagedSaveImage, DomainHasManagedSaveImageReply, DomainIsActive, DomainIsActiveReply,
    DomainIsPersistent, DomainIsPersistentReply, DomainIsUpdated, DomainIsUpdatedReply,
    DomainListAllCheckpoints, DomainListAllCheckpointsReply, DomainListAllSnapshots,
    DomainListAllSnapshotsReply, DomainMemoryPeek, DomainMemoryPeekReply, DomainSnapshotListNames,
    DomainSnapshotListNamesReply, DomainSnapshotNum, DomainSnapshotNumReply,
};

use super::super::{Hypervisor, Result, Uuid, WhichXml, errors};
use super::HypervisorService;
use super::clients::internal;
use super::wire::saturated;
use crate::server::CallContext;

const XML_SECURE: u32 = 1;
const XML_INACTIVE: u32 = 2;
const XML_UPDATE_CPU: u32 = 4;
const XML_MIGRATABLE: u32 = 8;
const MEMORY_PHYSICAL: u32 = 2;

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
        errors::check_flags(arguments.flags, 0, "domain_get_state")?;
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
        if cx.is_read_only() && flags & (XML_SECURE | XML_MIGRATABLE) != 0 {
            return Err(RemoteError::read_only("virDomainGetXMLDesc"));
        }
        let which = match (flags & XML_INACTIVE != 0, flags & XML_MIGRATABLE != 0) {
            (true, _) => WhichXml::Inactive,
            (false, true) => WhichXml::Migratable,
            (false, false) => WhichXml::Current,
        };
        let xml = self.hypervisor.xml(Uuid(arguments.dom.uuid), which).await?;
        Ok(DomainGetXmlDescReply { xml: xml.into() })
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

    pub(super) async fn domain_get_max_vcpus(
        &self,
        _: &CallContext,
        arguments: DomainGetMaxVcpus,
    ) -> Result<DomainGetMaxVcpusReply> {
        Ok(DomainGetMaxVcpusReply { num: saturated(self.known(&arguments.dom).await?.vcpus_max) })
    }

    pub(super) async fn domain_get_vcpus_flags(
        &self,
        _: &CallContext,
        arguments: DomainGetVcpusFlags,
    ) -> Result<DomainGetVcpusFlagsReply> {
        const LIVE: u32 = 1;
        const CONFIG: u32 = 2;
        const MAXIMUM: u32 = 4;
        errors::check_flags(arguments.flags, (LIVE | CONFIG | MAXIMUM).into(), "domain_get_vcpus_flags")?;
        let domain = self.known(&arguments.dom).await?;
        if arguments.flags & LIVE != 0 && domain.id.is_none() {
            return Err(errors::not_running());
        }
        let count = if arguments.flags & MAXIMUM != 0 { domain.vcpus_max } else { domain.vcpus };
        Ok(DomainGetVcpusFlagsReply { num: saturated(count) })
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
        errors::check_flags(arguments.flags, 0, "domain_get_control_info")?;
        self.known(&arguments.dom).await?.id.ok_or_else(errors::not_running)?;
        Ok(DomainGetControlInfoReply { state: 0, details: 0, state_time: 0 })
    }

    /// Physical memory only: virtual addresses mean something to the guest alone.
    pub(super) async fn domain_memory_peek(
        &self,
        _: &CallContext,
        arguments: DomainMemoryPeek,
    ) -> Result<DomainMemoryPeekReply> {
        errors::check_flags(arguments.flags, MEMORY_PHYSICAL.into(), "domain_memory_peek")?;
        if arguments.flags != MEMORY_PHYSICAL {
            return Err(errors::invalid_argument("flags must say that the memory is physical"));
        }
        if arguments.size > DOMAIN_MEMORY_PEEK_BUFFER_MAX {
            return Err(internal(format!(
                "size of {} is more than {DOMAIN_MEMORY_PEEK_BUFFER_MAX}",
                arguments.size
            )));
        }
        let buffer =
            self.hypervisor.memory_peek(Uuid(arguments.dom.uuid), arguments.offset, arguments.size).await?;
        Ok(DomainMemoryPeekReply { buffer })
    }

    pub(super) async fn domain_has_managed_save_image(
        &self,
        _: &CallContext,
        arguments: DomainHasManagedSaveImage,
    ) -> Result<DomainHasManagedSaveImageReply> {
        self.known(&arguments.dom).await?;
        Ok(DomainHasManagedSaveImageReply { result: 0 })
    }

    pub(super) async fn domain_has_current_snapshot(
        &self,
        _: &CallContext,
        arguments: DomainHasCurrentSnapshot,
    ) -> Result<DomainHasCurrentSnapshotReply> {
        self.known(&arguments.dom).await?;
        Ok(DomainHasCurrentSnapshotReply { result: 0 })
    }

    pub(super) async fn domain_snapshot_num(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotNum,
    ) -> Result<DomainSnapshotNumReply> {
        self.known(&arguments.dom).await?;
        Ok(DomainSnapshotNumReply { num: 0 })
    }

    pub(super) async fn domain_snapshot_list_names(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotListNames,
    ) -> Result<DomainSnapshotListNamesReply> {
        self.known(&arguments.dom).await?;
        Ok(DomainSnapshotListNamesReply { names: Vec::new() })
    }

    pub(super) async fn domain_list_all_snapshots(
        &self,
        _: &CallContext,
        arguments: DomainListAllSnapshots,
    ) -> Result<DomainListAllSnapshotsReply> {
        self.known(&arguments.dom).await?;
        Ok(DomainListAllSnapshotsReply { snapshots: Vec::new(), ret: 0 })
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
