//! `virtwire info`: what a host is, or one guest of it.

use serde_json::{Map, Value};
use virtwire::client::{CallError, Connection, Domain};
use virtwire::protocol::program::Release;
use virtwire::xdr::Text;

use crate::args::InfoArgs;
use crate::connect::{Opener, find};
use crate::domains::goodbye;
use crate::fail::Fail;
use crate::list::does;
use crate::progress::size;
use crate::screen::{say, say_json};
use crate::text;

/// Prints what is known, one fact a line or as a JSON object. What the daemon is too old to tell is left out.
pub(crate) async fn run(args: InfoArgs, opener: Opener) -> Result<(), Fail> {
    let connection = opener.open(&args.uri).await?;
    let facts = match &args.domain {
        None => host(&connection).await.map_err(|error| Fail::daemon(&connection, &error))?,
        Some(key) => guest(&connection, key).await?,
    };
    facts.print(args.json)?;
    goodbye(connection).await
}

/// Facts in the order in which they are told.
#[derive(Debug, Default)]
pub(crate) struct Facts(Vec<Fact>);

#[derive(Debug)]
struct Fact {
    key: &'static str,
    /// None for what is for programs alone.
    label: Option<&'static str>,
    value: Value,
    /// What people read instead of the value.
    words: Option<String>,
}

impl Facts {
    /// Adds a fact: its key in JSON, its label for people, its value; nothing if that is not known.
    pub(crate) fn add(&mut self, key: &'static str, label: &'static str, value: Option<impl Into<Value>>) {
        let fact = |value: Value| Fact { key, label: Some(label), value, words: None };
        self.0.extend(value.map(Into::into).map(fact));
    }

    /// The same of so many bytes, told to people in the unit that suits them too.
    pub(crate) fn add_bytes(&mut self, key: &'static str, label: &'static str, bytes: Option<u64>) {
        let words = |bytes| match bytes {
            0..1_024 => size(bytes),
            _ => format!("{} ({bytes} bytes)", size(bytes)),
        };
        let fact =
            |bytes| Fact { key, label: Some(label), value: Value::from(bytes), words: Some(words(bytes)) };
        self.0.extend(bytes.map(fact));
    }

    /// The same of so many KiB.
    fn add_kib(&mut self, key: &'static str, label: &'static str, kib: u64) {
        let words = Some(format!("{} ({kib} KiB)", size(kib.saturating_mul(1_024))));
        self.0.push(Fact { key, label: Some(label), value: kib.into(), words });
    }

    /// The same of a text that may be no UTF-8.
    pub(crate) fn add_text(&mut self, key: &'static str, label: &'static str, text: Option<&Text>) {
        let fact =
            |text| Fact { key, label: Some(label), value: text::value(text), words: Some(text::word(text)) };
        self.0.extend(text.map(fact));
    }

    /// Prints them.
    pub(crate) fn print(self, as_json: bool) -> Result<(), Fail> {
        if as_json {
            return say_json(&self.into_json());
        }
        self.0
            .iter()
            .filter_map(|fact| Some((fact.label?, fact)))
            .try_for_each(|(label, fact)| say(&format!("{:<16} {}", format!("{label}:"), fact.words())))
    }

    /// An object for programs.
    pub(crate) fn into_json(self) -> Value {
        let object: Map<String, Value> =
            self.0.into_iter().map(|fact| (fact.key.to_owned(), fact.value)).collect();
        Value::Object(object)
    }

    /// A fact as people read it, by its key; `None` where it is not known.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.fact(key).map(Fact::words)
    }

    /// A fact that is a number of bytes.
    pub(crate) fn bytes(&self, key: &str) -> Option<u64> {
        self.fact(key)?.value.as_u64()
    }

    fn fact(&self, key: &str) -> Option<&Fact> {
        self.0.iter().find(|fact| fact.key == key)
    }
}

impl Fact {
    /// For people.
    fn words(&self) -> String {
        match (&self.words, &self.value) {
            (Some(words), _) => words.clone(),
            (None, Value::String(text)) => text.clone(),
            (None, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
            (None, other) => other.to_string(),
        }
    }
}

async fn host(connection: &Connection) -> Result<Facts, CallError> {
    let mut facts = Facts::default();
    let kind = told(connection.hypervisor_type().await)?;
    facts.add("type", "Hypervisor", kind.map(|kind| kind.to_string()));
    let version = told(connection.hypervisor_version().await)?.flatten();
    facts.add("version", "Its version", version.map(|version| version.to_string()));
    facts.add("release", "libvirt release", release(connection).await?.map(|release| release.to_string()));
    facts.add("hostname", "Hostname", told(connection.hostname().await)?.map(|name| name.to_string()));
    facts.add(
        "uri",
        "Its own URI",
        told(connection.connect_get_uri().await)?.map(|reply| reply.uri.to_string()),
    );
    if let Some(node) = told(connection.node_info().await)? {
        facts.add("model", "CPU model", Some(node.model.to_string()));
        facts.add("cpus", "CPUs", Some(node.cpus));
        facts.add_kib("memory_kib", "Memory", node.memory_kib);
    }
    Ok(facts)
}

/// The release that a daemon says it is; `None` from one older than the question (libvirt 0.7.3).
pub(crate) async fn release(connection: &Connection) -> Result<Option<Release>, CallError> {
    Ok(told(connection.daemon_version().await)?.flatten())
}

async fn guest(connection: &Connection, key: &str) -> Result<Facts, Fail> {
    let domain = find(connection, key).await?;
    let facts = of_guest(&domain).await;
    facts.map_err(|error| Fail::call(format!("domain {key} on {}", connection.uri()), &error))
}

async fn of_guest(domain: &Domain) -> Result<Facts, CallError> {
    let (does, info) = (does(domain).await?, domain.info().await?);
    let mut facts = Facts::default();
    facts.add("id", "Id", domain.id());
    facts.add("name", "Name", Some(domain.name().to_string()));
    facts.add("uuid", "UUID", Some(domain.uuid().to_string()));
    facts.0.push(Fact {
        key: "state",
        label: Some("State"),
        value: does.word().into(),
        words: Some(does.words()),
    });
    let reasons =
        [("reason", does.reason().map(Value::from)), ("reason_word", does.reason_word().map(Value::from))];
    facts.0.extend(
        reasons
            .into_iter()
            .filter_map(|(key, value)| Some(Fact { key, label: None, value: value?, words: None })),
    );
    facts.add("os_type", "OS type", told(domain.os_type().await)?.map(|kind| kind.to_string()));
    facts.add("cpus", "CPUs", Some(info.vcpus));
    facts.0.push(Fact {
        key: "cpu_time_ns",
        label: Some("CPU time"),
        value: u64::try_from(info.cpu_time.as_nanos()).ok().into(),
        words: Some(format!("{:.1} s", info.cpu_time.as_secs_f64())),
    });
    facts.add_kib("memory_max_kib", "Max memory", info.max_memory_kib);
    facts.add_kib("memory_kib", "Memory", info.memory_kib);
    facts.add("persistent", "Persistent", told(domain.is_persistent().await)?);
    facts.add("autostart", "Autostart", told(domain.autostart().await)?);
    Ok(facts)
}

/// The answer; nothing, if the daemon reports an error of its own: then this is a fact that it does not tell.
pub(crate) fn told<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(reply) => Ok(Some(reply)),
        Err(CallError::Remote(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
