//! Every type of the contract, against the specification itself: by C that rpcgen makes of it, and by a second codec
//! that walks it.
//!
//! Nothing here is written by type. A [`schema::Schema`] is what the text in `protocol/x` says of a type; values,
//! bytes, lies and what is expected of them follow from it.

mod c;
mod fill;
mod hostile;
mod inputs;
mod mistakes;
mod names;
mod need;
mod oracle;
mod ours;
mod reference;
mod schema;
mod shapes;
mod tally;
mod value;

use std::path::Path;

use virtwire_idl::model::Contract;
use virtwire_idl::{parse, project};

fn contract() -> Contract {
    let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    parse(&project::sources(workspace).expect("the specifications can be read"))
        .unwrap_or_else(|error| panic!("{error}"))
}
