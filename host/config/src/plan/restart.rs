//! The changes that a running agent can't follow: what its lanes, rings and sources were built with. Not for the rest.

use std::path::Path;
use std::time::Duration;

use super::by_name;
use crate::problem::{Problem, shorten};
use crate::units::{show_duration, show_size};
use crate::{
    Batch, Checkpoints, Config, DeadLetters, FileSource, Memory, Multiline, MultilineRule, Positions, Priority,
    ReadFrom, Source, State, StdinSource,
};

/// All of them, in the new file's order.
pub(super) fn problems(old: &Config, new: &Config) -> Vec<Problem> {
    let mut fixed = Fixed { positions: &new.positions, problems: Vec::new() };
    check_settings(&mut fixed, old, new);
    let before = by_name(&old.sources);
    for source in &new.sources {
        let Some(old) = before.get(&*source.name) else { continue };
        check_source(&mut fixed, &format!("sources.{}", source.name), &old.spec, &source.spec);
    }
    fixed.problems.sort_by_key(|problem| (problem.line, problem.column));
    fixed.problems
}

/// What may not change, checked key by key.
struct Fixed<'a> {
    /// The new file's.
    positions: &'a Positions,
    problems: Vec<Problem>,
}

impl Fixed<'_> {
    fn check<T: PartialEq>(&mut self, key: &str, old: T, new: T, show: impl Fn(T) -> String) {
        if old != new {
            let allowed = format!("{} as it was; this change needs a restart", show(old));
            self.problems.push(self.positions.problem(key, &show(new), &allowed));
        }
    }
}

fn check_settings(fixed: &mut Fixed<'_>, old: &Config, new: &Config) {
    // Here and below each field is named, so that none that is added later is forgotten.
    let Config {
        data_dir,
        lanes,
        memory,
        state,
        batch,
        checkpoints,
        dead_letters,
        shutdown_timeout: _,
        sources: _,
        filters: _,
        sinks: _,
        pipelines: _,
        warnings: _,
        positions: _,
    } = old;
    fixed.check("data_dir", &**data_dir, &new.data_dir, show_path);
    fixed.check("lanes", *lanes, new.lanes, show_lanes);
    check_memory(fixed, memory, &new.memory);
    check_state(fixed, state, &new.state);
    check_batch(fixed, batch, &new.batch);
    let Checkpoints { interval } = *checkpoints;
    fixed.check("checkpoints.interval", interval, new.checkpoints.interval, show_duration);
    let DeadLetters { max_bytes } = *dead_letters;
    fixed.check("dead_letters.max_bytes", max_bytes, new.dead_letters.max_bytes, show_size);
}

fn check_memory(fixed: &mut Fixed<'_>, old: &Memory, new: &Memory) {
    let Memory { ring_bytes, limit } = *old;
    fixed.check("memory.ring_bytes", ring_bytes, new.ring_bytes, show_size);
    fixed.check("memory.limit", limit, new.limit, |limit| limit.map_or("no limit".into(), show_size));
}

fn check_state(fixed: &mut Fixed<'_>, old: &State, new: &State) {
    let State { shards, max_shards, conflict_rate, budget, snapshot_interval } = *old;
    fixed.check("state.shards", shards, new.shards, |count| count.to_string());
    fixed.check("state.max_shards", max_shards, new.max_shards, |count| count.to_string());
    fixed.check("state.conflict_rate", conflict_rate, new.conflict_rate, |rate| rate.to_string());
    fixed.check("state.budget", budget, new.budget, show_size);
    fixed.check("state.snapshot_interval", snapshot_interval, new.snapshot_interval, show_duration);
}

fn check_batch(fixed: &mut Fixed<'_>, old: &Batch, new: &Batch) {
    let Batch { max_bytes, max_records, max_age } = *old;
    fixed.check("batch.max_bytes", max_bytes, new.max_bytes, show_size);
    fixed.check("batch.max_records", max_records, new.max_records, |count| count.to_string());
    fixed.check("batch.max_age", max_age, new.max_age, show_duration);
}

