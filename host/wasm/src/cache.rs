//! Compiled components on disk, so that a start costs a file's reading and not a compilation. An entry is what
//! this host's compiler wrote, then a SHA-256 over that and the component's hash; it is found by the component's hash
//! and the engine's settings.

mod prune;

use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{DirBuilder, File, Metadata, Permissions};
use std::hash::{Hash, Hasher};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The hash that identifies a component, and guards an entry.
pub(crate) type Sum = [u8; 32];

pub(crate) struct Cache {
    dir: PathBuf,
    settings: u64,
}

impl Cache {
    /// The cache in this directory, which is made if missing; none where somebody else could put code there.
    pub(crate) fn open(dir: &Path, engine: &Engine) -> Option<Self> {
        if let Err(error) = make_private(dir) {
            tracing::warn!(dir = %dir.display(), %error, "compiled components are not kept");
            return None;
        }
        prune::prune(dir, SystemTime::now());
        let mut settings = std::hash::DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut settings);
        Some(Self { dir: dir.to_owned(), settings: settings.finish() })
    }

    fn entry(&self, component: &Sum) -> PathBuf {
        self.dir.join(format!("{}-{:016x}.cwasm", hex(component), self.settings))
    }

    /// The component, if it was compiled before by a host like this.
    pub(crate) fn get(&self, engine: &Engine, component: &Sum) -> Option<Component> {
        let bytes = read_private(&self.entry(component)).ok()?;
        let (code, _) = bytes.split_last_chunk::<32>().filter(|(code, seal)| seal_of(component, code) == **seal)?;
        // SAFETY: the directory is ours alone (`make_private`) and so is the entry (`read_private`), so this host's
        // compiler wrote the code; the seal says that all of it is there, and that it is this component's. wasmtime
        // itself checks that version and settings are its own.
        unsafe { Component::deserialize(engine, code) }.ok()
    }

    /// Keeps a compiled component. Failing to is no reason to stop: the next start compiles again.
    pub(crate) fn put(&self, component: &Sum, compiled: &Component) {
        let stored = compiled.serialize().map_err(|error| format!("{error:#}"));
        let stored = stored.and_then(|code| self.write(component, &code).map_err(|error| error.to_string()));
        if let Err(error) = stored {
            tracing::warn!(dir = %self.dir.display(), error, "a compiled component is not kept");
        }
    }

    fn write(&self, component: &Sum, code: &[u8]) -> std::io::Result<()> {
        let entry = self.entry(component);
        let partial = entry.with_extension(format!("{}.partial", std::process::id()));
        let mut file = File::create(&partial)?;
        // Whatever the umask says, and whoever left a file of this name.
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.write_all(code)?;
        file.write_all(&seal_of(component, code))?;
        std::fs::rename(&partial, &entry)
    }
}

pub(crate) fn sum_of(bytes: &[u8]) -> Sum {
    Sha256::digest(bytes).into()
}

/// What stands behind a component's code. Without the component's hash in it, an entry that was renamed to another's
/// would be run in its place.
fn seal_of(component: &Sum, code: &[u8]) -> Sum {
    Sha256::new().chain_update(component).chain_update(code).finalize().into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Makes the directory, or checks that only this user can write into it: what lies there is run as machine code.
fn make_private(dir: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    // NOFOLLOW: a link would lead to a directory whose owner was not the one checked.
    let opened = rustix::fs::open(dir, OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    let refused = || std::io::Error::other("others may write there; it must belong to this user, with mode 0700");
    if is_private(&File::from(opened).metadata()?) { Ok(()) } else { Err(refused()) }
}

/// Reads a regular file that only this user can write: a directory is made private, and what lies there may be older.
fn read_private(path: &Path) -> std::io::Result<Vec<u8>> {
    // NONBLOCK: a FIFO under this name would hold up the start.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let found = file.metadata()?;
    if !found.is_file() || !is_private(&found) {
        return Err(std::io::Error::other("others may write it"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default());
    file.read_to_end(&mut bytes)?;
    // When it was used last; one that can't be marked goes sooner, and is compiled again.
    drop(file.set_modified(SystemTime::now()));
    Ok(bytes)
}

fn is_private(found: &Metadata) -> bool {
    found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn what_is_read_is_marked_as_used_now() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_modified(UNIX_EPOCH).unwrap();
        read_private(file.path()).unwrap();
        assert!(file.as_file().metadata().unwrap().modified().unwrap() > UNIX_EPOCH);
    }
}
