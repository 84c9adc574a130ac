//! What both connection tasks wait for, read and write.

pub(crate) mod alarm;
pub(crate) mod line;
pub(crate) mod reader;
pub(crate) mod writer;

use std::time::{Duration, Instant};

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

/// Bytes that are gathered before a write; above, the session keeps its frames until the socket has taken some.
pub(crate) const OUT_BYTES_MAX: usize = 256 * 1024;

/// Bytes that the system is to keep unsent of a TCP connection.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT_BYTES_MAX: u32 = 256 * 1024;

/// The time, by the clock that the alarm goes by.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// When so much time will have passed; far off, if that is beyond what a clock can say.
pub(crate) fn deadline(within: Duration) -> tokio::time::Instant {
    let now = tokio::time::Instant::now();
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    now.checked_add(within).unwrap_or_else(|| now + year)
}

/// Sends small frames at once, has the system notice a peer that is gone without a word within a minute, also where neither
/// end pings, and keeps what it has not sent yet short: calls and pings do not queue behind megabytes of a stream, and a slow link is
/// seen to take some, a little at a time. A socket that cannot do this is slower, not broken.
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
}
