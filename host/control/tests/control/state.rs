//! `logagentctl state`, with a map behind the socket.

use crate::agent::{Double, Running};
use crate::logagentctl::{Done, logagentctl, text};
use clap::Parser;
use logagent_control::{Cli, Client, ClientError, Limits, StateQuestion, StateRefusal};
use logagent_state::{Call, Expiry, Flat, Map, Options, Quota, Scratch, UnixMs, WhenFull};
use serde_json::{Value, json};

/// 2026-01-02T03:04:05Z.
const NOW: UnixMs = UnixMs(1_767_323_045_000);

fn map() -> Map {
    let map = Map::new(Options { shards: 16, max_shards: 16, ..Options::default() }).unwrap();
    let quota = |when_full| Quota { budget_bytes: 1 << 20, when_full };
    let seen = map.namespace("seen", quota(WhenFull::Evict)).unwrap();
    let tokens = map.namespace("shared:tokens", quota(WhenFull::Refuse)).unwrap();
    let mut soon = Call { expiry: Expiry::At(UnixMs(NOW.0 + 60_000)), ..Call::at(NOW) };
    map.set(seen, b"small", b"v", &mut Call::at(NOW)).unwrap();
    map.set(seen, b"large", &[b'x'; 5000], &mut soon).unwrap();
    map.set(seen, b"medium", &[0xff; 300], &mut Call::at(NOW)).unwrap();
    map.set(tokens, &[0, 255], &41_i64.to_le_bytes(), &mut soon).unwrap();
    map.set(tokens, b"gone", b"?", &mut Call { expiry: Expiry::At(NOW), ..Call::at(UnixMs(0)) }).unwrap();
    map
}

fn running() -> Running {
    Running::with(Double { state: Some((map(), NOW)), ..Double::default() }, Limits::default())
}

fn state(running: &Running, arguments: &[&str]) -> Done {
    logagentctl(&[&["state"], arguments, &["--data-dir", text(running.dir.path())]].concat())
}

fn json_of(running: &Running, arguments: &[&str]) -> Value {
    let done = state(running, &[arguments, &["--json"]].concat());
    serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{done:?}"))
}

#[test]
fn namespaces_are_listed_with_what_they_hold_and_may_hold() {
    let running = running();
    let found = json_of(&running, &["namespaces"]);
    assert_eq!((&found[0]["name"], &found[0]["entries"]), (&json!("seen"), &json!(3)));
    assert_eq!((&found[1]["name"], &found[1]["when_full"]), (&json!("shared:tokens"), &json!("refuse")));
    assert!(found[0]["bytes"].as_u64().unwrap() > 5300 && found[0]["budget_bytes"] == 1 << 20);
    let text = state(&running, &["namespaces"]).out;
    assert!(text.starts_with("namespace      entries"), "{text}");
    assert!(text.contains("\nshared:tokens"), "{text}");
}

#[test]
fn an_entry_is_shown_with_its_value_and_when_it_goes() {
    let running = running();
    let number = json_of(&running, &["get", "shared:tokens", "hex:00ff"]);
    assert_eq!(number["number"], 41);
    assert_eq!(number["value"], json!({"hex": "2900000000000000", "text": ")\0\0\0\0\0\0\0"}));
    assert_eq!(number["expires_at_ms"], NOW.0 + 60_000);
    let small = json_of(&running, &["get", "seen", "small"]);
    assert_eq!(
        (&small["value"]["text"], &small["number"], &small["expires_at_ms"]),
        (&json!("v"), &json!(null), &json!(null))
    );
    let text = state(&running, &["get", "seen", "medium"]).out;
    assert!(text.contains("\nbytes      300\n") && !text.contains("\ntext"), "{text}");
    assert!(state(&running, &["get", "shared:tokens", "hex:00ff"]).out.contains("2026-01-02T03:05:05Z"));
}

#[test]
fn what_is_not_there_is_a_failure_that_says_what_is() {
    let running = running();
    for (namespace, key, expected) in [
        ("sen", "small", "logagentctl: there is no namespace sen, but seen, shared:tokens"),
        ("seen", "smal", "logagentctl: namespace seen has no such key"),
        ("shared:tokens", "gone", "logagentctl: namespace shared:tokens has no such key"),
    ] {
        assert_eq!(state(&running, &["get", namespace, key]).failure, Some((1, expected.into())));
    }
    let none = Running::start();
    let expected = "logagentctl: no filter of this agent remembers anything";
    assert_eq!(state(&none, &["slow"]).failure, Some((1, expected.into())));
    let wrong = Cli::try_parse_from(["logagentctl", "state", "get", "seen", "hex:0"]).unwrap_err();
    assert_eq!(wrong.exit_code(), 2);
}

