//! A hypervisor as the remote program: what is asked in 80 procedures, answered by some 30 verbs.
//!
//! The families are one file each; this one has the table of what is served, and the connections.

mod clients;
mod console;
mod event;
mod host;
mod info;
mod job;
mod life;
mod list;
mod migrate;
mod migrate3;
mod migrate_params;
mod open;
mod stats;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;

use virtwire_protocol::contract::{self, Message, Visitor};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::frame::Draft;
use virtwire_protocol::program::{Procedure, Program};
use virtwire_protocol::remote::*;
use virtwire_protocol::session::server::Called;

use super::{Hypervisor, Result, Subscription};
use crate::generated::{
    LxcService, QemuService, RemoteService, dispatch_lxc, dispatch_qemu, dispatch_remote,
};
use crate::server::{BoxFuture, CallContext, Handler, Stream};
use clients::Clients;

/// Serves a [`Hypervisor`] as the remote program.
///
/// Give it to a [`Server`](crate::server::Server). What it does not serve it answers as libvirt does for a driver without
/// it. To add to it or to change it, implement [`RemoteService`] and pass on what is not yours.
#[derive(Debug)]
pub struct HypervisorService<H> {
    hypervisor: H,
    clients: Arc<Clients>,
    _subscription: Option<Subscription>,
}

impl<H: Hypervisor> HypervisorService<H> {
    /// Serves this hypervisor to any number of connections.
    pub fn new(hypervisor: H) -> HypervisorService<H> {
        let clients = Arc::new(Clients::default());
        let listeners = clients.clone();
        let subscription =
            hypervisor.events().map(|events| events.listen(move |event| listeners.tell(event)));
        HypervisorService { hypervisor, clients, _subscription: subscription }
    }

    /// Forgets a connection, and gives up the migrations that it had begun or prepared for and not ended. May come more
    /// than once: also for a connection whose calls went on after its end.
    pub fn connection_closed(&self, cx: &CallContext) {
        for migration in self.clients.remove(cx.connection()) {
            self.give_up(migration);
        }
    }
}

/// What is served, by family: the call, its arguments if it has any, its reply.
///
/// Each is answered by the method of the same name in the family's file.
macro_rules! serve {
    ($($call:ident $(: $arguments:ty $(, $stream:ident)?)? => $reply:ty;)*) => {
        impl<H: Hypervisor> RemoteService for HypervisorService<H> {
            $(serve!(@ $call, $($arguments, $($stream,)?)? => $reply);)*
        }
    };
    (@ $call:ident, => $reply:ty) => {
        async fn $call(&self, cx: &CallContext) -> Result<$reply> {
            HypervisorService::$call(self, cx).await
        }
    };
    (@ $call:ident, $arguments:ty, stream, => $reply:ty) => {
        async fn $call(&self, cx: &CallContext, arguments: $arguments, stream: Stream) -> Result<$reply> {
            HypervisorService::$call(self, cx, arguments, stream).await
        }
    };
    (@ $call:ident, $arguments:ty, => $reply:ty) => {
        async fn $call(&self, cx: &CallContext, arguments: $arguments) -> Result<$reply> {
            HypervisorService::$call(self, cx, arguments).await
        }
    };
}

