//! Runs a filter natively, as the host would: the same bytes in the same layout, the same checks of what it
//! decides. Not compiled into components.

mod check;
mod harness;
mod input;
mod layout;
mod outcome;

pub use harness::{Harness, once};
pub use input::Input;
pub use layout::{LaidOut, Layout};
pub use outcome::{Emitted, Outcome, Verdict};

use crate::{Output, Reason};

/// When batches of native tests were read: 2026-03-01T12:00:00Z, in nanoseconds since the Unix epoch.
///
/// ```
/// assert_eq!(logagent_sdk::testing::OBSERVED / 1_000_000_000, 1_772_366_400);
/// ```
pub const OBSERVED: u64 = 1_772_366_400_000_000_000;

/// The reasons that the closures of [`once`] may drop for.
///
/// ```
/// assert_eq!(logagent_sdk::testing::REASONS, ["noise"]);
/// ```
pub const REASONS: &[&str] = &["noise"];

/// The outputs that the closures of [`once`] may route to.
///
/// ```
/// assert_eq!(logagent_sdk::testing::OUTPUTS, ["alerts"]);
/// ```
pub const OUTPUTS: &[&str] = &["alerts"];

/// The one reason of [`once`].
///
/// ```
/// use logagent_sdk::testing::{NOISE, once};
/// assert!(once(["a"], |_, decisions| decisions.drop(0, NOISE)).kept().is_empty());
/// ```
pub const NOISE: Reason = Reason::named(REASONS, "noise");

/// The one output of [`once`].
///
/// ```
/// use logagent_sdk::testing::{ALERTS, once};
/// assert!(once(["a"], |_, decisions| decisions.route(0, ALERTS)).kept().is_empty());
/// ```
pub const ALERTS: Output = Output::named(OUTPUTS, "alerts");

#[cfg(test)]
mod tests;
