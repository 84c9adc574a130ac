//! Verbs, calls by name and what a package installs, with daemons of our own.

use std::fs::{self, File};
use std::process::Stdio;

use crate::XML;
use crate::process::{Serve, command, json, run, run_into, run_with, temporary};

#[test]
fn a_guest_is_stopped_and_goes_on() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    run_with(&["define", uri, "-"], XML).succeeded();
    for (verb, said, state) in [
        ("start", "started web1\n", "running"),
        ("suspend", "suspended web1\n", "paused"),
        ("resume", "resumed web1\n", "running"),
        ("reboot", "asked to reboot: web1\n", "running"),
        ("shutdown", "asked to shut down: web1\n", "shut off"),
    ] {
        assert_eq!(run(&[verb, uri, "web1"]).succeeded(), said);
        let listed = run(&["list", "--all", uri]).succeeded();
        assert!(listed.contains(state), "{verb}: {listed}");
    }
    let off = run(&["suspend", uri, "web1"]).failed(1);
    assert!(off.contains("domain web1") && off.contains("virtwire info"), "{off}");
}

#[test]
fn who_only_looks_changes_nothing() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    run_with(&["create", uri, "-"], XML).succeeded();
    for command in [&["-r", "destroy", uri, "web1"][..], &["destroy", uri, "web1", "--readonly"]] {
        let told = run(command).failed(1);
        assert!(told.contains("read only") && told.contains("leave --readonly out"), "{told}");
    }
    assert!(run(&["-r", "list", uri]).succeeded().contains("web1"));
    let told = run(&["-r", "migrate", "--from", uri, "--to", "mem:///default", "web1"]).failed(1);
    assert!(told.contains("--readonly"), "{told}");
}

#[test]
fn the_default_host_is_taken_where_none_is_named() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    run_with(&["create", uri, "-"], XML).succeeded();
    let asked = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_virtwire"));
        let output = command.args(arguments).env("LIBVIRT_DEFAULT_URI", uri).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(asked(&["list"]).contains("web1"));
    assert!(asked(&["dumpxml", "web1"]).contains("<name>web1</name>"));
    assert!(asked(&["call", "", "connect_get_type"]).contains("\"type\""));
    // It is told which one it was.
    assert_eq!(json(&asked(&["probe", "--json"]))["uri"], *uri);
    let none = command(&["events", "--count", "1", "--timeout", "0.1"])
        .env("LIBVIRT_DEFAULT_URI", uri)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let none = String::from_utf8(none.stderr).unwrap();
    assert!(none.contains(&format!("events of {uri}: 0 of 1 came")), "{none}");
}

