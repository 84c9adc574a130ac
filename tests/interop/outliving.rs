//! Daemons of ours whose guests are processes that outlive them, and what those guests write down themselves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use virtwire::client::{CallError, Connection};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::enums::DomainStateKind;
use virtwire::protocol::remote;

use crate::lab::{Directory, next_number, runtime};
use crate::process::Process;

/// A daemon of ours whose guests are processes, one after the other in the same directory.
pub(crate) struct Host {
    directory: Directory,
    pub(crate) options: &'static [&'static str],
    /// A client that answers no ping is gone after two seconds.
    config: String,
    process: Option<Process>,
    runtime: tokio::runtime::Runtime,
}

impl Host {
    pub(crate) fn start(options: &'static [&'static str], run_log: &Path) -> Host {
        let directory = Directory::new(next_number());
        let config = directory.write("serve.toml", "keepalive_interval = 1\nkeepalive_count = 1\n");
        let mut host = Host { directory, options, config, process: None, runtime: runtime() };
        host.restart(run_log);
        host
    }

    /// Kills the daemon, if there is one, and starts another.
    pub(crate) fn restart(&mut self, run_log: &Path) {
        drop(self.process.take());
        let process = Process::start(
            Command::new(env!("CARGO_BIN_EXE_virtwire"))
                .args([
                    "serve",
                    "--migration-ports",
                    "0-0",
                    "--exit-with-stdin",
                    "--guests",
                    "processes",
                    "--listen",
                ])
                .arg(format!("unix:{}", self.socket()))
                .arg("--state")
                .arg(self.directory.path().join("state"))
                .arg("--run-log")
                .arg(run_log)
                .args(["--config", &self.config])
                .args(self.options)
                .stdin(Stdio::piped()),
        );
        process.line_after("listening on unix:");
        self.process = Some(process);
    }

    fn socket(&self) -> String {
        self.directory.path().join("socket").display().to_string()
    }

    pub(crate) fn uri(&self) -> String {
        format!("mem+unix:///default?socket={}", self.socket())
    }

    pub(crate) fn create(&self, xml: &str) -> [u8; 16] {
        self.runtime.block_on(async {
            let connection = Connection::open(&self.uri()).await.expect("our daemon lets us in");
            let call = remote::DomainCreateXml { xml_desc: xml.into(), flags: 0 };
            connection.call(call).await.expect("our daemon creates a guest").dom.uuid
        })
    }

    /// None if the guest is not there.
    pub(crate) fn state(&self, uuid: &[u8; 16]) -> Option<DomainStateKind> {
        self.runtime.block_on(async {
            let connection = Connection::open(&self.uri()).await.expect("our daemon lets us in");
            let found = connection.call(remote::DomainLookupByUuid { uuid: *uuid }).await.ok()?;
            let info = connection.call(remote::DomainGetInfo { dom: found.dom }).await.ok()?;
            Some(DomainStateKind::from(i32::from(info.state)))
        })
    }

    /// An error if somebody else has it in hand.
    pub(crate) fn resume(&self, uuid: &[u8; 16]) -> Result<(), CallError> {
        self.runtime.block_on(async {
            let connection = Connection::open(&self.uri()).await.expect("our daemon lets us in");
            let dom = connection.domain_lookup_by_uuid(*uuid).await?.dom;
            connection.domain_resume(&dom).await.map(drop)
        })
    }

    pub(crate) fn destroy(&self, uuid: &[u8; 16]) {
        self.runtime.block_on(async {
            let connection = Connection::open(&self.uri()).await.expect("our daemon lets us in");
            if let Ok(found) = connection.call(remote::DomainLookupByUuid { uuid: *uuid }).await {
                let _ = connection.call(remote::DomainDestroy { dom: found.dom }).await;
            }
        });
    }
}

impl Host {
    /// Whether this guest ever ran here.
    pub(crate) fn ran(&self, run_log: &Path, uuid: &[u8; 16]) -> bool {
        let (log, uuid) = (fs::read_to_string(run_log).unwrap_or_default(), Uuid(*uuid).to_string());
        let state = self.directory.path().join("state").display().to_string();
        log.lines().any(|line| {
            let words: Vec<_> = line.splitn(6, ' ').collect();
            words.len() == 6 && words[1] == uuid && words[3] == "run" && words[5].starts_with(&state)
        })
    }
}

/// The line by which a guest began to run while it ran elsewhere, if one did: `TIME UUID PID EVENT COUNTER DIRECTORY`, written before a
/// guest runs and after it stands still.
pub(crate) fn doubled(run_log: &Path) -> Option<String> {
    let log = fs::read_to_string(run_log).unwrap_or_default();
    let mut running = BTreeMap::<&str, &str>::new();
    for line in log.lines() {
        let words: Vec<_> = line.splitn(6, ' ').collect();
        let [_, uuid, pid, event, ..] = words[..] else { continue };
        match event {
            "run" => match running.insert(uuid, pid) {
                Some(other) if other != pid => return Some(line.to_owned()),
                _ => {}
            },
            "stop" | "end" if running.get(uuid) == Some(&pid) => {
                running.remove(uuid);
            }
            _ => {}
        }
    }
    None
}
