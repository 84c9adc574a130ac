//! The daemon itself, as `virt-admin` looks after it: its servers, and who is there.

use std::fmt;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use tokio::runtime::Handle;
use virtwire_protocol::admin::{
    Client, ClientClose, ClientGetInfo, ClientGetInfoReply, ConnectDaemonShutdown, ConnectGetLibVersionReply,
    ConnectListServers, ConnectListServersReply, ConnectLookupServer, ConnectLookupServerReply, ConnectOpen,
    Server as Named, ServerGetClientLimits, ServerGetClientLimitsReply, ServerGetThreadpoolParameters,
    ServerGetThreadpoolParametersReply, ServerListClients, ServerListClientsReply, ServerLookupClient,
    ServerLookupClientReply, ServerSetClientLimits, ServerSetThreadpoolParameters, ServerUpdateTlsFiles,
};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::params::{ParamError, TypedParams};
use virtwire_protocol::program::Program;
use virtwire_protocol::session::server::Called;

use super::Server;
use super::clients::{ClientInfo, Clients};
use super::context::{CallContext, ConnectionId};
use super::handler::{Answering, Handler};
use super::identity::{Identity, PeerTransport};
use super::metrics::Metrics;
use super::places::ClientLimits;
use crate::generated::{AdminService, dispatch_admin};

type Result<T> = std::result::Result<T, RemoteError>;

/// What of the admin program is the daemon's own affair. What is not implemented is answered as not supported.
pub trait Operator: Send + Sync + 'static {
    /// Reads the certificates and keys of a server again. Must not wait.
    ///
    /// # Errors
    /// What the administrator is to see; then everything is as it was.
    fn update_tls(&self, _server: &str) -> Result<()> {
        Err(RemoteError::no_support("virAdmServerUpdateTlsFiles"))
    }

    /// Whether the daemon's servers may take so many clients from now on: all of them by name, of which one is to have other limits than
    /// it has. Each client takes a descriptor, and this is where an administrator is kept from giving away the last. Must not wait.
    ///
    /// # Errors
    /// What the administrator is to see; then everything is as it was.
    fn check_client_limits(&self, _servers: &[(String, ClientLimits)]) -> Result<()> {
        Ok(())
    }

    /// Begins to end the daemon. Must not wait.
    ///
    /// # Errors
    /// What the administrator is to see, where it goes on.
    fn shut_down(&self) -> Result<()> {
        Err(RemoteError::no_support("virAdmConnectDaemonShutdown"))
    }
}

/// Nothing beyond what every server can do.
impl Operator for () {}

/// Answers the admin program for the servers that it is told of: `virt-admin` lists them and their clients, sets limits, and sends
/// clients away.
///
/// It asks nobody who they are: serve it at a unix socket of its own that only the daemon's user and root can open.
///
/// ```
/// # use virtwire::server::{Handler, Server};
/// use std::sync::Arc;
/// use virtwire::server::Administration;
///
/// # fn daemon<H: Handler>(handler: H) {
/// let server = Server::new(handler);
/// let administration = Arc::new(Administration::new(()));
/// let admin = Server::shared(administration.clone());
/// administration.manage("mydaemon", &server);
/// administration.manage("admin", &admin);
/// // `server` serves its listeners, `admin` one at `…-admin-sock`
/// # }
/// ```
pub struct Administration {
    operator: Box<dyn Operator>,
    servers: Mutex<Vec<Managed>>,
}

/// A server, without its handler: so nothing that it serves lives on for its administration's sake.
#[derive(Clone)]
struct Managed {
    name: String,
    clients: Arc<Clients>,
    metrics: Metrics,
}

impl Administration {
    /// Of no servers yet.
    pub fn new(operator: impl Operator) -> Administration {
        Administration { operator: Box::new(operator), servers: Mutex::default() }
    }

    /// Has a server be looked after under this name.
    pub fn manage(&self, name: impl Into<String>, server: &Server) {
        let managed = Managed {
            name: name.into(),
            clients: server.crowd.clone(),
            metrics: server.terms.metrics.clone(),
        };
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).push(managed);
    }

    fn servers(&self) -> Vec<Managed> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn server(&self, name: &Named) -> Result<Managed> {
        let name = name.name.to_string_lossy();
        self.servers().into_iter().find(|server| server.name == name).ok_or_else(|| {
            RemoteError::new(ErrorCode::NO_SERVER, ErrorDomain::RPC, format!("No server named '{name}'"))
        })
    }
}

impl Managed {
    fn named(&self) -> Named {
        Named { name: self.name.as_str().into() }
    }

    fn client(&self, id: u64) -> Result<ClientInfo> {
        self.clients.list().into_iter().find(|client| client.id.0 == id).ok_or_else(|| no_client(id))
    }

