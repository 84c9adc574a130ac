//! `virtwire stats`: what guests use.

use clap::{Args, ValueEnum};
use serde_json::{Map, Number, Value, json};
use virtwire::client::Connection;
use virtwire::hypervisor::Uuid;
use virtwire::protocol::flags::DomainStatsKinds;
use virtwire::protocol::remote::{Domain, DomainStatsRecord, TypedParamValue};

use crate::connect::{Opener, find};
use crate::domains::{goodbye, refused};
use crate::fail::Fail;
use crate::screen::{say, say_json};

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// The host; without it, the one that libvirt's own tools would take
    #[arg(default_value = "", hide_default_value = true)]
    uri: String,
    /// Only these guests, by name, UUID or number; without any, all that there are
    domains: Vec<String>,
    /// Only these kinds of figures; without it, all that the daemon has
    #[arg(long, value_name = "KIND,…", value_delimiter = ',', value_enum)]
    kind: Vec<Kind>,
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// Kinds of figures, by the word that their names begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    State,
    Cpu,
    Balloon,
    Vcpu,
    Net,
    Block,
    Perf,
    Iothread,
    Memory,
    Dirtyrate,
    Vm,
}

impl Kind {
    fn flag(self) -> DomainStatsKinds {
        match self {
            Kind::State => DomainStatsKinds::STATE,
            Kind::Cpu => DomainStatsKinds::CPU_TOTAL,
            Kind::Balloon => DomainStatsKinds::BALLOON,
            Kind::Vcpu => DomainStatsKinds::VCPU,
            Kind::Net => DomainStatsKinds::INTERFACE,
            Kind::Block => DomainStatsKinds::BLOCK,
            Kind::Perf => DomainStatsKinds::PERF,
            Kind::Iothread => DomainStatsKinds::IOTHREAD,
            Kind::Memory => DomainStatsKinds::MEMORY,
            Kind::Dirtyrate => DomainStatsKinds::DIRTYRATE,
            Kind::Vm => DomainStatsKinds::VM,
        }
    }
}

/// Prints each guest's figures, one a line, or all as JSON.
pub(crate) async fn run(args: StatsArgs, opener: Opener) -> Result<(), Fail> {
    let connection = opener.open(&args.uri).await?;
    let mut doms = Vec::new();
    for key in &args.domains {
        doms.push(find(&connection, key).await?);
    }
    let records = ask(&connection, doms, &args).await?;
    if args.json {
        let records: Vec<Value> = records.iter().map(document).collect();
        say_json(&json!(records))?;
    } else {
        for (at, record) in records.iter().enumerate() {
            if at > 0 {
                say("")?;
            }
            say(record.dom.name.to_string_lossy().as_ref())?;
            for param in &record.params {
                say(&format!("  {}={}", param.field, words(&param.value)))?;
            }
        }
    }
    goodbye(connection).await
}

async fn ask(
    connection: &Connection,
    doms: Vec<Domain>,
    args: &StatsArgs,
) -> Result<Vec<DomainStatsRecord>, Fail> {
    let kinds = args.kind.iter().fold(0, |all, kind| all | kind.flag().bits());
    let reply = connection.connect_get_all_domain_stats(doms, kinds, 0).await;
    let reply = reply.map_err(|error| match args.domains.as_slice() {
        [domain] => refused(connection, domain, &error),
        _ => Fail::daemon(connection, &error),
    })?;
    Ok(reply.ret_stats)
}

fn document(record: &DomainStatsRecord) -> Value {
    let stats: Map<String, Value> =
        record.params.iter().map(|param| (param.field.to_string(), number(&param.value))).collect();
    json!({
        "name": record.dom.name.to_string(),
        "uuid": Uuid(record.dom.uuid).to_string(),
        "stats": stats,
    })
}

fn number(value: &TypedParamValue) -> Value {
    match value {
        TypedParamValue::Int(number) => (*number).into(),
        TypedParamValue::UInt(number) => (*number).into(),
        TypedParamValue::LLong(number) => (*number).into(),
        TypedParamValue::ULLong(number) => (*number).into(),
        // JSON has no infinity.
        TypedParamValue::Double(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        TypedParamValue::Boolean(word) => (*word != 0).into(),
        TypedParamValue::String(text) => text.to_string().into(),
    }
}

fn words(value: &TypedParamValue) -> String {
    match number(value) {
        Value::String(text) => text,
        Value::Bool(yes) => if yes { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    }
}
