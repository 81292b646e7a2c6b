//! The standard filter `limit` in the agent: lanes that share their tokens.

use logagent_tests::{Agent, Ended, Place, filter};

/// Four files with 200 records of each of ten tenants, through a limit of each.
fn run(lanes: usize, limit: &str) -> Ended {
    let place = Place::new(&format!(
        "lanes: {lanes}\nbatch: {{ max_records: 100 }}\n\
         sources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
         filters: {{ limit: {{ component: {}, config: {{ key: tenant, over: route, {limit} }} }} }}\n\
         sinks: {{ out: {{ type: file, path: out.txt }}, over: {{ type: blackhole }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [limit], to: [out], routes: {{ over: [over] }} }} }}\n",
        filter("limit"),
    ));
    let record =
        |number: usize| format!("{{\"tenant\":\"t{}\",\"n\":\"{number:04}{}\"}}\n", number % 10, "x".repeat(974));
    for file in ["a.log", "b.log", "c.log", "d.log"] {
        place.write(file, (0..2_000).map(record).collect::<String>());
    }
    let ended = Agent::once(&place);
    assert_eq!(ended.done().count("received"), 8_000);
    ended
}

/// No run is so long that a token for another record comes; a limit that lanes had each for itself would let pass so
/// many times more.
#[test]
fn lanes_let_pass_what_one_would() {
    for lanes in [1, 2, 4] {
        // The bodies have 1,000 bytes each.
        for limit in ["records_per_second: 0.001, burst: 70", "bytes_per_second: 1, burst_bytes: 70KB"] {
            let ended = run(lanes, limit);
            assert_eq!(ended.report().count("sinks/out/records"), 10 * 70, "{limit}, {lanes} lanes");
        }
    }
}
