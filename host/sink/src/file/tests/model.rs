//! That the files in order are what was delivered, whatever the mix of batches, flushes, rotations, restarts, kills
//! and the clock's steps. Not for what is confirmed when.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    /// A batch with bodies of these lengths, to one of the lanes.
    Deliver {
        lane: usize,
        lengths: Vec<usize>,
    },
    Flush {
        lane: usize,
    },
    /// The clock goes on, or is set back.
    Pass {
        ms: i64,
    },
    /// Someone else renames the file, to a name that comes next, and says so.
    Move,
    Restart,
    /// As a restart, but nobody cut the zeros off.
    Kill,
}

fn step() -> impl Strategy<Value = Step> {
    let length = prop_oneof![8 => 0_usize..60, 1 => 500_usize..3000, 1 => Just(40_000)];
    let deliver = (0_usize..2, prop::collection::vec(length, 0..6));
    prop_oneof![
        12 => deliver.prop_map(|(lane, lengths)| Step::Deliver { lane, lengths }),
        3 => (0_usize..2).prop_map(|lane| Step::Flush { lane }),
        3 => prop_oneof![9 => 0_i64..3000, 1 => -5000_i64..0].prop_map(|ms| Step::Pass { ms }),
        1 => Just(Step::Restart),
        1 => Just(Step::Kill),
        1 => Just(Step::Move),
    ]
}

fn config() -> impl Strategy<Value = FileConfig> {
    let mode = prop_oneof![Just(Mode::Writev), Just(Mode::Mmap)];
    let fsync = prop_oneof![Just(Fsync::Never), Just(Fsync::Batch), Just(Fsync::Interval(Duration::from_secs(60)))];
    let flush = (0_usize..12).prop_map(|max_records| Flush { max_records, max_age: Duration::from_secs(60) });
    let size = prop::option::of(prop_oneof![1_u64..200, 1000_u64..90_000]);
    let every = prop::option::of((1_u64..2000).prop_map(Duration::from_millis));
    let rotate = prop::option::of((size, every).prop_map(|(size, every)| Rotate { size, every, keep: None }));
    (mode, fsync, flush, rotate).prop_map(|(mode, fsync, flush, rotate)| FileConfig {
        mode,
        fsync,
        flush,
        rotate,
        ..FileConfig::new("out", "")
    })
}

struct Model {
    place: Place,
    config: FileConfig,
    target: Option<FileTarget>,
    lanes: [(Lane, Option<Box<dyn Sink>>); 2],
    /// By lane: written in order of what each lane delivered, so a lane's records are told apart by their bytes.
    expected: [Vec<u8>; 2],
}

impl Model {
    fn new(config: FileConfig) -> Self {
        let place = Place::new();
        let config = FileConfig { path: place.path(), ..config };
        let lanes = [(Lane::of(1 << 20), None), (Lane::of(1 << 20), None)];
        let mut model = Self { place, config, target: None, lanes, expected: Default::default() };
        model.start();
        model
    }

    fn start(&mut self) {
        let target = self.place.open(self.config.clone());
        self.lanes.iter_mut().for_each(|(_, sink)| *sink = Some(target.lane()));
        self.target = Some(target);
    }

    /// Drains the lanes and closes the file.
    fn stop(&mut self) {
        for (lane, sink) in &mut self.lanes {
            sink.take().unwrap().flush().unwrap();
            assert!(lane.returned().iter().all(|is_lost| !is_lost));
            assert_eq!(lane.writer.outstanding(), 0);
        }
        self.target = None;
    }

    fn deliver(&mut self, number: usize, lengths: &[usize]) {
        let (lane, sink) = &mut self.lanes[number];
        let sink = sink.as_mut().unwrap();
        // Room for the largest batch; what is held back holds the ring.
        if lane.writer.free() < 300_000 {
            sink.flush().unwrap();
            assert!(lane.returned().iter().all(|is_lost| !is_lost));
        }
        let body = b"ab"[number];
        let lines: Vec<_> = lengths.iter().map(|length| Line::new(vec![body; *length + 1])).collect();
        self.expected[number].extend(crate::fixture::raw(&lines));
        sink.deliver(lane.batch(&lines)).unwrap();
    }

    /// What the file looked like comes back after it was closed.
    fn kill(&mut self) {
        self.lanes.iter_mut().for_each(|(_, sink)| sink.as_mut().unwrap().flush().unwrap());
        let left = read(self.place.path()).unwrap();
        self.stop();
        write(self.place.path(), left).unwrap();
        self.start();
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Deliver { lane, lengths } => self.deliver(*lane, lengths),
            Step::Flush { lane } => self.lanes[*lane].1.as_mut().unwrap().flush().unwrap(),
            Step::Pass { ms } => self.place.pass(ms.cast_unsigned()),
            Step::Restart => {
                self.stop();
                self.start();
            }
            Step::Kill => self.kill(),
            Step::Move => {
                let series = super::series::Series::of(&self.place.path()).unwrap();
                series.put_aside(UNIX_EPOCH + Duration::from_millis(self.place.ms.load(Relaxed))).unwrap();
                self.target.as_ref().unwrap().reopen().unwrap();
            }
        }
    }
}

/// A lane's records, in order.
fn of_lane(files: &[Vec<u8>], body: u8) -> Vec<u8> {
    let lines = files.iter().flat_map(|file| file.split_inclusive(|byte| *byte == b'\n'));
    lines.filter(|line| line[0] == body).flatten().copied().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_files_in_order_are_what_was_delivered(config in config(), steps in prop::collection::vec(step(), 0..40)) {
        let mut model = Model::new(config);
        steps.iter().for_each(|step| model.step(step));
        model.stop();
        let files = model.place.files();
        for (expected, body) in model.expected.iter().zip([b'a', b'b']) {
            prop_assert_eq!(&of_lane(&files, body), expected);
        }
        let written: usize = files.iter().map(Vec::len).sum();
        prop_assert_eq!(written, model.expected.iter().map(Vec::len).sum::<usize>(), "nothing else is there");
        for file in files.iter().filter(|file| !file.is_empty()) {
            prop_assert!(file.ends_with(b"\n"), "no record is cut");
        }
    }
}
