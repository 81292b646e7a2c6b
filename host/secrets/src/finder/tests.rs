use super::*;
use proptest::prelude::*;

/// Text that looks like secrets, cut anywhere.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"4111 1111 1111 1111",
        b"4111111111111111",
        b"1234-",
        b"7",
        b" ",
        b"-",
        b".",
        b":",
        b"@",
        b"a",
        b"anna@example.com",
        b"192.0.2.1",
        b"1.",
        b"2001:db8::1",
        b"::",
        b"1:2:3:4:5:6:7:8",
        b"+49 (0)30 123456",
        b"030/123456",
        b"01 23 45 67 89",
        b"555-555-0123",
        b"(555) ",
        b"DE89370400440532013000",
        b"NL91 ABNA 0417 1643 00",
        b"eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
        b"eyJ",
        b"AKIAIOSFODNN7EXAMPLE",
        b"A",
        b"secret_access_key=",
        b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        b"Bearer ",
        b"abc123def456",
        b"\xc3\xa9",
        b"\xff",
        b"\"",
        b"=",
        b"_",
        b"0",
        b"12345678",
    ];
    let piece = prop_oneof![
        8 => proptest::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Bodies, each with what lies before it.
fn layout() -> impl Strategy<Value = Vec<(Vec<u8>, Vec<u8>)>> {
    proptest::collection::vec((text(), text()), 1..8)
}

/// The bytes and records of bodies and gaps, which may be empty; of many records, two change places.
fn laid_out(layout: &[(Vec<u8>, Vec<u8>)]) -> (Vec<u8>, Vec<Descriptor>) {
    let mut bytes = Vec::new();
    let mut records = Vec::new();
    for (gap, body) in layout {
        bytes.extend_from_slice(gap);
        records.push(Descriptor {
            body_at: narrow(bytes.len()),
            body_len: narrow(body.len()),
            ..Descriptor::default()
        });
        bytes.extend_from_slice(body);
    }
    if records.len() > 5 {
        records.swap(1, 3);
    }
    (bytes, records)
}

fn all_of(bodies: &Bodies<'_>, kinds: &[Kind]) -> Vec<Found> {
    let mut found = Vec::new();
    assert!(Finder::new(kinds).find(bodies, &mut || true, &mut found));
    found
}

fn one_by_one(bodies: &Bodies<'_>, kinds: &[Kind]) -> Vec<Found> {
    let finder = Finder::new(kinds);
    let mut all = Vec::new();
    for record in 0..bodies.len() {
        let mut found = Vec::new();
        finder.find_in(bodies.body(record), &mut found);
        all.extend(found.into_iter().map(|found| Found { record: narrow(record), ..found }));
    }
    all
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    prop_oneof![Just(Kind::ALL.to_vec()), proptest::sample::subsequence(Kind::ALL.to_vec(), 1..=9)]
}

/// ISO/IEC 7812-1, Annex B, written anew.
fn passes_luhn(text: &[u8]) -> bool {
    let digits: Vec<u32> = text.iter().filter_map(|&byte| char::from(byte).to_digit(10)).collect();
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(at, &digit)| if at % 2 == 1 { doubled(digit) } else { digit }).sum();
    sum.is_multiple_of(10) && (12..=19).contains(&digits.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_lies_between_bodies_never_matters(layout in layout(), kinds in kinds()) {
        let (bytes, records) = laid_out(&layout);
        let bodies = Bodies::new(&bytes, 0, &records);
        prop_assert_eq!(all_of(&bodies, &kinds), one_by_one(&bodies, &kinds));
    }

    #[test]
    fn each_kind_is_found_as_if_it_were_alone_but_for_what_others_hide(body in text()) {
        let sweep = |kinds: &[Kind]| {
            let (mut found, mut open) = (Vec::new(), Vec::new());
            let bodies = [whole(&body)];
            Finder::new(kinds).sweep(&Bodies::new(&body, 0, &bodies), &mut || true, &mut found, &mut open);
            found
        };
        let found = sweep(&Kind::ALL);
        for kind in Kind::ALL {
            let among: Vec<_> = found.iter().copied().filter(|found| found.kind == kind).collect();
            prop_assert_eq!(among, sweep(&[kind]));
        }
    }

    #[test]
    fn nothing_is_found_in_what_is_left(mut body in text(), with in proptest::sample::select(b"\0]*".to_vec())) {
        let mut found = Vec::new();
        Finder::new(&Kind::ALL).find_in(&body, &mut found);
        for found in found {
            body[found.start as usize..found.end as usize].fill(with);
        }
        let mut again = Vec::new();
        Finder::new(&Kind::ALL).find_in(&body, &mut again);
        prop_assert_eq!(again, []);
    }

    #[test]
    fn spans_ascend_within_their_body_and_apart_within_their_kind(body in text()) {
        let mut found = Vec::new();
        Finder::new(&Kind::ALL).find_in(&body, &mut found);
        prop_assert!(found.is_sorted_by_key(|found| (found.start, found.kind)));
        prop_assert!(found.iter().all(|found| found.start < found.end && found.end as usize <= body.len()));
        for kind in Kind::ALL {
            let spans: Vec<_> = found.iter().filter(|found| found.kind == kind).collect();
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }

    #[test]
    fn every_card_passes_its_check(body in text()) {
        let mut found = Vec::new();
        Finder::new(&[Kind::Card]).find_in(&body, &mut found);
        prop_assert!(found.iter().all(|card| passes_luhn(&body[card.start as usize..card.end as usize])));
    }

    #[test]
    fn any_bytes_can_be_searched(body in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut found = Vec::new();
        Finder::new(&Kind::ALL).find_in(&body, &mut found);
    }
}

#[test]
fn a_body_may_begin_anywhere_in_a_window() {
    let texts: [&[u8]; 4] = [b"DE89370400440532013000", b"030/123456", b"192.0.2.1", b"4111 1111 1111 1111 "];
    for (text, before) in texts.into_iter().flat_map(|text| (4070..4110).map(move |before| (text, before))) {
        // Digits, so that what is before would make each of them part of something longer.
        let bytes = [&vec![b'7'; before], text].concat();
        let at = |body_at: usize, body_len: usize| Descriptor {
            body_at: narrow(body_at),
            body_len: narrow(body_len),
            ..Descriptor::default()
        };
        let records = [at(0, before - 1), at(before, text.len())];
        let found = all_of(&Bodies::new(&bytes, 0, &records), &Kind::ALL);
        let last = found.last().map(|found| (found.record, found.start, found.end as usize));
        assert_eq!(last, Some((1, 0, text.trim_ascii_end().len())), "{before}");
    }
}

#[test]
fn a_search_that_is_told_to_stop_says_so() {
    let body = b"anna@example.com ".repeat(10_000);
    let record = Descriptor { body_len: narrow(body.len()), ..Descriptor::default() };
    let (mut questions, mut found) = (0, Vec::new());
    let mut goes_on = || {
        questions += 1;
        questions < 2
    };
    assert!(!Finder::new(&Kind::ALL).find(&Bodies::new(&body, 0, &[record]), &mut goes_on, &mut found));
    assert_eq!(questions, 2);
    assert!((1..10_000).contains(&found.len()));
}

#[test]
fn what_was_found_before_stays() {
    let mut found = Vec::new();
    let finder = Finder::new(&[Kind::Email, Kind::Email]);
    finder.find_in(b"x a@example.com", &mut found);
    finder.find_in(b"b@example.com", &mut found);
    assert_eq!(found.iter().map(|found| (found.start, found.end)).collect::<Vec<_>>(), [(2, 15), (0, 13)]);
}

#[test]
fn names_are_those_of_the_configuration() {
    assert!(Kind::ALL.into_iter().all(|kind| Kind::from_name(kind.name()) == Some(kind)));
    assert_eq!(Kind::from_name("Email"), None);
}

#[test]
fn a_colon_before_the_body_makes_no_address_of_colons_within() {
    let finder = Finder::new(&[Kind::Ipv6]);
    for body in ["1:::", ":1:::", ":1::", "::1:::", ":::1"] {
        let (mut together, mut apart) = (Vec::new(), Vec::new());
        let (bytes, records) = laid_out(&[(b":".to_vec(), body.into())]);
        assert!(finder.find(&Bodies::new(&bytes, 0, &records), &mut || true, &mut together));
        finder.find_in(body.as_bytes(), &mut apart);
        assert_eq!(together, apart, "{body}");
    }
}

#[test]
fn what_a_secret_hides_is_found_and_what_that_hides_in_turn() {
    let cases: [(&str, &[&str]); 4] = [
        ("a@b.jjf::9", &["a@b.jjf", "::9"]),
        ("192.0.2.1 030 123456", &["192.0.2.1", "030 123456"]),
        ("x@y.com-192.0.2.1", &["x@y.com", "192.0.2.1"]),
        ("a@b.cf.192.0.2.1", &["a@b.cf", "192.0.2.1"]),
    ];
    for (body, secrets) in cases {
        let mut found = Vec::new();
        Finder::new(&Kind::ALL).find_in(body.as_bytes(), &mut found);
        let texts: Vec<_> = found.iter().map(|found| &body[found.start as usize..found.end as usize]).collect();
        assert_eq!(texts, secrets, "{body}");
    }
}
