//! A warm run allocates nothing.

#[path = "support/layout.rs"]
mod layout;

use layout::{Layout, literal, regex, set};
use logagent_scan::{Escapes, Report, Scratch};
use std::alloc::{GlobalAlloc, Layout as Block, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, block: Block) -> *mut u8 {
        ALLOCATED.set(ALLOCATED.get() + 1);
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(block) }
    }

    unsafe fn dealloc(&self, at: *mut u8, block: Block) {
        // SAFETY: as above; all blocks are the system's.
        unsafe { System.dealloc(at, block) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_warm_run_allocates_nothing() {
    let bodies: Vec<String> = (0..500)
        .map(|number| format!(r#"{{"n":{number},"m":"GET \u0040 /a/{number:03}-{number:04}","e":"{}"}}"#, number % 7))
        .collect();
    let layout = Layout::lines(&bodies);
    let patterns =
        [literal("POST"), literal("\"n\":49"), regex(r"\d{3}-\d{4}"), regex(r"@ /[a-z]+/"), regex(r"\d(?:\w|-){7,}\b")];
    for report in [Report::First, Report::All] {
        let set = set(&patterns, report, Escapes::Json);
        let (mut scratch, mut matches) = (Scratch::default(), vec![]);
        let mut allocated = 0;
        for _ in 0..3 {
            let before = ALLOCATED.get();
            set.run(&layout.bodies(), &mut scratch, &mut || true, &mut matches).unwrap();
            allocated = ALLOCATED.get() - before;
        }
        assert_eq!(allocated, 0, "{report:?}");
        assert!(matches.len() >= 500);
    }
}
