//! For every value and for every byte.

use std::fmt::Debug;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use virtwire_xdr::{
    Array, Chars, FixedArray, FixedOpaque, Kind, MEMORY_BASE, MEMORY_FACTOR, Opaque, Optional, Options,
    Plain, Str, Text, encoded_len, from_slice, record, to_vec,
};

use crate::enumerations::{AuthType, Sparse};
use crate::records::{Domain, DomainList, TypedParam};
use crate::unions::{Extension, Outcome, TypedParamValue, Version};

/// Every construct of the language, each a few times.
#[derive(Clone, Debug, PartialEq)]
struct Everything {
    domains: DomainList,
    params: Vec<TypedParam>,
    auth: Vec<AuthType>,
    sparse: Option<Sparse>,
    version: Version,
    extensions: [Extension; 2],
    outcome: Option<Outcome>,
    names: Vec<Option<Text>>,
    cookie: Vec<u8>,
    uuids: Vec<[u8; 5]>,
    narrow: (u8, i16, u16, bool),
    unbounded: (String, Vec<Vec<u32>>),
}

record! {
    "everything" => Everything {
        domains: Plain,
        params: Array<16>,
        auth: Array<8>,
        sparse: Optional,
        version: Plain,
        extensions: FixedArray<2>,
        outcome: Optional,
        names: Array<8, Optional<Str<12>>>,
        cookie: Opaque<32>,
        uuids: Array<4, FixedOpaque<5>>,
        narrow: Plain,
        unbounded: Plain,
    }
}

fn text(max: usize) -> impl Strategy<Value = Text> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..=max).prop_map(Text::from),
        prop::collection::vec(prop::char::range('a', 'z'), 0..=max)
            .prop_map(|letters| Text::from(letters.into_iter().collect::<String>())),
    ]
}

prop_compose! {
    fn domain()(name in text(64), uuid in any::<[u8; 16]>(), id in any::<i32>()) -> Domain {
        Domain { name, uuid, id }
    }
}

prop_compose! {
    fn typed_param()(
        field in text(16),
        value in prop_oneof![
            any::<i32>().prop_map(TypedParamValue::Int),
            any::<u32>().prop_map(TypedParamValue::UInt),
            any::<i64>().prop_map(TypedParamValue::LLong),
            any::<u64>().prop_map(TypedParamValue::ULLong),
            any::<i32>().prop_map(|quarters| TypedParamValue::Double(f64::from(quarters) / 4.0)),
            any::<i32>().prop_map(TypedParamValue::Boolean),
            text(8).prop_map(TypedParamValue::String),
        ],
    ) -> TypedParam {
        TypedParam { field, value }
    }
}

fn auth() -> impl Strategy<Value = AuthType> {
    let unknown =
        any::<i32>().prop_filter("listed", |value| !(0..=2).contains(value)).prop_map(AuthType::Unknown);
    prop_oneof![Just(AuthType::None), Just(AuthType::Sasl), Just(AuthType::Polkit), unknown]
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![
        prop::collection::vec(any::<u32>(), 0..=2).prop_map(Version::Two),
        Just(Version::Nothing),
        any::<i32>().prop_filter("listed", |value| ![2, -5].contains(value)).prop_map(Version::Other),
    ]
}

fn extension() -> impl Strategy<Value = Extension> {
    prop_oneof![
        any::<Option<bool>>().prop_map(Extension::High),
        (0_u32..0x8000_0000, prop::collection::vec(any::<u8>(), 0..=4))
            .prop_map(|(discriminant, data)| Extension::Other(discriminant, data)),
    ]
}

prop_compose! {
    fn everything()(
        (domains, ret) in (prop::collection::vec(domain(), 0..=4), any::<u32>()),
        params in prop::collection::vec(typed_param(), 0..=6),
        auth in prop::collection::vec(auth(), 0..=8),
        sparse in prop::option::of(prop::sample::select(vec![Sparse::Minus, Sparse::Zero, Sparse::High])),
        (version, extensions) in (version(), [extension(), extension()]),
        outcome in prop::option::of(prop_oneof![
            Just(Outcome::Failed),
            any::<u32>().prop_map(Outcome::Done),
        ]),
        names in prop::collection::vec(prop::option::of(text(12)), 0..=8),
        cookie in prop::collection::vec(any::<u8>(), 0..=32),
        uuids in prop::collection::vec(any::<[u8; 5]>(), 0..=4),
        narrow in any::<(u8, i16, u16, bool)>(),
        unbounded in (".{0,9}", prop::collection::vec(prop::collection::vec(any::<u32>(), 0..3), 0..3)),
    ) -> Everything {
        Everything {
            domains: DomainList { domains, ret },
            params, auth, sparse, version, extensions, outcome, names, cookie, uuids, narrow, unbounded,
        }
    }
}

