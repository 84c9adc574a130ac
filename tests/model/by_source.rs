//! What modelled hosts do where the source carries the migration out: its daemon prepares and finishes on the destination over a
//! connection of its own, within the one call that it is asked to do it by.

use virtwire_protocol::error::{ErrorCode, RemoteError};
use virtwire_protocol::migrate::{Call, Cookie, Failure, MigrateFlags, Reply};

use super::destination::{Connection, Destination, Incoming, Loss};
use super::fault::{Fails, Far};
use super::offline;
use super::source::{Source, error};

/// The source's own connection to the destination. Nobody else's.
pub(crate) const ITS_OWN: Connection = 1_000_000;

/// Whether the source is asked for everything. By the older call it is where nobody has prepared anything.
pub(crate) fn is_asked(call: &Call) -> bool {
    match call {
        Call::PerformTo { .. } => true,
        Call::Perform { cookie, .. } => cookie.0.is_empty(),
        _ => false,
    }
}

fn is_offline(call: &Call) -> bool {
    matches!(call, Call::PerformTo { flags, .. } if flags.has(MigrateFlags::OFFLINE))
}

pub(crate) fn accepts(source: &mut Source, call: &Call) -> Result<(), Failure> {
    source.knows()?;
    if is_offline(call) {
        return Ok(());
    }
    if source.active.is_none() || source.job.is_some() || source.stopped {
        return Err(error(ErrorCode::OPERATION_INVALID, "domain is not running"));
    }
    Ok(())
}

/// The whole migration, or as much of it as does not fail. A guest that is paused arrives paused.
pub(crate) fn carry_out(
    source: &mut Source,
    destination: &mut Destination,
    call: &Call,
    by_v3: bool,
    fails: Option<Fails>,
) -> Result<Reply, Failure> {
    let (flags, reply) = match call {
        Call::PerformTo { flags, .. } => (*flags, Reply::Performed(Cookie::default())),
        Call::Perform { flags, .. } => (*flags, Reply::Done),
        _ => return Err(error(ErrorCode::INTERNAL_ERROR, "not asked for everything")),
    };
    let failed = Err(error(ErrorCode::OPERATION_FAILED, "failed by the host itself"));
    if fails == Some(Fails::PassingOn) {
        let finish = if by_v3 { 306 } else { 109 };
        return Err(Failure::Unsupported(RemoteError::unknown_procedure(finish).into()));
    }
    if flags.has(MigrateFlags::OFFLINE) {
        return offline::carry_out(source, destination, flags, fails).map(|()| reply);
    }
    let Some(paused) = source.active else { return failed };
    if matches!(fails, Some(Fails::Cleanly | Fails::BreakingIncoming | Fails::LeavingPaused)) {
        return failed;
    }
    if destination.guest.is_some() || destination.incoming.is_some() || destination.slot.is_some() {
        return failed;
    }
    destination.incoming = Some(Incoming {
        name: "guest".into(),
        uri: "tcp:destination:49152".into(),
        by: ITS_OWN,
        version: if by_v3 { 3 } else { 2 },
        since: 0,
        memory: (fails != Some(Fails::Dying(Far::Prepared))).then_some(paused),
        finishing: None,
    });
    if fails == Some(Fails::Dying(Far::Prepared)) {
        destination.connection_closed(ITS_OWN);
        return failed;
    }
    // Version 2 ends the guest on the source before it is finished; version 3 stops it.
    source.active = if by_v3 { Some(true) } else { None };
    source.stopped = by_v3 && !paused;
    if fails == Some(Fails::Killing) {
        destination.destroy_incoming(Loss::KilledByHost);
        return failed;
    }
    if fails == Some(Fails::Dying(Far::Performed)) {
        destination.connection_closed(ITS_OWN);
        return failed;
    }
    destination.start(if paused { MigrateFlags::PAUSED } else { MigrateFlags(0) });
    if fails == Some(Fails::LeavingPast) {
        destination.end();
    }
    if fails.is_none() || !by_v3 {
        (source.active, source.stopped) = (None, false);
        source.defined &= !flags.has(MigrateFlags::UNDEFINE_SOURCE);
    }
    Ok(reply)
}
