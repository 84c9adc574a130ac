//! One client on its way in: what its calls for it are answered.

#[cfg(feature = "sasl")]
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::frame::Draft;
#[cfg(feature = "polkit")]
use virtwire_protocol::remote::AuthPolkitReply;
#[cfg(feature = "sasl")]
use virtwire_protocol::remote::{
    AuthSaslInitReply, AuthSaslStart, AuthSaslStartReply, AuthSaslStep, AuthSaslStepReply,
};
use virtwire_protocol::session::server::Called;

use super::Verdict;
#[cfg(feature = "polkit")]
use super::polkit::Subject;
#[cfg(feature = "sasl")]
use super::scram::{Exchange, Offered, Proved, Sasl};

/// Proofs that may fail on one connection; after the last it ends.
const FAILURES_MAX: u32 = 3;

/// How long a person may take to be found and to type a password.
#[cfg(feature = "polkit")]
const PERSON_WITHIN: Duration = Duration::from_secs(300);

/// Where a client stands on its way in.
pub(in crate::server) struct Asking {
    kind: Kind,
    failures: u32,
}

enum Kind {
    #[cfg(feature = "sasl")]
    Sasl { sasl: Arc<Sasl>, stage: Stage },
    #[cfg(feature = "polkit")]
    Polkit(Option<Subject>),
}

/// How far SASL has come: mechanisms listed, an exchange begun.
#[cfg(feature = "sasl")]
enum Stage {
    Fresh,
    Listed(Offered),
    Begun(Box<Exchange>),
}

impl Asking {
    #[cfg(feature = "sasl")]
    pub(super) fn sasl(sasl: Arc<Sasl>) -> Asking {
        Asking { kind: Kind::Sasl { sasl, stage: Stage::Fresh }, failures: 0 }
    }

    #[cfg(feature = "polkit")]
    pub(super) fn polkit(subject: Option<Subject>) -> Asking {
        Asking { kind: Kind::Polkit(subject), failures: 0 }
    }

    /// How long an answer may take that a person may have to give; `None` where none does. Whoever is asked again has what is left of it.
    pub(in crate::server) fn person_within(&self) -> Option<Duration> {
        match self.kind {
            #[cfg(feature = "sasl")]
            Kind::Sasl { .. } => None,
            #[cfg(feature = "polkit")]
            Kind::Polkit(_) => (self.failures == 0).then_some(PERSON_WITHIN),
        }
    }

    /// Answers one call of the way in; hands itself back, for the next.
    pub(in crate::server) async fn answer(mut self, called: Called, peer: String) -> (Asking, Verdict) {
        let answered = match &mut self.kind {
            #[cfg(feature = "sasl")]
            Kind::Sasl { sasl, stage } => of_sasl(sasl, stage, called).await,
            #[cfg(feature = "polkit")]
            Kind::Polkit(subject) => of_polkit(subject.as_ref(), called).await,
        };
        let verdict = match answered {
            #[cfg(feature = "sasl")]
            Ok(Step::Goes(body)) => Verdict::Goes(Ok(body)),
            Ok(Step::Known(body, user)) => {
                let user_or = user.as_deref().unwrap_or("by polkit");
                tracing::info!(peer, user = user_or, "a client is authenticated");
                Verdict::Known(Ok(body), user)
            }
            Err(Refusal { reason, error }) => {
                tracing::info!(peer, reason, "a client is not authenticated");
                self.failures += 1;
                match self.failures < FAILURES_MAX {
                    true => Verdict::Goes(Err(*error)),
                    false => Verdict::Enough(Err(*error)),
                }
            }
        };
        (self, verdict)
    }
}

/// What a call that went well came to.
enum Step {
    #[cfg(feature = "sasl")]
    Goes(Draft),
    Known(Draft, Option<String>),
}

/// What the client is told, and for the log why.
struct Refusal {
    reason: String,
    error: Box<RemoteError>,
}

impl Refusal {
    fn new(reason: impl Into<String>, error: RemoteError) -> Refusal {
        Refusal { reason: reason.into(), error: Box::new(error) }
    }
}

