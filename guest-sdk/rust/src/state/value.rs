//! Values as bytes.

/// What a [`Table`](super::Table) holds. Bytes live longer than a filter's version: what can't be read is taken for absent.
///
/// ```
/// use logagent_sdk::state::Value;
/// #[derive(Debug, PartialEq)]
/// struct Point(u8, u8);
/// impl Value for Point {
///     fn write(&self, into: &mut Vec<u8>) {
///         into.extend_from_slice(&[self.0, self.1]);
///     }
///     fn read(bytes: &[u8]) -> Option<Self> {
///         let &[x, y] = bytes.as_array()?;
///         Some(Self(x, y))
///     }
/// }
/// let mut bytes = Vec::new();
/// Point(1, 2).write(&mut bytes);
/// assert_eq!(Point::read(&bytes), Some(Point(1, 2)));
/// assert_eq!(Point::read(b"x"), None);
/// ```
pub trait Value: Sized {
    /// Appends the value's bytes.
    fn write(&self, into: &mut Vec<u8>);

    /// The value of these bytes, if they are one.
    fn read(bytes: &[u8]) -> Option<Self>;
}

impl Value for i64 {
    fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self::from_le_bytes(bytes.try_into().ok()?))
    }
}

impl Value for Vec<u8> {
    fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(self);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Some(bytes.into())
    }
}

impl Value for String {
    fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(self.as_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::from_utf8(bytes.into()).ok()
    }
}
