//! `record!`, `union!` and `enumeration!`: serde for plain types, without a procedural macro.

mod enumeration;
mod record;
pub mod runtime;
mod union;
