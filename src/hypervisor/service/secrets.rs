//! Secrets.

use virtwire_protocol::access::{ObjectKind, Right};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::flags::DefineFlags;
use virtwire_protocol::remote::*;

use super::super::{Hypervisor, Result, SecretInfo, Secrets, Uuid, errors};
use super::HypervisorService;
use super::clients::internal;
use super::list::{count, passes, yes_or_no};
use super::wire::xml;
use crate::server::CallContext;

/// Ephemeral, kept, private, not private.
const FILTERS: u32 = 0xf;
/// Compared with a schema first: there is none here, and what is known of the document is checked in any case.
pub(super) const VALIDATE: u32 = DefineFlags::VALIDATE.bits();
/// Lifecycle, and that the value is another.
const EVENT_KINDS: i32 = 2;

impl<H: Hypervisor> HypervisorService<H> {
    fn secrets(&self, api: &str) -> Result<&impl Secrets> {
        self.hypervisor.secrets().ok_or_else(|| RemoteError::no_support(api))
    }

    async fn visible_secrets(&self, cx: &CallContext, api: &str) -> Result<Vec<SecretInfo>> {
        let mut all = self.secrets(api)?.secrets().await?;
        all.retain(|secret| may_see(cx, secret));
        Ok(all)
    }

    /// The secret that a call is about, by its UUID.
    async fn secret(&self, secret: &Secret, api: &str) -> Result<SecretInfo> {
        let uuid = Uuid(secret.uuid);
        let found = self.secrets(api)?.secrets().await?.into_iter().find(|secret| secret.uuid == uuid);
        found.ok_or_else(|| no_secret(format!("no secret with matching uuid '{uuid}'")))
    }

    pub(super) async fn connect_num_of_secrets(&self, cx: &CallContext) -> Result<ConnectNumOfSecretsReply> {
        let all = self.visible_secrets(cx, "virConnectNumOfSecrets").await?;
        Ok(ConnectNumOfSecretsReply { num: i32::try_from(all.len()).unwrap_or(i32::MAX) })
    }

    pub(super) async fn connect_list_secrets(
        &self,
        cx: &CallContext,
        arguments: ConnectListSecrets,
    ) -> Result<ConnectListSecretsReply> {
        let all = self.visible_secrets(cx, "virConnectListSecrets").await?;
        let most = count("maxuuids", arguments.maxuuids)?;
        let uuids = all.iter().map(|secret| secret.uuid.to_string().into());
        Ok(ConnectListSecretsReply { uuids: uuids.take(most).collect() })
    }

    pub(super) async fn connect_list_all_secrets(
        &self,
        cx: &CallContext,
        arguments: ConnectListAllSecrets,
    ) -> Result<ConnectListAllSecretsReply> {
        let ConnectListAllSecrets { need_results, flags } = arguments;
        let mut all = self.visible_secrets(cx, "virConnectListAllSecrets").await?;
        errors::check_flags(flags, FILTERS.into(), "connect_list_all_secrets")?;
        all.retain(|one| passes(flags, &[&yes_or_no(1, one.ephemeral), &yes_or_no(4, one.private)]));
        let ret = u32::try_from(all.len()).ok().filter(|count| *count <= SECRET_LIST_MAX);
        let ret = ret.ok_or_else(|| {
            internal(format!("Too many secrets '{}' for limit '{SECRET_LIST_MAX}'", all.len()))
        })?;
        let secrets = if need_results != 0 { all.iter().map(wire).collect() } else { Vec::new() };
        Ok(ConnectListAllSecretsReply { secrets, ret })
    }

    pub(super) async fn secret_lookup_by_uuid(
        &self,
        _: &CallContext,
        arguments: SecretLookupByUuid,
    ) -> Result<SecretLookupByUuidReply> {
        let named = Secret { uuid: arguments.uuid, ..Secret::default() };
        Ok(SecretLookupByUuidReply { secret: wire(&self.secret(&named, "virSecretLookupByUUID").await?) })
    }

