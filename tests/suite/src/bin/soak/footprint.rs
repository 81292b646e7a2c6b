//! What a process holds of the system, as proc(5) says it.

use logagent_tests::Agent;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::time::Duration;

/// A figure of memory is the median of so many looks.
const LOOKS: usize = 9;

const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// How much more memory there may be in the end, in percent: an allocator's fragments differ from hour to hour.
const MOST_GROWTH: u64 = 5;

/// How many more mappings there may be: those of the allocator's arenas split and merge. An instance has more than
/// this, so a leak of two shows.
const MOST_MAPPINGS: usize = 16;

pub(crate) struct Footprint {
    rss_kib: u64,
    pss_kib: u64,
    /// What is no file's and no ring's: heaps, the guests' memories among them.
    anonymous_kib: u64,
    descriptors: usize,
    mappings: usize,
    threads: usize,
}

impl Footprint {
    pub(crate) fn of(agent: &Agent<'_>) -> Self {
        let mut rss = Vec::new();
        let mut pss = Vec::new();
        let mut anonymous = Vec::new();
        for _ in 0..LOOKS {
            rss.push(agent.smaps("Rss:"));
            pss.push(agent.smaps("Pss:"));
            anonymous.push(agent.smaps("Anonymous:"));
            std::thread::sleep(BETWEEN_LOOKS);
        }
        let proc = format!("/proc/{}", agent.child.id());
        let entries = |name: &str| fs::read_dir(format!("{proc}/{name}")).expect("a process of ours").count();
        let maps = fs::read_to_string(format!("{proc}/maps")).expect("a process of ours");
        Self {
            rss_kib: median(rss),
            pss_kib: median(pss),
            anonymous_kib: median(anonymous),
            descriptors: entries("fd"),
            mappings: maps.lines().count(),
            threads: entries("task"),
        }
    }

    pub(crate) fn assert_no_growth_since(&self, before: &Self) {
        for (what, now, before) in [
            ("RSS", self.rss_kib, before.rss_kib),
            ("PSS", self.pss_kib, before.pss_kib),
            ("anonymous memory", self.anonymous_kib, before.anonymous_kib),
        ] {
            assert!(now * 100 <= before * (100 + MOST_GROWTH), "{what} has grown from {before} to {now} KiB");
        }
        for (what, now, most) in [
            ("descriptors", self.descriptors, before.descriptors),
            ("mappings", self.mappings, before.mappings + MOST_MAPPINGS),
            ("threads", self.threads, before.threads),
        ] {
            assert!(now <= most, "{what}: {now} now, {most} may be");
        }
    }
}

impl Display for Footprint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { rss_kib, pss_kib, anonymous_kib, descriptors, mappings, threads } = self;
        write!(
            f,
            "RSS {rss_kib} KiB, PSS {pss_kib} KiB, anonymous {anonymous_kib} KiB, {descriptors} descriptors, {mappings} mappings, {threads} threads"
        )
    }
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values[values.len() / 2]
}
