//! What is told at the end of a migration: a sentence, a JSON document, an exit status.

use std::time::Duration;

use serde_json::{Map, Value};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::migrate::{DomainState, Failure, Host, Outcome, Reason, Said};

use super::Teller;
use super::chosen::Chosen;
use crate::fail::{Fail, one_line};
use crate::probe::short;
use crate::screen::{Screen, Style, say_end};

/// How a migration ended, for people and for programs.
pub(crate) struct Report {
    domain: String,
    ending: Ending,
    /// The whole truth in a sentence.
    sentence: String,
    /// Whether the sentence has been printed, line by line.
    told_already: bool,
    /// What the user can do about it.
    next_step: &'static str,
    details: Details,
    seconds: f64,
}

/// Where the guest is, as the exit status says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    OnDestination,
    OnSource,
    Unknown,
    Nowhere,
    /// On the destination, which does not let it run.
    NotRunning,
    /// Its post-copy broke.
    OnBoth,
}

impl Ending {
    /// The exit status.
    pub(crate) fn status(self) -> u8 {
        match self {
            Ending::OnDestination => 0,
            Ending::OnSource => 2,
            Ending::Unknown => 3,
            Ending::Nowhere => 4,
            Ending::NotRunning => 5,
            Ending::OnBoth => 6,
        }
    }

    /// How bad it is beside others, of which an exit status can tell one: what is lost outweighs what is not known, and that what is.
    pub(crate) fn weight(self) -> u8 {
        match self {
            Ending::OnDestination => 0,
            Ending::OnSource => 2,
            Ending::NotRunning => 3,
            Ending::OnBoth => 4,
            Ending::Unknown => 5,
            Ending::Nowhere => 6,
        }
    }

    /// Words that scripts can compare.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Ending::OnDestination => "on destination",
            Ending::OnSource => "on source",
            Ending::Unknown => "unknown",
            Ending::Nowhere => "nowhere",
            Ending::NotRunning => "on destination, not running",
            Ending::OnBoth => "on both hosts",
        }
    }
}

impl Ending {
    /// What the user can do, where no more is known.
    fn next_step(self) -> &'static str {
        match self {
            Ending::OnSource => "the guest is where it was; mend the reason and migrate again",
            Ending::Nowhere => {
                "`virtwire list --all URI` shows on either host whether it is still defined there"
            }
            Ending::NotRunning => "the destination's log may say why; the source no longer has the guest",
            Ending::OnBoth => {
                "`virtwire migrate --postcopy-resume` with the same hosts and guest brings the rest over"
            }
            Ending::OnDestination | Ending::Unknown => {
                "`virtwire list --all URI` shows what each host says; do not start a second copy"
            }
        }
    }
}

/// What the user can do about a guest that stayed on the source for this reason.
fn after(reason: &Reason) -> &'static str {
    match reason {
        Reason::InPostCopy(_) => "`virtwire migrate --postcopy-resume` resumes it if it broke",
        Reason::Active(_) => "without --offline it moves while it runs; or shut it down first",
        Reason::NotActive(_) => "only a running guest moves: `virtwire start URI NAME` starts it",
        // Begin's own word for the same.
        Reason::Failed { host: Host::Source, procedure, failure: Failure::Answered(error) }
            if procedure.starts_with("domain_migrate_begin")
                && error.code == ErrorCode::OPERATION_INVALID =>
        {
            "if it is off, `virtwire start URI NAME` starts it; if it is busy, wait"
        }
        Reason::Failed { host: Host::Destination, procedure, failure }
            if procedure.starts_with("domain_migrate_prepare") =>
        {
            match failure {
                Failure::Answered(error) if is_conflict(error) => {
                    "`--dname NAME` gives it another name there; or remove the one that is there, unless a migration is bringing it"
                }
                _ => "the destination refused it: its log, --migrate-uri and --dname are what to look at",
            }
        }
        _ => Ending::OnSource.next_step(),
    }
}

