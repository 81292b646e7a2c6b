//! The map's words two at a time, as a processor has them in one register.
//!
//! Most of what a read does waits for memory, and what waits keeps its place in the processor: an instruction one of some
//! hundred, a number that it makes one of some two hundred registers. The fewer a read takes of both, the more reads are
//! under way at once. The standard library's atomics are loaded one by one, into registers for numbers. Here words are
//! loaded, compared and stored in pairs, in the wide registers, of which a processor has others in store. x86-64 does that
//! in whole words at least, each like a relaxed atomic, which is all that is relied on. (Processors with AVX promise it of
//! sixteen bytes that are aligned: Intel SDM 3A, 10.1.1; AMD64 APM 2, 7.3.2.) It reads memory as far as the compiler knows,
//! so it is moved over no fence. Where a program checks the map for races (loom, miri, ThreadSanitizer) it is shown the
//! words one by one.

#[cfg_attr(all(target_arch = "x86_64", not(any(loom, miri, logagent_single_words))), path = "wide/x86_64.rs")]
#[cfg_attr(not(all(target_arch = "x86_64", not(any(loom, miri, logagent_single_words)))), path = "wide/portable.rs")]
mod machine;

pub(crate) use machine::Pair;

use crate::arena::{LINE_WORDS, Line};
use crate::sync::{AtomicU64, Ordering};
use std::num::NonZero;

const LINE: usize = LINE_WORDS as usize;
const WORD: usize = size_of::<u64>();
const PAIR: usize = 2 * WORD;

/// The line's first word whose upper half is that of `wanted`, but for the bits of `ignored`.
/// Without a branch for each: where in its line a word lies can't be foretold.
#[inline(always)]
pub(crate) fn first_of(line: &Line, wanted: u64, ignored: u32) -> Option<&AtomicU64> {
    let places = NonZero::new(machine::places_of(line, wanted, ignored))?;
    Some(&line[places.trailing_zeros() as usize])
}

/// Appends the first `bytes` bytes of the words; nothing where there are fewer.
#[inline(always)]
pub(crate) fn append(words: &[AtomicU64], bytes: usize, into: &mut Vec<u8>) {
    let Some(words) = words.get(..bytes.div_ceil(WORD)) else { return };
    into.reserve(size_of_val(words));
    let end = into.len() + bytes;
    let mut room = into.spare_capacity_mut().as_mut_ptr().cast::<u8>();
    let (lines, rest) = words.as_chunks();
    // SAFETY: there is room for all words, and all are written, so `end` is not beyond what was.
    unsafe {
        for line in lines {
            machine::copy(line, room);
            room = room.add(size_of::<Line>());
        }
        for word in rest {
            room.cast::<[u8; WORD]>().write(word.load(Ordering::Relaxed).to_le_bytes());
            room = room.add(WORD);
        }
        into.set_len(end);
    }
}

/// Words of a value of no unusual length, and what is behind them.
pub(crate) type Short = [AtomicU64; 4 * LINE];

/// Appends the first `bytes` bytes of the words, and says whether they have as many. One word is copied, or whole lines:
/// so hardly anything waits for the length.
#[inline(always)]
pub(crate) fn append_short(words: &Short, bytes: usize, into: &mut Vec<u8>) -> bool {
    if cfg!(loom) {
        // Each word more that is looked at multiplies what there is to explore.
        append(words, bytes, into);
        return bytes <= size_of::<Short>();
    }
    let end = into.len() + bytes;
    into.reserve(size_of::<Short>());
    let room = into.spare_capacity_mut().as_mut_ptr().cast::<u8>();
    let (lines, _) = words.as_chunks::<LINE>();
    // SAFETY: there is room for all words, and as many as `bytes` needs are written.
    unsafe {
        if bytes <= WORD {
            room.cast::<[u8; WORD]>().write(words[0].load(Ordering::Relaxed).to_le_bytes());
        } else if bytes <= size_of::<Line>() {
            machine::copy(&lines[0], room);
        } else if bytes <= size_of::<Short>() {
            for (n, line) in lines[..bytes.div_ceil(size_of::<Line>())].iter().enumerate() {
                machine::copy(line, room.add(n * size_of::<Line>()));
            }
        } else {
            return false;
        }
        into.set_len(end);
    }
    true
}

/// Stores bytes as words, the last filled up with zeroes.
#[inline(always)]
pub(crate) fn put(words: &[AtomicU64], bytes: &[u8]) {
    let (lines, bytes) = bytes.as_chunks();
    let (targets, words) = words.split_at(lines.len() * LINE);
    for (target, line) in targets.as_chunks().0.iter().zip(lines) {
        machine::store(target, line);
    }
    for (target, word) in words.iter().zip(bytes.chunks(WORD)) {
        target.store(word_of(word), Ordering::Relaxed);
    }
}

