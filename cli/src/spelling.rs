//! How people write the names of procedures.

use virtwire::protocol::program::Program;

/// A name in lower case without its program's before it, also where that is as in libvirt's own constants: REMOTE_PROC_DOMAIN_CREATE.
pub(crate) fn within(program: Program, name: &str) -> Option<&str> {
    let short = name.strip_prefix(program.name()?)?.strip_prefix('_')?;
    Some(short.strip_prefix("proc_").unwrap_or(short))
}
