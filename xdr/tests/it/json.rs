//! The same types in JSON, by their wire names.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use virtwire_xdr::{Plain, Str, Text, enumeration, record, union};

use crate::enumerations::AuthType;
use crate::records::{ConnectClose, Domain, NodeInfo, TypedParam};
use crate::unions::{Extension, Outcome, TypedParamValue, Version};

#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T, json: &str) {
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    assert_eq!(serde_json::from_str::<T>(json).unwrap(), value);
    let tree = serde_json::to_value(&value).unwrap();
    assert_eq!(serde_json::from_value::<T>(tree).unwrap(), value);
    assert_eq!(serde_json::from_slice::<T>(json.as_bytes()).unwrap(), value);
}

#[track_caller]
fn refused<T: DeserializeOwned + Debug>(json: &str, message: &str) {
    let error = serde_json::from_str::<T>(json).unwrap_err().to_string();
    assert!(error.starts_with(message), "{error}");
}

#[test]
fn a_record_is_an_object_of_its_fields() {
    let uuid = [7; 16];
    let numbers = "7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7";
    check(
        Domain { name: "vm\"1".into(), uuid, id: -1 },
        &format!(r#"{{"name":"vm\"1","uuid":[{numbers}],"id":-1}}"#),
    );
    check(ConnectClose, "{}");
    check(
        NodeInfo {
            r#type: AuthType::Sasl,
            model: *b"x86\xff",
            data: vec![0x80, 1],
            cookie: vec![],
            dom: None,
            params: vec![TypedParam { field: "cpu".into(), value: TypedParamValue::Double(0.5) }],
            cpus: Some("é".into()),
        },
        r#"{"type":"sasl","model":[120,56,54,255],"data":[128,1],"cookie":[],"dom":null,"params":[{"field":"cpu","value":{"d":0.5}}],"cpus":"é"}"#,
    );
}

#[test]
fn a_string_that_is_not_utf8_is_its_bytes() {
    check(Text::from(vec![0xff, 0x61]), "[255,97]");
    check(Text::from("[255,97]"), r#""[255,97]""#);
    check(TypedParamValue::String(Text::from(vec![0xff])), r#"{"s":[255]}"#);
}

#[test]
fn text_is_no_opaque_data() {
    let info = r#"{"type":0,"model":[0,0,0,0],"data":[],"cookie":"QUJD","dom":null,"params":[],"cpus":null}"#;
    refused::<NodeInfo>(info, "invalid type: string \"QUJD\", expected opaque of at most");
    let sixteen = r#"{"name":"a","uuid":"0123456789abcdef","id":1}"#;
    refused::<Domain>(
        sixteen,
        "invalid type: string \"0123456789abcdef\", expected fixed opaque of exactly 16 bytes",
    );
}

#[test]
fn a_bound_holds_in_json_too() {
    let nine = r#"{"s":"123456789"}"#;
    refused::<TypedParamValue>(nine, "invalid length 9, expected string of at most 8 bytes");
    refused::<TypedParamValue>(r#"{"s":[1,2,3,4,5,6,7,8,9]}"#, "invalid length 9");
    refused::<Domain>(
        r#"{"name":"a","uuid":[1],"id":1}"#,
        "invalid length 1, expected fixed opaque of exactly 16 bytes",
    );
    let error = serde_json::to_string(&TypedParamValue::String("123456789".into())).unwrap_err();
    assert_eq!(error.to_string(), "string of 9 exceeds its bound of 8");
    let param = |_| TypedParam { field: "".into(), value: TypedParamValue::Int(0) };
    let json = serde_json::to_string(&(0..5).map(param).collect::<Vec<_>>()).unwrap();
    let info = format!(
        r#"{{"type":0,"model":[0,0,0,0],"data":[],"cookie":[],"dom":null,"params":{json},"cpus":null}}"#
    );
    refused::<NodeInfo>(&info, "invalid length 5, expected array of at most 4 elements");
}

#[test]
fn a_field_unknown_missing_or_double_is_refused() {
    refused::<TypedParam>(
        r#"{"field":"a","valu":{"i":1}}"#,
        "unknown field `valu`, expected `field` or `value`",
    );
    refused::<TypedParam>(r#"{"field":"a"}"#, "missing field `value`");
    refused::<TypedParam>(r#"{"field":"a","field":"a"}"#, "duplicate field `field`");
}

#[test]
fn a_union_is_an_object_of_its_one_arm() {
    check(TypedParamValue::Int(5), r#"{"i":5}"#);
    check(TypedParamValue::ULLong(u64::MAX), r#"{"ul":18446744073709551615}"#);
    check(Version::Two(vec![1]), r#"{"Two":[1]}"#);
    check(Version::Nothing, r#""nothing""#);
    check(Outcome::Failed, r#""Failed""#);
    refused::<TypedParamValue>(r#"{"x":5}"#, "unknown variant `x`");
    refused::<TypedParamValue>(r#"{"default":5}"#, "unknown variant `default`");
}

#[test]
fn a_default_has_its_discriminant() {
    check(Version::Other(-9), r#"{"default":-9}"#);
    check(Extension::Other(u32::MAX, vec![1, 2]), r#"{"default":[4294967295,[1,2]]}"#);
    check(Extension::High(Some(true)), r#"{"high":true}"#);
    refused::<Extension>(r#"{"default":[1]}"#, "invalid length 1");
}

#[test]
fn an_enumeration_is_a_name_or_a_number() {
    check(AuthType::None, r#""None""#);
    check(AuthType::Sasl, r#""sasl""#);
    check(AuthType::Unknown(77), "77");
    check(AuthType::Unknown(-77), "-77");
    assert_eq!(serde_json::from_str::<AuthType>("1").unwrap(), AuthType::Sasl);
    refused::<AuthType>(r#""nobody""#, "unknown variant `nobody`");
    refused::<AuthType>("4294967296", "invalid value: integer `4294967296`");
}

/// What the wire calls it is written and told; Rust's name is read too, for whoever has it.
#[test]
fn a_field_has_the_wires_name() {
    #[derive(Debug, PartialEq)]
    struct Event {
        callback_id: i32,
        r#type: i32,
        dev: Text,
    }
    record! { "event" => Event { callback_id "callbackID": Plain, r#type "typeOf": Plain, dev: Str<4> } }
    let event = || Event { callback_id: 1, r#type: 2, dev: "a".into() };
    check(event(), r#"{"callbackID":1,"typeOf":2,"dev":"a"}"#);
    let read = serde_json::from_str::<Event>(r#"{"callback_id":1,"type":2,"dev":"a"}"#).unwrap();
    assert_eq!(read, event());
    refused::<Event>(
        r#"{"callbackid":1}"#,
        "unknown field `callbackid`, expected one of `callbackID`, `typeOf`, `dev`",
    );
    refused::<Event>(r#"{"type":2,"dev":"a"}"#, "missing field `callbackID`");
    refused::<Event>(r#"{"callbackID":1,"callback_id":1}"#, "duplicate field `callbackID`");
    // The bytes have no names; their errors have the wire's.
    let wire = virtwire_xdr::to_vec(&event()).unwrap();
    assert_eq!(wire, [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, b'a', 0, 0, 0]);
    let error = virtwire_xdr::from_slice::<Event>(&wire[..4]).unwrap_err();
    assert_eq!(error.path(), "event.typeOf");
    let error = virtwire_xdr::to_vec(&Event { dev: "long name".into(), ..event() }).unwrap_err();
    assert_eq!(error.path(), "event.dev");
}

/// Names that Rust keeps for itself, in every macro.
#[test]
fn a_keyword_is_a_name() {
    #[derive(Debug, PartialEq)]
    struct Record {
        r#type: u32,
        r#struct: Text,
    }
    #[derive(Debug, PartialEq)]
    enum Union {
        A(u32),
    }
    #[derive(Debug, PartialEq)]
    enum Enumeration {
        A,
        Unknown(i32),
    }
    record! { "record" => Record { r#type: Plain, r#struct: Str<4> } }
    union! { "union" => Union: i32 { 1 => A(Plain) "type" } }
    enumeration! { "enumeration" => Enumeration { 1 => A "struct" } }
    check(Record { r#type: 1, r#struct: "a".into() }, r#"{"type":1,"struct":"a"}"#);
    check(Union::A(1), r#"{"type":1}"#);
    check(Enumeration::A, r#""struct""#);
    check(Enumeration::Unknown(0), "0");
}
