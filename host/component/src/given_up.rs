//! What a sink hands back because it will not deliver it. Not for putting it anywhere.

use crate::{Delivery, SinkError};

/// Records that a sink has given up: all of a delivery's behind the first few, which have arrived.
pub struct GivenUp<'a> {
    /// The sink's name.
    pub sink: &'a str,
    /// Why.
    pub why: GiveUp,
    /// What is known of the failure.
    pub reason: &'a str,
    /// What they were given with.
    pub delivery: &'a Delivery,
    /// So many of its records, the first, have arrived.
    pub written: usize,
}

/// Why records are given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GiveUp {
    /// They could not be delivered in time.
    Undeliverable,
    /// No later attempt can go well.
    Refused,
}

impl GiveUp {
    /// As metrics and dead letters name it.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Undeliverable => "undeliverable",
            Self::Refused => "refused",
        }
    }
}

/// Puts records aside, durably once it has answered. Where it fails, they are not put aside.
pub type PutAside<'a> = dyn FnMut(&GivenUp<'_>) -> Result<(), SinkError> + 'a;
