//! The end of lanes that have nothing more to read: filters emit what they have held back.

use crate::rig::{Rig, stage};
use logagent_component::Decisions;
use logagent_pipeline::{FilterStage, Finish};
use logagent_testkit::{Native, Policy, emit, until};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The year 2200: no clock tells it.
const FAR: u64 = 7_258_118_400_000_000_000;

/// Emits twice once the end is told, with a pause of two ticks; notes the latest time that it was told.
fn holding(latest: &Arc<AtomicU64>) -> FilterStage {
    let (latest, mut ends) = (latest.clone(), 0);
    stage(Native::keeping().ticking(move |now, decisions: &mut Decisions| {
        assert!(now > latest.swap(now, Ordering::Relaxed), "time goes on");
        ends += u32::from(now > FAR);
        if ends == 1 || ends == 4 {
            emit(decisions, b"held back", b"", 0, 0);
        }
        Ok(())
    }))
}

fn rigs(latest: &Arc<AtomicU64>) -> [(Rig, logagent_testkit::Probe); 2] {
    let mut rigs = [0, 1].map(|_| Rig::simple(vec![holding(latest)], Policy::Confirm));
    let finish = Arc::new(Finish::new(rigs.iter().map(|(rig, _)| rig.waker.clone()).collect()));
    rigs.iter_mut().for_each(|(rig, _)| rig.finish = Some(finish.clone()));
    rigs
}

#[test]
fn filters_emit_at_the_end_when_all_lanes_have_come_to_it() {
    let latest = [Arc::default(), Arc::default()];
    let [(mut first, first_probe), (other, _)] = rigs(&latest[0]);
    let mut second = Rig::simple(vec![holding(&latest[1])], Policy::Confirm);
    (second.0.finish, second.0.waker) = (other.finish.clone(), other.waker.clone());
    first.ended_stream("short", &["1\n"]);
    let open = second.0.stream(0, "long");
    open.give("2\n");
    let (first, (second, second_probe)) = (first.start(), (second.0.start(), second.1));
    until("both have read", || first_probe.count() == 1 && second_probe.count() == 1);
    assert!(latest.iter().all(|latest: &Arc<AtomicU64>| latest.load(Ordering::Relaxed) < FAR));
    open.end();
    // Each waits for the other.
    let first = std::thread::spawn(|| first.finish());
    second.finish();
    first.join().unwrap();
    assert_eq!(first_probe.texts(), ["1", "held back", "held back"]);
    assert_eq!(second_probe.texts(), ["2", "held back", "held back"]);
}

#[test]
fn a_lane_that_is_told_to_stop_ends_without_the_others_and_holds_back_what_it_has() {
    let latest = Arc::default();
    let [(mut first, probe), _] = rigs(&latest);
    first.ended_stream("short", &["1\n"]);
    let running = first.start();
    until("it has read", || probe.count() == 1);
    running.stop();
    running.finish();
    assert_eq!(probe.texts(), ["1"]);
    assert!(latest.load(Ordering::Relaxed) < FAR);
}
