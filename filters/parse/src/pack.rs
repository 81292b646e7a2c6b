//! MessagePack, written into a buffer (<https://github.com/msgpack/msgpack/blob/master/spec.md>). Apart from the SDK's
//! writer, since nested values are written here whose number of entries is known only at their end.

use crate::out::Out;

/// A list or a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    List,
    Map,
}

#[inline]
pub(crate) fn text(out: &mut Out, value: &[u8]) {
    text_head(out, value.len());
    out.put(value);
}

/// The head of a text of less than 32 bytes.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the text is shorter than 32 bytes")]
pub(crate) fn short_text_head(length: usize) -> u8 {
    0xa0 | length as u8
}

#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "each arm's range is what its cast can hold; a body is below 4 GiB"
)]
pub(crate) fn text_head(out: &mut Out, length: usize) {
    match length {
        0..32 => out.push(0xa0 | length as u8),
        32..0x100 => out.write([0xd9, length as u8], 2),
        0x100..0x1_0000 => tagged(out, 0xda, (length as u16).to_be_bytes()),
        _ => tagged(out, 0xdb, (length as u32).to_be_bytes()),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "each arm's range is what its cast can hold; a body is below 4 GiB"
)]
pub(crate) fn binary(out: &mut Out, value: &[u8]) {
    match value.len() {
        length @ 0..0x100 => out.write([0xc4, length as u8], 2),
        length @ 0x100..0x1_0000 => tagged(out, 0xc5, (length as u16).to_be_bytes()),
        length => tagged(out, 0xc6, (length as u32).to_be_bytes()),
    }
    out.put(value);
}

pub(crate) fn null(out: &mut Out) {
    out.push(0xc0);
}

pub(crate) fn bool(out: &mut Out, value: bool) {
    out.push(0xc2 | u8::from(value));
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "each arm's range is what its cast can hold")]
pub(crate) fn int(out: &mut Out, value: i64) {
    match value {
        0.. => uint(out, value.cast_unsigned()),
        -32..0 => out.push((value as i8).cast_unsigned()),
        -0x80..-32 => tagged(out, 0xd0, (value as i8).to_be_bytes()),
        -0x8000..-0x80 => tagged(out, 0xd1, (value as i16).to_be_bytes()),
        -0x8000_0000..-0x8000 => tagged(out, 0xd2, (value as i32).to_be_bytes()),
        _ => tagged(out, 0xd3, value.to_be_bytes()),
    }
}

#[inline]
pub(crate) fn uint(out: &mut Out, value: u64) {
    out.fill(|room| uint_into(room, value));
}

/// The bytes of a number at most.
pub(crate) const NUMBER: usize = 9;

/// Writes a number, and answers its length; without branches, since what is in the next number is not to be guessed.
#[inline]
pub(crate) fn uint_into(room: &mut [u8; NUMBER], value: u64) -> usize {
    let form = FORMS[(u64::BITS - value.leading_zeros()) as usize];
    let bytes = (value << (u64::BITS - 8 * u32::from(form.bytes))).to_be_bytes();
    room[0] = form.tag;
    room[usize::from(form.tags & 1)..][..8].copy_from_slice(&bytes);
    usize::from(form.tags + form.bytes)
}

/// How a whole number is written, by its count of bits.
#[derive(Clone, Copy)]
struct Form {
    tag: u8,
    /// 0 where the number is its own tag.
    tags: u8,
    bytes: u8,
}

const FORMS: [Form; 65] = {
    let mut forms = [Form { tag: 0xcf, tags: 1, bytes: 8 }; 65];
    let mut bits = 0;
    while bits <= 32 {
        forms[bits] = match bits {
            0..8 => Form { tag: 0, tags: 0, bytes: 1 },
            8 => Form { tag: 0xcc, tags: 1, bytes: 1 },
            9..=16 => Form { tag: 0xcd, tags: 1, bytes: 2 },
            _ => Form { tag: 0xce, tags: 1, bytes: 4 },
        };
        bits += 1;
    }
    forms
};

pub(crate) fn float(out: &mut Out, value: f64) {
    tagged(out, 0xcb, value.to_be_bytes());
}

#[inline]
fn tagged<const N: usize>(out: &mut Out, tag: u8, bytes: [u8; N]) {
    let mut all = [tag; 9];
    all[1..=N].copy_from_slice(&bytes);
    out.write(all, N + 1);
}

/// The head of a container of `count` values, or pairs; its length.
#[expect(clippy::cast_possible_truncation, reason = "each arm's range is what its cast can hold")]
pub(crate) fn head(container: Container, count: u32) -> ([u8; 5], usize) {
    let (short, middle, long) = match container {
        Container::List => (0x90, 0xdc, 0xdd),
        Container::Map => (0x80, 0xde, 0xdf),
    };
    let [a, b, c, d] = count.to_be_bytes();
    match count {
        0..16 => ([short | count as u8, 0, 0, 0, 0], 1),
        16..0x1_0000 => ([middle, c, d, 0, 0], 3),
        _ => ([long, a, b, c, d], 5),
    }
}

/// Opens a container whose size is not known yet. Answers its place, for [`close`].
pub(crate) fn open(out: &mut Out) -> usize {
    out.push(0);
    out.len() - 1
}

/// Closes a container. One of 16 values and more needs a longer head than was left room for: what is in it moves.
pub(crate) fn close(out: &mut Out, at: usize, container: Container, count: u32) {
    let (head, length) = head(container, count);
    out.written_mut()[at] = head[0];
    if length > 1 {
        out.insert(at + 1, &head[1..length]);
    }
}

#[cfg(test)]
mod tests {
    use logagent_sdk::{Entries, Value};

    use super::*;

    fn written(write: impl FnOnce(&mut Out)) -> Vec<u8> {
        let mut out = Out::default();
        write(&mut out);
        out.written().into()
    }

    #[test]
    fn numbers_of_every_size_read_back() {
        for shift in 0..63 {
            for near in [-1, 0, 1] {
                let number = (1_i64 << shift) + near;
                for number in [number, -number] {
                    assert_eq!(Value::of(&written(|out| int(out, number))), Some(Value::Int(number)));
                }
            }
        }
        for number in [i64::MIN, i64::MAX] {
            assert_eq!(Value::of(&written(|out| int(out, number))), Some(Value::Int(number)));
        }
        assert_eq!(Value::of(&written(|out| uint(out, u64::MAX))), Some(Value::Large(u64::MAX)));
    }

    #[test]
    fn texts_and_binaries_of_every_size_read_back() {
        for length in (0..70).chain([255, 256, 65_535, 65_536]) {
            let bytes: Vec<u8> = (b'a'..=b'z').cycle().take(length).collect();
            let expected = std::str::from_utf8(&bytes).unwrap();
            assert_eq!(Value::of(&written(|out| text(out, &bytes))), Some(Value::Text(expected)));
            assert_eq!(Value::of(&written(|out| binary(out, &bytes))), Some(Value::Bytes(&bytes)));
        }
    }

    #[test]
    fn a_container_gets_the_head_that_its_size_needs() {
        for count in [0, 15, 16, 65_535, 65_536_u32] {
            let out = written(|out| {
                let at = open(out);
                for number in 0..count {
                    int(out, number.into());
                    null(out);
                }
                close(out, at, Container::Map, count);
            });
            assert_eq!(Entries::of(&out).count(), count as usize);
        }
    }
}
