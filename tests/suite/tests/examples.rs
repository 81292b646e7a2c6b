//! Each configuration under examples/ runs as it stands, and does what its first lines say.

use logagent_testkit::{Mounted, until};
use logagent_tests::{Agent, Ended, Place, ctl, lines, repository};
use serde_json::Value;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;

/// A directory in which the examples' relative paths lead to what was built, and their output stays apart.
fn place() -> Place {
    let place = place_without_logs();
    share(&place, "examples/logs");
    place
}

fn place_without_logs() -> Place {
    let place = Place::new("");
    for directory in ["target", "target/examples", "examples"] {
        std::fs::create_dir(place.path(directory)).expect("a fresh directory");
    }
    share(&place, "target/filters");
    for entry in std::fs::read_dir(repository().join("examples")).expect("the examples") {
        let name = entry.expect("an entry").file_name().into_string().expect("text");
        if name != "logs" {
            share(&place, &format!("examples/{name}"));
        }
    }
    place
}

fn share(place: &Place, path: &str) {
    std::os::unix::fs::symlink(repository().join(path), place.path(path)).expect("a fresh name");
}

fn run(place: &Place, example: &str) -> Ended {
    let config = format!("examples/{example}.yaml");
    Agent::run(place, &["run", "--config", &config, "--once", "--report", "report.json"])
}

/// Runs an example that answers when time has passed, until a file has so many lines. Answers the file's lines.
fn run_until(place: &Place, example: &str, file: &str, count: usize) -> Vec<String> {
    let config = format!("examples/{example}.yaml");
    let agent = Agent::start(place, &["run", "--config", &config, "--report", "report.json"]);
    until(&format!("{count} lines in {file}"), || place.count_lines(file) >= count);
    agent.terminate();
    agent.wait().done();
    text_lines(&place.text(file))
}

fn input() -> Vec<String> {
    text_lines(&std::fs::read_to_string(repository().join("examples/logs/shop.log")).expect("the examples' input"))
}

fn text_lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn chain_masks_takes_apart_drops_and_samples() {
    let place = place();
    let ended = run(&place, "chain");
    let report = ended.done();
    assert_eq!(report.count("received"), 6);
    assert_eq!(report.count("filters/quiet/dropped/field"), 1);
    let out = place.text("target/examples/chain.jsonl");
    for secret in ["anna@example.com", "4111 1111", "192.0.2.17", "2001:db8", "s3cr3t", "555-0143"] {
        assert!(!out.contains(secret), "{secret} is still there: {out}");
    }
    let records: Vec<Value> = lines(out.as_bytes()).map(|line| serde_json::from_slice(line).expect("JSON")).collect();
    assert_eq!(records.len() as u64, report.count("delivered"));
    let of_user = |user: &str| records.iter().filter(|record| record["Attributes"]["user"] == user).count();
    assert!(["chen", "eva", "d.okafor"].iter().all(|user| of_user(user) <= 1));
    for record in records.iter().filter(|record| record["Attributes"]["level"] == "error") {
        assert_eq!((&record["SeverityText"], &record["SeverityNumber"]), (&"ERROR".into(), &17.into()));
        assert_eq!(record["Timestamp"], "1772352931002000000");
    }
}

#[test]
fn routes_sorts_records_into_files() {
    let place = place();
    run(&place, "routes").done();
    let input = input();
    let at = |indices: &[usize]| indices.iter().map(|&index| input[index].clone()).collect::<Vec<_>>();
    for (file, expected) in [("errors.log", at(&[2])), ("orders.log", at(&[0])), ("rest.log", at(&[1, 3, 4, 5]))] {
        assert_eq!(text_lines(&place.text(&format!("target/examples/{file}"))), expected, "{file}");
    }
}

#[test]
fn shared_source_gives_each_pipeline_the_records_as_they_were_read() {
    let place = place();
    let ended = run(&place, "shared-source");
    let report = ended.done();
    assert_eq!((report.count("pipelines/archive/received"), report.count("pipelines/trouble/received")), (6, 6));
    let archive = text_lines(&place.text("target/examples/archive.log"));
    let lengths = |lines: &[String]| lines.iter().map(String::len).collect::<Vec<_>>();
    assert_eq!(lengths(&archive), lengths(&input()), "a mask keeps the length");
    assert!(!archive[0].contains("anna@example.com") && !archive[0].contains("4111"), "{}", archive[0]);
    let trouble = text_lines(&place.text("target/examples/trouble.log"));
    let parsed: Vec<Value> = trouble.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(parsed.len(), 2, "{trouble:?}");
    for (record, level) in parsed.iter().zip(["error", "warn"]) {
        assert_eq!((&record["level"], &record["env"]), (&level.into(), &"prod".into()));
        assert!(record.get("user").is_none());
    }
    let cut = parsed[0]["msg"].as_str().expect("a text");
    assert!(cut.starts_with("payment provider") && cut.ends_with('…') && cut.len() <= 24, "{cut}");
}

