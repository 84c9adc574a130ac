//! What a server counts: its clients, and each procedure's calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use virtwire_protocol::program::{ProcedureInfo, Program};

use super::ended::Ended;

/// The programs whose calls come to handlers.
const PROGRAMS: [Program; 4] = [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN];

/// The upper bounds of [`CallFigures::within`], but for its last place, which has none.
pub const LATENCY_BOUNDS: [Duration; 6] = [
    Duration::from_micros(100),
    Duration::from_millis(1),
    Duration::from_millis(10),
    Duration::from_millis(100),
    Duration::from_secs(1),
    Duration::from_secs(10),
];

/// A server's counters. Clones count together, and so do the clones of a server.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    accepted: AtomicU64,
    open: AtomicU64,
    slow: AtomicU64,
    faulty: AtomicU64,
    refused: AtomicU64,
    unknown: AtomicU64,
    logins_failed: AtomicU64,
    /// One for each row of the programs' tables.
    calls: [Box<[Calls]>; PROGRAMS.len()],
}

#[derive(Debug, Default)]
struct Calls {
    at_work: AtomicU64,
    errors: AtomicU64,
    nanoseconds: AtomicU64,
    within: [AtomicU64; LATENCY_BOUNDS.len() + 1],
}

/// What a server has counted since it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsSnapshot {
    /// Connections that have been accepted.
    pub connections_accepted: u64,
    /// Those that are open.
    pub connections_open: u64,
    /// Those that ended because the client did not read its events, or held much memory and did not go on.
    pub connections_slow: u64,
    /// Those that ended because the client broke the protocol, or the socket failed.
    pub connections_faulty: u64,
    /// Those that were not let in: by TLS, for their certificate or their name, by a list of processes, or because too many of their user were
    /// not known yet.
    pub connections_refused: u64,
    /// Those that ended before their clients had proved who they are: they gave up, took too long or failed too often. Those that are refused
    /// are not among them, nor those that end with the server.
    pub connections_unknown: u64,
    /// Attempts of clients to prove who they are that were in vain, by SASL or polkit. A connection may have some.
    pub logins_failed: u64,
    /// The procedures that have been called, by program and number.
    pub calls: Vec<CallFigures>,
}

/// The calls of one procedure that have reached the server's dispatch; what the session answers by itself is not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallFigures {
    /// The program.
    pub program: Program,
    /// The procedure.
    pub info: &'static ProcedureInfo,
    /// Those that a handler is working on.
    pub at_work: u64,
    /// Those that have been answered.
    pub answered: u64,
    /// Those among them that were answered with an error, also with a refusal.
    pub errors: u64,
    /// From start to answer, of all that were answered.
    pub total: Duration,
    /// How many were answered within each of [`LATENCY_BOUNDS`] and not within the one before; the last place has the others.
    pub within: [u64; LATENCY_BOUNDS.len() + 1],
}

impl Default for Metrics {
    fn default() -> Metrics {
        let rows = |program: Program| program.procedures().iter().map(|_| Calls::default()).collect();
        Metrics(Arc::new(Counters {
            accepted: AtomicU64::new(0),
            open: AtomicU64::new(0),
            slow: AtomicU64::new(0),
            faulty: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
            logins_failed: AtomicU64::new(0),
            calls: PROGRAMS.map(rows),
        }))
    }
}

impl Metrics {
    /// What has been counted. Figures that are told together need not be of one moment.
    pub fn snapshot(&self) -> MetricsSnapshot {
        let counters = &*self.0;
        let mut snapshot = MetricsSnapshot {
            connections_accepted: read(&counters.accepted),
            connections_open: read(&counters.open),
            connections_slow: read(&counters.slow),
            connections_faulty: read(&counters.faulty),
            connections_refused: read(&counters.refused),
            connections_unknown: read(&counters.unknown),
            logins_failed: read(&counters.logins_failed),
            calls: Vec::new(),
        };
        for (program, rows) in PROGRAMS.iter().zip(&counters.calls) {
            for (info, calls) in program.procedures().iter().zip(rows) {
                let within = calls.within.each_ref().map(read);
                let (at_work, answered) = (read(&calls.at_work), within.iter().sum());
                if at_work == 0 && answered == 0 {
                    continue;
                }
                snapshot.calls.push(CallFigures {
                    program: *program,
                    info,
                    at_work,
                    answered,
                    errors: read(&calls.errors),
                    total: Duration::from_nanos(read(&calls.nanoseconds)),
                    within,
                });
            }
        }
        snapshot
    }

