//! What both connection tasks wait for, read and write.

pub(crate) mod alarm;
pub(crate) mod line;
pub(crate) mod reader;
pub(crate) mod writer;

use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

/// Bytes that are gathered before a write; above, the session keeps its frames until the socket has taken some.
pub(crate) const OUT_BYTES_MAX: usize = 256 * 1024;

/// When so much time will have passed; far off, if that is beyond what a clock can say.
pub(crate) fn deadline(within: Duration) -> tokio::time::Instant {
    let now = tokio::time::Instant::now();
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    now.checked_add(within).unwrap_or_else(|| now + year)
}

/// Sends small frames at once, and has the system notice a peer that is gone without a word within a minute, also where neither
/// end pings. A socket that cannot do this is slower, not broken.
pub(crate) fn tune(stream: &TcpStream) {
    let quiet = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10))
        .with_retries(3);
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(stream).set_tcp_keepalive(&quiet);
}
