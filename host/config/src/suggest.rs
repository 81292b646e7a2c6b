//! "Did you mean": the name nearest to a mistyped one. Not for deciding what is right.

/// Longer texts are not mistyped names, and the distance takes time in the square of their length.
const MAX_CHARS: usize = 64;

/// The candidate that one or two slips away from `text` is meant, if there is one.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = text.chars().count();
    let tolerated = (length / 3).clamp(1, 2);
    if length > MAX_CHARS {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_CHARS)
        .map(|candidate| (distance(text, candidate), candidate))
        .filter(|(distance, _)| *distance <= tolerated)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours between two texts: the optimal string alignment
/// distance (Damerau 1964, without edits inside a swap). Case counts nothing, since it is the likeliest slip.
fn distance(left: &str, right: &str) -> usize {
    let [left, right] = [left, right].map(|text| text.to_lowercase().chars().collect::<Vec<_>>());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, from) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, to) in right.iter().enumerate() {
            let replaced = last[column] + usize::from(from != to);
            let mut best = replaced.min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && left[row - 1] == *to && *from == right[column - 1] {
                best = best.min(before[column - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let keys = ["from", "through", "to", "routes", "max_bytes"];
        let cases = [
            ("form", Some("from")),
            ("thru", None),
            ("throuhg", Some("through")),
            ("route", Some("routes")),
            ("maxbytes", Some("max_bytes")),
            ("MAX_BYTES", Some("max_bytes")),
            ("t", Some("to")),
            ("", None),
            ("sinks", None),
        ];
        for (text, expected) in cases {
            assert_eq!(nearest(text, keys), expected, "{text}");
        }
        assert_eq!(nearest(&"x".repeat(65), keys), None);
    }
}
