//! What the codec writes and reads, construct by construct.

mod arrays;
mod bytes;
mod enumerations;
mod errors;
mod json;
mod lenient;
mod memory;
mod optional;
mod oracle;
mod properties;
mod records;
mod scalars;
mod unions;
mod wire;
