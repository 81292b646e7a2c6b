//! The log that the agent and its rivals read: JSON lines as a service writes them, the same bytes on every machine.

use crate::place::Place;
use anyhow::Context;
use std::fs::{File, copy, metadata, rename};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// What about half of the lines contain, in their middle. Nothing else in a line says DEBUG, so that the prototype's
/// shorter literal finds the same lines.
pub(crate) const LITERAL: &str = r#""level":"DEBUG""#;

/// More than the longest line that `Lines` makes.
const LONGEST_LINE: u64 = 256;

/// The input of this run's size: made by the first run that wants it, found again by all others.
pub(crate) fn ensure(place: &Place) -> anyhow::Result<PathBuf> {
    let bytes = place.scale.input_bytes;
    let path = place.kept().join(format!("input-{}MiB.jsonl", bytes >> 20));
    // Renamed into place when complete; the size tells of one that another version made.
    if !metadata(&path).is_ok_and(|found| (bytes..bytes + LONGEST_LINE).contains(&found.len())) {
        write(&path, bytes).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(path)
}

/// The same bytes in another file: a source takes a second name of one file for what it is.
pub(crate) fn ensure_copy(place: &Place) -> anyhow::Result<PathBuf> {
    let path = place.scratch("second-input.jsonl");
    if !path.exists() {
        copy(ensure(place)?, &path).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(path)
}

fn write(path: &Path, bytes: u64) -> anyhow::Result<()> {
    eprintln!("  writing {} MiB of input to {}", bytes >> 20, path.display());
    let partial = path.with_extension(format!("{}.partial", std::process::id()));
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&partial)?);
    let mut lines = Lines { random: Random(1), micros: 0 };
    let mut line = Vec::new();
    let mut written = 0;
    while written < bytes {
        line.clear();
        lines.next_into(&mut line)?;
        file.write_all(&line)?;
        written += line.len() as u64;
    }
    file.flush()?;
    rename(&partial, path)?;
    Ok(())
}

/// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016): the same
/// numbers everywhere, which no library promises for its next version.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to `end`, which is small against 2^64.
    fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 16) % end
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let index = self.below(all.len() as u64);
        all[usize::try_from(index).expect("an index is small")]
    }
}

const LEVELS: [&str; 8] = ["DEBUG", "DEBUG", "DEBUG", "DEBUG", "INFO", "INFO", "WARN", "ERROR"];
const SERVICES: [&str; 5] = ["checkout", "catalogue", "payments", "sessions", "shipping"];
const METHODS: [&str; 4] = ["GET", "GET", "POST", "PUT"];
const STATUSES: [&str; 6] = ["200", "200", "201", "304", "404", "500"];
const PATHS: [&str; 4] = ["/v1/orders", "/v1/carts", "/v2/customers", "/v1/articles"];
const MESSAGES: [&str; 4] =
    ["request served", "cache entry renewed", "upstream was asked again", "session was resumed"];

struct Lines {
    random: Random,
    micros: u64,
}

impl Lines {
    fn next_into(&mut self, line: &mut Vec<u8>) -> std::io::Result<()> {
        self.micros += self.random.below(400);
        let seconds = self.micros / 1_000_000;
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        let micros = self.micros % 1_000_000;
        let random = &mut self.random;
        writeln!(
            line,
            r#"{{"time":"2026-03-01T{hour:02}:{minute:02}:{second:02}.{micros:06}Z","service":"{}","host":"web-{:02}","trace":"{:016x}","level":"{}","method":"{}","path":"{}/{:06}","status":{},"ms":{},"message":"{}"}}"#,
            random.pick(&SERVICES),
            random.below(40),
            random.next(),
            random.pick(&LEVELS),
            random.pick(&METHODS),
            random.pick(&PATHS),
            random.below(1_000_000),
            random.pick(&STATUSES),
            random.below(900),
            random.pick(&MESSAGES),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_of_200_to_220_bytes_and_half_of_them_hold_the_literal() {
        let mut lines = Lines { random: Random(1), micros: 0 };
        let (mut bytes, mut matches) = (0, 0);
        for _ in 0..10_000 {
            let mut line = Vec::new();
            lines.next_into(&mut line).unwrap();
            let line = String::from_utf8(line).unwrap();
            assert!((line.len() as u64) < LONGEST_LINE && line.ends_with("}\n"));
            assert_eq!(line.contains("DEBUG"), line.contains(LITERAL));
            bytes += line.len();
            matches += usize::from(line.contains(LITERAL));
        }
        assert!((200..=220).contains(&(bytes / 10_000)), "{bytes}");
        assert!((4_800..5_200).contains(&matches), "{matches}");
    }
}
