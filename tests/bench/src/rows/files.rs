//! Very many files: a thousand that grow at once beside one that grows as much, and ten thousand that don't.

use crate::agent::{Setup, blackhole, file_sink};
use crate::place::Place;
use crate::stats::{Contender, interleave, number};
use crate::table::{Row, Target};
use anyhow::ensure;
use std::fs::{File, create_dir_all, metadata, remove_dir_all};
use std::io::Write;
use std::path::Path;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

const GROWING: usize = 1000;
const IDLE: usize = 10_000;

/// As much as is written to a file before it is the next one's turn. Whole lines.
const WRITE_BYTES: usize = 4096;
const LINE_BYTES: usize = 256;

/// A look at the output, of which the agent notices nothing.
const LOOK: Duration = Duration::from_millis(1);

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    Ok(vec![growing(place)?, idle(place)?])
}

fn growing(place: &Place) -> anyhow::Result<Row> {
    let bytes = if place.scale.is_quick { 64_000_000 } else { 512_000_000 };
    let of = |files: usize| -> Contender<'_> { Box::new(move || grow(place, files, bytes)) };
    let [many, one] = interleave(place.scale.rounds, [of(GROWING), of(1)])?;
    let ratio = many.median() / one.median();
    Ok(Row {
        what: format!("{GROWING} files that grow at once → file, 1 lane, to one file"),
        measured: format!("{:.0} MB/s", many.median()),
        beside: Some(format!("one file {:.0} MB/s", one.median())),
        ratio: Some(ratio),
        target: Some(Target::at_least(ratio, 0.8, "×")),
    })
}

/// Appends so many bytes to so many files, in turn, while the agent follows them: megabytes a second, until all is in the
/// output. Writing takes as many calls of one length, however many files there are.
fn grow(place: &Place, files: usize, bytes: usize) -> anyhow::Result<f64> {
    let (logs, out) = (place.scratch("growing"), place.scratch("grown"));
    create_dir_all(&logs)?;
    let paths = (0..files).map(|number| logs.join(format!("{number}.log")));
    let mut writers = paths.map(File::create).collect::<Result<Vec<_>, _>>()?;
    let mut setup = Setup::new(place, logs.join("*.log"), file_sink(&out));
    setup.filters.clear();
    setup.data_dir = place.scratch("growing-data");
    let mut piece = vec![b'x'; WRITE_BYTES];
    piece.iter_mut().skip(LINE_BYTES - 1).step_by(LINE_BYTES).for_each(|byte| *byte = b'\n');
    // Each file has been found when its first line has come.
    writers.iter_mut().try_for_each(|file| file.write_all(&piece))?;
    let (mut agent, _) = setup.follow(place, "growing")?;
    wait_for(&out, files * WRITE_BYTES)?;
    let writes = bytes / WRITE_BYTES;
    let started = Instant::now();
    thread::scope(|scope| -> anyhow::Result<()> {
        let writer = scope.spawn(|| {
            let files = writers.len();
            (0..writes).try_for_each(|write| writers[write % files].write_all(&piece))
        });
        wait_for(&out, (files + writes) * WRITE_BYTES)?;
        Ok(writer.join().expect("no panic")?)
    })?;
    let elapsed = started.elapsed();
    agent.terminate()?;
    remove_dir_all(&logs)?;
    remove_dir_all(&setup.data_dir)?;
    std::fs::remove_file(&out)?;
    Ok(number((writes * WRITE_BYTES) as u64) / 1e6 / elapsed.as_secs_f64())
}

fn wait_for(out: &Path, bytes: usize) -> anyhow::Result<()> {
    let started = Instant::now();
    while metadata(out).map_or(0, |out| out.len()) < bytes as u64 {
        ensure!(started.elapsed() < Duration::from_secs(120), "not all was delivered in two minutes");
        sleep(LOOK);
    }
    Ok(())
}

fn idle(place: &Place) -> anyhow::Result<Row> {
    let logs = place.scratch("idle");
    create_dir_all(&logs)?;
    (0..IDLE).try_for_each(|number| std::fs::write(logs.join(format!("{number}.log")), "one line\n"))?;
    let mut setup = Setup::new(place, logs.join("*.log"), blackhole());
    setup.data_dir = place.scratch("idle-data");
    let (mut agent, _) = setup.follow(place, "idle")?;
    let (settle, measured) = if place.scale.is_quick { (5, 10) } else { (10, 60) };
    sleep(Duration::from_secs(settle));
    let before = agent.cpu_seconds()?;
    sleep(Duration::from_secs(measured));
    let percent = (agent.cpu_seconds()? - before) / number(measured) * 100.0;
    agent.terminate()?;
    remove_dir_all(&logs)?;
    Ok(Row {
        what: format!("{IDLE} files that don't grow: processor"),
        measured: format!("{percent:.2} % of a core"),
        beside: None,
        ratio: None,
        target: Some(Target::at_most(percent, 1.0, "%")),
    })
}
