//! The standard filter `sample` in its adaptive mode, in the agent: lanes that count together.

use logagent_tests::{Agent, Place, filter, lines};

/// Two files of a common key and a rare one, in a first window with a target of 86; how many of each are kept.
fn kept(lanes: usize) -> (usize, usize) {
    let place = Place::new(&format!(
        "lanes: {lanes}\nbatch: {{ max_records: 100 }}\n\
         sources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
         filters: {{ few: {{ component: {}, config: \
           {{ key: k, adaptive: {{ target_per_second: 0.001, window: 24h }} }} }} }}\n\
         sinks: {{ out: {{ type: file, path: out.txt }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [few], to: [out] }} }}\n",
        filter("sample"),
    ));
    let record =
        |number: usize| format!("{{\"k\":\"{}\"}}\n", if number.is_multiple_of(400) { "rare" } else { "common" });
    for file in ["a.log", "b.log"] {
        place.write(file, (0..4000).map(record).collect::<String>());
    }
    let ended = Agent::once(&place);
    let kept = lines(&place.read("out.txt")).count();
    assert_eq!(ended.done().count("filters/few/dropped/sampled"), 8000 - kept as u64);
    let rare = place.text("out.txt").matches("rare").count();
    (rare, kept - rare)
}

/// In the first window what is new is kept up to the target, and from then on less and less: 86 × (1 + ln(8000 / 86)).
#[test]
fn lanes_keep_together_to_the_target() {
    for lanes in [1, 2] {
        let (rare, common) = kept(lanes);
        assert_eq!(rare, 20, "{lanes} lanes");
        assert!((66..=480).contains(&common), "{common}, {lanes} lanes");
    }
}
