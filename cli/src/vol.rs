//! `virtwire vol`: the volumes of a storage pool, and what is in them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use virtwire::client::{CallError, Connection, StoragePool, StorageVol};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::flags::{
    StorageVolCreateFlags, StorageVolDeleteFlags, StorageVolInfoFlags, StorageVolStreamFlags,
};

use crate::args::AsJson;
use crate::connect::{Opener, of_all};
use crate::domains::{goodbye, read};
use crate::fail::{Fail, last, quoted};
use crate::info::{Facts, told};
use crate::object::{find, open, refused as pool_refused};
use crate::pool::PoolArgs;
use crate::progress::size;
use crate::screen::{say_document, say_done, say_json};
use crate::table::{Side, Table};
use crate::text::{typed, word};
use crate::transfer::{Sink, Source, Told, receive, send};

#[derive(Debug, Subcommand)]
pub(crate) enum VolCommand {
    /// List a pool's volumes
    List(AsJson<PoolArgs>),
    /// Describe a volume
    Info(AsJson<VolArgs>),
    /// Print a volume's configuration
    Dumpxml(VolArgs),
    /// Make a volume
    Create(CreateArgs),
    /// Remove a volume and what is in it
    Delete(VolArgs),
    /// Write a file into a volume
    Upload(TransferArgs),
    /// Write what is in a volume to a file
    Download(TransferArgs),
}

/// A volume of a pool.
#[derive(Debug, Args)]
pub(crate) struct VolArgs {
    /// The host; '' is the one that libvirt's own tools would take
    uri: String,
    /// The pool's name or UUID
    pool: String,
    /// The volume's name in the pool
    volume: OsString,
}

#[derive(Debug, Args)]
#[command(after_help = CREATE)]
pub(crate) struct CreateArgs {
    /// The host; '' is the one that libvirt's own tools would take
    uri: String,
    /// The pool's name or UUID
    pool: String,
    /// The new volume's name, with --capacity
    #[arg(requires = "capacity", required_unless_present = "xml")]
    volume: Option<String>,
    /// How large it is for a guest
    #[arg(long, value_name = "SIZE", value_parser = bytes, requires = "volume", conflicts_with = "xml")]
    capacity: Option<u64>,
    /// How much of it gets room at once; without it, the pool's way
    #[arg(long, value_name = "SIZE", value_parser = bytes, requires = "volume", conflicts_with = "xml")]
    allocation: Option<u64>,
    /// The format, such as raw or qcow2; without it, the pool's way
    #[arg(long, value_name = "FORMAT", requires = "volume", conflicts_with = "xml")]
    format: Option<String>,
    /// A file with libvirt's volume XML instead; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "volume")]
    xml: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = TRANSFER)]
pub(crate) struct TransferArgs {
    #[command(flatten)]
    volume: VolArgs,
    /// The file; - is standard input or output
    file: PathBuf,
    /// Begin so many bytes into the volume
    #[arg(long, value_name = "SIZE", value_parser = bytes, default_value_t = 0, hide_default_value = true)]
    offset: u64,
    /// Move at most so many bytes; without it, all to the end
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    length: Option<u64>,
    /// Do not move holes as zeros: they stay holes, those of an upload where the volume holds nothing yet
    #[arg(long)]
    sparse: bool,
}

const CREATE: &str = "\
SIZE is a number of bytes, or one with KiB, MiB, GiB or TiB, such as 10GiB.

Example:
  virtwire vol create qemu:///system default web1.qcow2 --capacity 10GiB --format qcow2";

const TRANSFER: &str = "\
SIZE is a number of bytes, or one with KiB, MiB, GiB or TiB, such as 10GiB. How far it is stands on standard error: a bar on a \
terminal, a line at each quarter elsewhere. A transfer is whole only if the exit status is 0; else a file that a \
download has made is removed, and one that was there before holds what had come.

A libvirt daemon leaves in a hole what the volume had there, and ends the volume behind it. So an upload with --sparse sends a hole as one \
only beyond the end of the volume's file, or where that takes no room at all and the upload reaches its end; elsewhere as zeros.";

