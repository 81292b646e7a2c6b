//! What is delivered, and how often, when the agent is killed while files grow and rotate: nothing is lost, nothing
//! invented, and what comes twice was read since the last checkpoint.

mod exactly;
mod full;
mod given_up;
mod killed;
mod kills;
mod logs;
mod points;
mod restarted;
