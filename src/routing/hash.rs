//! A hash table for short names that we made ourselves: faster than the standard one, which guards against strangers.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

pub type Table<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;
pub type Set<K> = HashSet<K, BuildHasherDefault<Quick>>;

/// FxHash as in rustc: multiply and rotate, eight bytes at a time.
#[derive(Clone, Copy, Default)]
pub struct Quick(u64);

const SEED: u64 = 0x51_7c_c1_b7_27_22_0a_95;

impl Quick {
    #[inline]
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(SEED);
    }
}

impl Hasher for Quick {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        if rest.is_empty() {
            return;
        }
        // the last eight bytes, some of them a second time, rather than a copy of the few that are left
        match bytes.last_chunk::<8>() {
            Some(last) => self.mix(u64::from_le_bytes(*last)),
            None => self.mix(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))),
        }
    }

    #[inline]
    fn write_u8(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }

    #[inline]
    fn finish(&self) -> u64 {
        // the table takes its bucket from the low bits, which a multiplication leaves poor
        self.0.rotate_left(26)
    }
}
