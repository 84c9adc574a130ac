//! The contract in `protocol/x` says what was measured of libvirt, all of it, and nothing else.
//!
//! Contract and facts are both turned into flat statements, such as `type nonnull_network` = `struct { nonnull_string
//! name; uuid uuid; }` or `remote 23 priority` = `high`, and the statements are compared. The facts are in
//! `tests/fixtures/facts`; how their names become the contract's is in `measured.rs`.

mod contract;
mod measured;

use std::collections::BTreeMap;

use virtwire_idl::model::{Body, Contract, Type};
use virtwire_idl::{Source, parse};

/// What is spoken of, and what is said of it.
type Statements = BTreeMap<String, String>;

/// In the order in which they are read.
const FILES: [&str; 6] = ["message.x", "keepalive.x", "remote.x", "qemu.x", "lxc.x", "admin.x"];

/// Where the contract says something else than the facts, or something on which they are silent.
const DECISIONS: [(&str, &str); 17] = [
    // Constants of ours, for numbers that have no name in the facts.
    ("const UUID_LEN", "16"),
    ("const NODE_MODEL_LEN", "32"),
    ("const DOMAIN_ANNOUNCE_INTERFACE_PARAMETERS_MAX", "16"),
    // A stream as its siblings 148 and 215 are; the facts know only of streams whose handlers are generated.
    ("remote 304 stream", "write"),
    // They have no public call to measure. A client that is yet to authenticate must be able to.
    ("remote 66 read-only", "allowed"),
    ("remote 67 read-only", "allowed"),
    ("remote 68 read-only", "allowed"),
    ("remote 69 read-only", "allowed"),
    ("remote 70 read-only", "allowed"),
    // They have no public call of their own: the one that leads to 167 and 168, which are allowed, leads here too.
    ("remote 316 read-only", "allowed"),
    ("remote 317 read-only", "allowed"),
    // To delete is to write. libvirt lets read-only clients do it; we do not.
    ("remote 452 read-only", "refused"),
    // Not measured; it acts on a domain.
    ("remote 456 read-only", "refused"),
    // Nobody waits for a ping or a pong.
    ("keepalive 1 best-effort", "yes"),
    ("keepalive 1 event", "yes"),
    ("keepalive 2 best-effort", "yes"),
    ("keepalive 2 event", "yes"),
];

/// Where an older release is known to differ from 11.3.0, which the contract follows.
const OLDER: [(&str, [(&str, &str); 2]); 2] = [
    // Later releases no longer let these two wait behind calls that take long.
    ("7.0.0", [("remote 360 priority", "low"), ("remote 361 priority", "low")]),
    // Later releases ask for the permission to save too, since a definition is saved; and they let read-only clients
    // see whether a device starts together with its host.
    ("9.0.0", [("remote 428 acl", "node_device:write"), ("remote 433 read-only", "refused")]),
];

#[test]
fn the_contract_says_what_is_known_of_11_3_and_12_8_and_nothing_else() {
    assert_eq!(
        differences(&contract::says(&read_contract(sources())), &theirs(), Extra::IsADifference),
        [""; 0]
    );
}

#[test]
fn the_contract_says_what_is_known_of_older_releases_but_for_what_is_listed() {
    let ours = contract::says(&read_contract(sources()));
    for (release, listed) in OLDER {
        let mut theirs = measured::of_release(release);
        assert!(theirs.len() > 3_000, "{} statements of {release}", theirs.len());
        for (about, says) in listed {
            assert_eq!(theirs.remove(about).as_deref(), Some(says), "what {release} says of {about}");
            assert_ne!(ours[about], says, "what the contract says of {about}");
        }
        assert_eq!(differences(&ours, &theirs, Extra::IsNewer), [""; 0], "{release}");
    }
}

#[test]
fn every_bound_and_length_has_a_name() {
    for definition in read_contract(sources()).modules.iter().flat_map(|module| &module.types) {
        let fields: Vec<&Type> = match &definition.body {
            Body::Typedef(of) => vec![of],
            Body::Struct(fields) => fields.iter().map(|field| &field.of).collect(),
            Body::Union(union) => union.arms.iter().filter_map(|arm| Some(&arm.field.as_ref()?.of)).collect(),
            Body::Enum(_) => vec![],
        };
        for of in fields {
            if let Type::String(bound) | Type::Opaque(bound) | Type::FixedOpaque(bound) = of {
                assert!(bound.name.is_some(), "{of} in {}", definition.name);
            }
            if let Type::Array(_, bound) | Type::FixedArray(_, bound) = of {
                assert!(bound.name.is_some(), "{of} in {}", definition.name);
            }
        }
    }
}

