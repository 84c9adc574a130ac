// Made from protocol/x/admin.x by `cargo run -p virtwire-idl`: change that, not this.

//! How a daemon itself is looked after: its servers, their threads and clients, its log.

use virtwire_xdr::Text;

/// Bytes of any string.
pub const ADMIN_STRING_MAX: u32 = 4_194_304;

/// Servers of one daemon.
pub const ADMIN_SERVER_LIST_MAX: u32 = 16_384;

/// Facts about a pool of threads.
pub const ADMIN_SERVER_THREADPOOL_PARAMETERS_MAX: u32 = 32;

/// Limits of a server.
pub const ADMIN_SERVER_CLIENT_LIMITS_MAX: u32 = 32;

/// Clients of one server.
pub const ADMIN_CLIENT_LIST_MAX: u32 = 16_384;

/// Facts about a client.
pub const ADMIN_CLIENT_INFO_PARAMETERS_MAX: u32 = 64;

/// A server of the daemon: some sockets, and a pool of threads behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// Its name, such as `libvirtd` or `admin`. At most 4,194,304 bytes.
    pub name: Text,
}

/// A connection to a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The server.
    pub srv: Server,
    /// Its number, never used again.
    pub id: u64,
    /// When it came, in seconds since 1970.
    pub timestamp: i64,
    /// 0 unix, 1 TCP, 2 TLS.
    pub transport: u32,
}

/// The value, tagged with its type. There is no default: any other tag makes the whole payload undecodable.
#[derive(Clone, Debug, PartialEq)]
pub enum TypedParamValue {
    /// A signed 32-bit number. Discriminant 1.
    Int(i32),
    /// An unsigned 32-bit number. Discriminant 2.
    UInt(u32),
    /// A signed 64-bit number. Discriminant 3.
    LLong(i64),
    /// An unsigned 64-bit number. Discriminant 4.
    ULLong(u64),
    /// An IEEE 754 double. Discriminant 5.
    Double(f64),
    /// A truth value: 0 or 1, carried as a whole word. Discriminant 6.
    Boolean(i32),
    /// A string. Discriminant 7.
    String(Text),
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedParam {
    /// The name. At most 4,194,304 bytes.
    pub field: Text,
    /// What it is.
    pub value: TypedParamValue,
}

/// Opens the session. Every other call needs it.
///
/// Admin program, procedure 1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectOpen {
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Ends the session.
///
/// Admin program, procedure 2; empty reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectClose;

/// Tells the release that the daemon is, or claims to be.
///
/// Admin program, procedure 3; reply [`ConnectGetLibVersionReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetLibVersion;

/// What [`ConnectGetLibVersion`] returns (admin program, procedure 3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetLibVersionReply {
    /// major × 1,000,000 + minor × 1,000 + release.
    pub lib_ver: u64,
}

