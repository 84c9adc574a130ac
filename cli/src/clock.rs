//! Times, for people and for programs.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The moment, since 1970.
pub(crate) fn now() -> Duration {
    since_1970(SystemTime::now())
}

/// A moment, since 1970. A clock that stands before that tells nothing.
pub(crate) fn since_1970(at: SystemTime) -> Duration {
    at.duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A moment since 1970, as the number of JSON that a `time` is.
pub(crate) fn number(at: Duration) -> String {
    format!("{}.{:09}", at.as_secs(), at.subsec_nanos())
}

/// A moment since 1970, as a date and a time of day.
pub(crate) fn utc(at: Duration) -> String {
    format!("{}.{:06} UTC", day_and_second(at), at.subsec_micros())
}

/// The same to the second.
pub(crate) fn date(at: Duration) -> String {
    format!("{} UTC", day_and_second(at))
}

fn day_and_second(at: Duration) -> String {
    let (days, second) = (at.as_secs() / 86_400, at.as_secs() % 86_400);
    // Counted in eras of 400 years that begin in March, so that a leap day is a year's last.
    let since_march = days + 719_468;
    let (era, day_of_era) = (since_march / 146_097, since_march % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// How long something took, in three digits.
pub(crate) fn took(time: Duration) -> String {
    match time.as_micros() {
        micros @ ..1_000 => format!("{micros} µs"),
        micros @ 1_000..10_000 => format!("{:.2} ms", micros as f64 / 1e3),
        micros @ 10_000..100_000 => format!("{:.1} ms", micros as f64 / 1e3),
        micros @ 100_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{:.2} s", time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_the_calendars() {
        let date = |seconds: u64| utc(Duration::from_micros(seconds * 1_000_000 + 7));
        assert_eq!(date(0), "1970-01-01 00:00:00.000007 UTC");
        assert_eq!(date(951_782_399), "2000-02-28 23:59:59.000007 UTC");
        assert_eq!(date(951_782_400), "2000-02-29 00:00:00.000007 UTC");
        assert_eq!(date(1_709_251_199), "2024-02-29 23:59:59.000007 UTC");
        assert_eq!(date(4_107_542_400), "2100-03-01 00:00:00.000007 UTC");
        assert!(!utc(Duration::MAX).is_empty());
    }

    #[test]
    fn durations_have_three_digits() {
        for (micros, expected) in [
            (0, "0 µs"),
            (999, "999 µs"),
            (1_234, "1.23 ms"),
            (12_345, "12.3 ms"),
            (123_456, "123 ms"),
            (1_234_567, "1.23 s"),
        ] {
            assert_eq!(took(Duration::from_micros(micros)), expected);
        }
    }
}
