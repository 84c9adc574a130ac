//! What the options ask for.

use std::path::Path;
use std::time::Duration;

use virtwire::migrate::Switch;
use virtwire::protocol::migrate::{Domain, DomainXml, MigrateFlags, Refusal, Request, Way, Wish};

use super::hosts::Hosts;
use super::{name, param};
use crate::args::{MigrateArgs, WantedVersion};
use crate::fail::{Fail, plain};

/// When it switches to post-copy by itself.
pub(super) fn switch(args: &MigrateArgs) -> Switch {
    match args.postcopy_after {
        Some(seconds) => Switch::After(Duration::from_secs(seconds)),
        None if args.postcopy_after_precopy => Switch::AfterFirstPass,
        None => Switch::AtTheWord,
    }
}

pub(super) fn way(args: &MigrateArgs) -> Way {
    match (args.direct, args.p2p || args.tunnelled) {
        (true, _) => Way::Direct,
        (false, true) => Way::PeerToPeer { to: args.peer_uri.as_deref().unwrap_or(&args.to).into() },
        (false, false) => Way::Managed,
    }
}

pub(super) fn request(args: &MigrateArgs, domain: Domain) -> Result<Request, Fail> {
    let mut request = Request::live(domain);
    request_with(args)?(&mut request);
    Ok(request)
}

