//! The contract's values as JSON that people can read and write: opaque data as `{"hex": …}`, UUIDs as usual, and the few texts that
//! replies have as bytes.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use virtwire::hypervisor::Uuid;

/// Writes a value that has fields, over several lines.
pub(super) fn write(value: &impl Serialize, to: impl Write) -> Result<(), serde_json::Error> {
    value.serialize(&mut Serializer::with_formatter(to, Readable::new()))
}

/// A value, over several lines. One that has no fields is `{}`.
pub(super) fn text(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut out = Vec::new();
    write(value, &mut out)?;
    let text = String::from_utf8_lossy(&out);
    Ok(if text == "null" { "{}".to_owned() } else { text.into_owned() })
}

/// What [`text`] writes for people, as the types read it: bytes as arrays of numbers. What is wrong is told by its field's path.
pub(super) fn to_bytes(value: Value) -> Result<Value, String> {
    bytes_within(value, "")
}

fn bytes_within(value: Value, path: &str) -> Result<Value, String> {
    match value {
        Value::Array(items) => {
            let read = |(at, item)| bytes_within(item, &format!("{path}[{at}]"));
            items.into_iter().enumerate().map(read).collect()
        }
        Value::Object(fields) => {
            if let (1, Some(hex)) = (fields.len(), fields.get("hex").and_then(Value::as_str)) {
                let bytes = from_hex(hex).map(Value::from);
                return bytes.ok_or_else(|| format!("{path}: {hex:?} is not hexadecimal"));
            }
            let read = |(key, value): (String, Value)| {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let uuid = value.as_str().filter(|_| key == UUID).map(str::parse::<Uuid>);
                let value = match uuid {
                    Some(Ok(Uuid(bytes))) => Value::from(bytes.to_vec()),
                    Some(Err(_)) => return Err(format!("{path}: {value} is no UUID")),
                    None => bytes_within(value, &path)?,
                };
                Ok((key, value))
            };
            fields.into_iter().map(read).collect::<Result<_, _>>().map(Value::Object)
        }
        other => Ok(other),
    }
}

/// What the contract calls every field that is a UUID, and no other field.
const UUID: &str = "uuid";

/// Fields of `char` that are text, ended by a zero byte or by their end. Replies alone have them, so nobody has to write them.
const TEXTS: [&str; 3] = ["model", "doi", "label"];

/// The text of such a field; `None` where the bytes are more than that.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (text, rest) = bytes.split_at_checked(end)?;
    if rest.iter().any(|byte| *byte != 0) {
        return None;
    }
    std::str::from_utf8(text).ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| digit.try_into().ok())).collect();
    let pairs = digits?;
    pairs.chunks(2).map(|pair| <[u8; 2]>::try_from(pair).ok().map(|[high, low]| high << 4 | low)).collect()
}

/// Writes bytes in a way of its own, and all else as usual.
struct Readable {
    pretty: PrettyFormatter<'static>,
    /// The key of the value that is written, and whether it is still under way.
    key: String,
    in_key: bool,
}

impl Readable {
    fn new() -> Readable {
        Readable { pretty: PrettyFormatter::new(), key: String::new(), in_key: false }
    }
}

