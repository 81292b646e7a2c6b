//! Where tokens begin: brackets, colons and commas outside of strings, opening quotes, and first bytes of everything
//! else. Also checks what lies inside of strings. Knows no grammar: what the tokens are is for the walk to say.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod places;
mod portable;

use crate::escape;
use std::ops::Range;

/// How many bytes are looked at together.
pub(crate) const BLOCK: usize = 64;

/// How many places may be overwritten behind those that count.
pub(crate) const SPARE: usize = 8;

/// Which code looks at blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// Made by [`Kernel::detect`] alone.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    Portable,
}

impl Kernel {
    /// The fastest that this machine can run.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if avx512::is_supported() {
            return Self::Avx512;
        }
        #[cfg(target_arch = "x86_64")]
        if avx2::is_supported() {
            return Self::Avx2;
        }
        Self::Portable
    }
}

/// For each byte of a block one bit, the first byte's lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Masks {
    quote: u64,
    blank: u64,
    /// `{}[]:,`
    structure: u64,
}

impl Masks {
    /// Without the first `count` bytes; blanks come in at the end.
    #[inline(always)]
    fn skip(self, count: usize) -> Self {
        Self {
            quote: self.quote >> count,
            blank: self.blank >> count | !(u64::MAX >> count),
            structure: self.structure >> count,
        }
    }
}

/// The masks of a block that has bytes which most have none of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rare {
    masks: Masks,
    backslash: u64,
    /// Bytes below 0x20.
    control: u64,
    /// Bytes above 0x7f.
    high: u64,
}

/// What a kernel knows of a block, without the bytes that were seen before.
struct Seen {
    masks: Masks,
    control: u64,
    escaped: u64,
}

