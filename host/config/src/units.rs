//! Sizes (`512KiB`), durations (`10ms`) and percentages (`5%`), read and written. Not for their ranges, which belong to each key.

use std::time::Duration;

const SIZES: [(&str, usize); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1000),
    ("B", 1),
];

/// In microseconds.
const DURATIONS: [(&str, u64); 5] =
    [("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000), ("us", 1)];

/// Reads a number with a unit, such as `64KB` or `100B`; without one it is bytes.
pub(crate) fn parse_size(text: &str) -> Option<usize> {
    let (number, unit) = split(text)?;
    let (_, bytes) = SIZES.iter().find(|(name, _)| *name == unit)?;
    usize::try_from(number).ok()?.checked_mul(*bytes)
}

/// Reads a number with a unit, such as `250us` or `1h`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let (_, micros) = DURATIONS.iter().find(|(name, _)| *name == unit)?;
    Some(Duration::from_micros(number.checked_mul(*micros)?))
}

/// Reads a percentage, such as `5%` or `0.1%`, as the fraction that it is.
pub(crate) fn parse_percent(text: &str) -> Option<f64> {
    let number = text.strip_suffix('%')?;
    let is_decimal = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // Not divided by 100, which rounds once more: `0.1%` and `0.001` are the same number.
    if is_decimal { format!("{number}e-2").parse().ok() } else { None }
}

/// All texts that [`parse_size`] reads, as a regular expression, sizes that are too large apart.
pub(crate) fn size_pattern() -> String {
    with_units(&SIZES.map(|(name, _)| name))
}

/// As [`size_pattern`], of [`parse_duration`].
pub(crate) fn duration_pattern() -> String {
    with_units(&DURATIONS.map(|(name, _)| name))
}

fn with_units(units: &[&str]) -> String {
    format!("^[0-9]+({})$", units.join("|"))
}

/// As [`size_pattern`], of [`parse_percent`], up to 100%.
pub(crate) const PERCENT_PATTERN: &str = r"^0*(100(\.0*)?|[0-9]{0,2}(\.[0-9]*)?)%$";

/// Writes a size in the largest unit that holds it without a fraction: `16MiB`.
pub(crate) fn show_size(bytes: usize) -> String {
    let fits = |unit: &usize| bytes >= *unit && bytes.is_multiple_of(*unit);
    let (name, unit) = SIZES.iter().find(|(_, unit)| unit.is_power_of_two() && fits(unit)).unwrap_or(&("B", 1));
    format!("{}{name}", bytes / unit)
}

/// Writes a duration in the largest unit that holds it without a fraction: `10ms`.
pub(crate) fn show_duration(duration: Duration) -> String {
    let micros = duration.as_micros();
    let fits = |unit: &u64| micros >= u128::from(*unit) && micros.is_multiple_of(u128::from(*unit));
    match DURATIONS.iter().find(|(_, unit)| fits(unit)) {
        Some((name, unit)) => format!("{}{name}", micros / u128::from(*unit)),
        None => "0".into(),
    }
}

fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_powers_of_two_and_of_ten() {
        let cases = [
            ("512KiB", Some(512 << 10)),
            ("1MiB", Some(1 << 20)),
            ("2GiB", Some(2 << 30)),
            ("1TiB", Some(1 << 40)),
            ("1TB", Some(1_000_000_000_000)),
            ("64KB", Some(64_000)),
            ("1MB", Some(1_000_000)),
            ("100B", Some(100)),
            ("0B", Some(0)),
            ("1.5MiB", None),
            ("1 MiB", None),
            ("1kib", None),
            ("MiB", None),
            ("-1B", None),
            ("99999999999999GiB", None),
            ("99999999999999999999999B", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_size(text), expected, "{text}");
        }
    }

    #[test]
    fn durations_are_read_with_their_unit() {
        let cases = [
            ("250us", Some(250)),
            ("10ms", Some(10_000)),
            ("1s", Some(1_000_000)),
            ("1m", Some(60_000_000)),
            ("1h", Some(3_600_000_000)),
            ("0s", Some(0)),
            ("10", None),
            ("1.5s", None),
            ("10 ms", None),
            ("1d", None),
            ("9999999999999999h", None),
        ];
        for (text, micros) in cases {
            assert_eq!(parse_duration(text), micros.map(Duration::from_micros), "{text}");
        }
    }

    #[test]
    fn percentages_are_the_very_fractions_that_they_stand_for() {
        let cases = [
            ("5%", Some(0.05)),
            ("100%", Some(1.0)),
            ("0.1%", Some(0.001)),
            ("0.7%", Some(0.007)),
            ("0%", Some(0.0)),
            ("%", None),
            ("5", None),
            ("-5%", None),
            ("5 %", None),
            ("1e1%", None),
            ("1.2.3%", None),
            ("inf%", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_percent(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for (bytes, text) in
            [(16 << 20, "16MiB"), (1 << 30, "1GiB"), (1 << 40, "1TiB"), (1000, "1000B"), (1536, "1536B"), (0, "0B")]
        {
            assert_eq!((show_size(bytes), parse_size(text)), (text.to_owned(), Some(bytes)));
        }
        for (micros, text) in [(0, "0"), (1, "1us"), (10_000, "10ms"), (60_000_000, "1m"), (90_000_000, "90s")] {
            assert_eq!(show_duration(Duration::from_micros(micros)), text);
        }
    }
}
