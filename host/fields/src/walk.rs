//! From token to token through one body: the grammar of RFC 8259, and which paths are where. Without recursion: the open
//! objects and arrays are frames, of which there are at most [`DEPTH`].

use crate::field::{Field, Interrupted};
use crate::nfa::{Key, Nfa, Set};
use crate::paths::MAX_FIELDS;
use crate::tape::Tape;
use crate::{escape, scalar};

/// How many objects and arrays may be open at once.
pub(crate) const DEPTH: usize = 512;

/// Why a walk ends early.
enum Stop {
    /// No JSON goes on with the byte at this place.
    Broken(u32),
    Interrupted,
}

impl From<Interrupted> for Stop {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

/// An open object or array.
struct Frame {
    is_object: bool,
    /// The index of the element that is being read.
    element: u32,
    /// Where in `found` its own fields are, which lack their end.
    first: usize,
    count: usize,
}

/// What a walk needs room for.
#[derive(Default)]
pub(crate) struct Room {
    frames: Vec<Frame>,
    /// The states at each frame's value, a set's words a frame.
    live: Vec<u64>,
    /// A key without its escapes.
    key: Vec<u8>,
}

/// What the walk does next.
enum Turn {
    Member,
    Element,
    /// Whatever follows a value.
    Behind,
}

pub(crate) struct Walk<'a, 's, const W: usize> {
    tape: Tape<'a, 's>,
    nfa: &'s Nfa<W>,
    room: &'s mut Room,
    found: &'s mut Vec<Field>,
    record: u32,
}

impl<'a, 's, const W: usize> Walk<'a, 's, W> {
    pub(crate) fn new(tape: Tape<'a, 's>, nfa: &'s Nfa<W>, room: &'s mut Room, found: &'s mut Vec<Field>) -> Self {
        Self { tape, nfa, room, found, record: 0 }
    }

    /// Appends a record's fields, or that it has none.
    pub(crate) fn read(&mut self, record: u32, body: &'a [u8]) -> Result<(), Interrupted> {
        self.record = record;
        self.tape.begin(body)?;
        let before = self.found.len();
        let broken = match self.root() {
            Ok(()) => self.tape.fault(),
            Err(Stop::Broken(at)) => Some(self.tape.fault().map_or(at, |fault| fault.min(at))),
            Err(Stop::Interrupted) => {
                self.found.truncate(before);
                return Err(Interrupted);
            }
        };
        if let Some(at) = broken {
            self.found.truncate(before);
            self.found.push(Field::malformed(record, at));
        }
        Ok(())
    }

    /// The body is one value.
    fn root(&mut self) -> Result<(), Stop> {
        self.room.frames.clear();
        self.room.live.clear();
        let [root, behind, ..] = self.tape.look()?;
        let mut turn = self.value(root, root, behind, self.nfa.start())?.unwrap_or(Turn::Behind);
        self.tape.pass(1);
        loop {
            turn = match turn {
                Turn::Member => self.members()?,
                Turn::Element => self.elements()?,
                Turn::Behind if self.room.frames.is_empty() => return self.end(),
                Turn::Behind => self.behind()?,
            }
        }
    }

    fn end(&mut self) -> Result<(), Stop> {
        let [end, ..] = self.tape.look()?;
        if end as usize == self.tape.body().len() { Ok(()) } else { Err(Stop::Broken(end)) }
    }

    /// Members up to one that is an object or array, or to the object's end.
    fn members(&mut self) -> Result<Turn, Stop> {
        let live = self.live();
        let other = self.nfa.other_member(live);
        loop {
            let [key, colon, start, behind] = self.tape.look()?;
            self.expect(key, b'"')?;
            self.expect(colon, b':')?;
            let live = if live.is_empty() { live } else { self.member(live, key, colon).unwrap_or(other) };
            let turn = self.value(key, start, behind, live)?;
            let has_next = turn.is_none() && self.tape.byte(behind) == b',';
            self.tape.pass(if has_next { 4 } else { 3 });
            if !has_next {
                return Ok(turn.unwrap_or(Turn::Behind));
            }
        }
    }

    /// Elements up to one that is an object or array, or to the array's end.
    fn elements(&mut self) -> Result<Turn, Stop> {
        let live = self.live();
        loop {
            let [start, behind, ..] = self.tape.look()?;
            let live = self.element(live);
            let turn = self.value(start, start, behind, live)?;
            let has_next = turn.is_none() && self.tape.byte(behind) == b',';
            self.tape.pass(if has_next { 2 } else { 1 });
            if !has_next {
                return Ok(turn.unwrap_or(Turn::Behind));
            }
        }
    }

    /// What follows a value in an object or array: a comma, or its end.
    fn behind(&mut self) -> Result<Turn, Stop> {
        let [place, ..] = self.tape.look()?;
        let is_object = self.room.frames.last().is_some_and(|frame| frame.is_object);
        match (self.tape.byte(place), is_object) {
            (b',', true) => Ok(self.turn(Turn::Member)),
            (b',', false) => Ok(self.turn(Turn::Element)),
            (b'}', true) | (b']', false) => {
                self.close(place);
                Ok(self.turn(Turn::Behind))
            }
            _ => Err(Stop::Broken(place)),
        }
    }

