// Made from protocol/x/lxc.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Plain, record};

use super::super::lxc::*;

record! {
    "lxc_domain_open_namespace_args" => DomainOpenNamespace { dom: Plain, flags: Plain }
}
