//! A user and a password, and where they come from.

use std::fmt;

use crate::uri::Uri;

/// A user and a password. Its `Debug` shows the user alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: String,
    password: String,
}

impl Credentials {
    /// A user, with a realm (`user@realm`) where the daemon's host name is not the right one, and the password.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Credentials {
        Credentials { user: user.into(), password: password.into() }
    }

    /// The user.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The password. Only a SASL mechanism needs it in the end.
    #[cfg(feature = "sasl")]
    pub(super) fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// What a daemon wants credentials for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CredentialAsk {
    /// Where the connection leads.
    pub uri: Uri,
    /// The user that the URI names.
    pub user: Option<String>,
    /// 1 at first; more where the daemon has refused what came before. At most 3.
    pub attempt: u32,
}

impl CredentialAsk {
    /// What a daemon at this URI asks first.
    ///
    /// ```
    /// use virtwire::client::{CredentialAsk, CredentialSource, Credentials};
    ///
    /// let vault = |ask: &CredentialAsk| Some(Credentials::new(ask.user.as_deref()?, "secret"));
    /// let ask = CredentialAsk::new("qemu+tls://fred@host.example/system".parse().unwrap());
    /// assert_eq!(vault.credentials(&ask).unwrap().user(), "fred");
    /// ```
    pub fn new(uri: Uri) -> CredentialAsk {
        CredentialAsk { user: uri.user.clone(), uri, attempt: 1 }
    }
}

/// Where credentials come from: [`Credentials`] are one themselves, and so is a function.
///
/// It is asked on a thread of its own, so it may wait for a person; that time counts for
/// [`OpenOptions::open_within`](super::super::OpenOptions::open_within). Once it is up the opening fails, by
/// [`AuthError::CredentialsUnanswered`](super::AuthError::CredentialsUnanswered), and nobody waits for the source any more, not even the runtime
/// when it ends; what it is at is its own to end, and what it says then is not heard. Where it has none at the first attempt, they are looked up in
/// the first of these files that is there, as libvirt's clients do: `$LIBVIRT_AUTH_FILE`, the URI's `authfile`,
/// `~/.config/libvirt/auth.conf`, `/etc/libvirt/auth.conf`. Having none later ends the attempts.
pub trait CredentialSource: Send + Sync {
    /// The credentials, if there are any.
    fn credentials(&self, ask: &CredentialAsk) -> Option<Credentials>;

    /// Whether it may take a while to answer. One that never does needs no thread, and is asked where the connection is opened.
    fn may_wait(&self) -> bool {
        true
    }
}

impl CredentialSource for Credentials {
    fn credentials(&self, ask: &CredentialAsk) -> Option<Credentials> {
        // Refused once, they would be refused again.
        (ask.attempt == 1).then(|| self.clone())
    }

    fn may_wait(&self) -> bool {
        false
    }
}

impl<F: Fn(&CredentialAsk) -> Option<Credentials> + Send + Sync> CredentialSource for F {
    fn credentials(&self, ask: &CredentialAsk) -> Option<Credentials> {
        self(ask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_keeps_the_password() {
        let shown = format!("{:?}", Credentials::new("fred", "s3cret"));
        assert!(shown.contains("fred") && !shown.contains("s3cret"), "{shown}");
    }
}
