//! Snapshots: which there are, how they descend from each other, and going back to one.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::flags::{
    DomainXmlFlags, SnapshotCreateFlags, SnapshotDeleteFlags, SnapshotRevertFlags,
};
use virtwire_protocol::remote::*;
use virtwire_xdr::Text;

use super::super::{Hypervisor, Result, Revert, SnapshotInfo, Snapshots, Uuid, errors};
use super::HypervisorService;
use super::descent::{FILTERS, ROOTS_OR_DESCENDANTS, admitted, by_descent, descendants};
use super::list::count;
use super::secrecy::shown;
use super::wire::xml;
use crate::server::CallContext;

/// With passwords.
pub(super) const XML_SECURE: u32 = DomainXmlFlags::SECURE.bits();

const DELETE_CHILDREN: u32 = SnapshotDeleteFlags::CHILDREN.bits();
const DELETE_METADATA_ONLY: u32 = SnapshotDeleteFlags::METADATA_ONLY.bits();
const DELETE_CHILDREN_ONLY: u32 = SnapshotDeleteFlags::CHILDREN_ONLY.bits();

const REVERT_RUNNING: u32 = SnapshotRevertFlags::RUNNING.bits();
const REVERT_PAUSED: u32 = SnapshotRevertFlags::PAUSED.bits();
/// Also where something is lost by it, such as memory that is saved, and fits no disk that goes back without its memory.
const REVERT_FORCE: u32 = SnapshotRevertFlags::FORCE.bits();

/// It is there already.
const CREATE_REDEFINE: u32 = SnapshotCreateFlags::REDEFINE.bits();
const CREATE_CURRENT: u32 = SnapshotCreateFlags::CURRENT.bits();
/// The last two make no difference: all or nothing, which [`Snapshots::create_snapshot`] is anyway, and a comparison with a schema that is
/// not here.
const CREATE_FLAGS: u32 = CREATE_REDEFINE
    | CREATE_CURRENT
    | SnapshotCreateFlags::ATOMIC.bits()
    | SnapshotCreateFlags::VALIDATE.bits();

impl<H: Hypervisor> HypervisorService<H> {
    fn snapshots(&self, api: &str) -> Result<&impl Snapshots> {
        self.hypervisor.snapshots().ok_or_else(|| RemoteError::no_support(api))
    }

    /// A domain's snapshots, parents before their children. Where a host has none of them, none.
    async fn all_snapshots(&self, dom: &Domain) -> Result<(Uuid, Vec<SnapshotInfo>)> {
        let uuid = self.known(dom).await?.uuid;
        Ok((uuid, by_descent(self.snapshots_of(uuid).await?)))
    }

    /// A domain's snapshots, in any order.
    pub(super) async fn snapshots_of(&self, domain: Uuid) -> Result<Vec<SnapshotInfo>> {
        match self.hypervisor.snapshots() {
            Some(snapshots) => snapshots.snapshots(domain).await,
            None => Ok(Vec::new()),
        }
    }

    /// Forgets all of them, with their domain; what they keep stays.
    pub(super) async fn forget_snapshots(&self, domain: Uuid) -> Result<()> {
        let Some(snapshots) = self.hypervisor.snapshots() else { return Ok(()) };
        // The youngest first: whatever fails leaves a tree.
        for snapshot in by_descent(snapshots.snapshots(domain).await?).into_iter().rev() {
            snapshots.forget_snapshot(domain, &snapshot.name).await?;
        }
        Ok(())
    }

    async fn snapshot(&self, snap: &DomainSnapshot) -> Result<(Uuid, SnapshotInfo, Vec<SnapshotInfo>)> {
        let (uuid, all) = self.all_snapshots(&snap.dom).await?;
        let found = all.iter().find(|one| snap.name == one.name.as_str()).cloned();
        Ok((uuid, found.ok_or_else(|| no_snapshot(&snap.name))?, all))
    }

    /// Those that a list of this domain has.
    async fn listed(&self, dom: &Domain, flags: u32, function: &str) -> Result<Vec<SnapshotInfo>> {
        errors::check_flags(flags, FILTERS.into(), function)?;
        let (_, all) = self.all_snapshots(dom).await?;
        let roots = flags & ROOTS_OR_DESCENDANTS != 0;
        Ok(admitted(flags, all.iter().filter(|one| !(roots && one.parent.is_some())), &all))
    }

