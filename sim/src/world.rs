//! One migration in a simulated network: two daemons and an orchestrator, and what befalls them, all of it from one seed.
//!
//! Everything but the sockets and the clock is what ships: client, server, engine, the hypervisor in memory.

use std::cell::RefCell;
use std::fmt::Write;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use virtwire::client::{Connection, OpenOptions};
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::hypervisor::{Hypervisor, HypervisorService, Lookup};
use virtwire::migrate::{Migration, Watch};
use virtwire::protocol::enums::DomainState;
use virtwire::protocol::migrate::{
    CancelAnswer, Do, MigrateFlags, Note, Outcome, Request, Settings, Wait, Wish,
};
use virtwire::protocol::profile::Profile;
use virtwire::protocol::session::keepalive::Pacing;
use virtwire::server::{Exposure, Listener, Server};

use crate::fate::{Accident, Dice, Fate, MAX_SPEED_MIB_S};

/// What came of a seed.
pub struct Run {
    /// Every word of it, with its time: the same for the same seed.
    pub trace: String,
    /// How it ended, in a word or two; or which law was broken.
    pub end: Result<&'static str, String>,
    /// How much time passed there.
    pub simulated: Duration,
}

const XML: &str = "<domain type='mem'><name>guest</name><uuid>6d656d00-0000-4000-8000-000000000001</uuid>\
                   <memory unit='KiB'>128</memory></domain>";
const NAMES: [&str; 2] = ["a", "b"];

/// No story may take longer.
const LONGEST: Duration = Duration::from_secs(120);
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
    let mems: [Mem; 2] = NAMES.map(|name| Mem::new(config(name)));
    let memory = boot(&mems[0], fate.paused);
    for (name, mem) in NAMES.into_iter().zip(&mems) {
        let (mem, profile) = (mem.clone(), fate.profile.clone());
        sim.host(name, move || serve(mem.clone(), profile.clone()));
    }
    let story = Rc::new(RefCell::new(Story::default()));
    let told = Arc::new(Mutex::new(Vec::new()));
    sim.client("orchestrator", orchestrate(fate.clone(), story.clone(), told.clone()));

    let mut world = World { mems, memory, fate, story, told, trace: String::new(), at: Duration::ZERO };
    let end = world.run(&mut sim);
    Run { trace: world.trace, end, simulated: world.at }
}

fn config(name: &str) -> Config {
    let mut config = Config::default();
    config.migration_listen = std::net::Ipv4Addr::UNSPECIFIED.into();
    config.migration_host = Some(name.to_owned());
    config.max_speed_mib_s = MAX_SPEED_MIB_S;
    config.incoming_deadline = Duration::from_secs(2);
    config.finish_deadline = Duration::from_secs(2);
    config.peer_deadline = Duration::from_secs(1);
    config
}

/// Starts the guest, and tells the checksum of its memory.
fn boot(mem: &Mem, paused: bool) -> u64 {
    let created = now(mem.create(XML.to_owned(), virtwire::hypervisor::StartOptions::default()));
    let guest = created.expect("a new host takes it");
    if paused {
        now(mem.suspend(guest.uuid)).expect("it runs");
    }
    mem.checksum("guest").expect("it is there")
}

/// A future that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

async fn serve(mem: Mem, profile: Profile) -> turmoil::Result {
    let address = "tcp://0.0.0.0:16509".parse()?;
    let listener = Listener::bind(&address, Exposure::AnyoneMayConnect).await?;
    Server::new(HypervisorService::new(mem)).profile(profile).serve(&listener).await?;
    Ok(())
}

/// What the orchestrator has come to.
#[derive(Default)]
struct Story {
    outcome: Option<Outcome>,
    not_begun: Option<String>,
    /// Its connections are closed.
    gone: bool,
}

/// Opens, plans, runs until the end is known or the story is too long, and closes.
async fn orchestrate(
    fate: Fate,
    story: Rc<RefCell<Story>>,
    told: Arc<Mutex<Vec<String>>>,
) -> turmoil::Result {
    let mut follower = Follower(told.clone());
    match begin(&fate).await {
        Err(error) => story.borrow_mut().not_begun = Some(error),
        Ok(mut migration) => {
            let canceller = migration.canceller();
            if let Some(after) = fate.cancel_after {
                tokio::spawn(async move {
                    tokio::time::sleep(after).await;
                    canceller.cancel();
                });
            }
            let mut asked = 0;
            let outcome = loop {
                let running = migration.run(&mut follower);
                let outcome = match fate.dies_after {
                    Some(after) if asked == 0 => match tokio::time::timeout(after, running).await {
                        Ok(outcome) => outcome,
                        Err(_) => {
                            drop(migration);
                            story.borrow_mut().gone = true;
                            return Ok(());
                        }
                    },
                    _ => running.await,
                };
                if !matches!(outcome, Outcome::Unknown(_)) || asked > 40 {
                    break outcome;
                }
                asked += 1;
                tokio::time::sleep(Duration::from_millis(250)).await;
            };
            story.borrow_mut().outcome = Some(outcome);
            // The world looks at the hosts in this state.
            tokio::time::sleep(Duration::from_millis(2)).await;
            drop(migration);
        }
    }
    story.borrow_mut().gone = true;
    Ok(())
}

