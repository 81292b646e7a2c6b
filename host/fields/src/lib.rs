//! The values at given paths in JSON bodies, as spans.
