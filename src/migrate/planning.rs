//! Which version it is to be: both hosts are asked what they can do, each for what matters and all at once.

use std::time::Duration;

use tokio::task::JoinSet;
use virtwire_protocol::migrate::{Feature, Features, Host, Plan, Refusal, Request, Wish};

use crate::client::{CallError, Connection};

/// Why a migration was not even begun. Nothing was changed on either host.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A host did not say what it can do. That is no "no".
    #[error("the {host} does not report its features: {error}")]
    Features {
        /// Which host.
        host: Host,
        /// Why not.
        error: CallError,
    },
    /// The runtime is shutting down.
    #[error("the {host} was not asked for its features: the runtime is shutting down")]
    NotAsked {
        /// Which host.
        host: Host,
    },
    /// The hosts, the wish and the flags do not go together.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

debug_is_display!(PlanError);

/// Asks both hosts for their features and chooses the version. Where the source carries the migration out, its daemon asks the
/// destination.
pub(super) async fn choose(
    source: &Connection,
    destination: Option<&Connection>,
    request: Request,
    wish: Wish,
) -> Result<Plan, PlanError> {
    let first = ask_both(source, destination, Feature::first_to_ask(&request.way)).await?;
    let next = Feature::next_to_ask(&request, wish, first[0], first[1]);
    let more = ask_both(source, destination, next.each_ref().map(Vec::as_slice)).await?;
    let (by_source, by_destination) = (first[0].with(more[0]), first[1].with(more[1]));
    match Plan::choose(request.clone(), wish, by_source, by_destination) {
        Ok(plan) => Ok(plan),
        // Why not is told by all that it reports.
        Err(_) => {
            let asked = [Feature::first_to_ask(&request.way)[0], &next[0]];
            let rest = Feature::rest_to_ask(&request.way, asked);
            let by_source = by_source.with(features(Host::Source, source, &rest).await?);
            Ok(Plan::choose(request, wish, by_source, by_destination)?)
        }
    }
}

/// What each reports of what it is asked for.
pub(super) async fn ask_both(
    source: &Connection,
    destination: Option<&Connection>,
    [of_source, of_destination]: [&[Feature]; 2],
) -> Result<[Features; 2], PlanError> {
    let by_destination = async {
        match destination {
            Some(destination) => features(Host::Destination, destination, of_destination).await,
            None => Ok(Features::NONE),
        }
    };
    let (by_source, by_destination) = tokio::join!(features(Host::Source, source, of_source), by_destination);
    Ok([by_source?, by_destination?])
}

/// What a host reports. Every feature is asked for at once, so that distance is paid for once and not for each.
pub(crate) async fn features(
    host: Host,
    connection: &Connection,
    which: &[Feature],
) -> Result<Features, PlanError> {
    let mut asked = JoinSet::new();
    for &feature in which {
        let connection = patient(connection);
        asked.spawn(async move { (feature, connection.supports(feature.number()).await) });
    }
    let mut reported = Vec::new();
    while let Some(joined) = asked.join_next().await {
        // A question that was not put is no "no" either.
        let (feature, answer) = joined.map_err(|_| PlanError::NotAsked { host })?;
        if answer.map_err(|error| PlanError::Features { host, error })? {
            reported.push(feature);
        }
    }
    Ok(reported.into_iter().collect())
}

/// The same connection, whose calls do not wait for ever where nobody has said how long.
pub(crate) fn patient(connection: &Connection) -> Connection {
    match connection.deadline() {
        Some(_) => connection.clone(),
        None => connection.within(LOOKUP_WITHIN),
    }
}

/// How long a host may take to find a guest and to say what it can, where the connection has no deadline.
const LOOKUP_WITHIN: Duration = Duration::from_secs(120);
