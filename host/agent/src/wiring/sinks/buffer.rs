//! The buffer in front of a sink, from its configuration.

use super::Opening;
use logagent_buffer::{BufferConfig, Letterbox, Settings, WhenFull};
use logagent_config::{Config, DiskBuffer, Named, Overflow, Pipeline, Problem, Sink};
use std::path::PathBuf;

/// How the buffer of the sink of this name is opened.
pub(super) fn config(opening: &Opening<'_>, name: &str, buffer: &DiskBuffer) -> BufferConfig {
    let config = opening.config;
    BufferConfig {
        name: name.to_owned(),
        directory: directory(config).join(name),
        settings: settings(buffer),
        key_file: buffer.key_file.clone(),
        // What a lane can hold, a buffer's ring can.
        ring_bytes: config.memory.ring_bytes,
        letterbox: letterbox(opening, name),
    }
}

/// Letters name the first pipeline that leads to the sink: what came from which is not kept.
fn letterbox(opening: &Opening<'_>, sink: &str) -> Option<Letterbox> {
    let leads_here = |pipeline: &&Named<Pipeline>| pipeline.spec.all_sinks().any(|known| known == sink);
    let pipeline = opening.config.pipelines.iter().find(leads_here)?;
    Some(Letterbox { letters: opening.dead_letters.clone(), pipeline: pipeline.name.as_str().into() })
}

/// What is wrong with the files of keys.
pub(in crate::wiring) fn key_problems(config: &Config, is_wanted: impl Fn(&Named<Sink>) -> bool) -> Vec<Problem> {
    const ALLOWED: &str =
        "a file with 32 bytes in hexadecimal or base64, which its group can't write and others can't read";
    let problem = |sink: &Named<Sink>| {
        let Sink::Buffered(_, DiskBuffer { key_file: Some(path), .. }) = &sink.spec else { return None };
        let error = logagent_buffer::check_key(path).err()?;
        let key = format!("sinks.{}.buffer.encryption.key_file", sink.name);
        Some(config.positions.problem(&key, &format!("{} ({error})", path.display()), ALLOWED))
    };
    config.sinks.iter().filter(|sink| is_wanted(sink)).filter_map(problem).collect()
}

/// Where the buffers of all sinks lie.
pub(in crate::wiring) fn directory(config: &Config) -> PathBuf {
    config.data_dir.join("buffers")
}

fn settings(buffer: &DiskBuffer) -> Settings {
    Settings {
        max_bytes: buffer.max_bytes as u64,
        max_age: buffer.max_age,
        when_full: match buffer.when_full {
            Overflow::Wait => WhenFull::Wait,
            Overflow::DropOldest => WhenFull::DropOldest,
            Overflow::DropNewest => WhenFull::DropNewest,
        },
        fsync: super::fsync(buffer.fsync),
        segment_bytes: buffer.segment_bytes as u64,
    }
}
