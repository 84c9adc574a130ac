//! What a client asks of data (that they stay, that they go, that nothing is lost) an embedder is told, or the call is refused before
//! anything is done. What a domain has stored that may go with it is the one exception: to a host that does not know of it there is none.

use std::path::Path;
use std::sync::{Arc, Mutex};

use virtwire::hypervisor::*;
use virtwire::protocol::program::{Procedure, ProcedureNumber, Program};
use virtwire::protocol::remote::*;
use virtwire::server::Server;
use virtwire::xdr::to_vec;

use crate::raw::{Raw, serve};

const DOMAIN: Uuid = Uuid([1; 16]);
/// One without snapshots.
const PLAIN: Uuid = Uuid([4; 16]);
const OFF: Uuid = Uuid([2; 16]);
const ON: Uuid = Uuid([3; 16]);
const VOLUME: &str = "/on/disk";

/// The verbs that were called, with what they were told.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<String>>>);

impl Said {
    fn note(&self, verb: impl Into<String>) -> Result<()> {
        self.0.lock().unwrap().push(verb.into());
        Ok(())
    }
}

/// A host with a domain that is off and has snapshots, and two pools; and with more verbs of its life, its snapshots and its storage.
macro_rules! host {
    ($name:ident, { $($life:tt)* }, { $($snapshots:tt)* }, { $($storage:tt)* }) => {
        struct $name(Said);

        impl Hypervisor for $name {
            fn host(&self) -> Host {
                Host::new("Told", "told:///system", "told")
            }

            fn changes(&self) -> Option<&impl Changes> {
                Some(&self.0)
            }

            fn saving(&self) -> Option<&impl Saving> {
                Some(&self.0)
            }

            fn snapshots(&self) -> Option<&impl Snapshots> {
                Some(self)
            }

            fn storage(&self) -> Option<&impl Storage> {
                Some(self)
            }

            async fn domains(&self) -> Result<Vec<DomainInfo>> {
                Ok(vec![DomainInfo::new("a", DOMAIN), DomainInfo::new("plain", PLAIN)])
            }

            async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> {
                Ok("<domain/>".to_owned())
            }

            async fn destroy(&self, _: Uuid) -> Result<()> {
                self.0.note("destroy")
            }

            async fn undefine(&self, _: Uuid) -> Result<()> {
                self.0.note("undefine")
            }

            $($life)*
        }

        impl Snapshots for $name {
            async fn snapshots(&self, domain: Uuid) -> Result<Vec<SnapshotInfo>> {
                if domain == PLAIN {
                    return Ok(Vec::new());
                }
                let child = SnapshotInfo { parent: Some("s".to_owned()), ..SnapshotInfo::new("child") };
                Ok(vec![SnapshotInfo::new("s"), child])
            }

            async fn snapshot_xml(&self, _: Uuid, _: &str) -> Result<String> {
                Ok("<domainsnapshot/>".to_owned())
            }

            async fn create_snapshot(&self, _: Uuid, _: String) -> Result<SnapshotInfo> {
                self.0.note("create_snapshot")?;
                Ok(SnapshotInfo::new("s"))
            }

            async fn revert(&self, _: Uuid, _: &str, how: Revert) -> Result<()> {
                self.0.note(format!("revert {}", how.force))
            }

            async fn delete_snapshot(&self, _: Uuid, name: &str) -> Result<()> {
                self.0.note(format!("delete_snapshot {name}"))
            }

            $($snapshots)*
        }

        impl Storage for $name {
            async fn pools(&self) -> Result<Vec<PoolInfo>> {
                let standing = Standing { active: true, ..Standing::default() };
                Ok(vec![PoolInfo::new("off", OFF), PoolInfo { standing, ..PoolInfo::new("on", ON) }])
            }

            async fn pool_xml(&self, _: Uuid, _: bool) -> Result<String> {
                Ok("<pool/>".to_owned())
            }

            async fn volumes(&self, _: Uuid) -> Result<Vec<VolumeInfo>> {
                Ok(vec![VolumeInfo::new("disk", VOLUME)])
            }

            async fn volume_xml(&self, _: Uuid, _: &str) -> Result<String> {
                Ok("<volume/>".to_owned())
            }

            async fn create_pool(&self, _: String, build: bool) -> Result<PoolInfo> {
                self.0.note(format!("create_pool {build}"))?;
                Ok(PoolInfo::new("new", OFF))
            }

            async fn build_pool(&self, _: Uuid) -> Result<()> {
                self.0.note("build_pool")
            }

            async fn start_pool(&self, _: Uuid) -> Result<()> {
                self.0.note("start_pool")
            }

            async fn delete_pool(&self, _: Uuid) -> Result<()> {
                self.0.note("delete_pool")
            }

            async fn create_volume(&self, _: Uuid, _: String, how: CreateVolume) -> Result<VolumeInfo> {
                self.0.note(format!("create_volume {}", how.preallocate))?;
                Ok(VolumeInfo::new("new", "/on/new"))
            }

            async fn clone_volume(
                &self,
                _: Uuid,
                _: String,
                _: (Uuid, &str),
                how: CreateVolume,
            ) -> Result<VolumeInfo> {
                self.0.note(format!("clone_volume {} {}", how.preallocate, how.reflink))?;
                Ok(VolumeInfo::new("new", "/on/new"))
            }

            async fn delete_volume(&self, _: Uuid, _: &str) -> Result<()> {
                self.0.note("delete_volume")
            }

            $($storage)*
        }
    };
}

