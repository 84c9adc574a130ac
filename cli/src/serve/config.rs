//! The file of `serve --config`: TOML, with libvirtd.conf's keys where they mean the same.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::{Table, Value};
use virtwire::hypervisor::Uuid;
use virtwire::protocol::session::server::Limits;
use virtwire::server::{AllowedProcesses, ClientLimits, ListenAddress, Patterns, TlsSettings};

use super::descriptors;
use crate::fail::{Fail, plain};

/// What a kind of listener asks of its clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Way {
    #[default]
    None,
    Sasl,
    Polkit,
}

/// What one of the daemon's servers grants its clients.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ServerConfig {
    pub(super) limits: Limits,
    pub(super) clients: ClientLimits,
    /// Connections that may wait until they are accepted, at each listener.
    pub(super) queued_clients: Option<u32>,
}

impl ServerConfig {
    /// Sets what a key names, or says what is wanted there; `None` where no key is named so.
    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), &'static str>> {
        let Limits { requests, keepalive, .. } = &mut self.limits;
        Some(match key {
            "max_clients" => put(&mut self.clients.clients, positive(value), POSITIVE),
            // As in libvirtd.conf, 0 is no limit.
            "max_anonymous_clients" => {
                let most = number(value, 0).map(|most| NonZero::new(most as usize));
                put(&mut self.clients.anonymous, most, "a number; 0 is any")
            }
            "max_queued_clients" => put(&mut self.queued_clients, number(value, 1).map(Some), POSITIVE),
            "max_client_requests" => put(requests, positive(value), POSITIVE),
            // As in libvirtd.conf, -1 is never, and its 0 is no other.
            "keepalive_interval" => {
                let never = (value.as_integer() == Some(-1)).then_some(Duration::ZERO);
                put(&mut keepalive.interval, never.or_else(|| seconds(value, 0)), "seconds; -1 never pings")
            }
            "keepalive_count" => put(&mut keepalive.count, number(value, 0), "a number"),
            _ => return None,
        })
    }
}

fn put<T>(place: &mut T, value: Option<T>, wanted: &'static str) -> Result<(), &'static str> {
    *place = value.ok_or(wanted)?;
    Ok(())
}

/// What an operator can say.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) listen: Vec<ListenAddress>,
    /// For clients that may only look.
    pub(super) listen_ro: Vec<ListenAddress>,
    /// For administrators of the daemon itself.
    pub(super) listen_admin: Vec<ListenAddress>,
    pub(super) unix: Way,
    pub(super) unix_ro: Way,
    pub(super) tcp: Way,
    pub(super) tls: Way,
    pub(super) passwords: Option<PathBuf>,
    pub(super) users: Option<Patterns>,
    /// Which processes may come by unix sockets; an empty list lets in nobody.
    pub(super) processes: Option<AllowedProcesses>,
    /// Whether nobody may come who is no process of this host.
    pub(super) only_processes: bool,
    pub(super) pki: TlsSettings,
    pub(super) server: ServerConfig,
    /// The server of the admin program; its keys begin with `admin_`.
    pub(super) admin: ServerConfig,
    /// Who may open the unix sockets that are made.
    pub(super) sockets: SocketRights,
    /// The host's own UUID; a new one at each start where it is not said.
    pub(super) host_uuid: Option<Uuid>,
    /// How long clients have to finish when the daemon ends.
    pub(super) shutdown_within: Duration,
}

/// The group and the modes of the files of unix sockets, where they are said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SocketRights {
    pub(super) group: Option<String>,
    pub(super) read_write: Option<u32>,
    pub(super) read_only: Option<u32>,
    pub(super) admin: Option<u32>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            listen: Vec::new(),
            listen_ro: Vec::new(),
            listen_admin: Vec::new(),
            unix: Way::None,
            unix_ro: Way::None,
            tcp: Way::None,
            tls: Way::None,
            passwords: None,
            users: None,
            processes: None,
            only_processes: false,
            pki: TlsSettings::default(),
            server: ServerConfig::default(),
            admin: ServerConfig::default(),
            sockets: SocketRights::default(),
            host_uuid: None,
            shutdown_within: Duration::from_secs(15),
        }
    }
}

