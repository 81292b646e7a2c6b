//! Modes that keep to the contract.

use crate::bindings::batch::Fresh;
use crate::bindings::{BatchInfo, assets, batch, log};
use crate::modes;
use crate::state::{Configured, Processed, State};

const KEEP: u8 = 0;
/// Drops for the first reason of the description.
const DROP: u8 = 1;
/// Routes to the first output of the description.
const ROUTE: u8 = 128;

/// Drops records that begin with a D. The benchmarks' guest: as tight as a guest gets.
pub(crate) fn first_byte(state: &mut State, info: BatchInfo) -> Processed {
    state.decide(info, starts_with_d);
    Ok(())
}

/// The same verdicts from a copy, without a window.
pub(crate) fn copy_first_byte(state: &mut State, info: BatchInfo) -> Processed {
    let copy = batch::read();
    let at = |place: u32| (place - copy.base) as usize;
    let descriptors = &copy.bytes[at(info.descriptors_at)..][..info.count as usize * 32];
    state.verdicts.clear();
    state.verdicts.extend(descriptors.chunks_exact(32).map(|it| {
        let number = |from: usize| u32::from_le_bytes([it[from], it[from + 1], it[from + 2], it[from + 3]]);
        starts_with_d(&copy.bytes[at(number(0))..][..number(4) as usize])
    }));
    batch::decide(&state.verdicts);
    Ok(())
}

fn starts_with_d(body: &[u8]) -> u8 {
    if body.first() == Some(&b'D') { DROP } else { KEEP }
}

/// Routes records that begin with an R.
pub(crate) fn route(state: &mut State, info: BatchInfo) -> Processed {
    state.decide(info, |body| if body.first() == Some(&b'R') { ROUTE } else { KEEP });
    Ok(())
}

/// Emits `emitted COUNT`, with a time and a severity, and an attribute: `{"n": 1}`.
pub(crate) fn emit(_: &mut State, info: BatchInfo) -> Processed {
    emit_one(&format!("emitted {}", info.count), b"\x81\xa1n\x01");
    Ok(())
}

/// Emits `tick`, without attributes.
pub(crate) fn tick_emits(_: &mut State) -> Processed {
    emit_one("tick", b"");
    Ok(())
}

fn emit_one(body: &str, attributes: &[u8]) {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let fresh = Fresh {
        body_length: length(body.as_bytes()),
        attributes_length: length(attributes),
        time_unix_nano: 1_700_000_000_000_000_000,
        severity: 9,
    };
    batch::emit(&[fresh], &[body.as_bytes(), attributes].concat());
}

/// Writes one line a batch, and one that is longer than the host keeps.
pub(crate) fn log_line(_: &mut State, info: BatchInfo) -> Processed {
    log::write(log::Level::Info, &format!("saw {} records", info.count));
    log::write(log::Level::Warn, &"long ".repeat(1_000));
    Ok(())
}

/// Emits a record `SOURCE` for stream 0, with the stream's attributes, and `none` for a stream that isn't.
pub(crate) fn streams(_: &mut State, _: BatchInfo) -> Processed {
    for index in [0, u16::MAX] {
        match batch::stream_of(index) {
            Some(stream) => emit_one(&stream.source, &stream.attributes),
            None => emit_one("none", b""),
        }
    }
    Ok(())
}

/// Emits how many records the instance has seen: shows whether an instance is new.
pub(crate) fn count(state: &mut State, info: BatchInfo) -> Processed {
    state.records_seen += u64::from(info.count);
    emit_one(&format!("seen {}", state.records_seen), b"");
    Ok(())
}

/// Drops records that hold `"level":"DEBUG"`, searched for in the guest, over all bodies in one go: what the host's own
/// search is measured beside.
pub(crate) fn search_in_guest(state: &mut State, info: BatchInfo) -> Processed {
    let finder = memchr::memmem::Finder::new(r#""level":"DEBUG""#);
    let (records, bodies) = (state.descriptors(info), state.window().bytes(info.bodies_at, info.bodies_length));
    state.verdicts.clear();
    state.verdicts.resize(records.len(), KEEP);
    let (mut from, mut index) = (0, 0);
    while let Some(hit) = finder.find(&bodies[from..]) {
        let at = info.bodies_at as usize + from + hit;
        while at >= (records[index].body_at + records[index].body_len) as usize {
            index += 1;
        }
        state.verdicts[index] = DROP;
        from = (records[index].body_at + records[index].body_len - info.bodies_at) as usize;
    }
    batch::decide(&state.verdicts);
    Ok(())
}

/// Its configuration names the file `table.csv`, which holds `a,b`.
pub(crate) fn read_asset(state: &mut State) -> Configured {
    modes::attach(state)?;
    match assets::read("table.csv") {
        Ok(bytes) if bytes == b"a,b" => Ok(()),
        other => panic!("{other:?}"),
    }
}
