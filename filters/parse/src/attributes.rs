//! The attributes of one record, as they are written: those parsed behind those that it had. Not for what a value is.

use logagent_sdk::{Decisions, Entries, Part, Record, Value};

use crate::key::Key;
use crate::number::Number;
use crate::out::{Out, SHORT};
use crate::pack::{self, Container};
use crate::pen::{self, Pen};
use crate::unique::Uniques;

/// The longest head of a map: the count is known only at the end.
const HEAD: usize = 5;

/// The map of all attributes; maps inside of it get numbers from 1 on.
const OUTERMOST: u32 = 0;

/// One map after another, written into the buffer that is sent to the host.
#[derive(Debug)]
pub(crate) struct Attributes {
    out: Out,
    /// Where the map in hand begins: behind what was decided about the records before.
    start: usize,
    /// The room that was left for its head, by what the map before needed.
    head: usize,
    count: u32,
    uniques: Uniques,
    maps: u32,
    /// Whether the whole body is UTF-8, and with it all that is cut out of it at ASCII characters.
    is_utf8: bool,
    merged: Out,
}

impl Default for Attributes {
    fn default() -> Self {
        let (out, merged) = (Out::default(), Out::default());
        Self { out, start: 0, head: 1, count: 0, uniques: Uniques::default(), maps: 0, is_utf8: false, merged }
    }
}

impl Attributes {
    /// Takes the buffer for a batch.
    pub(crate) fn take_patch(&mut self, decisions: &mut Decisions) {
        self.out = Out::new(std::mem::take(decisions.patch()));
        self.start = 0;
    }

    /// Gives it back.
    pub(crate) fn return_patch(&mut self, decisions: &mut Decisions) {
        *decisions.patch() = std::mem::take(&mut self.out).into_bytes();
    }

    /// Begins with a record; what was written of one before and not decided is forgotten.
    #[inline]
    pub(crate) fn begin(&mut self, is_utf8: bool) {
        self.out.truncate(self.start);
        self.out.write([0; HEAD], self.head);
        self.uniques.clear();
        (self.count, self.maps, self.is_utf8) = (0, OUTERMOST, is_utf8);
    }

