//! The records that a lane gets of letters, however it reads.

use super::*;
use crate::{Marks, Round, Wanted};
use logagent_record::Descriptor;
use proptest::prelude::*;
use serde_json::json;
use std::sync::mpsc::{Receiver, channel};

fn stream(bodies: &[&[u8]]) -> (LetterStream, Receiver<Confirmed>) {
    let dir = tempfile::tempdir().unwrap();
    let line = |(index, body): (usize, &&[u8])| {
        let body = match std::str::from_utf8(body) {
            Ok(text) => json!(text),
            Err(_) => json!({"bytesValue": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, body)}),
        };
        json!({
            "id": index + 1, "time": "", "kind": "trap", "filter": "f", "pipeline": "p", "source": "app",
            "stream": "a.log", "StreamAttributes": {"k": 1}, "body": body, "Timestamp": "77",
            "SeverityNumber": 17, "Attributes": {"i": index}, "position": 1000 * index,
        })
        .to_string()
            + "\n"
    };
    let lines: String = bodies.iter().enumerate().map(line).collect();
    let wanted = Wanted::default();
    let marks = Marks::read(dir.path()).unwrap();
    let round = Round::pick(lines.as_bytes(), &wanted, &marks, usize::MAX, usize::MAX).unwrap();
    let (way, letters) = round.picked.into_iter().next().unwrap();
    let (sender, receiver) = channel();
    (LetterStream::new(&way, 3, letters, sender), receiver)
}

#[test]
fn a_letters_record_is_what_it_was() {
    let (mut stream, done) = stream(&[b"one", b"t\xffo"]);
    assert_eq!((&*stream.info().source_name, &*stream.info().name, stream.info().source), ("app", "a.log", 3));
    assert_eq!(&*stream.info().attributes, b"\x81\xa1k\x01");
    let mut space = [0; 64];
    assert_eq!(stream.read(&mut space).unwrap(), Read::Bytes(18));
    let mut table = [Descriptor::default(); 4];
    let mut records = Records::new(&mut table);
    records.begin(100, 7);
    assert_eq!(stream.frame(&space[..18], &mut records), 18);
    assert_eq!((records.count(), records.is_ordered()), (2, true));
    let second = table[1];
    assert_eq!((&space[second.body_at as usize - 100..][..3], second.body_len), (&b"t\xffo"[..], 3));
    assert_eq!(&space[second.attrs_at as usize - 100..][..second.attrs_len as usize], b"\x81\xa1i\x01");
    assert_eq!((second.time_unix_nano, second.severity, second.flags), (77, 17, Flags::TERMINATED));
    let at = |record: &Descriptor| stream.position() - u64::from(118 - record.origin);
    assert_eq!([at(&table[0]), at(&second)].map(|position| stream.origin(position)), [Some(0), Some(1000)]);
    assert_eq!(stream.origin(at(&second) + 1), None, "no record begins there");
    assert_eq!(stream.read(&mut space).unwrap(), Read::Ended);
    stream.confirm(17);
    drop(stream);
    let confirmed = done.recv().unwrap();
    assert_eq!((confirmed.letters.len(), confirmed.count), (2, 1));
}

proptest! {
    #[test]
    fn each_letter_comes_once_and_in_order_however_little_is_read(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..20),
        spaces in prop::collection::vec((0usize..60, 1usize..4), 1..50),
    ) {
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let (mut stream, _done) = stream(&bodies);
        let mut found: Vec<Vec<u8>> = Vec::new();
        for (extra, most) in spaces.into_iter().cycle() {
            let mut space = vec![0; stream.wanted() + extra];
            let Read::Bytes(count) = stream.read(&mut space).unwrap() else { break };
            let mut table = vec![Descriptor::default(); most];
            let mut records = Records::new(&mut table);
            records.begin(0, 0);
            let framed = stream.frame(&space[..count], &mut records);
            let records = records.count();
            prop_assert!(records > 0, "a read of what is wanted gives a record");
            stream.unread(&space[framed..count]);
            found.extend(table[..records].iter().map(|record| space[record.body()].to_vec()));
            let position = stream.position();
            stream.confirm(position);
        }
        prop_assert_eq!(found, bodies);
        prop_assert_eq!(stream.confirmed, stream.letters.len());
    }
}
