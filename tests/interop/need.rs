//! What a test needs of the machine, and how loudly it says so when that is missing.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::guest;

/// Something that is not ours and that a test cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The tool that libvirt's pages tell sites to make certificates with.
    Certtool,
    /// The shell whose completions are checked by itself.
    Bash,
    /// The exporter of libvirt's figures for Prometheus, as Debian packages it.
    Exporter,
    /// Go, and go-libvirt as Debian packages its source.
    Go,
    /// What renders manual pages.
    Groff,
    /// The examples, which cargo builds when it tests the workspace.
    Example,
    /// What records packets for tshark, and the right to (root).
    Dumpcap,
    /// The programs by which libvirt filters traffic.
    Firewall,
    /// A KDC of MIT's, and what gives libvirt's daemons and their users tickets.
    #[cfg(feature = "gssapi")]
    Kerberos,
    /// A kernel and a static busybox, of which a guest is made.
    Kernel,
    /// The daemon of libvirt, monolithic, with its test and qemu drivers.
    Libvirtd,
    /// Root's right to namespaces of mounts, processes and host names, where each daemon lives.
    Namespaces,
    /// What makes certificates with any subject.
    Openssl,
    /// D-Bus and polkitd, and `setpriv` for becoming another user.
    Polkit,
    /// A netcat that knows unix sockets.
    Netcat,
    /// A python with the `libvirt` module.
    Python,
    /// QEMU for x86; emulation is enough.
    Qemu,
    /// The program that makes SASL's databases of passwords, and the mechanisms that use them.
    SaslPasswords,
    /// What opens a socket as systemd does, and starts a daemon with it.
    SocketActivate,
    /// A client and a server of SSH.
    Ssh,
    /// The command-line client of libvirt.
    Virsh,
    /// virt-manager's library, by its commands.
    VirtInstall,
    /// The helper of libvirt's that SSH runs on a daemon's host.
    VirtSshHelper,
}

/// It insists on being started by its whole path.
pub(crate) const SSHD: &str = "/usr/sbin/sshd";

/// Where Debian has the sources of go's packages, and that one of them.
pub(crate) const GO_PATH: &str = "/usr/share/gocode";
const GO_LIBVIRT: &str = "/usr/share/gocode/src/github.com/digitalocean/go-libvirt";

/// Returns from the test, loudly, when the machine lacks one of these; panics when `CI` is `true`.
macro_rules! need {
    ($($what:ident),+ $(,)?) => {
        if !$crate::need::all_present(&[$($crate::need::Need::$what),+]) {
            return;
        }
    };
}
pub(crate) use need;

pub(crate) fn all_present(needs: &[Need]) -> bool {
    let Some(missing) = needs.iter().find(|need| !need.is_present()) else { return true };
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let line = format!("SKIPPED interop {test}: {missing} is missing\n");
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{line}");
    // Not `eprintln!`: the harness would swallow the line of a test that passes.
    io::stderr().write_all(line.as_bytes()).expect("standard error takes a line");
    false
}

/// The interpreter that has the module: a distribution's, even where another python comes first on the path.
pub(crate) fn python() -> Option<&'static str> {
    static PYTHON: OnceLock<Option<&str>> = OnceLock::new();
    *PYTHON.get_or_init(|| {
        ["/usr/bin/python3", "python3"].into_iter().find(|python| runs(python, &["-c", "import libvirt"]))
    })
}

impl Need {
    fn is_present(self) -> bool {
        match self {
            Need::Bash => runs("bash", &["--version"]),
            Need::Certtool => runs("certtool", &["--version"]),
            Need::Exporter => runs("prometheus-libvirt-exporter", &["--help"]),
            Need::Go => runs("go", &["version"]) && Path::new(GO_LIBVIRT).exists(),
            Need::Groff => runs("groff", &["--version"]),
            Need::Example => crate::virsh_drives_processes::example("serve_processes").exists(),
            Need::Dumpcap => runs("dumpcap", &["-D"]),
            Need::Firewall => runs("ebtables", &["--version"]) && runs("iptables", &["--version"]),
            #[cfg(feature = "gssapi")]
            Need::Kerberos => shell(
                "command -v krb5kdc kdb5_util kadmin.local kinit setpriv && ls /usr/lib/*/sasl2/libgssapiv2.so",
            ),
            Need::Kernel => guest::kernel().is_some() && guest::busybox().is_some(),
            Need::Libvirtd => runs("libvirtd", &["--version"]),
            Need::Namespaces => runs(
                "unshare",
                &["--mount", "--uts", "--pid", "--fork", "--mount-proc", "--propagation", "private", "true"],
            ),
            Need::Openssl => runs("openssl", &["req", "-x509", "-CA", "", "-help"]),
            Need::Polkit => {
                shell("test -x /usr/lib/polkit-1/polkitd && command -v dbus-daemon dbus-send setpriv")
            }
            Need::Python => python().is_some(),
            Need::Qemu => runs("qemu-system-x86_64", &["--version"]),
            Need::SaslPasswords => shell("command -v saslpasswd2 && ls /usr/lib/*/sasl2/libscram.so"),
            Need::Netcat => runs("nc", &["-h"]),
            Need::SocketActivate => runs("systemd-socket-activate", &["--version"]),
            Need::Ssh => runs("ssh", &["-V"]) && Path::new(SSHD).exists(),
            Need::Virsh => runs("virsh", &["--version"]),
            Need::VirtInstall => runs("virt-install", &["--version"]),
            Need::VirtSshHelper => runs("virt-ssh-helper", &["--version"]),
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Need::Bash => "bash",
            Need::Certtool => "certtool",
            Need::Exporter => "prometheus-libvirt-exporter",
            Need::Go => "go or golang-github-digitalocean-go-libvirt-dev",
            Need::Groff => "groff",
            Need::Example => "an example (`cargo build --examples`)",
            Need::Dumpcap => "dumpcap, of tshark, or the right to capture",
            Need::Firewall => "ebtables or iptables",
            #[cfg(feature = "gssapi")]
            Need::Kerberos => "krb5kdc, kadmin.local, kinit, setpriv or SASL's GSSAPI module",
            Need::Kernel => "Debian's cloud kernel in /boot, or busybox,",
            Need::Libvirtd => "libvirtd",
            Need::Namespaces => "the right to make namespaces (root)",
            Need::Openssl => "openssl, 3.0 or later,",
            Need::Polkit => "polkitd, dbus-daemon or setpriv",
            Need::Python => "python3 with the libvirt module",
            Need::Qemu => "qemu-system-x86_64",
            Need::SaslPasswords => "saslpasswd2 or SASL's SCRAM modules",
            Need::Netcat => "nc",
            Need::SocketActivate => "systemd-socket-activate",
            Need::Ssh => "ssh or sshd",
            Need::Virsh => "virsh",
            Need::VirtInstall => "virt-install",
            Need::VirtSshHelper => "virt-ssh-helper",
        })
    }
}

fn shell(script: &str) -> bool {
    runs("sh", &["-c", script])
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
