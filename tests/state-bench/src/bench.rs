//! What all groups share: keys, streams, filled maps, Go's process, and how much is measured.

use crate::go::Go;
use crate::peers::{PEERS, Peer};
use crate::store::Mixed;
use crate::workload::{Key, Skew, Streams, keys};
use anyhow::Context;
use std::cell::OnceCell;
use std::env::current_exe;
use std::fs::create_dir_all;
use std::path::PathBuf;
use std::time::Duration;

/// More than the machine's processors: what four and eight contend for, where two processors take turns for them.
pub(crate) const THREADS: [usize; 4] = [1, 2, 4, 8];

pub(crate) struct Bench {
    pub(crate) keys: Vec<Key>,
    pub(crate) streams: [Streams; 3],
    /// In which the maps take turns: many short ones rather than few long ones, so that what else the machine does
    /// falls on some rounds, and the median on none of these.
    pub(crate) rounds: usize,
    /// How long one run of a map takes in a round: ten of the scheduler's turns.
    pub(crate) time: Duration,
    /// Where Go finds what to draw, and the heat map is written.
    pub(crate) directory: PathBuf,
    filled: OnceCell<Vec<Filled>>,
    go: OnceCell<Go>,
}

/// A map with all entries.
pub(crate) struct Filled {
    pub(crate) peer: Peer,
    pub(crate) map: Box<dyn Mixed>,
}

impl Bench {
    pub(crate) fn new(is_quick: bool) -> anyhow::Result<Self> {
        let own = current_exe().context("this program's path")?;
        let target = own.ancestors().nth(2).context("this program lies in no target directory")?;
        let directory = target.join("state-bench");
        create_dir_all(&directory).with_context(|| directory.display().to_string())?;
        let keys = keys();
        let draw = |skew| Streams::draw(skew, &keys, THREADS[THREADS.len() - 1]);
        let streams = [Skew::Uniform, Skew::Zipf, Skew::Hot].map(draw);
        let (rounds, time) = if is_quick { (1, 10) } else { (9, 45) };
        let time = Duration::from_millis(time);
        Ok(Self { keys, streams, rounds, time, directory, filled: OnceCell::new(), go: OnceCell::new() })
    }

    pub(crate) fn streams(&self, skew: Skew) -> &Streams {
        self.streams.iter().find(|streams| streams.skew == skew).expect("all are drawn")
    }

    /// All maps, ours first; filled when first asked for.
    pub(crate) fn filled(&self) -> &[Filled] {
        self.filled.get_or_init(|| {
            let fill = |peer: Peer| {
                let map = (peer.store)();
                map.fill(&self.keys);
                Filled { peer, map }
            };
            PEERS.into_iter().map(fill).collect()
        })
    }

    /// Go's process, which builds its maps when they are first asked for.
    pub(crate) fn go(&self) -> anyhow::Result<&Go> {
        if let Some(go) = self.go.get() {
            return Ok(go);
        }
        let go = Go::start(self)?;
        Ok(self.go.get_or_init(|| go))
    }
}
