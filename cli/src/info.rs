//! `virtwire info`: what a host is, or one guest of it.

use serde_json::{Map, Value, json};
use virtwire::client::{CallError, Connection};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::migrate::State;
use virtwire::protocol::program::Release;
use virtwire::protocol::remote::{
    ConnectGetHostname, ConnectGetLibVersion, ConnectGetType, ConnectGetUri, ConnectGetVersion,
    DomainGetAutostart, DomainGetInfo, DomainGetOsType, DomainIsPersistent, NodeGetInfo,
};

use crate::args::InfoArgs;
use crate::connect::{Opener, find};
use crate::domains::goodbye;
use crate::fail::Fail;
use crate::list::{id, state};
use crate::screen::{say, say_json};

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
pub(crate) struct Facts(Vec<(&'static str, &'static str, Value)>);

impl Facts {
    /// Adds a fact: its key in JSON, its label for people, its value; nothing if that is not known.
    pub(crate) fn add(&mut self, key: &'static str, label: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.push((key, label, value.into()));
        }
    }

    /// Prints them.
    pub(crate) fn print(self, as_json: bool) -> Result<(), Fail> {
        if as_json {
            return say_json(&self.into_json());
        }
        self.0
            .iter()
            .try_for_each(|(_, label, value)| say(&format!("{:<16} {}", format!("{label}:"), words(value))))
    }

    /// An object for programs.
    pub(crate) fn into_json(self) -> Value {
        let object: Map<String, Value> =
            self.0.into_iter().map(|(key, _, value)| (key.to_owned(), value)).collect();
        Value::Object(object)
    }

    /// A fact as people read it, by its key; `None` where it is not known.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.value(key).map(words)
    }

    /// A fact that is a number of bytes.
    pub(crate) fn bytes(&self, key: &str) -> Option<u64> {
        self.value(key)?.as_u64()
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _, _)| *known == key).map(|(_, _, value)| value)
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    }
}

async fn host(connection: &Connection) -> Result<Facts, CallError> {
    let mut facts = Facts::default();
    facts.add(
        "type",
        "Hypervisor",
        told(connection.call(ConnectGetType {}).await)?.map(|reply| reply.r#type.to_string()),
    );
    let version = told(connection.call(ConnectGetVersion {}).await)?
        .and_then(|reply| Release::from_packed(reply.hv_ver));
    facts.add("version", "Its version", version.map(|version| version.to_string()));
    facts.add("release", "libvirt release", release(connection).await?.map(|release| release.to_string()));
    let hostname = told(connection.call(ConnectGetHostname {}).await)?;
    facts.add("hostname", "Hostname", hostname.map(|reply| reply.hostname.to_string()));
    facts.add(
        "uri",
        "Its own URI",
        told(connection.call(ConnectGetUri {}).await)?.map(|reply| reply.uri.to_string()),
    );
    if let Some(node) = told(connection.call(NodeGetInfo {}).await)? {
        // An array of characters: what follows the first 0 is padding.
        let model: Vec<u8> = node.model.iter().copied().take_while(|byte| *byte != 0).collect();
        facts.add("model", "CPU model", Some(String::from_utf8_lossy(&model).into_owned()));
        facts.add("cpus", "CPUs", Some(node.cpus));
        facts.add("memory_kib", "Memory, KiB", Some(node.memory));
    }
    Ok(facts)
}

/// The release that a daemon says it is; `None` from one older than the question (libvirt 0.7.3).
pub(crate) async fn release(connection: &Connection) -> Result<Option<Release>, CallError> {
    Ok(told(connection.call(ConnectGetLibVersion {}).await)?
        .and_then(|reply| Release::from_packed(reply.lib_ver)))
}

async fn guest(connection: &Connection, key: &str) -> Result<Facts, Fail> {
    let dom = find(connection, key).await?;
    let failed = |error| Fail::call(format!("domain {key} on {}", connection.uri()), &error);
    let state = state(connection, &dom).await.map_err(failed)?;
    let info = connection.call(DomainGetInfo { dom: dom.clone() }).await.map_err(failed)?;
    let os_type = told(connection.call(DomainGetOsType { dom: dom.clone() }).await).map_err(failed)?;
    let persistent = told(connection.call(DomainIsPersistent { dom: dom.clone() }).await).map_err(failed)?;
    let autostart = told(connection.call(DomainGetAutostart { dom: dom.clone() }).await).map_err(failed)?;

    let mut facts = Facts::default();
    facts.add("id", "Id", id(&dom));
    facts.add("name", "Name", Some(dom.name.to_string()));
    facts.add("uuid", "UUID", Some(Uuid(dom.uuid).to_string()));
    facts.add("state", "State", Some(State::from(state.state).to_string()));
    facts.add("reason", "Its reason", state.reason);
    facts.add("os_type", "OS type", os_type.map(|reply| reply.r#type.to_string()));
    facts.add("cpus", "CPUs", Some(info.nr_virt_cpu));
    facts.add("cpu_time_ns", "CPU time, ns", Some(info.cpu_time));
    facts.add("memory_max_kib", "Max memory, KiB", Some(info.max_mem));
    facts.add("memory_kib", "Memory, KiB", Some(info.memory));
    facts.add("persistent", "Persistent", persistent.map(|reply| reply.persistent != 0));
    facts.add("autostart", "Autostart", autostart.map(|reply| json!(reply.autostart != 0)));
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
