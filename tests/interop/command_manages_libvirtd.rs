//! The command's networks, pools, volumes, calls, console and screenshot against a real libvirtd; virsh agrees.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use virtwire::client::Connection;

use crate::command_meets_libvirtd::{try_virtwire, virtwire};
use crate::descriptors_of_libvirtd::SEEN_GUEST;
use crate::lab::Libvirtd;
use crate::need::need;
use crate::peers::{python, table, virsh};
use crate::process::{Process, run};
use crate::streams_of_libvirtd::letters;

/// Chosen columns of a table, without its headings.
fn columns<'a>(text: &'a str, wanted: &[usize]) -> Vec<Vec<&'a str>> {
    let rows = table(text).into_iter().skip(1);
    rows.map(|row| wanted.iter().map(|at| *row.get(*at).unwrap_or(&"")).collect()).collect()
}

/// The same of virsh's, which has none when it is quiet.
fn virsh_columns(uri: &str, arguments: &[&str], wanted: &[usize]) -> Vec<Vec<String>> {
    let text = virsh(uri, arguments);
    let rows = table(&text);
    rows.iter()
        .map(|row| wanted.iter().map(|at| (*row.get(*at).unwrap_or(&"")).to_owned()).collect())
        .collect()
}

/// What is done to the test driver is forgotten when the last connection to it closes.
fn held_open(uri: &str) -> (Connection, Runtime) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    (runtime.block_on(Connection::open(uri)).unwrap(), runtime)
}

#[test]
fn its_lists_are_virshs() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("test", "/default");
    let _held = held_open(&uri);
    let off = "<network><name>off</name></network>";
    virtwire(&["net", "define", &uri, &daemon.directory().write("net.xml", off)]);
    let file =
        daemon.directory().write("vol.xml", "<volume><name>v1</name><capacity>1048576</capacity></volume>");
    virtwire(&["vol", "create", &uri, "default-pool", "--xml", &file]);
    virtwire(&["vol", "create", &uri, "default-pool", "a'<b", "--capacity", "2MiB"]);

    for all in [&[][..], &["--all"]] {
        let list = virtwire(&[&["list", &uri][..], all].concat());
        assert_eq!(columns(&list, &[0, 1, 3]), virsh_columns(&uri, &[&["list"], all].concat(), &[0, 1, 2]));
        let list = virtwire(&[&["net", "list", &uri][..], all].concat());
        // Name, state, autostart, persistent.
        assert_eq!(
            columns(&list, &[0, 2, 3, 4]),
            virsh_columns(&uri, &[&["net-list"], all].concat(), &[0, 1, 2, 3])
        );
        let list = virtwire(&[&["pool", "list", &uri][..], all].concat());
        assert_eq!(columns(&list, &[0, 3]), virsh_columns(&uri, &[&["pool-list"], all].concat(), &[0, 2]));
    }
    let list = virtwire(&["vol", "list", &uri, "default-pool"]);
    let paths: Vec<Vec<&str>> =
        table(&list).into_iter().skip(1).map(|row| vec![row[0], row[row.len() - 1]]).collect();
    assert_eq!(paths.len(), 2, "{list}");
    assert_eq!(paths, virsh_columns(&uri, &["vol-list", "default-pool"], &[0, 1]));
    assert_eq!(
        virtwire(&["net", "dumpxml", &uri, "default"]).trim(),
        virsh(&uri, &["net-dumpxml", "default"]).trim()
    );
    assert_eq!(
        virtwire(&["pool", "dumpxml", &uri, "default-pool"]).trim(),
        virsh(&uri, &["pool-dumpxml", "default-pool"]).trim()
    );
    let json: Value = serde_json::from_str(&virtwire(&["net", "list", "--json", "--all", &uri])).unwrap();
    assert_eq!((&json[1]["name"], &json[1]["active"]), (&"off".into(), &false.into()));
}

