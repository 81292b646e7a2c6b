//! What a history may not have done, by the oracle and by what the checkpoints say.

use crate::agent::{SOURCE, Surroundings, output};
use crate::filter::Fate;
use crate::logs::{Contents, Logs};
use crate::plan::PipelinePlan;
use logagent_checkpoint::Keeper;
use logagent_component::Checkpoint;
use logagent_pipeline::OnError;
use logagent_testkit::{Oracle, parse_numbered};
use std::collections::HashSet;
use std::sync::Arc;

/// A record at a sink.
pub(crate) type Arrival = (usize, Vec<u8>);

/// What must come of one line at the sinks of one pipeline.
struct Due {
    /// As it goes on.
    body: Option<String>,
    emitted: Option<String>,
    /// It must lie in the dead letters.
    is_letter: bool,
}

fn due(plan: &PipelinePlan, line: &str) -> Due {
    match plan.habits.fate(line) {
        Fate::Goes { body, emitted } => Due { body: Some(body), emitted, is_letter: false },
        Fate::Traps if plan.on_error == OnError::Pass => {
            Due { body: Some(line.to_owned()), emitted: None, is_letter: false }
        }
        Fate::Traps => Due { body: None, emitted: None, is_letter: plan.on_error == OnError::DeadLetter },
        Fate::Dropped => Due { body: None, emitted: None, is_letter: false },
    }
}

impl Surroundings {
    /// All pieces between newlines at a sink, in order; the last may be torn.
    pub(crate) fn records(&self, sink: usize) -> Vec<Vec<u8>> {
        if let Some(remote) = &self.remotes[sink] {
            return remote.received();
        }
        let bytes = self.disk.bytes(&output(sink));
        let pieces = bytes.split_inclusive(|&byte| byte == b'\n');
        pieces.map(|piece| piece.strip_suffix(b"\n").unwrap_or(piece).to_vec()).collect()
    }

    /// What the checkpoints on the disk say.
    pub(crate) fn kept(&self) -> Vec<Checkpoint> {
        Keeper::open_in(Arc::new(self.disk.clone()), false).checkpoints().kept(SOURCE)
    }

    /// Up to where this file was delivered, by the checkpoints on the disk.
    pub(crate) fn delivered_to(&self, inode: u64) -> Option<u64> {
        self.kept().into_iter().find(|kept| kept.inode == inode).map(|kept| kept.offset)
    }

    /// All that lies before the checkpoints, which must be at the sinks, and must not come again. Files whose inode has had
    /// several contents are left to the last judgement.
    ///
    /// # Errors
    /// What isn't where the checkpoints say.
    pub(crate) fn covered(&self, logs: &Logs) -> Result<HashSet<Arrival>, String> {
        let there: Vec<HashSet<Vec<u8>>> =
            (0..self.plan.sinks.len()).map(|sink| self.records(sink).into_iter().collect()).collect();
        let mut covered = HashSet::new();
        for Checkpoint { inode, offset, .. } in self.kept() {
            let Some(contents) = logs.contents.iter().find(|it| it.inode == inode && !it.shares_inode) else {
                continue;
            };
            if offset != 0 && !contents.lines.iter().any(|line| line.end == offset) {
                return Err(format!("the checkpoint of {} lies in a line, at {offset}", contents.stream));
            }
            for line in contents.lines.iter().take_while(|line| line.end <= offset) {
                self.cover(&line.body, &there, &mut covered)?;
            }
        }
        Ok(covered)
    }

    fn cover(&self, line: &str, there: &[HashSet<Vec<u8>>], covered: &mut HashSet<Arrival>) -> Result<(), String> {
        for plan in &self.plan.pipelines {
            let is_letter = self.letters.has(&plan.name, line.as_bytes());
            let Due { body, emitted, is_letter: must_be } = due(plan, line);
            if must_be && !is_letter {
                return Err(format!("a checkpoint is ahead of the dead letters: {line}"));
            }
            for body in [body, emitted].into_iter().flatten() {
                for &sink in &plan.sinks {
                    let is_given_up = self.letters.has(&output(sink), body.as_bytes());
                    if !there[sink].contains(body.as_bytes()) && !is_letter && !is_given_up {
                        return Err(format!("a checkpoint is ahead of sink {sink}: {body}"));
                    }
                    covered.insert((sink, body.clone().into_bytes()));
                }
            }
        }
        Ok(())
    }

