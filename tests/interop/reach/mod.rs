//! How our client gets to a real libvirtd: unix sockets, TLS, SSH, programs, and what the user's settings say.

pub(crate) mod certificates;
mod ext;
mod sockets;
mod ssh;
mod tls;
mod tls_with_sasl;

use std::process::Command;

use virtwire::client::{Connection, OpenError, OpenOptions};
use virtwire::protocol::remote::ConnectGetHostname;

use crate::lab::{Libvirtd, runtime};
use crate::process::{Finished, run};

/// Opens a connection, and has the daemon say whose it is.
#[track_caller]
fn reaches(daemon: &Libvirtd, uri: &str, options: OpenOptions) {
    let name = runtime().block_on(async {
        let connection = match Connection::open_with(uri, options).await {
            Ok(connection) => connection,
            Err(error) => panic!("{uri}: {error}"),
        };
        let name = connection.call(ConnectGetHostname {}).await.unwrap().hostname;
        connection.close().await.unwrap();
        name
    });
    assert_eq!(name, daemon.host_name(), "{uri}");
}

/// Fails to open one.
#[track_caller]
fn refusal(uri: &str, options: OpenOptions) -> OpenError {
    match runtime().block_on(Connection::open_with(uri, options)) {
        Ok(_) => panic!("{uri} opens"),
        Err(error) => error,
    }
}

/// The command, as a user types it, with nothing of the user's settings.
fn virtwire(arguments: &[&str]) -> Finished {
    run(clean(Command::new(VIRTWIRE).args(arguments)))
}

const VIRTWIRE: &str = env!("CARGO_BIN_EXE_virtwire");

fn clean(command: &mut Command) -> &mut Command {
    command.env_remove("LIBVIRT_DEFAULT_URI").env_remove("LIBVIRT_AUTOSTART")
}

#[track_caller]
fn succeeded(finished: Finished) -> String {
    assert!(finished.status.success(), "{finished:?}");
    finished.stdout
}

/// What it said on its one line.
#[track_caller]
fn failed(finished: Finished) -> String {
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    assert_eq!(finished.stderr.lines().count(), 1, "{finished:?}");
    finished.stderr
}
