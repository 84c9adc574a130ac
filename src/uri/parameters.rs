//! The parameters of a URI: those that tell the client how to connect, and the rest, which goes with the name.

use std::path::PathBuf;

use super::{Transport, UriError, percent};

/// What the client needs to know on its way: every parameter that libvirt's own client knows. Names are compared without case, and the last
/// of several counts; a value that a parameter does not take is an error, and one that the transport has no use for has no effect.
///
/// A parameter that is not among these is the daemon's: it goes there as it came, as part of [`Uri::name`](super::Uri::name), as from libvirt's
/// client. libvirt's qemu and test drivers ignore what they do not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameters {
    /// `auth`: how to authenticate, and an error where the daemon does not offer that; by default the daemon's first way.
    pub auth: Option<Auth>,
    /// `authfile`: the file of this host with the credentials, instead of the usual places of `auth.conf`.
    pub authfile: Option<PathBuf>,
    /// `command`: the program to run for transports ssh, libssh and libssh2, by default `ssh`, and for ext, which has no default.
    pub command: Option<PathBuf>,
    /// `keyfile`: the private key for SSH, as `ssh -i` takes it.
    pub keyfile: Option<PathBuf>,
    /// `known_hosts`: the file with the keys of SSH hosts, for libssh and libssh2.
    pub known_hosts: Option<PathBuf>,
    /// `known_hosts_verify`: what to do about an SSH host's key, for libssh and libssh2, which alone mind a word that there is not.
    pub known_hosts_verify: Option<KnownHosts>,
    /// `mode`: which daemon's socket, here or behind SSH; by default `remote_mode` of `libvirt.conf`. Not direct with tcp, tls and ext.
    pub mode: Option<Mode>,
    /// `name`: what to open there, word for word, in place of what the URI itself says.
    pub name: Option<String>,
    /// `netcat`: the path of a netcat on the daemon's host, by default `nc`. Has SSH run that and not the helper; not with proxy native.
    pub netcat: Option<String>,
    /// `no_sanity`: do not look whether this host's own TLS certificate is of use, and let the daemon judge. A whole number, on unless it is 0.
    pub no_sanity: bool,
    /// `no_tty`: SSH must not ask the user anything. A whole number, on unless it is 0.
    pub no_tty: bool,
    /// `no_verify`: take the TLS certificate or the SSH key of whoever answers. A whole number, on unless it is 0.
    pub no_verify: bool,
    /// `pkipath`: the folder of `cacert.pem`, `clientcert.pem` and `clientkey.pem` for TLS, instead of libvirt's usual places.
    pub pkipath: Option<PathBuf>,
    /// `proxy`: what SSH runs on the daemon's host. By default netcat where `socket` is given, the helper for path `/session`, else
    /// `remote_proxy` of `libvirt.conf`.
    pub proxy: Option<Proxy>,
    /// `socket`: the unix socket, here or, by SSH, on the daemon's host; by default where the mode and the driver have it.
    pub socket: Option<PathBuf>,
    /// `sshauth`: the ways in which SSH may authenticate, for libssh and libssh2; words of libvirt's, separated by commas.
    pub sshauth: Option<String>,
    /// `tls_priority`: a priority string of GnuTLS. Kept for whoever asks; rustls has no use for it, and a warning is traced that says so.
    pub tls_priority: Option<String>,
}

/// How to authenticate to the daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// `sasl`, or `sasl.MECHANISM`.
    Sasl {
        /// In the letters of the URI; mechanisms are compared without case.
        mechanism: Option<String>,
    },
    /// `polkit`.
    Polkit,
}

/// Which daemon's socket (libvirt 7.0 on): one daemon for all drivers, or one for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// The driver's own daemon where its socket is there, else `libvirtd`.
    #[default]
    Auto,
    /// `libvirtd`.
    Legacy,
    /// The driver's own daemon. Only unix sockets lead there.
    Direct,
}

/// What SSH runs on the daemon's host to get to its socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proxy {
    /// `virt-ssh-helper` where there is one, else netcat.
    #[default]
    Auto,
    /// netcat.
    Netcat,
    /// `virt-ssh-helper`.
    Native,
}

/// What to do about an SSH host's key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum KnownHosts {
    /// Compare it.
    #[default]
    Normal,
    /// Compare it, and learn that of a new host.
    Auto,
    /// Take any.
    Ignore,
}

impl Mode {
    /// The word of the URI and of `remote_mode` in `libvirt.conf`.
    pub fn from_word(word: &str) -> Option<Mode> {
        [("auto", Mode::Auto), ("legacy", Mode::Legacy), ("direct", Mode::Direct)]
            .into_iter()
            .find_map(|(known, mode)| (known == word).then_some(mode))
    }
}

