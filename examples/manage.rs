//! Manages a host's objects by their handles: `cargo run --example manage -- test+tcp://127.0.0.1/default`

use virtwire::client::{CallError, Connection};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::flags::{
    DomainStatsFlags, DomainStatsKinds, ListDomainsFlags, ListNetworksFlags, ListStoragePoolsFlags,
    StorageVolCreateFlags,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri = std::env::args().nth(1).unwrap_or_else(|| "qemu:///system".into());
    let connection = Connection::open(&uri).await?;
    println!("{} on {}", connection.hypervisor_type().await?, connection.node_info().await?);

    for network in connection.networks(ListNetworksFlags::INACTIVE).await? {
        println!("starting network {}", network.name());
        network.start().await?;
    }
    for pool in connection.storage_pools(ListStoragePoolsFlags::ACTIVE).await? {
        let info = pool.info().await?;
        println!("pool {}: {} of {} bytes free", pool.name(), info.available, info.capacity);
        // Made where it is not there yet.
        match pool.volume("scratch").await {
            Err(CallError::Remote(error)) if error.code == ErrorCode::NO_STORAGE_VOL => {
                let xml = "<volume><name>scratch</name><capacity unit='MiB'>1</capacity></volume>";
                pool.create_volume(xml, StorageVolCreateFlags::NONE).await?;
            }
            found => drop(found?),
        }
    }
    for domain in connection.domains(ListDomainsFlags::PERSISTENT).await? {
        println!("domain {}: {}", domain.name(), domain.state().await?);
        if !domain.is_active().await? {
            domain.start().await?;
        }
    }
    let kinds = DomainStatsKinds::STATE | DomainStatsKinds::VCPU | DomainStatsKinds::BLOCK;
    for stats in connection.all_domain_stats(kinds, DomainStatsFlags::ACTIVE).await? {
        // A driver tells what it knows; QEMU's knows all of it.
        if let Some(vcpus) = stats.params.u32("vcpu.current") {
            println!("domain {} has {vcpus} virtual CPUs", stats.domain.name());
        }
        for disk in stats.params.numbered("block").values() {
            println!("  {:?} has read {:?} bytes", disk.str("name"), disk.u64("rd.bytes"));
        }
    }
    connection.close().await?;
    Ok(())
}
