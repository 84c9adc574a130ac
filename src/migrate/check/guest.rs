//! The guest where it is, and whatever has its name or UUID where it is to go.

use virtwire_protocol::enums::JobOperation;
use virtwire_protocol::error::ErrorCode;
use virtwire_protocol::migrate::{DomainState, MigrateFlags, State};

use super::{Finding, Here, Look, Subject, doubt, fails, good};
use crate::client::{CallError, Connection, Domain};
use crate::migrate::control::Question;
use crate::uuid::Uuid;

/// Whether the guest is in a state to move, and nothing else is done with it.
pub(super) async fn state(look: &Here<'_>) -> Vec<Finding> {
    let mut found = vec![activity(look).await, job(look).await];
    found.extend(snapshots(look).await);
    found.extend(host_devices(look));
    found
}

async fn activity(look: &Here<'_>) -> Finding {
    let offline = look.request.flags.has(MigrateFlags::OFFLINE);
    let resumes = look.request.flags.has(MigrateFlags::POSTCOPY_RESUME);
    let state = match look.guest.state().await {
        Ok(state) => {
            let (state, reason) = state.to_wire();
            State { state: DomainState::from(state), reason: Some(reason) }
        }
        Err(error) => return doubt(Subject::Guest, format_args!("its state was not told: {error}")),
    };
    match state.state {
        _ if offline && state.state != DomainState::ShutOff => fails(
            Subject::Guest,
            format_args!("is {state}: OFFLINE moves the definition of a guest that does not run"),
        ),
        _ if state.is_post_copy() && !resumes => fails(
            Subject::Guest,
            format_args!("is {state}: its post-copy is to be resumed first, with POSTCOPY_RESUME"),
        ),
        DomainState::ShutOff | DomainState::Crashed if !offline => fails(
            Subject::Guest,
            format_args!("is {state}: only a running guest moves, or a definition with OFFLINE"),
        ),
        _ if state.is_migrating() => {
            fails(Subject::Guest, format_args!("is {state}: an earlier migration was not brought to its end"))
        }
        DomainState::ShutOff if !look.request.flags.has(MigrateFlags::PERSIST_DEST) => {
            fails(Subject::Guest, "OFFLINE moves a definition, and needs PERSIST_DEST to keep it")
        }
        _ if resumes && !state.is_post_copy() => {
            fails(Subject::Guest, format_args!("is {state}: POSTCOPY_RESUME is for a post-copy that broke"))
        }
        // It is to arrive paused, which no destination grants together with POSTCOPY.
        DomainState::Paused if look.request.flags.has(MigrateFlags::POSTCOPY) && !resumes => {
            fails(Subject::Guest, format_args!("is {state}: POSTCOPY is for a guest that runs"))
        }
        _ => good(Subject::Guest, format_args!("is {state}")),
    }
}

async fn job(look: &Here<'_>) -> Finding {
    match Question::new(look.guest.clone()).ask().await {
        Ok(progress) if progress.is_running() => {
            let what = progress.operation.filter(|operation| *operation != JobOperation::Unknown);
            let what = what.map_or("perhaps another migration".to_owned(), |what| what.to_string());
            fails(Subject::Guest, format_args!("a job runs on it ({what}): wait for its end, or abort it"))
        }
        Ok(_) => good(Subject::Guest, "no job runs on it"),
        // Not running, so without a job.
        Err(error) if is(&error, ErrorCode::OPERATION_INVALID) => good(Subject::Guest, "no job runs on it"),
        Err(error) => doubt(Subject::Guest, format_args!("whether a job runs on it was not told: {error}")),
    }
}

/// QEMU's driver moves no guest that has snapshots.
async fn snapshots(look: &Here<'_>) -> Option<Finding> {
    match look.source.domain_snapshot_num(look.guest.wire(), 0).await {
        Ok(reply) if reply.num > 0 => {
            Some(fails(Subject::Guest, format_args!("has {} snapshots, which do not move", reply.num)))
        }
        // A host without snapshots has none in the way.
        _ => None,
    }
}

fn host_devices(look: &Here<'_>) -> Option<Finding> {
    let devices = look.domain(Subject::Guest).ok()?.child("devices")?;
    let count = devices.children("hostdev").count();
    (count > 0).then(|| {
        doubt(Subject::Guest, format_args!("has {count} devices of its host's own, which may hold it there"))
    })
}

/// Whether the destination has a guest of that name or UUID.
pub(super) async fn conflict(look: &Look<'_>) -> Finding {
    let request = look.request;
    let name = request.dname.as_ref().unwrap_or(&request.domain.name).to_string();
    let (by_name, by_uuid) = tokio::join!(
        look.destination.domain(&name),
        look.destination.domain_by_uuid(Uuid(request.domain.uuid))
    );
    let (by_name, by_uuid) = match (known(by_name), known(by_uuid)) {
        (Ok(by_name), Ok(by_uuid)) => (by_name, by_uuid),
        (Err(error), _) | (_, Err(error)) => {
            return doubt(
                Subject::Name,
                format_args!("the destination does not tell which guests it has: {error}"),
            );
        }
    };
    match (by_name, by_uuid) {
        (None, None) => {
            good(Subject::Name, format_args!("{name} is free on the destination, and so is the UUID"))
        }
        (Some(there), None) => {
            let uuid = Uuid(there.wire().uuid);
            fails(
                Subject::Name,
                format_args!(
                    "the destination has another guest {name}, with UUID {uuid}: rename one of them"
                ),
            )
        }
        (_, Some(there)) if there.wire().name != *name => {
            let other = there.name();
            fails(
                Subject::Name,
                format_args!("the destination has this UUID already, on a guest with the name {other}"),
            )
        }
        (_, Some(there)) => match there.is_active().await {
            Ok(false) => good(
                Subject::Name,
                format_args!("{name} is defined on the destination, and not active: it is taken over"),
            ),
            Ok(true) => fails(Subject::Name, format_args!("{name} is active on the destination already")),
            Err(error) => doubt(
                Subject::Name,
                format_args!(
                    "{name} is known to the destination; whether it runs there was not told: {error}"
                ),
            ),
        },
    }
}

/// The same where nothing but its name is known.
pub(super) async fn name(destination: &Connection, name: &str) -> Finding {
    let there = match known(destination.domain(name).await) {
        Ok(None) => return good(Subject::Name, format_args!("{name} is free on the destination")),
        Ok(Some(there)) => there.is_active().await,
        Err(error) => Err(error),
    };
    match there {
        Ok(true) => fails(Subject::Name, format_args!("{name} is active on the destination already")),
        Ok(false) => doubt(
            Subject::Name,
            format_args!(
                "{name} is defined on the destination, and not active: it is taken over if it has the guest's UUID"
            ),
        ),
        Err(error) => doubt(
            Subject::Name,
            format_args!("the destination does not tell whether it has a guest {name}: {error}"),
        ),
    }
}

fn known(answer: Result<Domain, CallError>) -> Result<Option<Domain>, CallError> {
    match answer {
        Ok(domain) => Ok(Some(domain)),
        Err(error) if is(&error, ErrorCode::NO_DOMAIN) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is(error: &CallError, code: ErrorCode) -> bool {
    error.remote().is_some_and(|remote| remote.code == code)
}
