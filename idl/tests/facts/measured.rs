//! What was measured of libvirt, as statements in the contract's names.

use serde_json::Value;

use crate::contract::range;
use crate::{Statements, read};

pub(crate) fn of_release(release: &str) -> Statements {
    let facts_of_release = facts(&format!("libvirt-{release}"));
    let mut says = Statements::new();
    for (name, value) in entries(&facts_of_release["consts"]) {
        // Numbers of programs and versions, which stand in the program blocks.
        if !name.ends_with("_PROGRAM") && !name.ends_with("_PROTOCOL_VERSION") {
            says.insert(format!("const {}", constant(name)), value.to_string());
        }
    }
    types_say(&facts_of_release, &mut says);
    programs_say(&facts_of_release, &facts("access")["releases"][release], &facts("since"), &mut says);
    says
}

/// What a newer release has beyond 11.3.0.
pub(crate) fn added_by(release: &str) -> Statements {
    let added = facts(&format!("libvirt-{release}-additions"));
    let mut says = Statements::new();
    types_say(&added, &mut says);
    // Permissions and releases of these stand among the facts themselves.
    programs_say(&added, &Value::Null, &Value::Null, &mut says);
    says
}

/// The tags of typed parameters: an enum of libvirt's API, which the wire only shows the numbers of.
pub(crate) fn typed_param_type() -> (String, String) {
    let value = |value: &Value| {
        let name = string(&value["name"]).strip_prefix("VIR_").unwrap();
        format!("{name} = {}; ", value["value"])
    };
    let enums = facts("enums");
    let values = list(&enums["enums"]["virTypedParameterType"]).iter().map(value).collect::<String>();
    ("type typed_param_type".to_owned(), format!("enum {{ {values}}}"))
}

fn types_say(facts: &Value, says: &mut Statements) {
    let field = |field: &Value| format!("{} {}; ", of(string(&field[1])), string(&field[0]));
    for (name, definition) in entries(&facts["types"]) {
        let (kind, what) = entries(definition).next().unwrap();
        let value = match kind {
            "typedef" => of(string(what)),
            "struct" => format!("struct {{ {}}}", list(what).iter().map(field).collect::<String>()),
            "enum" => {
                let value = |value: &Value| format!("{} = {}; ", enumerator(string(&value[0])), value[1]);
                format!("enum {{ {}}}", list(what).iter().map(value).collect::<String>())
            }
            "union" => {
                let arm = |arm: &Value| format!("{}: {}", arm[0], field(&arm[1]));
                format!("union int {{ {}}} without default", list(what).iter().map(arm).collect::<String>())
            }
            other => panic!("{name} is a {other}"),
        };
        says.insert(format!("type {}", type_name(name)), value);
    }
}

fn programs_say(facts: &Value, access: &Value, since: &Value, says: &mut Statements) {
    for (program, described) in entries(&facts["programs"]) {
        let number = described["number"].as_u64().unwrap();
        says.insert(format!("{program} number"), format!("{number:#x} {}", described["version"]));
        for procedure in list(&described["procedures"]) {
            let name = string(&procedure["name"]);
            let access = &access[program][name];
            // Releases were looked up for the remote program only; some names recur in others.
            let since = if program == "remote" { &since[name] } else { &Value::Null };
            for (what, value) in facts_of_procedure(program, procedure, access, since) {
                says.insert(format!("{program} {} {what}", procedure["number"]), value);
            }
        }
    }
}

