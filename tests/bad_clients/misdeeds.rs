//! What clients do that they should not, each with so many at a time; what is returned holds the connections that are still there.

use std::io::{ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::thread::ScopedJoinHandle;

use virtwire::protocol::flags::DomainStatsKinds;
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::program::Program;
use virtwire::protocol::remote::{
    ConnectDomainEventCallbackRegisterAny, ConnectGetAllDomainStats, ConnectListAllDomains, Domain,
    DomainCreateXml, DomainCreateXmlReply, DomainDefineXml, DomainGetMetadata, DomainGetXmlDesc,
    DomainResume, DomainSuspend, StorageVol, StorageVolDownload, StorageVolUpload,
};
use virtwire::xdr::{from_slice, to_vec};

#[cfg(feature = "fds")]
use crate::daemon::SLOW_CALL;
use crate::daemon::{Client, Daemon, Figures, ROOMY_BYTES_MAX, call, descriptors_max, figures};

/// Connections that are kept until the daemon has been looked at.
type Held = Vec<UnixStream>;

/// By name.
type Misdeed = (&'static str, fn(&Daemon) -> Held);

/// The first counts the daemon's descriptors, so it begins while none goes that another misdeed has left behind.
pub(crate) const ALL: &[Misdeed] = &[
    #[cfg(feature = "fds")]
    ("descriptors with slow calls", descriptors_with_slow_calls),
    ("cut at every byte", cut_at_every_byte),
    ("idle", idle),
    ("half open", half_open),
    ("slow readers", slow_readers),
    ("floods of pings", floods_of_pings),
    ("one serial for all", one_serial_for_all),
    ("streams left open", streams_left_open),
    ("consoles that nobody reads", consoles_that_nobody_reads),
    ("events by thousands", events_by_thousands),
    ("unread events", unread_events),
    ("lists in one breath", lists_in_one_breath),
    ("one large guest by thousands", one_large_guest_by_thousands),
    ("halted large frames", halted_large_frames),
    ("unread large replies", unread_large_replies),
    ("long documents", long_documents),
    ("nonsense", nonsense),
    #[cfg(feature = "fds")]
    ("descriptors for nobody", descriptors_for_nobody),
];

const IDLE: usize = 10_000;
const HALF_OPEN: usize = 1_000;
const SLOW: usize = 20;
const OTHERS: usize = 20;

const XML: &str = "<domain type='mem'><name>guest</name><memory>1024</memory></domain>";

/// A session that opens, registers for events, makes and ends guests, and opens a stream: it ends after each of its bytes in turn.
fn cut_at_every_byte(daemon: &Daemon) -> Held {
    let session = [
        call(66, 0, &[]),
        call(60, 1, &[0, 0, 0, 10]),
        call(1, 2, &[0; 8]),
        call(316, 3, &to_vec(&ConnectDomainEventCallbackRegisterAny { event_id: 0, dom: None }).unwrap()),
        // They end with their connection.
        call(10, 4, &to_vec(&DomainCreateXml { xml_desc: XML.into(), flags: 2 }).unwrap()),
        call(208, 5, &upload()),
        data(208, 5, b"data"),
        call(59, 6, &[]),
        call(2, 7, &[]),
    ]
    .concat();
    for cut in 0..=session.len() {
        let mut stream = daemon.connect();
        stream.write_all(&session[..cut]).unwrap();
    }
    Vec::new()
}

/// Opens the hypervisor, and says nothing more.
fn idle(daemon: &Daemon) -> Held {
    // All at once: answers one by one would be as many turns of two processes.
    let mut clients: Vec<_> = (0..idle_count()).map(|_| daemon.opening_client()).collect();
    for client in &mut clients {
        client.next();
    }
    let held: Held = clients.into_iter().map(|client| client.stream).collect();
    // Beside them those who look on: two, and this one.
    let mut witness = daemon.client();
    assert_eq!(figures(&mut witness).clients, held.len() + 3, "all are in");
    held
}

/// The system may allow less than 10,000 connections.
fn idle_count() -> usize {
    let most = descriptors_max().saturating_sub(500);
    if most < IDLE {
        println!("SKIPPED {} of {IDLE} idle connections: the system allows {most} descriptors", IDLE - most);
    }
    IDLE.min(most)
}

/// Announces as much as may be, sends some bytes of it, and stops.
fn half_open(daemon: &Daemon) -> Held {
    let large = 33_554_436_u32.to_be_bytes();
    let begun = call(1, 0, &[0; 8]);
    let heads = [&large[..], &[&large[..], &begun[4..28]].concat(), &begun[..begun.len() - 1], &begun[..3]];
    let connect = |number: usize| {
        let mut stream = daemon.connect();
        stream.write_all(heads[number % heads.len()]).unwrap();
        stream
    };
    (0..HALF_OPEN).map(connect).collect()
}

/// Asks and asks, and reads nothing, until the daemon does not read, either.
fn slow_readers(daemon: &Daemon) -> Held {
    let ask = call(7, 0, &[]).repeat(100);
    let mut held = Vec::new();
    for _ in 0..SLOW {
        let client = daemon.client();
        client.stream.set_nonblocking(true).unwrap();
        send_until_full(&client.stream, &ask);
        held.push(client.stream);
    }
    held
}

/// Sends the same until the socket is full, and stays so while the daemon has time to read: for as long as others are answered.
fn send_until_full(mut stream: &UnixStream, bytes: &[u8]) {
    let mut sent = 0_usize;
    // A daemon that reads for ever would be found out by its memory.
    while sent < 64 << 20 {
        match stream.write(bytes) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Pings by ten thousands, of which no answer is read.
fn floods_of_pings(daemon: &Daemon) -> Held {
    let ping = [0x1c_u32, Program::KEEPALIVE.number, 1, 1, 2, 0, 0].map(u32::to_be_bytes).concat();
    let flood = ping.repeat(1_000);
    let mut held = Vec::new();
    for _ in 0..OTHERS {
        let mut stream = daemon.client().stream;
        for _ in 0..50 {
            // It is read as fast as it comes: one pong answers any number.
            stream.write_all(&flood).unwrap();
        }
        held.push(stream);
    }
    held
}

/// Each call has the serial of those before it, also where those are not answered yet, and each has its answer.
fn one_serial_for_all(daemon: &Daemon) -> Held {
    let mut held = Vec::new();
    for _ in 0..OTHERS {
        let mut client = daemon.client();
        client.stream.write_all(&call(59, 9, &[]).repeat(50)).unwrap();
        for _ in 0..50 {
            assert_eq!(client.next().header.serial.0, 9);
        }
        // And a stream beside a call of the same serial.
        client.call(208, &upload());
        client.stream.write_all(&[data(208, 7, &[1; 4_096]), call(59, 7, &[])].concat()).unwrap();
        assert_eq!(client.next().header.procedure.0, 59);
        held.push(client.stream);
    }
    held
}

/// Uploads that end in the middle, and downloads of which nobody reads.
fn streams_left_open(daemon: &Daemon) -> Held {
    let mut held = Vec::new();
    for _ in 0..OTHERS {
        let mut client = daemon.client();
        for serial in 10..30 {
            let pieces = [call(208, serial, &upload()), data(208, serial, &[7; 10_000])].concat();
            client.stream.write_all(&pieces).unwrap();
        }
        let download = StorageVolDownload { vol: StorageVol::default(), offset: 0, length: 0, flags: 0 };
        for serial in 40..42 {
            client.stream.write_all(&call(209, serial, &to_vec(&download).unwrap())).unwrap();
        }
        held.push(client.stream);
    }
    held
}

/// Types until it is not read any more, and then some. It has never said that it answers pings.
fn consoles_that_nobody_reads(daemon: &Daemon) -> Held {
    const CONSOLE: i32 = 201;
    let mut held = Vec::new();
    for _ in 0..OTHERS {
        let mut client = daemon.client();
        client.call(CONSOLE, &[]);
        for typed in [&[7; 210_000]; 5] {
            client.stream.write_all(&data(CONSOLE, 7, typed)).unwrap();
        }
        client.stream.write_all(&data(CONSOLE, 7, b"more")).unwrap();
        held.push(client.stream);
    }
    held
}

/// Pauses a guest and has it run on, again and again in one breath: whoever hears of it does so thousands of times.
fn events_by_thousands(daemon: &Daemon) -> Held {
    const STEPS: usize = 2_000;
    let mut client = daemon.client();
    let dom = made(&mut client, XML);
    let suspend = call(34, 8, &to_vec(&DomainSuspend { dom: dom.clone() }).unwrap());
    let resume = call(28, 9, &to_vec(&DomainResume { dom }).unwrap());
    client.stream.write_all(&[suspend, resume].concat().repeat(STEPS / 2)).unwrap();
    for _ in 0..STEPS {
        assert_eq!(client.next().header.kind(), Ok(MessageKind::Reply));
    }
    vec![client.stream]
}

/// Asks for events as often as may be, and reads none of those that somebody else brings about. What waits for all of them together is
/// bounded, though nobody can be kept from bringing them about.
fn unread_events(daemon: &Daemon) -> Held {
    const TIMES: usize = 40;
    const STEPS: usize = 20;
    // As often for all guests as for one.
    const REGISTRATIONS: usize = 64;
    let mut witness = daemon.client();
    let mut owner = daemon.client();
    // That of another misdeed may be on its way out.
    let dom = made(&mut owner, &XML.replace("guest", "told"));
    let register = |dom| {
        let register = ConnectDomainEventCallbackRegisterAny { event_id: 0, dom };
        call(316, 8, &to_vec(&register).unwrap()).repeat(REGISTRATIONS)
    };
    let register = [register(None), register(Some(dom.clone()))].concat();
    let mut held = Vec::new();
    for _ in 0..OTHERS {
        let mut client = daemon.roomy_client();
        client.stream.write_all(&register).unwrap();
        for _ in 0..2 * REGISTRATIONS {
            assert_eq!(client.next().header.kind(), Ok(MessageKind::Reply));
        }
        held.push(client.stream);
    }
    let before = figures(&mut witness);
    let suspend = call(34, 8, &to_vec(&DomainSuspend { dom: dom.clone() }).unwrap());
    let resume = call(28, 9, &to_vec(&DomainResume { dom }).unwrap());
    let steps = [suspend, resume].concat().repeat(STEPS / 2);
    for _ in 0..TIMES {
        owner.stream.write_all(&steps).unwrap();
        for _ in 0..STEPS {
            assert_eq!(owner.next().header.kind(), Ok(MessageKind::Reply));
        }
        let there = figures(&mut witness);
        // An event is counted by its length, and takes some times as much.
        let most = 4 * (ROOMY_BYTES_MAX + OTHERS * (1 << 20));
        assert!(there.bytes.saturating_sub(before.bytes) < most, "{before:?} {there:?}");
    }
    held.push(owner.stream);
    held
}

/// Asks for lists of many guests again and again in one breath, and then reads them.
fn lists_in_one_breath(daemon: &Daemon) -> Held {
    const GUESTS: usize = 100;
    const LISTS: usize = 200;
    const CLIENTS: usize = 8;
    let mut owner = daemon.client();
    for number in 0..GUESTS {
        made(&mut owner, &XML.replace("guest", &format!("guest{number}")));
    }
    // Those without a managed save image.
    let list = to_vec(&ConnectListAllDomains { need_results: 1, flags: 512 }).unwrap();
    let lists = call(273, 9, &list).repeat(LISTS);
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| daemon.client()).collect();
    for client in &mut clients {
        client.stream.write_all(&lists).unwrap();
    }
    for client in &mut clients {
        for _ in 0..LISTS {
            let frame = client.next();
            assert_eq!(frame.header.kind(), Ok(MessageKind::Reply));
            assert!(frame.payload.len() > GUESTS * 32, "all of them are in it");
        }
    }
    clients.into_iter().chain([owner]).map(|client| client.stream).collect()
}

/// Asks for the figures of one guest under thousands of times its name: no reply has room for them, and the daemon gathers no more than one
/// has. Also where the call is short enough to be worked on where it was read.
fn one_large_guest_by_thousands(daemon: &Daemon) -> Held {
    const DISKS: usize = 256;
    const NAMES: [usize; 3] = [2_000, 2_000, 16_384];
    let disk =
        |number| format!("<disk type='file'><source file='/d{number}'/><target dev='vd{number}'/></disk>");
    let disks: String = (0..DISKS).map(disk).collect();
    let mut witness = daemon.client();
    let mut owner = daemon.client();
    let dom = made(&mut owner, &XML.replace("</domain>", &format!("<devices>{disks}</devices></domain>")));
    let before = figures(&mut witness);
    let ask = |names| {
        let doms = vec![dom.clone(); names];
        // Whoever may only look may ask.
        let mut client = Client::new(daemon.connect());
        client.call(1, &[0, 0, 0, 0, 0, 0, 0, 1]);
        let stats = ConnectGetAllDomainStats { doms, stats: DomainStatsKinds::BLOCK.bits(), flags: 0 };
        client.stream.write_all(&call(344, 9, &to_vec(&stats).unwrap())).unwrap();
        client
    };
    let clients = NAMES.map(ask);
    let answered: Vec<_> = std::thread::scope(|scope| {
        let answers = clients.map(|mut client| {
            scope.spawn(move || {
                assert_eq!(client.next().header.kind(), Ok(MessageKind::ReplyError));
                client.stream
            })
        });
        while !answers.iter().all(ScopedJoinHandle::is_finished) {
            let there = figures(&mut witness);
            // What one reply would carry of each is some times as large while it is gathered.
            let most = NAMES.len() * (96 << 20);
            assert!(there.bytes.saturating_sub(before.bytes) < most, "{before:?} {there:?}");
        }
        answers.into_iter().map(|answer| answer.join().unwrap()).collect()
    });
    answered.into_iter().chain([owner.stream]).collect()
}

/// Makes a guest that ends with its connection.
fn made(owner: &mut Client, xml: &str) -> Domain {
    let made = owner.call(10, &to_vec(&DomainCreateXml { xml_desc: xml.into(), flags: 2 }).unwrap());
    from_slice::<DomainCreateXmlReply>(&made).unwrap().dom
}

/// All but the end of a call as long as may be, as far as it is read.
fn halted_large_frames(daemon: &Daemon) -> Held {
    let large = 33_554_432_u32.to_be_bytes();
    let begun = [&large[..], &call(59, 1, &[])[4..], &vec![0; 31 << 20]].concat();
    let mut sending: Vec<_> = (0..OTHERS).map(|_| (daemon.roomy_client().stream, &begun[..])).collect();
    send_while_read(daemon, &mut sending);
    sending.into_iter().map(|(stream, _)| stream).collect()
}

/// Asks for what is long again and again, and reads nothing of it.
fn unread_large_replies(daemon: &Daemon) -> Held {
    let description = "d".repeat(1 << 20);
    let xml = format!(
        "<domain type='mem'><name>long</name><memory>1024</memory><description>{description}</description>\
         <devices><graphics type='vnc' passwd='secret'/></devices></domain>"
    );
    let mut owner = daemon.client();
    let dom = made(&mut owner, &xml);
    let ask = call(14, 9, &to_vec(&DomainGetXmlDesc { dom, flags: 0 }).unwrap()).repeat(100);
    let mut sending: Vec<_> = (0..OTHERS).map(|_| (daemon.roomy_client().stream, &ask[..])).collect();
    send_while_read(daemon, &mut sending);
    let held = sending.into_iter().map(|(stream, _)| stream);
    held.chain([owner.stream]).collect()
}

/// Makes a guest of what is long to read, and those who may only look have it read for what is not in it. Meanwhile others have many answers.
fn long_documents(daemon: &Daemon) -> Held {
    const EACH: usize = 4;
    const CLIENTS: usize = 8;
    let padding = "<a/>".repeat(100_000);
    let xml = format!(
        "<domain type='mem'><name>long</name><memory>1024</memory><metadata><x xmlns='u:r'>{padding}</x></metadata></domain>"
    );
    let mut owner = daemon.client();
    let dom = made(&mut owner, &xml);
    let ask = DomainGetMetadata { dom, r#type: 2, uri: Some("u:none".into()), flags: 0 };
    let ask = call(265, 9, &to_vec(&ask).unwrap()).repeat(EACH);
    let mut witness = daemon.client();
    let mut lookers: Vec<_> = (0..CLIENTS).map(|_| Client::new(daemon.connect())).collect();
    for looker in &mut lookers {
        looker.call(1, &[0, 0, 0, 0, 0, 0, 0, 1]);
    }
    let before = figures(&mut witness);
    for looker in &mut lookers {
        looker.stream.write_all(&ask).unwrap();
    }
    for _ in 0..20 {
        figures(&mut witness);
    }
    let there = figures(&mut witness);
    // Beside those of connections, of which some of an earlier misdeed may still be on their way out.
    let at_work = |now: &Figures| now.tasks.saturating_sub(now.clients);
    assert!(at_work(&there) > at_work(&before), "nobody was answered before all of it was read: {there:?}");
    for looker in &mut lookers {
        for _ in 0..EACH {
            assert_eq!(looker.next().header.kind(), Ok(MessageKind::ReplyError));
        }
    }
    lookers.into_iter().chain([owner]).map(|client| client.stream).collect()
}

/// Sends to each as much as is taken, until nobody takes more: the daemon has had turns then in which it read nothing.
fn send_while_read(daemon: &Daemon, sending: &mut [(UnixStream, &[u8])]) {
    let mut witness = daemon.client();
    let mut idle_rounds = 0;
    while idle_rounds < 10 {
        idle_rounds += 1;
        for (stream, left) in sending.iter_mut() {
            stream.set_nonblocking(true).unwrap();
            match stream.write(left) {
                Ok(count) if count > 0 => {
                    *left = &left[count..];
                    idle_rounds = 0;
                }
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => panic!("{error}"),
            }
        }
        figures(&mut witness);
    }
}

/// What is no frame, and frames that make no sense.
fn nonsense(daemon: &Daemon) -> Held {
    let good = call(59, 0, &[]);
    for at in 0..good.len() {
        for bit in [0, 7] {
            let mut stream = daemon.client().stream;
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            // The daemon may have hung up already.
            let _ = stream.write_all(&bytes);
        }
    }
    // Definitions that are left behind by nobody: they fail.
    let mut client = daemon.client();
    client
        .stream
        .write_all(&call(11, 7, &to_vec(&DomainDefineXml { xml: "<domain".into() }).unwrap()))
        .unwrap();
    client.next();
    Vec::new()
}

/// Calls that take until their client is gone, each with as many descriptors as can go with one, of which it has no use for any.
#[cfg(feature = "fds")]
fn descriptors_with_slow_calls(daemon: &Daemon) -> Held {
    use virtwire::protocol::frame::{DESCRIPTORS_MAX, Draft};
    use virtwire::protocol::header::{Header, Serial};
    use virtwire::protocol::program::ProcedureNumber;

    let mut witness = daemon.client();
    let before = figures(&mut witness).descriptors;
    let (passed, _) = UnixStream::pair().unwrap();
    let mut held = Vec::new();
    for _ in 0..OTHERS {
        let mut client = daemon.client();
        for serial in 10..18 {
            let number = ProcedureNumber(SLOW_CALL);
            let header = Header::new(MessageKind::CallWithFds, Program::REMOTE, number, Serial(serial));
            let call = Draft::empty().announcing(DESCRIPTORS_MAX).unwrap().seal(&header);
            client.stream.write_all(&call).unwrap();
            (0..DESCRIPTORS_MAX).for_each(|_| pass(&client.stream, &passed));
        }
        // Its answer comes once all of them are at work.
        client.call(59, &[]);
        held.push(client.stream);
    }
    let there = figures(&mut witness).descriptors;
    assert_eq!(there, before + held.len(), "one for each client");
    held
}

/// Sends descriptors that no frame has announced, or one less than were announced: where nothing has a use for them, or who only looks has
/// none for them.
#[cfg(feature = "fds")]
fn descriptors_for_nobody(daemon: &Daemon) -> Held {
    use virtwire::protocol::frame::{DESCRIPTORS_MAX, Draft};
    use virtwire::protocol::header::{Header, Serial};
    use virtwire::protocol::program::ProcedureNumber;

    let announcing = |number| {
        let header =
            Header::new(MessageKind::CallWithFds, Program::REMOTE, ProcedureNumber(number), Serial(9));
        Draft::empty().announcing(DESCRIPTORS_MAX).unwrap().seal(&header)
    };
    let (longer, with_files, slow) = (call(59, 9, &[0; 64]), announcing(309), announcing(SLOW_CALL));
    let mut witness = daemon.client();
    let before = figures(&mut witness).descriptors;
    let (passed, _) = UnixStream::pair().unwrap();
    let mut held = Vec::new();
    for number in 0..OTHERS {
        let mut client = Client::new(daemon.connect());
        let only_looks = u8::from(number % 4 == 1);
        client.call(1, &[0, 0, 0, 0, 0, 0, 0, only_looks]);
        let (bytes, descriptors) = match number % 4 {
            0 | 2 => (&longer[..28], DESCRIPTORS_MAX),
            1 => (&with_files[..], DESCRIPTORS_MAX - 1),
            _ => (&slow[..], DESCRIPTORS_MAX - 1),
        };
        client.stream.write_all(bytes).unwrap();
        (0..descriptors).for_each(|_| pass(&client.stream, &passed));
        held.push(client.stream);
    }
    // It reads all of that while it answers somebody else.
    for _ in 0..50 {
        let there = figures(&mut witness).descriptors;
        assert!(there <= before + 2 * held.len(), "{there}, and {before} before");
    }
    held
}

/// Passes a descriptor, with a byte for it.
#[cfg(feature = "fds")]
fn pass(socket: &UnixStream, passed: &UnixStream) {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
    use std::os::fd::AsFd;

    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let fds = [passed.as_fd()];
    assert!(control.push(SendAncillaryMessage::ScmRights(&fds)));
    let byte = [std::io::IoSlice::new(&[0])];
    assert_eq!(sendmsg(socket.as_fd(), &byte, &mut control, SendFlags::empty()), Ok(1));
}

fn upload() -> Vec<u8> {
    to_vec(&StorageVolUpload { vol: StorageVol::default(), offset: 0, length: 0, flags: 0 }).unwrap()
}

/// A packet of a stream.
fn data(procedure: i32, serial: u32, bytes: &[u8]) -> Vec<u8> {
    let mut packet = call(procedure, serial, bytes);
    // A stream's packet that goes on.
    packet[16..20].copy_from_slice(&3_u32.to_be_bytes());
    packet[24..28].copy_from_slice(&2_u32.to_be_bytes());
    packet
}
