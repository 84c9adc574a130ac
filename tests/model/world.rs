//! Two modelled hosts, the connections to them, time, and what is still under way.

use std::fmt;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use virtwire_protocol::error::{ErrorCode, RemoteError};
use virtwire_protocol::migrate::{Call, Cookie, Do, Failure, Host, Reply, Retcode};

use super::by_source;
use super::destination::{Answer, Connection, Destination, Loss};
use super::fault::{Fails, Fault, Guests, Hears, Runs};
use super::postcopy::resumes;
use super::postcopy::{Coming, PostCopy};
use super::source::{Source, SourceJob, another, answer_of_another, error};
use super::version3;

/// When the model's time begins.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// How soon a host finds out that a connection is dead when nobody has closed it.
const NOTICED_AFTER: u32 = 3;
/// And when it has nothing to send for long.
const NOTICED_LATE: u32 = 40;

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) source: Source,
    pub(crate) destination: Destination,
    /// The destination destroys an incoming guest that is so old and not finished.
    pub(crate) incoming_deadline: Option<u32>,
    pub(crate) now: u32,
    /// By the clock of the caller. Calls take no time but for those that nobody answers.
    clock: Duration,
    links: [Link; 2],
    connections: Connection,
    late: Vec<Late>,
    closes: Vec<(u32, Connection)>,
    /// A connection that prepared something died of a fault.
    pub(crate) caller_died: bool,
    /// The connection that made Begin.
    begun_by: Option<Connection>,
    /// A broken driver sends Confirm over any connection.
    pub(crate) confirms_anywhere: bool,
    /// Somebody else's migration was confirmed.
    pub(crate) trespassed: bool,
    /// The source's host dies with the guest as soon as the destination is told to start it.
    pub(crate) source_dies: bool,
    /// A third host runs the guest: somebody else's migration has moved it there.
    pub(crate) elsewhere: bool,
    /// The source's daemon has died since it was asked to carry the migration out, or while it was.
    pub(crate) sender_died: bool,
    /// We have no way to the destination.
    pub(crate) unreached: bool,
    /// The daemons speak version 3 with each other.
    pub(crate) by_v3: bool,
    /// What a post-copy does in this world.
    pub(crate) post_copy: PostCopy,
    /// One is under way: the memory that has not come yet.
    pub(crate) coming: Option<Coming>,
}

/// The caller's connection to one host.
#[derive(Clone, Debug)]
struct Link {
    connection: Option<Connection>,
    /// The connection that made Prepare, or Begin, and whether its peer is known to have closed it.
    preparing: Option<(Connection, bool)>,
    /// The host's daemon is down until then.
    down_until: Option<u32>,
}

/// A host that does not come back.
const FOR_GOOD: u32 = u32::MAX / 2;

#[derive(Clone, Debug)]
struct Late {
    at: u32,
    host: Host,
    call: Call,
    by: Connection,
}

impl World {
    pub(crate) fn new(source: Source, destination: Destination, incoming_deadline: Option<u32>) -> World {
        let link = Link { connection: None, preparing: None, down_until: None };
        World {
            source,
            destination,
            incoming_deadline,
            now: 0,
            clock: Duration::ZERO,
            links: [link.clone(), link],
            connections: 0,
            late: Vec::new(),
            closes: Vec::new(),
            caller_died: false,
            begun_by: None,
            confirms_anywhere: false,
            trespassed: false,
            source_dies: false,
            elsewhere: false,
            sender_died: false,
            unreached: false,
            by_v3: false,
            post_copy: PostCopy::default(),
            coming: None,
        }
    }

    fn link(&mut self, host: Host) -> &mut Link {
        match host {
            Host::Source => &mut self.links[0],
            Host::Destination => &mut self.links[1],
        }
    }

    /// The caller's time.
    pub(crate) fn time(&self) -> Instant {
        *BEGINNING + self.clock
    }

