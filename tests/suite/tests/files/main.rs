//! Files that move, are many, are compressed, or are written by container runtimes, with the built agent.

mod containers;
mod logrotate;
mod many;
mod packed;
mod unreadable;