    /// The children of one, or all that descend from it.
    async fn children(&self, snap: &DomainSnapshot, flags: u32, function: &str) -> Result<Vec<SnapshotInfo>> {
        errors::check_flags(flags, FILTERS.into(), function)?;
        let (_, parent, all) = self.snapshot(snap).await?;
        let below = descendants(&parent.name, &all);
        let deep = flags & ROOTS_OR_DESCENDANTS != 0;
        let is_child = |one: &&SnapshotInfo| deep || one.parent.as_ref() == Some(&parent.name);
        Ok(admitted(flags, below.into_iter().filter(is_child), &all))
    }

    pub(super) async fn domain_has_current_snapshot(
        &self,
        _: &CallContext,
        arguments: DomainHasCurrentSnapshot,
    ) -> Result<DomainHasCurrentSnapshotReply> {
        let (_, all) = self.all_snapshots(&arguments.dom).await?;
        Ok(DomainHasCurrentSnapshotReply { result: all.iter().any(|one| one.current).into() })
    }

    pub(super) async fn domain_snapshot_num(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotNum,
    ) -> Result<DomainSnapshotNumReply> {
        let all = self.listed(&arguments.dom, arguments.flags, "domain_snapshot_num").await?;
        Ok(DomainSnapshotNumReply { num: number(&all) })
    }

    pub(super) async fn domain_snapshot_list_names(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotListNames,
    ) -> Result<DomainSnapshotListNamesReply> {
        let most = count("maxnames", arguments.maxnames)?;
        let all = self.listed(&arguments.dom, arguments.flags, "domain_snapshot_list_names").await?;
        Ok(DomainSnapshotListNamesReply { names: names(all, most) })
    }

    pub(super) async fn domain_list_all_snapshots(
        &self,
        _: &CallContext,
        arguments: DomainListAllSnapshots,
    ) -> Result<DomainListAllSnapshotsReply> {
        let DomainListAllSnapshots { dom, need_results, flags } = arguments;
        let all = self.listed(&dom, flags, "domain_list_all_snapshots").await?;
        let ret = number(&all);
        let snapshots = if need_results == 0 { Vec::new() } else { wires(&dom, &all) };
        Ok(DomainListAllSnapshotsReply { snapshots, ret })
    }

    pub(super) async fn domain_snapshot_num_children(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotNumChildren,
    ) -> Result<DomainSnapshotNumChildrenReply> {
        let all = self.children(&arguments.snap, arguments.flags, "domain_snapshot_num_children").await?;
        Ok(DomainSnapshotNumChildrenReply { num: number(&all) })
    }

    pub(super) async fn domain_snapshot_list_children_names(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotListChildrenNames,
    ) -> Result<DomainSnapshotListChildrenNamesReply> {
        let most = count("maxnames", arguments.maxnames)?;
        let function = "domain_snapshot_list_children_names";
        let all = self.children(&arguments.snap, arguments.flags, function).await?;
        Ok(DomainSnapshotListChildrenNamesReply { names: names(all, most) })
    }

    pub(super) async fn domain_snapshot_list_all_children(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotListAllChildren,
    ) -> Result<DomainSnapshotListAllChildrenReply> {
        let DomainSnapshotListAllChildren { snapshot, need_results, flags } = arguments;
        let all = self.children(&snapshot, flags, "domain_snapshot_list_all_children").await?;
        let ret = number(&all);
        let snapshots = if need_results == 0 { Vec::new() } else { wires(&snapshot.dom, &all) };
        Ok(DomainSnapshotListAllChildrenReply { snapshots, ret })
    }

    pub(super) async fn domain_snapshot_lookup_by_name(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotLookupByName,
    ) -> Result<DomainSnapshotLookupByNameReply> {
        self.snapshots("virDomainSnapshotLookupByName")?;
        errors::check_flags(arguments.flags, 0, "domain_snapshot_lookup_by_name")?;
        let snap = DomainSnapshot { name: arguments.name, dom: arguments.dom };
        self.snapshot(&snap).await?;
        Ok(DomainSnapshotLookupByNameReply { snap })
    }