pub(crate) async fn run(command: VolCommand, opener: Opener) -> Result<(), Fail> {
    match command {
        VolCommand::List(args) => list(args, opener).await,
        VolCommand::Info(args) => info(args, opener).await,
        VolCommand::Dumpxml(args) => {
            let (connection, vol) = volume(&args, opener).await?;
            let xml = vol.xml().await;
            say_document(&xml.map_err(|error| refused(&connection, &args, &error))?)?;
            goodbye(connection).await
        }
        VolCommand::Create(args) => create(args, opener).await,
        VolCommand::Delete(args) => {
            let (connection, vol) = volume(&args, opener).await?;
            let deleted = vol.delete(StorageVolDeleteFlags::NONE).await;
            deleted.map_err(|error| refused(&connection, &args, &error))?;
            say_done(&format!("deleted volume {} of pool {}", word(vol.name()), vol.pool_name()))?;
            goodbye(connection).await
        }
        VolCommand::Upload(args) => upload(args, opener).await,
        VolCommand::Download(args) => download(args, opener).await,
    }
}

/// The length by which libvirt means all that there is, so that nothing at all cannot be asked for.
const TO_THE_END: u64 = 0;

async fn upload(args: TransferArgs, opener: Opener) -> Result<(), Fail> {
    let mut source = Source::open(&args.file)?;
    if args.sparse && !source.can_be_sparse() {
        return Err(Fail::new(
            format!("file {}", args.file.display()),
            "has no holes that could be found",
            "--sparse needs a regular file; leave it out",
        ));
    }
    let (connection, vol) = volume(&args.volume, opener).await?;
    let most = args.length.unwrap_or(u64::MAX);
    if most == 0 {
        say_done(&format!("uploaded nothing to volume {}", word(vol.name())))?;
        return goodbye(connection).await;
    }
    let total = source.length.min(most);
    let dense =
        if args.sparse { vol.dense_bytes(args.offset, total).await.unwrap_or(u64::MAX) } else { u64::MAX };
    let opened = vol.upload(args.offset, args.length.unwrap_or(TO_THE_END), sparse(&args)).await;
    let stream = opened.map_err(|error| refused(&connection, &args.volume, &error))?;
    let (began, told) = (Instant::now(), Told::new(total));
    let sent = send(stream, &mut source, dense, Some(told), most).await?;
    say_done(&format!("uploaded {} to volume {} {}", size(sent), word(vol.name()), pace(sent, began)))?;
    goodbye(connection).await
}

async fn download(args: TransferArgs, opener: Opener) -> Result<(), Fail> {
    let (connection, vol) = volume(&args.volume, opener).await?;
    let total = match args.length {
        Some(0) => {
            if !Sink::create(&args.file)?.is_stdout() {
                say_done(&format!("downloaded nothing of volume {}", word(vol.name())))?;
            }
            return goodbye(connection).await;
        }
        // Where the daemon does not tell, nobody knows.
        None => length(&vol).await.unwrap_or(0).saturating_sub(args.offset),
        Some(length) => length,
    };
    let opened = vol.download(args.offset, args.length.unwrap_or(TO_THE_END), sparse(&args)).await;
    let stream = opened.map_err(|error| refused(&connection, &args.volume, &error))?;
    // Not before the daemon has agreed: a file is emptied here.
    let mut sink = Sink::create(&args.file)?;
    let began = Instant::now();
    let most = args.length.unwrap_or(u64::MAX);
    let received = receive(stream, &mut sink, Some(Told::new(total)), most).await?;
    if !sink.is_stdout() {
        let pace = pace(received, began);
        say_done(&format!("downloaded {} of volume {} {pace}", size(received), word(vol.name())))?;
    }
    goodbye(connection).await
}

/// How long a volume's file is.
async fn length(vol: &StorageVol) -> Result<u64, CallError> {
    // The size of the file in place of what it takes.
    Ok(vol.info_with(StorageVolInfoFlags::GET_PHYSICAL).await?.allocation)
}

