//! Severities as people and programs write them, as OpenTelemetry's numbers (its logs data model, "Severity fields",
//! and the mappings of appendix B).

/// The largest number.
pub const MAX: u8 = 24;

/// Names in lower case, with what they mean. A number behind one of OpenTelemetry's own (`INFO2`) is looked at apart.
const NAMES: &[(&str, u8)] = &[
    ("trace", 1),
    ("trc", 1),
    ("verbose", 1),
    ("finest", 1),
    ("finer", 2),
    ("silly", 1),
    ("t", 1),
    ("v", 1),
    ("debug", 5),
    ("dbg", 5),
    ("fine", 5),
    ("d", 5),
    ("config", 8),
    ("info", 9),
    ("inf", 9),
    ("information", 9),
    ("informational", 9),
    ("log", 9),
    ("default", 9),
    ("i", 9),
    ("notice", 10),
    ("note", 10),
    ("n", 10),
    ("warn", 13),
    ("warning", 13),
    ("wrn", 13),
    ("w", 13),
    ("err", 17),
    ("error", 17),
    ("eror", 17),
    ("severe", 17),
    ("fail", 17),
    ("failure", 17),
    ("e", 17),
    ("crit", 18),
    ("critical", 18),
    ("c", 18),
    ("dpanic", 18),
    ("alert", 19),
    ("emerg", 21),
    ("emergency", 21),
    ("fatal", 21),
    ("ftl", 21),
    ("f", 21),
    ("panic", 21),
];

/// OpenTelemetry's own names, each with the first of its four numbers.
const RANGES: [(&str, u8); 6] = [("trace", 1), ("debug", 5), ("info", 9), ("warn", 13), ("error", 17), ("fatal", 21)];

/// What a name means, in any case: `warning`, `ERR`, `INFO2`, syslog's keywords. `None` where it is none.
///
/// ```
/// use logagent_sdk::severity::of_name;
/// assert_eq!((of_name("Warning"), of_name("ERROR3"), of_name("crit")), (Some(13), Some(19), Some(18)));
/// assert_eq!(of_name("loud"), None);
/// ```
#[must_use]
pub fn of_name(name: &str) -> Option<u8> {
    let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, number)| *number);
    known.or_else(|| within_range(name))
}

/// `INFO2` to `INFO4`, and the like.
fn within_range(name: &str) -> Option<u8> {
    let (range, step) = name.split_at_checked(name.len().checked_sub(1)?)?;
    let step: u8 = step.parse().ok().filter(|step| (1..=4).contains(step))?;
    let known = RANGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(range));
    known.map(|(_, first)| first + step - 1)
}

/// OpenTelemetry's number, if it is one; 0 is unknown.
///
/// ```
/// use logagent_sdk::severity::of_number;
/// assert_eq!((of_number(9), of_number(0), of_number(25)), (Some(9), None, None));
/// ```
#[must_use]
pub fn of_number(number: i64) -> Option<u8> {
    u8::try_from(number).ok().filter(|number| (1..=MAX).contains(number))
}

/// What a severity of syslog means (RFC 5424, 6.2.1: 0 is an emergency, 7 debugging).
///
/// ```
/// use logagent_sdk::severity::of_syslog;
/// assert_eq!((of_syslog(3), of_syslog(7), of_syslog(8)), (Some(17), Some(5), None));
/// ```
#[must_use]
pub fn of_syslog(severity: u8) -> Option<u8> {
    const NUMBERS: [u8; 8] = [21, 19, 18, 17, 13, 10, 9, 5];
    NUMBERS.get(usize::from(severity)).copied()
}
