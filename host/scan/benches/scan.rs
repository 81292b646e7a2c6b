//! What sets cost, in batches of 512 KiB of JSON and nginx lines, each beside the plain way: record by record, with
//! `memmem` for literals and the `regex` crate for expressions.

#[path = "scan/corpus.rs"]
mod corpus;

use corpus::{Batch, json, nginx};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use logagent_scan::{Escapes, Match, Options, Pattern, Report, Scratch, Set};
use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexSet};

fn main() {
    divan::main();
}

const CASES: [&str; 11] = [
    "three literals, in none",
    "ten literals, in none",
    "one literal, in half",
    "one literal, in none",
    "ten literals, in half",
    "hundred literals, in half",
    "regex with literal",
    "regex with inner literal",
    "regex without",
    "three regexes",
    "literals and a regex",
];

fn patterns(case: &str) -> Vec<Pattern> {
    let literals = |texts: &[&str]| texts.iter().map(|text| Pattern::Literal(text.as_bytes().to_vec())).collect();
    let regexes = |texts: &[&str]| texts.iter().map(|text| Pattern::Regex((*text).to_owned())).collect();
    match case {
        "one literal, in half" => literals(&["DEBUG"]),
        "one literal, in none" => literals(&["segfault"]),
        "three literals, in none" => literals(&["segfault", "panicked at", "OutOfMemory"]),
        "ten literals, in none" => literals(&NONE),
        "ten literals, in half" => literals(&TEN),
        "hundred literals, in half" => {
            let rare: Vec<String> = (0..90).map(|number| format!("/internal/{number:02}/probe")).collect();
            literals(&TEN.into_iter().chain(rare.iter().map(String::as_str)).collect::<Vec<_>>())
        }
        "regex with literal" => regexes(&[r#"[" ](?:status":)?50\d"#]),
        "regex with inner literal" => regexes(&[r"[a-z0-9.]+@[a-z]+\.com"]),
        "regex without" => regexes(&[r"\d{3}-\d{4}"]),
        "three regexes" => regexes(&[
            r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
            r"\b(?:\d[ -]?){13,16}\b",
            r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
        ]),
        _ => [literals(&TEN[..3]), regexes(&[r"\d{3}-\d{4}"])].concat(),
    }
}

const NONE: [&str; 10] = [
    "segfault",
    "panicked at",
    "OutOfMemory",
    "\"level\":\"FATAL\"",
    "/healthz",
    "kube-probe",
    "connection reset by peer",
    "GET /metrics",
    "Googlebot",
    "NullPointerException",
];

const TEN: [&str; 10] = [
    r#""level":"TRACE""#,
    "DEBUG",
    "/healthz",
    "kube-probe",
    r#""service":"heartbeat""#,
    "GET /metrics",
    "ELB-HealthChecker",
    "connection reset by peer",
    "\"status\":204",
    "Googlebot",
];

#[divan::bench(args = CASES)]
fn json_first(bencher: Bencher<'_, '_>, case: &str) {
    run(bencher, case, Report::First, Escapes::Raw, &json());
}

#[divan::bench(args = CASES)]
fn json_first_plain(bencher: Bencher<'_, '_>, case: &str) {
    run_plain(bencher, case, Report::First, &json());
}

#[divan::bench(args = CASES)]
fn json_first_decoded(bencher: Bencher<'_, '_>, case: &str) {
    run(bencher, case, Report::First, Escapes::Json, &json());
}

#[divan::bench(args = CASES)]
fn json_all(bencher: Bencher<'_, '_>, case: &str) {
    run(bencher, case, Report::All, Escapes::Raw, &json());
}

#[divan::bench(args = CASES)]
fn json_all_plain(bencher: Bencher<'_, '_>, case: &str) {
    run_plain(bencher, case, Report::All, &json());
}

#[divan::bench(args = CASES)]
fn nginx_first(bencher: Bencher<'_, '_>, case: &str) {
    run(bencher, case, Report::First, Escapes::Raw, &nginx());
}

#[divan::bench(args = CASES)]
fn nginx_first_plain(bencher: Bencher<'_, '_>, case: &str) {
    run_plain(bencher, case, Report::First, &nginx());
}

fn counters(batches: &[Batch]) -> (BytesCount, ItemsCount) {
    let bytes: usize = batches.iter().map(|batch| batch.bytes.len()).sum();
    let records: usize = batches.iter().map(|batch| batch.records.len()).sum();
    (BytesCount::new(bytes), ItemsCount::new(records))
}

fn run(bencher: Bencher<'_, '_>, case: &str, report: Report, escapes: Escapes, batches: &[Batch]) {
    let set = Set::new(&patterns(case), Options { report, escapes }).unwrap();
    let mut scratch = Scratch::default();
    let mut matches: Vec<Match> = vec![];
    let (bytes, records) = counters(batches);
    bencher.counter(bytes).counter(records).bench_local(|| {
        for batch in batches {
            set.run(&batch.bodies(), &mut scratch, &mut || true, &mut matches).unwrap();
            black_box(&matches);
        }
    });
}

/// Patterns as a filter would search them that has no set.
struct Plain {
    literals: Vec<Finder<'static>>,
    set: RegexSet,
    regexes: Vec<Regex>,
}

impl Plain {
    fn new(case: &str) -> Self {
        let (mut literals, mut texts) = (vec![], vec![]);
        for pattern in patterns(case) {
            match pattern {
                Pattern::Literal(bytes) => literals.push(Finder::new(&bytes).into_owned()),
                Pattern::Regex(text) => texts.push(text),
                Pattern::Kind(_) => {}
            }
        }
        let regexes = texts.iter().map(|text| Regex::new(text).unwrap()).collect();
        Self { literals, set: RegexSet::new(&texts).unwrap(), regexes }
    }

    fn count(&self, body: &[u8], report: Report) -> usize {
        if report == Report::First {
            let literal = self.literals.iter().any(|finder| finder.find(body).is_some());
            return usize::from(literal || (!self.set.is_empty() && self.set.is_match(body)));
        }
        let literals: usize = self.literals.iter().map(|finder| finder.find_iter(body).count()).sum();
        literals + self.regexes.iter().map(|regex| regex.find_iter(body).count()).sum::<usize>()
    }
}

fn run_plain(bencher: Bencher<'_, '_>, case: &str, report: Report, batches: &[Batch]) {
    let plain = Plain::new(case);
    let (bytes, records) = counters(batches);
    bencher.counter(bytes).counter(records).bench_local(|| {
        for batch in batches {
            let bodies = batch.bodies();
            black_box((0..bodies.len()).map(|index| plain.count(bodies.body(index), report)).sum::<usize>());
        }
    });
}

/// What a sweep for each literal would cost, one after another, instead of one for all.
#[divan::bench(args = ["three literals, in none", "ten literals, in none"])]
fn json_sweeps(bencher: Bencher<'_, '_>, case: &str) {
    let plain = Plain::new(case);
    let batches = json();
    let (bytes, records) = counters(&batches);
    bencher.counter(bytes).counter(records).bench_local(|| {
        for batch in &batches {
            black_box(plain.literals.iter().filter(|finder| finder.find(&batch.bytes).is_some()).count());
        }
    });
}
