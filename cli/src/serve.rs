//! `virtwire serve`: a host in memory that libvirt's tools can drive.

use std::io::Read;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::protocol::profile::Profile;
use virtwire::protocol::program::{ProcedureKind, ProcedureNumber, Program, Release};
use virtwire::server::{BindError, Exposure, ListenAddress, Listener, Server};

use crate::args::ServeArgs;
use crate::fail::{Fail, plain};
use crate::screen::say;

mod claims;

use claims::Claims;

/// Serves until told to end.
pub(crate) async fn run(args: ServeArgs) -> Result<(), Fail> {
    let profile = profile(&args)?;
    let exposure = match args.allow_unauthenticated {
        true => Exposure::AnyoneMayConnect,
        false => Exposure::LocalOnly,
    };
    let ended = ending(args.exit_with_stdin)?;
    let server =
        Server::new(Claims::new(HypervisorService::new(host(&args)?), args.without_feature)).profile(profile);
    let mut listeners = Vec::new();
    for address in &args.listen {
        listeners.push(Arc::new(
            Listener::bind(address, exposure).await.map_err(|error| cannot_listen(address, error))?,
        ));
    }
    let mut serving = JoinSet::new();
    for listener in &listeners {
        say(&format!("listening on {}", listener.address()))?;
        let (server, listener) = (server.clone(), listener.clone());
        serving
            .spawn(async move { server.serve(&listener).await.map_err(|error| (listener.address(), error)) });
    }
    let end = tokio::select! {
        () = ended => Ok(()),
        Some(Ok(Err((address, error)))) = serving.join_next() => {
            Err(Fail::new(format!("address {address}"), format!("cannot accept clients any more: {}", plain(&error)), "choose another address"))
        }
    };
    // Then the listeners are this function's alone; with them go the paths of unix sockets.
    serving.shutdown().await;
    end
}

fn host(args: &ServeArgs) -> Result<Mem, Fail> {
    let address = args.migration_host;
    if address.is_unspecified() {
        return Err(Fail::new(
            format!("migration host {address}"),
            "is no address that a source could connect to",
            "give the address at which other hosts reach this one",
        ));
    }
    if !address.is_loopback() && !args.allow_unauthenticated {
        return Err(Fail::new(
            format!("migration host {address}"),
            "is not a loopback address, and guests arrive unencrypted",
            "--allow-unauthenticated allows it",
        ));
    }
    let mut config = Config::default();
    config.migration_listen = address;
    config.migration_ports = args.migration_ports.clone();
    let host = Mem::new(config);
    host.set_faults(args.fault);
    Ok(host)
}

fn profile(args: &ServeArgs) -> Result<Profile, Fail> {
    if args.release > Release::NEWEST {
        let what = format!("is newer than libvirt {}, the newest that virtwire knows", Release::NEWEST);
        return Err(Fail::new(format!("--as {}", args.release), what, "give an older release"));
    }
    let mut profile = Profile::of(args.release);
    for number in args.without.iter().copied().map(ProcedureNumber) {
        let is_call = Program::REMOTE.procedure(number).is_some_and(|info| info.kind == ProcedureKind::Call);
        if !is_call {
            return Err(Fail::new(
                format!("--without {number}"),
                "the remote program has no such procedure",
                "108, for example, is domain_migrate_prepare2",
            ));
        }
        profile = profile.without(number);
    }
    Ok(profile)
}

fn cannot_listen(address: &ListenAddress, error: BindError) -> Fail {
    let thing = format!("address {address}");
    match error {
        BindError::Exposed(_) => Fail::new(
            thing,
            "is not a loopback address, and connections are not authenticated: whoever reaches it would own this host",
            "listen on 127.0.0.1 or a unix socket, or say --allow-unauthenticated",
        ),
        BindError::InUse(ListenAddress::Unix(path)) if is_no_socket(&path) => {
            Fail::new(thing, "is a file that is no socket", "choose another path, or remove the file")
        }
        BindError::InUse(_) => {
            Fail::new(thing, "is in use", "end what listens there, or choose another; port 0 is any")
        }
        BindError::Resolve { error, .. } => Fail::new(
            thing,
            format!("leads nowhere: {}", plain(&error)),
            "give a name or an address of this host, such as 127.0.0.1",
        ),
        BindError::Io { error, .. } => Fail::new(
            thing,
            format!("cannot listen: {}", plain(&error)),
            "a unix socket needs a directory that exists and can be written, and a path of at most 107 bytes; a port, an address of this host",
        ),
        other => Fail::new(thing, other, "choose another address"),
    }
}

fn is_no_socket(path: &std::path::Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::symlink_metadata(path).is_ok_and(|found| !found.file_type().is_socket())
}

/// Waits for SIGTERM, SIGINT or, if asked to, the end of standard input. In place once this returns.
fn ending(with_stdin: bool) -> Result<impl Future<Output = ()>, Fail> {
    let cannot = |error: std::io::Error| {
        Fail::new("signals", plain(&error), "the system allows this process no signal handler; try again")
    };
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    let (closed, stdin) = oneshot::channel();
    if with_stdin {
        // A thread of its own, as the runtime would wait at its end for one of its blocking reads.
        std::thread::spawn(move || {
            let mut stdin = std::io::stdin().lock();
            while stdin.read(&mut [0; 256]).is_ok_and(|read| read > 0) {}
            closed.send(())
        });
    }
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            Ok(()) = stdin => {}
        }
    })
}
