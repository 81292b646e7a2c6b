//! What a secret hides: text beside it that is a secret only with something else at its border, such as `::9` in
//! `a@b.cf::9`, which follows a letter. Whoever replaces the one would lay the other bare, so that both are found. What
//! is put in a secret's place is not known here: it is taken to touch nothing, as brackets and asterisks do.

use super::{Finder, whole};
use crate::Found;
use crate::bytes::{DIGIT, JOINT, WIDE, WORD, is};
use logagent_record::Bodies;
use std::ops::Range;

/// What stands for a secret while the rest is searched again: no kind's matcher knows this byte.
const BLANK: u8 = 0;
/// How often one body is searched again at most. Each time, something must have come to light that hid yet more.
const ROUNDS: usize = 16;

impl Finder {
    /// Adds what the secrets of the records `open` hide to those found, which are the same from `known` on.
    #[cold]
    pub(super) fn find_beside(
        &self,
        bodies: &Bodies<'_>,
        open: &[u32],
        goes_on: &mut dyn FnMut() -> bool,
        found: &mut Vec<Found>,
        known: usize,
    ) -> bool {
        let mut more = Vec::new();
        for &record in open.chunk_by(|one, next| one == next).map(|same| &same[0]) {
            let known = &found[known..];
            let first = known.partition_point(|found| found.record < record);
            let count = known[first..].partition_point(|found| found.record == record);
            let body = bodies.body(record as usize);
            if !self.find_hidden(record, body, &known[first..first + count], goes_on, &mut more) {
                return false;
            }
        }
        if !more.is_empty() {
            found.append(&mut more);
            found[known..].sort_unstable_by_key(Found::place);
        }
        true
    }

    /// Appends what these secrets of a body hide, and what that hides in turn.
    fn find_hidden(
        &self,
        record: u32,
        body: &[u8],
        secrets: &[Found],
        goes_on: &mut dyn FnMut() -> bool,
        more: &mut Vec<Found>,
    ) -> bool {
        let mut text = body.to_vec();
        secrets.iter().for_each(|secret| blank(&mut text, secret));
        let mut open = Vec::new();
        for _ in 0..ROUNDS {
            let known = more.len();
            open.clear();
            if !self.sweep(&Bodies::new(&text, 0, &[whole(&text)]), goes_on, more, &mut open) {
                return false;
            }
            for secret in &mut more[known..] {
                secret.record = record;
                blank(&mut text, secret);
            }
            if open.is_empty() {
                break;
            }
        }
        true
    }
}

fn blank(text: &mut [u8], secret: &Found) {
    text[secret.start as usize..secret.end as usize].fill(BLANK);
}

/// Whether a secret may hide another: no quote or bracket is beside it, nor a space that leads to something else than a
/// number.
#[inline(always)]
pub(super) fn is_open(body: &[u8], secret: &Range<usize>) -> bool {
    let before = |bytes: usize| secret.start.checked_sub(bytes).map_or(BLANK, |at| body[at]);
    let behind = |bytes: usize| body.get(secret.end + bytes).copied().unwrap_or(BLANK);
    joins(before(1), before(2)) || joins(behind(0), behind(1))
}

/// Whether a matcher that reads on from beyond the second of two bytes may see across both.
#[inline(always)]
fn joins(near: u8, far: u8) -> bool {
    is(near, WORD.or(WIDE))
        || is(near, JOINT) && is(far, WORD.or(WIDE).or(JOINT))
        || matches!(near, b' ' | b',' | b'(' | b')') && (is(far, DIGIT) || far == b'(')
}
