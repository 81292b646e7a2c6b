//! The standard filter `redact`.
