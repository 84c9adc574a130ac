//! What the macros' expansions call. Not public API.

use core::fmt;
use core::marker::PhantomData;

use alloc::string::ToString;
pub use serde;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::codec::{Aligned, AlignedSeed, DecodeAs, Seed};

/// A field's name, without the `r#` that it may have in Rust.
pub const fn field_name(name: &'static str) -> &'static str {
    if let [b'r', b'#', ..] = name.as_bytes() { name.split_at(2).1 } else { name }
}

/// The next field of a record in XDR.
#[inline(always)]
pub fn next_field<'de, C: DecodeAs<'de, T>, T, A: SeqAccess<'de>>(
    fields: &mut A,
    record: &'static str,
) -> Result<Aligned<T>, A::Error> {
    match fields.next_element_seed(AlignedSeed::<C, T>::new())? {
        Some(value) => Ok(value),
        None => Err(A::Error::custom(format_args!("{record} lacks its last fields"))),
    }
}

/// Reads the fields of a record in JSON, in any order, each into its place: names and `places` belong together.
pub fn read_fields<'de, A: MapAccess<'de>>(
    mut fields: A,
    name: FieldName,
    places: &mut [&mut dyn ReadField<'de, A>],
) -> Result<(), A::Error> {
    let names = name.names;
    while let Some(index) = fields.next_key_seed(name)? {
        if let (Some(place), Some(name)) = (places.get_mut(index), names.get(index)) {
            if place.is_read() {
                return Err(A::Error::duplicate_field(name));
            }
            place.read(&mut fields)?;
        }
    }
    match places.iter().zip(names).find(|(place, _)| !place.is_read()) {
        Some((_, name)) => Err(A::Error::missing_field(name)),
        None => Ok(()),
    }
}

/// What a record lacks is said by `read_fields`, before.
#[cold]
pub fn incomplete<T, E: Error>(record: &'static str) -> Result<T, E> {
    Err(E::custom(format_args!("{record} lacks a field")))
}

/// A place for a field of a record in JSON, whatever its type.
pub trait ReadField<'de, A: MapAccess<'de>> {
    /// Whether there has been such a field.
    fn is_read(&self) -> bool;
    /// Reads the field's value.
    fn read(&mut self, fields: &mut A) -> Result<(), A::Error>;
}

/// The place of a field of type `T` with codec `C`.
#[derive(Debug)]
pub struct Place<'p, C, T>(&'p mut Option<T>, PhantomData<C>);

impl<'p, C, T> Place<'p, C, T> {
    /// A place that is to be read.
    pub fn new(place: &'p mut Option<T>) -> Self {
        Place(place, PhantomData)
    }
}

impl<'de, C: DecodeAs<'de, T>, T, A: MapAccess<'de>> ReadField<'de, A> for Place<'_, C, T> {
    fn is_read(&self) -> bool {
        self.0.is_some()
    }

    fn read(&mut self, fields: &mut A) -> Result<(), A::Error> {
        *self.0 = Some(fields.next_value_seed(Seed::<C, T>::new())?);
        Ok(())
    }
}

/// A field's name, as its index among the names.
#[derive(Clone, Copy, Debug)]
pub struct FieldName {
    /// As the wire has them.
    pub names: &'static [&'static str],
    /// Those that Rust has others for: Rust's, and the wire's.
    pub others: &'static [(&'static str, &'static str)],
}

impl FieldName {
    fn index(self, name: &str) -> Option<usize> {
        let index = |name: &str| self.names.iter().position(|known| *known == name);
        index(name).or_else(|| {
            let (_, wire) = self.others.iter().find(|(rust, _)| *rust == name)?;
            index(wire)
        })
    }
}

impl<'de> DeserializeSeed<'de> for FieldName {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for FieldName {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        self.index(name).ok_or_else(|| E::unknown_field(name, self.names))
    }
}

/// The values of a union's arms or of an enumeration, and their names in JSON, in the same order.
#[derive(Debug)]
pub struct Names {
    /// The words.
    pub values: &'static [i32],
    /// The names.
    pub names: &'static [&'static str],
}

impl Names {
    fn value(&self, name: &str) -> Option<i32> {
        self.names.iter().position(|known| *known == name).and_then(|index| self.values.get(index).copied())
    }

    fn name(&self, value: i32) -> Option<&'static str> {
        self.values.iter().position(|known| *known == value).and_then(|index| self.names.get(index).copied())
    }
}

/// Which arm of a union follows.
#[derive(Clone, Copy, Debug)]
pub struct Tag {
    arms: &'static Names,
    /// `None`: the default, by its name.
    value: Option<i32>,
}

impl Tag {
    /// Reads a tag of one of these arms.
    #[inline]
    pub fn of(arms: &'static Names) -> Tag {
        Tag { arms, value: None }
    }

    /// Whether this is the arm of that value.
    #[inline]
    pub fn is(self, value: i32) -> bool {
        self.value == Some(value)
    }

    /// The error of an arm that does not exist.
    #[inline(always)]
    pub fn unknown<E: Error>(self) -> E {
        unknown_arm(self.value, self.arms)
    }
}

