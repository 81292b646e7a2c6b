//! The law of delivery holds whenever anyone looks.

use crate::rig::{Rig, joined, lines, routing};
use logagent_testkit::{Native, Policy, emit, until};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

#[test]
fn the_law_holds_at_every_moment_of_a_run() {
    let mut rig = Rig::new();
    let probes = [Policy::Flush(Duration::from_millis(1)), Policy::Confirm].map(|policy| rig.sink(policy));
    let filter = Native::new(|seen, decisions| {
        decisions.verdicts.extend((0..seen.len()).map(|index| [0, 1, 128, 0][index % 4]));
        emit(decisions, b"emitted", b"", 0, 0);
        Ok(())
    });
    let filter = routing(filter.reasons(&["d"]).outputs(&["r"]), &[&[1]]);
    rig.pipeline(vec![filter], &[0]);
    rig.pipeline(vec![], &[0, 1]);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    let (is_over, samples) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let sampler = {
        let (pipelines, is_over, samples) = (running.pipelines.clone(), is_over.clone(), samples.clone());
        std::thread::spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                for counts in pipelines.iter().map(|pipeline| pipeline.law.counts()) {
                    assert!(counts.balance(), "{counts:?}");
                }
                samples.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let text = joined(&lines("s", 1000));
    for round in 1..=20 {
        feed.give(text.clone());
        until("the round's records", || running.counts(1).received == round * 1000);
        until("a sample of the round", || samples.swap(0, Ordering::Relaxed) > 0);
    }
    feed.end();
    let counts = running.finish();
    is_over.store(true, Ordering::Relaxed);
    sampler.join().expect("the law holds");
    assert_eq!((counts[0].received, counts[1].delivered), (20_000, 20_000));
    assert!(counts[0].dropped > 0 && counts[0].emitted > 0);
    assert!(probes.iter().all(|probe| probe.count() > 0));
}
