//! Files that the filter's configuration names: a table to look things up in, say. When such a file changes, the host
//! starts the filter anew with it.

use crate::host;

/// What is in the file whose path stands in the filter's configuration under `table`. Call it in `configure`: the host
/// refuses it elsewhere. Natively any file can be read.
///
/// # Errors
/// Where the path is not the one that stands there.
///
/// ```
/// let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
/// assert!(logagent_sdk::assets::read(manifest).unwrap().starts_with(b"[package]"));
/// assert!(logagent_sdk::assets::read("/no/such/file").is_err());
/// ```
pub fn read(path: &str) -> Result<Vec<u8>, String> {
    host::read_asset(path)
}
