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
