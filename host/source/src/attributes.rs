//! The attributes that a stream's records share, as the MessagePack map that descriptors point to. Knows none of
//! their names.

use rmp::encode::{write_map_len, write_str};

/// A MessagePack map of strings.
pub(crate) fn map(entries: &[(&str, &str)]) -> Box<[u8]> {
    const WRITES: &str = "a Vec takes every byte";
    let mut bytes = Vec::new();
    write_map_len(&mut bytes, u32::try_from(entries.len()).expect("a handful of entries")).expect(WRITES);
    for (key, value) in entries {
        write_str(&mut bytes, key).expect(WRITES);
        write_str(&mut bytes, value).expect(WRITES);
    }
    bytes.into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_written_in_order() {
        assert_eq!(&*map(&[("a", "xy"), ("b", "")]), b"\x82\xa1a\xa2xy\xa1b\xa0");
    }
}