#[test]
fn two_sinks_get_the_same_records_in_their_encodings() {
    let place = place();
    let ended = run(&place, "two-sinks");
    assert_eq!(ended.done().count("delivered"), 6);
    assert_eq!(text_lines(&place.text("target/examples/lines.log")), input());
    let packed = place.read("target/examples/packed.msgpack");
    let mut rest = &packed[..];
    let mut bodies = Vec::new();
    while !rest.is_empty() {
        let record: Value = rmp_serde::decode::from_read(&mut rest).expect("MessagePack");
        bodies.push(record["Body"].as_str().expect("a text").to_owned());
    }
    assert_eq!(bodies, input());
}

#[test]
fn buffered_puts_records_onto_the_disk_and_then_into_the_sink() {
    let place = place();
    let ended = run(&place, "buffered");
    assert_eq!(ended.done().count("sinks/out/buffer/drained"), 6);
    let out = text_lines(&place.text("target/examples/buffered.jsonl"));
    let bodies =
        out.iter().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["Body"].as_str().map(str::to_owned));
    assert_eq!(bodies.map(|body| body.expect("a text")).collect::<Vec<_>>(), input());
}

#[test]
fn per_service_counts_by_the_minute() {
    let place = place();
    let out = run_until(&place, "per-service", "target/examples/per-service.jsonl", 4);
    let records: Vec<Value> = out.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut counts: Vec<_> = records.iter().map(|it| (it["service"].as_str(), it["records"].as_u64())).collect();
    counts.sort_unstable();
    let expected = [("catalogue", 1), ("checkout", 2), ("payments", 1), ("sessions", 1)];
    assert_eq!(counts, expected.map(|(service, count)| (Some(service), Some(count))));
    assert!(records.iter().all(|it| it["window_start"] == "2026-03-01T08:15:00Z"), "{records:?}");
}

#[test]
fn owners_says_which_team_owns_a_records_service() {
    let place = place();
    let ended = run(&place, "owners");
    let report = ended.done();
    assert_eq!((report.count("delivered"), report.count("filters/owners/metrics/missing")), (6, 1));
    assert_eq!(report.count("filters/owners/metrics/keyless"), 1);
    let out = text_lines(&place.text("target/examples/owners.jsonl"));
    let records: Vec<Value> = out.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let teams: Vec<_> = records.iter().map(|it| it["Attributes"]["team"].as_str()).collect();
    let (payments, discovery) = (Some("payments"), Some("discovery"));
    assert_eq!(teams, [payments, payments, payments, discovery, None, None]);
    assert!(records[4..].iter().all(|it| it["Attributes"]["enrich.missing"] == true), "{records:?}");
}

/// Lines of what disks say, by their places.
fn disks(at: &[usize]) -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("examples/logs/disks.log")).expect("the examples' input");
    let lines = text_lines(&text);
    at.iter().map(|&index| lines[index].clone()).collect()
}

#[test]
fn dedupe_lets_the_first_of_each_code_pass_and_sums_up_the_rest() {
    let place = place();
    let ended = run(&place, "dedupe");
    assert_eq!(ended.done().count("filters/once/dropped/repeated"), 2);
    let out = text_lines(&place.text("target/examples/once.log"));
    assert_eq!(out[..4], disks(&[0, 2, 3, 5]));
    assert!(out.len() == 5 && out[4].starts_with("{\"repeated\":2,"), "{out:?}");
}

#[test]
fn limit_sends_what_is_too_much_of_a_host_elsewhere() {
    let place = place();
    let ended = run(&place, "limit");
    assert_eq!(ended.done().count("received"), 6);
    assert_eq!(text_lines(&place.text("target/examples/within.log")), disks(&[0, 1, 2, 3, 4]));
    assert_eq!(text_lines(&place.text("target/examples/over.log")), disks(&[5]));
}