#[test]
fn it_changes_networks_pools_and_volumes() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("test", "/default");
    let _held = held_open(&uri);
    let xml = "<network><name>lan</name></network>";
    let file = daemon.directory().write("net.xml", xml);
    assert!(virtwire(&["net", "define", &uri, &file]).starts_with("defined network lan "));
    for (verb, active) in [("start", "yes"), ("destroy", "no")] {
        virtwire(&["net", verb, &uri, "lan"]);
        assert!(virsh(&uri, &["net-info", "lan"]).contains(&format!("Active:         {active}")), "{verb}");
    }
    virtwire(&["net", "undefine", &uri, "lan"]);
    let gone = try_virtwire(&["net", "start", &uri, "lan"]);
    assert!(gone.stderr.contains("no such network") && gone.stderr.lines().count() == 1, "{gone:?}");

    let xml = "<pool type='dir'><name>disks</name><target><path>/disks</path></target></pool>";
    let file = daemon.directory().write("pool.xml", xml);
    virtwire(&["pool", "define", &uri, &file]);
    for (verb, state) in
        [("build", "inactive"), ("start", "running"), ("refresh", "running"), ("destroy", "inactive")]
    {
        virtwire(&["pool", verb, &uri, "disks"]);
        let told = virsh(&uri, &["pool-info", "disks"]);
        assert!(told.contains(state), "{verb}: {told}");
    }
    virtwire(&["pool", "undefine", &uri, "disks"]);
    assert_eq!(virsh_columns(&uri, &["pool-list", "--all"], &[0]), [["default-pool"]]);

    virtwire(&["vol", "create", &uri, "default-pool", "v1", "--capacity", "1MiB", "--allocation", "0"]);
    let facts = virtwire(&["vol", "info", "--json", &uri, "default-pool", "v1"]);
    let facts: Value = serde_json::from_str(&facts).unwrap();
    assert_eq!((&facts["capacity_bytes"], &facts["allocation_bytes"]), (&1_048_576.into(), &0.into()));
    virtwire(&["vol", "delete", &uri, "default-pool", "v1"]);
    assert!(virsh_columns(&uri, &["vol-list", "default-pool"], &[0]).is_empty());
}

/// The test driver's guest, which does at once what it is asked for.
#[test]
fn it_has_a_guest_stand_still_and_go_on_and_hears_of_it() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("test", "/default");
    let _held = held_open(&uri);
    let watching = ["events", &uri, "--event", "lifecycle", "--domain", "test", "--count", "4"];
    let program = env!("CARGO_BIN_EXE_virtwire");
    let heard =
        Process::start(Command::new("sh").args(["-c", "exec \"$@\" 2>&1", "sh", program]).args(watching));
    heard.line_after("watching ");
    let mut seen = Vec::new();
    for (verb, state) in [
        ("suspend", "paused"),
        ("resume", "running"),
        ("reboot", "running"),
        ("shutdown", "shut off"),
        ("start", "running"),
    ] {
        virtwire(&[verb, &uri, "test"]);
        assert_eq!(virsh(&uri, &["domstate", "test"]).trim(), state, "{verb}");
        if verb != "reboot" {
            seen.push(heard.line_after("domain test lifecycle: "));
        }
    }
    assert_eq!(seen, ["suspended paused", "resumed unpaused", "stopped shutdown", "started booted"]);
}

/// What libvirt keeps beside a definition keeps that from being forgotten, until the user names it.
#[test]
fn it_forgets_a_guest_with_what_goes_with_it() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("test", "/default");
    let _held = held_open(&uri);
    for (made, flag) in [("snapshot-create", "--snapshots-metadata"), ("managedsave", "--managed-save")] {
        let xml =
            "<domain type='test'><name>kept</name><memory>1024</memory><os><type>hvm</type></os></domain>";
        virtwire(&["define", &uri, &daemon.directory().write("kept.xml", xml)]);
        virtwire(&["start", &uri, "kept"]);
        virsh(&uri, &[made, "kept"]);
        if made == "snapshot-create" {
            virtwire(&["destroy", &uri, "kept"]);
        }
        let refused = try_virtwire(&["undefine", &uri, "kept"]);
        assert!(refused.stderr.contains("virtwire undefine --help"), "{made}: {refused:?}");
        assert!(virtwire(&["undefine", &uri, "kept", flag]).contains("undefined kept"), "{made}");
        assert!(!virsh(&uri, &["list", "--all", "--name"]).contains("kept"), "{made}");
    }
}

