//! Whether a client may do what it asks for: the steps between a call's number and its handler.
//!
//! ```text
//! number     read-only?  rights on the connection?          nothing has been decoded yet
//! arguments  do they decode?  read-only, with these flags?  rights on the object, by an authorizer
//! handler
//! ```
//!
//! The arguments are decoded here only for calls whose access depends on them, where somebody asks.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use virtwire_protocol::access::{Asked, Named, ObjectKind, Right, asked};
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::program::{Procedure, ProcedureInfo, ReadOnlyRule};
use virtwire_protocol::session::server::Called;

use super::context::{CallContext, ConnectionId};
use super::handler::Handler;
use super::identity::Identity;

/// Decides who may do what.
///
/// A server without one lets every client that it has let in do everything, if it is not read-only. It is asked once for every right
/// that a call needs, and for every domain that a client would see in a list or hear of in an event. Of an object that gets another
/// name by the call, it is asked once more under that name.
///
/// ```
/// use virtwire::server::{AccessRequest, Authorizer};
///
/// /// Everybody may look; root may do everything.
/// struct RootOrLook;
///
/// impl Authorizer for RootOrLook {
///     fn allows(&self, request: &AccessRequest<'_>) -> bool {
///         let looks = ["getattr", "read"].contains(&request.right.permission)
///             || request.right.permission.starts_with("search_");
///         looks || request.identity.process.is_some_and(|process| process.uid == 0)
///     }
/// }
/// ```
pub trait Authorizer: Send + Sync + 'static {
    /// Whether this may be. It must not wait: keep what decides in memory. The answer holds for this one request, and is asked for
    /// again. A panic is a "no".
    fn allows(&self, request: &AccessRequest<'_>) -> bool;

    /// Who denies, in the error that the client gets: `'NAME' denied access`.
    fn name(&self) -> &str {
        NAME
    }
}

/// Who denies where nobody else has a name for it.
const NAME: &str = "virtwire";

/// What somebody wants to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessRequest<'a> {
    /// Who, as far as it is proved.
    pub identity: &'a Identity,
    /// Over which connection.
    pub connection: ConnectionId,
    /// By which procedure; `None` of what a list or an event would tell of, and of what a handler asks about beside.
    pub procedure: Option<&'static ProcedureInfo>,
    /// The right that it needs.
    pub right: Right,
    /// The object; `None` for rights on the connection, which are decided before arguments are decoded.
    ///
    /// It is named as the call names it, and as [`Handler::identify`](super::Handler::identify) completes that: a
    /// [`HypervisorService`](crate::hypervisor::HypervisorService) by what there is, and a configuration by what
    /// [`Hypervisor::described`](crate::hypervisor::Hypervisor::described) reads in it.
    pub object: Option<&'a Named<'a>>,
    /// The call's flags; 0 where it has none, or they have not been decoded.
    pub flags: u64,
}

impl<'a> AccessRequest<'a> {
    /// That somebody wants to use a right on the connection, by no procedure in particular: for who tests an authorizer.
    ///
    /// ```
    /// use virtwire::protocol::access::{Named, ObjectKind, Right};
    /// use virtwire::server::{AccessRequest, Authorizer, ConnectionId, Identity, PeerTransport};
    ///
    /// /// Nobody stops the guest that runs the database.
    /// struct Spared;
    ///
    /// impl Authorizer for Spared {
    ///     fn allows(&self, request: &AccessRequest<'_>) -> bool {
    ///         let name = request.object.and_then(|object| object.name.as_deref());
    ///         !(request.right.permission == "stop" && name == Some("database"))
    ///     }
    /// }
    ///
    /// let mut identity = Identity::of(PeerTransport::Tls);
    /// identity.sasl_user = Some("fred".to_owned());
    /// let mut guest = Named::default();
    /// guest.name = Some("database".into());
    /// let wants = |permission| {
    ///     let right = Right::of(ObjectKind::Domain, permission);
    ///     AccessRequest::new(&identity, ConnectionId(1), right).with_object(&guest)
    /// };
    /// assert!(Spared.allows(&wants("start")));
    /// assert!(!Spared.allows(&wants("stop")));
    /// ```
    pub fn new(identity: &'a Identity, connection: ConnectionId, right: Right) -> AccessRequest<'a> {
        AccessRequest { identity, connection, procedure: None, right, object: None, flags: 0 }
    }

    /// The same by this procedure.
    #[must_use]
    pub fn with_procedure(self, procedure: &'static ProcedureInfo) -> AccessRequest<'a> {
        AccessRequest { procedure: Some(procedure), ..self }
    }

    /// The same on this object.
    #[must_use]
    pub fn with_object(self, object: &'a Named<'a>) -> AccessRequest<'a> {
        AccessRequest { object: Some(object), ..self }
    }

    /// The same with these flags.
    #[must_use]
    pub fn with_flags(self, flags: u64) -> AccessRequest<'a> {
        AccessRequest { flags, ..self }
    }
}

impl CallContext {
    /// Whether a call may go on, by its number alone.
    pub(super) fn admits_number(&self, info: &'static ProcedureInfo) -> Result<(), RemoteError> {
        if self.is_read_only()
            && let Some(refusal) = info.refuses_read_only()
        {
            return Err(refusal);
        }
        if self.authorizer().is_none() {
            return Ok(());
        }
        info.rights_by_number().try_for_each(|right| self.allowed(Some(info), *right, None, 0))
    }

