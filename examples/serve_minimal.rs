//! The smallest daemon of a libvirt host: `cargo run --example serve_minimal`, then in another terminal
//! `virsh -c demo+tcp://127.0.0.1:16510/ list --all`, and `start`, `dumpxml` and `destroy` with `machine`. It takes three things: a
//! `Hypervisor`, in your terms, of which `host`, `domains` and `xml` must be there and all else is answered as "not supported"; a
//! `HypervisorService`, which makes libvirt's procedures of it; and a `Server`, which lets clients in at a `Listener`.

use std::sync::Mutex;

use virtwire::hypervisor::{
    DomainInfo, DomainState, Host, Hypervisor, HypervisorService, Lookup, Result, RunningReason,
    ShutoffReason, StartOptions, Uuid, WhichXml, errors,
};
use virtwire::server::{Exposure, Listener, Server};

/// One machine that can be started and stopped.
struct Machine(Mutex<DomainInfo>);

impl Machine {
    fn change(&self, domain: Uuid, id: Option<u32>, state: DomainState) -> Result<DomainInfo> {
        let machine = self.0.lock().ok().filter(|machine| machine.uuid == domain);
        let mut machine = machine.ok_or_else(|| errors::no_domain(Lookup::Uuid(domain)))?;
        if machine.id.is_some() == id.is_some() {
            return Err(errors::invalid("the machine is in that state already"));
        }
        (machine.id, machine.state) = (id, state);
        Ok(machine.clone())
    }
}

impl Hypervisor for Machine {
    fn host(&self) -> Host {
        Host::new("Demo", "demo:///", "demo") // its kind, its URI, its domains' type
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(self.0.lock().iter().map(|machine| DomainInfo::clone(machine)).collect())
    }

    async fn xml(&self, domain: Uuid, _: WhichXml) -> Result<String> {
        Ok(format!("<domain type='demo'><name>machine</name><uuid>{domain}</uuid></domain>"))
    }

    async fn start(&self, domain: Uuid, _: StartOptions) -> Result<DomainInfo> {
        self.change(domain, Some(1), DomainState::Running(RunningReason::Booted))
    }

    async fn destroy(&self, domain: Uuid) -> Result<()> {
        self.change(domain, None, DomainState::Shutoff(ShutoffReason::Destroyed)).map(drop)
    }
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "tcp://127.0.0.1:16510".into());
    let listener = Listener::bind(&address.parse()?, Exposure::LocalOnly).await?;
    println!("listening on {}", listener.address());
    let machine = Machine(Mutex::new(DomainInfo::new("machine", Uuid::random())));
    Server::new(HypervisorService::new(machine)).serve(&listener).await?;
    Ok(())
}
