//! The window: guests see the ring's own bytes, always fresh, and what they write reaches nobody.

use crate::support::{Batch, Guest, ring};
use logagent_component::Filter;

/// As many records as fill a few pages, of different lengths, a third of them beginning with D.
fn lines(seed: usize, count: usize) -> Vec<Vec<u8>> {
    let line = |n: usize| {
        let first = [b'D', b'I', b'W'][(n + seed) % 3];
        let length = 1 + (n * 37 + seed * 11) % 300;
        let mut line = vec![b'a' + u8::try_from((n + seed) % 26).unwrap(); length];
        line[0] = first;
        line
    };
    (0..count).map(line).collect()
}

fn first_byte_verdicts(bodies: &[Vec<u8>]) -> Vec<u8> {
    bodies.iter().map(|body| u8::from(body[0] == b'D')).collect()
}

#[test]
fn a_guest_with_a_window_and_one_with_a_copy_decide_the_same_across_the_rings_end() {
    let mut ring = ring();
    let mut guests = ["first-byte", "copy-first-byte"].map(|mode| Guest::start(mode, &ring));
    // 40 batches of about 20 KiB go round a ring of 256 KiB three times.
    for seed in 0..40 {
        let bodies = lines(seed, 120);
        let batch = Batch::write(&mut ring, &bodies);
        for guest in &mut guests {
            guest.process(&batch, &ring).unwrap();
            assert_eq!(guest.decisions.verdicts, first_byte_verdicts(&bodies), "batch {seed}");
            assert_eq!(guest.private_pages(), 0, "reading is no writing");
        }
        batch.finish(&mut ring);
    }
}

#[test]
fn what_a_guest_writes_reaches_neither_the_ring_nor_another_guest() {
    let mut ring = ring();
    let mut vandal = Guest::start("scribble", &ring);
    let mut witness = Guest::start("first-byte", &ring);
    let bodies = lines(1, 100);
    let batch = Batch::write(&mut ring, &bodies);
    vandal.process(&batch, &ring).unwrap();
    assert_eq!(batch.in_ring(&ring), bodies);
    witness.process(&batch, &ring).unwrap();
    assert_eq!(witness.decisions.verdicts, first_byte_verdicts(&bodies));
    assert_eq!(witness.private_pages(), 0);
}

#[test]
fn written_pages_are_counted() {
    let mut ring = ring();
    let page = rustix::param::page_size();
    let mut guest = Guest::start("scribble-one", &ring);
    for expected in 1..=3 {
        let batch = Batch::write(&mut ring, &[vec![b'x'; page], vec![b'y'; 10]]);
        guest.process(&batch, &ring).unwrap();
        assert_eq!(guest.private_pages(), expected, "one page in each batch");
        batch.finish(&mut ring);
    }
}

#[test]
fn each_way_to_write_is_noticed() {
    // Stores, fills and copies, which wasmtime does in a function of the host, and the host's own copy.
    for mode in ["scribble-one", "scribble", "scribble-copy", "realloc-in-window"] {
        let mut ring = ring();
        let mut guest = Guest::start(mode, &ring);
        for expected in 1..=3 {
            let bodies = [[b'x'; 500], [b'y'; 500]];
            let batch = Batch::write(&mut ring, &bodies);
            let _ = guest.process(&batch, &ring);
            assert!(guest.private_pages() >= expected, "{mode}");
            assert_eq!(batch.in_ring(&ring), bodies, "{mode}");
            batch.finish(&mut ring);
        }
    }
}

#[test]
fn windows_come_and_go_in_many_threads_and_each_write_is_its_own_guests() {
    let work = |number: usize| {
        for round in 0..20 {
            let mut ring = ring();
            let mut guests =
                ["scribble-then-check", "scribble-one", "first-byte"].map(|mode| Guest::start(mode, &ring));
            for seed in 0..5 {
                let batch = Batch::write(&mut ring, &lines(number + round + seed, 40));
                for guest in &mut guests {
                    guest.process(&batch, &ring).unwrap();
                }
                batch.finish(&mut ring);
            }
            let [all, one, none] = guests.each_ref().map(Guest::private_pages);
            assert!(all > 5 && one == 5 && none == 0, "{all}, {one}, {none} pages");
        }
    };
    std::thread::scope(|scope| {
        for number in 0..4 {
            scope.spawn(move || work(number));
        }
    });
}

#[test]
fn a_write_outside_of_memory_is_a_trap_after_a_write_to_the_window() {
    let mut ring = ring();
    for _ in 0..50 {
        let (mut vandal, mut outside) = (Guest::start("scribble", &ring), Guest::start("store-outside", &ring));
        let batch = Batch::write(&mut ring, &["one"]);
        vandal.process(&batch, &ring).unwrap();
        drop(vandal);
        // Its memory now lies where the vandal's was, or beside it.
        assert_eq!(outside.process(&batch, &ring).unwrap_err().kind(), "trap");
        assert_eq!(Guest::start("store-outside", &ring).process(&batch, &ring).unwrap_err().kind(), "trap");
        batch.finish(&mut ring);
    }
}

#[test]
fn a_guest_never_reads_what_it_wrote_before() {
    // They overwrite their whole batch, one byte in a page that the next batch shares, or all before the first batch.
    for mode in ["scribble-then-check", "scribble-one", "scribble-in-configure"] {
        let mut ring = ring();
        let mut guest = Guest::start(mode, &ring);
        let mut check = Guest::start("scribble-then-check", &ring);
        for seed in 0..200 {
            let batch = Batch::write(&mut ring, &lines(seed, 1 + seed % 50));
            for guest in [&mut guest, &mut check] {
                guest.process(&batch, &ring).unwrap_or_else(|error| panic!("{mode}, batch {seed}: {error}"));
            }
            batch.finish(&mut ring);
        }
        assert!(guest.private_pages() >= 200);
    }
}

#[test]
fn batches_that_share_a_page_are_fresh_while_both_are_out() {
    let mut ring = ring();
    let mut guest = Guest::start("scribble-then-check", &ring);
    let mut spans = Vec::new();
    for seed in 0..60 {
        let batch = Batch::write(&mut ring, &lines(seed, 3));
        guest.process(&batch, &ring).unwrap_or_else(|error| panic!("batch {seed}: {error}"));
        spans.push(ring.publish(ring.head()).unwrap());
    }
    for span in spans {
        span.confirm();
    }
}

#[test]
fn a_host_that_writes_into_the_window_for_a_hostile_realloc_is_unharmed() {
    let mut ring = ring();
    let mut hostile = Guest::start("realloc-in-window", &ring);
    let mut witness = Guest::start("scribble-then-check", &ring);
    for seed in 0..20 {
        let bodies = lines(seed, 60);
        let batch = Batch::write(&mut ring, &bodies);
        // Whether the guest's own lists are then right is its business.
        let _ = hostile.process(&batch, &ring);
        assert_eq!(batch.in_ring(&ring), bodies);
        witness.process(&batch, &ring).unwrap();
        batch.finish(&mut ring);
    }
    assert!(hostile.private_pages() > 0, "the host wrote there");
}

#[test]
fn a_batch_without_records_is_one_too() {
    let mut ring = ring();
    let mut guest = Guest::start("first-byte", &ring);
    let batch = Batch::write::<&[u8]>(&mut ring, &[]);
    guest.process(&batch, &ring).unwrap();
    guest.filter.tick(1, &mut guest.decisions).unwrap();
}
