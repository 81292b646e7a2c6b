//! Lines cut from chunks of any lengths are the lines of the whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logagent_component::Records;
use logagent_record::Descriptor;
use logagent_source::Lines;

fuzz_target!(|input: (u8, u8, Vec<u8>, &[u8])| {
    let (max, table, chunks, data) = input;
    let (max, table) = (usize::from(max) + 1, usize::from(table) % 32 + 1);
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut lines = Lines::new(max);
    let (mut start, mut end) = (0, 0);
    let mut lengths = chunks.iter().map(|&length| usize::from(length) + 1).chain(std::iter::repeat(1 << 20));
    loop {
        end = (end + lengths.next().expect("endless")).min(data.len());
        let is_end = end == data.len();
        let mut space = vec![Descriptor::default(); table];
        let mut records = Records::new(&mut space);
        records.begin(0, 0);
        let used = lines.cut(&data[start..end], is_end, &mut records);
        let (count, is_full) = (records.count(), records.is_full());
        found.extend(space[..count].iter().map(|record| data[start..end][record.body()].to_vec()));
        start += used;
        assert!(start <= end);
        if is_end && start == data.len() {
            break;
        }
        assert!(used > 0 || is_full || !is_end, "no progress at {start} of {}", data.len());
    }
    let mut expected: Vec<Vec<u8>> = Vec::new();
    let whole = data.strip_suffix(b"\n").unwrap_or(data);
    if !data.is_empty() {
        for line in whole.split(|&byte| byte == b'\n') {
            let pieces = line.chunks(max).map(<[u8]>::to_vec);
            expected.extend(if line.is_empty() { vec![Vec::new()] } else { pieces.collect() });
        }
    }
    assert_eq!(found, expected);
});
