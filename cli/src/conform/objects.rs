//! Calls about a host's objects: counts and bounds, events, and what a read-only connection may not do.

use virtwire::protocol::frame::Draft;
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    ConnectDomainEventCallbackDeregisterAny, ConnectDomainEventCallbackRegisterAny, ConnectGetCapabilities,
    ConnectListAllDomains, ConnectListDefinedDomains, ConnectListDomains, Domain, DomainCreate,
    DomainCreateXml, DomainDefineXml, DomainDestroy, DomainGetXmlDesc, DomainReboot, DomainResume,
    DomainSave, DomainSetMemory, DomainShutdown, DomainSuspend, DomainUndefine,
};

use super::row::{Price, Row, Seen, Target, steps};
use super::wire::{Packet, Trouble, describe, word};

const LIMITS: &str = "limits";
const EVENTS: &str = "events";
const READ_ONLY: &str = "read-only";

/// The most names and ids that a list of one call may have.
const LIST_MAX: i32 = 16_384;

/// What a client is told that may only look.
const DENIED: i32 = 29;

/// A call by its arguments.
pub(super) fn call<P: Procedure>(arguments: &P) -> Result<Packet, Trouble> {
    let draft = Draft::encode(arguments).map_err(|error| Trouble(error.to_string()))?;
    let call = Packet::call(P::NUMBER.0.cast_unsigned(), 5, draft.payload());
    Ok(Packet { program: P::PROGRAM.number, ..call })
}

/// A guest that nobody has.
fn nobody() -> Domain {
    Domain { name: "nobody has this name".into(), uuid: [0x5a; 16], id: -1 }
}

/// Whether a client that asks for all may only look.
pub(super) fn is_read_only(target: &Target) -> Result<bool, Trouble> {
    let answer = answer(target, 0, &DomainDestroy { dom: nobody() })?;
    Ok(answer.error().is_some_and(|(code, ..)| code == DENIED))
}

/// How a call is answered on a fresh connection that is opened with these flags.
fn answer<P: Procedure>(target: &Target, flags: u32, arguments: &P) -> Result<Packet, Trouble> {
    target.open_with(flags)?.ask(&call(arguments)?)
}

/// A row of one call and the code of its error.
fn refused<P: Procedure + Sync>(
    group: &'static str,
    name: &'static str,
    flags: u32,
    arguments: P,
    code: i32,
    named: &str,
) -> Row {
    steps(group, name, format!("error {code} ({named})"), move |target| {
        let answer = answer(target, flags, &arguments)?;
        Ok(match answer.error() {
            Some(error) if error.0 == code => Seen::Conforms,
            Some((3, ..)) => Seen::NotTried("its driver does not have it".to_owned()),
            _ => Seen::Differs(describe(&answer)),
        })
    })
}

/// A row of one call that is served.
fn served<P: Procedure + Sync>(
    group: &'static str,
    name: &'static str,
    flags: u32,
    arguments: P,
    right: impl Fn(&Packet) -> bool + Send + 'static,
    expected: &str,
) -> Row {
    steps(group, name, expected, move |target| {
        let answer = answer(target, flags, &arguments)?;
        Ok(match answer.error() {
            None => Seen::so(right(&answer), || describe(&answer)),
            Some((3, ..)) => Seen::NotTried("its driver does not have it".to_owned()),
            Some(_) => Seen::Differs(describe(&answer)),
        })
    })
}

pub(super) fn rows() -> Vec<Row> {
    [limits(), events(), read_only()].into_iter().flatten().collect()
}

