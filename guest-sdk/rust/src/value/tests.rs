//! That each form is read, and that nothing malformed does harm.

use proptest::prelude::*;

use super::{Entries, Value, find};

#[test]
fn each_form_of_a_scalar_is_read() {
    let cases: &[(&[u8], Value<'_>)] = &[
        (b"\xc0", Value::Null),
        (b"\xc2", Value::Bool(false)),
        (b"\xc3", Value::Bool(true)),
        (b"\x7f", Value::Int(127)),
        (b"\xe0", Value::Int(-32)),
        (b"\xcc\xff", Value::Int(255)),
        (b"\xcd\x01\x00", Value::Int(256)),
        (b"\xce\x00\x01\x00\x00", Value::Int(65_536)),
        (b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", Value::Large(u64::MAX)),
        (b"\xd0\x80", Value::Int(-128)),
        (b"\xd1\xff\x00", Value::Int(-256)),
        (b"\xd2\x00\x00\x00\x05", Value::Int(5)),
        (b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", Value::Int(i64::MIN)),
        (b"\xca\x3f\x80\x00\x00", Value::Float(1.0)),
        (b"\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00", Value::Float(1.0)),
        (b"\xd9\x02ok", Value::Text("ok")),
        (b"\xda\x00\x02ok", Value::Text("ok")),
        (b"\xdb\x00\x00\x00\x02ok", Value::Text("ok")),
        (b"\xa1\xff", Value::Bytes(b"\xff")),
        (b"\xc4\x01a", Value::Bytes(b"a")),
        (b"\xd4\x01a", Value::Extension(b"\xd4\x01a")),
        (b"\xc7\x01\x05a", Value::Extension(b"\xc7\x01\x05a")),
    ];
    for (bytes, value) in cases {
        assert_eq!(Value::of(bytes), Some(*value), "{bytes:x?}");
    }
}

#[test]
fn nested_values_are_skipped_to_the_one_behind_them() {
    let map = b"\x82\xa1a\x92\x01\x81\xa1x\xc0\xa1b\xdd\x00\x00\x00\x01\x07";
    let entries: Vec<_> = Entries::of(map).collect();
    assert_eq!(
        entries,
        [
            (Value::Text("a"), Value::List(b"\x92\x01\x81\xa1x\xc0")),
            (Value::Text("b"), Value::List(b"\xdd\x00\x00\x00\x01\x07")),
        ]
    );
}

#[test]
fn the_first_value_of_a_name_is_found_behind_values_of_any_kind() {
    let map = b"\x89\xa1a\x92\x01\x81\xa1x\xc0\x05\xa1b\xa1\xff\xcd\x01\x00\xd9\x01b\x07\xa0\xc0\xc4\x01b\x01\xa1c\xc4\x01a\xa1b\x08\xa1d\xa2d";
    assert_eq!(find(map, b"a"), Some(Value::List(b"\x92\x01\x81\xa1x\xc0")));
    assert_eq!(find(map, b"b"), Some(Value::Int(7)));
    assert_eq!(find(map, b""), Some(Value::Null));
    assert_eq!(find(map, b"c"), Some(Value::Bytes(b"a")));
    assert_eq!((find(map, b"d"), find(map, b"x"), find(b"", b"a")), (None, None, None));
}

#[test]
fn a_million_nested_lists_do_not_end_the_stack() {
    let mut bytes = vec![0x91; 1_000_000];
    assert_eq!(Value::of(&bytes), None);
    bytes.push(0xc0);
    assert_eq!(Value::of(&bytes), Some(Value::List(&bytes)));
}

#[test]
fn a_head_that_promises_too_much_is_refused() {
    for bytes in
        [&b"\xdf\xff\xff\xff\xff"[..], b"\xdd\xff\xff\xff\xff\x01", b"\xc6\xff\xff\xff\xff", b"\xc1", b"\xcd\x01"]
    {
        assert_eq!(Value::of(bytes), None, "{bytes:x?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_can_be_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Value::of(&bytes);
        prop_assert!(Entries::of(&bytes).count() <= bytes.len());
        let _ = find(&bytes, b"a");
    }

    #[test]
    fn what_is_found_is_what_the_entries_have(
        names in prop::collection::vec(("[ab]{0,2}", prop::collection::vec(any::<u8>(), 0..12)), 0..20),
        cut in 0_usize..200,
    ) {
        let mut map = vec![0xdc | 2, 0, u8::try_from(names.len()).unwrap()];
        for (name, value) in &names {
            map.extend([0xd9, u8::try_from(name.len()).unwrap()]);
            map.extend(name.as_bytes());
            map.extend(value);
        }
        map.truncate(cut);
        for name in ["", "a", "b", "ab"] {
            let expected = Entries::of(&map).find(|(key, _)| *key == Value::Text(name)).map(|(_, value)| value);
            prop_assert_eq!(format!("{:?}", find(&map, name.as_bytes())), format!("{expected:?}"));
        }
    }
}