/// Whether a host says that it has a guest of that name or UUID already. It shares its codes with much else; what sets it apart is that
/// the list of guests says so, and not the driver.
fn is_conflict(error: &RemoteError) -> bool {
    error.domain == ErrorDomain::DOMAIN
        && matches!(
            error.code,
            ErrorCode::OPERATION_FAILED | ErrorCode::OPERATION_INVALID | ErrorCode::DOM_EXIST
        )
}

impl Report {
    /// What there is to tell.
    pub(crate) fn new(domain: &str, outcome: Outcome, teller: &Teller, took: Duration) -> Report {
        let (ending, sentence) = (ending(&outcome, teller.chosen.paused), outcome.to_string());
        let next_step = match &outcome {
            Outcome::OnSource { left_on_destination: Some(Said::Absent), .. } => {
                "`virtwire list --all URI` shows what the destination has by then: a paused copy there is destroyed, and never resumed"
            }
            Outcome::OnSource { source, left_on_destination: Some(said), .. }
                if said.is_gone() || source.is_gone() =>
            {
                "`virtwire list --all URI` shows both definitions: start the guest on one of the hosts only"
            }
            Outcome::OnSource { left_on_destination: Some(_), .. } => {
                "`virtwire list --all URI` shows what the destination has: a paused copy there is destroyed, unless another migration is bringing it, and never resumed"
            }
            Outcome::OnSource { reason, .. } => after(reason),
            _ => ending.next_step(),
        };
        let told_already = matches!(outcome, Outcome::Unknown(_));
        let details = Details::of(&outcome, &teller.chosen);
        Report {
            domain: domain.to_owned(),
            ending,
            sentence: one_line(&sentence),
            told_already,
            next_step,
            details,
            seconds: took.as_secs_f64(),
        }
    }

    /// Where the guest is.
    pub(crate) fn ending(&self) -> Ending {
        self.ending
    }

    /// Ends the command: the sentence, or one line on standard error if the guest is not where it was to be; and before
    /// it the document of a migration between these hosts, if one is wanted.
    pub(crate) fn finish(&self, screen: &Screen, hosts: Option<(&str, &str)>) {
        let arrived = self.ending == Ending::OnDestination;
        if arrived {
            self.tell(screen);
        }
        self.document(hosts);
        if !arrived {
            let _ = Fail::new(format!("domain {}", self.domain), &self.sentence, self.next_step).report();
        }
    }

    /// Prints the sentence.
    pub(crate) fn tell(&self, screen: &Screen) {
        let style = match self.ending {
            Ending::OnDestination => Style::Good,
            Ending::OnSource => Style::Remarkable,
            Ending::Unknown | Ending::Nowhere | Ending::NotRunning | Ending::OnBoth => Style::Bad,
        };
        let sentence = match self.told_already {
            true => "it is not known where the guest is; what to check stands above",
            false => &self.sentence,
        };
        let text = format!("{sentence} ({:.1} s)", self.seconds);
        screen.paragraph("", style, &text);
    }

    fn document(&self, hosts: Option<(&str, &str)>) {
        if let Some((from, to)) = hosts {
            let document = Document {
                outcome: self.ending.words(),
                domain: Some(&self.domain),
                hosts: [Some(from), Some(to)],
                sentence: &self.sentence,
                took: Duration::from_secs_f64(self.seconds),
                details: self.details.clone(),
            };
            document.say();
        }
    }

    /// The exit status that `migrate --help` lists.
    pub(crate) fn status(&self) -> u8 {
        self.ending.status()
    }
}

/// What a program is told at the end of a migration: always the same keys, and null where there is nothing to say.
pub(crate) struct Document<'a> {
    pub(crate) outcome: &'static str,
    pub(crate) domain: Option<&'a str>,
    /// From, and to.
    pub(crate) hosts: [Option<&'a str>; 2],
    pub(crate) sentence: &'a str,
    pub(crate) took: Duration,
    pub(crate) details: Details,
}