/// All keys, in the order in which the help has them.
pub(super) const KEYS: [&str; 34] = [
    "listen",
    "listen_ro",
    "listen_admin",
    "unix_sock_group",
    "unix_sock_rw_perms",
    "unix_sock_ro_perms",
    "unix_sock_admin_perms",
    "auth_unix_rw",
    "auth_unix_ro",
    "auth_tcp",
    "auth_tls",
    "passwords",
    "sasl_allowed_username_list",
    "unix_allowed_uids",
    "unix_allowed_gids",
    "ca_file",
    "cert_file",
    "key_file",
    "crl_file",
    "tls_no_verify_certificate",
    "tls_allowed_dn_list",
    "max_clients",
    "max_anonymous_clients",
    "max_queued_clients",
    "max_client_requests",
    "keepalive_interval",
    "keepalive_count",
    "admin_max_clients",
    "admin_max_queued_clients",
    "admin_max_client_requests",
    "admin_keepalive_interval",
    "admin_keepalive_count",
    "host_uuid",
    "shutdown_within",
];

impl Config {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Config, Fail> {
        let thing = format!("file {}", path.display());
        let text = std::fs::read_to_string(path)
            .map_err(|error| Fail::new(&thing, plain(&error), "name a file that can be read"))?;
        let table = text.parse::<Table>().map_err(|error| {
            Fail::new(
                &thing,
                error.to_string().replace('\n', " "),
                "correct it: it is TOML, a `key = value` a line",
            )
        })?;
        Config::of(&thing, table)
    }

    fn of(thing: &str, table: Table) -> Result<Config, Fail> {
        let mut config = Config::default();
        for (key, value) in &table {
            let wrong = |wanted: &str| {
                Fail::new(format!("{thing}, key {key}"), format!("is {value}"), format!("give {wanted}"))
            };
            match key.as_str() {
                "listen" | "listen_ro" | "listen_admin" => {
                    let wanted = "addresses, such as [\"unix:/run/virtwire.sock\", \"tls://0.0.0.0:16514\"]";
                    let parse = |text: String| text.parse().map_err(|_| wrong(wanted));
                    let texts = texts(value).ok_or_else(|| wrong(wanted))?;
                    let addresses = texts.into_iter().map(parse).collect::<Result<_, _>>()?;
                    match key.as_str() {
                        "listen" => config.listen = addresses,
                        "listen_ro" => config.listen_ro = addresses,
                        _ => config.listen_admin = addresses,
                    }
                }
                "auth_unix_rw" => config.unix = way(value).ok_or_else(|| wrong(WAYS))?,
                "auth_unix_ro" => config.unix_ro = way(value).ok_or_else(|| wrong(WAYS))?,
                "auth_tcp" => config.tcp = remote_way(value).ok_or_else(|| wrong(REMOTE_WAYS))?,
                "auth_tls" => config.tls = remote_way(value).ok_or_else(|| wrong(REMOTE_WAYS))?,
                "passwords" => config.passwords = Some(path(value).ok_or_else(|| wrong(PATH))?),
                "sasl_allowed_username_list" => {
                    config.users = Some(Patterns::new(texts(value).ok_or_else(|| wrong(NAMES))?));
                }
                "unix_allowed_uids" => {
                    config.processes.get_or_insert_default().uids =
                        numbers(value).ok_or_else(|| wrong(NUMBERS))?;
                }
                "unix_allowed_gids" => {
                    config.processes.get_or_insert_default().gids =
                        numbers(value).ok_or_else(|| wrong(NUMBERS))?;
                }
                "ca_file" => config.pki.authority = path(value).ok_or_else(|| wrong(PATH))?,
                "cert_file" => config.pki.certificate = path(value).ok_or_else(|| wrong(PATH))?,
                "key_file" => config.pki.key = path(value).ok_or_else(|| wrong(PATH))?,
                "crl_file" => config.pki.revoked = Some(path(value).ok_or_else(|| wrong(PATH))?),
                "tls_no_verify_certificate" => {
                    config.pki.clients_need_certificates = !flag(value).ok_or_else(|| wrong("0 or 1"))?;
                }
                "tls_allowed_dn_list" => {
                    config.pki.names = Some(Patterns::new(texts(value).ok_or_else(|| wrong(NAMES))?));
                }
                "unix_sock_group" => {
                    config.sockets.group = Some(value.as_str().ok_or_else(|| wrong(GROUP))?.to_owned());
                }
                "unix_sock_rw_perms" => {
                    config.sockets.read_write = Some(mode(value).ok_or_else(|| wrong(MODE))?);
                }
                "unix_sock_ro_perms" => {
                    config.sockets.read_only = Some(mode(value).ok_or_else(|| wrong(MODE))?);
                }
                "unix_sock_admin_perms" => {
                    config.sockets.admin = Some(mode(value).ok_or_else(|| wrong(MODE))?);
                }
                "host_uuid" => {
                    let uuid = value.as_str().and_then(|text| text.parse().ok());
                    config.host_uuid = Some(uuid.ok_or_else(|| wrong("a UUID"))?);
                }
                "shutdown_within" => {
                    config.shutdown_within = seconds(value, 0).ok_or_else(|| wrong("seconds"))?;
                }
                key => {
                    let of_admin = key.strip_prefix("admin_").filter(|key| *key != "max_anonymous_clients");
                    let set = match of_admin {
                        Some(key) => config.admin.set(key, value),
                        None => config.server.set(key, value),
                    };
                    set.ok_or_else(|| unknown(thing, key))?.map_err(wrong)?;
                }
            }
        }
        // Of what is not said no more than is possible.
        config.admin.clients = descriptors::consistent(config.admin.clients);
        if !table.contains_key("max_anonymous_clients") {
            config.server.clients = descriptors::consistent(config.server.clients);
        }
        let asks = [config.unix, config.unix_ro, config.tcp, config.tls].contains(&Way::Sasl);
        if !config.server.clients.are_possible() {
            let text = "lets in more clients that are not known yet than clients";
            return Err(Fail::new(thing, text, "make max_clients at least max_anonymous_clients"));
        }
        match (asks, &config.passwords) {
            (true, None) => Err(Fail::new(
                thing,
                "asks for passwords and has no key passwords",
                "name the file that `virtwire passwd` makes: passwords = \"/etc/virtwire/passwords\"",
            )),
            _ => Ok(config),
        }
    }
}

