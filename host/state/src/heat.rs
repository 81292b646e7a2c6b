//! Pictures of where a map's shards are waited for: lines for a terminal, and SVG. Pure; knows no map.

use crate::ShardStats;
use std::fmt::Write as _;

/// What a picture shows of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShardHeat {
    /// How often its lock was taken.
    pub acquisitions: u64,
    /// How often it was held by another then.
    pub conflicts: u64,
}

impl From<&ShardStats> for ShardHeat {
    fn from(stats: &ShardStats) -> Self {
        Self { acquisitions: stats.acquisitions, conflicts: stats.conflicts }
    }
}

impl ShardHeat {
    /// Conflicts in a million acquisitions: small rates must be told from none.
    fn per_million(self) -> u64 {
        let rate = u128::from(self.conflicts) * 1_000_000 / u128::from(self.acquisitions.max(1));
        u64::try_from(rate).unwrap_or(u64::MAX)
    }
}

/// Conflicts in a million acquisitions from which a shard is as warm as the step says. By tens, since what matters
/// lies between one in a hundred thousand and the 15 % at which a map grows.
const STEPS: [u64; 6] = [0, 1, 100, 1_000, 10_000, 100_000];

/// A character for each step.
const SHADES: [char; STEPS.len()] = ['·', '░', '▒', '▓', '█', '#'];

/// A colour for each step, from light to dark, told apart also where red and green are not: ColorBrewer's YlOrRd
/// (Harrower and Brewer, 2003) behind a grey.
const COLOURS: [&str; STEPS.len()] = ["#eeeeee", "#ffffb2", "#fecc5c", "#fd8d3c", "#f03b20", "#bd0026"];

/// What each step means.
const MEANINGS: [&str; STEPS.len()] = ["none", "< 0.01 %", "< 0.1 %", "< 1 %", "< 10 %", "10 % and more"];

/// Which step a shard is on.
fn step(heat: ShardHeat) -> usize {
    if heat.conflicts == 0 {
        return 0;
    }
    // A rate too small to count in a million is a conflict nevertheless.
    let rate = heat.per_million().max(1);
    STEPS.iter().rposition(|least| *least <= rate).unwrap_or(0)
}

/// Lines of at most `columns` shards each, in their order, and a line that explains the shades.
#[must_use]
pub fn heat_text(shards: &[ShardHeat], columns: usize) -> String {
    let mut text = String::new();
    for row in shards.chunks(columns.max(1)) {
        text.extend(row.iter().map(|heat| SHADES[step(*heat)]));
        text.push('\n');
    }
    let legend: Vec<String> =
        SHADES.iter().zip(MEANINGS).map(|(shade, meaning)| format!("{shade} {meaning}")).collect();
    text + "conflicts of acquisitions: " + &legend.join("  ") + "\n"
}

/// A cell's side, and what it leaves free, in pixels.
const CELL: usize = 14;
const GAP: usize = 1;

/// What the legend takes below the cells, in pixels, and how wide each of its parts is.
const LEGEND: usize = 32;
const LEGEND_PART: usize = 110;

/// A square of cells in the shards' order, row by row, each with its figures as a tooltip, and a legend below.
#[must_use]
pub fn heat_svg(shards: &[ShardHeat]) -> String {
    let columns = side(shards.len());
    let height = shards.len().div_ceil(columns) * CELL + LEGEND;
    let width = (columns * CELL).max(LEGEND_PART * STEPS.len());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n"
    );
    for (index, heat) in shards.iter().enumerate() {
        let ShardHeat { acquisitions, conflicts } = *heat;
        let title = format!("shard {index}: {conflicts} conflicts in {acquisitions} acquisitions");
        cell(&mut svg, (index % columns * CELL, index / columns * CELL), step(*heat), &title);
    }
    legend(&mut svg, height - LEGEND / 2);
    svg + "</svg>\n"
}

/// The columns of a picture that is as wide as it is high, or a little wider.
fn side(count: usize) -> usize {
    let root = count.isqrt();
    (root + usize::from(root * root < count)).max(1)
}

fn cell(svg: &mut String, (x, y): (usize, usize), step: usize, title: &str) {
    let (size, colour) = (CELL - GAP, COLOURS[step]);
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{size}\" fill=\"{colour}\"><title>{title}</title></rect>"
    );
}

fn legend(svg: &mut String, y: usize) {
    for (step, meaning) in MEANINGS.iter().enumerate() {
        let x = step * LEGEND_PART;
        cell(svg, (x, y), step, "conflicts of acquisitions");
        let meaning = meaning.replace('<', "&lt;");
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{}\">{meaning}</text>", x + CELL + 4, y + CELL - 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heat(conflicts: u64, acquisitions: u64) -> ShardHeat {
        ShardHeat { acquisitions, conflicts }
    }

    #[test]
    fn a_shard_is_as_warm_as_its_rate_not_as_its_count() {
        let steps = [(0, 9), (1, u64::MAX), (9, 100_000), (10, 100_000), (1, 1_000), (1, 100), (1, 10), (5, 5)];
        assert_eq!(steps.map(|(conflicts, of)| step(heat(conflicts, of))), [0, 1, 1, 2, 3, 4, 5, 5]);
        assert_eq!(step(heat(0, 0)), 0);
    }

    #[test]
    fn the_text_has_a_row_for_so_many_shards_and_says_what_shades_mean() {
        let shards = [heat(0, 1), heat(1, 1), heat(0, 1), heat(1, 100), heat(0, 1)];
        let text = heat_text(&shards, 2);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["·#", "·█", "·"]);
        assert!(lines[3].contains("# 10 % and more"), "{text}");
    }

    #[test]
    fn the_svg_has_a_cell_with_figures_for_each_shard_and_is_well_formed() {
        let svg = heat_svg(&[heat(3, 40); 10]);
        assert_eq!(svg.matches("3 conflicts in 40 acquisitions").count(), 10);
        for tag in ["svg", "rect", "title", "text"] {
            let opened = svg.matches(&format!("<{tag}")).count();
            assert_eq!((opened, svg.matches(&format!("</{tag}>")).count()), (opened, opened), "{tag}");
        }
        // A bare `<` in a text would be a tag.
        assert!(!svg.contains("< "), "{svg}");
    }

    #[test]
    fn no_shards_are_an_empty_picture() {
        assert!(heat_svg(&[]).contains("</svg>"));
        assert_eq!(heat_text(&[], 0).lines().count(), 1);
    }
}
