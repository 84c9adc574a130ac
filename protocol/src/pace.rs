//! How long a call may take by its nature, and which calls must not wait behind others.

use std::sync::LazyLock;

use crate::program::{Priority, Procedure, ProcedureNumber, Program};
use crate::{qemu, remote};

/// Whether a call may rightly take as long as a guest is big, a disk is slow or a guest pleases, so that a deadline meant for
/// calls in general would cut it off: whatever takes or moves a guest's memory, waits for a job that does, works through a volume or a
/// whole pool, asks the guest itself or its agent, makes a device, or waits for another host. Also what does so for some arguments
/// alone, as a start from a managed save, or a shutdown by the agent.
///
/// A procedure that is unknown here is not.
pub fn is_long(program: Program, number: ProcedureNumber) -> bool {
    LONG.contains(&(program, number))
}

/// How little a call may wait behind others on its way to a daemon that takes only so many at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// It may wait for a guest, and so may others behind it.
    Patient,
    /// It goes while patient calls wait for guests, and may wait itself: for a guest, as the questions how far a job is, the abort
    /// of a disk's job and a migration's limits, or for the host, as what is about its storage.
    Urgent,
    /// It waits for no guest, as the contract says by its high priority, and not for the host: whoever waits behind it does not wait
    /// for long.
    Prompt,
    /// It ends what another call waits for, or the waiting, so it waits for none that may wait for a guest or for the host. A guest that hangs may hold
    /// it up itself.
    Ending,
}

/// How urgent a call is. A procedure that is unknown here is patient.
pub fn urgency(program: Program, number: ProcedureNumber) -> Urgency {
    // Worked out once: every call asks.
    static REMOTE: LazyLock<Vec<Urgency>> = LazyLock::new(|| {
        let last = Program::REMOTE.procedures().last().map_or(0, |info| info.number.0);
        (0..=last).map(|number| asked_for(Program::REMOTE, ProcedureNumber(number))).collect()
    });
    let known = usize::try_from(number.0).ok().filter(|_| program == Program::REMOTE);
    known.and_then(|number| REMOTE.get(number).copied()).unwrap_or_else(|| asked_for(program, number))
}

/// The same by its name and the lists of those that are exceptions.
fn asked_for(program: Program, number: ProcedureNumber) -> Urgency {
    if ENDING.contains(&(program, number)) {
        return Urgency::Ending;
    }
    if URGENT.contains(&(program, number)) {
        return Urgency::Urgent;
    }
    match program.procedure(number) {
        Some(info) if info.priority == Priority::High => match may_wait_for_the_host(info.name) {
            false => Urgency::Prompt,
            true if is_long(program, number) => Urgency::Patient,
            true => Urgency::Urgent,
        },
        _ => Urgency::Patient,
    }
}

/// Whether a call of high priority is about what the host has beside its guests. No guest holds that up, but a file server that is
/// gone does, or a program that the daemon runs; and then whoever asks about the same thing, or for a list that has it, waits too.
fn may_wait_for_the_host(name: &str) -> bool {
    const OBJECTS: [&str; 6] =
        ["storage_", "node_device_", "interface_", "network_", "nwfilter_", "domain_save_image_"];
    const LISTS: [&str; 5] = ["_storage_pools", "_node_devices", "_interfaces", "_networks", "_nwfilters"];
    OBJECTS.iter().any(|object| name.starts_with(object)) || LISTS.iter().any(|list| name.ends_with(list))
}

const fn of<P: Procedure>() -> (Program, ProcedureNumber) {
    (P::PROGRAM, P::NUMBER)
}

