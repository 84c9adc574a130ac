//! One migration in a simulated network: two daemons, an orchestrator, and somebody who recovers; and what befalls them, all of it from
//! one seed.
//!
//! Everything but the sockets and the clock is what ships: client, server, engine, recovery, the hypervisor in memory. A daemon that is
//! killed leaves its guests, and the next one finds them by the notes that guests which are processes have (`Mem::after_a_kill`).

use std::cell::RefCell;
use std::fmt::Write;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::hypervisor::{Hypervisor, HypervisorService, Lookup, StartOptions};
use virtwire::protocol::migrate::Outcome;
use virtwire::protocol::profile::Profile;
use virtwire::protocol::session::keepalive::Pacing;
use virtwire::protocol::session::server::Limits;
use virtwire::server::{Exposure, Listener, Server};

use crate::actors::{Desk, Story, options, orchestrate, rescue};
use crate::fate::{Accident, Death, Dice, Fate, MAX_SPEED_MIB_S};
use crate::laws::{BROKEN, Seen, is_users_pause};

/// What came of a seed.
pub struct Run {
    /// Every word of it, with its time: the same for the same seed.
    pub trace: String,
    /// How it ended, in a word or two; or which law was broken.
    pub end: Result<String, String>,
    /// How much time passed there.
    pub simulated: Duration,
    /// What happened in it, for a count.
    pub happened: Happened,
    /// What moved, and who moved it.
    pub kind: &'static str,
}

/// What is counted of a seed.
#[derive(Clone, Copy, Default)]
pub struct Happened {
    pub orchestrators_died: u64,
    pub daemons_died: u64,
    pub recoveries: u64,
    pub rescuers_died: u64,
    pub persons_asked: u64,
    /// Post-copies that broke and went on.
    pub resumed: u64,
}

impl Happened {
    pub fn add(&mut self, other: &Happened) {
        self.orchestrators_died += other.orchestrators_died;
        self.daemons_died += other.daemons_died;
        self.recoveries += other.recoveries;
        self.rescuers_died += other.rescuers_died;
        self.persons_asked += other.persons_asked;
        self.resumed += other.resumed;
    }
}

const XML: &str = "<domain type='mem'><name>guest</name><uuid>6d656d00-0000-4000-8000-000000000001</uuid>\
                   <memory unit='KiB'>128</memory></domain>";
const NAMES: [&str; 2] = ["a", "b"];

/// No story may take longer. A source's daemon that nobody tells how it ended asks for two minutes.
const LONGEST: Duration = Duration::from_secs(300);
/// After the last accident and the outcome, what is to be cleaned up has gone.
const CLEAN_AFTER: Duration = Duration::from_secs(3);

/// Plays a seed.
pub fn play(seed: u64) -> Run {
    let mut dice = Dice::new(seed);
    let fate = Fate::drawn(&mut dice);
    let mut sim = turmoil::Builder::new()
        .rng_seed(seed)
        .tick_duration(Duration::from_millis(2))
        .min_message_latency(Duration::from_micros(100))
        .max_message_latency(Duration::from_millis(fate.latency_ms))
        .simulation_duration(LONGEST * 2)
        .tcp_capacity(4_096)
        .build();
    let first = NAMES.map(|name| Mem::new(config(name)));
    let memory = boot(&first[0], &fate);
    let mems = first.map(|mem| Arc::new(Mutex::new(mem)));
    for (name, mem) in NAMES.into_iter().zip(&mems) {
        let (mem, profile) = (mem.clone(), fate.profile.clone());
        sim.host(name, move || serve(now_at(&mem), profile.clone()));
    }
    let (story, desk) = (Rc::new(RefCell::new(Story::default())), Arc::new(Desk::default()));
    let (told, sits) = (story.clone(), desk.clone());
    let moved = fate.clone();
    sim.host("orchestrator", move || orchestrate(moved.clone(), told.clone(), sits.clone()));
    let (told, sits) = (story.clone(), desk.clone());
    sim.host("rescuer", move || rescue(told.clone(), sits.clone()));
    // Nobody comes yet.
    sim.crash("rescuer");

    let mut world = World {
        mems,
        memory,
        fate,
        story,
        desk,
        trace: String::new(),
        at: Duration::ZERO,
        ran_there: false,
        person_has_looked: false,
        happened: Happened::default(),
    };
    let end = world.run(&mut sim);
    let kind = world.fate.kind();
    Run { trace: world.trace, end, simulated: world.at, happened: world.happened, kind }
}

