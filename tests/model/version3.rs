//! What the modelled hosts do in version 3: the source keeps the guest, paused, until Confirm, within a job that lives as long as
//! the connection that began it; the destination kills a guest that it cannot start.

use virtwire_protocol::error::ErrorCode;
use virtwire_protocol::migrate::{
    Call, Cookie, DomainXml, Failure, Feature, MigrateFlags, ParamValue, Reply, Retcode, Terms,
};
use virtwire_xdr::Text;

use super::destination::{Answer, Connection, Destination, Incoming, Loss};
use super::postcopy::Half;
use super::source::{Source, error, guest, xml};

/// What each step gives for the other host's next step.
pub(crate) const BEGUN: &[u8] = b"begun";
pub(crate) const PREPARED: &[u8] = b"prepared";
pub(crate) const PERFORMED: &[u8] = b"performed";
pub(crate) const FINISHED: &[u8] = b"finished";

/// A migration as its source knows it.
#[derive(Clone, Debug)]
pub(crate) struct Migrating {
    by: Connection,
    performed: bool,
    was_paused: bool,
}

/// Whoever else migrates the source's guests.
const STRANGER: Connection = 0;

fn is(cookie: &Cookie, expected: &[u8]) -> bool {
    cookie.0 == expected
}

fn no_migration() -> Failure {
    error(ErrorCode::OPERATION_INVALID, "domain 'guest' is not being migrated")
}

impl Source {
    pub(crate) fn begin(&mut self, flags: MigrateFlags, by: Connection) -> Result<Reply, Failure> {
        let offline = flags.has(MigrateFlags::OFFLINE);
        let was_paused = match self.active {
            Some(was_paused) => was_paused,
            None => {
                self.knows()?;
                if !offline {
                    return Err(error(ErrorCode::OPERATION_INVALID, "domain is not running"));
                }
                false
            }
        };
        if flags.has(MigrateFlags::POSTCOPY_RESUME) && self.half != Some(Half::Broken) {
            return Err(error(ErrorCode::OPERATION_INVALID, "not in a failed post-copy"));
        }
        if self.migrating.is_some() || self.job.is_some() {
            return Err(error(ErrorCode::OPERATION_INVALID, "another migration job is already running"));
        }
        if flags.has(MigrateFlags::CHANGE_PROTECTION) {
            if !self.peer.reports(Feature::MigrateChangeProtection) {
                return Err(error(ErrorCode::INVALID_ARG, "unsupported flags"));
            }
            // Of a definition there is nothing to perform.
            self.migrating = Some(Migrating { by, performed: offline, was_paused });
        }
        Ok(Reply::Begun { cookie: Cookie(BEGUN.into()), xml: xml() })
    }

    /// Whether Perform can begin at all; it becomes a migration then.
    pub(crate) fn accepts3(&mut self, call: &Call, by: Connection) -> Result<(), Failure> {
        let Call::Perform3 { cookie, flags, .. } = call else {
            return Err(error(ErrorCode::INTERNAL_ERROR, "not Perform"));
        };
        let Some(was_paused) = self.active else { return Err(no_migration()) };
        if !is(cookie, PREPARED) {
            return Err(error(ErrorCode::INTERNAL_ERROR, "migration cookie is not the destination's"));
        }
        let begun = self.migrating.as_ref().is_some_and(|one| !one.performed && one.by == by);
        let resumes = flags.has(MigrateFlags::POSTCOPY_RESUME) && self.half == Some(Half::Broken);
        if self.job.is_some()
            || (self.stopped && !resumes)
            || begun != flags.has(MigrateFlags::CHANGE_PROTECTION)
        {
            return Err(no_migration());
        }
        if !begun {
            self.migrating = Some(Migrating { by, performed: false, was_paused });
        }
        Ok(())
    }

    /// The memory is sent, or could not be.
    pub(crate) fn performed(&mut self, sent: bool) {
        let Some(migrating) = &mut self.migrating else {
            // The connection has closed meanwhile: the guest stays paused, and nobody remembers why.
            self.stopped = sent;
            if sent {
                self.active = Some(true);
            }
            return;
        };
        if sent {
            migrating.performed = true;
            self.stopped = true;
            self.active = Some(true);
        } else {
            let was_paused = migrating.was_paused;
            self.migrating = None;
            self.stranger_begins(was_paused);
        }
    }

    /// Whoever else waits for the guest begins as soon as he can.
    fn stranger_begins(&mut self, was_paused: bool) {
        if self.stranger {
            self.migrating = Some(Migrating { by: STRANGER, performed: false, was_paused });
        }
    }