    pub(super) async fn domain_snapshot_current(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotCurrent,
    ) -> Result<DomainSnapshotCurrentReply> {
        self.snapshots("virDomainSnapshotCurrent")?;
        errors::check_flags(arguments.flags, 0, "domain_snapshot_current")?;
        let (_, all) = self.all_snapshots(&arguments.dom).await?;
        let current = all.iter().find(|one| one.current);
        let current = current.ok_or_else(|| none_such("the domain does not have a current snapshot"))?;
        Ok(DomainSnapshotCurrentReply { snap: wire(&arguments.dom, current) })
    }

    pub(super) async fn domain_snapshot_is_current(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotIsCurrent,
    ) -> Result<DomainSnapshotIsCurrentReply> {
        let (_, snapshot, _) = self.snapshot(&arguments.snap).await?;
        Ok(DomainSnapshotIsCurrentReply { current: snapshot.current.into() })
    }

    pub(super) async fn domain_snapshot_has_metadata(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotHasMetadata,
    ) -> Result<DomainSnapshotHasMetadataReply> {
        self.snapshot(&arguments.snap).await?;
        // What is told of one here goes with it.
        Ok(DomainSnapshotHasMetadataReply { metadata: 1 })
    }

    pub(super) async fn domain_snapshot_get_parent(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotGetParent,
    ) -> Result<DomainSnapshotGetParentReply> {
        let (_, snapshot, _) = self.snapshot(&arguments.snap).await?;
        match snapshot.parent {
            Some(parent) => {
                let snap = DomainSnapshot { name: parent.into(), dom: arguments.snap.dom };
                Ok(DomainSnapshotGetParentReply { snap })
            }
            None => Err(none_such(&format!("snapshot '{}' does not have a parent", snapshot.name))),
        }
    }

    pub(super) async fn domain_snapshot_get_xml_desc(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotGetXmlDesc,
    ) -> Result<DomainSnapshotGetXmlDescReply> {
        let DomainSnapshotGetXmlDesc { snap, flags } = arguments;
        let (domain, snapshot, _) = self.snapshot(&snap).await?;
        let snapshots = self.snapshots("virDomainSnapshotGetXMLDesc")?;
        let read = || snapshots.snapshot_xml(domain, &snapshot.name);
        let xml = shown(read().await?, flags & XML_SECURE != 0, read).await?;
        Ok(DomainSnapshotGetXmlDescReply { xml })
    }

    pub(super) async fn domain_snapshot_create_xml(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotCreateXml,
    ) -> Result<DomainSnapshotCreateXmlReply> {
        let snapshots = self.snapshots("virDomainSnapshotCreateXML")?;
        errors::check_flags(arguments.flags, CREATE_FLAGS.into(), "domain_snapshot_create_xml")?;
        let (redefined, current) =
            (arguments.flags & CREATE_REDEFINE != 0, arguments.flags & CREATE_CURRENT != 0);
        if current && !redefined {
            let detail = "flag 'current' in function domain_snapshot_create_xml requires flag 'redefine'";
            return Err(errors::invalid_argument(detail));
        }
        let xml = xml(arguments.xml_desc)?;
        let _alone = self.images.alone(Uuid(arguments.dom.uuid)).await?;
        let domain = self.known(&arguments.dom).await?.uuid;
        let _change = self.change(domain).await?;
        let made = match redefined {
            false => snapshots.create_snapshot(domain, xml).await?,
            true => {
                let made = snapshots.redefine_snapshot(domain, xml, current).await;
                let asked = arguments.flags & (CREATE_REDEFINE | CREATE_CURRENT);
                errors::by_flags(made, asked, "domain_snapshot_create_xml")?
            }
        };
        Ok(DomainSnapshotCreateXmlReply { snap: wire(&arguments.dom, &made) })
    }

