//! The clock on the wall, read in this file only.

use crate::words::At;
use jiff::{Timestamp, Unit, civil, tz::TimeZone};

pub(super) fn now() -> At {
    At(Timestamp::now().as_microsecond())
}

/// The civil day at that moment in that zone (`None`: the system's), in days since 1970-01-01.
pub(super) fn day(at: At, zone: Option<&TimeZone>) -> i32 {
    let zone = zone.cloned().unwrap_or_else(TimeZone::system);
    let date = zone.to_datetime(Timestamp::from_microsecond(at.0).unwrap_or_default()).date();
    date.since((Unit::Day, civil::date(1970, 1, 1))).map_or(0, |span| span.get_days())
}