async fn begin(fate: &Fate) -> Result<Migration, String> {
    let options = || OpenOptions {
        open_within: Duration::from_secs(2),
        call_within: Some(Duration::from_secs(3)),
        keepalive: Some(Pacing { interval: Duration::from_millis(300), count: 2 }),
        ..OpenOptions::default()
    };
    let open = |name| Connection::open_with(name, options());
    let source = open("mem+tcp://a:16509/default").await.map_err(|error| error.to_string())?;
    let destination = open("mem+tcp://b:16509/default").await.map_err(|error| error.to_string())?;
    let guest = Migration::find(&source, "guest").await.map_err(|error| error.to_string())?;
    let mut request = Request::live(guest);
    if !fate.live {
        request.flags = MigrateFlags(0);
    }
    let plan = Migration::plan(source, destination, request, Wish::Auto).await;
    let mut settings = Settings::default();
    settings.ask_deadline = Duration::from_secs(1);
    settings.finish_deadline = Duration::from_secs(4);
    settings.ask_again_after = Duration::from_millis(200);
    Ok(plan.map_err(|error| error.to_string())?.settings(settings).progress_every(Duration::from_millis(20)))
}

/// Writes down what is decided and called.
struct Follower(Arc<Mutex<Vec<String>>>);

impl Follower {
    fn say(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }
}

impl Watch for Follower {
    fn note(&mut self, note: &Note) {
        self.say(format!("note: {note}"));
    }
    fn calling(&mut self, call: &Do) {
        self.say(format!("call: {} on the {}", call.call.name(), call.host));
    }
    fn waiting(&mut self, wait: &Wait) {
        self.say(format!("wait: {:?}", wait.ask_again_after));
    }
    fn cancelled(&mut self, answer: CancelAnswer) {
        self.say(format!("cancelled: {answer:?}"));
    }
}

struct World {
    mems: [Mem; 2],
    memory: u64,
    fate: Fate,
    story: Rc<RefCell<Story>>,
    told: Arc<Mutex<Vec<String>>>,
    trace: String,
    at: Duration,
}

