//! Sinks that shed: a FIFO whose reader has stopped, beside files.

use logagent_testkit::{numbered, until};
use logagent_tests::{Agent, Place, ctl, filter, lines};
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;

/// Small rings and buffers, so that a few megabytes are more than they hold. Of the sinks, `slow` sheds.
fn config(shed: &str) -> String {
    format!(
        "lanes: 1\n\
         shutdown_timeout: 10s\n\
         memory: {{ ring_bytes: 1MiB }}\n\
         batch: {{ max_bytes: 64KiB }}\n\
         sources: {{ app: {{ type: file, include: ['*.log'], max_record_bytes: 64KiB }} }}\n\
         filters:\n\
         \x20 parse: {{ component: {}, config: {{ format: json }} }}\n\
         \x20 route: {{ component: {}, config: {{ rules: [{{ when: {{ contains: [audit] }}, to: audit }}] }} }}\n\
         sinks:\n\
         \x20 slow: {{ type: file, path: fifo, buffer: {{ type: memory, when_full: shed, shed: {{ {shed} }} }} }}\n\
         \x20 one: {{ type: file, path: one.out }}\n\
         \x20 two: {{ type: file, path: two.out }}\n\
         pipelines:\n\
         \x20 main: {{ from: [app], through: [parse, route], to: [slow, one, two], routes: {{ audit: {{ to: [slow, one], priority: high }} }} }}\n",
        filter("parse"),
        filter("route"),
    )
}

/// The reading end of a FIFO, which is read only when the test says so.
fn reader(place: &Place) -> File {
    place.make_fifo("fifo");
    open_reader(place)
}

fn open_reader(place: &Place) -> File {
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap();
    OpenOptions::new().read(true).custom_flags(flags).open(place.path("fifo")).unwrap()
}

/// So many lines of a level.
fn logs(level: &str, from: u64, count: u64) -> Vec<String> {
    let line = |number| {
        let line = numbered("app", number, 100);
        format!("{{\"level\":\"{level}\",\"line\":\"{line}\"}}")
    };
    (from..from + count).map(line).collect()
}

/// So many lines, one in a hundred of which has this level.
fn mixed(level: &str, count: u64) -> Vec<String> {
    (0..count).flat_map(|number| logs(if number % 100 == 0 { level } else { "INFO" }, number, 1)).collect()
}

fn number(line: &str) -> u64 {
    line.split(' ').nth(1).and_then(|number| number.parse().ok()).expect("a numbered line")
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Reads what is there, without waiting for more.
fn drain(reader: &mut File, text: &mut Vec<u8>) {
    let mut bytes = [0; 64 << 10];
    while let Ok(count @ 1..) = reader.read(&mut bytes) {
        text.extend_from_slice(&bytes[..count]);
    }
}

fn is_delivered(place: &Place, name: &str, expected: &str) -> bool {
    std::fs::metadata(place.path(name)).is_ok_and(|file| file.len() == expected.len() as u64)
}

#[test]
fn a_sink_whose_reader_has_stopped_keeps_errors_sheds_the_rest_and_others_get_all() {
    let place = Place::new(&config("keep: error"));
    let mut reader = reader(&place);
    let agent = Agent::follow(&place);
    let all = mixed("ERROR", 60_000);
    let text = joined(&all);
    place.write("a.log", &text);
    until("the other sinks have all", || ["one.out", "two.out"].iter().all(|name| is_delivered(&place, name, &text)));
    let status = ctl(&place, &["status"]).1;
    assert!(status.contains("dropped (shed), it is behind, and sheds"), "{status}");

    let mut came = Vec::new();
    until("the sink has caught up", || {
        drain(&mut reader, &mut came);
        ctl(&place, &["status"]).1.contains("it takes all again")
    });
    let later = logs("INFO", 60_000, 500);
    place.append("a.log", joined(&later));
    until("what came later has arrived", || {
        drain(&mut reader, &mut came);
        came.ends_with(joined(&later[499..]).as_bytes())
    });
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();

    let came: Vec<String> = lines(&came).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    assert!(came.is_sorted_by_key(|line| number(line)), "out of order");
    let errors = |lines: &[String]| lines.iter().filter(|line| line.contains("ERROR")).cloned().collect::<Vec<_>>();
    assert_eq!(errors(&came), errors(&all));
    assert_eq!(came[came.len() - 500..], later);
    let shed = report.count("sinks/slow/dropped/shed");
    assert_eq!(came.len() as u64 + shed, 60_500);
    // Others took what it shed: nothing is dropped for the pipeline.
    assert_eq!(["delivered", "dropped", "in_flight"].map(|name| report.count(name)), [60_500, 0, 0]);
    assert!(place.text("one.out") == joined(&all) + &joined(&later), "an output is not the input");
}

#[test]
fn a_route_with_priority_is_not_shed_where_the_rest_is() {
    let place = Place::new(&config("keep: error"));
    let mut reader = reader(&place);
    let agent = Agent::follow(&place);
    let all = mixed("audit", 40_000);
    place.write("a.log", joined(&all));
    until("another sink has all", || is_delivered(&place, "one.out", &joined(&all)));
    let mut came = Vec::new();
    until("all that has priority has arrived", || {
        drain(&mut reader, &mut came);
        came.windows(5).filter(|window| window == b"audit").count() == 400
    });
    agent.terminate();
    assert!(agent.wait().report().count("sinks/slow/dropped/shed") > 0);
}

#[test]
fn what_a_sink_had_taken_and_not_written_is_read_again_after_a_kill() {
    let place = Place::new(&config("keep: error"));
    let reader = reader(&place);
    let agent = Agent::follow(&place);
    let all = mixed("ERROR", 40_000);
    place.write("a.log", joined(&all));
    until("the other sinks have all", || is_delivered(&place, "one.out", &joined(&all)));
    // By SIGKILL.
    drop(agent);
    drop(reader);
    let agent = Agent::follow(&place);
    let mut reader = open_reader(&place);
    let mut came = Vec::new();
    until("all errors have arrived", || {
        drain(&mut reader, &mut came);
        let came: HashSet<&[u8]> = lines(&came).collect();
        all.iter().filter(|line| line.contains("ERROR")).all(|line| came.contains(line.as_bytes()))
    });
    agent.terminate();
    drop(agent.wait());
}
