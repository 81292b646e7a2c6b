//! What a filter is. Not how it is called: that is `runtime`, and natively `testing`.

use serde::de::DeserializeOwned;

use crate::{Batch, ConfigErrors, Decisions, Emits};

/// Why a batch failed: `Err("no table")?` makes one of a text, `?` of any error. The host shows its text.
///
/// ```
/// fn number(text: &str) -> Result<u32, logagent_sdk::Failure> {
///     if text.is_empty() {
///         Err("no number")?;
///     }
///     Ok(text.parse()?)
/// }
/// assert_eq!(number("").unwrap_err().to_string(), "no number");
/// assert_eq!(number("x").unwrap_err().to_string(), "invalid digit found in string");
/// ```
pub type Failure = Box<dyn std::error::Error>;

/// A filter. One instance serves one lane, and is called by one thread at a time.
///
/// ```
/// use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, testing::Harness};
///
/// /// Without a configuration: anything but none is refused.
/// struct Keep;
///
/// impl Filter for Keep {
///     type Config = ();
///     const NAME: &'static str = "keep";
///
///     fn configure((): ()) -> Result<Self, ConfigErrors> {
///         Ok(Self)
///     }
///
///     fn process(&mut self, _: &Batch<'_>, _: &mut Decisions) -> Result<(), Failure> {
///         Ok(())
///     }
/// }
///
/// let mut harness = Harness::<Keep>::new(serde_json::Value::Null).unwrap();
/// assert_eq!(harness.process(["a"]).unwrap().kept(), ["a"]);
/// assert!(Harness::<Keep>::new(serde_json::json!(5)).is_err());
/// ```
pub trait Filter: Sized {
    /// The configuration, as serde reads it. With `#[serde(deny_unknown_fields)]` a misspelt key is refused.
    type Config: DeserializeOwned;

    /// What the filter is called.
    const NAME: &'static str;
    /// Why it drops records; the host counts them under these names. At most 127.
    const REASONS: &'static [&'static str] = &[];
    /// The outputs it routes to; the configuration maps each to sinks. At most 128.
    const OUTPUTS: &'static [&'static str] = &[];

    /// Whether it takes out of records what must not be seen. The host then refuses `on_error: pass`: a record that the
    /// filter fails on must not go on as it was.
    const REDACTS: bool = false;

    /// Makes an instance. Called once, before all else.
    ///
    /// # Errors
    /// All that is wrong with the configuration beyond what serde found. `?` works on one [`ConfigError`].
    ///
    /// [`ConfigError`]: crate::ConfigError
    fn configure(config: Self::Config) -> Result<Self, ConfigErrors>;

    /// The outputs that it routes to, where they are known from the configuration only. At most 128.
    fn outputs(&self) -> Vec<String> {
        Self::OUTPUTS.iter().map(ToString::to_string).collect()
    }

    /// Decides about one batch.
    ///
    /// # Errors
    /// Fails the batch: nothing decided counts, and the host does what the configuration's `on_error` says.
    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure>;

    /// Called about once a second between batches, with nanoseconds since the Unix epoch.
    ///
    /// # Errors
    /// Nothing emitted by this call counts then.
    fn tick(&mut self, now_unix_nano: u64, emits: &mut Emits) -> Result<(), Failure> {
        let _ = (now_unix_nano, emits);
        Ok(())
    }
}
