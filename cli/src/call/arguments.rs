//! A call's arguments from JSON.

use serde_json::Value;
use virtwire::protocol::contract::{Message, Visitor, field_names, visit_call};
use virtwire::protocol::program::{ProcedureInfo, Program};
use virtwire::xdr;

use super::json;
use super::once::Once;
use crate::fail::{Fail, one_line};

/// Encodes the arguments; or says which field is wrong, and what was expected.
pub(super) fn encode(program: Program, info: &ProcedureInfo, text: &str) -> Result<Vec<u8>, Fail> {
    let thing = format!("arguments of {}", info.name);
    let value = match serde_json::from_str(text) {
        Ok(Once(value)) => json::to_bytes(value),
        Err(error) if error.is_data() => Err(error.to_string()),
        Err(error) => {
            return Err(Fail::new(
                &thing,
                format!("are no JSON: {error}"),
                "an object of fields is expected, in quotes for the shell",
            ));
        }
    };
    let encoded = value.and_then(|value| {
        // Every call has types, as `info` is of the contract.
        visit_call(program, info.number, Encode(value)).unwrap_or_else(|| Ok(Vec::new()))
    });
    encoded.map_err(|wrong| {
        let fields = visit_call(program, info.number, Fields).unwrap_or_default();
        let takes = match fields {
            [] => "it takes none".to_owned(),
            fields => format!("its fields are {}", fields.join(", ")),
        };
        Fail::new(&thing, one_line(&wrong), format!("{takes}; nothing was sent"))
    })
}

struct Encode(Value);

impl Visitor for Encode {
    type Output = Result<Vec<u8>, String>;

    fn visit<T: Message>(self, _name: &'static str) -> Result<Vec<u8>, String> {
        let arguments: T = serde_path_to_error::deserialize(&self.0).map_err(|error| {
            let path = error.path().to_string();
            match path.as_str() {
                "." => error.inner().to_string(),
                path => format!("{path}: {}", error.inner()),
            }
        })?;
        let meant = serde_json::to_value(&arguments).map_err(|error| error.to_string())?;
        if let Some(path) = nameless(&self.0, &meant) {
            let what = "a list is no object of its fields";
            return Err(if path.is_empty() { what.to_owned() } else { format!("{path}: {what}") });
        }
        let mut encoded = xdr::CStrings(Vec::new());
        xdr::encode(&arguments, &mut encoded).map_err(|error| error.to_string())?;
        Ok(encoded.0)
    }
}

/// Where a list stands in an object's place, by which fields are taken in their order: the contract's names are what people can check.
fn nameless(given: &Value, meant: &Value) -> Option<String> {
    match (given, meant) {
        (Value::Array(_), Value::Object(_)) => Some(String::new()),
        (Value::Array(given), Value::Array(meant)) => {
            (0..).zip(given.iter().zip(meant)).find_map(|(at, (given, meant)): (usize, _)| {
                Some(behind(&format!("[{at}]"), &nameless(given, meant)?))
            })
        }
        (Value::Object(given), Value::Object(meant)) => {
            given.iter().find_map(|(key, value)| Some(behind(key, &nameless(value, meant.get(key)?)?)))
        }
        _ => None,
    }
}

fn behind(outer: &str, inner: &str) -> String {
    match inner.is_empty() || inner.starts_with('[') {
        true => format!("{outer}{inner}"),
        false => format!("{outer}.{inner}"),
    }
}

/// Tells the names of a type's fields.
struct Fields;

impl Visitor for Fields {
    type Output = &'static [&'static str];

    fn visit<T: Message>(self, _name: &'static str) -> &'static [&'static str] {
        field_names::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virtwire::protocol::program::ProcedureNumber;

    fn encoded(number: i32, text: &str) -> Result<Vec<u8>, String> {
        let info = Program::REMOTE.procedure(ProcedureNumber(number)).unwrap();
        encode(Program::REMOTE, info, text).map_err(|fail| fail.to_string())
    }

    #[test]
    fn arguments_are_encoded_as_the_wire_has_them() {
        assert_eq!(encoded(60, r#"{"feature": 14}"#), Ok(vec![0, 0, 0, 14]));
        assert_eq!(encoded(3, "{}"), Ok(vec![]));
    }

    const SECRET: &str = r#"{"secret": {"uuid": "5f2a8c1e-0000-4000-8000-000000000001", "usageType": 0, "usageID": ""},
        "value": "c2VjcmV0", "flags": 0}"#;

    /// Rust's names are read too, as whoever has them in a script expects.
    #[test]
    fn fields_have_the_contracts_names() {
        let wire = encoded(316, r#"{"eventID": 3, "dom": null}"#);
        assert_eq!(wire, Ok(vec![0, 0, 0, 3, 0, 0, 0, 0]));
        assert_eq!(encoded(316, r#"{"event_id": 3, "dom": null}"#), wire);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        for (number, text, parts) in [
            (60, r#"{"feature": "x"}"#, &["feature", "\"x\"", "i32"][..]),
            (60, "{}", &["missing field `feature`", "its fields are feature"]),
            (60, r#"{"feature": 1, "colour": 2}"#, &["colour"]),
            (
                16,
                r#"{"dom": {"name": 5, "uuid": "5f2a8c1e-0000-4000-8000-000000000001", "id": 1}}"#,
                &["dom.name"],
            ),
            (16, r#"{"dom": {"name": "a", "uuid": "b", "id": 1}}"#, &["dom.uuid", "\"b\""]),
            // Text is not taken for the bytes that it is made of.
            (144, SECRET, &["value", "c2VjcmV0", "opaque"]),
            (316, "{}", &["missing field `eventID`", "its fields are eventID, dom;"]),
            (316, r#"{"eventID": 1, "event_id": 1}"#, &["duplicate field `eventID`"]),
            (60, r#"{"feature": 1, "feature": 2}"#, &["duplicate field `feature`", "nothing was sent"]),
            (16, r#"{"dom": {"id": 1, "id": 1}}"#, &["duplicate field `id`"]),
            (23, r#"{"name": "test\u0000zzz"}"#, &["a NUL at its byte 4", ".name)", "nothing was sent"]),
            (60, "[14]", &["a list is no object of its fields (its fields are feature; nothing was sent)"]),
            (16, r#"{"dom": ["a", [1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6], 1]}"#, &["dom: a list is no object"]),
            (3, r#"{"x": 1}"#, &["it takes none"]),
            (3, "{", &["are no JSON"]),
        ] {
            let told = encoded(number, text).unwrap_err();
            for part in parts {
                assert!(told.contains(part), "{text}: {part:?} in {told}");
            }
        }
    }
}
