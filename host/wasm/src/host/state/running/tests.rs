use super::*;
use crate::host::state::transaction::State;
use logagent_state::{Options, Quota, WhenFull};
use std::sync::Arc;
use std::time::Duration;

const COUNT: usize = 3 * WRITES_AT_ONCE;
const LONG: Duration = Duration::from_secs(1000);
const MUCH: usize = 1 << 30;

fn handle() -> StateHandle {
    let map = Map::new(Options { shards: 16, max_shards: 16, ..Options::default() }).expect("a map");
    let quota = Quota { budget_bytes: 16 << 20, when_full: WhenFull::Evict };
    let namespace = map.namespace("test", quota).expect("a namespace");
    StateHandle { map: Arc::new(map), namespace }
}

/// Keys of 4 bytes each, and a byte for each of them.
struct Lists {
    keys: Vec<u8>,
    values: Vec<u8>,
    key_lengths: Vec<u32>,
    value_lengths: Vec<u32>,
}

impl Lists {
    fn new() -> Self {
        let count = u32::try_from(COUNT).expect("small");
        let keys = (0..count).flat_map(u32::to_le_bytes).collect();
        Self { keys, values: vec![b'v'; COUNT], key_lengths: vec![4; COUNT], value_lengths: vec![1; COUNT] }
    }

    fn keys(&self) -> Flat<'_> {
        Flat { bytes: &self.keys, lengths: &self.key_lengths }
    }

    fn values(&self) -> Flat<'_> {
        Flat { bytes: &self.values, lengths: &self.value_lengths }
    }
}

fn running(state: &mut State, time: Duration, most_journal_bytes: usize) -> Running<'_> {
    let mut clock = CallClock::default();
    clock.begin(time);
    state.running("state.test", clock, most_journal_bytes).expect("there is a map")
}

type Function = fn(&mut Running<'_>, &Lists) -> Result<()>;

const WRITES: [Function; 5] = [
    |it, lists| it.set(lists.keys(), lists.values(), 0).map(drop),
    |it, lists| it.insert(lists.keys(), lists.values(), 0).map(drop),
    |it, lists| it.append(lists.keys(), lists.values(), 10, 0).map(drop),
    |it, lists| it.fold(lists.keys(), Fold::Add, &[1; COUNT], 0).map(drop),
    |it, lists| {
        let absent = [Flat::ABSENT; COUNT];
        it.compare_and_set(lists.keys(), Flat { bytes: &[], lengths: &absent }, lists.values(), 0).map(drop)
    },
];

#[test]
fn a_write_ends_with_the_part_in_which_the_time_is_over() {
    let lists = Lists::new();
    for write in WRITES {
        let handle = handle();
        let mut state = State::new(Some(handle.clone()));
        let error = write(&mut running(&mut state, Duration::ZERO, MUCH), &lists).unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&Trap::Interrupt));
        assert_eq!(handle.map.len(handle.namespace), WRITES_AT_ONCE as u64);
        drop(state);
        assert_eq!(handle.map.len(handle.namespace), 0, "it is undone");
    }
}

#[test]
fn a_write_ends_with_the_part_after_which_undoing_takes_too_much() {
    let lists = Lists::new();
    for write in WRITES {
        let handle = handle();
        let mut state = State::new(Some(handle.clone()));
        let error = write(&mut running(&mut state, LONG, 100), &lists).unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(Fault::Undo { limit: 100, .. })), "{error}");
        assert_eq!(handle.map.len(handle.namespace), WRITES_AT_ONCE as u64);
    }
}

#[test]
fn a_read_and_a_removal_end_when_the_time_is_over() {
    let lists = Lists::new();
    let handle = handle();
    let mut state = State::new(Some(handle.clone()));
    WRITES[0](&mut running(&mut state, LONG, MUCH), &lists).unwrap();
    let functions: [Function; 3] = [
        |it, lists| it.get(lists.keys()).map(drop),
        |it, lists| it.contains(lists.keys()).map(drop),
        |it, lists| it.remove(lists.keys()).map(drop),
    ];
    for function in functions {
        let error = function(&mut running(&mut state, Duration::ZERO, MUCH), &lists).unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&Trap::Interrupt));
    }
    assert_eq!(handle.map.len(handle.namespace), 2 * WRITES_AT_ONCE as u64);
}

#[test]
fn what_is_answered_in_parts_is_in_the_keys_order() {
    let lists = Lists::new();
    let mut state = State::new(Some(handle()));
    let mut it = running(&mut state, LONG, MUCH);
    assert_eq!(it.set(lists.keys(), lists.values(), 0).unwrap(), [1; COUNT]);
    assert_eq!(it.get(lists.keys()).unwrap().flat().bytes, lists.values);
    let operands: Vec<i64> = (0..).take(COUNT).collect();
    // A value of one byte is no number: the operands are answered.
    assert_eq!(it.fold(lists.keys(), Fold::Add, &operands, 0).unwrap(), operands);
    assert_eq!(it.contains(lists.keys()).unwrap(), [1; COUNT]);
    assert_eq!(it.remove(lists.keys()).unwrap().flat().bytes, lists.values);
    assert_eq!(it.fold(lists.keys(), Fold::Add, &operands, 0).unwrap(), operands);
}

#[test]
fn appending_to_one_long_value_again_and_again_ends_before_much_is_noted() {
    let value = vec![b'v'; VALUE_BYTES as usize / 2];
    let mut state = State::new(Some(handle()));
    let mut it = running(&mut state, LONG, 1 << 20);
    let one = |bytes, length| Flat { bytes, lengths: std::slice::from_ref(length) };
    it.set(one(b"a", &1), one(&value, &(VALUE_BYTES / 2)), 0).unwrap();
    let (keys, lengths) = (vec![b'a'; 4000], vec![1; 4000]);
    let many = Flat { bytes: &keys, lengths: &lengths };
    let error = it.append(many, many, u32::MAX, 0).unwrap_err();
    let Some(&Fault::Undo { needed, .. }) = error.downcast_ref() else { panic!("{error}") };
    assert!(needed < 2 * APPENDS_AT_ONCE_BYTES, "{needed}");
}
