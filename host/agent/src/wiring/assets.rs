//! The file that a filter's configuration names under `table`, read for components that ask for it.

use logagent_wasm::Asset;
use serde_json::Value;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file, in bytes: each instance has what is in it in its own memory.
const MOST_BYTES: u64 = 256 << 20;

/// The path, where there is one.
pub(super) fn path(config: &Value) -> Option<&str> {
    config.get("table").and_then(Value::as_str)
}

/// The files that the configuration of any filter may name.
pub(super) fn paths(config: &logagent_config::Config) -> impl Iterator<Item = PathBuf> {
    config.filters.iter().filter_map(|filter| path(&filter.spec.config)).map(PathBuf::from)
}

/// Reads the file; or the problem, which `problem` makes of key, found and allowed.
pub(super) fn read<P>(config: &Value, problem: impl Fn(&str, &str, &str) -> P) -> Result<Option<Arc<Asset>>, P> {
    let Some(path) = path(config) else { return Ok(None) };
    let bytes = read_file(Path::new(path)).map_err(|error| {
        problem("table", &format!("{path}: {error}"), "a regular file of at most 256 MiB that can be read")
    })?;
    Ok(Some(Arc::new(Asset { path: path.to_owned(), bytes: bytes.into() })))
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    // Opening a FIFO would wait for a writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES { Err(std::io::Error::other("it is larger")) } else { Ok(bytes) }
}
