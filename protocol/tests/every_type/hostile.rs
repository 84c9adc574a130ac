//! Bytes from strangers: valid encodings, cut anywhere, with each word that decides about others made a lie.

use std::collections::BTreeSet;

use crate::fill::{self, Choice};
use crate::reference::{self, Spot};
use crate::schema::Schema;

/// Small valid encodings in which, together, every arm is taken, every optional is there and absent, every array has
/// elements and none.
pub(crate) fn valid(schema: &Schema) -> BTreeSet<Vec<u8>> {
    let shape = |choice: &Choice| match choice {
        Choice::Length(len) => *len <= 1,
        Choice::Present(_) | Choice::Discriminant(_) => true,
        Choice::Word(_) | Choice::Bits(_) => false,
    };
    let sites = fill::sites(schema);
    let chosen = sites.iter().filter(|site| shape(&site.choice)).map(|site| fill::value_at(schema, site, 1));
    let values = (10..12).map(|seed| fill::value(schema, seed)).chain(chosen);
    values.map(|value| reference::encode(schema, &value)).collect()
}

/// Every prefix, the shortest first. Of more than [`PREFIXES_MAX`] bytes: the first and the last that many, and what
/// ends within a word of a [`Spot`].
pub(crate) fn prefixes<'a>(schema: &Schema, wire: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let spots = reference::decode(schema, wire).spots;
    let near = move |end: usize| spots.iter().any(|(at, _)| end.abs_diff(*at) <= 4);
    let long = wire.len();
    (0..long)
        .filter(move |end| *end <= PREFIXES_MAX || *end >= long.saturating_sub(PREFIXES_MAX) || near(*end))
        .map(move |end| &wire[..end])
}

const PREFIXES_MAX: usize = 512;

/// Every length as none, as the bound, one more, and two that are negative to some; every discriminant and every mark
/// of optional data as one that means nothing; bits where there should be none; bytes after the end.
pub(crate) fn changed(schema: &Schema, wire: &[u8]) -> Vec<Vec<u8>> {
    let mut changed = vec![[wire, &[0; 4]].concat(), [wire, &[0]].concat()];
    for (at, spot) in reference::decode(schema, wire).spots {
        let word = wire[at..at + 4].iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
        let lies = match spot {
            Spot::Length { bound } => vec![0, bound, bound.wrapping_add(1), 1 << 31, u32::MAX],
            Spot::Discriminant => vec![0, 1, 8, 1 << 31, u32::MAX, 1 << 24],
            Spot::Enumeration => vec![1 << 31, u32::MAX, i32::MAX as u32],
            Spot::Optional => vec![0, 1, 2, 1 << 24, 1 << 31, u32::MAX],
            Spot::Narrow => vec![2, 0x80, 0x100, 0x8000, 0x1_0000, 1 << 31, u32::MAX, (-0x81_i32) as u32],
            Spot::Padding => vec![word | 1],
        };
        for lie in lies.into_iter().filter(|lie| *lie != word) {
            let mut bytes = wire.to_vec();
            bytes[at..at + 4].copy_from_slice(&lie.to_be_bytes());
            changed.push(bytes);
        }
    }
    changed
}
