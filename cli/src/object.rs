//! What a host's networks and storage pools have in common: how they are found, listed, described, defined, started and ended.

use serde_json::{Value, json};
use virtwire::client::{CallError, Connection};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::error::ErrorCode;
use virtwire::xdr::Text;

use crate::args::{HostArgs, XmlArgs};
use crate::connect::Opener;
use crate::domains::{goodbye, read};
use crate::fail::{Fail, last, quoted};
use crate::info::Facts;
use crate::screen::{say_document, say_done, say_json};
use crate::table::{Side, Table};

/// A kind of objects, and one of them.
pub(crate) trait Object: Sized {
    /// What people call it.
    const WORD: &'static str;
    /// What its commands begin with.
    const COMMAND: &'static str;
    /// The error where there is none.
    const ABSENT: ErrorCode;
    /// What its description tells whoever asked for what cannot be done now.
    const TELLS: &'static str;
    const COLUMNS: &'static [(&'static str, Side)];

    async fn by_uuid(connection: &Connection, uuid: Uuid) -> Result<Self, CallError>;
    async fn by_name(connection: &Connection, name: &str) -> Result<Self, CallError>;
    /// Those that are active, or all.
    async fn list(connection: &Connection, all: bool) -> Result<Vec<Self>, CallError>;
    async fn define(connection: &Connection, xml: &str) -> Result<Self, CallError>;
    async fn create(connection: &Connection, xml: &str) -> Result<Self, CallError>;
    fn name(&self) -> &Text;
    fn uuid(&self) -> Uuid;
    async fn xml(&self) -> Result<Text, CallError>;
    /// What its daemon tells of it.
    async fn facts(&self) -> Result<Facts, CallError>;
    /// Of that, what the columns have.
    fn cells(facts: &Facts) -> Vec<Option<String>>;
}

/// Finds one as `virsh` does: a UUID is one, and anything can be a name.
pub(crate) async fn find<O: Object>(connection: &Connection, key: &str) -> Result<O, Fail> {
    let found = match key.parse() {
        Ok(uuid) => match O::by_uuid(connection, uuid).await {
            Err(error) if code(&error) == Some(O::ABSENT) => O::by_name(connection, key).await,
            answer => answer,
        },
        Err(_) => O::by_name(connection, key).await,
    };
    found.map_err(|error| refused::<O>(connection, key, &error))
}

/// Prints them, one a line or as a JSON array.
pub(crate) async fn list<O: Object>(args: HostArgs, opener: Opener) -> Result<(), Fail> {
    let connection = opener.open(&args.uri).await?;
    let failed = |error| Fail::daemon(&connection, &error);
    let mut objects = O::list(&connection, args.all).await.map_err(failed)?;
    // As `virsh` has them.
    objects.sort_by(|one, other| one.name().cmp(other.name()));
    let mut rows = Vec::new();
    for object in objects {
        rows.push(object.facts().await.map_err(failed)?);
    }
    if args.json {
        let rows: Vec<Value> = rows.into_iter().map(Facts::into_json).collect();
        say_json(&json!(rows))?;
    } else {
        let mut table = Table::new(O::COLUMNS);
        rows.iter().for_each(|row| table.row(O::cells(row)));
        table.print()?;
    }
    goodbye(connection).await
}

/// Opens the host of one that is meant by this key.
///
/// # Errors
/// Also where the key is a URI, and nothing is meant by it.
pub(crate) async fn open<O: Object>(uri: &str, key: &str, opener: Opener) -> Result<Connection, Fail> {
    if uri.is_empty() && key.contains("://") {
        let (word, command, host) = (O::WORD, O::COMMAND, quoted(key));
        return Err(Fail::new(
            format!("URI {key}"),
            format!("which of its {word}s is meant is not said"),
            format!(
                "a {word} comes behind its host; `virtwire {command} list --all {host}` shows those that there are"
            ),
        ));
    }
    opener.open(uri).await
}

