// Made from protocol/x/admin.x by `cargo run -p virtwire-idl`: change that, not this.

//! The admin program as a daemon serves it.

use std::future::Future;

use virtwire_protocol::admin::*;
use virtwire_protocol::error::RemoteError;

use crate::server::CallContext;
use crate::server::service::{dispatch, unsupported};

/// The calls of the admin program, typed.
///
/// A call that is not implemented answers what libvirt answers for a driver without it: code 3, "this function
/// is not supported by the connection driver", and the function's name.
#[allow(unused_variables, reason = "parameters have the names that implementations want")]
pub trait AdminService: Send + Sync + 'static {
    /// Opens the session. Every other call needs it.
    ///
    /// Procedure 1, `virAdmConnectOpen`.
    fn connect_open(
        &self,
        cx: &CallContext,
        arguments: ConnectOpen,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmConnectOpen")
    }

    /// Ends the session.
    ///
    /// Procedure 2, `virAdmConnectClose`.
    fn connect_close(&self, cx: &CallContext) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmConnectClose")
    }

    /// Tells the release that the daemon is, or claims to be.
    ///
    /// Procedure 3, `virAdmConnectGetLibVersion`.
    fn connect_get_lib_version(
        &self,
        cx: &CallContext,
    ) -> impl Future<Output = Result<ConnectGetLibVersionReply, RemoteError>> + Send {
        unsupported("virAdmConnectGetLibVersion")
    }

    /// Lists the daemon's servers.
    ///
    /// Procedure 4, `virAdmConnectListServers`.
    fn connect_list_servers(
        &self,
        cx: &CallContext,
        arguments: ConnectListServers,
    ) -> impl Future<Output = Result<ConnectListServersReply, RemoteError>> + Send {
        unsupported("virAdmConnectListServers")
    }

    /// Finds a server by its name.
    ///
    /// Procedure 5, `virAdmConnectLookupServer`.
    fn connect_lookup_server(
        &self,
        cx: &CallContext,
        arguments: ConnectLookupServer,
    ) -> impl Future<Output = Result<ConnectLookupServerReply, RemoteError>> + Send {
        unsupported("virAdmConnectLookupServer")
    }

    /// Reads the size and state of a server's pool of threads.
    ///
    /// Procedure 6, `virAdmServerGetThreadPoolParameters`.
    fn server_get_threadpool_parameters(
        &self,
        cx: &CallContext,
        arguments: ServerGetThreadpoolParameters,
    ) -> impl Future<Output = Result<ServerGetThreadpoolParametersReply, RemoteError>> + Send {
        unsupported("virAdmServerGetThreadPoolParameters")
    }

    /// Sets the size of a server's pool of threads.
    ///
    /// Procedure 7, `virAdmServerSetThreadPoolParameters`.
    fn server_set_threadpool_parameters(
        &self,
        cx: &CallContext,
        arguments: ServerSetThreadpoolParameters,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmServerSetThreadPoolParameters")
    }

    /// Lists a server's clients.
    ///
    /// Procedure 8, `virAdmServerListClients`.
    fn server_list_clients(
        &self,
        cx: &CallContext,
        arguments: ServerListClients,
    ) -> impl Future<Output = Result<ServerListClientsReply, RemoteError>> + Send {
        unsupported("virAdmServerListClients")
    }

    /// Finds a client by its number.
    ///
    /// Procedure 9, `virAdmServerLookupClient`.
    fn server_lookup_client(
        &self,
        cx: &CallContext,
        arguments: ServerLookupClient,
    ) -> impl Future<Output = Result<ServerLookupClientReply, RemoteError>> + Send {
        unsupported("virAdmServerLookupClient")
    }

    /// Tells who a client is.
    ///
    /// Procedure 10, `virAdmClientGetInfo`.
    fn client_get_info(
        &self,
        cx: &CallContext,
        arguments: ClientGetInfo,
    ) -> impl Future<Output = Result<ClientGetInfoReply, RemoteError>> + Send {
        unsupported("virAdmClientGetInfo")
    }

    /// Cuts a client off.
    ///
    /// Procedure 11, `virAdmClientClose`.
    fn client_close(
        &self,
        cx: &CallContext,
        arguments: ClientClose,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmClientClose")
    }

    /// Reads how many clients a server takes, and has.
    ///
    /// Procedure 12, `virAdmServerGetClientLimits`.
    fn server_get_client_limits(
        &self,
        cx: &CallContext,
        arguments: ServerGetClientLimits,
    ) -> impl Future<Output = Result<ServerGetClientLimitsReply, RemoteError>> + Send {
        unsupported("virAdmServerGetClientLimits")
    }

    /// Sets how many clients a server takes.
    ///
    /// Procedure 13, `virAdmServerSetClientLimits`.
    fn server_set_client_limits(
        &self,
        cx: &CallContext,
        arguments: ServerSetClientLimits,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmServerSetClientLimits")
    }

    /// Tells where the daemon's log goes.
    ///
    /// Procedure 14, `virAdmConnectGetLoggingOutputs`.
    fn connect_get_logging_outputs(
        &self,
        cx: &CallContext,
        arguments: ConnectGetLoggingOutputs,
    ) -> impl Future<Output = Result<ConnectGetLoggingOutputsReply, RemoteError>> + Send {
        unsupported("virAdmConnectGetLoggingOutputs")
    }

    /// Tells which parts of the daemon log how much.
    ///
    /// Procedure 15, `virAdmConnectGetLoggingFilters`.
    fn connect_get_logging_filters(
        &self,
        cx: &CallContext,
        arguments: ConnectGetLoggingFilters,
    ) -> impl Future<Output = Result<ConnectGetLoggingFiltersReply, RemoteError>> + Send {
        unsupported("virAdmConnectGetLoggingFilters")
    }

    /// Says where the daemon's log goes.
    ///
    /// Procedure 16, `virAdmConnectSetLoggingOutputs`.
    fn connect_set_logging_outputs(
        &self,
        cx: &CallContext,
        arguments: ConnectSetLoggingOutputs,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmConnectSetLoggingOutputs")
    }

    /// Says which parts of the daemon log how much.
    ///
    /// Procedure 17, `virAdmConnectSetLoggingFilters`.
    fn connect_set_logging_filters(
        &self,
        cx: &CallContext,
        arguments: ConnectSetLoggingFilters,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmConnectSetLoggingFilters")
    }

    /// Has a server read its certificates and keys again.
    ///
    /// Procedure 18, `virAdmServerUpdateTlsFiles`.
    fn server_update_tls_files(
        &self,
        cx: &CallContext,
        arguments: ServerUpdateTlsFiles,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmServerUpdateTlsFiles")
    }

    /// Says after how long without clients and guests the daemon ends by itself.
    ///
    /// Procedure 19, `virAdmConnectSetDaemonTimeout`.
    fn connect_set_daemon_timeout(
        &self,
        cx: &CallContext,
        arguments: ConnectSetDaemonTimeout,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmConnectSetDaemonTimeout")
    }

    /// Ends the daemon.
    ///
    /// Procedure 20, `virAdmConnectDaemonShutdown`.
    fn connect_daemon_shutdown(
        &self,
        cx: &CallContext,
        arguments: ConnectDaemonShutdown,
    ) -> impl Future<Output = Result<(), RemoteError>> + Send {
        unsupported("virAdmConnectDaemonShutdown")
    }
}

