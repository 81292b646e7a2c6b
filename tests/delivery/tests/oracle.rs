//! The oracle finds each kind of harm that is planted in an output, says how often, and finds no other.

use logagent_testkit::{Findings, Oracle, numbered};

const STREAMS: [&str; 2] = ["app", "web"];
const LINES: u64 = 1000;

type Output = Vec<(String, Vec<u8>)>;

/// What went in, and an output that is as it should be, with the streams interleaved.
fn run() -> (Oracle, Output) {
    let (mut oracle, mut output) = (Oracle::default(), Vec::new());
    for number in 0..LINES {
        for stream in STREAMS {
            let line = numbered(stream, number, usize::try_from(number % 50).expect("small"));
            oracle.expect(stream, line.clone());
            output.push((stream.to_owned(), line.into_bytes()));
        }
    }
    (oracle, output)
}

/// What the oracle says of an output that something was done to.
fn findings(plant: impl FnOnce(&mut Output)) -> Findings {
    let (oracle, mut output) = run();
    plant(&mut output);
    let findings = oracle.judge(output.iter().map(|(stream, line)| (&**stream, &**line)));
    let mixed = oracle.judge_mixed(output.iter().map(|(_, line)| &**line));
    assert_eq!(counts(&findings), counts(&mixed), "streams told apart by their lines");
    findings
}

fn counts(findings: &Findings) -> [usize; 5] {
    let Findings { lost, invented, doubled, disordered } = findings;
    [lost.len(), invented.len(), doubled.len(), disordered.len(), findings.changed().count()]
}

#[test]
fn an_output_that_is_as_it_should_be_is_clean() {
    findings(|_| {}).assert_clean();
}

#[test]
fn a_planted_loss_is_found() {
    let found = findings(|output| drop(output.drain(700..703)));
    assert_eq!(counts(&found), [3, 0, 0, 0, 0]);
    assert!(found.to_string().starts_with("3 lost:\n"), "{found}");
}

#[test]
fn a_planted_duplicate_is_found() {
    let found = findings(|output| output.insert(1500, output[20].clone()));
    assert_eq!(counts(&found), [0, 0, 1, 0, 0]);
    assert!(found.to_string().starts_with("1 doubled:\n  app: app 10 "), "{found}");
}

#[test]
fn a_planted_reorder_is_found() {
    let found = findings(|output| output.swap(40, 42));
    assert_eq!(counts(&found), [0, 0, 0, 1, 0]);
    assert!(findings(|output| output.swap(40, 41)).is_clean(), "two streams have no order between them");
}

#[test]
fn a_planted_invention_is_found() {
    let line = || ("app".to_owned(), numbered("app", LINES, 3).into_bytes());
    assert_eq!(counts(&findings(|output| output.push(line()))), [0, 1, 0, 0, 0]);
}

#[test]
fn a_planted_change_of_any_byte_is_found() {
    let length = run().1[80].1.len();
    for at in 0..length {
        let found = findings(|output| output[80].1[at] ^= 1);
        let [lost, invented, doubled, disordered, changed] = counts(&found);
        assert_eq!([lost, invented, doubled, disordered, changed], [1, 1, 0, 0, 1], "byte {at}");
    }
}

#[test]
fn a_line_that_was_cut_is_a_changed_one() {
    let found = findings(|output| output[80].1.truncate(9));
    assert_eq!(counts(&found), [1, 1, 0, 0, 1]);
}