impl Proxy {
    /// The word of the URI and of `remote_proxy` in `libvirt.conf`.
    pub fn from_word(word: &str) -> Option<Proxy> {
        [("auto", Proxy::Auto), ("netcat", Proxy::Netcat), ("native", Proxy::Native)]
            .into_iter()
            .find_map(|(known, proxy)| (known == word).then_some(proxy))
    }
}

impl KnownHosts {
    /// In any case, as libvirt reads it.
    fn from_word(word: &str) -> Option<KnownHosts> {
        [("normal", KnownHosts::Normal), ("auto", KnownHosts::Auto), ("ignore", KnownHosts::Ignore)]
            .into_iter()
            .find_map(|(known, verify)| known.eq_ignore_ascii_case(word).then_some(verify))
    }
}

impl Auth {
    fn from_word(word: &str) -> Option<Auth> {
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "sasl" => Some(Auth::Sasl { mechanism: None }),
            "polkit" => Some(Auth::Polkit),
            _ if lower.starts_with("sasl.") && lower.len() > "sasl.".len() => {
                Some(Auth::Sasl { mechanism: word.get("sasl.".len()..).map(str::to_owned) })
            }
            _ => None,
        }
    }
}

/// Every parameter that the client uses up.
const CONSUMED: [&str; 17] = [
    "auth",
    "authfile",
    "command",
    "keyfile",
    "known_hosts",
    "known_hosts_verify",
    "mode",
    "name",
    "netcat",
    "no_sanity",
    "no_tty",
    "no_verify",
    "pkipath",
    "proxy",
    "socket",
    "sshauth",
    "tls_priority",
];

/// Reads a query; what the client does not use up comes back as a query of its own.
pub(super) fn read(uri: &str, transport: Transport, query: &str) -> Result<(Parameters, String), UriError> {
    let mut found = Parameters::default();
    let mut passed_on = String::new();
    for parameter in split(query) {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let name = percent::decoded(key);
        match CONSUMED.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
            Some(known) => {
                let value = percent::decoded(value);
                if let Err(expected) = found.set(known, &value, transport) {
                    return Err(UriError::Parameter {
                        uri: uri.to_owned(),
                        parameter: known,
                        value,
                        expected,
                    });
                }
            }
            None => {
                passed_on.push(if passed_on.is_empty() { '?' } else { '&' });
                // What separates nothing here would separate where nothing follows it.
                passed_on.push_str(&parameter.replace(';', "%3B"));
            }
        }
    }
    Ok((found, passed_on))
}

/// The parameters of a query that are not empty. `;` separates them as well, but for libvirt only behind the last `&`.
fn split(query: &str) -> impl Iterator<Item = &str> {
    let (front, last) = query.rsplit_once('&').unwrap_or(("", query));
    front.split('&').chain(last.split(';')).filter(|parameter| !parameter.is_empty())
}

impl Parameters {
    /// Sets one by its name of `CONSUMED`; an error says what it takes.
    fn set(&mut self, name: &str, value: &str, transport: Transport) -> Result<(), &'static str> {
        let path = || Some(PathBuf::from(value));
        let text = || Some(value.to_owned());
        match name {
            "auth" => self.auth = Some(Auth::from_word(value).ok_or("sasl, sasl.MECHANISM or polkit")?),
            "authfile" => self.authfile = path(),
            "command" => self.command = path(),
            "keyfile" => self.keyfile = path(),
            "known_hosts" => self.known_hosts = path(),
            "known_hosts_verify" => {
                self.known_hosts_verify = KnownHosts::from_word(value);
                let is_judged = matches!(transport, Transport::Libssh | Transport::Libssh2);
                if is_judged && self.known_hosts_verify.is_none() {
                    return Err("normal, auto or ignore");
                }
            }
            "mode" => self.mode = Some(Mode::from_word(value).ok_or("auto, legacy or direct")?),
            "name" => self.name = text(),
            "netcat" => self.netcat = text(),
            "no_sanity" => self.no_sanity = switch(value)?,
            "no_tty" => self.no_tty = switch(value)?,
            "no_verify" => self.no_verify = switch(value)?,
            "pkipath" => self.pkipath = path(),
            "proxy" => self.proxy = Some(Proxy::from_word(value).ok_or("auto, netcat or native")?),
            "socket" => self.socket = path(),
            "sshauth" => self.sshauth = text(),
            _ => self.tls_priority = text(),
        }
        Ok(())
    }
}

