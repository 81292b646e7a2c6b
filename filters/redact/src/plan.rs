//! What is replaced: the values and matches that were found, as ranges that don't overlap and cover all that any of them
//! does. By what they are replaced is not known here.

use std::ops::Range;

use logagent_sdk::scan::Match;

use crate::bare::Quotes;

/// A secret as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    record: usize,
    range: Range<usize>,
    rule: usize,
    found: FoundAs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FoundAs {
    /// In a string, or in a text that is no JSON.
    Match,
    /// Perhaps a JSON value, or part of one.
    BareMatch,
    /// What lies between a string's quotes, or a string with something that is none.
    Text,
    /// A JSON value that is no string.
    Value,
}

impl Span {
    /// Of a match, which may be a JSON number or literal, or part of one, if so said.
    pub(crate) fn of_match(found: Match, may_be_bare: bool) -> Self {
        let found_as = if may_be_bare { FoundAs::BareMatch } else { FoundAs::Match };
        Self { record: found.record, range: found.range, rule: found.pattern, found: found_as }
    }

    /// Of a value as it stands. A string keeps its quotes.
    pub(crate) fn of_value(record: usize, range: Range<usize>, rule: usize, body: &[u8]) -> Self {
        if body.get(range.start) != Some(&b'"') {
            return Self { record, range, rule, found: FoundAs::Value };
        }
        let within = &body[range.start + 1..range.end];
        let range = range.start + 1..range.end - usize::from(is_closed(within));
        Self { record, range, rule, found: FoundAs::Text }
    }

    /// What spans ascend by.
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.record, self.range.start)
    }
}

/// Whether the text ends with a quote that no backslash before it escapes: in a body cut short, a string may not.
fn is_closed(text: &[u8]) -> bool {
    let backslashes = |before: &[u8]| before.iter().rev().take_while(|&&byte| byte == b'\\').count();
    text.split_last().is_some_and(|(&last, before)| last == b'"' && backslashes(before) % 2 == 0)
}

/// A range that is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) record: usize,
    /// The bytes replaced.
    pub(crate) range: Range<usize>,
    /// The secret as it was found: a part of the range, or more than it where another secret came first.
    pub(crate) secret: Range<usize>,
    pub(crate) rule: usize,
    /// Whether the range is a JSON value outside of strings.
    pub(crate) is_bare: bool,
    /// Whether another secret shares bytes with this one.
    pub(crate) overlaps: bool,
}

/// Puts the pieces of a batch together.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    quotes: Quotes,
}

impl Plan {
    /// Merges values and matches, which both ascend, and calls `put` with each piece, ascending by record and place. Of
    /// two that begin at one place the value comes first.
    #[inline]
    pub(crate) fn make<'a>(
        &mut self,
        mut values: &[Span],
        matches: impl Iterator<Item = Span>,
        body: impl Fn(usize) -> &'a [u8],
        put: impl FnMut(&Piece),
    ) {
        self.quotes.begin();
        let mut merge = Merge { quotes: &mut self.quotes, last: None, body, put };
        for found in matches {
            while let [value, rest @ ..] = values
                && value.place() <= found.place()
            {
                merge.add_value(value);
                values = rest;
            }
            merge.add(found);
        }
        values.iter().for_each(|value| merge.add_value(value));
        merge.end();
    }
}

struct Merge<'q, B, P> {
    quotes: &'q mut Quotes,
    /// What the next span may overlap.
    last: Option<Piece>,
    body: B,
    put: P,
}

impl<'a, B: Fn(usize) -> &'a [u8], P: FnMut(&Piece)> Merge<'_, B, P> {
    #[inline(never)]
    fn add_value(&mut self, value: &Span) {
        self.add(value.clone());
    }

    #[inline(never)]
    fn end(&mut self) {
        self.put_last();
    }

    /// Adds what no piece covers yet. Inlined where matches are added, and most filters have nothing else.
    #[inline(always)]
    fn add(&mut self, span: Span) {
        let Span { record, range: secret, rule, found } = span;
        let last = self.last.as_mut().filter(|last| last.record == record);
        let covered = last.as_ref().map_or(0, |last| last.range.end);
        if last.is_some() && secret.end <= covered {
            return;
        }
        let overlaps = secret.start < covered;
        if let Some(last) = last.filter(|_| overlaps) {
            last.overlaps = true;
        }
        let value = match found {
            _ if overlaps => None,
            FoundAs::BareMatch => self.quotes.bare_value(record, (self.body)(record), &secret),
            FoundAs::Match | FoundAs::Text => None,
            FoundAs::Value => Some(secret.clone()),
        };
        let is_bare = value.as_ref().is_some_and(|value| value.start >= covered);
        let range = value.filter(|_| is_bare).unwrap_or(secret.start.max(covered)..secret.end);
        self.put_last();
        self.last = Some(Piece { record, range, secret, rule, is_bare, overlaps });
    }

    #[inline(always)]
    fn put_last(&mut self) {
        if let Some(last) = &self.last {
            (self.put)(last);
        }
    }
}

#[cfg(test)]
mod tests;
