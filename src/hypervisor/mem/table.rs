//! All the guests of a host, and the rules about their names.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{
    DefinedDetail, DomainInfo, Event, Events, Happening, IncomingId, JobStep, Lifecycle, Lookup, OutgoingId,
    Result, ShutoffReason, StoppedDetail, UndefinedDetail, Uuid, errors,
};
use super::Config;
use super::departure::Stop;
use super::failures::Failures;
use super::guest::{Activity, Guest, Live, Run};
use super::incoming::Incoming;
use super::machine::Machine;
use super::process::Process;
use super::snapshots::Album;
use super::xml::Definition;

/// The most guests on one host: no list of domains on the wire is longer.
const GUESTS_MAX: usize = 16_384;
/// The bytes of all their documents, live and defined: each may be as long as the wire allows, and not all of them.
pub(super) const DOCUMENTS_BYTES_MAX: usize = 256 << 20;

/// Everything that changes. One lock guards it; events are told under that lock, so that they are heard in order.
#[derive(Debug)]
pub(super) struct Table {
    guests: BTreeMap<Uuid, Guest>,
    names: BTreeMap<String, Uuid>,
    pub(super) incoming: BTreeMap<IncomingId, Incoming>,
    /// Definitions that come without running.
    pub(super) offline: BTreeMap<IncomingId, Arc<Definition>>,
    /// Which guests are held for their migrations, from Begin or Perform to Confirm.
    pub(super) outgoing: BTreeMap<OutgoingId, Uuid>,
    pub(super) failures: Failures,
    next_id: u32,
    next_incoming: u64,
    next_outgoing: u64,
    max_speed_mib_s: u64,
    /// Of one guest, and of all.
    memory_bytes_max: u64,
    guests_bytes_max: u64,
    events: Events,
}

impl Table {
    pub(super) fn new(config: &Config, events: Events) -> Table {
        Table {
            guests: BTreeMap::new(),
            names: BTreeMap::new(),
            incoming: BTreeMap::new(),
            offline: BTreeMap::new(),
            outgoing: BTreeMap::new(),
            failures: Failures::default(),
            next_id: 1,
            next_incoming: 1,
            next_outgoing: 1,
            max_speed_mib_s: config.max_speed_mib_s,
            memory_bytes_max: config.memory_bytes_max as u64,
            guests_bytes_max: config.guests_bytes_max as u64,
            events,
        }
    }

    pub(super) fn infos(&self) -> Vec<DomainInfo> {
        self.guests.values().map(Guest::info).collect()
    }

    /// The bytes that all snapshots hold.
    pub(super) fn snapshot_bytes(&self) -> usize {
        self.guests.values().map(|guest| guest.snapshots.bytes()).sum()
    }

    pub(super) fn find(&self, key: Lookup<'_>) -> Option<&Guest> {
        match key {
            Lookup::Id(id) => self.guests.values().find(|guest| guest.live().is_ok_and(|live| live.id == id)),
            Lookup::Name(name) => self.guests.get(self.names.get(name)?),
            Lookup::Uuid(uuid) => self.guests.get(&uuid),
        }
    }

    pub(super) fn guest(&self, uuid: Uuid) -> Result<&Guest> {
        self.guests.get(&uuid).ok_or_else(|| errors::no_domain(Lookup::Uuid(uuid)))
    }

    pub(super) fn guest_mut(&mut self, uuid: Uuid) -> Result<&mut Guest> {
        self.guests.get_mut(&uuid).ok_or_else(|| errors::no_domain(Lookup::Uuid(uuid)))
    }

    /// The guest that a configuration is about: the one of its name and UUID, else a new one without anything.
    ///
    /// A new guest must be given a configuration or be set running before the lock is let go.
    ///
    /// # Errors
    /// Code 9 where another guest has the name or the UUID, or where there is no room.
    pub(super) fn guest_for(&mut self, definition: &Definition) -> Result<&mut Guest> {
        self.check_free(definition)?;
        self.known_guest(definition)
    }

