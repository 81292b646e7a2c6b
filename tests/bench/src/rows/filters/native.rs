//! Loops of native code over the lines of a file, with the libraries that one would take: regex, serde_json.

use super::{Rival, Run};
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

/// As the agent's batches.
const CHUNK: usize = 512 << 10;

/// Calls `work` with each line and an output that is thrown away chunk by chunk.
fn rival(name: &'static str, target: Option<f64>, work: impl Fn(&[u8], &mut Vec<u8>) + 'static) -> Rival {
    let run: Run = Box::new(move |path: &Path| {
        let started = Instant::now();
        let mut file = File::open(path)?;
        let (mut chunk, mut filled) = (vec![0; CHUNK], 0);
        let mut out = Vec::with_capacity(2 * CHUNK);
        loop {
            let count = file.read(&mut chunk[filled..])?;
            if count == 0 {
                return Ok(started.elapsed());
            }
            filled += count;
            let end = memchr::memrchr(b'\n', &chunk[..filled]).map_or(0, |at| at + 1);
            out.clear();
            let mut rest = &chunk[..end];
            while let Some(at) = memchr::memchr(b'\n', rest) {
                work(&rest[..at], &mut out);
                rest = &rest[at + 1..];
            }
            black_box(&out);
            chunk.copy_within(end..filled, 0);
            filled -= end;
        }
    });
    Rival { name, run, target, is_slow: true }
}

/// Replaces what one expression of all these patterns finds.
pub(super) fn replace(patterns: &[&str], target: Option<f64>) -> Rival {
    let pattern = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect::<Vec<_>>().join("|");
    let regex = regex::bytes::Regex::new(&pattern).expect("a pattern of this file");
    rival("native regex loop", target, move |line, out| {
        out.extend_from_slice(&regex.replace_all(line, &b"[redacted]"[..]));
    })
}

/// Takes a line apart by an expression's groups.
pub(super) fn captures(pattern: &'static str, target: Option<f64>) -> Rival {
    let regex = regex::bytes::Regex::new(pattern).expect("a pattern of this file");
    rival("native regex loop", target, move |line, out| {
        if let Some(captures) = regex.captures(line) {
            captures.iter().skip(1).flatten().for_each(|group| out.extend_from_slice(group.as_bytes()));
        }
    })
}

/// Reads each line as JSON, changes it, and writes it again.
pub(super) fn json(
    target: Option<f64>,
    change: impl Fn(&mut serde_json::Map<String, serde_json::Value>) + 'static,
) -> Rival {
    rival("native serde_json loop", target, move |line, out| {
        let mut object: serde_json::Map<_, _> = serde_json::from_slice(line).expect("an input of objects");
        change(&mut object);
        serde_json::to_writer(out, &object).expect("memory takes all");
    })
}

/// Reads each line as JSON and looks at one field of it.
pub(super) fn json_level(target: Option<f64>) -> Rival {
    rival("native serde_json loop", target, |line, out| {
        let line: serde_json::Value = serde_json::from_slice(line).expect("an input of JSON");
        out.push(u8::from(line["level"] == "DEBUG" || line["level"] == "TRACE"));
    })
}

/// The same, into a type that has that field alone: what one writes for a field that is known while compiling.
pub(super) fn json_level_typed(target: Option<f64>) -> Rival {
    #[derive(serde::Deserialize)]
    struct Line<'a> {
        level: &'a str,
    }
    rival("native serde_json loop into a type", target, |line, out| {
        let line: Line<'_> = serde_json::from_slice(line).expect("an input of objects");
        out.push(u8::from(line.level == "DEBUG" || line.level == "TRACE"));
    })
}
