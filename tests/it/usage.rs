//! An embedder that tells all figures of a domain at once has questions about one disk, one interface, the memory and the CPUs answered.

use virtwire::client::Connection;
use virtwire::hypervisor::mem::Mem;
use virtwire::hypervisor::{
    DomainInfo, DomainState, Host, Hypervisor, HypervisorService, Result, RunningReason, Stats, Uuid,
    WhichXml,
};
use virtwire::protocol::enums::MemoryStat;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::flags::{DomainStatsFlags, DomainStatsKinds};
use virtwire::protocol::params::TypedParams;
use virtwire::protocol::remote::*;
use virtwire::server::Server;

use crate::raw::{Raw, code, serve};

const ON: Uuid = Uuid([1; 16]);
const OFF: Uuid = Uuid([2; 16]);

/// Two domains, one that runs and one that does not, with the same figures.
struct Told(DomainStatsKinds);

impl Hypervisor for Told {
    fn host(&self) -> Host {
        Host::new("Told", "told:///system", "told")
    }

    fn stats(&self) -> Option<&impl Stats> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        let state = DomainState::Running(RunningReason::Booted);
        let on = DomainInfo { id: Some(1), state, memory_kib: 1_000, ..DomainInfo::new("on", ON) };
        Ok(vec![on, DomainInfo::new("off", OFF)])
    }

    async fn xml(&self, domain: Uuid, _: WhichXml) -> Result<String> {
        Ok(format!("<domain type='told'><name>one</name><uuid>{domain}</uuid></domain>"))
    }
}

impl Stats for Told {
    fn kinds(&self) -> DomainStatsKinds {
        self.0
    }

    async fn stats(&self, _: Uuid, kinds: DomainStatsKinds) -> Result<TypedParams> {
        let mut figures = TypedParams::new();
        let mut put = |kind, name: &str, value: u64| {
            if kinds.contains(kind) {
                figures.push(name, value).unwrap();
            }
        };
        for (name, value) in [
            ("block.count", 3),
            ("block.0.rd.reqs", 11),
            ("block.0.rd.bytes", 12),
            ("block.0.wr.reqs", 13),
            ("block.0.wr.bytes", u64::MAX),
            ("block.0.fl.times", 15),
            ("block.0.capacity", 100),
            ("block.0.allocation", 90),
            ("block.0.physical", 95),
            ("block.1.rd.bytes", 7_000),
            ("block.2.rd.bytes", 30),
        ] {
            put(DomainStatsKinds::BLOCK, name, value);
        }
        for (name, value) in [("net.count", 1), ("net.0.rx.bytes", 21), ("net.0.tx.drop", 22)] {
            put(DomainStatsKinds::INTERFACE, name, value);
        }
        for (name, value) in [("balloon.rss", 31), ("balloon.last-update", 32), ("balloon.maximum", 33)] {
            put(DomainStatsKinds::BALLOON, name, value);
        }
        for (name, value) in [("cpu.time", 41), ("cpu.system", 42)] {
            put(DomainStatsKinds::CPU_TOTAL, name, value);
        }
        let mut name = |kind, name: &str, value: &str| {
            if kinds.contains(kind) {
                figures.push(name, value).unwrap();
            }
        };
        for (figure, value) in [
            ("block.0.name", "vda"),
            ("block.0.path", "/a"),
            // An image below the first disk's.
            ("block.1.name", "vda"),
            ("block.1.path", "/b"),
            ("block.2.name", "vdb"),
        ] {
            name(DomainStatsKinds::BLOCK, figure, value);
        }
        name(DomainStatsKinds::INTERFACE, "net.0.name", "vnet0");
        if kinds.contains(DomainStatsKinds::BLOCK) {
            figures.push("block.1.backingIndex", 1_u32).unwrap();
        }
        Ok(figures)
    }

    async fn interface(&self, _: Uuid, mac: &str) -> Result<Option<String>> {
        Ok((mac == "52:54:00:00:00:01").then(|| "vnet0".to_owned()))
    }
}

fn every_kind() -> DomainStatsKinds {
    DomainStatsKinds::BLOCK
        | DomainStatsKinds::INTERFACE
        | DomainStatsKinds::BALLOON
        | DomainStatsKinds::CPU_TOTAL
}

fn dom(uuid: Uuid) -> Domain {
    Domain { name: "".into(), uuid: uuid.0, id: -1 }
}

