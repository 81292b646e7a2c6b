//! Which lines are one record: a stack trace with the line that it was logged with. Looks at lines, and at nothing else.

use regex::bytes::{Regex, RegexBuilder};
use std::sync::Arc;
use std::time::Duration;

/// How lines become records.
#[derive(Clone, Debug)]
pub struct Multiline {
    rule: Arc<Rule>,
    /// A record that nothing was added to for so long is taken for whole.
    pub(crate) timeout: Duration,
}

#[derive(Debug)]
enum Rule {
    /// A line that matches begins a record.
    Start(Regex),
    /// A line that matches goes on, and so does one behind a line that matches `after`.
    GoOn { line: Regex, after: Option<Regex> },
}

/// Traces as languages' runtimes print them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Exceptions of Java and other languages of its machine.
    Java,
    /// Tracebacks.
    Python,
    /// Panics with their goroutines.
    Go,
    /// Panics with or without a backtrace.
    Rust,
}

/// What a pattern may take compiled, in bytes: much more than any that a person writes.
const PATTERN_BYTES: usize = 1 << 20;

const JAVA: &str =
    r"^(?:[ \t]+(?:at|\.\.\.) |[ \t]*(?:Caused by|Suppressed): |(?:[\w$]+\.)+[\w$]*(?:Exception|Error|Throwable)\b)";
const PYTHON: &str = r"^(?:[ \t]|\r?$|Traceback \(most recent call last\):|(?:\w+\.)*\w*(?:Error|Exception|Warning|Interrupt|Exit)(?::|\r?$)|During handling of the above|The above exception was)";
const GO: &str =
    r"^(?:[ \t]|\r?$|goroutine \d+ |created by |\[signal |exit status \d|[\w./*-]+(?:\.\(\*?\w+\))?\.[\w.]+\(.*\)\r?$)";
const RUST: &str = r"^(?:[ \t]+\d+: |[ \t]+at |stack backtrace:|note: )";
/// The panic's message is on a line of its own, and can be anything.
const RUST_AFTER: &str = r"^thread '.*' (?:\(\d+\) )?panicked at .*:\r?$";

impl Multiline {
    /// Records that begin with a line that `pattern` matches (the syntax of Rust's `regex`).
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub fn start(pattern: &str, timeout: Duration) -> Result<Self, String> {
        let start = RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build().map_err(|error| error.to_string())?;
        Ok(Self { rule: Arc::new(Rule::Start(start)), timeout })
    }

    /// Records with the traces of a language behind the line that they were logged with.
    #[must_use]
    pub fn preset(preset: Preset, timeout: Duration) -> Self {
        let (line, after) = match preset {
            Preset::Java => (JAVA, None),
            Preset::Python => (PYTHON, None),
            Preset::Go => (GO, None),
            Preset::Rust => (RUST, Some(RUST_AFTER)),
        };
        let compile = |pattern| Regex::new(pattern).expect("a test compiles it");
        Self { rule: Arc::new(Rule::GoOn { line: compile(line), after: after.map(compile) }), timeout }
    }

    /// Whether `line` begins a record, where `before` is the line before it.
    pub(crate) fn begins(&self, before: &[u8], line: &[u8]) -> bool {
        match &*self.rule {
            Rule::Start(start) => start.is_match(line),
            Rule::GoOn { line: go_on, after } => {
                !go_on.is_match(line) && !after.as_ref().is_some_and(|after| after.is_match(before))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The traces as the runtimes print them, each behind a line of the log and before another.
    const TRACES: [(Preset, &str); 6] = [
        (
            Preset::Java,
            "java.lang.IllegalStateException: no table\n\tat com.example.Store.load(Store.java:42)\n\tat com.example.Main$1.run(Main.java:7)\n\
             Caused by: java.io.IOException: disk\n\tat java.base/java.io.File.open(File.java:1)\n\t... 2 more\n\tSuppressed: java.lang.Error: x\n",
        ),
        (
            Preset::Python,
            "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n    f()\nKeyError: 'x'\n\n\
             During handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 5, in f\n\
             app.errors.StoreError: gone\n",
        ),
        (
            Preset::Python,
            "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\nKeyboardInterrupt\n",
        ),
        (
            Preset::Go,
            "\ngoroutine 1 [running]:\nmain.(*Store).load(0xc000012120, {0x1, 0x2})\n\t/src/main.go:12 +0x1d\nmain.main()\n\t/src/main.go:5\n\
             created by main.start in goroutine 1\n\t/src/main.go:9\nexit status 2\n",
        ),
        (
            Preset::Rust,
            "anything at all\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
        ),
        (
            Preset::Rust,
            "index out of bounds\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/std/src/panicking.rs:5\n",
        ),
    ];

    #[test]
    fn a_trace_goes_on_with_the_line_before_it_and_ends_with_the_next() {
        for (preset, trace) in TRACES {
            let multiline = Multiline::preset(preset, Duration::ZERO);
            let first = if preset == Preset::Rust {
                "thread 'main' panicked at src/main.rs:2:5:"
            } else {
                "12:00 ERROR it failed"
            };
            let mut before = first;
            assert!(multiline.begins(b"", first.as_bytes()), "{preset:?}");
            for line in trace.lines() {
                assert!(!multiline.begins(before.as_bytes(), line.as_bytes()), "{preset:?}: {line:?}");
                before = line;
            }
            for next in ["12:01 INFO it goes on", "{\"level\":\"info\"}", "2026-11-28T12:00:00Z done in f(x)"] {
                assert!(multiline.begins(before.as_bytes(), next.as_bytes()), "{preset:?}: {next:?}");
            }
        }
    }

    #[test]
    fn a_pattern_that_is_none_is_refused_with_the_place() {
        let error = Multiline::start("(", Duration::ZERO).unwrap_err();
        assert!(error.contains("unclosed group"), "{error}");
    }
}
