//! `virtwire migrate`: moves a guest, and tells the truth about where it is.

mod all;
mod check;
mod chosen;
mod feed;
mod live;
pub(crate) mod param;
mod report;
mod teller;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::Signal;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use virtwire::client::{Connection, OpenOptions};
use virtwire::migrate::{Migration, PlanError, Switch, Watch};
use virtwire::protocol::migrate::{
    Check, Domain, DomainXml, Feature as MigrationFeature, MigrateFlags, Outcome, Refusal, Request, Way, Wish,
};
use virtwire::protocol::profile::Feature;

use crate::args::{MigrateArgs, WantedVersion};
use crate::connect::{Opener, find, open_two};
use crate::fail::{Fail, plain};
use crate::journal::Journal;
use crate::ladder::{Ladder, Lane};
use crate::screen::{Output, Screen, Style};
use crate::signals::{self, Signals};
pub(crate) use chosen::Chosen;
use feed::Feed;
pub(crate) use feed::figures;
pub(crate) use live::{parts, percent, phase, time};
pub(crate) use report::{Details, Document, Ending, Report};
pub(crate) use teller::Teller;

/// Moves the guest. The exit status says where it is.
pub(crate) async fn run(args: MigrateArgs, opener: Opener) -> Result<ExitCode, Fail> {
    let screen = Arc::new(Screen::new(if args.json { Output::Stderr } else { Output::Stdout }));
    if args.all {
        return all::run(&args, opener, &screen).await;
    }
    let ladder = args.ladder.then(|| Ladder::new(screen.clone()));
    if let Some(ladder) = &ladder {
        ladder.head("FROM", "TO");
    }
    if args.check {
        return check::run(&args, opener, ladder.as_ref(), &screen).await;
    }
    let moved = run_on(&args, opener, &screen, ladder.clone()).await;
    if let Some(ladder) = &ladder {
        ladder.settle();
    }
    let report = moved?;
    report.finish(&screen, args.json.then_some((args.from.as_str(), args.to.as_str())));
    Ok(ExitCode::from(report.status()))
}

async fn run_on(
    args: &MigrateArgs,
    opener: Opener,
    screen: &Arc<Screen>,
    ladder: Option<Arc<Ladder>>,
) -> Result<Report, Fail> {
    let began = Instant::now();
    let mut interrupt = Signals::listen()?;
    let mut switching = args.postcopy.then(signals::postcopy).transpose()?;
    let mut giving_up = signals::give_up()?;
    let planned = async {
        let way = way(args);
        let hosts = Hosts::open(&args.from, &args.to, &way, opener, ladder.as_ref()).await?;
        hosts.say_unreached(screen);
        // The ladder shows one host after the other.
        let domain = match &ladder {
            Some(_) => hosts.find(name(args)).await?,
            None => tokio::join!(hosts.find(name(args)), hosts.ask_ahead(&way)).0?,
        };
        let name = domain.name.to_string();
        let wish = wish(args, &hosts).await?;
        let plan = hosts.plan(request(args, domain)?, wish).await?;
        Ok((plan.map_err(|refusal| refused(args, &refusal))?, name))
    };
    let (migration, name) = tokio::select! {
        planned = planned => planned?,
        signal = interrupt.next() => return Err(interrupted(&format!("domain {}", name(args)), signal)),
    };
    let mut migration = migration.switch(switch(args)).step_within(Duration::from_secs(args.step_within));
    let (moving, moves) = oneshot::channel();
    let mut teller = Teller::new(screen.clone(), ladder).feeding(Feed::new(args.json)).when_moving(moving);
    teller.paused = args.paused;
    teller.journal =
        args.journal.as_deref().map(|file| Journal::create(file, &args.from, &args.to)).transpose()?;
    let mut asked = Asked {
        interrupt: &mut interrupt,
        switch: switching.as_mut(),
        give_up: &mut giving_up,
        limit: args.max_downtime.map(|ms| (ms, moves)),
    };
    let outcome = follow(&mut migration, &mut teller, screen, &mut asked).await;
    teller.settle();
    Ok(Report::new(&name, outcome, &teller, began.elapsed()))
}