    /// A client has come; it has gone when what is returned goes.
    pub(super) fn connected(&self) -> Open {
        self.0.accepted.fetch_add(1, Ordering::Relaxed);
        self.0.open.fetch_add(1, Ordering::Relaxed);
        Open(self.clone())
    }

    /// A client that has come is not let in.
    pub(super) fn refused(&self) {
        self.0.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// A client has ended so that nobody knows, or has been too slow in a handshake.
    pub(super) fn unknown(&self) {
        self.0.unknown.fetch_add(1, Ordering::Relaxed);
    }

    /// A client has not proved who it is, this time.
    pub(super) fn login_failed(&self) {
        self.0.logins_failed.fetch_add(1, Ordering::Relaxed);
    }

    /// A call has begun; it has ended when what is returned goes.
    pub(super) fn started(&self, program: Program, info: &ProcedureInfo) -> AtWork {
        let place = self.place(program, info);
        if let Some(calls) = place.and_then(|place| self.at(place)) {
            calls.at_work.fetch_add(1, Ordering::Relaxed);
        }
        AtWork { metrics: self.clone(), place, start: Instant::now(), is_error: true }
    }

    fn answered(&self, place: (usize, usize), took: Duration, is_error: bool) {
        let Some(calls) = self.at(place) else { return };
        calls.at_work.fetch_sub(1, Ordering::Relaxed);
        calls.errors.fetch_add(is_error.into(), Ordering::Relaxed);
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        calls.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
        let place = LATENCY_BOUNDS.partition_point(|bound| *bound < took);
        if let Some(within) = calls.within.get(place) {
            within.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Where a procedure's counters are.
    fn place(&self, program: Program, info: &ProcedureInfo) -> Option<(usize, usize)> {
        let at = PROGRAMS.iter().position(|known| *known == program)?;
        Some((at, program.procedures().binary_search_by_key(&info.number, |info| info.number).ok()?))
    }

    fn at(&self, (program, row): (usize, usize)) -> Option<&Calls> {
        self.0.calls.get(program)?.get(row)
    }
}

/// A connection that is open.
pub(super) struct Open(Metrics);

impl Open {
    /// It ended so.
    pub(super) fn ended(self, ended: &Ended) {
        let Metrics(counters) = &self.0;
        match ended {
            Ended::Slow | Ended::Hoarding => counters.slow.fetch_add(1, Ordering::Relaxed),
            Ended::Codec(_) | Ended::Protocol(_) => counters.faulty.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Metrics(counters) = &self.0;
        counters.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A call that has begun and not ended. One whose handler panics, and one that is refused, ends with an error.
pub(super) struct AtWork {
    metrics: Metrics,
    place: Option<(usize, usize)>,
    start: Instant,
    is_error: bool,
}

impl AtWork {
    /// It has been answered.
    pub(super) fn ended(mut self, is_error: bool) {
        self.is_error = is_error;
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.metrics.answered(place, self.start.elapsed(), self.is_error);
        }
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use virtwire_protocol::program::ProcedureNumber;

    use super::*;

    #[test]
    fn calls_are_counted_by_procedure_and_time() {
        let metrics = Metrics::default();
        assert_eq!(metrics.snapshot(), MetricsSnapshot::default());
        let info = Program::QEMU.procedure(ProcedureNumber(1)).unwrap();
        for (took, is_error) in [(100, false), (101, false), (1_000_000, true), (60_000_000, false)] {
            let place = metrics.place(Program::QEMU, info).unwrap();
            let mut at_work = metrics.started(Program::QEMU, info);
            metrics.answered(place, Duration::from_micros(took), is_error);
            // It is counted already.
            at_work.place = None;
        }
        let _at_work = metrics.started(Program::QEMU, info);
        let snapshot = metrics.clone().snapshot();
        let [calls] = &snapshot.calls[..] else { panic!("{snapshot:?}") };
        assert_eq!((calls.program, calls.info), (Program::QEMU, info));
        assert_eq!((calls.at_work, calls.answered, calls.errors), (1, 4, 1));
        assert_eq!(calls.within, [1, 1, 0, 0, 1, 0, 1]);
        assert_eq!(calls.total, Duration::from_micros(61_000_201));
    }

    #[test]
    fn connections_are_counted_by_their_ends() {
        let metrics = Metrics::default();
        for ended in [Ended::Closed, Ended::Gone, Ended::Slow] {
            metrics.connected().ended(&ended);
        }
        // One whose task panicked.
        drop(metrics.connected());
        let _open = metrics.connected();
        let found = metrics.snapshot();
        assert_eq!((found.connections_accepted, found.connections_open), (5, 1));
        assert_eq!((found.connections_slow, found.connections_faulty), (1, 0));
    }
}
