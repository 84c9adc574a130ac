//! `virtwire dissect` on the recorded sessions of real daemons and clients.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use std::process::{Command, Stdio};

use serde_json::Value;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{Procedure, Program};
use virtwire::protocol::remote::{
    AuthType, DomainInterface, DomainInterfaceAddresses, DomainInterfaceAddressesReply, DomainIpAddr,
};

use crate::peer::played;
use crate::process::{Done, json, run, temporary};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/captures")
}

fn fixture(name: &str) -> String {
    fixtures().join(name).to_str().unwrap().to_owned()
}

/// The names of all recorded connections.
fn recordings() -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(fixtures())
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".c2s")?.to_owned()))
        .collect();
    names.sort();
    assert!(names.len() > 40, "{}", names.len());
    names
}

fn dissected(arguments: &[&str]) -> Vec<Value> {
    let told = run(&[&["dissect", "--json"], arguments].concat()).succeeded();
    told.lines().map(json).collect()
}

fn frames(told: &[Value]) -> impl Iterator<Item = &Value> {
    told.iter().filter(|line| line["kind"].is_string() || line["kind"].is_number())
}

/// Every frame of the index is there once, with the same words; nothing is left over but the stream data that the
/// index leaves out. What does not decode was sent so on purpose, as `tests/it/captures.rs` lists it.
#[test]
fn every_recorded_frame_is_told() {
    let mut odd = Vec::new();
    for name in recordings() {
        let told = dissected(&["--data", &fixture(&name)]);
        let mut found = BTreeMap::new();
        for frame in frames(&told) {
            let place = (frame["from"].as_str().unwrap().to_owned(), frame["offset"].as_u64().unwrap());
            assert!(found.insert(place, frame).is_none(), "{name}: {frame}");
            for key in ["undecoded", "leniently"] {
                if let Some(why) = frame[key].as_str() {
                    odd.push(format!("{name} byte {}: {why}", frame["offset"]));
                }
            }
        }
        let index = fs::read_to_string(fixture(&format!("{name}.json"))).unwrap();
        let index = json(&index);
        let mut is_cut = false;
        for listed in index.as_array().unwrap().iter().filter(|listed| listed["offset"].is_u64()) {
            let from = if listed["dir"] == "c2s" { "client" } else { "daemon" };
            let place = (from.to_owned(), listed["offset"].as_u64().unwrap());
            // Recordings end with their last whole frame, indexes with the session.
            let Some(frame) = found.remove(&place) else {
                let length = fs::metadata(fixture(&format!("{name}.{}", listed["dir"].as_str().unwrap())));
                assert!(place.1 >= length.unwrap().len(), "{name}: {listed}");
                is_cut = true;
                continue;
            };
            assert_eq!(frame["bytes"], listed["length"], "{name}: {frame}");
            assert_eq!(frame["serial"], listed["serial"], "{name}: {frame}");
            assert_eq!(frame["procedure"], listed["procedure"], "{name}: {frame}");
            assert_eq!(frame["status"], listed["status"], "{name}: {frame}");
            let kind = if listed["type"] == "message" { "event" } else { listed["type"].as_str().unwrap() };
            let kind = if kind == "stream-hole" { "hole" } else { kind };
            assert_eq!(frame["kind"], kind, "{name}: {frame}");
        }
        for frame in found.values() {
            assert!(
                frame["kind"] == "stream" && frame["status"] == "continue",
                "{name}: not in the index: {frame}"
            );
        }
        assert!(told.iter().all(|line| line["foreign"].is_null()), "{name}");
        if is_cut {
            continue;
        }
        // Every reply has its call, every call its reply.
        assert!(told.iter().all(|line| line["answers"] != false), "{name}");
        let closed = told.iter().find(|line| line["closed"].is_object()).unwrap();
        assert_eq!(closed["closed"]["unanswered"], Value::Array(vec![]), "{name}");
    }
    assert_eq!(odd, ODD);
}

const ODD: [&str; 5] = [
    "errors-src-0 byte 96: call 9999 is not in the contract of remote",
    "errors-src-0 byte 124: program 0x12345678 version 1 is not in the contract",
    "errors-src-0 byte 152: program 0x20008086 version 2 is not in the contract",
    "errors-src-0 byte 180: input ends: 4 bytes needed, 0 left at offset 0 (domain_lookup_by_name_args.name)",
    "go-libvirt-dst-0 byte 28: optional marked 16777216, which is neither 0 nor 1 at offset 0 (connect_open_args.name)",
];

