//! The standard filter `route`.
