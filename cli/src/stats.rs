//! `virtwire stats`: what guests use.

use clap::{Args, ValueEnum};
use serde_json::{Map, Number, Value, json};
use virtwire::client::DomainStats;
use virtwire::protocol::flags::{DomainStatsFlags, DomainStatsKinds};
use virtwire::protocol::remote::TypedParamValue;

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
    let mut domains = Vec::new();
    for key in &args.domains {
        domains.push(find(&connection, key).await?);
    }
    let kinds = args.kind.iter().fold(DomainStatsKinds::NONE, |all, kind| all | kind.flag());
    let all = match domains.as_slice() {
        [] => connection.all_domain_stats(kinds, DomainStatsFlags::NONE).await,
        domains => connection.domain_stats(domains, kinds, DomainStatsFlags::NONE).await,
    };
    let all = all.map_err(|error| match args.domains.as_slice() {
        [domain] => refused(&connection, domain, &error),
        _ => Fail::daemon(&connection, &error),
    })?;
    if args.json {
        say_json(&all.iter().map(document).collect::<Value>())?;
    } else {
        for (at, stats) in all.iter().enumerate() {
            if at > 0 {
                say("")?;
            }
            say(&stats.domain.name().to_string_lossy())?;
            for param in stats.params.iter() {
                say(&format!("  {}={}", param.field, words(&param.value)))?;
            }
        }
    }
    goodbye(connection).await
}

fn document(stats: &DomainStats) -> Value {
    let figures: Map<String, Value> =
        stats.params.iter().map(|param| (param.field.to_string(), number(&param.value))).collect();
    json!({
        "name": stats.domain.name().to_string(),
        "uuid": stats.domain.uuid().to_string(),
        "stats": figures,
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
