//! Money is exact: what goes in as decimal text comes out as the same decimal.

use fareway::words::{Usd, UsdError};
use proptest::prelude::*;

fn usd(text: &str) -> Usd {
    text.parse().expect("an amount")
}

#[test]
fn decimal_text_survives() {
    for (text, shown) in [
        ("0", "0"),
        ("0.0", "0"),
        ("1.10", "1.1"),
        ("0.0000004", "0.0000004"),
        ("2.5E-7", "0.00000025"),
        ("2.0000000000000002E-7", "0.00000020000000000000002"),
        ("-3", "-3"),
        ("-0.5", "-0.5"),
        ("1e3", "1000"),
        ("+7.", "7"),
        (".5", "0.5"),
        ("99999999999999", "99999999999999"),
    ] {
        assert_eq!(usd(text).to_string(), shown, "{text}");
    }
}

#[test]
fn what_is_no_amount_says_so() {
    for text in ["", "abc", "1.2.3", "1e", "--1", "1,5", "0x10", "NaN", "inf", ".", "1e99999999999"] {
        assert_eq!(text.parse::<Usd>(), Err(UsdError::NotANumber(text.to_owned())), "{text}");
    }
    assert_eq!("1e-25".parse::<Usd>(), Err(UsdError::TooFine("1e-25".to_owned())));
    assert_eq!("1e30".parse::<Usd>(), Err(UsdError::TooLarge("1e30".to_owned())));
}

#[test]
fn rounding_is_for_screens_and_half_away_from_zero() {
    for (text, places, shown) in [
        ("0.00425", 4, "0.0043"),
        ("0.00424", 4, "0.0042"),
        ("-0.00425", 4, "-0.0043"),
        ("1.995", 2, "2.00"),
        ("12", 2, "12.00"),
        ("0.4", 0, "0"),
        ("0.00001", 4, "0.0000"),
    ] {
        assert_eq!(usd(text).round(places), shown, "{text} to {places}");
    }
}

#[test]
fn json_numbers_and_strings_are_amounts() {
    for json in ["\"0.15\"", "0.15", "1.5e-1"] {
        assert_eq!(serde_json::from_str::<Usd>(json).expect("an amount"), usd("0.15"), "{json}");
    }
    assert_eq!(serde_json::to_string(&usd("0.15")).expect("json"), "\"0.15\"");
    assert!(serde_json::from_str::<Usd>("true").is_err());
}

proptest! {
    #[test]
    fn text_and_amount_are_the_same_thing(raw in -10i128.pow(37)..10i128.pow(37)) {
        let amount = Usd::from_raw(raw);
        prop_assert_eq!(amount.to_string().parse::<Usd>(), Ok(amount));
    }

    #[test]
    fn price_times_count_is_exact(price in 0i128..10i128.pow(22), a in 0u64..1_000_000, b in 0u64..1_000_000) {
        let price = Usd::from_raw(price);
        prop_assert_eq!(price * a + price * b, price * (a + b));
    }

    #[test]
    fn any_text_is_an_amount_or_an_error(text in "\\PC{0,40}") {
        let _ = text.parse::<Usd>();
    }
}
