//! Names of attributes that are known before the records are read. Not for names that only a record tells.

use crate::out::{Out, SHORT};
use crate::pack;

/// An attribute's name that is known from the configuration on, as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The first bytes, with zeros behind a short one, so that it is written by one move.
    first: [u8; SHORT],
    whole: Vec<u8>,
}

impl Key {
    pub(crate) fn new(prefix: &[u8], name: &[u8]) -> Self {
        let mut out = Out::default();
        pack::text(&mut out, &[prefix, name].concat());
        let (mut first, whole) = ([0; SHORT], out.written().to_vec());
        first.iter_mut().zip(&whole).for_each(|(to, from)| *to = *from);
        Self { first, whole }
    }

    /// Whether its first bytes are all of it.
    #[inline]
    pub(crate) fn is_short(&self) -> bool {
        self.whole.len() <= SHORT
    }

    #[inline]
    pub(crate) fn first(&self) -> &[u8; SHORT] {
        &self.first
    }

    #[inline]
    pub(crate) fn whole(&self) -> &[u8] {
        &self.whole
    }
}
