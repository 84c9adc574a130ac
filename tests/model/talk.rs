//! Scripts of whole migrations: what the engine says and what it is told, line by line.
//!
//! ```text
//! source 16 domain_get_info(dom=guest) => running        a call in the contract's words, and the answer that it gets
//! wait: …                                                 it waits, for the reason that follows
//! retry | cancel | ended                                 what the driver says then
//! stop | refused                                         it leaves it at that, after a cancel that is refused
//! end: …                                                 the outcome's sentence
//! ```

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::{
    Action, CancelAnswer, Cookie, Domain, DomainState, Engine, Failure, JobInfo, Plan, Reply, Settings,
    State, Waiting,
};

use super::source::{COOKIE, UUID, guest, xml};

/// Runs a plan by the answers of a script, and compares everything else with it.
#[track_caller]
pub(crate) fn check(plan: Plan, script: &str) {
    let script: Vec<&str> = script.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut engine = Engine::new(plan, Settings::default());
    let mut lines = script.iter();
    let mut told = Vec::new();
    let mut now = std::time::Instant::now();
    while let Some(action) = engine.poll() {
        match action {
            Action::Note(_) | Action::Journal(_) => {}
            Action::Do(order) => {
                let scripted = lines.next().and_then(|line| line.split_once(" => "));
                let (_, answer) = scripted.unwrap_or(("", "lost"));
                told.push(format!("{order} => {answer}"));
                let answer = parse(answer);
                if let Err(Failure::Silent { .. }) = &answer {
                    now += order.deadline.unwrap_or_default();
                }
                engine.done_at(now, answer);
            }
            Action::Wait(wait) => {
                let why = match &wait.why {
                    Waiting::Job(_) => "a job runs".to_owned(),
                    Waiting::Copy(_) => "the source's copy".to_owned(),
                    Waiting::Unknown(unknown) => format!("{:?}", unknown.check),
                };
                lines.next();
                told.push(format!("wait: {why}"));
                match lines.next() {
                    Some(&"stop") => {
                        told.push("stop".to_owned());
                        break;
                    }
                    Some(&"refused") => {
                        told.push("refused".to_owned());
                        assert!(matches!(engine.cancel(), CancelAnswer::Refused(_)));
                        break;
                    }
                    Some(&"ended") => {
                        told.push("ended".to_owned());
                        assert_eq!(engine.source_daemon_ended(), CancelAnswer::Taken);
                    }
                    Some(&"cancel") => {
                        told.push("cancel".to_owned());
                        assert_eq!(engine.cancel(), CancelAnswer::Taken);
                    }
                    _ => {
                        told.push("retry".to_owned());
                        engine.retry();
                    }
                }
            }
            Action::End(outcome) => told.push(format!("end: {outcome}")),
        }
        assert!(told.len() <= script.len(), "beyond the script:\n{}", told.join("\n"));
    }
    assert_eq!(told, script, "\n{}\n", told.join("\n"));
}

fn parse(answer: &str) -> Result<Reply, Failure> {
    let (word, rest) = answer.split_once(' ').unwrap_or((answer, ""));
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("a number in {answer:?}"));
    let state = |state: DomainState| Ok(Reply::State(State { state, reason: rest.parse().ok() }));
    match word {
        "xml" => Ok(Reply::Xml(xml())),
        "running" => state(DomainState::Running),
        "paused" => state(DomainState::Paused),
        "shutoff" => state(DomainState::ShutOff),
        "prepared" => {
            let uri_out = (rest != "null").then(|| rest.into());
            Ok(Reply::Prepared { cookie: Cookie(COOKIE.into()), uri_out })
        }
        "prepared-without" => Ok(Reply::Prepared { cookie: Cookie::default(), uri_out: Some(rest.into()) }),
        "begun" => {
            let cookie = if rest.is_empty() { Cookie(b"begun".into()) } else { Cookie::default() };
            Ok(Reply::Begun { cookie, xml: xml() })
        }
        "performed" => Ok(Reply::Performed(Cookie(b"performed".into()))),
        "finished3" => {
            let domain = Domain { name: rest.into(), uuid: UUID, id: 21 };
            Ok(Reply::Finished3 { domain, cookie: Cookie(b"finished".into()) })
        }
        "done" => Ok(Reply::Done),
        "was-closed" => Ok(Reply::WasClosed),
        "finished" => Ok(Reply::Finished(Domain { name: rest.into(), uuid: UUID, id: 21 })),
        "found" => Ok(Reply::Found(guest(if rest.is_empty() { 7 } else { number(rest) }))),
        "job" => Ok(Reply::Job(JobInfo { kind: number(rest), ..JobInfo::default() })),
        "unknown" => Err(Failure::Unsupported(RemoteError::unknown_procedure(number(rest)).into())),
        "error" => {
            let (code, domain) = rest.split_once('/').unwrap_or((rest, "10"));
            let (code, domain) = (ErrorCode(number(code)), ErrorDomain(number(domain)));
            Err(Failure::Answered(RemoteError::new(code, domain, "said so").into()))
        }
        "lost" => Err(Failure::Lost { message: "connection closed".to_owned() }),
        "silent" => Err(Failure::Silent { message: "deadline passed".to_owned() }),
        "unsent" => Err(Failure::NotSent { message: "connection refused".to_owned() }),
        _ => panic!("no answer is called {answer:?}"),
    }
}