/// In the order of their numbers.
const LONG: &[(Program, ProcedureNumber)] = &[
    of::<remote::DomainCreate>(),
    of::<remote::DomainCreateXml>(),
    of::<remote::DomainReboot>(),
    of::<remote::DomainShutdown>(),
    of::<remote::DomainCoreDump>(),
    of::<remote::DomainRestore>(),
    of::<remote::DomainSave>(),
    of::<remote::DomainMigratePrepare>(),
    of::<remote::DomainMigratePerform>(),
    of::<remote::DomainMigrateFinish>(),
    of::<remote::ConnectFindStoragePoolSources>(),
    of::<remote::StoragePoolCreateXml>(),
    of::<remote::StoragePoolCreate>(),
    of::<remote::StoragePoolBuild>(),
    of::<remote::StoragePoolDestroy>(),
    of::<remote::StoragePoolDelete>(),
    of::<remote::StoragePoolRefresh>(),
    of::<remote::StorageVolCreateXml>(),
    of::<remote::StorageVolDelete>(),
    of::<remote::DomainMigratePrepare2>(),
    of::<remote::DomainMigrateFinish2>(),
    of::<remote::NodeDeviceCreateXml>(),
    of::<remote::StorageVolCreateXmlFrom>(),
    of::<remote::InterfaceCreate>(),
    of::<remote::DomainMigratePrepareTunnel>(),
    of::<remote::StorageVolWipe>(),
    of::<remote::DomainManagedSave>(),
    of::<remote::DomainSnapshotCreateXml>(),
    of::<remote::DomainRevertToSnapshot>(),
    of::<remote::DomainSnapshotDelete>(),
    of::<remote::DomainCreateWithFlags>(),
    of::<remote::DomainSetVcpusFlags>(),
    of::<remote::DomainGetVcpusFlags>(),
    of::<remote::DomainMigratePrepare3>(),
    of::<remote::DomainMigratePrepareTunnel3>(),
    of::<remote::DomainMigratePerform3>(),
    of::<remote::DomainMigrateFinish3>(),
    of::<remote::DomainMigrateConfirm3>(),
    of::<remote::DomainSaveFlags>(),
    of::<remote::DomainRestoreFlags>(),
    of::<remote::DomainBlockJobAbort>(),
    of::<remote::DomainShutdownFlags>(),
    of::<remote::StorageVolWipePattern>(),
    of::<remote::StorageVolResize>(),
    of::<remote::DomainPmSuspendForDuration>(),
    of::<remote::DomainGetHostname>(),
    of::<remote::DomainFstrim>(),
    of::<remote::DomainMigratePrepare3Params>(),
    of::<remote::DomainMigratePrepareTunnel3Params>(),
    of::<remote::DomainMigratePerform3Params>(),
    of::<remote::DomainMigrateFinish3Params>(),
    of::<remote::DomainMigrateConfirm3Params>(),
    of::<remote::DomainCreateXmlWithFiles>(),
    of::<remote::DomainCreateWithFiles>(),
    of::<remote::DomainCoreDumpWithFormat>(),
    of::<remote::DomainFsfreeze>(),
    of::<remote::DomainFsthaw>(),
    of::<remote::DomainGetTime>(),
    of::<remote::DomainSetTime>(),
    of::<remote::DomainGetFsinfo>(),
    of::<remote::DomainInterfaceAddresses>(),
    of::<remote::DomainSetUserPassword>(),
    of::<remote::DomainGetGuestVcpus>(),
    of::<remote::DomainSetGuestVcpus>(),
    of::<remote::DomainGetGuestInfo>(),
    of::<remote::DomainAuthorizedSshKeysGet>(),
    of::<remote::DomainAuthorizedSshKeysSet>(),
    of::<remote::NodeDeviceCreate>(),
    of::<remote::DomainSaveParams>(),
    of::<remote::DomainRestoreParams>(),
    of::<qemu::DomainAgentCommand>(),
];

/// The abort of a disk's job waits for that job unless a flag says otherwise, and what limits a migration for the guest's
/// hypervisor, which may hang: they must not hold the place that a call that ends a guest or its migration is to have.
const URGENT: &[(Program, ProcedureNumber)] = &[
    of::<remote::DomainGetJobInfo>(),
    of::<remote::DomainMigrateSetMaxDowntime>(),
    of::<remote::DomainMigrateSetMaxSpeed>(),
    of::<remote::DomainBlockJobAbort>(),
    of::<remote::DomainGetJobStats>(),
];

