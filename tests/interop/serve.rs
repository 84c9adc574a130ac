//! Daemons of ours: `virtwire serve`, as a user starts it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::lab::{Directory, next_number};
use crate::process::Process;

/// A `virtwire serve` with an empty `mem` hypervisor, on a TCP port and a unix socket.
#[derive(Debug)]
pub(crate) struct Serve {
    // Ends before its socket's directory goes.
    process: Process,
    directory: Directory,
    address: SocketAddr,
}

impl Serve {
    /// Starts a daemon with these options beside its listeners, such as `["--as", "0.9.1"]`.
    #[track_caller]
    pub(crate) fn start(options: &[&str]) -> Serve {
        let directory = Directory::new(next_number());
        let socket = socket_in(&directory);
        let process = Process::start(
            Command::new(env!("CARGO_BIN_EXE_virtwire"))
                .args(["serve", "--listen", "tcp://127.0.0.1:0", "--listen"])
                .arg(format!("unix:{}", socket.display()))
                // Side by side with other tests, and gone with this one even when it is killed.
                .args(["--migration-ports", "0-0", "--exit-with-stdin"])
                .args(options)
                .stdin(Stdio::piped()),
        );
        let address = process.line_after("listening on tcp://");
        let listening = process.line_after("listening on unix:");
        assert_eq!(PathBuf::from(listening), socket);
        let address = address.parse().unwrap_or_else(|error| panic!("{address}: {error}"));
        Serve { process, directory, address }
    }

    /// The rest of the next line that begins so.
    #[track_caller]
    pub(crate) fn line_after(&self, prefix: &str) -> String {
        self.process.line_after(prefix)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(crate) fn socket(&self) -> PathBuf {
        socket_in(&self.directory)
    }

    pub(crate) fn uri(&self) -> String {
        uri_at(self.address)
    }

    pub(crate) fn unix_uri(&self) -> String {
        format!("mem+unix:///default?socket={}", socket_in(&self.directory).display())
    }
}

/// The name of a daemon of ours that is reached at an address, be it its own or a tap's.
pub(crate) fn uri_at(address: SocketAddr) -> String {
    format!("mem+tcp://{address}/default")
}

fn socket_in(directory: &Directory) -> PathBuf {
    directory.path().join("virtwire-sock")
}