/// A whole number; on unless it is 0.
fn switch(value: &str) -> Result<bool, &'static str> {
    value.trim_start().parse::<i32>().map(|number| number != 0).map_err(|_| "a whole number, 0 or 1")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the transport that judges every parameter.
    fn read(uri: &str, query: &str) -> Result<(Parameters, String), UriError> {
        super::read(uri, Transport::Libssh, query)
    }

    #[test]
    fn every_parameter_is_read_and_none_of_them_passed_on() {
        let query = "auth=sasl.SCRAM-SHA-256&authfile=/a&command=/c&keyfile=/k%20y&known_hosts=/h&known_hosts_verify=auto\
                     &mode=legacy&name=test:///d&netcat=nc&no_sanity=1&no_tty=1&no_verify=1&pkipath=/p&proxy=netcat\
                     &socket=/s&sshauth=agent,privkey&tls_priority=NORMAL";
        let expected = Parameters {
            auth: Some(Auth::Sasl { mechanism: Some("SCRAM-SHA-256".into()) }),
            authfile: Some("/a".into()),
            command: Some("/c".into()),
            keyfile: Some("/k y".into()),
            known_hosts: Some("/h".into()),
            known_hosts_verify: Some(KnownHosts::Auto),
            mode: Some(Mode::Legacy),
            name: Some("test:///d".into()),
            netcat: Some("nc".into()),
            no_sanity: true,
            no_tty: true,
            no_verify: true,
            pkipath: Some("/p".into()),
            proxy: Some(Proxy::Netcat),
            socket: Some("/s".into()),
            sshauth: Some("agent,privkey".into()),
            tls_priority: Some("NORMAL".into()),
        };
        assert_eq!(read("u", query), Ok((expected.clone(), String::new())));
        // Names have no case; values keep theirs.
        let shouted: Vec<_> = query
            .split('&')
            .filter_map(|parameter| parameter.split_once('='))
            .map(|(name, value)| format!("{}={value}", name.to_uppercase()))
            .collect();
        assert_eq!(read("u", &shouted.join(";")), Ok((expected.clone(), String::new())));
        // Nor does it matter how their letters are written.
        let coded: Vec<_> = query
            .split('&')
            .filter_map(|parameter| parameter.split_once('='))
            .map(|(name, value)| {
                let name: String = name.bytes().map(|letter| format!("%{letter:02x}")).collect();
                format!("{name}={value}")
            })
            .collect();
        assert_eq!(read("u", &coded.join("&")), Ok((expected, String::new())));
        assert_eq!(read("u", "so%63ket=/s").unwrap().0.socket, Some("/s".into()));
        // What separates parameters where no & follows is a part of them where one does.
        let (parameters, passed_on) = read("u", "command=/a;b&c=1;d=2&socket=/s;name=n").unwrap();
        assert_eq!((parameters.command, parameters.socket), (Some("/a;b".into()), Some("/s".into())));
        assert_eq!((parameters.name.as_deref(), passed_on.as_str()), (Some("n"), "?c=1%3Bd=2"));
        assert_eq!(CONSUMED.len(), query.split('&').count());
    }

    #[test]
    fn what_the_client_does_not_know_goes_on_as_it_came() {
        let (parameters, passed_on) = read("u", "a=%20&no_verify=0&B&mode=auto&c=1=2&%64=3").unwrap();
        assert_eq!(passed_on, "?a=%20&B&c=1=2&%64=3");
        assert_eq!(parameters, Parameters { mode: Some(Mode::Auto), ..Parameters::default() });
    }

    #[test]
    fn a_switch_is_a_whole_number() {
        for (value, on) in
            [("0", false), ("1", true), ("-1", true), (" 2", true), ("00", false), ("+1", true)]
        {
            assert_eq!(read("u", &format!("no_tty={value}")).unwrap().0.no_tty, on, "{value}");
        }
        for wrong in ["", "yes", "1x", "0x1", "2147483648", "1 "] {
            let error = read("u", &format!("No_Verify={wrong}")).unwrap_err();
            assert!(
                matches!(&error, UriError::Parameter { parameter: "no_verify", value, .. } if value == wrong),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_word_that_a_parameter_does_not_take_is_refused_with_those_that_it_takes() {
        for (query, expected) in [
            ("auth=none", "sasl, sasl.MECHANISM or polkit"),
            ("auth=sasl.", "sasl, sasl.MECHANISM or polkit"),
            ("mode=Direct", "auto, legacy or direct"),
            ("proxy=", "auto, netcat or native"),
            ("known_hosts_verify=no", "normal, auto or ignore"),
        ] {
            let error = read("qemu:///system", query).unwrap_err();
            assert!(matches!(error, UriError::Parameter { expected: told, .. } if told == expected));
        }
        for (transport, word, expected) in [
            (Transport::Unix, "yes", None),
            (Transport::Ssh, "yes", None),
            (Transport::Ssh, "ignore", Some(KnownHosts::Ignore)),
            (Transport::Libssh, "IGNORE", Some(KnownHosts::Ignore)),
            (Transport::Libssh2, "Auto", Some(KnownHosts::Auto)),
        ] {
            let (read, _) = super::read("u", transport, &format!("known_hosts_verify={word}")).unwrap();
            assert_eq!(read.known_hosts_verify, expected, "{transport} {word}");
        }
        assert_eq!(read("u", "auth=POLKIT").unwrap().0.auth, Some(Auth::Polkit));
        assert_eq!(read("u", "auth=Sasl").unwrap().0.auth, Some(Auth::Sasl { mechanism: None }));
    }
}
