//! A buffer's files are read without a panic, whatever is in them, and nothing is taken for an entry that is none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_buffer::fuzzing;

fuzz_target!(|input: (u16, u16, Vec<u64>, &[u8])| {
    let (table, records, mut words, segment) = input;
    let _ = fuzzing::survey(segment, 1);
    let _ = fuzzing::payload(&mut words, table % 64, records % 64);
});
