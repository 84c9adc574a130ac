//! How far a guest's memory has come: a bar on a terminal, a line at each quarter in a pipe.

use std::time::{Duration, Instant};

use crate::screen::{Screen, Style};

/// The progress of one transfer.
#[derive(Debug)]
pub(crate) struct Progress {
    began: Instant,
    quarters_told: u64,
}

/// Cells of the bar.
const CELLS: u64 = 24;

impl Progress {
    /// A transfer that begins now.
    pub(crate) fn begin() -> Progress {
        Progress { began: Instant::now(), quarters_told: 0 }
    }

    /// Shows how far it is. Returns whether a line was printed, rather than the bar moved.
    pub(crate) fn show(&mut self, screen: &Screen, processed: u64, total: u64) -> bool {
        if total == 0 {
            return false;
        }
        let processed = processed.min(total);
        let text = describe(processed, total, self.began.elapsed());
        if screen.is_terminal() {
            let full = processed.saturating_mul(CELLS) / total;
            let bar: String = (0..CELLS).map(|cell| if cell < full { '█' } else { '░' }).collect();
            screen.set_bar(&format!("   {bar} {text}"));
            return false;
        }
        let quarters = processed.saturating_mul(4) / total;
        let told = quarters <= self.quarters_told;
        if !told {
            self.quarters_told = quarters;
            screen.line(Style::Plain, &format!("   {text}"));
        }
        !told
    }
}

fn describe(processed: u64, total: u64, elapsed: Duration) -> String {
    let percent = processed.saturating_mul(100) / total;
    format!("{percent:>3} %  {} of {}  {:.1} s", size(processed), size(total), elapsed.as_secs_f64())
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
        let text = describe(4 << 20, 16 << 20, Duration::from_millis(1_240));
        assert_eq!(text, " 25 %  4.0 MiB of 16.0 MiB  1.2 s");
        assert_eq!(
            (size(1_023), size(2_048), size(3 << 30)),
            ("1023 B".into(), "2.0 KiB".into(), "3.0 GiB".into())
        );
    }
}
