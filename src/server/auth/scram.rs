//! The daemon's half of a SCRAM exchange, by rsasl behind a [`guard`].

use std::fmt;
use std::sync::{Arc, Once};

use rsasl::callback::{Context, Request, SessionCallback, SessionData};
use rsasl::mechanisms::scram::properties::ScramStoredPassword;
use rsasl::mechanisms::scram::{SCRAM_SHA1, SCRAM_SHA256, SCRAM_SHA512};
use rsasl::mechname::Mechname;
use rsasl::prelude::{Mechanism, Registry, SASLConfig, SASLServer, Session, SessionError, Validation};
use rsasl::validate::{Validate, ValidationError};
use sha2::{Digest, Sha256};

use super::guard;
use super::passwords::{Decoys, PasswordStore, SaslMechanism, ScramVerifier};
use super::pattern::Patterns;

/// Login by a user and a password.
pub struct Sasl {
    store: Arc<dyn PasswordStore>,
    /// Where not all that the store has.
    only: Option<Vec<SaslMechanism>>,
    users: Option<Patterns>,
    decoys: Decoys,
    /// That what is offered is not for everybody.
    has_warned: Once,
}

impl Sasl {
    /// Those whom this store knows, by the [mechanisms](PasswordStore::mechanisms) that it has for all of them, as it is at each login. A
    /// client takes the strongest of what it is offered, whether its user has something for it or not.
    pub fn new(store: impl PasswordStore + 'static) -> Sasl {
        let decoys = store.decoys().unwrap_or_else(Decoys::random);
        Sasl { store: Arc::new(store), only: None, users: None, decoys, has_warned: Once::new() }
    }

    /// By these mechanisms only, as far as the store has them for all users; by these where it has none of them.
    #[must_use]
    pub fn mechanisms(mut self, mechanisms: impl IntoIterator<Item = SaslMechanism>) -> Sasl {
        self.only = Some(mechanisms.into_iter().collect());
        self
    }

    /// Only users whose names match (libvirt's `sasl_allowed_username_list`).
    #[must_use]
    pub fn only_users(mut self, users: Patterns) -> Sasl {
        self.users = Some(users);
        self
    }

    /// What a client is offered now. It may wait for the store.
    pub(super) fn offered(&self) -> Offered {
        let wanted = self.only.as_deref().unwrap_or(&SaslMechanism::ALL);
        let had = self.store.mechanisms();
        let both: Vec<_> = wanted.iter().copied().filter(|mechanism| had.contains(mechanism)).collect();
        if !both.is_empty() {
            return Offered(both);
        }
        self.has_warned.call_once(|| {
            tracing::warn!(
                "no mechanism is common to all users, so all are offered: who has nothing for a client's strongest is locked out"
            );
        });
        Offered(wanted.to_vec())
    }

    /// What is kept of a user.
    fn kept(&self, user: &str, mechanism: SaslMechanism) -> Option<ScramVerifier> {
        self.store.verifier(user, mechanism).filter(|found| found.mechanism == mechanism)
    }

    /// What is kept of a user, or something that looks like it and that no password fits.
    fn look_up(&self, user: &str, mechanism: SaslMechanism) -> (ScramVerifier, bool) {
        let is_allowed = self.users.as_ref().is_none_or(|users| users.matches(user));
        match self.kept(user, mechanism) {
            Some(verifier) if is_allowed => (verifier, true),
            found => {
                // Another for each mechanism, as those have who exist.
                let decoy = [&self.decoys.key, mechanism.name().as_bytes(), user.as_bytes()]
                    .into_iter()
                    .fold(Sha256::new(), Sha256::chain_update)
                    .finalize();
                let salt = found.as_ref().map_or(decoy[..16].to_vec(), |found| found.salt.clone());
                let iterations = found.map_or(self.decoys.iterations, |found| found.iterations);
                // No hash leads to zeros, and a proof of them is not believed either.
                let keys = vec![0; mechanism.key_bytes()];
                let (stored_key, server_key) = (keys.clone(), keys);
                (ScramVerifier { mechanism, iterations, salt, stored_key, server_key }, false)
            }
        }
    }
}

impl fmt::Debug for Sasl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sasl").field("only", &self.only).field("users", &self.users).finish_non_exhaustive()
    }
}

/// The mechanisms that a client has been offered.
pub(super) struct Offered(Vec<SaslMechanism>);

