//! The 32 bytes that say where a record's parts lie in the window.

use bytemuck::{Pod, Zeroable};
use std::ops::{BitOr, Range};

#[cfg(target_endian = "big")]
compile_error!("descriptors are little-endian and read in place: a big-endian host would need to swap them");

/// One record of a batch. Places are bytes from the window's start.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Descriptor {
    /// The body's place.
    pub body_at: u32,
    /// The body's length in bytes, without its newline.
    pub body_len: u32,
    /// The attributes' place: one MessagePack map.
    pub attrs_at: u32,
    /// The attributes' length in bytes; 0 where there are none.
    pub attrs_len: u32,
    /// When it happened, nanoseconds since the Unix epoch; 0 unknown.
    pub time_unix_nano: u64,
    /// OpenTelemetry's severity number, 1 to 24; 0 unknown.
    pub severity: u8,
    /// What the host knows of the record.
    pub flags: Flags,
    /// The index of its stream in the batch's streams.
    pub stream: u16,
    /// The window's place where the body lay as it was read, whatever filters have made of it since; 0 for a record that
    /// a filter made. For the host alone: it says where in its source the record stood.
    pub origin: u32,
}

impl Descriptor {
    /// The length of a descriptor, and what a table of them is aligned to.
    pub const BYTES: usize = 32;

    /// The window's places that hold the body.
    #[inline]
    #[must_use]
    pub fn body(&self) -> Range<usize> {
        self.body_at as usize..self.body_at as usize + self.body_len as usize
    }

    /// The window's places that hold the attributes.
    #[inline]
    #[must_use]
    pub fn attributes(&self) -> Range<usize> {
        self.attrs_at as usize..self.attrs_at as usize + self.attrs_len as usize
    }
}

const _: () = assert!(size_of::<Descriptor>() == Descriptor::BYTES);

/// A set of what the host knows of a record.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Flags(pub u8);

impl Flags {
    /// The byte behind the body is a newline of the same batch.
    pub const TERMINATED: Self = Self(1);
    /// The line was too long; the stream's next record goes on with it.
    pub const CONTINUED: Self = Self(2);

    /// Whether all of `other` are set.
    #[inline]
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_lie_where_the_contract_says() {
        let descriptor = Descriptor {
            body_at: 0x0302_0100,
            body_len: 0x0706_0504,
            attrs_at: 0x0b0a_0908,
            attrs_len: 0x0f0e_0d0c,
            time_unix_nano: 0x1716_1514_1312_1110,
            severity: 0x18,
            flags: Flags(0x19),
            stream: 0x1b1a,
            origin: 0x1f1e_1d1c,
        };
        let expected: Vec<u8> = (0..32).collect();
        assert_eq!(bytemuck::bytes_of(&descriptor), expected);
    }
}
