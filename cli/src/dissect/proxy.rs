//! Between a client and a daemon: every byte is passed on as it comes, and told as what it is.

mod end;
mod room;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener, lookup_host};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use virtwire::protocol::dissect::{Cutter, Piece, Side, descriptors as announced_by};
use virtwire::server::ListenAddress;

use super::reading::{Happening, Opened};
use crate::clock::now;
use crate::fail::{Fail, plain};
use crate::screen::remark;
use crate::signals::Signals;
use end::{ENCRYPTED, End, Reader, Received, Writer};
use room::Room;

/// Happenings that wait to be shown, each a frame at most; then passing on waits too, and nothing is lost.
const WAITING_MAX: usize = 8;
/// How long the reader of what was told is waited for after SIGTERM or SIGHUP. After Ctrl-C somebody is there, who can say it again.
const READ_WITHIN: Duration = Duration::from_secs(5);
/// Connections at a time. Others wait at the door.
const CONNECTIONS_MAX: usize = 1_024;
const CHUNK_BYTES: usize = 64 * 1024;
/// Memory for the frames that are not complete or not shown yet, of all connections. What wants more is passed on, and not
/// told.
const HELD_BYTES_MAX: usize = 256 * 1024 * 1024;
/// After this the door is tried again where the system had no room for another client.
const AGAIN: Duration = Duration::from_millis(100);

const OVER_TCP: &str = "the other end is TCP, which carries none";

/// Where to stand.
pub(super) struct Place<'a> {
    pub(super) listen: &'a ListenAddress,
    pub(super) connect: &'a ListenAddress,
    pub(super) once: bool,
    pub(super) allow_unauthenticated: bool,
}

/// Passes on and tells until SIGINT, SIGTERM or SIGHUP comes, or the only connection ends.
///
/// Telling has a thread of its own: nobody may read what is told, and a signal is heard all the same.
pub(super) async fn run(
    place: Place<'_>,
    tell: impl FnOnce(mpsc::Receiver<Happening>) -> Result<(), Fail> + Send + 'static,
) -> Result<(), Fail> {
    let mut signals = Signals::listen()?;
    let door = Door::open(place.listen, place.allow_unauthenticated).await?;
    remark(&format!("listening on {}", door.address));
    let (told, happenings) = mpsc::channel(WAITING_MAX);
    let mut telling = tokio::task::spawn_blocking(move || tell(happenings));
    let mut connections = JoinSet::new();
    let signal = tokio::select! {
        biased;
        name = signals.next() => Some(name),
        // Nobody reads on.
        () = told.closed() => None,
        () = pass_all(&place, &door, &told, &mut connections) => None,
    };
    drop(door);
    connections.shutdown().await;
    drop(told);
    // What was told is written to its end, for as long as somebody reads and nobody says it is enough.
    let enough = async {
        let name = match signal {
            Some(name) => name,
            None => signals.next().await,
        };
        match name {
            "SIGINT" => {
                signals.next().await;
            }
            _ => sleep(READ_WITHIN).await,
        }
    };
    tokio::select! {
        biased;
        ended = &mut telling => ended.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic())),
        () = enough => Err(Fail::new(
            "standard output",
            "nobody reads it: the last of what passed is not told",
            "traffic waits for whoever reads what is told; send it into a file",
        )
        .briefly()),
    }
}

/// Passes on what clients send until the only connection ends.
async fn pass_all(
    place: &Place<'_>,
    door: &Door,
    told: &mpsc::Sender<Happening>,
    connections: &mut JoinSet<()>,
) {
    let room = Room::of(HELD_BYTES_MAX);
    let mut number = 0;
    let mut shut_until = None;
    loop {
        let is_open =
            shut_until.is_none() && connections.len() < CONNECTIONS_MAX && !(place.once && number > 0);
        tokio::select! {
            accepted = door.accept(), if is_open => match accepted {
                Ok((client, name)) => {
                    number += 1;
                    let daemon = place.connect.clone();
                    connections.spawn(connection(number, client, name, daemon, told.clone(), room.clone()));
                }
                // A client that has gone, or too many open files: those that are here go on.
                Err(error) => {
                    shut_until = Some(Instant::now() + AGAIN);
                    let text = format!("a client cannot be accepted now: {}", plain(&error));
                    // Where others are heard first, it is said when it is tried again.
                    let _ = told.try_send(Happening::Remark(text));
                }
            },
            () = sleep_until(shut_until.unwrap_or_else(Instant::now)), if shut_until.is_some() => {
                shut_until = None;
            }
            Some(_) = connections.join_next() => if place.once {
                return;
            },
        }
    }
}

/// Where clients come; a unix socket's path goes with it.
struct Door {
    address: ListenAddress,
    listener: Listening,
}

