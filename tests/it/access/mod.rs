//! Who may call what: procedure by procedure, and by an authorizer.

mod authorizer;
mod every_procedure;
mod kept;
mod meant;
mod named;
mod unsure;
