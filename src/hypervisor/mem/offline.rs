//! Definitions that move while nothing runs (OFFLINE). Version 3 only.
//!
//! ```text
//! source:       Begin ─▶ the definition                                Confirm ─▶ forgotten, if it is to be
//! destination:           Prepare ─▶ kept in mind ── Finish ─▶ defined
//! ```
//!
//! Nothing is sent, so that there is no Perform, and nobody is held: whatever fails, no guest is lost by it or runs twice.

use std::sync::Arc;

use virtwire_protocol::migrate::MigrateFlags;

use super::super::{Begin, Begun, Confirm, Finish, Finished, Lookup, Prepared, Result, Uuid, errors};
use super::Inner;
use super::cookie::{Cookie, Ticket};
use super::held::check_same_guest;
use super::lasting;
use super::uri::MigrationUri;
use super::xml::Definition;

/// The most definitions that may be on their way here at once.
const OFFLINE_MAX: usize = 64;

/// What is not running stays only as a definition.
fn check_persist(flags: MigrateFlags) -> Result<()> {
    match flags.has(MigrateFlags::PERSIST_DEST) {
        true => Ok(()),
        false => Err(errors::invalid("offline migration must be specified with the persistent flag set")),
    }
}

/// Only the definition moves: what else there is of the guest would be lost, or be another's.
fn check_loses_nothing(inner: &Inner, uuid: Uuid, flags: MigrateFlags) -> Result<()> {
    inner.table().guest(uuid)?.check_has_no_snapshots("migrate")?;
    if flags.has(MigrateFlags::UNDEFINE_SOURCE) && inner.managed(uuid).is_some_and(|image| image.exists()) {
        return Err(errors::invalid("cannot migrate domain with a managed save image"));
    }
    Ok(())
}

pub(super) fn begin(inner: &Inner, request: &Begin) -> Result<Begun> {
    check_persist(request.flags)?;
    let uuid = request.domain;
    check_loses_nothing(inner, uuid, request.flags)?;
    let wished = request.xml.as_deref().map(Definition::wished).transpose()?;
    let table = inner.table();
    let Some(definition) = table.guest(uuid)?.inactive() else {
        return Err(errors::no_domain(Lookup::Uuid(uuid)));
    };
    let xml = match wished {
        Some(wished) => {
            check_same_guest(&wished, definition)?;
            wished.xml
        }
        None => definition.xml.clone(),
    };
    let cookie = Cookie { host: inner.host.uuid, guest: uuid, ticket: Ticket::default() };
    Ok(Begun { cookie: cookie.to_bytes(), xml, outgoing: None })
}

pub(super) fn prepare(
    inner: &Inner,
    flags: MigrateFlags,
    uri: Option<MigrationUri>,
    definition: Arc<Definition>,
) -> Result<Prepared> {
    check_persist(flags)?;
    // Nobody connects there, but libvirt's client insists on a URI that is whole.
    let port = (*inner.config.migration_ports.start()).max(1);
    let whole = uri.as_ref().is_some_and(|uri| uri.port.is_some());
    let uri = uri.unwrap_or_else(|| MigrationUri::new(inner.migration_host(), port)).at(port);
    let uri_out = (!whole).then(|| uri.to_string());
    let (guest, ticket) = (definition.uuid, Ticket::default());
    let cookie = Cookie { host: inner.host.uuid, guest, ticket }.to_bytes();
    let mut table = inner.table();
    if table.offline.len() >= OFFLINE_MAX {
        return Err(errors::failed(format!("{OFFLINE_MAX} definitions are on their way here already")));
    }
    if table.offline.values().any(|coming| coming.name == definition.name) {
        let detail = format!("domain '{}' is being migrated from another host", definition.name);
        return Err(errors::invalid(detail));
    }
    let incoming = table.new_incoming();
    table.offline.insert(incoming, definition);
    Ok(Prepared { cookie, uri_out, incoming })
}

pub(super) async fn finish(inner: &Arc<Inner>, request: &Finish) -> Result<Finished> {
    let definition = taken(inner, request)?;
    let (guest, ticket) = (definition.uuid, Ticket::default());
    let domain = lasting::define(inner, Arc::unwrap_or_clone(definition)).await?;
    Ok(Finished { domain, cookie: Cookie { host: inner.host.uuid, guest, ticket }.to_bytes() })
}

pub(super) fn cancel(inner: &Inner, request: &Finish) -> Result<()> {
    taken(inner, request).map(drop)
}

/// What was kept in mind for this Finish, which is its end.
fn taken(inner: &Inner, request: &Finish) -> Result<Arc<Definition>> {
    let mut table = inner.table();
    let found = table.offline.iter().find(|(_, coming)| coming.name == request.dname);
    let Some((id, coming)) = found.map(|(id, coming)| (*id, coming.clone())) else {
        return Err(errors::no_domain(Lookup::Name(&request.dname)));
    };
    Cookie::read(&request.cookie, inner.host.uuid, coming.uuid)?;
    table.offline.remove(&id);
    Ok(coming)
}

pub(super) async fn confirm(inner: &Arc<Inner>, request: &Confirm) -> Result<()> {
    let uuid = request.domain;
    Cookie::read(&request.cookie, inner.host.uuid, uuid)?;
    match request.flags.has(MigrateFlags::UNDEFINE_SOURCE) && !request.cancelled {
        true => {
            // Nobody has held the guest meanwhile.
            check_loses_nothing(inner, uuid, request.flags)?;
            lasting::undefine(inner, uuid).await
        }
        false => inner.table().guest(uuid).map(drop),
    }
}