enum Listening {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

impl Door {
    async fn open(address: &ListenAddress, exposed: bool) -> Result<Door, Fail> {
        let cannot = |error: io::Error| {
            Fail::new(
                format!("address {address}"),
                format!("cannot listen: {}", plain(&error)),
                "choose an address of this host that is free; port 0 is any, and a unix socket's path must not exist",
            )
        };
        match address {
            ListenAddress::Tcp(host) => {
                let addresses: Vec<_> = lookup_host(host.as_str()).await.map_err(cannot)?.collect();
                if !exposed && addresses.iter().any(|address| !address.ip().is_loopback()) {
                    return Err(Fail::new(
                        format!("address {address}"),
                        "is not a loopback address, and whoever reaches it reaches the daemon",
                        "listen on 127.0.0.1 or a unix socket, or say --allow-unauthenticated",
                    ));
                }
                let listener = TcpListener::bind(&addresses[..]).await.map_err(cannot)?;
                let bound = listener.local_addr().map_err(cannot)?;
                Ok(Door {
                    address: ListenAddress::Tcp(bound.to_string()),
                    listener: Listening::Tcp(listener),
                })
            }
            ListenAddress::Tls(_) => Err(cannot(io::Error::new(io::ErrorKind::Unsupported, ENCRYPTED))),
            ListenAddress::Unix(path) => {
                let listener = UnixListener::bind(path).map_err(cannot)?;
                Ok(Door { address: address.clone(), listener: Listening::Unix(listener, path.clone()) })
            }
        }
    }

    /// The next client, and what it is called.
    async fn accept(&self) -> io::Result<(End, String)> {
        match &self.listener {
            Listening::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                Ok((End::tcp(stream), address.to_string()))
            }
            Listening::Unix(listener, path) => {
                let (stream, _) = listener.accept().await?;
                let process = stream.peer_cred().ok().and_then(|peer| peer.pid());
                let process = process.map_or_else(String::new, |pid| format!(" (process {pid})"));
                Ok((End::unix(stream), format!("unix:{}{process}", path.display())))
            }
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Listening::Unix(_, path) = &self.listener {
            // Somebody else may have removed it.
            let _ = std::fs::remove_file(path);
        }
    }
}

async fn connection(
    number: u32,
    client: End,
    name: String,
    daemon: ListenAddress,
    told: mpsc::Sender<Happening>,
    room: Room,
) {
    let opened = Opened {
        connection: number,
        at: Some(now()),
        client: name,
        daemon: daemon.to_string(),
        remark: None,
        one_sided: false,
    };
    // Nobody listens any more when the command ends, and then this task does too.
    if told.send(Happening::Opened(opened)).await.is_err() {
        return;
    }
    let how = match End::to(&daemon).await {
        Ok(daemon) => {
            let passed = tokio::try_join!(
                pass(number, Side::Client, client.reader, daemon.writer, &told, room.clone()),
                pass(number, Side::Daemon, daemon.reader, client.writer, &told, room),
            );
            match passed {
                Ok(_) => "closed by both ends",
                Err(Broken::By(Side::Client)) => "the client broke the connection",
                Err(Broken::By(Side::Daemon)) => "the daemon broke the connection",
                Err(Broken::Unheard) => return,
            }
        }
        Err(error) => {
            let text = format!("{number}: daemon {daemon} cannot be reached: {}", plain(&error));
            let _ = told.send(Happening::Remark(text)).await;
            "the daemon cannot be reached"
        }
    };
    let _ = told.send(Happening::Closed { connection: number, at: Some(now()), how }).await;
}

/// Why passing on has ended before its time.
enum Broken {
    By(Side),
    /// Nothing is shown any more.
    Unheard,
}

/// Passes on what one end sends, until it sends no more. Told first: whoever has received something finds it shown.
///
/// The other direction goes on after that, as a connection may be half closed.
async fn pass(
    connection: u32,
    from: Side,
    mut reader: Reader,
    mut writer: Writer,
    told: &mpsc::Sender<Happening>,
    mut room: Room,
) -> Result<(), Broken> {
    let mut cutter = Cutter::default();
    let mut chunk = vec![0; CHUNK_BYTES];
    // Descriptors that are still to come and have been told to be lost.
    let mut mourned: usize = 0;
    loop {
        let received = reader.read(&mut chunk).await.map_err(|_| Broken::By(from))?;
        let Received { bytes: read, descriptors, lacks } = received;
        let at = Some(now());
        let bytes = chunk.get(..read).unwrap_or_default();
        cutter.push(bytes);
        let tell = async |piece| {
            told.send(Happening::Piece { connection, at, from, piece }).await.map_err(|_| Broken::Unheard)
        };
        let remark = async |why| {
            let text = format!("{connection}: a file descriptor is not passed on: {why}");
            told.send(Happening::Remark(text)).await.map_err(|_| Broken::Unheard)
        };
        while let Some(piece) = cutter.next_piece() {
            let announced = match &piece {
                Piece::Frame { frame, .. } if !writer.carries_descriptors() => announced_by(frame),
                _ => 0,
            };
            tell(piece).await?;
            // Not only when they come: who misses them may end the connection before.
            if announced > 0 {
                mourned = mourned.saturating_add(announced as usize);
                remark(OVER_TCP).await?;
            }
        }
        // A frame keeps its share until it has been handed on.
        if !room.take(cutter.held()) {
            tell(cutter.give_up()).await?;
            room.take(cutter.held());
        }
        if read == 0
            && let Some(end) = cutter.finish()
        {
            tell(end).await?;
        }
        if read == 0 {
            writer.shut_down().await;
            return Ok(());
        }
        if writer.carries_descriptors() {
            if lacks {
                remark("this process has too many files open").await?;
            }
        } else if descriptors.len() > mourned {
            remark(OVER_TCP).await?;
        }
        mourned = mourned.saturating_sub(descriptors.len());
        writer.write(bytes, &descriptors).await.map_err(|_| Broken::By(from.other()))?;
    }
}
