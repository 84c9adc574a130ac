//! Domains, their snapshots and checkpoints.

use virtwire::protocol::lxc::DomainOpenNamespace;
use virtwire::protocol::qemu::{DomainAgentCommand, DomainMonitorCommand};
use virtwire::protocol::remote::*;

use super::Driver::{Qemu, Test};
use super::Expected::{self, Answers, Fails, Until};
use super::world::{BACKUP, TAP};
use super::{Row, row};

/// Nothing in the guest speaks for it.
const NO_AGENT: Expected = Fails(86, 10, "QEMU guest agent is not connected");

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(Qemu, |w| DomainGetXmlDesc { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(Qemu, |w| DomainGetAutostart { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainGetInfo { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainGetMaxMemory { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainGetMaxVcpus { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainGetOsType { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainGetVcpus { dom: w.made.guest.clone(), maxinfo: 8, maplen: 16 }, Answers),
        row(Qemu, |_| ConnectListDefinedDomains { maxnames: 64 }, Answers),
        row(Qemu, |w| DomainLookupById { id: w.made.guest.id }, Answers),
        row(Qemu, |w| DomainLookupByName { name: w.made.guest.name.clone() }, Answers),
        row(Qemu, |w| DomainLookupByUuid { uuid: w.made.guest.uuid }, Answers),
        row(Qemu, |_| ConnectNumOfDefinedDomains {}, Answers),
        row(Qemu, |_| ConnectListDomains { maxids: 64 }, Answers),
        row(Qemu, |_| ConnectNumOfDomains {}, Answers),
        row(Test, |w| DomainGetSchedulerType { dom: w.made.test_guest.clone() }, Answers),
        row(Test, |w| DomainGetSchedulerParameters { dom: w.made.test_guest.clone(), nparams: 16 }, Answers),
        row(Qemu, |w| DomainBlockStats { dom: w.made.guest.clone(), path: "vda".into() }, Answers),
        row(Qemu, |w| DomainInterfaceStats { dom: w.made.guest.clone(), device: TAP.into() }, Answers),
        row(
            Qemu,
            |w| DomainBlockPeek {
                dom: w.made.guest.clone(),
                path: "vdb".into(),
                offset: 0,
                size: 512,
                flags: 0,
            },
            Answers,
        ),
        row(
            Qemu,
            |w| DomainMemoryPeek { dom: w.made.guest.clone(), offset: 0, size: 512, flags: 2 },
            Answers,
        ),
        row(Qemu, |w| DomainGetSecurityLabel { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainIsActive { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainIsPersistent { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainMemoryStats { dom: w.made.guest.clone(), max_stats: 16, flags: 0 }, Answers),
        row(Qemu, |w| DomainGetJobInfo { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainHasManagedSaveImage { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(Test, |w| DomainSnapshotGetXmlDesc { snap: w.made.snapshot.clone(), flags: 0 }, Answers),
        row(Test, |w| DomainSnapshotNum { dom: w.made.test_guest.clone(), flags: 0 }, Answers),
        row(
            Test,
            |w| DomainSnapshotListNames { dom: w.made.test_guest.clone(), maxnames: 64, flags: 0 },
            Answers,
        ),
        row(
            Test,
            |w| DomainSnapshotLookupByName {
                dom: w.made.test_guest.clone(),
                name: w.made.snapshot.name.clone(),
                flags: 0,
            },
            Answers,
        ),
        row(Test, |w| DomainHasCurrentSnapshot { dom: w.made.test_guest.clone(), flags: 0 }, Answers),
        row(Test, |w| DomainSnapshotCurrent { dom: w.made.test_guest.clone(), flags: 0 }, Answers),
        row(
            Qemu,
            |w| DomainGetBlockInfo { dom: w.made.guest.clone(), path: "vda".into(), flags: 0 },
            Answers,
        ),
        row(
            Qemu,
            |w| DomainGetMemoryParameters { dom: w.made.guest.clone(), nparams: 16, flags: 2 },
            Answers,
        ),
        row(Qemu, |w| DomainGetVcpusFlags { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(Qemu, |w| DomainIsUpdated { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainGetBlkioParameters { dom: w.made.guest.clone(), nparams: 16, flags: 2 }, Answers),
        row(Qemu, |w| DomainGetState { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(
            Qemu,
            |w| DomainGetSchedulerParametersFlags { dom: w.made.kept.clone(), nparams: 16, flags: 2 },
            Answers,
        ),
        row(Qemu, |w| DomainGetControlInfo { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(
            Qemu,
            |w| DomainGetVcpuPinInfo { dom: w.made.guest.clone(), ncpumaps: 1, maplen: 16, flags: 0 },
            Answers,
        ),
        row(Qemu, |w| DomainSaveImageGetXmlDesc { file: w.saved_image(), flags: 0 }, Answers),
        row(
            Qemu,
            |w| DomainGetBlockJobInfo { dom: w.made.guest.clone(), path: "vda".into(), flags: 0 },
            Answers,
        ),
        row(Qemu, |w| DomainMigrateGetMaxSpeed { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(
            Qemu,
            |w| DomainBlockStatsFlags {
                dom: w.made.guest.clone(),
                path: "vda".into(),
                nparams: 16,
                flags: 0,
            },
            Answers,
        ),
        row(Test, |w| DomainSnapshotGetParent { snap: w.made.snapshot_child.clone(), flags: 0 }, Answers),
        row(Test, |w| DomainSnapshotNumChildren { snap: w.made.snapshot.clone(), flags: 0 }, Answers),
        row(
            Test,
            |w| DomainSnapshotListChildrenNames { snap: w.made.snapshot.clone(), maxnames: 64, flags: 0 },
            Answers,
        ),
        row(
            Qemu,
            |w| DomainGetBlockIoTune {
                dom: w.made.guest.clone(),
                disk: Some("vda".into()),
                nparams: 16,
                flags: 0,
            },
            Answers,
        ),
        row(Qemu, |w| DomainGetNumaParameters { dom: w.made.guest.clone(), nparams: 16, flags: 0 }, Answers),
        row(
            Qemu,
            |w| DomainGetInterfaceParameters {
                dom: w.made.guest.clone(),
                device: TAP.into(),
                nparams: 16,
                flags: 0,
            },
            Answers,
        ),
        row(
            Test,
            |w| DomainGetCpuStats {
                dom: w.made.test_guest.clone(),
                nparams: 16,
                start_cpu: -1,
                ncpus: 1,
                flags: 0,
            },
            Answers,
        ),
        row(Qemu, |w| DomainGetDiskErrors { dom: w.made.guest.clone(), maxerrors: 8, flags: 0 }, Answers),
        row(
            Qemu,
            |w| DomainGetMetadata { dom: w.made.guest.clone(), r#type: 1, uri: None, flags: 0 },
            Answers,
        ),
        row(Test, |w| DomainSnapshotIsCurrent { snap: w.made.snapshot.clone(), flags: 0 }, Answers),
        row(Test, |w| DomainSnapshotHasMetadata { snap: w.made.snapshot.clone(), flags: 0 }, Answers),
        row(Qemu, |_| ConnectListAllDomains { need_results: 1, flags: 0 }, Answers),
        row(
            Test,
            |w| DomainListAllSnapshots { dom: w.made.test_guest.clone(), need_results: 1, flags: 0 },
            Answers,
        ),
        row(
            Test,
            |w| DomainSnapshotListAllChildren {
                snapshot: w.made.snapshot.clone(),
                need_results: 1,
                flags: 0,
            },
            Answers,
        ),
        row(Test, |w| DomainGetHostname { dom: w.made.test_guest.clone(), flags: 0 }, Answers),
        row(Qemu, |w| DomainGetSecurityLabelList { dom: w.made.guest.clone() }, Answers),
        row(Qemu, |w| DomainGetEmulatorPinInfo { dom: w.made.guest.clone(), maplen: 16, flags: 0 }, Answers),
        row(Qemu, |w| DomainGetJobStats { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(Qemu, |w| DomainMigrateGetCompressionCache { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(Test, |w| DomainGetTime { dom: w.made.test_guest.clone(), flags: 0 }, Answers),
        row(
            Qemu,
            |_| ConnectGetDomainCapabilities {
                emulatorbin: None,
                arch: None,
                machine: None,
                virttype: None,
                flags: 0,
            },
            Answers,
        ),
        row(Qemu, |_| ConnectGetAllDomainStats { doms: vec![], stats: 0, flags: 0 }, Answers),
        row(Test, |w| DomainGetFsinfo { dom: w.made.test_guest.clone(), flags: 0 }, Answers),
        row(Qemu, |w| DomainGetIothreadInfo { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(
            Test,
            |w| DomainInterfaceAddresses { dom: w.made.test_guest.clone(), source: 0, flags: 0 },
            Answers,
        ),
        row(Qemu, |w| DomainGetPerfEvents { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(Qemu, |w| DomainGetGuestVcpus { dom: w.made.guest.clone(), flags: 0 }, NO_AGENT),
        row(Qemu, |w| DomainMigrateGetMaxDowntime { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(Qemu, |w| DomainManagedSaveGetXmlDesc { dom: w.made.kept.clone(), flags: 0 }, Answers),
        row(Qemu, |w| DomainGetLaunchSecurityInfo { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(
            Test,
            |w| DomainCheckpointGetXmlDesc { checkpoint: w.made.checkpoint.clone(), flags: 0 },
            Answers,
        ),
        row(
            Test,
            |w| DomainListAllCheckpoints { dom: w.made.checkpoint.dom.clone(), need_results: 1, flags: 0 },
            Answers,
        ),
        row(
            Test,
            |w| DomainCheckpointListAllChildren {
                checkpoint: w.made.checkpoint.clone(),
                need_results: 1,
                flags: 0,
            },
            Answers,
        ),
        row(
            Test,
            |w| DomainCheckpointLookupByName {
                dom: w.made.checkpoint.dom.clone(),
                name: w.made.checkpoint.name.clone(),
                flags: 0,
            },
            Answers,
        ),
        row(
            Test,
            |w| DomainCheckpointGetParent { checkpoint: w.made.checkpoint_child.clone(), flags: 0 },
            Answers,
        ),
        row(Qemu, |w| DomainGetGuestInfo { dom: w.made.guest.clone(), types: 0, flags: 0 }, NO_AGENT),
        row(
            Qemu,
            |w| DomainBackupGetXmlDesc { dom: w.made.guest.clone(), flags: 0 },
            Until(BACKUP, &Fails(104, 10, "no domain backup job present"), &Answers),
        ),
        row(
            Qemu,
            |w| DomainAuthorizedSshKeysGet { dom: w.made.guest.clone(), user: "root".into(), flags: 0 },
            NO_AGENT,
        ),
        row(Qemu, |w| DomainGetMessages { dom: w.made.guest.clone(), flags: 0 }, Answers),
        row(Qemu, |w| DomainGetAutostartOnce { dom: w.made.guest.clone() }, Answers),
        row(
            Qemu,
            |w| DomainMonitorCommand { dom: w.made.guest.clone(), cmd: "info status".into(), flags: 1 },
            Answers,
        ),
        row(
            Qemu,
            |w| DomainAgentCommand { dom: w.made.guest.clone(), cmd: "{}".into(), timeout: 1, flags: 0 },
            NO_AGENT,
        ),
        row(
            Qemu,
            |w| DomainOpenNamespace { dom: w.made.guest.clone(), flags: 0 },
            Fails(3, 0, "virDomainLxcOpenNamespace"),
        ),
    ]
}
