// Made from protocol/x/admin.x by `cargo run -p virtwire-idl`: change that, not this.

//! What is known of each procedure, by number.

use crate::contract::procedures;
use crate::program::ReadOnlyRule::Allowed;

use super::super::admin::*;

procedures! {
    ADMIN = 0x6900690, 1;
    Call 1 "connect_open" ConnectOpen -> () { read_only: Allowed, acl: &[], function: "virAdmConnectOpen" }
    Call 2 "connect_close" ConnectClose -> () { read_only: Allowed, acl: &[], function: "virAdmConnectClose" }
    Call 3 "connect_get_lib_version" ConnectGetLibVersion -> ConnectGetLibVersionReply {
        read_only: Allowed, acl: &[], function: "virAdmConnectGetLibVersion",
    }
    Call 4 "connect_list_servers" ConnectListServers -> ConnectListServersReply {
        read_only: Allowed, acl: &[], function: "virAdmConnectListServers",
    }
    Call 5 "connect_lookup_server" ConnectLookupServer -> ConnectLookupServerReply {
        read_only: Allowed, acl: &[], function: "virAdmConnectLookupServer",
    }
    Call 6 "server_get_threadpool_parameters" ServerGetThreadpoolParameters -> ServerGetThreadpoolParametersReply {
        read_only: Allowed, acl: &[], function: "virAdmServerGetThreadPoolParameters",
    }
    Call 7 "server_set_threadpool_parameters" ServerSetThreadpoolParameters -> () {
        read_only: Allowed, acl: &[], function: "virAdmServerSetThreadPoolParameters",
    }
    Call 8 "server_list_clients" ServerListClients -> ServerListClientsReply {
        read_only: Allowed, acl: &[], function: "virAdmServerListClients",
    }
    Call 9 "server_lookup_client" ServerLookupClient -> ServerLookupClientReply {
        read_only: Allowed, acl: &[], function: "virAdmServerLookupClient",
    }
    Call 10 "client_get_info" ClientGetInfo -> ClientGetInfoReply {
        read_only: Allowed, acl: &[], function: "virAdmClientGetInfo",
    }
    Call 11 "client_close" ClientClose -> () { read_only: Allowed, acl: &[], function: "virAdmClientClose" }
    Call 12 "server_get_client_limits" ServerGetClientLimits -> ServerGetClientLimitsReply {
        read_only: Allowed, acl: &[], function: "virAdmServerGetClientLimits",
    }
    Call 13 "server_set_client_limits" ServerSetClientLimits -> () {
        read_only: Allowed, acl: &[], function: "virAdmServerSetClientLimits",
    }
    Call 14 "connect_get_logging_outputs" ConnectGetLoggingOutputs -> ConnectGetLoggingOutputsReply {
        read_only: Allowed, acl: &[], function: "virAdmConnectGetLoggingOutputs",
    }
    Call 15 "connect_get_logging_filters" ConnectGetLoggingFilters -> ConnectGetLoggingFiltersReply {
        read_only: Allowed, acl: &[], function: "virAdmConnectGetLoggingFilters",
    }
    Call 16 "connect_set_logging_outputs" ConnectSetLoggingOutputs -> () {
        read_only: Allowed, acl: &[], function: "virAdmConnectSetLoggingOutputs",
    }
    Call 17 "connect_set_logging_filters" ConnectSetLoggingFilters -> () {
        read_only: Allowed, acl: &[], function: "virAdmConnectSetLoggingFilters",
    }
    Call 18 "server_update_tls_files" ServerUpdateTlsFiles -> () {
        read_only: Allowed, acl: &[], function: "virAdmServerUpdateTlsFiles",
    }
    Call 19 "connect_set_daemon_timeout" ConnectSetDaemonTimeout -> () {
        read_only: Allowed, acl: &[], function: "virAdmConnectSetDaemonTimeout",
    }
    Call 20 "connect_daemon_shutdown" ConnectDaemonShutdown -> () {
        read_only: Allowed, acl: &[], function: "virAdmConnectDaemonShutdown",
    }
}
