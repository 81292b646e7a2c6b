//! The filter, natively: what users rely on, windows of time, and a model.

mod support;

mod behaviour;
mod model;
mod windows;
