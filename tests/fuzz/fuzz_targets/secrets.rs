//! Secrets found in a batch are those found body by body, whatever lies between the bodies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_record::Bodies;
use logagent_secrets::{Finder, Found, Kind};
use std::sync::LazyLock;

static FINDER: LazyLock<Finder> = LazyLock::new(|| Finder::new(&Kind::ALL));

fuzz_target!(|input: (u8, &[u8])| {
    let (gap, data) = input;
    let lines = logagent_fuzz::lines(data);
    let (bytes, records) = logagent_fuzz::lay_out(&lines, gap);
    let mut together = Vec::new();
    assert!(FINDER.find(&Bodies::new(&bytes, 0, &records), &mut || true, &mut together));
    let mut apart: Vec<Found> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut found = Vec::new();
        FINDER.find_in(line, &mut found);
        assert!(found.iter().all(|it| it.start < it.end && it.end as usize <= line.len()));
        apart.extend(found.into_iter().map(|it| Found { record: u32::try_from(index).expect("few lines"), ..it }));
    }
    assert_eq!(together, apart);
});
