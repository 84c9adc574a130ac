//! Lists the domains of a daemon: `cargo run --example list_domains -- qemu+tcp://127.0.0.1/system`

use virtwire::client::Connection;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri = std::env::args().nth(1).unwrap_or_else(|| "mem+tcp://127.0.0.1:16509/default".into());
    let connection = Connection::open(&uri).await?;
    let active_and_not = 1 | 2;
    for domain in connection.connect_list_all_domains(1, active_and_not).await?.domains {
        let state = connection.domain_get_state(&domain, 0).await?;
        println!("{:>4}  {:30}  state {} (reason {})", domain.id, domain.name, state.state, state.reason);
    }
    connection.close().await?;
    Ok(())
}
