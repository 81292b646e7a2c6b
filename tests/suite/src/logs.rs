//! Logs as services write them, the same for the same seed.

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): enough for test data.
pub struct Random(u64);

impl Random {
    /// The sequence of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    /// One of these.
    pub fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let index = self.below(all.len() as u64);
        all[usize::try_from(index).expect("an index")]
    }
}

const MESSAGES: [&str; 6] = [
    "request handled",
    "cache miss, asking upstream",
    "connection closed by peer while sending the response",
    "retrying after a timeout",
    "user ✓ signed in",
    "",
];

/// JSON lines of one service, about half of them DEBUG, `bytes` or a little more in all.
#[must_use]
pub fn json_logs(seed: u64, bytes: usize) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut logs = Vec::with_capacity(bytes + 400);
    let mut number = 0;
    while logs.len() < bytes {
        let level = random.pick(&["DEBUG", "DEBUG", "DEBUG", "INFO", "WARN", "ERROR"]);
        let (path, text) = (random.pick(&["/", "/login", "/cart/items", "/search?q=a%20b"]), random.pick(&MESSAGES));
        let (status, micros, pad) = (random.below(400) + 200, random.below(900_000), random.below(80));
        let pad = "x".repeat(usize::try_from(pad).expect("a length"));
        let line = format!(
            "{{\"time\":\"2026-11-23T06:{:02}:{:02}.{micros:06}Z\",\"level\":\"{level}\",\"n\":{number},\
             \"path\":\"{path}\",\"status\":{status},\"msg\":\"{text}\",\"trace\":\"{pad}\"}}\n",
            number / 60 % 60,
            number % 60,
        );
        logs.extend_from_slice(line.as_bytes());
        number += 1;
    }
    logs
}

/// The lines of a text, each without its newline.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.split(|&byte| byte == b'\n')
}
