//! `virtwire net`: a host's networks.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use virtwire::client::{CallError, Connection};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::remote::{
    Network, NetworkCreateXml, NetworkDefineXml, NetworkDhcpLease, NetworkGetDhcpLeases,
};

use crate::args::{AsJson, HostArgs, XmlArgs};
use crate::connect::Opener;
use crate::domains::{goodbye, read};
use crate::fail::Fail;
use crate::info::{Facts, told};
use crate::screen::{say_document, say_done, say_json};
use crate::table::{Side, Table};

#[derive(Debug, Subcommand)]
pub(crate) enum NetCommand {
    /// List networks
    List(HostArgs),
    /// Describe a network
    Info(AsJson<NetArgs>),
    /// Print a network's configuration
    Dumpxml(NetArgs),
    /// Keep a configuration, without starting it
    Define(XmlArgs),
    /// Start a network from a configuration that is not kept
    Create(XmlArgs),
    /// Start a network that was defined
    Start(NetArgs),
    /// End a network; guests on it are cut off
    Destroy(NetArgs),
    /// Forget a network's configuration
    Undefine(NetArgs),
    /// List the addresses that a network has leased
    Leases(AsJson<NetArgs>),
}

/// A network of a host.
#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct NetArgs {
    /// The host; without it, the one that libvirt's own tools would take
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) uri: String,
    /// The network's name or UUID
    pub(crate) network: String,
}

pub(crate) async fn run(command: NetCommand, opener: Opener) -> Result<(), Fail> {
    match command {
        NetCommand::List(args) => list(args, opener).await,
        NetCommand::Info(args) => info(args, opener).await,
        NetCommand::Leases(args) => leases(args, opener).await,
        NetCommand::Dumpxml(args) => {
            let (connection, net) = network(&args, opener).await?;
            let reply = connection.network_get_xml_desc(&net, 0).await;
            say_document(&reply.map_err(|error| refused(&connection, &args.network, &error))?.xml)?;
            goodbye(connection).await
        }
        NetCommand::Define(args) => {
            let xml = read(&args.file)?;
            let connection = opener.open(&args.uri).await?;
            let reply = connection.call(NetworkDefineXml { xml }).await;
            let net = reply.map_err(|error| bad_xml(&connection, &args, &error))?.net;
            say_done(&format!("defined network {} {}", net.name, Uuid(net.uuid)))?;
            goodbye(connection).await
        }
        NetCommand::Create(args) => {
            let xml = read(&args.file)?;
            let connection = opener.open(&args.uri).await?;
            let reply = connection.call(NetworkCreateXml { xml }).await;
            let net = reply.map_err(|error| bad_xml(&connection, &args, &error))?.net;
            say_done(&format!("created network {} {}", net.name, Uuid(net.uuid)))?;
            goodbye(connection).await
        }
        NetCommand::Start(args) => act(args, opener, "started", Connection::network_create).await,
        NetCommand::Destroy(args) => act(args, opener, "destroyed", Connection::network_destroy).await,
        NetCommand::Undefine(args) => act(args, opener, "undefined", Connection::network_undefine).await,
    }
}

async fn act(
    args: NetArgs,
    opener: Opener,
    done: &str,
    verb: impl AsyncFn(&Connection, &Network) -> Result<(), CallError>,
) -> Result<(), Fail> {
    let (connection, net) = network(&args, opener).await?;
    verb(&connection, &net).await.map_err(|error| refused(&connection, &args.network, &error))?;
    say_done(&format!("{done} network {}", net.name))?;
    goodbye(connection).await
}

async fn list(args: HostArgs, opener: Opener) -> Result<(), Fail> {
    let connection = opener.open(&args.uri).await?;
    let mut rows = Vec::new();
    for net in all(&connection, args.all).await.map_err(|error| Fail::daemon(&connection, &error))? {
        let row = facts(&connection, &net).await.map_err(|error| Fail::daemon(&connection, &error))?;
        rows.push(row);
    }
    if args.json {
        let rows: Vec<Value> = rows.into_iter().map(Facts::into_json).collect();
        say_json(&json!(rows))?;
    } else {
        let mut table = Table::new(&[
            ("Name", Side::Left),
            ("UUID", Side::Left),
            ("State", Side::Left),
            ("Autostart", Side::Left),
            ("Persistent", Side::Left),
        ]);
        for row in &rows {
            table.row(["name", "uuid", "active", "autostart", "persistent"].map(|key| {
                let text = row.text(key)?;
                Some(match (key, text.as_str()) {
                    ("active", "yes") => "active".to_owned(),
                    ("active", _) => "inactive".to_owned(),
                    _ => text,
                })
            }));
        }
        table.print()?;
    }
    goodbye(connection).await
}

/// By name, as `virsh` has them.
async fn all(connection: &Connection, inactive: bool) -> Result<Vec<Network>, CallError> {
    const INACTIVE: u32 = 1;
    const ACTIVE: u32 = 2;
    let flags = if inactive { ACTIVE | INACTIVE } else { ACTIVE };
    let mut nets = connection.connect_list_all_networks(1, flags).await?.nets;
    nets.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(nets)
}

