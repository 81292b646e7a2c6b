//! Component files that are none of what they should be: cut short, far too large, of other functions, no file at all.
//! At the start the agent refuses them and has touched nothing; while it runs they change nothing. What is empty, a
//! core module, or of another contract stands in `refusals.rs` and `reload.rs`.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, component, filter};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::fs::{self, File};

const CONFIG: i32 = 78;

/// Makes the file.
type Make = fn(&Place);

/// What the file is, how it is made, and what is said of it: what is wrong, and what would be right.
const BAD: [(&str, Make, [&str; 2]); 7] = [
    (
        "cut in the middle",
        |place| place.write("bad.wasm", half()),
        ["invalid module section", "a component that this host can load"],
    ),
    (
        "one byte short",
        |place| place.write("bad.wasm", short()),
        ["unexpected end", "a component that this host can load"],
    ),
    ("100 MB of a component", large, ["more than 64 MiB", "the most that a component may have"]),
    (
        "of other functions",
        |place| place.write("bad.wasm", other_functions()),
        ["its exports are not the contract's", "a component that starts with this configuration"],
    ),
    (
        "exports of another kind",
        |place| place.write("bad.wasm", other_kinds()),
        ["exports no function configure", "exports configure, process and tick"],
    ),
    (
        "a directory",
        |place| fs::create_dir(place.path("bad.wasm")).expect("room"),
        ["it is no regular file", "a component that this host can load"],
    ),
    (
        "a FIFO that nobody writes",
        |place| place.make_fifo("bad.wasm"),
        ["it is no regular file", "a component that this host can load"],
    ),
];

fn half() -> Vec<u8> {
    let whole = fs::read(filter("trim")).expect("a component");
    whole[..whole.len() / 2].to_vec()
}

fn short() -> Vec<u8> {
    let whole = fs::read(filter("trim")).expect("a component");
    whole[..whole.len() - 1].to_vec()
}

/// Its beginning is that of a component. The rest is a hole, which takes no room.
fn large(place: &Place) {
    fs::copy(filter("trim"), place.path("bad.wasm")).expect("a copy");
    File::options()
        .write(true)
        .open(place.path("bad.wasm"))
        .and_then(|file| file.set_len(100_000_000))
        .expect("a hole");
}

fn other_functions() -> Vec<u8> {
    component(
        r#"(component
             (core module $module (func (export "f")))
             (core instance $instance (instantiate $module))
             (func $f (canon lift (core func $instance "f")))
             (export "configure" (func $f))
             (export "process" (func $f))
             (export "tick" (func $f)))"#,
    )
}

fn other_kinds() -> Vec<u8> {
    component(
        r#"(component
             (instance $nothing)
             (export "configure" (instance $nothing))
             (export "process" (instance $nothing))
             (export "tick" (instance $nothing)))"#,
    )
}

fn config(component: &str) -> String {
    format!(
        r"
lanes: 1
sources: {{ app: {{ type: file, include: ['in.*.log'] }} }}
filters: {{ mark: {{ component: {component}, config: {{ add: {{ gen: 0 }} }} }} }}
sinks: {{ out: {{ type: file, path: out.log }} }}
pipelines: {{ main: {{ from: [app], through: [mark], to: [out] }} }}
"
    )
}

#[test]
fn a_bad_file_is_refused_at_the_start_with_what_it_is_and_what_would_be_right() {
    for (what, make, said) in BAD {
        let place = Place::new(&config("bad.wasm"));
        make(&place);
        let ended = Agent::run(&place, &["run", "--config", "agent.yaml", "--once"]);
        assert_eq!(ended.code, CONFIG, "{what}: {}", ended.stderr);
        assert!(!place.path("out.log").exists(), "{what}: a sink was opened");
        for text in said {
            assert!(ended.stderr.contains(text), "{what}: {text:?} is not in {}", ended.stderr);
        }
    }
}

#[test]
fn a_bad_file_that_comes_while_records_flow_changes_nothing() {
    let place = Place::new(&config("mark.wasm"));
    fs::copy(filter("trim"), place.path("mark.wasm")).expect("a copy");
    let agent = Agent::follow(&place);
    until("the agent runs", || place.path("out.log").exists());
    let refusals = || place.count_said("the reload is refused, and changes nothing");
    for (number, (what, make, said)) in BAD.into_iter().enumerate() {
        make(&place);
        fs::remove_file(place.path("mark.wasm"))
            .or_else(|_| fs::remove_dir(place.path("mark.wasm")))
            .expect("it was there");
        place.rename("bad.wasm", "mark.wasm");
        until(what, || refusals() > number && place.text("stderr").contains(said[0]));
        place.append("in.0.log", format!("{{\"n\":{number}}}\n"));
        until(what, || place.text("out.log").ends_with(&format!("{{\"n\":{number},\"gen\":0}}\n")));
    }
    agent.terminate();
    let ended = agent.wait();
    let report = ended.done();
    assert_eq!((report.count("reloads/done"), report.count("filters/mark/generation")), (0, 1));
    assert_eq!(report.count("delivered"), BAD.len() as u64);
}

/// A function whose loops are in one another, each over many locals, of which the compiler keeps all apart for each.
fn endless_to_compile() -> Vec<u8> {
    const LOCALS: usize = 2000;
    const LOOPS: usize = 200;
    let changes: String =
        (0..LOCALS).map(|local| format!("(local.set {local} (i32.add (local.get {local}) (i32.const 1)))")).collect();
    let (locals, begin, end) =
        ("i32 ".repeat(LOCALS), "(loop ".repeat(LOOPS), "(br_if 0 (local.get 0)))".repeat(LOOPS));
    component(&format!("(component (core module (func (local {locals}) {begin} {changes} {end})))"))
}

#[test]
fn a_component_that_takes_too_long_to_compile_is_refused_and_the_agent_goes_on() {
    let place = Place::new(&config("mark.wasm"));
    fs::copy(filter("trim"), place.path("mark.wasm")).expect("a copy");
    let agent = Agent::follow(&place);
    until("the agent runs", || place.path("out.log").exists());
    // Less than a minute is waited for: its compiler gets what the agent itself may have.
    let seconds = Some(4);
    let limit = Rlimit { current: seconds, maximum: seconds };
    prlimit(Some(Pid::from_child(&agent.child)), Resource::Cpu, limit).expect("a lower limit");
    place.replace("mark.wasm", endless_to_compile());
    until("the refusal", || place.count_said("the reload is refused, and changes nothing") == 1);
    assert!(place.text("stderr").contains("compiling it takes more than"), "{}", place.text("stderr"));
    assert!(place.text("stderr").contains("it is still being compiled"), "{}", place.text("stderr"));
    place.append("in.0.log", "{\"n\":1}\n");
    until("the record", || place.text("out.log") == "{\"n\":1,\"gen\":0}\n");
    agent.terminate();
    assert_eq!(agent.wait().done().count("reloads/done"), 0);
}
