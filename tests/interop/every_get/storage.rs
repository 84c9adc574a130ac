//! Pools, volumes and secrets.

use virtwire::protocol::remote::*;

use super::Driver::{Qemu, Test};
use super::Expected::Answers;
use super::{Row, row};

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(Qemu, |_| ConnectNumOfStoragePools {}, Answers),
        row(Qemu, |_| ConnectListStoragePools { maxnames: 64 }, Answers),
        row(Qemu, |_| ConnectNumOfDefinedStoragePools {}, Answers),
        row(Qemu, |_| ConnectListDefinedStoragePools { maxnames: 64 }, Answers),
        row(
            Test,
            |_| ConnectFindStoragePoolSources { r#type: "logical".into(), src_spec: None, flags: 0 },
            Answers,
        ),
        row(Qemu, |w| StoragePoolLookupByName { name: w.made.pool.name.clone() }, Answers),
        row(Qemu, |w| StoragePoolLookupByUuid { uuid: w.made.pool.uuid }, Answers),
        row(Qemu, |w| StoragePoolLookupByVolume { vol: w.made.volume.clone() }, Answers),
        row(Qemu, |w| StoragePoolGetInfo { pool: w.made.pool.clone() }, Answers),
        row(Qemu, |w| StoragePoolGetXmlDesc { pool: w.made.pool.clone(), flags: 0 }, Answers),
        row(Qemu, |w| StoragePoolGetAutostart { pool: w.made.pool.clone() }, Answers),
        row(Qemu, |w| StoragePoolNumOfVolumes { pool: w.made.pool.clone() }, Answers),
        row(Qemu, |w| StoragePoolListVolumes { pool: w.made.pool.clone(), maxnames: 64 }, Answers),
        row(
            Qemu,
            |w| StorageVolLookupByName { pool: w.made.pool.clone(), name: w.made.volume.name.clone() },
            Answers,
        ),
        row(Qemu, |w| StorageVolLookupByKey { key: w.made.volume.key.clone() }, Answers),
        row(Qemu, |w| StorageVolLookupByPath { path: w.made.volume.key.clone() }, Answers),
        row(Qemu, |w| StorageVolGetInfo { vol: w.made.volume.clone() }, Answers),
        row(Qemu, |w| StorageVolGetXmlDesc { vol: w.made.volume.clone(), flags: 0 }, Answers),
        row(Qemu, |w| StorageVolGetPath { vol: w.made.volume.clone() }, Answers),
        row(Qemu, |_| ConnectNumOfSecrets {}, Answers),
        row(Qemu, |_| ConnectListSecrets { maxuuids: 64 }, Answers),
        row(Qemu, |w| SecretLookupByUuid { uuid: w.made.secret.uuid }, Answers),
        row(Qemu, |w| SecretGetXmlDesc { secret: w.made.secret.clone(), flags: 0 }, Answers),
        row(Qemu, |w| SecretGetValue { secret: w.made.secret.clone(), flags: 0 }, Answers),
        row(
            Qemu,
            |w| SecretLookupByUsage {
                usage_type: w.made.secret.usage_type,
                usage_id: w.made.secret.usage_id.clone(),
            },
            Answers,
        ),
        row(Qemu, |w| StoragePoolIsActive { pool: w.made.pool.clone() }, Answers),
        row(Qemu, |w| StoragePoolIsPersistent { pool: w.made.pool.clone() }, Answers),
        row(Qemu, |_| ConnectListAllStoragePools { need_results: 1, flags: 0 }, Answers),
        row(
            Qemu,
            |w| StoragePoolListAllVolumes { pool: w.made.pool.clone(), need_results: 1, flags: 0 },
            Answers,
        ),
        row(Qemu, |_| ConnectListAllSecrets { need_results: 1, flags: 0 }, Answers),
        row(Qemu, |w| StorageVolGetInfoFlags { vol: w.made.volume.clone(), flags: 0 }, Answers),
        row(Qemu, |w| StoragePoolLookupByTargetPath { path: w.pool_path() }, Answers),
        row(Qemu, |_| ConnectGetStoragePoolCapabilities { flags: 0 }, Answers),
    ]
}
