//! From a file through `drop` to a file, the steady state allocates nothing: not per record, and not per batch
//! beyond what wasmtime's own call does.

use logagent_component::{BatchView, Decisions, Description, Filter, FilterError, Signal, Source, intake};
use logagent_pipeline::{
    BatchLimits, FilterSettings, FilterStage, Graph, Lane, LaneWaker, OnError, Pipeline, SourceStage,
};
use logagent_ring::{RingFile, Writer};
use logagent_sink::{Encoding, FileConfig, FileTarget, Flush};
use logagent_source::{FileSource, FileSourceConfig};
use logagent_telemetry::PipelineMeter;
use logagent_testkit::{CountingAllocator, Letters, allocations, receive};
use logagent_tests::{Place, drop_filter, json_logs, lines};
use logagent_wasm::{Access, Limits, Runtime, WasmFilter};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::task::Waker;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const WARM: u64 = 100;
const MEASURED: u64 = 900;

/// Counts by thread: of the lane's, and of those the ones within the component's calls.
#[derive(Clone, Copy)]
struct Count {
    all: u64,
    within_calls: u64,
}

/// The component's filter, with the thread's allocations noted around each call.
struct Watched {
    filter: WasmFilter,
    batches: u64,
    within_calls: u64,
    warm: Option<Count>,
    measured: Sender<Count>,
}

impl Watched {
    fn note(&mut self) {
        let now = Count { all: allocations(), within_calls: self.within_calls };
        self.batches += 1;
        match self.warm {
            _ if self.batches == WARM => self.warm = Some(now),
            Some(warm) if self.batches == WARM + MEASURED => {
                let (all, within_calls) = (now.all - warm.all, now.within_calls - warm.within_calls);
                self.measured.send(Count { all, within_calls }).expect("the test waits");
            }
            _ => {}
        }
    }
}

impl Filter for Watched {
    fn description(&self) -> &Description {
        self.filter.description()
    }

    fn process(&mut self, batch: &BatchView<'_>, decisions: &mut Decisions) -> Result<(), FilterError> {
        self.note();
        let before = allocations();
        let result = self.filter.process(batch, decisions);
        self.within_calls += allocations() - before;
        result
    }

    fn conclude(&mut self, is_carried_out: bool) {
        self.filter.conclude(is_carried_out);
    }

    fn tick(&mut self, now_unix_nano: u64, decisions: &mut Decisions) -> Result<(), FilterError> {
        let before = allocations();
        let result = self.filter.tick(now_unix_nano, decisions);
        self.within_calls += allocations() - before;
        result
    }
}

fn filter(runtime: &Runtime, ring: RingFile, measured: Sender<Count>) -> FilterStage {
    let program = runtime.load(Path::new(&drop_filter())).expect("a component");
    let limits = Limits { time: Duration::from_secs(10), ..Limits::DEFAULT };
    let config = r#"{"contains": ["\"level\":\"DEBUG\""]}"#;
    let filter = WasmFilter::start(&program, "quiet", config, limits, ring, Access::default(), Arc::default())
        .expect("a filter");
    let watched = Watched { filter, batches: 0, within_calls: 0, warm: None, measured };
    FilterStage::new("quiet", Box::new(watched), FilterSettings::of(OnError::Stop), Arc::default())
}

fn source(place: &Place) -> Box<dyn Source> {
    let config = FileSourceConfig {
        max_open_files: 100,
        once: true,
        ..FileSourceConfig::new("app", vec![place.path("in.log").display().to_string()])
    };
    Box::new(FileSource::new(config).expect("a pattern"))
}

fn graph(place: &Place, filter: FilterStage, meter: &Arc<PipelineMeter>) -> Graph {
    let flush = Flush { max_records: 512, max_age: Duration::from_millis(10) };
    let config = FileConfig { encoding: Encoding::Raw, flush, ..FileConfig::new("out", place.path("out.log")) };
    Graph {
        sources: vec![SourceStage { pipelines: vec![0], ..SourceStage::default() }],
        pipelines: vec![Pipeline { name: "main".into(), filters: vec![filter], sinks: vec![0], meter: meter.clone() }],
        sinks: vec![FileTarget::open(config, Arc::default()).expect("a file").lane()],
        dead_letters: Arc::new(Letters::default()),
        show_records: false,
    }
}

#[test]
fn the_steady_state_allocates_nothing_of_its_own() {
    let place = Place::new("");
    let limits = BatchLimits { max_bytes: 16 << 10, max_records: 8192, max_age: Duration::from_millis(10) };
    let logs = json_logs(9, (usize::try_from(WARM + MEASURED).unwrap() + 200) * limits.max_bytes);
    place.write("in.log", &logs);

    let (waker, meter) = (Arc::new(LaneWaker::default()), Arc::new(PipelineMeter::default()));
    let ring = Writer::create(1 << 20, Waker::from(waker.clone())).expect("a ring");
    let (measured, count) = channel();
    let runtime = Runtime::new(None).expect("wasmtime runs here");
    let graph = graph(&place, filter(&runtime, ring.file(), measured), &meter);
    let (intake, mut inboxes) = intake(&[waker.clone().into()]);
    let lane = Lane::new(ring, graph, limits, inboxes.remove(0), Arc::default(), waker, Arc::default());
    let (ended, end) = channel();
    std::thread::spawn(move || ended.send(lane.run()));
    source(&place).run(intake, &Arc::new(Signal::default())).expect("files");
    receive(&end).expect("the lane ends").expect("the lane can go on");

    let records = lines(&logs).count() as u64;
    let counts = meter.law.counts();
    assert_eq!((counts.received, counts.delivered + counts.dropped, counts.in_flight), (records, records, 0));
    assert!(counts.delivered > 0 && counts.dropped > 0);
    let Count { all, within_calls } = receive(&count).expect("enough batches");
    assert_eq!(all - within_calls, 0, "allocations outside of the component's calls, in {MEASURED} batches");
    // What wasmtime takes is for the whole call, so it is no more for more records.
    println!("within the component's calls: {within_calls} allocations in {MEASURED} batches");
    assert!(within_calls <= 8 * MEASURED, "{within_calls} within the component's calls");
}
