//! `virtwire migrate`: moves a guest, and tells the truth about where it is.

mod all;
mod check;
mod chosen;
mod feed;
mod follow;
mod hosts;
mod live;
pub(crate) mod param;
mod report;
mod request;
mod teller;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::args::MigrateArgs;
use crate::connect::Opener;
use crate::fail::Fail;
use crate::journal;
use crate::ladder::Ladder;
use crate::screen::{Output, Screen};
use crate::signals::{self, Signals};
pub(crate) use chosen::Chosen;
use feed::Feed;
pub(crate) use feed::figures;
use follow::{Asked, follow};
pub(crate) use hosts::Hosts;
pub(crate) use live::{parts, percent, phase, time};
pub(crate) use report::{Details, Document, Ending, Report};
use request::{refused, request, switch, way, wish};
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
    teller.chosen.paused = args.paused;
    teller.journal =
        args.journal.as_deref().map(|file| journal::create(file, &args.from, &args.to)).transpose()?;
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

/// Nothing had been begun when the user had enough.
fn interrupted(what: &str, signal: &str) -> Fail {
    Fail::new(what.to_owned(), format!("{signal} came before anything was tried"), "the guest is untouched")
}

/// The guest's, which is there unless all are meant.
fn name(args: &MigrateArgs) -> &str {
    args.domain.as_deref().unwrap_or_default()
}
