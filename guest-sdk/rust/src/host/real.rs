//! The host's functions as the contract has them, in the SDK's own types.

pub(crate) mod state;

use crate::bindings::{assets, batch, fields, log, metrics, scan};
use crate::fields::PathError;
use crate::log::Level;
use crate::scan::{Escapes, Kind, Pattern, PatternError, Report};
use crate::{Batch, Stream};

pub(crate) fn stream_of(index: u16) -> Option<Stream> {
    batch::stream_of(index).map(|stream| Stream { source: stream.source, attributes: stream.attributes })
}

pub(crate) fn read_asset(path: &str) -> Result<Vec<u8>, String> {
    assets::read(path)
}

pub(crate) fn write(level: Level, line: &str) {
    let level = match level {
        Level::Error => log::Level::Error,
        Level::Warn => log::Level::Warn,
        Level::Info => log::Level::Info,
        Level::Debug => log::Level::Debug,
    };
    log::write(level, line);
}

/// A set of patterns, by the host's number for it.
#[derive(Debug)]
pub(crate) struct Set(u32);

impl Set {
    pub(crate) fn new(patterns: &[Pattern<'_>], report: Report, escapes: Escapes) -> Result<Self, Vec<PatternError>> {
        let patterns: Vec<scan::Pattern> = patterns.iter().copied().map(pattern).collect();
        let report = match report {
            Report::First => scan::Report::First,
            Report::All => scan::Report::All,
        };
        let escapes = match escapes {
            Escapes::Raw => scan::Escapes::Raw,
            Escapes::Json => scan::Escapes::Json,
        };
        let error = |problem: scan::Problem| PatternError { index: problem.index as usize, reason: problem.reason };
        let set = scan::compile(&patterns, report, escapes);
        set.map(Self).map_err(|problems| problems.into_iter().map(error).collect())
    }

    /// The batch in hand is the host's.
    pub(crate) fn run(&self, _batch: &Batch<'_>) -> Vec<u32> {
        scan::run(self.0)
    }
}

fn pattern(pattern: Pattern<'_>) -> scan::Pattern {
    match pattern {
        Pattern::Literal(bytes) => scan::Pattern::Literal(bytes.into()),
        Pattern::Regex(text) => scan::Pattern::Regex(text.into()),
        Pattern::Kind(kind) => scan::Pattern::Kind(match kind {
            Kind::Email => scan::Kind::Email,
            Kind::Card => scan::Kind::Card,
            Kind::Ipv4 => scan::Kind::Ipv4,
            Kind::Ipv6 => scan::Kind::Ipv6,
            Kind::Phone => scan::Kind::Phone,
            Kind::Iban => scan::Kind::Iban,
            Kind::Jwt => scan::Kind::Jwt,
            Kind::AwsKey => scan::Kind::AwsKey,
            Kind::Bearer => scan::Kind::Bearer,
        }),
    }
}

/// Paths, by the host's number for them.
#[derive(Debug)]
pub(crate) struct Paths(u32);

impl Paths {
    pub(crate) fn new(paths: &[&str]) -> Result<Self, Vec<PathError>> {
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        let error = |problem: fields::Problem| PathError { index: problem.index as usize, reason: problem.reason };
        fields::compile(&paths).map(Self).map_err(|problems| problems.into_iter().map(error).collect())
    }

    /// The batch in hand is the host's.
    pub(crate) fn run(&self, _batch: &Batch<'_>) -> Vec<u32> {
        fields::run(self.0)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Counter(u32);

impl Counter {
    pub(crate) fn new(name: &str) -> Self {
        Self(metrics::counter(name))
    }

    pub(crate) fn add(&self, amount: u64) {
        metrics::add(self.0, amount);
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Histogram(u32);

impl Histogram {
    pub(crate) fn new(name: &str, bounds: &[f64]) -> Self {
        Self(metrics::histogram(name, bounds))
    }

    pub(crate) fn observe(&self, value: f64) {
        metrics::observe(self.0, value);
    }
}
