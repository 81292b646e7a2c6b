use super::*;
use proptest::prelude::*;

/// Bytes that the classes know, more often than others.
fn window() -> impl Strategy<Value = Vec<u8>> {
    let known = proptest::sample::select(b"0159.:-/+ @AZKafgzyJeErRsSk_)\x80\xff".to_vec());
    let byte = prop_oneof![4 => known, 1 => any::<u8>()];
    (1..=3_usize).prop_flat_map(move |blocks| proptest::collection::vec(byte.clone(), blocks * BLOCK_BYTES + LOOKAHEAD))
}

type Classify = fn(Class, &[u8], &mut [u64]);

/// The ways that this machine has.
fn ways() -> Vec<Classify> {
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut))]
    let mut ways: Vec<Classify> = vec![portable::classify];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the machine has AVX2, as was just asked.
            ways.push(|class, window, words| unsafe { avx2::classify(class, window, words) });
        }
        if is_x86_feature_detected!("avx512bw") {
            // SAFETY: the machine has AVX-512BW, as was just asked, and AVX-512F, without which none has.
            ways.push(|class, window, words| unsafe { avx512::classify(class, window, words) });
        }
    }
    ways
}

proptest! {
    #[test]
    fn every_way_answers_the_same(window in window()) {
        for class in Class::ALL {
            let rows = ways().into_iter().map(|classify| {
                let mut row = Row::new();
                classify(class, &window, row.words_mut());
                row.words_mut().to_vec()
            });
            let rows: Vec<_> = rows.collect();
            prop_assert!(rows.iter().all(|row| *row == rows[0]), "{:?}", class);
        }
    }
}

#[test]
fn a_sequence_is_marked_where_it_begins_across_blocks() {
    let mut window = vec![b' '; 2 * BLOCK_BYTES + LOOKAHEAD];
    window[62..66].copy_from_slice(b"rER ");
    let mut row = Row::new();
    portable::classify(Class::Bearer, &window, row.words_mut());
    assert_eq!([row.block(0), row.block(1)], [1 << 62, 0]);
}

#[test]
fn every_byte_is_of_the_classes_that_its_definition_names() {
    for byte in 0..=u8::MAX {
        let window = [byte; BLOCK_BYTES + LOOKAHEAD];
        let is = |class| {
            let mut row = Row::new();
            portable::classify(class, &window, row.words_mut());
            row.block(0) == u64::MAX
        };
        assert_eq!(is(Class::Digit), byte.is_ascii_digit());
        assert_eq!(is(Class::Letter), byte.is_ascii_alphabetic());
        assert_eq!(is(Class::HexLetter), byte.is_ascii_hexdigit() && !byte.is_ascii_digit());
        assert_eq!(is(Class::Gap), b" -".contains(&byte));
        assert_eq!(is(Class::Dash), b"-./".contains(&byte));
    }
}

#[test]
fn the_ways_lead_to_the_same_marks() {
    let text =
        b"a@b.c 192.0.2.1 2001:db8::1 4111 1111 1111 1111 (555) 555-0123 DE89370400440532013000 030/123456 ".repeat(50);
    let starts = Row::new();
    let mut sieves: Vec<_> = ways().into_iter().map(|way| (way, Sieve::new(&Kind::ALL))).collect();
    for window in text.windows(BLOCKS * BLOCK_BYTES + LOOKAHEAD).step_by(BLOCKS * BLOCK_BYTES) {
        let marks = sieves.iter_mut().map(|(way, sieve)| {
            sieve.sift_with(&Kind::ALL, window, &starts, BLOCKS, *way);
            let places = (0..BLOCKS).flat_map(|block| (0..64).map(move |bit| (block, bit)));
            places.map(|(block, bit)| sieve.kinds_at(&Kind::ALL, block, bit)).collect::<Vec<_>>()
        });
        let marks: Vec<_> = marks.collect();
        assert!(marks.iter().all(|one| *one == marks[0]));
    }
}
