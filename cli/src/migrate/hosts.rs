//! The two hosts of a migration, as they are opened and asked.

use std::sync::Arc;

use virtwire::client::{Connection, OpenOptions};
use virtwire::migrate::{Migration, PlanError};
use virtwire::protocol::migrate::{Domain, Feature as MigrationFeature, Refusal, Request, Way, Wish};
use virtwire::protocol::profile::Feature;

use crate::connect::{Opener, find, open_two};
use crate::fail::Fail;
use crate::ladder::{Ladder, Lane};
use crate::screen::{Screen, Style};

/// The options by which a host is opened, so that a ladder shows its calls.
pub(super) fn watched(uri: &str, lane: Lane, opener: Opener, ladder: Option<&Arc<Ladder>>) -> OpenOptions {
    OpenOptions { observer: ladder.map(|ladder| ladder.observer(lane)), ..opener.options(uri) }
}

/// Two hosts are needed, as far as that shows in their names.
pub(super) fn check_two(from: &str, to: &str) -> Result<(), Fail> {
    match from == to {
        true => Err(Fail::new(format!("host {from}"), "is both source and destination", "give two hosts")),
        false => Ok(()),
    }
}

/// The two connections of a migration.
pub(crate) struct Hosts {
    pub(super) source: Connection,
    /// None where the source carries the migration out and this cannot be reached from here.
    pub(super) destination: Option<Connection>,
}

impl Hosts {
    /// Opens both, watched by the ladder.
    pub(crate) async fn open(
        from: &str,
        to: &str,
        way: &Way,
        opener: Opener,
        ladder: Option<&Arc<Ladder>>,
    ) -> Result<Hosts, Fail> {
        check_two(from, to)?;
        let hosts = [
            (from, watched(from, Lane::Source, opener, ladder)),
            (to, watched(to, Lane::Destination, opener, ladder)),
        ];
        let (source, destination) = open_two(hosts, ladder.is_some()).await?;
        let destination = match (destination, way) {
            (Ok(destination), _) => Some(destination),
            (Err(fail), Way::Managed) => return Err(fail),
            // The source's daemon may reach it all the same.
            (Err(_), _) => None,
        };
        if ladder.is_some() {
            // The plan asks both hosts at once. Answers are remembered, so this makes it one host after the other.
            let asked = [Some(&source), destination.as_ref().filter(|_| *way == Way::Managed)];
            for connection in asked.into_iter().flatten() {
                for feature in MigrationFeature::that_decide(way) {
                    connection
                        .supports(feature.number())
                        .await
                        .map_err(|error| Fail::call(format!("daemon {}", connection.uri()), &error))?;
                }
            }
        }
        Ok(Hosts { source, destination })
    }

    /// Says so where the source alone is reached.
    pub(crate) fn say_unreached(&self, screen: &Screen) {
        if self.destination.is_none() {
            let text = "the destination is not reached from here, so the source's word is all there is";
            screen.paragraph("   ", Style::Remarkable, text);
        }
    }

    /// Asks for what the plan will want to know, beside whatever else is asked.
    pub(super) async fn ask_ahead(&self, way: &Way) {
        Migration::ask_ahead(&self.source, self.destination.as_ref(), way).await;
    }

    /// The guest on the source.
    pub(crate) async fn find(&self, key: &str) -> Result<Domain, Fail> {
        let found = find(&self.source, key).await?;
        let wire = found.wire();
        Ok(Domain { name: wire.name.clone(), uuid: wire.uuid, id: wire.id })
    }

    /// Whether one of them has version 3.
    pub(super) async fn have_v3(&self) -> Result<bool, Fail> {
        let hosts = [(Some(&self.source), "source"), (self.destination.as_ref(), "destination")];
        for (connection, role) in hosts.into_iter().filter_map(|(host, role)| Some((host?, role))) {
            for feature in [Feature::MIGRATION_PARAMS, Feature::MIGRATION_V3] {
                match connection.supports(feature).await {
                    Ok(false) => {}
                    Ok(true) => return Ok(true),
                    Err(error) => return Err(Fail::call(format!("{role} {}", connection.uri()), &error)),
                }
            }
        }
        Ok(false)
    }

    /// Asks both for their features and chooses the version; or says why none will do.
    pub(crate) async fn plan(self, request: Request, wish: Wish) -> Result<Result<Migration, Refusal>, Fail> {
        let Hosts { source, destination } = self;
        let plan = match destination {
            Some(destination) => Migration::plan(source, destination, request, wish).await,
            None => Migration::plan_from(source, request, wish).await,
        };
        match plan {
            Ok(migration) => Ok(Ok(migration)),
            Err(PlanError::Refused(refusal)) => Ok(Err(refusal)),
            Err(PlanError::Features { host, error }) => {
                Err(Fail::call(format!("the {host}"), &error).next("it must tell what it can do"))
            }
            Err(other) => Err(Fail::new("migration", other, "nothing was tried, the guest is untouched")),
        }
    }
}
