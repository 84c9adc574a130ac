//! serde-xdr, with derived types: an enum's discriminant is the variant's index, so the union has a dummy for 0.

use std::fmt::Debug;
use std::hint::black_box;

use bytes::{BufMut, BytesMut};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_xdr::opaque_data::fixed_length;

use crate::case::{Case, Codec, both};
use crate::values;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Header {
    program: u32,
    version: u32,
    procedure: i32,
    kind: i32,
    serial: u32,
    status: i32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Prepare2 {
    uri_in: Option<String>,
    flags: u64,
    dname: Option<String>,
    resource: u64,
    dom_xml: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Domain {
    name: String,
    #[serde(with = "fixed_length")]
    uuid: [u8; 16],
    id: i32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct List {
    domains: Vec<Domain>,
    ret: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Value {
    Dummy,
    Int(i32),
    UInt(u32),
    LLong(i64),
    ULLong(u64),
    Double(f64),
    Boolean(i32),
    String(String),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Param {
    field: String,
    value: Value,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Params {
    params: Vec<Param>,
    nparams: i32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Peek {
    buffer: ByteBuf,
}

pub fn cases() -> Vec<Case> {
    [
        pair::<Header>("header"),
        pair::<Prepare2>("prepare2"),
        pair::<List>("list1000"),
        pair::<Params>("params100"),
        pair::<Peek>("opaque256k"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn pair<T: Serialize + DeserializeOwned + Debug + PartialEq + 'static>(shape: &'static str) -> [Case; 2] {
    let wire = values::leaked(shape);
    let value: T = serde_xdr::from_bytes(wire).expect("serde-xdr reads ours");
    let mut out = BytesMut::with_capacity(wire.len()).writer();
    serde_xdr::to_writer(&mut out, &value).expect("serde-xdr writes it again");
    assert_eq!(out.get_ref(), wire, "{shape}");
    both(
        shape,
        Codec::SerdeXdr,
        wire.len(),
        move || {
            out.get_mut().clear();
            serde_xdr::to_writer(&mut out, black_box(&value)).is_ok()
        },
        move || serde_xdr::from_bytes::<_, T>(black_box(wire)).ok(),
    )
}