    /// Whether what is cut out of the body is known to be UTF-8.
    pub(crate) fn is_utf8(&self) -> bool {
        self.is_utf8
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Writes a name; exactly one value must follow.
    #[inline]
    pub(crate) fn key(&mut self, key: &Key) -> &mut Out {
        self.count += 1;
        match key.whole().len() {
            length @ ..=SHORT => self.out.write(*key.first(), length),
            _ => self.out.put(key.whole()),
        }
        &mut self.out
    }

    /// Adds all that `write` writes, `most` bytes at most.
    #[inline(always)]
    pub(crate) fn write(&mut self, most: usize, write: impl FnOnce(&mut Pen<'_>)) {
        let mut pen = Pen::new(self.out.space(most + pen::EXCESS));
        write(&mut pen);
        let (count, length) = pen.written();
        self.count += count;
        self.out.advance(length);
    }

    /// Adds a text, or bytes where it is no UTF-8.
    #[inline(never)]
    pub(crate) fn text(&mut self, key: &Key, value: &[u8]) {
        self.key(key);
        self.value_text(value);
    }

    /// Adds a text that is the first `length` bytes of `text`; faster, since what is behind it can be read, too.
    // Always: a call costs a component checks of its time and its stack, and these are made ten times a record.
    #[inline(always)]
    pub(crate) fn text_first(&mut self, key: &Key, text: &[u8], length: usize) {
        if self.is_utf8
            && length < SHORT
            && key.whole().len() <= SHORT
            && let Some(first) = text.first_chunk()
        {
            self.count += 1;
            self.out.write_pair((key.first(), key.whole().len()), pack::short_text_head(length), (first, length));
        } else {
            self.text(key, &text[..length]);
        }
    }

    #[inline]
    pub(crate) fn uint(&mut self, key: &Key, value: u64) {
        pack::uint(self.key(key), value);
    }

    #[inline]
    pub(crate) fn int(&mut self, key: &Key, value: i64) {
        pack::int(self.key(key), value);
    }

    /// Writes a name from the body, unless it is there already; exactly one value must follow then.
    #[inline]
    pub(crate) fn member(&mut self, prefix: &[u8], name: &[u8]) -> bool {
        let is_new = self.name(OUTERMOST, prefix, name);
        self.count += u32::from(is_new);
        is_new
    }

    /// A number for a map inside, for [`Attributes::inner_member`].
    pub(crate) fn inner_map(&mut self) -> u32 {
        self.maps += 1;
        self.maps
    }

    pub(crate) fn inner_member(&mut self, map: u32, name: &[u8]) -> bool {
        self.name(map, b"", name)
    }

    #[inline]
    fn name(&mut self, map: u32, prefix: &[u8], name: &[u8]) -> bool {
        let before = self.out.len();
        if prefix.is_empty() {
            pack::text(&mut self.out, name);
        } else {
            pack::text_head(&mut self.out, prefix.len() + name.len());
            self.out.put(prefix);
            self.out.put(name);
        }
        let start = self.out.len() - prefix.len() - name.len();
        let is_new = self.uniques.insert(self.out.written(), map, start..self.out.len());
        if !is_new {
            self.out.truncate(before);
        }
        is_new
    }

    #[inline]
    pub(crate) fn value_text(&mut self, value: &[u8]) {
        if self.is_utf8 || std::str::from_utf8(value).is_ok() {
            pack::text(&mut self.out, value);
        } else {
            pack::binary(&mut self.out, value);
        }
    }

    #[inline]
    pub(crate) fn value_number(&mut self, number: Number) {
        match number {
            Number::Int(number) => pack::int(&mut self.out, number),
            Number::Uint(number) => pack::uint(&mut self.out, number),
            Number::Float(number) => pack::float(&mut self.out, number),
        }
    }

    /// Where values of other kinds are written to.
    #[inline]
    pub(crate) fn out(&mut self) -> &mut Out {
        &mut self.out
    }

    /// Decides what was written: the new body's text, where there is one, and the map of the attributes, first what the
    /// record had under other names.
    #[inline]
    pub(crate) fn decide(&mut self, record: &Record<'_>, text: Option<&[u8]>, decisions: &mut Decisions) {
        let had = record.attributes();
        if self.is_empty() {
            self.out.truncate(self.start);
        } else if had.is_empty() {
            self.write_head();
        } else {
            self.merge(had);
        }
        if let Some(text) = text {
            self.out.insert(self.start, text);
            decisions.replace_written(record.index(), Part::Body, 0..record.body().len(), text.len());
            self.start += text.len();
        }
        if !self.is_empty() {
            let bytes = self.out.len() - self.start;
            decisions.replace_written(record.index(), Part::Attributes, 0..had.len(), bytes);
        }
        self.start = self.out.len();
    }

    /// Writes the head into its room, which is mostly right: a program's records have about as many members each.
    #[inline]
    fn write_head(&mut self) {
        let (head, length) = pack::head(Container::Map, self.count);
        if length != self.head {
            self.out.resize_at(self.start, self.head, length);
            self.head = length;
        }
        self.out.written_mut()[self.start..][..length].copy_from_slice(&head[..length]);
    }

    fn merge(&mut self, had: &[u8]) {
        self.write_head();
        self.learn_names();
        self.merged.clear();
        let at = pack::open(&mut self.merged);
        let mut count = self.count;
        for (key, value) in Entries::of(had) {
            if key.text().is_some_and(|name| self.uniques.contains(self.out.written(), OUTERMOST, name.as_bytes())) {
                continue;
            }
            write(&mut self.merged, key);
            write(&mut self.merged, value);
            count += 1;
        }
        self.merged.put(&self.out.written()[self.start + self.head..]);
        pack::close(&mut self.merged, at, Container::Map, count);
        self.out.truncate(self.start);
        self.out.put(self.merged.written());
    }

    /// Names known beforehand are not looked up while they are written: no line has two of them.
    fn learn_names(&mut self) {
        let written = self.out.written();
        self.uniques.clear();
        for name in Entries::of(&written[self.start..]).filter_map(|(name, _)| name.text()) {
            let at = name.as_ptr().addr() - written.as_ptr().addr();
            self.uniques.insert(written, OUTERMOST, at..at + name.len());
        }
    }
}

/// Writes what was read; a float of four bytes becomes one of eight.
fn write(out: &mut Out, value: Value<'_>) {
    match value {
        Value::Null => pack::null(out),
        Value::Bool(truth) => pack::bool(out, truth),
        Value::Int(number) => pack::int(out, number),
        Value::Large(number) => pack::uint(out, number),
        Value::Float(number) => pack::float(out, number),
        Value::Text(text) => pack::text(out, text.as_bytes()),
        Value::Bytes(bytes) => pack::binary(out, bytes),
        Value::List(whole) | Value::Map(whole) | Value::Extension(whole) => out.put(whole),
    }
}
