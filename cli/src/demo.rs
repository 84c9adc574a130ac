//! `virtwire demo`: daemons of its own, guests that move between them, and what can go wrong.

mod cast;
mod daemon;
mod link;
mod scene;
mod summary;
mod witness;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};

use crate::fail::{Fail, plain};
use crate::screen::{Output, Screen, Style};
use cast::Cast;
use scene::SCENES;

/// Shows every scene. Exit status 0 only if each ended as it should, as the daemons tell it.
pub(crate) async fn run() -> Result<ExitCode, Fail> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| {
        Fail::new("signals", plain(&error), "the system allows this process no signal handler; try again")
    })?;
    // Whichever way this ends, the daemons are dropped with it, and so are their processes.
    tokio::select! {
        shown = show() => shown,
        _ = interrupt.recv() => Err(Fail::new("demo", "interrupted; its daemons are gone with it", "`virtwire demo` starts it again")),
    }
}

async fn show() -> Result<ExitCode, Fail> {
    let screen = Arc::new(Screen::new(Output::Stdout));
    let began = Instant::now();
    screen.paragraph("", Style::Plain, INTRODUCTION);
    let cast = Cast::start().await?;
    cast.introduce(&screen);
    let mut results = Vec::new();
    for (number, scene) in (1..).zip(&SCENES) {
        screen.line(Style::Plain, "");
        screen.paragraph("", Style::Bold, &format!("{number}. {}", scene.sentence));
        let played = tokio::time::timeout(SCENE_WITHIN, scene.play(&cast, &screen)).await;
        let found = match played {
            Ok(Ok(found)) => found,
            Ok(Err(fail)) => fail.to_string(),
            Err(_) => format!("not over after {} s", SCENE_WITHIN.as_secs()),
        };
        results.push((scene, found));
    }
    cast.end().await?;
    screen.line(Style::Plain, "");
    let good = summary::print(&screen, &results, began.elapsed());
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A scene takes two seconds. One that takes this long hangs.
const SCENE_WITHIN: Duration = Duration::from_secs(20);

const INTRODUCTION: &str = "\
This starts seven daemons, each a process of its own on a port of 127.0.0.1, and moves guests between them by libvirt's \
protocol. The guests are real buffers of memory in those processes; nothing runs in them. This process is the \
orchestrator: it holds a connection to the source and one to the destination, and the guest's memory goes from daemon to daemon.";
