//! How far a migration is, live: a bar with figures on a terminal's last line, a line at each quarter in a pipe.

use std::time::Duration;

use virtwire::migrate::{Phase, Progress};

use crate::progress::size;
use crate::screen::{Screen, Style};

/// The view of one Perform.
#[derive(Debug, Default)]
pub(super) struct Live {
    quarters_told: u64,
}

/// Cells of the bar.
const CELLS: usize = 24;

impl Live {
    /// Shows how far it is.
    pub(super) fn show(&mut self, screen: &Screen, progress: &Progress) {
        if screen.is_terminal() {
            screen.set_bar(&fitted(progress, screen.room()));
            return;
        }
        let Some(percent) = percent(progress) else { return };
        let quarters = percent / 25;
        if quarters > self.quarters_told {
            self.quarters_told = quarters;
            screen.line(Style::Plain, &format!("   {}", parts(progress).join("  ")));
        }
    }

    /// Takes the bar away.
    pub(super) fn end(self, screen: &Screen) {
        screen.set_bar("");
    }
}

/// As many figures as there is room for.
fn fitted(progress: &Progress, room: usize) -> String {
    let fraction = progress.data.fraction();
    let bar: String = match fraction {
        Some(fraction) => {
            let full = (fraction * CELLS as f64) as usize;
            (0..CELLS).map(|cell| if cell < full { '█' } else { '░' }).collect()
        }
        None => String::new(),
    };
    let mut line = format!("   {bar}");
    for part in parts(progress) {
        if line.chars().count() + 2 + part.chars().count() > room {
            break;
        }
        line.push_str(if line.ends_with(' ') { "" } else { "  " });
        line.push_str(&part);
    }
    line
}

/// The figures, the more important ones first.
pub(crate) fn parts(progress: &Progress) -> Vec<String> {
    let known = |amount: Option<String>| amount.into_iter();
    let phase = phase(progress.phase());
    known(percent(progress).map(|percent| format!("{percent:>3} %")))
        .chain([phase])
        .chain(known((progress.data.total > 0).then(|| format!("{} left", size(progress.data.remaining)))))
        .chain(known(progress.rate.map(|rate| format!("{}/s", size(rate)))))
        .chain(known(progress.time_left.map(|left| format!("{} to go", time(left)))))
        .chain(known(
            progress.dirty_rate.filter(|dirty| *dirty > 0).map(|dirty| format!("dirty {}/s", size(dirty))),
        ))
        .chain(known(progress.downtime.map(|downtime| format!("downtime {} ms", downtime.as_millis()))))
        .collect()
}

pub(crate) fn percent(progress: &Progress) -> Option<u64> {
    progress.data.fraction().map(|fraction| (fraction * 100.0) as u64)
}

/// In words.
pub(crate) fn phase(phase: Phase) -> String {
    match phase {
        Phase::Starting => "starting".to_owned(),
        Phase::Disks => "disks".to_owned(),
        Phase::Memory { iteration: Some(iteration) } => format!("memory, pass {iteration}"),
        Phase::PostCopy => "post-copy".to_owned(),
        Phase::Switchover => "handing over".to_owned(),
        // And what a later release of the library may add.
        _ => "memory".to_owned(),
    }
}

/// Seconds, or minutes.
pub(crate) fn time(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{}:{:02} min", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virtwire::protocol::enums::JobKind;
    use virtwire::protocol::params::TypedParams;

    fn busy() -> Progress {
        let numbers = [
            ("data_total", 4_u64 << 30),
            ("data_processed", 3 << 30),
            ("data_remaining", 1 << 30),
            ("memory_bps", 100 << 20),
            ("memory_dirty_rate", 256),
            ("memory_page_size", 4_096),
            ("memory_iteration", 3),
            ("downtime", 280),
            ("time_remaining", 75_000),
        ];
        let params =
            numbers.into_iter().try_fold(TypedParams::new(), |all, (name, value)| all.with(name, value));
        Progress::from_stats(JobKind::Unbounded, &params.unwrap())
    }

    #[test]
    fn a_line_has_what_there_is_room_for_and_the_more_important_first() {
        let whole = "   ██████████████████░░░░░░   75 %  memory, pass 3  1.0 GiB left  100.0 MiB/s  1:15 min to go  dirty \
                     1.0 MiB/s  downtime 280 ms";
        assert_eq!(fitted(&busy(), 130), whole);
        assert_eq!(fitted(&busy(), 60), "   ██████████████████░░░░░░   75 %  memory, pass 3");
        for room in 40..130 {
            assert!(fitted(&busy(), room).chars().count() <= room, "{room}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_shown() {
        let params = TypedParams::new();
        assert_eq!(fitted(&Progress::from_stats(JobKind::Unbounded, &params), 80), "   starting");
    }
}
