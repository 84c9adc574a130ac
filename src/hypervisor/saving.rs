//! Domains in files: saved, and restored from the file alone.

use std::future::Future;
use std::path::{Path, PathBuf};

use super::{Result, Uuid};

/// Saving a host's domains and restoring them: `virsh save`, `restore`, `managedsave`. For [`Hypervisor::saving`](super::Hypervisor::saving).
///
/// A file carries all that a domain is restored from: its XML too. Paths are this host's and absolute, as the client names them.
pub trait Saving: Send + Sync {
    /// Saves a domain that is active to a file, and ends it. After a failure it is as it was, and the file is as it was.
    fn save(&self, domain: Uuid, to: &Path, how: Save) -> impl Future<Output = Result<()>> + Send;

    /// Starts the domain that a file has, as it was. Where an [`Authorizer`](crate::server::Authorizer) has decided about it by its
    /// [XML](Self::saved_xml), that comes with it, unless the client wished for another: a file of another domain by then must fail.
    ///
    /// That the file which is a domain's [own](Self::managed) has that domain is asked before, where
    /// [`Hypervisor::described`](super::Hypervisor::described) says whom its XML is about. Where it does not, whoever implements this looks.
    fn restore(&self, from: &Path, how: Save) -> impl Future<Output = Result<()>> + Send;

    /// The XML in a file, with all that it has: clients are shown it as [`Hypervisor::xml`](super::Hypervisor::xml).
    fn saved_xml(&self, file: &Path) -> impl Future<Output = Result<String>> + Send;

    /// Changes what a file says, its memory excepted.
    fn set_saved(&self, file: &Path, how: Save) -> impl Future<Output = Result<()>> + Send;

    /// The file that is a domain's own, from which it starts if it is there: `virsh managedsave`. Without it, clients are told
    /// "not supported".
    ///
    /// While it is made, used or removed nobody starts, saves, renames or undefines that domain by the same service, nor makes, deletes or
    /// goes back to a snapshot of it. [`create`](super::Hypervisor::create) and [`restore`](Self::restore), which name a document and no
    /// domain, may come in between.
    fn managed(&self, domain: Uuid) -> Option<PathBuf> {
        let _ = domain;
        None
    }
}

/// How a domain is saved or restored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Save {
    /// The configuration that it is to have afterwards, in place of its own: what the guest can see of it must be the same.
    pub xml: Option<String>,
    /// Whether it runs once it is restored; `None` as it did when it was saved.
    pub runs: Option<bool>,
    /// Around the host's cache of files.
    pub bypass_cache: bool,
}
