//! Where tokens begin: brackets, colons and commas outside of strings, opening quotes, and first bytes of everything
//! else. Also checks what lies inside of strings. Knows no grammar: what the tokens are is for the walk to say.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod open;
mod places;
mod portable;

use crate::escape;
use open::Open;

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

/// A body, indexed from its start to `done`.
pub(crate) struct Blocks<'a> {
    body: &'a [u8],
    done: usize,
    open: Open,
    high: u64,
    backslash: u64,
    fault: Option<u32>,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Self { body, done: 0, open: Open::default(), high: 0, backslash: 0, fault: None }
    }

    /// Another body. Each field by itself: a whole that is built and then moved is loaded before its parts are stored.
    #[inline]
    pub(crate) fn begin(&mut self, body: &'a [u8]) {
        (self.body, self.done) = (body, 0);
        self.open = Open::default();
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
        // A copy, so that it is in registers.
        let mut open = self.open;
        let mut copy = [b' '; BLOCK];
        while at < end {
            let (block, skipped) = match body[at..].first_chunk() {
                Some(block) => (block, 0),
                None => last_block(body, at, &mut copy),
            };
            // A call in the common path would spill vectors to the stack, whose loading back waits for the store.
            let tokens;
            match plain(block) {
                Some(masks) => tokens = open.plain(masks.skip(skipped), &prefix_xor),
                None => (tokens, open) = self.rare(open, rare(block), at, skipped),
            }
            let places = places[count..].first_chunk_mut().expect("room for one place a byte");
            count += write(tokens, to_u32(at), places);
            at += BLOCK;
        }
        self.open = open;
        self.done = end;
        if end == body.len() && open.in_string != 0 {
            self.note(to_u32(end));
        }
        count
    }

    /// By value: what a call could change would be in no register.
    #[inline(never)]
    fn rare(&mut self, mut open: Open, rare: Rare, at: usize, skipped: usize) -> (u64, Open) {
        self.high |= rare.high;
        self.backslash |= rare.backslash;
        let masks = rare.masks.skip(skipped);
        let escaped = self.escapes(&mut open, rare.backslash >> skipped, at);
        let quotes = masks.quote & !escaped;
        let in_string = portable::prefix_xor(quotes) ^ open.in_string;
        let control = rare.control >> skipped & in_string;
        if control != 0 {
            self.note(to_u32(at) + control.trailing_zeros());
        }
        (open.tokens(masks, quotes, in_string), open)
    }

    /// The bytes behind backslashes that are not themselves escaped.
    ///
    /// Checks each escape as well. A backslash outside of strings is checked alike, which does no harm: the walk
    /// refuses it, or something before it.
    fn escapes(&mut self, open: &mut Open, backslash: u64, base: usize) -> u64 {
        let mut escaped = std::mem::take(&mut open.escaped);
        let mut left = backslash & !escaped;
        while left != 0 {
            let at = left.trailing_zeros();
            if let Err(broken) = escape::check(self.body, base + at as usize) {
                self.note(to_u32(broken));
            }
            if at == 63 {
                open.escaped = 1;
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

/// The block at the body's end, and how many of its first bytes lie before `at`: it begins before it where it can, and is
/// a copy, filled up with blanks, where it can't.
#[inline(always)]
fn last_block<'a>(body: &'a [u8], at: usize, copy: &'a mut [u8; BLOCK]) -> (&'a [u8; BLOCK], usize) {
    if let Some(block) = body.last_chunk() {
        return (block, BLOCK - (body.len() - at));
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
