//! What stands in a secret's place. It matches no kind itself, so that redacting again changes nothing, and is of one
//! piece with the JSON around it.

use crate::hash::{Key, is_hash};
use crate::plan::Piece;
use crate::rule::{Form, Rule, Style};
use crate::text;

/// Writes replacements into a buffer that is reused.
#[derive(Debug, Default)]
pub(crate) struct Renderer {
    key: Option<Key>,
    out: Vec<u8>,
    /// The secret decoded.
    secret: Vec<u8>,
}

impl Renderer {
    pub(crate) fn new(key: Option<Key>) -> Self {
        Self { key, ..Self::default() }
    }

    /// The bytes for the piece's range, or `None` where they stand there already.
    pub(crate) fn render<'a>(&'a mut self, piece: &Piece, rule: &'a Rule, body: &[u8]) -> Option<&'a [u8]> {
        let old = body.get(piece.range.clone())?;
        if rule.style == Style::Label && !piece.is_bare {
            // What most pieces are: nothing needs to be put together.
            return (rule.label.as_bytes() != old).then_some(rule.label.as_bytes());
        }
        if is_redacted(old, rule) {
            return None;
        }
        self.out.clear();
        match rule.style {
            Style::Label => self.label(piece, rule),
            Style::Hash => self.hash(piece, rule, body.get(piece.secret.clone())?),
            Style::Mask => self.hide(piece, rule, old, text::mask),
            // Of two secrets that overlap, the end of the one may be the middle of the other.
            Style::Partial if piece.overlaps => self.hide(piece, rule, old, text::mask),
            Style::Partial if piece.is_bare && !text::shows_number(old) => self.hide(piece, rule, old, text::mask),
            Style::Partial => self.hide(piece, rule, old, text::partial),
        }
        (self.out != old).then_some(&self.out)
    }

    fn label(&mut self, piece: &Piece, rule: &Rule) {
        self.quote(piece);
        self.out.extend_from_slice(rule.label.as_bytes());
        self.quote(piece);
    }

    fn hash(&mut self, piece: &Piece, rule: &Rule, secret: &[u8]) {
        let Some(key) = &self.key else { return self.label(piece, rule) };
        text::decode(secret, &mut self.secret);
        simplify(&mut self.secret, rule.form);
        if piece.is_bare {
            self.out.push(b'"');
        }
        self.out.push(b'[');
        self.out.extend_from_slice(rule.name.as_bytes());
        self.out.push(b':');
        key.write(&self.secret, &mut self.out);
        self.out.push(b']');
        self.quote(piece);
    }

    /// Writes as many bytes as there were. A bare value's first two make room for the quotes; should nothing be left
    /// between them, one `*` is written all the same.
    fn hide(&mut self, piece: &Piece, rule: &Rule, old: &[u8], hide: fn(&[u8], Form, &mut Vec<u8>)) {
        if !piece.is_bare {
            return hide(old, rule.form, &mut self.out);
        }
        // Within a value that is no string, any byte may be part of the secret.
        hide(old, Form::Opaque, &mut self.out);
        self.out.drain(..self.out.len().min(3) - 1);
        self.out.insert(0, b'"');
        self.out.push(b'"');
    }

    fn quote(&mut self, piece: &Piece) {
        if piece.is_bare {
            self.out.push(b'"');
        }
    }
}

/// Whether the text is what this rule writes, where that can't be seen by writing it again.
fn is_redacted(old: &[u8], rule: &Rule) -> bool {
    match rule.style {
        Style::Label | Style::Mask => false,
        Style::Partial => rule.form == Form::Opaque && text::is_partial(old),
        Style::Hash => {
            let within = old.strip_prefix(b"[").and_then(|rest| rest.strip_prefix(rule.name.as_bytes()));
            within.and_then(|rest| rest.strip_prefix(b":")?.strip_suffix(b"]")).is_some_and(is_hash)
        }
    }
}

/// Leaves of a secret what is the same however it is grouped.
fn simplify(secret: &mut Vec<u8>, form: Form) {
    match form {
        Form::Digits => secret.retain(u8::is_ascii_digit),
        Form::Groups => {
            secret.retain(u8::is_ascii_alphanumeric);
            secret.make_ascii_uppercase();
        }
        Form::Parts | Form::Opaque => {}
    }
}
