//! Every method of the handles asks a real libvirtd, and reads what it answers. What other tests use is not asked again here; the rest is,
//! of the test driver, which has no part in much of it and then says so: a daemon decodes what is asked before its driver refuses.

mod in_common;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::timeout;
use virtwire::client::{
    Admin, CallError, Connection, CpuMap, Domain, Network, NetworkPort, NodeDevice, Observer, OpenOptions,
    Passed, StorageVol,
};
use virtwire::protocol::enums::{
    DumpFormat, KeyCodes, LifecycleAction, LifecycleKind, SuspendTarget, WipeAlgorithm,
};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::flags::{
    BlockPullFlags, CompareCpuFlags, DeviceFlags, DirtyRateFlags, HostnameFlags, MigrateMaxSpeedFlags,
};
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::params::TypedParams;
use virtwire::protocol::program::Program;
use virtwire::protocol::remote;

use crate::lab::{Libvirtd, runtime};
use crate::need::need;

const SOON: Duration = Duration::from_secs(60);
/// Files that are not there, and XML of nothing that there is.
const FILE: &str = "/nonexistent/file";
const XML: &str = "<nothing/>";

#[test]
fn what_no_other_test_asks_is_asked_and_answered() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let mut lab = Lab::open(&daemon).await;
        of_domains(&mut lab).await;
        of_the_host_and_the_rest(&mut lab).await;
        in_common::of_the_host(&mut lab).await;
        in_common::of_networks(&mut lab).await;
        in_common::of_storage(&mut lab).await;
        in_common::of_domains(&mut lab).await;
        // The test driver's own: answered, and not only refused. Some of it is newer than libvirt 7.0.
        let release = lab.connection.connect_get_lib_version().await.unwrap().lib_ver;
        let newer = ["domain_get_blkio_parameters", "domain_get_iothread_info"];
        let newer = newer.into_iter().filter(|_| release >= 9_000_000);
        let old = [
            "domain_get_cpu_stats",
            "domain_get_fsinfo",
            "domain_get_interface_parameters",
            "domain_get_numa_parameters",
            "domain_interface_stats",
            "domain_is_updated",
            "domain_pin_emulator",
            "domain_set_time",
            "domain_set_user_password",
            "domain_set_vcpus",
            "node_get_cells_free_memory",
            "node_get_free_memory",
        ];
        for answered in old.into_iter().chain(newer) {
            assert!(lab.answered.contains(answered), "{answered} is refused: {:?}", lab.answered);
        }
        // Last, as it ends the connection, and the daemon where that can be.
        of_the_daemon(&mut lab, &daemon).await;
        for answered in ["connect_set_logging_outputs", "client_get_info", "client_close"] {
            assert!(lab.answered.contains(answered), "{answered} is refused: {:?}", lab.answered);
        }
    });
}

/// No flags, whichever they are.
fn no<T: Default>() -> T {
    T::default()
}