/// Whatever is accepted is what would have been written, and no more memory than is allowed.
fn accepted_or_refused<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    match from_slice::<T>(bytes) {
        Ok(value) => {
            assert_eq!(to_vec(&value).unwrap(), bytes);
            assert_eq!(encoded_len(&value).unwrap(), bytes.len());
        }
        Err(error) => {
            assert!(error.offset() <= bytes.len(), "{error}");
            if let Kind::Budget { limit } = error.kind() {
                assert_eq!(limit, bytes.len() * MEMORY_FACTOR + MEMORY_BASE);
            }
        }
    }
    if let Ok(value) = Options::lenient().from_slice::<T>(bytes) {
        // Once through our own hands it is strict.
        let strict = to_vec(&value).unwrap();
        assert_eq!(to_vec(&from_slice::<T>(&strict).unwrap()).unwrap(), strict);
    }
}

proptest! {
    #[test]
    fn what_was_written_is_read(value in everything()) {
        let wire = to_vec(&value).unwrap();
        prop_assert_eq!(wire.len() % 4, 0);
        prop_assert_eq!(encoded_len(&value).unwrap(), wire.len());
        prop_assert_eq!(from_slice::<Everything>(&wire).unwrap(), value);
    }

    #[test]
    fn what_was_written_in_json_is_read(value in everything()) {
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<Everything>(&json).unwrap(), value);
    }

    #[test]
    fn every_prefix_is_refused(value in everything(), cut in any::<prop::sample::Index>()) {
        let wire = to_vec(&value).unwrap();
        let error = from_slice::<Everything>(&wire[..cut.index(wire.len())]).unwrap_err();
        prop_assert_eq!(error.kind(), Kind::Eof);
        prop_assert!(error.path().starts_with("everything."));
    }

    /// A word replaced by one of those that break decoders.
    #[test]
    fn a_wrong_word_is_accepted_as_it_stands_or_refused(
        value in everything(),
        at in any::<prop::sample::Index>(),
        word in prop_oneof![
            Just(0_u32), Just(1), Just(2), Just(3), Just(16), Just(17), Just(u32::MAX), Just(1 << 31), any::<u32>()
        ],
    ) {
        let mut wire = to_vec(&value).unwrap();
        let at = at.index(wire.len() / 4) * 4;
        wire[at..at + 4].copy_from_slice(&word.to_be_bytes());
        accepted_or_refused::<Everything>(&wire);
    }

    #[test]
    fn any_bytes_are_accepted_as_they_stand_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        accepted_or_refused::<Everything>(&bytes);
        accepted_or_refused::<DomainList>(&bytes);
        accepted_or_refused::<Vec<Option<Text>>>(&bytes);
        accepted_or_refused::<(Extension, Version)>(&bytes);
        accepted_or_refused::<String>(&bytes);
        accepted_or_refused::<TypedParam>(&bytes);
    }

    /// Words of few values, so that some of it is accepted.
    #[test]
    fn small_words_are_accepted_as_they_stand_or_refused(words in prop::collection::vec(0_u32..5, 0..40)) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        accepted_or_refused::<Everything>(&bytes);
        accepted_or_refused::<Vec<Vec<Vec<Option<bool>>>>>(&bytes);
        accepted_or_refused::<(Vec<Version>, Vec<Text>)>(&bytes);
        accepted_or_refused::<Vec<Outcome>>(&bytes);
        accepted_or_refused::<Vec<TypedParam>>(&bytes);
    }

    #[test]
    fn chars_are_the_low_bytes_of_words(words in prop::collection::vec(any::<u32>(), 0..40)) {
        let wire = to_vec(&words).unwrap();
        let chars: crate::wire::By<Chars<40>, Vec<u8>> = from_slice(&wire).unwrap();
        let low: Vec<u8> = words.iter().map(|word| *word as u8).collect();
        prop_assert_eq!(&chars.value, &low);
        let again = to_vec(&chars).unwrap();
        prop_assert_eq!(from_slice::<crate::wire::By<Chars<40>, Vec<u8>>>(&again).unwrap().value, low);
    }
}
