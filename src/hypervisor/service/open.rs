//! Opening the hypervisor, and what is asked around it.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::profile::Feature;
use virtwire_protocol::remote::{ConnectOpen, ConnectSupportsFeature, ConnectSupportsFeatureReply};

use super::super::{Host, Hypervisor, Result};
use super::HypervisorService;
use crate::server::CallContext;

/// The one flag of connect_open that daemons look at. Clients leak others of their own.
const READ_ONLY: u32 = 1;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn connect_open(&self, cx: &CallContext, arguments: ConnectOpen) -> Result<()> {
        let name = arguments.name.unwrap_or_default();
        check_name(&self.hypervisor.host(), &name.to_string_lossy())?;
        self.clients.open(cx)?;
        if arguments.flags & READ_ONLY != 0 {
            cx.set_read_only();
        }
        Ok(())
    }

    /// Features that this serves, of those that the peer which it plays knows.
    pub(super) async fn connect_supports_feature(
        &self,
        cx: &CallContext,
        arguments: ConnectSupportsFeature,
    ) -> Result<ConnectSupportsFeatureReply> {
        Ok(ConnectSupportsFeatureReply { supported: i32::from(self.has_feature(cx, arguments.feature)) })
    }

    pub(super) fn has_feature(&self, cx: &CallContext, feature: i32) -> bool {
        let migration = self.hypervisor.host().migration;
        let serves = match feature {
            Feature::MIGRATION_V1 => migration.v1,
            Feature::MIGRATION_V2 => migration.v2,
            Feature::MIGRATION_V3 => migration.v3,
            Feature::MIGRATION_PARAMS => migration.v3_params,
            // It takes part as a destination; whether it dials as a source is for its policy to say.
            Feature::MIGRATION_P2P => migration.v2 || migration.v3 || migration.v3_params,
            Feature::MIGRATION_OFFLINE => migration.offline && (migration.v3 || migration.v3_params),
            Feature::MIGRATION_DIRECT => migration.direct,
            Feature::MIGRATE_CHANGE_PROTECTION => migration.v3 || migration.v3_params,
            Feature::XML_MIGRATABLE | Feature::REMOTE_CLOSE_CALLBACK => true,
            Feature::NETWORK_UPDATE_HAS_CORRECT_ORDER => self.hypervisor.networks().is_some(),
            Feature::TYPED_PARAM_STRING => self.hypervisor.tuning().is_some(),
            Feature::REMOTE_EVENT_CALLBACK => self.hypervisor.events().is_some(),
            _ => false,
        };
        serves && cx.profile().has_feature(feature)
    }

    /// It would tell of the end of the daemon's own connection to a hypervisor. There is none that could end.
    pub(super) async fn connect_register_close_callback(&self, _: &CallContext) -> Result<()> {
        Ok(())
    }

    pub(super) async fn connect_unregister_close_callback(&self, _: &CallContext) -> Result<()> {
        Ok(())
    }
}

/// A daemon opens itself and nothing else: a name that carries a transport or a host would have it dial out for a
/// client.
fn check_name(host: &Host, name: &str) -> Result<()> {
    let plain = name.split(['?', '#']).next().unwrap_or_default();
    if plain.is_empty() || plain == host.uri || host.also_known_as.iter().any(|known| known == plain) {
        return Ok(());
    }
    let (scheme, rest) = plain.split_once(':').unwrap_or(("", plain));
    let authority = rest.strip_prefix("//").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if scheme.contains('+') || !authority.is_empty() {
        let detail = format!("'{name}' names a transport or a host, and this daemon opens only itself");
        return Err(RemoteError::new(ErrorCode::OPERATION_DENIED, ErrorDomain::RPC, detail));
    }
    Err(RemoteError::new(ErrorCode::NO_CONNECT, ErrorDomain::NONE, name))
}
