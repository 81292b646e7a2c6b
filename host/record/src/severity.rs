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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_data_models_names() {
        let name = |number| Severity(number).short_name();
        assert_eq!(
            (name(0), name(1), name(9), name(24), name(25)),
            (None, Some("TRACE"), Some("INFO"), Some("FATAL4"), None)
        );
    }
}
