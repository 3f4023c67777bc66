//! Spans of time in words.

use fareway::words::seconds;
use std::time::Duration;

#[test]
fn a_span_is_told_in_the_unit_that_fits() {
    for (micros, told) in [
        (0, "0 ms"),
        (4, "0.1 ms"),
        (420, "0.4 ms"),
        (949, "0.9 ms"),
        (950, "1 ms"),
        (38_000, "38 ms"),
        (183_400, "183 ms"),
        (999_499, "999 ms"),
        (999_500, "1.0 s"),
        (1_449_999, "1.4 s"),
        (9_949_999, "9.9 s"),
        (9_950_000, "10 s"),
        (119_000_000, "119 s"),
        (125_000_000, "2 min 5 s"),
    ] {
        assert_eq!(seconds(Duration::from_micros(micros)), told, "{micros}");
    }
}