fn body<T: Serialize>(reply: &T) -> Result<Draft, Refusal> {
    Draft::encode(reply).map_err(|error| Refusal::new(error.to_string(), RemoteError::unencodable()))
}

#[cfg(feature = "polkit")]
async fn of_polkit(subject: Option<&Subject>, _: Called) -> Result<Step, Refusal> {
    match super::polkit::ask(subject).await {
        Ok(()) => Ok(Step::Known(body(&AuthPolkitReply { complete: 1 })?, None)),
        Err(error) => Err(Refusal::new(error.message.to_string_lossy().into_owned(), error)),
    }
}

/// Whoever fails has to begin again with the list; nobody is told what was wrong.
#[cfg(feature = "sasl")]
async fn of_sasl(sasl: &Arc<Sasl>, stage: &mut Stage, called: Called) -> Result<Step, Refusal> {
    let fail = |reason: String| Refusal::new(reason, RemoteError::auth_failed());
    let undecodable = |_| Refusal::new("a message that does not decode", RemoteError::undecodable());
    let lenient = virtwire_xdr::Options::lenient();
    match (called.header.procedure.0, std::mem::replace(stage, Stage::Fresh)) {
        (67, Stage::Fresh) => {
            let sasl = sasl.clone();
            let offered = blocking(move || Ok(sasl.offered())).await.map_err(fail)?;
            let mechlist = offered.list().into();
            *stage = Stage::Listed(offered);
            Ok(Step::Goes(body(&AuthSaslInitReply { mechlist })?))
        }
        (68, Stage::Listed(offered)) => {
            let AuthSaslStart { mech, nil, data } =
                lenient.from_slice(&called.payload).map_err(undecodable)?;
            let mechanism = offered
                .mechanism(&mech.to_string_lossy())
                .ok_or_else(|| fail("a mechanism that was not offered".into()))?;
            if nil != 0 {
                return Err(fail("no first message".into()));
            }
            let sasl = sasl.clone();
            let begun = blocking(move || Exchange::begin(sasl, mechanism, &data)).await;
            let (exchange, token) = begun.map_err(fail)?;
            *stage = Stage::Begun(Box::new(exchange));
            Ok(Step::Goes(body(&AuthSaslStartReply { complete: 0, nil: 0, data: token })?))
        }
        (69, Stage::Begun(exchange)) => {
            let AuthSaslStep { nil, data } = lenient.from_slice(&called.payload).map_err(undecodable)?;
            if nil != 0 {
                return Err(fail("no last message".into()));
            }
            let Proved { user, token } = blocking(move || exchange.finish(&data)).await.map_err(fail)?;
            let body = body(&AuthSaslStepReply { complete: 1, nil: 0, data: token })?;
            Ok(Step::Known(body, Some(user)))
        }
        (number, _) => Err(fail(format!("procedure {number} out of turn"))),
    }
}

/// Runs what may wait for a store where it holds up nobody.
#[cfg(feature = "sasl")]
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?
}

#[cfg(all(test, feature = "polkit"))]
mod tests {
    use virtwire_protocol::header::{Header, MessageKind, Serial};
    use virtwire_protocol::program::{Procedure, Program};
    use virtwire_protocol::remote::AuthPolkit;

    use super::*;

    /// Else whoever never answers would stand before the door for three times as long.
    #[tokio::test]
    async fn a_person_has_time_once() {
        let asking = Asking::polkit(None);
        assert_eq!(asking.person_within(), Some(PERSON_WITHIN));
        let header = Header::new(MessageKind::Call, Program::REMOTE, AuthPolkit::NUMBER, Serial(1));
        let info = Program::REMOTE.procedure(AuthPolkit::NUMBER).unwrap();
        let called = Called { header, info, payload: Default::default() };
        // Of a process that is not known polkit is not asked.
        let (asking, verdict) = asking.answer(called, String::new()).await;
        assert!(matches!(verdict, Verdict::Goes(Err(_))));
        assert_eq!(asking.person_within(), None);
    }
}
