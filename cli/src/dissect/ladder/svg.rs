//! The ladder as a picture: one SVG document that needs nothing else.

use std::collections::HashMap;
use std::fmt::Write;

use super::{Arrow, ArrowStyle, Cast, Heads, Step, date, since, wrapped};
use crate::harmless::is_unsafe;

/// All in pixels.
const GAP_MIN: usize = 340;
const MARGIN: usize = 24;
const TIME: usize = 84;
const BESIDE: usize = 430;
const HEAD: usize = 84;
const ARROW: usize = 38;
const LINE: usize = 15;
/// Of the letters beside arrows, and of those on them.
const LETTER: f64 = 6.7;
const LABEL_LETTER: f64 = 7.3;
const WHAT_LINES: usize = 4;

const STYLE: &str = "\
text{font:12px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#1b1f24;\
paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}\
.name{font-weight:bold;font-size:14px}.small{font-size:11px;fill:#59636e}.label{font-size:12px}\
.lane{stroke:#c3cad2;stroke-width:1.5}.call{stroke:#1f6feb;stroke-width:1.5}\
.event{stroke:#8250df;stroke-width:1.5;stroke-dasharray:5 3}.stream{stroke:#1a7f37;stroke-width:3.5}\
.bad{stroke:#cf222e}text.bad{fill:#cf222e;stroke:#fff}.busy{fill:#ddf4ff;stroke:#1f6feb;stroke-width:1}\
.head{fill:#1f6feb;stroke:none}.event-head{fill:#8250df}.stream-head{fill:#1a7f37}.bad-head{fill:#cf222e}";

/// Draws it.
pub(crate) fn draw(cast: &Cast) -> String {
    let mut picture = Picture::of(cast);
    for step in &cast.steps {
        match step {
            Step::Arrow(arrow) => picture.arrow(cast, arrow),
            Step::Remark { text, bad } => picture.remark(text, *bad),
        }
    }
    picture.document(cast)
}

struct Picture {
    lanes: Vec<usize>,
    gap: usize,
    client: usize,
    width: usize,
    y: usize,
    /// Drawn over the lanes, and under the arrows.
    bars: String,
    arrows: String,
    /// Calls that wait for their replies, by connection and serial: since where, and on which lane.
    waiting: HashMap<(u32, u32), (usize, usize)>,
}

impl Picture {
    fn of(cast: &Cast) -> Picture {
        let timed = cast.steps.iter().any(|step| matches!(step, Step::Arrow(Arrow { at: Some(_), .. })));
        let first = MARGIN + if timed { TIME } else { 0 } + 40;
        let gap = GAP_MIN.max((cast.letters() as f64 * LABEL_LETTER) as usize + 36);
        let lanes: Vec<_> = (0..cast.lanes.len()).map(|lane| first + lane * gap).collect();
        let last = lanes.last().copied().unwrap_or(first);
        let width = last + if cast.client == 0 { BESIDE } else { 60 + MARGIN };
        Picture {
            lanes,
            gap,
            client: cast.client,
            width,
            y: HEAD + 10,
            bars: String::new(),
            arrows: String::new(),
            waiting: HashMap::new(),
        }
    }

