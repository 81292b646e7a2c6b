//! The names that a filter gave to its reasons and outputs, as the bytes that verdicts are made of.

/// A reason to drop a record, found by its name while compiling: a misspelt one doesn't build.
///
/// ```
/// use logagent_sdk::{Reason, testing::{NOISE, REASONS}};
/// const REASON: Reason = Reason::named(REASONS, "noise");
/// assert_eq!(REASON, NOISE);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason(u8);

/// An output to route a record to, found by its name while compiling.
///
/// ```
/// use logagent_sdk::{Output, testing::{ALERTS, OUTPUTS}};
/// const OUTPUT: Output = Output::named(OUTPUTS, "alerts");
/// assert_eq!(OUTPUT, ALERTS);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output(u8);

impl Reason {
    /// The reason of that name among a filter's `REASONS`.
    ///
    /// # Panics
    /// Where there is none, or it is not among the first 127: while compiling, if used in a constant.
    ///
    /// ```
    /// use logagent_sdk::Reason;
    /// assert_ne!(Reason::named(&["a", "b"], "a"), Reason::named(&["a", "b"], "b"));
    /// ```
    #[must_use]
    pub const fn named(reasons: &[&str], name: &str) -> Self {
        match position(reasons, name, 127) {
            Some(index) => Self(index + 1),
            None => panic!("no such reason among the filter's first 127 REASONS"),
        }
    }

    #[inline]
    pub(crate) fn verdict(self) -> u8 {
        self.0
    }
}

impl Output {
    /// The output of that name among a filter's `OUTPUTS`.
    ///
    /// # Panics
    /// Where there is none, or it is not among the first 128: while compiling, if used in a constant.
    ///
    /// ```
    /// use logagent_sdk::Output;
    /// assert_ne!(Output::named(&["a", "b"], "a"), Output::named(&["a", "b"], "b"));
    /// ```
    #[must_use]
    pub const fn named(outputs: &[&str], name: &str) -> Self {
        match position(outputs, name, 128) {
            Some(index) => Self(index + 128),
            None => panic!("no such output among the filter's first 128 OUTPUTS"),
        }
    }

    /// The output of that index among what [`Filter::outputs`](crate::Filter::outputs) answers; `None` from 128 on.
    ///
    /// ```
    /// use logagent_sdk::{Output, testing::ALERTS};
    /// assert_eq!(Output::numbered(0), Some(ALERTS));
    /// assert_eq!(Output::numbered(128), None);
    /// ```
    #[must_use]
    pub fn numbered(index: usize) -> Option<Self> {
        u8::try_from(index).ok()?.checked_add(128).map(Self)
    }

    #[inline]
    pub(crate) fn index(self) -> u8 {
        self.0 - 128
    }

    #[inline]
    pub(crate) fn verdict(self) -> u8 {
        self.0
    }
}

/// By hand, since iterators and `==` on text don't run while compiling.
const fn position(names: &[&str], name: &str, limit: u8) -> Option<u8> {
    let mut index = 0;
    while index < limit && (index as usize) < names.len() {
        if is_equal(names[index as usize].as_bytes(), name.as_bytes()) {
            return Some(index);
        }
        index += 1;
    }
    None
}

const fn is_equal(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}