const WAYS: &str = "\"none\", \"sasl\" or \"polkit\"";
const REMOTE_WAYS: &str = "\"none\" or \"sasl\"";
const PATH: &str = "a path, such as \"/etc/virtwire/file\"";
const NAMES: &str = "names with * and ?, such as [\"*@EXAMPLE.COM\"]";
const POSITIVE: &str = "a number of at least 1";
const NUMBERS: &str = "numbers, such as [0, 1000]";
const GROUP: &str = "the name of a group, or its number, such as \"libvirt\"";
const MODE: &str = "permissions in octal digits, such as \"0770\"";

fn unknown(thing: &str, key: &str) -> Fail {
    let next = match key {
        "listen_tcp" | "listen_tls" | "listen_addr" | "tcp_port" | "tls_port" | "unix_sock_dir" => {
            "give whole addresses instead: listen = [\"tls://0.0.0.0:16514\"]".to_owned()
        }
        "min_workers" | "max_workers" | "prio_workers" | "admin_min_workers" | "admin_max_workers" => {
            "leave it out: calls here hold no thread each; max_client_requests bounds those of a client"
                .to_owned()
        }
        "max_requests" => "leave it out: max_client_requests bounds the calls of each client".to_owned(),
        "log_level" | "log_filters" | "log_outputs" | "log_buffer_size" | "audit_level" | "audit_logging" => {
            "leave it out: what there is to be said is said on standard error".to_owned()
        }
        "tls_priority" | "tls_no_sanity_certificate" => {
            "leave it out: TLS is rustls's, which has no weak ciphers, and looks at its certificate itself"
                .to_owned()
        }
        "tcp_min_ssf" => {
            "leave it out: passwords protect nothing that follows them; listen on tls:// where others listen"
                .to_owned()
        }
        "access_drivers" => {
            "leave it out: whoever is let in may do everything; listen_ro is for those who may only look"
                .to_owned()
        }
        "host_uuid_source" => "leave it out: host_uuid says it".to_owned(),
        "keepalive_required" | "admin_keepalive_required" => {
            "leave it out: clients that do not ask to be pinged are not".to_owned()
        }
        "mdns_adv" | "mdns_name" | "ovs_timeout" => "leave it out: there is no such thing here".to_owned(),
        _ => match nearest(key) {
            Some(known) => format!("did you mean {known}?"),
            None => format!("the keys are {}", KEYS.join(", ")),
        },
    };
    Fail::new(format!("{thing}, key {key}"), "is unknown", next)
}

/// The key that was meant, where one is near enough.
fn nearest(key: &str) -> Option<&'static str> {
    let near = KEYS.map(|known| (strsim::jaro_winkler(key, known), known));
    let best = near.into_iter().max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 > 0.8).then_some(best.1)
}

