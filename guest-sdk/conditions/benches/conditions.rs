//! What conditions cost on a batch of 512 KiB of JSON lines, natively, each beside the plain way: record by record, with
//! serde_json for fields and memmem for literals.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use logagent_conditions::{ConditionConfig, Conditions, FieldConfig, Scalar};
use logagent_sdk::testing::{Input, LaidOut, Layout};
use memchr::memmem::Finder;

fn main() {
    divan::main();
}

const LEVELS: [&str; 8] = ["debug", "info", "info", "info", "warn", "info", "debug", "error"];

fn lines() -> Vec<String> {
    let line = |number: usize| {
        let level = LEVELS[number % LEVELS.len()];
        let user = number * 7919 % 100_000;
        format!(
            concat!(
                r#"{{"time":"2024-05-01T12:00:00.{0:06}Z","level":"{1}","service":"billing-{2}","#,
                r#""user":{{"id":{3},"name":"user{3}"}},"message":"request {0} handled in {2} ms","status":200,"path":"/api/v1/items/{3}"}}"#
            ),
            number,
            level,
            number % 9,
            user
        )
    };
    (0..2_600).map(line).collect()
}

fn laid_out() -> LaidOut {
    Layout::default().lay_out(lines().into_iter().map(Input::from))
}

fn bytes() -> BytesCount {
    BytesCount::new(lines().iter().map(String::len).sum::<usize>())
}

fn of_field(name: &str, below: &str) -> ConditionConfig {
    let below = Some(Scalar::Text(below.into()));
    let field = FieldConfig { name: Some(name.into()), equals: None, one_of: None, below };
    ConditionConfig { field: Some(field), ..ConditionConfig::default() }
}

/// One in nine lines has each of the first nine; the last is in none.
fn literals() -> Vec<String> {
    (0..10).map(|number| format!(r#""service":"billing-{number}""#)).collect()
}

fn evaluate(bencher: Bencher<'_, '_>, configs: Vec<ConditionConfig>) {
    let mut conditions = Conditions::new(configs.into_iter().map(|config| (String::new(), config))).expect("valid");
    let laid_out = laid_out();
    let batch = laid_out.batch().expect("a batch");
    bencher.counter(bytes()).bench_local(|| conditions.evaluate(black_box(&batch)));
}

#[divan::bench]
fn level_below_info(bencher: Bencher<'_, '_>) {
    evaluate(bencher, vec![of_field("level", "info")]);
}

#[divan::bench]
fn level_below_info_with_serde_json(bencher: Bencher<'_, '_>) {
    let lines = lines();
    let is_below = |line: &&String| {
        let document: serde_json::Value = serde_json::from_str(line).expect("JSON");
        document["level"].as_str().and_then(logagent_sdk::severity::of_name).is_some_and(|severity| severity < 9)
    };
    bencher.counter(bytes()).bench_local(|| black_box(&lines).iter().filter(is_below).count());
}

#[divan::bench]
fn one_of_a_nested_field(bencher: Bencher<'_, '_>) {
    let values = (0..20).map(|number| Scalar::Text(format!("user{number}"))).collect();
    let field = FieldConfig { name: Some("user.name".into()), equals: None, one_of: Some(values), below: None };
    evaluate(bencher, vec![ConditionConfig { field: Some(field), ..ConditionConfig::default() }]);
}

#[divan::bench(args = [1, 3, 10])]
fn rules_of_a_literal_each(bencher: Bencher<'_, '_>, count: usize) {
    let literals = literals().into_iter().take(count);
    evaluate(bencher, literals.map(|it| ConditionConfig { contains: Some(vec![it]), ..Default::default() }).collect());
}

#[divan::bench(args = [1, 3, 10])]
fn rules_of_a_literal_each_with_memmem(bencher: Bencher<'_, '_>, count: usize) {
    let (lines, literals) = (lines(), literals());
    let finders: Vec<Finder<'_>> = literals.iter().take(count).map(|it| Finder::new(it.as_bytes())).collect();
    let is_match = |line: &&String| finders.iter().any(|finder| finder.find(line.as_bytes()).is_some());
    bencher.counter(bytes()).bench_local(|| black_box(&lines).iter().filter(is_match).count());
}

/// What one set for all rules is compared with.
#[divan::bench(args = [1, 3, 10])]
fn rules_of_a_literal_each_as_sets_of_their_own(bencher: Bencher<'_, '_>, count: usize) {
    use logagent_sdk::scan::{Escapes, Pattern, Report, Set};
    let set = |it: &String| Set::new(&[Pattern::Literal(it.as_bytes())], Report::First, Escapes::Raw).expect("valid");
    let sets: Vec<Set> = literals().iter().take(count).map(set).collect();
    let laid_out = laid_out();
    let batch = laid_out.batch().expect("a batch");
    let count = |set: &Set| set.matches(black_box(&batch)).iter().count();
    bencher.counter(bytes()).bench_local(|| sets.iter().map(count).sum::<usize>());
}