    /// Judges what a run has sent to a sink, behind `before` records that were there.
    ///
    /// # Errors
    /// What came twice, and may not.
    pub(crate) fn judge_run(&self, sink: usize, before: usize, covered: &HashSet<Arrival>) -> Result<(), String> {
        let mut seen = HashSet::new();
        let records = self.records(sink);
        for record in records.into_iter().skip(before).filter(|record| parse_numbered(record).is_some()) {
            let shown = record.escape_ascii().to_string();
            let arrival = (sink, record);
            if covered.contains(&arrival) {
                return Err(format!("came again at sink {sink} from before the checkpoint: {shown}"));
            }
            if self.letters.has_lately(&output(sink), &arrival.1) {
                return Err(format!("lies at sink {sink} and in the dead letters: {shown}"));
            }
            if !seen.insert(arrival) {
                return Err(format!("came twice at sink {sink} in one run: {shown}"));
            }
        }
        Ok(())
    }

    /// Judges all that has come to a sink; answers how many records came more than once.
    ///
    /// # Errors
    /// What was lost, invented or out of order, and may not be.
    pub(crate) fn judge(&self, plan: &PipelinePlan, sink: usize, logs: &Logs) -> Result<usize, String> {
        let (oracle, free) = self.oracle(plan, sink, logs);
        let records = self.records(sink);
        let named: Vec<(String, &[u8])> = records.iter().map(|record| (stream_of(record), &**record)).collect();
        let mut findings = oracle.judge(named.iter().map(|(stream, record)| (&**stream, *record)));
        findings.lost.retain(|(_, record)| !free.contains(record));
        // Given up in a run that was killed, it comes with the next, behind what that run had written.
        findings.disordered.retain(|(_, record)| !self.letters.has(&output(sink), record));
        findings.invented.retain(|(_, piece)| !(self.plan.leaves_pieces() && is_piece(piece, plan, logs)));
        let doubled = std::mem::take(&mut findings.doubled).len();
        if findings.is_clean() { Ok(doubled) } else { Err(format!("sink {sink}: {findings}")) }
    }

    /// What must come to this sink of a pipeline, and what of it need not: it was truncated away, or lies in the dead
    /// letters, or came of a line that does.
    fn oracle(&self, plan: &PipelinePlan, sink: usize, logs: &Logs) -> (Oracle, HashSet<Vec<u8>>) {
        let (mut oracle, mut free) = (Oracle::default(), HashSet::new());
        for Contents { stream, lines, safe_to, .. } in &logs.contents {
            for line in lines {
                let Due { body, emitted, .. } = due(plan, &line.body);
                let is_free = line.end > *safe_to || self.letters.has(&plan.name, line.body.as_bytes());
                for (stream, body) in [(stream.clone(), body), (format!("{stream}+"), emitted)] {
                    let Some(body) = body else { continue };
                    if is_free || self.letters.has(&output(sink), body.as_bytes()) {
                        free.insert(body.clone().into_bytes());
                    }
                    oracle.expect(&stream, body);
                }
            }
        }
        (oracle, free)
    }
}

/// The oracle's stream of a record: that of the line that it was made of, or that of what was emitted beside it.
fn stream_of(record: &[u8]) -> String {
    parse_numbered(record).map_or_else(String::new, |(stream, _)| stream.trim_end_matches('!').to_owned())
}

/// Whether this is the beginning of something that was to come.
fn is_piece(piece: &[u8], plan: &PipelinePlan, logs: &Logs) -> bool {
    let mut lines = logs.contents.iter().flat_map(|contents| &contents.lines);
    lines.any(|line| {
        let Due { body, emitted, .. } = due(plan, &line.body);
        let whole = [Some(line.body.clone()), body, emitted];
        whole.into_iter().flatten().any(|whole| whole.len() > piece.len() && whole.as_bytes().starts_with(piece))
    })
}