/// A body, indexed from its start to `done`.
pub(crate) struct Blocks<'a> {
    body: &'a [u8],
    done: usize,
    /// All ones while a string is open.
    in_string: u64,
    /// 1 where the next byte is escaped.
    escaped: u64,
    /// 1 where the last byte belongs to a number, a literal, or nothing that JSON knows.
    in_scalar: u64,
    high: u64,
    backslash: u64,
    fault: Option<u32>,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Self { body, done: 0, in_string: 0, escaped: 0, in_scalar: 0, high: 0, backslash: 0, fault: None }
    }

    /// Another body. Each field by itself: a whole that is built and then moved is loaded before its parts are stored.
    #[inline]
    pub(crate) fn begin(&mut self, body: &'a [u8]) {
        (self.body, self.done) = (body, 0);
        (self.in_string, self.escaped, self.in_scalar) = (0, 0, 0);
        (self.high, self.backslash, self.fault) = (0, 0, None);
    }

    pub(crate) fn body(&self) -> &'a [u8] {
        self.body
    }

    pub(crate) fn is_done(&self) -> bool {
        self.done == self.body.len()
    }

    /// Whether all bytes up to `done` are ASCII.
    pub(crate) fn is_ascii(&self) -> bool {
        self.high == 0
    }

    /// Whether there is a backslash up to `done`.
    pub(crate) fn has_backslash(&self) -> bool {
        self.backslash != 0
    }

    /// The first byte inside of a string that may not be there, as far as is known.
    pub(crate) fn fault(&self) -> Option<u32> {
        self.fault
    }

    /// Indexes up to `bytes` more, a multiple of the block, and answers how many places it wrote. There must be room for
    /// one place a byte, of whole blocks, and [`SPARE`] more.
    #[inline]
    pub(crate) fn index(&mut self, kernel: Kernel, bytes: usize, places: &mut [u32]) -> usize {
        match kernel {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the CPU has the features that the function is compiled for: `Kernel::detect`, which alone makes
            // this variant, has asked for them.
            Kernel::Avx2 => unsafe { avx2::index(self, bytes, places) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Kernel::Avx512 => unsafe { avx512::index(self, bytes, places) },
            Kernel::Portable => portable::index(self, bytes, places),
        }
    }

    /// [`Blocks::index`] by a kernel's functions. Always inlined, so that it is compiled for the kernel's features.
    /// `plain` answers for blocks without rare bytes.
    #[inline(always)]
    fn index_by(
        &mut self,
        bytes: usize,
        places: &mut [u32],
        plain: impl Fn(&[u8; BLOCK]) -> Option<Masks>,
        rare: impl Fn(&[u8; BLOCK]) -> Rare,
        prefix_xor: impl Fn(u64) -> u64,
        write: impl Fn(u64, u32, &mut [u32; BLOCK + SPARE]) -> usize,
    ) -> usize {
        let (body, mut at, mut count) = (self.body, self.done, 0);
        let end = body.len().min(at + bytes);
        let mut copy = [b' '; BLOCK];
        while at < end {
            let (block, seen) = block(body, at..end, &mut copy);
            // A call in the common path would spill vectors to the stack, whose loading back waits for the store.
            let block = match plain(block) {
                Some(masks) => Seen { masks: masks.skip(seen), control: 0, escaped: std::mem::take(&mut self.escaped) },
                None => self.rare(rare(block), at, seen),
            };
            let places = places[count..].first_chunk_mut().expect("room for one place a byte");
            count += write(self.tokens(block, at, &prefix_xor), to_u32(at), places);
            at += BLOCK;
        }
        self.done = end;
        if end == body.len() && self.in_string != 0 {
            self.note(to_u32(end));
        }
        count
    }

    fn rare(&mut self, rare: Rare, at: usize, seen: usize) -> Seen {
        self.high |= rare.high;
        self.backslash |= rare.backslash;
        let escaped = self.escapes(rare.backslash >> seen, at);
        Seen { masks: rare.masks.skip(seen), control: rare.control >> seen, escaped }
    }

    /// Where tokens begin in the block that begins at `at`.
    #[inline(always)]
    fn tokens(&mut self, block: Seen, at: usize, prefix_xor: impl Fn(u64) -> u64) -> u64 {
        let Masks { quote, blank, structure } = block.masks;
        let quotes = quote & !block.escaped;
        // From each opening quote to the byte before the closing one.
        let in_string = prefix_xor(quotes) ^ self.in_string;
        self.in_string = 0_u64.wrapping_sub(in_string >> 63);
        let control = block.control & in_string;
        if control != 0 {
            self.note(to_u32(at) + control.trailing_zeros());
        }
        let scalar = !(structure | blank | in_string | quotes);
        let starts = scalar & !(scalar << 1 | self.in_scalar);
        self.in_scalar = scalar >> 63;
        structure & !in_string | quotes & in_string | starts
    }

    /// The bytes behind backslashes that are not themselves escaped.
    ///
    /// Checks each escape as well. A backslash outside of strings is checked alike, which does no harm: the walk
    /// refuses it, or something before it.
    fn escapes(&mut self, backslash: u64, base: usize) -> u64 {
        let mut escaped = std::mem::take(&mut self.escaped);
        let mut left = backslash & !escaped;
        while left != 0 {
            let at = left.trailing_zeros();
            if let Err(broken) = escape::check(self.body, base + at as usize) {
                self.note(to_u32(broken));
            }
            if at == 63 {
                self.escaped = 1;
            }
            escaped |= (1 << at) << 1;
            left &= !(1 << at) & !escaped;
        }
        escaped
    }

    #[cold]
    fn note(&mut self, at: u32) {
        self.fault = Some(self.fault.map_or(at, |fault| fault.min(at)));
    }
}

/// The block at the range's start, and how many of its first bytes are not of the range: the body's last block begins
/// before the range where it can, and is a copy, filled up with blanks, where it can't.
#[inline(always)]
fn block<'a>(body: &'a [u8], range: Range<usize>, copy: &'a mut [u8; BLOCK]) -> (&'a [u8; BLOCK], usize) {
    if let Some(block) = body[range.clone()].first_chunk() {
        return (block, 0);
    }
    if let Some(block) = body.last_chunk() {
        return (block, BLOCK - range.len());
    }
    copy[..body.len()].copy_from_slice(body);
    (copy, 0)
}

/// At the low nibbles of the colon, the comma and the curly brackets these; elsewhere bytes that nothing which looks
/// them up equals. With bit 0x20 set, square brackets are curly ones, too.
#[cfg(target_arch = "x86_64")]
const STRUCTURE: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b':', b'{', b',', b'}', 0, 0];

/// A place in a body. Bodies are shorter than 4 GiB: their descriptors say so.
#[inline(always)]
fn to_u32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