impl Document<'_> {
    /// Says it, in a line.
    pub(crate) fn say(self) {
        let [from, to] = self.hosts;
        let mut document = self.details.0;
        document.extend([
            ("event".to_owned(), "ended".into()),
            ("outcome".to_owned(), self.outcome.into()),
            ("domain".to_owned(), self.domain.into()),
            ("from".to_owned(), from.into()),
            ("to".to_owned(), to.into()),
            ("sentence".to_owned(), self.sentence.into()),
            ("seconds".to_owned(), ((self.took.as_secs_f64() * 1_000.0).round() / 1_000.0).into()),
        ]);
        say_end(&Value::Object(document));
    }
}

/// Its keys that depend on the outcome.
#[derive(Clone)]
pub(crate) struct Details(Map<String, Value>);

impl Details {
    /// What is known before the end.
    pub(crate) fn new(chosen: &Chosen) -> Details {
        let later = ["name", "uuid", "state", "warning", "left_on_source", "left_on_destination"];
        let said = ["source", "destination", "reason", "check"];
        let nothing = later.into_iter().chain(said).map(|key| (key.to_owned(), Value::Null));
        let mut details = Details(nothing.collect());
        details.set("version", chosen.version.map(short));
        details.set("why", chosen.why.clone());
        details.set("downgrade", chosen.downgrade.clone());
        details
    }

    /// With what an outcome says.
    pub(crate) fn of(outcome: &Outcome, chosen: &Chosen) -> Details {
        let mut details = Details::new(chosen);
        match outcome {
            Outcome::OnDestination { domain, state, warning, left_on_source } => {
                details.set("name", Some(domain.name.to_string()));
                details.set("uuid", Some(Uuid(domain.uuid).to_string()));
                details.set("state", state.map(|state| state.to_string()));
                details.set("warning", warning.as_ref().map(ToString::to_string));
                details.set("left_on_source", left_on_source.as_ref().map(ToString::to_string));
            }
            Outcome::OnSource { source, reason, left_on_destination } => {
                details.set("source", Some(source.to_string()));
                details.set("reason", Some(reason.to_string()));
                details.set("left_on_destination", left_on_destination.as_ref().map(ToString::to_string));
            }
            Outcome::Nowhere { source, destination, reason }
            | Outcome::PostCopyBroken { source, destination, reason } => {
                details.set("source", Some(source.to_string()));
                details.set("destination", Some(destination.to_string()));
                details.set("reason", Some(reason.to_string()));
            }
            Outcome::Unknown(unknown) => {
                details.set("source", Some(unknown.source.to_string()));
                details.set("destination", Some(unknown.destination.to_string()));
                details.set("reason", Some(unknown.reason.to_string()));
                details.set("check", Some(unknown.check.to_string()));
            }
            _ => {}
        }
        details
    }

    /// Says why.
    pub(crate) fn because(mut self, reason: &str) -> Details {
        self.set("reason", Some(reason));
        self
    }

    fn set(&mut self, key: &str, value: Option<impl Into<Value>>) {
        self.0.insert(key.to_owned(), value.map_or(Value::Null, Into::into));
    }
}

/// Where an outcome says that the guest is; `paused` if it was to arrive so.
pub(super) fn ending(outcome: &Outcome, paused: bool) -> Ending {
    match outcome {
        Outcome::OnDestination { state: Some(state), .. }
            if !paused
                && matches!(
                    state.state,
                    DomainState::Paused | DomainState::ShutOff | DomainState::Crashed
                ) =>
        {
            Ending::NotRunning
        }
        Outcome::OnDestination { .. } => Ending::OnDestination,
        Outcome::OnSource { .. } => Ending::OnSource,
        Outcome::Nowhere { .. } => Ending::Nowhere,
        Outcome::PostCopyBroken { .. } => Ending::OnBoth,
        // What a later release of the library may add is nothing that this one knows.
        _ => Ending::Unknown,
    }
}