fn check_source(fixed: &mut Fixed<'_>, key: &str, old: &Source, new: &Source) {
    match (old, new) {
        (Source::File(old), Source::File(new)) => check_file(fixed, key, old, new),
        (Source::Stdin(old), Source::Stdin(new)) => check_stdin(fixed, key, old, new),
        _ => fixed.check(&format!("{key}.type"), old, new, |source| show_type(source).into()),
    }
}

fn check_file(fixed: &mut Fixed<'_>, key: &str, old: &FileSource, new: &FileSource) {
    let FileSource { include, exclude, read_from, max_record_bytes, multiline, .. } = old;
    let FileSource { format, compression, poll_every, max_open_files, priority, .. } = *old;
    check_list(fixed, &format!("{key}.include"), include, &new.include);
    check_list(fixed, &format!("{key}.exclude"), exclude, &new.exclude);
    fixed.check(&format!("{key}.read_from"), *read_from, new.read_from, |from| show_read_from(from).into());
    fixed.check(&format!("{key}.max_record_bytes"), *max_record_bytes, new.max_record_bytes, show_size);
    fixed.check(&format!("{key}.multiline"), multiline.as_ref(), new.multiline.as_ref(), show_multiline);
    fixed.check(&format!("{key}.format"), format, new.format, |format| show_word(&format));
    fixed.check(&format!("{key}.compression"), compression, new.compression, |compression| show_word(&compression));
    let show_poll = |poll: Option<Duration>| poll.map_or("events".into(), show_duration);
    fixed.check(&format!("{key}.poll_every"), poll_every, new.poll_every, show_poll);
    let show_most = |most: Option<usize>| most.map_or("the process's limit".into(), |most| most.to_string());
    fixed.check(&format!("{key}.max_open_files"), max_open_files, new.max_open_files, show_most);
    check_priority(fixed, key, priority, new.priority);
}

fn check_stdin(fixed: &mut Fixed<'_>, key: &str, old: &StdinSource, new: &StdinSource) {
    let StdinSource { max_record_bytes, priority } = *old;
    fixed.check(&format!("{key}.max_record_bytes"), max_record_bytes, new.max_record_bytes, show_size);
    check_priority(fixed, key, priority, new.priority);
}

fn check_priority(fixed: &mut Fixed<'_>, key: &str, old: Priority, new: Priority) {
    fixed.check(&format!("{key}.priority"), old, new, |priority| match priority {
        Priority::Normal => "normal".into(),
        Priority::High => "high".into(),
    });
}

/// Shows what both lists begin with as `…` only: a long list would be cut before the difference.
fn check_list(fixed: &mut Fixed<'_>, key: &str, old: &[String], new: &[String]) {
    let common = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    fixed.check(key, old, new, |list| {
        let start = (common > 0).then(|| "…".to_owned());
        let rest = list[common..].iter().map(|pattern| format!("{pattern:?}"));
        let shown: Vec<String> = start.into_iter().chain(rest).collect();
        shorten(&format!("[{}]", shown.join(", ")))
    });
}

fn show_path(path: &Path) -> String {
    format!("{:?}", shorten(&path.to_string_lossy()))
}

fn show_lanes(lanes: Option<usize>) -> String {
    lanes.map_or("one for each core".into(), |count| count.to_string())
}

fn show_type(source: &Source) -> &'static str {
    match source {
        Source::File(_) => "file",
        Source::Stdin(_) => "stdin",
    }
}

fn show_read_from(read_from: ReadFrom) -> &'static str {
    match read_from {
        ReadFrom::Beginning => "beginning",
        ReadFrom::End => "end",
    }
}

/// A choice as it is written: by the name of its variant.
fn show_word(choice: &impl std::fmt::Debug) -> String {
    format!("{choice:?}").to_lowercase()
}

fn show_multiline(multiline: Option<&Multiline>) -> String {
    let Some(Multiline { rule, timeout }) = multiline else { return "a line a record".into() };
    let rule = match rule {
        MultilineRule::Start(pattern) => format!("start {:?}", shorten(pattern)),
        MultilineRule::Preset(preset) => format!("preset {}", show_word(preset)),
    };
    format!("{rule} with timeout {}", show_duration(*timeout))
}
