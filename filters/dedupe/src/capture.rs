//! Keys that a pattern captures. The host finds the matches of a whole batch; what the group in them holds is looked up
//! here, from each match's start.

use logagent_conditions::refused_regex;
use logagent_sdk::scan::{Escapes, Pattern, Report, Set};
use logagent_sdk::{Batch, ConfigError, Record};
use regex::bytes::{CaptureLocations, Regex};

/// A pattern, and its first group.
#[derive(Debug)]
pub(crate) struct Capture {
    set: Set,
    /// `None` where the pattern has no group, and the match itself is the key.
    group: Option<Group>,
}

#[derive(Debug)]
struct Group {
    regex: Regex,
    places: CaptureLocations,
}

impl Capture {
    pub(crate) fn new(pattern: &str) -> Result<Self, ConfigError> {
        let refused = |found: String| ConfigError::new("regex", found, "a regular expression of the regex crate");
        if pattern.is_empty() {
            return Err(ConfigError::new("regex", "an empty string", "a pattern of one character or more"));
        }
        // Of the host's searches, that for all matches alone says where the first of a record is.
        let set = Set::new(&[Pattern::Regex(pattern)], Report::All, Escapes::Raw).map_err(|errors| {
            let first = errors.into_iter().next();
            first.map_or_else(|| refused(pattern.into()), |error| refused_regex("regex".into(), &error))
        })?;
        // The host knows more of Unicode's classes.
        let last_line = |text: String| text.lines().last().unwrap_or_default().to_owned();
        let regex = Regex::new(pattern).map_err(|error| refused(last_line(error.to_string())))?;
        let group = (regex.captures_len() > 1).then(|| Group { places: regex.capture_locations(), regex });
        Ok(Self { set, group })
    }

    /// Goes through the records of the batch in hand, in order, with the key of each that has one.
    pub(crate) fn for_each<'a>(&mut self, batch: &Batch<'a>, mut each: impl FnMut(&Record<'a>, Option<&[u8]>)) {
        let matches = self.set.matches(batch);
        let mut matches = matches.iter().peekable();
        for record in batch.records() {
            let first = matches.next_if(|found| found.record == record.index());
            while matches.next_if(|found| found.record == record.index()).is_some() {}
            each(&record, first.and_then(|found| self.key(record.body(), found.range)));
        }
    }

    fn key<'a>(&mut self, body: &'a [u8], range: std::ops::Range<usize>) -> Option<&'a [u8]> {
        let Some(Group { regex, places }) = &mut self.group else { return body.get(range) };
        regex.captures_read_at(places, body, range.start)?;
        let (start, end) = places.get(1)?;
        body.get(start..end)
    }
}
