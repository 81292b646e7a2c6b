//! Searches of generated lines of JSON and of nginx's access log, half a MiB of them: the finder against
//! `regex::bytes` with patterns for the same three kinds, one pattern after another and all in one.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use logagent_record::{Bodies, Descriptor};
use logagent_secrets::{Finder, Kind};
use regex::bytes::Regex;
use std::fmt::Write;

const BATCH_BYTES: usize = 512 << 10;

const THREE: [Kind; 3] = [Kind::Email, Kind::Card, Kind::Ipv4];

/// What the three kinds look like to a regular expression; looser than the finder, which also checks sums and borders.
const PATTERNS: [&str; 3] = [
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
    r"\b[2-68](?:[ -]?[0-9]){11,18}\b",
    r"\b(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\b",
];

fn main() {
    divan::main();
}

/// Lines as one run, with a newline between two.
struct Batch {
    bytes: Vec<u8>,
    records: Vec<Descriptor>,
}

impl Batch {
    fn of(line: fn(&mut String, u64)) -> Self {
        let (mut bytes, mut records, mut text) = (Vec::new(), Vec::new(), String::new());
        // Knuth's MMIX generator; its high bits are the good ones.
        let mut random = 1_u64;
        while bytes.len() < BATCH_BYTES {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.clear();
            line(&mut text, random >> 16);
            let body_at = u32::try_from(bytes.len()).unwrap();
            records.push(Descriptor { body_at, body_len: u32::try_from(text.len()).unwrap(), ..Descriptor::default() });
            bytes.extend_from_slice(text.as_bytes());
            bytes.push(b'\n');
        }
        Self { bytes, records }
    }

    fn named(name: &str) -> Self {
        Self::of(match name {
            "json" => json,
            "nginx" => nginx,
            _ => plain,
        })
    }

    fn bodies(&self) -> Bodies<'_> {
        Bodies::new(&self.bytes, 0, &self.records)
    }
}

const USERS: [&str; 8] = ["anna.k", "bo", "christian.lindqvist", "d.e.f", "info", "k_17", "maria+news", "x.y"];
const PATHS: [&str; 4] = ["/api/v1/orders", "/login", "/static/app.js", "/api/v2/users/me/addresses"];

fn user(random: u64) -> &'static str {
    USERS[(random % 8) as usize]
}

fn path(random: u64) -> &'static str {
    PATHS[(random >> 5 & 3) as usize]
}

fn json(line: &mut String, random: u64) {
    let (second, milli, ip, trace) =
        (random % 60, random % 1000, random >> 8 & 255, random.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let _ = write!(
        line,
        "{{\"ts\":\"2026-11-24T10:11:{second:02}.{milli:03}Z\",\"level\":\"INFO\",\"service\":\"checkout\",\
         \"user\":\"{}@example.com\",\"ip\":\"10.23.{}.{ip}\",\"method\":\"GET\",\"path\":\"{}/{}\",\"status\":200,\
         \"duration_ms\":{}.{},\"trace\":\"{trace:016x}{:016x}\"}}",
        user(random),
        ip / 3,
        path(random),
        random % 1_000_000,
        random % 977,
        random % 10,
        trace.rotate_left(21) ^ random,
    );
}

/// As [`json`], without an address.
fn plain(line: &mut String, random: u64) {
    json(line, random);
    *line = line.replace("@example.com", "").replace("10.23.", "0x");
}

fn nginx(line: &mut String, random: u64) {
    let (second, ip, size) = (random % 60, random >> 8 & 255, random % 90_000);
    let _ = write!(
        line,
        "198.51.100.{ip} - {} [24/Nov/2026:10:11:{second:02} +0000] \"GET {}?id={} HTTP/1.1\" 200 {size} \
         \"https://www.example.com/start\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
         Chrome/142.0.0.0 Safari/537.36\"",
        user(random),
        path(random),
        random % 1_000_000,
    );
}

const LINES: [&str; 3] = ["json", "nginx", "plain"];

fn search(bencher: Bencher<'_, '_>, lines: &str, kinds: &[Kind]) {
    let batch = Batch::named(lines);
    let finder = Finder::new(kinds);
    let mut found = Vec::new();
    bencher.counter(BytesCount::new(batch.bytes.len())).bench_local(|| {
        found.clear();
        finder.find(black_box(&batch.bodies()), &mut || true, &mut found);
        found.len()
    });
}

#[divan::bench(args = LINES)]
fn three_kinds(bencher: Bencher<'_, '_>, lines: &str) {
    search(bencher, lines, &THREE);
}

#[divan::bench(args = LINES)]
fn all_kinds(bencher: Bencher<'_, '_>, lines: &str) {
    search(bencher, lines, &Kind::ALL);
}

/// Each kind alone, over the JSON lines.
#[divan::bench(args = Kind::ALL.map(Kind::name))]
fn one_kind(bencher: Bencher<'_, '_>, name: &str) {
    search(bencher, "json", &[Kind::from_name(name).unwrap()]);
}

#[divan::bench(args = LINES)]
fn three_regexes(bencher: Bencher<'_, '_>, lines: &str) {
    let batch = Batch::named(lines);
    let patterns = PATTERNS.map(|pattern| Regex::new(&format!("(?-u){pattern}")).unwrap());
    bencher.counter(BytesCount::new(batch.bytes.len())).bench_local(|| {
        patterns.iter().map(|pattern| pattern.find_iter(black_box(&batch.bytes)).count()).sum::<usize>()
    });
}

#[divan::bench(args = LINES)]
fn one_regex_of_three(bencher: Bencher<'_, '_>, lines: &str) {
    let batch = Batch::named(lines);
    let pattern = Regex::new(&format!("(?-u){}", PATTERNS.map(|pattern| format!("(?:{pattern})")).join("|"))).unwrap();
    bencher
        .counter(BytesCount::new(batch.bytes.len()))
        .bench_local(|| pattern.find_iter(black_box(&batch.bytes)).count());
}

/// What the bodies of the bench `hostile` repeat.
const HOSTILE: [&str; 19] = [
    "@",
    "a@",
    "a@b.",
    "1",
    "1 ",
    "1.1.1.1.",
    ":",
    "1::",
    "+1",
    "0",
    "030 ",
    "555-",
    "DE89",
    "eyJ",
    ".eyJaaaaaaaaaaaaa",
    "A",
    "Bearer ",
    "4111 ",
    "ssk",
];

/// Bodies that are nothing but the beginnings of secrets.
#[divan::bench(args = HOSTILE)]
fn hostile(bencher: Bencher<'_, '_>, piece: &str) {
    let body = piece.repeat((1 << 20) / piece.len());
    let finder = Finder::new(&Kind::ALL);
    let mut found = Vec::new();
    bencher.counter(BytesCount::new(body.len())).bench_local(|| {
        found.clear();
        finder.find_in(black_box(body.as_bytes()), &mut found);
        found.len()
    });
}