/// A comparison that cannot fail proves nothing. Each of these changes one thing in the text, and exactly what it is
/// about must be found.
#[test]
fn a_change_of_any_kind_is_found() {
    let theirs = theirs();
    let check = |file: &str, from: &str, to: &str, expected: &[&str]| {
        let mut sources = sources();
        let source = sources.iter_mut().find(|source| source.name == file).expect("one of FILES");
        assert_eq!(source.text.matches(from).count(), 1, "{from:?} in {file}");
        source.text = source.text.replace(from, to);
        let found = differences(&contract::says(&read_contract(sources)), &theirs, Extra::IsADifference);
        let about: Vec<_> = found.iter().map(|line| line.split(':').next().unwrap()).collect();
        assert_eq!(about, expected, "{from:?} became {to:?}: {found:#?}");
    };
    let peek = ["const DOMAIN_BLOCK_PEEK_BUFFER_MAX", "type domain_block_peek_ret"];
    check("remote.x", "_BLOCK_PEEK_BUFFER_MAX = 4194304", "_BLOCK_PEEK_BUFFER_MAX = 4194305", &peek);
    check("remote.x", "[NODE_MODEL_LEN]", "<NODE_MODEL_LEN>", &["type node_get_info_ret"]);
    check("message.x", "message_uuid[UUID_LEN]", "message_uuid<UUID_LEN>", &["type message_uuid"]);
    check("message.x", "unsigned int prog;", "int prog;", &["type message_header"]);
    let fields = ["type lxc_domain_open_namespace_args"];
    let swapped = "unsigned int flags; nonnull_domain dom;";
    check("lxc.x", "nonnull_domain dom;\n    unsigned int flags;", swapped, &fields);
    check("lxc.x", "    unsigned int flags;", "", &fields);
    check("message.x", "hyper length;", "unsigned hyper length;", &["type stream_hole"]);
    check("qemu.x", "hyper seconds;", "hyper second;", &["type qemu_domain_monitor_event_msg"]);
    check("qemu.x", "hyper seconds;", "int x; hyper seconds;", &["type qemu_domain_monitor_event_msg"]);
    check("remote.x", "nonnull_string *optional_string", "uuid *optional_string", &["type optional_string"]);
    check("message.x", "MESSAGE_STREAM = 3", "MESSAGE_STREAM = 7", &["type message_type"]);
    check("remote.x", "AUTH_TYPE_SASL = 1", "AUTH_TYPE_SASSY = 1", &["type auth_type"]);
    check("remote.x", "case TYPED_PARAM_BOOLEAN:", "case 8:", &["type typed_param_value"]);
    check("admin.x", "double d;", "float d;", &["type admin_typed_param_value"]);
    check("lxc.x", "program LXC", "const STRAY = 1; program LXC", &["const STRAY"]);
    check("lxc.x", "program LXC", "typedef int stray; program LXC", &["type stray"]);
    check("qemu.x", "= 0x20008087", "= 0x20008088", &["qemu number"]);
    check("keepalive.x", "PING(void)", "PINGS(void)", &["keepalive 1 name"]);
    check("remote.x", "connect_get_type_ret CONNECT_GET_TYPE", "void CONNECT_GET_TYPE", &["remote 3 reply"]);
    check("remote.x", "SUSPEND(domain_suspend_args)", "SUSPEND(void)", &["remote 34 arguments"]);
    check("lxc.x", "read-only refused", "read-only allowed", &["lxc 1 read-only"]);
    check("lxc.x", "acl domain:", "acl domains:", &["lxc 1 acl"]);
    check("lxc.x", "read-only refused; ", "priority high; read-only refused; ", &["lxc 1 priority"]);
    check("lxc.x", "read-only refused; ", "stream read; read-only refused; ", &["lxc 1 stream"]);
    check("lxc.x", "read-only refused; ", "since 1.0.2; read-only refused; ", &["lxc 1 since"]);
    check("lxc.x", "read-only refused; ", "event; read-only refused; ", &["lxc 1 event"]);
    check("qemu.x", "filter domain:", "filter domains:", &["qemu 4 filter"]);
    let added =
        ["acl", "arguments", "name", "priority", "read-only", "reply"].map(|what| format!("lxc 2 {what}"));
    let added = added.iter().map(String::as_str).collect::<Vec<_>>();
    check("lxc.x", "= 1;\n    }", "= 1; /*@ acl none; read-only refused; */ void X(void) = 2; }", &added);
}

/// Everything known, with our decisions, each of which must decide something.
fn theirs() -> Statements {
    let mut says = measured::of_release("11.3.0");
    says.extend(measured::added_by("12.8.0"));
    says.extend([measured::typed_param_type()]);
    for (about, decision) in DECISIONS {
        let was = says.insert(about.to_owned(), decision.to_owned());
        assert_ne!(was.as_deref(), Some(decision), "{about} needs no decision");
    }
    says
}

fn sources() -> [Source; 6] {
    FILES.map(|file| Source::new(file, read(&format!("protocol/x/{file}"))))
}

#[track_caller]
fn read_contract(sources: [Source; 6]) -> Contract {
    parse(&sources).unwrap_or_else(|error| panic!("{error}"))
}

/// A file by its path from the root of the workspace.
fn read(path: &str) -> String {
    let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether the contract may say what the facts do not.
#[derive(Clone, Copy, PartialEq)]
enum Extra {
    IsADifference,
    IsNewer,
}

fn differences(ours: &Statements, theirs: &Statements, extra: Extra) -> Vec<String> {
    let mut found = Vec::new();
    for (about, facts) in theirs {
        match ours.get(about) {
            Some(contract) if contract == facts => {}
            Some(contract) => found.push(format!("{about}: the contract says {contract}, the facts {facts}")),
            None => found.push(format!("{about}: the contract says nothing, the facts {facts}")),
        }
    }
    for (about, contract) in ours {
        if extra == Extra::IsADifference && !theirs.contains_key(about) {
            found.push(format!("{about}: the contract says {contract}, the facts nothing"));
        }
    }
    found.sort();
    found
}
