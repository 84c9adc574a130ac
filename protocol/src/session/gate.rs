//! What a daemon answers a client that it does not know yet.

use crate::error::{ErrorCode, ErrorDomain, RemoteError};
use crate::program::ProcedureNumber;
use crate::remote::AuthType;

/// The procedures that a client may call before it is known: the list of ways, SASL's init, start and step, and polkit.
const AUTH_LIST: ProcedureNumber = ProcedureNumber(66);
const AUTH_SASL_INIT: ProcedureNumber = ProcedureNumber(67);
const AUTH_SASL_STEP: ProcedureNumber = ProcedureNumber(69);
const AUTH_POLKIT: ProcedureNumber = ProcedureNumber(70);

/// Bytes of replies that wait for a client that is not known; it has no use for more.
pub(super) const QUEUED_BYTES_MAX: usize = 16 * 1024;

/// Where a client stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Gate {
    /// It is known, or nobody asks.
    #[default]
    Open,
    /// It has to prove who it is, in this way.
    Asking {
        way: AuthType,
        /// The owner works on a call of it.
        busy: bool,
    },
    /// It may not come in. Its first call is told so.
    Shut(Box<RemoteError>),
}

/// What becomes of a call of the remote program.
#[derive(Debug)]
pub(super) enum Passage {
    /// It is served as any.
    Through,
    /// The owner decides: it is a part of the way in.
    Decide,
    /// These are the ways in.
    List(AuthType),
    /// It is refused.
    Refused(RemoteError),
}

impl Gate {
    pub(super) fn is_open(&self) -> bool {
        *self == Gate::Open
    }

    pub(super) fn pass(&mut self, is_remote: bool, procedure: ProcedureNumber) -> Passage {
        let is_sasl = is_remote && (AUTH_SASL_INIT.0..=AUTH_SASL_STEP.0).contains(&procedure.0);
        let is_polkit = is_remote && procedure == AUTH_POLKIT;
        let is_list = is_remote && procedure == AUTH_LIST;
        match self {
            Gate::Shut(why) => Passage::Refused((**why).clone()),
            Gate::Open if is_list => Passage::List(AuthType::None),
            Gate::Asking { way, .. } if is_list => Passage::List(*way),
            Gate::Asking { way: AuthType::Sasl, busy } if is_sasl && !*busy => {
                *busy = true;
                Passage::Decide
            }
            Gate::Asking { way: AuthType::Polkit, busy } if is_polkit && !*busy => {
                *busy = true;
                Passage::Decide
            }
            _ if is_sasl => Passage::Refused(RemoteError::auth_failed()),
            _ if is_polkit => Passage::Refused(RemoteError::new(
                ErrorCode::INTERNAL_ERROR,
                ErrorDomain::RPC,
                "polkit was not asked for",
            )),
            Gate::Asking { .. } => Passage::Refused(RemoteError::rpc("authentication required")),
            Gate::Open => Passage::Through,
        }
    }

    /// The owner has answered the call that it was to decide about.
    pub(super) fn decided(&mut self) {
        if let Gate::Asking { busy, .. } = self {
            *busy = false;
        }
    }
}
