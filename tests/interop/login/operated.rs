//! The daemon as systemd and operators have it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::daemon::{Daemon, command, directory};
use crate::lab::until;
use crate::need::need;
use crate::peers::{try_virsh, virsh};
use crate::process::{Process, run};
use crate::serve::Serve;

#[test]
fn systemd_is_told_where_it_stands() {
    let directory = directory();
    let place = directory.path().join("notify");
    let heard = UnixDatagram::bind(&place).unwrap();
    heard.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let next = || {
        let mut buffer = [0; 256];
        let count = heard.recv(&mut buffer).expect("a word of the daemon's");
        String::from_utf8_lossy(&buffer[..count]).into_owned()
    };
    let socket = directory.path().join("sock");
    let place = place.display().to_string();
    let daemon =
        Daemon::start_with(directory, 1, "listen = ['unix:DIR/sock']", &[("NOTIFY_SOCKET", place.as_str())]);
    assert_eq!(next(), "READY=1");
    let microseconds = || {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
    };
    let before = microseconds();
    daemon.signal("HUP");
    let reloading = next();
    // As a service of type notify-reload has to say it.
    let (_, at) = reloading.split_once("RELOADING=1\nMONOTONIC_USEC=").expect(&reloading);
    assert!((before..=microseconds()).contains(&at.parse().unwrap()), "{reloading}");
    assert_eq!(next(), "READY=1");
    assert!(socket.exists());
    daemon.signal("TERM");
    assert_eq!(next(), "STOPPING=1");
    until("the socket goes with the daemon", || !socket.exists());
}

#[test]
fn a_socket_of_systemds_is_taken() {
    need!(Virsh, SocketActivate);
    let directory = directory();
    let socket = directory.path().join("sock").display().to_string();
    let _process = Process::start(
        Command::new("systemd-socket-activate")
            .args(["--listen", &socket, "--fdname=virtwire.socket", "--setenv=PATH"])
            .arg(env!("CARGO_BIN_EXE_virtwire"))
            .args(["serve", "--migration-ports", "0-0", "--exit-with-stdin"])
            .stdin(Stdio::piped()),
    );
    until("systemd listens", || std::path::Path::new(&socket).exists());
    let uri = format!("mem+unix:///default?socket={socket}");
    // The daemon is started by the first who comes.
    assert_eq!(virsh(&uri, &["list", "--all"]).trim(), "");
    assert_eq!(virsh(&uri, &["list", "--all"]).trim(), "");
}

/// Its names say which is which.
#[test]
fn sockets_of_systemds_are_for_what_their_names_say() {
    need!(Virsh, SocketActivate);
    let directory = directory();
    let [socket, ro, admin] =
        ["sock", "sock-ro", "admin-sock"].map(|name| directory.path().join(name).display().to_string());
    let _process = Process::start(
        Command::new("systemd-socket-activate")
            .args(["--listen", &socket, "--listen", &ro, "--listen", &admin, "--setenv=PATH"])
            .arg("--fdname=virtwire.socket:virtwire-ro.socket:virtwire-admin.socket")
            .arg(env!("CARGO_BIN_EXE_virtwire"))
            .args(["serve", "--migration-ports", "0-0", "--exit-with-stdin"])
            .stdin(Stdio::piped()),
    );
    until("systemd listens", || std::path::Path::new(&admin).exists());
    let uri = |socket: &str| format!("mem+unix:///default?socket={socket}");
    let file = directory.write("guest.xml", crate::virsh_drives_us::GUEST);
    let refused = try_virsh(&uri(&ro), &["define", &file]);
    assert!(!refused.status.success() && refused.stderr.contains("read only"), "{refused:?}");
    virsh(&uri(&socket), &["define", &file]);
    assert!(virsh(&uri(&ro), &["list", "--all"]).contains("guest"));
    let connect = format!("libvirtd:///system?socket={admin}");
    let listed =
        run(Command::new("virt-admin").args(["--connect", &connect, "server-list"]).env("LC_ALL", "C"));
    assert!(listed.status.success() && listed.stdout.contains("virtwire"), "{listed:?}");
}

/// As far as systemd can tell without being asked to start it.
#[test]
fn the_units_that_are_shipped_are_good() {
    need!(SocketActivate);
    let directory = directory();
    let units = ["virtwire.service", "virtwire.socket", "virtwire-ro.socket", "virtwire-admin.socket"];
    let files = units.map(|unit| {
        let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd").join(unit);
        let text = std::fs::read_to_string(shipped).unwrap();
        // Where it is installed, it is not here.
        directory.write(unit, &text.replace("/usr/bin/virtwire", env!("CARGO_BIN_EXE_virtwire")))
    });
    let verified = run(Command::new("systemd-analyze").arg("verify").args(files));
    // It may have something to say of other units of this machine.
    assert!(verified.status.success() && !verified.stderr.contains("virtwire"), "{verified:?}");
}

