//! The modelled destination: an incoming guest or slot, tied to the connection that prepared it, until
//! Finish.

use virtwire_protocol::error::ErrorCode;
use virtwire_protocol::migrate::{
    Call, Cookie, Domain, DomainState, Failure, Feature, MigrateFlags, Reply, Retcode, State,
};
use virtwire_xdr::Text;

use super::fault::Fails;
use super::offline::Coming;
use super::peers::Peer;
use super::postcopy::Half;
use super::source::{COOKIE, UUID, error, xml};

pub(crate) type Connection = u32;

/// Whose what is that has outlived the daemon which prepared it.
const NOBODY: Connection = Connection::MAX;

#[derive(Clone, Debug)]
pub(crate) struct Destination {
    pub(crate) peer: Peer,
    /// Chooses the URI itself, or leaves that to the caller.
    pub(crate) names_uri: bool,
    /// Starts a guest at Finish even if nothing has arrived, instead of waiting for it. No good daemon does.
    pub(crate) careless: bool,
    /// Version 1: how long the guest stays invisible after its data has come.
    pub(crate) arrival_takes: u32,
    /// Version 1: listens, and does not know for whom.
    pub(crate) slot: Option<Slot>,
    /// Prepared, paused.
    pub(crate) incoming: Option<Incoming>,
    /// Taken over.
    pub(crate) guest: Option<Taken>,
    /// Keeps the only copy of a guest although its connection closes.
    pub(crate) keeps: bool,
    /// The guest has a definition here, and this is why it was last off.
    pub(crate) defined: bool,
    pub(crate) off: i32,
    /// The guest has run here and shut down.
    pub(crate) ended: bool,
    /// A guest has run here.
    pub(crate) ran: bool,
    /// The copy that was destroyed here, and why.
    pub(crate) destroyed: Option<Loss>,
    /// A post-copy has switched over: what is here, incoming or started, has not all of its memory.
    pub(crate) half: Option<Half>,
    /// Ready to go on with a broken post-copy, at this address, for this connection.
    pub(crate) recovers: Option<(Text, Connection)>,
    /// A definition that waits for Finish; and the name of one that has come.
    pub(crate) coming: Option<Coming>,
    pub(crate) kept: Option<Text>,
}

#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) uri: Text,
    pub(crate) by: Connection,
    pub(crate) dname: Option<Text>,
    /// The data, when the guest can be seen, and whether it was paused.
    pub(crate) data: Option<(u32, bool)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) name: Text,
    pub(crate) uri: Text,
    pub(crate) by: Connection,
    /// Which Prepare it was.
    pub(crate) version: u8,
    /// When it was prepared.
    pub(crate) since: u32,
    /// The guest's memory has arrived, and whether the guest was paused.
    pub(crate) memory: Option<bool>,
    /// A Finish waits for the memory, with these flags.
    pub(crate) finishing: Option<MigrateFlags>,
}

#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) name: Text,
    pub(crate) paused: bool,
    /// The memory that it started with, or none.
    pub(crate) from_memory: bool,
}

/// Why the only copy of the guest was destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    ConnectionClosed,
    Cancelled,
    Destroyed,
    Deadline,
    HostDied,
    KilledByHost,
    NoMachine,
}

/// What a call comes to.
pub(crate) enum Answer {
    Now(Result<Reply, Failure>),
    /// None as long as the memory is missing.
    Waits,
}

impl Incoming {
    /// It has outlived the daemon that prepared it.
    pub(crate) fn is_stray(&self) -> bool {
        self.by == NOBODY
    }
}

impl Destination {
    pub(crate) fn state(&self) -> Option<State> {
        match (&self.guest, &self.incoming) {
            (Some(Taken { paused: true, .. }), _) => {
                Some(State { state: DomainState::Paused, reason: Some(1) })
            }
            (Some(_), _) => {
                let reason = match self.half {
                    Some(Half::Comes) => 10,
                    Some(Half::Broken) => 11,
                    None => 2,
                };
                Some(State { state: DomainState::Running, reason: Some(reason) })
            }
            (None, Some(_)) => Some(State { state: DomainState::Paused, reason: Some(2) }),
            (None, None) if self.defined || self.kept.is_some() || self.shows_coming() => {
                Some(State { state: DomainState::ShutOff, reason: Some(self.off) })
            }
            (None, None) => None,
        }
    }

    pub(crate) fn domain(&self) -> Option<Domain> {
        let name =
            self.guest.as_ref().map(|taken| &taken.name).or(self.incoming.as_ref().map(|one| &one.name));
        match name {
            Some(name) => Some(Domain { name: name.clone(), uuid: UUID, id: 21 }),
            None => self.defined_as().map(|name| Domain { name, uuid: UUID, id: -1 }),
        }
    }

