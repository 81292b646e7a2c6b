//! Lines with secrets in known places.

use proptest::prelude::*;
use serde_json::Value;

/// A part of a line.
#[derive(Clone, Debug)]
pub enum Planted {
    Text(String),
    /// As it stands in the line, with escapes if any.
    Secret(String),
}

#[derive(Clone, Debug)]
pub struct Line {
    pub parts: Vec<Planted>,
}

impl Line {
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Planted::Text(text) | Planted::Secret(text) => text.as_str(),
            })
            .collect()
    }
}

/// Digits with the check digit of Luhn's sum behind them.
fn with_luhn(digits: &str) -> String {
    let double = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits_back = digits.bytes().rev().map(|byte| u32::from(byte - b'0')).enumerate();
    let sum: u32 = digits_back.map(|(place, digit)| if place % 2 == 0 { double(digit) } else { digit }).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A country's number with its two check digits.
fn iban(country: &str, account: &str) -> String {
    let letters = format!("{account}{country}00");
    let rest = letters.chars().fold(0, |rest, char| {
        let value = char.to_digit(36).unwrap();
        (rest * if value < 10 { 10 } else { 100 } + value) % 97
    });
    format!("{country}{:02}{account}", 98 - rest)
}

fn grouped(text: &str, gap: &str) -> String {
    let groups: Vec<&str> = text.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(gap)
}

fn card() -> impl Strategy<Value = String> {
    ("4[0-9]{14}", prop::sample::select(vec!["", " ", "-"])).prop_map(|(digits, gap)| grouped(&with_luhn(&digits), gap))
}

fn ipv4() -> impl Strategy<Value = String> {
    prop::array::uniform4(any::<u8>()).prop_map(|octets| octets.map(|octet| octet.to_string()).join("."))
}

fn ipv6() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::array::uniform8(any::<u16>()).prop_map(|groups| groups.map(|group| format!("{group:x}")).join(":")),
        (1..0xffff_u16, 1..9999_u16).prop_map(|(first, last)| format!("{first:x}::{last}")),
        (1..0xffff_u16, 1..99_u16, 1..9_u16).prop_map(|(a, b, c)| format!("2001:db8::{a:x}:{b}:{c}")),
    ]
}

fn phone() -> impl Strategy<Value = String> {
    prop_oneof![
        r"\+49 [1-9]0 [0-9]{7}",
        r"\+1-212-555-[0-9]{4}",
        r"\([2-9][0-9]{2}\) 555-[0-9]{4}",
        r"\+[1-9]{2}[0-9]{9}",
        "0[1-9]0 [1-9][0-9]{7}",
    ]
}

fn bank() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{18}".prop_map(|account| iban("DE", &account)),
        "[0-9]{18}".prop_map(|account| grouped(&iban("DE", &account), " ")),
        "[A-Z]{4}[0-9]{14}".prop_map(|account| iban("GB", &account)),
        "[0-9]{12}".prop_map(|account| iban("BE", &account)),
    ]
}

/// A secret, with what must stand before it.
fn secret() -> impl Strategy<Value = (&'static str, String)> {
    prop_oneof![
        r"[a-z0-9]{1,9}(\.[a-z]{1,5})?(\+[a-z]{2})?@[a-z]{1,8}(-[a-z0-9]{2})?\.(de|com|co\.uk)".prop_map(|it| ("", it)),
        card().prop_map(|it| ("", it)),
        ipv4().prop_map(|it| ("", it)),
        ipv6().prop_map(|it| ("", it)),
        phone().prop_map(|it| ("", it)),
        bank().prop_map(|it| ("", it)),
        r"eyJ[A-Za-z0-9_-]{20}\.eyJ[A-Za-z0-9_-]{12,30}\.[A-Za-z0-9_-]{20}".prop_map(|it| ("", it)),
        "AKIA[A-Z0-9]{16}".prop_map(|it| ("", it)),
        "[A-Za-z0-9+/]{40}".prop_map(|it| ("aws_secret_access_key=", it)),
        "[a-z]{4}[0-9]{6}[A-Za-z0-9]{4,20}".prop_map(|it| ("Bearer ", it)),
    ]
}

/// Words that no kind sees anything in, and that keep secrets apart.
fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![" and ", " | ", " from <x> to ", " ok, ", " é ", " (a) ", " n=1; ", " ü: "])
        .prop_map(String::from)
}

pub fn plain() -> impl Strategy<Value = Line> {
    (word(), prop::collection::vec((secret(), word()), 0..5)).prop_map(|(first, rest)| {
        let mut parts = vec![Planted::Text(first)];
        for ((before, secret), word) in rest {
            parts.extend([Planted::Text(before.into()), Planted::Secret(secret), Planted::Text(word)]);
        }
        Line { parts: joined(parts) }
    })
}

