//! What an error says, and what it leaves behind.

use serde::{Deserialize, Serialize};
use virtwire_xdr::{
    CStrings, Chars, Error, FixedChars, FixedOpaque, Kind, Opaque, Optional, Str, Text, encode, from_slice,
    to_vec,
};

use crate::wire::{By, hex, refused};

#[test]
fn an_error_is_one_word_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

#[test]
fn an_error_is_an_error() {
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_error::<Error>();
}

#[test]
fn each_kind_has_its_line() {
    line(refused::<u32>("0000", Kind::Eof, 0), "input ends: 4 bytes needed, 2 left at offset 0");
    line(refused::<u64>("00000000 0000", Kind::Eof, 0), "input ends: 8 bytes needed, 6 left at offset 0");
    line(
        refused::<By<Opaque<3>, Vec<u8>>>("00000004", Kind::TooLong { len: 4, bound: 3 }, 0),
        "opaque of 4 bytes exceeds its bound of 3 at offset 0",
    );
    line(refused::<bool>("00000002", Kind::Bool { value: 2 }, 0), "bool of 2 is neither 0 nor 1 at offset 0");
    line(
        refused::<Option<u8>>("00000002", Kind::Optional { value: 2 }, 0),
        "optional marked 2, which is neither 0 nor 1 at offset 0",
    );
    line(
        refused::<u8>("00000100", Kind::Range { value: 256 }, 0),
        "word of 256 does not fit 8 bits at offset 0",
    );
    line(
        refused::<u16>("ffffffff", Kind::Range { value: -1 }, 0),
        "word of -1 does not fit 16 bits at offset 0",
    );
    line(refused::<String>("00000001 61000001", Kind::Padding, 5), "padding is not zero at offset 5");
    line(
        refused::<u32>("00000000 00000000 00", Kind::Trailing { bytes: 5 }, 4),
        "5 bytes left over at offset 4",
    );
    line(refused::<String>("00000001 ff000000", Kind::Utf8, 0), "string is not UTF-8 at offset 0");
    line(refused::<char>("00000000", Kind::Unsupported, 0), "XDR has no Unicode character at offset 0");
    line(
        refused::<std::num::NonZeroU32>("00000000", Kind::Custom, 0),
        "invalid value: integer `0`, expected a nonzero u32 at offset 0",
    );

    fn line(error: Error, expected: &str) {
        assert_eq!(error.to_string(), expected);
    }
}

/// Where a peer would take a string to end before it does, a sink of C's strings takes none of it; of opaque data it takes all.
#[test]
fn a_string_with_a_nul_is_none_of_cs() {
    #[derive(Serialize)]
    struct Both<'a> {
        text: Text,
        string: &'a str,
        #[serde(with = "Optional::<Str<64>>")]
        bounded: Option<Text>,
        many: Vec<&'a str>,
        formatted: Formatted<'a>,
        #[serde(with = "Opaque::<64>")]
        opaque: &'a [u8],
        #[serde(with = "FixedOpaque::<3>")]
        fixed: [u8; 3],
        #[serde(with = "Chars::<64>")]
        chars: &'a [u8],
        #[serde(with = "FixedChars::<3>")]
        fixed_chars: [u8; 3],
    }
    struct Formatted<'a>(&'a str);
    impl Serialize for Formatted<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&format_args!("a {}", self.0))
        }
    }
    let opaque = b"a\0b";
    let both = || Both {
        text: "text".into(),
        string: "string",
        bounded: Some("bounded".into()),
        many: vec!["a", "b"],
        formatted: Formatted("c"),
        opaque,
        fixed: *opaque,
        chars: opaque,
        fixed_chars: *opaque,
    };
    let mut sink = CStrings(Vec::new());
    encode(&both(), &mut sink).unwrap();
    assert_eq!(sink.0, to_vec(&both()).unwrap());
    let whole = sink.0.len();
    for (wrong, path, at) in [
        (Both { text: "te\0xt\0".into(), ..both() }, "Both.text", 2),
        (Both { string: "\0", ..both() }, "Both.string", 0),
        (Both { bounded: Some("a name that is long\0".into()), ..both() }, "Both.bounded", 19),
        (Both { many: vec!["a", "b\0"], ..both() }, "Both.many[1]", 1),
        (Both { formatted: Formatted("\0c\0"), ..both() }, "Both.formatted", 2),
    ] {
        let error = encode(&wrong, &mut sink).unwrap_err();
        assert_eq!((error.kind(), error.path().as_str()), (Kind::Nul { at }, path), "{error}");
        let told = format!("string has a NUL at its byte {at}, where C takes it to end, at offset ");
        assert!(error.to_string().starts_with(&told), "{error}");
        assert_eq!(sink.0.len(), whole, "nothing is left of it");
        assert!(to_vec(&wrong).is_ok());
    }
}

#[test]
fn an_error_of_a_type_itself_has_offset_and_path() {
    #[derive(Debug, Deserialize)]
    #[serde(rename = "outer")]
    struct Outer {
        _id: u32,
        _weight: std::num::NonZeroU32,
    }
    let error = refused::<Outer>("00000001 00000000", Kind::Custom, 4);
    assert_eq!(
        error.to_string(),
        "invalid value: integer `0`, expected a nonzero u32 at offset 4 (outer._weight)"
    );
    assert_eq!(
        format!("{error:?}"),
        "Error(Custom, \"invalid value: integer `0`, expected a nonzero u32 at offset 4 (outer._weight)\")"
    );
}

#[test]
fn an_error_of_encoding_leaves_the_sink_as_it_was() {
    #[derive(Serialize)]
    struct Half {
        id: u32,
        bad: char,
    }
    let mut sink = vec![1, 2, 3];
    let error = encode(&Half { id: 7, bad: 'x' }, &mut sink).unwrap_err();
    assert_eq!(sink, [1, 2, 3]);
    assert_eq!((error.kind(), error.offset(), error.path().as_str()), (Kind::Unsupported, 4, "Half.bad"));
}

#[test]
fn an_error_raised_while_encoding_has_an_offset() {
    struct Refuses;
    impl Serialize for Refuses {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no, thank you"))
        }
    }
    assert_eq!(to_vec(&("abc", Refuses)).unwrap_err().to_string(), "no, thank you at offset 8 ([1])");
    let error = from_slice::<Vec<u32>>(&hex("00000002 00000001")).unwrap_err();
    assert_eq!(error.path(), "");
}