/// The options by which a host is opened, so that a ladder shows its calls.
pub(crate) fn watched(uri: &str, lane: Lane, opener: Opener, ladder: Option<&Arc<Ladder>>) -> OpenOptions {
    OpenOptions { observer: ladder.map(|ladder| ladder.observer(lane)), ..opener.options(uri) }
}

/// Two hosts are needed, as far as that shows in their names.
pub(crate) fn check_two(from: &str, to: &str) -> Result<(), Fail> {
    match from == to {
        true => Err(Fail::new(format!("host {from}"), "is both source and destination", "give two hosts")),
        false => Ok(()),
    }
}

/// The two connections of a migration.
pub(crate) struct Hosts {
    source: Connection,
    /// None where the source carries the migration out and this cannot be reached from here.
    destination: Option<Connection>,
}

impl Hosts {
    /// Opens both, watched by the ladder.
    pub(crate) async fn open(
        from: &str,
        to: &str,
        way: &Way,
        opener: Opener,
        ladder: Option<&Arc<Ladder>>,
    ) -> Result<Hosts, Fail> {
        check_two(from, to)?;
        let hosts = [
            (from, watched(from, Lane::Source, opener, ladder)),
            (to, watched(to, Lane::Destination, opener, ladder)),
        ];
        let (source, destination) = open_two(hosts, ladder.is_some()).await?;
        let destination = match (destination, way) {
            (Ok(destination), _) => Some(destination),
            (Err(fail), Way::Managed) => return Err(fail),
            // The source's daemon may reach it all the same.
            (Err(_), _) => None,
        };
        if ladder.is_some() {
            // The plan asks both hosts at once. Answers are remembered, so this makes it one host after the other.
            let asked = [Some(&source), destination.as_ref().filter(|_| *way == Way::Managed)];
            for connection in asked.into_iter().flatten() {
                for feature in MigrationFeature::that_decide(way) {
                    connection
                        .supports(feature.number())
                        .await
                        .map_err(|error| Fail::call(format!("daemon {}", connection.uri()), &error))?;
                }
            }
        }
        Ok(Hosts { source, destination })
    }

    /// Says so where the source alone is reached.
    pub(crate) fn say_unreached(&self, screen: &Screen) {
        if self.destination.is_none() {
            let text = "the destination is not reached from here, so the source's word is all there is";
            screen.paragraph("   ", Style::Remarkable, text);
        }
    }

    /// Asks for what the plan will want to know, beside whatever else is asked.
    async fn ask_ahead(&self, way: &Way) {
        Migration::ask_ahead(&self.source, self.destination.as_ref(), way).await;
    }

    /// The guest on the source.
    pub(crate) async fn find(&self, key: &str) -> Result<Domain, Fail> {
        let found = find(&self.source, key).await?;
        let wire = found.wire();
        Ok(Domain { name: wire.name.clone(), uuid: wire.uuid, id: wire.id })
    }

