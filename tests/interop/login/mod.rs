//! Who may come in to our daemon, as real clients find it: virsh and python-libvirt with passwords and certificates.

mod admin;
pub(crate) mod daemon;
mod operated;
mod passwords;
mod polkit;
mod tls;
