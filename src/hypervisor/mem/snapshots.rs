//! Snapshots of guests, in memory: a configuration, and what memory there was if the guest was active. They end with this process.
//!
//! A guest that has some is neither undefined nor moved to another host: they would be lost. All of a host's hold no more than
//! [`Config::snapshot_bytes_max`](super::Config::snapshot_bytes_max).

mod redefined;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::well_formed::well_formed;
use super::super::{
    Lifecycle, PausedReason, Result, Revert, RunningReason, ShutoffReason, SnapshotInfo, Snapshots,
    StartOptions, StartedDetail, StoppedDetail, SuspendedDetail, Uuid, errors,
};
use super::document::{Fields, check_name, fields};
use super::edit::escaped;
use super::guest::LiveState;
use super::machine::Machine;
use super::memory::Memory;
use super::nested::{first_within, root, within};
use super::saved::on_a_thread;
use super::table::Table;
use super::turn::Turn;
use super::xml::Definition;
use super::{Inner, Mem, lasting};
use crate::hypervisor::Hypervisor;
use redefined::Redefined;

/// The most of one guest.
const COUNT_MAX: usize = 64;

/// All of one guest's.
#[derive(Debug, Default)]
pub(super) struct Album {
    all: Vec<Snapshot>,
    current: Option<String>,
}

#[derive(Clone, Debug)]
struct Snapshot {
    name: String,
    description: String,
    parent: Option<String>,
    created: u64,
    definition: Arc<Definition>,
    /// Of a guest that was active: whether it ran, and its memory.
    live: Option<(bool, Arc<Vec<u8>>)>,
}

/// What the client says of one that is to be made.
struct Head {
    name: String,
    description: String,
    created: u64,
    /// It is to be of the disks alone.
    without_memory: bool,
}

impl Album {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The bytes that they hold.
    pub(super) fn bytes(&self) -> usize {
        self.all.iter().map(|one| one.bytes()).sum()
    }

    fn get(&self, name: &str) -> Result<&Snapshot> {
        self.all.iter().find(|one| one.name == name).ok_or_else(|| {
            let text = format!("no domain snapshot with matching name '{name}'");
            RemoteError::new(ErrorCode::NO_DOMAIN_SNAPSHOT, ErrorDomain::QEMU, text)
        })
    }

    fn info(&self, one: &Snapshot) -> SnapshotInfo {
        SnapshotInfo {
            name: one.name.clone(),
            parent: one.parent.clone(),
            current: self.current.as_ref() == Some(&one.name),
            active: one.live.is_some(),
        }
    }

    fn check_room(&self, name: &str) -> Result<()> {
        if self.all.iter().any(|other| other.name == name) {
            return Err(errors::failed(format!("domain moment {name} already exists")));
        }
        if self.all.len() >= COUNT_MAX {
            return Err(errors::invalid(format!("the domain has its {COUNT_MAX} snapshots")));
        }
        Ok(())
    }

    /// Keeps one more: the current one, made from the one before.
    fn keep(&mut self, mut one: Snapshot) -> Result<SnapshotInfo> {
        self.check_room(&one.name)?;
        one.parent = self.current.replace(one.name.clone());
        let info = self.info(&one);
        self.all.push(one);
        Ok(info)
    }

    /// What is made from now on is made from this one, if it is still there.
    fn go_to(&mut self, name: &str) {
        if self.get(name).is_ok() {
            self.current = Some(name.to_owned());
        }
    }

    fn forget(&mut self, name: &str) -> Result<()> {
        let parent = self.get(name)?.parent.clone();
        self.all.retain(|one| one.name != name);
        for one in &mut self.all {
            if one.parent.as_deref() == Some(name) {
                one.parent.clone_from(&parent);
            }
        }
        if self.current.as_deref() == Some(name) {
            self.current = parent;
        }
        Ok(())
    }
}

impl Head {
    /// Of a document that may name it and describe it. Without a name it is called after the time.
    fn read(xml: &str) -> Result<Head> {
        well_formed(xml, 0)?;
        let (fields, _) = fields(xml, "domainsnapshot")?;
        check_is_internal(&fields, xml)?;
        let created = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let name = fields.get("name").cloned().unwrap_or_else(|| created.to_string());
        check_name("snapshot", &name)?;
        let description = fields.get("description").cloned().unwrap_or_default();
        let without_memory = fields.get("memory@snapshot").is_some_and(|memory| memory == "no");
        Ok(Head { name, description, created, without_memory })
    }

    fn of(self, definition: Arc<Definition>, live: Option<(bool, Vec<u8>)>) -> Snapshot {
        let Head { name, description, created, .. } = self;
        let live = live.map(|(runs, memory)| (runs, Arc::new(memory)));
        Snapshot { name, description, parent: None, created, definition, live }
    }
}

