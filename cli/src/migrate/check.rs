//! `virtwire migrate --check`: what would be in a migration's way, without moving anything.

use std::process::ExitCode;

use serde_json::json;
use virtwire::migrate::{Finding, Preflight, Verdict, check};
use virtwire::protocol::migrate::{Request, Wish};

use super::Hosts;
use crate::args::MigrateArgs;
use crate::fail::{Fail, one_line};
use crate::probe::short;
use crate::screen::{Screen, Style, say_json};

/// Looks, and prints what was found.
pub(super) async fn run(
    args: &MigrateArgs,
    hosts: &Hosts,
    request: Request,
    wish: Wish,
    screen: &Screen,
) -> Result<ExitCode, Fail> {
    let name = request.domain.name.to_string();
    let Some(destination) = &hosts.destination else {
        return Err(Fail::new(
            format!("host {}", args.to),
            "is not reached from here",
            "both hosts are asked",
        ));
    };
    let found = check(&hosts.source, destination, request, wish).await;
    if args.json {
        say_json(&document(args, &name, &found))?;
    } else {
        tell(screen, &name, args, &found);
    }
    Ok(if found.would_fail() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
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
