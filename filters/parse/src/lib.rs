//! The standard filter `parse`.