#[test]
fn the_largest_entries_come_first_without_their_values() {
    let running = running();
    let keys = |count| {
        let found = json_of(&running, &["top", "-n", count]);
        found
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["key"]["hex"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let hex = |key: &[u8]| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(keys("2"), [hex(b"large"), hex(b"medium")]);
    assert_eq!(keys("20").len(), 4);
    let text = state(&running, &["top"]).out;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].ends_with("seen           2026-01-02T03:05:05Z  large"), "{text}");
    assert!(lines[4].contains("hex:00ff") != lines[3].contains("hex:00ff"), "{text}");
    assert!(!text.contains("xxx"), "{text}");
}

/// Half of what is asked for is one key; the other half are a thousand keys, which are longer than what is kept of them.
fn hot_map() -> Map {
    let map = map();
    let seen = map.namespaces()[0].namespace;
    let keys: Vec<String> = (0..1000).flat_map(|number| ["hot".into(), format!("{number:0>100}")]).collect();
    let lengths: Vec<u32> = keys.iter().map(|key| u32::try_from(key.len()).unwrap()).collect();
    let (bytes, mut scratch, mut found) = (keys.concat(), Scratch::default(), Vec::new());
    for _ in 0..200 {
        let keys = Flat { bytes: bytes.as_bytes(), lengths: &lengths };
        map.contains_many(seen, keys, NOW, &mut scratch, &mut found);
    }
    map
}

#[test]
fn keys_that_filters_ask_for_most_come_first_with_their_share() {
    let running = Running::with(Double { state: Some((hot_map(), NOW)), ..Double::default() }, Limits::default());
    let found = json_of(&running, &["top", "--by", "hits", "-n", "2"]);
    assert_eq!((&found[0]["namespace"], &found[0]["key"]["text"]), (&json!("seen"), &json!("hot")));
    let share = found[0]["share"].as_f64().unwrap();
    assert!((0.35..0.65).contains(&share), "{found}");
    assert_eq!((&found[1]["key_bytes"], found.as_array().unwrap().len()), (&json!(100), 2));
    let text = state(&running, &["top", "--by", "hits"]).out;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].ends_with(" %  seen       hot") && lines[2].contains("00…"), "{text}");
    let none = state(&self::running(), &["top", "--by", "hits"]).out;
    assert_eq!(none.lines().count(), 1, "{none}");
}

#[test]
fn more_than_is_answered_can_not_be_asked_for() {
    let running = running();
    let many = Cli::try_parse_from(["logagentctl", "state", "top", "-n", "1001"]).unwrap_err();
    assert_eq!(many.exit_code(), 2);
    let client = Client::connect(&running.path()).unwrap();
    client.state(StateQuestion::Top { count: u32::MAX }).unwrap();
    client.state(StateQuestion::Top { count: 0 }).unwrap();
    let refused = client.state(StateQuestion::Get { namespace: String::new(), key: vec![0; 60_000] });
    assert!(matches!(refused, Err(ClientError::State(StateRefusal::NoNamespace { .. }))), "{refused:?}");
}

#[test]
fn heat_is_drawn_in_the_terminal_and_into_a_file() {
    let running = running();
    let svg = running.dir.path().join("heat.svg");
    let done = state(&running, &["heat", "--svg", text(&svg)]);
    assert!(done.out.starts_with("16 shards, locked "), "{}", done.out);
    let drawn = std::fs::read_to_string(&svg).unwrap();
    assert_eq!(drawn.matches("<title>shard ").count(), 16);
    let found = json_of(&running, &["heat"]);
    assert_eq!((found["shards"].as_array().unwrap().len(), found["waits"].as_array().unwrap().len()), (16, 12));
    let (code, message) = state(&running, &["heat", "--svg", "/nonexistent/heat.svg"]).failure.unwrap();
    assert_eq!((code, &*message), (1, "logagentctl: /nonexistent/heat.svg: No such file or directory (os error 2)"));
}

#[test]
fn slow_operations_are_listed() {
    let running = running();
    assert!(json_of(&running, &["slow"]).is_array());
    assert!(state(&running, &["slow"]).out.starts_with("operation  shard  waited  held\n"));
}
