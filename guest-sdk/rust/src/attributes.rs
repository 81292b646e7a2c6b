//! Writing attributes: one MessagePack map (<https://github.com/msgpack/msgpack/blob/master/spec.md>), into a buffer
//! that is reused. Not for reading: that is [`Value`](crate::Value).

use rmp::encode::{write_bin, write_bool, write_f64, write_map_len, write_nil, write_sint, write_str, write_uint};

/// A map that is being written.
///
/// ```
/// use logagent_sdk::{Attributes, Value, Entries};
/// let mut attributes = Attributes::default();
/// attributes.text("user", "anna");
/// attributes.int("status", 200);
/// assert_eq!(Entries::of(attributes.bytes()).last(), Some((Value::Text("status"), Value::Int(200))));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    entries: Vec<u8>,
    count: u32,
    whole: Vec<u8>,
}

/// Why writing can't fail.
const TO_MEMORY: &str = "memory takes all that is written";

impl Attributes {
    /// Forgets what was written, and keeps the memory.
    ///
    /// ```
    /// let mut attributes = logagent_sdk::Attributes::default();
    /// attributes.clear();
    /// assert!(attributes.is_empty());
    /// ```
    pub fn clear(&mut self) {
        self.entries.clear();
        self.count = 0;
    }

    /// Whether nothing was written.
    ///
    /// ```
    /// assert!(logagent_sdk::Attributes::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn key(&mut self, key: &str) -> &mut Vec<u8> {
        self.count += 1;
        write_str(&mut self.entries, key).expect(TO_MEMORY);
        &mut self.entries
    }

    /// Adds a text.
    ///
    /// ```
    /// logagent_sdk::Attributes::default().text("user", "anna");
    /// ```
    pub fn text(&mut self, key: &str, value: &str) {
        write_str(self.key(key), value).expect(TO_MEMORY);
    }

    /// Adds bytes: as text where they are UTF-8.
    ///
    /// ```
    /// logagent_sdk::Attributes::default().bytes_or_text("raw", b"\xff");
    /// ```
    pub fn bytes_or_text(&mut self, key: &str, value: &[u8]) {
        match std::str::from_utf8(value) {
            Ok(text) => self.text(key, text),
            Err(_) => write_bin(self.key(key), value).expect(TO_MEMORY),
        }
    }

    /// Adds a whole number.
    ///
    /// ```
    /// logagent_sdk::Attributes::default().int("status", -1);
    /// ```
    pub fn int(&mut self, key: &str, value: i64) {
        write_sint(self.key(key), value).map(drop).expect(TO_MEMORY);
    }

    /// Adds a whole number without a sign.
    ///
    /// ```
    /// logagent_sdk::Attributes::default().uint("bytes", u64::MAX);
    /// ```
    pub fn uint(&mut self, key: &str, value: u64) {
        write_uint(self.key(key), value).map(drop).expect(TO_MEMORY);
    }

    /// Adds a floating-point number.
    ///
    /// ```
    /// logagent_sdk::Attributes::default().float("seconds", 0.5);
    /// ```
    pub fn float(&mut self, key: &str, value: f64) {
        write_f64(self.key(key), value).expect(TO_MEMORY);
    }

    /// Adds true or false.
    ///
    /// ```
    /// logagent_sdk::Attributes::default().bool("cached", true);
    /// ```
    pub fn bool(&mut self, key: &str, value: bool) {
        write_bool(self.key(key), value).expect(TO_MEMORY);
    }

    /// Adds nothing under a key.
    ///
    /// ```
    /// logagent_sdk::Attributes::default().null("user");
    /// ```
    pub fn null(&mut self, key: &str) {
        write_nil(self.key(key)).expect(TO_MEMORY);
    }

    /// Adds a value that is MessagePack already: a list or map, say. Exactly one, or the map is broken.
    ///
    /// ```
    /// logagent_sdk::Attributes::default().encoded("tags", b"\x92\x01\x02");
    /// ```
    pub fn encoded(&mut self, key: &str, value: &[u8]) {
        self.key(key).extend_from_slice(value);
    }

    /// The map as it stands, for [`Decisions::replace`](crate::Decisions::replace).
    ///
    /// ```
    /// assert_eq!(logagent_sdk::Attributes::default().bytes(), b"\x80");
    /// ```
    pub fn bytes(&mut self) -> &[u8] {
        self.whole.clear();
        write_map_len(&mut self.whole, self.count).map(drop).expect(TO_MEMORY);
        self.whole.extend_from_slice(&self.entries);
        &self.whole
    }
}
