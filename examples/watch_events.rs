//! Prints what happens to the domains of a daemon: `cargo run --example watch_events -- qemu:///system`

use virtwire::client::{Connection, Missed};
use virtwire::protocol::event::{DomainEvent, Words};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri = std::env::args().nth(1).unwrap_or_else(|| "mem+tcp://127.0.0.1:16509/default".into());
    let connection = Connection::open(&uri).await?;
    let mut events = connection.subscribe::<DomainEvent>(None).await?;
    while let Some(event) = events.next().await {
        match event {
            Ok(DomainEvent::Lifecycle(event)) => println!("{}: {}", event.dom.name, event.what()),
            Ok(event) => println!("{} {:?}", event.kind().map_or("unknown", |kind| kind.name), event.words()),
            // What one knows of the host may be wrong now: time to ask it again.
            Err(Missed::Lagged(lost)) => println!("{lost} events are lost"),
            Err(other) => eprintln!("{other}"),
        }
    }
    println!("{}", events.ended().map_or_else(String::new, |reason| reason.to_string()));
    Ok(())
}
