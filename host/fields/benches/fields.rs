//! Fields of 200-byte JSON lines, beside serde_json extracting the same two: by a visitor that ignores the others, and
//! by a tree.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use logagent_fields::{Paths, Scratch};
use logagent_record::{Bodies, Descriptor};
use serde::Deserialize;
use std::borrow::Cow;

/// As many lines as are in a batch of 512 KiB.
const LINES: u32 = 2300;

/// As a service's log has them: the same members in each, their values of changing lengths.
fn line(number: u32) -> String {
    let second = number % 60;
    let level = ["INFO", "DEBUG", "WARN"][(number as usize * 7) % 3];
    let user = ["anna.k", "bo", "christine.meier"][(number as usize * 5) % 3];
    let status = [200, 404, 500][(number as usize * 11) % 3];
    let (host, order, spent) = (number % 250, number * 37 % 900_000, number * 13 % 1000);
    format!(
        r#"{{"ts":"2026-11-24T10:11:{second:02}.345Z","level":"{level}","service":"checkout","user":"{user}","email":"{user}@example.com","ip":"10.23.4.{host}","method":"GET","path":"/api/v1/orders/{order}","status":{status},"duration_ms":{spent}.5}}"#
    )
}

struct Batch {
    bytes: Vec<u8>,
    records: Vec<Descriptor>,
}

impl Batch {
    fn new(line: impl Fn(u32) -> String) -> Self {
        let (mut bytes, mut records) = (Vec::new(), Vec::new());
        for number in 0..LINES {
            let body_at = u32::try_from(bytes.len()).unwrap();
            bytes.extend_from_slice(line(number).as_bytes());
            let body_len = u32::try_from(bytes.len()).unwrap() - body_at;
            records.push(Descriptor { body_at, body_len, ..Descriptor::default() });
            bytes.push(b'\n');
        }
        Self { bytes, records }
    }

    fn bodies(&self) -> Bodies<'_> {
        Bodies::new(&self.bytes, 0, &self.records)
    }
}

fn main() {
    divan::main();
}

const PATHS: [(&str, &[&str]); 7] = [
    ("user email", &["user", "email"]),
    ("level", &["level"]),
    ("none", &[]),
    ("absent", &["trace_id", "span_id"]),
    ("**.password", &["**.password"]),
    ("*", &["*"]),
    ("eight", &["ts", "level", "service", "user", "email", "ip", "method", "status"]),
];

#[divan::bench(args = PATHS.map(|(name, _)| name))]
fn find(bencher: Bencher<'_, '_>, name: &str) {
    let (_, paths) = PATHS.iter().find(|(known, _)| *known == name).unwrap();
    run(bencher, &Batch::new(line), paths);
}

/// Each line with blanks behind colons and commas, as many libraries write JSON.
#[divan::bench]
fn find_in_spaced_lines(bencher: Bencher<'_, '_>) {
    let spaced = |number| line(number).replace("\":", "\": ").replace(",\"", ", \"");
    run(bencher, &Batch::new(spaced), &["user", "email"]);
}

/// Each line with a member that is a line of JSON as a string.
#[divan::bench]
fn find_in_escaped_lines(bencher: Bencher<'_, '_>) {
    let inner = |number| serde_json::to_string(&line(number)).unwrap();
    let escaped = |number| format!(r#"{{"log":{},"user":"anna","email":"a@b"}}"#, inner(number));
    run(bencher, &Batch::new(escaped), &["user", "email"]);
}

/// Each line with letters that are not ASCII.
#[divan::bench]
fn find_in_cyrillic_lines(bencher: Bencher<'_, '_>) {
    let cyrillic = |number| line(number).replace("checkout", "оформление заказа").replace("bo", "Борис");
    run(bencher, &Batch::new(cyrillic), &["user", "email"]);
}

#[divan::bench]
fn find_in_text(bencher: Bencher<'_, '_>) {
    let text = |number| format!("2026-11-24 10:11:12 INFO checkout user=anna {}", line(number));
    run(bencher, &Batch::new(text), &["user", "email"]);
}

fn run(bencher: Bencher<'_, '_>, batch: &Batch, paths: &[&str]) {
    let paths = Paths::new(paths).unwrap();
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    bencher.counter(BytesCount::new(batch.bytes.len())).bench_local(|| {
        found.clear();
        paths.find(black_box(&batch.bodies()), &mut scratch, &mut || true, &mut found).unwrap();
        found.len()
    });
}

/// The two fields; serde skips the others as `IgnoredAny`.
#[derive(Deserialize)]
struct Two<'a> {
    #[serde(borrow)]
    user: Cow<'a, str>,
    #[serde(borrow)]
    email: Cow<'a, str>,
}

#[divan::bench]
fn serde_ignoring(bencher: Bencher<'_, '_>) {
    let batch = Batch::new(line);
    bencher.counter(BytesCount::new(batch.bytes.len())).bench_local(|| {
        let lengths = |index| {
            let two: Two<'_> = serde_json::from_slice(batch.bodies().body(index)).unwrap();
            two.user.len() + two.email.len()
        };
        (0..batch.records.len()).map(lengths).sum::<usize>()
    });
}

#[divan::bench]
fn serde_tree(bencher: Bencher<'_, '_>) {
    let batch = Batch::new(line);
    bencher.counter(BytesCount::new(batch.bytes.len())).bench_local(|| {
        let lengths = |index| {
            let tree: serde_json::Value = serde_json::from_slice(batch.bodies().body(index)).unwrap();
            tree["user"].as_str().map_or(0, str::len) + tree["email"].as_str().map_or(0, str::len)
        };
        (0..batch.records.len()).map(lengths).sum::<usize>()
    });
}
