//! A panic of an embedder's who only watches: what is watched goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Tells whoever watches, of whose panic the log has a word.
pub(super) fn survive(what: &'static str, told: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(told)).is_err() {
        tracing::warn!("{what} has panicked");
    }
}
