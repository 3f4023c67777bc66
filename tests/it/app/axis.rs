//! The time axis of the dashboard: which days a bar holds.

use fareway::app::panes::axis::{Span, bucket, civil, days, place};

#[test]
fn the_days_of_a_bar_are_those_that_fall_into_it() {
    for span in [Span::Day, Span::Week, Span::Month] {
        for day in -800..30_000 {
            let at = bucket(day, span);
            let (first, last) = days(at, span);
            assert!(first <= day && day <= last, "{span:?} {day}");
            assert_eq!((bucket(first, span), bucket(last, span)), (at, at));
            assert_eq!((bucket(first - 1, span) == at, bucket(last + 1, span) == at), (false, false));
        }
    }
}

#[test]
fn bars_have_the_names_people_give_them() {
    // 2026-11-23 is a Monday
    let day = 20_780;
    assert_eq!(civil(day), (2026, 11, 23));
    assert_eq!(place(day, Span::Day), "2026-11-23");
    assert_eq!(place(bucket(day + 6, Span::Week), Span::Week), "week of 2026-11-23");
    assert_eq!(place(bucket(day, Span::Month), Span::Month), "2026-11");
    assert_eq!(days(bucket(day, Span::Month), Span::Month), (day - 22, day + 7));
}
