//! The key of a buffer that is encrypted (XChaCha20-Poly1305, draft-irtf-cfrg-xchacha): read from its file, checked
//! against what is there, and used. It is never shown.

use crate::format::{EntryHeader, NONCE, Sync, TAG};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305, XNonce};
use std::io::{Error, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

const KEY_BYTES: usize = 32;

/// As hexadecimal it takes 64 characters; what is much longer is another file.
const MOST_FILE_BYTES: u64 = 1024;

/// What must not be allowed to all. A group may read it: so are secrets mounted for who isn't root.
const OTHERS: u32 = 0o027;

/// Whether this file holds a key, and nobody else can read it.
///
/// # Errors
/// Why it can't be used.
pub fn check_key(path: &Path) -> Result<(), Error> {
    Key::read(path).map(drop)
}

/// What a key makes of a segment's sync word and of nothing else.
pub(crate) type KeyCheck = [u8; TAG];

/// The first bytes of the nonce of a check. Those of entries are random.
const CHECK: &[u8; 16] = b"logagent-buffer\0";

/// A key, ready for use.
#[derive(Clone)]
pub(crate) struct Key(XChaCha20Poly1305);

impl Key {
    /// Reads a key: 32 bytes in hexadecimal or base64; whitespace around them does not count.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let mut text = String::new();
        let file = std::fs::File::open(path)?;
        let found = file.metadata()?;
        if found.is_file() && found.mode() & OTHERS != 0 {
            return Err(Error::new(
                ErrorKind::PermissionDenied,
                "others can read it, or its group can write it: chmod 600 it, or 640 for a group that reads it",
            ));
        }
        file.take(MOST_FILE_BYTES).read_to_string(&mut text)?;
        let text = text.trim();
        let key = hexadecimal(text).or_else(|| BASE64_STANDARD.decode(text).ok()?.try_into().ok());
        let key: [u8; KEY_BYTES] =
            key.ok_or_else(|| Error::new(ErrorKind::InvalidData, "not 32 bytes in hexadecimal or base64"))?;
        Ok(Self(XChaCha20Poly1305::new(&key.into())))
    }

    pub(crate) fn check(&self, sync: Sync) -> KeyCheck {
        let mut nonce = [0; NONCE];
        nonce[..16].copy_from_slice(CHECK);
        nonce[16..].copy_from_slice(&sync);
        let tag = self.0.encrypt_inout_detached(&XNonce::from(nonce), &[], (&mut [][..]).into());
        tag.expect("nothing is not too long").into()
    }

    /// Encrypts the payload where it lies.
    pub(crate) fn encrypt(&self, header: &EntryHeader, payload: &mut [u8]) -> [u8; TAG] {
        let nonce = XNonce::from(header.nonce);
        let tag = self.0.encrypt_inout_detached(&nonce, &header.associated(), payload.into());
        tag.expect("a payload is not too long").into()
    }

    /// Decrypts the payload, the tag at its end apart, where it lies; whether it is what was encrypted with this key.
    pub(crate) fn decrypt(&self, header: &EntryHeader, stored: &mut [u8]) -> bool {
        let Some(end) = stored.len().checked_sub(TAG) else { return false };
        let (payload, tag) = stored.split_at_mut(end);
        let Some(tag) = tag.first_chunk::<TAG>() else { return false };
        let nonce = XNonce::from(header.nonce);
        self.0.decrypt_inout_detached(&nonce, &header.associated(), payload.into(), &(*tag).into()).is_ok()
    }
}

fn hexadecimal(text: &str) -> Option<[u8; KEY_BYTES]> {
    if text.len() != 2 * KEY_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut key = [0; KEY_BYTES];
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(key)
}

/// Numbers that are used once: random, then counted. One for each that encrypts, so that none of them waits.
pub(crate) struct Nonces {
    prefix: [u8; 16],
    count: u64,
}

impl Nonces {
    /// `number` is another for each that encrypts by the same random bytes.
    pub(crate) fn new(random: [u8; 12], number: u32) -> Self {
        let mut prefix = [0; 16];
        prefix[..12].copy_from_slice(&random);
        prefix[12..].copy_from_slice(&number.to_le_bytes());
        Self { prefix, count: 0 }
    }

    pub(crate) fn next(&mut self) -> [u8; NONCE] {
        let mut nonce = [0; NONCE];
        nonce[..16].copy_from_slice(&self.prefix);
        nonce[16..].copy_from_slice(&self.count.to_le_bytes());
        self.count += 1;
        nonce
    }
}

/// Bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::other(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Result<Key, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Key::read(file.path())
    }

    #[test]
    fn a_key_is_32_bytes_in_hexadecimal_or_base64() {
        let hexadecimal = "00".repeat(31) + "fF";
        let base64 = BASE64_STANDARD.encode([&[0; 31][..], &[0xff]].concat());
        let checks = [hexadecimal, format!(" {base64}\n")].map(|text| key(&text).unwrap().check([1; 8]));
        assert_eq!(checks[0], checks[1]);
        for wrong in ["", "00", &"0".repeat(63), &"0g".repeat(32), &"A".repeat(100)] {
            let error = key(wrong).err().unwrap();
            assert_eq!(error.to_string(), "not 32 bytes in hexadecimal or base64", "{wrong}");
        }
    }

    #[test]
    fn a_key_that_others_can_read_or_its_group_can_write_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "00".repeat(32)).unwrap();
        for (mode, is_right) in [(0o600, true), (0o440, true), (0o444, false), (0o660, false), (0o601, false)] {
            file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(check_key(file.path()).is_ok(), is_right, "{mode:o}");
        }
    }

    #[test]
    fn what_is_encrypted_is_read_with_the_same_key_and_header_alone() {
        let (ours, other) = (key(&"ab".repeat(32)).unwrap(), key(&"ac".repeat(32)).unwrap());
        let header = EntryHeader { records: 1, nonce: Nonces::new([9; 12], 1).next(), ..EntryHeader::default() };
        let mut stored = b"a secret".to_vec();
        let tag = ours.encrypt(&header, &mut stored);
        stored.extend_from_slice(&tag);
        assert_ne!(stored[..8], *b"a secret");
        assert!(!other.decrypt(&header, &mut stored.clone()));
        assert!(!ours.decrypt(&EntryHeader { records: 2, ..header }, &mut stored.clone()));
        assert!(ours.decrypt(&header, &mut stored) && stored[..8] == *b"a secret");
        assert!(!ours.decrypt(&header, &mut [0; 3]));
        assert_ne!(ours.check([1; 8]), other.check([1; 8]));
    }
}
