//! That all kernels find the same.

use super::*;
use proptest::prelude::*;

/// All that is known of a body: the tokens' places, whether it is ASCII, has backslashes, and where it is at fault.
type Known = (Vec<u32>, bool, bool, Option<u32>);

fn kernels() -> Vec<Kernel> {
    let mut kernels = vec![Kernel::Portable];
    #[cfg(target_arch = "x86_64")]
    if avx2::is_supported() {
        kernels.push(Kernel::Avx2);
    }
    if !kernels.contains(&Kernel::detect()) {
        kernels.push(Kernel::detect());
    }
    kernels
}

fn index(kernel: Kernel, body: &[u8], step: usize) -> Known {
    let mut blocks = Blocks::new(body);
    let mut places = vec![u32::MAX; body.len().next_multiple_of(BLOCK) + SPARE];
    let mut count = 0;
    while !blocks.is_done() {
        count += blocks.index(kernel, step, &mut places[count..]);
    }
    places.truncate(count);
    (places, blocks.is_ascii(), blocks.has_backslash(), blocks.fault())
}

fn assert_same(body: &[u8]) {
    let expected = index(Kernel::Portable, body, 1 << 20);
    for kernel in kernels() {
        for step in [64, 128, 1 << 20] {
            assert_eq!(index(kernel, body, step), expected, "{kernel:?} by {step}: {body:?}");
        }
    }
}

#[test]
fn tokens_begin_at_structure_opening_quotes_and_scalars() {
    let body = br#" {"a,:" :[tru, -1.5 ,"\"{"] }x"#;
    let (places, ..) = index(Kernel::detect(), body, 64);
    let bytes: String = places.iter().map(|&place| char::from(body[place as usize])).collect();
    assert_eq!(bytes, r#"{":[t,-,"]}x"#);
}

#[test]
fn a_fault_in_a_string_is_found_where_it_stands() {
    for (body, fault) in [
        ("\"a\tb\"", Some(2)),
        ("\"abc", Some(4)),
        (r#""\x""#, Some(2)),
        (r#""\u00g0""#, Some(5)),
        (r#""ok\n\u00e9""#, None),
        ("\t\"ok\"\n", None),
    ] {
        assert_eq!(index(Kernel::detect(), body.as_bytes(), 64).3, fault, "{body}");
    }
}

#[test]
fn what_crosses_blocks_is_found_as_what_does_not() {
    for before in 0..200 {
        for text in [r#""\\\"":1,"#, r#"12345,true"#, r#""\u12","#, "\"\u{1}\" x"] {
            assert_same(format!("{}{text}", " ".repeat(before)).as_bytes());
        }
    }
}

/// Bytes of which many mean something.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let telling = proptest::sample::select(br#""\{}[]:, 0tnu"#.to_vec());
    let byte = prop_oneof![4 => telling, 1 => any::<u8>(), 3 => Just(b'a')];
    proptest::collection::vec(byte, 0..300)
}

proptest! {
    #[test]
    fn all_kernels_find_the_same(body in body()) {
        assert_same(&body);
    }
}
