//! The streams that an entry's records name, so that they are known after a restart: their source, their name, their
//! attributes. Knows nothing of records.

use logagent_component::{StreamInfo, Streams};
use std::sync::Arc;

/// What a descriptor says whose record comes from no stream.
const NO_STREAM: u16 = u16::MAX;

/// The streams of one entry, collected and numbered anew: a lane's numbers are its own.
#[derive(Default)]
pub(crate) struct StreamSet {
    /// By the entry's number, the lane's.
    known: Vec<u16>,
    bytes: Vec<u8>,
}

impl StreamSet {
    pub(crate) fn clear(&mut self) {
        self.known.clear();
        self.bytes.clear();
    }

    /// The entry's number of a lane's stream.
    pub(crate) fn number(&mut self, stream: u16, streams: &Streams) -> u16 {
        // Records of one stream come in a row.
        if let Some(number) = self.known.iter().rposition(|&known| known == stream) {
            return u16::try_from(number).unwrap_or(NO_STREAM);
        }
        match streams.get(usize::from(stream)).and_then(Option::as_deref) {
            Some(info) if self.known.len() < usize::from(NO_STREAM) => self.add(stream, info),
            _ => NO_STREAM,
        }
    }

    fn add(&mut self, stream: u16, info: &StreamInfo) -> u16 {
        let number = u16::try_from(self.known.len()).unwrap_or(NO_STREAM);
        self.known.push(stream);
        self.bytes.extend_from_slice(&(info.source as u64).to_le_bytes());
        for part in [info.source_name.as_bytes(), info.name.as_bytes(), &info.attributes] {
            // A path of 4 GiB is none; one that is cut would be another's.
            let length = u32::try_from(part.len()).unwrap_or(0);
            self.bytes.extend_from_slice(&length.to_le_bytes());
            self.bytes.extend_from_slice(&part[..length as usize]);
        }
        number
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The streams that these bytes name; `None` where they are not what [`StreamSet`] has written.
pub(crate) fn read_streams(mut bytes: &[u8]) -> Option<Arc<Streams>> {
    let mut streams = Vec::new();
    while !bytes.is_empty() {
        streams.push(Some(Arc::new(read(&mut bytes)?)));
    }
    Some(streams.into())
}

fn read(bytes: &mut &[u8]) -> Option<StreamInfo> {
    let source = u64::from_le_bytes(*take(bytes, 8)?.first_chunk()?);
    let source_name = std::str::from_utf8(part(bytes)?).ok()?;
    let name = std::str::from_utf8(part(bytes)?).ok()?;
    let attributes = part(bytes)?.into();
    let source = usize::try_from(source).ok()?;
    Some(StreamInfo { source, source_name: source_name.into(), name: name.into(), attributes })
}

fn part<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_le_bytes(*take(bytes, 4)?.first_chunk()?);
    take(bytes, usize::try_from(length).ok()?)
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn info(name: &str) -> Option<Arc<StreamInfo>> {
        let attributes = vec![0x81, 0xa1, b'a', 1].into();
        Some(Arc::new(StreamInfo { source: 3, source_name: "app".into(), name: name.into(), attributes }))
    }

    #[test]
    fn streams_are_numbered_as_they_come_and_read_back() {
        let lane = [info("zero"), None, info("two")];
        let mut set = StreamSet::default();
        let numbers = [2, 0, 2, 1, 9].map(|stream| set.number(stream, &lane));
        assert_eq!(numbers, [0, 1, 0, NO_STREAM, NO_STREAM]);
        let expected = [info("two"), info("zero")];
        assert_eq!(read_streams(set.bytes()).unwrap()[..], expected);
        set.clear();
        assert_eq!(read_streams(set.bytes()).unwrap().len(), 0);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read_streams(&bytes);
        }
    }
}
