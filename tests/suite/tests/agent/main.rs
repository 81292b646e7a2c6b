//! The agent from end to end: the built binary, real files, pipes and components.

mod adaptive;
mod aggregate;
mod badfiles;
mod buffer;
mod control;
mod dedupe;
mod enrich;
mod files;
mod filters;
mod follow;
mod guests;
mod letters;
mod limit;
mod loops;
mod pipes;
mod refusals;
mod reload;
mod rollout;
mod shed;
mod stall;
mod state;
mod stop;
mod unwritable;
