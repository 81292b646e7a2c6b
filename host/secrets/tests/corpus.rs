//! Written examples of each kind and of what is none: `name | text`, with «the match» marked; in `mixed.txt`, where all
//! kinds are searched, `name | kinds of the matches, in order | text`.

use logagent_secrets::{Finder, Kind};
use std::path::PathBuf;

const MARKS: [char; 2] = ['«', '»'];

fn lines(file: &str) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The text without its marks, and the spans between them.
fn unmarked(marked: &str) -> (String, Vec<(usize, usize)>) {
    let mut text = String::new();
    let mut edges = Vec::new();
    for part in marked.split_inclusive(MARKS) {
        let bare = part.trim_end_matches(MARKS);
        text.push_str(bare);
        if bare.len() < part.len() {
            edges.push(text.len());
        }
    }
    (text, edges.chunks(2).map(|edge| (edge[0], edge[1])).collect())
}

/// What is found, as the corpus has it: the kinds, and the marked text.
fn found(kinds: &[Kind], text: &str) -> Vec<(Kind, usize, usize)> {
    let mut found = Vec::new();
    Finder::new(kinds).find_in(text.as_bytes(), &mut found);
    found.iter().map(|found| (found.kind, found.start as usize, found.end as usize)).collect()
}

fn check(kinds: &[Kind], expected: &[Kind], name: &str, marked: &str) -> Option<String> {
    let (text, spans) = unmarked(marked);
    let expected: Vec<_> = expected.iter().zip(&spans).map(|(&kind, &(start, end))| (kind, start, end)).collect();
    let found = found(kinds, &text);
    let shown: Vec<_> = found.iter().map(|&(kind, start, end)| (kind, &text[start..end])).collect();
    (found != expected).then(|| format!("{name}: {marked}: {shown:?}"))
}

#[test]
fn every_written_example_is_found_as_it_is_marked() {
    let mut wrong = Vec::new();
    for kind in Kind::ALL {
        let lines = lines(&format!("{}.txt", kind.name()));
        let marked = lines.iter().filter(|line| line.contains(MARKS)).count();
        println!("{}: {marked} with a match, {} without", kind.name(), lines.len() - marked);
        for line in &lines {
            let (name, text) = line.split_once(" | ").unwrap();
            let count = text.matches(MARKS[0]).count();
            wrong.extend(check(&[kind], &vec![kind; count], &format!("{}, {name}", kind.name()), text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_all_kinds_at_once_just_what_is_marked_is_found() {
    let lines = lines("mixed.txt");
    println!("mixed: {}", lines.len());
    let wrong = lines.iter().filter_map(|line| {
        let mut parts = line.splitn(3, " | ");
        let [name, kinds, text] = [(); 3].map(|()| parts.next().unwrap());
        let kinds: Vec<_> = kinds.split(", ").filter_map(|kind| Kind::from_name(kind.trim())).collect();
        check(&Kind::ALL, &kinds, name, text)
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_example_is_found_wherever_it_lies_in_a_long_body() {
    for kind in Kind::ALL {
        for line in lines(&format!("{}.txt", kind.name())) {
            let (text, spans) = unmarked(line.split_once(" | ").unwrap().1);
            for before in [1, 40, 60, 63, 64, 100, 4077, 4090, 4095, 4096] {
                let body = format!("{} {text}", " ".repeat(before - 1));
                let moved: Vec<_> = spans.iter().map(|&(start, end)| (kind, start + before, end + before)).collect();
                assert_eq!(found(&[kind], &body), moved, "{kind:?} {before} {text}");
            }
        }
    }
}