/// Prints what is known of one.
pub(crate) async fn info<O: Object>(uri: &str, key: &str, json: bool, opener: Opener) -> Result<(), Fail> {
    let connection = open::<O>(uri, key, opener).await?;
    let facts = find::<O>(&connection, key).await?.facts().await;
    facts.map_err(|error| refused::<O>(&connection, key, &error))?.print(json)?;
    goodbye(connection).await
}

/// Prints one's configuration.
pub(crate) async fn dumpxml<O: Object>(uri: &str, key: &str, opener: Opener) -> Result<(), Fail> {
    let connection = open::<O>(uri, key, opener).await?;
    let xml = find::<O>(&connection, key).await?.xml().await;
    say_document(&xml.map_err(|error| refused::<O>(&connection, key, &error))?)?;
    goodbye(connection).await
}

/// Keeps a configuration.
pub(crate) async fn define<O: Object>(args: XmlArgs, opener: Opener) -> Result<(), Fail> {
    let xml = read(&args.file)?;
    let connection = opener.open(&args.uri).await?;
    let object = O::define(&connection, &xml).await;
    let object = object.map_err(|error| bad_xml::<O>(&connection, &args, &error))?;
    say_done(&format!("defined {} {} {}", O::WORD, object.name(), object.uuid()))?;
    goodbye(connection).await
}

/// Starts one from a configuration that is not kept.
pub(crate) async fn create<O: Object>(args: XmlArgs, opener: Opener) -> Result<(), Fail> {
    let xml = read(&args.file)?;
    let connection = opener.open(&args.uri).await?;
    let object = O::create(&connection, &xml).await;
    let object = object.map_err(|error| bad_xml::<O>(&connection, &args, &error))?;
    say_done(&format!("created {} {} {}", O::WORD, object.name(), object.uuid()))?;
    goodbye(connection).await
}

/// Does something to one, and says so.
pub(crate) async fn act<O: Object>(
    uri: &str,
    key: &str,
    opener: Opener,
    done: &str,
    verb: impl AsyncFn(&O) -> Result<(), CallError>,
) -> Result<(), Fail> {
    let connection = open::<O>(uri, key, opener).await?;
    let object = find::<O>(&connection, key).await?;
    verb(&object).await.map_err(|error| refused::<O>(&connection, key, &error))?;
    say_done(&format!("{done} {} {}", O::WORD, object.name()))?;
    goodbye(connection).await
}

/// A call about one that did not succeed.
pub(crate) fn refused<O: Object>(connection: &Connection, key: &str, error: &CallError) -> Fail {
    let (word, command, uri) = (O::WORD, O::COMMAND, quoted(connection.uri()));
    let thing = format!("{word} {key} on {}", connection.uri());
    match code(error) {
        Some(code) if code == O::ABSENT => Fail::new(
            thing,
            format!("there is no such {word}"),
            format!("`virtwire {command} list --all {uri}` shows those that there are"),
        ),
        Some(ErrorCode::OPERATION_INVALID) => Fail::call(thing, error).next(format!(
            "`virtwire {command} info {uri} {}` shows {}",
            last(key),
            O::TELLS
        )),
        _ => Fail::call(thing, error),
    }
}

fn bad_xml<O: Object>(connection: &Connection, args: &XmlArgs, error: &CallError) -> Fail {
    let (word, command, uri) = (O::WORD, O::COMMAND, quoted(connection.uri()));
    let fail = Fail::call(format!("configuration {} on {}", args.file.display(), connection.uri()), error);
    match code(error) {
        Some(ErrorCode::XML_DETAIL | ErrorCode::XML_ERROR) => {
            fail.next(format!("libvirt's {word} XML is expected; nothing was changed"))
        }
        _ => fail.next(format!("`virtwire {command} list --all {uri}` shows the {word}s that are there")),
    }
}

fn code(error: &CallError) -> Option<ErrorCode> {
    error.remote().map(|error| error.code)
}
