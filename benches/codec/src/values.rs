//! The values that every codec writes and reads, as the contract's types and as bytes.

use virtwire_protocol::header::{Header, MessageKind, Serial};
use virtwire_protocol::program::{ProcedureNumber, Program};
use virtwire_protocol::remote::{
    ConnectListAllDomainsReply, Domain, DomainBlockPeekReply, DomainGetCpuStatsReply, DomainMigratePrepare2,
    TypedParam, TypedParamValue,
};
use virtwire_xdr::to_vec;

pub fn header() -> Header {
    Header::new(MessageKind::Call, Program::REMOTE, ProcedureNumber(108), Serial(42))
}

/// Eight KiB of what looks like a guest's configuration.
pub fn prepare2() -> DomainMigratePrepare2 {
    let device = "<disk type='file' device='disk'><source file='/var/lib/images/vm.qcow2'/></disk>\n";
    DomainMigratePrepare2 {
        uri_in: Some("tcp://destination.example.com:49152/".into()),
        flags: 0x201,
        dname: None,
        resource: 0,
        dom_xml: device.chars().cycle().take(8192).collect::<String>().into(),
    }
}

pub fn list() -> ConnectListAllDomainsReply {
    let domain = |index: u32| Domain {
        name: format!("compute-guest-{index:04}").into(),
        uuid: ((0xd0a1_5c3b_u128 << 96) | (u128::from(index) * 0x1_0001_0001)).to_be_bytes(),
        id: index.cast_signed() - 1,
    };
    ConnectListAllDomainsReply { domains: (0..1000).map(domain).collect(), ret: 1000 }
}

/// A hundred parameters of every type, ten of them strings.
pub fn params() -> DomainGetCpuStatsReply {
    let param = |index: u32| TypedParam {
        field: format!("block.{index}.rd.operations").into(),
        value: match index % 10 {
            0 => TypedParamValue::Int(-5),
            1 => TypedParamValue::UInt(index),
            2 => TypedParamValue::LLong(-1),
            3 => TypedParamValue::Double(f64::from(index) / 3.0),
            4 => TypedParamValue::Boolean(1),
            5 => TypedParamValue::String(format!("/dev/vg0/lv{index}").into()),
            _ => TypedParamValue::ULLong(u64::from(index) << 32),
        },
    };
    DomainGetCpuStatsReply { params: (0..100).map(param).collect(), nparams: 100 }
}

pub fn peek() -> DomainBlockPeekReply {
    DomainBlockPeekReply { buffer: (0..262_144_u32).map(|index| (index * 31) as u8).collect() }
}

/// The encoding of a shape. Every other codec has to agree with it, and it is checked against rpcgen's.
pub fn wire(shape: &str) -> Vec<u8> {
    let encoded = match shape {
        "header" => return header().to_bytes().to_vec(),
        "prepare2" => to_vec(&prepare2()),
        "list1000" => to_vec(&list()),
        "params100" => to_vec(&params()),
        _ => to_vec(&peek()),
    };
    encoded.expect("the values are within their bounds")
}

/// The same, for values that borrow.
pub fn leaked(shape: &str) -> &'static [u8] {
    wire(shape).leak()
}