impl Offered {
    /// Their names, separated by commas.
    pub(super) fn list(&self) -> String {
        self.0.iter().map(|mechanism| mechanism.name()).collect::<Vec<_>>().join(",")
    }

    pub(super) fn mechanism(&self, name: &str) -> Option<SaslMechanism> {
        self.0.iter().copied().find(|known| known.name().eq_ignore_ascii_case(name))
    }
}

/// An exchange that waits for the client's proof.
pub(super) struct Exchange {
    sasl: Arc<Sasl>,
    session: Session<Known>,
    user: String,
    mechanism: SaslMechanism,
}

/// What became of a client's proof.
pub(super) struct Proved {
    pub(super) user: String,
    /// The daemon's own proof, which the client wants to see.
    pub(super) token: Vec<u8>,
}

impl Exchange {
    /// Takes the client's first message: the exchange, and what to answer. It may wait for the store.
    ///
    /// # Errors
    /// For the log: what is wrong. The client is not told.
    pub(super) fn begin(
        sasl: Arc<Sasl>,
        mechanism: SaslMechanism,
        first: &[u8],
    ) -> Result<(Exchange, Vec<u8>), String> {
        let user = guard::user_of_first(first)?;
        let (verifier, is_known) = sasl.look_up(&user, mechanism);
        let registry: &'static [Mechanism] = match mechanism {
            SaslMechanism::ScramSha512 => std::slice::from_ref(&SCRAM_SHA512),
            SaslMechanism::ScramSha256 => std::slice::from_ref(&SCRAM_SHA256),
            SaslMechanism::ScramSha1 => std::slice::from_ref(&SCRAM_SHA1),
        };
        let config: Arc<SASLConfig> = SASLConfig::builder()
            .with_registry(Registry::with_mechanisms(registry))
            .with_callback(Answers { verifier, is_known })
            .map_err(|error| error.to_string())?;
        let name = Mechname::parse(mechanism.name().as_bytes()).map_err(|error| error.to_string())?;
        let mut session =
            SASLServer::<Known>::new(config).start_suggested(name).map_err(|error| error.to_string())?;
        let mut token = Vec::new();
        session.step(Some(first), &mut token).map_err(|error| error.to_string())?;
        Ok((Exchange { sasl, session, user, mechanism }, token))
    }

    /// Takes the client's proof. It may wait for the store.
    ///
    /// # Errors
    /// For the log: it proves nothing.
    pub(super) fn finish(mut self, last: &[u8]) -> Result<Proved, String> {
        guard::check_final(last)?;
        let mut token = Vec::new();
        self.session.step(Some(last), &mut token).map_err(|error| error.to_string())?;
        // The step goes well for a wrong password too: only this says that it was right.
        match self.session.validation() {
            Some(()) => Ok(Proved { user: self.user, token }),
            None => Err(self.why_not()),
        }
    }

    /// Why a proof is none. The store is asked the same of whoever has failed, so that nobody is told by the time that it takes.
    fn why_not(&self) -> String {
        let Exchange { sasl, user, mechanism, .. } = self;
        let has = SaslMechanism::ALL.map(|each| sasl.kept(user, each).map(|_| each));
        match !has.contains(&Some(*mechanism)) && has.iter().any(Option::is_some) {
            true => format!("{user} is known, but has nothing for {mechanism}"),
            false => format!("{user} is not known, or has another password"),
        }
    }
}

/// That the client has proved itself.
struct Known;

impl Validation for Known {
    type Value = ();
}

/// What rsasl asks for.
struct Answers {
    verifier: ScramVerifier,
    is_known: bool,
}

impl SessionCallback for Answers {
    fn callback(
        &self,
        _: &SessionData,
        _: &Context<'_>,
        request: &mut Request<'_>,
    ) -> Result<(), SessionError> {
        let ScramVerifier { iterations, salt, stored_key, server_key, .. } = &self.verifier;
        let stored = ScramStoredPassword::new(*iterations, salt, stored_key, server_key);
        request.satisfy::<ScramStoredPassword<'_>>(&stored)?;
        Ok(())
    }

