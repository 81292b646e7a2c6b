//! The key of a record, and the hash that decides by it. Fixed for good: a sample must not change with a version, or
//! differ between machines.
//!
//! The hash is XXH64 with seed 0 (<https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>): specified to the
//! bit, there for every language, so that other programs can sample alike, and well mixed in its high bits, which the
//! share looks at. Not against whoever chooses keys in order to be kept.

use logagent_conditions::KeyField;
use logagent_sdk::Batch;
use logagent_sdk::metrics::Counter;
use twox_hash::XxHash64;

use crate::Missing;

/// Where the key is, and what becomes of records that have none.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) field: KeyField,
    pub(crate) missing: Missing,
    /// How many records had none.
    pub(crate) count: Counter,
}

impl Key {
    /// Goes through the records by their indices, with the key of each, or what becomes of it without one.
    pub(crate) fn for_each(&mut self, batch: &Batch<'_>, mut each: impl FnMut(usize, Result<&[u8], Missing>)) {
        let Self { field, missing, count } = self;
        let mut without = 0;
        field.for_each(batch, |record, key| {
            without += u64::from(key.is_none());
            each(record.index(), key.ok_or(*missing));
        });
        count.add(without);
    }
}

pub(crate) fn hash(key: &[u8]) -> u64 {
    XxHash64::oneshot(0, key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From xxHash's own documents; a change here changes every user's sample.
    #[test]
    fn the_hash_is_xxh64() {
        let cases = [
            ("", 0xef46_db37_51d8_e999),
            ("a", 0xd24e_c4f1_a98c_6e5b),
            ("abc", 0x44bc_2cf5_ad77_0999),
            ("xxhash", 0x32dd_3895_2c4b_c720),
        ];
        for (text, expected) in cases {
            assert_eq!(hash(text.as_bytes()), expected, "{text}");
        }
    }
}
