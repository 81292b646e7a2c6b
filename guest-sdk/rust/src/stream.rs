//! Where records come from.

/// A file, a connection, a tenant: what a source reads records from.
///
/// ```
/// logagent_sdk::testing::once(["a"], |batch, _| {
///     let stream = batch.stream_of(0).unwrap();
///     assert_eq!((stream.source.as_str(), stream.attributes), ("test", Vec::new()));
/// });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The source's name in the configuration.
    pub source: String,
    /// A MessagePack map with OpenTelemetry's names; read it with [`Entries`](crate::Entries).
    pub attributes: Vec<u8>,
}
