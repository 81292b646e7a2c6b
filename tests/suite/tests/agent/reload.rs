//! Components and configurations that are replaced while records flow.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, component, filter};
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A place whose filter adds `gen: 0` to each record.
fn place(lanes: usize) -> Place {
    let place = Place::new(&config(lanes, 0, ""));
    fs::copy(filter("trim"), place.path("trim.wasm")).expect("a copy");
    place
}

fn config(lanes: usize, generation: usize, more: &str) -> String {
    format!(
        r"
lanes: {lanes}
sources: {{ app: {{ type: file, include: ['in.*.log'] }} }}
filters: {{ mark: {{ component: trim.wasm, config: {{ add: {{ gen: {generation} }} {more} }} }} }}
sinks: {{ out: {{ type: file, path: out.log }} }}
pipelines: {{ main: {{ from: [app], through: [mark], to: [out] }} }}
"
    )
}

fn until_out(place: &Place, expected: &str) {
    until(&format!("{expected:?} in the output"), || place.text("out.log").contains(expected));
}

/// How often it has reloaded, and how often it refused to.
fn reloads(place: &Place) -> [usize; 2] {
    [r#""message":"reloaded""#, "the reload is refused"].map(|text| place.count_said(text))
}

pub fn until_said(place: &Place, count: usize, text: &str) {
    until(&format!("{text:?} said {count} times"), || place.count_said(text) >= count);
}

/// The same component with another hash: a custom section more, which nobody reads.
pub fn variant(path: &Path, number: u8) -> Vec<u8> {
    let mut bytes = fs::read(path).expect("a component");
    bytes.extend_from_slice(&[0, 3, 1, b'v', number]);
    bytes
}

#[test]
fn a_component_is_replaced_in_each_way_that_files_are() {
    let place = place(1);
    let good = filter("trim");
    let agent = Agent::follow(&place);
    place.append("in.0.log", "{\"n\":0}\n");
    until_out(&place, "{\"n\":0,\"gen\":0}\n");
    type Replace = fn(&Place, &[u8]);
    let ways: [(&str, Replace); 4] = [
        ("written in place", |place, bytes| place.write("trim.wasm", bytes)),
        ("renamed over", |place, bytes| {
            place.write("new.wasm", bytes);
            place.rename("new.wasm", "trim.wasm");
        }),
        ("removed and put back", |place, bytes| {
            fs::remove_file(place.path("trim.wasm")).unwrap();
            place.write("trim.wasm", bytes);
        }),
        ("linked elsewhere", |place, bytes| {
            fs::create_dir(place.path("..1")).unwrap();
            place.write("..1/trim.wasm", bytes);
            symlink("..1", place.path("..data")).unwrap();
            symlink("..data/trim.wasm", place.path("link")).unwrap();
            place.rename("link", "trim.wasm");
        }),
    ];
    for (number, (way, replace)) in ways.into_iter().enumerate() {
        replace(&place, &variant(Path::new(&good), u8::try_from(number).unwrap()));
        until(way, || place.text("stderr").contains(&format!("mark generation {}", number + 2)));
    }
    // As Kubernetes replaces a ConfigMap.
    fs::create_dir(place.path("..2")).unwrap();
    place.write("..2/trim.wasm", variant(Path::new(&good), 9));
    symlink("..2", place.path("..data_tmp")).unwrap();
    place.rename("..data_tmp", "..data");
    until_said(&place, 1, "mark generation 6");
    place.append("in.0.log", "{\"n\":1}\n");
    until_out(&place, "{\"n\":1,\"gen\":0}\n");
    agent.terminate();
    let ended = agent.wait();
    assert_eq!((ended.done().count("filters/mark/generation"), ended.done().count("reloads/done")), (6, 5));
}

#[test]
fn what_is_wrong_with_the_new_one_is_said_and_the_old_one_stays() {
    let place = place(1);
    let agent = Agent::follow(&place);
    place.append("in.0.log", "{\"n\":0}\n");
    until_out(&place, "{\"n\":0,\"gen\":0}\n");
    let whole = fs::read(filter("trim")).unwrap();
    let refused = "the reload is refused, and changes nothing";
    let wrong: [(&[u8], &str); 4] = [
        (b"", "the file is empty"),
        (&whole[..whole.len() / 2], "trim.wasm"),
        (b"\0asm\x01\0\0\0", "core module"),
        (&component("(component)"), "exports no function configure"),
    ];
    for (number, (bytes, said)) in wrong.into_iter().enumerate() {
        place.replace("trim.wasm", bytes);
        until_said(&place, number + 1, refused);
        assert!(place.text("stderr").contains(said), "{said}: {}", place.text("stderr"));
    }
    assert!(place.text("stderr").contains("mark generation 1"), "which generation stays is said");
    place.replace("trim.wasm", &whole);
    for (config, said) in [
        (config(1, 1, ", unknown: 1"), "filters.mark.config.unknown"),
        (config(2, 1, ""), "lanes: found 2, allowed 1 as it was; this change needs a restart"),
        ("lanes: [".into(), "found a YAML syntax error"),
    ] {
        place.replace("agent.yaml", config);
        until(said, || place.text("stderr").lines().any(|line| line.contains(refused) && line.contains(said)));
    }
    place.append("in.0.log", "{\"n\":1}\n");
    until_out(&place, "{\"n\":1,\"gen\":0}\n");
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    assert_eq!((report.count("reloads/done"), report.count("filters/mark/generation")), (0, 1));
    assert!(report.count("reloads/refused") >= 7 && report.count("filters/mark/errors/reload") >= 5);
}

#[test]
fn a_component_that_fails_on_records_that_are_there_now_is_not_let_at_them() {
    let place = place(1);
    let agent = Agent::follow(&place);
    place.append("in.0.log", "POISON\n");
    until_out(&place, "POISON");
    fs::copy(logagent_tests::test_guests(), place.path("guests.wasm")).unwrap();
    let text = config(1, 0, "")
        .replace("trim.wasm, config: { add: { gen: 0 }  }", "guests.wasm, config: { mode: poison-trap }");
    place.write("agent.yaml", text.replace("to: [out]", "to: [out], routes: { alerts: [out] }"));
    until_said(&place, 1, "a component that fails on records that are there now: it trapped");
    agent.terminate();
    agent.wait().done();
}

#[test]
fn a_configuration_that_changes_pipelines_and_sinks_is_followed() {
    let place = place(2);
    let agent = Agent::follow(&place);
    place.append("in.0.log", "{\"n\":0}\n");
    until_out(&place, "{\"n\":0,\"gen\":0}\n");
    let old = config(2, 0, "");
    let with_more = old
        .replace("path: out.log } }", "path: out.log }, second: { type: file, path: second.log } }")
        .replace("to: [out] } }", "to: [out] }, raw: { from: [app], to: [second] } }");
    place.write("agent.yaml", &with_more);
    until_said(&place, 1, "sinks: +second; pipelines: +raw");
    place.append("in.1.log", "{\"n\":1}\n");
    until("both", || {
        place.text("second.log") == "{\"n\":1}\n" && place.text("out.log").contains("{\"n\":1,\"gen\":0}")
    });
    place.write("agent.yaml", old.replace("through: [mark], ", "").replace("path: out.log", "path: moved.log"));
    until_said(&place, 1, "sinks: ~out -second; pipelines: ~main -raw");
    place.append("in.0.log", "{\"n\":2}\n");
    until("the last", || place.text("moved.log") == "{\"n\":2}\n");
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    assert_eq!((report.count("pipelines/main/delivered"), report.count("pipelines/raw/delivered")), (3, 1));
}

#[test]
fn sources_come_and_go_and_those_that_stay_keep_their_place() {
    let place = place(2);
    let agent = Agent::follow(&place);
    place.append("in.0.log", "{\"n\":0}\n");
    until_out(&place, "{\"n\":0,\"gen\":0}\n");
    let old = config(2, 0, "");
    let more = old
        .replace("'in.*.log'] } }", "'in.*.log'] }, more: { type: file, include: ['more.log'] } }")
        .replace("from: [app]", "from: [app, more]");
    place.append("more.log", "{\"n\":1}\n");
    place.write("agent.yaml", &more);
    until_out(&place, "{\"n\":1,\"gen\":0}\n");
    place.append("in.0.log", "{\"n\":2}\n");
    until_out(&place, "{\"n\":2,\"gen\":0}\n");
    place.write("agent.yaml", &old);
    until_said(&place, 1, "sources: -more; pipelines: ~main");
    place.append("more.log", "{\"n\":3}\n");
    place.append("in.0.log", "{\"n\":4}\n");
    until_out(&place, "{\"n\":4,\"gen\":0}\n");
    place.write(
        "agent.yaml",
        old.replace("sources: {", "sources: { in: { type: stdin },").replace("[app]", "[app, in]"),
    );
    until_said(&place, 1, "a new source that reads standard input");
    agent.terminate();
    let ended = agent.wait();
    assert_eq!(ended.done().count("delivered"), 4);
    assert!(!place.text("out.log").contains("\"n\":3"));
}

/// Files that grow for as long as it lives, more and more slowly: `in.0.log` and `in.1.log`, each line with its number.
pub struct Load {
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<u64>>,
}

impl Load {
    pub fn start(place: &Place) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let write = |number: usize| {
            let (mut file, stop) = (place.open(&format!("in.{number}.log")), stop.clone());
            std::thread::spawn(move || {
                let mut written = 0;
                while !stop.load(Ordering::Relaxed) {
                    let lines: String =
                        (written..written + 500).map(|n| format!("{{\"f\":{number},\"n\":{n}}}\n")).collect();
                    file.write_all(lines.as_bytes()).expect("room");
                    written += 500;
                    // A test that takes minutes must not have gigabytes to read at its end.
                    std::thread::sleep(Duration::from_micros(2000 + written / 100));
                }
                written
            })
        };
        Self { writers: (0..2).map(write).collect(), stop }
    }

    /// How many lines each file has.
    pub fn stop(self) -> Vec<usize> {
        self.stop.store(true, Ordering::Relaxed);
        self.writers
            .into_iter()
            .map(|writer| usize::try_from(writer.join().expect("no panic")).expect("fits"))
            .collect()
    }
}