#[tokio::test]
async fn one_disk_one_interface_and_the_memory_are_parts_of_all_figures() {
    let address = serve(Server::new(HypervisorService::new(Told(every_kind())))).await;
    let connection = Connection::open(&format!("told+tcp://{address}/system")).await.unwrap();
    let domain = connection.domain("on").await.unwrap();

    for disk in ["vda", "/a"] {
        let stats = domain.block_stats(disk).await.unwrap();
        let told = [stats.rd_req, stats.rd_bytes, stats.wr_req, stats.wr_bytes, stats.errs];
        assert_eq!(told, [11, 12, 13, i64::MAX, -1], "{disk}");
    }
    let below = domain.block_stats("/b").await.unwrap();
    assert_eq!((below.rd_req, below.rd_bytes), (-1, 7_000));
    let one = domain.block_stats_params("vda").await.unwrap();
    assert_eq!(
        one.to_string(),
        format!(
            "rd_operations=11, rd_bytes=12, wr_operations=13, wr_bytes={}, flush_total_times=15",
            i64::MAX
        )
    );
    let all = domain.block_stats_params("").await.unwrap();
    assert_eq!((all.i64("rd_bytes"), all.i64("rd_operations")), (Some(42), Some(11)), "{all}");

    let size = domain.block_info("vda").await.unwrap();
    assert_eq!((size.capacity, size.allocation, size.physical), (100, 90, 95));

    for device in ["vnet0", "52:54:00:00:00:01"] {
        let stats = domain.interface_stats(device).await.unwrap();
        assert_eq!((stats.rx_bytes, stats.rx_packets, stats.tx_drop), (21, -1, 22), "{device}");
    }

    let memory = domain.memory_stats().await.unwrap();
    let memory: Vec<_> = memory.iter().collect();
    // What it has is known of it anyway.
    let expected = [(MemoryStat::ActualBalloon, 1_000), (MemoryStat::Rss, 31), (MemoryStat::LastUpdate, 32)];
    assert_eq!(memory, expected);
    assert_eq!(domain.cpu_stats().await.unwrap().to_string(), "cpu_time=41, system_time=42");
}

/// An answer leaves such a domain out without a word.
#[tokio::test]
async fn a_domain_that_has_gone_has_no_figures_and_the_error_says_so() {
    let address = serve(Server::new(HypervisorService::new(Mem::default()))).await;
    let connection = Connection::open(&format!("mem+tcp://{address}/default")).await.unwrap();
    let xml = |name| format!("<domain type='mem'><name>{name}</name><memory>65536</memory></domain>");
    let gone = connection.define_domain(&xml("gone")).await.unwrap();
    let there = connection.define_domain(&xml("there")).await.unwrap();
    let state = DomainStatsKinds::STATE;
    assert!(!gone.stats(state).await.unwrap().is_empty());
    gone.undefine().await.unwrap();
    let error = gone.stats(state).await.unwrap_err();
    assert_eq!(error.remote().map(|error| error.code), Some(ErrorCode::NO_DOMAIN), "{error}");
    let of_both = connection.domain_stats(&[gone, there], state, DomainStatsFlags::NONE).await.unwrap();
    assert_eq!(of_both.iter().map(|stats| stats.domain.name()).collect::<Vec<_>>(), ["there"]);
}

#[tokio::test]
async fn what_is_not_there_has_the_codes_that_clients_know() {
    let mut raw = Raw::open(&serve(Server::new(HypervisorService::new(Told(every_kind())))).await, 0).await;
    let disk = |uuid, path: &str| DomainBlockStats { dom: dom(uuid), path: path.into() };
    let size = |path: &str| DomainGetBlockInfo { dom: dom(ON), path: path.into(), flags: 0 };
    let interface = |uuid, device: &str| DomainInterfaceStats { dom: dom(uuid), device: device.into() };
    let cpus = |start_cpu| DomainGetCpuStats { dom: dom(ON), nparams: 1, start_cpu, ncpus: 1, flags: 0 };
    assert_eq!(code(&raw.ask(&disk(ON, "vdz")).await), (8, 10));
    assert_eq!(code(&raw.ask(&disk(OFF, "vda")).await), (55, 10));
    assert_eq!(code(&raw.ask(&disk(Uuid([3; 16]), "vda")).await), (42, 10));
    assert_eq!(code(&raw.ask(&size("vdz")).await), (8, 10));
    assert_eq!(code(&raw.ask(&size("")).await), (8, 10));
    assert_eq!(code(&raw.ask(&size("vdb")).await), (9, 10), "nobody knows how large it is");
    assert_eq!(code(&raw.ask(&interface(ON, "vnet9")).await), (8, 10));
    assert_eq!(code(&raw.ask(&interface(OFF, "vnet0")).await), (55, 10));
    assert_eq!(code(&raw.ask(&cpus(0)).await), (74, 10));
    let many = DomainBlockStatsFlags { dom: dom(ON), path: "vda".into(), nparams: 17, flags: 0 };
    assert_eq!(code(&raw.ask(&many).await), (39, 7));
    let size_of_one_off = DomainGetBlockInfo { dom: dom(OFF), path: "vda".into(), flags: 0 };
    raw.ask(&size_of_one_off).await.unwrap();

    let none = Server::new(HypervisorService::new(Told(DomainStatsKinds::NONE)));
    let mut raw = Raw::open(&serve(none).await, 0).await;
    assert_eq!(code(&raw.ask(&disk(ON, "vda")).await).0, 3);
    assert_eq!(code(&raw.ask(&size("vda")).await).0, 3);
    assert_eq!(code(&raw.ask(&interface(ON, "vnet0")).await).0, 3);
    assert_eq!(code(&raw.ask(&cpus(-1)).await).0, 3);
}
