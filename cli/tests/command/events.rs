//! `virtwire events` and a daemon that takes its time, or tells without end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::{Notice, Procedure};
use virtwire::protocol::remote::{
    AuthType, ConnectDomainEventRegisterAny, ConnectOpen, Domain, DomainEventLifecycle,
};

use crate::PATIENCE;
use crate::peer::played;
use crate::process::{command, ended_within, json, run};
use crate::unread::{PIPE_BYTES, wait_until_unread};

/// What happens to one client: until it opens the daemon takes so long, and once it has registered it hears this.
fn daemon(opens_after: Duration, tell: impl FnOnce(&mut TcpStream) + Send + 'static) -> String {
    played(move |mut peer| {
        let mut tell = Some(tell);
        while let Some(call) = peer.next() {
            if call.header.procedure == ConnectOpen::NUMBER {
                thread::sleep(opens_after);
            }
            peer.agree(&call, AuthType::None);
            if call.header.procedure == ConnectDomainEventRegisterAny::NUMBER
                && let Some(tell) = tell.take()
            {
                tell(&mut peer.socket);
            }
        }
    })
}

fn event() -> Vec<u8> {
    let dom = Domain { name: "web1".into(), uuid: [1; 16], id: 1 };
    let (program, number) = (DomainEventLifecycle::PROGRAM, DomainEventLifecycle::NUMBER);
    let header = Header::new(MessageKind::Notice, program, number, Serial(0));
    Draft::encode(&DomainEventLifecycle { dom, event: 2, detail: 0 }).unwrap().seal(&header).to_vec()
}

#[test]
fn time_counts_from_when_events_are_heard() {
    let uri = daemon(Duration::from_secs(2), |client| client.write_all(&event()).unwrap());
    let only = ["events", &uri, "--event", "lifecycle", "--count", "1", "--timeout", "1"];
    assert_eq!(run(&only).succeeded(), "domain web1 lifecycle: started booted\n");
}

/// What it takes to begin has an end, too: that of opening.
#[test]
fn a_daemon_that_does_not_register_is_not_waited_for_for_ever() {
    // With an end that is wished for, and without.
    for end in [&["--timeout", "60"][..], &[]] {
        let uri = unregistered();
        let only = ["--connect-timeout", "3", "events", &uri, "--event", "lifecycle"];
        let told = run(&[&only, end].concat()).failed(1);
        assert!(told.contains("no reply to subscribe within 3s"), "{told}");
    }
}

/// A daemon that registers nobody for events.
fn unregistered() -> String {
    played(move |mut peer| {
        while let Some(call) = peer.next() {
            if call.header.procedure != ConnectDomainEventRegisterAny::NUMBER {
                peer.agree(&call, AuthType::None);
            }
        }
    })
}

/// Their number is what was asked for, however slowly they are read.
#[test]
fn what_has_come_in_time_is_told_also_where_it_is_read_later() {
    let uri = daemon(Duration::ZERO, |client| client.write_all(&event().repeat(1_000)).unwrap());
    let arguments = ["events", &uri, "--event", "lifecycle", "--count", "1000", "--timeout", "1", "--json"];
    let mut child = command(&arguments).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reading = thread::spawn(move || {
        // Their lines are more than a pipe holds.
        thread::sleep(Duration::from_secs(3));
        let mut lines = String::new();
        stdout.read_to_string(&mut lines).map(|_| lines)
    });
    assert_eq!(ended_within(&mut child, PATIENCE), Some(0));
    assert_eq!(reading.join().unwrap().unwrap().lines().count(), 1_000);
}

#[test]
fn where_something_happens_all_the_time_there_is_an_end_as_well() {
    let uri = daemon(Duration::ZERO, |client| {
        let events = event().repeat(1_000);
        // Until the client has gone.
        while client.write_all(&events).is_ok() {}
    });
    let mut flooded = command(&["events", &uri, "--event", "lifecycle", "--timeout", "0.5"]);
    let mut child = flooded.stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    // More slowly than they come, so that there is always another.
    thread::spawn(move || {
        let mut lines = [0; 4_096];
        while let Ok(1..) = stdout.read(&mut lines) {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let ended = ended_within(&mut child, PATIENCE);
    // Both fail only for a child that has been waited for.
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(ended, Some(0));
}

/// A time is of the event, and not of whoever reads late.
#[test]
fn each_event_has_the_moment_of_its_coming() {
    let began = since_1970();
    let (all_sent, is_all_sent) = mpsc::channel();
    let uri = daemon(Duration::ZERO, move |client| {
        client.write_all(&event().repeat(1_000)).unwrap();
        all_sent.send(()).unwrap();
    });
    let arguments = ["events", &uri, "--event", "lifecycle", "--count", "1000", "--json"];
    let mut child = command(&arguments).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    is_all_sent.recv_timeout(PATIENCE).unwrap();
    // Their lines are more than a pipe holds, and nobody reads the first before the last has come.
    wait_until_unread(&stdout, PIPE_BYTES / 2);
    thread::sleep(Duration::from_secs(1));
    let read_from = since_1970();
    thread::sleep(Duration::from_secs(1));
    let mut lines = String::new();
    stdout.read_to_string(&mut lines).unwrap();
    assert_eq!(ended_within(&mut child, PATIENCE), Some(0));
    let times: Vec<_> = lines.lines().map(|line| json(line)["time"].as_f64().unwrap()).collect();
    assert_eq!(times.len(), 1_000);
    assert!(times.is_sorted() && began <= times[0] && times[999] < read_from, "{times:?}");

    let uri = daemon(Duration::ZERO, |client| client.write_all(&event()).unwrap());
    let line = run(&["events", &uri, "--event", "lifecycle", "--count", "1", "--timestamp"]).succeeded();
    let (time, event) = line.split_once(" UTC: ").unwrap();
    assert_eq!((time.len(), event), (26, "domain web1 lifecycle: started booted\n"), "{line}");
}

fn since_1970() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}
