//! MessagePack, written into a buffer (<https://github.com/msgpack/msgpack/blob/master/spec.md>). Apart from the SDK's
//! writer, since nested values are written here whose number of entries is known only at their end.

/// A list or a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    List,
    Map,
}

pub(crate) fn text(out: &mut Vec<u8>, value: &[u8]) {
    match value.len() {
        8..16 => short_text::<8, 17>(out, value),
        16..32 => short_text::<16, 33>(out, value),
        length => {
            text_head(out, length);
            put(out, value);
        }
    }
}

/// Adds a text of `N` to twice `N` bytes with its head of one byte, `ROOM` being that much, by moves of fixed length.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the text is shorter than 32 bytes")]
fn short_text<const N: usize, const ROOM: usize>(out: &mut Vec<u8>, value: &[u8]) {
    let (Some(first), Some(last)) = (value.first_chunk::<N>(), value.last_chunk::<N>()) else { return };
    let (at, end) = (out.len(), value.len() + 1);
    out.extend_from_slice(&[0; ROOM]);
    let room = &mut out[at..at + ROOM];
    room[0] = 0xa0 | value.len() as u8;
    room[1..=N].copy_from_slice(first);
    room[end - N..end].copy_from_slice(last);
    out.truncate(at + end);
}

/// Appends bytes. Most names and values are short: up to 32 are written by two moves of fixed length that may overlap,
/// without a call of memcpy, which costs a component more than the bytes themselves.
#[inline]
pub(crate) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    match bytes.len() {
        0..4 => bytes.iter().for_each(|&byte| out.push(byte)),
        4..8 => put_ends::<4, 8>(out, bytes),
        8..16 => put_ends::<8, 16>(out, bytes),
        16..=32 => put_ends::<16, 32>(out, bytes),
        _ => out.extend_from_slice(bytes),
    }
}

/// Appends `N` to `ROOM` bytes, `ROOM` being twice `N`.
#[inline]
fn put_ends<const N: usize, const ROOM: usize>(out: &mut Vec<u8>, bytes: &[u8]) {
    let (Some(first), Some(last)) = (bytes.first_chunk::<N>(), bytes.last_chunk::<N>()) else { return };
    let at = out.len();
    out.extend_from_slice(&[0; ROOM]);
    let room = &mut out[at..at + ROOM];
    room[..N].copy_from_slice(first);
    room[bytes.len() - N..bytes.len()].copy_from_slice(last);
    out.truncate(at + bytes.len());
}

#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "each arm's range is what its cast can hold; a body is below 4 GiB"
)]
pub(crate) fn text_head(out: &mut Vec<u8>, length: usize) {
    match length {
        0..32 => out.push(0xa0 | length as u8),
        32..0x100 => out.extend_from_slice(&[0xd9, length as u8]),
        0x100..0x1_0000 => tagged(out, 0xda, (length as u16).to_be_bytes()),
        _ => tagged(out, 0xdb, (length as u32).to_be_bytes()),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "each arm's range is what its cast can hold; a body is below 4 GiB"
)]
pub(crate) fn binary(out: &mut Vec<u8>, value: &[u8]) {
    match value.len() {
        length @ 0..0x100 => out.extend_from_slice(&[0xc4, length as u8]),
        length @ 0x100..0x1_0000 => tagged(out, 0xc5, (length as u16).to_be_bytes()),
        length => tagged(out, 0xc6, (length as u32).to_be_bytes()),
    }
    out.extend_from_slice(value);
}

pub(crate) fn null(out: &mut Vec<u8>) {
    out.push(0xc0);
}

pub(crate) fn bool(out: &mut Vec<u8>, value: bool) {
    out.push(0xc2 | u8::from(value));
}

#[inline]
pub(crate) fn int(out: &mut Vec<u8>, value: i64) {
    match value {
        0.. => uint(out, value.cast_unsigned()),
        -32..0 => out.extend_from_slice(&value.to_be_bytes()[7..]),
        -0x80..-32 => tail(out, 0xd0, value, 1),
        -0x8000..-0x80 => tail(out, 0xd1, value, 2),
        -0x8000_0000..-0x8000 => tail(out, 0xd2, value, 4),
        _ => tail(out, 0xd3, value, 8),
    }
}

#[inline]
pub(crate) fn uint(out: &mut Vec<u8>, value: u64) {
    let bits = value.cast_signed();
    match value {
        0..0x80 => out.extend_from_slice(&value.to_be_bytes()[7..]),
        0x80..0x100 => tail(out, 0xcc, bits, 1),
        0x100..0x1_0000 => tail(out, 0xcd, bits, 2),
        0x1_0000..0x1_0000_0000 => tail(out, 0xce, bits, 4),
        _ => tail(out, 0xcf, bits, 8),
    }
}

pub(crate) fn float(out: &mut Vec<u8>, value: f64) {
    tagged(out, 0xcb, value.to_be_bytes());
}

#[inline]
fn tagged<const N: usize>(out: &mut Vec<u8>, tag: u8, bytes: [u8; N]) {
    out.push(tag);
    out.extend_from_slice(&bytes);
}

/// The last `width` bytes of a number.
#[inline]
fn tail(out: &mut Vec<u8>, tag: u8, value: i64, width: usize) {
    out.push(tag);
    out.extend_from_slice(&value.to_be_bytes()[8 - width..]);
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
pub(crate) fn open(out: &mut Vec<u8>) -> usize {
    out.push(0);
    out.len() - 1
}

/// Closes a container. One of 16 values and more needs a longer head than was left room for: what is in it moves.
pub(crate) fn close(out: &mut Vec<u8>, at: usize, container: Container, count: u32) {
    let (head, length) = head(container, count);
    if length == 1 {
        out[at] = head[0];
    } else {
        out.splice(at..=at, head[..length].iter().copied());
    }
}

#[cfg(test)]
mod tests {
    use logagent_sdk::{Entries, Value};

    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out);
        out
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