    pub(crate) fn waits(&mut self, time: Duration) {
        self.clock += time;
        self.tick();
    }

    /// Makes a call as the driver does, and lets its time pass.
    pub(crate) fn call(&mut self, order: &Do, fault: Option<Fault>) -> Result<Reply, Failure> {
        let answer = self.make(order, fault);
        if let Err(Failure::Silent { .. }) = &answer {
            self.clock += order.deadline.unwrap_or_default();
        }
        answer
    }

    /// Over a new connection if the last one died.
    fn make(&mut self, order: &Do, fault: Option<Fault>) -> Result<Reply, Failure> {
        self.tick();
        if order.call == Call::Close {
            return self.close_preparing(order, fault);
        }
        if let Call::Confirm3 { .. } = order.call
            && !self.confirms_anywhere
            && self.links[0].connection != self.begun_by
        {
            return Err(Failure::NotSent { message: "its connection has ended".to_owned() });
        }
        let not_sent = |message: &str| Err(Failure::NotSent { message: message.to_owned() });
        if order.host == Host::Destination && self.unreached {
            return not_sent("it is not reached from here");
        }
        if self.link(order.host).down_until.is_some() {
            self.link(order.host).connection = None;
            return not_sent("connection refused");
        }
        let by = match self.link(order.host).connection {
            Some(by) => by,
            None => {
                self.connections += 1;
                let by = self.connections;
                self.link(order.host).connection = Some(by);
                by
            }
        };
        match order.call {
            Call::Begin3 { .. } => self.begun_by = Some(by),
            // What died before it was asked has not died since.
            ref call if call.performs() => self.sender_died = false,
            Call::Confirm3 { .. } => self.trespassed |= self.source.is_strangers(),
            _ => {}
        }
        if order.call.prepares() || matches!(order.call, Call::Begin3 { .. }) {
            self.link(order.host).preparing = Some((by, false));
        }
        if matches!(order.call, Call::Finish3 { cancelled: Retcode::Success, .. })
            && std::mem::take(&mut self.source_dies)
        {
            self.die(Host::Source, 2, Guests::Perish);
        }
        let Some(Fault { runs, hears }) = fault else { return self.run(order.host, &order.call, by) };
        let answer = self.run_so(order.host, &order.call, by, runs);
        self.hear(order, by, hears, answer)
    }

    fn run_so(&mut self, host: Host, call: &Call, by: Connection, runs: Runs) -> Result<Reply, Failure> {
        let lost = Err(Failure::Silent { message: "deadline passed".to_owned() });
        match runs {
            Runs::Never => lost,
            Runs::Now => self.run(host, call, by),
            Runs::Strays => {
                let answer = self.run(host, call, by);
                self.destination.strays();
                answer
            }
            Runs::Hangs => {
                self.destination.strays();
                lost
            }
            Runs::Ends => {
                let answer = self.run(host, call, by);
                self.destination.end();
                answer
            }
            Runs::SourceRunsOn => {
                let answer = self.run(host, call, by);
                // What it has sent and forgotten since it does not touch.
                let guests = if self.source.is_held() { Guests::RunOn } else { Guests::Live };
                self.die(Host::Source, 2, guests);
                answer
            }
            Runs::Ended => {
                self.destination.end();
                self.run(host, call, by)
            }
            Runs::Late(after) => {
                self.late.push(Late { at: self.now + after, host, call: call.clone(), by });
                lost
            }
            Runs::Long(lasts) => {
                self.accepts(call, by)?;
                let (ends, call) = (self.now + lasts, call.clone());
                self.source.job = Some(SourceJob { ends, call, fails: None, arrived: false });
                lost
            }
            Runs::Lingers(lasts) => {
                self.accepts(call, by)?;
                let Call::Perform { uri, .. } = call else { return lost };
                let paused = self.source.active.unwrap_or_default();
                if !self.destination.receive(uri, paused, self.now) {
                    return Err(error(ErrorCode::SYSTEM_ERROR, "unable to connect to the destination"));
                }
                let (ends, call) = (self.now + lasts, call.clone());
                self.source.job = Some(SourceJob { ends, call, fails: None, arrived: true });
                lost
            }
            Runs::Crashes { whole } => {
                self.accepts(call, by)?;
                if let (true, Call::Perform { uri, .. }) = (whole, call) {
                    self.destination.receive(uri, self.source.active.unwrap_or_default(), self.now);
                }
                (self.source.active, self.source.perished, self.source.off) = (None, true, 3);
                Err(error(ErrorCode::OPERATION_FAILED, "guest unexpectedly quit"))
            }
            Runs::Fails(how) => match (host, call) {
                (Host::Source, call) if call.performs() => self.perform(call, by, Some(how)),
                (Host::Source, _) => Err(error(ErrorCode::INTERNAL_ERROR, "failed by the host itself")),
                (Host::Destination, _) => self.destination.fail(call, how),
            },
        }
    }

