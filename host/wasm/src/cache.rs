//! Compiled components on disk, so that a start costs a file's reading and not a compilation. An entry is what
//! this host's compiler wrote, then its SHA-256; it is found by the component's hash and the engine's settings.

use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{DirBuilder, File};
use std::hash::{Hash, Hasher};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
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
        let mut settings = std::hash::DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut settings);
        Some(Self { dir: dir.to_owned(), settings: settings.finish() })
    }

    fn entry(&self, component: &Sum) -> PathBuf {
        self.dir.join(format!("{}-{:016x}.cwasm", hex(component), self.settings))
    }

    /// The component, if it was compiled before by a host like this.
    pub(crate) fn get(&self, engine: &Engine, component: &Sum) -> Option<Component> {
        let bytes = std::fs::read(self.entry(component)).ok()?;
        let (code, _) = bytes.split_last_chunk::<32>().filter(|(code, sum)| sum_of(code) == **sum)?;
        // SAFETY: the directory is ours alone (`make_private`), so this host's compiler wrote the code, and the
        // sum says that all of it is there. wasmtime itself checks that version and settings are its own.
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
        file.write_all(code)?;
        file.write_all(&sum_of(code))?;
        std::fs::rename(&partial, &entry)
    }
}

pub(crate) fn sum_of(bytes: &[u8]) -> Sum {
    Sha256::digest(bytes).into()
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
    let found = File::from(opened).metadata()?;
    let is_private = found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0;
    let refused = || std::io::Error::other("others may write there; it must belong to this user, with mode 0700");
    if is_private { Ok(()) } else { Err(refused()) }
}
