//! Says what a run did to its records, from what went in and what came out, and nothing else.

use crate::parse_numbered;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;

/// What must come out: records by stream, each stream's in its order.
#[derive(Clone, Debug, Default)]
pub struct Oracle {
    streams: BTreeMap<String, Vec<Vec<u8>>>,
}

/// What is wrong with an output, each with its stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Went in and did not come out.
    pub lost: Vec<(String, Vec<u8>)>,
    /// Came out and never went in.
    pub invented: Vec<(String, Vec<u8>)>,
    /// Came out more often than they went in.
    pub doubled: Vec<(String, Vec<u8>)>,
    /// Came out behind one of their stream that went in after them.
    pub disordered: Vec<(String, Vec<u8>)>,
}

impl Oracle {
    /// Expects the next record of a stream.
    pub fn expect(&mut self, stream: &str, record: impl Into<Vec<u8>>) {
        match self.streams.get_mut(stream) {
            Some(records) => records.push(record.into()),
            None => drop(self.streams.insert(stream.to_owned(), vec![record.into()])),
        }
    }

    /// Expects another's streams, too, which this one lacks.
    pub fn merge(&mut self, other: Self) {
        self.streams.extend(other.streams);
    }

    /// How many records are expected.
    #[must_use]
    pub fn count(&self) -> usize {
        self.streams.values().map(Vec::len).sum()
    }

    /// Judges an output whose records name their streams.
    #[must_use]
    pub fn judge<'a>(&self, output: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Findings {
        let mut came: BTreeMap<&str, Vec<&[u8]>> = self.streams.keys().map(|name| (name.as_str(), vec![])).collect();
        for (stream, record) in output {
            came.entry(stream).or_default().push(record);
        }
        let mut findings = Findings::default();
        for (stream, records) in came {
            let expected = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
            findings.judge_stream(stream, expected, &records);
        }
        findings
    }

    /// Judges an output that does not say which stream a record comes from: no two streams expect the same record.
    #[must_use]
    pub fn judge_mixed<'a>(&self, output: impl IntoIterator<Item = &'a [u8]>) -> Findings {
        let mut owners = HashMap::new();
        for (stream, records) in &self.streams {
            owners.extend(records.iter().map(|record| (record.as_slice(), stream.as_str())));
        }
        self.judge(output.into_iter().map(|record| (owners.get(record).copied().unwrap_or("no stream"), record)))
    }
}

impl Findings {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }

    /// Of what was invented, what is no whole numbered line: bytes of one were changed, cut off or added.
    pub fn changed(&self) -> impl Iterator<Item = &(String, Vec<u8>)> {
        self.invented.iter().filter(|(_, record)| parse_numbered(record).is_none())
    }

    /// # Panics
    /// Where something is wrong: says what.
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{self}");
    }

    fn judge_stream(&mut self, stream: &str, expected: &[Vec<u8>], came: &[&[u8]]) {
        let finding = |record: &[u8]| (stream.to_owned(), record.to_vec());
        let mut places: HashMap<&[u8], VecDeque<usize>> = HashMap::new();
        for (place, record) in expected.iter().enumerate() {
            places.entry(record).or_default().push_back(place);
        }
        let mut highest = 0;
        for &record in came {
            match places.get_mut(record).map(VecDeque::pop_front) {
                None => self.invented.push(finding(record)),
                Some(None) => self.doubled.push(finding(record)),
                Some(Some(place)) if place < highest => self.disordered.push(finding(record)),
                Some(Some(place)) => highest = place,
            }
        }
        let mut lost: Vec<usize> = places.into_values().flatten().collect();
        lost.sort_unstable();
        self.lost.extend(lost.into_iter().map(|place| finding(&expected[place])));
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        let kinds = [
            ("lost", &self.lost),
            ("invented", &self.invented),
            ("doubled", &self.doubled),
            ("disordered", &self.disordered),
        ];
        for (kind, records) in kinds.into_iter().filter(|(_, records)| !records.is_empty()) {
            writeln!(f, "{} {kind}:", records.len())?;
            for (stream, record) in records.iter().take(SHOWN) {
                let shown = &record[..record.len().min(200)];
                writeln!(f, "  {stream}: {}", shown.escape_ascii())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(output: &[(&str, &str)]) -> [Vec<String>; 4] {
        let mut oracle = Oracle::default();
        for (stream, record) in [("a", "1"), ("a", "2"), ("a", "2"), ("a", "3"), ("b", "1")] {
            oracle.expect(stream, record);
        }
        let found = oracle.judge(output.iter().map(|(stream, record)| (*stream, record.as_bytes())));
        let show = |(stream, record): &(String, Vec<u8>)| format!("{stream}{}", String::from_utf8_lossy(record));
        [found.lost, found.invented, found.doubled, found.disordered].map(|list| list.iter().map(show).collect())
    }

    const ALL: [(&str, &str); 5] = [("a", "1"), ("b", "1"), ("a", "2"), ("a", "2"), ("a", "3")];

    #[test]
    fn streams_may_interleave_but_not_change_their_order() {
        assert_eq!(judge(&ALL), [const { Vec::<String>::new() }; 4]);
        let [lost, invented, doubled, disordered] = judge(&[ALL[2], ALL[0], ALL[1], ALL[3], ALL[4]]);
        assert_eq!((lost.len(), invented.len(), doubled.len(), disordered), (0, 0, 0, vec!["a1".to_owned()]));
    }

    #[test]
    fn each_record_comes_as_often_as_it_went_in() {
        let [lost, ..] = judge(&[ALL[0], ALL[2], ALL[4]]);
        assert_eq!(lost, ["a2", "b1"]);
        let [.., doubled, _] = judge(&[&ALL[..], &[("a", "3"), ("b", "1")]].concat());
        assert_eq!(doubled, ["a3", "b1"]);
    }

    #[test]
    fn what_never_went_in_is_invented() {
        let [_, invented, ..] = judge(&[&ALL[..], &[("b", "2"), ("c", "1")]].concat());
        assert_eq!(invented, ["b2", "c1"]);
    }

    #[test]
    fn mixed_output_is_told_apart_by_its_records() {
        let mut oracle = Oracle::default();
        for (stream, record) in [("a", "1"), ("a", "2"), ("b", "3")] {
            oracle.expect(stream, record);
        }
        assert!(oracle.judge_mixed([&b"3"[..], b"1", b"2"]).is_clean());
        let found = oracle.judge_mixed([&b"2"[..], b"1", b"4"]);
        assert_eq!((found.disordered.len(), found.lost.len(), found.invented.len()), (1, 1, 1));
    }
}
