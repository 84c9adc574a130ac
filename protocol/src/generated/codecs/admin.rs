// Made from protocol/x/admin.x by `cargo run -p virtwire-idl`: change that, not this.

//! How each type is written, and its bounds.

use virtwire_xdr::{Array, Optional, Plain, Str, record, union};

use super::super::admin::*;

union! {
    "admin_typed_param_value" => TypedParamValue: i32 {
        1 => Int(Plain) "i",
        2 => UInt(Plain) "ui",
        3 => LLong(Plain) "l",
        4 => ULLong(Plain) "ul",
        5 => Double(Plain) "d",
        6 => Boolean(Plain) "b",
        7 => String(Str<ADMIN_STRING_MAX>) "s",
    }
}

record! {
    "admin_nonnull_server" => Server { name: Str<ADMIN_STRING_MAX> }
    "admin_nonnull_client" => Client { srv: Plain, id: Plain, timestamp: Plain, transport: Plain }
    "admin_typed_param" => TypedParam { field: Str<ADMIN_STRING_MAX>, value: Plain }
    "admin_connect_open_args" => ConnectOpen { flags: Plain }
    "connect_close" => ConnectClose {}
    "connect_get_lib_version" => ConnectGetLibVersion {}
    "admin_connect_get_lib_version_ret" => ConnectGetLibVersionReply { lib_ver "libVer": Plain }
    "admin_connect_list_servers_args" => ConnectListServers { need_results: Plain, flags: Plain }
    "admin_connect_list_servers_ret" => ConnectListServersReply {
        servers: Array<ADMIN_SERVER_LIST_MAX>,
        ret: Plain,
    }
    "admin_connect_lookup_server_args" => ConnectLookupServer { name: Str<ADMIN_STRING_MAX>, flags: Plain }
    "admin_connect_lookup_server_ret" => ConnectLookupServerReply { srv: Plain }
    "admin_server_get_threadpool_parameters_args" => ServerGetThreadpoolParameters {
        srv: Plain,
        flags: Plain,
    }
    "admin_server_get_threadpool_parameters_ret" => ServerGetThreadpoolParametersReply {
        params: Array<ADMIN_SERVER_THREADPOOL_PARAMETERS_MAX>,
    }
    "admin_server_set_threadpool_parameters_args" => ServerSetThreadpoolParameters {
        srv: Plain,
        params: Array<ADMIN_SERVER_THREADPOOL_PARAMETERS_MAX>,
        flags: Plain,
    }
    "admin_server_list_clients_args" => ServerListClients { srv: Plain, need_results: Plain, flags: Plain }
    "admin_server_list_clients_ret" => ServerListClientsReply {
        clients: Array<ADMIN_CLIENT_LIST_MAX>,
        ret: Plain,
    }
    "admin_server_lookup_client_args" => ServerLookupClient { srv: Plain, id: Plain, flags: Plain }
    "admin_server_lookup_client_ret" => ServerLookupClientReply { clnt: Plain }
    "admin_client_get_info_args" => ClientGetInfo { clnt: Plain, flags: Plain }
    "admin_client_get_info_ret" => ClientGetInfoReply { params: Array<ADMIN_CLIENT_INFO_PARAMETERS_MAX> }
    "admin_client_close_args" => ClientClose { clnt: Plain, flags: Plain }
    "admin_server_get_client_limits_args" => ServerGetClientLimits { srv: Plain, flags: Plain }
    "admin_server_get_client_limits_ret" => ServerGetClientLimitsReply {
        params: Array<ADMIN_SERVER_CLIENT_LIMITS_MAX>,
    }
    "admin_server_set_client_limits_args" => ServerSetClientLimits {
        srv: Plain,
        params: Array<ADMIN_SERVER_CLIENT_LIMITS_MAX>,
        flags: Plain,
    }
    "admin_connect_get_logging_outputs_args" => ConnectGetLoggingOutputs { flags: Plain }
    "admin_connect_get_logging_outputs_ret" => ConnectGetLoggingOutputsReply {
        outputs: Str<ADMIN_STRING_MAX>,
        noutputs: Plain,
    }
    "admin_connect_get_logging_filters_args" => ConnectGetLoggingFilters { flags: Plain }
    "admin_connect_get_logging_filters_ret" => ConnectGetLoggingFiltersReply {
        filters: Optional<Str<ADMIN_STRING_MAX>>,
        nfilters: Plain,
    }
    "admin_connect_set_logging_outputs_args" => ConnectSetLoggingOutputs {
        outputs: Optional<Str<ADMIN_STRING_MAX>>,
        flags: Plain,
    }
    "admin_connect_set_logging_filters_args" => ConnectSetLoggingFilters {
        filters: Optional<Str<ADMIN_STRING_MAX>>,
        flags: Plain,
    }
    "admin_server_update_tls_files_args" => ServerUpdateTlsFiles { srv: Plain, flags: Plain }
    "admin_connect_set_daemon_timeout_args" => ConnectSetDaemonTimeout { timeout: Plain, flags: Plain }
    "admin_connect_daemon_shutdown_args" => ConnectDaemonShutdown { flags: Plain }
}
