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

/// Keys that find no room in the state: three records of each, of which one may pass, with room for a few thousand keys.
#[test]
fn a_key_that_finds_no_room_in_the_state_is_not_limited_and_counted() {
    let place = Place::new(&format!(
        "lanes: 1\nstate: {{ budget: 1MiB }}\n\
         sources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
         filters:\n\
         \x20 limit:\n\
         \x20   component: {}\n\
         \x20   config: {{ key: k, records_per_second: 0.001, burst: 1 }}\n\
         \x20   state: {{ budget: 1MiB, when_full: refuse }}\n\
         sinks: {{ out: {{ type: file, path: out.txt }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [limit], to: [out] }} }}\n",
        filter("limit"),
    ));
    place.write("a.log", (0..60_000).map(|number| format!("{{\"k\":{}}}\n", number / 3)).collect::<String>());
    let ended = Agent::once(&place);
    let report = ended.done();
    let (unlimited, dropped) =
        (report.count("filters/limit/metrics/unlimited"), report.count("filters/limit/dropped/over_limit"));
    assert!(unlimited > 0 && dropped > 0, "{unlimited} {dropped}");
    assert_eq!(unlimited / 3 + dropped / 2, 20_000, "of each key all pass, or one");
    assert_eq!(report.count("sinks/out/records"), 60_000 - dropped);
}
