//! A daemon's servers and their clients.

use std::fmt;
use std::time::Duration;

use virtwire_protocol::admin;
use virtwire_protocol::params::TypedParams;
use virtwire_xdr::Text;

use crate::client::connection::Connection;
use crate::client::error::CallError;

/// A part of a daemon that takes clients, such as `libvirtd` or `admin`.
#[derive(Clone)]
pub struct AdminServer {
    connection: Connection,
    wire: admin::Server,
}

/// A client of a daemon.
#[derive(Clone)]
pub struct AdminClient {
    connection: Connection,
    wire: admin::Client,
}

impl AdminServer {
    pub(super) fn new(connection: &Connection, wire: admin::Server) -> AdminServer {
        AdminServer { connection: connection.clone(), wire }
    }

    /// Its name.
    pub fn name(&self) -> &Text {
        &self.wire.name
    }

    /// What calls name it by.
    pub fn wire(&self) -> &admin::Server {
        &self.wire
    }

    /// Its clients.
    pub async fn clients(&self) -> Result<Vec<AdminClient>, CallError> {
        let listed = self.connection.admin_server_list_clients(&self.wire, 1, 0).await?.clients;
        Ok(listed.into_iter().map(|wire| AdminClient::new(&self.connection, wire)).collect())
    }

    /// The client of this number.
    pub async fn client(&self, id: u64) -> Result<AdminClient, CallError> {
        let found = self.connection.admin_server_lookup_client(&self.wire, id, 0).await?.clnt;
        Ok(AdminClient::new(&self.connection, found))
    }

    /// Its threads: `minWorkers`, `maxWorkers`, `nWorkers`, `freeWorkers`, `prioWorkers`, `jobQueueDepth`.
    pub async fn thread_pool(&self) -> Result<TypedParams, CallError> {
        let reply = self.connection.admin_server_get_threadpool_parameters(&self.wire, 0).await?;
        Ok(reply.params.into())
    }

    /// Says how many threads it has: `minWorkers`, `maxWorkers`, `prioWorkers`.
    pub async fn set_thread_pool(&self, params: TypedParams) -> Result<(), CallError> {
        self.connection.admin_server_set_threadpool_parameters(&self.wire, params.into(), 0).await
    }

    /// How many clients it takes, and has: `nclients_max`, `nclients`, `nclients_unauth_max`, `nclients_unauth`.
    pub async fn client_limits(&self) -> Result<TypedParams, CallError> {
        let reply = self.connection.admin_server_get_client_limits(&self.wire, 0).await?;
        Ok(reply.params.into())
    }

    /// Says how many clients it takes: `nclients_max`, `nclients_unauth_max`.
    pub async fn set_client_limits(&self, params: TypedParams) -> Result<(), CallError> {
        self.connection.admin_server_set_client_limits(&self.wire, params.into(), 0).await
    }

    /// Has it read its certificates and keys again.
    pub async fn update_tls_files(&self) -> Result<(), CallError> {
        self.connection.admin_server_update_tls_files(&self.wire, 0).await
    }
}

impl AdminClient {
    fn new(connection: &Connection, wire: admin::Client) -> AdminClient {
        AdminClient { connection: connection.clone(), wire }
    }

    /// Its number, unique in its server.
    pub fn id(&self) -> u64 {
        self.wire.id
    }

    /// When it connected, as time since 1970; `None` where the daemon says before that.
    pub fn connected_at(&self) -> Option<Duration> {
        self.wire.timestamp.try_into().ok().map(Duration::from_secs)
    }

    /// What calls name it by. Its `transport` is 0 for a unix socket, 1 for TCP, 2 for TLS.
    pub fn wire(&self) -> &admin::Client {
        &self.wire
    }

    /// Who it is: `readonly`, `sock_addr`, `unix_user_name`, `unix_process_id` and so on, as far as they apply.
    pub async fn info(&self) -> Result<TypedParams, CallError> {
        Ok(self.connection.admin_client_get_info(&self.wire, 0).await?.params.into())
    }

    /// Cuts it off.
    pub async fn close(&self) -> Result<(), CallError> {
        self.connection.admin_client_close(&self.wire, 0).await
    }
}

impl fmt::Debug for AdminServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AdminServer").field(&self.wire).finish()
    }
}

impl fmt::Debug for AdminClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AdminClient").field(&self.wire).finish()
    }
}
