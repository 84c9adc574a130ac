//! `virtwire job`: what is being done to a guest, such as its migration, and the words that steer it.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use virtwire::client::{CallError, Connection, Domain};
use virtwire::migrate::Progress;
use virtwire::protocol::enums::JobOperation;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::flags::{AbortJobFlags, JobStatsFlags};

use crate::args::DomainArgs;
use crate::connect::Opener;
use crate::domains::{goodbye, guest, refused};
use crate::fail::{Fail, last, quoted};
use crate::info::{Facts, told};
use crate::list::{Does, add, does};
use crate::migrate::{figures, percent, phase, time};
use crate::progress::size;
use crate::screen::{say_done, say_json};

#[derive(Debug, Args)]
#[command(allow_missing_positional = true, after_help = JOB)]
pub(crate) struct JobArgs {
    #[command(flatten)]
    domain: DomainArgs,
    /// Limit what its migrations send, MiB/s, the one that runs and later ones
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..))]
    speed: Option<u64>,
    /// How long its migration may let it stand still at the end, milliseconds
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..))]
    max_downtime: Option<u64>,
    /// Switch its migration to post-copy now, if it was begun with that: nothing is taken back from there on
    #[arg(long, conflicts_with_all = ["pause_postcopy", "abort"])]
    postcopy: bool,
    /// Break its post-copy off, which stands still then until `migrate --postcopy-resume` (libvirt 8.5)
    #[arg(long, conflicts_with = "abort")]
    pause_postcopy: bool,
    /// Have the host give the job up; of a migration, the guest stays on its source
    #[arg(long)]
    abort: bool,
    /// Print a JSON object
    #[arg(long, conflicts_with_all = ["speed", "max_downtime", "postcopy", "pause_postcopy", "abort"])]
    json: bool,
}

const JOB: &str = "\
A migration is a job of the source's: the URI is that of the host which the guest leaves. It is steered from anywhere, whoever drives it. \
That a host has taken a word is no promise: what becomes of the migration, the one who drives it learns.

Example, from a second terminal:
  virtwire job qemu+ssh://root@one/system web1
  virtwire job qemu+ssh://root@one/system web1 --speed 200 --max-downtime 500";

/// A job that runs.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) operation: Option<String>,
    /// It may be the migration of a guest that goes.
    pub(crate) leaves: bool,
    pub(crate) progress: Progress,
}

impl Job {
    /// For programs.
    pub(crate) fn document(&self) -> Value {
        json!({ "operation": self.operation, "progress": figures(&self.progress) })
    }
}

