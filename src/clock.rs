//! The only place that reads the time. Everything else takes it as an argument.

use crate::case::Time;
use crate::words::words;

/// This moment.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the clock"
)]
pub fn now() -> Time {
    Time(jiff::Timestamp::now().as_millisecond())
}

/// `2026-11-21T23:04:05.678Z`, for records and exports.
#[must_use]
pub fn rfc3339(time: Time) -> String {
    jiff::Timestamp::from_millisecond(time.0).map_or_else(
        |_out_of_range| format!("{} ms", time.0),
        |at| format!("{at:.3}"),
    )
}

/// `2026-11-21 23:04`, in this computer's time zone, for a person.
#[must_use]
pub fn local(time: Time) -> String {
    jiff::Timestamp::from_millisecond(time.0).map_or_else(
        |_out_of_range| format!("{} ms", time.0),
        |at| {
            at.to_zoned(jiff::tz::TimeZone::system())
                .strftime("%Y-%m-%d %H:%M")
                .to_string()
        },
    )
}

/// The midnight before `time` in this computer's time zone; `time` itself where the calendar ends.
#[must_use]
pub fn start_of_day(time: Time) -> Time {
    let midnight = jiff::Timestamp::from_millisecond(time.0)
        .and_then(|at| at.to_zoned(jiff::tz::TimeZone::system()).start_of_day());
    midnight.map_or(time, |at| Time(at.timestamp().as_millisecond()))
}

/// `2026-11-22`, in this computer's time zone.
#[must_use]
pub fn day(time: Time) -> String {
    jiff::Timestamp::from_millisecond(time.0).map_or_else(
        |_out_of_range| String::new(),
        |at| at.to_zoned(jiff::tz::TimeZone::system()).date().to_string(),
    )
}

/// The midnight that a day such as `2026-11-22` begins with in this computer's time zone. `None` for any
/// other text, and for a day that there never is.
#[must_use]
pub fn of_day(text: &str) -> Option<Time> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let midnight = date.to_zoned(jiff::tz::TimeZone::system()).ok()?;
    Some(Time(midnight.timestamp().as_millisecond()))
}

/// From here on an age is more than `now`.
pub const MINUTE_MS: i64 = 60_000;

/// `now`, `5 min`, `3 h`, `12 d`: an age short enough for a list.
#[must_use]
pub fn age(millis: i64) -> String {
    let minutes = millis / MINUTE_MS;
    match minutes {
        ..1 => words!("age-now").to_owned(),
        1..60 => words!("age-minutes", count = minutes),
        60..2880 => words!("age-hours", count = minutes / 60),
        _ => words!("age-days", count = minutes / 1440),
    }
}