    fn arrow(&mut self, cast: &Cast, arrow: &Arrow) {
        let Some(lane) = cast.lane(arrow) else { return };
        let (client, daemon) = (self.lanes[self.client], self.lanes[lane]);
        let (beside, room) = match lane {
            0 => (client + 12, self.gap - 24),
            2 => (self.lanes[0] + 12, self.gap - 24),
            _ => (daemon + 12, BESIDE - 12 - MARGIN),
        };
        let letters = (room as f64 / LETTER) as usize;
        self.y += ARROW;
        let y = self.y;
        self.busy(arrow, daemon, lane);
        let (name, bad) = match arrow.style {
            ArrowStyle::Call => ("call", arrow.bad),
            ArrowStyle::Event => ("event", arrow.bad),
            ArrowStyle::Stream => ("stream", arrow.bad),
        };
        let class = if bad { format!("{name} bad") } else { name.to_owned() };
        let out = &mut self.arrows;
        let (left, right) = (client.min(daemon), client.max(daemon));
        let head = if bad { "head bad-head".to_owned() } else { format!("head {name}-head") };
        let ends = match arrow.heads {
            Heads::Client => [Some(client), None],
            Heads::Daemon => [None, Some(daemon)],
            Heads::Both => [Some(client), Some(daemon)],
        };
        // The heads' points touch the lanes, so the line ends before them.
        let short = |lane| if ends.contains(&Some(lane)) { 5 } else { 0 };
        let (from, to) = (left + short(left), right - short(right));
        let _ = writeln!(out, r#"<path class="{class}" d="M{from} {y}H{to}"/>"#);
        for end in ends.into_iter().flatten() {
            // Away from the end, into the arrow.
            let base = if end == left { end + 10 } else { end - 10 };
            let _ = writeln!(out, r#"<path class="{head}" d="M{end} {y}L{base} {}V{}Z"/>"#, y - 5, y + 5);
        }
        let time = since(cast.began, arrow.at);
        if !time.is_empty() {
            let _ = writeln!(out, r#"<text class="small" x="{MARGIN}" y="{}">{time}</text>"#, y + 4);
        }
        let text = if bad { "label bad" } else { "label" };
        let middle = usize::midpoint(left, right);
        let label = escaped(&arrow.label);
        let _ = writeln!(
            out,
            r#"<text class="{text}" x="{middle}" y="{}" text-anchor="middle">{label}</text>"#,
            y - 6
        );
        let detail = escaped(&format!("{}{}", cast.number(arrow), arrow.detail));
        let _ = writeln!(out, r#"<text class="small" x="{beside}" y="{}">{detail}</text>"#, y - 6);
        let class = if bad { "small bad" } else { "small" };
        for line in wrapped(&arrow.what, letters, WHAT_LINES) {
            let _ = writeln!(
                out,
                r#"<text class="{class}" x="{beside}" y="{}">{}</text>"#,
                self.y + 8,
                escaped(&line)
            );
            self.y += LINE;
        }
        self.y = self.y.saturating_sub(LINE).max(y);
        if self.y > y {
            self.y += 4;
        }
    }

    /// While a daemon works on a call, its lane is a bar.
    fn busy(&mut self, arrow: &Arrow, x: usize, lane: usize) {
        let key = (arrow.connection, arrow.serial);
        match (arrow.style, arrow.heads) {
            (ArrowStyle::Call, Heads::Daemon) => {
                self.waiting.insert(key, (self.y, lane));
            }
            (ArrowStyle::Call, Heads::Client) => {
                if let Some((since, lane)) = self.waiting.remove(&key) {
                    // Several at a time stand side by side.
                    let beside = self.waiting.values().filter(|(_, other)| *other == lane).count().min(4) * 9;
                    let height = self.y.saturating_sub(since);
                    let _ = writeln!(
                        self.bars,
                        r#"<rect class="busy" x="{}" y="{since}" width="8" height="{height}"/>"#,
                        x - 4 + beside
                    );
                }
            }
            _ => {}
        }
    }

    fn remark(&mut self, text: &str, bad: bool) {
        let x = self.lanes.first().copied().unwrap_or(MARGIN) + 12;
        let letters = (self.width.saturating_sub(x + MARGIN) as f64 / LETTER) as usize;
        self.y += 8;
        for line in wrapped(text, letters.max(20), 8) {
            self.y += LINE;
            let class = if bad { "small bad" } else { "small" };
            let _ = writeln!(
                self.arrows,
                r#"<text class="{class}" x="{x}" y="{}">{}</text>"#,
                self.y + 4,
                escaped(&line)
            );
        }
    }

    fn document(self, cast: &Cast) -> String {
        let height = self.y + 40;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{height}\" viewBox=\"0 0 {0} {height}\">\n\
             <style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
            self.width
        );
        if let Some(date) = date(cast.began) {
            let _ = writeln!(out, r#"<text class="small" x="{MARGIN}" y="22">{date}</text>"#);
        }
        for (lane, (x, (role, name))) in self.lanes.iter().zip(&cast.lanes).enumerate() {
            // The outer ones have more room to the middle.
            let (x_text, anchor) = match lane {
                0 => (x.saturating_sub(28), "start"),
                _ if cast.client != 0 && lane + 1 == self.lanes.len() => (x + 28, "end"),
                _ => (*x, "middle"),
            };
            for (class, y, text) in [("name", 50, role.clone()), ("small", 66, shortened(name))] {
                let text = escaped(&text);
                let _ = writeln!(
                    out,
                    r#"<text class="{class}" x="{x_text}" y="{y}" text-anchor="{anchor}">{text}</text>"#
                );
            }
            let _ = writeln!(out, r#"<path class="lane" d="M{x} {}V{}"/>"#, HEAD - 8, height - 16);
        }
        out + &self.bars + &self.arrows + "</svg>\n"
    }
}

/// The end of a name, which tells more than its beginning.
fn shortened(name: &str) -> String {
    const LETTERS: usize = 44;
    match name.chars().count().checked_sub(LETTERS) {
        Some(over @ 1..) => format!("…{}", name.chars().skip(over + 1).collect::<String>()),
        _ => name.to_owned(),
    }
}

/// What XML keeps for itself, and what it cannot have.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if is_unsafe(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
        out
    })
}
