//! The one table at the end. Formats and judges; measures nothing.

use std::fmt::{self, Display, Formatter};

/// One claim.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) measured: String,
    /// What it is compared with, measured in the same run.
    pub(crate) beside: Option<String>,
    /// How the two compare, as the target means it.
    pub(crate) ratio: Option<f64>,
    /// `None` where the figure is only reported.
    pub(crate) target: Option<Target>,
}

/// What must be reached, and whether it is.
pub(crate) struct Target {
    text: String,
    is_met: bool,
}

impl Target {
    pub(crate) fn at_most(value: f64, limit: f64, unit: &str) -> Self {
        Self { text: format!("≤ {limit} {unit}"), is_met: value <= limit }
    }

    pub(crate) fn at_least(value: f64, limit: f64, unit: &str) -> Self {
        Self { text: format!("≥ {limit} {unit}"), is_met: value >= limit }
    }
}

impl Row {
    /// A figure that is only reported.
    pub(crate) fn reported(what: impl Into<String>, measured: String) -> Self {
        Self { what: what.into(), measured, beside: None, ratio: None, target: None }
    }

    fn cells(&self) -> [String; 6] {
        let none = || "–".to_owned();
        [
            self.what.clone(),
            self.measured.clone(),
            self.beside.clone().unwrap_or_else(none),
            self.ratio.map_or_else(none, |ratio| format!("{ratio:.2}")),
            self.target.as_ref().map_or_else(none, |target| target.text.clone()),
            self.target.as_ref().map_or("reported", |target| if target.is_met { "ok" } else { "MISSED" }).to_owned(),
        ]
    }
}

#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    pub(crate) fn extend(&mut self, rows: Vec<Row>) {
        self.0.extend(rows);
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let head = ["what", "measured (median)", "beside", "ratio", "target", ""].map(str::to_owned);
        let lines: Vec<[String; 6]> = std::iter::once(head).chain(self.0.iter().map(Row::cells)).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 6] = std::array::from_fn(width);
        for line in &lines {
            for (cell, width) in line.iter().zip(widths) {
                write!(f, "{cell:<width$}  ")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
