//! A link between the orchestrator and a daemon that can be cut: a small TCP proxy.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Passes bytes on both ways until it is cut. Then everything that ran through it is gone, and nobody is let in.
#[derive(Debug)]
pub(super) struct Link {
    daemon: String,
    address: SocketAddr,
    task: Option<JoinHandle<()>>,
}

impl Link {
    /// A link to a daemon, on a port that is free.
    pub(super) async fn to(daemon: &str) -> io::Result<Link> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let task = Some(tokio::spawn(pass_on(listener, daemon.to_owned())));
        Ok(Link { daemon: daemon.to_owned(), address, task })
    }

    /// Where it is entered: `127.0.0.1:PORT`.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Cuts it, and returns when nothing of it is left.
    pub(super) async fn cut(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            // It ends by being aborted, which is what was asked for.
            let _ = task.await;
        }
    }

    /// Lets clients in again, at the same place.
    pub(super) async fn heal(&mut self) -> io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.task = Some(tokio::spawn(pass_on(listener, self.daemon.clone())));
        Ok(())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

/// Dropped with its task, this drops every connection that it carries.
async fn pass_on(listener: TcpListener, daemon: String) {
    let mut carried = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { return };
                let daemon = daemon.clone();
                carried.spawn(async move { carry(client, &daemon).await });
            }
            Some(_) = carried.join_next() => {}
        }
    }
}

async fn carry(mut client: TcpStream, daemon: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(daemon).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn a_cut_link_ends_what_it_carries_and_lets_nobody_in_until_it_heals() {
        let daemon = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mut link = Link::to(&daemon.local_addr().unwrap().to_string()).await.unwrap();

        let mut client = TcpStream::connect(link.address()).await.unwrap();
        let (mut server, _) = daemon.accept().await.unwrap();
        client.write_all(b"there").await.unwrap();
        let mut bytes = [0; 5];
        server.read_exact(&mut bytes).await.unwrap();
        assert_eq!(&bytes, b"there");

        link.cut().await;
        assert_eq!(client.read(&mut bytes).await.unwrap(), 0);
        assert_eq!(server.read(&mut bytes).await.unwrap(), 0);
        assert!(TcpStream::connect(link.address()).await.is_err());

        link.heal().await.unwrap();
        assert!(TcpStream::connect(link.address()).await.is_ok());
        daemon.accept().await.unwrap();
    }
}
