//! The control socket: a real server on a real socket, with a double of the agent behind it.

mod agent;
mod hostile;
mod logagentctl;
mod place;
mod server;
mod state;
