//! A lane in a thread of its own, between doubles of all that it knows: what it promises of order, decisions,
//! room and delivery.

mod rig;

mod decisions;
mod ending;
mod failures;
mod law;
mod model;
mod order;
mod rollout;
mod room;
mod shed;
mod streams;
mod succession;