/// The job on a guest, if one runs and the host can tell of it.
pub(crate) async fn look(domain: &Domain) -> Result<Option<Job>, CallError> {
    let (operation, progress) = match domain.job_stats(JobStatsFlags::NONE).await {
        Ok(stats) => (stats.operation(), Progress::from_stats(stats.kind, &stats.params)),
        Err(error) if error.is_unsupported() => match domain.job_info().await {
            Ok(info) => (None, Progress::from_info(&info)),
            // A host that cannot tell of jobs, or not of this guest's, is looked at all the same.
            Err(CallError::Remote(_)) => return Ok(None),
            Err(error) => return Err(error),
        },
        Err(CallError::Remote(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(progress.is_running().then(|| Job {
        operation: operation.map(|operation| operation.to_string()),
        leaves: operation.is_none_or(|operation| operation == JobOperation::MigrationOut),
        progress,
    }))
}

/// Shows the job, or says what the options say to it.
pub(crate) async fn run(args: JobArgs, opener: Opener) -> Result<(), Fail> {
    let (connection, domain) = guest(&args.domain, opener).await?;
    let words = args.words();
    if words.is_empty() {
        show(&args, &connection, &domain).await?;
    }
    for word in words {
        let said = word.say(&domain).await;
        said.map_err(|error| not_taken(&connection, &args.domain.domain, &error))?;
        say_done(&word.done(&domain.name().to_string()))?;
    }
    goodbye(connection).await
}

/// What a job can be told.
#[derive(Clone, Copy, Debug)]
enum Word {
    Speed(u64),
    MaxDowntime(u64),
    PostCopy,
    PausePostCopy,
    Abort,
}

impl JobArgs {
    /// In the order in which they are said: limits first.
    fn words(&self) -> Vec<Word> {
        let said = |asked: bool, word| asked.then_some(word);
        let words = [
            self.speed.map(Word::Speed),
            self.max_downtime.map(Word::MaxDowntime),
            said(self.postcopy, Word::PostCopy),
            said(self.pause_postcopy, Word::PausePostCopy),
            said(self.abort, Word::Abort),
        ];
        words.into_iter().flatten().collect()
    }
}

impl Word {
    async fn say(self, domain: &Domain) -> Result<(), CallError> {
        match self {
            Word::Speed(mib_s) => domain.set_migrate_max_speed(mib_s).await,
            Word::MaxDowntime(ms) => domain.set_migrate_max_downtime(Duration::from_millis(ms)).await,
            Word::PostCopy => domain.migrate_start_post_copy().await,
            Word::PausePostCopy => domain.abort_job_with(AbortJobFlags::POSTCOPY).await,
            Word::Abort => domain.abort_job().await,
        }
    }

    fn done(self, name: &str) -> String {
        match self {
            Word::Speed(mib_s) => format!("{name} is sent at {mib_s} MiB/s at most"),
            Word::MaxDowntime(ms) => format!("{name} may stand still for {ms} ms"),
            Word::PostCopy => format!("asked to switch to post-copy: {name}"),
            Word::PausePostCopy => format!("broke the post-copy off: {name}"),
            Word::Abort => format!("asked to give its job up: {name}"),
        }
    }
}

fn not_taken(connection: &Connection, domain: &str, error: &CallError) -> Fail {
    let fail = refused(connection, domain, error);
    match error.remote().map(|error| error.code) {
        Some(ErrorCode::OPERATION_INVALID) => fail.next(format!(
            "`virtwire job {} {}` shows the job, if one runs: a migration's is on the host that the guest leaves",
            quoted(connection.uri()),
            last(domain)
        )),
        _ => fail,
    }
}

async fn show(args: &JobArgs, connection: &Connection, domain: &Domain) -> Result<(), Fail> {
    let asked = tokio::try_join!(does(domain), look(domain), limits(domain));
    let (does, job, limits) = asked.map_err(|error| refused(connection, &args.domain.domain, &error))?;
    if !args.json {
        return facts(domain, does, job.as_ref(), &limits).print(false);
    }
    let mut told = json!({
        "name": domain.name().to_string(),
        "uuid": domain.uuid().to_string(),
        "job": job.as_ref().map(Job::document),
        "speed_mib_s": limits.speed_mib_s,
        "max_downtime_ms": limits.max_downtime.map(|time| time.as_millis()),
    });
    add(&mut told, does);
    say_json(&told)
}

/// What a migration of the guest is held to, where the host tells.
struct Limits {
    speed_mib_s: Option<u64>,
    max_downtime: Option<Duration>,
}

async fn limits(domain: &Domain) -> Result<Limits, CallError> {
    let (speed, downtime) = tokio::join!(domain.migrate_max_speed(), domain.migrate_max_downtime());
    Ok(Limits { speed_mib_s: told(speed)?, max_downtime: told(downtime)? })
}

fn facts(domain: &Domain, does: Does, job: Option<&Job>, limits: &Limits) -> Facts {
    let mut facts = Facts::default();
    let milliseconds = |time: Duration| format!("{} ms", time.as_millis());
    facts.add("name", "Name", Some(domain.name().to_string()));
    facts.add("state", "State", Some(does.words()));
    let what =
        |job: &Job| job.operation.clone().unwrap_or_else(|| "one that the host does not name".to_owned());
    facts.add("job", "Job", Some(job.map_or_else(|| "none".to_owned(), what)));
    if let Some(Job { progress, .. }) = job {
        let data = progress.data;
        facts.add("phase", "Phase", Some(phase(progress.phase())));
        facts.add("elapsed", "Running for", Some(time(progress.elapsed)));
        let sent = percent(progress)
            .map(|percent| format!("{} of {} ({percent} %)", size(data.processed), size(data.total)));
        facts.add("sent", "Sent", sent);
        facts.add("left", "Left", (data.total > 0).then(|| size(data.remaining)));
        facts.add("rate", "Rate", progress.rate.map(|rate| format!("{}/s", size(rate))));
        facts.add("dirty", "Dirty rate", progress.dirty_rate.map(|dirty| format!("{}/s", size(dirty))));
        facts.add("time_left", "To go", progress.time_left.map(time));
        facts.add("downtime", "Downtime", progress.downtime.map(milliseconds));
    }
    facts.add("speed", "Speed limit", limits.speed_mib_s.map(|speed| format!("{speed} MiB/s")));
    facts.add("max_downtime", "Downtime limit", limits.max_downtime.map(milliseconds));
    facts
}
