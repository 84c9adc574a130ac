//! Values of any type, from a seed; and one at a time every choice that a type leaves open.
//!
//! A value is made by walking the type in the order of the wire. At a number, an optional, a length, a byte the next
//! number of the seed decides. On the way to a chosen [`Site`] what leads there is present, and its own choice is
//! made as told.

use std::collections::BTreeSet;

use virtwire_idl::model::Basic;

use crate::schema::Schema;
use crate::value::Value;

/// A place in a type where something can be chosen: the number of the part at each level on the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) route: Vec<usize>,
    pub(crate) choice: Choice,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    Length(usize),
    Present(bool),
    /// The word of an enum or a bool.
    Word(i32),
    /// Of a union.
    Discriminant(i32),
    /// The bits of a number.
    Bits(u64),
}

/// splitmix64.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// A value in which nothing in particular is chosen.
pub(crate) fn value(schema: &Schema, seed: u64) -> Value {
    Fill { random: Random(seed), length_max: 5, choice: None }.make(schema, None)
}

/// A value with this choice made, and little else: arrays elsewhere have at most one element.
pub(crate) fn value_at(schema: &Schema, site: &Site, seed: u64) -> Value {
    let mut fill = Fill { random: Random(seed), length_max: 1, choice: Some(&site.choice) };
    fill.make(schema, Some(&site.route))
}

struct Fill<'a> {
    random: Random,
    length_max: usize,
    choice: Option<&'a Choice>,
}

impl Fill<'_> {
    /// `route` is what is left of the way to the chosen site, if this lies on it.
    fn make(&mut self, schema: &Schema, route: Option<&[usize]>) -> Value {
        let here = if route == Some(&[]) { self.choice } else { None };
        let onward = route.and_then(<[usize]>::split_first);
        let through = |part: usize| onward.filter(|(first, _)| **first == part).map(|(_, rest)| rest);
        match schema {
            Schema::Basic(_) | Schema::Enum(_) => Value::Bits(self.number(schema, here)),
            Schema::String(bound) => {
                let len = self.length(*bound, here);
                // C ends its strings with a zero.
                Value::Bytes(self.bytes(len, 1))
            }
            Schema::Opaque(bound) | Schema::Chars(bound) => {
                let len = self.length(*bound, here);
                Value::Bytes(self.bytes(len, 0))
            }
            Schema::FixedOpaque(len) | Schema::FixedChars(len) => Value::Bytes(self.bytes(*len as usize, 0)),
            Schema::Optional(of) => {
                let present = match here {
                    Some(Choice::Present(present)) => *present,
                    _ => onward.is_some() || self.length_max > 0 && self.random.below(2) == 1,
                };
                Value::Optional(present.then(|| Box::new(self.make(of, through(0)))))
            }
            Schema::Array(of, bound) => {
                let len = self.length(*bound, here).max(usize::from(onward.is_some()));
                // An array that is full is full of what is least: absent, empty.
                let crowded = std::mem::replace(&mut self.length_max, if len > 100 { 0 } else { 1 });
                let route = |index| if index == 0 { through(0) } else { None };
                let elements = (0..len).map(|index| self.make(of, route(index))).collect();
                self.length_max = crowded;
                Value::List(elements)
            }
            Schema::FixedArray(of, len) => Value::List(
                (0..*len).map(|index| self.make(of, if index == 0 { through(0) } else { None })).collect(),
            ),
            Schema::Record(_, fields) => {
                let fields = fields.iter().enumerate();
                Value::Record(
                    fields.map(|(at, (name, of))| (name.clone(), self.make(of, through(at)))).collect(),
                )
            }
            Schema::Union(_, arms, default) => {
                let discriminant = match (here, onward) {
                    (Some(Choice::Discriminant(discriminant)), _) => *discriminant,
                    (_, Some((arm, _))) => arms[*arm].0[0],
                    _ => arms[self.random.below(arms.len())].0[0],
                };
                let at = arms.iter().position(|(cases, _)| cases.contains(&discriminant));
                let content = crate::reference::arm(arms, default, discriminant).flatten();
                let route = at.and_then(through);
                Value::Union(discriminant, content.map(|of| Box::new(self.make(of, route))))
            }
        }
    }

    /// Of this value at least. Long ones repeat themselves.
    fn bytes(&mut self, len: usize, least: u8) -> Vec<u8> {
        let block = (0..len.min(997)).map(|_| (self.random.next() as u8).max(least)).collect::<Vec<_>>();
        let mut bytes = block.repeat(len.div_ceil(block.len().max(1)));
        bytes.truncate(len);
        bytes
    }

    fn length(&mut self, bound: u32, here: Option<&Choice>) -> usize {
        match here {
            Some(Choice::Length(len)) => *len,
            _ => self.random.below(self.length_max.min(bound as usize) + 1),
        }
    }

    fn number(&mut self, schema: &Schema, here: Option<&Choice>) -> u64 {
        let random = self.random.next();
        match (here, schema) {
            (Some(Choice::Word(word)), _) => word.cast_unsigned().into(),
            (Some(Choice::Bits(bits)), _) => bits & mask(schema),
            (_, Schema::Enum(values)) => (values[random as usize % values.len()].cast_unsigned()).into(),
            (_, schema) => random & mask(schema),
        }
    }
}