    /// The same of one that an earlier daemon has had: it is not forgotten for want of room.
    pub(super) fn known_guest(&mut self, definition: &Definition) -> Result<&mut Guest> {
        self.check_names(definition)?;
        let Definition { name, uuid, .. } = definition;
        if !self.guests.contains_key(uuid) && self.guests.len() >= GUESTS_MAX {
            return Err(errors::failed(format!("this host has its {GUESTS_MAX} domains")));
        }
        self.names.insert(name.clone(), *uuid);
        Ok(self.guests.entry(*uuid).or_insert_with(|| Guest {
            name: name.clone(),
            uuid: *uuid,
            config: None,
            run: Run::Off(ShutoffReason::Unknown),
            autostart: false,
            max_speed_mib_s: self.max_speed_mib_s,
            max_downtime_ms: 300,
            completed_job: None,
            snapshots: Album::default(),
        }))
    }

    /// # Errors
    /// Code 9 where another guest has the name or the UUID, or where there is no room for the document.
    pub(super) fn check_free(&self, definition: &Definition) -> Result<()> {
        self.check_names(definition)?;
        self.check_room(definition)
    }

    /// That there is room for one more document. Not asked where a guest that has come is defined by the document that it runs by.
    pub(super) fn check_room(&self, definition: &Definition) -> Result<()> {
        let guests: usize = self.guests.values().map(Guest::document_bytes).sum();
        let coming: usize = self.offline.values().map(|coming| coming.xml.len()).sum();
        match guests.saturating_add(coming).saturating_add(definition.xml.len()) {
            ..=DOCUMENTS_BYTES_MAX => Ok(()),
            _ => {
                let most = DOCUMENTS_BYTES_MAX;
                Err(errors::failed(format!(
                    "this host keeps {most} bytes of its domains' documents, and no more"
                )))
            }
        }
    }

    /// That there is so much more memory for guests.
    pub(super) fn check_memory(&self, bytes: u64) -> Result<()> {
        let of = |live: &Live| match live.machine.memory_bytes() {
            0 if matches!(live.activity, Activity::Arriving(_)) => self.memory_bytes_max,
            bytes => bytes,
        };
        let active = self.guests.values().filter_map(|guest| guest.live().ok());
        let taken = active.map(of).fold(0, u64::saturating_add);
        match taken.saturating_add(bytes) <= self.guests_bytes_max {
            true => Ok(()),
            false => {
                let most = self.guests_bytes_max;
                Err(errors::failed(format!(
                    "this host has {most} bytes of memory for its domains, and no more"
                )))
            }
        }
    }

    /// The same in place of what a guest has.
    pub(super) fn check_memory_instead(&self, uuid: Uuid, bytes: u64) -> Result<()> {
        let has = self.guest(uuid)?.live().map_or(0, |live| live.machine.memory_bytes());
        self.check_memory(bytes.saturating_sub(has))
    }

    /// The same for a guest that comes, of which nobody knows yet how much it has.
    pub(super) fn check_memory_to_come(&self) -> Result<()> {
        self.check_memory(self.memory_bytes_max)
    }

    fn check_names(&self, definition: &Definition) -> Result<()> {
        match self.guests.get(&definition.uuid) {
            Some(guest) if guest.name != definition.name => {
                return Err(errors::uuid_taken(&guest.name, guest.uuid));
            }
            _ => {}
        }
        match self.names.get(&definition.name) {
            Some(uuid) if *uuid != definition.uuid => Err(errors::name_taken(&definition.name, *uuid)),
            _ => Ok(()),
        }
    }

    /// The same, and that it is not active: code 55.
    pub(super) fn check_startable(&self, definition: &Definition) -> Result<()> {
        self.check_free(definition)?;
        match self.guests.get(&definition.uuid) {
            Some(guest) if guest.is_active() => Err(errors::already_active(&guest.name)),
            _ => Ok(()),
        }
    }