pub(crate) fn now_at(mem: &Mutex<Mem>) -> Mem {
    mem.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn config(name: &str) -> Config {
    let config = Config {
        migration_listen: std::net::Ipv4Addr::UNSPECIFIED.into(),
        migration_host: Some(name.to_owned()),
        max_speed_mib_s: MAX_SPEED_MIB_S,
        incoming_deadline: Duration::from_secs(2),
        finish_deadline: Duration::from_secs(2),
        peer_deadline: Duration::from_secs(1),
        ..Config::default()
    };
    config
}

/// Starts the guest, and tells the checksum of its memory; or defines it.
fn boot(mem: &Mem, fate: &Fate) -> Option<u64> {
    if fate.is_offline() {
        now(mem.define(XML.to_owned())).expect("a new host takes it");
        return None;
    }
    let created = now(mem.create(XML.to_owned(), StartOptions::default()));
    let guest = created.expect("a new host takes it");
    if fate.paused {
        now(mem.suspend(guest.uuid)).expect("it runs");
    }
    Some(mem.checksum("guest").expect("it is there"))
}

/// A future that waits for nothing.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

async fn serve(mem: Mem, profile: Profile) -> turmoil::Result {
    let address = "tcp://0.0.0.0:16509".parse()?;
    let listener = Listener::bind(&address, Exposure::AnyoneMayConnect).await?;
    let keepalive = Pacing { interval: Duration::from_secs(1), count: 1 };
    let limits = Limits { keepalive, ..Limits::default() };
    let service = HypervisorService::new(mem).dialling(|_, _| Ok(options()));
    Server::new(service).profile(profile).limits(limits).serve(&listener).await?;
    Ok(())
}

pub(crate) struct World {
    pub(crate) mems: [Arc<Mutex<Mem>>; 2],
    /// The checksum of the guest's memory, where it is more than a definition.
    pub(crate) memory: Option<u64>,
    pub(crate) fate: Fate,
    pub(crate) story: Rc<RefCell<Story>>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) trace: String,
    at: Duration,
    /// The guest was seen to run at its destination.
    pub(crate) ran_there: bool,
    person_has_looked: bool,
    pub(crate) happened: Happened,
}

/// Who sits at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The orchestrator.
    Moving,
    /// Nobody, since then.
    Left(Duration),
    /// Somebody who recovers, since then.
    Recovering(Duration),
    /// Nobody, and nobody comes any more.
    Over,
}

impl World {
    fn run(&mut self, sim: &mut turmoil::Sim<'_>) -> Result<String, String> {
        let accidents = std::mem::take(&mut self.fate.accidents);
        let mut accidents = accidents.into_iter().peekable();
        let (mut stage, mut judged) = (Stage::Moving, None);
        let (mut began, mut over_since): (Option<Duration>, Option<Duration>) = (None, None);
        let mut calm_since: Option<Duration> = None;
        loop {
            self.at = sim.elapsed();
            while let Some((_, accident)) = accidents.next_if(|(at, _)| *at <= self.at) {
                self.say(&format!("accident: {accident:?}"));
                self.happen(sim, accident)?;
            }
            if let Some(began) = began {
                self.befall(sim, began, &mut stage);
            }
            sim.step().map_err(|error| format!("the simulation failed: {error}"))?;
            self.listen();
            if began.is_none() && !self.desk.journal().is_empty() {
                began = Some(self.at);
            }
            self.keeps_the_laws()?;
            if judged.is_none() && self.story.borrow().outcome.is_some() {
                judged = Some(self.judge_migration()?);
            }
            let is_calm = accidents.peek().is_none() && !self.desk.is_disk_full();
            calm_since = is_calm.then(|| calm_since.unwrap_or(self.at));
            stage = self.next(sim, stage, &mut judged, calm_since)?;
            over_since = (stage == Stage::Over && is_calm).then(|| over_since.unwrap_or(self.at));
            if over_since.is_some_and(|since| since + CLEAN_AFTER <= self.at) {
                if judged.as_deref() != Some(BROKEN) || self.happened.resumed > 0 {
                    return self.at_last(judged);
                }
                self.resume(sim);
                (stage, judged, began, over_since) = (Stage::Moving, None, None, None);
            }
            if self.at > LONGEST {
                return Err("it has no end".to_owned());
            }
        }
    }

