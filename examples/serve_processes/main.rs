//! Each domain is a process of this machine: `cargo run --example serve_processes`, then
//! `virsh -c process+tcp://127.0.0.1:16511/ define shell.xml`, `start`, `console`, `domstats`, `event`, `shutdown`, `destroy`.
//!
//! `shell.xml`, in the words that libvirt has for containers:
//! `<domain type='process'><name>shell</name><os><type>exe</type><init>/bin/sh</init><initarg>-i</initarg></os></domain>`

mod config;
mod console;
mod guest;
mod host;
mod usage;

use host::Processes;
use virtwire::hypervisor::HypervisorService;
use virtwire::server::{Exposure, Listener, Server};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "tcp://127.0.0.1:16511".into());
    let listener = Listener::bind(&address.parse()?, Exposure::LocalOnly).await?;
    println!("listening on {}", listener.address());
    Server::new(HypervisorService::new(Processes::default())).serve(&listener).await?;
    Ok(())
}