async fn of_domains(lab: &mut Lab) {
    let domain = lab.connection.domain("test").await.unwrap();
    let cpus = CpuMap::from_iter([0]);
    let none = TypedParams::new;

    lab.asks("domain_get_guest_info", domain.guest_info(no())).await;
    lab.asks("domain_get_fsinfo", domain.filesystems()).await;
    lab.asks("domain_fsfreeze", domain.freeze(&["/"])).await;
    lab.asks("domain_fsthaw", domain.thaw(&["/"])).await;
    lab.asks("domain_get_time", domain.time()).await;
    lab.asks("domain_set_time", domain.set_time(Duration::from_nanos(1_000_000_001), no())).await;
    lab.asks("domain_set_user_password", domain.set_user_password("root", "hush", no())).await;
    lab.asks("domain_authorized_ssh_keys_get", domain.authorized_ssh_keys("root")).await;
    lab.asks(
        "domain_authorized_ssh_keys_set",
        domain.set_authorized_ssh_keys("root", &["ssh-ed25519 AAAA"], no()),
    )
    .await;
    for within in [None, Some(Duration::from_secs(1)), Some(Duration::ZERO)] {
        lab.asks("domain_agent_set_response_timeout", domain.set_agent_timeout(within)).await;
    }

    lab.asks("domain_block_peek", domain.peek_block("vda", 0, 512)).await;
    lab.asks("domain_block_resize", domain.resize_block("vda", 1, no())).await;
    lab.asks("domain_set_block_threshold", domain.set_block_threshold("vda[1]", 1)).await;
    lab.asks("domain_set_throttle_group", domain.set_throttle_group("group", none(), no())).await;
    lab.asks("domain_del_throttle_group", domain.remove_throttle_group("group", no())).await;
    lab.asks("domain_get_blkio_parameters", domain.blkio_parameters(no())).await;
    let weight = none().with("weight", 500_u32).unwrap();
    lab.asks("domain_set_blkio_parameters", domain.set_blkio_parameters(weight, no())).await;
    lab.asks("domain_block_job_abort", domain.abort_block_job("vda", no())).await;
    lab.asks("domain_block_job_set_speed", domain.set_block_job_speed("vda", 1, no())).await;
    lab.asks("domain_block_pull", domain.pull_block("vda", 1)).await;
    lab.asks("domain_block_pull", domain.pull_block_with("vda", 1, BlockPullFlags::BANDWIDTH_BYTES)).await;
    lab.asks("domain_block_rebase", domain.rebase_block("vda", Some("base"), 1, no())).await;
    lab.asks("domain_block_commit", domain.commit_block("vda", None, Some("top"), 1, no())).await;
    lab.asks("domain_block_copy", domain.copy_block("vda", XML, none(), no())).await;
    lab.asks("domain_backup_begin", domain.begin_backup(XML, None, no())).await;
    lab.asks("domain_backup_get_xml_desc", domain.backup_xml()).await;

    lab.asks("domain_graphics_reload", domain.reload_graphics()).await;
    lab.asks("domain_set_vcpus", domain.set_vcpu_count(2)).await;
    lab.asks("domain_set_vcpus_flags", domain.set_vcpu_count_with(2, no())).await;
    lab.asks("domain_set_vcpu", domain.set_vcpus_online("1", true, no())).await;
    lab.asks("domain_get_guest_vcpus", domain.guest_vcpus()).await;
    lab.asks("domain_set_guest_vcpus", domain.set_guest_vcpus_online("1", false)).await;
    lab.asks("domain_pin_vcpu_flags", domain.pin_vcpu_with(0, &cpus, no())).await;
    lab.asks("domain_pin_emulator", domain.pin_emulator(&cpus, no())).await;
    lab.asks("domain_get_emulator_pin_info", domain.emulator_pin(no())).await;
    lab.asks("domain_get_iothread_info", domain.iothreads(no())).await;
    lab.asks("domain_pin_iothread", domain.pin_iothread(1, &cpus, no())).await;
    lab.asks("domain_add_iothread", domain.add_iothread(1, no())).await;
    lab.asks("domain_set_iothread_params", domain.set_iothread(1, none(), no())).await;
    lab.asks("domain_del_iothread", domain.remove_iothread(1, no())).await;
    lab.asks("domain_get_cpu_stats", domain.cpu_stats()).await;
    lab.asks("domain_get_perf_events", domain.perf_events(no())).await;
    lab.asks("domain_set_perf_events", domain.set_perf_events(none(), no())).await;

    lab.asks("domain_attach_device", domain.attach_device(XML, no())).await;
    lab.asks("domain_attach_device_flags", domain.attach_device(XML, DeviceFlags::LIVE)).await;
    lab.asks("domain_detach_device", domain.detach_device(XML, no())).await;
    lab.asks("domain_detach_device_alias", domain.detach_device_alias("net0", no())).await;
    lab.asks("domain_update_device_flags", domain.update_device(XML, no())).await;
    lab.asks("domain_is_updated", domain.is_updated()).await;
    lab.asks("domain_get_messages", domain.messages(no())).await;
    lab.asks("domain_get_hostname", domain.hostname_with(HostnameFlags::AGENT)).await;
    lab.asks("domain_get_security_label", domain.security_label()).await;
    lab.asks("domain_get_security_label_list", domain.security_labels()).await;
    lab.asks("domain_get_launch_security_info", domain.launch_security()).await;
    lab.asks("domain_set_launch_security_state", domain.set_launch_security(none())).await;
    let device = lab.interface(&domain).await;
    lab.asks("domain_interface_stats", domain.interface_stats(&device)).await;
    lab.asks("domain_get_interface_parameters", domain.interface_parameters(&device, no())).await;
    let average = none().with("inbound.average", 1_000_u32).unwrap();
    lab.asks("domain_set_interface_parameters", domain.set_interface_parameters(&device, average, no()))
        .await;
    lab.asks("domain_announce_interface", domain.announce_interface(Some(&device), none())).await;

    lab.asks("domain_get_job_info", domain.job_info()).await;
    lab.asks("domain_abort_job", domain.abort_job()).await;
    lab.asks("domain_abort_job_flags", domain.abort_job_with(no())).await;
    lab.asks("domain_migrate_set_max_speed", domain.set_migrate_max_speed(1)).await;
    lab.asks("domain_migrate_get_max_speed", domain.migrate_max_speed()).await;
    let postcopy = MigrateMaxSpeedFlags::POSTCOPY;
    lab.asks("domain_migrate_set_max_speed", domain.set_migrate_max_speed_with(1, postcopy)).await;
    lab.asks("domain_migrate_get_max_speed", domain.migrate_max_speed_with(postcopy)).await;
    lab.asks("domain_migrate_get_compression_cache", domain.migrate_compression_cache()).await;
    lab.asks("domain_migrate_set_compression_cache", domain.set_migrate_compression_cache(1 << 20)).await;
    lab.asks("domain_migrate_start_post_copy", domain.migrate_start_post_copy()).await;
    let second = Duration::from_secs(1);
    lab.asks("domain_start_dirty_rate_calc", domain.measure_dirty_rate(second)).await;
    let ring = DirtyRateFlags::DIRTY_RING;
    lab.asks("domain_start_dirty_rate_calc", domain.measure_dirty_rate_with(second, ring)).await;

    lab.asks("domain_set_max_memory", domain.set_max_memory_kib(8 << 20)).await;
    lab.asks("domain_set_memory_flags", domain.set_memory_kib_with(1 << 20, no())).await;
    lab.asks("domain_set_memory_stats_period", domain.set_memory_stats_period(1, no())).await;
    lab.asks("domain_get_numa_parameters", domain.numa_parameters(no())).await;
    lab.asks("domain_set_numa_parameters", domain.set_numa_parameters(none(), no())).await;
    lab.asks("domain_agent_command", domain.qemu_agent("{}", Some(Duration::from_secs(1)))).await;

    lab.asks("domain_get_autostart_once", domain.autostart_once()).await;
    lab.asks("domain_set_autostart_once", domain.set_autostart_once(true)).await;
    lab.asks("domain_pm_suspend_for_duration", domain.pm_suspend(SuspendTarget::Memory, Duration::ZERO))
        .await;
    lab.asks("domain_pm_wakeup", domain.pm_wakeup()).await;
    lab.asks("domain_inject_nmi", domain.inject_nmi()).await;
    lab.asks("domain_send_key", domain.send_keys(KeyCodes::Linux, &[30], Duration::from_millis(50))).await;
    lab.asks("domain_send_process_signal", domain.send_signal(1, 1)).await;
    lab.asks(
        "domain_set_lifecycle_action",
        domain.set_lifecycle_action(LifecycleKind::Crash, LifecycleAction::Preserve, no()),
    )
    .await;

    lab.asks("domain_managed_save_remove", domain.remove_managed_save()).await;
    lab.asks("domain_managed_save_define_xml", domain.define_managed_save(XML, no())).await;
    lab.asks("domain_core_dump", domain.core_dump(FILE, no())).await;
    lab.asks("domain_core_dump_with_format", domain.core_dump_as(FILE, DumpFormat::Raw, no())).await;
    lab.asks("domain_save", domain.save(FILE)).await;
    lab.asks("domain_save_flags", domain.save_with(FILE, None, no())).await;
    let file = none().with("file", FILE).unwrap();
    lab.asks("domain_save_params", domain.save_params(file.clone(), no())).await;
    let connection = lab.connection.clone();
    lab.asks("domain_restore", connection.restore_domain(FILE)).await;
    lab.asks("domain_restore_flags", connection.restore_domain_with(FILE, None, no())).await;
    lab.asks("domain_restore_params", connection.restore_domain_params(file, no())).await;
    lab.asks("domain_save_image_get_xml_desc", connection.saved_image_xml(FILE, no())).await;
    lab.asks("domain_save_image_define_xml", connection.define_saved_image(FILE, XML, no())).await;
    lab.asks("domain_reset", domain.reset()).await;
    lab.asks("domain_shutdown_flags", domain.shutdown_with(no())).await;
}

