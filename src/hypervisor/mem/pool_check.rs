//! Which pools there are here, and what of a pool's document libvirt's parser refuses.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::Result;
use super::device_check::{invalid, of_xml};
use super::document::Document;

/// Those whose volumes are files in a directory, which memory can stand for.
const SERVED: [&str; 3] = ["dir", "fs", "netfs"];
/// Those whose volumes are somebody else's: partitions, devices and objects of another host. To take one would be to pretend.
const OTHERS: [&str; 11] = [
    "logical",
    "disk",
    "iscsi",
    "iscsi-direct",
    "scsi",
    "mpath",
    "rbd",
    "sheepdog",
    "gluster",
    "zfs",
    "vstorage",
];

/// That a pool that somebody wishes for can be.
///
/// # Errors
/// Code 27 for what no host has, 67 for what this one has not.
pub(super) fn check(pool: &Document) -> Result<()> {
    let Some(kind) = pool.field("@type") else {
        return Err(of_xml("Missing required attribute 'type' in element 'pool'"));
    };
    if OTHERS.contains(&kind) {
        let text =
            format!("this host has pools of the types {}, and none of type '{kind}'", SERVED.join(", "));
        return Err(RemoteError::new(ErrorCode::CONFIG_UNSUPPORTED, ErrorDomain::STORAGE, text));
    }
    if !SERVED.contains(&kind) {
        return Err(invalid("type", "pool", kind));
    }
    let needs: &[_] = match kind {
        "netfs" => &[("source/host@name", "source host name"), ("source/dir@path", "source path")],
        "fs" => &[("source/device@path", "source device name")],
        _ => &[],
    };
    for (field, what) in [needs, &[("target/path", "target path")]].concat() {
        if pool.field(field).is_none() {
            let text = format!("missing storage pool {what}");
            return Err(RemoteError::new(ErrorCode::XML_ERROR, ErrorDomain::STORAGE, text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_of_a_type_that_is_served() {
        let target = "<target><path>/a</path></target>";
        let host = "<host name='h'/>";
        for (pool, code, domain) in [
            (format!("<pool type='dir'>{target}"), 0, 0),
            ("<pool type='dir'>".to_owned(), 27, 18),
            ("<pool type='dir'><target/>".to_owned(), 27, 18),
            (format!("<pool type='foo'>{target}"), 27, 5),
            (format!("<pool>{target}"), 27, 5),
            (format!("<pool type='fs'>{target}"), 27, 18),
            (format!("<pool type='fs'><source><device path='/dev/a'/></source>{target}"), 0, 0),
            (format!("<pool type='netfs'><source>{host}</source>{target}"), 27, 18),
            (format!("<pool type='netfs'><source>{host}<dir path='/b'/></source>{target}"), 0, 0),
            (format!("<pool type='netfs'><source>{host}<dir path='/b'/></source>"), 27, 18),
            ("<pool type='logical'>".to_owned(), 67, 18),
            (format!("<pool type='rbd'>{target}"), 67, 18),
        ] {
            let document = Document::read(format!("{pool}<name>x</name></pool>"), "pool").unwrap();
            let found = check(&document).err().map_or((0, 0), |error| (error.code.0, error.domain.0));
            assert_eq!(found, (code, domain), "{pool}");
        }
    }
}