fn facts_of_procedure(
    program: &str,
    procedure: &Value,
    access: &Value,
    since: &Value,
) -> Vec<(&'static str, String)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let words = |value: &Value| {
        let words: Vec<_> = value.as_array()?.iter().map(string).collect();
        Some(words.join(" "))
    };
    let is_event = !procedure["message"].is_null();
    // Everybody who reaches the socket of either may do everything there; an event goes to whoever asked for it.
    let is_open = is_event || program == "admin" || program == "keepalive";
    let arguments = if is_event { &procedure["message"] } else { &procedure["args"] };
    let stream = match (procedure["readstream"].as_str(), procedure["writestream"].as_str()) {
        (None, None) => None,
        (Some("1"), None) => Some("read"),
        (None, Some("1")) => Some("write"),
        // 2: the server reads and writes.
        (Some("2"), None) => Some("both"),
        other => panic!("streams {other:?}"),
    };
    let between = || {
        let earliest = text(&since["since_at_least"])?;
        // No upper bound is known of the newest: it is the oldest release whose facts have it.
        let latest = text(&since["since_at_most"]).unwrap_or("11.3.0".to_owned());
        Some(range(earliest, latest))
    };
    let read_only = text(&access["readonly"]).filter(|rule| rule != "unmapped");
    let says = [
        ("name", text(&procedure["name"])),
        ("arguments", Some(arguments.as_str().map_or("void".to_owned(), of))),
        ("reply", Some(procedure["ret"].as_str().map_or("void".to_owned(), of))),
        ("priority", Some(text(&procedure["priority"]).unwrap_or("low".to_owned()))),
        ("event", is_event.then(|| "yes".to_owned())),
        ("stream", stream.map(str::to_owned)),
        ("since", text(&since["since"]).or_else(between).or_else(|| text(&procedure["since"]))),
        ("acl", words(&access["acl"]).or(words(&procedure["acl"])).or(is_open.then(|| "none".to_owned()))),
        ("filter", words(&access["aclfilter"])),
        ("read-only", read_only.or(is_open.then(|| "allowed".to_owned()))),
    ];
    says.into_iter().filter_map(|(what, value)| Some((what, value?))).collect()
}

fn facts(file: &str) -> Value {
    serde_json::from_str(&read(&format!("tests/fixtures/facts/{file}.json"))).unwrap()
}

fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap()
}

// From the facts' names to the contract's.

/// A type where it is used: `?remote_nonnull_domain` is `*nonnull_domain`, `remote_typed_param<16>` is
/// `typed_param<16>`.
fn of(fact: &str) -> String {
    let (optional, fact) = fact.strip_prefix('?').map_or(("", fact), |rest| ("*", rest));
    let (base, bound) = fact.split_at(fact.find(['<', '[']).unwrap_or(fact.len()));
    format!("{optional}{}{bound}", type_name(base))
}

/// The prefix `remote_` goes, except where a keyword or the name of a call's arguments would be left.
/// `virNetMessageNonnullDomain` is `message_nonnull_domain`.
fn type_name(fact: &str) -> String {
    match fact {
        "remote_string" => "optional_string".to_owned(),
        "remote_node_get_cpu_stats" => "node_cpu_stat".to_owned(),
        "remote_node_get_memory_stats" => "node_memory_stat".to_owned(),
        _ => match fact.strip_prefix("virNet") {
            Some(camel) => snake(camel),
            None => fact.strip_prefix("remote_").unwrap_or(fact).to_owned(),
        },
    }
}

fn snake(camel: &str) -> String {
    let mut snake = String::new();
    for c in camel.chars() {
        if c.is_uppercase() && snake.ends_with(|last: char| last.is_lowercase()) {
            snake.push('_');
        }
        snake.push(c);
    }
    // Only now, so that `UUID` stays one word.
    snake.to_lowercase()
}

/// `REMOTE_STRING_MAX` is `STRING_MAX`, `VIR_NET_MESSAGE_MAX` is `MESSAGE_MAX`.
fn constant(fact: &str) -> &str {
    fact.strip_prefix("REMOTE_").or(fact.strip_prefix("VIR_NET_")).unwrap_or(fact)
}

/// `VIR_NET_CALL` is `MESSAGE_CALL`. `REMOTE_AUTH_NONE` is `AUTH_TYPE_NONE`, since the C library that rpcgen's output
/// is compiled with has an `AUTH_NONE` of its own.
fn enumerator(fact: &str) -> String {
    match (fact.strip_prefix("VIR_NET_"), fact.strip_prefix("REMOTE_AUTH_")) {
        (Some(rest), _) => format!("MESSAGE_{rest}"),
        (_, Some(rest)) => format!("AUTH_TYPE_{rest}"),
        _ => panic!("{fact} has no rule"),
    }
}
