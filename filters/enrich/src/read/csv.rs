//! CSV. All its values are texts; an empty one is none.

use std::collections::BTreeSet;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use super::Rows;

pub(super) fn read(bytes: &[u8], rows: &mut Rows) {
    let mut reader = ReaderBuilder::new().from_reader(bytes);
    let header = match reader.byte_headers() {
        Ok(header) => header.clone(),
        Err(error) => return rows.problem(1, &error.to_string(), "the columns' names"),
    };
    let Some((key, add)) = places(&header, rows) else { return };
    let (mut record, mut values) = (ByteRecord::new(), Vec::new());
    while !rows.is_enough() {
        match reader.read_byte_record(&mut record) {
            Ok(true) => row(&record, key, &add, &mut values, rows),
            Ok(false) => break,
            Err(error) => wrong(&error, rows),
        }
    }
}

/// Which fields are the key and what is to be added.
fn places(header: &ByteRecord, rows: &mut Rows) -> Option<(usize, Vec<usize>)> {
    let names: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
    let there = format!("a column of the first line: {}", names.join(", "));
    let place = |name: &String| names.iter().position(|known| *known == name.as_str());
    let (key, add) = (place(&rows.columns.key), rows.columns.add.iter().map(place).collect::<Vec<_>>());
    if key.is_none() {
        rows.lacks(None, &there);
    }
    for (index, _) in add.iter().enumerate().filter(|(_, place)| place.is_none()) {
        rows.lacks(Some(index), &there);
    }
    let used: BTreeSet<usize> = add.iter().copied().chain([key]).flatten().collect();
    for place in used {
        if names[place + 1..].contains(&names[place]) {
            rows.problem(1, &format!("the column `{}` twice", names[place]), "each column that is used once");
        }
    }
    Some((key?, add.into_iter().collect::<Option<_>>()?))
}

fn row(record: &ByteRecord, key: usize, add: &[usize], values: &mut Vec<Vec<u8>>, rows: &mut Rows) {
    let line = record.position().map_or(0, csv::Position::line);
    values.resize_with(add.len(), Vec::new);
    for (value, &place) in values.iter_mut().zip(add) {
        value.clear();
        match str::from_utf8(record.get(place).unwrap_or_default()) {
            Ok("") => {}
            Ok(text) => rmp::encode::write_str(value, text).expect("memory takes all that is written"),
            Err(_) => rows.problem(line, "bytes that are no UTF-8", "text"),
        }
    }
    match record.get(key) {
        None | Some(b"") => rows.problem(line, "no key", "a key in each line"),
        Some(key) => rows.add(line, key, values.iter().map(Vec::as_slice)),
    }
}

fn wrong(error: &csv::Error, rows: &mut Rows) {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            rows.problem(line, &format!("{len} values"), &format!("{expected_len} values, as in the first line"));
        }
        _ => rows.problem(line, &error.to_string(), "comma-separated values"),
    }
}