impl Formatter for Readable {
    fn write_byte_array<W: ?Sized + Write>(&mut self, writer: &mut W, bytes: &[u8]) -> io::Result<()> {
        match <[u8; 16]>::try_from(bytes) {
            // Other opaque data can have 16 bytes as well.
            Ok(uuid) if self.key == UUID => write!(writer, "\"{}\"", Uuid(uuid)),
            _ => {
                if let Some(text) = as_text(bytes).filter(|_| TEXTS.contains(&self.key.as_str())) {
                    return serde_json::to_writer(writer, text).map_err(io::Error::from);
                }
                writer.write_all(b"{\"hex\": \"")?;
                bytes.iter().try_for_each(|byte| write!(writer, "{byte:02x}"))?;
                writer.write_all(b"\"}")
            }
        }
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.key.clear();
        self.in_key = true;
        self.pretty.begin_object_key(writer, first)
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if self.in_key {
            self.key.push_str(fragment);
        }
        self.pretty.write_string_fragment(writer, fragment)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.in_key = false;
        self.pretty.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use virtwire::protocol::contract::{Message, TYPES, Visitor, visit_type};
    use virtwire::protocol::remote::{Domain, DomainMemoryPeekReply, NodeGetSecurityModelReply};
    use virtwire::xdr;

    #[track_caller]
    fn check<T: Message>(value: &T) -> String {
        let written = text(value).unwrap();
        let read = to_bytes(serde_json::from_str(&written).unwrap()).unwrap();
        assert_eq!(&serde_json::from_value::<T>(read).unwrap(), value, "{written}");
        written
    }

    #[test]
    fn what_is_written_can_be_read() {
        let written = check(&Domain { name: "web1".into(), uuid: [0xab; 16], id: 7 });
        assert!(written.contains("\"abababab-abab-abab-abab-abababababab\""), "{written}");
        for length in 0..33 {
            let buffer: Vec<u8> = (0..length).map(|byte| byte ^ 0xf0).collect();
            let written = check(&DomainMemoryPeekReply { buffer });
            assert!(written.contains("{\"hex\": \""), "{written}");
        }
        assert_eq!(text(&()).unwrap(), "{}");
    }

    #[test]
    fn text_in_bytes_is_text() {
        let model = |bytes: &[u8]| {
            let model = bytes.to_vec();
            let value: serde_json::Value =
                serde_json::from_str(&text(&NodeGetSecurityModelReply { model, doi: vec![b'0'] }).unwrap())
                    .unwrap();
            assert_eq!(value["doi"], "0");
            value["model"].clone()
        };
        assert_eq!(model(b"apparmor"), "apparmor");
        assert_eq!(model(b"a\"b\0\0"), "a\"b");
        assert_eq!(model(b""), "");
        assert_eq!(model(b"a\0b"), json!({"hex": "610062"}));
        assert_eq!(model(b"\xff"), json!({"hex": "ff"}));
    }

    /// Whatever these bytes are as a type.
    struct Again<'a>(&'a [u8]);

    impl Visitor for Again<'_> {
        type Output = bool;

        fn visit<T: Message>(self, name: &'static str) -> bool {
            let Ok(value) = xdr::from_slice::<T>(self.0) else { return false };
            let written = text(&value).unwrap();
            let has_text = TEXTS.iter().any(|key| written.contains(&format!("\"{key}\": \"")));
            // A type without fields is written as an object of none.
            if written != "{}" && !(has_text && IN_REPLIES.contains(&name)) {
                check(&value);
            }
            true
        }
    }

    /// Those that have text as bytes.
    const IN_REPLIES: [&str; 4] = [
        "node_get_info_ret",
        "node_get_security_model_ret",
        "domain_get_security_label_ret",
        "domain_get_security_label_list_ret",
    ];

    /// Words that are lengths, discriminants and bools of most types, with opaque data of 16 bytes among them.
    #[test]
    fn every_type_that_is_written_can_be_read() {
        let mut read = 0;
        for index in 0..TYPES {
            for word in [0, 1, 2, 16] {
                for words in 0..48 {
                    let bytes = [0_u8, 0, 0, word].repeat(words);
                    read += usize::from(visit_type(index, Again(&bytes)).unwrap());
                }
            }
        }
        assert!(read > TYPES, "{read} values of {TYPES} types");
    }

    #[test]
    fn bytes_that_are_none_are_told_by_their_field() {
        let told = |value| to_bytes(value).unwrap_err();
        assert_eq!(told(json!({"cookie": {"hex": "abc"}})), r#"cookie: "abc" is not hexadecimal"#);
        assert_eq!(told(json!({"dom": {"uuid": "web1"}})), r#"dom.uuid: "web1" is no UUID"#);
        let list = json!({"doms": [{"uuid": null}, {"uuid": ""}]});
        assert_eq!(told(list), r#"doms[1].uuid: "" is no UUID"#);
    }
}
