//! The host's own search, run in the test's process: a filter's tests see what the agent does.

use logagent_record::Bodies;

use crate::Batch;
use crate::fields::PathError;
use crate::scan::{Escapes, Kind, Pattern, PatternError, Report};

#[derive(Debug)]
pub(crate) struct Set(logagent_scan::Set);

impl Set {
    pub(crate) fn new(patterns: &[Pattern<'_>], report: Report, escapes: Escapes) -> Result<Self, Vec<PatternError>> {
        let patterns: Vec<logagent_scan::Pattern> = patterns.iter().copied().map(pattern).collect();
        let report = match report {
            Report::First => logagent_scan::Report::First,
            Report::All => logagent_scan::Report::All,
        };
        let escapes = match escapes {
            Escapes::Raw => logagent_scan::Escapes::Raw,
            Escapes::Json => logagent_scan::Escapes::Json,
        };
        let error = |it: logagent_scan::PatternError| PatternError { index: it.index, reason: it.reason.to_string() };
        let set = logagent_scan::Set::new(&patterns, logagent_scan::Options { report, escapes });
        set.map(Self).map_err(|errors| errors.into_iter().map(error).collect())
    }

    pub(crate) fn run(&self, batch: &Batch<'_>) -> Vec<u32> {
        let (mut scratch, mut found) = (logagent_scan::Scratch::default(), Vec::new());
        let answer = self.0.run(&bodies(batch), &mut scratch, &mut || true, &mut found);
        answer.expect("nothing interrupts a test");
        bytemuck::cast_slice(&found).to_vec()
    }
}

fn pattern(pattern: Pattern<'_>) -> logagent_scan::Pattern {
    match pattern {
        Pattern::Literal(bytes) => logagent_scan::Pattern::Literal(bytes.into()),
        Pattern::Regex(text) => logagent_scan::Pattern::Regex(text.into()),
        Pattern::Kind(kind) => logagent_scan::Pattern::Kind(match kind {
            Kind::Email => logagent_scan::Kind::Email,
            Kind::Card => logagent_scan::Kind::Card,
            Kind::Ipv4 => logagent_scan::Kind::Ipv4,
            Kind::Ipv6 => logagent_scan::Kind::Ipv6,
            Kind::Phone => logagent_scan::Kind::Phone,
            Kind::Iban => logagent_scan::Kind::Iban,
            Kind::Jwt => logagent_scan::Kind::Jwt,
            Kind::AwsKey => logagent_scan::Kind::AwsKey,
            Kind::Bearer => logagent_scan::Kind::Bearer,
        }),
    }
}

#[derive(Debug)]
pub(crate) struct Paths(logagent_fields::Paths);

impl Paths {
    pub(crate) fn new(paths: &[&str]) -> Result<Self, Vec<PathError>> {
        let error = |it: logagent_fields::PathError| PathError { index: it.index, reason: it.reason.to_string() };
        let paths = logagent_fields::Paths::new(paths);
        paths.map(Self).map_err(|errors| errors.into_iter().map(error).collect())
    }

    pub(crate) fn run(&self, batch: &Batch<'_>) -> Vec<u32> {
        let (mut scratch, mut found) = (logagent_fields::Scratch::default(), Vec::new());
        let answer = self.0.find(&bodies(batch), &mut scratch, &mut || true, &mut found);
        answer.expect("nothing interrupts a test");
        bytemuck::cast_slice(&found).to_vec()
    }
}

fn bodies<'a>(batch: &Batch<'a>) -> Bodies<'a> {
    Bodies::new(batch.window, 0, bytemuck::cast_slice(batch.descriptors))
}
