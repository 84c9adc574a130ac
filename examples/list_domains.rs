//! Lists the domains of a daemon: `cargo run --example list_domains -- qemu+tcp://127.0.0.1/system`

use virtwire::client::Connection;
use virtwire::protocol::flags::ListDomainsFlags;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri = std::env::args().nth(1).unwrap_or_else(|| "mem+tcp://127.0.0.1:16509/default".into());
    let connection = Connection::open(&uri).await?;
    for domain in connection.domains(ListDomainsFlags::NONE).await? {
        let id = domain.id().map_or_else(|| "-".to_owned(), |id| id.to_string());
        println!("{id:>4}  {:30}  {}", domain.name(), domain.state().await?);
    }
    connection.close().await?;
    Ok(())
}
