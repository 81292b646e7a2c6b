//! The configuration's keys, and what of them is refused.

use logagent_conditions::KeyField;
use logagent_sdk::metrics::Counter;
use logagent_sdk::{ConfigError, ConfigErrors, assets};
use serde::Deserialize;

use crate::join::Join;
use crate::read::{self, Columns, Format};
use crate::table::Table;
use crate::{EnrichFilter, Metrics};

/// What stands under `config` of the filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The path of the table's file, which ends in `.csv` or `.jsonl`.
    pub table: Option<String>,
    /// The field of records whose value is looked up.
    pub key: Option<String>,
    /// The column that it is looked up in; by default the one with the field's name.
    pub column: Option<String>,
    /// The columns that become attributes.
    pub add: Option<Vec<String>>,
    /// What becomes of records that the table has nothing for.
    #[serde(default)]
    pub missing: Missing,
}

/// What becomes of records that the table has nothing for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// They go on as they are.
    #[default]
    Pass,
    /// They get the attribute `enrich.missing`.
    Mark,
}

impl Config {
    pub(crate) fn build(self) -> Result<EnrichFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        let key = self.key(&mut errors);
        let columns = self.columns(&mut errors);
        let format = self.format(&mut errors);
        let (Some(key), Some(columns), Some((path, format))) = (key, columns, format) else { return Err(errors) };
        let join = Join::new(&columns.add);
        let table = table(&path, format, columns).map_err(|problems| {
            problems.into_iter().for_each(|problem| errors.push(problem));
        });
        let [missing, keyless, malformed] = ["missing", "keyless", "malformed"].map(Counter::new);
        let metrics = Metrics { missing, keyless, malformed };
        let Ok(table) = table else { return Err(errors) };
        errors.or_ok(EnrichFilter { key, table, join, missing: self.missing, metrics })
    }

    fn key(&self, errors: &mut ConfigErrors) -> Option<KeyField> {
        let Some(name) = &self.key else {
            errors.push(ConfigError::new("key", "no value", "a field's name"));
            return None;
        };
        KeyField::new("key", name).map_err(|error| errors.push(error)).ok()
    }

    fn columns(&self, errors: &mut ConfigErrors) -> Option<Columns> {
        let add = self.add.clone().unwrap_or_default();
        if add.is_empty() {
            let found = if self.add.is_none() { "no value" } else { "an empty list" };
            errors.push(ConfigError::new("add", found, "one column or more"));
        }
        for (index, name) in add.iter().enumerate().filter(|(index, name)| add[..*index].contains(name)) {
            errors.push(ConfigError::new(format!("add[{index}]"), format!("`{name}` once more"), "each column once"));
        }
        let key = self.column.clone().or_else(|| self.key.clone())?;
        (!add.is_empty()).then_some(Columns { key, add })
    }

    fn format(&self, errors: &mut ConfigErrors) -> Option<(String, Format)> {
        let path = self.table.clone().unwrap_or_default();
        let format = Format::of(&path);
        if format.is_none() {
            let found = self.table.as_ref().map_or_else(|| "no value".into(), |path| format!("the string \"{path}\""));
            errors.push(ConfigError::new("table", found, "the path of a file that ends in .csv or .jsonl"));
        }
        Some((path, format?))
    }
}

fn table(path: &str, format: Format, columns: Columns) -> Result<Table, ConfigErrors> {
    let bytes = assets::read(path).map_err(|error| ConfigError::new("table", error, "a file that can be read"))?;
    read::table(&bytes, format, columns)
}
