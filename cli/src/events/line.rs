//! An event as a line: `domain web1 lifecycle: started booted`, or a JSON object.

use std::time::SystemTime;

use serde_json::{Map, Value, json};
use virtwire::client::Missed;
use virtwire::hypervisor::Uuid;
use virtwire::protocol::event::{AnyEvent, Family, KindInfo, RawNotice, Words};

use super::names::{called, word};
use crate::clock;

/// A line with its moment in front: where people want it, and always for a program.
pub(super) fn at(at: SystemTime, line: &str, as_json: bool) -> String {
    let at = clock::since_1970(at);
    match line.strip_prefix('{') {
        Some(fields) if as_json => format!("{{\"time\":{},{fields}", clock::number(at)),
        _ => format!("{}: {line}", clock::utc(at)),
    }
}

/// What happened, for people or for a program.
pub(super) fn event(event: &AnyEvent, as_json: bool) -> String {
    match (event, event.kind()) {
        (AnyEvent::Unknown(raw), _) if as_json => unknown(raw, &Value::Null).to_string(),
        (AnyEvent::Unknown(raw), _) => format!("event {} of {}: {}", raw.number, raw.program, hex(raw)),
        (_, Some(kind)) => known(event, kind, as_json),
        // A kind that came without a name is none of these.
        (_, None) => String::new(),
    }
}

/// What did not come, for a program.
pub(super) fn missed(missed: &Missed) -> String {
    match missed {
        Missed::Lagged(lost) => json!({ "event": null, "lost": lost }).to_string(),
        Missed::Undecodable(why) => unknown(&why.notice, &why.error.clone().into()).to_string(),
        other => json!({ "event": null, "error": other.to_string() }).to_string(),
    }
}

fn unknown(raw: &RawNotice, error: &Value) -> Value {
    let program = raw.program.to_string();
    json!({ "event": null, "program": program, "number": raw.number.0, "bytes": hex(raw), "error": error })
}

fn known(event: &AnyEvent, kind: &KindInfo, as_json: bool) -> String {
    // Every payload is a struct.
    let Ok(Value::Object(mut fields)) = serde_json::to_value(event) else { return called(kind) };
    // Between the daemon and this client alone.
    fields.remove("callbackID");
    let object = ["dom", "net", "pool", "dev", "secret"].into_iter().find_map(|key| fields.remove(key));
    let object = object.unwrap_or_default();
    let name = ["name", "usageID"].into_iter().find_map(|key| object.get(key)).map(text);
    // A secret need not be for anything that has a name.
    let name = name.filter(|name| !name.is_empty());
    let uuid = uuid(&object);
    for (field, word) in event.words() {
        // A number without a word stays a number.
        fields.entry(field).and_modify(|value| {
            if word.parse::<i64>().is_err() {
                *value = word.into();
            }
        });
    }
    if as_json {
        let of = word(kind.family);
        let line = json!({ "event": called(kind), "of": of, "name": name, "uuid": uuid, "what": fields });
        return line.to_string();
    }
    let family = word(kind.family);
    let kind_name = Some(kind.name).filter(|name| *name != family);
    let called = match (kind.family, uuid, name) {
        // What a secret is for names it among those of its kind alone, and not every one has that.
        (Family::Secret, Some(uuid), Some(name)) => Some(format!("{uuid} ({name})")),
        (Family::Secret, Some(uuid), None) => Some(uuid),
        (_, _, name) => name,
    };
    let head = [Some(family), called.as_deref(), kind_name].into_iter().flatten();
    let line = head.collect::<Vec<_>>().join(" ");
    let details = if kind.name == "lifecycle" { steps(&fields) } else { pairs(&fields) };
    if details.is_empty() { line } else { format!("{line}: {}", details.join(" ")) }
}

/// A step says it all, and where steps have no details, they are 0.
fn steps(fields: &Map<String, Value>) -> Vec<String> {
    ["event", "detail"]
        .into_iter()
        .filter_map(|field| fields.get(field))
        .filter(|value| **value != 0)
        .map(text)
        .collect()
}

/// `field=value`, and of typed parameters the same.
fn pairs(fields: &Map<String, Value>) -> Vec<String> {
    let mut pairs = Vec::new();
    for (field, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        match value.as_array() {
            Some(parameters) => pairs.extend(parameters.iter().map(parameter)),
            None => pairs.push(format!("{field}={}", text(value))),
        }
    }
    pairs
}

