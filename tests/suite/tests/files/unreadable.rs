//! Files that can't be opened or read.

use logagent_tests::{Agent, Place};
use std::fs::remove_file;
use std::os::unix::fs::symlink;

const CONFIG: &str = r"
lanes: 1
sources: { app: { type: file, include: ['a.*'] } }
sinks: { out: { type: file, path: out } }
pipelines: { main: { from: [app], to: [out] } }
";

#[test]
fn a_run_over_what_is_there_that_could_not_read_all_fails_and_the_next_one_goes_on() {
    let place = Place::new(CONFIG);
    place.write("a.1", "1\n");
    // Root may open all that has no rights.
    symlink("a.2", place.path("a.2")).expect("a place of our own");
    symlink("/proc/self/mem", place.path("a.3")).expect("a place of our own");
    let ended = Agent::once(&place);
    assert_eq!((ended.code, ended.report().count("sources/app/unreadable")), (1, 2), "{}", ended.stderr);
    assert!(ended.stderr.contains("Input/output error"), "{}", ended.stderr);
    for name in ["a.2", "a.3"] {
        remove_file(place.path(name)).expect("a link of our own");
    }
    place.write("a.2", "2\n");
    Agent::once(&place).done();
    assert_eq!(place.text("out"), "1\n2\n", "what was delivered comes once");
    Agent::once(&place).done();
    assert_eq!(place.text("out"), "1\n2\n1\n2\n", "a run that has come to its end leaves nothing");
}
