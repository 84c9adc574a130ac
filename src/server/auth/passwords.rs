//! What a daemon keeps of passwords, and by which mechanisms they are proved.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsasl::mechanisms::scram::tools::{derive_keys, hash_password};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// Iterations that a verifier must have (RFC 7677), and may have: the client has to compute them.
const ITERATIONS: std::ops::RangeInclusive<u32> = 4_096..=1_000_000;
/// Bytes of a salt.
const SALT_BYTES: std::ops::RangeInclusive<usize> = 8..=64;

/// Where a daemon looks up whom it knows. A [`PasswordFile`](super::PasswordFile) is one; a directory of a site's could be another.
pub trait PasswordStore: Send + Sync {
    /// What proves that a client knows this user's password by this mechanism; `None` where there is no such user, or nothing
    /// of it for this mechanism. It is asked on a thread on which it may wait, within the time that a client has for its login.
    fn verifier(&self, user: &str, mechanism: SaslMechanism) -> Option<ScramVerifier>;

    /// By which mechanisms all its users can prove themselves: these are offered, and clients take the strongest, so that a user who has
    /// nothing for one of them is locked out. All, unless a store says otherwise; none where users have no mechanism in common, and then all
    /// are offered. It is asked for each login, where it may wait, and strangers see the answer: let it tell nothing of single users.
    fn mechanisms(&self) -> Vec<SaslMechanism> {
        SaslMechanism::ALL.to_vec()
    }

    /// What users seem to have who do not exist. `None`, unless a store says otherwise, is something of each [`Sasl`](super::Sasl)'s
    /// own: whoever asks two of them about a name learns then whether there is such a user.
    fn decoys(&self) -> Option<Decoys> {
        None
    }
}

/// What users seem to have who do not exist: each always the same, as those who do.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoys {
    /// A secret of which their salts are made.
    pub key: [u8; 32],
    /// Their iterations: those that most users have.
    pub iterations: u32,
}

impl Decoys {
    pub(super) fn random() -> Decoys {
        let mut key = [0; 32];
        // Without random bytes names could be told from no names, and no login would work anyway.
        let _ = getrandom::getrandom(&mut key);
        Decoys { key, iterations: super::password_file::ITERATIONS }
    }
}

/// Without the secret.
impl fmt::Debug for Decoys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoys").field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

/// A mechanism of SASL by which passwords are proved without being shown. Ordered from the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SaslMechanism {
    /// `SCRAM-SHA-512`.
    ScramSha512,
    /// `SCRAM-SHA-256` (RFC 7677).
    ScramSha256,
    /// `SCRAM-SHA-1` (RFC 5802), for clients that have no other.
    ScramSha1,
}

impl SaslMechanism {
    /// All, the strongest first.
    pub const ALL: [SaslMechanism; 3] =
        [SaslMechanism::ScramSha512, SaslMechanism::ScramSha256, SaslMechanism::ScramSha1];

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            SaslMechanism::ScramSha512 => "SCRAM-SHA-512",
            SaslMechanism::ScramSha256 => "SCRAM-SHA-256",
            SaslMechanism::ScramSha1 => "SCRAM-SHA-1",
        }
    }

    /// Bytes of its keys.
    pub(super) fn key_bytes(self) -> usize {
        match self {
            SaslMechanism::ScramSha512 => 64,
            SaslMechanism::ScramSha256 => 32,
            SaslMechanism::ScramSha1 => 20,
        }
    }
}

impl fmt::Display for SaslMechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a daemon keeps instead of a password: enough to know who knows it, not enough to be taken for them elsewhere.
///
/// Its text is that of RFC 5803, `SCRAM-SHA-256$4096:SALT$STORED KEY:SERVER KEY` with the last three in base64. Its `Debug` shows
/// no key.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramVerifier {
    pub(super) mechanism: SaslMechanism,
    pub(super) iterations: u32,
    pub(super) salt: Vec<u8>,
    pub(super) stored_key: Vec<u8>,
    pub(super) server_key: Vec<u8>,
}

/// No verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// The text is not of the form.
    #[error("expected MECHANISM$ITERATIONS:SALT$STORED KEY:SERVER KEY")]
    Form,
    /// A mechanism that there is not.
    #[error("the mechanism is none of SCRAM-SHA-512, SCRAM-SHA-256, SCRAM-SHA-1")]
    Mechanism,
    /// Too few to be safe, or too many to be computed.
    #[error("iterations must be 4096 to 1000000")]
    Iterations,
    /// Too short or too long.
    #[error("the salt must have 8 to 64 bytes")]
    Salt,
    /// Not as long as the mechanism's.
    #[error("the keys do not have the mechanism's length")]
    Keys,
    /// The system gave no random bytes.
    #[error("the system has no random bytes")]
    Random,
}

impl ScramVerifier {
    /// Makes one with a salt of its own. It takes a processor a while: tens of milliseconds for 16,384 iterations. The password is
    /// taken as it is, byte by byte, as libvirt's clients do.
    ///
    /// # Errors
    /// [`VerifierError::Iterations`] and [`VerifierError::Random`].
    pub fn new(
        mechanism: SaslMechanism,
        password: &str,
        iterations: u32,
    ) -> Result<ScramVerifier, VerifierError> {
        let mut salt = [0; 16];
        getrandom::getrandom(&mut salt).map_err(|_| VerifierError::Random)?;
        ScramVerifier::with_salt(mechanism, password, iterations, &salt)
    }

