//! What a buffer has handed to the sink behind it and not heard of, and what that sink gave up of it.

use crate::books::Flight;
use crate::settings::Letterbox;
use logagent_component::{DeadLetter, Delivery, GivenUp, Sink, SinkError};
use std::collections::VecDeque;
use std::ops::Range;

/// Oldest first.
#[derive(Default)]
pub(crate) struct Outgoing(VecDeque<Out>);

/// An entry on its way.
pub(crate) struct Out {
    pub(crate) flight: Flight,
    /// Where its descriptors lie in the ring.
    table: Range<usize>,
    /// So many of its records were put aside.
    pub(crate) aside: u64,
}

impl Outgoing {
    pub(crate) fn push(&mut self, flight: Flight, delivery: &Delivery) {
        self.0.push_back(Out { flight, table: delivery.table.clone(), aside: 0 });
    }

    pub(crate) fn pop(&mut self) -> Option<Out> {
        self.0.pop_front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Has the sink send on what it holds back, and puts aside what it gives up.
    pub(crate) fn flush(&mut self, sink: &mut dyn Sink, letterbox: Option<&Letterbox>) -> Result<(), SinkError> {
        sink.flush()?;
        let Some(letterbox) = letterbox else { return Ok(()) };
        sink.give_up(&mut |given| self.put_aside(given, letterbox))
    }

    fn put_aside(&mut self, given: &GivenUp<'_>, letterbox: &Letterbox) -> Result<(), SinkError> {
        let records = &given.delivery.descriptors()[given.written..];
        let letters = records.iter().map(|record| DeadLetter::of_sink(&letterbox.pipeline, given, record));
        letterbox.letters.put(&letters.collect::<Vec<_>>())?;
        let out = self.0.iter_mut().find(|out| out.table == given.delivery.table);
        out.expect("what a sink holds is out").aside = records.len() as u64;
        Ok(())
    }
}
