//! What is wrong with a configuration, in the contract's three parts.

use std::fmt;

/// One thing that is wrong. The host shows it with file and line.
///
/// ```
/// let error = logagent_sdk::ConfigError::new("field.name", "an empty string", "a field's name");
/// assert_eq!(error.to_string(), "field.name: found an empty string, allowed: a field's name");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The key, as a path from the configuration's root: `field.name`, `contains[2]`. Empty for the root.
    pub key: String,
    /// What stands there: `the number 5`, `no value`.
    pub found: String,
    /// What may stand there: `a list of strings`.
    pub allowed: String,
}

impl ConfigError {
    /// An error from its parts.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::ConfigError::new("rate", "the number 2", "0 to 1").key, "rate");
    /// ```
    #[must_use]
    pub fn new(key: impl Into<String>, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { key: key.into(), found: found.into(), allowed: allowed.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = if self.key.is_empty() { "the configuration" } else { &self.key };
        write!(f, "{key}: found {}, allowed: {}", self.found, self.allowed)
    }
}

impl std::error::Error for ConfigError {}

/// All that is wrong: one error turns into it by `?`, more are collected.
///
/// ```
/// use logagent_sdk::{ConfigError, ConfigErrors};
///
/// fn check(rate: f64) -> Result<(), ConfigErrors> {
///     if rate > 1.0 {
///         Err(ConfigError::new("rate", format!("the number {rate}"), "0 to 1"))?;
///     }
///     Ok(())
/// }
/// assert_eq!(check(2.0).unwrap_err().to_string(), "rate: found the number 2, allowed: 0 to 1");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigError>);

impl ConfigErrors {
    /// Adds one.
    ///
    /// ```
    /// let mut errors = logagent_sdk::ConfigErrors::default();
    /// errors.push(logagent_sdk::ConfigError::new("a", "no value", "a number"));
    /// assert_eq!(errors.iter().count(), 1);
    /// ```
    pub fn push(&mut self, error: ConfigError) {
        self.0.push(error);
    }

    /// The errors, in the order they were found in.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::ConfigErrors::default().iter().count(), 0);
    /// ```
    pub fn iter(&self) -> std::slice::Iter<'_, ConfigError> {
        self.0.iter()
    }

    /// `value` where nothing is wrong, else the errors.
    ///
    /// # Errors
    /// Itself, unless empty.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::ConfigErrors::default().or_ok(5), Ok(5));
    /// ```
    pub fn or_ok<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<ConfigError> for ConfigErrors {
    fn from(error: ConfigError) -> Self {
        Self(vec![error])
    }
}

impl From<Vec<ConfigError>> for ConfigErrors {
    fn from(errors: Vec<ConfigError>) -> Self {
        Self(errors)
    }
}

impl IntoIterator for ConfigErrors {
    type Item = ConfigError;
    type IntoIter = std::vec::IntoIter<ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a ConfigErrors {
    type Item = &'a ConfigError;
    type IntoIter = std::slice::Iter<'a, ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
