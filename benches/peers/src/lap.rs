//! One lap: callers that call as often as they can, for a time.

use std::fmt;
use std::fs;
use std::str::FromStr;
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};

/// When a lap counts: after a fifth of its length more to warm up.
#[derive(Clone, Copy)]
pub struct Span {
    warm: Instant,
    end: Instant,
}

impl Span {
    pub fn of(seconds: f64) -> Span {
        let warm = Instant::now() + Duration::from_secs_f64(seconds * 0.2);
        Span { warm, end: warm + Duration::from_secs_f64(seconds) }
    }

    pub fn is_over(&self, now: Instant) -> bool {
        now >= self.end
    }

    /// Processor time of this process between both ends of the span. For a thread of its own.
    pub fn watch(self) -> Duration {
        std::thread::sleep(self.warm.saturating_duration_since(Instant::now()));
        let before = processor_time();
        std::thread::sleep(self.end.saturating_duration_since(Instant::now()));
        processor_time() - before
    }
}

/// What one caller saw.
#[derive(Default)]
pub struct Calls(Vec<u32>);

impl Calls {
    pub fn count(&mut self, span: &Span, before: Instant, after: Instant) {
        if before >= span.warm && after <= span.end {
            self.0.push((after - before).as_nanos() as u32);
        }
    }

    pub fn extend(&mut self, other: Calls) {
        self.0.extend(other.0);
    }

    pub fn lap(mut self, span: &Span, processor: Duration) -> Lap {
        self.0.sort_unstable();
        let (count, seconds) = (self.0.len(), (span.end - span.warm).as_secs_f64());
        let at = |index: usize| f64::from(self.0.get(index).copied().unwrap_or_default()) / 1e3;
        Lap {
            calls: count as f64 / seconds,
            cpu_us: processor.as_secs_f64() * 1e6 / count as f64,
            p50_us: at(count / 2),
            p99_us: at(count * 99 / 100),
        }
    }
}

/// What a lap comes to.
#[derive(Clone, Copy, Debug)]
pub struct Lap {
    /// Calls a second.
    pub calls: f64,
    /// Processor time of the client for each.
    pub cpu_us: f64,
    pub p50_us: f64,
    pub p99_us: f64,
}

impl fmt::Display for Lap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lap { calls, cpu_us, p50_us, p99_us } = self;
        write!(f, "{calls:.0} {cpu_us:.3} {p50_us:.1} {p99_us:.1}")
    }
}

impl FromStr for Lap {
    type Err = String;

    fn from_str(text: &str) -> Result<Lap, String> {
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [calls, cpu_us, p50_us, p99_us] => Ok(Lap { calls, cpu_us, p50_us, p99_us }),
            _ => Err(format!("not a lap: {text:?}")),
        }
    }
}

/// Of all threads of this process.
pub fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("a Linux").into()
}

pub fn resident_kib() -> f64 {
    let text = fs::read_to_string("/proc/self/statm").expect("a Linux");
    let pages: f64 =
        text.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("a number of pages");
    pages * 4.0
}
