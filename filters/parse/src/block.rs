//! Sixteen bytes that are looked at or moved at once: one vector in a component, plain bytes natively, where only tests
//! run. Not for what is found in them.

/// The bytes of a block.
pub(crate) const BLOCK: usize = 16;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod vector {
    use std::arch::wasm32::{i8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u8x16_sub, v128, v128_or};

    use super::BLOCK;

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Block(v128);

    impl Block {
        #[inline(always)]
        pub(crate) fn read(bytes: &[u8; BLOCK]) -> Self {
            Self(bytemuck::pod_read_unaligned(bytes))
        }

        #[inline(always)]
        pub(crate) fn or(self, other: Self) -> Self {
            Self(v128_or(self.0, other.0))
        }

        #[inline(always)]
        pub(crate) fn equal(self, byte: u8) -> Self {
            Self(u8x16_eq(self.0, u8x16_splat(byte)))
        }

        #[inline(always)]
        pub(crate) fn letters(self) -> Self {
            let from_a = u8x16_sub(v128_or(self.0, u8x16_splat(0x20)), u8x16_splat(b'a'));
            Self(u8x16_lt(from_a, u8x16_splat(26)))
        }

        #[inline(always)]
        pub(crate) fn high_bits(self) -> u32 {
            i8x16_bitmask(self.0).into()
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod plain {
    use super::BLOCK;

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Block([u8; BLOCK]);

    impl Block {
        pub(crate) fn read(bytes: &[u8; BLOCK]) -> Self {
            Self(*bytes)
        }

        pub(crate) fn or(self, other: Self) -> Self {
            Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
        }

        /// All ones where a byte is this one, zeros elsewhere.
        pub(crate) fn equal(self, byte: u8) -> Self {
            Self(self.0.map(|it| if it == byte { 0xff } else { 0 }))
        }

        /// All ones where a byte is a letter of ASCII, zeros elsewhere.
        pub(crate) fn letters(self) -> Self {
            Self(self.0.map(|it| if it.is_ascii_alphabetic() { 0xff } else { 0 }))
        }

        /// The highest bit of each byte, the first the lowest.
        pub(crate) fn high_bits(self) -> u32 {
            (0..BLOCK).fold(0, |bits, at| bits | u32::from(self.0[at] >> 7) << at)
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use plain::Block;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use vector::Block;

/// Four blocks, as many as a word has bits for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk([Block; 4]);

/// The bytes of a chunk.
pub(crate) const CHUNK: usize = 4 * BLOCK;

impl Chunk {
    #[inline(always)]
    pub(crate) fn read(bytes: &[u8; CHUNK]) -> Self {
        let (blocks, _) = bytes.as_chunks();
        Self([0, 1, 2, 3].map(|at| Block::read(&blocks[at])))
    }

    /// A bit for each byte that is this one, the first the lowest.
    #[inline(always)]
    pub(crate) fn hits(self, byte: u8) -> u64 {
        let [a, b, c, d] = self.0.map(|block| u64::from(block.equal(byte).high_bits()));
        a | b << BLOCK | c << (2 * BLOCK) | d << (3 * BLOCK)
    }

    /// Whether any byte is this one, as a block to be joined to others.
    #[inline(always)]
    pub(crate) fn any(self, byte: u8) -> Block {
        let [a, b, c, d] = self.0.map(|block| block.equal(byte));
        a.or(b).or(c.or(d))
    }

    /// The bytes of all four, joined.
    #[inline(always)]
    pub(crate) fn joined(self) -> Block {
        let [a, b, c, d] = self.0;
        a.or(b).or(c.or(d))
    }
}
