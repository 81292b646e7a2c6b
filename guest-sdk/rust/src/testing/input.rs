//! Records for a test.

/// A record to be given to a filter. Texts and bytes turn into one by themselves.
///
/// ```
/// use logagent_sdk::testing::{Input, once};
/// once([Input::from("a").severity(9).time_unix_nano(5).continued()], |batch, _| {
///     let record = batch.record(0).unwrap();
///     assert_eq!((record.severity(), record.time_unix_nano(), record.is_continued()), (9, 5, true));
/// });
/// ```
#[derive(Clone, Debug, Default)]
pub struct Input {
    pub(super) body: Vec<u8>,
    pub(super) attributes: Vec<u8>,
    pub(super) time_unix_nano: u64,
    pub(super) severity: u8,
    pub(super) is_continued: bool,
}

impl Input {
    /// With these attributes, a MessagePack map.
    ///
    /// ```
    /// let input = logagent_sdk::testing::Input::from("a").attributes(b"\x80");
    /// ```
    #[must_use]
    pub fn attributes(self, map: &[u8]) -> Self {
        Self { attributes: map.to_vec(), ..self }
    }

    /// At this time, in nanoseconds since the Unix epoch.
    ///
    /// ```
    /// let input = logagent_sdk::testing::Input::from("a").time_unix_nano(5);
    /// ```
    #[must_use]
    pub fn time_unix_nano(self, time_unix_nano: u64) -> Self {
        Self { time_unix_nano, ..self }
    }

    /// With this severity, OpenTelemetry's number.
    ///
    /// ```
    /// let input = logagent_sdk::testing::Input::from("a").severity(17);
    /// ```
    #[must_use]
    pub fn severity(self, severity: u8) -> Self {
        Self { severity, ..self }
    }

    /// As the first part of a line that was too long.
    ///
    /// ```
    /// let input = logagent_sdk::testing::Input::from("a").continued();
    /// ```
    #[must_use]
    pub fn continued(self) -> Self {
        Self { is_continued: true, ..self }
    }
}

impl From<&[u8]> for Input {
    fn from(body: &[u8]) -> Self {
        Self { body: body.to_vec(), ..Self::default() }
    }
}

impl<const N: usize> From<&[u8; N]> for Input {
    fn from(body: &[u8; N]) -> Self {
        body.as_slice().into()
    }
}

impl From<Vec<u8>> for Input {
    fn from(body: Vec<u8>) -> Self {
        Self { body, ..Self::default() }
    }
}

impl From<&str> for Input {
    fn from(body: &str) -> Self {
        body.as_bytes().into()
    }
}

impl From<String> for Input {
    fn from(body: String) -> Self {
        body.into_bytes().into()
    }
}