    fn wire(&self, client: &ClientInfo) -> Client {
        let since = client.since.duration_since(UNIX_EPOCH).unwrap_or_default();
        Client {
            srv: self.named(),
            id: client.id.0,
            timestamp: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            transport: match client.identity.transport {
                PeerTransport::Unix | PeerTransport::Inside => 0,
                PeerTransport::Tcp => 1,
                PeerTransport::Tls => 2,
            },
        }
    }

    /// On the wire no limit of clients that are not known is 0.
    fn limits(&self) -> std::result::Result<TypedParams, ParamError> {
        let ClientLimits { clients, anonymous } = self.clients.limits();
        let anonymous = anonymous.map_or(0, |anonymous| saturated(anonymous.get()));
        let unknown = self.clients.list().iter().filter(|client| !client.is_known).count();
        TypedParams::new()
            .with("nclients_max", saturated(clients))?
            .with("nclients", saturated(self.clients.places.taken()))?
            .with("nclients_unauth_max", anonymous)?
            .with("nclients_unauth", saturated(unknown))
    }

    /// The threads are the runtime's, and calls are its tasks: no more wait than there are calls beyond the threads.
    fn threads(&self) -> std::result::Result<TypedParams, ParamError> {
        let threads = saturated(Handle::current().metrics().num_workers());
        let at_work = self.metrics.snapshot().calls.iter().map(|calls| calls.at_work).sum::<u64>();
        let at_work = u32::try_from(at_work).unwrap_or(u32::MAX);
        TypedParams::new()
            .with("minWorkers", threads)?
            .with("maxWorkers", threads)?
            .with("nWorkers", threads)?
            .with("freeWorkers", threads.saturating_sub(at_work))?
            .with("prioWorkers", 0_u32)?
            .with("jobQueueDepth", at_work.saturating_sub(threads))
    }
}

/// What is known of a client, by libvirt's names.
fn facts(client: &ClientInfo) -> std::result::Result<TypedParams, ParamError> {
    let Identity { transport, process, sasl_user, tls_name } = &client.identity;
    let mut facts = TypedParams::new();
    facts.push("readonly", client.is_read_only)?;
    if matches!(transport, PeerTransport::Tcp | PeerTransport::Tls) {
        facts.push("sock_addr", client.peer.as_str())?;
    }
    if let Some(user) = sasl_user {
        facts.push("sasl_user_name", user.as_str())?;
    }
    if let Some(name) = tls_name {
        facts.push("tls_x509_dname", name.as_str())?;
    }
    if let Some(process) = process {
        facts.push("unix_user_id", process.uid.cast_signed())?;
        facts.push("unix_group_id", process.gid.cast_signed())?;
        if let Some(pid) = process.pid {
            facts.push("unix_process_id", pid)?;
        }
    }
    Ok(facts)
}

impl AdminService for Administration {
    async fn connect_open(&self, _: &CallContext, arguments: ConnectOpen) -> Result<()> {
        no_flags(arguments.flags)
    }

    async fn connect_get_lib_version(&self, cx: &CallContext) -> Result<ConnectGetLibVersionReply> {
        Ok(ConnectGetLibVersionReply { lib_ver: cx.profile().release().packed() })
    }

    async fn connect_list_servers(
        &self,
        _: &CallContext,
        arguments: ConnectListServers,
    ) -> Result<ConnectListServersReply> {
        no_flags(arguments.flags)?;
        let servers: Vec<_> = self.servers().iter().map(Managed::named).collect();
        let ret = saturated(servers.len());
        Ok(ConnectListServersReply { servers: if_needed(arguments.need_results, servers), ret })
    }

    async fn connect_lookup_server(
        &self,
        _: &CallContext,
        arguments: ConnectLookupServer,
    ) -> Result<ConnectLookupServerReply> {
        no_flags(arguments.flags)?;
        let server = self.server(&Named { name: arguments.name })?;
        Ok(ConnectLookupServerReply { srv: server.named() })
    }

    async fn server_get_threadpool_parameters(
        &self,
        _: &CallContext,
        arguments: ServerGetThreadpoolParameters,
    ) -> Result<ServerGetThreadpoolParametersReply> {
        no_flags(arguments.flags)?;
        let params = self.server(&arguments.srv)?.threads().map_err(unsaid)?;
        Ok(ServerGetThreadpoolParametersReply { params: params.into() })
    }

    async fn server_set_threadpool_parameters(
        &self,
        _: &CallContext,
        arguments: ServerSetThreadpoolParameters,
    ) -> Result<()> {
        self.server(&arguments.srv)?;
        Err(RemoteError::new(
            ErrorCode::OPERATION_UNSUPPORTED,
            ErrorDomain::RPC,
            "this daemon's threads are made when it starts, and calls do not each hold one",
        ))
    }

    async fn server_list_clients(
        &self,
        _: &CallContext,
        arguments: ServerListClients,
    ) -> Result<ServerListClientsReply> {
        no_flags(arguments.flags)?;
        let server = self.server(&arguments.srv)?;
        let clients: Vec<_> = server.clients.list().iter().map(|client| server.wire(client)).collect();
        let ret = saturated(clients.len());
        Ok(ServerListClientsReply { clients: if_needed(arguments.need_results, clients), ret })
    }