    fn hear(
        &mut self,
        order: &Do,
        by: Connection,
        hears: Hears,
        answer: Result<Reply, Failure>,
    ) -> Result<Reply, Failure> {
        let host = order.host;
        let lost = |message: &str| Err(Failure::Lost { message: message.to_owned() });
        match hears {
            Hears::Answer => answer,
            Hears::Deadline => Err(Failure::Silent { message: "deadline passed".to_owned() }),
            Hears::Closed { eof } => {
                self.disconnect(host, by, eof);
                lost("connection closed")
            }
            Hears::Another => Ok(match order.call {
                Call::Finish3 { .. } => {
                    Reply::Finished3 { domain: another(), cookie: Cookie(version3::FINISHED.into()) }
                }
                Call::Finish { .. } | Call::Finish2 { .. } => Reply::Finished(another()),
                _ => Reply::Found(another()),
            }),
            Hears::MadeUpError => Err(Failure::Answered(RemoteError::rpc("the proxy's own error").into())),
            Hears::NotSent => Err(Failure::NotSent { message: "connection refused".to_owned() }),
            // It needs no record.
            Hears::Unwritten(_) => answer,
            Hears::HostDied { back, guests } => {
                self.die(host, back, guests);
                lost("connection closed")
            }
            Hears::CallerDied => {
                self.caller_dies();
                lost("nobody hears it")
            }
        }
    }

    fn run(&mut self, host: Host, call: &Call, by: Connection) -> Result<Reply, Failure> {
        let peer = match host {
            Host::Source => self.source.peer,
            Host::Destination => self.destination.peer,
        };
        if !peer.serves(call.number()) {
            return Err(Failure::Unsupported(RemoteError::unknown_procedure(call.number()).into()));
        }
        if let Some(reply) = answer_of_another(call) {
            return Ok(reply);
        }
        match (host, call) {
            (Host::Source, call) if call.performs() => self.perform(call, by, None),
            (
                Host::Source,
                Call::Begin3 { .. } | Call::Confirm3 { .. } | Call::Resume { .. } | Call::Destroy { .. },
            ) => version3::answer(&mut self.source, call, by),
            (Host::Source, _) => self.source.answer(call),
            (Host::Destination, Call::Finish3 { cancelled: Retcode::Success, .. }) if self.is_torn() => {
                self.finish_torn(call, by)
            }
            (Host::Destination, _) => match self.destination.run(call, by, self.now) {
                Answer::Now(answer) => answer,
                Answer::Waits => Err(Failure::Silent { message: "deadline passed".to_owned() }),
            },
        }
    }

    fn perform(&mut self, call: &Call, by: Connection, fails: Option<Fails>) -> Result<Reply, Failure> {
        self.accepts(call, by)?;
        self.transfer(call, fails, false)
    }

