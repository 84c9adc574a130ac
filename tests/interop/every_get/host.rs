//! The host: the daemon itself, its CPUs and memory, node devices and interfaces.

use virtwire::protocol::remote::*;

use super::Driver::{Qemu, Test};
use super::Expected::{self, Answers, Fails};
use super::world::CPU;
use super::{Row, row};

/// There is none, and libvirtd does not find words for that.
const NO_ADAPTER: Expected = Fails(1, 0, "the cause is unknown");

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(Qemu, |_| ConnectGetType {}, Answers),
        row(Qemu, |_| ConnectGetVersion {}, Answers),
        row(Qemu, |_| ConnectGetMaxVcpus { r#type: Some("qemu".into()) }, Answers),
        row(Qemu, |_| NodeGetInfo {}, Answers),
        row(Qemu, |_| ConnectGetCapabilities {}, Answers),
        row(Qemu, |_| ConnectGetHostname {}, Answers),
        row(Qemu, |_| ConnectSupportsFeature { feature: 13 }, Answers),
        row(Qemu, |_| AuthList {}, Answers),
        row(Qemu, |_| NodeGetCellsFreeMemory { start_cell: 0, maxcells: 8 }, Answers),
        row(Qemu, |_| NodeGetFreeMemory {}, Answers),
        row(Qemu, |_| ConnectGetUri {}, Answers),
        row(Qemu, |_| NodeNumOfDevices { cap: None, flags: 0 }, Answers),
        row(Qemu, |_| NodeListDevices { cap: None, maxnames: 64, flags: 0 }, Answers),
        row(Qemu, |_| NodeDeviceLookupByName { name: "computer".into() }, Answers),
        row(Qemu, |_| NodeDeviceGetXmlDesc { name: "computer".into(), flags: 0 }, Answers),
        row(Qemu, |_| NodeDeviceGetParent { name: "computer".into() }, Answers),
        row(Qemu, |_| NodeDeviceNumOfCaps { name: "computer".into() }, Answers),
        row(Qemu, |_| NodeDeviceListCaps { name: "computer".into(), maxnames: 64 }, Answers),
        row(Qemu, |_| NodeGetSecurityModel {}, Answers),
        row(Test, |_| ConnectNumOfInterfaces {}, Answers),
        row(Test, |_| ConnectListInterfaces { maxnames: 64 }, Answers),
        row(Test, |w| InterfaceLookupByName { name: w.made.interface.name.clone() }, Answers),
        row(Test, |w| InterfaceLookupByMacString { mac: w.made.interface.mac.clone() }, Answers),
        row(Test, |w| InterfaceGetXmlDesc { iface: w.made.interface.clone(), flags: 0 }, Answers),
        row(Test, |_| ConnectNumOfDefinedInterfaces {}, Answers),
        row(Test, |_| ConnectListDefinedInterfaces { maxnames: 64 }, Answers),
        row(Qemu, |_| ConnectIsSecure {}, Answers),
        row(Test, |w| InterfaceIsActive { iface: w.made.interface.clone() }, Answers),
        row(Qemu, |_| ConnectGetLibVersion {}, Answers),
        row(Qemu, |_| ConnectCompareCpu { xml: CPU.into(), flags: 0 }, Answers),
        row(Qemu, |_| ConnectBaselineCpu { xml_cpus: vec![CPU.into()], flags: 0 }, Answers),
        row(Test, |_| ConnectGetSysinfo { flags: 0 }, Answers),
        row(Qemu, |_| NodeGetCpuStats { cpu_num: -1, nparams: 4, flags: 0 }, Answers),
        row(Qemu, |_| NodeGetMemoryStats { nparams: 4, cell_num: -1, flags: 0 }, Answers),
        row(Test, |_| ConnectListAllInterfaces { need_results: 1, flags: 0 }, Answers),
        row(Qemu, |_| ConnectListAllNodeDevices { need_results: 1, flags: 0 }, Answers),
        row(Qemu, |_| NodeGetMemoryParameters { nparams: 4, flags: 0 }, Answers),
        row(Qemu, |_| NodeGetCpuMap { need_map: 1, need_online: 1, flags: 0 }, Answers),
        row(
            Qemu,
            |_| NodeDeviceLookupScsiHostByWwn {
                wwnn: "2000000012341234".into(),
                wwpn: "1000000012341234".into(),
                flags: 0,
            },
            NO_ADAPTER,
        ),
        row(Qemu, |_| ConnectGetCpuModelNames { arch: "x86_64".into(), need_results: 1, flags: 0 }, Answers),
        row(Qemu, |_| NodeGetFreePages { pages: vec![4], start_cell: 0, cell_count: 1, flags: 0 }, Answers),
        row(
            Qemu,
            |_| ConnectCompareHypervisorCpu {
                emulator: None,
                arch: None,
                machine: None,
                virttype: None,
                xml_cpu: CPU.into(),
                flags: 0,
            },
            Answers,
        ),
        row(
            Qemu,
            |_| ConnectBaselineHypervisorCpu {
                emulator: None,
                arch: None,
                machine: None,
                virttype: None,
                xml_cpus: vec![CPU.into()],
                flags: 0,
            },
            Answers,
        ),
        row(
            Qemu,
            |_| NodeGetSevInfo { nparams: 4, flags: 0 },
            Fails(84, 10, "QEMU does not support SEV guest"),
        ),
        row(Qemu, |_| NodeDeviceGetAutostart { name: "computer".into() }, Answers),
        row(Qemu, |_| NodeDeviceIsPersistent { name: "computer".into() }, Answers),
        row(Qemu, |_| NodeDeviceIsActive { name: "computer".into() }, Answers),
    ]
}