/// The bits that a number has.
fn mask(schema: &Schema) -> u64 {
    match schema {
        Schema::Basic(Basic::Bool) => 1,
        Schema::Basic(Basic::Char | Basic::UnsignedChar) => 0xff,
        Schema::Basic(Basic::Short | Basic::UnsignedShort) => 0xffff,
        Schema::Basic(Basic::Hyper | Basic::UnsignedHyper | Basic::Double) => u64::MAX,
        _ => u32::MAX.into(),
    }
}

/// Every choice that a type leaves open, at the values where mistakes are made: lengths 0, 1, the bound, one
/// less and one more, each arm, each name of an enum and two numbers without one, the least and the greatest number.
///
/// A bound of more than [`LARGE`] is reached in the record whose own field it is, and only there.
pub(crate) fn sites(schema: &Schema) -> Vec<Site> {
    let mut sites = Vec::new();
    collect(schema, &mut Vec::new(), 0, &mut sites);
    sites
}

/// Bytes or elements of what is not made at full size more often than needed.
pub(crate) const LARGE: u32 = 4096;

fn collect(schema: &Schema, route: &mut Vec<usize>, records: usize, sites: &mut Vec<Site>) {
    let at = route.clone();
    let mut choose = |choice| sites.push(Site { route: at.clone(), choice });
    let mut parts: Vec<(usize, &Schema)> = Vec::new();
    match schema {
        Schema::Basic(basic) => {
            let extremes = match basic {
                // Not a number with a payload, and negative zero.
                Basic::Double => vec![0x7ff0_0000_dead_beef, 1 << 63],
                Basic::Float => vec![0x7f80_beef, 1 << 31],
                Basic::Bool => vec![0, 1],
                _ => vec![
                    0,
                    u64::MAX,
                    0x7f,
                    0x80,
                    0x7fff,
                    0x8000,
                    i32::MAX as u64,
                    1 << 31,
                    i64::MAX as u64,
                    1 << 63,
                ],
            };
            extremes.into_iter().for_each(|bits| choose(Choice::Bits(bits)));
        }
        Schema::Enum(values) => {
            let holes = [-1, 0, i32::MAX, i32::MIN].iter().filter(|number| !values.contains(number)).take(2);
            values.iter().chain(holes).for_each(|value| choose(Choice::Word(*value)));
        }
        Schema::String(bound) | Schema::Opaque(bound) | Schema::Chars(bound) => {
            lengths(*bound, records).for_each(|len| choose(Choice::Length(len)));
        }
        Schema::FixedOpaque(_) | Schema::FixedChars(_) => {}
        Schema::Optional(of) => {
            [false, true].into_iter().for_each(|present| choose(Choice::Present(present)));
            parts.push((0, of));
        }
        Schema::Array(of, bound) => {
            lengths(*bound, records).for_each(|len| choose(Choice::Length(len)));
            parts.push((0, of));
        }
        Schema::FixedArray(of, _) => parts.push((0, of)),
        Schema::Record(_, fields) => parts.extend(fields.iter().map(|(_, of)| of).enumerate()),
        Schema::Union(_, arms, default) => {
            let listed = arms.iter().flat_map(|(cases, _)| cases);
            let other = (1000..1002).filter(|_| default.is_some()).collect::<Vec<_>>();
            listed.chain(&other).for_each(|value| choose(Choice::Discriminant(*value)));
            parts.extend(arms.iter().enumerate().filter_map(|(at, (_, of))| of.as_ref().map(|of| (at, of))));
        }
    }
    for (part, of) in parts {
        route.push(part);
        collect(of, route, records + usize::from(matches!(schema, Schema::Record(..))), sites);
        route.pop();
    }
}

fn lengths(bound: u32, records: usize) -> impl Iterator<Item = usize> {
    let reachable = if bound > LARGE && records > 1 { 1 } else { bound };
    let below = if bound > LARGE { 1 } else { bound.saturating_sub(1) };
    let beyond = if reachable == bound { bound + 1 } else { 1 };
    let lengths = BTreeSet::from([0, 1.min(bound), below, reachable, beyond]);
    lengths.into_iter().map(|len| len as usize)
}
