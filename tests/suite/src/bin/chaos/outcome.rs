//! What came of a fault: the law's counts, and what the oracle found.

use crate::faults::Fault;
use logagent_testkit::Findings;
use logagent_tests::Report;

/// The counts of all runs of the agent together.
#[derive(Default)]
pub(crate) struct Outcome {
    written: usize,
    counts: [u64; 5],
    pub(crate) findings: Findings,
    /// The most memory that the agent had, in MiB.
    pub(crate) peak_mib: u64,
}

const COUNTS: [&str; 5] = ["received", "delivered", "dropped", "dead_lettered", "in_flight"];

impl Outcome {
    pub(crate) const HEAD: &'static str = "fault                     written received delivered  dropped dead-lettered \
        in-flight     lost invented    twice disordered peak MiB";

    pub(crate) fn new(written: usize, findings: Findings, peak_mib: u64) -> Self {
        Self { written, counts: [0; 5], findings, peak_mib }
    }

    /// Adds a run, whose law is checked.
    pub(crate) fn add(&mut self, report: &Report) {
        for (sum, name) in self.counts.iter_mut().zip(COUNTS) {
            *sum += report.count(name);
        }
    }

    pub(crate) fn row(&self, name: &str) -> String {
        let [received, delivered, dropped, dead_lettered, in_flight] = self.counts;
        let Findings { lost, invented, doubled, disordered } = &self.findings;
        format!(
            "{name:<24} {:>8} {received:>8} {delivered:>9} {dropped:>8} {dead_lettered:>13} {in_flight:>9} {:>8} {:>8} \
             {:>8} {:>10} {:>8}",
            self.written,
            lost.len(),
            invented.len(),
            doubled.len(),
            disordered.len(),
            self.peak_mib
        )
    }

    /// What must not be.
    pub(crate) fn problem(&self, fault: &Fault) -> Option<String> {
        let Findings { lost, invented, doubled, disordered } = &self.findings;
        let may_come_twice = fault.kills;
        let is_right = lost.is_empty()
            && invented.is_empty()
            && (may_come_twice || doubled.is_empty() && disordered.is_empty() && self.counts[0] == self.written as u64);
        (!is_right).then(|| format!("{}", self.findings))
    }
}
