use super::*;
use proptest::prelude::*;

fn books() -> (Books, Arc<SinkMeter>) {
    let meter = Arc::<SinkMeter>::default();
    (Books::new(VecDeque::new(), Place::default(), meter.clone()), meter)
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Append(u64),
    Seal,
    Hand,
    Skip,
    Confirm,
    Rewind,
    Drop,
    Retire,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1_u64..9).prop_map(Step::Append),
        Just(Step::Seal),
        Just(Step::Hand),
        Just(Step::Skip),
        Just(Step::Confirm),
        Just(Step::Rewind),
        Just(Step::Drop),
        Just(Step::Retire),
    ]
}

/// A buffer of entries of 100 bytes, and what was handed on of it.
struct Model {
    books: Books,
    next: u64,
    /// By segment, the records of its entries.
    entries: std::collections::BTreeMap<u64, Vec<u64>>,
    flights: VecDeque<Flight>,
    /// Whether the entry there is damaged: it is each time that it is read.
    damaged: std::collections::BTreeMap<(u64, u64), bool>,
}

impl Model {
    fn append(&mut self, records: u64) {
        if self.books.open().is_none() {
            self.books.begin(Segment::new(self.next, [0; 8], 0));
            self.next += 1;
        }
        let (id, end) = self.books.open().map(|segment| (segment.id, segment.seal.end)).unwrap();
        self.books.append(records, end + 100, 0);
        self.entries.entry(id).or_default().push(records);
    }

    fn hand(&mut self, skips: bool) {
        let Some((segment, at)) = self.books.next() else { return };
        let entry = usize::try_from((at - SEGMENT_HEADER) / 100).unwrap();
        let records = self.entries[&segment.id][entry];
        if *self.damaged.entry((segment.id, at)).or_insert(skips) {
            return self.books.skip(at + 100);
        }
        let flight = self.books.hand(segment.id, at + 100, records).expect("it is there");
        self.flights.push_back(flight);
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Append(records) => self.append(records),
            Step::Seal => self.books.close(),
            Step::Hand => self.hand(false),
            Step::Skip => self.hand(true),
            Step::Confirm => {
                if let Some(flight) = self.flights.pop_front() {
                    self.books.confirm(flight, 0, self.flights.is_empty());
                }
            }
            Step::Rewind => {
                let lost: Vec<Flight> = self.flights.drain(..).collect();
                self.books.rewind(&lost);
            }
            Step::Drop => drop(self.books.drop_oldest(Reason::Full)),
            Step::Retire => while self.books.retire().is_some() {},
        }
    }

    /// Hands on and confirms all that is left.
    fn finish(&mut self) {
        self.books.close();
        while self.books.next().is_some() || !self.flights.is_empty() {
            self.hand(false);
            self.take(Step::Confirm);
        }
    }
}

proptest! {
    #[test]
    fn every_record_is_drained_or_dropped_once(steps in proptest::collection::vec(step(), 0..120)) {
        let (books, meter) = books();
        let mut model = Model {
            books,
            next: 1,
            entries: std::collections::BTreeMap::new(),
            flights: VecDeque::new(),
            damaged: std::collections::BTreeMap::new(),
        };
        let mut taken = 0;
        for step in steps {
            model.take(step);
            if let Step::Append(records) = step {
                taken += records;
            }
            let counts = meter.buffer.counts().unwrap_or_default();
            let gone = counts.drained + counts.dropped_full + counts.dropped_corrupt;
            prop_assert!(counts.taken == taken && gone <= taken, "{step:?}: {counts:?}");
        }
        model.finish();
        while model.books.retire().is_some() {}
        let counts = meter.buffer.counts().unwrap_or_default();
        prop_assert_eq!((counts.backlog(), counts.segments, counts.bytes), (0, 0, 0), "{:?}", counts);
    }
}

#[test]
fn what_was_delivered_before_the_start_is_not_counted_again() {
    let meter = Arc::<SinkMeter>::default();
    let seal = Seal { end: 428, entries: 3, records: 30, ..Seal::default() };
    let segment = |id| Segment { id, sync: [0; 8], seal, is_open: false, lost: None };
    let position = Place { segment: 4, at: 328, records: 20 };
    let mut books = Books::new([segment(4), segment(6)].into(), position, meter.clone());
    assert_eq!((books.backlog(), books.next().map(|(segment, at)| (segment.id, at))), (40, Some((4, 328))));
}