/// Texts that follow one another as one, so that what stands around a secret is told as a whole.
fn joined(parts: Vec<Planted>) -> Vec<Planted> {
    let mut joined: Vec<Planted> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part) {
            (Some(Planted::Text(last)), Planted::Text(text)) => *last += &text,
            (_, part) => joined.push(part),
        }
    }
    joined
}

/// One character of a secret as an escape, or with its slashes escaped, or as it is.
fn escaped(secret: &str, way: usize) -> String {
    match way {
        0 => secret.replace('/', "\\/"),
        1 => secret
            .chars()
            .enumerate()
            .map(|(at, char)| match at {
                2 => format!("\\u{:04x}", u32::from(char)),
                _ => char.to_string(),
            })
            .collect(),
        2 => secret.replace('@', "\\u0040").replace('.', "\\u002E"),
        _ => secret.into(),
    }
}

/// `{"msg":"… secret …","list":[1, card ,{"a":null}],"password":"secret","end":true}`, in parts.
fn json_line() -> impl Strategy<Value = Line> {
    (prop::collection::vec((word(), secret(), 0..5_usize), 1..4), "4[0-9]{14}", "[a-z]{0,12}").prop_map(
        |(secrets, digits, password)| {
            let mut parts = vec![Planted::Text("{\"msg\":\"".into())];
            for (word, (before, secret), way) in secrets {
                parts.push(Planted::Text(format!("{word}{before}")));
                parts.push(Planted::Secret(escaped(&secret, way)));
                parts.push(Planted::Text(" \\n".into()));
            }
            parts.push(Planted::Text("\",\"list\":[1, ".into()));
            parts.push(Planted::Secret(with_luhn(&digits)));
            parts.push(Planted::Text(" ,{\"a\":null}],\"password\":\"".into()));
            parts.push(Planted::Secret(format!("{password}é")));
            parts.push(Planted::Text("\",\"end\":true}".into()));
            Line { parts: joined(parts) }
        },
    )
}

pub fn line() -> impl Strategy<Value = Line> {
    prop_oneof![plain(), json_line()]
}

/// A JSON body of any shape, with secrets as keys, strings and numbers, and fields of every type.
pub fn json() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        3 => (word(), secret(), word()).prop_map(|(a, (before, secret), b)| format!("{a}{before}{secret}{b}")),
        1 => "\\PC{0,12}",
        1 => (secret(), secret()).prop_map(|((_, a), (_, b))| format!("{a}\",{b}, \\")),
    ];
    let number = prop_oneof![
        "4[0-9]{14}".prop_map(|digits| serde_json::from_str(&with_luhn(&digits)).unwrap()),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
    ];
    let leaf = prop_oneof![4 => text.clone().prop_map(Value::from), 2 => number, 1 => Just(Value::Null), 1 => any::<bool>().prop_map(Value::from)];
    let key = prop_oneof![2 => Just("password".to_owned()), 2 => "[a-z]{1,6}", 1 => text];
    let key = key.boxed();
    let tree = leaf.boxed().prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    });
    let tree = tree.prop_filter("an object or an array", |tree| tree.is_object() || tree.is_array());
    (tree, any::<bool>(), any::<bool>()).prop_map(|(tree, is_pretty, has_escapes)| {
        let text = if is_pretty { serde_json::to_string_pretty(&tree) } else { serde_json::to_string(&tree) }.unwrap();
        if has_escapes { text.replace('@', "\\u0040").replace('/', "\\/").replace('o', "\\u006f") } else { text }
    })
}

pub fn harmless() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::collection::vec(word(), 0..8).prop_map(|words| words.concat()),
        "[a-zA-Z ,;=<>!?'\"{}\\[\\]\\\\]{0,60}",
        "[0-9]{1,9}( [a-z]{1,9}){0,5}",
        Just(r#"{"level":"info","n":12,"list":[1,2.5e3,null,true],"msg":"x: 5, y\\"}"#.to_owned()),
        Just("2026-11-24T10:11:12.345Z INFO tokio::runtime: worker id=12 elapsed=1.204ms".to_owned()),
    ]
}

/// Bytes in which pieces of secrets, JSON and escapes meet.
pub fn noise() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => prop::sample::select(vec![
            &b"{"[..], b"[", b"\"", b"\\", b"\\u", b"\\u0040", b"\\ud83d", b",", b":", b"]", b"}", b" ", b"@", b".",
            b"a@example.com", b"4111111111111111", b"-", b"+49 30 1234567", b"password\":", b"{\"password\":", b"10.0.0.1",
            b"::1", b"Bearer ", b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.", b"DE89370400440532013000", b"*", b"[email]",
        ]).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}
