//! What a filter decided for a record, as one byte.

/// What becomes of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on.
    Keep,
    /// It ends here, for this reason of the filter's description.
    Drop {
        /// The reason's index.
        reason: u8,
    },
    /// It leaves by this output of the filter's description.
    Route {
        /// The output's index.
        output: u8,
    },
}

impl Verdict {
    /// The verdict that a byte stands for: 0 keep, 1 to 127 drop, 128 to 255 route.
    #[inline]
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        match byte {
            0 => Self::Keep,
            1..=127 => Self::Drop { reason: byte - 1 },
            128..=255 => Self::Route { output: byte - 128 },
        }
    }
}

/// How many reasons and outputs a filter has: which verdict bytes it may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// The number of reasons, at most 127.
    pub reasons: u8,
    /// The number of outputs, at most 128.
    pub outputs: u8,
}

impl Vocabulary {
    /// The most reasons a filter may name.
    pub const MAX_REASONS: usize = 127;
    /// The most outputs a filter may name.
    pub const MAX_OUTPUTS: usize = 128;

    /// The first byte that is no verdict of this vocabulary, with its index.
    #[must_use]
    pub fn first_unknown(self, verdicts: &[u8]) -> Option<(usize, u8)> {
        // One comparison a byte for the two ranges that nearly all verdicts lie in, so that the check vectorises.
        let plain = |byte: u8| byte <= self.reasons;
        if verdicts.iter().fold(true, |all, &byte| all & plain(byte)) {
            return None;
        }
        let known = |byte: u8| plain(byte) || (byte >= 128 && byte - 128 < self.outputs);
        verdicts.iter().copied().enumerate().find(|&(_, byte)| !known(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_one_verdict() {
        assert_eq!(Verdict::from_byte(0), Verdict::Keep);
        assert_eq!(Verdict::from_byte(1), Verdict::Drop { reason: 0 });
        assert_eq!(Verdict::from_byte(127), Verdict::Drop { reason: 126 });
        assert_eq!(Verdict::from_byte(128), Verdict::Route { output: 0 });
        assert_eq!(Verdict::from_byte(255), Verdict::Route { output: 127 });
    }

    #[test]
    fn a_byte_beyond_the_vocabulary_is_found_with_its_index() {
        let vocabulary = Vocabulary { reasons: 2, outputs: 1 };
        assert_eq!(vocabulary.first_unknown(&[0, 1, 2, 128]), None);
        assert_eq!(vocabulary.first_unknown(&[0, 128, 3]), Some((2, 3)));
        assert_eq!(vocabulary.first_unknown(&[129]), Some((0, 129)));
    }
}
