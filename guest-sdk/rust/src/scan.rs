//! Patterns that the host searches for at the speed of native code: literals, regular expressions, secrets of known
//! forms. One call searches a whole batch. Natively the host's own search runs, so that tests see what the agent does.

use std::ops::Range;

use crate::{Batch, host};

/// What is searched for.
///
/// ```
/// use logagent_sdk::scan::{Kind, Pattern};
/// let patterns = [Pattern::Literal(b"DEBUG"), Pattern::Regex(r"id=\d+"), Pattern::Kind(Kind::Email)];
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern<'a> {
    /// These bytes, one or more.
    Literal(&'a [u8]),
    /// A regular expression in the syntax of the `regex` crate, which sees one body at a time.
    Regex(&'a str),
    /// A kind of secret.
    Kind(Kind),
}

/// A kind of secret that the host knows the form of, and checks.
///
/// ```
/// assert_ne!(logagent_sdk::scan::Kind::Ipv4, logagent_sdk::scan::Kind::Ipv6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// The number of a payment card.
    Card,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A telephone number.
    Phone,
    /// An international bank account number.
    Iban,
    /// A JSON Web Token.
    Jwt,
    /// An AWS access key's id, or its secret behind its usual name.
    AwsKey,
    /// The token behind an HTTP authentication scheme.
    Bearer,
}

/// Which matches are answered.
///
/// ```
/// assert_ne!(logagent_sdk::scan::Report::First, logagent_sdk::scan::Report::All);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// One a record at most: that it matches. The fastest.
    First,
    /// All; one that lies within another pattern's match is left out.
    All,
}

/// How a body is read.
///
/// ```
/// assert_ne!(logagent_sdk::scan::Escapes::Raw, logagent_sdk::scan::Escapes::Json);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escapes {
    /// As its bytes stand.
    Raw,
    /// JSON's escapes count as what they stand for; matches begin and end with whole escapes.
    Json,
}

/// A pattern that can't be compiled.
///
/// ```
/// use logagent_sdk::scan::{Escapes, Pattern, Report, Set};
/// let errors = Set::new(&[Pattern::Literal(b"a"), Pattern::Regex("(")], Report::First, Escapes::Raw).unwrap_err();
/// assert_eq!(errors[0].index, 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Its index in the list.
    pub index: usize,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// A compiled set of patterns.
///
/// ```
/// use logagent_sdk::scan::{Escapes, Pattern, Report, Set};
/// let set = Set::new(&[Pattern::Regex("a+"), Pattern::Literal(b"b")], Report::All, Escapes::Raw).unwrap();
/// logagent_sdk::testing::once(["xaab", "-"], |batch, _| {
///     let found: Vec<_> = set.matches(batch).iter().map(|hit| (hit.record, hit.pattern, hit.range)).collect();
///     assert_eq!(found, [(0, 0, 1..3), (0, 1, 3..4)]);
/// });
/// ```
#[derive(Debug)]
pub struct Set(host::Set);

impl Set {
    /// Compiles patterns. Call it in `configure`: the host refuses it elsewhere.
    ///
    /// # Errors
    /// All patterns that are wrong or too large.
    ///
    /// ```
    /// use logagent_sdk::scan::{Escapes, Report, Set};
    /// assert!(Set::new(&[], Report::First, Escapes::Raw).is_ok());
    /// ```
    pub fn new(patterns: &[Pattern<'_>], report: Report, escapes: Escapes) -> Result<Self, Vec<PatternError>> {
        host::Set::new(patterns, report, escapes).map(Self)
    }

    /// Searches all bodies of the batch in hand.
    ///
    /// ```
    /// use logagent_sdk::scan::{Escapes, Pattern, Report, Set};
    /// let set = Set::new(&[Pattern::Literal(b"a")], Report::First, Escapes::Raw).unwrap();
    /// logagent_sdk::testing::once(["aa"], |batch, _| assert_eq!(set.matches(batch).iter().count(), 1));
    /// ```
    #[must_use]
    pub fn matches(&self, batch: &Batch<'_>) -> Matches {
        Matches(self.0.run(batch))
    }
}

/// What a search found, ascending by record and start.
///
/// ```
/// use logagent_sdk::scan::{Escapes, Pattern, Report, Set};
/// let set = Set::new(&[Pattern::Literal(b"a")], Report::First, Escapes::Raw).unwrap();
/// logagent_sdk::testing::once(["b"], |batch, _| assert!(set.matches(batch).iter().next().is_none()));
/// ```
#[derive(Clone, Debug)]
pub struct Matches(Vec<u32>);

/// One match.
///
/// ```
/// let found = logagent_sdk::scan::Match { record: 0, pattern: 1, range: 2..5 };
/// assert_eq!(found.range.len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The record's index in the batch.
    pub record: usize,
    /// The pattern's index in its set.
    pub pattern: usize,
    /// The match, in bytes from the body's start.
    pub range: Range<usize>,
}

impl Matches {
    /// The matches, in order.
    ///
    /// ```
    /// use logagent_sdk::scan::{Escapes, Pattern, Report, Set};
    /// let set = Set::new(&[Pattern::Literal(b"b")], Report::All, Escapes::Raw).unwrap();
    /// logagent_sdk::testing::once(["ab"], |batch, _| {
    ///     assert_eq!(set.matches(batch).iter().next().unwrap().range, 1..2);
    /// });
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Match> + '_ {
        let (found, _) = self.0.as_chunks::<4>();
        found.iter().map(|&[record, pattern, start, end]| Match {
            record: record as usize,
            pattern: pattern as usize,
            range: start as usize..end as usize,
        })
    }
}
