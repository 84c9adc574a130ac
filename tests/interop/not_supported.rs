//! What a daemon of ours does not implement is answered as libvirtd answers for a driver that lacks it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use virtwire::protocol::program::{ProcedureInfo, ProcedureKind, Program};

use crate::lab::Libvirtd;
use crate::need::need;
use crate::process::Process;
use crate::virsh_drives_processes::example;
use crate::wire::{Frame, OK, REPLY, RawClient, string};

const NO_SUPPORT: u32 = 3;

/// What ends a connection or a driver's patience, and is asked of neither.
const UNASKED: [&str; 5] = [
    "connect_open",
    "connect_close",
    "node_suspend_for_duration",
    "domain_open_console",
    "domain_screenshot",
];

/// What the driver for tests has, and refuses for what it is asked about.
const IMPLEMENTED: &str = "virConnectFindStoragePoolSources";

/// Two calls that are one verb of a hypervisor, which is told by the older name.
const BY_ONE_VERB: [(&str, &str); 4] = [
    ("virDomainGetJobStats", "virDomainGetJobInfo"),
    ("virDomainAbortJobFlags", "virDomainAbortJob"),
    ("virDomainMigrateBegin3Params", "virDomainMigrateBegin3"),
    ("virDomainMigrateConfirm3Params", "virDomainMigrateConfirm3"),
];

#[test]
fn what_nobody_implements_is_told_by_the_same_library_in_the_same_words() {
    need!(Libvirtd, Namespaces, Example);
    let libvirtd = Libvirtd::start();
    let theirs = Asked::new(RawClient::connect(libvirtd.address()), "test:///default", "test").refusals();
    let minimal =
        Process::start(Command::new(example("serve_minimal")).arg("tcp://127.0.0.1:0").stdin(Stdio::null()));
    let address = minimal.line_after("listening on tcp://").parse().expect("an address");
    let ours = Asked::new(RawClient::connect(address), "demo:///", "machine").refusals();

    let mut compared = 0;
    for (function, theirs) in theirs.iter().filter(|(function, _)| **function != IMPLEMENTED) {
        let Some((domain, text)) = ours.get(function) else { continue };
        let verb = BY_ONE_VERB.iter().find(|(called, _)| called == function);
        let text = verb.map_or_else(|| text.clone(), |(called, verb)| text.replace(verb, called));
        assert_eq!((*domain, text), *theirs, "{function}");
        compared += 1;
    }
    println!("{compared} refusals are the same");
    assert!(compared >= 80, "{compared}");
}

/// A daemon that is asked for everything.
struct Asked<S> {
    client: RawClient<S>,
    /// The arguments of most calls: the object that they are about, of which the driver for tests has one of most kinds.
    objects: Vec<(&'static str, Vec<u8>)>,
}

impl<S: Read + Write> Asked<S> {
    fn new(client: RawClient<S>, uri: &str, domain: &str) -> Asked<S> {
        let mut asked = Asked { client, objects: Vec::new() };
        let open = [&[0, 0, 0, 1][..], &string(uri), &[0; 4]].concat();
        assert_eq!(asked.answer(Program::REMOTE.number, 1, &open).status, OK, "{uri}");
        let found = asked.answer(Program::REMOTE.number, 23, &string(domain));
        assert_eq!(found.status, OK, "{domain}");
        let uuid = vec![7; 16];
        let named = |name: &str| [string(name), uuid.clone()].concat();
        let moment = [string("moment"), found.payload.clone()].concat();
        // The longer names before those that they begin with.
        asked.objects = vec![
            ("domain_snapshot", moment.clone()),
            ("domain_checkpoint", moment),
            ("domain", found.payload),
            ("network", named("default")),
            ("storage_pool", named("default-pool")),
            ("storage_vol", [string("default-pool"), string("volume"), string("key")].concat()),
            ("interface", [string("eth1"), string("aa:bb:cc:dd:ee:ff")].concat()),
            ("node_device", string("computer")),
            ("secret", [uuid.clone(), vec![0; 4], string("")].concat()),
            ("nwfilter_binding", [string("port"), string("filter")].concat()),
            ("nwfilter", named("filter")),
        ];
        asked
    }

    /// Domain and text of each refusal, by the function that is refused.
    fn refusals(mut self) -> BTreeMap<&'static str, (u32, String)> {
        let mut refusals = BTreeMap::new();
        for program in [Program::REMOTE, Program::QEMU, Program::LXC] {
            let calls = program.procedures().iter().filter(|info| {
                info.kind == ProcedureKind::Call
                    && !info.name.starts_with("auth_")
                    && !UNASKED.contains(&info.name)
            });
            for info in calls {
                let answer = self.asked_for(program, info);
                if let Some((NO_SUPPORT, domain)) = answer.error() {
                    refusals.insert(info.function, (domain, answer.error_message()));
                }
            }
        }
        refusals
    }

    /// The object, and zeros for all else: as many as the daemon can read.
    fn asked_for(&mut self, program: Program, info: &ProcedureInfo) -> Frame {
        let name = if program == Program::REMOTE { info.name } else { "domain" };
        let object = self.objects.iter().find(|(kind, _)| name.starts_with(kind));
        let object = object.map(|(_, bytes)| bytes.clone()).unwrap_or_default();
        let number = u32::try_from(info.number.0).expect("a procedure's number");
        let mut last = None;
        for zeros in [64, 32, 8, 0, 128] {
            let arguments = [object.clone(), vec![0; zeros]].concat();
            let answer = self.answer(program.number, number, &arguments);
            if answer.error().is_none_or(|(code, _)| code != 39) {
                return answer;
            }
            last = Some(answer);
        }
        last.expect("it was asked")
    }

    /// What comes between is told to who has asked for events.
    fn answer(&mut self, program: u32, procedure: u32, payload: &[u8]) -> Frame {
        self.client.send(&Frame { program, ..Frame::call(procedure, 7, payload) }.to_bytes());
        loop {
            let frame = self.client.receive().expect("the daemon goes on");
            if frame.kind == REPLY && (frame.program, frame.procedure) == (program, procedure) {
                return frame;
            }
        }
    }
}
