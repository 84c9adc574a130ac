//! A second codec, slow and obvious, that follows the specification as it reads it: what bytes a value should be, and
//! what any bytes should be decoded into, or refused for.

use virtwire_idl::model::Basic;
use virtwire_xdr::Kind;

use crate::schema::Schema;
use crate::value::Value;

pub(crate) fn encode(schema: &Schema, value: &Value) -> Vec<u8> {
    let mut wire = Vec::new();
    write(schema, value, &mut wire);
    wire
}

fn write(schema: &Schema, value: &Value, wire: &mut Vec<u8>) {
    let word = |wire: &mut Vec<u8>, word: u32| wire.extend(word.to_be_bytes());
    match (schema, value) {
        (Schema::Basic(basic), Value::Bits(bits)) => match basic {
            Basic::Hyper | Basic::UnsignedHyper | Basic::Double => wire.extend(bits.to_be_bytes()),
            Basic::Char => word(wire, *bits as i8 as u32),
            Basic::Short => word(wire, *bits as i16 as u32),
            Basic::UnsignedChar => word(wire, u32::from(*bits as u8)),
            Basic::UnsignedShort => word(wire, u32::from(*bits as u16)),
            _ => word(wire, *bits as u32),
        },
        (Schema::Enum(_), Value::Bits(bits)) => word(wire, *bits as u32),
        (Schema::String(_) | Schema::Opaque(_), Value::Bytes(bytes)) => {
            word(wire, bytes.len() as u32);
            wire.extend(bytes);
            wire.resize(wire.len().next_multiple_of(4), 0);
        }
        (Schema::FixedOpaque(_), Value::Bytes(bytes)) => {
            wire.extend(bytes);
            wire.resize(wire.len().next_multiple_of(4), 0);
        }
        (Schema::Chars(_), Value::Bytes(bytes)) => {
            word(wire, bytes.len() as u32);
            bytes.iter().for_each(|byte| word(wire, *byte as i8 as u32));
        }
        (Schema::FixedChars(_), Value::Bytes(bytes)) => {
            bytes.iter().for_each(|byte| word(wire, *byte as i8 as u32));
        }
        (Schema::Optional(of), Value::Optional(value)) => {
            word(wire, u32::from(value.is_some()));
            if let Some(value) = value {
                write(of, value, wire);
            }
        }
        (Schema::Array(of, _), Value::List(elements)) => {
            word(wire, elements.len() as u32);
            elements.iter().for_each(|element| write(of, element, wire));
        }
        (Schema::FixedArray(of, _), Value::List(elements)) => {
            elements.iter().for_each(|element| write(of, element, wire));
        }
        (Schema::Record(_, schemas), Value::Record(fields)) => {
            schemas.iter().zip(fields).for_each(|((_, schema), (_, value))| write(schema, value, wire));
        }
        (Schema::Union(_, arms, default), Value::Union(discriminant, content)) => {
            word(wire, discriminant.cast_unsigned());
            if let (Some(Some(of)), Some(content)) = (arm(arms, default, *discriminant), content) {
                write(of, content, wire);
            }
        }
        _ => panic!("{value:?} is no {schema:?}"),
    }
}

/// What a discriminant chooses: nothing, `void` or something.
pub(crate) fn arm<'a>(
    arms: &'a [(Vec<i32>, Option<Schema>)],
    default: &'a Option<Option<Box<Schema>>>,
    discriminant: i32,
) -> Option<Option<&'a Schema>> {
    let listed = arms.iter().find(|(cases, _)| cases.contains(&discriminant));
    listed.map(|(_, of)| of.as_ref()).or_else(|| default.as_ref().map(Option::as_deref))
}

/// Why bytes are refused, where, and in which field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) offset: usize,
    pub(crate) path: String,
}

/// A word that decides about what follows it, or that not every number fits.
#[derive(Clone, Debug)]
pub(crate) enum Spot {
    Length {
        bound: u32,
    },
    /// Of a union.
    Discriminant,
    Enumeration,
    Optional,
    /// A bool, or a number of fewer bits than its word.
    Narrow,
    /// The last word of bytes that do not fill it.
    Padding,
}

/// How far decoding came, what it made of the bytes, and on which words it hung.
pub(crate) struct Decoded {
    pub(crate) value: Result<Value, Fault>,
    pub(crate) end: usize,
    pub(crate) spots: Vec<(usize, Spot)>,
}

/// Decodes the start of the bytes; strict, or as lenient as real daemons.
pub(crate) fn decode_prefix(schema: &Schema, wire: &[u8], lenient: bool) -> Decoded {
    let root = match schema {
        Schema::Record(name, _) | Schema::Union(name, ..) => name.clone(),
        _ => String::new(),
    };
    let mut reader = Reader { wire, at: 0, lenient, path: vec![root], spots: Vec::new() };
    let value = reader.read(schema);
    Decoded { value, end: reader.at, spots: reader.spots }
}

/// Decodes all of the bytes, strictly.
pub(crate) fn decode(schema: &Schema, wire: &[u8]) -> Decoded {
    let mut decoded = decode_prefix(schema, wire, false);
    if decoded.value.is_ok() && decoded.end < wire.len() {
        let kind = Kind::Trailing { bytes: wire.len() - decoded.end };
        decoded.value = Err(Fault { kind, offset: decoded.end, path: String::new() });
    }
    decoded
}

struct Reader<'a> {
    wire: &'a [u8],
    at: usize,
    lenient: bool,
    path: Vec<String>,
    spots: Vec<(usize, Spot)>,
}

