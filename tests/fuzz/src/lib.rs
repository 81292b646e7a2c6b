//! What the fuzz targets share: bodies laid out as a batch, and filters run over them.

use logagent_record::Descriptor;
use logagent_sdk::Filter;
use logagent_sdk::testing::{Harness, Outcome};
use serde_json::Value;

/// Bodies one behind another, with this byte between each two.
pub fn lay_out(bodies: &[&[u8]], gap: u8) -> (Vec<u8>, Vec<Descriptor>) {
    let (mut bytes, mut records) = (Vec::new(), Vec::new());
    let place = |length: usize| u32::try_from(length).expect("inputs are short");
    for body in bodies {
        records.push(Descriptor { body_at: place(bytes.len()), body_len: place(body.len()), ..Descriptor::default() });
        bytes.extend_from_slice(body);
        bytes.push(gap);
    }
    (bytes, records)
}

/// The input's lines as bodies.
pub fn lines(data: &[u8]) -> Vec<&[u8]> {
    data.split(|&byte| byte == b'\n').collect()
}

/// A filter with this configuration.
pub fn filter<F: Filter>(config: Value) -> Harness<F> {
    Harness::new(config).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What a filter does to the input's lines: it never fails, whatever they are.
pub fn run<F: Filter>(harness: &mut Harness<F>, data: &[u8]) -> Outcome {
    harness.process(lines(data)).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// Whether it is JSON to the host's own rules, which refuse what is nested too deeply and take lone surrogates.
pub fn is_json(body: &[u8]) -> bool {
    let paths = logagent_fields::Paths::new(&["$"]).expect("a path");
    let (bytes, records) = lay_out(&[body], b'\n');
    let bodies = logagent_record::Bodies::new(&bytes, 0, &records);
    let (mut scratch, mut found) = (logagent_fields::Scratch::default(), Vec::new());
    paths.find(&bodies, &mut scratch, &mut || true, &mut found).expect("nothing interrupts it");
    found.iter().all(|field| field.path != logagent_fields::Field::MALFORMED)
}
