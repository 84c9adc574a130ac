//! Long documents: what one client has defined is no other's to wait for, whoever has it read.

use tokio::task::JoinError;

use super::super::{Result, Uuid, WhichXml, errors};
use super::Mem;
use crate::server::heavy::{self, LONG_BYTES};

/// Does what reads documents of so many bytes: short ones at once, long ones beside the runtime.
pub(super) async fn reading<T: Send + 'static>(
    bytes: usize,
    read: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    if bytes <= LONG_BYTES {
        return read();
    }
    told(heavy::work(read).await)
}

/// What a thread has done, if it came to its end.
pub(super) fn told<T>(done: std::result::Result<Result<T>, JoinError>) -> Result<T> {
    done.unwrap_or_else(|error| Err(errors::failed(format!("the thread ended: {error}"))))
}

impl Mem {
    /// Reads something in a guest's document, while the table is free.
    pub(super) async fn read_in<T: Send + 'static>(
        &self,
        domain: Uuid,
        inactive: bool,
        read: impl FnOnce(&str) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let which = if inactive { WhichXml::Inactive } else { WhichXml::Current };
        let definition = self.inner.table().definition(domain, which)?;
        reading(definition.xml.len(), move || read(&definition.xml)).await
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use virtwire_protocol::flags::DomainStatsKinds;
    use virtwire_protocol::params::TypedParams;

    use super::super::super::{
        Change, Changes, DomainInfo, Hypervisor, Metadata, NetworkChange, NetworkPart, NetworkStep, Networks,
        Pinned, Place, Stats, Tuned, Tuning,
    };
    use super::*;

    const BOTH: Place = Place { live: true, config: true };
    const CONFIG: Place = Place { live: false, config: true };

    /// Whether a verb leaves the task that asks for it before it has its answer, and the answer.
    async fn steps_aside<T>(verb: impl Future<Output = Result<T>>) -> (bool, Result<T>) {
        let mut verb = pin!(verb);
        match verb.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            std::task::Poll::Ready(answer) => (false, answer),
            std::task::Poll::Pending => (true, verb.await),
        }
    }

    async fn guest(mem: &Mem, name: &str, bytes: usize) -> DomainInfo {
        let padding = "<a/>".repeat(bytes / 4);
        let xml = format!(
            "<domain type='mem'><name>{name}</name><memory>1024</memory><metadata><x xmlns='u:r'>{padding}</x></metadata></domain>"
        );
        mem.define(xml).await.unwrap()
    }

    /// Each client that may look at a guest may ask for its title as often as it likes.
    #[tokio::test]
    async fn whatever_reads_a_long_document_does_so_in_nobodys_way() {
        let mem = Mem::default();
        for (name, bytes, is_aside) in [("short", 4, false), ("long", LONG_BYTES, true)] {
            let domain = guest(&mem, name, bytes).await.uuid;
            for what in [Metadata::Title, Metadata::Description, Metadata::Element("u:none".to_owned())] {
                assert_eq!(steps_aside(mem.metadata(domain, &what, false)).await, (is_aside, Ok(None)));
            }
            for what in [Tuned::Memory, Tuned::Scheduler] {
                let (aside, found) = steps_aside(mem.tuned(domain, what.clone(), false)).await;
                assert!(aside == is_aside && found.is_ok(), "{name}, {what:?}: {found:?}");
            }
            let (aside, found) = steps_aside(Stats::stats(&mem, domain, DomainStatsKinds::BLOCK)).await;
            assert!(aside == is_aside && found.is_ok(), "{name}: {found:?}");
            let (aside, found) = steps_aside(mem.pins(domain, false)).await;
            assert!(aside == is_aside && found.is_ok(), "{name}: {found:?}");
            let done = steps_aside(mem.rename(domain, format!("{name}-2"))).await;
            assert_eq!(done, (is_aside, Ok(())));

            mem.start(domain, Default::default()).await.unwrap();
            let title = Change::Title(Some("title".to_owned()));
            for place in [CONFIG, BOTH] {
                assert_eq!(steps_aside(mem.change(domain, title.clone(), place)).await, (is_aside, Ok(())));
                let cpus = "0".parse().unwrap();
                let pinned = steps_aside(mem.pin(domain, Pinned::Emulator, cpus, place)).await;
                assert_eq!(pinned, (is_aside, Ok(())));
                let values = TypedParams::new().with("cpu_shares", 7_u64).unwrap();
                let tuned = steps_aside(mem.tune(domain, Tuned::Scheduler, values, place)).await;
                assert_eq!(tuned, (is_aside, Ok(())));
            }
            let told = mem.metadata(domain, &Metadata::Title, false).await.unwrap();
            assert_eq!(told.as_deref(), Some("title"));
        }
    }

    #[tokio::test]
    async fn so_are_a_long_networks_parts_changed() {
        let mem = Mem::default();
        for (name, bytes, is_aside) in [("short", 4, false), ("long", LONG_BYTES, true)] {
            let padding = "<a/>".repeat(bytes / 4);
            let xml = format!(
                "<network><name>{name}</name><ip address='10.0.0.1'><dhcp/></ip><metadata>{padding}</metadata></network>"
            );
            let network = mem.define_network(xml).await.unwrap().uuid;
            mem.start_network(network).await.unwrap();
            for (place, number) in [(CONFIG, 1), (BOTH, 2)] {
                let host = format!("<host mac='52:54:00:00:00:0{number}' ip='10.0.0.{number}'/>");
                let (step, part) = (NetworkStep::AddLast, NetworkPart::DhcpHost);
                let change = NetworkChange { step, part, parent: None, xml: host };
                let changed = steps_aside(mem.update_network(network, change, place)).await;
                assert_eq!(changed, (is_aside, Ok(())), "{name}");
            }
        }
    }
}
