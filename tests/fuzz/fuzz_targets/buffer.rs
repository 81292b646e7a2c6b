//! A buffer's files are read without a panic, whatever is in them, and nothing is taken for an entry that is none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_buffer::fuzzing;

fuzz_target!(|input: &[u8]| {
    let _ = fuzzing::read(input);
});
