//! What to run for SSH: the user's own `ssh`, and on the daemon's host a helper that copies bytes to its socket.

use std::ffi::OsString;

use super::host::Host;
use super::shell::{quoted, within_quotes};
use super::sockets;
use crate::uri::{KnownHosts, Mode, Proxy, Transport, Uri};

/// The program and its arguments; `mode` and `proxy` are the settings where the URI says nothing.
///
/// # Errors
/// Things that do not go together.
pub(super) fn command(
    uri: &Uri,
    host: &Host,
    mode: Option<Mode>,
    proxy: Option<Proxy>,
    read_only: bool,
) -> Result<Vec<OsString>, &'static str> {
    let parameters = &uri.parameters;
    let mut words: Vec<OsString> =
        vec![parameters.command.as_ref().map_or_else(|| "ssh".into(), |command| command.clone().into())];
    let mut add = |option: &str, value: OsString| words.extend([option.into(), value]);
    if let Some(port) = uri.port {
        add("-p", port.to_string().into());
    }
    if let Some(user) = &uri.user {
        add("-l", user.into());
    }
    if let Some(key) = &parameters.keyfile {
        add("-i", key.into());
    }
    words.push("-T".into());
    let mut add = |option: &str, value: &str| words.extend([option.into(), value.into()]);
    add("-e", "none");
    if parameters.no_tty {
        add("-o", "BatchMode=yes");
    }
    if parameters.no_verify {
        add("-o", "StrictHostKeyChecking=no");
    }
    if uri.transport != Transport::Ssh {
        for option in of_libraries(uri)? {
            add("-o", &option);
        }
    }
    add("--", uri.host_or_local());
    words.push(remote_command(uri, host, mode, proxy, read_only)?.into());
    Ok(words)
}

/// What parameters of libssh and libssh2 are to `ssh`.
fn of_libraries(uri: &Uri) -> Result<Vec<String>, &'static str> {
    let parameters = &uri.parameters;
    let mut options = Vec::new();
    if let Some(path) = &parameters.known_hosts {
        let path = path.to_str().ok_or("known_hosts must be UTF-8")?;
        if path.contains(['"', '\\', '\n']) {
            return Err("known_hosts has a quote or a backslash, which ssh cannot be told");
        }
        // A percent sign would begin one of ssh's own words.
        options.push(format!("UserKnownHostsFile=\"{}\"", path.replace('%', "%%")));
    }
    match parameters.known_hosts_verify {
        None | Some(KnownHosts::Normal) => {}
        Some(KnownHosts::Auto) => options.push("StrictHostKeyChecking=accept-new".to_owned()),
        Some(KnownHosts::Ignore) => options.push("StrictHostKeyChecking=no".to_owned()),
    }
    if let Some(ways) = &parameters.sshauth {
        let ways: Option<Vec<_>> = ways.split(',').map(way_of_ssh).collect();
        let ways = ways
            .ok_or("sshauth has other words than agent, privkey, password, keyboard-interactive, gssapi")?;
        options.push(format!("PreferredAuthentications={}", ways.join(",")));
    }
    Ok(options)
}

fn way_of_ssh(word: &str) -> Option<&'static str> {
    match word.trim() {
        "agent" | "privkey" => Some("publickey"),
        "password" => Some("password"),
        "keyboard-interactive" => Some("keyboard-interactive"),
        "gssapi" => Some("gssapi-with-mic"),
        _ => None,
    }
}

/// One argument, for the user's login shell there.
fn remote_command(
    uri: &Uri,
    host: &Host,
    mode: Option<Mode>,
    proxy: Option<Proxy>,
    read_only: bool,
) -> Result<String, &'static str> {
    let parameters = &uri.parameters;
    // Whose it is there goes by who asks here, as with libvirt's clients; but a user's own is the user's there, whoever asks.
    let is_session = uri.path == "/session" || sockets::is_session(uri, host);
    let proxy = match parameters.proxy {
        // Only netcat can be told a socket or be a certain netcat. A user's own socket only the helper finds.
        None if parameters.socket.is_some() => Proxy::Netcat,
        None if is_session => Proxy::Native,
        None => proxy.unwrap_or_default(),
        Some(proxy) => proxy,
    };
    let proxy = match proxy {
        Proxy::Auto if parameters.netcat.is_some() => Proxy::Netcat,
        // A host without the helper would lead to its own daemon instead.
        Proxy::Auto if is_session && parameters.socket.is_none() => Proxy::Native,
        proxy => proxy,
    };
    if proxy == Proxy::Native && parameters.netcat.is_some() {
        return Err(
            "proxy native, as is usual here, runs no netcat: leave out parameter netcat, or take proxy netcat",
        );
    }
    if proxy == Proxy::Netcat && is_session && parameters.socket.is_none() {
        return Err("proxy netcat cannot find a user's own daemon: take proxy native, or name its socket");
    }
    let mode = parameters.mode.or(mode).unwrap_or_default();
    let script = match proxy {
        Proxy::Native => native(uri, read_only),
        Proxy::Netcat => netcat(uri, mode, read_only),
        Proxy::Auto => format!(
            "which virt-ssh-helper 1>/dev/null 2>&1; if test $? = 0; then     {}; else    {}; fi",
            native(uri, read_only),
            netcat(uri, mode, read_only),
        ),
    };
    Ok(format!("sh -c '{script}'"))
}

