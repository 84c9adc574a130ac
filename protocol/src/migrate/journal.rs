//! What a journal keeps, so that another process can find out where a migration got to.
//!
//! The engine hands out a record before each call that changes something on a host and after each answer. A
//! record that comes before a call must be safe on disk, or wherever the embedder keeps it, before the call
//! is made: it is the only trace of a call whose sender dies. Records are plain data with public fields;
//! `Display` is one line for people, without the bytes of cookies and XML.
//!
//! With the feature `journal` records are serde's, whole: a line of JSON each, or whatever else keeps a map. **They hold the guest's
//! XML and cookies then**, in which there may be secrets.

#[cfg(feature = "journal")]
pub(crate) mod saved;

use std::fmt;

use super::answer::{Failure, Reply};
use super::call::{Do, Host, ProcedureName};
use super::outcome::Outcome;
use super::plan::Version;
use super::request::Request;

/// One entry of a migration's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Record {
    /// The migration begins.
    Chosen {
        /// What is to move.
        request: Request,
        /// The version that is tried first.
        version: Version,
    },
    /// A host has told who it is, so that whoever reaches it again can tell whether it is the same. Comes from the driver, before the first
    /// call that it is known at.
    Met {
        /// Which of the two.
        host: Host,
        /// Its name and its hardware's UUID, if it has one: compared, and nothing else.
        identity: String,
    },
    /// A call is about to be made that changes something on its host.
    Doing(Do),
    /// A call was answered, or its answer was lost.
    Answered {
        /// Who was called.
        host: Host,
        /// The procedure's name in the contract.
        #[cfg_attr(feature = "journal", serde(deserialize_with = "saved::procedure"))]
        procedure: ProcedureName,
        /// What came of it.
        answer: Result<Reply, Failure>,
    },
    /// The migration is over. The last record, unless the engine was given up or dropped.
    Ended(Outcome),
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Record::Chosen { request, version } => {
                write!(f, "chosen {version} for {} flags={}", request.domain, request.flags)
            }
            Record::Met { host, identity } => write!(f, "met {host} {identity}"),
            Record::Doing(call) => write!(f, "doing {call}"),
            Record::Answered { host, procedure, answer: Ok(reply) } => {
                write!(f, "answered {host} {procedure} ok")?;
                match reply {
                    Reply::Prepared { cookie, uri_out } => {
                        write!(f, " cookie={cookie:?}")?;
                        match uri_out {
                            Some(uri) => write!(f, " uri_out={uri}"),
                            None => f.write_str(" uri_out=null"),
                        }
                    }
                    Reply::Begun { cookie, xml } => write!(f, " cookie={cookie:?} xml={xml:?}"),
                    Reply::Performed(cookie) => write!(f, " cookie={cookie:?}"),
                    Reply::Finished3 { domain, cookie } => write!(f, " {domain} cookie={cookie:?}"),
                    Reply::Finished(domain) | Reply::Found(domain) => write!(f, " {domain}"),
                    Reply::State(state) => write!(f, " {state}"),
                    Reply::Job(job) => write!(f, " job type {}", job.kind),
                    Reply::Xml(xml) => write!(f, " {xml:?}"),
                    Reply::Done => Ok(()),
                    Reply::WasClosed => f.write_str(" it was closed before"),
                }
            }
            Record::Answered { host, procedure, answer: Err(failure) } => {
                write!(f, "answered {host} {procedure} {failure}")
            }
            Record::Ended(outcome) => write!(f, "ended {outcome}"),
        }
    }
}
