//! The contract in `protocol/x` says what was measured of libvirt, all of it, and nothing else.
//!
//! Both are turned into the same flat statements, such as `type nonnull_network` = `struct { nonnull_string name; uuid
//! uuid; }` or `remote 23 priority` = `high`, and the statements are compared. The facts are in `tests/fixtures/facts`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use virtwire_idl::model::{Body, Contract, Procedure, ReadOnly, Stream, Type, Union};
use virtwire_idl::{Source, parse};

/// What a statement is about, and what it says.
type Statements = BTreeMap<String, String>;

const FILES: [&str; 6] = ["message.x", "keepalive.x", "remote.x", "qemu.x", "lxc.x", "admin.x"];

/// The oldest release here that has `domain_event_nic_mac_change`, of which `since.json` knows no upper bound.
const NEWEST_MEASURED: &str = "11.3.0";

/// Where the contract says something else than the facts, or something that they leave open.
const DECISIONS: [(&str, &str); 16] = [
    // Constants of ours, for numbers that have no name in the facts.
    ("const UUID_LEN", "16"),
    ("const NODE_MODEL_LEN", "32"),
    ("const DOMAIN_ANNOUNCE_INTERFACE_PARAMETERS_MAX", "16"),
    // A stream like its two siblings 148 and 215; the facts mark only streams whose code is generated there.
    ("remote 304 stream", "write"),
    // No public call to measure. Whoever has not authenticated yet must be able to.
    ("remote 66 read-only", "allowed"),
    ("remote 67 read-only", "allowed"),
    ("remote 68 read-only", "allowed"),
    ("remote 69 read-only", "allowed"),
    ("remote 70 read-only", "allowed"),
    // No public call of this name to measure: the one that leads here also leads to 167 and 168, which are allowed.
    ("remote 316 read-only", "allowed"),
    ("remote 317 read-only", "allowed"),
    // Deleting is writing. libvirt does it for read-only clients; ours should not.
    ("remote 452 read-only", "refused"),
    // Not measured. It acts on a domain.
    ("remote 456 read-only", "refused"),
    // Nobody waits for a ping or a pong.
    ("keepalive 1 best-effort", "yes"),
    ("keepalive 2 best-effort", "yes"),
    // Known from the bounds of `since.json` to be one of these two.
    ("remote 453 since", "11.2.0..11.3.0"),
];

/// Where an older release differs from 11.3.0. What it says is not true of the contract, and need not be.
const DIFFERENT_IN_7_0: [(&str, &str); 2] = [
    // A later release let these two run beside calls that wait.
    ("remote 360 priority", "low"),
    ("remote 361 priority", "low"),
];
const DIFFERENT_IN_9_0: [(&str, &str); 2] = [
    // Defining a device writes it to disk; later releases ask for that permission too.
    ("remote 428 acl", "node_device:write"),
    // To read whether a device starts by itself changes nothing; later releases allow it.
    ("remote 433 read-only", "refused"),
];

#[test]
fn the_contract_says_what_was_measured_of_11_3_and_12_8_and_nothing_else() {
    assert_eq!(differences(&of_contract(&contract()), &newest(), Extra::IsADifference), Vec::<String>::new());
}

#[test]
fn what_older_releases_say_is_in_the_contract_but_for_what_is_listed() {
    let ours = of_contract(&contract());
    for (release, listed) in [("7.0.0", DIFFERENT_IN_7_0), ("9.0.0", DIFFERENT_IN_9_0)] {
        let mut theirs = of_release(release);
        decide(&mut theirs, &DECISIONS.map(|(about, says)| (about, says)), ForWhom::WhatIsThere);
        for (about, says) in listed {
            assert_eq!(theirs.remove(about).as_deref(), Some(says), "{release} is listed to say so of {about}");
            assert_ne!(ours[about], says, "{about} is listed to differ in {release}");
        }
        assert!(theirs.len() > 3_000, "only {} statements of {release}", theirs.len());
        assert_eq!(differences(&ours, &theirs, Extra::IsNewer), Vec::<String>::new(), "{release}");
    }
}

