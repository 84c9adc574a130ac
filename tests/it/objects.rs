//! What handles ask of daemons of different ages, and what they make of odd answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use virtwire::client::{CallError, Connection, Domain, Network, NetworkUpdate};
use virtwire::protocol::enums::{NetworkSection, NetworkUpdateCommand, VcpuState};
use virtwire::protocol::error::Fate;
use virtwire::protocol::flags::{
    AffectFlags, BlockPullFlags, CompareCpuFlags, DeviceFlags, DirtyRateFlags, HostnameFlags,
    MigrateMaxSpeedFlags,
};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::profile::Feature;
use virtwire::protocol::remote::{self, *};
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, CallContext, Exposure, Handler, Listener, Server};
use virtwire::xdr::{self, Text};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_verb_without_flags_is_the_oldest_call() {
    let daemon = Daemon::reporting(&[]);
    let domain = Domain::new(&daemon.serve().await, a_domain());
    domain.start().await.unwrap();
    domain.shutdown().await.unwrap();
    domain.destroy().await.unwrap();
    domain.undefine().await.unwrap();
    domain.attach_device("<disk/>", DeviceFlags::NONE).await.unwrap();
    domain.attach_device("<disk/>", DeviceFlags::CONFIG).await.unwrap();
    let called: Vec<_> = daemon.called().iter().map(|(name, _)| *name).collect();
    let plain =
        ["domain_create", "domain_shutdown", "domain_destroy", "domain_undefine", "domain_attach_device"];
    assert_eq!(called[..5], plain);
    assert_eq!(called[5..], ["domain_attach_device_flags"]);
}

#[tokio::test]
async fn a_network_is_changed_in_the_order_that_its_daemon_reads() {
    for (features, command, section) in
        [(&[Feature::NETWORK_UPDATE_HAS_CORRECT_ORDER][..], 3, 4), (&[][..], 4, 3)]
    {
        let daemon = Daemon::reporting(features);
        let wire = remote::Network { name: "lab".into(), uuid: [7; 16] };
        let change = NetworkUpdate {
            command: NetworkUpdateCommand::AddLast,
            section: NetworkSection::IpDhcpHost,
            parent: -1,
            xml: "<host/>",
            affect: AffectFlags::LIVE,
        };
        Network::new(&daemon.serve().await, wire).update(change).await.unwrap();
        let [(_, arguments)] = &daemon.called()[..] else { panic!("one call") };
        let sent: remote::NetworkUpdate = xdr::from_slice(arguments).unwrap();
        assert_eq!((sent.command, sent.section, sent.flags), (command, section, 1));
    }
}

#[tokio::test]
async fn strings_are_asked_for_where_the_daemon_has_them() {
    for (features, flags) in [(&[Feature::TYPED_PARAM_STRING][..], 4 | 2), (&[][..], 2)] {
        let daemon = Daemon::reporting(features);
        let domain = Domain::new(&daemon.serve().await, a_domain());
        let params = domain.memory_parameters(AffectFlags::CONFIG).await.unwrap();
        assert_eq!(params.u64("hard_limit"), Some(7));
        let asked: Vec<DomainGetMemoryParameters> =
            daemon.called().iter().map(|(_, arguments)| xdr::from_slice(arguments).unwrap()).collect();
        // How many there are, then as many.
        assert_eq!(asked.iter().map(|asked| asked.nparams).collect::<Vec<_>>(), [0, 1]);
        assert!(asked.iter().all(|asked| asked.flags == flags));
    }
}

#[tokio::test]
async fn odd_answers_are_survived() {
    let domain = Domain::new(&Daemon::reporting(&[]).serve().await, a_domain());
    // Two CPUs, the map of one; a host of more CPUs than there are numbers.
    let vcpus = domain.vcpus().await.unwrap();
    assert_eq!((vcpus[0].state, vcpus[0].cpu), (VcpuState::Running, Some(3)));
    assert_eq!((vcpus[1].state, vcpus[1].cpu), (VcpuState::Other(99), None));
    assert_eq!((vcpus[0].affinity.to_string(), vcpus[1].affinity.to_string()), ("0".into(), String::new()));
    assert_eq!(domain.security_label().await.unwrap().label, "label");
    assert!(domain.disk_errors().await.unwrap().is_empty());
    let map = domain.emulator_pin(AffectFlags::LIVE).await.unwrap();
    assert_eq!(map.to_string(), "1");
}

#[tokio::test]
async fn flags_of_a_sibling_are_on_the_wire_as_the_last_word() {
    let daemon = Daemon::reporting(&[]);
    let connection = daemon.serve().await;
    let domain = Domain::new(&connection, a_domain());
    domain.set_migrate_max_speed_with(7, MigrateMaxSpeedFlags::POSTCOPY).await.unwrap();
    domain.measure_dirty_rate_with(SECOND, DirtyRateFlags::DIRTY_RING).await.unwrap();
    domain.pull_block_with("vda", 7, BlockPullFlags::BANDWIDTH_BYTES).await.unwrap();
    // These answer with something that this daemon does not have.
    domain.migrate_max_speed_with(MigrateMaxSpeedFlags::POSTCOPY).await.unwrap_err();
    domain.hostname_with(HostnameFlags::AGENT).await.unwrap_err();
    connection.compare_cpu_with("<cpu/>", CompareCpuFlags::FAIL_INCOMPATIBLE).await.unwrap_err();
    let flags = |arguments: &[u8]| u32::from_be_bytes(*arguments.last_chunk().unwrap());
    let called: Vec<_> = daemon.called().iter().map(|(name, arguments)| (*name, flags(arguments))).collect();
    assert_eq!(
        called,
        [
            ("domain_migrate_set_max_speed", 1),
            ("domain_start_dirty_rate_calc", 2),
            ("domain_block_pull", 64),
            ("domain_migrate_get_max_speed", 1),
            ("domain_get_hostname", 2),
            ("connect_compare_cpu", 1),
        ]
    );
}