dispatch! {
    /// Decodes a call's arguments, has the service answer, and encodes the reply.
    ///
    /// Arguments that do not decode, and numbers that are no call's, are answered as libvirt answers them: code 39.
    pub fn dispatch_admin for AdminService;
    1 ConnectOpen => connect_open(arguments);
    2 ConnectClose => connect_close();
    3 ConnectGetLibVersion => connect_get_lib_version();
    4 ConnectListServers => connect_list_servers(arguments);
    5 ConnectLookupServer => connect_lookup_server(arguments);
    6 ServerGetThreadpoolParameters => server_get_threadpool_parameters(arguments);
    7 ServerSetThreadpoolParameters => server_set_threadpool_parameters(arguments);
    8 ServerListClients => server_list_clients(arguments);
    9 ServerLookupClient => server_lookup_client(arguments);
    10 ClientGetInfo => client_get_info(arguments);
    11 ClientClose => client_close(arguments);
    12 ServerGetClientLimits => server_get_client_limits(arguments);
    13 ServerSetClientLimits => server_set_client_limits(arguments);
    14 ConnectGetLoggingOutputs => connect_get_logging_outputs(arguments);
    15 ConnectGetLoggingFilters => connect_get_logging_filters(arguments);
    16 ConnectSetLoggingOutputs => connect_set_logging_outputs(arguments);
    17 ConnectSetLoggingFilters => connect_set_logging_filters(arguments);
    18 ServerUpdateTlsFiles => server_update_tls_files(arguments);
    19 ConnectSetDaemonTimeout => connect_set_daemon_timeout(arguments);
    20 ConnectDaemonShutdown => connect_daemon_shutdown(arguments);
}