/// Whoever comes by a network is no process of this host.
#[test]
fn a_list_of_processes_wants_unix_sockets() {
    for option in ["--allow-uid", "--allow-gid"] {
        let failed = run(&mut command(&["serve", "--listen", "tcp://127.0.0.1:0", option, "0"]));
        assert!(!failed.status.success() && failed.stderr.contains("lets in nobody"), "{failed:?}");
    }
}

#[test]
fn a_key_that_is_wrong_is_named_with_the_one_that_was_meant() {
    let directory = directory();
    for (text, told) in [
        ("auth_unix_wr = 'none'", "key auth_unix_wr: is unknown (did you mean auth_unix_rw?)"),
        ("listen = [", "correct it: it is TOML"),
        ("max_client_requests = 5", "has no address to listen on"),
        ("listen = ['tls://127.0.0.1:0']\nca_file = '/nonexistent'", "file /nonexistent: no such file"),
    ] {
        let file = directory.write("virtwire.toml", text);
        let failed = run(&mut command(&["serve", "--config", &file]));
        assert!(!failed.status.success() && failed.stderr.contains(told), "{text}: {failed:?}");
    }
}

/// Prometheus asks for the figures, and so does anybody.
#[test]
fn prometheus_is_told_what_clients_ask() {
    need!(Virsh);
    let daemon = Serve::start(&["--listen-metrics", "tcp://127.0.0.1:0"]);
    let place = daemon.line_after("listening on tcp://").replace(", for Prometheus", "");
    for _ in 0..3 {
        virsh(&daemon.uri(), &["list", "--all"]);
    }
    let _ = try_virsh(&daemon.uri(), &["dominfo", "absent"]);
    let answer = get(&place, "GET /metrics HTTP/1.1\r\nHost: virtwire\r\n\r\n");
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("version=0.0.4"), "{head}");
    assert!(head.contains(&format!("Content-Length: {}\r\n", text.len())), "{head}");
    // Every line is a comment or a name, perhaps with labels, and a number.
    let figures: BTreeMap<&str, f64> = text
        .lines()
        .filter(|line| !line.starts_with("# "))
        .map(|line| line.rsplit_once(' ').map(|(name, value)| (name, value.parse().unwrap())).unwrap())
        .collect();
    let calls = |name: &str, procedure: &str| {
        figures[format!("{name}{{program=\"remote\",procedure=\"{procedure}\"}}").as_str()]
    };
    assert_eq!(figures["virtwire_connections_accepted_total"], 4.0);
    for name in [
        "virtwire_connections_refused_total",
        "virtwire_connections_unknown_total",
        "virtwire_logins_failed_total",
    ] {
        assert_eq!(figures[name], 0.0, "{name}");
    }
    assert_eq!(calls("virtwire_call_duration_seconds_count", "connect_list_all_domains"), 3.0);
    assert_eq!(calls("virtwire_call_errors_total", "connect_list_all_domains"), 0.0);
    assert!(calls("virtwire_call_errors_total", "domain_lookup_by_name") >= 1.0);
    let last = "virtwire_call_duration_seconds_bucket{program=\"remote\",procedure=\"connect_list_all_domains\",le=\"+Inf\"}";
    assert_eq!(figures[last], 3.0);

    assert!(get(&place, "GET /other HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
    assert!(get(&place, "POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
    assert_eq!(get(&place, &"x".repeat(20_000)), "", "what is too long is not answered");
    // Those who ask nothing keep nobody from it.
    let idle: Vec<_> = (0..64).map(|_| TcpStream::connect(&place).unwrap()).collect();
    let before = Instant::now();
    assert!(get(&place, "GET /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200 "));
    assert!(before.elapsed() < Duration::from_secs(10), "a place was waited for");
    drop(idle);
    // An exposed address wants to be meant.
    let refused =
        run(&mut command(&["serve", "--listen", "tcp://127.0.0.1:0", "--listen-metrics", "tcp://0.0.0.0:0"]));
    assert!(refused.stderr.contains("would see what clients ask"), "{refused:?}");
}

fn get(place: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(place).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // Whoever is not listened to any more need not have written all.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// Debian's exporter for Prometheus, over libvirt's own library.
#[test]
fn the_exporter_of_debian_exports_our_guests() {
    need!(Exporter, Virsh);
    let daemon = Serve::start(&[]);
    let file = daemon.directory().write("guest.xml", crate::virsh_drives_us::GUEST);
    virsh(&daemon.uri(), &["create", &file]);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let place = format!("127.0.0.1:{port}");
    let _exporter = Process::start(
        Command::new("prometheus-libvirt-exporter")
            .args([&format!("--web.listen-address={place}"), &format!("--libvirt.uri={}", daemon.unix_uri())])
            .stdin(Stdio::null()),
    );
    until("the exporter listens", || TcpStream::connect(&place).is_ok());
    let answer = get(&place, "GET /metrics HTTP/1.0\r\n\r\n");
    assert!(answer.contains("libvirt_up 1"), "{answer}");
    assert!(answer.contains("domain=\"guest\""), "{answer}");
}
