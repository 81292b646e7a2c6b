//! `make chaos`: an agent under load while the machine around it misbehaves, one fault after the other. At the end of
//! each all that was written must have come out, once and in order, and the law must hold. Not part of `make test`: it
//! wants root, control groups and a minute or two. What the machine does not allow is skipped, and said. Arguments are the
//! faults wanted, or parts of their names.

mod cgroup;
mod clock;
mod faults;

mod outcome;
mod slow;
mod writer;

use faults::FAULTS;
use outcome::Outcome;

fn main() {
    let seed = std::env::var("LOGAGENT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("chaos: LOGAGENT_SEED={seed}");
    println!("{}", Outcome::HEAD);
    let mut broken = Vec::new();
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    for fault in FAULTS.iter().filter(|fault| is_wanted(fault.name)) {
        match faults::play(fault, seed) {
            Ok(outcome) => {
                println!("{}", outcome.row(fault.name));
                broken.extend(outcome.problem(fault).map(|problem| format!("{}: {problem}", fault.name)));
            }
            Err(reason) => println!("{:<24} skipped: {reason}", fault.name),
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
