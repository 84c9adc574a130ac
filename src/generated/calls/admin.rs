// Made from protocol/x/admin.x by `cargo run -p virtwire-idl`: change that, not this.

//! The calls of the admin program, as methods.
//!
//! Calls with up to three arguments take them in the wire's order, longer ones take their struct; calls that open a
//! stream take up to four. Those that pass file descriptors have methods elsewhere, with the feature `fds`.

use virtwire_protocol::admin::*;
use virtwire_xdr::Text;

use crate::client::{CallError, Connection};

impl Connection {
    /// Opens the session. Every other call needs it.
    ///
    /// Procedure 1, `virAdmConnectOpen`.
    pub async fn admin_connect_open(&self, flags: u32) -> Result<(), CallError> {
        self.call(ConnectOpen { flags }).await
    }

    /// Ends the session.
    ///
    /// Procedure 2, `virAdmConnectClose`.
    pub async fn admin_connect_close(&self) -> Result<(), CallError> {
        self.call(ConnectClose).await
    }

    /// Tells the release that the daemon is, or claims to be.
    ///
    /// Procedure 3, `virAdmConnectGetLibVersion`.
    pub async fn admin_connect_get_lib_version(&self) -> Result<ConnectGetLibVersionReply, CallError> {
        self.call(ConnectGetLibVersion).await
    }

    /// Lists the daemon's servers.
    ///
    /// Procedure 4, `virAdmConnectListServers`.
    pub async fn admin_connect_list_servers(
        &self,
        need_results: u32,
        flags: u32,
    ) -> Result<ConnectListServersReply, CallError> {
        self.call(ConnectListServers { need_results, flags }).await
    }

    /// Finds a server by its name.
    ///
    /// Procedure 5, `virAdmConnectLookupServer`.
    pub async fn admin_connect_lookup_server(
        &self,
        name: &str,
        flags: u32,
    ) -> Result<ConnectLookupServerReply, CallError> {
        self.call(ConnectLookupServer { name: name.into(), flags }).await
    }

    /// Reads the size and state of a server's pool of threads.
    ///
    /// Procedure 6, `virAdmServerGetThreadPoolParameters`.
    pub async fn admin_server_get_threadpool_parameters(
        &self,
        srv: &Server,
        flags: u32,
    ) -> Result<ServerGetThreadpoolParametersReply, CallError> {
        self.call(ServerGetThreadpoolParameters { srv: srv.clone(), flags }).await
    }

    /// Sets the size of a server's pool of threads.
    ///
    /// Procedure 7, `virAdmServerSetThreadPoolParameters`.
    pub async fn admin_server_set_threadpool_parameters(
        &self,
        srv: &Server,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(ServerSetThreadpoolParameters { srv: srv.clone(), params, flags }).await
    }

    /// Lists a server's clients.
    ///
    /// Procedure 8, `virAdmServerListClients`.
    pub async fn admin_server_list_clients(
        &self,
        srv: &Server,
        need_results: u32,
        flags: u32,
    ) -> Result<ServerListClientsReply, CallError> {
        self.call(ServerListClients { srv: srv.clone(), need_results, flags }).await
    }

    /// Finds a client by its number.
    ///
    /// Procedure 9, `virAdmServerLookupClient`.
    pub async fn admin_server_lookup_client(
        &self,
        srv: &Server,
        id: u64,
        flags: u32,
    ) -> Result<ServerLookupClientReply, CallError> {
        self.call(ServerLookupClient { srv: srv.clone(), id, flags }).await
    }

    /// Tells who a client is.
    ///
    /// Procedure 10, `virAdmClientGetInfo`.
    pub async fn admin_client_get_info(
        &self,
        clnt: &Client,
        flags: u32,
    ) -> Result<ClientGetInfoReply, CallError> {
        self.call(ClientGetInfo { clnt: clnt.clone(), flags }).await
    }

    /// Cuts a client off.
    ///
    /// Procedure 11, `virAdmClientClose`.
    pub async fn admin_client_close(&self, clnt: &Client, flags: u32) -> Result<(), CallError> {
        self.call(ClientClose { clnt: clnt.clone(), flags }).await
    }

    /// Reads how many clients a server takes, and has.
    ///
    /// Procedure 12, `virAdmServerGetClientLimits`.
    pub async fn admin_server_get_client_limits(
        &self,
        srv: &Server,
        flags: u32,
    ) -> Result<ServerGetClientLimitsReply, CallError> {
        self.call(ServerGetClientLimits { srv: srv.clone(), flags }).await
    }

    /// Sets how many clients a server takes.
    ///
    /// Procedure 13, `virAdmServerSetClientLimits`.
    pub async fn admin_server_set_client_limits(
        &self,
        srv: &Server,
        params: Vec<TypedParam>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(ServerSetClientLimits { srv: srv.clone(), params, flags }).await
    }

    /// Tells where the daemon's log goes.
    ///
    /// Procedure 14, `virAdmConnectGetLoggingOutputs`.
    pub async fn admin_connect_get_logging_outputs(
        &self,
        flags: u32,
    ) -> Result<ConnectGetLoggingOutputsReply, CallError> {
        self.call(ConnectGetLoggingOutputs { flags }).await
    }

    /// Tells which parts of the daemon log how much.
    ///
    /// Procedure 15, `virAdmConnectGetLoggingFilters`.
    pub async fn admin_connect_get_logging_filters(
        &self,
        flags: u32,
    ) -> Result<ConnectGetLoggingFiltersReply, CallError> {
        self.call(ConnectGetLoggingFilters { flags }).await
    }

    /// Says where the daemon's log goes.
    ///
    /// Procedure 16, `virAdmConnectSetLoggingOutputs`.
    pub async fn admin_connect_set_logging_outputs(
        &self,
        outputs: Option<&str>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(ConnectSetLoggingOutputs { outputs: outputs.map(Text::from), flags }).await
    }

    /// Says which parts of the daemon log how much.
    ///
    /// Procedure 17, `virAdmConnectSetLoggingFilters`.
    pub async fn admin_connect_set_logging_filters(
        &self,
        filters: Option<&str>,
        flags: u32,
    ) -> Result<(), CallError> {
        self.call(ConnectSetLoggingFilters { filters: filters.map(Text::from), flags }).await
    }

    /// Has a server read its certificates and keys again.
    ///
    /// Procedure 18, `virAdmServerUpdateTlsFiles`.
    pub async fn admin_server_update_tls_files(&self, srv: &Server, flags: u32) -> Result<(), CallError> {
        self.call(ServerUpdateTlsFiles { srv: srv.clone(), flags }).await
    }

    /// Says after how long without clients and guests the daemon ends by itself.
    ///
    /// Procedure 19, `virAdmConnectSetDaemonTimeout`.
    pub async fn admin_connect_set_daemon_timeout(&self, timeout: u32, flags: u32) -> Result<(), CallError> {
        self.call(ConnectSetDaemonTimeout { timeout, flags }).await
    }

    /// Ends the daemon.
    ///
    /// Procedure 20, `virAdmConnectDaemonShutdown`.
    pub async fn admin_connect_daemon_shutdown(&self, flags: u32) -> Result<(), CallError> {
        self.call(ConnectDaemonShutdown { flags }).await
    }
}
