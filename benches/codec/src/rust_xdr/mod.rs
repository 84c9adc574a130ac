//! rust-xdr: what xdrgen 0.4.4 makes of `shapes.x`, on xdr-codec.

// `invalid_value`: it reads fixed opaque data into memory that it leaves uninitialized, which is undefined behaviour.
#[allow(non_camel_case_types, clippy::all, unused, deprecated, invalid_value)]
#[rustfmt::skip]
mod generated;

use std::fmt::Debug;
use std::hint::black_box;

use bytes::buf::Writer;
use bytes::{BufMut, BytesMut};
use xdr_codec::{Pack, Unpack};

use crate::case::{Case, Codec, both};
use crate::values;

pub fn cases() -> Vec<Case> {
    [
        pair::<generated::message_header>("header"),
        pair::<generated::domain_migrate_prepare2_args>("prepare2"),
        pair::<generated::connect_list_all_domains_ret>("list1000"),
        pair::<generated::domain_get_cpu_stats_ret>("params100"),
        pair::<generated::domain_block_peek_ret>("opaque256k"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn pair<T>(shape: &'static str) -> [Case; 2]
where
    T: Pack<Writer<BytesMut>> + Unpack<&'static [u8]> + Debug + PartialEq + 'static,
{
    let wire = values::leaked(shape);
    let (value, _) = T::unpack(&mut &*wire).expect("rust-xdr reads ours");
    let mut out = BytesMut::with_capacity(wire.len()).writer();
    value.pack(&mut out).expect("rust-xdr writes it again");
    assert_eq!(out.get_ref(), wire, "{shape}");
    both(
        shape,
        Codec::RustXdr,
        wire.len(),
        move || {
            out.get_mut().clear();
            black_box(&value).pack(&mut out).is_ok()
        },
        move || T::unpack(&mut black_box(wire)).ok(),
    )
}
