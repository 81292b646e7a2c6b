//! Patterns searched over the bodies of a batch at once.