async fn of_the_host_and_the_rest(lab: &mut Lab) {
    let connection = lab.connection.clone();
    let none = TypedParams::new;

    lab.asks("connect_domain_xml_from_native", connection.domain_from_native("qemu-argv", "qemu")).await;
    lab.asks("connect_domain_xml_to_native", connection.domain_to_native("qemu-argv", XML)).await;
    lab.asks(
        "connect_get_domain_capabilities",
        connection.domain_capabilities(None, Some("x86_64"), None, Some("qemu")),
    )
    .await;
    lab.asks("connect_get_sysinfo", connection.sysinfo()).await;
    let strict = CompareCpuFlags::FAIL_INCOMPATIBLE;
    lab.asks("connect_compare_cpu", connection.compare_cpu_with("<cpu/>", strict)).await;
    lab.asks("node_get_free_memory", connection.free_memory()).await;
    lab.asks("node_get_cells_free_memory", connection.free_memory_of_cells(0, 4)).await;
    lab.asks("node_get_sev_info", connection.sev_info()).await;
    lab.asks("node_get_memory_parameters", connection.node_memory_parameters()).await;
    lab.asks("node_set_memory_parameters", connection.set_node_memory_parameters(none())).await;
    // A driver of real hosts would do it.
    lab.asks("node_suspend_for_duration", connection.suspend_node(SuspendTarget::Memory, 60)).await;

    lab.asks("interface_change_commit", connection.commit_interface_changes()).await;
    lab.asks("network_define_xml_flags", connection.define_network_with(XML, no())).await;
    lab.asks("network_create_xml_flags", connection.create_network_with(XML, no())).await;
    let network: Network = connection.network("default").await.unwrap();
    lab.asks("network_list_all_ports", network.ports()).await;
    lab.asks("network_port_create_xml", network.create_port(XML, no())).await;
    let wire = remote::NetworkPort { net: network.wire().clone(), uuid: [1; 16] };
    let port = NetworkPort::new(&connection, wire);
    lab.asks("network_port_get_parameters", port.parameters()).await;
    lab.asks("network_port_set_parameters", port.set_parameters(none())).await;

    lab.asks(
        "node_device_lookup_scsi_host_by_wwn",
        connection.scsi_host("2001001b32a9da4e", "2101001b32a9da4e"),
    )
    .await;
    lab.asks("node_device_create_xml", connection.create_node_device(XML, no())).await;
    lab.asks("node_device_define_xml", connection.define_node_device(XML, no())).await;
    let device: NodeDevice = connection.node_device("computer").await.unwrap();
    lab.asks("node_device_dettach", device.detach()).await;
    lab.asks("node_device_detach_flags", device.detach_for(Some("vfio"))).await;
    lab.asks("node_device_re_attach", device.reattach()).await;
    lab.asks("node_device_reset", device.reset()).await;

    lab.asks("nwfilter_define_xml_flags", connection.define_nwfilter_with(XML, no())).await;
    lab.asks("nwfilter_binding_lookup_by_port_dev", connection.nwfilter_binding("vnet0")).await;
    lab.asks("nwfilter_binding_create_xml", connection.create_nwfilter_binding(XML, no())).await;
    lab.asks("connect_find_storage_pool_sources", connection.storage_pool_sources("netfs", None)).await;
    lab.asks("connect_get_storage_pool_capabilities", connection.storage_pool_capabilities()).await;
    let wire = remote::StorageVol { pool: "none".into(), name: "none".into(), key: "/none".into() };
    let volume = StorageVol::new(&connection, wire);
    lab.asks("storage_vol_wipe_pattern", volume.wipe_with(WipeAlgorithm::Zero)).await;
}

