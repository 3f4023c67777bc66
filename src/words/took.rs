//! A span of time in words, the same everywhere.

use std::time::Duration;

/// `0.4 ms`, `183 ms`, `1.4 s`, `14 s`, `2 min 5 s`: two or three figures, whatever the size.
pub fn seconds(duration: Duration) -> String {
    let micros = duration.as_micros();
    let rounded = |unit: u128| (micros + unit / 2) / unit;
    match micros {
        0 => "0 ms".to_owned(),
        1..950 => format!("0.{} ms", rounded(100).max(1)),
        950..999_500 => format!("{} ms", rounded(1_000)),
        999_500..9_950_000 => format!("{}.{} s", rounded(100_000) / 10, rounded(100_000) % 10),
        9_950_000..119_500_000 => format!("{} s", rounded(1_000_000)),
        _ => format!("{} min {} s", rounded(1_000_000) / 60, rounded(1_000_000) % 60),
    }
}
