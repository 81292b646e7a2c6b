//! The filter `enrich` within the agent: its table is the file's, as it is now.

use logagent_testkit::until;
use logagent_tests::{Agent, Place, filter};

fn place(lanes: usize) -> Place {
    let place = Place::new(&format!(
        "lanes: {lanes}\nsources: {{ app: {{ type: file, include: ['*.log'] }} }}\n\
         filters: {{ owners: {{ component: {}, config: {{ table: teams.csv, key: service, add: [team] }} }} }}\n\
         sinks: {{ out: {{ type: file, path: out.jsonl, encoding: json }} }}\n\
         pipelines: {{ main: {{ from: [app], through: [owners], to: [out] }} }}\n",
        filter("enrich")
    ));
    place.write("teams.csv", "service,team\napi,first\n");
    place
}

fn until_written(place: &Place, team: &str) {
    until(&format!("a record of {team}"), || {
        place.append("app.log", "{\"service\":\"api\"}\n");
        place.text("out.jsonl").contains(&format!("\"team\":\"{team}\""))
    });
}

#[test]
fn records_get_what_the_table_says_since_it_was_replaced() {
    let place = place(2);
    let agent = Agent::follow(&place);
    until_written(&place, "first");
    place.replace("teams.csv", "service,team\nweb,none\napi,second\n");
    until_written(&place, "second");
    agent.terminate();
    assert!(agent.wait().done().count("filters/owners/generation") >= 2);
}

#[test]
fn a_table_that_is_wrong_changes_nothing_and_is_told_with_its_line() {
    let place = place(1);
    let agent = Agent::follow(&place);
    until_written(&place, "first");
    place.replace("teams.csv", "service,team\napi,second\napi,third\n");
    until("the reload is refused", || place.text("stderr").contains("line 3: the key"));
    until_written(&place, "first");
    place.replace("teams.csv", "service,team\napi,fourth\n");
    until_written(&place, "fourth");
    agent.terminate();
    agent.wait().done();
    let out = place.text("out.jsonl");
    assert!(!out.contains("second") && !out.contains("third"));
}

#[test]
fn a_table_that_is_wrong_at_the_start_is_a_wrong_configuration() {
    let place = place(1);
    place.write("teams.csv", "service,owner\napi,first\n");
    let ended = Agent::run(&place, &["validate", "--config", "agent.yaml"]);
    assert_eq!(ended.code, 78);
    assert!(ended.stderr.contains("`team`, which the table lacks"), "{}", ended.stderr);
    std::fs::remove_file(place.path("teams.csv")).unwrap();
    let ended = Agent::run(&place, &["validate", "--config", "agent.yaml"]);
    assert!(ended.code == 78 && ended.stderr.contains("teams.csv"), "{}", ended.stderr);
}