    pub(crate) fn confirm(
        &mut self,
        flags: MigrateFlags,
        cookie: &Cookie,
        how: Retcode,
        by: Connection,
    ) -> Result<Reply, Failure> {
        self.knows()?;
        // A definition that is not held still can be confirmed all the same.
        let unheld = flags.has(MigrateFlags::OFFLINE) && !flags.has(MigrateFlags::CHANGE_PROTECTION);
        let held =
            self.migrating.clone().or(unheld.then_some(Migrating { by, performed: true, was_paused: false }));
        let Some(Migrating { performed, was_paused, by: its }) = held else {
            return Err(no_migration());
        };
        // A real daemon would end it. That it is asked to is what must not happen.
        if its == STRANGER && by != STRANGER {
            return Err(no_migration());
        }
        if self.job.is_some() || (how == Retcode::Success && !performed) {
            return Err(error(ErrorCode::INTERNAL_ERROR, "a step out of order"));
        }
        if !cookie.0.is_empty() && !is(cookie, FINISHED) {
            // And the guest stays paused.
            self.migrating = None;
            return Err(error(ErrorCode::INTERNAL_ERROR, "migrate guest to the same host"));
        }
        self.migrating = None;
        if how == Retcode::Cancelled && self.half.is_some() {
            // No post-copy is rolled back.
            self.half = Some(Half::Broken);
            return Ok(Reply::Done);
        }
        (self.stopped, self.half) = (false, None);
        match how {
            _ if flags.has(MigrateFlags::OFFLINE) => {
                let goes = how == Retcode::Success && flags.has(MigrateFlags::UNDEFINE_SOURCE);
                self.defined &= !goes;
            }
            Retcode::Success => {
                self.active = None;
                self.defined &= !flags.has(MigrateFlags::UNDEFINE_SOURCE);
            }
            Retcode::Cancelled => self.active = Some(was_paused),
        }
        Ok(Reply::Done)
    }

    pub(crate) fn resume(&mut self) -> Result<Reply, Failure> {
        self.knows()?;
        if self.active.is_none() || self.migrating.is_some() || self.job.is_some() {
            return Err(error(ErrorCode::OPERATION_INVALID, "not now"));
        }
        (self.active, self.stopped, self.half) = (Some(false), false, None);
        Ok(Reply::Done)
    }

    pub(crate) fn destroy(&mut self) -> Result<Reply, Failure> {
        self.knows()?;
        if self.active.is_none() {
            return Err(error(ErrorCode::OPERATION_INVALID, "domain is not running"));
        }
        (self.active, self.migrating, self.stopped, self.half) = (None, None, false, None);
        self.runs_by_itself = false;
        Ok(Reply::Done)
    }

    /// Its daemon was killed a moment after it had sent the guest, and has it run on when it is back.
    pub(crate) fn runs_on(&mut self) {
        let was_paused = self.migrating.as_ref().is_some_and(|one| one.was_paused);
        if self.stopped && self.active.is_some() && self.half.is_none() && !was_paused {
            (self.active, self.stopped) = (Some(false), false);
            (self.ran_on, self.runs_by_itself) = (true, true);
        }
    }

    pub(crate) fn connection_closed(&mut self, by: Connection) {
        let forgotten = self.migrating.take_if(|one| one.by == by).is_some();
        if let (true, false, Some(was_paused)) = (forgotten, self.stopped, self.active) {
            self.stranger_begins(was_paused);
        }
    }

    /// Within a migration that is not a stranger's.
    pub(crate) fn is_held(&self) -> bool {
        self.migrating.is_some() && !self.is_strangers()
    }

    pub(crate) fn is_strangers(&self) -> bool {
        self.migrating.as_ref().is_some_and(|one| one.by == STRANGER)
    }

    pub(crate) fn stranger_leaves(&mut self) {
        self.stranger = false;
        self.migrating.take_if(|one| one.by == STRANGER);
    }
}

impl Destination {
    pub(crate) fn prepare3(&mut self, call: &Call, by: Connection, now: u32) -> Result<Reply, Failure> {
        let Call::Prepare3 { cookie, terms, flags } = call else {
            return Err(error(ErrorCode::INTERNAL_ERROR, "not Prepare"));
        };
        if !is(cookie, BEGUN) {
            return Err(error(ErrorCode::INTERNAL_ERROR, "migration cookie is not the source's"));
        }
        if flags.has(MigrateFlags::POSTCOPY_RESUME) {
            return self.prepare_to_recover(uri_of(terms), by);
        }
        if flags.has(MigrateFlags::OFFLINE) {
            return self.prepare_definition(name_of(terms), *flags, by);
        }
        if self.guest.is_some() || self.incoming.is_some() {
            return Err(error(ErrorCode::OPERATION_FAILED, "domain 'guest' already exists"));
        }
        if *flags != flags.for_destination() || flags.has(MigrateFlags::CHANGE_PROTECTION) {
            return Err(error(ErrorCode::INVALID_ARG, "unsupported flags"));
        }
        if self::xml_of(terms) != Some(xml().0) {
            return Err(error(ErrorCode::XML_DETAIL, "not the domain's migratable XML"));
        }
        let uri_in = uri_of(terms);
        let uri = uri_in.clone().unwrap_or_else(|| "tcp:destination:49152".into());
        self.incoming = Some(Incoming {
            name: name_of(terms).unwrap_or_else(|| "guest".into()),
            uri: uri.clone(),
            by,
            version: 3,
            since: now,
            memory: None,
            finishing: None,
        });
        let uri_out = if uri_in.is_none() && self.names_uri { Some(uri) } else { None };
        Ok(Reply::Prepared { cookie: Cookie(PREPARED.into()), uri_out })
    }

