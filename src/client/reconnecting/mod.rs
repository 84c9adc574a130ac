//! A connection that comes back.

mod backoff;
mod subscription;

use std::fmt;
use std::sync::Arc;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};
use virtwire_protocol::error::ErrorCode;
use virtwire_protocol::event::{Event, Topic};

use super::auth::AuthError;
#[cfg(feature = "gssapi")]
use super::auth::Unfit;
use super::connection::Connection;
use super::error::OpenError;
use super::events::SubscribeError;
use super::options::OpenOptions;
pub use backoff::Backoff;
pub use subscription::{ReconnectingSubscription, Told};

/// Opens a daemon again whenever its connection is lost: after a pause that grows, with the same credentials, and with the
/// [subscriptions](Self::subscribe) that were made here.
///
/// **No call is ever made twice**, not even one that only asks: a call belongs to the [`Connection`] that it was made on, and ends
/// with it, its error telling its [`fate`](super::CallError::fate). Whoever wants it made again looks first, and knows best. So ask
/// for the connection of the moment each time:
///
/// ```no_run
/// # async fn keep() -> Result<(), Box<dyn std::error::Error>> {
/// use virtwire::client::{Backoff, OpenOptions, Reconnecting, Told};
/// use virtwire::protocol::remote::DomainEventLifecycle;
///
/// let daemon = Reconnecting::open("qemu:///system", OpenOptions::default(), Backoff::default()).await?;
/// let mut events = daemon.subscribe::<DomainEventLifecycle>(None).await?;
/// while let Some(told) = events.next().await {
///     match told {
///         Told::Event(event) => println!("{}: {}", event.dom.name, event.what()),
///         // Events are lost: list anew.
///         Told::Resynced | Told::Missed(_) => {
///             let listed = daemon.connection().await?.connect_list_all_domains(1, 0).await?;
///             println!("{} guests", listed.domains.len());
///         }
///         ended => println!("{ended:?}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// That a daemon has gone without a word is noticed by [`OpenOptions::keepalive`] alone.
///
/// Cheap to clone. What is left of it ends when the last clone and the last subscription are dropped, or by [`close`](Self::close).
#[derive(Clone)]
pub struct Reconnecting {
    uri: Arc<str>,
    backoff: Backoff,
    link: watch::Receiver<Link>,
    closing: Arc<Notify>,
}

/// Whether there is a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Link {
    /// There is one.
    Up {
        /// Which: 1 at first, and one more each time that it came back.
        generation: u64,
        /// The connection. It may be lost by now.
        connection: Connection,
    },
    /// There is none, and the daemon is tried again and again.
    Down {
        /// How often it was tried since the loss.
        attempts: u32,
        /// Why the last attempt failed, once there was one.
        error: Option<Arc<OpenError>>,
    },
    /// There will be none any more.
    Over(GaveUp),
}

/// Why no connection comes any more.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum GaveUp {
    /// It was closed here.
    #[error("the connection was closed here")]
    Closed,
    /// The daemon does not let this client in any more, or the URI leads nowhere: trying again would change nothing, and might lock an account.
    #[error("not tried again: {0}")]
    Refused(Arc<OpenError>),
}

debug_is_display!(GaveUp);

impl Reconnecting {
    /// Opens a daemon, once: whoever mistypes a URI learns it now.
    ///
    /// # Errors
    /// [`OpenError`], as of [`Connection::open_with`].
    pub async fn open(uri: &str, options: OpenOptions, backoff: Backoff) -> Result<Reconnecting, OpenError> {
        let connection = Connection::open_with(uri, options.clone()).await?;
        let closing = Arc::new(Notify::new());
        let (sender, link) = watch::channel(Link::Up { generation: 1, connection: connection.clone() });
        let uri: Arc<str> = uri.into();
        let keeper = Keeper { uri: uri.clone(), options, backoff, link: sender, closing: closing.clone() };
        tokio::spawn(keeper.keep(connection));
        Ok(Reconnecting { uri, backoff, link, closing })
    }

    /// The connection of the moment; waits while there is none. Cancel-safe. For a limit, `tokio::time::timeout`.
    ///
    /// # Errors
    /// [`GaveUp`]: there will be none any more.
    pub async fn connection(&self) -> Result<Connection, GaveUp> {
        up(&mut self.link.clone()).await
    }

    /// Whether there is a connection.
    pub fn link(&self) -> Link {
        self.link.borrow().clone()
    }

    /// Waits for that to change since this handle was last asked here or was made, and tells how. Cancel-safe. What lasts shorter than
    /// it takes to ask may be passed over.
    pub async fn changed(&mut self) -> Link {
        match self.link.changed().await {
            Ok(()) => self.link.borrow_and_update().clone(),
            // The keeper's last word.
            Err(_) => self.link(),
        }
    }