fn limits() -> Vec<Row> {
    let starts_with_none = |answer: &Packet| word(&answer.payload, 0) == Some(0);
    let any = |_: &Packet| true;
    let count_of_none = |answer: &Packet| answer.payload.len() == 8 && word(&answer.payload, 0) == Some(0);
    let list = |maxids| ConnectListDomains { maxids };
    let negative = "error 39 or 1, and the daemon lives";
    let survives = |name, call: fn() -> Result<Packet, Trouble>| {
        steps(LIMITS, name, negative, move |target| {
            let answer = target.open()?.ask(&call()?)?;
            target.open()?.served(&Packet::fence(8))?;
            Ok(Seen::so(answer.error().is_some_and(|error| [1, 39].contains(&error.0)), || describe(&answer)))
        })
        .price(Price::Hostile)
    };
    vec![
        served(LIMITS, "room for 0 ids", 0, list(0), starts_with_none, "an empty list"),
        served(
            LIMITS,
            "room for 0 names",
            0,
            ConnectListDefinedDomains { maxnames: 0 },
            starts_with_none,
            "an empty list",
        ),
        served(LIMITS, "room for 16384 ids", 0, list(LIST_MAX), any, "a list"),
        refused(LIMITS, "room for 16385 ids", 0, list(LIST_MAX + 1), 39, "RPC"),
        refused(LIMITS, "room for 2147483647 ids", 0, list(i32::MAX), 39, "RPC"),
        survives("room for -1 ids", || call(&ConnectListDomains { maxids: -1 })),
        survives("room for -1 names", || call(&ConnectListDefinedDomains { maxnames: -1 })),
        served(
            LIMITS,
            "a list of which only the count is wanted",
            0,
            ConnectListAllDomains { need_results: 0, flags: 0 },
            count_of_none,
            "no domains, and a count",
        ),
        steps(
            LIMITS,
            "17 parameters where 16 may be",
            "error 39/7 Unable to decode message payload",
            |target| {
                // domain_set_scheduler_parameters: a guest, then the count of an array.
                let mut call = call(&DomainDestroy { dom: nobody() })?;
                call.procedure = 58;
                call.payload.extend_from_slice(&17_u32.to_be_bytes());
                call.payload.resize(call.payload.len() + 1_024, 0);
                let answer = target.open()?.ask(&call)?;
                let undecodable = (39, 7, "Unable to decode message payload".to_owned());
                Ok(Seen::so(answer.error() == Some(undecodable), || describe(&answer)))
            },
        )
        .writes(),
        refused(LIMITS, "a guest of nobody", 0, DomainDestroy { dom: nobody() }, 42, "NO_DOMAIN").writes(),
    ]
}

fn events() -> Vec<Row> {
    let register = |event_id| ConnectDomainEventCallbackRegisterAny { event_id, dom: None };
    vec![
        served(
            EVENTS,
            "a registration",
            0,
            register(0),
            |answer| answer.payload.len() == 4,
            "the callback's id",
        ),
        refused(EVENTS, "an event of nobody", 0, register(9_999), 1, "INTERNAL_ERROR"),
        refused(EVENTS, "event -1", 0, register(-1), 1, "INTERNAL_ERROR"),
        steps(EVENTS, "an event of nobody, and then a call", "the call is served", |target| {
            let mut line = target.open()?;
            line.ask(&call(&ConnectDomainEventCallbackRegisterAny { event_id: 9_999, dom: None })?)?;
            line.served(&Packet::fence(8))?;
            Ok(Seen::Conforms)
        }),
        refused(
            EVENTS,
            "a deregistration of nobody's",
            0,
            ConnectDomainEventCallbackDeregisterAny { callback_id: 12_345 },
            1,
            "INTERNAL_ERROR",
        ),
        served(
            EVENTS,
            "a registration on a read-only connection",
            1,
            register(0),
            |_| true,
            "the callback's id",
        ),
    ]
}

fn read_only() -> Vec<Row> {
    let xml = || "<domain type='test'><name>nobody</name><memory>1024</memory></domain>".into();
    let dom = nobody;
    macro_rules! denied {
        ($($name:literal: $arguments:expr),+ $(,)?) => {
            vec![$(refused(READ_ONLY, $name, 1, $arguments, DENIED, "OPERATION_DENIED")),+]
        };
    }
    let mut rows = denied! {
        "domain_create_xml": DomainCreateXml { xml_desc: xml(), flags: 0 },
        "domain_define_xml": DomainDefineXml { xml: xml() },
        "domain_undefine": DomainUndefine { dom: dom() },
        "domain_create": DomainCreate { dom: dom() },
        "domain_destroy": DomainDestroy { dom: dom() },
        "domain_shutdown": DomainShutdown { dom: dom() },
        "domain_reboot": DomainReboot { dom: dom(), flags: 0 },
        "domain_suspend": DomainSuspend { dom: dom() },
        "domain_resume": DomainResume { dom: dom() },
        "domain_save": DomainSave { dom: dom(), to: "/nonexistent/file".into() },
        "domain_set_memory": DomainSetMemory { dom: dom(), memory: 1_024 },
        "domain_get_xml_desc with secrets": DomainGetXmlDesc { dom: dom(), flags: 1 },
        "domain_get_xml_desc for a migration": DomainGetXmlDesc { dom: dom(), flags: 8 },
    };
    let list = ConnectListAllDomains { need_results: 1, flags: 0 };
    rows.push(served(READ_ONLY, "connect_list_all_domains", 1, list, |_| true, "a list"));
    rows.push(served(READ_ONLY, "connect_get_capabilities", 1, ConnectGetCapabilities {}, |_| true, "XML"));
    rows
}
