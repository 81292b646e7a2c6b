//! A ring with batches in it, and test guests that see them.

use bytemuck::bytes_of;
use logagent_component::{BatchView, Decisions, Filter, FilterError, StreamInfo};
use logagent_record::{Descriptor, Flags};
use logagent_ring::Writer;
use logagent_telemetry::FilterMeter;
use logagent_wasm::{Access, Asset, Limits, Program, Runtime, StartError, StateHandle, WasmFilter};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::task::Waker;

pub const LIMITS: Limits = Limits::DEFAULT;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new(None).expect("a runtime"));
static GUESTS: LazyLock<Program> =
    LazyLock::new(|| RUNTIME.load(&component("guests/test_guests.wasm")).expect("loads"));

/// A component that `make filters` has built.
pub fn component(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target").join(name);
    assert!(path.exists(), "{} is missing: run `make filters`", path.display());
    path
}

/// A guest in its place: its ring, its meter, and what it decided last.
pub struct Guest {
    pub filter: WasmFilter,
    pub meter: Arc<FilterMeter>,
    pub decisions: Decisions,
}

impl Guest {
    pub fn try_start(mode: &str, ring: &Writer, limits: Limits) -> Result<Self, StartError> {
        Self::try_start_with(mode, ring, limits, Access::default())
    }

    fn try_start_with(mode: &str, ring: &Writer, limits: Limits, access: Access) -> Result<Self, StartError> {
        let meter = Arc::new(FilterMeter::default());
        let config = format!(r#"{{"mode":"{mode}"}}"#);
        let filter = WasmFilter::start(&GUESTS, mode, &config, limits, ring.file(), access, meter.clone())?;
        Ok(Self { filter, meter, decisions: Decisions::default() })
    }

    /// One whose configuration names this file.
    pub fn with_asset(mode: &str, ring: &Writer, asset: Asset) -> Result<Self, StartError> {
        Self::try_start_with(mode, ring, LIMITS, Access { asset: Some(Arc::new(asset)), ..Access::default() })
    }

    /// One that remembers.
    pub fn remembering(mode: &str, ring: &Writer, limits: Limits, state: &StateHandle) -> Self {
        let access = Access { state: Some(state.clone()), ..Access::default() };
        let started = Self::try_start_with(mode, ring, limits, access);
        started.unwrap_or_else(|error| panic!("{mode}: {error}"))
    }

    pub fn start(mode: &str, ring: &Writer) -> Self {
        Self::try_start(mode, ring, LIMITS).unwrap_or_else(|error| panic!("{mode}: {error}"))
    }

    /// A call whose decisions are carried out.
    pub fn process(&mut self, batch: &Batch, ring: &Writer) -> Result<(), FilterError> {
        self.process_only(batch, ring)?;
        self.filter.conclude(true);
        Ok(())
    }

    pub fn process_only(&mut self, batch: &Batch, ring: &Writer) -> Result<(), FilterError> {
        let stream = StreamInfo {
            source: 0,
            source_name: "test".into(),
            name: "stream".into(),
            attributes: Box::from(*b"\x80"),
        };
        let streams = [Some(Arc::new(stream))];
        self.decisions.clear();
        self.filter.process(&batch.view(ring, &streams), &mut self.decisions)
    }

    pub fn private_pages(&self) -> u64 {
        self.meter.private_pages.get()
    }
}

pub fn ring() -> Writer {
    Writer::create(256 << 10, Waker::noop().clone()).expect("a ring")
}

/// Records in hand, laid out as a lane does it: bodies with newlines, then the table.
pub struct Batch {
    bodies: Vec<Vec<u8>>,
    table: u64,
    ordered: bool,
}

impl Batch {
    pub fn write<B: AsRef<[u8]>>(ring: &mut Writer, bodies: &[B]) -> Self {
        let bodies: Vec<Vec<u8>> = bodies.iter().map(|body| body.as_ref().to_vec()).collect();
        let mut descriptors = Vec::new();
        for body in &bodies {
            let at = u32::try_from(ring.place(ring.head())).expect("fits");
            put(ring, body);
            put(ring, b"\n");
            let body_len = u32::try_from(body.len()).expect("fits");
            descriptors.push(Descriptor { body_at: at, body_len, flags: Flags::TERMINATED, ..Descriptor::default() });
        }
        let place = ring.place(ring.head());
        put(ring, &vec![0; place.next_multiple_of(Descriptor::BYTES) - place]);
        let table = ring.head();
        for descriptor in &descriptors {
            put(ring, bytes_of(descriptor));
        }
        Self { bodies, table, ordered: true }
    }

    fn view<'a>(&self, ring: &'a Writer, streams: &'a [Option<Arc<StreamInfo>>]) -> BatchView<'a> {
        let place = |position| u32::try_from(ring.place(position)).expect("fits");
        let base = place(ring.published());
        let length: usize = self.bodies.iter().map(|body| body.len() + 1).sum();
        let end = base + u32::try_from(length).expect("fits").saturating_sub(1);
        BatchView {
            descriptors_at: place(self.table),
            count: u32::try_from(self.bodies.len()).expect("fits"),
            bodies: if self.ordered { base..end } else { 0..0 },
            base,
            bytes: ring.written(ring.published()..ring.head()),
            observed_unix_nano: 1,
            streams,
        }
    }

    /// What the ring itself holds where the bodies were put.
    pub fn in_ring(&self, ring: &Writer) -> Vec<Vec<u8>> {
        let mut at = ring.published();
        let body = |body: &Vec<u8>| {
            let start = at;
            at += body.len() as u64 + 1;
            ring.written(start..start + body.len() as u64).to_vec()
        };
        self.bodies.iter().map(body).collect()
    }

    /// Publishes and frees it.
    pub fn finish(self, ring: &mut Writer) {
        ring.publish(ring.head()).expect("a slot").confirm();
        ring.reclaim().expect("it is back");
    }
}

fn put(ring: &mut Writer, bytes: &[u8]) {
    ring.space(bytes.len()).copy_from_slice(bytes);
    ring.advance(bytes.len());
}
