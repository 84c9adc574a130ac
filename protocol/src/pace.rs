//! How long a call may take by its nature, and which calls must not wait behind others.

use crate::program::{Priority, Procedure, ProcedureNumber, Program};
use crate::{qemu, remote};

/// Whether a call may rightly take as long as a guest is big, a disk is slow or a guest pleases, so that a deadline meant for
/// calls in general would cut it off: whatever moves a guest's memory, waits for a job that does, works through a volume or a
/// whole pool, or asks the guest itself.
///
/// A procedure that is unknown here is not.
pub fn is_long(program: Program, number: ProcedureNumber) -> bool {
    LONG.contains(&(program, number))
}

/// Whether a call may take the place that a client keeps free of calls that wait for guests: those that the contract gives
/// high priority, as they never wait for one, and those that end or hasten what another call waits for.
pub fn is_urgent(program: Program, number: ProcedureNumber) -> bool {
    program.procedure(number).is_some_and(|info| info.priority == Priority::High)
        || ENDING.contains(&(program, number))
}

const fn of<P: Procedure>() -> (Program, ProcedureNumber) {
    (P::PROGRAM, P::NUMBER)
}

/// In the order of their numbers.
const LONG: &[(Program, ProcedureNumber)] = &[
    of::<remote::DomainCoreDump>(),
    of::<remote::DomainRestore>(),
    of::<remote::DomainSave>(),
    of::<remote::DomainMigratePerform>(),
    of::<remote::DomainMigrateFinish>(),
    of::<remote::StoragePoolCreateXml>(),
    of::<remote::StoragePoolCreate>(),
    of::<remote::StoragePoolBuild>(),
    of::<remote::StoragePoolDelete>(),
    of::<remote::StoragePoolRefresh>(),
    of::<remote::StorageVolCreateXml>(),
    of::<remote::StorageVolDelete>(),
    of::<remote::DomainMigrateFinish2>(),
    of::<remote::StorageVolCreateXmlFrom>(),
    of::<remote::StorageVolWipe>(),
    of::<remote::DomainManagedSave>(),
    of::<remote::DomainSnapshotCreateXml>(),
    of::<remote::DomainRevertToSnapshot>(),
    of::<remote::DomainSnapshotDelete>(),
    of::<remote::DomainMigratePerform3>(),
    of::<remote::DomainMigrateFinish3>(),
    of::<remote::DomainMigrateConfirm3>(),
    of::<remote::DomainSaveFlags>(),
    of::<remote::DomainRestoreFlags>(),
    of::<remote::StorageVolWipePattern>(),
    of::<remote::StorageVolResize>(),
    of::<remote::DomainFstrim>(),
    of::<remote::DomainMigratePerform3Params>(),
    of::<remote::DomainMigrateFinish3Params>(),
    of::<remote::DomainMigrateConfirm3Params>(),
    of::<remote::DomainCoreDumpWithFormat>(),
    of::<remote::DomainFsfreeze>(),
    of::<remote::DomainFsthaw>(),
    of::<remote::DomainSaveParams>(),
    of::<remote::DomainRestoreParams>(),
    of::<qemu::DomainAgentCommand>(),
];

const ENDING: &[(Program, ProcedureNumber)] = &[
    of::<remote::DomainDestroy>(),
    of::<remote::DomainAbortJob>(),
    of::<remote::DomainMigrateSetMaxDowntime>(),
    of::<remote::DomainMigrateSetMaxSpeed>(),
    of::<remote::DomainDestroyFlags>(),
    of::<remote::DomainBlockJobAbort>(),
    of::<remote::DomainMigrateStartPostCopy>(),
    of::<remote::DomainAbortJobFlags>(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perform_is_long_and_its_abort_is_urgent() {
        assert!(is_long(Program::REMOTE, remote::DomainMigratePerform3Params::NUMBER));
        assert!(!is_urgent(Program::REMOTE, remote::DomainMigratePerform3Params::NUMBER));
        assert!(is_urgent(Program::REMOTE, remote::DomainAbortJob::NUMBER));
        // The contract's own word is enough.
        assert!(is_urgent(Program::REMOTE, remote::ConnectGetUri::NUMBER));
        assert!(!is_long(Program::REMOTE, remote::ConnectGetUri::NUMBER));
        assert!(!is_urgent(Program::REMOTE, ProcedureNumber::ABSENT));
    }

    /// Or else calls that take as long as a disk is slow could fill the place that is kept from them.
    #[test]
    fn nothing_is_both_long_and_urgent_but_by_the_contract() {
        for (program, number) in LONG {
            assert!(!ENDING.contains(&(*program, *number)), "{program} {number}");
            let info = program.procedure(*number).expect("a procedure of the contract");
            assert_eq!(info.priority, Priority::Low, "{}", info.name);
        }
    }
}
