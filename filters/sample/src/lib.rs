//! The standard filter `sample`.
