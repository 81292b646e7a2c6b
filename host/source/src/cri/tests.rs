//! What lines come out of which parts, however the bytes are offered.

use super::*;
use proptest::prelude::*;

/// Joins all of `bytes`, offered in runs that grow by `steps`; answers the lines, and how many were given in pieces.
fn join(bytes: &[u8], max: usize, steps: &[usize]) -> (String, u64) {
    let (mut cri, mut out, mut start, mut end, mut cut) = (Cri::new(max), Vec::new(), 0, 0, 0);
    let mut steps = steps.iter().cycle();
    while start < bytes.len() {
        end = bytes.len().min(end + steps.next().unwrap());
        let mut run = bytes[start..end].to_vec();
        let joined = cri.join(&mut run, end == bytes.len());
        assert_eq!(&run[joined.raw..], &bytes[start + joined.raw..end], "what is not given is not touched");
        out.extend_from_slice(&run[..joined.given]);
        start += joined.raw;
        assert_eq!(cri.runs.raw_of_all(joined.given), Some(joined.raw as u64));
        assert_eq!(cri.runs.frame(joined.given), joined.raw as u64);
        cut += cri.take_cut();
    }
    (String::from_utf8(out).unwrap(), cut)
}

#[test]
fn parts_become_these_lines() {
    let cases = [
        ("", "", 0),
        ("1 stdout F a\n", "1 stdout F a\n", 0),
        ("1 stdout P a\n2 stdout F b\n", "1 stdout F ab\n", 0),
        ("1 stdout P a\n2 stdout P b\n3 stdout F \n4 stdout F d\n", "1 stdout F ab\n4 stdout F d\n", 0),
        ("1 stdout P a\n2 stderr F x\n3 stdout F b\n", "2 stderr F x\n1 stdout F ab\n", 0),
        ("1 stdout P a\n2 stderr P x\n3 stdout F b\n4 stderr F y\n", "1 stdout F ab\n2 stderr F xy\n", 0),
        ("1 stdout P:x a\n2 stdout F:y b\n", "1 stdout F:x ab\n", 0),
        ("1 stdout P a\nno part\n2 stdout F b\n", "no part\n1 stdout F ab\n", 0),
        ("1 stdin P a\n1 stdout Px a\n1 stdout\n \n", "1 stdin P a\n1 stdout Px a\n1 stdout\n \n", 0),
        ("1 stdout P a\n2 stdout F b", "1 stdout F ab\n", 0),
        ("1 stdout P a\n2 stdout P b", "1 stdout P ab\n", 1),
        ("1 stdout P a", "1 stdout P a", 1),
        ("1 stdout F a", "1 stdout F a", 0),
        ("1 stdout F", "1 stdout F", 0),
        ("1 stdout P\n2 stdout F\n", "1 stdout F\n", 0),
        // Three of these parts are longer than 53 bytes.
        (
            "1 stdout P aaaaaa\n2 stdout P bbbbbb\n3 stdout P cccccc\n4 stdout F d\n5 stdout F e\n",
            "1 stdout P aaaaaabbbbbb\n3 stdout F ccccccd\n5 stdout F e\n",
            1,
        ),
    ];
    for (parts, lines, cut) in cases {
        assert_eq!(join(parts.as_bytes(), 53, &[usize::MAX / 2]), (lines.to_owned(), cut), "{parts:?}");
    }
}

#[test]
fn a_line_whose_last_part_has_not_come_is_not_given() {
    let mut cri = Cri::new(100);
    let mut bytes = b"0 stderr F z\n1 stdout P a\n2 stderr F x\n3 stdout F b\n4 stdout P c\n5 stderr F y\n".to_vec();
    assert_eq!(cri.join(&mut bytes, false), Joined { given: 13 + 13 + 14, raw: 13 * 4 });
    assert_eq!(cri.runs.frame(13 + 13), 13, "what lies between parts is not done with before they are");
    assert_eq!(cri.runs.frame(14), 13 * 3);
}

/// Lines of both streams, a few of them in parts.
fn parts() -> impl Strategy<Value = String> {
    let line = ("[0-9]{1,3}", "stdout|stderr", "[PF]", "[a-c]{0,6}");
    let line = line.prop_map(|(time, stream, tag, content)| format!("{time} {stream} {tag} {content}\n"));
    let other = "[a-c]{0,9}".prop_map(|text| text + "\n");
    proptest::collection::vec(prop_oneof![6 => line, 1 => other], 0..20).prop_map(|lines| lines.concat())
}

/// Each stream by itself: what it wrote, line by line, with the time of the first part.
fn by_stream(lines: &str, name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in lines.lines() {
        let [time, stream, tag, content] = *line.splitn(4, ' ').collect::<Vec<_>>() else { continue };
        if stream != name {
            continue;
        }
        match out.last_mut().filter(|_| goes_on) {
            Some(last) => last.push_str(content),
            None => out.push(format!("{time} {content}")),
        }
        goes_on = tag == "P";
    }
    out
}

proptest! {
    #[test]
    fn each_stream_comes_out_as_if_it_were_alone(parts in parts(), steps in proptest::collection::vec(1_usize..60, 1..6)) {
        let (lines, _) = join(parts.as_bytes(), 10_000, &steps);
        for name in ["stdout", "stderr"] {
            let joined: Vec<_> = by_stream(&lines, name);
            prop_assert_eq!(&joined, &by_stream(&parts, name));
            let whole = lines.lines().filter(|line| line.split(' ').nth(1) == Some(name)).count();
            prop_assert_eq!(whole, joined.len(), "none but the last is in pieces: {:?}", lines);
        }
        let others = |text: &str| text.lines().filter(|line| !line.contains(' ')).map(String::from).collect::<Vec<_>>();
        prop_assert_eq!(others(&lines), others(&parts));
    }

    #[test]
    fn runs_of_any_length_give_the_same_lines_within_bounds(
        parts in parts(),
        max in 20_usize..80,
        steps in proptest::collection::vec(1_usize..60, 1..6),
    ) {
        let whole = join(parts.as_bytes(), max, &[usize::MAX / 2]);
        prop_assert!(whole.0.lines().all(|line| line.len() <= max));
        for name in ["stdout", "stderr"] {
            let content = |text: &str| by_stream(text, name).iter().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>();
            prop_assert_eq!(content(&whole.0), content(&parts));
        }
        prop_assert_eq!(join(parts.as_bytes(), max, &steps), whole);
    }
}
