//! That times are read as they are written, and what is none is refused.

use super::*;

/// 2026-11-24T10:11:12Z, which most cases write in one form or another.
const SECONDS: u64 = 1_795_515_072;
const TIME: u64 = SECONDS * 1_000_000_000;

const UTC: Context = Context { zone: 0, now: TIME };

fn auto(text: &str) -> Option<u64> {
    read(text.as_bytes(), TimeFormat::Auto, UTC, &mut Recent::default())
}

#[test]
fn a_form_is_told_by_its_looks() {
    for (text, expected) in [
        ("2026-11-24T10:11:12Z", TIME),
        ("2026-11-24t10:11:12z", TIME),
        ("2026-11-24 10:11:12", TIME),
        ("2026-11-24 10:11:12Z", TIME),
        ("2026-11-24 10:11:12 UTC", TIME),
        ("2026-11-24 11:11:12 +0100", TIME),
        ("2026-11-24T11:11:12+01:00", TIME),
        ("2026-11-24T11:11:12+0100", TIME),
        ("2026-11-24T11:11:12+01", TIME),
        ("2026-11-24T00:11:12-10:00", TIME),
        ("2026-11-24T15:56:12+05:45", TIME),
        ("2026-11-25T00:11:12+14:00", TIME),
        ("2026/11/24 10:11:12", TIME),
        ("2026-11-24T10:11:12.5Z", TIME + 500_000_000),
        ("2026-11-24T10:11:12,123Z", TIME + 123_000_000),
        ("2026-11-24T10:11:12.123456789Z", TIME + 123_456_789),
        ("2026-11-24T10:11:12.1234567899999Z", TIME + 123_456_789),
        ("2026-11-24T10:11Z", TIME - 12_000_000_000),
        ("2026-11-24", TIME - (10 * 3600 + 11 * 60 + 12) * 1_000_000_000),
        ("  2026-11-24T10:11:12Z\t", TIME),
        ("1795515072", TIME),
        ("1795515072.25", TIME + 250_000_000),
        ("1795515072.123456789123", TIME + 123_456_789),
        ("1795515072123", TIME + 123_000_000),
        ("1795515072123.5", TIME + 123_500_000),
        ("1795515072123456", TIME + 123_456_000),
        ("1795515072123456789", TIME + 123_456_789),
        ("100000000", 100_000_000_000_000_000),
        ("24/Nov/2026:10:11:12 +0000", TIME),
        ("24/nov/2026:05:11:12 -0500", TIME),
        ("24/Nov/2026:10:11:12", TIME),
        ("Nov 24 10:11:12", TIME),
        ("Nov 24 10:11:12.250", TIME + 250_000_000),
        ("Nov 24 2026 10:11:12", TIME),
        ("Tue, 24 Nov 2026 10:11:12 GMT", TIME),
        ("Tue, 24 Nov 2026 11:11:12 +0100", TIME),
        ("24 Nov 2026 10:11:12 UT", TIME),
        ("Tue, 24-Nov-2026 10:11:12 GMT", TIME),
        ("Tue Nov 24 10:11:12 2026", TIME),
        ("Tue Nov 24 10:11:12 UTC 2026", TIME),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000),
        ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
        ("2262-04-11T23:47:16.854775807Z", 9_223_372_036_854_775_807),
        ("1970-01-01T00:00:01Z", 1_000_000_000),
    ] {
        assert_eq!(auto(text), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        "soon",
        "2026",
        "2026-11",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "2026-11-00T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T10:60:00Z",
        "2026-11-24T10:11:61Z",
        "2026-11-24T10:11:12.Z",
        "2026-11-24T10:11:12+24:00",
        "2026-11-24T10:11:12+1",
        "2026-11-24T10:11:12+01:6",
        "2026-11-24T10:11:12Zx",
        "2026-11-24T10:11:12 X",
        "2026-11-24X10:11:12",
        "2026/11-24",
        "1969-12-31T23:59:59Z",
        "2555-01-01T00:00:00Z",
        "0",
        "12",
        "0.005",
        "-5",
        "1795515072.",
        "1795515072x",
        "99999999999999999999",
        "32/Nov/2026:10:11:12 +0000",
        "24/Nov/26:10:11:12 +0000",
        "24/Nev/2026:10:11:12 +0000",
        "Nov 31 10:11:12",
        "Tue, 24 Nov 2026",
        "Tua, 24 Nov 2026 10:11:12 GMT",
        "é26-11-24",
    ] {
        assert_eq!(auto(text), None, "{text}");
    }
}