/// That a snapshot is to be kept where this host keeps them: in its own memory.
///
/// # Errors
/// Code 67 where the guest's memory or one of its disks is to be in a file.
fn check_is_internal(fields: &Fields, xml: &str) -> Result<()> {
    let external = |what: &str| {
        let text = format!("this host keeps no external snapshots: the {what} would be in a file");
        Err(RemoteError::new(ErrorCode::CONFIG_UNSUPPORTED, ErrorDomain::QEMU, text))
    };
    let memory = fields.get("memory@snapshot").map_or("internal", String::as_str);
    if !matches!(memory, "internal" | "no") || fields.contains_key("memory@file") {
        return external("memory");
    }
    let disks = first_within(xml, &root(xml)?, "disks")?;
    for disk in disks.map(|disks| within(xml, &disks)).transpose()?.unwrap_or_default() {
        // One that is given a source is to be written there.
        let internal = disk.attribute("snapshot").is_none_or(|kept| matches!(kept, "internal" | "no"));
        if !internal || first_within(xml, &disk, "source")?.is_some() {
            return external("disk");
        }
    }
    Ok(())
}

impl Snapshot {
    fn bytes(&self) -> usize {
        let memory = self.live.as_ref().map_or(0, |(_, memory)| memory.len());
        self.definition.xml.len() + self.description.len() + memory
    }

    /// What the domain was when it was made.
    fn state(&self) -> &'static str {
        match self.live {
            Some((true, _)) => "running",
            Some((false, _)) => "paused",
            None => "shutoff",
        }
    }

    /// Its domain's document, without what may only be before a root element.
    fn domain(&self) -> &str {
        let xml = &self.definition.xml;
        xml.find("<domain").and_then(|at| xml.get(at..)).unwrap_or_default()
    }

    fn xml(&self) -> String {
        let Snapshot { name, description, parent, created, live, .. } = self;
        let (state, memory) = (self.state(), if live.is_some() { "internal" } else { "no" });
        let description = match description.as_str() {
            "" => String::new(),
            text => format!("  <description>{}</description>\n", escaped(text)),
        };
        let parent = parent
            .as_ref()
            .map(|parent| format!("  <parent>\n    <name>{}</name>\n  </parent>\n", escaped(parent)));
        let domain = self.domain();
        format!(
            "<domainsnapshot>\n  <name>{}</name>\n{description}  <state>{state}</state>\n{}  <creationTime>{created}</creationTime>\n  \
             <memory snapshot='{memory}'/>\n{domain}\n</domainsnapshot>\n",
            escaped(name),
            parent.unwrap_or_default(),
        )
    }
}

fn full(bytes_max: usize) -> RemoteError {
    errors::failed(format!("this host's snapshots hold {bytes_max} bytes, and no more"))
}

impl Inner {
    /// Keeps a guest as it is now: it stands still while its memory is copied.
    fn keep_snapshot(&self, domain: Uuid, head: Head) -> Result<SnapshotInfo> {
        let pause = {
            let mut table = self.turn(domain);
            let guest = table.guest_mut(domain)?;
            let Some(config) = guest.config.clone() else {
                return Err(errors::invalid("this host keeps no snapshots of transient domains"));
            };
            guest.snapshots.check_room(&head.name)?;
            if !guest.is_active() {
                return table.keep_snapshot(domain, head.of(config, None), self.config.snapshot_bytes_max);
            }
            if head.without_memory {
                let text = "this host keeps no snapshot of an active domain without its memory";
                return Err(RemoteError::new(ErrorCode::CONFIG_UNSUPPORTED, ErrorDomain::QEMU, text));
            }
            table.pause_to_save(domain, PausedReason::Snapshot)?
        };
        let machine = self.table().machine(domain);
        let memory = machine.and_then(|machine| Ok(machine.memory()?.as_bytes().to_vec()));
        // Let go and kept at once: it does not leave without it.
        let mut table = self.turn(domain);
        table.run_on(&pause, RunningReason::Unpaused)?;
        let one = head.of(pause.definition, Some((pause.ran, memory?)));
        table.keep_snapshot(domain, one, self.config.snapshot_bytes_max)
    }
}

impl Table {
    /// Keeps one more of a guest's, where there is room for it on this host.
    fn keep_snapshot(&mut self, domain: Uuid, one: Snapshot, bytes_max: usize) -> Result<SnapshotInfo> {
        if self.snapshot_bytes().saturating_add(one.bytes()) > bytes_max {
            return Err(full(bytes_max));
        }
        self.guest_mut(domain)?.snapshots.keep(one)
    }

