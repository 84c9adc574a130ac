//! `virtwire probe`: a daemon's age, its features, and the migrations that it can take part in.

use serde_json::{Value, json};
use virtwire::client::{CallError, Connection};
use virtwire::protocol::migrate::{Feature as MigrationFeature, Features, Version};
use virtwire::protocol::profile::Feature;
use virtwire::protocol::program::Release;
use virtwire::protocol::remote::{ConnectGetHostname, ConnectGetType, ConnectGetVersion};

use crate::args::ProbeArgs;
use crate::connect::Opener;
use crate::domains::goodbye;
use crate::fail::Fail;
use crate::info::release;
use crate::screen::{say, say_json};

/// Asks, and prints what was answered.
pub(crate) async fn run(args: ProbeArgs, opener: Opener) -> Result<(), Fail> {
    let connection = opener.open(&args.uri).await?;
    let found = ask(&connection).await.map_err(|error| Fail::daemon(&connection, &error))?;
    if args.json {
        say_json(&found.json(connection.uri().as_str()))?;
    } else {
        found.print()?;
    }
    goodbye(connection).await
}

/// What a daemon says of itself.
struct Found {
    hypervisor: String,
    version: Option<Release>,
    release: Option<Release>,
    hostname: Option<String>,
    /// The features that it reports: number and libvirt's name.
    features: Vec<(i32, &'static str)>,
    /// Those of them that decide how guests can move.
    migration: Features,
}

/// The oldest release that tells its age (procedure 157).
const TELLS_ITS_AGE: Release = Release::new(0, 7, 3);

async fn ask(connection: &Connection) -> Result<Found, CallError> {
    let hypervisor = connection.call(ConnectGetType {}).await?.r#type.to_string();
    let version =
        connection.call(ConnectGetVersion {}).await.ok().and_then(|reply| Release::from_packed(reply.hv_ver));
    let hostname = connection.call(ConnectGetHostname {}).await.ok().map(|reply| reply.hostname.to_string());
    let mut features = Vec::new();
    for (number, name, _) in Feature::ALL {
        // Whether it is remote no daemon knows: clients answer that to themselves.
        if *number != Feature::REMOTE && connection.supports(*number).await? {
            features.push((*number, *name));
        }
    }
    let reports = |feature: &MigrationFeature| features.iter().any(|(number, _)| *number == feature.number());
    let migration = MigrationFeature::ALL.into_iter().filter(reports).collect();
    Ok(Found { hypervisor, version, release: release(connection).await?, hostname, features, migration })
}

impl Found {
    fn print(&self) -> Result<(), Fail> {
        let version = self.version.map(|version| format!(" {version}")).unwrap_or_default();
        say(&format!("Hypervisor:    {}{version}", self.hypervisor))?;
        say(&match self.release {
            Some(release) => format!("Release:       libvirt {release}"),
            None => format!("Release:       it cannot tell, so it is older than libvirt {TELLS_ITS_AGE}"),
        })?;
        if let Some(hostname) = &self.hostname {
            say(&format!("Hostname:      {hostname}"))?;
        }
        say("Features:")?;
        for (number, name) in &self.features {
            say(&format!("  {number:>2}  {name}"))?;
        }
        if self.features.is_empty() {
            say("  none")?;
        }
        say("Migrations, as source or as destination:")?;
        let versions = self.migration.versions();
        for version in &versions {
            say(&format!("  {version}  procedures {}", procedures(*version)))?;
        }
        if versions.is_empty() {
            say("  none")?;
        }
        say(&format!("What virtwire does with it: {}.", advice(&versions)))
    }

    fn json(&self, uri: &str) -> Value {
        let features: Vec<_> =
            self.features.iter().map(|(number, name)| json!({ "number": number, "name": name })).collect();
        // One feature stands for both roles: a peer that can send a guest can receive one.
        let versions: Vec<_> = self.migration.versions().iter().map(|version| short(*version)).collect();
        json!({
            "uri": uri,
            "hypervisor": self.hypervisor,
            "version": self.version.map(|version| version.to_string()),
            "release": self.release.map(|release| release.to_string()),
            "hostname": self.hostname,
            "features": features,
            "migrations": { "source": versions, "destination": versions },
            "advice": advice(&self.migration.versions()),
        })
    }
}

/// What `virtwire migrate` does with a host that takes part in these versions.
fn advice(versions: &[Version]) -> &'static str {
    let has = |version| versions.contains(&version);
    if has(Version::V3) || has(Version::V3Params) {
        "version 3 with hosts that report it; version 2 only where it is forced"
    } else if has(Version::V2) && has(Version::V1) {
        "version 2 with hosts that report it, version 1 with those that report only that"
    } else if has(Version::V2) {
        "version 2 with hosts that report it, nothing with others"
    } else if has(Version::V1) {
        "version 1 with hosts that report it, nothing with others"
    } else {
        "no guest can be moved to it or from it"
    }
}

/// A version as scripts write it.
pub(crate) fn short(version: Version) -> &'static str {
    match version {
        Version::V1 => "v1",
        Version::V2 => "v2",
        Version::V3 => "v3",
        Version::V3Params => "v3+params",
    }
}

/// A version's procedures by number, for those who look for them in a daemon's log.
fn procedures(version: Version) -> &'static str {
    match version {
        Version::V1 => "61, 62, 63",
        Version::V2 => "108, 62, 109",
        Version::V3 => "213 to 218",
        Version::V3Params => "302 to 307",
    }
}
