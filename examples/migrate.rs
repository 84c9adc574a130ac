//! Moves a running guest from one daemon to another: `cargo run --example migrate -- FROM TO GUEST`

use std::time::Duration;

use virtwire::client::Connection;
use virtwire::migrate::{Migration, Progress, Watch};
use virtwire::protocol::migrate::{Note, Outcome, Request, Wish};

/// Prints decisions and progress.
struct Print;

impl Watch for Print {
    fn note(&mut self, note: &Note) {
        println!("{note}");
    }

    fn progress(&mut self, progress: &Progress) {
        println!("{} of {} bytes remain", progress.data.remaining, progress.data.total);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [from, to, guest] = &arguments[..] else { return Err("usage: migrate FROM TO GUEST".into()) };
    let (source, destination) = tokio::try_join!(Connection::open(from), Connection::open(to))?;
    let guest = Migration::find(&source, guest).await?;
    let mut migration = Migration::plan(source, destination, Request::live(guest), Wish::Auto).await?;
    loop {
        let outcome = migration.run(&mut Print).await;
        println!("{outcome}");
        // While nobody knows where the guest is, the migration is kept (its connections are part of the guest's fate) and
        // the hosts are asked again.
        match outcome {
            Outcome::OnDestination { .. } => return Ok(()),
            Outcome::Unknown(_) => {}
            other => return Err(other.to_string().into()),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
