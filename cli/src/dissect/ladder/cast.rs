//! Who stands where: one lane for the client, one for each of at most two daemons.

use std::time::Duration;

use super::{Arrow, Connection, Step};

/// Who was there, and what passed between them.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    /// From left to right: names and what they stand for.
    pub(crate) lanes: Vec<(String, String)>,
    /// Which lane is the client's.
    pub(crate) client: usize,
    /// The daemon's lane of each connection that is drawn.
    daemons: Vec<(u32, usize)>,
    pub(crate) steps: Vec<Step>,
    pub(crate) began: Option<Duration>,
}

/// What a daemon did in a migration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Role {
    source: usize,
    destination: usize,
    arrows: usize,
}

impl Cast {
    pub(super) fn of(connections: Vec<Connection>, mut steps: Vec<Step>, began: Option<Duration>) -> Cast {
        let mut daemons: Vec<(String, Role)> = Vec::new();
        for connection in &connections {
            let role = role(&steps, connection.number);
            match daemons.iter_mut().find(|(name, _)| *name == connection.daemon) {
                Some((_, sum)) => {
                    sum.source += role.source;
                    sum.destination += role.destination;
                    sum.arrows += role.arrows;
                }
                None => daemons.push((connection.daemon.clone(), role)),
            }
        }
        // The two that had most to do, those of a migration first, in the order in which they came.
        let weight = |role: &Role| (role.source + role.destination, role.arrows);
        let mut weights: Vec<_> = daemons.iter().map(|(_, role)| weight(role)).collect();
        weights.sort_unstable_by(|one, other| other.cmp(one));
        let least = weights.get(1).copied().unwrap_or_default();
        let mut drawn: Vec<_> = daemons.iter().filter(|(_, role)| weight(role) >= least).take(2).collect();
        if let [(_, one), (_, other)] = drawn[..]
            && other.source > one.source
        {
            drawn.swap(0, 1);
        }
        let is_migration = drawn.len() == 2 && drawn[0].1.source > 0 && drawn[1].1.destination > 0;
        let client = client_name(&connections);
        let (lanes, client) = match drawn[..] {
            [] => (vec![("client".to_owned(), client), ("daemon".to_owned(), String::new())], 0),
            [(name, _)] => (vec![("client".to_owned(), client), ("daemon".to_owned(), name.clone())], 0),
            [(one, _), (other, _), ..] => {
                let [left, right] =
                    if is_migration { ["source", "destination"] } else { ["daemon", "daemon"] };
                let lanes = [(left, one.clone()), ("client", client), (right, other.clone())];
                (lanes.map(|(role, name)| (role.to_owned(), name)).to_vec(), 1)
            }
        };
        let lane_of = |daemon: &str| {
            let mut all = lanes.iter().enumerate().filter(|(lane, _)| *lane != client);
            all.find(|(_, (_, name))| name == daemon).map(|(lane, _)| lane)
        };
        let places: Vec<_> = connections
            .iter()
            .filter_map(|connection| Some((connection.number, lane_of(&connection.daemon)?)))
            .collect();
        let left_out = connections.len() - places.len();
        if left_out > 0 {
            let text = format!("{left_out} connections to other daemons are not drawn; --connection picks");
            steps.push(Step::Remark { text, bad: false });
        }
        Cast { lanes, client, daemons: places, steps, began }
    }

    /// The lane of the daemon that an arrow has to do with; `None` if it is not drawn.
    pub(crate) fn lane(&self, arrow: &Arrow) -> Option<usize> {
        self.daemons.iter().find(|(connection, _)| *connection == arrow.connection).map(|(_, lane)| *lane)
    }

    /// Letters of the longest label: no name is cut.
    pub(crate) fn letters(&self) -> usize {
        let labels = self.steps.iter().map(|step| match step {
            Step::Arrow(arrow) => arrow.label.chars().count(),
            Step::Remark { .. } => 0,
        });
        labels.max().unwrap_or(0)
    }

    /// A connection's number, where its lane has several.
    pub(crate) fn number(&self, arrow: &Arrow) -> String {
        let lane = self.lane(arrow);
        let several = self.daemons.iter().filter(|(_, other)| Some(*other) == lane).count() > 1;
        if several { format!("[{}] ", arrow.connection) } else { String::new() }
    }
}

fn role(steps: &[Step], connection: u32) -> Role {
    let mut role = Role::default();
    for step in steps {
        let Step::Arrow(arrow) = step else { continue };
        if arrow.connection != connection {
            continue;
        }
        role.arrows += 1;
        let Some((_, verb)) = arrow.label.split_once("domain_migrate_") else { continue };
        role.source += usize::from(["begin", "perform", "confirm"].iter().any(|word| verb.starts_with(word)));
        role.destination += usize::from(["prepare", "finish"].iter().any(|word| verb.starts_with(word)));
    }
    role
}

/// What the client is called, if it is always the same.
fn client_name(connections: &[Connection]) -> String {
    let mut names = connections.iter().map(|connection| {
        // Its port is another for each connection.
        connection.client.rsplit_once(':').map_or(connection.client.as_str(), |(host, _)| host)
    });
    let first = names.next().unwrap_or_default();
    if names.all(|name| name == first) { first.to_owned() } else { String::new() }
}
