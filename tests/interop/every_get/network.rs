//! Networks, their ports, and filters of traffic.

use virtwire::protocol::remote::*;

use super::Driver::Qemu;
use super::Expected::Answers;
use super::world::TAP;
use super::{Row, row};

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(Qemu, |_| ConnectListDefinedNetworks { maxnames: 64 }, Answers),
        row(Qemu, |_| ConnectListNetworks { maxnames: 64 }, Answers),
        row(Qemu, |w| NetworkGetXmlDesc { net: w.made.network.clone(), flags: 0 }, Answers),
        row(Qemu, |w| NetworkGetAutostart { net: w.made.network.clone() }, Answers),
        row(Qemu, |w| NetworkGetBridgeName { net: w.made.network.clone() }, Answers),
        row(Qemu, |w| NetworkLookupByName { name: w.made.network.name.clone() }, Answers),
        row(Qemu, |w| NetworkLookupByUuid { uuid: w.made.network.uuid }, Answers),
        row(Qemu, |_| ConnectNumOfDefinedNetworks {}, Answers),
        row(Qemu, |_| ConnectNumOfNetworks {}, Answers),
        row(Qemu, |w| NetworkIsActive { net: w.made.network.clone() }, Answers),
        row(Qemu, |w| NetworkIsPersistent { net: w.made.network.clone() }, Answers),
        row(Qemu, |w| NwfilterLookupByName { name: w.made.filter.name.clone() }, Answers),
        row(Qemu, |w| NwfilterLookupByUuid { uuid: w.made.filter.uuid }, Answers),
        row(Qemu, |w| NwfilterGetXmlDesc { nwfilter: w.made.filter.clone(), flags: 0 }, Answers),
        row(Qemu, |_| ConnectNumOfNwfilters {}, Answers),
        row(Qemu, |_| ConnectListNwfilters { maxnames: 64 }, Answers),
        row(Qemu, |_| ConnectListAllNetworks { need_results: 1, flags: 0 }, Answers),
        row(Qemu, |_| ConnectListAllNwfilters { need_results: 1, flags: 0 }, Answers),
        row(
            Qemu,
            |w| NetworkGetDhcpLeases { net: w.made.network.clone(), mac: None, need_results: 1, flags: 0 },
            Answers,
        ),
        row(Qemu, |_| NwfilterBindingLookupByPortDev { name: TAP.into() }, Answers),
        row(
            Qemu,
            |w| NwfilterBindingGetXmlDesc {
                nwfilter: NwfilterBinding { portdev: TAP.into(), filtername: w.made.filter.name.clone() },
                flags: 0,
            },
            Answers,
        ),
        row(Qemu, |_| ConnectListAllNwfilterBindings { need_results: 1, flags: 0 }, Answers),
        row(
            Qemu,
            |w| NetworkListAllPorts { network: w.made.network.clone(), need_results: 1, flags: 0 },
            Answers,
        ),
        row(
            Qemu,
            |w| NetworkPortLookupByUuid { network: w.made.network.clone(), uuid: w.made.port.uuid },
            Answers,
        ),
        row(Qemu, |w| NetworkPortGetParameters { port: w.made.port.clone(), nparams: 16, flags: 0 }, Answers),
        row(Qemu, |w| NetworkPortGetXmlDesc { port: w.made.port.clone(), flags: 0 }, Answers),
        row(
            Qemu,
            |w| NetworkGetMetadata { network: w.made.network.clone(), r#type: 1, uri: None, flags: 0 },
            Answers,
        ),
    ]
}