fn parameter(parameter: &Value) -> String {
    let value = parameter.get("value").and_then(Value::as_object).and_then(|union| union.values().next());
    match (parameter.get("field"), value) {
        (Some(field), Some(value)) => format!("{}={}", text(field), text(value)),
        _ => parameter.to_string(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn uuid(object: &Value) -> Option<String> {
    let bytes = object.get("uuid")?.as_array()?.iter();
    let bytes: Vec<u8> = bytes.filter_map(|byte| byte.as_u64()?.try_into().ok()).collect();
    Some(Uuid(bytes.try_into().ok()?).to_string())
}

fn hex(raw: &RawNotice) -> String {
    raw.payload.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use virtwire::protocol::event::{DomainEvent, SecretEvent, StoragePoolEvent};
    use virtwire::protocol::program::{ProcedureNumber, Program};
    use virtwire::protocol::remote::*;

    #[test]
    fn an_event_is_a_line() {
        let guest = || Domain { name: "web1".into(), uuid: [0x11; 16], id: 3 };
        let uuid = "11111111-1111-1111-1111-111111111111";
        let lifecycle =
            |event, detail| DomainEvent::Lifecycle(DomainEventLifecycle { dom: guest(), event, detail });
        let of_guest = |name: &str, what: Value| json!({ "event": name, "of": "domain", "name": "web1", "uuid": uuid, "what": what });
        check(
            &AnyEvent::Domain(lifecycle(5, 3)),
            "domain web1 lifecycle: stopped migrated",
            of_guest("lifecycle", json!({ "event": "stopped", "detail": "migrated" })),
        );
        check(
            &AnyEvent::Domain(DomainEvent::Watchdog(DomainEventWatchdog { dom: guest(), action: 77 })),
            "domain web1 watchdog: action=77",
            of_guest("watchdog", json!({ "action": 77 })),
        );
        let params = vec![TypedParam { field: "vcpu".into(), value: TypedParamValue::Int(2) }];
        check(
            &AnyEvent::Domain(DomainEvent::Tunable(DomainEventCallbackTunable {
                callback_id: 9,
                dom: guest(),
                params,
            })),
            "domain web1 tunable: vcpu=2",
            of_guest("tunable", json!({ "params": [{ "field": "vcpu", "value": { "i": 2 } }] })),
        );
        let pool = StoragePool { name: "images".into(), uuid: [0x11; 16] };
        let built = StoragePoolEventLifecycle { callback_id: 1, pool, event: 4, detail: 0 };
        check(
            &AnyEvent::StoragePool(StoragePoolEvent::Lifecycle(built)),
            "pool images lifecycle: created",
            json!({
                "event": "pool-lifecycle", "of": "pool", "name": "images", "uuid": uuid,
                "what": { "event": "created", "detail": 0 }
            }),
        );
        for (usage_id, called, name) in
            [("", uuid.to_owned(), Value::Null), ("iscsi", format!("{uuid} (iscsi)"), "iscsi".into())]
        {
            let secret = Secret { uuid: [0x11; 16], usage_type: 2, usage_id: usage_id.into() };
            let defined = SecretEventLifecycle { callback_id: 1, secret, event: 0, detail: 0 };
            check(
                &AnyEvent::Secret(SecretEvent::Lifecycle(defined)),
                &format!("secret {called} lifecycle: defined"),
                json!({
                    "event": "secret-lifecycle", "of": "secret", "name": name, "uuid": uuid,
                    "what": { "event": "defined", "detail": 0 }
                }),
            );
        }
        check(
            &AnyEvent::Closed(ConnectEventConnectionClosed { reason: 1 }),
            "closed: reason=eof",
            json!({ "event": "closed", "of": "closed", "name": null, "uuid": null, "what": { "reason": "eof" } }),
        );
        let payload = vec![0, 0, 0, 1, 0xab].into();
        check(
            &AnyEvent::Unknown(RawNotice { program: Program::REMOTE, number: ProcedureNumber(999), payload }),
            "event 999 of remote: 00000001ab",
            json!({ "event": null, "program": "remote", "number": 999, "bytes": "00000001ab", "error": null }),
        );
    }

    #[test]
    fn a_moment_stands_in_front() {
        let came = SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 42_000);
        assert_eq!(
            at(came, "domain web1 watchdog: action=77", false),
            "2023-11-14 22:13:20.000042 UTC: domain web1 watchdog: action=77"
        );
        let lost = at(came, &missed(&Missed::Lagged(7)), true);
        assert_eq!(lost, r#"{"time":1700000000.000042000,"event":null,"lost":7}"#);
    }

    #[track_caller]
    fn check(of: &AnyEvent, plain: &str, json: Value) {
        assert_eq!(event(of, false), plain);
        let line = event(of, true);
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), json);
    }
}
