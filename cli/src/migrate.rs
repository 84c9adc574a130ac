//! `virtwire migrate`: moves a guest, and tells the truth about where it is.

mod report;
mod teller;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use virtwire::client::{Connection, OpenOptions};
use virtwire::migrate::{Migration, PlanError};
use virtwire::protocol::migrate::{
    Domain, DomainXml, Feature as MigrationFeature, MigrateFlags, Outcome, Refusal, Request, Wish,
};
use virtwire::protocol::profile::Feature;

use crate::args::{MigrateArgs, WantedVersion};
use crate::connect::{find, open_with};
use crate::fail::{Fail, plain};
use crate::ladder::{Ladder, Lane};
use crate::screen::{Output, Screen, Style};
use crate::signals::Signals;
pub(crate) use report::{Ending, Report};
pub(crate) use teller::Teller;

/// Moves the guest. The exit status says where it is.
pub(crate) async fn run(args: MigrateArgs) -> Result<ExitCode, Fail> {
    let screen = Arc::new(Screen::new(if args.json { Output::Stderr } else { Output::Stdout }));
    let ladder = args.ladder.then(|| Ladder::new(screen.clone()));
    if let Some(ladder) = &ladder {
        ladder.head("FROM", "TO");
    }
    let moved = run_on(&args, &screen, ladder.clone()).await;
    if let Some(ladder) = &ladder {
        ladder.settle();
    }
    let report = moved?;
    report.finish(&screen, args.json.then_some((args.from.as_str(), args.to.as_str())));
    Ok(report.exit_code())
}

async fn run_on(
    args: &MigrateArgs,
    screen: &Arc<Screen>,
    ladder: Option<Arc<Ladder>>,
) -> Result<Report, Fail> {
    let began = Instant::now();
    let mut interrupt = Signals::listen()?;
    let hosts = Hosts::open(&args.from, &args.to, ladder.as_ref()).await?;
    let domain = hosts.find(&args.domain).await?;
    let name = domain.name.to_string();
    let wish = wish(args, &hosts).await?;
    let plan = hosts.plan(request(args, domain)?, wish).await?;
    let mut migration = plan.map_err(|refusal| refused(args, &refusal))?;
    let mut teller = Teller::new(screen.clone(), ladder);
    teller.paused = args.paused;
    let outcome = follow(&mut migration, &mut teller, screen, &mut interrupt).await;
    teller.settle();
    Ok(Report::new(&name, outcome, &teller, began.elapsed()))
}

/// The two connections of a migration.
pub(crate) struct Hosts {
    source: Connection,
    destination: Connection,
}

impl Hosts {
    /// Opens both, watched by the ladder.
    pub(crate) async fn open(from: &str, to: &str, ladder: Option<&Arc<Ladder>>) -> Result<Hosts, Fail> {
        if from == to {
            return Err(Fail::new(
                format!("host {from}"),
                "is both source and destination",
                "give two hosts",
            ));
        }
        let options = |lane| OpenOptions {
            observer: ladder.map(|ladder| ladder.observer(lane)),
            ..OpenOptions::default()
        };
        let source = open_with(from, options(Lane::Source)).await?;
        let destination = open_with(to, options(Lane::Destination)).await?;
        if ladder.is_some() {
            // The plan asks both hosts at once. Answers are remembered, so this makes it one host after the other.
            for connection in [&source, &destination] {
                for feature in MigrationFeature::ALL {
                    connection
                        .supports(feature.number())
                        .await
                        .map_err(|error| Fail::call(format!("daemon {}", connection.uri()), &error))?;
                }
            }
        }
        Ok(Hosts { source, destination })
    }

    /// The guest on the source.
    pub(crate) async fn find(&self, key: &str) -> Result<Domain, Fail> {
        let found = find(&self.source, key).await?;
        let wire = found.wire();
        Ok(Domain { name: wire.name.clone(), uuid: wire.uuid, id: wire.id })
    }

    /// Whether one of them has version 3.
    async fn have_v3(&self) -> Result<bool, Fail> {
        for (connection, role) in [(&self.source, "source"), (&self.destination, "destination")] {
            for feature in [Feature::MIGRATION_PARAMS, Feature::MIGRATION_V3] {
                match connection.supports(feature).await {
                    Ok(false) => {}
                    Ok(true) => return Ok(true),
                    Err(error) => return Err(Fail::call(format!("{role} {}", connection.uri()), &error)),
                }
            }
        }
        Ok(false)
    }

    /// Asks both for their features and chooses the version; or says why none will do.
    pub(crate) async fn plan(self, request: Request, wish: Wish) -> Result<Result<Migration, Refusal>, Fail> {
        let Hosts { source, destination } = self;
        match Migration::plan(source, destination, request, wish).await {
            Ok(migration) => Ok(Ok(migration)),
            Err(PlanError::Refused(refusal)) => Ok(Err(refusal)),
            Err(PlanError::Features { host, error }) => {
                Err(Fail::call(format!("the {host}"), &error).next("it must tell what it can do"))
            }
            Err(other) => Err(Fail::new("migration", other, "nothing was tried, the guest is untouched")),
        }
    }
}