    async fn server_lookup_client(
        &self,
        _: &CallContext,
        arguments: ServerLookupClient,
    ) -> Result<ServerLookupClientReply> {
        no_flags(arguments.flags)?;
        let server = self.server(&arguments.srv)?;
        let clnt = server.wire(&server.client(arguments.id)?);
        Ok(ServerLookupClientReply { clnt })
    }

    async fn client_get_info(&self, _: &CallContext, arguments: ClientGetInfo) -> Result<ClientGetInfoReply> {
        no_flags(arguments.flags)?;
        let client = self.server(&arguments.clnt.srv)?.client(arguments.clnt.id)?;
        Ok(ClientGetInfoReply { params: facts(&client).map_err(unsaid)?.into() })
    }

    async fn client_close(&self, _: &CallContext, arguments: ClientClose) -> Result<()> {
        no_flags(arguments.flags)?;
        let id = arguments.clnt.id;
        match self.server(&arguments.clnt.srv)?.clients.send_away(ConnectionId(id)) {
            true => Ok(()),
            false => Err(no_client(id)),
        }
    }

    async fn server_get_client_limits(
        &self,
        _: &CallContext,
        arguments: ServerGetClientLimits,
    ) -> Result<ServerGetClientLimitsReply> {
        no_flags(arguments.flags)?;
        let params = self.server(&arguments.srv)?.limits().map_err(unsaid)?;
        Ok(ServerGetClientLimitsReply { params: params.into() })
    }

    async fn server_set_client_limits(
        &self,
        _: &CallContext,
        arguments: ServerSetClientLimits,
    ) -> Result<()> {
        no_flags(arguments.flags)?;
        let server = self.server(&arguments.srv)?;
        let mut limits = server.clients.limits();
        for param in arguments.params {
            let name = param.field.to_string_lossy().into_owned();
            let virtwire_protocol::admin::TypedParamValue::UInt(value) = param.value else {
                return Err(invalid(format!("invalid type for parameter '{name}', expected uint")));
            };
            let value = usize::try_from(value).unwrap_or(usize::MAX);
            match name.as_str() {
                "nclients_max" => limits.clients = value,
                "nclients_unauth_max" => limits.anonymous = NonZero::new(value),
                _ => {
                    let text = format!("parameter '{name}' not supported");
                    return Err(RemoteError::new(ErrorCode::ARGUMENT_UNSUPPORTED, ErrorDomain::RPC, text));
                }
            }
        }
        if limits.clients == 0 {
            return Err(invalid("no clients at all: nobody could come any more".to_owned()));
        }
        if !limits.are_possible() {
            return Err(invalid("fewer clients than clients that are not known yet".to_owned()));
        }
        let all = self.servers().into_iter().map(|one| {
            let limits = if one.name == server.name { limits } else { one.clients.limits() };
            (one.name, limits)
        });
        self.operator.check_client_limits(&all.collect::<Vec<_>>())?;
        server.clients.set_limits(limits);
        Ok(())
    }

    async fn server_update_tls_files(&self, _: &CallContext, arguments: ServerUpdateTlsFiles) -> Result<()> {
        no_flags(arguments.flags)?;
        self.operator.update_tls(&self.server(&arguments.srv)?.name)
    }

    async fn connect_daemon_shutdown(&self, _: &CallContext, arguments: ConnectDaemonShutdown) -> Result<()> {
        no_flags(arguments.flags)?;
        self.operator.shut_down()
    }
}

impl Handler for Administration {
    fn programs(&self) -> &'static [Program] {
        &[Program::ADMIN]
    }

    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        Box::pin(async move { dispatch_admin(&*self, &cx, call.header.procedure, &call.payload).await })
    }
}

impl fmt::Debug for Administration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let servers: Vec<_> = self.servers().into_iter().map(|server| server.name).collect();
        f.debug_struct("Administration").field("servers", &servers).finish_non_exhaustive()
    }
}

fn if_needed<T>(need_results: u32, list: Vec<T>) -> Vec<T> {
    if need_results != 0 { list } else { Vec::new() }
}

fn no_flags(flags: u32) -> Result<()> {
    if flags == 0 { Ok(()) } else { Err(invalid(format!("unsupported flags ({flags:#x})"))) }
}

fn invalid(text: String) -> RemoteError {
    RemoteError::new(ErrorCode::INVALID_ARG, ErrorDomain::RPC, text)
}

fn no_client(id: u64) -> RemoteError {
    let text = format!("No client with matching ID '{id}'");
    RemoteError::new(ErrorCode::NO_CLIENT, ErrorDomain::RPC, text)
}

/// A fact that does not fit its type.
fn unsaid(error: ParamError) -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, error.to_string())
}

fn saturated(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
