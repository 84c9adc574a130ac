//! A link between the orchestrator and a daemon that can be cut: a small TCP proxy.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

/// Passes bytes on both ways until it is cut. Then everything that ran through it is gone, and nobody is let in.
#[derive(Debug)]
pub(super) struct Link {
    daemon: String,
    address: SocketAddr,
    whole: Option<Whole>,
}

/// A link that carries. Dropping it cuts it.
#[derive(Debug)]
struct Whole {
    task: JoinHandle<()>,
    cut: oneshot::Sender<()>,
}

impl Link {
    /// A link to a daemon, on a port that is free.
    pub(super) async fn to(daemon: &str) -> io::Result<Link> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mut link = Link { daemon: daemon.to_owned(), address, whole: None };
        link.listen_on(listener);
        Ok(link)
    }

    /// Where it is entered: `127.0.0.1:PORT`.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Cuts it, and returns when nothing of it is left.
    pub(super) async fn cut(&mut self) {
        if let Some(Whole { task, cut }) = self.whole.take() {
            drop(cut);
            // It ends in no other way than by being cut.
            let _ = task.await;
        }
    }

    /// Lets clients in again, at the same place.
    pub(super) async fn heal(&mut self) -> io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.listen_on(listener);
        Ok(())
    }

    fn listen_on(&mut self, listener: TcpListener) {
        let (cut, is_cut) = oneshot::channel();
        let task = tokio::spawn(pass_on(listener, self.daemon.clone(), is_cut));
        self.whole = Some(Whole { task, cut });
    }
}

async fn pass_on(listener: TcpListener, daemon: String, mut is_cut: oneshot::Receiver<()>) {
    let mut carried = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut is_cut => break,
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { break };
                let daemon = daemon.clone();
                carried.spawn(async move { carry(client, &daemon).await });
            }
            Some(_) = carried.join_next() => {}
        }
    }
    drop(listener);
    carried.shutdown().await;
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
