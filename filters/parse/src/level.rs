//! Severities from fields: names by the SDK's table, numbers by who writes them.

use logagent_sdk::severity;

/// What a field's small numbers mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// Of syslog: 0 is an emergency, 7 debugging.
    Syslog,
    /// Of pino and bunyan alone: 10 is trace, 60 fatal.
    Tens,
}

impl Numbers {
    /// By the field's name: journald's `PRIORITY` and syslog's severity are syslog's; `level: 3` may be anything.
    pub(crate) fn of_field(name: &[u8]) -> Self {
        let is_syslog = [&b"priority"[..], b"severity"].iter().any(|known| name.eq_ignore_ascii_case(known));
        if is_syslog { Self::Syslog } else { Self::Tens }
    }
}

/// OpenTelemetry's number for a field's value, a name or a number in digits.
#[inline]
pub(crate) fn read(value: &[u8], numbers: Numbers) -> Option<u8> {
    match value {
        // What nearly all records have, before the table is searched.
        b"info" | b"INFO" | b"Info" => Some(9),
        b"debug" | b"DEBUG" => Some(5),
        b"warn" | b"WARN" => Some(13),
        b"error" | b"ERROR" => Some(17),
        [b'0'..=b'9', ..] => number(std::str::from_utf8(value).ok()?.parse().ok()?, numbers),
        _ => severity::of_name(std::str::from_utf8(value.trim_ascii()).ok()?),
    }
}

fn number(number: u8, numbers: Numbers) -> Option<u8> {
    match number {
        // Levels of one's own lie between: 35 is info, and a little more.
        10..70 => Some([1, 5, 9, 13, 17, 21][usize::from(number / 10 - 1)]),
        _ if numbers == Numbers::Syslog => severity::of_syslog(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_become_opentelemetrys() {
        for (name, value, expected) in [
            ("level", "info", Some(9)),
            ("level", "Warning", Some(13)),
            ("level", " ERROR ", Some(17)),
            ("severity", "NOTICE", Some(10)),
            ("level", "30", Some(9)),
            ("level", "35", Some(9)),
            ("level", "60", Some(21)),
            ("level", "3", None),
            ("priority", "3", Some(17)),
            ("PRIORITY", "7", Some(5)),
            ("severity", "0", Some(21)),
            ("severity", "8", None),
            ("level", "70", None),
            ("level", "300", None),
            ("level", "loud", None),
            ("level", "", None),
            ("level", "\u{e9}", None),
        ] {
            assert_eq!(read(value.as_bytes(), Numbers::of_field(name.as_bytes())), expected, "{name}={value}");
        }
    }
}
