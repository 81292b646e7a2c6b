//! A destination at the other end of a network: it gets deliveries in their order, and its confirmations come late and in
//! any order, or not at all. What it has got is safe from all that happens to the agent.

use crate::bug::{Bug, Haste};
use fastrand::Rng;
use logagent_component::{Delivery, Sink, SinkError};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone)]
pub(crate) struct Remote(Arc<Mutex<State>>);

struct State {
    random: Rng,
    bug: Bug,
    haste: Haste,
    /// Sent, and not there yet; without a delivery where it was confirmed already.
    under_way: VecDeque<(Vec<Vec<u8>>, Option<Sent>)>,
    /// There, and not confirmed.
    unconfirmed: Vec<Sent>,
    received: Vec<Vec<u8>>,
    /// What it is sent now is lost, so that nothing overtakes what was lost before.
    is_broken: bool,
}

struct Sent {
    delivery: Delivery,
    framed: Vec<u64>,
}

impl Remote {
    pub(crate) fn new(random: Rng, bug: Bug, haste: Haste) -> Self {
        let (under_way, unconfirmed, received) = (VecDeque::new(), Vec::new(), Vec::new());
        let is_broken = false;
        Self(Arc::new(Mutex::new(State { random, bug, haste, under_way, unconfirmed, received, is_broken })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that it has got, in order.
    pub(crate) fn received(&self) -> Vec<Vec<u8>> {
        self.state().received.clone()
    }

    /// Something arrives, or is confirmed; whether there was anything.
    pub(crate) fn go_on(&self) -> bool {
        let mut state = self.state();
        if state.under_way.is_empty() && state.unconfirmed.is_empty() {
            return false;
        }
        let is_arrival = state.unconfirmed.is_empty() || !state.under_way.is_empty() && state.random.bool();
        if is_arrival {
            state.arrive()
        } else {
            state.confirm()
        }
        true
    }

    /// There is a connection again.
    pub(crate) fn connect(&self) {
        self.state().is_broken = false;
    }

    /// The connection breaks: what was under way is lost, and what is unconfirmed will never be.
    pub(crate) fn lose(&self) {
        let mut state = self.state();
        state.is_broken = true;
        state.under_way.clear();
        state.unconfirmed.clear();
    }
}

impl State {
    fn arrive(&mut self) {
        let Some((records, sent)) = self.under_way.pop_front() else { return };
        self.received.extend(records);
        self.unconfirmed.extend(sent);
    }

    fn confirm(&mut self) {
        let index = self.random.usize(..self.unconfirmed.len());
        let Sent { delivery, framed } = self.unconfirmed.swap_remove(index);
        if self.bug == Bug::OutOfOrder {
            self.haste.confirm(framed);
        }
        delivery.confirm();
    }
}

impl Sink for Remote {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        let records = delivery.descriptors().iter().map(|record| delivery.body(record).to_vec()).collect();
        let mut state = self.state();
        let framed = state.haste.framed();
        if state.is_broken {
            return Ok(());
        }
        if state.bug == Bug::ConfirmedBeforeWritten {
            delivery.confirm();
            state.under_way.push_back((records, None));
        } else {
            state.under_way.push_back((records, Some(Sent { delivery, framed })));
        }
        Ok(())
    }
}