    fn accepts(&mut self, call: &Call, by: Connection) -> Result<(), Failure> {
        match call {
            Call::Perform3 { .. } => self.source.accepts3(call, by),
            _ if by_source::is_asked(call) => by_source::accepts(&mut self.source, call),
            _ => self.source.accepts(call),
        }
    }

    /// Perform's end: the guest leaves, or stays and goes on as it was.
    fn transfer(&mut self, call: &Call, fails: Option<Fails>, arrived: bool) -> Result<Reply, Failure> {
        if by_source::is_asked(call) {
            // A host that is down takes no guest.
            if self.link(Host::Destination).down_until.is_some() {
                return Err(error(ErrorCode::SYSTEM_ERROR, "unable to connect to the destination"));
            }
            if fails.is_none() && self.switches_by_itself(call) {
                return self.carry_out_torn();
            }
            return by_source::carry_out(&mut self.source, &mut self.destination, call, self.by_v3, fails);
        }
        let uri = match call {
            Call::Perform { uri, .. } => uri.clone(),
            Call::Perform3 { terms, .. } => version3::uri_of(terms).unwrap_or_default(),
            _ => return Err(error(ErrorCode::INTERNAL_ERROR, "not Perform")),
        };
        let Some(paused) = self.source.active else {
            return Err(error(ErrorCode::INTERNAL_ERROR, "not there any more"));
        };
        if resumes(call) {
            return self.perform_resumes(&uri, fails);
        }
        let version3 = matches!(call, Call::Perform3 { .. });
        if let Some(how) = fails {
            if how == Fails::BreakingIncoming {
                if self.destination.incoming.take().is_some() {
                    self.destination.off = 6;
                }
                self.destination.slot = None;
            }
            if how == Fails::Unheard {
                self.destination.receive(&uri, paused, self.now);
            }
            if version3 {
                self.source.performed(false);
            }
            return Err(error(ErrorCode::OPERATION_FAILED, "failed by the host itself"));
        }
        if !arrived && !self.destination.receive(&uri, paused, self.now) {
            if version3 {
                self.source.performed(false);
            }
            return Err(error(ErrorCode::SYSTEM_ERROR, "unable to connect to the destination"));
        }
        if version3 {
            self.source.performed(true);
            self.switches(call);
            return Ok(Reply::Performed(Cookie(version3::PERFORMED.into())));
        }
        self.source.leaves(call);
        Ok(Reply::Done)
    }

    fn disconnect(&mut self, host: Host, by: Connection, eof: bool) {
        let link = self.link(host);
        link.connection = None;
        if let Some((preparing, closed)) = &mut link.preparing {
            *closed |= *preparing == by && eof;
        }
        match (host, eof) {
            (Host::Source, true) => self.source.connection_closed(by),
            (Host::Destination, true) => self.destination.connection_closed(by),
            (_, false) => self.closes.push((self.now + NOTICED_AFTER, by)),
        }
    }

    /// `Close`: done once the peer has closed the connection that made Prepare, or Begin, now or before.
    fn close_preparing(&mut self, order: &Do, fault: Option<Fault>) -> Result<Reply, Failure> {
        let host = order.host;
        let unknown = Err(Failure::Lost { message: "nobody knows whether it is closed".to_owned() });
        let link = self.link(host);
        let by = match (link.preparing, link.connection) {
            (Some((_, true)), _) => return Ok(Reply::WasClosed),
            (Some((by, false)), Some(current)) if by == current && link.down_until.is_none() => by,
            _ => return unknown,
        };
        match fault {
            None => {
                self.disconnect(host, by, true);
                Ok(Reply::Done)
            }
            Some(Fault { runs, hears }) => {
                if runs == Runs::Now {
                    self.disconnect(host, by, true);
                }
                self.hear(order, by, hears, unknown)
            }
        }
    }

    /// Whether the destination is known to have closed the connection that made Prepare.
    pub(crate) fn preparing_is_closed(&self) -> bool {
        self.links[1].preparing.is_some_and(|(_, closed)| closed)
    }

