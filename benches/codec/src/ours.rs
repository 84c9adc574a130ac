//! virtwire-xdr: on the contract's own types, and on types that borrow from the input.

use std::fmt::Debug;
use std::hint::black_box;

use bytes::BytesMut;
use serde::{Deserialize, Serialize};
use virtwire_protocol::header::{HEADER_BYTES, Header};
use virtwire_protocol::message::UUID_LEN;
use virtwire_protocol::remote::{
    ConnectListAllDomainsReply, DOMAIN_BLOCK_PEEK_BUFFER_MAX, DOMAIN_GET_CPU_STATS_MAX, DOMAIN_LIST_MAX,
    DomainBlockPeekReply, DomainGetCpuStatsReply, DomainMigratePrepare2, STRING_MAX,
};
use virtwire_xdr::{Array, FixedOpaque, Opaque, Optional, Plain, Str, encode, from_slice, record, union};

use crate::case::{Case, Codec, both};
use crate::model::{Domain, List, Param, Params, Peek, Prepare2, Value};
use crate::values;

/// What someone writes who wants the strings in place.
macro_rules! borrowing {
    ($($module:ident: $string:ty),*) => { $(
        mod $module {
            use super::*;

            pub type Prepare2<'a> = super::Prepare2<$string>;
            pub type Domain<'a> = super::Domain<$string>;
            pub type List<'a> = super::List<$string>;
            pub type Value<'a> = super::Value<$string>;
            pub type Param<'a> = super::Param<$string>;
            pub type Params<'a> = super::Params<$string>;

            union! {
                "typed_param_value" => Value<'de>: i32 {
                    1 => Int(Plain) "i",
                    2 => UInt(Plain) "ui",
                    3 => LLong(Plain) "l",
                    4 => ULLong(Plain) "ul",
                    5 => Double(Plain) "d",
                    6 => Boolean(Plain) "b",
                    7 => String(Str<STRING_MAX>) "s",
                }
            }

            record! {
                "domain_migrate_prepare2_args" => Prepare2<'de> {
                    uri_in: Optional<Str<STRING_MAX>>,
                    flags: Plain,
                    dname: Optional<Str<STRING_MAX>>,
                    resource: Plain,
                    dom_xml: Str<STRING_MAX>,
                }
                "nonnull_domain" => Domain<'de> {
                    name: Str<STRING_MAX>,
                    uuid: FixedOpaque<UUID_LEN>,
                    id: Plain,
                }
                "connect_list_all_domains_ret" => List<'de> { domains: Array<DOMAIN_LIST_MAX>, ret: Plain }
                "typed_param" => Param<'de> { field: Str<STRING_MAX>, value: Plain }
                "domain_get_cpu_stats_ret" => Params<'de> {
                    params: Array<DOMAIN_GET_CPU_STATS_MAX>,
                    nparams: Plain,
                }
            }
        }
    )* };
}

borrowing!(in_bytes: &'a [u8], in_str: &'a str);

type PeekBytes<'a> = Peek<&'a [u8]>;
record! { "domain_block_peek_ret" => PeekBytes<'de> { buffer: Opaque<DOMAIN_BLOCK_PEEK_BUFFER_MAX> } }

pub fn cases() -> Vec<Case> {
    [
        header(),
        pair::<DomainMigratePrepare2>("prepare2", Codec::OursOwned),
        pair::<in_bytes::Prepare2<'static>>("prepare2", Codec::OursBytes),
        pair::<in_str::Prepare2<'static>>("prepare2", Codec::OursStr),
        pair::<ConnectListAllDomainsReply>("list1000", Codec::OursOwned),
        pair::<in_bytes::List<'static>>("list1000", Codec::OursBytes),
        pair::<in_str::List<'static>>("list1000", Codec::OursStr),
        pair::<DomainGetCpuStatsReply>("params100", Codec::OursOwned),
        pair::<in_bytes::Params<'static>>("params100", Codec::OursBytes),
        pair::<in_str::Params<'static>>("params100", Codec::OursStr),
        pair::<DomainBlockPeekReply>("opaque256k", Codec::OursOwned),
        pair::<PeekBytes<'static>>("opaque256k", Codec::OursBytes),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The header goes through no serde: see `virtwire_protocol::header`.
fn header() -> [Case; 2] {
    let value = values::header();
    let wire: &'static [u8; HEADER_BYTES] = values::leaked("header").first_chunk().expect("24 bytes");
    assert_eq!(Header::from_bytes(wire), value);
    let mut out = BytesMut::with_capacity(HEADER_BYTES);
    both(
        "header",
        Codec::OursOwned,
        HEADER_BYTES,
        move || {
            out.clear();
            out.extend_from_slice(&black_box(&value).to_bytes());
        },
        move || black_box(&wire[..]).first_chunk().map(Header::from_bytes),
    )
}

fn pair<T>(shape: &'static str, codec: Codec) -> [Case; 2]
where
    T: Serialize + Deserialize<'static> + Debug + PartialEq + 'static,
{
    let wire = values::leaked(shape);
    let value: T = from_slice(wire).expect("what ours wrote ours reads");
    let mut out = BytesMut::with_capacity(wire.len());
    encode(&value, &mut out).expect("the value is within its bounds");
    assert_eq!(out, wire, "{shape}");
    both(
        shape,
        codec,
        wire.len(),
        move || {
            out.clear();
            encode(black_box(&value), &mut out)
        },
        move || from_slice::<T>(black_box(wire)),
    )
}