    pub(crate) fn finish3(&mut self, call: &Call) -> Answer {
        let Call::Finish3 { cookie, terms, flags, cancelled } = call else {
            return Answer::Now(Err(error(ErrorCode::INTERNAL_ERROR, "not Finish")));
        };
        if flags.has(MigrateFlags::POSTCOPY_RESUME) {
            return self.finish_recovered(*cancelled);
        }
        if flags.has(MigrateFlags::OFFLINE) {
            return Answer::Now(self.finish_definition(name_of(terms), cookie, *cancelled));
        }
        let refuse = |code, text| Answer::Now(Err(error(code, text)));
        let found = self.domain().filter(|domain| Some(&domain.name) == name_of(terms).as_ref());
        let (Some(domain), Some(incoming)) = (found.clone(), self.incoming.as_mut()) else {
            return match found {
                Some(_) => refuse(ErrorCode::OPERATION_INVALID, "not processing incoming migration"),
                None => refuse(ErrorCode::NO_DOMAIN, "no domain"),
            };
        };
        if incoming.version != 3 || *flags != flags.for_destination() {
            return refuse(ErrorCode::INTERNAL_ERROR, "not what was prepared");
        }
        if *cancelled == Retcode::Cancelled {
            // A real one may not, and a broken one may: that it is asked to is what must not happen.
            self.destroy_incoming(Loss::Cancelled);
            return refuse(ErrorCode::MIGRATE_FINISH_OK, "migration successfully aborted");
        }
        if incoming.finishing.is_some() {
            return refuse(ErrorCode::OPERATION_TIMEOUT, "cannot acquire state change lock");
        }
        if !cookie.0.is_empty() && !is(cookie, PERFORMED) {
            self.destroy_incoming(Loss::KilledByHost);
            return refuse(ErrorCode::INTERNAL_ERROR, "migrate guest to the same host");
        }
        if incoming.memory.is_none() && !self.careless {
            incoming.finishing = Some(*flags);
            return Answer::Waits;
        }
        self.start(*flags);
        Answer::Now(Ok(Reply::Finished3 { domain, cookie: Cookie(FINISHED.into()) }))
    }
}

/// Where the data goes.
pub(crate) fn uri_of(terms: &Terms) -> Option<Text> {
    match terms {
        Terms::Fixed { uri, .. } => uri.clone(),
        Terms::Params(_) => param(terms, "migrate_uri"),
    }
}

fn name_of(terms: &Terms) -> Option<Text> {
    match terms {
        Terms::Fixed { dname, .. } => dname.clone(),
        Terms::Params(_) => param(terms, "destination_name"),
    }
}

fn xml_of(terms: &Terms) -> Option<Text> {
    match terms {
        Terms::Fixed { xml, .. } => xml.clone().map(|DomainXml(xml)| xml),
        Terms::Params(_) => param(terms, "destination_xml"),
    }
}

fn param(terms: &Terms, name: &str) -> Option<Text> {
    let Terms::Params(params) = terms else { return None };
    let value = params.iter().find(|param| param.field == *name).map(|param| &param.value);
    match value {
        Some(ParamValue::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// Everything that a source of version 3 is asked beside Perform.
pub(crate) fn answer(source: &mut Source, call: &Call, by: Connection) -> Result<Reply, Failure> {
    match call {
        Call::Begin3 { flags, .. } => source.begin(*flags, by),
        Call::Confirm3 { flags, cookie, cancelled, .. } => source.confirm(*flags, cookie, *cancelled, by),
        Call::Resume { .. } => source.resume(),
        Call::Destroy { .. } => source.destroy(),
        Call::LookupByUuid { .. } => source.knows().map(|()| Reply::Found(guest(source.id))),
        _ => Err(error(ErrorCode::INTERNAL_ERROR, "not a call to a source")),
    }
}
