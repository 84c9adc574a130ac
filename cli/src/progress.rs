//! How far a guest's memory has come: a bar on a terminal, a line at each quarter in a pipe.

use std::time::{Duration, Instant};

use crate::screen::{Screen, Style};

/// The progress of one transfer.
#[derive(Debug)]
pub(crate) struct Progress {
    began: Instant,
    /// When the bar was drawn last.
    drawn: Option<Instant>,
    quarters_told: u64,
}

/// Cells of the bar.
const CELLS: u64 = 24;
/// How often the bar moves at most: more than eyes follow makes a transfer wait for its terminal.
const DRAWN_EVERY: Duration = Duration::from_millis(100);

impl Progress {
    /// A transfer that begins now.
    pub(crate) fn begin() -> Progress {
        Progress { began: Instant::now(), drawn: None, quarters_told: 0 }
    }

    /// Shows how far it is: on a terminal now and then, and at the end; of a transfer whose total is 0, as nobody knows it, only there.
    pub(crate) fn show(&mut self, screen: &Screen, processed: u64, total: u64) {
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(self.began);
        if screen.is_terminal() {
            if self.is_due(now, total > 0 && processed >= total) {
                screen.set_bar(&format!(
                    "   {}{}",
                    bar(processed, total),
                    describe(processed, total, elapsed)
                ));
            }
            return;
        }
        let quarters = processed.min(total).saturating_mul(4).checked_div(total).unwrap_or_default();
        if quarters > self.quarters_told {
            screen.line(Style::Plain, &format!("   {}", describe(processed, total, elapsed)));
            self.quarters_told = quarters;
        }
    }

    /// Whether the bar is to be drawn now, which it is then.
    fn is_due(&mut self, now: Instant, is_whole: bool) -> bool {
        let is_due =
            is_whole || self.drawn.is_none_or(|drawn| now.saturating_duration_since(drawn) >= DRAWN_EVERY);
        if is_due {
            self.drawn = Some(now);
        }
        is_due
    }
}

/// Nothing where the total is not known.
fn bar(processed: u64, total: u64) -> String {
    let Some(full) = processed.min(total).saturating_mul(CELLS).checked_div(total) else {
        return String::new();
    };
    (0..CELLS).map(|cell| if cell < full { '█' } else { '░' }).chain([' ']).collect()
}

/// How much has come, how fast, and what time is left at that rate; without a total that is known, since when instead.
fn describe(processed: u64, total: u64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    let rate = if seconds > 0.0 { processed as f64 / seconds } else { 0.0 };
    let rate_words = format!("{}/s", size(rate as u64));
    if total == 0 {
        return format!("{}  {rate_words}  {seconds:.1} s", size(processed));
    }
    let processed = processed.min(total);
    let percent = processed.saturating_mul(100) / total;
    let left = match total - processed {
        0 => format!("{seconds:.1} s"),
        _ if rate < 1.0 => "no end seen".to_owned(),
        left => format!("{:.0} s left", (left as f64 / rate).ceil()),
    };
    format!("{percent:>3} %  {} of {}  {rate_words}  {left}", size(processed), size(total))
}

/// Bytes as a person reads them.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_is_told_in_percent_and_in_bytes() {
        let text = |processed, total| describe(processed, total, Duration::from_millis(1_250));
        assert_eq!(text(5 << 20, 20 << 20), " 25 %  5.0 MiB of 20.0 MiB  4.0 MiB/s  4 s left");
        assert_eq!(text(20 << 20, 20 << 20), "100 %  20.0 MiB of 20.0 MiB  16.0 MiB/s  1.2 s");
        assert_eq!(text(0, 1 << 20), "  0 %  0 B of 1.0 MiB  0 B/s  no end seen");
        assert_eq!(text(5 << 20, 0), "5.0 MiB  4.0 MiB/s  1.2 s");
        assert_eq!((bar(1, 2).as_str(), bar(1, 0).as_str()), ("████████████░░░░░░░░░░░░ ", ""));
        assert_eq!(
            (size(1_023), size(2_048), size(3 << 30)),
            ("1023 B".into(), "2.0 KiB".into(), "3.0 GiB".into())
        );
    }

    /// However many packets it comes in, and the end is seen.
    #[test]
    fn a_bar_moves_ten_times_a_second_at_most() {
        let mut progress = Progress::begin();
        let began = progress.began;
        let mut due = |ms, is_whole| progress.is_due(began + Duration::from_millis(ms), is_whole);
        let drawn = (0..1_000).filter(|ms| due(*ms, false)).count();
        assert_eq!(drawn, 10);
        assert!(!due(999, false) && due(999, true));
    }
}
