//! `virtwire recover`: where is the guest whose migration was cut off?

use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use virtwire::migrate::Recover;
use virtwire::migrate::journal::Kept;
use virtwire::protocol::migrate::{Fenced, Host, Outcome, Said, Settings, Unknown};

use crate::args::{FencedHost, RecoverArgs};
use crate::connect::Opener;
use crate::fail::{Fail, one_line, plain};
use crate::journal;
use crate::migrate::{Chosen, Details, Document, Ending, Report, Teller};
use crate::screen::{Output, Screen, Style};

/// Recovers. The exit status says where the guest is; of several guests it is the worst.
pub(crate) async fn run(args: RecoverArgs, opener: Opener) -> Result<ExitCode, Fail> {
    if !args.file.is_dir() {
        let ending = recover(&args, opener, &args.file).await?;
        return Ok(ExitCode::from(ending.status()));
    }
    let mut worst = Ending::OnDestination;
    for file in journal::found(&args.file)? {
        let ending = recover(&args, opener, &file).await.unwrap_or_else(|fail| {
            // The others are not left for it; of this one's guest nothing is known.
            let _ = fail.report();
            Ending::Unknown
        });
        worst = if ending.weight() > worst.weight() { ending } else { worst };
    }
    Ok(ExitCode::from(worst.status()))
}

async fn recover(args: &RecoverArgs, opener: Opener, file: &Path) -> Result<Ending, Fail> {
    let began = Instant::now();
    let screen = Arc::new(Screen::new(if args.json { Output::Stderr } else { Output::Stdout }));
    let until = Duration::try_from_secs_f64(args.wait).ok().and_then(|wait| began.checked_add(wait));
    let until = until.ok_or_else(|| {
        Fail::new(format!("--wait {}", args.wait), "is no time", "give seconds, such as 10")
    })?;
    let (journal, Kept { head, records, torn, .. }) = journal::open(file)?;
    if torn > 0 {
        let what =
            format!("the journal's last line was not written to its end ({torn} bytes); it is left out");
        screen.paragraph("   ", Style::Remarkable, &what);
    }
    let fenced = Fenced {
        source: args.fenced.contains(&FencedHost::Source),
        destination: args.fenced.contains(&FencedHost::Destination),
        source_daemon: args.source_restarted,
    };
    let settings = Settings { ask_again_after: ASK_AGAIN_AFTER, ..Settings::default() };
    let Some(head) = head else {
        let hosts = [args.from.as_deref(), args.to.as_deref()];
        return Ok(nothing_began(&screen, args.json.then_some(hosts), began));
    };
    let (from, to) = (args.from.clone().unwrap_or(head.from), args.to.clone().unwrap_or(head.to));
    let Some(mut recover) = Recover::new(&from, &to, records, fenced, settings) else {
        let hosts = [Some(from.as_str()), Some(to.as_str())];
        return Ok(nothing_began(&screen, args.json.then_some(hosts), began));
    };
    recover = recover.options(opener.briefly().options(&from));
    if args.hosts_are_right {
        recover = recover.hosts_are_right();
    }
    if args.no_later_migration {
        recover = recover.no_later_migration();
    }
    let name = recover.request().domain.name.to_string();
    let mut teller = Teller::new(screen.clone(), None);
    teller.journal = Some(journal);
    teller.chosen.paused = recover.is_to_arrive_paused();
    let mut outcome = follow(&mut recover, &mut teller, until).await;
    if let (Outcome::Unknown(unknown), Some(agent)) = (&outcome, &args.fence)
        && fence(&mut recover, unknown, agent, [&from, &to], &screen).await
    {
        outcome = follow(&mut recover, &mut teller, Instant::now()).await;
    }
    teller.settle();
    let report = Report::new(&name, outcome, &teller, began.elapsed());
    report.finish(&screen, args.json.then_some((from.as_str(), to.as_str())));
    Ok(report.ending())
}

/// Has the user's agent fence what does not answer. Whether any host is dead then.
async fn fence(
    recover: &mut Recover,
    unknown: &Unknown,
    agent: &Path,
    [from, to]: [&str; 2],
    screen: &Screen,
) -> bool {
    let mut is_fenced = false;
    for (host, uri, said) in
        [(Host::Source, from, &unknown.source), (Host::Destination, to, &unknown.destination)]
    {
        let Said::NoAnswer(failure) = said else { continue };
        let why_not = match unknown.silent().any(|silent| silent == host) {
            // What it was when it was asked does not count now that its power is at stake.
            true => recover.why_not_fence(host).await,
            false => Some(format!("it answers: {failure}")),
        };
        if let Some(why_not) = why_not {
            let told = format!("the {host} is not fenced: {why_not}");
            screen.paragraph("   ", Style::Remarkable, &one_line(&told));
        } else if fences(agent, host, uri, screen).await {
            recover.fence(host);
            is_fenced = true;
        }
    }
    is_fenced
}

/// Has the user's agent fence a host, however long that takes. Whether it is dead then.
async fn fences(agent: &Path, host: Host, uri: &str, screen: &Screen) -> bool {
    let done = tokio::process::Command::new(agent)
        .args([&host.to_string(), uri])
        .stdin(Stdio::null())
        // What it says is no part of the document.
        .stdout(Stdio::from(std::io::stderr()))
        .kill_on_drop(true)
        .status()
        .await;
    let what = match &done {
        Ok(status) if status.success() => "says that it is dead".to_owned(),
        Ok(status) => format!("does not say that it is dead ({status})"),
        Err(error) => format!("cannot be run: {}", plain(error)),
    };
    let told = format!("the {host} does not answer; {} {what}", agent.display());
    screen.paragraph("   ", Style::Remarkable, &told);
    done.is_ok_and(|status| status.success())
}

/// Asks on until the end is known or the time has passed.
async fn follow(recover: &mut Recover, teller: &mut Teller, until: Instant) -> Outcome {
    // However short the time: both hosts are asked once.
    let mut cut_off = until.max(Instant::now() + ASKED_WITHIN);
    loop {
        let running = tokio::time::timeout_at(cut_off.into(), recover.run(teller));
        // Also a job on the source's guest is waited for no longer than that.
        let outcome = running.await.unwrap_or_else(|_| recover.now());
        cut_off = until;
        let Outcome::Unknown(unknown) = &outcome else { return outcome };
        if Instant::now() + ASK_AGAIN_AFTER >= until {
            // Where the guest is may be known, though not everything is done.
            let now = recover.now();
            if let Outcome::Unknown(_) = now {
                teller.unknown(unknown);
            }
            return now;
        }
        // Earlier if a host tells that something has happened to the guest.
        let _ = tokio::time::timeout(ASK_AGAIN_AFTER, recover.changed()).await;
    }
}

const ASKED_WITHIN: Duration = Duration::from_secs(25);
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// The process died before it had called anybody. The document is of these hosts, as far as they are known.
fn nothing_began(screen: &Screen, document: Option<[Option<&str>; 2]>, began: Instant) -> Ending {
    const SENTENCE: &str =
        "the journal ends before the migration began: nothing was called, and the guest is where it was";
    screen.paragraph("", Style::Remarkable, SENTENCE);
    if let Some(hosts) = document {
        let (outcome, details) = (Ending::OnSource.words(), Details::new(&Chosen::default()));
        let took = began.elapsed();
        Document { outcome, domain: None, hosts, sentence: SENTENCE, took, details }.say();
    }
    Ending::OnSource
}
