//! `virtwire list`: a host's guests.

use serde_json::json;
use virtwire::client::{CallError, Connection};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::migrate::State;
use virtwire::protocol::remote::{
    ConnectListAllDomains, ConnectListDefinedDomains, ConnectListDomains, ConnectNumOfDefinedDomains,
    ConnectNumOfDomains, Domain, DomainGetInfo, DomainGetState, DomainLookupById, DomainLookupByName,
};

use crate::args::HostArgs;
use crate::connect::{Opener, known};
use crate::domains::goodbye;
use crate::fail::Fail;
use crate::screen::say_json;
use crate::table::{Side, Table};

/// Prints the guests, one a line or as a JSON array.
pub(crate) async fn run(args: HostArgs, opener: Opener) -> Result<(), Fail> {
    let connection = opener.open(&args.uri).await?;
    let failed = |error| Fail::daemon(&connection, &error);
    let mut rows = Vec::new();
    for domain in guests(&connection, args.all).await.map_err(failed)? {
        // One that went away meanwhile is no guest of this host.
        if let Some(state) = known(state(&connection, &domain).await).map_err(failed)? {
            rows.push((domain, state));
        }
    }
    if args.json {
        let rows: Vec<_> = rows.iter().map(|(domain, state)| json_row(domain, *state)).collect();
        say_json(&json!(rows))?;
    } else {
        print_table(&rows)?;
    }
    goodbye(connection).await
}

/// A host's active guests, or all of them. Old daemons are asked as their own clients asked them.
pub(crate) async fn guests(connection: &Connection, all: bool) -> Result<Vec<Domain>, CallError> {
    const ACTIVE: u32 = 1;
    const INACTIVE: u32 = 2;
    let flags = if all { ACTIVE | INACTIVE } else { ACTIVE };
    let mut domains = match connection.call(ConnectListAllDomains { need_results: 1, flags }).await {
        Ok(reply) => reply.domains,
        Err(error) if error.is_unsupported() => guests_of_old(connection, all).await?,
        Err(error) => return Err(error),
    };
    // Active ones first, in the order in which they were started; then by name, as `virsh` does.
    domains.sort_by(|one, other| (one.id < 0, one.id, &one.name).cmp(&(other.id < 0, other.id, &other.name)));
    Ok(domains)
}

/// Before libvirt 0.9.13: the ids and the names, then each by itself.
async fn guests_of_old(connection: &Connection, all: bool) -> Result<Vec<Domain>, CallError> {
    let mut domains = Vec::new();
    let maxids = connection.call(ConnectNumOfDomains {}).await?.num;
    for id in connection.call(ConnectListDomains { maxids }).await?.ids {
        domains.extend(known(connection.call(DomainLookupById { id }).await)?.map(|found| found.dom));
    }
    if all {
        let maxnames = connection.call(ConnectNumOfDefinedDomains {}).await?.num;
        for name in connection.call(ConnectListDefinedDomains { maxnames }).await?.names {
            domains.extend(known(connection.call(DomainLookupByName { name }).await)?.map(|found| found.dom));
        }
    }
    Ok(domains)
}

/// What a guest does, with the reason where the daemon is young enough to tell.
pub(crate) async fn state(connection: &Connection, domain: &Domain) -> Result<State, CallError> {
    match connection.call(DomainGetState { dom: domain.clone(), flags: 0 }).await {
        Ok(reply) => Ok(State { state: reply.state.into(), reason: Some(reply.reason) }),
        Err(error) if error.is_unsupported() => {
            let reply = connection.call(DomainGetInfo { dom: domain.clone() }).await?;
            Ok(State { state: i32::from(reply.state).into(), reason: None })
        }
        Err(error) => Err(error),
    }
}

/// A guest's number, or `None` while it is off.
pub(crate) fn id(domain: &Domain) -> Option<i32> {
    (domain.id >= 0).then_some(domain.id)
}

/// The same fields as `info`'s; `reason` is libvirt's number, which each state counts for itself.
fn json_row(domain: &Domain, state: State) -> serde_json::Value {
    json!({
        "id": id(domain),
        "name": domain.name.to_string_lossy(),
        "uuid": Uuid(domain.uuid).to_string(),
        "state": State::from(state.state).to_string(),
        "reason": state.reason,
    })
}

fn print_table(rows: &[(Domain, State)]) -> Result<(), Fail> {
    let mut table =
        Table::new(&[("Id", Side::Right), ("Name", Side::Left), ("UUID", Side::Left), ("State", Side::Left)]);
    for (domain, state) in rows {
        table.row([
            id(domain).map(|id| id.to_string()),
            Some(domain.name.to_string()),
            Some(Uuid(domain.uuid).to_string()),
            Some(state.to_string()),
        ]);
    }
    table.print()
}
