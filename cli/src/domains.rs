//! The verbs for one guest: dumpxml, define, create, start, destroy, undefine.

use std::io::Read;
use std::path::Path;

use virtwire::client::{CallError, Connection};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::remote::{
    Domain, DomainCreate, DomainCreateXml, DomainDefineXml, DomainDestroy, DomainGetXmlDesc, DomainUndefine,
};
use virtwire::xdr::Text;

use crate::args::{DomainArgs, XmlArgs};
use crate::connect::{find, open};
use crate::fail::{Fail, plain};
use crate::screen::{say, say_bytes};

/// Prints a guest's configuration, byte for byte.
pub(crate) async fn dumpxml(args: DomainArgs) -> Result<(), Fail> {
    let (connection, dom) = guest(&args).await?;
    let reply =
        connection.call(DomainGetXmlDesc { dom, flags: 0 }).await.map_err(|error| refused(&args, &error))?;
    let mut xml = reply.xml.as_bytes().to_vec();
    if !xml.ends_with(b"\n") {
        xml.push(b'\n');
    }
    say_bytes(&xml)?;
    goodbye(connection).await
}

/// Keeps a configuration.
pub(crate) async fn define(args: XmlArgs) -> Result<(), Fail> {
    let xml = read(&args.file)?;
    let connection = open(&args.uri).await?;
    let reply = connection.call(DomainDefineXml { xml }).await.map_err(|error| bad_xml(&args, &error))?;
    say(&format!("defined {} {}", reply.dom.name, Uuid(reply.dom.uuid)))?;
    goodbye(connection).await
}

/// Starts a guest from a configuration that is not kept.
pub(crate) async fn create(args: XmlArgs) -> Result<(), Fail> {
    let xml_desc = read(&args.file)?;
    let connection = open(&args.uri).await?;
    let reply = connection
        .call(DomainCreateXml { xml_desc, flags: 0 })
        .await
        .map_err(|error| bad_xml(&args, &error))?;
    say(&format!("created {} {}", reply.dom.name, Uuid(reply.dom.uuid)))?;
    goodbye(connection).await
}

/// Starts a defined guest.
pub(crate) async fn start(args: DomainArgs) -> Result<(), Fail> {
    let (connection, dom) = guest(&args).await?;
    let name = dom.name.clone();
    connection.call(DomainCreate { dom }).await.map_err(|error| refused(&args, &error))?;
    say(&format!("started {name}"))?;
    goodbye(connection).await
}

/// Ends a guest at once.
pub(crate) async fn destroy(args: DomainArgs) -> Result<(), Fail> {
    let (connection, dom) = guest(&args).await?;
    let name = dom.name.clone();
    connection.call(DomainDestroy { dom }).await.map_err(|error| refused(&args, &error))?;
    say(&format!("destroyed {name}"))?;
    goodbye(connection).await
}

/// Forgets a guest's configuration.
pub(crate) async fn undefine(args: DomainArgs) -> Result<(), Fail> {
    let (connection, dom) = guest(&args).await?;
    let name = dom.name.clone();
    connection.call(DomainUndefine { dom }).await.map_err(|error| refused(&args, &error))?;
    say(&format!("undefined {name}"))?;
    goodbye(connection).await
}

async fn guest(args: &DomainArgs) -> Result<(Connection, Domain), Fail> {
    let connection = open(&args.uri).await?;
    let domain = find(&connection, &args.domain).await?;
    Ok((connection, domain))
}

/// What was asked for is done; a daemon that closes a moment early has taken nothing back.
pub(crate) async fn goodbye(connection: Connection) -> Result<(), Fail> {
    let _ = connection.close().await;
    Ok(())
}

fn read(file: &Path) -> Result<Text, Fail> {
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
            "give a file with the guest's XML, or - for standard input",
        )),
    }
}

fn refused(args: &DomainArgs, error: &CallError) -> Fail {
    let fail = Fail::call(format!("domain {} on {}", args.domain, args.uri), error);
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::OPERATION_INVALID) => fail.next(format!(
            "`virtwire info {} {}` shows its state: only a guest that is off can be started, only one that runs \
             destroyed, only a defined one undefined",
            args.uri, args.domain
        )),
        _ => fail,
    }
}

fn bad_xml(args: &XmlArgs, error: &CallError) -> Fail {
    let fail = Fail::call(format!("configuration {} on {}", args.file.display(), args.uri), error);
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::XML_DETAIL | ErrorCode::XML_ERROR) => {
            fail.next("libvirt's domain XML is expected; nothing was changed")
        }
        Some(ErrorCode::OPERATION_FAILED | ErrorCode::OPERATION_INVALID | ErrorCode::DOM_EXIST) => {
            fail.next(format!(
                "`virtwire list --all {}` shows the guests that are there; nothing was changed",
                args.uri
            ))
        }
        _ => fail,
    }
}
