//! Joins the parts that container runtimes cut long lines into. A line of the Container Runtime Interface's log format
//! (Kubernetes, `pkg/kubelet/kuberuntime/logs`) is `TIME stdout|stderr TAG CONTENT`, and goes on in the next line of its
//! own stream where the tag is `P`. Both streams lie interleaved in one file, so that parts have to be moved together;
//! lines that are whole are left where they are, unless parts before them have left a gap.

mod runs;

use memchr::memchr;
use runs::Runs;
use std::ops::Range;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// How long a line stays open whose next part doesn't come. A runtime writes the next part when it has read more of the
/// container's output, which is at once for a line that was cut because it is long.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(1);

const NAMES: [&[u8]; 2] = [b"stdout ", b"stderr "];

/// Joins one file's lines.
pub(crate) struct Cri {
    max_bytes: usize,
    lines: [Line; 2],
    groups: Vec<Group>,
    /// What was given and not framed yet.
    pub(crate) runs: Runs,
    cut: u64,
}

/// A line of one stream, of which parts have come.
#[derive(Default)]
struct Line {
    parts: Vec<u8>,
    tag_at: usize,
    /// A piece of it was given already.
    is_cut: bool,
}

/// Lines that are given together: a part, all that completes it, and what lies between; or whole lines alone.
#[derive(Clone, Copy)]
struct Group {
    end: usize,
    has_parts: bool,
}

/// What came of a run of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Joined {
    /// So many bytes are whole lines now.
    pub(crate) given: usize,
    /// They took so many of those that were read; the others have to be read again.
    pub(crate) raw: usize,
}

struct Part {
    stream: usize,
    tag_at: usize,
    content: Range<usize>,
    goes_on: bool,
}

impl Cri {
    /// A part that takes more than `max_bytes` with what follows until its line is complete is given as a piece.
    pub(crate) fn new(max_bytes: usize) -> Self {
        let (lines, runs) = (Default::default(), Runs::default());
        Self { max_bytes, lines, groups: Vec::new(), runs, cut: 0 }
    }

    /// Moves the parts of each line together, in place. `is_end`: nothing follows, or nothing that is worth waiting for.
    /// Touches nothing behind what it gives.
    pub(crate) fn join(&mut self, bytes: &mut [u8], is_end: bool) -> Joined {
        self.plan(bytes, is_end);
        let groups = std::mem::take(&mut self.groups);
        let mut done = Joined { given: 0, raw: 0 };
        for &Group { end, has_parts } in &groups {
            let raw = done.raw..end;
            let given = if has_parts {
                self.join_group(bytes, raw.clone(), done.given)
            } else {
                if done.given != done.raw {
                    bytes.copy_within(raw.clone(), done.given);
                }
                raw.len()
            };
            self.runs.give(given, raw.len(), has_parts);
            done = Joined { given: done.given + given, raw: end };
        }
        self.groups = groups;
        done
    }

    /// How many lines were given in pieces since the last call.
    pub(crate) fn take_cut(&mut self) -> u64 {
        std::mem::take(&mut self.cut)
    }

    /// Finds where groups end: where both streams' lines are complete, before a line that makes the group too long, or at
    /// the end.
    fn plan(&mut self, bytes: &[u8], is_end: bool) {
        const CLOSED: [bool; 2] = [false; 2];
        self.groups.clear();
        let (mut is_open, mut start, mut at) = (CLOSED, 0, 0);
        while at < bytes.len() {
            let newline = memchr(b'\n', &bytes[at..]);
            let end = newline.map_or(bytes.len(), |newline| at + newline + 1);
            if newline.is_none() && !is_end && end - at <= self.max_bytes {
                break;
            }
            if is_open != CLOSED && end - start > self.max_bytes {
                self.group(at, true);
                (is_open, start) = (CLOSED, at);
            }
            let was_open = is_open != CLOSED;
            if let Some(part) = Part::of(&bytes[at..end]) {
                is_open[part.stream] = part.goes_on;
            }
            at = end;
            if is_open == CLOSED {
                self.group(at, was_open);
                start = at;
            }
        }
        if is_end && start < at {
            self.group(at, true);
        }
    }

    /// Whole lines that touch are one group.
    fn group(&mut self, end: usize, has_parts: bool) {
        match self.groups.last_mut() {
            Some(last) if !has_parts && !last.has_parts => last.end = end,
            _ => self.groups.push(Group { end, has_parts }),
        }
    }

    /// Writes the lines of a group to `to`, which is not behind the group; answers how many bytes they are.
    fn join_group(&mut self, bytes: &mut [u8], group: Range<usize>, to: usize) -> usize {
        let (mut at, mut out) = (group.start, to);
        while at < group.end {
            let end = memchr(b'\n', &bytes[at..group.end]).map_or(group.end, |newline| at + newline + 1);
            let part = Part::of(&bytes[at..end]);
            match part {
                Some(part) if part.goes_on => self.lines[part.stream].add(&bytes[at..end], &part),
                Some(part) if !self.lines[part.stream].parts.is_empty() => {
                    let line = &mut self.lines[part.stream];
                    line.add(&bytes[at..end], &part);
                    line.parts[line.tag_at] = b'F';
                    out += line.take(&mut bytes[out..end]);
                    line.is_cut = false;
                }
                _ => {
                    bytes.copy_within(at..end, out);
                    out += end - at;
                }
            }
            at = end;
        }
        for line in self.lines.iter_mut().filter(|line| !line.parts.is_empty()) {
            self.cut += u64::from(!line.is_cut);
            line.is_cut = true;
            out += line.take(&mut bytes[out..group.end]);
        }
        out - to
    }
}

impl Line {
    /// Adds a part to those before, the first with its time, stream and tag.
    fn add(&mut self, line: &[u8], part: &Part) {
        if self.parts.is_empty() {
            self.tag_at = part.tag_at;
            self.parts.extend_from_slice(&line[..part.content.end]);
        } else {
            self.parts.extend_from_slice(&line[part.content.clone()]);
        }
    }

    /// Writes what has come, with a newline if the file had one there; answers how many bytes these are.
    fn take(&mut self, out: &mut [u8]) -> usize {
        let length = self.parts.len();
        out[..length].copy_from_slice(&self.parts);
        self.parts.clear();
        let newline = out.get_mut(length).map(|end| *end = b'\n');
        length + usize::from(newline.is_some())
    }
}

impl Part {
    /// `None` where the line is none of this format: it is a line by itself.
    fn of(line: &[u8]) -> Option<Self> {
        let name_at = memchr(b' ', line)? + 1;
        let stream = NAMES.iter().position(|name| line[name_at..].starts_with(name))?;
        let tag_at = name_at + NAMES[stream].len();
        let goes_on = match line.get(tag_at)? {
            b'P' => true,
            b'F' => false,
            _ => return None,
        };
        let content_end = line.len() - usize::from(line.ends_with(b"\n"));
        // More tags may follow behind colons.
        let tag_bytes = memchr(b' ', &line[tag_at..content_end]).map_or(content_end - tag_at, |space| space + 1);
        let is_tag = matches!(line.get(tag_at + 1), None | Some(b' ' | b':' | b'\n'));
        is_tag.then_some(Self { stream, tag_at, content: tag_at + tag_bytes..content_end, goes_on })
    }
}
