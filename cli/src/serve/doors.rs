//! The listeners of `virtwire serve`, and what each asks: opened once, and told anew when the operator has changed it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use virtwire::server::{
    AllowedProcesses, Authentication, BindError, Exposure, ListenAddress, Listener, PasswordFile, Sasl,
    TlsServer, TlsSettingsError,
};

use super::cannot_listen;
use super::config::{Config, Way};
use super::systemd::{Door, Passed, Socket};
use crate::fail::{Fail, plain};
use crate::passwd;

/// All listeners of a daemon.
pub(super) struct Doors {
    exposure: Exposure,
    /// Where TLS is spoken.
    tls: Option<TlsServer>,
    /// What is asked there now.
    tls_way: Mutex<Way>,
    pub(super) listeners: Vec<Arc<Listener>>,
    /// For administrators.
    pub(super) admin: Vec<Arc<Listener>>,
}

impl Doors {
    /// Opens those of the configuration, and takes those that are open already.
    pub(super) async fn open(
        config: &Config,
        passed: Vec<Passed>,
        exposure: Exposure,
    ) -> Result<Doors, Fail> {
        let mut doors = Doors {
            exposure,
            tls: None,
            tls_way: Mutex::default(),
            listeners: Vec::new(),
            admin: Vec::new(),
        };
        let passwords = passwords(config)?;
        let all = [
            (&config.listen, Door::ReadWrite),
            (&config.listen_ro, Door::ReadOnly),
            (&config.listen_admin, Door::Admin),
        ];
        for (address, door) in
            all.into_iter().flat_map(|(list, door)| list.iter().map(move |one| (one, door)))
        {
            let bound = match address {
                ListenAddress::Tls(host) => {
                    Listener::bind_tls(host, doors.tls(config)?, doors.exposure_of(config.tls)).await
                }
                address => Listener::bind(address, exposure).await,
            };
            doors.take(bound.map_err(|error| cannot_listen(address, error))?, door, config)?;
        }
        for Passed { socket, door } in passed {
            let taken = match socket {
                Socket::Unix(socket) => Listener::from_unix(socket),
                Socket::Tcp(socket) => Listener::from_tcp(socket, exposure),
                Socket::Tls(socket) => {
                    Listener::from_tls(socket, doors.tls(config)?, doors.exposure_of(config.tls))
                }
            };
            let refused = |error| Fail::new("a socket from LISTEN_FDS", error, "correct the socket unit");
            doors.take(taken.map_err(refused)?, door, config)?;
        }
        let by_network = |listener: &&Arc<Listener>| !matches!(listener.address(), ListenAddress::Unix(_));
        if let Some(listener) = doors.listeners.iter().find(by_network).filter(|_| config.only_processes) {
            return Err(Fail::new(
                format!("address {}", listener.address()),
                "lets in nobody: whoever comes by it is no process of this host, and --allow-uid and --allow-gid take no others",
                "listen on unix sockets alone, or use --config with unix_allowed_uids and unix_allowed_gids",
            ));
        }
        doors.ask(config, passwords.as_ref());
        Ok(doors)
    }

    fn take(&mut self, listener: Listener, door: Door, config: &Config) -> Result<(), Fail> {
        let server = if door == Door::Admin { &config.admin } else { &config.server };
        if let Some(queued) = server.queued_clients {
            let refused = |error| cannot_listen(&listener.address(), error);
            listener.set_queue(queued).map_err(refused)?;
        }
        match door {
            Door::ReadWrite => self.listeners.push(Arc::new(listener)),
            Door::ReadOnly => self.listeners.push(Arc::new(listener.read_only())),
            Door::Admin => {
                if !matches!(listener.address(), ListenAddress::Unix(_)) {
                    let thing = format!("address {}", listener.address());
                    let what = "is no unix socket, and nobody could tell who its administrators are";
                    return Err(Fail::new(thing, what, "give unix:PATH"));
                }
                // The kernel says who comes, whatever the socket's file allows.
                let uids = vec![0, rustix::process::geteuid().as_raw()];
                let allowed = AllowedProcesses { uids, gids: Vec::new() };
                listener.set_authentication(Authentication::none().only_processes(allowed));
                self.admin.push(Arc::new(listener));
            }
        }
        Ok(())
    }

