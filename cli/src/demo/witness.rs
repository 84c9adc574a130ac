//! Where a guest really is: read from the daemons over fresh connections, whatever the engine says.

use virtwire::client::{CallError, Domain};
use virtwire::hypervisor::Uuid;
use virtwire::hypervisor::mem::checksum;
use virtwire::protocol::enums::DomainStateKind;
use virtwire::protocol::flags::{DomainStartFlags, DomainXmlFlags, MemoryPeekFlags};

use super::daemon::Daemon;
use crate::connect::Opener;
use crate::fail::Fail;
use crate::list::guests;

/// A guest of the demo, and what must never change of it.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) name: &'static str,
    uuid: Uuid,
    xml: Vec<u8>,
    memory: u64,
}

impl Guest {
    /// Boots a guest on a daemon: its memory gets a pattern that no other boot has.
    pub(super) async fn boot(name: &'static str, daemon: &Daemon) -> Result<Guest, Fail> {
        let xml = format!(
            "<domain type='mem'>\n  <name>{name}</name>\n  <uuid>{}</uuid>\n  <memory unit='MiB'>4</memory>\n  \
             <vcpu>1</vcpu>\n  <os><type>hvm</type></os>\n</domain>\n",
            Uuid::random()
        );
        let failed = |error| Fail::call(format!("guest {name} on {}", daemon.name), &error);
        let connection = Opener::default().open(&daemon.uri()).await?;
        let domain = connection.create_domain(&xml, DomainStartFlags::NONE).await.map_err(failed)?;
        let look = Look::at(&domain).await.map_err(failed)?;
        Ok(Guest { name, uuid: domain.uuid(), xml: look.xml, memory: look.memory })
    }

    /// Asks every daemon for the guest, and says what was found, in the words of [`Guest::expected_on`] if all is well.
    pub(super) async fn found(&self, daemons: &[Daemon]) -> String {
        let mut found = Vec::new();
        for daemon in daemons {
            match self.found_on(daemon).await {
                Ok(None) => {}
                Ok(Some(what)) => found.push(what),
                Err(fail) => found.push(fail.to_string()),
            }
        }
        if found.is_empty() { "nowhere".to_owned() } else { found.join("; ") }
    }

    /// What [`Guest::found`] says when the guest runs on this daemon and on no other, with the memory and the
    /// configuration that it was booted with.
    pub(super) fn expected_on(daemon: &str) -> String {
        format!("running on {daemon}, unchanged")
    }

    async fn found_on(&self, daemon: &Daemon) -> Result<Option<String>, Fail> {
        let failed = |error| Fail::call(format!("guest {} on {}", self.name, daemon.name), &error);
        let connection = Opener::default().open(&daemon.uri()).await?;
        let all = guests(&connection, true).await.map_err(failed)?;
        let Some((domain, does)) = all.into_iter().find(|(domain, _)| domain.uuid() == self.uuid) else {
            return Ok(None);
        };
        let kind = does.kind();
        if kind != DomainStateKind::Running {
            return Ok(Some(format!("{kind} on {}", daemon.name)));
        }
        let look = Look::at(&domain).await.map_err(failed)?;
        // Goodbye is polite; whether it is answered says nothing of the guest.
        let _ = connection.close().await;
        Ok(Some(if look.memory != self.memory {
            format!(
                "running on {} with other memory: {:016x}, not {:016x}",
                daemon.name, look.memory, self.memory
            )
        } else if look.xml != self.xml {
            format!("running on {} with another configuration", daemon.name)
        } else {
            Guest::expected_on(daemon.name)
        }))
    }
}

/// All of a guest that a migration has to carry.
struct Look {
    xml: Vec<u8>,
    /// The checksum of its memory.
    memory: u64,
}

/// Bytes of memory that are read at a time.
const PAGE: u32 = 1 << 20;

impl Look {
    async fn at(domain: &Domain) -> Result<Look, CallError> {
        let xml = domain.xml(DomainXmlFlags::INACTIVE).await?.as_bytes().to_vec();
        let size = domain.info().await?.memory_kib.saturating_mul(1 << 10);
        let mut memory = Vec::new();
        while (memory.len() as u64) < size {
            let offset = memory.len() as u64;
            let page = u32::try_from(size - offset).unwrap_or(PAGE).min(PAGE);
            let buffer = domain.peek_memory(offset, page, MemoryPeekFlags::PHYSICAL).await?;
            if buffer.is_empty() {
                break;
            }
            memory.extend_from_slice(&buffer);
        }
        Ok(Look { xml, memory: checksum(&memory) })
    }
}