/// `virt-ssh-helper` finds the socket by the URI, as a client there would.
fn native(uri: &Uri, read_only: bool) -> String {
    let mut name = uri.name.clone();
    // Helpers from libvirt 11.3 on heed these, and older ones do not mind.
    if uri.parameters.name.is_none() && !name.is_empty() {
        let socket = uri.parameters.socket.as_ref().and_then(|path| path.to_str());
        let mode = match uri.parameters.mode {
            Some(Mode::Direct) => Some("direct"),
            Some(Mode::Legacy) => Some("legacy"),
            Some(Mode::Auto) | None => None,
        };
        for (key, value) in [("mode", mode), ("socket", socket)] {
            let Some(value) = value else { continue };
            let (front, fragment) =
                name.split_once('#').map_or((name.as_str(), ""), |(front, rest)| (front, rest));
            let joint = if front.contains('?') { '&' } else { '?' };
            let tail = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
            name = format!("{front}{joint}{key}={}{tail}", coded(value));
        }
    }
    format!("virt-ssh-helper {}{}", if read_only { "-r " } else { "" }, within_quotes(&name))
}

/// Some netcats end at the end of their input only when asked to.
fn netcat(uri: &Uri, mode: Mode, read_only: bool) -> String {
    let netcat = within_quotes(uri.parameters.netcat.as_deref().unwrap_or("nc"));
    let socket = match uri.socket() {
        Some(path) => path.to_string_lossy().into_owned(),
        None => {
            let daemon = match mode {
                Mode::Direct => sockets::daemon_of(&uri.driver),
                Mode::Auto | Mode::Legacy => "libvirtd".to_owned(),
            };
            format!("/var/run/libvirt/{}{}", sockets::name(&daemon), if read_only { "-ro" } else { "" })
        }
    };
    let socket = if quoted(&socket) == socket { socket } else { within_quotes(&socket) };
    format!(
        "if {netcat} -q 2>&1 | grep \"requires an argument\" >/dev/null 2>&1; then ARG=-q0;else ARG=;fi;{netcat} $ARG -U {socket}"
    )
}

