//! Joins this terminal's lines with a guest's serial console: `cargo run --example console -- qemu:///system web1`
//!
//! Line by line, as standard input comes; `virtwire console` has the raw terminal and the escape key.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use virtwire::client::Connection;
use virtwire::protocol::flags::ConsoleFlags;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [uri, guest] = &arguments[..] else { return Err("usage: console URI GUEST".into()) };
    let connection = Connection::open(uri).await?;
    let console = connection.domain(guest).await?.open_console(None, ConsoleFlags::NONE).await?;
    let (mut from_guest, mut to_guest) = console.split();
    let (mut typed, mut shown) = (tokio::io::stdin(), tokio::io::stdout());
    // Both ways at once. The guest's end is the console's; ours only stops the typing.
    let show = async {
        let mut piece = [0; 4_096];
        while let count @ 1.. = from_guest.read(&mut piece).await? {
            shown.write_all(&piece[..count]).await?;
            shown.flush().await?;
        }
        std::io::Result::Ok(())
    };
    let send = async {
        let mut line = [0; 4_096];
        while let count @ 1.. = typed.read(&mut line).await? {
            to_guest.write_all(&line[..count]).await?;
        }
        std::future::pending::<std::io::Result<()>>().await
    };
    tokio::select! {
        ended = show => ended?,
        ended = send => ended?,
    }
    connection.close().await?;
    // A read of standard input may be waiting still, in a thread that would keep the process.
    std::process::exit(0)
}