/// Whether the words, as many as the bytes take, are these bytes, the last filled up with zeroes.
#[inline(always)]
pub(crate) fn equal(words: &[AtomicU64], bytes: &[u8]) -> bool {
    debug_assert_eq!(words.len(), bytes.len().div_ceil(WORD), "as many words as the bytes take");
    let (pairs, rest) = bytes.as_chunks::<PAIR>();
    let same = |(words, bytes): (&[AtomicU64; 2], _)| Pair::at::<0, 2>(words).xor(Pair::of(bytes)).is_zero();
    let Some((firsts, words)) = words.split_at_checked(pairs.len() * 2) else { return false };
    if !firsts.as_chunks().0.iter().zip(pairs).all(same) {
        return false;
    }
    let (whole, rest) = rest.as_chunks::<WORD>();
    let same = |(word, bytes): (&AtomicU64, &[u8; WORD])| word.load(Ordering::Relaxed) == u64::from_le_bytes(*bytes);
    words.iter().zip(whole).all(same)
        && (rest.is_empty() || words[whole.len()].load(Ordering::Relaxed) == word_of(rest))
}

/// Up to eight bytes as a word.
#[inline]
fn word_of(bytes: &[u8]) -> u64 {
    let mut word = [0; WORD];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn line(words: [u64; LINE]) -> Line {
        words.map(AtomicU64::new)
    }

    #[test]
    fn a_word_is_found_by_its_upper_half_wherever_it_lies() {
        for place in 0..LINE {
            let mut words = [0x1111_0000_0000_0001; LINE];
            words[place] = 0x2222_0003_dead_beef;
            assert_eq!(first(&line(words), 0x2222_0000, 3), Some(place));
            assert_eq!(first(&line(words), 0x2222_0000, 2), None, "a bit that counts is another");
        }
    }

    fn first(line: &Line, wanted: u32, ignored: u32) -> Option<usize> {
        let wanted = u64::from(wanted) << u32::BITS | 0x0123_4567;
        line.element_offset(first_of(line, wanted, ignored)?)
    }

    #[test]
    fn the_first_of_several_is_found_and_nothing_where_there_is_none() {
        let words = line([5 << 32, 7 << 32, 7 << 32, 0, 7 << 32 | 9, 0, 0, 0]);
        assert_eq!(first(&words, 7, 0), Some(1));
        assert_eq!(first(&words, 9, 0), None);
    }

    #[test]
    fn pairs_hold_the_words_that_were_asked_for_and_differ_in_any_bit() {
        let words: [AtomicU64; 4] = [10, 11, 12, 13].map(AtomicU64::new);
        let same = |pair: Pair, first, second| pair.xor(Pair::new(first, second)).is_zero();
        assert!(same(Pair::acquire(&words), 10, 11));
        assert!(same(Pair::at::<2, 4>(&words), 12, 13));
        assert!(same(Pair::load(&words[3], &words[1]), 13, 11));
        assert!(same(Pair::acquire(&words).with_second(7), 10, 7));
        assert!(same(Pair::of(b"\x0a\0\0\0\0\0\0\0\x0b\0\0\0\0\0\0\0"), 10, 11));
        for bit in (0..u64::BITS).map(|bit| 1 << bit) {
            for pair in [Pair::new(bit, 0), Pair::new(0, bit)] {
                assert!(!pair.is_zero() && !pair.or(Pair::new(bit, bit)).is_zero() && pair.xor(pair).is_zero());
                assert!(pair.and(Pair::new(!bit, !bit)).is_zero() && !pair.and(Pair::new(bit, bit)).is_zero());
            }
        }
    }

    #[test]
    fn bytes_of_each_length_come_back_as_they_were_put() {
        let bytes: Vec<u8> = (1..=255).collect();
        for length in 0..bytes.len() {
            let words: Vec<AtomicU64> = (0..length.div_ceil(WORD)).map(|_| AtomicU64::new(u64::MAX)).collect();
            put(&words, &bytes[..length]);
            let mut into = vec![0];
            append(&words, length, &mut into);
            assert_eq!(into[1..], bytes[..length]);
            assert!(equal(&words, &bytes[..length]));
            let padded: usize = words.iter().map(|word| word.load(Ordering::Relaxed).to_le_bytes().len()).sum();
            append(&words, padded, &mut into);
            assert!(into[1 + 2 * length..].iter().all(|byte| *byte == 0), "filled up with zeroes");
        }
    }

    #[test]
    fn values_of_each_length_that_is_not_unusual_are_appended_and_no_others() {
        let words: Short = std::array::from_fn(|_| AtomicU64::new(0));
        let bytes: [u8; size_of::<Short>()] = std::array::from_fn(|at| (at % 251).to_le_bytes()[0]);
        put(&words, &bytes);
        for length in 0..=bytes.len() {
            let mut into = b"before".to_vec();
            assert!(append_short(&words, length, &mut into));
            assert_eq!(into, [b"before", &bytes[..length]].concat());
        }
        let mut into = Vec::new();
        assert!(!append_short(&words, bytes.len() + 1, &mut into));
        assert!(into.is_empty());
    }

    #[test]
    fn other_bytes_are_told_apart_in_each_place() {
        let bytes = [7; 29];
        let words: Vec<AtomicU64> = (0..4).map(|_| AtomicU64::new(0)).collect();
        put(&words, &bytes);
        for place in 0..bytes.len() {
            let mut other = bytes;
            other[place] = 8;
            assert!(!equal(&words, &other));
        }
    }
}
