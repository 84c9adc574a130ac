//! What is changed of a guest that is there: in the document of what runs, in that of its next start, or in both.

use std::sync::Arc;

use super::super::{Change, Changes, DomainInfo, Happening, Metadata, Place, Result, Uuid, errors};
use super::long_documents::reading;
use super::turn::Turn;
use super::xml::{Definition, KIB_MAX, VCPUS_MAX};
use super::{Inner, Mem, devices, documents, edit, lasting};

impl Changes for Mem {
    async fn metadata(&self, domain: Uuid, what: &Metadata, inactive: bool) -> Result<Option<String>> {
        let what = what.clone();
        self.read_in(domain, inactive, move |xml| documents::metadata(xml, &what)).await
    }

    async fn change(&self, domain: Uuid, change: Change, place: Place) -> Result<()> {
        // Once, for what runs and for what will.
        let change = match change {
            Change::Attach(device) => Change::Attach(devices::addressed(&device)?),
            other => other,
        };
        let told = if place.live { self.told(domain, &change).await? } else { None };
        self.inner.edited(domain, place, move |before, live| changed(before, &change, live)).await?;
        if let Some(what) = told {
            self.inner.table().tell_happening(domain, what);
        }
        Ok(())
    }

    async fn configured(&self, domain: Uuid) -> Result<DomainInfo> {
        let table = self.inner.table();
        let guest = table.guest(domain)?;
        let mut info = guest.info();
        if let Some(config) = guest.inactive() {
            info.memory_max_kib = config.memory_max_kib;
            info.memory_kib = config.memory_kib;
            info.vcpus_max = config.vcpus_max;
            info.vcpus = config.vcpus;
        }
        Ok(info)
    }

    async fn rename(&self, domain: Uuid, name: String) -> Result<()> {
        lasting::rename(&self.inner, domain, name).await
    }
}

impl Mem {
    /// What a change of what runs is told as, once it is made: a guest here lets go of its devices and its memory at once.
    async fn told(&self, domain: Uuid, change: &Change) -> Result<Option<Happening>> {
        Ok(match change {
            Change::Attach(device) => Some(Happening::DeviceAdded { alias: devices::alias(device)? }),
            Change::Detach(device) => {
                let device = device.clone();
                let alias = self.read_in(domain, false, move |xml| devices::alias_within(xml, &device));
                Some(Happening::DeviceRemoved { alias: alias.await? })
            }
            Change::DetachAlias(alias) => Some(Happening::DeviceRemoved { alias: alias.clone() }),
            Change::Memory(memory_kib) => Some(Happening::BalloonChange { memory_kib: *memory_kib }),
            _ => None,
        })
    }
}

impl Inner {
    /// Makes an edit in one place or in both, told of each whether it is of what runs. What runs is another once the configuration is.
    pub(super) async fn edited(
        self: &Arc<Self>,
        uuid: Uuid,
        place: Place,
        edit: impl Fn(&Definition, bool) -> Result<Definition> + Send + Sync + 'static,
    ) -> Result<()> {
        let edit = Arc::new(edit);
        let live = match place.live {
            true => {
                let before = self.table().guest_mut(uuid)?.idle_mut()?.definition.clone();
                let (edit, old) = (edit.clone(), before.clone());
                let after = reading(before.xml.len(), move || edit(&old, true)).await?;
                Some((before, after))
            }
            false => None,
        };
        if place.config {
            lasting::redefine(self, uuid, move |before| edit(before, false)).await?;
        }
        match live {
            Some((before, after)) => {
                self.at_guest(uuid, move |turn| turn.put_live(uuid, &before, after)).await
            }
            None => Ok(()),
        }
    }
}

impl Turn<'_> {
    fn put_live(&mut self, uuid: Uuid, before: &Arc<Definition>, after: Definition) -> Result<()> {
        self.check_room(&after)?;
        let live = self.guest_mut(uuid)?.idle_mut()?;
        if !Arc::ptr_eq(&live.definition, before) {
            return Err(errors::failed("the domain was changed by somebody else meanwhile"));
        }
        live.definition = Arc::new(after);
        let state = live.state();
        self.stand(uuid, state, None)
    }
}

/// The definition with a change, of what runs or of what will.
fn changed(before: &Definition, change: &Change, live: bool) -> Result<Definition> {
    let xml = before.xml.as_str();
    let kib = ("unit", Some("KiB"));
    let xml = match change {
        Change::Description(_) | Change::Title(_) | Change::Element { .. } => {
            documents::changed(xml, change)?
        }
        Change::Memory(0) | Change::MemoryMax(0) => {
            return Err(errors::invalid_argument("memory must not be zero"));
        }
        Change::Memory(size) if *size > before.memory_max_kib => {
            return Err(errors::invalid_argument("cannot set memory higher than max memory"));
        }
        Change::Memory(size) => {
            edit::with_text(xml, "currentMemory", Some(&size.to_string()), kib, &["memory"])?
        }
        Change::MemoryMax(_) if live => {
            return Err(errors::invalid("cannot resize the maximum memory on an active domain"));
        }
        Change::MemoryMax(size) if *size > KIB_MAX => {
            return Err(errors::too_large(format!("{size} KiB")));
        }
        Change::MemoryMax(size) => {
            // What it has stays what it is, as far as there is room.
            let current = before.memory_kib.min(*size).to_string();
            let xml = edit::with_text(xml, "memory", Some(&size.to_string()), kib, &[])?;
            edit::with_text(&xml, "currentMemory", Some(&current), kib, &["memory"])?
        }
        Change::Vcpus(0) | Change::VcpusMax(0) => {
            return Err(errors::invalid_argument("nvcpus must not be zero"));
        }
        Change::Vcpus(count) if *count > before.vcpus_max => {
            let most = before.vcpus_max;
            let detail = format!("requested cpu amount exceeds maximum ({count} > {most})");
            return Err(errors::invalid_argument(detail));
        }
        Change::Vcpus(count) => vcpus(xml, *count, before.vcpus_max)?,
        Change::VcpusMax(_) if live => {
            return Err(errors::invalid_argument("maximum vcpu count of a live domain can't be modified"));
        }
        Change::VcpusMax(most) if *most > VCPUS_MAX => {
            let detail =
                format!("requested cpu amount exceeds maximum supported amount ({most} > {VCPUS_MAX})");
            return Err(errors::invalid_argument(detail));
        }
        Change::VcpusMax(most) => vcpus(xml, before.vcpus.min(*most), *most)?,
        Change::Attach(device) => devices::attached(xml, device)?,
        Change::Detach(device) => devices::detached(xml, device)?,
        Change::DetachAlias(alias) => devices::detached_by_alias(xml, alias)?,
        Change::Update { device, .. } => devices::updated(xml, device)?,
    };
    Definition::parse(&xml, None)
}

fn vcpus(xml: &str, count: u32, most: u32) -> Result<String> {
    let current = count.to_string();
    let current = (count != most).then_some(current.as_str());
    edit::with_text(xml, "vcpu", Some(&most.to_string()), ("current", current), &["currentMemory", "memory"])
}
