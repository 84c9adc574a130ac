//! The verbs for one guest: dumpxml, define, create, start, shutdown, reboot, suspend, resume, destroy, undefine.

use std::io::Read;
use std::path::Path;

use virtwire::client::{CallError, Connection};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::remote::{Domain, DomainCreateXml, DomainDefineXml, DomainGetXmlDesc};
use virtwire::xdr::Text;

use crate::args::{DomainArgs, XmlArgs};
use crate::connect::{Opener, find};
use crate::fail::{Fail, plain};
use crate::screen::{say_document, say_done};

/// Prints a guest's configuration.
pub(crate) async fn dumpxml(args: DomainArgs, opener: Opener) -> Result<(), Fail> {
    let (connection, dom) = guest(&args, opener).await?;
    let reply = connection.call(DomainGetXmlDesc { dom, flags: 0 }).await;
    say_document(&reply.map_err(|error| refused(&connection, &args.domain, &error))?.xml)?;
    goodbye(connection).await
}

/// Keeps a configuration.
pub(crate) async fn define(args: XmlArgs, opener: Opener) -> Result<(), Fail> {
    let xml = read(&args.file)?;
    let connection = opener.open(&args.uri).await?;
    let reply = connection.call(DomainDefineXml { xml }).await;
    let dom = reply.map_err(|error| bad_xml(&connection, &args.file, &error))?.dom;
    say_done(&format!("defined {} {}", dom.name, Uuid(dom.uuid)))?;
    goodbye(connection).await
}

/// Starts a guest from a configuration that is not kept.
pub(crate) async fn create(args: XmlArgs, opener: Opener) -> Result<(), Fail> {
    let xml_desc = read(&args.file)?;
    let connection = opener.open(&args.uri).await?;
    let reply = connection.call(DomainCreateXml { xml_desc, flags: 0 }).await;
    let dom = reply.map_err(|error| bad_xml(&connection, &args.file, &error))?.dom;
    say_done(&format!("created {} {}", dom.name, Uuid(dom.uuid)))?;
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
    Undefine,
}

/// Does it, and says so.
pub(crate) async fn act(verb: Verb, args: DomainArgs, opener: Opener) -> Result<(), Fail> {
    let (connection, dom) = guest(&args, opener).await?;
    let (done, said) = match verb {
        Verb::Start => (connection.domain_create(&dom).await, "started"),
        Verb::Shutdown => (connection.domain_shutdown(&dom).await, "asked to shut down:"),
        Verb::Reboot => (connection.domain_reboot(&dom, 0).await, "asked to reboot:"),
        Verb::Suspend => (connection.domain_suspend(&dom).await, "suspended"),
        Verb::Resume => (connection.domain_resume(&dom).await, "resumed"),
        Verb::Destroy => (connection.domain_destroy(&dom).await, "destroyed"),
        Verb::Undefine => (connection.domain_undefine(&dom).await, "undefined"),
    };
    done.map_err(|error| refused(&connection, &args.domain, &error))?;
    say_done(&format!("{said} {}", dom.name))?;
    goodbye(connection).await
}

/// The guest that is meant, and the connection to its host.
pub(crate) async fn guest(args: &DomainArgs, opener: Opener) -> Result<(Connection, Domain), Fail> {
    let connection = opener.open(&args.uri).await?;
    let domain = find(&connection, &args.domain).await?;
    Ok((connection, domain))
}

/// What was asked for is done; a daemon that closes a moment early has taken nothing back.
pub(crate) async fn goodbye(connection: Connection) -> Result<(), Fail> {
    let _ = connection.close().await;
    Ok(())
}

/// A configuration from a file, or from standard input.
pub(crate) fn read(file: &Path) -> Result<Text, Fail> {
    let mut bytes = Vec::new();
    let read = match file.to_str() {
        Some("-") => std::io::stdin().lock().read_to_end(&mut bytes).map(drop),
        _ => std::fs::read(file).map(|read| bytes = read),
    };
    match read {
        Ok(()) => Ok(bytes.into()),
        Err(error) => Err(Fail::new(
            format!("file {}", file.display()),
            format!("cannot be read: {}", plain(&error)),
            "give a file with libvirt's XML, or - for standard input",
        )),
    }
}

/// A call about a guest that did not succeed.
pub(crate) fn refused(connection: &Connection, domain: &str, error: &CallError) -> Fail {
    let uri = connection.uri();
    let fail = Fail::call(format!("domain {domain} on {uri}"), error);
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::OPERATION_INVALID) => fail.next(format!(
            "`virtwire info {uri} {domain}` shows its state: only a guest that is off can be started, only one that runs \
             suspended, shut down or destroyed, only a defined one undefined"
        )),
        _ => fail,
    }
}

fn bad_xml(connection: &Connection, file: &Path, error: &CallError) -> Fail {
    let uri = connection.uri();
    let fail = Fail::call(format!("configuration {} on {uri}", file.display()), error);
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
