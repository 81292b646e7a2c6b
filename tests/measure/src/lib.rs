//! What all benchmarks share: the machine they ran on, rounds in which contenders take turns, and the tables at the
//! end. Measures nothing itself.

pub mod machine;
pub mod stats;
pub mod table;