serve! {
    // open
    connect_open: ConnectOpen => ();
    connect_supports_feature: ConnectSupportsFeature => ConnectSupportsFeatureReply;
    connect_register_close_callback => ();
    connect_unregister_close_callback => ();
    // host
    connect_get_type => ConnectGetTypeReply;
    connect_get_version => ConnectGetVersionReply;
    connect_get_lib_version => ConnectGetLibVersionReply;
    connect_get_hostname => ConnectGetHostnameReply;
    connect_get_uri => ConnectGetUriReply;
    connect_get_capabilities => ConnectGetCapabilitiesReply;
    connect_get_max_vcpus: ConnectGetMaxVcpus => ConnectGetMaxVcpusReply;
    connect_is_secure => ConnectIsSecureReply;
    node_get_info => NodeGetInfoReply;
    node_get_security_model => NodeGetSecurityModelReply;
    // list
    connect_list_all_domains: ConnectListAllDomains => ConnectListAllDomainsReply;
    connect_list_domains: ConnectListDomains => ConnectListDomainsReply;
    connect_num_of_domains => ConnectNumOfDomainsReply;
    connect_list_defined_domains: ConnectListDefinedDomains => ConnectListDefinedDomainsReply;
    connect_num_of_defined_domains => ConnectNumOfDefinedDomainsReply;
    domain_lookup_by_id: DomainLookupById => DomainLookupByIdReply;
    domain_lookup_by_name: DomainLookupByName => DomainLookupByNameReply;
    domain_lookup_by_uuid: DomainLookupByUuid => DomainLookupByUuidReply;
    // info
    domain_get_info: DomainGetInfo => DomainGetInfoReply;
    domain_get_state: DomainGetState => DomainGetStateReply;
    domain_get_xml_desc: DomainGetXmlDesc => DomainGetXmlDescReply;
    domain_get_os_type: DomainGetOsType => DomainGetOsTypeReply;
    domain_get_max_memory: DomainGetMaxMemory => DomainGetMaxMemoryReply;
    domain_get_max_vcpus: DomainGetMaxVcpus => DomainGetMaxVcpusReply;
    domain_get_vcpus_flags: DomainGetVcpusFlags => DomainGetVcpusFlagsReply;
    domain_get_autostart: DomainGetAutostart => DomainGetAutostartReply;
    domain_is_active: DomainIsActive => DomainIsActiveReply;
    domain_is_persistent: DomainIsPersistent => DomainIsPersistentReply;
    domain_is_updated: DomainIsUpdated => DomainIsUpdatedReply;
    domain_get_control_info: DomainGetControlInfo => DomainGetControlInfoReply;
    domain_memory_peek: DomainMemoryPeek => DomainMemoryPeekReply;
    domain_has_managed_save_image: DomainHasManagedSaveImage => DomainHasManagedSaveImageReply;
    domain_has_current_snapshot: DomainHasCurrentSnapshot => DomainHasCurrentSnapshotReply;
    domain_snapshot_num: DomainSnapshotNum => DomainSnapshotNumReply;
    domain_snapshot_list_names: DomainSnapshotListNames => DomainSnapshotListNamesReply;
    domain_list_all_snapshots: DomainListAllSnapshots => DomainListAllSnapshotsReply;
    domain_list_all_checkpoints: DomainListAllCheckpoints => DomainListAllCheckpointsReply;
    domain_get_security_label: DomainGetSecurityLabel => DomainGetSecurityLabelReply;
    domain_get_security_label_list: DomainGetSecurityLabelList => DomainGetSecurityLabelListReply;
    domain_get_messages: DomainGetMessages => DomainGetMessagesReply;
    // console, stats
    domain_open_console: DomainOpenConsole, stream => ();
    connect_get_all_domain_stats: ConnectGetAllDomainStats => ConnectGetAllDomainStatsReply;
    // life
    domain_define_xml: DomainDefineXml => DomainDefineXmlReply;
    domain_define_xml_flags: DomainDefineXmlFlags => DomainDefineXmlFlagsReply;
    domain_undefine: DomainUndefine => ();
    domain_undefine_flags: DomainUndefineFlags => ();
    domain_create_xml: DomainCreateXml => DomainCreateXmlReply;
    domain_create: DomainCreate => ();
    domain_create_with_flags: DomainCreateWithFlags => DomainCreateWithFlagsReply;
    domain_destroy: DomainDestroy => ();
    domain_destroy_flags: DomainDestroyFlags => ();
    domain_shutdown: DomainShutdown => ();
    domain_shutdown_flags: DomainShutdownFlags => ();
    domain_reboot: DomainReboot => ();
    domain_reset: DomainReset => ();
    domain_suspend: DomainSuspend => ();
    domain_resume: DomainResume => ();
    domain_set_autostart: DomainSetAutostart => ();
    // event
    connect_domain_event_register => ConnectDomainEventRegisterReply;
    connect_domain_event_deregister => ConnectDomainEventDeregisterReply;
    connect_domain_event_register_any: ConnectDomainEventRegisterAny => ();
    connect_domain_event_deregister_any: ConnectDomainEventDeregisterAny => ();
    connect_domain_event_callback_register_any: ConnectDomainEventCallbackRegisterAny =>
        ConnectDomainEventCallbackRegisterAnyReply;
    connect_domain_event_callback_deregister_any: ConnectDomainEventCallbackDeregisterAny => ();
    // migrate
    domain_migrate_prepare: DomainMigratePrepare => DomainMigratePrepareReply;
    domain_migrate_prepare2: DomainMigratePrepare2 => DomainMigratePrepare2Reply;
    domain_migrate_perform: DomainMigratePerform => ();
    domain_migrate_finish: DomainMigrateFinish => DomainMigrateFinishReply;
    domain_migrate_finish2: DomainMigrateFinish2 => DomainMigrateFinish2Reply;
    domain_migrate_begin3: DomainMigrateBegin3 => DomainMigrateBegin3Reply;
    domain_migrate_prepare3: DomainMigratePrepare3 => DomainMigratePrepare3Reply;
    domain_migrate_perform3: DomainMigratePerform3 => DomainMigratePerform3Reply;
    domain_migrate_finish3: DomainMigrateFinish3 => DomainMigrateFinish3Reply;
    domain_migrate_confirm3: DomainMigrateConfirm3 => ();
    domain_migrate_begin3_params: DomainMigrateBegin3Params => DomainMigrateBegin3ParamsReply;
    domain_migrate_prepare3_params: DomainMigratePrepare3Params => DomainMigratePrepare3ParamsReply;
    domain_migrate_perform3_params: DomainMigratePerform3Params => DomainMigratePerform3ParamsReply;
    domain_migrate_finish3_params: DomainMigrateFinish3Params => DomainMigrateFinish3ParamsReply;
    domain_migrate_confirm3_params: DomainMigrateConfirm3Params => ();
    // job
    domain_migrate_get_max_speed: DomainMigrateGetMaxSpeed => DomainMigrateGetMaxSpeedReply;
    domain_migrate_set_max_speed: DomainMigrateSetMaxSpeed => ();
    domain_migrate_get_max_downtime: DomainMigrateGetMaxDowntime => DomainMigrateGetMaxDowntimeReply;
    domain_migrate_set_max_downtime: DomainMigrateSetMaxDowntime => ();
    domain_get_job_info: DomainGetJobInfo => DomainGetJobInfoReply;
    domain_get_job_stats: DomainGetJobStats => DomainGetJobStatsReply;
    domain_abort_job: DomainAbortJob => ();
    domain_abort_job_flags: DomainAbortJobFlags => ();
}

