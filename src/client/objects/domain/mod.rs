//! Domains: finding, making and naming them. What they do is in the files beside this one.

mod agent;
mod block;
mod config;
mod console;
mod cpu;
mod device;
mod facts;
#[cfg(feature = "fds")]
mod files;
mod interface;
mod job;
mod life;
mod memory;
mod qemu;
mod save;

use virtwire_protocol::flags::{DefineFlags, DomainStartFlags, ListDomainsFlags};
use virtwire_protocol::remote;
use virtwire_xdr::Text;

use super::handle;
use crate::client::{CallError, Connection};
use crate::uuid::Uuid;

pub use block::{BlockInfo, BlockJob, BlockStats};
pub use cpu::Vcpu;
pub use facts::{Control, DomainInfo, SecurityLabel};
pub use interface::InterfaceStats;
pub use job::JobStats;
pub use memory::MemoryStats;

handle! {
    /// A guest and its configuration, by what they are called: nothing of their state is kept here. `refresh` tells the name and the
    /// number anew, and every other verb asks the daemon.
    ///
    /// ```no_run
    /// # async fn night(connection: virtwire::client::Connection) -> Result<(), virtwire::client::CallError> {
    /// connection.domain("vm1").await?.shutdown().await?;
    /// # Ok(())
    /// # }
    /// ```
    Domain(remote::Domain)
}

impl Connection {
    /// The domain of this name.
    pub async fn domain(&self, name: &str) -> Result<Domain, CallError> {
        Ok(Domain::new(self, self.domain_lookup_by_name(name).await?.dom))
    }

    /// The active domain of this number.
    pub async fn domain_by_id(&self, id: i32) -> Result<Domain, CallError> {
        Ok(Domain::new(self, self.domain_lookup_by_id(id).await?.dom))
    }

    /// The domain of this UUID.
    pub async fn domain_by_uuid(&self, uuid: Uuid) -> Result<Domain, CallError> {
        Ok(Domain::new(self, self.domain_lookup_by_uuid(uuid.0).await?.dom))
    }

    /// All domains, or those that the flags choose (libvirt 0.9.13).
    pub async fn domains(&self, which: ListDomainsFlags) -> Result<Vec<Domain>, CallError> {
        let listed = self.connect_list_all_domains(1, which.bits()).await?.domains;
        Ok(listed.into_iter().map(|wire| Domain::new(self, wire)).collect())
    }

    /// Makes a configuration persistent, in place of that of the same name and UUID; starts nothing.
    pub async fn define_domain(&self, xml: &str) -> Result<Domain, CallError> {
        Ok(Domain::new(self, self.domain_define_xml(xml).await?.dom))
    }

    /// The same with flags (libvirt 1.2.12).
    pub async fn define_domain_with(&self, xml: &str, flags: DefineFlags) -> Result<Domain, CallError> {
        Ok(Domain::new(self, self.domain_define_xml_flags(xml, flags.bits()).await?.dom))
    }

    /// Starts a domain from a configuration. If none is defined under its name and UUID, the domain is transient: with its end all of it
    /// is gone.
    pub async fn create_domain(&self, xml: &str, flags: DomainStartFlags) -> Result<Domain, CallError> {
        Ok(Domain::new(self, self.domain_create_xml(xml, flags.bits()).await?.dom))
    }
}

impl Domain {
    /// Its name, unique on its host, as it was when it was looked up.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// Its UUID, unique on every host.
    pub fn uuid(&self) -> Uuid {
        Uuid(self.wire.uuid)
    }

    /// Its number, if it was active when it was looked up; see [`refresh`](Self::refresh).
    pub fn id(&self) -> Option<u32> {
        self.wire.id.try_into().ok()
    }

    /// Looks it up again, by UUID: its name and number as they are now.
    pub async fn refresh(&self) -> Result<Domain, CallError> {
        self.connection.domain_by_uuid(self.uuid()).await
    }
}
