//! What is in the file: one line that says what follows, then JSON. Pure.
//!
//! ```text
//! logagent-checkpoints 1 crc32c=6b0f5a21 bytes=242
//! {"once":false,"files":[{"source":"app","path":"/var/log/app.log","device":2049,"inode":131,"fingerprint":{"bytes":1024,"hash":…},"offset":5120,"seen":1700000000}],"outputs":[{"path":"out.log","device":2049,"inode":140,"from":0}]}
//! ```

use logagent_component::{Checkpoint, Extent, Fingerprint};
use serde::{Deserialize, Serialize};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

const MAGIC: &str = "logagent-checkpoints";
const VERSION: &str = "1";

/// Why a file's bytes are no checkpoints.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// It doesn't begin as one does.
    #[error("it does not begin with `{MAGIC} {VERSION}`: another program, or another version, wrote it")]
    Foreign,
    /// It ends too early, or too late.
    #[error("it has {found} bytes of {expected}")]
    Length {
        /// How many there are.
        found: usize,
        /// How many its first line names.
        expected: usize,
    },
    /// A byte in it has changed.
    #[error("its checksum is {found:08x}, its first line says {expected:08x}")]
    Checksum {
        /// CRC32C of what is there.
        found: u32,
        /// What its first line names.
        expected: u32,
    },
    /// The sum is right, and what was summed makes no sense.
    #[error("{0}")]
    Contents(String),
}

#[derive(Serialize, Deserialize)]
struct Document {
    /// A run over what is there wrote it, and had not come to its end.
    once: bool,
    files: Vec<Entry>,
    outputs: Vec<Own>,
}

#[derive(Serialize, Deserialize)]
struct Own {
    path: Path,
    device: u64,
    inode: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    born: Option<u64>,
    from: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    source: String,
    path: Path,
    device: u64,
    inode: u64,
    fingerprint: Print,
    offset: u64,
    /// When it was last open, in seconds since the Unix epoch.
    seen: u64,
}

/// As text where it is UTF-8, as a list of bytes where it isn't.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Path {
    Text(String),
    Bytes(Vec<u8>),
}

#[derive(Serialize, Deserialize)]
struct Print {
    bytes: u32,
    hash: u64,
}

/// All that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checkpointed {
    /// A run over what is there wrote it, and had not come to its end.
    pub(crate) once: bool,
    pub(crate) files: Vec<Kept>,
    pub(crate) outputs: Vec<Output>,
}

/// A file that the agent writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) path: PathBuf,
    pub(crate) device: u64,
    pub(crate) inode: u64,
    /// When it was made, as an [`Extent`] has it.
    pub(crate) born: Option<u64>,
    /// What lies behind so many bytes was written by the agent.
    pub(crate) from: u64,
    /// How long it was, where just what was delivered is in it.
    pub(crate) bytes: Option<u64>,
}

impl Output {
    pub(crate) fn new(
        path: PathBuf,
        Extent { device, inode, born, .. }: Extent,
        from: u64,
        bytes: Option<u64>,
    ) -> Self {
        Self { path, device, inode, born, from, bytes }
    }

    /// The file, as if it were so long.
    pub(crate) fn extent(&self, bytes: u64) -> Extent {
        let &Self { device, inode, born, .. } = self;
        Extent { device, inode, born, bytes }
    }
}

/// A checkpoint, and when its file was last open, in seconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) seen: u64,
}

/// The file's bytes.
pub(crate) fn write(all: &Checkpointed) -> Vec<u8> {
    let files = all.files.iter().map(Entry::from).collect();
    let outputs = all.outputs.iter().map(Own::from).collect();
    let document = Document { once: all.once, files, outputs };
    let body = serde_json::to_vec(&document).expect("numbers and texts are JSON");
    let mut bytes =
        format!("{MAGIC} {VERSION} crc32c={:08x} bytes={}\n", crc32c::crc32c(&body), body.len()).into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}

/// What a file's bytes say.
pub(crate) fn read(bytes: &[u8]) -> Result<Checkpointed, FormatError> {
    let line_end = bytes.iter().position(|&byte| byte == b'\n').ok_or(FormatError::Foreign)?;
    let line = std::str::from_utf8(&bytes[..line_end]).map_err(|_| FormatError::Foreign)?;
    let (expected_sum, expected) = head(line).ok_or(FormatError::Foreign)?;
    let body = &bytes[line_end + 1..];
    if body.len() != expected {
        return Err(FormatError::Length { found: body.len(), expected });
    }
    let found = crc32c::crc32c(body);
    if found != expected_sum {
        return Err(FormatError::Checksum { found, expected: expected_sum });
    }
    let Document { once, files, outputs } =
        serde_json::from_slice(body).map_err(|error| FormatError::Contents(error.to_string()))?;
    let files = files.into_iter().map(Kept::from).collect();
    Ok(Checkpointed { once, files, outputs: outputs.into_iter().map(Output::from).collect() })
}

