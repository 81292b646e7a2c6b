//! Sockets at paths of any length.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

/// What `sun_path` holds besides its terminating zero (unix(7)).
const MAX_BYTES: usize = 107;

/// Calls with a path that a socket's address can hold: the path itself, or one through its directory's descriptor.
/// A `data_dir` that lies deep must not be a reason not to start.
pub(crate) fn with_address<T>(path: &Path, call: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return call(path) };
    if path.as_os_str().len() <= MAX_BYTES {
        return call(path);
    }
    let directory = File::open(parent)?;
    call(&Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(name))
}