    fn turn(&mut self, turn: Turn) -> Turn {
        self.tape.pass(1);
        turn
    }

    #[inline(always)]
    fn expect(&self, place: u32, byte: u8) -> Result<(), Stop> {
        if self.tape.byte(place) == byte { Ok(()) } else { Err(Stop::Broken(place)) }
    }

    /// The states at the innermost frame's value.
    fn live(&self) -> Set<W> {
        self.room.live.last_chunk().map_or(Set::EMPTY, |words| Set(*words))
    }

    #[inline(always)]
    fn member(&mut self, live: Set<W>, key: u32, colon: u32) -> Option<Set<W>> {
        // Most keys are known by this to be no path's, without their ends being looked for.
        let first = self.tape.body().get(key as usize + 1..).and_then(<[u8]>::first_chunk);
        if first.is_some_and(|first| !self.nfa.may_have(*first)) && !self.tape.has_escapes() {
            return None;
        }
        let (start, end) = (key + 1, self.string_end(key, colon) - 1);
        let key = Key::within(self.tape.body(), start, end);
        if self.tape.has_escapes() { self.member_of_escapes(live, start, end) } else { self.nfa.member(live, key) }
    }

    /// The states at a member whose key may have escapes.
    fn member_of_escapes(&mut self, live: Set<W>, start: u32, end: u32) -> Option<Set<W>> {
        let raw = self.tape.body().get(start as usize..end as usize).unwrap_or_default();
        self.room.key.clear();
        escape::decode(raw, &mut self.room.key);
        self.nfa.member(live, Key::new(&self.room.key))
    }

    /// The states at the next element, which is counted.
    #[inline(always)]
    fn element(&mut self, live: Set<W>) -> Set<W> {
        if live.is_empty() {
            return live;
        }
        let Some(frame) = self.room.frames.last_mut() else { return live };
        frame.element += 1;
        self.nfa.element(live, frame.element - 1)
    }

    /// One value, and what the walk goes on with where it is an object or array.
    #[inline(always)]
    fn value(&mut self, key: u32, start: u32, behind: u32, live: Set<W>) -> Result<Option<Turn>, Stop> {
        let end = match self.tape.byte(start) {
            b'"' => None,
            open @ (b'{' | b'[') => return self.open(key, start, behind, live, open == b'{').map(Some),
            _ => Some(self.scalar(start, behind)?),
        };
        if !self.nfa.done(live).is_empty() {
            let end = end.unwrap_or_else(|| self.string_end(start, behind));
            self.report(key, start, end, live)?;
        }
        Ok(None)
    }

    /// Where a number or literal ends. What it is made of goes on up to a blank, or to the next token.
    #[inline(always)]
    fn scalar(&self, start: u32, behind: u32) -> Result<u32, Stop> {
        let end = match scalar::end(self.tape.body(), start as usize) {
            Ok(end) => end,
            Err(at) => return Err(Stop::Broken(u32::try_from(at).unwrap_or(u32::MAX))),
        };
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        if end == behind || is_blank(self.tape.byte(end)) { Ok(end) } else { Err(Stop::Broken(end)) }
    }

    /// Where a string ends: between it and the next token are blanks at most.
    #[inline(always)]
    fn string_end(&self, start: u32, behind: u32) -> u32 {
        if self.tape.byte(behind - 1) == b'"' { behind } else { self.far_string_end(start, behind) }
    }

    #[cold]
    fn far_string_end(&self, start: u32, behind: u32) -> u32 {
        let is_end = |end: &u32| !is_blank(self.tape.byte(end - 1));
        (start + 2..=behind).rev().find(is_end).unwrap_or(behind)
    }

    /// Not inlined, as most values are no path's.
    #[inline(never)]
    fn report(&mut self, key: u32, start: u32, end: u32, live: Set<W>) -> Result<(), Stop> {
        let field = Field { record: self.record, path: 0, key, start, end };
        self.nfa.done(live).for_each(|state| self.found.push(Field { path: self.nfa.path(state), ..field }));
        if self.found.len() > MAX_FIELDS { Err(Stop::Interrupted) } else { Ok(()) }
    }

    fn open(&mut self, key: u32, start: u32, behind: u32, live: Set<W>, is_object: bool) -> Result<Turn, Stop> {
        if self.room.frames.len() == DEPTH {
            return Err(Stop::Broken(start));
        }
        let first = self.found.len();
        if !self.nfa.done(live).is_empty() {
            self.report(key, start, start, live)?;
        }
        self.room.frames.push(Frame { is_object, element: 0, first, count: self.found.len() - first });
        self.room.live.extend_from_slice(&live.0);
        let close = if is_object { b'}' } else { b']' };
        Ok(match (self.tape.byte(behind) == close, is_object) {
            (true, _) => Turn::Behind,
            (false, true) => Turn::Member,
            (false, false) => Turn::Element,
        })
    }

    fn close(&mut self, place: u32) {
        let Some(frame) = self.room.frames.pop() else { return };
        self.room.live.truncate(self.room.live.len() - W);
        for field in &mut self.found[frame.first..][..frame.count] {
            field.end = place + 1;
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