    /// A number for a guest that starts. Begins anew after two billion of them.
    pub(super) fn new_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id = if id == i32::MAX.unsigned_abs() { 1 } else { id + 1 };
        id
    }

    /// A guest has this number already.
    pub(super) fn use_id(&mut self, id: u32) {
        if id >= self.next_id {
            self.next_id = id;
            self.new_id();
        }
    }

    pub(super) fn new_incoming(&mut self) -> IncomingId {
        let id = IncomingId(self.next_incoming);
        self.next_incoming += 1;
        id
    }

    /// Remembers that a guest is held for its migration.
    pub(super) fn new_outgoing(&mut self, guest: Uuid) -> OutgoingId {
        let id = OutgoingId(self.next_outgoing);
        self.next_outgoing += 1;
        self.outgoing.insert(id, guest);
        id
    }

    /// The process that a guest is, if it is one.
    pub(super) fn process(&self, uuid: Uuid) -> Option<Arc<Process>> {
        match &self.guest(uuid).ok()?.live().ok()?.machine {
            Machine::Apart(process) => Some(process.clone()),
            Machine::Here(_) => None,
        }
    }

    /// A guest has been ended, and is off from now on: its job ends, and it is forgotten unless it is defined.
    pub(super) fn turned_off(
        &mut self,
        uuid: Uuid,
        reason: ShutoffReason,
        detail: StoppedDetail,
    ) -> Result<()> {
        let guest = self.guest_mut(uuid)?;
        match &guest.live()?.activity {
            Activity::Leaving(departure) | Activity::Held { sent: Some(departure) } => {
                departure.stop(Stop::GuestGone);
            }
            Activity::Arriving(incoming) => {
                let incoming = *incoming;
                self.incoming.remove(&incoming);
            }
            Activity::Idle | Activity::Held { sent: None } => {}
        }
        self.outgoing.retain(|_, held| *held != uuid);
        self.guest_mut(uuid)?.run = Run::Off(reason);
        self.tell(uuid, Lifecycle::Stopped(detail));
        self.forget_unless_defined(uuid);
        Ok(())
    }

    /// Removes a guest that is neither active nor defined.
    pub(super) fn forget_unless_defined(&mut self, uuid: Uuid) {
        let over = self.guests.get(&uuid).is_some_and(|guest| guest.config.is_none() && !guest.is_active());
        if over && let Some(guest) = self.guests.remove(&uuid) {
            self.names.remove(&guest.name);
        }
    }

    /// Tells the listeners what happened to a guest.
    pub(super) fn tell(&self, uuid: Uuid, what: Lifecycle) {
        if let Some(guest) = self.guests.get(&uuid) {
            self.events.tell(&Event::Domain(guest.info(), what));
        }
    }

    /// Tells the listeners what befell it.
    pub(super) fn tell_happening(&self, uuid: Uuid, what: Happening) {
        if let Some(guest) = self.guests.get(&uuid) {
            self.events.tell(&Event::Happening(guest.info(), what));
        }
    }

    /// Tells the listeners what its job has come to.
    pub(super) fn tell_job(&self, uuid: Uuid, what: JobStep) {
        if let Some(guest) = self.guests.get(&uuid) {
            self.events.tell(&Event::Job(guest.info(), what));
        }
    }

    /// The persistent configuration of a guest.
    pub(super) fn config(&self, uuid: Uuid) -> Result<Arc<Definition>> {
        let transient = || errors::invalid("transient domains do not have any persistent config");
        self.guest(uuid)?.config.clone().ok_or_else(transient)
    }

    /// Another configuration in place of the one that it was made of.
    pub(super) fn replace_config(
        &mut self,
        uuid: Uuid,
        before: &Arc<Definition>,
        after: Definition,
    ) -> Result<()> {
        self.check_room(&after)?;
        match &mut self.guest_mut(uuid)?.config {
            Some(config) if Arc::ptr_eq(config, before) => {
                *config = Arc::new(after);
                Ok(())
            }
            _ => Err(errors::failed("the domain was changed by somebody else meanwhile")),
        }
    }

    /// A guest that is off, and of which there is nothing else with its name, has another one from now on.
    pub(super) fn rename(&mut self, uuid: Uuid, before: &Arc<Definition>, after: Definition) -> Result<()> {
        let guest = self.guest(uuid)?;
        if guest.is_active() {
            return Err(errors::invalid("cannot rename active domain"));
        }
        guest.check_has_no_snapshots("rename")?;
        let name = after.name.clone();
        if self.names.contains_key(&name) {
            return Err(errors::invalid(format!("domain with name '{name}' already exists")));
        }
        self.replace_config(uuid, before, after)?;
        self.tell(uuid, Lifecycle::Undefined(UndefinedDetail::Renamed));
        self.names.insert(name.clone(), uuid);
        let old = std::mem::replace(&mut self.guest_mut(uuid)?.name, name);
        self.names.remove(&old);
        self.tell(uuid, Lifecycle::Defined(DefinedDetail::Renamed));
        Ok(())
    }

    /// Its configuration becomes persistent.
    pub(super) fn persist(&mut self, uuid: Uuid, definition: Arc<Definition>) -> Result<()> {
        let known = self.guest_mut(uuid)?.config.replace(definition).is_some();
        self.tell(uuid, Lifecycle::Defined(super::defined(known)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use virtwire_protocol::error::{ErrorCode, ErrorDomain};

    use super::super::super::StartOptions;
    use super::super::Mem;
    use super::super::memory::Memory;
    use super::*;

    /// A document of so many bytes, more or less, of which each guest that has it may share the copy.
    fn long(name: &str) -> Definition {
        let xml = format!(
            "<domain type='mem'><name>{name}</name><memory>1</memory><!--{}--></domain>",
            "x".repeat(4_000_000)
        );
        Definition::parse(&xml, None).unwrap()
    }

    /// However long the documents of one client's are, what all hold together has an end, and what goes makes room.
    #[test]
    fn all_documents_together_are_bounded() {
        let mut table = Table::new(&Config::default(), Events::new());
        let first = long("first");
        let each = first.xml.len();
        let shared = Arc::new(first);
        for number in 2..DOCUMENTS_BYTES_MAX / each {
            let guest = Definition {
                name: number.to_string(),
                uuid: Uuid::random(),
                xml: String::new(),
                ..(*shared).clone()
            };
            table.guest_for(&guest).unwrap().config = Some(shared.clone());
        }
        let [one, two, three] = ["one", "two", "three"].map(long);
        let one = table.define(one).unwrap().uuid;
        table.define(two.clone()).unwrap();
        for refused in [table.define(three.clone()).unwrap_err(), table.check_startable(&three).unwrap_err()]
        {
            assert!(refused.message.to_string_lossy().contains("documents"), "{refused}");
        }
        assert!(table.find(Lookup::Name("three")).is_none());
        // Nor is a short one made long, which was let in.
        let short = Definition { xml: String::new(), ..three.clone() };
        table.define(short).unwrap();
        let before = table.config(three.uuid).unwrap();
        table.replace_config(three.uuid, &before, three.clone()).unwrap_err();
        table.undefine(one).unwrap();
        table.replace_config(three.uuid, &before, three).unwrap();
        // What an earlier daemon had is there, also beyond that.
        table.load(long("four")).unwrap();
        table.define(two).unwrap_err();
    }

    /// However little each guest has, what all have together has an end, and what goes makes room.
    #[test]
    fn the_memory_of_all_guests_is_bounded() {
        let config = Config { guests_bytes_max: 10 << 20, ..Config::default() };
        let mem = Mem::new(config);
        let mut table = mem.inner.at_once();
        let [first, second, third] = ["first", "second", "third"].map(|name| {
            let xml = format!("<domain type='mem'><name>{name}</name><memory>4096</memory></domain>");
            Definition::parse(&xml, None).unwrap()
        });
        let memory = |mib: usize| Memory::booted(Uuid::random(), mib << 20);
        let machine = |mib| Machine::Here(Arc::new(memory(mib)));
        let start = StartOptions::default();
        let gone = table.create(first, start, machine(4)).unwrap().uuid;
        let small = table.create(second, start, machine(1)).unwrap().uuid;
        table.check_memory_to_come().unwrap();
        let refused = table.create(third.clone(), start, machine(6)).unwrap_err();
        assert_eq!((refused.code, refused.domain), (ErrorCode::OPERATION_FAILED, ErrorDomain::QEMU));
        assert!(table.find(Lookup::Name("third")).is_none());
        let third = table.create(third, start, machine(4)).unwrap().uuid;
        table.check_memory_to_come().unwrap_err();
        // Nor has one more when it boots anew.
        table.reboot(small, memory(4)).unwrap_err();
        table.reset(third, memory(6)).unwrap_err();
        table.reset(third, memory(2)).unwrap();
        table.turn_off(gone, ShutoffReason::Destroyed, StoppedDetail::Destroyed).unwrap();
        table.reboot(small, memory(4)).unwrap();
    }
}