    fn validate(
        &self,
        _: &SessionData,
        _: &Context<'_>,
        validate: &mut Validate<'_>,
    ) -> Result<(), ValidationError> {
        if self.is_known {
            validate.with::<Known, _>(|| Ok(()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::server::PasswordFile;

    /// Neither by another mechanism, nor by another listener, nor after the file has changed: each would tell users from others.
    #[test]
    fn whoever_does_not_exist_looks_the_same_wherever_one_looks_as_do_those_who_exist() {
        let folder = std::env::temp_dir().join(format!("virtwire-decoys-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("passwords");
        let mut file = PasswordFile::default();
        file.set("fred", "right", &SaslMechanism::ALL).unwrap();
        file.write(&path).unwrap();
        let before = Sasl::new(PasswordFile::read(&path).unwrap());
        let seen = |sasl: &Sasl, user: &str| {
            SaslMechanism::ALL.map(|mechanism| {
                let (verifier, is_known) = sasl.look_up(user, mechanism);
                assert_eq!(is_known, user == "fred");
                (verifier.salt, verifier.iterations)
            })
        };
        let mut file = PasswordFile::read(&path).unwrap();
        file.set("wilma", "other", &SaslMechanism::ALL).unwrap();
        file.write(&path).unwrap();
        let after = Sasl::new(PasswordFile::read(&path).unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
        for user in ["fred", "nobody"] {
            let [one, two, three] = seen(&before, user);
            assert!(one.0 != two.0 && two.0 != three.0 && one.0 != three.0, "{user}");
            assert_eq!(seen(&after, user), [one, two, three], "{user}");
        }
        assert_ne!(seen(&after, "nobody"), seen(&after, "nobody else"));
    }

    /// A store may wait for a database, which whoever makes this may not.
    #[test]
    fn a_store_is_asked_when_somebody_comes_and_not_before() {
        struct Later(AtomicBool);
        impl PasswordStore for Arc<Later> {
            fn verifier(&self, _: &str, _: SaslMechanism) -> Option<ScramVerifier> {
                None
            }

            fn mechanisms(&self) -> Vec<SaslMechanism> {
                assert!(self.0.load(Ordering::Relaxed), "nobody has come");
                Vec::new()
            }
        }
        let store = Arc::new(Later(AtomicBool::new(false)));
        let sasl = Sasl::new(store.clone()).mechanisms([SaslMechanism::ScramSha256]);
        store.0.store(true, Ordering::Relaxed);
        assert_eq!(sasl.offered().list(), "SCRAM-SHA-256");
    }

    /// Its reader is the daemon's: the client is told the same as anybody who fails.
    #[test]
    fn the_log_says_of_whom_something_is_known_and_nothing_for_the_mechanism() {
        let mut file = PasswordFile::default();
        file.set("fred", "right", &[SaslMechanism::ScramSha256]).unwrap();
        file.set("wilma", "right", &[SaslMechanism::ScramSha512]).unwrap();
        let sasl = Arc::new(Sasl::new(file));
        assert_eq!(
            sasl.offered().list(),
            "SCRAM-SHA-512,SCRAM-SHA-256,SCRAM-SHA-1",
            "they have none in common"
        );
        let told = |user: &str| {
            let first = format!("n,,n={user},r=abc");
            let mechanism = SaslMechanism::ScramSha512;
            let (exchange, token) = Exchange::begin(sasl.clone(), mechanism, first.as_bytes()).unwrap();
            let token = String::from_utf8(token).unwrap();
            let nonce = token.split(',').next().unwrap();
            let last = format!("c=biws,{nonce},p={}==", "A".repeat(86));
            exchange.finish(last.as_bytes()).err().unwrap()
        };
        assert_eq!(told("fred"), "fred is known, but has nothing for SCRAM-SHA-512");
        for user in ["wilma", "nobody"] {
            assert_eq!(told(user), format!("{user} is not known, or has another password"));
        }
    }

    /// A file that was written by hand has no secret of its own, and iterations as its writer wanted them.
    #[test]
    fn decoys_are_as_costly_as_users() {
        let folder = std::env::temp_dir().join(format!("virtwire-costly-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("passwords");
        let verifier = ScramVerifier::new(SaslMechanism::ScramSha256, "p", 4_100).unwrap();
        std::fs::write(&path, format!("fred {verifier}\n")).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let [one, other] = [(); 2].map(|()| {
            let sasl = Sasl::new(PasswordFile::read(&path).unwrap());
            sasl.look_up("nobody", SaslMechanism::ScramSha256).0
        });
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!((one.iterations, one.salt.len()), (4_100, 16));
        assert_eq!(one.salt, other.salt);
    }
}
