//! `virtwire events`: what happens on a host, one line an event.

mod line;
mod names;

use std::future::{pending, ready};
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::time::sleep;
use virtwire::client::{Connection, Domain, SubscribeError, Subscription};
use virtwire::protocol::event::AnyEvent;

use crate::args::EventsArgs;
use crate::connect::{OPEN_WITHIN, Opener, find};
use crate::domains::goodbye;
use crate::fail::Fail;
use crate::screen::{nobody_reads, put, put_json_line, remark};

/// Prints events until enough have come, nobody reads on, time is up or the connection ends.
pub(crate) async fn run(args: EventsArgs, opener: Opener) -> Result<(), Fail> {
    let timeout = args.timeout.map(within).transpose()?;
    let connection = opener.open(&args.uri).await?;
    // Whoever wants an end has one before anything is watched, too.
    let beginning = connection.within(opener.within.or(timeout.map(|_| OPEN_WITHIN)));
    let domain = match &args.domain {
        Some(key) => Some(find(&beginning, key).await?),
        None => None,
    };
    let topics = names::topics(&args.events, domain.as_ref().map(Domain::wire))?;
    let mut events: Subscription<AnyEvent> =
        beginning.subscribe_to(topics).await.map_err(|error| refused(&connection, &error))?;
    // Of what was not asked for by name, what the daemon does not have is nobody's loss.
    for (topic, error) in events.missing().iter().filter(|_| !args.events.is_empty()) {
        remark(&format!("virtwire: event {}: {error}", names::of(topic)));
    }
    remark(&format!("watching {}", connection.uri()));
    let mut told = 0;
    // Once time is up: how many more may be told, of those that have come by then. Where something happens all the time there is an end
    // as well.
    let mut waiting: Option<usize> = None;
    let mut nobody_reads = pin!(nobody_reads());
    let mut time_passes = pin!(async {
        match timeout {
            Some(timeout) => sleep(timeout).await,
            None => pending().await,
        }
    });
    while args.count.is_none_or(|count| told < count) {
        let next = tokio::select! {
            // What has come is told before it is looked who reads.
            biased;
            () = &mut time_passes, if waiting.is_none() => {
                waiting = Some(connection.options().events_max);
                continue;
            }
            next = events.next_with_time(), if waiting != Some(0) => next,
            () = ready(()), if waiting.is_some() => return time_is_up(&args, &connection, told),
            () = &mut nobody_reads => break,
        };
        waiting = waiting.map(|left| left.saturating_sub(1));
        let is_read = match next {
            Some((at, Ok(event))) => {
                told += 1;
                match line::event(&event, args.json) {
                    json if args.json => put_json_line(&line::at(at, &json, true))?,
                    line if args.timestamp => put(&line::at(at, &line, false))?,
                    line => put(&line)?,
                }
            }
            // A program that reads events has to know of those that it does not get; people are told beside.
            Some((at, Err(missed))) if args.json => {
                put_json_line(&line::at(at, &line::missed(&missed), true))?
            }
            Some((_, Err(missed))) => {
                remark(&format!("virtwire: {missed}"));
                true
            }
            None => {
                let why = events.ended().map_or_else(String::new, |reason| reason.to_string());
                let daemon = format!("daemon {}", connection.uri());
                return Err(Fail::new(daemon, why, "watch again when it is back"));
            }
        };
        if !is_read {
            break;
        }
    }
    goodbye(connection).await
}

fn within(seconds: f64) -> Result<Duration, Fail> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|within| Instant::now().checked_add(*within).is_some())
        .ok_or_else(|| Fail::new(format!("--timeout {seconds}"), "is no number of seconds", "0.5 and 60 are"))
}

fn time_is_up(args: &EventsArgs, connection: &Connection, told: u64) -> Result<(), Fail> {
    match args.count {
        Some(count) => Err(Fail::new(
            format!("events of {}", connection.uri()),
            format!("{told} of {count} came within {} s", args.timeout.unwrap_or_default()),
            "give it a longer --timeout",
        )),
        None => Ok(()),
    }
}

fn refused(connection: &Connection, error: &SubscribeError) -> Fail {
    match error {
        SubscribeError::Call(error) => Fail::daemon(connection, error),
        other => Fail::new(
            format!("daemon {}", connection.uri()),
            other,
            "`virtwire probe` tells what the daemon has",
        ),
    }
}