    pub(super) async fn domain_revert_to_snapshot(
        &self,
        _: &CallContext,
        arguments: DomainRevertToSnapshot,
    ) -> Result<()> {
        const API: &str = "virDomainRevertToSnapshot";
        self.snapshots(API)?;
        let known = REVERT_RUNNING | REVERT_PAUSED | REVERT_FORCE;
        errors::check_flags(arguments.flags, known.into(), "domain_revert_to_snapshot")?;
        let runs = match (arguments.flags & REVERT_RUNNING != 0, arguments.flags & REVERT_PAUSED != 0) {
            (true, true) => {
                return Err(errors::exclusive_flags("running", "paused", "domain_revert_to_snapshot"));
            }
            (false, false) => None,
            (runs, _) => Some(runs),
        };
        let alone = self.images.alone(Uuid(arguments.snap.dom.uuid)).await?;
        let (domain, snapshot, _) = self.snapshot(&arguments.snap).await?;
        if !snapshot.active && runs.is_none() && !self.known(&arguments.snap.dom).await?.persistent {
            // It would be off, and of a transient one nothing is left then.
            let detail = "transient domain needs to request run or pause to revert to inactive snapshot";
            return Err(errors::invalid(detail));
        }
        let force = arguments.flags & REVERT_FORCE != 0;
        if !snapshot.active && !force && self.images.find(domain).await?.is_some() {
            let text = "snapshot without memory state, removal of existing managed saved state strongly recommended to avoid corruption";
            return Err(RemoteError::new(ErrorCode::SNAPSHOT_REVERT_RISKY, ErrorDomain::QEMU, text));
        }
        let change = self.change(domain).await?;
        let (images, hypervisor) = (self.images.clone(), self.hypervisor.clone());
        let reverted = async move {
            let _change = change;
            let snapshots = hypervisor.snapshots().ok_or_else(|| RemoteError::no_support(API))?;
            snapshots.revert(domain, &snapshot.name, Revert { runs, force }).await?;
            // What was saved before is of another past: the next start must not go on with it.
            images.use_up(domain).await;
            Ok(())
        };
        alone.through(reverted).await
    }

    pub(super) async fn domain_snapshot_delete(
        &self,
        _: &CallContext,
        arguments: DomainSnapshotDelete,
    ) -> Result<()> {
        let snapshots = self.snapshots("virDomainSnapshotDelete")?;
        let known = DELETE_CHILDREN | DELETE_METADATA_ONLY | DELETE_CHILDREN_ONLY;
        errors::check_flags(arguments.flags, known.into(), "domain_snapshot_delete")?;
        if arguments.flags & DELETE_CHILDREN != 0 && arguments.flags & DELETE_CHILDREN_ONLY != 0 {
            return Err(errors::exclusive_flags("children", "children_only", "domain_snapshot_delete"));
        }
        let keeps_data = arguments.flags & DELETE_METADATA_ONLY != 0;
        let _alone = self.images.alone(Uuid(arguments.snap.dom.uuid)).await?;
        let (domain, snapshot, all) = self.snapshot(&arguments.snap).await?;
        if arguments.flags & (DELETE_CHILDREN | DELETE_CHILDREN_ONLY) != 0 {
            // The youngest first: whatever fails leaves a tree.
            for child in descendants(&snapshot.name, &all).into_iter().rev() {
                remove(snapshots, domain, &child.name, keeps_data).await?;
            }
        }
        if arguments.flags & DELETE_CHILDREN_ONLY == 0 {
            remove(snapshots, domain, &snapshot.name, keeps_data).await?;
        }
        Ok(())
    }
}

/// Has a snapshot go, with what it keeps or without.
async fn remove(snapshots: &impl Snapshots, domain: Uuid, name: &str, keeps_data: bool) -> Result<()> {
    match keeps_data {
        false => snapshots.delete_snapshot(domain, name).await,
        true => {
            let forgotten = snapshots.forget_snapshot(domain, name).await;
            errors::by_flags(forgotten, DELETE_METADATA_ONLY, "domain_snapshot_delete")
        }
    }
}

fn number(all: &[SnapshotInfo]) -> i32 {
    i32::try_from(all.len()).unwrap_or(i32::MAX)
}

fn names(all: Vec<SnapshotInfo>, most: usize) -> Vec<Text> {
    all.into_iter().take(most).map(|one| one.name.into()).collect()
}

fn wire(dom: &Domain, one: &SnapshotInfo) -> DomainSnapshot {
    DomainSnapshot { name: one.name.as_str().into(), dom: dom.clone() }
}

fn wires(dom: &Domain, all: &[SnapshotInfo]) -> Vec<DomainSnapshot> {
    all.iter().map(|one| wire(dom, one)).collect()
}

fn no_snapshot(name: &Text) -> RemoteError {
    none_such(&format!("no domain snapshot with matching name '{}'", name.to_string_lossy()))
}

fn none_such(text: &str) -> RemoteError {
    RemoteError::new(ErrorCode::NO_DOMAIN_SNAPSHOT, ErrorDomain::QEMU, text)
}
