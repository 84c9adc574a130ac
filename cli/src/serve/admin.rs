//! What administrators of `virtwire serve` can do, by virt-admin.

use std::sync::{Arc, Weak};

use tokio::sync::Notify;
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::server::{Administration, Handler, Operator, Server};

use super::config::Config;
use super::doors::Doors;
use crate::fail::Fail;

/// The server of the admin program, and who is told when it is to end the daemon.
pub(super) fn server<H: Handler>(
    config: &Config,
    doors: &Arc<Doors>,
    server: &Server<H>,
) -> (Server<Administration>, Arc<Notify>) {
    let end = Arc::new(Notify::new());
    let operator = Operated { doors: Arc::downgrade(doors), end: end.clone() };
    let administration = Arc::new(Administration::new(operator));
    let admin = Server::shared(administration.clone()).limits(config.admin.limits);
    admin.set_client_limits(config.admin.clients);
    administration.manage("virtwire", server);
    administration.manage("admin", &admin);
    (admin, end)
}

struct Operated {
    /// Gone with the listeners, which close when the daemon ends.
    doors: Weak<Doors>,
    end: Arc<Notify>,
}

impl Operator for Operated {
    fn update_tls(&self, server: &str) -> Result<(), RemoteError> {
        let doors = self.doors.upgrade().filter(|_| server != "admin");
        let Some(doors) = doors else {
            let text = "this server does not speak TLS";
            return Err(RemoteError::new(ErrorCode::NO_SUPPORT, ErrorDomain::RPC, text));
        };
        let refused =
            |fail: Fail| RemoteError::new(ErrorCode::OPERATION_FAILED, ErrorDomain::RPC, fail.to_string());
        doors.reload_tls().map_err(refused)
    }

    fn shut_down(&self) -> Result<(), RemoteError> {
        self.end.notify_one();
        Ok(())
    }
}