    pub(super) async fn secret_lookup_by_usage(
        &self,
        cx: &CallContext,
        arguments: SecretLookupByUsage,
    ) -> Result<SecretLookupByUsageReply> {
        let SecretLookupByUsage { usage_type, usage_id } = arguments;
        let all = self.visible_secrets(cx, "virSecretLookupByUsage").await?;
        let is_it = |secret: &&SecretInfo| {
            i32::from(secret.usage) == usage_type && usage_id == secret.usage_id.as_str()
        };
        // What is for nothing in particular is found by its UUID alone.
        let found = all.iter().filter(|_| usage_type != 0).find(is_it);
        let found = found.ok_or_else(|| {
            no_secret(format!("no secret with matching usage '{}'", usage_id.to_string_lossy()))
        })?;
        Ok(SecretLookupByUsageReply { secret: wire(found) })
    }

    pub(super) async fn secret_define_xml(
        &self,
        _: &CallContext,
        arguments: SecretDefineXml,
    ) -> Result<SecretDefineXmlReply> {
        let defined = self.secrets("virSecretDefineXML")?.define_secret(xml(arguments.xml)?).await?;
        Ok(SecretDefineXmlReply { secret: wire(&defined) })
    }

    pub(super) async fn secret_get_xml_desc(
        &self,
        _: &CallContext,
        arguments: SecretGetXmlDesc,
    ) -> Result<SecretGetXmlDescReply> {
        let api = "virSecretGetXMLDesc";
        let secret = self.secret(&arguments.secret, api).await?;
        Ok(SecretGetXmlDescReply { xml: self.secrets(api)?.secret_xml(secret.uuid).await?.into() })
    }

    pub(super) async fn secret_set_value(&self, _: &CallContext, arguments: SecretSetValue) -> Result<()> {
        let SecretSetValue { secret, value, .. } = arguments;
        let api = "virSecretSetValue";
        // What is empty is none for libvirt's daemons.
        if value.is_empty() {
            return Err(errors::invalid_argument("value in virSecretSetValue must not be NULL"));
        }
        let secret = self.secret(&secret, api).await?;
        self.secrets(api)?.set_secret_value(secret.uuid, value).await
    }

    pub(super) async fn secret_get_value(
        &self,
        _: &CallContext,
        arguments: SecretGetValue,
    ) -> Result<SecretGetValueReply> {
        let api = "virSecretGetValue";
        let secret = self.secret(&arguments.secret, api).await?;
        if secret.private {
            let detail = "secret is private";
            return Err(RemoteError::new(ErrorCode::INVALID_SECRET, ErrorDomain::SECRET, detail));
        }
        let value = self.secrets(api)?.secret_value(secret.uuid).await?;
        let value =
            value.ok_or_else(|| no_secret(format!("secret '{}' does not have a value", secret.uuid)))?;
        Ok(SecretGetValueReply { value })
    }

    pub(super) async fn secret_undefine(&self, _: &CallContext, arguments: SecretUndefine) -> Result<()> {
        let secret = self.secret(&arguments.secret, "virSecretUndefine").await?;
        self.secrets("virSecretUndefine")?.undefine_secret(secret.uuid).await
    }

    pub(super) async fn connect_secret_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectSecretEventRegisterAny,
    ) -> Result<ConnectSecretEventRegisterAnyReply> {
        self.secrets("virConnectSecretEventRegisterAny")?;
        self.listening("virConnectSecretEventRegisterAny")?;
        let kind = arguments.event_id;
        if !(0..EVENT_KINDS).contains(&kind) {
            return Err(internal(format!("unsupported secret event ID {kind}")));
        }
        let secret = arguments.secret.map(|secret| Uuid(secret.uuid));
        let callback_id =
            self.clients.with(cx, |client| client.wishes().secrets.register(kind, secret))??;
        Ok(ConnectSecretEventRegisterAnyReply { callback_id })
    }

    pub(super) async fn connect_secret_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectSecretEventDeregisterAny,
    ) -> Result<()> {
        self.clients.with(cx, |client| client.wishes().secrets.deregister(arguments.callback_id, "secret"))?
    }
}

/// Whether the client may know that it is there.
pub(super) fn may_see(cx: &CallContext, secret: &SecretInfo) -> bool {
    cx.allows(Right::of(ObjectKind::Secret, "getattr"), secret.uuid.0, &secret.usage_id).is_ok()
}

pub(super) fn wire(secret: &SecretInfo) -> Secret {
    let SecretInfo { uuid, usage, usage_id, .. } = secret;
    Secret { uuid: uuid.0, usage_type: (*usage).into(), usage_id: usage_id.as_str().into() }
}

fn no_secret(detail: String) -> RemoteError {
    RemoteError::new(ErrorCode::NO_SECRET, ErrorDomain::SECRET, detail)
}
