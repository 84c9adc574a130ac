//! `virtwire migrate --check`: what would be in a migration's way, without moving anything.

use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;
use virtwire::migrate::{Finding, Preflight, Subject, Verdict, check, check_destination, check_source};
use virtwire::protocol::migrate::Way;

use super::hosts::{Hosts, check_two, watched};
use super::request::{request, way, wish};
use crate::args::MigrateArgs;
use crate::connect::{Opener, open_both};
use crate::fail::{Fail, one_line};
use crate::ladder::{Ladder, Lane};
use crate::probe::short;
use crate::screen::{Screen, Style, say_json};

/// Looks, and prints what was found.
pub(super) async fn run(
    args: &MigrateArgs,
    opener: Opener,
    ladder: Option<&Arc<Ladder>>,
    screen: &Screen,
) -> Result<ExitCode, Fail> {
    check_two(&args.from, &args.to)?;
    let hosts = [
        (args.from.as_str(), watched(&args.from, Lane::Source, opener, ladder)),
        (args.to.as_str(), watched(&args.to, Lane::Destination, opener, ladder)),
    ];
    // The ladder shows one host after the other.
    let in_order = ladder.is_some();
    let (name, found) = match open_both(hosts, in_order).await {
        [Ok(source), Ok(destination)] => {
            look(args, Hosts { source, destination: Some(destination) }, in_order).await?
        }
        [Ok(source), Err(fail)] => {
            let (name, found) = look(args, Hosts { source, destination: None }, in_order).await?;
            // Else the source reaches it by itself.
            let verdict = if way(args) == Way::Managed { Verdict::Fails } else { Verdict::Doubt };
            (name, after(&[fail], verdict, found))
        }
        [Err(fail), Ok(destination)] => {
            let name = args.dname.as_deref().unwrap_or(super::name(args));
            (
                super::name(args).to_owned(),
                after(&[fail], Verdict::Fails, check_destination(&destination, name).await),
            )
        }
        [Err(source), Err(destination)] => {
            let found = Preflight { plan: None, findings: Vec::new() };
            (super::name(args).to_owned(), after(&[source, destination], Verdict::Fails, found))
        }
    };
    if args.json {
        say_json(&document(args, &name, &found))?;
    } else {
        tell(screen, &name, args, &found);
    }
    Ok(if found.would_fail() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What the hosts say, or what the source says where the other is not reached.
async fn look(args: &MigrateArgs, hosts: Hosts, in_order: bool) -> Result<(String, Preflight), Fail> {
    let way = way(args);
    let found = match in_order {
        true => hosts.find(super::name(args)).await,
        false => tokio::join!(hosts.find(super::name(args)), hosts.ask_ahead(&way)).0,
    };
    let domain = match found {
        Ok(domain) => domain,
        Err(fail) => {
            let findings = vec![stops(Subject::Guest, &fail)];
            return Ok((super::name(args).to_owned(), Preflight { plan: None, findings }));
        }
    };
    let name = domain.name.to_string();
    let found = match &hosts.destination {
        Some(destination) => {
            let wish = wish(args, &hosts).await?;
            check(&hosts.source, destination, request(args, domain)?, wish).await
        }
        None => check_source(&hosts.source, request(args, domain)?).await,
    };
    Ok((name, found))
}

/// Hosts that are not reached come before what the other says.
fn after(unreached: &[Fail], verdict: Verdict, found: Preflight) -> Preflight {
    let unreached = unreached.iter().map(|fail| Finding { verdict, ..stops(Subject::Hosts, fail) });
    Preflight { findings: unreached.chain(found.findings).collect(), ..found }
}

/// Without it nothing else can be looked at.
fn stops(subject: Subject, fail: &Fail) -> Finding {
    Finding { subject, verdict: Verdict::Fails, text: fail.to_string() }
}

fn tell(screen: &Screen, name: &str, args: &MigrateArgs, found: &Preflight) {
    screen.paragraph("", Style::Bold, &one_line(&format!("{name} from {} to {}", args.from, args.to)));
    for Finding { subject, verdict, text } in &found.findings {
        let (word, style) = match verdict {
            Verdict::Good => ("ok   ", Style::Plain),
            Verdict::Doubt => ("doubt", Style::Remarkable),
            Verdict::Fails => ("FAILS", Style::Bad),
        };
        screen.line(style, &format!("{word}  {subject:<9}  {}", one_line(text)));
    }
    let count = |verdict| found.findings.iter().filter(|finding| finding.verdict == verdict).count();
    let (fails, doubts) = (count(Verdict::Fails), count(Verdict::Doubt));
    let things = |count| if count == 1 { "1 thing".to_owned() } else { format!("{count} things") };
    let (style, sentence) = match (fails, doubts) {
        (0, 0) => (Style::Good, "nothing is in the way".to_owned()),
        (0, doubts) => {
            (Style::Good, format!("nothing seen is in the way; {} cannot be told from here", things(doubts)))
        }
        (fails, _) => (
            Style::Bad,
            format!(
                "it would fail: {} in the way",
                if fails == 1 { "1 thing is".to_owned() } else { format!("{fails} things are") }
            ),
        ),
    };
    screen.paragraph("", style, &format!("{sentence}; nothing was changed"));
}

fn document(args: &MigrateArgs, name: &str, found: &Preflight) -> serde_json::Value {
    let findings: Vec<_> = found
        .findings
        .iter()
        .map(|Finding { subject, verdict, text }| {
            let verdict = match verdict {
                Verdict::Good => "ok",
                Verdict::Doubt => "doubt",
                Verdict::Fails => "fails",
            };
            json!({ "subject": subject.to_string(), "verdict": verdict, "text": text })
        })
        .collect();
    json!({
        "would_fail": found.would_fail(),
        "domain": name,
        "from": args.from,
        "to": args.to,
        "version": found.plan.as_ref().map(|plan| short(plan.version())),
        "findings": findings,
    })
}