/// Of scalars, so that a tag need not be in memory for an error that seldom comes.
#[cold]
fn unknown_arm<E: Error>(value: Option<i32>, arms: &'static Names) -> E {
    match value {
        Some(value) => E::unknown_variant(&value.to_string(), arms.names),
        None => E::unknown_variant("default", arms.names),
    }
}

impl<'de> DeserializeSeed<'de> for Tag {
    type Value = Tag;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tag, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Tag {
    type Value = Tag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an arm of a union")
    }

    #[inline]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Tag, E> {
        match u32::try_from(value) {
            Ok(value) => Ok(Tag { value: Some(value.cast_signed()), ..self }),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(value), &self)),
        }
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Tag, E> {
        match self.arms.value(name) {
            Some(value) => Ok(Tag { value: Some(value), ..self }),
            None if name == "default" => Ok(self),
            None => Err(E::unknown_variant(name, self.arms.names)),
        }
    }
}

/// Writes the default arm of a union: its discriminant, as a word and as what it is, and the value if there is one.
pub fn encode_default<S: Serializer, K: Serialize, T: Serialize>(
    serializer: S,
    wire: &'static str,
    arms: &'static Names,
    (word, kept): (i32, &K),
    value: Option<&T>,
) -> Result<S::Ok, S::Error> {
    if let Some(name) = arms.name(word) {
        return Err(S::Error::custom(format_args!(
            "default of {wire} holds {word}, the discriminant of {name}"
        )));
    }
    let index = word.cast_unsigned();
    match (serializer.is_human_readable(), value) {
        (true, None) => serializer.serialize_newtype_variant(wire, index, "default", kept),
        (true, Some(value)) => serializer.serialize_newtype_variant(wire, index, "default", &(kept, value)),
        (false, None) => serializer.serialize_unit_variant(wire, index, "default"),
        (false, Some(value)) => serializer.serialize_newtype_variant(wire, index, "default", value),
    }
}

/// Reads a void default of a union: the discriminant.
#[inline]
pub fn decode_default_void<'de, A: VariantAccess<'de>, K: Deserialize<'de>>(
    tag: Tag,
    arm: A,
    kept: impl FnOnce(i32) -> K,
) -> Result<K, A::Error> {
    match tag.value {
        Some(value) => arm.unit_variant().map(|()| kept(value)),
        None => arm.newtype_variant(),
    }
}

/// Reads a default of a union that has a value: the discriminant and the value.
#[inline]
pub fn decode_default<'de, C: DecodeAs<'de, T>, T, A: VariantAccess<'de>, K: Deserialize<'de>>(
    tag: Tag,
    arm: A,
    kept: impl FnOnce(i32) -> K,
) -> Result<(K, T), A::Error> {
    match tag.value {
        Some(value) => arm.newtype_variant_seed(Seed::<C, T>::new()).map(|content| (kept(value), content)),
        None => arm.tuple_variant(2, Pair::<C, K, T>(PhantomData)),
    }
}

/// A default in JSON: `[discriminant, value]`.
struct Pair<C, K, T>(PhantomData<(C, K, T)>);

impl<'de, C: DecodeAs<'de, T>, K: Deserialize<'de>, T> Visitor<'de> for Pair<C, K, T> {
    type Value = (K, T);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a discriminant and a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<(K, T), A::Error> {
        let kept = pair.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let value =
            pair.next_element_seed(Seed::<C, T>::new())?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        Ok((kept, value))
    }
}

/// Writes an enumeration: a word, or its name where people read it.
#[inline]
pub fn encode_enumeration<S: Serializer>(
    serializer: S,
    names: &'static Names,
    value: i32,
) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable()
        && let Some(name) = names.name(value)
    {
        return serializer.serialize_str(name);
    }
    serializer.serialize_i32(value)
}

/// Reads an enumeration.
#[inline]
pub fn decode_enumeration<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    wire: &'static str,
    names: &'static Names,
    known: impl FnOnce(i32) -> Option<T>,
) -> Result<T, D::Error> {
    let visitor = EnumerationVisitor { wire, names, known, of: PhantomData };
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(visitor)
    } else {
        deserializer.deserialize_i32(visitor)
    }
}

struct EnumerationVisitor<F, T> {
    wire: &'static str,
    names: &'static Names,
    known: F,
    of: PhantomData<fn() -> T>,
}

impl<F: FnOnce(i32) -> Option<T>, T> Visitor<'_> for EnumerationVisitor<F, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a name or a number of {}", self.wire)
    }

    #[inline]
    fn visit_i32<E: Error>(self, value: i32) -> Result<T, E> {
        match (self.known)(value) {
            Some(known) => Ok(known),
            None => Err(E::unknown_variant(&value.to_string(), self.names.names)),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        match i32::try_from(value) {
            Ok(value) => self.visit_i32(value),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(value), &self)),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        match i32::try_from(value) {
            Ok(value) => self.visit_i32(value),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(value), &self)),
        }
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        match self.names.value(name) {
            Some(value) => self.visit_i32(value),
            None => Err(E::unknown_variant(name, self.names.names)),
        }
    }
}
