//! Pings, pongs, and when silence means that the peer is dead (program 0x6b656570).

use std::time::{Duration, Instant};

use bytes::BytesMut;

use crate::frame::{Draft, Frame};
use crate::header::{Header, MessageKind, Serial};
use crate::program::{ProcedureNumber, Program};

const PING: ProcedureNumber = ProcedureNumber(1);
const PONG: ProcedureNumber = ProcedureNumber(2);

/// How long to wait before a ping, and how many to send before giving up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    /// Silence before a ping, and between pings. None at all never pings, and nobody counts as dead.
    pub interval: Duration,
    /// Pings without any packet in return before the peer counts as dead, which it does an interval after the last.
    /// 0 gives up after one interval, without a ping.
    pub count: u32,
}

impl Default for Pacing {
    /// libvirt's own: 5 s, 5 pings, so half a minute.
    fn default() -> Pacing {
        Pacing { interval: Duration::from_secs(5), count: 5 }
    }
}

/// What the passing of time asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing yet.
    Wait,
    /// Send a ping.
    Ping,
    /// The peer has been silent for too long.
    Dead { silent: Duration, pings: u32 },
}

/// The timer of one connection. Off until started; pings are answered all the same.
#[derive(Debug, Default)]
pub(super) struct Keepalive {
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    pacing: Pacing,
    heard: Instant,
    /// When the interval began that is running now.
    since: Instant,
    pings: u32,
    /// When to let the peer hear something, whatever it has said.
    speak: Option<Instant>,
}

impl Keepalive {
    /// Starts the timer. One that runs already goes on as it is, and one without an interval never runs.
    pub(super) fn start(&mut self, now: Instant, pacing: Pacing) {
        if self.running.is_none() && !pacing.interval.is_zero() {
            self.running = Some(Running { pacing, heard: now, since: now, pings: 0, speak: None });
        }
    }

    /// A packet came, any packet: the peer lives.
    pub(super) fn heard(&mut self, now: Instant) {
        if let Some(running) = &mut self.running {
            running.heard = now;
            running.since = now;
            running.pings = 0;
        }
    }

    /// Nothing is being read: the peer's silence says nothing, and its pings go unanswered. So a ping is due within an interval, as
    /// whatever a peer receives tells it that this end lives.
    pub(super) fn not_reading(&mut self, now: Instant) {
        self.heard(now);
        if let Some(running) = &mut self.running
            && running.speak.is_none()
        {
            running.speak = now.checked_add(running.pacing.interval);
        }
    }

    /// When to ask [`elapsed`](Self::elapsed) next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let running = self.running.as_ref()?;
        // An interval beyond the clock's range never ends.
        let silent = running.since.checked_add(running.pacing.interval);
        silent.into_iter().chain(running.speak).min()
    }

    /// Says what to do at this time, and begins a new interval where that is a ping.
    pub(super) fn elapsed(&mut self, now: Instant) -> Verdict {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return Verdict::Wait;
        }
        let Some(running) = &mut self.running else { return Verdict::Wait };
        if running.speak.is_some_and(|speak| speak <= now) {
            // No answer is expected to this one.
            running.speak = None;
            return Verdict::Ping;
        }
        if running.pings >= running.pacing.count {
            return Verdict::Dead {
                silent: now.saturating_duration_since(running.heard),
                pings: running.pings,
            };
        }
        running.pings += 1;
        running.since = now;
        Verdict::Ping
    }
}

/// The 28 bytes of a ping.
pub fn ping() -> BytesMut {
    packet(PING)
}

/// The 28 bytes of a pong.
pub(super) fn pong() -> BytesMut {
    packet(PONG)
}

/// Whether a packet of the keepalive program is a ping, to which a pong is owed; all else is swallowed in silence.
///
/// `None` if the packet is not the keepalive's: another program, or a type other than notice, which the program lookup
/// then answers.
pub(super) fn intercept(frame: &Frame) -> Option<bool> {
    let header = &frame.header;
    if header.program.number != Program::KEEPALIVE.number || header.type_word != NOTICE_TYPE {
        return None;
    }
    Some(header.program == Program::KEEPALIVE && header.procedure == PING)
}

const NOTICE_TYPE: i32 = 2;

fn packet(procedure: ProcedureNumber) -> BytesMut {
    Draft::empty().seal(&Header::new(MessageKind::Notice, Program::KEEPALIVE, procedure, Serial(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_answered_by_pings_and_then_by_giving_up_an_interval_after_the_last() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut keepalive = Keepalive::default();
        assert_eq!(keepalive.deadline(), None);
        keepalive.start(start, Pacing { interval: Duration::from_secs(5), count: 2 });
        assert_eq!(keepalive.elapsed(at(4)), Verdict::Wait);
        assert_eq!(keepalive.elapsed(at(5)), Verdict::Ping);
        assert_eq!(keepalive.elapsed(at(5)), Verdict::Wait);
        keepalive.heard(at(6));
        assert_eq!(keepalive.elapsed(at(11)), Verdict::Ping);
        assert_eq!(keepalive.elapsed(at(16)), Verdict::Ping);
        assert_eq!(keepalive.elapsed(at(21)), Verdict::Dead { silent: Duration::from_secs(15), pings: 2 });
    }

    #[test]
    fn an_end_that_does_not_read_is_heard_once_an_interval_and_gives_up_nobody() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut keepalive = Keepalive::default();
        keepalive.not_reading(start);
        assert_eq!(keepalive.deadline(), None, "not started");
        keepalive.start(start, Pacing { interval: Duration::from_secs(5), count: 0 });
        for second in 0..20 {
            keepalive.not_reading(at(second));
            let expected = if second % 5 == 0 && second > 0 { Verdict::Ping } else { Verdict::Wait };
            assert_eq!(keepalive.elapsed(at(second)), expected, "{second}");
            keepalive.not_reading(at(second));
        }
        // Also where something is read now and then: the peer's ping is far behind that.
        keepalive.heard(at(24));
        assert_eq!(keepalive.deadline(), Some(at(20)));
        assert_eq!(keepalive.elapsed(at(24)), Verdict::Ping);
        assert_eq!(keepalive.elapsed(at(24)), Verdict::Wait);
        assert_eq!(keepalive.elapsed(at(29)), Verdict::Dead { silent: Duration::from_secs(5), pings: 0 });
    }

    #[test]
    fn without_an_interval_nobody_is_pinged_or_given_up() {
        let start = Instant::now();
        let mut keepalive = Keepalive::default();
        keepalive.start(start, Pacing { interval: Duration::ZERO, count: 5 });
        assert_eq!(keepalive.deadline(), None);
        assert_eq!(keepalive.elapsed(start + Duration::from_secs(100)), Verdict::Wait);
        // Nor while nothing is read.
        keepalive.not_reading(start);
        assert_eq!(keepalive.deadline(), None);
    }

    #[test]
    fn a_count_of_0_gives_up_without_a_ping() {
        let start = Instant::now();
        let mut keepalive = Keepalive::default();
        keepalive.start(start, Pacing { interval: Duration::from_secs(1), count: 0 });
        let second = Duration::from_secs(1);
        assert_eq!(keepalive.elapsed(start + second), Verdict::Dead { silent: second, pings: 0 });
    }
}
