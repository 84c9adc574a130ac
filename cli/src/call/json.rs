//! The contract's values as JSON that people can read and write: opaque data as `{"hex": …}`, UUIDs as usual.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use virtwire::hypervisor::Uuid;

/// A value, over several lines. One that has no fields is `{}`.
pub(super) fn text(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut out = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut out, Readable(PrettyFormatter::new())))?;
    let text = String::from_utf8_lossy(&out);
    Ok(if text == "null" { "{}".to_owned() } else { text.into_owned() })
}

/// What [`text`] writes for people, as the types read it: bytes as arrays of numbers.
pub(super) fn to_bytes(value: Value) -> Result<Value, String> {
    match value {
        Value::Array(items) => items.into_iter().map(to_bytes).collect(),
        Value::Object(fields) => {
            if let (1, Some(hex)) = (fields.len(), fields.get("hex").and_then(Value::as_str)) {
                return from_hex(hex).map(Value::from).ok_or_else(|| format!("{hex:?} is not hexadecimal"));
            }
            let read = |(key, value): (String, Value)| {
                let uuid = value.as_str().filter(|_| key == "uuid").map(str::parse::<Uuid>);
                let value = match uuid {
                    Some(Ok(Uuid(bytes))) => Value::from(bytes.to_vec()),
                    Some(Err(_)) => return Err(format!("uuid: {value} is no UUID")),
                    None => to_bytes(value)?,
                };
                Ok((key, value))
            };
            fields.into_iter().map(read).collect::<Result<_, _>>().map(Value::Object)
        }
        other => Ok(other),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| digit.try_into().ok())).collect();
    let pairs = digits?;
    pairs.chunks(2).map(|pair| <[u8; 2]>::try_from(pair).ok().map(|[high, low]| high << 4 | low)).collect()
}

/// Writes bytes in a way of its own, and all else as usual.
struct Readable(PrettyFormatter<'static>);

impl Formatter for Readable {
    fn write_byte_array<W: ?Sized + Write>(&mut self, writer: &mut W, bytes: &[u8]) -> io::Result<()> {
        match <[u8; 16]>::try_from(bytes) {
            Ok(uuid) => write!(writer, "\"{}\"", Uuid(uuid)),
            Err(_) => {
                writer.write_all(b"{\"hex\": \"")?;
                bytes.iter().try_for_each(|byte| write!(writer, "{byte:02x}"))?;
                writer.write_all(b"\"}")
            }
        }
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use virtwire::protocol::remote::{Domain, DomainMemoryPeekReply};

    #[test]
    fn what_is_written_can_be_read() {
        let domain = Domain { name: "web1".into(), uuid: [0xab; 16], id: 7 };
        let written = text(&domain).unwrap();
        assert!(written.contains("\"abababab-abab-abab-abab-abababababab\""), "{written}");
        let read = to_bytes(serde_json::from_str(&written).unwrap()).unwrap();
        assert_eq!(serde_json::from_value::<Domain>(read).unwrap(), domain);

        let peek = DomainMemoryPeekReply { buffer: vec![0, 0xff, 16] };
        let written = text(&peek).unwrap();
        assert!(written.contains("{\"hex\": \"00ff10\"}"), "{written}");
        let read = to_bytes(serde_json::from_str(&written).unwrap()).unwrap();
        assert_eq!(serde_json::from_value::<DomainMemoryPeekReply>(read).unwrap(), peek);

        assert_eq!(text(&()).unwrap(), "{}");
    }

    #[test]
    fn bytes_that_are_none_are_told() {
        assert!(to_bytes(json!({"cookie": {"hex": "abc"}})).unwrap_err().contains("abc"));
        assert!(to_bytes(json!({"dom": {"uuid": "web1"}})).unwrap_err().contains("uuid"));
    }
}
