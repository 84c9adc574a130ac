//! The verbs for one guest: dumpxml, define, create, start, shutdown, reboot, suspend, resume, destroy, undefine.

use std::ops::BitOr;
use std::path::Path;
use std::time::Duration;

use virtwire::client::{CallError, Connection, Domain};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::flags::{DomainShutdownFlags, DomainStartFlags, DomainUndefineFlags, DomainXmlFlags};

use crate::args::{DomainArgs, DumpxmlArgs, UndefineArgs, XmlArgs};
use crate::connect::{Opener, find};
use crate::fail::{Fail, last, plain, quoted};
use crate::screen::{say_document, say_done};

/// Prints a guest's configuration.
pub(crate) async fn dumpxml(args: DumpxmlArgs, opener: Opener) -> Result<(), Fail> {
    let flags = [
        (args.inactive, DomainXmlFlags::INACTIVE),
        (args.security_info, DomainXmlFlags::SECURE),
        (args.update_cpu, DomainXmlFlags::UPDATE_CPU),
        (args.migratable, DomainXmlFlags::MIGRATABLE),
    ];
    let flags = asked(DomainXmlFlags::NONE, flags);
    let (connection, domain) = guest(&args.domain, opener).await?;
    let xml = domain.xml(flags).await;
    say_document(&xml.map_err(|error| refused(&connection, &args.domain.domain, &error))?)?;
    goodbye(connection).await
}

/// Keeps a configuration.
pub(crate) async fn define(args: XmlArgs, opener: Opener) -> Result<(), Fail> {
    let xml = read(&args.file)?;
    let connection = opener.open(&args.uri).await?;
    let domain = connection.define_domain(&xml).await;
    let domain = domain.map_err(|error| bad_xml(&connection, &args.file, &error))?;
    say_done(&format!("defined {} {}", domain.name(), domain.uuid()))?;
    goodbye(connection).await
}

/// Starts a guest from a configuration that is not kept.
pub(crate) async fn create(args: XmlArgs, opener: Opener) -> Result<(), Fail> {
    let xml = read(&args.file)?;
    let connection = opener.open(&args.uri).await?;
    let domain = connection.create_domain(&xml, DomainStartFlags::NONE).await;
    let domain = domain.map_err(|error| bad_xml(&connection, &args.file, &error))?;
    say_done(&format!("created {} {}", domain.name(), domain.uuid()))?;
    goodbye(connection).await
}

/// What is done to a guest that is there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verb {
    Start,
    Shutdown,
    Reboot,
    Suspend,
    Resume,
    Destroy,
}

/// Does it, and says so.
pub(crate) async fn act(verb: Verb, args: DomainArgs, opener: Opener) -> Result<(), Fail> {
    let (connection, domain) = guest(&args, opener).await?;
    let (done, said) = match verb {
        Verb::Start => (domain.start().await, "started"),
        Verb::Shutdown => (domain.shutdown().await, "asked to shut down:"),
        Verb::Reboot => (domain.reboot(DomainShutdownFlags::NONE).await, "asked to reboot:"),
        Verb::Suspend => (domain.suspend().await, "suspended"),
        Verb::Resume => (domain.resume().await, "resumed"),
        Verb::Destroy => (domain.destroy().await, "destroyed"),
    };
    done.map_err(|error| refused(&connection, &args.domain, &error))?;
    say_done(&format!("{said} {}", domain.name()))?;
    goodbye(connection).await
}