/// The longest time for which the output has not grown.
fn longest_pause(path: PathBuf, stop: Arc<AtomicBool>) -> JoinHandle<Duration> {
    std::thread::spawn(move || {
        let (mut length, mut grew_at, mut longest) = (0, None, Duration::ZERO);
        while !stop.load(Ordering::Relaxed) {
            let now = fs::metadata(&path).map_or(0, |found| found.len());
            if now != length {
                longest = longest.max(grew_at.map_or(Duration::ZERO, |at: Instant| at.elapsed()));
                (length, grew_at) = (now, Some(Instant::now()));
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        longest
    })
}

/// Replaces the component or the configuration by a bad one, and a little later by a good one. Two changes that follow
/// closely are one reload: now and then each is waited for.
fn reload_twice(place: &Place, number: usize, random: &mut fastrand::Rng) {
    let bad_component = [&b""[..], b"\0asm\x0d\0\x01\0", b"garbage"][random.usize(0..3)];
    let pause = |random: &mut fastrand::Rng| std::thread::sleep(Duration::from_micros(random.u64(0..60_000)));
    let [bad, good] = [", unknown: 1", ""].map(|more| config(2, number, more));
    match random.u8(0..4) {
        0 | 1 => {
            place.replace("trim.wasm", bad_component);
            pause(random);
            place.replace("trim.wasm", variant(Path::new(&filter("trim")), random.u8(0..4)));
        }
        2 => {
            place.replace("agent.yaml", bad);
            pause(random);
            place.replace("agent.yaml", good);
        }
        // No two of these are the same, so that there is an answer to each.
        _ => {
            let [done, refused] = reloads(place);
            place.replace("agent.yaml", bad);
            until("a refusal", || reloads(place)[1] > refused);
            place.replace("agent.yaml", good);
            until("a reload", || reloads(place)[0] > done);
        }
    }
    pause(random);
}

/// Each record of each file once, in order, marked by one generation, none older than the one before it.
fn check_output(place: &Place, written: &[usize]) {
    let mut next = vec![(0, 0); written.len()];
    for line in place.text("out.log").lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(line.matches("\"gen\":").count(), 1, "{line}");
        let number = |key: &str| usize::try_from(record[key].as_u64().expect("a number")).expect("fits");
        let (expected, generation) = &mut next[number("f")];
        assert_eq!(number("n"), *expected, "{line}");
        assert!(number("gen") >= *generation, "{line} behind one of generation {generation}");
        (*expected, *generation) = (*expected + 1, number("gen"));
    }
    let seen: Vec<usize> = next.iter().map(|&(count, _)| count).collect();
    assert_eq!(seen, written);
}

#[test]
fn two_hundred_reloads_under_load_lose_double_and_disorder_nothing() {
    let given = std::env::var("LOGAGENT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| fastrand::u64(..));
    println!("LOGAGENT_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let place = place(2);
    let agent = Agent::follow(&place);
    let load = Load::start(&place);
    let stop = Arc::new(AtomicBool::new(false));
    until_out(&place, "\"gen\":0");
    let pause = longest_pause(place.path("out.log"), stop.clone());
    let mut number = 0;
    // Those that are waited for are the end of it, however slow the machine is.
    while reloads(&place).iter().sum::<usize>() < 200 || reloads(&place).iter().any(|&count| count <= 20) {
        number += 1;
        reload_twice(&place, number, &mut random);
    }
    stop.store(true, Ordering::Relaxed);
    let written = load.stop();
    until("all records", || place.count_lines("out.log") >= written.iter().sum());
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    check_output(&place, &written);
    let (done, refused) = (report.count("reloads/done"), report.count("reloads/refused"));
    assert!(done > 20 && refused > 20, "{done} done, {refused} refused");
    let records: usize = written.iter().sum();
    let pause = pause.join().expect("no panic");
    println!("{records} records, {done} reloads done, {refused} refused, longest time without output {pause:?}");
}