/// What the options make of a request.
pub(super) fn request_with(args: &MigrateArgs) -> Result<impl FnOnce(&mut Request) + Send + use<>, Fail> {
    let wanted = [
        (args.live, MigrateFlags::LIVE),
        (args.tunnelled, MigrateFlags::TUNNELLED),
        (args.postcopy, MigrateFlags::POSTCOPY),
        (args.postcopy_resume, MigrateFlags::LIVE | MigrateFlags::POSTCOPY | MigrateFlags::POSTCOPY_RESUME),
        (args.persistent, MigrateFlags::PERSIST_DEST),
        (args.undefine_source, MigrateFlags::UNDEFINE_SOURCE),
        (args.paused, MigrateFlags::PAUSED),
        (args.offline, MigrateFlags::OFFLINE),
        (args.copy_storage_all, MigrateFlags::NON_SHARED_DISK),
        (args.copy_storage_inc, MigrateFlags::NON_SHARED_INC),
        (args.copy_storage_synchronous_writes, MigrateFlags::NON_SHARED_SYNCHRONOUS_WRITES),
        (args.auto_converge, MigrateFlags::AUTO_CONVERGE),
        (args.compressed, MigrateFlags::COMPRESSED),
        (args.parallel, MigrateFlags::PARALLEL),
        (args.zerocopy, MigrateFlags::ZEROCOPY),
        (args.tls, MigrateFlags::TLS),
        (args.rdma_pin_all, MigrateFlags::RDMA_PIN_ALL),
        (args.change_protection, MigrateFlags::CHANGE_PROTECTION),
        (args.abort_on_error, MigrateFlags::ABORT_ON_ERROR),
        (args.r#unsafe, MigrateFlags::UNSAFE),
    ];
    let flags =
        wanted.into_iter().filter(|(wanted, _)| *wanted).fold(MigrateFlags(0), |all, (_, flag)| all | flag);
    let way = way(args);
    let uri = args.migrate_uri.as_deref().map(Into::into);
    let dname = args.dname.as_deref().map(Into::into);
    let bandwidth_mib_s = args.bandwidth;
    let params = param::disks(&args.migrate_disks).chain(args.param.iter().cloned()).collect();
    let xml = args.xml.as_deref().map(read).transpose()?;
    let persistent_xml = args.persistent_xml.as_deref().map(read).transpose()?;
    Ok(move |request: &mut Request| {
        *request = Request {
            way,
            flags,
            uri,
            dname,
            bandwidth_mib_s,
            xml,
            persistent_xml,
            params,
            ..Request::live(request.domain.clone())
        };
    })
}

fn read(file: &Path) -> Result<DomainXml, Fail> {
    let bytes = std::fs::read(file).map_err(|error| {
        Fail::new(
            format!("file {}", file.display()),
            plain(&error),
            "nothing was tried, the guest is untouched",
        )
    })?;
    Ok(DomainXml(bytes.into()))
}

/// The version that was asked for.
fn wanted(args: &MigrateArgs) -> Wish {
    match args.migration {
        WantedVersion::Auto if args.force_v2 => Wish::V2,
        WantedVersion::Auto => Wish::Auto,
        WantedVersion::V3Params => Wish::V3Params,
        WantedVersion::V3 => Wish::V3,
        WantedVersion::V2 => Wish::V2,
        WantedVersion::V1 => Wish::V1,
    }
}

/// Version 2 is for hosts that have nothing better, unless the user insists.
pub(super) async fn wish(args: &MigrateArgs, hosts: &Hosts) -> Result<Wish, Fail> {
    match wanted(args) {
        Wish::V2 if !args.force_v2 && hosts.have_v3().await? => Err(Fail::new(
            format!("domain {}", name(args)),
            "version 2 is not for these hosts: one of them has version 3, and today's QEMU hosts cannot serve version 2",
            "--force-v2 sends it all the same",
        )),
        wish => Ok(wish),
    }
}

pub(super) fn refused(args: &MigrateArgs, refusal: &Refusal) -> Fail {
    let fail = Fail::new(
        format!("domain {}", name(args)),
        format!("cannot be moved: {refusal}"),
        "nothing was tried, the guest is untouched",
    );
    match refusal {
        Refusal::NoCommonVersion { .. } | Refusal::NotReported { .. } | Refusal::OnlyForced { .. } => fail
            .next("nothing was tried, the guest is untouched; `virtwire probe URI` shows what a host can do"),
        _ => fail.next("nothing was tried, the guest is untouched"),
    }
}

#[cfg(test)]
mod tests {
    use virtwire::protocol::migrate::ParamValue;

    use super::*;
    use crate::args::{Command, Typed, parse};

    fn asked(options: &str) -> Request {
        let words =
            "virtwire migrate --from mem://a/ --to mem://b/ web1".split(' ').chain(options.split(' '));
        let Ok(Typed::ByUser(cli)) = parse(words) else { panic!("{options}") };
        let Command::Migrate(args) = cli.command else { panic!("{options}") };
        request(&args, Domain { name: "web1".into(), uuid: [1; 16], id: 1 }).unwrap()
    }

    #[test]
    fn every_flag_of_libvirts_has_an_option() {
        let all = [
            ("--live", 1),
            ("--tunnelled", 4),
            ("--persistent", 8),
            ("--undefine-source", 16),
            ("--paused", 32),
            ("--copy-storage-all", 64),
            ("--copy-storage-inc", 128),
            ("--change-protection", 256),
            ("--unsafe", 512),
            ("--offline", 1_024),
            ("--compressed", 2_048),
            ("--abort-on-error", 4_096),
            ("--auto-converge", 8_192),
            ("--rdma-pin-all", 16_384),
            ("--live --postcopy", 32_768 | 1),
            ("--tls", 65_536),
            ("--parallel", 131_072),
            ("--copy-storage-synchronous-writes", 262_144),
            ("--postcopy-resume", 524_288 | 32_768 | 1),
            ("--zerocopy", 1_048_576),
        ];
        for (options, flags) in all {
            assert_eq!(asked(options).flags, MigrateFlags(flags), "{options}");
        }
        // PEER2PEER follows from the way.
        let every = all.iter().fold(2, |every, (_, flags)| every | flags);
        assert_eq!(every, (1_048_576 << 1) - 1);
        assert!(matches!(asked("--p2p").way, Way::PeerToPeer { .. }));
    }

    #[test]
    fn parameters_are_those_of_the_options_and_those_that_are_named() {
        let request = asked("--migrate-disks vda,vdb --param parallel.connections=4");
        let said: Vec<_> = request.params.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["migrate_disks=vda", "migrate_disks=vdb", "parallel.connections=4"]);
        assert_eq!(request.params[2].value, ParamValue::Int(4));
    }
}