    /// Whether one of them has version 3.
    async fn have_v3(&self) -> Result<bool, Fail> {
        let hosts = [(Some(&self.source), "source"), (self.destination.as_ref(), "destination")];
        for (connection, role) in hosts.into_iter().filter_map(|(host, role)| Some((host?, role))) {
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
        let plan = match destination {
            Some(destination) => Migration::plan(source, destination, request, wish).await,
            None => Migration::plan_from(source, request, wish).await,
        };
        match plan {
            Ok(migration) => Ok(Ok(migration)),
            Err(PlanError::Refused(refusal)) => Ok(Err(refusal)),
            Err(PlanError::Features { host, error }) => {
                Err(Fail::call(format!("the {host}"), &error).next("it must tell what it can do"))
            }
            Err(other) => Err(Fail::new("migration", other, "nothing was tried, the guest is untouched")),
        }
    }
}

/// When it switches to post-copy by itself.
fn switch(args: &MigrateArgs) -> Switch {
    match args.postcopy_after {
        Some(seconds) => Switch::After(Duration::from_secs(seconds)),
        None if args.postcopy_after_precopy => Switch::AfterFirstPass,
        None => Switch::AtTheWord,
    }
}

fn way(args: &MigrateArgs) -> Way {
    match (args.direct, args.p2p || args.tunnelled) {
        (true, _) => Way::Direct,
        (false, true) => Way::PeerToPeer { to: args.peer_uri.as_deref().unwrap_or(&args.to).into() },
        (false, false) => Way::Managed,
    }
}

/// Nothing had been begun when the user had enough.
fn interrupted(what: &str, signal: &str) -> Fail {
    Fail::new(what.to_owned(), format!("{signal} came before anything was tried"), "the guest is untouched")
}

/// The guest's, which is there unless all are meant.
fn name(args: &MigrateArgs) -> &str {
    args.domain.as_deref().unwrap_or_default()
}

fn request(args: &MigrateArgs, domain: Domain) -> Result<Request, Fail> {
    let mut request = Request::live(domain);
    request_with(args)?(&mut request);
    Ok(request)
}

/// What the options make of a request.
fn request_with(args: &MigrateArgs) -> Result<impl FnOnce(&mut Request) + Send + use<>, Fail> {
    let wanted = [
        (args.live, MigrateFlags::LIVE),
        (args.tunnelled, MigrateFlags::TUNNELLED),
        (args.postcopy, MigrateFlags::POSTCOPY),
        (args.postcopy_resume, MigrateFlags::LIVE | MigrateFlags::POSTCOPY | MigrateFlags::POSTCOPY_RESUME),
        (args.persistent, MigrateFlags::PERSIST_DEST),
        (args.undefine_source, MigrateFlags::UNDEFINE_SOURCE),
        (args.paused, MigrateFlags::PAUSED),
        (args.offline, MigrateFlags::OFFLINE),
        (args.copy_storage_all, MigrateFlags::NON_SHARED_DISK),
        (args.copy_storage_inc, MigrateFlags::NON_SHARED_INC),
        (args.copy_storage_synchronous_writes, MigrateFlags::NON_SHARED_SYNCHRONOUS_WRITES),
        (args.auto_converge, MigrateFlags::AUTO_CONVERGE),
        (args.compressed, MigrateFlags::COMPRESSED),
        (args.parallel, MigrateFlags::PARALLEL),
        (args.zerocopy, MigrateFlags::ZEROCOPY),
        (args.tls, MigrateFlags::TLS),
        (args.rdma_pin_all, MigrateFlags::RDMA_PIN_ALL),
        (args.change_protection, MigrateFlags::CHANGE_PROTECTION),
        (args.abort_on_error, MigrateFlags::ABORT_ON_ERROR),
        (args.r#unsafe, MigrateFlags::UNSAFE),
    ];
    let flags =
        wanted.into_iter().filter(|(wanted, _)| *wanted).fold(MigrateFlags(0), |all, (_, flag)| all | flag);
    let way = way(args);
    let uri = args.migrate_uri.as_deref().map(Into::into);
    let dname = args.dname.as_deref().map(Into::into);
    let bandwidth_mib_s = args.bandwidth;
    let params = param::disks(&args.migrate_disks).chain(args.param.iter().cloned()).collect();
    let xml = args.xml.as_deref().map(read).transpose()?;
    let persistent_xml = args.persistent_xml.as_deref().map(read).transpose()?;
    Ok(move |request: &mut Request| {
        *request = Request {
            way,
            flags,
            uri,
            dname,
            bandwidth_mib_s,
            xml,
            persistent_xml,
            params,
            ..Request::live(request.domain.clone())
        };
    })
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

/// The version that was asked for.
fn wanted(args: &MigrateArgs) -> Wish {
    match args.migration {
        WantedVersion::Auto if args.force_v2 => Wish::V2,
        WantedVersion::Auto => Wish::Auto,
        WantedVersion::V3Params => Wish::V3Params,
        WantedVersion::V3 => Wish::V3,
        WantedVersion::V2 => Wish::V2,
        WantedVersion::V1 => Wish::V1,
    }
}

/// Version 2 is for hosts that have nothing better, unless the user insists.
async fn wish(args: &MigrateArgs, hosts: &Hosts) -> Result<Wish, Fail> {
    match wanted(args) {
        Wish::V2 if !args.force_v2 && hosts.have_v3().await? => Err(Fail::new(
            format!("domain {}", name(args)),
            "version 2 is not for these hosts: one of them has version 3, and today's QEMU hosts cannot serve version 2",
            "--force-v2 sends it all the same",
        )),
        wish => Ok(wish),
    }
}

fn refused(args: &MigrateArgs, refusal: &Refusal) -> Fail {
    let fail = Fail::new(
        format!("domain {}", name(args)),
        format!("cannot be moved: {refusal}"),
        "nothing was tried, the guest is untouched",
    );
    match refusal {
        Refusal::NoCommonVersion { .. } | Refusal::NotReported { .. } | Refusal::OnlyForced { .. } => fail
            .next("nothing was tried, the guest is untouched; `virtwire probe URI` shows what a host can do"),
        _ => fail.next("nothing was tried, the guest is untouched"),
    }
}

/// What the user may say meanwhile, by signals.
struct Asked<'a> {
    interrupt: &'a mut Signals,
    switch: Option<&'a mut Signal>,
    /// The word for a cancellation that is a risk.
    give_up: &'a mut Signal,
    /// How long the guest may stand still, ms: to be said when it moves.
    limit: Option<(u64, oneshot::Receiver<()>)>,
}

/// What to check, where its words leave it to the user to cancel.
fn cancellable(check: Check) -> Option<Check> {
    let is_left_to_the_user = matches!(
        check,
        Check::WhetherPerformStillRuns
            | Check::WhetherItIsAboutToLeave
            | Check::WhetherItRanThere
            | Check::WhetherItWasMovedSince
    );
    is_left_to_the_user.then_some(check)
}

fn how_to_cancel() -> String {
    format!("to cancel: kill -USR2 {}", std::process::id())
}

/// Runs the migration until its end is known or the user has had enough: then this is what is known.
async fn follow(
    migration: &mut Migration,
    teller: &mut Teller,
    screen: &Arc<Screen>,
    asked: &mut Asked<'_>,
) -> Outcome {
    let (canceller, control, feed) = (migration.canceller(), migration.control(), teller.feed());
    let mut interrupted = false;
    let mut words = JoinSet::new();
    // What the user was told last; and their word to cancel, which is for nothing else.
    let (mut in_doubt, mut word) = (None, None);
    loop {
        let outcome = {
            let running = migration.run(teller);
            tokio::pin!(running);
            loop {
                tokio::select! {
                    outcome = &mut running => break Some(outcome),
                    Some(()) = next(&mut asked.switch) => {
                        let (control, screen, feed) = (control.clone(), screen.clone(), feed.clone());
                        words.spawn(async move {
                            teller::say_switched(&screen, &feed, &control.start_post_copy().await);
                        });
                    }
                    Some(ms) = moves(&mut asked.limit) => {
                        let (control, screen, feed) = (control.clone(), screen.clone(), feed.clone());
                        words.spawn(async move {
                            let answer = control.set_max_downtime(Duration::from_millis(ms)).await;
                            teller::say_limited(&screen, &feed, ms, &answer);
                        });
                    }
                    Some(()) = asked.give_up.recv() => word = in_doubt,
                    _ = asked.interrupt.next() => {
                        if interrupted {
                            break None;
                        }
                        interrupted = true;
                        canceller.cancel();
                        screen.line(Style::Remarkable, STOPPING);
                    }
                }
            }
        };
        let has_had_enough = outcome.is_none();
        let outcome = outcome.unwrap_or_else(|| migration.now());
        let Outcome::Unknown(unknown) = &outcome else {
            // What came of the user's word is told before the end, if they wait for it.
            tokio::select! {
                _ = words.join_all() => {}
                _ = asked.interrupt.next() => {}
            }
            return outcome;
        };
        teller.unknown(unknown);
        if has_had_enough {
            return outcome;
        }
        let check = unknown.check;
        let offered = cancellable(check);
        if offered.is_some() && offered != in_doubt {
            screen.paragraph("     ", Style::Plain, &how_to_cancel());
        }
        in_doubt = offered;
        if word.take().is_some_and(|word| word == check) {
            teller.cancelled(migration.cancel());
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(ASK_AGAIN_AFTER) => {}
            Some(()) = asked.give_up.recv() => word = in_doubt,
            _ = asked.interrupt.next() => {
                if interrupted {
                    return outcome;
                }
                interrupted = true;
                screen.paragraph("", Style::Remarkable, ASKING);
            }
        }
    }
}

/// The next signal of a stream that may not be there.
async fn next(signal: &mut Option<&mut Signal>) -> Option<()> {
    match signal {
        Some(signal) => signal.recv().await,
        None => std::future::pending().await,
    }
}

/// The limit, once, when the guest moves.
async fn moves(limit: &mut Option<(u64, oneshot::Receiver<()>)>) -> Option<u64> {
    let Some((_, moves)) = limit else { return std::future::pending().await };
    let moving = moves.await;
    let (ms, _) = limit.take()?;
    moving.is_ok().then_some(ms)
}

const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);

const STOPPING: &str = "asked the source to stop; waiting for the truth (Ctrl-C again leaves at once, and leaves the end unknown)";

const ASKING: &str = "the hosts are asked on until they tell where the guest is; Ctrl-C again stops asking, and closes the \
                      connections: a destination then destroys what was prepared there, which may be the only copy";

#[cfg(test)]
mod tests {
    use virtwire::protocol::migrate::ParamValue;