impl<H: Hypervisor> Handler for HypervisorService<H> {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> BoxFuture<'static, Result<Draft>> {
        Box::pin(async move {
            let Called { header, payload, .. } = call;
            let (program, number) = (header.program, header.procedure);
            let opens = program == Program::REMOTE && number == ConnectOpen::NUMBER;
            if !opens && !self.clients.is_open(cx.connection()) {
                // Arguments that do not decode are told of first, as libvirt's daemons do.
                let decodes = contract::visit_call(program, number, Decodes(&payload)).unwrap_or(true);
                return Err(if decodes { not_open() } else { RemoteError::undecodable() });
            }
            let answer = match program {
                Program::QEMU => dispatch_qemu(&Nothing, &cx, number, &payload),
                Program::LXC => dispatch_lxc(&Nothing, &cx, number, &payload),
                _ => dispatch_remote(&*self, &cx, number, &payload),
            };
            // The arguments are decoded: a slow call must not hold the frame as well.
            drop(payload);
            answer.await
        })
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        self.connection_closed(&cx);
        Box::pin(std::future::ready(()))
    }
}

fn not_open() -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, "hypervisor connection not open")
}

/// Whether a payload is what its procedure takes. Bytes beyond it do not matter.
struct Decodes<'a>(&'a [u8]);

impl Visitor for Decodes<'_> {
    type Output = bool;

    fn visit<T: Message>(self, _: &'static str) -> bool {
        virtwire_xdr::Options::lenient().from_slice::<T>(self.0).is_ok()
    }
}

/// The programs of hypervisors that this is not: libvirt's daemons serve them on every connection.
struct Nothing;

impl QemuService for Nothing {}
impl LxcService for Nothing {}
