//! Lanes that stand still at one moment, and go on.

use super::*;
use logagent_testkit::Patience;
use std::sync::atomic::AtomicU64;
use std::thread::scope;

const LONG: Duration = Duration::from_secs(3600);

fn standstill(lanes: usize) -> Arc<Standstill> {
    Arc::new(Standstill::new((0..lanes).map(|_| Arc::default()).collect()))
}

#[test]
fn what_is_done_while_lanes_stand_still_sees_none_of_them_move() {
    const LANES: usize = 3;
    const TIMES: usize = 200;
    let standstill = standstill(LANES);
    // Odd while a lane is in the middle of something.
    let steps: Vec<AtomicU64> = (0..LANES).map(|_| AtomicU64::new(0)).collect();
    let is_over = AtomicBool::new(false);
    scope(|scope| {
        for steps in &steps {
            let mut place = Place::of(standstill.clone());
            let is_over = &is_over;
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    steps.fetch_add(1, Ordering::Relaxed);
                    steps.fetch_add(1, Ordering::Relaxed);
                    if place.is_asked() {
                        place.stand();
                    }
                }
                place.leave();
            });
        }
        let look = || steps.iter().map(|steps| steps.load(Ordering::Relaxed)).collect::<Vec<_>>();
        for _ in 0..TIMES {
            let is_still = standstill.while_still(LONG, &mut || {
                let seen = look();
                assert!(seen.iter().all(|steps| steps % 2 == 0), "{seen:?}");
                assert_eq!(look(), seen);
            });
            assert!(is_still);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(standstill.while_still(Duration::ZERO, &mut || {}), "those that have ended stand still for ever");
}

#[test]
fn one_lane_that_does_not_come_to_rest_gives_it_up_and_the_others_go_on() {
    let standstill = standstill(2);
    let (mut first, mut second) = (Place::of(standstill.clone()), Place::of(standstill.clone()));
    scope(|scope| {
        let standing = scope.spawn(|| {
            while !first.is_asked() {
                std::thread::yield_now();
            }
            first.stand();
        });
        while !standing.is_finished() {
            assert!(!standstill.while_still(Duration::from_millis(1), &mut || panic!("one moves")));
        }
    });
    first.leave();
    second.leave();
}

#[test]
fn a_lane_that_waits_for_a_sink_is_woken_when_it_is_given_up() {
    let waker = Arc::<LaneWaker>::default();
    let standstill = Arc::new(Standstill::new(vec![waker.clone()]));
    let mut place = Place::of(standstill.clone());
    let is_over = AtomicBool::new(false);
    scope(|scope| {
        let waiting = scope.spawn(|| {
            waker.register();
            while !place.is_asked() {
                std::thread::yield_now();
            }
            while place.is_asked() && !is_over.load(Ordering::Relaxed) {
                std::thread::park();
            }
        });
        // Again, where the thread has not noticed before it was given up.
        let mut patience = Patience::default();
        while !waiting.is_finished() {
            if !patience.lasts() {
                is_over.store(true, Ordering::Relaxed);
                waiting.thread().unpark();
                panic!("the lane sleeps on");
            }
            assert!(!standstill.while_still(Duration::from_millis(50), &mut || panic!("it waits")));
        }
    });
    place.leave();
}

#[test]
fn a_lane_that_has_failed_leaves_nothing_to_be_told_of_together() {
    let standstill = standstill(2);
    Place::of(standstill.clone()).leave();
    drop(Place::of(standstill.clone()));
    assert!(!standstill.while_still(LONG, &mut || panic!("its sinks have more than it has confirmed")));
}
