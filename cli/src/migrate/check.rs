//! `virtwire migrate --check`: what would be in a migration's way, without moving anything.

use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;
use virtwire::client::Connection;
use virtwire::migrate::{Finding, Preflight, Subject, Verdict, check};

use super::{Hosts, check_two, request, watched, wish};
use crate::args::MigrateArgs;
use crate::connect::{Opener, open_with};
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
    let open = |uri, lane| open_with(uri, watched(uri, lane, opener, ladder));
    // One after the other, as each may ask its user for a password.
    let source = open(&args.from, Lane::Source).await;
    let destination = open(&args.to, Lane::Destination).await;
    let (name, found) = match (source, destination) {
        (Ok(source), Ok(destination)) => look(args, source, destination).await?,
        (source, destination) => {
            let fails = [source.err(), destination.err()].into_iter().flatten();
            let findings = fails.map(|fail| stops(Subject::Hosts, &fail)).collect();
            (super::name(args).to_owned(), Preflight { plan: None, findings })
        }
    };
    if args.json {
        say_json(&document(args, &name, &found))?;
    } else {
        tell(screen, &name, args, &found);
    }
    Ok(if found.would_fail() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn look(
    args: &MigrateArgs,
    source: Connection,
    destination: Connection,
) -> Result<(String, Preflight), Fail> {
    let hosts = Hosts { source: source.clone(), destination: Some(destination.clone()) };
    let domain = match hosts.find(super::name(args)).await {
        Ok(domain) => domain,
        Err(fail) => {
            let findings = vec![stops(Subject::Guest, &fail)];
            return Ok((super::name(args).to_owned(), Preflight { plan: None, findings }));
        }
    };
    let name = domain.name.to_string();
    let wish = wish(args, &hosts).await?;
    Ok((name, check(&source, &destination, request(args, domain)?, wish).await))
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
