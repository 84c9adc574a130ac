//! The page: lines for people, made of what the hosts said. Pure.

use virtwire::migrate::Progress;
use virtwire::protocol::enums::DomainStateKind;

use super::gather::{Host, Part, Phase};
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
    /// None where no host that is watched shows it coming.
    pub(super) to: Option<String>,
    pub(super) how: How,
}

/// How it goes on.
pub(super) enum How {
    /// A job sends it.
    Job(Box<Progress>),
    /// It goes on at the destination, and the source tells of no job that sends the rest.
    Silent,
    /// Its post-copy broke: part of it is on either host.
    Broken,
}

/// The migrations in flight: a job that sends a guest, or one that was sent in part.
pub(super) fn migrations(hosts: &[Host]) -> Vec<Moving> {
    let mut found: Vec<Moving> = Vec::new();
    let mut torn = Vec::new();
    for (at, host) in hosts.iter().enumerate() {
        for guest in &host.guests {
            let to = coming(hosts, at, &guest.uuid);
            let leaving = guest
                .job
                .as_ref()
                .filter(|job| job.leaves && (Part::of(guest.does) != Part::Arriving || to.is_some()));
            let how = match (Part::of(guest.does), leaving) {
                // Before libvirt 8.5 a torn guest looks the same on both hosts; it is one migration all the same. Its job may be told of still.
                (Part::Torn, _) if torn.contains(&&guest.uuid) => continue,
                (Part::Torn, _) => How::Broken,
                (_, Some(job)) => How::Job(job.progress.into()),
                (Part::Followed, None) => How::Silent,
                (Part::None | Part::Arriving, None) => continue,
            };
            if let How::Broken = how {
                torn.push(&guest.uuid);
            }
            found.push(Moving {
                name: guest.name.clone(),
                from: host.uri.clone(),
                to: to.map(str::to_owned),
                how,
            });
        }
    }
    found
}

/// The other host to which this guest comes; failing that, one that has part of it.
fn coming<'a>(hosts: &'a [Host], but: usize, uuid: &str) -> Option<&'a str> {
    let on = |part| {
        let has = move |host: &Host| {
            host.guests.iter().any(|guest| guest.uuid == uuid && Part::of(guest.does) == part)
        };
        let others = hosts.iter().enumerate().filter(|(at, _)| *at != but);
        others.map(|(_, host)| host).find(|host| has(host)).map(|host| &*host.uri)
    };
    on(Part::Arriving).or_else(|| on(Part::Torn))
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
        for Moving { name, from, to, how } in &moving {
            let to = to.as_deref().unwrap_or("destination not seen");
            page.line(Style::Remarkable, format!("  {name}: {from} → {to}"));
            match how {
                How::Job(progress) => page
                    .line(Style::Remarkable, format!("    {}{}", bar(progress), parts(progress).join("  "))),
                How::Silent => page.line(
                    Style::Remarkable,
                    "    post-copy; the source tells of no job that sends the rest".to_owned(),
                ),
                How::Broken => page.line(
                    Style::Bad,
                    "    post-copy broke: `virtwire migrate --postcopy-resume` brings the rest over"
                        .to_owned(),
                ),
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
                let style = match (stale, guest.does.kind() == DomainStateKind::Running) {
                    (true, _) => Style::Dim,
                    (false, true) => Style::Good,
                    (false, false) => Style::Plain,
                };
                let name = harmless::line(&guest.name);
                let mut text = format!("  {name:<names$}  {}", guest.does.words());
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
    use super::super::gather::Guest;
    use super::*;
    use crate::job::Job;
    use crate::list::Does;
    use virtwire::protocol::enums::{DomainState, JobKind, PausedReason, RunningReason};
    use virtwire::protocol::params::TypedParams;

    fn guest(name: &str, state: DomainState, sent: Option<u64>) -> Guest {
        let job = sent.map(|sent| {
            let numbers =
                [("data_total", 4 << 20), ("data_processed", sent), ("data_remaining", (4 << 20) - sent)];
            let params =
                numbers.into_iter().try_fold(TypedParams::new(), |all, (name, value)| all.with(name, value));
            let progress = Progress::from_stats(JobKind::Unbounded, &params.unwrap());
            Job { operation: Some("outgoing migration".to_owned()), leaves: true, progress }
        });
        Guest { name: name.to_owned(), uuid: name.to_owned(), does: Does::Why(state), job }
    }

    fn booted(name: &str, sent: Option<u64>) -> Guest {
        guest(name, DomainState::Running(RunningReason::Booted), sent)
    }

    fn seen(uri: &str, guests: Vec<Guest>) -> Host {
        Host { uri: uri.to_owned(), phase: Phase::Seen, guests }
    }

    /// The lines of the migrations in flight.
    fn told(hosts: &[Host]) -> Vec<String> {
        let lines = Page::of(hosts, 100).lines(50).into_iter().map(|(_, line)| line);
        lines.skip(1).take_while(|line| !line.is_empty()).collect()
    }

    fn hosts() -> Vec<Host> {
        let gone = Phase::Failed("nobody listens".to_owned());
        vec![
            seen("mem://a", vec![booted("web1", Some(1 << 20)), booted("db\u{1b}[2J", None)]),
            seen("mem://b", vec![guest("web1", DomainState::Paused(PausedReason::Migration), None)]),
            Host { uri: "mem://c".to_owned(), phase: gone, guests: vec![booted("old", None)] },
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

    /// A destination may show nothing yet, as one of version 1 until the data comes; it may be watched all the same.
    #[test]
    fn a_destination_that_does_not_show_the_guest_is_not_seen() {
        let hosts = [seen("mem://a", vec![booted("web1", Some(1 << 20))]), seen("mem://b", vec![])];
        assert_eq!(told(&hosts)[0], "  web1: mem://a → destination not seen");
        // One that was sent is paused by its migration as well, and comes to nobody.
        let sent = guest("web1", DomainState::Paused(PausedReason::Migration), Some(4 << 20));
        assert!(told(&[seen("mem://a", vec![sent])]).is_empty());
    }

    #[test]
    fn a_post_copy_is_seen_on_both_hosts_until_it_is_over_or_broken() {
        let follows = |job| guest("web1", DomainState::Paused(PausedReason::Postcopy), job);
        let runs = || guest("web1", DomainState::Running(RunningReason::Postcopy), None);
        let way = "  web1: mem://a → mem://b";
        for hosts in [
            [seen("mem://a", vec![follows(Some(1 << 20))]), seen("mem://b", vec![runs()])],
            [seen("mem://b", vec![runs()]), seen("mem://a", vec![follows(Some(1 << 20))])],
        ] {
            let lines = told(&hosts);
            assert_eq!(lines.len(), 2, "{lines:?}");
            assert!(lines[0] == way && lines[1].contains("25 %"), "{lines:?}");
        }
        let silent = told(&[seen("mem://a", vec![follows(None)]), seen("mem://b", vec![runs()])]);
        assert!(silent[0] == way && silent[1].contains("tells of no job"), "{silent:?}");
        let torn = |job| guest("web1", DomainState::Paused(PausedReason::PostcopyFailed), job);
        for (job, there) in [(None, runs()), (None, torn(None)), (Some(1 << 20), runs())] {
            let broken = told(&[seen("mem://a", vec![torn(job)]), seen("mem://b", vec![there])]);
            assert_eq!(broken.len(), 2, "{broken:?}");
            assert!(broken[0] == way && broken[1].contains("post-copy broke"), "{broken:?}");
        }
        let alone = told(&[seen("mem://a", vec![torn(None)])]);
        assert_eq!(alone[0], "  web1: mem://a → destination not seen");
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