async fn of_the_daemon(lab: &mut Lab, daemon: &Libvirtd) {
    let socket = daemon.socket().with_file_name("libvirt-admin-sock");
    let options = OpenOptions { observer: Some(observer(&lab.called)), ..OpenOptions::default() };
    let uri = format!("libvirtd:///system?socket={}", socket.display());
    let admin = Admin::open_with(&uri, options).await.unwrap();
    let server = admin.server("libvirtd").await.unwrap();
    // It was started without certificates.
    lab.asks("server_update_tls_files", server.update_tls_files()).await;
    lab.asks("connect_set_logging_outputs", admin.set_logging_outputs(None)).await;
    lab.asks("connect_set_daemon_timeout", admin.set_daemon_timeout(0)).await;
    let clients = server.clients().await.unwrap();
    let [client] = &clients[..] else { panic!("the lab's alone: {clients:?}") };
    lab.asks("client_get_info", client.info()).await;
    lab.asks("client_close", client.close()).await;
    lab.asks("connect_daemon_shutdown", admin.shut_daemon_down()).await;
}

/// A connection, and what is called on it.
struct Lab {
    connection: Connection,
    called: Called,
    /// What was not refused.
    answered: BTreeSet<&'static str>,
}

type Called = Arc<Mutex<Vec<&'static str>>>;

