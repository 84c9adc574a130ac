//! A look before the leap: what would make a migration fail, asked of both hosts by calls that only look.
//!
//! Nothing is changed, and nothing is promised: a host may refuse for reasons that it tells nobody before. What cannot be learned
//! from here is said to be in doubt, and is no failure.

mod guest;
mod host;
mod storage;
mod xml;

use std::fmt;
use std::ops::Deref;

use virtwire_protocol::migrate::{self, Host, Plan, Request, Way, Wish};

use super::{Errand, Migration, PlanError, patient};
use crate::client::{CallError, Connection, Domain, OpenOptions};
pub(super) use host::host_uuid;
use xml::Element;

/// What a look at both hosts found, in the order in which a migration would meet it.
#[derive(Debug)]
#[must_use = "a preflight that nobody reads keeps nobody from failing"]
pub struct Preflight {
    /// The version that would be used; `None` where none would do, and the findings say why.
    pub plan: Option<Plan>,
    /// Each thing that was looked at.
    pub findings: Vec<Finding>,
}

impl Preflight {
    /// Whether something was found that makes the migration fail.
    pub fn would_fail(&self) -> bool {
        self.findings.iter().any(|finding| finding.verdict == Verdict::Fails)
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub subject: Subject,
    /// Whether it is in the way.
    pub verdict: Verdict,
    /// Why, in a line without a full stop; has text from the hosts.
    pub text: String,
}

/// Whether something is in a migration's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is not.
    Good,
    /// It may be: it cannot be seen from here, or was not told.
    Doubt,
    /// It is: the migration would fail, or leave the guest without what it needs.
    Fails,
}

/// What a preflight looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// Which version of the protocol the hosts have in common.
    Version,
    /// Whether they are reached, and are two hosts.
    Hosts,
    /// What they report that they can do.
    Features,
    /// Whether they notice that a link is dead.
    Keepalive,
    /// The guest on its source: its state, its job, what holds it there.
    Guest,
    /// Its name and UUID on the destination.
    Name,
    /// The kind of machine it is.
    Machine,
    /// Its CPU.
    Cpu,
    /// Its memory.
    Memory,
    /// Its disks.
    Storage,
    /// Where its data is to go.
    Address,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Subject::Version => "version",
            Subject::Hosts => "hosts",
            Subject::Features => "features",
            Subject::Keepalive => "keepalive",
            Subject::Guest => "guest",
            Subject::Name => "name",
            Subject::Machine => "machine",
            Subject::Cpu => "cpu",
            Subject::Memory => "memory",
            Subject::Storage => "storage",
            Subject::Address => "address",
        })
    }
}

/// Looks at both hosts, for a guest that is there. Only asks; see [`Migration::plan`] for what the connections are to be.
pub async fn check(source: &Connection, destination: &Connection, request: Request, wish: Wish) -> Preflight {
    let (source, destination) = (&patient(source), &patient(destination));
    let (planned, here) = tokio::join!(
        super::choose(source, Some(destination), request.clone(), wish),
        Here::look(source, &request)
    );
    let look = Look { here, destination };
    let (hosts, features, keepalive, guest, name, machine, cpu, memory, storage, address) = tokio::join!(
        host::identity(&look),
        host::features(&look),
        host::keepalive(&look),
        guest::state(&look),
        guest::conflict(&look),
        host::machine(&look),
        host::cpu(&look),
        host::memory(&look),
        storage::disks(&look),
        host::address(&look),
    );
    let (plan, version) = match planned {
        Ok(plan) => {
            let said = good(Subject::Version, plan.why());
            (Some(plan), said)
        }
        Err(error @ PlanError::Refused(_)) => (None, fails(Subject::Version, error)),
        Err(error) => (None, doubt(Subject::Version, error)),
    };
    let found = [
        vec![version, hosts, features],
        keepalive,
        guest,
        vec![name, machine, cpu, memory],
        storage,
        host::peer(&look).into_iter().collect(),
        vec![address],
    ];
    Preflight { plan, findings: found.concat() }
}

/// What the source alone tells of a guest, where the destination is not reached. No plan comes of it.
pub async fn check_source(source: &Connection, request: Request) -> Preflight {
    let source = &patient(source);
    Preflight { plan: None, findings: guest::state(&Here::look(source, &request).await).await }
}

