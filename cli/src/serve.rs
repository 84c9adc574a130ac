//! `virtwire serve`: a host in memory that libvirt's tools can drive.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(feature = "prometheus")]
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::{self, DirectDoor, GuestArguments, Guests, Mem, run_guest};
use virtwire::hypervisor::store::{Store, StoreError};
use virtwire::protocol::profile::Profile;
use virtwire::protocol::program::{ProcedureKind, ProcedureNumber, Program, Release};
use virtwire::server::{BindError, Exposure, ListenAddress, Server};

use crate::args::{GuestArgs, GuestKind, ServeArgs};
use crate::fail::{Fail, plain};
use crate::screen::{remark, say};

mod admin;
mod admission;
mod autostart;
mod claims;
mod config;
mod descriptors;
mod dialling;
mod direct;
mod doors;
mod ends;
#[cfg(feature = "prometheus")]
mod prometheus;
mod systemd;

pub(crate) use admission::AdmissionArgs;
use claims::Claims;
use config::Config;
pub(crate) use dialling::Destinations;
use doors::Doors;
use ends::Ends;
use systemd::{Door, Passed};

/// Serves until told to end.
pub(crate) async fn run(args: ServeArgs) -> Result<(), Fail> {
    let args = Arc::new(args);
    let profile = profile(&args)?;
    let exposure = match args.allow_unauthenticated {
        true => Exposure::AnyoneMayConnect,
        false => Exposure::LocalOnly,
    };
    let config = config(&args)?;
    let passed = systemd::passed()?;
    if config.listen.is_empty()
        && config.listen_ro.is_empty()
        && passed.iter().all(|one| one.door == Door::Admin)
    {
        let next = "say --listen, or listen in --config's file; or let systemd open them";
        return Err(Fail::new("serve", "has no address to listen on", next));
    }
    let descriptors = descriptors::raised();
    let (mut ends, mut hang_up) = (Ends::heard(args.exit_with_stdin)?, signal_of(SignalKind::hangup())?);
    // However long something is waited for, such as a guest that does not answer.
    let started = tokio::select! {
        started = start(&args, &config, profile, passed, descriptors, exposure) => started?,
        () = ends.next() => return Ok(()),
    };
    let Started {
        server,
        admin,
        doors,
        direct,
        told_to_end,
        #[cfg(feature = "prometheus")]
        metrics,
    } = started;
    let mut serving = JoinSet::new();
    for listener in &doors.listeners {
        let how = if listener.is_read_only() { ", read-only" } else { "" };
        say(&format!("listening on {}{how}", listener.address()))?;
        let (server, listener) = (server.clone(), listener.clone());
        serving
            .spawn(async move { server.serve(&listener).await.map_err(|error| (listener.address(), error)) });
    }
    for listener in &doors.admin {
        say(&format!("listening on {}, for administrators", listener.address()))?;
        let (admin, listener) = (admin.clone(), listener.clone());
        serving
            .spawn(async move { admin.serve(&listener).await.map_err(|error| (listener.address(), error)) });
    }
    if let Some(door) = &direct {
        say(&format!("taking guests that come direct on tcp://{}", door.address()))?;
    }
    #[cfg(feature = "prometheus")]
    if let Some(listener) = metrics {
        say(&format!("listening on {}, for Prometheus", prometheus::address(&listener)))?;
        let metrics = server.metrics().clone();
        serving.spawn(async move {
            prometheus::serve(listener, metrics).await;
            Ok(())
        });
    }
    systemd::notify("READY=1");
    let end = loop {
        tokio::select! {
            () = ends.next() => break Ok(()),
            () = told_to_end.notified() => break Ok(()),
            _ = hang_up.recv() => if let Some(config) = reload(&args, &doors) {
                let clients = descriptors::bounded(config.server.clients, config.admin.clients, descriptors);
                server.set_client_limits(clients[0]);
                admin.set_client_limits(clients[1]);
            },
            Some(Ok(Err((address, error)))) = serving.join_next() => {
                break Err(Fail::new(format!("address {address}"), format!("cannot accept clients any more: {}", plain(&error)), "choose another address"))
            }
        }
    };
    systemd::notify("STOPPING=1");
    drop(direct);
    // Then the listeners are this function's alone; with them go the paths of unix sockets.
    serving.shutdown().await;
    drop(doors);
    let begun = Instant::now();
    let shut_down = async |within| tokio::join!(server.shut_down(within), admin.shut_down(within)).0;
    let cut_off = tokio::select! {
        cut_off = shut_down(config.shutdown_within) => cut_off,
        () = ends.again() => shut_down(Duration::ZERO).await,
    };
    if cut_off > 0 {
        remark(&format!(
            "virtwire: {cut_off} clients had not finished after {} s",
            begun.elapsed().as_secs()
        ));
    }
    end
}

/// A daemon that is ready, and whose doors are open.
struct Started {
    server: Server,
    admin: Server,
    doors: Arc<Doors>,
    direct: Option<DirectDoor>,
    told_to_end: Arc<Notify>,
    #[cfg(feature = "prometheus")]
    metrics: Option<TcpListener>,
}

