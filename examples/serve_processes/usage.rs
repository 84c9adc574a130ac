//! What a process uses, as `/proc` tells.

use std::fs;

use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::Pid;

#[derive(Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) user_ns: u64,
    pub(crate) system_ns: u64,
    pub(crate) rss_kib: u64,
}

impl Usage {
    /// Nothing of one that has gone.
    pub(crate) fn of(pid: Pid) -> Usage {
        let read = |file: &str| {
            fs::read_to_string(format!("/proc/{}/{file}", pid.as_raw_nonzero())).unwrap_or_default()
        };
        let (stat, statm) = (read("stat"), read("statm"));
        // The second field is the program's name in brackets, and has what it likes.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let number = |field: Option<&&str>| field.and_then(|field| field.parse().ok()).unwrap_or(0_u64);
        let ns = |ticks: u64| ticks.saturating_mul(1_000_000_000 / clock_ticks_per_second().max(1));
        let pages: Vec<&str> = statm.split_whitespace().collect();
        Usage {
            user_ns: ns(number(fields.get(11))),
            system_ns: ns(number(fields.get(12))),
            rss_kib: number(pages.get(1)).saturating_mul(page_size() as u64 / 1024),
        }
    }
}