#[test]
fn it_calls_procedures_of_all_programs_with_parameters_both_ways() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("test", "/default");
    let call = |uri: &str, arguments: &[&str]| -> Value {
        serde_json::from_str(&virtwire(&[&["call", uri], arguments].concat())).expect("a reply is JSON")
    };
    let dom = call(&uri, &["domain_lookup_by_name", r#"{"name": "test"}"#])["dom"].clone();
    assert_eq!(dom["uuid"], virsh(&uri, &["domuuid", "test"]).trim());
    let ask = serde_json::json!({ "dom": dom, "nparams": 10 }).to_string();
    let told = call(&uri, &["domain_get_scheduler_parameters", &ask]);
    assert_eq!(told["params"][0], serde_json::json!({ "field": "weight", "value": { "ui": 50 } }));
    let set =
        |value: Value| serde_json::json!({ "dom": dom, "params": [{ "field": "weight", "value": value }] });
    let done =
        call(&uri, &["domain_set_scheduler_parameters", &set(serde_json::json!({ "ui": 50 })).to_string()]);
    assert_eq!(done, serde_json::json!({}));
    let twice = try_virtwire(&["call", &uri, "domain_lookup_by_name", r#"{"name": "test", "name": "b"}"#]);
    assert!(twice.stderr.contains("duplicate field `name`"), "{twice:?}");
    let wrong = set(serde_json::json!({ "ui": "many" })).to_string();
    let wrong = try_virtwire(&["call", &uri, "domain_set_scheduler_parameters", &wrong]);
    assert!(wrong.stderr.contains("params[0].value") && wrong.stderr.contains("many"), "{wrong:?}");

    let qemu = daemon.uri("qemu", "/system");
    let xml = "<secret><usage type='ceph'><name>one</name></usage></secret>";
    let told =
        call(&qemu, &["secret_define_xml", &serde_json::json!({ "xml": xml, "flags": 0 }).to_string()]);
    assert_eq!(
        (&told["secret"]["usageType"], &told["secret"]["usageID"]),
        (&2.into(), &"one".into()),
        "{told}"
    );
    for ask in [r#"{"usageType": 2, "usageID": "one"}"#, r#"{"usage_type": 2, "usage_id": "one"}"#] {
        assert_eq!(call(&qemu, &["secret_lookup_by_usage", ask]), told);
    }
    let file = daemon.directory().write("guest.xml", crate::libvirtd_answers::QEMU_GUEST);
    virtwire(&["create", &qemu, &file]);
    let dom = call(&qemu, &["domain_lookup_by_name", r#"{"name": "guest"}"#])["dom"].clone();
    let ask = serde_json::json!({ "dom": dom, "cmd": "info status", "flags": 1 }).to_string();
    let told = call(&qemu, &["1", &ask, "--program", "qemu"]);
    assert!(told["result"].as_str().is_some_and(|text| text.contains("running")), "{told}");
    // QEMU's driver has no containers, and says so; over TCP it is not even asked.
    let ask = serde_json::json!({ "dom": dom, "flags": 0 }).to_string();
    let refused =
        try_virtwire(&["call", &daemon.unix_uri("qemu", "/system"), "lxc_domain_open_namespace", &ask]);
    assert!(refused.stderr.starts_with("virtwire: procedure domain_open_namespace on "), "{refused:?}");
    let refused = try_virtwire(&["call", &qemu, "lxc_domain_open_namespace", &ask]);
    assert!(
        refused.stderr.ends_with("only a unix socket does, and not by SASL (nothing was sent)\n"),
        "{refused:?}"
    );

    let admin = format!("libvirtd:///system?socket={}", daemon.admin_socket().display());
    let told = call(&admin, &["admin_connect_list_servers", r#"{"need_results": 1, "flags": 0}"#]);
    let servers = told["servers"].as_array().expect("a list of servers");
    assert!(servers.iter().any(|server| server["name"] == "libvirtd"), "{told}");
    let looks = try_virtwire(&[
        "--readonly",
        "call",
        &admin,
        "admin_connect_list_servers",
        r#"{"need_results": 1, "flags": 0}"#,
    ]);
    assert!(looks.stderr.contains("leave --readonly out"), "{looks:?}");
    let stats: Value =
        serde_json::from_str(&virtwire(&["stats", &qemu, "guest", "--kind", "state", "--json"])).unwrap();
    assert_eq!(stats[0]["stats"]["state.state"], 1);
}

/// QEMU speaks first on a socket of its own, and on one whose other end is standard input and output.
#[test]
fn it_calls_what_passes_sockets_and_is_their_other_end() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let uri = daemon.unix_uri("qemu", "/system");
    let dom = seen(&daemon, &uri);
    let ask = serde_json::json!({ "dom": dom, "idx": 0, "flags": 0 }).to_string();
    assert_eq!(virtwire(&["call", &uri, "domain_open_graphics_fd", &ask]), "RFB 003.008\n");
    assert_eq!(virtwire(&["call", &uri, "domain_open_graphics", &ask, "--fd", "-"]), "RFB 003.008\n");
    // Where the socket comes, the daemon would send back what it is passed.
    let refused = try_virtwire(&["call", &uri, "domain_open_graphics_fd", &ask, "--fd", "-"]);
    assert!(refused.stderr.contains("they come with its reply (leave --fd out"), "{refused:?}");
    // Files get to the daemon, whose driver for QEMU has no use for them.
    let file = daemon.directory().write("passed", "content");
    let ask = serde_json::json!({ "dom": dom, "flags": 0 }).to_string();
    let refused =
        try_virtwire(&["call", &uri, "domain_create_with_files", &ask, "--fd", &file, "--fd", &file]);
    assert!(refused.stderr.contains("not supported by the connection driver"), "{refused:?}");
    let refused = try_virtwire(&["call", &uri, "connect_get_hostname", "--fd", &file]);
    assert!(refused.stderr.contains("passes no file descriptors (leave --fd out)"), "{refused:?}");
}

#[test]
fn it_passes_a_file_to_qemu() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let uri = daemon.unix_uri("qemu", "/system");
    let dom = seen(&daemon, &uri);
    let file = daemon.directory().write("passed", "content");
    let command = r#"{"execute":"add-fd","arguments":{"fdset-id":7}}"#;
    let ask = serde_json::json!({ "dom": dom, "cmd": command, "flags": 0 }).to_string();
    let told = virtwire(&["call", &uri, "domain_monitor_command_with_files", &ask, "--fd", &file]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert!(told["result"].as_str().is_some_and(|text| text.contains(r#""fdset-id":7"#)), "{told}");
}

/// A running guest with a screen, as calls name it.
#[track_caller]
fn seen(daemon: &Libvirtd, uri: &str) -> Value {
    virtwire(&["create", uri, &daemon.directory().write("seen.xml", SEEN_GUEST)]);
    let found = virtwire(&["call", uri, "domain_lookup_by_name", r#"{"name": "seen"}"#]);
    serde_json::from_str::<Value>(&found).unwrap()["dom"].clone()
}

/// Has it have a pool of that name; where that is.
fn disks(daemon: &Libvirtd) -> PathBuf {
    let place = daemon.directory().path().join("var/lib/libvirt/disks");
    fs::create_dir_all(&place).unwrap();
    let xml =
        "<pool type='dir'><name>disks</name><target><path>/var/lib/libvirt/disks</path></target></pool>";
    virtwire(&["pool", "create", &daemon.uri("qemu", "/system"), &daemon.directory().write("pool.xml", xml)]);
    place
}

#[test]
fn a_download_that_cannot_be_written_says_so() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    disks(&daemon);
    virtwire(&["vol", "create", &uri, "disks", "whole", "--capacity", "16MiB"]);
    let full = try_virtwire(&["vol", "download", &uri, "disks", "whole", "/dev/full"]);
    assert!(full.stderr.contains("no space left on device"), "{full:?}");
}

/// What is a file there has whatever name a file can have.
#[test]
fn a_volume_whose_name_is_no_utf_8_is_one_as_others_are() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    let place = disks(&daemon);
    let name = OsStr::from_bytes(b"v\xff1");
    fs::write(place.join(name), b"odd").unwrap();
    virtwire(&["pool", "refresh", &uri, "disks"]);
    let of_volume = |verb: &str, more: &[&OsStr]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_virtwire"));
        let finished = run(command.args(["vol", verb, &uri, "disks"]).arg(name).args(more));
        assert!(finished.status.success(), "{verb}: {finished:?}");
        finished.stdout
    };
    let hex = serde_json::json!({ "hex": "76ff31" });
    let listed: Value = serde_json::from_str(&virtwire(&["vol", "list", "--json", &uri, "disks"])).unwrap();
    assert_eq!((&listed[0]["name"], &listed[0]["pool"]), (&hex, &"disks".into()), "{listed}");
    assert!(listed[0]["path"]["hex"].as_str().unwrap().ends_with("76ff31"), "{listed}");
    assert!(virtwire(&["vol", "list", &uri, "disks"]).contains(r"$'v\3771'"));
    let told: Value = serde_json::from_str(&of_volume("info", &[OsStr::new("--json")])).unwrap();
    assert_eq!((&told["name"], &told["capacity_bytes"]), (&hex, &3.into()), "{told}");
    // And as a call has it.
    let asks = serde_json::json!({ "path": told["path"] }).to_string();
    let found: Value =
        serde_json::from_str(&virtwire(&["call", &uri, "storage_vol_lookup_by_path", &asks])).unwrap();
    assert_eq!(found["vol"]["key"], told["key"], "{found}");
    let file = daemon.directory().path().join("down");
    of_volume("download", &[file.as_os_str()]);
    assert_eq!(fs::read(&file).unwrap(), b"odd");
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        let pool = connection.storage_pool("disks").await.unwrap();
        let vol = pool.volumes().await.unwrap().remove(0);
        assert_eq!(pool.volume(vol.name()).await.unwrap().wire(), vol.wire());
        assert_eq!(connection.volume_by_path(vol.path().await.unwrap()).await.unwrap().wire(), vol.wire());
        assert_eq!(connection.volume_by_key(vol.key()).await.unwrap().wire(), vol.wire());
    });
    assert_eq!(of_volume("delete", &[]), "deleted volume $'v\\3771' of pool disks\n");
    assert!(!place.join(name).exists());
}

#[test]
fn a_volume_goes_up_and_down_byte_for_byte_and_keeps_its_holes() {
    need!(Libvirtd, Namespaces, Qemu, Python);
    const MIB: u64 = 1 << 20;
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    let (directory, place) = (daemon.directory().path(), disks(&daemon));
    let path = |name: &str| directory.join(name).into_os_string().into_string().unwrap();

    let content: Vec<u8> =
        (0..16 * MIB / 4).flat_map(|word| (word as u32).wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    fs::write(path("up"), &content).unwrap();
    virtwire(&["vol", "create", &uri, "disks", "whole", "--capacity", "16MiB"]);
    let told = try_virtwire(&["vol", "upload", &uri, "disks", "whole", &path("up")]);
    assert!(told.stdout.starts_with("uploaded 16.0 MiB"), "{told:?}");
    assert!(told.stderr.contains("100 %  16.0 MiB of 16.0 MiB") && !told.stderr.contains('\x1b'), "{told:?}");
    assert!(fs::read(place.join("whole")).unwrap() == content);
    virtwire(&["vol", "download", &uri, "disks", "whole", &path("down")]);
    assert!(fs::read(path("down")).unwrap() == content);
    virtwire(&[
        "vol",
        "download",
        &uri,
        "disks",
        "whole",
        &path("part"),
        "--offset",
        "1MiB",
        "--length",
        "3",
    ]);
    assert!(fs::read(path("part")).unwrap() == content[MIB as usize..][..3]);

    // No bytes are not all of them.
    virtwire(&["vol", "upload", &uri, "disks", "whole", &path("part"), "--length", "0"]);
    assert!(fs::read(place.join("whole")).unwrap() == content);

    // An upload ends where it is told to, whatever the file has beyond.
    virtwire(&["vol", "create", &uri, "disks", "part", "--capacity", "16MiB"]);
    let args = ["vol", "upload", &uri, "disks", "part", &path("up"), "--offset", "1MiB", "--length", "2MiB"];
    let told = try_virtwire(&args);
    assert!(told.stdout.starts_with("uploaded 2.0 MiB"), "{told:?}");
    assert!(told.stderr.contains("100 %  2.0 MiB of 2.0 MiB"), "{told:?}");
    let part = fs::read(place.join("part")).unwrap();
    assert!(part[MIB as usize..3 * MIB as usize] == content[..2 * MIB as usize]);
    assert!(part[..MIB as usize].iter().chain(&part[3 * MIB as usize..]).all(|byte| *byte == 0));
    // At a terminal there is a bar, and nothing is left of it.
    let program = env!("CARGO_BIN_EXE_virtwire");
    let shown = python(ON_A_TERMINAL, &[program, "vol", "upload", &uri, "disks", "whole", &path("up")]);
    assert!(shown.contains('█') && shown.contains("16.0 MiB of 16.0 MiB"), "{shown:?}");
    let after = shown.rsplit("\x1b[2K").next().unwrap();
    assert!(after.starts_with("uploaded 16.0 MiB"), "{shown:?}");

    // Data only in the middle.
    let holes = fs::File::create(path("holes")).unwrap();
    holes.set_len(8 * MIB).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&holes, b"in the middle", 4 * MIB).unwrap();
    virtwire(&["vol", "create", &uri, "disks", "holes", "--capacity", "8MiB", "--allocation", "0"]);
    virtwire(&["vol", "upload", "--sparse", &uri, "disks", "holes", &path("holes")]);
    virtwire(&["vol", "download", "--sparse", &uri, "disks", "holes", &path("again")]);
    assert!(fs::read(path("again")).unwrap() == fs::read(path("holes")).unwrap());
    for file in [Path::new(&path("again")), &place.join("holes")] {
        let blocks = std::os::unix::fs::MetadataExt::blocks(&fs::metadata(file).unwrap());
        assert!(blocks * 512 < MIB, "{}: {blocks} blocks", file.display());
    }
    // Not further than it is told to, and that is within a hole.
    virtwire(&["vol", "create", &uri, "disks", "cut", "--capacity", "8MiB", "--allocation", "0"]);
    let args = ["vol", "upload", "--sparse", &uri, "disks", "cut", &path("holes"), "--length", "5MiB"];
    assert!(virtwire(&args).starts_with("uploaded 5.0 MiB"));
    assert!(fs::read(place.join("cut")).unwrap() == fs::read(path("holes")).unwrap());
    a_sparse_upload_changes_nothing_else(&uri, &place.join("full"), &path("holes"));
    let args = ["call", &uri, "storage_vol_lookup_by_path", r#"{"path": "/var/lib/libvirt/disks/whole"}"#];
    let vol: Value = serde_json::from_str(&virtwire(&args)).unwrap();
    let ask = serde_json::json!({ "vol": vol["vol"], "offset": 0, "length": 5, "flags": 0 }).to_string();
    virtwire(&["call", &uri, "storage_vol_download", &ask, "--stream", &path("called")]);
    assert!(fs::read(path("called")).unwrap() == content[..5]);
    virtwire(&["vol", "delete", &uri, "disks", "whole"]);
    assert!(!place.join("whole").exists());
}

/// Whatever the daemon makes of a hole, where the volume has data: a file with data only in the middle takes its place there, and what is
/// around it stays.
fn a_sparse_upload_changes_nothing_else(uri: &str, volume: &Path, file: &str) {
    const MIB: usize = 1 << 20;
    let sent = fs::read(file).unwrap();
    virtwire(&["vol", "create", uri, "disks", "full", "--capacity", "16MiB"]);
    for (options, offset, length) in [
        (&[][..], 0, 8 * MIB),
        (&["--offset", "3MiB"], 3 * MIB, 8 * MIB),
        // Within a hole.
        (&["--offset", "1MiB", "--length", "3MiB"], MIB, 3 * MIB),
        // Up to its end, and beyond.
        (&["--offset", "8MiB"], 8 * MIB, 8 * MIB),
        (&["--offset", "12MiB"], 12 * MIB, 8 * MIB),
    ] {
        let mut expected = vec![0xff; 16 * MIB];
        fs::write(volume, &expected).unwrap();
        virtwire(&[&["vol", "upload", "--sparse", uri, "disks", "full", file], options].concat());
        expected.resize(expected.len().max(offset + length), 0);
        expected[offset..offset + length].copy_from_slice(&sent[..length]);
        assert!(fs::read(volume).unwrap() == expected, "{options:?}");
    }
}

/// Firmware that talks on the serial port, and takes keys from it.
const TALKER: &str = "<domain type='qemu'>
  <name>talker</name>
  <memory unit='MiB'>64</memory>
  <os>
    <type arch='x86_64' machine='pc-i440fx-5.2'>hvm</type>
    <bios useserial='yes'/>
    <bootmenu enable='yes' timeout='60000'/>
  </os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <serial type='pty'><log file='/var/log/libvirt/talker.log'/></serial>
    <graphics type='vnc' autoport='yes' listen='127.0.0.1'/>
    <video><model type='vga'/></video>
  </devices>
</domain>";

/// Runs a command on a terminal, and prints all that it showed there.
const ON_A_TERMINAL: &str = r#"
import os, pty
pid, ours = pty.fork()
if pid == 0:
    os.environ.update(TERM='xterm', COLUMNS='100')
    os.execv(sys.argv[1], sys.argv[1:])
shown = b''
while True:
    try:
        more = os.read(ours, 4096)
    except OSError:
        break
    if not more:
        break
    shown += more
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
if status != 0:
    sys.exit(f'it ended with {status}: {shown}')
sys.stdout.buffer.write(shown)
"#;

/// Sits at a terminal: sees the guest, presses a key for it, leaves in the way that the last argument says.
const AT_A_TERMINAL: &str = r#"
import os, pty, re, select, signal, termios, time
ours, theirs = pty.openpty()
before = termios.tcgetattr(theirs)
pid = os.fork()
if pid == 0:
    os.setsid()
    for number in range(3):
        os.dup2(theirs, number)
    os.execv(sys.argv[1], sys.argv[1:-1])
seen = b''
def see(text):
    global seen
    deadline = time.monotonic() + 100
    while text not in seen:
        ready, _, _ = select.select([ours], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            sys.exit(f'no {text} in {seen}')
        seen += os.read(ours, 4096)
see(b'the escape key is ^]')
while termios.tcgetattr(theirs) == before:
    if os.waitpid(pid, os.WNOHANG) != (0, 0):
        sys.exit(f'it ended: {seen}')
# A key that comes before the firmware listens is lost. Older firmware tells a terminal the place of each letter.
deadline = time.monotonic() + 100
while b'Select boot device' not in re.sub(rb'\x1b\[[0-9;]*[A-Za-z]', b'', seen):
    if time.monotonic() > deadline:
        sys.exit(f'no menu in {seen}')
    os.write(ours, b'\x1b')
    while select.select([ours], [], [], 1)[0]:
        seen += os.read(ours, 4096)
if sys.argv[-1] == 'both':
    os.write(ours, b'1\x1d')
elif sys.argv[-1] == 'escape':
    os.write(ours, b'\x1d')
else:
    os.kill(pid, signal.SIGTERM)
# A terminal that nobody reads would keep it.
while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
    if select.select([ours], [], [], 0.1)[0]:
        os.read(ours, 4096)
print(os.waitstatus_to_exitcode(ended[1]), 'restored' if termios.tcgetattr(theirs) == before else 'left raw')
"#;

#[test]
fn a_guest_is_talked_to_at_a_terminal_and_photographed() {
    need!(Libvirtd, Namespaces, Qemu, Python);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    let file = daemon.directory().write("guest.xml", TALKER);
    // The key of the last comes with the escape key, and gets to the guest all the same.
    for (way, expected) in [("escape", "0 restored"), ("signal", "1 restored"), ("both", "0 restored")] {
        virtwire(&["create", &uri, &file]);
        let program = env!("CARGO_BIN_EXE_virtwire");
        let told = python(AT_A_TERMINAL, &[program, "console", &uri, "talker", way]);
        assert_eq!(told.trim(), expected, "{way}");
        if way == "escape" {
            let picture = daemon.directory().path().join("screen");
            let told = virtwire(&["screenshot", &uri, "talker", "--output", picture.to_str().unwrap()]);
            let magic: &[u8] = if told.contains("image/png") { b"\x89PNG" } else { b"P6" };
            assert!(fs::read(&picture).unwrap().starts_with(magic), "{told}");
            let none = try_virtwire(&["screenshot", &uri, "talker", "--screen", "7"]);
            assert!(none.stderr.contains("counts them from 0"), "{none:?}");
        }
        if way == "both" {
            shows(&daemon.directory().path().join("var/log/libvirt/talker.log"), "Booting from");
        }
        virtwire(&["destroy", &uri, "talker"]);
    }

    // By the procedure's own name, over standard input and output, until the guest ends.
    virtwire(&["create", &uri, &file]);
    let call =
        |procedure: &str, arguments: Value| virtwire(&["call", &uri, procedure, &arguments.to_string()]);
    let found: Value =
        serde_json::from_str(&call("domain_lookup_by_name", serde_json::json!({ "name": "talker" })))
            .unwrap();
    let ask = serde_json::json!({ "dom": found["dom"], "dev_name": null, "flags": 0 }).to_string();
    let wrong = try_virtwire(&["call", &uri, "domain_open_console", &ask, "--stream", "/nonexistent"]);
    assert!(wrong.stderr.contains("runs both ways (leave --stream out"), "{wrong:?}");
    let mut session = Command::new("sh");
    // A key that comes before the firmware listens is lost, so it is pressed until the console has closed.
    let pressing = r#"while printf '\033'; do sleep 0.5; done 2>/dev/null | "$0" call "$1" domain_open_console "$2" > "$3""#;
    let shown = daemon.directory().path().join("shown");
    session.args(["-c", pressing, env!("CARGO_BIN_EXE_virtwire"), &uri, &ask]).arg(&shown);
    let session = std::thread::spawn(move || run(&mut session));
    // Not before it has come all the way: what the guest has said and nobody has read ends with it.
    shows(&shown, "Select boot device");
    call("domain_destroy", serde_json::json!({ "dom": found["dom"] }));
    let told = session.join().unwrap();
    assert!(told.status.success(), "{told:?}");
    assert!(told.stderr.contains("stream of domain_open_console has closed"), "{told:?}");
}

/// Waits until the firmware has had the key that it asks for, by what it has said into a file.
#[track_caller]
fn shows(file: &Path, text: &str) {
    let deadline = Instant::now() + Duration::from_secs(100);
    while !letters(&fs::read(file).unwrap_or_default()).contains(text) {
        assert!(Instant::now() < deadline, "the key did not get to the guest");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn its_manual_pages_and_completions_are_what_their_readers_take() {
    need!(Bash, Groff);
    let place = std::env::temp_dir().join(format!("virtwire-man-{}", std::process::id()));
    fs::create_dir_all(&place).unwrap();
    virtwire(&["man", "--directory", place.to_str().unwrap()]);
    let mut pages = 0;
    for page in fs::read_dir(&place).unwrap() {
        let page = page.unwrap().path();
        let told = run(Command::new("groff").args(["-man", "-Tutf8", "-ww"]).arg(&page));
        assert!(told.status.success() && told.stderr.is_empty(), "{}: {}", page.display(), told.stderr);
        pages += 1;
    }
    assert!(pages > 40, "{pages} pages");
    let page = virtwire(&["man", "migrate"]);
    let synopsis = page.lines().skip_while(|line| *line != ".SH SYNOPSIS").nth(1).unwrap();
    assert!(synopsis.contains(r"\-\-from <URI>") && !synopsis.contains(r"<\-\-"), "{synopsis}");
    for command in [&["man"][..], &["man", "list"], &["man", "vol", "upload"], &["man", "migrate"]] {
        assert!(virtwire(command).contains("EXIT STATUS"), "{command:?}");
    }
    assert!(virtwire(&["vol", "upload", "--help"]).contains("Exit status: 0 when it is done, 1 when"));
    let script = place.join("virtwire.bash");
    fs::write(&script, virtwire(&["completions", "bash"])).unwrap();
    let checked = run(Command::new("bash").arg("-n").arg(&script));
    assert!(checked.status.success() && checked.stderr.is_empty(), "{checked:?}");
    // Bash itself finds the command's words.
    let asks = "source \"$0\"; COMP_WORDS=(virtwire vol up); COMP_CWORD=2; _virtwire virtwire up vol; echo \"${COMPREPLY[@]}\"";
    let found = run(Command::new("bash").args(["-c", asks]).arg(&script));
    assert_eq!(found.stdout.trim(), "upload", "{found:?}");
    fs::remove_dir_all(&place).unwrap();
}
