//! The listeners of `virtwire serve`, and what each asks: opened once, and told anew when the operator has changed it.

use std::net::SocketAddr;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::Mode;
use rustix::process::umask;

use virtwire::server::{
    AllowedProcesses, Authentication, BindError, Exposure, ListenAddress, Listener, PasswordFile, Sasl,
    TlsServer, TlsSettings, TlsSettingsError,
};

use super::config::{Config, Way};
use super::systemd::{Door, Passed, Socket};
use super::{apart, cannot_listen};
use crate::fail::{Fail, plain};
use crate::passwd;
use crate::screen::remark;

/// All listeners of a daemon.
pub(super) struct Doors {
    exposure: Exposure,
    /// Where TLS is spoken, and by which settings now.
    tls: Mutex<Option<(TlsServer, TlsSettings)>>,
    /// A socket's file that everybody may open because clients are asked who they are.
    open_to_all: Option<PathBuf>,
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
        let (passwords, tls) = read(config, &passed).await?;
        let mut doors = Doors {
            exposure,
            tls: Mutex::new(tls.clone().map(|tls| (tls, config.pki.clone()))),
            open_to_all: None,
            listeners: Vec::new(),
            admin: Vec::new(),
        };
        let mut made = Vec::new();
        let all = [
            (&config.listen, Door::ReadWrite),
            (&config.listen_ro, Door::ReadOnly),
            (&config.listen_admin, Door::Admin),
        ];
        for (address, door) in
            all.into_iter().flat_map(|(list, door)| list.iter().map(move |one| (one, door)))
        {
            let bound = match (address, &tls) {
                (ListenAddress::Tls(host), Some(tls)) => {
                    Listener::bind_tls(host, tls.clone(), doors.exposure_of(config.tls)).await
                }
                (ListenAddress::Unix(path), _) => {
                    made.push((path, door));
                    bound_to(address, mode(door, config).is_some()).await
                }
                (address, _) => Listener::bind(address, exposure).await,
            };
            let refused = |error| {
                cannot_ask_in_clear(address, config, &error).unwrap_or_else(|| cannot_listen(address, error))
            };
            doors.take(bound.map_err(refused)?, door, config)?;
        }
        for Passed { socket, door } in passed {
            let taken = match (socket, &tls) {
                (Socket::Unix(socket), _) => Listener::from_unix(socket),
                (Socket::Tls(socket), Some(tls)) => {
                    Listener::from_tls(socket, tls.clone(), doors.exposure_of(config.tls))
                }
                // Where TLS is spoken there is always an end of it.
                (Socket::Tls(_), None) => continue,
                (Socket::Tcp(socket), _) => Listener::from_tcp(socket, exposure),
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
        doors.ask(config, passwords.as_ref(), tls.as_ref());
        // Now that each door asks what it is to.
        for (path, door) in made {
            allow(path, mode(door, config), config.sockets.group.as_deref())?;
            if door == Door::ReadWrite && config.sockets.read_write.is_none() && asks(config) {
                doors.open_to_all = Some(path.clone());
            }
        }
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

    /// Passwords over TLS may be asked for anywhere.
    fn exposure_of(&self, way: Way) -> Exposure {
        if way == Way::Sasl { Exposure::AnyoneMayConnect } else { self.exposure }
    }

    /// Has the listeners ask what is configured now, with certificates and passwords as they are now. Clients that are there stay.
    pub(super) fn reload(&self, config: &Config) -> Result<(), Fail> {
        // All is read before any of it holds.
        self.check_exposure(config)?;
        let passwords = passwords(config)?;
        let mut now = self.tls_now();
        // A new one: whoever comes meets all that was asked before or all that is asked now.
        let tls = now.is_some().then(|| TlsServer::new(&config.pki)).transpose().map_err(no_tls)?;
        self.ask(config, passwords.as_ref(), tls.as_ref());
        *now = tls.map(|tls| (tls, config.pki.clone()));
        // When it begins to serve, the server says so itself.
        let is_tcp = |listener: &&Arc<Listener>| matches!(listener.address(), ListenAddress::Tcp(_));
        for listener in self.listeners.iter().filter(is_tcp).filter(|_| config.tcp == Way::Sasl) {
            remark(&format!(
                "virtwire: address {} asks for passwords over plain TCP, where libvirt's clients refuse to prove them: use tls:// or unix:",
                listener.address()
            ));
        }
        Ok(())
    }

    /// Reads certificates and keys anew, and nothing else: what is asked of clients stays as it is. Clients that are there stay.
    pub(super) fn reload_tls(&self) -> Result<(), Fail> {
        match &*self.tls_now() {
            Some((tls, settings)) => tls.reload(settings).map_err(no_tls),
            None => Err(Fail::new("TLS", "is not spoken here", "listen on a tls:// address")),
        }
    }

    /// That nobody is to be let in unasked who could not be when the listeners were opened.
    fn check_exposure(&self, config: &Config) -> Result<(), Fail> {
        if let Some(path) = self.open_to_all.as_ref().filter(|_| !asks(config)) {
            return Err(Fail::new(
                format!("socket {}", path.display()),
                "was made for everybody, as clients were asked who they are",
                "go on asking, or start the daemon anew",
            ));
        }
        if config.pki.clients_need_certificates || self.exposure_of(config.tls) == Exposure::AnyoneMayConnect
        {
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

    fn tls_now(&self) -> MutexGuard<'_, Option<(TlsServer, TlsSettings)>> {
        self.tls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, config: &Config, passwords: Option<&PasswordFile>, tls: Option<&TlsServer>) {
        for listener in &self.listeners {
            match (listener.address(), tls) {
                (ListenAddress::Unix(_), _) => {
                    let way = if listener.is_read_only() { config.unix_ro } else { config.unix };
                    let asked = authentication(way, config, passwords);
                    listener.set_authentication(match &config.processes {
                        Some(allowed) => asked.only_processes(allowed.clone()),
                        None => asked,
                    });
                }
                (ListenAddress::Tls(_), Some(tls)) => {
                    listener.reconfigure(authentication(config.tls, config, passwords), tls.clone());
                }
                // Where TLS is spoken there is always an end of it.
                (ListenAddress::Tls(_), None) => {}
                (ListenAddress::Tcp(_), _) => {
                    listener.set_authentication(authentication(config.tcp, config, passwords));
                }
            }
        }
    }
}

/// What is wrong with passwords where strangers come and nothing protects what is said.
fn cannot_ask_in_clear(address: &ListenAddress, config: &Config, error: &BindError) -> Option<Fail> {
    let asks = matches!(address, ListenAddress::Tcp(_)) && config.tcp == Way::Sasl;
    (asks && matches!(error, BindError::Exposed(_))).then(|| {
        Fail::new(
            format!("address {address}"),
            "is not a loopback address, and passwords protect nothing there of what follows them: others could read along and take connections over, and libvirt's clients refuse",
            "listen on tls://, 127.0.0.1 or a unix socket, or say --allow-unauthenticated",
        )
    })
}

/// A unix socket that nobody else can open yet, where others are to be let in or kept out.
async fn bound_to(address: &ListenAddress, is_closed: bool) -> Result<Listener, BindError> {
    let usual = is_closed.then(|| umask(Mode::RWXG | Mode::RWXO));
    let bound = Listener::bind(address, Exposure::LocalOnly).await;
    if let Some(usual) = usual {
        umask(usual);
    }
    bound
}

/// What a door's socket is to allow: where nothing is said what libvirtd's do, for to connect needs the right to write, which the usual umask
/// leaves to the daemon's user alone.
fn mode(door: Door, config: &Config) -> Option<u32> {
    let rights = &config.sockets;
    match door {
        Door::ReadWrite => rights.read_write.or(asks(config).then_some(0o777)),
        Door::ReadOnly => rights.read_only.or(Some(0o777)),
        Door::Admin => rights.admin.or(Some(0o700)),
    }
}

/// Whether whoever comes by a unix socket that is not read-only is asked or looked at.
fn asks(config: &Config) -> bool {
    config.unix != Way::None || config.processes.is_some()
}

/// Lets those open a socket who may.
fn allow(path: &Path, mode: Option<u32>, group: Option<&str>) -> Result<(), Fail> {
    let failed = |error: std::io::Error| {
        let next = "only root's daemon can give its sockets to a group that its user is not in";
        Fail::new(format!("socket {}", path.display()), plain(&error), next)
    };
    if let Some(name) = group {
        let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
        let number = number_of(name, &groups).ok_or_else(|| {
            Fail::new(format!("group {name}"), "is not in /etc/group", "give a group's name or its number")
        })?;
        chown(path, None, Some(number)).map_err(failed)?;
    }
    match mode {
        Some(mode) => std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).map_err(failed),
        None => Ok(()),
    }
}

/// The number of a group, by its name or as it is.
fn number_of(name: &str, groups: &str) -> Option<u32> {
    let of_line = |line: &str| {
        let mut parts = line.split(':');
        (parts.next() == Some(name)).then(|| parts.nth(1)?.parse().ok())?
    };
    name.parse().ok().or_else(|| groups.lines().find_map(of_line))
}

/// What is read for the doors before any is open.
async fn read(config: &Config, passed: &[Passed]) -> Result<(Option<PasswordFile>, Option<TlsServer>), Fail> {
    let is_tls = |address: &ListenAddress| matches!(address, ListenAddress::Tls(_));
    let speaks_tls = config.listen.iter().chain(&config.listen_ro).chain(&config.listen_admin).any(is_tls)
        || passed.iter().any(|passed| matches!(passed.socket, Socket::Tls(_)));
    let config = config.clone();
    apart(move || {
        let passwords = passwords(&config)?;
        let tls = speaks_tls.then(|| TlsServer::new(&config.pki)).transpose().map_err(no_tls)?;
        Ok((passwords, tls))
    })
    .await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_known_by_its_name_or_its_number() {
        let groups = "root:x:0:\nlibvirt:x:117:fred\nlib:x:9:\nbroken\n";
        for (name, number) in
            [("libvirt", Some(117)), ("root", Some(0)), ("7", Some(7)), ("libv", None), ("broken", None)]
        {
            assert_eq!(number_of(name, groups), number, "{name}");
        }
    }
}
