//! A table with a column for each map, and what its figures come to. Formats and judges; measures nothing.

use logagent_measure::stats::Sample;
use logagent_measure::table::{Target, in_columns};
use std::fmt::{self, Display, Formatter};

pub(crate) struct Grid {
    title: String,
    lines: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Grid {
    pub(crate) fn new(title: impl Into<String>, head: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { title: title.into(), lines: vec![head.into_iter().map(Into::into).collect()], notes: Vec::new() }
    }

    /// Adds a line, and says it on standard error, since a whole table takes its time.
    pub(crate) fn push(&mut self, line: Vec<String>) {
        eprintln!("  {}", line.join("  "));
        self.lines.push(line);
    }

    pub(crate) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }
}

impl Display for Grid {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}", self.title, in_columns(&self.lines))?;
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

/// One thing's figures, round by round.
pub(crate) type Rounds = Vec<f64>;

pub(crate) fn median(rounds: &[f64]) -> f64 {
    Sample::new(rounds.to_vec()).median()
}

/// How two compare: the median of what they come to in each round, in which both had the same machine.
pub(crate) fn ratio(ours: &[f64], other: &[f64]) -> f64 {
    median(&ours.iter().zip(other).map(|(ours, other)| ours / other).collect::<Rounds>())
}

/// The index of the one with the highest median.
///
/// # Panics
/// Where there is none.
pub(crate) fn best(all: &[Rounds]) -> usize {
    let medians: Vec<f64> = all.iter().map(|rounds| median(rounds)).collect();
    (0..all.len()).max_by(|left, right| medians[*left].total_cmp(&medians[*right])).expect("something to compare with")
}

/// Three cells: how ours compares with the best of `peers` (the higher the better), the bar, and whether it is reached.
pub(crate) fn judged(ours: &[f64], peers: &[Rounds], names: &[&str], bar: Option<f64>) -> [String; 3] {
    let best = best(peers);
    let ratio = ratio(ours, &peers[best]);
    let [bar, verdict] = bar.map_or_else(reported, |bar| Target::at_least(ratio, bar, "×").cells());
    [format!("{ratio:.2} × {}", names[best]), bar, verdict]
}

/// What stands where there is no bar.
pub(crate) fn reported() -> [String; 2] {
    ["–".to_owned(), "reported".to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_that_of_rounds_not_of_medians() {
        // The machine was slow in the second round, for both.
        assert!((ratio(&[2.0, 1.0, 4.0], &[1.0, 0.5, 2.0]) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_best_peer_is_the_one_that_ours_is_judged_by() {
        let peers = [vec![1.0, 1.0, 9.0], vec![2.0, 2.0, 2.0]];
        let cells = judged(&[1.0, 1.0, 1.0], &peers, &["slow", "fast"], Some(1.0));
        assert_eq!(cells, ["0.50 × fast", "≥ 1 ×", "MISSED"]);
    }
}
