use super::*;
use proptest::prelude::*;

/// Bytes that the classes know, more often than others, in blocks as many as a multiple of eight.
fn window() -> impl Strategy<Value = Vec<u8>> {
    let known = proptest::sample::select(b"0159.:-/+ @AZKafgzyJeErRsSk_)\x80\xff".to_vec());
    let byte = prop_oneof![4 => known, 1 => any::<u8>()];
    (1..=3_usize).prop_flat_map(move |eights| proptest::collection::vec(byte.clone(), eights * 8 * BLOCK_BYTES))
}

type Classify = fn(&[Class], &[u8], &mut Rows);

/// The ways that this machine has.
fn ways() -> Vec<Classify> {
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut))]
    let mut ways: Vec<Classify> = vec![portable::classify];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the machine has AVX2, as was just asked.
            ways.push(|needed, window, rows| unsafe { avx2::classify(needed, window, rows) });
        }
        if avx512::is_there() {
            // SAFETY: the machine has all that it is compiled for, as was just asked.
            ways.push(|needed, window, rows| unsafe { avx512::classify(needed, window, rows) });
        }
    }
    ways
}

/// The rows of all classes.
fn rows(classify: Classify, window: &[u8]) -> Rows {
    let mut rows = [const { Row::new() }; Class::ALL.len()];
    classify(&Class::ALL, window, &mut rows);
    rows
}

proptest! {
    #[test]
    fn every_way_answers_as_the_definition_says(window in window()) {
        for rows in ways().into_iter().map(|classify| rows(classify, &window)) {
            for class in Class::ALL {
                let has = |at: usize| rows[class as usize].block(at / BLOCK_BYTES) >> (at % BLOCK_BYTES) & 1 == 1;
                let wrong = (0..window.len()).find(|&at| has(at) != class.has(window[at]));
                prop_assert_eq!(wrong, None, "{:?}", class);
            }
        }
    }
}

#[test]
fn a_way_that_is_asked_for_some_classes_reads_those() {
    let window = [b'a'; 8 * BLOCK_BYTES];
    for classify in ways() {
        for class in Class::ALL {
            let mut some = [const { Row::new() }; Class::ALL.len()];
            classify(&[class], &window, &mut some);
            assert_eq!(some[class as usize].block(7), rows(classify, &window)[class as usize].block(7), "{class:?}");
        }
    }
}

#[test]
fn a_sequence_is_marked_where_it_ends_across_blocks() {
    for (kind, sequence) in
        [(Kind::Bearer, &b"rER "[..]), (Kind::Jwt, b"eyJ"), (Kind::AwsKey, b"ss_K"), (Kind::AwsKey, b"AKIA")]
    {
        let mut window = [b'.'; BLOCKS * BLOCK_BYTES];
        window[62..][..sequence.len()].copy_from_slice(sequence);
        let mut sieve = Sieve::new(&[kind]);
        sieve.sift(&[kind], &window, &Row::new(), BLOCKS);
        assert_eq!([sieve.any(0), sieve.any(1)], [0, 1 << (sequence.len() - 3)], "{kind:?}");
    }
}

#[test]
fn every_byte_is_of_the_classes_that_its_name_says() {
    for byte in 0..=u8::MAX {
        assert_eq!(Class::Letter.has(byte), byte.is_ascii_alphabetic());
        assert_eq!(Class::HexLetter.has(byte), byte.is_ascii_hexdigit() && !byte.is_ascii_digit());
        assert_eq!(Class::Gap.has(byte), b" -".contains(&byte));
        assert_eq!(Class::Dash.has(byte), b"-./".contains(&byte));
        assert_eq!(
            [Class::K.has(byte), Class::R.has(byte), Class::S.has(byte)],
            [b'k', b'r', b's'].map(|letter| byte.to_ascii_lowercase() == letter)
        );
    }
}

#[test]
fn the_ways_lead_to_the_same_marks() {
    let text =
        b"a@b.c 192.0.2.1 2001:db8::1 4111 1111 1111 1111 (555) 555-0123 DE89370400440532013000 030/123456 ".repeat(50);
    let starts = Row::new();
    let mut sieves: Vec<_> = ways().into_iter().map(|way| (way, Sieve::new(&Kind::ALL))).collect();
    for window in text.windows(BLOCKS * BLOCK_BYTES).step_by(BLOCKS * BLOCK_BYTES) {
        let marks = sieves.iter_mut().map(|(way, sieve)| {
            sieve.sift_with(&Kind::ALL, window, &starts, BLOCKS, *way);
            let places = (0..BLOCKS).flat_map(|block| (0..64).map(move |bit| (block, bit)));
            places.map(|(block, bit)| sieve.kinds_at(block, bit)).collect::<Vec<_>>()
        });
        let marks: Vec<_> = marks.collect();
        assert!(marks.iter().all(|one| *one == marks[0]));
    }
}
