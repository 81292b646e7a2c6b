//! From a file's bytes to the table, or to what is wrong with them, line by line.

mod csv;
mod jsonl;

use logagent_sdk::{ConfigError, ConfigErrors};

use crate::table::{Refused, Table};

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Comma-separated values (RFC 4180), with the columns' names in the first line.
    Csv,
    /// A JSON object in each line.
    Jsonl,
}

impl Format {
    /// By the path's ending.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let (_, ending) = path.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::Jsonl),
            _ => None,
        }
    }
}

/// The columns that are wanted, by name.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) key: String,
    pub(crate) add: Vec<String>,
}

/// More than that nobody reads: mostly they have one reason.
const MOST_PROBLEMS: usize = 10;

/// Reads a table.
pub(crate) fn table(bytes: &[u8], format: Format, columns: Columns) -> Result<Table, ConfigErrors> {
    // Editors of other systems put a mark of byte order in front.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut rows = Rows { columns, table: Table::default(), problems: Vec::new() };
    match format {
        Format::Csv => csv::read(bytes, &mut rows),
        Format::Jsonl => jsonl::read(bytes, &mut rows),
    }
    rows.table.end();
    if rows.problems.is_empty() { Ok(rows.table) } else { Err(rows.problems.into()) }
}

/// Rows that are being read.
struct Rows {
    columns: Columns,
    table: Table,
    problems: Vec<ConfigError>,
}

impl Rows {
    /// Adds a row; `key` is its key as text.
    fn add<'v>(&mut self, line: u64, key: &[u8], values: impl Iterator<Item = &'v [u8]>) {
        match self.table.add(key, values) {
            Ok(()) => {}
            Err(Refused::Twice) => {
                let key = String::from_utf8_lossy(key);
                self.problem(line, &format!("the key \"{key}\" once more"), "each key in one line");
            }
            Err(Refused::Full) => self.problem(line, "more than 4 GiB", "a smaller table"),
        }
    }

    fn problem(&mut self, line: u64, found: &str, allowed: &str) {
        self.problems.push(ConfigError::new("table", format!("line {line}: {found}"), allowed));
    }

    /// Tells of columns that are not there, by where their names stand in the configuration.
    fn lacks(&mut self, index: Option<usize>, there: &str) {
        let (key, name) = match index {
            Some(index) => (format!("add[{index}]"), &self.columns.add[index]),
            None => ("column".into(), &self.columns.key),
        };
        self.problems.push(ConfigError::new(key, format!("`{name}`, which the table lacks"), there));
    }

    /// Whether to read no further.
    fn is_enough(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS
    }
}
