//! What both connection tasks wait for, read and write.

pub(crate) mod alarm;
#[cfg(feature = "gssapi")]
pub(crate) mod layer;
pub(crate) mod line;
pub(crate) mod mailbox;
pub(crate) mod pages;
pub(crate) mod reader;
#[cfg(feature = "tls")]
pub(crate) mod subject;
pub(crate) mod writer;

use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use socket2::SockRef;
#[cfg(not(virtwire_sim))]
use socket2::TcpKeepalive;
use tokio::net::UnixStream;

use crate::net::TcpStream;

/// Bytes that are gathered before a write; above, the session keeps its frames until the socket has taken some.
pub(crate) const OUT_BYTES_MAX: usize = 256 * 1024;

/// Rounds in which a connection has read, written or done something, before others have a turn.
pub(crate) const ROUNDS_MAX: usize = 16;

/// Writes in one round, while there is more to write and room for it.
pub(crate) const WRITES_MAX: usize = 4;

/// Bytes that a unix socket is to hold for its reader. Linux holds twice as many, for it counts its own memory with them: one packet of a
/// stream and half of the next, while they are still in the cache of a processor that does both ends' work. It takes no more than
/// `net.core.wmem_max` allows, by default 208 KiB.
const UNIX_SEND_BYTES: usize = 200 * 1000;

/// Bytes that the system is to keep unsent of a TCP connection.
#[cfg(all(any(target_os = "linux", target_os = "android"), not(virtwire_sim)))]
const UNSENT_BYTES_MAX: u32 = 256 * 1024;

/// The time, by the clock that the alarm goes by.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// When so much time will have passed; far off, if that is beyond what a clock can say.
#[cfg(feature = "client")]
pub(crate) fn deadline(within: Duration) -> tokio::time::Instant {
    let now = tokio::time::Instant::now();
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    now.checked_add(within).unwrap_or_else(|| now + year)
}

/// Lets those run that are ready to, and has the task polled again without asking the system what else there is, as the runtime's own way
/// would.
pub(crate) fn step_back<T>(cx: &Context<'_>) -> Poll<T> {
    cx.waker().wake_by_ref();
    Poll::Pending
}

/// Sends small frames at once, has the system notice a peer that is gone without a word within a minute, also where neither
/// end pings, and keeps what it has not sent yet short: calls and pings do not queue behind megabytes of a stream, and a slow link is
/// seen to take some, a little at a time. A socket that cannot do this is slower, not broken.
#[cfg(not(virtwire_sim))]
pub(crate) fn tune(stream: &TcpStream) {
    let quiet = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10))
        .with_retries(3);
    let _ = stream.set_nodelay(true);
    let socket = SockRef::from(stream);
    let _ = socket.set_tcp_keepalive(&quiet);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = socket.set_tcp_notsent_lowat(UNSENT_BYTES_MAX);
}

/// A simulated socket has nothing of the kind.
#[cfg(virtwire_sim)]
pub(crate) fn tune(_: &TcpStream) {}

/// Has the socket hold more than one packet of a stream, so that its ends wake up for some packets at a time, and not some times for one.
pub(crate) fn tune_unix(stream: &UnixStream) {
    let _ = SockRef::from(stream).set_send_buffer_size(UNIX_SEND_BYTES);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_that_is_tuned_probes_a_silent_peer_and_gives_it_up_within_a_minute() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        tune(&stream);
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap() && socket.tcp_nodelay().unwrap());
        let time = socket.tcp_keepalive_time().unwrap();
        let retries = socket.tcp_keepalive_retries().unwrap();
        let probing = socket.tcp_keepalive_interval().unwrap() * retries;
        assert!(time + probing <= Duration::from_secs(60), "{time:?} {probing:?}");
        assert!(retries > 1 && time > Duration::ZERO);
    }

    #[tokio::test]
    async fn a_unix_socket_holds_more_than_a_packet() {
        let (stream, _other) = UnixStream::pair().unwrap();
        let before = SockRef::from(&stream).send_buffer_size().unwrap();
        tune_unix(&stream);
        let after = SockRef::from(&stream).send_buffer_size().unwrap();
        assert!(after > before && after > 300_000, "{before} {after}");
    }
}