impl Reader<'_> {
    fn fault<T>(&self, kind: Kind, offset: usize) -> Result<T, Fault> {
        Err(Fault { kind, offset, path: self.path.concat() })
    }

    fn bytes(&mut self, len: usize) -> Result<Vec<u8>, Fault> {
        match self.wire[self.at..].get(..len) {
            Some(bytes) => {
                self.at += len;
                Ok(bytes.to_vec())
            }
            None => self.fault(Kind::Eof, self.at),
        }
    }

    fn word(&mut self) -> Result<u32, Fault> {
        Ok(self.bytes(4)?.iter().fold(0, |word, byte| word << 8 | u32::from(*byte)))
    }

    fn within<R>(
        &mut self,
        segment: String,
        read: impl FnOnce(&mut Self) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        self.path.push(segment);
        let value = read(self)?;
        self.path.pop();
        Ok(value)
    }

    fn length(&mut self, bound: u32) -> Result<usize, Fault> {
        self.spots.push((self.at, Spot::Length { bound }));
        let len = self.word()? as usize;
        if len > bound as usize {
            return self.fault(Kind::TooLong { len, bound }, self.at - 4);
        }
        Ok(len)
    }

    fn padded(&mut self, len: usize) -> Result<Value, Fault> {
        let mut bytes = self.bytes(len.next_multiple_of(4))?;
        if !len.is_multiple_of(4) {
            self.spots.push((self.at - 4, Spot::Padding));
        }
        if bytes.split_off(len).iter().any(|byte| *byte != 0) && !self.lenient {
            return self.fault(Kind::Padding, self.at - (len.next_multiple_of(4) - len));
        }
        Ok(Value::Bytes(bytes))
    }

    fn chars(&mut self, len: usize) -> Result<Value, Fault> {
        Ok(Value::Bytes(self.bytes(len * 4)?.chunks(4).map(|word| word[3]).collect()))
    }

    fn list(&mut self, of: &Schema, len: usize) -> Result<Value, Fault> {
        let mut element = |index| self.within(format!("[{index}]"), |reader| reader.read(of));
        (0..len).map(&mut element).collect::<Result<_, _>>().map(Value::List)
    }

    fn read(&mut self, schema: &Schema) -> Result<Value, Fault> {
        match schema {
            Schema::Basic(basic) => self.basic(*basic),
            Schema::Enum(_) => {
                self.spots.push((self.at, Spot::Enumeration));
                self.word().map(|word| Value::Bits(word.into()))
            }
            Schema::String(bound) | Schema::Opaque(bound) => {
                let len = self.length(*bound)?;
                self.padded(len)
            }
            Schema::FixedOpaque(len) => self.padded(*len as usize),
            Schema::Chars(bound) => {
                let len = self.length(*bound)?;
                self.chars(len)
            }
            Schema::FixedChars(len) => self.chars(*len as usize),
            Schema::Optional(of) => {
                self.spots.push((self.at, Spot::Optional));
                match self.word()? {
                    0 => Ok(Value::Optional(None)),
                    1 => self.read(of).map(|value| Value::Optional(Some(Box::new(value)))),
                    _ if self.lenient => self.read(of).map(|value| Value::Optional(Some(Box::new(value)))),
                    value => self.fault(Kind::Optional { value }, self.at - 4),
                }
            }
            Schema::Array(of, bound) => {
                let len = self.length(*bound)?;
                // No element is less than a word, so that a count can be known to be too high.
                if len > (self.wire.len() - self.at) / 4 {
                    return self.fault(Kind::Eof, self.at);
                }
                self.list(of, len)
            }
            Schema::FixedArray(of, len) => self.list(of, *len as usize),
            Schema::Record(_, fields) => {
                let field = |(name, of): &(String, Schema)| {
                    let value = self.within(format!(".{name}"), |reader| reader.read(of))?;
                    Ok((name.clone(), value))
                };
                fields.iter().map(field).collect::<Result<_, _>>().map(Value::Record)
            }
            Schema::Union(_, arms, default) => {
                self.spots.push((self.at, Spot::Discriminant));
                let value = self.word()?.cast_signed();
                match arm(arms, default, value) {
                    Some(Some(of)) => {
                        self.read(of).map(|content| Value::Union(value, Some(Box::new(content))))
                    }
                    Some(None) => Ok(Value::Union(value, None)),
                    None => self.fault(Kind::Discriminant { value }, self.at - 4),
                }
            }
        }
    }

    fn basic(&mut self, basic: Basic) -> Result<Value, Fault> {
        let range = match basic {
            Basic::Hyper | Basic::UnsignedHyper | Basic::Double => {
                let bytes = self.bytes(8)?;
                return Ok(Value::Bits(bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte))));
            }
            Basic::Bool => 0..=1,
            // Sign-extended or zero-extended: peers do both.
            Basic::Char => -0x80..=0xff,
            Basic::UnsignedChar => 0..=0xff,
            Basic::Short => -0x8000..=0x7fff,
            Basic::UnsignedShort => 0..=0xffff,
            Basic::Int | Basic::UnsignedInt | Basic::Float => i32::MIN..=i32::MAX,
            Basic::Quadruple => panic!("no specification here has a quadruple"),
        };
        if range != (i32::MIN..=i32::MAX) {
            self.spots.push((self.at, Spot::Narrow));
        }
        let word = self.word()?;
        let value = word.cast_signed();
        if basic == Basic::Bool && !range.contains(&value) {
            return self.fault(Kind::Bool { value: word }, self.at - 4);
        }
        if !range.contains(&value) && !self.lenient {
            return self.fault(Kind::Range { value }, self.at - 4);
        }
        let mask = if range.end() <= &0xff {
            0xff
        } else if range.end() <= &0xffff {
            0xffff
        } else {
            u32::MAX
        };
        Ok(Value::Bits((word & mask).into()))
    }
}
