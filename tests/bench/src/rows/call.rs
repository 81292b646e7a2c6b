//! One batch call: what it costs to let a component decide instead of a function of the host's own, and what it would
//! cost to copy the batch to it. With the agent's own ring and runtime; epochs are on.
//!
//! Measured in processes of their own, since glibc takes what it copies with from the environment: where a processor
//! claims fast `rep movsb`, it copies large blocks with that, which some (AMD's Zen 3 and 4, unaligned) do at a tenth
//! of their speed. The table compares with the copy as it should be; the other is shown beside it.

pub(super) mod batch;
pub(super) mod guest;

use crate::place::Place;
use crate::process;
use crate::stats::{Contender, Sample, interleave, number};
use crate::table::{Row, Target};
use anyhow::ensure;
use batch::Batch;
use guest::Guest;
use logagent_component::BatchView;
use logagent_record::Descriptor;
use logagent_wasm::{Access, Runtime};
use serde::{Deserialize, Serialize};
use std::env;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

/// A tenth of a millisecond a round and more: against which the clock's own cost is nothing, and so short that most
/// rounds are over before another process gets the processor.
const CALLS: u32 = 100;

/// Keeps glibc from `rep movsb`.
const TUNED: (&str, &str) = ("GLIBC_TUNABLES", "glibc.cpu.x86_rep_movsb_threshold=1000000000");

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("--calls").args(place.scale.is_quick.then_some("--quick"));
    let figures = |command: &mut Command| -> anyhow::Result<Figures> {
        Ok(serde_json::from_slice(&process::run(command)?.1.stdout)?)
    };
    let untuned = figures(&mut command)?;
    let tuned = figures(command.env(TUNED.0, TUNED.1))?;
    for (name, figures) in [("with rep movsb", &untuned), ("without", &tuned)] {
        let [mapped, native, copied] = [figures.mapped, figures.native, figures.copied].map(|it| figures.show(it));
        eprintln!("  {name}: mapped {mapped}; native {native}; copied {copied}");
    }
    Ok(rows(&tuned))
}

fn rows(figures: &Figures) -> Vec<Row> {
    let row = |what: &str, beside: String, ratio: f64, target: Target| Row {
        what: what.into(),
        measured: figures.show(figures.mapped),
        beside: Some(beside),
        ratio: Some(ratio),
        target: Some(target),
    };
    let to_native = figures.mapped / figures.native;
    let to_copied = figures.copied / figures.mapped;
    let native = format!("native {}", figures.show(figures.native));
    let copied = format!("copied {}", figures.show(figures.copied));
    vec![
        row("batch call, mapped (256 KiB), to native", native, to_native, Target::at_most(to_native, 1.15, "×")),
        row("batch call, mapped, faster than copied", copied, to_copied, Target::at_least(to_copied, 3.0, "×")),
    ]
}

/// Medians, in seconds a call.
#[derive(Serialize, Deserialize)]
pub(crate) struct Figures {
    mapped: f64,
    native: f64,
    copied: f64,
    records: u32,
}

impl Figures {
    /// Measures in this process.
    pub(crate) fn measure(place: &Place) -> anyhow::Result<Self> {
        let program = Runtime::new(None)?.load(&place.test_guests)?;
        let batch = Batch::new()?;
        let view = batch.view();
        let mut mapped = Guest::start(&program, &batch, "first-byte", Access::default())?;
        let mut copied = Guest::start(&program, &batch, "copy-first-byte", Access::default())?;
        let mut verdicts = Vec::new();
        check(&view, &mut [&mut mapped, &mut copied])?;
        let contenders: [Contender<'_>; 3] = [
            Box::new(|| Ok(time(|| mapped.call(&view)))),
            Box::new(|| Ok(time(|| first_byte(black_box(&view), &mut verdicts)))),
            Box::new(|| Ok(time(|| copied.call(&view)))),
        ];
        let samples = interleave(place.scale.call_rounds, contenders)?;
        let [mapped, native, copied] = samples.each_ref().map(Sample::median);
        Ok(Self { mapped, native, copied, records: view.count })
    }

    fn show(&self, seconds: f64) -> String {
        format!("{:.2} µs, {:.2} ns a record", seconds * 1e6, seconds * 1e9 / number(u64::from(self.records)))
    }
}

/// Seconds a call.
pub(super) fn time(mut call: impl FnMut()) -> f64 {
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
        ensure!(guest.verdicts() == expected, "the guest decides otherwise than the native function");
    }
    Ok(())
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
