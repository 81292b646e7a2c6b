//! Values as bytes, in postcard's format (<https://postcard.jamesmunns.com/wire-format>).

use postcard::ser_flavors::Flavor;
use serde::Serialize;

/// Appends a value.
#[inline]
pub(crate) fn append<T: Serialize>(value: &T, to: &mut Vec<u8>) {
    postcard::serialize_with_flavor(value, Appended(to)).expect("memory takes all that is written");
}

/// Where a value's bytes go: the library's own ways begin with an empty buffer, or take bytes one by one.
struct Appended<'k>(&'k mut Vec<u8>);

impl Flavor for Appended<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
