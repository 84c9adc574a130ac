//! What a host of guests promises, told from outside: verbs in, states and events out.

mod asked;
mod disk;
mod images;
mod kept;
mod life;
mod moves;
mod postcopy;
mod snapshots;
mod storage;
mod strangers;
mod troubles;
mod version3;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use virtwire_protocol::params::TypedParams;

use super::*;
use crate::hypervisor::{
    Begin, Begun, CreateVolume, Event, Finish, Finished, IncomingId, JobKind, OutgoingId, Perform, Performed,
    Prepare, Prepared, Subscription,
};

/// A volume of which nothing more is asked than that it is there.
const HOW: CreateVolume = CreateVolume { preallocate: false, reflink: false };

/// A host, and everything that it tells.
struct World {
    mem: Mem,
    heard: UnboundedReceiver<(String, i32, i32)>,
    _subscription: Subscription,
}

impl World {
    fn new() -> World {
        World::with(config())
    }

    fn with(config: Config) -> World {
        let mem = Mem::new(config);
        let (tell, heard) = unbounded_channel();
        let subscription = mem.inner.events.listen(move |event| {
            if let Event::Domain(domain, what) = event {
                let (what, detail) = what.to_wire();
                let _ = tell.send((domain.name.clone(), what, detail));
            }
        });
        World { mem, heard, _subscription: subscription }
    }

    /// The next event: event and detail.
    async fn event(&mut self) -> (i32, i32) {
        let (_, what, detail) = self.heard.recv().await.unwrap();
        (what, detail)
    }

    /// Everything told so far and not yet looked at.
    fn events(&mut self) -> Vec<(i32, i32)> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).map(|(_, what, detail)| (what, detail)).collect()
    }

    async fn find(&self, name: &str) -> Option<DomainInfo> {
        self.mem.domain(Lookup::Name(name)).await.unwrap()
    }

    /// State and reason, or `None` where there is no such guest.
    async fn state(&self, name: &str) -> Option<(i32, i32)> {
        self.find(name).await.map(|domain| domain.state.to_wire())
    }
}

/// Loopback at ports of the system's choice, as fast as it goes.
fn config() -> Config {
    Config { migration_ports: 0..=0, max_speed_mib_s: u64::MAX, ..Config::default() }
}

fn xml(name: &str) -> String {
    xml_with(name, Uuid::random())
}

fn xml_with(name: &str, uuid: Uuid) -> String {
    format!(
        "<domain type='test'>\n  <!-- {name}'s own -->\n  <name>{name}</name>\n  <uuid>{uuid}</uuid>\n  \
         <memory unit='KiB'>1024</memory>\n  <currentMemory unit='KiB'>1024</currentMemory>\n  <vcpu>1</vcpu>\n</domain>\n"
    )
}

#[track_caller]
fn assert_error<T: std::fmt::Debug>(result: Result<T>, code: i32, domain: i32) {
    let error = result.unwrap_err();
    assert_eq!((error.code.0, error.domain.0), (code, domain), "{error}");
}