/// libvirt's daemons would take the name to end there, and look for another guest.
#[tokio::test]
async fn a_string_with_a_nul_is_not_sent() {
    let daemon = Daemon::reporting(&[Feature::REMOTE_EVENT_CALLBACK]);
    let connection = daemon.serve().await;
    let wrong = || Text::from("test\0zzz");
    let dom = remote::Domain { name: wrong(), ..a_domain() };
    let vol = StorageVol { pool: "pool".into(), name: "vol".into(), key: wrong() };
    let called = connection.call(DomainLookupByName { name: wrong() }).await.map(drop);
    let payload = connection.call_for_payload(DomainDefineXml { xml: wrong() }).await.map(drop);
    let stream = connection.storage_vol_upload(&vol, 0, 0, 0).await.map(drop);
    let all = [(called, "name"), (payload, "xml"), (stream, "vol.key")].into_iter();
    #[cfg(feature = "fds")]
    let files = DomainCreateWithFiles { dom: dom.clone(), flags: 0 };
    #[cfg(feature = "fds")]
    let all = all.chain([(connection.call_with_fds(files, Vec::new()).await.map(drop), "dom.name")]);
    for (refused, field) in all {
        let error = refused.unwrap_err();
        assert!(matches!(error, CallError::Arguments { .. }) && error.fate() == Fate::DidNotRun, "{error}");
        let said = error.to_string();
        assert!(said.contains("a NUL at its byte 4") && said.contains(&format!(".{field})")), "{said}");
    }
    let refused = connection.subscribe::<DomainEventLifecycle>(Some(&dom)).await.unwrap_err();
    assert!(refused.to_string().contains("a NUL at its byte 4"), "{refused}");
    assert!(daemon.called().is_empty(), "{:?}", daemon.called());
    // What is no string may hold what it likes.
    let secret = Secret { uuid: [0; 16], usage_type: 0, usage_id: "".into() };
    connection.secret_set_value(&secret, b"a\0b", 0).await.unwrap();
    assert_eq!(daemon.called().len(), 1);
}

fn a_domain() -> remote::Domain {
    remote::Domain { name: "guest".into(), uuid: [7; 16], id: 1 }
}

/// A daemon that reports some features, answers a few calls, and notes them.
struct Daemon {
    features: Vec<i32>,
    called: Mutex<Vec<(&'static str, Vec<u8>)>>,
}

impl Daemon {
    fn reporting(features: &[i32]) -> Arc<Daemon> {
        Arc::new(Daemon { features: features.to_vec(), called: Mutex::default() })
    }

    async fn serve(self: &Arc<Daemon>) -> Connection {
        let address = "tcp://127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
        let uri = listener.address().to_string().replace("tcp://", "some+tcp://") + "/";
        let server = Server::shared(self.clone());
        tokio::spawn(async move { server.serve(&listener).await });
        Connection::open(&uri).await.unwrap()
    }

    /// The calls with their arguments, but for those of opening and of features.
    fn called(&self) -> Vec<(&'static str, Vec<u8>)> {
        self.called.lock().unwrap().clone()
    }

    fn answer(&self, called: &Called) -> Draft {
        let payload = &called.payload[..];
        match called.info.name {
            "connect_open" => return Draft::empty(),
            "connect_supports_feature" => {
                let asked: ConnectSupportsFeature = xdr::from_slice(payload).unwrap();
                return Draft::encode(&i32::from(self.features.contains(&asked.feature))).unwrap();
            }
            name => self.called.lock().unwrap().push((name, payload.to_vec())),
        }
        match called.info.name {
            "domain_get_memory_parameters" => {
                let asked: DomainGetMemoryParameters = xdr::from_slice(payload).unwrap();
                let limit = TypedParam { field: "hard_limit".into(), value: TypedParamValue::ULLong(7) };
                let params = if asked.nparams == 0 { Vec::new() } else { vec![limit] };
                Draft::encode(&DomainGetMemoryParametersReply { params, nparams: 1 }).unwrap()
            }
            "node_get_info" => {
                let huge = i32::MAX;
                let shape = NodeGetInfoReply {
                    cpus: huge,
                    nodes: huge,
                    sockets: huge,
                    cores: -1,
                    ..NodeGetInfoReply::default()
                };
                Draft::encode(&shape).unwrap()
            }
            "domain_get_max_vcpus" => Draft::encode(&2).unwrap(),
            "domain_get_vcpus" => {
                let vcpu = |number, state, cpu| VcpuInfo { number, state, cpu_time: 1, cpu };
                let info = vec![vcpu(0, 1, 3), vcpu(1, 99, -1)];
                Draft::encode(&DomainGetVcpusReply { info, cpumaps: vec![1] }).unwrap()
            }
            "domain_get_emulator_pin_info" => {
                Draft::encode(&DomainGetEmulatorPinInfoReply { cpumaps: vec![2], ret: 1 }).unwrap()
            }
            "domain_get_security_label" => {
                let label = b"label\0".to_vec();
                Draft::encode(&DomainGetSecurityLabelReply { label, enforcing: 1 }).unwrap()
            }
            "domain_get_disk_errors" => {
                Draft::encode(&DomainGetDiskErrorsReply { errors: Vec::new(), nerrors: -1 }).unwrap()
            }
            _ => Draft::empty(),
        }
    }
}

impl Handler for Daemon {
    fn call(self: Arc<Self>, _: CallContext, called: Called) -> Answering {
        Box::pin(async move { Ok(self.answer(&called)) })
    }
}
