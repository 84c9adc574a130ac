//! Guests that are marked to start with their host.
//!
//! Guests in memory have no other host than this daemon: whenever it starts, their host has started. Guests that are processes outlive it,
//! so they are started once for each boot of the machine, which is noted in the directory of what is kept; one that was shut down on
//! purpose stays so when only the daemon is started again.

use virtwire::hypervisor::mem::Mem;
use virtwire::hypervisor::{Boot, HypervisorService};

use crate::args::{GuestKind, ServeArgs};
use crate::fail::{Fail, plain};
use crate::screen::remark;

/// Starts them where it is time. One that cannot be started is told, and keeps no other from it.
pub(super) async fn run(service: &HypervisorService<Mem>, args: &ServeArgs) -> Result<(), Fail> {
    let Some(directory) = &args.state else { return Ok(()) };
    let note = directory.join("boot");
    let failed = |error| {
        let next = "choose a directory that this user can write to";
        Fail::new(format!("file {}", note.display()), plain(&error), next)
    };
    let boot = match (args.guests, Boot::current()) {
        (GuestKind::Memory, _) => None,
        (GuestKind::Processes, Ok(boot)) => Some(boot),
        (GuestKind::Processes, Err(error)) => {
            // Nobody knows whether one was shut down on purpose since.
            remark(&format!("virtwire: guests marked for autostart are not started: no boot id: {error}"));
            return Ok(());
        }
    };
    if let Some(boot) = &boot
        && boot.is_noted(&note).map_err(failed)?
    {
        return Ok(());
    }
    let asked = service.autostart().await;
    let unstarted = asked.map_err(|error| Fail::new("autostart", error, "end the daemon and try again"))?;
    for (domain, error) in unstarted {
        remark(&format!(
            "virtwire: domain {} is marked for autostart and cannot be started: {error}",
            domain.name
        ));
    }
    // Afterwards: who dies before starts the rest when he comes back.
    boot.map_or(Ok(()), |boot| boot.note(&note).map_err(failed))
}