fn sparse(args: &TransferArgs) -> StorageVolStreamFlags {
    if args.sparse { StorageVolStreamFlags::SPARSE_STREAM } else { StorageVolStreamFlags::NONE }
}

/// How long it took; a pace only where it says something.
fn pace(bytes: u64, began: Instant) -> String {
    let seconds = began.elapsed().as_secs_f64();
    let mib_s = bytes as f64 / f64::from(1 << 20) / seconds.max(0.1);
    if seconds < 0.1 { "at once".to_owned() } else { format!("in {seconds:.1} s, {mib_s:.0} MiB/s") }
}

async fn create(args: CreateArgs, opener: Opener) -> Result<(), Fail> {
    let xml = match (&args.xml, &args.volume, args.capacity) {
        (Some(file), _, _) => read(file)?,
        (None, Some(name), Some(capacity)) => configuration(name, capacity, &args),
        _ => {
            return Err(Fail::new(
                "volume",
                "has no name or no size",
                "give VOLUME and --capacity, or --xml",
            ));
        }
    };
    let connection = opener.open(&args.uri).await?;
    let pool = find::<StoragePool>(&connection, &args.pool).await?;
    let vol = pool.create_volume(&xml, StorageVolCreateFlags::NONE).await;
    let vol = vol.map_err(|error| not_created(&connection, &args, &error))?;
    let path = told(vol.path().await).ok().flatten();
    let path = path.map(|path| format!(", {}", word(&path))).unwrap_or_default();
    say_done(&format!("created volume {} in pool {}{path}", word(vol.name()), vol.pool_name()))?;
    goodbye(connection).await
}

fn configuration(name: &str, capacity: u64, args: &CreateArgs) -> String {
    let allocation = args
        .allocation
        .map(|bytes| format!("<allocation unit='bytes'>{bytes}</allocation>"))
        .unwrap_or_default();
    let format = args
        .format
        .as_ref()
        .map(|format| format!("<target><format type='{}'/></target>", escaped(format)))
        .unwrap_or_default();
    format!(
        "<volume><name>{}</name><capacity unit='bytes'>{capacity}</capacity>{allocation}{format}</volume>",
        escaped(name)
    )
}

/// Text as it stands in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&apos;")
}

async fn list(AsJson { of: args, json }: AsJson<PoolArgs>, opener: Opener) -> Result<(), Fail> {
    let connection = open::<StoragePool>(&args.uri, &args.pool, opener).await?;
    let vols = find::<StoragePool>(&connection, &args.pool).await?.volumes().await;
    let mut vols = vols.map_err(|error| pool_refused::<StoragePool>(&connection, &args.pool, &error))?;
    // As `virsh` has them.
    vols.sort_by(|one, other| one.name().cmp(other.name()));
    let rows = of_all(vols, |vol| async move { facts(&vol).await }).await;
    let rows = rows.map_err(|error| Fail::daemon(&connection, &error))?;
    if json {
        let rows: Vec<Value> = rows.into_iter().map(Facts::into_json).collect();
        say_json(&json!(rows))?;
    } else {
        let mut table = Table::new(&[
            ("Name", Side::Left),
            ("Type", Side::Left),
            ("Capacity", Side::Right),
            ("Allocation", Side::Right),
            ("Path", Side::Left),
        ]);
        for row in &rows {
            table.row([
                row.text("name"),
                row.text("type"),
                row.bytes("capacity_bytes").map(size),
                row.bytes("allocation_bytes").map(size),
                row.text("path"),
            ]);
        }
        table.print()?;
    }
    goodbye(connection).await
}

