//! The socket in the file system: it is there for its owner alone, from its first moment to its last, and for one
//! agent at a time. Not for what is said over it.

use crate::address::with_address;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// Why the control socket can't be had.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Another agent has it.
    #[error("another agent runs with this data_dir: it holds {}", path.display())]
    Taken {
        /// The socket, or the file that the other one has locked.
        path: PathBuf,
    },
    /// Something else is in its place.
    #[error("{} is no socket: move it away", path.display())]
    NotASocket {
        /// What is there.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("{action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Of which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The socket's place; it is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Socket {
    path: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
    /// Locked for as long as this lives: the kernel ends the lock of a killed agent, and of two agents that start at
    /// once, one must not take the other's socket for a dead one's.
    _lock: File,
}

impl Socket {
    /// Takes the place, and listens there.
    pub(crate) fn claim(path: &Path) -> Result<(Self, UnixListener), ControlError> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        doing("create", parent, DirBuilder::new().recursive(true).mode(0o700).create(parent))?;
        let lock = lock(&path.with_extension("lock"))?;
        check_vacant(path)?;
        let listener = listen(path)?;
        let metadata = doing("stat", path, fs::symlink_metadata(path))?;
        Ok((Self { path: path.to_owned(), identity: identity(&metadata), _lock: lock }, listener))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Someone may have moved the directory away while this agent ran, and started another one.
        if fs::symlink_metadata(&self.path).is_ok_and(|metadata| identity(&metadata) == self.identity) {
            // Nobody is left to tell, and a dead socket does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

fn doing<T>(action: &'static str, path: &Path, result: io::Result<T>) -> Result<T, ControlError> {
    result.map_err(|source| ControlError::Io { action, path: path.to_owned(), source })
}

fn lock(path: &Path) -> Result<File, ControlError> {
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = doing("open", path, open)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ControlError::Taken { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => doing("lock", path, Err(error)),
    }
}

/// Whether there is nothing, or a socket that nobody listens at.
fn check_vacant(path: &Path) -> Result<(), ControlError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return doing("stat", path, Err(error)),
        Ok(metadata) if !metadata.file_type().is_socket() => {
            return Err(ControlError::NotASocket { path: path.to_owned() });
        }
        Ok(_) => {}
    }
    match with_address(path, |address| UnixStream::connect(address)) {
        Ok(_) => Err(ControlError::Taken { path: path.to_owned() }),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => doing("connect to", path, Err(error)),
    }
}

/// Listens at a name that only the owner reaches, and renames the socket into place once its mode is right: bind(2)
/// gives it the mode that the umask says, and there must be no moment in which others can connect.
fn listen(path: &Path) -> Result<UnixListener, ControlError> {
    let private = path.with_extension("new");
    remove_leftover(&private)?;
    doing("create", &private, DirBuilder::new().mode(0o700).create(&private))?;
    let unnamed = private.join("sock");
    let listener = doing("bind", &unnamed, with_address(&unnamed, |address| UnixListener::bind(address)))?;
    doing("chmod", &unnamed, fs::set_permissions(&unnamed, Permissions::from_mode(0o600)))?;
    doing("rename to", path, fs::rename(&unnamed, path))?;
    doing("remove", &private, fs::remove_dir(&private))?;
    Ok(listener)
}

/// What an agent left that was killed while it started. Nothing but that: whatever else is there makes the start fail.
fn remove_leftover(private: &Path) -> Result<(), ControlError> {
    for removed in [fs::remove_file(private.join("sock")), fs::remove_dir(private)] {
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => return doing("remove", private, Err(error)),
            _ => {}
        }
    }
    Ok(())
}
