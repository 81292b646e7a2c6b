//! Byte strings one after the other in one piece of memory, each behind its length (LEB128, as in DWARF 5, section 7.6):
//! a table of a million rows is one allocation.

/// Adds a string.
pub(crate) fn push(arena: &mut Vec<u8>, bytes: &[u8]) {
    let mut rest = bytes.len();
    while rest > 0x7f {
        arena.push(low(rest) | 0x80);
        rest >>= 7;
    }
    arena.push(low(rest));
    arena.extend_from_slice(bytes);
}

fn low(number: usize) -> u8 {
    u8::try_from(number & 0x7f).unwrap_or_default()
}

/// The first string, and what is behind it.
///
/// # Panics
/// Where none was pushed there.
pub(crate) fn split(arena: &[u8]) -> (&[u8], &[u8]) {
    let (mut length, mut shift, mut at) = (0, 0, 0);
    loop {
        let byte = arena[at];
        length |= usize::from(byte & 0x7f) << shift;
        (shift, at) = (shift + 7, at + 1);
        if byte <= 0x7f {
            return arena[at..].split_at(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_every_length_come_out_as_they_went_in() {
        let strings: Vec<Vec<u8>> = [0, 1, 127, 128, 300, 16_383, 16_384, 100_000].map(|length| vec![7; length]).into();
        let mut arena = Vec::new();
        strings.iter().for_each(|string| push(&mut arena, string));
        let mut rest = &*arena;
        for string in &strings {
            let (first, behind) = split(rest);
            assert_eq!(first, string);
            rest = behind;
        }
        assert!(rest.is_empty());
    }
}
