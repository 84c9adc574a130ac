//! Sockets to a domain's graphics, and files that are open already: what only a unix socket carries.

use std::os::fd::OwnedFd;

use virtwire_protocol::flags::{DomainStartFlags, FdAssociateFlags, OpenGraphicsFlags};

use super::Domain;
use crate::client::CallError;

/// As [`Connection::call_with_fds`](crate::client::Connection::call_with_fds): where the daemon is not reached by a unix socket, nothing is
/// sent.
impl Domain {
    /// A socket that is connected to its graphics of this number, counted from 0 (libvirt 1.2.8).
    pub async fn open_graphics(&self, number: u32, flags: OpenGraphicsFlags) -> Result<OwnedFd, CallError> {
        self.connection.domain_open_graphics_socket(&self.wire, number, flags.bits()).await
    }

    /// Connects a socket to its graphics of this number, counted from 0 (libvirt 0.9.7).
    pub async fn open_graphics_on(
        &self,
        number: u32,
        socket: OwnedFd,
        flags: OpenGraphicsFlags,
    ) -> Result<(), CallError> {
        self.connection.domain_open_graphics_on(&self.wire, number, socket, flags.bits()).await
    }

    /// Gives files a name by which the configuration can refer to them, for as long as the connection lives (libvirt 9.0).
    pub async fn associate_files(
        &self,
        name: &str,
        files: Vec<OwnedFd>,
        flags: FdAssociateFlags,
    ) -> Result<(), CallError> {
        self.connection.domain_fd_associate_files(&self.wire, name, files, flags.bits()).await
    }

    /// Starts it; its first process gets these files (libvirt 1.1.1).
    pub async fn start_passing(&self, files: Vec<OwnedFd>, flags: DomainStartFlags) -> Result<(), CallError> {
        self.connection.domain_create_passing(&self.wire, files, flags.bits()).await.map(drop)
    }
}
