//! What stands in a secret's place. It matches no kind itself, so that redacting again changes nothing, and is of one
//! piece with the JSON around it.

use crate::hash::{Key, is_hash};
use crate::plan::Piece;
use crate::rule::{Form, Rule, Style};
use crate::text::{self, Text};

/// Writes replacements into a buffer that is reused.
#[derive(Debug, Default)]
pub(crate) struct Renderer {
    key: Option<Key>,
    out: Vec<u8>,
    /// The secret decoded.
    secret: Vec<u8>,
}

/// A piece, what it is replaced by, and where. As one, for what takes it is called with four words at most: an engine
/// passes more through memory, at a price that counts here.
struct Job<'a> {
    piece: &'a Piece,
    rule: &'a Rule,
    body: &'a [u8],
}

impl Job<'_> {
    fn old(&self) -> &[u8] {
        &self.body[self.piece.range.clone()]
    }

    fn secret(&self) -> &[u8] {
        &self.body[self.piece.secret.clone()]
    }

    /// Whether a part of the secret can be shown.
    fn may_show(&self) -> bool {
        let Self { piece, body, .. } = self;
        let ends_apart = || text::ends_apart(&body[piece.range.end..]);
        // Of two secrets that overlap, the end of the one may be the middle of the other.
        !piece.overlaps && if piece.is_bare { text::shows_number(self.old()) } else { ends_apart() }
    }
}

impl Renderer {
    pub(crate) fn new(key: Option<Key>) -> Self {
        Self { key, ..Self::default() }
    }

    /// The bytes for the piece's range, or `None` where they stand there already.
    #[inline]
    pub(crate) fn render<'a>(&'a mut self, piece: &Piece, rule: &'a Rule, body: &[u8]) -> Option<&'a [u8]> {
        let old = body.get(piece.range.clone())?;
        if rule.style == Style::Label && !piece.is_bare {
            // What most pieces are: nothing needs to be put together.
            return (rule.label.as_bytes() != old).then_some(rule.label.as_bytes());
        }
        self.write(&Job { piece, rule, body }).then_some(&self.out)
    }

    /// Writes what the piece becomes. Answers whether that is something else than stands there.
    #[inline(never)]
    fn write(&mut self, job: &Job<'_>) -> bool {
        if is_redacted(job.old(), job.rule) {
            return false;
        }
        self.out.clear();
        match job.rule.style {
            Style::Label => self.label(job),
            Style::Hash => self.hash(job),
            Style::Partial if job.may_show() => self.hide(job, text::partial),
            Style::Mask | Style::Partial => self.hide(job, text::mask),
        }
        self.out != job.old()
    }

    fn label(&mut self, job: &Job<'_>) {
        self.quote(job.piece);
        self.out.extend_from_slice(job.rule.label.as_bytes());
        self.quote(job.piece);
    }

    fn hash(&mut self, job: &Job<'_>) {
        let Some(key) = &self.key else { return self.label(job) };
        text::decode(job.secret(), &mut self.secret);
        simplify(&mut self.secret, job.rule.form);
        if job.piece.is_bare {
            self.out.push(b'"');
        }
        self.out.push(b'[');
        self.out.extend_from_slice(job.rule.name.as_bytes());
        self.out.push(b':');
        key.write(&self.secret, &mut self.out);
        self.out.push(b']');
        self.quote(job.piece);
    }

    /// Writes as many bytes as there were. A bare value's first two make room for the quotes; should nothing be left
    /// between them, one `*` is written all the same.
    fn hide(&mut self, job: &Job<'_>, hide: fn(&Text<'_>, &mut Vec<u8>)) {
        let (body, range) = (job.body, job.piece.range.clone());
        if !job.piece.is_bare {
            return hide(&Text { body, range, form: job.rule.form }, &mut self.out);
        }
        // Within a value that is no string, any byte may be part of the secret.
        hide(&Text { body, range, form: Form::Opaque }, &mut self.out);
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
