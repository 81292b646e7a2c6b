//! The agent from end to end: the built binary, real files, pipes and components.

mod aggregate;
mod badfiles;
mod control;
mod enrich;
mod files;
mod filters;
mod follow;
mod guests;
mod pipes;
mod refusals;
mod reload;
mod rollout;
mod state;
mod stop;
