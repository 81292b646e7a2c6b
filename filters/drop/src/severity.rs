//! Severities by name, as OpenTelemetry's numbers (its logs data model, "Severity fields" and the mapping of
//! syslog in appendix B).

use crate::scalar::{Found, Number, Scalar};

pub(crate) const ALLOWED: &str =
    "a severity: trace, debug, info, notice, warn, error, critical, alert, fatal, or 1 to 24";

const NUMBERS: &[(&str, u8)] = &[
    ("trace", 1),
    ("debug", 5),
    ("info", 9),
    ("information", 9),
    ("informational", 9),
    ("notice", 10),
    ("warn", 13),
    ("warning", 13),
    ("err", 17),
    ("error", 17),
    ("crit", 18),
    ("critical", 18),
    ("alert", 19),
    ("emerg", 21),
    ("emergency", 21),
    ("fatal", 21),
    ("panic", 21),
];

/// The number, unless it is none of OpenTelemetry's (0 is unknown).
pub(crate) fn known(number: u8) -> Option<u8> {
    (1..=24).contains(&number).then_some(number)
}

pub(crate) fn of(found: &Found<'_>) -> Option<u8> {
    match found {
        Found::Text(text) => of_text(text),
        Found::Number(number) => of_number(*number),
        Found::Bool(_) | Found::Other => None,
    }
}

pub(crate) fn of_config(scalar: &Scalar) -> Option<u8> {
    match scalar {
        Scalar::Text(text) => of_text(text),
        Scalar::Number(number) => of_number(*number),
        Scalar::Bool(_) => None,
    }
}

fn of_text(text: &str) -> Option<u8> {
    let named = NUMBERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, number)| *number);
    named.or_else(|| text.parse().ok().and_then(known))
}

fn of_number(number: Number) -> Option<u8> {
    match number {
        Number::Whole(number) => u8::try_from(number).ok().and_then(known),
        Number::Float(_) => None,
    }
}
