//! The keyed hash of a secret: HMAC (RFC 2104) with SHA-256. The key is told to nobody.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How many hexadecimal digits of the hash are written: 128 bits, so that no two secrets of any log have the same. With
/// fewer than 20 they could by chance be a card's number, or with 16 and with 20 to 24 an IBAN.
pub(crate) const HASH_DIGITS: usize = 32;

/// A key, ready to hash with.
#[derive(Clone)]
pub(crate) struct Key(Hmac<Sha256>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// Appends the first digits of the text's hash.
    pub(crate) fn write(&self, text: &[u8], out: &mut Vec<u8>) {
        let mut hash = self.0.clone();
        hash.update(text);
        let bytes = hash.finalize().into_bytes();
        for byte in &bytes[..HASH_DIGITS / 2] {
            out.extend([byte >> 4, byte & 15].map(digit));
        }
    }
}

fn digit(value: u8) -> u8 {
    b"0123456789abcdef"[usize::from(value)]
}

/// Whether the text is a hash as it is written.
pub(crate) fn is_hash(text: &[u8]) -> bool {
    text.len() == HASH_DIGITS && text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::{HASH_DIGITS, Key, is_hash};

    #[test]
    fn it_is_the_hash_of_rfc_4231() {
        let mut out = Vec::new();
        Key::new(b"Jefe").write(b"what do ya want for nothing?", &mut out);
        assert_eq!(out, &b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"[..HASH_DIGITS]);
        assert!(is_hash(&out));
    }

    #[test]
    fn a_key_shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", Key::new(b"swordfish swordfish")), "Key(..)");
    }
}
