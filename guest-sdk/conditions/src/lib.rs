//! Conditions on records, as the standard filters `drop` and `route` share them: their configuration, and their
//! evaluation over a whole batch with few calls of the host. Also the fields of records by name, and records by the value
//! of a field, for filters that look at them on their own. What becomes of a record that matches is the filter's
//! business.
//!
//! ```
//! use logagent_conditions::{ConditionConfig, Conditions};
//!
//! let config = ConditionConfig { contains: Some(vec!["DEBUG".into()]), ..ConditionConfig::default() };
//! let mut conditions = Conditions::new([(String::new(), config)]).unwrap();
//! logagent_sdk::testing::once(["a DEBUG line", "another"], |batch, _| {
//!     conditions.evaluate(batch);
//!     assert_eq!(conditions.matches(0).iter().collect::<Vec<_>>(), [0]);
//! });
//! ```

mod conditions;
mod config;
mod marks;

mod field;
mod literals;
mod regexes;

mod json;
mod names;
mod scalar;
mod severity;

mod groups;
mod key;

pub use conditions::{Conditions, Part};
pub use config::{ConditionConfig, FieldConfig};
pub use groups::{Group, Groups, MOST_KEY_BYTES};
pub use key::KeyField;
pub use marks::Marks;
pub use names::{Names, Values};
pub use regexes::refused as refused_regex;
pub use scalar::{Found, Number, Scalar};