    fn die(&mut self, host: Host, back: u32, guests: Guests) {
        let (down_until, perish) = (self.now + back, guests == Guests::Perish);
        let link = self.link(host);
        link.connection = None;
        link.down_until = Some(down_until);
        if let Some((_, closed)) = &mut link.preparing {
            *closed = true;
        }
        self.late.retain(|late| late.host != host);
        match host {
            Host::Source => {
                self.sender_died = true;
                if guests == Guests::RunOn {
                    self.source.runs_on();
                }
                (self.source.job, self.source.migrating) = (None, None);
                if perish && self.source.active.take().is_some() {
                    (self.source.perished, self.source.off) = (true, 0);
                    self.breaks_link();
                    self.source.half = None;
                }
            }
            Host::Destination => {
                self.destination.coming = None;
                self.destination.destroy_slot(Loss::HostDied);
                self.destination.forgets_incoming(perish);
                if perish && self.destination.guest.take().is_some() {
                    self.destination.destroyed = Some(Loss::HostDied);
                    self.destination.off = 0;
                    self.breaks_link();
                    self.destination.half = None;
                }
            }
        }
    }

    /// The host dies with its guests and does not come back.
    pub(crate) fn dies_for_good(&mut self, host: Host) {
        self.die(host, FOR_GOOD, Guests::Perish);
    }

    /// Somebody else takes up what a dead caller has left, over connections of its own.
    pub(crate) fn taken_up(&mut self) {
        self.caller_died = false;
    }

    /// The caller is gone and all its connections are closed.
    pub(crate) fn caller_dies(&mut self) {
        self.caller_died = true;
        for host in [Host::Source, Host::Destination] {
            if let Some(by) = self.link(host).connection {
                self.disconnect(host, by, true);
            }
        }
    }

    /// The caller is gone, and the destination does not notice soon. At the source, which does, a person has the guest run on and suspends
    /// it: from then on what the destination has is of the past.
    pub(crate) fn caller_dies_half_open(&mut self) {
        self.caller_died = true;
        if let Some(by) = self.link(Host::Source).connection {
            self.disconnect(Host::Source, by, true);
        }
        if let Some(by) = self.link(Host::Destination).connection.take() {
            self.closes.push((self.now + NOTICED_LATE, by));
        }
        self.source.ran_on_and_stopped();
    }

    /// Whether the guest can run on at the source, and go from there, without anybody's having started the destination's copy, or
    /// doing so yet.
    pub(crate) fn may_be_moved_elsewhere(&self) -> bool {
        let Destination { guest, ran, ended, .. } = &self.destination;
        let is_here = self.source.active.is_some() && self.source.half.is_none();
        is_here
            && !self.elsewhere
            && guest.is_none()
            && !ran
            && !ended
            && self.late.is_empty()
            && self.coming.is_none()
    }

    /// The source has the guest, which a migration has paused, and knows of none any more.
    pub(crate) fn is_forgotten(&self) -> bool {
        let Source { stopped, migrating, job, .. } = &self.source;
        *stopped && migrating.is_none() && job.is_none() && self.may_be_moved_elsewhere()
    }

    /// It does, with its caller gone; see [`Source::is_moved_elsewhere`].
    pub(crate) fn is_moved_elsewhere(&mut self, id: i32) {
        self.source.is_moved_elsewhere(id);
        self.elsewhere = true;
    }

