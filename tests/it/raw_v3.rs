//! What libvirt's own client sent when it moved a guest between real daemons by version 3, and what our engine sends when it is
//! told the same.
//!
//! `migrate-virsh` is virsh with parameters, `migrate-virsh-persistent` the same with a definition that moves,
//! `migrate-py` python's `migrate` without parameters. The recorded replies are decoded and given to the engine; each call
//! of the migration must be the recorded one, argument by argument, cookies byte by byte. Differences are named here:
//!
//! - libvirt's client registers a close callback (360, 361) and asks for the job from another thread; a driver's matter, not the engine's.
//! - our driver asks both hosts for their names (59) and capabilities (7) beside Begin, so that none is taken for another one later; a driver's
//!   matter, too.
//! - nothing else.

use std::path::Path;

use virtwire::protocol::frame::Frame;
use virtwire::protocol::migrate::{
    Action, Call, Cookie, Do, Domain, DomainState, DomainXml, Engine, Feature, Host, MigrateFlags, Outcome,
    Param, ParamValue, Plan, Reply, Request, Settings, State, Terms, Wish,
};
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{self, TypedParam, TypedParamValue};
use virtwire::xdr;

use crate::captures;

#[test]
fn our_engine_sends_what_virsh_sends_with_parameters() {
    let calls = Recording::of("migrate-virsh").replay(MigrateFlags::LIVE, Wish::V3Params);
    assert_eq!(calls, [302, 212, 303, 305, 306, 307]);
}

#[test]
fn and_what_virsh_sends_when_the_definition_moves() {
    let flags = MigrateFlags::LIVE | MigrateFlags::PERSIST_DEST | MigrateFlags::UNDEFINE_SOURCE;
    let calls = Recording::of("migrate-virsh-persistent").replay(flags, Wish::V3Params);
    assert_eq!(calls, [302, 212, 303, 305, 306, 307]);
}

#[test]
fn and_what_python_sends_without_parameters() {
    let calls = Recording::of("migrate-py").replay(MigrateFlags::LIVE, Wish::V3);
    assert_eq!(calls, [213, 16, 214, 216, 217, 218]);
}

/// Both connections of a recorded migration.
struct Recording {
    source: Half,
    destination: Half,
}

/// One connection: the client's frames, the server's.
struct Half(Vec<Frame>, Vec<Frame>);

impl Half {
    fn of(name: &str) -> Half {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures");
        let read = |direction| captures::read(&folder.join(format!("{name}.{direction}")));
        Half(read("c2s"), read("s2c"))
    }

    /// The arguments and the reply of the only call of a procedure.
    fn exchange<P: Procedure>(&self) -> (P, P::Reply) {
        let Half(calls, replies) = self;
        let call = calls.iter().find(|call| call.header.procedure == P::NUMBER).unwrap();
        let reply = replies
            .iter()
            .find(|reply| (reply.header.procedure, reply.header.serial) == (P::NUMBER, call.header.serial))
            .unwrap();
        (xdr::from_slice(&call.payload).unwrap(), xdr::from_slice(&reply.payload).unwrap())
    }
}

impl Recording {
    fn of(name: &str) -> Recording {
        Recording {
            source: Half::of(&format!("{name}-src-0")),
            destination: Half::of(&format!("{name}-dst-0")),
        }
    }

    /// Runs the engine by the recorded replies, and returns what it called.
    fn replay(&self, flags: MigrateFlags, wish: Wish) -> Vec<i32> {
        let features = [Feature::MigrationV3, Feature::MigrationParams, Feature::MigrateChangeProtection];
        let features = features.into_iter().collect();
        let (_, found) = self.source.exchange::<remote::DomainLookupByName>();
        let request = Request { flags, ..Request::live(domain(found.dom)) };
        let plan = Plan::choose(request, wish, features, features).unwrap();
        let mut engine = Engine::new(plan, Settings::default());
        let mut calls = Vec::new();
        while let Some(action) = engine.poll() {
            match action {
                Action::Do(Do { host, call, .. }) => {
                    calls.push(call.number());
                    engine.done(Ok(self.answer(host, call)));
                }
                Action::End(outcome) => {
                    let arrived =
                        matches!(outcome, Outcome::OnDestination { warning: None, left_on_source: None, .. });
                    assert!(arrived, "{outcome}");
                }
                Action::Note(_) | Action::Journal(_) => {}
                Action::Wait(wait) => panic!("{wait:?}"),
            }
        }
        calls
    }

