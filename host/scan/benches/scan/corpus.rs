//! Generated lines, the same in every run.

use fastrand::Rng;
use logagent_record::{Bodies, Descriptor};

/// What a batch holds by default, and how much there is in all: more than the caches.
const BATCH_BYTES: usize = 512 << 10;
const BATCHES: usize = 64;

/// Lines as they were read, with the newlines between them.
pub struct Batch {
    pub bytes: Vec<u8>,
    pub records: Vec<Descriptor>,
}

impl Batch {
    pub fn bodies(&self) -> Bodies<'_> {
        Bodies::new(&self.bytes, 0, &self.records)
    }
}

fn batches(line: impl Fn(&mut Rng) -> String) -> Vec<Batch> {
    let mut rng = Rng::with_seed(7);
    (0..BATCHES).map(|_| batch(&mut rng, &line)).collect()
}

fn batch(rng: &mut Rng, line: &impl Fn(&mut Rng) -> String) -> Batch {
    let mut batch = Batch { bytes: Vec::with_capacity(BATCH_BYTES), records: vec![] };
    while batch.bytes.len() < BATCH_BYTES {
        let line = line(rng);
        let [body_at, body_len] = [batch.bytes.len(), line.len()].map(|wide| u32::try_from(wide).unwrap());
        batch.records.push(Descriptor { body_at, body_len, ..Descriptor::default() });
        batch.bytes.extend_from_slice(line.as_bytes());
        batch.bytes.push(b'\n');
    }
    batch
}

fn pick<'a>(rng: &mut Rng, texts: &[&'a str]) -> &'a str {
    texts[rng.usize(..texts.len())]
}

const USERS: [&str; 4] = ["anna.k@example.com", "bob", "c.d@mail.example.org", "guest"];
const PATHS: [&str; 5] = ["/api/v1/orders/", "/cart/", "/static/app.js?v=", "/search?q=", "/login/"];

/// Half of them are DEBUG; one in fifty has an escape.
pub fn json() -> Vec<Batch> {
    batches(|rng| {
        let (day, second, ms) = (rng.u32(1..29), rng.u32(0..60), rng.u32(0..1000));
        let level = pick(rng, &["DEBUG", "DEBUG", "DEBUG", "INFO", "WARN", "INFO"]);
        let service = pick(rng, &["checkout", "billing", "search"]);
        let user = pick(rng, &USERS);
        let ip = format!("10.{}.{}.{}", rng.u8(..), rng.u8(..), rng.u8(..));
        let path = format!("{}{}", pick(rng, &PATHS), rng.u32(..1_000_000));
        let status = pick(rng, &["200", "200", "200", "200", "302", "404", "200", "200", "200", "500"]);
        let note = if rng.u8(..50) == 0 { r#","note":"said \"hi\"""# } else { "" };
        format!(
            r#"{{"ts":"2026-11-{day:02}T10:11:{second:02}.{ms:03}Z","level":"{level}","service":"{service}","user":"{user}","ip":"{ip}","method":"GET","path":"{path}","status":{status},"duration_ms":{}.{}{note},"trace":"{:016x}"}}"#,
            rng.u32(..900),
            rng.u32(..10),
            rng.u64(..),
        )
    })
}

/// The combined format; a third are health checks.
pub fn nginx() -> Vec<Batch> {
    batches(|rng| {
        let ip = format!("203.0.113.{}", rng.u8(..));
        let agent = pick(
            rng,
            &["kube-probe/1.30", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", "curl/8.9.1"],
        );
        let path = if agent.starts_with("kube") {
            "/healthz".into()
        } else {
            format!("{}{}", pick(rng, &PATHS), rng.u32(..1_000_000))
        };
        let status = pick(rng, &["200", "200", "200", "304", "404", "200", "502"]);
        format!(
            r#"{ip} - - [24/Nov/2026:10:11:{:02} +0000] "GET {path} HTTP/1.1" {status} {} "https://shop.example.com/" "{agent}""#,
            rng.u8(..60),
            rng.u32(..90_000),
        )
    })
}
