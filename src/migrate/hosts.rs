//! Which hosts URIs lead to: one host may be reached by several, and is one all the same.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::identity::Identity;
use crate::client::{Connection, OpenOptions};

/// What a host is known by.
pub(super) type Name = Arc<str>;

/// The hosts behind some URIs, each asked once, many at the same time.
#[derive(Debug)]
pub(super) struct Hosts {
    known: HashMap<String, Name>,
    asked: JoinSet<(String, Option<String>)>,
}

impl Hosts {
    /// Nobody is asked: each URI is a host.
    pub(super) fn by_uri() -> Hosts {
        Hosts { known: HashMap::new(), asked: JoinSet::new() }
    }

    /// Asks them who they are.
    pub(super) fn ask<'a>(uris: impl IntoIterator<Item = &'a String>, options: &OpenOptions) -> Hosts {
        let mut hosts = Hosts::by_uri();
        let mut seen: Vec<&String> = uris.into_iter().collect();
        seen.sort_unstable();
        seen.dedup();
        let places = Arc::new(Semaphore::new(AT_ONCE));
        for uri in seen {
            let (uri, options, places) = (uri.clone(), options.clone(), places.clone());
            hosts.asked.spawn(async move {
                let _place = places.acquire().await;
                let told = tokio::time::timeout(
                    options.open_within.saturating_add(TOLD_WITHIN),
                    told(&uri, options),
                )
                .await;
                (uri, told.ok().flatten())
            });
        }
        hosts
    }

    /// The host that a URI leads to, once it has told. One that does not tell is known by its URI.
    pub(super) fn name(&self, uri: &str) -> Option<Name> {
        self.known.get(uri).cloned().or_else(|| (!self.are_asked()).then(|| uri.into()))
    }

    /// Waits until one more is known; at once where none is asked any more. Cancel-safe.
    pub(super) async fn learn(&mut self) {
        if let Some(Ok((uri, told))) = self.asked.join_next().await {
            let name = told.unwrap_or_else(|| uri.clone()).into();
            self.known.insert(uri, name);
        }
    }

    /// Whether some are being asked.
    pub(super) fn are_asked(&self) -> bool {
        !self.asked.is_empty()
    }
}

/// How many are asked at a time.
const AT_ONCE: usize = 32;
const TOLD_WITHIN: Duration = Duration::from_secs(10);

/// A host's own word. Of one whose hardware has no UUID its name is not enough.
async fn told(uri: &str, options: OpenOptions) -> Option<String> {
    let connection = Connection::open_with(uri, options).await.ok()?;
    let identity = Identity::of(&connection).await?;
    identity.uuid.is_some().then(|| identity.to_string())
}
