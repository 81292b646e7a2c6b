//! The buffer in front of a sink, from its configuration.

use logagent_buffer::{BufferConfig, Settings, WhenFull};
use logagent_config::{Config, DiskBuffer, Overflow};

/// How the buffer of the sink of this name is opened.
pub(super) fn config(config: &Config, name: &str, buffer: &DiskBuffer) -> BufferConfig {
    BufferConfig {
        name: name.to_owned(),
        directory: config.data_dir.join("buffers").join(name),
        settings: settings(buffer),
        key_file: buffer.key_file.clone(),
        // What a lane can hold, a buffer's ring can.
        ring_bytes: config.memory.ring_bytes,
    }
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
