//! Records that a filter adds: aggregates and alerts.

use crate::bindings::batch;
use crate::edits::number;

/// A new record. Its time and severity are unknown, and it has no attributes, until given.
///
/// ```
/// use logagent_sdk::{Fresh, testing::once};
/// let alert = Fresh { severity: 17, ..Fresh::new(b"disk full") };
/// let outcome = once(["a"], |_, decisions| decisions.emit(alert));
/// assert_eq!(outcome.emitted[0].severity, 17);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Fresh<'a> {
    /// The body.
    pub body: &'a [u8],
    /// A MessagePack map, or nothing.
    pub attributes: &'a [u8],
    /// Nanoseconds since the Unix epoch; 0 unknown.
    pub time_unix_nano: u64,
    /// OpenTelemetry's severity number, 1 to 24; 0 unknown.
    pub severity: u8,
}

impl<'a> Fresh<'a> {
    /// A record of a body alone.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::Fresh::new(b"a").severity, 0);
    /// ```
    #[must_use]
    pub fn new(body: &'a [u8]) -> Self {
        Self { body, ..Self::default() }
    }
}

/// What a call emits.
///
/// ```
/// use logagent_sdk::{Batch, ConfigErrors, Decisions, Emits, Failure, Filter, Fresh, testing::Harness};
///
/// struct Clock;
///
/// impl Filter for Clock {
///     type Config = ();
///     const NAME: &'static str = "clock";
///     fn configure((): ()) -> Result<Self, ConfigErrors> {
///         Ok(Self)
///     }
///     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> {
///         Ok(())
///     }
///     fn tick(&mut self, now_unix_nano: u64, emits: &mut Emits) -> Result<(), Failure> {
///         emits.add(Fresh { time_unix_nano: now_unix_nano, ..Fresh::new(b"tick") });
///         Ok(())
///     }
/// }
///
/// let mut harness = Harness::<Clock>::new(serde_json::Value::Null).unwrap();
/// assert_eq!(harness.tick(5).unwrap()[0].time_unix_nano, 5);
/// ```
#[derive(Debug, Default)]
pub struct Emits {
    list: Vec<batch::Fresh>,
    bytes: Vec<u8>,
}

impl Emits {
    /// Adds a record; its bytes are copied.
    ///
    /// ```
    /// let mut emits = logagent_sdk::Emits::default();
    /// emits.add(logagent_sdk::Fresh::new(b"alert"));
    /// ```
    pub fn add(&mut self, fresh: Fresh<'_>) {
        self.list.push(batch::Fresh {
            body_length: number(fresh.body.len()),
            attributes_length: number(fresh.attributes.len()),
            time_unix_nano: fresh.time_unix_nano,
            severity: fresh.severity,
        });
        self.bytes.extend_from_slice(fresh.body);
        self.bytes.extend_from_slice(fresh.attributes);
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.bytes.clear();
    }

    pub(crate) fn parts(&self) -> (&[batch::Fresh], &[u8]) {
        (&self.list, &self.bytes)
    }
}
