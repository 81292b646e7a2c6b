//! Streams by name, so that a test finds at a sink what it gave to a stream.

use logagent_component::StreamInfo;
use std::sync::Arc;

/// A MessagePack map of one pair, whose value is a text with one byte of length.
const HEAD: &[u8] = b"\x81\xa6stream\xd9";

/// What is said of a stream of this name.
///
/// # Panics
/// Where the name is longer than 255 bytes.
#[must_use]
pub fn stream_info(source: usize, name: &str) -> Arc<StreamInfo> {
    let length = u8::try_from(name.len()).expect("a short name");
    let attributes = [HEAD, &[length], name.as_bytes()].concat().into();
    Arc::new(StreamInfo { source, source_name: format!("source-{source}").into(), name: name.into(), attributes })
}

/// The name that `stream_info` was given.
///
/// # Panics
/// Where the info is not from there.
#[must_use]
pub fn stream_name(info: &StreamInfo) -> &str {
    let name = info.attributes.strip_prefix(HEAD).and_then(<[u8]>::split_first).map(|(_, name)| name);
    std::str::from_utf8(name.expect("made by stream_info")).expect("a str")
}