    /// Time goes on by one step.
    pub(crate) fn tick(&mut self) {
        self.now += 1;
        for host in [Host::Source, Host::Destination] {
            let now = self.now;
            let link = self.link(host);
            link.down_until = link.down_until.filter(|until| *until > now);
        }
        self.more_comes();
        if let Some(job) = self.source.job.take_if(|job| job.ends <= self.now) {
            // The answer goes to nobody.
            let _ = self.transfer(&job.call, job.fails, job.arrived);
        }
        let (due, later) =
            std::mem::take(&mut self.late).into_iter().partition(|late: &Late| late.at <= self.now);
        self.late = later;
        for Late { host, call, by, .. } in due {
            // The limit that the engine's documentation states: nobody switches what its caller has given up before it began.
            let post_copy = std::mem::take(&mut self.post_copy);
            let _ = self.run(host, &call, by);
            self.post_copy = post_copy;
            if host == Host::Destination && self.links[1].connection != Some(by) && !self.closing(by) {
                self.destination.connection_closed(by);
            }
            if host == Host::Source && self.links[0].connection != Some(by) && !self.closing(by) {
                self.source.connection_closed(by);
            }
        }
        let (due, later) = std::mem::take(&mut self.closes).into_iter().partition(|(at, _)| *at <= self.now);
        self.closes = later;
        for (_, by) in due {
            self.destination.connection_closed(by);
            self.source.connection_closed(by);
        }
        self.destination.arrive(self.now);
        let age = self.destination.incoming.as_ref().map(|incoming| self.now.saturating_sub(incoming.since));
        if age.zip(self.incoming_deadline).is_some_and(|(age, deadline)| age > deadline) {
            self.destination.destroy_incoming(Loss::Deadline);
        }
    }

    fn closing(&self, by: Connection) -> bool {
        self.closes.iter().any(|(_, closing)| *closing == by)
    }

    /// All hosts are up again, but for one that is dead for good.
    pub(crate) fn heal(&mut self) {
        for link in &mut self.links {
            link.down_until = link.down_until.filter(|until| *until >= FOR_GOOD);
        }
        self.source.stranger_leaves();
    }

    /// Lets everything that is under way come to its end.
    pub(crate) fn settle(&mut self) {
        self.heal();
        let mut steps = 0;
        while (!self.late.is_empty() || !self.closes.is_empty() || self.source.job.is_some()) && steps < 50 {
            self.tick();
            steps += 1;
        }
    }

    pub(crate) fn running_copies(&self) -> usize {
        usize::from(self.elsewhere)
            + usize::from(self.source.active == Some(false))
            + usize::from(self.destination.guest.as_ref().is_some_and(|taken| !taken.paused))
    }

    /// Whether it runs twice, and not because its source's daemon has let it run on.
    pub(crate) fn runs_twice_by_us(&self) -> bool {
        self.running_copies() > 1 && !(self.source.runs_by_itself && self.source.active == Some(false))
    }

    /// Whether a copy exists that is or can become the guest.
    pub(crate) fn guest_exists(&self) -> bool {
        // All of it is at the destination, or what was at the other host is lost.
        if self.source.half.is_some() != self.destination.half.is_some() {
            return self.destination.half.is_none() && self.destination.guest.is_some();
        }
        self.source.active.is_some()
            || self.destination.guest.as_ref().is_some_and(|taken| taken.from_memory)
            || self.destination.incoming.as_ref().is_some_and(|incoming| incoming.memory.is_some())
            || self.destination.slot.as_ref().is_some_and(|slot| slot.data.is_some())
    }
}

impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at {}: elsewhere {}; post-copy {:?} {:?} source half={:?} destination half={:?}; source {} active={:?} stopped={} migrating={:?} defined={} job={}; destination {} guest={:?} incoming={:?} slot={:?} destroyed={:?}; \
             late={:?}",
            self.now,
            self.elsewhere,
            self.post_copy,
            self.coming,
            self.source.half,
            self.destination.half,
            self.source.peer.name,
            self.source.active,
            self.source.stopped,
            self.source.migrating,
            self.source.defined,
            self.source.job.is_some(),
            self.destination.peer.name,
            self.destination.guest,
            self.destination.incoming,
            self.destination.slot,
            self.destination.destroyed,
            self.late
        )
    }
}
