//! What each encoding costs from `deliver` to the confirmation, without a disk: into `/dev/null`.

#[path = "../src/fixture.rs"]
mod fixture;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use fixture::{Lane, Line};
use logagent_component::Delivery;
use logagent_sink::{Encoding, FileConfig, FileTarget};
use std::sync::Arc;

fn main() {
    divan::main();
}

const ENCODINGS: [Encoding; 3] = [Encoding::Raw, Encoding::Json, Encoding::Msgpack];

fn again(delivery: &Delivery) -> Delivery {
    Delivery {
        span: delivery.span.clone(),
        table: delivery.table.clone(),
        streams: delivery.streams.clone(),
        ..*delivery
    }
}

/// 2000 lines of JSON of 210 bytes, whose quotes `json` has to escape.
fn batch(lane: &mut Lane, attributes: &[u8]) -> Delivery {
    let body = format!("{{\"level\":\"INFO\",\"user\":\"someone\",\"message\":\"{}\"}}", "lorem ipsum ".repeat(13));
    lane.batch(&vec![Line { attributes: attributes.into(), time: 1, severity: 9, ..Line::new(body) }; 2000])
}

#[divan::bench(args = ENCODINGS)]
fn bare(bencher: Bencher<'_, '_>, encoding: &Encoding) {
    run(bencher, *encoding, b"", b"");
}

/// As `parse` leaves them, and a file's path from the stream.
#[divan::bench(args = ENCODINGS)]
fn with_attributes(bencher: Bencher<'_, '_>, encoding: &Encoding) {
    let stream = b"\x81\xadlog.file.path\xb0/var/log/app.log";
    run(bencher, *encoding, stream, b"\x83\xa4user\xa7someone\xa6status\xcd\x01\xf4\xa4took\xcb\x3f\xf8\0\0\0\0\0\0");
}

fn run(bencher: Bencher<'_, '_>, encoding: Encoding, stream: &[u8], attributes: &[u8]) {
    let config = FileConfig { encoding, ..FileConfig::new("null", "/dev/null") };
    let mut sink = FileTarget::open(config, Arc::default()).unwrap().lane();
    let mut lane = Lane::of(4 << 20);
    lane.stream = stream.into();
    let delivery = batch(&mut lane, attributes);
    let bencher = bencher.counter(BytesCount::new(delivery.bytes)).counter(ItemsCount::new(delivery.records()));
    bencher.with_inputs(|| again(&delivery)).bench_local_values(|delivery| sink.deliver(delivery).unwrap());
}
