//! A guest's lists, cut into parts.

use logagent_state::Flat;

/// The lists, of each so many items at once. All have as many as the first.
pub(super) fn parts<const N: usize>(mut lists: [Flat<'_>; N], count: usize) -> impl Iterator<Item = [Flat<'_>; N]> {
    std::iter::from_fn(move || {
        let is_over = lists.first().is_none_or(|first| first.lengths.is_empty());
        (!is_over).then(|| lists.each_mut().map(|list| cut(list, count)))
    })
}

/// Takes the next part off a list.
fn cut<'a>(list: &mut Flat<'a>, count: usize) -> Flat<'a> {
    let (lengths, later_lengths) = list.lengths.split_at(count.min(list.lengths.len()));
    let present = lengths.iter().filter(|&&length| length != Flat::ABSENT);
    let (bytes, later_bytes) = list.bytes.split_at(present.map(|&length| length as usize).sum());
    *list = Flat { bytes: later_bytes, lengths: later_lengths };
    Flat { bytes, lengths }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_at_the_same_items_whatever_these_take_and_whether_they_are_there() {
        let absent = Flat::ABSENT;
        let keys = Flat { bytes: b"aabbccddee", lengths: &[2; 5] };
        let values = Flat { bytes: b"123", lengths: &[1, absent, 0, 1, 1] };
        let found: Vec<_> = parts([keys, values], 2).map(|part| part.map(|list| (list.bytes, list.lengths))).collect();
        let expected: [[(&[u8], &[u32]); 2]; 3] = [
            [(b"aabb", &[2, 2]), (b"1", &[1, absent])],
            [(b"ccdd", &[2, 2]), (b"2", &[0, 1])],
            [(b"ee", &[2]), (b"3", &[1])],
        ];
        assert_eq!(found, expected);
        assert_eq!(parts([Flat::default()], 2).count(), 0);
    }
}