async fn start(
    args: &Arc<ServeArgs>,
    config: &Config,
    profile: Profile,
    passed: Vec<Passed>,
    descriptors: usize,
    exposure: Exposure,
) -> Result<Started, Fail> {
    let host = {
        let (args, config) = (args.clone(), config.clone());
        apart(move || host(&args, &config)).await?
    };
    let service = HypervisorService::new(host.clone());
    autostart::run(&service, args).await?;
    let direct = match &args.take_direct {
        Some(address) => Some(direct::open(&host, address, exposure).await?),
        None => None,
    };
    let service = dialling::allowed(service, args.allow_p2p.clone());
    let handler = Claims::new(service, args.without_feature.clone());
    let server = Server::new(handler).profile(profile).limits(config.server.limits);
    let clients = descriptors::bounded(config.server.clients, config.admin.clients, descriptors);
    server.set_client_limits(clients[0]);
    let doors = Arc::new(Doors::open(config, passed, exposure).await?);
    let (admin, told_to_end) = admin::server(config, &doors, &server, descriptors);
    admin.set_client_limits(clients[1]);
    #[cfg(feature = "prometheus")]
    let metrics = match &args.listen_metrics {
        Some(address) => Some(prometheus::bind(address, exposure).await?),
        None => None,
    };
    Ok(Started {
        server,
        admin,
        doors,
        direct,
        told_to_end,
        #[cfg(feature = "prometheus")]
        metrics,
    })
}

/// Does what may wait for a disk, or for whoever has a file or a process, where nobody else waits for it.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fail> + Send + 'static,
) -> Result<T, Fail> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Fail::new("serve", error, "this is a fault of virtwire's; report it")))
}

/// What the file says, or the options; addresses are both's.
fn config(args: &ServeArgs) -> Result<Config, Fail> {
    let mut config = match &args.config {
        Some(file) => Config::read(file)?,
        None => args.admission.config(),
    };
    config.listen.extend(args.listen.iter().cloned());
    config.listen_ro.extend(args.listen_ro.iter().cloned());
    config.listen_admin.extend(args.listen_admin.iter().cloned());
    Ok(config)
}

/// What cannot be used changes nothing, and is told. What there is to do beside the doors is the caller's.
fn reload(args: &ServeArgs, doors: &Doors) -> Option<Config> {
    systemd::notify(&systemd::reloading());
    let config = config(args).and_then(|config| doors.reload(&config).map(|()| config));
    match &config {
        Ok(_) => {
            remark("virtwire: reloaded certificates, passwords, lists and how many clients there may be")
        }
        Err(fail) => remark(&format!("virtwire: nothing is reloaded: {fail}")),
    }
    systemd::notify("READY=1");
    config.ok()
}

fn host(args: &ServeArgs, operator: &Config) -> Result<Mem, Fail> {
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
    let config = mem::Config {
        host_uuid: operator.host_uuid,
        migration_listen: address,
        migration_ports: args.migration_ports.clone(),
        ..mem::Config::default()
    };
    let host = match &args.state {
        None if args.guests == GuestKind::Processes => {
            let what = "outlive the daemon, and the next one must find them";
            return Err(Fail::new("--guests processes", what, "give a directory with --state as well"));
        }
        None => Mem::new(config),
        Some(directory) => kept(config, directory, args)?,
    };
    host.set_faults(args.fault);
    Ok(host)
}

/// A host that keeps its definitions, with those that were kept. What was none is told, not dropped.
fn kept(config: mem::Config, directory: &Path, args: &ServeArgs) -> Result<Mem, Fail> {
    let thing = || format!("state {}", directory.display());
    let opened = Store::open(directory).map_err(|error| match error {
        StoreError::InUse(_) => {
            Fail::new(thing(), "is in use by another daemon", "end that one, or choose another directory")
        }
        error => Fail::new(thing(), error, "choose a directory that this user can write to"),
    })?;
    let unusable = |error: std::io::Error| {
        Fail::new(thing(), plain(&error), "choose a directory that this user can write to")
    };
    let (host, remarks) = match args.guests {
        GuestKind::Memory => {
            let (host, set_aside) = Mem::kept(config, opened).map_err(unusable)?;
            (host, set_aside.iter().map(ToString::to_string).collect())
        }
        GuestKind::Processes => {
            let program = std::env::current_exe().map_err(unusable)?;
            let mut guests = Guests::new(program, ["guest".into()]);
            guests.run_log = args.run_log.clone();
            Mem::with_guests(config, opened, guests).map_err(|error| {
                let next = "a guest's process that does not answer: end it, or let it run on, and try again";
                Fail::new(thing(), plain(&error), next)
            })?
        }
    };
    for line in remarks {
        remark(&line);
    }
    Ok(host)
}

/// Is one guest of a daemon whose guests are processes.
pub(crate) fn guest(args: &GuestArgs) -> Result<(), Fail> {
    let GuestArgs { directory, uuid, run_log } = args;
    let arguments = GuestArguments { directory: directory.clone(), uuid: *uuid, run_log: run_log.clone() };
    run_guest(&arguments).map_err(|error| {
        Fail::new(
            format!("guest {uuid}"),
            plain(&error),
            "it is started by `virtwire serve --guests processes`",
        )
    })
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

fn signal_of(kind: SignalKind) -> Result<Signal, Fail> {
    signal(kind).map_err(|error| {
        Fail::new("signals", plain(&error), "the system allows this process no signal handler; try again")
    })
}
