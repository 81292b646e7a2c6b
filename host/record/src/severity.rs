//! OpenTelemetry's severity numbers.

/// A severity number, 1 to 24, of the OpenTelemetry log data model; 0 where unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Severity(pub u8);

impl Severity {
    /// The largest number.
    pub const MAX: u8 = 24;

    /// The short name of the range that the number lies in (`WARN`, `WARN2` …), as the data model's
    /// "Displaying Severity" has it; `None` where unknown.
    #[must_use]
    pub fn short_name(self) -> Option<&'static str> {
        const NAMES: [&str; 24] = [
            "TRACE", "TRACE2", "TRACE3", "TRACE4", "DEBUG", "DEBUG2", "DEBUG3", "DEBUG4", "INFO", "INFO2", "INFO3",
            "INFO4", "WARN", "WARN2", "WARN3", "WARN4", "ERROR", "ERROR2", "ERROR3", "ERROR4", "FATAL", "FATAL2",
            "FATAL3", "FATAL4",
        ];
        NAMES.get(usize::from(self.0).checked_sub(1)?).copied()
    }
}

/// A set of severities; "unknown" is one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Severities(u32);

impl Severities {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// Every severity, and unknown.
    pub const ALL: Self = Self((1 << (Severity::MAX + 1)) - 1);
    /// Unknown alone.
    pub const UNKNOWN: Self = Self(1);

    /// The known ones that are less than this.
    ///
    /// # Panics
    /// Where it is beyond the largest.
    #[must_use]
    pub const fn below(severity: Severity) -> Self {
        assert!(severity.0 <= Severity::MAX, "a severity number");
        Self(((1 << severity.0) - 1) & !Self::UNKNOWN.0)
    }

    /// Whether a descriptor's severity is among them.
    #[inline]
    #[must_use]
    pub const fn contains(self, severity: u8) -> bool {
        severity <= Severity::MAX && self.0 >> severity & 1 == 1
    }
}

impl std::ops::BitAnd for Severities {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl std::ops::BitOr for Severities {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_below_a_severity_holds_the_known_ones_before_it() {
        let below = Severities::below(Severity(13));
        let members = |set: Severities| (0..=u8::MAX).filter(|&number| set.contains(number)).collect::<Vec<_>>();
        assert_eq!(members(below), (1..13).collect::<Vec<_>>());
        assert_eq!(members(below | Severities::UNKNOWN), (0..13).collect::<Vec<_>>());
        assert_eq!(members(Severities::ALL), (0..=24).collect::<Vec<_>>());
        assert_eq!((Severities::ALL & below, Severities::NONE & below), (below, Severities::NONE));
    }

    #[test]
    fn numbers_have_the_data_models_names() {
        let name = |number| Severity(number).short_name();
        assert_eq!(
            (name(0), name(1), name(9), name(24), name(25)),
            (None, Some("TRACE"), Some("INFO"), Some("FATAL4"), None)
        );
    }
}