    /// The snapshot that a guest may go back to.
    fn revertible(&mut self, domain: Uuid, snapshot: &str) -> Result<Snapshot> {
        let guest = self.guest_mut(domain)?;
        let found = guest.snapshots.get(snapshot)?.clone();
        // It would be forgotten with all of its snapshots when it ends.
        if guest.config.is_none() {
            return Err(errors::invalid("this host reverts no transient domains"));
        }
        if guest.is_active() {
            guest.idle_mut()?;
        }
        self.check_free(&found.definition)?;
        Ok(found)
    }
}

impl Turn<'_> {
    /// A guest is off, so as to go back.
    fn end_for(&mut self, domain: Uuid, snapshot: &str) -> Result<()> {
        // Others may have done anything since.
        self.revertible(domain, snapshot)?;
        if self.guest(domain)?.is_active() {
            self.turn_off(domain, ShutoffReason::FromSnapshot, StoppedDetail::FromSnapshot)?;
        }
        self.guest_mut(domain)?.snapshots.go_to(snapshot);
        Ok(())
    }

    /// A guest that is defined and off goes on with the memory that it had.
    fn resume_from_snapshot(
        &mut self,
        definition: Arc<Definition>,
        machine: Machine,
        runs: bool,
    ) -> Result<()> {
        let uuid = definition.uuid;
        self.guest(uuid)?;
        self.check_startable(&definition)?;
        let state = match runs {
            true => LiveState::Running(RunningReason::FromSnapshot),
            false => LiveState::Paused(PausedReason::FromSnapshot),
        };
        self.turn_on(uuid, definition, machine, state, StartedDetail::FromSnapshot)?;
        if !runs {
            self.tell(uuid, Lifecycle::Suspended(SuspendedDetail::FromSnapshot));
        }
        Ok(())
    }
}

impl Snapshots for Mem {
    async fn snapshots(&self, domain: Uuid) -> Result<Vec<SnapshotInfo>> {
        let table = self.inner.table();
        let album = &table.guest(domain)?.snapshots;
        Ok(album.all.iter().map(|one| album.info(one)).collect())
    }

    async fn snapshot_xml(&self, domain: Uuid, snapshot: &str) -> Result<String> {
        let found = self.inner.table().guest(domain)?.snapshots.get(snapshot)?.clone();
        Ok(found.xml())
    }

    async fn create_snapshot(&self, domain: Uuid, xml: String) -> Result<SnapshotInfo> {
        let head = Head::read(&xml)?;
        on_a_thread(&self.inner, move |inner| inner.keep_snapshot(domain, head)).await
    }

    async fn revert(&self, domain: Uuid, snapshot: &str, how: Revert) -> Result<()> {
        let Snapshot { definition, live, .. } = self.inner.table().revertible(domain, snapshot)?;
        // What may fail is done before the guest ends: the memory that it has then is nowhere else.
        match live {
            None => {
                let definition = Definition::clone(&definition);
                lasting::define(&self.inner, definition).await?;
                let name = snapshot.to_owned();
                self.inner.at_guest(domain, move |turn| turn.end_for(domain, &name)).await?;
                if let Some(runs) = how.runs {
                    self.start(domain, StartOptions { paused: !runs }).await?;
                }
                Ok(())
            }
            Some((ran, memory)) => {
                let memory = Memory::received(memory.to_vec());
                let machine = self.inner.loaded_machine(domain, memory).await?;
                let (name, runs) = (snapshot.to_owned(), how.runs.unwrap_or(ran));
                let go_back = move |turn: &mut Turn<'_>| {
                    let may = turn.check_memory_instead(domain, machine.memory_bytes());
                    let ended = may.and_then(|()| turn.end_for(domain, &name));
                    let resumed =
                        ended.and_then(|()| turn.resume_from_snapshot(definition, machine.clone(), runs));
                    resumed.inspect_err(|_| turn.unlocked(|| machine.end()))
                };
                self.inner.at_guest(domain, go_back).await
            }
        }
    }

    async fn delete_snapshot(&self, domain: Uuid, snapshot: &str) -> Result<()> {
        self.inner.table().guest_mut(domain)?.snapshots.forget(snapshot)
    }

    /// There is nothing that it keeps elsewhere: what goes is the same.
    async fn forget_snapshot(&self, domain: Uuid, snapshot: &str) -> Result<()> {
        self.delete_snapshot(domain, snapshot).await
    }

    async fn redefine_snapshot(&self, domain: Uuid, xml: String, current: bool) -> Result<SnapshotInfo> {
        let said = Redefined::read(&xml)?;
        self.inner.table().redefine_snapshot(domain, said, current, self.inner.config.snapshot_bytes_max)
    }
}