async fn facts(vol: &StorageVol) -> Result<Facts, CallError> {
    let (info, path) = tokio::join!(vol.info(), vol.path());
    let (info, path) = (told(info)?, told(path)?);
    let mut facts = Facts::default();
    facts.add_text("name", "Name", Some(vol.name()));
    facts.add_text("pool", "Pool", Some(vol.pool_name()));
    facts.add_text("path", "Path", path.as_ref());
    facts.add_text("key", "Key", Some(vol.key()));
    facts.add("type", "Type", info.map(|info| info.kind.to_string()));
    facts.add_bytes("capacity_bytes", "Capacity", info.map(|info| info.capacity));
    facts.add_bytes("allocation_bytes", "Allocation", info.map(|info| info.allocation));
    Ok(facts)
}

async fn info(AsJson { of: args, json }: AsJson<VolArgs>, opener: Opener) -> Result<(), Fail> {
    let (connection, vol) = volume(&args, opener).await?;
    let facts = facts(&vol).await;
    facts.map_err(|error| refused(&connection, &args, &error))?.print(json)?;
    goodbye(connection).await
}

async fn volume(args: &VolArgs, opener: Opener) -> Result<(Connection, StorageVol), Fail> {
    let connection = opener.open(&args.uri).await?;
    let found = find::<StoragePool>(&connection, &args.pool).await?.volume(typed(&args.volume)).await;
    let vol = found.map_err(|error| refused(&connection, args, &error))?;
    Ok((connection, vol))
}

fn refused(connection: &Connection, args: &VolArgs, error: &CallError) -> Fail {
    let (uri, pool) = (quoted(connection.uri()), last(&args.pool));
    let volume = word(&typed(&args.volume));
    let thing = format!("volume {volume} of pool {} on {}", args.pool, connection.uri());
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::NO_STORAGE_VOL) => Fail::new(
            thing,
            "there is no such volume",
            format!(
                "`virtwire vol list {uri} {pool}` shows those that there are, `virtwire pool refresh {uri} {pool}` finds new ones"
            ),
        ),
        Some(ErrorCode::OPERATION_INVALID) => Fail::call(thing, error)
            .next(format!("`virtwire pool info {uri} {pool}` shows whether the pool runs")),
        _ => Fail::call(thing, error),
    }
}

fn not_created(connection: &Connection, args: &CreateArgs, error: &CallError) -> Fail {
    let (uri, pool) = (quoted(connection.uri()), last(&args.pool));
    let what = args.volume.as_deref().unwrap_or("volume");
    let fail = Fail::call(format!("{what} in pool {} on {}", args.pool, connection.uri()), error);
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::XML_DETAIL | ErrorCode::XML_ERROR) => {
            fail.next("libvirt's volume XML is expected; nothing was changed")
        }
        _ => fail.next(format!(
            "`virtwire vol list {uri} {pool}` shows what is there, `virtwire pool info {uri} {pool}` how much room"
        )),
    }
}

fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u32); 9] = [
        ("KiB", 10),
        ("MiB", 20),
        ("GiB", 30),
        ("TiB", 40),
        ("K", 10),
        ("M", 20),
        ("G", 30),
        ("T", 40),
        ("B", 0),
    ];
    let unit = UNITS.iter().find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, *shift)));
    let (number, shift) = unit.unwrap_or((text, 0));
    let factor = 1_u64.checked_shl(shift).unwrap_or(1);
    number.trim_end().parse::<u64>().ok().and_then(|number| number.checked_mul(factor)).ok_or_else(|| {
        "expected a number of bytes, or one with KiB, MiB, GiB or TiB, such as 10GiB".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bytes_or_have_a_unit() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("512", Ok(512)),
            ("1KiB", Ok(1 << 10)),
            ("10GiB", Ok(10 << 30)),
            ("2 M", Ok(2 << 20)),
            ("17B", Ok(17)),
            ("1.5GiB", Err(())),
            ("99999999TiB", Err(())),
            ("GiB", Err(())),
            ("", Err(())),
        ] {
            assert_eq!(bytes(text).map_err(drop), expected, "{text:?}");
        }
    }

    #[test]
    fn names_are_escaped() {
        assert_eq!(escaped("a<b>&'c'"), "a&lt;b&gt;&amp;&apos;c&apos;");
    }
}