#[test]
fn every_length_is_written_as_a_constant() {
    let contract = contract();
    let types = contract.modules.iter().flat_map(|module| &module.types);
    for definition in types {
        let of: Vec<&Type> = match &definition.body {
            Body::Typedef(of) => vec![of],
            Body::Struct(fields) => fields.iter().map(|field| &field.of).collect(),
            Body::Enum(_) | Body::Union(_) => continue,
        };
        for of in of {
            let (Type::String(bound)
            | Type::Opaque(bound)
            | Type::FixedOpaque(bound)
            | Type::Array(_, bound)
            | Type::FixedArray(_, bound)) = of
            else {
                continue;
            };
            assert!(bound.name.is_some(), "{} has {of} with a bare number", definition.name);
        }
    }
}

/// A comparison that cannot fail proves nothing: each of these changes one thing, and exactly that is found.
#[test]
fn a_change_of_any_kind_is_found() {
    let check = |file: &str, from: &str, to: &str, found: &[&str]| {
        let contract = parse(&sources_but(file, from, to)).unwrap_or_else(|error| panic!("{error}"));
        let differences = differences(&of_contract(&contract), &newest(), Extra::IsADifference);
        let about = differences.iter().filter_map(|line| line.split(": ").next());
        assert_eq!(about.collect::<Vec<_>>(), found, "{from:?} became {to:?}: {differences:#?}");
    };
    // A bound: of a constant, and so of whoever uses it; and of one field that uses another.
    let block_peek = ["const DOMAIN_BLOCK_PEEK_BUFFER_MAX", "type domain_block_peek_ret"];
    check("remote.x", "BLOCK_PEEK_BUFFER_MAX = 4194304", "BLOCK_PEEK_BUFFER_MAX = 4194305", &block_peek);
    check("remote.x", "cpumaps<CPUMAPS_MAX>", "cpumaps<CPUMAP_MAX>", &["type domain_get_vcpus_ret"]);
    check("message.x", "opaque message_uuid[UUID_LEN]", "opaque message_uuid<UUID_LEN>", &["type message_uuid"]);
    // A field: its order, name, type, presence.
    check("remote.x", "int event;\n", "int occasion;\n", &["type domain_event_lifecycle_msg"]);
    check("message.x", "unsigned int prog;", "int prog;", &["type message_header"]);
    check("message.x", "int int1;", "", &["type message_error"]);
    check("remote.x", "nonnull_domain ddom;", "domain ddom;", &["type domain_migrate_finish_ret"]);
    check("qemu.x", "hyper seconds;", "int micros; hyper seconds;", &["type qemu_domain_monitor_event_msg"]);
    // An enum's value, a union's arm, a typedef.
    check("message.x", "MESSAGE_STREAM = 3", "MESSAGE_STREAM = 7", &["type message_type"]);
    check("remote.x", "AUTH_TYPE_SASL = 1,", "", &["type auth_type"]);
    check("remote.x", "case 6:", "case 8:", &["type typed_param_value"]);
    check("admin.x", "double d;", "float d;", &["type admin_typed_param_value"]);
    check("remote.x", "nonnull_string *optional_string", "uuid *optional_string", &["type optional_string"]);
    // A definition too much, or not there.
    check("lxc.x", "program LXC", "const STRAY = 1; program LXC", &["const STRAY"]);
    check("lxc.x", "program LXC", "typedef int stray; program LXC", &["type stray"]);
    let renamed = ["const ADMIN_SERVER_LIST_MAX", "const ADMIN_SERVERS_MAX"];
    check("admin.x", "ADMIN_SERVER_LIST_MAX", "ADMIN_SERVERS_MAX", &renamed);
    // A program's number, a procedure's number, name, arguments, reply.
    check("qemu.x", "= 0x20008087", "= 0x20008088", &["qemu number"]);
    check("lxc.x", "NAMESPACE(lxc", "NAMESPACES(lxc", &["lxc 1 name"]);
    check("remote.x", "connect_get_type_ret CONNECT_GET_TYPE", "void CONNECT_GET_TYPE", &["remote 3 reply"]);
    check("remote.x", "DOMAIN_SUSPEND(domain_suspend_args)", "DOMAIN_SUSPEND(void)", &["remote 34 arguments"]);
    let swapped = ["reply", "name", "arguments"].map(|what| ["ping", "pong"].map(|_| what));
    assert_eq!(swapped.len(), 3);
    check("keepalive.x", "PING(void) = 1", "PING(void) = 3", &["x"]);
}

/// Whether the contract may say what the facts do not.
#[derive(Clone, Copy, PartialEq)]
enum Extra {
    IsADifference,
    IsNewer,
}
