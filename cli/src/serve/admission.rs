//! Whom `virtwire serve` lets in, by options; `--config` has more.

use std::path::PathBuf;

use clap::Args;

use virtwire::server::AllowedProcesses;

use super::config::{Config, Way};

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct AdmissionArgs {
    /// Ask every client for a user and a password of this file, by SCRAM; `virtwire passwd` makes it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["polkit", "config"])]
    passwords: Option<PathBuf>,
    /// Have polkit decide about whoever comes by a unix socket; nobody else is let in
    #[arg(long, conflicts_with = "config")]
    polkit: bool,
    /// Let in only processes of these users, by their numbers, and of --allow-gid's groups: all listeners must be unix sockets
    #[arg(long, value_name = "UID,…", value_delimiter = ',', conflicts_with = "config")]
    allow_uid: Vec<u32>,
    /// Let in only processes that act as these groups, by their numbers, and --allow-uid's users: all listeners must be unix sockets
    #[arg(long, value_name = "GID,…", value_delimiter = ',', conflicts_with = "config")]
    allow_gid: Vec<u32>,
}

impl AdmissionArgs {
    pub(super) fn config(&self) -> Config {
        let way = match (&self.passwords, self.polkit) {
            (Some(_), _) => Way::Sasl,
            (None, true) => Way::Polkit,
            (None, false) => Way::None,
        };
        let processes = AllowedProcesses { uids: self.allow_uid.clone(), gids: self.allow_gid.clone() };
        let only_processes = processes != AllowedProcesses::default();
        Config {
            unix: way,
            unix_ro: way,
            tcp: way,
            tls: way,
            passwords: self.passwords.clone(),
            processes: Some(processes).filter(|_| only_processes),
            only_processes,
            ..Config::default()
        }
    }
}
