//! The lines of each kind of log.

use super::Kind;
use super::random::Random;
use std::io::Write;

const LEVELS: [&str; 8] = ["DEBUG", "DEBUG", "DEBUG", "DEBUG", "INFO", "INFO", "WARN", "ERROR"];
const SERVICES: [&str; 5] = ["checkout", "catalogue", "payments", "sessions", "shipping"];
const METHODS: [&str; 4] = ["GET", "GET", "POST", "PUT"];
const STATUSES: [&str; 6] = ["200", "200", "201", "304", "404", "500"];
const PATHS: [&str; 4] = ["/v1/orders", "/v1/carts", "/v2/customers", "/v1/articles"];
const MESSAGES: [&str; 4] =
    ["request served", "cache entry renewed", "upstream was asked again", "session was resumed"];
const NAMES: [&str; 6] = ["anna.k", "b.larsen", "chen", "d.okafor", "eva", "f.rossi"];
const AGENTS: [&str; 3] =
    ["curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0", "kube-probe/1.31"];

/// Lines of one kind, one after the other.
pub(super) struct Lines {
    kind: Kind,
    random: Random,
    micros: u64,
}

impl Lines {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, random: Random(1), micros: 0 }
    }

    pub(super) fn next_into(&mut self, line: &mut Vec<u8>) -> std::io::Result<()> {
        self.micros += self.random.below(400);
        match self.kind {
            Kind::Service => self.service(line),
            Kind::People => self.people(line),
            Kind::Nginx => self.nginx(line),
        }
    }

    fn clock(&self) -> String {
        let seconds = self.micros / 1_000_000;
        format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
    }

    fn service(&mut self, line: &mut Vec<u8>) -> std::io::Result<()> {
        let (clock, micros, random) = (self.clock(), self.micros % 1_000_000, &mut self.random);
        writeln!(
            line,
            r#"{{"time":"2026-03-01T{clock}.{micros:06}Z","service":"{}","host":"web-{:02}","trace":"{:016x}","level":"{}","method":"{}","path":"{}/{:06}","status":{},"ms":{},"message":"{}"}}"#,
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

    fn people(&mut self, line: &mut Vec<u8>) -> std::io::Result<()> {
        let (clock, micros, random) = (self.clock(), self.micros % 1_000_000, &mut self.random);
        let user = random.pick(&NAMES);
        writeln!(
            line,
            r#"{{"time":"2026-03-01T{clock}.{micros:06}Z","level":"{}","service":"{}","user":"{user}","email":"{user}@example.com","ip":"10.{}.{}.{}","method":"{}","path":"{}/{:06}","status":{},"ms":{}}}"#,
            random.pick(&LEVELS),
            random.pick(&SERVICES),
            random.below(256),
            random.below(256),
            random.below(256),
            random.pick(&METHODS),
            random.pick(&PATHS),
            random.below(1_000_000),
            random.pick(&STATUSES),
            random.below(900),
        )
    }

    fn nginx(&mut self, line: &mut Vec<u8>) -> std::io::Result<()> {
        let (clock, random) = (self.clock(), &mut self.random);
        writeln!(
            line,
            r#"10.{}.{}.{} - - [01/Mar/2026:{clock} +0000] "{} {}/{:06}?page={} HTTP/1.1" {} {} "https://shop.example.com/" "{}""#,
            random.below(256),
            random.below(256),
            random.below(256),
            random.pick(&METHODS),
            random.pick(&PATHS),
            random.below(1_000_000),
            random.below(30),
            random.pick(&STATUSES),
            random.below(90_000),
            random.pick(&AGENTS),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{LITERAL, LONGEST_LINE};

    #[test]
    fn lines_are_of_200_to_220_bytes_and_half_of_them_hold_the_literal() {
        let mut lines = Lines::new(Kind::Service);
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
