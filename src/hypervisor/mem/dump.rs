//! A guest's memory in a file of its own: nothing else of it, and as it is, for there is nothing here that would run.

use std::path::Path;

use virtwire_protocol::enums::DumpFormat;

use super::super::{AfterDump, CoreDump, Result, ShutoffReason, StoppedDetail, Uuid, errors};
use super::Inner;
use super::image::write;

/// Needs no pause: what is written is its memory at one moment.
pub(super) fn dump(inner: &Inner, uuid: Uuid, to: &Path, how: CoreDump) -> Result<()> {
    if how.format != DumpFormat::Raw {
        let detail = format!("memory is not written as {} here", how.format);
        return Err(errors::unsupported_argument(detail));
    }
    let (machine, run) = {
        let mut table = inner.table();
        if how.then != AfterDump::GoesOn {
            table.guest_mut(uuid)?.idle_mut()?;
        }
        (table.machine(uuid)?, table.guest(uuid)?.live()?.id)
    };
    write(to, machine.memory()?.as_bytes())?;
    // Made while the table is free: it takes its time.
    let fresh = match how.then {
        AfterDump::IsReset => Some(inner.boot_memory_of(uuid)?),
        AfterDump::GoesOn | AfterDump::Crashes => None,
    };
    let mut table = inner.turn(uuid);
    // Nobody has asked about a run that came after that.
    if table.guest(uuid).and_then(|guest| guest.live()).map(|live| live.id) != Ok(run) {
        return Ok(());
    }
    match (how.then, fresh) {
        (AfterDump::Crashes, _) => {
            table.guest_mut(uuid)?.idle_mut()?;
            table.turn_off(uuid, ShutoffReason::Crashed, StoppedDetail::Crashed)
        }
        (_, Some(memory)) => table.reset(uuid, memory),
        (_, None) => Ok(()),
    }
}
