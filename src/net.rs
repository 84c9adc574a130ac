//! The sockets that bytes go over: tokio's. Built with `--cfg virtwire_sim`, as `sim/` does, those of a simulated network, so that the
//! very code that ships runs there, and nothing else.

#[cfg(virtwire_sim)]
pub(crate) use simulated::{TcpListener, lookup_host, set_queue};
#[cfg(not(virtwire_sim))]
#[allow(unused_imports, reason = "a server alone looks up no name, and a client alone does not listen")]
pub(crate) use tokio::net::{TcpListener, TcpStream, lookup_host};
#[cfg(virtwire_sim)]
pub(crate) use turmoil::net::TcpStream;

/// Has so many connections wait until they are accepted.
#[cfg(all(feature = "server", not(virtwire_sim)))]
pub(crate) fn set_queue(listener: &TcpListener, connections: i32) -> std::io::Result<()> {
    socket2::SockRef::from(listener).listen(connections)
}

#[cfg(virtwire_sim)]
mod simulated {
    use std::fmt;
    use std::io;
    use std::net::{IpAddr, SocketAddr};

    /// A listener as tokio's, as far as it is used here.
    pub(crate) struct TcpListener(turmoil::net::TcpListener);

    /// The address of a simulated host.
    #[cfg(feature = "client")]
    pub(crate) async fn lookup_host(
        (host, port): (&str, u16),
    ) -> io::Result<impl Iterator<Item = SocketAddr>> {
        Ok(std::iter::once((turmoil::lookup(host), port).into()))
    }

    /// The simulated network's queues are as they are.
    #[cfg(feature = "server")]
    pub(crate) fn set_queue(_: &TcpListener, _: i32) -> io::Result<()> {
        Ok(())
    }

    /// Where to listen.
    pub(crate) trait Place {
        fn address(self) -> Option<SocketAddr>;
    }

    impl Place for &[SocketAddr] {
        fn address(self) -> Option<SocketAddr> {
            self.first().copied()
        }
    }

    impl Place for (IpAddr, u16) {
        fn address(self) -> Option<SocketAddr> {
            Some(self.into())
        }
    }

    impl TcpListener {
        pub(crate) async fn bind(place: impl Place) -> io::Result<TcpListener> {
            let address = place.address().ok_or(io::ErrorKind::AddrNotAvailable)?;
            turmoil::net::TcpListener::bind(address).await.map(TcpListener)
        }

        /// A socket of the system's is in no simulated network.
        pub(crate) fn from_std(_: std::net::TcpListener) -> io::Result<TcpListener> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(crate) async fn accept(&self) -> io::Result<(turmoil::net::TcpStream, SocketAddr)> {
            self.0.accept().await
        }

        pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
            self.0.local_addr()
        }
    }

    impl fmt::Debug for TcpListener {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("TcpListener")
        }
    }
}
