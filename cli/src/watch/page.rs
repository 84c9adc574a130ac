//! The page: lines for people, made of what the hosts said. Pure.

use virtwire::migrate::Progress;

use super::gather::{Host, Phase};
use crate::harmless;
use crate::migrate::parts;
use crate::screen::Style;

/// Lines, each with its style, none longer than the width.
pub(super) struct Page {
    lines: Vec<(Style, String)>,
    width: usize,
}

/// A guest on its way, as far as that is seen.
pub(super) struct Moving {
    pub(super) name: String,
    pub(super) from: String,
    /// None where no host that is watched has it coming.
    pub(super) to: Option<String>,
    pub(super) progress: Option<Progress>,
}

/// The migrations in flight: a job that sends a guest, or a guest that is held on two hosts.
pub(super) fn migrations(hosts: &[Host]) -> Vec<Moving> {
    let mut found = Vec::new();
    for (at, host) in hosts.iter().enumerate() {
        for guest in &host.guests {
            let leaving = guest
                .job
                .as_ref()
                .filter(|job| job.leaves && (!guest.held || coming(hosts, at, &guest.uuid).is_some()));
            if let Some(job) = leaving {
                let to = coming(hosts, at, &guest.uuid).map(str::to_owned);
                found.push(Moving {
                    name: guest.name.clone(),
                    from: host.uri.clone(),
                    to,
                    progress: Some(job.progress),
                });
            }
        }
    }
    found
}

/// The other host that has this guest and does not let it run.
fn coming<'a>(hosts: &'a [Host], but: usize, uuid: &str) -> Option<&'a str> {
    let others = hosts.iter().enumerate().filter(|(at, _)| *at != but);
    others
        .map(|(_, host)| host)
        .find(|host| host.guests.iter().any(|guest| guest.uuid == uuid && guest.held))
        .map(|host| &*host.uri)
}

impl Page {
    pub(super) fn of(hosts: &[Host], width: usize) -> Page {
        let mut page = Page { lines: Vec::new(), width };
        let moving = migrations(hosts);
        let guests: usize = hosts.iter().map(|host| host.guests.len()).sum();
        let count = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        page.line(
            Style::Bold,
            format!(
                "{}, {}, {} in flight",
                count(hosts.len(), "host"),
                count(guests, "guest"),
                count(moving.len(), "migration")
            ),
        );
        for Moving { name, from, to, progress } in &moving {
            let to = to.as_deref().unwrap_or("a host that is not watched");
            page.line(Style::Remarkable, format!("  {name}: {from} → {to}"));
            if let Some(progress) = progress {
                page.line(Style::Remarkable, format!("    {}{}", bar(progress), parts(progress).join("  ")));
            }
        }
        for host in hosts {
            page.line(Style::Plain, String::new());
            match &host.phase {
                Phase::Asked => page.line(Style::Bold, format!("{}  being asked", host.uri)),
                Phase::Failed(why) => page.line(Style::Bad, format!("{}  not reached: {why}", host.uri)),
                Phase::Seen => {
                    page.line(Style::Bold, format!("{}  {}", host.uri, count(host.guests.len(), "guest")))
                }
            }
            let names = host
                .guests
                .iter()
                .map(|guest| harmless::line(&guest.name).chars().count())
                .max()
                .unwrap_or(0)
                .min(40);
            for guest in &host.guests {
                let stale = matches!(host.phase, Phase::Failed(_));
                let style = match (stale, guest.runs) {
                    (true, _) => Style::Dim,
                    (false, true) => Style::Good,
                    (false, false) => Style::Plain,
                };
                let name = harmless::line(&guest.name);
                let mut text = format!("  {name:<names$}  {}", guest.state);
                if let Some(job) = &guest.job {
                    let operation = job.operation.as_deref().unwrap_or("job");
                    text = format!("{text}  {operation}: {}", parts(&job.progress).join("  "));
                }
                if stale {
                    text.push_str("  (when last seen)");
                }
                page.line(style, text);
            }
        }
        page
    }