#[test]
fn a_given_format_takes_no_other() {
    let read = |text: &str, format| read(text.as_bytes(), format, UTC, &mut Recent::default());
    for (text, format, expected) in [
        ("1795515072", TimeFormat::Unix, Some(TIME)),
        ("1795515072", TimeFormat::UnixMs, Some(SECONDS * 1_000_000)),
        ("1795515072000", TimeFormat::UnixMs, Some(TIME)),
        ("1795515072000000", TimeFormat::UnixUs, Some(TIME)),
        ("5", TimeFormat::UnixNs, Some(5)),
        ("2026-11-24T10:11:12Z", TimeFormat::Unix, None),
        ("1795515072", TimeFormat::Rfc3339, None),
        ("2026-11-24T10:11:12Z", TimeFormat::Rfc3339, Some(TIME)),
        ("24 Nov 2026 10:11:12 +0000", TimeFormat::Rfc2822, Some(TIME)),
        ("24/Nov/2026:10:11:12 +0000", TimeFormat::Clf, Some(TIME)),
        ("Nov 24 10:11:12", TimeFormat::Syslog, Some(TIME)),
        ("Nov 24 10:11:12", TimeFormat::Clf, None),
    ] {
        assert_eq!(read(text, format), expected, "{text} {format:?}");
    }
}

#[test]
fn a_time_without_a_zone_is_in_the_configured_one() {
    let context = Context { zone: 3600, now: TIME };
    for text in ["2026-11-24 11:11:12", "24/Nov/2026:11:11:12", "Nov 24 11:11:12", "2026-11-24T10:11:12Z"] {
        assert_eq!(read(text.as_bytes(), TimeFormat::Auto, context, &mut Recent::default()), Some(TIME), "{text}");
    }
}

#[test]
fn a_missing_year_is_the_one_that_brings_it_nearest() {
    let day = 86_400_000_000_000;
    for (now, text, expected) in [
        ("2026-12-31T23:59:59Z", "Jan  1 00:00:01", "2027-01-01T00:00:01Z"),
        ("2027-01-01T00:00:01Z", "Dec 31 23:59:59", "2026-12-31T23:59:59Z"),
        ("2026-07-01T00:00:00Z", "Jul 02 00:00:00", "2026-07-02T00:00:00Z"),
        ("2027-03-01T00:00:00Z", "Feb 29 12:00:00", "2028-02-29T12:00:00Z"),
    ] {
        let context = Context { zone: 0, now: auto(now).unwrap() };
        assert_eq!(
            read(text.as_bytes(), TimeFormat::Auto, context, &mut Recent::default()),
            auto(expected),
            "{now} {text}"
        );
    }
    let unknown = Context { zone: 0, now: 0 };
    assert_eq!(read(b"Nov 24 10:11:12", TimeFormat::Auto, unknown, &mut Recent::default()), None);
    assert!(auto("Nov 24 10:11:12").unwrap().abs_diff(UTC.now) < day);
}

#[test]
fn zones_are_read_as_seconds_east() {
    for (text, expected) in [
        ("Z", Some(0)),
        ("UTC", Some(0)),
        ("+01:00", Some(3600)),
        ("-0530", Some(-19_800)),
        ("+14", Some(50_400)),
        ("+24:00", None),
        ("01:00", None),
        ("+1:00", None),
        ("Europe/Berlin", None),
        ("", None),
    ] {
        assert_eq!(zone(text), expected, "{text}");
    }
}
