//! Columns of text.

use super::clean;

/// Where a column's cells stand.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Left,
    Right,
}

/// A head and rows, each cell as wide as its column's widest.
pub(super) fn table(head: &[(&str, Side)], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
    let titles: Vec<String> = head.iter().map(|(title, _)| (*title).to_owned()).collect();
    let all: Vec<Vec<String>> = [titles].into_iter().chain(rows).collect();
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let columns: Vec<(Side, usize)> = head.iter().enumerate().map(|(index, (_, side))| (*side, width(index))).collect();
    all.iter().map(|row| line(row, &columns)).collect()
}

fn line(row: &[String], columns: &[(Side, usize)]) -> String {
    let cells = row.iter().zip(columns).map(|(cell, (side, width))| match side {
        Side::Left => format!("{cell:<width$}"),
        Side::Right => format!("{cell:>width$}"),
    });
    let line = cells.collect::<Vec<_>>().join("  ");
    format!("{}\n", line.trim_end())
}