/// Forgets a guest's configuration, with what the user names.
pub(crate) async fn undefine(args: UndefineArgs, opener: Opener) -> Result<(), Fail> {
    let flags = [
        (args.managed_save, DomainUndefineFlags::MANAGED_SAVE),
        (args.snapshots_metadata, DomainUndefineFlags::SNAPSHOTS_METADATA),
        (args.checkpoints_metadata, DomainUndefineFlags::CHECKPOINTS_METADATA),
        (args.nvram, DomainUndefineFlags::NVRAM),
        (args.keep_nvram, DomainUndefineFlags::KEEP_NVRAM),
        (args.tpm, DomainUndefineFlags::TPM),
        (args.keep_tpm, DomainUndefineFlags::KEEP_TPM),
    ];
    let flags = asked(DomainUndefineFlags::NONE, flags);
    let (connection, domain) = guest(&args.domain, opener).await?;
    let done = match flags {
        // Older daemons have only this.
        DomainUndefineFlags::NONE => domain.undefine().await,
        flags => domain.undefine_with(flags).await,
    };
    done.map_err(|error| {
        let fail = refused(&connection, &args.domain.domain, &error);
        match error.remote().map(|error| error.code) {
            Some(ErrorCode::OPERATION_INVALID) => fail.next(
                "only a defined guest can be undefined; `virtwire undefine --help` shows what has to go with it, such as snapshots",
            ),
            _ => fail,
        }
    })?;
    say_done(&format!("undefined {}", domain.name()))?;
    goodbye(connection).await
}

/// All flags that were asked for.
fn asked<F: Copy + BitOr<Output = F>>(none: F, flags: impl IntoIterator<Item = (bool, F)>) -> F {
    flags.into_iter().filter(|(is_asked, _)| *is_asked).fold(none, |flags, (_, flag)| flags | flag)
}

/// The guest that is meant, and the connection to its host.
pub(crate) async fn guest(args: &DomainArgs, opener: Opener) -> Result<(Connection, Domain), Fail> {
    if args.uri.is_empty() && args.domain.contains("://") {
        let uri = &args.domain;
        return Err(Fail::new(
            format!("URI {uri}"),
            "which of its guests is meant is not said",
            format!(
                "a guest comes behind its host, as in `{} web1`; `virtwire list --all {}` shows those that there are",
                quoted(uri),
                quoted(uri)
            ),
        ));
    }
    let connection = opener.open(&args.uri).await?;
    let domain = find(&connection, &args.domain).await?;
    Ok((connection, domain))
}

/// What was asked for is done; a daemon that closes a moment early has taken nothing back. Nor is one waited for that does not read,
/// as libvirtd while a guest does not take its keys.
pub(crate) async fn goodbye(connection: Connection) -> Result<(), Fail> {
    let _ = connection.within(GOODBYE_WITHIN).close().await;
    Ok(())
}

const GOODBYE_WITHIN: Duration = Duration::from_secs(2);

/// A configuration from a file, or from standard input.
pub(crate) fn read(file: &Path) -> Result<String, Fail> {
    let read = match file.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin().lock()),
        _ => std::fs::read_to_string(file),
    };
    read.map_err(|error| {
        if let Some(uri) = file.to_str().filter(|name| name.contains("://")) {
            return Fail::new(
                format!("URI {uri}"),
                "which file with a configuration is meant is not said",
                "the file comes behind the host; - is standard input",
            );
        }
        Fail::new(
            format!("file {}", file.display()),
            format!("cannot be read: {}", plain(&error)),
            "give a file with libvirt's XML in UTF-8, or - for standard input",
        )
    })
}

/// A call about a guest that did not succeed.
pub(crate) fn refused(connection: &Connection, domain: &str, error: &CallError) -> Fail {
    let uri = quoted(connection.uri());
    let fail = Fail::call(format!("domain {domain} on {}", connection.uri()), error);
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::OPERATION_INVALID) => fail.next(format!(
            "`virtwire info {uri} {}` shows its state: only a guest that is off can be started, only one that runs \
             suspended, shut down or destroyed",
            last(domain)
        )),
        _ => fail,
    }
}

fn bad_xml(connection: &Connection, file: &Path, error: &CallError) -> Fail {
    let uri = quoted(connection.uri());
    let fail = Fail::call(format!("configuration {} on {}", file.display(), connection.uri()), error);
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::XML_DETAIL | ErrorCode::XML_ERROR) => {
            fail.next("libvirt's domain XML is expected; nothing was changed")
        }
        Some(ErrorCode::OPERATION_FAILED | ErrorCode::OPERATION_INVALID | ErrorCode::DOM_EXIST) => fail.next(
            format!("`virtwire list --all {uri}` shows the guests that are there; nothing was changed"),
        ),
        _ => fail,
    }
}
