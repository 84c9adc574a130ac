//! Snapshots that are described anew: what their documents say is checked against what is kept of them.

use std::sync::Arc;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::document::{check_name, fields};
use super::super::held::check_same_guest;
use super::super::nested::{first_within, root};
use super::super::table::Table;
use super::super::xml::Definition;
use super::{Album, Snapshot, check_is_internal, full};
use crate::hypervisor::well_formed::well_formed;
use crate::hypervisor::{Result, SnapshotInfo, Uuid, errors};

/// What the client says of one that is there, or was.
pub(super) struct Redefined {
    name: String,
    description: String,
    parent: Option<String>,
    created: u64,
    /// As it was told: `running`, `paused` or `shutoff`.
    state: String,
    /// Its domain as the document has it, and what can be made of that.
    domain: Option<(String, Result<Definition>)>,
}

impl Redefined {
    /// Of a document that [`Snapshot::xml`] may have told.
    pub(super) fn read(xml: &str) -> Result<Redefined> {
        well_formed(xml, 0)?;
        let (fields, _) = fields(xml, "domainsnapshot")?;
        check_is_internal(&fields, xml)?;
        let said = |field: &str| fields.get(field).map(|text| text.trim().to_owned());
        let bad = |detail: &str| {
            RemoteError::new(ErrorCode::XML_ERROR, ErrorDomain::DOMAIN_SNAPSHOT, detail.to_owned())
        };
        let name = fields.get("name").cloned().ok_or_else(|| bad("a redefined snapshot must have a name"))?;
        check_name("snapshot", &name)?;
        let created = said("creationTime").and_then(|time| time.parse().ok()).ok_or_else(|| {
            let detail = "missing creationTime from existing snapshot";
            RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::DOMAIN_SNAPSHOT, detail)
        })?;
        let state = said("state").ok_or_else(|| bad("missing state from existing snapshot"))?;
        if !matches!(state.as_str(), "running" | "paused" | "shutoff") {
            return Err(bad(&format!("Invalid state '{state}' in domain snapshot XML")));
        }
        let domain = first_within(xml, &root(xml)?, "domain")?;
        let domain = domain.and_then(|domain| xml.get(domain.whole));
        let domain = domain.map(|xml| (xml.to_owned(), Definition::asked(xml)));
        Ok(Redefined {
            description: fields.get("description").cloned().unwrap_or_default(),
            parent: fields.get("parent/name").cloned(),
            name,
            created,
            state,
            domain,
        })
    }

    /// The snapshot that is meant, with what is kept of it.
    fn of(self, domain: Uuid, known: Option<&Snapshot>) -> Result<Snapshot> {
        let Redefined { name, description, parent, created, state, domain: said } = self;
        let live = known.and_then(|known| known.live.clone());
        let runs = (state != "shutoff").then_some(state == "running");
        if runs != live.as_ref().map(|(ran, _)| *ran) {
            // Its memory is kept with what is known of it, and nowhere else.
            let detail = match known {
                Some(known) => format!("snapshot {name} is of a domain that was {}", known.state()),
                None => format!("there is no memory of a domain that was {state} for snapshot {name}"),
            };
            return Err(errors::invalid_argument(detail));
        }
        // What is the same stays with what stands around its root, and is not measured anew.
        let is_same = |xml: &str| known.is_some_and(|known| known.domain().trim_end() == xml);
        let definition = match (said.filter(|(xml, _)| !is_same(xml)), known) {
            (None, Some(known)) => known.definition.clone(),
            (None, None) => {
                let detail = format!("the domain of snapshot {name} is not described");
                return Err(errors::invalid_argument(detail));
            }
            (Some((_, definition)), known) => {
                let definition = definition?;
                if definition.uuid != domain {
                    let detail = format!("definition for snapshot {name} must use uuid {domain}");
                    return Err(errors::invalid_argument(detail));
                }
                if let Some(known) = known {
                    check_same_guest(&definition, &known.definition)?;
                }
                Arc::new(definition)
            }
        };
        Ok(Snapshot { name, description, parent, created, definition, live })
    }
}

impl Album {
    /// Has one be as it is said to be, in place of the one of its name, if there is one.
    fn redefine(&mut self, one: Snapshot, current: bool) -> Result<SnapshotInfo> {
        self.check_parent(&one)?;
        let name = one.name.clone();
        match self.all.iter_mut().find(|other| other.name == one.name) {
            Some(known) => *known = one,
            None => {
                self.check_room(&one.name)?;
                self.all.push(one);
            }
        }
        if current {
            self.current = Some(name.clone());
        }
        Ok(self.info(self.get(&name)?))
    }

    /// That a snapshot is said to be made from one that is there and was not made from it.
    fn check_parent(&self, one: &Snapshot) -> Result<()> {
        let Some(parent) = &one.parent else { return Ok(()) };
        if *parent == one.name {
            let detail = format!("cannot set moment {} as its own parent", one.name);
            return Err(errors::invalid_argument(detail));
        }
        let mut above = Some(parent);
        while let Some(name) = above {
            if *name == one.name {
                let detail = format!("parent {parent} would create cycle to {}", one.name);
                return Err(errors::invalid_argument(detail));
            }
            let found = self.all.iter().find(|other| other.name == *name);
            let detail = || format!("parent {parent} for moment {} not found", one.name);
            above = found.ok_or_else(|| errors::invalid_argument(detail()))?.parent.as_ref();
        }
        Ok(())
    }
}

impl Table {
    /// Has one of a guest's snapshots be described anew, as far as this host has room for that.
    pub(super) fn redefine_snapshot(
        &mut self,
        domain: Uuid,
        said: Redefined,
        current: bool,
        bytes_max: usize,
    ) -> Result<SnapshotInfo> {
        let taken = self.snapshot_bytes();
        let guest = self.guest_mut(domain)?;
        if guest.config.is_none() {
            return Err(errors::invalid("this host keeps no snapshots of transient domains"));
        }
        if guest.is_active() {
            // One that is on its way to another host, or into a file, takes none with it.
            guest.idle_mut()?;
        }
        let known = guest.snapshots.all.iter().find(|one| one.name == said.name);
        let before = known.map_or(0, Snapshot::bytes);
        let one = said.of(domain, known)?;
        if taken.saturating_sub(before).saturating_add(one.bytes()) > bytes_max {
            return Err(full(bytes_max));
        }
        guest.snapshots.redefine(one, current)
    }
}
