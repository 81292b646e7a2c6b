//! Tables, as they are shown at the end. Formats and judges; measures nothing.

use std::fmt::{self, Display, Formatter};

/// One claim.
pub struct Row {
    /// The claim, in words.
    pub what: String,
    /// The figure, with its unit.
    pub measured: String,
    /// What it is compared with, measured in the same run.
    pub beside: Option<String>,
    /// How the two compare, as the target means it.
    pub ratio: Option<f64>,
    /// `None` where the figure is only reported.
    pub target: Option<Target>,
}

/// What must be reached, and whether it is.
pub struct Target {
    text: String,
    is_met: bool,
}

impl Target {
    /// Met by `value` up to `limit`.
    #[must_use]
    pub fn at_most(value: f64, limit: f64, unit: &str) -> Self {
        Self { text: format!("≤ {limit} {unit}"), is_met: value <= limit }
    }

    /// Met by `value` from `limit` on.
    #[must_use]
    pub fn at_least(value: f64, limit: f64, unit: &str) -> Self {
        Self { text: format!("≥ {limit} {unit}"), is_met: value >= limit }
    }

    /// What must be reached, and whether it is: two cells.
    #[must_use]
    pub fn cells(&self) -> [String; 2] {
        [self.text.clone(), if self.is_met { "ok" } else { "MISSED" }.to_owned()]
    }
}

impl Row {
    /// A figure that is only reported.
    #[must_use]
    pub fn reported(what: impl Into<String>, measured: String) -> Self {
        Self { what: what.into(), measured, beside: None, ratio: None, target: None }
    }

    fn cells(&self) -> [String; 6] {
        let none = || "–".to_owned();
        let [target, verdict] = self.target.as_ref().map_or_else(|| [none(), "reported".to_owned()], Target::cells);
        [
            self.what.clone(),
            self.measured.clone(),
            self.beside.clone().unwrap_or_else(none),
            self.ratio.map_or_else(none, |ratio| format!("{ratio:.2}")),
            target,
            verdict,
        ]
    }
}

/// All claims of a run, shown under each other.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds claims at the end.
    pub fn extend(&mut self, rows: Vec<Row>) {
        self.0.extend(rows);
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let head = ["what", "measured (median)", "beside", "ratio", "target", ""].map(str::to_owned);
        let lines: Vec<[String; 6]> = std::iter::once(head).chain(self.0.iter().map(Row::cells)).collect();
        f.write_str(&in_columns(&lines))
    }
}

/// The lines' cells, each column as wide as its widest.
#[must_use]
pub fn in_columns(lines: &[impl AsRef<[String]>]) -> String {
    let mut widths = Vec::new();
    for line in lines {
        let line = line.as_ref();
        widths.resize(widths.len().max(line.len()), 0);
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let pad = |(cell, width): (&String, &usize)| format!("{cell:<width$}  ");
    let show = |line: &[String]| format!("{}\n", line.iter().zip(&widths).map(pad).collect::<String>());
    lines.iter().map(|line| show(line.as_ref())).collect()
}
