// Made from protocol/x/numbers.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Plain, record};

use super::super::numbers::*;

record! {
    "numbers" => Numbers {
        truth: Plain,
        small: Plain,
        unsigned_small: Plain,
        middling: Plain,
        unsigned_middling: Plain,
        word: Plain,
        unsigned_word: Plain,
        alone: Plain,
        two_words: Plain,
        unsigned_two_words: Plain,
        single: Plain,
        twice: Plain,
        four_times: Plain,
    }
}
