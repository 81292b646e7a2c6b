//! From a key's text to the hash that decides. Fixed for good: a sample must not change with a version, or differ between
//! machines.
//!
//! The hash is XXH64 with seed 0 (<https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>): specified to the
//! bit, there for every language, so that other programs can sample alike, and well mixed in its high bits, which the
//! share looks at. Not against whoever chooses keys in order to be kept.

use twox_hash::XxHash64;

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