/// A parameter's value as a URI has it.
fn coded(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'/' | b'-' | b'_' | b'.' => text.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETCAT: &str = "if 'nc' -q 2>&1 | grep \"requires an argument\" >/dev/null 2>&1; then ARG=-q0;else ARG=;fi;\
                          'nc' $ARG -U /var/run/libvirt/libvirt-sock";

    #[test]
    fn each_parameter_has_its_place() {
        let command = |uri: &str| words(uri, None, None, false);
        let helper = "sh -c 'virt-ssh-helper 'qemu:///system''";
        assert_eq!(
            command("qemu+ssh://h/system?proxy=native"),
            ["ssh", "-T", "-e", "none", "--", "h", helper]
        );
        assert_eq!(
            command(
                "qemu+ssh://me@h:22/system?proxy=native&keyfile=/k%20y&no_tty=1&no_verify=1&command=/bin/my%20ssh"
            ),
            [
                "/bin/my ssh",
                "-p",
                "22",
                "-l",
                "me",
                "-i",
                "/k y",
                "-T",
                "-e",
                "none",
                "-o",
                "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=no",
                "--",
                "h",
                helper
            ]
        );
        // A host that looks like an option is none.
        assert_eq!(
            command("qemu+ssh://-oProxyCommand=id/system?proxy=native")[4..6],
            ["--", "-oProxyCommand=id"]
        );
        assert_eq!(command("qemu+ssh:///system?proxy=native")[5], "localhost");
    }

    #[test]
    fn what_runs_there_is_what_the_uri_and_the_settings_say() {
        let script = |uri: &str, proxy, read_only| {
            let words = words(uri, None, proxy, read_only);
            words.last().unwrap().strip_prefix("sh -c '").unwrap().strip_suffix('\'').unwrap().to_owned()
        };
        let native = "virt-ssh-helper 'qemu:///system'";
        let auto = format!(
            "which virt-ssh-helper 1>/dev/null 2>&1; if test $? = 0; then     {native}; else    {NETCAT}; fi"
        );
        for (uri, setting, expected) in [
            ("qemu+ssh://h/system", None, auto.as_str()),
            ("qemu+ssh://h/system", Some(Proxy::Netcat), NETCAT),
            ("qemu+ssh://h/system", Some(Proxy::Native), native),
            ("qemu+ssh://h/system?proxy=auto", Some(Proxy::Native), &auto),
            ("qemu+ssh://h/system?proxy=netcat", Some(Proxy::Native), NETCAT),
            ("qemu+ssh://h/session", Some(Proxy::Auto), "virt-ssh-helper 'qemu:///session'"),
            ("qemu+ssh://h/session?proxy=auto", None, "virt-ssh-helper 'qemu:///session'"),
            ("qemu+ssh://h/system?socket=/s", None, &NETCAT.replace("/var/run/libvirt/libvirt-sock", "/s")),
            (
                "qemu+ssh://h/system?mode=direct&proxy=netcat",
                None,
                &NETCAT.replace("libvirt-sock", "virtqemud-sock"),
            ),
            ("qemu+ssh://h/system?netcat=/bin/nc.it", None, &NETCAT.replace("'nc'", "'/bin/nc.it'")),
            ("qemu+ssh://h/system?netcat=/my%20nc", None, &NETCAT.replace("'nc'", r"'''\''/my nc'\''''")),
            (
                "qemu+ssh://h/system?proxy=native&socket=/s%20k&mode=direct",
                None,
                r"virt-ssh-helper '''\''qemu:///system?mode=direct&socket=/s%20k'\''''",
            ),
            ("remote+ssh://h/?proxy=native", None, r"virt-ssh-helper '''\'''\''''"),
        ] {
            assert_eq!(script(uri, setting, false), expected, "{uri}");
        }
        assert_eq!(
            script("qemu+ssh://h/system?proxy=native", None, true),
            "virt-ssh-helper -r 'qemu:///system'"
        );
        assert!(script("qemu+ssh://h/system?proxy=netcat", None, true).ends_with("libvirt-sock-ro"));
        // libvirt leaves a socket's path to the shell; nothing in ours means anything to one.
        let odd = script("qemu+ssh://h/system?socket=/a%3Bid", None, false);
        assert!(odd.ends_with(r"-U '''\''/a;id'\''''"), "{odd}");
    }

    #[test]
    fn the_libraries_parameters_are_told_to_ssh() {
        let words = words(
            "qemu+libssh://h/system?known_hosts=/k%25%20h&known_hosts_verify=auto&sshauth=agent,password",
            None,
            None,
            false,
        );
        assert_eq!(
            words[4..10],
            [
                "-o",
                "UserKnownHostsFile=\"/k%% h\"",
                "-o",
                "StrictHostKeyChecking=accept-new",
                "-o",
                "PreferredAuthentications=publickey,password"
            ]
        );
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for (uri, proxy, reason) in [
            ("qemu+ssh://h/session?proxy=netcat", None, "user's own daemon"),
            ("qemu+ssh://h/session?proxy=auto&netcat=/n", None, "user's own daemon"),
            // What the URI asks for is not forgotten where something else is usual.
            ("qemu+ssh://h/session?netcat=/n", None, "runs no netcat"),
            ("qemu+ssh://h/system?netcat=/n", Some(Proxy::Native), "runs no netcat"),
            ("qemu+libssh2://h/system?sshauth=magic", None, "sshauth"),
            ("qemu+libssh2://h/system?known_hosts=/a%22b", None, "known_hosts"),
        ] {
            let error = command(&uri.parse().unwrap(), &host(true), None, proxy, false).unwrap_err();
            assert!(error.contains(reason), "{uri}: {error}");
        }
    }

    /// The test driver is the user's own where root does not ask.
    #[test]
    fn whose_daemon_it_is_goes_by_who_asks() {
        let script = |uri: &str, is_root| {
            command(&uri.parse().unwrap(), &host(is_root), None, None, false)
                .map(|words| words.last().unwrap().to_string_lossy().into_owned())
        };
        let error = script("test+ssh://h/default?proxy=netcat", false).unwrap_err();
        assert!(error.contains("user's own daemon"), "{error}");
        assert!(script("test+ssh://h/default", false).unwrap().starts_with("sh -c 'virt-ssh-helper "));
        assert!(
            script("test+ssh://h/default?proxy=netcat", true)
                .unwrap()
                .contains("/var/run/libvirt/libvirt-sock")
        );
        assert!(script("qemu+ssh://h/system?proxy=netcat", false).is_ok());
    }

    fn host(is_root: bool) -> Host {
        Host { is_root, ..Host::default() }
    }

    #[track_caller]
    fn words(uri: &str, mode: Option<Mode>, proxy: Option<Proxy>, read_only: bool) -> Vec<String> {
        let words = command(&uri.parse().unwrap(), &host(true), mode, proxy, read_only).unwrap();
        words.into_iter().map(|word| word.into_string().unwrap()).collect()
    }
}
