//! How a rung is drawn, for any width of the screen.

use super::Lane;
use super::calls::{Run, Rung};
use super::row::Row;

/// Where the three verticals stand; what is known of a call is written right of the last.
#[derive(Debug)]
pub(super) struct Shape {
    source: usize,
    destination: usize,
}

/// The orchestrator's vertical.
const ORCHESTRATOR: usize = 1;
/// Between the first two verticals: enough for `303 domain_migrate_prepare3_params`.
const FIRST_GAP_MIN: usize = 39;
/// Between the other two: enough for the word `destination`.
const SECOND_GAP_MIN: usize = 12;
/// What is written right of the last vertical.
const DETAIL_WIDTH: usize = 26;

impl Shape {
    pub(super) fn of_width(width: usize) -> Shape {
        let destination =
            width.saturating_sub(DETAIL_WIDTH + 2).max(ORCHESTRATOR + FIRST_GAP_MIN + SECOND_GAP_MIN);
        let source = (ORCHESTRATOR + (destination - ORCHESTRATOR) * 3 / 5).max(ORCHESTRATOR + FIRST_GAP_MIN);
        Shape { source, destination }
    }

    /// The names above the verticals, their roles, and what is written right of them.
    pub(super) fn head(&self, source: &str, destination: &str) -> [String; 2] {
        [("orchestrator", source, destination, ""), ("", "source", "destination", "   #  bytes →  back")].map(
            |(left, middle, right, detail)| {
                let mut row = Row::default();
                row.write(ORCHESTRATOR, left);
                // Each ends at its vertical: right of the last there is no room.
                for (vertical, text) in [(self.source, middle), (self.destination, right)] {
                    row.write((vertical + 1).saturating_sub(text.chars().count()), text);
                }
                row.write(self.destination + 3, detail);
                row.text()
            },
        )
    }

    pub(super) fn rung(&self, rung: &Rung<Lane>) -> String {
        let (Rung::There(sent) | Rung::Back(Run { first: sent, .. }) | Rung::Both(Run { first: sent, .. })) =
            rung;
        let end = match sent.note {
            Lane::Source => self.source,
            Lane::Destination => self.destination,
        };
        let mut row = Row::default();
        row.write(ORCHESTRATOR, &"─".repeat(end - ORCHESTRATOR));
        row.write(ORCHESTRATOR, "├");
        row.write(self.source, if sent.note == Lane::Destination { "┼" } else { "│" });
        row.write(self.destination, "│");
        row.write(end, "┤");
        if let Rung::There(_) | Rung::Both(_) = rung {
            row.write(end - 1, "▶");
        }
        if let Rung::Back(_) | Rung::Both(_) = rung {
            row.write(ORCHESTRATOR + 1, "◀");
        }
        let room = self.source - ORCHESTRATOR - 5;
        let label: String = format!("{} {}", sent.procedure, sent.name()).chars().take(room).collect();
        row.write(ORCHESTRATOR + 2, &format!(" {label} "));
        row.write(self.destination + 3, &detail(rung));
        row.text()
    }
}

/// Serial, bytes there and back, how often, and whether it failed.
fn detail(rung: &Rung<Lane>) -> String {
    match rung {
        Rung::There(sent) => format!("{:>4} {:>6} →", sent.serial.0, sent.bytes),
        Rung::Back(run) => format!("{:>4} {:>6} → {:>5}{}", run.last.0, "", run.back_bytes, verdict(run)),
        Rung::Both(run) => {
            let serials = match run.times {
                1 => run.last.to_string(),
                _ => format!("{}-{}", run.first.serial, run.last),
            };
            format!("{serials:>4} {:>6} → {:>5}{}", run.first.bytes, run.back_bytes, verdict(run))
        }
    }
}

fn verdict(run: &Run<Lane>) -> String {
    match run.times {
        _ if run.failed => " error".to_owned(),
        1 => String::new(),
        times => format!(" ×{times}"),
    }
}

#[cfg(test)]
mod tests {
    use virtwire::protocol::header::{Header, MessageKind, Serial};
    use virtwire::protocol::program::{ProcedureNumber, Program};

    use super::super::calls::Calls;
    use super::*;

    #[test]
    fn rungs_fit_the_screen_and_no_name_is_cut() {
        let mut calls = Calls::default();
        let mut rungs = Vec::new();
        for (lane, procedure, serial, kind, bytes) in [
            (Lane::Source, 60, 3, MessageKind::Call, 32),
            (Lane::Source, 60, 3, MessageKind::Reply, 32),
            (Lane::Destination, 303, 4, MessageKind::Call, 194_304),
            (Lane::Destination, 303, 4, MessageKind::ReplyError, 136),
            (Lane::Source, 62, 4, MessageKind::Call, 124),
        ] {
            let header = Header::new(kind, Program::REMOTE, ProcedureNumber(procedure), Serial(serial));
            rungs.extend(calls.saw(0, kind == MessageKind::Call, &header, bytes, lane));
        }
        rungs.extend(calls.settle());
        let drawn = |width| {
            let shape = Shape::of_width(width);
            let head = shape.head("alpha", "delta").into_iter();
            head.chain(rungs.iter().map(|rung| shape.rung(rung))).collect::<Vec<_>>()
        };
        assert_eq!(
            drawn(80),
            [
                " orchestrator                       alpha       delta",
                "                                   source destination     #  bytes →  back",
                " ├◀ 60 connect_supports_feature ───────▶┤           │     3     32 →    32",
                " ├◀ 303 domain_migrate_prepare3_params ─┼──────────▶┤     4 194304 →   136 error",
                " ├─ 62 domain_migrate_perform ─────────▶┤           │     4    124 →",
            ]
        );
        for width in [1, 80, 100, 120] {
            for row in drawn(width) {
                assert!(row.chars().count() <= width.max(80), "{width}: {row}");
            }
        }
    }
}
