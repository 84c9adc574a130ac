//! `virtwire list`: a host's guests.

use serde_json::{Map, Value, json};
use virtwire::client::{CallError, Connection, Domain};
use virtwire::protocol::enums::{DomainState, DomainStateKind};
use virtwire::protocol::flags::{DomainStatsFlags, DomainStatsKinds, ListDomainsFlags};

use crate::args::HostArgs;
use crate::connect::{Opener, known, of_all};
use crate::domains::goodbye;
use crate::fail::Fail;
use crate::screen::say_json;
use crate::table::{Side, Table};

/// Prints the guests, one a line or as a JSON array.
pub(crate) async fn run(args: HostArgs, opener: Opener) -> Result<(), Fail> {
    let connection = opener.open(&args.uri).await?;
    let failed = |error| Fail::daemon(&connection, &error);
    let rows = guests(&connection, args.all).await.map_err(failed)?;
    if args.json {
        let rows: Vec<_> = rows.iter().map(|(domain, does)| json_row(domain, *does)).collect();
        say_json(&json!(rows))?;
    } else {
        print_table(&rows)?;
    }
    goodbye(connection).await
}

/// A host's active guests, or all of them, and what they do, by one call however many there are. Old daemons are asked as their own
/// clients asked them.
pub(crate) async fn guests(connection: &Connection, all: bool) -> Result<Vec<(Domain, Does)>, CallError> {
    let mut guests = match told_at_once(connection, all).await? {
        Some(guests) => guests,
        None => told_one_by_one(connection, all).await?,
    };
    // Active ones first, in the order in which they were started; then by name, as `virsh` does.
    guests.sort_by(|(one, _), (other, _)| {
        let key = |domain: &Domain| (domain.id().is_none(), domain.id());
        (key(one), one.name()).cmp(&(key(other), other.name()))
    });
    Ok(guests)
}

/// `None` of a daemon or a driver that does not tell of all at once (libvirt 1.2.8), or not what they do.
async fn told_at_once(connection: &Connection, all: bool) -> Result<Option<Vec<(Domain, Does)>>, CallError> {
    let inactive = if all { DomainStatsFlags::INACTIVE } else { DomainStatsFlags::NONE };
    let flags = DomainStatsFlags::ACTIVE | inactive;
    let told = match connection.all_domain_stats(DomainStatsKinds::STATE, flags).await {
        Ok(told) => told,
        Err(error) if error.is_unsupported() => return Ok(None),
        Err(error) => return Err(error),
    };
    let does = told.into_iter().map(|told| {
        let (state, reason) = (told.params.i32("state.state")?, told.params.i32("state.reason")?);
        Some((told.domain, Does::Why(DomainState::from_wire(state, reason))))
    });
    Ok(does.collect())
}

/// First who there is, then all of them what they do.
async fn told_one_by_one(connection: &Connection, all: bool) -> Result<Vec<(Domain, Does)>, CallError> {
    let inactive = if all { ListDomainsFlags::INACTIVE } else { ListDomainsFlags::NONE };
    let domains = match connection.domains(ListDomainsFlags::ACTIVE | inactive).await {
        Ok(domains) => domains,
        Err(error) if error.is_unsupported() => guests_of_old(connection, all).await?,
        Err(error) => return Err(error),
    };
    let told = of_all(domains, |domain| async move {
        let does = known(does(&domain).await)?;
        Ok(does.map(|does| (domain, does)))
    });
    // One that went away meanwhile is no guest of this host.
    Ok(told.await?.into_iter().flatten().collect())
}

/// Before libvirt 0.9.13: the ids and the names, then each by itself.
async fn guests_of_old(connection: &Connection, all: bool) -> Result<Vec<Domain>, CallError> {
    let mut domains = Vec::new();
    let maxids = connection.connect_num_of_domains().await?.num;
    for id in connection.connect_list_domains(maxids).await?.ids {
        domains.extend(known(connection.domain_by_id(id).await)?);
    }
    if all {
        let maxnames = connection.connect_num_of_defined_domains().await?.num;
        for name in connection.connect_list_defined_domains(maxnames).await?.names {
            domains.extend(known(connection.domain(&name.to_string_lossy()).await)?);
        }
    }
    Ok(domains)
}

/// What a guest does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Does {
    /// With the reason.
    Why(DomainState),
    /// The daemon is too old to tell why (before libvirt 0.9.2).
    What(DomainStateKind),
}

impl Does {
    pub(crate) fn kind(self) -> DomainStateKind {
        match self {
            Does::Why(state) => state.kind(),
            Does::What(kind) => kind,
        }
    }

    /// In a word or two, as `virsh` has them.
    pub(crate) fn word(self) -> String {
        match self.kind() {
            DomainStateKind::Shutoff => "shut off".to_owned(),
            DomainStateKind::Shutdown => "in shutdown".to_owned(),
            DomainStateKind::NoState => "no state".to_owned(),
            other => other.to_string(),
        }
    }

    /// libvirt's number, which each state counts for itself.
    pub(crate) fn reason(self) -> Option<i32> {
        match self {
            Does::Why(state) => Some(state.to_wire().1),
            Does::What(_) => None,
        }
    }

    /// The same in libvirt's word, such as `booted`.
    pub(crate) fn reason_word(self) -> Option<String> {
        let Does::Why(state) = self else { return None };
        let text = state.to_string();
        let (_, reason) = text.strip_suffix(')')?.split_once(" (")?;
        Some(reason.to_owned())
    }

    /// For programs: the state, and the reason as a number and as a word, null where the daemon does not tell.
    pub(crate) fn document(self) -> Map<String, Value> {
        let facts: [(&str, Value); 3] = [
            ("state", self.word().into()),
            ("reason", self.reason().into()),
            ("reason_word", self.reason_word().into()),
        ];
        facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// In words, as `running (booted)`.
    pub(crate) fn words(self) -> String {
        match self {
            Does::Why(state) => state.to_string().replacen(&state.kind().to_string(), &self.word(), 1),
            Does::What(_) => self.word(),
        }
    }
}

/// What a guest does, with the reason where the daemon is young enough to tell.
pub(crate) async fn does(domain: &Domain) -> Result<Does, CallError> {
    match domain.state().await {
        Ok(state) => Ok(Does::Why(state)),
        Err(error) if error.is_unsupported() => Ok(Does::What(domain.info().await?.state)),
        Err(error) => Err(error),
    }
}

/// The same fields as `info`'s.
fn json_row(domain: &Domain, does: Does) -> Value {
    let mut row = json!({
        "id": domain.id(),
        "name": domain.name().to_string_lossy(),
        "uuid": domain.uuid().to_string(),
    });
    add(&mut row, does);
    row
}

/// Adds what a guest does to what is told of it.
pub(crate) fn add(told: &mut Value, does: Does) {
    if let Value::Object(fields) = told {
        fields.extend(does.document());
    }
}

fn print_table(rows: &[(Domain, Does)]) -> Result<(), Fail> {
    let columns = [("Id", Side::Right), ("Name", Side::Left), ("UUID", Side::Left), ("State", Side::Left)];
    let mut table = Table::new(&columns);
    for (domain, does) in rows {
        table.row([
            domain.id().map(|id| id.to_string()),
            Some(domain.name().to_string()),
            Some(domain.uuid().to_string()),
            Some(does.words()),
        ]);
    }
    table.print()
}