    pub(crate) fn say(&mut self, line: &str) {
        let _ = writeln!(self.trace, "{:>9.3} {line}", self.at.as_secs_f64());
    }

    fn listen(&mut self) {
        for line in self.desk.told() {
            self.say(&line);
        }
    }

    fn happen(&mut self, sim: &mut turmoil::Sim<'_>, accident: Accident) -> Result<(), String> {
        match accident {
            Accident::Cut(one, other) => sim.partition(one, other),
            Accident::Mended(one, other) => sim.repair(one, other),
            Accident::Held(one, other) => sim.hold(one, other),
            Accident::Released(one, other) => sim.release(one, other),
            Accident::Killed(daemon) => {
                let at = usize::from(daemon == NAMES[1]);
                // Before its tasks end: they clean up, as nobody does whose process is killed.
                let next = now_at(&self.mems[at]).after_a_kill().map_err(|error| error.to_string())?;
                sim.crash(daemon);
                *self.mems[at].lock().unwrap_or_else(PoisonError::into_inner) = next;
                self.happened.daemons_died += 1;
            }
            Accident::Started(daemon) => sim.bounce(daemon),
        }
        Ok(())
    }

    /// A person has the broken post-copy go on, from a machine that works.
    fn resume(&mut self, sim: &mut turmoil::Sim<'_>) {
        self.say("a person resumes the post-copy");
        self.happened.resumed += 1;
        (self.fate.dies, self.fate.disk_full) = (None, None);
        for daemon in NAMES {
            sim.repair("orchestrator", daemon);
        }
        self.desk.begin_anew();
        *self.story.borrow_mut() = Story { resumes: true, ..Story::default() };
        sim.bounce("orchestrator");
    }

    /// What befalls whoever sits at the desk.
    fn befall(&mut self, sim: &mut turmoil::Sim<'_>, began: Duration, stage: &mut Stage) {
        if let Some((from, lasts)) = self.fate.disk_full {
            let is_full = (began + from..began + from + lasts).contains(&self.at);
            self.desk.set_disk_full(is_full);
        }
        match (*stage, self.fate.dies, self.fate.rescuer_dies_after) {
            (Stage::Moving, Some((after, death)), _) if began + after <= self.at => {
                self.say(&format!("the orchestrator dies: {death:?}"));
                if let Death::Machine { answers_lost } = death {
                    for daemon in NAMES {
                        sim.partition("orchestrator", daemon);
                    }
                    self.desk.lose_answers(answers_lost);
                }
                sim.crash("orchestrator");
                self.listen();
                self.happened.orchestrators_died += 1;
                self.story.borrow_mut().gone = true;
            }
            (Stage::Recovering(since), _, Some(after)) if since + after <= self.at => {
                self.say("the rescuer dies");
                self.fate.rescuer_dies_after = None;
                sim.crash("rescuer");
                self.listen();
                self.happened.rescuers_died += 1;
                *stage = Stage::Left(self.at);
            }
            _ => {}
        }
    }

