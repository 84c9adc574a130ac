//! The C function behind a procedure: what libvirt's errors call it, and its users know it by.

/// Words of procedures that C functions do more with than to capitalise them.
const WORDS: [(&str, &str); 23] = [
    ("cpu", "CPU"),
    ("dhcp", "DHCP"),
    ("fd", "FD"),
    ("fsfreeze", "FSFreeze"),
    ("fsinfo", "FSInfo"),
    ("fsthaw", "FSThaw"),
    ("fstrim", "FSTrim"),
    ("id", "ID"),
    ("iothread", "IOThread"),
    ("mac", "MAC"),
    ("nmi", "NMI"),
    ("nwfilter", "NWFilter"),
    ("nwfilters", "NWFilters"),
    ("os", "OS"),
    ("pm", "PM"),
    ("scsi", "SCSI"),
    ("sev", "SEV"),
    ("ssh", "SSH"),
    ("threadpool", "ThreadPool"),
    ("uri", "URI"),
    ("uuid", "UUID"),
    ("wwn", "WWN"),
    ("xml", "XML"),
];

/// Procedures whose C functions put the words in another order, or leave some out.
const IRREGULAR: [(&str, &str, &str); 9] = [
    ("lxc", "domain_open_namespace", "virDomainLxcOpenNamespace"),
    ("qemu", "connect_domain_monitor_event_deregister", "virConnectDomainQemuMonitorEventDeregister"),
    ("qemu", "connect_domain_monitor_event_register", "virConnectDomainQemuMonitorEventRegister"),
    ("qemu", "domain_agent_command", "virDomainQemuAgentCommand"),
    ("qemu", "domain_attach", "virDomainQemuAttach"),
    ("qemu", "domain_monitor_command", "virDomainQemuMonitorCommand"),
    ("qemu", "domain_monitor_command_with_files", "virDomainQemuMonitorCommandWithFiles"),
    ("remote", "connect_domain_event_callback_deregister_any", "virConnectDomainEventDeregisterAny"),
    ("remote", "connect_domain_event_callback_register_any", "virConnectDomainEventRegisterAny"),
];

/// The function's name, such as `virDomainGetXMLDesc` for `domain_get_xml_desc`.
///
/// A few procedures serve no function of their own, as those of authentication; they get the name that one would have.
pub(crate) fn function(module: &str, procedure: &str) -> String {
    let irregular = IRREGULAR.iter().find(|(of, name, _)| (*of, *name) == (module, procedure));
    if let Some((_, _, function)) = irregular {
        return (*function).to_owned();
    }
    let words = procedure.split('_').map(|word| match WORDS.iter().find(|(plain, _)| *plain == word) {
        Some((_, special)) => (*special).to_owned(),
        None => super::names::capitalise(word),
    });
    let prefix = if module == "admin" { "virAdm" } else { "vir" };
    std::iter::once(prefix.to_owned()).chain(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_named_as_their_users_know_them() {
        for (module, procedure, expected) in [
            ("remote", "domain_get_xml_desc", "virDomainGetXMLDesc"),
            ("remote", "domain_migrate_prepare2", "virDomainMigratePrepare2"),
            ("remote", "node_device_lookup_scsi_host_by_wwn", "virNodeDeviceLookupSCSIHostByWWN"),
            ("remote", "connect_num_of_nwfilters", "virConnectNumOfNWFilters"),
            ("remote", "domain_get_vcpu_pin_info", "virDomainGetVcpuPinInfo"),
            ("remote", "domain_set_block_io_tune", "virDomainSetBlockIoTune"),
            ("remote", "connect_domain_event_callback_register_any", "virConnectDomainEventRegisterAny"),
            ("qemu", "domain_monitor_command", "virDomainQemuMonitorCommand"),
            ("admin", "server_get_threadpool_parameters", "virAdmServerGetThreadPoolParameters"),
        ] {
            assert_eq!(function(module, procedure), expected);
        }
    }
}
