//! A whole daemon in small: each domain is a process of this machine.
//!
//! ```text
//! $ cargo run --example serve_processes                  # or with another address behind it: -- unix:/tmp/processes.sock
//! listening on tcp://127.0.0.1:16511
//!
//! $ cat shell.xml                                        # in the words that libvirt has for containers
//! <domain type='process'>
//!   <name>shell</name>
//!   <os><type>exe</type><init>/bin/sh</init><initarg>-i</initarg></os>
//! </domain>
//!
//! $ export LIBVIRT_DEFAULT_URI=process+tcp://127.0.0.1:16511/
//! $ virsh event --all --loop &                           # tells what happens below
//! $ virsh define shell.xml
//! $ virsh start shell                                    # or, instead of both, `virsh create shell.xml`: it goes with its process
//! $ virsh console shell                                  # ^] leaves it, and the shell goes on
//! $ virsh domstats shell
//! $ virsh suspend shell; virsh resume shell              # SIGSTOP, SIGCONT
//! $ virsh shutdown shell                                 # SIGTERM, which an interactive shell ignores, as guests may
//! $ virsh destroy shell                                  # SIGKILL
//! ```
//!
//! Read `host.rs` first: its three `impl` blocks are all that virtwire asks of an embedder, `Hypervisor` for the domains and, since there
//! are such, `Consoles` and `Stats`. What it leaves out (networks, snapshots, migration) clients are told is not supported, and everything
//! between those verbs and libvirt's protocol is `HypervisorService`'s. The other files know nothing of libvirt but its XML: `config.rs`
//! reads a definition, `guest.rs` is a process, `console.rs` its input and output, `usage.rs` what it uses.
//!
//! What a daemon for earnest adds: definitions that last (`hypervisor::store`), an `Authentication` for its listeners, for here whoever
//! reaches the address may start any program as this user, and guests that outlive it: here they end with the daemon, which SIGTERM or
//! Ctrl-C ends. They stay where it is killed (SIGKILL), and the next daemon does not know them.

mod config;
mod console;
mod guest;
mod host;
mod usage;

use std::time::Duration;

use host::Processes;
use tokio::signal::unix::{SignalKind, signal};
use virtwire::hypervisor::HypervisorService;
use virtwire::server::{Exposure, Listener, Server};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "tcp://127.0.0.1:16511".into());
    // From here on they end nothing by themselves.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let listener = Listener::bind(&address.parse()?, Exposure::LocalOnly).await?;
    println!("listening on {}", listener.address());
    let processes = Processes::default();
    let server = Server::new(HypervisorService::new(processes.clone()));
    let served = tokio::select! {
        served = server.serve(&listener) => served,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        _ = hangup.recv() => Ok(()),
    };
    // Clients first, that none of them starts another guest; whoever is at a console has so long to leave it.
    server.shut_down(Duration::from_secs(3)).await;
    processes.end().await;
    Ok(served?)
}
