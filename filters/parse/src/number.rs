//! Numbers by RFC 8259's grammar, typed so that no digit of a whole number is lost.

/// A number, in the first of these that holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Uint(u64),
    Float(f64),
}

/// Up to so many digits fit in an i64 whatever they are.
const SAFE_DIGITS: usize = 18;

/// `None` where `text` is no number, and where a float would not hold it: it is infinite there, or a whole number has
/// more digits than the float shows.
#[inline]
pub(crate) fn number(text: &[u8]) -> Option<Number> {
    // What most numbers are, and no zero before it.
    if let [b'1'..=b'9', ..] | [b'0'] = text
        && let Some(number) = digits(text)
    {
        return Some(Number::Int(number));
    }
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if whole == 0 || (whole > 1 && digits[0] == b'0') {
        return None;
    }
    if whole < digits.len() {
        return is_float(&digits[whole..]).then(|| float(text)).flatten().map(Number::Float);
    }
    let is_negative = digits.len() < text.len();
    if whole > SAFE_DIGITS {
        return long(text);
    }
    let magnitude = digits.iter().fold(0, |number: i64, &byte| number * 10 + i64::from(byte - b'0'));
    match (is_negative, magnitude) {
        // Only a float has such a zero.
        (true, 0) => Some(Number::Float(-0.0)),
        (true, _) => Some(Number::Int(-magnitude)),
        (false, _) => Some(Number::Int(magnitude)),
    }
}

/// The number that one to eighteen digits are.
#[inline]
pub(crate) fn digits(text: &[u8]) -> Option<i64> {
    match text.len() {
        1..=8 => eight_digits(right_aligned(text)).map(i64::from),
        9..=SAFE_DIGITS => {
            let (high, low) = text.split_last_chunk::<8>()?;
            Some(digits(high)? * 100_000_000 + i64::from(eight_digits(u64::from_le_bytes(*low))?))
        }
        _ => None,
    }
}

/// The number that the last `length` bytes are, one to eight digits. What is before them is read, too, and must be there.
#[inline]
pub(crate) fn digits_before(text: &[u8], length: usize) -> Option<u32> {
    let word = u64::from_le_bytes(*text.last_chunk()?);
    let zeros = 8_usize.checked_sub(length).filter(|&zeros| zeros < 8)? * 8;
    eight_digits(word >> zeros << zeros | ZEROS & ((1 << zeros) - 1))
}

const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);

/// One to eight characters behind zeros, the first the lowest byte.
#[inline]
fn right_aligned(text: &[u8]) -> u64 {
    let behind = |zeros: u32, word: u64| word << (8 * zeros) | ZEROS >> (64 - 8 * zeros);
    match *text {
        [a] => behind(7, a.into()),
        [a, b] => behind(6, u16::from_le_bytes([a, b]).into()),
        [a, b, c] => behind(5, u32::from_le_bytes([a, b, c, 0]).into()),
        [a, b, c, d] => behind(4, u32::from_le_bytes([a, b, c, d]).into()),
        [a, b, c, d, e] => behind(3, u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])),
        [a, b, c, d, e, f] => behind(2, u64::from_le_bytes([a, b, c, d, e, f, 0, 0])),
        [a, b, c, d, e, f, g] => behind(1, u64::from_le_bytes([a, b, c, d, e, f, g, 0])),
        [a, b, c, d, e, f, g, h, ..] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        [] => ZEROS,
    }
}

/// All eight at once: neighbours are joined to pairs, pairs to fours, and these to the number.
#[inline]
fn eight_digits(word: u64) -> Option<u32> {
    const HIGH: u64 = u64::from_ne_bytes([0xf0; 8]);
    const SIX: u64 = u64::from_ne_bytes([6; 8]);
    // A byte from '0' to '9' has 3 as its high half, also with six added; a carry only comes from a byte that has not.
    if word & HIGH != ZEROS || word.wrapping_add(SIX) & HIGH != ZEROS {
        return None;
    }
    let ones = word & !HIGH;
    let pairs = (ones * 10 + (ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    u32::try_from((fours * 10_000 + (fours >> 32)) & 0xffff_ffff).ok()
}

/// Whether this can follow a whole number: a fraction, an exponent, or both.
fn is_float(mut rest: &[u8]) -> bool {
    if let Some(fraction) = rest.strip_prefix(b".") {
        match behind_digits(fraction) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] => {
            behind_digits(digits).is_some_and(<[u8]>::is_empty)
        }
        _ => false,
    }
}

fn behind_digits(text: &[u8]) -> Option<&[u8]> {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then(|| &text[count..])
}

fn float(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok().filter(|float: &f64| float.is_finite())
}

#[cold]
fn long(text: &[u8]) -> Option<Number> {
    let text = std::str::from_utf8(text).ok()?;
    if let Ok(number) = text.parse() {
        return Some(Number::Int(number));
    }
    if let Ok(number) = text.parse() {
        return Some(Number::Uint(number));
    }
    let float = float(text.as_bytes())?;
    (float.to_string() == text).then_some(Number::Float(float))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_of_the_first_type_that_holds_it() {
        for (text, expected) in [
            ("0", Number::Int(0)),
            ("7", Number::Int(7)),
            ("-12", Number::Int(-12)),
            ("999999999999999999", Number::Int(999_999_999_999_999_999)),
            ("9223372036854775807", Number::Int(i64::MAX)),
            ("-9223372036854775808", Number::Int(i64::MIN)),
            ("9223372036854775808", Number::Uint(1 << 63)),
            ("18446744073709551615", Number::Uint(u64::MAX)),
            ("100000000000000000000", Number::Float(1e20)),
            ("-10000000000000000000", Number::Float(-1e19)),
            ("1.5", Number::Float(1.5)),
            ("-0", Number::Float(-0.0)),
            ("1e3", Number::Float(1000.0)),
            ("1E-2", Number::Float(0.01)),
            ("2.50e+2", Number::Float(250.0)),
            ("0.1", Number::Float(0.1)),
        ] {
            assert_eq!(number(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn digits_are_a_number_and_nothing_else_is() {
        let all = "987654321012345678";
        for length in 1..=all.len() {
            let text = &all.as_bytes()[..length];
            assert_eq!(digits(text), all[..length].parse().ok(), "{length}");
            let expected = all[..length].parse().ok().filter(|_| length <= 8);
            assert_eq!(digits_before(&[b"-------7", text].concat(), length), expected, "{length}");
            for at in 0..length {
                for byte in [b'/', b':', b' ', b'@', 0, 0x80, 0xb5, 0xff] {
                    let broken = [&text[..at], &[byte], &text[at + 1..]].concat();
                    assert_eq!(digits(&broken), None, "{broken:?}");
                    assert_eq!(digits_before(&[b"-------7", &broken[..]].concat(), length), None, "{broken:?}");
                }
            }
        }
        assert_eq!((digits(b""), digits(b"1234567890123456789")), (None, None));
        assert_eq!((digits_before(b"12345678", 0), digits_before(b"1234567", 7)), (None, None));
    }

    #[test]
    fn what_is_no_number_or_would_lose_digits_is_none() {
        for text in [
            "",
            "-",
            "+1",
            "01",
            "-01",
            ".5",
            "1.",
            "1.e2",
            "1e",
            "1e+",
            "1x",
            "0x10",
            "1.5.2",
            "1_000",
            "1e400",
            "18446744073709551616",
            "123456789012345678901",
            "NaN",
            " 1",
            "1 ",
            "--1",
        ] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }
}
