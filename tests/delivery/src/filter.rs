//! What the simulation's filters do: each line's fate follows from the line alone, so that it is the same each time, and
//! known to who judges.

use logagent_component::{FilterError, Part};
use logagent_testkit::{Native, emit, numbered, parse_numbered, replace};

/// What a filter makes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It goes on, perhaps as another text, perhaps with a record beside it.
    Goes { body: String, emitted: Option<String> },
    /// It is dropped.
    Dropped,
    /// The filter traps on it.
    Traps,
}

/// Of 256 lines: how many a filter traps on, drops, edits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    pub(crate) salt: u64,
    pub(crate) traps: u8,
    pub(crate) drops: u8,
    pub(crate) edits: u8,
    pub(crate) emits: bool,
}

impl Habits {
    /// What becomes of this line. One that is not whole goes on as it is.
    pub(crate) fn fate(&self, body: &str) -> Fate {
        let Some((stream, number)) = parse_numbered(body.as_bytes()) else {
            return Fate::Goes { body: body.to_owned(), emitted: None };
        };
        // Knuth, The Art of Computer Programming, volume 3, 6.4: multiplicative hashing by the golden ratio.
        let hash = (number ^ self.salt).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        let (drops_from, edits_from) = (self.traps, self.traps.saturating_add(self.drops));
        if hash[0] < drops_from {
            return Fate::Traps;
        }
        if hash[0] < edits_from {
            return Fate::Dropped;
        }
        let is_edited = hash[0] < edits_from.saturating_add(self.edits);
        let emitted = (self.emits && hash[1] < 50).then(|| numbered(&format!("{stream}+"), number, 0));
        Fate::Goes { body: if is_edited { edited(body, stream, number) } else { body.to_owned() }, emitted }
    }

    /// A filter with these habits.
    pub(crate) fn filter(self) -> Native {
        let filter = Native::new(move |seen, decisions| {
            for (index, body) in seen.bodies().enumerate() {
                let text = String::from_utf8_lossy(body);
                match self.fate(&text) {
                    Fate::Traps => return Err(FilterError::Trap("as told".into())),
                    Fate::Dropped => decisions.verdicts.push(1),
                    Fate::Goes { body: new, emitted } => {
                        decisions.verdicts.push(0);
                        if new != text {
                            replace(decisions, index, Part::Body, 0..body.len(), new.as_bytes());
                        }
                        emitted.iter().for_each(|body| emit(decisions, body.as_bytes(), &[], 0, 0));
                    }
                }
            }
            Ok(())
        });
        filter.reasons(&["told"])
    }
}

/// Another line, as long or a byte longer: in place, or in fresh space.
fn edited(body: &str, stream: &str, number: u64) -> String {
    let padding = body.split(' ').nth(2).map_or(0, str::len);
    numbered(&format!("{stream}!"), number, padding.saturating_sub(usize::from(number.is_multiple_of(2))))
}