#[test]
fn any_call_is_made_by_name_or_number_with_json() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    run_with(&["create", uri, "-"], XML).succeeded();
    let found = run(&["call", uri, "domain_lookup_by_name", r#"{"name": "web1"}"#]).succeeded();
    let found = json(&found);
    assert_eq!(found["dom"]["uuid"], "5f2a8c1e-0000-4000-8000-000000000001");
    // What came out goes in.
    let info = run(&["call", uri, "16", &found.to_string()]).succeeded();
    assert_eq!(json(&info)["maxMem"], 1024);
    // Where it is only the output that is a stream, the arguments come by the input.
    let piped = run_with(&["call", uri, "storage_vol_download", "-", "--stream", "-"], "{}").failed(1);
    assert!(piped.contains("its fields are vol"), "{piped}");
    let piped = run_with(&["call", uri, "REMOTE_PROC_DOMAIN_GET_INFO", "-"], &found.to_string());
    assert_eq!(json(&piped.succeeded())["state"], json(&info)["state"]);
    assert_eq!(run(&["call", uri, "domain_suspend", &found.to_string()]).succeeded(), "{}\n");
    let secret = r#"{"xml": "<secret><usage type='ceph'><name>one</name></usage></secret>", "flags": 0}"#;
    let secret = run(&["call", uri, "secret_define_xml", secret]).succeeded();
    assert_eq!(json(&secret)["secret"]["usageID"], "one");
    let found = r#"{"usageType": 2, "usageID": "one"}"#;
    assert_eq!(run(&["call", uri, "secret_lookup_by_usage", found]).succeeded(), secret);
    for (arguments, has) in [
        (&["domain_get_info", r#"{"dom": {"name": "web1", "uuid": 5, "id": 1}}"#][..], "dom.uuid: "),
        (&["domain_get_info", r#"{"domain": 1}"#], "its fields are dom"),
        (&["domain_get_info", r#"{"dom": 1, "dom": 2}"#], "duplicate field `dom`"),
        (&["secret_lookup_by_usage", "{}"], "its fields are usageType, usageID"),
        (&["domain_get_info", "{"], "are no JSON"),
        (&["domain_info"], "did you mean domain_get_info"),
        (&["storage_vol_download"], "--stream FILE"),
        (&["domain_open_console", "{}", "--stream", "x"], "leave --stream out"),
        (&["domain_event_lifecycle"], "is an event"),
        (&["domain_open_graphics_fd"], "its fields are dom, idx, flags"),
        (&["domain_create_with_files", "{}", "--fd", "/nonexistent"], "/nonexistent"),
        (&["domain_open_graphics_fd", "{}", "--fd", "-"], "they come with its reply (leave --fd out"),
        (&["lxc_domain_open_namespace", "{}", "--fd", "/dev/null"], "they come with its reply"),
        (&["domain_lookup_by_name", r#"{"name": "web1\u0000"}"#], "a NUL at its byte 4"),
        // One input cannot be two things.
        (&["storage_vol_upload", "-", "--stream", "-"], "cannot be both the arguments and the data"),
        (&["domain_open_console", "-"], "cannot be both the arguments and the data"),
        (
            &["domain_open_graphics", "-", "--fd", "/dev/null", "--fd", "-"],
            "give the arguments on the command line",
        ),
        (&["connect_get_type", "{}", "--fd", "/dev/null"], "passes no file descriptors"),
        (&["connect_get_type", "{}", "--stream", "x"], "opens no stream"),
    ] {
        let told = run(&[&["call", uri], arguments].concat()).failed(1);
        assert!(told.contains(has), "{arguments:?}: {told}");
    }
}

#[test]
fn a_document_with_a_nul_is_not_defined_in_part() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    let told = run_with(&["define", uri, "-"], &format!("{XML}\0<!-- and more -->")).failed(1);
    assert!(told.contains("a NUL at its byte ") && told.contains(".xml)"), "{told}");
    assert!(!run(&["list", "--all", uri]).succeeded().contains("web1"));
}

/// No bytes are not all: libvirt's 0.
#[test]
fn a_length_of_nothing_moves_nothing() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    let place = temporary("length");
    fs::create_dir(&place).unwrap();
    let path = |name: &str| place.join(name).to_str().unwrap().to_owned();
    fs::write(
        place.join("pool.xml"),
        format!(
            "<pool type='dir'><name>disks</name><target><path>{}</path></target></pool>",
            place.display()
        ),
    )
    .unwrap();
    fs::write(place.join("up"), "other").unwrap();
    fs::write(place.join("down"), "before").unwrap();
    run(&["pool", "create", uri, &path("pool.xml")]).succeeded();
    run(&["vol", "create", uri, "disks", "v1", "--capacity", "7"]).succeeded();
    let content = || run(&["vol", "download", uri, "disks", "v1", "-"]).succeeded();
    run_with(&["vol", "upload", uri, "disks", "v1", "-"], "content").succeeded();
    let moved = |verb: &str, file: &str, length: &str| {
        run(&["vol", verb, uri, "disks", "v1", file, "--length", length]).succeeded()
    };
    assert_eq!(moved("upload", &path("up"), "0"), "uploaded nothing to volume v1\n");
    assert_eq!(content(), "content");
    assert_eq!(moved("download", &path("down"), "0KiB"), "downloaded nothing of volume v1\n");
    assert_eq!(fs::read_to_string(place.join("down")).unwrap(), "");
    assert_eq!(moved("download", "-", "0"), "");
    assert_eq!(moved("download", "-", "3"), "con");
    let absent = run(&["vol", "upload", uri, "disks", "v2", &path("up"), "--length", "0"]).failed(1);
    assert!(absent.contains("there is no such volume"), "{absent}");
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn what_was_done_is_said_also_when_it_cannot_be_printed() {
    let serve = Serve::start(&[]);
    let uri = &serve.uri();
    run_with(&["define", uri, "-"], XML).succeeded();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let told = run_into(&["start", uri, "web1"], full).failed(1);
    assert!(told.contains("carried out all the same: started web1"), "{told}");
    assert!(run(&["list", uri]).succeeded().contains("web1"));
    // Nothing was carried out where there was nothing to do.
    let full = File::options().write(true).open("/dev/full").unwrap();
    assert!(!run_into(&["--help"], full).failed(1).contains("carried out"));
}

#[test]
fn every_command_has_a_manual_page_and_completions() {
    let directory = temporary("man");
    fs::create_dir(&directory).unwrap();
    run(&["man", "--directory", directory.to_str().unwrap()]).succeeded();
    // What the daemon calls itself is nobody's to type.
    assert!(!directory.join("virtwire-guest.1").exists());
    for page in ["virtwire", "virtwire-migrate", "virtwire-vol-upload"] {
        let text = fs::read_to_string(directory.join(format!("{page}.1"))).unwrap();
        assert!(text.contains(&format!(".TH {page} 1")), "{text}");
        assert!(text.is_ascii(), "{page}");
    }
    fs::remove_dir_all(&directory).unwrap();
    assert!(run(&["man", "vol", "upload"]).succeeded().contains(".TH virtwire-vol-upload 1"));
    let page = run(&["man", "migrate"]).succeeded();
    for section in ["EXIT STATUS", "NOTES", "EXAMPLES"] {
        assert_eq!(page.matches(&format!("\n.SH \"{section}\"\n.PP\n")).count(), 1, "{section}: {page}");
    }
    assert!(page.contains("\n.nf\n  virtwire migrate \\-\\-live "), "{page}");
    assert!(!page.contains("EXTRA"), "{page}");
    for command in ["fly", "guest"] {
        assert!(run(&["man", command]).failed(1).contains(&format!("command {command}")));
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]).succeeded();
        assert!(script.contains("screenshot") && script.contains("migrate"), "{shell}");
        assert!(!script.contains("Be a guest") && !script.contains("virtwire,guest"), "{shell}");
    }
}
