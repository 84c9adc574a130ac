//! A hypervisor that has what it takes to move guests, and little else: memory is bytes, and to run is to be so in the [`World`].

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use virtwire::hypervisor::{
    DomainInfo, DomainState, Host, Hypervisor, Lookup, Migrating, MigrationSupport, PausedReason, Result,
    RunningReason, ShutoffReason, StartOptions, Uuid, WhichXml, errors,
};

use super::{How, World};

/// Clones are the same host.
#[derive(Clone, Debug)]
pub(crate) struct Small {
    pub(super) uuid: Uuid,
    pub(super) world: World,
    guests: Arc<Mutex<BTreeMap<Uuid, Guest>>>,
    /// The verb that panics next, once.
    pub(super) panics: Arc<Mutex<Option<At>>>,
    /// How often it was asked for its guests since it does not tell of them, if it does not.
    pub(super) silence: Arc<Mutex<Option<u32>>>,
}

/// A moment of a migration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum At {
    Expecting,
    Receiving,
    /// About to turn a guest to this, which has not happened.
    Turning(DomainState),
    /// The same when it has.
    Turned(DomainState),
    /// Looked at, as it is in this state.
    Looking(DomainState),
}

#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) info: DomainInfo,
    pub(super) memory: Vec<u8>,
    xml: String,
}

impl Small {
    pub(crate) fn new(world: World) -> Small {
        let (guests, panics, silence) = Default::default();
        Small { uuid: Uuid::random(), world, guests, panics, silence }
    }

    fn passes(&self, at: At) {
        let panics = self.panics.lock().unwrap().take_if(|panics| *panics == at).is_some();
        assert!(!panics, "as was asked for");
    }

    pub(super) fn guest(&self, uuid: Uuid) -> Option<Guest> {
        self.guests.lock().unwrap().get(&uuid).cloned()
    }

    fn with<T>(&self, uuid: Uuid, then: impl FnOnce(&mut Guest) -> T) -> Result<T> {
        let mut guests = self.guests.lock().unwrap();
        guests.get_mut(&uuid).map(then).ok_or_else(|| errors::no_domain(Lookup::Uuid(uuid)))
    }

    /// A guest is active from now on.
    fn start(
        &self,
        xml: String,
        name: Option<String>,
        memory: Vec<u8>,
        state: DomainState,
    ) -> Result<DomainInfo> {
        let of = |tag| Some(xml.split_once(tag)?.1.split_once('<')?.0.to_owned());
        let (named, uuid) = (of("<name>"), of("<uuid>").and_then(|uuid| uuid.parse().ok()));
        let (Some(name), Some(uuid)) = (name.or(named), uuid) else {
            return Err(errors::bad_domain_xml("a name and a uuid are wanted"));
        };
        let known = self.guest(uuid);
        if known.as_ref().is_some_and(|guest| guest.info.id.is_some()) {
            return Err(errors::already_active(&name));
        }
        let (id, persistent) = (Some(self.world.new_id()), known.is_some());
        let info = DomainInfo { id, persistent, memory_kib: 100, ..DomainInfo::new(name, uuid) };
        self.guests.lock().unwrap().insert(uuid, Guest { info, memory, xml });
        self.set(uuid, state)
    }

    fn set(&self, uuid: Uuid, state: DomainState) -> Result<DomainInfo> {
        self.world.note(self.uuid, uuid, matches!(state, DomainState::Running(_)));
        let info = self.with(uuid, |guest| {
            guest.info.state = state;
            if let DomainState::Shutoff(_) = state {
                (guest.info.id, guest.memory) = (None, Vec::new());
            }
            guest.info.clone()
        })?;
        self.guests.lock().unwrap().retain(|_, guest| guest.info.persistent || guest.info.id.is_some());
        Ok(info)
    }
}

impl Migrating for Small {
    async fn expect(&self, xml: String, name: Option<String>) -> Result<DomainInfo> {
        self.passes(At::Expecting);
        self.start(xml, name, Vec::new(), DomainState::Paused(PausedReason::Migration))
    }

    async fn send(&self, guest: Uuid, out: &mut (dyn AsyncWrite + Send + Unpin)) -> Result<()> {
        let memory = self.with(guest, |guest| guest.memory.clone())?;
        let (first, rest) = memory.split_at(memory.len() / 2);
        out.write_all(first).await.map_err(broken)?;
        match self.world.half_sent().await {
            How::Failing => return Err(errors::failed("the disk is full")),
            How::Panicking => panic!("as was asked for"),
            How::Well | How::Stalling => {}
        }
        out.write_all(rest).await.map_err(broken)
    }

    async fn receive(&self, guest: Uuid, data: &mut (dyn AsyncRead + Send + Unpin)) -> Result<()> {
        self.passes(At::Receiving);
        let mut memory = Vec::new();
        data.take(1 << 20).read_to_end(&mut memory).await.map_err(broken)?;
        self.with(guest, |guest| guest.memory = memory)
    }

    async fn turn(&self, guest: Uuid, state: DomainState) -> Result<()> {
        self.passes(At::Turning(state));
        self.set(guest, state)?;
        self.passes(At::Turned(state));
        Ok(())
    }
}

fn broken(error: io::Error) -> virtwire::protocol::error::RemoteError {
    errors::failed(error.to_string())
}

impl Hypervisor for Small {
    fn host(&self) -> Host {
        let mut host = Host::new("Small", "small:///system", "small");
        (host.uuid, host.migration) = (self.uuid, MigrationSupport::ALL);
        host
    }

    fn migrating(&self) -> Option<&impl Migrating> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        if let Some(asked) = &mut *self.silence.lock().unwrap() {
            *asked += 1;
            return Err(errors::failed("the guests cannot be told of"));
        }
        let all: Vec<_> = self.guests.lock().unwrap().values().map(|guest| guest.info.clone()).collect();
        all.iter().for_each(|info| self.passes(At::Looking(info.state)));
        Ok(all)
    }

    async fn xml(&self, domain: Uuid, _: WhichXml) -> Result<String> {
        self.with(domain, |guest| guest.xml.clone())
    }

    /// What is there becomes persistent.
    async fn define(&self, xml: String) -> Result<DomainInfo> {
        let mut guests = self.guests.lock().unwrap();
        let found = guests.values_mut().find(|guest| guest.xml == xml);
        let guest = found.ok_or_else(|| errors::bad_domain_xml("only what is active is defined here"))?;
        guest.info.persistent = true;
        Ok(guest.info.clone())
    }

    async fn undefine(&self, domain: Uuid) -> Result<()> {
        let state = self.with(domain, |guest| {
            guest.info.persistent = false;
            guest.info.state
        })?;
        self.set(domain, state).map(drop)
    }

    async fn create(&self, xml: String, _: StartOptions) -> Result<DomainInfo> {
        let memory = (0..100 << 10).map(|at: u32| (at / 7) as u8).collect();
        self.start(xml, None, memory, DomainState::Running(RunningReason::Booted))
    }

    async fn destroy(&self, domain: Uuid) -> Result<()> {
        self.set(domain, DomainState::Shutoff(ShutoffReason::Destroyed)).map(drop)
    }

    async fn resume(&self, domain: Uuid) -> Result<()> {
        self.set(domain, DomainState::Running(RunningReason::Unpaused)).map(drop)
    }
}
