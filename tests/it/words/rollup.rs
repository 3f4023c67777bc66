//! Sketches merge in any order and answer quantiles closely enough.

use fareway::words::Sketch;
use proptest::prelude::*;

fn sketch(values: &[u64]) -> Sketch {
    let mut sketch = Sketch::default();
    for value in values {
        sketch.add(*value);
    }
    sketch
}

#[test]
fn an_empty_sketch_has_no_quantile() {
    assert_eq!(Sketch::default().quantile(0.5), None);
    assert_eq!(sketch(&[u64::MAX]).count(), 1);
}

proptest! {
    #[test]
    fn a_quantile_is_close_to_the_true_one(mut values in prop::collection::vec(0u64..10_000_000_000, 1..200), q in 0.0f64..=1.0) {
        let answer = sketch(&values).quantile(q).expect("not empty");
        values.sort_unstable();
        let rank = ((q * values.len() as f64).ceil() as usize).max(1) - 1;
        let truth = values[rank];
        let error = answer.abs_diff(truth) as f64;
        prop_assert!(error <= truth as f64 * 0.045 + 1.0, "{answer} for {truth}");
    }

    #[test]
    fn merging_is_adding_all(a in prop::collection::vec(any::<u64>(), 0..50), b in prop::collection::vec(any::<u64>(), 0..50)) {
        let mut merged = sketch(&a);
        merged.merge(&sketch(&b));
        let mut other = sketch(&b);
        other.merge(&sketch(&a));
        prop_assert_eq!(&merged, &other);
        prop_assert_eq!(merged, sketch(&[a, b].concat()));
    }
}