/// Lists the daemon's servers.
///
/// Admin program, procedure 4; reply [`ConnectListServersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListServers {
    /// 1 to get the servers, 0 for their number alone.
    pub need_results: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectListServers`] returns (admin program, procedure 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListServersReply {
    /// The servers. At most 16,384.
    pub servers: Vec<Server>,
    /// How many there are.
    pub ret: u32,
}

/// Finds a server by its name.
///
/// Admin program, procedure 5; reply [`ConnectLookupServerReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectLookupServer {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectLookupServer`] returns (admin program, procedure 5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectLookupServerReply {
    /// The server.
    pub srv: Server,
}

/// Reads the size and state of a server's pool of threads.
///
/// Admin program, procedure 6; reply [`ServerGetThreadpoolParametersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerGetThreadpoolParameters {
    /// The server.
    pub srv: Server,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ServerGetThreadpoolParameters`] returns (admin program, procedure 6).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerGetThreadpoolParametersReply {
    /// minWorkers, maxWorkers, prioWorkers; nWorkers, freeWorkers, jobQueueDepth as they are now. At most 32.
    pub params: Vec<TypedParam>,
}

/// Sets the size of a server's pool of threads.
///
/// Admin program, procedure 7; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerSetThreadpoolParameters {
    /// The server.
    pub srv: Server,
    /// minWorkers, maxWorkers, prioWorkers. At most 32.
    pub params: Vec<TypedParam>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Lists a server's clients.
///
/// Admin program, procedure 8; reply [`ServerListClientsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerListClients {
    /// The server.
    pub srv: Server,
    /// 1 to get the clients, 0 for their number alone.
    pub need_results: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ServerListClients`] returns (admin program, procedure 8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerListClientsReply {
    /// The clients. At most 16,384.
    pub clients: Vec<Client>,
    /// How many there are.
    pub ret: u32,
}

/// Finds a client by its number.
///
/// Admin program, procedure 9; reply [`ServerLookupClientReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerLookupClient {
    /// The server.
    pub srv: Server,
    /// The id.
    pub id: u64,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ServerLookupClient`] returns (admin program, procedure 9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerLookupClientReply {
    /// The client of the daemon.
    pub clnt: Client,
}

/// Tells who a client is.
///
/// Admin program, procedure 10; reply [`ClientGetInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientGetInfo {
    /// The client of the daemon.
    pub clnt: Client,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ClientGetInfo`] returns (admin program, procedure 10).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientGetInfoReply {
    /// readonly, sock_addr, sasl_user_name, tls_x509_dname, unix_user_id, unix_user_name, unix_group_id,
    /// unix_group_name, unix_process_id, selinux_context; those that apply. At most 64.
    pub params: Vec<TypedParam>,
}

/// Cuts a client off.
///
/// Admin program, procedure 11; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientClose {
    /// The client of the daemon.
    pub clnt: Client,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Reads how many clients a server takes, and has.
///
/// Admin program, procedure 12; reply [`ServerGetClientLimitsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerGetClientLimits {
    /// The server.
    pub srv: Server,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ServerGetClientLimits`] returns (admin program, procedure 12).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerGetClientLimitsReply {
    /// nclients_max, nclients_unauth_max; nclients, nclients_unauth as they are now. At most 32.
    pub params: Vec<TypedParam>,
}

/// Sets how many clients a server takes.
///
/// Admin program, procedure 13; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerSetClientLimits {
    /// The server.
    pub srv: Server,
    /// nclients_max, nclients_unauth_max. At most 32.
    pub params: Vec<TypedParam>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Tells where the daemon's log goes.
///
/// Admin program, procedure 14; reply [`ConnectGetLoggingOutputsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetLoggingOutputs {
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectGetLoggingOutputs`] returns (admin program, procedure 14).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetLoggingOutputsReply {
    /// Outputs such as `1:file:/var/log/libvirt/libvirtd.log`, with spaces between them.
    /// At most 4,194,304 bytes.
    pub outputs: Text,
    /// How many there are.
    pub noutputs: u32,
}

/// Tells which parts of the daemon log how much.
///
/// Admin program, procedure 15; reply [`ConnectGetLoggingFiltersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetLoggingFilters {
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectGetLoggingFilters`] returns (admin program, procedure 15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetLoggingFiltersReply {
    /// Filters such as `1:qemu`, with spaces between them; absent when there are none.
    /// At most 4,194,304 bytes.
    pub filters: Option<Text>,
    /// How many there are.
    pub nfilters: u32,
}

/// Says where the daemon's log goes.
///
/// Admin program, procedure 16; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectSetLoggingOutputs {
    /// In the same form; absent takes the default. At most 4,194,304 bytes.
    pub outputs: Option<Text>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Says which parts of the daemon log how much.
///
/// Admin program, procedure 17; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectSetLoggingFilters {
    /// In the same form; absent takes all away. At most 4,194,304 bytes.
    pub filters: Option<Text>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Has a server read its certificates and keys again.
///
/// Admin program, procedure 18; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerUpdateTlsFiles {
    /// The server.
    pub srv: Server,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Says after how long without clients and guests the daemon ends by itself.
///
/// Admin program, procedure 19; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectSetDaemonTimeout {
    /// Seconds; 0 never.
    pub timeout: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Ends the daemon.
///
/// Admin program, procedure 20; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDaemonShutdown {
    /// Bit 0 has it save what runs, as before a shutdown of the host.
    pub flags: u32,
}