/// The checksum and the length that the first line names.
fn head(line: &str) -> Option<(u32, usize)> {
    let mut words = line.split(' ');
    let is_ours = words.next() == Some(MAGIC) && words.next() == Some(VERSION);
    let sum = u32::from_str_radix(words.next()?.strip_prefix("crc32c=")?, 16).ok()?;
    let length = words.next()?.strip_prefix("bytes=")?.parse().ok()?;
    (is_ours && words.next().is_none()).then_some((sum, length))
}

impl From<&std::path::Path> for Path {
    fn from(path: &std::path::Path) -> Self {
        match path.to_str() {
            Some(text) => Self::Text(text.to_owned()),
            None => Self::Bytes(path.as_os_str().as_bytes().to_vec()),
        }
    }
}

impl From<Path> for PathBuf {
    fn from(path: Path) -> Self {
        Self::from(match path {
            Path::Text(text) => OsString::from(text),
            Path::Bytes(bytes) => OsStr::from_bytes(&bytes).to_owned(),
        })
    }
}

impl From<&Output> for Own {
    fn from(Output { path, device, inode, born, from, bytes }: &Output) -> Self {
        Self { path: path.as_path().into(), device: *device, inode: *inode, born: *born, from: *from, bytes: *bytes }
    }
}

impl From<Own> for Output {
    fn from(Own { path, device, inode, born, from, bytes }: Own) -> Self {
        Self { path: path.into(), device, inode, born, from, bytes }
    }
}

impl From<&Kept> for Entry {
    fn from(Kept { checkpoint, seen }: &Kept) -> Self {
        let Checkpoint { source, path, device, inode, fingerprint, offset } = checkpoint;
        let fingerprint = Print { bytes: fingerprint.bytes, hash: fingerprint.hash };
        Self {
            source: source.to_string(),
            path: path.as_path().into(),
            device: *device,
            inode: *inode,
            fingerprint,
            offset: *offset,
            seen: *seen,
        }
    }
}

impl From<Entry> for Kept {
    fn from(entry: Entry) -> Self {
        let Entry { source, path, device, inode, fingerprint: Print { bytes, hash }, offset, seen } = entry;
        let path = path.into();
        let fingerprint = Fingerprint { bytes, hash };
        Self { checkpoint: Checkpoint { source: source.into(), path, device, inode, fingerprint, offset }, seen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt as _;

    fn kept(path: &[u8]) -> Kept {
        let path = PathBuf::from(OsString::from_vec(path.to_vec()));
        let fingerprint = Fingerprint { bytes: 9, hash: u64::MAX };
        let checkpoint =
            Checkpoint { source: "app".into(), path, device: 1, inode: 2, fingerprint, offset: u64::MAX - 1 };
        Kept { checkpoint, seen: 7 }
    }

    #[test]
    fn what_was_written_is_read_whatever_the_path() {
        let all = [kept(b"/var/log/a.log"), kept("/t\u{e4}\"\n".as_bytes()), kept(b"/\xff\x00")];
        let outputs = [None, Some(9)].map(|born| Output {
            path: "out.log".into(),
            device: 1,
            inode: 2,
            born,
            from: 3,
            bytes: born,
        });
        let outputs = outputs.to_vec();
        for all in [Checkpointed { once: true, files: all.to_vec(), outputs }, Checkpointed::default()] {
            assert_eq!(read(&write(&all)), Ok(all));
        }
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_refused() {
        let bytes = write(&Checkpointed { files: vec![kept(b"/a")], ..Checkpointed::default() });
        for length in 0..bytes.len() {
            read(&bytes[..length]).expect_err("a part of it");
        }
    }

    #[test]
    fn a_file_with_any_bit_turned_is_refused() {
        let bytes = write(&Checkpointed { files: vec![kept(b"/a")], ..Checkpointed::default() });
        for at in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[at / 8] ^= 1 << (at % 8);
            let read = read(&damaged);
            // Letters of the checksum are read in either case.
            assert!(
                read.is_err() || read == super::read(&bytes) && damaged[at / 8].eq_ignore_ascii_case(&bytes[at / 8])
            );
        }
    }

    #[test]
    fn what_another_program_wrote_is_foreign() {
        for bytes in [&b""[..], b"\n", b"{}", b"logagent-checkpoints 2 crc32c=00000000 bytes=0\n", &[0xff; 100]] {
            assert_eq!(read(bytes), Err(FormatError::Foreign));
        }
    }
}
