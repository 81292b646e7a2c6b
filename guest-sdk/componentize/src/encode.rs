//! Bytes in, bytes out: from a core module to a component. Not for files.

use std::fmt;

use thiserror::Error;
use wit_component::ComponentEncoder;

const MAGIC: &[u8] = b"\0asm";
/// The second half of a component's header; a core module has version 1 and layer 0 there.
const COMPONENT_HEADER: &[u8] = &[0x0d, 0, 1, 0];
/// What wit-bindgen calls its custom sections: `component-type:` and the world's name.
const TYPE_SECTION: &[u8] = b"component-type";

/// Why a module can't be made a component.
#[derive(Debug, Error)]
pub enum EncodeError {
    /// The bytes don't begin as WebAssembly does.
    #[error("not a WebAssembly file (it does not begin with \\0asm)")]
    NotWasm,
    /// There is nothing to do.
    #[error("already a component")]
    AlreadyComponent,
    /// Nothing in the module says which world it implements.
    #[error("no component-type section: was it built with logagent-sdk, and does it call logagent_sdk::export!?")]
    NoTypeSection,
    /// wit-component refused it.
    #[error("can't be wrapped: {0}")]
    Encoder(Reasons),
}

/// The encoder's reason and the causes below it, outermost first.
#[derive(Debug)]
pub struct Reasons(Vec<String>);

impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(": "))
    }
}

impl std::error::Error for Reasons {}

/// Wraps `core` as a component and validates the result.
///
/// # Errors
/// Where `core` isn't a core module, was built without a world, or doesn't fit the world that it names.
pub fn encode(core: &[u8]) -> Result<Vec<u8>, EncodeError> {
    check_header(core)?;
    // A search of the bytes instead of a walk over the sections: a false hit only makes the encoder's own
    // error appear in place of ours.
    if !core.windows(TYPE_SECTION.len()).any(|bytes| bytes == TYPE_SECTION) {
        return Err(EncodeError::NoTypeSection);
    }
    ComponentEncoder::default()
        .validate(true)
        .module(core)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| EncodeError::Encoder(Reasons(error.chain().map(ToString::to_string).collect())))
}

fn check_header(core: &[u8]) -> Result<(), EncodeError> {
    if core.len() < 8 || !core.starts_with(MAGIC) {
        return Err(EncodeError::NotWasm);
    }
    if core[4..8] == *COMPONENT_HEADER {
        return Err(EncodeError::AlreadyComponent);
    }
    Ok(())
}
