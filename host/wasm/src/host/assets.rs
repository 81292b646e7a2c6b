//! The contract's `assets`: files that the filter's configuration names, as the host has read them.

use super::{Caller, Host};
use std::sync::Arc;
use wasmtime::Result;
use wasmtime::component::{LinkerInstance, WasmStr};

pub(super) fn link(assets: &mut LinkerInstance<'_, Host>) -> Result<()> {
    assets.func_wrap("read", |caller, (path,)| Ok((read(&caller, &path)?,)))
}

/// A file, read once for all instances of a filter.
#[derive(Debug, PartialEq, Eq)]
pub struct Asset {
    /// The path, as it stands in the filter's configuration.
    pub path: String,
    /// What is in it.
    pub bytes: Arc<[u8]>,
}

fn read(caller: &Caller<'_>, path: &WasmStr) -> Result<Result<Arc<[u8]>, String>> {
    let host = caller.data();
    host.check_configures("assets.read")?;
    let path = path.to_str(caller)?;
    match &host.asset {
        Some(asset) if asset.path == path => Ok(Ok(asset.bytes.clone())),
        Some(asset) => Ok(Err(format!("{path:?} is not the file that `table` names, {:?}", asset.path))),
        None => Ok(Err(format!("{path:?}: the configuration names no file under `table`"))),
    }
}
