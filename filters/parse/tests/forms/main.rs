//! What users rely on: what becomes of lines of each form, of those that are of none, and which configurations are
//! refused.

mod common;

mod configuration;
mod cri;
mod failure;
mod hostile;
mod json;
mod logfmt;
mod nginx;
mod regex;
mod syslog;