host!(Ignorant, {}, {}, {});

host!(
    Knowing,
    {
        async fn destroy_gracefully(&self, _: Uuid) -> Result<()> {
            self.0.note("destroy_gracefully")
        }

        async fn undefine_with(&self, _: Uuid, stored: Undefine) -> Result<()> {
            self.0.note(format!("undefine_with {:?} {:?}", stored.keeps_nvram, stored.keeps_tpm))
        }

        fn undefine_keeps(&self) -> bool {
            true
        }
    },
    {
        async fn forget_snapshot(&self, _: Uuid, name: &str) -> Result<()> {
            self.0.note(format!("forget_snapshot {name}"))
        }

        async fn redefine_snapshot(&self, _: Uuid, _: String, current: bool) -> Result<SnapshotInfo> {
            self.0.note(format!("redefine_snapshot {current}"))?;
            Ok(SnapshotInfo::new("s"))
        }
    },
    {
        async fn create_pool_over(&self, _: String, there: Existing) -> Result<PoolInfo> {
            self.0.note(format!("create_pool_over {there:?}"))?;
            Ok(PoolInfo::new("new", OFF))
        }

        async fn build_pool_over(&self, _: Uuid, there: Existing) -> Result<()> {
            self.0.note(format!("build_pool_over {there:?}"))
        }

        async fn wipe_volume(&self, _: Uuid, _: &str) -> Result<()> {
            self.0.note("wipe_volume")
        }
    }
);

impl Changes for Said {
    async fn metadata(&self, _: Uuid, _: &Metadata, _: bool) -> Result<Option<String>> {
        Ok(None)
    }

    async fn change(&self, _: Uuid, change: Change, _: Place) -> Result<()> {
        let Change::Update { force, .. } = change else { panic!("{change:?}") };
        self.note(format!("update {force}"))
    }

    async fn configured(&self, _: Uuid) -> Result<DomainInfo> {
        Ok(DomainInfo::new("a", DOMAIN))
    }
}

impl Saving for Said {
    async fn save(&self, _: Uuid, _: &Path, how: Save) -> Result<()> {
        self.note(format!("save {}", how.bypass_cache))
    }

    async fn restore(&self, _: &Path, how: Save) -> Result<()> {
        self.note(format!("restore {}", how.bypass_cache))
    }

    async fn saved_xml(&self, _: &Path) -> Result<String> {
        Ok("<domain/>".to_owned())
    }

    async fn set_saved(&self, _: &Path, how: Save) -> Result<()> {
        self.note(format!("set_saved {}", how.bypass_cache))
    }
}

/// A call, and for a host that knows of what it asks, and for one that does not, what it comes to: verbs, or an error's code and text.
struct Row(String, i32, Vec<u8>, &'static str, &'static str);

fn row<P: Procedure + std::fmt::Debug>(call: P, knowing: &'static str, ignorant: &'static str) -> Row {
    Row(format!("{call:?}"), P::NUMBER.0, to_vec(&call).unwrap(), knowing, ignorant)
}