    /// Subscribes to a kind of event for as long as the subscription lives, over however many connections that takes; see
    /// [`Connection::subscribe`].
    ///
    /// # Errors
    /// [`SubscribeError`], if none of it can be had now. That the daemon is lost meanwhile is none.
    pub async fn subscribe<E: Event + Send + 'static>(
        &self,
        object: Option<&E::Object>,
    ) -> Result<ReconnectingSubscription<E>, SubscribeError> {
        self.subscribe_to(E::topics(object)).await
    }

    /// The same for topics that are chosen at run time.
    ///
    /// # Errors
    /// [`SubscribeError`], if none of them can be had now.
    pub async fn subscribe_to<E: Event + Send + 'static>(
        &self,
        topics: Vec<Topic>,
    ) -> Result<ReconnectingSubscription<E>, SubscribeError> {
        ReconnectingSubscription::new(self.link.clone(), topics, self.backoff).await
    }

    /// Says goodbye to the daemon if it is there, and does not come back. A daemon that does not answer is left after the time that
    /// [`Connection::close`] gives it.
    pub async fn close(&self) {
        let connection = match &*self.link.borrow() {
            Link::Up { connection, .. } => Some(connection.clone()),
            _ => None,
        };
        self.closing.notify_one();
        if let Some(connection) = connection {
            // One that is lost just now needs no goodbye.
            let _ = connection.close().await;
        }
    }
}

impl fmt::Debug for Reconnecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnecting").field("uri", &self.uri).field("link", &self.link()).finish()
    }
}

/// Waits for a connection that is not known to be lost.
async fn up(link: &mut watch::Receiver<Link>) -> Result<Connection, GaveUp> {
    let settled = link.wait_for(|link| match link {
        Link::Up { connection, .. } => connection.ended().is_none(),
        Link::Down { .. } => false,
        Link::Over(_) => true,
    });
    match settled.await.as_deref() {
        Ok(Link::Up { connection, .. }) => Ok(connection.clone()),
        Ok(Link::Over(why)) => Err(why.clone()),
        // The keeper ends without a last word only with its runtime.
        Ok(Link::Down { .. }) | Err(_) => Err(GaveUp::Closed),
    }
}

/// The task that opens the daemon again.
struct Keeper {
    uri: Arc<str>,
    options: OpenOptions,
    backoff: Backoff,
    link: watch::Sender<Link>,
    closing: Arc<Notify>,
}

impl Keeper {
    async fn keep(self, mut connection: Connection) {
        let (mut generation, mut failures): (u64, u32) = (1, 0);
        loop {
            let since = Instant::now();
            tokio::select! {
                reason = connection.closed() => tracing::debug!(uri = %self.uri, %reason, "lost; trying again"),
                () = self.over() => return,
            }
            // One that was of no use does not make an overloaded daemon's clients any more patient.
            failures = if since.elapsed() >= self.backoff.longest { 0 } else { failures };
            self.link.send_replace(Link::Down { attempts: 0, error: None });
            drop(connection);
            connection = tokio::select! {
                back = self.open_again(&mut failures) => match back {
                    Some(connection) => connection,
                    None => return,
                },
                () = self.over() => return,
            };
            generation = generation.saturating_add(1);
            self.link.send_replace(Link::Up { generation, connection: connection.clone() });
        }
    }

    async fn open_again(&self, failures: &mut u32) -> Option<Connection> {
        let mut attempts: u32 = 0;
        loop {
            sleep(self.backoff.pause(*failures)).await;
            *failures = failures.saturating_add(1);
            attempts = attempts.saturating_add(1);
            let error = match Connection::open_with(&self.uri, self.options.clone()).await {
                Ok(connection) => return Some(connection),
                Err(error) => Arc::new(error),
            };
            tracing::debug!(uri = %self.uri, attempts, %error, "not back yet");
            if is_final(&error) {
                self.link.send_replace(Link::Over(GaveUp::Refused(error)));
                return None;
            }
            self.link.send_replace(Link::Down { attempts, error: Some(error) });
        }
    }

    /// Nobody needs the daemon any more, or somebody said so.
    async fn over(&self) {
        tokio::select! {
            () = self.closing.notified() => drop(self.link.send_replace(Link::Over(GaveUp::Closed))),
            () = self.link.closed() => {}
        }
    }
}

/// Whether another attempt would fail in the same way.
fn is_final(error: &OpenError) -> bool {
    match error {
        OpenError::Authentication { error, .. } => match &**error {
            // A file that is replaced is back in a moment, and tickets and their servers come back as well, and threads. Nobody was asked.
            AuthError::Call(_) | AuthError::File { .. } | AuthError::CredentialsUnasked(_) => false,
            #[cfg(feature = "gssapi")]
            AuthError::Kerberos { .. } => false,
            #[cfg(feature = "gssapi")]
            AuthError::NoMechanism { refused, .. } => {
                !refused.iter().any(|(_, why)| matches!(why, Unfit::NoTicket { .. }))
            }
            // Somebody said no or was asked in vain, and each attempt would ask again. polkit that is not there asks nobody.
            AuthError::Polkit(error) => {
                matches!(error.code, ErrorCode::AUTH_CANCELLED | ErrorCode::AUTH_FAILED)
            }
            _ => true,
        },
        OpenError::Uri(_) | OpenError::Unavailable { .. } => true,
        _ => false,
    }
}
