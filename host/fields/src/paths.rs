//! The compiled paths, and the search over a batch.

use crate::blocks::Kernel;
use crate::field::{Field, Interrupted};
use crate::nfa::Nfa;
use crate::path::{self, PathError, PathProblem, Step};
use crate::tape::{Places, Tape};
use crate::walk::{Room, Walk};
use logagent_record::Bodies;

/// Paths to values in JSON, compiled together.
///
/// # Syntax
/// A path is one step or more, from the root value inwards:
///
/// | step | names |
/// |---|---|
/// | `user` | the object's member with this key |
/// | `"a.b"` | the same for any key: between the quotes is a string of JSON, with its escapes |
/// | `*` | all members of the object |
/// | `[3]` | the array's fourth element |
/// | `[*]` | all elements of the array |
/// | `**` | the value itself, and all values in it at any depth, through objects and arrays |
///
/// Steps other than `[…]` are joined by dots: `user.email`, `items[*].card`, `[0].id`, `**.password`, `a.**[0]`,
/// `"a.b".c`. The path `$` is the root value itself. A key without quotes is any text without `.`, `*`, `[`, `]`, `\`,
/// quotes, blanks and control characters; `$` alone is none. A step fits nothing where the value is of another kind:
/// `*` names no elements, and `[*]` no members.
///
/// Keys are compared by what they decode to: `"us\u0065r"` in a body is `user`. Of a key that an object has several
/// times each is found.
pub struct Paths {
    automaton: Automaton,
    kernel: Kernel,
}

impl std::fmt::Debug for Paths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paths").finish_non_exhaustive()
    }
}

/// By the number of words that its states need: what is the usual case must not pay for the largest.
enum Automaton {
    Small(Box<Nfa<1>>),
    Middle(Box<Nfa<8>>),
    Large(Box<Nfa<MOST_WORDS>>),
}

const MOST_WORDS: usize = 64;

/// All paths' steps, and one more for each path.
const MOST_STATES: usize = 64 * MOST_WORDS;

/// How long a path may be, in bytes.
pub const MAX_PATH_BYTES: usize = 4096;

/// How many fields a search may find in a batch: paths such as `**` name every value, each path its own, and what is found
/// is the host's memory. 40 MiB of them.
pub const MAX_FIELDS: usize = 2 << 20;

/// Nobody reads more.
const MOST_ERRORS: usize = 100;

/// What a search needs room for. Kept from search to search, it makes them allocate nothing.
#[derive(Default)]
pub struct Scratch {
    places: Places,
    room: Room,
}

impl Paths {
    /// Compiles paths; all together may have 4,096 steps, each path counting as one more.
    ///
    /// # Errors
    /// One for each path that is refused.
    pub fn new(paths: &[&str]) -> Result<Self, Vec<PathError>> {
        let (mut parsed, mut errors, mut states) = (Vec::new(), Vec::new(), 0);
        for (index, text) in paths.iter().enumerate() {
            match parse(text, &mut states) {
                Ok(steps) => parsed.push(steps),
                // All that follow would bring even more.
                Err(reason @ PathProblem::TooManySteps { .. }) => return Err(vec![PathError { index, reason }]),
                Err(reason) => errors.push(PathError { index, reason }),
            }
            if errors.len() > MOST_ERRORS {
                break;
            }
        }
        if errors.is_empty() { Ok(Self::compile(&parsed, states)) } else { Err(errors) }
    }

    fn compile(paths: &[Vec<Step>], states: usize) -> Self {
        let automaton = match states {
            0..=64 => Automaton::Small(Box::new(Nfa::new(paths))),
            65..=512 => Automaton::Middle(Box::new(Nfa::new(paths))),
            _ => Automaton::Large(Box::new(Nfa::new(paths))),
        };
        Self { automaton, kernel: Kernel::detect() }
    }

    /// What they take, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        match &self.automaton {
            Automaton::Small(nfa) => nfa.bytes(),
            Automaton::Middle(nfa) => nfa.bytes(),
            Automaton::Large(nfa) => nfa.bytes(),
        }
    }

    /// Appends the values that the paths name, by record and where they begin; of several paths that name a value, the
    /// lowest first. A value that lies in another comes behind it.
    ///
    /// A body is JSON where it is one value of RFC 8259 between blanks, in UTF-8, with at most 512 objects and arrays
    /// open at once. It is validated as a whole; where it is no JSON, there is one entry with [`Field::MALFORMED`] as its
    /// path, and no other. Escapes of lone surrogates are accepted, as the RFC leaves them.
    ///
    /// `goes_on` is asked every few KiB.
    ///
    /// # Errors
    /// [`Interrupted`] when `goes_on` answers no, and where there are more than [`MAX_FIELDS`]; the fields of the records
    /// before are there.
    pub fn find(
        &self,
        bodies: &Bodies<'_>,
        scratch: &mut Scratch,
        goes_on: &mut dyn FnMut() -> bool,
        found: &mut Vec<Field>,
    ) -> Result<(), Interrupted> {
        let Scratch { places, room } = scratch;
        let tape = Tape::new(self.kernel, places, goes_on);
        match &self.automaton {
            Automaton::Small(nfa) => read(bodies, Walk::new(tape, nfa, room, found)),
            Automaton::Middle(nfa) => read(bodies, Walk::new(tape, nfa, room, found)),
            Automaton::Large(nfa) => read(bodies, Walk::new(tape, nfa, room, found)),
        }
    }
}

fn read<'a, const W: usize>(bodies: &Bodies<'a>, mut walk: Walk<'a, '_, W>) -> Result<(), Interrupted> {
    (0..).zip(0..bodies.len()).try_for_each(|(record, index)| walk.read(record, bodies.body(index)))
}

fn parse(text: &str, states: &mut usize) -> Result<Vec<Step>, PathProblem> {
    if text.len() > MAX_PATH_BYTES {
        return Err(PathProblem::TooLong { bytes: text.len(), most: MAX_PATH_BYTES });
    }
    let mut steps = path::parse(text)?;
    // Any depth and then any depth is any depth; the automaton steps over one only.
    steps.dedup_by(|next, last| (&*next, &*last) == (&Step::AnyDepth, &Step::AnyDepth));
    *states += steps.len() + 1;
    if *states > MOST_STATES {
        return Err(PathProblem::TooManySteps { steps: *states, most: MOST_STATES });
    }
    Ok(steps)
}
