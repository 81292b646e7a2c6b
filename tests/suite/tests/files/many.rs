//! More files than may be open.

use logagent_testkit::until;
use logagent_tests::{Agent, Place};
use std::fs::read_dir;

const FILES: u64 = 10_000;
const MOST: usize = 200;
/// Outputs, sockets, the ring, event queues.
const OTHERS: usize = 50;

fn place() -> Place {
    let place = Place::new(&format!(
        r"
lanes: 1
sources: {{ app: {{ type: file, include: ['logs/*'], max_open_files: {MOST} }} }}
sinks: {{ out: {{ type: file, path: out }} }}
pipelines: {{ main: {{ from: [app], to: [out] }} }}
"
    ));
    std::fs::create_dir(place.path("logs")).unwrap();
    (0..FILES).for_each(|number| place.write(&format!("logs/{number}"), format!("{number}\n")));
    place
}

#[test]
fn ten_thousand_files_are_read_once_a_few_at_a_time() {
    let place = place();
    assert_eq!(Agent::once(&place).done().count("received"), FILES);
}

#[test]
fn ten_thousand_files_are_followed_with_few_open() {
    let place = place();
    let agent = Agent::follow(&place);
    let descriptors = || read_dir(format!("/proc/{}/fd", agent.child.id())).unwrap().count();
    let lines = || place.read("out").iter().filter(|&&byte| byte == b'\n').count();
    until("all files", || {
        assert!(descriptors() <= MOST + OTHERS, "{} descriptors", descriptors());
        lines() == usize::try_from(FILES).unwrap()
    });
    place.append("logs/17", "more\n");
    until("what was added", || place.text("out").ends_with("\nmore\n"));
    agent.terminate();
    assert_eq!(agent.wait().done().count("delivered"), FILES + 1);
}
