//! Buffers that no sink empties: those of sinks that were taken out. Their records are safe, but somebody must be told.

use crate::error::BufferError;
use crate::inspect::inspect;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What such a buffer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leftover {
    /// The sink that it was in front of.
    pub(crate) sink: String,
    pub(crate) directory: PathBuf,
    /// Those that have not arrived.
    pub(crate) records: u64,
    /// On the disk.
    pub(crate) bytes: u64,
}

/// Tells in the log what buffers in this directory hold of which this says that no sink has their name.
pub fn tell_leftovers(buffers: &Path, is_named: impl Fn(&str) -> bool) {
    match leftovers(buffers, is_named) {
        Ok(all) => all.iter().for_each(tell),
        Err(error) => {
            tracing::warn!(directory = %buffers.display(), %error, "it can't be seen which buffers nobody uses")
        }
    }
}

fn leftovers(buffers: &Path, is_named: impl Fn(&str) -> bool) -> std::io::Result<Vec<Leftover>> {
    let entries = match fs::read_dir(buffers) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    let found = paths.into_iter().filter_map(|directory| {
        let sink = directory.file_name()?.to_str()?.to_owned();
        (directory.is_dir() && !is_named(&sink)).then(|| look(sink, directory))
    });
    let mut all: Vec<Leftover> = found.filter_map(|found| found.inspect_err(warn).ok()).collect();
    all.sort_by(|one, other| one.sink.cmp(&other.sink));
    Ok(all)
}

fn look(sink: String, directory: PathBuf) -> Result<Leftover, BufferError> {
    let found = inspect(&directory)?;
    let bytes = found.segments.iter().map(|segment| segment.bytes).sum();
    Ok(Leftover { sink, directory, records: found.backlog, bytes })
}

fn warn(error: &BufferError) {
    tracing::warn!(error = logagent_component::chain(error), "a buffer that no sink uses can't be looked into");
}

/// Tells in the log what it holds, if anything.
pub(crate) fn tell(Leftover { sink, directory, records, bytes }: &Leftover) {
    if *records > 0 {
        tracing::warn!(
            sink,
            records,
            bytes,
            directory = %directory.display(),
            "a buffer holds records that no sink will get: put back a sink of this name with a disk buffer, and it gets \
             them (logagentctl buffer inspect shows what is there); or delete the directory"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Behind, Lane, Mood, Rig, config};

    #[test]
    fn a_buffer_without_a_sink_is_found_with_what_it_holds() {
        let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
        behind.set(Mood::Stalls);
        let rig = Rig::open(config(directory.path()), &behind).unwrap();
        let mut end = rig.target.lane();
        end.deliver(lane.batch(&["one", "two"])).unwrap();
        drop(end);
        rig.end();
        let found = leftovers(directory.path(), |_| false).unwrap();
        let [Leftover { sink, records: 2, bytes, .. }] = &found[..] else { panic!("{found:?}") };
        assert!(sink == "buffer" && *bytes > 100);
        assert_eq!(leftovers(directory.path(), |name| name == "buffer").unwrap(), []);
        assert_eq!(leftovers(&directory.path().join("missing"), |_| false).unwrap(), []);
    }
}
