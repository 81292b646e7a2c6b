//! All paths as one automaton whose live states are a set of bits, after Baeza-Yates and Gonnet, "A New Approach to Text
//! Searching" (Communications of the ACM, 1992): a path of n steps has n + 1 states in a row, and reading a key or an
//! index moves those that it fits one bit up. Knows nothing of JSON's text.

mod keys;
mod set;

pub(crate) use keys::Key;
pub(crate) use set::Set;

use crate::path::Step;
use keys::Keys;

/// The automaton, for up to 64 × `W` states.
pub(crate) struct Nfa<const W: usize> {
    start: Set<W>,
    /// Where a path's steps are all done.
    last: Set<W>,
    /// Before a `**`: such a state stays whatever is read, and is the next as well.
    stays: Set<W>,
    keys: Keys,
    /// The states that a key moves, by its row.
    by_key: Vec<Set<W>>,
    /// Those that a key of no path moves.
    by_other_key: Set<W>,
    /// The states that an index moves; sorted.
    by_index: Vec<(u32, Set<W>)>,
    by_other_index: Set<W>,
    /// The path of each state.
    paths: Vec<u32>,
}

impl<const W: usize> Nfa<W> {
    /// `paths` must have no more states than there is room for.
    pub(crate) fn new(paths: &[Vec<Step>]) -> Self {
        let empty = Set::EMPTY;
        let keys = Keys::new(paths.iter().flatten().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_slice()),
            _ => None,
        }));
        let by_key = vec![empty; keys.rows()];
        let mut nfa = Self {
            start: empty,
            last: empty,
            stays: empty,
            keys,
            by_key,
            by_other_key: empty,
            by_index: indices(paths).map(|index| (index, empty)).collect(),
            by_other_index: empty,
            paths: Vec::new(),
        };
        for (path, steps) in (0..).zip(paths) {
            nfa.add(path, steps);
        }
        nfa.start = nfa.close(nfa.start);
        nfa
    }

    fn add(&mut self, path: u32, steps: &[Step]) {
        self.start.insert(self.paths.len());
        for step in steps {
            self.add_step(step);
            self.paths.push(path);
        }
        self.last.insert(self.paths.len());
        self.paths.push(path);
    }

    fn add_step(&mut self, step: &Step) {
        let state = self.paths.len();
        match step {
            Step::Key(key) => {
                let row = self.keys.row(Key::new(key)).expect("each key has a row");
                self.by_key[row].insert(state);
            }
            Step::AnyKey => {
                self.by_key.iter_mut().for_each(|row| row.insert(state));
                self.by_other_key.insert(state);
            }
            Step::Index(wanted) => {
                let row = self.by_index.iter_mut().find(|(index, _)| index == wanted);
                row.expect("each index has a row").1.insert(state);
            }
            Step::AnyIndex => {
                self.by_index.iter_mut().for_each(|(_, row)| row.insert(state));
                self.by_other_index.insert(state);
            }
            Step::AnyDepth => self.stays.insert(state),
        }
    }

    /// What all of it takes.
    pub(crate) fn bytes(&self) -> usize {
        let rows = size_of_val(&*self.by_key) + size_of_val(&*self.by_index);
        size_of::<Self>() + self.keys.bytes() + rows + size_of_val(&*self.paths)
    }

    /// The states at the root value.
    pub(crate) fn start(&self) -> Set<W> {
        self.start
    }

    /// The states at a member whose key no path has, from those at its object.
    #[inline]
    pub(crate) fn other_member(&self, live: Set<W>) -> Set<W> {
        self.step(live, self.by_other_key)
    }

    /// Whether the paths may have a key that begins with these bytes, or with the first, the second being its quote.
    #[inline(always)]
    pub(crate) fn may_have(&self, first: [u8; 2]) -> bool {
        self.keys.may_have(first)
    }

    /// The states at a member; `None` where it is as any whose key no path has.
    #[inline(always)]
    pub(crate) fn member(&self, live: Set<W>, key: Key<'_>) -> Option<Set<W>> {
        self.keys.row(key).map(|row| self.step(live, self.by_key[row]))
    }

    /// The states at an element, from those at its array.
    #[inline]
    pub(crate) fn element(&self, live: Set<W>, index: u32) -> Set<W> {
        let row = self.by_index.binary_search_by_key(&index, |(index, _)| *index);
        self.step(live, row.map_or(self.by_other_index, |row| self.by_index[row].1))
    }

    #[inline(always)]
    fn step(&self, live: Set<W>, moved: Set<W>) -> Set<W> {
        self.close((live & moved).up() | (live & self.stays))
    }

    /// Steps over `**`, of which no two follow each other.
    #[inline(always)]
    fn close(&self, live: Set<W>) -> Set<W> {
        live | (live & self.stays).up()
    }

    /// The states among `live` in which a path is done.
    #[inline(always)]
    pub(crate) fn done(&self, live: Set<W>) -> Set<W> {
        live & self.last
    }

    /// The path of a state.
    pub(crate) fn path(&self, state: usize) -> u32 {
        self.paths[state]
    }
}

fn indices(paths: &[Vec<Step>]) -> impl Iterator<Item = u32> {
    let mut indices: Vec<u32> = paths
        .iter()
        .flatten()
        .filter_map(|step| if let Step::Index(index) = step { Some(*index) } else { None })
        .collect();
    indices.sort_unstable();
    indices.dedup();
    indices.into_iter()
}
