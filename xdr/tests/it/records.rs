//! Structures, by `record!` and by derive: RFC 4506 §4.14.

use serde::{Deserialize, Serialize};
use virtwire_xdr::{
    Array, Chars, FixedChars, FixedOpaque, Kind, Opaque, Optional, Plain, Str, Text, from_slice, record,
    to_vec,
};

use crate::enumerations::AuthType;
use crate::unions::TypedParamValue;
use crate::wire::{check, hex, refused};

pub(crate) const STRING_MAX: u32 = 64;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Domain {
    pub(crate) name: Text,
    pub(crate) uuid: [u8; 16],
    pub(crate) id: i32,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TypedParam {
    pub(crate) field: Text,
    pub(crate) value: TypedParamValue,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DomainList {
    pub(crate) domains: Vec<Domain>,
    pub(crate) ret: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NodeInfo {
    pub(crate) r#type: AuthType,
    pub(crate) model: [u8; 4],
    pub(crate) data: Vec<u8>,
    pub(crate) cookie: Vec<u8>,
    pub(crate) dom: Option<Domain>,
    pub(crate) params: Vec<TypedParam>,
    pub(crate) cpus: Option<Text>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConnectClose;

mod other {
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Elsewhere {
        pub(crate) id: u64,
    }
}

record! {
    "nonnull_domain" => Domain { name: Str<STRING_MAX>, uuid: FixedOpaque<16>, id: Plain }
    "typed_param" => TypedParam { field: Str<16>, value: Plain }
    "connect_list_all_domains_ret" => DomainList { domains: Array<20>, ret: Plain }
    "node_info" => NodeInfo {
        r#type: Plain,
        model: FixedChars<4>,
        data: Chars<8>,
        cookie: Opaque<8>,
        dom: Optional,
        params: Array<4>,
        cpus: Optional<Str<{ STRING_MAX / 2 }>>,
    }
}
record! { "connect_close" => ConnectClose {} }
record! { "elsewhere" => other::Elsewhere { id: Plain } }

#[test]
fn a_record_is_its_fields() {
    let uuid = "00010203 04050607 08090a0b 0c0d0e0f";
    let domain = Domain { name: "vm1".into(), uuid: std::array::from_fn(|byte| byte as u8), id: -1 };
    check(domain.clone(), &format!("00000003 766d3100 {uuid} ffffffff"));
    check(
        DomainList { domains: vec![domain.clone(), Domain::default()], ret: 2 },
        &format!("00000002 00000003 766d3100 {uuid} ffffffff  00000000 {:032}  00000000 00000002", 0),
    );
    check(ConnectClose, "");
    check(other::Elsewhere { id: 1 }, "00000000 00000001");
}

#[test]
fn every_codec_has_its_place() {
    check(
        NodeInfo {
            r#type: AuthType::Unknown(9),
            model: *b"x\0\0\xff",
            data: vec![0x80],
            cookie: vec![1, 2, 3, 4, 5],
            dom: None,
            params: vec![TypedParam { field: "cpu".into(), value: TypedParamValue::UInt(4) }],
            cpus: Some("0".into()),
        },
        "00000009  00000078 00000000 00000000 ffffffff  00000001 ffffff80  00000005 01020304 05000000  00000000
         00000001 00000003 63707500 00000002 00000004  00000001 00000001 30000000",
    );
}

#[test]
fn an_error_names_the_field_by_its_way_from_the_outermost_record() {
    let domain = format!("00000000 {:032} 00000000", 0);
    let wire = format!("00000002 {domain} 00000041");
    let error = refused::<DomainList>(&wire, Kind::TooLong { len: 65, bound: 64 }, 28);
    assert_eq!(
        error.to_string(),
        "string of 65 bytes exceeds its bound of 64 at offset 28 (connect_list_all_domains_ret.domains[1].name)"
    );
    let domain = Domain { name: "x".repeat(65).into(), ..Domain::default() };
    let error = to_vec(&DomainList { domains: vec![Domain::default(), domain], ret: 0 }).unwrap_err();
    assert_eq!(error.path(), "connect_list_all_domains_ret.domains[1].name");
    assert_eq!((error.kind(), error.offset()), (Kind::TooLong { len: 65, bound: 64 }, 28));

    let error = from_slice::<DomainList>(&hex("00000015")).unwrap_err();
    assert_eq!(error.path(), "connect_list_all_domains_ret.domains");
    let error = from_slice::<DomainList>(&hex("00000000")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "input ends: 4 bytes needed, 0 left at offset 4 (connect_list_all_domains_ret.ret)"
    );
    let error = refused::<Vec<Domain>>("00000001 00000001 61ff0000", Kind::Padding, 9);
    assert_eq!(error.path(), "[0].name");
    let error = refused::<Option<TypedParam>>(
        "00000001 00000000 00000007 00000041",
        Kind::TooLong { len: 65, bound: 8 },
        12,
    );
    assert_eq!(error.path(), "typed_param.value");
}

/// By derive: the same codecs, in `with`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "file")]
struct File<'a> {
    #[serde(borrow, with = "Str::<255>")]
    filename: &'a str,
    #[serde(with = "Optional::<Str<32>>")]
    owner: Option<String>,
    #[serde(borrow, with = "Opaque::<65535>")]
    data: &'a [u8],
    #[serde(with = "Array::<3, FixedOpaque<2>>")]
    marks: Vec<[u8; 2]>,
    mode: u32,
}

#[test]
fn a_derived_record_takes_the_same_codecs() {
    let wire =
        hex("00000009 73696c6c 7970726f 67000000  00000001 00000004 6a6f686e  00000006 28717569 74290000
                    00000001 01020000  000001a4");
    let file = File {
        filename: "sillyprog",
        owner: Some("john".into()),
        data: b"(quit)",
        marks: vec![[1, 2]],
        mode: 0o644,
    };
    assert_eq!(to_vec(&file).unwrap(), wire);
    let decoded: File<'_> = from_slice(&wire).unwrap();
    assert_eq!(decoded, file);
    assert!(std::ptr::eq(decoded.data, &wire[32..38]));
    for cut in 0..wire.len() {
        assert_eq!(from_slice::<File<'_>>(&wire[..cut]).unwrap_err().kind(), Kind::Eof);
    }
    let error = to_vec(&File { marks: vec![[0; 2]; 4], ..file }).unwrap_err();
    assert_eq!(error.to_string(), "array of 4 elements exceeds its bound of 3 at offset 40 (file.marks)");
}

/// Borrowed fields by `record!`: the lifetime is `'de`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DomainRef<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) uuid: [u8; 16],
    pub(crate) id: i32,
}

record! { "nonnull_domain" => DomainRef<'de> { name: Str<STRING_MAX>, uuid: FixedOpaque<16>, id: Plain } }

#[test]
fn a_record_may_borrow_from_the_input() {
    let wire = to_vec(&Domain { name: "guest".into(), uuid: [7; 16], id: 3 }).unwrap();
    let domain: DomainRef<'_> = from_slice(&wire).unwrap();
    assert_eq!(domain, DomainRef { name: b"guest", uuid: [7; 16], id: 3 });
    assert!(std::ptr::eq(domain.name, &wire[4..9]));
    assert_eq!(to_vec(&domain).unwrap(), wire);
}

#[test]
fn a_field_is_never_skipped() {
    #[derive(Serialize)]
    #[serde(rename = "record")]
    struct Record {
        id: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<u32>,
    }
    let error = to_vec(&Record { id: 1, name: None }).unwrap_err();
    assert_eq!(error.to_string(), "XDR has no skipped field at offset 4 (record.name)");
    assert_eq!(to_vec(&Record { id: 1, name: Some(2) }).unwrap(), hex("00000001 00000001 00000002"));
}
