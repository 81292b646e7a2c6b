//! One batch call: what it costs to let a component decide instead of a function of the host's own, and what it would
//! cost to copy the batch to it. In this process, with the agent's own ring and runtime; epochs are on.

mod batch;

use crate::place::Place;
use crate::stats::{Contender, Sample, interleave, number};
use crate::table::{Row, Target};
use anyhow::ensure;
use batch::Batch;
use logagent_component::{BatchView, Decisions, Filter};
use logagent_record::Descriptor;
use logagent_telemetry::FilterMeter;
use logagent_wasm::{Limits, Program, Runtime, WasmFilter};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Some milliseconds a round, against which the clock's own cost is nothing.
const CALLS: u32 = 5_000;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let program = Runtime::new(None)?.load(&place.test_guests)?;
    let batch = Batch::new()?;
    let mut mapped = Guest::start(&program, &batch, "first-byte")?;
    let mut copied = Guest::start(&program, &batch, "copy-first-byte")?;
    let mut native = Vec::new();
    check(&batch.view(), &mut [&mut mapped, &mut copied])?;
    let view = batch.view();
    let contenders: [Contender<'_>; 3] = [
        Box::new(|| Ok(time(|| mapped.call(&view)))),
        Box::new(|| Ok(time(|| first_byte(black_box(&view), &mut native)))),
        Box::new(|| Ok(time(|| copied.call(&view)))),
    ];
    let [mapped, native, copied] = interleave(place.scale.call_rounds, contenders)?;
    Ok(rows(u64::from(view.count), &mapped, &native, &copied))
}

fn rows(records: u64, mapped: &Sample, native: &Sample, copied: &Sample) -> Vec<Row> {
    let show = |sample: &Sample| {
        format!("{:.2} µs, {:.2} ns a record", sample.median() * 1e6, sample.median() * 1e9 / number(records))
    };
    for (name, sample) in [("mapped", mapped), ("native", native), ("copied", copied)] {
        let (min, max) = (sample.min() * 1e6, sample.max() * 1e6);
        eprintln!("  {name}: {} (from {min:.2} to {max:.2} µs, {records} records)", show(sample));
    }
    let to_native = mapped.median() / native.median();
    let to_copied = copied.median() / mapped.median();
    let row = |what: &str, beside: String, ratio: f64, target: Target| Row {
        what: what.into(),
        measured: show(mapped),
        beside: Some(beside),
        ratio: Some(ratio),
        target: Some(target),
    };
    vec![
        row(
            "batch call, mapped (256 KiB), to native",
            format!("native {}", show(native)),
            to_native,
            Target::at_most(to_native, 1.15, "×"),
        ),
        row(
            "batch call, mapped, faster than copied",
            format!("copied {}", show(copied)),
            to_copied,
            Target::at_least(to_copied, 3.0, "×"),
        ),
    ]
}

/// Seconds a call.
fn time(mut call: impl FnMut()) -> f64 {
    let started = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    started.elapsed().as_secs_f64() / f64::from(CALLS)
}

/// All three must decide the same, or they are not the same function.
fn check(view: &BatchView<'_>, guests: &mut [&mut Guest]) -> anyhow::Result<()> {
    let mut expected = Vec::new();
    first_byte(view, &mut expected);
    ensure!(expected.contains(&0) && expected.contains(&1), "the batch has records of one kind only");
    for guest in guests {
        guest.call(view);
        ensure!(guest.decisions.verdicts == expected, "the guest decides otherwise than the native function");
    }
    Ok(())
}

struct Guest {
    filter: WasmFilter,
    decisions: Decisions,
}

impl Guest {
    fn start(program: &Program, batch: &Batch, mode: &str) -> anyhow::Result<Self> {
        let limits = Limits { time: Duration::from_millis(100), memory: 64 << 20 };
        let config = format!(r#"{{"mode":"{mode}"}}"#);
        let meter = Arc::new(FilterMeter::default());
        let filter = WasmFilter::start(program, mode, &config, limits, batch.ring_file(), meter)?;
        Ok(Self { filter, decisions: Decisions::default() })
    }

    fn call(&mut self, view: &BatchView<'_>) {
        self.decisions.clear();
        self.filter.process(black_box(view), &mut self.decisions).expect("this mode never fails");
        black_box(&self.decisions.verdicts);
    }
}

/// What the guest does, in safe Rust of the host, with the verdicts in a list that is reused, as the guest's is.
#[inline(never)]
fn first_byte(view: &BatchView<'_>, verdicts: &mut Vec<u8>) {
    let table = (view.descriptors_at - view.base) as usize;
    let records: &[Descriptor] = bytemuck::cast_slice(&view.bytes[table..][..view.count as usize * Descriptor::BYTES]);
    verdicts.clear();
    verdicts.extend(records.iter().map(|record| {
        let body = &view.bytes[(record.body_at - view.base) as usize..][..record.body_len as usize];
        u8::from(body.first() == Some(&b'D'))
    }));
    black_box(verdicts);
}
