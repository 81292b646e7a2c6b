//! The contract's `batch`: the window, and what a filter decides.

use super::{Caller, Host, Phase};
use crate::contract::{BatchCopy, WitFresh, WitStream};
use crate::window::Window;
use logagent_component::{Copied, Decisions, Edit, Fault, Part, Stamp};
use wasmtime::Result;
use wasmtime::component::{LinkerInstance, WasmList};

pub(super) fn link(batch: &mut LinkerInstance<'_, Host>) -> Result<()> {
    batch.func_wrap("window-bytes", |caller: Caller<'_>, ()| Ok((caller.data().window_bytes(),)))?;
    batch.func_wrap("attach", |caller, (region,)| attach(caller, &region))?;
    batch.func_wrap("read", |caller: Caller<'_>, ()| Ok((caller.data().read()?,)))?;
    batch.func_wrap("decide", |caller, (verdicts,)| decide(caller, &verdicts))?;
    batch.func_wrap("edit", |caller, (edits, patch)| edit(caller, &edits, &patch))?;
    batch.func_wrap("stamp", |caller, (stamps,)| stamp(caller, &stamps))?;
    batch.func_wrap("copy", |caller, (copies,)| copy(caller, &copies))?;
    batch.func_wrap("emit", |caller, (records, bytes)| emit(caller, &records, &bytes))?;
    batch.func_wrap("stream-of", |caller: Caller<'_>, (index,)| Ok((caller.data().stream_of(index)?,)))
}

impl Host {
    fn window_bytes(&self) -> u32 {
        u32::try_from(2 * self.ring.bytes()).expect("a ring has at most 512 MiB")
    }

    fn read(&self) -> Result<BatchCopy> {
        let loan = self.batch("read")?;
        Ok(BatchCopy { base: loan.base(), bytes: loan.bytes() })
    }

    fn stream_of(&self, index: u16) -> Result<Option<WitStream>> {
        let streams = self.batch("stream-of")?.streams();
        let stream = streams.get(usize::from(index)).and_then(Option::as_ref);
        Ok(stream
            .map(|stream| WitStream { source: stream.source_name.to_string(), attributes: stream.attributes.to_vec() }))
    }

    /// Refuses decisions that are more than the filter may make, or could not fit the ring, before they fill the host's
    /// memory.
    fn check_output(&self) -> Result<()> {
        let decisions = &self.decisions;
        let (found, limit) = (decisions.emitted.len() + decisions.copies.len(), self.limits.emits);
        if found > limit {
            return Err(Fault::Emits { found, limit }.into());
        }
        let (found, limit) = (decisions.patch.len() + decisions.emitted_bytes.len(), self.limits.output);
        if found > limit {
            return Err(Fault::Output { found, limit }.into());
        }
        let lists = size_of_val(&*decisions.edits)
            + size_of_val(&*decisions.stamps)
            + size_of_val(&*decisions.copies)
            + size_of_val(&*decisions.emitted);
        let needed = lists + decisions.patch.len() + decisions.emitted_bytes.len();
        let available = self.ring.bytes();
        if needed > available { Err(Fault::TooLarge { needed, available }.into()) } else { Ok(()) }
    }
}

fn attach(mut caller: Caller<'_>, region: &WasmList<u8>) -> Result<()> {
    let (start, length) = {
        let region = region.as_le_slice(&caller);
        (region.as_ptr().cast_mut(), region.len())
    };
    let host = caller.data_mut();
    let expected = 2 * host.ring.bytes();
    // The contract asks for 64 KiB in the guest's addresses. Here only the host's are known, and wasmtime promises
    // no more for a memory's start than a page.
    let misaligned_by = start.addr() % rustix::param::page_size();
    if host.window.is_some() || length != expected || misaligned_by != 0 {
        return Err(Fault::Window { found: length, misaligned_by, expected }.into());
    }
    host.window = Some(Window::map(start, &host.ring)?);
    Ok(())
}

fn decide(mut caller: Caller<'_>, verdicts: &WasmList<u8>) -> Result<()> {
    let expected = caller.data().batch("decide")?.count();
    let found = verdicts.len();
    if found != expected {
        return Err(Fault::VerdictCount { found, expected }.into());
    }
    collect(&mut caller, |caller, kept| {
        kept.verdicts.clear();
        kept.verdicts.extend_from_slice(verdicts.as_le_slice(caller));
        Ok(())
    })
}

fn edit(mut caller: Caller<'_>, edits: &WasmList<u32>, patch: &WasmList<u8>) -> Result<()> {
    caller.data().batch("edit")?;
    collect(&mut caller, |caller, kept| {
        kept.patch.extend_from_slice(patch.as_le_slice(&*caller));
        let edits = whole(edits.as_le_slice(&*caller), "edit")?;
        for (number, &[index, part, at, length, patch_length]) in edits.iter().enumerate() {
            let part = match part {
                0 => Part::Body,
                1 => Part::Attributes,
                part => return Err(Fault::EditPart { edit: number, part }.into()),
            };
            kept.edits.push(Edit { index, part, at, length, patch_length });
        }
        Ok(())
    })
}

fn stamp(mut caller: Caller<'_>, stamps: &WasmList<u64>) -> Result<()> {
    caller.data().batch("stamp")?;
    collect(&mut caller, |caller, kept| {
        let stamps = whole(stamps.as_le_slice(caller), "stamp")?;
        // What is too large for its field is too large for the check, too.
        kept.stamps.extend(stamps.iter().map(|&[index, severity, time_unix_nano]| Stamp {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            severity: u8::try_from(severity).unwrap_or(u8::MAX),
            time_unix_nano,
        }));
        Ok(())
    })
}

fn copy(mut caller: Caller<'_>, copies: &WasmList<u32>) -> Result<()> {
    caller.data().batch("copy")?;
    collect(&mut caller, |caller, kept| {
        let copies = whole(copies.as_le_slice(caller), "copy")?;
        let copied = |&[index, output]: &[u32; 2]| Copied { index, output: u8::try_from(output).unwrap_or(u8::MAX) };
        kept.copies.extend(copies.iter().map(copied));
        Ok(())
    })
}

fn emit(mut caller: Caller<'_>, records: &WasmList<WitFresh>, bytes: &WasmList<u8>) -> Result<()> {
    if !matches!(caller.data().phase, Phase::Process | Phase::Tick) {
        return Err(Fault::Moment { function: "emit", place: "process and tick" }.into());
    }
    collect(&mut caller, |caller, kept| {
        kept.emitted_bytes.extend_from_slice(bytes.as_le_slice(&*caller));
        for record in records.iter(caller)? {
            kept.emitted.push(record?.into());
        }
        Ok(())
    })
}

/// Adds to the decisions. They are taken out meanwhile: the guest's lists are read by way of the caller.
fn collect<'a>(caller: &mut Caller<'a>, add: impl FnOnce(&mut Caller<'a>, &mut Decisions) -> Result<()>) -> Result<()> {
    let mut kept = std::mem::take(&mut caller.data_mut().decisions);
    let added = add(caller, &mut kept);
    caller.data_mut().decisions = kept;
    added?;
    caller.data().check_output()
}

/// A flat list as its entries.
fn whole<'a, T, const N: usize>(list: &'a [T], function: &'static str) -> Result<&'a [[T; N]], Fault> {
    match list.as_chunks() {
        (entries, []) => Ok(entries),
        _ => Err(Fault::Ragged { function, found: list.len(), each: N }),
    }
}