/// What the destination alone tells of a guest that is to have this name there, where the source is not reached. No plan comes of it.
pub async fn check_destination(destination: &Connection, name: &str) -> Preflight {
    Preflight { plan: None, findings: vec![guest::name(&patient(destination), name).await] }
}

/// The same for an errand: a host that is not reached is a finding too, beside what the other one tells, and so is a guest that is not
/// there.
pub async fn check_errand(errand: Errand, options: OpenOptions) -> Preflight {
    let open = |uri: String| {
        let options = options.clone();
        async move { Connection::open_with(&uri, options).await }
    };
    let Errand { from, to, guest, wish, asked } = errand;
    let (source, destination) = tokio::join!(open(from), open(to));
    let unreached = [(Host::Source, source.as_ref().err()), (Host::Destination, destination.as_ref().err())];
    let mut unreached: Vec<_> = unreached
        .into_iter()
        .filter_map(|(host, error)| {
            Some(fails(Subject::Hosts, format_args!("the {host} is not reached: {}", error?)))
        })
        .collect();
    let (source, destination) = (source.ok(), destination.ok());
    let found = match (&source, &destination) {
        (None, None) => Preflight { plan: None, findings: Vec::new() },
        // Its name there may be another one: that is the errand's to say, of a guest that is found.
        (None, Some(destination)) => {
            let unfound = migrate::Domain { name: (&*guest).into(), uuid: [0; 16], id: -1 };
            let mut request = Request::live(unfound);
            asked(&mut request);
            let name = request.dname.map_or(guest, |dname| dname.to_string());
            check_destination(destination, &name).await
        }
        (Some(source), destination) => {
            let patient = &patient(source);
            let (found, ()) = tokio::join!(
                Migration::find(patient, &guest),
                Migration::ask_ahead(source, destination.as_ref(), &Way::Managed)
            );
            match (found, destination) {
                (Err(error), _) => {
                    let why = format_args!("{guest} is not found on the source: {error}");
                    Preflight { plan: None, findings: vec![fails(Subject::Guest, why)] }
                }
                (Ok(domain), destination) => {
                    let mut request = Request::live(domain);
                    asked(&mut request);
                    match destination {
                        Some(destination) => check(source, destination, request, wish).await,
                        None => {
                            // The source reaches it by itself.
                            if request.way != Way::Managed {
                                unreached.iter_mut().for_each(|finding| finding.verdict = Verdict::Doubt);
                            }
                            check_source(source, request).await
                        }
                    }
                }
            }
        }
    };
    Preflight { findings: [unreached, found.findings].concat(), ..found }
}

/// What every look at the source has.
struct Here<'a> {
    source: &'a Connection,
    guest: Domain,
    request: &'a Request,
    /// The guest's configuration, as the destination would get it.
    xml: Result<String, CallError>,
}

/// What every look at both has.
struct Look<'a> {
    here: Here<'a>,
    destination: &'a Connection,
}

impl<'a> Deref for Look<'a> {
    type Target = Here<'a>;

    fn deref(&self) -> &Here<'a> {
        &self.here
    }
}

impl<'a> Here<'a> {
    async fn look(source: &'a Connection, request: &'a Request) -> Here<'a> {
        let guest = Domain::new(source, super::peer::wire(request.domain.clone()));
        let xml = match &request.xml {
            Some(xml) => Ok(xml.0.to_string_lossy().into_owned()),
            None => source.domain_get_xml_desc(guest.wire(), 0).await.map(|reply| reply.xml.to_string()),
        };
        Here { source, guest, request, xml }
    }

    /// The configuration's own element, or what to say of something that it would have told.
    fn domain(&self, subject: Subject) -> Result<Element<'_>, Finding> {
        match &self.xml {
            Err(error) => Err(doubt(
                subject,
                format_args!("the source did not tell the guest's configuration: {error}"),
            )),
            Ok(xml) => {
                Element::root(xml).ok_or_else(|| doubt(subject, "the guest's configuration is not XML"))
            }
        }
    }
}

fn finding(subject: Subject, verdict: Verdict, text: impl fmt::Display) -> Finding {
    Finding { subject, verdict, text: text.to_string() }
}

fn good(subject: Subject, text: impl fmt::Display) -> Finding {
    finding(subject, Verdict::Good, text)
}

fn doubt(subject: Subject, text: impl fmt::Display) -> Finding {
    finding(subject, Verdict::Doubt, text)
}

fn fails(subject: Subject, text: impl fmt::Display) -> Finding {
    finding(subject, Verdict::Fails, text)
}
