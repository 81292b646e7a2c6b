//! The thread that empties a buffer: entries go through a ring of its own to the sink behind the buffer, and the
//! position follows what the sink confirms. A sink that fails is tried again, for as long as it takes.

mod failing;
mod reader;
mod unpack;

pub(crate) use unpack::unpack;

use crate::books::Flight;
use crate::control::{Control, Open, Orders};
use crate::outgoing::{Out, Outgoing};
use crate::settings::{Letterbox, RETRY};
use crate::store::Store;
use failing::Failure;
use logagent_component::{Backoff, Complaint, Sink, SinkError};
use logagent_ring::Writer;
use reader::{Read, Reader};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// How long a thread sleeps that nobody wakes: orders wake it, too.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

pub(crate) struct Drain {
    store: Arc<Store>,
    control: Arc<Control>,
    ring: Writer,
    reader: Reader,
    open: Open,
    sink: Option<Box<dyn Sink>>,
    outgoing: Outgoing,
    letterbox: Option<Letterbox>,
    /// What came back lost, or behind something lost; all that is out is waited for, then handed on once more.
    lost: Vec<Flight>,
    backoff: Backoff,
    complaint: Complaint,
    read_failures: u32,
}

/// Whether there is more to do at once.
#[derive(PartialEq, Eq)]
enum Step {
    Worked,
    Idle,
    Over,
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Drain {
    /// Empties the store on the calling thread until it is ordered to stop.
    pub(crate) fn run(
        store: Arc<Store>,
        control: Arc<Control>,
        ring: Writer,
        (open, sink): (Open, Box<dyn Sink>),
        letterbox: Option<Letterbox>,
    ) {
        store.register_drain();
        let key = store.key().cloned();
        let mut drain = Self {
            store,
            control: control.clone(),
            ring,
            reader: Reader::new(key),
            open,
            sink: Some(sink),
            outgoing: Outgoing::default(),
            letterbox,
            lost: Vec::new(),
            backoff: Backoff::new(RETRY),
            complaint: Complaint::default(),
            read_failures: 0,
        };
        loop {
            let now = Instant::now();
            drain.land(now);
            match drain.step(now) {
                Ok(Step::Worked) => {}
                Ok(Step::Idle) => drain.park(),
                Ok(Step::Over) => break,
                Err(failure) => drain.fail(&failure, now),
            }
        }
        // The sink's end goes first: whoever waits for the end may open another.
        drop(drain);
        control.ended();
    }

    pub(crate) fn waker() -> Waker {
        Waker::from(Arc::new(Unpark(std::thread::current())))
    }

    fn park(&self) {
        let now = Instant::now();
        let flush_at = self.sink.as_ref().and_then(|sink| sink.flush_at());
        let until = self.backoff.until().or(flush_at).unwrap_or(now + LONGEST_SLEEP).min(now + LONGEST_SLEEP);
        std::thread::park_timeout(until.saturating_duration_since(now));
    }

    /// Notes what has come back.
    fn land(&mut self, now: Instant) {
        let (mut is_landed, mut is_lost) = (false, false);
        while let Some(returned) = self.ring.reclaim() {
            let Out { flight, aside, .. } = self.outgoing.pop().expect("each published span has its entry");
            is_lost |= returned.lost && self.lost.is_empty();
            if returned.lost || !self.lost.is_empty() {
                self.lost.push(flight);
            } else {
                self.store.books().confirm(flight, aside, self.outgoing.is_empty());
                is_landed = true;
            }
        }
        self.ring.rewind();
        if is_landed {
            self.succeed();
            if let Err(error) = self.store.retire() {
                self.fail(&Failure::Position(error), now);
            }
        }
        // One that was dropped on purpose has told why.
        if is_lost && self.sink.is_some() {
            self.sink = None;
            self.fail(&Failure::Lost, now);
        }
    }

    fn step(&mut self, now: Instant) -> Result<Step, Failure> {
        let orders = self.control.orders();
        if let Orders::Stop(deadline) = orders {
            return Ok(self.stop(now, deadline));
        }
        if !self.backoff.may_try(now) {
            return Ok(Step::Idle);
        }
        if self.is_settling(orders) {
            return self.settle().map(|()| Step::Idle);
        }
        if !self.lost.is_empty() {
            self.rewind();
        }
        self.obey(orders)?;
        self.feed(now)
    }

    /// Whether what is out must be back before anything else is done.
    fn is_settling(&self, orders: Orders) -> bool {
        !self.outgoing.is_empty() && (!self.lost.is_empty() || orders != Orders::Go)
    }

    fn settle(&mut self) -> Result<(), Failure> {
        self.flush().map_err(Failure::Sink)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        let Some(sink) = &mut self.sink else { return Ok(()) };
        self.outgoing.flush(&mut **sink, self.letterbox.as_ref())
    }

    fn rewind(&mut self) {
        self.store.books().rewind(&self.lost);
        self.lost.clear();
    }

    /// Goes on with another sink, or with the same one opened anew.
    fn obey(&mut self, orders: Orders) -> Result<(), Failure> {
        match orders {
            Orders::Change => {
                if let Some((open, sink)) = self.control.take_next() {
                    (self.open, self.sink) = (open, Some(sink));
                }
            }
            Orders::Reopen => {
                self.sink = None;
                self.control.reopened();
            }
            Orders::Go | Orders::Stop(_) => {}
        }
        if self.sink.is_none() {
            self.sink = Some((self.open)().map_err(Failure::Sink)?);
        }
        Ok(())
    }

    fn feed(&mut self, now: Instant) -> Result<Step, Failure> {
        if self.sink.as_ref().and_then(|sink| sink.flush_at()).is_some_and(|due| due <= now) {
            self.settle()?;
        }
        let Some(sink) = &mut self.sink else { return Ok(Step::Idle) };
        match self.reader.next(&self.store, &mut self.ring).map_err(Failure::Read)? {
            Read::Entry(delivery, flight) => {
                self.read_failures = 0;
                self.outgoing.push(flight, &delivery);
                sink.deliver(delivery).map_err(Failure::Sink)?;
                Ok(Step::Worked)
            }
            Read::Skipped => Ok(Step::Worked),
            Read::Unopened(error) => Err(Failure::Open(error)),
            // The ring is full: what the sink holds back must go on.
            Read::Full => self.settle().map(|()| Step::Idle),
            Read::TooLong(bytes) if self.outgoing.is_empty() => self.widen(bytes).map(|()| Step::Worked),
            Read::TooLong(_) => self.settle().map(|()| Step::Idle),
            Read::Nothing => Ok(Step::Idle),
        }
    }

    /// Takes a ring that such an entry fits into: it was written when rings were larger.
    fn widen(&mut self, bytes: usize) -> Result<(), Failure> {
        let ring = Writer::create(bytes.next_power_of_two(), Self::waker());
        self.ring = ring.map_err(|error| Failure::Ring(error.into()))?;
        Ok(())
    }

    fn stop(&mut self, now: Instant, deadline: Instant) -> Step {
        let is_over = self.outgoing.is_empty() || now >= deadline || self.settle().is_err();
        if is_over { Step::Over } else { Step::Idle }
    }
}