impl World {
    fn run(&mut self, sim: &mut turmoil::Sim<'_>) -> Result<&'static str, String> {
        let accidents = std::mem::take(&mut self.fate.accidents);
        let mut accidents = accidents.into_iter().peekable();
        let mut judged = None;
        let mut quiet_since = None;
        loop {
            self.at = sim.elapsed();
            while let Some((_, accident)) = accidents.next_if(|(at, _)| *at <= self.at) {
                self.say(&format!("accident: {accident:?}"));
                happen(sim, accident);
            }
            sim.step().map_err(|error| format!("the simulation failed: {error}"))?;
            let lines: Vec<_> = self.told.lock().unwrap().drain(..).collect();
            lines.iter().for_each(|line| self.say(line));
            self.never_two()?;
            if judged.is_none() && self.story.borrow().outcome.is_some() {
                judged = Some(self.judge()?);
            }
            let over = accidents.peek().is_none() && self.story.borrow().gone;
            if over && *quiet_since.get_or_insert(self.at) + CLEAN_AFTER <= self.at {
                return self.at_last(judged);
            }
            if self.at > LONGEST {
                return Err("it has no end".to_owned());
            }
        }
    }

    fn say(&mut self, line: &str) {
        let _ = writeln!(self.trace, "{:>9.3} {line}", self.at.as_secs_f64());
    }

    fn state(&self, host: usize) -> Option<DomainState> {
        now(self.mems[host].domain(Lookup::Name("guest"))).ok()?.map(|info| info.state)
    }

    fn runs(&self, host: usize) -> bool {
        matches!(self.state(host), Some(DomainState::Running(_)))
    }

    fn was_told(&self, words: &str) -> bool {
        self.trace.contains(words)
    }

    /// The first law.
    fn never_two(&self) -> Result<(), String> {
        if self.runs(0) && self.runs(1) { Err("the guest runs on both hosts".to_owned()) } else { Ok(()) }
    }

    /// The outcome claims what is true.
    fn judge(&mut self) -> Result<&'static str, String> {
        let outcome = self.story.borrow().outcome.clone();
        let Some(outcome) = outcome else { return Ok("") };
        self.say(&format!("outcome: {outcome}"));
        let (a, b) = (self.state(0), self.state(1));
        self.say(&format!("hosts: a {a:?}, b {b:?}"));
        let wrong =
            |what: &str| Err(format!("{what}: the outcome says: {outcome}; a has {a:?}, b has {b:?}"));
        match &outcome {
            Outcome::OnDestination { left_on_source, .. } => {
                if b.is_none() || self.mems[1].checksum("guest") != Some(self.memory) {
                    return wrong("the destination does not have it whole");
                }
                if a.is_some() && left_on_source.is_none() {
                    return wrong("the source has it still");
                }
                if !self.fate.paused && !self.runs(1) && !outcome.to_string().contains("paused") {
                    return wrong("it does not run");
                }
                Ok(if left_on_source.is_some() { "on destination, copy left" } else { "on destination" })
            }
            Outcome::OnSource { .. } => {
                if a.is_none() || self.mems[0].checksum("guest") != Some(self.memory) {
                    return wrong("the source does not have it whole");
                }
                if self.runs(1) {
                    return wrong("the destination runs it");
                }
                if !self.fate.paused && !self.runs(0) && !outcome.to_string().contains("paused") {
                    return wrong("it does not run");
                }
                Ok("on source")
            }
            Outcome::Nowhere { .. } => match (a, b) {
                (None, None) => Ok("nowhere"),
                _ => wrong("a host has it"),
            },
            Outcome::Unknown(_) => Ok("unknown"),
            _ => wrong("this is no outcome that is known here"),
        }
    }

    /// When all is quiet: nothing is left half-way, and the guest is somewhere unless that was said.
    fn at_last(&mut self, judged: Option<&'static str>) -> Result<&'static str, String> {
        let (a, b) = (self.state(0), self.state(1));
        self.say(&format!("at last: a {a:?}, b {b:?}"));
        let not_begun = self.story.borrow().not_begun.clone();
        if let Some(why) = &not_begun {
            self.say(&format!("not begun: {why}"));
        }
        let (has_a, has_b) = (a.is_some(), b.is_some());
        let lost = !has_a && !has_b;
        match judged {
            Some("on source") | None if not_begun.is_some() || judged.is_some() => match (has_a, has_b) {
                (true, false) => Ok(judged.unwrap_or("not begun")),
                // A destination of versions 1 and 2 that has all of the guest cannot know whether the source has dropped it, and keeps
                // its copy paused: as the only one it would be missed.
                (true, true) if judged.is_some() && !self.fate.keeps() && !self.runs(1) => {
                    Ok("on source, a whole copy left paused, by version 1 or 2")
                }
                // A partition that ended too late for a destination to notice that the connection is gone with which its copy goes, as the
                // engine has said.
                (true, true) if self.was_told("it will when the connection closes") && !self.runs(1) => {
                    Ok("on source, a copy left until its connection is missed")
                }
                _ => Err(format!("a leftover, or a loss: a has {a:?}, b has {b:?}")),
            },
            Some("on destination") if has_a || !has_b => {
                Err(format!("a leftover, or a loss: a has {a:?}, b has {b:?}"))
            }
            Some("nowhere" | "unknown" | "on destination, copy left" | "on destination") => {
                Ok(judged.unwrap_or(""))
            }
            // The orchestrator died: what it leaves is for recovery. In version 3 the guest is somewhere. In those before, the source drops it
            // when it is sent, and a destination that has not heard so ends it with the connection that prepared it.
            _ if lost && self.fate.keeps() => Err("the guest is gone, and nobody said so".to_owned()),
            _ if lost => Ok("lost with its orchestrator, by version 1 or 2"),
            _ => Ok("orchestrator died"),
        }
    }
}

fn happen(sim: &mut turmoil::Sim<'_>, accident: Accident) {
    match accident {
        Accident::Cut(one, other) => sim.partition(one, other),
        Accident::Mended(one, other) => sim.repair(one, other),
        Accident::Held(one, other) => sim.hold(one, other),
        Accident::Released(one, other) => sim.release(one, other),
    }
}