    /// Compares a call with the recorded one, and gives the recorded reply.
    fn answer(&self, host: Host, call: Call) -> Reply {
        let half = match host {
            Host::Source => &self.source,
            Host::Destination => &self.destination,
        };
        match call {
            Call::Begin3 { domain: dom, terms: Terms::Params(params), flags } => {
                let (sent, reply) = half.exchange::<remote::DomainMigrateBegin3Params>();
                assert_eq!((sent.dom, sent.flags), (wire(dom), narrow(flags)));
                assert_eq!(sent.params, typed(params));
                Reply::Begun { cookie: Cookie(reply.cookie_out), xml: DomainXml(reply.xml) }
            }
            Call::Begin3 { domain: dom, terms: Terms::Fixed { xml, dname, resource, .. }, flags } => {
                let (sent, reply) = half.exchange::<remote::DomainMigrateBegin3>();
                let (dom, xmlin, flags) = (wire(dom), xml.map(|xml| xml.0), flags.0);
                assert_eq!(sent, remote::DomainMigrateBegin3 { dom, xmlin, flags, dname, resource });
                Reply::Begun { cookie: Cookie(reply.cookie_out), xml: DomainXml(reply.xml) }
            }
            Call::GetState { domain: dom } => {
                let (sent, reply) = half.exchange::<remote::DomainGetState>();
                assert_eq!(sent, remote::DomainGetState { dom: wire(dom), flags: 0 });
                Reply::State(State { state: DomainState::from(reply.state), reason: Some(reply.reason) })
            }
            Call::GetInfo { domain: dom } => {
                let (sent, reply) = half.exchange::<remote::DomainGetInfo>();
                assert_eq!(sent, remote::DomainGetInfo { dom: wire(dom) });
                Reply::State(DomainState::from(i32::from(reply.state)).into())
            }
            Call::Prepare3 { cookie, terms: Terms::Params(params), flags } => {
                let (sent, reply) = half.exchange::<remote::DomainMigratePrepare3Params>();
                assert_eq!((sent.cookie_in, sent.flags), (cookie.0, narrow(flags)));
                assert_eq!(sent.params, typed(params));
                Reply::Prepared { cookie: Cookie(reply.cookie_out), uri_out: reply.uri_out }
            }
            Call::Prepare3 { cookie, terms: Terms::Fixed { xml, uri, dname, resource }, flags } => {
                let (sent, reply) = half.exchange::<remote::DomainMigratePrepare3>();
                let (cookie_in, flags, dom_xml) = (cookie.0, flags.0, xml.unwrap().0);
                let ours =
                    remote::DomainMigratePrepare3 { cookie_in, uri_in: uri, flags, dname, resource, dom_xml };
                assert_eq!(sent, ours);
                Reply::Prepared { cookie: Cookie(reply.cookie_out), uri_out: reply.uri_out }
            }
            Call::Perform3 { domain: dom, cookie, terms: Terms::Params(params), flags } => {
                let (sent, reply) = half.exchange::<remote::DomainMigratePerform3Params>();
                let (dom, cookie_in, params, flags) = (wire(dom), cookie.0, typed(params), narrow(flags));
                let ours =
                    remote::DomainMigratePerform3Params { dom, dconnuri: None, params, cookie_in, flags };
                assert_eq!(sent, ours);
                Reply::Performed(Cookie(reply.cookie_out))
            }
            Call::Perform3 {
                domain: dom,
                cookie,
                terms: Terms::Fixed { uri, dname, resource, .. },
                flags,
            } => {
                let (sent, reply) = half.exchange::<remote::DomainMigratePerform3>();
                let (dom, cookie_in, flags, xmlin, dconnuri) = (wire(dom), cookie.0, flags.0, None, None);
                let ours = remote::DomainMigratePerform3 {
                    dom,
                    xmlin,
                    cookie_in,
                    dconnuri,
                    uri,
                    flags,
                    dname,
                    resource,
                };
                assert_eq!(sent, ours);
                Reply::Performed(Cookie(reply.cookie_out))
            }
            Call::Finish3 { cookie, terms: Terms::Params(params), flags, cancelled } => {
                let (sent, reply) = half.exchange::<remote::DomainMigrateFinish3Params>();
                let (params, cookie_in, flags) = (typed(params), cookie.0, narrow(flags));
                let cancelled = cancelled.number();
                assert_eq!(sent, remote::DomainMigrateFinish3Params { params, cookie_in, flags, cancelled });
                Reply::Finished3 { domain: domain(reply.dom), cookie: Cookie(reply.cookie_out) }
            }
            Call::Finish3 { cookie, terms: Terms::Fixed { uri, dname, .. }, flags, cancelled } => {
                let (sent, reply) = half.exchange::<remote::DomainMigrateFinish3>();
                let (cookie_in, flags, cancelled) = (cookie.0, flags.0, cancelled.number());
                let (dname, dconnuri) = (dname.unwrap(), None);
                let ours = remote::DomainMigrateFinish3 { dname, cookie_in, dconnuri, uri, flags, cancelled };
                assert_eq!(sent, ours);
                Reply::Finished3 { domain: domain(reply.dom), cookie: Cookie(reply.cookie_out) }
            }
            Call::Confirm3 { domain: dom, cookie, terms: Terms::Params(params), flags, cancelled } => {
                let (sent, _) = half.exchange::<remote::DomainMigrateConfirm3Params>();
                let (dom, params, cookie_in, flags) = (wire(dom), typed(params), cookie.0, narrow(flags));
                let cancelled = cancelled.number();
                let ours = remote::DomainMigrateConfirm3Params { dom, params, cookie_in, flags, cancelled };
                assert_eq!(sent, ours);
                Reply::Done
            }
            Call::Confirm3 { domain: dom, cookie, flags, cancelled, .. } => {
                let (sent, _) = half.exchange::<remote::DomainMigrateConfirm3>();
                let (dom, cookie_in, flags, cancelled) = (wire(dom), cookie.0, flags.0, cancelled.number());
                assert_eq!(sent, remote::DomainMigrateConfirm3 { dom, cookie_in, flags, cancelled });
                Reply::Done
            }
            other => panic!("{other} is no part of what was recorded"),
        }
    }
}

fn typed(params: Vec<Param>) -> Vec<TypedParam> {
    let value = |value| match value {
        ParamValue::String(text) => TypedParamValue::String(text),
        other => panic!("{other:?} was not asked for"),
    };
    params.into_iter().map(|param| TypedParam { field: param.field, value: value(param.value) }).collect()
}

fn narrow(flags: MigrateFlags) -> u32 {
    u32::try_from(flags.0).unwrap()
}

fn wire(domain: Domain) -> remote::Domain {
    remote::Domain { name: domain.name, uuid: domain.uuid, id: domain.id }
}

fn domain(domain: remote::Domain) -> Domain {
    Domain { name: domain.name, uuid: domain.uuid, id: domain.id }
}