/// Notes what is called.
fn observer(called: &Called) -> Observer {
    let called = called.clone();
    Arc::new(move |passed: Passed| {
        let Passed { sent, header, .. } = passed;
        if sent && header.kind() == Ok(MessageKind::Call) {
            called.lock().unwrap().extend(header.program.procedure(header.procedure).map(|info| info.name));
        }
    })
}

impl Lab {
    async fn open(daemon: &Libvirtd) -> Lab {
        let called = Called::default();
        let options = OpenOptions { observer: Some(observer(&called)), ..OpenOptions::default() };
        let connection = Connection::open_with(&daemon.uri("test", "/default"), options).await.unwrap();
        Lab { connection, called, answered: BTreeSet::new() }
    }

    /// Has a method ask, by this call among others, and an answer of whichever kind but that the daemon cannot read it.
    async fn asks<T>(&mut self, procedure: &'static str, method: impl Future<Output = Result<T, CallError>>) {
        self.called.lock().unwrap().clear();
        let result = timeout(SOON, method).await.unwrap_or_else(|_| panic!("{procedure} is not answered"));
        let called = std::mem::take(&mut *self.called.lock().unwrap());
        assert!(called.contains(&procedure), "{procedure}: {called:?}");
        match result {
            Ok(_) => drop(self.answered.insert(procedure)),
            Err(CallError::Remote(error)) => {
                let is_read = error.code != ErrorCode::RPC || error.is_unsupported();
                assert!(is_read, "{procedure}: {error}");
            }
            // As it was asked to, it ends, and perhaps before it has answered.
            Err(CallError::Closed { sent: true, .. }) if procedure == "connect_daemon_shutdown" => {
                self.answered.insert(procedure);
            }
            Err(error) => panic!("{procedure}: {error:?}"),
        }
    }

