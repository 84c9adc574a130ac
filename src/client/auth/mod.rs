//! Making a daemon know its client: which of the ways it offers is taken, and what is said.

mod credentials;
mod error;
mod file;
#[cfg(feature = "gssapi")]
mod gssapi;
#[cfg(feature = "sasl")]
mod guard;
#[cfg(feature = "sasl")]
mod mechanism;
#[cfg(feature = "sasl")]
mod sasl;

use tokio::time::{Instant, timeout_at};
use virtwire_protocol::remote::{AuthPolkit, AuthType};

use super::connection::Connection;
use super::error::CallError;
use super::options::OpenOptions;
use crate::uri::{Auth, Uri};
pub use credentials::{CredentialAsk, CredentialSource, Credentials};
pub use error::{AuthError, Unfit};

/// Whether the opening should ask first and go on later: whoever brings credentials or names a way expects to be asked.
pub(super) fn is_expected(uri: &Uri, options: &OpenOptions) -> bool {
    options.credentials.is_some() || uri.parameters.auth.is_some()
}

/// Authenticates as the daemon's list asks, and says which way was taken. Ends before the deadline by itself only where it can say
/// more than that time is up.
pub(super) async fn authenticate(
    connection: &Connection,
    offered: &[AuthType],
    deadline: Instant,
) -> Result<AuthType, AuthError> {
    let chosen = choose(connection.uri().parameters.auth.as_ref(), offered)?;
    match chosen {
        AuthType::None => {}
        AuthType::Polkit => ask_polkit(connection, deadline).await?,
        AuthType::Unknown(number) => return Err(AuthError::Unknown(number)),
        #[cfg(feature = "sasl")]
        AuthType::Sasl => sasl::authenticate(connection, deadline).await?,
        #[cfg(not(feature = "sasl"))]
        AuthType::Sasl => return Err(AuthError::NotBuilt),
    }
    Ok(chosen)
}

/// The daemon's first, unless the URI names another that is offered. Daemons have only ever offered exactly one.
fn choose(asked: Option<&Auth>, offered: &[AuthType]) -> Result<AuthType, AuthError> {
    let first = offered.first().copied().unwrap_or(AuthType::None);
    let wanted = match asked {
        None => return Ok(first),
        Some(Auth::Polkit) => AuthType::Polkit,
        Some(Auth::Sasl { .. }) => AuthType::Sasl,
    };
    if offered.contains(&wanted) {
        return Ok(wanted);
    }
    Err(AuthError::NotOffered { asked: wanted, offered: offered.to_vec() })
}

/// One call: the daemon asks polkit about the process at the other end of the socket. A daemon that polkit wants to ask
/// the user about waits for the answer.
async fn ask_polkit(connection: &Connection, deadline: Instant) -> Result<(), AuthError> {
    let Ok(answer) = timeout_at(deadline, connection.call_within(AuthPolkit {}, None)).await else {
        return Err(AuthError::PolkitUnanswered { within: connection.options().open_within });
    };
    match answer {
        Ok(reply) if reply.complete != 0 => Ok(()),
        Ok(_) => Err(AuthError::PolkitUndecided),
        Err(CallError::Remote(error)) => Err(AuthError::Polkit(error.into())),
        Err(error) => Err(AuthError::Call(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daemons_first_way_is_taken_unless_another_is_named() {
        use AuthType::{None, Polkit, Sasl};
        let sasl = Auth::Sasl { mechanism: Option::None };
        for (asked, offered, chosen) in [
            (Option::None, &[][..], Some(None)),
            (Option::None, &[None], Some(None)),
            (Option::None, &[Sasl, Polkit], Some(Sasl)),
            (Some(&Auth::Polkit), &[Sasl, Polkit], Some(Polkit)),
            (Some(&sasl), &[Polkit, Sasl], Some(Sasl)),
            (Some(&sasl), &[Polkit], Option::None),
            // As in libvirt: whoever insists on being known is not let in unknown.
            (Some(&sasl), &[None], Option::None),
            (Some(&Auth::Polkit), &[], Option::None),
        ] {
            assert_eq!(choose(asked, offered).ok(), chosen, "{asked:?} of {offered:?}");
        }
        let error = choose(Some(&sasl), &[Polkit]).unwrap_err().to_string();
        assert_eq!(
            error,
            "the URI asks for sasl, and the daemon offers polkit: leave `auth=` out, or name that"
        );
    }
}
