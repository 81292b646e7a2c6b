//! What a round takes of files as the agent leaves them.

use super::*;
use tempfile::tempdir;

fn line(id: u64, rest: &str) -> String {
    format!(
        "{{\"id\":{id},\"time\":\"t\",\"kind\":\"trap\",\"reason\":\"it trapped\",\"filter\":\"f\",\"pipeline\":\"main\",{rest}}}\n"
    )
}

fn ids(round: &Round) -> Vec<(String, Vec<u64>)> {
    let ids = |(way, letters): (&Way, &Vec<Picked>)| {
        (format!("{} {}", way.pipeline, way.stream), letters.iter().map(|one| one.id).collect())
    };
    round.picked.iter().map(ids).collect()
}

#[test]
fn what_is_done_sent_or_unfit_is_not_sent() {
    let dir = tempdir().unwrap();
    let mut marks = Marks::read(dir.path()).unwrap();
    marks.note(&[2..=2], Fate::Done).unwrap();
    marks.note(&[3..=3], Fate::Sent).unwrap();
    let body = "\"body\":\"b\"";
    let lines = [
        line(1, body),
        line(2, body),
        line(3, body),
        "{\"id\":4,\"time\n".into(),
        line(5, "\"body\":[1]"),
        line(6, "\"body\":\"much longer than it may be\""),
        line(7, body).replace("\"pipeline\":\"main\",", ""),
        line(8, body).replace("\"id\":8,", ""),
        line(9, "\"stream\":\"a.log\",\"body\":\"b\""),
        line(u64::MAX, body),
    ]
    .concat();
    let round = |wanted: &Wanted| Round::pick(lines.as_bytes(), wanted, &marks, 1 << 20, 20).unwrap();
    let first = round(&Wanted::default());
    assert_eq!(ids(&first), [("main ".into(), vec![1]), ("main a.log".into(), vec![9])]);
    assert_eq!((first.done, first.unknown, first.unfit, first.next), (1, 1, 5, None));
    let again = round(&Wanted { again: true, through: Some("other".into()), ..Wanted::default() });
    assert_eq!(ids(&again), [("other ".into(), vec![1, 3, 7]), ("other a.log".into(), vec![9])]);
}

#[test]
fn rounds_follow_each_other_and_end_at_the_letters_that_came_later() {
    let dir = tempdir().unwrap();
    let marks = Marks::read(dir.path()).unwrap();
    let lines: String = (1..=9).map(|id| line(id, "\"body\":\"12345\"")).collect();
    let mut wanted = Wanted { until: Some(8), ..Wanted::default() };
    let mut rounds = Vec::new();
    loop {
        let round = Round::pick(lines.as_bytes(), &wanted, &marks, 12, 100).unwrap();
        rounds.extend(ids(&round).into_iter().map(|(_, ids)| ids));
        let Some(next) = round.next else { break };
        wanted.after = next;
    }
    assert_eq!(rounds, [vec![1, 2, 3], vec![4, 5, 6], vec![7, 8]]);
}

#[test]
fn conditions_are_read_and_hold_together() {
    let letter: Letter = serde_json::from_str(&line(1, "\"source\":\"app\",\"body\":\"b\"")).unwrap();
    let holds = |text: &str| text.parse::<Condition>().unwrap().holds(&letter);
    for yes in ["reason=trap", "reason=it trap", "pipeline=main", "filter=f", "source=app"] {
        assert!(holds(yes), "{yes}");
        assert_eq!(yes.parse::<Condition>().unwrap().to_string(), yes);
    }
    for no in ["reason=timeout", "pipeline=mai", "filter=", "stream=a", "component=c"] {
        assert!(!holds(no), "{no}");
    }
    let error = "body=x".parse::<Condition>().unwrap_err().to_string();
    assert_eq!(
        error,
        "found \"body=x\", allowed KEY=VALUE with a KEY of reason, pipeline, filter, sink, component, source, stream"
    );
}

#[test]
fn letters_that_others_part_are_runs_of_their_own() {
    let dir = tempdir().unwrap();
    let marks = Marks::read(dir.path()).unwrap();
    let letter = |id, source| line(id, &format!("\"source\":\"{source}\",\"body\":\"b\""));
    let lines = [letter(10, "a"), letter(20, "a"), letter(30, "b"), letter(40, "a")].concat();
    for (condition, expected) in [("filter=f", vec![10..=40]), ("source=a", vec![10..=20, 40..=40])] {
        let wanted = Wanted { conditions: vec![condition.parse().unwrap()], ..Wanted::default() };
        let round = Round::pick(lines.as_bytes(), &wanted, &marks, 99, 99).unwrap();
        assert_eq!(runs(round.picked.values().flatten()), expected, "{condition}");
    }
}
