//! From the agent's start to its first record out. The agent gives no breakdown, so the parts are taken from starts
//! that differ in one thing each.

use crate::agent::Setup;
use crate::input::LITERAL;
use crate::place::Place;
use crate::process::{self, Running};
use crate::stats::{Contender, Sample, interleave, interleave_all};
use crate::table::{Row, Target};
use anyhow::ensure;
use serde_json::{Value, json};
use std::fs::remove_dir_all;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Instant;

/// No part of it contains the filter's literal.
const RECORD: &str = "{\"level\":\"INFO\",\"message\":\"the only record\"}\n";

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let input = place.scratch("one-record.jsonl");
    std::fs::write(&input, RECORD)?;
    let setup = |name: &str| {
        let data_dir = place.scratch(name);
        Setup { data_dir, ..Setup::new(place, input.clone(), json!({"type": "stdout"})) }
    };
    let (cold, warm) = (setup("cold-data"), setup("warm-data"));
    let bare = Setup { filters: Vec::new(), ..setup("bare-data") };
    first_record(place, &warm)?;
    let from_empty = || {
        if cold.data_dir.exists() {
            remove_dir_all(&cold.data_dir)?;
        }
        first_record(place, &cold)
    };
    let contenders: [Contender<'_>; 4] = [
        Box::new(from_empty),
        Box::new(|| first_record(place, &warm)),
        Box::new(|| first_record(place, &bare)),
        Box::new(|| Ok(process::run(Command::new(&place.agent).arg("version"))?.0.as_secs_f64())),
    ];
    let mut rows = rows(&interleave(place.scale.rounds, contenders)?);
    rows.extend(warm_rows(place, &warm)?);
    Ok(rows)
}

/// A configuration of each standard filter under which the record stays.
fn filters() -> [(&'static str, Value); 6] {
    [
        ("drop", json!({"contains": [LITERAL]})),
        ("parse", json!({"format": "json"})),
        ("redact", json!({"kinds": ["email", "card", "ipv4"]})),
        ("route", json!({"rules": [{"when": {"contains": [LITERAL]}, "to": "other"}]})),
        ("sample", json!({"rate": 1.0})),
        ("trim", json!({"remove": ["debug"]})),
    ]
}

/// Each filter's start from the cache, by turns.
fn warm_rows(place: &Place, warm: &Setup) -> anyhow::Result<Vec<Row>> {
    let setup = |(name, config): (&str, Value)| {
        let routes = if name == "route" { json!({"other": ["out"]}) } else { json!({}) };
        Setup { filters: vec![(place.filter(name), config)], routes, ..warm.clone() }
    };
    let setups: Vec<Setup> = filters().into_iter().map(setup).collect();
    for setup in &setups {
        // Compiles.
        first_record(place, setup)?;
    }
    let contender = |setup| -> Contender<'_> { Box::new(move || first_record(place, setup)) };
    let samples = interleave_all(place.scale.rounds, setups.iter().map(contender).collect())?;
    let row = |((name, _), sample): ((&str, Value), &Sample)| {
        let ms = sample.median() * 1e3;
        let what = format!("start to first record, {name}, compiled before");
        Row { target: Some(Target::at_most(ms, 50.0, "ms")), ..Row::reported(what, format!("{ms:.1} ms")) }
    };
    Ok(filters().into_iter().zip(&samples).map(row).collect())
}

fn rows([cold, warm, bare, version]: &[Sample; 4]) -> Vec<Row> {
    let ms = |sample: &Sample| sample.median() * 1e3;
    let total = Row {
        beside: Some(format!("with the cache {:.1} ms", ms(warm))),
        ratio: Some(cold.median() / warm.median()),
        ..Row::reported("cold start to first record, no compiled cache", format!("{:.1} ms", ms(cold)))
    };
    let parts = [
        ("the process", ms(version)),
        ("configuration, engine, threads, I/O", ms(bare) - ms(version)),
        ("loading and starting the filter", ms(warm) - ms(bare)),
        ("compiling it", ms(cold) - ms(warm)),
    ];
    let part = |(name, ms): (&str, f64)| Row::reported(format!("  of which {name}"), format!("{ms:.1} ms"));
    std::iter::once(total).chain(parts.map(part)).collect()
}

/// Seconds from the start to the first byte on the pipe.
fn first_record(place: &Place, setup: &Setup) -> anyhow::Result<f64> {
    let mut command = setup.command(place, "start")?;
    let started = Instant::now();
    let mut agent = Running::start(command.arg("--once").stdout(Stdio::piped()))?;
    let mut pipe = agent.child.stdout.take().expect("it was asked for");
    let mut output = vec![0];
    pipe.read_exact(&mut output)?;
    let elapsed = started.elapsed();
    pipe.read_to_end(&mut output)?;
    agent.wait()?;
    ensure!(output == RECORD.as_bytes(), "the agent wrote {:?}", String::from_utf8_lossy(&output));
    Ok(elapsed.as_secs_f64())
}