    /// What fits into so many rows.
    pub(super) fn lines(mut self, rows: usize) -> Vec<(Style, String)> {
        if self.lines.len() > rows {
            let left_out = self.lines.len() - rows.saturating_sub(1);
            self.lines.truncate(rows.saturating_sub(1));
            self.line(Style::Dim, format!("… {left_out} more lines"));
        }
        self.lines
    }

    fn line(&mut self, style: Style, text: String) {
        let text = harmless::line(&text);
        let cut = match text.chars().count() > self.width {
            true => text.chars().take(self.width.saturating_sub(1)).chain(['…']).collect(),
            false => text,
        };
        self.lines.push((style, cut));
    }
}

fn bar(progress: &Progress) -> String {
    const CELLS: usize = 24;
    progress.data.fraction().map_or_else(String::new, |fraction| {
        let full = (fraction * CELLS as f64) as usize;
        (0..CELLS).map(|cell| if cell < full { '█' } else { '░' }).collect::<String>() + " "
    })
}

#[cfg(test)]
mod tests {
    use super::super::gather::{Guest, Job};
    use super::*;
    use virtwire::protocol::enums::JobKind;
    use virtwire::protocol::params::TypedParams;

    fn guest(name: &str, held: bool, sent: Option<u64>) -> Guest {
        let job = sent.map(|sent| {
            let numbers =
                [("data_total", 4 << 20), ("data_processed", sent), ("data_remaining", (4 << 20) - sent)];
            let params =
                numbers.into_iter().try_fold(TypedParams::new(), |all, (name, value)| all.with(name, value));
            let progress = Progress::from_stats(JobKind::Unbounded, &params.unwrap());
            Job { operation: Some("outgoing migration".to_owned()), leaves: true, progress }
        });
        let state = if held { "paused (migration)" } else { "running (booted)" };
        Guest {
            name: name.to_owned(),
            uuid: name.to_owned(),
            state: state.to_owned(),
            runs: !held,
            held,
            job,
        }
    }

    fn hosts() -> Vec<Host> {
        let host = |uri: &str, phase, guests| Host { uri: uri.to_owned(), phase, guests };
        vec![
            host(
                "mem://a",
                Phase::Seen,
                vec![guest("web1", false, Some(1 << 20)), guest("db\u{1b}[2J", false, None)],
            ),
            host("mem://b", Phase::Seen, vec![guest("web1", true, None)]),
            host("mem://c", Phase::Failed("nobody listens".to_owned()), vec![guest("old", false, None)]),
        ]
    }

    #[test]
    fn a_page_tells_of_hosts_guests_and_migrations_and_commands_no_terminal() {
        let lines: Vec<_> = Page::of(&hosts(), 100).lines(50).into_iter().map(|(_, line)| line).collect();
        assert_eq!(
            lines,
            [
                "3 hosts, 4 guests, 1 migration in flight",
                "  web1: mem://a → mem://b",
                "    ██████░░░░░░░░░░░░░░░░░░  25 %  memory  3.0 MiB left",
                "",
                "mem://a  2 guests",
                "  web1         running (booted)  outgoing migration:  25 %  memory  3.0 MiB left",
                "  db\\u{1b}[2J  running (booted)",
                "",
                "mem://b  1 guest",
                "  web1  paused (migration)",
                "",
                "mem://c  not reached: nobody listens",
                "  old  running (booted)  (when last seen)",
            ]
        );
    }

    #[test]
    fn a_small_terminal_gets_what_fits() {
        for (width, rows) in [(20, 5), (1, 1), (40, 3)] {
            let lines = Page::of(&hosts(), width).lines(rows);
            assert!(
                lines.len() <= rows && lines.iter().all(|(_, line)| line.chars().count() <= width),
                "{lines:?}"
            );
        }
        assert!(Page::of(&hosts(), 40).lines(3)[2].1.contains("more lines"));
    }
}
