//! SIGKILL at random moments, where outputs are written exactly once.

use crate::kills::{Killed, LONGEST_RUN, kill, seed};
use logagent_tests::{Agent, Place, Random};
use std::collections::HashSet;

const KILLS: u32 = 100;

fn config(flush_records: u64) -> String {
    format!(
        "
lanes: 2
checkpoints: {{ interval: 10ms }}
sources: {{ app: {{ type: file, include: ['*.log*'] }} }}
sinks: {{ out: {{ type: file, path: out, exactly_once: true, flush: {{ max_records: {flush_records} }} }} }}
pipelines: {{ main: {{ from: [app], to: [out] }} }}
"
    )
}

/// Reloads, which now and then replace the sink, and rotations of the output by someone else.
struct Disturber<'a> {
    place: &'a Place,
    rotations: u32,
    /// The processes that have cut something off at their start.
    cut: HashSet<u32>,
}

impl Disturber<'_> {
    fn disturb(&mut self, agent: &Agent<'_>, random: &mut Random) {
        if self.place.text("stderr").contains("took back") {
            self.cut.insert(agent.child.id());
        }
        match random.below(12) {
            0 => {
                self.place.write("fresh.yaml", config(random.below(600) + 1));
                self.place.rename("fresh.yaml", "agent.yaml");
            }
            1 if self.place.path("out").exists() => {
                self.rotations += 1;
                self.place.rename("out", &format!("out.{}", self.rotations));
                agent.hang_up();
            }
            2 => agent.hang_up(),
            _ => {}
        }
    }
}

#[test]
fn an_output_that_is_written_exactly_once_has_each_record_once_after_any_kill() {
    let seed = seed();
    let place = Place::new(&config(512));
    let mut disturber = Disturber { place: &place, rotations: 0, cut: HashSet::new() };
    let disturb = |agent: &Agent<'_>, random: &mut Random| disturber.disturb(agent, random);
    let Killed { findings, .. } = kill(&place, &mut Random::new(seed), (KILLS, LONGEST_RUN), disturb);
    let again = format!("again with LOGAGENT_SEED={seed}");
    assert!(
        findings.lost.is_empty() && findings.invented.is_empty() && findings.doubled.is_empty(),
        "{again}\n{findings}"
    );
    let Disturber { rotations, cut, .. } = disturber;
    let cut = cut.len();
    assert!(cut > 0, "no kill was in the middle of anything; {again}");
    println!(
        "{KILLS} kills, {rotations} rotations of the output, {cut} starts that cut it back: no record twice; {again}"
    );
}
