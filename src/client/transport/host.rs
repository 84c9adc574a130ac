//! What this process is to the system: whose it is, and where that user's things are.

use std::env;
use std::io;
use std::path::PathBuf;

#[cfg(not(virtwire_sim))]
use tokio::net::UnixStream;

/// A user of this host.
#[derive(Clone, Debug, Default)]
pub(super) struct Host {
    /// Whether the host's own daemons are meant, and not the user's.
    pub(super) is_root: bool,
    /// Where the user's sockets are; none for a user without a home.
    pub(super) runtime: Option<PathBuf>,
    /// The folder of the user's `libvirt.conf`.
    pub(super) config: Option<PathBuf>,
    /// The folder of the user's certificates.
    #[cfg(feature = "tls")]
    pub(super) pki: Option<PathBuf>,
    /// Where programs are looked for.
    pub(super) programs: Vec<PathBuf>,
    /// Whether a daemon of the user's may be started.
    pub(super) autostart: bool,
}

impl Host {
    /// The user that this process runs as.
    ///
    /// # Errors
    /// When the system has no socket left.
    pub(super) fn this() -> io::Result<Host> {
        let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = env::home_dir().filter(|home| !home.as_os_str().is_empty());
        let in_home = |place: &str| home.as_ref().map(|home| home.join(place));
        // libvirt's sockets are in the user's cache where the session has no place for what it runs.
        let runtime =
            folder("XDG_RUNTIME_DIR").or_else(|| folder("XDG_CACHE_HOME")).or_else(|| in_home(".cache"));
        let config = folder("XDG_CONFIG_HOME").or_else(|| in_home(".config"));
        let mut programs: Vec<_> =
            env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
        // Daemons are not on every user's path.
        programs.retain(|folder| folder.is_absolute());
        programs.extend(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
        Ok(Host {
            is_root: effective_user()? == 0,
            runtime: runtime.map(|folder| folder.join("libvirt")),
            config: config.map(|folder| folder.join("libvirt")),
            #[cfg(feature = "tls")]
            pki: in_home(".pki/libvirt"),
            programs,
            autostart: env::var_os("LIBVIRT_AUTOSTART").is_none_or(|value| value != "0"),
        })
    }
}

/// The standard library does not tell, but the credentials of a socket's other end do, and here that is this process.
#[cfg(not(virtwire_sim))]
fn effective_user() -> io::Result<u32> {
    let (one, _other) = UnixStream::pair()?;
    Ok(one.peer_cred()?.uid())
}

/// A simulation has no sockets of the system's.
#[cfg(virtwire_sim)]
fn effective_user() -> io::Result<u32> {
    Ok(0)
}