#[test]
fn adaptive_keeps_hosts_whole_that_say_little() {
    let place = place();
    run(&place, "adaptive").done();
    let kept = text_lines(&place.text("target/examples/quieter.log"));
    assert!(disks(&[0, 1, 2, 3, 4]).iter().all(|line| kept.contains(line)), "{kept:?}");
}

#[test]
fn exactly_once_writes_each_record_once_over_a_kill() {
    let place = place();
    let mut agent = Agent::start(&place, &["run", "--config", "examples/exactly-once.yaml"]);
    until("all is written", || place.count_lines("target/examples/once-each.log") == 6);
    agent.child.kill().expect("it runs");
    drop(agent);
    run(&place, "exactly-once").done();
    assert_eq!(text_lines(&place.text("target/examples/once-each.log")), input());
}

#[test]
fn give_up_puts_aside_what_a_full_disk_does_not_take_and_a_replay_brings_it() {
    let place = place();
    let disk = match Mounted::new(&place.path("target/small"), 4) {
        Ok(disk) => disk,
        Err(reason) => return eprintln!("not tested, since only root can mount a small disk: {reason}"),
    };
    place.write("target/small/filler", [0; 4096]);
    std::os::unix::fs::symlink("../small/shop.log", place.path("target/examples/given-up.log")).expect("a fresh name");
    let agent = Agent::start(&place, &["run", "--config", "examples/give-up.yaml", "--report", "report.json"]);
    let list = || ctl(&place, &["dead-letter", "list", "--config", "examples/give-up.yaml"]).1;
    until("all is put aside", || list().matches("undeliverable").count() == 6);
    std::fs::remove_file(place.path("target/small/filler")).expect("it is there");
    let replay = ["dead-letter", "replay", "--config", "examples/give-up.yaml", "--where", "reason=undeliverable"];
    let (code, out, err) = ctl(&place, &replay);
    assert_eq!((code, &*out), (0, "sent: 6, done: 6\n"), "{err}");
    assert_eq!(text_lines(&place.text("target/examples/given-up.log")), input());
    agent.terminate();
    assert_eq!(agent.wait().done().count("sinks/out/dead_lettered/undeliverable"), 6);
    drop(disk);
}

#[test]
fn shedding_sheds_nothing_where_the_sink_keeps_up() {
    let place = place();
    let ended = run(&place, "shedding");
    assert_eq!(ended.done().count("shed"), 0);
    for file in ["all.log", "pager.log"] {
        let mut found = text_lines(&place.text(&format!("target/examples/{file}")));
        let mut expected = input();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{file}");
    }
}

/// More lines than the pager's buffer holds, of which one in a hundred matters, the last too.
fn many_lines() -> Vec<String> {
    let line = |number: usize| {
        let level = if number.is_multiple_of(100) { "error" } else { "info" };
        let service = if number.is_multiple_of(50) { "payments" } else { "catalogue" };
        format!("{{\"level\":\"{level}\",\"service\":\"{service}\",\"msg\":\"{number} {}\"}}", "x".repeat(150))
    };
    (1..=100_000).map(line).collect()
}

#[test]
fn shedding_keeps_what_matters_where_the_sink_stops_and_the_archive_gets_all() {
    let place = place_without_logs();
    std::fs::create_dir(place.path("examples/logs")).expect("a fresh directory");
    let logs = many_lines();
    place.make_fifo("target/examples/pager.log");
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).expect("a flag");
    let mut options = std::fs::OpenOptions::new();
    let mut pager =
        options.read(true).custom_flags(flags).open(place.path("target/examples/pager.log")).expect("a FIFO");
    place.write("examples/logs/shop.log", logs.join("\n") + "\n");
    let agent = Agent::start(&place, &["run", "--config", "examples/shedding.yaml", "--report", "report.json"]);
    until("the archive has all", || place.count_lines("target/examples/all.log") == logs.len());
    let mut read = Vec::new();
    until("the pager has read all", || {
        // What is there; that there is no more for now is no failure.
        let _ = pager.read_to_end(&mut read);
        read.ends_with(format!("{}\n", logs[logs.len() - 1]).as_bytes())
    });
    agent.terminate();
    assert!(agent.wait().done().count("sinks/pager/dropped/shed") > 0);
    let paged: std::collections::HashSet<_> = lines(&read).collect();
    let matters = |line: &&String| line.contains("payments") || line.contains("error");
    assert_eq!(logs.iter().filter(matters).filter(|line| !paged.contains(line.as_bytes())).count(), 0);
}
