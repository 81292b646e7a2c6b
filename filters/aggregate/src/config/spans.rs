//! The lengths of time in the configuration.

use std::time::Duration;

use logagent_sdk::{ConfigError, ConfigErrors, Period};

use super::{Config, Time};

/// Windows are looked at once a second, and a day's is the longest whose records anybody waits for.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// For records that take a moment from where they are written to where they are read.
const LATENESS: Duration = Duration::from_secs(5);

impl Config {
    /// How long a window is, and how long it stays open behind its end.
    pub(super) fn spans(&self, errors: &mut ConfigErrors) -> Option<(Duration, Duration)> {
        let length = span("window", self.window, SHORTEST, "1s to 24h", errors);
        let lateness = match (self.time, self.lateness) {
            (Time::Event, None) => Some(LATENESS),
            (Time::Event, lateness) => span("lateness", lateness, Duration::ZERO, "0s to 24h", errors),
            // Nothing arrives late by its arrival.
            (Time::Arrival, None) => Some(Duration::ZERO),
            (Time::Arrival, Some(_)) => {
                let (found, allowed) = ("no `time: event` beside it", "only together with `time: event`");
                errors.push(ConfigError::new("lateness", found, allowed));
                None
            }
        };
        Some((length?, lateness?))
    }
}

fn span(
    key: &str,
    period: Option<Period>,
    shortest: Duration,
    allowed: &str,
    errors: &mut ConfigErrors,
) -> Option<Duration> {
    let span = period.map(|period| period.0).filter(|span| (shortest..=LONGEST).contains(span));
    if span.is_none() {
        let found = period.map_or_else(|| "no value".into(), |period| format!("{:?}", period.0));
        errors.push(ConfigError::new(key, found, format!("a duration, {allowed}")));
    }
    span
}