    /// Makes one with this salt.
    ///
    /// # Errors
    /// [`VerifierError::Iterations`] and [`VerifierError::Salt`].
    pub fn with_salt(
        mechanism: SaslMechanism,
        password: &str,
        iterations: u32,
        salt: &[u8],
    ) -> Result<ScramVerifier, VerifierError> {
        check(iterations, salt)?;
        macro_rules! keys {
            ($hash:ty) => {{
                let mut salted = Default::default();
                hash_password::<$hash>(password.as_bytes(), iterations, salt, &mut salted);
                let (client, server) = derive_keys::<$hash>(&salted);
                (<$hash>::digest(client).to_vec(), server.to_vec())
            }};
        }
        let (stored_key, server_key) = match mechanism {
            SaslMechanism::ScramSha512 => keys!(Sha512),
            SaslMechanism::ScramSha256 => keys!(Sha256),
            SaslMechanism::ScramSha1 => keys!(Sha1),
        };
        Ok(ScramVerifier { mechanism, iterations, salt: salt.to_vec(), stored_key, server_key })
    }

    /// The mechanism that it is for.
    pub fn mechanism(&self) -> SaslMechanism {
        self.mechanism
    }

    /// How often the password is hashed.
    pub fn iterations(&self) -> u32 {
        self.iterations
    }
}

fn check(iterations: u32, salt: &[u8]) -> Result<(), VerifierError> {
    match (ITERATIONS.contains(&iterations), SALT_BYTES.contains(&salt.len())) {
        (false, _) => Err(VerifierError::Iterations),
        (_, false) => Err(VerifierError::Salt),
        _ => Ok(()),
    }
}

impl FromStr for ScramVerifier {
    type Err = VerifierError;

    fn from_str(text: &str) -> Result<ScramVerifier, VerifierError> {
        let parts: Vec<_> = text.split(['$', ':']).collect();
        let [name, iterations, salt, stored, server] = parts[..] else { return Err(VerifierError::Form) };
        let mechanism = SaslMechanism::ALL
            .into_iter()
            .find(|known| known.name() == name)
            .ok_or(VerifierError::Mechanism)?;
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| VerifierError::Form);
        let iterations = iterations.parse().map_err(|_| VerifierError::Form)?;
        let (salt, stored_key, server_key) = (decode(salt)?, decode(stored)?, decode(server)?);
        check(iterations, &salt)?;
        match stored_key.len() == mechanism.key_bytes() && server_key.len() == mechanism.key_bytes() {
            true => Ok(ScramVerifier { mechanism, iterations, salt, stored_key, server_key }),
            false => Err(VerifierError::Keys),
        }
    }
}

/// The text that [`FromStr`] takes. It is as good as the password for guessing it: keep it as such.
impl fmt::Display for ScramVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [salt, stored, server] =
            [&self.salt, &self.stored_key, &self.server_key].map(|bytes| STANDARD.encode(bytes));
        write!(f, "{}${}:{salt}${stored}:{server}", self.mechanism, self.iterations)
    }
}

impl fmt::Debug for ScramVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramVerifier")
            .field("mechanism", &self.mechanism)
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made of RFC 7677's example: user "user", password "pencil".
    const RFC_7677: &str = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

    #[test]
    fn it_is_that_of_the_rfc_for_the_rfcs_password() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = ScramVerifier::with_salt(SaslMechanism::ScramSha256, "pencil", 4_096, &salt).unwrap();
        assert_eq!(verifier.to_string(), RFC_7677);
        assert_eq!(RFC_7677.parse(), Ok(verifier.clone()));
        assert!(!format!("{verifier:?}").contains("WG5d"));
    }

    #[test]
    fn no_two_are_alike_and_each_is_read_back() {
        for mechanism in SaslMechanism::ALL {
            let [one, other] = [(); 2].map(|()| ScramVerifier::new(mechanism, "p", 4_096).unwrap());
            assert_ne!(one, other);
            assert_eq!(one.to_string().parse(), Ok(one));
        }
    }

    #[test]
    fn what_is_none_is_told() {
        let with = |from: &str, to: &str| RFC_7677.replace(from, to).parse::<ScramVerifier>().unwrap_err();
        assert_eq!(with("SCRAM-SHA-256", "SCRAM-MD5"), VerifierError::Mechanism);
        assert_eq!(with("SCRAM-SHA-256", "SCRAM-SHA-512"), VerifierError::Keys);
        assert_eq!(with("4096", "4095"), VerifierError::Iterations);
        assert_eq!(with("4096", "1000001"), VerifierError::Iterations);
        assert_eq!(with("4096", "many"), VerifierError::Form);
        assert_eq!(with("W22ZaJ0SNY7soEsUEjb6gQ==", "QQ=="), VerifierError::Salt);
        assert_eq!(with("W22Z", "!"), VerifierError::Form);
        assert_eq!(with(":wfPL", ""), VerifierError::Form);
        let weak = ScramVerifier::new(SaslMechanism::ScramSha256, "p", 1);
        assert_eq!(weak, Err(VerifierError::Iterations));
    }
}