    /// The one end of TLS, read when it is first needed.
    fn tls(&mut self, config: &Config) -> Result<TlsServer, Fail> {
        match &self.tls {
            Some(tls) => Ok(tls.clone()),
            None => {
                let tls = TlsServer::new(&config.pki).map_err(no_tls)?;
                Ok(self.tls.insert(tls).clone())
            }
        }
    }

    /// Passwords over TLS may be asked for anywhere.
    fn exposure_of(&self, way: Way) -> Exposure {
        if way == Way::Sasl { Exposure::AnyoneMayConnect } else { self.exposure }
    }

    /// Has the listeners ask what is configured now, with certificates and passwords as they are now. Clients that are there stay.
    pub(super) fn reload(&self, config: &Config) -> Result<(), Fail> {
        // All is read before any of it holds.
        self.check_exposure(config, config.tls)?;
        let passwords = passwords(config)?;
        if let Some(tls) = &self.tls {
            tls.reload(&config.pki).map_err(no_tls)?;
        }
        self.ask(config, passwords.as_ref());
        Ok(())
    }

    /// Reads certificates and keys anew, and nothing else. Clients that are there stay.
    pub(super) fn reload_tls(&self, config: &Config) -> Result<(), Fail> {
        self.check_exposure(config, *self.tls_way())?;
        match &self.tls {
            Some(tls) => tls.reload(&config.pki).map_err(no_tls),
            None => Err(Fail::new("TLS", "is not spoken here", "listen on a tls:// address")),
        }
    }

    /// That nobody is to be let in unasked who could not be when the listeners were opened.
    fn check_exposure(&self, config: &Config, way: Way) -> Result<(), Fail> {
        if config.pki.clients_need_certificates || self.exposure_of(way) == Exposure::AnyoneMayConnect {
            return Ok(());
        }
        for address in self.listeners.iter().map(|listener| listener.address()) {
            if let ListenAddress::Tls(host) = &address
                && let Ok(host) = host.parse::<SocketAddr>()
                && !host.ip().is_loopback()
            {
                return Err(cannot_listen(&address, BindError::Exposed(host)));
            }
        }
        Ok(())
    }

    fn tls_way(&self) -> MutexGuard<'_, Way> {
        self.tls_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, config: &Config, passwords: Option<&PasswordFile>) {
        *self.tls_way() = config.tls;
        for listener in &self.listeners {
            listener.set_authentication(match listener.address() {
                ListenAddress::Unix(_) => {
                    let way = if listener.is_read_only() { config.unix_ro } else { config.unix };
                    let asked = authentication(way, config, passwords);
                    match &config.processes {
                        Some(allowed) => asked.only_processes(allowed.clone()),
                        None => asked,
                    }
                }
                ListenAddress::Tls(_) => authentication(config.tls, config, passwords),
                ListenAddress::Tcp(_) => authentication(config.tcp, config, passwords),
            });
        }
    }
}

fn passwords(config: &Config) -> Result<Option<PasswordFile>, Fail> {
    config.passwords.as_deref().map(passwd::read).transpose()
}

fn authentication(way: Way, config: &Config, passwords: Option<&PasswordFile>) -> Authentication {
    match way {
        Way::None => Authentication::none(),
        Way::Polkit => Authentication::polkit(),
        Way::Sasl => {
            // A configuration that asks has a file.
            let sasl = Sasl::new(passwords.cloned().unwrap_or_default());
            Authentication::sasl(match &config.users {
                Some(users) => sasl.only_users(users.clone()),
                None => sasl,
            })
        }
    }
}

fn no_tls(error: TlsSettingsError) -> Fail {
    Fail::new(
        format!("file {}", error.path.display()),
        plain(&std::io::Error::other(error.reason)),
        "make it as libvirt's pages say, or name another by ca_file, cert_file, key_file or crl_file in --config's file",
    )
}