    /// Destroys what is incoming.
    pub(crate) fn destroy_incoming(&mut self, why: Loss) {
        let Some(incoming) = self.incoming.take() else { return };
        self.half = None;
        self.off = match why {
            Loss::HostDied => 0,
            Loss::ConnectionClosed | Loss::Destroyed => 2,
            Loss::Cancelled | Loss::Deadline | Loss::KilledByHost | Loss::NoMachine => 6,
        };
        if incoming.memory.is_some() {
            self.destroyed = Some(why);
        }
    }

    /// What is incoming is nobody's any more.
    pub(crate) fn strays(&mut self) {
        if let Some(incoming) = &mut self.incoming {
            incoming.by = NOBODY;
        }
    }

    /// The daemon has died, and what is nobody's only if its machine has.
    pub(crate) fn forgets_incoming(&mut self, perish: bool) {
        if self.incoming.as_ref().is_some_and(|incoming| perish || !incoming.is_stray()) {
            self.destroy_incoming(Loss::HostDied);
        }
    }

    pub(crate) fn destroy_slot(&mut self, why: Loss) {
        if let Some(Slot { data: Some(_), .. }) = self.slot.take() {
            self.destroyed = Some(why);
        }
    }

    pub(crate) fn connection_closed(&mut self, by: Connection) {
        let keeps = self.keeps;
        self.coming.take_if(|coming| coming.by == by && !keeps);
        self.recovers.take_if(|(_, its)| *its == by);
        if self.keeps && self.holds_only_copy() {
            return;
        }
        if self.slot.as_ref().is_some_and(|slot| slot.by == by) {
            self.destroy_slot(Loss::ConnectionClosed);
        }
        if self.incoming.as_ref().is_some_and(|incoming| incoming.by == by) {
            self.destroy_incoming(Loss::ConnectionClosed);
        }
    }

    /// In versions 1 and 2 the source has dropped what has arrived here.
    fn holds_only_copy(&self) -> bool {
        self.incoming.as_ref().is_some_and(|one| one.memory.is_some() && one.version != 3)
            || self.slot.as_ref().is_some_and(|slot| slot.data.is_some())
    }

    pub(crate) fn run(&mut self, call: &Call, by: Connection, now: u32) -> Answer {
        Answer::Now(match call {
            Call::LookupByUuid { .. } => {
                self.domain().map(Reply::Found).ok_or_else(|| error(ErrorCode::NO_DOMAIN, "no domain"))
            }
            Call::GetInfo { .. } => self.told().map(|state| Reply::State(state.state.into())),
            Call::GetState { .. } => self.told().map(Reply::State),
            Call::Prepare { .. } | Call::Prepare2 { .. } => self.prepare(call, by, now),
            Call::Prepare3 { .. } => self.prepare3(call, by, now),
            Call::Finish3 { .. } => return self.finish3(call),
            Call::Destroy { .. } => self.destroy(),
            Call::Finish { .. } | Call::Finish2 { .. } => {
                // Finish of version 1 waits for data that is on its way.
                self.arrive(u32::MAX);
                return self.finish(call);
            }
            _ => Err(error(ErrorCode::INTERNAL_ERROR, "not a call to a destination")),
        })
    }

    fn told(&self) -> Result<State, Failure> {
        self.state().ok_or_else(|| error(ErrorCode::NO_DOMAIN, "no domain"))
    }

    /// Whatever is there ends.
    fn destroy(&mut self) -> Result<Reply, Failure> {
        self.told()?;
        if self.guest.take().is_some() {
            (self.off, self.destroyed) = (2, Some(Loss::Destroyed));
            return Ok(Reply::Done);
        }
        if self.incoming.is_none() {
            return Err(error(ErrorCode::OPERATION_INVALID, "domain is not running"));
        }
        self.destroy_incoming(Loss::Destroyed);
        Ok(Reply::Done)
    }

    fn prepare(&mut self, call: &Call, by: Connection, now: u32) -> Result<Reply, Failure> {
        let (Call::Prepare { uri_in, flags, dname, .. } | Call::Prepare2 { uri_in, flags, dname, .. }) = call
        else {
            return Err(error(ErrorCode::INTERNAL_ERROR, "not Prepare"));
        };
        if *flags != flags.for_destination() {
            return Err(error(ErrorCode::INVALID_ARG, "unsupported flags"));
        }
        if self.guest.is_some() || self.incoming.is_some() {
            return Err(error(ErrorCode::OPERATION_FAILED, "domain 'guest' already exists"));
        }
        let uri = uri_in.clone().unwrap_or_else(|| "tcp:destination:49152".into());
        match call {
            Call::Prepare2 { dom_xml, .. } => {
                if *dom_xml != xml() {
                    return Err(error(ErrorCode::XML_DETAIL, "not the domain's migratable XML"));
                }
                self.incoming = Some(Incoming {
                    name: dname.clone().unwrap_or_else(|| "guest".into()),
                    uri: uri.clone(),
                    by,
                    version: 2,
                    since: now,
                    memory: None,
                    finishing: None,
                });
            }
            _ => self.slot = Some(Slot { uri: uri.clone(), by, dname: dname.clone(), data: None }),
        }
        let uri_out = if uri_in.is_none() && self.names_uri { Some(uri) } else { None };
        Ok(Reply::Prepared { cookie: Cookie(COOKIE.into()), uri_out })
    }

