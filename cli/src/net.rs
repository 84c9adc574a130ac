//! `virtwire net`: a host's networks.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use virtwire::client::{CallError, Connection, Network};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::flags::{ListNetworksFlags, XmlFlags};
use virtwire::protocol::remote::NetworkDhcpLease;
use virtwire::xdr::Text;

use crate::args::{AsJson, HostArgs, XmlArgs};
use crate::clock;
use crate::connect::Opener;
use crate::domains::goodbye;
use crate::fail::Fail;
use crate::info::{Facts, told};
use crate::object::{self, Object, find, open, refused};
use crate::screen::say_json;
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
        NetCommand::List(args) => object::list::<Network>(args, opener).await,
        NetCommand::Info(AsJson { of: NetArgs { uri, network }, json }) => {
            object::info::<Network>(&uri, &network, json, opener).await
        }
        NetCommand::Leases(args) => leases(args, opener).await,
        NetCommand::Dumpxml(NetArgs { uri, network }) => {
            object::dumpxml::<Network>(&uri, &network, opener).await
        }
        NetCommand::Define(args) => object::define::<Network>(args, opener).await,
        NetCommand::Create(args) => object::create::<Network>(args, opener).await,
        NetCommand::Start(NetArgs { uri, network }) => {
            object::act(&uri, &network, opener, "started", Network::start).await
        }
        NetCommand::Destroy(NetArgs { uri, network }) => {
            object::act(&uri, &network, opener, "destroyed", Network::destroy).await
        }
        NetCommand::Undefine(NetArgs { uri, network }) => {
            object::act(&uri, &network, opener, "undefined", Network::undefine).await
        }
    }
}

impl Object for Network {
    const WORD: &'static str = "network";
    const COMMAND: &'static str = "net";
    const ABSENT: ErrorCode = ErrorCode::NO_NETWORK;
    const TELLS: &'static str = "whether it is active and persistent";
    const COLUMNS: &'static [(&'static str, Side)] = &[
        ("Name", Side::Left),
        ("UUID", Side::Left),
        ("State", Side::Left),
        ("Autostart", Side::Left),
        ("Persistent", Side::Left),
    ];

    async fn by_uuid(connection: &Connection, uuid: Uuid) -> Result<Network, CallError> {
        connection.network_by_uuid(uuid).await
    }

    async fn by_name(connection: &Connection, name: &str) -> Result<Network, CallError> {
        connection.network(name).await
    }

    async fn list(connection: &Connection, all: bool) -> Result<Vec<Network>, CallError> {
        let inactive = if all { ListNetworksFlags::INACTIVE } else { ListNetworksFlags::NONE };
        connection.networks(ListNetworksFlags::ACTIVE | inactive).await
    }

    async fn define(connection: &Connection, xml: &str) -> Result<Network, CallError> {
        connection.define_network(xml).await
    }

    async fn create(connection: &Connection, xml: &str) -> Result<Network, CallError> {
        connection.create_network(xml).await
    }

    fn name(&self) -> &Text {
        self.name()
    }

    fn uuid(&self) -> Uuid {
        self.uuid()
    }

    async fn xml(&self) -> Result<Text, CallError> {
        self.xml(XmlFlags::NONE).await
    }

    async fn facts(&self) -> Result<Facts, CallError> {
        let mut facts = Facts::default();
        facts.add("name", "Name", Some(self.name().to_string()));
        facts.add("uuid", "UUID", Some(self.uuid().to_string()));
        facts.add("active", "Active", told(self.is_active().await)?);
        facts.add("persistent", "Persistent", told(self.is_persistent().await)?);
        facts.add("autostart", "Autostart", told(self.autostart().await)?);
        facts.add("bridge", "Bridge", told(self.bridge_name().await)?.map(|name| name.to_string()));
        Ok(facts)
    }

    fn cells(facts: &Facts) -> Vec<Option<String>> {
        let state = facts.text("active").map(|active| if active == "yes" { "active" } else { "inactive" });
        vec![
            facts.text("name"),
            facts.text("uuid"),
            state.map(str::to_owned),
            facts.text("autostart"),
            facts.text("persistent"),
        ]
    }
}

async fn leases(AsJson { of: args, json }: AsJson<NetArgs>, opener: Opener) -> Result<(), Fail> {
    let connection = open::<Network>(&args.uri, &args.network, opener).await?;
    let leases = find::<Network>(&connection, &args.network).await?.dhcp_leases(None).await;
    let leases = leases.map_err(|error| refused::<Network>(&connection, &args.network, &error))?;
    if json {
        let leases: Vec<_> = leases.iter().map(lease).collect();
        say_json(&json!(leases))?;
    } else {
        let mut table = Table::new(&[
            ("Address", Side::Left),
            ("MAC", Side::Left),
            ("Hostname", Side::Left),
            ("Interface", Side::Left),
            ("Until", Side::Left),
        ]);
        for lease in &leases {
            table.row([
                Some(format!("{}/{}", lease.ipaddr, lease.prefix)),
                lease.mac.as_ref().map(ToString::to_string),
                lease.hostname.as_ref().map(ToString::to_string),
                Some(lease.iface.to_string()),
                Some(until(lease.expirytime)),
            ]);
        }
        table.print()?;
    }
    goodbye(connection).await
}

/// When a lease ends; 0 is a lease that does not.
fn until(unix_s: i64) -> String {
    match u64::try_from(unix_s) {
        Ok(0) => "never".to_owned(),
        Ok(unix_s) => clock::date(Duration::from_secs(unix_s)),
        Err(_) => unix_s.to_string(),
    }
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

#[cfg(test)]
mod tests {
    use super::until;

    #[test]
    fn a_lease_ends_at_a_date() {
        let ends = [(0, "never"), (951_782_400, "2000-02-29 00:00:00 UTC"), (-1, "-1")];
        assert!(ends.into_iter().all(|(unix_s, told)| until(unix_s) == told));
    }
}