    /// Who comes and goes.
    fn next(
        &mut self,
        sim: &mut turmoil::Sim<'_>,
        stage: Stage,
        judged: &mut Option<String>,
        calm_since: Option<Duration>,
    ) -> Result<Stage, String> {
        let is_known = |end: &String| !end.starts_with("unknown");
        Ok(match stage {
            Stage::Moving if self.story.borrow().gone => {
                let known = judged.as_ref().is_some_and(is_known);
                let wanted = !known || std::mem::take(&mut self.fate.recovered_anyway);
                if wanted && !self.desk.journal().is_empty() { Stage::Left(self.at) } else { Stage::Over }
            }
            Stage::Left(since) if since + self.fate.recovered_after <= self.at => {
                self.say("somebody recovers");
                self.happened.recoveries += 1;
                sim.bounce("rescuer");
                Stage::Recovering(self.at)
            }
            Stage::Recovering(since) => {
                let Some(said) = self.story.borrow_mut().recovered.take() else { return Ok(stage) };
                let before = judged.take().filter(is_known);
                let now = self.judge_recovery(said.as_ref())?;
                if let Some(before) = before.filter(|before| words(before) != words(&now)) {
                    return Err(format!("a recovery of what was known, {before}, says: {now}"));
                }
                let is_known = is_known(&now);
                *judged = Some(now);
                match calm_since {
                    _ if is_known && std::mem::take(&mut self.fate.recovered_anyway) => Stage::Left(self.at),
                    _ if is_known => Stage::Over,
                    Some(calm) if calm + CLEAN_AFTER <= since => self.a_person_looks(said)?,
                    // Once more when nothing has been in the way for a while.
                    _ => Stage::Left(self.at),
                }
            }
            stage => stage,
        })
    }

    /// What recovery leaves to a person is one of few questions, which the guest's own story answers; and then it is known.
    fn a_person_looks(&mut self, said: Option<Outcome>) -> Result<Stage, String> {
        let (a, b) = (self.state(0), self.state(1));
        let told = said.map(|said| said.to_string()).unwrap_or_default();
        let unclear = || Err(format!("this should be known: a has {a:?}, b has {b:?}; said was: {told}"));
        if std::mem::replace(&mut self.person_has_looked, true) {
            return match Seen::of(&a, &b) {
                // Of a guest that runs no destination of version 1 says that it does not come any more.
                Seen::OnSource if !self.fate.shows() => Ok(Stage::Over),
                _ => unclear(),
            };
        }
        self.happened.persons_asked += 1;
        self.say("a person looks");
        let keeps = self.fate.keeps();
        let uuid = |host: usize| {
            let found = now(now_at(&self.mems[host]).domain(Lookup::Name("guest")));
            found.ok().flatten().map(|info| info.uuid).ok_or_else(|| "it is not there".to_owned())
        };
        let done = match Seen::of(&a, &b) {
            // Whether it ran on the destination.
            Seen::HeldOnSource if keeps && !self.ran_there => now(now_at(&self.mems[0]).resume(uuid(0)?)),
            // A host does not let half a guest run on, whoever knows that the other half never ran.
            Seen::HalfOnSource if !self.ran_there => return Ok(Stage::Over),
            // Whether the copy is whole: what these versions keep of a guest is.
            Seen::HeldOnDestination if !keeps => now(now_at(&self.mems[1]).resume(uuid(1)?)),
            // Whether the copy goes: the guest is on its source.
            Seen::CopyOnDestination if !keeps => now(now_at(&self.mems[1]).destroy(uuid(1)?)),
            Seen::OnSource if !self.fate.shows() => Ok(()),
            _ if self.fate.is_offline() && !self.fate.shows() => return Ok(Stage::Over),
            // Nor does it change that its user had paused it before; that it has not run there is then the person's knowledge alone.
            Seen::OnSource if keeps && !self.ran_there && is_users_pause(&a) => return Ok(Stage::Over),
            _ => return unclear(),
        };
        done.map_err(|error| error.to_string())?;
        Ok(Stage::Left(self.at))
    }
}

/// The outcome, without what else was said.
fn words(end: &str) -> &str {
    end.split(',').next().unwrap_or(end)
}
