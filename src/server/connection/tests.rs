//! A connection's task, alone with its client: how it ends, and what it holds.

use std::io;
use std::os::fd::AsFd;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedReadHalf;
use virtwire_protocol::frame;
use virtwire_protocol::header::Serial;
use virtwire_protocol::program::{ProcedureNumber, Program};
use virtwire_protocol::remote::{Domain, DomainEventReboot};
use virtwire_protocol::session::keepalive;
use virtwire_protocol::session::server::Limits;

use super::*;
use crate::server::clients::Clients;
use crate::server::context::{Newcomer, Terms};
use crate::server::door::Door;
use crate::server::identity::Identity;
use crate::server::memory::Memory;
use crate::server::unread::Watch;
use crate::server::{Answering, ConnectionId};

struct Nothing;

impl Handler for Nothing {
    fn call(self: Arc<Self>, _: CallContext, _: Called) -> Answering {
        Box::pin(async { Err(RemoteError::rpc("no")) })
    }
}

/// Takes what is written, and never the end: as TLS does whose peer reads nothing.
struct Endless;

impl AsyncWrite for Endless {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

/// How a conversation ends in which a client makes one call, at a door, and stays. Times out after an hour.
async fn ended(procedure: i32, door: &Door) -> Ended {
    let (reader, mut client) = tokio::io::duplex(1_024);
    client.write_all(&call(procedure, 1)).await.unwrap();
    let running = conversation((reader, Endless), Arc::new(Nothing), door, Limits::default());
    tokio::time::timeout(Duration::from_secs(3_600), running).await.expect("it ends")
}

/// Serves whoever comes by this door.
async fn conversation(
    both: (impl AsyncRead + Unpin + Send, impl AsyncWrite + Unpin + Send),
    handler: Arc<impl Handler>,
    door: &Door,
    limits: Limits,
) -> Ended {
    served(both, handler, door, Terms { limits: Arc::new(limits), ..Terms::default() }).await
}

/// The same on other terms.
async fn served(
    both: (impl AsyncRead + Unpin + Send, impl AsyncWrite + Unpin + Send),
    handler: Arc<impl Handler>,
    door: &Door,
    terms: Terms,
) -> Ended {
    // Of what is inside this process nothing is known but what is read.
    served_by(both, |_, _, _| Poll::Pending, None, handler, door, terms).await
}

/// The same at a unix socket, if it is one.
async fn served_by<R: AsyncRead + Unpin + Send>(
    both: (R, impl AsyncWrite + Unpin + Send),
    poll_gone: PollGone<R>,
    line: Option<Line>,
    handler: Arc<impl Handler>,
    door: &Door,
    terms: Terms,
) -> Ended {
    let identity = Identity::of(PeerTransport::Inside);
    let entrance = door.meet(&identity, None, false);
    let (id, peer) = (ConnectionId::next(), "a test".to_owned());
    let newcomer = Newcomer { id, peer, identity, carries_fds: false };
    let cx = CallContext::new(newcomer, Arc::new(terms));
    let _present = Arc::new(Clients::default()).enter(&cx);
    run(both, poll_gone, handler, cx, entrance, line).await
}

fn call(procedure: i32, serial: u32) -> Bytes {
    let header = Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(procedure), Serial(serial));
    Draft::empty().seal(&header).freeze()
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_take_its_goodbye_is_not_waited_for() {
    let ended = ended(2, &Door::default()).await;
    assert!(matches!(ended, Ended::Gone), "{ended:?}");
}

/// Counts the frames of each write.
#[derive(Clone, Default)]
struct Counted(Arc<Mutex<Vec<usize>>>);

impl AsyncWrite for Counted {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut frames = BytesMut::from(bytes);
        let count = std::iter::from_fn(|| frame::split(&mut frames).unwrap()).count();
        assert!(frames.is_empty(), "whole ones");
        self.0.lock().unwrap().push(count);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Of many calls that come in one read some are answered before the others are taken.
#[tokio::test(start_paused = true)]
async fn many_calls_are_answered_in_some_writes() {
    let (reader, mut client) = tokio::io::duplex(4_096);
    let calls: Vec<u8> = (0..40).flat_map(|serial| call(59, serial)).collect();
    client.write_all(&calls).await.unwrap();
    drop(client);
    let writes = Counted::default();
    let both = (reader, writes.clone());
    let ended = conversation(both, Arc::new(Nothing), &Door::default(), Limits::default()).await;
    assert!(matches!(ended, Ended::Gone), "{ended:?}");
    assert_eq!(*writes.0.lock().unwrap(), [FRAMES_MAX, FRAMES_MAX, 40 - 2 * FRAMES_MAX]);
}

/// Half a minute is for programs.
#[cfg(feature = "polkit")]
#[tokio::test(start_paused = true)]
async fn a_client_that_polkit_may_ask_a_person_about_has_longer() {
    let door = Door::default();
    door.set(crate::server::Authentication::polkit());
    for (procedure, seconds) in [(66, 30), (70, 300)] {
        let start = Instant::now();
        let ended = ended(procedure, &door).await;
        assert!(matches!(ended, Ended::Unknown), "{ended:?}");
        assert_eq!(start.elapsed().as_secs(), seconds);
    }
}

/// Waits for others once, and then has a long answer. How many have begun.
#[derive(Default)]
struct Long(AtomicUsize);

impl Handler for Long {
    fn call(self: Arc<Self>, _: CallContext, _: Called) -> Answering {
        Box::pin(async move {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(Draft::raw(&[7; 1 << 20]).unwrap())
        })
    }
}

/// A client that makes many calls whose handlers wait, and reads none of the answers, has no more of them made than may be at work at a
/// time. The clock stands still while anybody has something to do.
#[tokio::test(start_paused = true)]
async fn calls_are_not_begun_for_a_client_that_does_not_read_their_replies() {
    const SLOW: i32 = 33;
    const CHEAP: i32 = 59;
    let limits = Limits { queued_bytes: 1 << 20, ..Limits::default() };
    let (ours, mut client) = tokio::io::duplex(64 << 10);
    let long = Arc::new(Long::default());
    let begun = || long.0.load(Ordering::Relaxed);
    let handler = long.clone();
    let serving =
        tokio::spawn(
            async move { conversation(tokio::io::split(ours), handler, &Door::default(), limits).await },
        );
    for serial in 0..300 {
        client.write_all(&call(SLOW, serial)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    // One more, as a reply has gone to the writer; fewer where answers to the first are there before the last are taken.
    assert!((FRAMES_MAX..=limits.requests + 1).contains(&begun()), "{}", begun());

    // Once it reads, all are answered, and whoever waits for no guest goes by those that do. So does a ping.
    client.write_all(&call(CHEAP, 300)).await.unwrap();
    client.write_all(&keepalive::ping()).await.unwrap();
    let (mut received, mut serials, mut pongs) = (BytesMut::new(), Vec::new(), 0);
    while serials.len() < 301 || pongs == 0 {
        let Some(frame) = frame::split(&mut received).unwrap() else {
            assert_ne!(client.read_buf(&mut received).await.unwrap(), 0, "it goes on");
            continue;
        };
        match frame.header.program {
            Program::KEEPALIVE => pongs += 1,
            _ => serials.push(frame.header.serial.0),
        }
    }
    assert_eq!(begun(), 301);
    let cheap = serials.iter().position(|serial| *serial == 300).unwrap();
    assert!(cheap < 300 - 64, "it is answered as the {cheap}th");
    serials.sort_unstable();
    assert_eq!(serials, (0..=300).collect::<Vec<_>>());
    drop(client);
    assert!(matches!(serving.await.unwrap(), Ended::Gone));
}

/// A client that stops within a large message may do so, as long as there is room for those of all: then it is dropped.
#[tokio::test(start_paused = true)]
async fn a_message_that_stops_is_waited_for_while_there_is_room() {
    const ANNOUNCED: u32 = 4 << 20;
    for (bytes_max, is_dropped) in [(8 << 20, false), (1 << 20, true)] {
        let terms = Terms { memory: Arc::new(Memory::new(bytes_max)), ..Terms::default() };
        let memory = terms.memory.clone();
        let (ours, mut client) = tokio::io::duplex(64 << 10);
        let serving = tokio::spawn(async move {
            served(tokio::io::split(ours), Arc::new(Nothing), &Door::default(), terms).await
        });
        let begun = [&ANNOUNCED.to_be_bytes()[..], &call(59, 1)[4..], &[0; 3 << 20]].concat();
        let sent = client.write_all(&begun).await;
        assert_eq!(sent.is_err(), is_dropped, "it is not read beyond the limit");
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert_eq!(serving.is_finished(), is_dropped);
        drop(client);
        let ended = serving.await.unwrap();
        assert_eq!(matches!(ended, Ended::Hoarding), is_dropped, "{ended:?}");
        assert_eq!(memory.held(), 0);
    }
}

/// Of two descriptors that are announced only one comes: it is not held for as long as the client likes.
#[cfg(feature = "fds")]
#[tokio::test(start_paused = true)]
async fn descriptors_that_are_announced_and_do_not_come_end_the_connection() {
    let (ours, client) = tokio::net::UnixStream::pair().unwrap();
    let [ours, mut client] = [ours, client].map(|stream| Line::new(stream).unwrap());
    let (both, line) = ((ours.clone(), ours.clone()), Some(ours));
    let serving = tokio::spawn(async move {
        let terms = Terms::default();
        served_by(both, |_, _, _| Poll::Pending, line, Arc::new(Nothing), &Door::default(), terms).await
    });
    let header = Header::new(MessageKind::CallWithFds, Program::REMOTE, ProcedureNumber(309), Serial(1));
    client.write_all(&Draft::empty().announcing(2).unwrap().seal(&header)).await.unwrap();
    let (near, far) = std::os::unix::net::UnixStream::pair().unwrap();
    let far = OwnedFd::from(far);
    poll_fn(|cx| client.poll_pass(cx, &far)).await.unwrap();
    drop(far);
    let start = Instant::now();
    let ended = serving.await.unwrap();
    assert!(ended.is_its_fault() && ended.to_string().contains("did not come in time"), "{ended:?}");
    assert_eq!(start.elapsed().as_secs(), 5);
    assert_eq!(io::Read::read(&mut &near, &mut [0]).unwrap(), 0, "it is closed");
}

/// Nor are calls begun without end for one that reads no answers, and who waits for room is read once others have left it.
#[tokio::test(start_paused = true)]
async fn large_answers_that_are_not_read_end_with_the_room_for_all() {
    let terms = Terms { memory: Arc::new(Memory::new(4 << 20)), ..Terms::default() };
    let memory = terms.memory.clone();
    let come = || {
        let (ours, client) = tokio::io::duplex(64 << 10);
        let (terms, long) = (terms.clone(), Arc::new(Long::default()));
        let handler = long.clone();
        let serving =
            tokio::spawn(
                async move { served(tokio::io::split(ours), handler, &Door::default(), terms).await },
            );
        (serving, client, long)
    };
    let (deaf_serving, mut deaf, long) = come();
    for serial in 0..40 {
        deaf.write_all(&call(59, serial)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(memory.held() > 4 << 20);
    // Who comes now and reads is answered: it never holds much.
    let (serving, mut client, _) = come();
    let mut received = BytesMut::new();
    for serial in 0..10 {
        client.write_all(&call(59, serial)).await.unwrap();
        while frame::split(&mut received).unwrap().is_none() {
            assert_ne!(client.read_buf(&mut received).await.unwrap(), 0, "it goes on");
        }
    }
    let ended = deaf_serving.await.unwrap();
    assert!(matches!(ended, Ended::Hoarding), "{ended:?} {}", long.0.load(Ordering::Relaxed));
    drop(client);
    assert!(matches!(serving.await.unwrap(), Ended::Gone));
    assert_eq!(memory.held(), 0);
}

/// Sends by streams without end, or takes what comes by them and reads none of it.
#[derive(Default)]
struct Streams {
    sends: bool,
    kept: Mutex<Vec<crate::server::Stream>>,
    caller: Mutex<Option<CallContext>>,
}

impl Handler for Streams {
    fn call(self: Arc<Self>, cx: CallContext, _: Called) -> Answering {
        Box::pin(async move {
            let mut stream = cx.take_stream().expect("the call opens one");
            *self.caller.lock().unwrap() = Some(cx.of_connection());
            if self.sends {
                tokio::spawn(async move {
                    while stream.write_chunk(Bytes::from_static(&[0; 64 << 10])).await.is_ok() {}
                });
            } else {
                self.kept.lock().unwrap().push(stream);
            }
            Ok(Draft::empty())
        })
    }
}

/// One that reads its download more slowly than that comes is told what happens, also while all hold too much; and is not any more when it
/// reads nothing.
#[tokio::test(start_paused = true)]
async fn events_are_no_end_of_a_client_that_reads() {
    const DOWNLOAD: i32 = 209;
    let event = DomainEventReboot { dom: Domain { name: "a guest".into(), uuid: [7; 16], id: 1 } };
    let terms = Terms { memory: Arc::new(Memory::new(1 << 20)), ..Terms::default() };
    let (ours, mut client) = tokio::io::duplex(64 << 10);
    let handler = Arc::new(Streams { sends: true, ..Streams::default() });
    let streams = handler.clone();
    let serving =
        tokio::spawn(async move { served(tokio::io::split(ours), streams, &Door::default(), terms).await });
    for serial in 0..2 {
        client.write_all(&call(DOWNLOAD, serial)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let caller = handler.caller.lock().unwrap().clone().expect("it has called");
    let mut taken = vec![0; 64 << 10];
    for _ in 0..100 {
        // Some at a time, each of them by itself: more than may be told to one that reads nothing.
        for _ in 0..100 {
            caller.notify(&event).unwrap();
            tokio::task::yield_now().await;
        }
        assert!(!serving.is_finished(), "it reads");
        client.read_exact(&mut taken).await.unwrap();
    }
    while !serving.is_finished() {
        caller.notify(&event).unwrap();
        tokio::task::yield_now().await;
    }
    let ended = serving.await.unwrap();
    assert!(matches!(ended, Ended::Hoarding), "{ended:?}");
}

/// What waits of streams counts as what waits of answers does: for the client, who is dropped where it reads nothing, or for the handler,
/// who may take its time.
#[tokio::test(start_paused = true)]
async fn what_waits_of_streams_is_in_the_room_for_all() {
    const DOWNLOAD: i32 = 209;
    const UPLOAD: i32 = 208;
    for (procedure, sends) in [(DOWNLOAD, true), (UPLOAD, false)] {
        let terms = Terms { memory: Arc::new(Memory::new(2 << 20)), ..Terms::default() };
        let memory = terms.memory.clone();
        let (ours, mut client) = tokio::io::duplex(64 << 10);
        let handler = Arc::new(Streams { sends, ..Streams::default() });
        let streams = handler.clone();
        let serving =
            tokio::spawn(
                async move { served(tokio::io::split(ours), streams, &Door::default(), terms).await },
            );
        for serial in 0..4 {
            client.write_all(&call(procedure, serial)).await.unwrap();
        }
        if !sends {
            // Of each less than the 1 MiB at which the connection is not read any more, and of all just more than there is room for.
            for packet in 0..11 {
                let packet = data(procedure, packet % 4, &[7; 200_000]);
                // The last is read in part: then there is no room.
                let _ = tokio::time::timeout(Duration::from_secs(1), client.write_all(&packet)).await;
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(memory.held() > 2 << 20, "{sends}: {}", memory.held());
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert_eq!(serving.is_finished(), sends);
        drop(client);
        handler.kept.lock().unwrap().clear();
        let ended = serving.await.unwrap();
        assert_eq!(matches!(ended, Ended::Hoarding), sends, "{ended:?}");
        assert_eq!(memory.held(), 0);
    }
}

/// Waits to be told to go on, or has a long answer.
#[derive(Default)]
struct WaitsOrIsLong(tokio::sync::Notify);

impl Handler for WaitsOrIsLong {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        Box::pin(async move {
            match called.header.procedure {
                WAITS => self.0.notified().await,
                _ => return Ok(Draft::raw(&[7; 1 << 20]).unwrap()),
            }
            Ok(Draft::empty())
        })
    }
}

const WAITS: ProcedureNumber = ProcedureNumber(33);

/// A client that has gone holds what its calls do that are at work, and neither what it has not read nor what was not begun.
#[tokio::test(start_paused = true)]
async fn a_client_that_has_gone_holds_no_more_than_its_calls_at_work() {
    const LONG: i32 = 59;
    const BYTES: usize = 300_000;
    let limits = Limits { requests: 2, ..Limits::default() };
    let terms = Terms { limits: Arc::new(limits), ..Terms::default() };
    let memory = terms.memory.clone();
    let (ours, mut client) = tokio::io::duplex(64 << 10);
    let handler = Arc::new(WaitsOrIsLong::default());
    let waits = handler.clone();
    let serving =
        tokio::spawn(async move { served(tokio::io::split(ours), waits, &Door::default(), terms).await });
    for serial in 0..4 {
        let mut waiting = call(WAITS.0, serial).to_vec();
        waiting.resize(BYTES, 0);
        waiting[..4].copy_from_slice(&u32::try_from(BYTES).unwrap().to_be_bytes());
        client.write_all(&waiting).await.unwrap();
    }
    for serial in 4..12 {
        client.write_all(&call(LONG, serial)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(memory.held() > 8 << 20, "{}", memory.held());
    drop(client);
    for at_work in [2, 1] {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let held = memory.held();
        assert!(held <= at_work * (BYTES + 1_024) && held > (at_work - 1) * (BYTES + 1_024), "{held}");
        handler.0.notify_one();
    }
    assert!(matches!(serving.await.unwrap(), Ended::Gone));
    assert_eq!(memory.held(), 0);
}

/// A client without keepalive goes, while its handler is behind with what it has sent: its connection ends, however long the handler takes.
#[tokio::test(start_paused = true)]
async fn a_client_that_goes_while_it_is_not_read_is_gone() {
    let (ours, theirs) = tokio::net::UnixStream::pair().unwrap();
    let ours = Line::new(ours).unwrap();
    goes_unread((ours.clone(), ours), |line, _, cx| line.poll_gone(cx), theirs).await;

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let theirs = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (ours, _) = listener.accept().await.unwrap();
    let poll_gone = |half: &OwnedReadHalf, watch: &mut Watch, cx: &mut Context<'_>| {
        watch.poll_gone(half.as_ref().as_fd(), cx)
    };
    goes_unread(ours.into_split(), poll_gone, theirs).await;
}

async fn goes_unread<R: AsyncRead + Unpin + Send + 'static>(
    both: (R, impl AsyncWrite + Unpin + Send + 'static),
    poll_gone: PollGone<R>,
    mut client: impl AsyncRead + AsyncWrite + Unpin,
) {
    const UPLOAD: i32 = 208;
    const PACKET: usize = 200_000;
    let handler = Arc::new(Streams::default());
    let streams = handler.clone();
    let serving = tokio::spawn(async move {
        served_by(both, poll_gone, None, streams, &Door::default(), Terms::default()).await
    });
    client.write_all(&call(UPLOAD, 1)).await.unwrap();
    let mut reply = [0; 28];
    client.read_exact(&mut reply).await.unwrap();
    // The queue is full with the sixth; the next one waits in the socket.
    for _ in 0..6 {
        client.write_all(&data(UPLOAD, 1, &[7; PACKET])).await.unwrap();
    }
    let mut stream = handler.kept.lock().unwrap().pop().expect("it is kept");
    tokio::time::sleep(Duration::from_secs(60)).await;
    client.write_all(&data(UPLOAD, 1, &[8; 1_000])).await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(!serving.is_finished(), "it is there");

    // Nothing is lost of what comes meanwhile: it is read once the handler has gone on, and then what comes as ever.
    let mut read = 0;
    while read < 6 * PACKET + 1_000 {
        read += bytes_of(stream.read_chunk().await.unwrap());
    }
    client.write_all(&data(UPLOAD, 1, &[9; 1_000])).await.unwrap();
    read += bytes_of(stream.read_chunk().await.unwrap());
    assert_eq!(read, 6 * PACKET + 2_000);

    for _ in 0..6 {
        client.write_all(&data(UPLOAD, 1, &[7; PACKET])).await.unwrap();
    }
    client.write_all(&data(UPLOAD, 1, &[8; 1_000])).await.unwrap();
    drop(client);
    let ended = tokio::time::timeout(Duration::from_secs(60), serving).await.expect("it ends").unwrap();
    assert!(matches!(ended, Ended::Gone), "{ended:?}");
    let end = loop {
        match stream.read_chunk().await {
            Ok(Some(_)) => {}
            other => break other,
        }
    };
    assert!(matches!(end, Err(crate::server::StreamError::Closed { .. })), "{end:?}");
}

fn bytes_of(chunk: Option<crate::server::Chunk>) -> usize {
    match chunk {
        Some(crate::server::Chunk::Data(data)) => data.len(),
        other => panic!("{other:?} is no data"),
    }
}

/// A packet of a stream.
fn data(procedure: i32, serial: u32, bytes: &[u8]) -> Vec<u8> {
    let mut frame = call(procedure, serial).to_vec();
    frame.extend_from_slice(bytes);
    let length = u32::try_from(frame.len()).unwrap();
    frame[..4].copy_from_slice(&length.to_be_bytes());
    // Type 3 is a stream's data, and status 2 is that it goes on.
    frame[16..20].copy_from_slice(&3_u32.to_be_bytes());
    frame[24..28].copy_from_slice(&2_u32.to_be_bytes());
    frame
}
