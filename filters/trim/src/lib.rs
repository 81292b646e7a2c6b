//! The standard filter `trim`.
