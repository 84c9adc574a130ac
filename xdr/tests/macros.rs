//! The three macros, in XDR and in JSON.

use virtwire_xdr::{
    Array, Chars, Error, FixedChars, FixedOpaque, Kind, Opaque, Optional, Plain, Str, Text, enumeration,
    from_slice, record, to_vec, union,
};

#[derive(Debug, Clone, PartialEq)]
struct Domain {
    name: Text,
    uuid: [u8; 16],
    id: i32,
}
#[derive(Debug, Clone, PartialEq)]
struct TypedParam {
    field: Text,
    value: TypedParamValue,
}
#[derive(Debug, Clone, PartialEq)]
enum TypedParamValue {
    Int(i32),
    UInt(u32),
    Double(f64),
    String(Text),
}
#[derive(Debug, Clone, PartialEq)]
enum Version {
    Two(u32),
    Nothing,
    Other(i32),
}
#[derive(Debug, Clone, PartialEq)]
enum WithDefault {
    One(bool),
    Other(u32, Text),
}
#[derive(Debug, Clone, PartialEq)]
enum AuthType {
    None,
    Sasl,
    Unknown(i32),
}
#[derive(Debug, Clone, PartialEq)]
struct Everything<'a> {
    r#type: AuthType,
    dom: Option<Domain>,
    params: Vec<TypedParam>,
    model: [u8; 8],
    data: Vec<u8>,
    cookie: &'a [u8],
    version: Version,
    def: WithDefault,
}
#[derive(Debug, Clone, PartialEq)]
struct ConnectClose;
const STRING_MAX: u32 = 4_194_304;
record! {
    "nonnull_domain" => Domain { name: Str<STRING_MAX>, uuid: FixedOpaque<16>, id: Plain }
    "typed_param" => TypedParam { field: Str<80>, value: Plain, }
}
record! { "connect_close" => ConnectClose {} }
record! { "everything" => Everything<'de> {
    r#type: Plain,
    dom: Optional,
    params: Array<4>,
    model: FixedChars<8>,
    data: Chars<10>,
    cookie: Opaque<16>,
    version: Plain,
    def: Plain,
} }
union! { "typed_param_value" => TypedParamValue: i32 {
    1 => Int(Plain) "i", 2 => UInt(Plain) "ui", 5 => Double(Plain) "d", 7 => String(Str<STRING_MAX>) "s",
} }
union! {
    "version" => Version: i32 { 2 => Two(Plain), -5 => Nothing "nothing", default => Other }
    "with_default" => WithDefault: u32 { 0x8000_0000 => One(Plain) "one", default => Other(Str<4>) }
}
enumeration! { "auth_type" => AuthType { 0 => None, 1 => Sasl } }

#[test]
fn it_works() {
    let cookie = [1, 2, 3];
    for version in [Version::Two(2), Version::Nothing, Version::Other(77)] {
        for def in [WithDefault::One(true), WithDefault::Other(0xffff_ffff, "abc".into())] {
            let e = Everything {
                r#type: AuthType::Unknown(2),
                dom: Some(Domain { name: Text::from(b"\xffa".to_vec()), uuid: [7; 16], id: -1 }),
                params: vec![
                    TypedParam { field: "f".into(), value: TypedParamValue::String("x".into()) },
                    TypedParam { field: "f".into(), value: TypedParamValue::Double(1.5) },
                ],
                model: *b"x86_64\0\xff",
                data: vec![0, 0x80, 0xff],
                cookie: &cookie,
                version: version.clone(),
                def,
            };
            let wire = to_vec(&e).unwrap();
            assert_eq!(from_slice::<Everything<'_>>(&wire).unwrap(), e);
            let json = serde_json::to_string(&e).unwrap();
            println!("{json}");
            assert_eq!(json.contains("\"type\":2"), true);
        }
    }
    let d = Domain { name: Text::from(b"\xffa".to_vec()), uuid: [7; 16], id: -1 };
    assert_eq!(serde_json::from_str::<Domain>(&serde_json::to_string(&d).unwrap()).unwrap(), d);
    let e: Error =
        to_vec(&TypedParam { field: "x".repeat(81).into(), value: TypedParamValue::Int(1) }).unwrap_err();
    assert_eq!(e.to_string(), "string of 81 bytes exceeds its bound of 80 at offset 0 (typed_param.field)");
    let e = from_slice::<TypedParam>(&[0, 0, 0, 0, 0, 0, 0, 9]).unwrap_err();
    assert_eq!(e.kind(), Kind::Discriminant { value: 9 });
    assert_eq!(
        e.to_string(),
        "unknown discriminant 9, expected one of i, ui, d, s at offset 4 (typed_param.value)"
    );
}