async fn check<H: Hypervisor>(rows: &[Row], make: impl FnOnce(Said) -> H, knows: bool) {
    let said = Said::default();
    let address = serve(Server::new(HypervisorService::new(make(said.clone())))).await;
    let mut raw = Raw::open(&address, 0).await;
    for Row(call, number, payload, knowing, ignorant) in rows {
        let answer = raw.call(Program::REMOTE, *number, payload).await;
        let verbs = std::mem::take(&mut *said.0.lock().unwrap());
        let came = match answer {
            Ok(_) => verbs.join(", "),
            Err(error) => {
                assert_eq!(verbs, [""; 0], "done all the same: {call}");
                let text = error.message.to_string_lossy();
                let text = text.rsplit_once(": ").map_or(&*text, |(_, last)| last);
                let (text, function) = text.split_once(" in function ").unwrap_or((text, ""));
                // By the name of the call that was made, and of no other.
                let own = Program::REMOTE.procedure(ProcedureNumber(*number)).unwrap().name;
                assert!(function.is_empty() || function.starts_with(own), "{call}: {function}");
                format!("{} {text}", error.code.0)
            }
        };
        let expected = if knows { knowing } else { ignorant };
        assert_eq!(came, *expected, "{call}");
    }
}

#[tokio::test]
async fn an_embedder_is_told_or_the_client_refused() {
    let dom = || Domain { name: "a".into(), uuid: DOMAIN.0, id: -1 };
    let snap = || DomainSnapshot { name: "s".into(), dom: dom() };
    let off = || StoragePool { name: "off".into(), uuid: OFF.0 };
    let on = || StoragePool { name: "on".into(), uuid: ON.0 };
    let vol = || StorageVol { pool: "on".into(), name: "disk".into(), key: VOLUME.into() };

    let destroy = |flags| DomainDestroyFlags { dom: dom(), flags };
    let undefine = |flags| DomainUndefineFlags { dom: dom(), flags };
    let plain = |flags| {
        let dom = Domain { name: "plain".into(), uuid: PLAIN.0, id: -1 };
        DomainUndefineFlags { dom, flags }
    };
    let create = |flags| DomainSnapshotCreateXml { dom: dom(), xml_desc: "<domainsnapshot/>".into(), flags };
    let delete = |flags| DomainSnapshotDelete { snap: snap(), flags };
    let revert = |flags| DomainRevertToSnapshot { snap: snap(), flags };
    let save = |flags| DomainSaveFlags { dom: dom(), to: "/to".into(), dxml: None, flags };
    let restore = |flags| DomainRestoreFlags { from: "/from".into(), dxml: None, flags };
    let set_saved =
        |flags| DomainSaveImageDefineXml { file: "/from".into(), dxml: "<domain/>".into(), flags };
    let update = |flags| DomainUpdateDeviceFlags { dom: dom(), xml: "<disk/>".into(), flags };
    let build = |flags| StoragePoolBuild { pool: off(), flags };
    let start = |flags| StoragePoolCreate { pool: off(), flags };
    let new_pool = |flags| StoragePoolCreateXml { xml: "<pool/>".into(), flags };
    let delete_pool = |flags| StoragePoolDelete { pool: off(), flags };
    let delete_vol = |flags| StorageVolDelete { vol: vol(), flags };
    let new_vol = |flags| StorageVolCreateXml { pool: on(), xml: "<volume/>".into(), flags };
    let clone =
        |flags| StorageVolCreateXmlFrom { pool: on(), xml: "<volume/>".into(), clonevol: vol(), flags };
    let rows = [
        row(destroy(0), "destroy", "destroy"),
        row(destroy(1), "destroy_gracefully", "8 unsupported flags (0x1)"),
        row(destroy(2), "8 unsupported flags (0x2)", "8 unsupported flags (0x2)"),
        row(undefine(2), "forget_snapshot child, forget_snapshot s, undefine", "8 unsupported flags (0x2)"),
        row(
            undefine(2 | 4),
            "forget_snapshot child, forget_snapshot s, undefine_with Some(false) None",
            "8 unsupported flags (0x2)",
        ),
        row(
            undefine(2 | 8 | 64),
            "forget_snapshot child, forget_snapshot s, undefine_with Some(true) Some(true)",
            "8 unsupported flags (0x48)",
        ),
        row(
            undefine(2 | 32),
            "forget_snapshot child, forget_snapshot s, undefine_with None Some(false)",
            "8 unsupported flags (0x2)",
        ),
        row(plain(4), "undefine_with Some(false) None", "undefine"),
        row(plain(32), "undefine_with None Some(false)", "undefine"),
        row(undefine(2 | 4 | 8), "55 cannot both keep and delete nvram", "8 unsupported flags (0x8)"),
        row(undefine(2 | 32 | 64), "55 cannot both keep and delete TPM", "8 unsupported flags (0x40)"),
        row(create(0), "create_snapshot", "create_snapshot"),
        row(create(1), "redefine_snapshot false", "8 unsupported flags (0x1)"),
        row(create(3), "redefine_snapshot true", "8 unsupported flags (0x3)"),
        row(create(2), "8 flag 'current'", "8 flag 'current'"),
        row(create(8), "8 unsupported flags (0x8)", "8 unsupported flags (0x8)"),
        row(delete(0), "delete_snapshot s", "delete_snapshot s"),
        row(delete(2), "forget_snapshot s", "8 unsupported flags (0x2)"),
        row(delete(2 | 1), "forget_snapshot child, forget_snapshot s", "8 unsupported flags (0x2)"),
        row(delete(2 | 4), "forget_snapshot child", "8 unsupported flags (0x2)"),
        row(revert(0), "revert false", "revert false"),
        row(revert(4), "revert true", "revert true"),
        row(save(0), "save false", "save false"),
        row(save(1), "save true", "save true"),
        row(restore(1), "restore true", "restore true"),
        row(set_saved(1), "set_saved true", "set_saved true"),
        row(update(2), "update false", "update false"),
        row(update(2 | 4), "update true", "update true"),
        row(build(0), "build_pool", "build_pool"),
        row(build(4), "build_pool_over Stays", "8 unsupported flags (0x4)"),
        row(build(8), "build_pool_over Goes", "8 unsupported flags (0x8)"),
        row(build(4 | 8), "8 flags 'overwrite' and 'no_overwrite'", "8 flags 'overwrite' and 'no_overwrite'"),
        row(build(1), "8 unsupported flags (0x1)", "8 unsupported flags (0x1)"),
        row(build(2), "8 unsupported flags (0x2)", "8 unsupported flags (0x2)"),
        row(start(0), "start_pool", "start_pool"),
        row(start(1), "build_pool, start_pool", "build_pool, start_pool"),
        row(start(2), "build_pool_over Goes, start_pool", "8 unsupported flags (0x2)"),
        row(start(4), "build_pool_over Stays, start_pool", "8 unsupported flags (0x4)"),
        row(start(1 | 4), "build_pool_over Stays, start_pool", "8 unsupported flags (0x4)"),
        row(start(2 | 4), "8 flags 'overwrite' and 'no_overwrite'", "8 flags 'overwrite' and 'no_overwrite'"),
        row(new_pool(0), "create_pool false", "create_pool false"),
        row(new_pool(1), "create_pool true", "create_pool true"),
        row(new_pool(2), "create_pool_over Goes", "8 unsupported flags (0x2)"),
        row(new_pool(1 | 4), "create_pool_over Stays", "8 unsupported flags (0x4)"),
        row(new_pool(7), "8 flags 'overwrite' and 'no_overwrite'", "8 flags 'overwrite' and 'no_overwrite'"),
        row(delete_pool(0), "delete_pool", "delete_pool"),
        row(delete_pool(1), "8 unsupported flags (0x1)", "8 unsupported flags (0x1)"),
        row(delete_vol(0), "delete_volume", "delete_volume"),
        row(delete_vol(1), "wipe_volume, delete_volume", "8 unsupported flags (0x1)"),
        row(delete_vol(2), "8 unsupported flags (0x2)", "8 unsupported flags (0x2)"),
        row(new_vol(0), "create_volume false", "create_volume false"),
        row(new_vol(1), "create_volume true", "create_volume true"),
        row(new_vol(2), "8 unsupported flags (0x2)", "8 unsupported flags (0x2)"),
        row(clone(0), "clone_volume false false", "clone_volume false false"),
        row(clone(3), "clone_volume true true", "clone_volume true true"),
    ];
    check(&rows, Knowing, true).await;
    check(&rows, Ignorant, false).await;
}