/// What a file allows: `"0770"`.
fn mode(value: &Value) -> Option<u32> {
    let text = value.as_str().filter(|text| (3..=4).contains(&text.len()))?;
    u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o777)
}

fn way(value: &Value) -> Option<Way> {
    match value.as_str()? {
        "none" => Some(Way::None),
        "sasl" => Some(Way::Sasl),
        "polkit" => Some(Way::Polkit),
        _ => None,
    }
}

/// polkit knows only processes of this host.
fn remote_way(value: &Value) -> Option<Way> {
    way(value).filter(|way| *way != Way::Polkit)
}

fn path(value: &Value) -> Option<PathBuf> {
    value.as_str().filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

fn numbers(value: &Value) -> Option<Vec<u32>> {
    value.as_array()?.iter().map(|entry| number(entry, 0)).collect()
}

fn number(value: &Value, least: u32) -> Option<u32> {
    value.as_integer()?.try_into().ok().filter(|number| *number >= least)
}

fn positive(value: &Value) -> Option<usize> {
    Some(number(value, 1)? as usize)
}

fn seconds(value: &Value, least: u32) -> Option<Duration> {
    Some(Duration::from_secs(number(value, least)?.into()))
}

/// As TOML has it, or as libvirtd.conf does.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(flag) => Some(*flag),
        Value::Integer(0) => Some(false),
        Value::Integer(1) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        Config::of("file x", text.parse().unwrap()).map_err(|fail| fail.to_string())
    }

    #[test]
    fn keys_of_libvirtd_conf_mean_the_same() {
        let config = read(
            "listen = ['unix:/run/v', 'tls://[::1]:16514']
             auth_unix_rw = 'polkit'
             auth_tls = 'sasl'
             passwords = '/p'
             sasl_allowed_username_list = ['*@X']
             tls_no_verify_certificate = 1
             tls_allowed_dn_list = ['C=GB,*']
             crl_file = '/crl'
             max_client_requests = 5
             max_clients = 30
             max_anonymous_clients = 0
             max_queued_clients = 9
             admin_max_clients = 2
             admin_max_client_requests = 3
             admin_keepalive_interval = 8
             keepalive_interval = 7
             keepalive_count = 0
             unix_allowed_uids = [0, 7]
             shutdown_within = 0",
        )
        .unwrap();
        assert_eq!(config.listen.len(), 2);
        assert_eq!((config.unix, config.tcp, config.tls), (Way::Polkit, Way::None, Way::Sasl));
        assert!(!config.pki.clients_need_certificates && config.pki.names.is_some());
        assert_eq!(config.pki.revoked.as_deref(), Some(Path::new("/crl")));
        assert_eq!((config.server.limits.requests, config.server.limits.keepalive.count), (5, 0));
        assert_eq!(config.server.limits.keepalive.interval.as_secs(), 7);
        assert_eq!(config.server.clients, ClientLimits { clients: 30, anonymous: None });
        assert_eq!((config.server.queued_clients, config.admin.clients.clients), (Some(9), 2));
        assert_eq!(config.admin.limits.requests, 3);
        assert_eq!((config.processes.unwrap().uids, config.shutdown_within), (vec![0, 7], Duration::ZERO));
        // A list of nobody is a list.
        assert_eq!(read("").unwrap().processes, None);
        for key in ["unix_allowed_uids", "unix_allowed_gids"] {
            assert_eq!(read(&format!("{key} = []")).unwrap().processes, Some(AllowedProcesses::default()));
        }
        // Nobody is pinged.
        for never in ["-1", "0"] {
            let text = format!("keepalive_interval = {never}\nadmin_keepalive_interval = {never}");
            let config = read(&text).unwrap();
            for server in [config.server, config.admin] {
                assert_eq!(server.limits.keepalive.interval, Duration::ZERO, "{never}");
            }
        }
        assert!(read("tls_no_verify_certificate = false").unwrap().pki.clients_need_certificates);
    }

    #[test]
    fn as_many_may_be_unknown_as_may_be_there_unless_it_is_said() {
        let default = ClientLimits::default().anonymous.map(NonZero::get);
        for (text, clients, anonymous, administrators) in [
            ("", 5_000, default, default),
            ("max_clients = 5", 5, Some(5), default),
            ("max_clients = 1", 1, Some(1), default),
            ("max_clients = 5\nmax_anonymous_clients = 4", 5, Some(4), default),
            ("max_clients = 5\nmax_anonymous_clients = 0", 5, None, default),
            ("max_anonymous_clients = 5000", 5_000, Some(5_000), default),
            ("admin_max_clients = 3", 5_000, default, Some(3)),
        ] {
            let config = read(text).unwrap();
            let found = config.server.clients;
            assert_eq!((found.clients, found.anonymous.map(NonZero::get)), (clients, anonymous), "{text}");
            assert_eq!(config.admin.clients.anonymous.map(NonZero::get), administrators, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_key_and_what_to_do() {
        for (text, told) in [
            ("auth_unix_wr = 'sasl'", "key auth_unix_wr: is unknown (did you mean auth_unix_rw?)"),
            ("max_client_request = 1", "did you mean max_client_requests?"),
            ("xyz = 1", "the keys are listen, "),
            ("tcp_port = 1", "give whole addresses instead"),
            ("listen = 'unix:/x'", "key listen: is \"unix:/x\" (give addresses"),
            ("listen = ['/x']", "give addresses"),
            ("auth_tcp = 'polkit'", "give \"none\" or \"sasl\""),
            ("auth_tls = 'sasl'", "has no key passwords"),
            ("unix_allowed_uids = [-1]", "give numbers"),
            ("max_client_requests = 0", "at least 1"),
            (
                "max_clients = 5\nmax_anonymous_clients = 6",
                "more clients that are not known yet than clients",
            ),
            ("max_anonymous_clients = 5001", "more clients that are not known yet than clients"),
            ("max_workers = 5", "leave it out"),
            ("unix_sock_rw_perms = 770", "give permissions"),
            ("unix_sock_ro_perms = '1777'", "give permissions"),
            ("unix_sock_group = 7", "give the name of a group"),
            ("host_uuid = 'x'", "give a UUID"),
            ("admin_max_anonymous_clients = 5", "is unknown"),
            ("tls_no_verify_certificate = 2", "give 0 or 1"),
            ("ca_file = ''", "give a path"),
            ("keepalive_interval = -2", "-1 never pings"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
        // Each of libvirtd.conf's is known here, or told why it is not.
        for key in LIBVIRTDS {
            let told = KEYS.contains(&key) || {
                let error = read(&format!("{key} = 1")).unwrap_err();
                error.contains("leave it out") || error.contains("give whole addresses")
            };
            assert!(told, "{key}");
        }
        // Each key that is told as one is one.
        for key in KEYS {
            let error = read(&format!("{key} = 1979-05-27")).unwrap_err();
            assert!(!error.contains("unknown"), "{error}");
            let told = crate::args::help::SERVE
                .split(|end: char| !end.is_ascii_alphanumeric() && end != '_')
                .any(|word| word == key);
            assert!(told, "{key}: the help does not tell of it");
        }
    }

    /// The keys of libvirtd.conf (9.0).
    const LIBVIRTDS: [&str; 53] = [
        "listen_tls",
        "listen_tcp",
        "tls_port",
        "tcp_port",
        "listen_addr",
        "mdns_adv",
        "mdns_name",
        "unix_sock_group",
        "unix_sock_ro_perms",
        "unix_sock_rw_perms",
        "unix_sock_admin_perms",
        "unix_sock_dir",
        "auth_unix_ro",
        "auth_unix_rw",
        "auth_tcp",
        "auth_tls",
        "tcp_min_ssf",
        "access_drivers",
        "key_file",
        "cert_file",
        "ca_file",
        "crl_file",
        "tls_no_sanity_certificate",
        "tls_no_verify_certificate",
        "tls_allowed_dn_list",
        "tls_priority",
        "sasl_allowed_username_list",
        "max_clients",
        "max_queued_clients",
        "max_anonymous_clients",
        "min_workers",
        "max_workers",
        "prio_workers",
        "max_requests",
        "max_client_requests",
        "admin_min_workers",
        "admin_max_workers",
        "admin_max_clients",
        "admin_max_queued_clients",
        "admin_max_client_requests",
        "log_level",
        "log_filters",
        "log_outputs",
        "log_buffer_size",
        "audit_level",
        "audit_logging",
        "host_uuid",
        "host_uuid_source",
        "keepalive_interval",
        "keepalive_count",
        "admin_keepalive_interval",
        "admin_keepalive_count",
        "ovs_timeout",
    ];
}
