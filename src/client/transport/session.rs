//! A user's own daemon, which whoever needs it first starts. It ends by itself when nobody has needed it for two minutes.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::time::Instant;

use super::sockets::{daemon_of, name};
use crate::uri::Mode;

/// Starts the daemon and connects to it; an error says what was tried.
pub(super) async fn start(
    driver: &str,
    mode: Mode,
    programs: &[PathBuf],
    runtime: &Path,
    deadline: Instant,
) -> Result<UnixStream, (String, io::Error)> {
    let names = wanted(driver, mode);
    let found = names.iter().find_map(|name| {
        let mut paths = programs.iter().map(|folder| folder.join(name));
        paths.find(|path| path.is_file()).map(|path| (name, path))
    });
    let Some((daemon, path)) = found else {
        let place = format!("a daemon to start ({})", names.join(" or "));
        return Err((place, io::Error::new(io::ErrorKind::NotFound, "not on the path")));
    };
    let socket = runtime.join(name(daemon));
    let place = format!("{} started for {}", path.display(), socket.display());
    tracing::info!(daemon = %path.display(), "starting the user's daemon");
    // Two clients may do so at once: the second daemon finds the first's lock and ends.
    let launched = tokio::task::spawn_blocking(move || launch(&path)).await;
    if let Err(error) = launched.map_err(io::Error::other).and_then(|launched| launched) {
        return Err((place, error));
    }
    let mut pause = Duration::from_millis(5);
    loop {
        match UnixStream::connect(&socket).await {
            Ok(stream) => return Ok(stream),
            Err(error) if Instant::now() + pause * 2 >= deadline => return Err((place, error)),
            Err(_) => tokio::time::sleep(pause).await,
        }
        pause = (pause * 2).min(Duration::from_millis(200));
    }
}

fn wanted(driver: &str, mode: Mode) -> Vec<String> {
    let legacy = "libvirtd".to_owned();
    let direct = (!driver.is_empty()).then(|| daemon_of(driver));
    match mode {
        Mode::Legacy => vec![legacy],
        Mode::Direct => direct.into_iter().collect(),
        Mode::Auto => direct.into_iter().chain([legacy]).collect(),
    }
}

/// Starts a program that outlives this one, and is no child of it: the shell between the two ends at once.
fn launch(daemon: &Path) -> io::Result<()> {
    let status = Command::new("/bin/sh")
        .args(["-c", "cd /; \"$0\" --timeout=120 &"])
        .arg(daemon)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // What interrupts this program is not meant for the daemon.
        .process_group(0)
        .status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("the shell ended with {status}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_says_which_daemon_to_start() {
        assert_eq!(wanted("qemu", Mode::Auto), ["virtqemud", "libvirtd"]);
        assert_eq!(wanted("qemu", Mode::Legacy), ["libvirtd"]);
        assert_eq!(wanted("qemu", Mode::Direct), ["virtqemud"]);
        assert_eq!(wanted("", Mode::Auto), ["libvirtd"]);
    }

    #[tokio::test]
    async fn a_daemon_that_is_not_there_or_does_not_listen_is_told() {
        let folder = std::env::temp_dir().join(format!("virtwire-session-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let deadline = Instant::now() + Duration::from_millis(50);
        let programs = [folder.clone()];
        let (place, error) = start("qemu", Mode::Auto, &programs, &folder, deadline).await.unwrap_err();
        assert_eq!(place, "a daemon to start (virtqemud or libvirtd)");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);

        std::fs::write(folder.join("libvirtd"), "not a program").unwrap();
        let (place, error) = start("qemu", Mode::Auto, &programs, &folder, deadline).await.unwrap_err();
        assert!(place.contains("libvirtd started for"), "{place}");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