    /// The guest's only one, as the host knows it.
    async fn interface(&self, domain: &Domain) -> String {
        let xml = domain.xml(Default::default()).await.unwrap().to_string();
        let behind = xml.split("<target dev='").skip(1).map(|behind| behind.split('\'').next().unwrap_or(""));
        behind
            .filter(|name| !name.starts_with("vd") && !name.starts_with("hd"))
            .last()
            .unwrap_or("test")
            .to_owned()
    }
}

/// A method of the handles.
struct Method<'s> {
    name: &'s str,
    /// The procedures that its body calls by name.
    calls: Vec<&'static str>,
}

/// Names that types of others have as well.
const OF_OTHERS: [&str; 8] =
    ["build", "control", "port", "resize", "screenshot", "shutdown", "snapshot", "trim"];

/// A method that nobody calls is one of which nothing is known. One that is alone with its name is called where a test has that; of those
/// that are not, the lab asks the procedures.
#[test]
fn no_method_is_missing() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut tests, mut handles) = (String::new(), String::new());
    // Others are of daemons of ours.
    let is_of_libvirtd = |test: &str| test.contains("Libvirtd") || test.contains("lab.asks(");
    read_all(&workspace.join("tests/interop"), &is_of_libvirtd, &mut tests);
    read_all(&workspace.join("src/client/objects"), &|_| true, &mut handles);
    read_all(&workspace.join("src/client/admin"), &|_| true, &mut handles);
    let asked: BTreeSet<&str> =
        tests.split("lab.asks(").skip(1).filter_map(|rest| rest.trim_start().split('"').nth(1)).collect();
    let methods: Vec<_> = handles.split("pub async fn ").skip(1).map(method).collect();
    assert!(methods.len() > 300 && asked.len() > 200, "{} {}", methods.len(), asked.len());
    let is_called = |method: &Method<'_>| {
        let alone = methods.iter().filter(|other| other.name == method.name).count() == 1;
        if method.calls.is_empty() || alone && !OF_OTHERS.contains(&method.name) {
            return [".", "::"].iter().any(|before| tests.contains(&format!("{before}{}(", method.name)));
        }
        method.calls.iter().any(|procedure| asked.contains(procedure))
    };
    let missing = methods.iter().filter(|method| !is_called(method));
    let missing: Vec<_> = missing.map(|method| (method.name, &method.calls)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// From its name on.
fn method(text: &str) -> Method<'_> {
    let body = text.split("\n    }\n").next().unwrap_or_default();
    let ident =
        |rest: &str| rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    // A call begins with its program's name, but for the remote one.
    let programs = [(Program::REMOTE, ""), (Program::QEMU, "qemu_"), (Program::ADMIN, "admin_")];
    let procedure = |call: &str| {
        programs.iter().find_map(|(program, prefix)| {
            let name = call.strip_prefix(prefix)?;
            program.procedures().iter().map(|info| info.name).find(|known| *known == name)
        })
    };
    let called = body.split('.').skip(1).map(|rest| rest.split_at(ident(rest)));
    let calls = called.filter(|(_, rest)| rest.starts_with('(')).filter_map(|(name, _)| procedure(name));
    Method { name: &text[..ident(text)], calls: calls.collect() }
}

/// The text of every Rust file in a folder that is wanted.
fn read_all(folder: &Path, is_wanted: &dyn Fn(&str) -> bool, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, is_wanted, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let file = fs::read_to_string(&path).unwrap();
            if is_wanted(&file) {
                writeln!(text, "{file}").unwrap();
            }
        }
    }
}