async fn facts(connection: &Connection, net: &Network) -> Result<Facts, CallError> {
    let active = told(connection.network_is_active(net).await)?;
    let persistent = told(connection.network_is_persistent(net).await)?;
    let autostart = told(connection.network_get_autostart(net).await)?;
    let bridge = told(connection.network_get_bridge_name(net).await)?;
    let mut facts = Facts::default();
    facts.add("name", "Name", Some(net.name.to_string()));
    facts.add("uuid", "UUID", Some(Uuid(net.uuid).to_string()));
    facts.add("active", "Active", active.map(|reply| reply.active != 0));
    facts.add("persistent", "Persistent", persistent.map(|reply| reply.persistent != 0));
    facts.add("autostart", "Autostart", autostart.map(|reply| reply.autostart != 0));
    facts.add("bridge", "Bridge", bridge.map(|reply| reply.name.to_string()));
    Ok(facts)
}

async fn info(AsJson { of: args, json }: AsJson<NetArgs>, opener: Opener) -> Result<(), Fail> {
    let (connection, net) = network(&args, opener).await?;
    let facts = facts(&connection, &net).await;
    facts.map_err(|error| refused(&connection, &args.network, &error))?.print(json)?;
    goodbye(connection).await
}

async fn leases(AsJson { of: args, json }: AsJson<NetArgs>, opener: Opener) -> Result<(), Fail> {
    let (connection, net) = network(&args, opener).await?;
    let question = NetworkGetDhcpLeases { net, mac: None, need_results: 1, flags: 0 };
    let reply = connection.call(question).await;
    let leases = reply.map_err(|error| refused(&connection, &args.network, &error))?.leases;
    if json {
        let leases: Vec<_> = leases.iter().map(lease).collect();
        say_json(&json!(leases))?;
    } else {
        let mut table = Table::new(&[
            ("Address", Side::Left),
            ("MAC", Side::Left),
            ("Hostname", Side::Left),
            ("Interface", Side::Left),
            ("Until, Unix time", Side::Right),
        ]);
        for lease in &leases {
            table.row([
                Some(format!("{}/{}", lease.ipaddr, lease.prefix)),
                lease.mac.as_ref().map(ToString::to_string),
                lease.hostname.as_ref().map(ToString::to_string),
                Some(lease.iface.to_string()),
                Some(lease.expirytime.to_string()),
            ]);
        }
        table.print()?;
    }
    goodbye(connection).await
}

fn lease(lease: &NetworkDhcpLease) -> Value {
    json!({
        "address": lease.ipaddr.to_string(),
        "prefix": lease.prefix,
        "mac": lease.mac.as_ref().map(ToString::to_string),
        "hostname": lease.hostname.as_ref().map(ToString::to_string),
        "client_id": lease.clientid.as_ref().map(ToString::to_string),
        "interface": lease.iface.to_string(),
        "until_unix_s": lease.expirytime,
    })
}

async fn network(args: &NetArgs, opener: Opener) -> Result<(Connection, Network), Fail> {
    let connection = opener.open(&args.uri).await?;
    let found = look_up(&connection, &args.network).await;
    let net = found.map_err(|error| refused(&connection, &args.network, &error))?;
    Ok((connection, net))
}

/// As `virsh` does: a UUID is one, and anything can be a name.
async fn look_up(connection: &Connection, key: &str) -> Result<Network, CallError> {
    if let Ok(Uuid(uuid)) = key.parse() {
        match connection.network_lookup_by_uuid(uuid).await {
            Err(error) if is_absent(&error) => {}
            answer => return Ok(answer?.net),
        }
    }
    Ok(connection.network_lookup_by_name(key).await?.net)
}

fn is_absent(error: &CallError) -> bool {
    error.remote().is_some_and(|error| error.code == ErrorCode::NO_NETWORK)
}

fn refused(connection: &Connection, key: &str, error: &CallError) -> Fail {
    let uri = connection.uri();
    let thing = format!("network {key} on {uri}");
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::NO_NETWORK) => Fail::new(
            thing,
            "there is no such network",
            format!("`virtwire net list --all {uri}` shows those that there are"),
        ),
        Some(ErrorCode::OPERATION_INVALID) => Fail::call(thing, error)
            .next(format!("`virtwire net info {uri} {key}` shows whether it is active and persistent")),
        _ => Fail::call(thing, error),
    }
}

fn bad_xml(connection: &Connection, args: &XmlArgs, error: &CallError) -> Fail {
    let uri = connection.uri();
    let fail = Fail::call(format!("configuration {} on {uri}", args.file.display()), error);
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::XML_DETAIL | ErrorCode::XML_ERROR) => {
            fail.next("libvirt's network XML is expected; nothing was changed")
        }
        _ => fail.next(format!("`virtwire net list --all {uri}` shows the networks that are there")),
    }
}
