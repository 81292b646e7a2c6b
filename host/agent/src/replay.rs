//! Sends dead letters through the running pipelines again. A round marks its letters as sent, hands them to lanes as
//! streams, waits until these are over, and marks what arrived as done: so each letter is replayed once, and of one that
//! was under way when the agent was killed it is known that this isn't known.

use logagent_checkpoint::Deliveries;
use logagent_control::{ReplayAnswer, ReplayRefusal};
use logagent_letters::{Confirmed, Fate, LetterStream, Marks, Picked, Round, Wanted, Way, last_id, lines, prune, runs};
use logagent_pipeline::Sources;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The letters of a round are in memory, twice for a moment.
const ROUND_BYTES: usize = 4 << 20;

/// How soon it is seen that the agent is ending.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// By the pipeline's name: the index of the source as which its dead letters come again.
pub(crate) type Doors = Arc<Mutex<BTreeMap<String, usize>>>;

/// Who sends dead letters again.
pub(crate) struct Replayer {
    pub(crate) data_dir: PathBuf,
    pub(crate) doors: Doors,
    pub(crate) sources: Arc<Sources>,
    /// The longest record that fits a ring, its attributes included, in bytes.
    pub(crate) max_record_bytes: usize,
    pub(crate) shutdown_timeout: Duration,
    /// Held during a round: two at once would send the same letters.
    pub(crate) turn: Mutex<()>,
    /// `None` where nothing is kept of what was delivered.
    pub(crate) deliveries: Option<Deliveries>,
}

impl Replayer {
    /// Sends a round of these letters, and waits until it is known what became of them.
    pub(crate) fn replay(&self, wanted: &Wanted) -> Result<ReplayAnswer, ReplayRefusal> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(name) = wanted.through.as_ref().filter(|&name| !doors.contains_key(name)) {
            return Err(ReplayRefusal::NoPipeline { name: name.clone(), known: doors.into_keys().collect() });
        }
        if self.sources.is_ending() {
            return Err(ReplayRefusal::Ending);
        }
        self.round(wanted, &doors).map_err(|error| ReplayRefusal::Files {
            directory: self.data_dir.display().to_string(),
            problem: error.to_string(),
        })
    }

    fn round(&self, wanted: &Wanted, doors: &BTreeMap<String, usize>) -> io::Result<ReplayAnswer> {
        let until = match wanted.until {
            Some(until) => until,
            None => last_id(&self.data_dir)?.unwrap_or_default(),
        };
        let mut marks = Marks::read(&self.data_dir)?;
        let wanted = Wanted { until: Some(until), ..wanted.clone() };
        let Some(Round { mut picked, next, done, unknown, unfit, .. }) = self.pick(&wanted, &marks)? else {
            return Ok(ReplayAnswer { until, ..ReplayAnswer::default() });
        };
        let mut homeless = 0;
        picked.retain(|way, letters| {
            let has_door = doors.contains_key(&way.pipeline);
            homeless += if has_door { 0 } else { letters.len() as u64 };
            has_door
        });
        let sent: u64 = picked.values().map(|letters| letters.len() as u64).sum();
        marks.note(&runs(picked.values().flatten()), Fate::Sent)?;
        let mut arrived = self.arrived(&self.send(picked, doors));
        if !self.are_kept() {
            arrived.clear();
        }
        marks.note(&runs(arrived.iter()), Fate::Done)?;
        if next.is_none() {
            prune(&self.data_dir, &marks)?;
        }
        let (done_before, done) = (done, arrived.len() as u64);
        Ok(ReplayAnswer { sent, done, done_before, unknown, unfit: unfit + homeless, next, until })
    }

    /// `None` where there are no letters at all.
    fn pick(&self, wanted: &Wanted, marks: &Marks) -> io::Result<Option<Round>> {
        match lines(&self.data_dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            lines => Round::pick(lines?, wanted, marks, ROUND_BYTES, self.max_record_bytes).map(Some),
        }
    }

    fn send(&self, picked: BTreeMap<Way, Vec<Picked>>, doors: &BTreeMap<String, usize>) -> Receiver<Confirmed> {
        let (done, confirmed) = channel();
        for (way, letters) in picked {
            self.sources.assign(Box::new(LetterStream::new(&way, doors[&way.pipeline], letters, done.clone())));
        }
        confirmed
    }

    /// Whether no output takes back what has arrived by now if the agent is killed. Of letters that it would take back it
    /// must not be written that they are done.
    fn are_kept(&self) -> bool {
        let deadline = Instant::now() + self.shutdown_timeout;
        self.deliveries.as_ref().is_none_or(|deliveries| deliveries.keep(|| Instant::now() < deadline))
    }

    /// The letters that arrived, once all streams are over. An agent that ends waits for its lanes only so long.
    fn arrived(&self, confirmed: &Receiver<Confirmed>) -> Vec<Picked> {
        let mut arrived = Vec::new();
        let mut deadline = None;
        loop {
            match confirmed.recv_timeout(LOOK_EVERY) {
                Ok(Confirmed { letters, count }) => arrived.extend(letters.into_iter().take(count)),
                Err(RecvTimeoutError::Disconnected) => return arrived,
                Err(RecvTimeoutError::Timeout) if self.sources.is_ending() => {
                    let now = Instant::now();
                    if now >= *deadline.get_or_insert(now + self.shutdown_timeout) {
                        return arrived;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}
