//! Reads specifications in the language of RFC 4506 (XDR) and RFC 5531 (RPC), checks them, and writes Rust.
//!
//! [`parse`] turns text into a [`model::Contract`], or into an [`Error`] that points at what is wrong. Any text may be
//! given to it: it neither panics nor recurses deeper than a fixed bound.
//!
//! ```
//! use virtwire_idl::{Source, parse};
//!
//! let contract = parse(&[Source::new("point.x", "struct point { int x; int y; };")])?;
//! assert_eq!(contract.modules[0].types[0].name, "point");
//!
//! let error = parse(&[Source::new("point.x", "struct point {\n  int x,\n};")]).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "point.x:2:8: expected `;`, found `,`
//!   |
//! 2 |   int x,
//!   |        ^",
//! );
//! # Ok::<(), virtwire_idl::Error>(())
//! ```

mod annotation;
mod ast;
mod check;
mod documentation;
mod error;
mod grammar;
mod lexer;
pub mod model;
pub mod project;
mod rust;
mod source;

pub use error::{Error, Kind};
pub use rust::{GenerateError, Output, generate};
pub use source::{Place, Source};

/// Reads and checks files that share one name space, in this order.
///
/// # Errors
/// The first fault that is found: of the grammar, file by file, then of what the text means.
pub fn parse(sources: &[Source]) -> Result<model::Contract, Error> {
    let files =
        (0..sources.len()).map(|index| grammar::parse(index, sources)).collect::<Result<Vec<_>, _>>()?;
    check::check(sources, &files)
}