    /// Whether anything about a call depends on its arguments.
    pub(super) fn asks_about_arguments(&self, info: &'static ProcedureInfo) -> bool {
        self.authorizer().is_some() || (self.is_read_only() && info.read_only == ReadOnlyRule::Conditional)
    }

    /// Whether a call may go to its handler, by what it is about.
    pub(super) async fn admits_object(
        &self,
        handler: &Arc<dyn Handler>,
        called: &Called,
    ) -> Result<(), RemoteError> {
        let (info, header) = (called.info, called.header);
        let Some(asked) = asked(header.program, header.procedure, &called.payload) else { return Ok(()) };
        let Asked { object, flags, .. } = asked.map_err(|error| {
            tracing::debug!(procedure = info.name, %error, "arguments do not decode");
            RemoteError::undecodable()
        })?;
        if self.is_read_only()
            && let Some(refusal) = info.refuses_read_only_with(flags)
        {
            return Err(refusal);
        }
        let Some(kind) = info.rights_by_object(flags).map(|right| right.object).next() else { return Ok(()) };
        if self.authorizer().is_none() {
            return Ok(());
        }
        let object = handler.clone().identify(kind, object).await?;
        self.has_rights(info, &object, flags)
    }

    /// Whether the client has all rights on an object that such a call needs; of one that gets another name, under both.
    fn has_rights(
        &self,
        info: &'static ProcedureInfo,
        object: &Named<'_>,
        flags: u64,
    ) -> Result<(), RemoteError> {
        let renamed = object.new_name.clone().map(|name| {
            let mut renamed = object.clone();
            (renamed.name, renamed.new_name) = (Some(name), None);
            renamed
        });
        info.rights_by_object(flags).try_for_each(|right| {
            let mut names = std::iter::once(object).chain(renamed.as_ref());
            names.try_for_each(|object| self.allowed(Some(info), *right, Some(object), flags))
        })
    }

    /// The same for the handler of such a call, about an object that its arguments alone do not name.
    pub(crate) fn admits<P: Procedure>(&self, object: &Named<'_>, flags: u32) -> Result<(), RemoteError> {
        match P::PROGRAM.procedure(P::NUMBER) {
            Some(info) => self.has_rights(info, object, flags.into()),
            None => Err(RemoteError::unknown_procedure(P::NUMBER.0)),
        }
    }

    /// Whether somebody decides what the client may do.
    pub(crate) fn is_decided(&self) -> bool {
        self.authorizer().is_some()
    }

    /// Whether the client has a right.
    ///
    /// # Errors
    /// Code 88, domain 55, with the name of who denies it.
    fn allowed(
        &self,
        procedure: Option<&'static ProcedureInfo>,
        right: Right,
        object: Option<&Named<'_>>,
        flags: u64,
    ) -> Result<(), RemoteError> {
        let Some(authorizer) = self.authorizer() else { return Ok(()) };
        let (identity, connection) = (self.identity(), self.connection());
        let request = AccessRequest { identity, connection, procedure, right, object, flags };
        let procedure = procedure.map(|info| info.name);
        // Asked in the connection's task, and about an event in that of who caused it: neither is to end by its panic.
        let decided = catch_unwind(AssertUnwindSafe(|| match authorizer.allows(&request) {
            true => None,
            false => Some(RemoteError::access_denied(authorizer.name())),
        }));
        match decided {
            Ok(None) => Ok(()),
            Ok(Some(denied)) => {
                tracing::debug!(peer = self.peer(), procedure, %right, "denied");
                Err(denied)
            }
            Err(_) => {
                tracing::warn!(peer = self.peer(), procedure, %right, "denied: the authorizer has panicked");
                Err(RemoteError::access_denied(NAME))
            }
        }
    }

    /// Whether the client has a right on an object that is there, such as a domain that a lookup has found.
    ///
    /// A handler asks so for what the arguments alone do not say. Without an authorizer everything is allowed.
    ///
    /// # Errors
    /// Code 88, domain 55, with the name of who denies it.
    pub fn allows(&self, right: Right, uuid: [u8; 16], name: &str) -> Result<(), RemoteError> {
        if self.authorizer().is_none() {
            return Ok(());
        }
        let mut object = Named::default();
        object.uuid = Some(uuid);
        object.name = Some(name.into());
        self.allows_named(right, &object)
    }

    /// The same of an object that has more to its name, or less, such as a volume.
    ///
    /// # Errors
    /// Code 88, domain 55, with the name of who denies it.
    pub fn allows_named(&self, right: Right, object: &Named<'_>) -> Result<(), RemoteError> {
        self.allowed(None, right, Some(object), 0)
    }

    /// Whether the client may know that this domain is there: what it may not see is left out of its lists and events.
    pub fn may_see(&self, uuid: [u8; 16], name: &str) -> bool {
        self.allows(Right::of(ObjectKind::Domain, "getattr"), uuid, name).is_ok()
    }
}

impl fmt::Debug for dyn Authorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorizer").field("name", &self.name()).finish()
    }
}
