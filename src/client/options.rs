//! How a connection is opened, and what its calls may do.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use virtwire_protocol::session::keepalive::Pacing;

use super::auth::CredentialSource;
use super::task::Observer;
use super::waiting::Meter;

/// How to open a connection, and what its calls may do.
#[derive(Clone)]
pub struct OpenOptions {
    /// Only look: the daemon refuses whatever would change something.
    pub read_only: bool,
    /// Take the common name of a daemon's TLS certificate for its host name where the certificate has no subject alternative names, as
    /// old sites made them. Off by default: a name of that kind was never meant to be a host's alone.
    pub accept_common_name: bool,
    /// Authenticate by SCRAM also where somebody may read along and interfere: over TCP without TLS, through a program (`+ext`, or
    /// `command=` in ssh's place), or with `no_verify`. The password itself stays secret, but whoever reads along can try guesses at it at leisure, and take the
    /// connection over once the daemon knows this client. And go on in clear there after GSSAPI with a daemon that does not seal. Off by default, and no parameter of a URI's, which comes from elsewhere.
    pub accept_unprotected: bool,
    /// How long connecting, authenticating and opening may take, all in all. 10 s by default.
    pub open_within: Duration,
    /// Where a user name and a password come from, if the daemon asks for them: [`Credentials`](super::Credentials), or a
    /// function of yours. By default, and where it has none, `auth.conf`; see [`CredentialSource`].
    pub credentials: Option<Arc<dyn CredentialSource>>,
    /// How long a call may take that sets no deadline of its own; `None`, the default, waits for ever. It does not count for calls
    /// that rightly take as long as a guest is big or a disk is slow, such as a Perform, a save or a wipe
    /// ([`is_long`](virtwire_protocol::pace::is_long)): those wait for ever unless [`Connection::within`](super::Connection::within) or
    /// [`Connection::call_within`](super::Connection::call_within) says otherwise.
    ///
    /// A call whose deadline passes behind its sending keeps its [place](super#the-window) until the daemon answers, so that who polls a guest that
    /// hangs keeps other calls from being sent: poll on a connection of its own.
    pub call_within: Option<Duration>,
    /// Calls that wait for their replies at a time, at least 1; further ones wait for a place, as [the module](super#the-window) says. 4 by
    /// default. Below 3 a migration leaves no place for what limits it or asks how far it is: that goes once its call has ended.
    pub window: usize,
    /// Pings, if the daemon reports that it answers them. By default 5 s and 5 pings, so that a dead peer is noticed
    /// in half a minute.
    pub keepalive: Option<Pacing>,
    /// Events that wait for the reader of a subscription; further ones push out the oldest, which are counted and told as
    /// [`Missed::Lagged`](super::Missed::Lagged). 1,024 by default.
    pub events_max: usize,
    /// Bytes of events that wait for the readers of all subscriptions of the connection together; then the reader that is furthest
    /// behind loses its oldest. One event may wait for each whatever its size. 8 MiB by default. While the
    /// daemon has not answered a registration yet, 1 MiB of what may be its events is kept besides.
    pub event_bytes_max: usize,
    /// Bytes of a stream that wait for its reader; when there are as many, and at most one packet more, the connection reads
    /// nothing until some are read. 1 MiB by default. What comes before the reply that opens the stream, 32 MiB more at most, stops
    /// nothing.
    pub stream_bytes_max: usize,
    /// Watches every frame.
    pub observer: Option<Observer>,
    /// Measures every call: how long it waited for a place in the window, and how long its reply took. The same is told to
    /// `tracing`, at level trace.
    pub meter: Option<Meter>,
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions {
            read_only: false,
            accept_common_name: false,
            accept_unprotected: false,
            open_within: Duration::from_secs(10),
            credentials: None,
            call_within: None,
            window: 4,
            keepalive: Some(Pacing::default()),
            events_max: 1_024,
            event_bytes_max: 8 << 20,
            stream_bytes_max: 1 << 20,
            observer: None,
            meter: None,
        }
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("read_only", &self.read_only)
            .field("accept_common_name", &self.accept_common_name)
            .field("accept_unprotected", &self.accept_unprotected)
            .field("open_within", &self.open_within)
            .field("credentials", &self.credentials.is_some())
            .field("call_within", &self.call_within)
            .field("window", &self.window)
            .field("keepalive", &self.keepalive)
            .field("events_max", &self.events_max)
            .field("event_bytes_max", &self.event_bytes_max)
            .field("stream_bytes_max", &self.stream_bytes_max)
            .finish_non_exhaustive()
    }
}
