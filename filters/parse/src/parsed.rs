//! What a line said, until it is decided: attributes, time, severity, and perhaps a new body. Reused from line to line.

use std::ops::Range;

use logagent_sdk::{Decisions, Part, Record};

use crate::attributes::Attributes;
use crate::level;
use crate::marks::Marks;
use crate::roles::Role;
use crate::time::{self, Context, Recent, TimeFormat};

/// Behind every rank: nothing was read.
const NO_RANK: u8 = u8::MAX;

/// One line, read.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) attributes: Attributes,
    pub(crate) time: Moment,
    pub(crate) severity: Weight,
    /// Whether the body has one anywhere: where it has none, nothing in it is escaped.
    pub(crate) has_backslash: bool,
    /// Of a form that asks for them.
    pub(crate) marks: Marks,
    pub(crate) recent: Recent,
    body: NewBody,
    /// The body where it is no part of the old one.
    pub(crate) text: Vec<u8>,
}

/// When it happened.
#[derive(Debug)]
pub(crate) struct Moment {
    unix_nano: u64,
    rank: u8,
    is_unread: bool,
}

/// How much it matters.
#[derive(Debug)]
pub(crate) struct Weight {
    number: u8,
    rank: u8,
    is_unread: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum NewBody {
    #[default]
    Keep,
    Slice(Range<usize>),
    Text,
}

impl Default for Moment {
    fn default() -> Self {
        Self { unix_nano: 0, rank: NO_RANK, is_unread: false }
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self { number: 0, rank: NO_RANK, is_unread: false }
    }
}

impl Parsed {
    #[inline]
    pub(crate) fn begin(&mut self, is_utf8: bool, has_backslash: bool) {
        self.attributes.begin(is_utf8);
        self.has_backslash = has_backslash;
        self.time = Moment::default();
        self.severity = Weight::default();
        self.body = NewBody::Keep;
    }

    /// Notes what a member says by its role.
    #[inline]
    pub(crate) fn note(&mut self, role: Role, value: &[u8], format: TimeFormat, context: Context) {
        match role {
            Role::Time { rank } if rank < self.time.rank => {
                self.time.set(rank, time::read(value, format, context, &mut self.recent));
            }
            Role::Severity { rank, numbers } if rank < self.severity.rank => {
                self.severity.set(rank, level::read(value, numbers));
            }
            _ => {}
        }
    }

    /// Makes a part of the body the new one, unless there is one.
    pub(crate) fn cut_body(&mut self, body: &[u8], part: &[u8]) {
        if self.body == NewBody::Keep {
            let start = part.as_ptr().addr() - body.as_ptr().addr();
            self.body = NewBody::Slice(start..start + part.len());
        }
    }

    /// Makes what is written here the new body, unless there is one.
    pub(crate) fn write_body(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.body == NewBody::Keep {
            self.text.clear();
            write(&mut self.text);
            self.body = NewBody::Text;
        }
    }

    #[inline]
    pub(crate) fn decide(&mut self, record: &Record<'_>, decisions: &mut Decisions) {
        let index = record.index();
        let text = match &self.body {
            NewBody::Keep => None,
            NewBody::Slice(part) => {
                for rest in [0..part.start, part.end..record.body().len()] {
                    if !rest.is_empty() {
                        decisions.replace(index, Part::Body, rest, b"");
                    }
                }
                None
            }
            NewBody::Text => Some(&self.text[..]),
        };
        self.attributes.decide(record, text, decisions);
        if self.time.unix_nano > 0 {
            decisions.set_time(index, self.time.unix_nano);
        }
        if self.severity.number > 0 {
            decisions.set_severity(index, self.severity.number);
        }
    }
}

impl Moment {
    #[inline]
    pub(crate) fn set(&mut self, rank: u8, read: Option<u64>) {
        match read {
            Some(unix_nano) => (self.unix_nano, self.rank) = (unix_nano, rank),
            None => self.is_unread = true,
        }
    }

    /// Whether there was something, and nothing that could be read.
    pub(crate) fn is_unread(&self) -> bool {
        self.is_unread && self.rank == NO_RANK
    }
}

impl Weight {
    #[inline]
    pub(crate) fn set(&mut self, rank: u8, read: Option<u8>) {
        match read {
            Some(number) => (self.number, self.rank) = (number, rank),
            None => self.is_unread = true,
        }
    }

    /// Whether there was something, and nothing that could be read.
    pub(crate) fn is_unread(&self) -> bool {
        self.is_unread && self.rank == NO_RANK
    }
}
