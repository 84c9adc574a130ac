//! What administrators of `virtwire serve` can do, by virt-admin.

use std::sync::{Arc, Weak};

use tokio::sync::Notify;
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::server::{Administration, ClientLimits, Operator, Server};

use super::config::Config;
use super::descriptors;
use super::doors::Doors;
use crate::fail::Fail;

const HOST: &str = "virtwire";
const ADMIN: &str = "admin";

/// The server of the admin program, and who is told when it is to end the daemon, which may have so many descriptors.
pub(super) fn server(
    config: &Config,
    doors: &Arc<Doors>,
    server: &Server,
    descriptors: usize,
) -> (Server, Arc<Notify>) {
    let end = Arc::new(Notify::new());
    let operator = Operated { doors: Arc::downgrade(doors), end: end.clone(), descriptors };
    let administration = Arc::new(Administration::new(operator));
    let admin = Server::shared(administration.clone()).limits(config.admin.limits);
    administration.manage(HOST, server);
    administration.manage(ADMIN, &admin);
    (admin, end)
}

struct Operated {
    /// Gone with the listeners, which close when the daemon ends.
    doors: Weak<Doors>,
    end: Arc<Notify>,
    descriptors: usize,
}

impl Operator for Operated {
    fn update_tls(&self, server: &str) -> Result<(), RemoteError> {
        let doors = self.doors.upgrade().filter(|_| server != ADMIN);
        let Some(doors) = doors else {
            let text = "this server does not speak TLS";
            return Err(RemoteError::new(ErrorCode::NO_SUPPORT, ErrorDomain::RPC, text));
        };
        let refused =
            |fail: Fail| RemoteError::new(ErrorCode::OPERATION_FAILED, ErrorDomain::RPC, fail.to_string());
        doors.reload_tls().map_err(refused)
    }

    fn check_client_limits(&self, servers: &[(String, ClientLimits)]) -> Result<(), RemoteError> {
        let of = |name| servers.iter().find(|(one, _)| one == name).map(|(_, limits)| *limits);
        let (Some(host), Some(admin)) = (of(HOST), of(ADMIN)) else { return Ok(()) };
        let (clients, admins) =
            (descriptors::clients_max(self.descriptors), descriptors::admins_max(host, self.descriptors));
        if host.clients <= clients && admin.clients <= admins {
            return Ok(());
        }
        let text = format!(
            "this daemon may have {} descriptors, which is enough for {clients} clients, and beside {} for {admins} administrators",
            self.descriptors, host.clients
        );
        Err(RemoteError::new(ErrorCode::INVALID_ARG, ErrorDomain::RPC, text))
    }

    fn shut_down(&self) -> Result<(), RemoteError> {
        self.end.notify_one();
        Ok(())
    }
}