fn request(args: &MigrateArgs, domain: Domain) -> Result<Request, Fail> {
    let wanted = [
        (args.live, MigrateFlags::LIVE),
        (args.persistent, MigrateFlags::PERSIST_DEST),
        (args.undefine_source, MigrateFlags::UNDEFINE_SOURCE),
        (args.paused, MigrateFlags::PAUSED),
        (args.offline, MigrateFlags::OFFLINE),
        (args.copy_storage_all, MigrateFlags::NON_SHARED_DISK),
        (args.copy_storage_inc, MigrateFlags::NON_SHARED_INC),
        (args.auto_converge, MigrateFlags::AUTO_CONVERGE),
        (args.abort_on_error, MigrateFlags::ABORT_ON_ERROR),
        (args.r#unsafe, MigrateFlags::UNSAFE),
    ];
    let mut request = Request::live(domain);
    request.flags =
        wanted.into_iter().filter(|(wanted, _)| *wanted).fold(MigrateFlags(0), |all, (_, flag)| all | flag);
    request.uri = args.migrate_uri.as_deref().map(Into::into);
    request.dname = args.dname.as_deref().map(Into::into);
    request.bandwidth_mib_s = args.bandwidth;
    request.xml = args.xml.as_deref().map(read).transpose()?;
    request.persistent_xml = args.persistent_xml.as_deref().map(read).transpose()?;
    Ok(request)
}

fn read(file: &Path) -> Result<DomainXml, Fail> {
    let bytes = std::fs::read(file).map_err(|error| {
        Fail::new(
            format!("file {}", file.display()),
            plain(&error),
            "nothing was tried, the guest is untouched",
        )
    })?;
    Ok(DomainXml(bytes.into()))
}

/// Version 2 is for hosts that have nothing better, unless the user insists.
async fn wish(args: &MigrateArgs, hosts: &Hosts) -> Result<Wish, Fail> {
    match args.migration {
        WantedVersion::Auto if args.force_v2 => Ok(Wish::V2),
        WantedVersion::Auto => Ok(Wish::Auto),
        WantedVersion::V3Params => Ok(Wish::V3Params),
        WantedVersion::V3 => Ok(Wish::V3),
        WantedVersion::V1 => Ok(Wish::V1),
        WantedVersion::V2 if args.force_v2 || !hosts.have_v3().await? => Ok(Wish::V2),
        WantedVersion::V2 => Err(Fail::new(
            format!("domain {}", args.domain),
            "version 2 is not for these hosts: one of them has version 3, and today's QEMU hosts cannot serve version 2",
            "--force-v2 sends it all the same",
        )),
    }
}

fn refused(args: &MigrateArgs, refusal: &Refusal) -> Fail {
    let fail = Fail::new(
        format!("domain {}", args.domain),
        format!("cannot be moved: {refusal}"),
        "nothing was tried, the guest is untouched",
    );
    match refusal {
        Refusal::NoCommonVersion { .. } | Refusal::NotReported { .. } | Refusal::OnlyForced { .. } => fail
            .next("nothing was tried, the guest is untouched; `virtwire probe URI` shows what a host can do"),
        _ => fail.next("nothing was tried, the guest is untouched"),
    }
}

/// Runs the migration until its end is known or the user has had enough.
async fn follow(
    migration: &mut Migration,
    teller: &mut Teller,
    screen: &Screen,
    interrupt: &mut Signals,
) -> Option<Outcome> {
    let canceller = migration.canceller();
    let mut interrupted = false;
    loop {
        let outcome = {
            let running = migration.run(teller);
            tokio::pin!(running);
            loop {
                tokio::select! {
                    outcome = &mut running => break outcome,
                    _ = interrupt.next() => {
                        if interrupted {
                            return None;
                        }
                        interrupted = true;
                        canceller.cancel();
                        screen.line(Style::Remarkable, STOPPING);
                    }
                }
            }
        };
        let Outcome::Unknown(unknown) = outcome else { return Some(outcome) };
        teller.unknown(&unknown);
        tokio::select! {
            () = tokio::time::sleep(ASK_AGAIN_AFTER) => {}
            _ = interrupt.next() => {
                if interrupted {
                    return Some(Outcome::Unknown(unknown));
                }
                interrupted = true;
                screen.paragraph("", Style::Remarkable, ASKING);
            }
        }
    }
}

const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);

const STOPPING: &str = "asked the source to stop; waiting for the truth (Ctrl-C again leaves at once, and leaves the end unknown)";

const ASKING: &str = "the hosts are asked on until they tell where the guest is; Ctrl-C again stops asking, and closes the \
                      connections: a destination then destroys what was prepared there, which may be the only copy";
