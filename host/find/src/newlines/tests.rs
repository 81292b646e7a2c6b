use super::*;
use proptest::prelude::*;

fn naive(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|&at| bytes[at] == b'\n').collect()
}

fn by(fill: Fill, bytes: &[u8]) -> Vec<usize> {
    Newlines { fill, ..Newlines::new(bytes) }.collect()
}

#[test]
fn a_newline_is_found_at_each_place_of_each_length() {
    for length in 0..=200 {
        for at in 0..length {
            let mut bytes = vec![b'.'; length];
            bytes[at] = b'\n';
            for fill in [fastest(), portable] {
                assert_eq!(by(fill, &bytes), [at], "of {length}");
            }
        }
    }
}

#[test]
fn what_ends_around_a_stretch_is_found_whole() {
    for length in STRETCH - 65..STRETCH + 65 {
        for bytes in [vec![b'\n'; length], [vec![b'.'; length], vec![b'\n'; 3]].concat()] {
            for fill in [fastest(), portable] {
                assert_eq!(by(fill, &bytes), naive(&bytes), "{length}");
            }
        }
    }
}

proptest! {
    #[test]
    fn each_way_finds_what_the_naive_one_does(
        lines in proptest::collection::vec(prop_oneof![0..4_usize, 0..200_usize, 0..20_000_usize], 0..40),
        rest in 0..100_usize,
    ) {
        let mut bytes: Vec<u8> = lines.iter().flat_map(|&length| std::iter::repeat_n(b'.', length).chain([b'\n'])).collect();
        bytes.truncate(100_000);
        bytes.resize(bytes.len() + rest, b'\x0b');
        for fill in [fastest(), portable] {
            prop_assert_eq!(by(fill, &bytes), naive(&bytes));
        }
    }
}
