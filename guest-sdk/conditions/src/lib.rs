//! Conditions on records, as the standard filters `drop` and `route` share them.