    use super::*;
    use crate::args::{Command, parse};

    fn asked(options: &str) -> Request {
        let words =
            "virtwire migrate --from mem://a/ --to mem://b/ web1".split(' ').chain(options.split(' '));
        let Command::Migrate(args) = parse(words).unwrap().command else { panic!("{options}") };
        request(&args, Domain { name: "web1".into(), uuid: [1; 16], id: 1 }).unwrap()
    }

    #[test]
    fn every_flag_of_libvirts_has_an_option() {
        let all = [
            ("--live", 1),
            ("--tunnelled", 4),
            ("--persistent", 8),
            ("--undefine-source", 16),
            ("--paused", 32),
            ("--copy-storage-all", 64),
            ("--copy-storage-inc", 128),
            ("--change-protection", 256),
            ("--unsafe", 512),
            ("--offline", 1_024),
            ("--compressed", 2_048),
            ("--abort-on-error", 4_096),
            ("--auto-converge", 8_192),
            ("--rdma-pin-all", 16_384),
            ("--live --postcopy", 32_768 | 1),
            ("--tls", 65_536),
            ("--parallel", 131_072),
            ("--copy-storage-synchronous-writes", 262_144),
            ("--postcopy-resume", 524_288 | 32_768 | 1),
            ("--zerocopy", 1_048_576),
        ];
        for (options, flags) in all {
            assert_eq!(asked(options).flags, MigrateFlags(flags), "{options}");
        }
        // PEER2PEER follows from the way.
        let every = all.iter().fold(2, |every, (_, flags)| every | flags);
        assert_eq!(every, (1_048_576 << 1) - 1);
        assert!(matches!(asked("--p2p").way, Way::PeerToPeer { .. }));
    }

    #[test]
    fn parameters_are_those_of_the_options_and_those_that_are_named() {
        let request = asked("--migrate-disks vda,vdb --param parallel.connections=4");
        let said: Vec<_> = request.params.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["migrate_disks=vda", "migrate_disks=vdb", "parallel.connections=4"]);
        assert_eq!(request.params[2].value, ParamValue::Int(4));
    }
}
