//! What becomes of the secrets that one kind, pattern or field finds.

use logagent_sdk::scan::Kind;
use serde::Deserialize;

/// How a secret is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// By its name: `[email]`.
    #[default]
    Label,
    /// By as many `*`.
    Mask,
    /// By its name and a keyed hash: `[email:…]`.
    Hash,
    /// By `*`, but for the last four letters or digits.
    Partial,
}

/// One kind, pattern or field.
#[derive(Debug)]
pub(crate) struct Rule {
    /// What stands between the brackets.
    pub(crate) name: String,
    /// The name in brackets.
    pub(crate) label: String,
    pub(crate) form: Form,
    /// Whether a match may be a JSON number or literal, or part of one.
    pub(crate) may_be_bare: bool,
    pub(crate) style: Style,
    /// Where it is counted.
    pub(crate) metric: usize,
}

/// What is known of how a secret is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Digits, grouped in one way or another.
    Digits,
    /// Letters and digits, grouped or not, in either case.
    Groups,
    /// Letters and digits, with characters between that give the form.
    Parts,
    /// Anything: each character may be part of the secret.
    Opaque,
}

impl Rule {
    pub(crate) fn new(name: String, form: Form, style: Style, metric: usize) -> Self {
        // An address has more dots than a number, or letters; a grouped one is none. Of what a pattern finds nothing is
        // known.
        let may_be_bare = matches!(form, Form::Digits | Form::Opaque);
        Self { label: format!("[{name}]"), name, form, may_be_bare, style, metric }
    }
}

impl Form {
    pub(crate) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Card | Kind::Phone => Self::Digits,
            Kind::Iban => Self::Groups,
            Kind::Email | Kind::Ipv4 | Kind::Ipv6 => Self::Parts,
            Kind::Jwt | Kind::AwsKey | Kind::Bearer => Self::Opaque,
        }
    }

    /// Whether a mask leaves this character, which says nothing but how the secret is written.
    #[inline]
    pub(crate) const fn stays_in_mask(self, byte: u8) -> bool {
        self.stays_in_partial(byte) | !matches!(self, Self::Opaque) & ((byte == b'@') | (byte == b':'))
    }

    /// As for a mask, but for those with which the last four could be an address once more: `::1234`. Without a branch,
    /// so that many bytes are compared at once.
    #[inline]
    pub(crate) const fn stays_in_partial(self, byte: u8) -> bool {
        let is_joint = (byte == b' ') | (byte == b'+') | (byte == b'(') | (byte == b')');
        !matches!(self, Self::Opaque) & (is_joint | (byte == b'-') | (byte == b'.') | (byte == b'/'))
    }
}