    /// The data has come, all of it. False if nothing listens at `uri`.
    pub(crate) fn receive(&mut self, uri: &Text, paused: bool, now: u32) -> bool {
        let waits = |incoming: &&mut Incoming| incoming.uri == *uri && incoming.memory.is_none();
        if let Some(incoming) = self.incoming.as_mut().filter(waits) {
            incoming.memory = Some(paused);
            if let Some(flags) = incoming.finishing {
                self.start(flags);
            }
            return true;
        }
        let Some(slot) = self.slot.as_mut().filter(|slot| slot.uri == *uri && slot.data.is_none()) else {
            return false;
        };
        slot.data = Some((now + self.arrival_takes, paused));
        self.arrive(now);
        true
    }

    /// Version 1: the data that has come by now becomes a guest.
    pub(crate) fn arrive(&mut self, now: u32) {
        let due = |slot: &mut Slot| slot.data.is_some_and(|(at, _)| at <= now);
        let Some(Slot { data: Some((at, paused)), uri, by, dname }) = self.slot.take_if(due) else { return };
        if !self.peer.reports(Feature::MigrationV1) {
            // Memory and no machine.
            self.destroyed = Some(Loss::NoMachine);
            return;
        }
        self.incoming = Some(Incoming {
            name: dname.unwrap_or_else(|| "guest".into()),
            uri,
            by,
            version: 1,
            since: at,
            memory: Some(paused),
            finishing: None,
        });
    }

    fn finish(&mut self, call: &Call) -> Answer {
        let (dname, cookie, flags, retcode) = match call {
            Call::Finish { dname, cookie, flags, .. } => (dname, cookie, *flags, None),
            Call::Finish2 { dname, cookie, flags, retcode, .. } => (dname, cookie, *flags, Some(*retcode)),
            _ => return Answer::Now(Err(error(ErrorCode::INTERNAL_ERROR, "not Finish"))),
        };
        let refuse = |code, text| Answer::Now(Err(error(code, text)));
        if flags != flags.for_destination() {
            return refuse(ErrorCode::INVALID_ARG, "unsupported flags");
        }
        let found = self.domain().filter(|domain| domain.name == *dname);
        let (Some(domain), Some(incoming)) = (found.clone(), self.incoming.as_mut()) else {
            return match found {
                Some(_) => refuse(ErrorCode::OPERATION_INVALID, "not processing incoming migration"),
                None => refuse(ErrorCode::NO_DOMAIN, "no domain"),
            };
        };
        if *cookie != Cookie(COOKIE.into()) || incoming.version != if retcode.is_some() { 2 } else { 1 } {
            return refuse(ErrorCode::INTERNAL_ERROR, "not what was prepared");
        }
        if retcode == Some(Retcode::Cancelled) {
            self.destroy_incoming(Loss::Cancelled);
            return refuse(ErrorCode::MIGRATE_FINISH_OK, "migration successfully aborted");
        }
        if incoming.finishing.is_some() {
            return refuse(ErrorCode::OPERATION_TIMEOUT, "cannot acquire state change lock");
        }
        if incoming.memory.is_none() && !self.careless {
            incoming.finishing = Some(flags);
            return Answer::Waits;
        }
        self.start(flags);
        Answer::Now(Ok(Reply::Finished(domain)))
    }

    pub(crate) fn start(&mut self, flags: MigrateFlags) {
        if let Some(incoming) = self.incoming.take() {
            let paused = flags.has(MigrateFlags::PAUSED);
            self.ran |= !paused;
            self.guest = Some(Taken { name: incoming.name, paused, from_memory: incoming.memory.is_some() });
        }
    }

    /// The guest shuts itself down, if it runs.
    pub(crate) fn end(&mut self) {
        // One that waits for its memory does not get there.
        if self.half.is_none() && self.guest.take_if(|taken| !taken.paused).is_some() {
            (self.off, self.ended) = (1, true);
        }
    }

    /// Fails a call by itself.
    pub(crate) fn fail(&mut self, call: &Call, how: Fails) -> Result<Reply, Failure> {
        self.arrive(u32::MAX);
        if let (Call::Finish3 { .. }, Fails::Killing) = (call, how) {
            self.coming = None;
        }
        let arrived = self.incoming.as_ref().is_some_and(|incoming| incoming.memory.is_some());
        if call.finishes() && arrived {
            match how {
                Fails::LeavingPaused
                    if !matches!(call, Call::Finish2 { retcode: Retcode::Cancelled, .. }) =>
                {
                    self.start(MigrateFlags::PAUSED)
                }
                Fails::Killing => self.destroy_incoming(Loss::KilledByHost),
                _ => {}
            }
        }
        Err(error(ErrorCode::OPERATION_FAILED, "failed by the host itself"))
    }
}
