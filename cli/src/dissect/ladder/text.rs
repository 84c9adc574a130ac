//! The ladder in text, of a width that a bug report takes.

use super::{Arrow, ArrowStyle, Cast, Heads, Step, date, since, wrapped};
use crate::ladder::row::Row;

/// Between two lanes, at least: enough for the longest name of a procedure that migrates.
const GAP_MIN: usize = 46;
/// Of an arrow, what is no name.
const ARROW: usize = 8;
/// Before the first lane, where there are times.
const TIME: usize = 12;
/// Right of the last of two lanes.
const BESIDE: usize = 58;
/// Lines that what was said may take.
const WHAT_LINES: usize = 4;

/// A line of the diagram, and whether it is about a failure.
pub(crate) type Line = (String, bool);

/// Draws it.
pub(crate) fn draw(cast: &Cast) -> Vec<Line> {
    let shape = Shape::of(cast);
    let mut lines = Vec::new();
    if let Some(date) = date(cast.began) {
        lines.push((date, false));
    }
    for names in [
        cast.lanes.iter().map(|(role, _)| role).collect::<Vec<_>>(),
        cast.lanes.iter().map(|(_, name)| name).collect(),
    ] {
        let mut row = Row::default();
        for (lane, name) in names.into_iter().enumerate() {
            row.write(shape.beginning(lane, name.chars().count()), name);
        }
        lines.push((row.text(), false));
    }
    lines.retain(|(line, _)| !line.is_empty());
    for step in &cast.steps {
        match step {
            Step::Arrow(arrow) => shape.arrow(cast, arrow, &mut lines),
            Step::Remark { text, bad } => {
                for line in wrapped(text, shape.width().saturating_sub(4), 8) {
                    lines.push((format!("{}--- {line}", " ".repeat(shape.lanes[0])), *bad));
                }
            }
        }
    }
    lines
}

/// Where everything stands.
struct Shape {
    lanes: Vec<usize>,
    gap: usize,
    client: usize,
}

impl Shape {
    fn of(cast: &Cast) -> Shape {
        let timed = cast.steps.iter().any(|step| matches!(step, Step::Arrow(Arrow { at: Some(_), .. })));
        let first = if timed { TIME } else { 1 };
        let gap = GAP_MIN.max(cast.letters() + ARROW);
        let lanes = (0..cast.lanes.len()).map(|lane| first + lane * gap).collect();
        Shape { lanes, gap, client: cast.client }
    }

    fn width(&self) -> usize {
        let last = self.lanes.last().copied().unwrap_or_default();
        if self.client == 0 { last + BESIDE } else { last }
    }

    /// Where a name of a lane begins, so that it stands above it.
    fn beginning(&self, lane: usize, length: usize) -> usize {
        let at = self.lanes[lane];
        match lane {
            0 => at,
            _ if lane + 1 == self.lanes.len() => (at + 1).saturating_sub(length),
            _ => at.saturating_sub(length / 2),
        }
    }

    fn arrow(&self, cast: &Cast, arrow: &Arrow, lines: &mut Vec<Line>) {
        let Some(lane) = cast.lane(arrow) else { return };
        let (client, daemon) = (self.lanes[self.client], self.lanes[lane]);
        let (left, right) = (client.min(daemon), client.max(daemon));
        // What is said stands in the other half, or beside the last lane.
        let (beside, room) = match lane {
            0 => (right + 2, self.gap - 3),
            2 => (self.lanes[0] + 2, self.gap - 3),
            _ => (right + 2, BESIDE - 2),
        };
        let head = format!("{}{}", cast.number(arrow), arrow.detail);
        let mut what = wrapped(&arrow.what, room.saturating_sub(2), WHAT_LINES);
        // Little is said on the line itself.
        let first = match what.first() {
            Some(only) if what.len() == 1 && head.chars().count() + 2 + only.chars().count() <= room => {
                let line = format!("{head}  {only}");
                what.clear();
                line
            }
            _ => head,
        };

        let mut row = self.verticals();
        row.write(0, &since(cast.began, arrow.at));
        let dash = match arrow.style {
            ArrowStyle::Call => "─",
            ArrowStyle::Event => "┄",
            ArrowStyle::Stream => "═",
        };
        row.write(left + 1, &dash.repeat(right - left - 1));
        let (to_client, to_daemon) = match arrow.heads {
            Heads::Client => (true, false),
            Heads::Daemon => (false, true),
            Heads::Both => (true, true),
        };
        let client_is_left = client < daemon;
        if if client_is_left { to_client } else { to_daemon } {
            row.write(left + 1, "◀");
        }
        if if client_is_left { to_daemon } else { to_client } {
            row.write(right - 1, "▶");
        }
        row.write(left + 3, &format!(" {} ", arrow.label));
        row.write(beside, &first);
        lines.push((row.text(), arrow.bad));
        for line in what {
            let mut row = self.verticals();
            row.write(beside + 2, &line);
            lines.push((row.text(), arrow.bad));
        }
    }

    fn verticals(&self) -> Row {
        let mut row = Row::default();
        for at in &self.lanes {
            row.write(*at, "│");
        }
        row
    }
}
