//! How a rung is drawn, for any width of the screen.

use super::{Lane, Run, Sent};

/// Where the three verticals stand; what is known of a call is written right of the last.
#[derive(Debug)]
pub(super) struct Shape {
    source: usize,
    destination: usize,
}

/// Which way a rung's bytes went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    There,
    Back,
    Both,
}

/// What is known of a call: its serial, its bytes, whether it failed.
#[derive(Debug)]
pub(super) struct Detail {
    text: String,
    pub(super) failed: bool,
}

/// The orchestrator's vertical.
const ORCHESTRATOR: usize = 1;
/// Between the first two verticals: enough for the longest name of a migration's procedures.
const FIRST_GAP_MIN: usize = 32;
/// Between the other two.
const SECOND_GAP_MIN: usize = 12;
/// What is written right of the last vertical.
const DETAIL_WIDTH: usize = 32;

impl Shape {
    pub(super) fn of_width(width: usize) -> Shape {
        let destination =
            width.saturating_sub(DETAIL_WIDTH + 2).max(ORCHESTRATOR + FIRST_GAP_MIN + SECOND_GAP_MIN);
        let source = (ORCHESTRATOR + (destination - ORCHESTRATOR) * 3 / 5).max(ORCHESTRATOR + FIRST_GAP_MIN);
        Shape { source, destination }
    }

    /// The names above the verticals, and what the columns are.
    pub(super) fn head(&self, source: &str, destination: &str) -> [String; 2] {
        let row = |texts: [&str; 3], detail: &str| {
            let mut row = Row::default();
            for (at, text) in [ORCHESTRATOR, self.source, self.destination].into_iter().zip(texts) {
                row.write(at, text);
            }
            row.write(self.destination + 3, detail);
            row.text()
        };
        [
            row(["orchestrator", source, destination], ""),
            row(["", "source", "destin."], "serial   bytes →   back"),
        ]
    }

    pub(super) fn rung(&self, lane: Lane, way: Way, label: &str, detail: &Detail) -> String {
        let end = match lane {
            Lane::Source => self.source,
            Lane::Destination => self.destination,
        };
        let mut row = Row::default();
        row.write(ORCHESTRATOR, &"─".repeat(end - ORCHESTRATOR));
        for (at, sign) in [(ORCHESTRATOR, "├"), (self.source, "│"), (self.destination, "│")] {
            row.write(at, if lane == Lane::Destination && at == self.source { "┼" } else { sign });
        }
        row.write(end, "┤");
        if matches!(way, Way::There | Way::Both) {
            row.write(end - 1, "▶");
        }
        if matches!(way, Way::Back | Way::Both) {
            row.write(ORCHESTRATOR + 1, "◀");
        }
        let room = self.source - ORCHESTRATOR - 5;
        row.write(ORCHESTRATOR + 3, &format!(" {} ", shortened(label, room)));
        row.write(self.destination + 3, &detail.text);
        row.text()
    }
}

impl Detail {
    pub(super) fn there(sent: &Sent) -> Detail {
        Detail { text: format!("{:>6} {:>7} →", sent.serial, sent.bytes), failed: false }
    }

    pub(super) fn back(run: &Run) -> Detail {
        Detail {
            text: format!("{:>6} {:>7} → {:>6}{}", run.last, "", run.back_bytes, verdict(run)),
            failed: run.failed,
        }
    }

    pub(super) fn both(run: &Run) -> Detail {
        let serial = match run.times {
            1 => run.last.to_string(),
            _ => format!("{}-{}", run.first.serial, run.last),
        };
        let text = format!("{serial:>6} {:>7} → {:>6}{}", run.first.bytes, run.back_bytes, verdict(run));
        Detail { text, failed: run.failed }
    }
}

fn verdict(run: &Run) -> &'static str {
    if run.failed { " error" } else { "" }
}

fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

/// A line that is written into at columns.
#[derive(Default)]
struct Row(Vec<char>);

impl Row {
    fn write(&mut self, at: usize, text: &str) {
        for (at, character) in (at..).zip(text.chars()) {
            if self.0.len() <= at {
                self.0.resize(at + 1, ' ');
            }
            self.0[at] = character;
        }
    }

    fn text(self) -> String {
        let text: String = self.0.into_iter().collect();
        text.trim_end().to_owned()
    }
}
