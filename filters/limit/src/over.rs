//! What becomes of a record that is over the limit.

use logagent_sdk::{Decisions, Share, Spread};

use crate::{OVER, OVER_LIMIT};

#[derive(Debug)]
pub(crate) enum Over {
    Drop,
    Route,
    /// A share of them passes all the same, spread evenly.
    Sample(Share, Spread),
}

impl Over {
    /// Decides for the next such record.
    pub(crate) fn decide(&mut self, record: usize, decisions: &mut Decisions) {
        match self {
            Self::Drop => decisions.drop(record, OVER_LIMIT),
            Self::Route => decisions.route(record, OVER),
            Self::Sample(share, spread) => {
                if !spread.has_next(share) {
                    decisions.drop(record, OVER_LIMIT);
                }
            }
        }
    }
}
