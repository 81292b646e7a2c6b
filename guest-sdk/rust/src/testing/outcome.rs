//! What became of a batch.

use std::collections::BTreeMap;

use crate::log::Level;

/// What a filter decided for a record.
///
/// ```
/// use logagent_sdk::testing::{Verdict, once};
/// assert_eq!(once(["a"], |_, _| ()).verdicts, [Verdict::Kept]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Goes on to the next filter.
    Kept,
    /// Dropped, for this reason.
    Dropped(&'static str),
    /// Sent to this output.
    Routed(String),
}

/// A record that the filter added.
///
/// ```
/// use logagent_sdk::{Fresh, testing::once};
/// let outcome = once(["a"], |_, decisions| decisions.emit(Fresh::new(b"alert")));
/// assert_eq!(outcome.emitted[0].body, b"alert");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emitted {
    /// The body.
    pub body: Vec<u8>,
    /// A MessagePack map, or nothing.
    pub attributes: Vec<u8>,
    /// Nanoseconds since the Unix epoch; 0 unknown.
    pub time_unix_nano: u64,
    /// OpenTelemetry's severity number; 0 unknown.
    pub severity: u8,
}

/// What became of a batch, record by record.
///
/// ```
/// use logagent_sdk::{Part, testing::once};
/// let outcome = once(["ab"], |_, decisions| decisions.replace(0, Part::Body, 0..1, b"x"));
/// assert_eq!(outcome.bodies, [b"xb"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// One for each record.
    pub verdicts: Vec<Verdict>,
    /// Each record's body after the edits, whatever its verdict.
    pub bodies: Vec<Vec<u8>>,
    /// Each record's attributes after the edits.
    pub attributes: Vec<Vec<u8>>,
    /// Each record's time, in nanoseconds since the Unix epoch; 0 unknown.
    pub times: Vec<u64>,
    /// Each record's severity, OpenTelemetry's number; 0 unknown.
    pub severities: Vec<u8>,
    /// The records sent to outputs as well, by index.
    pub copies: Vec<(usize, String)>,
    /// The records added.
    pub emitted: Vec<Emitted>,
    /// The lines logged.
    pub logged: Vec<(Level, String)>,
    /// What the counters grew by.
    pub counters: BTreeMap<String, u64>,
    /// What the histograms were given.
    pub observed: BTreeMap<String, Vec<f64>>,
}

impl Outcome {
    /// The bodies of the kept records as text; what is no UTF-8 is replaced.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::testing::once(["a"], |_, _| ()).kept(), ["a"]);
    /// ```
    #[must_use]
    pub fn kept(&self) -> Vec<String> {
        let pairs = self.verdicts.iter().zip(&self.bodies);
        pairs
            .filter(|(verdict, _)| **verdict == Verdict::Kept)
            .map(|(_, body)| String::from_utf8_lossy(body).into_owned())
            .collect()
    }
}