const ENDING: &[(Program, ProcedureNumber)] = &[
    of::<remote::DomainDestroy>(),
    of::<remote::DomainAbortJob>(),
    of::<remote::DomainDestroyFlags>(),
    of::<remote::DomainMigrateStartPostCopy>(),
    of::<remote::DomainAbortJobFlags>(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perform_is_long_and_its_abort_is_urgent() {
        assert!(is_long(Program::REMOTE, remote::DomainMigratePerform3Params::NUMBER));
        assert_eq!(urgency(Program::REMOTE, remote::DomainMigratePerform3Params::NUMBER), Urgency::Patient);
        assert_eq!(urgency(Program::REMOTE, remote::DomainAbortJob::NUMBER), Urgency::Ending);
        assert_eq!(urgency(Program::REMOTE, remote::DomainGetJobStats::NUMBER), Urgency::Urgent);
        assert_eq!(urgency(Program::REMOTE, remote::DomainGetJobInfo::NUMBER), Urgency::Urgent);
        // The contract's own word is enough.
        assert_eq!(urgency(Program::REMOTE, remote::ConnectGetUri::NUMBER), Urgency::Prompt);
        assert!(!is_long(Program::REMOTE, remote::ConnectGetUri::NUMBER));
        assert_eq!(urgency(Program::REMOTE, ProcedureNumber::ABSENT), Urgency::Patient);
    }

    #[test]
    fn what_loads_a_guests_memory_or_asks_its_agent_is_long() {
        for name in [
            "domain_create",
            "domain_create_xml",
            "domain_create_xml_with_files",
            "domain_shutdown",
            "domain_shutdown_flags",
            "domain_reboot",
            "domain_get_vcpus_flags",
            "domain_set_vcpus_flags",
            "domain_interface_addresses",
            "domain_get_hostname",
            "domain_create_with_flags",
            "domain_create_with_files",
            "domain_block_job_abort",
            "domain_pm_suspend_for_duration",
            "domain_get_guest_info",
            "domain_get_fsinfo",
            "domain_get_time",
            "domain_set_time",
            "domain_set_user_password",
            "domain_get_guest_vcpus",
            "domain_set_guest_vcpus",
            "domain_authorized_ssh_keys_get",
            "domain_authorized_ssh_keys_set",
            // The destination starts the guest's process as a start does, with all of its memory.
            "domain_migrate_prepare",
            "domain_migrate_prepare2",
            "domain_migrate_prepare_tunnel",
            "domain_migrate_prepare3",
            "domain_migrate_prepare_tunnel3",
            "domain_migrate_prepare3_params",
            "domain_migrate_prepare_tunnel3_params",
        ] {
            let info = Program::REMOTE.procedures().iter().find(|info| info.name == name);
            assert!(is_long(Program::REMOTE, info.expect("a procedure of the contract").number), "{name}");
        }
        // Hosts that answer slowly: other ones for their exports, and whoever gives addresses away. File systems that are unmounted, and
        // devices that are made.
        for name in [
            "connect_find_storage_pool_sources",
            "interface_create",
            "storage_pool_destroy",
            "node_device_create_xml",
            "node_device_create",
        ] {
            let info = Program::REMOTE.procedures().iter().find(|info| info.name == name);
            assert!(is_long(Program::REMOTE, info.expect("a procedure of the contract").number), "{name}");
        }
        // It waits for its job, and what ends a migration does not wait for it.
        assert_eq!(urgency(Program::REMOTE, remote::DomainBlockJobAbort::NUMBER), Urgency::Urgent);
    }

    /// A hypervisor that hangs answers none of them, and its guest can be ended all the same.
    #[test]
    fn what_limits_a_migration_never_has_the_last_place() {
        for number in [remote::DomainMigrateSetMaxDowntime::NUMBER, remote::DomainMigrateSetMaxSpeed::NUMBER]
        {
            assert_eq!(urgency(Program::REMOTE, number), Urgency::Urgent, "{number:?}");
        }
        for number in [remote::DomainDestroy::NUMBER, remote::DomainDestroyFlags::NUMBER] {
            assert_eq!(urgency(Program::REMOTE, number), Urgency::Ending, "{number:?}");
        }
    }

    /// The contract's high priority says that no guest holds a call up. A file server may, and then its calls must not have the last
    /// place, either.
    #[test]
    fn what_waits_for_the_host_never_has_the_last_place() {
        let urgent = |name: &str| {
            let info = Program::REMOTE.procedures().iter().find(|info| info.name == name);
            let info = info.expect("a procedure of the contract");
            assert_eq!(info.priority, Priority::High, "{name}");
            urgency(Program::REMOTE, info.number)
        };
        for name in [
            "storage_vol_get_info",
            "storage_vol_lookup_by_path",
            "storage_pool_lookup_by_name",
            "connect_list_all_storage_pools",
            "domain_save_image_get_xml_desc",
            "node_device_destroy",
            "connect_list_all_node_devices",
            "interface_destroy",
            "network_destroy",
        ] {
            assert_eq!(urgent(name), Urgency::Urgent, "{name}");
        }
        for name in ["storage_pool_destroy", "node_device_create"] {
            assert_eq!(urgent(name), Urgency::Patient, "{name}");
        }
        for name in ["connect_list_all_domains", "domain_lookup_by_name", "domain_get_state", "node_get_info"]
        {
            assert_eq!(urgent(name), Urgency::Prompt, "{name}");
        }
    }

    /// Or else calls that take as long as a disk is slow could fill the place that is kept from them. An abort is worth that.
    #[test]
    fn nothing_but_an_abort_is_both_long_and_urgent() {
        let rest = LONG.iter().filter(|long| **long != of::<remote::DomainBlockJobAbort>());
        for (program, number) in rest {
            let info = program.procedure(*number).expect("a procedure of the contract");
            assert_eq!(urgency(*program, *number), Urgency::Patient, "{}", info.name);
        }
    }
}
