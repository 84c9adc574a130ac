// Made from protocol/x/arrays.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Array, Chars, FixedArray, FixedChars, FixedOpaque, Opaque, Optional, Plain, Str, record};

use super::super::arrays::*;

record! {
    "arrays" => Arrays {
        up_to: Opaque<COUNT_MAX>,
        always: FixedOpaque<LENGTH>,
        text: Str<300>,
        called: Str<COUNT_MAX>,
        perhaps: Optional<Str<COUNT_MAX>>,
        some: Array<COUNT_MAX>,
        few: FixedArray<2>,
        spelled: Chars<COUNT_MAX>,
        spelled_always: FixedChars<LENGTH>,
        numbers: Array<COUNT_MAX>,
        names: Array<COUNT_MAX, Str<COUNT_MAX>>,
        gaps: Array<2, Optional<Str<COUNT_MAX>>>,
        several: Array<COUNT_MAX, FixedOpaque<LENGTH>>,
        pairs: Array<2, FixedArray<2>>,
        one: Optional,
        many: Array<COUNT_MAX>,
        two: FixedArray<2>,
        digest: FixedOpaque<64>,
    }
    "element" => Element { value: Plain }
}