#[test]
fn data_of_streams_is_added_up_and_adds_up() {
    let told = dissected(&[&fixture("volume-src-0")]);
    let sum = |from: &str| {
        let runs = frames(&told).filter(|frame| frame["data_bytes"].is_u64() && frame["from"] == from);
        runs.map(|run| run["data_bytes"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((sum("client"), sum("daemon")), (102_400, 107_400));
    let ends = frames(&told).filter(|frame| frame["kind"] == "stream" && frame["status"] == "ok");
    let ends: Vec<_> = ends.map(|end| (&end["from"], &end["stream"]["hole_bytes"])).collect();
    assert!(ends.contains(&(&"daemon".into(), &946_176.into())), "{ends:?}");
    let each = dissected(&["--data", &fixture("volume-src-0")]);
    assert!(frames(&each).count() > frames(&told).count());
}

#[test]
fn lines_are_picked() {
    let of = |arguments: &[&str]| {
        let text = run(&[&["dissect"], arguments, &[&fixture("errors-src-0")]].concat()).succeeded();
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of(&[]).len(), 16);
    assert_eq!(of(&["--serial", "2,3"]).len(), 4);
    assert_eq!(of(&["--procedure", "23"]).len(), 4);
    assert_eq!(of(&["--procedure", "connect_*,domain_migrate_prepare"]).len(), 6);
    let by_name = of(&["--procedure", "domain_lookup_by_name"]);
    assert_eq!(by_name.len(), 4);
    for spelling in
        ["Domain_Lookup_By_Name", "REMOTE_PROC_DOMAIN_LOOKUP_BY_NAME", "remote_*_by_name", "ping,23"]
    {
        assert_eq!(of(&["--procedure", spelling]), by_name, "{spelling}");
    }
    // One that nothing matches would look as if nothing had been said; a number may be nobody's yet.
    assert_eq!(of(&["--procedure", "77777"]).len(), 0);
    for wrong in ["domain_lookup_by_nme", "", "connect_*,", "qemu_connect_open"] {
        let done = run(&["dissect", "--procedure", wrong, &fixture("errors-src-0")]);
        assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{wrong:?}: {done:?}");
        assert!(done.stderr.contains("no procedure has this name"), "{wrong:?}: {done:?}");
    }
    assert_eq!(of(&["--connection", "2"]).len(), 0);
    let errors = of(&["--errors"]);
    assert_eq!(errors.len(), 10);
    let absent = "42 NO_DOMAIN of 10 QEMU: Domain not found: no domain with matching name 'no-such' (asked: name=no-such)";
    assert!(errors[0].ends_with(absent), "{}", errors[0]);
    let all = of(&["-v", "--serial", "1"]);
    assert!(all.iter().any(|line| line == "        name = \"qemu:///system\""), "{all:?}");
}

/// Secrets stay out of what people paste into bug reports.
#[test]
fn secrets_are_not_shown_unless_asked_for() {
    let header = |length: u8| [0, 0, 0, length, 0x20, 0, 0x80, 0x86, 0, 0, 0, 1, 0, 0, 0, 144, 0, 0, 0, 0];
    let mut bytes = header(64).to_vec();
    bytes.extend([0, 0, 0, 7, 0, 0, 0, 0]);
    // secret_set_value: a secret with uuid, usage type and id, its value, flags.
    bytes.extend([1; 16]);
    bytes.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
    bytes.extend(*b"hush\0\0\0\0");
    bytes[3] = u8::try_from(bytes.len()).unwrap();
    let path = temporary("secret.c2s");
    fs::write(&path, &bytes).unwrap();
    let path = path.to_str().unwrap();
    for form in ["-v", "--json"] {
        let shut = run(&["dissect", form, path]).succeeded();
        assert!(shut.contains("secret") && !shut.contains("68757368") && !shut.contains("104,117"), "{shut}");
        let open = run(&["dissect", form, "--secrets", path]).succeeded();
        assert!(open.contains("68757368") || open.contains("104,117"), "{open}");
    }
    fs::remove_file(path).unwrap();
}

/// What hides in arguments that are shown: passwords for guests and their screens.
#[test]
fn passwords_are_not_shown_unless_asked_for() {
    let text = |text: &str| {
        let mut bytes = u32::try_from(text.len()).unwrap().to_be_bytes().to_vec();
        bytes.extend(text.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    };
    let call = |program: u32, procedure: u32, payload: &[u8]| {
        let length = u32::try_from(28 + payload.len()).unwrap();
        let words = [length, program, 1, procedure, 0, 7, 0];
        [&words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>(), payload].concat()
    };
    let domain = [&text("web1")[..], &[1; 16], &[0, 0, 0, 3]].concat();
    let agent =
        r#"{"execute":"guest-set-user-password","arguments":{"username":"root","password":"aHVzaA=="}}"#;
    // Not decodable: more follows than arguments have.
    let mut odd = [&text("<graphics passwd='hush-hush'/>")[..], &[0; 4]].concat();
    odd.extend([0, 0, 0, 9]);
    for (program, procedure, payload) in [
        (0x2000_8087, 3, [&domain, &text(agent)[..], &[0; 8]].concat()),
        (0x2000_8087, 1, [&domain, &text("set_password vnc hush-hush")[..], &[0; 4]].concat()),
        (
            0x2000_8086,
            350,
            [&text("<domain><graphics type='vnc' passwd='hush-hush'/></domain>")[..], &[0; 4]].concat(),
        ),
        (0x2000_8086, 9_999, odd),
    ] {
        let path = temporary(&format!("password-{program}-{procedure}.c2s"));
        fs::write(&path, call(program, procedure, &payload)).unwrap();
        let path = path.to_str().unwrap();
        let is_told = |text: &str| {
            ["aHVzaA==", "hush-hush", "687573682d68757368", "104,117,115,104"]
                .iter()
                .any(|word| text.contains(word))
        };
        for form in [&["-v"][..], &["--json"], &["--ladder"], &["--svg", "-"]] {
            let shut = run(&[&["dissect"], form, &[path]].concat()).succeeded();
            assert!(!is_told(&shut), "{procedure} {form:?}: {shut}");
        }
        let open = run(&["dissect", "--json", "--secrets", path]).succeeded();
        assert!(is_told(&open), "{procedure}: {open}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn what_is_no_frame_is_said_and_passed_over() {
    let good = fs::read(fixture("session-src-0.c2s")).unwrap();
    let path = temporary("broken.c2s");
    fs::write(&path, [b"GET / HTTP/1.1\r\nHost: daemon\r\n\r\n", &good[..], &good[..40]].concat()).unwrap();
    let text = run(&["dissect", path.to_str().unwrap()]).succeeded();
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(
        lines[0].contains("NO FRAME at byte 0: frame of 1195725856 bytes exceeds the limit"),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains("frames again from byte 32, 32 bytes later"), "{}", lines[1]);
    assert!(
        lines.last().unwrap().contains("the end, within a frame of which 12 bytes had come of 32"),
        "{text}"
    );
    fs::write(&path, [22, 3, 3, 0, 90, 1, 0, 0, 86, 3, 3, 0x55]).unwrap();
    let text = run(&["dissect", path.to_str().unwrap()]).succeeded();
    assert!(text.contains("NO FRAME at byte 0: TLS begins here"), "{text}");
    fs::write(&path, []).unwrap();
    let none = run(&["dissect", path.to_str().unwrap()]).failed(1);
    assert!(none.contains("nothing in it is libvirt's protocol"), "{none}");
    fs::remove_file(&path).unwrap();
    let absent = run(&["dissect", path.to_str().unwrap()]).failed(1);
    assert!(absent.contains("no such file"), "{absent}");
}

/// The golden text of a migration by virsh, version 3: source, client, destination.
#[test]
fn a_migration_is_a_ladder() {
    let pair = [fixture("migrate-virsh-src-0"), fixture("migrate-virsh-dst-0")];
    let drawn = run(&["dissect", "--ladder", &pair[0], &pair[1]]).succeeded();
    let golden =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command/migrate-virsh.ladder"));
    assert_eq!(drawn, golden.unwrap());
    // Whichever was named first.
    let turned = run(&["dissect", "--ladder", &pair[1], &pair[0]]).succeeded();
    let head = |text: &str| text.lines().take(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(head(&turned), head(&drawn));
    for line in drawn.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    // Names are whole, however long.
    let drawn = run(&["dissect", "--ladder", &fixture("events-src-0")]).succeeded();
    assert!(drawn.contains("│── 317 connect_domain_event_callback_deregister_any ──▶│ #13 32 B"), "{drawn}");
}

#[test]
fn a_picture_has_every_arrow_and_is_xml() {
    let path = temporary("ladder.svg");
    for name in recordings() {
        let said = run(&["dissect", "--svg", path.to_str().unwrap(), &fixture(&name)]).succeeded();
        assert_eq!(said, format!("wrote {}\n", path.display()));
        let picture = fs::read_to_string(&path).unwrap();
        assert!(
            picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && picture.ends_with("</svg>\n")
        );
        assert!(picture.contains("connect_open"), "{name}");
        // Every `<` begins an element and every `&` an entity.
        for (at, _) in picture.match_indices('<') {
            let rest = &picture[at + 1..];
            let names = ["svg", "/svg", "style", "/style", "rect", "path", "text", "/text"];
            assert!(
                names.iter().any(|name| rest.starts_with(name)),
                "{name}: {}",
                &rest[..20.min(rest.len())]
            );
        }
        for (at, _) in picture.match_indices('&') {
            let rest = &picture[at..];
            assert!(
                ["&amp;", "&lt;", "&gt;", "&quot;"].iter().any(|entity| rest.starts_with(entity)),
                "{name}"
            );
        }
    }
    fs::remove_file(&path).unwrap();
}

/// As many addresses as a frame has room for.
fn addresses() -> Draft {
    let address = DomainIpAddr { r#type: 0, addr: "".into(), prefix: 0 };
    let interface = DomainInterface { name: "".into(), hwaddr: None, addrs: vec![address; 1_365] };
    Draft::encode(&DomainInterfaceAddressesReply { ifaces: vec![interface; 2_046] }).unwrap()
}

/// What a command does that may have so much memory.
fn within(kib: u32, arguments: &[&str]) -> Done {
    let limited = format!("ulimit -v {kib}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_virtwire")]).args(arguments).stdin(Stdio::null());
    Done::of(command.output().unwrap())
}

/// Of 32 MiB of them, a tree of all took 1.6 GB, and the reply's JSON 1.0 GB.
#[test]
fn millions_of_items_take_no_multiple_of_their_frame() {
    let header =
        Header::new(MessageKind::Reply, Program::REMOTE, DomainInterfaceAddresses::NUMBER, Serial(1));
    let recording = temporary("items").with_extension("s2c");
    fs::write(&recording, addresses().seal(&header)).unwrap();
    let path = recording.to_str().unwrap();
    let dissected =
        |arguments: &[&str]| within(MEMORY_KIB, &[&["dissect", path], arguments].concat()).succeeded();
    assert!(dissected(&[]).contains("… 2046 in all"));
    assert!(!dissected(&["--errors", "--procedure", "1"]).contains("in all"));
    let told = dissected(&["-v"]);
    let shown = told.lines().filter(|line| line.ends_with("prefix = 0")).count();
    assert!(shown > 100_000 && told.contains(" more, not shown"), "{shown} addresses");
    let told = dissected(&["--json"]);
    let told = json(told.lines().find(|line| line.contains("\"reply\"")).unwrap());
    let listed: usize = told["body"]["ifaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|interface| interface["addrs"].as_array().unwrap().len())
        .sum();
    assert!(listed > 100_000 && told["items_left_out"].as_u64().unwrap() > 1_000, "{listed} addresses");
    fs::remove_file(&recording).unwrap();

    let uri = played(|mut peer| {
        while let Some(call) = peer.next() {
            match call.header.procedure {
                DomainInterfaceAddresses::NUMBER => peer.send(&call, MessageKind::Reply, addresses()),
                _ => peer.agree(&call, AuthType::None),
            }
        }
    });
    let arguments = r#"{"dom": {"name": "web1", "uuid": "01010101-0101-0101-0101-010101010101", "id": 1}, "source": 0, "flags": 0}"#;
    let told = within(MEMORY_KIB, &["call", &uri, "domain_interface_addresses", arguments]).succeeded();
    assert_eq!(told.matches("\"prefix\": 0").count(), 1_365 * 2_046);
}

/// For a frame of 32 MiB, of which a message takes 8 times as much at most.
const MEMORY_KIB: u32 = 640 * 1024;
